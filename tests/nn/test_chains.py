"""Modules one after the other, skip connections, sharing, and the mode and the names of what is inside."""

import pickle
from copy import deepcopy

import numpy as np
import pytest

from microgrid import Value, parameter, scope
from microgrid.graph import order
from microgrid.nn import MLP, Activation, BatchNorm, Conv, Dropout, Linear, Maxout, Module, Neuron, Residual, Sequential


def lecture() -> Sequential:
    """The XOR net 2-2-1 of the first lecture, sigmoid in both layers, no bias, before training."""
    model = Sequential(Linear(2, 2, bias=False), "sigmoid", Linear(2, 1, bias=False), "sigmoid")
    for p, x in zip(model.parameters(), [0.96, 0.28, 0.89, 0.73, 0.60, 0.22], strict=True):
        p.data = x
    return model


@pytest.mark.parametrize(("x", "expected"), [((0, 0), 0.60), ((0, 1), 0.62), ((1, 0), 0.64), ((1, 1), 0.66)])
def test_the_lectures_net_gives_the_lectures_numbers(x, expected):
    assert round(lecture()(x).data, 2) == expected
    assert lecture().batch([x, x])[1].data == lecture()(x).data


def test_what_one_module_gives_the_next_takes():
    model = Sequential(Linear(3, 4), "relu", Maxout(4, 2), Activation("leaky_relu", 0.3), Linear(2, 2))
    x = np.array([1.0, -2.0, 0.5])

    def matrices(layer):
        return np.array([[v.data for v in row] for row in layer.w]), np.array([v.data for v in layer.b])

    w, b = matrices(model[0])
    h = np.maximum(w @ x + b, 0)
    h = np.max([w @ h + b for w, b in map(matrices, model[2].pieces)], axis=0)
    h = np.where(h > 0, h, 0.3 * h)
    w, b = matrices(model[4])
    np.testing.assert_allclose([v.data for v in model(x)], w @ h + b, rtol=1e-13)
    assert (model.nin, model.nout, len(model)) == (3, 2, 5)


def test_single_outputs_come_bare_and_are_taken_bare():
    model = Sequential(Linear(2, 1), "tanh", Linear(1, 1))
    assert isinstance(model([1.0, 2.0]), Value)
    assert [type(y) for y in model.batch([[1.0, 2.0], [3.0, 4.0]])] == [Value, Value]


# ---------------------------------------------------------------- skip connections


def test_residual_adds_its_inputs():
    block = Residual(Linear(2, 2), "relu")
    for p, x in zip(block.parameters(), [1.0, 0.0, 0.0, -1.0, 0.5, 0.5], strict=True):
        p.data = x
    assert [v.data for v in block([3.0, 4.0])] == [6.5, 4.0]  # (3, 4) + relu(3.5, -3.5)
    assert [[v.data for v in y] for y in block.batch([[3.0, 4.0], [0.0, 0.0]])] == [[6.5, 4.0], [0.5, 0.5]]


def test_gradients_flow_past_what_does_not_let_them_through():
    """Of 50 saturated layers nothing comes back; past each goes 1."""
    deep = Sequential(*(Residual(Linear(1, 1), "relu") for _ in range(50)))
    for p in deep.parameters():
        p.data = -1.0
    x = Value(1.0)
    deep(x).backward()
    assert x.grad == 1.0


def test_a_number_becomes_one_input_for_both_ways():
    y = Residual(Linear(1, 1))(2.0)
    assert [v.label for v in order(y) if v.role == "input"] == ["x0"]


def test_lengths_that_differ_are_refused_where_they_are_known():
    with pytest.raises(ValueError, match=r"Residual\(Linear\(2, 3\)\) would add 3 outputs to 2 inputs"):
        Residual(Linear(2, 3))
    block = Residual(Conv(1, 2, 3))  # how many outputs it has, its input decides
    with pytest.raises(ValueError, match=r"Residual\(Conv.* would add 4 outputs to 2 inputs"):
        Residual(Conv(1, 2, 1))([1.0, 2.0])
    with pytest.raises(ValueError, match=r"would add 4 outputs to 4 inputs|a kernel of 3 does not fit"):
        block([1.0, 2.0])


# ---------------------------------------------------------------- sharing


class Tied(Module):
    """One layer before and after a tanh, and a weight that stands in two places."""

    def __init__(self):
        self.inside = Sequential(shared := Linear(2, 2), "tanh", shared)
        self.scale = self.inside[0].w[0][0]

    def __call__(self, x):
        return [y * self.scale for y in self.inside(x)]


def test_what_is_shared_counts_once():
    model = Tied()
    assert [name for name, _ in model.named_parameters()] == [
        "inside.layers.0.w.0.0", "inside.layers.0.w.0.1", "inside.layers.0.w.1.0", "inside.layers.0.w.1.1",
        "inside.layers.0.b.0", "inside.layers.0.b.1",
    ]  # fmt: skip
    assert [p for _, p in model.named_parameters()] == model.parameters()
    assert [type(part).__name__ for part in model.modules()] == ["Tied", "Sequential", "Linear", "Activation"]


def test_the_gradient_of_what_is_shared_is_that_of_all_its_places():
    model = Sequential(shared := Linear(1, 1, bias=False), shared, shared)
    shared.w[0][0].data = 2.0
    model(5.0).backward()
    assert shared.w[0][0].grad == 3 * 2.0**2 * 5.0  # d/dw w³x


