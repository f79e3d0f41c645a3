"""At each step the page and the slides of a walk say the same: captions, numbers, and what is lit, in which colour."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest

import viz
from helpers.graphs import lecture, reuse
from helpers.lecture_graphs import xor
from helpers.pages import Open
from helpers.pictures import SVG
from microgrid import Value
from viz.style.theme import THEMES

GRAPHS: dict[str, Callable[[], Value]] = {
    "the lecture's": lecture, "reuse": reuse, "XOR": xor,
}  # fmt: skip

SEEN = """(step) => {
    stepper.page.go(step);
    const shown = (element) => element.getClientRects().length > 0;
    const lit = [...document.querySelectorAll("g.edge.lit")].filter((g) => g.dataset.edge).map((g) => {
        const [head] = [...g.querySelectorAll(".head")].filter(shown);
        const [x, y] = head.getAttribute("d").slice(1).split(" ")[0].split(",").map(Number);
        return [g.dataset.edge, x, y, getComputedStyle(head).fill];
    });
    const texts = (kind) => Object.fromEntries([...document.querySelectorAll(`#picture g.${kind}[data-node]`)].map(
        (g) => [g.dataset.edge ?? g.dataset.node, [...g.querySelectorAll("text")].map((text) => text.textContent)]));
    const borders = [...document.querySelectorAll("#picture g.node.active")].map(
        (g) => [g.dataset.node, getComputedStyle(g.querySelector("path")).stroke]);
    return {caption: stepper.page.frames[step].caption, phase: document.getElementById("phase").textContent,
        lit, boxes: texts("node"), labels: texts("local"), borders};
}"""


def on_slide(steps: viz.Steps, k: int) -> dict[str, Any]:
    """The same of a frame's SVG."""
    groups = list(ElementTree.fromstring(steps.svg(k)).iter(f"{SVG}g"))
    seen: dict[str, Any] = {"lit": [], "boxes": {}, "labels": {}, "borders": []}
    for g in groups:
        kind, texts = g.get("class", ""), [text.text or "" for text in g.iter(f"{SVG}text")]
        if kind.startswith("node"):
            seen["boxes"][g.get("data-node")] = texts
            if float(g.find(f"{SVG}path").get("stroke-width")) == THEMES["lecture"].active.width:
                seen["borders"].append(g.get("data-node"))
        elif kind == "local":
            seen["labels"][g.get("data-edge")] = texts
        elif kind.startswith("edge active"):
            (head,) = [path for path in g.iter(f"{SVG}path") if path.get("fill") != "none"]
            x, y = map(float, re.findall(r"[\d.]+", head.get("d"))[:2])
            seen["lit"].append((g.get("data-edge"), x, y))
    seen["phase"] = " ".join(text.text for text in list(groups[-1].iter(f"{SVG}text"))[:1])
    return seen


def numbers(texts: list[str]) -> list[str]:
    """What is written but for what stands for a number that is not known."""
    return [text for text in texts if text not in ("", "–", "grad –")]


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("name", GRAPHS)
def test_page_and_slides_say_the_same_at_each_step(visit: Open, name: str, lang: str) -> None:
    steps = viz.steps(GRAPHS[name](), lang=lang)
    page = visit(steps)
    red, green, blue = (int(THEMES["lecture"].active.stroke[i : i + 2], 16) for i in (1, 3, 5))
    active = f"rgb({red}, {green}, {blue})"
    for frame in steps:
        there, here = on_slide(steps, frame.index), page.evaluate(SEEN, frame.index)
        assert here["caption"] == frame.caption
        assert here["phase"] == there["phase"]
        for which in ("boxes", "labels"):
            said = {key: numbers(texts) for key, texts in there[which].items()}
            assert {key: numbers(texts) for key, texts in here[which].items()} == said
        assert [node for node, _ in here["borders"]] == there["borders"]
        assert [(edge, pytest.approx((x, y), abs=0.6)) for edge, x, y, _ in here["lit"]] == [
            (edge, (x, y)) for edge, x, y in there["lit"]
        ]
        assert {color for *_, color in here["lit"]} | {color for _, color in here["borders"]} <= {active}
