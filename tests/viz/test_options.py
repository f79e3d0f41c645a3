"""Parts of graphs and views of them: highlight, collapse, around, and all options together."""

import math
import re
import xml.etree.ElementTree as ET

import pytest

import microgrid as mg
import viz
from helpers.graphs import GRAPHS, HOSTILE, lecture, named, neurons
from helpers.pictures import SVG, boxes, contrast, fills, groups, network, says, texts
from microgrid import Value, parameter
from viz.style.theme import THEMES

# ---------------------------------------------------------------- highlight


def test_what_is_not_highlighted_steps_back_and_nothing_moves() -> None:
    loss = lecture()
    plain, lit = viz.draw(loss), viz.draw(loss, highlight=["w", loss])
    before, after = boxes(plain), boxes(lit)
    assert [p.get("d") for p in before.values()] == [p.get("d") for p in after.values()]
    same = {name for name in before if before[name].get("fill") == after[name].get("fill")}
    assert same == {"w", "L = e²"}
    for name in set(before) - same:  # nearer to the background, and still there
        assert 1 < contrast(after[name].get("stroke"), "#ffffff") < contrast(before[name].get("stroke"), "#ffffff") / 2


def test_the_edge_between_two_highlighted_nodes_is_lit() -> None:
    lit = viz.draw(lecture(), highlight=["w", "z"])
    strokes = [g.find(f"{SVG}path").get("stroke") for g in groups(lit, "edge")]
    assert strokes.count(THEMES["lecture"].edge) == 1
    assert len(strokes) == 7


@pytest.mark.parametrize(
    ("highlight", "error", "message"),
    [
        (["q"], viz.VizError, "no node of the graph has the label 'q'"),
        ([Value(1.0, "q")], viz.VizError, "the Value 'q' is no part of the graph"),
        ([1.0], TypeError, "by Value or by label, got float"),
        (3, TypeError, "highlight is a list of nodes, got int"),
    ],
)
def test_a_wrong_highlight_is_told(highlight: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        viz.draw(lecture(), highlight=highlight)


def test_a_label_means_every_node_that_has_it() -> None:
    lit = viz.draw(neurons(), highlight="b")
    assert [g.find(f"{SVG}path").get("fill") for g in groups(lit, "node")].count("#e3d3f7") == 3


# ---------------------------------------------------------------- collapse


def test_a_neuron_is_a_box_with_its_value_and_the_norm_of_its_gradients() -> None:
    y = neurons()
    figure = viz.draw(y, collapse="neuron")
    found = [texts(g) for g in groups(figure, "node")]
    assert sorted(lines[0] for lines in found) == ["neuron0", "neuron0", "neuron1", "x₁", "x₂"]
    last = mg.graph.scopes(y)["layer1/neuron0"]
    norm = math.sqrt(sum(v.grad**2 for v in last if v.role == "parameter"))
    assert found[-1] == ["neuron0", "h₁⁽²⁾ = 0.01560", f"‖grad‖ = {norm:.3f} (3 parameters)"]


def test_the_derivative_through_a_neuron_is_on_its_arrow() -> None:
    """Of tanh(w0·h0 + w1·h1 + b) with respect to h0: (1 − tanh²)·w0."""
    y = neurons()
    values = {f"{v.scope}:{v.label}": v for v in mg.graph.order(y) if v.label}
    w0, w1 = (values[f"layer1/neuron0:w{i}"].data for i in (0, 1))
    wanted = [(1 - y.data**2) * w for w in (w0, w1)]
    found = [float(text.replace("−", "-")) for text in says(viz.draw(y, collapse="neuron"), "local")]
    assert found[-2:] == pytest.approx(wanted, rel=1e-3)


def test_a_layer_is_a_box_with_the_range_of_its_values() -> None:
    y = neurons()
    found = [texts(g) for g in groups(viz.draw(y, collapse="layer"), "node")]
    assert [lines[0] for lines in found] == ["x₁", "x₂", "layer0: Linear 2→2, tanh", "layer1: Linear 2→1, tanh"]
    assert found[2][1] == "2 values, −0.9655 to 0.9228"
    assert found[2][2].endswith("(6 parameters)")
    assert not says(viz.draw(y, collapse="layer"), "local")[2:]  # nothing is said of an arrow of several values


def test_scopes_of_uneven_depth_collapse_where_they_are() -> None:
    with mg.scope("model"):
        with mg.scope("block"), mg.scope("head"):
            a = Value(2.0, "x") * 3.0
        with mg.scope("loss"):
            b = a - 1.0
    folded = {}
    for level in ("neuron", "layer", "outermost"):
        found = groups(viz.draw(b * 2.0, collapse=level), "node")
        folded[level] = [texts(g)[0] for g in found if "folded" in g.get("class")]
    assert folded == {"neuron": ["head", "loss"], "layer": ["block", "loss"], "outermost": ["model"]}


def test_without_a_gradient_a_scope_says_so() -> None:
    y = network(2, backward=False)
    assert "grad –" not in says(viz.draw(y, collapse="layer"), "node")  # as long as nothing has one
    mg.graph.leaves(y)[-1].backward()
    assert "grad –" in says(viz.draw(y, collapse="layer"), "node")


@pytest.mark.parametrize("graph", GRAPHS)
def test_collapsing_a_graph_without_scopes_changes_nothing(graph: str) -> None:
    y = GRAPHS[graph]()
    if not any(v.scope for v in mg.graph.order(y)):
        with pytest.warns(UserWarning, match='collapse="layer" folds nothing, since nothing was recorded in a scope'):
            assert viz.draw(y, collapse="layer").svg() == viz.draw(y).svg()


def test_a_two_two_one_network_fits_a_slide_when_its_neurons_are_collapsed() -> None:
    figure = viz.draw(neurons(), collapse="neuron")
    width = float(ET.fromstring(figure.svg()).get("width"))
    assert 13 * 720 / width > 8  # the gradient's 13 points on a slide 10 inches wide


# ---------------------------------------------------------------- around


def test_a_neighbourhood_of_a_node() -> None:
    figure = viz.draw(lecture(), around="z", radius=1)
    assert sorted(fills(figure)) == sorted(["w", "x", "z = w · x", "ŷ = z + b", "…"])[:5]
    stubs = [g for g in groups(figure, "node") if "elided" in g.get("class")]
    assert [g.get("aria-label") for g in stubs] == ["1 more node", "1 more node"]  # b before ŷ, e after it
    assert "4 of them shown" in figure.svg()


def test_a_radius_that_reaches_everything_cuts_nothing() -> None:
    assert viz.draw(lecture(), around="w", radius=99).svg() == viz.draw(lecture()).svg()
    assert len(fills(viz.draw(lecture(), around="w", radius=0))) == 2


def test_without_a_radius_two_arrows_are_near() -> None:
    assert viz.draw(lecture(), around="w").svg() == viz.draw(lecture(), around="w", radius=2).svg()


def test_a_radius_around_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="radius=2 says how far from a node: name it with around="):
        viz.draw(lecture(), radius=2)


