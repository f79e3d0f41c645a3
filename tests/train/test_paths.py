"""Descents that remember their path: against closed forms, and the numbers of the lectures."""

from __future__ import annotations

import copy
import csv
import random
from itertools import pairwise
from math import exp, inf, nan

import numpy as np
import pytest

import microgrid as mg
from helpers.interrupting import at_each_line
from microgrid import DomainError, Value, nn, optim, parameter, train


def quartic(x):
    return x**4 - 2 * x**2 + x - 1


def line_loss(b, w, x, y):
    return (b + w * x - y) ** 2


def sgd(lr):
    return lambda ps: optim.SGD(ps, lr=lr)


def test_a_path_has_where_it_was_from_the_start_on():
    """x² by steps of η: x_k = (1 - 2η)^k."""
    path = train.descend(lambda x: x**2, 1.0, sgd(0.1), 20)
    assert list(path) == pytest.approx([0.8**k for k in range(21)], rel=1e-14)
    assert path.values == pytest.approx([0.64**k for k in range(21)], rel=1e-13)
    assert path.gradients == pytest.approx([2 * 0.8**k for k in range(21)], rel=1e-14)
    assert path.rates == [0.1] * 20
    assert path.names == ["x"]
    assert (len(path), path[0], path[-1], path[1:3]) == (21, 1.0, path.points[20], path.points[1:3])
    assert np.asarray(path).shape == (21,)


def test_the_lectures_descents():
    assert train.descend(lambda x: x**2, 1, sgd(1), 4).points == [1, -1, 1, -1, 1]
    assert train.descend(lambda x: x**2, 1, sgd(0.5), 2).points == [1, 0, 0]
    low, _, high = sorted(np.roots([4, 0, -4, 1]).real)  # where 4x³ - 4x + 1 = 0
    ends = [train.descend(quartic, start, sgd(0.01), 2000)[-1] for start in (0.3, 0.0)]
    assert ends == pytest.approx([high, low], rel=1e-9)
    assert quartic(low) < quartic(high)


def test_functions_of_several_variables_of_a_list_and_of_parameters():
    def loss(b, w):
        return (b + 2 * w - 3) ** 2 + w**2

    several = train.descend(loss, (0.0, 1.0), optim.Adam, 5)
    listed = train.descend(lambda ps: loss(*ps), np.array([0.0, 1.0]), optim.Adam, 5)
    ours = [parameter(0.0, "b"), parameter(1.0, "w")]
    ours[0].grad = 7.0
    closed = train.descend(lambda: loss(*ours), ours, optim.Adam, 5)
    given = train.descend(loss, ours, optim.Adam, 5)
    assert several.points == listed.points == closed.points == given.points
    assert several.gradients == listed.gradients == closed.gradients
    assert (several.names, listed.names, closed.names) == (["b", "w"], ["x1", "x2"], ["b", "w"])
    assert ([v.data for v in ours], [v.grad for v in ours]) == ([0.0, 1.0], [7.0, 0.0])
    assert not ours[1].has_grad
    one = parameter(1.0)
    assert train.descend(lambda x: x**2, one, sgd(0.5), 1).points == [1.0, 0.0]
    assert train.descend(lambda ps: ps[0] ** 2, [one], sgd(0.5), 1).points == [[1.0], [0.0]]
    assert train.descend(lambda x: x**2, [1.0], sgd(0.5), 1).points == [[1.0], [0.0]]
    assert one.data == 1.0


def test_the_path_of_a_model_is_that_of_a_loop():
    random.seed(4)
    model, other = nn.MLP(2, [3, 1]), nn.MLP(2, [3, 1])
    other.load_state_dict(model.state_dict())

    def loss(net):
        return mg.mean([(net([a, b]) - a * b) ** 2 for a, b in ((1, 2), (0, 1), (2, 1))])

    path = train.descend(lambda: loss(model), model.parameters(), optim.RMSprop, 6)
    optimizer = optim.RMSprop(other.parameters())
    for point, value in zip(path, path.values, strict=True):
        assert point == [p.data for p in other.parameters()]
        optimizer.zero_grad()
        y = loss(other)
        assert y.data == value
        y.backward()
        optimizer.step()
    assert path[0] == [p.data for p in model.parameters()]


