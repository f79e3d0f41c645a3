"""Chooses how a graph is drawn on a slide: with the least folding whose text is large enough to be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from microgrid.base.messages import warn
from microgrid.base.phrases import Setting, join, message

from ..errors import TooLarge
from ..graph.trace import Trace
from ..options import SLIDES, Options
from ..picture.boxes import Arrow, Picture
from ..picture.selection import Choices
from .apart import without_room
from .layout import Layout
from .slide import LARGEST, READABLE, Sheet, edge, sheet, spread, text_size
from .slide_tiers import count, tiers, ways

__all__ = ["Attempt", "Draft", "chosen", "say_it", "too_small"]

COMFORTABLE, PREFERRED = 10.5, 0.87
"""Points of text that is large enough even where another direction would make it larger; and, where none is,
what it may be smaller by, as a share, for the sake of the usual direction."""
ENOUGH = 9.0
"""Points from which on neither rows nor what else lays out is tried."""
MOST_LAYOUTS, MOST_BOXES, FEW = 36, 300, 40
FILLED = 0.8
"""Of a slide, by boxes with the gaps around them: no layout does better."""
MOST_LABELS = 60
"""Numbers on arrows: with more of them no slide can be read, and they take long to be laid out."""
HOPELESS, BEHIND = 0.45, 0.7
"""What text reaches at least, as a share of what it has to and of what other directions reach,
where less on arrows may be enough."""
MOST_BUNDLES = 8
"""How often numbers without room are left out, after which all else has moved."""
GAP = 9.5
"""Points between boxes that stand closely."""


@dataclass(frozen=True)
class Draft:
    """A picture and what gives it its places, as options say; `under` says how high what stands below it is,
    on a page of a given width."""

    picture: Picture
    place: Callable[[Options], tuple[Picture, Layout]]
    under: Callable[[float], float] = lambda width: 0.0
    is_walk: bool = False
    largest: float = LARGEST
    """Points of its text beyond which gaps rather grow."""


Drafts = Callable[[Options, Choices], Draft]
"""Writes the picture of a way to draw."""


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
    draft: Drafts,
    less: str,
    is_walk: bool = False,
) -> Attempt:
    """The first way to draw, from the least folding to the most, whose text is large enough; where none is,
    that of the largest text."""
    best: Attempt | None = None
    crowded: Attempt | None = None
    """One in which arrows run along each other, for want of another of as many boxes."""
    layouts = 0
    changed, varied = options, choices
    largest_of: dict[int, float] = {}
    hopeless = set[tuple[int, str, str]]()
    for step, expected, changed, varied in tiers(trace, options, choices, is_walk):
        if count(trace, changed, varied.units) > MOST_BOXES or largest_of.get(step, READABLE) < expected:
            continue
        if crowded and len(varied.units) < len(crowded.choices.units):
            continue
        drafted, tried = draft(changed, varied), list[Attempt]()
        fitted: dict[int, Attempt] = {}
        is_whole = True  # no way has been left out because the text on its arrows alone is too long
        for least, group in ways(options, varied.units, drafted.picture):
            so_far = max(map(_size, tried), default=READABLE)
            if so_far < least * READABLE:
                continue
            if tried and so_far >= ENOUGH:
                found = _clearest(tried, fitted, draft)
                if not found.sheet.places.crowded:
                    return found
            for way in group:
                turned = changed.changed(**way)
                if (step, turned.rankdir, turned.engine) in hopeless or layouts >= MOST_LAYOUTS:
                    continue
                if _could_fit(drafted.picture, turned):
                    layouts += 1
                    tried.append(_attempt(options, turned, varied, drafted))
                elif is_walk:
                    is_whole = False
        best_here = max(map(_size, tried), default=0.0)
        hopeless |= {
            (step, attempt.options.rankdir, attempt.options.engine)
            for attempt in tried
            if attempt.size < max(HOPELESS * READABLE, BEHIND * best_here)
        }
        largest = max(tried, key=_size, default=None)
        if is_whole:
            largest_of[step] = max(largest_of.get(step, 0.0), best_here)
        if largest is None:
            continue
        if largest.size >= READABLE:
            found = _clearest(tried, fitted, draft)
            if not found.sheet.places.crowded:
                return found
            if crowded is None or found.sheet.places.crowded < crowded.sheet.places.crowded:
                crowded = found
        best = largest if best is None else max(best, largest, key=_size)
    if crowded:
        return crowded
    if best is None and (boxes := count(trace, changed, varied.units)) > MOST_BOXES:
        raise _too_many(boxes, changed, less)
    if best is None:  # nothing had a chance: then with as little as possible
        drafted = draft(changed, varied)
        every = [way for _, group in ways(options, varied.units, drafted.picture) for way in group]
        best = max((_attempt(options, changed.changed(**way), varied, drafted) for way in every), key=_size)
    return _spread(best, draft)


def _too_many(boxes: int, options: Options, less: str) -> TooLarge:
    held = f"the graph has {boxes:,} boxes, and a {options.slide} slide holds some {FEW} that can be read: "
    return TooLarge(message(held, less, ", or record it in microgrid.scope, which a slide can collapse"))


def _spread(attempt: Attempt, draft: Drafts) -> Attempt:
    """With gaps that fill the slide, and without numbers that have no room then."""
    found = replace(attempt, sheet=spread(attempt.picture, attempt.sheet))
    options, choices = found.options, found.choices
    if options.numbers == "all":
        return found
    for _ in range(MOST_BUNDLES):
        bare = choices.unnumbered | without_room(found.sheet.places, found.picture)
        if bare == choices.unnumbered:
            break
        choices = replace(choices, unnumbered=bare)
        again = _attempt(options, options, choices, draft(options, choices))
        found = replace(again, sheet=spread(again.picture, again.sheet), changes=attempt.changes)
    return found


def _clearest(tried: Sequence[Attempt], fitted: dict[int, Attempt], draft: Drafts) -> Attempt:
    """Of those that can be read, the first in which no arrows run along each other, what is large enough
    before what is not; where there is none, that of the fewest.  `fitted` are those that have been spread."""
    enough = max(READABLE, min(COMFORTABLE, PREFERRED * max(map(_size, tried))))
    readable = [attempt for attempt in tried if attempt.size >= READABLE]
    found = list[Attempt]()
    for one in sorted(readable, key=lambda attempt: attempt.size < enough):
        attempt = fitted.setdefault(id(one), fitted.get(id(one)) or _spread(one, draft))
        found.append(attempt)
        if not attempt.sheet.places.crowded:
            break
    return min(found, key=lambda attempt: attempt.sheet.places.crowded)


def _size(attempt: Attempt) -> float:
    return attempt.size


def _attempt(options: Options, changed: Options, choices: Choices, drafted: Draft) -> Attempt:
    slide = changed.slide or "16:9"
    picture, places = drafted.place(changed)
    onto = sheet(picture, places, changed, slide, drafted.under, drafted.is_walk, drafted.largest)
    names = ("rankdir", "engine", "edges", "precision", "sums", "parameters", "formulas", "collapse")
    changes = {n: getattr(changed, n) for n in names if getattr(changed, n) != getattr(options, n)}
    size = onto.scale * text_size(picture, changed)
    return Attempt(changed, choices, picture, onto, size, changes)


def _could_fit(picture: Picture, options: Options) -> bool:
    """Whether a slide could hold so much text at all, however it is laid out: an estimate from below, by the
    area of the boxes and by the longest way through them."""
    slide = options.slide or "16:9"
    zoom = READABLE / text_size(picture, options)
    width, height = ((side - 2 * edge(slide)) / zoom for side in SLIDES[slide])
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


def say_it(attempt: Attempt, less: str, steps: tuple[int, int] = (0, 0)) -> None:
    """One line on what was chosen and how to pin it, or on text that is too small all the same; `steps` are
    those of a walk there, and elsewhere."""
    slide = attempt.options.slide
    if attempt.size < READABLE:
        if attempt.options.numbers == "all":
            less = message("pass ", Setting("numbers", "auto"), ", or ", less)
        warn(too_small(attempt.size, f"a {slide} slide", less))
    elif attempt.changes:
        settings = join(", ", [Setting(name, value) for name, value in attempt.changes.items()])
        what = ", ".join(_said(name, value) for name, value in attempt.changes.items())
        what += f", in {steps[0]:,} steps in place of {steps[1]:,}" if steps[0] != steps[1] else ""
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
        ("engine", "columns"): "in columns",
        ("parameters", "listed"): "with parameters and their gradients in the boxes that use them",
        ("parameters", "inside"): "with parameters in the boxes that use them",
        ("parameters", "named"): "with parameters named in the boxes that use them",
        ("formulas", "unnamed"): "with names in place of formulas",
        ("collapse", "neuron"): "with a box for each neuron",
        ("collapse", "layer"): "with a box for each layer",
        ("collapse", "outermost"): "with a box for each outermost scope",
    }
    return said.get((name, value), f"with {value} digits")


def too_small(size: float, where: str, way_out: str) -> str:
    """What is said of text of so many points."""
    rule = f"below {READABLE:g} pt it cannot be read"
    return message(f"the smallest text would be {size:.1f} pt on {where}, and {rule}: ", way_out)
