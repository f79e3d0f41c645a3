"""Training in the page of steps, in Chromium: beside Python's engine, and what is said where it goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import microgrid as mg
import viz
from helpers.graphs import lecture, named
from helpers.lecture_graphs import xor_by_hand
from helpers.pages import AXE, WORDS, Open, caption, shown
from microgrid import Value, optim, parameter
from viz.page.training import training

NUMBERS = "(() => { const {page} = stepper; return page.numbers.data.map((x, i) => [page.graph.nodes[i].name, x]); })()"


def numbers(page: Any) -> dict[str, float]:
    return {name: float(x) for name, x in page.evaluate(NUMBERS)}


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_the_lecture_s_graph_learns(visit: Open) -> None:
    page = visit(viz.steps(lecture()))
    page.get_by_label("Learning rate").fill("0.04")
    for w, loss in (("2.48", "0.16"), ("2.576", "0.0064"), ("2.595", "0.000256")):
        press(page, "One step")
        assert shown(page, "w") == ["w", w, ""]
        assert shown(page, "L")[1] == loss
        assert caption(page).startswith("L = e² = ")
    assert numbers(page)["w"] == pytest.approx(2.5952, rel=1e-14)
    assert "training step 3" in page.locator("#phase").inner_text()
    assert "L: 4 → 0.16 → 0.0064 → 0.000256" in page.locator("#trained").inner_text()
    press(page, "Reset")
    assert shown(page, "w")[1] == "2"


def mlp() -> Value:
    return named((mg.nn.MLP(2, [4, 3, 1], activation="tanh")([0.5, -1.0]) - 1) ** 2, "L")


def softmax() -> Value:
    w = [parameter(0.3 * k - 0.4, f"w{k}") for k in range(3)]
    return named(mg.nn.losses.cross_entropy_with_logits([a * 1.5 for a in w], 1), "L")


@pytest.mark.parametrize(("make", "rate"), [(lecture, 0.04), (xor_by_hand, 0.5), (mlp, 0.02), (softmax, 0.3)])
def test_two_hundred_steps_are_those_of_python(visit: Open, make: Callable[[], Value], rate: float) -> None:
    """Each step from Python's own parameters; and all of them without."""
    y = make()
    steps = viz.steps(y)
    nodes = mg.graph.order(y)
    places = [i for i, v in enumerate(nodes) if v.role == "parameter"]
    moved = optim.SGD([nodes[i] for i in places], lr=rate)
    page = visit(steps)
    before, after = [[nodes[i].data for i in places]], []
    losses = [y.data]
    for _ in range(200):
        moved.zero_grad()
        y.backward()
        moved.step()
        mg.recompute(y)
        after.append([nodes[i].data for i in places])
        losses.append(y.data)
        before.append(after[-1])
    each = """([places, rate, before]) => before.map((start) => {
        const {page} = stepper, changes = new Map(places.map((i, k) => [i, start[k]]));
        const numbers = stepper.compute(page.graph, changes);
        const next = stepper.descend(page.graph, changes, numbers, places, rate);
        return places.map((i) => next.numbers.data[i]);
    })"""
    got = page.evaluate(each, [places, rate, before[:-1]])
    for here, there in zip(got, after, strict=True):
        assert [float(x) for x in here] == pytest.approx(there, rel=1e-12, abs=1e-300)
    page.evaluate("rate => stepper.page.training.setRate(rate)", rate)
    page.evaluate("stepper.page.training.take(200)")
    free = page.evaluate("places => places.map((i) => stepper.page.numbers.data[i])", places)
    assert [float(x) for x in free] == pytest.approx(after[-1], rel=1e-9)
    assert page.evaluate("stepper.page.numbers.data[stepper.page.graph.root]") == pytest.approx(losses[-1], rel=1e-9)


