"""Layers to be put together: linear ones, convolutions, maxout, activations, and what chains them.

Linear layers and convolutions start as PyTorch's do: weights and biases uniform within ±1/√n, where n is the number of
inputs that an output has.  `seed` is an int, a `random.Random` or a NumPy `Generator`, by default Python's `random`.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

from .. import functions
from ..context import SCOPES, current, scope, scope_at, scope_inside, scope_place, scopes_inside
from ..engine import Value, parameter, weighted_sum
from ..failures import number
from .module import Module, bare, inputs, listed, samples, size
from .modules import activate, activation_row
from .weights import Source

__all__ = ["Activation", "Conv", "Linear", "Maxout", "Residual", "Sequential"]


class Linear(Module):
    """b + w0*x0 + w1*x1 + ... for each of `nout` outputs; without the b if `bias` is False.

    `w` has a row for each output, as PyTorch's weight has.

    >>> layer = Linear(3, 2)
    >>> len(layer.w), len(layer.w[0]), len(layer.parameters())
    (2, 3, 8)
    """

    def __init__(self, nin: int, nout: int, bias: bool = True, *, seed: Any = None) -> None:
        self.nin, self.nout = size(nin, "the inputs of Linear"), size(nout, "the outputs of Linear")
        bound, source = 1 / sqrt(self.nin), Source(seed)
        drawn = iter(source.uniforms(-bound, bound, self.nin * self.nout))
        self.w, self.b = [], []
        for j in range(self.nout):
            with scope(f"neuron{j}"):
                self.w.append([parameter(next(drawn), f"w{i}") for i in range(self.nin)])
        for j, start in enumerate(source.uniforms(-bound, bound, self.nout if bias else 0)):
            with scope(f"neuron{j}"):
                self.b.append(parameter(start, "b"))

    def __call__(self, x: Any) -> Any:
        """The list of `nout` sums, or the one; ValueError for another number of inputs than `nin`."""
        xs, places = inputs(x, self.nin, self), scopes_inside(current().scope, "neuron", self.nout)
        return bare([_affine(self.b[j : j + 1], w, xs, place) for j, (w, place) in enumerate(zip(self.w, places))])

    def __repr__(self) -> str:
        return f"Linear({self.nin}, {self.nout}{'' if self.b else ', bias=False'})"


def _affine(b: list[Value], w: list[Value], xs: list[Value], place: int) -> Value:
    """The weighted sum from the bias on; `b` is empty where there is none."""
    if b:
        return weighted_sum(b[0], w, xs, None, place)
    first = w[0] * xs[0]
    first._scope = place
    return weighted_sum(first, w[1:], xs[1:], None, place)


class Conv(Module):
    """The same `kernel` weights at every place of a signal: PyTorch's Conv1d, a correlation, w not turned round.

    A signal has `nin` channels and the output `nout`; both are one list, channel after channel (rows are accepted),
    so that other layers can follow.  Of a signal of length n there are ⌊(n + 2 padding - kernel)/stride⌋ + 1 outputs
    in a channel; beyond its ends are zeros.  `w` is indexed by output channel, input channel and place.

    >>> edge = Conv(1, 1, 2, bias=False)
    >>> edge.w[0][0][0].data, edge.w[0][0][1].data = -1.0, 1.0
    >>> [v.data for v in edge([0.0, 0.0, 5.0, 5.0])]
    [0.0, 5.0, 0.0]
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        kernel: int,
        stride: int = 1,
        padding: int = 0,
        bias: bool = True,
        *,
        seed: Any = None,
    ) -> None:
        self.channels = size(nin, "the input channels of Conv"), size(nout, "the output channels of Conv")
        self.kernel, self.stride = size(kernel, "the places of a kernel"), size(stride, "the steps of a stride")
        self.padding = size(padding, "the zeros of padding", least=0)
        if self.padding >= self.kernel:
            raise ValueError(
                f"Conv: with a padding of {self.padding} some outputs see nothing but zeros: a kernel of "
                f"{self.kernel} takes at most {self.kernel - 1}"
            )
        bound, source = 1 / sqrt(nin * self.kernel), Source(seed)
        drawn = iter(source.uniforms(-bound, bound, nin * nout * self.kernel))
        self.w, self.b = [], []
        for o in range(nout):
            with scope(f"channel{o}"):
                names = [[f"w{i}" if nin == 1 else f"w{c},{i}" for i in range(self.kernel)] for c in range(nin)]
                self.w.append([[parameter(next(drawn), name) for name in row] for row in names])
        for o, start in enumerate(source.uniforms(-bound, bound, nout if bias else 0)):
            with scope(f"channel{o}"):
                self.b.append(parameter(start, "b"))

    def __call__(self, x: Any) -> Any:
        """The channels of the output, one after the other; ValueError if the kernel does not fit into the signal."""
        (nin, nout), xs = self.channels, inputs(self._flat(x), None, self)
        length, rest = divmod(len(xs), nin)
        if rest:
            raise ValueError(f"{self} expects {nin} channels of one length, and {len(xs)} inputs do not divide so")
        span = length + 2 * self.padding - self.kernel
        if span < 0:
            raise ValueError(
                f"{self}: a kernel of {self.kernel} does not fit into a signal of {length} with a padding of "
                f"{self.padding}"
            )
        out = []
        for o, outer in enumerate(scopes_inside(current().scope, "channel", nout)):
            for t, place in enumerate(scopes_inside(outer, "neuron", span // self.stride + 1)):
                start = t * self.stride - self.padding
                inside = [i for i in range(self.kernel) if 0 <= start + i < length]
                seen = [xs[c * length + start + i] for c in range(nin) for i in inside]
                w = [self.w[o][c][i] for c in range(nin) for i in inside]
                out.append(_affine(self.b[o : o + 1], w, seen, place))
        return bare(out)

    def _flat(self, x: Any) -> Any:
        """Rows, one for each channel, as one list."""
        rows = getattr(x, "ndim", 1) == 2 or (
            isinstance(x, list | tuple) and any(isinstance(r, list | tuple) for r in x)
        )
        if not rows:
            return x
        lengths = [len(row) if hasattr(row, "__len__") else 1 for row in x]
        if len(lengths) != self.channels[0] or len(set(lengths)) > 1:
            raise ValueError(f"{self} expects {self.channels[0]} channels of one length, got rows of {lengths}")
        return [v for row in x for v in row]

    def __repr__(self) -> str:
        given = [*self.channels, self.kernel, f"stride={self.stride}", f"padding={self.padding}"]
        return f"Conv({', '.join(map(str, given))}{'' if self.b else ', bias=False'})"


class Maxout(Module):
    """The largest of `pieces` linear functions, for each of `nout` outputs (Goodfellow et al. 2013, arXiv:1302.4389).

    Where two are largest, each gets half of the gradient.

    >>> Maxout(3, 2).pieces
    [Linear(3, 2), Linear(3, 2)]
    """

    def __init__(self, nin: int, nout: int, pieces: int = 2, *, seed: Any = None) -> None:
        self.nin, self.nout = size(nin, "the inputs of Maxout"), size(nout, "the outputs of Maxout")
        self.pieces, source = [], Source(seed)
        for k in range(size(pieces, "the pieces of Maxout")):
            with scope(f"piece{k}"):
                self.pieces.append(Linear(nin, nout, seed=source))

    def __call__(self, x: Any) -> Any:
        xs, outer, pieces = inputs(x, self.nin, self), current().scope, []
        for piece, place in zip(self.pieces, scopes_inside(outer, "piece", len(self.pieces))):
            with scope_at(place):
                pieces.append(listed(piece(xs)))
        out = []
        for values, place in zip(zip(*pieces), scopes_inside(outer, "neuron", self.nout)):
            with scope_at(place):
                out.append(functions.maxout(values))
        return bare(out)

    def __repr__(self) -> str:
        return f"Maxout({self.nin}, {self.nout}, pieces={len(self.pieces)})"


class Activation(Module):
    """An operation of one operand on each input by itself, such as Activation("tanh").

    `constant` is that of an operation that has one: Activation("leaky_relu", 0.2).

    >>> [v.data for v in Activation("relu")([-1.0, 2.0])]
    [0.0, 2.0]
    """

    elementwise = True

    def __init__(self, name: str, constant: float | None = None) -> None:
        row = activation_row(name)
        if constant is not None:
            if row.constant is None:
                raise ValueError(f"{name} has no constant, got {constant}")
            constant = number(constant, where=f"the constant of {name} is a real number")
        self.name, self.constant = row.name, constant

    def __call__(self, x: Any) -> Any:
        xs, row = inputs(x, None, self), activation_row(self.name)
        places = scopes_inside(current().scope, "neuron", len(xs))
        return bare([activate(row, v, place, self.constant) for v, place in zip(xs, places)])

    def __repr__(self) -> str:
        return f"Activation({self.name!r}{'' if self.constant is None else f', {self.constant}'})"


# ---------------------------------------------------------------- chains


class Sequential(Module):
    """Modules one after the other; a str stands for the activation of that name.

    What the module at place i computes is recorded in the scope of its kind, "linear0", "tanh1", and its parameters
    move there.  ValueError if one is known to give another number of outputs than the next takes.

    >>> model = Sequential(Linear(2, 3), "tanh", Linear(3, 1))
    >>> model
    Sequential(Linear(2, 3), 'tanh', Linear(3, 1))
    >>> [name for name, _ in model.named_parameters()][:3]
    ['layers.0.w.0.0', 'layers.0.w.0.1', 'layers.0.w.1.0']
    """

    def __init__(self, *layers: Module | str) -> None:
        self.layers = [Activation(layer) if isinstance(layer, str) else layer for layer in layers]
        if not self.layers:
            raise ValueError(f"{type(self).__name__} needs at least one module")
        for i, layer in enumerate(self.layers):
            if not isinstance(layer, Module):
                got = type(layer).__name__
                raise TypeError(f"{type(self).__name__}: layer {i} is a Module or the name of an activation, got {got}")
        self._check_widths()
        self._move_parameters()

    def _move_parameters(self) -> None:
        """From the scopes they were made in, to those where they are used first."""
        outer, moved = SCOPES[current().scope], set()
        for i, layer in enumerate(self.layers):
            for p in layer.parameters():
                if p not in moved:
                    inner = p.scope.removeprefix(outer).lstrip("/")
                    p._scope = scope_place("/".join(filter(None, (outer, self._scope_name(i), inner))))
                    moved.add(p)

    @property
    def nin(self) -> int | None:
        """How many inputs it takes, where its modules say so."""
        for layer in self.layers:
            if not layer.elementwise:
                return getattr(layer, "nin", None)
        return None

    @property
    def nout(self) -> int | None:
        for layer in reversed(self.layers):
            if not layer.elementwise:
                return getattr(layer, "nout", None)
        return None

    def _check_widths(self) -> None:
        giver, width = 0, None
        for i, layer in enumerate(self.layers):
            nin = getattr(layer, "nin", None)
            if None not in (width, nin) and nin != width:
                raise ValueError(
                    f"{type(self).__name__}: layer {i}, {layer}, expects {nin} inputs, and layer {giver}, "
                    f"{self.layers[giver]}, gives {width}"
                )
            if not layer.elementwise:
                giver, width = i, getattr(layer, "nout", None)

    def __call__(self, x: Any) -> Any:
        out: Any = x if self.nin is None else inputs(x, self.nin, self)
        for layer, place in self._placed():
            with scope_at(place):
                out = layer(out)
        return out

    def batch(self, X: Any) -> list[Any]:
        """The outputs for each of several samples, module by module."""
        out = [x if self.nin is None else inputs(x, self.nin, self) for x in samples(X, self)]
        for layer, place in self._placed():
            with scope_at(place):
                out = layer.batch(out)
        return out

    def _placed(self) -> list[tuple[Module, int]]:
        outer = current().scope
        return [(layer, scope_inside(outer, self._scope_name(i))) for i, layer in enumerate(self.layers)]

    def _scope_name(self, i: int) -> str:
        layer = self.layers[i]
        return f"{layer.name if isinstance(layer, Activation) else type(layer).__name__.lower()}{i}"

    def __len__(self) -> int:
        return len(self.layers)

    def __getitem__(self, i: int) -> Module:
        return self.layers[i]

    def __repr__(self) -> str:
        names = [repr(a.name) if isinstance(a, Activation) and a.constant is None else repr(a) for a in self.layers]
        return f"{type(self).__name__}({', '.join(names)})"


class Residual(Sequential):
    """x + f(x), where f is the modules one after the other: a skip connection (He et al. 2015, arXiv:1512.03385).

    ValueError if f gives another number of outputs than it has inputs.

    >>> block = Residual(Linear(2, 2), "relu")
    >>> len(block([1.0, 2.0]))
    2
    """

    def __init__(self, *layers: Module | str) -> None:
        super().__init__(*layers)
        if None not in (self.nin, self.nout) and self.nin != self.nout:
            raise ValueError(f"{self} would add {self.nout} outputs to {self.nin} inputs: as many are needed")

    def __call__(self, x: Any) -> Any:
        xs = inputs(x, self.nin, self)
        return self._sum(xs, super().__call__(xs))

    def batch(self, X: Any) -> list[Any]:
        """The outputs for each of several samples, module by module."""
        rows = [inputs(x, self.nin, self) for x in samples(X, self)]
        return [self._sum(xs, out) for xs, out in zip(rows, super().batch(rows))]

    def _sum(self, xs: list[Value], out: Any) -> Any:
        added = listed(out)
        if len(added) != len(xs):
            raise ValueError(f"{self} would add {len(added)} outputs to {len(xs)} inputs: as many are needed")
        sums = []
        for x, fx, place in zip(xs, added, scopes_inside(current().scope, "neuron", len(xs))):
            sums.append(x + fx)
            sums[-1]._scope = place
        return bare(sums)
