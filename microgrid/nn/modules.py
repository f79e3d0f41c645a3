"""Neurons, layers of them and networks of layers, as micrograd has them, with names and scopes for drawings.

With the same `random.seed` they start from the weights that micrograd's start from.  What a layer computes is recorded
in scopes ("layer0/neuron3"), so a drawing can put a frame around each neuron.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from numbers import Real
from operator import index
from typing import Any

from ..context import current, scope, scope_at, scopes_inside
from ..engine import Value, parameter, weighted_sum
from ..ops import RELU

__all__ = ["MLP", "Layer", "Module", "Neuron"]


class Module:
    """Something with parameters.  Subclasses assign parameters and other modules to attributes.

    >>> from microgrid import parameter
    >>> class Line(Module):
    ...     def __init__(self): self.w, self.b = parameter(2.0, "w"), parameter(1.0, "b")
    ...     def __call__(self, x): return self.w * x + self.b
    >>> [p.label for p in Line().parameters()]
    ['w', 'b']
    """

    def parameters(self) -> list[Value]:
        """Every `microgrid.parameter` in the attributes, in the order they were assigned, shared ones once.

        Lists, tuples and dicts are looked into; a module among them is asked for its own `parameters()`, so a
        subclass may override this method to say what is trained.
        """
        found: dict[Value, None] = {}
        _gather(vars(self).values(), found)
        return list(found)

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0, as before each `backward` of a training step."""
        for p in self.parameters():
            p.grad = 0.0


def _gather(parts: Iterable[Any], found: dict[Value, None]) -> None:
    """Add the parameters among the parts and inside them."""
    for part in parts:
        if isinstance(part, Value):
            if part.role == "parameter":
                found[part] = None
        elif isinstance(part, Module):
            if type(part).parameters is Module.parameters:
                _gather(vars(part).values(), found)
            else:
                found.update(dict.fromkeys(part.parameters()))
        elif isinstance(part, dict):
            _gather(part.values(), found)
        elif isinstance(part, list | tuple):
            _gather(part, found)


class Neuron(Module):
    """b + w0*x0 + w1*x1 + ... of `nin` inputs, through a ReLU unless `nonlin` is False.

    Weights start uniform in [-1, 1], drawn from Python's `random`; the bias starts at 0.  Sizes that are not
    integers are a TypeError, those below 1 a ValueError, here and in `Layer` and `MLP`.

    >>> Neuron(2, nonlin=False)([3.0, 4.0]).op
    'add'
    """

    def __init__(self, nin: int, nonlin: bool = True) -> None:
        nin = _size(nin, "the inputs of a neuron")
        self.w = [parameter(random.uniform(-1, 1), f"w{i}") for i in range(nin)]
        self.b = parameter(0.0, "b")
        self.nonlin = nonlin

    def __call__(self, x: Any) -> Value:
        """The activation for `nin` numbers or Values; ValueError for another number of them."""
        return self._activation(_inputs(x, len(self.w), "the neuron"), current().scope)

    def _activation(self, xs: list[Value], place: int) -> Value:
        # summed from the bias on: another order would round differently than micrograd
        found: Value = weighted_sum(self.b, self.w, xs, RELU if self.nonlin else None, place)
        return found

    def __repr__(self) -> str:
        return f"{'ReLU' if self.nonlin else 'Linear'}Neuron({len(self.w)})"


class Layer(Module):
    """`nout` neurons that see the same `nin` inputs; keyword arguments go to each `Neuron`.

    >>> Layer(2, 3, nonlin=False)
    Layer of [LinearNeuron(2), LinearNeuron(2), LinearNeuron(2)]
    """

    def __init__(self, nin: int, nout: int, **kwargs: Any) -> None:
        self.nin = _size(nin, "the inputs of a layer")
        self.neurons: list[Neuron] = []
        for i in range(_size(nout, "the neurons of a layer")):
            with scope(f"neuron{i}"):
                self.neurons.append(Neuron(nin, **kwargs))

    def __call__(self, x: Any) -> Any:
        """The list of the neurons' activations; the activation itself where there is one neuron."""
        out = self._activations(_inputs(x, self.nin, "the layer"), current().scope)
        return out[0] if len(out) == 1 else out

    def _activations(self, xs: list[Value], outer: int) -> list[Any]:
        out = []
        for neuron, place in zip(self.neurons, scopes_inside(outer, "neuron", len(self.neurons))):
            if type(neuron) is Neuron:
                out.append(neuron._activation(xs, place))
            else:
                with scope_at(place):
                    out.append(neuron(xs))
        return out

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(str, self.neurons))}]"


class MLP(Module):
    """A multi-layer perceptron: `nin` inputs, then a layer of each size in `nouts`, ReLU in all but the last.

    >>> model = MLP(2, [16, 16, 1])
    >>> len(model.parameters()), model([1.0, -2.0]).role
    (337, 'op')
    """

    def __init__(self, nin: int, nouts: Iterable[int]) -> None:
        if not isinstance(nouts, Iterable):
            raise TypeError(f"MLP needs a list of layer sizes, such as [16, 1], got {type(nouts).__name__} {nouts!r}")
        self.nin = _size(nin, "the inputs of an MLP")
        # all sizes are checked before the first weight is drawn
        sizes = [self.nin, *(_size(nout, f"the neurons of layer {i}") for i, nout in enumerate(nouts))]
        if len(sizes) == 1:
            raise ValueError("MLP needs at least one layer: its last size is the number of outputs")
        self.layers: list[Layer] = []
        for i in range(len(sizes) - 1):
            with scope(f"layer{i}"):
                self.layers.append(Layer(sizes[i], sizes[i + 1], nonlin=i < len(sizes) - 2))

    def __call__(self, x: Any) -> Any:
        """The outputs for one sample of `nin` numbers or Values: a list, or a Value where there is one output."""
        out: Any = _inputs(x, self.nin, "layer 0")
        for layer, place in zip(self.layers, scopes_inside(current().scope, "layer", len(self.layers)), strict=True):
            if type(layer) is Layer and type(out) is list and len(out) == layer.nin:
                out = layer._activations(out, place)
            else:
                with scope_at(place):
                    out = layer(out)
        return out[0] if type(out) is list and len(out) == 1 else out

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(str, self.layers))}]"


# ---------------------------------------------------------------- what users hand in


def _size(n: Any, what: str) -> int:
    if isinstance(n, bool) or not hasattr(n, "__index__"):
        raise TypeError(f"{what} are counted by an int, got {type(n).__name__} {n!r}")
    if index(n) < 1:
        raise ValueError(f"{what} are at least 1, got {n}")
    return index(n)


def _inputs(x: Any, expected: int, who: str) -> list[Value]:
    """One sample as Values.  A number becomes an input node here, once, so that all neurons share it."""
    shape = getattr(x, "shape", ())
    if len(shape) > 1:
        raise ValueError(f"{who} takes one sample of {expected} inputs, got an array of shape {shape}: pass row by row")
    single = isinstance(x, Value | Real) or (hasattr(x, "shape") and not shape)
    if not single and not isinstance(x, Iterable):
        raise TypeError(f"{who} takes a list or array of {expected} inputs, got {type(x).__name__} {x!r}")
    xs = [x] if single else list(x)
    if len(xs) != expected:
        raise ValueError(f"{who} expects {expected} inputs, got {len(xs)}")
    return [xi if isinstance(xi, Value) else Value(xi, f"x{i}") for i, xi in enumerate(xs)]
