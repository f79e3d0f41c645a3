"""From a network and its options to a scene: places first, then arrows, numbers, circles and texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from microgrid.base.messages import warn
from microgrid.base.phrases import Option, Setting, message, said, speaker

from ...drawing.painter import moved_title, title_lines
from ...drawing.scene import Group, Path, Scene
from ...drawing.slide import READABLE, fit, smallest
from ...drawing.slide_choice import too_small
from ...errors import TooLarge
from ...options import MOST_UNITS, SLIDES
from ...picture.fewer import shown
from ...style.shapes import Point
from ...style.text import clean
from ...style.theme import FONTS, THEMES, Paint
from ..net import Column, End, Net, Unit
from ..options import NetworkOptions
from ..repeats import cuts
from . import arcs, legend
from .captions import Captions
from .links import Arrows, returning
from .looks import Looks
from .places import ABOVE, MARGIN, NATURAL, Places, Room, place
from .shapes import circle, is_flat
from .texts import LEGEND, ON_PAPER, Sizes, wide
from .units import BESIDE, Circles

__all__ = ["FEWEST", "FEWEST_ON_PAPER", "paint", "tries"]

BELOW_TITLE, ABOVE_CAPTION, ABOVE_LEGEND = 8.0, 10.0, 8.0
MOST_ARROWS = 20_000
LARGER, LARGER_PAGES = 1.2, 30
"""How much larger a page each try has, and tries, where a title leaves no room on a slide."""
FEWEST, FEWEST_ON_PAPER = 6, (4, 3)
"""Circles in a column that a slide has to have room for, unless captions of a walk stand below, and those
that one of LaTeX's smaller pages should have and has to have."""
NARROWEST = 520.0
"""Points that a page without a size of its own is wide, for its title and its legend."""
NAMED = 14.0
"""The radius of circles that may have their name above them."""
DOT, DOTS_APART = 1.7, 6.5
"""Of the ellipsis in a column: the radius of a dot, and from one to the next on circles of radius 20."""


def paint(
    net: Net,
    options: NetworkOptions,
    show: str,
    below: float = 0.0,
    fewest: int = FEWEST,
    is_last: bool = True,
) -> Scene:
    """Everything in its place; `show` is what the options come to for this network, `below` what is to stay
    free of a slide below it, `fewest` down to how many circles columns are shortened there.

    Where a title leaves no room on a slide all is drawn smaller, as `viz.draw` does it, unless that cannot be
    read and there is another way to try.
    """
    if options.slide is None:
        return _fewer(net, options, show, fewest)
    width, height = SLIDES[options.slide]
    page = width, height - below
    try:
        return _fewer(net, options, show, fewest, page)
    except TooLarge:
        if not options.title:
            raise
        _Painter(net, replace(options, title=None), show, _least(net, options, fewest), page).scene()
    for _ in range(LARGER_PAGES):
        page = LARGER * page[0], LARGER * page[1]
        try:
            scene = fit(_fewer(net, options, show, fewest, page), options.slide)
        except TooLarge:
            continue
        else:
            if (size := smallest(scene)) < READABLE:
                told = too_small(size, f"a {options.slide} slide", message("shorten ", Setting("title")))
                if not is_last:
                    raise TooLarge(told)
                warn(told)
            return scene
    raise TooLarge(message("no slide has room for so long a title: shorten ", Setting("title")))


def tries(options: NetworkOptions, *fewest: int) -> list[tuple[NetworkOptions, int]]:
    """How a network may be drawn on a page, with how many circles in a column at least: on a page so small as
    LaTeX's, rather without the legend than not."""
    is_small = (options.slide or "").startswith("beamer")
    bare = [options.changed(legend=False)] if is_small and options.may_vary("legend") else []
    return [(chosen, count) for count in fewest for chosen in (options, *bare)]


def _least(net: Net, options: NetworkOptions, fewest: int) -> int:
    """Circles in the longest column, at the least."""
    tallest = max(len(column.units) for column in net.columns)
    return tallest if options.max_units is None else min(options.max_units, tallest, fewest)


