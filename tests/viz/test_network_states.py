"""What a diagram says of units and links: off, dead, dropped; shared, skip, pieces; captions and notes."""

import copy
import random
import re

import numpy as np
import pytest

import microgrid as mg
import viz
from helpers.networks import of_kind
from helpers.pictures import SVG
from helpers.random_modules import data
from microgrid import Value, nn
from microgrid.base.phrases import said
from viz.network.read import read
from viz.network.sizes import net_of_sizes


def states(net, column):
    return [unit.state for unit in net.columns[column].units]


def relu_layer(seed, nin=2, nout=8):
    """A model of one ReLU layer and an output, and the sums of the layer for each sample of a batch."""
    random.seed(seed)
    rng = random.Random(seed)
    model = nn.MLP(nin, [nout, 1])
    for neuron in model.layers[0].neurons:
        neuron.b.data = rng.uniform(-1.5, 0.5)
    X = np.array([[rng.uniform(-1, 1) for _ in range(nin)] for _ in range(rng.randint(2, 5))])
    neurons = model.layers[0].neurons
    return model, X, X @ data([n.w for n in neurons]).T + data([n.b for n in neurons])


# ---------------------------------------------------------------- off and dead


@pytest.mark.parametrize("seed", range(20))
def test_off_and_dead_units_are_those_that_numpy_finds(seed):
    model, X, sums = relu_layer(seed)
    off = sums[0] <= 0
    dead = (sums <= 0).all(axis=0)
    assert states(read(model, X[0]), 1) == ["off" if o else "on" for o in off]
    net = read(model, X)
    assert states(net, 1) == ["dead" if d else "on" for d in dead]  # circles show means
    assert [unit.value for unit in net.columns[1].units] == pytest.approx(np.maximum(sums, 0).mean(axis=0).tolist())
    parts = ["h⁽¹⁾: 8 units"]
    parts += [f"{n} dead"] if (n := int(dead.sum())) else []
    assert net.columns[1].note == ", ".join(parts)
    assert states(net, 2) == ["on"]
    assert net.columns[0].note == f"mean of {len(X)} samples"
    assert read(model, X[0]).columns[0].note == read(model).columns[0].note == ""


def test_the_seeds_have_units_of_each_kind():
    seen = set()
    for seed in range(20):
        model, X, _ = relu_layer(seed)
        seen.update(states(read(model, X), 1), states(read(model, X[0]), 1))
    assert seen == {"on", "off", "dead"}


def test_the_shift_of_a_batch_norm_is_written_with_its_letter():
    model = nn.Sequential(nn.Linear(2, 2, seed=0), nn.BatchNorm(2), "relu", nn.Linear(2, 1, seed=1))
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", viz.network(model, [[1.0, 2.0], [0.5, -1.0]]).svg())
    assert texts.count("β = 0") == 2
    assert sum(text.startswith("b = ") for text in texts) == 3


@pytest.mark.parametrize("name", ["leaky_relu", "tanh", "sigmoid", "softplus", "elu"])
def test_an_activation_without_a_level_piece_is_never_off(name):
    random.seed(1)
    model = nn.MLP(2, [6, 1], activation=name)
    assert set(states(read(model, [[3.0, -9.0], [-4.0, 5.0]]), 1)) == {"on"}


def test_hardtanh_is_off_beyond_its_slope_and_a_maximum_with_0_is_a_relu():
    assert states(read(nn.Activation("hardtanh"), [-2.0, 0.5, 2.0]), 1) == ["off", "on", "off"]
    net = read(lambda x: [mg.maximum(v, 0.0) for v in x], [-2.0, 0.5])
    assert [(unit.activation, unit.state) for unit in net.columns[1].units] == [("relu", "off"), ("relu", "on")]


# ---------------------------------------------------------------- dropout


