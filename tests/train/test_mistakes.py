"""What `fit` says of what it cannot take, and that the model stays as it was."""

import functools
import re

import numpy as np
import pytest

import microgrid
from helpers.line import SGD, Line, X, Y, descent
from microgrid import Value, nn, optim, parameter
from microgrid.monitor import Monitor
from microgrid.nn import losses
from microgrid.train import Checkpoint, fit


class Forgetful(nn.Module):
    """Who writes Value for parameter."""

    def __init__(self, **parameters):
        self.w = Value(2.0, "w")
        self.__dict__ |= parameters

    def __call__(self, x):
        return self.w * x[0] + getattr(self, "b", 0.0)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"y": Y[:5]}, ValueError, "X has 7 samples and y 5 targets"),
        ({"X": np.empty((0, 2)), "y": []}, ValueError, "X has 0 samples and y 0 targets"),
        ({"X": np.hstack([X, X])}, ValueError, "expects 2 inputs, got 4"),
        ({"X": np.where(X == 0.8, np.nan, X)}, ValueError, "X[1, 1] is nan"),
        ({"y": np.where(Y > 1, np.inf, Y)}, ValueError, "y[2] is inf"),
        ({"X": [[1.0, 2.0], [1.0]]}, ValueError, "rows of different lengths"),
        ({"validation": (X[:, :1], Y)}, ValueError, "X has the shape (7, 1), and that of training (7, 2)"),
        ({"validation": (X, Y[:2])}, ValueError, "validation: X has 7 samples and y 2 targets"),
        ({"validation": 0.01}, ValueError, "leaves 7 to train on and 0 to validate with"),
        ({"validation": X}, TypeError, "validation is (X, y), or the fraction"),
        ({"loss": "msee"}, ValueError, "loss='msee' is unknown (did you mean 'mse'?): choose \"bce\", "),
        ({"loss": lambda p, t: 3.0}, TypeError, "a Value to differentiate, got float"),
        ({"loss": "hinge"}, ValueError, "labels are -1 and 1"),
        ({"penalty": lambda ps: 3.0}, TypeError, "the penalty has to give a Value"),
        ({"optimizer": "adam"}, TypeError, "functools.partial(optim.Adam, lr=0.01): got str 'adam'"),
        ({"optimizer": optim.SGD(np.zeros(9))}, TypeError, "make it of model.parameters()"),
        ({"schedule": optim.StepLR(optim.SGD([Value(1.0)]), 3)}, ValueError, "does not rule the optimizer of this fit"),
        ({"clip": ("length", 1)}, ValueError, '("norm", length)'),
        ({"clip": ("norm", -1)}, ValueError, "is a finite number above 0, got -1"),
        ({"epochs": 0}, ValueError, "epochs is at least 1, got 0"),
        ({"batch_size": 0}, ValueError, "batch_size is at least 1, got 0"),
        ({"early_stopping": 0}, ValueError, "patience is at least 1, got 0"),
        ({"metrics": ["f1"]}, TypeError, 'a metric is "accuracy" or a function'),
        ({"metrics": [np.max, np.max]}, ValueError, "two columns would be called 'max'"),
        ({"metrics": "accuracy"}, ValueError, "accuracy needs targets -1 and 1"),
        ({"model": 3}, TypeError, "fit trains a callable with parameters()"),
        ({"model": nn.MLP}, TypeError, "got the class MLP: make one"),
        ({"model": Forgetful()}, ValueError, "its w is a Value, and microgrid.parameter(2.0) makes one"),
        ({"model": nn.Dropout(0.5)}, ValueError, "no parameters to train: they are made by microgrid.parameter"),
        ({"penalty": 0.1}, TypeError, "lambda ps: nn.losses.l2_penalty(ps, 0.1): got float 0.1"),
        ({"penalty": losses.l2_penalty}, TypeError, "penalty is called with (parameters), and l2_penalty cannot be"),
        ({"callbacks": Checkpoint("run.json")}, TypeError, "callbacks is a Checkpoint, which is no callback: pass it"),
        ({"callbacks": [Checkpoint("run.json")]}, TypeError, "callbacks[0] is a Checkpoint, which is no callback"),
        ({"monitor": 3}, TypeError, "made as Monitor(model), got 3"),
        ({"monitor": Monitor}, TypeError, "made as Monitor(model), got Monitor"),
        ({"monitor": Monitor(nn.MLP(2, [2, 1]))}, ValueError, "the monitor watches another model"),
        ({"schedule": optim.StepLR}, TypeError, "StepLR cannot be, missing a required argument: 'step_size'"),
        ({"schedule": "cosine"}, TypeError, "got 'cosine': pass a function that makes it, lambda optimizer"),
        ({"optimizer": lambda: optim.Adam}, TypeError, "what makes the optimizer is called with (parameters)"),
        ({"clip": optim.clip_grad_norm_}, TypeError, "clip_grad_norm_ cannot be, missing a required argument: 'max_n"),
        ({"clip": lambda g: g[:2]}, ValueError, "clip got a gradient of shape (9,) and returned ndarray of shape (2,)"),
        ({"metrics": {"f": lambda p: 0.0}}, TypeError, "the metric 'f' is called with (predictions, targets)"),
        ({"loss": lambda p: p[0]}, TypeError, "loss is called with (predictions, targets), and <lambda> cannot be"),
        ({"model": lambda x: x}, TypeError, "got function: write a Module, which keeps parameters in its attributes"),
        ({"y": ["a", "b", "a", "b", "a", "b", "c"]}, TypeError, "y holds text, and targets are numbers: numpy.unique"),
        ({"y": np.array([1, "b", 2, 3, 4, 5, 6], dtype=object)}, TypeError, "y holds text"),
        ({"threshold": "half"}, TypeError, "threshold is a real number"),
    ],
)  # fmt: skip
def test_mistakes_are_named_and_change_nothing(changes, error, message):
    model = nn.MLP(2, [2, 1])
    before = [p.data for p in model.parameters()]
    given = {"model": model, "X": X, "y": Y, "loss": "mse", "optimizer": SGD, "epochs": 3} | changes
    with pytest.raises(error, match=re.escape(message)):
        fit(**given)
    assert [p.data for p in model.parameters()] == before


