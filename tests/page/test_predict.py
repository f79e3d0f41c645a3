"""Predictions on the page: what is asked, and what an answer shows about its author."""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path
from typing import Any

import pytest

import microgrid as mg
import viz
from helpers.graphs import lecture, named, reuse
from helpers.pages import WORDS, Open, shown
from microgrid import Value, parameter
from viz.words.numbers import Numbers


def test_predictions_and_what_mistakes_show(visit: Open) -> None:
    page = visit(viz.steps(lecture()), "#step=5")
    page.locator("#predict").click()
    page.locator("#next").click()
    assert page.locator("#asked").inner_text() == "Your prediction: ∂L/∂e = ∂L/∂L · ∂L/∂e ="
    assert shown(page, "e") == ["e = ŷ − y", "−2", ""]

    def answer(text: str) -> str:
        page.locator("#answer").fill(text)
        page.keyboard.press("Enter")
        return str(page.locator("#judgement").inner_text())

    words = WORDS["en"]
    assert answer("four") == words["not_read"]
    assert answer("4") == words["sign"]
    assert answer("1") == words["only_gradient"].format(local="−4")
    assert answer("-4.1") == words["close_by"]
    assert answer("12") == words["wrong"].format(hint=words["hint_backward"])
    assert answer("−3,99").startswith("Right at try 5: −4.")  # "four" was no answer
    assert "0 of 1 right at once" in page.locator("#judgement").inner_text()
    assert page.locator("#count").inner_text() == "6 of 13"
    assert shown(page, "e")[2] == "∂L/∂e = −4"
    page.keyboard.press("Enter")  # the focus is on the button that goes on
    assert answer("-4").endswith("(1 of 2 right at once)")
    page.keyboard.press("Enter")
    page.locator("#reveal").click()
    assert page.locator("#judgement").inner_text() == words["shown"].format(value="4") + " (1 of 3 right at once)"


def test_a_forgotten_accumulation_is_recognised(visit: Open) -> None:
    steps = viz.steps(reuse(), by="operation")
    backward = [k for k, frame in enumerate(steps) if frame.phase == "backward"]
    again = next(k for k in backward if steps[k - 1].grads[steps[k].active[0]] is not None)
    frame, before = steps[again], steps[again - 1]
    target = frame.active[0]
    was, now = before.grads[target] or 0.0, frame.grads[target] or 0.0
    page = visit(steps, f"#step={again - 1}")
    page.keyboard.press("p")
    page.keyboard.press("ArrowRight")
    page.locator("#answer").fill(str(now - was))
    page.locator("#answer").press("Enter")
    write, name = Numbers(), page.evaluate("stepper.page.question.name")
    said = WORDS["en"]["not_added"].format(name=name, before=write(was))
    assert page.locator("#judgement").inner_text() == said
    page.locator("#answer").fill(str(was))
    page.locator("#answer").press("Enter")
    assert page.locator("#judgement").inner_text() == WORDS["en"]["before"]
    page.locator("#answer").fill(write(now))
    page.locator("#answer").press("Enter")
    assert page.locator("#count").inner_text().startswith(f"{again} of")


def test_a_question_can_be_left_and_a_comma_is_a_decimal_sign(visit: Open) -> None:
    page = visit(viz.steps(named(Value(1.5, "x") * 3, "y")))
    page.keyboard.press("p")
    page.keyboard.press("ArrowRight")
    assert page.locator("#answer").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#answer").is_visible()
    assert page.locator("#count").inner_text() == "0 of 4"
    page.keyboard.press("ArrowRight")
    page.locator("#answer").fill("4,5")
    page.locator("#answer").press("Enter")
    assert page.locator("#judgement").inner_text() == "Right: 4.5. (1 of 1 right at once)"


def test_the_wrong_sign_of_what_is_added_is_recognised(visit: Open) -> None:
    x = Value(3.0, "x")
    page = visit(viz.steps(named(x - named(x * 2, "d"), "y"), by="operation"))  # ∂y/∂x = 1 + (−1)·2
    last = page.evaluate("stepper.page.frames.findLastIndex(frame => frame.phase === 'backward')")
    page.evaluate("step => stepper.page.go(step)", last - 1)
    page.keyboard.press("p")
    page.keyboard.press("ArrowRight")
    page.locator("#answer").fill("3")
    page.locator("#answer").press("Enter")
    assert page.locator("#judgement").inner_text().strip() == WORDS["en"]["sign_added"]


