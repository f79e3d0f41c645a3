"""What mathematics writes for a node and for its derivatives, made from the texts in `microgrid.ops`."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Sequence
from functools import cache

from microgrid.base.formula import FLOAT, function
from microgrid.ops import TABLE, Op

from ..graph.trace import Node, Trace
from ..style.text import shorten
from .numbers import Numbers
from .printer import FAMILIAR, MISSING, Printer, is_name, number_of, simplified

__all__ = ["application", "equation", "gradient_name", "is_current", "local_derivative", "operand", "symbol"]

LONGEST_OPERAND, LONGEST_DERIVATIVE, LONGEST_IN_GRADIENT = 16, 18, 8
LONGEST_FORMULA = 28
"""Of a node with a label; without one, a formula is as long as an operand, since such nodes are many."""
DEEPEST = 5
"""How many operations down a formula is written out; one that fits is seldom deeper."""

_OPERATOR = re.compile(r"[\s+\-−*/·×÷^=]")

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

    Operands without a label are written out if that is short, and otherwise an ellipsis; where nothing has a
    label, the operation stands alone.  A label that is itself a formula says enough.

    >>> from microgrid import Value
    >>> from viz.graph.trace import read
    >>> def show(v, label=""):
    ...     v.label = label
    ...     return equation(read(v), read(v).root, Numbers())
    >>> e, b = Value(-2.0, "e"), Value(1.0, "b")
    >>> show(e**2, "L"), show(2.5 * (e + b), "y"), show(e * b + b), show(e * b, "e*b")
    ('L = e²', 'y = 2.5 · (e + b)', 'e · b + b', 'e*b')
    >>> show(Value(1.0).tanh())
    'tanh'
    """
    written = trace.equations.get((node.index, numbers))
    if written is None:
        written = trace.equations[node.index, numbers] = _equation(trace, node, numbers)
    return written


def _equation(trace: Trace, node: Node, numbers: Numbers) -> str:
    if not node.op or _OPERATOR.search(node.label):
        return node.label
    words: dict[str, str] = {}
    made = _complete(_expanded(trace, node, DEEPEST, words), words, numbers)
    if made is None or len(made) > (LONGEST_FORMULA if node.label else LONGEST_OPERAND):
        made = _abridged(trace, node, numbers)
    return f"{node.label} = {made}" if node.label else made


def _expanded(trace: Trace, node: Node, depth: int, words: dict[str, str]) -> ast.expr:
    """The formula of a node, down to what has a name; `words` is told what its variables are called."""
    return application(node, [_operand(trace, operand, depth, words) for operand in trace.operands(node)])


def _operand(trace: Trace, operand: Node, depth: int, words: dict[str, str]) -> ast.expr:
    if operand.role == "constant" and not operand.label:
        return ast.Constant(operand.data)
    if operand.op and not operand.label and depth:
        return _expanded(trace, operand, depth - 1, words)
    name = f"v{operand.index}"
    words[name] = shorten(operand.label, LONGEST_OPERAND) or MISSING
    return ast.Name(name)


def operand(trace: Trace, node: Node, numbers: Numbers, words: dict[str, str]) -> ast.expr:
    """What stands for a node in the formulas of others: a number, its label, its own formula if that is
    short, and otherwise an ellipsis; `words` is told what its variables are called."""
    inside: dict[str, str] = {}
    tree = _operand(trace, node, DEEPEST, inside)
    text = _complete(tree, inside, numbers)
    if text is None or (len(text) > LONGEST_OPERAND and not node.label):
        tree, inside = ast.Name(f"v{node.index}"), {f"v{node.index}": MISSING}
    words |= inside
    return tree


def _complete(tree: ast.expr, words: dict[str, str], numbers: Numbers) -> str | None:
    """A formula written out, if everything in it has a name."""
    return None if MISSING in words.values() else Printer(numbers, words, spaced=True)(tree)


def _abridged(trace: Trace, node: Node, numbers: Numbers) -> str:
    """The operation with an ellipsis for each operand that has no label or, next to a label, is long."""
    operands = trace.operands(node)
    if not node.label and not any(operand.label for operand in operands):
        return symbol(node, numbers)
    trees: list[ast.expr] = []
    words: dict[str, str] = {}
    for operand in operands:
        inside: dict[str, str] = {}
        tree = _operand(trace, operand, DEEPEST if node.label else 0, inside)
        text = _complete(tree, inside, numbers)
        if text is None or (len(text) > LONGEST_OPERAND and not operand.label):
            tree, inside = ast.Name(f"v{operand.index}"), {f"v{operand.index}": MISSING}
        trees.append(tree)
        words |= inside
    return Printer(numbers, words, spaced=True)(application(node, trees))


def application(node: Node, operands: Sequence[ast.expr]) -> ast.expr:
    """The operation applied to its operands, as a syntax tree."""
    row = TABLE[node.op]
    if row.name == "powc" and node.constant == 1:
        return operands[0]
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

    The formula is left out where it would need a label that is missing, where it is long, and where it does
    not give the recorded number (because data have been assigned since).

    >>> from microgrid import Value
    >>> from viz.graph.trace import read
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
    tree = simplified(
        _parse(texts[k]), constants, lambda condition: _condition(row.let, ast.unparse(condition))(*at)
    )
    if number_of(tree) is not None:
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


def is_current(trace: Trace, node: Node) -> bool:
    """Whether the data of a node is what its operation gives for the data that its operands have now."""
    constants = () if node.constant is None else (node.constant,)
    try:
        z = TABLE[node.op].bind("value")(*(operand.data for operand in trace.operands(node)), *constants)
    except (ArithmeticError, TypeError, ValueError):  # recorded under `errstate(domain="ieee")`
        return not math.isfinite(node.data)
    return z == node.data or math.isclose(z, node.data, rel_tol=1e-9) or (z != z and node.data != node.data)


@cache
def _parse(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


@cache
def _condition(let: tuple[tuple[str, str], ...], text: str) -> Callable[..., bool]:
    return function("condition", ("x", "y", "z"), [text], FLOAT, let)
