"""Fits a drawing to a slide or another page: as large as it may be, and then with wider gaps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..options import SLIDES, Options
from ..picture.boxes import Picture
from ..style.shapes import Point
from ..style.theme import FONTS, THEMES
from .apart import parted
from .layout import SCOPE_MARGIN, Layout
from .legends import blocks
from .painter import SCOPE_SIDE, around_it, extent, paint
from .scene import Group, Path, Scene, Text

__all__ = [
    "LARGEST",
    "READABLE",
    "Fit",
    "Sheet",
    "edge",
    "fit",
    "on_sheet",
    "on_slide",
    "sheet",
    "shrink",
    "smallest",
    "text_size",
]

READABLE = 8.0
"""Points below which the last row reads nothing."""
LARGEST = 18.0
"""Points of the text in boxes beyond which a small picture is not blown up: the slide's own has no more."""
EDGE, EDGE_ON_PAPER = 12.0, 8.0
"""Points that stay free along the edges of a slide, and of LaTeX's smaller pages."""
BLOWN_UP = 1.5
"""How far a drawing of another kind is blown up."""
WIDEN, LEAST_SHARE, WIDEN_MOST = 1.6, 0.66, 6.0
"""How far gaps are widened to fill a slide, and beyond that only until a side is filled to this share."""
FINE, TRIES = 20, 6
"""Halvings, for the widening that fills a side, and steps by which it is taken back where it was too much."""
ALMOST = 1.001
"""Rounding."""


@dataclass(frozen=True)
class Fit:
    """Brings drawings of one size into the middle of a page, as large as they may be."""

    drawn: Point
    size: Point
    most: float = BLOWN_UP

    @property
    def scale(self) -> float:
        return min(self.size[0] / self.drawn[0], self.size[1] / self.drawn[1], self.most)

    def group(self, group: Group) -> Group:
        """A group of such a drawing, as it is on the page."""
        scale = self.scale
        dx, dy = ((whole - scale * part) / 2 for whole, part in zip(self.size, self.drawn))

        def move(point: Point) -> Point:
            return scale * point[0] + dx, scale * point[1] + dy

        def scaled(item: Path | Text) -> Path | Text:
            if isinstance(item, Text):
                font = replace(item.font, size=scale * item.font.size)
                return replace(item, at=move(item.at), font=font, width=scale * item.width)
            commands = tuple((letter, tuple(map(move, points))) for letter, points in item.commands)
            dash = tuple(scale * part for part in item.paint.dash)
            return Path(commands, replace(item.paint, width=scale * item.paint.width, dash=dash))

        return replace(group, items=tuple(map(scaled, group.items)))


@dataclass(frozen=True)
class Sheet:
    """How a picture comes onto a slide: `scale` times as large as it is drawn, with its gaps widened."""

    slide: str
    scale: float
    places: Layout
    drawn: Point
    """The slide's size, in the picture's points."""
    free: Point = (0.0, 0.0)
    """Of that, what is there for boxes and arrows."""
    under: float = 0.0
    """Of that, the height below the picture that is kept free."""

    @property
    def margin(self) -> float:
        return edge(self.slide) / self.scale

    @property
    def fit(self) -> Fit:
        return Fit(self.drawn, SLIDES[self.slide], LARGEST)


def edge(slide: str) -> float:
    """The margin of a slide, in points."""
    return EDGE_ON_PAPER if slide.startswith("beamer") else EDGE


def sheet(
    picture: Picture,
    places: Layout,
    options: Options,
    slide: str,
    under: Callable[[float], float] = lambda width: 0.0,
    is_walk: bool = False,
    largest: float = LARGEST,
) -> Sheet:
    """The largest that a picture can be on a slide, its text of up to `largest` points, with its title, its
    legend and, `under` them, captions of a height that depends on the width of the page."""
    full = SLIDES[slide]
    width, height = (side - 2 * edge(slide) for side in full)
    left, top, right, bottom = extent(picture, places)
    scale = min(largest / _largest(picture), width / (right - left), height / (bottom - top))
    beside = 0.0
    for _ in range(4):  # a smaller scale is a wider page, on which a title and captions need fewer lines
        around, beside = around_it(picture, options, width / scale, is_walk)
        beside += under(full[0] / scale)
        fitting = min(scale, width / max(right - left, around), height / (bottom - top + beside))
        if fitting == scale:
            break
        scale = fitting
    drawn = full[0] / scale, full[1] / scale
    return Sheet(slide, scale, places, drawn, (width / scale, height / scale - beside), under(drawn[0]))


