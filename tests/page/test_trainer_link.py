"""Links of the page that trains: a fresh browser that opens one has the same numbers, bit for bit; saved pages too."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import viz
from helpers.pages import Open
from microgrid import datasets, nn, optim, train
from microgrid.base.phrases import LANGUAGES
from viz.training.words import words

SAY = {lang: words(lang) for lang in LANGUAGES}

STATE = """() => {
    const {last, rows, lang, sample, circles, picked, settings, layers, facts} = trainer.page;
    const value = (id) => document.getElementById(id).value;
    return {steps: last.steps, epoch: last.epoch, parameters: [...last.parameters], gradient: [...last.gradient],
        statistics: [...last.statistics],
        memory: last.memory.map((kept) => [...kept]), batch: last.batch, loss: last.dataLoss, rows, lang, sample,
        circles, picked, title: facts.net.title,
        settings: [settings.kind, settings.values, settings.batchSize, settings.seed],
        layers: [layers.hidden, layers.activation, layers.dropout, layers.strength, value("penalty")],
        fields: ["dataset", "pace", "rate", "batch", "seed", "hidden", "circles"].map(value)};
}"""


def moons(*sizes: int, n: int = 40, **more: Any) -> str:
    random.seed(2)
    X, y = datasets.moons(n, noise=0.1, seed=4)
    model = nn.MLP(2, list(sizes), activation="tanh")
    return viz.trainer(model, X, y, loss="bce_with_logits", optimizer=partial(optim.Adam, lr=0.05), **more).html()


def wait(page: Any, condition: str) -> None:
    page.wait_for_function(f"() => {condition}")


def ready(page: Any) -> Any:
    wait(page, "trainer.page.pictures > 0 && !trainer.page.running && !trainer.page.dirty && !trainer.page.waiting")
    return page


def field(page: Any, name: str, typed: str) -> None:
    page.locator(f"#{name}").fill(typed)
    page.locator(f"#{name}").press("Enter")


def step(page: Any, button: str = "ten") -> None:
    ready(page)
    before = page.evaluate("trainer.page.last.steps")
    page.locator(f"#{button}").click()
    wait(page, f"trainer.page.last?.steps === {before + (10 if button == 'ten' else 1)}")
    ready(page)


def copied(page: Any) -> tuple[str, str]:
    """The link that the button gives, and what the page says to it."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    if not page.locator("#copy-link").is_visible():
        page.locator("#share > summary").press("Enter")
    page.evaluate("() => { document.getElementById('share-help').textContent = ''; }")
    page.locator("#copy-link").press("Enter")
    page.wait_for_function("() => document.getElementById('share-help').textContent")
    said = page.locator("#share-help").inner_text()
    if page.locator("#link").is_visible():
        return page.locator("#link").input_value(), said
    return page.evaluate("navigator.clipboard.readText()"), said


def address(url: str) -> str:
    return url.partition("#")[2]


@pytest.fixture
def fresh(windows: Callable[..., Any]) -> Any:
    page = windows(viewport={"width": 1000, "height": 640}).new_page()
    yield page
    page.close()


def test_the_link_of_a_training_gives_the_same_bits_in_a_fresh_browser_and_in_python(visit: Open, fresh: Any) -> None:
    page = visit(moons(6, 1))
    field(page, "rate", "0.03")
    page.locator("#circles").select_option("gradients")
    for _ in range(3):
        step(page)
    page.evaluate("trainer.page.lookAt(7)")
    ready(page)
    link, said = copied(page)
    assert address(link) == "rate=0.03&sample=8&circles=gradients&steps=30"
    assert said.endswith(SAY["en"]["link_to_file"])
    fresh.goto(link)
    wait(fresh, "trainer.page.last?.steps === 30")
    assert ready(fresh).evaluate(STATE) == ready(page).evaluate(STATE)
    random.seed(2)
    X, y = datasets.moons(40, noise=0.1, seed=4)
    model = nn.MLP(2, [6, 1], activation="tanh")
    how = {"loss": "bce_with_logits", "optimizer": partial(optim.Adam, lr=0.03)}
    train.fit(model, X, y, epochs=30, progress=False, **how)
    got = fresh.evaluate("[...trainer.page.last.parameters]")
    assert got == pytest.approx([p.data for p in model.parameters()], rel=1e-12)


