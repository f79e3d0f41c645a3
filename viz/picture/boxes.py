"""What a picture says, before it has places or colours: boxes with lines of text, and arrows between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from microgrid.base.phrases import speaker

from ..graph import folding
from ..graph.folding import Unit, fold
from ..graph.trace import Edge, Node, Trace
from ..options import Options
from ..style.shapes import SHAPES, Point, Shape
from ..style.text import shorten
from ..style.text_width import text_width
from ..style.theme import FONTS, Font
from ..words import notation
from ..words.descriptions import Words
from ..words.numbers import Numbers
from ..words.scope_texts import scope_lines
from .emphasis import Emphasis, emphasis
from .scale import Scale
from .selection import Choices
from .styles import Style

__all__ = ["Arrow", "Box", "Line", "Picture", "compose", "gradient_line"]

LONGEST_NAME, LONGEST_LABEL = 40, 24

PENDING = "grad –"
"""What stands for a gradient that has not been computed: it is not 0."""


@dataclass(frozen=True)
class Line:
    """A line of text; `kind` is one of `theme.FONTS`, `size` that of its letters if it is not the kind's.

    `early` stands for it while the value in it is not known.
    """

    text: str
    kind: str
    size: float | None = None
    early: str = ""

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
    padding: float = 1.0
    """The room around the text, as a share of what its shape has."""

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
    is_loose: bool = False
    """Whether it is drawn behind what is laid out, and not laid out itself."""

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

    @property
    def all_boxes(self) -> list[Box]:
        """The boxes, and those on the arrows."""
        return [*self.boxes, *(arrow.label for arrow in self.arrows if arrow.label)]

    def is_faded(self, box: Box) -> bool:
        """Whether it steps back because others are to stand out."""
        return self.emphasis is not None and self.emphasis.nodes.isdisjoint(box.members)


def compose(trace: Trace, options: Options, numbers: Numbers, choices: Choices | None = None) -> Picture:
    """Say a trace in boxes and arrows."""
    choices = choices or Choices(tuple(fold(trace, None)))
    arrows = folding.edges(trace, choices.units)
    author = _Author(trace, options, numbers, choices.units)
    for unit in choices.units:
        author.box(unit)
    labelled = options.edges != "plain" and choices.labelled
    for tail, head, edges in arrows:
        author.arrow(tail, head, edges, labelled, (tail.last, head.last) in choices.loose)
    author.stubs()
    return Picture(
        boxes=tuple(author.boxes),
        arrows=tuple(author.arrows),
        root=author.shown.get(trace.root.index),
        title=author.say("Computational graph of {name}", name=author.words.heading(trace.root)),
        sentence=author.words.sentence(choices.units),
        emphasis=emphasis(trace, choices, numbers, author.say),
        scale=choices.scale,
        styles=choices.styles,
    )


class _Author:
    """Writes the boxes and arrows of one picture."""

    def __init__(self, trace: Trace, options: Options, numbers: Numbers, units: Sequence[Unit]) -> None:
        self.trace, self.numbers, self.units = trace, numbers, units
        self.say, self.words = speaker(options.lang), Words(trace, numbers, options.lang)
        self.merged, self.written_out = options.ops == "merged", options.edges == "local"
        self.outputs = folding.outputs(trace, units)
        self.boxes: list[Box] = []
        self.arrows: list[Arrow] = []
        self.shown: dict[int, Box] = {}  # by the last node of a unit: the box that shows its value,
        self.entry: dict[int, Box] = {}  # and the one where arrows arrive
        self.labels = 0

    def box(self, unit: Unit) -> None:
        """The box of a node, with a circle for its operation if they are apart, or of a whole scope."""
        node = self.trace.nodes[unit.last]
        if unit.scope is not None:
            box = self._scope(unit, unit.scope)
        else:
            lines = _lines(self.trace, node, self.numbers, self.merged)
            tooltip = self.words.tooltip(node)
            name = f"n{node.index}"
            box = Box(name, node.role, lines, node.index, node.scope, description=tooltip, members=unit.nodes)
        self.boxes.append(box)
        self.shown[unit.last] = self.entry[unit.last] = box
        if node.op and not self.merged and unit.scope is None:
            sign = notation.symbol(node, self.numbers)
            symbol = Line(shorten(sign, LONGEST_LABEL), "symbol")
            name, lines = f"o{node.index}", (symbol,)
            circle = Box(name, "symbol", lines, node.index, node.scope, description=sign, members=unit.nodes)
            self.entry[unit.last] = circle
            self.boxes.append(circle)
            self.arrows.append(Arrow(circle, box))

    def _scope(self, unit: Unit, scope: tuple[str, ...]) -> Box:
        values, gradient = scope_lines(self.trace, unit, self.outputs[unit.last], self.numbers, self.say)
        lines = [Line(shorten(scope[-1], LONGEST_NAME), "name"), Line(shorten(values, LONGEST_NAME), "value")]
        lines.append(Line(gradient, "gradient") if gradient else Line(PENDING, "pending"))
        return Box(
            name=f"n{unit.last}",
            kind="folded",
            lines=tuple(lines),
            node=unit.last,
            scope=scope[:-1],
            description=self.words.scope(unit, self.outputs[unit.last]),
            members=unit.nodes,
        )

    def arrow(self, tail: Unit, head: Unit, edges: tuple[Edge, ...], labelled: bool, loose: bool) -> None:
        label = None
        if labelled and (derivative := self._derivative(tail, head, edges)):
            node = self.trace.nodes[head.last]
            scope = node.scope if head.scope is None else head.scope[:-1]
            text, description = derivative
            line = Line(text, "local")
            label = Box(f"e{self.labels}", "local", (line,), node.index, scope, description=description)
            self.labels += 1
        self.arrows.append(Arrow(self.shown[tail.last], self.entry[head.last], label, edges, loose))

    def _derivative(self, tail: Unit, head: Unit, edges: tuple[Edge, ...]) -> tuple[str, str] | None:
        """What stands on an arrow, and its description; None where it stands for several derivatives."""
        node, k = self.trace.nodes[edges[0].node], edges[0].operand
        if self.trace.operands(node)[k].role == "constant":
            return None
        if head.scope is None:
            text = self.numbers(node.partials[k])
            if self.written_out:
                text = notation.local_derivative(self.trace, node, k, self.numbers)
            return text, self.words.derivative(node, k)
        if len(self.outputs[head.last]) > 1 or len(self.outputs[tail.last]) > 1:
            return None
        slopes = folding.slopes(self.trace, head, self.outputs[head.last][0])
        slope = sum(slopes[edge] for edge in edges)
        return self.numbers(slope), self.words.slope(head, tail, slope)

    def stubs(self) -> None:
        """An ellipsis where a picture of a part of the graph was cut."""
        owner = {i: unit.last for unit in self.units for i in unit.nodes}
        if len(owner) == len(self.trace.nodes):
            return
        before: dict[int, set[int]] = {}
        after: dict[int, set[int]] = {}
        for node in self.trace.nodes:
            for parent in node.parents:
                if node.index in owner and parent not in owner:
                    before.setdefault(owner[node.index], set()).add(parent)
                if parent in owner and node.index not in owner:
                    after.setdefault(owner[parent], set()).add(node.index)
        for last, cut in before.items():
            self.arrows.append(Arrow(self._stub(f"a{last}", len(cut)), self.entry[last]))
        for last, cut in after.items():
            self.arrows.append(Arrow(self.shown[last], self._stub(f"z{last}", len(cut))))

    def _stub(self, name: str, count: int) -> Box:
        text = self.say("1 more node" if count == 1 else "{n:,} more nodes", n=count)
        box = Box(name, "elided", (Line("…", "name"),), node=None, description=text)
        self.boxes.append(box)
        return box


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
    if node.op and len(name) > LONGEST_NAME and len(node.label) > LONGEST_LABEL:
        # leave room to see the operation
        name = shorten(node.label, LONGEST_LABEL) + name.removeprefix(node.label)
    return shorten(name, LONGEST_NAME)


def gradient_line(node: Node, root: Node, numbers: Numbers) -> Line:
    """What a box says of its gradient."""
    if node.grad is None:
        return Line(PENDING, "pending")
    name = notation.gradient_name(node, root)
    return Line(
        f"{name} {numbers(node.grad)}" if name == "grad" else f"{name} = {numbers(node.grad)}", "gradient"
    )
