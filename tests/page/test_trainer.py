"""The page in which a model learns, in a real browser: it trains, says what goes wrong, and everybody can use it."""

from __future__ import annotations

import json
import random
import re
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import microgrid as mg
import viz
from helpers.pages import AXE, Open
from microgrid import Value, datasets, nn, optim
from microgrid.base.phrases import LANGUAGES
from microgrid.cli.commands import main
from microgrid.optim import rules
from viz.training.words import words

SAY = {lang: words(lang) for lang in LANGUAGES}


def moons(*sizes: int, activation: str = "tanh", n: int = 40, lr: float = 0.05, **more: Any) -> viz.Trainer:
    random.seed(2)
    X, y = datasets.moons(n, noise=0.1, seed=4)
    model = nn.MLP(2, list(sizes), activation=activation)
    return viz.trainer(model, X, y, loss="bce_with_logits", optimizer=partial(optim.Adam, lr=lr), **more)


def wait(page: Any, condition: str) -> None:
    page.wait_for_function(f"() => {condition}")


def ready(page: Any) -> None:
    wait(page, "trainer.page.pictures > 0")


def at(page: Any, step: int) -> None:
    wait(page, f"trainer.page.last?.steps === {step}")


def loss(page: Any) -> float:
    return float(re.findall(r"\d[\d.e-]*", page.locator("#losses").inner_text().replace("−", "-"))[0])


def field(page: Any, name: str, typed: str) -> None:
    page.get_by_label(name, exact=True).fill(typed)
    page.keyboard.press("Enter")
    page.get_by_label(name, exact=True).blur()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_loss_falls_while_it_runs_and_stays_while_it_rests(visit: Open, lang: str) -> None:
    page, say = visit(moons(6, 1, lang=lang).html()), SAY[lang]
    ready(page)
    assert page.locator("html").get_attribute("lang") == lang
    assert say["title"].format(model="MLP 2-6-1") == page.locator("h1").inner_text() == page.title()
    before = loss(page)
    page.get_by_role("button", name=say["run"], exact=True).click()
    wait(page, "trainer.page.last?.steps > 40")
    page.get_by_role("button", name=say["pause"], exact=True).click()
    wait(page, "!trainer.page.running")
    page.wait_for_timeout(200)
    rested = page.locator("#steps").inner_text()
    assert loss(page) < before / 2
    page.wait_for_timeout(200)
    assert page.locator("#steps").inner_text() == rested
    page.get_by_role("button", name=say["reset"], exact=True).click()
    at(page, 0)
    wait(page, f"Math.abs(trainer.page.last?.dataLoss - {before}) < 1e-3")
    page.get_by_role("button", name=say["one"], exact=True).click()
    at(page, 1)


def test_steps_are_those_of_the_engine(visit: Open) -> None:
    """The numbers in the table after each of ten steps, beside a program and an optimiser in Python."""
    random.seed(2)
    X, y = datasets.moons(30, noise=0.1, seed=4)
    model = nn.MLP(2, [4, 1], activation="tanh")
    page = visit(viz.trainer(model, X, y, loss="bce_with_logits", optimizer=partial(optim.Adam, lr=0.05)).html())
    ready(page)
    x, target = [Value(0.0, "x1"), Value(0.0, "x2")], Value(0.0, "t")
    z = model(x)
    program = mg.compile((1 + (-z).exp()).log() + (1 - target) * z, [*x, target], model.parameters())
    moved = optim.Adam(program, lr=0.05)
    for step in range(1, 11):
        _, gradient = program.value_and_grad(np.column_stack([X, y]))
        moved.step(gradient)
        page.locator("#one").click()
        at(page, step)
        got = page.evaluate("[...trainer.page.last.parameters]")
        np.testing.assert_allclose(got, program.parameters, rtol=1e-11)
    page.locator("#circle").select_option(label="ŷ")
    wait(page, "document.querySelector('#parameters th[scope=row]').textContent.startsWith('w₁₁⁽²⁾')")
    row = page.locator("#parameters tbody tr").first.locator("td").all_inner_texts()
    assert [float(text.replace("−", "-")) for text in row[:1]] == pytest.approx([program.parameters[12]], rel=1e-2)
    assert page.locator("#parameters thead th").all_inner_texts()[-2:] == ["m", "v"]


