"""The paths of a derivative: each with what it contributes, and which of them a claim forgot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations, pairwise
from math import prod
from typing import Any

from ...custom import CustomOp
from ...engine import Value
from ...graph import path_count
from ...graph import paths as all_paths
from ..algebra.points import Known
from ..algebra.rates import partials, rate
from ..algebra.terms import Term
from ..meaning import Graph, as_written

__all__ = ["Route", "Routes", "same"]

MOST = 1_000
"""Paths that are looked at one by one."""


MOST_SETS = 12_000
"""Pairs and triples of sets of paths that are looked at."""


def same(a: Sequence[Any], b: Sequence[Any]) -> bool:
    """Whether numbers of 50 digits agree, at every point."""
    return all(abs(x - y) <= max(abs(x), abs(y)) * 1e-25 for x, y in zip(a, b, strict=True))


@dataclass(frozen=True)
class Route:
    """A path in the recorded graph: its nodes, those that have names, and what it contributes at some
    points.
    """

    nodes: tuple[Value, ...]
    named: tuple[Value, ...]
    steps: tuple[Term, ...]
    values: tuple[Any, ...]

    @cached_property
    def term(self) -> Term:
        """The product of its steps."""
        store = self.steps[0].store
        return store.product([(step, Fraction(1)) for step in self.steps])


class Routes:
    """All paths from one node to another, if they are not too many, at some points."""

    def __init__(self, graph: Graph, of: Value, by: Value, known: Known, single: bool = True) -> None:
        self.graph, self.of, self.by, self.known = graph, of, by, known
        self.found: list[Route] = []
        self.edges: dict[tuple[Value, Value], list[Term]] = {}
        if not single or path_count(of, by) > MOST:
            return
        steps = [path.nodes for path in all_paths(of, by, limit=MOST)]
        edges = self.edges
        for nodes in steps:
            for below, above in pairwise(nodes):
                if (below, above) not in edges:
                    edges[below, above] = self._edge(below, above)
        if of is by:
            return
        known_steps = {slope: known(slope) for slopes in edges.values() for slope in slopes}
        if None in known_steps.values():
            return
        taken: dict[tuple[Value, ...], int] = {}
        for nodes in steps:
            number = taken[nodes] = taken.get(nodes, -1) + 1
            way = self._steps(nodes, number)
            values = tuple(map(prod, zip(*(known_steps[step] or () for step in way), strict=True)))
            named = tuple(v for v in nodes if v in graph.names.named)
            self.found.append(Route(nodes, named, way, values))

    def _edge(self, below: Value, above: Value) -> list[Term]:
        """The partials of a node by an operand: one for each place where it stands."""
        row, of = above._row, self.graph.of
        operands = tuple(of[parent] for parent in above.parents)
        if row is None or isinstance(row, CustomOp):
            inner = of[above].args[0] if of[above].kind == "name" else of[above]
            return [rate(inner, of[below], through=False)]
        constant = None if above.constant is None else as_written(above.constant)
        result = of[above].args[0] if of[above].kind == "name" else of[above]
        slopes = partials(row, operands, constant, result)
        return [slope for parent, slope in zip(above.parents, slopes, strict=True) if parent is below]

    def _steps(self, nodes: tuple[Value, ...], number: int) -> tuple[Term, ...]:
        """The partials on the `number`-th path along these nodes, of those that differ in the places of
        operands."""
        way = []
        for pair in pairwise(nodes):
            slopes = self.edges[pair]
            way.append(slopes[number % len(slopes)])
            number //= len(slopes)
        return tuple(way)

    # ------------------------------------------------------------ groups

    def groups(self) -> Iterator[tuple[int, ...]]:
        """Sets of paths that somebody may forget at once, the smallest first: indices into `found`."""
        every = range(len(self.found))
        by_names: dict[tuple[Value, ...], list[int]] = {}
        through: dict[Value, list[int]] = {}
        ends: dict[tuple[str, Value], list[int]] = {}
        for k in every:
            named = self.found[k].named
            by_names.setdefault(named, []).append(k)
            for v in named[1:-1]:
                through.setdefault(v, []).append(k)
            if len(named) > 2:
                ends.setdefault(("first", named[1]), []).append(k)
                ends.setdefault(("last", named[-2]), []).append(k)
        sets = [tuple(group) for table in (by_names, through, ends) for group in table.values()]
        sets += [(k,) for k in every]
        seen: set[tuple[int, ...]] = set()
        for group in sorted(sets, key=len):
            if group not in seen:
                seen.add(group)
                yield group

    def total(self, group: Sequence[int]) -> tuple[Any, ...]:
        return tuple(map(sum, zip(*(self.found[k].values for k in group), strict=True)))

    def match(self, wanted: Sequence[Any]) -> Iterator[tuple[int, ...]]:
        """Sets of paths whose contributions add up to the wanted numbers, the likeliest first."""
        if not self.found or all(x == 0 for x in wanted):
            return
        groups = list(self.groups())
        sums = [self.total(group) for group in groups]
        for group, values in zip(groups, sums, strict=True):
            if same(values, wanted):
                yield group
        yield from self._several(groups, sums, wanted)

    def _several(
        self, groups: list[tuple[int, ...]], sums: list[tuple[Any, ...]], wanted: Sequence[Any]
    ) -> Iterator[tuple[int, ...]]:
        """Two or three groups that have no path in common; more than that are found by `solved`."""
        size = max(abs(float(wanted[0])), *(abs(float(values[0])) for values in sums))
        if not size:
            return
        place: dict[int, list[int]] = {}

        def key(x: float) -> int:
            return round(x / size * 1e9)

        for k, values in enumerate(sums):
            place.setdefault(key(float(values[0])), []).append(k)

        def fits(chosen: tuple[int, ...]) -> tuple[int, ...] | None:
            rest = float(wanted[0] - sum(sums[k][0] for k in chosen))
            for near in (key(rest) - 1, key(rest), key(rest) + 1):
                for last in place.get(near, ()):
                    several = (*chosen, last)
                    union = tuple(sorted({k for index in several for k in groups[index]}))
                    disjoint = len(union) == sum(len(groups[k]) for k in several)
                    if last > chosen[-1] and disjoint and same(self.total(union), wanted):
                        return union
            return None

        for count in (1, 2):
            if len(groups) ** count > MOST_SETS:
                return
            for chosen in combinations(range(len(groups)), count):
                self.known.hurry()
                if (found := fits(chosen)) is not None:
                    yield found