def test_predictions_come_before_the_numbers(visit: Open) -> None:
    page = visit(viz.steps(lecture()), "#step=2")
    page.keyboard.press("p")
    page.locator("g.node[data-node='0']").click()
    assert "−12" not in page.locator("#panel").inner_text()
    page.keyboard.press("End")
    assert "−4 · 3 = −12" in page.locator("#panel").inner_text()


def judged(page: Any, answer: str) -> str:
    page.locator("#answer").fill(answer)
    page.locator("#answer").press("Enter")
    return str(page.locator("#judgement").inner_text()).strip()


def judged_aside(page: Any) -> str:
    """What is said where no answer is asked for."""
    assert not page.locator("#answer").is_visible()
    return str(page.locator("#judgement").inner_text()).strip()


def asked(visit: Open, y: Value, phase: str) -> Any:
    """The page of y, where the last step of a phase is to be predicted."""
    steps = viz.steps(y, by="operation")
    page = visit(steps, f"#step={max(k for k, frame in enumerate(steps) if frame.phase == phase) - 1}")
    page.keyboard.press("p")
    page.keyboard.press("ArrowRight")
    return page


def test_a_term_that_is_nearly_the_sum_is_not_the_sum(visit: Open) -> None:
    words, w = WORDS["en"], parameter(2.0, "w")
    page = asked(visit, named(w * 8.0 + w * 0.05, "L"), "backward")
    assert page.locator("#asked").inner_text().startswith("Your prediction: ∂L/∂w = 0.05 + ")
    assert judged(page, "8") == words["not_added"].format(name="∂L/∂w", before="0.05")
    assert judged(page, "0.05") == words["before"]
    assert judged(page, "-7.95") == words["sign_added"]
    assert judged(page, "8.04").startswith("Right at try 4: 8.05.")  # to 1 percent


def test_an_answer_may_follow_from_the_numbers_as_they_are_written(visit: Open) -> None:
    a, b, c = Value(0.1, "a"), Value(0.2, "b"), Value(0.3, "c")
    page = asked(visit, named(a + b - c, "q"), "forward")
    assert judged(page, "-5.551e-17") == WORDS["en"]["sign"]
    assert judged(page, "0").startswith("Right at try 2: 5.551e−17.")
    page = asked(visit, named(mg.sin(Value(math.pi, "x")), "s"), "forward")
    assert judged(page, "-4e-4").startswith("Right: 1.225e−16.")  # sin(3.142) = −4.07e−4
    page = asked(visit, named(Value(1e-10, "u") * Value(1e-10, "v"), "t"), "forward")
    assert judged(page, "0") == WORDS["en"]["wrong"].format(hint=WORDS["en"]["hint_forward"])


def test_infinity_is_asked_for_and_can_be_typed_but_nan_is_not_asked_for(visit: Open) -> None:
    with mg.errstate(domain="ieee"):
        x = Value(0.0, "x")
        pole = named(1.0 / x, "y")
        page = asked(visit, pole, "forward")
        assert judged(page, "many") == WORDS["en"]["not_read_infinite"]
        assert judged(page, "5") == WORDS["en"]["wrong"].format(hint=WORDS["en"]["hint_forward"])
        assert judged(page, "−∞") == WORDS["en"]["sign"]
        assert judged(page, "inf") == "Right at try 3: ∞. (0 of 1 right at once)"
        page = asked(visit, pole, "backward")
        assert judged(page, "-Inf") == "Right: −∞. (1 of 1 right at once)"
        page = asked(visit, named(pole - pole, "none"), "forward")
    assert judged_aside(page) == WORDS["en"]["not_asked_nan"]


def test_a_comma_before_three_digits_may_be_two_things_in_english(visit: Open) -> None:
    page = asked(visit, named(Value(1200.0, "a") * 1.0, "y"), "forward")
    for text in ("1,200", "+1,200", "1,200,000"):
        assert judged(page, text) == WORDS["en"]["not_read"]
    assert page.evaluate("[stepper.read('0,125', 'en'), stepper.read('1,25', 'en')]") == [0.125, 1.25]
    page.locator("#language").select_option("es")
    assert page.evaluate("stepper.read('1,200', 'es')") == 1.2
    page.locator("#language").select_option("en")
    page.evaluate("stepper.page.choose(0)")
    page.locator("#what-if").fill("1,300")
    assert page.locator("#what-if").get_attribute("aria-invalid") == "true"
    assert judged(page, "1200").startswith("Right: 1200.")


