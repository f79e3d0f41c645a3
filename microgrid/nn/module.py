"""What every part of a network has: parameters and their names, parts, a mode, a state to save, a summary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from numbers import Real
from os import PathLike
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, Self

from .. import arguments
from ..arguments import Numbers
from ..base.context import at_once
from ..engine import Value
from ..naming.labels import given
from . import checkpoints
from .scored import Scored

if TYPE_CHECKING:
    from .losses import Loss
    from .tables.backprop import Backprop
    from .tables.summary import Summary

__all__ = ["Model", "Module", "bare", "inputs", "listed", "outputs", "parts", "samples", "walk"]


class Model(Protocol):
    """What can be trained and watched: a Module, or any callable with `parameters()`."""

    def parameters(self) -> Sequence[Value]: ...

    def __call__(self, x: Any, /) -> Any: ...


class Module(Scored):
    """Something with parameters.  Subclasses assign parameters and other modules to attributes.

    >>> from microgrid import parameter
    >>> class Line(Module):
    ...     def __init__(self): self.w, self.b = parameter(2.0, "w"), parameter(1.0, "b")
    ...     def __call__(self, x): return self.w * x + self.b
    >>> [p.label for p in Line().parameters()]
    ['w', 'b']
    """

    training = True
    """Whether Dropout drops and BatchNorm uses the batch; `train` and `eval` change it."""

    saved: Mapping[str, float] = MappingProxyType({})
    """Lists of floats that belong to the state though no gradient trains them: attribute and least number."""

    elementwise = False
    """Whether it gives as many outputs as it is given inputs, however many."""

    def __call__(self, x: Any) -> Any:
        """The outputs for a sample, a list of numbers or Values: a list, or the Value if there is one."""
        raise NotImplementedError(
            f"{type(self).__name__} has no __call__: a module computes its outputs there"
        )

    def batch(self, X: Iterable[Any]) -> list[Any]:
        """The outputs for each of several samples.

        One after the other, unless the module looks at all of them together, as BatchNorm does: a module of
        your own that contains one computes its `batch` by the `batch` of its parts.  ValueError if there are
        no samples.
        """
        return [self(x) for x in samples(X, self)]

    # ---------------------------------------------------------------- parameters and parts

    def parameters(self) -> list[Value]:
        """Every `microgrid.parameter` in the attributes, in the order they were assigned, shared ones once.

        Lists, tuples and dicts are looked into; a module among them is asked for its own `parameters()`, so a
        subclass may override this method to say what is trained.
        """
        gathered: dict[Value, None] = {}
        _gather(vars(self).values(), gathered)
        return list(gathered)

    def named_parameters(self) -> list[tuple[str, Value]]:
        """The same with their places in the attributes, "layers.0.neurons.3.w.1"; of a shared one the first.

        >>> from microgrid.nn import MLP
        >>> [name for name, _ in MLP(1, [1]).named_parameters()]
        ['layers.0.neurons.0.w.0', 'layers.0.neurons.0.b']
        """
        names = {part: name for name, part in walk(self) if isinstance(part, Value)}
        return [(names.get(p, f"parameters.{i}"), p) for i, p in enumerate(self.parameters())]

    def modules(self) -> list[Module]:
        """This module and every one inside it, shared ones once."""
        return [part for _, part in self.named_modules()]

    def named_modules(self) -> list[tuple[str, Module]]:
        """The same with their places in the attributes; this one's is ""."""
        found: list[tuple[str, Any]] = []
        _inside("", self, set(), False, found)
        return found

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0, as before each `backward` of a training step."""
        at_once(arguments.changes(self.parameters(), repeat(-0.0), "grad"))

    def train(self, mode: bool = True) -> Self:
        """Put this module and all inside into training, or evaluation (`mode` False); it returns itself."""
        if not isinstance(mode, bool):
            raise TypeError(f"train(mode) takes True or False, got {type(mode).__name__} {mode!r}")
        for part in self.modules():
            part.training = mode
        return self

    def eval(self) -> Self:
        """``train(False)``, for predictions: nothing is dropped, running statistics are used."""
        return self.train(False)

    # ---------------------------------------------------------------- state

    def state_dict(self) -> dict[str, float]:
        """The data of the parameters by name, a shared one once, and all else learned, as running means."""
        return checkpoints.state(self)

    def load_state_dict(self, state: dict[str, float]) -> None:
        """Take the numbers of `state_dict`.

        All or nothing: CheckpointError, and nothing changes, unless it has exactly this model's names, each
        with a finite number.
        """
        checkpoints.restore(self, state)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the state as JSON, exactly; a file that stands there is replaced only by a complete one."""
        checkpoints.save(self, path)

    def load(self, path: str | PathLike[str]) -> Self:
        """Take the state from a file that `save` wrote; the module itself comes back.

        CheckpointError, and nothing changes, if the file is damaged, is something else or belongs to another
        model.
        """
        checkpoints.load(self, path)
        return self

    def summary(self, example: Numbers | None = None) -> Summary:
        """Parameters, nodes and bytes that an example costs, as a table by parts: ``print(model.summary())``.

        A batch of `example`, by default of ones, is recorded; the model stays as it is.  ValueError if the
        model does not say how many inputs it takes and no example is given.
        """
        from .tables.summary import summarize  # which names scopes, as a first import need not

        return summarize(self, example)

    def backprop(self, x: Numbers, y: Numbers, loss: str | Loss = "mse") -> Backprop:
        """Backpropagation of one sample as lectures write it: for each layer a, h, h′, d = ∂R/∂a and ∂R/∂W.

        Above each column stands its formula; u are numbers that come into a layer by way of something else,
        such as dropout.  `loss` is a function of (predictions, targets), or its name in `nn.losses`; the
        model stays as it is.  The result has `text()`, `latex()`, `dataframe()`, and the numbers as `layers`.
        GraphError if a parameter is used several times in the sample: there is a d for each use.

        >>> from microgrid import nn
        >>> table = nn.MLP(2, [2, 1]).backprop([1.0, 2.0], 0.5)
        >>> [(layer.name, len(layer.d)) for layer in table.layers]
        [('layer 1', 2), ('layer 2', 1)]
        """
        from .tables.backprop import backpropagate

        return backpropagate(self, x, y, loss)


