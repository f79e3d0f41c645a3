"""Level 4 of verification: the whole derivative of a small graph as a formula, by two routes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Any

from ..base.deadline import within
from ..base.formula import sympy_vocabulary
from ..base.phrases import say
from ..claims.leafwise import leafwise
from ..custom import CustomOp
from ..engine import Value
from ..errors import GraphError
from ..graph import counts, sweep
from ..naming.latex_names import latex_name
from ..naming.names import name_nodes
from .composition import TINY, engine_adjoints
from .references import UNABLE, at_kink
from .rounding import rounding_bounds
from .rules import vanishes
from .sympy_graphs import apply, to_sympy

if TYPE_CHECKING:
    from sympy import Dummy, Expr
    from sympy.printing.printer import Printer

__all__ = ["Derivative", "Derivatives", "derive"]

TERMS, LEVELS, LEAVES = 300, 40, 12
"""Beyond these a formula is no help to a reader, and sympy may take minutes over it."""

LONGEST_NAME = 40
"""Characters."""

ALGEBRA = 150
"""Operations in a difference beyond which two formulas are compared by numbers, not rewritten."""


@dataclass(frozen=True)
class Derivative:
    """d root / d leaf as a formula, in text and in LaTeX, with the engine's number for it.

    `status` tells whether the chain rule and sympy agree by algebra ("proved") or by numbers ("checked"); it
    is "not compared" where neither has a real value near the leaves' values.
    """

    of: str
    by: str
    text: str
    latex: str
    value: float
    status: str
    convention: bool = False
    """Whether the number is a convention, because the graph stands at a kink."""


@dataclass
class Derivatives:
    formulas: list[Derivative] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    reason: str = ""


def derive(nodes: Sequence[Value], seconds: float) -> Derivatives:
    """What `_derive` finds within some seconds: sympy can take hours over an innocent expression."""
    import sympy  # noqa: F401  loading it, which a browser is slow at, is not the formula's time

    try:
        return within(seconds, _derive, nodes)
    except TimeoutError:
        return Derivatives(reason=say("sympy did not finish within {seconds:g} seconds", seconds=seconds))


def _derive(nodes: Sequence[Value]) -> Derivatives:
    """The derivative of the last of `nodes` (in `order`) with respect to each input and parameter.

    One route is the chain rule over the recorded graph with the partials of the table, as formulas; the other
    is sympy's own derivative of the expression that the graph is.
    """
    import sympy as sp

    root = nodes[-1]
    wanted = [v for v in nodes if v.role in ("input", "parameter")]
    size = counts(root)
    if size.unshared > TERMS or size.depth > LEVELS or len(wanted) > LEAVES:
        reason = say(
            "{terms:.3g} terms on {levels} levels by {leaves} leaves would be no readable formula",
            terms=size.unshared,
            levels=size.depth,
            leaves=len(wanted),
        )
        return Derivatives(reason=reason)
    try:
        expression, symbols = to_sympy(root)
    except GraphError as error:
        return Derivatives(reason=error.args[0])
    expressions: dict[Value, Expr] = dict(symbols)
    for v in nodes:
        if v not in expressions:
            operands = [expressions[parent] for parent in v.parents]
            expressions[v] = apply(v, operands) if v.op else sp.Rational(v.data)
    adjoints = sweep(nodes, lambda v: _partials(v, expressions), sp.Integer(1))
    floats, (_, bounds) = engine_adjoints(root), rounding_bounds(nodes)
    smooth = not any(map(at_kink, nodes))  # at a kink the engine's number is a convention
    called = name_nodes(nodes).texts
    result, names = Derivatives(), _names(called, symbols)
    plain: dict[Value, list[Any]] = {}
    of = called[root]
    point = {symbols[v]: v.data for v in wanted}
    for v in wanted:
        by_chain_rule = adjoints.get(v, sp.Integer(0))
        by_sympy = sp.diff(expression, symbols[v])
        status = _agreement(by_chain_rule - by_sympy, by_sympy, point)
        by, shown = names[symbols[v]], sp.factor_terms(by_sympy)
        text, latex = print_text(shown, names), print_latex(shown, names)
        if _CALL.search(text):
            plain = plain or {leaf: rest for leaf, *rest in leafwise(root, called)}
            text, latex = _plainer((text, latex), plain.get(v), by_sympy, point)
        result.formulas.append(Derivative(of, by, text, latex, floats[v], status, not smooth))
        if status == "failed":
            result.failures.append(
                say("the chain rule and sympy give different derivatives with respect to {leaf}", leaf=by)
            )
        elif smooth and isfinite(floats[v]) and not _is_value(floats[v], by_sympy, point, bounds[v]):
            result.failures.append(
                say(
                    "the gradient of {leaf} is {got!r}, which is not the value of {formula}",
                    leaf=by,
                    got=floats[v],
                    formula=text,
                )
            )
    return result


_CALL = re.compile(r"\b(?:exp|log|tanh|sinh|cosh|sin|cos|tan|erf)\(")
"""Where a formula has one of the functions that sympy nests."""


def _plainer(
    own: tuple[str, str], other: list[Any] | None, expression: Expr, point: dict[Dummy, float]
) -> tuple[str, str]:
    """The derivative with the results of sigmoid, tanh and their like in place of what they are computed
    from, where fewer functions are nested so, if its value is the same.
    """
    exact = _evaluate(expression, point)
    if other is None or exact is None:
        return own
    text, latex, value = other
    is_plainer = len(_CALL.findall(text)) < len(_CALL.findall(own[0]))
    is_same = value is not None and abs(value - exact) <= 1e-30 * max(1, abs(exact))
    return (text, latex) if is_plainer and is_same else own


def _partials(v: Value, expressions: dict[Value, Expr]) -> Iterable[Expr]:
    """The partials of v as formulas: what the table says, in the lecture's form."""
    import sympy as sp

    operands = [expressions[parent] for parent in v.parents]
    row = v._row
    if isinstance(row, CustomOp):
        return row.functions[1](*operands)
    if row is None:
        return ()
    extra = () if v.constant is None else (sp.Rational(v.constant),)
    x, y = (*operands, *extra, None)[:2]
    formulas: tuple[Expr, ...] = row.bind("textbook", sympy_vocabulary())(x, y, expressions[v])
    return formulas


