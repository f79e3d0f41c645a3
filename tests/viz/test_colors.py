"""Boxes coloured by their gradients, and in a style of one's own: colours, legends, and text that can be read."""

import math
import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

import microgrid as mg
import viz
from helpers.graphs import lecture, named, neurons, reuse, vanishing
from helpers.pictures import SVG, boxes, contrast, fills, groups, says, texts
from helpers.vision import BLINDNESS, difference, seen
from microgrid import Value, parameter
from viz.style.theme import THEMES

# ---------------------------------------------------------------- color_by


def test_vanishing_gradients_are_seen_at_a_glance() -> None:
    found = fills(viz.draw(vanishing(), color_by="grad"))
    darkness = [contrast(found[name], "#ffffff") for name in ("w₁", "w₂", "w₃")]
    assert darkness == sorted(darkness)
    assert darkness[-1] > 1.5 * darkness[0]
    assert found["h₃ = σ(w₃ · h₂)"] == THEMES["lecture"].scale[-1]  # dh₃/dh₃ = 1


@pytest.mark.parametrize("theme", THEMES)
def test_text_on_a_coloured_box_can_be_read(theme: str) -> None:
    for g in groups(viz.draw(vanishing(), color_by="grad", theme=theme), "node"):
        fill = g.find(f"{SVG}path").get("fill")
        assert all(contrast(text.get("fill"), fill) >= 4.5 for text in g.iter(f"{SVG}text"))


def place(color: str, theme: str) -> float:
    """Where on the theme's scale a colour is, from 0 to 1."""
    ends = THEMES[theme].scale
    steps = [(k / 300, k / 300 * (len(ends) - 1)) for k in range(301)]
    rgb = [[int(end[i : i + 2], 16) for i in (1, 3, 5)] for end in ends]

    def at(x: float) -> list[float]:
        k = min(int(x), len(ends) - 2)
        return [a + (b - a) * (x - k) for a, b in zip(rgb[k], rgb[k + 1], strict=True)]

    own = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    return min(steps, key=lambda step: math.dist(at(step[1]), own))[0]


@pytest.mark.parametrize("theme", THEMES)
def test_gradients_span_the_scale_by_powers_of_ten(theme: str) -> None:
    """0.08 to 2.16, which on a scale from 0.01 to 10 would be all orange."""
    y = reuse()
    found = fills(viz.draw(y, color_by="grad", theme=theme))
    places = {name: place(color, theme) for name, color in found.items()}
    assert max(places.values()) - min(places.values()) > 0.8
    share = math.log(0.45 / 0.08) / math.log(2.16 / 0.08)  # w₁ between x and w₂
    low, high = places["x"], places["w₂"]
    assert (places["w₁"] - low) / (high - low) == pytest.approx(share, abs=0.02)


def test_the_legend_of_the_colours_ends_at_the_smallest_and_largest_gradient_as_boxes_write_them() -> None:
    figure = viz.draw(reuse(), color_by="grad")
    assert says(figure, "scale") == ["size of the gradient, logarithmic", "0.08", "2.16"]
    written = "".join(text for g in groups(figure, "node") for text in texts(g))
    assert "= −0.08" in written
    assert "= 2.16" in written


def test_within_a_power_of_ten_places_are_proportional() -> None:
    a, b, c = (parameter(0.0, name) for name in "abc")
    y = 2.0 * a + 3.0 * b + 6.0 * c
    y.backward()
    figure = viz.draw(y, color_by="grad", highlight=["a", "b", "c"])
    assert says(figure, "scale") == ["size of the gradient", "1", "6"]
    a_, b_, c_ = (place(fills(figure)[name], "lecture") for name in "abc")
    assert (b_ - a_) / (c_ - a_) == pytest.approx(0.25, abs=0.02)


def test_ends_that_four_digits_do_not_tell_apart_have_more() -> None:
    y = lecture()
    for v, grad in zip(mg.graph.order(y), [0.5, 0.50001] * 10, strict=False):
        v.grad = grad
    assert says(viz.draw(y, color_by="grad"), "scale")[1:] == ["0.5", "0.50001"]


# ---------------------------------------------------------------- signs


