"""Where the units of a recorded graph stand: in columns by how far they are from the inputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import NamedTuple

from microgrid import Value
from microgrid.backward import propagate
from microgrid.base.context import errstate
from microgrid.graph import order

from ..errors import VizError
from .net import End
from .record import Recording
from .terms import EXTREMES, Body, Term, bodies

__all__ = ["Arrangement", "Use", "arrange", "samples"]

MOST_UNITS, MOST_LINKS = 2_000, 200_000


class Use(NamedTuple):
    """A link before it has ends: what a unit has of another, and in which of its sums."""

    piece: int
    term: Term


@dataclass(frozen=True)
class Arrangement:
    """The units of the first sample in their columns.

    `places` has the column and row of each; `outputs` those that are outputs, in their order; `dropped` those
    that a dropout lets nothing pass of.
    """

    bodies: dict[Value, Body]
    columns: list[list[Value]]
    places: dict[Value, End]
    outputs: list[Value]
    dropped: frozenset[Value]


def uses(unit: Value, body: Body) -> Iterator[Use]:
    """What a unit has of others: each once, as `x + x` is 2·x."""
    for k, sum_ in enumerate(body.sums):
        found: dict[tuple[Value | None, Value | None], Term] = {}
        for term in sum_.terms:
            source = _source(body, term)
            if source is not None:
                weight = None if source is term.weight else term.weight
                before = found.get((weight, source))
                factor = term.factor + (before.factor if before else 0.0)
                found[weight, source] = Term(factor, weight, source)
        for term in found.values():
            yield Use(k, term)


def biases(body: Body) -> Iterator[Value]:
    """The parameters that are added to a unit's sums."""
    if not _combines(body):
        for sum_ in body.sums:
            yield from (term.weight for term in sum_.terms if term.weight is not None and term.source is None)


def _source(body: Body, term: Term) -> Value | None:
    """The unit that a term is of: a parameter, too, if it is an operand of what is no sum."""
    return term.weight if term.source is None and _combines(body) else term.source


def _combines(body: Body) -> bool:
    """Whether the operation has several operands, and is no maximum of sums."""
    return len(body.sums) > 1 and body.op not in EXTREMES


def arrange(recording: Recording, nodes: Sequence[Value]) -> Arrangement:
    """Units and columns, of the nodes of the first sample."""
    outputs = recording.outputs[0]
    units, aliases, masked = bodies(nodes, outputs, recording.masks, recording.gammas, recording.statistics)
    _check_size(len(units), recording)
    depths: dict[Value, int] = {}
    operands: dict[Value, int] = {}  # parameters that are units, beside what uses them first
    for unit, body in units.items():
        depths[unit] = 0
        if body.sums:
            depths[unit] = 1 + max((depths[s] for s in _sources(unit, body) if s in depths), default=0)
        for source in _sources(unit, body):
            if source not in units:
                before = operands.get(source, depths[unit])
                operands[source] = min(before, depths[unit])
    made = _made(outputs)
    columns: list[list[Value]] = [[] for _ in range(max(depths.values(), default=0) + 1)]
    given = recording.inputs[0]
    columns[0] = [*given]
    for unit in sorted(units, key=lambda v: made.get(v, 0)):
        if depths[unit] or unit not in given:
            columns[depths[unit]].append(unit)
    for source, depth in operands.items():
        columns[depth - 1].append(source)
    bodies_of = {v: units.get(v, Body()) for column in columns for v in column}
    places = {v: (k, i) for k, column in enumerate(columns) for i, v in enumerate(column)}
    shown = []
    for v in outputs:
        while v in aliases:
            v = aliases[v]
        if v in places and v not in shown:
            shown.append(v)
    if not any(bodies_of[v].sums for v in shown):
        raise VizError(
            f"what {recording.name or 'this'} computes does not depend on its inputs: there is nothing to "
            "draw"
        )
    used = Counter(parent for v in nodes for parent in v.parents)
    dropped = {v for v, factors in masked.items() if not any(factors) and len(factors) == used[v]}
    dropped |= {v for v, body in units.items() if any(sum_.mask == 0 for sum_ in body.sums)}
    return Arrangement(bodies_of, columns, places, shown, frozenset(dropped))


def _sources(unit: Value, body: Body) -> Iterator[Value]:
    for use in uses(unit, body):
        if use.term.source is not None:
            yield use.term.source


def _check_size(count: int, recording: Recording) -> None:
    if count > MOST_UNITS:
        raise VizError(
            f"{recording.name or 'this'} has {count:,} units, and a diagram has at most {MOST_UNITS:,}: draw "
            "a part of the model, network(model.layers[0])"
        )


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
    first = _shape(rows[0], recording)
    for k, nodes in enumerate(rows[1:], 1):
        if len(nodes) != len(rows[0]) or _shape(nodes, recording) != first:
            if not recording.numbers:
                raise VizError(
                    f"{recording.name} computes in another way for other numbers: give the sample whose "
                    "network is to be drawn, network(model, x=[0.5, -1.0])"
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