# ---------------------------------------------------------------- do the two routes agree?


def _agreement(difference: Expr, reference: Expr, point: dict[Dummy, float]) -> str:
    """The status of a derivative: whether its difference from that of the other route, `reference`, is 0."""
    import sympy as sp

    difference = sp.sympify(difference)
    if difference == 0 or (sp.count_ops(difference) <= ALGEBRA and vanishes(difference, patient=False)):
        return "proved"
    for k in range(1, 4):
        # without a pattern, so that what is not 0 would hardly be 0 by accident; on the other side or nearer
        # where there is no real value
        shifts = {
            symbol: value * k / 97 + (k + j / 7) / 89 for j, (symbol, value) in enumerate(point.items())
        }
        for reach in (1.0, -1.0, 1e-3, -1e-3, 1e-6, -1e-6):
            near = {symbol: value + reach * shifts[symbol] for symbol, value in point.items()}
            error, scale = _evaluate(difference, near), _evaluate(reference, near)
            if error is not None and scale is not None:
                break
        else:
            return "not compared"
        # 30 of the 50 digits, so that 20 may be lost where terms cancel
        if not abs(error) <= 1e-30 * max(1, abs(scale)):
            return "failed"
    return "checked"


def _is_value(number: float, expression: Expr, point: dict[Dummy, float], bound: float) -> bool:
    """Whether the engine's number is the formula's value, but for rounding."""
    for digits in (50, 200, 800):  # the formula may cancel where the engine does not
        exact = _evaluate(expression, point, digits)
        if exact is None or abs(exact - number) <= bound + 4 * TINY:
            return True
    return False


def _evaluate(expression: Expr, point: dict[Dummy, float], digits: int = 50) -> Any:
    """The expression at a point, in mpmath's numbers, or None where it has no real value."""
    import sympy as sp
    from mpmath import mp

    with mp.workdps(digits):
        try:
            value = mp.mpmathify(
                _function(tuple(point), sp.sympify(expression))(*map(mp.mpf, point.values()))
            )
        except UNABLE:
            return None
        return value if mp.isfinite(value) and mp.im(value) == 0 else None


@lru_cache(maxsize=64)
def _function(symbols: tuple[Dummy, ...], expression: Expr) -> Callable[..., Any]:
    """The expression as a function of its symbols, made once for all points and digits."""
    import sympy as sp

    made: Callable[..., Any] = sp.lambdify(list(symbols), expression, "mpmath", cse=True)
    return made


# ---------------------------------------------------------------- printing with the user's labels


def print_text(expression: Expr, names: dict[Dummy, str]) -> str:
    """A formula as text; the labels are put in by the printer, so sympy never reads them."""
    from sympy.printing.str import StrPrinter

    expression, decimals = _with_decimals(expression)
    printed: str = _printer(StrPrinter, names | decimals).doprint(expression)
    return printed


def print_latex(expression: Expr, names: dict[Dummy, str]) -> str:
    from sympy.printing.latex import LatexPrinter

    expression, decimals = _with_decimals(expression)
    # in braces where something is raised already, or a square would be a second superscript
    escaped = {symbol: latex_name(name) for symbol, name in names.items()}
    escaped = {symbol: f"{{{name}}}" if "^" in name else name for symbol, name in escaped.items()}
    printed: str = _printer(LatexPrinter, escaped | decimals).doprint(expression)
    return printed


def _with_decimals(expression: Expr) -> tuple[Expr, dict[Dummy, str]]:
    """With 0.1 in place of 3602879701896397/36028797018963968, the fraction that the double is."""
    import sympy as sp

    # a fraction with a denominator up to 1000, such as 5/8, reads as well as it is
    long = {abs(number) for number in sp.sympify(expression).atoms(sp.Rational) if number.q > 1000}
    decimals = {number: sp.Dummy(repr(float(number)), positive=True) for number in long}
    replaced = {sign * number: sign * symbol for number, symbol in decimals.items() for sign in (1, -1)}
    return expression.xreplace(replaced), {symbol: symbol.name for symbol in decimals.values()}


def _printer(base: type[Printer], names: dict[Dummy, str]) -> Printer:
    """sympy's printer with our names for its symbols; it looks the method up by the symbol's class."""
    return type(base.__name__, (base,), {"_print_Dummy": lambda self, symbol: names[symbol]})()


def _names(called: Mapping[Value, str], symbols: dict[Value, Dummy]) -> dict[Dummy, str]:
    """What each symbol is called in print."""
    return {symbol: called[v][:LONGEST_NAME] for v, symbol in symbols.items()}
