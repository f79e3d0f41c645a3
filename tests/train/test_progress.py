"""What is shown while `fit` trains: lines after epochs, and a bar that they do not write into."""

import functools
import os
import re
import subprocess
import sys
from types import ModuleType

import pytest

from microgrid import nn, optim, parameter
from microgrid.train import fit
from microgrid.train.runs import progress


class Scale(nn.Module):
    def __init__(self):
        self.w = parameter(0.0)

    def __call__(self, x):
        return self.w * x


X, Y = [1.0, 2.0], [0.0, 1.0]
GIVEN = {"loss": "mse", "optimizer": functools.partial(optim.SGD, lr=0.01), "metrics": "accuracy"}


def lines(capsys, epochs=3, **given):
    """What is printed, and the history."""
    history = fit(Scale(), X, Y, epochs=epochs, **GIVEN | given)
    out, err = capsys.readouterr()
    assert err == ""
    return out.splitlines(), history


def test_nothing_is_printed_unless_asked_for(capsys):
    assert lines(capsys)[0] == []
    assert lines(capsys, verbose=0)[0] == lines(capsys, verbose=False)[0] == []


@pytest.mark.parametrize("verbose", [1, True])
def test_a_line_for_each_epoch_has_the_history_s_numbers_under_keras_s_names(capsys, verbose):
    printed, history = lines(capsys, verbose=verbose, validation=(X, Y))
    assert len(printed) == 3
    for k, text in enumerate(printed):
        head, *parts = text.split(" - ")
        assert head == f"Epoch {k + 1}/3"
        shown = dict(part.split(": ") for part in parts)
        assert list(shown) == ["loss", "accuracy", "val_loss", "val_accuracy"]
        for name, number in shown.items():
            assert number == f"{history[name.replace('val_', 'validation_')][k]:.4f}"


def test_spanish(capsys):
    printed, _ = lines(capsys, 1, verbose=1, validation=(X, Y), lang="es", metrics={"accuracy": "accuracy", "f1": min_})
    assert re.sub(r"\d\.\d{4}", "#", printed[0]) == (
        "Época 1/1 - pérdida: # - exactitud: # - f1: # - val_pérdida: # - val_exactitud: # - val_f1: #"
    )


def min_(predictions, targets):
    return 0.5


def test_every_nth_epoch_and_the_last(capsys):
    def numbers(epochs, verbose, **given):
        printed, _ = lines(capsys, epochs, verbose=verbose, **given)
        return [int(re.match(r"Epoch (\d+)/", text)[1]) for text in printed]

    assert numbers(7, 3) == [3, 6, 7]
    assert numbers(6, 3) == [3, 6]
    assert numbers(2, 10) == [2]
    assert numbers(50, 4, callbacks=lambda epoch, logs: epoch == 10) == [4, 8, 10]
    assert numbers(50, 5, callbacks=lambda epoch, logs: epoch == 10) == [5, 10]


def test_small_and_large_numbers_keep_their_digits():
    def shown(x):
        return progress.line(progress.speaker("en"), 1, 1, {"epoch": [1], "loss": [x]}).partition("loss: ")[2]

    numbers = (0.0, 0.5, 1.5e-5, -1.5e-5, 2.5e8, 123456.75, float("nan"), float("inf"))
    assert [shown(x) for x in numbers] == [
        "0.0000", "0.5000", "1.5000e-05", "-1.5000e-05", "2.5000e+08", "123456.7500", "nan", "inf",
    ]  # fmt: skip


def test_a_resumed_training_goes_on_counting(capsys, tmp_path):
    again = {"verbose": 1, "resume": tmp_path / "run.json", "seed": 1}
    assert len(lines(capsys, 2, **again)[0]) == 2
    assert [text[:9] for text in lines(capsys, 4, **again)[0]] == ["Epoch 3/4", "Epoch 4/4"]
    assert lines(capsys, 4, **again)[0] == []


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        ({"verbose": -1}, ValueError, r"verbose \(0 for no lines, 1 for one after each epoch\) is at least 0, got -1"),
        ({"verbose": "yes"}, TypeError, r"verbose \(0 for no lines, .*\) is a whole number, got str 'yes'"),
        ({"verbose": 0.5}, TypeError, "is a whole number, got float 0.5"),
        ({"lang": "xx"}, ValueError, 'lang=\'xx\' is unknown: choose "en" or "es"'),
    ],
)
def test_what_cannot_be_shown_is_refused_before_anything_is_trained(given, kind, message):
    model = Scale()
    with pytest.raises(kind, match=message):
        fit(model, X, Y, epochs=1, **GIVEN | given)
    assert model.w.data == 0.0


