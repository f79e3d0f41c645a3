"""What is said of a step that stands for a whole box, a sum of products or a piece: how its value comes
about, and a line for each operand that its gradient goes to."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from microgrid.base.phrases import said

from ..graph.chain_rule import Update, passed_on
from ..graph.folding import Unit, slopes
from ..graph.paths import Paths
from ..graph.sums import terms
from ..graph.trace import Edge, Trace
from ..words.names import Names, Pattern, in_brackets
from ..words.notation import is_current
from ..words.numbers import Numbers
from ..words.piece_texts import piece_of
from ..words.route_texts import product, sum_of
from ..words.unit_texts import texts_of

__all__ = [
    "LONGEST_MADE",
    "MOST_LINES",
    "MOST_VALUES",
    "BoxText",
    "Boxes",
    "Flow",
]

MOST_LINES = 6
"""Operands that have a line each; of more, how many are left."""
MOST_VALUES = 8
"""Of a box with several outputs."""
LONGEST_MADE = 72
"""Characters of a formula; of a longer one less is written, since whoever reads it sees the operands."""


@dataclass(frozen=True)
class Flow:
    """What goes to one operand: the node, and the edges by which it does."""

    target: int
    edges: tuple[Edge, ...]
    locals: tuple[str, ...]
    """For each output of the box its derivative: the formula, or what it is called."""
    names: tuple[str, ...]
    """What these derivatives are called."""


@dataclass(frozen=True)
class BoxText:
    """What is written of a box without any number."""

    made: str
    """``z = wx + b``."""
    pattern: Pattern | None
    """The formula with a hole for each operand's number, `operands` being positions in the trace."""
    outputs: tuple[int, ...]
    flows: tuple[Flow, ...]
    is_stale: bool
    """Whether an operand has got another value since."""
    warning: str = ""
    """What stands in the way of a piece's formula at these numbers, such as an e^1000."""


