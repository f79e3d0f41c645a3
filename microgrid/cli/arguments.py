"""What the command line takes: its commands, their options, and the help for each."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from dataclasses import Field, fields
from typing import Any, NoReturn

from .. import pictures
from ..base.checks import did_you_mean
from ..base.phrases import LANG, LANGUAGES, known_language
from ..expressions.grammar import known_functions
from .examples import (
    CHECK_EXAMPLES,
    DEMO_EXAMPLES,
    DERIVE_EXAMPLES,
    DRAW_EXAMPLES,
    EXAMPLES,
    EXERCISES_EXAMPLES,
    NETWORK_EXAMPLES,
    SERVE_EXAMPLES,
    STEP_EXAMPLES,
    VERIFY_EXAMPLES,
)
from .output import add_output_arguments
from .serve import add_serve_arguments
from .training import TRAIN_EXAMPLES, add_train_arguments

__all__ = ["parsed"]


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueError(f"{self._with_hint(message)}; see {self.prog} --help")

    def _with_hint(self, message: str) -> str:
        """The message with what may have been meant by a command, a choice or an option that there is not."""
        if match := re.match(r"(.*invalid choice: '(.*?)')( \(choose from (.*)\))", message):
            choices = re.findall(r"[\w:.-]+", match[4])
            return f"{match[1]}{did_you_mean(match[2], choices)}{match[3]}"
        if match := re.match(r"(unrecognized arguments: (--[\w-]+))(.*)", message):
            return f"{match[1]}{did_you_mean(match[2], self._option_string_actions)}{match[3]}"
        return message


def _limit(text: str) -> int | None:
    """A number, or none."""
    if text.lower() == "none":
        return None
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a whole number or none, got {text!r}") from None


def _parser(typed: str) -> tuple[_Parser, dict[str, _Parser]]:
    """The parser, and those of its commands; a picture's options for the command that was typed alone."""
    from .. import __version__

    layout = argparse.RawDescriptionHelpFormatter
    parser = _Parser(
        prog="microgrid",
        description="Computational graphs: computed, drawn and proved.",
        epilog=EXAMPLES,
        formatter_class=layout,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"microgrid {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def add_command(name: str, summary: str, examples: str, usage: str | None = None) -> _Parser:
        command = commands.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            usage=usage,
            epilog=examples,
            formatter_class=layout,
            allow_abbrev=False,
        )
        command.set_defaults(command=name)
        return command

    def drawing(name: str, summary: str, examples: str, output: str, takes: str) -> None:
        command = add_command(name, summary, examples, f"microgrid {name} {takes}")
        if name == "serve":
            add_serve_arguments(command)
        else:
            add_output_arguments(command, output, "its suffix chooses the format; ")
        _model_arguments(command) if name == "network" else _graph_arguments(command, None)
        _debug_argument(command)
        if name == typed:  # the other commands need not import the package that draws
            _drawing_arguments(command, pictures.options(name))

    values, graph = "EXPR [name=value ...] [-o FILE] [options]", "the graph with its values and gradients"
    drawing("draw", f"draw {graph}", DRAW_EXAMPLES, "graph.svg", values)
    walk = "walk through the graph in a web page, forward and backward"
    drawing("step", walk, STEP_EXAMPLES, "step.html", values)
    page = "serve the page of steps, which follows your script as you save it"
    drawing("serve", page, SERVE_EXAMPLES, "", "EXPR [name=value ...] [options]")
    circles = "draw a model as circles and arrows, with its weights"
    drawing("network", circles, NETWORK_EXAMPLES, "network.svg", "MODEL [--x 0.5,-1] [-o FILE] [options]")

    verify = add_command("verify", "verify every derivative in the graph", VERIFY_EXAMPLES)
    _graph_arguments(verify, "?")
    verify.add_argument("--json", action="store_true", help="print the report as JSON")
    verify.add_argument(
        "--rules", action="store_true", help="prove the whole table of derivatives; takes no EXPR"
    )
    _language_argument(verify)
    _debug_argument(verify)

    check = add_command("check", "judge formulas of your own for derivatives in the graph", CHECK_EXAMPLES)
    _graph_arguments(check, None)
    check.add_argument(
        "--claim", metavar="CLAIM", action="append", default=[], help="a formula to judge; may be given again"
    )
    check.add_argument("--claims", metavar="FILE", help="a file of claims, one a line")
    check.add_argument("--json", action="store_true", help="print the report as JSON")
    _language_argument(check)
    _debug_argument(check)

    train = add_command("train", "write a web page in which a model learns", TRAIN_EXAMPLES)
    add_train_arguments(train)
    _language_argument(train)
    _debug_argument(train)

    _exercises(add_command("exercises", "make exercises with their answers", EXERCISES_EXAMPLES), typed)

    derive = add_command("derive", "write a derivative out as a lecture does", DERIVE_EXAMPLES)
    _graph_arguments(derive, None)
    derive.add_argument("--by", metavar="w,b", required=True, help="the nodes to differentiate by")
    derive.add_argument("--latex", action="store_true", help="as an align* environment")
    _language_argument(derive)
    _debug_argument(derive)

    demo = add_command("demo", "compute, verify and draw one step of linear regression", DEMO_EXAMPLES)
    demo.add_argument(
        "--dir", default="microgrid-demo", help="where the pictures go (default: microgrid-demo)"
    )
    _language_argument(demo)
    _debug_argument(demo)

    _debug_argument(add_command("info", "say what is installed", "example:\n  microgrid info\n"))
    return parser, commands.choices


