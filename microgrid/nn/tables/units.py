"""Reading layers out of a recorded graph: which nodes leave each scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...engine import Value
from ...errors import GraphError

__all__ = ["Layer", "layers"]

Edges = Sequence[tuple[Value, tuple[Value, ...]]]
"""Nodes, each with its parents."""


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


def layers(
    nodes: Sequence[Value], samples: Sequence[Sequence[Value]], parameters: Sequence[Value]
) -> list[Layer]:
    """The layers among the nodes under a loss (in `order`), as computed; `samples` are the leaves of each.

    A scope inside another is part of it if all that leaves it leaves the other too, as a neuron is part of
    its layer.  GraphError if a scope has more units for one sample than for another.
    """
    edges = [(v, v.parents) for v in nodes]
    owner = _nearest(edges, samples)
    places = {p: k for k, p in enumerate(parameters)}
    leaving = _leaving(owner, edges)
    chosen = _outermost(leaving)
    used: dict[str, dict[int, None]] = {scope: {} for scope in chosen}
    holder: dict[str, str] = {
        scope: next((s for s in reversed(_prefixes(scope)) if s in used), "")
        for scope in {v.scope for v in nodes}
    }
    for v, parents in edges:
        for p in parents:
            if p in places and (scope := holder[v.scope]):
                used[scope][places[p]] = None
    result = []
    for scope in chosen:
        rows: list[list[Value]] = [[] for _ in samples]
        for v in leaving[scope]:
            rows[owner[v]].append(v)
        if len(set(map(len, rows))) > 1:
            counts = sorted(set(map(len, rows)))
            raise GraphError(
                f"the scope {scope!r} has {counts[0]} units for one sample and {counts[-1]} for another"
            )
        operands = [[v.parents[0] if len(v.parents) == 1 else v for v in row] for row in rows]
        result.append(Layer(scope, rows, operands, list(used[scope])))
    return result


def _nearest(edges: Edges, samples: Sequence[Sequence[Value]]) -> dict[Value, int]:
    """The sample each node belongs to: of those it depends on, the one with the fewest operations between.

    Where a batch is normalised every node depends on every sample, on the others by way of the statistics.
    """
    distance = {leaf: (0, k) for k, leaves in enumerate(samples) for leaf in leaves}
    for v, parents in edges:
        nearest = None
        for parent in parents:
            place = distance.get(parent)
            if place is not None and (nearest is None or place < nearest):
                nearest = place
        if nearest is not None:
            distance[v] = nearest[0] + 1, nearest[1]
    return {v: k for v, (steps_away, k) in distance.items() if steps_away}


def _leaving(candidates: Iterable[Value], edges: Edges) -> dict[str, list[Value]]:
    """For each scope, and each around it, those of its nodes that a node outside is computed from."""
    scopes = {v: v.scope for v in candidates}
    uses: dict[Value, set[str]] = {}
    for v, parents in edges:
        user = v.scope
        for parent in parents:
            if scopes.get(parent, user) != user:
                uses.setdefault(parent, set()).add(user)
    leaving: dict[str, list[Value]] = {}
    for v, inside in scopes.items():
        outside = uses.get(v, ())
        for scope in _prefixes(inside) if outside else ():
            if not all(f"{user}/".startswith(f"{scope}/") for user in outside):
                leaving.setdefault(scope, []).append(v)
    return leaving


def _prefixes(scope: str) -> list[str]:
    """A scope after those around it: "a/b" gives "a" and "a/b"; "" gives none."""
    parts = scope.split("/") if scope else []
    return ["/".join(parts[: k + 1]) for k in range(len(parts))]


def _outermost(leaving: dict[str, list[Value]]) -> list[str]:
    """The scopes that are layers of their own.

    Of a network in the scope "mlp", with two neurons in a hidden layer and one at its end, these units leave:

        mlp/layer0/neuron0   a      leaves layer0 too, and is a part of it
        mlp/layer0/neuron1   b      the same
        mlp/layer0           a, b   a layer
        mlp/layer1           c      a layer
        mlp                  c      leaves out a and b: only its last layer in another name
    """
    units = {scope: set(nodes) for scope, nodes in leaving.items()}
    chosen = dict.fromkeys(leaving)
    for inner in sorted(leaving, key=lambda scope: -scope.count("/")):
        outer = inner.rpartition("/")[0]
        if outer not in chosen or not units[inner] <= units[outer]:
            continue
        # a whole network in a scope gives out what its last layer does: then that one has the better name
        whole = units[inner] == units[outer] and any(
            scope.startswith(f"{outer}/") and not units[scope] <= units[outer] for scope in chosen
        )
        del chosen[outer if whole else inner]
    return list(chosen)
