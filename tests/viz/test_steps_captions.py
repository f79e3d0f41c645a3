"""What captions say: sums over paths, names, numbers, and scopes."""

import math
import re
from collections.abc import Callable

import pytest

import microgrid as mg
import viz
from helpers.graphs import HOSTILE, lecture, named, neurons, reuse, square
from helpers.walks import captions, tangle
from microgrid import Value, graph, parameter
from microgrid.naming.names import names
from viz.graph.trace import read
from viz.style.text import clean, shorten
from viz.words.names import Names
from viz.words.numbers import Numbers

# ---------------------------------------------------------------- paths


def products(y: Value, leaf: Value) -> list[float]:
    """Along every path from the root to a leaf, by recursion over the Values."""
    if y is leaf:
        return [1.0]
    return [slope * p for parent, slope in zip(y.parents, y.partials) for p in products(parent, leaf)]


@pytest.mark.parametrize("make", [lecture, reuse, square, neurons])
def test_the_sum_over_paths_is_that_of_the_products(make: Callable[[], Value]) -> None:
    y = make()
    named(y, y.label or "y")
    called = names(y)
    lines = viz.steps(y, precision=12, labels="plain")[-1].caption.splitlines()[1:]
    leaves = [v for v in graph.order(y) if v.role in ("input", "parameter")]
    assert len(lines) == len(leaves)
    parts = {target: rest for target, *rest in (line.split(": ")[-1].split(" = ") for line in lines)}
    for leaf in leaves:  # which are listed in the order of their names
        expected = products(y, leaf)
        *sums, value = parts[f"∂{y.label}/∂{called[leaf]}"]
        assert number(value) == pytest.approx(math.fsum(expected), rel=1e-10)
        for text in sums:
            assert sorted(evaluated(text)) == pytest.approx(sorted(expected), rel=1e-9)


def evaluated(text: str) -> list[float]:
    """The terms of a sum of products as captions write it."""
    return [math.prod(number(x) for x in term.split(" · ")) for term in re.split(r" \+ (?![^(]*\))", text)]


def number(text: str) -> float:
    return float(text.strip("()").replace("−", "-"))


def test_a_sum_over_paths_is_written_out_up_to_its_longest(monkeypatch) -> None:
    y, said = named(reuse(), "y"), list[str]()

    def of_x() -> str:
        return next(line for line in viz.steps(y)[-1].caption.splitlines() if line.startswith("∂y/∂x"))

    for limit in range(len(of_x()) + 1):
        monkeypatch.setattr("viz.walk.captions.LONGEST_SUM", limit)
        said.append(of_x())
    _, *written = dict.fromkeys(said)  # how many paths there are; what they come to; their products too
    assert len(written) == 2
    assert all(said.index(text) == len(text) for text in written)


def test_more_than_eight_paths_are_counted() -> None:
    v = x = Value(1.5, "x")
    for _ in range(4):
        v = v + v
    assert captions(named(v, "y"), "end") == ["All gradients are known.\n∂y/∂x = 16, a sum over 16 paths"]
    v = x
    for _ in range(3):
        v = v + v
    assert "a sum over" not in captions(named(v, "y"), "end")[0]
    assert captions(v, "end")[0].count(" + ") >= 7


def test_a_deep_graph_has_2_to_the_200_paths_and_no_recursion() -> None:
    v = Value(1e-20, "x")
    for _ in range(200):
        v = v + v
    assert captions(named(v, "y"), by="operation")[-1].endswith("a sum over 1.607e60 paths")


# ---------------------------------------------------------------- names


def test_what_has_no_label_is_called_by_its_formula() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    assert captions((a * b + a * 2.0).tanh(), "forward") == [
        "a · b = 2 · 3 = 6",
        "2 · a = 2 · 2 = 4",
        "a · b + 2 · a = 6 + 4 = 10",
        "tanh(a · b + 2 · a) = tanh(10) = 1.000",
    ]


def test_a_letter_is_never_a_label_of_the_user() -> None:
    y = (Value(2.0, "x1") * Value(3.0)).tanh().exp()
    assert captions(y, "forward")[1:] == [
        "tanh(x1 · x2) = tanh(6) = 1.000",
        "exp(tanh(x1 · x2)) = exp(1.000) = 2.718",
    ]


def test_changed_data_are_not_multiplied_out() -> None:
    w, x = parameter(2.0, "w"), Value(3.0, "x")
    y = named(w * x, "y")
    w.data = 5.0
    assert captions(y)[1] == "y = w · x = 6, computed before an operand got another value"
    assert captions(y, lang="es")[1] == "y = w · x = 6, calculado antes de que un operando cambiara de valor"


def test_a_label_that_is_a_formula_is_put_in_brackets_where_it_is_a_factor() -> None:
    a = Value(2.0, "x1*w1")
    assert captions(named(a * Value(-3.0, "k"), "n"))[1] == "n = (x1*w1) · k = 2 · (−3) = −6"
    assert "∂n/∂(x1*w1) = ∂n/∂n · ∂n/∂(x1*w1) = 1 · (−3) = −3" in captions(named(a * Value(-3.0, "k"), "n"))


