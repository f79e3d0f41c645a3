"""What the names in a claim mean: nodes first, then operations, then notation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from ... import ops
from ...base.checks import did_you_mean
from ...base.messages import short
from ...engine import Value
from ...errors import ExpressionError
from ...graph import leaves, order
from ...naming.labels import is_given
from ...naming.names import own_names
from .tokens import plain_letters

__all__ = ["ETA", "Ambiguous", "Names", "operation_name"]

ETA = ("eta", "lr")
"""What the rate of an update may be called without being a node."""
LETTER = re.compile("[i-n]")
INDICES = re.compile(r"[i-n]|\d+")
"""The letters and numbers that an index consists of."""
ALIASES = {"σ": "sigmoid", "sigma": "sigmoid", "ln": "log", "ReLU": "relu", "Relu": "relu", "sen": "sin",
"max": "maximum",
           "min": "minimum", "logistic": "sigmoid", "arctan": "atan", "arcsin": "asin",
           "arccos": "acos"}  # fmt: skip


def operation_name(name: str) -> str | None:
    """The operation that a claim means by this name.

    >>> operation_name("σ"), operation_name("tanh"), operation_name("w")
    ('sigmoid', 'tanh', None)
    """
    name = ALIASES.get(name, ALIASES.get(plain_letters(name), name))
    return name if name in ops.TABLE else None


class Ambiguous(ExpressionError):
    """A name that two nodes have."""


class Names:
    """The named nodes of a graph; a label, a key of `parse`, or the name that the library gives."""

    def __init__(self, roots: Iterable[Value], keys: Mapping[str, Value] | None = None) -> None:
        self.nodes = order(*roots)
        self.by_name: dict[str, dict[Value, None]] = {}
        for key, v in (keys or {}).items():
            self._enter(key, v)
        chosen = {v for v in self.nodes if v.label and not is_given(v)}
        for v in self.nodes:
            if v in chosen:
                self._enter(v.label, v)
        for v, name in own_names(self.nodes).items():
            if v not in chosen and name:
                self._enter(name, v)
        self.alike: dict[str, dict[Value, None]] = {}
        for name, nodes in self.by_name.items():
            self.alike.setdefault(plain_letters(name), {}).update(nodes)
        self.named: dict[Value, str] = {}
        for name, nodes in self.by_name.items():
            for v in nodes:
                if v.role != "constant" or v.label:
                    self.named.setdefault(v, name)

    def _enter(self, name: str, v: Value) -> None:
        self.by_name.setdefault(name, {})[v] = None

    def find(self, name: str, text: str = "", position: int = 0) -> Value | None:
        """The node of that name in any notation; Ambiguous, with the place, if there are several."""
        found = self.by_name.get(name) or self.alike.get(plain_letters(name))
        if not found:
            return None
        if len(found) > 1:
            message = (
                f"{len(found)} nodes are called {short(name)}: give the one that is meant a label of its own"
            )
            raise Ambiguous(message, text, position)
        return next(iter(found))

    def unknown(self, name: str, text: str, position: int) -> ExpressionError:
        known = list(dict.fromkeys(self.named.values()))
        hint = did_you_mean(name, known)
        shown = ", ".join(map(short, known[:12])) + (
            f" and {len(known) - 12} more" if len(known) > 12 else ""
        )
        return ExpressionError(f"no node is called {short(name)}{hint}; there are: {shown}", text, position)

    def is_argument(self, name: str, of: Value) -> bool:
        """Whether a node is computed from one of that name, or from several that it is short for, as x for
        x1, x2.
        """
        names = {plain_letters(self.named[v]) for v in order(of) if v is not of and v in self.named}
        wanted = plain_letters(name)
        return wanted in names or any(re.fullmatch(re.escape(wanted) + r"\d+", found) for found in names)

    def variables(self, of: Value) -> list[Value]:
        return [v for v in leaves(of) if v in self.named]

    # ------------------------------------------------------------ letter indices

    def indexed(self, name: str) -> tuple[str, str] | None:
        """Of a name such as w_i, w_ij or w_i1, what stands before the indices, and the indices."""
        match = re.fullmatch(r"(.+?)_?\{?((?:[i-n]|\d+)(?:,?(?:[i-n]|\d+))*)\}?((?:\^\([\d,]+\))?)", name)
        if not match or not LETTER.search(match[2]) or self.find(name) is not None:
            return None
        base = match[1].rstrip("_")
        return (base + match[3], match[2]) if self._family(base, match[3]) else None

    def _family(self, base: str, raised: str) -> list[tuple[int, ...]]:
        pattern = re.escape(plain_letters(base)) + r"(\d+(?:,\d+)*)" + re.escape(raised)
        matches = (re.fullmatch(pattern, name) for name in self.alike)
        return [tuple(map(int, found[1].split(","))) for found in matches if found]

    def with_index(self, base: str, letters: str, values: Mapping[str, int]) -> Value | None:
        match = re.fullmatch(r"(.*?)((?:\^\([\d,]+\))?)", base)
        stem, raised = (match[1], match[2]) if match else (base, "")
        numbers = [str(values.get(index, index)) for index in INDICES.findall(letters)]
        for separator in ("", ","):
            if (found := self.find(stem + separator.join(numbers) + raised)) is not None:
                return found
        return None

    def choices(self, used: Iterable[tuple[str, str]]) -> Iterator[dict[str, int]]:
        """The numbers for letters for which all of these names exist."""
        pairs = list(dict.fromkeys(used))
        letters = sorted({letter for _, several in pairs for letter in LETTER.findall(several)})
        most = max((int(n) for name in self.alike for n in re.findall(r"\d+", name) if len(n) < 4), default=0)
        for numbers in product(
            range(min(most, 60 if len(letters) < 3 else 9) + 1), repeat=min(len(letters), 3)
        ):
            values = dict(zip(letters, numbers, strict=False))
            if len(values) == len(letters) and all(
                self.with_index(*pair, values) is not None for pair in pairs
            ):
                yield values
