"""Trees of claims as text, which can be read again, and as LaTeX."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction

from ...naming.latex_names import latex_name
from .latex_words import WORDS
from .tokens import plain_letters
from .trees import Call, Claim, Node, Number, Power, Product, Rate, Slope, Symbol, Tree

__all__ = ["latex", "latex_left", "text", "text_left", "written_like"]

SUM, PRODUCT, POWER, ATOM = range(4)
_mark = ContextVar("mark", default="d")
"""The letter of derivatives."""


def text(tree: Tree, level: int = SUM) -> str:
    """A tree as it would be typed.

    >>> from .trees import negative
    >>> text(Product(((1, Number(Fraction(2))), (1, negative(Symbol("x"))))))
    '2*(-x)'
    """
    own, written = _text(tree)
    return f"({written})" if own < level else written


def _text(tree: Tree) -> tuple[int, str]:
    if isinstance(tree, Number):
        return _number(tree.value)
    if isinstance(tree, Node | Symbol):
        return ATOM, tree.name
    if isinstance(tree, Rate):
        return ATOM, rate_text(tree)
    if isinstance(tree, Call):
        return ATOM, f"{tree.function}({', '.join(map(text, tree.operands))})"
    if isinstance(tree, Slope):
        return ATOM, f"{tree.function}'({text(tree.operand)})"
    if isinstance(tree, Power):
        return POWER, f"{text(tree.base, ATOM)}^{text(tree.exponent, ATOM)}"
    if isinstance(tree, Product):
        written = "" if tree.factors[0][0] > 0 else "1"
        for exponent, factor in tree.factors:
            mark = "/" if exponent < 0 else "*" if written else ""
            is_apart = isinstance(factor, Number) and bool(written)
            written += mark + text(factor, PRODUCT if exponent > 0 and not is_apart else POWER)
        return PRODUCT, written
    written = ""
    for sign, addend in tree.addends:
        mark = " - " if sign < 0 else " + "
        first = "-" if sign < 0 else ""
        written += (mark if written else first) + text(addend, PRODUCT)
    return SUM, written


def _number(value: Fraction) -> tuple[int, str]:
    level = SUM if value < 0 else ATOM
    if value.denominator == 1:
        return level, str(value)
    decimal = f"{float(value):.6g}"
    if Fraction(decimal) == value and "e" not in decimal:
        return level, decimal
    return (SUM if value < 0 else PRODUCT), str(value)


def rate_text(rate: Rate) -> str:
    d = _mark.get()
    if len(rate.by) == 1:
        return f"{d}{rate.of.name}/{d}{rate.by[0].name}"
    if rate.by[0].node is rate.by[1].node:
        return f"{d}^2{rate.of.name}/{d}{rate.by[0].name}^2"
    return f"{d}^2{rate.of.name}/({d}{rate.by[0].name} {d}{rate.by[1].name})"


def text_left(claim: Claim, right: Tree) -> str:
    """The claim with another right side."""
    with written_like(claim):
        if isinstance(claim.left, Node):
            return f"{claim.left.name} <- {text(right)}"
        return f"{rate_text(claim.left)} = {text(right)}"


@contextmanager
def written_like(claim: Claim) -> Iterator[None]:
    """Derivatives are printed with d or ∂, as a claim has them."""
    before = _mark.set("∂" if "∂" in claim.text or "\\partial" in claim.text else "d")
    try:
        yield
    finally:
        _mark.reset(before)


# ---------------------------------------------------------------- LaTeX


def latex(tree: Tree, level: int = SUM) -> str:
    """A tree as a lecture sets it.

    >>> print(latex(Product(((1, Number(Fraction(2))), (1, Symbol("eta"))))))
    2 \\eta
    """
    own, written = _latex(tree)
    return rf"\left({written}\right)" if own < level else written


def _latex(tree: Tree) -> tuple[int, str]:
    if isinstance(tree, Number):
        level, written = _number(tree.value)
        if "/" in written:
            minus = "-" if tree.value < 0 else ""
            return level, rf"{minus}\frac{{{abs(tree.value.numerator)}}}{{{tree.value.denominator}}}"
        return level, written
    if isinstance(tree, Symbol):
        return ATOM, f"\\{tree.name}"
    if isinstance(tree, Node):
        return ATOM, latex_of(tree.name)
    if isinstance(tree, Rate):
        return ATOM, latex_rate(tree)
    if isinstance(tree, Call):
        return _latex_call(tree)
    if isinstance(tree, Slope):
        return ATOM, rf"{_function(tree.function)}'\left({latex(tree.operand)}\right)"
    if isinstance(tree, Power):
        base = latex(tree.base, ATOM)
        return (
            POWER,
            f"{{{base}}}^{{{latex(tree.exponent)}}}" if "^" in base else f"{base}^{{{latex(tree.exponent)}}}",
        )
    if isinstance(tree, Product):
        return PRODUCT, _latex_product(tree)
    written = ""
    for turned, addend in tree.addends:
        mark = " - " if turned < 0 else " + "
        written += (mark if written else mark.strip(" +")) + latex(addend, PRODUCT)
    return SUM, written


def _latex_product(tree: Product) -> str:
    above = [factor for power, factor in tree.factors if power > 0]
    below = [factor for power, factor in tree.factors if power < 0]
    if below:
        denominator = latex(below[0]) if len(below) == 1 else _juxtaposed(below)
        numerator = "1" if not above else latex(above[0]) if len(above) == 1 else _juxtaposed(above)
        return rf"\frac{{{numerator}}}{{{denominator}}}"
    return _juxtaposed(above)


def _juxtaposed(factors: list[Tree]) -> str:
    """Factors side by side, with a point where two numbers or two fractions would touch."""
    written = ""
    for k, factor in enumerate(factors):
        piece = latex(factor, PRODUCT if not k else POWER)
        touching = written and (piece[0].isdigit() or (piece.startswith(r"\frac") and k > 0))
        written += (r" \cdot " if touching else " " if written else "") + piece
    return written


def _latex_call(tree: Call) -> tuple[int, str]:
    inner = ", ".join(map(latex, tree.operands))
    if tree.function == "sqrt":
        return ATOM, rf"\sqrt{{{inner}}}"
    if tree.function == "exp":
        return POWER, f"e^{{{inner}}}"
    if tree.function == "abs":
        return ATOM, rf"\left\lvert {inner} \right\rvert"
    return ATOM, rf"{_function(tree.function)}\left({inner}\right)"


def _function(name: str) -> str:
    if name == "sigmoid":
        return r"\sigma"
    if name in ("log", "sin", "cos", "tan", "sinh", "cosh", "tanh"):
        return f"\\{name}"
    shown = {"relu": "ReLU"}.get(name, name).replace("_", r"\_")
    return rf"\operatorname{{{shown}}}"


def latex_rate(rate: Rate) -> str:
    if len(rate.by) == 1:
        return rf"\frac{{\partial {latex_of(rate.of.name)}}}{{\partial {latex_of(rate.by[0].name)}}}"
    of, first, second = (latex_of(node.name) for node in (rate.of, *rate.by))
    below = (
        rf"\partial {first}^{{2}}"
        if rate.by[0].node is rate.by[1].node
        else rf"\partial {first}\, \partial {second}"
    )
    return rf"\frac{{\partial^{{2}} {of}}}{{{below}}}"


def latex_left(claim: Claim) -> str:
    """The left side with the sign after it, aligned."""
    if isinstance(claim.left, Node):
        return rf"{latex_of(claim.left.name)} &\leftarrow"
    return f"{latex_rate(claim.left)} &="


def latex_of(name: str) -> str:
    """A name in LaTeX, however it was typed: ŷ and yhat are one.

    >>> print(latex_of("ŷ"), latex_of("w₁"), latex_of("phi"))
    \\hat{y} w_{1} \\phi
    """
    plain = name if name.isascii() else plain_letters(name)
    return f"\\{plain}" if plain in WORDS and len(plain) > 1 else latex_name(plain)
