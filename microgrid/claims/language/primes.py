"""Derivatives that a prime marks: σ′(z) of an operation, y′ and φ′(z) of a node."""

from __future__ import annotations

from ...base.messages import short
from ...engine import Value
from ...graph import order
from ...ops import TABLE
from .cursor import Cursor
from .tokens import Token
from .trees import Node, Rate, Slope, Tree

__all__ = ["Primes"]


class Primes(Cursor):
    """Reads what follows a name with primes."""

    def expression(self, depth: int) -> Tree:
        """What a reader makes of an expression."""
        raise NotImplementedError

    def primed(self, token: Token, node: Value | None, called: str | None, primes: int, depth: int) -> Tree:
        """σ′(z), the derivative of an operation there, or y′, that of a node with one variable."""
        if node is None and called:
            if primes > 1 or TABLE[called].arity > 1 or self.peek().kind != "(":
                self.fail("the derivative of an operation is written as in sigmoid'(z)", token.position)
            self.take()
            operand = self.expression(depth + 1)
            if not self.skip(")"):
                self.fail("the '(' after a derivative is never closed", token.position)
            return Slope(called, operand)
        if node is None:
            raise self.names.unknown(token.text, self.text.text, token.position)
        if (at := self.argument()) is not None:
            return self.at(node, at, token, primes)
        self.own_arguments(node, take=True)
        variables = self.names.variables(node)
        if len(variables) != 1 or primes > 2:
            what = (
                "once or twice"
                if primes > 2
                else f"by one of {len(variables)} variables: write ∂{token.text}/∂..."
            )
            self.fail(f"{token.text}′ is a derivative {what}", token.position)
        by = Node(variables[0], self.names.named[variables[0]])
        return Rate(Node(node, token.text), (by,) * primes)

    def argument(self) -> Node | None:
        """The one name in brackets that follows, as z in φ′(z), if it is that of a node."""
        kinds = [token.kind for token in self.tokens[self.next : self.next + 3]]
        if kinds != ["(", "name", ")"] or self.means(self.tokens[self.next + 1].text) is None:
            return None
        name = self.tokens[self.next + 1]
        self.next += 3
        found = self.means(name.text, name)
        return None if found is None else self.called(found, name)

    def at(self, node: Value, operand: Node, token: Token, primes: int) -> Tree:
        """φ′(z): the derivative of the operation that a node is, or of the node by a node below it."""
        row = TABLE.get(node.op)
        if primes == 1 and node.parents == (operand.node,) and row is not None and row.arity == 1:
            return Slope(node.op, operand)
        if operand.node not in order(node) or operand.node is node or primes > 2:
            where = node.op if node.op in TABLE else token.text
            text = f"{token.text} is not computed from {short(operand.name)}: write {where}'({operand.name})"
            self.fail(f"{text}, or the derivative that is meant as ∂{token.text}/∂...", token.position)
        return Rate(Node(node, token.text), (operand,) * primes)
