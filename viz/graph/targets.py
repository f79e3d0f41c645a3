"""What a loss compares with, where its formula has a letter for it and the numbers have no boxes."""

from __future__ import annotations

from .trace import Piece, Trace

__all__ = ["target"]

MOST = 6
"""Numbers that can be written one by one."""


def target(trace: Trace, piece: Piece) -> tuple[str, tuple[float, ...]] | None:
    """Its letter and its numbers, y = 1 or t = (0.01, 0.99); None where operands are the target, or where the
    formula has the numbers.

    >>> from microgrid import Value
    >>> from microgrid.nn.losses import bce, half_mse
    >>> from viz.graph.trace import read
    >>> xs = [Value(0.25, "h1"), Value(0.5, "h2")]
    >>> for trace in read(bce(xs[0], 1)), read(half_mse(xs, [0.0, 1.0])):
    ...     print(target(trace, trace.pieces[0]))
    ('y', (1.0,))
    ('y', (0.0, 1.0))
    """
    if len(piece.outputs) > 1:
        return None
    last = trace.nodes[piece.outputs[0]]
    if piece.name in ("bce", "bce_with_logits") and len(piece.operands) == 1:
        if last.op not in ("neg", "log1p", "softplus"):
            return None  # between 0 and 1, or several samples
        inner = trace.operands(last)[0]
        if last.op == "neg" and inner.op != "log":
            return None
        is_yes = last.op == "neg" or (inner.op == "neg" and inner.index in piece.nodes)
        return "y", (float(is_yes and last.op != "log1p"),)
    if piece.name == "cross_entropy_with_logits" and last.op == "softplus":
        joined = sum(trace.nodes[i].op == "logaddexp" for i in piece.nodes)
        if len(piece.operands) != joined + 2:  # some are numbers, or the same
            return None
        chosen = trace.operands(trace.operands(last)[0])[1].index
        return _few("y", [float(i == chosen) for i in piece.operands])
    if piece.name in ("mse", "half_mse", "mae"):
        pairs = [trace.operands(trace.nodes[i]) for i in piece.nodes if trace.nodes[i].op == "sub"]
        if len(pairs) > 1 and all(right.role == "constant" and not right.label for _, right in pairs):
            letter = "t" if all(left.label.startswith("y") for left, _ in pairs) else "y"
            return _few(letter, [right.data for _, right in pairs])
    return None


def _few(letter: str, xs: list[float]) -> tuple[str, tuple[float, ...]] | None:
    return (letter, tuple(xs)) if len(xs) <= MOST else None
