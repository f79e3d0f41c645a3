"""A training that was ended goes on from its file as if nothing had happened, to the last bit; another is refused."""

from __future__ import annotations

import functools
import json
import math
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from helpers import resumed
from helpers.interrupting import at_each_line
from helpers.line import SGD, Line, X, Y
from helpers.resumed import EPOCHS, RUNS, run
from microgrid import CheckpointError, nn, optim
from microgrid.train import Checkpoint, EarlyStopping, fit
from microgrid.train.runs import resuming

needs_signals = pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="optional: needs POSIX signals")
each_way = pytest.mark.parametrize("replay", [True, False], ids=["replayed", "Python"])


def kill_at_random(name, replay, kills, folder, dice):
    """Train in a process that is killed again and again, and at last not; what came of it."""
    file, left = folder / "run.json", kills
    command = [sys.executable, "-m", "helpers.resumed", name, str(file), str(replay), "0.02"]
    folders = [str(Path(resumed.__file__).parents[1]), str(Path(resumed.__file__).parents[2])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([*folders, os.environ.get("PYTHONPATH", "")])}
    while True:
        child = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
        with child:
            assert child.stdout.readline() == "begun\n"
            if left:
                time.sleep(dice.uniform(0, 0.8 / kills + 0.1))
                child.kill()
                left -= child.wait() == -signal.SIGKILL
            else:
                assert child.wait() == 0
        out = folder / "run.json.out"
        if out.exists():
            assert {path.name for path in folder.iterdir()} == {"run.json", "run.json.out"}
            return out.read_text(), kills - left


@needs_signals
def test_a_killed_training_goes_on(tmp_path):
    text, kills = kill_at_random("everything", True, 3, tmp_path, random.Random(1))
    assert text == run("everything", EPOCHS)
    assert kills


@needs_signals
@pytest.mark.slow
@each_way
@pytest.mark.parametrize("name", ["everything", "normed", "generators"])
def test_a_training_killed_at_random_moments_goes_on(name, replay, tmp_path):
    """Five times each, 30 in all."""
    killed, dice, k = 0, random.Random(len(name) + replay), 0
    expected = run(name, EPOCHS, replay=replay)
    while killed < 5:
        folder = tmp_path / str(k)
        folder.mkdir()
        text, kills = kill_at_random(name, replay, 5 - killed, folder, dice)
        assert text == expected
        killed, k = killed + kills, k + 1


@each_way
@pytest.mark.parametrize("name", RUNS)
def test_a_training_goes_on_from_any_epoch(name, replay, tmp_path):
    file = tmp_path / "run.json"
    expected = run(name, 9, replay=replay)
    for epochs in (1, 2, 5, 6, 9, 9):
        text = run(name, epochs, file, replay=replay)
        assert text == run(name, epochs, replay=replay)
    assert text == expected
    assert os.listdir(tmp_path) == ["run.json"]


def test_what_early_stopping_has_ended_stays_ended(tmp_path):
    expected = run("plateau", 60)
    assert "stopped early" in expected
    for epochs in (3, 60, 60, 80):
        text = run("plateau", epochs, tmp_path / "run.json")
    assert text == expected


def test_without_a_seed_the_same_samples_are_held_back(tmp_path):
    """What was drawn is in the file, and only what is drawn later is new."""
    file, model = tmp_path / "run.json", functools.partial(nn.Linear, 2, 1, seed=1)
    first = fit(model(), X, Y, loss="mse", optimizer=SGD, epochs=3, validation=0.4, batch_size=2, resume=file)
    again = fit(model(), X, Y, loss="mse", optimizer=SGD, epochs=3, validation=0.4, batch_size=2, resume=file)
    assert again["validation_loss"] == first["validation_loss"]
    longer = fit(model(), X, Y, loss="mse", optimizer=SGD, epochs=5, validation=0.4, batch_size=2, resume=file)
    assert longer["loss"][:3] == first["loss"]


def test_seconds_go_on_and_leave_out_the_time_between(tmp_path):
    file = tmp_path / "run.json"
    slow = lambda epoch, logs: time.sleep(0.05)  # noqa: E731
    fit(Line(), X, Y, loss="mse", optimizer=SGD, epochs=3, callbacks=slow, resume=file)
    time.sleep(1.5)
    seconds = fit(Line(), X, Y, loss="mse", optimizer=SGD, epochs=4, resume=file)["seconds"]
    assert seconds == sorted(seconds)
    assert seconds[3] - seconds[2] < 1.4


