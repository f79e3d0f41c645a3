"""Optimisers as objects: what they accept, what they refuse without changing anything."""

from __future__ import annotations

import copy
import pickle
from inspect import signature
from math import inf, nan

import numpy as np
import pytest

import microgrid as mg
from helpers.trajectories import IDS, OPTIMIZERS, data, give, made, three
from microgrid import GraphError, NonFiniteGradient, Value, nn, optim, parameter

each = pytest.mark.parametrize(("name", "options"), OPTIMIZERS, ids=IDS)
KINDS = [optim.SGD, optim.Adagrad, optim.Adadelta, optim.RMSprop, optim.Adam, optim.AdamW]


# ---------------------------------------------------------------- what is optimised


def test_zero_grad_forgets_all_gradients():
    values = three()
    give(values, [1.0, 2.0, 3.0])
    optim.SGD(values).zero_grad()
    assert [v.has_grad for v in values] == [False] * 3


@pytest.mark.parametrize("kind", KINDS)
def test_an_optimiser_without_parameters_says_where_they_come_from(kind):
    name = kind.__name__
    expected = rf"made of what it moves, {name}\(model.parameters\(\), lr=0.1\); .*functools.partial\({name}, lr=0.1\)"
    with pytest.raises(TypeError, match=expected):
        kind(lr=0.1)


def test_parameters_may_come_from_a_generator_or_an_array_of_values():
    values = three()
    give(values, [1.0, 1.0, 1.0])
    optim.SGD((v for v in values), lr=1).step()
    optim.SGD(np.array(values, dtype=object), lr=1).step()
    assert data(values) == [-1.0, -4.0, -1.5]


def test_the_parameters_of_a_program_change_in_place():
    w, b, x = parameter(2.0, "w"), parameter(1.0, "b"), Value(0.0)
    program = mg.compile((w * x + b - 9) ** 2, [x], [w, b])
    held = program.parameters
    _, gradient = program.value_and_grad([[3.0]])
    optimizer = optim.SGD(program, lr=0.1)
    optimizer.step(gradient)
    optimizer.zero_grad()
    # the lecture's regression: dL/dw = -12, dL/db = -4
    assert held is program.parameters
    assert held == pytest.approx([2 + 1.2, 1 + 0.4], rel=1e-15)
    assert gradient.tolist() == [-12.0, -4.0]
    assert (w.data, b.data) == (2.0, 1.0)


def test_one_array_may_serve_several_programs():
    weights = np.array([1.0, 2.0])
    optim.SGD(weights[:1], lr=1).step([0.25])
    assert weights.tolist() == [0.75, 2.0]


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ([], ValueError, "the parameters are empty"),
        (np.array([]), ValueError, "the parameters are empty"),
        (parameter(1.0, "w"), TypeError, r"got the Value 'w' \(1.0\): put it into a list"),
        (nn.MLP(1, [1]), TypeError, r"got MLP: pass its parameters\(\)"),
        ([1.0], TypeError, r"parameters\[0\] has to be a Value, got float"),
        ({parameter(1.0)}, TypeError, "a set has none: pass a list"),
        ([parameter(1.0) * 2], GraphError, r"parameters\[0\] is 1\*2 \(2.0\), the result of an operation"),
        ([parameter(1.0, "w")] * 2, ValueError, r"parameters\[1\] is parameters\[0\] again, 'w' \(1.0\): list it once"),
        (np.zeros((2, 2)), TypeError, r"shape \(n,\), got a writeable array of float64 and shape \(2, 2\)"),
        (np.zeros(2, np.float32), TypeError, "has to be float64"),
        (np.broadcast_to(np.float64(1.0), (3,)), TypeError, "got a read-only array"),
        (3, TypeError, "parameters is a sequence of Values, got int"),
    ],
)
def test_what_cannot_be_optimised(parameters, error, message):
    with pytest.raises(error, match=message):
        optim.SGD(parameters)


def test_gradients_come_from_the_values_or_from_the_argument():
    weights = np.zeros(2)
    with pytest.raises(TypeError, match=r"shape \(2,\), which program.value_and_grad\(X\) returns: pass it"):
        optim.Adam(weights).step()
    with pytest.raises(ValueError, match=r"got shape \(5, 2\): reduce=\"mean\" or \"sum\""):
        optim.Adam(weights).step(np.zeros((5, 2)))
    with pytest.raises(ValueError, match=r"got shape \(3,\)$"):
        optim.Adam(weights).step([1, 2, 3])
    with pytest.raises(TypeError, match="got dtype <U1"):
        optim.Adam(weights).step(["1", "2"])
    with pytest.raises(TypeError, match=r"Values, whose gradients step\(\) reads itself"):
        optim.Adam(three()).step(np.zeros(3))
    assert weights.tolist() == [0, 0]


