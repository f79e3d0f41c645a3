"""What can go wrong with a picture: each error says what happened, the rule, and the way out."""

from __future__ import annotations

from microgrid import MicrogridError
from microgrid.base.phrases import Way

__all__ = [
    "BACKWARD",
    "DOT",
    "EngineNotFound",
    "LayoutError",
    "PAIR",
    "SAMPLE",
    "TRAINED",
    "TooLarge",
    "VALUE",
    "VALUE_TOO",
    "VizError",
]

BACKWARD = Way("gradients", "call backward() first")
TRAINED = Way("gradients of a model", "call backward() first")
SAMPLE = Way("sample", "network(model, x=[0.5, -1.0])")
DOT = Way("dot", "call draw(...).dot()")
PAIR = Way("pair", "(from, to)")
VALUE = Way("value", "pass the Value itself")
VALUE_TOO = Way("value too", "; or pass the Value itself")
"""What Python's users can do; `microgrid.cli.messages` has what is typed instead, by the names."""


class VizError(MicrogridError):
    """A picture cannot be made: the base of the errors of viz, and a `MicrogridError`."""


class TooLarge(VizError, ValueError):
    """The graph has more nodes than `max_nodes` allows."""


class LayoutError(VizError):
    """Graphviz could not place the boxes; `stderr` is what it said."""

    def __init__(self, message: str, stderr: str = "") -> None:
        self.stderr = stderr
        super().__init__(f"{message}\n{stderr}" if stderr else message)


class EngineNotFound(LayoutError, RuntimeError):
    """No layout engine is installed: neither `dot` on the PATH nor pygraphviz."""
