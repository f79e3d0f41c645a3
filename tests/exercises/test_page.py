"""The page that marks itself, in a real browser: every mistake gets its own answer, and all can use it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from helpers.pages import AXE
from microgrid import exercises
from microgrid.base.phrases import said
from microgrid.exercises.exercise import Blank, Choice
from microgrid.exercises.wording import decimal
from microgrid.exercises.writers.page import page as written

Open = Callable[..., Any]


def told(page: Any, k: int) -> str:
    return str(page.locator(f"#told{k}").inner_text())


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("spec", ["reuse", "perceptron"])
def test_a_planted_mistake_of_each_kind_gets_its_own_answer(visit: Open, spec: str, lang: str) -> None:
    sheet = exercises.make(spec, 8, seed=7, lang=lang)
    page = visit(written(sheet))
    seen = set()
    for exercise in sheet:
        page.evaluate(f"location.hash = '#{exercise.id}'")
        page.wait_for_function(f"sheet.exercise.number === {exercise.number}")
        for k, blank in enumerate(exercise.blanks):
            if isinstance(blank, Choice):
                for m, option in enumerate(blank.options):
                    page.locator(f"#blank{k}_{m}").check()
                    page.locator("#check").click()
                    assert told(page, k).endswith(said(option.feedback, lang))
                    assert told(page, k).startswith("✓" if option.right else "✗")
                continue
            for mistake in blank.mistakes:
                page.locator(f"#blank{k}").fill(f"{float(mistake.value):.5f}")
                page.keyboard.press("Enter")
                assert told(page, k) == f"✗ {said(mistake.text, lang)}"
                assert page.locator(f"#blank{k}").get_attribute("aria-invalid") == "true"
                seen.add(mistake.kind)
            typed = decimal(blank.expected)
            page.locator(f"#blank{k}").fill(typed.replace(".", ",") if lang == "es" else typed)
            page.keyboard.press("Enter")
            assert told(page, k) == f"✓ {said(blank.judged(blank.expected)[1], lang)}"
    assert {"sign", "only_local", "only_gradient", "uphill", "left_out"} <= seen
    assert spec != "reuse" or {"one_path", "not_accumulated"} <= seen


def test_the_page_judges_as_python_does(visit: Open) -> None:
    """Also of numbers that are no known mistake: near, far, and on the edge of the tolerance."""
    sheet = exercises.make("three-sigmoids", 4, seed=2)
    page = visit(written(sheet))
    for exercise in sheet:
        page.evaluate(f"location.hash = '#{exercise.id}'")
        page.wait_for_function(f"sheet.exercise.number === {exercise.number}")
        for k, blank in enumerate(exercise.blanks):
            if isinstance(blank, Choice):
                continue
            for factor in (1.04, 0.5, 3, 1 + 0.9 * blank.tolerance / abs(float(blank.expected))):
                answer = float(blank.expected) * factor
                page.locator(f"#blank{k}").fill(str(answer))
                page.keyboard.press("Enter")
                right, text = blank.judged(answer)
                assert told(page, k) == f"{'✓' if right else '✗'} {text}"


def test_the_score_counts_first_tries(visit: Open) -> None:
    sheet = exercises.make("line", 2, seed=7, kinds=["forward"])
    page = visit(written(sheet))

    def answer(k: int, text: str) -> str:
        page.locator(f"#blank{k}").fill(text)
        page.locator("#check").click()
        return str(page.locator("#score").inner_text())

    assert answer(0, "many") == "0 of 0 right at once"
    assert told(page, 0).startswith("✗ Type a number")
    first = [decimal(blank.expected) for blank in sheet[0].blanks if isinstance(blank, Blank)]
    assert answer(0, first[0]) == "1 of 1 right at once"
    assert answer(1, "12345") == "1 of 2 right at once"
    assert answer(1, first[1]) == "1 of 2 right at once"
    assert page.locator("#judgement").inner_text() == "2 of 4 right."
    page.locator("#reveal").click()
    assert page.locator("#score").inner_text() == "1 of 4 right at once"
    assert first[3] in told(page, 3)
    texts = page.locator("#picture text[data-slot^='value']").all_text_contents()
    assert {*first, *(decimal(x) for x in sheet[0].given.values())} == set(texts)
    page.locator("#next").click()
    assert page.locator("#blank0").input_value() == ""
    assert page.evaluate("location.hash") == "#q2"
    page.keyboard.press("PageUp")
    assert page.locator("#blank1").input_value() == first[1]
    assert told(page, 1) == f"✓ Right: {first[1]}."


def test_of_a_field_that_was_emptied_nothing_is_said(visit: Open) -> None:
    sheet = exercises.make("line", 1, seed=7, kinds=["forward"])
    page = visit(written(sheet))
    field, blank = page.locator("#blank0"), sheet[0].blanks[0]
    assert isinstance(blank, Blank)
    for typed in ("12345", decimal(blank.expected), "many"):
        field.fill(typed)
        page.locator("#check").click()
        assert told(page, 0)
        field.fill("")
        page.locator("#check").click()
        assert told(page, 0) == ""
        assert field.get_attribute("aria-invalid") == "false"
        assert not page.locator("#field0").evaluate("field => field.classList.contains('right')")
        assert page.locator("#judgement").inner_text() == "Write an answer first."
    assert page.locator("#score").inner_text() == "0 of 1 right at once"
    page.locator("#reveal").click()
    assert page.locator("#score").inner_text() == "0 of 4 right at once"


def test_a_number_with_a_plus_has_the_wrong_sign(visit: Open) -> None:
    sheet = exercises.make("line", 12, seed=7, kinds=["update"])
    page = visit(written(sheet))
    seen = 0
    for exercise in sheet:
        page.evaluate(f"location.hash = '#{exercise.id}'")
        page.wait_for_function(f"sheet.exercise.number === {exercise.number}")
        for k, blank in enumerate(exercise.blanks):
            assert isinstance(blank, Blank)
            if blank.expected < 0:
                page.locator(f"#blank{k}").fill(f"+{decimal(-blank.expected)}")
                page.keyboard.press("Enter")
                signs = [mistake.kind for mistake in blank.mistakes if blank.is_near(-blank.expected, mistake.value)]
                assert signs != []
                seen += signs == ["sign"] and told(page, k) == "✗ The size is right, but not the sign."
    assert seen > 3


def test_the_picture_describes_the_exercise_that_is_shown(visit: Open) -> None:
    sheet = exercises.make("line", 2, seed=5)
    page = visit(written(sheet))
    for exercise in sheet:
        page.evaluate(f"location.hash = '#{exercise.id}'")
        page.wait_for_function(f"sheet.exercise.number === {exercise.number}")
        text = page.locator("#picture desc").text_content()
        assert f"parameter w has value {decimal(exercise.given['w'])};" in text
        page.locator("#reveal").click()
        assert page.locator("#picture desc").text_content() == text
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    texts = page.locator("#paper desc").all_text_contents()
    told_of = [f"w has value {decimal(e.given['w'])};" in text for e, text in zip(sheet, texts, strict=True)]
    assert told_of == [True, True]


def test_on_paper_there_are_lines_and_no_answers(visit: Open) -> None:
    sheet = exercises.make("line", 6, seed=7)
    page = visit(written(sheet))
    page.locator("#reveal").click()
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#paper article").count() == 6
    assert page.locator("#paper .dots").count() == sum(isinstance(b, Blank) for each in sheet for b in each.blanks)
    values = page.locator("#paper article").first.locator("text[data-slot^='value']").all_text_contents()
    assert sorted(filter(None, values)) == sorted(decimal(x) for x in sheet[0].given.values())
    assert not page.locator("#exercise").is_visible()


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (npm install axe-core)")
def test_axe_finds_no_fault(visit: Open) -> None:
    sheet = exercises.make("reuse", 16, seed=7, lang="es")
    faults: list[Any] = []
    for width in (1280, 390):
        page = visit(written(sheet), viewport={"width": width, "height": 800})
        page.evaluate(AXE.read_text(encoding="utf-8"))
        for exercise in sheet:
            page.evaluate(f"location.hash = '#{exercise.id}'")
            page.wait_for_function(f"sheet.exercise.number === {exercise.number}")
            for k, blank in enumerate(exercise.blanks):
                if isinstance(blank, Blank):
                    page.locator(f"#blank{k}").fill("1" if k % 2 else str(float(blank.expected)))
                else:
                    page.locator(f"#blank{k}_0").check()
            page.locator("#check").click()
            for fault in page.evaluate("axe.run()")["violations"]:
                faults.append((width, exercise.kind, fault["id"], [node["html"][:200] for node in fault["nodes"]]))
            overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert overflow <= 0, (width, exercise.kind)
    assert faults == []


@pytest.mark.parametrize("spec", ["line", "two-two-two"])
def test_a_telephone_shows_it_all(visit: Open, spec: str) -> None:
    page = visit(written(exercises.make(spec, 8, seed=1, lang="es")), viewport={"width": 360, "height": 740})
    for number in range(1, 9):
        page.evaluate(f"location.hash = '#q{number}'")
        page.wait_for_function(f"sheet.exercise.number === {number}")
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    title = page.locator("h1")
    assert title.evaluate("h => h.scrollWidth <= h.clientWidth && h.scrollHeight <= h.clientHeight")


def test_hostile_texts_stay_text(visit: Open) -> None:
    """Names are letters and digits in our grammar; what is left are scripts of other alphabets and very long names."""
    name = "w" * 60
    sheet = exercises.make(f"ŷ = {name}*ж; L = (ŷ - 2)**2; {name}, ж in 2..9", 4, seed=1)
    page = visit(written(sheet), viewport={"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert page.evaluate("document.scripts.length") == 2
