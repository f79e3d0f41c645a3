"""What is predicted and evaluated by replaying, beside the model called in Python and NumPy's own sums."""

from __future__ import annotations

import random

import numpy as np
import pytest

from microgrid import GraphError, Value, nn, optim, parameter, train
from microgrid.train import evaluate, predict

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 2))
Y = (X[:, 0] > 0.2).astype(int)


def dropping() -> nn.Sequential:
    random.seed(3)
    model = nn.Sequential(nn.Linear(2, 4), "tanh", nn.Dropout(0.5), nn.BatchNorm(4), nn.Linear(4, 3))
    model.batch(X.tolist())  # the running statistics move
    return model


@pytest.mark.parametrize("replay", [True, False])
def test_predictions_are_what_the_model_gives_in_evaluation_mode(replay: bool) -> None:
    random.seed(1)
    single, several = nn.MLP(2, [5, 1]), dropping()
    np.testing.assert_allclose(
        predict(single, X, replay=replay), [single(x).data for x in X.tolist()], rtol=1e-14, atol=1e-15
    )
    found = predict(several, X, replay=replay)
    assert several.training
    several.eval()
    want = [[v.data for v in several(x)] for x in X.tolist()]
    np.testing.assert_allclose(found, want, rtol=1e-13, atol=1e-15)
    several.train()


def test_the_model_stays_as_it_is() -> None:
    model = dropping()
    state, random_state = model.state_dict(), random.getstate()
    for p in model.parameters():
        p.grad = 3.0
    predict(model, X)
    evaluate(model, X, Y, loss="cross_entropy_with_logits")
    assert model.state_dict() == state
    assert random.getstate() == random_state
    assert {p.grad for p in model.parameters()} == {3.0}


def test_the_loss_and_the_metrics_are_numpys() -> None:
    random.seed(2)
    model = nn.MLP(2, [4, 1])
    z = predict(model, X)
    found = evaluate(model, X, Y[:, None], loss="bce_with_logits", metrics={"accuracy": "accuracy"}.keys())
    assert found["loss"] == pytest.approx(np.mean(np.log1p(np.exp(z)) - Y * z), rel=1e-12)
    assert found["accuracy"] == ((z > 0) == Y).mean()
    high = evaluate(model, X, Y, loss="mse", metrics=["accuracy"], threshold=0.7)
    assert high["accuracy"] == ((z > 0.7) == Y).mean()


def test_a_model_that_decides_by_data_is_computed_in_python() -> None:
    class Branch(nn.Module):
        def __init__(self) -> None:
            self.w = parameter(2.0)

        def __call__(self, x: list[Value]) -> Value:
            return self.w * x[0] if x[0] > 0 else self.w * x[1] * 1.5

    np.testing.assert_array_equal(predict(Branch(), X), np.where(X[:, 0] > 0, 2 * X[:, 0], 3 * X[:, 1]))


def test_it_is_what_fit_says_of_its_validation() -> None:
    random.seed(4)
    model = nn.MLP(2, [4, 1])
    history = train.fit(
        model, X, Y, loss="bce_with_logits", optimizer=lambda p: optim.SGD(p, lr=0.1), epochs=3,
        validation=(X[:9], Y[:9]), metrics="accuracy", progress=False,
    )  # fmt: skip
    found = evaluate(model, X[:9], Y[:9], loss="bce_with_logits", metrics="accuracy")
    assert found["loss"] == pytest.approx(history["validation_loss"][-1], rel=1e-13)
    assert found["accuracy"] == history["validation_accuracy"][-1]


@pytest.mark.parametrize(
    ("make", "kind", "text"),
    [
        (lambda m: predict(m, [[1.0, np.nan]]), ValueError, "predict"),
        (lambda m: predict(m, []), ValueError, "predict"),
        (lambda m: predict(m, [[1.0]]), ValueError, "expects 2 inputs, got 1"),
        (lambda m: evaluate(m, X, Y[:3], loss="mse"), ValueError, "evaluate"),
        (lambda m: evaluate(m, X, Y, loss="msee"), ValueError, "loss='msee' is unknown"),
        (lambda m: evaluate(m, X, Y, loss="mse", metrics="recall"), TypeError, "a metric is .*recall"),
    ],
)
def test_a_mistake_is_told(make, kind, text: str) -> None:
    with pytest.raises((kind, GraphError), match=text):
        make(nn.MLP(2, [1]))


# ---------------------------------------------------------------- as methods


