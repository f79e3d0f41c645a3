"""What the options pick out of one graph, by position, when a picture is asked for and before it is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from microgrid import Value
from microgrid.base.messages import short, warn
from microgrid.base.phrases import Option, Setting, message
from microgrid.graph import order
from microgrid.naming.callers import registered, variables_of_caller
from microgrid.pieces import found
from microgrid.proof.textbook import leaves_doubles
from microgrid.proof.unfolding import hand_over, unfolded

from ..errors import BACKWARD, PAIR, VALUE, VALUE_TOO, TooLarge, VizError
from ..graph.claimed import Claimed, claimed
from ..graph.folding import LEVELS, Unit, edges, fold
from ..graph.paths import Paths
from ..graph.trace import Trace, warned
from ..options import Options
from ..style.density import AIRY, Density
from ..style.text import shorten
from .fewest import MANY_NODES, fewest
from .scale import Scale, scale_of
from .styles import Style, styles

__all__ = ["Choices", "check_count", "choose", "collapsed", "folded", "subject"]

Drawn = TypeVar("Drawn", bound=Options)

MOST_ARROWS = 4
"""For each box of `max_nodes`, before scopes are collapsed."""
MANY = 20
"""Boxes above which a sum of products is one, unless the reader says otherwise."""
NEAR = 2
"""How many arrows away a node is still near, where no radius is given."""

MOST_LABELLED = 1500
"""Arrows up to which local derivatives stand on them: of more nobody reads them, and they triple the time."""

LONGEST_LIST = 80
"""Of labels, in messages."""


@dataclass(frozen=True)
class Choices:
    """`units` are what is drawn; `highlight` and `path` are positions in the trace, None if not asked for."""

    units: tuple[Unit, ...]
    highlight: frozenset[int] | None = None
    path: tuple[int, int] | None = None
    claim: Claimed | None = None
    scale: Scale | None = None
    styles: Mapping[int, Style] | None = None
    labelled: bool = True
    """Whether local derivatives stand on the arrows, where they are asked for."""
    density: Density = AIRY
    unnumbered: frozenset[int | None] = frozenset()
    """Boxes to whose arrows there is no room for numbers, by the last node of each."""


def choose(y: Value, trace: Trace, options: Options, less: str) -> Choices:
    """Look up the nodes that the options name, as Values of the graph of y or by their labels.

    `less` says how less is drawn, where a graph is too large.
    """
    find = _Finder(y, trace)
    units, labelled = _units(find, trace, options, less)
    scale = scale_of(trace, units, options.color_by == "grad-sign") if options.color_by else None
    if options.color_by and scale is None:
        nothing = " colours nothing: there are no gradients yet, "
        warn(message(Option("color_by"), nothing, BACKWARD))
    labels = [node.label for node in trace.nodes]
    return Choices(
        units=tuple(units),
        highlight=_highlight(find, options),
        path=_path(find, trace, options),
        claim=None if options.claim is None else claimed(options.claim, order(y), labels),
        scale=scale,
        styles=styles(trace, options.node_style) if options.node_style is not None else None,
        labelled=labelled,
    )


def subject(y: Value, options: Drawn) -> tuple[Value, Drawn]:
    """What is drawn: y, or the same function in the textbook's steps, on the same leaves; and the options, in
    which what stands in it for a node is named instead."""
    if options.pieces != "textbook":
        return y, options
    root, stand = unfolded(y)
    hand_over(y, root, stand)
    variables = variables_of_caller() if options.labels == "names" else {}
    for v, own in stand.items():
        if own is not v and (name := variables.get(v) or registered.get(v)):
            registered[own] = name
    for one in found(order(y)):
        if warning := leaves_doubles(one):
            warned.update((stand[v], warning) for v in one.outputs)
    given = {name: getattr(options, name) for name in ("highlight", "path", "around")}
    named = {name: _standing(things, stand) for name, things in given.items() if things is not None}
    return root, options.changed(**named)


def _standing(things: object, stand: Mapping[Value, Value]) -> object:
    """One or several nodes of the graph that was passed as those of the graph that is drawn."""
    if isinstance(things, Value):
        return stand.get(things, things)
    if isinstance(things, Iterable) and not isinstance(things, str):
        return [_standing(thing, stand) for thing in things]
    return things


class _Finder:
    """Positions of Values, and of labels as the user wrote them or as they are drawn."""

    def __init__(self, y: Value, trace: Trace) -> None:
        self._y, self._trace = y, trace
        self._nodes: dict[Value, int] = {}
        self._labels: dict[str, list[int]] = {}

    def all(self, thing: object, option: Option) -> list[int]:
        """Every node that a Value or label means."""
        if not self._nodes:
            self._nodes = {v: i for i, v in enumerate(order(self._y))}
            for v, i in self._nodes.items():
                for label in {v.label, self._trace.nodes[i].label, self._trace.nodes[i].name} - {""}:
                    self._labels.setdefault(label, []).append(i)
        if isinstance(thing, Value):
            if thing not in self._nodes:
                why = f": {_called(thing)} is no part of the graph that is drawn: pass one of its nodes"
                raise VizError(message(option, why))
            return [self._nodes[thing]]
        if not isinstance(thing, str):
            got = f"got {type(thing).__name__} {thing!r}"
            raise TypeError(message(option, f" names nodes by Value or by label, {got}"))
        if thing not in self._labels:
            seen = (node.name for node in self._trace.nodes if node.label)
            known = shorten(", ".join(dict.fromkeys(seen)), LONGEST_LIST)
            why = f": no node of the graph has the label {short(thing)}: the labels are {known or 'none'}"
            raise VizError(message(option, why, VALUE_TOO))
        return self._labels[thing]

    def one(self, thing: object, option: Option) -> int:
        nodes = self.all(thing, option)
        if len(nodes) > 1:
            raise VizError(message(option, f": {len(nodes)} nodes have the label {short(thing)}: ", VALUE))
        return nodes[0]


def _called(v: Value) -> str:
    return f"the Value {v.label!r}" if v.label else f"the Value {v.data!r}"


def _highlight(find: _Finder, options: Options) -> frozenset[int] | None:
    option, things = Option("highlight"), options.highlight
    if isinstance(things, Value | str):
        things = [things]
    if not isinstance(things, Iterable):
        raise TypeError(message(option, f" is a list of nodes, got {type(things).__name__}"))
    return frozenset(i for thing in things for i in find.all(thing, option)) or None


def _path(find: _Finder, trace: Trace, options: Options) -> tuple[int, int] | None:
    if options.path is None:
        return None
    option, ends = Option("path"), options.path
    rule = message(option, " is ", PAIR, ", or a node from which to go to the root, got ")
    if isinstance(ends, Value | str):
        ends = (ends,)
    if not isinstance(ends, Iterable):
        raise TypeError(message(rule, type(ends).__name__))
    ends = tuple(ends)
    if len(ends) not in (1, 2):
        raise ValueError(message(rule, f"{len(ends)} nodes"))
    start = find.one(ends[0], option)
    end = find.one(ends[1], option) if len(ends) == 2 else trace.root.index
    if not Paths(trace, end).count(start):
        nowhere = f": nothing leads from {ends[0]!r} to {ends[-1]!r}: name the earlier node first"
        raise VizError(message(option, nowhere))
    return start, end


# ---------------------------------------------------------------- how much of the graph


def _units(find: _Finder, trace: Trace, options: Options, less: str) -> tuple[list[Unit], bool]:
    """What is drawn, and whether local derivatives stand on its arrows.

    "auto" collapses what is too large, from the smallest scopes to the largest.
    """
    automatic, most = options.collapse == "auto", options.max_nodes
    levels = [None if automatic else options.collapse]
    if automatic and most is not None and any(node.scope for node in trace.nodes):
        levels += LEVELS
    arrows = 0
    for level in levels:
        units = _near(find, trace, folded(trace, level, options), options)
        if most is not None and len(units) > most:
            continue
        arrows = len(edges(trace, units))
        if not (automatic and most and arrows > MOST_ARROWS * most):
            break
    else:
        raise _too_large(len(trace.nodes), len(units), arrows, options, less)
    labelled = arrows <= MOST_LABELLED
    if not automatic and levels[0] and not any(node.scope for node in trace.nodes):
        way_out = ': compute what belongs together in `with microgrid.scope("neuron"):`, as layers of nn do'
        nothing = " folds nothing, since nothing was recorded in a scope"
        warn(message(Setting("collapse", options.collapse), nothing, way_out))
    if automatic and level:
        warn(collapsed(len(trace.nodes), len(units), level))
    elif options.edges != "plain" and not labelled:
        warn(f"{arrows:,} arrows are drawn without their local derivatives: of so many nobody reads them")
    return units, labelled


def folded(trace: Trace, level: str | None, options: Options) -> list[Unit]:
    """With sums of products as boxes where they are asked for or, unasked, where boxes would be many."""
    pieces = options.pieces == "named"
    merges, results = options.sums == "merged", options.sums == "results"
    zeros = options.ops == "separate"
    units = fold(trace, level, sums=merges, results=results, pieces=pieces, zeros=zeros)
    if options.sums == "auto" and options.ops == "merged" and len(units) > MANY:
        return fold(trace, level, sums=True, pieces=pieces)
    return units


def collapsed(nodes: int, boxes: int, level: str, why: str = "") -> str:
    """A warning of scopes that are collapsed unasked."""
    drawn = f"{nodes:,} nodes are drawn as {boxes:,} boxes, as with "
    everything = Setting("max_nodes", None)
    return message(drawn, Setting("collapse", level), f"{why}: pass ", everything, " to draw them all")


def check_count(y: Value, options: Options, less: str) -> None:
    """TooLarge, without reading the graph, for one that has more boxes than `max_nodes` however it is folded.

    A part of a graph may be small enough, however large the whole is.
    """
    if options.max_nodes is None or options.around is not None:
        return
    nodes = order(y)
    if len(nodes) <= MANY_NODES:
        return
    boxes = fewest(nodes, options)
    if boxes > options.max_nodes:
        raise _too_large(len(nodes), boxes, 0, options, less)


def _too_large(count: int, boxes: int, arrows: int, options: Options, less: str) -> TooLarge:
    drawn = f"the graph has {count:,} nodes" + (f" in {boxes:,} boxes" if boxes < count else "")
    many = message(Option("max_nodes"), f" is {options.max_nodes:,}")
    if arrows:
        many = message(f"{arrows:,} arrows between them are too many")
    scopes = ", record it in microgrid.scope and collapse it, or pass "
    return TooLarge(
        message(drawn, " and ", many, ": take one sample, ", less, scopes, Setting("max_nodes", None))
    )


def _near(find: _Finder, trace: Trace, units: list[Unit], options: Options) -> list[Unit]:
    """The units within `radius` arrows of the one that shows `around`, in either direction."""
    if options.around is None:
        return units
    center = find.one(options.around, Option("around"))
    neighbours: dict[int, set[int]] = {unit.last: set() for unit in units}
    for tail, head, _ in edges(trace, units):
        neighbours[tail.last].add(head.last)
        neighbours[head.last].add(tail.last)
    reached = ring = {unit.last for unit in units if center in unit.nodes}
    for _ in range(NEAR if options.radius is None else options.radius):
        ring = {other for last in ring for other in neighbours[last]} - reached
        if not ring:
            break
        reached = reached | ring
    return [unit for unit in units if unit.last in reached]
