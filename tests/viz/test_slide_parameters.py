"""On slides parameters stand in the boxes that use them, with their values and gradients; so do a loss's targets."""

import re
import xml.etree.ElementTree as ET

import pytest

import microgrid as mg
import viz
from helpers.graphs import named
from helpers.lecture_graphs import LECTURE_GRAPHS
from helpers.pictures import SVG
from microgrid import Value, graph, nn, parameter

GRADIENT = re.compile(r"(?:∂\S+|grad) (?:= )?(−?[\d.]+(?:e−?\d+)?)")


def central(y: Value, p: Value, step: float = 1e-4) -> float:
    below, above = mg.compile(y, inputs=[p])([[p.data - step], [p.data + step]])
    return float(above - below) / (2 * step)


SHOWN = [
    "line", "perceptron", "xor", "xor by hand", "xor of layers", "two-two-two", "2-2-2 of layers", "reuse with mse",
    "three sigmoids", "residual chain", "residual layers", "batch norm", "batch norm of layers",
]  # fmt: skip


def gradients(svg: str) -> list[float]:
    """All that are written in boxes, where anyone can see them."""
    texts = [
        text.text or ""
        for group in ET.fromstring(svg).iter(f"{SVG}g")
        if (group.get("class") or "").startswith("node ")
        for text in group.iter(f"{SVG}text")
    ]
    return [float(found[1].replace("−", "-")) for text in texts if (found := GRADIENT.search(text))]


@pytest.mark.filterwarnings("ignore:drawn")
@pytest.mark.parametrize("name", SHOWN)
def test_the_gradient_of_every_parameter_can_be_read_on_the_slide(name: str) -> None:
    """By central differences, not by what the graph says of itself; each as often as parameters have it."""
    y = LECTURE_GRAPHS[name][0]()
    left = gradients(viz.draw(y, slide="16:9").svg())
    for p in (v for v in graph.order(y) if v.role == "parameter"):
        slope = central(y, p)
        near = [x for x in left if x == pytest.approx(slope, rel=6e-3, abs=1e-8)]
        assert near, (p.label, slope)
        left.remove(near[0])


@pytest.mark.filterwarnings("ignore:drawn")
def test_the_textbooks_steps_of_batch_norm_leave_the_gradients_of_its_parameters() -> None:
    y = LECTURE_GRAPHS["batch norm of layers"][0]()
    shown = boxes_texts(viz.draw(y, slide="16:9", pieces="textbook").svg())
    for p in (v for v in graph.order(y) if v.role == "parameter"):
        assert any(x == pytest.approx(central(y, p), rel=6e-3, abs=1e-8) for texts in shown for x in numbers(texts)), p


def numbers(texts: list[str]) -> list[float]:
    """The gradients among the texts of a box of one parameter."""
    is_parameter = any(text.startswith(("γ", "β")) and "·" not in text for text in texts)
    found = map(GRADIENT.search, texts if is_parameter else ())
    return [float(match[1].replace("−", "-")) for match in found if match]


@pytest.mark.filterwarnings("ignore:drawn")
def test_parameters_are_listed_with_values_and_gradients_in_the_box_that_uses_them() -> None:
    x, w, b = Value(3.0, "x"), parameter(2.0, "w"), parameter(0.5, "b")
    y = named((w * x + b) * named(w * 1.0, "v"), "y")
    y.backward()
    shown = boxes_texts(viz.draw(y, parameters="listed", sums="merged").svg())
    assert any({"b = 0.5", "∂y/∂b = 2"} <= set(texts) for texts in shown)
    assert sum("w" in texts for texts in shown) == 1  # several use it: a box of its own
    without = boxes_texts(viz.draw(y, parameters="inside", sums="merged").svg())
    assert not any("∂y/∂b = 2" in texts for texts in without)
    structure = boxes_texts(viz.draw(y, parameters="listed", sums="merged", show="structure").svg())
    assert any("b" in texts for texts in structure)
    assert not any("0.5" in text or "∂" in text for texts in structure for text in texts)


@pytest.mark.filterwarnings("ignore:drawn")
@pytest.mark.parametrize("name", ["xor", "residual chain", "residual layers"])
def test_frames_fill_in_the_gradients_of_listed_parameters(name: str) -> None:
    y = LECTURE_GRAPHS[name][0]()
    steps = viz.steps(y, slide="16:9")
    first, last = steps.svg(0), steps.svg(-1)
    assert not gradients(first)
    assert sorted(gradients(last)) == sorted(gradients(viz.draw(y, slide="16:9", **steps.choice).svg()))
    rights = [(text.get("x"), text.text) for text in ET.fromstring(last).iter(f"{SVG}text")]
    assert len({x for x, text in rights if text and text.startswith("∂")}) >= 3


@pytest.mark.filterwarnings("ignore:drawn")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("xor", "y = 1"), ("xor of layers", "y = 1"), ("2-2-2 of layers", "y = (0.01, 0.99)"),
        ("cross-entropy of logits", "y = (0, 0, 1, 0)"),
    ],
)  # fmt: skip
def test_what_a_loss_compares_with_has_a_box(name: str, said: str) -> None:
    y = LECTURE_GRAPHS[name][0]()
    assert [said] in boxes_texts(viz.draw(y, slide="16:9").svg())
    assert [said] not in boxes_texts(viz.draw(y).svg())


def boxes_texts(svg: str) -> list[list[str]]:
    return [
        [text.text or "" for text in group.iter(f"{SVG}text")]
        for group in ET.fromstring(svg).iter(f"{SVG}g")
        if (group.get("class") or "").startswith("node ")
    ]


def test_listed_parameters_stand_in_the_order_of_the_formula() -> None:
    yhat = nn.MLP(2, [3, 2], activation="tanh")([1.0, 2.0])
    loss = named(nn.losses.mse(yhat, [1.0, 0.0]), "L")
    for texts in boxes_texts(viz.draw(loss, parameters="listed", sums="merged").svg()):
        told = [text.partition(" = ")[0] for text in texts[1:] if re.match("[wb]", text)]
        assert told == sorted(told, key=texts[0].index)


def test_who_insists_on_numbers_has_them_on_the_slide():
    """`slide=` left them out, as it leaves out what nobody asked for."""
    y = nn.MLP(8, [8, 1])([0.1 * k for k in range(8)])
    with pytest.warns(UserWarning, match="drawn ") as told:
        svg = viz.draw(y, slide="16:9", collapse="neuron", numbers="all").svg()
    assert "without local derivatives" not in str(told[0].message)
    assert svg.count("<text") > 8 * 8 + 8  # arrows alone


def test_numbers_that_no_slide_has_room_for_are_named_as_the_way_out():
    y = nn.MLP(2, [16, 16, 1])([0.5, -1.0])
    with pytest.warns(UserWarning, match='pass numbers="auto", or '):
        viz.draw(y, slide="16:9", collapse="neuron", numbers="all").svg()
