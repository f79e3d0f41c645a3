"""Callbacks of `fit`: when they are called, what they see, that looking changes nothing and assigning does."""

from __future__ import annotations

import functools
import math
import random
import signal

import numpy as np
import pytest

from helpers.line import SGD, Line, X, Y
from microgrid import DomainError, Value, nn, optim, train
from microgrid.monitor import Monitor
from microgrid.train import Callback, EarlyStopping, fit

each_way = pytest.mark.parametrize("replay", [True, False], ids=["replayed", "Python"])
EVENTS = ["on_train_begin", "on_epoch_begin", "on_batch_end", "on_epoch_end", "on_train_end"]


def line(model, epochs=3, **given):
    return fit(model, X, Y, **{"loss": "mse", "optimizer": SGD, "epochs": epochs} | given)


class Notes(Callback):
    """Writes down every call."""

    def __init__(self):
        self.calls = []

    def note(self, *call):
        self.calls.append((*call, [p.data for p in self.model.parameters()]))

    def on_train_begin(self, logs):
        self.note("train begins", logs)

    def on_epoch_begin(self, epoch, logs):
        self.note("epoch begins", epoch, logs)

    def on_batch_end(self, batch, logs):
        self.note("batch ends", batch, logs)

    def on_epoch_end(self, epoch, logs):
        self.note("epoch ends", epoch, logs)

    def on_train_end(self, logs):
        self.note("train ends", logs)


@each_way
def test_the_methods_are_called_in_keras_order_with_the_parameters_of_the_moment(replay):
    notes, model = Notes(), Line()
    start = model.numbers()
    history = line(model, 2, batch_size=4, seed=1, validation=(X, Y), callbacks=notes, replay=replay)
    assert [call[:2] if isinstance(call[1], int) else call[:1] for call in notes.calls] == [
        ("train begins",),
        ("epoch begins", 1), ("batch ends", 1), ("batch ends", 2), ("epoch ends", 1),
        ("epoch begins", 2), ("batch ends", 1), ("batch ends", 2), ("epoch ends", 2),
        ("train ends",),
    ]  # fmt: skip
    numbers = [call[-1] for call in notes.calls]
    assert numbers[0] == numbers[1] == start
    assert numbers[3] == numbers[4] == numbers[5] != numbers[2] != start
    assert numbers[-1] == numbers[-2] == model.numbers()
    rows = [call[2] for call in notes.calls if call[0] == "epoch ends"]
    for k, row in enumerate(rows):
        assert row == {name: column[k] for name, column in history.items() if name != "epoch"}
    assert notes.calls[-1][1] == rows[-1]
    # the loss of a batch is that of the parameters before its step, by NumPy
    order = np.random.default_rng(1).permutation(len(X))[:4]
    errors = X[order] @ start[:2] + start[2] - Y[order]
    assert notes.calls[2][2] == pytest.approx({"loss": errors @ errors / 4}, rel=1e-12)
    assert notes.history is history
    assert notes.model is model


def network(seed, norm=True):
    random.seed(seed)
    if not norm:
        return nn.Sequential(nn.Linear(2, 4), "tanh", nn.Dropout(0.3, seed=seed), nn.Linear(4, 1))
    return nn.Sequential(nn.Linear(2, 4), "tanh", nn.Dropout(0.3, seed=seed), nn.BatchNorm(4), nn.Linear(4, 1))


class Looks(Callback):
    """Evaluates, predicts, draws masks, differentiates: reads only, as somebody would who plots."""

    def __init__(self, events):
        self.seen = []
        for event in events:
            setattr(self, event, self.look)

    def look(self, *given):
        assert not any(part.training for part in self.model.modules())
        self.seen.append(train.evaluate(self.model, X, Y, loss="mse")["loss"])
        first, second = (self.model.batch(X) for _ in range(2))
        assert [v.data for v in first] == [v.data for v in second]
        self.model[2].training = True  # a look at what dropout does
        self.model[2]([1.0, 2.0])
        (first[0] ** 2).backward()
        self.optimizer.state_dict(), self.model.state_dict()