def test_what_is_typed_wrong_is_said_and_the_page_goes_on(visit: Open) -> None:
    page = visit(moons(5, 1).html())
    ready(page)
    message = page.locator("#message")
    wrong = [("Learning rate", "NaN"), ("Learning rate", "1e400"), ("Learning rate", "-1"), ("Batch size", "0"),
             ("Batch size", "2.5"), ("Seed", "x"), ("beta1", "1"), ("eps", "-1")]  # fmt: skip
    for name, typed in wrong:
        page.get_by_label(name, exact=True).fill(typed)
        page.keyboard.press("Tab")
        assert f"“{typed}”" in message.inner_text()
        assert page.get_by_label(name, exact=True).input_value() in ("0.05", "40", "0", "0.9", "1e-8")
    page.locator("#one").click()
    at(page, 1)


@pytest.mark.parametrize(
    ("rate", "why", "way"),
    [
        (
            "1000000",
            r"It diverges: at step 12 the loss has grown from [\d.]+ to \d",
            "go back, and choose a smaller one",
        ),
        (
            "1e308",
            r"Stopped before step .*(loss of this batch is|the gradient of w|it would make)",
            "The way back: a smaller learning rate",
        ),
    ],
)
def test_a_rate_that_is_too_large_is_said_with_the_way_back(visit: Open, rate: str, why: str, way: str) -> None:
    random.seed(2)
    X, y = datasets.gabor(20, seed=1)
    model = nn.MLP(1, [5, 1], activation="relu")
    page = visit(viz.trainer(model, X, y, loss="mse", optimizer=partial(optim.SGD, lr=0.001)).html())
    ready(page)
    page.locator("#ten").click()
    at(page, 10)
    before = page.evaluate("trainer.page.last.dataLoss")
    field(page, "Learning rate", rate)
    page.locator("#pace").select_option("Infinity")
    page.locator("#run").click()
    said = page.locator("#remarks")
    said.get_by_text(way).wait_for()
    wait(page, "!trainer.page.running")
    assert re.search(why, said.inner_text())
    field(page, "Learning rate", "0.001")
    page.evaluate("() => document.getElementById('back')?.click()")
    wait(page, f"trainer.page.last?.dataLoss <= {before} + 1e-9 && trainer.page.last?.fault === null")
    page.locator("#one").click()
    wait(page, "trainer.page.last?.steps >= 10")


def test_the_optimiser_is_changed_while_it_runs(visit: Open) -> None:
    page = visit(moons(5, 1, batch_size=8).html())
    ready(page)
    page.locator("#run").click()
    wait(page, "trainer.page.last?.steps > 5")
    page.locator("#optimizer").select_option("SGD")
    wait(page, "trainer.page.last?.letters.length === 0")
    assert page.locator("#formulas").inner_text() == "x ← x - lr*g"
    field(page, "momentum", "0.9")
    wait(page, "trainer.page.last?.letters[0] === 'v'")
    assert "v ← momentum*v" in page.locator("#formulas").inner_text()
    page.get_by_label("nesterov").check()
    wait(page, "trainer.page.settings.values.nesterov === true")
    field(page, "momentum", "0")
    assert "Nesterov" in page.locator("#message").inner_text()
    assert page.evaluate("trainer.page.last.batch.length") == 8
    assert page.locator(".sample.drawn").count() == 8
    assert page.evaluate("trainer.page.running")


