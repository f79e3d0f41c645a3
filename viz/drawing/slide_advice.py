"""What makes a picture's text large enough to be read on a slide, for warnings that say so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from microgrid.base.messages import warn
from microgrid.base.phrases import Setting, join, message

from ..graph.folding import fold
from ..graph.trace import Trace
from ..options import Options
from ..picture.selection import Choices
from .slide import READABLE

__all__ = ["too_small", "warn_if_small"]

REMEDIES: list[dict[str, Any]] = [
    {"collapse": "neuron"}, {"rankdir": "TB"}, {"edges": "plain"}, {"edges": "plain", "rankdir": "TB"},
    {"collapse": "layer"},
]  # fmt: skip
"""Those first that leave most to be seen."""
FEW = 400
"""Boxes up to which they are tried; it takes a layout for each."""


def warn_if_small(
    size: Callable[[Options, Choices], float], trace: Trace, options: Options, choices: Choices, part: str
) -> None:
    """Warn where text on a slide is too small, with what to ask for instead; `part` says how less is drawn.

    `size` is that of the smallest text with some options, in points.
    """
    now = size(options, choices)
    if now >= READABLE:
        return
    warn(too_small(now, f"a {options.slide} slide", _remedy(size, trace, options, choices, part)))


def too_small(size: float, where: str, way_out: str) -> str:
    """What is said of text of so many points."""
    rule = f"below {READABLE:g} pt it cannot be read"
    return message(f"the smallest text would be {size:.1f} pt on {where}, and {rule}: ", way_out)


def _remedy(
    size: Callable[[Options, Choices], float], trace: Trace, options: Options, choices: Choices, part: str
) -> str:
    """The first remedy that is enough, or else the one that helps most."""
    tried: list[tuple[float, str]] = []
    for change in REMEDIES:
        changed = replace(options, **change)
        units = tuple(fold(trace, changed.collapse)) if "collapse" in change else choices.units
        if changed == options or len(units) > FEW or ("collapse" in change and units == choices.units):
            continue
        points = size(changed, replace(choices, units=units))
        tried.append((points, join(", ", [Setting(name, value) for name, value in change.items()])))
        if points >= READABLE:
            break
    if not tried:
        return message(part, ", or collapse scopes")
    points, best = max(tried)
    enough = message(best, f" gives {points:.1f} pt")
    return enough if points >= READABLE else message(enough, ", or ", part)
