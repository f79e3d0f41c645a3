"""Reading a recorded graph: order, leaves, scopes, paths, size.  Nothing here recurses or changes a node."""

from __future__ import annotations

import operator
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .base.messages import describe
from .base.nodes import BUNDLE, built_from
from .engine import Value
from .errors import GraphError

__all__ = ["Counts", "Path", "counts", "depends", "leaves", "order", "path_count", "paths", "scopes", "sweep"]


def order(*roots: Value, bundles: bool = False, known: Container[Value] = ()) -> list[Value]:
    """Every node under the roots, each after its operands, left operands first: the same list every time.

    What is `known` already is left out, and what only it depends on.  With `bundles` the nodes are in it that
    hold the operands of a custom operation together.  A cycle is a GraphError.

    >>> from microgrid import Value
    >>> x, w = Value(3.0, "x"), Value(2.0, "w")
    >>> [v.label or v.op for v in order(w * x + x)]
    ['w', 'x', 'mul', 'add']
    """
    placed: dict[Value, None] = {}
    opened: set[Value] = set()
    stack = [_node(root) for root in reversed(roots)]
    while stack:
        v = stack[-1]
        if v not in placed:
            a, b = v._first, v._second
            size = len(stack)
            if b is not None and b not in placed and b not in known:
                stack.append(b)
            if a is not None and a not in placed and a not in known:
                stack.append(a)
            if len(stack) > size:
                if v in opened:  # its operands were to be placed before its turn came again
                    raise GraphError(f"the graph has a cycle: {describe(v)} is computed from itself")
                opened.add(v)
                continue
            placed[v] = None
        stack.pop()
    return list(placed) if bundles else [v for v in placed if v._role != BUNDLE]


def _node(v: Any) -> Value:
    if not isinstance(v, Value):
        raise TypeError(
            f"expected a Value, the result of a computation, got {type(v).__name__} {v!r}{_way_out(v)}"
        )
    return v


def _way_out(v: Any) -> str:
    """What to write where a formula, or all that `parse` returned, was given for a Value."""
    if isinstance(v, str):
        return ': microgrid.parse("w*x", w=2, x=3)["result"] makes one of a text'
    named = isinstance(v, dict) and all(isinstance(value, Value) for value in v.values())
    return ': of the nodes that parse returns pass one, such as nodes["result"]' if named else ""


def leaves(*roots: Value) -> list[Value]:
    """The inputs, parameters and constants under the roots, in `order`."""
    return [v for v in order(*roots) if v.role != "op"]


def scopes(*roots: Value) -> dict[str, list[Value]]:
    """The nodes under `roots` by the full name of their `microgrid.scope`; "" holds those made outside."""
    made_in: dict[str, list[Value]] = {}
    for v in order(*roots):
        made_in.setdefault(v.scope, []).append(v)
    return made_in


def sweep(
    nodes: Sequence[Value],
    partials: Callable[[Value], Iterable[Any]],
    seed: Any,
    times: Callable[[Any, Any], Any] = operator.mul,
) -> dict[Value, Any]:
    """The chain rule from the last of `nodes` (in `order`) to the others, over any kind of number.

    `partials(v)` gives the derivative of v with respect to each of its parents; `times` multiplies an adjoint
    by one, or returns None where nothing is to be passed on.  A node that nothing reaches is not in the
    result.  This one loop differentiates with Values (`grad`) and with symbols, residues and 50-digit numbers
    (`verify`).
    """
    wanted = set(nodes)
    adjoints = {nodes[-1]: seed}
    for v in reversed(nodes):
        if v not in adjoints or not v.parents:
            continue
        for parent, partial in zip(v.parents, partials(v), strict=True):
            if parent in wanted and (term := times(adjoints[v], partial)) is not None:
                adjoints[parent] = adjoints[parent] + term if parent in adjoints else term
    return adjoints


def depends(nodes: Sequence[Value], on: Iterable[Value]) -> list[Value]:
    """Those of `nodes` (in `order`) that are in `on` or computed from it."""
    depending = set(on)
    for v in nodes:
        if any(parent in depending for parent in v.parents):
            depending.add(v)
    return [v for v in nodes if v in depending]


