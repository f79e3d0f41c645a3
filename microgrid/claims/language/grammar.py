"""Tokens to claims: one grammar for our own notation, Unicode and LaTeX, which differ in their tokens alone.

claim:       derivative = expression, or  name <- expression
expression:  + - * / ^ (or **), a sign, brackets, numbers, names, derivatives, operations; where factors
may stand
             side by side (Unicode and LaTeX) they multiply, from left to right like * and /
derivative:  dA/dB and ∂A/∂B, d^2A/dB^2, d^2A/(dB dC), \\frac of these; y′ of a node with one variable; σ′(z)
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import NoReturn

from ...base.messages import short
from ...errors import ExpressionError
from .calls import Calls
from .cursor import Indexed
from .names import ETA, Names, operation_name
from .tokens import Token, plain_letters, tokens
from .trees import Call, Claim, Node, Number, Power, Rate, Sum, Symbol, Tree, negative, product

__all__ = ["read"]

MAX_NESTING = 50
MAX_PARTS = 12_000
"""Numbers, names and derivatives of a claim."""
MOST_FACTORS = 300
"""Of one product; the longest paths of graphs that are drawn have fewer."""
MOST_INSTANCES = 100
"""Numbers for which a claim with letter indices is judged."""


def read(text: str, names: Names) -> list[Claim]:
    """The claims that a text makes: one, or one for each number that its letter indices stand for.

    ExpressionError, with the place, for what cannot be read.
    """
    cut = tokens(text)
    reader = _Reader(cut, names, {})
    try:
        return [reader.claim()]
    except Indexed:
        pass
    used = {pair for token in cut.tokens if token.kind == "name" for pair in _pairs(token.text, names)}
    found = []
    for values in names.choices(used):
        index = ", ".join(f"{letter} = {number}" for letter, number in values.items())
        claim = _Reader(cut, names, values).claim()
        found.append(replace(claim, text=text, index=index))
        if len(found) >= MOST_INSTANCES:
            break
    if not found:
        called = ", ".join(sorted(f"{base}_{letters}" for base, letters in used))
        raise ExpressionError(f"for no number do all of {called} exist", text, 0)
    return found


def _pairs(name: str, names: Names) -> list[tuple[str, str]]:
    """The names with letter indices in a token, which may have a d before it."""
    found = names.indexed(name) or (names.indexed(name[1:]) if name[:1] == "d" and len(name) > 1 else None)
    return [found] if found else []


class _Reader(Calls):
    """Reads one claim, token by token; recursion is bounded by MAX_NESTING."""

    parts = 0
    bars = 0
    """Absolute values that are open: the next | closes one."""

    def claim(self) -> Claim:
        if self.peek().kind == "end":
            self.fail("the claim is empty: write one such as dL/dw = 2*e*x")
        start = self.peek()
        left = self.primary(0)
        if self.skip("<-"):
            if not isinstance(left, Node):
                self.fail("only a node is updated, as in w <- w - eta*dL/dw", start.position)
        else:
            if isinstance(left, Node) and self.peek().kind == "=":
                example = f"d{left.name}/dw"
                self.fail(
                    f"a claim is about a derivative, such as {example} = ..., or an update, w <- ...",
                    start.position,
                )
            if not isinstance(left, Rate):
                self.fail(
                    "a claim begins with a derivative, as in dL/dw = 2*e*x, or with a node and <-",
                    start.position,
                )
            if not self.skip("="):
                self.fail("after the derivative a claim has '=' and what it is said to be")
        right = self.expression(0)
        after = self.peek()
        if after.kind == "=":
            self.fail("a claim has one '=': write each equality as a claim of its own")
        if after.kind != "end":
            self.misplaced(after)
        return Claim(self.text.text, left, right, notes=tuple(dict.fromkeys(self.notes)))

    def misplaced(self, token: Token) -> NoReturn:
        if token.kind in (")", "}"):
            self.fail(f"{token.text!r} without a bracket before it that it closes", token.position)
        if token.kind in ("name", "number", "(", "partial"):
            self.fail(
                f"missing operator before {short(token.text)}; a product is written with *", token.position
            )
        self.fail(f"expected an operator before {short(token.text)}", token.position)

    def expression(self, depth: int) -> Tree:
        if depth > MAX_NESTING:
            self.fail(f"more than {MAX_NESTING} brackets, signs or powers inside one another")
        sign = 1
        while self.peek().kind in ("+", "-"):
            sign *= -1 if self.take().kind == "-" else 1
        addends = [(sign, self.term(depth))]
        while self.peek().kind in ("+", "-"):
            sign = -1 if self.take().kind == "-" else 1
            addends.append((sign, self.term(depth)))
        return addends[0][1] if len(addends) == 1 and addends[0][0] > 0 else Sum(tuple(addends))

    def term(self, depth: int) -> Tree:
        factors = [(1, self.factor(depth))]
        while len(factors) <= MOST_FACTORS:
            kind = self.peek().kind
            if kind in ("*", "/"):
                self.take()
                factors.append((1 if kind == "*" else -1, self.factor(depth)))
            elif (
                self.text.juxtaposed and kind in ("name", "number", "(", "partial", "frac", "sqrt", "{")
            ) or (self.text.juxtaposed and kind == "|" and not self.bars):
                factors.append((1, self.factor(depth)))
            else:
                return product(factors) if len(factors) > 1 else factors[0][1]
        raise ExpressionError(
            f"a product has at most {MOST_FACTORS} factors", self.text.text, self.peek().position
        )

    def factor(self, depth: int) -> Tree:
        if depth > MAX_NESTING:
            self.fail(f"more than {MAX_NESTING} brackets, signs or powers inside one another")
        if self.peek().kind in ("+", "-"):
            sign = self.take().kind
            inner = self.factor(depth + 1)
            return negative(inner) if sign == "-" else inner
        return self.raised(self.primary(depth), depth)

    def raised(self, base: Tree, depth: int) -> Tree:
        """The base with the exponent that follows; e without a node of that name is exp."""
        token = self.peek()
        if token.kind == "raised":
            self.take()
            if not token.text.lstrip("+-").isdigit():
                self.fail("a small raised exponent is a whole number", token.position)
            return Power(base, Number(Fraction(int(token.text))))
        if not self.skip("^"):
            return Call("exp", (Number(Fraction(1)),)) if base == Symbol("e") else base
        exponent = self.script(depth + 1)
        return Call("exp", (exponent,)) if base == Symbol("e") else Power(base, exponent)

    def script(self, depth: int) -> Tree:
        """What stands after ^: in LaTeX a group or one token, otherwise a factor, so that powers group to
        the right.
        """
        if self.peek().kind == "{":
            return self.group(depth)
        if self.text.latex and self.peek().kind not in ("+", "-"):
            return self.primary(depth)
        return self.factor(depth)

    def group(self, depth: int) -> Tree:
        opened = self.take()
        if opened.kind != "{":
            self.fail("expected '{'", opened.position)
        inner = self.expression(depth + 1)
        if not self.skip("}"):
            self.unclosed(opened)
        return inner

    def unclosed(self, opened: Token) -> NoReturn:
        if self.peek().kind == "end":
            self.fail(f"this {opened.text!r} is never closed", opened.position)
        self.misplaced(self.peek())

    # ------------------------------------------------------------ operands

    def primary(self, depth: int) -> Tree:
        self.parts += 1
        if self.parts > MAX_PARTS:
            self.fail(f"a claim has at most {MAX_PARTS:,} numbers and names")
        token = self.peek()
        if token.kind == "number":
            self.take()
            return Number(Fraction(token.text))
        if token.kind == "(":
            self.take()
            before, self.bars = self.bars, 0
            inner = self.expression(depth + 1)
            self.bars = before
            if not self.skip(")"):
                self.unclosed(token)
            return inner
        if token.kind == "|":
            return self.absolute(depth)
        if token.kind == "{":
            return self.group(depth)
        if token.kind == "partial":
            return self.derivative()
        if token.kind == "frac":
            return self.fraction(depth)
        if token.kind == "sqrt":
            self.take()
            return Call("sqrt", (self.script(depth + 1),))
        if token.kind == "name":
            return self.derivative() if self.is_differential(self.next, over=True) else self.name(depth)
        found = "the end" if token.kind == "end" else repr(token.text[:20])
        message = f"expected a number, a name or '(', found {found}"
        raise ExpressionError(message, self.text.text, token.position)

    def absolute(self, depth: int) -> Tree:
        """|x|; within brackets there another one may begin."""
        opened, before = self.take(), self.bars
        self.bars = 1
        inner = self.expression(depth + 1)
        self.bars = before
        if not self.skip("|"):
            self.unclosed(opened)
        return Call("abs", (inner,))

    def name(self, depth: int) -> Tree:
        token = self.take()
        node, called = self.means(token.text, token), operation_name(token.text)
        primes = 0
        while self.skip("prime"):
            primes += 1
        opens = self.peek().kind == "("
        if primes:
            return self.primed(token, node, called, primes, depth)
        if node is not None:
            if opens:
                if called:
                    text = f"{short(token.text)} is a node and an operation: give the node another name"
                    self.fail(text, token.position)
                if not self.own_arguments(node, take=True) and not self.text.juxtaposed:
                    self.fail(
                        f"{short(token.text)} is a node, and a product with it is written with *",
                        token.position,
                    )
            return self.called(node, token)
        if called and (opens or self.text.latex):
            return self.call(called, token, depth)
        if called:
            self.fail(f"{short(token.text)} is an operation: write {token.text}(...)", token.position)
        if token.text in ("pi", "π"):
            return Symbol("pi")
        if token.text == "e" and self.text.juxtaposed:
            return Symbol("e")
        if plain_letters(token.text) in ETA:
            return Symbol("eta")
        if token.text[0] in "ΣΠ":
            self.fail(f"{token.text[0]} is refused: write its terms one by one", token.position)
        raise self.names.unknown(token.text, self.text.text, token.position)

    def fraction(self, depth: int) -> Tree:
        self.take()
        if self.peek().kind != "{":
            above: Tree = self.primary(depth + 1)
            return product([(1, above), (-1, self.primary(depth + 1))])
        inner = self.tokens[self.next + 1]
        starts = inner.kind == "partial" or (
            inner.kind == "name"
            and inner.text == "d"
            and self.tokens[self.next + 2].kind in ("name", "^", "raised")
        )
        if not starts:
            above = self.group(depth)
            below = self.group(depth) if self.peek().kind == "{" else self.primary(depth + 1)
            return product([(1, above), (-1, below)])
        if inner.kind == "name" and self.means("d") is not None:
            self.fail("'d' is a node: write \\partial for the derivative", inner.position)
        self.take()
        of, times = self.differential()
        if not (self.skip("}") and self.skip("{")):
            self.fail("expected '}{' between the two parts of a derivative")
        by = self.by(times)
        if not self.skip("}"):
            self.fail("expected '}' after what is differentiated by")
        return Rate(of, by)