# ---------------------------------------------------------------- an array that stands for Values


@each
def test_an_array_takes_the_steps_of_the_values_it_stands_for(name, options):
    rng, reached = np.random.default_rng(1), np.array([True, False, True])
    alone, stood_for = three(), three()
    optimizers = [made(name, options)(values) for values in (alone, stood_for)]
    array = np.array(data(alone))
    for k in range(6):
        gradient = rng.normal(size=3)
        give(alone, [g if k % 2 or has else 0.0 for g, has in zip(gradient, reached)])
        optimizers[0].step()
        with optimizers[1].on(array, None if k % 2 else reached):
            optimizers[1].step(gradient)
        assert array.tolist() == data(alone)
    assert data(stood_for) == data(three())
    assert optimizers[0].state_dict() == optimizers[1].state_dict()
    give(stood_for, [1.0, 1.0, 1.0])
    optimizers[1].step()
    assert data(stood_for) != data(three())


def test_an_array_that_cannot_stand_for_the_values():
    optimizer = optim.SGD(three())
    for array, error, message in (
        (np.zeros(2), ValueError, "the array has 2 numbers, and the optimizer moves 3 Values"),
        (np.zeros((3, 1)), TypeError, "of shape"),
        ([0.0, 0.0, 0.0], TypeError, "float64"),
    ):
        with pytest.raises(error, match=message), optimizer.on(array):
            pass
    with pytest.raises(TypeError, match="moves one already"), optim.SGD(np.zeros(3)).on(np.zeros(3)):
        pass


def test_errors_name_the_values_that_the_array_stands_for():
    optimizer, array = optim.SGD(three()), np.array([1.0, -2.0, 0.5])
    with optimizer.on(array), pytest.raises(NonFiniteGradient, match=r"parameters\[1\], 'v' \(-2.0\) is nan"):
        optimizer.step([1.0, nan, 1.0])
    assert array.tolist() == [1.0, -2.0, 0.5]


def test_an_optimiser_says_what_it_moves():
    values, array = three(), np.zeros(2)
    assert optim.SGD(v for v in values).parameters == values
    assert optim.SGD(array).parameters is array


# ---------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("SGD", {"lr": -1}, "lr is a finite number from 0 on, got -1.0: 0.01 is usual"),
        ("SGD", {"lr": nan}, "lr is a finite number from 0 on, got nan"),
        ("Adam", {"lr": inf}, "lr is a finite number from 0 on, got inf"),
        ("SGD", {"momentum": -0.5}, "momentum lies from 0 to 1, got -0.5: 0.9 is usual"),
        ("SGD", {"weight_decay": -1}, "weight_decay"),
        ("SGD", {"nesterov": True}, "nesterov=True needs a momentum above 0 and dampening 0, got momentum=0.0"),
        ("SGD", {"nesterov": True, "momentum": 0.9, "dampening": 0.1}, "dampening=0.1"),
        ("Adagrad", {"lr_decay": -1}, "lr_decay"),
        ("Adagrad", {"initial_accumulator_value": -1}, "initial_accumulator_value"),
        ("Adagrad", {"eps": -1e-9}, "eps"),
        ("Adadelta", {"rho": 1.01}, "rho lies from 0 to 1, got 1.01: 0.9 is usual"),
        ("Adadelta", {"eps": -1}, "eps"),
        ("RMSprop", {"alpha": -0.1}, "alpha"),
        ("RMSprop", {"momentum": -0.1}, "momentum"),
        ("RMSprop", {"eps": -1}, "eps"),
        ("Adam", {"betas": (1.0, 0.9)}, r"betas\[0\] lies from 0 to 1, 1 excluded, got 1.0: 0.9 is usual"),
        ("Adam", {"betas": (0.9, -0.1)}, r"betas\[1\]"),
        ("Adam", {"betas": 0.9}, "betas are two numbers"),
        ("Adam", {"betas": (0.9, 0.99, 0.999)}, "betas are two numbers"),
        ("Adam", {"eps": -1}, "eps"),
        ("AdamW", {"weight_decay": -0.1}, "weight_decay"),
    ],
)
def test_settings_that_cannot_be(kind, options, message):
    with pytest.raises(ValueError, match=message):
        made(kind, options)(three())


