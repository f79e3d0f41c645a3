"""The operations that a program uses, each as a small C function of the formulas in `ops.py`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...base.formula import names
from ...ops import Op
from ..rows_c import C, locals_of

__all__ = ["functions", "slope", "slope_reads", "value"]

SPELLING = C(asking=False)


def functions(row: Op) -> str:
    """Its value, and its partial with respect to each operand."""
    lines = [f"/* {row.name}: {row.value} */"]
    lines += _function(row, "value", row.value)
    for letter, partial in zip("xy", row.partials):
        lines += _function(row, f"d{letter}", partial)
    return "\n".join(lines)


def value(row: Op, operands: Sequence[str]) -> str:
    """A call of its value."""
    return _call(row, "value", row.value, operands)


def slope(row: Op, k: int, operands: Sequence[str], result: str) -> str:
    """A call of its partial with respect to operand k."""
    padded = [*operands, ""][:2]
    return _call(row, f"d{'xy'[k]}", row.partials[k], [*padded, result])


def slope_reads(row: Op) -> bool:
    """Whether a partial reads x, and not only the result z."""
    return any("x" in _arguments(row, partial) for partial in row.partials)


def _call(row: Op, what: str, formula: str, operands: Sequence[str]) -> str:
    given = dict(zip("xyz", operands))
    return f"{row.name}_{what}({', '.join(given[name] for name in _arguments(row, formula))})"


def _arguments(row: Op, formula: str) -> list[str]:
    """Which of x, y and z the formula reads, itself or by a subexpression."""
    used = names(formula)
    for local, text in reversed(row.let):
        used |= names(text) if local in used else set()
    return [name for name in "xyz" if name in used]


def _function(row: Op, what: str, formula: str) -> Iterator[str]:
    taken = ", ".join(f"double {name}" for name in _arguments(row, formula)) or "void"
    head, result = f"static inline double {row.name}_{what}({taken})", SPELLING.text(formula)
    if result.startswith("(") and _closes(result) == len(result) - 1:
        result = result[1:-1]
    body = locals_of(row.let, [formula], SPELLING)
    if body:
        yield from (f"{head} {{", *body, f"  return {result};", "}")
    else:
        yield f"{head} {{ return {result}; }}"


def _closes(text: str) -> int:
    """Where the parenthesis that begins the text is closed."""
    depth = 0
    for k, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if not depth:
            return k
    return -1