def spread(picture: Picture, onto: Sheet) -> Sheet:
    """The same with gaps wide enough to fill the slide, and arrows apart."""
    onto = _spread(picture, onto)
    return replace(onto, places=parted(onto.places, picture, onto.scale))


def _spread(picture: Picture, onto: Sheet) -> Sheet:
    full = [(side - 2 * edge(onto.slide)) / onto.scale for side in SLIDES[onto.slide]]
    across, down = (
        _widened(spans, free, side)
        for spans, free, side in zip(_spans(picture, onto.places), onto.free, full, strict=True)
    )
    # Columns give way to arrows that climb more: so they may take up more than was asked for.
    for share in (k / TRIES for k in range(TRIES, 0, -1)):
        for wide, high in ((across, down), (1.0, down), (across, 1.0)):
            ways = 1 + share * (wide - 1), 1 + share * (high - 1)
            places = onto.places.stretched(*ways, picture)
            left, top, right, bottom = extent(picture, places)
            if right - left <= onto.free[0] * ALMOST and bottom - top <= onto.free[1] * ALMOST:
                return replace(onto, places=places)
    return onto


Span = tuple[float, float, float]
"""Of a thing in one direction: its middle, and how far it reaches before that and beyond."""


def _spans(picture: Picture, places: Layout) -> tuple[list[Span], list[Span]]:
    """Of all that a picture has, from left to right and from top to bottom."""
    across: list[Span] = []
    down: list[Span] = []
    for box in picture.all_boxes:
        (x, y), (w, h), depth = places.centers[box.name], box.size, len(box.scope)
        side, above = depth * SCOPE_SIDE, depth * SCOPE_MARGIN
        across.append((x, w / 2 + side, w / 2 + side))
        down.append((y, h / 2 + above, h / 2 + side))
    points = [point for route in places.curves for curve in route for point in curve]
    across += [(x, 0.0, 0.0) for x, _ in points]
    down += [(y, 0.0, 0.0) for _, y in points]
    return across, down


def _widened(spans: Sequence[Span], free: float, full: float) -> float:
    """How far gaps are widened in one direction so that the picture fills what is free of a full side."""

    def length(factor: float) -> float:
        last = max(factor * middle + beyond for middle, _, beyond in spans)
        return last - min(factor * middle - before for middle, before, _ in spans)

    def up_to(goal: float, most: float) -> float:
        if length(most) <= goal:
            return most
        low, high = 1.0, most
        for _ in range(FINE):
            middle = (low + high) / 2
            low, high = (middle, high) if length(middle) <= goal else (low, middle)
        return low

    return max(up_to(free, WIDEN), up_to(min(free, LEAST_SHARE * full), WIDEN_MOST))


def on_sheet(picture: Picture, onto: Sheet, options: Options, is_walk: bool = False) -> Scene:
    """The picture in its own points, on a page of the slide's proportions without what is kept free."""
    page = onto.drawn[0], onto.drawn[1] - onto.under
    return paint(picture, onto.places, options, is_walk=is_walk, page=page, margin=onto.margin)


def _largest(picture: Picture) -> float:
    return max([line.font.size for box in picture.boxes for line in box.lines], default=FONTS["name"].size)


def text_size(picture: Picture, options: Options) -> float:
    """The size of the smallest text that a picture is going to have, in its own points."""
    sizes = [line.font.size for box in picture.all_boxes for line in box.lines]
    if any(box.scope for box in picture.boxes):
        sizes.append(FONTS["scope"].size)
    if blocks(picture, options, THEMES[options.theme]):
        sizes.append(FONTS["legend"].size)
    return min(sizes, default=FONTS["name"].size)


def fit(scene: Scene, slide: str) -> Scene:
    """The drawing in the middle of a slide."""
    return _onto(scene, Fit(scene.size, SLIDES[slide]))


def shrink(scene: Scene, longest: float) -> Scene:
    """The drawing on a page none of whose sides is longer than this."""
    width, height = scene.size
    share = longest / max(width, height)
    return scene if share >= 1 else _onto(scene, Fit(scene.size, (share * width, share * height)))


def _onto(scene: Scene, onto: Fit) -> Scene:
    return replace(scene, size=onto.size, groups=tuple(map(onto.group, scene.groups)))


def on_slide(scene: Scene, onto: Sheet) -> Scene:
    """A scene on a sheet, as large as the slide has it."""
    return _onto(scene, onto.fit)


def smallest(scene: Scene) -> float:
    """The size of the smallest text, in points."""
    return min((item.font.size for item in scene.items() if isinstance(item, Text)), default=READABLE)
