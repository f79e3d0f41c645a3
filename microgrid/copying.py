"""Copying and pickling graphs of any depth, with what they share still shared.

Both go through a graph in the order it was computed, so nothing recurses; a copy is differentiable like its
original.  A pickled list of nodes is smallest with the last node first: each root brings all its ancestors
along, and those that an earlier root has brought are mere references.
"""

from __future__ import annotations

import sys
import threading
import weakref
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

from . import engine
from .base.context import GIVEN, MARKS, SCOPES, marked_place, scope_place
from .base.messages import short, staying
from .compat import attributes, row_of
from .engine import Value, node, tie
from .errors import GraphError
from .graph import order
from .ops import Op

FIELDS = ("_data", "_grad", "_role", "_da", "_db", "_label")


def copy_node(v: Value) -> Value:
    """A node like v over the same operands."""
    return rebuild(*_parts(v, v._first, v._second))


def copy_graph(v: Value, memo: dict[int, Any]) -> Value:
    """What copy.deepcopy asks for: `memo` knows the copies by the ids of their originals."""
    for old in order(v, bundles=True, known=_Copied(memo)):
        if id(old) not in memo:
            a, b = memo.get(id(old._first)), memo.get(id(old._second))
            kind, row, scope, a, b, held, *fields = _parts(old, a, b)
            memo[id(old)] = rebuild(kind, row, scope, a, b, deepcopy(held, memo), *fields)
    copied: Value = memo[id(v)]
    return copied


class _Copied:
    """The nodes that deepcopy has copied already."""

    def __init__(self, memo: dict[int, Any]) -> None:
        self.memo = memo

    def __contains__(self, v: object) -> bool:
        return id(v) in self.memo


def _parts(v: Value, a: Value | None, b: Value | None) -> tuple[Any, ...]:
    return type(v), v._row, _place(v._scope), a, b, attributes(v), *(getattr(v, name) for name in FIELDS)


@cache
def _place(place: int) -> str | tuple[Any, ...]:
    """A place of `context.SCOPES` by what it means: the scope, the mark and which names the library gave.

    It is the same tuple each time, which a pickle then holds once.
    """
    mark, given = MARKS[place], GIVEN[place]
    if mark is None and not given:
        return SCOPES[place]
    return SCOPES[place], *(mark or ()), *([given] if given else ())


def rebuild(
    kind: type[Value],
    row: Op | None,
    scope: str | tuple[Any, ...],
    a: Value | None,
    b: Value | None,
    held: dict[str, Any],
    *fields: Any,
) -> Value:
    """A node from its parts.

    It is new whatever the `__new__` of its class hands out, and so younger than the operands.
    """
    v = node(Value.__new__(kind), 0.0, 0, None, None, 0.0, 0.0)
    tie(v, 0 if row is None else row.code, a, b)
    parts = (scope,) if isinstance(scope, str) else scope
    v._scope = scope_place(*parts) if len(parts) < 3 else marked_place(*parts)
    for field, value in zip(FIELDS, fields, strict=True):
        setattr(v, field, value)
    for name, value in held.items():
        setattr(v, name, value)
    return v


def restore(v: Value, state: Any) -> None:
    """What pickle does with the state that the `__reduce__` of a subclass adds: attributes alone."""
    if not isinstance(state, dict) or not hasattr(v, "__dict__"):
        raise staying(v)
    v.__dict__.update(state)


# Pickle asks a node how to make it again and then saves the parts of that answer, which would recurse through
# the operands.  So a root answers with all its ancestors, oldest first, ahead of itself: when the turn of a
# node comes, its operands are already saved.  _walk.nodes tells a node that it is being saved as part of such
# a list.
_walk = threading.local()


def reduce(v: Value) -> tuple[Any, ...]:
    """What pickle asks for."""
    walked = getattr(_walk, "nodes", None)
    kind, row, *parts = _parts(v, v._first, v._second)
    named = (kind, None if row is None else row.name, *parts)
    if row is None or (walked and walked() and id(v) in walked().ids):
        return _rebuild_named, named
    ancestors = _Ancestors(v)
    return _rebuild_last, (ancestors, _End(ancestors), *named)


def _rebuild_named(kind: type[Value], name: str | None, *parts: Any) -> Value:
    row = None if name is None else row_of(name)
    if name is not None and row is None:
        raise GraphError(
            f"the graph uses the operation {short(name)}, which is not defined here: call custom_op first"
        )
    return rebuild(kind, row, *parts)


def _rebuild_last(ancestors: list[Value], end: None, *named: Any) -> Value:
    return _rebuild_named(*named)


class _Ancestors:
    """Pickles as the list of a root's ancestors, and marks the time until `_End`, or until pickling fails."""

    def __init__(self, root: Value) -> None:
        self.nodes = order(root, bundles=True)[:-1]
        self.ids = set(map(id, self.nodes))
        self.outer: Any = None

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (), None, self._walk()

    def _walk(self) -> Iterator[Value]:
        self.outer, _walk.nodes = getattr(_walk, "nodes", None), weakref.ref(self)
        try:
            yield from self.nodes
        except GeneratorExit:  # pickling failed half-way
            self.end()
            raise

    def end(self) -> None:
        walked = getattr(_walk, "nodes", None)
        if walked and walked() is self:
            _walk.nodes = self.outer


class _End:
    def __init__(self, ancestors: _Ancestors) -> None:
        self.ancestors = ancestors

    def __reduce__(self) -> tuple[Any, ...]:
        self.ancestors.end()
        return _nothing, ()


def _nothing() -> None:
    return None


engine.copying = sys.modules[__name__]  # what copy and pickle ask a Value for is found here
