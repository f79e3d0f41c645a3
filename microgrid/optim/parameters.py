"""What an optimiser moves: Values, which hold their gradients, or an array, whose gradient is handed over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from .. import arguments
from ..arguments import ArrayLike, Floats
from ..base.context import at_once
from ..base.messages import describe, short
from ..engine import Value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Arrays", "Nodes", "Parameters", "standing", "target"]


class Holder(Protocol):
    """What keeps parameters in an array."""

    @property
    def parameters(self) -> Floats: ...

    @property
    def labels(self) -> Sequence[str]: ...


class Replayable(Holder, Protocol):
    """A Program: all that an optimiser knows of it."""

    def value_and_grad(self, X: Any = None, reduce: str | None = "mean") -> tuple[Any, Any]: ...


Parameters: TypeAlias = "Iterable[Value] | Floats | Replayable"
"""What an optimiser moves: Values, the array of a program's parameters, or the program."""


class Alone(NamedTuple):
    """An array that no program holds, and the names of its numbers, if they have some."""

    parameters: Floats
    labels: Sequence[str] = ()


def target(parameters: Parameters) -> Nodes | Arrays:
    """What an optimiser was given to move; TypeError, ValueError or GraphError says why it cannot."""
    handed: Any = parameters  # programs and arrays are known by what they have
    if hasattr(handed, "value_and_grad"):
        moved: Nodes | Arrays = Arrays(handed, handed)
    elif hasattr(handed, "dtype") and handed.dtype.kind != "O":
        _check_array(handed)
        moved = Arrays(handed, Alone(handed))
    else:
        moved = Nodes(arguments.leaves(parameters, "parameters", ValueError))
    if not len(moved):
        raise ValueError("there is nothing to optimize: the parameters are empty")
    return moved


def standing(moved: Nodes | Arrays, array: Floats, reached: NDArray[np.bool_] | None) -> Arrays:
    """The array that stands for Values for a while, under their names."""
    if not isinstance(moved, Nodes):
        raise TypeError(
            "an array stands for Values, and this optimizer moves one already: call its step(gradient)"
        )
    _check_array(array)
    if len(array) != len(moved):
        raise ValueError(f"the array has {len(array)} numbers, and the optimizer moves {len(moved)} Values")
    return Arrays(moved.given, Alone(array, [v.label for v in moved.given]), reached)


def _check_array(array: Floats) -> None:
    if not hasattr(array, "dtype"):
        raise TypeError(f"an array of parameters is one of float64 numbers, got {type(array).__name__}")
    if array.ndim != 1 or array.dtype.str[1:] != "f8" or not array.flags.writeable:
        kind = "a writeable" if array.flags.writeable else "a read-only"
        raise TypeError(
            "an array of parameters is changed in place: it has to be float64, writeable and of shape "
            f"(n,), got {kind} array of {array.dtype} and shape {array.shape}"
        )


class Nodes:
    """Values: data and gradients are gathered into lists, and the new data given back to them."""

    def __init__(self, values: list[Value]) -> None:
        self.given = values

    def __len__(self) -> int:
        return len(self.given)

    def whole(self) -> None:
        """No array, as `Arrays.whole` has one."""

    def read(self, gradient: ArrayLike | None) -> tuple[list[float], list[float], list[bool] | None]:
        """The data, the gradients, and which parameters have one (None: all of them)."""
        if gradient is not None:
            raise TypeError(
                "the parameters are Values, whose gradients step() reads itself: call it without an "
                "argument, or make the optimizer of the program that computed this gradient"
            )
        x, g = [v.data for v in self.given], [v.grad for v in self.given]
        reached = [True] if all(g) else [v.has_grad for v in self.given]
        return x, g, None if all(reached) else reached

    def changes(self, x: Any) -> Iterable[object]:
        """What writes the new data, for `at_once`."""
        return arguments.changes(self.given, x.tolist() if hasattr(x, "tolist") else x)

    def forget(self) -> None:
        at_once(arguments.changes(self.given, repeat(-0.0), "grad"))

    def name(self, i: int) -> str:
        return f"parameters[{i}], {describe(self.given[i])},"


class Arrays:
    """A program's parameters, or an array by itself: changed in place."""

    def __init__(self, given: Parameters, holder: Holder, reached: NDArray[np.bool_] | None = None) -> None:
        self.given, self._holder, self._reached = given, holder, reached

    def __len__(self) -> int:
        return len(self._holder.parameters)

    def whole(self) -> Floats | None:
        """The parameters, if all of them have a gradient."""
        reached = self._reached
        return None if reached is not None and b"\0" in reached.tobytes() else self._holder.parameters

    def read(self, gradient: ArrayLike | None) -> tuple[Floats, Floats, NDArray[np.bool_] | None]:
        """The parameters, their gradients, and which have one (None: all of them)."""
        expected = f"step needs a gradient of shape ({len(self)},), which program.value_and_grad(X) returns"
        if gradient is None:
            raise TypeError(f"{expected}: pass it, step(gradient)")
        g = arguments.numbers(gradient, expected)
        if g.shape != (len(self),):
            hint = ': reduce="mean" or "sum" gives that of the batch' if g.ndim == 2 else ""
            raise ValueError(f"{expected}, got shape {g.shape}{hint}")
        reached = self._reached
        return self._holder.parameters, g, None if reached is None or reached.all() else reached

    def changes(self, x: Any) -> Iterable[object]:
        """What writes the new numbers, for `at_once`."""
        return map(self._holder.parameters.__setitem__, (slice(None),), (x,))

    def forget(self) -> None:
        """Nothing: every call of value_and_grad makes a new gradient."""

    def name(self, i: int) -> str:
        label = self._holder.labels[i] if self._holder.labels else ""
        named = f", {short(label)}" if label else ""
        return f"parameters[{i}]{named} ({float(self._holder.parameters[i])!r})"
