"""Kinds that are judged, the wrong number, the missing path, true or false, vanishing or not, by other means."""

from __future__ import annotations

import re
import time
from fractions import Fraction
from pathlib import Path

import pytest
import sympy as sp

import microgrid as mg
from microgrid import exercises
from microgrid.exercises.calculation import Calculation
from microgrid.exercises.exercise import Blank, Choice, Exercise
from microgrid.exercises.formulas import NoFormula, slope_text
from microgrid.exercises.mistakes import MISTAKES
from microgrid.exercises.specs.specification import specification
from microgrid.exercises.specs.templates import TEMPLATES
from microgrid.exercises.wording import decimal
from microgrid.graph import order

TOLERANCE = 0.002  # more than rounding to three decimals changes a number, and less than a mistake does
THREE = "a = w*x; c = (w - x)**2; d = 3*w; L = a + c + d; w, x in 2..9"
"""A graph in which a node has three uses."""
RELU = "z = w*x + b; h = relu(z); L = (h - y)**2; w, x, y, b in -5..5"


def choice(exercise: Exercise) -> Choice:
    return next(blank for blank in exercise.blanks if isinstance(blank, Choice))


def number(exercise: Exercise) -> Blank:
    return next(blank for blank in exercise.blanks if isinstance(blank, Blank))


@pytest.mark.parametrize("spec", ["line", "reuse", "three-sigmoids", "2-2-1", "two-two-two"])
def test_exactly_one_number_is_wrong(spec: str) -> None:
    sheet = exercises.make(spec, 12, seed=9, kinds=["wrong-number"])
    kinds = set()
    for place, exercise in enumerate(sheet):
        root = sheet.graph(place)
        root.backward()
        nodes = {v.label: v for v in order(root) if v.label}
        wrong = [
            (name, standing)
            for row in exercise.table
            for name, standing, right in (
                (row.name, row.value, nodes[row.name].data), (f"d{row.name}", row.gradient, nodes[row.name].grad)
            )
            if standing is not None and abs(float(standing) - right) > TOLERANCE
        ]  # fmt: skip
        assert len(wrong) == 1
        question, right = choice(exercise), number(exercise)
        texts = [str(option.text) for option in question.options]
        assert decimal(wrong[0][1]) == texts[question.right].partition(" = ")[2]
        name = texts[question.right].partition(" = ")[0]
        node = nodes[right.asked.by or right.asked.of]
        assert (node.grad if right.asked.by else node.data) == pytest.approx(float(right.expected), abs=1e-12)
        assert str(right.judged(wrong[0][1])[1]).startswith("That is the number that stands there")
        kinds.add(name.startswith("∂"))
    assert kinds == {True, False}


@pytest.mark.parametrize("spec", ["reuse", "two-two-two", "quartic"])
def test_the_path_that_is_not_written_is_the_missing_one(spec: str) -> None:
    for exercise in exercises.make(spec, 8, seed=9, kinds=["missing-path"]):
        question, blank = choice(exercise), number(exercise)
        claim = str(exercise.tasks[0])
        assert len(question.options) == claim.count(" + ") + 2
        contribution = re.search(r"(?:= )?(−?[\d.]+)\.$", str(question.options[question.right].feedback))
        assert contribution
        rest = next(mistake.value for mistake in blank.mistakes if mistake.kind == "still_missing")
        whole = float(rest) + float(contribution[1].replace("−", "-"))
        assert whole == pytest.approx(float(blank.expected), abs=3 * TOLERANCE)


@pytest.mark.parametrize("spec", [*(spec for spec in TEMPLATES if spec != "xor"), "2-2-1", "1-2-2-1", RELU])
def test_claims_are_judged_as_check_judges_them(spec: str) -> None:
    """The other part of microgrid that reads formulas: it parses the claim and proves or refutes it."""
    sheet = exercises.make(spec, 6, seed=9, kinds=["true-false"])
    seen = set()
    for place, exercise in enumerate(sheet):
        if exercise.claim in seen:
            continue
        seen.add(exercise.claim)
        report = mg.check(sheet.graph(place), exercise.claim)
        said = str(choice(exercise).options[choice(exercise).right].text)
        assert report.ok == (said == "true"), exercise.claim


