"""Neurons, layers of them and networks of layers, as micrograd has them, with names and scopes for drawings.

With the same `random.seed` they start from the weights that micrograd's start from.  What a layer computes is
recorded in scopes ("layer0/neuron3"), so a drawing can put a frame around each neuron.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from typing import Any

from ..arguments import Numbers
from ..base.checks import whole
from ..base.context import current, given_scope, scope_at, scopes_inside
from ..base.nodes import columns
from ..custom import CustomOp, custom_node
from ..engine import Value, parameter, unary, weighted_sum, weighted_sums
from ..naming.labels import given
from ..ops import RELU, TABLE, Op
from .module import Module, bare, inputs

__all__ = ["MLP", "Layer", "Neuron", "activation_row"]

NEURONS_SHOWN, LAYERS_SHOWN = 40, 16
"""Up to how many a repr lists one by one, as micrograd's does; of more neurons it gives the number."""


class Neuron(Module):
    """b + w0*x0 + w1*x1 + ... of `nin` inputs, through the activation unless `nonlin` is False.

    Weights start uniform in [-1, 1], drawn from Python's `random`; the bias starts at 0.  `activation` is the
    name of an operation of one operand, such as "tanh"; a name that is none is a ValueError.  Sizes that are
    not integers are a TypeError, those below 1 a ValueError, here and in `Layer` and `MLP`.

    >>> Neuron(2, nonlin=False)([3.0, 4.0]).op
    'add'
    """

    def __init__(self, nin: int, nonlin: bool = True, activation: str = "relu") -> None:
        nin = whole(nin, "the number of inputs of a neuron")
        activation_row(activation)
        self.w = [given(parameter(random.uniform(-1, 1), f"w{i}")) for i in range(nin)]
        self.b = given(parameter(0.0, "b"))
        self.nonlin, self.activation = bool(nonlin), activation

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if "activation" not in state:  # pickled by version 0.1.0, whose `nonlin` was True, False or a name
            nonlin = state["nonlin"]
            self.activation = nonlin if isinstance(nonlin, str) else "relu"
            self.nonlin = bool(nonlin)

    def __call__(self, x: Numbers) -> Value:
        """The activation for `nin` numbers or Values; ValueError for another number of them."""
        return self._activation(inputs(x, len(self.w), "the neuron"), current().scope)

    def _activation(self, xs: list[Value], place: int) -> Value:
        # summed from the bias on: another order would round differently than micrograd
        relu = self.nonlin and self.activation == "relu"  # which is made together with the sum
        total: Value = weighted_sum(self.b, self.w, xs, RELU if relu else None, place)
        if relu or not self.nonlin:
            return total
        return activate(activation_row(self.activation), total, place)

    def __repr__(self) -> str:
        name = "Linear"
        if self.nonlin:
            row = activation_row(self.activation)
            name = row.label or row.name.title().replace("_", "")
        return f"{name}Neuron({len(self.w)})"


class Layer(Module):
    """`nout` neurons that see the same `nin` inputs; `nonlin` and `activation` are those of `Neuron`.

    >>> Layer(2, 3, nonlin=False)
    Layer of [LinearNeuron(2), LinearNeuron(2), LinearNeuron(2)]
    """

    def __init__(self, nin: int, nout: int, *, nonlin: bool = True, activation: str = "relu") -> None:
        self.nin = whole(nin, "the number of inputs of a layer")
        self.nout = whole(nout, "the number of neurons of a layer")
        self.neurons: list[Neuron] = []
        for i in range(self.nout):
            with given_scope(f"neuron{i}"):
                self.neurons.append(Neuron(nin, nonlin, activation))

    def __call__(self, x: Numbers) -> Any:
        """The list of the neurons' activations; the activation itself where there is one neuron."""
        return bare(self._activations(inputs(x, self.nin, "the layer"), current().scope))

    def _activations(self, xs: list[Value], outer: int) -> list[Any]:
        places = scopes_inside(outer, "neuron", len(self.neurons))
        row = _row_with_sum(self.neurons[0]) if self.neurons else ...
        if row is not ...:  # all in one call, which is a third faster
            held = columns(list(self.neurons), ("b", "w"), same=("nonlin", "activation"))
            if held is not None:
                starts, weights = held
                return weighted_sums(starts, weights, xs, row, places)
        out = []
        for neuron, place in zip(self.neurons, places):
            if type(neuron) is Neuron:
                out.append(neuron._activation(xs, place))
            else:
                with scope_at(place):
                    out.append(neuron(xs))
        return out

    def __repr__(self) -> str:
        if len(self.neurons) > NEURONS_SHOWN:
            return self._counted()
        return f"Layer of [{', '.join(map(str, self.neurons))}]"

    def _counted(self) -> str:
        kinds = Counter(map(str, self.neurons))
        return f"Layer of {' and '.join(f'{n} {kind}' for kind, n in kinds.items())}"


