"""verify(): is every number of this graph right?  Four levels, each saying what it proves and how."""

from __future__ import annotations

from collections.abc import Iterable

from .. import ops
from ..base.deadline import one_at_a_time
from ..base.phrases import Phrase, count, join, say
from ..claims.check import check
from ..claims.report import lines
from ..engine import Value
from ..graph import order
from ..naming.names import name_nodes
from ..ops import Op
from ..pieces.found import places
from .composition import check_composition
from .derivatives import derive
from .references import at_kink
from .report import Finding, Report
from .rounding import check_numbers, rounding_bounds
from .rules import Proof, prove
from .sympy_graphs import from_sympy, to_sympy, to_sympy_rows

__all__ = ["from_sympy", "rounding_bounds", "to_sympy", "to_sympy_rows", "verify", "verify_rules"]


LARGEST = 200_000
"""Nodes beyond which composition and numbers, at about 0.1 ms a node, are not attempted."""
MOST_DETAILS = 10
"""Of a finding, whose text says how many there are."""


def verify(
    y: Value,
    *,
    symbolic: bool = True,
    digits: int = 50,
    seconds: float = 10.0,
    claims: Iterable[str] = (),
) -> Report:
    """Verify the graph under y and say what is proved.

    rules        each operation used: its partials against sympy's derivative, on every piece of its domain
    composition  each gradient is the sum over its uses, in exact arithmetic: the chain rule on this graph
    numbers      value and gradients against `digits`-digit arithmetic, within a bound for the rounding
    symbolic     for small graphs (unless `symbolic` is False) the whole derivative of each leaf as a formula,
                 if sympy finds it within `seconds`
    claims       formulas of your own for derivatives, if there are any: see `check`

    It is about what `y.backward()` computes; no gradient is touched, and what the nodes' `grad` holds (of an
    earlier pass, perhaps) is not looked at.  What is too large to prove is reported as not attempted, and
    why.  At a kink the convention that was used is noted.  What is proved is the real-number derivative of
    the operations that were recorded: not the branches Python took while recording them.  ValueError for
    less than 30 digits.

    >>> x = Value(3.0, "x")
    >>> verify(x**2 + x).ok
    True
    """
    if digits < 30:
        raise ValueError(
            f"verify(digits={digits}): doubles have 17 digits, and a judge of them needs 30 or more"
        )
    with one_at_a_time:
        report = _verify(order(y), symbolic, digits, seconds)
        if texts := [claims] if isinstance(claims, str) else list(claims):
            report.findings.append(_claims(y, texts))
        return report


def _verify(nodes: list[Value], symbolic: bool, digits: int, seconds: float) -> Report:
    size = count(len(nodes), "{n} node", "{n} nodes")
    edges = count(sum(len(v.parents) for v in nodes), "{n} edge", "{n} edges")
    root = f"{name_nodes(nodes).texts[nodes[-1]]} = {nodes[-1].data!r}"
    report = Report(say("{root} ({nodes}, {edges})", root=root, nodes=size, edges=edges))
    report.findings.append(_rules(dict.fromkeys(v._row for v in nodes if v._row is not None)))
    if len(nodes) <= LARGEST:
        report.findings += [_composition(nodes), _numbers(nodes, digits)]
    else:
        report.findings += [_too_large("composition", nodes), _too_large("numbers", nodes)]
    if symbolic:
        report.findings.append(_symbolic(nodes, seconds, report))
    report.findings += _kinks(nodes)
    return report


def verify_rules(rows: Iterable[Op] | None = None) -> Report:
    """Prove the whole table of operations, custom ones included, or the rows given."""
    chosen = list(ops.TABLE.values() if rows is None else rows)
    with one_at_a_time:
        return Report(say("the table of {n} operations", n=len(chosen)), [_rules(chosen)])


def _claims(y: Value, texts: list[str]) -> Finding:
    answers = check(y, texts).answers
    proved = sum(answer.status == "proved" for answer in answers)
    true = sum(bool(answer.true) for answer in answers)
    text = say("{true} of {all} claims are true, {proved} proved", true=true, all=len(answers), proved=proved)
    details = tuple(line for answer in answers for line in lines(answer))
    if any(answer.true is False for answer in answers):
        return Finding("claims", "failed", text, details)
    if true < len(answers):
        return Finding("claims", "not attempted", text, details)
    return Finding("claims", "proved" if proved == len(answers) else "checked", text, details)


