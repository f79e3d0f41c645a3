"""The columns that training leaves behind, as a mapping, a file and a picture; accuracy, and metrics of one's own."""

import csv
import functools
from types import SimpleNamespace

import numpy as np
import pytest

import microgrid
from microgrid import nn, optim, parameter, pictures
from microgrid.nn import losses
from microgrid.ops import TABLE
from microgrid.train import EarlyStopping, History, fit


def filled():
    history = History(["epoch", "loss"])
    history.append(epoch=1, loss=0.1)
    history.append(epoch=2, loss=1 / 3)
    return history


def test_a_history_is_a_mapping():
    history = filled()
    assert dict(history) == {"epoch": [1, 2], "loss": [0.1, 1 / 3]}
    assert (len(history), "lr" in history, history.get("lr")) == (2, False, None)
    with pytest.raises(KeyError, match="'accuracy' is no column of this history: it has epoch, loss"):
        history["accuracy"]


def test_an_epoch_has_a_number_for_every_column():
    history = filled()
    with pytest.raises(ValueError, match=r"a number for each of \['epoch', 'loss'\], got \['epoch'\]"):
        history.append(epoch=3)
    assert history["epoch"] == [1, 2]


def test_a_history_says_that_a_custom_operation_was_trained_on_numpy():
    TABLE.pop("history_cube", None)
    cube = microgrid.custom_op("history_cube", value=lambda x: x**3, partials=[lambda x: 3 * x**2])

    class Cube(nn.Module):
        def __init__(self):
            self.w = parameter(0.5)

        def __call__(self, x):
            return cube(self.w * x)

    try:
        sgd = functools.partial(optim.SGD, lr=1e-3)
        history = fit(Cube(), [1.0, 2.0], [1.0, 8.0], loss="mse", optimizer=sgd, epochs=2)
    finally:
        del TABLE["history_cube"]
    assert history.runs_on == "NumPy, because history_cube (custom) runs in Python"
    assert repr(history).endswith("; ended after 2 epochs, as asked; on " + history.runs_on)


def test_a_history_says_how_it_went():
    assert repr(History(["epoch", "loss"])) == "History of 0 epochs, not ended"
    history = filled()
    history.best_epoch, history.stopped = 1, "ended after 2 epochs, as asked"
    assert repr(history) == "History of 2 epochs: loss 0.1 to 0.3333; best epoch 1; ended after 2 epochs, as asked"


