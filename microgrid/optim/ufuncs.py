"""A rule over arrays: its lines as calls of ufuncs that write into arrays which are there already.

New arrays would take a fifth of a step.
"""

from __future__ import annotations

import ast
from functools import cache
from typing import Any

from ..base.formula import Vocabulary
from .rows import WORDS, Line, words

__all__ = ["Writing", "array_vocabulary"]


@cache
def array_vocabulary() -> Vocabulary:
    """NumPy's ufuncs, under names that no rule can have."""
    import numpy as np

    renamed = {"pow": "power", "max": "maximum", "min": "minimum"}
    names = [*_OPERATORS.values(), "negative", *WORDS]

    def put(x: Any, out: Any) -> Any:
        out[...] = x
        return out

    more = {"_put": put, "_where": np.where}
    return Vocabulary("array", {f"_{name}": getattr(np, renamed.get(name, name)) for name in names} | more)


_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide",
}  # fmt: skip
_SIGNS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "=="}


class Writing:
    """The lines, the rows of scratch they need, and what holds x and the memory in the end.

    The last line that changes x or the memory writes into the row of its name, others into scratch, which
    is used again once no later line reads it.
    """

    def __init__(self, body: list[Line], state: list[str]) -> None:
        self.lines: list[tuple[str, str]] = []
        self.scratch: list[str] = []
        self.free: list[str] = []
        self.where: dict[str, tuple[str, str | None]] = {}
        """For each name the variable that holds its array, and the scratch that this is, if it is."""
        self.scalar = set[str]().union(*(words(e) for _, e in body)) - {"g", *state, *(n for n, _ in body)}
        for place, (name, e) in enumerate(body):
            later = body[place + 1 :]
            last = name in state and name not in [n for n, _ in later]
            want = self.row(name) if last else None
            text, buffer = self.text(e, want)
            if buffer is None and not last and isinstance(e, ast.Name) and e.id not in self.scalar:
                self.where[name] = self.where.get(e.id, (e.id, None))  # another name for the same array
            else:
                if buffer is None or (last and buffer != want):
                    text, buffer = self._put(text, buffer, want or self.take())
                variable = f"_{name}_{place}"
                self.lines.append((variable, text))
                self.where[name] = variable, buffer
            read = set(state).union(*(words(e) for _, e in later))
            held = {b for n, (_, b) in self.where.items() if n in read}
            self.free = [b for b in self.scratch if b not in held]
        self.finals: list[str] = []
        for name in state:
            if name not in self.where:  # read, and never changed
                self.lines.append((f"_{name}_kept", f"_put({name}, {self.row(name)})"))
                self.where[name] = f"_{name}_kept", None
            self.finals.append(self.where[name][0])

    @staticmethod
    def row(name: str) -> str:
        """What the row is called into which the new x or memory is written."""
        return f"_new_{name}"

    def take(self) -> str:
        if not self.free:
            self.scratch.append(f"_scratch_{len(self.scratch)}")
            return self.scratch[-1]
        return self.free.pop()

    def give(self, *buffers: str | None) -> None:
        self.free += [b for b in buffers if b in self.scratch]

    def _put(self, text: str, buffer: str | None, out: str) -> tuple[str, str]:
        self.give(buffer)
        return f"_put({text}, {out})", out

    def text(self, e: ast.expr, want: str | None = None) -> tuple[str, str | None]:
        """The formula as a call that returns an array, and the array that it may be written over again.

        `want` may be written into, and is where the result goes if the formula is no plain name.
        """
        if isinstance(e, ast.Name):
            return self.where.get(e.id, (e.id, None))[0], None
        if isinstance(e, ast.Constant):
            return ast.unparse(e), None
        if isinstance(e, ast.IfExp):
            return self._condition(e, want)
        word, parts = _taken_apart(e)
        texts, temporary = [], list[str]()
        for part in parts:
            text, buffer = self.text(part, want if want not in temporary else None)
            texts.append(text)
            temporary += [buffer] if buffer else []
        out = want or (temporary[0] if temporary else self.take())
        self.give(*(b for b in temporary if b != out))
        written = f"out={out}" if word in ("max", "min") else out  # whose third place NumPy deprecates
        return f"_{word}({', '.join([*texts, written])})", out

    def _condition(self, e: ast.IfExp, want: str | None) -> tuple[str, str]:
        if words(e.test) <= self.scalar:
            out, texts = want or self.take(), []
            for part in (e.body, e.orelse):
                text, buffer = self.text(part, out)
                texts.append(text if buffer == out else self._put(text, buffer, out)[0])
            return f"({texts[0]} if {ast.unparse(e.test)} else {texts[1]})", out
        test, body, orelse = (self._plain(part) for part in (e.test, e.body, e.orelse))
        return self._put(f"_where({test}, {body}, {orelse})", None, want or self.take())

    def _plain(self, e: ast.expr) -> str:
        """A formula or a condition that makes new arrays."""
        if isinstance(e, ast.Compare):
            terms = [self._plain(t) for t in (e.left, *e.comparators)]
            signs = [_SIGNS[type(op)] for op in e.ops]
            links = [f"({a} {s} {b})" for a, s, b in zip(terms, signs, terms[1:], strict=False)]
            return f"({' & '.join(links)})"
        if isinstance(e, ast.BoolOp):
            return f"({(' & ' if isinstance(e.op, ast.And) else ' | ').join(map(self._plain, e.values))})"
        if isinstance(e, ast.UnaryOp) and isinstance(e.op, ast.Not):
            return f"({self._plain(e.operand)} == 0)"
        if isinstance(e, ast.IfExp):
            return f"_where({', '.join(map(self._plain, (e.test, e.body, e.orelse)))})"
        if isinstance(e, ast.Name | ast.Constant):
            return self.text(e)[0]
        word, parts = _taken_apart(e)
        return f"_{word}({', '.join(map(self._plain, parts))})"


def _taken_apart(e: ast.expr) -> tuple[str, list[ast.expr]]:
    """The word of an operation, and what it is of."""
    if isinstance(e, ast.BinOp):
        return _OPERATORS[type(e.op)], [e.left, e.right]
    if isinstance(e, ast.UnaryOp):
        return "negative", [e.operand]
    if not isinstance(e, ast.Call) or not isinstance(e.func, ast.Name):
        raise TypeError(f"{ast.unparse(e)} is no number")
    return e.func.id, e.args
