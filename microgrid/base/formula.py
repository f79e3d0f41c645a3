"""Formulas as text, and the number systems they can be computed in.

The rows of `ops.py` say what an operation is in lines such as ``"exp(x)"`` or ``"0 if x <= 0 else x"``.  A
`Vocabulary` gives those words a meaning (floats, arrays, 50-digit numbers, symbols, Values) and `function`
turns the text into a Python function over it.  Only text written in this package ever comes here, never a
user's.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from .numeric.arrays import RENAMED, numpy
from .numeric.ieee import WORDS, Ieee

__all__ = [
    "FLOAT",
    "RATIONAL",
    "Vocabulary",
    "function",
    "ieee_vocabulary",
    "is_number",
    "mpmath_vocabulary",
    "names",
    "numpy_vocabulary",
    "roundings",
    "sympy_vocabulary",
]


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """What the words of a formula mean in one number system.

    `number` turns a literal's text into a number; without it literals stay Python's.
    `where(condition, a, b)` replaces ``a if condition else b`` where a condition is not simply true or false
    (arrays, symbols).
    """

    name: str
    words: Mapping[str, Any]
    number: Callable[[str], Any] | None = None
    where: Callable[[Any, Any, Any], Any] | None = None


def function(
    name: str,
    arguments: Sequence[str],
    results: str | Sequence[str],
    vocabulary: Vocabulary,
    let: Sequence[tuple[str, str]] = (),
    otherwise: str = "",
) -> Callable[..., Any]:
    """Build a function of `arguments` that returns the result, or the tuple of several.

    `let` names subexpressions that the results share; one that none of them uses is not computed.
    `otherwise`, if given, is what it returns where arithmetic raises.

    >>> function("f", ["x"], "h*h", FLOAT, let=[("h", "x + 1")])(2.0)
    9.0
    """
    texts = [results] if isinstance(results, str) else results
    used = set().union(*map(names, texts))
    lines: list[str] = []
    for local, text in reversed(let):
        if local in used:
            used |= names(text)
            lines.insert(0, f"    {local} = {_spell(text, vocabulary)}")
    spelled = [_spell(text, vocabulary) for text in texts]
    returned = spelled[0] if isinstance(results, str) else f"({', '.join(spelled)},)"
    lines.append(f"    return {returned}")
    if otherwise:
        lines = ["    try:", *(f"    {line}" for line in lines), "    except (ArithmeticError, ValueError):"]
        lines.append(f"        return {otherwise}")
    source = "\n".join([f"def formula({', '.join(arguments)}):", *lines])
    scope = {**vocabulary.words, "number": vocabulary.number, "where": vocabulary.where}
    exec(compile(source, f"<{vocabulary.name} {name}>", "exec"), scope)
    built: Callable[..., Any] = scope["formula"]
    built.__name__ = name
    return built


def roundings(text: str, let: Sequence[tuple[str, str]] = ()) -> int:
    """How often a formula rounds in floats: once an arithmetic operation, twice a function.

    >>> roundings("x*y + 1"), roundings("e/(1 + e)", [("e", "exp(x)")])
    (2, 6)
    """
    within = dict(let)
    count = 0
    for node in ast.walk(ast.parse(text, mode="eval")):
        if isinstance(node, ast.BinOp):
            count += 1
        elif isinstance(node, ast.Call):
            count += 2
        elif isinstance(node, ast.Name) and node.id in within:
            count += roundings(within[node.id], let)
    return count


def names(text: str) -> set[str]:
    """The words of a formula."""
    return {node.id for node in ast.walk(ast.parse(text, mode="eval")) if isinstance(node, ast.Name)}


def is_number(text: str) -> bool:
    """Whether a formula is one of several numbers, and so finite whatever it is computed from.

    >>> is_number("0 if x <= 0 else -1"), is_number("y if x <= 0 else 1")
    (True, False)
    """

    def check(node: ast.expr) -> bool:
        if isinstance(node, ast.IfExp):
            return check(node.body) and check(node.orelse)
        return isinstance(node.operand if isinstance(node, ast.UnaryOp) else node, ast.Constant)

    return check(ast.parse(text, mode="eval").body)


def _spell(text: str, vocabulary: Vocabulary) -> str:
    return ast.unparse(_Spelling(vocabulary).visit(ast.parse(text, mode="eval").body))


class _Spelling(ast.NodeTransformer):
    """Rewrites literals and conditions the way a vocabulary wants them."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if not isinstance(node.value, int | float):
            raise TypeError(f"a formula holds numbers, not {node.value!r}")
        if self.vocabulary is FLOAT:  # 1.0, not 1: partials must be floats whether compiled or not
            return ast.Constant(float(node.value))
        if self.vocabulary.number is None or isinstance(node.value, int):
            return node
        return _call("number", ast.Constant(repr(node.value)))

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        self.generic_visit(node)
        return _call("where", node.test, node.body, node.orelse) if self.vocabulary.where else node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        if not self.vocabulary.where or len(node.ops) == 1:
            return node
        terms = [node.left, *node.comparators]
        links = [ast.Compare(a, [op], [b]) for a, op, b in zip(terms, node.ops, terms[1:], strict=False)]
        return _fold(links, ast.BitAnd())

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        self.generic_visit(node)
        if not self.vocabulary.where:
            return node
        return _fold(node.values, ast.BitAnd() if isinstance(node.op, ast.And) else ast.BitOr())


