"""A history as a file and as a DataFrame: every number to the last bit, whatever it is, or a reason why not."""

import functools
import json
import random
import struct
import subprocess
import sys

import numpy as np
import pytest

from helpers.damage import damaged
from microgrid import CheckpointError, nn, optim
from microgrid.base import files
from microgrid.train import History, fit

ODD = [0.1, 1 / 3, 5e-324, -0.0, 1.7976931348623157e308, float("inf"), float("-inf"), float("nan"), -float("nan")]


def odd():
    """A history of numbers that are easily lost."""
    history = History(["epoch", "loss"])
    for epoch, loss in enumerate(ODD, 1):
        history.append(epoch=epoch, loss=loss)
    history.best_epoch, history.stopped, history.runs_on = 3, "was «interrupted»\nin epoch 9", "C"
    return history


def trained(**more):
    random.seed(1)
    model = nn.MLP(2, [3, 1])
    adam = functools.partial(optim.Adam, lr=0.05)
    X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [-1, 1, 1, -1]
    return fit(model, X, y, loss="hinge", optimizer=adam, epochs=5, validation=(X, y), metrics="accuracy", **more)


def bits(history):
    """Every number of every column, as its type and bytes."""
    return {name: [(type(x), struct.pack("d", x)) for x in xs] for name, xs in history.items()}


@pytest.mark.parametrize("make", [odd, trained, lambda: History(["epoch", "loss"])], ids=["odd", "trained", "empty"])
def test_a_history_comes_back_to_the_last_bit(make, tmp_path):
    history = make()
    history.save(tmp_path / "h.json")
    loaded = History.load(tmp_path / "h.json")
    assert bits(loaded) == bits(history)
    assert list(loaded) == list(history)
    assert repr(loaded) == repr(history)
    assert (loaded.best_epoch, loaded.stopped) == (history.best_epoch, history.stopped)
    assert (loaded.runs_on, loaded.path) == (history.runs_on, None)


@pytest.mark.parametrize("record", ["parameters", ["layers.0.neurons.0.b"], lambda m: {"two": 2 * m.parameters()[0]},
                                    lambda m: m.parameters()[0]])  # fmt: skip
def test_its_path_comes_back_too(record, tmp_path):
    history = trained(record=record, every=2)
    history.save(tmp_path / "h.json")
    loaded = History.load(tmp_path / "h.json")
    assert vars(loaded.path) == vars(history.path)
    assert str(loaded.path) == str(history.path)


def test_a_path_of_numbers_that_are_not_finite_comes_back(tmp_path):
    history = trained(record="parameters")
    history.path.points[1][0], history.path.values[2] = float("inf"), float("nan")
    history.save(tmp_path / "h.json")
    path = History.load(tmp_path / "h.json").path
    assert path.points == history.path.points
    assert np.isnan(path.values[2])


def test_numbers_of_numpy_are_kept_as_python_s(tmp_path):
    history = History(["epoch", "loss"])
    history.append(epoch=np.int64(1), loss=np.float64(0.1))
    history.save(tmp_path / "h.json")
    assert bits(History.load(tmp_path / "h.json")) == {
        "epoch": [(int, struct.pack("d", 1))], "loss": [(float, struct.pack("d", 0.1))],
    }  # fmt: skip


def test_a_damaged_file_is_refused(tmp_path):
    history = trained(record=["layers.0.neurons.0.b"])
    path = tmp_path / "h.json"
    history.save(path)
    for spoilt in damaged(path.read_bytes(), 300, seed=1):
        path.write_bytes(spoilt)
        with pytest.raises(CheckpointError, match=r"h\.json"):
            History.load(path)


