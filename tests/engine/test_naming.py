"""One name for each node: weights by what the graph's edges say they join, results by their formula."""

from __future__ import annotations

import copy
import pickle
import random

import pytest

import microgrid as mg
from helpers.graphs import named
from microgrid import Value, nn, parameter
from microgrid.graph import order
from microgrid.naming.names import LONGEST, names, own_names
from microgrid.naming.places import parameter_names


def all_outputs(model: nn.Module, x: list[float]) -> tuple[Value, list[Value]]:
    ys = model(x)
    ys = ys if isinstance(ys, list) else [ys]
    return mg.sum(ys), ys


def joins(model: nn.MLP, root: Value) -> dict[Value, str]:
    """What each weight of a network joins, from the edges alone: whose sum its product goes into, and whose
    result it multiplies."""
    users = {}
    for v in order(root):
        for parent in v.parents:
            users.setdefault(parent, []).append(v)
    found, unit_of = {}, {}
    layer_inputs = [v for v in order(root) if v.role == "input"]
    for number, layer in enumerate(model.layers, 1):
        source = {v: i for i, v in enumerate(layer_inputs, 1)}
        results = []
        for to, neuron in enumerate(layer.neurons, 1):
            for w in neuron.w:
                (product,) = users[w]
                (x,) = [v for v in product.parents if v is not w]
                found[w] = f"w{to}{source[x]}^({number})"
            result = neuron.b
            while len(users.get(result, ())) == 1 and users[result][0].scope == f"layer{number - 1}/neuron{to - 1}":
                (result,) = users[result]
            found[neuron.b] = f"b{to}^({number})"
            results.append(result)
            unit_of[result] = to
        layer_inputs = results
    return found


@pytest.mark.parametrize("sizes", [[3, 2], [1, 1], [2, 4, 3], [5, 1, 2, 1]])
def test_weights_are_called_by_what_the_edges_join(sizes):
    model = nn.MLP(2, sizes, activation="tanh")
    root, _ = all_outputs(model, [0.5, -1.0])
    called, wanted = names(root), joins(model, root)
    assert set(wanted) == set(model.parameters())
    assert {p: called[p] for p in wanted} == wanted


def test_units_have_their_weighted_sum_and_their_result():
    model = nn.MLP(2, [2, 1])
    y = model([1.0, 2.0])
    called = names(y)
    hidden = [v for v in order(y) if v.op == "relu"]
    assert [called[v] for v in hidden] == ["h1^(1)", "h2^(1)"]
    assert [called[v.parents[0]] for v in hidden] == ["z1^(1)", "z2^(1)"]
    assert called[y] == "z1^(2)"
    assert [called[v] for v in order(y) if v.role == "input"] == ["x1", "x2"]


def test_above_nine_indices_have_a_comma():
    model = nn.Sequential(nn.Linear(3, 12, seed=0))
    root, _ = all_outputs(model, [1.0, 2.0, 3.0])
    called = names(root)
    linear = model[0]
    assert called[linear.w[11][2]] == "w12,3^(1)"
    assert called[linear.w[1][0]] == "w21^(1)"
    assert called[linear.b[11]] == "b12^(1)"


def test_a_users_label_wins_even_where_it_reads_like_the_librarys():
    neuron = nn.MLP(2, [1]).layers[0].neurons[0]
    neuron.w[0].label = "w1"
    x = [Value(1.0, "x0"), Value(2.0, "x1")]
    y = named(neuron(x), "yhat")
    called = names(y)
    assert [called[v] for v in (neuron.w[0], *x, y)] == ["w1", "x0", "x1", "yhat"]
    assert [v.label for v in (neuron.w[0], neuron.w[1], neuron.b)] == ["w1", "w1", "b"]  # none is changed
    assert called[neuron.w[1]] == "w12^(1)"


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))])
def test_copies_have_the_same_names(copied):
    y = nn.Sequential(nn.Linear(2, 3), "tanh", nn.Linear(3, 1))([1.0, Value(2.0, "x0")])
    assert list(names(copied(y)).values()) == list(names(y).values())