def test_all_that_is_chosen_is_in_the_link(visit: Open, fresh: Any) -> None:
    """Another network, data, optimiser, batches and dropout, each drawn by the seed: the numbers are the same bits."""
    page = visit(moons(6, 1))
    page.locator("#language").select_option("es")
    page.locator("#dataset").select_option("circles")
    field(page, "hidden", "5-3")
    page.locator("#activation").select_option("leaky_relu")
    field(page, "dropout", "0.25")
    page.locator("#optimizer").select_option("SGD")
    field(page, "set-momentum", "0.9")
    page.locator("#set-nesterov").check()
    field(page, "rate", "0.02")
    field(page, "batch", "16")
    field(page, "seed", "12")
    page.locator("#penalty").select_option("L2")
    field(page, "strength", "0.003")
    page.locator("#pace").select_option("Infinity")
    page.locator("#edit").click()
    page.locator("#kind").select_option("1")
    page.locator("#add").click()
    page.evaluate("trainer.page.samples.move(3, 0.5, 0.25)")
    page.evaluate("trainer.page.samples.move(3, 0.125, -0.25)")
    page.evaluate("trainer.page.samples.remove(7)")
    page.evaluate("trainer.page.samples.remove(7)")
    page.evaluate("trainer.page.samples.move(98, 0.0625, 0.75)")
    page.evaluate("trainer.page.lookAt(5)")
    page.evaluate("trainer.page.pick(4)")
    step(page)
    step(page, "one")
    link, _ = copied(page)
    assert address(link) == (
        "lang=es&dataset=circles&moved=4:0.125:-0.25&removed=8,9&added=0.0625:0.75:1&hidden=5-3&activation=leaky_relu"
        "&dropout=0.25&optimizer=SGD&settings=momentum:0.9,nesterov:true&rate=0.02&batch=16&seed=12&penalty=L2"
        "&strength=0.003&sample=6&circle=4&pace=Infinity&steps=11"
    )
    wait(page, f"location.hash === {'#' + address(link)!r}")  # the address says it too
    fresh.goto(link)
    wait(fresh, "trainer.page.last?.steps === 11")
    told = ready(page).evaluate(STATE)
    assert ready(fresh).evaluate(STATE) == told
    assert told["rows"][3] == [0.125, -0.25, told["rows"][3][2]]
    assert len(told["rows"]) == 99
    assert fresh.locator("html").get_attribute("lang") == "es"
    assert copied(fresh)[0] == link
    for each in (page, fresh):
        step(each)
    assert page.evaluate(STATE) == fresh.evaluate(STATE)


def test_settings_that_are_changed_on_the_way_are_in_the_link_but_not_the_steps_which_is_said(
    visit: Open, fresh: Any
) -> None:
    page = visit(moons(4, 1))
    step(page)
    assert address(copied(page)[0]) == "steps=10"
    field(page, "rate", "0.5")
    step(page, "one")
    link, said = copied(page)
    assert address(link) == "rate=0.5"
    assert said.startswith(SAY["en"]["copied_mixed"])
    fresh.goto(link)
    assert ready(fresh).evaluate("[trainer.page.last.steps, trainer.page.settings.values.lr]") == [0, 0.5]
    page.locator("#reset").click()
    wait(page, "trainer.page.last?.steps === 0")
    step(page)
    link, said = copied(page)
    assert address(link) == "rate=0.5&steps=10"
    assert said.startswith(SAY["en"]["copied"])
    fresh.goto("about:blank")
    fresh.goto(link)
    wait(fresh, "trainer.page.last?.steps === 10")
    assert ready(fresh).evaluate(STATE) == page.evaluate(STATE)


