"""Modules: what they compute, how their parameters are found and named, and what they say to bad input."""

import copy
import math
import pickle
import random
import subprocess
import sys

import numpy as np
import pytest

from microgrid import Value, no_grad, parameter, scope
from microgrid.engine import made_so_far
from microgrid.graph import leaves, order, scopes
from microgrid.nn import MLP, Layer, Module, Neuron


@pytest.fixture
def model():
    random.seed(52)  # with it ten or more gradients are not 0
    return MLP(2, [3, 2, 1])


def forward(model, x):
    """The network in NumPy, from the numbers its neurons hold."""
    for layer in model.layers:
        weights = np.array([[w.data for w in neuron.w] for neuron in layer.neurons])
        x = weights @ x + np.array([neuron.b.data for neuron in layer.neurons])
        if layer.neurons[0].nonlin:
            x = np.maximum(x, 0.0)
    return x


# ---------------------------------------------------------------- values


def test_neuron_is_the_weighted_sum_behind_a_relu():
    neuron = Neuron(2)
    neuron.w[0].data, neuron.w[1].data, neuron.b.data = 2.0, -3.0, 0.5
    assert neuron([1.0, 0.5]).data == 1.0
    assert neuron([0.0, 1.0]).data == 0.0
    neuron.nonlin = False
    assert neuron([0.0, 1.0]).data == -2.5


def give_weights(layer):
    layer.neurons[1].w = [Value(0.25), Value(-2.0)]


def give_bias(layer):
    layer.neurons[1].b = Value(0.75)


def make_linear(layer):
    layer.neurons[1].nonlin = False


def make_all_linear(layer):
    for neuron in layer.neurons:
        neuron.nonlin = False


def make_tanh(layer):
    layer.neurons[1].activation = "tanh"


def put_in_another(layer):
    layer.neurons[1] = Neuron(2, activation="sigmoid")


def put_in_a_subclass(layer):
    class Doubled(Neuron):
        def __call__(self, x):
            return 2 * super().__call__(x)

    layer.neurons[1] = Doubled(2)
    layer.neurons[1].b.data = 5.0  # so that relu stops nothing


@pytest.mark.parametrize(
    "change",
    [give_weights, give_bias, make_linear, make_all_linear, make_tanh, put_in_another, put_in_a_subclass],
)
def test_a_layer_computes_with_what_its_neurons_hold_at_the_call(change):
    layer, x = Layer(2, 3), [Value(1.5), Value(0.5)]
    layer(x)
    change(layer)
    after = {"relu": lambda s: max(s, 0.0), "tanh": math.tanh, "sigmoid": lambda s: 1 / (1 + math.exp(-s))}
    for neuron, y in zip(layer.neurons, layer(x), strict=True):
        total = neuron.b.data + neuron.w[0].data * 1.5 + neuron.w[1].data * 0.5
        factor = 1 if type(neuron) is Neuron else 2
        assert y.data == pytest.approx(factor * (after[neuron.activation](total) if neuron.nonlin else total))


def test_a_layer_of_unlike_neurons_makes_no_node_twice():
    layer, x = Layer(2, 3, nonlin=False), [Value(1.5), Value(0.5)]
    layer.neurons[2] = Neuron(2)
    before = made_so_far()
    layer(x)
    assert made_so_far() - before == 3 * 4 + 1


def test_network_computes_what_matrices_compute(model):
    for neuron in (n for layer in model.layers for n in layer.neurons):
        neuron.b.data = random.uniform(-1, 1)
    for _ in range(20):
        x = [random.uniform(-3, 3), random.uniform(-3, 3)]
        assert model(x).data == pytest.approx(forward(model, np.array(x)).item(), rel=1e-12, abs=1e-12)


