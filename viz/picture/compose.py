"""From the units of a trace to boxes with lines of text and arrows between them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from microgrid.base.phrases import said, speaker

from ..graph import folding
from ..graph.folding import Unit, fold
from ..graph.natural import in_order
from ..graph.targets import target
from ..graph.trace import Edge, Trace
from ..options import Options
from ..style.text import shorten
from ..words.descriptions import Words
from ..words.numbers import Numbers
from ..words.piece_texts import piece_of
from ..words.scope_texts import layer_of, scope_lines
from ..words.unit_texts import texts_of
from .boxes import LONGEST_NAME, PENDING, Arrow, Box, Line, Picture, gradient_line
from .emphasis import emphasis
from .fewer import listed
from .selection import Choices

__all__ = ["compose"]

LONGEST_LABEL, LONGEST_FORMULA = 24, 24
MOST_VALUES = 6
"""Results of a piece that are written one by one."""
MOST_LISTED = 4
"""Parameters of a scope that its box tells one by one, and their gradients in place of the norm."""
MOST_NUMBERED = 6
"""Arrows to a box up to which each has its number; of more, nobody can tell whose is which."""


def compose(trace: Trace, options: Options, numbers: Numbers, choices: Choices | None = None) -> Picture:
    """Say a trace in boxes and arrows."""
    choices = choices or Choices(tuple(fold(trace, None)))
    choices = replace(choices, units=tuple(in_order(trace, choices.units)))
    author = _Author(trace, options, numbers, choices)
    for unit in choices.units:
        author.box(unit)
    author.even()
    arrows = folding.edges(trace, choices.units)
    author.arriving.update(head.last for _, head, _ in arrows)
    for tail, head, edges in arrows:
        author.arrow(tail, head, edges)
    author.strengthen()
    author.stubs()
    author.targets()
    return Picture(
        boxes=tuple(author.boxes),
        arrows=tuple(author.arrows),
        root=author.shown.get(trace.root.index),
        title=author.say("Computational graph of {name}", name=author.words.heading(trace.root)),
        sentence=author.words.sentence(choices.units),
        emphasis=emphasis(trace, choices, numbers, options.lang),
        scale=choices.scale,
        styles=choices.styles,
        scopes=trace.scopes,
    )


class _Author:
    """Writes the boxes and arrows of one picture."""

    def __init__(self, trace: Trace, options: Options, numbers: Numbers, choices: Choices) -> None:
        self.trace, self.options, self.numbers = trace, options, numbers
        self.units, self.labelled = choices.units, choices.labelled
        self.without_room = choices.unnumbered
        self.say, self.texts = speaker(options.lang), texts_of(trace, numbers)
        self.words = Words(trace, numbers, options.lang, options.show)
        self.merged = options.ops == "merged"
        self.longest = LONGEST_NAME if options.formulas == "all" else LONGEST_FORMULA
        self.has_gradients = any(node.grad is not None for node in trace.nodes)
        self.boxes: list[Box] = []
        self.arrows: list[Arrow] = []
        self.shown: dict[int, Box] = {}  # by the last node of a unit: the box that shows its value,
        self.entry: dict[int, Box] = {}  # and the one where arrows arrive
        self.labels = 0
        self.unnumbered: dict[int, float] = {}  # by the place of an arrow: how large its derivative is
        self.arriving = Counter[int]()

    def box(self, unit: Unit) -> None:
        """The box of a unit, with a circle for its operation if they are apart."""
        node = self.trace.nodes[unit.last]
        if unit.scope is not None:
            box = self._scope(unit, unit.scope)
        else:
            lines, tooltip = self._lines(unit), self.words.tooltip(unit)
            name = f"n{node.index}"
            box = Box(name, node.role, lines, node.index, node.scope, description=tooltip, members=unit.nodes)
        self.boxes.append(box)
        self.shown[unit.last] = self.entry[unit.last] = box
        if node.op and not self.merged and unit.scope is None:
            sign = self.texts.symbol(unit)
            symbol = Line(shorten(sign, LONGEST_LABEL), "symbol")
            name, lines = f"o{node.index}", (symbol,)
            circle = Box(name, "symbol", lines, node.index, node.scope, description=sign, members=unit.nodes)
            self.entry[unit.last] = circle
            self.boxes.append(circle)
            self.arrows.append(Arrow(circle, box))

    def _lines(self, unit: Unit) -> tuple[Line, ...]:
        """What a box says that is no scope's: its formula, its value, its gradient."""
        node = self.trace.nodes[unit.last]
        if node.role == "constant" and not node.label:
            return (Line(self.numbers(node.data), "literal"),)
        is_written = self.merged and (
            self.options.formulas == "all" or not node.label or node.is_short or unit.kind == "piece"
        )
        names = [shorten(node.label, LONGEST_NAME)]
        if is_written:
            names = self.texts.lines(unit, self.longest, is_pressed=self.options.slide is not None)
        lines = [Line(name, "name") for name in names if name]
        used = self.texts.outputs(unit) if unit.kind == "piece" else [node.index]
        if warning := self.texts.piece(unit).warning if unit.kind == "piece" else node.warning:
            lines.append(Line(said(warning, self.options.lang), "literal"))
        if len(used) > 1:
            return (*lines, *self._several(unit, used))
        number = self.numbers(node.data)
        beside = f"{lines[0].text} = {number}" if len(lines) == 1 else ""
        lines.append(Line(number, "value", beside=beside))
        if node.role != "constant" and self.has_gradients:
            lines.append(gradient_line(node, self.trace.root, self.numbers))
        return tuple(lines)

    def _several(self, unit: Unit, used: Sequence[int]) -> list[Line]:
        """The values and gradients of a piece that has several results."""
        nodes = [self.trace.nodes[i] for i in used]
        if len(used) > MOST_VALUES:
            values, gradient = scope_lines(self.trace, unit, used, self.numbers, self.say)
        else:
            piece = self.texts.piece(unit)
            values = piece.values([node.data for node in nodes])
            grads = [node.grad for node in nodes]
            gradient = None
            if any(grad is not None for grad in grads):
                gradient = f"grad {piece.values(grads)}"
        lines = [Line(values, "value")]
        if self.has_gradients:
            lines.append(Line(gradient, "gradient") if gradient else Line(PENDING, "pending"))
        return lines

    def _scope(self, unit: Unit, scope: tuple[str, ...]) -> Box:
        used = self.texts.outputs(unit)
        values, gradient = scope_lines(self.trace, unit, used, self.numbers, self.say)
        called, layer = self.trace.last_name(scope, self.options.lang), layer_of(self.trace, unit, used)
        name = f"{called}: {said(layer, self.options.lang)}" if layer else called
        lines = [Line(shorten(name, LONGEST_NAME), "name")]
        last = self.trace.nodes[used[-1]]
        beside = values if last.label else f"{shorten(called, LONGEST_NAME)} = {self.numbers(last.data)}"
        values = shorten(values, LONGEST_NAME)
        lines.append(Line(values, "value", beside=beside if len(used) == 1 and not layer else ""))
        own = [i for i in unit.nodes if self.trace.nodes[i].role == "parameter"]
        told = self.options.parameters == "listed" and 0 < len(own) <= MOST_LISTED
        if self.has_gradients and not told:
            lines.append(Line(gradient, "gradient") if gradient else Line(PENDING, "pending"))
        elif told:
            lines += listed([(i, self._lines(Unit((i,)))) for i in own])
        return Box(
            name=f"n{unit.last}",
            kind="folded",
            lines=tuple(lines),
            node=unit.last,
            scope=scope[:-1],
            description=self.words.scope(unit, used),
            members=unit.nodes,
        )

    # ------------------------------------------------------------ arrows

    def arrow(self, tail: Unit, head: Unit, edges: tuple[Edge, ...]) -> None:
        """The arrow, with its local derivative unless numbers are left out."""
        slope = self.texts.slope(tail, head, edges) if self.options.edges != "plain" else None
        label = None
        if slope is not None:
            if self._is_numbered(head):
                label = self._label(tail, head, edges, slope)
            else:
                self.unnumbered[len(self.arrows)] = abs(slope)
        self.arrows.append(Arrow(self.shown[tail.last], self.entry[head.last], label, edges))

    def _is_numbered(self, head: Unit) -> bool:
        """Whether the arrows to a box have their numbers."""
        if self.options.numbers != "auto":
            return self.options.numbers == "all"
        if head.last in self.without_room:
            return False
        return self.labelled and self.arriving[head.last] <= MOST_NUMBERED

    def _label(self, tail: Unit, head: Unit, edges: tuple[Edge, ...], slope: float) -> Box:
        node = self.trace.nodes[head.last]
        scope = node.scope if head.scope is None else head.scope[:-1]
        is_written_out = self.options.edges == "local"
        text = self.texts.derivative(head, edges, slope) if is_written_out else self.numbers(slope)
        description = self.words.slope(tail, head, edges, slope)
        self.labels += 1
        return Box(
            f"e{self.labels - 1}", "local", (Line(text, "local"),), node.index, scope, description=description
        )

    def even(self) -> None:
        """The units of a layer are equally wide, so that they and their arrows stand in columns."""
        widths: dict[tuple[str, ...], float] = {}
        for box in self.boxes:
            if box.kind == "folded":
                widths[box.scope] = max(box.text_size[0], widths.get(box.scope, 0.0))
        evened = {
            box.name: replace(box, least_width=widths[box.scope])
            for box in self.boxes
            if box.kind == "folded"
        }
        self.boxes = [evened.get(box.name, box) for box in self.boxes]
        for boxes in (self.shown, self.entry):
            boxes.update({last: evened[box.name] for last, box in boxes.items() if box.name in evened})

    def strengthen(self) -> None:
        """Arrows without their numbers are as wide as these are large, next to the others of the same box."""
        largest: dict[str, float] = {}
        for k, size in self.unnumbered.items():
            if math.isfinite(size):
                head = self.arrows[k].head.name
                largest[head] = max(size, largest.get(head, 0.0))
        for k, size in self.unnumbered.items():
            if not math.isnan(size):
                most = largest.get(self.arrows[k].head.name, 0.0)
                share = size / most if most and math.isfinite(size) else float(size > 0)
                self.arrows[k] = replace(self.arrows[k], strength=share)

    # ------------------------------------------------------------ what is no node, and what is left out

    def targets(self) -> None:
        """On a slide, what a loss compares with, where its formula has no more than a letter for it."""
        losses = [unit for unit in self.units if unit.kind == "piece"] if self.options.slide else []
        for unit in losses:
            found = target(self.trace, piece_of(self.trace, unit))
            if found and self.options.formulas == "all":
                letter, xs = found
                numbers = ", ".join(map(self.numbers, xs))
                text = f"{letter} = ({numbers})" if len(xs) > 1 else f"{letter} = {numbers}"
                scope = self.trace.nodes[unit.last].scope
                line = Line(text, "literal")
                box = Box(f"t{unit.last}", "constant", (line,), None, scope, text, is_target=True)
                self.boxes.append(box)
                self.arrows.append(Arrow(box, self.entry[unit.last]))

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
