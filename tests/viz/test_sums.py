"""Sums of products as boxes: what counts as one, and the derivatives through it."""

import pytest

import microgrid as mg
import viz
from helpers.graphs import named
from helpers.lecture_graphs import LECTURE_GRAPHS
from helpers.pictures import groups, says, texts
from helpers.programs import draw
from microgrid import Value, nn, parameter
from viz.graph.folding import edges, fold, slopes
from viz.graph.routes import Routes
from viz.graph.trace import read


def letters(text: str) -> list[Value]:
    return [Value(1.0 + k / 8, name) for k, name in enumerate(text)]


def sums_in(v: Value) -> list[int]:
    """How many nodes each sum of a graph has."""
    return [len(unit.nodes) for unit in fold(read(v), None, sums=True) if unit.kind == "sum"]


w, x, u, y, b = letters("wxuyb")


@pytest.mark.parametrize(
    ("graph", "sizes"),
    [
        pytest.param(lambda: w * x + b, [2], id="a product and an addition"),
        pytest.param(lambda: w * x + u * y + b, [4], id="two products"),
        pytest.param(lambda: w + x + b, [2], id="two additions"),
        pytest.param(lambda: w - x - b, [2], id="subtractions"),
        pytest.param(lambda: b - w * x, [2], id="a product is subtracted"),
        pytest.param(lambda: 2 * x + b * 3 + 1, [7], id="numbers are part of it"),
        pytest.param(lambda: w * x * u + b, [3], id="three factors"),
        pytest.param(lambda: -(w * x) + b, [3], id="a sign"),
        pytest.param(lambda: w + x, [], id="one addition"),
        pytest.param(lambda: w * x * u, [], id="products alone"),
        pytest.param(lambda: (w + x) * (u + b), [], id="a product of sums"),
        pytest.param(lambda: (w * x + b) * (u * y + b), [2, 2], id="a product of sums of products"),
        pytest.param(lambda: w - (x + b), [], id="a sum is subtracted"),
        pytest.param(lambda: (w * x + b) ** 2 + (u * y + b) ** 2, [2, 2], id="squares of sums"),
        pytest.param(lambda: named(w * x, "z") + u + b, [2], id="a label is kept"),
    ],
)
def test_what_counts_as_a_sum_of_products(graph, sizes):
    assert sums_in(graph()) == sizes


def test_what_has_another_use_is_no_part_of_a_sum():
    p = w * x
    assert sums_in((p + b + u) * p) == [2]


def test_a_sum_is_within_one_scope():
    with mg.scope("inside"):
        p = w * x + b
    assert sums_in(p + u * y + b) == [2, 3]


def test_a_neuron_is_a_sum_and_its_activation():
    trace = read(nn.Neuron(3, activation="tanh")([1.0, 2.0, 3.0]))
    units = fold(trace, None, sums=True)
    assert [trace.nodes[unit.last].op for unit in units if trace.nodes[unit.last].op] == ["add", "tanh"]


def test_scopes_that_are_boxes_have_no_sums_in_them():
    trace = read(LECTURE_GRAPHS["xor"][0]())
    assert [unit.kind for unit in fold(trace, "neuron", sums=True)].count("scope") == 3
    assert "sum" not in {unit.kind for unit in fold(trace, "neuron", sums=True)}


@pytest.mark.parametrize("name", LECTURE_GRAPHS)
@pytest.mark.parametrize("level", [None, "neuron", "layer"])
def test_each_node_is_in_one_unit_and_each_unit_after_those_that_it_uses(name, level):
    trace = read(LECTURE_GRAPHS[name][0]())
    units = fold(trace, level, sums=True)
    assert sorted(i for unit in units for i in unit.nodes) == list(range(len(trace.nodes)))
    place = {unit.last: k for k, unit in enumerate(units)}
    assert all(place[tail.last] < place[head.last] for tail, head, _ in edges(trace, units))


def test_units_come_after_what_they_use_where_a_scope_has_several_results():
    with mg.scope("both"):
        first, second = w * x, u * y
    early = first.exp()
    trace = read(early * b + second)
    units = fold(trace, "neuron")
    (both,) = (unit for unit in units if unit.scope)
    (user,) = (unit for unit in units if trace.nodes[unit.last].op == "exp")
    assert user.last < both.last
    assert units.index(both) < units.index(user)


@pytest.mark.parametrize("seed", range(20))
def test_gradients_through_sums_are_those_of_backward(seed):
    drawn = draw(seed, steps=30)
    v = drawn.build([Value(0.3 + k) for k in range(drawn.inputs)], list(map(parameter, drawn.at)))[-1]
    v.backward()
    trace = read(v)
    adjoints = dict.fromkeys(range(len(trace.nodes)), 0.0) | {trace.root.index: 1.0}
    units = fold(trace, None, sums=True)
    for unit in reversed(units):
        for edge, slope in slopes(trace, unit, unit.last).items():
            adjoints[trace.nodes[edge.node].parents[edge.operand]] += adjoints[unit.last] * slope
    for unit in units:
        node = trace.nodes[unit.last]
        if node.role != "constant" and node.grad is not None:
            assert adjoints[unit.last] == pytest.approx(node.grad, rel=1e-9, abs=1e-300)


