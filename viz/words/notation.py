"""What mathematics writes for a node and for its derivatives, made from the texts in `microgrid.ops`."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Sequence
from functools import cache

from microgrid.base.formula import FLOAT, function
from microgrid.ops import TABLE, Op

from ..graph.sums import past_start
from ..graph.trace import Node, Trace
from ..style.scripts import SMALL
from .names import Names, application, names_of
from .numbers import Numbers
from .printer import FAMILIAR, MISSING, Printer, common, is_name, number_of, simplified

__all__ = [
    "MOST_LINES",
    "application",
    "broken",
    "equation",
    "gradient_name",
    "is_current",
    "length",
    "local_derivative",
    "symbol",
]

LONGEST_DERIVATIVE, LONGEST_IN_GRADIENT = 18, 10
MOST_LINES, OVER = 2, 4
"""In which a box writes a formula before it leaves anything out, and by how much each may be longer then."""
_SUMS = ("+ ", "− ", "- ")
LONGEST_IN_BOX, MOST_IN_BOX, DEEPEST = 28, 40, 8
"""Of a formula that would else have an ellipsis: its characters, its parts and how far it is written out."""

_OPERATOR = re.compile(r"[\s+\-−*/·×÷=]|\^(?!\([\d,]+\)$)")
_BESIDE = re.compile(r"\d [-+] ")
"""A number to which something is added: then digits are lost beside it, as those of 4e-18 are in z(1 - z)."""
_ALONE = {"+": "+", "*": "×", "/": "/", "**": "^", "abs": "|·|", "sqrt": "√"}


def symbol(node: Node, numbers: Numbers) -> str:
    """The operation alone: ``+``, ``×``, ``(·)²``, ``tanh``."""
    row = TABLE[node.op]
    if row.name == "powc":
        return Printer(numbers, {"x": "·"})(ast.BinOp(ast.Name("x"), ast.Pow(), ast.Constant(node.constant)))
    spelling = row.spelling()
    return numbers.minus if spelling == "-" else _ALONE.get(spelling) or FAMILIAR.get(spelling, spelling)


def equation(trace: Trace, node: Node, numbers: Numbers, room: int = LONGEST_IN_BOX) -> str:
    """How a node was made, in the names of its operands: ``z = w · x``; its label alone where it is a leaf.

    Without a label it is what `Names` calls it.  A label that is itself a formula says enough.  What would
    else have an ellipsis is written out as far as there is `room`, in characters.

    >>> from microgrid import Value
    >>> from viz.graph.trace import read
    >>> def show(v, label=""):
    ...     v.label = label
    ...     return equation(read(v), read(v).root, Numbers())
    >>> e, b = Value(-2.0, "e"), Value(1.0, "b")
    >>> show(e**2, "L"), show(2.5 * (e + b), "y"), show(e * b + b), show(e * b, "e*b")
    ('L = e²', 'y = 2.5 · (e + b)', 'e · b + b', 'e*b')
    >>> show(Value(1.0).tanh())
    'tanh(x1)'
    """
    key = numbers, room
    written = trace.equations.get((node.index, key))
    if written is None:
        written = trace.equations[node.index, key] = _equation(trace, node, numbers, room)
    return written


def _equation(trace: Trace, node: Node, numbers: Numbers, room: int) -> str:
    if not node.op or _OPERATOR.search(node.label):
        return node.label
    names = names_of(trace, numbers)
    name = f"{node.label} = " if node.label else ""
    written = name + names.heading(node, room) if node.label else names[node]
    if MISSING not in written or (node.number and not node.label):
        return written
    fuller = _Fuller(trace, node, names, numbers).written(room - length(name))
    return name + fuller if fuller else written


_SIGNS = {"add": 3, "sub": 3, "div": 1, "neg": 1}
"""How many characters an operation takes besides its operands, if any."""


class _TooMuch(Exception):
    """A formula has more parts than a box could show."""


class _Fuller:
    """A formula that is written out as far as there is room."""

    def __init__(self, trace: Trace, node: Node, names: Names, numbers: Numbers) -> None:
        self._trace, self._node, self._names = trace, node, names
        self._words = dict(names.words)
        self._print = Printer(numbers, self._words, close=True)
        self._left, self._room = 0, 0.0
        self._is_whole = True

    def written(self, longest: float) -> str:
        """Of those that have room, the one in which most can be recognised; empty if there is none."""
        found: list[tuple[int, float, str]] = []
        for summed in (False, True):
            for depth in range(1, DEEPEST + 1):
                self._is_whole = True
                for below in (True, False):
                    self._left, self._room = MOST_IN_BOX, longest
                    try:
                        tree = self._tree(self._node, depth, below, summed)
                    except _TooMuch:
                        continue
                    text = self._print(tree)
                    if length(text) <= longest:
                        found.append((self._known(tree), -length(text), text))
                if self._is_whole:  # nothing lies deeper
                    break
        return max(found)[2] if found else ""

    def _tree(self, node: Node, depth: int, below: bool, summed: bool) -> ast.expr:
        """Written out to some depth; what is `below` stands as it is called, or is left out; what is added up
        may be `summed`, where only an index changes."""
        node = past_start(self._trace, node)
        is_named = not node.op or (bool(node.label) and node is not self._node)
        self._left -= 1
        # what it takes at the least: brackets may come on top
        self._room -= self._least(node.index) if is_named else _SIGNS.get(node.op, 0)
        if self._left <= 0 or self._room < 0:
            self._is_whole = False
            raise _TooMuch
        if is_named:
            return self._names.tree(node)
        if depth == 0:
            self._is_whole = False
            return self._names.tree(node) if below else ast.Name(MISSING)
        terms = self._terms(node) if summed else []
        if len(terms) > 2:
            text = self._common(terms, depth - 1, below)
            if MISSING not in text and 0 < len(text) <= LONGEST_DERIVATIVE:
                self._words[text] = f"Σ {text}"
                return ast.Name(text)
            first, last = (self._tree(terms[k], depth - 1, below, summed) for k in (0, -1))
            return ast.BinOp(ast.BinOp(first, ast.Add(), ast.Name(MISSING)), ast.Add(), last)
        operands = self._trace.operands(node)
        # a sum of many is as deep as one of two
        is_chain = node.op == "add" and operands[0].op == "add" and not operands[0].label
        depths = [depth - (not (is_chain and k == 0)) for k in range(len(operands))]
        return application(
            node, [self._tree(v, d, below, summed) for v, d in zip(operands, depths, strict=True)]
        )

    def _common(self, terms: Sequence[Node], depth: int, below: bool) -> str:
        """What terms have in common but for an index: seen at the first two, if it is nothing."""
        room, texts = self._room, list[str]()
        for count, term in enumerate(terms, 1):
            self._room = math.inf
            texts.append(self._print.term(self._tree(term, depth, below, True)))
            if count == 2 and not common(texts):
                break
        self._room = room
        return common(texts)

    def _least(self, i: int) -> float:
        """How long the name of a node is."""
        return length(self._words.get(f"v{i}", "1"))

    def _terms(self, node: Node) -> list[Node]:
        """Of a sum, from left to right."""
        found: list[Node] = []
        while node.op == "add" and (node is self._node or not node.label) and len(found) < MOST_IN_BOX:
            node, right = self._trace.operands(node)
            found.append(right)
            node = past_start(self._trace, node)
        is_zero = node.role == "constant" and not node.label and node.data == 0
        return [*([] if is_zero else [node]), *reversed(found)]

    def _known(self, tree: ast.expr) -> int:
        """How much of what it says is no ellipsis."""
        nodes = [part for part in ast.walk(tree) if isinstance(part, ast.Name | ast.Constant)]
        missing = sum(isinstance(part, ast.Name) and part.id == MISSING for part in nodes)
        return len(nodes) - 2 * missing + 4 * any(self._words.get(_id(part), "")[:1] == "Σ" for part in nodes)


def _id(part: ast.AST) -> str:
    return part.id if isinstance(part, ast.Name) else ""


def length(text: str) -> float:
    """In characters of the line; those above or below it are about half as wide."""
    return len(text) - 0.5 * sum(char in SMALL for char in text)


def broken(text: str, longest: int) -> list[str]:
    """A formula in one line of no more characters than this, or in two that are hardly longer: broken before
    a sign or after "=", else after "·", where brackets are fewest.  Nothing where that is not possible.

    >>> broken("L = (w₁x₁ + w₂x₂ + b − y)² + λ(w₁² + w₂²)", 26)
    ['L = (w₁x₁ + w₂x₂ + b − y)²', '+ λ(w₁² + w₂²)']
    >>> broken("z = wx + b", 24), broken("a" * 30, 24)
    (['z = wx + b'], [])
    """
    if length(text) <= longest:
        return [text]
    depth, places = 0, list[tuple[int, bool, float, int]]()
    for k, char in enumerate(text):
        depth += (char in "([") - (char in ")]")
        is_sign = char == " " and (text[k + 1 : k + 3] in _SUMS or text[k - 1] == "=")
        is_dot = char == "·" and text[k - 1] != " "
        if is_sign or is_dot or (char == " " and text[k - 1] in "·,/"):
            place = k + is_dot
            most = max(length(text[:place].strip()), length(text[place:].strip()))
            if most <= longest + OVER:
                places.append((depth, not is_sign, most, place))
    if not places:
        return []
    *_, place = min(places)
    return [text[:place].rstrip(), text[place:].lstrip()]


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
    >>> show(e**2), show(e - b, 1), show(e / b, 1), show(b * b), show(e.relu()), show(e * 7.0)
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
    beside = 1e-15 if _BESIDE.search((row.textbook or row.partials)[k]) else 0.0
    return math.isclose(computed, node.partials[k], rel_tol=1e-6, abs_tol=beside)


def is_current(trace: Trace, node: Node) -> bool:
    """Whether the data of a node is what its operation gives for the data that its operands have now."""
    constants = () if node.constant is None else (node.constant,)
    try:
        z = TABLE[node.op].bind("value")(*(operand.data for operand in trace.operands(node)), *constants)
    except NotImplementedError:  # a node that was given its numbers, and no formula
        return True
    except (ArithmeticError, TypeError, ValueError):  # recorded under `errstate(domain="ieee")`
        return not math.isfinite(node.data)
    return z == node.data or math.isclose(z, node.data, rel_tol=1e-9) or (z != z and node.data != node.data)


@cache
def _parse(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


@cache
def _condition(let: tuple[tuple[str, str], ...], text: str) -> Callable[..., bool]:
    return function("condition", ("x", "y", "z"), [text], FLOAT, let)
