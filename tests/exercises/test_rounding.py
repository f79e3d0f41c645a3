"""Whoever rounds to three decimals at every step is right, however it falls: a student in numbers, written apart."""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from helpers.moodle import read
from microgrid import exercises
from microgrid.exercises.calculation import Calculation
from microgrid.exercises.exercise import Blank, Exercise
from microgrid.exercises.rounding import carried
from microgrid.exercises.specs.specification import specification
from microgrid.exercises.writers.moodle import moodle
from microgrid.exercises.writers.page import page

SPECS = ["perceptron", "xor", "two-two-two", "three-sigmoids", "softmax", "2-2-1 sigmoid", "2-2-2 tanh"]
Hand = Callable[[float], float]
VALUE = {
    "add": lambda x, y: x + y, "sub": lambda x, y: x - y, "mul": lambda x, y: x * y, "div": lambda x, y: x / y,
    "neg": lambda x: -x, "exp": math.exp, "log": math.log, "tanh": math.tanh, "powc": lambda x, y: x**y,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
}  # fmt: skip
SLOPES = {
    "add": lambda x, y, z: (1, 1), "sub": lambda x, y, z: (1, -1), "mul": lambda x, y, z: (y, x),
    "div": lambda x, y, z: (1 / y, -x / y**2), "neg": lambda x, z: (-1,), "exp": lambda x, z: (z,),
    "log": lambda x, z: (1 / x,), "tanh": lambda x, z: (1 - z * z,), "sigmoid": lambda x, z: (z * (1 - z),),
    "powc": lambda x, y, z: (y * x ** (y - 1), 0),
}  # fmt: skip


def nearest(x: float) -> float:
    return math.floor(x * 1000 + 0.5) / 1000


def hands() -> Iterator[Hand]:
    """Rounding as at school, and always up, always down, or either way by as much as rounding can."""

    def off_by(error: Callable[[], float]) -> Hand:
        return lambda x: x if abs(x * 1000 - round(x * 1000)) < 1e-9 else x + error()

    yield nearest
    yield off_by(lambda: 0.0005)
    yield off_by(lambda: -0.0005)
    for seed in range(12):
        yield off_by(partial(random.Random(seed).choice, [-0.0005, 0.0005]))


class Student:
    """All numbers of an exercise, by hand; the values are those on the sheet where it gives them."""

    def __init__(self, calculation: Calculation, exercise: Exercise, hand: Hand) -> None:
        self.steps, self.hand = calculation.steps, hand
        self.values: list[float] = []
        self.slopes: list[tuple[float, ...]] = []
        for step in self.steps:
            if step.row is None:
                self.values.append(float(exercise.given[step.name] if step.number is None else step.number))
                self.slopes.append(())
                continue
            xs = [self.values[k] for k in step.operands] + ([] if step.constant is None else [float(step.constant)])
            z = VALUE[step.row.name](*xs)
            keeps = step.row.name in ("add", "sub", "neg")
            whole = step.row.name == "mul" and any(x == round(x) for x in xs)
            z = z if keeps or whole else hand(z)
            if step.name in exercise.known:
                z = nearest(float(exercise.known[step.name]))
            slopes = SLOPES[step.row.name](*xs, z)
            self.values.append(z)
            self.slopes.append(tuple(slopes if keeps or step.row.name == "mul" else map(hand, slopes)))

    def times(self, x: float, y: float) -> float:
        return x * y if x == round(x) or y == round(y) else self.hand(x * y)

    def derivatives(self, top: int, named: bool) -> list[float]:
        below = [0.0] * len(self.steps)
        below[top] = 1
        for k in range(top, -1, -1):
            step = self.steps[k]
            if k == top or not (named and step.name):
                for j, slope in zip(step.operands, self.slopes[k], strict=False):
                    below[j] += self.times(below[k], slope)
        return below

    def by_paths(self, top: int, start: int, so_far: float = 1.0) -> float:
        """The sum over all paths, each a product of its own, from the result back."""
        if top == start:
            return so_far
        pairs = zip(self.steps[top].operands, self.slopes[top], strict=False)
        return sum(self.by_paths(j, start, self.times(so_far, slope)) for j, slope in pairs if j >= start)

    def from_below(self, start: int, top: int) -> float:
        """Multiplied from the other end."""
        above = [0.0] * len(self.steps)
        above[start] = 1
        for k in range(start + 1, top + 1):
            above[k] = sum(
                self.times(above[j], s) for j, s in zip(self.steps[k].operands, self.slopes[k], strict=False)
            )
        return above[top]