# ---------------------------------------------------------------- paths


@dataclass(frozen=True)
class Path:
    """One route of the chain rule: `nodes` from the starting node to the root, `partials` along its edges."""

    nodes: tuple[Value, ...]
    partials: tuple[float, ...]

    @property
    def product(self) -> float:
        """What this path contributes to the gradient."""
        product = 1.0
        for partial in self.partials:
            product *= partial
        return product


def path_count(root: Value, start: Value) -> int:
    """How many paths lead from `start` to `root`, without walking them; counting stops at 10**30.

    A graph of n nodes can have 2**n, integers whose digits would make counting slow.
    """
    count = {start: 1}
    for v in order(root):
        if v is not start:
            count[v] = min(sum(count[parent] for parent in v.parents), 10**30)
    return count[root]


def paths(root: Value, start: Value, *, limit: int = 10_000) -> Iterator[Path]:
    """Every path from `start` to `root`; the sum of their products is d root / d start.

    Raises GraphError, before the first, if there are more than `limit`.

    >>> from microgrid import Value
    >>> x = Value(3.0, "x")
    >>> [path.product for path in paths(x * x + x, x)]
    [3.0, 3.0, 1.0]
    """
    if (total := path_count(root, start)) > limit:
        raise GraphError(
            f"{total:.3g} paths lead from {describe(start)} to {describe(root)}; the limit is {limit}: "
            "pass a larger limit= or ask about a node nearer to the root"
        )
    return _walk(root, start)


def _walk(root: Value, start: Value) -> Iterator[Path]:
    towards = set(depends(order(root), [start]))
    # The way down so far, and for each of its nodes what is still to be tried below it.
    nodes: list[Value] = [root]
    slopes: list[float] = []
    untried = [_steps_down(root, start, towards)]
    if root is start:
        yield Path((root,), ())
    while untried:
        step = next(untried[-1], None)
        if step is None:
            untried.pop()
            nodes.pop()
            if slopes:
                slopes.pop()
            continue
        nodes.append(step[0])
        slopes.append(step[1])
        untried.append(_steps_down(step[0], start, towards))
        if step[0] is start:
            yield Path(tuple(reversed(nodes)), tuple(reversed(slopes)))


def _steps_down(v: Value, start: Value, towards: set[Value]) -> Iterator[tuple[Value, float]]:
    """The operands of v through which `start` can be reached, with the partials; none from `start` itself."""
    if v is not start:
        for parent, partial in zip(v.parents, v.partials):
            if parent in towards:
                yield parent, partial


# ---------------------------------------------------------------- size


@dataclass(frozen=True)
class Counts:
    """The size of a graph.

    `depth` is the longest path in edges, `unshared` the number of terms if it were written out as
    expressions.
    """

    nodes: int
    edges: int
    leaves: int
    depth: int
    unshared: float
    bytes: int


def counts(*roots: Value) -> Counts:
    """Count what is under `roots`.  `bytes` is what nodes hold, numbers included (labels, scopes are shared).

    >>> from microgrid import Value
    >>> counts(Value(2.0) * 3.0 + 1.0).depth
    2
    """
    nodes = order(*roots)
    depth: dict[Value, int] = {}
    size: dict[Value, float] = {}
    for v in nodes:
        depth[v] = 1 + max((depth[parent] for parent in v.parents), default=-1)
        size[v] = 1.0 + sum(size[parent] for parent in v.parents)
    return Counts(
        nodes=len(nodes),
        edges=sum(len(v.parents) for v in nodes),
        leaves=sum(v.role != "op" for v in nodes),
        depth=max(depth.values(), default=0),
        unshared=sum(size[root] for root in roots),
        bytes=sum(map(_bytes, order(*roots, bundles=True))),
    )


def _bytes(v: Value) -> int:
    boxed = () if built_from else (v._data, v._grad, v._da, v._db)  # a compiled node has its numbers inside
    numbers = {id(x): x for x in boxed}
    return v.__sizeof__() + sum(x.__sizeof__() for x in numbers.values())
