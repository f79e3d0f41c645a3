"""Legends explain what a picture shows: borders, inks, routes and what is lit."""

import xml.etree.ElementTree as ET

import pytest

import viz
from helpers.graphs import lecture, neurons, reuse, vanishing
from helpers.pictures import SVG, groups, says, texts
from microgrid import Value, nn
from viz.style.theme import THEMES


def legend(figure: viz.Figure) -> list[str]:
    return says(figure, "legend")


def samples(figure: viz.Figure) -> list[ET.Element]:
    (group,) = groups(figure, "legend")
    return list(group.iter(f"{SVG}path"))


def test_the_legend_of_coloured_boxes_shows_their_borders_only() -> None:
    y = Value(1.0, "x") * 2.0
    y.backward()
    figure = viz.draw(y, color_by="grad", legend=True)
    assert legend(figure) == ["input", "operation", "constant", "thick border: the result", "2", "local derivative"]
    look = THEMES["lecture"].boxes
    assert [path.get("fill") for path in samples(figure)] == ["none", "none", look["constant"].fill, "none"]


@pytest.mark.parametrize("theme", THEMES)
def test_the_legend_explains_every_border_and_every_ink_of_the_picture(theme: str) -> None:
    """Whatever is drawn or written in a way of its own has a sample that is drawn or written in the same way."""
    pictures = [
        viz.draw(lecture(), legend=True, theme=theme),
        viz.draw(lecture(backward=False), legend=True, theme=theme, ops="separate"),
        viz.draw(neurons(), legend=True, theme=theme, collapse="neuron"),
        viz.draw(neurons(), legend=True, theme=theme),
        viz.draw(vanishing(), legend=True, theme=theme, around="h2", radius=1),
    ]

    def ways(g: ET.Element) -> set[tuple[str | None, ...]]:
        borders = [[p.get(f"stroke{of}") for of in ("", "-width", "-dasharray")] for p in g.iter(f"{SVG}path")]
        return {tuple(border) for border in borders if border[0]}

    def inks(g: ET.Element) -> set[tuple[str | None, ...]]:
        return {(t.get("fill"), t.get("font-style")) for t in g.iter(f"{SVG}text")}

    for figure in pictures:
        (shown,) = groups(figure, "legend")
        for kind in ("node", "symbol", "scope", "local"):
            for g in groups(figure, kind):
                assert ways(g) <= ways(shown), (kind, texts(g))
                sign = {(THEMES[theme].symbol, None)} if kind == "symbol" else set()
                assert inks(g) - sign <= inks(shown), (kind, texts(g))


def test_a_legend_breaks_into_rows_instead_of_widening_the_picture() -> None:
    y = lecture(backward=False)
    plain, figure = (viz.draw(y, rankdir="TB", legend=wanted) for wanted in (False, True))
    width, with_legend = (float(ET.fromstring(f.svg()).get("width")) for f in (plain, figure))
    (group,) = groups(figure, "legend")
    rows = {text.get("y") for text in group.iter(f"{SVG}text") if text.get("font-size") == "12.5"}
    assert with_legend <= max(width, 360 + 48)  # some thirty letters have room in any picture
    assert len(rows) > 1


def test_a_long_route_breaks_into_rows_too() -> None:
    v = Value(1.0, "x")
    for _ in range(10):
        v = v.tanh()
    v.label = "y"
    figure = viz.draw(v, rankdir="TB", path="x")
    assert float(ET.fromstring(figure.svg()).get("width")) < 420
    rows = says(figure, "routes")
    assert len(rows) > 1
    assert " ".join(rows) == " ".join(says(viz.draw(v, path="x"), "routes"))


def test_the_rows_of_a_route_appear_together_in_a_walk() -> None:
    v = Value(1.0, "x")
    for _ in range(12):
        v = v.tanh()
    walk = viz.steps(v, rankdir="TB", path="x", precision=8)
    counts = []
    for k in range(len(walk)):
        (shown,) = [g for g in ET.fromstring(walk.svg(k)).iter(f"{SVG}g") if g.get("class") == "routes"]
        counts.append(len(texts(shown)))
    assert set(counts) == {0, counts[-1]}
    assert counts[-1] > 1
    assert counts == sorted(counts)


def test_frames_explain_what_is_lit() -> None:
    walk = viz.steps(lecture(), legend=True)
    frame = ET.fromstring(walk.svg(6))
    (shown,) = [g for g in frame.iter(f"{SVG}g") if g.get("class") == "legend"]
    assert texts(shown)[-1] == "this step"
    lit = THEMES["lecture"].active.stroke
    assert list(shown.iter(f"{SVG}path"))[-1].get("stroke") == lit
    assert any(
        path.get("stroke") == lit for g in frame.iter(f"{SVG}g") if g.get("class", "").startswith("node") for path in g
    )


def test_what_steps_back_is_explained() -> None:
    assert legend(viz.draw(lecture(), highlight="w", legend=True))[-1] == "not highlighted"
    assert legend(viz.draw(reuse(), path="x", legend=True, lang="es"))[-1] == "fuera de estos caminos"
    assert "not" not in "".join(legend(viz.draw(lecture(), legend=True)))


def test_samples_of_the_legend_are_not_cut_and_it_tells_where_parameters_are() -> None:
    model = nn.MLP(2, [2, 1], activation="sigmoid")
    y = model([0.5, -1.0])
    y.backward()
    for where in ("boxes", "inside"):
        words = legend(viz.draw(y, legend=True, parameters=where))
        assert not any(word.endswith("…") and len(word) > 1 for word in words), words
        assert ("parameters stand in the formulas of boxes" in words) == (where == "inside")


def test_the_legend_says_what_a_norm_is_and_a_gradient_beside_it() -> None:
    y = neurons()
    figure = viz.draw(y, legend=True, collapse="neuron")
    assert any(text.startswith("‖grad‖ = ") for text in says(figure, "node"))
    said = legend(figure)
    assert said[said.index("‖grad‖") + 1] == "norm of the gradients in the box"
    assert "gradient" in said
    assert "norma de los gradientes de la caja" in legend(viz.draw(y, legend=True, collapse="neuron", lang="es"))
    assert "‖grad‖" not in legend(viz.draw(y, legend=True))
