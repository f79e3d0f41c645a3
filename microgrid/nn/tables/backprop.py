"""A backward pass of one sample, layer by layer, as lectures write it by hand: a, h, h′, d and ∂R/∂W."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextvars import Context
from copy import deepcopy
from dataclasses import dataclass
from math import prod
from typing import Any, Protocol

from ...base.checks import pandas
from ...base.phrases import LANG, said, say
from ...engine import Value
from ...errors import GraphError
from ...graph import order
from ...naming.latex_names import latex_name
from ...naming.names import own_names
from ...naming.scopes import scope_name, scope_names, scope_path
from ..losses import Loss, loss_function
from .passes import Read, read
from .units import layers

__all__ = ["Backprop", "LayerPass", "backpropagate"]

NAME = re.compile(r"[a-z_]+[\d,]*(\^\([\d,]+\))?")
SIGNS = str.maketrans({"∂": r"\partial ", "Σ": r"\sum ", "·": r"\cdot ", "′": "'"})


class Differentiable(Protocol):
    """All that this file has to know of a Module, which imports it."""

    def parameters(self) -> list[Value]: ...

    def __call__(self, x: Any, /) -> Any: ...


@dataclass(frozen=True)
class LayerPass:
    """One layer: a number for each unit, and, for each unit, the derivatives by its weights and biases.

    `d` is ∂R/∂a, of the units' pre-activations a; `slopes` are h′ = ∂h/∂a, 1 where there is no activation.
    """

    name: str
    a: tuple[float, ...]
    h: tuple[float, ...]
    slopes: tuple[float, ...]
    d: tuple[float, ...]
    gradients: tuple[tuple[float, ...], ...]
    parameters: tuple[tuple[str, ...], ...]
    """What the parameters of each unit are called, such as w21^(1), in the order of the gradients."""
    factors: tuple[tuple[str, ...], ...]
    """What each is multiplied by, such as h1^(1): empty of a bias, ∂a/∂w where it is part of no plain sum."""
    inputs: Mapping[str, float]
    """The numbers of those of the factors that no other table shows: u1, u2, ..."""
    activations: tuple[str, ...]
    """The operations that all units apply, one after the other: f where units apply different ones."""
    formulas: tuple[str, str]
    """What a and d are computed by, such as Σ w · x + b and h′ · ∂R/∂h; the first is empty of no such sum."""


@dataclass(frozen=True)
class Backprop:
    """The table of `Module.backprop`: its layers from the first to the last, and the risk R of the sample."""

    layers: tuple[LayerPass, ...]
    risk: float

    def __str__(self) -> str:
        return self.text()

    def text(self, lang: str = LANG) -> str:
        """A table for each layer: a row for each unit, under the names of the columns and their formulas.

        >>> from microgrid import nn
        >>> print(nn.MLP(1, [1], output="sigmoid").backprop([2.0], 1.0).text().splitlines()[0])
        layer 1
        """
        parts = [f"R = {self.risk:.6g}"]
        for layer in self.layers:
            rows = [[said(say("unit"), lang), *_columns(layer)], ["", *_formulas(layer)]]
            rows += [[str(j + 1), *numbers] for j, numbers in enumerate(_rows(layer))]
            widths = [max(map(len, column)) for column in zip(*rows)]
            lines = [
                "  ".join(cell.rjust(width) for cell, width in zip(row, widths)).rstrip() for row in rows
            ]
            if layer.inputs and not _alone(layer):
                into = ", ".join(f"{name} = {x:.6g}" for name, x in layer.inputs.items())
                lines.append(said(say("what comes in: {inputs}", inputs=into), lang))
            parts.append("\n".join([said(layer.name, lang), *lines]))
        return "\n\n".join([*parts[1:], parts[0]])

    def latex(self) -> str:
        """The tables as arrays of LaTeX's, one for each layer, for a document with amsmath."""
        tables = []
        for layer in self.layers:
            head = " & ".join(["j", *map(_latex, _columns(layer))])
            formulas = " & ".join(["", *map(_latex, _formulas(layer))])
            rows = [" & ".join([str(j + 1), *numbers]) for j, numbers in enumerate(_rows(layer))]
            body = " \\\\\n".join([head, formulas + " \\\\ \\hline\n" + rows[0], *rows[1:]])
            columns = "r" * (1 + len(_columns(layer)))
            tables.append(f"\\[\n\\begin{{array}}{{{columns}}}\n{body}\n\\end{{array}}\n\\]")
            if layer.inputs and not _alone(layer):
                into = [f"{_latex(name)} = {x:.6g}" for name, x in layer.inputs.items()]
                tables.append("\\[\n" + ",\\quad ".join(into) + "\n\\]")
        return "\n".join(tables) + "\n"

    def dataframe(self) -> Any:
        """A pandas DataFrame with a row for each parameter: its layer, unit, a, h, h′, d, gradient."""
        frame = pandas("text() or latex()").DataFrame
        rows = [
            (layer.name, j + 1, a, h, slope, d, name, gradient)
            for layer in self.layers
            for j, (a, h, slope, d) in enumerate(zip(layer.a, layer.h, layer.slopes, layer.d))
            for name, gradient in zip(layer.parameters[j], layer.gradients[j])
        ]
        return frame(rows, columns=["layer", "unit", "a", "h", "h'", "d", "parameter", "gradient"])