def _rules(rows: Iterable[Op]) -> Finding:
    proofs = [prove(row) for row in rows]
    proved = [proof for proof in proofs if proof.status == "proved"]
    text = say(
        "{proved} of {all} operations ({identities} identities){names}",
        proved=len(proved),
        all=len(proofs),
        identities=sum(p.formulas for p in proved),
        names=f": {', '.join(proof.name for proof in proofs)}" if 0 < len(proofs) <= 12 else "",
    )
    status = next((s for s in ("failed", "not attempted") if any(p.status == s for p in proofs)), "proved")
    details = tuple(_explain(proof) for proof in proofs if proof.status != "proved")
    return Finding("rules", status, text, details)


def _explain(proof: Proof) -> Phrase:
    if proof.failures:
        return say("{name}: {failures}", name=proof.name, failures=join("; ", proof.failures))
    return say("{name}: not attempted, {reason}", name=proof.name, reason=proof.reason)


def _too_large(level: str, nodes: list[Value]) -> Finding:
    text = say("{n:,} nodes are more than {most:,}: verify a part", n=len(nodes), most=LARGEST)
    return Finding(level, "not attempted", text)


def _composition(nodes: list[Value]) -> Finding:
    result = check_composition(nodes)
    if result.reason:
        return Finding("composition", "not attempted", result.reason)
    if result.failures:
        text = count(len(result.failures), "{n} gradient", "{n} gradients")
        return Finding("composition", "failed", text, tuple(result.failures[:MOST_DETAILS]))
    share = say("{share:.0%} of what rounding allows", share=result.worst)
    text = say(
        "{gradients} by summing over {edges}, exactly modulo the prime 2^61 - 1; in floats {rounding}",
        gradients=count(result.nodes, "{n} gradient", "{n} gradients"),
        edges=count(result.edges, "{n} edge", "{n} edges"),
        rounding=share if result.worst else say("without any rounding"),
    )
    return Finding("composition", "proved", text)


def _numbers(nodes: list[Value], digits: int) -> Finding:
    result = check_numbers(nodes, digits)
    if result.failures:
        text = count(len(result.failures), "{n} number", "{n} numbers")
        return Finding("numbers", "failed", text, tuple(result.failures[:MOST_DETAILS]))
    if result.reason:
        return Finding("numbers", "not attempted", result.reason)
    checked = say("{n} values and partials agree with {digits} digits", n=result.checked, digits=digits)
    if result.error >= 0.5 and not result.underflow:  # not one digit of it is left
        text = say(
            "{checked} one by one, but rounding has changed {what} by {times:.2g} times its size",
            checked=checked,
            what=result.where,
            times=result.error,
        )
        return Finding("numbers", "not attempted", text)
    worst = say("off by at most {error:.2g} (bound {bound:.2g})", error=result.error, bound=result.bound)
    text = say(
        "{checked}; value and gradients are {error}",
        checked=checked,
        error=worst if result.error else say("exact"),
    )
    names = ", ".join(result.coarse)
    coarse = (say("only to about three digits, being computed in doubles: {names}", names=names),)
    return Finding("numbers", "checked", text, coarse if result.coarse else ())


def _symbolic(nodes: list[Value], seconds: float, report: Report) -> Finding:
    result = derive(nodes, seconds)
    if result.reason:
        return Finding("symbolic", "not attempted", result.reason)
    if result.failures:
        text = count(len(result.failures), "{n} derivative", "{n} derivatives")
        return Finding("symbolic", "failed", text, tuple(result.failures))
    report.derivatives = [d for d in result.formulas if d.status != "not compared"]
    if unknown := [d.by for d in result.formulas if d.status == "not compared"]:
        text = say(
            "near these leaves the derivatives have no real value to compare them by: {leaves}",
            leaves=", ".join(unknown),
        )
        return Finding("symbolic", "not attempted", text)
    algebra = sum(d.status == "proved" for d in result.formulas)
    text = say(
        "{proved} of {all} derivatives equal sympy's by algebra{others}",
        proved=algebra,
        all=len(result.formulas),
        others=say(", the others to 30 digits at three points") if algebra < len(result.formulas) else "",
    )
    return Finding("symbolic", "proved" if algebra == len(result.formulas) else "checked", text)


def _kinks(nodes: list[Value]) -> list[Finding]:
    """Where the derivative does not exist and a convention was used."""
    place = places(nodes)
    conventions = [
        say("{op} at {node}: {convention}", op=v.op, node=place(v), convention=say(v._row.convention))
        for v in nodes
        if v._row is not None and at_kink(v)
    ]
    if not conventions:
        return []
    text = say(
        "no derivative exists at {operations}; the gradients are what a convention gives",
        operations=count(len(conventions), "{n} operation", "{n} operations"),
    )
    return [Finding("kinks", "noted", text, tuple(conventions[:MOST_DETAILS]))]
