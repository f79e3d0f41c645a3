"""The formula of a piece where its operands say more than the textbook's: L = −log p₃, μ = 1/4 Σ xᵢ."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ..graph.trace import Node, Piece, Trace
from .names import names_of
from .numbers import Numbers
from .printer import MISSING, is_name

__all__ = ["common", "known_form"]

LONGEST = 16
"""Characters of what is summed; of a longer term the textbook's letter says more."""

_INDEX = re.compile("[₀₁₂₃₄₅₆₇₈₉]+")


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


def common(texts: Sequence[str]) -> str:
    """What texts have in common but for an index, which goes through different numbers: ``(xᵢ − μ)²``.

    >>> common(["(x₁ − μ)²", "(x₂ − μ)²"]), common(["x₁y₁", "x₁y₂"]), common(["x₁y₂", "x₂y₁"])
    ('(xᵢ − μ)²', 'x₁yᵢ', '')
    """
    first, *others = (_INDEX.split(text) for text in texts)
    if not others or any(other != first for other in others):
        return ""
    columns = list(zip(*(_INDEX.findall(text) for text in texts), strict=True))
    going = {column for column in columns if len(set(column)) > 1}
    if len(going) != 1 or len(set(*going)) < len(texts):
        return ""
    indices = [column[0] if len(set(column)) == 1 else "ᵢ" for column in columns]
    return "".join(text + index for text, index in zip(first, [*indices, ""], strict=True))


def _mean(trace: Trace, piece: Piece, numbers: Numbers) -> str:
    names = names_of(trace, numbers)
    nodes = [trace.nodes[i] for i in piece.operands]
    count = _divisor(trace, piece) or len(nodes)
    term = common([names[node] for node in nodes]) if len(nodes) == count else ""  # others are numbers
    return f"1/{count} Σ {_term(term) if _is_short(term) else 'x'}"


def _term(text: str) -> str:
    """What is summed, in brackets if it is a sum itself."""
    depth = 0
    for char in text:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if not depth and char in "+−-":
            return f"({text})"
    return text


def _is_short(text: str) -> bool:
    return bool(text) and MISSING not in text and len(text) <= LONGEST


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
    n = len(pairs)
    left, right = (lefts[0], rights[0]) if n == 1 else (common(lefts), common(rights))
    if not right and not any(node.label for _, node in pairs):  # numbers, which have no name
        right = "yᵢ" if n > 1 else ""
    if not left or not right or len(f"{left} − {right}") > LONGEST:
        return ""
    body = piece.formula.partition(" = ")[2].replace("ŷ − y", f"{left} − {right}")
    return body.replace("1/2n ", f"1/{2 * n} ").replace("1/n ", f"1/{n} ")


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
