"""check(): what is true is found true in every notation and reading, and what is false has a counterexample."""

from __future__ import annotations

import json

import pytest

import microgrid as mg
from microgrid import Value, assert_claim, check, parse
from microgrid.cli.commands import main

LINE = "z = w*x; yhat = z + b; e = yhat - y; L = e**2"


def line() -> dict[str, Value]:
    return parse(LINE, w=2, b=1, x=3, y=9)


@pytest.mark.parametrize("claim", [
    "dL/dw = 2*e*x",
    "dL/dw = 2*(w*x + b - y)*x",
    "∂L/∂w = 2·e·x",
    "∂L/∂w = 2ex",
    "∂L/∂w = 2(ŷ − y)x",
    r"\frac{\partial \mathcal{L}}{\partial w} = 2(\hat{y}-y)x",
    r"\frac{dL}{dw} = \frac{dL}{de} \cdot \frac{de}{d\hat y}\,\frac{d\hat y}{dz} x",
    r"\dfrac{\partial L}{\partial w}=2\left(\hat y - y\right) \cdot x",
    "∂L/∂w = ∂L/∂e · ∂e/∂ŷ · ∂ŷ/∂z · ∂z/∂w",
    "dL/dw = dL/dyhat * dyhat/dw",
    "d^2L/dw^2 = 2*x^2",
    "∂²L/∂w² = 2x²",
    "d^2L/(dw db) = 2*x",
    r"\frac{\partial^2 L}{\partial w \partial b} = 2x",
    "w <- w - eta*dL/dw",
    r"w \leftarrow w - \eta \frac{\partial L}{\partial w}",
    "w ← w − η·2·e·x",
    "w <- w - 2*lr*(yhat - y)*x",
])  # fmt: skip
def test_what_is_true_of_the_line_is_proved_in_every_notation(claim):
    report = check(line(), claim)
    assert report.ok
    assert report[0].status == "proved"


@pytest.mark.parametrize(("claim", "claimed", "actual"), [
    ("dL/dw = e*x", -6, -12),
    ("dL/dw = 2*e", -4, -12),
    ("dL/db = 2*(y - yhat)", 4, -4),
    ("w <- w + eta*dL/dw", 0.8, 3.2),
])  # fmt: skip
def test_what_is_false_fails_at_the_given_values_first(claim, claimed, actual):
    answer = check(line(), claim)[0]
    assert answer.true is False
    found = answer.counterexample
    assert {name: found.values[name] for name in "wbxy"} == {"w": 2, "b": 1, "x": 3, "y": 9}
    assert (found.claimed, found.actual) == (claimed, pytest.approx(actual, rel=1e-15))


def test_a_value_of_one_does_not_hide_a_lost_factor():
    answer = check(parse(LINE, w=2, b=1, x=1, y=9), "dL/dw = 2*e")[0]
    assert answer.true is False
    values = answer.counterexample.values
    residual = values["w"] * values["x"] + values["b"] - values["y"]
    assert answer.counterexample.claimed == 2 * residual
    assert answer.counterexample.actual == 2 * residual * values["x"]
    assert all(abs(v) <= 10 for v in values.values())


DAG = "z1 = w1*x; z2 = w2*(z1 + x); yhat = w1*(z1 + z2)"


@pytest.mark.parametrize(("claim", "readings"), [
    ("dyhat/dw1 = z1 + z2 + dyhat/dz1*dz1/dw1 + dyhat/dz2*dz2/dw1", {"forward", "local"}),
    ("dyhat/dw1 = z1 + z2 + dyhat/dz1*dz1/dw1", {"adjoint", "total"}),
    ("dyhat/dw1 = dyhat/dz1*dz1/dw1 + dyhat/dz2*dz2/dw1", set()),
    ("dyhat/dw2 = dyhat/dz2*dz2/dw2", {"local", "adjoint", "forward", "total"}),
    ("dyhat/dx = dyhat/dz1*dz1/dx + dyhat/dz2*dz2/dz1*dz1/dx + dyhat/dz2*dz2/dx", {"local"}),
    ("dyhat/dx = dyhat/dz1*dz1/dx + dyhat/dz2*dz2/dx", {"forward", "adjoint"}),
])  # fmt: skip
def test_a_chain_is_true_in_the_readings_in_which_it_is(claim, readings):
    assert set(check(parse(DAG, w1=2, w2=-1, x=3), claim)[0].reading) == readings