@pytest.mark.parametrize("stop", ["callback", "Ctrl-C", "error"])
@pytest.mark.filterwarnings("ignore:fit was interrupted")
def test_what_something_else_has_ended_goes_on_too(stop, tmp_path):
    def end(epoch, logs):
        if epoch != 4 or done:
            return None
        done.append(epoch)
        if stop == "Ctrl-C":
            raise KeyboardInterrupt
        if stop == "error":
            raise RuntimeError
        return True

    done, file = [], Checkpoint(tmp_path / "run.json", every=1)
    with suppress(RuntimeError):
        run("normed", 9, file, callbacks=end)
    assert json.loads((tmp_path / "run.json").read_text())["epoch"] == (4 if stop == "callback" else 3)
    assert run("normed", 9, file, callbacks=end) == run("normed", 9)


@needs_signals
@pytest.mark.filterwarnings("ignore:fit ")
@pytest.mark.parametrize("stride", [61, pytest.param(7, marks=pytest.mark.slow)], ids=["some lines", "many lines"])
@pytest.mark.parametrize("more", [0, 2], ids=["once", "three times"])
def test_what_ctrl_c_has_ended_at_lines_goes_on(more, stride, tmp_path):
    own = tuple(f"train/{name}.py" for name in ("fit", "training", "runs/resuming", "runs/state", "runs/callbacks"))
    file, expected = tmp_path / "run.json", run("normed", 4)

    def train():
        run("normed", 4, Checkpoint(file, every=1))

    def check(interrupted):
        assert run("normed", 4, Checkpoint(file, every=1)) == expected
        file.unlink()

    assert at_each_line(train, check, more, own, stride=stride, first=1 + more, real=True) > 10


# ---------------------------------------------------------------- when it is written


def written(monkeypatch, resume, epochs=10, **given):
    """After which epochs the file was."""
    after, store = [], resuming.files.store
    monkeypatch.setattr(resuming.files, "store", lambda *args: (after.append(args[3]["epoch"]), store(*args)))
    fit(Line(), X, Y, loss="mse", optimizer=SGD, epochs=epochs, resume=resume, **given)
    return after


def test_it_is_written_every_so_many_epochs_and_at_the_end(monkeypatch, tmp_path):
    assert written(monkeypatch, Checkpoint(tmp_path / "run.json", 4)) == [4, 8, 10]


def test_the_epoch_that_early_stopping_ends_with_is_written(monkeypatch, tmp_path):
    flat = {"early_stopping": EarlyStopping(2, min_delta=1e9)}  # no epoch after the first is better by that
    assert written(monkeypatch, Checkpoint(tmp_path / "run.json", 50), **flat) == [3]


def test_a_path_alone_is_written_about_once_a_second(monkeypatch, tmp_path):
    clock = iter(np.arange(0, 1e6, 0.1))
    monkeypatch.setattr(resuming, "perf_counter", lambda: next(clock))
    after = written(monkeypatch, tmp_path / "run.json", 100)
    assert after[-1] == 100
    assert all(9 <= b - a <= 24 for a, b in pairwise(after[:-1]))  # a writing takes 0.1, of which 20 are 2


def test_the_file_is_json_with_a_version_and_readable_numbers(tmp_path):
    file, model = tmp_path / "run.json", Line()
    history = fit(model, X, Y, loss="mse", optimizer=SGD, epochs=3, resume=str(file))
    contents = json.loads(file.read_text())
    assert contents["format"] == "microgrid run 1"
    assert contents["parameters"] == model.numbers()
    assert contents["history"]["columns"]["loss"] == history["loss"]


# ---------------------------------------------------------------- what is refused


def network(change=None):
    return nn.Sequential(
        nn.Linear(2, 3 if change != "size" else 4, seed=1), "tanh" if change != "activation" else "relu",
        nn.Dropout(0.2 if change != "p" else 0.3, seed=1), nn.Linear(3 if change != "size" else 4, 1, seed=2),
    )  # fmt: skip


BASE = {"loss": "mse", "optimizer": functools.partial(optim.Adam, lr=0.1), "epochs": 2, "batch_size": 3, "seed": 1}