def test_circles_and_samples_by_keyboard(visit: Open) -> None:
    page = visit(moons(3, 1).html())
    ready(page)
    page.locator("#circles").select_option("values")
    page.locator("#network [tabindex='0']").focus()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    wait(page, "document.querySelector('#circle').selectedOptions[0].textContent === 'h₁⁽¹⁾'")
    assert re.match("h₁⁽¹⁾, value .*, gradient ", page.evaluate("document.activeElement.getAttribute('aria-label')"))
    page.locator("#samples [tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    wait(page, "trainer.page.last?.look?.sample === 1")
    wait(page, "document.querySelector('#looked').textContent.startsWith('Sample 2:')")
    page.locator("#circles").select_option("gradients")
    wait(page, "trainer.page.circles === 'gradients'")


def test_dead_units_and_vanishing_gradients_are_said(visit: Open) -> None:
    random.seed(0)
    X, y = datasets.moons(30, seed=1)
    dead = nn.MLP(2, [4, 1])
    dead.layers[0].neurons[1].b.data = -50.0
    page = visit(viz.trainer(dead, X, y, loss="mse", optimizer=optim.SGD).html())
    page.locator("#remarks").get_by_text("Dead (1): h₂⁽¹⁾ gives no slope").wait_for()
    assert page.locator(".unit.dead").count() == 1
    deep = nn.MLP(2, [3] * 8 + [1], activation="sigmoid")
    page = visit(viz.trainer(deep, X, y, loss="bce_with_logits", optimizer=optim.SGD).html())
    ready(page)
    page.locator("#one").click()
    page.locator("#remarks").get_by_text("Vanishing: the gradient in layer 1").wait_for()
    for layer in deep.layers[:-1]:
        for neuron in layer.neurons:
            neuron.b.data = 9.0
    page = visit(viz.trainer(deep, X, y, loss="bce_with_logits", optimizer=optim.SGD).html())
    page.locator("#remarks").get_by_text("Saturated (").wait_for()


def test_another_activation_or_dropout_goes_on_with_the_weights(visit: Open) -> None:
    """Layers begin anew, which is said; what keeps the weights keeps the training."""
    page = visit(moons(4, 1).html())
    ready(page)
    page.locator("#ten").click()
    page.locator("#steps").get_by_text("Step 10,").wait_for()
    before = page.evaluate("[...window.trainer.page.last.parameters]")
    page.locator("#activation").select_option("relu")
    wait(page, "trainer.page.last?.steps === 10")
    assert page.evaluate("[...window.trainer.page.last.parameters]") == before
    page.evaluate("""() => {  // faster than any news of the first
        const field = document.getElementById("activation");
        for (field.value of ["sigmoid", "relu"]) field.dispatchEvent(new Event("change"));
    }""")
    wait(page, "trainer.page.last?.steps === 10")
    assert page.evaluate("[...window.trainer.page.last.parameters]") == before
    model = nn.MLP(2, [4, 1], activation="relu")
    for p, x in zip(model.parameters(), before, strict=True):
        p.data = x
    X, y = page.evaluate(
        "[window.trainer.page.rows.map((r) => r.slice(0, 2)), window.trainer.page.rows.map((r) => r[2])]"
    )
    expected = nn.losses.bce_with_logits(model.batch(X), y).data
    assert page.evaluate("window.trainer.page.last.dataLoss") == pytest.approx(expected, rel=1e-12)
    page.locator("#dropout").fill("0.3")
    page.locator("#dropout").press("Enter")
    page.locator("#one").click()
    page.locator("#steps").get_by_text("Step 11,").wait_for()
    page.locator("#hidden").fill("3")
    page.locator("#hidden").press("Enter")
    page.locator("#message").get_by_text("its training begins at step 0").wait_for()


def test_a_training_that_diverges_stops_says_at_which_step_and_goes_back(visit: Open) -> None:
    page = visit(moons(4, 1, lr=1e4).html(), offline=True)
    ready(page)
    page.locator("#run").click()
    page.locator("#remarks").get_by_text("It diverges: at step").wait_for()
    page.locator("#run").get_by_text("Run").wait_for()
    page.locator("#back").click()
    page.locator("#back").wait_for(state="hidden")
    assert page.locator("#remarks").get_by_text("diverges").count() == 0


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (npm install axe-core)")
@pytest.mark.parametrize("properties", [{}, {"color_scheme": "dark"}, {"viewport": {"width": 390, "height": 844}}])
def test_axe_finds_no_fault(visit: Open, properties: dict[str, Any]) -> None:
    faults: list[Any] = []
    page = visit(moons(5, 1).html(), **properties)
    ready(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))

    def diverge() -> None:
        field(page, "Learning rate", "1e308")
        page.locator("#ten").click()
        page.locator("#remarks p").first.wait_for()

    values = partial(page.locator("#circles").select_option, "values")
    names = ("ten", "reset", "edit", "add", "share > summary", "copy-link")
    actions = [page.locator(f"#{name}").click for name in names]
    for k, act in enumerate((lambda: None, *actions, values, diverge, partial(field, page, "Hidden layers", "x"))):
        act()
        page.wait_for_timeout(150)
        for fault in page.evaluate("axe.run()")["violations"]:
            faults.append((k, fault["id"], [node["html"][:200] for node in fault["nodes"]]))
    assert faults == []