def test_before_the_first_step_it_does_not_matter_how_one_came_to_the_settings(visit: Open, fresh: Any) -> None:
    """An optimiser that had been at work, and was chosen again; a batch that was drawn before a step was refused."""
    random.seed(2)
    X, y = datasets.moons(40, noise=0.1, seed=4)
    model = nn.MLP(2, [4, 1], activation="tanh")
    moved = optim.Adam(model.parameters(), lr=0.05)
    train.fit(model, X, y, loss="bce_with_logits", optimizer=moved, epochs=5, progress=False)
    page = visit(viz.trainer(model, X, y, loss="bce_with_logits", optimizer=moved, batch_size=8).html())
    page.locator("#optimizer").select_option("RMSprop")
    page.locator("#optimizer").select_option("Adam")
    page.locator("#penalty").select_option("L2")
    field(page, "strength", "1e308")
    page.locator("#one").click()
    page.locator("#remarks").get_by_text("Stopped before step 1:").wait_for()
    field(page, "strength", "0.001")
    page.locator("#penalty").select_option("")
    step(page)
    link, _ = copied(page)
    assert address(link) == "steps=10"
    fresh.goto(link)
    wait(fresh, "trainer.page.last?.steps === 10")
    assert ready(fresh).evaluate(STATE) == page.evaluate(STATE)


def test_a_training_that_runs_rests_when_its_link_is_copied(visit: Open, fresh: Any) -> None:
    page = visit(moons(4, 1, batch_size=7))
    page.locator("#share > summary").press("Enter")
    page.locator("#run").click()
    wait(page, "trainer.page.last?.steps > 20")
    link, _ = copied(page)
    steps = page.evaluate("trainer.page.last.steps")
    assert address(link) == f"steps={steps}"
    fresh.goto(link)
    wait(fresh, f"trainer.page.last?.steps === {steps}")
    assert ready(fresh).evaluate(STATE) == ready(page).evaluate(STATE)


@pytest.mark.parametrize(
    ("fragment", "said"),
    [
        ("rate=NaN", "“NaN” is no learning rate"),
        ("rate=1e999", "“1e999” is no learning rate"),
        ("steps=1000000000", "asks for “1000000000” steps, and that can be a whole number up to 100,000"),
        ("steps=-3", "asks for “-3” steps"),
        ("steps=ten", "asks for “ten” steps"),
        ("optimizer=Newton", "The link says Optimiser: “Newton”"),
        ("dataset=__proto__", "The link says Data set: “__proto__”"),
        ("lang=xx", "The link says Language: “xx”"),
        ("hidden=99", "“99” cannot be: hidden layers"),
        ("batch=2.5", "“2.5” is no batch size"),
        ("seed=-1", "“-1” is no seed"),
        ("sample=41", "“41” is no sample"),
        ("circle=999", "The link says Circle: “999”"),
        ("dropout=1&strength=x", "“1” cannot be: the share that is dropped"),
        ("settings=beta1:0.5,constructor:1", "“beta1:0.5,constructor:1”"),
        ("settings=beta1:1", "“beta1:1”"),
        ("optimizer=SGD&settings=nesterov:true", "“nesterov:true”"),
        ("moved=1:NaN:2", "The link says Data: “1:NaN:2”"),
        ("moved=41:1:2", "The link says Data: “41:1:2”"),
        ("removed=0", "The link says Data: “0”"),
        ("added=1:2:7", "The link says Data: “1:2:7”"),
        ("moved=3::", "The link says Data: “3::”"),
        ("dataset=nope&moved=1:0:0", "The link says Data: “1:0:0”"),  # of a data set that is not here
        ("colour=blue", "The link says colour: “blue”"),
        ("a=1&b=2&c=3&d=4&%E0%A4%A", "…"),
    ],
)
def test_an_address_that_cannot_be_is_said_and_the_page_goes_on(visit: Open, fragment: str, said: str) -> None:
    page = visit(moons(4, 1), f"#{fragment}")
    ready(page)
    assert said in page.locator("#message").inner_text()
    expected = page.evaluate("[trainer.page.last.steps, trainer.page.rows.length, trainer.page.settings.batchSize]")
    assert expected == [0, 40, 40]
    assert page.locator("[aria-invalid]").count() == 0
    step(page)


