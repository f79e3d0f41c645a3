"""Steps over scopes that are one box: what it says on the way, what is lit, and graphs too large for single boxes."""

import math
import random
import re
from xml.etree import ElementTree

import pytest

import microgrid as mg
import viz
from helpers.graphs import named, neurons
from helpers.pictures import SVG, texts
from helpers.walks import LIT, box, edges, groups
from microgrid import Value, graph, parameter

HIDDEN, OUTPUT = "layer0: Linear 2→2, tanh", "layer1: Linear 2→1, tanh"


def shown(steps: viz.Steps, name: str) -> list[list[str]]:
    """What a box says in each frame, once for each change."""
    said = [texts(box(steps, k, name)) for k in range(len(steps))]
    return [text for before, text in zip([None, *said], said, strict=False) if text != before]


def lit_boxes(steps: viz.Steps, k: int) -> list[str]:
    found = [g for g in groups(steps, k) if "node" in g.get("class") and g.find(f"{SVG}path").get("stroke") == LIT]
    return [texts(g)[0] for g in found]


def norm(y: Value, scope: str) -> str:
    """Of the gradient of the parameters that were made in a scope."""
    weights = [v for v in graph.leaves(y) if v.role == "parameter" and v.scope.startswith(scope)]
    return f"{math.sqrt(sum(slope.data**2 for slope in mg.grad(y, weights))):.4g}"


def test_a_scope_fills_up_as_it_is_computed() -> None:
    y = named(neurons(), "y")
    steps = viz.steps(y, by="neuron", collapse="layer")
    assert [frame.phase for frame in steps] == ["start", *["forward"] * 3, "seed", *["backward"] * 3, "end"]
    assert shown(steps, HIDDEN) == [
        [HIDDEN],
        [HIDDEN, "1 of 2 values, −0.9655 to −0.9655"],
        [HIDDEN, "2 values, −0.9655 to 0.9228"],
        [HIDDEN, "2 values, −0.9655 to 0.9228", "grad –"],
        [HIDDEN, "2 values, −0.9655 to 0.9228", f"‖grad‖ = {norm(y, 'layer0/neuron1')} (3 of 6 parameters)"],
        [HIDDEN, "2 values, −0.9655 to 0.9228", f"‖grad‖ = {norm(y, 'layer0')} (6 parameters)"],
    ]
    assert shown(steps, OUTPUT) == [
        [OUTPUT],
        [OUTPUT, "y = 0.01560"],
        [OUTPUT, "y = 0.01560", "grad –"],
        [OUTPUT, "y = 0.01560", f"‖grad‖ = {norm(y, 'layer1')} (3 parameters)"],
    ]


@pytest.mark.parametrize("by", ["neuron", "layer"])
def test_captions_of_scopes_say_what_their_boxes_do(by: str) -> None:
    steps = viz.steps(named(neurons(), "y"), by=by, collapse=by)
    told = [frame.caption.split("; ") for frame in steps if frame.phase == "backward"]
    assert len(told) == (3 if by == "neuron" else 2)
    boxes = [texts(g) for g in groups(steps, -1) if "folded" in g.get("class")]
    for caption, norm in told:
        assert [caption.split(":")[0].split("/")[-1], norm] in [[name.split(":")[0], last] for name, *_, last in boxes]


def test_a_step_is_a_box_of_the_picture_however_few_operations_there_are() -> None:
    steps = viz.steps(neurons(), collapse="layer")
    assert [frame.phase for frame in steps] == ["start", "forward", "forward", "seed", "backward", "backward", "end"]


def test_a_parameter_made_outside_a_scope_is_none_of_its_own() -> None:
    """y = (w + v)²/2 + w at w = 2, v = 1: the second scope uses w, and its output's gradient is 1; ∂y/∂v = 3."""
    with mg.scope("a"):
        w = parameter(2.0, "w")
        v = parameter(1.0, "v")
        s = named(w + v, "s")
    with mg.scope("b"):
        y = named(s * s / 2.0 + w, "y")
    steps = viz.steps(y, by="layer", collapse="layer")
    captions = [frame.caption for frame in steps if frame.phase == "backward"]
    assert captions == [
        "b: the gradient goes back through 5 local derivatives; ‖grad‖ = 1 (1 output)",
        "a: the gradient goes back through 2 local derivatives; ‖grad‖ = 5 (2 parameters)",
    ]
    assert shown(steps, "b")[-1][-1] == "‖grad‖ = 1 (1 output)"
    assert shown(steps, "a")[-1][-1] == "‖grad‖ = 5 (2 parameters)"  # (3 + 1, 3)


