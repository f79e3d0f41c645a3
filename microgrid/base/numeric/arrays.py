"""NumPy, or where it cannot be imported, as in a browser, the little of it that pictures and exercises need.

`numpy()` is either.  The stand-in has arrays of one dimension, as lists: the same numbers come of the same
code, some fifty times slower.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from functools import cache
from itertools import accumulate
from typing import Any

from .ieee import WORDS, quotient

__all__ = ["RENAMED", "Array", "StandIn", "numpy"]


@cache
def numpy() -> Any:
    """NumPy, or its stand-in."""
    try:
        import numpy
    except ImportError:
        return StandIn
    return numpy


class Array:
    """Numbers in a row; operators go element by element, and an index may be an array of places or of bools.

    >>> x = Array([1.0, 4.0, 0.0])
    >>> (1 / x).tolist(), x[x > 0].tolist(), (-x)[Array([1, 1])].tolist()
    ([1.0, 0.25, inf], [1.0, 4.0], [-4.0, -4.0])
    """

    __slots__ = ("items",)

    def __init__(self, items: Iterable[Any]) -> None:
        self.items = list(items)

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, int):
            return self.items[index]
        if isinstance(index, slice):
            return Array(self.items[index])
        if len(index) and isinstance(next(iter(index)), bool):
            return Array([x for x, wanted in zip(self.items, index, strict=True) if wanted])
        return Array(map(self.items.__getitem__, index))

    def tolist(self) -> list[Any]:
        return list(self.items)

    def astype(self, kind: type) -> Array:
        return Array(map(kind, self.items))

    def min(self) -> Any:
        return min(self.items)

    def max(self) -> Any:
        return max(self.items)

    def any(self) -> bool:
        return any(self.items)

    def clip(self, low: float, high: float) -> Array:
        return Array([low if x < low else high if x > high else x for x in self.items])

    def _with(self, other: Any, f: Callable[[Any, Any], Any]) -> Array:
        if isinstance(other, Array):
            return Array(map(f, self.items, other.items))
        return Array([f(x, other) for x in self.items])

    # fmt: off
    def __add__(self, other: Any) -> Array: return self._with(other, operator.add)
    def __radd__(self, other: Any) -> Array: return self._with(other, operator.add)
    def __sub__(self, other: Any) -> Array: return self._with(other, operator.sub)
    def __rsub__(self, other: Any) -> Array: return self._with(other, lambda x, y: y - x)
    def __mul__(self, other: Any) -> Array: return self._with(other, operator.mul)
    def __rmul__(self, other: Any) -> Array: return self._with(other, operator.mul)
    def __truediv__(self, other: Any) -> Array: return self._with(other, _quotient)
    def __rtruediv__(self, other: Any) -> Array: return self._with(other, lambda x, y: _quotient(y, x))
    def __floordiv__(self, other: Any) -> Array: return self._with(other, operator.floordiv)
    def __mod__(self, other: Any) -> Array: return self._with(other, operator.mod)
    def __pow__(self, other: Any) -> Array: return self._with(other, _power)
    def __rpow__(self, other: Any) -> Array: return self._with(other, lambda x, y: _power(y, x))
    def __and__(self, other: Any) -> Array: return self._with(other, operator.and_)
    def __rand__(self, other: Any) -> Array: return self._with(other, operator.and_)
    def __or__(self, other: Any) -> Array: return self._with(other, operator.or_)
    def __ror__(self, other: Any) -> Array: return self._with(other, operator.or_)
    def __xor__(self, other: Any) -> Array: return self._with(other, operator.xor)
    def __lshift__(self, other: Any) -> Array: return self._with(other, operator.lshift)
    def __rshift__(self, other: Any) -> Array: return self._with(other, operator.rshift)
    def __lt__(self, other: Any) -> Array: return self._with(other, operator.lt)
    def __le__(self, other: Any) -> Array: return self._with(other, operator.le)
    def __gt__(self, other: Any) -> Array: return self._with(other, operator.gt)
    def __ge__(self, other: Any) -> Array: return self._with(other, operator.ge)
    def __eq__(self, other: Any) -> Array: return self._with(other, operator.eq)  # type: ignore[override]
    def __ne__(self, other: Any) -> Array: return self._with(other, operator.ne)  # type: ignore[override]
    def __neg__(self) -> Array: return Array(map(operator.neg, self.items))
    def __abs__(self) -> Array: return Array(map(abs, self.items))
    def __invert__(self) -> Array: return Array([not x if isinstance(x, bool) else ~x for x in self.items])
    # fmt: on


def _quotient(x: float, y: float) -> float:
    return x / y if y else float(quotient(x, y))


def _power(x: float, y: float) -> float:
    return float(WORDS["pow"](x, y))


def _each(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function of numbers as one of numbers and arrays."""

    def on_arrays(*xs: Any) -> Any:
        size = next((len(x) for x in xs if isinstance(x, Array)), None)
        if size is None:
            return f(*xs)
        return Array(map(f, *(x if isinstance(x, Array) else [x] * size for x in xs)))

    return on_arrays