def test_settings_of_the_wrong_kind():
    with pytest.raises(TypeError, match=r"lr is a real number, got str '0.1'"):
        optim.SGD(three(), lr="0.1")
    with pytest.raises(TypeError, match="positional"):
        optim.SGD(three(), 0.1, 0.9)


def test_lr_can_be_read_and_written():
    values = three()
    give(values, [1.0, 1.0, 1.0])
    optimizer = optim.SGD(values, lr=0.25)
    optimizer.lr = np.float64(0.5)
    optimizer.step()
    assert data(values) == [0.5, -2.5, 0.0]
    with pytest.raises(ValueError, match=r"from 0 on, got -0\.5"):
        optimizer.lr = -0.5
    assert optimizer.lr == 0.5


def test_repr_shows_every_setting():
    assert repr(optim.SGD(three(), momentum=0.9)) == (
        "SGD(3 parameters, lr=0.01, momentum=0.9, dampening=0.0, weight_decay=0.0, nesterov=False)"
    )
    assert repr(optim.AdamW(np.zeros(5))) == (
        "AdamW(5 parameters, lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.01, amsgrad=False)"
    )


# ---------------------------------------------------------------- parameters without a gradient


@each
def test_a_parameter_without_a_gradient_waits(name, options):
    """Each goes its own way, as if it were optimised alone; steps it does not take do not count."""
    values, gradients = three(), np.random.default_rng(1).normal(size=(8, 3))
    present = np.random.default_rng(2).random((8, 3)) < 0.6
    assert not present[0].all()
    alone = [np.array([v.data]) for v in values]
    optimizers = [made(name, options)(array) for array in alone]
    together = made(name, options)(values)
    for g, there in zip(gradients, present, strict=True):
        together.zero_grad()
        for i in np.flatnonzero(there):
            values[i].grad = g[i]
            optimizers[i].step(g[i : i + 1])
        together.step()
        assert data(values) == [float(array[0]) for array in alone]


def test_a_gradient_of_zero_is_a_gradient():
    """Behind a dead ReLU momentum goes on, as in PyTorch and in programs."""
    w = parameter(1.0)
    optimizer = optim.SGD([w], lr=1, momentum=0.5)
    (w * 1).backward()
    optimizer.step()
    optimizer.zero_grad()
    (w - 5).relu().backward()
    optimizer.step()
    assert w.data == 1 - 1 - 0.5
    optimizer.zero_grad()
    optimizer.step()
    assert w.data == -0.5


# ---------------------------------------------------------------- refused steps


@pytest.mark.parametrize("kind", [*KINDS, optim.Rprop])
@pytest.mark.parametrize("bad", [nan, inf, -inf])
def test_a_gradient_that_is_not_finite_stops_everybody(kind, bad):
    values, array = three(), np.array([1.0, -2.0, 0.5])
    optimizers = kind(values), kind(array)
    for optimizer, move in zip(optimizers, (lambda g: give(values, g), lambda g: None), strict=True):
        move([0.1, 0.2, 0.3])
        optimizer.step(*[] if optimizer is optimizers[0] else [[0.1, 0.2, 0.3]])
    before = data(values), array.tolist(), [copy.deepcopy(o.state_dict()) for o in optimizers]
    give(values, [1.0, bad, 1.0])
    with pytest.raises(NonFiniteGradient, match=rf"parameters\[1\], 'v' \(-[\d.]+\), is {bad}: no parameter was"):
        optimizers[0].step()
    with pytest.raises(NonFiniteGradient, match=rf"parameters\[1\] \(-[\d.]+\) is {bad}: no parameter was"):
        optimizers[1].step([1.0, bad, 1.0])
    assert (data(values), array.tolist(), [o.state_dict() for o in optimizers]) == before


def test_a_program_names_its_parameters():
    w, b = parameter(2.0, "w"), parameter(1.0, "b")
    with pytest.raises(NonFiniteGradient, match=r"gradient of parameters\[1\], 'b' \(1.0\) is nan"):
        optim.Adam(mg.compile(w * b, parameters=[w, b])).step([0.0, nan])


