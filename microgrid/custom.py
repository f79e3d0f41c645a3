"""Operations that users add, with derivatives they state, without touching the package."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from . import functions
from .base import context, messages
from .base.formula import Vocabulary
from .base.nodes import BUNDLE
from .engine import Value, node, operand
from .errors import DomainError
from .ops import TABLE, Op, register

__all__ = ["custom_node", "custom_op"]


@dataclass(frozen=True, eq=False)
class CustomOp(Op):
    """A row whose formulas are Python functions, called with whatever numbers a graph is walked with."""

    functions: tuple[Callable[..., Any], Callable[..., tuple[Any, ...]]] = (abs, lambda x: ())
    sympy: Callable[..., Any] | None = None
    known: bool = True
    """False where each node was given its value and partials as numbers: see `compat.given`."""

    # Functions cannot be compared by what they compute, so no two such rows are equal.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @property
    def arguments(self) -> tuple[str, ...]:
        return tuple(f"x{k}" for k in range(1, self.arity + 1))

    def evaluate(self, xs: Sequence[float], operands: Sequence[Value]) -> tuple[float, tuple[float, ...]]:
        """Value and partials at xs; DomainError, naming the operands, if the user's functions fail."""
        called = f"custom operation {messages.call_text(self, operands)}"
        value, partials = self.functions
        try:
            z, slopes = value(*xs), partials(*xs)
        except (ArithmeticError, ValueError) as error:
            raise DomainError(f"{called} failed with {type(error).__name__}: {error}") from error
        except TypeError as error:
            raise TypeError(f"{called} failed with {error}") from error
        z = messages.number(z, finite=False, where=f"{called}: its value has to be a real number")
        where = f"{called}: each of its partials has to be a real number"
        slopes = tuple(messages.number(slope, finite=False, where=where) for slope in slopes)
        if not isfinite(z) and all(map(isfinite, xs)) and context.current().domain == "raise":
            kind = DomainError if z != z else OverflowError
            raise kind(messages.IEEE.after(f"{called} gave {z}"))
        return z, slopes

    def _build(self, what: str, vocabulary: Vocabulary) -> Callable[..., Any]:
        value, partials = self.functions
        if what in ("partials", "again"):
            return lambda *xs_and_z: partials(*xs_and_z[:-1])
        return value if what == "value" else super()._build(what, vocabulary)


TAKEN = {*functions.__all__, "max", "min", "result"}
"""Names that mean something in expressions."""


def custom_op(
    name: str,
    *,
    value: Callable[..., Any],
    partials: Callable[..., Any] | Sequence[Callable[..., Any]],
    sympy: Callable[..., Any] | None = None,
) -> Callable[..., Any]:
    """Define an operation and return the function that applies it to Values or numbers.

    `value(x1, ..., xn)` computes it; `partials` is one function per operand, or a single one that returns a
    tuple.  Written with + - * / ** and microgrid's functions they also serve 50-digit checks and derivatives
    of derivatives.  `sympy(x1, ..., xn)`, the same function in sympy's terms, lets `verify` prove the
    partials.  Defining a name again replaces it, except a built-in one (ValueError).

    >>> from microgrid import Value, custom_op
    >>> cube = custom_op("cube", value=lambda x: x**3, partials=[lambda x: 3 * x**2], sympy=lambda x: x**3)
    >>> x = Value(2.0)
    >>> cube(x).backward()
    >>> x.grad
    12.0
    """
    if not isinstance(name, str) or not name.isidentifier():
        raise ValueError(f"the name of a custom operation is an identifier, got {name!r}")
    if name in TAKEN or not isinstance(TABLE.get(name), CustomOp | None):
        raise ValueError(f"{name!r} has a meaning already: choose another name")
    row = CustomOp(
        name,
        value="",
        partials=("",) * _arity(name, value),
        functions=(value, _tuple(name, value, partials)),
        sympy=sympy,
        pieces=(),
        samples=(),
    )
    register(row)

    def apply(*operands: Any) -> Any:
        if len(operands) != row.arity:
            raise TypeError(f"{name} takes {row.arity} operands, got {len(operands)}")
        if any(isinstance(x, Value) for x in operands):
            return custom_node(row, operands)
        return value(*operands)

    apply.__name__ = apply.__qualname__ = name
    apply.__doc__ = value.__doc__
    return apply


def custom_node(row: CustomOp, operands: tuple[Any, ...]) -> Value:
    """The node of a custom operation, of any number of operands."""
    a = tuple(operand(row, x) for x in operands)
    return linked(row, a, *row.evaluate([v._data for v in a], a))


def linked(
    row: CustomOp, a: Sequence[Value], z: float, partials: Sequence[float], made: Value | None = None
) -> Value:
    """The node with that value and those partials, which is `made` if that is given."""
    # A node has room for two: further operands hang below in bundles, nodes of partial 1 that pass the
    # adjoint on.
    rest, slope = (None, 0.0) if len(a) == 1 else (a[-1], partials[-1])
    for k in range(len(a) - 2, 0, -1):
        rest, slope = node(Value.__new__(Value), z, row.code, a[k], rest, partials[k], slope, BUNDLE), 1.0
    return node(Value.__new__(Value) if made is None else made, z, row.code, a[0], rest, partials[0], slope)


def _arity(name: str, value: Callable[..., Any]) -> int:
    from inspect import Parameter, signature

    parameters = signature(value).parameters.values()
    fixed = [p for p in parameters if p.kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)]
    if not fixed or len(fixed) != len(parameters):
        raise TypeError(
            f"custom_op({name!r}): value takes its operands as positional arguments, at least one"
        )
    return len(fixed)


def _tuple(
    name: str, value: Callable[..., Any], partials: Callable[..., Any] | Sequence[Callable[..., Any]]
) -> Callable[..., tuple[Any, ...]]:
    """The partials as one function that returns a tuple of the right length."""
    arity = _arity(name, value)
    if not callable(partials):
        several = tuple(partials)
        if len(several) != arity:
            raise ValueError(f"custom_op({name!r}): {arity} operands but {len(several)} partials")
        return lambda *xs: tuple(partial(*xs) for partial in several)

    def checked(*xs: Any) -> tuple[Any, ...]:
        result = partials(*xs)
        slopes = tuple(result) if isinstance(result, tuple | list) else (result,)
        if len(slopes) != arity:
            raise ValueError(f"custom operation {name!r}: {arity} operands but {len(slopes)} partials")
        return slopes

    return checked
