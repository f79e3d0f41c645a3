"""A graph as it was at one moment, its nodes by number: what pictures are made from, and does not change."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from microgrid import Value
from microgrid.backward import propagate
from microgrid.base.phrases import Phrase, said
from microgrid.graph import order
from microgrid.naming.names import Naming, name_nodes
from microgrid.naming.scopes import scope_name, scope_names, scope_path
from microgrid.naming.unscoped import layer_scopes, unscoped_names
from microgrid.pieces import found
from microgrid.proof.textbook import leaves_doubles

__all__ = ["Edge", "Node", "Piece", "Trace", "read", "warned"]

warned: WeakKeyDictionary[Value, str] = WeakKeyDictionary()
"""Results in the textbook's steps that cannot be computed, with why."""


@dataclass(frozen=True)
class Node:
    """One Value.  `parents` are positions in the trace; `grad` is None where none has been computed."""

    index: int
    label: str
    role: str
    op: str
    constant: float | None
    data: float
    grad: float | None
    is_derivative: bool
    """Whether `grad` is d root / d node, and not what several calls, another root or another seed left."""
    scope: tuple[str, ...]
    parents: tuple[int, ...]
    partials: tuple[float, ...]
    name: str = ""
    """What `microgrid.naming` calls it, as it would be typed; `label` is how a name of its own is shown."""
    abridged: tuple[int, ...] = ()
    """Of a node that goes by its formula, if that is not whole: how each operand stands there."""
    number: int = 0
    """What stands low after its formula, if an earlier node has the same."""
    inside: str = ""
    """What it is called within the formulas of others, as `name` is what it is called itself."""
    mark: int = 0
    """The number after it there: none if what has the same formula has the same operands too."""
    warning: str = ""
    """Of a result of a piece in the textbook's steps, as `Piece.warning`."""
    is_short: bool = False
    """Whether its name stands for a formula that would make those of others long: nobody has chosen it."""
    made: int = 0
    """How many of the trace were made before it."""


class Edge(NamedTuple):
    """From an operand to its operation: the operation's position in the trace, and which of its operands."""

    node: int
    operand: int


@dataclass(frozen=True)
class Piece:
    """Several nodes that are one named function, such as a softmax or a loss; all by their positions."""

    name: str
    nodes: tuple[int, ...]
    operands: tuple[int, ...]
    """What it reads, in the textbook's order, each once."""
    outputs: tuple[int, ...]
    """Those of its nodes that are used outside, or that are the root."""
    formula: str
    latex: str
    warning: str = ""
    """What stands in the way of the textbook's formula at these numbers, in one sentence: an e^1000."""
    terms: tuple[int, ...] = ()
    """Of a softmax or its logarithm the logits, numbers among them, each as often as it is used."""
    places: tuple[int, ...] = ()
    """For each of its outputs which of the terms it belongs to."""


@dataclass(frozen=True)
class Trace:
    """The nodes in `microgrid.graph.order`: each after its operands, the root last."""

    nodes: tuple[Node, ...]
    operations: tuple[int, ...]
    """The positions of the operations as they were computed, oldest first; `backward` reverses them."""
    pieces: tuple[Piece, ...] = ()
    """In the order of their last nodes; none has a node of another."""
    scopes: Mapping[tuple[str, ...], Phrase] = field(default_factory=dict)
    """What scopes are called within the one around them, that are not called what the graph has."""

    equations: dict[tuple[int, Hashable], str] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    """What `notation.equation` has written already: a picture asks for each several times."""
    spelled: dict[Hashable, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """`words.names.Names` by the numbers that it writes, and `words.unit_texts.UnitTexts` likewise."""

    @property
    def root(self) -> Node:
        return self.nodes[-1]

    @cached_property
    def piece_at(self) -> dict[int, Piece]:
        """By the position of its last node each piece."""
        return {piece.nodes[-1]: piece for piece in self.pieces}

    def operand(self, edge: Edge) -> Node:
        """Where an edge comes from."""
        return self.nodes[self.nodes[edge.node].parents[edge.operand]]

    def operands(self, node: Node) -> list[Node]:
        return [self.nodes[i] for i in node.parents]

    def scope_name(self, path: tuple[str, ...], lang: str = "en") -> str:
        """A scope's whole name as it is said: ``layer 1, neuron 2`` of ``("layer0", "neuron1")``."""
        return said(scope_name(self.scopes, path), lang)

    def last_name(self, path: tuple[str, ...], lang: str = "en") -> str:
        """Its name within the scope around it: ``neuron 2``."""
        return said(self.scopes.get(path, path[-1]), lang)


def read(root: Value, variables: Mapping[Value, str] | None = None, digits: int = 4) -> Trace:
    """Take down a graph.  Nothing is computed in it and nothing is changed.

    `variables` are names for nodes without labels, `digits` those of the numbers in names.

    >>> x = Value(3.0, "x")
    >>> [(node.label, node.name, node.parents) for node in read(x * x).nodes]
    [('x', 'x', ()), ('', 'x*x', (0, 0))]
    """
    values = order(root)
    position = {v: i for i, v in enumerate(values)}
    newest_first, adjoints = propagate(root)
    derivatives = dict(zip(newest_first, adjoints, strict=True))
    naming = name_nodes(values, variables, digits=digits, short=True)
    made = _made(values)
    scopes = layer_scopes(values, naming.labels)
    nodes = tuple(
        _node(i, v, position, derivatives[v], naming, made[v], scopes.get(v)) for i, v in enumerate(values)
    )
    operations = (position[v] for v in reversed(newest_first) if v in position)
    computed = tuple(i for i in operations if nodes[i].op)
    called = scope_names(values, naming.labels) | unscoped_names(scopes)
    return Trace(nodes, computed, _pieces(values, position), called)


def _pieces(values: list[Value], position: dict[Value, int]) -> tuple[Piece, ...]:
    def places(some: tuple[Value, ...]) -> tuple[int, ...]:
        return tuple(position[v] for v in some)

    pieces = []
    for one in found(values):
        nodes, operands, outputs, terms = map(places, (one.nodes, one.operands, one.outputs, one.terms))
        piece = Piece(one.piece.name, nodes, operands, outputs, one.formula, one.latex)
        pieces.append(replace(piece, warning=leaves_doubles(one), terms=terms, places=one.places))
    return tuple(pieces)


def _made(values: list[Value]) -> dict[Value, int]:
    """How many were made before each."""
    return {v: k for k, v in enumerate(sorted(values, key=lambda v: v._serial))}


def _node(
    index: int,
    v: Value,
    position: dict[Value, int],
    derivative: float,
    naming: Naming,
    made: int,
    scope: tuple[str, ...] | None,
) -> Node:
    grad = v.grad if v.has_grad else None
    return Node(
        index=index,
        label=naming.labels.get(v, ""),
        role=v.role,
        op=v.op,
        constant=v.constant,
        data=v.data,
        grad=grad,
        is_derivative=grad is not None and math.isclose(grad, derivative, rel_tol=1e-9, abs_tol=1e-300),
        scope=scope or scope_path(v.scope),
        parents=tuple(position[parent] for parent in v.parents),
        partials=v.partials,
        name=naming.texts[v],
        abridged=naming.abridged.get(v, ()),
        number=naming.numbers.get(v, 0),
        inside=naming.inside[v],
        mark=naming.marks.get(v, 0),
        warning=warned.get(v, ""),
        is_short=v in naming.shorts,
        made=made,
    )
