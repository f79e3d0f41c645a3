"""What a picture says, before anything has a place or a colour: boxes with lines of text, and arrows between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from . import notation, words
from .digits import Numbers
from .metrics import text_width
from .options import Options
from .shapes import SHAPES, Point, Shape
from .snapshot import Node, Trace
from .text import shorten
from .theme import FONTS, Font

__all__ = ["Arrow", "Box", "Line", "Picture", "compose", "gradient_line"]

LONGEST_NAME, LONGEST_LABEL = 40, 24

PENDING = "grad –"
"""What stands for a gradient that has not been computed: it is not 0."""


@dataclass(frozen=True)
class Line:
    """A line of text; `kind` is one of `theme.FONTS`."""

    text: str
    kind: str

    @property
    def font(self) -> Font:
        return FONTS[self.kind]


@dataclass(frozen=True)
class Box:
    """A shape with text in it.  `name` is what Graphviz knows it by, `kind` one of `shapes.SHAPES`."""

    name: str
    kind: str
    lines: tuple[Line, ...]
    node: int
    scope: tuple[str, ...] = ()
    description: str = ""
    """All it has to say, unabridged, for whoever points at it or cannot see it."""
    least_width: float = 0.0
    """Of the text: room for what another frame of the same picture says."""

    @property
    def shape(self) -> Shape:
        return SHAPES[self.kind]

    @cached_property
    def text_size(self) -> Point:
        widths = [text_width(line.text, line.font.size, line.font.bold) for line in self.lines]
        return max([*widths, self.least_width]), sum(line.font.leading for line in self.lines)

    @cached_property
    def size(self) -> Point:
        return self.shape.size(*self.text_size)


@dataclass(frozen=True)
class Arrow:
    """From one box to another; `label` is a box on the way that holds the local derivative.

    `operand` says which operand of the head's node comes along it; None on the way to an operation's own result.
    """

    tail: Box
    head: Box
    label: Box | None = None
    operand: int | None = None

    @property
    def is_bond(self) -> bool:
        """Whether it leads from an operation's circle to its own result."""
        return self.tail.kind == "symbol"


@dataclass(frozen=True)
class Picture:
    """`root` is the box of the node that was drawn, `heading` what it is called, `sentence` the picture in words."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    root: Box
    heading: str
    sentence: str

    @property
    def all_boxes(self) -> list[Box]:
        """The boxes, and those on the arrows."""
        return [*self.boxes, *(arrow.label for arrow in self.arrows if arrow.label)]


def compose(trace: Trace, options: Options, numbers: Numbers) -> Picture:
    """Say a trace in boxes and arrows."""
    boxes: list[Box] = []
    arrows: list[Arrow] = []
    shown: list[Box] = []  # the box that shows each node's value
    labels = 0
    for node in trace.nodes:
        operands = trace.operands(node)
        merged = options.ops == "merged"
        lines = _lines(trace, node, numbers, merged)
        box = Box(f"n{node.index}", node.role, lines, node.index, node.scope, words.tooltip(trace, node, numbers))
        shown.append(box)
        boxes.append(box)
        target = box
        if node.op and not merged:
            sign = notation.symbol(node, numbers)
            symbol = Line(shorten(sign, LONGEST_LABEL), "symbol")
            target = Box(f"o{node.index}", "symbol", (symbol,), node.index, node.scope, sign)
            boxes.append(target)
            arrows.append(Arrow(target, box))
        for k, operand in enumerate(operands):
            label = None
            if options.edges == "local" and operand.role != "constant":
                text = Line(notation.local_derivative(trace, node, k, numbers), "local")
                description = words.derivative(trace, node, k, numbers)
                label = Box(f"e{labels}", "local", (text,), node.index, node.scope, description)
                labels += 1
            arrows.append(Arrow(shown[operand.index], target, label, k))
    heading, sentence = words.heading(trace, trace.root, numbers), words.sentence(trace, numbers)
    return Picture(tuple(boxes), tuple(arrows), shown[-1], heading, sentence)


def _lines(trace: Trace, node: Node, numbers: Numbers, merged: bool) -> tuple[Line, ...]:
    """A node's text: its name, its value, its gradient."""
    if node.role == "constant" and not node.label:
        return (Line(numbers(node.data), "literal"),)
    name = _name(trace, node, numbers) if merged else shorten(node.label, LONGEST_NAME)
    lines = [Line(name, "name")] if name else []
    lines.append(Line(numbers(node.data), "value"))
    if node.role != "constant":
        lines.append(gradient_line(node, trace.root, numbers))
    return tuple(lines)


def _name(trace: Trace, node: Node, numbers: Numbers) -> str:
    name = notation.equation(trace, node, numbers)
    if node.op and len(name) > LONGEST_NAME and len(node.label) > LONGEST_LABEL:  # leave room to see the operation
        name = shorten(node.label, LONGEST_LABEL) + name.removeprefix(node.label)
    return shorten(name, LONGEST_NAME)


def gradient_line(node: Node, root: Node, numbers: Numbers) -> Line:
    """What a box says of its gradient."""
    if node.grad is None:
        return Line(PENDING, "pending")
    name = notation.gradient_name(node, root)
    return Line(f"{name} {numbers(node.grad)}" if name == "grad" else f"{name} = {numbers(node.grad)}", "gradient")
