"""What running text calls each node, labelled or not, and the operation that made it."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from operator import or_

from ..graph.trace import Edge, Node, Trace
from ..style.text import shorten
from .notation import LONGEST_OPERAND, application
from .numbers import Numbers
from .printer import Printer, is_name

__all__ = ["Names", "Pattern", "in_brackets", "labelled"]

LONGEST_MADE = 8
"""Of an operation that has no label: ∂y/∂(w · x) can be read, longer ones cannot."""

_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPT = str.maketrans("0123456789()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾")
_NUMBERED = re.compile(r"(?P<label>.*?)(?P<number>(?:⁽[⁰¹²³⁴⁵⁶⁷⁸⁹]+⁾)?)", re.DOTALL)
_HOLE = re.compile(r"\[\d+\]")


@dataclass(frozen=True)
class Pattern:
    """A formula with a hole for each operand's number; `parts`, one more than holes, stand around them.

    `operands` says whose number goes into each hole, `tight` where a sign or an exponent needs brackets.
    """

    parts: tuple[str, ...]
    operands: tuple[int, ...]
    tight: tuple[bool, ...]

    def filled(self, texts: Sequence[str]) -> str:
        """The formula with these numbers, one for each operand."""
        holes = [in_brackets(texts[k]) if tight else texts[k] for k, tight in zip(self.operands, self.tight)]
        return self.parts[0] + "".join(hole + part for hole, part in zip(holes, self.parts[1:]))


def in_brackets(number: str) -> str:
    """A number as it stands after a sign or below a power: in brackets if it has a sign or an exponent.

    >>> in_brackets("−4"), in_brackets("1.2e9"), in_brackets("3")
    ('(−4)', '(1.2e9)', '3')
    """
    return number if re.fullmatch(r"[\d.]+|∞|nan", number) else f"({number})"


class Names:
    """What the nodes of a trace are called in formulas: by their labels; without one, by the operation if
    that is short (``w · x``) and no other's, otherwise, and at the root, by their position (``v7``).

    >>> from microgrid import Value
    >>> from viz.graph.trace import read
    >>> w, x = Value(2.0, "w"), Value(-3.0, "x")
    >>> trace = read((w * x).tanh())
    >>> names = Names(trace, Numbers())
    >>> names.made(trace.root), names.substituted(trace.root), names.derivative(trace.root, trace.nodes[2])
    ('tanh(w · x)', 'tanh(−6)', '∂v3/∂(w · x)')
    """

    def __init__(self, trace: Trace, numbers: Numbers) -> None:
        self._trace = trace
        self._numbers = numbers
        self._words: dict[str, str] = {}
        self._trees: list[ast.expr] = []
        self._patterns: dict[int, Pattern] = {}
        self._letter = "v"
        labels = {node.label for node in trace.nodes}
        while any(f"{self._letter}{node.index}" in labels for node in trace.nodes):
            self._letter += "v"
        self._lettered: set[int] = set()
        self._plant(0)
        formulas: dict[str, list[int]] = {}
        for node in trace.nodes:
            if node.op and not node.label and self.has_formula(node):
                formulas.setdefault(self[node], []).append(node.index)
        # Which formulas mean several nodes shows when all are written.  Those nodes go by letters instead,
        # and so the formulas of their users, which come later, are written anew.
        self._lettered = _mistakable(trace, formulas)
        if self._lettered:
            self._plant(min(self._lettered))

    def _plant(self, first: int) -> None:
        """The syntax trees of the nodes from this one on, which may need those of the nodes before."""
        del self._trees[first:]
        for node in self._trace.nodes[first:]:
            self._trees.append(self._tree(node))

    def __getitem__(self, node: Node) -> str:
        return self._print(self._trees[node.index])

    def _print(self, tree: ast.expr) -> str:
        return Printer(self._numbers, self._words, spaced=True)(tree)

    def _tree(self, node: Node) -> ast.expr:
        """What stands for a node in the formulas of others."""
        if node.role == "constant" and not node.label:
            return ast.Constant(node.data)
        if node.op and not node.label and node.index not in self._lettered and node is not self._trace.root:
            made = self._application(node)
            if len(self._print(made)) <= LONGEST_MADE:
                return made
        name = f"v{node.index}"
        self._words[name] = _short(self.label(node))
        return ast.Name(name)

    def label(self, node: Node) -> str:
        """The label, or what a node that has none is called where its formula is too long."""
        return node.label or f"{self._letter}{node.index}"

    def has_formula(self, node: Node) -> bool:
        """Whether a node goes by its formula, or as a number, and not by a label."""
        return not isinstance(self._trees[node.index], ast.Name)

    def _application(self, node: Node) -> ast.expr:
        return application(node, [self._trees[i] for i in node.parents])

    def made(self, node: Node) -> str:
        """The operation applied to the names of its operands: ``w · x``."""
        return self._print(self._application(node))

    def substituted(self, node: Node) -> str:
        """The operation applied to the numbers of its operands: ``2 · 3``."""
        return self.pattern(node).filled([self._numbers(self._trace.nodes[i].data) for i in node.parents])

    def pattern(self, node: Node) -> Pattern:
        """The operation with holes for the numbers of its operands."""
        if node.index not in self._patterns:
            self._patterns[node.index] = _pattern(node, self._numbers)
        return self._patterns[node.index]

    def derivative(self, of: Node, by: Node) -> str:
        """``∂L/∂w``."""
        return f"∂{self._atom(of)}/∂{self._atom(by)}"

    def local(self, node: Node, k: int) -> str:
        """The local derivative: ``∂z/∂w``, or ``∂₁z`` where z depends on its first operand otherwise too."""
        return (
            self.numbered(node, k)
            if self.is_shared(node, k)
            else self.derivative(node, self._operand(node, k))
        )

    def numbered(self, node: Node, k: int) -> str:
        return f"∂{str(k + 1).translate(_SUBSCRIPT)}{self._atom(node)}"

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

    def _atom(self, node: Node) -> str:
        name = self[node]
        closed = is_name(name) or re.fullmatch(r"\w+\([^()]*\)|\|[^|]*\|", name)
        return name if closed else f"({name})"


def labelled(trace: Trace, numbers: Numbers) -> Trace:
    """The trace with labels for those nodes that formulas cannot do without, so that pictures have them too,
    and with numbers on labels that could mean several nodes: h⁽¹⁾ and h⁽²⁾."""
    trace = _numbered(trace)
    names = Names(trace, numbers)
    nodes = (
        node if names.has_formula(node) else replace(node, label=names.label(node)) for node in trace.nodes
    )
    return Trace(tuple(nodes), trace.operations)


def _numbered(trace: Trace) -> Trace:
    called: dict[str, list[int]] = {}
    for node in trace.nodes:
        if node.label:
            called.setdefault(node.label, []).append(node.index)
    mistakable = _mistakable(trace, called)
    nodes = list(trace.nodes)
    for label, places in called.items():
        for number, i in enumerate(places, 1):
            if i in mistakable:
                nodes[i] = replace(nodes[i], label=label + f"({number})".translate(_SUPERSCRIPT))
    return Trace(tuple(nodes), trace.operations)


def _mistakable(trace: Trace, called: Mapping[str, Sequence[int]]) -> set[int]:
    """The nodes that share what they are called, unless each has a scope of its own, which captions name, and
    no operation of another scope uses it."""
    seen_from: dict[int, set[tuple[str, ...]]] = {}
    for node in trace.nodes:
        for parent in node.parents:
            seen_from.setdefault(parent, {trace.nodes[parent].scope}).add(node.scope)
    mistakable: set[int] = set()
    for places in called.values():
        scopes = {trace.nodes[i].scope for i in places}
        if len(scopes) < len(places) or (
            len(places) > 1 and any(len(seen_from.get(i, ())) > 1 for i in places)
        ):
            mistakable.update(places)
    return mistakable


def _short(label: str) -> str:
    """A label as it stands in formulas; its number is never cut."""
    parts = _NUMBERED.fullmatch(label)
    number = parts["number"] if parts else ""
    return shorten(label.removesuffix(number), LONGEST_OPERAND - len(number)) + number


def _pattern(node: Node, numbers: Numbers) -> Pattern:
    """Written with words in the holes, and with sums: a number needs brackets where the sum gets some."""
    operands = [ast.Name(f"v{k}") for k in range(len(node.parents))]
    tree = application(node, operands)
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
