"""Boxes coloured by their gradients, and in a style of one's own: colours, legends, and text that can be read."""

import math
import xml.etree.ElementTree as ET

import pytest

import microgrid as mg
import viz
from helpers.graphs import lecture, named
from helpers.pictures import SVG, boxes, contrast, fills, groups, says, texts
from microgrid import Value, parameter
from viz.style.theme import THEMES

# ---------------------------------------------------------------- color_by


def chain() -> Value:
    """σ(w3·σ(w2·σ(w1·x))): gradients shrink towards the leaves."""
    v = Value(1.0, "x")
    for k in (1, 2, 3):
        v = named((parameter(0.5, f"w{k}") * v).sigmoid(), f"h{k}")
    v.backward()
    return v


def test_vanishing_gradients_are_seen_at_a_glance() -> None:
    found = fills(viz.draw(chain(), color_by="grad"))
    darkness = [contrast(found[name], "#ffffff") for name in ("w₁", "w₂", "w₃")]
    assert darkness == sorted(darkness)
    assert darkness[-1] > 1.5 * darkness[0]
    assert found["h₃ = σ(w₃ · h₂)"] == THEMES["lecture"].scale[-1]  # dh₃/dh₃ = 1


@pytest.mark.parametrize("theme", THEMES)
def test_text_on_a_coloured_box_can_be_read(theme: str) -> None:
    for g in groups(viz.draw(chain(), color_by="grad", theme=theme), "node"):
        fill = g.find(f"{SVG}path").get("fill")
        assert all(contrast(text.get("fill"), fill) >= 4.5 for text in g.iter(f"{SVG}text"))


def test_the_legend_of_the_colours_has_powers_of_ten_that_hold_all_gradients() -> None:
    y = chain()
    name, low, high = says(viz.draw(y, color_by="grad"), "scale")
    sizes = [abs(v.grad) for v in mg.graph.order(y) if v.role != "constant"]
    assert name == "size of the gradient"
    assert float(low) <= min(sizes) < 10 * float(low)
    assert float(high) / 10 < max(sizes) <= float(high)


@pytest.mark.filterwarnings("ignore:color_by colours nothing")
def test_without_gradients_there_is_nothing_to_colour_by() -> None:
    loss = lecture(backward=False)
    assert fills(viz.draw(loss, color_by="grad")) == fills(viz.draw(loss))


def test_a_gradient_of_zero_is_the_palest() -> None:
    x, y = Value(-1.0, "x"), Value(2.0, "y")
    z = x.relu() + y
    z.backward()
    assert fills(viz.draw(z, color_by="grad"))["x"] == THEMES["lecture"].scale[0]


def scale_row(y: Value, **options: object) -> tuple[list[str], list[str]]:
    """The texts and the colours of the legend of a picture coloured by its gradients."""
    figure = viz.draw(y, color_by="grad", **options)
    fills = [path.get("fill") for g in groups(figure, "scale") for path in g.iter(f"{SVG}path")]
    return says(figure, "scale"), [fill for fill in fills if fill != "none"]


def test_a_gradient_that_all_have_is_a_colour_and_no_bar() -> None:
    y = named(Value(1.0, "x") + 1.0, "y") + 2.0
    y.backward()
    assert scale_row(y) == (["size of the gradient", "1"], [THEMES["lecture"].scale[-1]])


def test_a_gradient_of_zero_is_told_apart_from_the_smallest() -> None:
    x = Value(-1.0, "x")
    y = named((x * 3.0).relu(), "h") * 2.0
    y.backward()
    said, colors = scale_row(y)
    assert said == ["size of the gradient", "0", "1", "10"]  # gradients 0, 0, 2 and 1
    assert colors[0] == fills(viz.draw(y, color_by="grad"))["x"] == THEMES["lecture"].scale[0]
    assert colors[1] == fills(viz.draw(y, color_by="grad"))["h · 2"] != colors[0]


def test_what_is_too_small_for_the_scale_is_told() -> None:
    x = Value(1.0, "x")
    y = (x * 1e-30 + Value(1.0, "b")) * 1e-3
    y.backward()
    assert scale_row(y)[0] == ["size of the gradient", "< 1e−12", "1e−12", "1"]  # 1e-33, 1e-3 and 1


@pytest.mark.parametrize("size", [math.inf, math.nan])
def test_a_gradient_that_is_no_number_has_no_place_between_powers_of_ten(size: float) -> None:
    loss = lecture()
    loss.grad = size
    said, _ = scale_row(loss)
    assert said == ["size of the gradient", "1", "100" + (", ∞" if size == math.inf else "")]
    fill = fills(viz.draw(loss, color_by="grad"))["L = e²"]
    assert fill == (THEMES["lecture"].scale[-1] if size == math.inf else THEMES["lecture"].background)


