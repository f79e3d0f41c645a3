"""Gradients as graphs, forward mode, and a second forward pass."""

from __future__ import annotations

import math
import random

import pytest
import sympy as sp

import microgrid
from helpers.mathematics import X
from microgrid import (
    DomainError,
    GraphError,
    NonFiniteGradient,
    Value,
    custom_op,
    errstate,
    grad,
    jvp,
    no_grad,
    recompute,
)
from microgrid.graph import order

# ---------------------------------------------------------------- grad


def test_grad_changes_no_gradient():
    x = Value(3.0)
    y = x**2
    grad(y, x)
    assert (x.grad, y.grad, x.has_grad) == (0.0, 0.0, False)


def test_grad_of_several_nodes_keeps_their_order():
    a, b = Value(2.0), Value(5.0)
    assert [g.data for g in grad(a * a * b, [b, a])] == [4.0, 20.0]


def test_grad_by_an_interior_node():
    h = Value(2.0) * 3
    assert grad(h * h, h).data == 12.0


def test_grad_of_a_node_by_itself():
    x = Value(2.0)
    assert grad(x, x).data == 1.0


def test_grad_by_a_node_it_does_not_depend_on():
    assert grad(Value(2.0) * 3, Value(1.0)).data == 0.0


def test_perturbation_confusion():
    """d/dx (x * d/dy (x + y)) is 1 (AutoGrad.jl issue 75)."""
    x, y = Value(5.0), Value(1.0)
    assert grad(x * grad(x + y, y), x).data == 1.0


def test_hessian_of_rosenbrock():
    a, b = Value(-1.2), Value(1.7)
    f = (1 - a) ** 2 + 100 * (b - a**2) ** 2
    hessian = [[h.data for h in grad(g, [a, b])] for g in grad(f, [a, b])]
    mixed = -400 * -1.2
    assert hessian == [pytest.approx([2 - 400 * 1.7 + 1200 * 1.44, mixed]), pytest.approx([mixed, 200.0])]


def test_newton_finds_a_minimum():
    x = Value(2.0)
    for _ in range(8):
        slope = grad(x.exp() - 3 * x, x)
        x = Value(x.data - slope.data / grad(slope, x).data)
    assert x.data == pytest.approx(math.log(3), rel=1e-15)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softplus", "logsigmoid", "silu", "gelu", "mish", "erf", "atan"])
@pytest.mark.parametrize("x0", [0.0, -0.0, 0.8, -2.5])
def test_third_derivatives(name, x0):
    forms = {
        "sigmoid": 1 / (1 + sp.exp(-X)), "tanh": sp.tanh(X), "softplus": sp.log(1 + sp.exp(X)),
        "logsigmoid": -sp.log(1 + sp.exp(-X)), "silu": X / (1 + sp.exp(-X)),
        "gelu": X * (1 + sp.erf(X / sp.sqrt(2))) / 2, "mish": X * sp.tanh(sp.log(1 + sp.exp(X))), "erf": sp.erf(X),
        "atan": sp.atan(X),
    }  # fmt: skip
    want = float(sp.diff(forms[name], X, 3).subs(X, sp.Rational(x0)).evalf(30))
    x = Value(x0)
    third = getattr(microgrid, name)(x)
    for _ in range(3):
        third = grad(third, x)
    assert third.data == pytest.approx(want, rel=1e-13, abs=1e-15)


def test_ten_derivatives_of_a_product():
    x = Value(0.7)
    y = x.exp() * x
    for _ in range(10):
        y = grad(y, x)
    assert y.data == pytest.approx((0.7 + 10) * math.exp(0.7), rel=1e-13)


def test_a_gradient_penalty_is_trainable():
    w, x = Value(0.4), Value(1.3)
    slope = grad((w * x).tanh(), x)
    (slope * slope).backward()
    s, t, form = *sp.symbols("s t"), sp.tanh(sp.Symbol("s") * sp.Symbol("t"))
    want = sp.diff(sp.diff(form, t) ** 2, s).subs({s: sp.Rational("0.4"), t: sp.Rational("1.3")})
    assert w.grad == pytest.approx(float(want), rel=1e-13)


def test_grad_of_a_deep_chain_does_not_recurse():
    x = y = Value(0.5)
    for _ in range(20_000):
        y = y.sin() * 1.0
    assert 0 < grad(y, x).data < 1


def test_grad_stays_within_nodes_that_matter():
    x, w = Value(0.5), Value(2.0)
    frozen = w
    for _ in range(100):
        frozen = frozen.tanh()
    assert len(order(grad(x * x + frozen, x))) < 10


def test_an_infinite_derivative_warns():
    x = Value(0.0, "x")
    with pytest.warns(RuntimeWarning, match="'x' .* is inf"):
        grad(x.sqrt(), x)


def test_an_infinite_derivative_can_raise():
    x = Value(0.0, "x")
    with errstate(gradient="raise"), pytest.raises(NonFiniteGradient, match="'x'"):
        grad(x.sqrt(), x)


def test_zero_wins_over_an_infinite_partial():
    x = Value(0.0)
    assert grad(x.sqrt() * 0.0, x).data == 0.0


