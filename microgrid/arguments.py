"""What users hand to `compile` and to programs, looked through, and what sets many Values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any, TypeAlias

from .base import context
from .base.messages import IEEE, describe
from .engine import Value
from .errors import GraphError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "ArrayLike",
    "Floats",
    "Numbers",
    "batch",
    "called",
    "changes",
    "leaves",
    "nested",
    "numbers",
    "row",
    "shared",
    "values",
    "written",
]

# Written as text, as NumPy is imported only where it is used.
Floats: TypeAlias = "NDArray[np.float64]"
ArrayLike: TypeAlias = "np.typing.ArrayLike"
"""Numbers in any form that NumPy makes an array of: lists, arrays, tables."""
Numbers: TypeAlias = "Value | float | Iterable[Numbers]"
"""Values or numbers, or lists and arrays of them, however nested."""


def called(function: Callable[..., object], what: str, *given: str) -> None:
    """TypeError unless the function can be called with as many arguments as are named."""
    from inspect import signature

    try:
        parameters = signature(function)
    except (TypeError, ValueError):  # of one written in C: its own error will tell
        return
    try:
        parameters.bind(*given)
    except TypeError as error:
        name = getattr(function, "__name__", repr(function))
        raise TypeError(
            f"{what} is called with ({', '.join(given)}), and {name} cannot be, {error}: "
            "functools.partial or a lambda can fill in the rest"
        ) from None


def values(listed: Any, what: str) -> list[Value]:
    """A sequence of Values as a list."""
    if isinstance(listed, Value):
        raise TypeError(
            f"{what} is a sequence of Values, got the Value {describe(listed)}: put it into a list"
        )
    if isinstance(listed, set | frozenset):
        raise TypeError(f"{what} need an order, and a set has none: pass a list")
    if isinstance(listed, str | bytes) or not hasattr(listed, "__iter__"):
        hint = ": pass its parameters()" if hasattr(listed, "parameters") else ""
        raise TypeError(f"{what} is a sequence of Values, got {type(listed).__name__}{hint}")
    nodes = list(listed)
    for k, v in enumerate(nodes):
        if not isinstance(v, Value):
            raise TypeError(f"{what}[{k}] has to be a Value, got {type(v).__name__}")
    return nodes


def leaves(listed: Any, what: str, twice: type[Exception] = GraphError) -> list[Value]:
    """A sequence of leaves as a list; none may be in it `twice`, which is that error."""
    nodes = values(listed, what)
    first: dict[Value, int] = {}
    for k, v in enumerate(nodes):
        if v.role == "op":
            raise GraphError(f"{what}[{k}] is {describe(v)}, the result of an operation: {what} are leaves")
        if first.setdefault(v, k) != k:
            raise twice(f"{what}[{k}] is {what}[{first[v]}] again, {describe(v)}: list it once")
    return nodes


def batch(X: Any, labels: Sequence[str]) -> Floats:
    """X as a float64 array (batch, inputs) of finite numbers, where the inputs have these labels."""
    import numpy as np

    columns = len(labels)
    if columns == 0:
        if X is not None:
            raise TypeError(
                "this program has no inputs: call it without X, or list inputs= where it is compiled"
            )
        return np.empty((1, 0))
    expected = f"X is an array of shape (batch, {columns}), one column for each input"
    if X is None:
        raise TypeError(f"{expected}: pass one")
    array = numbers(X, expected)
    if array.ndim == 1 and len(array) == columns:
        raise ValueError(f"{expected}, got shape {array.shape}: for a single sample pass X[None, :]")
    if array.ndim == 1 and columns == 1:
        raise ValueError(f"{expected}, got shape {array.shape}: pass X[:, None]")
    if array.ndim != 2:
        raise ValueError(f"{expected}, got {array.ndim} dimensions, shape {array.shape}")
    if array.shape[1] != columns:
        raise ValueError(f"{expected}, got {array.shape[1]} columns, shape {array.shape}")
    finite = np.isfinite(array)
    if not finite.all() and context.current().domain == "raise":
        i, j = np.argwhere(~finite)[0]
        label = f" (input {labels[j]!r})" if labels[j] else ""
        raise ValueError(
            IEEE.after(f"X[{i}, {j}]{label} is {array[i, j]}, and X has to be finite: leave such samples out")
        )
    return np.require(array, requirements=["C", "ALIGNED"])  # the kernel reads doubles where doubles lie


def numbers(X: Any, expected: str) -> Floats:
    """Real numbers in any form as a float64 array."""
    import numpy as np

    if X is None:
        raise TypeError(f"{expected}, got None")
    if isinstance(X, np.ma.MaskedArray) and X.mask.any():
        place = np.argwhere(X.mask)[0].tolist()
        raise ValueError(
            f"{expected}, got a masked array, whose number at {place} is hidden: leave such rows out, or put "
            "numbers there, X.filled(0.0)"
        )
    try:
        array = np.asarray(X)
    except ValueError as error:
        raise ValueError(f"{expected}, got rows of different lengths") from error
    if array.dtype.kind == "O" and any(isinstance(x, Value) for x in array.flat):
        raise TypeError(f"{expected}, got Values: pass their data, [v.data for v in row]")
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"{expected}, of real numbers, got dtype {array.dtype}: convert it with .astype(float)"
        )
    return array.astype(np.float64, copy=False)


def row(X: Any, what: str, n: int) -> Floats:
    """n real numbers in any form as a float64 array (n,)."""
    array = numbers(X, f"{what} is an array of shape ({n},)")
    if array.shape != (n,):
        raise ValueError(f"{what} is an array of shape ({n},), got shape {array.shape}")
    return array


def shared(array: Any, what: str, n: int) -> Floats:
    """The array itself, in whose memory doubles lie one after the other, for all who read and write them."""
    flags = getattr(array, "flags", None)
    if flags is None or array.dtype.str[1:] != "f8" or not (flags.carray and array.dtype.isnative):
        kind = type(array).__name__ if flags is None else f"an array of {array.dtype}"
        raise TypeError(
            f"{what} are shared as they lie in memory, in a float64 array without gaps that can be written, "
            f"got {kind}{'' if flags is None or flags.writeable else ', read-only'}"
        )
    return row(array, what, n)


def written(array: Any, shape: tuple[int, ...], read: Mapping[str, Any]) -> None:
    """TypeError or ValueError unless a gradient of that shape can be written into it while these are read."""
    import numpy as np

    expected = f"out is what the gradient is written into, a float64 array of shape {shape} without gaps"
    way = f"pass one that np.empty({shape}) made"
    if type(array) is not np.ndarray and (not isinstance(array, np.ndarray) or hasattr(array, "mask")):
        raise TypeError(f"{expected}, got {type(array).__name__}: {way}")
    if array.dtype.str[1:] != "f8" or not array.dtype.isnative:
        raise TypeError(f"{expected}, got an array of {array.dtype}: {way}")
    if array.shape != shape:
        raise ValueError(f"{expected}, got shape {array.shape}: {way}")
    if not array.flags.carray:
        kind = "one whose numbers do not lie one after the other"
        if not array.flags.writeable:
            kind = "one that is read-only"
        elif array.flags.c_contiguous:
            kind = "one at an odd address"
        raise ValueError(f"{expected} that can be written, got {kind}: {way}")
    for name, other in read.items():
        if np.shares_memory(array, np.asarray(other)):
            raise ValueError(f"out shares memory with {name}, which would be overwritten: {way}")


def nested(flat: list[Any], shape: tuple[int, ...]) -> Any:
    """A flat list as lists in lists of that shape; the one thing itself where the shape is ()."""
    if not shape:
        return flat[0]
    if len(shape) == 1:
        return flat
    size = len(flat) // shape[0] if shape[0] else 0
    return [nested(flat[k * size : (k + 1) * size], shape[1:]) for k in range(shape[0])]


def changes(values: list[Value], numbers: Iterable[float], what: str = "data") -> Iterator[None]:
    """What sets the `data` or the `grad` of many in one step, once `context.at_once` goes through it.

    A subclass with a property of its own of that name keeps it.  No gradient yet is -0.0 here.
    """
    inside = {kind: getattr(kind, what) is getattr(Value, what) for kind in set(map(type, values))}
    names = (
        repeat(f"_{what}")
        if all(inside.values())
        else [f"_{what}" if inside[type(v)] else what for v in values]
    )
    return map(setattr, values, names, numbers)