def test_boxes_and_captions_of_scopes_speak_spanish() -> None:
    steps = viz.steps(named(neurons(), "y"), by="neuron", collapse="layer", lang="es")
    assert texts(box(steps, 1, HIDDEN))[1] == "1 de 2 valores, de −0.9655 a −0.9655"
    assert re.search(r"\(3 de 6 parámetros\)$", texts(box(steps, 6, HIDDEN))[2])
    assert "valores aún sin calcular" in box(steps, 0, HIDDEN).get("aria-label")
    assert steps[1].caption == "layer0/neuron0: 5 operaciones dan h₁⁽¹⁾ = −0.9655"
    assert re.search(r"retrocede por 9 derivadas locales; ‖grad‖ = \S+ \(3 parámetros\)$", steps[5].caption)


def test_a_box_is_lit_where_any_of_its_nodes_gets_a_number_and_an_arrow_where_any_of_its_edges_is_used() -> None:
    steps = viz.steps(named(neurons(), "y"), by="neuron", collapse="layer")
    assert [lit_boxes(steps, k) for k in range(4)] == [[], [HIDDEN], [HIDDEN], [OUTPUT]]
    assert len(edges(steps, 1, LIT)) == 2  # x1 and x2 into layer0
    assert len(edges(steps, 3, LIT)) == 1
    assert lit_boxes(steps, 4) == [OUTPUT]
    assert set(lit_boxes(steps, 5)) == {HIDDEN, OUTPUT}  # the outputs of layer0 get their gradients


def test_a_box_that_is_not_computed_is_empty_and_says_so() -> None:
    steps = viz.steps(named(neurons(), "y"), by="layer", collapse="layer")
    ground = viz.style.theme.THEMES["lecture"].background
    fills = [box(steps, k, OUTPUT).find(f"{SVG}path").get("fill") for k in range(3)]
    assert fills == [ground, ground, viz.style.theme.THEMES["lecture"].boxes["folded"].fill]
    said = [box(steps, k, HIDDEN).get("aria-label") for k in (0, 1, -1)]
    assert said[0] == "scope layer0, collapsed: 16 nodes, values not computed, gradient not computed"
    assert re.fullmatch(r".* nodes, values -0\.9654\d*, 0\.9227\d*, gradient not computed", said[1])
    assert "norm of the gradient of 6 parameters" in said[2]


def chained() -> Value:
    """h = 3x + x at x = 2 in one scope, y = h² in the next: dh/dx = 4 over two edges, dy/dh = 2h = 16."""
    x = Value(2.0, "x")
    with mg.scope("inner"):
        h = named(x * 3.0 + x, "h")
    with mg.scope("outer"):
        return named(h**2, "y")


def test_the_derivative_through_a_scope_stands_on_its_arrow_once_its_output_is_known() -> None:
    steps = viz.steps(chained(), collapse="outermost", by="operation")
    assert [frame.caption.split(" = ")[0] for frame in steps if frame.phase == "backward"] == [
        "outer: ∂y/∂h", "inner: ∂y/∂(3 · x)", "inner: ∂y/∂x", "inner: ∂y/∂x",
    ]  # fmt: skip
    locals_ = [[t for g in groups(steps, k) if g.get("class") == "local" for t in texts(g)] for k in range(len(steps))]
    assert locals_ == [[], [], ["4"], *[["4", "16"]] * 7]  # x · 3, then h, then y


@pytest.mark.parametrize("collapse", ["neuron", "layer"])
@pytest.mark.parametrize("ops", ["merged", "separate"])
def test_the_last_frame_is_the_picture_that_draw_makes_after_backward(collapse: str, ops: str) -> None:
    y = named(neurons(), "y")
    for v in graph.order(y):
        v.grad = 0.0
    y.backward()

    def said(svg: str) -> list[str]:
        root = ElementTree.fromstring(svg)
        return [t for g in root.iter(f"{SVG}g") if g.get("class") != "caption" for t in texts(g)]

    walked = said(viz.steps(y, collapse=collapse, ops=ops).svg(-1))
    drawn = said(viz.draw(y, collapse=collapse, ops=ops).svg())
    assert len(walked) == len(drawn) > 8
    # where draw says "value", steps have given the unlabelled output a name, which captions need
    assert [re.sub(r"v\d+ = ", "value ", text) for text in walked] == drawn


def test_a_box_has_room_for_all_it_says_and_nothing_moves() -> None:
    steps = viz.steps(named(neurons(), "y"), by="operation", collapse="layer")
    outlines: dict[int, set[str]] = {}
    for k in range(len(steps)):
        for place, group in enumerate(steps._film.scene(k).groups):
            if group.kind.startswith("node folded"):
                corners = [x for _, points in group.paths[0].commands for x, _ in points]
                assert all(text.width < max(corners) - min(corners) for text in group.texts)
                outlines.setdefault(place, set()).add(str(group.paths[0].commands))
    assert len(outlines) == 2
    assert all(len(found) == 1 for found in outlines.values())


