"""Reading layers out of a recorded graph: which nodes leave each scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from ...base.context import SCOPES
from ...base.nodes import BUNDLE
from ...engine import Value
from ...errors import GraphError
from ...graph import order

__all__ = ["Layer", "layers", "operations"]


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
    """The layers among the nodes under a loss, operands first, as computed; `samples` are the leaves of each.

    A scope inside another is part of it if all that leaves it leaves the other too, as a neuron is part of
    its layer.  GraphError if a scope has more units for one sample than for another.
    """
    made = [v for v in nodes if v._first is not None]
    uses = _uses(made, samples, parameters)
    leaving = _leaving(made, uses.outside)
    chosen = _outermost(leaving)
    used: dict[str, dict[int, None]] = {scope: {} for scope in chosen}
    for number, places in uses.parameters.items():
        around = [scope for scope in _prefixes(SCOPES[number]) if scope in used]
        if around:
            used[around[-1]].update(places)
    result = []
    for scope in chosen:
        rows: list[list[Value]] = [[] for _ in samples]
        for i in leaving[scope]:
            rows[uses.sample[i]].append(made[i])
        if len(set(map(len, rows))) > 1:
            counts = sorted(set(map(len, rows)))
            raise GraphError(
                f"the scope {scope!r} has {counts[0]} units for one sample and {counts[-1]} for another"
            )
        operands = [
            [v if v._first is None or v._second is not None else v._first for v in row] for row in rows
        ]
        result.append(Layer(scope, rows, operands, list(used[scope])))
    return result


def operations(root: Value) -> list[Value]:
    """The operations under a root as they were made, which takes half as long as `order` with its leaves."""
    found, seen = [root], {id(root)}
    for v in found:  # which grows
        first, second = v._first, v._second
        if first is not None and first._first is not None and id(first) not in seen:
            seen.add(id(first))
            found.append(first)
        if second is not None and second._first is not None and id(second) not in seen:
            seen.add(id(second))
            found.append(second)
    found.sort(key=attrgetter("_serial"))
    if found[-1]._serial - found[0]._serial > AGES // 2:
        return [v for v in order(root) if v._first is not None]
    return [v for v in found if v._role != BUNDLE]


AGES = 1 << 32
"""After so many nodes their serial numbers begin again."""
FAR = 1 << 62
"""How far an operation is from any sample that depends on none."""


@dataclass
class _Uses:
    """What operations use and are used by; these go by places, scopes and parameters by their numbers."""

    sample: list[int] = field(default_factory=list)
    """The sample that each belongs to: of those it depends on, the one with the fewest operations between.

    Where a batch is normalised every node depends on every sample, on the others by way of the statistics.
    """
    outside: dict[int, set[int]] = field(default_factory=dict)
    """The other scopes that those are used in which belong to a sample."""
    parameters: dict[int, dict[int, None]] = field(default_factory=dict)
    """What is an operand in each scope."""


def _uses(made: list[Value], samples: Sequence[Sequence[Value]], parameters: Sequence[Value]) -> _Uses:
    """Go through all operands once; by `id`, since to hash a Value takes longer than all else here."""
    place = {id(v): i for i, v in enumerate(made)}
    leaves = {id(leaf): k for k, xs in enumerate(samples) for leaf in xs}
    numbers = {id(p): k for k, p in enumerate(parameters)}
    scopes = [v._scope for v in made]
    count = len(samples)
    near: list[int] = []  # the operations between, times `count`, and the sample: one number, not a new tuple
    uses = _Uses()
    for v, here in zip(made, scopes):
        first, second, nearest = v._first, v._second, FAR
        operands: Iterable[Any] = (first,) if second is None else (first, second)
        if second is not None and second._first is not None and id(second) not in place:  # a bundle
            operands = v.parents
        for parent in operands:
            key = id(parent)
            i = place.get(key)
            if i is not None:
                if (away := near[i]) != FAR and scopes[i] != here:
                    uses.outside.setdefault(i, set()).add(here)
            elif key in numbers:
                uses.parameters.setdefault(here, {})[numbers[key]] = None
                continue
            else:
                away = leaves.get(key, FAR)
            if away < nearest:
                nearest = away
        near.append(nearest if nearest == FAR else nearest + count)
    uses.sample = [away % count for away in near]
    return uses


def _leaving(made: list[Value], outside: dict[int, set[int]]) -> dict[str, list[int]]:
    """For each scope, and each around it, those of its operations that one outside is computed from."""
    around = {n: set(_prefixes(SCOPES[n])) for n in set().union(*outside.values())}
    leaving: dict[str, list[int]] = {}
    for i in sorted(outside):
        for scope in _prefixes(SCOPES[made[i]._scope]):
            if any(scope not in around[user] for user in outside[i]):
                leaving.setdefault(scope, []).append(i)
    return leaving


def _prefixes(scope: str) -> list[str]:
    """A scope after those around it: "a/b" gives "a" and "a/b"; "" gives none."""
    parts = scope.split("/") if scope else []
    return ["/".join(parts[: k + 1]) for k in range(len(parts))]


def _outermost(leaving: dict[str, list[int]]) -> list[str]:
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
