"""What a claim covers of the paths it is about, and what it forgot, as lines of a picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from microgrid import Value
from microgrid.base.phrases import join, said, say
from microgrid.claims.report import Answer, ClaimReport, verdict

from ..errors import VizError
from .trace import Edge, Trace

__all__ = ["Claimed", "claimed"]


@dataclass(frozen=True)
class Claimed:
    """An answer, with the edges of the paths that it covers and of those that it forgot."""

    answer: Answer
    covered: frozenset[Edge]
    forgotten: frozenset[Edge]

    @property
    def edges(self) -> frozenset[Edge]:
        return self.covered | self.forgotten

    def nodes(self, trace: Trace) -> frozenset[int]:
        """Those on the paths."""
        ends = {trace.nodes[edge.node].parents[edge.operand] for edge in self.edges}
        return frozenset(ends | {edge.node for edge in self.edges})

    @property
    def lines(self) -> tuple[frozenset[Edge], ...]:
        """The edges of each line that is drawn."""
        return tuple(filter(None, (self.covered, self.forgotten)))

    def sentences(self, lang: str) -> tuple[str, ...]:
        """One for each line, if there are two, and the verdict."""
        claim = " ".join(self.answer.claim.split())
        told = [say("{claim}: {verdict}", claim=claim, verdict=verdict(self.answer))]
        if len(self.lines) > 1:
            missing = say("forgotten: {what}", what=join("; ", self.answer.missing))
            told = [say("what the claim covers"), missing, *told]
        return tuple(said(text, lang) for text in told)


def claimed(report: object, nodes: Sequence[Value]) -> Claimed:
    """What `claim=` shows: an answer, or of a report the first that is not true, or its only one.

    `nodes` are those that are drawn, in the order of the trace.
    """
    answer = report
    if isinstance(report, ClaimReport):
        if not report.answers:
            raise VizError("claim: the report has no claim in it")
        answer = next((one for one in report.answers if not one.true), report.answers[0])
    if not isinstance(answer, Answer):
        raise TypeError(f"claim is what microgrid.check returns, got {type(report).__name__}")
    place = {v: i for i, v in enumerate(nodes)}
    paths = [*answer.covered, *answer.forgotten]
    if not paths:
        raise VizError("claim: nothing can be drawn of it: it is about no path, or about too many")
    if any(v not in place for path in paths for v in path):
        raise VizError("claim: it was judged on another graph than the one that is drawn")
    return Claimed(answer, _edges(answer.covered, place), _edges(answer.forgotten, place))


def _edges(paths: Iterable[tuple[Value, ...]], place: dict[Value, int]) -> frozenset[Edge]:
    return frozenset(
        Edge(place[above], k)
        for path in paths
        for below, above in pairwise(path)
        for k, parent in enumerate(above.parents)
        if parent is below
    )
