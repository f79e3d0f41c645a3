"""Chooses how a graph is drawn on a slide: with the least folding whose text is large enough to be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from microgrid.base.messages import warn
from microgrid.base.phrases import Setting, join, message

from ..errors import TooLarge
from ..graph.folding import LEVELS, Unit, fold
from ..graph.trace import Trace
from ..options import SLIDES, Options
from ..picture.boxes import Arrow, Picture
from ..picture.scale import scale_of
from ..picture.selection import Choices
from ..style.density import CLOSE
from .layout import Layout
from .slide import EDGE, READABLE, Sheet, sheet, spread, text_size

__all__ = ["Attempt", "Draft", "chosen", "say_it", "too_small"]

COMFORTABLE, PREFERRED = 10.5, 0.87
"""Points of text that is large enough even where another direction would make it larger; and, where none is,
what it may be smaller by, as a share, for the sake of the usual direction."""
MOST_LAYOUTS, MOST_BOXES, FEW = 36, 300, 40
FILLED = 0.8
"""Of a slide, by boxes with the gaps around them: no layout does better."""
MOST_LABELS = 60
"""Numbers on arrows: with more of them no slide can be read, and they take long to be laid out."""
FEW_DIGITS, HOPELESS, BEHIND = 3, 0.45, 0.7
"""Digits; and what text reaches at least, as a share of what it has to and of what other directions reach,
where less on arrows may be enough."""
GAP = 9.5
"""Points between boxes that stand closely."""


@dataclass(frozen=True)
class Draft:
    """A picture and what gives it its places, in a direction; `under` says how high what stands below it is,
    on a page of a given width."""

    picture: Picture
    place: Callable[[str], tuple[Picture, Layout]]
    under: Callable[[float], float] = lambda width: 0.0
    is_walk: bool = False


@dataclass(frozen=True)
class Attempt:
    """What has been tried, and the smallest text on the slide then, in points."""

    options: Options
    choices: Choices
    picture: Picture
    sheet: Sheet
    size: float
    changes: dict[str, Any]


def chosen(
    trace: Trace,
    options: Options,
    choices: Choices,
    draft: Callable[[Options, Choices], Draft],
    less: str,
) -> Attempt:
    """The first way to draw, from the least folding to the most, whose text is large enough; where none is,
    that of the largest text."""
    best: Attempt | None = None
    layouts = 0
    changed, varied = options, choices
    largest_of: dict[int, float] = {}
    hopeless = set[tuple[int, str]]()
    for step, expected, changed, varied in _tiers(trace, options, choices):
        if _count(trace, changed, varied) > MOST_BOXES or largest_of.get(step, READABLE) < expected:
            continue
        drafted, tried = draft(changed, varied), list[Attempt]()
        for rankdir in _directions(options, varied.units, drafted.picture):
            turned = changed.changed(rankdir=rankdir)
            if (step, rankdir) in hopeless or not _could_fit(drafted.picture, turned):
                continue
            if layouts < MOST_LAYOUTS:
                layouts += 1
                tried.append(_attempt(options, turned, varied, drafted))
        best_here = max((attempt.size for attempt in tried), default=0.0)
        hopeless |= {
            (step, attempt.options.rankdir)
            for attempt in tried
            if attempt.size < max(HOPELESS * READABLE, BEHIND * best_here)
        }
        largest = max(tried, key=_size, default=None)
        largest_of[step] = largest.size if largest else 0.0
        if largest is None:
            continue
        if largest.size >= READABLE:
            least = max(READABLE, min(COMFORTABLE, PREFERRED * largest.size))
            return _spread(next(attempt for attempt in tried if attempt.size >= least))
        best = largest if best is None else max(best, largest, key=_size)
    if best is None and (boxes := _count(trace, changed, varied)) > MOST_BOXES:
        raise _too_many(boxes, changed, less)
    if best is None:  # nothing had a chance: then with as little as possible
        drafted = draft(changed, varied)
        ways = [
            changed.changed(rankdir=rankdir)
            for rankdir in _directions(options, varied.units, drafted.picture)
        ]
        best = max((_attempt(options, way, varied, drafted) for way in ways), key=_size)
    return _spread(best)


def _too_many(boxes: int, options: Options, less: str) -> TooLarge:
    held = f"the graph has {boxes:,} boxes, and a {options.slide} slide holds some {FEW} that can be read: "
    return TooLarge(message(held, less, ", or record it in microgrid.scope, which a slide can collapse"))


def _spread(attempt: Attempt) -> Attempt:
    return replace(attempt, sheet=spread(attempt.picture, attempt.sheet))


def _count(trace: Trace, options: Options, choices: Choices) -> int:
    """About how many boxes there are going to be."""
    inside = ("parameter", "constant") if options.parameters == "inside" else ()
    return sum(trace.nodes[unit.last].role not in inside for unit in choices.units)


def _size(attempt: Attempt) -> float:
    return attempt.size


def _attempt(options: Options, changed: Options, choices: Choices, drafted: Draft) -> Attempt:
    slide = changed.slide or "16:9"
    picture, places = drafted.place(changed.rankdir)
    onto = sheet(picture, places, changed, slide, drafted.under, drafted.is_walk)
    names = ("rankdir", "edges", "precision", "sums", "parameters", "collapse")
    changes = {n: getattr(changed, n) for n in names if getattr(changed, n) != getattr(options, n)}
    size = onto.scale * text_size(picture, changed)
    return Attempt(changed, choices, picture, onto, size, changes)


# ---------------------------------------------------------------- what is tried, in turn


def _tiers(trace: Trace, options: Options, choices: Choices) -> Iterator[tuple[int, float, Options, Choices]]:
    """What is drawn and how it is written, from the least folding to the most: which folding, how large its
    text has to have become for this to be enough, options and choices."""
    foldings = [*_foldings(trace, options, choices), *_summaries(trace, options, choices)]
    whole = [k for k, (changes, _) in enumerate(foldings) if _is_whole(changes)]
    summed = [k for k, (changes, _) in enumerate(foldings) if not _is_whole(changes)]
    for k, (expected, changes) in [
        *_in_turn(whole, options),
        *((k, text) for k in summed for text in _texts(options)),
    ]:
        more, units = foldings[k]
        scale = scale_of(trace, units) if choices.scale else None
        folded = choices if units is choices.units else replace(choices, units=units, scale=scale)
        yield k, expected, options.changed(**more, **changes), replace(folded, density=CLOSE)


def _is_whole(changes: dict[str, Any]) -> bool:
    return "collapse" not in changes and changes.get("sums") != "results"


def _in_turn(steps: Sequence[int], options: Options) -> Iterator[tuple[int, tuple[float, dict[str, Any]]]]:
    """Rather more in a box than nothing on arrows."""
    texts = list(_texts(options))
    written = [text for text in texts if text[1].get("edges") != "plain"]
    bare = [text for text in texts if text not in written]
    return ((k, text) for part in (written, bare) for k in steps for text in part)


Folding = tuple[dict[str, Any], tuple[Unit, ...]]
"""The options that say what is one box, and the boxes."""


def _foldings(trace: Trace, options: Options, choices: Choices) -> Iterator[Folding]:
    """From the smallest boxes to the largest, those that leave each result to be seen."""
    changes: dict[str, Any] = {}
    units = choices.units
    yield {}, units
    if _may_merge(options):
        level = None if options.collapse == "auto" else options.collapse
        merged = tuple(fold(trace, level, sums=True))
        if merged != units:
            changes, units = {"sums": "merged"}, merged
            yield changes, units
    if options.may_vary("parameters"):
        yield changes | {"parameters": "inside"}, units


def _summaries(trace: Trace, options: Options, choices: Choices) -> list[Folding]:
    """Those with less to be seen, in the order of how many boxes are left."""
    inside = {"parameters": "inside"} if options.may_vary("parameters") else {}
    seen = {choices.units}
    found: list[Folding] = []
    if options.may_vary("collapse") and options.around is None:
        merged = options.sums != "separate" and options.ops == "merged"
        for level in LEVELS:
            units = tuple(fold(trace, level, sums=merged))
            if units not in seen:
                seen.add(units)
                found.append((inside | {"collapse": level}, units))
    if _may_merge(options):
        whole = None if options.collapse == "auto" else options.collapse
        units = tuple(fold(trace, whole, results=True))
        if len(units) < len(fold(trace, whole, sums=True)):
            found.append((inside | {"sums": "results"}, units))
    return sorted(found, key=lambda folding: -len(folding[1]))


def _may_merge(options: Options) -> bool:
    return options.may_vary("sums") and options.ops == "merged" and options.around is None


def _texts(options: Options) -> Iterator[tuple[float, dict[str, Any]]]:
    """What is written on arrows and with how many digits, from the most to the least, and how large text has
    to have been with more for this to be enough."""
    changes: dict[str, Any] = {}
    yield 0.0, {}
    if options.may_vary("edges"):
        changes |= {"edges": "number"}
        yield 0.55 * READABLE, dict(changes)
    if options.may_vary("precision"):
        changes |= {"precision": FEW_DIGITS}
        yield 0.85 * READABLE, dict(changes)
    if options.may_vary("edges"):
        yield 0.5 * READABLE, changes | {"edges": "plain"}


def _directions(options: Options, units: Sequence[Unit], picture: Picture) -> tuple[str, ...]:
    """Rows are for chains; between units of layers that are all joined too many lines would return."""
    if not options.may_vary("rankdir"):
        return (options.rankdir,)
    is_dense = len(picture.arrows) > 2 * len(picture.boxes)
    return ("LR", "TB") if is_dense and any(unit.scope for unit in units) else ("LR", "TB", "rows")


def _could_fit(picture: Picture, options: Options) -> bool:
    """Whether a slide could hold so much text at all, however it is laid out: an estimate from below, by the
    area of the boxes and by the longest way through them."""
    full = SLIDES[options.slide or "16:9"]
    zoom = READABLE / text_size(picture, options)
    width, height = ((side - 2 * EDGE) / zoom for side in full)
    if sum((box.size[0] + GAP) * (box.size[1] + GAP) for box in picture.all_boxes) > FILLED * width * height:
        return False
    if len(picture.all_boxes) - len(picture.boxes) > MOST_LABELS:
        return False
    if options.rankdir == "rows":
        return True
    across = options.rankdir in ("LR", "RL")
    return _longest(picture.arrows, 0 if across else 1) <= (width if across else height)


def _longest(arrows: Sequence[Arrow], side: int) -> float:
    """The length of the longest way along arrows, in boxes one behind the other."""
    reached: dict[str, float] = {}
    longest = 0.0
    for arrow in arrows:  # in the order of the computation: what leads to a tail has been seen
        label = arrow.label.size[side] if arrow.label else 0.0
        so_far = reached.get(arrow.tail.name, arrow.tail.size[side]) + label
        length = so_far + arrow.head.size[side]
        reached[arrow.head.name] = max(reached.get(arrow.head.name, 0.0), length)
        longest = max(longest, length)
    return longest


# ---------------------------------------------------------------- what is said of it


def say_it(attempt: Attempt, less: str) -> None:
    """One line on what was chosen and how to pin it, or on text that is too small all the same."""
    slide = attempt.options.slide
    if attempt.size < READABLE:
        warn(too_small(attempt.size, f"a {slide} slide", less))
    elif attempt.changes:
        settings = join(", ", [Setting(name, value) for name, value in attempt.changes.items()])
        what = ", ".join(_said(name, value) for name, value in attempt.changes.items())
        rule = f"drawn {what}, so that a {slide} slide can be read, as with "
        warn(message(rule, settings, ": pass these, or others, to choose yourself"))


def _said(name: str, value: Any) -> str:
    said = {
        ("rankdir", "TB"): "from top to bottom",
        ("rankdir", "rows"): "in rows",
        ("edges", "number"): "with the numbers of local derivatives alone",
        ("edges", "plain"): "without local derivatives",
        ("sums", "results"): "with all steps to a result in one box",
        ("sums", "merged"): "with sums of products in one box",
        ("parameters", "inside"): "with parameters in the boxes that use them",
        ("collapse", "neuron"): "with a box for each neuron",
        ("collapse", "layer"): "with a box for each layer",
        ("collapse", "outermost"): "with a box for each outermost scope",
    }
    return said.get((name, value), f"with {value} digits")


def too_small(size: float, where: str, way_out: str) -> str:
    """What is said of text of so many points."""
    rule = f"below {READABLE:g} pt it cannot be read"
    return message(f"the smallest text would be {size:.1f} pt on {where}, and {rule}: ", way_out)
