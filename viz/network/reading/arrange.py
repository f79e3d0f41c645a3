"""Where the units of a recorded graph stand: in columns by how far they are from the inputs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import NamedTuple

from microgrid import Value
from microgrid.backward import propagate
from microgrid.base.context import errstate
from microgrid.base.phrases import message
from microgrid.graph import order
from microgrid.naming.layers import ACTIVATIONS
from microgrid.pieces import found

from ...errors import SAMPLE, VizError
from ..limits import check_size
from ..net import EXTREMES, End
from .record import PART, Recording
from .sums import Body
from .terms import bodies

__all__ = ["Arrangement", "Use", "arrange", "biases", "by_index", "samples"]

MANY_NODES = 20_000
"""Up to so many, all is read sooner than anybody waits."""
INDEXED = re.compile(r"([^\d^]+)(\d+(?:,\d+)*)(\D.*)?")
"""A name with an index: z3^(2), x12."""


class Use(NamedTuple):
    """A link before it has ends: what a unit has of another, `source`, and in which of its sums."""

    piece: int
    factor: float
    weight: Value | None
    source: Value


@dataclass(frozen=True)
class Arrangement:
    """The units of the first sample in their columns.

    `uses` has what each has of others, `places` its column and row; `outputs` are those that are outputs, in
    their order; `dropped` those that a dropout lets nothing pass of.
    """

    bodies: dict[Value, Body]
    uses: dict[Value, list[Use]]
    columns: list[list[Value]]
    places: dict[Value, End]
    outputs: list[Value]
    dropped: frozenset[Value]


def biases(body: Body) -> list[Value]:
    """The parameters that are added to a unit's sums."""
    if _combines(body):
        return []
    return [
        term.weight
        for sum_ in body.sums
        for term in sum_.terms
        if term.weight is not None and term.source is None
    ]


def _uses(body: Body) -> list[Use]:
    """What a unit has of others: each once, as `x + x` is 2·x."""
    operands = _combines(body)
    found: dict[tuple[int, Value | None, Value], Use] = {}
    for k, sum_ in enumerate(body.sums):
        for factor, weight, source in sum_.terms:
            if source is None and weight is not None and operands:
                weight, source = None, weight  # a parameter that is a unit itself
            if source is None:
                continue
            key = (0 if operands else k, weight, source)
            before = 0.0 if operands or key not in found else found[key].factor
            found[key] = Use(k, before + factor, weight, source)
    return list(found.values())


def _combines(body: Body) -> bool:
    """Whether the operation has several operands, and is no maximum of sums."""
    return len(body.sums) > 1 and body.op not in EXTREMES


def by_index(units: Iterable[Value], names: Mapping[Value, str]) -> list[Value]:
    """The units, those that an index alone tells apart in the order of it, in the places that they have.

    A loss may use z₃ before z₁ and z₂; as a vector z = (z₁, z₂, z₃) all the same.
    """
    ordered = list(units)
    groups: dict[tuple[str, str | None], list[tuple[list[int], int]]] = {}
    for place, unit in enumerate(ordered):
        if found := INDEXED.fullmatch(names.get(unit, "")):
            index = [int(part) for part in found[2].split(",")]
            groups.setdefault((found[1], found[3]), []).append((index, place))
    before = list(ordered)
    for group in groups.values():
        for place, (_, own) in zip([place for _, place in group], sorted(group)):
            ordered[place] = before[own]
    return ordered


def arrange(recording: Recording, nodes: Sequence[Value], names: Mapping[Value, str]) -> Arrangement:
    """Units and columns, of the nodes of the first sample, which have these `names`."""
    outputs, given = recording.outputs[0], dict.fromkeys(recording.inputs[0])
    _check_count(nodes, recording)
    units, aliases, masked = bodies(nodes, outputs, recording.masks, recording.gammas, recording.statistics)
    _check_size(units, recording)
    used = {unit: _uses(body) for unit, body in units.items()}
    if not recording.finished and not any(
        use.source in given for several in used.values() for use in several
    ):
        raise VizError(
            f"what {recording.name or 'this'} computes does not depend on its inputs: there is nothing to "
            "draw"
        )
    first, *others = _columns(units, used, given, _made(outputs))
    columns = [first, *(by_index(column, names) for column in others)]
    places = {v: (k, i) for k, column in enumerate(columns) for i, v in enumerate(column)}
    shown = dict.fromkeys(_unmasked(v, aliases) for v in outputs)
    times = Counter(parent for v in nodes for parent in v.parents) if masked else Counter[Value]()
    dropped = {v for v, factors in masked.items() if not any(factors) and len(factors) == times[v]}
    dropped |= {v for v, body in units.items() if any(sum_.mask == 0 for sum_ in body.sums)}
    return Arrangement(
        {v: units.get(v, Body()) for v in places},
        {v: used.get(v, []) for v in places},
        columns,
        places,
        [v for v in shown if v in places],
        frozenset(dropped),
    )


