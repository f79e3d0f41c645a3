"""A small bug: a piece of one file's text, and what stands there instead."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

__all__ = ["Mutant", "read"]


@dataclass(frozen=True, order=True)
class Mutant:
    """`text[start:end]`, which is `old`, becomes `new`.

    >>> bug = Mutant("nn", "a.py", 5, "+", "-", "sign")
    >>> bug.apply("a = b+c")
    'a = b-c'
    """

    room: str
    path: str
    """From the root of the checkout."""
    start: int
    old: str
    new: str
    operator: str
    """"sign", "operand", "constant", "comparison", "accumulation", "off by one", or "by hand"."""
    function: str = field(default="", compare=False)
    """In whose body it is, or the operation whose row it is in."""

    def apply(self, text: str) -> str:
        end = self.start + len(self.old)
        if text[self.start : end] != self.old:
            raise ValueError(f"{self.path} has no {self.old!r} at {self.start}")
        return text[: self.start] + self.new + text[end:]

    def line(self, text: str) -> int:
        return text.count("\n", 0, self.start) + 1

    def lines(self, text: str) -> tuple[str, str]:
        """The lines that change, before and after, without what surrounds them: by these an argument about the
        mutant is found again when the file has changed elsewhere."""
        first = text.rfind("\n", 0, self.start) + 1
        last = text.find("\n", self.start + len(self.old))
        last = len(text) if last < 0 else last
        before = text[first:last]
        after = text[first : self.start] + self.new + text[self.start + len(self.old) : last]
        return before.strip(), after.strip()

    def diff(self, text: str) -> str:
        changed = difflib.unified_diff(text.splitlines(), self.apply(text).splitlines(), lineterm="", n=0)
        return "\n".join(line for line in changed if not line.startswith(("---", "+++", "@@")))


@cache
def read(root: Path, path: str) -> str:
    """As it was when it was first asked for: bugs have their places in that."""
    return (root / path).read_text(encoding="utf-8")