# ---------------------------------------------------------------- too large for single boxes


def network(*sizes: int) -> tuple[Value, list[list[Value]]]:
    """A perceptron of these layers on two inputs, and what each neuron of a layer gives."""
    random.seed(5)
    y = named(mg.nn.MLP(2, [*sizes, 1])([Value(0.5, "x1"), Value(-1.0, "x2")]), "y")
    last = {v.scope: v for v in graph.order(y) if v.op}
    return y, [[v for scope, v in last.items() if scope.startswith(f"layer{k}/")] for k in range(len(sizes) + 1)]


@pytest.mark.parametrize("by", ["auto", "layer"])
def test_a_large_network_is_walked_layer_by_layer_in_boxes_that_are_layers(by: str) -> None:
    y, layers = network(60, 60)
    with pytest.warns(UserWarning, match=r'nodes are drawn as 5 boxes, as with collapse="layer"') as warned:
        steps = viz.steps(y, by=by)
    assert (len(warned), warned[0].filename) == (1, __file__)
    assert [frame.phase for frame in steps] == ["start", *["forward"] * 3, "seed", *["backward"] * 3, "end"]
    names = [texts(g)[0] for g in groups(steps, -1) if "node" in g.get("class")]
    assert sorted(names) == [
        "layer 1: Linear 2→60, ReLU",
        "layer 2: Linear 60→60, ReLU",
        "layer 3: Linear 60→1",
        "x₁",
        "x₂",
    ]
    for k, outputs in enumerate(layers[:2]):
        low, high = (end(v.data for v in outputs) for end in (min, max))
        found = re.fullmatch(
            r"60 values, (\S+) to (\S+)", texts(box(steps, k + 1, f"layer {k + 1}: Linear {(2, 60)[k]}→60, ReLU"))[1]
        )
        assert [float(text.replace("−", "-")) for text in found.groups()] == pytest.approx([low, high], rel=1e-3)
    assert texts(box(steps, -1, "layer 2: Linear 60→60, ReLU"))[2] == f"‖grad‖ = {norm(y, 'layer1')} (3,660 parameters)"
    assert steps[-1].caption.splitlines()[-1] == f"and {61 + 3660 + 180 + 2 - 24:,} leaves more"
    assert steps[2].caption.startswith("layer 2: 7,260 operations give 60 values, ")  # 60 · (60 + 60 + 1)


def test_steps_of_neurons_have_neurons_as_boxes_where_nodes_are_too_many() -> None:
    y, _ = network(6, 6)
    with pytest.warns(UserWarning, match=r'15 boxes, as with collapse="neuron"'):
        steps = viz.steps(y, by="neuron", max_nodes=100)
    assert sorted(name for k in range(1, 14) for name in lit_boxes(steps, k)) == sorted(
        [*(f"neuron {k + 1}" for k in range(6))] * 2 + ["neuron 1"]
    )
    with pytest.warns(UserWarning, match=r'15 boxes, as with collapse="neuron"'):
        assert len(viz.steps(y, by="operation", max_nodes=100)) > 300  # one at a time, in boxes that fill up


def test_what_has_no_scopes_is_refused_with_the_way_out() -> None:
    v = x = Value(1.0, "x")
    for _ in range(300):
        v = v + x
    with pytest.raises(viz.TooLarge, match=r"301 nodes.*scope"):
        viz.steps(v, max_nodes=200, sums="separate")


def test_frames_of_a_long_walk_are_had_in_any_order() -> None:
    """Of 1500 signs changed one after the other: after k of them k values, and after k backward k gradients."""
    v = Value(1.0, "x")
    for _ in range(1500):
        v = -v
    steps = viz.steps(named(v, "y"), by="operation")
    for k in range(1500, 0, -7):
        assert sum(value is not None for value in steps[k].data) == k + 1
        grads = steps[1501 + k].grads
        assert grads[: 1500 - k] == (None,) * (1500 - k)
        assert grads[1500 - k] == (-1.0) ** k


def test_a_scope_without_parameters_tells_the_gradient_of_its_output() -> None:
    w = parameter(3.0, "w")
    with mg.scope("a"):
        y = named(w * 2.0 + 1.0, "y")
    steps = viz.steps(y, collapse="outermost")
    assert shown(steps, "a")[-1] == ["a", "y = 7", "‖grad‖ = 1 (1 output)"]
    assert shown(steps, "w")[-1] == ["w", "3", "∂y/∂w = 2"]
