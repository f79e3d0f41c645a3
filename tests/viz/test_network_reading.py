"""A network is read from what a model records: every parameter is there, and the diagram computes the same."""

import copy
import pickle
import random
import time

import numpy as np
import pytest

import microgrid as mg
import viz
from helpers.networks import mlp
from helpers.random_modules import ACTIVATIONS, Dense, module
from microgrid import Value, nn, optim, parameter
from microgrid.naming.names import names
from viz.network.read import read
from viz.words.labels import typeset

SEEDS = range(50)


def made(seed):
    """A random model of three inputs with a parameter or more, a sample, and its function in NumPy."""
    rng = random.Random(seed)
    random.seed(seed)
    while True:
        model, function, _ = module(rng, 3)
        if model.parameters():
            return model, function, [rng.gauss(0, 1) for _ in range(3)]


def parameters(net):
    """By its place, what the diagram says of each parameter."""
    found = [link.weight for link in net.links if link.weight]
    found += [bias for column in net.columns for unit in column.units for bias in unit.biases]
    by_place = {}
    for p in found:
        assert by_place.setdefault(p.place, p) == p
    return by_place


def outputs(net):
    units = [unit for column in net.columns for unit in column.units if unit.role == "output"]
    return [unit.value for unit in sorted(units, key=lambda unit: int(unit.id[1:]))]


def listed(out):
    return [out] if isinstance(out, Value) else list(out)


# ---------------------------------------------------------------- 50 random models


@pytest.mark.parametrize("seed", SEEDS)
def test_every_parameter_is_there_with_its_value_and_gradient(seed):
    model, _, x = made(seed)
    sum((y * y for y in listed(model(x))), Value(0.0)).backward()
    read_back = {place: (p.value, p.grad) for place, p in parameters(read(model, x)).items()}
    assert read_back == {place: (p.data, p.grad if p.has_grad else None) for place, p in model.named_parameters()}


@pytest.mark.parametrize("seed", SEEDS)
def test_values_are_those_that_numpy_computes(seed):
    model, function, x = made(seed)
    net = read(model, x)
    assert [unit.value for unit in net.columns[0].units] == x
    assert np.allclose(outputs(net), function(np.array(x)), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_diagram_says_computes_every_unit(seed):
    """Links, factors, weights, biases and activations, computed as drawn, give the value in each circle."""
    model, _, x = made(seed)
    net = read(model, x)
    norms = {
        f"{place}.gamma.{j}".lstrip("."): (part.running_mean[j], np.sqrt(part.running_var[j] + part.eps))
        for place, part in model.named_modules()
        if isinstance(part, nn.BatchNorm)
        for j in range(part.nin)
    }
    signs = {p.place: -1.0 for p in parameters(net).values() if is_subtracted(model, p.place)}
    arriving = {}
    for link in net.links:
        assert link.tail[0] < link.head[0]
        arriving.setdefault(link.head, []).append(link)
    for k, column in enumerate(net.columns[1:], 1):
        for j, unit in enumerate(column.units):
            sums = {}
            for link in arriving[k, j]:
                value = net.unit(link.tail).value
                if link.weight and link.weight.place in norms:
                    mean, deviation = norms[link.weight.place]
                    value = (value - mean) / deviation
                weight = link.weight.value if link.weight else 1.0
                sums[link.piece] = sums.get(link.piece, 0.0) + link.factor * weight * value
            for piece, bias in enumerate(unit.biases):
                at = piece if None not in sums else None
                sums[at] += signs.get(bias.place, 1.0) * bias.value
            expected = max(sums.values())
            expected = ACTIVATIONS.get(unit.activation, lambda z: z)(expected)
            assert unit.value == pytest.approx(float(expected), rel=1e-9, abs=1e-12), unit


def is_subtracted(model, place):
    """Whether it is a bias of the module that subtracts it."""
    owner = dict(model.named_modules()).get(place.rpartition("layer.b.")[0].rstrip("."))
    return "layer.b." in place and type(owner).__name__ == "Bare"


@pytest.mark.parametrize("seed", SEEDS)
def test_without_a_sample_it_is_the_same_network_without_values(seed):
    model, _, x = made(seed)
    if not isinstance(getattr(model, "nin", None), int):
        return
    net, bare = read(model, x), read(model)
    assert [[unit.id for unit in column.units] for column in net.columns] == [
        [unit.id for unit in column.units] for column in bare.columns
    ]
    assert not bare.numbers
    assert [(a.tail, a.head, a.weight, a.kind) for a in net.links] == [
        (b.tail, b.head, b.weight, b.kind) for b in bare.links
    ]
    assert [column.caption for column in net.columns] == [column.caption for column in bare.columns]


@pytest.mark.parametrize("seed", SEEDS)
def test_reading_leaves_the_model_as_it_is(seed):
    model, _, x = made(seed)
    model.train(seed % 2 == 0 and not any(isinstance(part, nn.BatchNorm) for part in model.modules()))
    before = pickle.dumps(model)
    read(model, x)
    assert pickle.dumps(model) == before


# ---------------------------------------------------------------- training, names


def test_ids_names_and_places_stay_while_it_is_trained():
    random.seed(3)
    model = nn.MLP(2, [4, 4, 1])
    sgd = optim.SGD(model.parameters(), lr=0.05)
    seen, values = set(), set()
    for _ in range(5):
        sgd.zero_grad()
        ((model([0.5, -1.0]) - 1.0) ** 2).backward()
        sgd.step()
        net = read(model, [0.5, -1.0])
        seen.add(tuple((unit.id, unit.name) for column in net.columns for unit in column.units))
        values.add(net.columns[-1].units[0].value)
    assert len(seen) == 1
    assert len(values) == 5
    ids = [id_ for id_, _ in seen.pop()]
    assert len(set(ids)) == len(ids) == 11
    assert ids[:3] == ["x1", "x2", "h1.1"]
    assert ids[-1] == "y1"


def test_names_are_those_that_all_pictures_give():
    random.seed(1)
    model = nn.Sequential(nn.Linear(2, 11), nn.BatchNorm(11), "tanh", nn.Maxout(11, 2), nn.Linear(2, 1)).eval()
    named = names(model([1.0, 2.0]))
    expected = {place: typeset(named[p]) for place, p in model.named_parameters()}
    assert {place: p.name for place, p in parameters(read(model, [1.0, 2.0])).items()} == expected
    assert expected["layers.0.w.10.1"] == "w₁₁,₂⁽¹⁾"
    assert len(set(expected.values())) == len(expected)


def test_units_of_different_layers_have_different_names():
    random.seed(1)
    block = nn.Residual(nn.Linear(3, 3), "relu")
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm(3), "tanh", block, "sigmoid", nn.Linear(3, 2)).eval()
    units = [unit.name for column in read(model, [1.0, 2.0]).columns for unit in column.units]
    assert len(set(units)) == len(units)
    assert units[:2] == ["x₁", "x₂"]
    assert units[-2:] == ["ŷ₁", "ŷ₂"]