def test_the_neighbourhood_of_a_neuron_is_made_of_neurons() -> None:
    y = network()
    assert len(groups(viz.draw(y, collapse="neuron", around=y, radius=1), "node")) == 1 + 16 + 16


# ---------------------------------------------------------------- all together


@pytest.mark.parametrize("options", [
    {"collapse": "neuron", "highlight": ["x1"], "color_by": "grad", "legend": True, "title": "All"},
    {"collapse": "layer", "path": "x1", "theme": "print", "rankdir": "TB"},
    {"around": "x1", "radius": 3, "ops": "separate", "theme": "dark", "path": "x1"},
], ids=str)  # fmt: skip
def test_options_go_together_and_give_the_same_bytes_again(options: dict[str, object]) -> None:
    figure = viz.draw(neurons(), **options)
    assert figure.svg() == viz.draw(neurons(), **options).svg()
    assert figure.dot() == viz.draw(neurons(), **options).dot()


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels_stay_text_in_every_new_part(label: str) -> None:
    with mg.scope(label.replace("/", "|")):
        y = parameter(2.0, label) * 3.0
    y = named(y + 1.0, label)
    for options in ({"collapse": "neuron"}, {"path": y.parents[0].parents[0]}, {"around": y, "radius": 0}):
        tree = ET.fromstring(viz.draw(y, **options).svg())
        assert {e.tag.removeprefix(SVG) for e in tree.iter()} <= {"svg", "title", "desc", "rect", "g", "path", "text"}
        assert not re.search(r"\son\w+=|href", re.sub(r'"[^"]*"', '""', viz.draw(y, **options).svg()))