def test_other_models_and_data(visit: Open) -> None:
    random.seed(3)
    X, y = datasets.blobs(40, seed=1)
    sequential = nn.Sequential(nn.Linear(2, 6), nn.Dropout(0.3), "tanh", nn.Residual(nn.Linear(6, 6)), nn.Linear(6, 3))
    normalised = nn.Sequential(nn.Linear(2, 6), nn.BatchNorm(6), "tanh", nn.Linear(6, 3))
    five = [[float(i == k) for i in range(5)] for k in range(5)]
    for model, data, name in (
        (sequential, (X, y), "cross_entropy_with_logits"),
        (normalised, (X, y), "cross_entropy_with_logits"),
        (nn.MLP(5, [4, 1]), (five, [0.0, 1.0, 2.0, 3.0, 4.0]), "mse"),
        (nn.MLP(1, [4, 1], activation="gelu"), datasets.gabor(20, seed=1), "huber"),
    ):
        page = visit(viz.trainer(model, *data, loss=name, optimizer=partial(optim.Adam, lr=0.02)).html())
        ready(page)
        if len(data[0][0]) == 5:
            assert not page.locator("#samples").is_visible()
            field(page, "Sample", "3")
            page.locator("#looked").get_by_text("Sample 3: (0, 0, 1, 0, 0), class 2").wait_for()
            field(page, "Sample", "6")
            assert "they are numbered from 1 to 5. It stays 3" in page.locator("#message").inner_text()
        before = page.evaluate("trainer.page.last.dataLoss")
        page.locator("#pace").select_option("Infinity")
        page.locator("#run").click()
        wait(page, "trainer.page.last?.steps > 150")
        assert page.evaluate("trainer.page.last.dataLoss") < before


