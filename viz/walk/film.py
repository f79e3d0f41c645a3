"""Steps as pictures: one layout, from which each frame leaves out what is not yet known, and lights the
new."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from ..drawing import layout
from ..drawing.painter import MARGIN, paint
from ..drawing.rows import placed
from ..drawing.scene import Group, Scene, Text
from ..drawing.slide import LARGEST, READABLE, Sheet, on_sheet
from ..drawing.slide_choice import Draft
from ..formats.svg import Written, digest, svg
from ..graph.folding import Unit
from ..graph.trace import Trace
from ..options import SLIDES, Options
from ..picture.boxes import Arrow, Box, Picture, gradient_line
from ..picture.compose import compose
from ..picture.condensed import finished
from ..picture.fewer import unframed
from ..picture.selection import Choices
from ..style.density import TIGHT
from ..style.shapes import Point
from ..style.theme import FONTS, THEMES
from ..words.numbers import Numbers
from .appearance import Key, Now, States
from .captions import Captions
from .direction import sign
from .moments import Moment, Stage
from .subtitles import GAP_ON_SLIDE, Subtitles, Texts
from .summaries import Summaries

__all__ = ["Arrangement", "Film", "Reel", "arrange", "drafted"]

NARROWEST = 620.0
"""Of a picture with captions, so that most of them are one line."""
WIDE, WIDE_ON_SLIDE = 1400.0, 1010.0
"""From this width of a picture on, captions grow with it, so that they can be read where it is shown."""
SMALL_LETTERS, SMALLER = {"beamer": 8.5, "beamer-4:3": 8.5}, 0.8
"""Points of captions on LaTeX's pages, which are smaller, and what captions there are next to other text."""
MOST_LINES_ON_PAPER = 3
LARGEST_TIGHT = 9.0
"""Points of text where boxes stand so closely that arrows have no room: what is left goes between them."""


@dataclass(frozen=True)
class Arrangement:
    """What all frames and the page have in common: a picture with room for all that its boxes say on the way,
    and where everything is in it."""

    picture: Picture
    places: layout.Layout
    summaries: Summaries
    sheet: Sheet | None = None
    """How it comes onto a slide."""
    units: tuple[Unit, ...] = ()


def written(
    trace: Trace, options: Options, choices: Choices, moments: Sequence[Moment]
) -> tuple[Picture, Summaries]:
    """The picture of a walk, with room for all that its boxes say on the way."""
    numbers = Numbers(options.precision)
    summaries = Summaries(trace, choices, moments, numbers, options.lang)
    picture = finished(compose(trace, options, numbers, choices), options, choices.density)
    picture = _with_room(picture, _widest(trace, choices, moments, summaries, numbers))
    return picture, summaries


def arrange(
    trace: Trace, options: Options, choices: Choices, moments: Sequence[Moment], sheet: Sheet | None = None
) -> Arrangement:
    """Lay out the picture of a walk, unless it has its places on a slide."""
    picture, summaries = written(trace, options, choices, moments)
    if sheet is not None:
        picture = unframed(picture) if options.rankdir == "rows" else picture
        return Arrangement(picture, sheet.places, summaries, sheet, choices.units)
    picture, places = placed(picture, options, choices.density.gaps)
    return Arrangement(picture, places, summaries, None, choices.units)


def drafted(
    trace: Trace, options: Options, choices: Choices, moments: Sequence[Moment], texts: Texts
) -> Draft:
    """The picture of a walk with its captions, as a way to draw it on a slide."""
    picture, _ = written(trace, options, choices, moments)

    def under(width: float) -> float:
        return _on_slide(texts, width, options).height

    largest = LARGEST if choices.density != TIGHT else LARGEST_TIGHT
    return Draft(picture, lambda way: placed(picture, way, choices.density.gaps), under, True, largest)


