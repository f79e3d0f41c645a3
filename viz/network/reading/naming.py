"""Which parameter stands where in a network, and what it and the units are called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from microgrid import Value, nn
from microgrid.naming.names import own_names
from microgrid.pieces import TABLE

from ...words.labels import typeset
from ...words.units import output_name
from ..net import Link, Parameter
from .arrange import Arrangement, biases
from .captions import Entering
from .record import Recording
from .sums import Body

__all__ = ["Parameters", "unit_ids", "unit_names"]

LAYERED = re.compile(r"(?P<letter>[a-z]+)(?P<indices>[\d,]+)\^\((?P<layer>\d+)(?:,\d+)?\)")
"""A weight, a bias or a unit of a layer, as `microgrid.naming` has it: w21^(1)."""


LOSS = "L"
"""The result of a named piece that is a loss, in the table of them."""
OF_LOSSES = frozenset({"powc", "pow", "log", "abs", "softplus", "logsigmoid"})
"""Operations behind the last layer by which a result is taken for a loss; a hinge in no scope is one too."""
OF_HINGES = frozenset({"relu", "maximum"})
OF_LOGITS = frozenset(
    {"softmax", "log_softmax", "logsumexp", "cross_entropy_with_logits", "bce_with_logits", "logsigmoid"}
)
"""Operations on what is no output ŷ yet."""


def unit_ids(arrangement: Arrangement, parameters: Parameters) -> dict[Value, str]:
    """What units are called by programs: the same for each sample and each step of training."""
    ids = {}
    for v, (column, row) in arrangement.places.items():
        if v.role == "parameter":
            ids[v] = parameters.place(v)
        elif column == 0:
            ids[v] = f"x{row + 1}"
        elif v in arrangement.outputs:
            ids[v] = f"y{arrangement.outputs.index(v) + 1}"
        else:
            ids[v] = f"h{column}.{row + 1}"
    return ids


def unit_names(arrangement: Arrangement, parameters: Parameters) -> dict[Value, str]:
    """The label that a user gave, or what lectures call it: x₁, h₁⁽¹⁾, ŷ.

    What has weights w21^(1) is h2^(1); other units are u1^(1), after the last layer before them.  Where no
    parameter is known to belong to a layer, columns are counted.
    """
    names: dict[Value, str] = {}
    taken = set(parameters.labels.values())
    layer, outputs = 0, arrangement.outputs
    layered = any(LAYERED.fullmatch(label) for label in taken)
    behind = _behind_layers(arrangement, parameters)
    is_loss = _is_loss(arrangement, behind)
    predicted = _predicted(arrangement, behind) if is_loss else []
    for k, column in enumerate(arrangement.columns):
        layers = [int(found["layer"]) for v in column for found in _weights(v, arrangement, parameters)]
        bare = [v for v in column if not _named(v, arrangement, parameters)]
        layer = max([layer, *layers]) if layered else k
        letter = "h" if layers or not layered else "u"
        chosen = _fresh([f"{letter}{arrangement.places[v][1] + 1}" for v in bare], layer, taken)
        names |= {v: typeset(name) for v, name in zip(bare, chosen)}
        for v in column:
            if v in outputs and k and not parameters.is_label(v):
                names[v] = LOSS if is_loss else output_name(outputs.index(v) + 1, len(outputs))
            elif v in predicted and not parameters.is_label(v):
                names[v] = output_name(predicted.index(v) + 1, len(predicted))
            elif v not in names:
                names[v] = typeset(parameters.labels[v])
    return names


def _behind_layers(arrangement: Arrangement, parameters: Parameters) -> list[list[Value]]:
    """The columns from the last on that has weights of layers, that one included."""
    for k in range(len(arrangement.columns) - 1, 0, -1):
        if any(any(_weights(v, arrangement, parameters)) for v in arrangement.columns[k]):
            return arrangement.columns[k:]
    return []


def _is_loss(arrangement: Arrangement, behind: list[list[Value]]) -> bool:
    """Whether the only output is a loss: a piece that is one, or what is made of a network's output with
    operations that losses have."""
    if len(arrangement.outputs) != 1:
        return False
    piece = TABLE.get(arrangement.bodies[arrangement.outputs[0]].op or "")
    if piece is not None:
        return piece.result == LOSS
    return any(_of_loss(v, arrangement.bodies[v]) for column in behind[1:] for v in column)


def _of_loss(v: Value, body: Body) -> bool:
    squared = body.op == "mul" and len(body.sums) == 2 and body.sums[0].terms == body.sums[1].terms
    return squared or body.op in OF_LOSSES or (body.op in OF_HINGES and not v.scope)


def _predicted(arrangement: Arrangement, behind: list[list[Value]]) -> list[Value]:
    """The outputs of the network whose loss is computed; none if they are logits."""
    if any(arrangement.bodies[v].op in OF_LOGITS for column in behind[1:] for v in column):
        return []
    return behind[0] if behind else []


def _named(v: Value, arrangement: Arrangement, parameters: Parameters) -> bool:
    return v in parameters.labels or (v in arrangement.outputs and arrangement.places[v][0] > 0)


def _weights(v: Value, arrangement: Arrangement, parameters: Parameters) -> Iterator[re.Match[str]]:
    """The names of a unit's weights and biases that belong to a layer."""
    weights = [use.weight for use in arrangement.uses[v] if use.weight is not None]
    for p in (*weights, *biases(arrangement.bodies[v])):
        if found := LAYERED.fullmatch(parameters.labels.get(p, "")):
            yield found


