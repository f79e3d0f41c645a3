"""Besides `backward` a recorded graph allows gradients as graphs, forward mode, a second forward pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, overload

from . import functions, ops
from .base.context import at_once, current, errstate
from .base.formula import Vocabulary
from .base.messages import describe, number, short, warn
from .base.nodes import BUNDLE, INPUT
from .compat import followed
from .custom import CustomOp
from .engine import Value, leaf
from .errors import GraphError, NonFiniteGradient
from .graph import depends, order, sweep

__all__ = ["grad", "jvp", "recompute"]

VALUES = Vocabulary("value", functions.WORDS)
"""Formulas over Values: a partial computed in it is itself a graph."""


@overload
def grad(y: Value, xs: Value) -> Value: ...
@overload
def grad(y: Value, xs: Sequence[Value]) -> list[Value]: ...
def grad(y: Value, xs: Any) -> Any:
    """d y / d x as a Value that can be differentiated again; for a list of nodes, a list.

    No node's `grad` changes.  A node that y does not depend on has gradient 0.  What is not finite warns as
    in `backward`.  Second derivatives are within 1e-12 of the sum of their terms' absolute values, for the
    numbers that the nodes hold: digits that those have lost, as in log(cosh(x)) near 0, stay lost.

    >>> from microgrid import Value, grad
    >>> x = Value(3.0)
    >>> first = grad(x**3, x)
    >>> first.data, grad(first, x).data
    (27.0, 18.0)
    """
    wanted = [_node(x) for x in ([xs] if isinstance(xs, Value) else xs)]
    nodes = depends(order(y), wanted)
    with errstate(domain="ieee"):
        adjoints = sweep(nodes, _partials, 1.0, times) if y in nodes else {}
        derivatives = [_wrap(adjoints.get(x, 0.0)) for x in wanted]
    for x, derivative in zip(wanted, derivatives, strict=True):
        if not isfinite(derivative.data) and current().gradient != "ignore":
            message = f"the derivative of {describe(y)} with respect to {describe(x)} is {derivative.data}"
            if current().gradient == "raise":
                raise NonFiniteGradient(message)
            warn(message, RuntimeWarning)
    return derivatives[0] if isinstance(xs, Value) else derivatives


def _partials(v: Value) -> Iterable[Any]:
    """The partials of v as Values, by the formulas of its row.

    GraphError if an operand is no longer what it was: they would mix the numbers of two forward passes.
    """
    row = v._row
    if row is None:
        return ()
    again = _evaluate(v, [parent._data for parent in v.parents])
    # the partials too: of 0*x the value stays 0 whatever x becomes; and two nans are the same number here
    if any(x != y and (x == x or y == y) for x, y in zip(again, (v._data, *v.partials))):
        changed = ", ".join(map(describe, v.parents))
        raise GraphError(
            f"{describe(v)} was computed before its operands became {changed}: recompute(y) first"
        )
    operands = v.parents if isinstance(row, CustomOp) or row.arity == 2 else (v._first, v._db)
    try:
        partials: tuple[Any, ...] = row.bind("again", VALUES)(*operands, v)
    except TypeError as error:
        raise TypeError(
            f"the partials of {short(row.name)} cannot be differentiated: write them with + - * / ** and "
            f"microgrid's functions ({error})"
        ) from error
    return partials


def times(adjoint: Any, partial: Any) -> Any:
    """A product without the nodes that multiply by 1, and without 0 times infinity."""
    if not isinstance(partial, Value) and partial == 1:
        return adjoint
    if not isinstance(adjoint, Value) and adjoint == 1:
        return partial
    if not isinstance(partial, Value) and partial == 0:
        return None
    if _data(adjoint) == 0.0 and not isfinite(_data(partial)):
        return None
    return adjoint * partial


def _data(x: Any) -> float:
    return x.data if isinstance(x, Value) else x


def _wrap(x: Any) -> Value:
    return x if isinstance(x, Value) else Value(x)


def _node(x: Any) -> Value:
    if not isinstance(x, Value):
        raise TypeError(f"derivatives are taken with respect to Values, got {type(x).__name__} {x!r}")
    return x


def jvp(y: Value, tangents: Mapping[Value, float]) -> float:
    """The derivative of y along a direction, by one forward sweep: sum of d y / d x * dx.

    `tangents` is the direction, ``{x: dx}``: numbers dx by the nodes; others stand still.

    >>> from microgrid import Value, jvp
    >>> a, b = Value(3.0), Value(2.0)
    >>> jvp(a * b, {a: 1.0, b: 10.0})
    32.0
    """
    if not isinstance(tangents, Mapping):
        raise TypeError(f"jvp needs the direction as {{x: dx}}, got {type(tangents).__name__}")
    tangent = {_node(x): number(dx, where="a tangent is a real number") for x, dx in tangents.items()}
    for v in order(y):
        if v not in tangent:
            edges = zip(v.parents, v.partials, strict=True)
            # a tangent of exactly 0 passes nothing on, as an adjoint of 0 does in `backward`
            tangent[v] = sum(partial * tangent[p] for p, partial in edges if tangent[p] != 0.0)
    return float(tangent[y])


def recompute(y: Value) -> Value:
    """Run the forward pass again after leaves changed: refresh data and partials under y, and return y.

    Gradients of operations are forgotten (they belonged to the pass before); those of leaves stay.  If an
    operation fails, it raises as when it was made and nothing has changed.  What Python decided while the
    graph was made stays decided, such as the branch of relu in a graph that `grad` made.

    >>> from microgrid import Value, recompute
    >>> x = Value(3.0)
    >>> y = x * x
    >>> x.data = 5.0
    >>> recompute(y).data
    25.0
    """
    fresh: dict[Value, float] = {}
    stored: list[tuple[Value, str, float]] = []
    for v in order(y):
        if v._row is None:
            continue
        data, *partials = _evaluate(v, [fresh.get(p, p._data) for p in v.parents])
        fresh[v] = data
        stored += _numbers(v, data, partials)
    at_once(map(setattr, *zip(*stored)) if stored else ())
    followed(y)
    return y


def _evaluate(v: Value, xs: Sequence[float]) -> Sequence[float]:
    """Value and partials of v's operation at xs, as when it was made."""
    row = v._row or ops.NEG  # for mypy: a leaf, which has no row, never gets here
    now = tuple(leaf(x, INPUT, parent.label) for x, parent in zip(xs, v.parents))  # for the messages
    if isinstance(row, CustomOp):
        data, partials = row.evaluate(xs, now)
        return data, *partials
    return functions.compute(row, xs[0], xs[1] if len(xs) == 2 else v._db, now)


def _numbers(v: Value, data: float, partials: Sequence[float]) -> Iterator[tuple[Value, str, float]]:
    """What v is to hold; the partials of more than two operands hang below, in bundles."""
    yield v, "_data", data
    yield v, "_grad", -0.0  # engine.NONE_YET, which compiled is C's
    while v._second is not None and v._second._role == BUNDLE:
        yield v, "_da", partials[0]
        partials, v = partials[1:], v._second
    yield v, "_da", partials[0]
    if v._second is not None:
        yield v, "_db", partials[1]