@pytest.mark.parametrize(("graph", "claim", "true"), [
    ("y = relu(w*x)", "dy/dw = x", False),
    ("z = w*x; y = relu(z)", "dy/dw = relu'(z)*x", True),
    ("y = abs(x)*abs(x)", "dy/dx = 2*x", True),
    ("y = abs(x)", "dy/dx = x/abs(x)", True),
    ("y = max(a, b) + min(a, b)", "dy/da = 1", True),
    ("y = relu(x) + relu(x - 100)", "dy/dx = relu'(x)", False),
    ("h = sigmoid(z)", "dh/dz = h*(1 - h)", True),
    ("h = sigmoid(z)", "dh/dz = exp(-z)/(1 + exp(-z))^2", True),
    ("h = tanh(z)", "dh/dz = 1 - h^2", True),
    ("h = tanh(z)", "dh/dz = 4/(exp(z) + exp(-z))^2", True),
    ("h = sqrt(z)", "dh/dz = sqrt(z)/(2*z)", True),
    ("y = log(a*b)", "dy/da = 1/a", True),
    ("y = log(a)*log(a*b)", "dy/da = (2*log(a) + log(b))/a", True),
    ("y = 0.1*x**2", "dy/dx = 0.2*x", True),
    ("y = x**2/3", "dy/dx = 2/3*x", True),
    ("y = sin(x)**2 + cos(x)**2", "dy/dx = 0", True),
    ("y = (6*x**2 + 2)**4", "dy/dx = 4*(6*x^2 + 2)^3*12*x", True),
    ("y = (6*x**2 + 2)**4", "y' = 4*(6*x^2 + 2)*12*x", False),
    ("y = x + 2305843009213693951*w", "dy/dw = 0", False),
])  # fmt: skip
def test_kinks_functions_and_numbers(graph, claim, true):
    names = mg.expressions.parse.free_names(graph)
    answer = check(parse(graph, **dict.fromkeys(names, 0.7)), claim)[0]
    assert answer.true is true


def test_a_letter_index_means_every_number():
    nodes = parse("z = w1*x1 + w2*x2; phi = sigmoid(z); R = -y*log(phi) - (1 - y)*log(1 - phi)",
                  w1=1, w2=2, x1=3, x2=0.5, y=1)  # fmt: skip
    assert check(nodes, r"\frac{\partial R}{\partial w_i} = (\varphi(x) - y) x_i", "∂R/∂wᵢ = (φ(x) − y)·xᵢ").ok
    wrong = check(nodes, "dR/dw_i = (phi - y)*x1")[0]
    assert wrong.true is False
    assert "i = 2" in wrong.why


def test_names_of_nodes_win_and_ambiguous_ones_are_refused():
    nodes = parse("dL = x*2; L = dL*w; w2 = L*dL", x=1, w=2)
    with pytest.raises(mg.ExpressionError, match="write ∂L/∂w"):
        check(nodes, "dL/dw = 3")
    assert check(nodes, "∂L/∂w = dL").ok
    x = Value(2.0, "x")
    first, second = x * 2, x * 3
    first.label = second.label = "h"
    with pytest.raises(mg.ExpressionError, match="2 nodes are called 'h'"):
        check(first * second, "dh/dx = 2")


def test_assert_claim_says_what_is_wrong():
    assert_claim(line(), "dL/dw = 2*e*x", "dL/db = 2*e")
    with pytest.raises(AssertionError, match="claim gives -6"):
        assert_claim(line(), "dL/dw = e*x")


def test_the_command_answers_by_its_exit_code(capsys, tmp_path):
    values = ["w=2", "b=1", "x=3", "y=9"]
    assert main(["check", LINE, *values, "--claim", "dL/dw = 2*e*x"]) == 0
    assert main(["check", LINE, "--claim", "dL/dw = 2*e*x", "--claim", "dL/dw = e*x", "--json"]) == 1
    told = json.loads(capsys.readouterr().out.partition("\n")[2])
    assert [one["true"] for one in told["claims"]] == [True, False]
    assert {"claim", "true", "status", "reading", "slip", "why", "missing", "counterexample"} <= set(told["claims"][0])
    assert main(["check", LINE, "--claim", "dL/dq = 2"]) == 2
    claims = tmp_path / "claims.txt"
    claims.write_text("# of the slide\ndL/dw = 2*e*x\n\n∂L/∂b = 2·e\n", encoding="utf-8")
    assert main(["check", LINE, "--claims", str(claims)]) == 0
    assert main(["check", LINE, *values]) == 2
