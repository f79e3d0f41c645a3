"""How training ends: early, interrupted, or with numbers that are not finite; and what schedules do on the way."""

import functools
import re
import sys
import warnings

import numpy as np
import pytest

import microgrid
from microgrid import errstate, nn, optim, parameter
from microgrid.train import EarlyStopping, fit

SGD = functools.partial(optim.SGD, lr=0.1)
replayed_and_not = pytest.mark.parametrize("replay", [True, False], ids=["replayed", "Python"])


class Point(nn.Module):
    """x, whatever the sample; with the loss ½(x - y)² a step of lr goes that share of the way to y."""

    def __init__(self, x=0.0):
        self.x = parameter(x, "x")

    def __call__(self, sample):
        return self.x + 0 * sample


def half(predictions, targets):
    return microgrid.mean((p - t) ** 2 / 2 for p, t in zip(predictions, targets))


def train(model, y, epochs, **given):
    return fit(model, np.zeros(len(y)), y, **{"loss": half, "optimizer": SGD, "epochs": epochs} | given)


# ---------------------------------------------------------------- early stopping


@replayed_and_not
def test_patience_runs_out_and_the_best_parameters_come_back(replay):
    # x goes from 0 towards 1, past the 0.5 that validation wants: 0.1, 0.19, 0.271, ..., 0.468559, 0.5217031, ...
    path = [1 - 0.9**k for k in range(1, 30)]
    best = min(range(29), key=lambda k: abs(path[k] - 0.5))
    model = Point()
    history = train(model, [1.0], 100, validation=([0.0], [0.5]), early_stopping=3, replay=replay)
    assert history["validation_loss"] == pytest.approx([(x - 0.5) ** 2 / 2 for x in path[: best + 4]])
    assert (history.best_epoch, len(history["epoch"])) == (best + 1, best + 4)
    assert model.x.data == pytest.approx(path[best])
    assert history.stopped == (f"stopped early, after epoch {best + 4}: the lowest loss is that of epoch {best + 1}; "
                               f"the parameters are those of epoch {best + 1}")  # fmt: skip


def test_without_restore_the_last_parameters_stay():
    model = Point()
    history = train(model, [1.0], 100, validation=([0.0], [0.5]), early_stopping=EarlyStopping(3, restore=False))
    assert model.x.data == pytest.approx(1 - 0.9 ** len(history["epoch"]))


def test_a_small_improvement_may_count_for_nothing():
    history = train(Point(), [1.0], 100, early_stopping=EarlyStopping(2, min_delta=0.05))
    expected = [0.9 ** (2 * k) / 2 for k in range(100)]
    best, epoch = 0.5, 1
    while epoch - expected.index(best) < 3:
        best, epoch = min(best, expected[epoch]) if expected[epoch] < best - 0.05 else best, epoch + 1
    assert len(history["epoch"]) == epoch
    assert history["loss"] == pytest.approx(expected[:epoch])


def test_the_best_parameters_are_those_that_had_the_loss():
    # steps of 2.5 times the way go further off each time: the loss of epoch 1 is that of the start
    model = Point()
    history = train(model, [1.0], 10, optimizer=functools.partial(optim.SGD, lr=2.5), early_stopping=4)
    assert (history.best_epoch, model.x.data) == (1, 0.0)
    assert history["loss"] == pytest.approx([0.5 * 1.5 ** (2 * k) for k in range(5)])


def test_patience_that_suffices_changes_the_end_only():
    model = Point()
    history = train(model, [1.0], 5, early_stopping=10)
    assert history.stopped == "ended after 5 epochs, as asked; the parameters are those of epoch 5"
    assert model.x.data == pytest.approx(1 - 0.9**4)  # the loss of epoch 5 is that before its step


# ---------------------------------------------------------------- interrupted, or not finite


@replayed_and_not
def test_an_interrupt_gives_back_the_best_parameters_so_far(replay):
    calls = []

    def interrupting(gradient):
        calls.append(gradient)
        if len(calls) == 7:
            raise KeyboardInterrupt

    model = Point()
    with pytest.warns(
        RuntimeWarning, match="fit was interrupted in epoch 7; the parameters are those of epoch 6"
    ) as seen:
        history = train(model, [1.0], 100, clip=interrupting, replay=replay)
    assert seen[0].filename == __file__
    assert len(history["epoch"]) == 6
    assert history.best_epoch == 6
    assert model.x.data == pytest.approx(1 - 0.9**5)
    assert history.stopped == "was interrupted in epoch 7; the parameters are those of epoch 6"


