"""A drawing from which any format is written: paths and texts with colours, in groups with a meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..style.shapes import Command, Point
from ..style.theme import Font, Paint

__all__ = ["Group", "Path", "Scene", "Text"]


@dataclass(frozen=True)
class Path:
    """An outline; `paint.fill` is "none" for a line."""

    commands: tuple[Command, ...]
    paint: Paint


@dataclass(frozen=True)
class Text:
    """A line of text; `at` is the middle (or the start) of its baseline, `width` what it takes up at most."""

    at: Point
    text: str
    font: Font
    color: str
    width: float
    anchor: str = "middle"


@dataclass(frozen=True)
class Group:
    """What belongs together: a box with its text, an arrow.  `node` is a node's place in the graph's order.

    An arrow and its local derivative belong to the node they lead to; `operand` says from which of its
    operands.  `scope` is the path of the scope that a frame is around.  `data` is what else programs may read
    off it, by name: in an SVG the attributes data-*.
    """

    kind: str
    items: tuple[Path | Text, ...]
    description: str = ""
    node: int | None = None
    operand: int | None = None
    scope: str = ""
    data: tuple[tuple[str, str], ...] = ()

    @property
    def paths(self) -> list[Path]:
        return [item for item in self.items if isinstance(item, Path)]

    @property
    def texts(self) -> list[Text]:
        return [item for item in self.items if isinstance(item, Text)]


@dataclass(frozen=True)
class Scene:
    """A page with its groups, those at the back first, its words in the language `lang`.

    Lengths are points, y downwards.
    """

    size: Point
    background: str
    title: str
    description: str
    groups: tuple[Group, ...]
    lang: str = "en"

    def items(self) -> Iterator[Path | Text]:
        for group in self.groups:
            yield from group.items
