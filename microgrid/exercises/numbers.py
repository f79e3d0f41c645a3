"""Numbers for exercises: every combination that the ranges have, in an order of its own for each seed.

Combinations are looked through by NumPy, many at a time, for those that a hand can do; what is left is
computed again in exact fractions by whoever makes an exercise of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from math import prod
from typing import Any

from ..base.formula import numpy_vocabulary
from ..base.numeric.arrays import numpy
from .calculation import Calculation, Computed, Step
from .specs.specification import Range

__all__ = ["MOST_TRIED", "SMALLEST", "Search", "is_short"]

SMALLEST = 0.01
"""In size, of numbers with three decimals, which would else be taken for zero."""
LARGEST, LARGEST_ROUNDED = 500, 100
"""In size, of exact numbers and of those with three decimals."""
MOST_TRIED = 20_000_000
"""Combinations that are looked through before the search says that it found too few."""
FIRST_CHUNK, CHUNK = 2**10, 2**15
APART = 5
"""Combinations between two with a unit that is off: it is to be seen, and little is learnt from many."""
HASHED = 2**48
"""From so many combinations on they are drawn, since a second one alike is all but impossible."""


def is_short(x: Fraction) -> bool:
    """Whether a number has at most two decimals."""
    return (x * 100).denominator == 1


class Search:
    """The combinations of a calculation's numbers whose steps are all short, none of them zero by accident.

    >>> from .specs.specification import specification
    >>> found = Search(Calculation(specification("L = (w*x)**2; w in 2..3; x in 0.5, 0.25")), seed=1)
    >>> sorted([str(row["w"]), str(row["x"])] for row in found)
    [['2', '1/2'], ['2', '1/4'], ['3', '1/2']]
    """

    def __init__(self, calculation: Calculation, seed: int) -> None:
        self.calculation = calculation
        self.ranges: Sequence[Range] = calculation.spec.ranges
        self.size = prod(len(each.values) for each in self.ranges)
        self.learnt = set(calculation.spec.parameters)
        self.listed = {each.name for each in self.ranges if each.listed}
        self.seed = seed
        self.tried = 0
        if self.size > HASHED:  # of so many, all but a few would be passed over for a factor of 1
            self.ranges = [self._without_one(each) for each in self.ranges]

    @property
    def ended(self) -> bool:
        """Whether every combination has been looked at."""
        return self.tried >= self.size

    def __iter__(self) -> Iterator[dict[str, Fraction]]:
        """Each combination once, by the names of the leaves."""
        np = numpy()
        tables = [np.array([float(value) for value in each.values]) for each in self.ranges]
        names = [each.name for each in self.ranges]
        self.tried, since = 0, 0
        for digits in self._digits():
            numbers = {name: table[digit] for name, table, digit in zip(names, tables, digits, strict=True)}
            with np.errstate(all="ignore"):
                good, off = self._suits(numbers)
            for row in np.flatnonzero(good):
                if off[row] and since < APART:
                    continue
                since = 0 if off[row] else since + 1
                yield {
                    each.name: each.values[int(digit[row])]
                    for each, digit in zip(self.ranges, digits, strict=True)
                }
            self.tried += len(digits[0])

    # ------------------------------------------------------------ the order

    def _digits(self) -> Iterator[list[Any]]:
        """Of each range the places of its numbers, for many combinations at once."""
        np = numpy()
        sizes = [len(each.values) for each in self.ranges]
        start, chunk = 0, FIRST_CHUNK
        bits = max(1, ((self.size - 1).bit_length() + 1) // 2)
        last = MOST_TRIED if self.size > HASHED else 2 ** (2 * bits)
        while start < last and self.tried < MOST_TRIED:
            turn = np.arange(start, min(start + chunk, last), dtype=np.uint64)
            start, chunk = start + chunk, min(2 * chunk, CHUNK)
            if self.size > HASHED:
                salts = range(len(sizes))
                yield [
                    (_mixed(turn, self.seed, k) % np.uint64(n)).astype(np.int64)
                    for k, n in zip(salts, sizes, strict=True)
                ]
                continue
            place = self._shuffled(turn, bits)
            place = place[place < self.size].astype(np.int64)
            digits = []
            for n in sizes:
                digits.append(place % n)
                place = place // n
            if len(digits[0]):
                yield digits

    def _shuffled(self, turn: Any, bits: int) -> Any:
        """The numbers below 2**(2·bits) in another order, each once: a Feistel network of four rounds."""
        np = numpy()
        mask = np.uint64(2**bits - 1)
        left, right = turn >> np.uint64(bits), turn & mask
        for salt in range(4):
            left, right = right, left ^ (_mixed(right, self.seed, salt) & mask)
        return (left << np.uint64(bits)) | right

    # ------------------------------------------------------------ what suits

    def _suits(self, numbers: dict[str, Any]) -> tuple[Any, Any]:
        """Which combinations have short numbers, and no zero or kink by accident; in which a unit is off."""
        np = numpy()
        calculation = self.calculation
        count = len(next(iter(numbers.values())))
        found = calculation.computed(numbers, numpy_vocabulary())
        good = np.ones(count, dtype=bool)
        excused = self._excused(numbers, found, count)
        for k, step in enumerate(calculation.steps):
            if step.number is not None:
                continue
            numbers_of_step = [(found.values[k], excused[0][k]), (found.gradients[k], excused[2][k])]
            numbers_of_step += list(zip(found.partials[k], excused[1][k], strict=True))
            if step.row is not None and step.row.name == "mul":
                good &= self._tells_factors(step, found.values)
            if step.row is not None and step.row.kink != "False":
                operands = [found.values[j] for j in step.operands]
                operands += [] if step.constant is None else [float(step.constant)]
                good &= ~np.broadcast_to(step.row.bind("kink", numpy_vocabulary())(*operands), count)
            for x, zero in numbers_of_step:
                given = step.row is None and (x is found.values[k] or step.name not in self.learnt)
                good &= self._readable(x) & ((np.abs(x) >= self._smallest(given)) | zero)
        off, lives = self._lives(found, count)
        learnt = [found.gradients[calculation.index[name]] for name in calculation.spec.parameters]
        moves = np.any([np.broadcast_to(x, count) != 0 for x in learnt], axis=0)
        return good & lives & (moves | off), off

    def _lives(self, found: Computed, count: int) -> tuple[Any, Any]:
        """Where a unit is off, and where that is the only one, and gradients still reach the first units.

        Of an expression with a single unit that one may be off, but not of a network.
        """
        np = numpy()
        steps = self.calculation.steps
        units = [k for k, step in enumerate(steps) if step.row is not None and step.row.name == "relu"]
        if not units:
            return np.zeros(count, dtype=bool), True
        off = np.sum([np.broadcast_to(found.values[k] == 0, count) for k in units], axis=0)
        above = set[int]()
        for k, step in enumerate(steps):
            if any(j in above or j in units for j in step.operands):
                above.add(k)
        first = [steps[k].operands[0] for k in units if k not in above]
        reached = np.any([np.broadcast_to(found.gradients[k] != 0, count) for k in first], axis=0)
        alone = len(units) == 1 and not self.calculation.spec.network
        return off > 0, (off <= 1) & (reached | alone)

    def _tells_factors(self, step: Step, values: Sequence[Any]) -> Any:
        """Where no factor is 1, so that it could be forgotten, or like the other; a list may name them."""
        np = numpy()
        free = [j for j in step.operands if not self._is_chosen(self.calculation.steps[j])]
        good = np.all([np.abs(values[j]) != 1 for j in free], axis=0) if free else True
        first, second = step.operands
        return good & (values[first] != values[second]) if free and first != second else good

    def _without_one(self, numbers: Range) -> Range:
        """The numbers of a range that `_tells_factors` does not pass over in any case."""
        steps, k = self.calculation.steps, self.calculation.index[numbers.name]
        factor = any(step.row is not None and step.row.name == "mul" and k in step.operands for step in steps)
        values = tuple(x for x in numbers.values if abs(x) != 1)
        return replace(numbers, values=values) if factor and not numbers.listed and values else numbers

    def _is_chosen(self, step: Step) -> bool:
        return step.number is not None or step.name in self.listed

    def _smallest(self, given: bool) -> float:
        """In size, of a number; of what is given, or not asked for, all but zero."""
        return 1e-9 if self.calculation.exact or given else SMALLEST

    def _readable(self, x: Any) -> Any:
        np = numpy()
        if not self.calculation.exact:
            return np.abs(x) <= LARGEST_ROUNDED
        hundredths = np.abs(x) * 100
        return (np.abs(hundredths - np.rint(hundredths)) < 1e-6) & (np.abs(x) <= LARGEST)

    def _excused(self, numbers: dict[str, Any], found: Computed, count: int) -> tuple[Any, Any, Any]:
        """Where zero is meant: it comes of a zero that a list names, or of a unit that is off."""
        np = numpy()
        never, steps = np.zeros(count, dtype=bool), self.calculation.steps
        values, partials = list[Any](), list[tuple[Any, ...]]()
        for k, step in enumerate(steps):
            if step.row is None:
                values.append(numbers[step.name] == 0 if step.number is None else never | (step.number == 0))
                partials.append(())
                continue
            zero = [values[j] for j in step.operands]
            both = zero[0] & zero[-1]
            switches = step.row.name in ("relu", "maximum", "minimum", "hardtanh")
            off = (found.values[k] == 0) & switches
            value, slopes = {
                "add": (both, [never, never]), "sub": (both, [never, never]),
                "mul": (zero[0] | zero[-1], [zero[-1], zero[0]]), "div": (zero[0], [never, zero[0]]),
                "powc": (zero[0], [zero[0]]), "neg": (zero[0], [never]), "relu": (off, [off]),
            }.get(step.row.name, (off, [never | switches] * len(zero)))  # fmt: skip
            values.append(value)
            partials.append(tuple(slopes))
        gradients = [~never] * len(steps)
        gradients[-1] = never
        for k in range(len(steps) - 1, -1, -1):
            for j, slope in zip(steps[k].operands, partials[k], strict=True):
                gradients[j] = gradients[j] & (gradients[k] | slope)
        return values, partials, gradients


def _mixed(x: Any, seed: int, salt: int) -> Any:
    """Random bits for each number, the same on every machine (Steele, Lea and Flood 2014, SplitMix64)."""
    np = numpy()
    start = (seed * 0x9E3779B97F4A7C15 + (salt + 1) * 0xD1B54A32D192ED03) % 2**64
    whole = np.uint64(2**64 - 1)  # which is what is left where the stand-in's numbers have no end
    with np.errstate(over="ignore"):
        z = (x + np.uint64(start)) * np.uint64(0x9E3779B97F4A7C15) & whole
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9) & whole
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB) & whole
    return z ^ (z >> np.uint64(31))