class Beside(nn.Module):
    """Two layers on the same inputs, without scopes of their own."""

    def __init__(self):
        self.q, self.k, self.last = nn.Linear(2, 2), nn.Linear(2, 2), nn.Linear(1, 2)

    def __call__(self, x):
        return self.last([mg.dot(self.q(x), self.k(x)).tanh()])


def test_layers_in_a_module_of_ones_own_are_found_without_scopes():
    model = Beside()
    root, _ = all_outputs(model, [1.0, 2.0])
    called = names(root)
    for number, layer in enumerate((model.q, model.k, model.last), 1):
        for to, row in enumerate(layer.w, 1):
            assert [called[w] for w in row] == [f"w{to}{i}^({number})" for i in range(1, len(row) + 1)]


class Recurrent(nn.Module):
    """By hand: h = tanh(Wx x + Wh h), without scopes."""

    def __init__(self):
        self.wx, self.wh, self.out = nn.Linear(2, 3), nn.Linear(3, 3), nn.Linear(3, 1)

    def __call__(self, xs):
        h = [Value(0.0)] * 3
        for x in xs:
            h = [(a + b).tanh() for a, b in zip(self.wx(x), self.wh(h), strict=True)]
        return self.out(h)


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_all_parameters_of_a_recurrent_layer_belong_to_one_layer(steps):
    model = Recurrent()
    root, _ = all_outputs(model, [[float(t), 1.0] for t in range(steps)])
    called = names(root)
    found = []
    for layer in (model.wx, model.wh, model.out):
        numbers = {called[p].partition("^")[2] for p in layer.parameters()}
        assert len(numbers) == 1, numbers
        found += numbers
        for to, (row, b) in enumerate(zip(layer.w, layer.b, strict=True), 1):
            assert [called[w].partition("^")[0] for w in row] == [f"w{to}{i}" for i in range(1, len(row) + 1)]
            assert called[b].startswith(f"b{to}^")
    assert sorted(found) == ["(1)", "(2)", "(3)"]


def test_pieces_of_maxout_channels_and_scales_have_theirs():
    maxout = nn.Maxout(2, 2, pieces=2)
    called = names(all_outputs(maxout, [1.0, 2.0])[0])
    assert called[maxout.pieces[1].w[0][1]] == "w12^(1,2)"
    conv = nn.Conv(2, 2, 2)
    root, ys = all_outputs(conv, [1.0, 2.0, 3.0, 4.0])
    called = names(root)
    assert called[conv.w[1][0][1]] == "w212^(1)"
    assert [called[y] for y in ys] == ["z11^(1)", "z21^(1)"]  # of each channel, at its only place
    model = nn.Sequential(nn.Linear(1, 2), nn.BatchNorm(2), "relu", nn.Linear(2, 1))
    called = names(mg.sum(model.batch([[1.0], [2.0]])))
    assert [called[g] for g in model[1].gamma] == ["gamma1^(1)", "gamma2^(1)"]
    assert [called[w] for w in model[3].w[0]] == ["w11^(2)", "w12^(2)"]