def test_the_file_is_small_and_its_policy_strict(tmp_path: Path) -> None:
    page = moons(16, 16, 1, n=100).html()
    assert len(page.encode()) < 600_000
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    rules = dict(rule.strip().split(" ", 1) for rule in policy[1].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["worker-src"] == "blob:"
    assert "unsafe" not in policy[1]
    assert "http" not in policy[1]
    assert main(["train", "moons", "--model", "2-16-16-1", "-o", str(tmp_path / "train.html")]) == 0
    facts = json.loads(re.search(r'id="facts">(.*?)</script>', (tmp_path / "train.html").read_text())[1])
    assert len(facts["parameters"]) == 337


class Deciding(nn.Module):
    def __init__(self) -> None:
        self.linear = nn.Linear(2, 1)

    def __call__(self, x: Any) -> Any:
        z = self.linear(x)
        return z * 2 if x[1] > 0.25 else z  # the height that parts the moons


class Whitening(nn.BatchNorm):
    """A normalisation of somebody's own, of which the page does not know what it does."""


def test_what_a_page_cannot_do_is_said_before_a_file_is_written(tmp_path: Path) -> None:
    X, y = datasets.moons(20, seed=0)
    train = partial(viz.trainer, loss="mse", optimizer=optim.SGD)
    with pytest.raises(viz.VizError, match="this model cannot be replayed: examples have different graphs"):
        train(Deciding(), X, y)
    with pytest.raises(viz.VizError, match=r"mixes the samples of a batch by more than nn\.BatchNorm"):
        train(nn.Sequential(nn.Linear(2, 3), Whitening(3), nn.Linear(3, 1)), X, y)
    norm = nn.BatchNorm(3)
    with pytest.raises(viz.VizError, match="here a BatchNorm is used in several places"):
        train(nn.Sequential(nn.Linear(2, 3), norm, nn.Linear(3, 3), norm, nn.Linear(3, 1)), X, y)
    assert (norm.training, norm.running_mean, norm.running_var) == (True, [0.0] * 3, [1.0] * 3)
    with pytest.raises(viz.TooLarge, match=r"at most 2,000 samples.*pass some of them, X\[::5\], y\[::5\]"):
        train(nn.MLP(2, [1]), np.zeros((10_000, 2)), np.zeros(10_000))
    with pytest.raises(viz.TooLarge, match="1 to 5,000 parameters, and the optimizer has 6,133"):
        train(nn.MLP(2, [64, 90, 1]), X, y)
    with pytest.raises(TypeError, match=r"optimizer is one of microgrid\.optim"):
        train(nn.MLP(2, [1]), X, y, optimizer=3)
    with pytest.raises(ValueError, match=r"written as \.html, got 'train.pdf'"):
        train(nn.MLP(2, [1]), X, y).save("train.pdf")
    assert main(["train", "moons", "--model", "3-1", "-o", str(tmp_path / "a.html")]) == 2
    assert not (tmp_path / "a.html").exists()


def test_the_network_is_put_together_anew(visit: Open) -> None:
    """Layers, activation, seed: the weights are those that Python draws, and in the end those that were given."""
    page = visit(moons(4, 1, lr=0.01).html())
    ready(page)
    given = page.evaluate("[...trainer.page.last.parameters]")
    field(page, "Hidden layers", "5-3")
    wait(page, "trainer.page.last?.parameters.length === 37")
    assert page.locator("h1").inner_text() == "Training: MLP 2-5-3-1"
    assert page.locator(".unit").count() == 11
    page.locator("#activation").select_option("leaky_relu")
    field(page, "Seed", "12")
    random.seed(12)
    drawn = [v.data for v in nn.MLP(2, [5, 3, 1]).parameters()]
    wait(page, f"trainer.page.last?.parameters[0] === {drawn[0]!r}")
    assert page.evaluate("[...trainer.page.last.parameters]") == drawn
    field(page, "Dropout", "0.4")
    page.locator("#penalty").select_option("L2")
    field(page, "Strength", "0.01")
    before = page.evaluate("trainer.page.last?.dataLoss ?? 9")
    page.locator("#pace").select_option("Infinity")
    page.locator("#run").click()
    wait(page, "trainer.page.last?.steps > 300")
    page.locator("#run").click()
    assert page.evaluate("trainer.page.last.dataLoss") < before
    for name, typed in (("Hidden layers", "5-0"), ("Hidden layers", "40"), ("Hidden layers", "a"), ("Dropout", "1"),
                        ("Strength", "-1")):  # fmt: skip
        page.get_by_label(name, exact=True).fill(typed)
        page.keyboard.press("Tab")
        assert f"“{typed}” cannot be" in page.locator("#message").inner_text()
    field(page, "Hidden layers", "")
    wait(page, "trainer.page.last?.parameters.length === 3")
    field(page, "Hidden layers", "4")
    field(page, "Dropout", "0")
    page.locator("#activation").select_option("tanh")
    field(page, "Seed", "0")
    wait(page, f"trainer.page.last?.parameters[0] === {given[0]!r}")
    assert page.evaluate("[...trainer.page.last.parameters]") == given


def test_samples_by_mouse_and_by_keyboard(visit: Open) -> None:
    page = visit(moons(4, 1).html())
    ready(page)
    page.get_by_role("button", name="Change samples").click()
    box = page.locator("#samples svg").bounding_box()
    page.locator("#kind").select_option("1")
    middle = box["x"] + box["width"] * 0.55, box["y"] + box["height"] * 0.45
    page.mouse.click(*middle)
    wait(page, "trainer.page.rows.length === 41 && trainer.page.last?.batch")
    assert page.locator(".sample").count() == 41
    x, y, target = page.evaluate("trainer.page.rows[40]")
    (left, right), (low, high) = page.evaluate("[trainer.page.plane.x, trainer.page.plane.y]")
    assert target == 1
    assert left < x < right
    assert low < y < high
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 40, middle[1] + 30, steps=4)
    page.mouse.up()
    moved = page.evaluate("trainer.page.rows[40]")
    scale = (right - left) / (box["width"] * 248 / 300)
    assert moved[0] == pytest.approx(x + 40 * scale, abs=0.02 * (right - left))
    assert moved[1] < y
    page.keyboard.press("Alt+ArrowLeft")
    assert page.evaluate("trainer.page.rows[40][0]") == pytest.approx(moved[0] - 0.02 * (right - left), rel=1e-2)
    page.keyboard.press("Delete")
    wait(page, "trainer.page.rows.length === 40")
    page.get_by_role("button", name="Add one").click()
    wait(page, "trainer.page.last?.look?.sample === 40")
    assert page.evaluate("trainer.page.rows.length") == 41
    page.locator("#ten").click()
    wait(page, "trainer.page.last?.steps === 10 && trainer.page.last?.batch.length === 41")
    page.locator("#dataset").select_option("spirals")
    wait(page, "trainer.page.rows.length === 100 && trainer.page.last?.steps === 0")
    while page.locator(".sample").count() > 97:
        page.get_by_role("button", name="Remove it").click()
    page.evaluate("() => { trainer.page.setRows([]); trainer.page.plane.marked([]); }")
    page.locator("#looked").get_by_text("There are no samples.").wait_for()
    page.locator("#one").click()
    page.evaluate("() => trainer.page.setRows(Array.from({length: 2000}, (_, k) => [k / 2000, 0, 1]))")
    page.get_by_role("button", name="Add one").click()
    assert "2,000 samples at most" in page.locator("#message").inner_text()
    assert page.evaluate("trainer.page.rows.length") == 2000
    page.locator("#ten").click()
    wait(page, "trainer.page.last?.steps === 10")