@pytest.mark.parametrize("spec", [*TEMPLATES, "2-2-1 sigmoid", "1-2-1 tanh", "2-1"])
def test_formulas_of_local_derivatives_are_sympys(spec: str) -> None:
    calculation = Calculation(specification(spec))
    statements = dict(text.split(" = ") for text in calculation.spec.text.split("; "))
    functions = {"sigmoid": lambda x: 1 / (1 + sp.exp(-x)), "tanh": sp.tanh, "exp": sp.exp, "log": sp.log}
    for k in calculation.asked:
        name = calculation.steps[k].name
        names = {calculation.steps[j].name: sp.Symbol(f"s{j}", real=True) for j in calculation.named}
        made = sp.sympify(statements[name], locals={**names, **functions})
        for j in calculation.operands[k]:
            written = sp.sympify(slope_text(calculation, k, j), locals={**names, **functions})
            by = names[calculation.steps[j].name]
            difference = written.subs(names[name], made) - sp.diff(made, by)
            at = {symbol: sp.Rational(3 + place, 7) for place, symbol in enumerate(names.values())}
            assert abs(sp.N(difference.subs(at), 30)) < sp.Rational(1, 10**20), (name, by)


def test_claims_of_relus_have_its_slope_its_value_and_none() -> None:
    claims = [each.claim for each in exercises.make(RELU, 60, seed=3, kinds=["true-false"])]
    assert any("relu'(z)" in claim for claim in claims)
    assert any("relu(z)" in claim for claim in claims)
    assert any("relu" not in claim for claim in claims)  # the factor is missing: false, though 1 here


def test_a_function_with_several_formulas_has_none() -> None:
    for bent in ("leaky_relu(x)", "max(x, 2)", "relu(2*x)"):
        calculation = Calculation(specification(f"h = {bent}; L = h**2; x in 1..3"))
        with pytest.raises(NoFormula):
            slope_text(calculation, calculation.index["h"], calculation.index["x"])
    kinds = {each.kind for each in exercises.make("h = relu(w*x); L = h**2; w, x in -5..5", 10)}
    assert "true-false" not in kinds


def test_what_vanishes_is_less_than_a_tenth() -> None:
    sheet = exercises.make("three-sigmoids", 24, seed=9, kinds=["vanishing"])
    right = {}
    for place, exercise in enumerate(sheet):
        root = sheet.graph(place)
        root.backward()
        first = next(v for v in order(root) if v.label == "h1")
        assert float(number(exercise).expected) == pytest.approx(first.grad, abs=1e-12)
        right[choice(exercise).right] = right.get(choice(exercise).right, 0) + 1
        assert choice(exercise).right == (0 if abs(first.grad) < 0.1 else 2 if abs(first.grad) < 10 else 1)
    assert right.get(0, 0) >= 4
    assert right.get(2, 0) >= 4


def test_a_slip_is_false_at_the_numbers_that_are_given() -> None:
    """So that whoever puts them in finds a counterexample."""
    sheet = exercises.make("line", 30, seed=9, kinds=["true-false"])
    false = 0
    for exercise in sheet:
        names = {name: float(x) for name, x in {**exercise.given, **exercise.known}.items()}
        claimed = mg.parse(exercise.claim.partition(" = ")[2], **_used(exercise.claim, names))["result"].data
        by = exercise.claim.partition(" = ")[0].removeprefix("dL/d")
        true = 2 * names["e"] * (names["x"] if by == "w" else 1)
        is_true = str(choice(exercise).options[choice(exercise).right].text) == "true"
        assert (claimed == true) == is_true
        false += not is_true
    assert 5 <= false <= 25


def _used(claim: str, names: dict[str, float]) -> dict[str, float]:
    right = claim.partition(" = ")[2]
    return {name: x for name, x in names.items() if re.search(rf"\b{name}\b", right)}


def test_a_table_holds_fractions_where_numbers_are_exact() -> None:
    for exercise in exercises.make("reuse", 6, seed=9, kinds=["wrong-number"]):
        assert all(isinstance(row.value, Fraction) for row in exercise.table)


def test_every_mistake_that_has_a_sentence_is_made_somewhere() -> None:
    found = set()
    for spec in (*TEMPLATES, "a = x/w; L = a**2 - 2*w; w, x in -9..9", THREE):
        sheet = exercises.make(spec, 24, seed=1)
        blanks = [blank for each in sheet for blank in each.blanks if isinstance(blank, Blank)]
        found |= {mistake.kind for blank in blanks for mistake in blank.mistakes}
    assert MISTAKES.keys() - found == {"wrong", "hint_forward", "close"}


def test_a_thousand_exercises_take_less_than_a_minute(tmp_path: Path) -> None:
    """In every format but PDF, on one processor."""
    start = time.process_time()
    files = exercises.make("reuse", 1000, seed=5).save(tmp_path)
    assert time.process_time() - start < 60
    assert len(files) == 8
    assert min(file.stat().st_size for file in files) > 100_000