@pytest.mark.parametrize(
    ("change", "given", "message"),
    [("size", {}, r"the trained parameters are 13 there and 17 here"),
     ("activation", {}, r"the model's part layers\.1 is .*'tanh'.* there and .*'relu'.* here"),
     ("p", {}, r"the model's part layers\.2 is Dropout\(p=0\.2.*\) there and Dropout\(p=0\.3.*\) here"),
     ("", {"loss": "mae"}, "loss is mse there and mae here"),
     ("", {"optimizer": optim.SGD}, "the optimizer's kind is Adam there and SGD here"),
     ("", {"optimizer": optim.Adam}, "the optimizer's lr is 0.1 there and 0.001 here"),
     ("", {"batch_size": 2}, "batch_size is 3 there and 2 here"),
     ("", {"batch_size": None}, "batch_size is 3 there and 7 here"),
     ("", {"seed": 2}, "seed is 1 there and 2 here"),
     ("", {"seed": None}, "seed is 1 there and None here"),
     ("", {"X": X[:6], "y": Y[:6]}, r"the training's data is X of the shape \(7, 2\) and y of .* there and X of the"),
     ("", {"y": Y + 1e-15}, "the training's checksum of the data is .* there and .* here"),
     ("", {"validation": (X, Y)}, "the validation's is None there and .* here"),
     ("", {"early_stopping": 3}, "early_stopping is None there and .*patience.* here"),
     ("", {"schedule": lambda o: optim.StepLR(o, 2)}, "the schedule's is None there and .*StepLR.* here"),
     ("", {"clip": ("norm", 1.0)}, r"clip is None there and \['norm', 1.0\] here"),
     ("", {"penalty": functools.partial(nn.losses.l2_penalty, strength=0.1)},
      r"penalty is None there and l2_penalty\(strength=0\.1\) here"),
     ("", {"metrics": {"size": lambda p, y: 1.0}}, "metrics size is None there and .* here"),
     ("", {"replay": False}, "replay is True there and False here"),
     ("", {"record": "parameters"}, "record and every is None there and .* here"),
     ("", {"epochs": 1}, "run.json holds 2 epochs, and epochs=1 asks for fewer: ask for more")],
)  # fmt: skip
def test_another_run_is_refused_by_what_differs_and_changes_nothing(change, given, message, tmp_path):
    file = tmp_path / "run.json"
    fit(network(), X, Y, **BASE, resume=file)
    before, model = file.read_bytes(), network(change)
    start = model.state_dict()
    given = {"X": X, "y": Y, **BASE, **given}
    with pytest.raises(CheckpointError, match=message) as refused:
        fit(model, resume=file, **given)
    assert str(file) in str(refused.value)
    assert str(refused.value).count("\n") == 0
    assert model.state_dict() == start
    assert file.read_bytes() == before


def test_more_epochs_another_callback_or_monitor_are_the_same_run(tmp_path):
    from microgrid.monitor import Monitor

    file = tmp_path / "run.json"
    fit(network(), X, Y, **BASE, resume=file)
    model = network()
    history = fit(model, X, Y, **BASE | {"epochs": 4}, resume=Checkpoint(file, 3), monitor=Monitor(model),
                  callbacks=lambda epoch, logs: None, progress=False)  # fmt: skip
    assert history["epoch"] == [1, 2, 3, 4]


def test_what_a_function_was_given_belongs_to_the_run_and_where_it_lies_does_not(tmp_path):
    class Weights:
        pass

    def weighted(predictions, targets, *, by, scale):
        return nn.losses.mse(predictions, targets) * scale

    def train(scale):
        loss = functools.partial(weighted, by=Weights(), scale=scale)
        return fit(network(), X, Y, **BASE | {"loss": loss}, resume=tmp_path / "run.json")

    first = train(2.0)
    assert train(2.0)["loss"] == first["loss"]
    with pytest.raises(CheckpointError, match=r"loss is .*scale=2\.0\) there and .*scale=3\.0\) here"):
        train(3.0)


class Halving:
    """A schedule without a state."""

    def __init__(self, optimizer):
        self.optimizer = optimizer

    def step(self):
        self.optimizer.lr /= 2


