"""What several test modules share: every operation as mathematics defines it, independent of `microgrid.ops`.

sympy differentiates these definitions and mpmath evaluates them; nothing here reads a row of the table.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import sympy as sp
from mpmath import mp, mpf

import microgrid

X, Y = sp.symbols("x y", real=True)
C, S, A = sp.Rational("0.044715"), sp.Rational("1.0507009873554805"), sp.Rational("1.6732632423543772")


class Piece(NamedTuple):
    """An open region, the function there, and the letters in which it may be differentiated."""

    holds: Callable[[float, float], bool]
    form: sp.Expr
    letters: str = "xy"


def everywhere(form: sp.Expr) -> list[Piece]:
    return [Piece(lambda x, y: True, form)]


def where(holds: Callable[[float, float], bool], form: sp.Expr) -> list[Piece]:
    return [Piece(holds, form)]


def by_sign(below: sp.Expr, above: sp.Expr) -> list[Piece]:
    return [Piece(lambda x, y: x < 0, below), Piece(lambda x, y: x > 0, above)]


POWER = [
    Piece(lambda x, y: x > 0, X**Y),
    Piece(lambda x, y: x < 0 and y == round(y) != 0, X**Y, "x"),
]

PIECES: dict[str, list[Piece]] = {
    "add": everywhere(X + Y),
    "sub": everywhere(X - Y),
    "mul": everywhere(X * Y),
    "div": where(lambda x, y: y != 0, X / Y),
    "pow": POWER,
    "powc": POWER,
    "neg": everywhere(-X),
    "abs": by_sign(-X, X),
    "maximum": [Piece(lambda x, y: x > y, X), Piece(lambda x, y: x < y, Y)],
    "minimum": [Piece(lambda x, y: x < y, X), Piece(lambda x, y: x > y, Y)],
    "sqrt": where(lambda x, y: x > 0, sp.sqrt(X)),
    "hypot": where(lambda x, y: x != 0 or y != 0, sp.sqrt(X**2 + Y**2)),
    "exp": everywhere(sp.exp(X)),
    "expm1": everywhere(sp.exp(X) - 1),
    "log": where(lambda x, y: x > 0, sp.log(X)),
    "log1p": where(lambda x, y: x > -1, sp.log(1 + X)),
    "logaddexp": everywhere(sp.log(sp.exp(X) + sp.exp(Y))),
    "sin": everywhere(sp.sin(X)),
    "cos": everywhere(sp.cos(X)),
    "tan": everywhere(sp.sin(X) / sp.cos(X)),
    "asin": where(lambda x, y: -1 < x < 1, sp.asin(X)),
    "acos": where(lambda x, y: -1 < x < 1, sp.acos(X)),
    "atan": everywhere(sp.atan(X)),
    "atan2": where(lambda x, y: x != 0 or y > 0, sp.atan2(X, Y)),
    "sinh": everywhere((sp.exp(X) - sp.exp(-X)) / 2),
    "cosh": everywhere((sp.exp(X) + sp.exp(-X)) / 2),
    "tanh": everywhere((sp.exp(X) - sp.exp(-X)) / (sp.exp(X) + sp.exp(-X))),
    "erf": everywhere(sp.erf(X)),
    "erfc": everywhere(1 - sp.erf(X)),
    "sigmoid": everywhere(1 / (1 + sp.exp(-X))),
    "logsigmoid": everywhere(-sp.log(1 + sp.exp(-X))),
    "softplus": everywhere(sp.log(1 + sp.exp(X))),
    "softsign": by_sign(X / (1 - X), X / (1 + X)),
    "relu": by_sign(sp.Integer(0), X),
    "leaky_relu": by_sign(Y * X, X),
    "elu": by_sign(Y * (sp.exp(X) - 1), X),
    "selu": by_sign(S * A * (sp.exp(X) - 1), S * X),
    "silu": everywhere(X / (1 + sp.exp(-X))),
    "mish": everywhere(X * (1 - 2 / ((1 + sp.exp(X)) ** 2 + 1))),
    "gelu": everywhere(X * (1 + sp.erf(X / sp.sqrt(2))) / 2),
    "gelu_tanh": everywhere(X / (1 + sp.exp(-2 * sp.sqrt(2 / sp.pi) * (X + C * X**3)))),
    "hardtanh": [
        Piece(lambda x, y: x < -1, sp.Integer(-1)),
        Piece(lambda x, y: -1 < x < 1, X),
        Piece(lambda x, y: x > 1, sp.Integer(1)),
    ],
}

CONSTANTS = {
    "powc": (2.0, 3.0, 0.5, -1.0, -2.5, 1 / 3, 1.0, -3.0),
    "leaky_relu": (0.01, 0.2, 1.5, -0.5),
    "elu": (1.0, 1.5, 0.1),
}
"""The operations that take a constant, and the constants to try."""

BINARY = ("add", "sub", "mul", "div", "pow", "maximum", "minimum", "hypot", "logaddexp", "atan2")
UNARY = tuple(name for name in PIECES if name not in BINARY)

OPERATORS: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": operator.pow,
    "powc": operator.pow,
    "neg": operator.neg,
    "abs": operator.abs,
}


def apply(name: str, *operands: Any) -> Any:
    """The operation as a user spells it: an operator, or the function in `microgrid`."""
    return OPERATORS.get(name, getattr(microgrid, name, None))(*operands)


@cache
def derivative(name: str, index: int, letters: str) -> Callable[..., Any]:
    """Piece number `index` of an operation, differentiated by `letters` ("", "x", "xy", ...), over mpmath's numbers."""
    form = PIECES[name][index].form
    for letter in letters:
        form = sp.diff(form, X if letter == "x" else Y)
    return sp.lambdify((X, Y), form, "mpmath", cse=True)


@cache
def _exact(name: str, letters: str, x: Any, y: Any, digits: int) -> Any:
    for index, piece in enumerate(PIECES[name]):
        if piece.holds(x, y) and set(letters) <= set(piece.letters):
            return derivative(name, index, letters)(mp.mpf(x), mp.mpf(y))
    return None


def reference(name: str, letters: str, x: Any, y: Any = 0.0) -> Any:
    """The exact derivative by `letters` at (x, y), or None where it does not exist or is a convention."""
    return _exact(name, letters, x, y, mp.dps)


U = 2.0**-53
TINY = 4 * 4.9e-324
LARGEST = mpf(1.7976931348623157e308)


def close(got: float, want: Any, tolerance: Any) -> bool:
    """Whether a double is what an exact number rounds to, within a tolerance; false for nan."""
    if abs(want) > LARGEST:
        return bool(got == math.copysign(math.inf, want))
    return bool(math.isfinite(got) and abs(mpf(got) - want) <= max(tolerance, TINY))


def spread(name: str, letters: str, point: tuple[float, ...]) -> mpf:
    """How far the exact result moves when an input moves by half an ulp."""
    want, moved = reference(name, letters, *point), mpf(0)
    for k in range(len(point)):
        near = [mpf(p) * (1 + mpf(U)) if i == k else mpf(p) for i, p in enumerate(point)]
        there = reference(name, letters, *near)
        if there is not None:
            moved += abs(there - want)
    return moved
