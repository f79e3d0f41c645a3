"""Layers that a module of a user's own calls without a scope: their units are told apart by their weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..base.context import GIVEN
from ..base.nodes import PARAMETER
from ..base.phrases import Phrase, say
from ..engine import Value
from .labels import is_given
from .scopes import LAYER, UNIT, Path, scope_path

__all__ = ["layer_scopes", "unscoped_names"]


def layer_scopes(nodes: Sequence[Value], names: Mapping[Value, str]) -> dict[Value, Path]:
    """The scope of each node of a unit with its layer before the unit, where units of several layers have one
    scope; `nodes` in `graph.order`, `names` of those that have one of their own.

    >>> from microgrid import nn
    >>> from microgrid.graph import order
    >>> from microgrid.naming.names import own_names
    >>> first, second = nn.Linear(2, 2), nn.Linear(2, 1)
    >>> nodes = order(second([h.tanh() for h in first([1.0, 2.0])]))
    >>> sorted(set(layer_scopes(nodes, own_names(nodes)).values()))
    [('layer0', 'neuron0'), ('layer0', 'neuron1'), ('layer1', 'neuron0')]
    """
    units: dict[int, bool] = {}
    number: dict[Value, int] = {}
    for v in nodes:
        place = v._scope
        if place not in units:
            units[place] = bool(UNIT.fullmatch(v.scope)) and bool(GIVEN[place] >> v.scope.count("/") & 1)
        if not units[place]:
            continue
        if v._role == PARAMETER:
            if is_given(v) and (match := LAYER.fullmatch(names.get(v, ""))):
                number[v] = int(match[1])
        elif layers := [number[p] for p in v.parents if p in number and p._scope == place]:
            number[v] = max(layers)  # of a weight, where the other operand is an earlier layer's
    for v in reversed(nodes):  # the number with which a sum begins
        for p in v.parents if v in number else ():
            if not p.op and p._scope == v._scope:
                number.setdefault(p, number[v])
    several: dict[str, set[int]] = {}
    for v, layer in number.items():
        several.setdefault(_around(v), set()).add(layer)
    return {
        v: (*path[:-1], f"layer{layer - 1}", path[-1])
        for v, layer in number.items()
        if len(several[_around(v)]) > 1 and (path := scope_path(v.scope))
    }


def _around(v: Value) -> str:
    return v.scope.rpartition("/")[0]


def unscoped_names(paths: Mapping[Value, Path]) -> dict[Path, Phrase]:
    """What those scopes are called within the one around them: ``layer 1`` and ``neuron 2``."""
    found: dict[Path, Phrase] = {}
    for path in dict.fromkeys(paths.values()):
        match = UNIT.fullmatch(path[-1])
        number = int(match["number"]) + 1 if match else 0
        channel = match is not None and match["kind"] == "channel"
        found[path] = say("channel {n}", n=number) if channel else say("neuron {n}", n=number)
        found[path[:-1]] = say("layer {n}", n=int(path[-2].removeprefix("layer")) + 1)
    return found