class Boxes:
    """Writes the captions of the boxes of one trace."""

    def __init__(
        self,
        trace: Trace,
        names: Names,
        numbers: Numbers,
        message: Callable[..., str],
        paths: Paths,
        lang: str = "en",
    ) -> None:
        self._lang = lang
        self._trace, self._names, self._numbers = trace, names, numbers
        self._message, self._paths = message, paths
        self._texts = texts_of(trace, numbers)
        self._known: dict[int, BoxText] = {}
        self._slopes: dict[tuple[int, int], dict[Edge, float]] = {}

    def text(self, unit: Unit) -> BoxText:
        """What is written of it without numbers."""
        if unit.last not in self._known:
            outputs = tuple(self._texts.outputs(unit))
            stale = any(
                not is_current(self._trace, node)
                for node in map(self._trace.nodes.__getitem__, unit.nodes)
                if node.op
            )
            self._known[unit.last] = BoxText(
                made=self._texts.formula(unit, LONGEST_MADE),
                pattern=self._pattern(unit),
                outputs=outputs,
                flows=tuple(self._flows(unit, outputs)),
                is_stale=stale,
                warning=piece_of(self._trace, unit).warning if unit.kind == "piece" else "",
            )
        return self._known[unit.last]

    def _pattern(self, unit: Unit) -> Pattern | None:
        """``2 · 3 + 0.5 · (−1) + 1`` with holes in place of numbers."""
        if unit.kind != "sum":
            return self._names.pattern(self._trace.nodes[unit.last]) if unit.kind == "node" else None
        parts, operands, tight = [""], list[int](), list[bool]()
        for sign, factors in terms(self._trace, unit.nodes):
            minus = f" {self._numbers.minus} " if operands else self._numbers.minus
            parts[-1] += minus if sign < 0 else " + " if operands else ""
            for k, edge in enumerate(factors):
                parts[-1] += " · " if k else ""
                tight.append(bool(parts[-1]))
                operands.append(self._trace.operand(edge).index)
                parts.append("")
        return Pattern(tuple(parts), tuple(operands), tuple(tight))

    def _flows(self, unit: Unit, outputs: Sequence[int]) -> list[Flow]:
        """For each operand that can have a gradient, in the order in which the box reads them."""
        inside = frozenset(unit.nodes)
        read: dict[int, list[Edge]] = {}
        for i in unit.nodes:
            for k, parent in enumerate(self._trace.nodes[i].parents):
                if parent not in inside and self._trace.nodes[parent].role != "constant":
                    read.setdefault(parent, []).append(Edge(i, k))
        flows = []
        for i in self._in_order(unit, list(read)):
            operand = self._trace.nodes[i]
            names = tuple(self._names.derivative(self._trace.nodes[output], operand) for output in outputs)
            locals = (
                self._formula(unit, output, read[i]) or self._otherwise(unit, output, read[i], name)
                for output, name in zip(outputs, names, strict=True)
            )
            flows.append(Flow(i, tuple(read[i]), tuple(locals), names))
        return flows

    def _otherwise(self, unit: Unit, output: int, edges: Sequence[Edge], name: str) -> str:
        """The derivative's name or, where that is what is being computed, ∂L/∂y, its number."""
        if output != self._trace.root.index:
            return name
        return in_brackets(self._numbers(self._slope(unit, output, edges)))

    def _in_order(self, unit: Unit, operands: list[int]) -> list[int]:
        """As the formula names them."""
        named: Iterable[int]
        if unit.kind == "sum":
            named = (
                self._trace.operand(edge).index
                for _, edges in terms(self._trace, unit.nodes)
                for edge in edges
            )
        else:
            piece = self._trace.piece_at.get(unit.last)
            named = piece.operands if piece else ()
        wanted = set(operands)
        return [i for i in dict.fromkeys([*named, *operands]) if i in wanted]

    def _formula(self, unit: Unit, output: int, edges: Sequence[Edge]) -> str:
        """The derivative of an output, ``x₁``, or a number where that never changes; nothing where it has no
        name that is short."""
        if unit.kind not in ("sum", "piece") or len(self._texts.outputs(unit)) > 1:
            return ""
        slope = self._slope(unit, output, edges)
        formula, _, _ = self._texts.derivative(unit, edges, slope).rpartition(" = ")
        if formula:
            return f"({formula})" if self._is_sum(formula) else formula
        return in_brackets(self._numbers(slope)) if self._is_fixed(unit, edges) else ""

    def _is_sum(self, formula: str) -> bool:
        """Whether a formula needs brackets in a product: it has a sign that stands in none."""
        depth = 0
        for char in formula:
            depth += {"(": 1, ")": -1}.get(char, 0)
            if not depth and char in ("+", self._numbers.minus):
                return True
        return False

    def _is_fixed(self, unit: Unit, edges: Sequence[Edge]) -> bool:
        """Whether what these edges are multiplied by are numbers."""
        if unit.kind != "sum":
            return False
        own = set(edges)
        others = [
            self._trace.operand(edge)
            for _, several in terms(self._trace, unit.nodes)
            for edge in (several if own.intersection(several) else ())
            if edge not in own
        ]
        return all(node.role == "constant" and not node.label for node in others)

    def _slope(self, unit: Unit, output: int, edges: Sequence[Edge]) -> float:
        if (unit.last, output) not in self._slopes:
            self._slopes[unit.last, output] = slopes(self._trace, unit, output)
        return sum(self._slopes[unit.last, output].get(edge, 0.0) for edge in edges)

    def labels(self, unit: Unit) -> dict[Edge, str]:
        """By the first edge of each arrow: the formula of the derivative on it, where it has one."""
        if len(self.text(unit).outputs) > 1:
            return {}
        (output,) = self.text(unit).outputs
        formulas = {
            flow.edges[0]: self._texts.derivative(unit, flow.edges, self._slope(unit, output, flow.edges))
            for flow in self.text(unit).flows
        }
        return {edge: text.rpartition(" = ")[0] for edge, text in formulas.items()}

    # ------------------------------------------------------------ with numbers

    def forward(self, unit: Unit) -> str:
        """``z = w₁x₁ + w₂x₂ + b = 2 · 3 + 0.5 · (−1) + 1 = 6.5``; of several outputs all values."""
        text = self.text(unit)
        values = self.values([self._trace.nodes[i].data for i in text.outputs])
        if text.is_stale:
            return self._message("stale", equation=f"{text.made} = {values}")
        pattern = text.pattern
        numbers = {i: self._numbers(self._trace.nodes[i].data) for i in pattern.operands} if pattern else {}
        filled = pattern.filled(numbers) if pattern else ""
        equation = " = ".join(part for part in (text.made, shortened(filled), values) if part)
        return f"{equation}   ({said(text.warning, self._lang)})" if text.warning else equation

    def values(self, values: Sequence[float]) -> str:
        """One number, or several in brackets, with a digit less."""
        if len(values) == 1:
            return self._numbers(values[0])
        texts = list(map(Numbers(max(self._numbers.precision - 1, 1), self._numbers.minus), values))
        shown = texts if len(texts) <= MOST_VALUES else [*texts[: MOST_VALUES - 1], "…", texts[-1]]
        return f"({', '.join(shown)})"

    def backward(
        self,
        unit: Unit,
        updates: Sequence[Update],
        gradient: Callable[[int], float | None],
        more: Callable[[int], bool],
        most: int | None = None,
    ) -> str:
        """A line for each operand that a gradient goes to, or for the first `most`; whether `more` is to come
        to it."""
        text = self.text(unit)
        came = {update.target: update for update in updates}  # the last that came to each
        first = {update.target: update for update in reversed(updates)}
        outers = [self._outer(unit, i, gradient) for i in text.outputs]
        flows = [flow for flow in text.flows if flow.target in came]
        most = most or MOST_LINES - (len(flows) > MOST_LINES)
        shown = flows[:most]
        lines = [
            self._line(unit, flow, outers, first[flow.target].before, came[flow.target].after)
            for flow in shown
        ]
        lines = [
            self._message("more", text=line) if more(flow.target) else line
            for line, flow in zip(lines, shown, strict=True)
        ]
        if rest := len(flows) - len(shown):
            name = "one more operand" if rest == 1 else "more operands"
            lines.append(self._message(name, count=f"{rest:,}"))
        return "\n".join(lines)

    def _outer(self, unit: Unit, output: int, gradient: Callable[[int], float | None]) -> float:
        """What comes to an output from outside of its box."""
        inside = frozenset(unit.nodes)
        uses = self._paths.uses(output)
        if all(use not in inside for use, _ in uses):
            return gradient(output) or 0.0
        total = 1.0 if output == self._trace.root.index else 0.0
        for use, k in uses:
            if use not in inside:
                total += passed_on(gradient(use) or 0.0, self._trace.nodes[use].partials[k])
        return total

    def _line(
        self, unit: Unit, flow: Flow, outers: Sequence[float], before: float | None, after: float
    ) -> str:
        trace, text = self._trace, self.text(unit)
        target = self._names.derivative(trace.root, trace.nodes[flow.target])
        parts = [
            (outer, self._slope(unit, i, flow.edges), k)
            for k, (i, outer) in enumerate(zip(text.outputs, outers))
        ]
        parts = [part for part in parts if part[0] and part[1]] or parts[:1]
        products = [product(self._numbers, outer, slope) for outer, slope, _ in parts]
        term = sum(passed_on(outer, slope) for outer, slope, _ in parts)
        fields = {"target": target} | sum_of(self._numbers, products, term, before, after)
        if len(parts) > 1:
            return self._message("several" if before is None else "several again", **fields)
        ((outer, slope, k),) = parts
        fields["outer"] = self._names.derivative(trace.root, trace.nodes[text.outputs[k]])
        fields["local"] = flow.locals[k]
        if outer == 0 and not math.isfinite(slope):
            fields["after"] = self._numbers(after)
            return self._message("nothing", **fields)
        return self._message("backward" if before is None else "again", **fields)


def shortened(filled: str) -> str:
    """A formula with its numbers, or nothing where that is too long to be read."""
    return filled if len(filled) <= LONGEST_MADE else ""
