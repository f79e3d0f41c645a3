"""derive(): the derivation of a derivative as a lecture writes it: the chain, each link, then the numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..base.deadline import one_at_a_time
from ..base.messages import short
from ..base.phrases import LANG, Phrase, said, say
from ..engine import Value
from ..errors import GraphError
from ..graph import depends, path_count, paths
from .algebra.points import evaluate
from .algebra.terms import Term
from .check import named_nodes
from .formulas import tree_of
from .language.names import Names
from .language.printing import latex, latex_rate, text
from .language.trees import Node, Number, Rate, Sum, Tree
from .meaning import Graph, as_written

__all__ = ["Derivation", "Derivations", "Link", "derive"]

MOST_PATHS = 6
"""Paths that are written out as products; of more, the backward pass is written node by node."""


@dataclass(frozen=True)
class Link:
    """A local derivative: of one node by another, as a formula and as a number, if values are given."""

    rate: Rate
    tree: Tree
    number: float | None


@dataclass(frozen=True)
class Derivation:
    """One derivative: a sum of products of links.

    Each is a chain from the result to the variable; where there are too many paths, its first link is a
    derivative that a derivation before it has found.
    """

    rate: Rate
    chains: tuple[tuple[Link, ...], ...]
    value: float | None

    @property
    def is_alone(self) -> bool:
        """Whether it is one local derivative, which nothing multiplies."""
        return len(self.chains) == 1 and len(self.chains[0]) == 1

    def is_direct(self, link: Link) -> bool:
        """Whether a link is the step from the variable to the result beside which there are other paths."""
        return len(self.chains) > 1 and link.rate == self.rate

    def lines(self, lang: str = "en") -> list[str]:
        """The chain, with formulas in place of its links, then with numbers."""
        name = _rate(self.rate)
        if not self.chains:  # of the result by itself
            return [f"{name} = 1"]
        mark = f"({said(say('direct'), lang)})"
        named = [[_rate(k.rate) + mark * self.is_direct(k) for k in chain] for chain in self.chains]
        factor = _dotted if self.is_alone else _factor
        rows = [_sum(named), _sum([[factor(link.tree) for link in chain] for chain in self.chains])]
        if self.value is not None:
            rows.append(_sum([[_number(link.number) for link in chain] for chain in self.chains]))
            rows[-1] += (
                f" = {_number(self.value, alone=True)}" if rows[-1] != _number(self.value, True) else ""
            )
        shown = list(dict.fromkeys(row for row in rows if row != name))
        return [f"{name} = {shown[0]}", *(f"{' ' * len(name)} = {row}" for row in shown[1:])] if shown else []

    def latex_link(self, link: Link) -> str:
        written = latex_rate(link.rate)
        return rf"\left.{written}\right|_{{\text{{direct}}}}" if self.is_direct(link) else written

    def latex_rows(self) -> list[str]:
        if not self.chains:
            return [f"{latex_rate(self.rate)} &= 1"]
        factor = latex if self.is_alone else _latex
        rows = [" + ".join(" \\cdot ".join(self.latex_link(link) for link in c) for c in self.chains)]
        rows.append(" + ".join(" \\cdot ".join(factor(link.tree) for link in c) for c in self.chains))
        if self.value is not None:
            numbers = " + ".join(" \\cdot ".join(_number(link.number) for link in c) for c in self.chains)
            value = _number(self.value, alone=True)
            rows.append(numbers if numbers == value else f"{numbers} = {value}")
        rows = list(dict.fromkeys(row for row in rows if row != latex_rate(self.rate)))
        return [f"{latex_rate(self.rate)} &= {rows[0]}", *(f"&= {row}" for row in rows[1:])]


@dataclass(frozen=True)
class Derivations:
    """What `derive` writes: the links that are used, then each derivative; as text or as LaTeX."""

    links: tuple[Link, ...]
    steps: tuple[Derivation, ...]
    conventions: tuple[Phrase, ...] = ()
    """What is said of kinks where numbers are a convention."""

    def __str__(self) -> str:
        return self.text()

    def text(self, lang: str = LANG) -> str:
        """The local derivatives, then each chain with its formulas and its numbers."""
        mark = f"({said(say('direct'), lang)})"
        rates = {step.rate for step in self.steps}
        told = [said(say("the local derivatives"), lang)] if self.links else []
        for link in self.links:
            told.append(f"  {_rate(link.rate)}{mark * (link.rate in rates)} = {_dotted(link.tree)}")
        told.append(said(say("the chain rule"), lang))
        told += [f"  {line}" for step in self.steps for line in step.lines(lang)]
        return "\n".join([*told, *(said(text, lang) for text in self.conventions)])

    def latex(self) -> str:
        """The same as an align* environment."""
        direct = {k.rate: step for step in self.steps for c in step.chains for k in c if step.is_direct(k)}
        shown = {
            k: direct[k.rate].latex_link(k) if k.rate in direct else latex_rate(k.rate) for k in self.links
        }
        rows = [f"{shown[link]} &= {latex(link.tree)}" for link in self.links]
        rows += [row for step in self.steps for row in step.latex_rows()]
        return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


def derive(
    y: Value | Mapping[str, Value], by: str | Value | Iterable[str | Value], *, given: bool = True
) -> Derivations:
    """Write out the derivative of y by some of its nodes, as a lecture would.

    A derivative along few paths is a sum of products of local derivatives, one product for each path; where
    there are more, the backward pass is written node by node.  A sigmoid's slope is h(1 - h) in terms of its
    result.  With `given=False` no numbers are written.  GraphError for a node that y does not depend on.

    >>> from microgrid import parse
    >>> nodes = parse("z = w*x; yhat = z + b; e = yhat - y; L = e**2", w=2, b=1, x=3, y=9)
    >>> print(derive(nodes, "w"))
    the local derivatives
      ∂L/∂e = 2·e
      ∂e/∂yhat = 1
      ∂yhat/∂z = 1
      ∂z/∂w = x
    the chain rule
      ∂L/∂w = ∂L/∂e · ∂e/∂yhat · ∂yhat/∂z · ∂z/∂w
            = 2·e · 1 · 1 · x
            = (-4) · 1 · 1 · 3 = -12
    """
    keys, root = named_nodes(y)
    names = Names([root, *keys.values()], keys | ({} if root.label else {"result": root}))
    things = [by] if isinstance(by, str | Value) else list(by)
    with one_at_a_time:
        author = _Author(Graph(names), root, given)
        steps = [step for thing in things for step in author.derivations(author.find(thing))]
        used = {id(link): link for step in steps for chain in step.chains for link in chain}
        found = {step.rate for step in steps}
        direct = {id(k) for step in steps for chain in step.chains for k in chain if step.is_direct(k)}
        links = {k.rate: k for k in used.values() if k.rate not in found or id(k) in direct}
        return Derivations(
            tuple(links.values()),
            tuple(dict.fromkeys(steps)),
            author.conventions(step.rate.by[0].node for step in steps),
        )


class _Author:
    """Writes the derivations of one graph."""

    def __init__(self, graph: Graph, root: Value, given: bool) -> None:
        self.graph, self.root, self.given = graph, root, given
        self.links: dict[tuple[Value, Value], Link] = {}
        self.point = {
            graph.of[v]: as_written(v.data)
            for v in graph.names.nodes
            if graph.of[v].kind == "symbol" and v.data - v.data == 0
        }

    def conventions(self, below: Iterable[Value]) -> tuple[Phrase, ...]:
        """Of each operation at a kink between these and the result, what its slope is taken to be there."""
        told = []
        way = set(depends(self.graph.names.nodes, below)) if self.given else set()
        for v in self.graph.names.nodes:
            if v in way and v._row is not None and self.is_at_kink(v) and path_count(self.root, v):
                term = self.graph.of[v]
                formula = tree_of(term.args[0] if term.kind == "name" else term, self.graph.names)
                called = v.op if formula is None else text(formula)
                line = "{formula} has no derivative here; by convention it is {convention}"
                told.append(say(line, formula=called, convention=say(v._row.convention)))
        return tuple(told)

    @staticmethod
    def is_at_kink(v: Value) -> bool:
        row = v._row
        if row is None or row.kink == "False":
            return False
        constant = () if v.constant is None else (v.constant,)
        return bool(row.bind("kink")(*(parent.data for parent in v.parents), *constant))

    def find(self, thing: str | Value) -> Value:
        names = self.graph.names
        v = thing if isinstance(thing, Value) else names.find(thing)
        if v is None:
            raise names.unknown(str(thing), "", 0)
        if v not in names.named or v not in names.nodes:
            raise GraphError("derive takes nodes of the graph that have names: give this one a label")
        if not path_count(self.root, v):
            raise GraphError(f"the result does not depend on {short(names.named[v])}")
        return v

    def derivations(self, v: Value) -> list[Derivation]:
        if path_count(self.root, v) <= MOST_PATHS or v is self.root:
            named = self.graph.names.named
            ways = {
                tuple(u for u in path.nodes if u in named or u is self.root) for path in paths(self.root, v)
            }
            every = sorted(ways, key=lambda way: [self.graph.names.nodes.index(u) for u in way])
            chains = [
                tuple(self.link(way[k], way[k - 1]) for k in range(len(way) - 1, 0, -1)) for way in every
            ]
            return [self.derivation(v, [chain for chain in chains if chain])]
        return [self.derivation(u, self.uses(u)) for u in self.between(v)]

    def between(self, v: Value) -> list[Value]:
        """The named nodes that the result is computed from and that depend on v, from the result down."""
        nodes = [u for u in self.graph.names.nodes if u in self.graph.names.named]
        way = depends(self.graph.names.nodes, [v])
        return [u for u in reversed(nodes) if u in way and u is not self.root and path_count(self.root, u)]

    def uses(self, v: Value) -> list[tuple[Link, ...]]:
        """One step of the backward pass: the derivative by each node that uses v, times the link to it."""
        chains = []
        for u in self.graph.names.nodes:
            stands = u in self.graph.names.named or u is self.root
            if u is not v and stands and v in self.graph.below(u) and path_count(self.root, u):
                first = () if u is self.root else (self.total(u),)
                chains.append((*first, self.link(u, v)))
        return chains

    def derivation(self, v: Value, chains: list[tuple[Link, ...]]) -> Derivation:
        rate = Rate(self.node(self.root), (self.node(v),))
        return Derivation(rate, tuple(chains), self.number(self.graph.total(self.root, v), self.root, v))

    def link(self, above: Value, below: Value) -> Link:
        if (above, below) not in self.links:
            term = self.graph.local(above, below)
            rate = Rate(self.node(above), (self.node(below),))
            tree = tree_of(term, self.graph.names) or rate
            self.links[above, below] = Link(rate, tree, self.number(term, above, below))
        return self.links[above, below]

    def total(self, v: Value) -> Link:
        """The derivative of the result by a node, which a step before has found."""
        rate = Rate(self.node(self.root), (self.node(v),))
        return Link(rate, rate, self.number(self.graph.total(self.root, v), self.root, v))

    def node(self, v: Value) -> Node:
        return Node(v, self.graph.names.named.get(v, "result"))

    def number(self, term: Term, above: Value, below: Value) -> float | None:
        """The value of a derivative; at a kink, the engine's convention."""
        if not self.given:
            return None
        value = evaluate([term], self.point)[0]
        return self.recorded(above, below) if value is None else float(value)

    def recorded(self, above: Value, below: Value) -> float:
        """The sum over the paths of the partials that were recorded: all paths from the root, otherwise those
        of one step."""
        found = {above: 1.0}
        for v in reversed(self.graph.names.nodes):
            is_end = v is not above and v in self.graph.names.named and above is not self.root
            if v is below or is_end or v not in found:
                continue
            for parent, partial in zip(v.parents, v.partials, strict=True):
                found[parent] = found.get(parent, 0.0) + found[v] * partial
        return found.get(below, 0.0)


# ---------------------------------------------------------------- how it is written


def _rate(rate: Rate) -> str:
    return f"∂{rate.of.name}/∂{rate.by[0].name}"


def _dotted(tree: Tree) -> str:
    return _rate(tree) if isinstance(tree, Rate) else text(tree).replace("*", "·")


def _factor(tree: Tree) -> str:
    """A link's formula as one of several factors."""
    loose = isinstance(tree, Sum) or (isinstance(tree, Number) and tree.value < 0)
    return f"({_dotted(tree)})" if loose else _dotted(tree)


def _latex(tree: Tree) -> str:
    loose = isinstance(tree, Sum) or (isinstance(tree, Number) and tree.value < 0)
    return rf"\left({latex(tree)}\right)" if loose else latex(tree)


def _number(x: float | None, alone: bool = False) -> str:
    if x is None:
        return "?"
    written = str(int(x)) if x == int(x) and abs(x) < 1e15 else f"{x:.4g}"
    return f"({written})" if x < 0 and not alone else written


def _sum(products: list[list[str]]) -> str:
    return " + ".join(" · ".join(factors) for factors in products)
