"""The textbook's form of a graph: its named pieces written out step by step, on the same leaves."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from functools import partial
from math import nan
from typing import Any

from .. import ops
from ..backward import propagate
from ..base.context import UNMARKED, scope_at, undisturbed
from ..custom import CustomOp, custom_node, linked
from ..engine import Value, binary, fold, leaf, unary
from ..errors import DomainError
from ..graph import order
from ..pieces import Instance, found
from ..pieces.found import joined, same

__all__ = ["Writer", "hand_over", "unfold", "unfolded"]

Step = tuple[Sequence[Value], Callable[..., Value]]
"""Recorded nodes, and what writes a textbook's node of those that stand for them."""


def unfold(y: Value, *, pieces: Container[str] | None = None, gradients: bool = False) -> Value:
    """The same function, recorded a second time on the same leaves: each named piece in the textbook's steps.

    A softmax becomes e^z, their sum and the quotients, a cross-entropy log p, products with y, their sum and
    a minus; all else is as it was, with its labels and scopes.  `pieces` names those to be unfolded; None
    stands for all.  The graph under y does not change, and the leaves are its own: `backward` on the new
    graph adds to their gradients.  With `gradients` what stands for a node holds its gradient, and the steps
    between have those that belong to the one of y, if it has one.

    Where the textbook's form overflows or leaves its domain its numbers are inf and nan, and nothing is
    raised; `microgrid.proof.textbook.compare` says where.

    >>> from microgrid import Value, graph, softmax
    >>> p = softmax([Value(1.0, "z1"), Value(2.0, "z2")])[0]
    >>> [v.op for v in graph.order(p) if v.op], [v.op for v in graph.order(unfold(p)) if v.op]
    (['logaddexp', 'sub', 'exp'], ['exp', 'exp', 'add', 'div'])
    """
    root, stand = unfolded(y, pieces)
    if gradients:
        hand_over(y, root, stand)
    return root


def unfolded(y: Value, pieces: Container[str] | None = None) -> tuple[Value, dict[Value, Value]]:
    """As `unfold`, and what stands for each node that is not inside a piece."""
    nodes = order(y)
    chosen = [one for one in found(nodes) if pieces is None or one.piece.name in pieces]
    inside = {v for one in chosen for v in one.nodes}
    stand: dict[Value, Value] = {}
    writers = {v: writer for one in chosen for writer in [Writer(one, stand)] for v in one.outputs}
    with undisturbed():
        for v in nodes:
            if v in writers:
                stand[v] = writers[v].write(v)
                stand[v].label = v.label
            elif v._row is None:
                stand[v] = v
            elif v not in inside:
                stand[v] = again(v, [stand[parent] for parent in v.parents])
                stand[v]._scope = v._scope
    return stand[y], stand


def hand_over(y: Value, root: Value, stand: dict[Value, Value]) -> None:
    """Give the operations that stand for others their gradients, whatever these are derivatives of, and those
    between what y's own, carried on to them, comes to."""
    given = set(stand.values())
    if y.has_grad:
        for node, adjoint in zip(*propagate(root, y.grad)):
            if node._code and node not in given:
                node.grad = adjoint
    for v, own in stand.items():
        if own._code and v.has_grad:
            own.grad = v.grad


def again(v: Value, operands: Sequence[Value]) -> Value:
    """The operation of v on other operands, with the same label; a leaf is a new one."""
    row = v._row
    if row is None:
        return leaf(v._data, v._role, v.label)
    if isinstance(row, CustomOp) and not row.known:
        made = linked(row, operands, v._data, v.partials)
    elif isinstance(row, CustomOp):
        try:
            made = custom_node(row, tuple(operands))
        except DomainError:  # a user's function refuses what the textbook's form came to, such as nan
            made = linked(row, operands, nan, [nan] * row.arity)
    else:
        made = binary(row, *operands) if row.arity == 2 else unary(row, operands[0], v._db)
    made.label = v.label
    return made


def differs(piece: str) -> bool:
    """Whether the textbook has other steps than those that are computed."""
    return piece in _RULES


