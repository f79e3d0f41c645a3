"""What a claim covers of the paths it is about, and what it forgot, as lines of a picture."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from microgrid import Value
from microgrid.base.phrases import Phrase, join, said, say
from microgrid.claims.language.printing import text_left
from microgrid.claims.report import Answer, ClaimReport, verdict

from ..errors import VizError
from .trace import Edge, Trace

__all__ = ["Claimed", "claimed"]


@dataclass(frozen=True)
class Claimed:
    """An answer, with the edges of its paths that it covers and those where a slip is."""

    answer: Answer
    covered: frozenset[Edge]
    forgotten: frozenset[Edge]
    names: Mapping[str, str]
    """How the names in the answer's texts are shown."""
    stops: tuple[str, ...]
    """The steps where a slip is, as ``e → L``."""

    @property
    def edges(self) -> frozenset[Edge]:
        return self.covered | self.forgotten

    def nodes(self, trace: Trace) -> frozenset[int]:
        """Those on the paths."""
        ends = {trace.nodes[edge.node].parents[edge.operand] for edge in self.edges}
        return frozenset(ends | {edge.node for edge in self.edges})

    @property
    def lines(self) -> tuple[frozenset[Edge], ...]:
        """The edges of each line that is drawn: first what is covered, if anything is."""
        return tuple(filter(None, (self.covered, self.forgotten)))

    def sentences(self, lang: str) -> tuple[str, ...]:
        """One for each line, if something is forgotten or wrong, and the verdict."""
        answer = self.answer
        claim = " ".join(answer.claim.split())
        if "\\" in claim and answer.read is not None:
            claim = self.shown(text_left(answer.read, answer.read.right))
        told = [say("{claim}: {verdict}", claim=claim, verdict=verdict(answer))]
        if self.forgotten:
            wrong = self.wrong()
            told = [*([say("what the claim covers")] if self.covered else []), wrong, *told]
        return tuple(said(text, lang) for text in told)

    def wrong(self) -> Phrase:
        """What is said of the second line."""
        answer, where = self.answer, ", ".join(self.stops)
        missing = join("; ", map(self.shown, answer.missing))
        if answer.forgotten:
            return say("forgotten: {what}", what=missing)
        if answer.slip == "factor-missing" and answer.missing and not answer.named:
            return say("forgotten: {what}", what=f"{where}: {missing}")
        return say("wrong here: {what}", what=where)

    def shown(self, text: str) -> str:
        """A formula of an answer with its names as they stand in the picture."""
        text = re.sub(r"\bd([^\W\d]\w*)/d([^\W\d]\w*)", r"∂\1/∂\2", text).replace("*", "·")
        return re.sub(r"[^\W\d]\w*", lambda name: self.names.get(name[0], name[0]), text)


def claimed(report: object, nodes: Sequence[Value], labels: Sequence[str]) -> Claimed:
    """What `claim=` shows: an answer, or of a report the first that is not true, or its only one.

    `nodes` are those that are drawn, in the order of the trace, and `labels` what they are called there.
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
    forgotten = _edges(answer.forgotten or answer.place, place)
    covered = _edges(answer.covered, place) - (frozenset() if answer.forgotten else forgotten)
    names = {v.label: labels[i] for v, i in place.items() if v.label and labels[i]}
    ends = dict.fromkeys((way[0], way[-1]) for way in answer.place)
    stops = tuple(f"{labels[place[a]] or '?'} → {labels[place[b]] or '?'}" for a, b in ends)
    return Claimed(answer, covered, forgotten, names, stops)


def _edges(paths: Iterable[tuple[Value, ...]], place: dict[Value, int]) -> frozenset[Edge]:
    return frozenset(
        Edge(place[above], k)
        for path in paths
        for below, above in pairwise(path)
        for k, parent in enumerate(above.parents)
        if parent is below
    )
