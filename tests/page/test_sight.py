"""What stays in sight of the picture: after a training step, at first, on a phone; and gaps that fit their numbers."""

from __future__ import annotations

import random
from typing import Any

import pytest

import viz
from helpers.graphs import lecture, named
from helpers.lecture_graphs import LECTURE_GRAPHS, xor_by_hand
from helpers.pages import Open
from microgrid import Value, nn

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
ENLARGED = {"viewport": {"width": 640, "height": 360}}


def squared_error(*sizes: int, activation: str = "relu", **options: Any) -> viz.Steps:
    random.seed(1)
    model = nn.MLP(2, list(sizes), activation=activation)
    error = model([Value(0.5, "x1"), Value(-1.0, "x2")]) - Value(1.0, "t")
    return viz.steps(named(error**2, "L"), lang="es", **options)


OUTSIDE = """() => {
    const frame = document.getElementById("picture").getBoundingClientRect();
    return [...document.querySelectorAll("#picture g.node")].filter((group) => {
        const {left, right, top, bottom} = group.getBoundingClientRect();
        return left < frame.left || right > frame.right || top < frame.top || bottom > frame.bottom;
    }).length;
}"""
HEIGHT = """() => Math.min(...[...document.querySelectorAll("#picture g.node text")].map((text) =>
    parseFloat(getComputedStyle(text).fontSize) * text.getCTM().a))"""


@pytest.mark.parametrize("where", [{}, {"color_scheme": "dark"}, {"forced_colors": "active"}])
def test_after_a_training_step_all_of_the_picture_is_in_sight(visit: Open, where: dict[str, Any]) -> None:
    page = visit(squared_error(2, 1), reduced_motion="reduce", **where)
    assert page.evaluate(OUTSIDE) > 0  # at first it is legible instead
    page.get_by_role("button", name="Un paso", exact=True).click()
    assert page.evaluate(OUTSIDE) == 0
    page.get_by_role("button", name="Un paso", exact=True).click()
    assert page.evaluate(OUTSIDE) == 0
    page.keyboard.press("ArrowRight")  # and legible again for the walk, at what it lights and what that reads
    assert page.evaluate(HEIGHT) >= 7
    active = page.locator("#picture g.node.active").first.bounding_box()
    assert 0 <= active["x"] <= 928 - active["width"]


def test_where_someone_has_sized_it_a_training_step_moves_nothing(visit: Open) -> None:
    page = visit(squared_error(2, 1), reduced_motion="reduce")
    page.get_by_role("button", name="+", exact=True).or_(page.locator("#larger")).first.click()
    place = "document.querySelector('#picture svg').getBoundingClientRect().toJSON()"
    before = page.evaluate(place)
    page.locator("#one-step").click()
    assert page.evaluate(place) == before


def test_pictures_of_many_boxes_open_with_all_their_columns(visit: Open) -> None:
    page = visit(squared_error(30, 1, collapse="neuron", max_nodes=None), reduced_motion="reduce")
    reach = page.evaluate("""() => {
        const frame = document.getElementById("picture"), {clientWidth} = frame, {left} = frame.getBoundingClientRect();
        const boxes = [...document.querySelectorAll("#picture g.node")].map((group) => group.getBoundingClientRect());
        const reach = (side, most) => most(...boxes.map((box) => box[side] - left));
        return [reach("left", Math.min), reach("right", Math.max), clientWidth];
    }""")  # fmt: skip
    assert reach[0] >= 0
    assert reach[1] <= reach[2]
    assert page.evaluate(HEIGHT) >= 5


def test_fit_fills_the_frame_where_the_whole_would_be_a_sliver(visit: Open) -> None:
    y = Value(0.5, "x")
    for _ in range(40):
        y = (y * 0.9 + 0.1).tanh()
    page = visit(viz.steps(y), reduced_motion="reduce")
    page.locator("#whole").click()
    assert page.evaluate(HEIGHT) >= 10.99
    page.locator("#whole").click()
    assert page.evaluate(OUTSIDE) == 0  # once more: all of it
    page.locator("#whole").click()
    assert page.evaluate(HEIGHT) >= 10.99