class Writer:
    """Writes the nodes of one piece as the textbook has them; `stand` tells what stands for its operands."""

    def __init__(self, instance: Instance, stand: dict[Value, Value], textbook: bool = True) -> None:
        self._own = set(instance.nodes)
        self._stand = stand
        self._rule = _RULES.get(instance.piece.name) if textbook else None
        self._place = UNMARKED[instance.nodes[-1]._scope]
        self._samples = instance.samples
        self._written: dict[Value, Value] = {}
        self._shared: dict[Any, Value] = {}
        self._chains: dict[Value, list[Value]] = {}
        self._places: dict[Value, dict[object, int]] = {}
        self._sums: dict[Value, tuple[list[Value], Value]] = {}

    def write(self, v: Value) -> Value:
        """What stands for v, with all that it needs; nothing recurses, as a mean of a million is a chain."""
        waiting = [v]
        with scope_at(self._place):
            while waiting:
                v = waiting[-1]
                reads, make = self._step(v)
                missing = [w for w in reads if w in self._own and w not in self._written]
                if missing:
                    waiting += reversed(missing)
                    continue
                if v not in self._written:
                    self._written[v] = make(*(self._of(w) for w in reads))
                waiting.pop()
        return self._written[v]

    def _of(self, v: Value) -> Value:
        return self._written[v] if v in self._own else self._stand[v]

    def _step(self, v: Value) -> Step:
        step = self._rule(self, v) if self._rule else None
        return step or (v.parents, lambda *operands: again(v, operands))

    # ---------------------------------------------------------------- what rules ask and use

    def has(self, v: Value, op: str) -> bool:
        """Whether v is of the piece and of that operation."""
        return v in self._own and v.op == op

    def chain(self, v: Value, op: str) -> list[Value]:
        """The terms that the operation joined from left to right, down to v: [v] if it is another's."""
        if v not in self._chains:
            self._chains[v] = joined(v, op, self._own)
        return list(self._chains[v])

    def place(self, v: Value, total: Value) -> int:
        """Which of the logits that were summed v is."""
        if total not in self._places:
            terms = self.chain(total, "logaddexp")
            self._places[total] = {same(term, self._own): k for k, term in reversed(list(enumerate(terms)))}
        return self._places[total][same(v, self._own)]

    def class_of(self, v: Value) -> int | None:
        """The class of the sample whose loss v is: -1 if it has none, None if it is no sample's loss."""
        return self._samples.get(v)

    def exponentials(self, zs: Sequence[Value]) -> tuple[list[Value], Value]:
        """e^z for each z, and their sum; written once."""
        made = [self._once(("exp", z), partial(unary, ops.EXP, z)) for z in zs]
        return made, self._once(("sum", *zs), lambda: fold(ops.ADD, made))

    def probability(self, z: Value, total: Value) -> Step:
        """e^z / Σ e^z for a logit of those that were summed; what all of them share is gone through once."""
        k = self.place(z, total)
        if total in self._sums:
            exponentials, its_sum = self._sums[total]
            return (), lambda: binary(ops.DIV, exponentials[k], its_sum)

        def first(*zs: Value) -> Any:
            exponentials, its_sum = self._sums[total] = self.exponentials(zs)
            return binary(ops.DIV, exponentials[k], its_sum)

        return self.chain(total, "logaddexp"), first

    def sigmoid(self, z: Value) -> Value:
        return self._once(("sigmoid", z), lambda: unary(ops.SIGMOID, z))

    def _once(self, key: tuple[Any, ...], make: Callable[[], Value]) -> Value:
        if key not in self._shared:
            self._shared[key] = make()
        return self._shared[key]


# ---------------------------------------------------------------- one rule for each piece that differs
#
# A rule says of a recorded node how the textbook has it; None where it is the same.


def _softmax(writer: Writer, v: Value) -> Step | None:
    """e^z / Σ e^z for exp(z - logsumexp)."""
    if not writer.has(v, "exp"):
        return _logsumexp(writer, v)
    return writer.probability(*v.parents[0].parents)


def _logsumexp(writer: Writer, v: Value) -> Step | None:
    if not writer.has(v, "logaddexp"):
        return None
    return writer.chain(v, "logaddexp"), lambda *zs: unary(ops.LOG, writer.exponentials(zs)[1])


def _unclamped(writer: Writer, v: Value) -> Step | None:
    """p for max(p, 3.7e-44), which only keeps the logarithm finite."""
    return (v.parents[:1], lambda p: p) if writer.has(v, "maximum") else None


