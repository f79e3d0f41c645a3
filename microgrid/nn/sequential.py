"""Modules one after the other, and skip connections around them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..arguments import Numbers
from ..base.context import current, scope_at, scope_inside, scope_moved, scopes_inside
from ..engine import Value
from .layers import Activation
from .module import Module, bare, inputs, listed, samples

__all__ = ["Residual", "Sequential"]


class Sequential(Module):
    """Modules one after the other; a str stands for the activation of that name.

    What the module at place i computes is recorded in the scope of its kind, "linear0", "tanh1", and its
    parameters move there.  ValueError if one is known to give another number of outputs than the next takes.

    >>> from microgrid.nn import Linear
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
                raise TypeError(
                    f"{type(self).__name__}: module {i + 1} is a Module or an activation's name, got {got}"
                )
        self._check_widths()
        self._move_parameters()

    def _move_parameters(self) -> None:
        """From the scopes they were made in, to those where they are used first."""
        outer, moved = current().scope, set()
        for i, layer in enumerate(self.layers):
            for p in layer.parameters():
                if p not in moved:
                    p._scope = scope_moved(p._scope, outer, self._scope_name(i))
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
                    f"{type(self).__name__}: module {i + 1}, {layer}, expects {nin} inputs, and module "
                    f"{giver + 1}, {self.layers[giver]}, gives {width}"
                )
            if not layer.elementwise:
                giver, width = i, getattr(layer, "nout", None)

    def __call__(self, x: Numbers) -> Any:
        out: Any = x if self.nin is None else inputs(x, self.nin, self)
        for layer, place in self._placed():
            with scope_at(place):
                out = layer(out)
        return out

    def batch(self, X: Iterable[Numbers]) -> list[Any]:
        """The outputs for each of several samples, module by module."""
        out = [x if self.nin is None else inputs(x, self.nin, self) for x in samples(X, self)]
        for layer, place in self._placed():
            with scope_at(place):
                out = layer.batch(out)
        return out

    def _placed(self) -> list[tuple[Module, int]]:
        outer = current().scope
        return [
            (layer, scope_inside(outer, self._scope_name(i), given=True))
            for i, layer in enumerate(self.layers)
        ]

    def _scope_name(self, i: int) -> str:
        layer = self.layers[i]
        return f"{layer.name if isinstance(layer, Activation) else type(layer).__name__.lower()}{i}"

    def __len__(self) -> int:
        return len(self.layers)

    def __getitem__(self, i: int) -> Module:
        return self.layers[i]

    def __repr__(self) -> str:
        names = [
            repr(a.name) if isinstance(a, Activation) and a.constant is None else repr(a) for a in self.layers
        ]
        return f"{type(self).__name__}({', '.join(names)})"


class Residual(Sequential):
    """x + f(x), where f is the modules one after the other: a skip connection.

    After He et al. 2015, arXiv:1512.03385.  ValueError if f gives another number of outputs than it has
    inputs.

    >>> from microgrid.nn import Linear
    >>> block = Residual(Linear(2, 2), "relu")
    >>> len(block([1.0, 2.0]))
    2
    """

    def __init__(self, *layers: Module | str) -> None:
        super().__init__(*layers)
        if None not in (self.nin, self.nout) and self.nin != self.nout:
            raise ValueError(f"{self} would add {self.nout} outputs to {self.nin} inputs: as many are needed")

    def __call__(self, x: Numbers) -> Any:
        xs = inputs(x, self.nin, self)
        return self._sum(xs, super().__call__(xs))

    def batch(self, X: Iterable[Numbers]) -> list[Any]:
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
            sums[-1]._scope = place  # a unit each, as the neurons of a layer are
        return bare(sums)
