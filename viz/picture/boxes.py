"""What a picture says, before it has places or colours: boxes with lines of text, and arrows between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from ..graph.trace import Edge, Node
from ..style.shapes import SHAPES, Point, Shape
from ..style.text_width import text_width
from ..style.theme import FONTS, Font
from ..words import notation
from ..words.numbers import Numbers
from .emphasis import Emphasis
from .scale import Scale
from .styles import Style

__all__ = ["LONGEST_NAME", "PENDING", "Arrow", "Box", "Line", "Picture", "gradient_line"]

LONGEST_NAME = 40

PENDING = "grad –"
"""What stands for a gradient that has not been computed: it is not 0."""


@dataclass(frozen=True)
class Line:
    """A line of text; `kind` is one of `theme.FONTS`, `size` that of its letters if it is not the kind's.

    `early` stands for it while the value in it is not known; `beside` is what says it and the name
    above it in one line.
    """

    text: str
    kind: str
    size: float | None = None
    early: str = ""
    beside: str = ""

    @property
    def font(self) -> Font:
        font = FONTS[self.kind]
        return font if self.size is None else replace(font, size=self.size)

    @property
    def width(self) -> float:
        font = self.font
        return text_width(self.text, font.size, font.bold)


@dataclass(frozen=True)
class Box:
    """A shape with text in it.  `name` is what Graphviz knows it by, `kind` one of `shapes.SHAPES`."""

    name: str
    kind: str
    lines: tuple[Line, ...]
    node: int | None
    scope: tuple[str, ...] = ()
    description: str = ""
    """All it has to say, unabridged, for whoever points at it or cannot see it."""
    members: tuple[int, ...] = ()
    """The nodes it stands for, by position."""
    least_width: float = 0.0
    """Of the text: room for what another frame of the same picture says."""
    layer: str = ""
    """Of a unit that no scope holds, if some of its layer are left out: which one, to stand in its column."""
    padding: float = 1.0
    """The room around the text, as a share of what its shape has."""

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to read in it."""
        return not any(line.text for line in self.lines)

    @property
    def shape(self) -> Shape:
        return SHAPES[self.kind]

    @cached_property
    def text_size(self) -> Point:
        widths = [line.width for line in self.lines]
        return max([*widths, self.least_width]), sum(line.font.leading for line in self.lines)

    @cached_property
    def size(self) -> Point:
        return self.shape.size(*self.text_size, self.padding)


@dataclass(frozen=True)
class Arrow:
    """From one box to another; `label` is a box on the way that holds the local derivative.

    `edges` are the edges of the graph that it stands for.
    """

    tail: Box
    head: Box
    label: Box | None = None
    edges: tuple[Edge, ...] = ()
    strength: float | None = None
    """Where its width stands for a number that is left out: the size of its derivative, as a share of the
    largest among the arrows to the same box."""

    @property
    def operand(self) -> int | None:
        """Which operand of the head's node comes along it; None on the way to an operation's own result."""
        return self.edges[0].operand if self.edges else None

    @property
    def is_bond(self) -> bool:
        """Whether it leads from an operation's circle to its own result."""
        return self.tail.kind == "symbol"


@dataclass(frozen=True)
class Picture:
    """`root` is the box of the node that was drawn; `title` names the picture, `sentence` describes it."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    root: Box | None
    title: str
    sentence: str
    emphasis: Emphasis | None = None
    scale: Scale | None = None
    styles: Mapping[int, Style] | None = None
    holds_parameters: bool = False
    """Whether there are parameters that have no box, as formulas name them."""
    show: str = "all"
    """What its numbers are shown of, as in `Options`."""

    @property
    def all_boxes(self) -> list[Box]:
        """The boxes, and those on the arrows."""
        return [*self.boxes, *(arrow.label for arrow in self.arrows if arrow.label)]

    def is_faded(self, box: Box) -> bool:
        """Whether it steps back because others are to stand out."""
        return self.emphasis is not None and self.emphasis.nodes.isdisjoint(box.members)


def gradient_line(node: Node, root: Node, numbers: Numbers) -> Line:
    """What a box says of its gradient."""
    if node.grad is None:
        return Line(PENDING, "pending")
    name = notation.gradient_name(node, root)
    return Line(
        f"{name} {numbers(node.grad)}" if name == "grad" else f"{name} = {numbers(node.grad)}", "gradient"
    )
