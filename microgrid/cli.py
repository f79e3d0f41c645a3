"""The command line: draw a graph, verify its derivatives, or see a demonstration, without writing a program.

Whatever a user can do wrong ends in one line on stderr and exit code 2 (`main`), with a traceback only on --debug.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from .context import errstate
from .engine import Value
from .errors import ExpressionError, MicrogridError
from .failures import IEEE
from .phrases import LANGUAGES, Phrase, said, say
from .sources import graph

__all__ = ["main"]

LECTURE = "z = w*x; yhat = z + b; e = yhat - y; L = e**2"

EXAMPLES = f"""examples:
  microgrid demo
  microgrid draw "{LECTURE}" w=2 b=1 x=3 y=9 --params w,b
  microgrid draw "tanh(w*x)" w=0.5 x=2 -o neuron.pdf
  microgrid step "{LECTURE}" w=2 b=1 x=3 y=9 --params w,b
  microgrid verify "sigmoid(w*x + b)" w=0.5 x=2 b=-1
  microgrid draw lesson.py:loss -o loss.svg        (the Value called loss in your own lesson.py)
"""
DRAW_EXAMPLES = f"""examples:
  microgrid draw "{LECTURE}" w=2 b=1 x=3 y=9 --params w,b -o graph.svg
  microgrid draw "tanh(w*x)" w=0.5 x=2 -o neuron.png --rankdir TB --theme print
  microgrid draw "y = w*x + w" w=2 x=3 --path w,y  (every route from w to y, with its product)
  microgrid draw lesson.py:loss --collapse layer --slide 16:9 -o slide.pdf
  microgrid draw lesson.py:loss x=3 -o loss.pdf    (with the leaf labelled x set to 3)

The suffix of FILE chooses the format: .svg .pdf .png .html .tex .dot.  In EXPR, statements are separated by ";", a
power is written **, and functions such as sigmoid(x), relu(x), log(x) and max(a, b) can be called.
"""
STEP_EXAMPLES = f"""examples:
  microgrid step "{LECTURE}" w=2 b=1 x=3 y=9 --params w,b -o step.html
  microgrid step "w*x*x" w=0.5 x=2 --lang es -o paso.html
  microgrid step lesson.py:loss --by layer -o "frames/step-{{:03d}}.png"

FILE.html is a page that needs no network: forward and backward one step at a time, numbers to predict and to change.
All steps are also written as .pdf (a page each), .gif or .svg (which move); {{:03d}} in the name makes a file for each.
"""
VERIFY_EXAMPLES = """examples:
  microgrid verify "sigmoid(w*x + b)" w=0.5 x=2 b=-1
  microgrid verify lesson.py:loss --json
  microgrid verify "relu(w*x)" w=2 x=0 --lang es
  microgrid verify --rules                         (prove the derivative of every operation)

Exit code 0 if everything is confirmed, 1 if not.
"""
DEMO_EXAMPLES = """example:
  microgrid demo --dir pictures
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0, 1 if a verification failed, 2 for bad input.

    >>> main(["verify", "2 +"])
    2
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal without ŷ shows a ?, and the command goes on
            stream.reconfigure(errors="replace")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", RuntimeWarning)
            warnings.showwarning = _show_warning
            options = _read_arguments(arguments)
            with errstate(domain="ieee" if getattr(options, "ieee", False) else None):
                code: int = options.run(options)
            sys.stdout.flush()
            return code
    except BrokenPipeError:  # the reader, such as `head`, has seen enough; Python must not complain at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("microgrid: interrupted", file=sys.stderr)
        return 130
    except (MicrogridError, ValueError, TypeError, ArithmeticError, OSError, ImportError) as error:
        if "--debug" in arguments:
            raise
        print(f"microgrid: error: {_message(error)}", file=sys.stderr)
        return 2


def _message(error: Exception) -> str:
    if isinstance(error, ExpressionError):
        return str(error)  # its caret needs the lines below
    text = str(error)
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return _one_line(_spelled(text)) or type(error).__name__


def _spelled(text: str) -> str:
    """The way out that a message names, as the command line spells it."""
    text = text.replace(IEEE, "--ieee goes on with inf and nan")
    return re.sub(OPTION, lambda found: f"--{found[1].replace('_', '-')} ", text)