def _gather(parts: Iterable[Any], gathered: dict[Value, None]) -> None:
    """Add the parameters among the parts and inside them."""
    for part in parts:
        if isinstance(part, Value):
            if part.role == "parameter":
                gathered[part] = None
        elif isinstance(part, Module):
            if type(part).parameters is Module.parameters:
                _gather(vars(part).values(), gathered)
            else:
                gathered.update(dict.fromkeys(part.parameters()))
        elif isinstance(part, dict):
            _gather(part.values(), gathered)
        elif isinstance(part, list | tuple):
            _gather(part, gathered)


def walk(module: Module) -> list[tuple[str, Module | Value]]:
    """Every module and Value in the attributes and inside them, by its place, each once, outer ones first."""
    found: list[tuple[str, Module | Value]] = []
    _inside("", module, set(), True, found)
    return found


_HOLDERS = Module, dict, list, tuple
"""What may hold modules and Values."""


def _inside(
    name: str, part: Any, seen: set[Any], values: bool, found: list[tuple[str, Module | Value]]
) -> None:
    """Add the modules, and `values` too if they are wanted; iterators in iterators would take longer."""
    if isinstance(part, Module):
        if part in seen:
            return
        seen.add(part)
        found.append((name, part))
        inner: Iterable[tuple[Any, Any]] = vars(part).items()
    else:
        inner = part.items() if isinstance(part, dict) else enumerate(part)
    dotted = f"{name}." if name else ""
    for key, other in inner:
        if isinstance(other, Value):  # as most are
            if values and other not in seen:
                seen.add(other)
                found.append((f"{dotted}{key}", other))
        elif isinstance(other, _HOLDERS):
            _inside(f"{dotted}{key}", other, seen, values, found)


# ---------------------------------------------------------------- a Module, or any other model


def parts(model: Model) -> list[Any]:
    """The modules of a model; the model itself if it is none."""
    return list(model.modules()) if hasattr(model, "modules") else [model]


def outputs(model: Model, samples: list[Any]) -> list[Any]:
    """The outputs for each sample; those of a batch where the model has a `batch`."""
    return list(model.batch(samples)) if hasattr(model, "batch") else list(map(model, samples))


# ---------------------------------------------------------------- what users hand in


def inputs(x: Numbers, expected: int | None, who: object) -> list[Value]:
    """One sample as Values.  A number becomes an input node here, once, so that all neurons share it.

    `expected` None stands for any number of them; `who` is the layer, or what messages call it.
    """
    shape = getattr(x, "shape", ())
    if len(shape) > 1:
        raise ValueError(
            f"{who} takes one sample of {count(expected)}, got an array of shape {shape}: pass row by row"
        )
    if isinstance(x, Value | Real) or (hasattr(x, "shape") and not shape):
        xs: list[Any] = [x]
    elif isinstance(x, Iterable):
        xs = list(x)
    else:
        raise TypeError(f"{who} takes a list or array of {count(expected)}, got {type(x).__name__} {x!r}")
    if len(xs) != expected and (expected is not None or not xs):
        raise ValueError(f"{who} expects {count(expected)}, got {len(xs)}")
    try:
        return [xi if isinstance(xi, Value) else given(Value(xi, f"x{i}")) for i, xi in enumerate(xs)]
    except TypeError:
        if not any(isinstance(xi, list | tuple) for xi in xs):
            raise
        raise TypeError(
            f"{who} takes one sample of {count(expected)}, got {xs!r:.60}, lists in a list: pass row by row"
        ) from None


def count(expected: int | None) -> str:
    return "one or more inputs" if expected is None else f"{expected} inputs"


def samples(X: Iterable[Numbers], who: object) -> list[Numbers]:
    """A batch as a list of samples."""
    if isinstance(X, Value | Real | str | bytes) or not isinstance(X, Iterable):
        raise TypeError(f"{who} takes a batch, a list of samples, got {type(X).__name__} {X!r}")
    rows = list(X)
    if not rows:
        raise ValueError(f"{who}: an empty batch has no samples")
    return rows


def bare(out: list[Value]) -> Any:
    """The outputs as a module gives them: the Value itself where there is one."""
    return out[0] if len(out) == 1 else out


def listed(out: Value | Iterable[Value]) -> list[Value]:
    """The outputs of a module as a list, one or several."""
    return [out] if isinstance(out, Value) else list(out)