def test_what_is_possible_in_an_address_holds_beside_what_is_not(visit: Open) -> None:
    page = visit(moons(4, 1), "#rate=0.01&batch=many&lang=es&steps=25")
    wait(page, "trainer.page.last?.steps === 25")
    ready(page)
    assert page.evaluate("[trainer.page.settings.values.lr, trainer.page.lang]") == [0.01, "es"]
    assert page.locator("#message").inner_text().startswith("«many» no es un tamaño de lote")
    page.evaluate("location.hash = '#steps=3'")  # a link that is typed into the page
    wait(page, "trainer.page.last?.steps === 3 && trainer.page.lang === 'en'")


def test_a_link_that_takes_long_shows_how_far_it_is_and_can_be_stopped(visit: Open) -> None:
    page = visit(moons(16, 16, 1, n=200), "#steps=100000")
    wait(page, "trainer.page.running && trainer.page.last?.steps > 5 && trainer.page.last?.steps < 90000")
    page.locator("#run").click()
    ready(page)
    assert page.evaluate("trainer.page.last.steps < 100000")
    assert page.locator("#message").inner_text() == ""


def many(page: Any) -> None:
    page.evaluate("() => { for (let k = 0; k < 30; k++) trainer.page.samples.move(k, k / 40, 0.25); }")
    page.evaluate("() => { for (let k = 0; k < 25; k++) trainer.page.samples.add(k / 40, 0.125); }")


def saved(page: Any, tmp_path: Path) -> str:
    if not page.locator("#save-page").is_visible():
        page.locator("#share > summary").press("Enter")
    with page.expect_download() as download:
        page.locator("#save-page").press("Enter")
    file = tmp_path / "saved.html"
    download.value.save_as(file)
    assert download.value.suggested_filename.endswith(f"-{page.evaluate('trainer.page.last.steps')}.html")
    return file.read_text(encoding="utf-8")


def test_what_has_no_room_in_a_link_is_kept_by_a_saved_page(visit: Open, tmp_path: Path) -> None:
    page = visit(moons(6, 1, batch_size=9))
    many(page)
    assert copied(page)[1] == SAY["en"]["many_edits"].format(most=50, n=55)
    step(page)
    page.locator("#optimizer").select_option("NAdam")
    field(page, "dropout", "0.1")
    step(page)
    step(page, "one")
    before, text = ready(page).evaluate(STATE), saved(page, tmp_path)
    curve = page.evaluate("trainer.page.curve.kept")
    page = visit(text)  # in the same browser, which its own policy lets run
    assert ready(page).evaluate(STATE) == before
    assert page.evaluate("trainer.page.curve.kept") == curve
    assert before["steps"] == 21
    assert saved(page, tmp_path) == text
    page.wait_for_timeout(400)
    page.reload()
    assert ready(page).evaluate(STATE) == before
    step(page)
    after = page.evaluate(STATE)
    assert after != before
    page = visit(text)
    step(page)
    assert page.evaluate(STATE) == after
    page = ready(visit(text, "#rate=0.25"))  # a link goes before what is saved
    assert page.evaluate("[trainer.page.last.steps, trainer.page.settings.kind]") == [0, "Adam"]


def test_a_link_from_a_saved_page_opens_its_beginning_where_that_is_what_is_shown(visit: Open, tmp_path: Path) -> None:
    page = visit(moons(4, 1))
    step(page)
    page = visit(saved(page, tmp_path))
    ready(page).locator("#reset").click()
    wait(page, "trainer.page.last?.steps === 0")
    assert address(copied(page)[0]) == "steps=0"
    wait(page, "location.hash === '#steps=0'")
    page.reload()
    assert ready(page).evaluate("trainer.page.last.steps") == 0