def test_grad_without_recording_is_a_leaf():
    x = Value(3.0)
    y = x**3
    with no_grad():
        assert grad(y, x).parents == ()


# ---------------------------------------------------------------- jvp


def test_jvp_is_the_directional_derivative():
    a, b = Value(3.0), Value(2.0)
    assert jvp(a * b + a.exp(), {a: 0.5, b: -1}) == pytest.approx(0.5 * (2 + math.exp(3)) - 3)


def test_jvp_along_an_interior_node_replaces_what_comes_from_below():
    x = Value(3.0)
    h = x * 2
    assert jvp(h * h + x, {h: 1.0, x: 1.0}) == 13.0


def test_jvp_of_what_is_not_reached_is_zero():
    assert jvp(Value(1.0) * 2, {Value(1.0): 1.0}) == 0.0


def test_a_zero_tangent_passes_nothing_through_an_infinite_partial():
    x, y = Value(0.0), Value(1.0)
    assert jvp(x.sqrt() + y, {x: 0.0, y: 1.0}) == 1.0


def test_jvp_changes_no_gradient():
    x = Value(3.0)
    jvp(x * x, {x: 1.0})
    assert (x.grad, x.has_grad) == (0.0, False)


# ---------------------------------------------------------------- recompute

three = custom_op(
    "recomputed_three", value=lambda a, b, c: a * b + c, partials=[lambda a, b, c: b, lambda a, b, c: a, lambda *_: 1.0]
)


def network(xs: list[Value]) -> Value:
    a, b, c = xs
    h = (a * b).tanh() + c.leaky_relu(0.2) ** 2
    k = three(h, a, b) - microgrid.maximum(h, c) / 2
    return (h * k).softplus() + 2**k + three(k, k, h)


@pytest.mark.parametrize("seed", range(10))
def test_recompute_equals_a_rebuild(seed):
    rng = random.Random(seed)
    xs = [Value(rng.uniform(-2, 2)) for _ in range(3)]
    y = network(xs)
    y.backward()
    for x in xs:
        x.data, x.grad = rng.uniform(-2, 2), 0.0
    assert recompute(y) is y
    y.backward()
    fresh = [Value(x.data) for x in xs]
    rebuilt = network(fresh)
    rebuilt.backward()
    assert [v.data for v in order(y)] == [v.data for v in order(rebuilt)]
    assert [v.partials for v in order(y)] == [v.partials for v in order(rebuilt)]
    assert [x.grad for x in xs] == [x.grad for x in fresh]


def test_recompute_forgets_the_gradients_of_operations_only():
    x = Value(3.0)
    h = x * 2
    y = h * h
    y.backward()
    recompute(y)
    assert (x.grad, h.grad, h.has_grad, y.has_grad) == (24.0, 0.0, False, False)


@pytest.mark.parametrize(
    ("build", "new", "error", "words"),
    [
        (lambda x: ((x * 2) + x.log()) * 3, -1.0, DomainError, r"log\('x' \(-1.0\)\)"),
        (lambda x: (x * 2) + (1 / x).exp(), 0.0, ZeroDivisionError, r"'x' \(0.0\)"),
        (lambda x: (x * 2) + x.exp(), 800.0, OverflowError, r"exp\('x' \(800.0\)\)"),
        (lambda x: three(x * 2, x.sqrt(), x), -2.0, DomainError, r"sqrt\('x' \(-2.0\)\)"),
    ],
    ids=["log", "division", "overflow", "under a custom operation"],
)
def test_a_recompute_that_fails_names_the_node_and_changes_nothing(build, new, error, words):
    x = Value(1.5, "x")
    y = build(x)
    y.backward()
    x.data = new
    before = [(v.data, v.grad, v.has_grad, v.partials) for v in order(y)]
    with pytest.raises(error, match=words):
        recompute(y)
    assert [(v.data, v.grad, v.has_grad, v.partials) for v in order(y)] == before


def test_recompute_of_a_leaf_does_nothing():
    x = Value(1.5)
    assert recompute(x) is x


def test_recompute_of_a_deep_chain_does_not_recurse():
    x = y = Value(1.0)
    for _ in range(20_000):
        y = -y
    x.data = 2.0
    assert recompute(y).data == 2.0


def test_a_leaf_changed_since_the_forward_pass_is_not_mixed_in():
    x = Value(3.0, "x")
    y = (x**3) ** 2
    x.data = 5.0
    with pytest.raises(GraphError, match=r"'x' \(5\.0\): recompute"):
        grad(y, x)
    assert grad(recompute(y), x).data == 6 * 5.0**5


def test_nor_one_that_left_the_value_what_it_was():
    """0·x is 0 for every x, and its derivative by the 0 is not."""
    zero, x = Value(0.0, "zero"), Value(1.0, "x")
    y = zero * x
    x.data = 5.0
    with pytest.raises(GraphError, match=r"'x' \(5\.0\): recompute"):
        grad(y, zero)
    with pytest.warns(match="'zero' .0.0. or 'x' .5.0. was assigned after zero.x"):
        y.backward()
    assert zero.grad == 1.0
    assert grad(recompute(y), zero).data == 5.0
