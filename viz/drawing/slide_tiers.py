"""What may be drawn on a slide, and how, from the least folding to the most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ..graph.folding import LEVELS, Unit, edges, fold
from ..graph.trace import Trace
from ..options import Options
from ..picture.boxes import Picture
from ..picture.scale import scale_of
from ..picture.selection import Choices
from ..placement.columns import stands_in_layers
from ..style.density import CLOSE, CLOSER, TIGHT
from .slide import READABLE

__all__ = ["INSIDE", "count", "tiers", "ways"]

FEW_DIGITS, HOPELESS = 3, 0.55
"""Digits; and what text reaches in columns at least, as a share of what it has to, where Graphviz may do
better."""
MANY = 24
"""Boxes and numbers above which Graphviz, which takes long then, is asked after columns have been tried."""
FRAMED = 0.4
"""What text reaches at least in frames, as a share of what it has to, where it may be enough without them."""
FEW = 12
"""Boxes: with fewer of them, less is to be seen than where names replace formulas."""
MOST_LISTED = 60
"""Parameters of a graph above which no slide has lines for all."""
INSIDE = ("parameter", "constant")

Change = dict[str, Any]
Folding = tuple[Change, tuple[Unit, ...]]
"""The options that say what is one box, and the boxes."""
Text = tuple[float, Change]
"""How large text has to have been with more for these options to be enough, and the options."""


def tiers(
    trace: Trace, options: Options, choices: Choices, is_walk: bool = False
) -> Iterator[tuple[int, float, Options, Choices]]:
    """Which folding, how large its text has to have become for this to be enough, options and choices.

    A walk keeps its boxes, which are its steps, and the gradients of its parameters as long as it can.
    """
    whole = list(_foldings(trace, options, choices))
    telling = len(whole) - any(change.get("parameters") == "inside" for change, _ in whole)
    summaries = _summaries(trace, options, choices)
    named = list(_named(trace, options, [*whole[1:], *(s for s in summaries if "collapse" not in s[0])]))
    kept = list(_kept(trace, options, choices)) if is_walk else []
    foldings = [*whole, *summaries, *named, *kept]
    numbers = range(len(foldings))
    large = [k for k in numbers[len(whole) :] if k < len(whole) + len(summaries)]
    large = [k for k in large if count(trace, options.changed(**foldings[k][0]), foldings[k][1]) >= FEW]
    small = [k for k in numbers[len(whole) : len(whole) + len(summaries)] if k not in large]
    results = [k for k in (*large, *small) if "collapse" not in foldings[k][0]]
    listed = [k for k in (telling - 1, *results) if foldings[k][0].get("parameters") == "listed"]
    texts, names = list(_texts(options)), list(_names(options))
    closer = dict(texts[-1][1])  # before gradients of parameters go; without frames, which keep boxes apart
    has_frames = any(len(trace.nodes[unit.last].scope) > bool(unit.scope) for unit in choices.units)
    has_short = any(node.is_short for node in trace.nodes)  # whose formulas are no longer than a step's
    close = (FRAMED if has_frames else 0.85) * READABLE, closer
    with_names = numbers[len(whole) + len(summaries) : len(foldings) - len(kept)]
    steps = numbers[len(foldings) - len(kept) :]
    walked = [
        *_in_turn(steps, texts),
        *((k, text) for k in steps[-1:] for text in (close, *names)),
        *_in_turn(numbers[:telling], texts),
        (telling - 1, close),
        *((k, text) for k in listed for text in (*texts, *names)),
        *_in_turn(numbers[telling : len(whole)], texts),
        *((k, text) for k in large for text in (*texts, *names)),
    ]
    order = [
        *(walked if is_walk else ()),
        *_in_turn(numbers[:telling], texts),
        (telling - 1, close),
        *((k, text) for k in results if has_short for text in texts),
        *_in_turn(numbers[telling : len(whole)], texts),
        *((k, text) for k in large for text in texts),
        *((k, text) for k in listed for text in names),  # before parameters have no gradients
        *((k, text) for k in with_names for text in names or texts[-1:]),
        *((k, text) for k in results for text in names),
        *((k, text) for k in small for text in texts),
        *((k, text) for k in small if is_walk for text in names),
    ]
    seen = set[tuple[bool, frozenset[tuple[str, Any]]]]()
    for k, (expected, changes) in order:
        more, units = foldings[k]
        way = changes is closer, frozenset((more | changes).items())
        if way in seen:
            continue
        seen.add(way)
        scale = choices.scale and scale_of(trace, units, choices.scale.is_signed)
        folded = choices if units is choices.units else replace(choices, units=units, scale=scale)
        changed = options.changed(**more, **changes)
        written = CLOSER if changes is closer else CLOSE
        yield k, expected, changed, replace(folded, density=written if changed.formulas == "all" else TIGHT)


def _in_turn(steps: Sequence[int], texts: Sequence[Text]) -> Iterator[tuple[int, Text]]:
    """Rather more in a box than nothing on arrows."""
    written = [text for text in texts if text[1].get("edges") != "plain"]
    bare = [text for text in texts if text not in written]
    return ((k, text) for part in (written, bare) for k in steps for text in part)


def _foldings(trace: Trace, options: Options, choices: Choices) -> Iterator[Folding]:
    """From the smallest boxes to the largest, those that leave each result to be seen."""
    changes: Change = {}
    units = choices.units
    yield {}, units
    if _may_merge(options):
        level = None if options.collapse == "auto" else options.collapse
        merged = tuple(fold(trace, level, sums=True))
        if merged != units:
            changes, units = {"sums": "merged"}, merged
            yield changes, units
    if options.may_vary("parameters"):
        for how in _inside(trace):
            yield changes | how, units


def _kept(trace: Trace, options: Options, choices: Choices) -> Iterator[Folding]:
    """Those of the same boxes, but for parameters that stand with their gradients in others."""
    yield {}, choices.units
    if options.may_vary("parameters"):
        yield from ((how, choices.units) for how in _inside(trace) if how["parameters"] == "listed")


def _summaries(trace: Trace, options: Options, choices: Choices) -> list[Folding]:
    """Those with less to be seen, in the order of how many boxes are left."""
    inside = _inside(trace) if options.may_vary("parameters") else [{}]
    seen = {choices.units}
    found: list[Folding] = []
    if options.may_vary("collapse") and options.around is None:
        merged = options.sums != "separate" and options.ops == "merged"
        for level in LEVELS:
            units = tuple(fold(trace, level, sums=merged))
            if units not in seen:
                seen.add(units)
                found += [(how | {"collapse": level}, units) for how in inside]
    if _may_merge(options):
        whole = None if options.collapse == "auto" else options.collapse
        units = tuple(fold(trace, whole, results=True))
        if len(units) < len(fold(trace, whole, sums=True)):
            found += [(how | {"sums": "results"}, units) for how in inside]
    return sorted(found, key=lambda folding: -len(folding[1]))


def _inside(trace: Trace) -> list[Change]:
    """Parameters without boxes: with their gradients unless they are very many, and without."""
    count = sum(node.role == "parameter" for node in trace.nodes)
    listed: list[Change] = [{"parameters": "listed"}] if 0 < count <= MOST_LISTED else []
    return [*listed, {"parameters": "inside"}]


def _named(trace: Trace, options: Options, foldings: Sequence[Folding]) -> Iterator[Folding]:
    """The same with parameters that several boxes use named in each, where there are such."""
    for changes, units in foldings if options.may_vary("parameters") else ():
        readers: dict[int, set[int]] = {}
        for tail, head, _ in edges(trace, units):
            if tail.kind == "node" and trace.nodes[tail.last].role in INSIDE:
                readers.setdefault(tail.last, set()).add(head.last)
        if changes.get("parameters") == "inside" and any(len(heads) > 1 for heads in readers.values()):
            yield changes | {"parameters": "named"}, units


def _may_merge(options: Options) -> bool:
    return options.may_vary("sums") and options.ops == "merged" and options.around is None


def _texts(options: Options) -> Iterator[Text]:
    """What is written on arrows and with how many digits, from the most to the least."""
    changes: Change = {}
    yield 0.0, {}
    is_pinned = options.numbers == "all"  # who insists on numbers gets them
    if options.may_vary("edges"):
        changes |= {"edges": "number"}
        yield 0.55 * READABLE, dict(changes)
    if options.may_vary("precision"):
        changes |= {"precision": FEW_DIGITS}
        yield 0.85 * READABLE, dict(changes)
    if options.may_vary("edges") and not is_pinned:
        yield 0.5 * READABLE, changes | {"edges": "plain"}


def _names(options: Options) -> Iterator[Text]:
    """The same with names in place of formulas."""
    if options.may_vary("formulas") and options.ops == "merged":
        *_, (_, least) = _texts(options)
        yield 0.5 * READABLE, least | {"formulas": "unnamed"}


def count(trace: Trace, options: Options, units: Sequence[Unit]) -> int:
    """About how many boxes there are going to be."""
    inside = INSIDE if options.parameters != "boxes" else ()
    return sum(trace.nodes[unit.last].role not in inside for unit in units)


def ways(options: Options, units: Sequence[Unit], picture: Picture) -> Iterator[tuple[float, list[Change]]]:
    """Directions and what lays out, in groups: the next is for what cannot be read in any before, if its text
    reaches this share of what it has to.

    Rows are for chains; between units of layers that are all joined too many lines would return.
    """
    if not options.may_vary("rankdir"):
        directions, rows = [options.rankdir], list[str]()
    else:
        directions = ["LR", "TB"]
        is_dense = len(picture.arrows) > 2 * len(picture.boxes)
        rows = [] if is_dense and any(unit.scope for unit in units) else ["rows"]
    usual = [{"rankdir": way} for way in directions]
    if not options.may_vary("engine") or stands_in_layers(picture):
        yield 0.0, usual
    else:
        columns = [change | {"engine": "columns"} for change in usual]
        if options.parameters == "named":  # what is read by many, in columns alone
            yield 0.0, columns
            return
        is_large = len(picture.all_boxes) > MANY
        yield 0.0, columns if is_large else usual
        yield (HOPELESS, usual) if is_large else (0.0, columns)
    if rows:
        yield 0.0, [{"rankdir": "rows"}]