def test_what_a_batch_normalisation_computes_is_named_as_in_its_formula():
    norm = nn.BatchNorm(1)
    called = names(mg.sum(norm.batch([[1.0], [2.0], [4.0]])))
    assert [called[v] for v in (norm.gamma[0], norm.beta[0], norm.statistics[0][0])] == ["gamma", "beta", "mu"]
    assert [name for name in called.values() if "..." not in name][7:] == [
        "mu", "x1^(1) - mu", "(x1^(1) - mu)**2", "x1^(2) - mu", "(x1^(2) - mu)**2", "x1^(3) - mu", "(x1^(3) - mu)**2",
        "3", "var", "1e-05", "var + 1e-05", "sd", "xhat^(1)", "gamma*xhat^(1)", "beta", "y^(1)", "xhat^(2)",
        "gamma*xhat^(2)", "y^(2)", "y^(1) + y^(2)", "xhat^(3)", "gamma*xhat^(3)", "y^(3)", "y^(1) + y^(2) + y^(3)",
    ]  # fmt: skip
    model = nn.Sequential(nn.Linear(1, 2), nn.BatchNorm(2), "relu", nn.Linear(2, 2), nn.BatchNorm(2))
    called = names(mg.sum([y for row in model.batch([[1.0], [2.0]]) for y in row]))
    assert {f"{name}{j}^({layer})" for name in ("mu", "var", "sd") for j in (1, 2) for layer in (1, 2)} <= {
        *called.values()
    }
    called = names(mg.sum(model.eval()([1.0])))
    assert {"xhat1^(1)", "y2^(1)", "xhat2^(2)", "y1^(2)"} <= {*called.values()}
    assert not any(name.startswith(("mu", "var", "sd")) for name in called.values())


def test_own_parts_around_scale_and_shift_are_no_batch_normalisation():
    norm, x = nn.BatchNorm(1), Value(4.0, "x")
    assert [*names(norm.gamma[0] * (x / x.sqrt())).values()] == ["gamma", "x", "sqrt(x)", "xhat", "gamma*xhat"]
    assert names(norm.gamma[0] * (x - 1))[x] == "x"
    assert names(norm.gamma[0] * x)[x] == "x"
    assert names(norm.beta[0] + norm.gamma[0])[norm.gamma[0]] == "gamma"


def test_a_formula_times_itself_is_a_square_and_a_name_times_itself_is_not():
    x, m = Value(3.0, "x"), Value(1.0, "m")
    c = x - m
    assert [*names(c * c).values()][-1] == "(x - m)**2"
    assert [*names((x - m) * (m - x)).values()][-1] == "(x - m)*(m - x)"
    assert [*names(x * x).values()][-1] == "x*x"


def test_of_several_samples_the_units_are_told_apart_and_weights_keep_their_names():
    model = nn.MLP(1, [2, 1], activation="tanh")
    called = names(mg.sum([model([x]) for x in (1.0, 2.0)]))
    assert [called[w] for w in model.layers[1].neurons[0].w] == ["w11^(2)", "w12^(2)"]
    assert {name for name in called.values() if name[0] == "h"} == {
        f"h{unit}^(1,{sample})" for unit in (1, 2) for sample in (1, 2)
    }


def test_results_are_called_by_their_formula():
    w, x, b, y = (Value(v, name) for v, name in ((2.0, "w"), (3.0, "x"), (1.0, "b"), (9.0, "y")))
    z = w * x
    loss = (z + b - y) ** 2
    assert list(names(loss).values()) == [
        "w", "x", "w*x", "b", "w*x + b", "y", "w*x + b - y", "(w*x + b - y)**2",
    ]  # fmt: skip
    z.label = "z"
    assert names(loss)[loss] == "(z + b - y)**2"


def test_what_has_the_same_operands_has_no_number_in_formulas():
    x, mu = Value(1.0, "x"), Value(3.0, "mu")
    first, second = x - mu, x - mu
    y = first**2 / second
    called = names(y)
    assert [called[v] for v in (first, second)] == ["x - mu", "(x - mu)_(2)"]
    assert called[y] == "(x - mu)**2/(x - mu)"
    x.data = 7.0
    third = x - mu  # another value
    assert names(y + third.tanh())[y] == called[y]
    called = names(y, third, third.tanh(), x - mu)
    assert [name for name in called.values() if "tanh" in name] == ["tanh((x - mu)_(3))"]
    assert list(called.values())[-1] == "(x - mu)_(4)"


def test_formulas_that_only_look_the_same_have_numbers_in_others():
    x = Value(1.0, "x")
    a, b = x * 0.123451, x * 0.123452
    called = names(a.tanh(), b.tanh())
    assert called[b] == "(0.1235*x)_(2)"
    assert [name for name in called.values() if "tanh" in name] == ["tanh(0.1235*x)", "tanh((0.1235*x)_(2))"]


