"""The backward pass: one walk that collects the nodes, one from the newest to the oldest that passes gradients on."""

from __future__ import annotations

import os
import threading
from operator import attrgetter
from typing import TYPE_CHECKING, Any

try:
    import cython
except ModuleNotFoundError:
    from . import uncompiled as cython

from .errors import GraphError

if TYPE_CHECKING:
    from .engine import Value

__all__ = ["backward", "propagate"]

if cython.compiled:
    from .stack import Numbers, Stack  # type: ignore[import-not-found]
else:

    class Stack(list):  # type: ignore[type-arg,no-redef]
        at = list.__getitem__

    class Numbers:  # type: ignore[no-redef]
        zeros = staticmethod([0.0].__mul__)


class _Turn:
    """Walks mark the nodes through their `_index` and add to leaves, so walks that may share leaves take turns.

    A walk inside another one of the same thread (from a signal handler, say) would wait for itself: GraphError.
    """

    def __init__(self) -> None:
        self.renew()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.renew)

    def renew(self) -> None:
        self.lock, self.owner = threading.Lock(), 0
        self.unfinished: list[Value] = []  # the root of a walk that was interrupted, and may have left marks

    def __enter__(self) -> None:
        if self.owner == threading.get_ident():
            raise GraphError("backward was called while this thread is in the middle of another backward pass")
        self.lock.acquire()
        self.owner = threading.get_ident()
        if self.unfinished:
            unmark(self.unfinished[0])
            self.unfinished.clear()

    def __exit__(self, *exception: object) -> None:
        self.owner = 0
        self.lock.release()


turn = _Turn()
waiting, operations, leaves = Stack(), Stack(), Stack()
gradients, replaced = Numbers(), Numbers()


def unmark(root: Value) -> None:
    """Remove what an interrupted walk left in the nodes."""
    seen, stack = {root}, [root]
    while stack:
        v = stack.pop()
        v._index = 0
        for operand in (v._a, v._b):
            if operand is not None and operand not in seen:
                seen.add(operand)
                stack.append(operand)


def backward(root: Value, seed: float, whatever: bool = False) -> bool:
    """Give every node under root its gradient; False, and no change, if one would not be finite, unless `whatever`."""
    good = False
    with turn:
        count = reach(root)
        adjoints, before = gradients.zeros(count + 1), replaced.zeros(count)
        adjoints[1] = seed
        try:
            total = chain(adjoints, before, True)
            good = whatever or total - total == 0.0
        finally:  # Ctrl-C may arrive between any two lines of uncompiled code
            if not good:
                undo(before)
        end()
    return good


def propagate(root: Value, seed: Any = 1.0) -> tuple[list[Value], list[Any]]:
    """Every node under root and its adjoint, d root / d node times seed, by the same walk; no gradient changes.

    Uncompiled, the seed may be any number that floats can be multiplied into.
    """
    with turn:
        count = reach(root)
        adjoints, found = gradients.zeros(count + 1), replaced.zeros(count)
        adjoints[1] = seed
        chain(adjoints, found, False)
        nodes = [stack.at(place) for stack in (operations, leaves) for place in range(len(stack))]
        end()
        return nodes, [found[place] for place in range(count)]


def end() -> None:
    """Keep no node alive beyond the walk."""
    operations.clear()
    leaves.clear()
    turn.unfinished.clear()


def reach(root: Value) -> int:
    """Collect every node under root, the operations newest first; number them from 1 by `_index`, which was 0."""
    turn.unfinished.append(root)
    waiting.clear()
    operations.clear()
    leaves.clear()
    waiting.append(None)
    count = root._index = 1
    v = root
    while v is not None:
        a, b = v._a, v._b  # written out for both operands: a loop over them takes a third longer
        if a is None:
            leaves.append(v)
        else:
            operations.append(v)
            if a._index == 0:
                a._index = count = count + 1
                waiting.append(a)
            if b is not None and b._index == 0:
                b._index = count = count + 1
                waiting.append(b)
        v = waiting.pop()
    operations.sort(key=attrgetter("_serial"), reverse=True)
    return count


def chain(adjoints: Any, result: Any, write: bool) -> float:
    """Send the adjoint of each operation along its edges; those of the leaves arrive.

    From the newest node to the oldest: when it is the turn of one, all its uses have contributed to its adjoint, so
    each edge is walked exactly once.  If told to write, each node gets its gradient and `result` what it had before,
    and the sum of all gradients is returned, which shows whether one is not finite; otherwise `result` gets adjoints.
    """
    total = 0.0
    for place in range(len(operations)):
        v = operations.at(place)
        adjoint = adjoints[v._index]
        if adjoint != 0.0:  # 0 times infinity is 0 here
            adjoints[v._a._index] += adjoint * v._da
            if v._b is not None:
                adjoints[v._b._index] += adjoint * v._db
        result[place] = adjoint
        if write:
            total += adjoint
            result[place] = v._grad
            v._grad = adjoint + 0.0  # never -0.0: that is how "no gradient" is written
        v._index = 0
    first = len(operations)
    for place in range(len(leaves)):
        v = leaves.at(place)
        adjoint = adjoints[v._index]
        result[first + place] = adjoint
        if write:
            result[first + place] = v._grad
            v._grad = v._grad + adjoint + 0.0
            total += v._grad
        v._index = 0
    return total


def undo(before: Any) -> None:
    """Give the nodes that had their turn, those whose number is 0 again, the gradients they had before."""
    first = len(operations)
    for place in range(first):
        v = operations.at(place)
        if v._index == 0:
            v._grad = before[place]
    for place in range(len(leaves)):
        v = leaves.at(place)
        if v._index == 0:
            v._grad = before[first + place]