class Ascii:
    """A stdout that knows no accents, and where each line is at once."""

    encoding = "ascii"

    def __init__(self):
        self.text, self.flushed = "", []

    def write(self, text):
        text.encode("ascii")
        self.text += text

    def flush(self):
        self.flushed.append(self.text)


def test_lines_come_at_once_and_where_letters_are_missing_too(monkeypatch):
    monkeypatch.setattr(sys, "stdout", out := Ascii())
    fit(Scale(), X, Y, epochs=2, verbose=1, lang="es", **GIVEN)
    assert out.text.startswith("?poca 1/2 - p?rdida: ")
    assert [text.count("\n") for text in out.flushed] == [1, 2]
    monkeypatch.setattr(sys, "stdout", None)
    assert len(fit(Scale(), X, Y, epochs=2, verbose=1, **GIVEN)["loss"]) == 2


# ---------------------------------------------------------------- beside the bar

TRAIN = """
import functools
from microgrid import nn, optim
from microgrid.train import fit
fit(nn.MLP(1, [2, 1]), [[1.0], [2.0]], [0.0, 1.0], loss="mse", optimizer=optim.Adam, epochs=4, verbose=2)
"""


def on_a_terminal(code):
    """What code writes to a terminal of 100 columns."""
    pty, fcntl, termios = (pytest.importorskip(name) for name in ("pty", "fcntl", "termios"))
    ours, theirs = pty.openpty()
    fcntl.ioctl(
        theirs, termios.TIOCSWINSZ, (40).to_bytes(2, sys.byteorder) + (100).to_bytes(2, sys.byteorder) + bytes(4)
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=theirs, stdout=theirs, stderr=theirs) as run:
        os.close(theirs)
        text = b""
        try:
            while part := os.read(ours, 65536):
                text += part
        except OSError:  # how Linux says that nobody writes any more
            pass
        os.close(ours)
    assert run.returncode == 0
    return text.decode()


def screen(text):
    """What stands there in the end: each line as the last carriage return left it."""
    rows = []
    for row in text.replace("\r\n", "\n").split("\n"):
        shown = ""
        for part in row.split("\r"):
            shown = part + shown[len(part) :]
        rows.append(shown.rstrip())
    return [row for row in rows if row]


def test_lines_stand_above_the_bar():
    pytest.importorskip("tqdm")
    rows = screen(on_a_terminal(TRAIN))
    assert len(rows) == 3
    assert [re.fullmatch(r"Epoch (\d)/4 - loss: \d\.\d{4}", row)[1] for row in rows[:2]] == ["2", "4"]
    assert re.match(r"100%\|.*4/4 .*epoch/s, loss ", rows[2])


def test_a_pipe_gets_lines_and_no_bar():
    run = subprocess.run([sys.executable, "-c", TRAIN], capture_output=True, text=True, check=True)
    assert [text[:9] for text in run.stdout.splitlines()] == ["Epoch 2/4", "Epoch 4/4"]
    assert run.stderr == ""


@pytest.mark.parametrize("widgets", [True, False])
def test_a_notebook_has_its_own_bar_where_it_shows_widgets(monkeypatch, capsys, widgets):
    pytest.importorskip("tqdm")
    shell = ModuleType("IPython")
    shell.get_ipython = lambda: type("Shell", (), {"config": {"IPKernelApp": {}}})()
    monkeypatch.setitem(sys.modules, "IPython", shell)
    made = []

    class Bar:
        def __init__(self, **given):
            made.append(given)

        def set_postfix_str(self, text, refresh):
            self.text = text

        def update(self):
            made.append(self.text)

        def write(self, text, file):
            file.write(text + "\n")

        def close(self):
            made.append("closed")

    auto, notebook = ModuleType("tqdm.auto"), ModuleType("tqdm.notebook")
    auto.tqdm, notebook.IProgress = Bar, object if widgets else None
    monkeypatch.setitem(sys.modules, "tqdm.auto", auto)
    monkeypatch.setitem(sys.modules, "tqdm.notebook", notebook)
    printed, history = lines(capsys, 2, verbose=1)
    assert len(printed) == 2
    losses = [f"loss {x:.4g}" for x in history["loss"]]
    given = {"total": 2, "initial": 0, "unit": "epoch", "file": None}
    assert made == ([given, *losses, "closed"] if widgets else [])
