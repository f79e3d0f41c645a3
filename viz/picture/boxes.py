"""What a picture says, before it has places or colours: boxes with lines of text, and arrows between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from microgrid.base.phrases import Phrase

from ..graph.trace import Edge, Node
from ..style.shapes import SHAPES, Point, Shape
from ..style.text_width import text_width
from ..style.theme import FONTS, Font
from ..words import notation
from ..words.numbers import Numbers
from .emphasis import Emphasis
from .scale import Scale
from .styles import Style

__all__ = ["BETWEEN", "LONGEST_NAME", "PENDING", "Arrow", "Box", "Line", "Picture", "gradient_line"]

LONGEST_NAME = 40
BETWEEN = 0.9
"""Between two lines side by side, in font sizes."""

PENDING = "grad –"
"""What stands for a gradient that has not been computed: it is not 0."""
LETTERS_BELOW = 0.6
"""How far letters reach below the middle of their line, in font sizes."""


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
    node: int | None = None
    """Of which node it tells, by position, if not of its box's."""
    joins: bool = False
    """Whether it stands to the right of the line before it."""
    least: float = 0.0
    """Room for what another frame of the same picture says here."""

    @cached_property
    def font(self) -> Font:
        font = FONTS[self.kind]
        return font if self.size is None else replace(font, size=self.size)

    @cached_property
    def width(self) -> float:
        font = self.font
        return max(self.least, text_width(self.text, font.size, font.bold))


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
    is_target: bool = False
    """Whether it says what a loss compares with, and stands for no node."""

    @property
    def told(self) -> tuple[int, ...]:
        """The parameters whose gradients it tells."""
        return tuple(line.node for line in self.lines if line.joins and line.node is not None)

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to read in it."""
        return not any(line.text for line in self.lines)

    @property
    def shape(self) -> Shape:
        return SHAPES[self.kind]

    @property
    def rows(self) -> list[tuple[Line, ...]]:
        """Its lines, those together that stand side by side."""
        rows: list[tuple[Line, ...]] = []
        for line in self.lines:
            if line.joins:
                rows[-1] = (*rows[-1], line)
            else:
                rows.append((line,))
        return rows

    @cached_property
    def text_size(self) -> Point:
        widths = [right for row in self._placed for _, _, right in row]
        lefts = [left for row in self._placed for _, left, _ in row]
        width = max(widths, default=0.0) - min(lefts, default=0.0)
        return max(width, self.least_width), sum(map(_leading, self.rows))

    @property
    def places(self) -> list[tuple[Line, Point, str]]:
        """Each line with a point of its row's middle line, seen from the middle of the text, which its middle
        or its start is at."""
        places: list[tuple[Line, Point, str]] = []
        y = -self.text_size[1] / 2
        for row in self._placed:
            leading = _leading([line for line, _, _ in row])
            for line, left, _ in row:
                x, anchor = (left, "start") if len(row) > 1 else (0.0, "middle")
                places.append((line, (x, y + leading / 2), anchor))
            y += leading
        return places

    @cached_property
    def _placed(self) -> list[list[tuple[Line, float, float]]]:
        """Each line with its left and right end, seen from the middle; those side by side are in columns."""
        told = [row for row in self.rows if len(row) > 1]
        columns = [max(line.width for line in column) for column in zip(*told, strict=True)]
        placed: list[list[tuple[Line, float, float]]] = []
        for row in self.rows:
            widths = columns if row in told else [line.width for line in row]
            gap = BETWEEN * row[0].font.size
            left = -(sum(widths) + gap * (len(row) - 1)) / 2
            cells: list[tuple[Line, float, float]] = []
            for line, width in zip(row, widths, strict=True):
                cells.append((line, left, left + width))
                left += width + gap
            placed.append(cells)
        return placed

    @property
    def digits(self) -> Point:
        """What letters take up, without what is between them and other lines."""
        width, height = self.text_size
        font = self.lines[-1].font
        return width, height - font.leading + font.size

    @cached_property
    def size(self) -> Point:
        """Where there is little padding, wide enough for round corners to keep clear of letters."""
        width, height = self.shape.size(*self.text_size, self.padding)
        if not self.lines:
            return width, height
        last = self.lines[-1].font
        lowest = (self.text_size[1] - last.leading) / 2 + LETTERS_BELOW * last.size
        return max(width, self.text_size[0] + 2 * self.shape.inset(height, lowest)), height


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
    """Whether there are parameters that have no box, as formulas name them, nor a line of their own."""
    show: str = "all"
    """What its numbers are shown of, as in `Options`."""
    scopes: Mapping[tuple[str, ...], Phrase] = field(default_factory=dict)
    """As in `Trace`."""

    @property
    def all_boxes(self) -> list[Box]:
        """The boxes, and those on the arrows."""
        return [*self.boxes, *(arrow.label for arrow in self.arrows if arrow.label)]

    def is_faded(self, box: Box) -> bool:
        """Whether it steps back because others are to stand out."""
        return self.emphasis is not None and self.emphasis.nodes.isdisjoint(box.members)


def _leading(row: Sequence[Line]) -> float:
    return max(line.font.leading for line in row)


def gradient_line(node: Node, root: Node, numbers: Numbers) -> Line:
    """What a box says of its gradient."""
    if node.grad is None:
        return Line(PENDING, "pending")
    name = notation.gradient_name(node, root)
    return Line(
        f"{name} {numbers(node.grad)}" if name == "grad" else f"{name} = {numbers(node.grad)}", "gradient"
    )