@pytest.mark.filterwarnings("ignore:d_y/d_")
def test_an_infinite_gradient_beside_a_power_of_ten_is_the_darkest() -> None:
    x = Value(0.0, "x")
    with mg.errstate(domain="ieee"):
        y = named(1.0 / x, "y")
    y.grad, x.grad = 1.0, -math.inf
    light, dark = (fills(viz.draw(y, color_by="grad"))[box] for box in ("y = 1 / x", "x"))
    assert dark == THEMES["lecture"].scale[-1]
    assert contrast(light, dark) > 3
    assert scale_row(y) == (["size of the gradient", "1", "∞"], [light, dark])


def test_gradients_that_only_rounding_tells_apart_are_one_colour() -> None:
    loss = lecture()
    for v in mg.graph.order(loss):
        v.grad = 1.0
    loss.grad = math.nextafter(1.0, 2.0)
    assert scale_row(loss) == (["size of the gradient", "1"], [THEMES["lecture"].scale[-1]])


@pytest.mark.parametrize("theme", THEMES)
def test_a_frame_of_a_walk_has_the_colours_of_the_whole_scale(theme: str) -> None:
    """In the last frame each box has the colour of the finished picture; text can be read in every frame."""
    walk = viz.steps(lecture(), color_by="grad", theme=theme)
    *frames, last = (ET.fromstring(walk.svg(k)) for k in range(len(walk)))
    boxes = [g for g in last.iter(f"{SVG}g") if g.get("class", "").startswith("node")]
    found = {texts(g)[0]: g.find(f"{SVG}path").get("fill") for g in boxes}
    assert found == fills(viz.draw(lecture(), color_by="grad", theme=theme))
    for frame in frames:
        for g in (g for g in frame.iter(f"{SVG}g") if g.get("class", "").startswith("node")):
            fill = g.find(f"{SVG}path").get("fill")
            assert all(contrast(text.get("fill"), fill) >= 4.5 for text in g.iter(f"{SVG}text"))


def test_the_legend_of_coloured_boxes_shows_their_borders_only() -> None:
    y = Value(1.0, "x") * 2.0
    y.backward()
    (legend,) = groups(viz.draw(y, color_by="grad", legend=True), "legend")
    kinds = dict(zip(texts(legend), [path.get("fill") for path in legend.iter(f"{SVG}path")], strict=True))
    look = THEMES["lecture"].boxes
    assert kinds == {"input": "none", "operation": "none", "constant": look["constant"].fill}


# ---------------------------------------------------------------- node_style


def test_a_style_of_ones_own() -> None:
    def negative(node: object) -> dict[str, object] | None:
        return {"fill": "#AA0000", "text": "#ffffff", "width": 3, "dash": (4, 2)} if node.data < 0 else None

    figure = viz.draw(lecture(), node_style=negative)
    path = boxes(figure)["e = ŷ − y"]
    assert (path.get("fill"), path.get("stroke-width"), path.get("stroke-dasharray")) == ("#aa0000", "3", "4 2")
    assert list(fills(figure).values()).count("#aa0000") == 1
    assert "#aa0000" in figure.dot()


@pytest.mark.parametrize(
    ("style", "error", "message"),
    [
        ({"fill": "red"}, viz.VizError, "fill='red' for the node 'w' is no colour: write it as #rrggbb"),
        ({"fill": '#fff"/><script>'}, viz.VizError, "no colour"),
        ({"size": 3}, viz.VizError, "size=3 .* is unknown: a style has fill, stroke, width, dash, text"),
        ({"width": -1}, viz.VizError, "no width"),
        ({"dash": "4 2"}, viz.VizError, "no dash"),
        ({"dash": (0,)}, viz.VizError, "no dash"),
        (["fill"], TypeError, "returns a dict or None, got list"),
    ],
)
def test_a_wrong_style_is_told_when_the_figure_is_made(style: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        viz.draw(lecture(), node_style=lambda node: style)


@pytest.mark.parametrize("fill", ["#000000", "#222222", "#b3261e", "#ffd9a8", "#ffffff"])
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("color_by", [None, "grad"])
def test_text_on_a_style_of_ones_own_can_be_read(theme: str, fill: str, color_by: str | None) -> None:
    figure = viz.draw(lecture(), theme=theme, color_by=color_by, node_style=lambda node: {"fill": fill})
    for g in groups(figure, "node"):
        assert g.find(f"{SVG}path").get("fill") == fill
        assert all(contrast(text.get("fill"), fill) >= 4.5 for text in g.iter(f"{SVG}text"))


def test_a_colour_of_text_that_was_asked_for_is_used_even_so() -> None:
    figure = viz.draw(lecture(), node_style=lambda node: {"fill": "#222222", "text": "#333333"})
    assert {text.get("fill") for g in groups(figure, "node") for text in g.iter(f"{SVG}text")} == {"#333333"}


def test_a_style_is_a_function() -> None:
    with pytest.raises(TypeError, match="function of a node, got dict"):
        viz.draw(lecture(), node_style={"fill": "#ffffff"})