def _on_slide(texts: Texts, width: float, options: Options, margin: float = MARGIN) -> Subtitles:
    """The captions on a slide that is as wide as this in the picture's points."""
    slide, theme = options.slide or "16:9", THEMES[options.theme]
    if slide not in SMALL_LETTERS:
        return Subtitles(texts, width, theme, max(1.0, width / WIDE_ON_SLIDE), margin, GAP_ON_SLIDE)
    point = width / SLIDES[slide][0]  # of the page, in the picture's points
    letters = max(SMALLER, SMALL_LETTERS[slide] * point / FONTS["caption"].size)
    least = READABLE * point
    return Subtitles(texts, width, theme, letters, margin, GAP_ON_SLIDE, least, MOST_LINES_ON_PAPER)


class Reel(Protocol):
    """The frames of a walk, whatever it is over."""

    @property
    def key(self) -> str:
        """What ids begin with in all that is made of these frames."""
        ...

    @property
    def looks(self) -> list[list[tuple[int, Group]]]:
        """For each place in the picture its groups in turn, with the frames in which they begin."""
        ...

    def scene(self, k: int) -> Scene: ...

    def caption(self, k: int) -> Group: ...

    def svg(self, k: int) -> str: ...


class Film:
    """Makes the scenes of a sequence of frames.  What is the same in several frames is the same Group.

    `texts` are the captions of all frames: the longest says how much room every frame has.
    """

    def __init__(
        self,
        trace: Trace,
        options: Options,
        arrangement: Arrangement,
        captions: Captions,
        moments: Sequence[Moment],
        texts: Texts,
    ) -> None:
        self._trace, self._options, self._captions = trace, options, captions
        self._moments, self._told, self._texts = moments, texts, texts.whole
        self._theme, self._numbers = THEMES[options.theme], Numbers(options.precision)
        self._picture, self._places = arrangement.picture, arrangement.places
        self._summaries, self._units = arrangement.summaries, arrangement.units
        self._sheet = arrangement.sheet
        self._whole, self._subtitles = self._painted()
        self._fit = self._sheet.fit if self._sheet else None
        self._written: Written = {}

    def svg(self, k: int) -> str:
        """Frame k as SVG; what it shares with other frames is written once."""
        return svg(self.scene(k), f"{self.key}-{k}", self._written)

    @cached_property
    def key(self) -> str:
        """What ids begin with in all that is made of these frames."""
        return digest(svg(self._whole), *self._texts)

    def scene(self, k: int) -> Scene:
        """The picture of frame k, with the caption below."""
        groups = [
            groups[bisect_right(starts, k) - 1] if len(starts) > 1 else groups[0]
            for starts, groups in self._turns
        ]
        return Scene(
            size=self._fit.size if self._fit else self._drawn,
            background=self._whole.background,
            title=f"{self._whole.title}: {self._progress(k)}",
            description=self._texts[k],
            groups=(*groups, self.caption(k)),
            lang=self._whole.lang,
        )

    def caption(self, k: int) -> Group:
        """What frame k says below the picture."""
        margin = self._sheet.margin if self._sheet else MARGIN
        phase, bottom = self._moments[k].phase, self._whole.size[1] - margin
        way, name = sign(phase, self._options.rankdir), self._captions.phase(phase)
        step = self._captions.step(k, len(self._texts) - 1)
        return self._fitted(self._subtitles.group(k, way, name, step, bottom))

    @property
    def smallest(self) -> float:
        """The size of the smallest text in any frame."""
        texts = [
            self._subtitles.smallest,
            *(item.font.size for item in self._whole.items() if isinstance(item, Text)),
        ]
        return min(texts) * (self._fit.scale if self._fit else 1.0)

    def _progress(self, k: int) -> str:
        return self._captions.progress(self._moments[k].phase, k, len(self._texts) - 1)

    # ------------------------------------------------------------ the whole picture

    def _painted(self) -> tuple[Scene, Subtitles]:
        """The picture, and what stands below."""
        if self._sheet is not None:
            whole = on_sheet(self._picture, self._sheet, self._options, is_walk=True)
            return whole, _on_slide(self._told, whole.size[0], self._options, self._sheet.margin)
        whole = paint(self._picture, self._places, self._options, NARROWEST, is_walk=True)
        scale = max(1.0, whole.size[0] / WIDE)
        return whole, Subtitles(self._told, whole.size[0], self._theme, scale)

    @property
    def _drawn(self) -> Point:
        """The size of the picture with room for the longest caption."""
        if self._sheet is not None:
            return self._sheet.drawn
        width, height = self._whole.size
        return width, round(height + self._subtitles.height, 2)

    def _fitted(self, group: Group) -> Group:
        return self._fit.group(group) if self._fit else group

    # ------------------------------------------------------------ what frames make of it

    @cached_property
    def looks(self) -> list[list[tuple[int, Group]]]:
        """For each place in the picture its groups in turn, with the frames in which they begin."""
        states = States(
            self._trace,
            self._picture,
            self._whole,
            self._theme,
            self._numbers,
            self._options.lang,
            self._units,
        )
        now, before, fitted = Now(Stage(self._trace)), frozenset[Key](), dict[int, Group]()
        looks: list[list[tuple[int, Group]]] = [[(0, self._fitted(group))] for group in self._whole.groups]
        for k, (moment, summaries) in enumerate(zip(self._moments, self._summaries.changes, strict=True)):
            now.advance(moment, summaries)
            # From the seed on, every box says that a gradient is to come.
            everywhere = moment.phase in ("start", "seed")
            changed = set(states) if everywhere else states.touched(before | now.lit)
            for place in sorted(changed):
                group = states.group(place, now)
                if id(group) not in fitted:
                    fitted[id(group)] = self._fitted(group)
                group = fitted[id(group)]
                if k == 0:
                    looks[place] = [(0, group)]
                elif group is not looks[place][-1][1]:
                    looks[place].append((k, group))
            before = now.lit
        return looks

    @cached_property
    def _turns(self) -> list[tuple[list[int], list[Group]]]:
        """For each place the frames in which its groups begin, and these."""
        return [([k for k, _ in look], [group for _, group in look]) for look in self.looks]


