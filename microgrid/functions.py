"""The operations as functions of Values or numbers, and what is composed of them: sums, means, softmax."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterable
from functools import cache, reduce
from typing import Any

from . import ops
from .base import messages
from .base.formula import Vocabulary, mpmath_vocabulary, numpy_vocabulary, sympy_vocabulary
from .base.messages import number
from .base.nodes import INPUT, attribute
from .engine import Value, binary, fold, leaf, made_so_far, power, unary, weighted_sum
from .ops import Op
from .pieces.marking import mark_piece

__all__ = [
    "abs", "acos", "asin", "atan", "atan2", "cos", "cosh", "dot", "elu", "erf", "erfc", "exp", "expm1",
    "gelu", "gelu_tanh", "hardtanh", "hypot", "leaky_relu", "log", "log1p", "log_softmax", "logaddexp",
    "logsigmoid", "logsumexp", "maximum", "maxout", "mean", "minimum", "mish", "relu", "selu", "sigmoid",
    "silu", "sin", "sinh", "softmax", "softplus", "softsign", "sqrt", "sum", "tan", "tanh",
]  # fmt: skip

# ---------------------------------------------------------------- one function for each row


def _function(row: Op) -> Callable[..., Any]:
    """The row as a function: a Value where an operand is one, otherwise the kind of number it was given."""

    def apply_one(x: Any) -> Any:
        return unary(row, x) if isinstance(x, Value) else _plain(row, x)

    def apply_with_constant(x: Any, c: Any = row.constant) -> Any:
        return unary(row, x, c) if isinstance(x, Value) else _plain(row, x, c)

    def apply_two(x: Any, y: Any) -> Any:
        return binary(row, x, y) if isinstance(x, Value) or isinstance(y, Value) else _plain(row, x, y)

    made = apply_two if row.arity == 2 else apply_one if row.constant is None else apply_with_constant
    made.__name__ = made.__qualname__ = row.name
    made.__doc__ = _described(row)
    return made


SOURCES = {
    "elu": "Clevert et al. 2016, arXiv:1511.07289", "gelu": "Hendrycks & Gimpel 2016, arXiv:1606.08415",
    "gelu_tanh": "Hendrycks & Gimpel 2016, arXiv:1606.08415, section 2", "leaky_relu": "Maas et al. 2013",
    "mish": "Misra 2019, arXiv:1908.08681", "relu": "Nair & Hinton 2010",
    "silu": "Elfwing et al. 2018, arXiv:1702.03118", "selu": "Klambauer et al. 2017, arXiv:1706.02515",
    "softplus": "Dugas et al. 2001", "softsign": "Bergstra et al. 2009",
}  # fmt: skip
"""Where the formulas of activations come from that no first course has."""


def _described(row: Op) -> str:
    """What a function says of itself: its formulas and their letters, its domain, conventions and source."""
    text = f"{row.definition or row.value}; derivative: {', '.join(row.textbook or row.partials)}"
    where: list[str] = []
    for name, meaning in reversed(row.let):
        if name in re.findall(r"\w+", " ".join((text, *where))):
            where.insert(0, f"{name} = {meaning}")
    text += f"; {', '.join(where)}" if where else ""
    if row.domain != "True":
        text += f"; DomainError unless {row.needs or row.domain}"
    if row.constant is not None:  # y in the row, c in the signature
        text = re.sub(r"\by\b", "c", text)
    sentences = [f"{row.name} of Values, numbers or arrays: {text}."]
    sentences += [f"Convention: {row.convention}."] * bool(row.convention)
    sentences += [f"Accuracy: {row.accuracy}."] * bool(row.accuracy)
    sentences += [f"After {source}." for source in filter(None, [SOURCES.get(row.name)])]
    return "  ".join(sentences)


def _plain(row: Op, *xs: Any) -> Any:
    """The row's value for operands none of which is a Value."""
    for kind in filter(None, map(_number_system, xs)):
        if kind.name == "numpy":
            return _on_arrays(row, kind, xs)
        return row.bind("definition" if kind.name == "sympy" else "value", kind)(*xs)
    floats = [number(x, where=f"{row.name} needs Values, real numbers or arrays of them") for x in xs]
    return compute(row, floats[0], floats[-1], tuple(leaf(x, INPUT) for x in floats[: row.arity]))[0]


