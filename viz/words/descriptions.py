"""What a picture says of each box and arrow to those who point at it or cannot see it, unabridged."""

from __future__ import annotations

from collections.abc import Sequence

from microgrid.base.phrases import said, speaker
from microgrid.pieces import TABLE as PIECES

from ..graph.folding import Known, Unit, gradient_norm, known_data
from ..graph.trace import Edge, Node, Trace
from . import notation
from .numbers import Numbers
from .scope_texts import norm_of
from .unit_texts import texts_of

__all__ = ["Words", "exact"]

MOST_TOLD, MOST_VALUES = 300, 8
"""Boxes of a picture, and values of a scope, that are read aloud: nobody hears the end of longer lists."""
LONGEST_SUM = 300
"""Characters of a sum that is read aloud, for the same reason."""


class Words:
    """Speaks of the nodes of one trace, in one language."""

    def __init__(self, trace: Trace, numbers: Numbers, lang: str = "en", show: str = "all") -> None:
        self._trace = trace
        self._numbers = numbers
        self._say, self._lang = speaker(lang), lang
        self._show = show
        self._texts = texts_of(trace, numbers)

    def heading(self, node: Node) -> str:
        """What a node is called: ``z = w · x``, or its role where it has no name; a piece's result by the
        textbook's formula."""
        for piece in self._trace.pieces:
            if piece.outputs == (node.index,):
                return self._texts.piece(Unit(piece.nodes, piece=piece.name)).lines(general=True)[-1]
        return notation.equation(self._trace, node, self._numbers) or self._role(node)

    def _role(self, node: Node) -> str:
        return self._say("operation" if node.role == "op" else node.role)

    def tooltip(self, unit: Unit) -> str:
        """A line for each fact about a box that is no scope's: name and role, value, gradient, scope."""
        if self._is_several(unit):
            return "\n".join([self.title(unit), *self._facts_of_several(unit)])
        return self.facts(self._trace.nodes[unit.last], self.title(unit))

    def title(self, unit: Unit) -> str:
        """What such a box is called and its role: ``z = w · x, operation``."""
        name, kind = self._formula(unit), self._kind(unit)
        if unit.kind == "piece" and (warning := self._texts.piece(unit).warning):
            kind = f"{kind}, {said(warning, self._lang)}"
        return ", ".join(dict.fromkeys((name or kind, kind)))

    def _kind(self, unit: Unit) -> str:
        """The role of a node; a piece's name; of a sum, that it is one."""
        if unit.kind == "piece":
            return said(PIECES[unit.piece].title, self._lang)
        return self._say("sum") if unit.kind == "sum" else self._role(self._trace.nodes[unit.last])

    def _is_several(self, unit: Unit) -> bool:
        return unit.kind == "piece" and len(self._texts.outputs(unit)) > 1

    def _facts_of_several(self, unit: Unit) -> list[str]:
        """Of a piece that has several results: their values, their gradients, and why no arrow to it has a
        number."""
        say, nodes = self._say, [self._trace.nodes[i] for i in self._texts.outputs(unit)]
        facts: list[str] = []
        if self._show != "structure":
            facts.append(self._values([node.data for node in nodes], len(nodes)))
        if self._show == "all":
            grads = [node.grad for node in nodes if node.grad is not None]
            if len(grads) < len(nodes):
                facts.append(say("gradient not computed"))
            else:
                facts.append(say("gradients {xs}", xs=", ".join(map(exact, grads))))
            many = "each arrow to it stands for a derivative of its {n:,} results each"
            facts.append(say(many, n=len(nodes)))
        return facts

    def _formula(self, unit: Unit) -> str:
        if unit.kind == "piece":
            return ", ".join(self._texts.piece(unit).lines(general=True))
        return self._texts.formula(unit, LONGEST_SUM if unit.kind == "sum" else None)

    def facts(self, node: Node, title: str, known: bool = True) -> str:
        """A line for each fact; a value that is not `known` yet is not given away."""
        say, parts = self._say, [title]
        if self._show != "structure":
            parts.append(say("value {x}", x=exact(node.data)) if known else say("value not computed"))
        if self._show == "all" and node.role != "constant":
            gradient = node.grad
            parts.append(
                say("gradient not computed") if gradient is None else say("gradient {x}", x=exact(gradient))
            )
        if node.scope:
            parts.append(say("in {scope}", scope=self._trace.scope_name(node.scope, self._lang)))
        return "\n".join(parts)

    def sentence(self, units: Sequence[Unit]) -> str:
        """What a picture of these units shows, read aloud."""
        count = len(self._trace.nodes)
        shown = sum(len(unit.nodes) for unit in units)
        facts = "; ".join(
            self._clause(unit)
            if unit.scope is None
            else self.scope(unit, self._texts.outputs(unit)).replace("\n", ", ")
            for unit in units[:MOST_TOLD]
        )
        if len(units) > MOST_TOLD:
            facts = self._say("{facts}; and {n:,} more", facts=facts, n=len(units) - MOST_TOLD)
        if shown < count:
            whole = "A computational graph of {n:,} nodes, {shown:,} of them shown: {facts}."
            return self._say(whole, n=count, shown=shown, facts=facts)
        if count == 1:
            return self._say("A computational graph of 1 node: {facts}.", facts=facts)
        return self._say("A computational graph of {n:,} nodes: {facts}.", n=count, facts=facts)

    def unit(self, unit: Unit) -> str:
        """What a box is called."""
        if unit.scope is not None:
            return self._trace.scope_name(unit.scope, self._lang)
        node = self._trace.nodes[unit.last]
        return node.label or self._formula(unit) or self._role(node)

    def scope(
        self, unit: Unit, used: Sequence[int], data: Known | None = None, grads: Known | None = None
    ) -> str:
        """A line for each fact about a folded scope: name and size, values, gradient; of these what `data`
        and `grads` know, if they are given."""
        say, name = self._say, self._trace.scope_name(unit.scope or (), self._lang)
        known = known_data(self._trace, used, data)
        count = len(unit.nodes)
        size = "scope {scope}, collapsed: 1 node" if count == 1 else "scope {scope}, collapsed: {n:,} nodes"
        parts = [say(size, scope=name, n=count)]
        if self._show == "structure":
            return parts[0]
        if known:
            parts.append(
                self._values(known, len(used)) if len(used) > 1 else say("value {x}", x=exact(known[0]))
            )
        else:
            parts.append(say("values not computed" if len(used) > 1 else "value not computed"))
        if self._show == "values":
            return "\n".join(parts)
        norm = gradient_norm(self._trace, unit, used, grads)
        if norm is None:
            parts.append(say("gradient not computed"))
        else:
            what = norm_of(self._trace, unit, used, say, grads)
            parts.append(say("norm of the gradient of {what}: {x}", what=what, x=exact(norm)))
        return "\n".join(parts)

    def _values(self, known: Sequence[float], count: int) -> str:
        """The first of so many values."""
        first = known[:MOST_VALUES]
        more = count - len(first)
        several = "values {xs} and {n:,} more" if more > 0 else "values {xs}"
        return self._say(several, xs=", ".join(map(exact, first)), n=more)

    def _clause(self, unit: Unit) -> str:
        say, node = self._say, self._trace.nodes[unit.last]
        subject = f"{self._kind(unit)} {self._formula(unit)}".rstrip()
        if node.scope:
            subject = say(
                "{subject} in {scope}", subject=subject, scope=self._trace.scope_name(node.scope, self._lang)
            )
        if self._is_several(unit):
            return ", ".join([subject, *self._facts_of_several(unit)])
        if self._show == "structure":
            return subject
        if node.role == "constant" or self._show == "values":
            return say("{subject} has value {x}", subject=subject, x=exact(node.data))
        gradient = say("no gradient yet") if node.grad is None else say("gradient {x}", x=exact(node.grad))
        return say(
            "{subject} has value {x} and {gradient}", subject=subject, x=exact(node.data), gradient=gradient
        )

    def slope(self, tail: Unit, head: Unit, edges: Sequence[Edge], slope: float) -> str:
        """Of what a box computes with respect to what comes from another."""
        if head.kind == "scope":
            text = "derivative of {result} with respect to {operand}: {x}"
            operand = self.unit(tail)
        else:
            node = self._trace.operand(edges[0])
            text = "local derivative of {result} with respect to {operand}: {x}"
            operand = node.label or (self.unit(tail) if node.index == tail.last else self.heading(node))
        return self._say(text, result=self.unit(head), operand=operand, x=exact(slope))


def exact(x: float) -> str:
    """A number with all its digits."""
    return Numbers(precision=17, minus="-")(x) if x.is_integer() else repr(x)