def _widest(
    trace: Trace, choices: Choices, moments: Sequence[Moment], summaries: Summaries, numbers: Numbers
) -> dict[int, float]:
    """For each box, by its last node, the width of the longest line that comes and goes on the way."""
    size = choices.density.size
    widths = summaries.widths(size)
    alone = {unit.last for unit in choices.units if unit.scope is None}
    alone |= {node.index for node in trace.nodes if node.role == "parameter"}
    updates = (update for moment in moments for update in moment.updates if update.target in alone)
    for update in updates:
        node = replace(trace.nodes[update.target], grad=update.after)
        line = replace(gradient_line(node, trace.root, numbers), size=size)
        widths[update.target] = max(line.width, widths.get(update.target, 0.0))
    return widths


def _with_room(picture: Picture, widths: dict[int, float]) -> Picture:
    """The picture with boxes whose text may be as wide as this, by node."""

    def roomy(box: Box) -> Box:
        if box.kind == "symbol" or box.node is None:
            return box
        lines = tuple(
            replace(line, least=widths.get(box.node if line.node is None else line.node, 0.0))
            if line.joins
            else line
            for line in box.lines
        )
        return replace(box, lines=lines, least_width=max(box.least_width, widths.get(box.node, 0.0)))

    boxes = {box.name: roomy(box) for box in picture.boxes}

    def moved(arrow: Arrow) -> Arrow:
        return replace(arrow, tail=boxes[arrow.tail.name], head=boxes[arrow.head.name])

    arrows = tuple(map(moved, picture.arrows))
    return replace(
        picture,
        boxes=tuple(boxes.values()),
        arrows=arrows,
        root=boxes[picture.root.name] if picture.root else None,
    )
