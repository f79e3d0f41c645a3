"""Boxes of the page that open in place: for each scope or piece the picture in which its inside is drawn."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..drawing.painter import paint
from ..drawing.rows import placed
from ..drawing.scene import Scene
from ..formats.svg import svg
from ..graph.folding import Unit, edges, fold, opened
from ..graph.trace import Trace
from ..options import Options
from ..picture.compose import compose
from ..picture.condensed import finished
from ..picture.selection import Choices
from ..walk.captions import Captions
from ..words.numbers import Numbers
from .columns import unit_facts

__all__ = ["Unfolding", "unfolding_facts", "unfoldings"]

MOST_INSIDE, MOST_ARROWS = 40, 350
"""Boxes that a scope may open to, and arrows in all pictures with an open box: each is laid out."""


@dataclass(frozen=True)
class Unfolding:
    """What is drawn where one box is open: all units, those inside, and the picture in two themes."""

    unit: Unit
    inside: tuple[Unit, ...]
    scenes: tuple[Scene, Scene]


def unfoldings(trace: Trace, themed: tuple[Options, Options], choices: Choices) -> Iterator[Unfolding]:
    """For folded boxes, as many as are quickly laid out, the picture in which one is open.

    The first neuron of each layer comes before the second ones.
    """
    arrows, numbers = 0, Numbers(themed[0].precision)
    for unit in _in_turn(choices.units):
        inside = _inside(trace, unit)
        units = tuple(opened(trace, choices.units, unit, inside))
        arrows += len(edges(trace, units))
        if arrows > MOST_ARROWS:
            return
        if inside:
            chosen = replace(choices, units=units)
            picture = finished(compose(trace, themed[0], numbers, chosen), themed[0], chosen.density)
            picture, places = placed(picture, themed[0], chosen.density.gaps)
            light, dark = (paint(picture, places, options) for options in themed)
            yield Unfolding(unit, tuple(inside), (light, dark))


def _in_turn(units: Sequence[Unit]) -> list[Unit]:
    """The scopes and pieces, one of each scope around them, then the next of each."""
    seen: dict[tuple[str, ...] | str, int] = {}
    turns: list[tuple[int, Unit]] = []
    for unit in units:
        if unit.kind in ("scope", "piece"):
            around = unit.piece if unit.scope is None else unit.scope[:-1]
            seen[around] = seen.get(around, 0) + 1
            turns.append((seen[around], unit))
    return [unit for _, unit in sorted(turns, key=lambda turn: turn[0])]


def _inside(trace: Trace, unit: Unit) -> list[Unit]:
    """The units that a box opens to: its operations or, where these are many, sums, or scopes within it."""
    own = set(unit.nodes)
    within = unit.kind != "piece"
    for level, sums in ((None, False), (None, True), ("neuron", True)):
        units = fold(trace, level, sums=sums, pieces=within)
        inside = [one for one in units if own.issuperset(one.nodes)]
        covers = sum(len(one.nodes) for one in inside) == len(own)
        if covers and 1 < len(inside) <= MOST_INSIDE:
            return inside
    return []


def unfolding_facts(
    trace: Trace, options: Options, one: Unfolding, in_variables: Callable[[Scene, Scene], Scene]
) -> dict[str, Any]:
    """The same for the page: the box, the units inside that are more than a node, and the packed picture."""
    boxes = Captions(trace, Numbers(options.precision), options.lang).boxes
    drawn = re.sub(' style="[^"]*"', "", svg(in_variables(*one.scenes)), count=1)
    return {
        "last": one.unit.last,
        "units": [unit_facts(trace, unit, boxes) for unit in one.inside if unit.kind != "node"],
        "svg": packed_text(drawn),
    }


def packed_text(text: str) -> str:
    """A text as browsers unpack it: deflated, in base 64.

    >>> len(packed_text("x" * 1000)) < 40
    True
    """
    packing = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return base64.b64encode(packing.compress(text.encode()) + packing.flush()).decode()
