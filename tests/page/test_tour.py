"""The tour of the page of steps: five stops, and a card that does not lie on what it speaks of."""

from __future__ import annotations

import pytest

import viz
from helpers.graphs import lecture
from helpers.pages import WORDS, Open, caption

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.mark.parametrize("lang", ["en", "es"])
def test_a_tour_of_five_stops(visit: Open, lang: str) -> None:
    words = WORDS[lang]
    page = visit(viz.steps(lecture(), lang=lang), "#step=7")
    assert not page.locator("#tour").is_visible()
    page.get_by_role("button", name=words["tour"], exact=True).click()
    told = []
    for stop in range(1, 6):
        assert page.locator("#tour-title").inner_text() == words["tour_stop"].format(stop=stop, of=5)
        told.append(page.locator("#tour-text").inner_text())
        assert page.locator(".toured").count() == 1
        page.keyboard.press("ArrowRight" if stop < 4 else "Enter")
    assert len(set(told)) == 5
    assert not page.locator("#tour").is_visible()
    assert caption(page) == viz.steps(lecture(), lang=lang)[7].caption  # where it was
    assert page.evaluate("document.activeElement.id") == "tour-start"
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert not page.locator("#tour").is_visible()


COVERED = """() => {
    const card = document.querySelector("#tour").getBoundingClientRect();
    const told = {picture: [], controls: ["#controls"], walk: ["#phase", "#controls"], node: ["#node", "#change"],
        train: ["#train"]};
    const frame = document.querySelector("#picture").getBoundingClientRect();
    const letters = document.createRange();
    letters.selectNodeContents(document.querySelector("#caption"));
    const seen = told[document.querySelector(".toured").id] ?? [];
    const away = (box) => box.right <= card.left || box.left >= card.right
        || box.bottom <= card.top || box.top >= card.bottom;
    const inside = (box) => box.right > frame.left && box.left < frame.right;
    const boxes = [...document.querySelectorAll("#picture g.node")].map((box) => [box, box.getBoundingClientRect()]);
    const names = boxes.filter(([, box]) => inside(box) && !away(box)).map(([box]) => box.getAttribute("aria-label"));
    if (!away(letters.getBoundingClientRect())) names.push("caption");
    return [...names, ...seen.filter((one) => !away(document.querySelector(one).getBoundingClientRect()))];
}"""


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_card_of_the_tour_covers_nothing_of_what_it_explains(visit: Open, lang: str) -> None:
    page = visit(viz.steps(lecture(), lang=lang), viewport={"width": 1280, "height": 720})
    page.locator("#tour-start").click()
    for stop in range(5):
        assert page.evaluate(COVERED) == [], stop
        card = page.locator("#tour").bounding_box()
        assert 0 <= card["x"] <= 1280 - card["width"]
        assert 0 <= card["y"] <= 720 - card["height"]
        page.keyboard.press("Enter")


@pytest.mark.parametrize("stop", range(5))
def test_on_a_phone_the_card_leaves_free_what_the_step_is_about(visit: Open, stop: int) -> None:
    page = visit(viz.steps(lecture(), lang="es").html(verify=False), **PHONE)
    page.evaluate(f"stepper.page.tour.start(); stepper.page.tour.go({stop})")
    card = page.locator("#tour").bounding_box()
    active = page.locator("g.node.active, g.node.chosen")
    for k in range(active.count()):
        box = active.nth(k).bounding_box()
        is_away = box["y"] >= card["y"] + card["height"] or box["y"] + box["height"] <= card["y"]
        assert is_away or box["x"] + box["width"] <= 0 or box["x"] >= 390, (card, box)
