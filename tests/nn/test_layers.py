"""Linear layers, convolutions, maxout and activations: what they compute, how they start, and what they refuse."""

import random
from math import erf, exp, log1p, sqrt, tanh

import numpy as np
import pytest

from microgrid import Value, custom_op
from microgrid.graph import leaves, scopes
from microgrid.nn import MLP, Activation, Conv, Layer, Linear, Maxout, Module, Neuron, init
from microgrid.ops import TABLE


def numbers(out):
    return [v.data for v in out]


def set_weights(held, new):
    """Give nested lists of parameters the numbers of an array."""
    for part, number in zip(held, new, strict=True):
        if isinstance(part, Value):
            part.data = float(number)
        else:
            set_weights(part, number)


# ---------------------------------------------------------------- Linear


def test_linear_is_a_matrix_and_a_vector():
    layer, rng = Linear(4, 3), np.random.default_rng(1)
    w, b, x = rng.normal(size=(3, 4)), rng.normal(size=3), rng.normal(size=4)
    set_weights(layer.w, w)
    set_weights(layer.b, b)
    np.testing.assert_allclose(numbers(layer(x)), w @ x + b, rtol=1e-14)


def test_linear_without_bias_has_no_other_nodes():
    layer = Linear(2, 1, bias=False)
    set_weights(layer.w, [[2.0, -3.0]])
    y = layer([5.0, 7.0])
    assert y.data == -11.0
    assert [v.label for v in leaves(y)] == ["w0", "x0", "w1", "x1"]
    assert [p.label for p in layer.parameters()] == ["w0", "w1"]
    one = Linear(1, 1, bias=False)
    assert one(4.0).data == 4.0 * one.w[0][0].data


def test_linear_starts_uniform_within_the_inverse_root_of_its_inputs():
    layer = Linear(25, 400, seed=7)
    drawn = np.array([v.data for v in layer.parameters()])
    assert np.abs(drawn).max() < 0.2  # 1/√25
    assert np.abs(drawn).max() > 0.1999
    assert drawn.std() == pytest.approx(0.2 / sqrt(3), rel=0.02)  # 10,400 draws: 0.5 % is one deviation


@pytest.mark.parametrize(
    "make",
    [
        lambda seed: Linear(3, 2, seed=seed),
        lambda seed: Conv(2, 3, 2, seed=seed),
        lambda seed: Maxout(3, 2, seed=seed),
    ],
    ids=["Linear", "Conv", "Maxout"],
)
def test_seeds(make):
    def start(seed):
        return [p.data for p in make(seed).parameters()]

    assert start(1) == start(1) == start(random.Random(1)) != start(2)
    assert start(np.random.default_rng(1)) == start(np.random.default_rng(1)) != start(1)
    random.seed(1)
    assert start(None) == start(1)
    assert len(set(start(1))) == len(start(1))  # the pieces of a maxout are not alike
    with pytest.raises(TypeError, match="seed is an int"):
        make("1")


def test_nodes_stand_in_the_scope_of_their_neuron():
    layer = Linear(2, 2)
    found = scopes(*layer([1.0, 2.0]))
    assert {name: sorted(v.label or v.op for v in nodes) for name, nodes in found.items()} == {
        "": ["x0", "x1"],
        "neuron0": ["add", "add", "b", "mul", "mul", "w0", "w1"],
        "neuron1": ["add", "add", "b", "mul", "mul", "w0", "w1"],
    }


def test_initialisers_take_the_layers():
    init.constant(layer := Linear(3, 2), 0.25)
    assert {v.data for row in layer.w for v in row} == {0.25}
    assert 0.25 not in numbers(layer.b)
    init.dirac(conv := Conv(2, 2, 3, padding=1, bias=False))
    assert numbers(conv([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])) == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    bound = sqrt(6 / (2 * 3 + 2 * 3))  # of xavier_uniform, with the kernel in both fans
    init.xavier_uniform(conv, seed=1)
    assert max(abs(p.data) for p in conv.parameters()) < bound
    with pytest.raises(TypeError, match="the parameters of the Maxout are no one matrix"):
        init.zeros(Maxout(2, 2))


# ---------------------------------------------------------------- Conv


def test_the_kernel_slides_over_the_signal():
    conv = Conv(1, 1, 3)
    set_weights(conv.w, [[[1.0, 10.0, 100.0]]])
    conv.b[0].data = 0.5
    assert numbers(conv([1.0, 2.0, 3.0, 4.0])) == [321.5, 432.5]  # no kernel is turned round


