"""Copying and pickling graphs of any depth, with what they share still shared.

Both go through a graph in the order it was computed, so nothing recurses; a copy is differentiable like its original.
"""

from __future__ import annotations

import threading
import weakref
from typing import Any

from .engine import Value
from .errors import GraphError
from .graph import order
from .ops import TABLE

FIELDS = ("_data", "_grad", "_reached", "_role", "_da", "_db", "_label", "_scope")


def copy_node(v: Value) -> Value:
    """A node like v over the same operands."""
    return rebuild(*_parts(v, v._a, v._b))


def copy_graph(v: Value, memo: dict[int, Any]) -> Value:
    """What copy.deepcopy asks for: `memo` knows the copies by the ids of their originals."""
    for old in order(v, bundles=True):
        if id(old) not in memo:
            memo[id(old)] = rebuild(*_parts(old, memo.get(id(old._a)), memo.get(id(old._b))))
    copied: Value = memo[id(v)]
    return copied


def _parts(v: Value, a: Value | None, b: Value | None) -> tuple[Any, ...]:
    return type(v), None if v._row is None else v._row.name, a, b, *(getattr(v, name) for name in FIELDS)


def rebuild(kind: type[Value], name: str | None, a: Value | None, b: Value | None, *fields: Any) -> Value:
    """A node from its parts; GraphError if its operation is a custom one this process has not defined."""
    if name is not None and name not in TABLE:
        raise GraphError(f"the graph uses the operation {name!r}, which is not defined here: call custom_op first")
    v = kind.__new__(kind)
    v._row = None if name is None else TABLE[name]
    v._a, v._b, v._index = a, b, 0
    for field, value in zip(FIELDS, fields, strict=True):
        setattr(v, field, value)
    return v


# Pickle asks a node how to make it again and then saves the parts of that answer, which would recurse through the
# operands.  So a root answers with all its ancestors, oldest first, ahead of itself: when the turn of a node comes, its
# operands are already saved.  _walk.nodes tells a node that it is being saved as part of such a list.
_walk = threading.local()


def reduce(v: Value) -> tuple[Any, ...]:
    """What pickle asks for."""
    walked = getattr(_walk, "nodes", None)
    parts = _parts(v, v._a, v._b)
    if v._row is None or (walked and walked() and id(v) in walked().ids):
        return rebuild, parts
    return _rebuild_last, (_Ancestors(v), _End(), *parts)


def _rebuild_last(ancestors: list[Value], end: None, *parts: Any) -> Value:
    return rebuild(*parts)


class _Ancestors:
    """Pickles as the list of a root's ancestors; a weak reference to it marks the time until `_End`."""

    def __init__(self, root: Value) -> None:
        self.nodes = order(root, bundles=True)[:-1]
        self.ids = set(map(id, self.nodes))

    def __reduce__(self) -> tuple[Any, ...]:
        _walk.nodes = weakref.ref(self)
        return list, (), None, iter(self.nodes)


class _End:
    def __reduce__(self) -> tuple[Any, ...]:
        _walk.nodes = None
        return _nothing, ()


def _nothing() -> None:
    return None