def _row_with_sum(neuron: Neuron) -> Any:
    """The row that makes its activation of its sum, None for none; `...` where one call cannot make both."""
    if type(neuron) is not Neuron:
        return ...
    row = activation_row(neuron.activation) if neuron.nonlin else None
    return ... if isinstance(row, CustomOp) or (row is not None and row.constant is not None) else row


class MLP(Module):
    """A multi-layer perceptron: `nin` inputs, then a layer of each size in `nouts`, each with an activation.

    `activation` names that of all layers but the last, whose own is `output`: None leaves it linear.

    >>> model = MLP(2, [16, 16, 1])
    >>> len(model.parameters()), model([1.0, -2.0]).role
    (337, 'op')
    >>> MLP(2, [2, 1], activation="tanh", output="sigmoid")
    MLP of [Layer of [TanhNeuron(2), TanhNeuron(2)], Layer of [SigmoidNeuron(2)]]
    """

    def __init__(
        self, nin: int, nouts: Iterable[int], activation: str = "relu", output: str | None = None
    ) -> None:
        if not isinstance(nouts, Iterable):
            raise TypeError(
                f"MLP needs a list of layer sizes, such as [16, 1], got {type(nouts).__name__} {nouts!r}"
            )
        self.nin = whole(nin, "the number of inputs of an MLP")
        # all is checked before the first weight is drawn
        sizes = [
            self.nin,
            *(whole(nout, f"the number of neurons of layer {k}") for k, nout in enumerate(nouts, 1)),
        ]
        if len(sizes) == 1:
            raise ValueError("MLP needs at least one layer: its last size is the number of outputs")
        activation_row(activation)
        if output is not None:
            activation_row(output)
        self.nout = sizes[-1]
        self.layers: list[Layer] = []
        for i in range(len(sizes) - 1):
            hidden = i < len(sizes) - 2
            nonlin, chosen = hidden or output is not None, activation if hidden or output is None else output
            with given_scope(f"layer{i}"):
                self.layers.append(Layer(sizes[i], sizes[i + 1], nonlin=nonlin, activation=chosen))

    def __call__(self, x: Numbers) -> Any:
        """The outputs for one sample of `nin` numbers or Values: a list, or the Value if there is but one."""
        out: Any = inputs(x, self.nin, "layer 1")
        for layer, place in zip(
            self.layers, scopes_inside(current().scope, "layer", len(self.layers)), strict=True
        ):
            if type(layer) is Layer and type(out) is list and len(out) == layer.nin:
                out = layer._activations(out, place)
            else:
                with scope_at(place):
                    out = layer(out)
        return out[0] if type(out) is list and len(out) == 1 else out

    def __repr__(self) -> str:
        layers = list(map(str, self.layers))
        # a layer may have been replaced by something else
        if sum(len(layer.neurons) for layer in self.layers if isinstance(layer, Layer)) > NEURONS_SHOWN:
            layers = [layer._counted() if isinstance(layer, Layer) else str(layer) for layer in self.layers]
        if len(layers) > LAYERS_SHOWN:
            ends = LAYERS_SHOWN // 2
            layers[ends:-ends] = [f"{len(layers) - 2 * ends} more"]
        return f"MLP of [{', '.join(layers)}]"


# ---------------------------------------------------------------- activations


ALIASES = {"swish": "silu", "leakyrelu": "leaky_relu", "hard_tanh": "hardtanh", "logistic": "sigmoid"}
"""What else activations are called."""


def activation_row(name: str) -> Op:
    """The operation of one operand with that name."""
    if not isinstance(name, str):
        raise TypeError(
            f"an activation is the name of an operation, a str, got {type(name).__name__} {name!r}"
        )
    row = TABLE.get(name)
    if row is None or row.arity != 1:
        known = [other for other, row in TABLE.items() if row.arity == 1]
        meant = ALIASES.get(name.lower(), name.lower())
        hint = f", as {meant!r}" if meant in known else ""
        raise ValueError(
            f"there is no activation {name!r}: choose an operation of one operand{hint}, one of "
            f"{', '.join(known)}"
        )
    return row


def activate(row: Op, x: Value, place: int, constant: float | None = None) -> Value:
    """The operation on x, recorded in the scope with that place; its constant is the table's unless given."""
    default = 0.0 if row.constant is None else row.constant
    if isinstance(row, CustomOp):
        made = custom_node(row, (x,))
    else:
        made = unary(row, x, default if constant is None else constant)
    made._scope = place  # the neuron's, which is entered by no block
    return made