def _float(name: str) -> Callable[..., Any]:
    word = WORDS[name]
    return _each(lambda *xs: float(word(*xs)))


class StandIn:
    """What stands in for the module: functions of its names, which do as much of what they do as is used."""

    inf, nan, pi = math.inf, math.nan, math.pi
    uint64 = int64 = staticmethod(int)

    array = staticmethod(lambda items, dtype=None: Array(map(dtype, items) if dtype else items))
    arange = staticmethod(lambda *ends, dtype=None: Array(range(*map(int, ends))))
    zeros = staticmethod(lambda size, dtype=float: Array([dtype(0)] * size))
    ones = staticmethod(lambda size, dtype=float: Array([dtype(1)] * size))
    errstate = staticmethod(lambda **how: nullcontext())
    abs = staticmethod(_each(abs))
    floor = staticmethod(_each(math.floor))
    rint = staticmethod(_each(round))
    where = staticmethod(_each(lambda condition, a, b: a if condition else b))

    @staticmethod
    def vectorize(f: Callable[..., Any], otypes: object = None) -> Callable[..., Any]:
        return _each(f)

    @staticmethod
    def broadcast_to(x: Any, size: int) -> Array:
        return x if isinstance(x, Array) else Array([x] * size)

    @staticmethod
    def concatenate(arrays: Sequence[Iterable[Any]]) -> Array:
        return Array([x for array in arrays for x in array])

    @staticmethod
    def repeat(items: Iterable[Any], counts: Any) -> Array:
        if isinstance(counts, int):
            return Array([x for x in items for _ in range(counts)])
        return Array([x for x, count in zip(items, counts, strict=True) for _ in range(count)])

    @staticmethod
    def cumsum(items: Iterable[Any]) -> Array:
        return Array(accumulate(items))

    @staticmethod
    def flatnonzero(items: Iterable[Any]) -> Array:
        return Array([k for k, x in enumerate(items) if x])

    @staticmethod
    def bincount(items: Iterable[int], minlength: int = 0) -> Array:
        counts = [0] * max(minlength, max(items, default=-1) + 1)
        for x in items:
            counts[x] += 1
        return Array(counts)

    @staticmethod
    def argsort(items: Sequence[Any], kind: str = "stable") -> Array:
        return Array(sorted(range(len(items)), key=items.__getitem__))

    @staticmethod
    def lexsort(keys: Sequence[Sequence[Any]]) -> Array:
        """The order by the last of the keys, and where that is the same by the one before."""
        rows = list(zip(*reversed(keys), strict=True))
        return Array(sorted(range(len(rows)), key=rows.__getitem__))

    @staticmethod
    def searchsorted(items: Sequence[Any], wanted: Iterable[Any], side: str = "left") -> Array:
        from bisect import bisect_left, bisect_right

        bisect = bisect_left if side == "left" else bisect_right
        return Array([bisect(items, x) for x in wanted])

    @staticmethod
    def any(arrays: Sequence[Any], axis: int = 0) -> Any:
        return _each(lambda *bools: any(bools))(*arrays)

    @staticmethod
    def all(arrays: Sequence[Any], axis: int = 0) -> Any:
        return _each(lambda *bools: all(bools))(*arrays)

    @staticmethod
    def sum(arrays: Sequence[Any], axis: int = 0) -> Any:
        return _each(lambda *numbers: sum(numbers))(*arrays)


RENAMED = {"acos": "arccos", "asin": "arcsin", "atan": "arctan", "atan2": "arctan2", "pow": "power"}
"""The words of formulas that NumPy calls otherwise."""
for _word, _function in WORDS.items():
    if callable(_function) and _word != "abs":
        setattr(StandIn, RENAMED.get(_word, _word), staticmethod(_float(_word)))