def test_the_file_has_every_digit(tmp_path):
    filled().to_csv(tmp_path / "history.csv")
    with open(tmp_path / "history.csv", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["epoch", "loss"]
    assert [(int(epoch), float(loss)) for epoch, loss in rows[1:]] == [(1, 0.1), (2, 1 / 3)]
    assert [path.name for path in tmp_path.iterdir()] == ["history.csv"]


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path):
    (tmp_path / "history.csv").mkdir()
    with pytest.raises(OSError, match="history"):
        filled().to_csv(tmp_path / "history.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["history.csv"]


def test_plot_hands_the_columns_to_the_drawings(monkeypatch):
    drawings = SimpleNamespace(
        curves=lambda history, what, log, ax: (dict(history), what, log, ax),
        trainings=lambda history, log: (dict(history), log),
    )
    monkeypatch.setattr(pictures, "plots", lambda: drawings)
    columns = {"epoch": [1, 2], "loss": [0.1, 1 / 3]}
    assert filled().plot(ax="axes") == (columns, "loss", False, "axes")
    assert filled().plot("accuracy", log=True) == (columns, "accuracy", True, None)
    assert filled().plot(log=True) == (columns, True)


def test_early_stopping_is_checked():
    for given, message in (((0,), "patience is at least 1"), ((3, -1.0), "min_delta is a finite number from 0 on")):
        with pytest.raises(ValueError, match=message):
            EarlyStopping(*given)


# ---------------------------------------------------------------- metrics


class Fixed(nn.Module):
    """Predicts the sample itself, or the sample's logits."""

    def __init__(self):
        self.w = parameter(1.0)

    def __call__(self, x):
        return [self.w * xi for xi in x] if isinstance(x, list) else self.w * x


STILL = functools.partial(optim.SGD, lr=0.0)


@pytest.mark.parametrize(
    ("X", "y", "loss", "expected"),
    [
        ([0.3, -0.2, 0.9, -4.0], [1, 1, 1, -1], "hinge", 3 / 4),
        ([0.6, 0.4, 0.2, 0.9], [1, 1, 0, 0], "mse", 2 / 4),
        ([0.6, 0.4, 0.2, 0.9], [1, 1, 0, 0], "bce", 2 / 4),
        ([0.6, 0.4, 0.2, -0.9], [1, 1, 0, 0], "bce_with_logits", 3 / 4),
        ([0.6, 0.4], [0, 0], "mse", 1 / 2),
        ([[1, 5, 2], [7, 1, 1], [0, 1, 3]], [1, 0, 1], "cross_entropy_with_logits", 2 / 3),
        ([[1, 5, 2], [7, 1, 1], [0, 1, 3]], np.eye(3)[[1, 0, 1]], "cross_entropy_with_logits", 2 / 3),
    ],
)
def test_accuracy(X, y, loss, expected):
    history = fit(Fixed(), X, y, loss=loss, optimizer=STILL, epochs=1, metrics="accuracy", validation=(X, y))
    assert history["accuracy"] == history["validation_accuracy"] == [pytest.approx(expected)]


LOGITS = [0.6, 0.4, 0.2, -0.9, 0.3], [1, 1, 0, 0, 1]
"""Four of five are right if yes begins at 0, three if it does at ½."""


def weighted(predictions, targets):
    """A yes that is missed counts twice."""
    return sum((1 + t) * losses.bce_with_logits([p], [t]) for p, t in zip(predictions, targets)) / len(targets)


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (lambda p, t: losses.bce_with_logits(p, t), 4 / 5),
        (functools.partial(losses.bce_with_logits, reduction="sum"), 4 / 5),
        (lambda p, t: sum(microgrid.softplus(z) - y * z for z, y in zip(p, t)), 4 / 5),
        (lambda p, t: losses.bce([z.sigmoid() for z in p], t), 4 / 5),
        (lambda p, t: sum(abs(z - y) for z, y in zip(p, t)), 3 / 5),
        ("huber", 3 / 5),
    ],
)
def test_the_threshold_is_where_the_loss_is_undecided_whatever_function_it_is(loss, expected):
    X, y = LOGITS
    history = fit(Fixed(), X, y, loss=loss, optimizer=STILL, epochs=1, metrics="accuracy")
    assert history["accuracy"] == [pytest.approx(expected)]


def test_a_threshold_that_is_not_known_is_asked_for_and_one_that_is_given_holds():
    X, y = LOGITS
    train = functools.partial(fit, Fixed(), X, y, optimizer=STILL, epochs=1, metrics="accuracy")
    with pytest.raises(ValueError, match="pass fit threshold=, such as 0 for logits"):
        train(loss=weighted)
    assert train(loss=weighted, threshold=0)["accuracy"] == [4 / 5]
    assert train(loss="mse", threshold=0.5)["accuracy"] == [3 / 5]
    assert fit(Fixed(), [0.3, -0.2, 0.9], [1, -1, 1], loss="hinge", optimizer=STILL, epochs=1, metrics="accuracy",
               threshold=0.5)["accuracy"] == [pytest.approx(2 / 3)]  # fmt: skip
    classes = fit(Fixed(), [[1, 5], [7, 1]], [1, 1], loss=lambda p, t: weighted([z[1] for z in p], t), optimizer=STILL,
                  epochs=1, metrics="accuracy")  # fmt: skip
    assert classes["accuracy"] == [1 / 2]  # of several outputs the largest decides, and nothing is asked


