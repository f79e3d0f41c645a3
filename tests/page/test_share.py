"""Sharing a page of steps: addresses that say what is shown, pictures saved from the page, and paper."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import viz
from helpers.graphs import lecture
from helpers.lecture_graphs import xor_by_hand
from helpers.pages import WORDS, Open, caption, shown
from microgrid import Value

STATE = """() => {
    const {page} = stepper;
    return {step: page.step, data: page.numbers.data, rate: page.training.rate, count: page.training.count,
        chosen: page.chosen, lang: page.lang, caption: document.getElementById("caption").textContent,
        boxes: [...document.querySelectorAll("#picture g.node text")].map((text) => text.textContent)};
}"""


def test_an_address_gives_the_same_in_a_fresh_browser(visit: Open, windows: Callable[..., Any], tmp_path: Path) -> None:
    page = visit(viz.steps(lecture()))
    page.evaluate("stepper.page.change(0, 2.5); stepper.page.change(0, 2.7)")
    page.get_by_label("Learning rate").fill("0.03")
    for _ in range(3):
        page.get_by_role("button", name="One step", exact=True).click()
    page.evaluate("stepper.page.change(5, 8.125)")
    page.get_by_label("Learning rate").fill("0.045")
    page.locator("#ten-steps").click()
    page.locator("#language").select_option("es")
    page.evaluate("stepper.page.choose(3); stepper.page.go(9)")
    told, url = page.evaluate(STATE), page.url
    assert url.partition("#")[2] == "step=9&node=3&do=0:2.7,t3:0.03,5:8.125,t10:0.045&eta=0.045&lang=es"
    fresh = windows(viewport={"width": 1000, "height": 640}).new_page()
    fresh.goto(url)
    assert fresh.evaluate(STATE) == told
    fresh.close()


def test_undo_and_reset_are_in_the_address_too(visit: Open) -> None:
    page = visit(viz.steps(lecture()))
    page.locator("#one-step").click()
    page.locator("#one-step").click()
    assert page.evaluate("location.href").endswith("#step=4&do=t2:0.01")
    page.keyboard.press("u")
    assert page.evaluate("location.href").endswith("#step=4&do=t1:0.01")
    page.get_by_role("button", name="Reset").click()
    assert page.evaluate("location.href").endswith("#step=4")


@pytest.mark.parametrize("address", [
    "#step=x&node=99&do=7:1,0:NaN", "#step=3&do=t5", "#step=-4&eta=-1&lang=xx&open=1,2&train=7", "#nothing",
    "#step=999999999999", "#step=2&do=t999999999:0.04", "#step=2&do=0:1e308,t3:1e6&%E0%A4%A",
])  # fmt: skip
def test_an_address_that_says_nothing_possible_harms_nothing(visit: Open, address: str) -> None:
    page = visit(viz.steps(lecture()), address)
    page.get_by_role("button", name="Reset").click() if page.locator("#train-reset").is_enabled() else None
    page.keyboard.press("End")
    assert shown(page, "w") == ["w", "2", "∂L/∂w = −12"]


def test_the_link_is_copied_and_says_that_it_needs_the_file(visit: Open) -> None:
    words = WORDS["en"]
    page = visit(viz.steps(lecture()), "#step=6")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_text("Share", exact=True).press("Enter")
    page.get_by_role("button", name="Copy link").press("Enter")
    help_text = page.locator("#share-help")
    page.wait_for_function("() => document.getElementById('share-help').textContent")
    assert words["link_to_file"] in help_text.inner_text()
    if help_text.inner_text().startswith(words["copied"]):
        assert page.evaluate("navigator.clipboard.readText()") == page.url
    else:
        assert page.get_by_label(words["link"]).input_value() == page.url
    page.evaluate("stepper.page.log = Array.from({length: 300}, (_, i) => ({leaf: i, x: 1 / 3}))")
    page.get_by_role("button", name="Copy link").click()
    assert help_text.inner_text().startswith("Too long for a link, ")
    page.keyboard.press("Escape")
    assert not page.get_by_role("button", name="Copy link").is_visible()


def saved(page: Any, button: str, folder: Path) -> Path:
    if not page.get_by_role("button", name=button).is_visible():
        page.get_by_text("Share", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


@pytest.mark.parametrize("make", [lecture, xor_by_hand])
def test_the_picture_is_saved_as_svg(visit: Open, tmp_path: Path, make: Callable[[], Value]) -> None:
    page = visit(viz.steps(make()), "#step=9")
    file = saved(page, "Save as SVG", tmp_path)
    assert file.name.endswith("-9.svg")
    text = file.read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    assert "var(" not in text
    assert "class" not in text
    there = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    seen = page.evaluate("""() => [...document.querySelectorAll("#picture text")].filter((text) =>
        text.textContent && text.getClientRects().length).map((text) => text.textContent)""")
    assert [text for text in seen if text not in there] == []
    assert " ".join(there).endswith(" ".join(caption(page).split()))
    colors = set(re.findall(r'(?:fill|stroke)="(rgb[^"]*)"', text))
    assert "rgb(0, 121, 90)" in colors  # what is active


def test_the_picture_is_saved_as_png_in_the_colours_of_the_screen(visit: Open, tmp_path: Path) -> None:
    page = visit(viz.steps(lecture()), "#step=9", color_scheme="dark")
    content = saved(page, "Save as PNG", tmp_path).read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", content[16:24])
    assert width == pytest.approx(2 * 923, abs=4)
    assert 600 < height < 900
    dark = page.evaluate("""async (bytes) => {
        const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)], {type: "image/png"}));
        const canvas = document.createElement("canvas");
        Object.assign(canvas, {width: bitmap.width, height: bitmap.height});
        const ink = canvas.getContext("2d");
        ink.drawImage(bitmap, 0, 0);
        const {data} = ink.getImageData(0, 0, bitmap.width, bitmap.height), colors = new Set();
        for (let k = 0; k < data.length; k += 4) colors.add(data.slice(k, k + 3).join());
        return [[...data.slice(0, 3)], colors.size];
    }""", list(content))  # fmt: skip
    assert dark[0] == [20, 24, 31]
    assert dark[1] > 100


@pytest.mark.parametrize("make", [lecture, xor_by_hand])
def test_print_puts_picture_and_caption_on_one_page(visit: Open, make: Callable[[], Value]) -> None:
    page = visit(viz.steps(make()), "#step=99")
    for wide in (False, True):
        assert page.pdf(landscape=wide).count(b"/Type /Page\n") == 1
    page.emulate_media(media="print")
    assert page.locator("#caption").is_visible()
    assert page.locator("#picture svg").is_visible()
    assert not page.locator("#train").is_visible()
    page.emulate_media(media="screen")
