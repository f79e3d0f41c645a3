"""What the box of a named piece says, in the textbook's letters, and the derivatives on the arrows to it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence

from ..graph.folding import Unit
from ..graph.trace import Node, Piece, Trace
from ..style.scripts import lowered
from .names import names_of
from .notation import LONGEST_DERIVATIVE
from .numbers import Numbers
from .printer import MISSING, common, is_name

__all__ = ["PieceTexts", "known_form", "piece_of"]

_INDEXED = re.compile(r"([^\W\d_])([₀-₉]+)")
_LETTERS = {"softmax": "z", "log_softmax": "z", "logsumexp": "z", "maxout": "z", "mean": "x"}
"""Of the operands in the formulas of pieces that have operands of one kind."""
_Y = re.compile(r"y(?![\w\u0300-\u036f])|y[₀-₉⁽]")
_CALLS = {"softmax": "p = softmax({})", "log_softmax": "log p = log softmax({})"}
"""What stands above a formula that does not name the function."""

LONGEST_TERM, LONGEST_SUM = 16, 24
"""Characters of what is summed, and of the names of all that is; an ellipsis stands for what is longer."""


def piece_of(trace: Trace, unit: Unit) -> Piece:
    """The piece that a unit stands for."""
    return trace.piece_at[unit.last]


class PieceTexts:
    """What is written of one piece.

    >>> import microgrid as mg
    >>> from viz.graph.folding import fold
    >>> from viz.graph.trace import read
    >>> from viz.words.labels import mathematical
    >>> trace = mathematical(read(mg.softmax([mg.Value(0.0, "a1"), mg.Value(0.0, "a2")])[1]))
    >>> texts = PieceTexts(trace, fold(trace, None)[-1], Numbers())
    >>> texts.lines(), [texts.derivative(k, slope) for k, slope in enumerate((-0.25, 0.25))]
    (['p = softmax(a)', 'p₂ = e^a₂ / Σ e^aⱼ'], ['−p₂p₁ = −0.25', 'p₂(1 − p₂) = 0.25'])
    """

    def __init__(self, trace: Trace, unit: Unit, numbers: Numbers) -> None:
        self._trace, self._numbers = trace, numbers
        self._piece = piece_of(trace, unit)
        self._operands = [trace.nodes[i] for i in self._piece.operands]
        matches = [_INDEXED.fullmatch(node.label) for node in self._operands]
        letters = {match[1] for match in matches if match}
        is_alike = len(letters) == 1 and all(matches)
        self._letter = letters.pop() if is_alike else _LETTERS.get(self.name, "")
        self._terms = [trace.nodes[i] for i in self._piece.terms or self._piece.operands]
        numbered = [_INDEXED.fullmatch(node.label) for node in self._terms]
        indices = [match[2] for match in numbered if match]
        own = is_alike and len(set(indices)) == len(self._terms)
        self._indices = indices if own else [lowered(k + 1) for k in range(len(self._terms))]
        self._places = dict(zip(self._piece.outputs, self._piece.places, strict=False))
        self.outputs = sorted(self._piece.outputs, key=lambda i: self._places.get(i, -1))
        """Positions, in the order of the operands where there is a result for each."""

    @property
    def name(self) -> str:
        return self._piece.name

    @property
    def warning(self) -> str:
        """What stands in the way of the textbook's formula at these numbers."""
        return self._piece.warning

    def lines(self, general: bool = False) -> list[str]:
        """The textbook's formula, below the name of the function where the formula does not tell it; unless
        the `general` one is asked for, the one that holds for these operands, ``L = −log p₃``."""
        formula = self._piece.formula
        if letter := _LETTERS.get(self.name):
            formula = formula.replace(letter, self._letter)
        lines = [_CALLS[self.name].format(self._letter)] if self.name in _CALLS else []
        if len(self.outputs) == 1:
            result, _, body = formula.partition(" = ")
            node = self._trace.nodes[self.outputs[0]]
            if (k := self._places.get(node.index)) is not None:
                result, body = (text.replace("ₖ", self._indices[k]) for text in (result, body))
            if not general:
                body = known_form(self._trace, self._piece, self._numbers) or body
            formula = f"{node.label or result} = {body}"
        return [*lines, formula]

    def values(self, xs: Sequence[float | None]) -> str:
        """Numbers of the results in their order: ``(0.002, 0.007, 0.97, –)``."""
        few = Numbers(max(self._numbers.precision - 1, 1), self._numbers.minus)
        return f"({', '.join('–' if x is None else few(x) for x in xs)})"

    def derivative(self, k: int, slope: float) -> str:
        """Of the only result with respect to the k-th operand, which is this: with a formula where the
        textbook's is short and gives the number."""
        number = self._numbers(slope)
        for formula, value in self._formulas(k):
            if math.isclose(value, slope, rel_tol=1e-6) and len(formula) <= LONGEST_DERIVATIVE:
                return f"{formula} = {number}"
        return number

    # ------------------------------------------------------------ formulas of derivatives, with their values

    def _formulas(self, k: int) -> Iterator[tuple[str, float]]:
        node, minus = self._operands[k], self._numbers.minus
        name, x = node.label, node.data
        if self.name in ("softmax", "log_softmax", "cross_entropy_with_logits"):
            yield from self._of_probabilities(k)
        elif self.name == "mean":
            count = _divisor(self._trace, self._piece) or len(self._operands)
            yield f"1/{count}", 1 / count
        elif not is_name(name):
            return
        elif self.name in ("cross_entropy", "bce"):
            if x:
                yield f"{minus}1/{name}", -1 / x
            if self.name == "bce" and x != 1:
                yield f"1/(1 {minus} {name})", 1 / (1 - x)
        elif self.name == "bce_with_logits":
            probability = 1 / (1 + math.exp(-x)) if x > -700 else 0.0
            yield f"σ({name})", probability
            yield f"σ({name}) {minus} 1", probability - 1
            for other in self._operands:
                if other is not node and is_name(other.label):
                    yield f"σ({name}) {minus} {other.label}", probability - other.data
        elif self.name in ("mse", "half_mse"):
            yield from self._of_squares(node)

    def _of_probabilities(self, k: int) -> Iterator[tuple[str, float]]:
        """Where the k-th operand is a logit of a softmax."""
        minus, ps = self._numbers.minus, _softmax([node.data for node in self._terms])
        if self._piece.terms:
            k = self._terms.index(self._operands[k])
        mine, p = f"p{self._indices[k]}", ps[k]
        if self.name == "cross_entropy_with_logits":
            for y in (0.0, 1.0):
                yield f"{mine} {minus} y{self._indices[k]}", p - y
            return
        result = self._places[self.outputs[0]]
        its, q = f"p{self._indices[result]}", ps[result]
        if self.name == "softmax":
            yield (f"{its}(1 {minus} {its})", q * (1 - q)) if result == k else (f"{minus}{its}{mine}", -q * p)
        else:
            yield (f"1 {minus} {its}", 1 - q) if result == k else (f"{minus}{mine}", -p)

    def _of_squares(self, node: Node) -> Iterator[tuple[str, float]]:
        """Where the operand is a prediction or its target."""
        for i in self._piece.nodes:
            difference = self._trace.nodes[i]
            if difference.op != "sub" or node.index not in difference.parents:
                continue
            pair = self._trace.operands(difference)
            names = [v.label or (self._numbers(v.data) if v.role == "constant" else "") for v in pair]
            if all(names) and all(is_name(v.label) for v in pair if v.label):
                sign = 1 if pair[0] is node else -1
                written, value = f"{names[0]} {self._numbers.minus} {names[1]}", difference.data * sign
                closed = f"({written})"
                if names[1] == "0":
                    written = closed = names[0]
                minus = "" if sign > 0 else self._numbers.minus
                n = _samples(self._trace, self._piece)
                yield written if sign > 0 else minus + closed, value
                yield f"{minus}2{closed}", 2 * value
                yield f"{minus}{closed}/{n}", value / n
                yield f"{minus}2{closed}/{n}", 2 * value / n