def test_a_step_beyond_the_doubles_is_refused():
    values = three()
    give(values, [1.0, 1e300, 1.0])
    with pytest.raises(
        NonFiniteGradient, match=r"make parameters\[1\], 'v' .* -inf: its gradient is 1e\+300, lr 1e\+20"
    ):
        optim.SGD(values, lr=1e20).step()
    with pytest.raises(NonFiniteGradient, match=r"make exp_avg_sq of parameters\[1\], 'v' .* inf: .* clip the"):
        optim.Adam(values).step()
    assert data(values) == [1.0, -2.0, 0.5]


def test_zero_over_zero_is_refused():
    x = np.ones(3)
    with pytest.raises(NonFiniteGradient, match=r"would make parameters\[0\] \(1.0\) nan"):
        optim.Adam(x, eps=0).step([0.0, 1.0, 1.0])
    assert x.tolist() == [1, 1, 1]


def test_an_interruption_in_the_middle_leaves_nobody_moved():
    class Interrupted(Value):
        @property
        def data(self):
            return super().data

        @data.setter
        def data(self, x):
            raise KeyboardInterrupt

    values = [parameter(1.0), Interrupted(2.0)]
    give(values, [1.0, 1.0])
    optimizer = optim.Adam(values)
    with pytest.raises(KeyboardInterrupt):
        optimizer.step()
    assert data(values) == [1.0, 2.0]
    assert optimizer.state_dict() == optim.Adam(values).state_dict()


# ---------------------------------------------------------------- one's own


class Lion(optim.Optimizer):
    """Chen et al. 2023, arXiv:2302.06675, algorithm 2."""

    row = optim.Row(
        """
        c = beta1*m + (1 - beta1)*g
        x = x - lr*(sign(c) + weight_decay*x)
        m = beta2*m + (1 - beta2)*g
        """,
        {"lr": 1e-4, "betas": (0.9, 0.99), "weight_decay": 0.0},
        {"m": 0.0},
    )


def test_an_optimiser_of_ones_own():
    gradients = np.random.default_rng(2).normal(size=(20, 3))
    values, array, expected, m = three(), np.array([1.0, -2.0, 0.5]), np.array([1.0, -2.0, 0.5]), np.zeros(3)
    optimizers = Lion(values, lr=0.1, weight_decay=0.2), Lion(array, lr=0.1, weight_decay=0.2)
    for g in gradients:
        give(values, g.tolist())
        optimizers[0].step()
        optimizers[1].step(g)
        expected = expected - 0.1 * (np.sign(0.9 * m + 0.1 * g) + 0.2 * expected)
        m = 0.99 * m + 0.01 * g
        assert data(values) == array.tolist() == pytest.approx(expected, rel=1e-12)
    assert repr(optimizers[0]) == "Lion(3 parameters, lr=0.1, betas=(0.9, 0.99), weight_decay=0.2)"
    for copied in (pickle.loads(pickle.dumps(optimizers[1])), copy.deepcopy(optimizers[1])):
        assert copied.state_dict() == optimizers[1].state_dict() == optimizers[0].state_dict()
    assert "Chen et al. 2023" in Lion.__doc__
    with pytest.raises(TypeError, match=r"Optimizer has no row"):
        optim.Optimizer(values)


@pytest.mark.parametrize(
    ("rule", "settings", "memory", "message"),
    [
        ("x = x - lr*q", {"lr": 0.1}, {}, "'q' is no setting, nothing remembered and no line before"),
        ("x - lr*g", {"lr": 0.1}, {}, "a rule is lines of 'name = formula', and 'x - lr \\* g' is none"),
        ("x = x -", {"lr": 0.1}, {}, "'x = x -.*' is none"),
        ("v = lr*g", {"lr": 0.1}, {}, "a rule says what x becomes"),
        ("lr = lr/2; x = x - lr*g", {"lr": 0.1}, {}, "gives 'lr' two meanings"),
        ("d = g; d = 2*d; x = x - lr*d", {"lr": 0.1}, {}, "gives 'd' two meanings"),
        ("x = x - lr*sin(g)", {"lr": 0.1}, {}, "a rule calls functions of numbers, pow of 2"),
        ("x = x - lr*sqrt(g, g)", {"lr": 0.1}, {}, "sqrt of 1"),
        ("x = x - lr*(g > 0)", {"lr": 0.1}, {}, "a rule has"),
        ("x = x - lr*(1 if g != 0 else 0)", {"lr": 0.1}, {}, "a rule has"),
        ("x = x - lr*[g]", {"lr": 0.1}, {}, "a rule has"),
        ("x = x - lr*(lambda: g)()", {"lr": 0.1}, {}, "a rule calls functions"),
        ("x = x.__class__", {"lr": 0.1}, {}, "a rule has"),
        ("x = x - lr*True", {"lr": 0.1}, {}, "a rule holds numbers, not True"),
        ("x = x - lr*'g'", {"lr": 0.1}, {}, "a rule holds numbers, not 'g'"),
        ("x = x - rate*g", {"rate": 0.1}, {}, "has the setting lr"),
        ("x = x - lr*g", {"lr": 0.1, "k": 1.0}, {}, "'k' cannot be a setting"),
        ("x = x - lr*g", {"lr": 0.1}, {"lr": 0.0}, "'lr' cannot be a setting or a memory"),
    ],
)
def test_rows_that_cannot_be(rule, settings, memory, message):
    with pytest.raises(ValueError, match=message):
        optim.Row(rule, settings, memory)


