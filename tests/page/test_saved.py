"""A page that is saved from the browser opens with what was shown; and predictions of what a training step makes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import viz
from helpers.graphs import lecture
from helpers.pages import AXE, WORDS, Open, shown

STATE = """() => {
    const {page} = stepper;
    return {step: page.step, data: page.numbers.data, rate: page.training.rate, count: page.training.count,
        chosen: page.chosen, lang: page.lang, caption: document.getElementById("caption").textContent,
        scores: page.quiz.records, predicting: page.predicting,
        boxes: [...document.querySelectorAll("#picture g.node text")].map((text) => text.textContent)};
}"""


def saved(page: Any, tmp_path: Path) -> str:
    page.locator("#share > summary").press("Enter")
    with page.expect_download() as download:
        page.locator("#save-page").press("Enter")
    assert download.value.suggested_filename.endswith(".html")
    file = tmp_path / "saved.html"
    download.value.save_as(file)
    return file.read_text(encoding="utf-8")


def test_a_saved_page_opens_with_what_was_shown_where_no_link_could_say_it(visit: Open, tmp_path: Path) -> None:
    page = visit(viz.steps(lecture()))
    page.evaluate("stepper.page.predict(); stepper.page.next()")
    page.get_by_label("Your prediction").fill("6")
    page.keyboard.press("Enter")
    page.evaluate("""() => {
        const {page} = stepper;
        for (let k = 0; k < 120; k++) {
            page.change(0, 2 + k / 1000);
            page.training.setRate(0.001 + k / 100000);
            page.training.take(1);
        }
        page.speak("es");
        page.choose(3);
        page.go(9);
    }""")
    page.locator("#share > summary").press("Enter")
    page.locator("#copy-link").press("Enter")
    assert page.locator("#share-help").inner_text().endswith(WORDS["es"]["too_long"].partition(": ")[2])
    page.locator("#share > summary").press("Enter")
    told, text = page.evaluate(STATE), saved(page, tmp_path)
    assert told["scores"]
    assert told["count"] == 120
    page.evaluate("localStorage.clear()")
    again = visit(text)  # which sees to it that its own policy lets it run
    assert again.evaluate(STATE) == told
    twice = saved(again, tmp_path)
    assert twice == text
    assert len(text) < 400_000
    # the address of a link goes before what the file was saved with
    assert visit(text, "#step=2").evaluate("[stepper.page.step, stepper.page.training.count]") == [2, 0]


def to_update(page: Any) -> None:
    page.evaluate(
        "stepper.page.training.setRate(0.04); stepper.page.predict(); stepper.page.go(13); stepper.page.next()"
    )


@pytest.mark.parametrize("lang", ["en", "es"])
def test_what_a_training_step_makes_is_asked_for(visit: Open, lang: str) -> None:
    words = WORDS[lang]
    page = visit(viz.steps(lecture(), lang=lang))
    to_update(page)
    assert page.locator("#asked").inner_text() == words["ask"].format(asked="w ← w − η · ∂L/∂w")
    wrong = {"1.52": "update_sign", "14": "update_rate", "0.48": "update_only", "2": "update_before", "5": "wrong"}
    for answer, why in wrong.items():
        page.locator("#answer").fill(answer)
        page.locator("#check").click()
        said = words[why].format(before="2", hint=words["hint_update"], name="w", value="2.48", gradient="", local="")
        assert page.locator("#judgement").inner_text().strip() == said.strip(), answer
        assert shown(page, "w")[1] == "2"  # not before it is right
    page.locator("#answer").fill("2.48")
    page.locator("#check").click()
    assert shown(page, "w")[1] == "2.48"
    page.locator("#next").click()
    assert page.locator("#asked").inner_text() == words["ask"].format(asked="b ← b − η · ∂L/∂b")


def test_an_answer_near_the_number_before_is_not_taken_for_right(visit: Open) -> None:
    """A parameter moves little: of w = 2 and a step of 0.0012, 1 percent of 2 would pass anything."""
    page = visit(viz.steps(lecture()))
    page.evaluate(
        "stepper.page.training.setRate(0.0001); stepper.page.predict(); stepper.page.go(13); stepper.page.next()"
    )
    page.locator("#answer").fill("1.9988")
    page.locator("#check").click()
    assert page.locator("#judgement").inner_text().strip() == WORDS["en"]["update_sign"]


YES, NO = ("updates", None, ["w"]), ("values", "gradients", "parameters", ["y"])


@pytest.mark.parametrize(("ask", "asked"), [*((ask, True) for ask in YES), *((ask, False) for ask in NO)])
def test_the_lecturer_chooses_whether_updates_are_asked(visit: Open, ask: Any, asked: bool) -> None:
    page = visit(viz.steps(lecture()).html(verify=False, ask=ask))
    to_update(page)
    assert page.locator("#question").is_visible() == asked
    if ask == "updates":
        page.evaluate("stepper.page.go(0); stepper.page.next()")
        assert not page.locator("#question").is_visible()


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (npm install axe-core)")
def test_axe_finds_no_fault_while_an_update_is_asked(visit: Open) -> None:
    page = visit(viz.steps(lecture()))
    to_update(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations.map(({id, impact}) => [id, impact])")
    assert [id for id, impact in found if impact in ("serious", "critical")] == []