def test_a_data_set_of_fewer_samples_has_the_last_in_view(visit: Open) -> None:
    page = visit(moons(4, 1, n=300))
    ready(page).evaluate("trainer.page.lookAt(250)")
    page.locator("#dataset").select_option("xor")
    n = ready(page).evaluate("trainer.page.rows.length")
    assert n < 250
    assert page.evaluate("[trainer.page.sample, trainer.page.last.look.sample]") == [n - 1, n - 1]
    wait(page, f"location.hash === '#dataset=xor&sample={n}'")
    page.reload()
    assert ready(page).evaluate("trainer.page.sample") == n - 1
    assert page.locator("#message").inner_text() == ""


def test_what_a_link_has_no_room_for_is_not_in_the_address_either(visit: Open) -> None:
    page = visit(moons(4, 1))
    many(ready(page))
    page.evaluate("trainer.page.send({do: 'steps', count: 1})")
    wait(page, "trainer.page.last?.steps === 1")
    page.wait_for_timeout(400)
    assert page.evaluate("location.hash") == ""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_menu_by_keyboard_in_both_languages(visit: Open, lang: str) -> None:
    page, say = visit(moons(4, 1, lang=lang)), SAY[lang]
    ready(page)
    page.get_by_text(say["share"], exact=True).press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == say["copy_link"]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == say["save_page"]
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert not page.locator("#copy-link").is_visible()


def test_other_models_have_links_too(visit: Open, fresh: Any, tmp_path: Path) -> None:
    """One that is no MLP, five inputs without a plane, and a curve over one input."""
    random.seed(3)
    sequential = nn.Sequential(nn.Linear(5, 6), nn.Dropout(0.3), "tanh", nn.Linear(6, 1))
    five = [[float(i == k) for i in range(5)] for k in range(5)]
    given = {"loss": "mse", "optimizer": optim.Adam, "batch_size": 2}
    page = visit(
        viz.trainer(sequential, five, [0.0, 1.0, 2.0, 3.0, 4.0], **given).html(), "#hidden=3&circles=plane&removed=2"
    )
    ready(page)
    assert page.locator("#message").inner_text().count("The link says") == 3
    field(page, "seed", "4")
    page.locator("#sample").fill("3")
    page.locator("#sample").press("Enter")
    step(page)
    link, _ = copied(page)
    assert address(link) == "seed=4&sample=3&steps=10"
    fresh.goto(link)
    wait(fresh, "trainer.page.last?.steps === 10")
    assert ready(fresh).evaluate(STATE) == page.evaluate(STATE)
    normalised = nn.Sequential(nn.Linear(2, 4), nn.BatchNorm(4), "tanh", nn.Dropout(0.2), nn.Linear(4, 1))
    X, y = datasets.moons(20, noise=0.1, seed=4)
    page = visit(viz.trainer(normalised, X, y, **given | {"batch_size": 6}).html())
    step(page)
    fresh.goto("about:blank")
    fresh.goto(copied(page)[0])
    wait(fresh, "trainer.page.last?.steps === 10")
    before = page.evaluate(STATE)
    assert ready(fresh).evaluate(STATE) == before
    again = visit(saved(page, tmp_path))
    assert ready(again).evaluate(STATE) == before
    curve = viz.trainer(nn.MLP(1, [4, 1]), *datasets.gabor(20, seed=1), loss="mse", optimizer=optim.SGD).html()
    page = visit(curve, "#moved=2:0.5:-1&added=1:0.25:0")
    assert ready(page).locator("#message").inner_text() == ""
    rows = page.evaluate("trainer.page.rows")
    assert (rows[1], rows[20], len(rows)) == ([0.5, -1], [1, 0.25], 21)
    wait(page, "location.hash === '#moved=2:0.5:-1&added=1:0.25:0'")
