"""The weights, biases and units of layers, named by what they join: w₂₁⁽¹⁾ leads to unit 2 from unit 1.

A unit is found by its weighted sum in the graph, and units are put together into layers by the scope and the
inputs that they share, so layers in modules of a user's own are found too.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..base.nodes import PARAMETER
from ..engine import Value
from .labels import is_given
from .places import PARAMETER_LABEL, WEIGHT_LABEL, place_name, scope_of
from .scopes import UNIT

__all__ = ["layer_names"]

ACTIVATIONS = frozenset(
    ("relu", "leaky_relu", "elu", "selu", "silu", "mish", "gelu", "gelu_tanh", "sigmoid", "logsigmoid",
     "softplus", "softsign", "hardtanh", "tanh", "sin", "erf")
)  # fmt: skip
"""Of one operand: what makes the result of a unit of its weighted sum, in whatever scope it is called."""

_ONE_LAYER = re.compile(r"(?:.*/)?(?:layer|linear|conv|maxout)\d+")
"""Scopes that `MLP` and `Sequential` open for one layer each."""
_PLACE = re.compile(r".*/neuron(\d+)")


@dataclass
class _Unit:
    """A weighted sum, as far as it has been read: `positions` are those of the weights in their neuron."""

    bias: Value | None
    weights: list[Value]
    positions: list[tuple[int, ...]]
    inputs: list[Value]
    total: Value
    index: int
    """Of the total, in the order of the graph."""


@dataclass(eq=False)
class _Layer:
    """Units that share a scope and their inputs; `places` are (piece, unit) of those that it has."""

    first: int
    """Where its first weighted sum stands in the graph."""
    is_conv: bool
    places: set[tuple[int, tuple[int, ...]]] = field(default_factory=set)
    lone: bool = True
    """Whether its neurons are in no `Layer`."""
    number: int = 0
    """From 1; 0 of a single neuron, whose weights need neither layer nor unit."""


@dataclass(frozen=True)
class _Home:
    """Where a unit belongs: its layer, its piece of a maxout layer (0: none), and its number there."""

    layer: _Layer
    piece: int
    unit: tuple[int, ...]

    def name(self, letter: str, within: tuple[int, ...] = ()) -> str:
        """``w21^(1)``; with commas where an index has two digits, ``w12,3^(1)``."""
        number = self.layer.number
        return place_name(letter, (*self.unit, *within) if number else within, number, self.piece)


def layer_names(nodes: Sequence[Value]) -> dict[Value, str]:
    """Names for what the layers of `microgrid.nn` have made among `nodes`, which are in `graph.order`.

    >>> from microgrid import nn
    >>> from microgrid.graph import order
    >>> model = nn.MLP(2, [2, 1], activation="tanh")
    >>> nodes = order(model([1.0, 2.0]))
    >>> named = layer_names(nodes)
    >>> [named[w] for w in model.layers[0].neurons[1].w], named[model.layers[1].neurons[0].b]
    (['w21^(1)', 'w22^(1)'], 'b1^(2)')
    >>> [name for name in named.values() if name[0] in "xzh"]
    ['x1', 'x2', 'z1^(1)', 'h1^(1)', 'z2^(1)', 'h2^(1)', 'z1^(2)']
    """
    leaves = [v for v in nodes if v._code == 0 and v._label and is_given(v)]
    ours = {v for v in leaves if v._role == PARAMETER and PARAMETER_LABEL.fullmatch(v.label)}
    ours |= _repeated(nodes, ours)
    if not leaves and not ours:
        return {}
    named = {v: name for v in leaves if (name := _leaf_name(v))}
    uses, user = _uses(nodes)
    units = _units(nodes, ours, uses) if ours else []
    homes = _homes(units)
    _name_units(units, homes, ours, uses, user, named)
    _name_maxouts(units, homes, uses, user, named)
    if any(v.label == "gamma" for v in leaves):
        _name_norms(nodes, named, {home.layer for home in homes.values()})
    place = {v: i for i, v in enumerate(nodes)}
    return dict(sorted(((v, n) for v, n in named.items() if v in place), key=lambda item: place[item[0]]))


def _repeated(nodes: Sequence[Value], ours: Container[Value]) -> set[Value]:
    """Parameters that a user has labelled in each neuron as the library would: their labels name none of
    them."""
    alike: dict[str, list[Value]] = {}
    for v in nodes:
        if (
            v._role == PARAMETER
            and v not in ours
            and PARAMETER_LABEL.fullmatch(v._label)
            and UNIT.fullmatch(v.scope)
        ):
            alike.setdefault(v._label, []).append(v)
    return {v for several in alike.values() if len({v.scope for v in several}) > 1 for v in several}


def _leaf_name(v: Value) -> str:
    """Inputs and masks count from 1, as units do."""
    match = re.fullmatch(r"(x|mask)(\d+)", v.label)
    return f"{match[1][0]}{int(match[2]) + 1}" if match else ""


def _position(w: Value, ours: Container[Value], before: int) -> tuple[int, ...]:
    """A weight's place in its neuron, by the library's label or, where a user has set another, by how many
    stand before it."""
    match = WEIGHT_LABEL.fullmatch(w.label) if w in ours else None
    return tuple(int(part) for part in match.groups() if part is not None) if match else (before,)


def _uses(nodes: Sequence[Value]) -> tuple[dict[Value, int], dict[Value, Value]]:
    """How often each node is used, and by which node first."""
    uses: dict[Value, int] = {}
    user: dict[Value, Value] = {}
    for v in nodes:
        for parent in v.parents:
            uses[parent] = uses.get(parent, 0) + 1
            user.setdefault(parent, v)
    return uses, user


def _units(nodes: Sequence[Value], ours: Container[Value], uses: Mapping[Value, int]) -> list[_Unit]:
    """The weighted sums, b + w0*x0 + w1*x1 + ..., each as a chain of additions that ends where it is used.

    Of those that hold nothing of `ours`, which the library has labelled, nothing is known.
    """
    products: dict[Value, tuple[Value, Value]] = {}
    found: dict[Value, _Unit] = {}
    for index, v in enumerate(nodes):
        if v.op == "mul":
            w, x = v.parents
            if w._role == PARAMETER:
                products[v] = w, x
                found[v] = _Unit(None, [w], [_position(w, ours, 0)], [x], v, index)
        elif v.op == "add":
            left, right = v.parents
            if right._role == PARAMETER and left in found and found[left].bias is None and uses[left] == 1:
                unit = found[v] = found.pop(left)  # w0*x0 + w1*x1 + ... + b
                unit.bias, unit.total, unit.index = right, v, index
            if right not in products or right.scope != v.scope or uses[right] != 1:
                continue
            w, x = products[right]
            if left in found:
                unit = found[left]
                position = _position(w, ours, len(unit.weights))
                if left.scope != v.scope or uses[left] != 1 or not unit.positions[-1] < position:
                    continue
                del found[left]
            elif left._role == PARAMETER:
                unit, position = _Unit(left, [], [], [], left, index), _position(w, ours, 0)
            else:
                continue
            found.pop(right, None)
            unit.weights.append(w)
            unit.positions.append(position)
            unit.inputs.append(x)
            unit.total, unit.index = v, index
            found[v] = unit
    # without a bias, what looks like a sum may be any product of a weight but for the scope it stands in
    return [
        unit
        for unit in found.values()
        if any(p in ours for p in (unit.bias, *unit.weights))
        and (unit.bias is not None or UNIT.fullmatch(unit.total.scope))
    ]


def _homes(units: Sequence[_Unit]) -> dict[Value, _Home]:
    """Where the weights of each unit belong; layers are numbered from 1 in the order of the graph."""
    homes: dict[Value, _Home] = {}
    layers: list[_Layer] = []
    alike: dict[tuple[str, bool, tuple[int, ...]], list[_Layer]] = {}
    applied: dict[Value, list[tuple[int, ...]]] = {}  # to which inputs: a recurrent layer, to several
    for unit in units:
        applied.setdefault(unit.weights[0], []).append(tuple(map(id, unit.inputs)))
    # as they were made, neuron after neuron: in the graph, layers beside each other may be interleaved
    for unit in sorted(units, key=lambda unit: (unit.weights[0]._serial, unit.index)):
        home = next((homes[w] for w in unit.weights if w in homes), None)  # of another application
        if home is None:
            outer, piece, place, is_conv = scope_of(unit.weights[0].scope)
            one_layer = is_conv or _ONE_LAYER.fullmatch(outer)
            keys = [(outer, is_conv, key) for key in ([()] if one_layer else applied[unit.weights[0]])]
            candidates = (one for key in keys for one in alike.get(key, ()))
            layer = next((one for one in candidates if not place or (piece, place) not in one.places), None)
            if layer is None:
                layer = _Layer(unit.index, is_conv)
                layers.append(layer)
            for key in keys:
                known = alike.setdefault(key, [])
                known += [] if layer in known else [layer]
            layer.lone &= not place
            place = place or (len(layer.places) + 1,)  # of a neuron that is in no layer
            layer.places.add((piece, place))
            home = _Home(layer, piece, place)
        home.layer.first = min(home.layer.first, unit.index)
        for w in unit.weights:
            homes.setdefault(w, home)
    for number, layer in enumerate(sorted(layers, key=lambda layer: layer.first), 1):
        layer.number = 0 if len(layers) == len(layer.places) == 1 and layer.lone else number
    return homes


def _name_units(
    units: Sequence[_Unit],
    homes: Mapping[Value, _Home],
    ours: Container[Value],
    uses: Mapping[Value, int],
    user: Mapping[Value, Value],
    named: dict[Value, str],
) -> None:
    for unit in units:
        home = homes[unit.weights[0]]
        for w, position in zip(unit.weights, unit.positions, strict=True):
            if w in ours:
                named.setdefault(w, home.name("w", tuple(i + 1 for i in position)))
        if unit.bias is not None and unit.bias in ours:
            named.setdefault(unit.bias, home.name("b"))
        place = _PLACE.fullmatch(unit.total.scope) if home.layer.is_conv else None
        within = (int(place[1]) + 1,) if place else ()
        named[unit.total] = home.name("z", within)
        result = user[unit.total] if uses.get(unit.total) == 1 else None
        if result is not None and len(result.parents) == 1 and _is_activation(result):
            named[result] = home.name("h", within)


def _is_activation(v: Value) -> bool:
    return v.op in ACTIVATIONS or bool(UNIT.fullmatch(v.scope) and v.op != "powc")


def _name_maxouts(
    units: Sequence[_Unit],
    homes: Mapping[Value, _Home],
    uses: Mapping[Value, int],
    user: Mapping[Value, Value],
    named: dict[Value, str],
) -> None:
    """The largest of the pieces of each unit is its result."""
    for unit in units:
        home = homes[unit.weights[0]]
        if home.piece != 1:
            continue
        largest = unit.total
        while uses.get(largest) == 1 and user[largest].op == "maximum":
            largest = user[largest]
        if largest is not unit.total:
            named[largest] = replace(home, piece=0).name("h")


def _name_norms(nodes: Sequence[Value], named: dict[Value, str], layers: Iterable[_Layer]) -> None:
    """Scale and shift of a batch normalisation count with the layer before it, as does what it computes:
    x̂ = (x - μ)/sd, where sd is √(var + ε), and y = γx̂ + β."""
    starts = sorted(layer.first for layer in layers)
    is_alone = not starts and sum(v.label == "gamma" and is_given(v) for v in nodes) == 1
    norms: dict[Value, str] = {}  # what is raised and low, by the scaled value
    for index, v in enumerate(nodes):
        for parent in v.parents:
            if not (parent.label in ("gamma", "beta") and is_given(parent)):
                continue
            match = UNIT.fullmatch(parent.scope)
            unit = str(int(match["number"]) + 1) if match and not is_alone else ""
            layer = f"^({max(1, bisect(starts, index))})" if starts else ""
            named.setdefault(parent, f"{parent.label}{unit}{layer}")
            place = named[parent].removeprefix(parent.label)
            if v.op == "mul" and parent.label == "gamma":
                norms[v] = place
                _name_statistics(v.parents[1], place, named)
            elif v.op == "add" and v.parents[0] in norms:
                named.setdefault(v, f"y{place}")


def _name_statistics(normal: Value, place: str, named: dict[Value, str]) -> None:
    """What a batch normalisation scales, and what it is made of: in training mean and variance are nodes."""
    if normal.op == "div":
        named.setdefault(normal, f"xhat{place}")
    if normal.op == "div" and normal.parents[0].op == "sub" and normal.parents[1].op == "sqrt":
        (_, mean), deviation = normal.parents[0].parents, normal.parents[1]
        named.setdefault(mean, f"mu{place}")
        named.setdefault(deviation, f"sd{place}")
        if deviation.parents[0].op == "add":
            named.setdefault(deviation.parents[0].parents[0], f"var{place}")