def test_an_interrupt_before_the_first_epoch_ends_changes_nothing():
    def interrupting(gradient):
        raise KeyboardInterrupt

    model = Point(0.25)
    with pytest.warns(RuntimeWarning, match="in epoch 1; the parameters are those from before training"):
        history = train(model, [1.0], 3, clip=interrupting)
    assert (model.x.data, history.best_epoch, history["loss"]) == (0.25, None, [])


@replayed_and_not
@pytest.mark.parametrize("domain", ["raise", "ieee"])
def test_a_loss_that_is_not_finite_ends_the_training(replay, domain):
    # x² overflows: the steps of 1000 times the way multiply the distance by -999
    model = Point()
    with errstate(domain=domain), pytest.warns(RuntimeWarning, match="stopped in epoch"):
        history = train(model, [1.0], 100, optimizer=functools.partial(optim.SGD, lr=1000.0), replay=replay)
    epochs = len(history["epoch"])
    assert f"stopped in epoch {epochs + 1}, after {epochs} steps: " in history.stopped
    assert 2 * 3 * (epochs - 1) < 308 < 2 * 3 * (epochs + 1)
    assert (model.x.data, history.best_epoch) == (0.0, 1)
    assert np.isfinite(history["loss"]).all()


@replayed_and_not
def test_a_gradient_that_is_not_finite_is_no_step(replay):
    class Root(Point):
        def __call__(self, sample):
            return (self.x + sample).sqrt()

    def loss(predictions, targets):
        return microgrid.mean(p * t for p, t in zip(predictions, targets))

    model = Root(0.0)
    with pytest.warns(RuntimeWarning, match="stopped in epoch 1, after 0 steps: ") as told:
        fit(model, [0.0, 1.0], [1.0, 1.0], loss=loss, optimizer=SGD, epochs=5, replay=replay)
    assert (model.x.data, model.x.grad) == (0.0, 0.0)
    assert re.search(r"the partial of sqrt\(x \+ (0|x0)\) with respect to it is inf", str(told[0].message))
    assert ("the gradient of parameters[0], 'x', is inf: " in str(told[0].message)) == replay


class Grown(Point):
    """x⁴: at 1 the loss ½ (x⁴ - y)² is small, and after a step of 10 to the 100 it is not."""

    def __call__(self, sample):
        return self.x**4 + 0 * sample


@replayed_and_not
@pytest.mark.parametrize("given", [{}, {"batch_size": 1}, {"validation": ([0.0], [3.0])}], ids=["", "batches", "held"])
def test_what_ends_a_training_is_told_by_labels_and_not_by_a_program_s_slots(given, replay):
    with pytest.warns(RuntimeWarning) as told:
        train(Grown(1.0), [3.0, 5.0], 5, optimizer=functools.partial(optim.SGD, lr=1e100), replay=replay, **given)
    message = str(told[0].message)
    assert re.search(r"stopped in epoch \d, after 1 step: ", message)
    assert re.search(r"'x' \(-?\d(\.\d*)?e\+10\d\) \*\* 4.0 exceeds the range of doubles", message)
    assert "%" not in message
    assert "errstate" not in message
    assert ("in the validation: " in message) == ("validation" in given)


@replayed_and_not
def test_a_penalty_that_is_not_finite_is_told(replay):
    with pytest.warns(RuntimeWarning, match=r"after 1 step: .*'x' \(-?\d(\.\d*)?e\+10\d\) \*\* 4.0 exceeds") as told:
        train(Point(1.0), [3.0], 5, optimizer=functools.partial(optim.SGD, lr=1e100), penalty=lambda ps: ps[0] ** 4,
              replay=replay)  # fmt: skip
    assert ("the penalty" in str(told[0].message)) == replay
    assert "%" not in str(told[0].message)


def test_a_loss_that_grows_within_the_first_epoch_is_told_too():
    # ½x² with x = 1, -1e60, 1e120 and -1e180
    with pytest.warns(RuntimeWarning, match=r"in epoch 1, after 3 steps: .* the loss had grown to 5e\+239: choose"):
        train(Point(1.0), [0.0] * 4, 5, batch_size=1, optimizer=functools.partial(optim.SGD, lr=1e60))


