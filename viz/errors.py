"""What can go wrong with a picture: each error says what happened, the rule, and the way out."""

from __future__ import annotations

from microgrid import MicrogridError

__all__ = ["EngineNotFound", "LayoutError", "TooLarge", "VizError"]


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
