"""Parts of graphs and views of them: highlight, path, collapse, around, color_by, node_style, and how much is drawn."""

import math
import re
import xml.etree.ElementTree as ET

import pytest
from test_viz_graphs import GRAPHS, HOSTILE, lecture, named, neurons, reuse
from test_viz_theme import contrast

import microgrid as mg
import viz
from microgrid import Value, nn, parameter
from viz.digits import Numbers
from viz.folding import fold
from viz.routes import Routes
from viz.snapshot import read
from viz.theme import THEMES

SVG = "{http://www.w3.org/2000/svg}"


def groups(figure: viz.Figure, kind: str) -> list[ET.Element]:
    """The groups of a kind in a figure's SVG: node, edge, local, routes, ..."""
    return [g for g in ET.fromstring(figure.svg()).iter(f"{SVG}g") if g.get("class", "").split()[0] == kind]


def texts(group: ET.Element) -> list[str]:
    return [text.text or "" for text in group.iter(f"{SVG}text")]


def boxes(figure: viz.Figure) -> dict[str, ET.Element]:
    """By the first line of its text: every box's outline."""
    return {texts(g)[0]: g.find(f"{SVG}path") for g in groups(figure, "node")}


def fills(figure: viz.Figure) -> dict[str, str]:
    return {name: path.get("fill") for name, path in boxes(figure).items()}


def says(figure: viz.Figure, kind: str) -> list[str]:
    return [text for g in groups(figure, kind) for text in texts(g)]


def network(width: int = 16, backward: bool = True) -> Value:
    """micrograd's network of two hidden layers, of a point."""
    import random

    random.seed(7)
    y = nn.MLP(2, [width, width, 1])([0.5, -1.0])
    if backward:
        y.backward()
    return y


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


# ---------------------------------------------------------------- path


def test_the_reused_weight_of_the_lecture_has_three_routes() -> None:
    """dŷ/dw1 = (z1 + z2) + w1·x·1 + w1·w2·x with w1 = 0.8, x = 1.5, w2 = −0.5: −0.15 + 1.2 − 0.6."""
    lines = says(viz.draw(reuse(), path="w1", labels="plain"), "routes")
    assert lines == [
        "w1 → ŷ:  −0.15",
        "w1 → z1 → + → ŷ:  1.5 · 1 · 0.8 = 1.2",
        "w1 → z1 → + → z2 → + → ŷ:  1.5 · 1 · (−0.5) · 1 · 0.8 = −0.6",
        "∂ŷ/∂w1 = −0.15 + 1.2 − 0.6 = 0.45",
    ]


def test_each_route_has_a_line_of_its_own_where_several_share_an_arrow() -> None:
    figure = viz.draw(reuse(), path="w1")
    colors = [
        {p.get("stroke") for p in g.iter(f"{SVG}path") if p.get("fill") == "none"} for g in groups(figure, "edge")
    ]
    routes = [paint.stroke for paint in THEMES["lecture"].routes[:3]]
    assert [sum(color in found for found in colors) for color in routes] == [1, 3, 5]  # as many as the route has edges
    assert {routes[1], routes[2]} in colors


def test_a_route_does_not_stop_between_an_operation_and_its_result() -> None:
    figure = viz.draw(reuse(), path="w1", ops="separate")
    routes = [paint.stroke for paint in THEMES["lecture"].routes[:3]]
    edges = [[p.get("stroke") for p in g.iter(f"{SVG}path") if p.get("fill") == "none"] for g in groups(figure, "edge")]
    arrows = [sum(color in edge for edge in edges) for color in routes]
    assert arrows == [2, 6, 10]  # an arrow to each operation on the route, and one from it to its result
    assert not any(THEMES["lecture"].edge in edge for edge in edges if set(edge) & set(routes))


def test_the_derivative_of_what_has_no_name_has_none() -> None:
    x = Value(3.0, "x")
    assert says(viz.draw(x * x, path=x), "routes")[-1] == "∂/∂x = 3 + 3 = 6"


def test_a_single_route_is_a_product() -> None:
    assert says(viz.draw(lecture(), path=("w", "L")), "routes") == ["∂L/∂w = 3 · 1 · 1 · (−4) = −12"]
    assert says(viz.draw(lecture(), path=("z", "e")), "routes") == ["∂e/∂z = 1 · 1 = 1"]


def test_more_routes_than_can_be_told_apart_are_a_sum() -> None:
    x = Value(1.0, "x")
    y = x
    for _ in range(64):
        y = y + y
    y.label = "y"
    figure = viz.draw(y, path=x)
    assert says(figure, "routes") == ["∂y/∂x = 1.845e19, a sum over 1.845e19 paths"]  # 2**64


def test_a_path_of_no_effect_passes_nothing_on() -> None:
    x = Value(0.0, "x")
    y = named(x.sqrt() * 0.0, "y")  # dy/d√x = 0 and d√x/dx = inf
    y.backward()
    assert x.grad == 0
    assert says(viz.draw(y, path=x), "routes") == ["∂y/∂x = ∞ · 0 = 0"]


def test_more_routes_than_floats_can_count() -> None:
    x = Value(1.0, "x")
    y = x
    for _ in range(1030):
        y = named((y + y) * 0.5, "y")
    trace = read(y)
    routes = Routes(trace, fold(trace, None), 0, trace.root.index)
    assert routes.sentences(Numbers()) == ["∂y/∂x = 1, a sum over > 1e308 paths"]


