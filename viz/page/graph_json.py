"""What the page of steps knows of a graph: nodes, moments, limits, words and verdict, to become JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from microgrid.base.checks import one_of
from microgrid.base.phrases import LANGUAGES, said
from microgrid.ops import TABLE
from microgrid.proof.report import MARKS, Report

from ..graph.natural import leaves_in_order
from ..graph.paths import MOST
from ..graph.trace import Node, Trace
from ..options import Options
from ..picture.boxes import gradient_line
from ..picture.selection import Choices
from ..style.text import shorten
from ..walk.box_captions import LONGEST_MADE
from ..walk.captions import LONGEST_PRODUCT, LONGEST_SUM, MOST_LEAVES, MOST_PATHS, Captions
from ..walk.direction import PHASES, arrow_sizes, sign
from ..walk.moments import Moment
from ..words import notation
from ..words.labels import unicode_name
from ..words.names import names_of
from ..words.numbers import Numbers
from .columns import differences, hidden, json_number, packed, pattern
from .training import training
from .words import page_words

__all__ = ["facts"]

ASKED = ("values", "gradients", "parameters", "updates")
"""The kinds of numbers that can be asked for alone: "parameters" are their gradients, "updates" what a
training step makes of them."""


def facts(
    trace: Trace,
    moments: Sequence[Moment],
    options: Options,
    choices: Choices,
    report: Report | None,
    ask: str | Sequence[str] | None,
) -> dict[str, Any]:
    """All of it; stepper/graph.js reads it.  Nodes without a box of their own stand apart, in columns."""
    numbers, inside = Numbers(options.precision), hidden(trace, choices.units, moments)
    shown = [node for node in trace.nodes if node.index not in inside]
    folded: dict[str, Any] = {}
    if any(unit.kind != "node" for unit in choices.units):
        boxes = Captions(trace, numbers, options.lang).boxes
        folded = {"folded": packed(trace, choices.units, inside, numbers, boxes)}
    return {
        "lang": options.lang,
        "precision": options.precision,
        "limits": {
            "count": MOST,
            "paths": MOST_PATHS,
            "sum": LONGEST_SUM,
            "made": LONGEST_MADE,
            "leaves": MOST_LEAVES,
            "factors": LONGEST_PRODUCT,
        },
        "nodes": list(_nodes(trace, shown, numbers)),
        "moments": [_moment(moment, bool(folded)) for moment in moments],
        "order": _order(trace, moments),
        "leaves": _leaves(trace),
        "words": page_words(trace, options),
        "verdict": _verdict(report, names_of(trace, numbers).atom(trace.root)) if report else None,
        "ways": {phase: sign(phase, options.rankdir) for phase in PHASES},
        "arrows": arrow_sizes(),
        "training": training(),
        "ask": _asked(trace, ask, numbers),
        "claim": {lang: choices.claim.sentences(lang) for lang in LANGUAGES} if choices.claim else None,
        "colored": options.color_by is not None,
        **folded,
    }


def _moment(moment: Moment, folded: bool) -> list[Any]:
    """Phase, scope, the operations computed, the edges that pass a gradient on, and the box, in this order.

    For a whole scope of a folded graph, which uses all edges of its operations, these stand in place of the
    edges, and both as `differences`.
    """
    edges = [update.edge for update in moment.updates]
    if folded and moment.scope:
        passing = dict.fromkeys(node for node, _ in edges)
        return [moment.phase, moment.scope, differences(moment.computed), differences(passing)]
    box = [moment.unit.last] if moment.unit and moment.unit.kind != "scope" else []
    return [moment.phase, moment.scope, moment.computed, edges, *box]


def _leaves(trace: Trace) -> list[int] | None:
    """The leaves in their natural order, as captions list them; None where that is the graph's own."""
    leaves = [node.index for node in leaves_in_order(trace)]
    return None if leaves == sorted(leaves) else leaves


