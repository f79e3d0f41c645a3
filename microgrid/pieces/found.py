"""Finds the named pieces among recorded nodes, by the marks that those who made them left."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..base.context import MARKS, Mark
from ..base.messages import describe
from ..base.nodes import BUNDLE
from ..base.phrases import say
from ..engine import Value
from .table import TABLE, Piece

__all__ = ["Instance", "found", "joined", "places", "same"]


@dataclass(frozen=True, eq=False)
class Instance:
    """One piece of a graph."""

    piece: Piece
    nodes: tuple[Value, ...]
    """In the order in which they were given, its own constants, such as the n of a mean, among them."""
    operands: tuple[Value, ...]
    """What it reads, in the textbook's order: nodes outside, each once."""
    outputs: tuple[Value, ...]
    """What it gives out: those of its nodes that are used outside, or not at all."""

    @cached_property
    def _sampled(self) -> dict[Value, int]:
        marks = ((v, MARKS[v._scope]) for v in self.nodes)
        return {v: mark.sample for v, mark in marks if mark is not None and mark.sample is not None}

    @property
    def samples(self) -> dict[Value, int]:
        """Of a loss, the node of each sample's own, with the class of its target, or -1; the loss of a sample
        that is all numbers has none."""
        return self._sampled or dict.fromkeys(self.outputs, -1)  # what is not told apart is one

    @property
    def reduction(self) -> str:
        """Of a loss of several samples "mean" or "sum"; else ""."""
        if not self._sampled or len(self.outputs) > 1:  # several results are no samples of a loss
            return ""
        last = self.outputs[-1]
        if self.piece.name == "half_mse" and last not in self._sampled:  # which halves at the end
            last = last.parents[0]
        if last in self._sampled:
            return ""
        return "mean" if last.op == "div" else "sum"

    @cached_property
    def terms(self) -> tuple[Value, ...]:
        """Of a softmax or its logarithm, the logits in order, each as often as it is used, and numbers."""
        total = next((_difference(v).parents[1] for v in self.outputs if self._is_softmax), None)
        return () if total is None else tuple(joined(total, "logaddexp", set(self.nodes)))

    @cached_property
    def places(self) -> tuple[int, ...]:
        """Of a softmax or its logarithm, for each of the outputs which of the terms it belongs to."""
        if not self._is_softmax:
            return ()
        own, waiting = set(self.nodes), dict[object, list[int]]()
        for k, term in reversed(list(enumerate(self.terms))):
            waiting.setdefault(same(term, own), []).append(k)
        places = []
        for v in self.outputs:  # where a logit is used twice, each use is a result
            left = waiting[same(_difference(v).parents[0], own)]
            places.append(left.pop() if len(left) > 1 else left[0])
        return tuple(places)

    @property
    def _is_softmax(self) -> bool:
        return self.piece.name in ("softmax", "log_softmax")

    @property
    def formula(self) -> str:
        """The textbook's formula, with the mean or sum over samples where there are several."""
        return self.piece.written(self.reduction)

    @property
    def latex(self) -> str:
        return self.piece.written_latex(self.reduction)


