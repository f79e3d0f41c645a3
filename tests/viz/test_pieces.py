"""Named pieces as boxes: what they say, and the derivatives through them, against sympy and finite differences."""

import math
import re

import pytest
import sympy

import microgrid as mg
import viz
from helpers.graphs import PS, ZS, named, several
from helpers.pictures import box, groups, says, texts
from microgrid import Value, nn
from microgrid.graph import leaves, order
from microgrid.ops import TABLE
from viz.graph.chain_rule import updates
from viz.graph.folding import edges, fold, outputs, slopes
from viz.graph.routes import Routes
from viz.graph.trace import read
from viz.options import Options
from viz.picture.compose import compose
from viz.picture.selection import Choices
from viz.words.numbers import Numbers

losses = nn.losses


Z = sympy.symbols("z1:4", real=True)
P, Y = sympy.symbols("p1:4", real=True), sympy.Symbol("y1", real=True)
TOTAL = sum(map(sympy.exp, Z))
PIECES = {
    "softmax": (lambda: mg.softmax(several(*ZS))[1], sympy.exp(Z[1]) / TOTAL),
    "log_softmax": (lambda: mg.log_softmax(several(*ZS))[2], Z[2] - sympy.log(TOTAL)),
    "logsumexp": (lambda: mg.logsumexp(several(*ZS)), sympy.log(TOTAL)),
    "mean": (lambda: mg.mean(several(*ZS)), sum(Z) / 3),
    "maxout": (lambda: mg.maxout(several(*ZS)), sympy.Max(*Z)),
    "cross_entropy": (lambda: losses.cross_entropy(several(*PS, name="p"), 1), -sympy.log(P[1])),
    "cross_entropy_with_logits": (
        lambda: losses.cross_entropy_with_logits(several(*ZS), 1),
        -sympy.log(sympy.exp(Z[1]) / TOTAL),
    ),
    "nll": (lambda: losses.nll(several(-0.5, -1.0, -2.0), 1), -Z[1]),
    "kl_divergence": (
        lambda: losses.kl_divergence([0.25, 0.25, 0.5], several(*PS, name="p")),
        sum(t * sympy.log(t / p) for t, p in zip((0.25, 0.25, 0.5), P, strict=True)),
    ),
    "bce": (lambda: losses.bce(Value(0.3, "p1"), 1), -sympy.log(P[0])),
    "bce, no": (lambda: losses.bce(Value(0.3, "p1"), 0), -sympy.log(1 - P[0])),
    "bce_with_logits": (
        lambda: losses.bce_with_logits(Value(0.3, "z1"), Value(0.75, "y1")),
        -Y * sympy.log(1 / (1 + sympy.exp(-Z[0]))) - (1 - Y) * sympy.log(1 - 1 / (1 + sympy.exp(-Z[0]))),
    ),
    "mse": (lambda: losses.mse(Value(0.3, "z1"), Value(2.0, "y1")), (Z[0] - Y) ** 2),
    "mse of two": (lambda: losses.mse(several(*ZS[:2]), [1.0, 3.0]), ((Z[0] - 1) ** 2 + (Z[1] - 3) ** 2) / 2),
    "half_mse": (lambda: losses.half_mse(Value(0.3, "z1"), 2.0), (Z[0] - 2) ** 2 / 2),
    "mae": (lambda: losses.mae(several(0.3, 4.0), [2.0, 1.0]), (abs(Z[0] - 2) + abs(Z[1] - 1)) / 2),
    "huber": (lambda: losses.huber(several(0.3, 4.0), [0.5, 1.0]), ((Z[0] - 0.5) ** 2 / 2 + (Z[1] - 1) - 0.5) / 2),
    "hinge": (lambda: losses.hinge(several(0.3, 4.0), [1, 1]), (1 - Z[0]) / 2),
    "l1_penalty": (lambda: losses.l1_penalty(several(0.3, -4.0), 0.1), 0.1 * (abs(Z[0]) + abs(Z[1]))),
    "l2_penalty": (lambda: losses.l2_penalty(several(0.3, -4.0), 0.1), 0.05 * (Z[0] ** 2 + Z[1] ** 2)),
}
each = pytest.mark.parametrize("name", PIECES)


def piece_of(v):
    """The trace, its units, and the one that is a piece."""
    trace = read(v)
    units = fold(trace, None)
    (unit,) = [unit for unit in units if unit.kind == "piece"]
    return trace, units, unit


