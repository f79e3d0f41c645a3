"""What the options pick out of one graph, by position: found when a picture is asked for, before anything is drawn."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from microgrid import Value
from microgrid.graph import order

from .engines import estimate, work
from .errors import TooLarge, VizError
from .folding import LEVELS, Unit, edges, fold
from .looks import Scale, scale_of, styles
from .options import Options
from .paths import Paths
from .snapshot import Trace

__all__ = ["MOST_LABELLED", "Choices", "choose"]

MOST_LABELLED = 1500
"""Arrows up to which local derivatives stand on them: of more nobody reads them, and they triple the time."""
SOON, PATIENCE = 3.0, 30.0
"""Seconds of layout from which on a reader is told, and from which on scopes are collapsed without being asked."""
MOST_ARROWS = 4
"""For each box of `max_nodes`, before scopes are collapsed."""


@dataclass(frozen=True)
class Choices:
    """`units` are what is drawn; `highlight` and `path` hold positions in the trace, None where nothing was asked."""

    units: tuple[Unit, ...]
    highlight: frozenset[int] | None = None
    path: tuple[int, int] | None = None
    scale: Scale | None = None
    styles: Mapping[int, Mapping[str, Any]] | None = None


def choose(y: Value, trace: Trace, options: Options) -> Choices:
    """Look up the nodes that the options name, as Values of the graph of y or by their labels."""
    find = _Finder(y, trace)
    units = _units(find, trace, options)
    scale = scale_of(trace, units) if options.color_by else None
    if options.color_by and scale is None:
        warnings.warn("color_by colours nothing: there are no gradients yet, call backward() first", stacklevel=4)
    return Choices(
        units=tuple(units),
        highlight=_highlight(find, options),
        path=_path(find, trace, options),
        scale=scale,
        styles=styles(trace, options.node_style) if options.node_style is not None else None,
    )


class _Finder:
    """Positions of Values, and of labels as the user wrote them or as they are drawn."""

    def __init__(self, y: Value, trace: Trace) -> None:
        self._y, self._trace = y, trace
        self._nodes: dict[Value, int] = {}
        self._labels: dict[str, list[int]] = {}

    def all(self, thing: Any, option: str) -> list[int]:
        """Every node that a Value or label means."""
        if not self._nodes:
            self._nodes = {v: i for i, v in enumerate(order(self._y))}
            for v, i in self._nodes.items():
                for label in {v.label, self._trace.nodes[i].label} - {""}:
                    self._labels.setdefault(label, []).append(i)
        if isinstance(thing, Value):
            if thing not in self._nodes:
                raise VizError(f"{option}: {_told(thing)} is no part of the graph that is drawn: pass one of its nodes")
            return [self._nodes[thing]]
        if not isinstance(thing, str):
            raise TypeError(f"{option} names nodes by Value or by label, got {type(thing).__name__} {thing!r}")
        if thing not in self._labels:
            raise VizError(f"{option}: no node of the graph has the label {thing!r}: pass the Value itself")
        return self._labels[thing]

    def one(self, thing: Any, option: str) -> int:
        found = self.all(thing, option)
        if len(found) > 1:
            raise VizError(f"{option}: {len(found)} nodes have the label {thing!r}: pass the Value itself")
        return found[0]


def _told(v: Value) -> str:
    return f"the Value {v.label!r}" if v.label else f"the Value {v.data!r}"


def _highlight(find: _Finder, options: Options) -> frozenset[int] | None:
    things = options.highlight
    if isinstance(things, Value | str):
        things = [things]
    if not isinstance(things, Iterable):
        raise TypeError(f"highlight is a list of nodes, got {type(things).__name__}")
    found = frozenset(i for thing in things for i in find.all(thing, "highlight"))
    return found or None


def _path(find: _Finder, trace: Trace, options: Options) -> tuple[int, int] | None:
    if options.path is None:
        return None
    ends = (options.path,) if isinstance(options.path, Value | str) else tuple(options.path)
    if len(ends) not in (1, 2):
        raise ValueError(f"path is (from, to), or a node from which to go to the root, got {len(ends)} nodes")
    start = find.one(ends[0], "path")
    end = find.one(ends[1], "path") if len(ends) == 2 else trace.root.index
    if not Paths(trace, end).count(start):
        raise VizError(f"path: nothing leads from {ends[0]!r} to {ends[-1]!r}: name the earlier node first")
    return start, end


# ---------------------------------------------------------------- how much of the graph


def _units(find: _Finder, trace: Trace, options: Options) -> list[Unit]:
    """What is drawn.  "auto" collapses what is too large, from the smallest scopes to the largest."""
    automatic = options.collapse == "auto"
    labelled = options.edges == "local"
    levels = [None if automatic else options.collapse]
    if automatic and options.max_nodes is not None:
        levels += LEVELS
    for level in levels:
        units = _near(find, trace, fold(trace, level), options)
        joined = [(tail.last, head.last) for tail, head, _ in edges(trace, units)]
        arrows = len(joined)
        seconds = estimate(work(len(units), joined) * (2 if labelled and arrows <= MOST_LABELLED else 1))
        most = options.max_nodes
        fits = most is None or len(units) <= most
        if fits and not (automatic and most and (seconds > PATIENCE or arrows > MOST_ARROWS * most)):
            break
    else:
        raise _too_large(trace, len(units), options, seconds if fits else 0.0)
    if automatic and level:
        _note(f'{len(trace.nodes):,} nodes are drawn as {len(units):,} boxes, as with collapse="{level}": '
              "pass max_nodes=None to draw them all")  # fmt: skip
    elif labelled and arrows > MOST_LABELLED:
        _note(f"{arrows:,} arrows are drawn without their local derivatives, which takes about {seconds:.0f} seconds")
    elif seconds > SOON:
        _note(f"the layout of {len(units):,} boxes takes about {seconds:.0f} seconds")
    return units


def _too_large(trace: Trace, boxes: int, options: Options, seconds: float) -> TooLarge:
    count = len(trace.nodes)
    drawn = f"the graph has {count:,} nodes" + (f" in {boxes:,} boxes" if boxes < count else "")
    why = f"their layout takes about {seconds:,.0f} seconds" if seconds else f"max_nodes is {options.max_nodes:,}"
    return TooLarge(
        f"{drawn} and {why}: draw a part of it (one sample, around=v), record it "
        "in microgrid.scope to collapse it, or pass max_nodes=None"
    )


def _note(message: str) -> None:
    warnings.warn(message, UserWarning, stacklevel=5)  # where `draw` was called


def _near(find: _Finder, trace: Trace, units: list[Unit], options: Options) -> list[Unit]:
    """The units within `radius` arrows of the one that shows `around`, in either direction."""
    if options.around is None:
        return units
    center = find.one(options.around, "around")
    neighbours: dict[int, set[int]] = {unit.last: set() for unit in units}
    for tail, head, _ in edges(trace, units):
        neighbours[tail.last].add(head.last)
        neighbours[head.last].add(tail.last)
    reached = ring = {unit.last for unit in units if center in unit.nodes}
    for _ in range(options.radius):
        ring = {other for last in ring for other in neighbours[last]} - reached
        if not ring:
            break
        reached = reached | ring
    return [unit for unit in units if unit.last in reached]
