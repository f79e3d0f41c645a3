"""What mathematics writes for a node and for its derivatives, made from the texts in `microgrid.ops`."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Sequence
from functools import cache

from microgrid.formula import FLOAT, function
from microgrid.ops import TABLE, Op

from .digits import Numbers
from .printer import FAMILIAR, MISSING, Printer, fold, is_name, value
from .snapshot import Node, Trace
from .text import shorten

__all__ = ["equation", "gradient_name", "local_derivative", "symbol"]

LONGEST_OPERAND, LONGEST_DERIVATIVE, LONGEST_IN_GRADIENT = 16, 18, 8

_INFIX = {"+": ast.Add, "-": ast.Sub, "*": ast.Mult, "/": ast.Div, "**": ast.Pow}
_ALONE = {"+": "+", "*": "×", "/": "/", "**": "^", "abs": "|·|", "sqrt": "√"}


def symbol(node: Node, numbers: Numbers) -> str:
    """The operation alone: ``+``, ``×``, ``(·)²``, ``tanh``."""
    row = TABLE[node.op]
    if row.name == "powc":
        return Printer(numbers, {"x": "·"})(ast.BinOp(ast.Name("x"), ast.Pow(), ast.Constant(node.constant)))
    spelling = row.spelling()
    return numbers.minus if spelling == "-" else _ALONE.get(spelling) or FAMILIAR.get(spelling, spelling)


def equation(trace: Trace, node: Node, numbers: Numbers) -> str:
    """How a node was made, in the labels of its operands: ``z = w · x``; its label alone where it is a leaf.

    An operand without a label is written out if that is short, and otherwise an ellipsis; where nothing has a label,
    the operation stands alone.

    >>> from microgrid import Value
    >>> from viz.snapshot import read
    >>> def show(v, label=""):
    ...     v.label = label
    ...     return equation(read(v), read(v).root, Numbers())
    >>> e, b = Value(-2.0, "e"), Value(1.0, "b")
    >>> show(e**2, "L"), show(2.5 * (e + b), "y"), show(e * b + b), show(e.tanh()), show(Value(1.0).tanh())
    ('L = e²', 'y = 2.5 · (e + b)', '… + b', 'tanh(e)', 'tanh')
    """
    if not node.op:
        return node.label
    operands = trace.operands(node)
    if not node.label and not any(operand.label for operand in operands):
        return symbol(node, numbers)
    words = [_word(operand) for operand in operands]
    if node.label:  # there is room: only such a node's box is as wide as it says
        words = [
            _spelt_out(trace, operand, numbers) if word == MISSING else word
            for operand, word in zip(operands, words, strict=True)
        ]
    made = _write(node, words, numbers)
    return f"{node.label} = {made}" if node.label else made


def _word(operand: Node) -> str | float:
    """What an operand is called in a formula; a literal is its number."""
    if operand.role == "constant" and not operand.label:
        return operand.data
    return shorten(operand.label, LONGEST_OPERAND) or MISSING


def _spelt_out(trace: Trace, operand: Node, numbers: Numbers) -> str:
    """The formula of an operand that has no label, if its own operands have, and it is short."""
    words = [_word(v) for v in trace.operands(operand)]
    if not words or MISSING in words or not all(isinstance(word, float) or is_name(word) for word in words):
        return MISSING
    text = _write(operand, words, numbers)
    return text if len(text) <= LONGEST_OPERAND else MISSING


def _write(node: Node, words: Sequence[str | float], numbers: Numbers) -> str:
    """The operation applied to operands that are called so."""
    names = {f"x{k}": word for k, word in enumerate(words)}
    return Printer(numbers, names, spaced=True)(_application(node, [ast.Name(name) for name in names]))


def _application(node: Node, operands: Sequence[ast.expr]) -> ast.expr:
    """The operation applied to its operands, as a syntax tree."""
    row = TABLE[node.op]
    if node.constant is not None and (row.name == "powc" or node.constant != row.constant):
        operands = [*operands, ast.Constant(node.constant)]
    if row.label == "-" and len(operands) == 1:
        return ast.UnaryOp(ast.USub(), operands[0])
    if row.label in _INFIX:
        return ast.BinOp(operands[0], _INFIX[row.label](), operands[1])
    return ast.Call(ast.Name(row.label or row.name), list(operands), [])


def gradient_name(node: Node, root: Node) -> str:
    """``∂L/∂w`` where that is what the node's gradient is and both have short names; otherwise ``grad``."""
    labels = (root.label, node.label)
    short = all(is_name(label) and len(label) <= LONGEST_IN_GRADIENT for label in labels)
    return "∂{}/∂{}".format(*labels) if short and node.is_derivative else "grad"


def local_derivative(trace: Trace, node: Node, k: int, numbers: Numbers) -> str:
    """The derivative of a node with respect to its k-th operand: ``2e = −4``, or the number alone.

    The formula is left out where it would need a label that is missing, where it is long, and where it does not give
    the recorded number (because data have been assigned since).

    >>> from microgrid import Value
    >>> from viz.snapshot import read
    >>> def show(v, k=0):
    ...     return local_derivative(read(v), read(v).root, k, Numbers())
    >>> e, b = Value(-2.0, "e"), Value(4.0, "b")
    >>> show(e**2), show(e - b, 1), show(e / b, 1), show(b * b), show(e.relu()), show(e * Value(7.0))
    ('2e = −4', '−1', '−e/b² = 0.125', 'b = 4', '0', '7')
    """
    number = numbers(node.partials[k])
    formula = _formula(node, trace.operands(node), k, numbers)
    return number if formula is None or formula == number else f"{formula} = {number}"


def _formula(node: Node, operands: Sequence[Node], k: int, numbers: Numbers) -> str | None:
    row = TABLE[node.op]
    texts = row.textbook or row.partials
    if not texts[k] or not _gives(row, node, operands, k):
        return None
    at = _point(node, operands)
    letters = dict(zip(("x", "y"), operands, strict=False)) | {"z": node}
    constants = {letter: v.data for letter, v in letters.items() if v.role == "constant" and not v.label}
    if node.constant is not None:
        constants["y"] = node.constant
    tree = fold(_parse(texts[k]), constants, lambda condition: _condition(row.let, ast.unparse(condition))(*at))
    if value(tree) is not None:
        return None
    used = {name.id for name in ast.walk(tree) if isinstance(name, ast.Name)} - set(FLOAT.words)
    if not all(name in letters and letters[name].label for name in used):
        return None
    formula = Printer(numbers, {name: v.label for name, v in letters.items()})(tree)
    return formula if len(formula) <= LONGEST_DERIVATIVE else None


def _point(node: Node, operands: Sequence[Node]) -> tuple[float, float, float]:
    """x, y and z of the row's formulas."""
    y = node.constant if node.constant is not None else operands[-1].data
    return operands[0].data, y, node.data


def _gives(row: Op, node: Node, operands: Sequence[Node], k: int) -> bool:
    """Whether the textbook formula gives the partial that the forward pass recorded."""
    try:
        computed = row.bind("textbook")(*_point(node, operands))[k]
    except (ArithmeticError, ValueError):
        return False
    return math.isclose(computed, node.partials[k], rel_tol=1e-6, abs_tol=1e-9)


@cache
def _parse(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


@cache
def _condition(let: tuple[tuple[str, str], ...], text: str) -> Callable[..., bool]:
    return function("condition", ("x", "y", "z"), [text], FLOAT, let)