@pytest.mark.parametrize("seed", range(10))
def test_dropped_units_are_those_of_the_next_call(seed):
    random.seed(seed)
    model = nn.Sequential(nn.Linear(2, 8), "tanh", nn.Dropout(0.4, seed=seed), nn.Linear(8, 3))
    kept = np.random.default_rng(seed).random(8) >= 0.4
    net = read(model, [0.5, -1.0])
    assert states(net, 1) == ["on" if k else "dropped" for k in kept]
    h = np.tanh(data(model[0].w) @ [0.5, -1.0] + data(model[0].b))
    assert [unit.value for unit in net.columns[1].units] == pytest.approx(h.tolist())
    for link in net.links:
        if link.head[0] == 2:
            assert link.factor == pytest.approx(kept[link.tail[1]] / 0.6)
            assert link.active == kept[link.tail[1]]
    y = data(model[3].w) @ (h * kept / 0.6) + data(model[3].b)
    assert [unit.value for unit in net.columns[2].units] == pytest.approx(y.tolist())
    assert [v.data for v in model([0.5, -1.0])] == pytest.approx(y.tolist())  # which drops the same


def test_nothing_is_dropped_without_a_sample_or_in_evaluation():
    model = nn.Sequential(nn.Linear(2, 8), "relu", nn.Dropout(0.9, seed=1), nn.Linear(8, 1))
    for net in (read(model), read(copy.deepcopy(model).eval(), [1.0, 2.0])):
        assert "dropped" not in states(net, 1)
        assert all(link.active and link.factor == 1 for link in net.links)
        assert len(net.columns) == 3


def test_inputs_and_sums_before_an_activation_can_be_dropped():
    model = nn.Sequential(nn.Dropout(0.5, seed=3), nn.Linear(4, 4), nn.Dropout(0.5, seed=2), "relu", nn.Linear(4, 1))
    first, second = (np.random.default_rng(seed).random(4) >= 0.5 for seed in (3, 2))
    net = read(model, [1.0, 2.0, 3.0, 4.0])
    assert [column.caption for column in net.columns] == ["input", "Linear 4→4, ReLU", "Linear 4→1"]
    assert states(net, 0) == ["on" if k else "dropped" for k in first]
    assert [state == "dropped" for state in states(net, 1)] == [not k for k in second]
    for link in net.links:
        if link.head[0] == 1:
            assert link.active == (first[link.tail[1]] and second[link.head[1]])


# ---------------------------------------------------------------- batch normalisation


def test_a_batch_in_training_is_normalised_by_its_own_statistics():
    random.seed(1)
    X = np.array([[1.0, 2.0], [3.0, 4.0], [0.0, 1.0]])
    model = nn.Sequential(nn.Linear(2, 4), nn.BatchNorm(4), "tanh", nn.Linear(4, 1))
    before = model.state_dict()
    net = read(model, X)
    z = X @ data(model[0].w).T + data(model[0].b)
    h = np.tanh((z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + 1e-5))
    assert [column.kind for column in net.columns] == ["input", "linear", "norm", "linear"]
    assert [column.caption for column in net.columns[1:3]] == ["Linear 2→4", "BatchNorm 4, tanh"]
    for k, expected in ((0, X), (1, z), (2, h)):
        assert [unit.value for unit in net.columns[k].units] == pytest.approx(expected.mean(axis=0).tolist())
    scales = [(link.tail[1], link.head[1], link.weight.name) for link in net.links if link.head[0] == 2]
    assert scales == [(j, j, f"γ{'₁₂₃₄'[j]}⁽¹⁾") for j in range(4)]
    assert [unit.bias.name for unit in net.columns[2].units] == ["β₁⁽¹⁾", "β₂⁽¹⁾", "β₃⁽¹⁾", "β₄⁽¹⁾"]
    assert model.state_dict() == before
    assert model[1].statistics is None
    assert model[1].training


# ---------------------------------------------------------------- links


def test_a_convolution_has_positions_as_units_and_shares_its_weights():
    random.seed(1)
    model = nn.Sequential(nn.Conv(1, 2, 3), "relu", nn.Linear(6, 1))
    net = read(model, [1.0, 2.0, 3.0, 4.0, 5.0])
    assert net.columns[1].caption == "Conv 1→2, kernel 3, ReLU"
    assert net.columns[1].kind == "conv"
    groups = {}
    for link in net.links:
        if link.head[0] == 1:
            groups.setdefault(link.shared, []).append(link)
        else:
            assert link.shared is None
    assert sorted(groups) == list(range(6))
    for group in groups.values():
        assert len(group) == 3
        assert len({link.weight.place for link in group}) == 1
        assert len({link.tail[1] - link.head[1] for link in group}) == 1  # the same place of the kernel


