"""The table of a backward pass, layer by layer, beside matrices of NumPy's and the engine's own gradients."""

from __future__ import annotations

import math
import random
import sys
from unittest import mock

import numpy as np
import pytest

import microgrid
from helpers.layer_tables import ARCHITECTURES, X, Y, read_back
from microgrid import Value, nn


def expit(a):
    return 1 / (1 + np.exp(-a))


def arrays(layer):
    W = np.array([[w.data for w in row] for row in layer.w])
    return W, np.array([b.data for b in layer.b])


def test_each_column_is_what_the_lecture_computes_by_hand() -> None:
    random.seed(0)
    model = nn.Sequential(nn.Linear(3, 4), "tanh", nn.Linear(4, 2), "sigmoid")
    x, y = np.array([0.5, -1.0, 2.0]), np.array([1.0, 0.0])
    (W1, b1), (W2, b2) = arrays(model[0]), arrays(model[2])
    a1 = W1 @ x + b1
    h1 = np.tanh(a1)
    a2 = W2 @ h1 + b2
    h2 = expit(a2)
    d2 = (h2 - y) * h2 * (1 - h2)  # of ½ Σ (h - y)²
    d1 = (1 - h1**2) * (W2.T @ d2)
    table = model.backprop(x, y, lambda p, t: nn.losses.half_mse(p, t, reduction="sum"))
    assert table.risk == pytest.approx(((h2 - y) ** 2).sum() / 2, rel=1e-14)
    for layer, a, h, slope, d, inputs in zip(
        table.layers, (a1, a2), (h1, h2), (1 - h1**2, h2 * (1 - h2)), (d1, d2), (x, h1)
    ):
        for column, want in ((layer.a, a), (layer.h, h), (layer.slopes, slope), (layer.d, d)):
            np.testing.assert_allclose(column, want, rtol=1e-12)
        np.testing.assert_allclose(layer.gradients, np.column_stack([np.outer(d, inputs), d]), rtol=1e-12)
    assert [layer.name for layer in table.layers] == ["layer 1", "layer 2"]
    assert table.layers[1].factors == (("h1^(1)", "h2^(1)", "h3^(1)", "h4^(1)", ""),) * 2
    assert table.layers[0].parameters[1] == ("w21^(1)", "w22^(1)", "w23^(1)", "b2^(1)")


def test_the_gradients_are_the_engines_and_the_model_stays_as_it_is() -> None:
    random.seed(1)
    model = nn.MLP(2, [3, 3, 2])
    for p in model.parameters():
        p.grad = 7.0
    with microgrid.no_grad():
        table = model.backprop([1.0, -0.5], 1, "cross_entropy_with_logits")
    assert {p.grad for p in model.parameters()} == {7.0}
    model.zero_grad()
    nn.losses.cross_entropy_with_logits([model([1.0, -0.5])], [1]).backward()
    got = [g for layer in table.layers for row in layer.gradients for g in row]
    assert got == [p.grad for p in model.parameters()]


def test_the_numbers_of_the_two_two_two_network_of_the_lectures() -> None:
    """∂L/∂w5 = -(t1 - o1)·o1(1 - o1)·h1, and ∂L/∂w1 sums what comes back from both outputs."""
    model = nn.MLP(2, [2, 2], activation="sigmoid", output="sigmoid")
    weights = [0.15, 0.2, 0.35, 0.25, 0.3, 0.35, 0.4, 0.45, 0.6, 0.5, 0.55, 0.6]
    for p, w in zip(model.parameters(), weights):
        p.data = w
    table = model.backprop([0.05, 0.1], [0.01, 0.99], lambda p, t: nn.losses.half_mse(p, t, reduction="sum"))
    hidden, out = table.layers
    (o1, o2), (h1, _) = out.h, hidden.h
    back = [-(t - o) * o * (1 - o) for t, o in ((0.01, o1), (0.99, o2))]
    assert out.gradients[0][0] == pytest.approx(back[0] * h1, rel=1e-13)
    assert hidden.gradients[0][0] == pytest.approx((back[0] * 0.4 + back[1] * 0.5) * h1 * (1 - h1) * 0.05, rel=1e-13)


def test_the_text_has_a_formula_above_each_column() -> None:
    model = nn.MLP(1, [1, 1], activation="tanh", output="sigmoid")
    lines = model.backprop([2.0], 1.0).text().splitlines()
    assert lines[0] == "layer 1"
    assert lines[1].split() == "unit a h h′ d = ∂R/∂a ∂R/∂w ∂R/∂b".split()
    assert [lines[2].strip().split("  ")[0], *lines[2].split()[-4:]] == ["Σ w · x + b", "d", "·", "x1", "d"]
    assert "h′ · Σ w · d^(2)" in lines[2]
    assert "h′ · ∂R/∂h" in lines[7]
    assert "sigmoid′(a)" in lines[7]
    assert lines[-1].startswith("R = ")
    spanish = model.backprop([2.0], 1.0).text("es").splitlines()
    assert spanish[0] == "capa 1"
    assert spanish[1].split()[0] == "unidad"


