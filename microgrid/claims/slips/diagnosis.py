"""Why a claim is false: the slip that explains it, proved before it is said, or what is known without one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from typing import Any

from ...base.deadline import work_time
from ...engine import Value
from ..algebra.points import Known, at_point, evaluate, samples
from ..algebra.terms import Term, reachable
from ..language.trees import Claim, Rate
from ..meaning import Graph
from ..truth import Judge
from .arrows import arrows
from .factors import exponents, factors, numbers, parts_of_factors
from .lost import first_for_second, inner_derivatives, lost_terms, other_orders, undifferentiated
from .on_paths import extra_inside, extra_paths, missing_paths
from .places import places
from .routes import Routes
from .search import Finding, Search
from .variables import (
    exchanged_indices,
    exchanged_numbers,
    functions_at_kinks,
    other_variables,
    outer_functions,
    signs,
    wrong_nodes,
)

__all__ = ["READ_AS", "SECONDS", "diagnose"]

READ_AS = ("forward", "adjoint", "local", "total")
"""In this order the readings are tried."""
POINTS = 3
SECONDS = 1.5
"""Of work for the diagnosis of one claim."""
TRIED = 30
TRIED_SIDES = 60
"""Points where a repaired claim has to have a value."""
MOST_PROOFS = 25
"""Findings that agree at some points and turn out to be no identity."""


def diagnose(
    graph: Graph, judge: Judge, claim: Claim, left: Rate, actual: Term, claimed: dict[str, Term]
) -> tuple[str, Finding] | None:
    """The first reading in which a single slip explains a false claim, with the slip.

    TimeoutError if none is found in SECONDS of work.
    """
    from mpmath import mp

    until = work_time() + SECONDS
    with mp.workdps(50):
        seen: set[Term] = set()
        proofs = 0
        for reading in READ_AS:
            term = claimed[reading]
            if term in seen:
                continue
            seen.add(term)
            search = _search(graph, judge, claim, left, actual, term, reading, until)
            if search is None:
                continue
            for finding in _findings(search):
                repaired = finding.term if finding.term is not None else search.meaning(finding.right)
                if judge.compare(repaired, actual).true and _is_defined(
                    judge, repaired, claimed[reading], actual
                ):
                    return reading, replace(finding, term=repaired, place=_place(search, finding))
                proofs += 1
                if proofs > MOST_PROOFS:
                    return None
    return None


def _place(search: Search, finding: Finding) -> tuple[tuple[Value, ...], ...]:
    try:
        return arrows(search, finding)
    except TimeoutError:  # the slip is proved; where it is drawn is not worth waiting for
        return ()


def _is_defined(judge: Judge, repaired: Term, claimed: Term, actual: Term) -> bool:
    """Whether a repaired claim has a value on every side of the kinks where the claim has: what is divided by
    relu(z) has none wherever the unit is off, and agrees only where nothing is asked of it.
    """
    products = [term for term in reachable([repaired]) if term.kind == "product"]
    below = {base for t in products for base, power in zip(t.args, t.data[1], strict=True) if power < 0}
    kinked = [base for base in below if any(term.kind == "above" for term in reachable([base]))]
    if not kinked:
        return True
    order = reachable([repaired, claimed, actual])
    symbols = [term for term in order if term.kind == "symbol"]
    for point in islice(samples(symbols, judge.given, random.Random(judge.seed)), TRIED_SIDES):
        values = at_point(order, point)[1]
        if values[claimed] is None or values[actual] is None:
            continue
        if any(values[base] == 0 == evaluate([base], point)[0] for base in kinked):
            return False
    return True


def _findings(search: Search) -> Iterator[Finding]:
    """What might explain the claim, in the order in which it is said."""
    for kind in (
        missing_paths, extra_paths, functions_at_kinks, exponents, factors, extra_inside,
        first_for_second, numbers, signs, outer_functions,
        undifferentiated, parts_of_factors, wrong_nodes, exchanged_indices, exchanged_numbers,
        other_variables, inner_derivatives, other_orders, lost_terms,
    ):  # fmt: skip
        yield from kind(search)


def _search(
    graph: Graph,
    judge: Judge,
    claim: Claim,
    left: Rate,
    actual: Term,
    claimed: Term,
    reading: str,
    until: float,
) -> Search | None:
    points = _points(judge, claimed, actual)
    if not points:
        return None
    known = Known(points, until)
    meaning = graph.evaluator(left, reading)
    wanted, has = known(actual), known(claimed)
    if wanted is None or has is None:
        return None
    routes = Routes(graph, left.of.node, left.by[0].node, known, single=len(left.by) == 1)
    found = places(claim.right, meaning, wanted, known)
    return Search(graph, claim.right, left, meaning, claimed, actual, known, routes, found, wanted, has)


def _points(judge: Judge, claimed: Term, actual: Term) -> list[dict[Term, Any]]:
    """A few points where the claim fails and as little as possible is 0: where units are active."""
    order = reachable([claimed, actual])
    symbols = [term for term in order if term.kind == "symbol"]
    scored: list[tuple[int, int, dict[Term, Any]]] = []
    for k, point in enumerate(islice(samples(symbols, judge.given, random.Random(judge.seed)), TRIED)):
        _, values = at_point(order, point)
        a, b = values[claimed], values[actual]
        if a is None or b is None:
            continue
        zeros = sum(values[term] == 0 for term in order)
        extreme = not all(1e-12 < abs(values[term] or 1) < 1e12 for term in order)
        scored.append((zeros + 1000 * (abs(a - b) <= 1e-9 * max(abs(a), abs(b))) + 100 * extreme, k, point))
    scored.sort(key=lambda triple: triple[:2])
    return [_all_symbols(judge, point) for _, _, point in scored[:POINTS]]


def _all_symbols(judge: Judge, point: dict[Term, Any]) -> dict[Term, Any]:
    """With values for the symbols that neither side has, but a repaired claim may."""
    rng = random.Random(len(point))
    more = {s: Fraction(rng.randrange(1000, 9973), 4999) for s in judge.symbols if s not in point}
    return point | more