@pytest.mark.parametrize("replay", [True, False])
def test_metrics_see_the_epoch_s_predictions_beside_their_targets(replay):
    def bias(predictions, targets):
        return (predictions - targets).mean()

    X, y = np.arange(7.0), np.arange(7.0) ** 2
    history = fit(Fixed(), X, y, loss="mse", optimizer=STILL, epochs=2, batch_size=3, seed=1, replay=replay,
                  metrics=bias)  # fmt: skip
    assert history["bias"] == pytest.approx([(X - y).mean()] * 2)
    history = fit(Fixed(), X, y, loss="mse", optimizer=STILL, epochs=1, batch_size=3, seed=1, replay=replay,
                  metrics={"correlation": lambda p, t: np.corrcoef(p, t)[0, 1]})  # fmt: skip
    assert history["correlation"] == [pytest.approx(np.corrcoef(X, y)[0, 1])]


def test_metrics_of_lists_have_a_column_for_each_output():
    shapes = []

    def shape(predictions, targets):
        shapes.append((predictions.shape, targets.shape))
        return 0.0

    fit(Fixed(), np.ones((5, 3)), np.ones((5, 3)), loss="mse", optimizer=STILL, epochs=1, batch_size=2, metrics=shape)
    assert shapes == [((5, 3), (5, 3))]


@pytest.mark.parametrize("name", ["loss", "epoch", "validation_loss"])
def test_a_metric_cannot_take_the_name_of_a_column(name):
    with pytest.raises(ValueError, match=f"two columns would be called '{name}'"):
        fit(Fixed(), [1.0], [1.0], loss="mse", optimizer=STILL, epochs=1, metrics={name: lambda p, t: 0.0})


def test_seconds_go_on_and_the_best_epoch_is_the_lowest():
    history = fit(
        Fixed(), [1.0, 2.0], [3.0, 6.0], loss="mse", optimizer=functools.partial(optim.SGD, lr=0.01), epochs=9
    )
    assert history["seconds"] == sorted(history["seconds"])
    assert history.best_epoch == 9
    assert history["loss"] == sorted(history["loss"], reverse=True)


@pytest.mark.parametrize("kind", [AssertionError, RuntimeError, NotImplementedError, KeyError])
def test_a_loss_that_cannot_be_asked_where_it_is_undecided_trains_all_the_same(kind):
    def guarded(predictions, targets):
        if any(not 0 < p.data < 1 for p in predictions):
            raise kind("a probability lies between 0 and 1")
        return losses.bce(predictions, targets)

    history = fit(Fixed(), [0.6, 0.4, 0.2, 0.9], [1, 1, 0, 0], loss=guarded, optimizer=STILL, epochs=1,
                  metrics="accuracy")  # fmt: skip
    assert history["accuracy"] == [2 / 4]


@pytest.mark.parametrize("replay", [True, False])
@pytest.mark.parametrize(
    ("X", "y", "given", "message"),
    [
        (*LOGITS, {"loss": weighted}, "pass fit threshold=, such as 0 for logits"),
        ([0.6, 0.4, 0.2], [2, 1, 0], {"loss": "mse"}, "accuracy needs targets -1 and 1"),
        (np.eye(3), [[1, 1, 0], [0, 1, 0], [0, 0, 1]], {"loss": "bce_with_logits"}, "accuracy needs targets"),
        (*LOGITS, {"loss": "mse", "validation": ([0.5], [2])}, "accuracy needs targets -1 and 1"),
    ],
    ids=["threshold", "classes", "several answers", "validation"],
)
def test_accuracy_that_cannot_be_told_is_refused_before_anything_is_trained(X, y, given, message, replay):
    model = Fixed()
    with pytest.raises(ValueError, match=message):
        fit(model, X, y, optimizer=functools.partial(optim.SGD, lr=0.1), epochs=2, metrics="accuracy", replay=replay,
            **given)  # fmt: skip
    assert model.w.data == 1.0


def test_a_threshold_that_nothing_asks_for_is_refused():
    X, y = LOGITS
    with pytest.raises(ValueError, match=r'threshold=0.5 is for "accuracy", and metrics has none: pass metrics='):
        fit(Fixed(), X, y, loss="mse", optimizer=STILL, epochs=1, threshold=0.5)
    with pytest.raises(ValueError, match="of several outputs the largest decides: leave threshold= out"):
        fit(Fixed(), [[1, 5], [7, 1]], [1, 1], loss="cross_entropy_with_logits", optimizer=STILL, epochs=1,
            metrics="accuracy", threshold=0.5)  # fmt: skip