def _exercises(command: _Parser, typed: str) -> None:
    command.add_argument(
        "spec", metavar="SPEC", help="a template, a network's shape, or statements with ranges"
    )
    command.add_argument("-n", "--number", metavar="N", type=int, default=10, help="how many (default: 10)")
    command.add_argument(
        "--seed", metavar="S", type=int, default=0, help="another seed makes others (default: 0)"
    )
    command.add_argument("--only", metavar="K", type=int, help="the exercise of this number alone")
    command.add_argument(
        "--first", metavar="K", type=int, default=1, help="the number of the first (default: 1)"
    )
    command.add_argument(
        "--kinds", metavar="KIND,...", type=_names, default=[], help=_choices(typed, "kinds")
    )
    command.add_argument(
        "--formats", metavar="FORMAT,...", type=_names, default=[], help=_choices(typed, "formats")
    )
    command.add_argument("--params", metavar="w,b", type=_names, default=[], help="what an update changes")
    command.add_argument(
        "-o",
        "--output",
        metavar="FOLDER",
        default="exercises",
        help="where they go; - is standard output, for one format alone (default: exercises)",
    )
    command.add_argument("--open", action="store_true", help="show the page of exercises in the browser")
    _language_argument(command)
    _debug_argument(command)


def _choices(typed: str, what: str) -> str:
    """The kinds or formats there are, for whoever asks for them."""
    if typed != "exercises":
        return what
    from ..exercises.kinds.table import KINDS
    from ..exercises.writers.files import FORMATS

    names, default = (KINDS, "all of them") if what == "kinds" else (FORMATS, "all but pdf")
    return f"of {', '.join(names)} (default: {default})"


def _graph_arguments(command: _Parser, expression: str | None) -> None:
    command.add_argument(
        "expression",
        metavar="EXPR",
        nargs=expression,
        default="",
        help="an expression, several statements, - (standard input), or FILE.py:NAME, a Value in your own "
        "script; functions are " + ", ".join(known_functions()),
    )
    command.add_argument(
        "pairs", metavar="name=value", nargs="*", default=[], help="the values of the names in EXPR"
    )
    command.add_argument(
        "--params",
        metavar="w,b",
        default="",
        help="parameters, the names that training would change; the others are inputs",
    )
    command.add_argument(
        "--ieee", action="store_true", help="go on with inf and nan outside an operation's domain"
    )


def _model_arguments(command: _Parser) -> None:
    command.add_argument(
        "model",
        metavar="MODEL",
        help="FILE.py:NAME, a Module in your own script, or sizes such as 2-8-8-1",
    )
    command.add_argument("--x", metavar="0.5,-1", help="a sample, whose values the circles show")


def _debug_argument(command: _Parser) -> None:
    command.add_argument("--debug", action="store_true", help="show the traceback of an error")


SCOPES = "A scope is a neuron, a layer, or what microgrid.scope records."


def _drawing_arguments(command: _Parser, options: type) -> None:
    """The options of a picture or of a walk, which `viz` describes, by what they are for."""
    groups: dict[str, argparse._ArgumentGroup] = {}
    for field in fields(options):
        about = field.metadata
        if not about or not about["help"]:
            continue
        title = about["group"]
        if title not in groups:
            groups[title] = command.add_argument_group(title, SCOPES if title == "large graphs" else None)
        option, default = f"--{field.name.replace('_', '-')}", {"default": field.default}
        # What is not typed is not there, so that a slide knows what it is to leave as it is.
        if isinstance(field.default, bool):
            action = "store_false" if field.default else "store_true"
            option = option.replace("--", "--no-") if field.default else option
            groups[title].add_argument(
                option, dest=field.name, action=action, default=argparse.SUPPRESS, help=about["help"]
            )
        else:
            groups[title].add_argument(
                option,
                default=argparse.SUPPRESS,
                choices=about["choices"] or None,
                metavar=about["metavar"],
                type=_reader(field),
                help=about["help"] % default if "%(" in about["help"] else about["help"],
            )
    if command.get_default("command") == "draw":
        groups["picture"].add_argument("--no-grad", action="store_true", help="leave out the backward pass")
    _language_argument(command)


def _reader(field: Field[Any]) -> Callable[[str], object]:
    """What makes a value of the text that was typed for an option."""
    if field.name in ("highlight", "path"):
        return lambda text: _names(text) or field.default
    if field.type == "int | None" and field.default is not None:
        return _limit
    return {"int": int, "int | None": int, "float": float}.get(str(field.type), str)


def _names(text: str) -> list[str]:
    return [name for name in text.replace(" ", "").split(",") if name]


def _language_argument(command: _Parser) -> None:
    language = command.add_argument_group("language")
    names = " or ".join(f"{name} (default)" if code == LANG else name for code, name in LANGUAGES.items())
    language.add_argument(
        "--lang", choices=LANGUAGES, default=LANG, help=f"{names}; MICROGRID_LANG sets it too"
    )


def parsed(arguments: list[str]) -> argparse.Namespace:
    """What was typed, with the name of its `command`; ValueError where that cannot be."""
    parser, commands = _parser(arguments[0] if arguments else "")
    if not arguments or arguments[0] not in commands:
        return parser.parse_args(arguments or ["--help"])
    # An expression may begin with a minus, unless it reads -h, -o or -oFILE; what begins with a space is no
    # option to argparse.
    own = r"-(?!h$|o$|o.*\.\w+$|-)" if arguments[0] != "exercises" else r"-(?![hno]$|n\d+$|o.*|-)"
    rest = [f" {text}" if re.match(own, text) else text for text in arguments[1:]]
    options = commands[arguments[0]].parse_intermixed_args(rest)
    if hasattr(options, "lang"):
        known_language(options.lang)  # which the environment may have set
    return options
