"""A row under given settings: straight lines without the conditions, and functions over floats and arrays.

What depends on settings and the number of the step alone is computed once a step, in Python's floats.  Both
functions take the same sums, products, quotients and roots in the same order, so they agree to the last bit;
powers, exponentials and logarithms of parameters may differ in it, which none of our rows has.
"""

from __future__ import annotations

import ast
import copy
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, cached_property
from itertools import repeat
from operator import truediv
from typing import Any

from ..base.formula import Vocabulary
from .rows import FUNCTIONS, Line, Row, built, call, lines, words
from .ufuncs import Writing, array_vocabulary

__all__ = ["Variant", "variant"]


def variant(row: Row, holds: tuple[bool, ...]) -> Variant:
    """The row where these of its conditions hold, made once."""
    if holds not in row.variants:
        row.variants[holds] = Variant(row, holds)
    made: Variant = row.variants[holds]
    return made


class Variant:
    """A row with its conditions on settings decided."""

    def __init__(self, row: Row, holds: tuple[bool, ...], rule: str = "") -> None:
        self.row = row
        deciding = _Deciding(dict(zip(row.conditions, holds, strict=True)))
        decided = [(name, deciding.visit(e)) for name, e in lines(rule or row.rule)]
        self.lines: list[Line] = [
            (name, e) for name, e in decided if not (isinstance(e, ast.Name) and e.id == name)
        ]
        read, written = set[str](), set[str]()
        for name, e in self.lines:
            read |= words(e) - written
            written.add(name)
        self.memory = tuple(letter for letter in row.memory if letter in read)
        self.lines = list(self._without_other_names())
        self._split()

    def _without_other_names(self) -> Iterator[Line]:
        """The lines without those that only give another name to a number, which the others use then."""
        names: dict[str, str] = {}
        for place, (name, e) in enumerate(self.lines):
            e = _Renaming(names).visit(copy.deepcopy(e))
            changed = [other for other, _ in self.lines[place + 1 :]]
            if isinstance(e, ast.Name) and name not in ("x", *self.memory) and e.id not in changed:
                names[name] = e.id
            else:
                names.pop(name, None)
                yield name, e

    def _split(self) -> None:
        """Scalars once a step, and lines for each parameter, with scalars by name."""
        self.scalar_lines: list[Line] = []
        self.body: list[Line] = []
        vectors = {"x", "g", *self.memory}
        hoisting = _Hoisting(vectors, self.scalar_lines)
        for name, e in self.lines:
            if name not in vectors and not words(e) & vectors:
                self.scalar_lines.append((name, e))
            else:
                self.body.append((name, hoisting.visit(copy.deepcopy(e))))
                vectors.add(name)
        used = set[str]().union(*(words(e) for _, e in self.body)) - vectors
        self.scalar_names = sorted(used - FUNCTIONS.keys())

    @cached_property
    def starts(self) -> Callable[..., tuple[float, ...]]:
        """Of the settings' numbers: what the memory starts from."""
        return built(self.row.values, [self.row.memory[letter].start for letter in self.memory])

    @cached_property
    def scalars(self) -> Callable[..., tuple[float, ...]]:
        """Of k and the settings' numbers: what the functions below take at the end."""
        given = ["k", *self.row.values]
        fast, slow = _both(given, self.scalar_names, self.scalar_lines)
        if not self.scalar_lines:
            return fast

        def scalars(*numbers: float) -> tuple[float, ...]:
            try:
                return fast(*numbers)
            except (ArithmeticError, ValueError):
                computed: tuple[float, ...] = slow()(*numbers)
                return computed

        return scalars

    @cached_property
    def _moved(self) -> tuple[Callable[..., tuple[float, ...]], Callable[[], Callable[..., Any]]]:
        return _both(["x", "g", *self.memory, *self.scalar_names], ["x", *self.memory], self.body)

    def floats(
        self,
        x: Iterable[float],
        g: Iterable[float],
        memory: Iterable[Iterable[float]],
        scalars: Iterable[float],
    ) -> list[tuple[float, ...]]:
        """For each parameter its number and its memory after the step, in Python's floats."""
        fast, slow = self._moved
        rows = [x, g, *memory]
        try:
            return list(map(fast, *rows, *map(repeat, scalars)))
        except (ArithmeticError, ValueError):
            return list(map(slow(), *rows, *map(repeat, scalars)))

    @property
    def known_by(self) -> str:
        """Names and lines of what is done for each parameter, of which loops in C are made, and found by."""
        given = f"{' '.join(self.memory) or 'nothing'}, {' '.join(self.scalar_names)}"
        return f"{given}: {'; '.join(f'{name} = {ast.unparse(e)}' for name, e in self.body)}"

    @cached_property
    def native(self) -> tuple[Callable[..., bool], int] | None:
        """The kernel's `step`, and the number of the loop in C for these lines, if one is compiled."""
        try:
            from .native import kernel
        except ImportError:
            return None
        rule = kernel.RULES.get(self.known_by)
        return None if rule is None else (kernel.step, rule)

    @cached_property
    def arrays(self) -> tuple[int, Callable[..., object]]:
        """How many rows of scratch the function needs, and the function.

        It takes x, g, the memory, the scalars, the rows that the step is written into, and the scratch.
        """
        state = ["x", *self.memory]
        writing = Writing(self.body, state)
        given = ["x", "g", *self.memory, *self.scalar_names, *map(writing.row, state), *writing.scratch]
        return len(writing.scratch), built(given, writing.finals, array_vocabulary(), writing.lines)


