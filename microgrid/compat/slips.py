"""Tells once, by a warning, of two slips after which a gradient is right but may not be the one meant.

Both are legitimate in other places, so neither is judged by what was called, but by what the nodes hold: no
warning is given unless the numbers differ.  No node keeps anything for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from math import isclose, isfinite, isnan

from ..backward import propagate
from ..base import messages
from ..base.messages import describe, spelled
from ..base.nodes import CONSTANT, INPUT
from ..base.phrases import on_page
from ..custom import CustomOp
from ..engine import Value, leaf, made_so_far
from ..errors import DomainError
from ..functions import compute

__all__ = ["changed", "doubtful", "followed"]

LOOKS = 16
"""How often `changed` looks through a graph in vain: a program that changes other data between forward and
backward, on purpose and always, does not pay for it in every step."""
LARGEST = 100_000
"""Of how many operations it looks at most: about a fifth of a second."""
NEAR = 1e-6
"""How far, relatively, a partial may be from that of the data now: a number that was moved and moved back, as
for a difference quotient, is not quite the same."""

_told: set[str] = set()
"""The sections of the page whose warning has been given in this process."""
_looks = 0
_last = -1, 0
"""The serial number of the root of the last `recompute`, and how many nodes there had been after it."""


def _tell(text: str, section: str) -> None:
    if section not in _told:
        _told.add(section)
        messages.warn(on_page(text, section))


def doubtful(root: Value, nodes: Sequence[Value], adjoints: Sequence[float]) -> None:
    """Say or raise why `backward` asks before it changes a gradient: one is not finite, or is added again."""
    leaves = [(v._grad, x) for v, x in zip(nodes, adjoints, strict=True) if not v._code]
    finite = isfinite(sum(adjoints) + sum(held + x for held, x in leaves))
    if finite and all(held == x for held, x in leaves):
        _tell(
            f"backward() of {describe(root)} a second time adds to each leaf the gradient that the first one "
            "gave it, which is still there: set gradients to 0.0 between two passes, unless you want the sum",
            "twice",
        )
    else:
        messages.check_gradients(nodes, adjoints)


def followed(root: Value) -> None:
    """Note that the graph under the root has followed what was assigned up to now.

    Of the last root alone: under another one `changed` looks, and finds nothing.
    """
    global _last
    _last = root._serial, leaf(root._data, INPUT)._serial


def changed(root: Value, assigned: int) -> None:
    """Say that a leaf's data is no longer what a partial under the root was computed from, if that is so.

    `assigned` is how many nodes there had been when data were assigned last.
    """
    global _looks
    if "changed" in _told or _looks == LOOKS or (root._serial == _last[0] and assigned < _last[1]):
        return
    outdated = _outdated(root)
    if outdated:  # and counts, if a gradient arrives there
        reached = zip(*propagate(root), strict=True)
        v = next((v for v, adjoint in reached if adjoint != 0.0 and id(v) in outdated), None)
        if v is not None:
            _tell(
                f"the data of {' or '.join(map(describe, outdated[id(v)]))} was assigned after "
                f"{spelled(v)[0]} had been computed: the gradients are those of the numbers of that forward "
                "pass, which is right if they were meant; if those that are there now were, "
                "microgrid.recompute(y) runs it again, before y.backward()",
                "changed",
            )
            return
    _looks += 1


def _under(root: Value) -> Iterator[Value]:
    """The operations under the root, each once."""
    seen, stack = {id(root)}, [root]
    while stack:
        v = stack.pop()
        if v._code:
            yield v
        for x in (v._first, v._second):
            if x is not None and id(x) not in seen:
                seen.add(id(x))
                stack.append(x)


def _outdated(root: Value) -> dict[int, list[Value]]:
    """The operations, by id, that would have other partials with the data now, and the leaves that are why.

    The partial with respect to the 3 of w*3 is passed on to nobody.  Which of the leaves of one operation has
    moved cannot be told; of several that did, those of one operation are named.
    """
    now, why, outdated = dict[int, float](), dict[int, list[Value]](), dict[int, list[Value]]()
    newest = made_so_far()
    for v in sorted(islice(_under(root), LARGEST), key=lambda v: (v._serial - newest - 1) % 2**32):
        row, a, b = v._row, v._first, v._second
        if row is None or a is None or isinstance(row, CustomOp):
            continue  # the functions of a custom operation are the user's, and may print or count
        operands = (a,) if b is None else (a, b)
        moved = next((why[id(x)] for x in operands if id(x) in why), None) if why else None
        if moved is None and all(x._code for x in operands):
            continue
        x = now.get(id(a), a._data)
        y = v._db if b is None else now.get(id(b), b._data)
        try:
            z, *partials = compute(row, x, y, operands)
        except (ArithmeticError, DomainError):
            same, lasting = True, not isfinite(v._data)  # which went on with inf, as it would now
        else:
            same = _near(z, v._data)
            lasting = (a._role == CONSTANT or _near(partials[0], v._da)) and (
                b is None or b._role == CONSTANT or _near(partials[1], v._db)
            )
        if not (same and lasting):
            leaves = [x for x in operands if not x._code]
            because = moved or list(dict.fromkeys(x for x in leaves if x._role != CONSTANT)) or leaves
            if not same:
                now[id(v)], why[id(v)] = z, because
            if not lasting:
                outdated[id(v)] = because
    return outdated


def _near(x: float, y: float) -> bool:
    return x == y or isclose(x, y, rel_tol=NEAR, abs_tol=1e-12) or (isnan(x) and isnan(y))
