"""How closely a picture is written: what the text of a box is set in, and the room around it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AIRY", "CLOSE", "CLOSER", "TIGHT", "Density"]


@dataclass(frozen=True)
class Density:
    """`size` is that of all text in boxes and on arrows, None for each kind its own; `gaps` and `padding` are
    shares of what they are in a picture that has all the room it wants."""

    size: float | None = None
    inline: int = 0
    """Characters up to which a value stands on the line of its name, ``w = 2``."""
    gaps: float = 1.0
    padding: float = 1.0
    elides: bool = False
    """Whether a layer of very many units is shown by the first and the last of them."""
    is_unframed: bool = False
    """Whether scopes have no frames."""


AIRY = Density()
CLOSE = Density(size=12.0, inline=26, gaps=0.55, padding=0.5, elides=True)
"""The text of one size, the smallest of all, since that is what has to be large enough on a slide."""
CLOSER = Density(size=12.0, inline=26, gaps=0.42, padding=0.36, elides=True, is_unframed=True)
"""Before gradients of parameters have to go."""
TIGHT = Density(size=12.0, inline=30, gaps=0.22, padding=0.2, elides=True, is_unframed=True)
"""For names in place of formulas, where nothing larger can be read."""