def test_labels_that_are_formulas_are_told_apart_as_formulas():
    a, b = Value(1.0, "x1*w1"), Value(2.0, "x1*w1")
    assert list(names(a + b).values())[:2] == ["(x1*w1)_(1)", "(x1*w1)_(2)"]
    from microgrid.naming.latex_names import latex_name
    from microgrid.naming.names import quotient

    assert latex_name("(x1*w1)_(2)") == r"(x_{1} \cdot w_{1})_{(2)}"
    assert latex_name("tanh((x - m)_(2))") == r"\mathrm{tanh}((x - m)_{(2)})"
    assert quotient("(x1*w1)_(2)", "tanh(z)_(2)") == "∂(x1*w1)_(2)/∂tanh(z)_(2)"
    assert quotient("(a)*(b)_(2)", "w") == "∂((a)*(b)_(2))/∂w"


def test_characters_without_a_command_are_their_numbers_and_what_was_none_is_a_question_mark():
    from microgrid.naming.latex_names import latex_name

    for char in "\u65e5\u2192\U0001f600":
        assert f"{ord(char):04X}" in latex_name(f"x{char}")
        assert "?" not in latex_name(f"x{char}")
    assert "?" in latex_name("x\ufffd")
    assert "FFFD" not in latex_name("x\ufffd")


def test_long_formulas_are_abridged_where_they_have_no_names():
    terms = [Value(1.0, f"a_long_label_{k}") for k in range(4)]
    y = mg.sum([v * 2 for v in terms]).tanh()
    called = names(y)[y]
    assert called.startswith("tanh(")
    assert "..." in called
    assert len(called) <= LONGEST


def test_leaves_without_labels_have_letters_that_nobody_uses():
    x, w = Value(1.0), parameter(2.0)
    taken = Value(3.0, "x1")
    called = names(w * x + taken)
    assert [called[v] for v in (x, w, taken)] == ["x2", "w1", "x1"]


def random_graph(rng: random.Random) -> Value:
    pool = [
        Value(rng.uniform(0.5, 2), rng.choice(("", "x", "x1", "h", "h^(2)", "w*x", "a long label of words")))
        for _ in range(rng.randint(1, 4))
    ]
    if rng.random() < 0.4:
        out = nn.MLP(2, [rng.randint(1, 3), 2], activation="tanh")([rng.choice(pool), 1.0])
        pool += out
    for _ in range(rng.randint(1, 25)):
        a, b = rng.choice(pool), rng.choice(pool)
        made = rng.choice((a + b, a * b, a - b, a.tanh(), a + 1, a * 2.5, mg.maximum(a, b), abs(a), -a, a**2))
        if rng.random() < 0.2:
            made.label = rng.choice(("z", "h", "z1^(1)", "y"))
        pool.append(made)
    return mg.sum(pool)


@pytest.mark.parametrize("seed", range(200))
def test_no_two_nodes_have_one_name(seed):
    root = random_graph(random.Random(seed))
    called = names(root)
    distinct = [name for v, name in called.items() if v.role != "constant"]
    assert len(set(distinct)) == len(distinct)
    assert all(distinct)
    assert list(names(root).values()) == list(called.values())


def test_a_hundred_thousand_nodes_are_named():
    y = Value(1.0, "x")
    for _ in range(50_000):
        y = (y + 1.0).tanh()
    assert len(set(names(y).values())) >= 100_000


def test_results_of_pieces_have_the_letters_of_their_formulas():
    zs = [Value(float(k), f"z{k}") for k in (1, 2, 3)]
    p = mg.softmax(zs)
    loss = mg.nn.losses.cross_entropy(p, 2)
    called = names(loss, *p, mg.mean(zs), mg.log_softmax(zs)[0])
    assert [called[one] for one in p] == ["p1", "p2", "p3"]
    assert called[loss] == "L"
    assert {"m", "log p1"} <= set(called.values())
    loss.label = "cost"
    assert names(loss)[loss] == "cost"