def test_the_third_pass_goes_from_parameter_to_parameter_and_then_forward_again(visit: Open) -> None:
    page = visit(viz.steps(lecture()), "#step=13")
    page.get_by_label("Learning rate").fill("0.04")
    page.locator("#next").click()
    assert page.locator("#phase").inner_text() == "Update"
    assert caption(page) == "w ← w − η · ∂L/∂w = 2 − 0.04 · (−12) = 2.48"
    assert (shown(page, "w")[1], shown(page, "b")[1], shown(page, "z")[1]) == ("2.48", "1", "6")
    assert page.locator("g.node.active").get_attribute("data-node") == "0"
    page.locator("#next").click()
    assert caption(page) == "b ← b − η · ∂L/∂b = 1 − 0.04 · (−4) = 1.16"
    assert page.locator("#count").inner_text() == "update 2 of 2"
    page.locator("#next").click()
    assert page.locator("#count").inner_text() == "1 of 13"
    assert caption(page) == "z = w · x = 2.48 · 3 = 7.44"
    page.keyboard.press("u")
    assert caption(page) == "b ← b − η · ∂L/∂b = 1 − 0.04 · (−4) = 1.16"


def test_the_rule_is_that_of_the_row() -> None:
    known = training()
    names = {"x": "w", "lr": "η", "g": "g"}
    texts = [known["parts"][0]]
    for name, part in zip(known["operands"], known["parts"][1:], strict=True):
        texts += [names[name], part]
    assert "".join(texts) == "w − η · g"
    assert known["rate"] == optim.SGD.row.settings["lr"].default


def test_a_rate_that_is_none_is_refused_in_a_sentence_and_the_page_goes_on(visit: Open) -> None:
    page = visit(viz.steps(lecture()))
    field = page.get_by_label("Learning rate")
    field.fill("0.04")
    for typed in ("NaN", "", "four", "-1", "inf"):
        field.fill(typed)
        assert field.get_attribute("aria-invalid") == "true"
        assert page.locator("#rate-help").inner_text() == WORDS["en"]["rate_help"]
    press(page, "One step")
    assert numbers(page)["w"] == 2.48
    assert field.input_value() == "0.04"
    field.fill("1e308")
    assert "beyond the largest number" in page.locator("#consequence").inner_text()
    press(page, "One step")
    assert "No further" in page.locator("#trained").inner_text()
    assert numbers(page)["w"] == 2.48
    field.fill("0,04")
    press(page, "One step")
    assert numbers(page)["w"] == pytest.approx(2.576)
    field.press("ArrowUp")
    assert float(field.input_value()) == 0.05


def test_a_rate_that_is_too_large_diverges_and_there_is_a_way_back(visit: Open) -> None:
    page = visit(viz.steps(lecture()))
    page.get_by_label("Learning rate").fill("1000000")
    press(page, "One step")
    assert "has risen: with η = 1e6" in page.locator("#trained").inner_text()
    for _ in range(3):  # the last of which stops on the way
        press(page, "Ten steps")
    told = page.locator("#trained").inner_text()
    assert "Diverged at training step 22 with η = 1e6." in told
    assert "is beyond the largest number a computer's double holds" in told
    assert page.locator("g.broken").get_attribute("data-node") == "7"
    assert page.locator("#one-step").is_disabled()
    page.locator("#way-back").click()
    assert page.locator("g.broken").count() == 0
    assert page.evaluate("stepper.page.training.count") == 21
    press(page, "Reset")
    page.get_by_label("Learning rate").fill("0.04")
    press(page, "One step")
    assert shown(page, "w")[1] == "2.48"


def test_run_goes_on_until_it_is_stopped_or_nothing_moves(visit: Open) -> None:
    page = visit(viz.steps(lecture()))
    page.get_by_label("Learning rate").fill("0.04")
    page.locator("#speed").select_option("4")
    page.locator("#run").click()
    page.wait_for_function("() => stepper.page.training.count > 3")
    assert page.locator("#run").inner_text() == "Stop"
    page.wait_for_function("() => stepper.page.training.outcome?.word === 'still'", timeout=20000)
    assert page.locator("#run").inner_text() == "Run"
    assert WORDS["en"]["still"] in page.locator("#trained").inner_text()
    assert page.evaluate("stepper.page.numbers.data[stepper.page.graph.root]") < 1e-28
    page.locator("#undo").click()
    assert numbers(page)["w"] == 2


