"""`fit` takes the steps that are written by hand, in micrograd, NumPy and with Values, and refuses what it cannot."""

import copy
import functools
import itertools
import random
from inspect import signature

import micrograd.engine
import micrograd.nn
import numpy as np
import pytest

import microgrid
from helpers import needs_checkout
from helpers.line import SGD, Line, X, Y, descent
from microgrid import Value, nn, optim, parameter
from microgrid.nn import losses
from microgrid.train import fit

# ---------------------------------------------------------------- the same steps


@pytest.mark.slow
@needs_checkout
def test_moons_have_the_losses_of_micrograd():
    from benchmarks import moons

    data, epochs = moons.moons(16), 12
    theirs, expected = moons.network(micrograd.nn), []
    for _ in range(epochs):
        expected.append(moons.step(theirs, data, micrograd.engine.Value))
        for p in theirs.parameters():
            p.data -= 0.1 * p.grad
    ours = moons.network(nn)
    history = fit(ours, data.points, data.labels, loss="hinge", optimizer=SGD, epochs=epochs,
                  penalty=lambda ps: losses.l2_penalty(ps, 2 * moons.ALPHA))  # fmt: skip
    assert history["loss"] == pytest.approx(expected, rel=1e-9)
    weights = [p.data for p in theirs.parameters()]
    assert [p.data for p in ours.parameters()] == pytest.approx(weights, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("replay", [True, False])
def test_a_line_descends_as_the_formulas_say(replay):
    model = Line()
    history = fit(model, X, Y, loss="mse", optimizer=SGD, epochs=20, replay=replay,
                  penalty=lambda ps: losses.l2_penalty(ps, 0.3))  # fmt: skip
    expected, theta = descent([[range(7)]] * 20, decay=0.3)
    assert history["loss"] == pytest.approx(expected, rel=1e-12)
    assert model.numbers() == pytest.approx(theta, rel=1e-12)
    assert history["epoch"] == list(range(1, 21))


def test_batches_are_drawn_without_replacement_and_the_last_one_is_smaller():
    model, seen = Line(), []

    class Watching:
        def wants(self, epoch, step):
            return True

        def observe(self, *, epoch, step, program_parameters, X, y):
            seen.append((epoch, step, X, y))

        def updated(self, before, after):
            pass

    history = fit(model, X, Y, loss="mse", optimizer=SGD, epochs=5, batch_size=3, seed=4, monitor=Watching())
    assert [len(x) for _, _, x, _ in seen] == [3, 3, 1] * 5
    assert [(epoch, step) for epoch, step, _, _ in seen] == [(1 + k // 3, k) for k in range(15)]
    order = [
        [[X.tolist().index(row) for row in x.tolist()] for e, _, x, _ in seen if e == epoch] for epoch in range(1, 6)
    ]
    for epoch in order:
        assert sorted(i for batch in epoch for i in batch) == list(range(7))
    assert len({str(epoch) for epoch in order}) > 1
    assert all((Y[batch] == y).all() for batch, (_, _, _, y) in zip(itertools.chain(*order), seen, strict=True))
    expected, theta = descent(order)
    assert history["loss"] == pytest.approx(expected, rel=1e-12)
    assert model.numbers() == pytest.approx(theta, rel=1e-12)


def test_metrics_of_batches_have_each_sample_s_own_target():
    model, pairs = Line(), []

    def watched(predictions, targets):
        pairs.append((predictions.tolist(), targets.tolist()))
        return 0.0

    still = functools.partial(optim.SGD, lr=1e-300)  # so that predictions stay those of the first step
    fit(model, X, Y, loss="mse", optimizer=still, epochs=2, batch_size=3, seed=4, metrics={"watched": watched})
    of_target = {y: model.w[0].data * x[0] + model.w[1].data * x[1] + model.b.data for x, y in zip(X, Y, strict=True)}
    assert len(pairs) == 2
    for predictions, targets in pairs:
        assert targets != Y.tolist()
        assert predictions == pytest.approx([of_target[y] for y in targets], rel=1e-12)


def test_the_same_seed_gives_the_same_numbers():
    runs = []
    for seed in (1, 1, 2):
        model = Line()
        history = fit(model, X, Y, loss="mse", optimizer=SGD, epochs=4, batch_size=2, seed=seed, validation=0.3)
        runs.append((history["loss"], history["validation_loss"], model.numbers()))
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta"])
@pytest.mark.parametrize("clip", [None, ("norm", 0.5), ("value", 0.2)], ids=["free", "norm", "value"])
def test_every_optimiser_takes_the_steps_of_a_loop_over_values(name, clip):
    make = functools.partial(getattr(optim, name), lr=0.05)
    random.seed(3)
    ours = nn.MLP(2, [4, 1])
    theirs = copy.deepcopy(ours)
    fit(ours, X, Y, loss="huber", optimizer=make, epochs=15, clip=clip)
    optimizer = make(theirs.parameters())
    for _ in range(15):
        optimizer.zero_grad()
        losses.huber([theirs(x) for x in X], Y.tolist()).backward()
        if clip:
            {"norm": optim.clip_grad_norm_, "value": optim.clip_grad_value_}[clip[0]](theirs.parameters(), clip[1])
        optimizer.step()
    assert [p.data for p in ours.parameters()] == pytest.approx([p.data for p in theirs.parameters()], rel=1e-9)


def test_an_optimiser_goes_on_where_it_stopped():
    halves, whole = Line(), Line()
    optimizer = optim.Adam(halves.parameters(), lr=0.1)
    for _ in range(2):
        fit(halves, X, Y, loss="mse", optimizer=optimizer, epochs=10)
    fit(whole, X, Y, loss="mse", optimizer=functools.partial(optim.Adam, lr=0.1), epochs=20)
    assert halves.numbers() == whole.numbers()
    halves.zero_grad()
    losses.mse([halves(x) for x in X], Y.tolist()).backward()
    optimizer.step()  # and it moves the Values again
    assert halves.numbers() != whole.numbers()


@pytest.mark.parametrize("replay", [True, False])
def test_what_the_optimiser_was_not_given_stays(replay):
    model = Line()
    fit(model, X, Y, loss="mse", optimizer=optim.SGD([model.b], lr=0.1), epochs=50, replay=replay)
    assert model.numbers()[:2] == [0.3, -0.2]
    assert model.b.data == pytest.approx(np.mean(Y - X @ [0.3, -0.2]), rel=1e-4)


def test_a_monitor_gets_the_model_s_parameters_in_the_model_s_order():
    class Watching:
        def __init__(self):
            self.before, self.steps = [], []

        def follow(self, loss):
            self.loss = loss

        def wants(self, epoch, step):
            return step % 2 == 0

        def observe(self, *, program_parameters, **rest):
            self.before.append(program_parameters)

        def updated(self, before, after):
            self.steps.append((before.tolist(), after.tolist()))

    model, watching = Line(), Watching()
    optimizer = optim.SGD([model.b, model.w[0]], lr=0.1)
    fit(model, X, Y, loss="mse", optimizer=optimizer, epochs=3, monitor=watching)
    design = np.hstack([X, np.ones((7, 1))])
    path = [np.array([0.3, -0.2, 0.1])]
    for _ in range(3):
        gradient = 2 * (design @ path[-1] - Y) @ design / 7
        path.append(path[-1] - 0.1 * gradient * [1, 0, 1])
    assert np.array(watching.before) == pytest.approx(np.array([path[0], path[2]]))
    assert np.array(watching.steps) == pytest.approx(np.array([path[:2], path[2:]]))
    assert watching.loss([Value(1.0)], [3.0]).data == 4.0  # the loss of the fit


@pytest.mark.parametrize("replay", [True, False])
def test_what_the_loss_does_not_depend_on_is_left_alone(replay):
    model = Line()
    model.spare = parameter(5.0, "spare")
    fit(model, X, Y, loss="mse", optimizer=functools.partial(optim.SGD, lr=0.1, weight_decay=0.5), epochs=3,
        replay=replay)  # fmt: skip
    assert model.spare.data == 5.0
    assert model.b.data != 0.1


# ---------------------------------------------------------------- shapes of data


def test_classes_are_learned_by_softmax_regression():
    rng = np.random.default_rng(0)
    points, classes = rng.normal(size=(9, 2)), np.array([0, 1, 2, 2, 1, 0, 1, 1, 0])
    model = nn.Layer(2, 3, nonlin=False)
    W = np.array([[w.data for w in neuron.w] + [0.0] for neuron in model.neurons])
    history = fit(
        model, points, classes, loss="cross_entropy_with_logits", optimizer=SGD, epochs=30, metrics="accuracy"
    )
    design, hot, expected = np.hstack([points, np.ones((9, 1))]), np.eye(3)[classes], []
    for _ in range(30):
        powers = np.exp(design @ W.T)
        shares = powers / powers.sum(axis=1, keepdims=True)
        expected.append(-np.log(shares[range(9), classes]).mean())
        right = (shares.argmax(axis=1) == classes).mean()
        W = W - 0.1 * (shares - hot).T @ design / 9
    assert history["loss"] == pytest.approx(expected, rel=1e-10)
    assert history["accuracy"][-1] == right


def test_the_divergence_takes_the_targets_as_its_first_distribution():
    model, target = nn.Layer(1, 2, nonlin=False), [[0.25, 0.75]]
    for loss in ("kl_divergence", losses.kl_divergence):
        history = fit(lambda_model(model, microgrid.softmax), [[1.0]], target, loss=loss, optimizer=SGD, epochs=300)
        assert -1e-15 <= history["loss"][-1] < 1e-2  # at its least, 0, rounding may leave -4e-17
        assert [p.data for p in microgrid.softmax(model([1.0]))] == pytest.approx(target[0], abs=0.05)


def lambda_model(model, after):
    class Wrapped(nn.Module):
        def __init__(self):
            self.inner = model

        def __call__(self, x):
            return after(self.inner(x))

    return Wrapped()


def test_samples_may_be_numbers_or_nested_lists():
    class Slope(nn.Module):
        def __init__(self, read):
            self.w, self.read = parameter(0.0, "w"), read

        def __call__(self, x):
            return self.w * self.read(x)

    for given, read in (
        ([1.0, 2.0, 4.0], lambda x: x),
        ([[[1.0], [0.0]], [[2.0], [1.0]], [[4.0], [1.0]]], lambda x: x[0][0]),
    ):
        for replay in (True, False):
            model = Slope(read)
            fit(model, given, [3.0, 6.0, 12.0], loss="mse", optimizer=SGD, epochs=60, replay=replay)
            assert model.w.data == pytest.approx(3.0)


def test_several_targets_of_a_sample():
    model = nn.Layer(2, 2, nonlin=False)
    targets = X @ [[1.0, 2.0], [0.5, -1.0]]
    history = fit(model, X, targets, loss="mse", optimizer=SGD, epochs=400)
    assert history["loss"][-1] < 1e-6
    assert [w.data for w in model.neurons[0].w] == pytest.approx([1.0, 0.5], abs=1e-2)


# ---------------------------------------------------------------- validation


def test_validation_is_of_the_parameters_after_the_epoch():
    model, (xs, ys) = Line(), (X[:3] + 1, Y[:3])
    history = fit(model, X, Y, loss="mse", optimizer=SGD, epochs=6, batch_size=4, seed=0, validation=(xs, ys),
                  metrics={"worst": lambda p, t: abs(p - t).max()})  # fmt: skip
    w0, w1, b = model.numbers()
    errors = xs @ [w0, w1] + b - ys
    assert history["validation_loss"][-1] == pytest.approx((errors**2).mean())
    assert history["validation_worst"][-1] == pytest.approx(abs(errors).max())
    assert list(history) == ["epoch", "loss", "worst", "validation_loss", "validation_worst", "lr", "seconds"]


def test_a_fraction_is_held_back_from_training():
    seen = set()

    class Watching:
        def wants(self, epoch, step):
            return True

        def updated(self, before, after):
            pass

        def observe(self, *, X, **rest): seen.update(map(tuple, X.tolist()))  # fmt: skip

    fit(Line(), X, Y, loss="mse", optimizer=SGD, epochs=3, seed=1, validation=3 / 7, monitor=Watching())
    assert len(seen) == 4


def test_the_model_is_in_its_modes_and_gets_its_own_back():
    class Recording(Line):
        training, modes = False, set()

        def __call__(self, x):
            self.modes.add(self.training)
            return super().__call__(x)

    model = Recording()
    fit(model, X, Y, loss="mse", optimizer=SGD, epochs=2)
    assert (model.modes, model.training) == ({True}, False)
    fit(model, X, Y, loss="mse", optimizer=SGD, epochs=2, validation=(X, Y))
    assert (model.modes, model.training) == ({True, False}, False)


def test_an_editor_knows_what_fit_takes():
    assert [p.name for p in signature(fit).parameters.values() if p.annotation in ("Any", p.empty)] == []
