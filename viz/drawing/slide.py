"""Fits a drawing to a slide or another page, and knows what can then no longer be read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..options import SLIDES
from ..style.shapes import Point
from .scene import Group, Path, Scene, Text

__all__ = ["READABLE", "Fit", "fit", "shrink", "smallest"]

READABLE = 8.0
"""Points below which the last row reads nothing."""
LARGEST = 1.5
"""How far a small picture is blown up, so that its text stays in proportion to the slide's own."""


@dataclass(frozen=True)
class Fit:
    """Brings drawings of one size into the middle of a page, as large as they may be."""

    drawn: Point
    size: Point

    @property
    def scale(self) -> float:
        return min(self.size[0] / self.drawn[0], self.size[1] / self.drawn[1], LARGEST)

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


def fit(scene: Scene, slide: str) -> Scene:
    """The drawing in the middle of a slide."""
    return _onto(scene, SLIDES[slide])


def shrink(scene: Scene, longest: float) -> Scene:
    """The drawing on a page none of whose sides is longer than this."""
    width, height = scene.size
    share = longest / max(width, height)
    return scene if share >= 1 else _onto(scene, (share * width, share * height))


def _onto(scene: Scene, size: Point) -> Scene:
    onto = Fit(scene.size, size)
    return replace(scene, size=size, groups=tuple(map(onto.group, scene.groups)))


def smallest(scene: Scene) -> float:
    """The size of the smallest text, in points."""
    return min((item.font.size for item in scene.items() if isinstance(item, Text)), default=READABLE)