def _columns(
    units: dict[Value, Body], used: dict[Value, list[Use]], given: Collection[Value], made: dict[Value, int]
) -> list[list[Value]]:
    """Each unit one column behind the last of those that it uses; given inputs first, others as made."""
    depths: dict[Value, int] = {}
    operands: dict[Value, int] = {}  # parameters that are units stand before what uses them first
    for unit, body in units.items():
        before = [depths[use.source] for use in used[unit] if use.source in units]
        depths[unit] = 1 + max(before, default=0) if body.sums else 0
        for use in used[unit]:
            if use.source not in units:
                operands[use.source] = min(operands.get(use.source, depths[unit]), depths[unit])
    columns: list[list[Value]] = [[] for _ in range(max(depths.values()) + 1)]
    columns[0] = [*given]
    for unit in sorted(units, key=lambda v: made.get(v, 0)):
        if unit not in given:
            columns[depths[unit]].append(unit)
    for parameter, depth in operands.items():
        columns[depth - 1].append(parameter)
    return columns


def _unmasked(v: Value, aliases: dict[Value, Value]) -> Value:
    while v in aliases:
        v = aliases[v]
    return v


def _check_size(units: dict[Value, Body], recording: Recording) -> None:
    links = sum(len(sum_.terms) for body in units.values() for sum_ in body.sums)
    check_size(recording.name or "this", PART, units=len(units), links=links)


def _check_count(nodes: Sequence[Value], recording: Recording) -> None:
    """The same of what is a unit or a link for certain, counted without reading what belongs together."""
    if len(nodes) <= MANY_NODES:
        return
    inside = {v for piece in found(nodes) for v in piece.nodes} | recording.masks | recording.statistics
    activations, links = 0, set[tuple[Value, Value]]()
    for v in nodes:
        if v in inside:
            continue
        if v.op in ACTIVATIONS:
            activations += v.parents[0].role != "constant"
        elif v.op == "mul":
            a, b = v.parents
            if (a.role == "parameter") != (b.role == "parameter") and "constant" not in (a.role, b.role):
                links.add((a, b) if a.role == "parameter" else (b, a))
    check_size(recording.name or "this", PART, units=activations, links=len(links))


def _made(outputs: Iterable[Value]) -> dict[Value, int]:
    """When each node was made: the order that units have in their column."""

    def joined() -> list[Value]:
        root, *others = outputs
        with errstate(domain="ieee"):
            for other in others:
                root = root + other
        return propagate(root)[0]

    return {v: -k for k, v in enumerate(Context().run(joined))}


# ---------------------------------------------------------------- several samples


def samples(recording: Recording) -> list[list[Value]]:
    """The nodes of each sample, each after its operands, in the same places.

    VizError if they are not the same graph.
    """
    rows = [order(*outputs, known=recording.statistics) for outputs in recording.outputs]
    first = _shape(rows[0], recording) if len(rows) > 1 else []
    for k, nodes in enumerate(rows[1:], 1):
        if len(nodes) != len(rows[0]) or _shape(nodes, recording) != first:
            if not recording.numbers:
                raise VizError(
                    message(
                        f"{recording.name} computes in another way for other numbers: give the sample whose "
                        "network is to be drawn, ",
                        SAMPLE,
                    )
                )
            raise VizError(
                f"{recording.name} records another graph for sample {k} of x than for sample 0, and one "
                "network cannot show both: give one sample at a time"
            )
    return rows


def _shape(nodes: list[Value], recording: Recording) -> list[tuple[object, ...]]:
    """What is the same for all samples: operations, and what they are applied to."""
    places = {v: i for i, v in enumerate(nodes)}
    return [
        (v.op, v.role, v if v.role == "parameter" else None, *(places.get(p, -1) for p in v.parents))
        for v in nodes
    ]
