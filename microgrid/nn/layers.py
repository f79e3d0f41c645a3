"""Layers to be put together: linear ones, convolutions, maxout, activations.

Linear layers and convolutions start as PyTorch's do: weights and biases uniform within ±1/√n, where n is the
number of inputs that an output has.  `seed` is an int, a `random.Random` or a NumPy `Generator`, by default
Python's `random`.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

from .. import functions
from ..arguments import Numbers
from ..base.checks import whole
from ..base.context import current, given_scope, scope_at, scopes_inside
from ..base.messages import number
from ..engine import Value, parameter, weighted_sum, weighted_sums
from ..naming.labels import given
from .mlp import activate, activation_row
from .module import Module, bare, inputs, listed
from .weights import Seed, Source

__all__ = ["Activation", "Conv", "Linear", "Maxout"]


class Linear(Module):
    """b + w0*x0 + w1*x1 + ... for each of `nout` outputs; without the b if `bias` is False.

    `w` has a row for each output, as PyTorch's weight has.

    >>> layer = Linear(3, 2)
    >>> len(layer.w), len(layer.w[0]), len(layer.parameters())
    (2, 3, 8)
    """

    def __init__(self, nin: int, nout: int, bias: bool = True, *, seed: Seed = None) -> None:
        self.nin = whole(nin, "the number of inputs of Linear")
        self.nout = whole(nout, "the number of outputs of Linear")
        bound, source = 1 / sqrt(self.nin), Source(seed)
        drawn = iter(source.uniforms(-bound, bound, self.nin * self.nout))
        self.w, self.b = [], []
        for j in range(self.nout):
            with given_scope(f"neuron{j}"):
                self.w.append([given(parameter(next(drawn), f"w{i}")) for i in range(self.nin)])
        for j, start in enumerate(source.uniforms(-bound, bound, self.nout if bias else 0)):
            with given_scope(f"neuron{j}"):
                self.b.append(given(parameter(start, "b")))

    def __call__(self, x: Numbers) -> Any:
        """The list of `nout` sums, or the one; ValueError for another number of inputs than `nin`."""
        xs, places = inputs(x, self.nin, self), scopes_inside(current().scope, "neuron", self.nout)
        if self.b:
            return bare(weighted_sums(self.b, self.w, xs, None, places))
        return bare([_affine([], w, xs, place) for w, place in zip(self.w, places)])

    def __repr__(self) -> str:
        return f"Linear({self.nin}, {self.nout}{'' if self.b else ', bias=False'})"


def _affine(b: list[Value], w: list[Value], xs: list[Value], place: int) -> Value:
    """The weighted sum from the bias on; `b` is empty where there is none."""
    if b:
        total: Value = weighted_sum(b[0], w, xs, None, place)
    else:
        first = w[0] * xs[0]
        first._scope = place  # where weighted_sum puts the rest
        total = weighted_sum(first, w[1:], xs[1:], None, place)
    return total


class Conv(Module):
    """The same `kernel` weights at every place of a signal: PyTorch's Conv1d, a correlation, w not reversed.

    A signal has `nin` channels and the output `nout`; both are one list, channel after channel (rows are
    accepted), so that other layers can follow.  Of a signal of length n there are ⌊(n + 2 padding -
    kernel)/stride⌋ + 1 outputs in a channel; beyond its ends are zeros.  `w` is indexed by output channel,
    input channel and place.

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
        seed: Seed = None,
    ) -> None:
        nin, nout = self.channels = (
            whole(nin, "the number of input channels of Conv"),
            whole(nout, "the number of output channels of Conv"),
        )
        self.kernel = whole(kernel, "the size of a kernel")
        self.stride = whole(stride, "the stride")
        self.padding = whole(padding, "the padding", least=0)
        if self.padding >= self.kernel:
            raise ValueError(
                f"Conv: with a padding of {self.padding} some outputs see nothing but zeros: a kernel of "
                f"{self.kernel} takes at most {self.kernel - 1}"
            )
        bound, source = 1 / sqrt(nin * self.kernel), Source(seed)
        drawn = iter(source.uniforms(-bound, bound, nin * nout * self.kernel))
        self.w, self.b = [], []
        for o in range(nout):
            with given_scope(f"channel{o}"):
                names = [
                    [f"w{i}" if nin == 1 else f"w{c},{i}" for i in range(self.kernel)] for c in range(nin)
                ]
                self.w.append([[given(parameter(next(drawn), name)) for name in row] for row in names])
        for o, start in enumerate(source.uniforms(-bound, bound, nout if bias else 0)):
            with given_scope(f"channel{o}"):
                self.b.append(given(parameter(start, "b")))

    def __call__(self, x: Numbers) -> Any:
        """The channels of the output, one after the other; ValueError if the signal is too short."""
        (nin, nout), xs = self.channels, inputs(self._flat(x), None, self)
        length, rest = divmod(len(xs), nin)
        if rest:
            raise ValueError(
                f"{self} expects {nin} channels of one length, and {len(xs)} inputs do not divide so"
            )
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
        several = isinstance(x, list | tuple) or getattr(x, "ndim", 0) == 2
        if not several or not any(isinstance(row, list | tuple) or getattr(row, "ndim", 0) == 1 for row in x):
            return x
        lengths = [len(row) if hasattr(row, "__len__") else 1 for row in x]
        if len(lengths) != self.channels[0] or len(set(lengths)) > 1:
            raise ValueError(
                f"{self} expects {self.channels[0]} channels of one length, got rows of {lengths}"
            )
        return [v for row in x for v in row]

    def __repr__(self) -> str:
        shown = [*self.channels, self.kernel, f"stride={self.stride}", f"padding={self.padding}"]
        return f"Conv({', '.join(map(str, shown))}{'' if self.b else ', bias=False'})"


class Maxout(Module):
    """The largest of `pieces` linear functions, for each of `nout` outputs.

    After Goodfellow et al. 2013, arXiv:1302.4389.  Where two are largest, each gets half of the gradient.

    >>> Maxout(3, 2).pieces
    [Linear(3, 2), Linear(3, 2)]
    """

    def __init__(self, nin: int, nout: int, pieces: int = 2, *, seed: Seed = None) -> None:
        self.nin = whole(nin, "the number of inputs of Maxout")
        self.nout = whole(nout, "the number of outputs of Maxout")
        self.pieces, source = [], Source(seed)
        for k in range(whole(pieces, "the number of pieces of Maxout")):
            with given_scope(f"piece{k}"):
                self.pieces.append(Linear(nin, nout, seed=source))

    def __call__(self, x: Numbers) -> Any:
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

    `name` is that of a row of `microgrid.ops.TABLE`, custom operations among them; `constant` is that of an
    operation that has one: Activation("leaky_relu", 0.2).

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

    def __call__(self, x: Numbers) -> Any:
        xs, row = inputs(x, None, self), activation_row(self.name)
        places = scopes_inside(current().scope, "neuron", len(xs))
        return bare([activate(row, v, place, self.constant) for v, place in zip(xs, places)])

    def __repr__(self) -> str:
        return f"Activation({self.name!r}{'' if self.constant is None else f', {self.constant}'})"