@pytest.mark.parametrize("theme", THEMES)
def test_signs_lie_on_two_sides_of_zero(theme: str) -> None:
    look = THEMES[theme]
    found = fills(viz.draw(reuse(), color_by="grad-sign", theme=theme))
    zero, ends = look.diverging[len(look.diverging) // 2], (look.diverging[0], look.diverging[-1])
    assert contrast(zero, look.background) < 1.2
    assert all(contrast(end, zero) > 8 for end in ends)
    assert found["w₂"] == ends[1]  # 2.16
    if not look.marks_signs:
        near = min(ends, key=lambda end: difference(end, found["z₁ + x"]))
        assert near == ends[0]  # -0.4


@pytest.mark.parametrize("theme", [name for name, theme in THEMES.items() if not theme.marks_signs])
@pytest.mark.parametrize("blindness", BLINDNESS)
def test_signs_differ_for_every_kind_of_colour_vision(theme: str, blindness: str) -> None:
    ends = THEMES[theme].diverging
    count = len(ends) // 2
    for k in range(count):
        negative, positive = seen(ends[k], blindness), seen(ends[-1 - k], blindness)
        assert difference(negative, positive) > 20, (ends[k], ends[-1 - k])
    middle = [seen(color, blindness) for color in (ends[count - 1], ends[count], ends[count + 1])]
    assert difference(middle[0], middle[1]) > 10
    assert difference(middle[1], middle[2]) > 10


def test_without_colour_a_mark_says_the_sign() -> None:
    """Beside the outline: a circle with one stroke for minus, and with two for plus."""
    y = reuse()
    figure = viz.draw(y, color_by="grad-sign", theme="print")
    for g in groups(figure, "node"):
        gradient = texts(g)[-1].rpartition(" ")[2]
        assert len(list(g.iter(f"{SVG}path"))) == (3 if gradient.startswith("−") else 4)
    plain = viz.draw(y, color_by="grad", theme="print")
    assert all(len(list(g.iter(f"{SVG}path"))) == 1 for g in groups(plain, "node"))


@pytest.mark.parametrize("make", [lecture, reuse])
def test_the_shades_of_the_legend_fill_their_bar_side_by_side_from_left_to_right(make) -> None:
    figure = viz.draw(make(), color_by="grad")
    sides, (group,) = [], groups(figure, "scale")
    for path in group.iter(f"{SVG}path"):
        xs = [float(x) for x in re.findall(r"(-?[\d.]+),-?[\d.]+", path.get("d"))]
        sides.append((min(xs), max(xs)))
    *shades, bar = sides
    assert len(shades) > 9
    assert (shades[0][0], shades[-1][1]) == pytest.approx(bar, abs=0.2)
    for (_, right), (left, _) in pairwise(shades):
        assert 0.0 <= right - left < 0.5


def test_the_legend_of_signs() -> None:
    assert says(viz.draw(reuse(), color_by="grad-sign"), "scale") == [
        "gradient, logarithmic", "−2.16", "−0.08", "0.08", "2.16",
    ]  # fmt: skip
    w = parameter(2.0, "w")
    y = w * 3.0
    y.backward()
    assert says(viz.draw(y, color_by="grad-sign"), "scale") == ["gradient", "1", "3"]  # none is negative


def test_a_norm_has_no_sign() -> None:
    figure = viz.draw(neurons(), color_by="grad-sign", collapse="neuron")
    assert fills(figure)["neuron1"] == THEMES["lecture"].boxes["folded"].fill
    assert fills(figure)["x₁"] != THEMES["lecture"].boxes["input"].fill


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
    assert said == ["size of the gradient", "0", "1", "2"]  # gradients 0, 0, 2 and 1
    assert colors[0] == fills(viz.draw(y, color_by="grad"))["x"] == THEMES["lecture"].scale[0]
    assert colors[1] == fills(viz.draw(y, color_by="grad"))["2 · h"] != colors[0]


def test_what_is_too_small_for_the_scale_is_told() -> None:
    x = Value(1.0, "x")
    y = (x * 1e-30 + Value(1.0, "b")) * 1e-3
    y.backward()
    said = scale_row(y)[0]  # gradients 1e-33, 1e-3 and 1
    assert said == ["size of the gradient, logarithmic", "< 0.001", "0.001", "1"]


@pytest.mark.parametrize("size", [math.inf, math.nan])
def test_a_gradient_that_is_no_number_has_no_place_between_powers_of_ten(size: float) -> None:
    loss = lecture()
    loss.grad = size
    said, _ = scale_row(loss)
    assert said == ["size of the gradient", "4", "12" + (", ∞" if size == math.inf else "")]
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


def test_the_scale_is_that_of_what_is_drawn() -> None:
    """A parameter that a formula names has no box, and no colour: its gradient stretches no scale."""
    w, x = parameter(0.5, "w"), Value(1000.0, "x")
    y = w * x
    y.label = "y"
    y.backward()
    boxes, inside = (viz.draw(y, color_by="grad", parameters=where) for where in ("boxes", "inside"))
    assert "1000" in " ".join(says(boxes, "scale"))
    assert "1000" not in " ".join(says(inside, "scale"))