@pytest.mark.parametrize(
    ("resume", "error", "message"),
    [(3, TypeError, "resume is the path of a file, or a Checkpoint of one, got int 3"),
     (True, TypeError, "resume is the path of a file"),
     ("", IsADirectoryError, r"resume='' is a folder: name a file in it, such as 'run\.json'"),
     (".", IsADirectoryError, r"resume='\.' is a folder: name a file in it, such as '.*run\.json'"),
     ("none/run.json", FileNotFoundError, r"resume='none.run\.json' is in a folder that does not exist: make it")],
)  # fmt: skip
def test_what_is_no_file_is_refused_before_training(resume, error, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = Line()
    with pytest.raises(error, match=message):
        fit(model, X, Y, loss="mse", optimizer=SGD, epochs=1, resume=resume)
    assert model.numbers() == Line().numbers()


@pytest.mark.parametrize("every", [0, -3, 1.5, True])
def test_every_is_a_number_of_epochs(every):
    with pytest.raises((TypeError, ValueError), match=r"every is (at least 1|a whole number), got"):
        Checkpoint("run.json", every)


def test_a_schedule_without_a_state_is_refused(tmp_path):
    with pytest.raises(TypeError, match="resume stores the schedule too, and Halving has no state_dict"):
        fit(Line(), X, Y, loss="mse", optimizer=SGD, epochs=1, schedule=Halving, resume=tmp_path / "run.json")


@pytest.mark.parametrize(
    "change",
    [{"parameters": [1.0]}, {"parameters": "no"}, {"epoch": 1.5}, {"epoch": 1}, {"best": {}}, {"optimizer": {}},
     {"history": {}}, {"random": {}}, {"counted": []}, {"running": [[1.0]]}, {"fixed": [1.0]}, {"attributes": [{}]},
     {"run": []}],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_a_forged_file_with_the_right_checksum_is_refused_whole(change, tmp_path):
    file, held = tmp_path / "run.json", network()
    fit(held, X, Y, **BASE, resume=file)
    contents = {name: x for name, x in json.loads(file.read_text()).items() if name not in ("format", "checksum")}
    resuming.files.store(file, "run", 1, contents | change)
    model, states = network(), random.getstate()
    moved = optim.Adam(model.parameters(), lr=0.1)
    before = model.state_dict(), moved.state_dict(), model[2]._stream.bit_generator.state
    with pytest.raises(CheckpointError, match=r"run\.json"):
        fit(model, X, Y, **BASE | {"optimizer": moved}, resume=file)
    assert (model.state_dict(), moved.state_dict(), model[2]._stream.bit_generator.state) == before
    assert random.getstate() == states


def test_where_the_optimisers_state_is_none_the_schedule_and_the_rate_stay(tmp_path):
    file, model = tmp_path / "run.json", network()
    moved = optim.Adam(model.parameters(), lr=0.1)
    fit(model, X, Y, **BASE | {"optimizer": moved}, schedule=optim.StepLR(moved, 1, 0.5), resume=file)
    contents = {name: x for name, x in json.loads(file.read_text()).items() if name not in ("format", "checksum")}
    contents["optimizer"]["steps"] = -1
    resuming.files.store(file, "run", 1, contents)
    again = network()
    moved = optim.Adam(again.parameters(), lr=0.1)
    ruled = optim.StepLR(moved, 1, 0.5)
    before = again.state_dict(), moved.state_dict(), ruled.state_dict()
    with pytest.raises(CheckpointError, match="steps"):
        fit(again, X, Y, **BASE | {"optimizer": moved}, schedule=ruled, resume=file)
    assert (again.state_dict(), moved.state_dict(), ruled.state_dict()) == before


def test_a_disk_that_is_full_is_an_error_that_names_the_file(tmp_path, monkeypatch):
    def full(*given):
        raise OSError(28, "cannot write the file: No space left on device", str(tmp_path / "run.json"))

    monkeypatch.setattr(resuming.files, "store", full)
    model, same = Line(), Line()
    with pytest.raises(OSError, match="No space left"):
        fit(model, X, Y, loss="mse", optimizer=SGD, epochs=2, resume=Checkpoint(tmp_path / "run.json", 1))
    fit(same, X, Y, loss="mse", optimizer=SGD, epochs=1)
    assert model.numbers() == same.numbers()
    assert not math.isnan(sum(model.numbers()))