def compute(row: Op, x: float, y: float, operands: tuple[Value, ...]) -> tuple[float, float, float]:
    """Value and partials without a node; where Python's arithmetic raises, `settle` decides."""
    result = row.attempt(x, y)
    return result if result[0] - result[0] == 0.0 else messages.settle(row, x, y, operands)


def _number_system(x: Any) -> Vocabulary | None:
    """What numbers x is of, by the name of its module: nothing is imported to find that out."""
    module = type(x).__module__.partition(".")[0]
    if module == "numpy" and getattr(x, "ndim", 0) > 0:
        return numpy_vocabulary()
    if module == "mpmath":
        return mpmath_vocabulary()
    if module == "sympy":
        return sympy_vocabulary()
    return None


def _on_arrays(row: Op, vocabulary: Vocabulary, xs: tuple[Any, ...]) -> Any:
    import numpy as np

    if any(getattr(getattr(x, "dtype", None), "kind", "") == "O" for x in xs):
        return np.frompyfunc(_function(row), len(xs), 1)(*xs)
    with np.errstate(all="ignore"):
        return row.bind("value", vocabulary)(*xs)


# fmt: off
abs = _function(ops.ABS)
sqrt, exp, expm1, log, log1p = map(_function, (ops.SQRT, ops.EXP, ops.EXPM1, ops.LOG, ops.LOG1P))
sin, cos, tan = map(_function, (ops.SIN, ops.COS, ops.TAN))
asin, acos, atan, atan2 = map(_function, (ops.ASIN, ops.ACOS, ops.ATAN, ops.ATAN2))
sinh, cosh, tanh = map(_function, (ops.SINH, ops.COSH, ops.TANH))
erf, erfc, hypot, logaddexp = map(_function, (ops.ERF, ops.ERFC, ops.HYPOT, ops.LOGADDEXP))
maximum, minimum = map(_function, (ops.MAXIMUM, ops.MINIMUM))
sigmoid, logsigmoid, softplus, softsign = map(
    _function, (ops.SIGMOID, ops.LOGSIGMOID, ops.SOFTPLUS, ops.SOFTSIGN))
relu, leaky_relu, elu, selu = map(_function, (ops.RELU, ops.LEAKY_RELU, ops.ELU, ops.SELU))
silu, mish, gelu, gelu_tanh = map(_function, (ops.SILU, ops.MISH, ops.GELU, ops.GELU_TANH))
hardtanh = _function(ops.HARDTANH)
# fmt: on

WORDS: dict[str, Any] = {
    "abs": abs, "acos": acos, "asin": asin, "atan": atan, "atan2": atan2, "cos": cos, "cosh": cosh,
    "erf": erf, "erfc": erfc, "exp": exp, "expm1": expm1, "hypot": hypot, "log": log, "log1p": log1p,
    "sin": sin, "sinh": sinh, "sqrt": sqrt, "tan": tan, "tanh": tanh,
    "pi": math.pi, "inf": math.inf, "nan": math.nan,
    "pow": lambda x, y: power(x, y) if isinstance(x, Value) else x**y,
}  # fmt: skip
"""The words of the table's formulas, over Values."""


# ---------------------------------------------------------------- composed of them


def sum(values: Iterable[Any]) -> Any:
    """v1 + v2 + ... from left to right, without the 0 that Python's `sum` starts from; ValueError if empty.

    >>> sum([Value(1.0), Value(2.0), 4]).data
    7.0
    """
    return _joined(ops.ADD, operator.add, _several(values, "sum"))


