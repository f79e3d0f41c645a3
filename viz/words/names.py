"""What running text calls each node, labelled or not, and the operation that made it."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_

from microgrid.naming.names import BRIEF, LEFT_OUT, WHOLE, brief
from microgrid.ops import TABLE

from ..graph.sums import is_start, past_start
from ..graph.trace import Edge, Node, Trace
from ..style.scripts import lowered
from ..style.text import shorten
from .numbers import Numbers
from .printer import MISSING, Printer, is_closed

__all__ = ["LONGEST_OPERAND", "Names", "Pattern", "application", "in_brackets", "names_of"]

LONGEST_OPERAND = 16
"""Characters of a label within a formula."""

_INFIX = {"+": ast.Add, "-": ast.Sub, "*": ast.Mult, "/": ast.Div, "**": ast.Pow}
_NUMBERED = re.compile(r".*?(?P<number>(?:⁽[⁰¹²³⁴-⁹,]+⁾|₍[₀-₉]+₎|[\^_]\([\d,]+\))?)", re.DOTALL)
_HOLE = re.compile(r"\[\d+\]")


@dataclass(frozen=True)
class Pattern:
    """A formula with a hole for each operand's number; `parts`, one more than holes, stand around them.

    `operands` says whose number goes into each hole, `tight` where a sign or an exponent needs brackets.
    """

    parts: tuple[str, ...]
    operands: tuple[int, ...]
    tight: tuple[bool, ...]

    def filled(self, texts: Sequence[str] | Mapping[int, str]) -> str:
        """The formula with these numbers, by the operands."""
        holes = [in_brackets(texts[k]) if tight else texts[k] for k, tight in zip(self.operands, self.tight)]
        return self.parts[0] + "".join(hole + part for hole, part in zip(holes, self.parts[1:]))


def in_brackets(number: str) -> str:
    """A number as it stands after a sign or below a power: in brackets if it has a sign or an exponent.

    >>> in_brackets("−4"), in_brackets("1.2e9"), in_brackets("3")
    ('(−4)', '(1.2e9)', '3')
    """
    return number if re.fullmatch(r"[\d.]+|∞|nan", number) else f"({number})"


class Names:
    """What the nodes of a trace are called in formulas: by their labels; without one, by their formula, in
    which an ellipsis stands where `microgrid.naming` has put one.

    >>> from microgrid import Value
    >>> from viz.graph.trace import read
    >>> w, x = Value(2.0, "w"), Value(-3.0, "x")
    >>> trace = read((w * x).tanh())
    >>> names = names_of(trace, Numbers())
    >>> names.made(trace.root), names.substituted(trace.root), names.derivative(trace.root, trace.nodes[2])
    ('tanh(w · x)', 'tanh(−6)', '∂tanh(w · x)/∂(w · x)')
    """

    def __init__(self, trace: Trace, numbers: Numbers) -> None:
        self._trace = trace
        self._numbers = numbers
        self.words: dict[str, str] = {}
        self._trees: list[ast.expr] = []
        self._patterns: dict[int, Pattern] = {}
        self._inside: dict[int, str] = {}
        self._operands: dict[int, ast.expr] = {}
        for node in trace.nodes:
            self._trees.append(self._tree(node))

    def __getitem__(self, node: Node) -> str:
        """What it is called itself, by which no other node is."""
        tree = self._trees[node.index]
        if node.number != node.mark:
            tree = ast.Subscript(self._application(node, node.abridged), ast.Constant(node.number))
        return self._print(tree)

    def inside(self, node: Node) -> str:
        """What it is called within the formulas of others, where a node of the same value may be too."""
        if node.index not in self._inside:
            self._inside[node.index] = self._print(self._trees[node.index])
        return self._inside[node.index]

    def _print(self, tree: ast.expr) -> str:
        return Printer(self._numbers, self.words, spaced=True)(tree)

    def _tree(self, node: Node) -> ast.expr:
        """What stands for a node in the formulas of others."""
        if node.role == "constant" and not node.label:
            return ast.Constant(node.data)
        if not _is_unnamed(node):
            name = f"v{node.index}"
            self.words[name] = _short(node.label) or MISSING
            return ast.Name(name)
        if is_start(self._trace, node):
            return self._trees[node.parents[1]]
        made = self._application(node, node.abridged)
        return ast.Subscript(made, ast.Constant(node.mark)) if node.mark else made

    def _application(self, node: Node, modes: Sequence[int] = ()) -> ast.expr:
        places = modes or [WHOLE] * len(node.parents)
        return application(node, [self._place(i, mode) for i, mode in zip(node.parents, places, strict=True)])

    def _place(self, i: int, mode: int) -> ast.expr:
        """An operand in a formula."""
        node = past_start(self._trace, self._trace.nodes[i])
        i = node.index
        if mode == WHOLE or not _is_unnamed(node):
            return self._trees[i]
        operands = [past_start(self._trace, operand) for operand in self._trace.operands(node)]
        modes = brief([len(operand.inside) if _is_unnamed(operand) else None for operand in operands])
        return self._application(node, modes) if modes and mode == BRIEF else ast.Name(MISSING)

    def tree(self, node: Node) -> ast.expr:
        """What stands for a node in the formulas of others; `words` says what its variables are called."""
        return self._trees[node.index]

    def operand(self, node: Node) -> ast.expr:
        """What stands for a node in a formula of several operations, abridged where it is long; `words` says
        what its variables are called."""
        if node.index not in self._operands:
            mode = BRIEF if len(self.inside(node)) > LONGEST_OPERAND else WHOLE
            tree = self._place(node.index, mode)
            short = node.label or len(self._print(tree)) <= LONGEST_OPERAND
            self._operands[node.index] = tree if short else ast.Name(MISSING)
        return self._operands[node.index]

    def heading(self, node: Node, longest: int) -> str:
        """The operation applied to the names of its operands, abridged where that would be longer."""
        modes = [WHOLE] * len(node.parents)
        text = self.made(node)
        unnamed = [k for k, i in enumerate(node.parents) if _is_unnamed(self._trace.nodes[i])]
        unnamed.sort(key=lambda k: -len(self.inside(self._operand(node, k))))
        for mode in (BRIEF, LEFT_OUT):
            for k in unnamed:
                if len(text) > longest:
                    modes[k] = mode
                    text = self._print(self._application(node, modes))
        return text

    def made(self, node: Node) -> str:
        """The operation applied to the names of its operands: ``w · x``."""
        return self._print(self._application(node))

    def substituted(self, node: Node) -> str:
        """The operation applied to the numbers of its operands: ``2 · 3``."""
        return self.pattern(node).filled([self._numbers(self._trace.nodes[i].data) for i in node.parents])

    def pattern(self, node: Node) -> Pattern:
        """The operation with holes for the numbers of its operands."""
        if node.index not in self._patterns:
            swaps = _is_number_last(node, [self._trees[i] for i in node.parents])
            self._patterns[node.index] = _pattern(node, self._numbers, swaps)
        return self._patterns[node.index]

    def derivative(self, of: Node, by: Node) -> str:
        """``∂L/∂w``."""
        return f"∂{self.atom(of)}/∂{self.atom(by)}"

    def local(self, node: Node, k: int) -> str:
        """The local derivative: ``∂z/∂w``, or ``∂₁z`` where z depends on its first operand otherwise too."""
        return (
            self.numbered(node, k)
            if self.is_shared(node, k)
            else self.derivative(node, self._operand(node, k))
        )

    def numbered(self, node: Node, k: int) -> str:
        return f"∂{lowered(k + 1)}{self.atom(node)}"

    def is_shared(self, node: Node, k: int) -> bool:
        """Whether a node depends on its k-th operand through another too: ∂z/∂w is not this partial then."""
        return (node.index, k) in self._shared

    @cached_property
    def _shared(self) -> set[Edge]:
        """All such edges, in one pass: of each node, as bits, on which nodes of several uses it depends."""
        nodes = self._trace.nodes
        uses = Counter(parent for node in nodes for parent in node.parents)
        last = {parent: node.index for node in nodes for parent in node.parents}
        bits = {i: n for n, i in enumerate(i for i, count in uses.items() if count > 1)}
        below: dict[int, int] = {}
        used = (1 << len(bits)) - 1  # those that are operands of what is still to come
        shared: set[Edge] = set()
        for node in nodes:
            for k, parent in enumerate(node.parents):
                others = (other for j, other in enumerate(node.parents) if j != k)
                if parent in bits and any(below[other] >> bits[parent] & 1 for other in others):
                    shared.add(Edge(node.index, k))
            depends = reduce(or_, (below[parent] for parent in node.parents), 0)
            if node.index in bits:
                depends |= 1 << bits[node.index]
            for parent in {parent for parent in node.parents if last[parent] == node.index}:
                del below[parent]
                used &= ~(1 << bits[parent]) if parent in bits else -1
            below[node.index] = depends & used
        return shared

    def _operand(self, node: Node, k: int) -> Node:
        return self._trace.nodes[node.parents[k]]

    def closed(self, node: Node) -> str:
        """As `inside`, in brackets where they are needed in a product."""
        name = self.inside(node)
        return name if node.mark or is_closed(name) else f"({name})"

    def atom(self, node: Node) -> str:
        """The name as it stands in a derivative, in brackets where it needs them."""
        name = self[node]
        return name if node.number or is_closed(name) else f"({name})"


def names_of(trace: Trace, numbers: Numbers) -> Names:
    """The names of a trace, which all that speaks of it shares."""
    if numbers not in trace.spelled:
        trace.spelled[numbers] = Names(trace, numbers)
    names: Names = trace.spelled[numbers]
    return names


def application(node: Node, operands: Sequence[ast.expr]) -> ast.expr:
    """The operation applied to its operands, as a syntax tree; a number stands before what it multiplies."""
    row = TABLE[node.op]
    if _is_number_last(node, operands):
        operands = operands[::-1]
    if row.name == "powc" and node.constant == 1:
        return operands[0]
    if node.constant is not None and (row.name == "powc" or node.constant != row.constant):
        operands = [*operands, ast.Constant(node.constant)]
    if row.label == "-" and len(operands) == 1:
        return ast.UnaryOp(ast.USub(), operands[0])
    if row.label == "*" and _is_square(*operands):
        return ast.BinOp(operands[0], ast.Pow(), ast.Constant(2.0))
    if row.label in _INFIX:
        return ast.BinOp(operands[0], _INFIX[row.label](), operands[1])
    return ast.Call(ast.Name(row.label or row.name), list(operands), [])


def _is_square(left: ast.expr, right: ast.expr) -> bool:
    """Whether both are the same formula, which would be written twice."""
    return isinstance(left, ast.BinOp | ast.UnaryOp) and ast.dump(left) == ast.dump(right)


def _is_number_last(node: Node, operands: Sequence[ast.expr]) -> bool:
    """Whether it is a product of something and a number."""
    return node.op == "mul" and [isinstance(tree, ast.Constant) for tree in operands] == [False, True]


def _is_unnamed(node: Node) -> bool:
    return bool(node.op) and not node.label


def _short(label: str) -> str:
    """A label as it stands in formulas; its number is never cut."""
    parts = _NUMBERED.fullmatch(label)
    number = parts["number"] if parts else ""
    return shorten(label.removesuffix(number), LONGEST_OPERAND - len(number)) + number


def _pattern(node: Node, numbers: Numbers, swaps: bool) -> Pattern:
    """Written with words in the holes, and with sums: a number needs brackets where the sum gets some."""
    operands = [ast.Name(f"v{k}") for k in range(len(node.parents))]
    tree = application(node, operands[::-1] if swaps else operands)
    words, sums = ({f"v{k}": text.format(k) for k in range(len(operands))} for text in ("[{}]", "+[{}]+"))
    text = Printer(numbers, words, spaced=True)(tree)
    parts = _HOLE.split(text)
    around_sums = re.split(r"\+\[\d+\]\+", Printer(numbers, sums, spaced=True)(tree))
    tight: list[bool] = []
    for part, other in zip(parts, around_sums[:-1]):
        tight.append(other != (")" if tight and tight[-1] else "") + part)
    if not parts[0] and parts[1][:1] in ("", " "):  # a sign in front of everything is clear: −4 · 3
        tight[0] = False
    return Pattern(tuple(parts), tuple(int(hole[1:-1]) for hole in _HOLE.findall(text)), tuple(tight))
