"""Operations with their operands, in LaTeX also without brackets: ``\\cos ab`` is that of the product."""

from __future__ import annotations

import re

from ...base.phrases import Phrase, say
from ...ops import TABLE
from .names import operation_name
from .primes import Primes
from .printing import text
from .tokens import Token
from .trees import Call, Power, Tree, product

__all__ = ["Calls"]

MORE = ("name", "number", "frac", "sqrt")
"""What may be meant as one more factor of an operand that is a fraction or a root."""


_SPACE = re.compile(r"\\[,:; ]|~|\\q?quad")
"""Space that was typed between factors, as between the operand and the next factor."""


class Calls(Primes):
    """Reads what follows the name of an operation."""

    notes: tuple[Phrase, ...] = ()
    """How operands without brackets were read, where they are products."""

    def raised(self, base: Tree, depth: int) -> Tree:
        """What a reader makes of a base and the exponent that may follow."""
        raise NotImplementedError

    def script(self, depth: int) -> Tree:
        """What a reader makes of an exponent."""
        raise NotImplementedError

    def primary(self, depth: int) -> Tree:
        """What a reader makes of an operand."""
        raise NotImplementedError

    def call(self, called: str, name: Token, depth: int) -> Tree:
        """An operation with its operands; in LaTeX a power may stand before them, and brackets may be
        missing.
        """
        position, exponent = self.peek().position, None
        if self.text.latex and self.skip("^"):
            exponent = self.script(depth + 1)
            if text(exponent) == "-1":
                either = f"{name.text}^-1 may be the inverse function or one over {name.text}"
                self.fail(f"{either}: write the one that is meant, such as 1/{name.text}(...)", position)
        bare = self.peek().kind != "("
        if bare:
            operands = [self.bare(name, depth + 1)]
        else:
            self.take()
            operands = [self.expression(depth + 1)]
            while self.skip(","):
                operands.append(self.expression(depth + 1))
            if not self.skip(")"):
                self.fail("this '(' is never closed", position)
        arity = TABLE[called].arity
        if len(operands) != arity:
            self.fail(f"{called} takes {arity} operand{'s' * (arity > 1)}, got {len(operands)}", position)
        tree: Tree = Call(called, tuple(operands))
        tree = tree if exponent is None else Power(tree, exponent)
        if bare and self.product_was_read:
            typed = " ".join(self.text.text[name.position : self.peek().position].split())
            self.notes += (say("{typed} is read as {meant}", typed=typed.rstrip("\\,;"), meant=text(tree)),)
        self.product_was_read = False
        return tree

    product_was_read = False

    def bare(self, name: Token, depth: int) -> Tree:
        """An operand without brackets: all plain names and numbers side by side, as textbooks mean it."""
        self.product_was_read = False
        if not self.is_plain():
            begins = self.peek().kind
            operand = self.primary(depth)
            if begins in ("frac", "sqrt") and self.peek().kind in MORE and not self.is_derivative():
                self.ambiguous(name)
            self.product_was_read = False
            return operand
        factors: list[tuple[int, Tree]] = []
        while self.is_plain() and not (factors and self.is_exponential()):
            between = self.text.text[self.tokens[self.next - 1].position : self.peek().position]
            if factors and _SPACE.search(between):
                self.ambiguous(name)
            factors.append((1, self.raised(self.primary(depth), depth)))
        after = self.peek().kind
        if after in ("/", "sqrt") or (after == "frac" and not self.is_derivative()):
            self.ambiguous(name)
        self.product_was_read = len(factors) > 1
        return product(factors) if len(factors) > 1 else factors[0][1]

    def ambiguous(self, name: Token) -> None:
        self.fail(
            f"where the operand of {name.text} ends may be read in two ways: put it in brackets",
            self.peek().position,
        )

    def is_plain(self) -> bool:
        """Whether a number or the name of a node or a constant is next."""
        token = self.peek()
        if token.kind != "name":
            return token.kind == "number"
        return self.means(token.text, token) is not None or operation_name(token.text) is None

    def is_exponential(self) -> bool:
        """Whether a power of Euler's number is next, a function of its own."""
        raised = self.tokens[self.next + 1].kind in ("^", "raised")
        return raised and self.peek().text == "e" and self.means("e") is None

    def is_derivative(self) -> bool:
        """Whether the fraction that is next is a derivative, which is a factor of its own."""
        inner = [token.kind for token in self.tokens[self.next + 1 : self.next + 3]]
        first = self.tokens[self.next + 2] if len(inner) > 1 else self.tokens[-1]
        return inner[:1] == ["{"] and (
            first.kind == "partial" or (first.kind == "name" and first.text == "d")
        )
