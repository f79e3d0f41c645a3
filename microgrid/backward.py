"""The backward pass: one walk collects the nodes, one from the newest to the oldest passes adjoints on.

The adjoint of a node is the derivative of the root with respect to it.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Sequence
from typing import Any

try:
    import cython
except ModuleNotFoundError:
    from .base import no_cython as cython

from .base.context import at_once
from .base.messages import describe
from .base.nodes import AnyNode, Node, on_cycle, unmark
from .errors import GraphError

__all__ = ["backward", "line_up", "propagate", "turn"]

if cython.compiled:
    from .base.stack import Numbers, Stack  # type: ignore[import-not-found]
else:
    from .base.no_cython import NOBODY, Numbers, Stack, uncounted


class _Turn:
    """Walks mark nodes by their `_index` and add to leaves, so walks that may share leaves take turns.

    ``with turn.lock, turn.alone():`` is around each.  These are locks of Python's own, taken and given back
    by the `with` statement itself: after Ctrl-C between two lines of an `__enter__` written here, a lock
    would stay taken for ever.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()  # other threads wait here
        self.walk = threading.Lock()  # this thread, if it comes here, is inside a walk of its own
        self.roots: Sequence[Node] = []
        """Of the walk; of an interrupted one, which may have left marks, until the next."""
        if hasattr(os, "register_at_fork"):  # or a child process could inherit a half-walked graph
            os.register_at_fork(
                before=self.lock.acquire, after_in_parent=self.lock.release, after_in_child=self.lock.release
            )

    def alone(self) -> Any:
        """The lock of a walk.

        GraphError inside another walk of this thread (in a signal handler, a finaliser): it could never end.
        """
        if self.walk.locked():
            raise GraphError(
                "backward was called while this thread is in the middle of another backward pass"
            )
        if self.roots:
            unmark(self.roots)
            self.roots = []  # only now: an interrupted `unmark` begins again, too
        return self.walk


turn = _Turn()
waiting, operations, leaves = Stack(), Stack(), Stack()
gradients, replaced = Numbers(), Numbers()
previous = 0
"""The serial number of the root of the last pass."""


def backward(root: Node, seed: float, certain: bool = False) -> bool:
    """Give every node under root its gradient.

    False, and no change, if that is doubtful, unless the caller is `certain`: if one would not be finite, or
    if this pass would repeat the last one, whose gradients are all still there.
    """
    global previous
    with turn.lock, turn.alone():
        again = root._serial == previous and root._grad == seed and not certain
        result = replaced.places(reach([root], root._serial))
        total = differentiate(root, seed, result, cython.compiled)
        good = certain or total - total == 0.0  # false for inf and nan alone
        if again and good:
            good = not doubled(result)
        if not cython.compiled:
            good = good and store(result, certain)
        elif not good:
            undo(result)
        if good:
            previous = root._serial
        end()
    return good


def doubled(result: Any) -> bool:
    """Whether each leaf gets the gradient that it has already: none was set to 0 since the last pass."""
    first, some = len(operations), False
    for place in range(len(leaves)):
        v = leaves.at(place)
        had = result[first + place] if cython.compiled else v._grad  # `chain` has written the others already
        got = v._grad - had if cython.compiled else result[first + place]
        if got != had:
            return False
        some = some or had != 0.0
    return some


def store(adjoints: Any, certain: bool) -> bool:
    """Give the nodes their gradients, as `chain` does with `write`, but all in one step.

    For uncompiled code: Ctrl-C comes between any two of its lines, and nothing interrupts a compiled walk.
    """
    first = len(operations)
    gradients = [adjoints[place] + 0.0 for place in range(first)]
    gradients += [v._grad + adjoints[first + k] + 0.0 for k, v in enumerate(leaves)]
    total = sum(gradients)
    good = certain or total - total == 0.0
    if good:
        at_once(map(setattr, itertools.chain(operations, leaves), itertools.repeat("_grad"), gradients))
    return good


def propagate(root: AnyNode, seed: Any = 1.0) -> tuple[list[AnyNode], list[Any]]:
    """Every node under root and its adjoint times seed, by the same walk; no gradient changes.

    Uncompiled, the seed may be any number that floats can be multiplied into.
    """
    with turn.lock, turn.alone():
        count = reach([root], root._serial)
        adjoints = replaced.zeros(count)
        differentiate(root, seed, adjoints, False)
        nodes = [stack.at(place) for stack in (operations, leaves) for place in range(len(stack))]
        arrived = [adjoints[place] for place in range(count)]
        end()
        return nodes, arrived


def line_up(roots: list[AnyNode], newest: int) -> list[AnyNode]:
    """Every node under the roots, numbered from 1 by `_index`: leaves, then operations, as they were made.

    `newest` is the serial number of a node younger than all.  Whoever calls has the turn, and sets each
    `_index` to 0 again.
    """
    reach(roots, newest)
    leaves.newest_first(newest)
    if not in_order():
        disentangle()
    nodes = []
    for stack in (leaves, operations):
        for place in range(len(stack) - 1, -1, -1):
            v = stack.at(place)
            nodes.append(v)
            v._index = len(nodes)
    operations.clear()
    leaves.clear()
    return nodes