def test_the_methods_are_the_functions() -> None:
    model = dropping()
    np.testing.assert_array_equal(model.predict(X), predict(model, X))
    asked = {"loss": "cross_entropy_with_logits", "metrics": "accuracy"}
    assert model.evaluate(X, Y, **asked) == evaluate(model, X, Y, **asked)
    assert model.evaluate(X, Y, replay=False, **asked) == pytest.approx(evaluate(model, X, Y, **asked), rel=1e-12)
    high = {"loss": "mse", "metrics": "accuracy", "threshold": 0.7}
    single = nn.MLP(2, [1])
    assert single.evaluate(X, Y, **high)["accuracy"] == ((single.predict(X) > 0.7) == Y).mean()


@pytest.mark.parametrize(
    ("model", "given", "shape"),
    [
        (nn.MLP(2, [3, 1]), [[0, 1]] * 5, (5,)),
        (nn.MLP(2, [3]), [[0, 1]], (1, 3)),
        (nn.MLP(1, [1]), [0.5, 1.0], (2,)),
        (nn.MLP(1, [2]), [[0.5], [1.0]], (2, 2)),
    ],
)
def test_predictions_have_a_row_or_a_number_for_each_sample(
    model: nn.Module, given: list[object], shape: tuple[int, ...]
) -> None:
    for replay in (True, False):
        assert model.predict(given, replay=replay).shape == shape


def test_a_module_of_one_s_own_has_the_methods() -> None:
    class Line(nn.Module):
        def __init__(self) -> None:
            self.w, self.b = parameter(2.0), parameter(1.0)

        def __call__(self, x: float) -> Value:
            return self.w * x + self.b

    assert Line().predict([0.0, 1.0, 3.0]).tolist() == [1.0, 3.0, 7.0]
    assert Line().evaluate([0.0, 1.0], [2.0, 3.0], loss="mse") == {"loss": 0.5}


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        ([], ValueError, "predict: X has 0 samples: pass one or more"),
        ([0.5, 1.0], ValueError, r"predict: X has 2 samples of one number each, and .* 2 inputs: .* X=\[x\] for one"),
        ([[1, 2, 3]], ValueError, "layer 1 expects 2 inputs, got 3"),
        (
            np.zeros((3, 2, 2)),
            TypeError,
            "layer 1 takes one sample of 2 inputs, got .* lists in a list: pass row by row",
        ),
        ([[1.0, float("nan")]], ValueError, r"predict: X\[0, 1\] is nan, and samples have to be finite: leave this"),
        ("text", TypeError, "predict: X holds text, and samples are numbers"),
        (None, TypeError, "predict: X is an array with a row or a number for each of the samples"),
        (1.0, ValueError, "predict: X is an array with a row or a number for each of the samples, got the number 1.0"),
        ([[1, 2], [3]], ValueError, "predict: X is an array .* got rows of different lengths"),
        ([[Value(1.0), Value(2.0)]], TypeError, "predict: X is an array .* got Values: pass their data"),
    ],
    ids=repr,
)
def test_what_is_no_sample_is_refused_in_one_sentence(given: object, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=f"^{message}"):
        nn.MLP(2, [3, 1]).predict(given)


@pytest.mark.parametrize(
    ("model", "message"),
    [(nn.MLP, "got the class MLP: make one"), (3, "got int"), (lambda x: x, "got function")],
    ids=["class", "number", "function"],
)
def test_what_is_no_model_is_refused(model: object, message: str) -> None:
    with pytest.raises(TypeError, match=rf"^predict asks a callable with parameters\(\), such as a Module, {message}"):
        predict(model, [[0.0, 1.0]])
    with pytest.raises(TypeError, match=rf"^evaluate asks .*{message}"):
        evaluate(model, [[0.0, 1.0]], [1.0], loss="mse")


def test_a_model_that_gives_no_values_is_told_so() -> None:
    class Plain(nn.Module):
        def __call__(self, x: float) -> float:
            return 2.0

    with pytest.raises(TypeError, match=r"^a model gives Values, or lists of them, got float 2\.0$"):
        Plain().predict([0.0, 1.0])


def test_ten_thousand_samples_are_replayed_and_not_called_one_by_one() -> None:
    class Counted(nn.MLP):
        calls = 0

        def __call__(self, x: object) -> object:
            Counted.calls += 1
            return super().__call__(x)

    many = RNG.normal(size=(10_000, 2))
    model = Counted(2, [16, 16, 1])
    found = model.predict(many)
    assert Counted.calls < 100
    np.testing.assert_allclose(found[::999], [model(x).data for x in many[::999].tolist()], rtol=1e-13, atol=1e-15)