def test_a_layer_used_twice_shares_its_weights():
    random.seed(1)
    layer = nn.Linear(2, 2)
    net = read(lambda x: layer([mg.tanh(v) for v in layer(x)]), [1.0, 2.0])
    assert sorted(link.shared for link in net.links) == [0, 0, 1, 1, 2, 2, 3, 3]


@pytest.mark.parametrize(
    ("block", "columns", "skips"),
    [
        (lambda: nn.Residual(nn.Linear(3, 3)), 2, [((0, j), (1, j)) for j in range(3)]),
        (lambda: nn.Residual(nn.Linear(3, 4), "relu", nn.Linear(4, 3)), 3, [((0, j), (2, j)) for j in range(3)]),
        (lambda: nn.Residual(nn.Linear(3, 3), "tanh"), 3, [((0, j), (2, j)) for j in range(3)]),
    ],
)
def test_residual_blocks_have_a_skip_for_each_unit(block, columns, skips):
    net = read(block(), [1.0, 2.0, 3.0])
    assert len(net.columns) == columns
    assert [(link.tail, link.head) for link in net.links if link.kind == "skip"] == skips
    assert net.columns[-1].caption.endswith(", + skip")


def test_a_maxout_unit_has_the_links_of_all_its_pieces():
    random.seed(1)
    model = nn.Maxout(2, 3, pieces=4)
    net = read(model, [1.0, 2.0])
    assert net.columns[1].caption == "Maxout 2→3, 4 pieces"
    assert [unit.activation for unit in net.columns[1].units] == ["maximum"] * 3
    assert [len(unit.biases) for unit in net.columns[1].units] == [4] * 3
    for link in net.links:
        assert link.weight.place == f"pieces.{link.piece}.w.{link.head[1]}.{link.tail[1]}"


def test_a_maximum_of_a_weighted_and_another_value_is_no_maxout():
    """PReLU, whose negative slope is learned."""
    slope = mg.parameter(0.25, "a")
    net = read(lambda x: mg.maximum(x[0], slope * x[0]), [-2.0])
    assert net.columns[1].caption == "Linear 1→1, max, + skip"
    assert [(link.weight.name if link.weight else None, link.piece) for link in net.links] == [(None, 0), ("a", 1)]
    assert net.columns[1].units[0].value == -0.5


def test_an_embedding_is_what_a_layer_sees():
    random.seed(1)
    table = [[mg.parameter(0.1 * i + j, f"e{i}{j}") for j in range(2)] for i in range(3)]
    layer = nn.Linear(2, 4)
    net = read(layer(table[1]))
    assert [len(column.units) for column in net.columns] == [2, 4]
    assert [(unit.role, unit.name) for unit in net.columns[0].units] == [("parameter", "e₁₀"), ("parameter", "e₁₁")]
    assert len(net.links) == 8


def test_neurons_that_are_added_up_stay_units():
    """A sum of two neurons of one layer is not one neuron with twice as many weights; a recurrence is one."""
    random.seed(1)
    layer, other = nn.Linear(2, 3), nn.Linear(2, 3)
    summed = read(lambda x: sum(layer(x)), [1.0, 2.0])
    assert [len(column.units) for column in summed.columns] == [2, 3, 1]
    averaged = read(lambda x: mg.mean(nn.Conv(1, 1, 2)(x)), [1.0, 2.0, 3.0])
    assert [len(column.units) for column in averaged.columns] == [3, 2, 1]
    joined = read(lambda x: [mg.tanh(a + b) for a, b in zip(layer(x[:2]), other(x[2:]))], [1.0, 2.0, 3.0, 4.0])
    assert [len(column.units) for column in joined.columns] == [4, 3]
    shifted = read(lambda x: (layer(x)[0] - 1.0) ** 2, [1.0, 2.0])
    assert [len(column.units) for column in shifted.columns] == [2, 1, 1, 1]


def test_a_parameter_that_is_no_weight_is_a_unit():
    t = mg.parameter(2.0, "T")
    net = read(lambda x: [x[0] / t, x[1] / t], [4.0, 6.0])
    unit = next(unit for unit in net.columns[0].units if unit.role == "parameter")
    assert (unit.id, unit.name, unit.value, unit.bias.value) == ("T", "T", 2.0, 2.0)
    assert [unit.value for unit in net.columns[1].units] == [2.0, 3.0]


