"""What can go wrong with a picture, and warnings of it: each says what happened, the rule, and the way out."""

from __future__ import annotations

import sys
import warnings

from microgrid import MicrogridError

__all__ = ["EngineNotFound", "LayoutError", "TooLarge", "VizError", "warn"]


class VizError(MicrogridError):
    """A picture cannot be made."""


class TooLarge(VizError, ValueError):
    """The graph has more nodes than `max_nodes` allows."""


class LayoutError(VizError):
    """Graphviz could not place the boxes; `stderr` is what it said."""

    def __init__(self, message: str, stderr: str = "") -> None:
        self.stderr = stderr
        super().__init__(f"{message}\n{stderr}" if stderr else message)


class EngineNotFound(LayoutError, RuntimeError):
    """No layout engine is installed."""


def warn(message: str) -> None:
    """Warn whoever called this package, of the line with the call."""
    warnings.warn(message, UserWarning, stacklevel=_outside())


def _outside() -> int:
    """How far up, for `warnings`, the code is that called this package."""
    frame, level, here = sys._getframe(1), 1, f"{__package__}."
    while frame.f_back is not None and f"{frame.f_globals.get('__name__')}.".startswith((here, "functools.")):
        frame, level = frame.f_back, level + 1
    return level
