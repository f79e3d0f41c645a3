"""What programs read by micrograd's names: operands, partials, the operation, one step of `_backward`."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from ..base.nodes import attribute, edges
from ..base.phrases import on_page
from ..engine import Value
from .operands import FORM

__all__ = ["step"]


def step(v: Value) -> None:
    """Add the gradient of v, times each partial, to that of the operand: what micrograd's `_backward` does.

    >>> a, b = Value(2.0), Value(3.0)
    >>> c = a * b
    >>> c.grad = 1.0
    >>> c._backward()
    >>> a.grad, b.grad
    (3.0, 2.0)
    """
    for parent, partial in edges(v):
        parent._grad = (
            parent._grad + (v._grad * partial if v._grad else 0.0) + 0.0
        )  # never -0.0: not "none yet"


class _Read:
    """An attribute that programs read, and whose assignment is refused."""

    def __init__(
        self, name: str, get: Callable[[Value], Any], doc: str, way_out: str, section: str = "_prev"
    ) -> None:
        self.get, self.__doc__ = get, doc
        self.refusal = on_page(f"{name} cannot be assigned: {way_out}", section)
        attribute(Value, name, self)

    def __get__(self, v: Value | None, kind: type) -> Any:
        return self if v is None else self.get(v)

    def __set__(self, v: Value, x: Any) -> None:
        raise AttributeError(self.refusal)

    def __delete__(self, v: Value) -> None:
        raise AttributeError(self.refusal)


_FIXED = f"what a node was made of is fixed, and {FORM} makes one of other operands"
_Read("_a", attrgetter("_first"), "The first operand, or None.", _FIXED)
_Read("_b", attrgetter("_second"), "The second operand, or None.", _FIXED)
_Read("_prev", lambda v: set(v.parents), "The set of operands, by the name that micrograd gives it.", _FIXED)
_Read("_children", lambda v: v.parents, "The operands in order, by microgpt's name.", _FIXED)
_Read("_local_grads", lambda v: v.partials, "The partials in order, by microgpt's name.", _FIXED)
_Read(
    "_op",
    lambda v: "" if v._row is None else v._row.spelling(v.constant),
    "The operation as micrograd spells it.",
    'it is how the operation is spelled, Value(data, (a, b), "+") makes a node of another one, and a label '
    "says what you like",
    "_op",
)
_Read(
    "_backward",
    lambda v: lambda: step(v),
    "Does one step: adds the gradient, times each partial, to that of the operand.",
    "the partials of a Value are fixed when it is made, so define the operation with "
    f"microgrid.custom_op(name, value=..., partials=...), or give them, {FORM}",
    "_backward",
)
