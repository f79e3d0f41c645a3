"""Which nodes of a recorded graph are one unit: a sum of weighted terms, and the activation that follows it.

A node is a unit of its own where it is used several times, is an output, or is no part of a sum.  All others
are taken into the only node that uses them: products into their sum, a sum into its activation or into a
larger sum (a residual block adds x to what its last layer sums up), pieces of a maxout into their maximum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import NamedTuple

from microgrid import Value
from microgrid.naming.layers import ACTIVATIONS
from microgrid.naming.scopes import is_neuron
from microgrid.pieces import Instance, found

from ..net import EXTREMES
from .sums import Body, Sum, Term, alike, complete

__all__ = ["Bodies", "bodies"]


READ_THROUGH = ("maxout",)
"""Named pieces of which the steps are read: those of a maxout have weights."""
PENALTIES = ("l1_penalty", "l2_penalty")


class Bodies(NamedTuple):
    """The units by their nodes, each after those that it uses, and which masks are laid on which of them."""

    units: dict[Value, Body]
    aliases: dict[Value, Value]
    """A node that is a unit's times a mask: that unit's node."""
    masked: dict[Value, list[float]]


def bodies(
    nodes: Iterable[Value],
    outputs: Collection[Value],
    masks: Collection[Value] = (),
    gammas: Collection[Value] = (),
    statistics: Collection[Value] = (),
) -> Bodies:
    """Read the nodes, each after its operands.

    >>> from microgrid import parameter
    >>> from microgrid.graph import order
    >>> x, w, b = Value(2.0, "x"), parameter(3.0, "w"), parameter(1.0, "b")
    >>> y = (b + w * x).tanh()
    >>> units = bodies(order(y), [y]).units
    >>> [(unit is y, body.op) for unit, body in units.items()]
    [(False, None), (True, 'tanh')]
    """
    listed = list(nodes)
    reading = _Reading(listed, outputs, masks, statistics)
    pieces = {
        v: piece for piece in found(listed) if piece.piece.name not in READ_THROUGH for v in piece.nodes
    }
    normals = dict(_normals(listed, gammas))
    inside = {v for n in normals for v in (n, n.parents[0])}
    for v in listed:
        if v in normals:
            reading.as_source(v, normals[v])
        elif v.role != "op":
            reading.leaf(v)
        elif v in pieces:
            if v in pieces[v].outputs:
                reading.piece(v, pieces[v])
        elif v not in inside:
            reading.operation(v)
    return Bodies(reading.units, reading.aliases, reading.masked)


def _normals(nodes: Iterable[Value], gammas: Collection[Value]) -> Iterable[tuple[Value, Value]]:
    """The normalised values that a γ scales, (x − mean)/deviation, each with its x."""
    for v in nodes:
        if v.op == "mul":
            for gamma, normal in (v.parents, v.parents[::-1]):
                if gamma in gammas and normal.op == "div" and normal.parents[0].op == "sub":
                    yield normal, normal.parents[0].parents[0]


class _Reading:
    def __init__(
        self,
        nodes: list[Value],
        outputs: Collection[Value],
        masks: Collection[Value],
        statistics: Collection[Value],
    ) -> None:
        self.units: dict[Value, Body] = {}
        self.aliases: dict[Value, Value] = {}
        self.masked: dict[Value, list[float]] = {}
        self._masks, self._statistics = masks, statistics
        self._uses = Counter(parent for v in nodes for parent in v.parents)
        self._users = {parent: v for v in nodes for parent in v.parents}
        self._uses.update(outputs)
        self._outputs = set(outputs)
        self._known: dict[Value, Sum] = {}
        """What stands for a node in sums, however often it is used."""
        self._open: dict[Value, Body] = {}
        """Nodes of one use that may still be taken into it."""

    # ------------------------------------------------------------ leaves

    def leaf(self, v: Value) -> None:
        if v.role == "parameter":
            self._known[v] = Sum([Term(1.0, v, None)])
        elif v.role == "constant" or v in self._masks:
            self._known[v] = Sum(constant=v.data)
        else:
            self.units[v] = Body()
            self._known[v] = Sum([Term(1.0, None, v)])

    def as_source(self, v: Value, source: Value) -> None:
        """v is what a normalisation makes of a unit: in sums it stands for that."""
        self._settle(source)
        self._known[v] = self._copy(source)

    # ------------------------------------------------------------ operations

    def operation(self, v: Value) -> None:
        body = self._body(v)
        if body.op is None and not body.sums[0].terms:
            self._known[v] = Sum(constant=v.data)
        elif (mask := self._mask(v)) is not None:
            self._lay(v, mask, body)
        elif self._uses[v] > 1 or v in self._outputs:
            self._make(v, body)
        else:
            self._open[v] = body

    def piece(self, v: Value, instance: Instance) -> None:
        """A named piece is a unit for each of its results."""
        operands = [p for p in instance.operands if p in self._known or p in self._open]
        if instance.piece.name in PENALTIES:  # of parameters, which have their places already
            operands = [p for p in operands if p.role != "parameter"]
        for p in operands:
            self._settle(p)
        self._make(v, Body(instance.piece.name, [self._factor(p) for p in operands] or [Sum()]))

    def _body(self, v: Value) -> Body:
        operands = v.parents
        if all(self._constant(p) for p in operands):
            return Body(None, [Sum(constant=v.data)])
        if v.op in ("add", "sub"):
            for p in operands:
                if v.op == "sub" or any(self._constant(other) for other in operands):
                    self._close(p, v)
            return Body(None, [self._joined(operands[0], operands[1], 1.0 if v.op == "add" else -1.0)])
        if v.op == "neg":
            self._close(operands[0], v)
            return Body(None, [self._sum(operands[0]).scaled(-1.0)])
        if v.op == "mul" and (product := self._product(operands[0], operands[1])):
            return Body(None, [product])
        if v.op == "div" and self._constant(operands[1]) and operands[1].data:
            return Body(None, [self._sum(operands[0]).scaled(1.0 / operands[1].data)])
        if v.op in EXTREMES:
            return Body(v.op, [piece for p in operands for piece in self._pieces(v.op, p)])
        if len(operands) == 1:
            if v.op not in ACTIVATIONS and not is_neuron(v.scope):
                self._settle(operands[0])
            return Body(v.op, [self._sum(operands[0])])
        return Body(v.op, [self._factor(p) for p in operands])

    def _joined(self, a: Value, b: Value, sign: float) -> Sum:
        left, right = self._peek(a), self._peek(b)
        apart = left is not None and left.apart
        if left is not None and right is not None and complete(right):
            if not apart and (alike(self._neuron(left), right)):
                # two neurons of one layer, or the same one at two places: their sum is another unit
                apart = True
                if complete(left):
                    self._settle(a)
            if apart:
                self._settle(b)
        total, more = self._sum(a), self._sum(b)
        if sign < 0:
            more = more.scaled(sign)
        total.terms += more.terms  # a sum of one use is its user's: adding up takes no time per term
        total.constant += more.constant
        total.apart = total.apart or more.apart or apart
        return total

    def _neuron(self, sum_: Sum) -> Sum:
        """What a neuron sums up: this or, where it begins with a neuron that is a unit already, that one."""
        first = sum_.terms[0] if sum_.terms else None
        if first is None or complete(sum_) or first.source is None or self.units[first.source].op is not None:
            return sum_
        body = self.units[first.source]
        return body.sums[0] if body.sums else sum_

    def _product(self, a: Value, b: Value) -> Sum | None:
        for one, other in ((a, b), (b, a)):
            if self._constant(one):
                if one not in self._masks:
                    self._close(other, self._users[other])
                return self._sum(other).scaled(one.data)
        terms = [sum_.only if (sum_ := self._peek(v)) else None for v in (a, b)]
        parameters = [term is not None and term.weight is not None for term in terms]
        if not any(parameters):
            return None
        # of two parameters, as where an embedding is the input of a layer, the second is what is weighed
        weight, weighed = (self._term(v) for v in ((a, b) if parameters[0] else (b, a)))
        source = weighed.weight if weighed.source is None else weighed.source
        return Sum([Term(weight.factor * weighed.factor, weight.weight, source)])

    def _pieces(self, op: str, p: Value) -> list[Sum]:
        if p in self._open and self._open[p].op == op:
            return self._open.pop(p).sums
        return [self._sum(p)]

    # ------------------------------------------------------------ dropout

    def _mask(self, v: Value) -> Value | None:
        if v.op == "mul":
            return next((p for p in v.parents if p in self._masks), None)
        return None

    def _lay(self, v: Value, mask: Value, body: Body) -> None:
        """A mask on a unit is no unit: it is a factor of the links that leave."""
        term = body.sums[0].only
        if term and term.source is not None:
            self._known[v] = body.sums[0]
            self.aliases[v] = term.source
            self.masked.setdefault(term.source, []).append(mask.data)
        else:
            body.sums[0].mask = mask.data
            self._open[v] = body

    def _before_mask(self, v: Value) -> bool:
        """Whether v is multiplied by a mask, and what comes of it is not an activation's alone."""
        user = self._users.get(v)
        if user is None or self._mask(user) is None:
            return False
        return self._uses[user] > 1 or user in self._outputs or len(self._users[user].parents) > 1

    # ------------------------------------------------------------ what stands for operands

    def _make(self, v: Value, body: Body) -> None:
        self.units[v] = body
        self._known[v] = Sum([Term(1.0, None, v)])

    def _settle(self, v: Value) -> None:
        """v becomes a unit, if nothing else was to become of it."""
        if v in self._open:
            self._make(v, self._open.pop(v))

    def _close(self, v: Value, user: Value) -> None:
        """v becomes a unit if it is what a neuron sums up, or what somebody has named, and is used elsewhere.

        Other sums are still being written down.
        """
        sum_ = self._peek(v) if v in self._open else None
        elsewhere = v.scope != user.scope and is_neuron(v.scope)
        if sum_ is not None and complete(sum_) and (v.label or elsewhere):
            self._settle(v)

    def _copy(self, v: Value) -> Sum:
        known = self._known[v]
        return Sum(list(known.terms), known.constant, known.apart)

    def _peek(self, v: Value) -> Sum | None:
        """The sum that v stands for, if it does."""
        if v in self._known:
            return self._known[v]
        body = self._open[v]
        return body.sums[0] if body.op is None else None

    def _constant(self, v: Value) -> bool:
        if v in self._statistics:
            return True
        sum_ = self._peek(v)
        return sum_ is not None and not sum_.terms

    def _sum(self, v: Value) -> Sum:
        """What v adds to a sum or an activation; v is a unit if that is no sum."""
        if v in self._statistics:
            return Sum(constant=v.data)
        if v in self._open and (self._open[v].op is not None or self._before_mask(v)):
            self._settle(v)
        return self._open.pop(v).sums[0] if v in self._open else self._copy(v)

    def _factor(self, v: Value) -> Sum:
        """What another operation has of v."""
        return Sum(constant=v.data) if self._constant(v) else Sum([self._term(v)])

    def _term(self, v: Value) -> Term:
        """v by itself: a source or a parameter."""
        sum_ = self._peek(v)
        term = sum_.only if sum_ else None
        if term is None:
            self._settle(v)
            return self._copy(v).terms[0]
        self._open.pop(v, None)
        return term