@each_way
@pytest.mark.parametrize("events", [["on_epoch_end"], EVENTS], ids=["epochs", "all"])
def test_who_only_looks_changes_no_bit(replay, events):
    runs = []
    for callbacks in (None, Looks(events)):
        model = network(3)
        history = fit(model, X, Y, loss="mse", optimizer=optim.Adam, epochs=4, batch_size=4, seed=5,
                      validation=(X, Y), callbacks=callbacks, replay=replay)  # fmt: skip
        source = model[2]._stream.bit_generator.state
        columns = {name: column for name, column in history.items() if name != "seconds"}
        runs.append((model.state_dict(), columns, source, history.stopped))
        assert all(part.training for part in model.modules())
    assert runs[0] == runs[1]
    assert len(callbacks.seen) == {1: 4, 5: 2 + 4 * (2 + 2)}[len(events)]
    if events == ["on_epoch_end"]:
        assert callbacks.seen == pytest.approx(history["validation_loss"], rel=1e-12)


@each_way
@pytest.mark.parametrize("event", EVENTS)
def test_what_is_assigned_counts_from_the_next_step_on(replay, event):
    class Assigns:
        def __init__(self):
            self.left = 1

    def assign(*given):
        if assigns.left:
            assigns.left = 0
            model.w[0].data, moved.lr = 5.0, 0.01

    assigns, model = Assigns(), Line()
    moved = optim.SGD(model.parameters(), lr=0.1)
    setattr(assigns, event, assign)
    line(model, 2, batch_size=4, seed=1, optimizer=moved, callbacks=assigns, replay=replay)
    # the same by NumPy
    rng, theta, lr = np.random.default_rng(1), np.array([0.3, -0.2, 0.1]), 0.1
    design = np.hstack([X, np.ones((len(X), 1))])
    due = {"on_train_begin": (0, 0), "on_epoch_begin": (0, 0), "on_batch_end": (0, 1), "on_epoch_end": (0, 2)}
    for epoch in range(2):
        order = rng.permutation(len(X))
        for k, batch in enumerate((order[:4], order[4:], [])):
            if due.get(event) == (epoch, k):
                theta[0], lr = 5.0, 0.01
            if len(batch):
                errors = design[batch] @ theta - Y[batch]
                theta -= lr * 2 * errors @ design[batch] / len(batch)
    if event == "on_train_end":
        theta[0] = 5.0
    assert model.numbers() == pytest.approx(theta, rel=1e-12)


@pytest.mark.parametrize("norm", [True, False], ids=["batches", "examples"])
@pytest.mark.parametrize("change", ["the p of a dropout", "a fixed weight", "an activation", "eps", "the penalised"])
def test_what_a_recorded_graph_takes_for_a_constant_counts_too(change, norm):
    def change_it(epoch, logs):
        if epoch == 2:
            if change == "the p of a dropout":
                model[2].p = 0.0
            elif change == "a fixed weight":
                model[0].b[1].data = 2.0
            elif change == "an activation":
                model[1].name = "relu"
            elif change == "eps":
                model[3].eps = 0.5  # or an attribute that nobody reads
            else:
                model[0].b[0].data = 3.0

    found = []
    for replay in (True, False):
        model = network(1, norm)
        moved = [v for v in model.parameters() if v not in model[0].b]
        penalty = (lambda ps: nn.losses.l2_penalty(ps, 0.1)) if change == "the penalised" else None
        history = fit(model, X, Y, loss="mse", optimizer=optim.SGD(moved, lr=0.1), epochs=5, batch_size=4, seed=2,
                      validation=(X, Y), penalty=penalty, callbacks=change_it, replay=replay)  # fmt: skip
        found.append([*model.state_dict().values(), *history["loss"], *history["validation_loss"]])
        assert history.runs_on != "Python" or not replay
    assert found[0] == pytest.approx(found[1], rel=1e-9)


@each_way
def test_an_optimiser_takes_another_state_inside_a_callback(replay):
    """As one does that goes back to the best weights with the memory of that time."""

    class GoesBack(Callback):
        def on_epoch_end(self, epoch, logs):
            if epoch == 2:
                self.kept = self.model.state_dict(), self.optimizer.state_dict()
            if epoch == 4:
                self.model.load_state_dict(self.kept[0])
                self.optimizer.load_state_dict(self.kept[1])

    models = Line(), Line()
    for model, epochs, callbacks in zip(models, (6, 4), (GoesBack(), None)):
        moved = optim.Adam(model.parameters(), lr=0.1)
        history = line(model, epochs, optimizer=moved, callbacks=callbacks, replay=replay)
        assert moved.parameters == model.parameters()
    assert models[0].numbers() == models[1].numbers()
    assert history.stopped == "ended after 4 epochs, as asked"


