"""Paths of the chain rule between named nodes, and what becomes of one that is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import prod
from random import Random

from ...base.phrases import say
from ..calculation import Calculation
from ..exercise import Blank, Choice, Mistake, Number, Option
from ..numbers import SMALLEST
from .numeric import backward_mistakes, gradient
from .parts import Parts
from .worked import Unsuitable, Worked, told_apart

__all__ = ["has_chain", "has_sum", "missing_path", "paths", "vanishing"]

Path = tuple[int, ...]
MOST = 6
"""Paths that one exercise lists."""
LITTLE, MUCH = 0.1, 10.0
"""In size: below, a gradient is said to vanish, and above, to explode."""
PASSED_OVER = 0.98
"""The share of gradients that is passed over where another answer is wanted; not all, where none is found."""
ARITHMETIC = {"add", "sub", "mul", "div", "neg", "powc", "pow", "maximum", "minimum"}


def paths(calculation: Calculation, start: int) -> Iterator[Path]:
    """The ways from a named node to the result, by named nodes alone."""
    waiting: list[Path] = [(start,)]
    while waiting:
        path = waiting.pop()
        if path[-1] == calculation.root:
            yield path
        waiting += [(*path, user) for user in reversed(calculation.uses[path[-1]])]


def some(calculation: Calculation, start: int) -> list[Path]:
    """The paths, up to one more than an exercise lists."""
    return [path for path, _ in zip(paths(calculation, start), range(MOST + 1), strict=False)]


# ---------------------------------------------------------------- which path is missing


def _branching(calculation: Calculation) -> list[int]:
    nodes = [calculation.index[name] for name in calculation.spec.parameters] + list(calculation.asked)
    return [
        k for k in dict.fromkeys(nodes) if k != calculation.root and 2 <= len(some(calculation, k)) <= MOST
    ]


def has_sum(calculation: Calculation) -> bool:
    """Whether some gradient is the sum over several paths."""
    return bool(_branching(calculation))


def missing_path(worked: Worked) -> Parts:
    """A sum over paths from which one is missing: which one, and what is the gradient?"""
    calculation, random = worked.calculation, worked.random
    start = random.choice(_branching(calculation))
    ways = some(calculation, start)
    missing = random.randrange(len(ways))
    written = [_product(worked, way) for k, way in enumerate(ways) if k != missing]
    name = worked.gradient_of(start).text
    claim = f"{name} = {' + '.join(written)}"
    options = []
    for k, way in enumerate(ways):
        numbers = _in_numbers(worked, way)
        there = say("That path is there: {product}.", product=_product(worked, way))
        gone = say("It contributes {product}.", product=numbers)
        options.append(Option(_arrows(worked, way), k == missing, gone if k == missing else there))
    question = say(
        "Which path from {start} to {end} is missing?", start=worked.text(start), end=worked.text(ways[0][-1])
    )

    def blanks(each: Worked) -> list[Blank]:
        return [gradient(each, start, [*_without(each, ways, missing), *backward_mistakes(each, start)])]

    task = say("A gradient was written as a sum over paths, and one is missing: {claim}.", claim=claim)
    return Parts((task,), (Choice("path", question, tuple(options)), *told_apart(worked, blanks)))


def _without(worked: Worked, ways: Sequence[Path], missing: int) -> Iterator[Mistake]:
    kept = [_value(worked, way) for k, way in enumerate(ways) if k != missing]
    yield Mistake("still_missing", sum(kept), {"path": _arrows(worked, ways[missing])})


def _value(worked: Worked, path: Path) -> Number:
    value: Number = prod(worked.found.locals[k, j] for j, k in _edges(path))
    return value


def _edges(path: Path) -> list[tuple[int, int]]:
    return list(pairwise(path))


def _product(worked: Worked, path: Path) -> str:
    """``∂ŷ/∂t · ∂t/∂z₁``, from the result back."""
    if len(path) == 2:  # its name would be that of the whole gradient
        return worked.slope(path[1], path[0]) or worked.write(_value(worked, path))
    return " · ".join(worked.rate_of(k, j) for j, k in reversed(_edges(path)))


def _in_numbers(worked: Worked, path: Path) -> str:
    factors = [worked.found.locals[k, j] for j, k in reversed(_edges(path))]
    texts = [worked.write(x) for x in factors]
    texts[1:] = [f"({text})" if text.startswith("−") else text for text in texts[1:]]
    value = worked.write(_value(worked, path))
    return f"{' · '.join(texts)} = {value}" if len(texts) > 1 else value


def _arrows(worked: Worked, path: Path) -> str:
    return " → ".join(map(worked.text, path))


# ---------------------------------------------------------------- vanishing or not


def _chain(calculation: Calculation) -> Path | None:
    """The only way from the first function with a bend to the result, if it leads through another one."""
    bent = [k for k in calculation.asked if (row := calculation.steps[k].row) and row.name not in ARITHMETIC]
    for first in bent:
        ways = some(calculation, first)
        if len(ways) == 1 and len(set(ways[0]) & set(bent)) > 1:
            return ways[0]
    return None


def has_chain(calculation: Calculation) -> bool:
    """Whether a gradient goes back through several functions, one after the other."""
    return _chain(calculation) is not None


def vanishing(worked: Worked) -> Parts:
    """How large is the gradient that arrives at the first function, and does it vanish?"""
    way = _chain(worked.calculation)
    if way is None:
        raise Unsuitable
    start = way[0]
    size = abs(float(worked.found.gradients[start]))
    if any(0.8 < size / limit < 1.25 for limit in (LITTLE, MUCH)) or size < SMALLEST:
        raise Unsuitable
    wanted = Random(f"{worked.number} vanishing").random() < 0.5
    if wanted == (LITTLE < size < MUCH) and worked.random.random() < PASSED_OVER:
        raise Unsuitable
    blanks = told_apart(worked, lambda each: [gradient(each, start, _of_chain(each, way))])
    product = say("The product is {product}.", product=_in_numbers(worked, way))
    options = (
        Option(say("It vanishes: less than a tenth is left."), size < LITTLE, product),
        Option(say("It explodes: it has grown more than tenfold."), size > MUCH, product),
        Option(say("Neither."), LITTLE < size < MUCH, product),
    )
    ends = {"end": worked.text(way[-1]), "start": worked.text(start)}
    question = say("What becomes of the gradient on its way from {end} back to {start}?", **ends)
    task = say("Multiply the local derivatives from {end} back to {start}.", **ends)
    return Parts((task,), (*blanks, Choice("gradient", question, options)))


def _of_chain(worked: Worked, way: Path) -> Iterator[Mistake]:
    factors = [worked.found.locals[k, j] for j, k in _edges(way)]
    yield Mistake("sign", -prod(factors))
    yield Mistake("factors_added", sum(factors))
    for j, k in _edges(way):
        rest = [worked.found.locals[b, a] for a, b in _edges(way) if (a, b) != (j, k)]
        yield Mistake("factor_left_out", prod(rest), {"factor": worked.rate_of(k, j)})
