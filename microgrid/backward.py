"""The backward pass: one walk that counts the uses of each node, one that passes the gradients on."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

from .errors import GraphError

if TYPE_CHECKING:
    from .engine import Value

__all__ = ["commit", "propagate"]


class _Turn:
    """Walks number the nodes through their `_index` and add to leaves, so walks that may share leaves take turns.

    A walk inside another one of the same thread (from a signal handler, say) would wait for itself: GraphError.
    """

    def __init__(self) -> None:
        self.renew()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.renew)

    def renew(self) -> None:
        self.lock, self.owner = threading.Lock(), 0

    def __enter__(self) -> None:
        if self.owner == threading.get_ident():
            raise GraphError("backward was called while this thread is in the middle of another backward pass")
        self.lock.acquire()
        self.owner = threading.get_ident()

    def __exit__(self, *exception: object) -> None:
        self.owner = 0
        self.lock.release()


_turn = _Turn()


def reach(root: Value) -> tuple[list[Value], list[int]]:
    """Every node under root, root first, numbered by `_index`; and how many edges lead to each.

    A number counts only if the list has this very node in that place, so what an earlier walk left is harmless.
    """
    nodes, uses = [root], [0]
    root._index = 0
    count = 1
    for v in nodes:  # grows while it is read
        a, b = v._a, v._b  # written out for both operands: a loop over them takes a third longer
        if a is not None:
            i = a._index
            if i < count and nodes[i] is a:
                uses[i] += 1
            else:
                a._index = count
                count += 1
                nodes.append(a)
                uses.append(1)
        if b is not None:
            i = b._index
            if i < count and nodes[i] is b:
                uses[i] += 1
            else:
                b._index = count
                count += 1
                nodes.append(b)
                uses.append(1)
    return nodes, uses


def propagate(root: Value, seed: Any) -> tuple[list[Value], list[Any]]:
    """The adjoint d root / d node, times seed, of every node under root, by the chain rule.

    A node passes its adjoint on once all its uses have contributed to it, so each edge is walked exactly once.  The
    seed may be any number that floats can be multiplied into: `verify` sends residues modulo a prime down this walk.
    """
    with _turn:
        return _propagate(*reach(root), seed)


def _propagate(nodes: list[Value], uses: list[int], seed: Any) -> tuple[list[Value], list[Any]]:
    adjoints: list[Any] = [0.0] * len(nodes)
    adjoints[0] = seed
    ready = [0]
    while ready:
        i = ready.pop()
        v, adjoint = nodes[i], adjoints[i]
        a, b = v._a, v._b
        if a is not None:
            i = a._index
            if adjoint != 0.0:  # 0 times infinity is 0 here
                adjoints[i] += adjoint * v._da
            uses[i] -= 1
            if uses[i] == 0:
                ready.append(i)
        if b is not None:
            i = b._index
            if adjoint != 0.0:
                adjoints[i] += adjoint * v._db
            uses[i] -= 1
            if uses[i] == 0:
                ready.append(i)
    return nodes, adjoints


def commit(nodes: list[Value], adjoints: list[float]) -> None:
    """Write the gradients to the nodes: all of them or, if interrupted, none."""
    with _turn:
        _commit(nodes, adjoints)


def _commit(nodes: list[Value], adjoints: list[float]) -> None:
    before = [v._grad for v in nodes], [v._reached for v in nodes]
    try:
        for v, adjoint in zip(nodes, adjoints):
            v._grad = adjoint if v._row is not None else v._grad + adjoint
            v._reached = True
    except BaseException:  # Ctrl-C, which may arrive between any two lines
        for v, grad, reached in zip(nodes, *before):
            v._grad, v._reached = grad, reached
        raise