@pytest.mark.parametrize("label", [*HOSTILE, "{0}", "{target}", "%s", "\x07\n"])
def test_hostile_labels_are_only_text(label: str) -> None:
    y = named(Value(2.0, label) * parameter(3.0, "k"), "y")
    seen = shorten(clean(label), 16)
    assert seen in captions(y, "forward")[0]
    assert any(seen in caption for caption in captions(y, "backward"))
    assert all("\n" not in frame.caption for frame in viz.steps(y) if frame.phase != "end")


def test_a_negative_number_is_in_brackets_where_a_sign_would_be_misread() -> None:
    a, b = Value(-2.0, "a"), Value(-3.0, "b")

    def said(v: Value) -> str:
        return captions(named(v, "y"), "forward")[-1]

    assert said(a + b) == "y = a + b = −2 + (−3) = −5"
    assert said(a - b) == "y = a − b = −2 − (−3) = 1"
    assert said(a * b) == "y = a · b = −2 · (−3) = 6"
    assert said(a / b) == "y = a / b = −2 / (−3) = 0.6667"
    assert said(a**2) == "y = a² = (−2)² = 4"
    assert said(-a) == "y = −a = −(−2) = 2"
    assert said(abs(a)) == "y = |a| = |−2| = 2"
    assert said(mg.maximum(a, b)) == "y = max(a, b) = max(−2, −3) = −2"
    assert said(Value(2.0, "c") ** a) == "y = c^a = 2^(−2) = 0.25"
    assert said(Value(1e-9, "d") ** 2) == "y = d² = (1e−9)² = 1e−18"


def test_an_operation_of_many_operands_does_not_fill_the_page() -> None:
    total = mg.custom_op(
        "total_in_steps", value=lambda a, b, c, d, e, f: a + b + c + d + e + f, partials=[lambda *_: 1.0] * 6
    )
    caption = captions(named(total(*(Value(1.0, f"the operand no. {i}") for i in range(6))), "y"))[1]
    assert caption.startswith("y = total_in_steps(the operand no.…, the operand no.…")
    assert caption.endswith("… = total_in_steps(1, 1, 1, 1, 1, 1) = 6")
    assert len(caption) < 120


@pytest.mark.parametrize("seed", range(5))
def test_an_operand_is_shared_where_another_operand_depends_on_it(seed: int) -> None:
    y = tangle(seed)
    values, names = graph.order(y), Names(read(y), Numbers())
    below: dict[Value, set[Value]] = {}
    for v in values:
        below[v] = {v}.union(*(below[parent] for parent in v.parents))
    for node, v in zip(read(y).nodes, values, strict=True):
        for k, operand in enumerate(v.parents):
            others = v.parents[:k] + v.parents[k + 1 :]
            assert names.is_shared(node, k) == any(operand in below[other] for other in others)


# ---------------------------------------------------------------- scopes


def test_neurons_and_layers_are_taken_at_once() -> None:
    y = named(neurons(), "y")
    assert captions(y, "forward", by="neuron") == [
        "layer0/neuron0: 5 operations give h1^(1) = −0.9655",
        "layer0/neuron1: 5 operations give h2^(1) = 0.9228",
        "layer1/neuron0: 5 operations give y = 0.01560",
    ]
    assert captions(y, "forward", by="layer") == [
        "layer0: 10 operations give 2 values, −0.9655 to 0.9228",
        "layer1: 5 operations give y = 0.01560",
    ]
    weights = [v for v in graph.leaves(y) if v.role == "parameter"]
    slopes = [(v.scope, slope.data) for v, slope in zip(weights, mg.grad(y, weights), strict=True)]
    norm = [math.sqrt(sum(slope**2 for scope, slope in slopes if scope.startswith(f"layer{k}"))) for k in (0, 1)]
    assert captions(y, "backward", by="layer") == [
        f"layer1: the gradient goes back through 9 local derivatives; ‖grad‖ = {norm[1]:.4g} (3 parameters)",
        f"layer0: the gradient goes back through 18 local derivatives; ‖grad‖ = {norm[0]:.4g} (6 parameters)",
    ]


@pytest.mark.filterwarnings("ignore:.*arrows are drawn without")
def test_auto_takes_the_finest_walk_that_is_short_enough() -> None:
    def forward(make: Callable[[], Value], **options: object) -> int:
        return sum(frame.phase == "forward" for frame in viz.steps(make(), max_nodes=None, **options))

    def network(*sizes: int) -> Value:
        x = [Value(0.5, "x1"), Value(-1.0, "x2")]
        return mg.nn.MLP(2, [*sizes, 1])(x)

    assert forward(neurons, sums="separate") == 15
    assert forward(neurons) == 6  # of three sums and three activations
    assert forward(lambda: network(16), sums="separate") == 17
    assert forward(lambda: network(16)) == 33  # 17 sums, 16 of which have an activation
    assert forward(lambda: network(40, 40)) == 3


def test_what_is_outside_of_scopes_stays_single() -> None:
    with mg.scope("a"):
        v = Value(1.0, "x") * 2.0 + 1.0
    y = named((v * v).exp(), "y")
    assert [len(frame.active) for frame in viz.steps(y, by="neuron") if frame.phase == "forward"] == [2, 1, 1]


def test_a_labels_scope_is_said() -> None:
    first = captions(neurons(), "forward", by="operation")[0]
    assert first.startswith("layer0/neuron0: w11^(1) · x1 = −0.7313 · 1 = ")
