"""Graphs to sympy expressions and back; labels are text for people and never become names inside sympy."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any, TypeAlias

from .. import functions, ops
from ..base.formula import sympy_vocabulary
from ..base.messages import describe
from ..base.phrases import say
from ..custom import CustomOp
from ..engine import Value
from ..errors import ExpressionError, GraphError
from ..graph import counts, order
from ..ops import Op
from .references import UNABLE

if TYPE_CHECKING:
    from sympy import Basic, Dummy, Expr, Symbol

__all__ = ["from_sympy", "to_sympy", "to_sympy_rows"]

MOST_TERMS, MOST_LEVELS = 2000, 100
"""What a graph may have, written out without sharing, to become one sympy expression."""


def to_sympy(y: Value, symbols: Mapping[Value, Expr] | None = None) -> tuple[Expr, dict[Value, Expr]]:
    """The expression that y is, and the symbol that stands for each leaf: ``(expression, {leaf: symbol})``.

    Leaves become real symbols v0, v1, ... unless `symbols` names some; constants become the exact fractions
    that they are.  GraphError if the expression would have more than 2,000 terms or 100 levels:
    `to_sympy_rows` has no limit.

    >>> x = Value(3.0, "x")
    >>> expression, symbols = to_sympy(x * x + 1)
    >>> expression.subs(symbols[x], 3)
    10
    """
    size = counts(y)
    if size.unshared > MOST_TERMS or size.depth > MOST_LEVELS:
        raise GraphError(
            f"{describe(y)} has {size.unshared:.3g} terms on {size.depth} levels written out, more than "
            f"{MOST_TERMS} or {MOST_LEVELS}: to_sympy_rows(y) keeps what is shared"
        )
    legend: dict[Value, Expr] = dict(symbols or {})
    expressions: dict[Value, Expr] = {}
    for k, v in enumerate(order(y)):
        if v in legend:
            expressions[v] = legend[v]
        elif v.op:
            expressions[v] = apply(v, [expressions[parent] for parent in v.parents])
        else:
            expressions[v] = _leaf(v, k, legend)
    return expressions[y], {leaf: symbol for leaf, symbol in legend.items() if leaf in expressions}


def to_sympy_rows(y: Value) -> tuple[list[tuple[Dummy, Expr]], dict[Value, Expr]]:
    """The graph operation by operation: ``([(symbol, expression in earlier symbols), ...], {node: symbol})``.

    The last row is y.  Nothing is written out twice, so a graph of any size becomes as many rows.
    """
    from sympy import Dummy

    symbols: dict[Value, Expr] = {}
    rows = []
    for k, v in enumerate(order(y)):
        if v.op:
            symbols[v] = Dummy(f"v{k}", real=True)
            rows.append((symbols[v], apply(v, [symbols[parent] for parent in v.parents])))
        else:
            _leaf(v, k, symbols, constants=True)
    return rows, symbols


def _leaf(v: Value, k: int, symbols: dict[Value, Expr], constants: bool = False) -> Expr:
    from sympy import Dummy, Rational

    if v.role == "constant":
        number = Rational(v.data)
        if constants:
            symbols[v] = number
        return number
    symbols[v] = Dummy(f"v{k}", real=True)
    return symbols[v]


def apply(v: Value, operands: list[Expr]) -> Expr:
    """v's operation on sympy expressions, by its definition."""
    import sympy as sp

    row = v._row
    if isinstance(row, CustomOp):
        form = row.sympy or row.functions[0]
        try:
            return form(*operands)
        except UNABLE as error:
            text = say("the custom operation {op!r} has no sympy form: give custom_op a sympy=", op=row.name)
            raise GraphError(text) from error
    if row is None:
        raise GraphError(f"{describe(v)} is a leaf")
    if row.constant is not None:
        operands = [*operands, sp.Rational(v.constant)]
    if row.name in ("pow", "powc"):
        base, exponent = operands
        if base.is_number and exponent.is_number and abs(exponent) > 1000:
            return sp.Float(v.data)  # sympy would write 9**9**9 out, digit by digit
    return row.bind("definition", sympy_vocabulary())(*operands)


# ---------------------------------------------------------------- and back

Bindings: TypeAlias = "Mapping[Symbol, float | Value] | Mapping[str, float | Value]"


