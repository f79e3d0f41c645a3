"""Steps as pictures: what a frame shows and hides, and that nothing jumps."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import viz
from helpers.graphs import HOSTILE, lecture, named, neurons, reuse
from helpers.pictures import SVG, texts
from helpers.walks import LIT, box, edges, groups
from microgrid import Value, parameter
from viz.drawing import layout
from viz.style.text import clean
from viz.style.theme import THEMES

# ---------------------------------------------------------------- what a frame shows


def test_values_and_gradients_appear_as_they_are_computed() -> None:
    steps = viz.steps(lecture())
    assert texts(box(steps, 0, "w")) == ["w", "2"]
    assert texts(box(steps, 0, "z = w · x")) == ["z = w · x"]
    assert texts(box(steps, 1, "z = w · x")) == ["z = w · x", "6"]
    assert texts(box(steps, 4, "z = w · x")) == ["z = w · x", "6"]
    assert texts(box(steps, 5, "z = w · x")) == ["z = w · x", "6", "grad –"]
    assert texts(box(steps, 5, "L = e²")) == ["L = e²", "4", "∂L/∂L = 1"]
    assert texts(box(steps, 10, "w")) == ["w", "2", "grad –"]
    assert texts(box(steps, 11, "w")) == ["w", "2", "∂L/∂w = −12"]


def test_a_gradient_in_the_making_is_shown_as_it_is() -> None:
    x = Value(3.0, "x")
    steps = viz.steps(named(x * x + x, "y"))
    assert [texts(box(steps, k, "x"))[-1] for k in (4, 5, 6, 7)] == [
        "grad –", "∂y/∂x = 1", "∂y/∂x = 4", "∂y/∂x = 7",
    ]  # fmt: skip


def test_a_local_derivative_comes_with_the_value_of_its_operation() -> None:
    """As in the page: whoever is to say what goes back can read it off."""
    steps = viz.steps(lecture())
    shown = [sum(g.get("class") == "local" and bool(texts(g)) for g in groups(steps, k)) for k in range(14)]
    assert shown == [0, 2, 4, 6, *[7] * 10]
    assert "2e = −4" not in steps.svg(3)
    assert "2e = −4" in steps.svg(4)


def test_where_a_local_derivative_is_hidden_the_arrow_has_no_gap() -> None:
    steps = viz.steps(lecture())

    def lines(k: int) -> list[list[tuple[float, float]]]:
        (edge,) = [g for g in groups(steps, k) if g.get("data-edge") == "7:0" and g.get("class") == "edge"]
        strokes = [path.get("d") for path in edge.iter(f"{SVG}path") if path.get("fill") == "none"]
        return [[tuple(map(float, p.split(","))) for p in re.findall(r"[\d.]+,[\d.]+", d)] for d in strokes]

    (whole,), parts = lines(3), lines(5)
    assert len(parts) == 2
    assert sorted(whole) == sorted(point for part in parts for point in part)  # one line by way of all their points
    assert {whole[0], whole[-1]} < {point for part in parts for point in (part[0], part[-1])}


def test_what_is_new_is_lit() -> None:
    steps = viz.steps(lecture())
    positions = {"z": 2, "ŷ": 4, "e": 6, "L": 7}
    lit = [
        [int(g.get("data-node")) for g in groups(steps, k) if _border(g) == LIT] for k in range(14)
    ]  # fmt: skip
    assert lit[0] == lit[13] == []
    assert lit[1:5] == [[positions["z"]], [positions["ŷ"]], [positions["e"]], [positions["L"]]]
    assert lit[5] == [positions["L"]]
    assert lit[6] == [positions["e"]]
    assert edges(steps, 3, LIT) == ["6:0", "6:1"]
    assert edges(steps, 6, LIT) == ["7:0"]
    assert edges(steps, 0, LIT) == edges(steps, 5, LIT) == []


def _border(group: ElementTree.Element) -> str | None:
    return group.find(f"{SVG}path").get("stroke") if "node" in group.get("class") else None


def test_an_operation_in_a_circle_is_lit_with_what_leads_to_its_result() -> None:
    steps = viz.steps(lecture(), ops="separate")
    assert edges(steps, 6, LIT) == ["bond", "7:0"]
    circles = [g.find(f"{SVG}path").get("stroke") for g in groups(steps, 6) if g.get("class") == "symbol"]
    assert circles.count(LIT) == 1


def test_print_shows_what_is_lit_without_a_colour() -> None:
    steps = viz.steps(lecture(), theme="print")
    fills = [g.find(f"{SVG}path").get("fill") for g in groups(steps, 2) if "node" in g.get("class")]
    assert [fill == THEMES["print"].active.fill for fill in fills] == [i == 4 for i in range(8)]


def test_the_last_frame_is_the_picture_that_draw_makes_after_backward() -> None:
    def said(svg: str) -> list[str]:
        root = ElementTree.fromstring(svg)
        return [t for g in root.iter(f"{SVG}g") if g.get("class") != "caption" for t in texts(g)]

    for make in (lecture, reuse):
        assert said(viz.steps(make()).svg(-1)) == said(viz.draw(make()).svg())


def test_the_caption_stands_below_with_the_progress() -> None:
    steps = viz.steps(lecture())
    assert texts(groups(steps, 2)[-1]) == ["→ Forward pass", "step 2 of 13", "ŷ = z + b = 6 + 1 = 7"]
    assert texts(groups(viz.steps(lecture(), lang="es"), 6)[-1])[:2] == ["← Propagación hacia atrás", "paso 6 de 13"]
    lowest = max(float(t.get("y")) for g in groups(steps, 2)[:-1] for t in g.iter(f"{SVG}text"))
    assert all(float(t.get("y")) > lowest + 20 for t in groups(steps, 2)[-1].iter(f"{SVG}text"))


def test_long_captions_are_wrapped_into_the_picture() -> None:
    x = Value(1.5, "x")
    p = named(x * x, "p")
    steps = viz.steps(named(p * p * x, "y"))
    width = float(ElementTree.fromstring(steps.svg(0)).get("width"))
    for frame in steps:
        scene = steps._film.scene(frame.index)
        assert all(text.at[0] + text.width <= width for text in scene.groups[-1].texts)
        assert all(text.at[1] < scene.size[1] for text in scene.groups[-1].texts)


def test_a_caption_that_is_too_long_is_broken_before_an_equals_sign() -> None:
    steps = viz.steps(reuse(), rankdir="TB", labels="plain")
    assert texts(groups(steps, 13)[-1])[2:] == [
        "∂ŷ/∂z1 = 0.8 + ∂ŷ/∂(z1 + x) · ∂(z1 + x)/∂z1 = 0.8 + (−0.4) · 1",
        "= 0.8 + (−0.4) = 0.4",
    ]


def test_a_frame_is_told_to_those_who_cannot_see_it_and_nothing_is_given_away() -> None:
    steps = viz.steps(lecture())
    root = ElementTree.fromstring(steps.svg(1))
    assert root.find(f"{SVG}desc").text == "z = w · x = 2 · 3 = 6"
    assert root.find(f"{SVG}title").text == "Computational graph of L = e²: Forward pass, step 1 of 13"
    labels = [g.get("aria-label") for g in root.iter(f"{SVG}g") if g.get("aria-label")]
    assert "L = e², operation, value not computed, gradient not computed" in labels
    assert "z = w · x, operation, value 6, gradient not computed" in labels
    assert [label for label in labels if "derivative" in label] == [
        "local derivative of z with respect to w: 3", "local derivative of z with respect to x: 2",
    ]  # fmt: skip


# ---------------------------------------------------------------- nothing jumps


@pytest.mark.parametrize("make", [lecture, reuse, neurons])
@pytest.mark.parametrize("ops", ["merged", "separate"])
def test_nothing_moves_from_frame_to_frame(make, ops: str) -> None:
    steps = viz.steps(make(), ops=ops)
    places: dict[int, set[str]] = {}
    sizes = set()
    for k in range(len(steps)):
        root = ElementTree.fromstring(steps.svg(k))
        sizes.add((root.get("width"), root.get("height"), root.get("viewBox")))
        for i, g in enumerate(root.iter(f"{SVG}g")):
            if (g.get("class") or "").split()[0] in ("node", "symbol", "scope"):
                places.setdefault(i, set()).add(g.find(f"{SVG}path").get("d"))
    assert len(sizes) == 1
    assert len(places) >= 8
    assert all(len(outlines) == 1 for outlines in places.values())


def test_a_box_has_room_for_the_longest_gradient_on_the_way() -> None:
    x = Value(3.0, "x")
    y = named(x * 0.123456789 + x * 0.876543211, "y")  # −> 0.8765 on the way, 1 at the end
    steps = viz.steps(y, precision=12)
    for k in range(len(steps)):
        scene = steps._film.scene(k)
        for group in scene.groups:
            if group.kind.startswith("node"):
                corners = [point for _, points in group.paths[0].commands for point in points]
                width = max(x for x, _ in corners) - min(x for x, _ in corners)
                assert all(text.width < width for text in group.texts)


def test_the_layout_is_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    run = layout.engines.run
    monkeypatch.setattr(layout.engines, "run", lambda *args: calls.append(1) or run(*args))
    steps = viz.steps(lecture())
    assert [frame.caption for frame in steps]
    assert calls == []
    assert len({steps.svg(k) for k in range(14)}) == 14
    assert len(calls) == 1


def test_frames_can_be_asked_for_in_any_order() -> None:
    forwards, backwards = viz.steps(reuse()), viz.steps(reuse())
    count = len(forwards)
    assert [forwards.svg(k) for k in range(count)] == [backwards.svg(k) for k in reversed(range(count))][::-1]
    assert forwards.svg(-1) == forwards.svg(count - 1)
    with pytest.raises(IndexError):
        forwards.svg(count)


def test_ids_of_frames_on_one_page_differ() -> None:
    walks = [viz.steps(make(), lang=lang) for make in (lecture, reuse) for lang in ("en", "es")]
    pictures = [steps.svg(k) for steps in walks for k in (0, 1)]
    ids = [name for picture in pictures for name in re.findall(r' id="([^"]*)"', picture)]
    assert len(set(ids)) == len(ids) == 16


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels_stay_text(label: str, tmp_path: Path) -> None:
    y = named(Value(2.0, label) * parameter(3.0, "k"), label)
    steps = viz.steps(y, title=label)
    (moving,) = steps.save(tmp_path / "steps.svg")
    for picture in (*(steps.svg(k) for k in range(len(steps))), moving.read_text("utf-8")):
        root = ElementTree.fromstring(picture)
        tags = {element.tag.removeprefix(SVG) for element in root.iter()}
        assert tags <= {"svg", "g", "path", "text", "title", "desc", "rect", "style"}
        assert not any(re.search(r"href|^on", name) for element in root.iter() for name in element.attrib)
        assert all(clean(label)[:8] not in (style.text or "") for style in root.iter(f"{SVG}style"))