def test_a_route_passes_a_sum_in_one_leg():
    z = named(parameter(2.0, "w") * x + u * y + b, "z")
    trace = read(named(z.sigmoid(), "p"))
    start = next(node.index for node in trace.nodes if node.label == "w")
    (route,) = Routes(trace, fold(trace, None, sums=True), start, trace.root.index).few
    assert [trace.nodes[leg.head].label for leg in route.legs] == ["z", "p"]
    assert route.legs[0].slope == x.data


def test_a_linear_unit_and_its_activation_are_one_box_also_where_they_are_layers_of_their_own():
    model = nn.Sequential(nn.Linear(2, 3), "sigmoid", nn.Linear(3, 2), "tanh", nn.Linear(2, 1))
    trace = read(model([1.0, 2.0]))
    folded = {level: [unit for unit in fold(trace, level) if unit.scope] for level in ("neuron", "layer")}
    assert len(folded["neuron"]) == 3 + 2 + 1
    assert len(folded["layer"]) == 3
    assert {trace.nodes[unit.last].op for unit in folded["neuron"]} == {"sigmoid", "tanh", "add"}
    for units in folded.values():
        assert len({i for unit in units for i in unit.nodes}) == sum(len(unit.nodes) for unit in units)


def test_what_reads_several_units_is_no_activation_of_one():
    with mg.scope("one"):
        first = w * x
    with mg.scope("two"):
        second = first.tanh()
    assert len([unit for unit in fold(read(second + first), "layer") if unit.scope]) == 2


def test_the_sum_of_a_unit_with_two_inputs_is_written_out_and_a_long_one_has_both_ends():
    model = nn.MLP(2, [2, 1], activation="sigmoid")
    figure = viz.draw(model([1.0, 2.0]), sums="merged")
    assert "z₁⁽²⁾ = b₁⁽²⁾ + w₁₁⁽²⁾h₁⁽¹⁾ + w₁₂⁽²⁾h₂⁽¹⁾" in says(figure, "node")
    figure = viz.draw(nn.MLP(9, [1])([float(k) for k in range(9)]), sums="merged")
    (shown,) = [text for text in says(figure, "node") if "…" in text]
    assert shown.startswith("z₁⁽¹⁾ = b₁⁽¹⁾ + w₁₁⁽¹⁾x₁ + …")
    assert shown.endswith(" + … + w₁₈⁽¹⁾x₈ + w₁₉⁽¹⁾x₉")


LAYERS = {
    "mlp": (lambda: nn.MLP(2, [3, 2], activation="relu"), ["layer 1: Linear 2→3, ReLU", "layer 2: Linear 3→2"]),
    "layers of their own": (lambda: nn.Sequential(nn.Linear(2, 3), "tanh"), ["layer 1: Linear 2→3, tanh"]),
    "without biases": (lambda: nn.Sequential(nn.Linear(2, 3, bias=False)), ["layer 1: Linear 2→3"]),
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_that_is_one_box_says_what_it_is(name):
    make, wanted = LAYERS[name]
    y = mg.sum(make()([0.5, -1.0]))
    shown = [texts(group)[0] for group in groups(viz.draw(y, collapse="layer"), "node")]
    assert [text for text in shown if "Linear" in text] == wanted


def test_what_is_no_layer_of_weights_of_their_own_is_not_called_one():
    xs = [Value(1.0, "x1"), Value(2.0, "x2")]
    with mg.scope("shared"):
        w, hs = parameter(2.0, "w"), []
        for k, x in enumerate(xs):
            with mg.scope(f"neuron{k}"):
                hs.append(w * x)
    (shown,) = [texts(g)[0] for g in groups(viz.draw(mg.sum(hs), collapse="layer"), "node") if "shared" in texts(g)[0]]
    assert shown == "shared"


@pytest.mark.filterwarnings("ignore:drawn")
def test_a_layer_of_one_unit_says_so_on_a_slide_too():
    figure = viz.draw(LECTURE_GRAPHS["mlp 2-8-8-1"][0](), collapse="layer", slide="16:9")
    assert [texts(group)[0] for group in groups(figure, "node")][-1] == "layer 3: Linear 8→1"


def test_the_zero_of_pythons_sum_is_drawn_in_its_first_addition() -> None:
    """Step by step too: three additions were recorded, and two of them are taught."""
    xs = [Value(2.0, "a"), Value(3.0, "b"), Value(5.0, "c")]
    y = sum(xs)
    y.backward()
    figure = viz.draw(y, sums="separate")
    drawn = [texts(g)[0] for g in groups(figure, "node")]
    assert sorted(drawn) == ["a", "a + b", "a + b + c", "b", "c"]
    said = [frame.caption for frame in viz.steps(y, sums="separate")]
    assert len([text for text in said if "= 5" in text or "= 10" in text]) >= 2
    assert not any("0 +" in caption or "+ 0" in caption for caption in said), said
    circles = viz.draw(y, sums="separate", ops="separate")  # each operation is asked for
    assert "0" in [texts(g)[0] for g in groups(circles, "node")]