def test_nothing_is_trained_where_nothing_is_recorded():
    with microgrid.no_grad(), pytest.raises(microgrid.GraphError, match="inside no_grad"):
        fit(Line(), X, Y, loss="mse", optimizer=SGD, epochs=3)


def test_an_error_of_the_user_s_leaves_the_steps_that_were_taken():
    def angry(predictions, targets):
        raise LookupError("no such metric")

    model = Line()
    with pytest.raises(LookupError, match="no such metric"):
        fit(model, X, Y, loss="mse", optimizer=SGD, epochs=3, metrics=angry)
    assert model.numbers() == pytest.approx(descent([[range(7)]])[1])


@pytest.mark.parametrize("replay", [True, False])
def test_a_clip_may_return_the_length_it_had_as_those_of_optim_do(replay):
    def trained(clip):
        model = Line()
        fit(model, X, 9 * Y, loss="mse", optimizer=SGD, epochs=4, clip=clip, replay=replay)
        return model.numbers()

    expected = trained(("norm", 0.5))
    assert trained(functools.partial(optim.clip_grad_norm_, max_norm=0.5)) == expected
    assert trained(lambda g: np.minimum(1.0, 0.5 / (np.linalg.norm(g) + 1e-6)) * g) == pytest.approx(expected)
    assert trained(None) != expected


def test_a_value_that_is_no_parameter_is_told_where_the_loss_depends_on_it():
    with pytest.warns(RuntimeWarning, match=r"does not train w \(2.0\), a Value in the model") as told:
        fit(Forgetful(b=parameter(0.5)), X, Y, loss="mse", optimizer=SGD, epochs=1)
    assert len(told) == 1
    several = Forgetful(b=parameter(0.5), v=Value(1.0))
    with pytest.warns(RuntimeWarning, match=r"does not train w \(2.0\), a Value"):
        fit(several, X, Y, loss="mse", optimizer=SGD, epochs=1)  # v is in no loss
    several.b, several.c = Value(3.0), parameter(1.0)
    with pytest.warns(RuntimeWarning, match=r"does not train w \(2.0\) and 1 more, a Value") as told:
        fit(several, X, Y, loss="mse", optimizer=SGD, epochs=1, penalty=lambda ps: ps[0] ** 2)
    assert len(told) == 1
    unused = Line()
    unused.note = Value(3.0)
    fit(unused, X, Y, loss="mse", optimizer=SGD, epochs=1)