def dot(us: Iterable[Any], vs: Iterable[Any]) -> Any:
    """u1*v1 + u2*v2 + ...; ValueError if the lengths differ or are 0.

    >>> dot([Value(1.0), Value(2.0)], [3, 4]).data
    11.0
    """
    left, right = _several(us, "dot"), _several(vs, "dot")
    if len(left) != len(right):
        raise ValueError(f"dot needs two sequences of one length, got {len(left)} and {len(right)}")
    first = left[0] * right[0]
    if type(first) is Value:
        return weighted_sum(first, left[1:], right[1:])
    return sum(map(operator.mul, left, right))


def mean(values: Iterable[Any]) -> Any:
    """The average; ValueError if there is nothing to average."""
    terms, since = _several(values, "mean"), made_so_far()
    return _piece("mean", since, sum(terms) / len(terms))


def logsumexp(values: Iterable[Any]) -> Any:
    """log(exp(v1) + exp(v2) + ...) without overflow, term by term with `logaddexp`; ValueError if empty."""
    terms, since = _several(values, "logsumexp"), made_so_far()
    return _piece("logsumexp", since, _joined(ops.LOGADDEXP, logaddexp, terms))


def softmax(values: Iterable[Any]) -> list[Any]:
    """exp(v) / (exp(v1) + exp(v2) + ...) for each v; ValueError if empty.

    Computed as exp(v - logsumexp), so large values do not overflow and a replayed graph holds for other
    values.

    >>> [round(p.data, 2) for p in softmax([Value(5.0), Value(6.0), Value(11.0), Value(7.0)])]
    [0.0, 0.01, 0.97, 0.02]
    """
    terms, since = _several(values, "softmax"), made_so_far()
    ps = [exp(v) for v in _log_softmax(terms)]
    mark_piece("softmax", since, ps)
    return ps


def log_softmax(values: Iterable[Any]) -> list[Any]:
    """The logarithms of `softmax`, accurate where a probability underflows; ValueError if empty."""
    terms, since = _several(values, "log_softmax"), made_so_far()
    logarithms = _log_softmax(terms)
    mark_piece("log_softmax", since, logarithms)
    return logarithms


def _log_softmax(terms: list[Any]) -> list[Any]:
    total = _joined(ops.LOGADDEXP, logaddexp, terms)
    return [v - total for v in terms]


def maxout(values: Iterable[Any]) -> Any:
    """The largest: the activation of a maxout unit (Goodfellow et al. 2013, arXiv:1302.4389).

    ValueError if there is none.
    """
    terms, since = _several(values, "maxout"), made_so_far()
    return _piece("maxout", since, _joined(ops.MAXIMUM, maximum, terms))


def _piece(name: str, since: int, result: Any) -> Any:
    """The result, of which the nodes made `since` then are drawn as one: see `microgrid.pieces`."""
    mark_piece(name, since, [result])
    return result


def _several(values: Iterable[Any], name: str) -> list[Any]:
    terms = list(values)
    if not terms:
        raise ValueError(f"{name} of nothing: an empty batch has no samples")
    return terms


def _joined(row: Op, join: Callable[[Any, Any], Any], terms: list[Any]) -> Any:
    return fold(row, terms) if type(terms[0]) is Value else reduce(join, terms)


# ---------------------------------------------------------------- NumPy's functions of a Value