def _softmax(zs: Sequence[float]) -> list[float]:
    most = max(zs)
    if not math.isfinite(most):
        return [math.nan] * len(zs)
    powers = [math.exp(z - most) for z in zs]
    return [power / math.fsum(powers) for power in powers]


# ---------------------------------------------------------------- where operands say more than the letters


def known_form(trace: Trace, piece: Piece, numbers: Numbers) -> str:
    """What stands right of the sign of equality, or "" where the textbook's formula is as good.

    >>> import microgrid as mg
    >>> from viz.graph.trace import read
    >>> from viz.words.labels import mathematical
    >>> trace = mathematical(read(mg.mean([mg.Value(1.0, f"x{k}") for k in (1, 2, 3)])))
    >>> known_form(trace, trace.pieces[0], Numbers())
    '1/3 Σ xᵢ'
    """
    how = _FORMS.get(piece.name)
    return how(trace, piece, numbers).replace("−", numbers.minus) if how else ""


def _mean(trace: Trace, piece: Piece, numbers: Numbers) -> str:
    names = names_of(trace, numbers)
    nodes = [trace.nodes[i] for i in piece.operands]
    count = _divisor(trace, piece) or len(nodes)
    terms = [_term(names[node]) for node in nodes]
    if len(nodes) == count and _is_short(term := common(terms)):
        return f"1/{count} Σ {term}"
    terms += [MISSING] * (count - len(nodes))  # numbers, which are no operands
    terms = [term if _is_short(term) else MISSING for term in terms]
    for some in (terms, [terms[0], MISSING, terms[-1]]):
        written = " + ".join(
            term for term, before in zip(some, [None, *some]) if (term, before) != (MISSING,) * 2
        )
        if len(written) <= LONGEST_SUM:
            return f"1/{count} ({written})" if written != MISSING else f"1/{count} Σ {MISSING}"
    return f"1/{count} Σ {MISSING}"