@pytest.mark.parametrize(
    ("stride", "padding", "expected"),
    [(1, 1, [210.0, 321.0, 432.0, 543.0, 54.0]), (2, 0, [321.0, 543.0]), (3, 2, [100.0, 432.0, 5.0])],
)
def test_stride_and_padding(stride, padding, expected):
    conv = Conv(1, 1, 3, stride, padding, bias=False)
    set_weights(conv.w, [[[1.0, 10.0, 100.0]]])
    assert numbers(conv([1.0, 2.0, 3.0, 4.0, 5.0])) == expected


def test_channels_are_correlated_and_added():
    conv, rng = Conv(2, 3, 4, padding=2), np.random.default_rng(2)
    w, b, x = rng.normal(size=(3, 2, 4)), rng.normal(size=3), rng.normal(size=(2, 9))
    set_weights(conv.w, w)
    set_weights(conv.b, b)
    padded = np.pad(x, ((0, 0), (2, 2)))
    expected = [sum(np.correlate(padded[c], w[o, c], "valid") for c in range(2)) + b[o] for o in range(3)]
    for signal in (x, x.tolist(), tuple(map(tuple, x)), x.ravel(), [*map(Value, x.ravel())], list(x)):
        np.testing.assert_allclose(numbers(conv(signal)), np.ravel(expected), rtol=1e-13)


def test_the_gradient_of_a_shared_kernel_adds_up_over_its_places():
    conv = Conv(1, 1, 2, bias=False)
    first, second = conv([1.0, 2.0, 4.0])
    (first + 10 * second).backward()
    assert [p.grad for p in conv.parameters()] == [1.0 + 10 * 2.0, 2.0 + 10 * 4.0]
    assert len(conv.parameters()) == 2


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([1.0] * 5, r"Conv\(2, 1, 3, stride=1, padding=1\) expects 2 channels of one length, and 5 inputs"),
        ([[1.0, 2.0], [3.0]], r"expects 2 channels of one length, got rows of \[2, 1\]"),
        (np.ones((3, 4)), r"expects 2 channels of one length, got rows of \[4, 4, 4\]"),
        ([], "expects one or more inputs, got 0"),
    ],
)
def test_a_signal_of_the_wrong_form_is_refused(x, message):
    with pytest.raises(ValueError, match=message):
        Conv(2, 1, 3, padding=1)(x)


def test_a_kernel_has_to_fit():
    with pytest.raises(ValueError, match="a kernel of 5 does not fit into a signal of 2 with a padding of 1"):
        Conv(1, 1, 5, padding=1)([1.0, 2.0])
    assert len(Conv(1, 2, 5, padding=2)([1.0])) == 2  # 1 + 4 places


# ---------------------------------------------------------------- Maxout


def test_maxout_is_the_largest_piece_and_only_that_learns():
    unit = Maxout(1, 1, pieces=3)
    for piece, (w, b) in zip(unit.pieces, [(1.0, 0.0), (-1.0, 0.0), (0.0, 2.0)]):
        piece.w[0][0].data, piece.b[0].data = w, b
    assert [unit(x).data for x in (-5.0, 0.5, 3.0)] == [5.0, 2.0, 3.0]  # max(x, -x, 2)
    unit(-5.0).backward()
    assert [p.grad for p in unit.parameters()] == [0.0, 0.0, -5.0, 1.0, 0.0, 0.0]
    unit.zero_grad()
    unit(2.0).backward()
    assert [p.grad for p in unit.parameters()] == [1.0, 0.5, 0.0, 0.0, 1.0, 0.5]  # half to each of two equals


def test_maxout_of_several_units_keeps_them_apart():
    layer = Maxout(2, 2)
    w = np.random.default_rng(3).normal(size=(2, 2, 2))
    b = np.random.default_rng(4).normal(size=(2, 2))
    for piece, rows, start in zip(layer.pieces, w, b):
        set_weights(piece.w, rows)
        set_weights(piece.b, start)
    x = np.array([0.3, -1.2])
    np.testing.assert_allclose(numbers(layer(x)), (w @ x + b).max(axis=0), rtol=1e-14)


# ---------------------------------------------------------------- activations by name

