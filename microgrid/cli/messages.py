"""Messages as the command line says them: on one line, and with each way out as it is typed there."""

from __future__ import annotations

from ..base.phrases import Option, Setting, Way, text_of, worded
from ..errors import ExpressionError

__all__ = ["as_typed", "error_text", "one_line"]

TYPED = {
    "ieee": "--ieee goes on with inf and nan",
    "gradients": "leave out --no-grad",
    "gradients of a model": "call backward() in the script that makes the model",
    "sample": "--x 0.5,-1",
    "dot": "microgrid draw -o graph.dot",
    "pair": "FROM,TO",
    "value": "give the one that is meant a label of its own",
    "value too": "",  # a command has no Value to pass
}
"""What can be done here instead, by the names of the ways out; those of pictures are in `viz.errors`."""


def error_text(error: Exception) -> str:
    """What is wrong, without a traceback."""
    if isinstance(error, ExpressionError):
        return str(error)  # its caret needs the lines below
    if isinstance(error, OSError) and error.strerror:
        return one_line(f"{error.filename}: {error.strerror}" if error.filename else error.strerror)
    return one_line(as_typed(error)) or type(error).__name__


def as_typed(error: Exception) -> str:
    """The message of an error or a warning, with the ways out as the command line takes them.

    >>> from microgrid.base.phrases import message
    >>> as_typed(ValueError(message("... are too many: pass ", Setting("max_nodes", None), " to draw them")))
    '... are too many: pass --max-nodes none to draw them'
    """
    return worded(text_of(error), _typed)


def _typed(part: Option | Way) -> str:
    if isinstance(part, Way):
        return TYPED.get(part.name, str(part))
    name = "-n" if part.name == "n" else f"--{part.name.replace('_', '-')}"  # how many, of exercises
    value = part.value_text.replace("None", "none") if isinstance(part, Setting) else ""
    return f"{name} {value}" if value else name


def one_line(text: str) -> str:
    """Without the line breaks, and without what would steer a terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(text.split()))
