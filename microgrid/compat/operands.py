"""Value(data, operands, ...): nodes that a program makes of the operands it names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations
from math import isclose, isfinite
from typing import Any

from ..base import messages
from ..base.nodes import INPUT
from ..base.phrases import on_page
from ..custom import CustomOp, linked
from ..engine import Value, node
from ..errors import GraphError
from ..functions import compute
from ..ops import TABLE, Op, register

__all__ = ["FORM", "construct", "given", "row_of"]

FORM = "Value(data, (a, b), (da, db))"
WAY_OUT = on_page(
    f"give its partials, {FORM}, or define the operation with microgrid.custom_op", "operations"
)
UNSAID = "a set of operands does not say: give them as a tuple"
MOST = 6
"""Of how many operands in a set the orders are tried: 720."""
CLOSE = 1e-9
"""How far, relatively, a program's own value of an operation may be from that of the table."""


def construct(
    v: Value, data: float, operands: Any, op: Any, label: Any, children: Any = (), local_grads: Any = ()
) -> None:
    """Make v what ``Value(data, operands, op, label)`` is; `op` is a name or the partials.

    ``Value(data, label)`` gets here, too.  The operation's name gives the node the row of the table;
    partials alone make one that differentiates, draws and copies, but holds no formula to be run again.
    `children` and `local_grads` are microgpt's names for operands and partials.

    >>> a, b = Value(2.0), Value(3.0)
    >>> c, d = Value(6.0, (a, b), "*"), Value(6.0, (a, b), (b.data, a.data))
    >>> c.backward(), d.backward()
    (None, None)
    >>> c.op, a.grad, b.grad
    ('mul', 6.0, 4.0)
    """
    if getattr(
        v, "_serial", 0
    ):  # called by hand on a node that there is, from which operands may be computed
        raise messages.staying(v)
    node(v, data, 0, None, None, 0.0, 0.0, INPUT)
    for name, again, first in (("children", children, operands), ("local_grads", local_grads, op)):
        if again != () and first not in ((), ""):
            raise TypeError(f"Value(data, ...) got {name}= and, by its place, what that is: give it once")
    operands, op = operands if children == () else children, op if local_grads == () else local_grads
    if not isinstance(operands, tuple | list | set | frozenset):
        if isinstance(operands, str) and (op != "" or (operands and label != "")):
            raise TypeError(
                "Value(data, label) takes no further argument: operands, as micrograd has them, are a tuple, "
                "Value(data, (a, b), '+')"
            )
        v.label = operands
        return
    for x in operands:
        if not isinstance(x, Value):
            raise TypeError(
                f"the operands of a Value are Values, got {type(x).__name__} {messages.short(x)}: "
                "Value(data, (a, b), '+') makes a node, and Value(data, label) a leaf"
            )
    if isinstance(op, tuple | list):
        _with_partials(v, operands, op)
    elif not isinstance(op, str):
        raise TypeError(
            f"Value(data, operands, ...): the third argument is the name of an operation or the tuple of its "
            f"partials, got {type(op).__name__} {messages.short(op)}"
        )
    elif operands:
        _by_name(v, operands, op)
    elif op:
        raise GraphError(
            f"{messages.short(op)} of nothing: an operation has operands, and a leaf has a label, "
            "Value(data, label)"
        )
    v.label = label


def _with_partials(v: Value, operands: Any, partials: Sequence[Any]) -> None:
    where = "the partials of a Value are real numbers"
    slopes = [messages.number(partial, finite=False, where=where) for partial in partials]
    if len(slopes) != len(operands):
        raise GraphError(f"a Value has a partial for each operand, got {len(operands)} and {len(slopes)}")
    if isinstance(operands, set | frozenset) and len(set(slopes)) > 1:
        raise GraphError(f"which partial is whose, {UNSAID}")
    if slopes:
        linked(given(len(slopes)), list(operands), v._data, slopes, v)


