"""What is left to say of a false claim that no single slip explains: how far off it is, simplified by
sympy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..base.deadline import within
from ..base.phrases import Phrase, say
from .algebra.points import UNDEFINED
from .algebra.terms import Term, reachable
from .language.names import Names

if TYPE_CHECKING:
    from sympy import Expr

__all__ = ["unexplained"]

MOST = 150
"""Terms of a difference that is simplified."""
LONGEST = 120
"""Characters of a formula that is shown."""
SECONDS = 0.7


def unexplained(claimed: Term, actual: Term, names: Names) -> Phrase:
    """That no slip was found, with ratio and difference of the claim and what is right where they are
    short.
    """
    nothing = say("no single slip explains it")
    if len(reachable([claimed, actual])) > MOST:
        return nothing
    import sympy  # noqa: F401 (so that its loading is not part of the time that is allowed)

    try:
        ratio, difference = within(SECONDS, _simplified, claimed, actual, names)
    except (TimeoutError, RecursionError, *UNDEFINED):
        return nothing
    if max(len(ratio), len(difference)) > LONGEST:
        return nothing
    text = "{nothing}; what is right over the claim is {ratio}, and the claim less what is right {difference}"
    return say(text, nothing=nothing, ratio=ratio, difference=difference)


def _simplified(claimed: Term, actual: Term, names: Names) -> tuple[str, str]:
    import sympy as sp

    legend: dict[Any, str] = {}
    a, b = _expression(claimed, names, legend), _expression(actual, names, legend)
    return tuple(_printed(sp.factor(sp.cancel(e)), legend) for e in (b / a, a - b))  # type: ignore[return-value]


def _expression(root: Term, names: Names, legend: dict[Any, str]) -> Expr:
    """The term in sympy, with nodes as symbols wherever they have names."""
    import sympy as sp

    made: dict[Term, Any] = {}
    for t in reachable([root]):
        if t.kind in ("symbol", "name"):
            called = "eta" if t.data == "eta" else names.named.get(t.data, "?")
            made[t] = next((s for s, name in legend.items() if name == called), None) or sp.Dummy(
                called, real=True
            )
            legend[made[t]] = called
        elif t.kind == "number":
            made[t] = sp.Rational(t.data.numerator, t.data.denominator)
        elif t.kind == "sum":
            constant, factors = t.data
            made[t] = _rational(constant) + sum(
                _rational(f) * made[p] for p, f in zip(t.args, factors, strict=True)
            )
        elif t.kind == "product":
            factor, powers = t.data
            made[t] = _rational(factor) * sp.prod(
                made[p] ** _rational(power) for p, power in zip(t.args, powers, strict=True)
            )
        elif t.kind == "power":
            made[t] = made[t.args[0]] ** made[t.args[1]]
        elif t.kind == "call":
            row, operands, _ = t.data
            made[t] = sp.Function(row.name)(*(made[p] for p in operands))
        elif t.kind == "atom":
            made[t] = getattr(sp, t.data)(*(made[p] for p in t.args)) if t.args else sp.pi
        else:  # the derivative at a kink, in which nothing cancels
            made[t] = sp.Dummy("step", real=True)
            legend[made[t]] = "step"
    return made[root]


def _rational(number: Any) -> Any:
    import sympy as sp

    return sp.Rational(number.numerator, number.denominator)


def _printed(expression: Any, legend: dict[Any, str]) -> str:
    """The names are put in by the printer, so sympy never reads them."""
    from sympy.printing.str import StrPrinter

    printer = type("Printer", (StrPrinter,), {"_print_Dummy": lambda self, symbol: legend[symbol]})
    printed: str = printer().doprint(expression)
    return printed.replace("**", "^")