def test_the_latex_has_an_array_for_each_layer() -> None:
    text = nn.MLP(1, [1, 1], activation="tanh").backprop([2.0], 1.0).latex()
    assert text.count(r"\begin{array}{rrrrrrr}") == text.count(r"\end{array}") == 2
    assert r"h' \cdot  \sum  w \cdot  d^{(2)}" in text
    assert r"d \cdot  h_{1}^{(1)}" in text
    assert not set(text) - set(map(chr, range(128)))


def test_a_layer_without_an_activation_has_slope_1_and_a_batch_norm_is_a_layer() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    table = model.backprop([1.0, 2.0], 0.0)
    assert [layer.slopes for layer in table.layers] == [(1.0, 1.0), (1.0,)]
    assert [layer.a for layer in table.layers] == [layer.h for layer in table.layers]


def test_a_dataframe_has_a_row_for_each_parameter() -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = nn.MLP(2, [2, 1]).backprop([1.0, 2.0], 0.0).dataframe()
    assert isinstance(frame, pandas.DataFrame)
    assert len(frame) == 9


def test_mistakes_are_told() -> None:
    with (
        mock.patch.dict(sys.modules, pandas=None),
        pytest.raises(ImportError, match=r"pip install pandas, or use text"),
    ):
        nn.MLP(1, [1]).backprop([1.0], 0.0).dataframe()
    with pytest.raises(ValueError, match="loss='msee' is unknown"):
        nn.MLP(1, [1]).backprop([1.0], 0.0, "msee")
    with pytest.raises(ValueError, match="layer 1 expects 2 inputs, got 1"):
        nn.MLP(2, [1]).backprop([1.0], 0.0)

    class Bare(nn.Module):
        def __init__(self) -> None:
            self.w = microgrid.parameter(1.0)

        def __call__(self, x: list[Value]) -> Value:
            return self.w * x[0]

    with pytest.raises(microgrid.GraphError, match=r"Bare names no layers with parameters: .*microgrid.scope"):
        Bare().backprop([1.0], 0.0)


# ---------------------------------------------------------------- every column is its formula


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_column_holds_what_its_formula_says(name):
    make, places = ARCHITECTURES[name]
    model = make()
    tables = read_back(model.backprop(X, Y).text())
    assert len(tables) == len(places)
    for table in tables:
        for place, (head, formula, numbers) in enumerate(table.columns):
            wanted = table.evaluated(place, tables, model, places)
            assert numbers == pytest.approx(wanted, rel=1e-4, abs=1e-7), (table.title, head, formula)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_gradients_of_every_architecture_are_those_of_backward(name):
    model = ARCHITECTURES[name][0]()
    table = model.backprop(X, Y)
    got = sorted(g for layer in table.layers for row in layer.gradients for g in row)
    nn.losses.mse([model(X)], [Y]).backward()
    assert got == sorted(p.grad for p in model.parameters())


def test_a_layer_used_twice_is_told_and_so_is_a_parameter_of_several_units():
    shared = nn.Linear(2, 2)
    message = r"w11\^\(1\) is used 2 times in one sample: of a shared layer read the gradients"
    with pytest.raises(microgrid.GraphError, match=message):
        nn.Sequential(shared, "tanh", shared, nn.Linear(2, 1)).backprop([1.0, 2.0], 0.0)

    class Inside(nn.Module):
        def __init__(self) -> None:
            self.w = microgrid.parameter(1.0, "w")

        def __call__(self, x: list[Value]) -> Value:
            with microgrid.scope("both"):
                a = self.w * x[0]
                h = [a.tanh(), a.exp()]
            with microgrid.scope("out"):
                return h[0] + h[1]

    with pytest.raises(microgrid.GraphError, match="2 units of 'both' are computed from w: compute each layer in a"):
        Inside().backprop([1.0], 0.0)


def test_what_comes_in_is_said_in_latex_and_spanish_too():
    table = ARCHITECTURES["dropout"][0]().backprop(X, Y)
    assert "\nlo que entra: u1 = " in table.text("es")
    assert r"u_{1} = " in table.latex()
    assert r"d \cdot  u_{1} & d \cdot  u_{2} & d \cdot  u_{3} & d \\" in table.latex()


def test_a_parameter_outside_of_any_plain_sum_is_multiplied_by_its_own_partial():
    class Power(nn.Module):
        def __init__(self) -> None:
            self.w = microgrid.parameter(0.5, "w")

        def __call__(self, x: list[Value]) -> Value:
            with microgrid.scope("power"):
                return self.w.exp() * x[0]

    table = Power().backprop([2.0], 1.0)
    assert table.layers[0].factors == (("∂a/∂w",),)
    assert table.layers[0].formulas == ("", "h′ · ∂R/∂h")
    assert table.layers[0].gradients[0][0] == pytest.approx(2 * (2 * math.exp(0.5) - 1) * 2 * math.exp(0.5))