def test_a_mistake_is_told_by_itself_and_not_in_the_middle_of_another():
    with pytest.raises(ValueError, match="labels are -1 and 1") as told:
        fit(nn.MLP(2, [3, 1]), X, Y, loss="hinge", optimizer=SGD, epochs=1)
    assert told.value.__context__ is None


@pytest.mark.parametrize("replay", [True, False])
def test_targets_in_a_column_are_those_in_a_row(replay):
    """As PyTorch and Keras have them, whatever looks at them: the loss, metrics, the validation."""

    def trained(y, held):
        model, shapes = Line(), []

        def error(predictions, targets):
            shapes.append((predictions.shape, targets.shape))
            return abs(predictions - targets).mean()

        history = fit(model, X, y, loss="mse", optimizer=SGD, epochs=3, metrics=error, validation=held, replay=replay)
        return model.numbers(), history["error"], history["validation_error"], shapes

    assert trained(Y[:, None], (X[:4], Y[:4, None])) == trained(Y, (X[:4], Y[:4]))
    assert set(trained(Y[:, None], 2 / 7)[3]) == {((5,), (5,)), ((2,), (2,))}


def test_a_model_that_gives_lists_of_one_keeps_its_columns():
    class Listed(Line):
        def __call__(self, x):
            return [super().__call__(x)]

    seen = []
    fit(Listed(), X, Y[:, None], loss="mse", optimizer=SGD, epochs=1, metrics=lambda p, t: seen.append(t.shape) or 0.0)
    assert seen == [(7, 1)]


def test_a_training_that_diverges_is_told_to_take_smaller_steps():
    with pytest.warns(RuntimeWarning, match=r"the loss had grown to .*: choose a smaller lr, or clip="):
        fit(Line(), X, Y, loss="mse", optimizer=functools.partial(optim.SGD, lr=50.0), epochs=1000)


@pytest.mark.parametrize(("ratio", "told"), [(9.9, False), (10.1, True), (10.9, True)])
def test_smaller_steps_are_advised_where_the_loss_has_grown_more_than_tenfold(ratio, told):
    class Weight(nn.Module):
        def __init__(self):
            self.w = parameter(1.0, "w")

        def __call__(self, x):
            return self.w * x[0]  # at x = 1 and y = 0 the loss is w²

    def clip(gradient):
        if model.seen:
            raise microgrid.DomainError("far enough")
        model.seen = True
        return gradient * 0 + (1 - ratio**0.5)

    model = Weight()
    model.seen = False
    with pytest.warns(RuntimeWarning, match="far enough") as caught:
        fit(model, [[1.0]], [0.0], loss="mse", optimizer=functools.partial(optim.SGD, lr=1.0), epochs=3, clip=clip)
    assert (f"the loss had grown to {ratio:.3g}: choose a smaller lr" in str(caught[0].message)) is told


@pytest.mark.parametrize("replay", [True, False])
@pytest.mark.parametrize(("y", "held"), [(Y[:, None], Y[:4]), (Y, Y[:4, None])], ids=["training", "validation"])
def test_targets_in_a_column_on_one_side_only_are_those_in_a_row_too(y, held, replay):
    history = fit(Line(), X, y, loss="mse", optimizer=SGD, epochs=3, validation=(X[:4], held), replay=replay)
    row = fit(Line(), X, Y, loss="mse", optimizer=SGD, epochs=3, validation=(X[:4], Y[:4]), replay=replay)
    assert history["validation_loss"] == row["validation_loss"]
    assert history["loss"] == pytest.approx(descent([[range(7)]] * 3)[0])


@pytest.mark.parametrize("y", [[1.0], [[1.0]]])
def test_one_sample_to_normalise_is_refused_however_its_target_is_written(y):
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm(2), nn.Linear(2, 1))
    with pytest.raises(ValueError, match="in batches of 1 leave a batch of 1 sample, which has no variance"):
        fit(model, X[:1], y, loss="mse", optimizer=SGD, epochs=1)