def _call(word: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(word), list(arguments), [])


def _fold(terms: Sequence[ast.expr], op: ast.operator) -> ast.expr:
    folded = terms[0]
    for term in terms[1:]:
        folded = ast.BinOp(folded, op, term)
    return folded


_MATH = [
    "acos", "asin", "atan", "atan2", "cos", "cosh", "erf", "erfc", "exp", "expm1", "hypot", "inf", "log",
    "log1p", "nan", "pi", "pow", "sin", "sinh", "sqrt", "tan", "tanh",
]  # fmt: skip

FLOAT = Vocabulary("float", {"abs": abs} | {word: getattr(math, word) for word in _MATH})
"""Python's floats, with the exceptions Python raises."""

RATIONAL = Vocabulary(
    "rational", {"abs": abs, "pow": operator.pow, "nan": math.nan, "inf": math.inf}, number=Fraction
)
"""Exact arithmetic: anything with + - * / and ** to an integer: `fractions.Fraction`, residues modulo p."""


@cache
def numpy_vocabulary() -> Vocabulary:
    """NumPy's scalars and arrays, or its stand-in's: overflow and domain errors become inf and nan."""
    np = numpy()
    missing = {"erf": math.erf, "erfc": math.erfc}  # NumPy has neither
    words: dict[str, Any] = {"abs": np.abs}
    for word in _MATH:
        words[word] = getattr(np, RENAMED.get(word, word), None)
    for word, scalar in missing.items():
        words[word] = np.vectorize(scalar, otypes=[float])
    return Vocabulary("numpy", words, where=np.where)


@cache
def ieee_vocabulary() -> Vocabulary:
    """Floats whose overflow and domain errors become inf and nan."""
    return Vocabulary("ieee", WORDS, number=Ieee)


@cache
def mpmath_vocabulary() -> Vocabulary:
    """mpmath's numbers, at the precision that is set when the function runs."""
    from mpmath import mp

    words = {word: getattr(mp, word, None) for word in _MATH}
    words |= {"abs": abs, "pow": mp.power, "pi": mp.pi}
    return Vocabulary("mpmath", words, number=mp.mpf)


@cache
def sympy_vocabulary(where: Callable[[Any, Any, Any], Any] | None = None) -> Vocabulary:
    """sympy's expressions; `where` says what becomes of a condition (a Piecewise unless told otherwise)."""
    import sympy as sp

    words = {word: getattr(sp, word, None) for word in _MATH}
    words |= {
        "abs": sp.Abs,
        "pow": sp.Pow,
        "inf": sp.oo,
        "expm1": lambda x: sp.exp(x) - 1,
        "log1p": lambda x: sp.log(1 + x),
        "hypot": lambda x, y: sp.sqrt(x**2 + y**2),
    }

    def piecewise(condition: Any, a: Any, b: Any) -> Any:
        return sp.Piecewise((a, condition), (b, True))

    return Vocabulary("sympy", words, number=sp.Rational, where=where or piecewise)
