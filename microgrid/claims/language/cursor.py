"""A place among the tokens of a claim: what its names mean there, and the derivatives that begin there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

from ...base.messages import short
from ...engine import Value
from ...errors import ExpressionError
from .names import Names, operation_name
from .tokens import Text, Token
from .trees import Node, Rate

__all__ = ["Cursor", "Indexed"]


class Indexed(Exception):
    """A letter index was met, and no numbers were chosen."""


class Cursor:
    """A place among the tokens of a claim, and what the names there mean."""

    def __init__(self, text: Text, names: Names, index: Mapping[str, int]) -> None:
        self.text, self.names, self.index = text, names, index
        self.tokens = self._split(text.tokens if text.latex else self._layered(text.tokens))
        self.next = 0

    def _layered(self, found: list[Token]) -> list[Token]:
        """With names such as w21^(1), which the layers of the library have, as one token where there are
        such.
        """
        joined: list[Token] = []
        k = 0
        while k < len(found):
            token, end = found[k], k + 1
            rest = ""
            if token.kind == "name" and found[k + 1].kind == "raised":
                number, closing, rest = found[k + 1].text.partition(")")
                number, end = number + closing, k + 2
            elif token.kind == "name" and [t.kind for t in found[k + 1 : k + 3]] == ["^", "("]:
                end = k + 3
                while found[end].kind in ("number", ","):
                    end += 1
                number = "".join(t.text for t in found[k + 2 : end + 1])
                end += found[end].kind == ")"
            if end > k + 1 and number.endswith(")") and self._is_known(name := f"{token.text}^{number}"):
                joined.append(Token("name", name, token.position))
                joined += [found[end - 1]._replace(text=rest)] if rest else []
                k = end
            else:
                joined.append(token)
                k += 1
        return joined

    def _split(self, found: list[Token]) -> list[Token]:
        """Where factors may stand side by side, a word that is no name may be several: wx, 2w₁x."""
        if not self.text.juxtaposed or self.text.latex:
            return found
        split: list[Token] = []
        for k, token in enumerate(found):
            pieces = [token]
            known = token.kind != "name" or operation_name(token.text) or self._is_known(token.text)
            if not known and found[k + 1].kind != "(":
                pieces = self._letters(token) or pieces
            split += pieces
        return split

    def _is_known(self, name: str) -> bool:
        """Whether a word is the name of a node, with a d before it or without."""
        words = [name, name[1:]] if name[0] == "d" and len(name) > 1 else [name]
        return any(self.names.find(word) is not None or self.names.indexed(word) for word in words)

    def _letters(self, token: Token) -> list[Token]:
        """The names of one letter and its number that a word consists of, if it does."""
        pieces: list[Token] = []
        k, word = 0, token.text
        while k < len(word):
            end = k + 1
            while end < len(word) and (word[end].isdigit() or word[end] == "_" or not word[end].isalnum()):
                end += 1
            if self.names.find(word[k:end]) is None:
                return []
            pieces.append(Token("name", word[k:end], token.position + k))
            k = end
        return pieces

    def own_arguments(self, node: Value, take: bool = False) -> bool:
        """Whether names in brackets follow that the node is computed from, as in φ(x); then they can be
        left out.
        """
        k = self.next
        if self.tokens[k].kind != "(":
            return False
        while True:
            name = self.tokens[k + 1] if k + 1 < len(self.tokens) else self.tokens[-1]
            if name.kind != "name" or not self.names.is_argument(name.text, node):
                return False
            k += 2
            if self.tokens[k].kind != ",":
                break
        if self.tokens[k].kind != ")":
            return False
        if take:
            self.next = k + 1
        return True

    # ------------------------------------------------------------ derivatives

    def is_differential(self, k: int, over: bool) -> bool:
        """Whether a derivative begins at a token: d before a node or a power, and a quotient."""
        token = self.tokens[k]
        if token.kind == "partial":
            return True
        if token.kind != "name" or token.text[0] != "d":
            return False
        if not over:
            return token.text == "d" or self.means(token.text[1:]) is not None
        if token.text == "d" and self.means("d") is None:
            return self.tokens[k + 1].kind in ("^", "raised", "name")
        if self.tokens[k + 1].kind != "/" or token.text == "d":
            return False
        bottom = self.tokens[k + 2]
        if bottom.kind == "(":
            bottom = self.tokens[k + 3]
        if bottom.kind != "name" or bottom.text[0] != "d":
            return False
        above, below = token.text[1:], bottom.text[1:]
        known = [self.means(above) is not None, self.means(below) is not None]
        nodes = [name for name in (token.text, bottom.text) if self.means(name) is not None]
        if all(known) and nodes:
            text = f"{short(nodes[0])} is a node: write ∂{above}/∂{below} for the derivative"
            self.fail(text, token.position)
        return not nodes and (any(known) or len(above) * len(below) == 1)

    def derivative(self) -> Rate:
        """∂A/∂B, where the next token is the first of it."""
        of, times = self.differential()
        if not self.skip("/"):
            self.fail("a derivative is written as a quotient, ∂A/∂B")
        bracket = self.skip("(")
        by = self.by(times)
        if bracket and not self.skip(")"):
            self.fail("expected ')' after what is differentiated by")
        return Rate(of, by)

    def differential(self) -> tuple[Node, int]:
        """What is differentiated, and how often."""
        token = self.take()
        if token.kind == "name" and token.text != "d":
            return self.node(Token("name", token.text[1:], token.position + 1)), 1
        return self.node_after(times := self.times(token)), times

    def times(self, token: Token) -> int:
        order = "1"
        if self.peek().kind == "raised":
            order = self.take().text
        elif self.skip("^"):
            braced = self.skip("{")
            order = self.take().text
            if braced and not self.skip("}"):
                self.fail("expected '}' after the order of a derivative")
        if order not in ("1", "2"):
            self.fail("a claim is about first and second derivatives", token.position)
        return int(order)

    def node_after(self, times: int) -> Node:
        token = self.take()
        if token.kind == "(" and self.peek().kind == "name":
            node = self.node(self.take())
            if not self.skip(")"):
                self.fail("what is differentiated is a node: give it a name", token.position)
            return node
        if token.kind != "name":
            self.fail("the name of a node has to follow here", token.position)
        return self.node(token)

    def by(self, times: int) -> tuple[Node, ...]:
        """What is differentiated by, `times` in all."""
        found: list[Node] = []
        while len(found) < times:
            token = self.take()
            if token.kind == "partial" or (token.kind == "name" and token.text == "d"):
                node = self.node_after(1)
            elif token.kind == "name" and token.text[0] == "d":
                node = self.node(Token("name", token.text[1:], token.position + 1))
            else:
                self.fail("below a derivative stands ∂ or d and a name", token.position)
            again = times > 1 and self.peek().kind in ("^", "raised")
            found += [node] * (self.times(token) if again else 1)
        if len(found) > times:
            self.fail("what is differentiated by has a higher order than the derivative")
        return tuple(found)

    def node(self, token: Token) -> Node:
        node = self.means(token.text, token)
        if node is None:
            raise self.names.unknown(token.text, self.text.text, token.position)
        if self.peek().kind == "(" and self.own_arguments(node):
            self.own_arguments(node, take=True)
        return self.called(node, token)

    def called(self, node: Value, token: Token) -> Node:
        """The node as the claim calls it; with numbers in place of letter indices."""
        own = self.names.find(token.text) is not None
        return Node(node, token.text if own else self.names.named.get(node, token.text))

    # ------------------------------------------------------------ tokens

    def means(self, name: str, token: Token | None = None) -> Value | None:
        """The node of a name, with the numbers that its letter indices stand for."""
        position = token.position if token else 0
        found = self.names.find(name, self.text.text, position)
        if found is None and (pair := self.names.indexed(name)):
            if not self.index:
                raise Indexed
            return self.names.with_index(*pair, self.index)
        return found

    def peek(self) -> Token:
        return self.tokens[self.next]

    def take(self) -> Token:
        token = self.tokens[self.next]
        self.next += token.kind != "end"
        return token

    def skip(self, kind: str) -> bool:
        there = self.peek().kind == kind
        self.next += there
        return there

    def fail(self, message: str, position: int | None = None) -> NoReturn:
        raise ExpressionError(message, self.text.text, self.peek().position if position is None else position)
