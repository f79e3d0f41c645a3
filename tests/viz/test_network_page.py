"""The page of a walk over a network, in a browser: each step shows what its frame does, in either language."""

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import viz
from helpers.graphs import HOSTILE
from helpers.pages import AXE
from microgrid import Value, nn

SEEN = """() => {
  const shown = element => {
    for (let e = element; e; e = e.parentElement)
      if (e.hidden || getComputedStyle(e).visibility === "hidden") return false;
    return true;
  };
  return [...document.querySelectorAll("#picture text")].filter(shown).map(text => text.textContent).sort();
}"""
SVG = "{http://www.w3.org/2000/svg}"


def walk(**options: Any) -> Any:
    random.seed(2)
    y = nn.MLP(2, [3, 1], activation="tanh")([Value(0.5, "x1"), Value(-1.0, "x2")])
    return viz.steps(y, view="network", **options)


def texts(svg: str) -> list[str]:
    """Those of a frame's picture, without the caption, which comes last and which the page has below it."""
    *groups, _ = ElementTree.fromstring(svg)
    return sorted("".join(text.itertext()) for group in groups for text in group.iter(f"{SVG}text"))


@pytest.fixture
def opened(windows: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    def visit(shown: Any, **window: Any) -> Any:
        (file,) = shown.save(tmp_path / "walk.html")
        page = windows(**window).new_page()
        page.said = []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.said.append(request.url) if request.url != file.as_uri() else None)
        page.goto(file.as_uri())
        return page

    return visit


@pytest.mark.browser
def test_each_step_shows_what_its_frame_shows_in_both_languages(opened: Callable[..., Any]) -> None:
    walks = {lang: walk(lang=lang) for lang in ("en", "es")}
    page = opened(walks["es"])
    for lang in ("es", "en"):
        page.locator("#language").select_option(lang)
        for k, frame in enumerate(walks[lang]):
            page.evaluate("step => player.go(step)", k)
            assert page.evaluate(SEEN) == texts(walks[lang].svg(k)), (lang, k)
            assert page.locator("#caption").inner_text() == re.sub(" +", " ", frame.caption)
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.said == []
    page.close()


@pytest.mark.browser
def test_buttons_keys_slider_and_address(opened: Callable[..., Any]) -> None:
    page = opened(walk())
    count = page.locator("#count")
    last = len(walk()) - 1
    for key, step in (("ArrowRight", 1), ("PageDown", 2), ("ArrowLeft", 1), ("End", last), ("Home", 0), ("b", 3),
                      ("f", 1)):  # fmt: skip
        page.keyboard.press(key)
        assert count.inner_text() == f"{step} of {last}", key
    for button, step in (("next", 2), ("back", 1), ("last", last), ("first", 0), ("backward", 3), ("forward", 1)):
        page.locator(f"#{button}").click()
        assert count.inner_text() == f"{step} of {last}", button
    page.locator("#slider").fill("4")
    assert page.url.endswith("#step=4")
    page.evaluate("location.hash = '#step=2'")
    page.wait_for_function("player.step === 2")
    page.locator("#speed").select_option("4")
    page.locator("#play").click()
    page.wait_for_function("last => player.step === last", arg=last)
    assert page.locator("#play").inner_text() == "Play"
    page.close()


@pytest.mark.browser
@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core")
def test_everybody_can_use_it(opened: Callable[..., Any]) -> None:
    for theme in ("lecture", "dark"):
        page = opened(walk(theme=theme), viewport={"width": 390, "height": 800}, bypass_csp=True)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa']})")
        assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.close()


@pytest.mark.browser
def test_without_its_code_it_shows_the_final_numbers(opened: Callable[..., Any]) -> None:
    page = opened(walk(), java_script_enabled=False)
    assert page.locator("noscript").is_visible()
    assert not page.locator("#walk").is_visible()
    page.close()
    content = re.search(r'<div lang="en">\n(.*?)</div>', walk().html(), re.DOTALL)
    assert content
    shown = [
        "".join(text.itertext())
        for group in ElementTree.fromstring(content[1])
        if group.get("visibility") != "hidden"
        for text in group.iter(f"{SVG}text")
    ]
    assert sorted(shown) == texts(walk().svg(len(walk()) - 1))


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels_stay_text(label: str) -> None:
    random.seed(2)
    y = nn.MLP(2, [2, 1])([Value(0.5, label), Value(-1.0, "x2")])
    y.label = label
    page = viz.steps(y, view="network", title=label).html()
    assert page.count("<script") == page.count("</script>") == 2
    assert not re.search(r"<script[^>]+src|<link|<img|url\(|@import|\son\w+=", re.sub(r'"[^"]*"', "", page))


def test_the_same_walk_has_the_same_bytes_and_a_slide_is_no_page() -> None:
    assert walk().html() == walk().html() == walk(slide="16:9").html()