def _fewer(net: Net, options: NetworkOptions, show: str, fewest: int, page: Point | None = None) -> Scene:
    """With so many units of each column as there is room for."""
    tallest = max(len(column.units) for column in net.columns)
    most = min(options.max_units or tallest, tallest)
    while True:
        try:
            painter = _Painter(net, options, show, most, page)
            scene = painter.scene()
        except TooLarge:
            if most <= _least(net, options, fewest):
                if options.max_units is None and tallest > fewest:
                    _show_fewer(_Painter(net, options, show, fewest, page), tallest)
                raise
            most -= 1  # a slide with a long legend has room for fewer
            continue
        if painter.left_out:
            fewer = Setting("max_units", max(3, min(MOST_UNITS, most * 2 // 3)))
            is_one = painter.left_out == 1
            few = ("1 arrow has" if is_one else f"{painter.left_out:,} arrows have") + " no room for what "
            them = f" writes on {'it' if is_one else 'them'}: show fewer units with "
            warn(message(few, Setting("weights", options.weights), them, fewer))
        return scene


def _show_fewer(painter: _Painter, tallest: int) -> None:
    """Refuse columns that are to be drawn whole, where a painter of fewer units has room."""
    try:
        painter.scene()
    except TooLarge:
        return
    whole = f"columns of {tallest} circles cannot be read on a slide: show fewer with "
    fewer = message(whole, Setting("max_units", MOST_UNITS), ", draw a part of the model, or leave out ")
    raise TooLarge(message(fewer, Option("slide")))


class _Painter:
    def __init__(self, net: Net, options: NetworkOptions, show: str, most: int, page: Point | None) -> None:
        self._net, self._options, self._show, self._page = net, options, show, page
        self._theme, self._say = THEMES[options.theme], speaker(options.lang)
        self._rows = [shown(len(column.units), most) for column in net.columns]
        seen = [set(rows) for rows in self._rows]
        self._links = [
            link
            for link in net.links
            if link.tail[1] in seen[link.tail[0]] and link.head[1] in seen[link.head[0]]
        ]
        if len(self._links) > MOST_ARROWS:
            many = f"{len(self._links):,} arrows are more than a picture shows: "
            raise TooLarge(message(many, "leave out units with ", Setting("max_units", MOST_UNITS)))
        self._tracks = arcs.passing(self._links)
        self._title = clean(options.title or "")
        self._is_small = (options.slide or "").startswith("beamer")
        self._legend = ON_PAPER[LEGEND] if self._is_small else LEGEND
        self.left_out = 0
        """Numbers of arrows for which there is no room."""

    def scene(self) -> Scene:
        rows, captions, lines = self._placed()
        places = rows[0]
        looks = self._looks(places.radius)
        every = [end for row in rows for end in row.centers]
        groups = [group for row in rows for group in self._row(row, looks, captions, every)]
        groups += [self._return(before, row, captions) for before, row in pairwise(rows)]
        groups += self._title_lines(places.size[0])
        if self._options.legend:
            own = legend.entries(self._net, looks, self._show, self._say)
            below = places.size[1] - ABOVE - lines * self._legend.leading
            said_in = legend.rows(own, places.size[0] - 2 * MARGIN, self._legend)
            groups.append(legend.strip(said_in, places.size[0] / 2, below, looks, self._legend))
        return Scene(
            size=places.size,
            background=self._theme.background,
            title=self._title or clean(said(self._net.title, self._options.lang)),
            description=self._sentence(),
            groups=tuple(group for group in groups if group.items),
            lang=self._options.lang,
        )

    def _row(self, places: Places, looks: Looks, captions: Captions, every: Iterable[End]) -> Iterator[Group]:
        """A row of columns with its arrows."""
        precision, lang = self._options.precision, self._options.lang
        circles = Circles(self._net, places, looks, self._show, precision, lang, every)
        links = [link for link in self._links if link.tail[0] in places.here and link.head[0] in places.new]
        arrows = Arrows(links, places, looks, circles)
        yield from arrows.groups()
        yield from arrows.numbers(self._options.weights, precision)
        yield from self._ellipses(places)
        yield from circles.groups()
        yield from captions.groups(places, self._top_of_captions(places), self._theme)
        self.left_out += arrows.left_out

    def _return(self, before: Places, row: Places, captions: Captions) -> Group:
        """The line from the end of a row to the beginning of the next, between them."""
        bottom = self._top_of_captions(before) + captions.height
        top = row.area[1] - arcs.height(self._tracks) - (Sizes(row.radius).number.size + 2.5)
        paint = Paint("none", self._theme.dim, 1.6)
        return returning(before, row, (bottom + top) / 2, paint)

    def _looks(self, radius: float) -> Looks:
        return Looks(self._net, self._show, self._options.weights, self._theme, radius / 20)

    # ---------------------------------------------------------------- places

    def _placed(self) -> tuple[list[Places], Captions, int]:
        """The places, with what is said below them in as many lines as there is width for."""
        gap, radius, width, lines = 185.0, NATURAL, 720.0, 1
        for _ in range(3):  # until what is said and where it is said fit each other
            cut, lang = [None in rows for rows in self._rows], self._options.lang
            captions = Captions(self._net, cut, gap, lang, self._is_small)
            if self._options.legend:
                room = max(width, NARROWEST) - 2 * MARGIN
                lines = max(len(legend.rows(own, room, self._legend)) for own in self._all_entries(radius))
            ends = cuts(len(self._net.columns), self._links, captions.said_once)
            rows = place(self._rows, self._room(captions, radius, lines, self._page), self._loose(), ends)
            radius, width = rows[0].radius, rows[0].size[0]
            gap = rows[0].gap if len(self._net.columns) > 1 else gap
        return rows, captions, lines

    def _loose(self) -> set[int]:
        """Columns in which a unit's row says nothing: those of a convolution stand beside what they see."""
        kinds = [column.kind for column in self._net.columns]
        full = zip(kinds, [*kinds[1:], ""])
        return {
            k
            for k, (own, following) in enumerate(full)
            if not {own, following} & {"conv", "norm", "operation"}
        }

    def _all_entries(self, radius: float) -> Iterator[list[legend.Entry]]:
        """What the legend would say if every state of a unit that may occur did: its room stays the same,
        whether or not a sample says which piece of a maxout passes."""
        columns = [Column(tuple(self._any_state(column)), column.caption) for column in self._net.columns]
        for passes in (True, False):
            links = tuple(
                replace(link, active=passes or not link.piece) if link.piece is not None else link
                for link in self._net.links
            )
            net = replace(self._net, columns=tuple(columns), links=links)
            looks = Looks(net, "weights", "auto", self._theme, radius / 20)
            yield legend.entries(net, looks, "weights", self._say)

    def _any_state(self, column: Column) -> Iterator[Unit]:
        states = iter(("off", "dead"))
        for unit in column.units:
            yield replace(unit, state=next(states, "on")) if is_flat(unit.activation or "") else unit

    def _room(self, captions: Captions, radius: float, lines: int, page: Point | None) -> Room:
        width = page[0] if page else NARROWEST
        title = [line for group in self._title_lines(width) for line in group.texts]
        above = Sizes(radius).number.size if radius >= NAMED else 0.0
        last = len(self._net.columns) - 1
        return Room(
            above=above + arcs.height(self._tracks),
            below=self._below_circles(radius) + captions.height,
            left=self._side(0, captions, radius),
            right=self._side(last, captions, radius),
            size=page,
            least_width=NARROWEST - 2 * MARGIN if self._options.legend or self._title else 0.0,
            head=ABOVE + sum(line.font.leading for line in title) + (BELOW_TITLE if title else 0.0),
            foot=ABOVE + (ABOVE_LEGEND + lines * self._legend.leading if self._options.legend else 0.0),
            gap=max(captions.width(k) for k in range(last + 1)) + 12.0,
        )

    def _top_of_captions(self, places: Places) -> float:
        return places.area[3] + self._below_circles(places.radius)

    def _below_circles(self, radius: float) -> float:
        """Down to the captions: room for the number of a bias."""
        biases = any(unit.biases for column in self._net.columns for unit in column.units)
        return ABOVE_CAPTION + (0.8 * Sizes(radius).number.size if biases else 0.0)

    def _side(self, column: int, captions: Captions, radius: float) -> float:
        """What a column at an edge needs beside its circles: for names, and for its caption."""
        font = Sizes(radius).name
        names = max(wide(unit.name, font) for unit in self._net.columns[column].units)
        return max(BESIDE + names, captions.width(column) / 2 - radius)

    # ---------------------------------------------------------------- beside circles and arrows

    def _ellipses(self, places: Places) -> Iterator[Group]:
        scale = places.radius / 20
        for x, y in places.dots:
            dots = [circle((x, y + k * DOTS_APART * scale), DOT * scale) for k in (-1, 0, 1)]
            path = tuple(command for dot in dots for command in dot)
            yield Group("ellipsis", (Path(path, Paint(self._theme.text, "none", 0.0)),))

    def _title_lines(self, width: float) -> list[Group]:
        if not self._title:
            return []
        size, room = FONTS["title"].size, max(width, 0.0 if self._page else NARROWEST) - 2 * MARGIN
        if self._page and self._is_small:
            size = round(size * min(1.0, width / SLIDES["16:9"][0]), 2)
        return [moved_title(title_lines(self._title, room, self._theme, size), MARGIN, ABOVE)]

    def _sentence(self) -> str:
        lang = self._options.lang
        if self._net.sentence:
            return said(self._net.sentence, lang)
        captions = "; ".join(said(column.caption, lang) for column in self._net.columns)
        return self._say("A network of {n} columns: {columns}.", n=len(self._net.columns), columns=captions)
