"""Short names, h1 or u1, for results whose formulas would make those of others too long to be shown."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from ..base.context import GIVEN
from ..base.nodes import OP
from ..engine import Value
from ..pieces import found
from .layers import ACTIVATIONS
from .leaves import is_start

__all__ = ["short_names"]

LONGEST, LEAST = 34.0, 8.0
"""Characters that can be read at once in a formula, and those from which on a name says it shorter."""
MOST = 40
"""Names that a reader keeps apart: a graph that needs more is shown by its results, not by its steps."""
_SIGNS = {"add": 3.0, "sub": 3.0, "mul": 1.0, "div": 1.0, "neg": 1.0, "pow": 1.0, "powc": 1.0}
_UNITS = ACTIVATIONS | {"add", "maximum"}
"""What units of a network and residual blocks end with, whose results are h; others are u."""
_CALL, _NAME = 5.0, 1.5
"""What other operations take besides their operands, and what a short name takes."""


def short_names(nodes: Sequence[Value], named: Mapping[Value, str]) -> dict[Value, str]:
    """Names for results in `graph.order` that have none, where what is computed of them would be long.

    Named are what several others read or, where nothing is read twice, results of activations; where there
    are such names, sums too that would still be long; and the last node where it goes on as they do.  What
    the layers of `microgrid.nn` compute on the way is theirs.

    >>> from microgrid import Value, tanh
    >>> from microgrid.graph import order
    >>> h = Value(1.0, "x")
    >>> for w in Value(2.0, "w1"), Value(3.0, "w2"), Value(4.0, "w3"):
    ...     h = h + tanh(w * h)
    >>> nodes = order(h)
    >>> list(short_names(nodes, {v: v.label for v in nodes if v.label}).values())
    ['h1', 'h2', 'h3']
    """
    if not nodes:
        return {}
    users: dict[Value, set[Value]] = {}
    for v in nodes:
        for parent in v.parents:
            users.setdefault(parent, set()).add(v)
    apart = {v for one in found(nodes) for v in one.nodes}
    open_ = {v for v in nodes if v._role == OP and v not in named and v not in apart and not GIVEN[v._scope]}
    sizes: dict[Value, float] = {}
    chosen: set[Value] = set()
    holds: dict[Value, bool] = {}
    """Whether a result that may get a name could be written out in the formula: long sums hold none."""
    for with_sums in (False, True):
        for v in nodes:
            sizes[v] = _size(v, sizes, named, open_)
            parents = [parent for parent in v.parents if parent in open_]
            holds[v] = any(holds[w] or _may_have(w, sizes, users[w], with_sums) for w in parents)
            while holds[v] and v._role == OP and v not in apart and _written(v, sizes) > LONGEST:
                inside = [w for w in _inside(v, open_) if sizes[w] >= LEAST and not is_start(w)]
                several = [w for w in inside if len(users[w]) > 1]
                more = several or [w for w in inside if w.op in ACTIVATIONS]
                if with_sums and not more:
                    more = [w for w in inside if w.op == "add" and all(one.op != "add" for one in users[w])]
                if not more:
                    holds[v] = False
                    break
                chosen.update(more)
                open_.difference_update(more)
                for w in more:
                    sizes[w] = _NAME
                for w in [*reversed(_inside(v, open_)), v]:
                    sizes[w] = _size(w, sizes, named, open_)
        if not chosen:
            break
    if nodes[-1] in open_ and any(w.op == nodes[-1].op for w in chosen):
        chosen.add(nodes[-1])  # the end of such a chain
    if len(chosen) > MOST:
        return {}
    taken, count = set(named.values()), 0
    is_layered = any(name.startswith("h") and "^" in name for name in taken)  # h1^(1), which h1 looks like
    letter = "h" if not is_layered and all(w.op in _UNITS for w in chosen) else "u"
    short: dict[Value, str] = {}
    for v in nodes:
        if v in chosen:
            count += 1
            while f"{letter}{count}" in taken:
                count += 1
            short[v] = f"{letter}{count}"
    return short


def _may_have(w: Value, sizes: Mapping[Value, float], users: set[Value], with_sums: bool) -> bool:
    """Whether a name for this result may come into question."""
    if sizes[w] < LEAST or is_start(w):
        return False
    ends = with_sums and w.op == "add" and all(one.op != "add" for one in users)
    return len(users) > 1 or w.op in ACTIVATIONS or ends


def _size(
    v: Value, sizes: Mapping[Value, float], named: Mapping[Value, str], open_: Container[Value]
) -> float:
    """About how many characters its formula takes, or its name."""
    if v in named:
        return sum(1.0 if char.isalpha() else 0.5 for char in named[v])
    if v not in open_:
        return 3.0
    return _written(v, sizes)


def _written(v: Value, sizes: Mapping[Value, float]) -> float:
    return _SIGNS.get(v.op, _CALL) + sum(sizes[parent] for parent in v.parents)


def _inside(v: Value, open_: Container[Value]) -> list[Value]:
    """The results that are written out in the formula of v, each before what it is computed from."""
    waiting, seen = [parent for parent in v.parents if parent in open_], dict[Value, None]()
    while waiting:
        w = waiting.pop()
        if w not in seen:
            seen[w] = None
            waiting += [parent for parent in w.parents if parent in open_]
    return sorted(seen, key=lambda w: -w._serial)