def test_a_touch_moves_a_sample(visit: Open) -> None:
    page = visit(moons(4, 1).html(), viewport={"width": 390, "height": 844}, has_touch=True)
    ready(page)
    page.get_by_role("button", name="Change samples").tap()
    before = page.evaluate("trainer.page.rows[0]")
    mark = page.locator(".sample").first.bounding_box()
    x, y = mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2
    session = page.context.new_cdp_session(page)
    touch = partial(session.send, "Input.dispatchTouchEvent")
    touch({"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for k in range(1, 5):
        touch({"type": "touchMove", "touchPoints": [{"x": x - 6 * k, "y": y + 5 * k}]})
    touch({"type": "touchEnd", "touchPoints": []})
    wait(page, f"trainer.page.rows[0][0] < {before[0]}")
    assert page.evaluate("trainer.page.rows[0][1]") < before[1]


@pytest.mark.parametrize(("sizes", "activation"), [((3, 1), "tanh"), ((6, 6, 1), "relu")])
def test_a_step_opens_as_a_walk_through_the_chosen_sample(visit: Open, sizes: Any, activation: str) -> None:
    page = visit(moons(*sizes, activation=activation, n=20).html())
    ready(page)
    page.locator("#ten").click()
    at(page, 10)
    page.evaluate("() => trainer.page.lookAt(7)")
    wait(page, "trainer.page.last?.look?.sample === 7")
    complaints: list[str] = []
    with page.expect_popup() as opened:
        page.get_by_role("button", name="This step as a walk").click()
    walk = opened.value
    walk.on("console", lambda message: complaints.append(message.text))
    walk.wait_for_function("() => window.stepper?.page.log.length > 0")
    walk.locator("#last").click()
    numbers = "() => { const {page} = stepper; return [page.numbers.data.at(-1), page.numbers.data.length]; }"
    told = page.evaluate("trainer.page.last.look.loss")
    assert walk.evaluate(numbers)[0] == pytest.approx(told, rel=1e-12)
    assert complaints == []
    walk.close()
    field(page, "Hidden layers", "2")
    page.get_by_role("button", name="This step as a walk").click()
    page.locator("#neurons").wait_for()  # a walk over its neurons


def test_batch_normalisation_is_walked_through_by_its_running_statistics_and_needs_two_samples(visit: Open) -> None:
    random.seed(2)
    X, y = datasets.moons(20, noise=0.1, seed=4)
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm(3), "tanh", nn.Linear(3, 1))
    page = visit(viz.trainer(model, X, y, loss="bce_with_logits", optimizer=partial(optim.Adam, lr=0.05)).html())
    ready(page)
    page.locator("#ten").click()
    at(page, 10)
    with page.expect_popup() as opened:
        page.get_by_role("button", name="This step as a walk").click()
    walk = opened.value
    walk.wait_for_function("() => window.stepper?.page.log.length > 0")
    told = page.evaluate("trainer.page.last.look.loss")
    assert walk.evaluate("() => stepper.page.numbers.data.at(-1)") == pytest.approx(told, rel=1e-12)
    walk.close()
    field(page, "Batch size", "1")
    page.locator("#one").click()
    page.locator("#remarks").get_by_text("its batch has one sample, which has no variance to normalise by").wait_for()
    field(page, "Batch size", "5")  # it goes on from where it stood
    page.locator("#ten").click()
    at(page, 20)


def test_a_notebook_shows_it_in_a_frame_of_its_own(visit: Open) -> None:
    """Sandboxed as notebooks do it: the Worker runs there too."""
    cell = moons(4, 1)._repr_html_()
    assert 'alt="MLP 2-4-1"' in cell
    page = visit(f"<!DOCTYPE html><html lang='en'><title>a notebook</title><body>{cell}</body></html>")
    frame = page.frame_locator("iframe")
    frame.locator("#one").click()
    frame.locator("#steps").get_by_text("Step 1, epoch 1").wait_for()
    frame.locator("#share > summary").click()
    for button in ("copy-link", "save-page"):
        frame.locator("#share-help").evaluate("(help) => { help.textContent = ''; }")
        frame.locator(f"#{button}").click()
        frame.locator("#share-help").get_by_text("Inside a notebook the page has no address").wait_for()


def test_two_hundred_steps_by_each_optimiser_are_the_engine_s(visit: Open) -> None:
    """The loss of every step, free running in the browser, beside a program and the optimiser in Python."""
    random.seed(2)
    X, y = datasets.moons(30, noise=0.1, seed=4)
    model = nn.MLP(2, [4, 1], activation="tanh")
    page = visit(viz.trainer(model, X, y, loss="bce_with_logits", optimizer=optim.SGD).html())
    ready(page)
    x, target = [Value(0.0, "x1"), Value(0.0, "x2")], Value(0.0, "t")
    z = model(x)
    program = mg.compile((1 + (-z).exp()).log() + (1 - target) * z, [*x, target], model.parameters())
    rows, start = np.column_stack([X, y]), program.parameters.copy()
    for name in rules.__all__:
        page.locator("#optimizer").select_option(name)
        page.locator("#reset").click()
        page.evaluate("() => trainer.page.send({do: 'steps', count: 200})")
        wait(page, "trainer.page.last?.steps === 200 && trainer.page.curve.step === 200")
        program.parameters = start
        moved = getattr(optim, name)(program, lr=page.evaluate("trainer.page.settings.values.lr"))
        losses = []
        for _ in range(200):
            loss, gradient = program.value_and_grad(rows)
            losses.append(loss)
            moved.step(gradient)
        got = page.evaluate("trainer.page.curve.kept.map(([, loss]) => loss)")
        # Rprop comes to losses so small that 1 + exp(−z) above has lost their digits
        np.testing.assert_allclose(got, losses, rtol=1e-9, atol=1e-14, err_msg=name)
        assert losses[-1] < losses[0]