def test_a_change_while_a_question_is_open_asks_it_anew(visit: Open) -> None:
    words = WORDS["en"]
    page = asked(visit, named(mg.log(Value(1.0, "x")), "y"), "forward")
    assert judged(page, "1") == words["wrong"].format(hint=words["hint_forward"])
    page.evaluate("stepper.page.change(0, 2)")
    assert page.locator("#answer").is_visible()
    assert page.locator("#judgement").inner_text() == words["asked_anew"]
    page.evaluate("stepper.page.changeNothing()")
    assert judged(page, "0.693") == words["wrong"].format(hint=words["hint_forward"])
    page.evaluate("stepper.page.change(0, 2)")
    assert (
        judged(page, "0.693") == "Right at try 3: 0.6931. (0 of 1 right at once)"
    )  # one question, answered at the third attempt
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    page.evaluate("stepper.page.change(0, -1)")
    assert judged_aside(page) == words["not_asked_impossible"]


def asked_steps(page: Any) -> list[int]:
    """The steps that ask, from the start to the end of the walk."""
    return list(
        page.evaluate("""() => {
        const {page} = stepper, steps = [];
        page.go(0);
        if (!page.predicting) page.predict();
        while (page.step < page.frames.length - 1) {
            page.next();
            if (page.question) {
                steps.push(page.step + 1);
                page.quiz.reveal();
            }
        }
        return steps;
    }""")
    )


@pytest.mark.parametrize(("ask", "steps"), [
    (None, range(1, 13)), ("values", range(1, 5)), ("gradients", range(5, 13)), ("parameters", (10, 11)),
    (["z", "w"], (1, 9, 11)), (["yhat"], (2, 7)),
])  # fmt: skip
def test_the_lecturer_chooses_what_is_asked(visit: Open, ask: Any, steps: Any) -> None:
    page = visit(viz.steps(lecture()).html(verify=False, ask=ask))
    assert asked_steps(page) == list(steps)


def test_what_cannot_be_asked_is_refused() -> None:
    walk = viz.steps(lecture())
    with pytest.raises(ValueError, match=re.escape("ask='grads' is unknown (did you mean 'gradients'?): choose")):
        walk.html(ask="grads")
    with pytest.raises(ValueError, match="ask: no node of the graph is labelled 'q': labels are"):
        walk.html(ask=["w", "q"])
    with pytest.raises(TypeError, match=r"ask is .*, got int 3"):
        walk.html(ask=[3])


def test_scores_are_kept_and_saved(visit: Open, tmp_path: Path) -> None:
    page = visit(viz.steps(lecture()), "#step=5")
    assert not page.locator("#scores").is_visible()
    page.keyboard.press("p")
    page.keyboard.press("ArrowRight")
    assert judged(page, "-4").startswith("Right: −4.")
    page.keyboard.press("ArrowRight")
    judged(page, "4")
    assert judged(page, "-4").startswith("Right at try 2: −4. (1 of 2 right at once)")
    page.keyboard.press("ArrowRight")
    page.locator("#reveal").click()
    assert page.locator("#score").inner_text() == "1 of 3 right at once"
    page.locator("#predict").click()
    page.reload()
    assert page.locator("#score").inner_text() == "1 of 3 right at once"
    with page.expect_download() as download:
        page.locator("#save-scores").click()
    download.value.save_as(tmp_path / "scores.csv")
    with (tmp_path / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["Step", "asked", "answers", "right", "at once"]
    assert [row[0] for row in rows[1:]] == ["6", "7", "8"]
    assert [row[2:] for row in rows[1:]] == [["-4", "-4", "yes"], ["4 -4", "-4", "no"], ["Show me", "4", "no"]]
    page.locator("#forget-scores").click()
    page.reload()
    assert not page.locator("#scores").is_visible()


@pytest.mark.parametrize("lang", ["en", "es"])
def test_what_a_training_step_would_give_is_not_said_before_it_may_be_known(visit: Open, lang: str) -> None:
    page = visit(viz.steps(lecture(), lang=lang))
    told = page.locator("#train")
    assert not page.locator("#consequence").is_visible()  # every box is empty
    page.locator("#last").click()
    assert "L: 4 → 2.56" in told.inner_text()
    page.locator("#one-step").click()
    assert "L: 4 → 2.56" in page.locator("#trained").inner_text()
    page.keyboard.press("p")
    for step in range(page.evaluate("stepper.page.all.length")):
        page.evaluate(f"stepper.page.go({step})")
        assert not page.locator("#consequence").is_visible()
        assert not re.search(r"2\.56|2\.12|→", told.inner_text())
    page.keyboard.press("p")
    assert "L: 4 → 2.56" in told.inner_text()
