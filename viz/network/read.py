"""Reading what is to be drawn as a network: sizes, a model, or what a model has computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import fsum
from typing import Any

from microgrid import Value
from microgrid.base.phrases import say
from microgrid.ops import TABLE

from ..errors import VizError
from ..words.units import mean_of
from .net import EXTREMES, Column, End, Link, Net, Unit
from .reading.arrange import Arrangement, arrange, biases, by_index, samples
from .reading.captions import caption, note, sentence, title
from .reading.naming import Parameters, unit_ids, unit_names
from .reading.record import Recording, record, recorded
from .reading.replayed import replayed
from .reading.sums import Body
from .sizes import net_of_sizes

__all__ = ["placed", "read"]


def read(model: Any, x: Any = None) -> Net:
    """The network of a model, with the values that it computes of a sample or of a batch `x`.

    `model` is a Module, or a function from a list of Values to Values; or what one has computed, a Value or a
    list of Values, whose graph is read with its own values and gradients; or a list of sizes, [2, 8, 1].

    The model is called on a copy and stays as it is: parameters, gradients, mode, statistics, and where its
    random numbers are.  Of more than 200 samples some are recorded, spread over the batch, and all are
    computed by their graph.  In training a dropout drops what it would drop in the next call.  Without x
    nothing is dropped, and no values are shown.

    >>> from microgrid import nn
    >>> net = read(nn.MLP(2, [3, 1]), x=[0.5, -1.0])
    >>> [column.caption for column in net.columns], len(net.links)
    (['input', 'Linear 2→3, ReLU', 'Linear 3→1'], 9)
    """
    if hasattr(model, "tolist") and not callable(model):  # an array of sizes
        model = model.tolist()
    if isinstance(model, list | tuple) and not any(isinstance(part, Value) for part in model):
        if x is not None:
            raise ValueError("a network of sizes has no numbers to compute x with: give a model")
        return net_of_sizes(model)
    if isinstance(model, Value | list | tuple):
        outputs = [model] if isinstance(model, Value) else list(model)
        odd = next((v for v in outputs if not isinstance(v, Value)), None)
        if odd is not None:
            raise TypeError(
                f"outputs to be drawn are Values, and among them is {type(odd).__name__} {odd!r:.40}"
            )
        if x is not None:
            raise ValueError(
                "what is computed already has its inputs: give x to the model, network(model, x)"
            )
        if all(v.role != "op" for v in outputs):
            raise VizError("no operation computed this Value: draw the output of a model, network(model(x))")
        return _net(recorded(outputs))
    return _net(record(model, x))


def _net(recording: Recording) -> Net:
    return placed(recording)[0]


def placed(recording: Recording) -> tuple[Net, dict[Value, End]]:
    """The network that was recorded, and by the nodes of its first sample where each unit stands."""
    rows = samples(recording)
    parameters = Parameters(recording, rows[0])
    if recording.finished:
        recording.inputs[0].extend(_inputs(rows[0], recording, parameters.labels))
    arrangement = arrange(recording, rows[0], parameters.labels)
    links = _links(arrangement, parameters, recording.numbers and len(rows) == 1)
    units = _units(arrangement, parameters, recording, rows)
    count = len(recording.rows) or len(rows)
    into: dict[int, list[tuple[Link, Value | None]]] = {k: [] for k in range(len(arrangement.columns))}
    for link, p in links:
        into[link.head[0]].append((link, p))
    columns = []
    for k, column in enumerate(arrangement.columns):
        here = [units[v] for v in column]
        if k == 0:
            several = mean_of(count) if recording.numbers and count > 1 else ""
            columns.append(Column(tuple(here), say("input"), several, "input"))
            continue
        text, kind = caption(here, [parameters.entering(link, p) for link, p in into[k]])
        last = all(unit.role == "output" for unit in here)
        columns.append(Column(tuple(here), text, note(here, last), kind))
    named = title("" if recording.name == "the model" else recording.name, columns)
    bare = tuple(link for link, _ in links)
    net = Net(tuple(columns), bare, named, sentence(named, columns, bare))
    return net, dict(arrangement.places)


def _inputs(nodes: list[Value], recording: Recording, names: Mapping[Value, str]) -> list[Value]:
    """The inputs of a graph that a user recorded: by their numbers, if they are called x1, x2, x3."""
    return by_index((v for v in nodes if v.role == "input" and v not in recording.masks), names)


# ---------------------------------------------------------------- links


def _links(arrangement: Arrangement, parameters: Parameters, single: bool) -> list[tuple[Link, Value | None]]:
    """Every link, with the node of its weight; of a `single` sample those of other pieces pass nothing on."""
    links: list[tuple[Link, Value | None]] = []
    for k, column in enumerate(arrangement.columns):
        for j, unit in enumerate(column):
            links += _entering(arrangement, parameters, unit, (k, j), single)
    times = Counter(p for _, p in links if p is not None)
    groups = {p: number for number, p in enumerate(p for p in times if times[p] > 1)}
    return [(replace(link, shared=groups[p]) if p in groups else link, p) for link, p in links]


def _entering(
    arrangement: Arrangement, parameters: Parameters, unit: Value, head: tuple[int, int], single: bool
) -> list[tuple[Link, Value | None]]:
    used, op = arrangement.uses[unit], arrangement.bodies[unit].op
    weighted = {use.source for use in used if use.weight is not None}
    links: list[tuple[Link, Value | None]] = []
    passing = _passing_piece(arrangement.bodies[unit]) if single and weighted else None
    for piece, factor, weight, source in used:
        tail, kind = arrangement.places[source], "fixed"
        if weight is not None:
            kind = "weight"
        elif source in weighted or head[0] - tail[0] > 1:
            kind = "skip"
        known = None if weight is None else parameters[weight]
        number = piece if weighted and op in EXTREMES else None
        active = factor != 0.0 and passing in (None, piece)
        links.append((Link(tail, head, known, kind, factor, None, number, active), weight))
    return links


def _passing_piece(body: Body) -> int | None:
    """Which piece of a maxout is its value; None for another operation, and for a ReLU."""
    if body.op not in EXTREMES or len(body.sums) < 2 or _rectifies(body):
        return None
    values = [sum_.value for sum_ in body.sums]
    return values.index(max(values) if body.op == "maximum" else min(values))


# ---------------------------------------------------------------- units


def _units(
    arrangement: Arrangement, parameters: Parameters, recording: Recording, rows: list[list[Value]]
) -> dict[Value, Unit]:
    place = {v: i for i, v in enumerate(rows[0])}
    ids, names = unit_ids(arrangement, parameters), unit_names(arrangement, parameters)
    units = {}
    for v, (_, row) in arrangement.places.items():
        # of an input that nothing uses there are no nodes
        every = [nodes[place[v]] for nodes in rows] if v in place else [xs[row] for xs in recording.inputs]
        body = arrangement.bodies[v]
        added = [v] if v.role == "parameter" else biases(body)
        units[v] = Unit(
            ids[v],
            names[v],
            _role(v, arrangement),
            value=fsum(u.data for u in every) / len(every) if recording.numbers else None,
            grad=v.grad if recording.finished and v.has_grad else None,
            biases=tuple(dict.fromkeys(parameters[p] for p in added)),
            activation=_activation(body, parameters),
            state=_state(v, every, body, arrangement, recording),
        )
    return _over_all(units, arrangement, recording) if recording.rows else units


def _over_all(units: dict[Value, Unit], arrangement: Arrangement, recording: Recording) -> dict[Value, Unit]:
    """The units of a batch of which only some samples are recorded."""
    dead = [v for v, unit in units.items() if unit.state == "dead"]
    means, flat = replayed(units, dead, recording.inputs[0], recording.rows)
    return {
        v: replace(unit, value=means.get(v, unit.value), state="on" if not flat.get(v, True) else unit.state)
        for v, unit in units.items()
    }


def _role(v: Value, arrangement: Arrangement) -> str:
    if v.role == "parameter":
        return "parameter"
    if not arrangement.bodies[v].sums:
        return "input"
    return "output" if v in arrangement.outputs else "hidden"


def _activation(body: Body, parameters: Parameters) -> str | None:
    if _rectifies(body):
        return "relu"
    if body.op or not body.sums:
        return body.op
    terms = body.sums[0].terms
    weights = [term.weight for term in terms if term.weighted]
    if any(p is not None and parameters.scales(p) for p in weights):
        return "norm"
    return "add" if len(terms) > 1 and not weights else None


def _rectifies(body: Body) -> bool:
    """Whether it is max(0, z), however written."""
    if body.op != "maximum" or len(body.sums) != 2:
        return False
    return any(not sum_.terms and sum_.constant == 0 for sum_ in body.sums)


def _state(
    v: Value, every: Sequence[Value], body: Body, arrangement: Arrangement, recording: Recording
) -> str:
    if not recording.numbers:
        return "on"
    if v in arrangement.dropped:
        return "dropped"
    flat = [_is_flat(u, body) for u in every]
    if not all(flat):
        return "on"
    return "dead" if len(flat) > 1 else "off"


def _is_flat(v: Value, body: Body) -> bool:
    """Whether nothing of the gradient passes, by a piece of the activation that is level."""
    if _rectifies(body):
        return all(slope == 0 for p, slope in zip(v.parents, v.partials) if p.role != "constant")
    row = TABLE.get(body.op or "")
    return row is not None and row.arity == 1 and row.kink != "False" and v.partials[0] == 0