def _bce(writer: Writer, v: Value) -> Step | None:
    """−log(1 − p) for log1p(p / max(1 - p, ...)), and −(y log p + (1 − y) log(1 − p)) for the sum of both."""
    if writer.has(v, "log1p"):
        return v.parents[0].parents[:1], lambda p: -unary(ops.LOG, 1 - p)
    if writer.class_of(v) is None or not writer.has(v, "add"):
        return _unclamped(writer, v)
    (y, yes), (rest, no) = (product.parents for product in v.parents)
    if not (writer.has(yes, "neg") and writer.has(no, "log1p")):
        return _unclamped(writer, v)  # of a number p they are numbers
    return (y, rest, no.parents[0].parents[0]), lambda y, rest, p: _either(y, rest, p)


def _bce_with_logits(writer: Writer, v: Value) -> Step | None:
    """−log σ(z) for softplus(-z), −log(1 − σ(z)) for softplus(z), and the sum of both as above."""
    if writer.has(v, "softplus"):
        (z,) = v.parents
        if writer.has(z, "neg"):
            return z.parents, lambda z: -unary(ops.LOG, writer.sigmoid(z))
        return (z,), lambda z: -unary(ops.LOG, 1 - writer.sigmoid(z))
    if writer.class_of(v) is None or not writer.has(v, "add"):
        return None
    (y, _), (rest, no) = (product.parents for product in v.parents)
    if not writer.has(no, "softplus"):
        return None
    return (y, rest, no.parents[0]), lambda y, rest, z: _either(y, rest, writer.sigmoid(z))


def _either(y: Value, rest: Value, p: Value) -> Value:
    total: Value = y * unary(ops.LOG, p) + rest * unary(ops.LOG, 1 - p)
    return -total


def _cross_entropy_with_logits(writer: Writer, v: Value) -> Step | None:
    """−Σ y log p with p = e^z / Σ e^z: one term for a class, several for a distribution."""
    k = writer.class_of(v)
    if k is None:
        return None
    if writer.has(v, "softplus"):
        others, chosen = v.parents[0].parents
        zs = writer.chain(others, "logaddexp")
        k = k if 0 <= k <= len(zs) else len(zs)
        zs.insert(k, chosen)

        def one(*zs: Value) -> Value:
            exponentials, total = writer.exponentials(zs)
            return -unary(ops.LOG, binary(ops.DIV, exponentials[k], total))

        return zs, one
    products = [product.parents for product in writer.chain(v, "add")]
    ys, differences = zip(*products)
    total = differences[0].parents[0]
    zs = writer.chain(total, "logaddexp")
    places = [writer.place(difference.parents[1], total) for difference in differences]

    def several(*operands: Value) -> Value:
        ys, zs = operands[: len(places)], operands[len(places) :]
        exponentials, total = writer.exponentials(zs)
        ps = [binary(ops.DIV, exponentials[k], total) for k in places]
        logarithms: Value = fold(ops.ADD, [y * unary(ops.LOG, p) for y, p in zip(ys, ps)])
        return -logarithms

    return (*ys, *zs), several


def _kl_divergence(writer: Writer, v: Value) -> Step | None:
    """p log(p / q) for p (log p - log q), where the logarithm of a number p is a number."""
    if not writer.has(v, "mul") or not writer.has(v.parents[1], "sub"):
        return _unclamped(writer, v)
    p, (_, log_q) = v.parents[0], v.parents[1].parents
    if not writer.has(log_q, "log"):
        return None
    return (p, log_q.parents[0].parents[0]), lambda p, q: p * unary(ops.LOG, p / q)


def _huber(writer: Writer, v: Value) -> Step | None:
    """½ e², or δ (|e| − ½ δ) beyond δ, for b (|e| - ½ b) with b = min(|e|, δ)."""
    if writer.class_of(v) is None:
        return None
    bounded = v.parents[0]
    error, delta = bounded.parents
    if error.data <= delta.data:
        return error.parents, lambda e: e**2 / 2
    return (error, delta), lambda error, delta: delta * (error - 0.5 * delta)


def _l2_penalty(writer: Writer, v: Value) -> Step | None:
    """w² for w w."""
    if writer.has(v, "mul") and v.parents[0] is v.parents[1]:
        return v.parents[:1], lambda w: w**2
    return None


_RULES: dict[str, Callable[[Writer, Value], Step | None]] = {
    "softmax": _softmax,
    "log_softmax": _logsumexp,
    "logsumexp": _logsumexp,
    "cross_entropy": _unclamped,
    "cross_entropy_with_logits": _cross_entropy_with_logits,
    "kl_divergence": _kl_divergence,
    "bce": _bce,
    "bce_with_logits": _bce_with_logits,
    "huber": _huber,
    "l2_penalty": _l2_penalty,
}
"""By name; the other pieces are computed as the textbook has them."""