# ---------------------------------------------------------------- what a user has recorded


def test_a_recorded_output_has_the_gradients_of_its_units():
    random.seed(2)
    model = nn.MLP(2, [3, 1], activation="tanh")
    y = model([0.5, -1.0])
    (y * 3.0).backward()
    net = read(y)
    (w, b), (v, c) = (
        (np.array([[p.data for p in n.w] for n in layer.neurons]), np.array([n.b.data for n in layer.neurons]))
        for layer in model.layers
    )
    h = np.tanh(w @ [0.5, -1.0] + b)
    assert [unit.value for unit in net.columns[1].units] == pytest.approx(h.tolist(), rel=1e-12)
    assert [unit.grad for unit in net.columns[1].units] == pytest.approx((3 * v[0]).tolist(), rel=1e-12)
    assert [unit.grad for unit in net.columns[2].units] == [3.0]
    expected = (3 * v[0] * (1 - h**2))[:, None] * np.array([0.5, -1.0])
    grads = [link.weight.grad for link in net.links if link.head[0] == 1]
    assert np.allclose(np.array(grads).reshape(3, 2), expected, rtol=1e-10)
    assert [unit.name for unit in net.columns[0].units] == ["x₁", "x₂"]
    assert c.shape == (1,)


def test_a_loss_is_read_with_its_pieces_and_targets():
    random.seed(2)
    model = nn.MLP(2, [3, 3])
    loss = nn.losses.cross_entropy_with_logits([model([0.5, -1.0])], [1])
    net = read(loss)
    assert [len(column.units) for column in net.columns] == [2, 3, 3, 1]
    last = net.columns[-1].units[0]
    assert (last.name, last.activation, last.value) == ("L", "cross_entropy_with_logits", loss.data)
    assert {link.kind for link in net.links if link.head[0] == 3} == {"fixed"}
    probabilities = read(mg.softmax(model([0.5, -1.0])))
    assert [unit.activation for unit in probabilities.columns[-1].units] == ["softmax"] * 3