def _by_name(v: Value, operands: Any, op: str) -> None:
    """Make v the node of the row with that name, or of micrograd's spelling of it, such as ``**2``."""
    known = list(_candidates(op, operands)) if op else []
    if not known:
        of = "1 operand" if len(operands) == 1 else f"{len(operands)} operands"
        called = f"{messages.short(op)} is the name of no operation" if op else "a Value with no name"
        raise GraphError(f"{called} of {of}, so its partials are unknown: {WAY_OUT}")
    fitting = list(_fitting(known, v._data))
    if not fitting:
        row, a, constant = known[0]
        what = f"{messages.call_text(row, a, constant)} is {_result(row, a, constant)[0]!r}"
        raise GraphError(f"{what}, not {v._data!r}: {WAY_OUT}")
    row, a, constant, z, slopes = next((made for made in fitting if made[3] == v._data), fitting[0])
    by_operand = _by_operand(a, slopes)
    for _, others, _, x, theirs in fitting:
        if (x == z or z != v._data) and not _agree(by_operand, _by_operand(others, theirs)):
            raise GraphError(f"which operand of {messages.short(op)} is which, {UNSAID}")
    if isinstance(row, CustomOp):
        linked(row, a, z, slopes, v)
    elif row.arity == 2:
        node(v, z, row.code, a[0], a[1], slopes[0], slopes[1])
    else:
        node(v, z, row.code, a[0], None, slopes[0], constant)


def _candidates(op: str, operands: Any) -> Iterator[tuple[Op, list[Value], float]]:
    """The rows that are called so, with their operands in order and their constants.

    A set does not say the order, and has the x of x*x once: the data tell what it is.
    """
    ordered = isinstance(operands, tuple | list)
    if not ordered and len(operands) > MOST:
        raise GraphError(f"which operand of {messages.short(op)} is which, {UNSAID}")
    orders = [list(operands)] if ordered else list(map(list, permutations(operands)))
    if len(operands) == 1 and not ordered:
        orders.append(orders[0] * 2)
    exponent = op.removeprefix("**" if op.startswith("**") else "^")
    if exponent != op and _is_number(exponent):
        if len(operands) == 1:
            yield TABLE["powc"], orders[0], float(exponent)
        return
    wanted = {"×": "*", "^": "**"}.get(op, op.lower())
    for row in TABLE.values():
        if wanted in (row.name.lower(), row.label.lower()) and row is not TABLE["powc"]:
            yield from ((row, a, row.constant or 0.0) for a in orders if len(a) == row.arity)


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def _fitting(
    known: Sequence[tuple[Op, list[Value], float]], data: float
) -> Iterator[tuple[Op, list[Value], float, float, Sequence[float]]]:
    """Those that give these data, with their values and partials; every one fits data that are not finite."""
    for row, a, constant in known:
        try:
            z, slopes = _result(row, a, constant)
        except (ArithmeticError, ValueError):
            if len(known) == 1:
                raise
            continue  # in another order it may be an operation
        if isclose(z, data, rel_tol=CLOSE, abs_tol=CLOSE) or not isfinite(data):
            yield row, a, constant, z, slopes


def _by_operand(a: Sequence[Value], slopes: Sequence[float]) -> dict[int, float]:
    """The whole partial with respect to each operand, which may stand several times."""
    whole: dict[int, float] = {}
    for x, slope in zip(a, slopes):
        whole[id(x)] = whole.get(id(x), 0.0) + slope
    return whole


def _agree(one: dict[int, float], other: dict[int, float]) -> bool:
    return all(
        isclose(x, other[v], rel_tol=CLOSE, abs_tol=CLOSE) or (x != x and other[v] != other[v])
        for v, x in one.items()
    )


def _result(row: Op, a: list[Value], constant: float) -> tuple[float, Sequence[float]]:
    """The value of an operation, and its partials."""
    if isinstance(row, CustomOp):
        return row.evaluate([x._data for x in a], a)
    z, *slopes = compute(row, a[0]._data, a[1]._data if row.arity == 2 else constant, tuple(a))
    return z, slopes


# ---------------------------------------------------------------- partials without a formula


def given(arity: int) -> CustomOp:
    """The row of all nodes of so many operands whose value and partials a program gave as numbers."""
    name = f"{GIVEN}{arity}"
    row = TABLE.get(name)
    if not isinstance(row, CustomOp):
        row = CustomOp(
            name, value="", partials=("",) * arity, label=GIVEN, functions=(_unknown, _unknown), known=False,
            pieces=(), samples=(),
        )  # fmt: skip
        register(row)
    return row


GIVEN = "given"


def row_of(name: str) -> Op | None:
    """The row of that name; those of `given` are made when they are asked for."""
    arity = name.removeprefix(GIVEN)
    return given(int(arity)) if name not in TABLE and arity != name and arity.isdecimal() else TABLE.get(name)


class _NoFormula(GraphError, NotImplementedError):
    """Both: a proof passes over what is not implemented."""


def _unknown(*xs: Any) -> Any:
    raise _NoFormula(
        on_page(
            f"a Value that was made with its partials, {FORM}, holds no formula to be run again or "
            "differentiated twice: define the operation with microgrid.custom_op",
            "operations",
        )
    )
