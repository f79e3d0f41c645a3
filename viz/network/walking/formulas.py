"""What is said of a step over the diagram of neurons: a layer in matrices, other columns by their values."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property

from microgrid.base.phrases import said, speaker
from microgrid.ops import TABLE

from ...style.text import clean
from ...words.numbers import Numbers
from ...words.units import activation_name
from ..net import Column, Link, Net

__all__ = ["Formulas", "target"]

MOST_NUMBERS = 6
"""Of a vector that are written out."""
INDEX = re.compile("[₀-₉]+(?:,[₀-₉]+)*")


def target(columns: Sequence[Column]) -> str:
    """What is differentiated: the last unit, as a derivative names it."""
    return vector(columns[-1]) or "y"


def vector(column: Column) -> str:
    """What the units of a column are together, h⁽¹⁾ of h₁⁽¹⁾ and h₂⁽¹⁾; "" if they share no name."""
    names = {INDEX.sub("", unit.name, count=1) for unit in column.units}
    return names.pop() if len(names) == 1 else ""


def _transposed(name: str) -> str:
    return f"{name}ᵀ" if name.isalpha() else f"({name})ᵀ"


class Formulas:
    """Writes the captions for one network; `order` are the columns in the order of the backward pass."""

    def __init__(self, net: Net, precision: int, lang: str) -> None:
        self._net, self._numbers, self._lang = net, Numbers(precision), lang
        self._say, self._root = speaker(lang), target(net.columns)
        self._into: dict[int, list[Link]] = {k: [] for k in range(len(net.columns))}
        self._from: dict[int, list[Link]] = {k: [] for k in range(len(net.columns))}
        for link in net.links:
            self._into[link.head[0]].append(link)
            self._from[link.tail[0]].append(link)

    def start(self) -> str:
        return self._say("The inputs and weights have their values; nothing has been computed yet.")

    def seed(self) -> str:
        return self._say("{root} = 1: here the backward pass starts.", root=self._derivative(self._last))

    def end(self) -> str:
        return self._say("All gradients are known.")

    def forward(self, k: int) -> str:
        """``h⁽¹⁾ = tanh(W⁽¹⁾x + b⁽¹⁾) = (−0.786, 0.637, 0.0962)``"""
        column = self._net.columns[k]
        values = self._vector([unit.value for unit in column.units])
        name, inner = vector(column), self._affine(k)
        if not inner or not name:
            what = clean(said(column.caption, self._lang))
            return f"{what}: {name} = {values}" if name else f"{what}: {values}"
        op = column.units[0].activation
        return f"{name} = {activation_name(op)}({inner}) = {values}" if op else f"{name} = {inner} = {values}"

    def backward(self, k: int, receive: Sequence[int]) -> str:
        """Of layer k the adjoint of its sums, the gradients of its weights, and of the columns that
        `receive` their last contribution their own."""
        lines = []
        if self._affine(k):
            lines.append(self._delta(k))
            weight, name = self._matrix(k), vector(self._net.columns[self._tail(k)])
            line = f"∂{self._root}/∂{weight} = {self._delta_name(k)} {_transposed(name)}"
            if any(unit.biases for unit in self._net.columns[k].units):
                line += f";  ∂{self._root}/∂{self._bias(k)} = {self._delta_name(k)}"
            lines.append(line)
        for j in receive:
            values = self._vector([unit.grad for unit in self._net.columns[j].units])
            formula = ""
            if self._affine(k) and j == self._tail(k) and all(link.head[0] == k for link in self._from[j]):
                formula = f" = {_transposed(self._matrix(k))} {self._delta_name(k)}"
            lines.append(f"{self._derivative(j)}{formula} = {values}")
        what = clean(said(self._net.columns[k].caption, self._lang))
        return "\n".join(lines) or self._say("{scope}: the gradient goes back to its weights.", scope=what)

    # ---------------------------------------------------------------- a layer in matrices

    @cached_property
    def _last(self) -> int:
        return len(self._net.columns) - 1

    def _tail(self, k: int) -> int:
        return self._into[k][0].tail[0]

    def _affine(self, k: int) -> str:
        """``W⁽¹⁾x + b⁽¹⁾`` of a layer that computes f of it, each unit of each input; "" of any other."""
        column, links = self._net.columns[k], self._into[k]
        ops = {unit.activation for unit in column.units}
        parameters = {link.weight.name for link in links if link.weight}
        is_layer = (
            links
            and len(ops) == 1
            and all(op is None or (op in TABLE and TABLE[op].arity == 1) for op in ops)
            and all(link.kind == "weight" and link.factor == 1 and link.active for link in links)
            and all(link.piece is None and link.shared is None for link in links)
            and len({link.tail[0] for link in links}) == 1
            and len(parameters)
            == len(links)
            == len(column.units) * len(self._net.columns[self._tail(k)].units)
            and len({len(unit.biases) for unit in column.units}) == 1
            and len(column.units[0].biases) <= 1
            and vector(self._net.columns[self._tail(k)])
            and self._matrix(k)
        )
        if not is_layer:
            return ""
        bias = f" + {self._bias(k)}" if column.units[0].biases else ""
        return f"{self._matrix(k)} {vector(self._net.columns[self._tail(k)])}{bias}"

    def _matrix(self, k: int) -> str:
        names = {INDEX.sub("", link.weight.name, count=1) for link in self._into[k] if link.weight}
        return names.pop().upper() if len(names) == 1 else ""

    def _bias(self, k: int) -> str:
        return INDEX.sub("", self._net.columns[k].units[0].biases[0].name, count=1)

    def _delta_name(self, k: int) -> str:
        return f"δ{re.sub('^[^⁽]*', '', self._matrix(k))}"

    def _delta(self, k: int) -> str:
        """``δ⁽¹⁾ = ∂L/∂h⁽¹⁾ ⊙ tanh′(W⁽¹⁾x + b⁽¹⁾) = (…)``"""
        column = self._net.columns[k]
        op, outer = column.units[0].activation, self._derivative(k)
        slope = f" ⊙ {activation_name(op)}′({self._affine(k)})" if op else ""
        biases = [unit.biases[0].grad for unit in column.units if unit.biases]
        values = f" = {self._vector(biases)}" if biases else ""
        return f"{self._delta_name(k)} = {outer}{slope}{values}"

    def _derivative(self, k: int) -> str:
        name = (
            vector(self._net.columns[k]) or "(" + ", ".join(u.name for u in self._net.columns[k].units) + ")"
        )
        return f"∂{self._root}/∂{name}"

    def _vector(self, values: Sequence[float | None]) -> str:
        write: Callable[[float], str] = self._numbers
        texts = ["–" if x is None else write(x) for x in values]
        if len(texts) == 1:
            return texts[0]
        shown = texts if len(texts) <= MOST_NUMBERS else [*texts[: MOST_NUMBERS - 1], "…", texts[-1]]
        return f"({', '.join(shown)})"
