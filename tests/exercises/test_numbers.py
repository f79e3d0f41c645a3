"""The numbers of exercises: short at every step, right by other means, every combination once, the same by seed."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from microgrid import exercises, grad, parse
from microgrid.errors import ExpressionError, MicrogridError
from microgrid.exercises.calculation import Calculation
from microgrid.exercises.exercise import Blank
from microgrid.exercises.kinds.table import KINDS
from microgrid.exercises.numbers import Search
from microgrid.exercises.specs.specification import specification
from microgrid.exercises.specs.templates import TEMPLATES

LINE = "z = w*x; yhat = z + b; e = yhat - y; L = e**2; w in -3..3 step 0.5; b, y in -4..4; x in 1..5"
SPECS = [*TEMPLATES, "2-2-1", "2-2-1 sigmoid", "1-2-2-1", LINE]


def decimals(x: Fraction) -> int:
    return next(k for k in range(30) if (x * 10**k).denominator == 1)


@pytest.mark.parametrize("spec", SPECS)
def test_every_number_is_what_the_engine_computes(spec: str) -> None:
    sheet = exercises.make(spec, 8, seed=3)
    assert sheet.proof.ok
    for place, exercise in enumerate(sheet):
        root = sheet.graph(place)
        root.backward()
        nodes = {v.label: v for v in _nodes(root)}
        for blank in exercise.blanks:
            assert isinstance(blank, Blank) or exercise.kind not in ("forward", "local", "backward", "update")
            if not isinstance(blank, Blank):
                continue
            asked, expected = blank.asked, float(blank.expected)
            if exercise.kind == "forward":
                assert nodes[asked.of].data == pytest.approx(expected, abs=1e-12)
            elif exercise.kind == "backward":
                assert nodes[asked.by].grad == pytest.approx(expected, abs=1e-12)
            elif exercise.kind == "update":
                step = float(exercise.rate or 0) * nodes[asked.of].grad
                assert nodes[asked.of].data - step == pytest.approx(expected, abs=1e-12)


def _nodes(root):  # type: ignore[no-untyped-def]
    from microgrid.graph import order

    return order(root)


def test_local_derivatives_hold_other_named_nodes_still() -> None:
    """By parsing each statement alone, with its names as leaves."""
    sheet = exercises.make("a1 = w1*x1; z = w0 + a1*w1; L = (z - 2*w1)**2/2; w0, w1, x1 in 2..9", 4, kinds=["local"])
    statements = dict(text.split(" = ") for text in sheet.spec.text.split("; "))
    for exercise, place in zip(sheet, range(4), strict=True):
        values = {v.label: v.data for v in _nodes(sheet.graph(place)) if v.label}
        for blank in exercise.blanks:
            assert isinstance(blank, Blank)
            text = statements[blank.asked.of]
            names = {name: x for name, x in values.items() if name in text.replace("2*", "")}
            nodes = parse(text, **names)
            slope = grad(nodes["result"], nodes[blank.asked.by])
            assert slope.data == pytest.approx(float(blank.expected))


@pytest.mark.parametrize("spec", [spec for spec in SPECS if Calculation(specification(spec)).exact])
def test_exact_numbers_have_two_decimals_at_every_step(spec: str) -> None:
    for exercise in exercises.make(spec, 40, seed=11):
        calculation = Calculation(specification(spec))
        found = calculation.computed(exercise.given)
        numbers = [*found.values, *found.gradients, *(slope for slopes in found.partials for slope in slopes)]
        numbers += [blank.expected for blank in exercise.blanks if isinstance(blank, Blank)]
        assert max(decimals(Fraction(x)) for x in numbers) <= 2
        assert 0 not in [found.values[k] for k in calculation.asked if calculation.steps[k].row.name != "relu"]


@pytest.mark.parametrize("spec", SPECS)
def test_no_mistake_gives_the_right_number(spec: str) -> None:
    for exercise in exercises.make(spec, 24, seed=5):
        for blank in exercise.blanks:
            if isinstance(blank, Blank):
                assert blank.judged(blank.expected)[0]
                assert not any(blank.judged(mistake.value)[0] for mistake in blank.mistakes)
                said = [str(blank.judged(mistake.value)[1]) for mistake in blank.mistakes]
                assert said == [str(mistake.text) for mistake in blank.mistakes]


def test_every_combination_is_found_once() -> None:
    """Against a loop over all of them, with the same rules in fractions."""
    spec = specification("z = w*x; L = (z - y)**2; w in -2..2 step 0.25; x in 1..4; y in -3..3 step 0.5")
    calculation = Calculation(spec)
    wanted = set()
    for given in itertools.product(*(each.values for each in spec.ranges)):
        numbers = dict(zip(calculation.names, given, strict=True))
        found = calculation.computed(numbers)
        every = [*found.values, *found.gradients, *(slope for slopes in found.partials for slope in slopes)]
        every = [Fraction(x) for x in every]
        short = all(decimals(x) <= 2 and 0 < abs(x) <= 500 for x in every[:-1] if x is not None)
        if short and 1 not in map(abs, (numbers["w"], numbers["x"])) and numbers["w"] != numbers["x"]:
            wanted.add(given)
    for seed in (0, 1):
        search = Search(calculation, seed)
        there = [tuple(row[name] for name in calculation.names) for row in search]
        assert len(there) == len(set(there))
        assert search.ended
        assert set(there) == wanted
    assert len(wanted) > 100


def test_numbers_are_the_same_for_ever() -> None:
    """A sheet that was printed can be made again: these are fixed, on every machine."""
    assert [each.given_text() for each in exercises.make("line", 3, seed=7)] == [
        "w = −2.5, x = 7, b = 2, y = 1", "w = 2, x = 7, b = 3, y = −4", "w = −2.5, x = 6, b = −3, y = −9"
    ]  # fmt: skip


def test_a_seed_a_number_and_nothing_else_choose_an_exercise() -> None:
    many, few = exercises.make(LINE, 30, seed=7), exercises.make(LINE, 5, seed=7)
    assert many.items[:5] == few.items
    assert exercises.make(LINE, seed=7, only=17).items == many.items[16:17]
    assert exercises.make(LINE, 5, seed=8).items != few.items
    assert len({exercise.given_text() for exercise in many}) == 30


def test_a_second_sheet_counts_on_from_the_first() -> None:
    """`first` changes what an exercise is called, and nothing that it asks."""
    sheet = exercises.make("three-sigmoids", 4, seed=7, kinds=["forward", "vanishing"])
    later = exercises.make("three-sigmoids", 4, seed=7, kinds=["forward", "vanishing"], first=6)
    assert [each.id for each in later] == ["q6", "q7", "q8", "q9"]
    assert [each.title for each in later] != [each.title for each in sheet]
    for plain, moved in zip(sheet, later, strict=True):
        assert replace(moved, number=plain.number, title=plain.title) == plain
    assert "\n6. Forward pass\n" in later.text()
    assert "\n1. " not in later.text()
    alone = exercises.make("three-sigmoids", seed=7, kinds=["forward", "vanishing"], first=6, only=8)
    assert alone.items == later.items[2:3]
    assert alone.command.endswith("--only 8 --first 6 --seed 7 --kinds forward,vanishing")
    assert "-n 4 --first 6 " in later.command
    with pytest.raises(ValueError, match="only is at least 6, got 5"):
        exercises.make("line", first=6, only=5)


def test_a_notebook_of_a_second_sheet_makes_the_same_exercises(tmp_path: Path) -> None:
    sheet = exercises.make("line", 2, seed=7, first=5)
    (path,) = sheet.save(tmp_path, ["notebook"])
    cells = {cell["id"]: "".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]}
    names: dict[str, Any] = {}
    exec(cells["begin"], names)
    assert names["sheet"].items == sheet.items
    assert 'exercises.answer("q5")' in cells["q5a"]


def test_too_few_says_how_many() -> None:
    with pytest.raises(exercises.TooFew, match=r"these ranges give 6 exercises .* and 40 are wanted"):
        exercises.make("L = (w*x)**2; w, x in 2..4", 40, kinds=["forward"])
    assert len(exercises.make("L = (w*x)**2; w, x in 2..4", 6, kinds=["forward"])) == 6


@pytest.mark.parametrize(("spec", "said"), [
    ("w*x", "say which numbers its names may have"),
    ("lines", "there is no template 'lines'"),
    ("w*x; w in 1..3", "there are no numbers for x"),
    ("w*x; w in 3..1; x in 1..2", "the range of 'w' is empty"),
    ("w*x; w in 1..3 step 0; x in 1..2", "the range of 'w' is empty"),
    ("w*x; w in 0..9e9; x in 1..2", "more than 10,000 numbers"),
    ("w*x; w in a; x in 1..2", "the numbers of 'w' are a range"),
    ("w*x; w, x in 1..2; u in 1..2", "a range for 'u', which no statement uses"),
    ("w*x; w in 1..2; w in 1..2; x in 1..2", "'w' has two ranges"),
    ("z = w*x; y = w + 1; w, x in 2..3", "does not depend on x"),
    ("2-2-1 swish", "no activation of exercises"),
    ("2-99-1", "at most 5 layers"),
    ("w*; w in 1..2", "expected a number"),
    ("", "the specification is empty"),
    ("w; w in 1..3", "nothing is computed"),
    ("w*x; w in 1..1e99999999999; x in 1..2", "fewer digits"),
    ("w*x; w in 1e-99999999999, 2; x in 1..2", "fewer digits"),
    (" " * 9000 + "in w; w in 1..2" + " " * 900, "is no name|expected|missing operator"),
    ("w*x;" * 100_000, "at most 10,000 characters"),
])  # fmt: skip
def test_what_cannot_be_made_is_said(spec: str, said: str) -> None:
    with pytest.raises(ExpressionError, match=said):
        exercises.make(spec)


def test_what_the_arguments_are() -> None:
    for wrong in ({"n": 0}, {"seed": -1}, {"kinds": ["sums"]}, {"lang": "fr"}, {"only": 0}, {"first": 0}):
        with pytest.raises(ValueError, match=next(iter(wrong)).removesuffix("s")):
            exercises.make("line", **wrong)
    with pytest.raises(ExpressionError, match="parameter 'q' has no range"):
        exercises.make("line", params=["q"])
    with pytest.raises((TypeError, MicrogridError)):
        exercises.make(3)  # type: ignore[arg-type]


def test_every_kind_is_made_of_some_template() -> None:
    made = {each.kind for spec in SPECS for each in exercises.make(spec, 12, seed=1)}
    assert made == set(KINDS)


def test_where_not_all_were_looked_at_there_are_at_least_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(exercises.TooFew, match="give 1 exercise with"):
        exercises.make("L = (w*x)**2; w in 2; x in 3", 2, kinds=["forward"])
    monkeypatch.setattr("microgrid.exercises.numbers.MOST_TRIED", 2000)
    with pytest.raises(exercises.TooFew, match=r"give at least .* rounded to three decimals"):
        exercises.make("three-sigmoids", 5000, kinds=["forward"])


def _units(spec: str, n: int) -> list[tuple[list[bool], list[Fraction]]]:
    """Of each exercise, which units are off, and the gradients of the parameters."""
    found = []
    for exercise in exercises.make(spec, n, seed=11):
        calculation = Calculation(specification(spec))
        computed = calculation.computed(exercise.given)
        units = [k for k, step in enumerate(calculation.steps) if step.row is not None and step.row.name == "relu"]
        learnt = [calculation.index[name] for name in calculation.spec.parameters]
        found.append(([computed.values[k] == 0 for k in units], [Fraction(computed.gradients[k]) for k in learnt]))
    return found


@pytest.mark.parametrize("spec", ["2-2-1 relu", "2-1-1", "1-2-1", "1-2-2-1", "3-3-1"])
def test_a_network_of_relus_has_a_live_path_and_seldom_a_unit_that_is_off(spec: str) -> None:
    found = _units(spec, 64)
    assert max(sum(off) for off, _ in found) <= 1
    with_one = sum(any(off) for off, _ in found)
    assert with_one <= 64 / 4
    assert with_one > 0 or len(found[0][0]) == 1
    for off, gradients in found:
        assert any(off) or 0 not in gradients
        assert sum(x != 0 for x in gradients) >= len(gradients) / 2


def test_a_relu_of_ones_own_is_off_now_and_then() -> None:
    spec = "z = w*x + b; h = relu(z); L = (h - y)**2; w, x, y, b in -5..5"
    found = _units(spec, 40)
    assert 3 <= sum(off[0] for off, _ in found) <= 10
    assert all((0 in gradients) == off[0] for off, gradients in found)


def test_no_known_mistake_gives_the_right_answer_by_accident() -> None:
    """At e = 2 the value of L = e**2 is its derivative: no exercise of derivatives has that."""
    for spec, kinds in (("line", ["local"]), ("quartic", ["local"]), ("reuse", ["backward"])):
        for exercise in exercises.make(spec, 40, seed=7, kinds=kinds):
            values = {v.label: v.data for v in _nodes(exercises_graph(spec, exercise))}
            assert not (spec == "line" and values["e"] == 2)
            for blank in exercise.blanks:
                if isinstance(blank, Blank):
                    for mistake in blank.mistakes:
                        assert abs(float(mistake.value) - float(blank.expected)) > blank.tolerance


def exercises_graph(spec, exercise):  # type: ignore[no-untyped-def]
    return Calculation(specification(spec)).values(exercise.given)