def test_a_schedule_is_stepped_after_each_step():
    path = train.descend(lambda x: x**2, 1.0, sgd(0.4), 3, schedule=lambda o: optim.ExponentialLR(o, 0.5))
    assert path.rates == pytest.approx([0.4, 0.2, 0.1])
    flat = train.descend(lambda x: 0 * x, 1.0, sgd(0.4), 5, schedule=lambda o: optim.ReduceLROnPlateau(o, patience=1))
    assert flat.rates[-1] < 0.4


def test_a_path_that_leaves_the_doubles_ends_before():
    with pytest.warns(RuntimeWarning, match=r"descend stopped after 4 of the steps: .* choose a smaller lr"):
        path = train.descend(lambda x: x**4, 3.0, sgd(0.5), 40)
    assert len(path) == 5
    assert len(path.rates) == 4
    assert np.isfinite(np.asarray(path)).all()
    assert path.stopped in str(path)
    with pytest.warns(RuntimeWarning, match="stopped after 0 of"):
        path = train.descend(lambda x: x.log() + 2 * x, 0.5, sgd(0.3), 10)  # to a negative x
    assert len(path) == 1 + len(path.rates)
    with pytest.raises(DomainError):
        train.descend(lambda x: x.log(), -1.0, sgd(0.1), 5)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: train.descend(3.0, 1.0, optim.SGD, 5), TypeError, "f is a function of Values"),
        (lambda: train.descend(lambda x: 3.0, 1.0, optim.SGD, 5), TypeError, "f returns a Value .* got float 3.0"),
        (lambda: train.descend(lambda x: [x], 1.0, optim.SGD, 5), TypeError, "f returns a Value .* got list"),
        (
            lambda: train.descend(lambda x, y: x * y, 1.0, optim.SGD, 5),
            TypeError,
            "start has 1 number, and f takes x, y",
        ),
        (lambda: train.descend(lambda x, y: x, [1, 2, 3], optim.SGD, 5), TypeError, "start has 3 numbers"),
        (lambda: train.descend(lambda: 0, [1, 2], optim.SGD, 5), TypeError, "f takes nothing"),
        (lambda: train.descend(lambda x: x, [], optim.SGD, 5), ValueError, "start is empty"),
        (lambda: train.descend(lambda x: x, nan, optim.SGD, 5), ValueError, "start is a real number.* not finite"),
        (lambda: train.descend(lambda x: x, inf, optim.SGD, 5), ValueError, "start is a real number.* not finite"),
        (lambda: train.descend(lambda x: x, "1", optim.SGD, 5), TypeError, "start is a real number"),
        (lambda: train.descend(lambda x: x, 1.0, optim.SGD, 0), ValueError, "steps is at least 1"),
        (lambda: train.descend(lambda x: x, 1.0, "sgd", 5), TypeError, "make_optimizer makes one of .* got str 'sgd'"),
        (lambda: train.descend(lambda x: x, 1.0, lambda: 3, 5), TypeError, "called with .parameters."),
        (lambda: train.descend(lambda x: x, 1.0, lambda ps: 3, 5), TypeError, "it returned int"),
        (
            lambda: train.descend(lambda x: x, 1.0, optim.SGD([parameter(1.0)]), 5),
            TypeError,
            "got an optimizer, which moves other Values",
        ),
        (
            lambda: train.descend(lambda x: x, 1.0, lambda ps: optim.SGD([parameter(1.0)]), 5),
            ValueError,
            "moves other parameters than those it was given",
        ),
        (lambda: train.compare_optimizers(lambda x: x, 1.0, 5, lr=[]), ValueError, "lr is a learning rate"),
        (lambda: train.compare_optimizers(lambda x: x, 1.0, 5, {}), TypeError, "for the usual seven, got dict {}"),
        (lambda: train.compare_optimizers(lambda x: x, 1.0, 5, 3), TypeError, "for the usual seven, got int 3"),
        (lambda: train.compare_optimizers(lambda x: x, 1.0, 5, {"a": 3}), TypeError, "what makes 'a' is .* got int 3"),
        (
            lambda: train.compare_optimizers(lambda x: x, 1.0, 5, {"a": lambda ps: 0}),
            TypeError,
            r"what makes 'a' is called with \(parameters, lr\)",
        ),
        (
            lambda: train.compare_batches(line_loss, (1, 1, 1), [1, 2], [1, 2], optim.SGD, 1),
            TypeError,
            r"start has 3 numbers, one for each variable, and this one takes \(b, w, x, y\)",
        ),
        (
            lambda: train.compare_batches(line_loss, (1,), [1, 2], [1, 2], optim.SGD, 1),
            TypeError,
            r"start has 1 number, one for each variable, and this one takes",
        ),
        (
            lambda: train.compare_batches("mse", (1, 1), [1, 2], [1, 2], optim.SGD, 1),
            TypeError,
            "loss is a function of the variables, a sample and its target, .* got str 'mse'",
        ),
        (lambda: train.compare_optimizers(lambda x: x, 1.0, 5, lang="xx"), ValueError, "lang='xx' is unknown"),
    ],
)
def test_what_cannot_be_descended(call, kind, message):
    with pytest.raises(kind, match=message):
        call()