def test_a_sum_that_leaves_the_range_is_told_where_every_loss_is_in_it():
    def loss(predictions, targets):
        return microgrid.sum((p - t) ** 2 / 2 for p, t in zip(predictions, targets))

    # 100 samples of ½x² have the slope 100, so that x is -1e154 after a step, and each loss 5e307
    with pytest.warns(RuntimeWarning, match="after 1 step: the sum of the samples' losses, or of their gradients"):
        train(Point(1.0), [0.0] * 100, 5, loss=loss, optimizer=functools.partial(optim.SGD, lr=1e152))


def test_what_is_wrong_from_the_start_is_an_error():
    class Logarithm(Point):
        def __call__(self, sample):
            return (self.x + sample).log()

    with pytest.raises(ValueError, match="not a real number"):
        fit(Logarithm(), [-1.0, 1.0], [1.0, 1.0], loss="mse", optimizer=SGD, epochs=5)


# ---------------------------------------------------------------- schedules and clipping


def test_a_schedule_steps_after_each_epoch():
    for given in (functools.partial(optim.StepLR, step_size=2, gamma=0.5), lambda o: optim.StepLR(o, 2, 0.5)):
        model = Point()
        history = train(model, [1.0, 1.0], 5, schedule=given, batch_size=1)
        assert history["lr"] == [0.1, 0.1, 0.05, 0.05, 0.025]
        assert model.x.data == pytest.approx(1 - 0.9**4 * 0.95**4 * 0.975**2)
    optimizer = optim.SGD([(model := Point()).x], lr=0.1)
    schedule = optim.ExponentialLR(optimizer, 0.5)
    assert train(model, [1.0], 3, optimizer=optimizer, schedule=schedule)["lr"] == [0.1, 0.05, 0.025]


def test_a_plateau_is_one_of_the_validation_loss():
    # x goes to 1, so the loss falls, and the validation loss, which wants -1, rises from the first epoch on
    history = train(Point(), [1.0], 6, validation=([0.0], [-1.0]),
                    schedule=functools.partial(optim.ReduceLROnPlateau, patience=1, factor=0.5))  # fmt: skip
    assert history["lr"] == [0.1, 0.1, 0.1, 0.05, 0.05, 0.025]
    history = train(Point(), [1.0], 6, schedule=functools.partial(optim.ReduceLROnPlateau, patience=1, factor=0.5))
    assert history["lr"] == [0.1] * 6


def test_clipping_changes_the_gradient_in_place_or_returns_another():
    def in_place(gradient):
        gradient *= 0.5

    for clip in (in_place, lambda gradient: gradient / 2):
        model = Point()
        train(model, [1.0], 3, clip=clip)
        assert model.x.data == pytest.approx(1 - 0.95**3)
    model = Point()
    train(model, [5.0], 3, clip=("value", 0.5))
    assert model.x.data == pytest.approx(3 * 0.1 * 0.5)
    model = Point()
    train(model, [5.0], 3, clip=("norm", 0.5))
    assert model.x.data == pytest.approx(3 * 0.1 * 0.5, rel=1e-5)


# ---------------------------------------------------------------- progress


class Terminal:
    """A stderr that says what it is and keeps what is written."""

    def __init__(self, terminal):
        self.terminal, self.text = terminal, ""

    def isatty(self):
        return self.terminal

    def write(self, text):
        self.text += text

    def flush(self):
        pass


@pytest.mark.parametrize(("terminal", "progress"), [(True, True), (False, True), (True, False)])
def test_the_bar_is_for_terminals(monkeypatch, terminal, progress):
    monkeypatch.setattr(sys, "stderr", stderr := Terminal(terminal))
    train(Point(), [1.0], 3, progress=progress)
    assert ("3/3" in stderr.text) == (terminal and progress)


def test_no_bar_without_tqdm_or_a_stderr(monkeypatch):
    for name in ("tqdm", "tqdm.auto"):  # the second may have been imported
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr(sys, "stderr", stderr := Terminal(True))
    train(Point(), [1.0], 3)
    monkeypatch.setattr(sys, "stderr", None)
    train(Point(), [1.0], 3)
    assert stderr.text == ""


def test_an_ordinary_end_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert train(Point(), [1.0], 3).stopped == "ended after 3 epochs, as asked"