FORMULAS = {
    "tanh": tanh,
    "sigmoid": lambda x: 1 / (1 + exp(-x)),
    "relu": lambda x: max(x, 0.0),
    "leaky_relu": lambda x: max(x, 0.01 * x),
    "elu": lambda x: x if x > 0 else exp(x) - 1,
    "softplus": lambda x: log1p(exp(x)),
    "gelu": lambda x: x * (1 + erf(x / sqrt(2))) / 2,
    "silu": lambda x: x / (1 + exp(-x)),
    "powc": lambda x: x * x,
}


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("x", [-1.5, 0.25])
def test_an_activation_by_name_is_that_function_everywhere(name, x):
    expected = pytest.approx(FORMULAS[name](x), rel=1e-14)
    assert Activation(name)(x).data == expected
    for module in (Neuron(1, activation=name), Layer(1, 1, activation=name), MLP(1, [1], output=name)):
        module.parameters()[0].data = 1.0
        assert module(x).data == expected


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.arity == 1 and row.samples])
def test_every_operation_of_one_operand_is_an_activation(name):
    neuron = Neuron(1, activation=name)
    neuron.w[0].data = 1.0
    x = TABLE[name].samples[0][0]
    y = neuron(x)
    assert (y.op, y.scope) == (name, "")
    assert Activation(name)(x).data == y.data
    assert y.constant == TABLE[name].constant


def test_an_activation_of_ones_own():
    custom_op("cube", value=lambda x: x**3, partials=[lambda x: 3 * x**2])
    assert Activation("cube")(2.0).data == 8.0
    assert MLP(1, [1], output="cube")(0.0).data == 0.0


def test_the_constant_of_an_activation():
    assert Activation("leaky_relu", 0.2)(-1.0).data == -0.2
    assert repr(Activation("leaky_relu", 0.2)) == "Activation('leaky_relu', 0.2)"
    with pytest.raises(ValueError, match=r"tanh has no constant, got 0\.2"):
        Activation("tanh", 0.2)


def test_a_network_has_its_activation_in_all_layers_but_the_last():
    random.seed(4)
    model = MLP(2, [3, 2, 1], activation="tanh", output="sigmoid")
    x = np.array([0.7, -0.4])
    for layer, f in zip(model.layers, [np.tanh, np.tanh, lambda z: 1 / (1 + np.exp(-z))]):
        w = np.array([[v.data for v in n.w] for n in layer.neurons])
        x = f(w @ x)  # the biases are 0
    assert model([0.7, -0.4]).data == pytest.approx(x.item(), rel=1e-14)
    assert repr(MLP(1, [1, 1], activation="tanh")) == "MLP of [Layer of [TanhNeuron(1)], Layer of [LinearNeuron(1)]]"
    assert Neuron(1, activation="leaky_relu", nonlin=False)(1.0).op == "add"


def test_activations_do_not_change_the_first_weights():
    random.seed(5)
    plain = [p.data for p in MLP(2, [3, 1]).parameters()]
    random.seed(5)
    assert [p.data for p in MLP(2, [3, 1], activation="tanh", output="sigmoid").parameters()] == plain


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Linear(2, 3)([1.0]), ValueError, r"Linear\(2, 3\) expects 2 inputs, got 1"),
        (lambda: Maxout(2, 3)([1.0]), ValueError, r"Maxout\(2, 3, pieces=2\) expects 2 inputs, got 1"),
        (lambda: Linear(2, 3).batch([]), ValueError, r"Linear\(2, 3\): an empty batch has no samples"),
        (lambda: Linear(1, 3).batch(1.0), TypeError, r"Linear\(1, 3\) takes a batch, a list of samples, got float"),
        (lambda: Linear(0, 3), ValueError, "the number of inputs of Linear is at least 1, got 0"),
        (lambda: Linear(2, 3.0), TypeError, "the number of outputs of Linear is a whole number"),
        (lambda: Conv(1, 1, 0), ValueError, "the size of a kernel is at least 1, got 0"),
        (lambda: Conv(1, 1, 3, stride=0), ValueError, "the stride is at least 1, got 0"),
        (lambda: Conv(1, 1, 3, padding=-1), ValueError, "the padding is at least 0, got -1"),
        (lambda: Conv(1, 1, 3, padding=3), ValueError, "some outputs see nothing but zeros: .* 3 takes at most 2"),
        (lambda: Maxout(1, 1, pieces=0), ValueError, "the number of pieces of Maxout is at least 1, got 0"),
        (lambda: Activation("thanh"), ValueError, "there is no activation 'thanh': choose .* tanh"),
        (lambda: Activation("ReLU"), ValueError, "no activation 'ReLU': choose .*, as 'relu', one"),
        (lambda: Activation("swish"), ValueError, "as 'silu'"),
        (lambda: Activation("add"), ValueError, "there is no activation 'add'"),
        (lambda: Neuron(2, activation=None), TypeError, "an activation is the name of an operation, a str, got None"),
        (lambda: MLP(2, [1], output="softmax"), ValueError, "there is no activation 'softmax'"),
        (lambda: Module()([1.0]), NotImplementedError, "Module has no __call__"),
    ],
)
def test_what_cannot_be_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()
