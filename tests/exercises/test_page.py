"""The page that marks itself, in a real browser: every mistake gets its own answer, and all can use it."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from helpers.pages import AXE
from microgrid import exercises
from microgrid.base.phrases import said
from microgrid.exercises.exercise import Blank, Choice
from microgrid.exercises.wording import decimal
from microgrid.exercises.writers.page import page as written

Open = Callable[..., Any]
ENGLISH = set("the and path gradient multiply right wrong that with which number compute value input".split())
SPANISH = set("los las camino gradiente multiplica correcto eso esa que calcula número derivada entrada para".split())


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


def visible(page: Any) -> set[str]:
    """The words that are shown or read aloud, but for formulas and the command."""
    texts = page.evaluate("""() => {
        const elements = [...document.querySelectorAll("body *:not(script, noscript, #language *)")];
        return [document.title, ...elements.flatMap((e) => [e.getAttribute("aria-label") ?? "",
            ...[...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data)])];
    }""")
    return set(re.findall(r"[a-zà-ÿ]{3,}", " ".join(t for t in texts if "microgrid exercises" not in t).lower()))


@pytest.mark.parametrize("spec", ["reuse", "three-sigmoids"])
def test_the_language_changes_all_that_is_said_and_nothing_that_was_typed(visit: Open, spec: str) -> None:
    sheets = {lang: exercises.make(spec, 8, seed=7, lang=lang) for lang in ("en", "es")}
    pages = {lang: {} for lang in sheets}
    for lang, other in (("en", "es"), ("es", "en")):
        page = visit(written(sheets[lang]))
        for exercise in sheets[lang]:
            page.evaluate(f"location.hash = '#{exercise.id}'")
            page.wait_for_function(f"sheet.exercise.number === {exercise.number}")
            for k, blank in enumerate(exercise.blanks):
                if isinstance(blank, Choice):
                    page.locator(f"#blank{k}_0").check()
                else:
                    page.locator(f"#blank{k}").fill(str(float(blank.mistakes[0].value if k else blank.expected)))
            page.locator("#check").click()
            score = page.locator("#score").inner_text()
            page.locator("#language").select_option(other)
            assert page.evaluate("document.documentElement.lang") == other
            for k, (blank, shown) in enumerate(
                zip(exercise.blanks, sheets[other][exercise.number - 1].blanks, strict=True)
            ):
                if isinstance(shown, Choice):
                    assert told(page, k).endswith(said(shown.options[0].feedback, other))
                    assert page.locator(f"#blank{k}_0").is_checked()
                else:
                    assert isinstance(blank, Blank)
                    typed = float(blank.mistakes[0].value if k else blank.expected)
                    assert page.locator(f"#blank{k}").input_value() == str(typed)
                    assert told(page, k)[2:] == said(shown.judged(typed)[1], other)
            assert re.findall(r"\d+", page.locator("#score").inner_text()) == re.findall(r"\d+", score)
            page.locator("#check").click()
            pages[other][exercise.number] = visible(page)
            page.locator("#language").select_option(lang)
            page.locator("#check").click()
            pages[lang].setdefault(exercise.number, set()).update(visible(page))
        for number, words in pages[lang].items():
            alone = pages[other].get(number, set())
            assert not words & ENGLISH if lang == "es" else not words & SPANISH, (number, words)
            assert not alone & ENGLISH if other == "es" else not alone & SPANISH, (number, alone)


def test_what_was_typed_but_not_checked_survives_the_language(visit: Open) -> None:
    page = visit(written(exercises.make("line", 2, seed=7, kinds=["forward"])))
    page.locator("#blank1").fill("1.5")
    page.locator("#language").select_option("es")
    assert page.locator("#blank1").input_value() == "1.5"
    assert page.locator("#check").inner_text() == "Comprobar"
    assert page.locator("#score").inner_text() == "0 de 0 bien a la primera"
    page.locator("#blank1").fill("1,5")
    page.locator("#check").click()
    assert told(page, 1)


def test_at_night_the_page_is_dark_and_paper_stays_light(visit: Open) -> None:
    html = written(exercises.make("reuse", 2, seed=7))

    def lightness(page: Any, selector: str, what: str) -> float:
        color = page.locator(selector).first.evaluate(f"e => getComputedStyle(e).{what}")
        return sum(map(float, re.findall(r"[\d.]+", color)[:3])) / 765

    for scheme, dark in (("light", False), ("dark", True)):
        page = visit(html, color_scheme=scheme)
        for selector, what in (("body", "backgroundColor"), ("#picture rect.background", "fill")):
            assert (lightness(page, selector, what) < 0.3) == dark
        for selector, what in (("body", "color"), ("#picture g.node text", "fill")):
            assert (lightness(page, selector, what) > 0.7) == dark
        box, text = (lightness(page, f"#picture g.node {tag}", "fill") for tag in ("path", "text"))
        assert abs(box - text) > 0.5
        page.emulate_media(media="print")
        assert lightness(page, "#picture rect.background", "fill") > 0.9
        page.emulate_media(media="screen")


@pytest.mark.parametrize("lang", ["en", "es"])
def test_one_call_makes_the_page_and_a_seed_its_bytes(lang: str) -> None:
    made = [exercises.make("reuse", 3, seed=seed, lang=lang).html() for seed in (7, 7, 8)]
    assert made[0] == made[1] != made[2]
    assert f'<html lang="{lang}">' in made[0]
    assert not re.search(r"(src|href)=|@import|https?://(?!www\.w3\.org)", made[0])


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (npm install axe-core)")
def test_axe_finds_no_fault(visit: Open) -> None:
    sheet = exercises.make("reuse", 16, seed=7, lang="es")
    faults: list[Any] = []
    for width, scheme in ((1280, "light"), (390, "light"), (1280, "dark")):
        page = visit(written(sheet), viewport={"width": width, "height": 800}, color_scheme=scheme)
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


def test_a_notebook_shows_the_page_in_a_frame_and_without_frames_no_answers(
    windows: Callable[..., Any], tmp_path: Path
) -> None:
    sheet = exercises.make("line", 1, seed=7, kinds=["forward"], lang="es")
    file = tmp_path / "cell.html"
    file.write_text(f"<!DOCTYPE html><body>{sheet._repr_html_()}", encoding="utf-8")
    page = windows().new_page()
    page.goto(file.as_uri())
    frame = page.frame_locator("iframe")
    frame.locator("#blank0").fill("12345")
    frame.locator("#check").click()
    assert frame.locator("#told0").inner_text()
    image = page.locator("img").get_attribute("src")
    picture = b64decode(image.partition(",")[2]).decode()
    texts = re.findall(r"<text[^>]*>([^<]*)", picture)
    answers = {decimal(blank.expected) for blank in sheet[0].blanks}
    given = {decimal(number) for number in sheet[0].given.values()}
    assert texts
    assert not (answers - given) & set(texts)
    page.close()
