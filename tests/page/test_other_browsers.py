"""The pages in Firefox and in WebKit, by keyboard and mouse: the numbers are those of Python there too."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

import viz
from helpers import webdrivers
from helpers.graphs import lecture
from helpers.webdrivers import END, ENTER, ESCAPE, RIGHT, UP, Browser
from microgrid import datasets, nn, optim
from microgrid.train import fit

pytestmark = pytest.mark.browser
NEEDED = {
    "firefox": ({"firefox-esr": webdrivers.FIREFOX}, webdrivers.firefox),
    "webkit": ({"webkit2gtk-driver": webdrivers.WEBKIT, "xvfb": webdrivers.XVFB}, webdrivers.webkit),
}


@pytest.fixture(scope="module", params=NEEDED)
def browser(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    programs, started = NEEDED[request.param]
    for package, found in programs.items():
        if found is None:
            pytest.skip(f"optional: {package} is not installed")
    with started(tmp_path_factory.mktemp(request.param)) as window:
        yield window


def opened(browser: Browser, html: str, tmp_path: Path, fragment: str = "") -> None:
    file = tmp_path / "page.html"
    file.write_text(html, encoding="utf-8")
    browser.go(file.as_uri() + fragment)
    browser.wait(f"document.readyState === 'complete' && location.pathname === '{file}'")  # Firefox is back at once


def text(browser: Browser, selector: str) -> str:
    return str(browser.js("document.querySelector(arguments[0]).textContent", selector))


def test_the_walk_by_keyboard_says_what_python_says(browser: Browser, tmp_path: Path) -> None:
    steps = viz.steps(lecture())
    opened(browser, steps.html(verify=False), tmp_path)
    for k, frame in enumerate(steps):
        assert browser.js("document.getElementById('caption').innerText") == frame.caption
        assert text(browser, "#count") == f"{k} of {len(steps) - 1}"
        browser.keys(RIGHT) if k < len(steps) - 1 else None
    w = browser.js("[...document.querySelectorAll(\"g.node[data-node='0'] text\")].map((text) => text.textContent)")
    assert w == ["w", "2", "∂L/∂w = −12"]
    browser.keys("t")
    assert browser.js("document.getElementById('numbers').getClientRects().length") == 1
    browser.keys("t", "?")
    assert browser.js("document.getElementById('keys').open")
    browser.keys(ESCAPE)
    browser.wait("!document.getElementById('keys').open")


def test_an_input_that_is_dragged_changes_what_follows(browser: Browser, tmp_path: Path) -> None:
    opened(browser, viz.steps(lecture()).html(verify=False), tmp_path, "#step=13")
    x, y = browser.middle("g.node[data-node='0']")
    browser.mouse((x, y), (x + 10, y), (x + 25, y))
    w = browser.js("stepper.page.numbers.data[0]")
    assert w == 2.5  # 25 pixels, 0.02 each
    assert browser.js("stepper.page.numbers.data.at(-1)") == (2.5 * 3 + 1 - 9) ** 2
    assert text(browser, "#compared").startswith("w: 2 → 2.5.")
    browser.keys("u")
    assert browser.js("stepper.page.numbers.data[0]") == 2


def test_one_step_is_that_of_the_lecture(browser: Browser, tmp_path: Path) -> None:
    opened(browser, viz.steps(lecture()).html(verify=False), tmp_path)
    browser.js("document.getElementById('rate').focus()")
    browser.js("document.getElementById('rate').select()")
    browser.keys(*"0.04")
    for expected in (2.48, 2.576, 2.5952):
        browser.click("#one-step")
        assert browser.js("stepper.page.numbers.data[0]") == pytest.approx(expected, rel=1e-14)
    inside = """[...document.querySelectorAll("#picture g.node")].every((group) => {
        const box = group.getBoundingClientRect(), frame = document.getElementById("picture").getBoundingClientRect();
        return box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom;
    })"""
    assert browser.js(inside)
    browser.keys(END)
    assert text(browser, "#count") == "13 of 13"


def test_the_trainer_takes_the_engine_s_steps(browser: Browser, tmp_path: Path) -> None:
    random.seed(3)
    X, y = datasets.moons(30, noise=0.1, seed=4)
    model = nn.MLP(2, [4, 1], activation="tanh")
    start = [v.data for v in model.parameters()]
    page = viz.trainer(model, X, y, loss="bce_with_logits", optimizer=partial(optim.Adam, lr=0.05))
    opened(browser, page.html(), tmp_path)
    browser.wait("trainer.page.pictures > 0")
    assert browser.js("[...trainer.page.last.parameters]") == start
    browser.js("document.getElementById('ten').focus()")
    browser.keys(ENTER)
    browser.wait("trainer.page.last?.steps === 10")
    fit(model, X, y, loss="bce_with_logits", optimizer=partial(optim.Adam, lr=0.05), epochs=10, progress=False)
    found = browser.js("[...trainer.page.last.parameters]")
    assert found == pytest.approx([v.data for v in model.parameters()], rel=1e-12)
    loss = browser.js("trainer.page.last.dataLoss")
    browser.click("#run")
    browser.wait("trainer.page.last?.steps > 60")
    browser.click("#run")
    browser.wait("!trainer.page.running")
    assert browser.js("trainer.page.last.dataLoss") < loss
    assert text(browser, "#message") == ""


def test_a_link_of_the_trainer_takes_the_steps_that_it_names(browser: Browser, tmp_path: Path) -> None:
    random.seed(3)
    X, y = datasets.moons(30, noise=0.1, seed=4)
    model = nn.Sequential(nn.Linear(2, 4, bias=False), nn.BatchNorm(4), "tanh", nn.Linear(4, 1))
    html = viz.trainer(model, X, y, loss="bce_with_logits", optimizer=optim.Adam).html()
    opened(browser, html, tmp_path, "#rate=0.03&steps=40&lang=es")
    browser.wait("trainer.page.last?.steps === 40 && !trainer.page.running")
    fit(model, X, y, loss="bce_with_logits", optimizer=partial(optim.Adam, lr=0.03), epochs=40, progress=False)
    found = browser.js("[...trainer.page.last.parameters]")
    assert found == pytest.approx([v.data for v in model.parameters()], rel=1e-11, abs=1e-12)
    browser.js("document.querySelector('#share > summary').focus()")
    browser.keys(ENTER)
    browser.click("#copy-link")
    browser.wait("document.getElementById('share-help').textContent")
    browser.wait("location.hash === '#lang=es&rate=0.03&steps=40'")  # as the page itself writes it


def test_the_network_is_changed_and_walked_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    X, y = datasets.moons(20, noise=0.1, seed=4)
    page = viz.trainer(nn.MLP(2, [3, 1]), X, y, loss="bce_with_logits", optimizer=optim.SGD, lang="es")
    opened(browser, page.html(), tmp_path)
    browser.wait("trainer.page.pictures > 0")
    browser.js("document.getElementById('hidden').focus()")
    browser.js("document.getElementById('hidden').select()")
    browser.keys(*"5-3", ENTER)
    browser.wait("trainer.page.diagram.units.length === 2 + 5 + 3 + 1 && trainer.page.last?.parameters.length === 37")
    browser.js("document.getElementById('walk').focus()")
    browser.keys(ENTER)
    browser.wait("!document.getElementById('neurons').hidden")
    browser.keys(RIGHT)
    assert text(browser, "#walk-caption").startswith("z₁⁽¹⁾ = b₁⁽¹⁾ + w₁₁⁽¹⁾ · x₁ + w₁₂⁽¹⁾ · x₂")
    browser.keys(ESCAPE)
    browser.wait("document.getElementById('neurons').hidden")
    browser.js("document.querySelector('#network .unit').focus()")
    browser.keys(UP, RIGHT)
    assert browser.js("document.activeElement.classList.contains('unit')")
