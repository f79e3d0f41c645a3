"""check(): is this formula right, and if not, what did it forget?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from math import isfinite
from typing import Any, TypeAlias

from ..base.deadline import one_at_a_time
from ..base.phrases import join, say
from ..engine import Value
from ..graph import order, path_count, paths
from .algebra.terms import Term, reachable
from .language.grammar import read
from .language.names import Names
from .language.printing import text, written_like
from .language.trees import Call, Claim, Node, Number, Power, Rate, put, tidied, walk
from .meaning import READINGS, Graph, as_written
from .operations import applied, own_claims
from .report import Answer, ClaimReport, Counterexample
from .slips.diagnosis import SECONDS, diagnose
from .truth import Judge, Verdict
from .unexplained import adding_to_one, unexplained
from .updates import rate_of

__all__ = ["assert_claim", "check", "named_nodes"]

MOST_PATHS = 200
Paths: TypeAlias = tuple[tuple[Value, ...], ...]
READING_NAMES = {
    "local": say("local"), "adjoint": say("adjoint"), "forward": say("forward"), "total": say("total"),
}  # fmt: skip
HIGHEST = 20
"""The power in a claim, where its graph has none that is higher, up to which a slip is looked for: beyond it
formulas are expanded for seconds.
"""
RATE = Fraction(1, 10)
"""The rate of an update in a counterexample."""


def check(
    y: Value | Mapping[str, Value] | Callable[..., Any], *claims: str | Iterable[str], given: bool = True
) -> ClaimReport:
    """Judge claims about the derivatives of a graph: formulas that someone wrote down.

    `y` is the last result of the graph, whose nodes are called by their labels, or what `parse` returned.  A
    claim is one such as ``dL/dw = 2*e*x``, ``∂L/∂w = 2·e·x``, ``\\frac{\\partial L}{\\partial w} = 2ex`` or
    ``w <- w - eta*dL/dw``.  It is true if it is an identity in all leaves, whatever their values are.  Where
    derivatives stand on its right side, ``∂L/∂e`` may be meant along one step or along all paths: `reading`
    tells in which of four readings it holds.  With `given=False` the values of the leaves count for nothing.
    ExpressionError, which shows the place, for a claim that cannot be read.

    Of a function that `custom_op` made, on operands x1, x2, ..., the partials that it was given are judged,
    if there are no other claims.

    >>> from microgrid import parse
    >>> nodes = parse("e = w*x - y; L = e**2", w=2, x=3, y=9)
    >>> check(nodes, "dL/dw = 2*e*x").ok
    True
    >>> check(nodes["L"], "dL/dw = e*x")[0].counterexample.actual
    -18.0
    """
    texts = [own for one in claims for own in ([one] if isinstance(one, str) else one)]
    if callable(y) and not isinstance(y, Value | Mapping):
        y = applied(y)
        texts, given = texts or own_claims(y), False
    keys, root = named_nodes(y)
    names = Names([root, *keys.values()], keys | ({} if root.label else {"result": root}))
    read_claims = [(own, read(own, names)) for own in texts]
    with one_at_a_time:
        court = Court(Graph(names), root, given)
        return ClaimReport([court.answer(own, instances) for own, instances in read_claims])


def assert_claim(y: Value | Mapping[str, Value], *claims: str) -> None:
    """AssertionError, saying what is wrong, unless every claim is true.

    >>> from microgrid import parse
    >>> assert_claim(parse("L = (w*x)**2", w=2, x=3), "dL/dw = 2*w*x^2")
    """
    report = check(y, *claims)
    if not report.ok:
        raise AssertionError(ClaimReport([answer for answer in report.answers if not answer.true]).text())


def _less(every: Paths, some: Paths) -> Paths:
    """The paths that are left without some; of several along the same nodes, as many as there are."""
    left = list(every)
    for path in some:
        if path in left:
            left.remove(path)
    return tuple(left)


def _double(x: Any) -> float | str:
    """A number of many digits as a double; as text, such as "3.0e+400", where it leaves those."""
    from mpmath import mp

    near = float(x)
    return near if isfinite(near) and (near or not x) else str(mp.nstr(x, 6))


def _highest(term: Term) -> Fraction:
    """The largest size of an exponent in a term."""
    powers = (abs(power) for t in reachable([term]) if t.kind == "product" for power in t.data[1])
    return max(powers, default=Fraction(1))


def named_nodes(y: Value | Mapping[str, Value]) -> tuple[dict[str, Value], Value]:
    """The nodes that have keys, and the last of them."""
    keys = dict(y) if isinstance(y, Mapping) else {"result": y}
    root = keys.pop("result") if "result" in keys else list(keys.values())[-1]
    order(root)  # TypeError for what is no Value
    return keys, root


class Court:
    """Judges claims about one graph."""

    def __init__(self, graph: Graph, root: Value, given: bool) -> None:
        self.graph, self.root = graph, root
        values = {
            graph.of[v]: as_written(v.data)
            for v in graph.names.nodes
            if graph.of[v].kind == "symbol" and v.data - v.data == 0
        }
        values[graph.eta] = RATE if graph.eta.data == "eta" else values[graph.eta]
        self.judge = Judge(values if given else {})
        self.judge.symbols = graph.symbols

    def answer(self, claim: str, instances: list[Claim]) -> Answer:
        """What becomes of a claim: false if it is for one of the numbers that its letters stand for."""
        answers = [self.instance(one) for one in instances]
        worst = next((a for a in answers if a.true is False), None) or next(
            (a for a in answers if a.true is None), None
        )
        if worst is not None:
            index = worst.read.index if worst.read else ""
            why = say("for {index}: {why}", index=index, why=worst.why) if index else worst.why
            return replace(worst, claim=claim, why=why)
        first = answers[0]
        status = "checked" if any(a.status == "checked" for a in answers) else "proved"
        readings = tuple(r for r in READINGS if all(r in a.reading for a in answers)) or first.reading
        return replace(first, claim=claim, status=status, reading=readings)

    def instance(self, claim: Claim) -> Answer:
        with written_like(claim):
            answer = self.judged(claim)
        told = [*claim.notes, *([answer.hint] if answer.hint else [])]
        return replace(answer, hint=join("; ", told) if len(told) > 1 else told[0] if told else "")

    def judged(self, claim: Claim) -> Answer:
        left, actual = self.graph.left(claim, self.root), self.graph.actual(claim, self.root)
        size = rate_of(self.graph, claim, left)
        if size is not None and isinstance(claim.left, Node):
            actual = self.graph.of[claim.left.node] - size * self.graph.total(left.of.node, left.by[0].node)
        if any(isinstance(part, Rate) for _, part in walk(claim.right)):
            claimed = {reading: self.graph.meaning(claim.right, left, reading) for reading in READINGS}
        else:
            claimed = dict.fromkeys(READINGS, self.graph.meaning(claim.right, left, "total"))
        compared = {term: self.judge.compare(term, actual) for term in dict.fromkeys(claimed.values())}
        verdicts = {reading: compared[term] for reading, term in claimed.items()}
        holds = tuple(reading for reading in READINGS if verdicts[reading].true)
        covered = self.paths(left)
        if holds:
            status = "proved" if any(verdicts[r].status == "proved" for r in holds) else "checked"
            why = ""
            if len(holds) < len(READINGS):
                others = [r for r in READINGS if r not in holds]
                why = say(
                    "it holds in the reading {holds}, and not in {others}",
                    holds=join(", ", map(READING_NAMES.__getitem__, holds)),
                    others=join(", ", map(READING_NAMES.__getitem__, others)),
                )
            if size is not None:
                why = say("it holds with eta = {eta}", eta=text(Number(size)))
            return Answer(claim.text, status, holds, why=why, read=claim, covered=covered)
        refuted = verdicts["forward"] if verdicts["forward"].true is False else None
        if refuted is None or any(v.true is None for v in verdicts.values()):
            why = say("on the common domain of both sides no points were found to compare them at")
            return Answer(claim.text, "undecided", why=why, read=claim)
        found_at = self.counterexample(refuted)
        answer = Answer(claim.text, "refuted", read=claim, counterexample=found_at, covered=covered)
        answer = replace(answer, agrees=self.agrees_at_given(refuted), hint=self.hint(claim, left, actual))
        if _highest(claimed["forward"]) > max(Fraction(HIGHEST), _highest(actual)):
            told = "no slip is looked for where a power is higher than {highest}"
            return replace(answer, why=say(told, highest=HIGHEST))
        try:
            found = diagnose(self.graph, self.judge, claim, left, actual, claimed)
        except TimeoutError:
            told = "no slip that explains it was found in {seconds:g} seconds"
            return replace(answer, why=say(told, seconds=SECONDS))
        if found is None:
            term, names, loss = claimed["forward"], self.graph.names, self.graph.of[left.of.node]
            hint = answer.hint or adding_to_one(self.judge, term, actual, loss, names)
            return replace(answer, why=unexplained(term, actual, names), hint=hint)
        reading, finding = found
        why = finding.why
        if len(set(claimed.values())) > 1:
            why = say("read as {reading}: {why}", reading=READING_NAMES[reading], why=why)
        return replace(
            answer,
            slip=finding.slip,
            why=why,
            missing=finding.missing,
            corrected=tidied(finding.right, claim.right),
            forgotten=finding.forgotten,
            named=finding.named,
            place=finding.place,
            covered=_less(covered, finding.forgotten),
        )

    def hint(self, claim: Claim, left: Rate, actual: Term) -> str:
        """Where a node called e was raised to a power: what Euler's number would make of the claim."""
        powers = [
            (way, part)
            for way, part in walk(claim.right)
            if isinstance(part, Power) and isinstance(part.base, Node) and part.base.name == "e"
        ]
        right = claim.right
        for way, part in reversed(powers):
            if not isinstance(part.exponent, Number):
                right = put(right, way, Call("exp", (part.exponent,)))
        if right == claim.right:
            return ""
        if any(self.judge.compare(self.graph.meaning(right, left, r), actual).true for r in READINGS):
            return say("e is the node of that name here; with exp(...) for the power of e the claim is true")
        return say("e is the node of that name here; a power of Euler's number is written exp(...)")

    def paths(self, left: Rate) -> Paths:
        """The paths of the derivative that a claim is about, if they are not too many to be drawn."""
        of, by = left.of.node, left.by[0].node
        if len(left.by) > 1 or of is by or path_count(of, by) > MOST_PATHS:
            return ()
        return tuple(path.nodes for path in paths(of, by))

    def agrees_at_given(self, verdict: Verdict) -> bool:
        """Whether a claim is false elsewhere only: its counterexample is not at the given values."""
        given, point = self.judge.given, verdict.point or {}
        return bool(point) and all(s in given for s in point) and any(given[s] != x for s, x in point.items())

    def counterexample(self, verdict: Verdict) -> Counterexample | None:
        if verdict.point is None:
            return None
        values = {
            self.graph.names.named.get(symbol.data, "eta") if symbol.data != "eta" else "eta": float(x)
            for symbol, x in verdict.point.items()
        }
        return Counterexample(values, _double(verdict.claimed), _double(verdict.actual))