def test_network_gradient_is_the_slope_of_the_matrices(model):
    x, step = np.array([0.8, -1.7]), 1e-6
    model(x).backward()
    assert sum(p.grad != 0.0 for p in model.parameters()) > 5
    for p in model.parameters():
        start = p.data
        p.data = start + step
        above = forward(model, x).item()
        p.data = start - step
        slope = (above - forward(model, x).item()) / (2 * step)
        p.data = start
        assert p.grad == pytest.approx(slope, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize(
    "x",
    [
        (1.5, -2.0),
        [Value(1.5), Value(-2.0)],
        [1.5, Value(-2.0)],
        np.array([1.5, -2.0]),
        np.array([1.5, -2.0], dtype=np.float32),
        np.array([Value(1.5), Value(-2.0)]),
        [np.float64(1.5), np.int64(-2)],
        iter([1.5, -2]),
    ],
    ids=["tuple", "values", "mixed", "array", "float32", "array of values", "numpy scalars", "iterator"],
)
def test_inputs_of_every_kind_give_the_same(model, x):
    assert model(x).data == model([1.5, -2.0]).data


def test_one_input_may_stand_alone():
    random.seed(1)
    model = MLP(1, [1, 1])  # the second layer is handed the Value the first returns
    expected = model([0.3]).data
    assert model(0.3).data == model(Value(0.3)).data == model(np.array(0.3)).data == expected


def test_single_outputs_come_bare_and_others_as_a_list(model):
    assert isinstance(model([1, 2]), Value)
    assert isinstance(Layer(2, 1)([1, 2]), Value)
    pair = MLP(2, [3, 2])([1, 2])
    assert isinstance(pair, list)
    assert len(pair) == 2


def test_no_grad_computes_the_same_without_recording(model):
    recorded = model([1.0, 2.0])
    with no_grad():
        bare = model([1.0, 2.0])
    assert bare.data == recorded.data
    assert bare.parents == ()


def test_copy_and_pickle_are_independent_models(model):
    expected = model([1.0, 2.0]).data
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert twin([1.0, 2.0]).data == expected
        twin.parameters()[0].data += 1.0
        assert model([1.0, 2.0]).data == expected


# ---------------------------------------------------------------- parameters, names, scopes


def test_reprs_tell_the_architecture():
    assert repr(Neuron(2)) == "ReLUNeuron(2)"
    assert repr(Neuron(3, nonlin=False)) == "LinearNeuron(3)"
    assert repr(Layer(2, 2)) == "Layer of [ReLUNeuron(2), ReLUNeuron(2)]"
    assert repr(MLP(2, [2, 1])) == "MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(2)]]"


def test_the_repr_of_a_large_network_tells_the_size_of_each_layer():
    assert repr(Layer(3, 41)) == "Layer of 41 ReLUNeuron(3)"
    mixed = Layer(3, 41)
    mixed.neurons[1] = Neuron(3, nonlin=False)
    assert repr(mixed) == "Layer of 40 ReLUNeuron(3) and 1 LinearNeuron(3)"
    assert repr(MLP(2, [40, 3], "tanh")) == "MLP of [Layer of 40 TanhNeuron(2), Layer of 3 LinearNeuron(40)]"
    deep = repr(MLP(1, [2] * 50))
    assert deep.count("Layer of 2 ReLUNeuron(2)") == 14
    assert "Layer of 2 ReLUNeuron(2), 34 more, Layer of 2 ReLUNeuron(2)" in deep
    assert deep.endswith("Layer of 2 LinearNeuron(2)]")


def test_parameters_come_weights_first_neuron_by_neuron(model):
    assert [(p.scope, p.label) for p in model.parameters()][:7] == [
        ("layer0/neuron0", "w0"), ("layer0/neuron0", "w1"), ("layer0/neuron0", "b"),
        ("layer0/neuron1", "w0"), ("layer0/neuron1", "w1"), ("layer0/neuron1", "b"),
        ("layer0/neuron2", "w0"),
    ]  # fmt: skip
    assert {p.role for p in model.parameters()} == {"parameter"}
    assert len(model.parameters()) == 3 * 3 + 2 * 4 + 1 * 3


def test_nodes_are_recorded_in_the_scope_of_their_neuron(model):
    y = model([1.0, 2.0])
    found = scopes(y)
    neurons = [f"layer{i}/neuron{k}" for i, nout in enumerate([3, 2, 1]) for k in range(nout)]
    assert set(found) == {"", *neurons}
    assert [v.label for v in found[""]] == ["x0", "x1"]
    assert sorted(v.op for v in found["layer0/neuron2"]) == ["", "", "", "add", "add", "mul", "mul", "relu"]


def test_outer_scopes_come_first():
    with scope("encoder"):
        model = MLP(1, [1])
        y = model(2.0)
    assert model.parameters()[0].scope == y.scope == "encoder/layer0/neuron0"


def test_a_number_becomes_one_input_that_all_neurons_share(model):
    y = model([1.0, 2.0])
    assert [v.label for v in leaves(y) if v.role == "input"] == ["x0", "x1"]
    assert not [v for v in order(y) if v.role == "constant"]


def test_zero_grad_clears_every_parameter_and_nothing_else(model):
    x = Value(1.0)
    model([x, 2.0]).backward()
    before = x.grad
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert [p.grad for p in model.parameters()] == [0.0] * len(model.parameters())
    assert x.grad == before != 0.0


def test_parameters_are_found_in_attributes_lists_and_dicts_once():
    class Network(Module):
        def __init__(self):
            self.first = parameter(1.0, "first")
            self.blocks = {"a": [Neuron(1)], "b": (parameter(2.0, "last"),)}
            self.again = self.first
            self.data = [Value(3.0, "data"), 4.0, "text", None]

    assert [p.label for p in Network().parameters()] == ["first", "w0", "b", "last"]
    assert Module().parameters() == []


def test_a_subclass_may_say_itself_what_is_trained():
    class Scale(Module):  # as it is written for micrograd: plain Values, an overridden parameters()
        def __init__(self):
            self.s, self.frozen = Value(2.0, "s"), parameter(1.0, "frozen")

        def parameters(self):
            return [self.s]

    class Scaled(MLP):
        def __init__(self):
            super().__init__(1, [1])
            self.scale = Scale()

        def __call__(self, x):
            return super().__call__(x) * self.scale.s

    model = Scaled()
    assert [p.label for p in model.parameters()] == ["w0", "b", "s"]
    model(3.0).backward()
    model.zero_grad()
    assert model.scale.s.grad == 0.0


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([1, 2, 3], "layer 1 expects 2 inputs, got 3"),
        ([], "layer 1 expects 2 inputs, got 0"),
        (1.0, "layer 1 expects 2 inputs, got 1"),
        (np.ones(4), "layer 1 expects 2 inputs, got 4"),
        (np.ones((5, 2)), r"layer 1 takes one sample .* shape \(5, 2\): pass row by row"),
        ([1.0, float("nan")], "nan is not finite"),
    ],
)
def test_wrong_inputs_are_value_errors(model, x, message):
    with pytest.raises(ValueError, match=message):
        model(x)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (None, "layer 1 takes a list or array of 2 inputs, got NoneType None"),
        (["1", "2"], "real number, got str '1'"),
        ([[1, 2], [3, 4]], r"layer 1 takes one sample of 2 inputs, got .* lists in a list: pass row by row"),
    ],
)
def test_inputs_that_are_no_numbers_are_type_errors(model, x, message):
    with pytest.raises(TypeError, match=message):
        model(x)