def test_a_monitor_sees_what_a_callback_has_changed_and_not_before():
    model = nn.Sequential(nn.Linear(2, 3, seed=1), "tanh", nn.Linear(3, 1, seed=2))
    monitor, weights = Monitor(model, every=1), []

    def change(epoch, logs):
        weights.append(np.array([[*[v.data for v in row], b.data] for row, b in zip(model[0].w, model[0].b)]))
        if epoch == 2:
            model[1].name = "relu"

    fit(model, X, Y, loss="mse", optimizer=SGD, epochs=4, monitor=monitor, callbacks=change)
    names = list(monitor.records[0].layers)
    for k, function in ((1, np.tanh), (2, lambda h: np.maximum(h, 0)), (3, lambda h: np.maximum(h, 0))):
        hidden = function(np.hstack([X, np.ones((len(X), 1))]) @ weights[k - 1].T)
        found = [layer.activations for layer in monitor.records[k].layers.values()]
        assert any(a.shape == hidden.shape and np.allclose(a, hidden, rtol=1e-12) for a in found), names


# ---------------------------------------------------------------- stopping


@pytest.mark.parametrize(
    ("event", "stopped", "epochs"),
    [("on_train_begin", "stopped before epoch 1", 0), ("on_epoch_begin", "stopped in epoch 1, after 0 steps", 0),
     ("on_batch_end", "stopped in epoch 1, after 1 step", 0), ("on_epoch_end", "stopped after epoch 1", 1),
     ("on_train_end", "ended after 3 epochs, as asked", 3)],
)  # fmt: skip
def test_a_method_that_returns_true_stops(event, stopped, epochs):
    class Enough:
        pass

    model, enough = Line(), Enough()
    setattr(enough, event, lambda *given: np.bool_(True))
    history = line(model, batch_size=4, seed=1, callbacks=enough)
    assert history.stopped == stopped + (
        " by the callback Enough" if stopped != "ended after 3 epochs, as asked" else ""
    )
    assert len(history["epoch"]) == epochs
    assert (model.numbers() == Line().numbers()) == (event in ("on_train_begin", "on_epoch_begin"))


def test_other_answers_do_not_stop():
    answers = iter([1, "yes", None, [True], False])
    assert line(Line(), 5, callbacks=lambda epoch, logs: next(answers)).stopped == "ended after 5 epochs, as asked"


def test_after_a_stop_early_stopping_brings_back_the_best():
    model, seen = Line(), []

    def spoil(epoch, logs):
        seen.append(model.numbers())
        if epoch == 2:
            model.w[0].data = 5.0
        return epoch == 3

    history = line(model, 9, validation=(X, Y), early_stopping=EarlyStopping(5), callbacks=spoil)
    assert history["validation_loss"][2] > history["validation_loss"][1]
    assert history.best_epoch == 2
    assert model.numbers() == seen[1]
    assert history.stopped == "stopped after epoch 3 by the callback spoil; the parameters are those of epoch 2"


def test_keras_way_to_stop_is_refused_with_the_one_there_is():
    class Ported(Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = True

    model = Line()
    with pytest.raises(AttributeError, match=r"Ported has set model\.stop_training.*on_epoch_end returns True"):
        line(model, callbacks=Ported())
    line(model)  # nothing is left of it


# ---------------------------------------------------------------- errors and Ctrl-C


@each_way
@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("kind", [RuntimeError, DomainError, SystemExit])
def test_an_exception_names_the_callback_and_leaves_the_last_step(event, kind, replay):
    class Breaks:
        pass

    def breaks(*given):
        before.extend(model.numbers())
        model.w[0].data, model.training = 7.0, False  # half of what it was about to assign
        raise kind("no")

    model, callback, before = Line(), Breaks(), []
    setattr(callback, event, breaks)
    with pytest.raises(kind, match="no") as raised:
        line(model, batch_size=4, seed=1, callbacks=[Notes(), callback], replay=replay)
    place = {"on_epoch_begin": " of epoch 1", "on_batch_end": " of batch 1", "on_epoch_end": " of epoch 1"}
    assert raised.value.__notes__ == [f"raised in the callback Breaks, in {event}{place.get(event, '')}"]
    assert model.numbers() == before
    assert model.training


def test_the_settings_around_fit_hold_inside_a_callback():
    def differentiates(epoch, logs):
        x = Value(0.0)
        with pytest.warns(RuntimeWarning, match="gradient"):
            x.sqrt().backward()

    line(Line(), 1, callbacks=differentiates)


needs_signals = pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="optional: needs POSIX signals")


