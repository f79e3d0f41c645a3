"""Reading what is to be drawn as a network: sizes, a model, or what a model has computed."""

from __future__ import annotations

from typing import Any

from microgrid import nn

from ..words.units import (
    activation_name,
    bias_name,
    hidden_name,
    input_name,
    layer_caption,
    output_name,
    weight_name,
)
from .net import Column, Link, Net, Parameter, Unit
from .sizes import net_of_sizes

__all__ = ["read"]


def read(model: Any, x: Any = None) -> Net:
    """The network of sizes [2, 8, 1] or of a model; with a sample or a batch `x`, its values too."""
    if isinstance(model, list | tuple):
        return net_of_sizes(model)
    return _mlp(model)


def _mlp(model: nn.MLP) -> Net:
    places = {p: place for place, p in model.named_parameters()}

    def known(p: Any, name: str) -> Parameter:
        return Parameter(places[p], name, p.data, p.grad if p.has_grad else None)

    columns = [
        Column(
            tuple(Unit(f"x{i + 1}", input_name(i + 1), "input") for i in range(model.nin)),
            "input",
            "",
            "input",
        )
    ]
    links = []
    for k, layer in enumerate(model.layers, 1):
        last, units = k == len(model.layers), []
        for j, neuron in enumerate(layer.neurons, 1):
            name = output_name(j, layer.nout) if last else hidden_name(j, k)
            biases = (known(neuron.b, bias_name(j, k)),)
            op = neuron.activation if neuron.nonlin else None
            units.append(
                Unit(
                    f"y{j}" if last else f"h{k}.{j}",
                    name,
                    "output" if last else "hidden",
                    biases=biases,
                    activation=op,
                )
            )
            links += [
                Link((k - 1, i), (k, j - 1), known(w, weight_name("w", j, i + 1, layer=k)))
                for i, w in enumerate(neuron.w)
            ]
        caption = layer_caption("Linear", layer.nin, layer.nout, *([activation_name(op)] if op else []))
        columns.append(Column(tuple(units), caption))
    return Net(tuple(columns), tuple(links), "MLP " + "-".join(str(len(column.units)) for column in columns))
