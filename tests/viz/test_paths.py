"""Every route of the chain rule from a node to another, with its product, and their sum."""

import math
from collections.abc import Callable

import pytest
import sympy

import microgrid as mg
import viz
from helpers.graphs import lecture, named, neurons, reuse
from helpers.pictures import SVG, groups, says
from microgrid import Value, nn, parameter
from viz.graph.folding import fold
from viz.graph.routes import Routes
from viz.graph.trace import read
from viz.style.theme import THEMES
from viz.words.numbers import Numbers
from viz.words.route_texts import route_sentences


def test_the_reused_weight_of_the_lecture_has_three_routes() -> None:
    """dŷ/dw1 = (z1 + z2) + w1·x·1 + w1·w2·x with w1 = 0.8, x = 1.5, w2 = −0.5: −0.15 + 1.2 − 0.6."""
    lines = says(viz.draw(reuse(), path="w1", labels="plain"), "routes")
    assert lines == [
        "w1 → ŷ:  −0.15",
        "w1 → z1 → z1 + z2 → ŷ:  1.5 · 1 · 0.8 = 1.2",
        "w1 → z1 → z1 + x → z2 → z1 + z2 → ŷ:  1.5 · 1 · (−0.5) · 1 · 0.8 = −0.6",
        "∂ŷ/∂w1 = −0.15 + 1.2 − 0.6 = 0.45",
    ]


def test_a_loss_of_the_library_is_a_stop_by_its_name() -> None:
    w = parameter(2.0, "w")
    y = named(nn.losses.mse([w * Value(3.0, "x1"), w * Value(2.0, "x2")], [1.0, 2.0]), "L")
    lines = says(viz.draw(y, path="w"), "routes")
    assert [line.partition(":")[0] for line in lines] == ["w → w · x₁ → L", "w → w · x₂ → L", "∂L/∂w = 15 + 4 = 19"]
    assert not any("…" in line for line in lines)


@pytest.mark.filterwarnings("ignore:.*slide can be read")
@pytest.mark.parametrize("show", ["structure", "values"])
@pytest.mark.parametrize("slide", [None, "16:9"])
@pytest.mark.parametrize("graph", [reuse, lecture])
def test_no_line_of_a_legend_is_without_its_text(graph: Callable[[], Value], slide: str | None, show: str) -> None:
    """Each says which route it is, at the place where it has its product too, and no number of the way back."""
    start = "w1" if graph is reuse else "w"
    whole, part = (viz.draw(graph(), path=start, show=what, slide=slide) for what in ("all", show))
    (legend,) = groups(part, "routes")
    lines = [path for path in legend.iter(f"{SVG}path") if path.get("fill") == "none"]
    said = {text.get("y"): text.text for text in legend.iter(f"{SVG}text")}
    (full,) = groups(whole, "routes")
    before = {text.get("y"): text.text for text in full.iter(f"{SVG}text")}
    assert len(lines) == len(said) == (3 if graph is reuse else 1)
    for y, text in said.items():
        assert before[y].startswith(text)
        assert "·" not in text.partition(" →")[0]
        assert "=" not in text


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
        y = (y + y) * 0.5
    y.label = "y"
    trace = read(y)
    routes = Routes(trace, fold(trace, None), 0, trace.root.index)
    assert route_sentences(routes, Numbers()) == ["∂y/∂x = 1, a sum over > 1e308 paths"]


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
        "x → left/sum → (x · x + x) · w → right/sum:  5 · 3 · 1 = 15",
        "∂y/∂x = −1 + 15 = 14",
    ]
    colors = {paint.stroke: 0 for paint in THEMES["lecture"].routes[:2]}
    for path in (p for g in groups(figure, "edge") for p in g.iter(f"{SVG}path") if p.get("stroke") in colors):
        colors[path.get("stroke")] += 1
    assert sorted(colors.values()) == [2, 6]  # one arrow and three, each in two parts


def reusing() -> tuple[Value, int]:
    """y = 3·f(x) with f(x) = x⁸ + x⁶, whose scope uses x² and x⁴ again; and f'(2), from sympy."""
    x, w = Value(2.0, "x"), parameter(3.0, "w")
    with mg.scope("f"):
        a = x * x
        b = a * a
        c = b * b + b * a
    y = named(c * w, "y")
    y.backward()
    t = sympy.Symbol("t")
    return y, int(sympy.diff(t**8 + t**6, t).subs(t, 2))


def test_what_a_folded_scope_uses_again_counts_each_time_on_a_route() -> None:
    y, slope = reusing()
    assert slope == 1216
    assert says(viz.draw(y, path="x", collapse="neuron"), "routes") == [f"∂y/∂x = {slope} · 3 = {3 * slope}"]


def test_what_a_folded_scope_uses_again_counts_each_time_on_its_arrow() -> None:
    y, slope = reusing()
    assert says(viz.draw(y, collapse="neuron"), "local") == [f"{slope}", "w = 3", f"{2**8 + 2**6}"]


def test_a_folded_scope_passes_nothing_on_of_a_gradient_of_zero() -> None:
    x = Value(0.0, "x")
    with mg.scope("f"):
        y = named(x.sqrt() * 0.0, "y")  # dy/d√x = 0 and d√x/dx = inf
    y.backward()
    assert says(viz.draw(y, collapse="neuron"), "local") == ["0"]


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
        "w₁ → … → z₁ + z₂ → ŷ:  1.5 · 1 · 0.8 = 1.2",  # x = 1.5 and
        "w₁ → … → z₁ + z₂ → ŷ:  (−0.75) · 1 · 0.8 = −0.6",  # w₂x = −0.75, of what is left out
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