@each
def test_a_piece_is_one_box(name):
    v = PIECES[name][0]()
    trace, units, unit = piece_of(v)
    assert unit.piece == name.split(",")[0].split(" ")[0]
    assert [trace.nodes[other.last].label != "" for other in units if other is not unit] == [True] * (len(units) - 1)
    assert len(groups(viz.draw(v), "node")) == len(units)


@each
def test_derivatives_through_a_piece_are_those_of_the_textbook(name):
    make, formula = PIECES[name]
    v = make()
    trace, units, unit = piece_of(v)
    (output,) = outputs(trace, [unit])[unit.last]
    along = slopes(trace, unit, output)
    point = {sympy.Symbol(leaf.label, real=True): leaf.data for leaf in leaves(v) if leaf.label}
    found = {}
    for tail, _, several_edges in edges(trace, units):
        found[trace.nodes[tail.last].label] = math.fsum(along[edge] for edge in several_edges)
    for label in found:
        wanted = sympy.diff(formula, sympy.Symbol(label, real=True)).subs(point)
        assert found[label] == pytest.approx(float(wanted), rel=1e-9, abs=1e-12)
    assert found


@each
def test_what_stands_on_the_arrows_is_what_finite_differences_give(name):
    make, _ = PIECES[name]
    v = make()
    shown = says(viz.draw(v, precision=8), "local")
    by_label = {leaf.label: leaf for leaf in leaves(v) if leaf.label}
    wanted = sorted(_slope(v, leaf) for leaf in by_label.values())
    numbers = sorted(float(text.rpartition("= ")[2].replace("−", "-")) for text in shown)
    assert numbers == pytest.approx(wanted, rel=1e-5, abs=1e-7)


def _slope(v: Value, leaf: Value) -> float:
    """By the values of the graph at two more points."""
    h, at = 1e-5, leaf.data
    ends = []
    for x in (at + h, at - h):
        leaf.data = x
        ends.append(_again(v))
    leaf.data = at
    return (ends[0] - ends[1]) / (2 * h)


def _again(v: Value) -> float:
    """The value of a graph for the data that its leaves have now."""
    data = {}
    for node in order(v):
        xs = [data[parent] for parent in node.parents]
        constants = [] if node.constant is None else [node.constant]
        data[node] = TABLE[node.op].bind("value")(*xs, *constants) if node.op else node.data
    return data[v]


def test_a_softmax_says_its_formula_and_that_of_its_result():
    p = mg.softmax(several(5.0, 6.0, 11.0, 7.0, name="s"))
    assert box(viz.draw(p[2]))[:3] == ["p = softmax(s)", "p₃ = e^s₃ / Σ e^sⱼ", "0.9732"]
    total = named(mg.dot(p, [1.0, 2.0, 3.0, 4.0]), "L")
    total.backward()
    figure = viz.draw(total, sums="merged")
    (shown,) = [texts(group) for group in groups(figure, "node") if "softmax" in texts(group)[0]]
    assert shown[1:3] == ["pₖ = e^sₖ / Σ e^sⱼ", "(0.00241, 0.00656, 0.973, 0.0178)"]
    assert shown[3] == "grad (1, 2, 3, 4)"


def test_results_stand_in_the_order_of_the_operands_however_they_are_used():
    p = mg.softmax(several(1.0, 2.0, 3.0))
    figure = viz.draw(p[2] - p[0] * p[1])
    (shown,) = [texts(group) for group in groups(figure, "node") if "softmax" in texts(group)[0]]
    assert shown[2] == "(0.09, 0.245, 0.665)".replace("0.09,", "0.0900,")


def test_the_gradient_of_cross_entropy_can_be_read_off():
    loss = named(losses.cross_entropy_with_logits(several(5.0, 6.0, 11.0, 7.0), 2), "L")
    loss.backward()
    shown = says(viz.draw(loss), "local")
    assert sorted(shown) == sorted(
        ["p₁ − y₁ = 0.002412", "p₂ − y₂ = 0.006557", "p₃ − y₃ = −0.02679", "p₄ − y₄ = 0.01782"]
    )
    gradients = [leaf.grad for leaf in leaves(loss)]
    assert gradients == pytest.approx([float(text.split("= ")[1].replace("−", "-")) for text in shown], rel=1e-3)
    assert box(viz.draw(loss))[0] == "L = −Σ y log softmax(z)"


