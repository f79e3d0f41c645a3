"""The page that trains, where layers were changed: its steps as walks over the neurons, with the engine's numbers."""

from __future__ import annotations

import random
import re
from functools import partial
from typing import Any

import pytest

import viz
from helpers.pages import AXE, Open
from microgrid import Value, datasets, nn, optim
from microgrid.base.phrases import LANGUAGES
from viz.training.words import words

SAY = {lang: words(lang) for lang in LANGUAGES}
NUMBER = r"−?\d[\d.]*(?:e−?\d+)?"


def changed(visit: Open, hidden: str, activation: str = "tanh", lang: str = "en", **window: Any) -> Any:
    """A page whose reader has put other layers together."""
    random.seed(2)
    X, y = datasets.moons(20, noise=0.1, seed=4)
    model = nn.MLP(2, [3, 1], activation="tanh")
    optimizer = partial(optim.SGD, lr=0.1)
    page = visit(viz.trainer(model, X, y, loss="bce_with_logits", optimizer=optimizer, lang=lang).html(), **window)
    page.wait_for_function("() => trainer.page.pictures > 0")
    page.locator("#hidden").fill(hidden)
    page.keyboard.press("Enter")
    page.locator("#activation").select_option(activation)
    page.locator("#ten").click()
    page.wait_for_function("() => trainer.page.last?.steps === 10")
    return page


def opened(page: Any, sample: int = 4) -> None:
    page.evaluate(f"trainer.page.lookAt({sample})")
    page.wait_for_function(f"() => trainer.page.last?.look?.sample === {sample} && !trainer.page.dirty")
    page.locator("#walk").press("Enter")
    page.locator("#neurons").wait_for()


def captions(page: Any) -> list[str]:
    """All that the walk says, by the keyboard."""
    said = [page.locator("#walk-caption").inner_text()]
    while page.locator("#walk-next").is_enabled():
        page.keyboard.press("ArrowRight")
        said.append(page.locator("#walk-caption").inner_text())
    return said


def numbers(text: str) -> list[float]:
    return [float(found.replace("−", "-")) for found in re.findall(rf"= ({NUMBER})(?=$|\s)", text)]


def near(found: float, expected: float) -> bool:
    return found == pytest.approx(expected, rel=6e-4, abs=1e-12)  # four digits


@pytest.mark.parametrize(("hidden", "activation"), [("4", "tanh"), ("3-2", "relu"), ("2", "leaky_relu")])
def test_a_changed_network_opens_as_a_walk_with_the_engine_s_numbers(visit: Open, hidden: str, activation: str) -> None:
    page = changed(visit, hidden, activation)
    opened(page)
    sizes = [int(n) for n in hidden.split("-")] + [1]
    model = nn.MLP(2, sizes, activation=activation)
    for parameter, number in zip(model.parameters(), page.evaluate("[...trainer.page.last.parameters]"), strict=True):
        parameter.data = number
    row = page.evaluate("trainer.page.rows[4]")
    values: list[list[Value]] = [[Value(x) for x in row[:2]]]
    for layer in model.layers:
        out = layer(values[-1])
        values.append(out if isinstance(out, list) else [out])
    loss = nn.losses.bce_with_logits([values[-1][0]], [row[2]])
    loss.backward()
    said = captions(page)
    units = [unit for layer in values[1:] for unit in layer]
    assert len(said) == 2 * len(units) + 3
    for text, unit in zip(said[1:], units, strict=False):
        assert near(numbers(text)[-1], unit.data), text
    after = said[1 + len(units)]
    assert near(numbers(after)[0], loss.data)
    backward = [unit for layer in reversed(values[1:]) for unit in layer]
    neurons = [neuron for layer in reversed(model.layers) for neuron in layer.neurons]
    for text, unit, neuron in zip(said[2 + len(units) :], backward, neurons, strict=False):
        lines = text.split("\n\n") if "\n\n" in text else text.split("\n")
        own = [line for line in lines if line.startswith("=")] or lines
        assert near(numbers(own[0])[-1], unit.grad), text
        assert near(numbers(text)[-1], neuron.b.grad), text  # the bias comes last
        weights = re.findall(rf"∂L/∂w\S+ = ∂L/∂\S+ · \S+ = ({NUMBER})", text)
        for found, weight in zip(weights, neuron.w, strict=False):
            assert near(float(found.replace("−", "-")), weight.grad), text
    assert page.locator("#neurons").is_visible()
    assert page.locator("#walk-count").inner_text() == SAY["en"]["walk_count"].format(
        step=len(said) - 1, last=len(said) - 1
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_shows_how_far_it_is_and_ends_where_its_numbers_do(visit: Open, lang: str) -> None:
    page = changed(visit, "4", lang=lang)
    circles = page.evaluate("trainer.page.circles")
    opened(page)
    shown = """() => trainer.page.diagram.units.filter(({number}) => number?.textContent).length"""
    page.wait_for_function(f"() => ({shown})() === 2")  # the inputs
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"() => ({shown})() === 3")
    assert page.locator(".unit.walked").count() == 1
    assert page.locator(".link.walked").count() == 2
    assert page.locator("#walk-phase").inner_text() == SAY[lang]["walk_forward"]
    top = page.locator("#walk-next").bounding_box()["y"]
    for _ in range(4):
        page.locator("#walk-next").click()
    assert page.locator("#walk-next").bounding_box()["y"] == top  # its buttons stay where they are
    page.locator("#one").click()  # other numbers
    page.locator("#neurons").wait_for(state="hidden")
    assert page.evaluate("trainer.page.circles") == circles
    page.wait_for_function("() => !document.querySelector('.walked')")  # in the next picture
    opened(page, 5)
    page.keyboard.press("Escape")
    assert not page.locator("#neurons").is_visible()
    assert page.evaluate("document.activeElement.id") == "walk"


def test_it_opens_while_the_training_runs(visit: Open) -> None:
    page = changed(visit, "4")
    page.locator("#run").click()
    page.wait_for_function("() => trainer.page.last?.steps > 20")
    page.locator("#walk").click()
    page.locator("#neurons").wait_for()
    assert not page.evaluate("trainer.page.running")


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (npm install axe-core)")
@pytest.mark.parametrize("window", [{}, {"color_scheme": "dark"}, {"viewport": {"width": 390, "height": 844}}])
def test_axe_finds_no_fault_in_the_walk(visit: Open, window: dict[str, Any]) -> None:
    page = changed(visit, "16-16", **window)
    opened(page)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations.map(({id, impact}) => [id, impact])")
    assert [id for id, impact in found if impact in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("address", "steps"), [("#steps=25", 25), ("#steps=-3", 0), ("#steps=x", 0), ("#steps=1e9", 0)]
)
def test_an_address_opens_it_so_many_steps_on(visit: Open, address: str, steps: int) -> None:
    X, y = datasets.moons(20, noise=0.1, seed=4)
    page = visit(viz.trainer(nn.MLP(2, [3, 1]), X, y, loss="bce_with_logits", optimizer=optim.SGD).html(), address)
    page.wait_for_function(f"() => trainer.page.pictures > 0 && trainer.page.last?.steps === {steps}")
