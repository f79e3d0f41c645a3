"""The command line: draw a graph, verify its derivatives, or see a demonstration, without writing a program.

Whatever a user can do wrong ends in one line on stderr and exit code 2 (`main`); --debug shows the traceback.
"""

from __future__ import annotations

import argparse
import errno
import os
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from typing import Any

from .. import pictures
from ..base.context import errstate
from ..base.phrases import Phrase, said, say
from ..engine import Value
from ..errors import MicrogridError
from .arguments import parsed
from .claims import check, derive
from .demo import demo
from .messages import as_typed, error_text, one_line
from .output import check_terminal, in_color, is_stdout, show, target, to_stdout
from .serve import serve
from .sources import graph, model, sample
from .training import trained_page

__all__ = ["main", "show_warning", "to_draw"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0, 1 if a verification failed, 2 for bad input.

    >>> main(["verify", "2 +"])
    2
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    _reopen()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal without ŷ shows a ?, and the command goes on
            stream.reconfigure(errors="replace")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", RuntimeWarning)
            warnings.showwarning = show_warning
            options = parsed(arguments)
            if hasattr(options, "output"):
                options.output = options.output.removeprefix(" ")  # which `parsed` put before a minus
            with errstate(domain="ieee" if getattr(options, "ieee", False) else None):
                if options.command == "serve":
                    return serve(options, arguments)
                code = RUN[options.command](options)
            sys.stdout.flush()
            return code
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough; nor must Python complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("microgrid: interrupted", file=sys.stderr)
        return 128 + signal.SIGINT  # as shells report what a signal ended
    except (MicrogridError, ValueError, TypeError, ArithmeticError, OSError, ImportError) as error:
        if "--debug" in arguments:
            raise
        print(f"microgrid: error: {error_text(error)}", file=sys.stderr)
        return 2


def _reopen() -> None:
    """Open what the shell closed, as ``>&-`` does: no file that is written may take its place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115 (for as long as the process runs)


def show_warning(message: Warning | str, *where: Any, **more: Any) -> None:
    text = as_typed(message) if isinstance(message, Warning) else message
    print(f"microgrid: warning: {one_line(text)}", file=sys.stderr)


# ---------------------------------------------------------------- the commands


def _draw(options: argparse.Namespace) -> int:
    with target(options.output, ".svg", options.open) as file:
        viz, result, chosen = to_draw(options)
        if not options.no_grad:
            _backward(result)
        figure = viz.draw(result, **chosen)
        figure.save(file)
        _print_results(result, options.lang, gradients=not options.no_grad)
        _print_wrote(options)
    return 0


def _step(options: argparse.Namespace) -> int:
    with target(options.output, ".html", options.open) as file:
        viz, result, chosen = to_draw(options)
        walk = viz.steps(result, **chosen)
        files = walk.save(file)
        _backward(result)
        _print_results(result, options.lang)
        more = say(", {n} files", n=len(files)) if len(files) > 1 else ""
        steps = say("wrote {n} steps to {file}{more}", n=len(walk), file=options.output, more=more)
        _print_wrote(options, steps)
    return 0


def _network(options: argparse.Namespace) -> int:
    with target(options.output, ".svg", options.open) as file:
        drawn, x = model(options.model), sample(options.x)
        figure = pictures.viz().network(drawn, x, **_chosen(options))
        figure.save(file)
        _print_wrote(options)
    return 0


def _train(options: argparse.Namespace) -> int:
    with target(options.output, ".html", options.open) as file:
        trained_page(options).save(file)
        _print_wrote(options)
    return 0


def _print_wrote(options: argparse.Namespace, steps: Phrase | None = None) -> None:
    if not is_stdout(options.output):
        _print(steps or say("wrote {file}", file=options.output), options.lang)


def to_draw(options: argparse.Namespace) -> tuple[ModuleType, Value, dict[str, Any]]:
    """The package that draws, the graph, and the options of its picture."""
    variables = getattr(options, "labels", "") == "names"
    result = graph(options.expression, options.pairs, options.params, variables)
    return pictures.viz(), result, _chosen(options)


def _chosen(options: argparse.Namespace) -> dict[str, Any]:
    """The options of a picture that were typed."""
    names = [field.name for field in fields(pictures.options(options.command))]
    return {name: getattr(options, name) for name in names if hasattr(options, name)}


def _backward(result: Value) -> None:
    """The gradients of `result` alone, even if the script they come from has run backward passes."""
    from ..graph import leaves

    for leaf in leaves(result):
        leaf.grad = 0.0
    result.backward()


def _print(text: Phrase, lang: str) -> None:
    print(said(text, lang))


def _print_results(result: Value, lang: str, gradients: bool = True, most: int = 20) -> None:
    from ..graph import leaves
    from ..naming.names import names, quotient

    called = names(result)
    print(f"{called[result]} = {_number(result.data)}")
    named = [v for v in leaves(result) if v.role != "constant" and v is not result]
    values = [f"{called[v]} = {_number(v.data)}" for v in named[:most]]
    rates = [quotient(called[result], called[v]).replace("∂", "d") for v in named[:most]]
    slopes = [f"{rate} = {_number(v.grad)}" for rate, v in zip(rates, named, strict=False)]
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
        from ..proof.verify import verify_rules

        report = verify_rules()
    elif options.expression:
        from .. import verify

        report = verify(graph(options.expression, options.pairs, options.params))
    else:
        raise ValueError(
            'nothing to verify: give an expression, as in microgrid verify "x**2" x=3, or --rules'
        )
    if options.json:
        import json

        print(json.dumps(report.to_dict(), indent=2, ensure_ascii=False))
    else:
        print(in_color(report.text(options.lang)))
    return 0 if report.ok else 1


def _exercises(options: argparse.Namespace) -> int:
    from ..exercises import make

    folder, formats = Path(options.output), options.formats
    if is_stdout(options.output):
        formats = formats or ["json"]
        if len(formats) > 1 or options.open or options.output != "-":
            raise ValueError("-o - is for one format, such as --formats json, and leaves nothing to open")
        check_terminal(f".{formats[0]}")
    elif folder.exists() and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "is a file, and exercises need a directory", str(folder))
    elif options.open and formats and "html" not in formats:
        raise ValueError("--open shows the page of exercises: let --formats have html among them")
    sheet = make(
        options.spec,
        options.number,
        seed=options.seed,
        kinds=options.kinds,
        params=options.params,
        only=options.only,
        first=options.first,
        lang=options.lang,
    )
    if is_stdout(options.output):
        with tempfile.TemporaryDirectory() as made:
            to_stdout(sheet.save(made, formats)[0].read_bytes())  # the exercises; a key may come after them
        return 0
    files = sheet.save(folder, formats)
    for file in files:
        _print(say("wrote {file}", file=str(file)), options.lang)
    _print(sheet.proved, options.lang)
    if options.open:
        show((folder / "exercises.html").resolve().as_uri())
    return 0


def _demo(options: argparse.Namespace) -> int:
    return demo(options, _number)


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

    possible = {"dot": which("dot"), "pygraphviz": find_spec("pygraphviz")}
    engines = [name for name, place in possible.items() if place]
    kind = "compiled" if microgrid.compiled else "pure Python"
    x = microgrid.Value(1.0)
    print(f"microgrid   {microgrid.__version__} ({kind})")
    print(f"programs on {microgrid.compile(-x, inputs=[x]).runs_on}")
    print(f"Python      {platform.python_version()}")
    print(f"layout by   {', '.join(engines) or 'nothing: python -m pip install pygraphviz'}")
    for package in ("numpy", "sympy", "mpmath", "graphviz", "matplotlib"):
        print(f"{package:12}{installed(package)}")
    return 0


RUN: dict[str, Callable[[argparse.Namespace], int]] = {
    "draw": _draw, "step": _step, "network": _network, "train": _train, "verify": _verify, "check": check,
    "derive": derive, "exercises": _exercises, "demo": _demo, "info": _info,
}  # fmt: skip
"""By the name of the command."""