def test_into_a_piece_of_several_used_results_no_arrow_has_a_number_and_the_text_says_why():
    p = mg.softmax(several(1.0, 2.0))
    figure = viz.draw(named(p[0] * p[1], "q"))
    # from the softmax to the product alone
    assert sorted(says(figure, "local")) == ["p₁ = 0.2689", "p₂ = 0.7311"]
    assert "each arrow to it stands for a derivative of its 2 results each" in figure.svg()


@pytest.mark.parametrize(
    "make", [lambda: losses.bce(Value(0.6, "p"), 1), lambda: losses.cross_entropy(several(*PS), 1)]
)
@pytest.mark.parametrize("look", [{}, {"ops": "separate"}, {"sums": "merged"}, {"edges": "plain"}])
def test_no_picture_shows_how_a_piece_is_computed(make, look):
    figure = viz.draw(make(), **look)
    for text in (figure.svg(), figure.dot(), figure.tikz()):
        assert "e-44" not in text
        assert "e−44" not in text
        assert "maximum" not in text
        assert "log1p" not in text


def test_a_route_through_a_piece_is_one_leg():
    zs = several(1.0, 2.0, 3.0)
    loss = named(losses.cross_entropy(mg.softmax(zs), 0), "L")
    loss.backward()
    trace = read(loss)
    start = order(loss).index(zs[1])
    (route,) = Routes(trace, fold(trace, None), start, trace.root.index).few
    assert len(route.legs) == 2
    assert route.product == pytest.approx(zs[1].grad)


def test_a_scope_that_is_a_box_has_the_pieces_in_it():
    with mg.scope("head"):
        p = mg.softmax(several(1.0, 2.0))[0] * 2.0
    units = fold(read(p), "neuron")
    assert [unit.kind for unit in units if len(unit.nodes) > 1] == ["scope"]


def test_a_piece_that_reads_and_feeds_a_scope_that_is_one_box_is_drawn_node_by_node():
    a, b, y = Value(1.0, "a"), Value(2.0, "b"), Value(3.0, "y")
    with mg.scope("both"):
        first = a * b
    m = mg.mean([first, y])
    with mg.scope("both"):
        second = m * a
    trace = read(named(second + b, "L"))
    assert "piece" in {unit.kind for unit in fold(trace, None)}
    folded = fold(trace, "neuron")
    assert "piece" not in {unit.kind for unit in folded}
    assert sorted(i for unit in folded for i in unit.nodes) == list(range(len(trace.nodes)))


def test_what_uses_a_result_that_is_recorded_before_the_last_comes_after_the_piece():
    p = mg.softmax(several(1.0, 2.0, 3.0))
    trace = read((p[0].exp() + p[1] * p[2]).log())
    units = fold(trace, None)
    place = {unit.last: k for k, unit in enumerate(units)}
    assert all(place[tail.last] < place[head.last] for tail, head, _ in edges(trace, units))
    (piece,) = [unit for unit in units if unit.kind == "piece"]
    assert any(i < piece.last and trace.nodes[i].op == "exp" for unit in units if unit is not piece for i in unit.nodes)


def test_where_the_textbooks_form_overflows_the_box_says_so():
    p = mg.softmax(several(1000.0, 999.0))[0]
    assert "e^1000 overflows in the textbook's softmax" in box(viz.draw(p))
    assert "se desborda" in " ".join(box(viz.draw(p, lang="es")))
    assert not any("overflows" in line for line in box(viz.draw(mg.softmax(several(1.0, 2.0))[0])))


def test_a_piece_is_drawn_in_the_textbooks_steps_with_the_same_gradients_of_the_leaves():
    loss = named(losses.cross_entropy(mg.softmax(several(1.0, 2.0)), 1), "L")
    loss.backward()
    before = [leaf.grad for leaf in leaves(loss)]
    figure = viz.draw(loss, pieces="textbook")
    shown = [text for group in groups(figure, "node") for text in texts(group)]
    assert not any("softmax" in text or "logaddexp" in text for text in shown)
    assert any("log" in text for text in shown)
    assert [leaf.grad for leaf in leaves(loss)] == before
    whole = {text for group in groups(viz.draw(loss), "node") for text in texts(group)}
    gradients = {text for text in whole if text.startswith("∂L/∂z")}
    assert gradients
    assert gradients <= set(shown)