def test_a_file_of_another_kind_or_of_a_newer_version_is_refused(tmp_path):
    path = tmp_path / "h.json"
    nn.MLP(1, [1]).save(path)
    with pytest.raises(CheckpointError, match="its format is 'microgrid module 2', and a history is"):
        History.load(path)
    files.store(path, "history", 2, {})
    with pytest.raises(CheckpointError, match="no newer one than 1: update microgrid"):
        History.load(path)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"columns": [1]}, "a history has columns by name, got list"),
        (
            {"columns": {"epoch": [1], "loss": [0.1, 0.2]}},
            r"columns have a number for each epoch, and .* \[1, 2\]",
        ),
        ({"columns": {"epoch": [True]}}, "the column 'epoch' holds numbers, got bool True"),
        ({"columns": {"epoch": ["1"]}}, "the column 'epoch' holds numbers, got str '1'"),
        ({"columns": {"epoch": 1}}, "the column 'epoch' is a list of numbers, got int"),
        ({"best_epoch": 1.5}, "best_epoch is the number of an epoch or null, got 1.5"),
        ({"stopped": None}, "stopped is a text, got None"),
        ({"path": {"points": []}}, "a path has gradients, label, names, points"),
    ],
)
def test_contents_that_no_history_has_are_refused(changed, message, tmp_path):
    files.store(tmp_path / "h.json", "history", 1, {**odd().contents(), **changed})
    with pytest.raises(CheckpointError, match=rf"cannot load .*h\.json: {message}"):
        History.load(tmp_path / "h.json")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"names": [1]}, r"the names of a path are texts, got \[1\]"),
        ({"values": [0.0]}, "a path of 6 points has as many values and steps"),
        ({"points": 3}, "points of a path is a list, got int"),
        ({"label": 3}, "the label of a path is a text, got 3"),
    ],
)
def test_a_path_that_cannot_be_is_refused(changed, message, tmp_path):
    contents = trained(record="parameters").contents()
    files.store(tmp_path / "h.json", "history", 1, {**contents, "path": {**contents["path"], **changed}})
    with pytest.raises(CheckpointError, match=message):
        History.load(tmp_path / "h.json")


def test_a_file_that_cannot_be_written_leaves_what_was_there(tmp_path):
    path = tmp_path / "h.json"
    odd().save(path)
    before, history = path.read_bytes(), odd()
    history._columns["loss"][3] = "no number"
    with pytest.raises(TypeError):
        history.save(path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["h.json"]


def test_the_csv_has_every_bit_too(tmp_path):
    odd().to_csv(tmp_path / "h.csv")
    rows = [line.split(",") for line in (tmp_path / "h.csv").read_text().splitlines()[1:]]
    got, expected = ([struct.pack("d", x) for x in xs if x == x] for xs in ([float(x) for _, x in rows], ODD))
    assert got == expected
    assert [epoch for epoch, x in rows if x == "nan"] == ["8", "9"]


# ---------------------------------------------------------------- pandas


def test_a_dataframe_has_the_columns_to_the_last_bit():
    pytest.importorskip("pandas")
    for history in (odd(), trained()):
        frame = history.dataframe()
        assert list(frame.columns) == list(history)
        assert frame["epoch"].dtype == np.int64
        for name in history:
            assert frame[name].to_numpy(float).tobytes() == np.array(history[name], float).tobytes()


def test_a_dataframe_of_no_epochs_has_its_columns():
    pytest.importorskip("pandas")
    frame = History(["epoch", "loss"]).dataframe()
    assert (list(frame.columns), len(frame), set(map(str, frame.dtypes))) == (["epoch", "loss"], 0, {"float64"})


def test_a_path_is_a_dataframe_too():
    pytest.importorskip("pandas")
    path = trained(record=["layers.0.neurons.0.b"]).path
    frame = path.dataframe()
    assert list(frame.columns) == list(path.columns())
    assert frame["loss"].tolist() == path.values
    assert np.isnan(frame["lr"].iloc[-1])


def test_pandas_is_loaded_only_when_asked_and_named_where_it_is_missing():
    code = (
        "import sys; sys.modules['pandas'] = None\n"
        "from microgrid.train import History\n"
        "try: History(['epoch']).dataframe()\n"
        "except ImportError as error: print(error)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "a DataFrame needs pandas: pip install pandas, or use to_csv(path)\n"


def test_what_is_written_is_json_that_others_read(tmp_path):
    odd().save(tmp_path / "h.json")
    contents = json.loads((tmp_path / "h.json").read_text(), parse_constant=lambda name: pytest.fail(name))
    assert contents["columns"]["loss"][5:] == ["inf", "-inf", "nan", "-nan"]