def test_results_of_a_softmax_are_numbered_by_their_places():
    a, b = Value(1.0, "a"), Value(3.0, "b")
    for logits in ([a, 2.0, b], [a, a, b], [2.0, a, 2.0]):
        ps = mg.softmax(logits)
        found = names(mg.sum(ps))
        assert sorted(found[p] for p in ps) == ["p1", "p2", "p3"]
        assert found[ps[1]] == "p2" or logits[0] is logits[1]


def test_lists_that_hold_each_other_are_looked_through_once():
    v, inner = Value(1.0), [0.0] * 1000
    inner[-1] = v
    outer = inner
    for _ in range(3):
        outer = [outer] * 1000
    deep = [[[[Value(2.0)]]]]  # reached a second time from nearer
    assert list(mg.name({"outer": outer, "inner": inner})) == ["outer[0][0][0][999]"]
    assert list(mg.name({"deep": [deep], "near": deep[0]})) == ["near[0][0][0]"]


def test_no_number_of_two_labels_is_read_as_a_layer():
    """w^(2) would be a weight of layer 2 where w^(1) is one of layer 1."""
    w, other, layered = Value(1.0, "w"), Value(2.0, "w"), Value(3.0, "w^(1)")
    called = names(w * other * layered)
    assert [called[v] for v in (w, other, layered)] == ["w_(1)", "w_(2)", "w^(1)"]
    assert list(called.values())[-1] == "w_(1)*w_(2)*w^(1)"


def test_a_label_that_a_user_sets_wins_though_it_is_the_one_the_library_would_set():
    model = nn.MLP(2, [2, 1], activation="tanh")
    w, other = model.layers[0].neurons[0].w
    w.label = "w0"
    y = model([1.0, 2.0])
    called = names(y)
    assert (called[w], called[other]) == ("w0", "w12^(1)")
    for copied in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        assert {"w0", "w12^(1)"} < set(names(copied).values())


# ---------------------------------------------------------------- parameters without their graph


@pytest.mark.parametrize(("model", "size"), [
    (nn.MLP(2, [3, 2]), 2), (nn.MLP(11, [12, 1]), 11), (nn.Linear(2, 2), 2),
    (nn.Sequential(nn.Linear(3, 2), "tanh", nn.BatchNorm(2), nn.Linear(2, 3), nn.Residual(nn.Linear(3, 3))), 3),
    (nn.Sequential(nn.Conv(1, 2, 2), "relu", nn.Linear(4, 2)), 3),
    (nn.Sequential(nn.Maxout(2, 2, 3), nn.Linear(2, 2)), 2),
], ids=["mlp", "more than nine units", "linear", "normalised and residual", "convolution", "maxout"])  # fmt: skip
def test_parameters_are_called_as_in_pictures_by_label_and_scope_alone(model, size):
    model.train(False)
    drawn = own_names(order(all_outputs(model, [0.1 * k for k in range(size)])[0]))
    ps = model.parameters()
    assert parameter_names([p.label for p in ps], [p.scope for p in ps]) == [drawn[p] for p in ps]


def test_parameters_of_two_networks_are_told_apart_and_labels_that_differ_stay():
    ps = [*nn.MLP(1, [2]).parameters(), *nn.MLP(2, [2]).parameters()]
    assert parameter_names([p.label for p in ps], [p.scope for p in ps]) == [
        "w11^(1)", "b1^(1)", "w21^(1)", "b2^(1)", "w11^(2)", "w12^(2)", "b1^(2)", "w21^(2)", "w22^(2)", "b2^(2)",
    ]  # fmt: skip
    assert parameter_names(["w0", "", "b", ""], [""] * 4) == ["w0", "", "b", ""]
    assert parameter_names(["w", "w", "w_(1)", "", "w"], [""] * 5) == ["w_(2)", "w_(3)", "w_(1)", "", "w_(4)"]
    assert parameter_names(["k", "x", "k"], ["layer0/neuron0"] * 3) == ["k_(1)", "x", "k_(2)"]
