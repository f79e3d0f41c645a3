"""A template's graph, computed with whatever numbers it is given: fractions, floats, or arrays of floats.

Only nodes with a name are asked for.  What lies between them is computed too, and is transparent: a local
derivative of a named node is that with respect to the named nodes it is made of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from ..base.context import errstate
from ..base.formula import FLOAT, RATIONAL, Vocabulary
from ..custom import CustomOp
from ..engine import Value, parameter
from ..errors import ExpressionError
from ..expressions.parse import parse
from ..graph import order
from ..ops import Op
from .specs.specification import Specification

__all__ = ["Calculation", "Computed", "Step"]

RATIONAL_OPERATIONS = frozenset("add sub mul div neg abs maximum minimum relu leaky_relu hardtanh".split())
"""With whole powers, those that keep fractions fractions."""
MOST_STEPS = 120
"""Operations of a graph that is computed by hand."""


@dataclass(frozen=True)
class Step:
    """One node of the graph: `row` is none for a leaf, `number` that of a constant."""

    row: Op | None
    operands: tuple[int, ...]
    constant: Fraction | None
    number: Fraction | None
    name: str


@dataclass(frozen=True)
class Computed:
    """The numbers of a graph: of each step value, partials and gradient, and the named local derivatives."""

    values: Sequence[Any]
    partials: Sequence[tuple[Any, ...]]
    gradients: Sequence[Any]
    locals: Mapping[tuple[int, int], Any]


class Calculation:
    """The graph of a specification as a list of steps, each after its operands.

    >>> from .specs.specification import specification
    >>> graph = Calculation(specification("z = w*x; L = (z - 1)**2; w, x in 2, 3"))
    >>> found = graph.computed({"w": Fraction(2), "x": Fraction(3)})
    >>> [(graph.steps[i].name, str(found.values[i]), str(found.gradients[i])) for i in graph.named]
    [('w', '2', '30'), ('x', '3', '20'), ('z', '6', '10'), ('L', '25', '1')]
    """

    def __init__(self, spec: Specification) -> None:
        self.spec = spec
        self.names = tuple(each.name for each in spec.ranges)
        nodes = self.values({each.name: each.values[len(each.values) // 2] for each in spec.ranges})
        self.steps = tuple(_steps(order(nodes)))
        if len(self.steps) > MOST_STEPS:
            raise ExpressionError(
                f"the graph has {len(self.steps)} nodes, and {MOST_STEPS} are the most that a sheet has"
            )
        if all(step.row is None for step in self.steps):
            raise ExpressionError("nothing is computed: write an expression such as w*x + b")
        self.root = len(self.steps) - 1
        self.named = tuple(k for k, step in enumerate(self.steps) if step.name)
        self.asked = tuple(k for k in self.named if self.steps[k].row is not None)
        """The named nodes that are computed."""
        self.index = {self.steps[k].name: k for k in self.named}
        if unused := [name for name in self.names if name not in self.index]:
            raise ExpressionError(f"the last statement does not depend on {', '.join(unused)}: leave it out")
        self.exact = all(map(_is_rational, self.steps))
        """Whether all its numbers are fractions."""

    def values(self, numbers: Mapping[str, Fraction]) -> Value:
        """The result as a Value, its leaves parameters and inputs, the last statement with a name."""
        leaves = {
            name: parameter(float(x), name) if name in self.spec.parameters else Value(float(x), name)
            for name, x in numbers.items()
        }
        with errstate(domain="ieee"):
            result = parse(self.spec.text, **leaves)["result"]
        if not result.label:
            result.label = next(name for name in ("y", "f", "L", "result") if name not in numbers)
        return result

    @cached_property
    def uses(self) -> dict[int, tuple[int, ...]]:
        """By named node, the named nodes that are computed from it, in order."""
        found: dict[int, list[int]] = {k: [] for k in self.named}
        for k in self.asked:
            for j in self.operands[k]:
                found[j].append(k)
        return {k: tuple(users) for k, users in found.items()}

    @cached_property
    def operands(self) -> dict[int, tuple[int, ...]]:
        """By computed node, the named nodes that it is made of, in order."""
        return {k: tuple(j for j in self.named if j in self._below(k)) for k in self.asked}

    def _below(self, k: int) -> set[int]:
        """The steps from which k is computed without passing another named one; the named ones end it."""
        found, waiting = set[int](), list(self.steps[k].operands)
        while waiting:
            j = waiting.pop()
            if j not in found:
                found.add(j)
                if not self.steps[j].name:
                    waiting += self.steps[j].operands
        return found

    def is_sum(self, k: int) -> bool:
        """Whether a named node is nothing but named nodes, added and subtracted."""
        steps = [self.steps[j] for j in (k, *self._below(k)) if j == k or not self.steps[j].name]
        return all(step.row is not None and step.row.name in ("add", "sub", "neg") for step in steps)

    # ------------------------------------------------------------ numbers

    def computed(self, numbers: Mapping[str, Any], vocabulary: Vocabulary | None = None) -> Computed:
        """Everything from the numbers of the leaves; in fractions where the graph allows it."""
        vocabulary = vocabulary or (RATIONAL if self.exact else FLOAT)
        plain: Callable[[Fraction], Any] = (lambda x: x) if vocabulary is RATIONAL else float
        values, partials = list[Any](), list[tuple[Any, ...]]()
        for step in self.steps:
            if step.row is None:
                values.append(numbers[step.name] if step.number is None else plain(step.number))
                partials.append(())
                continue
            xs = [values[k] for k in step.operands]
            xs += [] if step.constant is None else [plain(step.constant)]
            z, *slopes = step.row.bind("forward", vocabulary)(*xs)
            values.append(z)
            partials.append(tuple(slopes[: len(step.operands)]))
        gradients = self.swept(partials, self.root, stop=False)
        found = dict[tuple[int, int], Any]()
        for k in self.asked:
            down = self.swept(partials, k, stop=True)
            found |= {(k, j): down[j] for j in self.operands[k]}
        return Computed(values, partials, gradients, found)

    def swept(self, partials: Sequence[tuple[Any, ...]], top: int, stop: bool) -> list[Any]:
        """The derivatives of one step with respect to those below it; with `stop` not beyond named ones."""
        below: list[Any] = [0] * len(self.steps)
        below[top] = 1
        for k in range(top, -1, -1):
            step = self.steps[k]
            if step.row is None or (stop and step.name and k != top) or _is_nothing(below[k]):
                continue
            for j, slope in zip(step.operands, partials[k], strict=True):
                below[j] = below[j] + below[k] * slope
        return below


def _is_nothing(x: Any) -> bool:
    return isinstance(x, int) and x == 0


def _steps(nodes: Sequence[Value]) -> list[Step]:
    place = {v: k for k, v in enumerate(nodes)}
    steps = []
    for v in nodes:
        row = v._row
        if isinstance(row, CustomOp) or len(v.parents) > 2:
            raise ExpressionError(
                f"{v.op} is an operation of your own, which exercises cannot compute in fractions"
            )
        number = _fraction(v.data) if v.role == "constant" else None
        constant = None if v.constant is None else _fraction(v.constant)
        name = "" if v.role == "constant" else v.label
        steps.append(Step(row, tuple(place[parent] for parent in v.parents), constant, number, name))
    return steps


def _fraction(x: float) -> Fraction:
    """The number that was written, 1/10 for 0.1."""
    return Fraction(repr(float(x)))


def _is_rational(step: Step) -> bool:
    if step.row is None or step.row.name in RATIONAL_OPERATIONS:
        return True
    return step.row.name == "powc" and step.constant is not None and step.constant.denominator == 1