def _term(text: str) -> str:
    """What is summed, in brackets if it is a sum itself."""
    depth = 0
    for char in text:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if not depth and char in "+−-":
            return f"({text})"
    return text


def _is_short(text: str) -> bool:
    return bool(text) and MISSING not in text and len(text) <= LONGEST_TERM


def _divisor(trace: Trace, piece: Piece) -> int | None:
    """What the sum is divided by."""
    last = trace.nodes[piece.nodes[-1]]
    if last.op != "div":
        return None
    n = trace.operands(last)[1].data
    return int(n) if n == int(n) else None


def _distance(trace: Trace, piece: Piece, numbers: Numbers) -> str:
    """A loss of differences ŷ − y, in the names of these."""
    pairs = [trace.operands(trace.nodes[i]) for i in piece.nodes if trace.nodes[i].op == "sub"]
    if not pairs or len(piece.outputs) > 1:
        return ""
    lefts, rights = ([_side(node, numbers) for node in side] for side in zip(*pairs, strict=True))
    n, is_one = len(pairs), "Σ" not in piece.formula
    body = piece.formula.partition(" = ")[2]
    if any(_Y.match(left) for left in lefts):  # predictions that are called y, and so targets are not
        body = body.replace("ŷ", "y").replace("− y", "− t")
    if not is_one and _samples(trace, piece) != n:  # others are numbers
        return body
    left, right = (lefts[0], rights[0]) if is_one else (common(lefts), common(rights))
    if not right and not any(node.label for _, node in pairs):  # numbers, which have no name
        letter = "t" if left.startswith("y") else "y"
        above = "⁽ⁱ⁾" if left.endswith("⁽ⁱ⁾") else "ᵢ"
        right = "" if is_one else letter + above
    if not left or not right or len(f"{left} − {right}") > LONGEST_TERM:
        return body
    body = piece.formula.partition(" = ")[2].replace("ŷ − y", f"{left} − {right}")
    return body.replace("1/2n ", f"1/{2 * n} ").replace("1/n ", f"1/{n} ")


def _samples(trace: Trace, piece: Piece) -> int:
    """How many losses were added up, those that are numbers among them."""
    node = trace.nodes[piece.outputs[0]]
    if piece.name == "half_mse":
        node = trace.operands(node)[0]
    if node.op == "div":
        return int(trace.operands(node)[1].data)
    count = 1
    while node.op == "add" and node.index in piece.nodes:
        count += 1
        node = trace.operands(node)[0]
    return count


def _side(node: Node, numbers: Numbers) -> str:
    if node.role == "constant" and not node.label:
        return numbers(node.data) if node.data >= 0 else ""
    return node.label if is_name(node.label) else ""


def _yes_or_no(trace: Trace, piece: Piece, numbers: Numbers) -> str:
    """One of the two halves, where the target is the number 1 or 0."""
    last = trace.nodes[piece.outputs[-1]]
    if len(piece.operands) != 1 or len(piece.outputs) > 1:
        return ""
    (operand,) = (trace.nodes[i] for i in piece.operands)
    letter = "z" if piece.name == "bce_with_logits" else "ŷ"
    name = operand.label if is_name(operand.label) else letter
    inner = trace.operands(last)[0]
    if piece.name == "bce_with_logits":
        if last.op != "softplus":
            return ""
        is_yes = inner.op == "neg" and inner.index in piece.nodes
        return f"−log σ({name})" if is_yes else f"−log(1 − σ({name}))"
    if last.op == "log1p":
        return f"−log(1 − {name})"
    return f"−log {name}" if last.op == "neg" and inner.op == "log" else ""


def _class(trace: Trace, piece: Piece, numbers: Numbers) -> str:
    """The term of the class, where the target is its number."""
    last = trace.nodes[piece.outputs[-1]]
    if len(piece.operands) != 1 or len(piece.outputs) > 1 or last.op != "neg":
        return ""
    name = trace.nodes[piece.operands[0]].label
    if not is_name(name):
        return ""
    return f"−log {name}" if piece.name == "cross_entropy" else f"−{name}"


_FORMS: dict[str, Callable[[Trace, Piece, Numbers], str]] = {
    "mean": _mean,
    "mse": _distance,
    "half_mse": _distance,
    "mae": _distance,
    "bce": _yes_or_no,
    "bce_with_logits": _yes_or_no,
    "cross_entropy": _class,
    "nll": _class,
}
