"""Which way a step goes: forward along the arrows, or back with a gradient, which turns them round.

A look tells one from the other, in black and white too: what goes forward is a thick arrow, what flows back
a double line whose head is at the operand that receives.
"""

from __future__ import annotations

import math
from dataclasses import replace

from ..drawing.lettering import BASELINE
from ..drawing.painter import ARROW_HALF, ARROW_LENGTH, IN_HEAD, arrow_head
from ..drawing.scene import Group, Path, Text
from ..picture.boxes import BETWEEN
from ..placement.curves import Curve, beyond, reverse, trim
from ..style.shapes import Command, Point
from ..style.theme import ACTIVE_EDGE, ACTIVE_HEAD, BACK_CORE, BACK_EDGE, Paint, Theme, mix

__all__ = [
    "BACKWARD",
    "FORWARD",
    "PHASES",
    "active_widths",
    "arrow_sizes",
    "head_at_line",
    "lit_arrow",
    "sign",
]

FORWARD, BACKWARD = "edge active forward", "edge active backward"
"""The kinds of a group that is an arrow which a step uses."""
GLOW, GLOW_WIDTH = 0.4, 9.0
"""Around the line of a route: how much of the colour is left, and how much wider it is."""

FREE = 0.12
"""Before and after the head of an arrow that stands on a line of text, in font sizes."""

SIGNS = {"LR": ("→", "←"), "RL": ("←", "→"), "TB": ("↓", "↑"), "BT": ("↑", "↓")}
PHASES = ("start", "forward", "seed", "backward", "end")
PASSES = {"forward": 0, "seed": 1, "backward": 1}


def sign(phase: str, rankdir: str) -> str:
    """The way that a phase goes in a picture, whose rows are read as text is; nothing for start and end.

    >>> sign("forward", "LR"), sign("backward", "TB"), sign("end", "LR")
    ('→', '↑', '')
    """
    return SIGNS.get(rankdir, SIGNS["LR"])[PASSES[phase]] if phase in PASSES else ""


def active_widths(theme: Theme) -> dict[str, float]:
    """Of what is lit, for the page's style sheet."""
    border, edge, outer, core = theme.active.width, ACTIVE_EDGE, BACK_EDGE, BACK_CORE
    route = theme.routes[0].width + GLOW_WIDTH
    return {
        "active-border": border,
        "active-edge": edge,
        "back-edge": outer,
        "back-core": core,
        "glow": route,
    }


def arrow_sizes() -> dict[str, float]:
    """Of the heads of arrows, for the page's code."""
    return {"length": ARROW_LENGTH, "half": ARROW_HALF, "inside": IN_HEAD, "head": ACTIVE_HEAD}


def lit_arrow(
    group: Group,
    lines: list[Path],
    theme: Theme,
    backward: bool,
    size: float = 1.0,
    wider: float = GLOW_WIDTH,
) -> Group:
    """An arrow that a step uses; `lines` are its parts, those of its last lane first, and of each the last
    part first.

    Routes keep their colours, which say which is which, and get a glow instead, so much `wider`; `size` is
    that of their heads.
    """
    is_route = ("route", "true") in group.data
    heads = [path for path in group.paths if path.paint.fill != "none"]
    lanes = list(zip(*[iter(reversed(lines))] * (len(lines) // len(heads)), strict=True))
    under, over = list[Path](), list[Path]()
    for lane, head in zip(lanes, heads, strict=True):
        color = head.paint.fill if is_route else theme.active.stroke
        curves, tip = [_curve(line.commands) for line in lane], head.commands[0][1][0]
        curves[-1] = _to(curves[-1], tip)
        if backward:
            curves[0], ahead = _headed(curves[0], color, size if is_route else ACTIVE_HEAD)
        else:
            shaft, ahead = _headed(reverse(curves[-1]), color, size if is_route else ACTIVE_HEAD)
            curves[-1] = reverse(shaft)
        shapes = list(map(_commands, curves))
        if is_route:
            paints = [lane[0].paint]
            faint = mix(theme.active.stroke, theme.background, GLOW)
            under += [Path(shape, Paint("none", faint, paints[0].width + wider)) for shape in shapes]
        else:
            widths = (
                [(color, BACK_EDGE), (theme.background, BACK_CORE)] if backward else [(color, ACTIVE_EDGE)]
            )
            paints = [Paint("none", *width) for width in widths]
        over += [*(Path(shape, paint) for paint in paints for shape in shapes), ahead]
    return replace(group, kind=BACKWARD if backward else FORWARD, items=(*under, *over))


def head_at_line(gradient: Text, theme: Theme) -> Path:
    """The head of an arrow from a gradient on a line of a box to the parameter before it, which receives."""
    size, (x, y) = gradient.font.size, gradient.at
    middle, length = y - BASELINE * size, (BETWEEN - 2 * FREE) * size
    tip, base = (x - (BETWEEN - FREE) * size, middle), (x, middle)
    return arrow_head(tip, base, theme.active.stroke, length / ARROW_LENGTH)


def _headed(curve: Curve, color: str, size: float) -> tuple[Curve, Path]:
    """A curve that begins inside of an arrowhead, whose tip is where it began."""
    tip, room = curve[0], math.dist(curve[0], curve[-1])
    size = min(size, room / ARROW_LENGTH)
    rest = trim(curve, beyond(tip, ARROW_LENGTH * IN_HEAD * size))
    return rest, arrow_head(tip, rest[0], color, size)


def _curve(commands: tuple[Command, ...]) -> Curve:
    """An open path as a chain of cubic curves."""
    (_, (start,)), *others = commands
    curve: Curve = (start,)
    for letter, points in others:
        curve = (*curve, *points) if letter == "C" else _to(curve, points[0])
    return curve


def _to(curve: Curve, end: Point) -> Curve:
    """A curve that goes straight on to a point."""
    (x0, y0), (x1, y1) = curve[-1], end
    return (*curve, *((x0 + (x1 - x0) * t, y0 + (y1 - y0) * t) for t in (1 / 3, 2 / 3)), end)


def _commands(curve: Curve) -> tuple[Command, ...]:
    return (("M", curve[:1]), *(("C", curve[i : i + 3]) for i in range(1, len(curve), 3)))