def backpropagate(module: Differentiable, x: Any, y: Any, loss: str | Loss) -> Backprop:
    """Record one sample in a copy of the module, and read off what its backward pass leaves in each layer."""
    of = loss_function(loss)
    copy = deepcopy(module)
    for p in copy.parameters():
        p.grad = 0.0
    # in a context of its own, where the caller's no_grad() and scopes do not hold
    risk, inputs = Context().run(_record, copy, x, y, of)
    risk.backward()
    nodes = order(risk)
    names = own_names(nodes)
    called = scope_names(nodes, names)
    parameters = copy.parameters()
    found = read(nodes, layers(nodes, [inputs], parameters), parameters, inputs, names)
    if not found:
        raise GraphError(
            f"{type(module).__name__} names no layers with parameters: compute each in a block, with "
            "microgrid.scope('layer0'): ..."
        )
    passes = [_pass(scope_name(called, scope_path(layer.scope)), layer, names) for layer in found]
    return Backprop(tuple(passes), risk.data)


def _record(module: Differentiable, x: Any, y: Any, loss: Loss) -> tuple[Value, list[Value]]:
    inputs: list[Value] = []

    def leaves(part: Any) -> Any:
        """The numbers as inputs, in lists as they came."""
        if hasattr(part, "to_numpy"):  # a table
            part = part.to_numpy()
        if hasattr(part, "tolist"):  # an array, or one of its numbers
            part = part.tolist()
        if isinstance(part, Iterable) and not isinstance(part, str):
            return [leaves(each) for each in part]
        inputs.append(Value(float(part), f"x{len(inputs) + 1}"))
        return inputs[-1]

    output = module(leaves(x))
    return loss([output], [y]), inputs


def _pass(name: str, layer: Read, names: Mapping[Value, str]) -> LayerPass:
    units = layer.units
    return LayerPass(
        name,
        tuple(unit.a.data for unit in units),
        tuple(unit.h.data for unit in units),
        tuple(prod(v.partials[0] for v in unit.chain) for unit in units),
        tuple(unit.a.grad for unit in units),
        tuple(tuple(p.grad for p in unit.factors) for unit in units),
        tuple(tuple(names.get(p, p.label) for p in unit.factors) for unit in units),
        layer.factors,
        layer.inputs,
        layer.activations,
        layer.formulas,
    )


# ---------------------------------------------------------------- how it is written


def _latex(text: str) -> str:
    """A head or a formula of the table for LaTeX's mathematics."""
    return NAME.sub(lambda name: latex_name(name[0]), text).translate(SIGNS)


def _columns(layer: LayerPass) -> list[str]:
    """What each column holds."""
    own = ["u"] if _alone(layer) else []
    by = ["∂R/∂w" if factor else "∂R/∂b" for factor, _ in _each(layer)]
    return [*own, "a", "h", "h′", "d = ∂R/∂a", *by]


def _formulas(layer: LayerPass) -> list[str]:
    """The formula of each column, in terms of the others."""
    own = [""] if _alone(layer) else []
    inner = "a"
    slopes: list[str] = []
    for f in layer.activations:
        slopes.insert(0, f"{f}′({inner})")
        inner = f"{f}({inner})"
    by = [f"d · {factor}" if factor else "d" for factor, _ in _each(layer)]
    a, d = layer.formulas
    return [*own, a, inner, " · ".join(slopes) or "1", d, *by]


def _alone(layer: LayerPass) -> bool:
    """Whether each unit has one weight and an input of its own, u, as in BatchNorm."""
    weights = [[factor for factor in row if factor] for row in layer.factors]
    first = [row[0] for row in weights if len(row) == 1]
    distinct = len(weights) > 1 and len({*first}) == len(first) == len(weights)
    return distinct and layer.inputs.keys() == {*first}


def _keys(layer: LayerPass, factors: tuple[str, ...]) -> list[tuple[str, int]]:
    """The column of each parameter of a unit: by its factor, and how many had that before."""
    named = ["u" if factor and _alone(layer) else factor for factor in factors]
    return [(factor, named[:i].count(factor)) for i, factor in enumerate(named)]


def _each(layer: LayerPass) -> list[tuple[str, int]]:
    """The columns of the layer's parameters: weights, then biases."""
    found = dict.fromkeys(key for factors in layer.factors for key in _keys(layer, factors))
    return sorted(found, key=lambda key: not key[0])


def _rows(layer: LayerPass) -> Iterator[list[str]]:
    """The numbers of each unit, as written."""
    columns, alone = _each(layer), _alone(layer)
    numbers = zip(layer.a, layer.h, layer.slopes, layer.d)
    for of, factors, gradients in zip(numbers, layer.factors, layer.gradients):
        own = [layer.inputs[next(filter(None, factors))]] if alone else []
        by = dict(zip(_keys(layer, factors), gradients))
        yield [f"{x:.6g}" for x in (*own, *of)] + [f"{by[key]:.6g}" if key in by else "" for key in columns]
