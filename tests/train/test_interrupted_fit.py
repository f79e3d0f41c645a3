"""Ctrl-C, up to three times, after any line of `fit`: parameters of one epoch, a History, the model's modes."""

from __future__ import annotations

import random
import signal

import numpy as np
import pytest

from helpers.interrupting import at_each_line
from helpers.line import Line, X, Y
from microgrid import optim
from microgrid.base import context
from microgrid.train import Callback, fit
from microgrid.train.held import MOST_HELD, Held

NAMES = "fit", "training", "held", "history", "task", "programs", "objectives", "runs/callbacks"
OWN = tuple(f"train/{name}.py" for name in NAMES)
times = pytest.mark.parametrize("more", [0, 1, 2], ids=["once", "twice", "three times"])
pytestmark = [
    pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="optional: needs POSIX signals"),
    pytest.mark.filterwarnings("ignore:fit ")
]  # fmt: skip


class Trial:
    """A model to be trained for three epochs, and what it may be afterwards."""

    def __init__(self, **given):
        self.given = {"loss": "mse", "epochs": 3, "replay": True} | given
        self.paths, self.start = [], Line().numbers()
        for epochs in range(1, 4):
            model = Line()
            self.run(model, epochs=epochs)
            self.paths.append(model.numbers())
        self.begin()

    def run(self, model, **given):
        self.optimizer = optim.SGD(model.parameters(), lr=0.1)
        return fit(model, X, Y, optimizer=self.optimizer, **self.given | given)

    def begin(self):
        self.model, self.history = Line(), None
        self.random = random.getstate()

    def __call__(self):
        self.history = self.run(self.model)

    def check(self, interrupted):
        now = self.model.numbers()
        assert context.BLOCKS.open == 0
        assert context.current() == context.DEFAULT
        assert random.getstate() == self.random
        assert self.optimizer.parameters == self.model.parameters()
        self.optimizer.zero_grad()  # of Values again, not of the array that stood for them
        if interrupted:
            assert now == self.start  # nothing has begun: on the way out, the History is returned
        else:
            h = self.history
            assert len({len(column) for column in h.values()}) == 1
            if "record" in self.given:  # whose points are where the steps led, up to the one that was on its way
                assert h.path.points == [self.start, *self.paths][: len(h.path)]
                assert len(h.path) == len(h.path.values) == len(h.path.gradients) >= len(h["epoch"])
            epochs = len(h["epoch"])
            if "interrupted in epoch" in h.stopped:
                # in one batch the loss of epoch k is that of the parameters after k - 1
                best = int(np.argmin(h["loss"])) if epochs else 0
                assert h.best_epoch == (best + 1 if epochs else None)
                assert now == ([self.start, *self.paths][best])
            else:
                assert epochs == 3
                assert now == self.paths[-1]
        self.begin()


class EveryEvent(Callback):
    """Waits for everything."""

    def nothing(self, *given):
        return False

    on_train_begin = on_epoch_begin = on_batch_end = on_epoch_end = on_train_end = nothing


@times
@pytest.mark.parametrize("given", [{"record": "parameters"}, {"callbacks": EveryEvent()}], ids=["path", "callbacks"])
def test_fit_interrupted_after_lines(more, given):
    """After some of the lines; the next test takes all."""
    trial = Trial(**given)
    assert at_each_line(trial, trial.check, more, OWN, stride=17, first=1 + more, real=True) > 15


@pytest.mark.slow
@times
@pytest.mark.parametrize(
    "given", [{}, {"replay": False}, {"callbacks": EveryEvent()}], ids=["replayed", "Python", "callbacks"]
)
def test_fit_interrupted_after_each_line(more, given):
    trial = Trial(**given)
    assert at_each_line(trial, trial.check, more, OWN, real=True) > 200


def test_an_interrupt_of_the_last_check_costs_no_history(monkeypatch):
    from microgrid.train import objectives

    def fault(self):
        signal.raise_signal(signal.SIGINT)
        return "never"

    monkeypatch.setattr(objectives.ReplayedExamples, "fault", fault)
    model = Line()
    with pytest.warns(RuntimeWarning, match="ended after 3 epochs, as asked; interrupted before it was checked"):
        history = fit(model, X, Y, loss="mse", optimizer=optim.SGD(model.parameters(), lr=0.1), epochs=3)
    assert len(history["loss"]) == 3
    assert "interrupted before it was checked" in history.stopped


# ---------------------------------------------------------------- the time in which it waits


def test_what_waits_is_raised_at_the_end_and_the_handler_is_what_it_was():
    before, reached = signal.getsignal(signal.SIGINT), []

    def run():
        with Held():
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            reached.append("the end")

    with pytest.raises(KeyboardInterrupt):
        run()
    assert reached == ["the end"]
    assert signal.getsignal(signal.SIGINT) is before


def test_after_the_first_others_wait_and_count_for_nothing():
    reached = []
    with Held() as held:
        try:
            with held.let():
                signal.raise_signal(signal.SIGINT)
                reached.append("never")
        except KeyboardInterrupt:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            reached.append("cleaned up")
    assert reached == ["cleaned up"]


def test_a_block_inside_another_leaves_that_one_open():
    reached = []

    def run():
        with Held() as held, held.let():
            with held.let():
                reached.append("inside")
            signal.raise_signal(signal.SIGINT)
            reached.append("never")

    with pytest.raises(KeyboardInterrupt):
        run()
    assert reached == ["inside"]


def test_one_that_came_while_it_waited_is_raised_where_one_may_come():
    reached = []
    with Held() as held:
        signal.raise_signal(signal.SIGINT)
        reached.append("held")
        with pytest.raises(KeyboardInterrupt), held.let():
            reached.append("never")
    assert reached == ["held"]


def test_who_insists_gets_out():
    sent = []

    def run():
        with Held():
            while len(sent) < 10:
                sent.append(signal.SIGINT)
                signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run()
    assert len(sent) == MOST_HELD + 1
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_handler_of_the_user_that_raises_nothing_goes_on():
    calls, before = [], signal.signal(signal.SIGINT, lambda number, frame: calls.append(number))
    try:
        with Held() as held, held.let():
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
        assert calls == [signal.SIGINT] * 2
        history = fit(Line(), X, Y, loss="mse", optimizer=optim.Adam, epochs=2)
        assert history.stopped == "ended after 2 epochs, as asked"
    finally:
        signal.signal(signal.SIGINT, before)