OPTION = r'\b(max_nodes|timeout|around|radius|(?:collapse|edges|rankdir)(?=="))='


def _one_line(text: str) -> str:
    """Without the line breaks, and without what would steer a terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(text.split()))


def _show_warning(message: Warning | str, *where: Any, **more: Any) -> None:
    print(f"microgrid: warning: {_one_line(_spelled(str(message)))}", file=sys.stderr)


# ---------------------------------------------------------------- what was typed


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueError(f"{message}; see {self.prog} --help")


def _parser() -> tuple[_Parser, dict[str, _Parser]]:
    """The parser, and those of its commands."""
    from . import __version__

    layout = argparse.RawDescriptionHelpFormatter
    parser = _Parser(prog="microgrid", description="Computational graphs: computed, drawn and proved.",
                     epilog=EXAMPLES, formatter_class=layout, allow_abbrev=False)  # fmt: skip
    parser.add_argument("--version", action="version", version=f"microgrid {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, run: Any, summary: str, examples: str) -> _Parser:
        made = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.",
                                   epilog=examples, formatter_class=layout, allow_abbrev=False)  # fmt: skip
        made.set_defaults(run=run)
        made.add_argument("--debug", action="store_true", help="show the traceback of an error")
        return made

    def graph_arguments(made: _Parser, expression: str | None) -> None:
        made.add_argument("expression", metavar="EXPR", nargs=expression, default="",
                          help="an expression, several statements, or FILE.py:NAME, a Value in your own script")
        made.add_argument("pairs", metavar="name=value", nargs="*", default=[], help="the values of the names in EXPR")
        made.add_argument("--ieee", action="store_true", help="go on with inf and nan outside an operation's domain")
        made.add_argument("--params", metavar="w,b", default="", help="which of the names are parameters")

    def language_argument(made: _Parser) -> None:
        made.add_argument("--lang", choices=LANGUAGES, default="en", help="English (default) or Spanish")

    def drawing_arguments(made: _Parser, output: str) -> None:
        made.add_argument("-o", "--output", metavar="FILE", default=output, help=f"default: {output}")
        made.add_argument("--rankdir", choices=["LR", "TB", "RL", "BT"], default="LR",
                          help="direction of the arrows (default: LR)")
        made.add_argument("--theme", choices=["lecture", "light", "dark", "print"], default="lecture",
                          help="colours (default: lecture)")
        made.add_argument("--ops", choices=["merged", "separate"], default="merged",
                          help="an operation in the box of its result (default), or in one of its own")
        made.add_argument("--precision", type=int, metavar="N", default=4, help="significant digits (default: 4)")
        made.add_argument("--title", metavar="TEXT", help="to stand above the picture")
        made.add_argument("--labels", choices=["math", "plain"], default="math", help="w1 as w₁ (default), or as it is")
        made.add_argument("--max-nodes", type=int, metavar="N", default=5000,
                          help="collapse or refuse larger graphs (default: 5000)")
        made.add_argument("--timeout", type=float, metavar="S", default=60.0, help="seconds of layout (default: 60)")
        made.add_argument("--edges", choices=["local", "plain"], default="local",
                          help="with local derivatives (default) or without")
        made.add_argument("--legend", action="store_true", help="say below the picture which box is what")
        made.add_argument("--highlight", metavar="w,z", help="let these nodes stand out")
        made.add_argument("--path", metavar="FROM[,TO]",
                          help="let the routes from a node stand out, with their products")
        made.add_argument("--color-by", choices=["grad"], help="colour the boxes by the size of their gradients")
        made.add_argument("--collapse", choices=["auto", "neuron", "layer", "outermost"], default="auto",
                          help="draw each scope as one box; auto (default) where there are too many nodes")
        made.add_argument("--slide", choices=["16:9", "4:3"], help="fit each picture to a slide")
        made.add_argument("--engine", choices=["auto", "dot", "pygraphviz"], default="auto", help="what lays it out")
        language_argument(made)

    draw = command("draw", _draw, "draw the graph with its values and gradients", DRAW_EXAMPLES)
    graph_arguments(draw, None)
    drawing_arguments(draw, "graph.svg")
    draw.add_argument("--around", metavar="NODE", help="draw only what is near a node")
    draw.add_argument("--radius", type=int, metavar="N", default=2, help="how near, in arrows (default: 2)")
    draw.add_argument("--no-grad", action="store_true", help="leave out the backward pass")

    step = command("step", _step, "walk through the graph in a web page, forward and backward", STEP_EXAMPLES)
    graph_arguments(step, None)
    drawing_arguments(step, "step.html")
    step.add_argument("--by", choices=["auto", "operation", "neuron", "layer"], default="auto",
                      help="what a step stands for (default: auto, an operation unless there are very many)")

    verify = command("verify", _verify, "verify every derivative in the graph", VERIFY_EXAMPLES)
    graph_arguments(verify, "?")
    verify.add_argument("--json", action="store_true", help="print the report as JSON")
    verify.add_argument("--rules", action="store_true", help="prove the whole table of derivatives; takes no EXPR")
    language_argument(verify)

    demo = command("demo", _demo, "compute, verify and draw one step of linear regression", DEMO_EXAMPLES)
    demo.add_argument("--dir", default="microgrid-demo", help="where the pictures go (default: microgrid-demo)")

    command("info", _info, "say what is installed", "example:\n  microgrid info\n")
    return parser, commands.choices


def _read_arguments(arguments: list[str]) -> argparse.Namespace:
    parser, commands = _parser()
    if not arguments or arguments[0] not in commands:
        return parser.parse_args(arguments or ["--help"])
    # An expression may begin with a minus; argparse takes what begins with a space for no option.
    rest = [f" {text}" if re.match(r"-(?!h$|o$|o.*\.\w+$|-)", text) else text for text in arguments[1:]]
    return commands[arguments[0]].parse_intermixed_args(rest)


# ---------------------------------------------------------------- the commands


DRAWING = ("rankdir", "theme", "ops", "edges", "precision", "title", "legend", "labels", "color_by", "collapse",
           "slide", "max_nodes", "timeout", "engine", "lang")
"""The options that `viz.draw` and `viz.steps` share."""


def _draw(options: argparse.Namespace) -> int:
    viz, result, shared = _to_draw(options)
    if not options.no_grad:
        _backward(result)
    figure = viz.draw(result, around=options.around, radius=options.radius, **shared)
    figure.save(Path(options.output))
    _print_results(result, options.lang, gradients=not options.no_grad)
    _print(say("wrote {file}", file=options.output), options.lang)
    return 0


def _step(options: argparse.Namespace) -> int:
    viz, result, shared = _to_draw(options)
    walk = viz.steps(result, by=options.by, **shared)
    files = walk.save(Path(options.output))
    _backward(result)
    _print_results(result, options.lang)
    more = say(", {n} files", n=len(files)) if len(files) > 1 else ""
    _print(say("wrote {n} steps to {file}{more}", n=len(walk), file=options.output, more=more), options.lang)
    return 0


def _to_draw(options: argparse.Namespace) -> tuple[Any, Value, dict[str, Any]]:
    """The package that draws, the graph, and the options of its picture."""
    options.output = options.output.removeprefix(" ")  # which `_read_arguments` put before a minus
    result = graph(options.expression, options.pairs, options.params)
    if "{" not in options.output:  # the folder of numbered files is made
        _check_directory(options.output)
    shared = {name: getattr(options, name) for name in DRAWING}
    shared |= {"highlight": _names(options.highlight), "path": _names(options.path) or None}
    return _viz(), result, shared


def _names(text: str | None) -> list[str]:
    return [name for name in (text or "").replace(" ", "").split(",") if name]


def _viz() -> Any:
    import viz

    if not hasattr(viz, "draw"):
        raise ImportError(f"{viz.__file__} stands in the way of microgrid's package viz: run from another directory")
    return viz


def _check_directory(file: str) -> None:
    directory = Path(file).parent
    if not directory.is_dir():
        raise FileNotFoundError(2, "no such directory; make it first", str(directory))


def _backward(result: Value) -> None:
    """The gradients of `result` alone, even if the script they come from has run backward passes."""
    from .graph import leaves

    for leaf in leaves(result):
        leaf.grad = 0.0
    result.backward()


def _print(text: Phrase, lang: str) -> None:
    print(said(text, lang))


def _print_results(result: Value, lang: str, gradients: bool = True, most: int = 20) -> None:
    from .graph import leaves

    print(f"{result.label or said(say('result'), lang)} = {_number(result.data)}")
    named = [v for v in leaves(result) if v.label and v is not result]
    values = [f"{v.label} = {_number(v.data)}" for v in named[:most]]
    slopes = [f"d{result.label}/d{v.label} = {_number(v.grad)}" for v in named[:most]]
    for v, value, slope in zip(named, values, slopes, strict=False):
        slope = f"{slope:{max(map(len, slopes))}}   " if gradients else ""
        print(f"  {value:{max(map(len, values))}}   {slope}{said(say(v.role), lang)}")
    if len(named) > most:
        _print(say("  and {n} more", n=len(named) - most), lang)


def _number(x: float) -> str:
    return str(int(x)) if x.is_integer() and abs(x) < 1e15 else f"{x:.6g}"


def _verify(options: argparse.Namespace) -> int:
    if options.rules:
        if options.expression:
            raise ValueError("verify --rules proves the whole table and takes no expression")
        from .symbolic import verify_rules

        report = verify_rules()
    elif options.expression:
        from . import verify

        report = verify(graph(options.expression, options.pairs, options.params))
    else:
        raise ValueError('nothing to verify: give an expression, as in microgrid verify "x**2" x=3, or --rules')
    if options.json:
        import json

        print(json.dumps(report.to_dict(), indent=2, ensure_ascii=False))
    else:
        print(report.text(options.lang))
    return 0 if report.ok else 1


def _demo(options: argparse.Namespace) -> int:
    from . import parameter, verify
    from .parse import parse

    viz = _viz()
    directory = Path(options.dir.removeprefix(" "))
    if directory.exists() and not directory.is_dir():
        raise NotADirectoryError(20, "is a file, and the pictures need a directory", str(directory))
    directory.mkdir(parents=True, exist_ok=True)
    nodes = parse(LECTURE, w=parameter(2.0, "w"), b=parameter(1.0, "b"), x=3.0, y=9.0)
    loss = nodes["L"]
    loss.backward()
    print("A line yhat = w*x + b with w = 2 and b = 1 meets the point x = 3, y = 9.  How wrong is it, and which way")
    print("should w and b move?\n\nforward: the values")
    for statement in LECTURE.split("; "):
        name = statement.partition(" ")[0]
        print(f"  {statement.replace(' = ', ' ' * (5 - len(name)) + '= '):20} = {_number(nodes[name].data):>2}")
    print("\nbackward: the gradients of the loss L")
    for name in ("w", "b"):
        print(f"  dL/d{name} = {_number(nodes[name].grad)}")
    print(f"Both are negative: L falls when w and b grow.\n\n{verify(loss)}\n")

    figure = viz.draw(loss)
    print("The graph as a picture:")
    for suffix in ("svg", "pdf", "png"):
        figure.save(directory / f"graph.{suffix}")
        print(f"  {directory / f'graph.{suffix}'}")
    print('\nNow draw your own:\n  microgrid draw "tanh(w*x + b)" w=0.5 b=-1 x=2 --params w,b -o neuron.svg')
    return 0


def _info(options: argparse.Namespace) -> int:
    import platform
    from importlib.metadata import PackageNotFoundError, version
    from importlib.util import find_spec
    from shutil import which

    import microgrid

    def installed(package: str) -> str:
        try:
            return version(package)
        except PackageNotFoundError:
            return "not installed"

    engines = [name for name, found in (("dot", which("dot")), ("pygraphviz", find_spec("pygraphviz"))) if found]
    kind = "compiled" if microgrid.compiled else "pure Python"
    x = microgrid.Value(1.0)
    print(f"microgrid   {microgrid.__version__} ({kind})")
    print(f"programs on {microgrid.compile(-x, inputs=[x]).runs_on}")
    print(f"Python      {platform.python_version()}")
    print(f"layout by   {', '.join(engines) or 'nothing: python -m pip install pygraphviz'}")
    for package in ("numpy", "sympy", "mpmath", "graphviz", "matplotlib"):
        print(f"{package:12}{installed(package)}")
    return 0