def from_sympy(expression: Basic, values: Bindings) -> Value:
    """The graph that computes a sympy expression, with what occurs twice recorded once.

    `values` gives each symbol, or its name, a number (a leaf with the symbol's name is made) or a Value.
    TypeError for anything but a sympy expression, text above all; ExpressionError for what has no value on
    the real line (I, oo, an unbound symbol, an unknown function), naming it.

    >>> import sympy
    >>> x = sympy.Symbol("x")
    >>> from_sympy(sympy.sin(x) ** 2 + x, {x: 0.0}).data
    0.0
    """
    import sympy as sp

    if not isinstance(expression, sp.Basic):
        raise TypeError(
            f"from_sympy takes a sympy expression, got {type(expression).__name__}: text goes to parse()"
        )
    leaves = _bind(expression, values)
    made: dict[Basic, Value | float] = {}
    stack = [expression]
    while stack:
        e = stack[-1]
        waiting = [argument for argument in _arguments(e) if argument not in made]
        if waiting and e not in made:
            stack.extend(reversed(waiting))
            continue
        stack.pop()
        if e not in made:
            made[e] = _make(e, [made[argument] for argument in _arguments(e)], leaves)
    result = made[expression]
    return result if isinstance(result, Value) else Value(result)


def _bind(expression: Basic, values: Bindings) -> dict[Symbol, Value]:
    """The leaf that stands for each symbol."""
    leaves = {}
    for symbol in sorted(expression.free_symbols, key=str):
        if symbol not in values and symbol.name not in values:
            known = ", ".join(sorted(str(key) for key in values)) or "none"
            raise ExpressionError(f"the symbol {symbol.name!r} has no value; values were given for: {known}")
        number = values[symbol] if symbol in values else values[symbol.name]
        leaves[symbol] = number if isinstance(number, Value) else Value(number, symbol.name)
    return leaves


def _arguments(e: Basic) -> list[Basic]:
    """What has to be made before e.  x**-2 is made as 1/x**2, and such a factor of a product divides."""
    if e.is_number:
        return []
    if e.is_Mul:
        return [1 / factor if _divides(factor) else factor for factor in e.args]
    if e.is_Pow and e.exp.is_number:
        return [1 / e if _divides(e) else e.base]
    if not (e.is_Symbol or e.is_Add or e.is_Pow):
        _operation(e)  # refuse a Derivative before its parts
    return list(e.args)


def _divides(e: Basic) -> bool:
    return bool(e.is_Pow and e.exp.is_number and e.exp.could_extract_minus_sign())


def _make(e: Basic, made: list[Any], leaves: dict[Symbol, Value]) -> Any:
    """The node of e, or the number that it is, over those of its `_arguments`."""
    if e.is_number:
        return _real(e)
    if e.is_Symbol:
        return leaves[e]
    if e.is_Add:
        return reduce(operator.add, made)
    if e.is_Mul:
        above = [node for node, factor in zip(made, e.args) if not _divides(factor)]
        below = [node for node, factor in zip(made, e.args) if _divides(factor)]
        product = reduce(operator.mul, above) if above else 1.0
        return product / reduce(operator.mul, below) if below else product
    if _divides(e):
        return 1.0 / made[0]
    if e.is_Pow:
        exponent = _real(e.exp) if e.exp.is_number else made[1]
        return functions.sqrt(made[0]) if exponent == 0.5 else made[0] ** exponent
    row = _operation(e)
    function = getattr(functions, row.name)
    return reduce(function, made) if row.arity == 2 else function(*made)


def _operation(e: Basic) -> Op:
    """The row that computes a function of sympy's."""
    name = SPELLINGS.get(e.func.__name__, e.func.__name__)
    row = ops.TABLE.get(name)
    if row is None or isinstance(row, CustomOp) or not hasattr(functions, name):
        raise ExpressionError(f"no operation computes {e.func.__name__}, as in {_excerpt(e)}")
    return row


SPELLINGS = {"Abs": "abs", "Max": "maximum", "Min": "minimum"}
"""sympy's names where they are not the table's."""


def _real(e: Basic) -> float:
    if not (e.is_finite and e.is_real):
        raise ExpressionError(f"{_excerpt(e)} is not a real number")
    return float(e)


def _excerpt(e: Basic) -> str:
    text = str(e)
    return text if len(text) <= 60 else text[:57] + "..."
