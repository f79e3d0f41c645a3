"""The first minute with a page of steps: what is seen at first, and how the picture is moved, sized and searched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import microgrid as mg
import viz
from helpers.graphs import lecture, named
from helpers.lecture_graphs import LECTURE_GRAPHS, xor_by_hand
from helpers.pages import AXE, WORDS, Open, shown, texts
from microgrid import Value
from viz.style.theme import THEMES, contrast

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
ENLARGED = {"viewport": {"width": 640, "height": 360}}  # 1280 by 720 at 200 percent


def wide() -> Value:
    x = [Value(0.5, "x1"), Value(-1.0, "x2")]
    return named((mg.nn.MLP(2, [4, 4, 1])(x) - 1) ** 2, "L")


# ---------------------------------------------------------------- at first sight


def test_the_first_screen_says_what_this_is_and_names_every_look(visit: Open) -> None:
    page = visit(viz.steps(lecture()))
    assert page.locator("#about").inner_text() == WORDS["en"]["about"]
    names = texts(page, "#legend-list li > span:last-child")
    for word in ("input", "parameter", "op", "legend_root", "legend_waiting", "legend_active", "impossible",
                 "legend_gradient", "legend_local", "legend_arrow", "legend_forward", "legend_backward"):  # fmt: skip
        assert WORDS["en"][word] in names
    inside = page.evaluate("""() => [...document.querySelectorAll("#about, #train, #legend-list li")].every((shown) => {
        const box = shown.getBoundingClientRect();
        return box.width && box.top >= 0 && box.bottom <= innerHeight && box.right <= innerWidth;
    })""")
    assert inside
    # a sample has the colours of what it stands for
    fills = page.evaluate("""() => ["input", "parameter", "op"].map((kind, k) => {
        const fill = (path) => getComputedStyle(path).fill;
        const samples = document.querySelectorAll("#legend-list .box-look > path");
        return [fill(document.querySelector(`#picture g.node.${kind} > path`)), fill(samples[k])];
    })""")
    assert all(there == here for there, here in fills)
    assert len({here for _, here in fills}) == 3


def test_what_is_not_known_yet_is_empty_and_names_can_be_read(visit: Open) -> None:
    page = visit(viz.steps(lecture()))
    assert "–" not in "".join(texts(page, "#picture text"))
    assert shown(page, "L") == ["L = e²", "", ""]
    assert texts(page, "#picture g.local text") == [""] * 7
    # the gap for a number is closed meanwhile
    assert page.evaluate("""() => [...document.querySelectorAll("#picture g.edge > g.bridge")].map(
        (group) => group.getClientRects().length)""") == [1] * 7  # fmt: skip
    page.keyboard.press("ArrowRight")
    assert page.evaluate("""() => [...document.querySelectorAll("#picture g.edge > g.bridge")].filter(
        (group) => group.getClientRects().length).length""") == 5  # fmt: skip
    color = page.evaluate("getComputedStyle(document.querySelector('g.node.waiting > text')).fill")
    theme = THEMES["lecture"]
    assert color == f"rgb({', '.join(str(int(theme.dim[i : i + 2], 16)) for i in (1, 3, 5))})"
    assert contrast(theme.dim, theme.boxes["op"].fill) >= 4.5  # which is paler then


@pytest.mark.parametrize("make", [lecture, xor_by_hand, wide])
def test_it_opens_at_the_inputs(visit: Open, make: Callable[[], Value]) -> None:
    page = visit(viz.steps(make()), reduced_motion="reduce")
    seen = """() => {
        const frame = document.getElementById("picture").getBoundingClientRect();
        return [...document.querySelectorAll("#picture g.node.input")].map((group) => {
            const {left, right, top, bottom} = group.getBoundingClientRect();
            return left >= frame.left && right <= frame.right && top >= frame.top && bottom <= frame.bottom;
        });
    }"""
    assert len(page.evaluate(seen)) >= 2
    assert all(page.evaluate(seen))


SMALLEST = """() => Math.min(...[...document.querySelectorAll("#picture text")].map((text) =>
    parseFloat(getComputedStyle(text).fontSize) * text.getCTM().a))"""


def test_texts_of_graphs_of_up_to_30_boxes_are_11_pixels_high(visit: Open) -> None:
    tried = 0
    for make, _ in LECTURE_GRAPHS.values():
        steps = viz.steps(make())
        if len(steps._choices.units) > 30:
            continue
        page = visit(steps)
        assert page.evaluate(SMALLEST) >= 10.99
        tried += 1
    assert tried >= 6


def test_the_picture_stays_where_it_is(visit: Open) -> None:
    """Whatever is said below it, asked or compared."""
    page = visit(viz.steps(xor_by_hand()))
    height = "document.getElementById('stage').getBoundingClientRect().height"
    heights = {page.evaluate(f"k => {{ stepper.page.go(k); return {height}; }}", k) for k in range(19)}
    page.evaluate("stepper.page.change(0, 3.21)")
    heights.add(page.evaluate(height))
    page.evaluate("stepper.page.predict(); stepper.page.go(3); stepper.page.next()")
    heights.add(page.evaluate(height))
    page.locator("#reveal").click()
    heights.add(page.evaluate(height))
    assert len(heights) == 1


def test_no_number_leaves_its_box(visit: Open) -> None:
    page = visit(viz.steps(lecture()), "#step=13")
    outside = """() => [...document.querySelectorAll("#picture g.node")].flatMap((group) => {
        const path = group.querySelector("path"), inside = (x, y) => {
            const point = path.ownerSVGElement.createSVGPoint();
            Object.assign(point, {x, y});
            return path.isPointInFill(point);
        };
        return [...group.querySelectorAll("text")].filter((text) => text.textContent).filter((text) => {
            const {x, width} = text.getBBox(), y = Number(text.getAttribute("y")) - 4;
            return !inside(x, y) || !inside(x + width, y);
        }).map((text) => text.textContent);
    })"""
    for value in (3.21, -0.000123456, 123456.789, 1e-7):
        for leaf in (0, 1, 5):
            page.evaluate("([leaf, value]) => stepper.page.change(leaf, value)", [leaf, value])
            assert page.evaluate(outside) == []


# ---------------------------------------------------------------- a change


def test_old_and_new_stand_side_by_side(visit: Open) -> None:
    page = visit(viz.steps(lecture()), "#step=13")
    page.locator("g.node[data-node='0']").click()
    page.locator("#what-if").fill("2.1")
    assert texts(page, ".ghosts text") == ["2", "6", "7", "−2", "4"]
    assert shown(page, "w")[1] == "2.1"
    told = page.locator("#compared").inner_text()
    assert told.startswith("w: 2 → 2.1. ΔL = −1.11; foretold by the gradient: ∂L/∂w · Δw = −12 · 0.1 = −1.2.")
    assert page.locator("#verdict .wrong").count() == 0  # no alarm
    apart = page.evaluate("""() => [...document.querySelectorAll(".ghosts text")].every((ghost) => {
        const old = ghost.getBoundingClientRect();
        const others = [...document.querySelectorAll("#picture g.node > text")].filter((text) => text.textContent);
        return others.every((text) => {
            const {left, right, top, bottom} = text.getBoundingClientRect();
            return right <= old.left || left >= old.right || bottom - 4 <= old.top || top >= old.bottom - 4;
        });
    })""")
    assert apart
    page.locator("#picture").focus()
    page.keyboard.press("u")
    assert texts(page, ".ghosts text") == []
    assert shown(page, "w")[1] == "2"
    assert page.locator("#compared").inner_text() == ""


def test_what_was_dragged_in_one_go_is_undone_in_one(visit: Open) -> None:
    page = visit(viz.steps(lecture()), "#step=13")
    for value in (2.1, 2.2, 2.3):
        page.evaluate("x => stepper.page.change(0, x)", value)
    page.evaluate("stepper.page.change(3, 5)")
    page.locator("#undo").click()
    assert (shown(page, "w")[1], shown(page, "b")[1]) == ("2.3", "1")
    page.locator("#undo").click()
    assert shown(page, "w")[1] == "2"
    assert page.locator("#undo").is_disabled()


# ---------------------------------------------------------------- moving, sizing, searching


def scrolled(page: Any) -> list[float]:
    return page.evaluate("(({scrollLeft, scrollTop}) => [scrollLeft, scrollTop])(document.getElementById('picture'))")


def test_the_picture_is_dragged_and_the_wheel_sizes_it(visit: Open) -> None:
    page = visit(viz.steps(wide(), by="operation"), reduced_motion="reduce")
    page.keyboard.press("ArrowRight")  # at first all of it is in sight, and nothing to be dragged
    frame = page.locator("#picture").bounding_box()
    x, y = frame["x"] + 300, frame["y"] + 12
    left, _ = scrolled(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y, steps=3)
    page.mouse.up()
    assert scrolled(page)[0] == pytest.approx(left + 60, abs=1)
    assert page.evaluate("stepper.page.chosen") is None  # a drag is no press
    place = page.evaluate("""([x, y]) => {
        const svg = document.querySelector("#picture svg"), box = svg.getBoundingClientRect();
        return [(x - box.left) / box.width, (y - box.top) / box.height, box.width];
    }""", [x, y + 150])  # fmt: skip
    page.mouse.move(x, y + 150)
    page.mouse.wheel(0, -300)
    larger = "width => document.querySelector('#picture svg').getBoundingClientRect().width > width * 1.3"
    page.wait_for_function(larger, arg=place[2])
    now = page.evaluate("""([x, y]) => {
        const svg = document.querySelector("#picture svg"), box = svg.getBoundingClientRect();
        return [(x - box.left) / box.width, (y - box.top) / box.height];
    }""", [x, y + 150])  # fmt: skip
    assert now[0] == pytest.approx(place[0], abs=0.005)  # what is below the pointer stays there


def touch(page: Any, *moves: list[tuple[float, float]]) -> None:
    """Fingers that are put down, moved and lifted."""
    session = page.context.new_cdp_session(page)
    for k, points in enumerate(moves):
        kind = "touchMove" if k else "touchStart"
        spots = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_fingers_drag_numbers_and_pinch(visit: Open) -> None:
    page = visit(viz.steps(lecture()), "#step=0", **PHONE)
    box = page.locator("g.node[data-node='0']").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch(page, [(x, y)], *([(x + d, y)] for d in (10, 20, 30, 40, 50)))
    assert shown(page, "w")[1] == "3"
    width = "document.querySelector('#picture svg').getBoundingClientRect().width"
    before = page.evaluate(width)
    touch(page, [(150, 250), (200, 250)], [(140, 250), (215, 250)], [(125, 250), (225, 250)])
    assert page.evaluate(width) == pytest.approx(2 * before, rel=0.05)


@pytest.mark.parametrize("window", [PHONE, ENLARGED])
def test_the_active_box_the_caption_and_next_are_in_view_together(visit: Open, window: dict[str, Any]) -> None:
    page = visit(viz.steps(lecture()), "#step=1", reduced_motion="reduce", **window)
    height, width = window["viewport"]["height"], window["viewport"]["width"]
    for step in range(2, 13):
        page.locator("#next").click()
        assert page.locator("#count").inner_text() == f"{step} of 13"
        for place in ("#picture g.node.active", "#caption", "#next"):
            box = page.locator(place).first.bounding_box()
            assert 0 <= box["x"] <= width + 1 - box["width"], (step, place)
            assert 0 <= box["y"] <= height - box["height"], (step, place)
    assert page.evaluate("scrollY") == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_panel_makes_room(visit: Open) -> None:
    page = visit(viz.steps(lecture()))
    width = page.locator("#stage").bounding_box()["width"]
    button = page.get_by_role("button", name="Details")
    button.click()
    assert button.get_attribute("aria-expanded") == "false"
    assert page.locator("#stage").bounding_box()["width"] > width + 300
    page.keyboard.press("/")
    assert page.locator("#panel").is_visible()
    assert page.evaluate("document.activeElement.id") == "find"


def test_a_node_is_found_by_its_name(visit: Open) -> None:
    page = visit(viz.steps(wide(), collapse="layer"), reduced_motion="reduce")
    page.keyboard.press("/")
    page.keyboard.type("w₂₁⁽¹⁾")
    page.keyboard.press("Enter")
    assert page.locator("#node h2").inner_text() == "w₂₁⁽¹⁾"
    page.get_by_label("Find a node").fill("w₁")
    page.keyboard.press("Enter")
    first = page.locator("#node h2").inner_text()
    page.keyboard.press("Enter")
    assert page.locator("#node h2").inner_text() != first
    page.get_by_label("Find a node").fill("nowhere")
    page.keyboard.press("Enter")
    assert page.locator("#find-help").inner_text() == "No node is called nowhere."


# ---------------------------------------------------------------- for all


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (npm install axe-core)")
@pytest.mark.parametrize("properties", [{}, {"color_scheme": "dark"}, PHONE, {"forced_colors": "active"}])
def test_axe_finds_no_fault_in_the_new_states(visit: Open, properties: dict[str, Any]) -> None:
    faults = []
    page = visit(viz.steps(lecture()).html(verify=False), **properties)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    # scrolled to the top, since axe takes the titles of what is above the window for text that is seen
    states = ["", "stepper.page.go(13); stepper.page.choose(0); stepper.page.change(0, 2.1)",
              "stepper.page.tour.start(); stepper.page.tour.go(3)", "share.open = true"]  # fmt: skip
    for state in states:
        page.evaluate(f"{state}; scrollTo({{top: 0, behavior: 'instant'}})")
        for fault in page.evaluate("axe.run()")["violations"]:
            faults.append((state, fault["id"], [node["html"][:200] for node in fault["nodes"]]))
    assert faults == []