CARDS = """() => [...document.querySelectorAll("#picture g.card text")].map((text) => {
    const {left, right, top, bottom, height} = text.getBoundingClientRect();
    const size = parseFloat(getComputedStyle(text).fontSize) * Math.hypot(text.getScreenCTM().a, text.getScreenCTM().b);
    return {says: text.textContent, left, right, top, bottom, size};
})"""


def stand_apart(cards: list[dict[str, Any]]) -> bool:
    """Whether no letters of one lie on those of another: their rectangles are a third higher than they are."""
    inner = [(c["left"], c["right"], c["top"] + 2.5, c["bottom"] - 2.5) for c in cards]
    return not any(
        a[0] < b[1] - 1 and b[0] < a[1] - 1 and a[2] < b[3] and b[2] < a[3]
        for k, a in enumerate(inner)
        for b in inner[:k]
    )


@pytest.mark.parametrize("window", [{}, PHONE])
def test_all_of_a_large_network_can_be_read(visit: Open, window: dict[str, Any]) -> None:
    walk = squared_error(16, 16, 1, max_nodes=None)
    page = visit(walk, reduced_motion="reduce", **window)
    frame = page.locator("#picture").bounding_box()

    def read() -> list[str]:
        cards = page.evaluate(CARDS)
        assert page.evaluate(OUTSIDE) == 0
        assert min(card["size"] for card in cards) >= 7
        assert all(frame["x"] <= c["left"] and c["right"] <= frame["x"] + frame["width"] for c in cards)
        assert all(frame["y"] <= c["top"] + 2 and c["bottom"] - 2 <= frame["y"] + frame["height"] for c in cards)
        assert stand_apart(cards)
        return [card["says"] for card in cards]

    says = read()  # as it opens: names, and the numbers of leaves alone
    lowered = [str(k).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")) for k in range(1, 17)]
    first, units = [f"h{k}⁽¹⁾" for k in lowered], [f"h{k}⁽²⁾" for k in lowered]
    assert [unit for unit in units if unit in says] == units
    assert [text for text in says if text in first] == ([] if window else first)
    assert {"x₁ = 0.5", "x₂ = −1", "z₁⁽³⁾"} | ({"capa 1"} if window else set()) <= {*says}
    places = {card["says"]: card for card in page.evaluate(CARDS)}
    assert places["x₁ = 0.5"]["right"] < page.locator("#picture g.scope-card").first.bounding_box()["x"]
    high, lower = (
        places[column[-1]]["top"] - places[column[0]]["top"] if column[0] in says else None for column in (units, first)
    )
    assert window or lower >= 0.6 * high  # neurons of two weights beside some of sixteen
    page.locator("#last").click()
    assert page.evaluate(HEIGHT) < 20
    page.locator("#whole").click()
    found = read()
    random.seed(1)
    model = nn.MLP(2, [16, 16, 1])
    hidden = model.layers[1](model.layers[0]([0.5, -1.0]))
    told = {text.split(" = ")[0]: text.split(" = ")[1] for text in found if text.startswith("h") and " = " in text}
    if not window:  # where there is room for them
        assert [float(told[unit].replace("−", "-")) for unit in units] == pytest.approx(
            [h.data for h in hidden], rel=1e-3
        )


def test_what_stands_for_a_neuron_leads_to_it(visit: Open) -> None:
    page = visit(squared_error(16, 16, 1, max_nodes=None), reduced_motion="reduce")
    card = page.locator("#picture g.scope-card").filter(has_text="h₃⁽²⁾").first
    card.locator("rect").click()
    assert page.locator("#picture g.card").count() == 0
    frame, box = (page.locator(what).first.bounding_box() for what in ("#picture", "g.node[aria-label^='b₃⁽²⁾,']"))
    assert frame["x"] <= box["x"]
    assert box["x"] + box["width"] <= frame["x"] + frame["width"]
    assert frame["y"] <= box["y"]
    assert box["y"] + box["height"] <= frame["y"] + frame["height"]
    assert page.evaluate(HEIGHT) >= 5


def test_the_boxes_of_a_small_network_say_name_and_value_when_all_are_in_sight(visit: Open) -> None:
    page = visit(squared_error(2, 1), reduced_motion="reduce")
    page.locator("#whole").click()
    cards = page.evaluate(CARDS)
    assert min(card["size"] for card in cards) >= 7
    assert stand_apart(cards)
    assert {"x₁", "0.5", "w₁₁⁽¹⁾", "−0.7313", "h₂⁽¹⁾", "L"} <= {card["says"] for card in cards}
    hidden = page.evaluate("getComputedStyle(document.querySelector('#picture g.node text')).visibility")
    assert hidden == "hidden"
    page.locator("#larger").click()
    page.locator("#larger").click()
    page.locator("#larger").click()
    assert page.locator("#picture g.card").count() == 0


def test_a_step_is_in_sight_with_all_that_it_reads(visit: Open) -> None:
    page = visit(squared_error(2, 1), reduced_motion="reduce")
    frame = page.locator("#picture").bounding_box()
    page.keyboard.press("ArrowRight")
    for name in ("x₁", "x₂", "b₁⁽¹⁾", "w₁₁⁽¹⁾", "w₁₂⁽¹⁾", "z₁⁽¹⁾"):
        box = page.locator(f"g.node[aria-label^='{name}']").first.bounding_box()
        assert frame["x"] <= box["x"], name
        assert box["x"] + box["width"] <= frame["x"] + frame["width"], name
        assert frame["y"] <= box["y"], name
        assert box["y"] + box["height"] <= frame["y"] + frame["height"], name
    size = page.evaluate(HEIGHT)
    assert size >= 7
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(HEIGHT) == size  # it does not grow and shrink from step to step


@pytest.mark.parametrize(("window", "buttons"), [(PHONE, True), (ENLARGED, False)])
def test_the_buttons_that_train_are_in_sight_of_the_picture(visit: Open, window: dict[str, Any], buttons: bool) -> None:
    page = visit(squared_error(2, 1), reduced_motion="reduce", **window)
    high = window["viewport"]["height"]

    def inside(place: str) -> bool:
        box = page.locator(place).bounding_box()
        return bool(box["y"] >= 0 and box["y"] + box["height"] <= high)

    if buttons:  # on a phone beside those of the walk
        assert all(map(inside, ["#stage", "#caption", "#next", "#one-step", "#run"]))
    else:
        assert all(map(inside, ["#stage", "#caption", "#next", "#count", "#speed"]))
    page.locator("#one-step").press("Enter")  # brought into sight, where the picture stays
    assert page.locator("#trained").inner_text().startswith("Pasos de entrenamiento: 1.")
    frame, button = page.locator("#stage").bounding_box(), page.locator("#one-step").bounding_box()
    assert frame["y"] >= 0
    assert frame["y"] + frame["height"] <= button["y"]
    assert button["y"] + button["height"] <= high
    active = page.locator("#picture g.node.active").first.bounding_box()
    assert frame["y"] <= active["y"] <= frame["y"] + frame["height"] - active["height"]


GAPS = """() => [...document.querySelectorAll("#picture g.local")].flatMap((label) => {
    const text = label.querySelector("text"), {edge: name} = label.dataset;
    const edge = document.querySelector(`#picture g.edge[data-edge="${name}"]`);
    const shown = edge.matches(".backward") ? ":scope > g.backward > .outer"
        : edge.matches(".forward") ? ":scope > g.forward > .outer" : ":scope > path[stroke]";
    const lines = [...edge.querySelectorAll(shown)];
    if (lines.length !== 2 || !text.textContent) return [];
    const [last, first] = lines, end = (line, at) => line.getPointAtLength(at * line.getTotalLength());
    const [a, b] = [end(first, 1), end(last, 0)], cos = Math.abs(b.x - a.x) / Math.hypot(b.x - a.x, b.y - a.y);
    return [[name, Math.hypot(b.x - a.x, b.y - a.y) * cos, text.getBBox().width, text.textContent]];
})"""


def test_the_gap_of_an_arrow_fits_what_stands_in_it(visit: Open) -> None:
    """Formulas that held for the recorded numbers are left out once there are others."""
    make, _ = LECTURE_GRAPHS["softmax with cross-entropy"]
    page = visit(viz.steps(make()), reduced_motion="reduce")
    page.keyboard.press("End")
    recorded = {edge: (gap, text) for edge, gap, _, text in page.evaluate(GAPS)}
    page.evaluate("stepper.page.change(0, 3)")
    shown = {edge: (gap, width, text) for edge, gap, width, text in page.evaluate(GAPS)}
    assert len(shown) >= 4
    shorter = [edge for edge, (_, _, text) in shown.items() if "=" in recorded[edge][1] and "=" not in text]
    assert len(shorter) >= 3
    for gap, width, text in shown.values():
        assert gap <= width + 10, text  # 8 units around it, and rounding
    wide = [edge for edge in shorter if recorded[edge][0] > 100]
    assert wide
    assert all(shown[edge][0] < 0.7 * recorded[edge][0] for edge in wide)
    page.evaluate("stepper.page.undo()")  # the recorded numbers, and their gaps
    again = {edge: (gap, text) for edge, gap, _, text in page.evaluate(GAPS)}
    assert again == recorded


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_the_gap_fits_after_training_steps_and_while_the_arrow_is_lit(visit: Open, activation: str) -> None:
    page = visit(squared_error(2, 1, activation=activation), reduced_motion="reduce")
    page.locator("#one-step").click()
    for step in range(7, 17):
        page.evaluate(f"stepper.page.go({step})")
        for _, gap, width, text in page.evaluate(GAPS):
            assert gap <= width + 10, (step, text)


TOUCHED = """() => {
    const found = [], shown = (element) => getComputedStyle(element).display !== "none";
    for (const label of document.querySelectorAll("#picture g.local")) {
        const text = label.querySelector("text"), box = text.getBBox();
        const arrow = document.querySelector(`#picture g.edge[data-edge="${label.dataset.edge}"]`);
        for (const path of text.textContent ? arrow.querySelectorAll("path[fill=none]") : []) {
            if (!shown(path) || !shown(path.parentNode)) continue;
            const dashes = getComputedStyle(path).strokeDasharray, total = path.getTotalLength();
            const [ink, blank, again] = dashes === "none" ? [total, 0, 0] : dashes.split(/[ ,]+/).map(parseFloat);
            for (let at = 0; at <= total; at += 0.25) {
                if (at > ink && !(again && at >= ink + blank)) continue;
                const {x, y} = path.getPointAtLength(at), above = Math.max(box.y + 2 - y, y + 2 - box.y - box.height);
                if (above < 2 && Math.max(box.x - x, x - box.x - box.width) < 2) found.push(text.textContent);
            }
        }
    }
    return [...new Set(found)];
}"""


@pytest.mark.parametrize(("make", "changes"), [
    (lecture, {"w": 2.9, "y": 2.8}), (lecture, {"y": 1.4}), (xor_by_hand, {"w₁": 30, "w₂": 9}),
    (xor_by_hand, {"x₁": 30}), (xor_by_hand, {"w₁": -12.3456, "w₃": -9}),
])  # fmt: skip
def test_no_arrow_runs_into_its_number_when_numbers_change(visit: Open, make: Any, changes: dict[str, float]) -> None:
    page = visit(viz.steps(make()).html(verify=False), viewport={"width": 1280, "height": 720})
    for name, x in changes.items():
        page.evaluate(f"stepper.page.change(stepper.page.graph.nodes.findIndex(({{name}}) => name === {name!r}), {x})")
    assert page.evaluate("stepper.page.changes.size") == len(changes)
    for step in range(page.evaluate("stepper.page.frames.length")):  # lit forward, lit backward, and plain
        page.evaluate(f"stepper.page.go({step})")
        assert page.evaluate(TOUCHED) == [], step


def test_the_walk_of_a_training_opens_fitted(visit: Open) -> None:
    page = visit(
        squared_error(16, 16, 1, collapse="layer", max_nodes=None), "#step=0&view=whole", reduced_motion="reduce"
    )
    assert page.evaluate(OUTSIDE) == 0
    assert page.evaluate(HEIGHT) >= 9
    page.get_by_role("button", name="Detalles").click()
    assert page.locator("#one-step").is_visible()