_OPERATORS = {
    "add": "add", "subtract": "sub", "multiply": "mul", "divide": "truediv", "power": "pow",
    "remainder": "mod", "floor_divide": "floordiv", "divmod": "divmod",
}  # fmt: skip
_COMPARISONS = {
    "less": ("lt", "gt"), "less_equal": ("le", "ge"), "greater": ("gt", "lt"), "greater_equal": ("ge", "le"),
    "equal": ("eq", "eq"), "not_equal": ("ne", "ne"),
}  # fmt: skip
_METHODS = {name: (f"__{own}__", f"__r{own}__") for name, own in _OPERATORS.items()}
_METHODS |= {name: (f"__{own}__", f"__{reflected}__") for name, (own, reflected) in _COMPARISONS.items()}
"""What a Value does on the left and on the right of an operator that NumPy asks for."""
_COUNTERPARTS: dict[str, Callable[..., Any]] = {
    "absolute": abs, "arccos": acos, "arcsin": asin, "arctan": atan, "arctan2": atan2, "cos": cos,
    "cosh": cosh, "erf": erf, "erfc": erfc, "exp": exp, "expit": sigmoid, "expm1": expm1, "fabs": abs,
    "float_power": power, "hypot": hypot, "log": log, "log1p": log1p, "log_expit": logsigmoid,
    "logaddexp": logaddexp, "maximum": maximum, "minimum": minimum, "negative": operator.neg,
    "positive": operator.pos, "reciprocal": lambda x: 1 / x, "sin": sin, "sinh": sinh, "sqrt": sqrt,
    "square": lambda x: x**2, "tan": tan, "tanh": tanh,
}  # fmt: skip
"""NumPy's names, and SciPy's, of what microgrid has a function for."""
_TO_WRITE = {
    "arctanh": "(microgrid.log1p(v) - microgrid.log1p(-v)) / 2", "cbrt": "v ** (1 / 3)",
    "deg2rad": "v * (math.pi / 180)", "degrees": "v * (180 / math.pi)", "exp2": "2 ** v",
    "log10": "microgrid.log(v) / math.log(10)", "log2": "microgrid.log(v) / math.log(2)",
    "matmul": "v * array", "rad2deg": "v * (180 / math.pi)", "radians": "v * (math.pi / 180)",
}  # fmt: skip


def _by_numpy(v: Value, ufunc: Any, method: str, *operands: Any, out: Any = None, **given: Any) -> Any:
    """What ``np.exp(v)`` and ``np.float64(2) * v`` are: microgrid's, node by node."""
    compute_it = None if given or method != "__call__" else _here(ufunc)
    if compute_it is None:
        raise _not_here(v, ufunc, method, given)
    if out is None:
        return compute_it(*operands)
    (array,) = out
    if array.dtype != object:
        raise TypeError(
            f"np.{ufunc.__name__} of a Value ({messages.describe(v)}) cannot be written into an array of "
            "numbers: make it one of objects, array.astype(object)"
        )
    array[...] = compute_it(*operands)
    return array


@cache
def _here(ufunc: Any) -> Callable[..., Any] | None:
    """What computes NumPy's function of Values, None if nothing does."""
    if ufunc.__name__ not in _METHODS:
        return _COUNTERPARTS.get(ufunc.__name__)
    own, reflected = map(operator.attrgetter, _METHODS[ufunc.__name__])

    def by_operator(x: Any, y: Any) -> Any:
        answer = own(x)(y) if isinstance(x, Value) else reflected(y)(x)
        return ufunc.__name__ == "not_equal" if answer is NotImplemented else answer

    return by_operator


def _not_here(v: Value, ufunc: Any, method: str, given: dict[str, Any]) -> TypeError:
    what = ufunc.__name__ + (f".{method}" if method != "__call__" else "")
    what += "".join(f" with {name}=" for name in given)
    instead = "it in microgrid's functions (microgrid.exp, ...), define it by microgrid.custom_op"
    return TypeError(
        f"np.{what} of a Value ({messages.describe(v)}) would lose the gradient: "
        f"write {_TO_WRITE.get(what, instead)}, or use v.data for the number"
    )


class _Numpys:
    """NumPy asks the class of an operand what computes a function of it.

    Whoever asks an instance, as a masked array does, is told to leave the operator to it.
    """

    def __get__(self, v: Value | None, kind: type) -> Callable[..., Any] | None:
        return _by_numpy if v is None else None


attribute(Value, "__array_ufunc__", _Numpys())