def test_an_interrupt_leaves_the_values_where_they_were():
    values = [parameter(1.0, "a"), parameter(2.0, "b")]
    values[0].grad = 3.0

    def check(more=None):
        assert [v.data for v in values] == [1.0, 2.0]
        assert values[0].grad == 3.0
        assert not values[1].has_grad

    assert at_each_line(lambda: train.descend(lambda a, b: a * b, values, optim.Adam, 3), check, real=True) > 20


# ---------------------------------------------------------------- as a table


def test_the_table_is_what_is_done_by_hand():
    path = train.descend(quartic, 0.3, sgd(0.05), 2)
    rows = [line.split() for line in str(path).splitlines()]
    assert rows[0] == ["k", "x", "f(x)", "f′(x)", "lr", "Δx"]
    assert rows[1] == ["0", "0.3", "-0.8719", "-0.092", "0.05", "0.0046"]
    assert [len(row) for row in rows] == [6, 6, 6, 4]
    x = 0.3046
    assert [float(text) for text in rows[2][1:4]] == pytest.approx([x, quartic(x), 4 * x**3 - 4 * x + 1], rel=1e-5)
    long = train.descend(lambda x: exp(1) * x**2, 1.0, sgd(0.01), 60)
    assert str(long).count("\n") == 25
    assert long.table().count("\n") == 61
    assert "…" in str(long)
    assert "…" not in long.table()