def _both(
    given: Sequence[str], results: Sequence[str], rule: Sequence[Line]
) -> tuple[Callable[..., tuple[float, ...]], Callable[[], Callable[..., Any]]]:
    """The lines over floats; and what makes of them a function with inf and nan where Python raises."""
    fast = built(given, results, _floats(), [(name, ast.unparse(e)) for name, e in rule])

    @cache
    def slow() -> Callable[..., Any]:
        divided = [(name, ast.unparse(_Dividing().visit(copy.deepcopy(e)))) for name, e in rule]
        return built(given, results, _ieee(), divided)

    return fast, slow


class _Deciding(ast.NodeTransformer):
    def __init__(self, holds: dict[str, bool]) -> None:
        self.holds = holds

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        holds = self.holds.get(ast.unparse(node.test))
        if holds is None:
            return self.generic_visit(node)  # type: ignore[return-value]
        chosen: ast.expr = self.visit(node.body if holds else node.orelse)
        return chosen


class _Renaming(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name(self.names.get(node.id, node.id))


class _Hoisting(ast.NodeTransformer):
    """Gives the largest parts of a formula that hold scalars alone a name, computed once a step."""

    def __init__(self, vectors: set[str], rule: list[Line]) -> None:
        self.vectors, self.rule = vectors, rule
        self.known: dict[str, str] = {}
        self.only: list[ast.expr] = []
        """The condition under which the part is computed at all: a root may be of something negative."""

    def visit(self, node: ast.AST) -> Any:
        if not isinstance(node, ast.expr) or isinstance(node, ast.Name | ast.Constant):
            return node
        if not words(node) & self.vectors:
            for test in reversed(self.only):
                node = ast.IfExp(test, node, ast.Constant(0.0))
            text = ast.unparse(node)
            if text not in self.known:
                self.known[text] = f"_{len(self.known)}"
                self.rule.append((self.known[text], node))
            return ast.Name(self.known[text])
        if isinstance(node, ast.IfExp) and not words(node.test) & self.vectors:
            test = copy.deepcopy(node.test)
            parts = []
            for part, condition in ((node.body, test), (node.orelse, ast.UnaryOp(ast.Not(), test))):
                self.only.append(condition)
                parts.append(self.visit(part))
                self.only.pop()
            return ast.IfExp(self.visit(node.test), *parts)
        return self.generic_visit(node)


# ---------------------------------------------------------------- floats


@cache
def _floats() -> Vocabulary:
    return Vocabulary("float", FUNCTIONS)


@cache
def _ieee() -> Vocabulary:
    return Vocabulary("IEEE float", {w: _quiet(f) for w, f in (FUNCTIONS | {"_over": truediv}).items()})


def _quiet(computed: Callable[..., float]) -> Callable[..., float]:
    """The function with inf and nan where it raises."""

    def quiet(*numbers: float) -> float:
        try:
            return computed(*numbers)
        except OverflowError:
            return math.inf
        except ZeroDivisionError:
            above = numbers[0]
            return math.copysign(math.inf, above) * math.copysign(1.0, numbers[1]) if above else math.nan
        except ValueError:
            return -math.inf if computed is math.log and numbers[0] == 0 else math.nan

    return quiet


class _Dividing(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        return call("_over", node.left, node.right) if isinstance(node.op, ast.Div) else node