@needs_signals
@pytest.mark.filterwarnings("ignore:fit ")
@pytest.mark.parametrize("event", EVENTS)
def test_ctrl_c_inside_a_callback_gives_back_the_best(event):
    class Interrupted:
        pass

    def interrupt(*given):
        if next(count) == 1:
            before.append(model.numbers())
            model.w[0].data = 7.0
            signal.raise_signal(signal.SIGINT)
            before.append("never")

    model, callback, before = Line(), Interrupted(), []
    count = iter([0] * {"on_epoch_begin": 1, "on_batch_end": 3, "on_epoch_end": 1}.get(event, 0) + [1] + [0] * 9)
    setattr(callback, event, interrupt)
    history = line(model, batch_size=4, seed=1, validation=(X, Y), callbacks=callback)
    assert len(before) == 1
    if event == "on_train_end":
        assert history.stopped == "ended after 3 epochs, as asked; interrupted in on_train_end"
        assert model.numbers() == before[0]
    else:
        epoch = {"on_train_begin": 1, "on_epoch_begin": 2, "on_batch_end": 2, "on_epoch_end": 2}[event]
        assert history.stopped.startswith(f"was interrupted in epoch {epoch}; the parameters are those ")
        again = Line()
        if history.best_epoch:
            line(again, history.best_epoch, batch_size=4, seed=1, validation=(X, Y))
        assert model.numbers() == again.numbers()


# ---------------------------------------------------------------- what is none


class Misspelt:
    def on_epoch_ends(self, epoch, logs):
        pass


class Few:
    def on_epoch_end(self, epoch):
        pass


@pytest.mark.parametrize(
    ("callbacks", "message"),
    [(3, r"callbacks is int 3, and a callback is a function of \(epoch, logs\), or has one of on_train_begin,"),
     ([print, 3], r"callbacks\[1\] is int 3"),
     ("on_epoch_end", r"callbacks is str"),
     ({"a": print}, r"callbacks is dict"),
     (Notes, r"callbacks is the class Notes: fit calls the methods of an object, Notes\(\)"),
     ([Notes], r"callbacks\[0\] is the class Notes"),
     (object(), r"callbacks is object"),
     (Misspelt(), r"callbacks, Misspelt, has on_epoch_ends, which fit never calls: it calls on_train_begin, "),
     (Few(), r"callbacks: on_epoch_end is called with \(epoch, logs\)"),
     (lambda epoch: None, r"callbacks is called with \(epoch, logs\), and <lambda> cannot be"),
     ([lambda: None], r"callbacks\[0\] is called with \(epoch, logs\)")],
)  # fmt: skip
def test_what_is_no_callback_is_named_before_anything_is_trained(callbacks, message):
    model = Line()
    with pytest.raises(TypeError, match=message):
        line(model, callbacks=callbacks)
    assert model.numbers() == Line().numbers()


def test_one_or_several_functions_or_objects():
    seen = []
    for callbacks in (lambda epoch, logs: seen.append(epoch), [lambda epoch, logs: seen.append(epoch)],
                      iter([lambda epoch, logs: seen.append(epoch)]), (), None, Callback(),
                      functools.partial(lambda what, epoch, logs: seen.append(epoch), "x")):  # fmt: skip
        line(Line(), 2, callbacks=callbacks)
    assert seen == [1, 2] * 4


def test_a_number_that_is_not_finite_ends_the_training_as_everywhere():
    def spoil(epoch, logs):
        model.w[0].data = 1e300

    model = Line()
    with pytest.warns(RuntimeWarning, match="fit stopped in epoch 2, after 1 step: the loss is inf"):
        history = line(model, callbacks=spoil)
    assert model.numbers() == Line().numbers()  # in one batch, the best are those from before the first step
    assert history.best_epoch == 1


def test_a_number_that_is_none_is_refused_where_it_is_assigned():
    def spoil(epoch, logs):
        model.w[0].data = math.nan

    model, same = Line(), Line()
    with pytest.raises(ValueError, match="nan is not finite") as raised:
        line(model, callbacks=spoil)
    assert raised.value.__notes__ == ["raised in the callback spoil, in on_epoch_end of epoch 1"]
    line(same, 1)
    assert model.numbers() == same.numbers()
