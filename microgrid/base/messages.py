"""What a user is told when a number or an operation cannot be: the thing, the rule, and the way out."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from math import isfinite
from numbers import Number, Real
from types import FrameType
from typing import Any

from ..errors import DomainError, GraphError, NonFiniteGradient
from . import context
from .checks import is_array
from .nodes import Node, Operation
from .phrases import Way, on_page

__all__ = [
    "call_text",
    "check_gradients",
    "constant",
    "describe",
    "lasting",
    "literal",
    "lossy",
    "number",
    "settle",
    "short",
    "staying",
    "user_frame",
    "warn",
    "with_foreign",
    "younger",
]

NOT_THE_USER = (__name__.partition(".")[0], "viz", "contextlib", "functools", "importlib")
"""Where no user's line is: the last three call ours, in `with` blocks, cached properties and imports."""
LONGEST_NAME, LONGEST_FORMULA = 16, 28
"""Characters of what messages call a node."""
VALUE = "Value needs a real number"
IEEE = Way("ieee", 'microgrid.errstate(domain="ieee") goes on with inf and nan')


def user_frame() -> FrameType:
    """The nearest frame outside microgrid and viz."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] in NOT_THE_USER:
        frame = frame.f_back
    return frame


def warn(text: str, category: type[Warning] = UserWarning) -> None:
    """Warn of the line outside microgrid and viz that called them; what is compiled has no frame."""
    frame = user_frame()
    known = frame.f_globals.setdefault("__warningregistry__", {})  # where Python notes what was said once
    name = frame.f_globals.get("__name__", "<unknown>")
    warnings.warn_explicit(text, category, frame.f_code.co_filename, frame.f_lineno, name, known)


def describe(v: Node) -> str:
    """A node as messages name it: its label or its formula, and its value.

    >>> from microgrid import Value
    >>> x = Value(2.0, "x")
    >>> describe(x), describe(3 * x + 1), describe(Value(0.5))
    ("'x' (2.0)", '3*x + 1 (7.0)', '0.5')
    """
    if v.label:
        return f"{short(v.label)} ({v.data!r})"
    if not v.op:
        return repr(v.data)
    return f"{spelled(v)[0]} ({v.data!r})"


def spelled(v: Any, depth: int = 3) -> tuple[str, int]:
    """What stands for a node in a formula, and how tightly that holds together: its label, its number, or its
    own formula, in which an ellipsis stands for what would make it long."""
    if v.label and depth < 3:
        text = v.label if v.label.isprintable() and len(v.label) <= LONGEST_NAME else short(v.label)
        return text, ATOM if text.isidentifier() else SUM
    if not v.op:
        return f"{v.data:g}", SUM if v.data < 0 else ATOM
    if not depth:
        return "...", ATOM
    terms = [spelled(parent, depth - 1) for parent in v.parents]
    for k in sorted(range(len(terms)), key=lambda k: -len(terms[k][0])):
        if len(formula(v._row, terms, v.constant)[0]) > LONGEST_FORMULA and v.parents[k].op:
            terms[k] = "...", ATOM
    return formula(v._row, terms, v.constant)


# ---------------------------------------------------------------- numbers


def number(x: Any, finite: bool = True, where: str = VALUE) -> float:
    """x as a float; TypeError if it is no real number, ValueError if it is not finite and has to be."""
    real: float = x if type(x) is float else _as_float(x, where)
    if finite and real - real != 0.0 and context.current().domain == "raise":
        section = "finite" if where is VALUE else ""
        raise ValueError(on_page(IEEE.after(f"{where}, and {real} is not finite"), section))
    return real


def _as_float(x: Any, where: str) -> float:
    kind = type(x).__name__
    single = getattr(x, "shape", None) == ()  # an array of no dimension
    letter = getattr(getattr(x, "dtype", None), "kind", "")  # which only NumPy's types of numbers have
    if single and not letter and hasattr(x, "item"):  # such as PyTorch's scalars
        return number(x.item(), finite=False, where=where)
    if isinstance(x, Real) or (single and letter in "biuf"):
        try:
            return float(x)
        except OverflowError:
            raise OverflowError(f"{where}, and this {kind} exceeds the range of doubles (1.8e308)") from None
    if hasattr(x, "parents"):
        raise TypeError(f"{where}, got a Value ({describe(x)}): use it as it is, or v.detach() for a copy")
    if isinstance(x, complex):
        raise TypeError(f"{where}, got complex {x!r}: complex numbers are not supported")
    if hasattr(x, "shape"):
        raise TypeError(
            f"{where}, got an array of shape {x.shape}: a Value is scalar, so go through the elements one "
            "by one, [v * a for a in array]"
        )
    hint = f" (write {kind} as a number: float({x!r}))" if isinstance(x, str) else ""
    raise TypeError(f"{where}, got {kind} {short(x)}{hint}")


def with_foreign(a: Any, b: Any, operation: Callable[[Any, Any], Any]) -> Any:
    """What an operator gives beside what is neither a Value nor a number; None where it has to be a number.

    Arrays and lists of them go element by element, as beside NumPy's own scalars; a class with operators of
    its own is asked for its reflected one.
    """
    if is_array(a) or is_array(b):
        import numpy as np

        alone = [x if is_array(x) and hasattr(x, "dtype") else np.array(x, dtype=object) for x in (a, b)]
        return np.frompyfunc(operation, 2, 1)(*alone)
    ours = hasattr(b, "parents") or hasattr(b, "shape") or isinstance(b, Number)
    return None if ours or not hasattr(type(b), "__radd__") else NotImplemented


def literal(row: Operation, x: Any, other: Any) -> float:
    """The number an operator was given beside `other`, as a float."""
    return number(x, where=f"cannot compute {_sketch(row, x, other)}: operands are Values or real numbers")


def constant(row: Operation, a: Node, c: Any) -> float:
    """The constant of a unary operation, as a float."""
    if row.label:
        return literal(row, c, a)
    if hasattr(c, "parents"):
        raise TypeError(
            f"{row.name}({describe(a)}, {describe(c)}): the second argument is a plain number here"
        )
    return number(c, where=f"the constant of {row.name}({describe(a)}, ...) is a real number")


def unborn(v: Node) -> TypeError:
    """The error for an instance of a subclass that has no data."""
    kind = type(v).__name__
    return TypeError(f"this {kind} has no data: {kind}.__init__ has to call super().__init__(data)")


def lossy(what: str, v: Node, section: str = "") -> TypeError:
    """The error for a conversion that would drop the gradient on the way."""
    way_out = "use v.data for the number, and microgrid's functions (microgrid.exp, ...) in place of math's"
    return TypeError(on_page(f"{what} ({describe(v)}) would lose the gradient: {way_out}", section))


def no_label(x: Any) -> TypeError:
    """The error for a label that is no text."""
    return TypeError(on_page(f"a label is a str, got {type(x).__name__} {short(x)}", "labels"))


def staying(v: Node) -> AttributeError:
    """The error for an assignment to what a node was computed from."""
    it = f"the operands of {describe(v)} stay as they are: its partials are those of the computation that was"
    way = "compute a new Value from others, or assign a leaf's data and call microgrid.recompute"
    return AttributeError(on_page(f"{it}; {way}", "_prev"))


def lasting(v: Node, name: str) -> AttributeError:
    """The error for deleting what every node has."""
    return AttributeError(f"{describe(v)} always has its {name}: assign another instead of deleting it")


def younger(operand: Node, v: Node) -> GraphError:
    """The error for tying a node to one that was made after it, which may be computed from it."""
    return GraphError(
        f"{describe(operand)} cannot be an operand of {describe(v)}, as every operand is older than its "
        "result: otherwise a Value could be computed from itself"
    )


def _sketch(row: Operation, x: Any, other: Any) -> str:
    names = " and ".join(type(thing).__name__ for thing in (other, x) if thing is not ...)
    return f"{row.spelling()} of {names}"


def short(x: Any) -> str:
    """What a user wrote, such as a name, as a message quotes it: printable, and not too long."""
    text = repr(x if not isinstance(x, str) or len(x) <= 40 else str.__str__(x)[:41])
    return text if len(text) <= 40 else text[:37] + "..."


# ---------------------------------------------------------------- operations


def settle(row: Operation, x: float, y: float, operands: Sequence[Node]) -> tuple[float, float, float]:
    """Decide about an operation that float arithmetic refused, or that C does not know.

    Where only a partial is infinite (the square root at 0) the operation stands.  A value that is not finite,
    made from finite operands, is refused unless `errstate(domain="ieee")` holds.
    """
    result = row.forward_ieee(x, y)
    if isfinite(result[0]) or context.current().domain == "ieee" or not (isfinite(x) and isfinite(y)):
        return result
    what = call_text(row, operands, y)
    if not row.bind("domain")(x, y):
        if row.bind("pole")(x, y):
            raise ZeroDivisionError(IEEE.after(f"division by zero in {what}"))
        needs = row.needs or row.domain
        raise DomainError(IEEE.after(f"{what} is not a real number: {row.label or row.name} needs {needs}"))
    raise OverflowError(IEEE.after(f"{what} exceeds the range of doubles (1.8e308)"))


SUM, SIGNED, PRODUCT, POWER, ATOM = range(5)
"""How tightly a formula holds together: one that is looser than its place asks for gets brackets."""

_PLACES = {
    "+": (SUM, PRODUCT),
    "-": (SUM, PRODUCT),
    "*": (SIGNED, POWER),
    "/": (SIGNED, POWER),
    "**": (ATOM, ATOM),
}
_LEVELS = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "**": POWER}


def formula(
    row: Operation, terms: Sequence[tuple[str, int]], constant: float | None, digits: int = 6
) -> tuple[str, int]:
    """An operation on operands, each with how tightly it holds together, as it would be typed.

    >>> from microgrid.ops import ADD, POWC
    >>> formula(POWC, [formula(ADD, [("a*b", PRODUCT), ("b", ATOM)], None)], 2.0)
    ('(a*b + b)**2', 3)
    """
    if constant is not None and (row.name == "powc" or constant != row.constant):
        terms = [*terms, (f"{constant:.{digits}g}", SIGNED if constant < 0 else ATOM)]
    sign = row.label
    if sign == "-" and len(terms) == 1:
        return f"-{_placed(terms[0], PRODUCT)}", SIGNED
    if sign not in _LEVELS or len(terms) != 2:
        return f"{row.name}({', '.join(text for text, _ in terms)})", ATOM
    if sign == "*" and terms[0] == terms[1] and terms[0][1] < ATOM:
        sign, terms = "**", [terms[0], ("2", ATOM)]
    left, right = (_placed(term, place) for term, place in zip(terms, _PLACES[sign]))
    return f"{left} {sign} {right}" if sign in "+-" else f"{left}{sign}{right}", _LEVELS[sign]


def _placed(term: tuple[str, int], place: int) -> str:
    text, level = term
    return text if level >= place else f"({text})"


def call_text(row: Operation, operands: Sequence[Node], y: float = 0.0) -> str:
    """An operation on its operands, as messages write it: ``log('x' (-1.0))``, or with what a formula comes
    to behind it, ``log(2*x + 1) with 2*x + 1 = -1.0``."""
    terms, results = [], dict[str, str]()
    is_infix = row.label in _LEVELS and len(operands) + (row.constant is not None) == 2
    for v in operands:
        if v.label or not v.op:
            terms.append(describe(v))
            continue
        text, level = spelled(v)
        terms.append(f"({text})" if is_infix and level < ATOM else text)
        results[text] = repr(v.data)
    if row.constant is not None:
        terms.append(f"{y!r}")
    call = f"{terms[0]} {row.label} {terms[1]}" if is_infix else f"{row.name}({', '.join(terms)})"
    known = " and ".join(f"{text} = {x}" for text, x in results.items())
    return f"{call} with {known}" if known else call


# ---------------------------------------------------------------- gradients


def check_gradients(nodes: Sequence[Node], adjoints: Sequence[float]) -> None:
    """Warn or raise, as errstate says, where the chain rule left the finite numbers."""
    totals = [adjoint if v._code else v._grad + adjoint for v, adjoint in zip(nodes, adjoints)]
    if isfinite(sum(totals)) or context.current().gradient == "ignore":
        return
    message = _where_it_left(nodes, adjoints, totals)
    if message and context.current().gradient == "raise":
        raise NonFiniteGradient(f"{message}; no gradient was changed")
    if message:
        warn(message, RuntimeWarning)


def _where_it_left(nodes: Sequence[Node], adjoints: Sequence[float], totals: Sequence[float]) -> str:
    for v, adjoint in zip(nodes, adjoints, strict=True):
        if adjoint == 0.0 or not isfinite(adjoint):
            continue
        for parent, partial in zip(v.parents, v.partials, strict=True):
            if not isfinite(adjoint * partial):
                return (
                    f"the gradient of {describe(parent)} is not finite: the partial of {spelled(v)[0]} "
                    f"with respect to it is {partial}, times the gradient {adjoint} that arrives"
                )
    for v, total in zip(nodes, totals, strict=True):
        if not isfinite(total):
            return (
                f"the gradient of {describe(v)} becomes {total}: "
                "the sum over its uses exceeds the range of doubles"
            )
    return ""