def test_a_copy_shares_what_its_original_shares():
    for twin in (deepcopy(Tied()), pickle.loads(pickle.dumps(Tied()))):
        assert twin.inside[0] is twin.inside[2]
        assert twin.scale is twin.inside[0].w[0][0]
        assert len(twin.parameters()) == 6
    model = Tied()
    other = Tied()
    other.load_state_dict(model.state_dict())
    assert len(model.state_dict()) == 6
    assert other.scale is other.inside[0].w[0][0]
    assert [v.data for v in other([1.0, 2.0])] == [v.data for v in model([1.0, 2.0])]


# ---------------------------------------------------------------- names and scopes


def test_names_are_places_in_the_attributes():
    class Net(Module):
        def __init__(self):
            self.blocks = {"first": [MLP(1, [1])], "second": (Neuron(1), parameter(1.0))}

    assert [name for name, _ in Net().named_parameters()] == [
        "blocks.first.0.layers.0.neurons.0.w.0", "blocks.first.0.layers.0.neurons.0.b",
        "blocks.second.0.w.0", "blocks.second.0.b", "blocks.second.1",
    ]  # fmt: skip
    assert [name for name, _ in Net().named_modules()] == [
        "", "blocks.first.0", "blocks.first.0.layers.0", "blocks.first.0.layers.0.neurons.0", "blocks.second.0",
    ]  # fmt: skip


def test_parameters_that_no_attribute_holds_are_numbered():
    hidden = parameter(1.0)

    class Net(Module):
        def __init__(self):
            self.w = parameter(2.0)

        def parameters(self):
            return [self.w, hidden]

    assert [name for name, _ in Net().named_parameters()] == ["w", "parameters.1"]
    assert Net().state_dict() == {"w": 2.0, "parameters.1": 1.0}


def test_scopes_are_named_after_the_modules():
    model = Sequential(Linear(2, 2), BatchNorm(2), "tanh", Dropout(0.5), Residual(Linear(2, 2), "relu"), Linear(2, 1))
    y = model.batch([[1.0, 2.0], [3.0, 4.0]])
    assert {v.scope for v in order(*y)} == {
        "", *(f"{part}/neuron{j}" for j in range(2) for part in (
            "linear0", "batchnorm1", "tanh2", "dropout3", "residual4", "residual4/linear0", "residual4/relu1")),
        "linear5/neuron0",
    }  # fmt: skip
    assert {v.label for v in order(*y) if v.scope == ""} == {"x0", "x1"}


def test_parameters_stand_in_the_scope_where_they_are_used():
    inner = Residual(Linear(1, 1))
    with scope("lin"):
        model = Sequential("tanh", inner, Linear(1, 1))
        y = model(1.0)
    assert [p.scope for p in model.parameters()] == ["lin/residual1/linear0/neuron0"] * 2 + ["lin/linear2/neuron0"] * 2
    ours = [v for v in order(y) if v.op == "mul"]
    assert [v.scope for v in ours] == [v.parents[0].scope for v in ours]
    tied = Sequential(Linear(1, 1), second := Linear(1, 1))
    assert Sequential(second, "tanh", second).parameters()[0].scope == "linear0/linear1/neuron0"
    assert tied.nout == 1


# ---------------------------------------------------------------- the mode


def test_train_and_eval_reach_everything_inside():
    class Net(Module):
        def __init__(self):
            self.parts = {"a": Sequential(Dropout(0.5), Residual(Dropout(0.5)))}

    model = Net()
    assert all(part.training for part in model.modules())
    assert model.eval() is model
    assert [part.training for part in model.modules()] == [False] * 5
    assert model.train() is model
    assert [part.training for part in model.modules()] == [True] * 5
    assert not model.train(False).parts["a"][0].training
    assert Net().training
    with pytest.raises(TypeError, match="train\\(mode\\) takes True or False, got str 'yes'"):
        model.train("yes")


def test_the_mode_is_no_parameter():
    model = MLP(1, [1])
    before = model.state_dict(), model.parameters()
    model.eval()
    assert (model.state_dict(), model.parameters()) == before


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: Sequential(Linear(2, 8), "tanh", Dropout(), Linear(3, 1)),
            ValueError,
            r"Sequential: module 4, Linear\(3, 1\), expects 3 inputs, and module 1, Linear\(2, 8\), gives 8",
        ),
        (lambda: Sequential(MLP(2, [3]), BatchNorm(2)), ValueError, r"module 2, BatchNorm\(2\), expects 2 .* gives 3"),
        (lambda: Sequential(Residual(Linear(2, 2)), MLP(3, [1])), ValueError, "expects 3 inputs, .* gives 2"),
        (lambda: Sequential(Linear(2, 1))([1.0]), ValueError, r"Sequential\(Linear\(2, 1\)\) expects 2 inputs, got 1"),
        (lambda: Sequential(Linear(2, 1)).batch([[1.0]]), ValueError, "expects 2 inputs, got 1"),
        (lambda: Sequential(Linear(2, 1)).batch([]), ValueError, "an empty batch has no samples"),
        (lambda: Sequential(), ValueError, "Sequential needs at least one module"),
        (lambda: Residual(), ValueError, "Residual needs at least one module"),
        (lambda: Sequential("relu", abs), TypeError, "module 2 is a Module or an activation's name, got builtin"),
        (lambda: Sequential("relux"), ValueError, "there is no activation 'relux'"),
    ],
)
def test_what_cannot_be_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()