def _order(trace: Trace, moments: Sequence[Moment]) -> list[int] | None:
    """The operations as `backward` goes through them, where the moments do it otherwise."""
    passing = dict.fromkeys(update.edge.node for moment in moments for update in moment.updates)
    swept = [i for i in reversed(trace.operations) if i in passing]
    return None if list(passing) == swept else swept


def _nodes(trace: Trace, shown: Iterable[Node], numbers: Numbers) -> Iterator[dict[str, Any]]:
    """What the page knows of each node; texts that hold no computed number are made here, once."""
    names = names_of(trace, numbers)
    for node in shown:
        row = TABLE.get(node.op)
        known: dict[str, Any] = {
            "label": node.label,
            "name": names[node],
            "heading": notation.equation(trace, node, numbers),
            "target": names.derivative(trace.root, node),
            "derivative": _before_number(gradient_line(node, trace.root, numbers).text, node.grad, numbers),
            "role": node.role,
            "scope": "/".join(node.scope),
            "op": node.op,
            "constant": None if node.constant is None else json_number(node.constant),
            "data": json_number(node.data),
            "parents": node.parents,
            "partials": list(map(json_number, node.partials)),
        }
        if row:
            made = shorten(names.made(node), LONGEST_MADE)
            known |= {
                "sign": notation.symbol(node, numbers),
                "needs": row.needs or row.domain,
                "convention": row.convention,
                "made": made,
                "called": node.label or (names[node] if names[node] != made else ""),
                "stale": not notation.is_current(trace, node),
                "pattern": pattern(names, node),
                "locals": [names.local(node, k) for k in range(len(node.parents))],
                "shared": [names.is_shared(node, k) for k in range(len(node.parents))],
                "formulas": list(_formulas(trace, node, numbers)),
            }
        yield known


def _formulas(trace: Trace, node: Node, numbers: Numbers) -> Iterator[str]:
    """The local derivatives without their numbers."""
    for k in range(len(node.parents)):
        text = notation.local_derivative(trace, node, k, numbers)
        yield _before_number(text, node.partials[k], numbers).removesuffix(" = ")


def _before_number(text: str, x: float | None, numbers: Numbers) -> str:
    """``∂L/∂w = `` of ``∂L/∂w = 36``: the page writes the number, which may change."""
    return "" if x is None else text.removesuffix(numbers(x))


def _verdict(report: Report, root: str) -> dict[str, Any]:
    """What `verify` found, its texts by language; `root` is what the page calls the result."""
    findings = [
        {
            "level": finding.level,
            "status": finding.status,
            "mark": MARKS[finding.status],
            "text": {lang: said(finding.text, lang) for lang in LANGUAGES},
            "details": {lang: [said(detail, lang) for detail in finding.details] for lang in LANGUAGES},
        }
        for finding in report.findings
    ]
    formulas = [f"∂{root}/∂{d.by} = {d.text}" for d in report.derivatives]
    return {"ok": report.ok, "verdict": str(report.verdict), "findings": findings, "formulas": formulas}


def _asked(trace: Trace, ask: str | Sequence[str] | None, numbers: Numbers) -> str | list[int] | None:
    """What `steps(L).html(ask=...)` was given, with nodes in place of labels; None is all numbers."""
    if ask is None or isinstance(ask, str):
        one_of(ask, "ask", (*ASKED, None))
        return ask
    names, found = names_of(trace, numbers), list[int]()
    for label in ask:
        if not isinstance(label, str):
            kinds = '"values", "gradients", "parameters", "updates" or labels of nodes'
            raise TypeError(f"ask is {kinds}, got {type(label).__name__} {label!r:.40}")
        here = [
            node.index for node in trace.nodes if {label, unicode_name(label)} & {node.label, names[node]}
        ]
        if not here:
            some = ", ".join(dict.fromkeys(node.label for node in trace.nodes if node.label)) or "none"
            raise ValueError(f"ask: no node of the graph is labelled {label!r}: labels are {some}")
        found += here
    return found