def test_an_input_that_nothing_uses_is_there():
    net = read(lambda x: 2.0 * x[1], [4.0, 6.0])
    assert [unit.value for unit in net.columns[0].units] == [4.0, 6.0]
    assert [(link.tail, link.factor) for link in net.links] == [((0, 1), 2.0)]


# ---------------------------------------------------------------- texts


def test_captions_titles_and_descriptions_in_each_language():
    random.seed(1)
    net = read(nn.MLP(2, [8, 8, 1]), [0.5, -1.0])
    assert net.title == "MLP 2-8-8-1"
    assert [column.caption for column in net.columns] == ["input", "Linear 2→8, ReLU", "Linear 8→8, ReLU", "Linear 8→1"]
    assert net.sentence == (
        "Network MLP 2-8-8-1, from left to right: input, 2 units; Linear 2→8, ReLU, 8 units; "
        "Linear 8→8, ReLU, 8 units; Linear 8→1, 1 unit. It has 105 parameters."
    )
    assert said(net.columns[0].caption, "es") == "entrada"
    squares = read(lambda x: [x[0] ** 2, mg.mean(x)], [1.0, 2.0])
    assert said(squares.columns[1].caption, "es") == "potencia/media"
    assert said(net.sentence, "es").startswith("Red MLP 2-8-8-1, de izquierda a derecha: entrada, 2 unidades;")


def test_sizes_alone():
    net = net_of_sizes([2, 3, 2])
    assert [unit.name for unit in net.columns[2].units] == ["ŷ₁", "ŷ₂"]
    assert len(net.links) == 12
    assert not net.numbers
    assert not net.gradients
    assert read([2, 3, 2]) == read((2, 3, 2)) == net


def test_reading_a_graph_twice_says_the_same():
    x = [Value(0.5, "a"), Value(-1.0, "b")]
    random.seed(1)
    model = nn.MLP(2, [3, 1])
    assert read(model, x) == read(model, x)
    assert [unit.name for unit in read(model, x).columns[0].units] == ["a", "b"]


def test_of_a_maxout_the_pieces_that_are_not_its_value_pass_nothing_on() -> None:
    model = nn.Sequential(nn.Maxout(3, 3, 3, seed=1), nn.Linear(3, 1, seed=3))
    x = [1.0, -0.5, 2.0]
    known = dict(model.named_parameters())
    net = read(model, x)
    for row, unit in enumerate(net.columns[1].units):
        sums: dict[int, float] = {k: bias.value for k, bias in enumerate(unit.biases)}
        for link in net.links:
            if link.head == (1, row):
                sums[link.piece] += known[link.weight.place].data * x[link.tail[1]]
        best = max(sums, key=sums.get)
        assert sums[best] == pytest.approx(unit.value)
        assert {link.piece for link in net.links if link.head == (1, row) and link.active} == {best}
    assert all(link.active for link in read(model, [x, [-2.0, 1.0, 0.5]]).links)
    assert all(link.active for link in read(model).links)


def test_the_arrows_of_a_large_maxout_have_a_colour_for_each_piece_where_no_sample_chooses() -> None:
    model = nn.Sequential(nn.Maxout(3, 3, 3, seed=1), nn.Linear(3, 1, seed=3))
    colours: dict[int, set[str]] = {}
    net = read(model)
    pieces = {link.weight.place: link.piece for link in net.links if link.weight}
    for group in of_kind(viz.network(model), "link"):
        if (piece := pieces[group.get("data-weight", "")]) is not None:
            colours.setdefault(piece, set()).add(group.find(f"{SVG}path").get("stroke"))
    assert sorted(colours) == [0, 1, 2]
    assert [len(strokes) for strokes in colours.values()] == [1, 1, 1]
    assert len(set.union(*colours.values())) == 3
    small = nn.Sequential(nn.Maxout(2, 2, 2, seed=1), nn.Linear(2, 1, seed=3))
    strokes = {g.find(f"{SVG}path").get("stroke") for g in of_kind(viz.network(small), "link")}
    assert len(strokes) == 2  # those of the signs
