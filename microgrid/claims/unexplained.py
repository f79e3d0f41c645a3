"""What is left to say of a false claim that no single slip explains: how far off it is, simplified by
sympy.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

from ..base.deadline import within
from ..base.phrases import Phrase, say
from .algebra.points import UNDEFINED
from .algebra.replaced import MOST_TARGETS, replaced, targets
from .algebra.terms import Term, reachable
from .formulas import tree_of
from .language.names import Names
from .language.printing import text
from .language.trees import Node, Sum
from .truth import Judge

if TYPE_CHECKING:
    from sympy import Expr

__all__ = ["adding_to_one", "unexplained"]

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
    _loaded()
    try:
        ratio, difference = within(SECONDS, _simplified, claimed, actual, names)
    except (TimeoutError, RecursionError, *UNDEFINED):
        return nothing
    if max(len(ratio), len(difference)) > LONGEST:
        return nothing
    told = "{nothing}; what is right over the claim is {ratio}, and the claim less what is right {difference}"
    return say(told, nothing=nothing, ratio=ratio, difference=difference)


def adding_to_one(judge: Judge, claimed: Term, actual: Term, loss: Term, names: Names) -> str:
    """That the claim is true where the targets of a loss add up to 1, as p - y of a cross-entropy is; empty
    where it is not.
    """
    found = targets(loss)
    if not 2 <= len(found) <= MOST_TARGETS or any(t.data not in names.named for t in found):
        return ""
    last = 1 - loss.store.sum([(t, Fraction(1)) for t in found[:-1]])
    if not judge.compare(*(replaced(term, found[-1], last) for term in (claimed, actual))).true:
        return ""
    total = Sum(tuple((1, Node(t.data, names.named[t.data])) for t in found))
    return say("where {total} = 1 the claim is true", total=text(total))


@cache
def _loaded() -> None:
    """What sympy needs for its first quotient, so that loading is not part of the time that is allowed."""
    import sympy as sp

    x, y = sp.Dummy("x", real=True), sp.Dummy("y", real=True)
    _printed(sp.factor(sp.cancel((x**2 - y**2) / (x + y))), {x: "x", y: "y"})


def _simplified(claimed: Term, actual: Term, names: Names) -> tuple[str, str]:
    import sympy as sp

    legend: dict[Any, str] = {}
    a, b = _expression(claimed, names, legend), _expression(actual, names, legend)
    if any(not legend[symbol] for symbol in a.free_symbols | b.free_symbols):
        return " " * LONGEST * 2, ""  # too long to be written
    return tuple(_printed(sp.factor(sp.cancel(e)), legend) for e in (b / a, a - b))  # type: ignore[return-value]


def _expression(root: Term, names: Names, legend: dict[Any, str]) -> Expr:
    """The term in sympy, with nodes as symbols wherever they have names."""
    import sympy as sp

    made: dict[Term, Any] = {}

    def symbol(called: str) -> Any:
        """One for each text that stands for something in which nothing cancels."""
        found = next((s for s, name in legend.items() if called and name == called), None)
        found = sp.Dummy(called, real=True) if found is None else found
        legend[found] = called
        return found

    for t in reachable([root]):
        if t.kind in ("symbol", "name"):
            made[t] = symbol("eta" if t.data == "eta" else names.named.get(t.data, ""))
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
        else:  # the derivative at a kink, such as relu'(z)
            slope = tree_of(t, names) if t.kind == "where" else None
            made[t] = symbol("" if slope is None else text(slope))
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