def test_the_file_has_all_digits(tmp_path):
    path = train.descend(lambda x, y: x**2 + 3 * y**2 + x * y, (1.0, -0.3), optim.Adam, 30)
    path.to_csv(tmp_path / "path.csv")
    with (tmp_path / "path.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["k", "x", "y", "f(x, y)", "∂f/∂x", "∂f/∂y", "lr", "Δx", "Δy"]
    assert [[float(row[1]), float(row[2])] for row in rows] == path.points
    assert [float(row[3]) for row in rows] == path.values
    assert rows[-1][-3:] == ["", "", ""]
    for (a, b), row in zip(pairwise(path), rows, strict=False):
        assert float(row[-1]) == b[1] - a[1]


def test_latex_has_a_cell_for_each_number():
    path = train.descend(lambda w1, beta: w1**2 + beta, (1e-7, 2.0), sgd(0.1), 30)
    lines = path.latex(rows=6).splitlines()
    assert lines[0] == r"\begin{tabular}{rrrrrrrrr}"
    assert lines[2].startswith(r"$k$ & $w_{1}$ & $\beta$ & $f(w_{1}, \beta)$ & $\partial f / \partial w_{1}$")
    assert lines[4].startswith(r"$0$ & $1 \cdot 10^{-7}$ & $2$")
    assert {line.count("&") for line in lines[2:-2] if line != r"\hline"} == {8}
    assert sum("vdots" in line for line in lines) == 1


def test_many_variables_are_printed_by_lengths():
    path = train.descend(lambda ps: mg.sum(p * p for p in ps), [1.0] * 9, sgd(0.1), 2)
    assert str(path).splitlines()[1].split() == ["0", "9", "6", "0.1", "0.6"]
    assert len(path.columns()) == 1 + 9 + 1 + 9 + 1 + 9


# ---------------------------------------------------------------- several from one start


def test_each_optimiser_has_the_rate_by_which_it_is_lowest_on_the_way():
    def bowl(x, y):
        return x**2 + 10 * y**2

    paths = train.compare_optimizers(bowl, (-3.0, 1.0), 15)
    assert [label.partition(",")[0] for label in paths] == [
        "gradient descent", "momentum", "NAG", "Adagrad", "Adadelta", "RMSprop", "Adam",
    ]  # fmt: skip
    rate = float(next(iter(paths)).rpartition(" ")[2])
    means = {}
    for lr in (0.0001, 0.001, 0.003, 0.01, 0.03, 0.1):
        path = train.descend(bowl, (-3.0, 1.0), sgd(lr), 15)
        means[lr] = sum(path.values) / 16
    assert rate == min(means, key=means.get)
    assert paths[f"gradient descent, η = {rate:g}"].points == train.descend(bowl, (-3.0, 1.0), sgd(rate), 15).points
    assert {tuple(path[0]) for path in paths.values()} == {(-3.0, 1.0)}
    assert "gradient descent" in repr(paths)
    same = train.compare_optimizers(bowl, (-3.0, 1.0), 5, {"Adam": optim.Adam}, lr=0.1)
    assert list(same) == ["Adam, η = 0.1"]
    spanish = train.compare_optimizers(bowl, (-3.0, 1.0), 2, lr=0.1, lang="es")
    assert next(iter(spanish)) == "descenso por gradiente, η = 0.1"


def test_batches_differ_in_how_many_steps_an_epoch_has():
    X, y = np.linspace(-1, 1, 12), np.linspace(-1, 3, 12)

    def loss(b, w, x, t):
        return (b + w * x - t) ** 2

    paths = train.compare_batches(loss, (0.0, 0.0), X, y, sgd(0.1), 5, seed=3)
    assert list(paths) == ["batch, 1 step an epoch", "mini-batch, 4 steps an epoch", "stochastic, 12 steps an epoch"]
    batch, _, stochastic = paths.values()
    assert [len(path) for path in paths.values()] == [6, 21, 61]
    assert batch.names == ["b", "w"]
    expected = train.descend(lambda b, w: mg.mean([loss(b, w, x, t) for x, t in zip(X, y)]), (0.0, 0.0), sgd(0.1), 5)
    assert batch.points == expected.points
    for path in paths.values():  # the height is that of all samples
        for point, value in zip(path, path.values, strict=True):
            assert np.mean((point[0] + point[1] * X - y) ** 2) == pytest.approx(value, rel=1e-12)
    # in each epoch every sample is stepped down once: the gradient of a step names its sample
    for epoch in range(5):
        seen = []
        for k in range(12 * epoch, 12 * epoch + 12):
            (b, w), slope = stochastic[k], stochastic.gradients[k]
            errors = 2 * (b + w * X - y)
            seen.append(int(np.argmin(np.abs(errors - slope[0]) + np.abs(errors * X - slope[1]))))
        assert sorted(seen) == list(range(12))
    again = train.compare_batches(loss, (0.0, 0.0), X, y, sgd(0.1), 5, seed=3, lang="es")
    assert [path.points for path in again.values()] == [path.points for path in paths.values()]
    assert list(again) == [
        "lote completo, 1 paso por época",
        "minilote, 4 pasos por época",
        "estocástico, 12 pasos por época",
    ]
    assert isinstance(paths.f(Value(0.0), Value(0.0)), Value)


# ---------------------------------------------------------------- trainings


class Line(nn.Module):
    def __init__(self):
        self.w, self.b = parameter(0.0, "slope"), parameter(0.0)

    def __call__(self, x):
        return self.w * x + self.b


X, Y = np.linspace(-1, 1, 12), np.linspace(-1, 3, 12)


def fitted(**given):
    model = Line()
    options = {"loss": "mse", "optimizer": sgd(0.1), "epochs": 4, "batch_size": 5, "seed": 3, "progress": False}
    return model, train.fit(model, X, Y, **options | given).path


@pytest.mark.parametrize("replay", [True, False])
def test_a_training_remembers_where_its_parameters_were(replay):
    """Against a loop that draws the same batches."""
    model, path = fitted(record="parameters", replay=replay, schedule=lambda o: optim.ExponentialLR(o, 0.9))
    assert (path.names, len(path)) == (["w", "b"], 1 + 4 * 3)
    w, b, lr, rng, k = 0.0, 0.0, 0.1, np.random.default_rng(3), 0
    for _ in range(4):
        order = rng.permutation(12)
        for part in (order[:5], order[5:10], order[10:]):
            errors = w * X[part] + b - Y[part]
            slopes = [2 * np.mean(errors * X[part]), 2 * np.mean(errors)]
            assert path[k] == pytest.approx([w, b], rel=1e-12, abs=1e-15)
            assert path.values[k] == pytest.approx(np.mean(errors**2), rel=1e-12)
            assert path.gradients[k] == pytest.approx(slopes, rel=1e-11, abs=1e-14)
            assert path.rates[k] == pytest.approx(lr)
            w, b, k = w - lr * slopes[0], b - lr * slopes[1], k + 1
        lr *= 0.9
    assert path[-1] == [model.w.data, model.b.data]
    errors = w * X[part] + b - Y[part]
    assert path.values[-1] == pytest.approx(np.mean(errors**2), rel=1e-12)
    assert "loss" in str(path)


def test_some_parameters_and_some_steps():
    _, path = fitted(record=["slope"], every=5)
    _, whole = fitted(record="parameters")
    assert (path.steps, path.names) == ([0, 5, 10, 12], ["slope"])
    assert [p[0] for p in path] == [whole[k][0] for k in path.steps]
    assert fitted(record="b")[1].points == [[p[1]] for p in whole]
    assert str(path).splitlines()[-1].split()[0] == "12"


@pytest.mark.parametrize("replay", [True, False])
def test_what_a_function_of_the_model_says(replay):
    _, whole = fitted(record="parameters")
    _, path = fitted(record=lambda model: model(2.0), replay=replay)
    assert list(path) == pytest.approx([2 * w + b for w, b in whole], rel=1e-12)
    assert (path.names, path.gradients, path.value) == (["recorded"], [], "loss")
    _, named = fitted(record=lambda model: {"at 0": model(0.0).data, "at 1": model(1.0)}, every=6)
    assert named.names == ["at 0", "at 1"]
    assert list(named.columns())[:4] == ["k", "at 0", "at 1", "loss"]
    assert r"\mathrm" in named.latex()


def test_recording_changes_nothing_else():
    random.seed(5)
    first = nn.Sequential(nn.Linear(1, 4), nn.BatchNorm(4), "tanh", nn.Dropout(0.3), nn.Linear(4, 1))
    models = [copy.deepcopy(first) for _ in range(3)]
    ends = []
    records = (None, "parameters", lambda m: m.parameters()[0].data + random.random())
    for model, record in zip(models, records, strict=True):
        random.seed(6)
        history = train.fit(
            model, X[:, None], Y, loss="mse", optimizer=optim.Adam, epochs=3, batch_size=4, seed=1, record=record
        )
        ends.append((model.state_dict(), history["loss"], random.random()))
    assert ends[0] == ends[1] == ends[2]


def test_a_training_that_fails_has_its_path_up_to_there():
    with pytest.warns(RuntimeWarning, match="stopped in epoch"):
        _, path = fitted(record="parameters", optimizer=sgd(1e60), epochs=10)
    assert len(path) > 1
    assert np.isfinite(np.asarray(path)).all()


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        ({"record": ["slope", "q"]}, ValueError, "record='q': no trained parameter has this name; there are w, b"),
        ({"record": "everything"}, ValueError, "record='everything'"),
        ({"record": []}, ValueError, "record is an empty list"),
        (
            {"record": 3},
            TypeError,
            'record is "parameters", a list of their names, or a function .*, got int 3',
        ),
        ({"record": "parameters", "every": 0}, ValueError, "every is at least 1"),
        ({"record": lambda m: "text"}, TypeError, "the function that is recorded returns numbers"),
    ],
)
def test_what_cannot_be_recorded(given, kind, message):
    with pytest.raises(kind, match=message):
        fitted(**given)
