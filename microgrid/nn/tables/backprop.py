"""A backward pass of one sample, layer by layer, as lectures write it by hand: a, h, h′, d and ∂R/∂W."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextvars import Context
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Protocol

from ... import arguments
from ...base.checks import pandas
from ...base.phrases import said, say
from ...engine import Value
from ...errors import GraphError
from ...graph import order
from ...naming.latex_names import latex_name
from ...naming.names import own_names
from ...naming.scopes import scope_name, scope_names, scope_path
from ..losses import Loss, loss_function
from .units import Layer, layers

__all__ = ["Backprop", "LayerPass", "backpropagate"]

NAME = re.compile(r"[a-z]+[\d,]*(\^\(\d+\))?")
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
    """What each is multiplied by, such as h1^(1): empty of a bias."""
    activation: str
    """The operation that all units apply; empty without one, or with several."""


@dataclass(frozen=True)
class Backprop:
    """The table of `Module.backprop`: its layers from the first to the last, and the risk R of the sample."""

    layers: tuple[LayerPass, ...]
    risk: float

    def __str__(self) -> str:
        return self.text()

    def text(self, lang: str = "en") -> str:
        """A table for each layer: a row for each unit, under the names of the columns and their formulas.

        >>> from microgrid import nn
        >>> print(nn.MLP(1, [1], output="sigmoid").backprop([2.0], 1.0).text().splitlines()[0])
        layer 1
        """
        parts = [f"R = {self.risk:.6g}"]
        for k, layer in enumerate(self.layers):
            rows = [[said(say("unit"), lang), *_columns(layer)], ["", *_formulas(self.layers, k)]]
            rows += [[str(j + 1), *numbers] for j, numbers in enumerate(_rows(layer))]
            widths = [max(map(len, column)) for column in zip(*rows)]
            lines = [
                "  ".join(cell.rjust(width) for cell, width in zip(row, widths)).rstrip() for row in rows
            ]
            parts.append("\n".join([said(layer.name, lang), *lines]))
        return "\n\n".join([*parts[1:], parts[0]])

    def latex(self) -> str:
        """The tables as arrays of LaTeX's, one for each layer, for a document with amsmath."""
        tables = []
        for k, layer in enumerate(self.layers):
            head = " & ".join(["j", *map(_latex, _columns(layer))])
            formulas = " & ".join(["", *map(_latex, _formulas(self.layers, k))])
            rows = [" & ".join([str(j + 1), *numbers]) for j, numbers in enumerate(_rows(layer))]
            body = " \\\\\n".join([head, formulas + " \\\\ \\hline\n" + rows[0], *rows[1:]])
            columns = "r" * (1 + len(_columns(layer)))
            tables.append(f"\\[\n\\begin{{array}}{{{columns}}}\n{body}\n\\end{{array}}\n\\]")
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
    found = _activated(layers(nodes, [inputs], parameters))
    if not found:
        raise GraphError(
            f"{type(module).__name__} names no layers with parameters: compute each in a block, with "
            "microgrid.scope('layer0'): ..."
        )
    passes = [
        _pass(
            scope_name(called, scope_path(layer.scope)),
            layer,
            [parameters[k] for k in sorted(layer.parameters)],
            names,
        )
        for layer in found
    ]
    return Backprop(tuple(passes), risk.data)


def _record(module: Differentiable, x: Any, y: Any, loss: Loss) -> tuple[Value, list[Value]]:
    import numpy as np

    sample = np.asarray(x, dtype=float)
    inputs = [Value(number, f"x{k + 1}") for k, number in enumerate(sample.ravel().tolist())]
    output = module(arguments.nested(inputs, sample.shape))
    return loss([output], [y]), inputs


def _activated(found: Sequence[Layer]) -> list[Layer]:
    """The layers with parameters, each with the activation that follows it as a layer of its own."""
    kept: list[Layer] = []
    for layer in found:
        if layer.parameters:
            kept.append(layer)
        elif kept and layer.operands == kept[-1].units:
            kept[-1] = Layer(kept[-1].scope, layer.units, layer.operands, kept[-1].parameters)
    return kept


def _pass(name: str, layer: Layer, parameters: Sequence[Value], names: Mapping[Value, str]) -> LayerPass:
    units, operands = layer.units[0], layer.operands[0]
    own = [_factors(a, parameters) for a in operands]
    activations = {v.op if v is not a else "" for v, a in zip(units, operands)}
    return LayerPass(
        name,
        tuple(a.data for a in operands),
        tuple(v.data for v in units),
        tuple(v.partials[0] if v is not a else 1.0 for v, a in zip(units, operands)),
        tuple(a.grad for a in operands),
        tuple(tuple(p.grad for p in row) for row in own),
        tuple(tuple(names.get(p, p.label) for p in row) for row in own),
        tuple(tuple(names.get(v, v.label) if v is not None else "" for v in row.values()) for row in own),
        activations.pop() if len(activations) == 1 else "",
    )


def _factors(a: Value, parameters: Sequence[Value]) -> dict[Value, Value | None]:
    """The parameters of a unit, and what each is multiplied by: None of a bias, or where that are several."""
    factors: dict[Value, list[Value | None]] = {}
    wanted = set(parameters)
    for v in order(a):
        for p in wanted.intersection(v.parents):
            others = [other for other in v.parents if other is not p]
            factors.setdefault(p, []).append(others[0] if v.op == "mul" and others else None)
    return {p: factors[p][0] if len(factors[p]) == 1 else None for p in parameters if p in factors}


# ---------------------------------------------------------------- how it is written


def _latex(text: str) -> str:
    """A head or a formula of the table for LaTeX's mathematics."""
    return NAME.sub(lambda name: latex_name(name[0]), text).translate(SIGNS)


def _columns(layer: LayerPass) -> list[str]:
    """What each column holds."""
    by = ["∂R/∂w" if factor else "∂R/∂b" for factor in _each(layer.factors)]
    return ["a", "h", "h′", "d = ∂R/∂a", *by]


def _formulas(passes: Sequence[LayerPass], k: int) -> list[str]:
    """The formula of each column, in terms of the others."""
    layer, f, last = passes[k], passes[k].activation, k + 1 == len(passes)
    into = f"h^({k})" if k else "x"
    back = "h′ · ∂R/∂h" if last else f"h′ · Σ w · d^({k + 2})"
    by = [f"d · {factor}" if factor else "d" for factor in _each(layer.factors)]
    return [f"Σ w · {into} + b", f"{f}(a)" if f else "a", f"{f}′(a)" if f else "1", back, *by]


def _each(factors: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """What the parameters of each unit are multiplied by; of unlike units, those of that with the most."""
    return max(factors, key=len)


def _rows(layer: LayerPass) -> Iterator[list[str]]:
    """The numbers of each unit, as written."""
    columns = len(_each(layer.factors))
    for a, h, slope, d, gradients in zip(layer.a, layer.h, layer.slopes, layer.d, layer.gradients):
        written = [f"{x:.6g}" for x in (a, h, slope, d, *gradients)]
        yield written + [""] * (columns - len(gradients))
