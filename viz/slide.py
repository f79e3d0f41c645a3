"""Fits a drawing to a slide, and knows what can then no longer be read."""

from __future__ import annotations

from dataclasses import replace

from .scene import Path, Scene, Text
from .shapes import Point

__all__ = ["READABLE", "SLIDES", "fit", "smallest"]

SLIDES: dict[str, Point] = {"16:9": (720.0, 405.0), "4:3": (720.0, 540.0)}
"""Points, on a page ten inches wide as presentation programs have it."""
READABLE = 8.0
"""Points below which the last row reads nothing."""
LARGEST = 1.5
"""How far a small picture is blown up, so that its text stays in proportion to the slide's own."""


def fit(scene: Scene, slide: str) -> Scene:
    """The drawing in the middle of a slide, as large as it may be."""
    width, height = SLIDES[slide]
    scale = min(width / scene.size[0], height / scene.size[1], LARGEST)
    dx, dy = (width - scale * scene.size[0]) / 2, (height - scale * scene.size[1]) / 2

    def move(point: Point) -> Point:
        return scale * point[0] + dx, scale * point[1] + dy

    def scaled(item: Path | Text) -> Path | Text:
        if isinstance(item, Text):
            font = replace(item.font, size=scale * item.font.size)
            return replace(item, at=move(item.at), font=font, width=scale * item.width)
        commands = tuple((letter, tuple(map(move, points))) for letter, points in item.commands)
        dash = tuple(scale * part for part in item.paint.dash)
        return Path(commands, replace(item.paint, width=scale * item.paint.width, dash=dash))

    groups = tuple(replace(group, items=tuple(map(scaled, group.items))) for group in scene.groups)
    return replace(scene, size=(width, height), groups=groups)


def smallest(scene: Scene) -> float:
    """The size of the smallest text, in points."""
    return min((item.font.size for item in scene.items() if isinstance(item, Text)), default=READABLE)