def answers(student: Student, calculation: Calculation, exercise: Exercise, blank: Blank) -> Iterator[float]:
    index, root, asked = calculation.index, calculation.root, blank.asked
    if exercise.kind == "local":
        yield student.derivatives(index[asked.of], named=True)[index[asked.by]]
    elif asked.by or asked.new:
        at = index[asked.by or asked.of]
        for slope in (
            student.derivatives(root, named=False)[at], student.by_paths(root, at), student.from_below(at, root),
        ):  # fmt: skip
            if not asked.new:
                yield slope
            else:
                yield student.values[at] - student.hand(float(exercise.rate or 0) * slope)
    else:
        yield student.values[index[asked.of]]


@pytest.mark.parametrize("spec", SPECS)
def test_rounding_carried_through_every_step_is_right(spec: str) -> None:
    sheet, seen = exercises.make(spec, 24, seed=5), 0
    for exercise in sheet:
        for hand in hands():
            student = Student(sheet.calculation, exercise, hand)
            for blank in exercise.blanks:
                if isinstance(blank, Blank):
                    for answer in answers(student, sheet.calculation, exercise, blank):
                        right, text = blank.judged(answer)
                        assert right, (exercise.number, exercise.kind, blank.key, blank.expected, answer, str(text))
                        seen += 1
    assert seen > 1000


@pytest.mark.parametrize("spec", SPECS)
def test_the_sheet_states_the_tolerance_and_all_formats_have_it(spec: str) -> None:
    sheet = exercises.make(spec, 8, seed=5)
    _, questions = read(moodle(sheet))
    data = json.loads(re.findall(r'id="data">(.*?)</script>', page(sheet), re.DOTALL)[0])["texts"]["en"]["exercises"]
    for exercise, question, shown in zip(sheet, questions, data, strict=True):
        blanks = [(k, blank) for k, blank in enumerate(exercise.blanks) if isinstance(blank, Blank)]
        if not blanks:
            continue
        stated = [float(x) for x in re.findall(r"±([\d.]*\d)", str(exercise.tasks[-1]))]
        tolerances = [blank.tolerance for _, blank in blanks]
        assert stated == ([min(tolerances), max(tolerances)] if len(set(tolerances)) > 1 else [min(tolerances)])
        for k, blank in blanks:
            assert {answer.tolerance for answer in question.gaps[k].answers if answer.text != "*"} == {blank.tolerance}
            assert shown["blanks"][k]["tolerance"] == blank.tolerance
            assert 0.001 <= blank.tolerance <= 0.3 * abs(float(blank.expected)) or blank.tolerance == 0.001


def test_the_bound_is_met_but_for_little() -> None:
    """Of a product with known numbers: σ is off by 0.0005, w·h by 2.5 times that and 0.0005 for itself."""
    graph = Calculation(specification("h = sigmoid(x); z = 2.5*h; x in 1, 2"))
    found = carried(graph, graph.computed({"x": 1.0}))
    assert found.values[graph.index["z"]] == pytest.approx(2.5 * 0.0005 + 0.0005)
    known = carried(graph, graph.computed({"x": 1.0}), known=True)
    assert known.values[graph.index["z"]] == pytest.approx(0.0005)


def test_numbers_that_keep_their_decimals_are_not_off() -> None:
    graph = Calculation(specification("a = w*x; z = a - b; L = 3*z; w, x, b in 0.5, 1.25"))
    found = carried(graph, graph.computed({"w": 0.5, "x": 1.25, "b": 0.5}))
    assert max(found.values) == max(found.gradients) == 0.0