def folded_twice() -> tuple[Value, Value]:
    """y = 3·(x² + x) − x, the bracket and what comes last in scopes of the same name."""
    x = Value(2.0, "x")
    with mg.scope("left/sum"):
        a = x * x + x
    b = a * parameter(3.0, "w")
    with mg.scope("right/sum"):
        y = named(b - x, "y")
    y.backward()
    return x, y


def test_the_routes_between_folded_scopes_name_what_is_seen() -> None:
    """By way of the bracket the derivative is (2x + 1)·3 = 15, which three paths through five operations make."""
    x, y = folded_twice()
    assert x.grad == 14
    figure = viz.draw(y, path=x, collapse="neuron")
    assert says(figure, "routes") == [
        "x → right/sum:  −1",
        "x → left/sum → × → right/sum:  5 · 3 · 1 = 15",
        "∂y/∂x = −1 + 15 = 14",
    ]
    colors = {paint.stroke: 0 for paint in THEMES["lecture"].routes[:2]}
    for path in (p for g in groups(figure, "edge") for p in g.iter(f"{SVG}path") if p.get("stroke") in colors):
        colors[path.get("stroke")] += 1
    assert sorted(colors.values()) == [2, 6]  # one arrow and three, each in two parts


def test_a_route_that_begins_within_a_folded_scope_names_the_scope_once() -> None:
    y = neurons()
    (w,) = (v for v in mg.graph.order(y) if v.scope == "layer0/neuron0" and v.label == "w0")
    (line,) = says(viz.draw(y, path=w, collapse="neuron"), "routes")
    _, factors, product = line.replace("−", "-").split(" = ")
    terms = [float(factor.strip("()")) for factor in factors.split(" · ")]
    assert len(terms) == 2  # through its own neuron, and through the next
    assert math.prod(terms) == pytest.approx(w.grad, rel=1e-3)
    assert float(product) == pytest.approx(w.grad, rel=1e-3)


def test_the_outputs_of_a_folded_layer_are_numbered_on_its_routes() -> None:
    y = neurons()
    *lines, total = says(viz.draw(y, path="x1", collapse="layer"), "routes")
    assert [line.partition(":")[0] for line in lines] == ["x₁ → layer0[0] → layer1", "x₁ → layer0[1] → layer1"]
    (x,) = (v for v in mg.graph.order(y) if v.label == "x1")
    assert float(total.rpartition(" = ")[2].replace("−", "-")) == pytest.approx(x.grad, rel=1e-3)


def test_what_is_not_drawn_is_an_ellipsis_on_a_route() -> None:
    y = reuse()
    assert says(viz.draw(y, path="w1", around=y, radius=1), "routes") == [
        "w₁ → ŷ:  −0.15",
        "w₁ → … → + → ŷ:  1.5 · 1 · 0.8 = 1.2",  # x = 1.5 and
        "w₁ → … → + → ŷ:  (−0.75) · 1 · 0.8 = −0.6",  # w₂x = −0.75, of what is left out
        "∂ŷ/∂w₁ = −0.15 + 1.2 − 0.6 = 0.45",
    ]


@pytest.mark.parametrize(
    ("path", "error", "message"),
    [
        (("L", "w"), viz.VizError, "nothing leads from 'L' to 'w'"),
        (("x", "w"), viz.VizError, "nothing leads"),
        (("w", "z", "L"), ValueError, "path is .from, to."),
        (("w", "nowhere"), viz.VizError, "no node .* 'nowhere'"),
        (3, TypeError, "path is .from, to., or a node from which to go to the root, got int"),
    ],
)
def test_a_wrong_path_is_told(path: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        viz.draw(lecture(), path=path)


def test_a_label_that_two_nodes_have_is_no_end_of_a_path() -> None:
    with pytest.raises(viz.VizError, match="3 nodes have the label 'b'"):
        viz.draw(neurons(), path="b")


# ---------------------------------------------------------------- collapse


def test_a_neuron_is_a_box_with_its_value_and_the_norm_of_its_gradients() -> None:
    y = neurons()
    figure = viz.draw(y, collapse="neuron")
    found = [texts(g) for g in groups(figure, "node")]
    assert sorted(lines[0] for lines in found) == ["neuron0", "neuron0", "neuron1", "x₁", "x₂"]
    last = mg.graph.scopes(y)["layer1/neuron0"]
    norm = math.sqrt(sum(v.grad**2 for v in last if v.role == "parameter"))
    assert found[-1] == ["neuron0", "value 0.01560", f"‖grad‖ = {norm:.3f} (3 parameters)"]


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
    assert [lines[0] for lines in found] == ["x₁", "x₂", "layer0", "layer1"]
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
    assert "grad –" in says(viz.draw(network(2, backward=False), collapse="layer"), "node")


@pytest.mark.parametrize("graph", GRAPHS)
def test_collapsing_a_graph_without_scopes_changes_nothing(graph: str) -> None:
    y = GRAPHS[graph]()
    if not any(v.scope for v in mg.graph.order(y)):
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


def test_the_neighbourhood_of_a_neuron_is_made_of_neurons() -> None:
    y = network()
    assert len(groups(viz.draw(y, collapse="neuron", around=y, radius=1), "node")) == 1 + 16 + 16


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