def test_the_notebooks_drawing_has_a_circle_for_each_piece():
    loss = losses.cross_entropy(mg.softmax(several(1.0, 2.0)), 1)
    source = viz.draw_dot(loss).source
    assert "e-44" not in source
    assert "maximum" not in source
    assert source.count("->") == 2 + 1 + 1 + 1  # logits, softmax, p, cross-entropy, L
    assert "softmax" in source
    assert "cross entropy" in source


@pytest.mark.filterwarnings("ignore:drawn")
@pytest.mark.parametrize("slide", [None, "16:9"])
def test_structure_values_and_all_have_the_same_places(slide):
    p = mg.softmax(several(1.0, 2.0, 3.0))
    loss = named(losses.cross_entropy(p, 0) + 0.5 * Value(2.0, "w"), "L")
    loss.backward()
    scenes = {show: viz.draw(loss, show=show, slide=slide)._scene for show in ("structure", "values", "all")}
    outlines = {
        show: [(group.node, group.paths[0].commands) for group in scene.groups if group.kind.startswith("node")]
        for show, scene in scenes.items()
    }
    assert outlines["structure"] == outlines["values"] == outlines["all"]
    assert len({scene.size for scene in scenes.values()}) == 1
    written = {show: [text.text for group in scene.groups for text in group.texts] for show, scene in scenes.items()}
    assert not any("∂" in text or "grad" in text for text in written["structure"] + written["values"])
    assert any("∂L/∂z₁" in text for text in written["all"])
    number = f"{loss.data:.2f}"[:-1]
    assert not any(number in text for text in written["structure"])
    assert any(number in text for text in written["values"])
    assert all(
        "∂L/∂" not in scene.description and "gradient" not in scene.description
        for show, scene in scenes.items()
        if show != "all"
    )


def test_above_six_arrows_numbers_are_left_out_and_width_shows_size():
    ws = [Value(k / 4, f"w{k}") for k in range(1, 5)]
    z = named(mg.dot(ws, several(1.0, -8.0, 2.0, 4.0, name="x")) + Value(0.0, "b"), "z")
    trace = read(z)
    units = fold(trace, None, sums=True)
    strengths = {}
    for numbers in ("auto", "all", "none"):
        options = Options(numbers=numbers)
        picture = compose(trace, options, Numbers(), Choices(tuple(units)))
        strengths[numbers] = {arrow.tail.lines[0].text: arrow.strength for arrow in picture.arrows}
        assert [arrow.label is not None for arrow in picture.arrows] == [numbers == "all"] * 9
    assert strengths["all"] == dict.fromkeys(strengths["all"])
    sizes = {"x1": 0.25, "x2": 0.5, "x3": 0.75, "x4": 1.0, "w1": 1.0, "w2": 8.0, "w3": 2.0, "w4": 4.0, "b": 1.0}
    assert strengths["auto"] == strengths["none"] == {name: size / 8 for name, size in sizes.items()}


@pytest.mark.parametrize("make", [PIECES["logsumexp"][0], PIECES["cross_entropy"][0], PIECES["mean"][0]])
def test_a_piece_with_one_result_says_its_value_and_gradient_as_a_node_does(make) -> None:
    y = make()
    y.backward()
    (told,) = [
        text for text in re.findall(r"<title>(.*?)</title>", viz.draw(y).svg(), re.DOTALL) if "gradient 1" in text
    ]
    assert told.split("\n")[1:] == [f"value {y.data!r}", "gradient 1"]


@pytest.mark.parametrize("make", [PIECES["softmax"][0], PIECES["logsumexp"][0], PIECES["cross_entropy_with_logits"][0]])
def test_slopes_of_a_box_are_those_of_the_edges_into_it(make) -> None:
    trace = read(make())
    for unit in fold(trace, None):
        if unit.kind == "piece":
            outside = {
                (i, k)
                for i in unit.nodes
                for k, parent in enumerate(trace.nodes[i].parents)
                if parent not in unit.nodes
            }
            found = slopes(trace, unit, outputs(trace, [unit])[unit.last][0])
            assert {(edge.node, edge.operand) for edge in found} <= outside
            assert found


def test_no_gradient_times_an_infinite_partial_is_none() -> None:
    x = Value(0.0, "x")
    with mg.errstate(gradient="ignore"):
        trace = read(named(x.sqrt() * 0.0, "y"))
    assert [term for *_, term, _, _ in updates(trace, trace.root.index, reversed(trace.operations))] == [0.0] * 3