def end() -> None:
    """Keep no node alive beyond the walk, and no more memory than that of a graph of a million nodes."""
    operations.clear()
    leaves.clear()
    turn.roots = []
    if cython.compiled:
        gradients.trim(replaced, waiting, operations, leaves)


def reach(roots: Sequence[Node], newest: int) -> int:
    """Collect every node under the roots, the operations newest first, and number them from 1.

    The number stands in `_index`, where 0 means that the walk has not been there.
    """
    turn.roots = roots
    waiting.clear()
    operations.clear()
    leaves.clear()
    waiting.push(NOBODY)  # the end of the loop below, without a count to compare at every step
    count = 0
    for root in roots:
        if root._index == 0:
            root._index = count = count + 1
            waiting.push(uncounted(root))
    v = waiting.pop()
    while v is not NOBODY:
        a, b = v._first, v._second  # written out for both operands: a loop over them takes a third longer
        if a is NOBODY:
            leaves.append(v)
        else:
            operations.append(v)
            if a._index == 0:
                a._index = count = count + 1
                waiting.push(a)
            if b is not NOBODY and b._index == 0:
                b._index = count = count + 1
                waiting.push(b)
        v = waiting.pop()
    operations.newest_first(newest)
    return count


def differentiate(root: Node, seed: Any, result: Any, write: bool) -> float:
    """`chain` from the root; again, in the order of the edges, if that of creation contradicts them."""
    count = len(operations) + len(leaves)
    while True:
        adjoints = gradients.zeros(count + 1)
        adjoints[root._index] = seed
        done, total = chain(adjoints, result, write)
        if done == count:
            return total
        if write:
            undo(result)
        disentangle()


def chain(adjoints: Any, result: Any, write: bool) -> tuple[int, float]:
    """Send the adjoint of each operation along its edges; those of the leaves arrive.

    From the newest node to the oldest: when it is the turn of one, all its uses have contributed to its
    adjoint, so each edge is walked exactly once.  With `write`, each node gets its gradient and `result` what
    it had before, and the sum of all gradients is returned, which shows whether one is not finite; without,
    `result` gets the adjoints.  Also returned is how many nodes had their turn: not all, if the turn of one
    came before a use of it.
    """
    total = 0.0
    for place in range(len(operations)):
        v = operations.look(place)
        own = v._index
        adjoint = adjoints[own]
        if adjoint != 0.0:  # 0 times infinity is 0 here
            i = v._first._index
            if i == 0 or i == own:  # the operand has had its turn, or is the node itself
                return place, total
            adjoints[i] += adjoint * v._da
            if v._second is not NOBODY:
                i = v._second._index
                if i == 0 or i == own:
                    return place, total
                adjoints[i] += adjoint * v._db
        result[place] = adjoint
        if write:
            total += adjoint
            result[place] = v._grad
            v._grad = adjoint + 0.0  # never -0.0: that is how "no gradient" is written
        v._index = 0
    first = len(operations)
    for place in range(len(leaves)):
        v = leaves.look(place)
        adjoint = adjoints[v._index]
        result[first + place] = adjoint
        if write:
            result[first + place] = v._grad
            v._grad = v._grad + adjoint + 0.0
            total += v._grad
        v._index = 0
    return first + len(leaves), total


def undo(before: Any) -> None:
    """Give the nodes that had their turn, those whose `_index` is 0 again, the gradients they had before."""
    first = len(operations)
    for place in range(first):
        v = operations.at(place)
        if v._index == 0:
            v._grad = before[place]
    for place in range(len(leaves)):
        v = leaves.at(place)
        if v._index == 0:
            v._grad = before[first + place]


def in_order() -> bool:
    """Whether each operation stands before its operands, numbering all nodes anew."""
    number()
    for place in range(len(operations)):
        v = operations.at(place)
        if v._first._index <= v._index or (v._second is not None and v._second._index <= v._index):
            return False
    return True


def number() -> None:
    """Number the nodes from 1, the operations first."""
    first = len(operations)
    for place in range(first):
        v = operations.at(place)
        v._index = place + 1
    for place in range(len(leaves)):
        v = leaves.at(place)
        v._index = first + place + 1


def disentangle() -> None:
    """Order the operations by their edges: each once all its uses stand before it (Kahn 1962, CACM 5, 558).

    Creation is the same order at less cost, unless nodes were tied together by hand, or 2**32 others were
    made between two of them: that is when the compiled engine's serial numbers begin again.
    """
    number()
    first = len(operations)
    uses = gradients.zeros(first + len(leaves) + 1)  # counted in doubles: that memory is at hand
    for place in range(first):
        v = operations.at(place)
        uses[v._first._index] += 1.0
        if v._second is not None:
            uses[v._second._index] += 1.0
    ordered = [operations.at(place) for place in range(first) if uses[place + 1] == 0.0]
    for v in ordered:  # grows while it is read
        for operand in (v._first, v._second):
            if operand is not None:
                uses[operand._index] -= 1.0
                if uses[operand._index] == 0.0 and operand._first is not None:
                    ordered.append(operand)
    if len(ordered) < first:
        v = on_cycle([operations.at(place) for place in range(first) if uses[place + 1] != 0.0])
        raise GraphError(f"the graph has a cycle: {describe(v)} is computed from itself")
    operations.clear()
    for v in ordered:
        operations.append(uncounted(v))