def test_a_function_of_values_is_a_model_too():
    w, b = parameter(2.0, "w"), parameter(-1.0, "b")
    net = read(lambda x: mg.sigmoid(w * x[0] + b - x[1]), [3.0, 4.0])
    assert [(link.weight.name if link.weight else None, link.factor) for link in net.links] == [
        ("w", 1.0),
        (None, -1.0),
    ]
    unit = net.columns[1].units[0]
    assert (unit.bias.name, unit.activation, unit.value) == ("b", "sigmoid", pytest.approx(1 / (1 + np.exp(-1.0))))


def test_a_module_of_a_number_and_one_that_returns_a_dict():
    w = parameter(2.0, "w")
    assert read(lambda x: w * x, 3.0).columns[1].units[0].value == 6.0
    net = read(lambda x: {"mean": w * x[0], "scale": mg.exp(x[0])}, [1.0])
    assert [unit.id for unit in net.columns[1].units] == ["y1", "y2"]


def test_parameters_that_a_module_does_not_train_have_their_places_too():
    class Head(nn.Module):
        nin = 2

        def __init__(self):
            self.body, self.head = nn.Linear(2, 2), nn.Linear(2, 1)

        def parameters(self):
            return self.head.parameters()

        def __call__(self, x):
            return self.head([mg.tanh(v) for v in self.body(x)])

    assert [place for place in parameters(read(Head())) if place.startswith("body.w")] == [
        f"body.w.{j}.{i}" for j in range(2) for i in range(2)
    ]


def test_a_class_with_parameters_that_is_no_module():
    class Line:
        def __init__(self):
            self.w, self.b = parameter(2.0, "w"), parameter(1.0, "b")
            self.calls = 0

        def parameters(self):
            return [self.w, self.b]

        def __call__(self, x):
            self.calls += 1
            return self.w * x[0] + self.b

    line = Line()
    line.w.grad = 5.0
    net = read(line, [3.0])
    assert line.calls == 0
    assert {place: (p.name, p.value, p.grad) for place, p in parameters(net).items()} == {
        "parameters.0": ("w", 2.0, 5.0),
        "parameters.1": ("b", 1.0, None),
    }
    assert net.columns[1].units[0].value == 7.0


def test_links_past_a_column():
    random.seed(1)
    model = Dense(2, 3, 1)
    net = read(model, [1.0, 2.0])
    spans = [link.head[0] - link.tail[0] for link in net.links]
    assert spans.count(2) == 2
    assert {link.kind for link in net.links} == {"weight"}
    assert copy.deepcopy(net) == net


@pytest.fixture(scope="module")
def cloud() -> list[list[float]]:
    rng = random.Random(1)
    return [[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(10_000)]


def test_the_means_of_ten_thousand_samples_are_those_that_numpy_has_and_take_no_time(cloud) -> None:
    model = mlp(2, 8, 1)
    began = time.process_time()
    net = read(model, cloud)
    assert time.process_time() - began < 3
    W = np.array([[w.data for w in neuron.w] for neuron in model.layers[0].neurons])
    b = np.array([neuron.b.data for neuron in model.layers[0].neurons])
    hidden = np.maximum(0, np.array(cloud) @ W.T + b)
    last = model.layers[1].neurons[0]
    output = hidden @ [w.data for w in last.w] + last.b.data
    for column, values in zip(net.columns, (np.array(cloud), hidden, output[:, None]), strict=True):
        np.testing.assert_allclose([unit.value for unit in column.units], values.mean(axis=0), rtol=1e-9)
    assert str(net.columns[0].note) == "mean of 10000 samples"


def test_a_unit_is_dead_only_if_it_is_so_for_each_of_very_many_samples(cloud) -> None:
    model = mlp(2, 3, 1)
    for neuron, bias in zip(model.layers[0].neurons, (-50.0, -1.0, -50.0), strict=True):
        neuron.w[0].data, neuron.w[1].data, neuron.b.data = 1.0, 0.0, bias
    few = [[x, y] for x, y in cloud if x < 1][:1000]
    assert [unit.state for unit in read(model, few).columns[1].units] == ["dead", "dead", "dead"]
    one = [*few[:501], [60.0, 0.0], *few[501:]]  # not among those that are recorded
    assert [unit.state for unit in read(model, one).columns[1].units] == ["on", "on", "on"]


def test_a_batch_that_has_to_be_recorded_as_a_whole_has_a_limit(cloud) -> None:
    model = nn.Sequential(nn.Linear(2, 3, seed=1), nn.BatchNorm(3), "relu", nn.Linear(3, 1, seed=3))
    with pytest.raises(viz.VizError, match=r"10,000 samples.*BatchNorm.*at most 2,000.*x\[:2000\].*eval\(\)"):
        read(model, cloud)
    model.eval()
    assert str(read(model, cloud).columns[0].note) == "mean of 10000 samples"
