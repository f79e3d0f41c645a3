"""Reading layers out of a recorded graph: which nodes leave each scope, and their derivatives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .engine import Value
from .errors import GraphError
from .graph import depends, sweep
from .ops import ADD, DIV, MUL, NEG, SUB
from .replay import slopes
from .transforms import VALUES, times

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Backward", "Layer", "layers"]


@dataclass(frozen=True)
class Layer:
    """A scope and its units: the nodes made in it that the graph uses outside, a row of them for each sample.

    `operands` are what the units' operations were applied to, the pre-activation where that is an activation;
    `parameters` the places, among those asked about, of what the layer computes with.
    """

    scope: str
    units: list[list[Value]]
    operands: list[list[Value]]
    parameters: list[int]


def layers(nodes: Sequence[Value], samples: Sequence[Sequence[Value]], parameters: Sequence[Value]) -> list[Layer]:
    """The layers among the nodes under a loss (in `order`), as they are computed; `samples` are the leaves of each.

    A scope inside another is part of it if all that leaves it leaves the other too, as a neuron is part of its layer.
    GraphError if a scope has more units for one sample than for another.
    """
    owner = _nearest(nodes, samples)
    places = {p: k for k, p in enumerate(parameters)}
    leaving = _leaving([v for v in nodes if v in owner], nodes)
    chosen = _outermost(leaving)
    used: dict[str, dict[int, None]] = {scope: {} for scope in chosen}
    for v in nodes:
        taken = [places[p] for p in v.parents if p in places]
        if taken and (scope := next((s for s in reversed(_prefixes(v.scope)) if s in used), None)) is not None:
            used[scope].update(dict.fromkeys(taken))
    found = []
    for scope in chosen:
        rows: list[list[Value]] = [[] for _ in samples]
        for v in leaving[scope]:
            rows[owner[v]].append(v)
        if len(set(map(len, rows))) > 1:
            counts = sorted(set(map(len, rows)))
            raise GraphError(f"the scope {scope!r} has {counts[0]} units for one sample and {counts[-1]} for another")
        operands = [[v.parents[0] if len(v.parents) == 1 else v for v in row] for row in rows]
        found.append(Layer(scope, rows, operands, list(used[scope])))
    return found


def _nearest(nodes: Sequence[Value], samples: Sequence[Sequence[Value]]) -> dict[Value, int]:
    """The sample each node belongs to: of those it depends on, the one with the fewest operations between.

    Where a batch is normalised every node depends on every sample, on the others by way of the statistics.
    """
    distance = {leaf: (0, k) for k, leaves in enumerate(samples) for leaf in leaves}
    for v in nodes:
        steps = [distance[parent] for parent in v.parents if parent in distance]
        if steps:
            nearest, k = min(steps)
            distance[v] = nearest + 1, k
    return {v: k for v, (steps_away, k) in distance.items() if steps_away}


def _leaving(candidates: Iterable[Value], nodes: Sequence[Value]) -> dict[str, list[Value]]:
    """For each scope, and each around it, those of its nodes that a node outside is computed from."""
    uses: dict[Value, set[str]] = {}
    for v in nodes:
        for parent in v.parents:
            uses.setdefault(parent, set()).add(v.scope)
    found: dict[str, list[Value]] = {}
    for v in candidates:
        outside = uses.get(v, set()) - {v.scope}
        for scope in _prefixes(v.scope) if outside else ():
            if not all(f"{user}/".startswith(f"{scope}/") for user in outside):
                found.setdefault(scope, []).append(v)
    return found


def _prefixes(scope: str) -> list[str]:
    """A scope after those around it: "a/b" gives "a" and "a/b"; "" gives none."""
    parts = scope.split("/") if scope else []
    return ["/".join(parts[: k + 1]) for k in range(len(parts))]


def _outermost(leaving: dict[str, list[Value]]) -> list[str]:
    """The scopes that are layers of their own."""
    chosen = dict.fromkeys(leaving)
    for inner in sorted(leaving, key=lambda scope: -scope.count("/")):
        outer = inner.rpartition("/")[0]
        if outer not in chosen or not set(leaving[inner]) <= set(leaving[outer]):
            continue
        # a whole network in a scope gives out what its last layer does: then that one has the better name
        others = [s for s in chosen if s.startswith(f"{outer}/") and not set(leaving[s]) <= set(leaving[outer])]
        del chosen[outer if others and set(leaving[inner]) == set(leaving[outer]) else inner]
    return list(chosen)


# ---------------------------------------------------------------- their derivatives

ARITHMETIC = {op.code for op in (ADD, SUB, MUL, DIV, NEG)}


class Backward:
    """The derivatives of a loss, the last of `graph` (in `order`), with respect to some nodes, for any sample.

    `grad` writes down the branch that a ReLU took, and it stands for ever.  Here the partials of `bent` nodes, all
    operations but the arithmetic ones, are leaves, whose data `slopes` computes from what the nodes are.
    """

    def __init__(self, graph: Sequence[Value], nodes: Sequence[Value], others: Sequence[Value] = ()) -> None:
        self._bent: list[Value] = []
        self.leaves: list[Value] = []
        """One for each partial of each bent node, in order."""
        reached = depends(graph, nodes)
        self._reached = set(reached)
        adjoints = sweep(reached, self._partials, 1.0, times) if graph[-1] in self._reached else {}
        found = [adjoints.get(v, 0.0) for v in nodes]
        self.gradients = [g if isinstance(g, Value) else Value(g) for g in found]
        self.nodes = [*nodes, *others, *dict.fromkeys(x for v in self._bent for x in (v, *v.parents))]
        """Those asked about, others that are of interest, and what `slopes` needs."""
        self._kinds = self._by_kind({v: k for k, v in reversed(list(enumerate(self.nodes)))})

    def _partials(self, v: Value) -> Sequence[Any]:
        if v._code in ARITHMETIC and v._row is not None:
            found: Sequence[Any] = v._row.bind("partials", VALUES)(*v.parents, *[None] * (2 - len(v.parents)), v)
            return found
        if not self._reached.intersection(v.parents):
            return [0] * len(v.parents)
        self._bent.append(v)
        made = [Value(partial) for partial in v.partials]
        self.leaves += made
        return made

    def _by_kind(self, column: Mapping[Value, int]) -> list[tuple[Any, Any, list[Any], list[int], list[Any]]]:
        """Bent nodes of one operation together: the row, its constant, the columns of operands, results, leaves."""
        import numpy as np

        kinds: dict[Any, list[tuple[int, Value]]] = {}
        first = 0
        for v in self._bent:
            kinds.setdefault((v._row, v.constant), []).append((first, v))
            first += len(v.parents)
        made = []
        for (row, constant), placed in kinds.items():
            operands = np.array([[column[parent] for parent in v.parents] for _, v in placed]).T
            results, leaves = np.array([(column[v], first) for first, v in placed]).T
            made.append((row, constant, list(operands), results, [leaves + k for k in range(len(operands))]))
        return made

    def slopes(self, values: Floats) -> Floats:
        """The data of `leaves` (samples, leaves) from those of `nodes`."""
        import numpy as np

        found = np.empty((len(values), len(self.leaves)))
        with np.errstate(all="ignore"):
            for row, constant, operands, results, leaves in self._kinds:
                xs: list[Any] = [values[:, columns] for columns in operands]
                partials = slopes(row, xs if constant is None else [*xs, constant], values[:, results])
                for columns, partial in zip(leaves, partials, strict=True):
                    found[:, columns] = partial
        return found