def test_the_loss_is_drawn_as_it_falls(visit: Open) -> None:
    page = visit(viz.steps(lecture()))
    assert not page.locator("#curve").is_visible()
    page.get_by_label("Learning rate").fill("0.02")
    for _ in range(3):
        press(page, "Ten steps")
    assert page.locator("#curve").is_visible()
    assert page.locator("#curve-note").inner_text() == "L over the training steps, logarithmic"
    d = page.locator("#curve-line").get_attribute("d")
    assert d is not None
    points = [tuple(map(float, point.split(","))) for point in d[1:].split("L")]
    assert len(points) == 31
    # each step takes L by (1 - 2·0.02·10)² = 0.36: in logarithms a straight line, from corner to corner
    slope = (points[-1][1] - points[0][1]) / (points[-1][0] - points[0][0])
    assert points[0] == (2.0, 2.0)
    assert points[-1] == (298.0, 54.0)
    assert all(y == pytest.approx(2 + slope * (x - 2), abs=0.2) for x, y in points)
    page.evaluate("stepper.page.training.take(600)")
    assert len((page.locator("#curve-line").get_attribute("d") or "").split("L")) <= 241
    press(page, "Reset")
    assert not page.locator("#curve").is_visible()


def test_where_there_is_no_parameter_the_page_asks(visit: Open) -> None:
    a, b = Value(3.0, "a"), Value(1.0, "b")
    page = visit(viz.steps(named((a - b) ** 2, "L")))
    assert page.locator("#one-step").is_disabled()
    assert WORDS["en"]["which"] in page.locator("#which").inner_text()
    page.get_by_label("a", exact=True).check()
    page.get_by_label("Learning rate").fill("0.25")
    press(page, "One step")
    assert numbers(page)["a"] == 2.0
    assert numbers(page)["b"] == 1.0


def test_a_graph_that_only_python_computes_says_so(visit: Open) -> None:
    cube = mg.custom_op("cube_trained", value=lambda x: x**3, partials=[lambda x: 3 * x**2])
    page = visit(viz.steps(named(cube(parameter(2.0, "w")), "y")))
    told = WORDS["en"]["untrainable_custom"].format(op="cube_trained")
    assert page.locator("#untrainable").inner_text() == told
    assert page.locator("#one-step").is_disabled()
    page.keyboard.press("s")
    page.locator("#next").click()
    assert page.locator("#count").inner_text() == "1 of 4"


def test_training_in_spanish(visit: Open) -> None:
    page = visit(viz.steps(lecture(), lang="es"))
    page.get_by_label("Tasa de aprendizaje").fill("0,04")
    press(page, "Un paso")
    assert shown(page, "w")[1] == "2.48"
    assert "Pasos de entrenamiento: 1." in page.locator("#trained").inner_text()


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (npm install axe-core)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_while_it_trains(visit: Open, scheme: str) -> None:
    faults: list[Any] = []
    states = ["stepper.page.training.take(1)", "stepper.page.go(99); stepper.page.next()",
              "stepper.page.training.setRate(1e6); stepper.page.training.take(40)"]  # fmt: skip
    pages = [(viz.steps(lecture()), states), (viz.steps(named(Value(3.0, "a") ** 2, "L")), [""])]
    for steps, prepared in pages:
        page = visit(steps.html(verify=False), color_scheme=scheme)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        for state in prepared:
            page.evaluate(state)
            for fault in page.evaluate("axe.run()")["violations"]:
                faults.append((state, fault["id"], [node["html"][:200] for node in fault["nodes"]]))
    assert faults == []


def test_the_file_of_the_lecture_s_graph_is_small() -> None:
    assert len(viz.steps(lecture()).html().encode()) < 400_000
