"""Which parameter stands where in a network, and what it and the units are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from microgrid import Value, nn

from ..words.labels import unicode_name
from ..words.units import bias_name, hidden_name, input_name, output_name, weight_name
from .arrange import Arrangement
from .net import Parameter
from .record import Recording

__all__ = ["Parameters", "unit_id", "unit_name"]

GIVEN = (nn.Neuron, nn.Linear, nn.Conv, nn.BatchNorm)
"""Modules that label their parameters themselves, alike in all layers."""

PRIMES = "′″‴"


def unit_id(v: Value, arrangement: Arrangement, places: dict[Value, str]) -> str:
    """What a unit is called by programs: the same for each sample and each step of training."""
    column, row = arrangement.places[v]
    if v in places:
        return places[v]
    if column == 0:
        return f"x{row + 1}"
    return f"y{arrangement.outputs.index(v) + 1}" if v in arrangement.outputs else f"h{column}.{row + 1}"


def unit_name(v: Value, arrangement: Arrangement, recording: Recording) -> str:
    """The label that a user gave, or what lectures call it: x₁, h₁⁽¹⁾, ŷ."""
    column, row = arrangement.places[v]
    if v.label and v not in recording.inputs[0] and not _numbered_from_0(arrangement.columns[0], v):
        return unicode_name(v.label)
    if column == 0:
        return input_name(row + 1)
    if v in arrangement.outputs:
        return output_name(arrangement.outputs.index(v) + 1, len(arrangement.outputs))
    return hidden_name(row + 1, column)


def _numbered_from_0(column: list[Value], v: Value) -> bool:
    """Whether v is an input that a module made of a number: x0 is what lectures call x₁."""
    return v in column and [u.label for u in column] == [f"x{i}" for i in range(len(column))]


class Parameters:
    """The parameters of a network by the nodes of its graph: named where they first appear."""

    def __init__(self, recording: Recording, used: Iterable[Value]) -> None:
        self._recording = recording
        self._made: dict[Value, Parameter] = {}
        self._names: dict[str, int] = {}
        listed = list(dict.fromkeys(used))
        self.places = {p: place for p, (place, _) in recording.parameters.items()}
        labels = Counter(p.label for p in listed)
        self._unique = {p for p in listed if labels[p.label] == 1}
        taken = set(self.places.values())
        for p in listed:
            if p not in self.places:
                place = "/".join(filter(None, (p.scope, p.label))) or "parameter"
                k = 2
                while place in taken:
                    place, k = f"{place.split('#')[0]}#{k}", k + 1
                self.places[p] = place
                taken.add(place)
        self._owners: dict[Value, nn.Module | None] = {
            p: self._owner(place) for p, place in self.places.items()
        }

    def _owner(self, place: str) -> nn.Module | None:
        while place:
            place = place.rpartition(".")[0]
            if place in self._recording.modules:
                return self._recording.modules[place]
        return None

    def owner(self, p: Value) -> nn.Module | None:
        """The module among whose attributes it stands, if that is known."""
        return self._owners[p]

    def scales(self, p: Value) -> bool:
        """Whether it is the γ of a normalisation."""
        return p in self._recording.gammas

    def weight(self, p: Value, to: int, source: int, layer: int) -> Parameter:
        """The weight to a unit from another, both counted from 1."""
        owner = self._owners[p]
        if isinstance(owner, nn.Conv):
            return self._known(p, weight_name("w", *self._kernel(p, owner), layer=layer))
        if self.scales(p):
            return self._known(p, weight_name("γ", to, layer=layer))
        return self._known(p, weight_name("w", to, source, layer=layer))

    def bias(self, p: Value, to: int, layer: int) -> Parameter:
        owner = self._owners[p]
        if isinstance(owner, nn.Conv):
            channels = self._kernel(p, owner) if owner.channels[1] > 1 else ()
            return self._known(p, weight_name("b", *channels, layer=layer))
        if isinstance(owner, nn.BatchNorm):
            return self._known(p, weight_name("β", to, layer=layer))
        return self._known(p, bias_name(to, layer))

    def unit(self, p: Value, to: int, layer: int) -> Parameter:
        """A parameter that is a unit itself."""
        return self._known(p, weight_name("p", to, layer=layer))

    def _kernel(self, p: Value, conv: nn.Conv) -> list[int]:
        """Its place in the kernel: output and input channel, where there are several, and position."""
        digits = [int(part) for part in self.places[p].split(".") if part.isdecimal()]
        if p in conv.b:
            return [digits[-1] + 1]
        (nin, nout), (o, c, i) = conv.channels, digits[-3:]
        return [n + 1 for n, several in ((o, nout > 1), (c, nin > 1), (i, True)) if several]

    def _known(self, p: Value, name: str) -> Parameter:
        if p not in self._made:
            own = self._recording.parameters[p][1] if p in self._recording.parameters else p
            if p.label and p in self._unique and not isinstance(self._owners[p], GIVEN):
                name = unicode_name(p.label)
            count = self._names[name] = self._names.get(name, 0) + 1
            if count > 1:
                prime = PRIMES[count - 2] if count - 2 < len(PRIMES) else f"[{count}]"
                name = name[:1] + prime + name[1:]
            grad = own.grad if own.has_grad else None
            self._made[p] = Parameter(self.places[p], name, own.data, grad)
        return self._made[p]