def found(nodes: Sequence[Value]) -> list[Instance]:
    """The named pieces among nodes that are in `graph.order`, in the order of their last nodes.

    A piece of which something else than its results is used outside, as a derivative by `grad` uses what is
    computed on the way, is left out: its formula would not say what is used.

    >>> from microgrid import Value, softmax
    >>> from microgrid.graph import order
    >>> p = softmax([Value(1.0, "a"), Value(2.0, "b")])[1]
    >>> [(one.piece.name, [v.label for v in one.operands], len(one.nodes)) for one in found(order(p))]
    [('softmax', ['a', 'b'], 3)]
    """
    members = {v: mark for v in nodes if (mark := MARKS[v._scope]) is not None and mark.name in TABLE}
    if not members:
        return []
    used: set[Value] = set()  # by something that is not of the same piece
    inside: set[Value] = set()  # or by something that is
    first = {v: v for v in members}  # towards the node that stands for the piece
    for v in nodes:
        a, b = v._first, v._second
        if b is not None and b._role == BUNDLE:
            operands = [parent for parent in v.parents if parent in members]
        else:
            operands = [parent for parent in (a, b) if parent in members]
        if not operands:
            continue
        mark = members.get(v)
        for parent in operands:
            if mark is None or mark[:2] != members[parent][:2]:
                used.add(parent)
                continue
            inside.add(parent)
            here, there = _first(v, first), _first(parent, first)
            first[here] = there
    groups: dict[Value, list[Value]] = {}
    for v in members:
        groups.setdefault(_first(v, first), []).append(v)
    instances = []
    for group in groups.values():
        outputs = [v for v in group if v in used or v not in inside]
        if all(members[v].result for v in outputs):
            operands = _operands(group, members)
            piece = TABLE[members[group[0]].name]
            instances.append(Instance(piece, tuple(group), tuple(operands), tuple(outputs)))
    place = {v: i for i, v in enumerate(members)}
    return sorted(instances, key=lambda one: place[one.nodes[-1]])


def joined(v: Value, op: str, own: Container[Value]) -> list[Value]:
    """The terms that the operation joined from left to right, down to v: [v] if it is another's."""
    start, terms = v, list[Value]()
    while start in own and start.op == op:
        start, term = start.parents
        terms.append(term)
    return [start, *reversed(terms)]


def same(v: Value, own: Container[Value]) -> object:
    """What is equal for the uses of one operand: a number that is used twice has a constant for each."""
    return repr(v._data) if v in own and v._row is None else v


def _difference(v: Value) -> Value:
    """z - logsumexp, of log_softmax; of softmax v is its exponential."""
    return v if v.op == "sub" else v.parents[0]


def _first(v: Value, first: dict[Value, Value]) -> Value:
    while first[v] is not v:
        first[v] = v = first[first[v]]
    return v


def _operands(group: list[Value], members: dict[Value, Mark]) -> list[Value]:
    """What they read of others, in the order in which the formula names it."""
    own, read = set(group), dict[Value, None]()
    for v in group:
        for parent in (v._first, v._second):
            if parent is not None and parent not in own:
                read[parent] = None
    operands = list(read)
    for v in group:
        mark = members[v]
        if mark.name == "cross_entropy_with_logits" and mark.sample is not None and mark.sample >= 0:
            _put_in_place(v, mark.sample, own, operands)
    return operands


def _put_in_place(sample: Value, k: int, own: set[Value], operands: list[Value]) -> None:
    """The logit of class k, softplus(logsumexp(the others) − z_k), comes last: put it where it belongs."""
    difference = sample.parents[0]
    others, chosen = difference.parents
    start = others
    while start in own and start.op == "logaddexp":
        start = start.parents[0]
    if chosen not in own and chosen in operands and start in operands and chosen is not start:
        operands.remove(chosen)
        operands.insert(operands.index(start) + k, chosen)


def places(nodes: Sequence[Value]) -> Callable[[Value], str]:
    """What reports call each of the nodes, which are in `graph.order`: with the piece that it is a step of.

    >>> from microgrid import maxout
    >>> from microgrid.graph import order
    >>> nodes = order(maxout([Value(1.0, "z1"), Value(1.0, "z2"), Value(0.0, "z3")]) * 2.0)
    >>> place = places(nodes)
    >>> [place(v) for v in nodes if v.op == "maximum"][0]
    'maximum(z1, z2) (1.0) in maxout (h = max zⱼ)'
    >>> place(nodes[0])
    "'z1' (1.0)"
    """
    pieces = {v: one for one in found(nodes) for v in one.nodes}

    def place(v: Value) -> str:
        one = pieces.get(v)
        if one is None or v.label or not v.op:
            return describe(v)
        return say(
            "{node} in {piece} ({formula})", node=describe(v), piece=one.piece.title, formula=one.formula
        )

    return place