def test_layers_and_neurons_alone_name_themselves_too():
    with pytest.raises(ValueError, match="the layer expects 2 inputs, got 3"):
        Layer(2, 2)([1, 2, 3])
    with pytest.raises(ValueError, match="the neuron expects 2 inputs, got 1"):
        Neuron(2)([1])


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: MLP(0, [1]), ValueError, "the number of inputs of an MLP is at least 1, got 0"),
        (lambda: MLP(2, [4, -1]), ValueError, "the number of neurons of layer 2 is at least 1, got -1"),
        (lambda: MLP(2, []), ValueError, "at least one layer"),
        (lambda: MLP(2, 16), TypeError, r"a list of layer sizes, such as \[16, 1\], got int 16"),
        (lambda: MLP(2, [4, 1.0]), TypeError, "the number of neurons of layer 2 is a whole number, got float 1.0"),
        (lambda: MLP("2", [1]), TypeError, "the number of inputs of an MLP is a whole number, got str '2'"),
        (lambda: Layer(2, 0), ValueError, "the number of neurons of a layer is at least 1, got 0"),
        (lambda: Layer(2, True), TypeError, "is a whole number, got bool True"),
        (lambda: Neuron(-3), ValueError, "the number of inputs of a neuron is at least 1, got -3"),
    ],
)
def test_impossible_sizes_are_refused_before_any_weight_is_drawn(make, error, message):
    random.seed(3)
    state = random.getstate()
    with pytest.raises(error, match=message):
        make()
    assert random.getstate() == state


def test_sizes_may_be_numpy_integers_and_any_sequence():
    assert repr(MLP(np.int64(2), (np.int32(1),))) == "MLP of [Layer of [LinearNeuron(2)]]"


def test_losses_and_initialisers_are_attributes_that_import_microgrid_does_not_wait_for() -> None:
    code = ("import sys, microgrid; from microgrid import nn; "
            "assert not {'microgrid.nn.init', 'microgrid.nn.losses'} & sys.modules.keys(); "
            "print(nn.init.zeros.__module__, nn.losses.mse.__module__); nn.optim")  # fmt: skip
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert run.stdout.split() == ["microgrid.nn.init", "microgrid.nn.losses"]
    assert "module 'microgrid.nn' has no attribute 'optim'" in run.stderr


@pytest.mark.parametrize(
    ("nonlin", "name", "function"),
    [
        (True, "ReLUNeuron(2)", lambda x: max(x, 0.0)),
        (False, "LinearNeuron(2)", float),
        ("tanh", "TanhNeuron(2)", math.tanh),
    ],
)
def test_a_neuron_that_the_first_version_pickled_computes_as_before(nonlin, name, function):
    w = [parameter(-0.5, "w0"), parameter(2.0, "w1")]
    for x in ([3.0, 1.0], [3.0, -1.0]):
        neuron = Neuron.__new__(Neuron)
        neuron.__setstate__({"w": w, "b": parameter(0.25, "b"), "nonlin": nonlin})
        assert repr(neuron) == name
        assert neuron(x).data == function(0.25 - 0.5 * x[0] + 2.0 * x[1])
        again = pickle.loads(pickle.dumps(neuron))
        assert (again.nonlin, again.activation) == (neuron.nonlin, neuron.activation)


def test_the_neurons_of_a_layer_may_be_any_sequence():
    layer = Layer(2, 3)
    xs = [Value(1.5), Value(-2.0)]
    expected = [neuron(xs) for neuron in layer.neurons]
    layer.neurons = tuple(layer.neurons)
    assert [h.data for h in layer(xs)] == [h.data for h in expected]