def _fresh(units: list[str], layer: int, taken: set[str]) -> list[str]:
    """The units of a layer, with one more raised number if such names are taken; they are now."""
    names, k = [f"{unit}^({layer})" for unit in units], 1
    while not taken.isdisjoint(names):
        k += 1
        names = [f"{unit}^({layer},{k})" for unit in units]
    taken.update(names)
    return names


class Parameters:
    """The parameters of a network by the nodes of its graph: with the names that all pictures give them."""

    def __init__(self, recording: Recording, nodes: Sequence[Value]) -> None:
        self._recording = recording
        self.labels = own_names(nodes)
        """The names of nodes that have one of their own, as they would be typed."""
        self._places = {p: place for p, (place, _) in recording.parameters.items()}
        self._made: dict[Value, Parameter] = {}
        for v in nodes:
            if v.role == "parameter" and v not in self._places:
                self._places[v] = "/".join(filter(None, (v.scope, self.labels[v])))
        self._owners = {p: self._owner(place) for p, place in self._places.items()}

    def _owner(self, place: str) -> tuple[str, nn.Module | None]:
        """The module among whose attributes a parameter stands, and the place of that."""
        while place:
            place = place.rpartition(".")[0]
            if place in self._recording.modules:
                return place, self._recording.modules[place]
        return "", None

    def is_label(self, v: Value) -> bool:
        """Whether a user has set the name."""
        return bool(v.label) and v in self.labels

    def entering(self, link: Link, p: Value | None) -> Entering:
        """A link with where its weight belongs."""
        if p is None:
            return Entering(link, None, "")
        place, owner = self._owners[p]
        return Entering(link, owner, re.sub(r"\.?neurons\.\d+$", "", place))

    def place(self, p: Value) -> str:
        return self._places[p]

    def scales(self, p: Value) -> bool:
        """Whether it is the γ of a normalisation."""
        return p in self._recording.gammas

    def __getitem__(self, p: Value) -> Parameter:
        if p not in self._made:
            own = self._recording.parameters[p][1] if p in self._recording.parameters else p
            grad = own.grad if own.has_grad else None
            self._made[p] = Parameter(self._places[p], typeset(self.labels[p]), own.data, grad)
        return self._made[p]
