"""What nodes are made of, beneath Value: roles, edges, the base of their rows, and what all of them offer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, Protocol, Self, TypeVar

try:
    import cython
except ModuleNotFoundError:
    from . import no_cython as cython

from ..errors import GraphError

__all__ = [
    "BUNDLE", "CONSTANT", "INPUT", "OP", "PARAMETER", "ROLES",
    "AnyNode", "Blocks", "Node", "Operation", "Row", "attribute", "attributes_by", "built_from", "columns",
    "edges", "free_in_turn", "on_cycle", "unmark",
]  # fmt: skip

INPUT, PARAMETER, CONSTANT, OP, BUNDLE = range(5)
ROLES = ("input", "parameter", "constant", "op", "bundle")

built_from = b""
"""The `build.digest` of the sources that were compiled."""
if cython.compiled:
    built_from = MICROGRID_BUILT_FROM  # type: ignore[name-defined]


class Node(Protocol):
    """What the rooms beneath the engine use of a `Value`, which they cannot import."""

    _data: float
    _grad: float
    _da: float
    _db: float
    _code: int
    _role: int
    _index: int
    _serial: int

    @property
    def _first(self) -> Self | None: ...
    @property
    def _second(self) -> Self | None: ...
    @property
    def data(self) -> float: ...
    @property
    def label(self) -> str: ...
    @property
    def op(self) -> str: ...
    @property
    def parents(self) -> Sequence[Self]: ...
    @property
    def partials(self) -> Sequence[float]: ...


AnyNode = TypeVar("AnyNode", bound=Node)


class Operation(Protocol):
    """What they use of an operation's row, an `ops.Op`."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def constant(self) -> float | None: ...
    @property
    def domain(self) -> str: ...
    @property
    def needs(self) -> str: ...
    def bind(self, what: str) -> Callable[..., Any]: ...
    def forward_ieee(self, x: float, y: float | None = None) -> tuple[float, float, float]: ...
    def spelling(self) -> str: ...


@cython.cclass
class Row:
    """The base of `ops.Op`, whose number is its place in `ops.ROWS`.

    Every Op has an `attempt` of its own, made of its text.  Compiled code does not see that one but the one in
    nodes.pxd, which is C.
    """

    __slots__ = ("code",)

    code: int


@cython.cclass
class Blocks:
    """How many `with` blocks are open in all threads: while none is, operations need not look anything up."""

    __slots__ = ("open",)

    open: int


def edges(v: AnyNode) -> list[tuple[AnyNode, float]]:
    """(operand, partial) of a node, in order.

    More than two are bundled: nodes of that role chain them by their `_second`.  GraphError if one of them
    comes again.
    """
    found = []
    rest: AnyNode | None = v
    result = v
    bundles: set[int] | None = None
    while rest is not None:
        v, rest = rest, None
        for parent, slope in ((v._first, v._da), (v._second, v._db)):
            if parent is not None and parent._role == BUNDLE:
                if bundles is None:
                    bundles = set()
                if id(parent) in bundles:
                    raise GraphError(
                        f"the graph has a cycle: an operand of {result.op} ({result.data!r}) comes again"
                    )
                bundles.add(id(parent))
                rest = parent
            elif parent is not None:
                found.append((parent, slope))
    return found


def on_cycle(stuck: list[AnyNode]) -> AnyNode:
    """A node that is computed from itself, of those that all have users among themselves."""
    users: dict[int, list[AnyNode]] = {id(v): [] for v in stuck}
    operands = dict.fromkeys(users, 0)
    for v in stuck:
        for operand in (v._first, v._second):
            if operand is not None and id(operand) in users:
                users[id(operand)].append(v)
                operands[id(v)] += 1
    done = [v for v in stuck if not operands[id(v)]]  # what only depends on no circle
    for v in done:  # grows while it is read
        for user in users[id(v)]:
            operands[id(user)] -= 1
            if not operands[id(user)]:
                done.append(user)
    v, seen = next(v for v in stuck if operands[id(v)]), set()
    while id(v) not in seen:  # down from operand to operand, until one comes again
        seen.add(id(v))
        v = next(o for o in (v._first, v._second) if o is not None and operands.get(id(o)))
    return v


def unmark(roots: Sequence[Node]) -> None:
    """Set each `_index` under the roots to 0: what a walk that was interrupted leaves in the nodes."""
    seen, stack = set(map(id, roots)), list(roots)  # by identity: a subclass may define equality as it likes
    while stack:
        v = stack.pop()
        v._index = 0
        for operand in (v._first, v._second):
            if operand is not None and id(operand) not in seen:
                seen.add(id(operand))
                stack.append(operand)


def attribute(kind: type, name: str, descriptor: Any) -> None:
    """Give all instances of Value, which is a type of C where it is compiled, an attribute."""
    if cython.compiled:
        set_on_class(kind, name, descriptor)  # type: ignore[name-defined]
    else:
        setattr(kind, name, descriptor)


def attributes_by(kind: type, keep: Callable[[Any, str, Any], None]) -> None:
    """Let `keep` take the attributes of compiled nodes that no place is for; uncompiled ones have none.

    For Python's own hook, a `__setattr__`, would make nodes there ten times as slow to build.
    """
    if cython.compiled:
        keep_others(kind, keep)  # type: ignore[name-defined]


def columns(things: list[Any], names: tuple[str, ...], same: tuple[str, ...]) -> list[list[Any]] | None:
    """For each name, what all the things hold under it, read in a third of the time that Python takes.

    None unless all are of one class, and hold under each name of `same` the very same as the first.
    """
    kind, expected = type(things[0]), [getattr(things[0], name) for name in same]
    for thing in things:
        if type(thing) is not kind:
            return None
        for i in range(len(same)):
            if getattr(thing, same[i]) is not expected[i]:
                return None
    return [[getattr(thing, name) for thing in things] for name in names]


def free_in_turn(kind: Any) -> None:
    """Let uncompiled nodes be freed one after the other where a browser's stack is too small for chains.

    Elsewhere Python sees to it itself.  It costs half a microsecond for each node.
    """
    if sys.platform == "emscripten":
        kind.__del__ = freed


def freed(v: Any) -> None:
    """Hand a node's operands on: those that nothing else holds come here too, and hand on theirs."""
    global is_freeing
    waiting.append((getattr(v, "_first", None), getattr(v, "_second", None)))
    v._first = v._second = None
    if not is_freeing:
        is_freeing = True
        try:
            while waiting:
                waiting.pop()
        finally:
            is_freeing = False


waiting: list[object] = []
"""Operands of nodes that are being freed."""
is_freeing = False
