"""What a backward pass leaves in each layer: its sums, what they are multiplied by, and its activations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from ...engine import Value
from ...errors import GraphError
from ...graph import order
from .units import Layer

__all__ = ["Read", "Unit", "read"]

NUMBER = re.compile(r"\^\(([\d,]+)\)$")


@dataclass
class Unit:
    """A pre-activation, what is applied to it one after the other, and its parameters with their factors.

    A factor is the other operand of the product, the pre-activation's own addend where that is the parameter
    (None), or the parameter itself where it is part of no plain sum.
    """

    a: Value
    chain: list[Value]
    factors: dict[Value, Value | None] = field(default_factory=dict)
    plain: bool = True
    """Whether a is the sum of the parameters times their factors and of nothing else."""

    @property
    def h(self) -> Value:
        return self.chain[-1] if self.chain else self.a


@dataclass
class Read:
    """A layer with parameters, and how what it computes is written."""

    scope: str
    units: list[Unit]
    number: str = ""
    factors: tuple[tuple[str, ...], ...] = ()
    inputs: dict[str, float] = field(default_factory=dict)
    activations: tuple[str, ...] = ()
    formulas: tuple[str, str] = ("", "")


def read(
    nodes: Sequence[Value],
    found: Sequence[Layer],
    parameters: Sequence[Value],
    leaves: Sequence[Value],
    names: Mapping[Value, str],
) -> list[Read]:
    """The layers with parameters among those found under a loss, operands first.

    GraphError if a parameter is used several times: a table has the d of one use.
    """
    users = Counter(parent for v in nodes for parent in v.parents)
    kept = _activated(found, users)
    for layer, of in kept:
        _factors(layer, [parameters[k] for k in sorted(of)], users, names)
    result = [layer for layer, _ in kept]
    for layer, number in zip(result, _numbers(result, names)):
        layer.number = number
    _write(result, leaves, users)
    return result


def _activated(found: Sequence[Layer], users: Mapping[Value, int]) -> list[tuple[Read, list[int]]]:
    """The layers with parameters, each with the activations that follow it as layers of their own."""
    kept: list[tuple[Read, list[int]]] = []
    for layer in found:
        operands, outputs = layer.operands[0], layer.units[0]
        if layer.parameters:
            # where more than the activation is computed from a, d is more than h′ · ∂R/∂h
            inner = [a if users[a] == 1 else h for a, h in zip(operands, outputs)]
            units = [Unit(a, [] if h is a else [h]) for a, h in zip(inner, outputs)]
            kept.append((Read(layer.scope, units), layer.parameters))
            continue
        for before, _ in kept:
            if [unit.h for unit in before.units] == operands and all(users[a] == 1 for a in operands):
                for unit, h in zip(before.units, outputs):
                    unit.chain.append(h)
    return kept


def _factors(
    layer: Read, parameters: Sequence[Value], users: Mapping[Value, int], names: Mapping[Value, str]
) -> None:
    """Find the parameters of each unit, and what each is multiplied by."""
    wanted = set(parameters)
    for p in parameters:
        if users[p] > 1:
            raise GraphError(
                f"backprop writes one d for each unit, and {names.get(p, p.label)} is used "
                f"{users[p]} times in one sample: of a shared layer read the gradients, which are "
                "the sum over its uses, after loss.backward()"
            )
    for unit in layer.units:
        terms: dict[Value, Value | None] = {}
        for v in _addends(unit.a):
            own = [p for p in v.parents if p in wanted] if v.op == "mul" else []
            if v in wanted:
                terms[v] = None
            elif len(own) == 1:
                terms[own[0]] = next(other for other in v.parents if other is not own[0])
            else:
                unit.plain = False
        unit.factors = {p: terms[p] for p in parameters if p in terms}
    rest = wanted.difference(*(unit.factors for unit in layer.units))
    for unit in layer.units if rest else []:
        inside = rest.intersection(order(unit.a))
        unit.plain = unit.plain and not inside
        unit.factors |= {p: p for p in parameters if p in inside}
    for p, several in Counter(p for unit in layer.units for p in unit.factors).items():
        if several > 1:
            raise GraphError(
                f"backprop writes one d for each unit, and {several} units of {layer.scope!r} are "
                f"computed from {names.get(p, p.label)}: compute each layer in a microgrid.scope of its own"
            )


def _addends(a: Value) -> Iterator[Value]:
    """What a is the sum of."""
    below = [a]
    while below:
        v = below.pop()
        if v.op == "add":
            below.extend(v.parents)
        else:
            yield v


def _numbers(found: Sequence[Read], names: Mapping[Value, str]) -> list[str]:
    """The number of each layer, that of its parameters' names: of w21^(3) it is 3.

    Empty where they have none, or that of another layer: h^(k) and d^(k) would be read as another one's.
    """
    numbers = []
    for layer in found:
        marks = [NUMBER.search(names.get(p, p.label)) for unit in layer.units for p in unit.factors]
        of = {mark[1] if mark else "" for mark in marks}
        numbers.append(of.pop() if len(of) == 1 else "")
    if not any(numbers):
        return [str(k + 1) for k in range(len(found))]
    return [number if numbers.count(number) == 1 else "" for number in numbers]


# ---------------------------------------------------------------- how it is written


def _write(found: Sequence[Read], leaves: Sequence[Value], users: Mapping[Value, int]) -> None:
    """The names of all factors, and the formulas of a and d."""
    known = {leaf: ("x", f"x{k + 1}") for k, leaf in enumerate(leaves)}
    for layer in filter(attrgetter("number"), found):
        named = {
            unit.h: (f"h^({layer.number})", f"h{j + 1}^({layer.number})")
            for j, unit in enumerate(layer.units)
        }
        known |= named
    for layer in found:
        factors = [u for unit in layer.units for p, u in unit.factors.items() if u is not None and u is not p]
        sources = {known[u][0] if u in known else "u" for u in factors}
        into = sources.pop() if len(sources) == 1 else "u"
        if into == "u":
            called = {u: f"u{i + 1}" for i, u in enumerate(dict.fromkeys(factors))}
            layer.inputs = {name: u.data for u, name in called.items()}
        else:
            called = {u: known[u][1] for u in factors}
        layer.factors = tuple(
            tuple("" if u is None else "∂a/∂w" if u is p else called[u] for p, u in unit.factors.items())
            for unit in layer.units
        )
        applied = {tuple(v.op for v in unit.chain) for unit in layer.units}
        layer.activations = applied.pop() if len(applied) == 1 else ("f",)
        layer.formulas = (_sum(layer, into), _back(layer, found, users))


def _sum(layer: Read, into: str) -> str:
    """What a is, if in all units it is a sum of products and of a bias at most."""
    biases = [list(unit.factors.values()).count(None) for unit in layer.units]
    if max(biases) > 1 or not all(unit.plain for unit in layer.units):
        return ""
    single = all(len(unit.factors) - n == 1 for unit, n in zip(layer.units, biases))
    product = f"w · {into}" if single and into == "u" and len(layer.inputs) > 1 else f"Σ w · {into}"
    return product + " + b" * any(biases)


def _back(layer: Read, found: Sequence[Read], users: Mapping[Value, int]) -> str:
    """What d is: by the next layer's d where all that is computed from h is that one's sums."""
    for after in filter(attrgetter("number"), found):
        used = Counter(
            u for unit in after.units for p, u in unit.factors.items() if u is not None and u is not p
        )
        if all(used[unit.h] == users[unit.h] for unit in layer.units):
            return f"h′ · Σ w · d^({after.number})"
    return "h′ · ∂R/∂h"