def test_memory_is_what_the_settings_need():
    """And begins where a setting that needs it is changed."""
    assert "memory" not in repr(optim.SGD.row.variants)
    optimizer = optim.SGD(three(), lr=0.1)
    assert optimizer.state_dict()["memory"] == {}
    optimizer.momentum = 0.5
    assert optimizer.state_dict()["memory"] == {"momentum_buffer": [0.0] * 3}
    optimizer.dampening = 0.1
    with pytest.raises(ValueError, match="nesterov=True needs"):
        optimizer.nesterov = True
    assert optimizer.nesterov is False


def test_an_unknown_setting_is_named():
    with pytest.raises(TypeError, match=r"Adam has no setting 'beta': its settings are lr, betas, eps"):
        optim.Adam(three(), beta=0.9)
    assert list(signature(optim.Adam).parameters) == ["parameters", "lr", "betas", "eps", "weight_decay", "amsgrad"]


@each
def test_few_and_many_values_take_the_same_steps(name, options):
    """Few in floats, many in arrays: each parameter moves by itself."""
    gradients, present = np.random.default_rng(3).normal(size=(12, 60)), np.random.default_rng(4).random((12, 60))
    starts = np.random.default_rng(5).normal(size=60).tolist()
    many, few = [parameter(x) for x in starts], [parameter(x) for x in starts]
    optimizers = [made(name, options)(many), *(made(name, options)(few[k : k + 10]) for k in range(0, 60, 10))]
    for g, there in zip(gradients.tolist(), present, strict=True):
        for values in (many, few):
            for v, slope, has in zip(values, g, there, strict=True):
                v.grad = slope if has > 0.3 else -0.0
        for optimizer in optimizers:
            optimizer.step()
        assert data(many) == data(few)


def test_division_by_zero_goes_on_as_in_arrays():
    """1/0 is inf, and 1/inf is 0 again: what raises in Python is computed with inf and nan."""

    class Odd(optim.Optimizer):
        row = optim.Row("x = x - lr/(1 + 1/abs(g)) + exp(-1/(k - 1))", {"lr": 0.1})

    few, array = three(), np.array([1.0, -2.0, 0.5])
    first, second = Odd(few), Odd(array)
    for slopes in ([0.0, 1e-320, 2.0], [0.0, 1.0, -2.0]):
        first.zero_grad()
        mg.dot(few, slopes).backward()  # which leaves a gradient of 0, where give would leave none
        first.step()
        second.step(slopes)
        assert data(few) == array.tolist()
    assert data(few)[0] == 1.0 + np.exp(-1.0)


def test_what_is_not_finite_is_refused_in_floats_as_in_arrays():
    class Ratio(optim.Optimizer):
        row = optim.Row("x = x - lr*(g/(g*g))", {"lr": 0.1})

    few, array = three(), np.array([1.0, -2.0, 0.5])
    mg.dot(few, [1.0, 0.0, 1.0]).backward()
    for step in (Ratio(few).step, lambda: Ratio(array).step([1.0, 0.0, 1.0])):
        with pytest.raises(NonFiniteGradient, match=r"the step would make parameters\[1\].* nan: its gradient is 0.0"):
            step()
    assert data(few) == array.tolist() == [1.0, -2.0, 0.5]
