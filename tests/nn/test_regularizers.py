"""Dropout and batch normalisation: closed forms, both modes, random streams, running statistics."""

import pickle
import random
from copy import deepcopy
from statistics import fmean, pvariance, variance

import numpy as np
import pytest

import microgrid as mg
from microgrid import Value, no_grad
from microgrid.graph import order
from microgrid.nn import BatchNorm, Dropout, Linear, Sequential
from microgrid.nn.regularizers import every_mask

# ---------------------------------------------------------------- Dropout


def test_what_is_kept_is_scaled_and_what_is_dropped_passes_nothing_on():
    dropout, xs = Dropout(0.25, seed=3), [Value(float(k)) for k in range(1, 41)]
    out = dropout(xs)
    mg.sum(out).backward()
    masks = [m.data for m in dropout.masks]
    assert set(masks) == {0.0, 1 / 0.75}
    assert [y.data for y in out] == [m * x.data for m, x in zip(masks, xs)]
    assert [x.grad for x in xs] == masks
    assert {m.role for m in dropout.masks} == {"input"}


def test_the_share_that_is_dropped_and_the_mean():
    dropout = Dropout(0.3, seed=1)
    dropout([0.0] * 100)
    masks = dropout.draw(1000)
    assert masks.shape == (1000, 100)
    assert set(np.unique(masks)) == {0.0, 1 / 0.7}
    assert (masks == 0).mean() == pytest.approx(0.3, abs=0.006)  # four deviations: 4 √(0.21/100,000)
    assert masks.mean() == pytest.approx(1.0, abs=0.009)
    assert np.abs(np.corrcoef(masks[:, :2].T)[0, 1]) < 0.13  # columns are independent: four deviations


def test_an_eager_call_and_a_drawn_row_come_from_one_stream():
    eager, drawn = Dropout(0.5, seed=8), Dropout(0.5, seed=8)
    rows = []
    for _ in range(6):
        eager([1.0, 1.0, 1.0])
        rows.append([m.data for m in eager.masks])
    drawn([1.0, 1.0, 1.0])
    np.testing.assert_array_equal(drawn.draw(5), rows[1:])
    batch = Dropout(0.5, seed=8)
    assert [[v.data for v in y] for y in batch.batch([[1.0] * 3] * 6)] == rows
    assert len(batch.masks) == 18


def test_seeds():
    def first(seed):
        return [v.data for v in Dropout(0.5, seed=seed)([1.0] * 40)]

    assert first(1) == first(1) == first(np.random.default_rng(1)) == first(np.int64(1)) != first(2)
    random.seed(5)
    found = first(None)
    assert first(None) != found
    random.seed(5)
    assert first(None) == found


@pytest.mark.parametrize("dropout", [Dropout(0.0), Dropout(0.9).eval()], ids=["p=0", "eval"])
def test_nothing_to_drop_records_nothing(dropout):
    xs = [Value(1.0), Value(2.0)]
    assert dropout(xs) == xs
    assert dropout.batch([xs]) == [xs]
    assert dropout.masks == []
    assert dropout.draw(3).shape == (3, 0)
    assert isinstance(dropout(1.0), Value)


def test_masks_are_inputs_of_a_program():
    model = Sequential(Linear(2, 3), "tanh", dropout := Dropout(0.5, seed=2), Linear(3, 1))
    x = [Value(0.3), Value(-0.8)]
    program = mg.compile(model(x), inputs=[*x, *dropout.masks])
    twin = deepcopy(model)
    X = np.random.default_rng(0).normal(size=(7, 2))
    replayed = program(np.hstack([X, dropout.draw(7)]))
    np.testing.assert_allclose(replayed, [y.data for y in twin.batch(X)], rtol=1e-14)
    assert program.frozen == []


def test_all_masks_of_a_dropout_that_is_used_twice():
    dropout = Dropout(0.5)
    model = Sequential(dropout, "tanh", dropout)
    model([1.0, 2.0])
    assert len(dropout.masks) == 2  # of the last call
    with every_mask(model):
        y = model([1.0, 2.0])
    leaves = [v for v in order(*y) if v.label.startswith("mask")]
    assert set(leaves) == set(dropout.masks)
    assert len(leaves) == 4
    model([1.0, 2.0])
    assert len(dropout.masks) == 2


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Dropout(1.0), ValueError, r"Dropout: p, .* lies from 0 to 1, 1 excluded, got 1\.0"),
        (lambda: Dropout(-0.1), ValueError, r"lies from 0 to 1, 1 excluded, got -0\.1"),
        (lambda: Dropout("0.5"), TypeError, "p, the share that is dropped, is a real number, got str"),
        (lambda: Dropout(seed="a"), TypeError, "seed is an int or a NumPy Generator, got str 'a'"),
        (lambda: Dropout().draw(-1), ValueError, "the number of rows of masks to draw is at least 0, got -1"),
        (lambda: Dropout()([]), ValueError, "expects one or more inputs, got 0"),
    ],
)
def test_impossible_dropout_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


# ---------------------------------------------------------------- BatchNorm

LECTURE = [1.0, 2.0, 4.0, 9.0]


def test_the_batch_gets_mean_0_and_variance_1():
    norm = BatchNorm(1)
    out = [y.data for y in norm.batch(LECTURE)]
    assert round(out[0], 6) == -0.973328  # (1 - 4)/√(9.5 + 1e-5), as PyTorch's
    assert fmean(out) == pytest.approx(0.0, abs=1e-15)
    assert pvariance(out) == pytest.approx(9.5 / (9.5 + 1e-5), rel=1e-14)
    assert norm.running_mean == pytest.approx([0.4], rel=1e-15)
    assert norm.running_var == pytest.approx([0.9 + 0.1 * 38 / 3], rel=1e-15)  # 2.1666667
    means, variances = norm.statistics
    assert (means[0].data, variances[0].data) == (4.0, pytest.approx(38 / 3, rel=1e-15))


def test_each_input_by_itself_with_its_gamma_and_beta():
    norm, rng = BatchNorm(3, eps=0.1, momentum=0.25), np.random.default_rng(6)
    X, gamma, beta = rng.normal(size=(8, 3)), rng.normal(size=3), rng.normal(size=3)
    for p, x in zip(norm.parameters(), [*gamma, *beta], strict=True):
        p.data = x
    out = [[v.data for v in y] for y in norm.batch(X)]
    expected = gamma * (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + 0.1) + beta
    np.testing.assert_allclose(out, expected, rtol=1e-12)
    np.testing.assert_allclose(norm.running_mean, 0.25 * X.mean(axis=0), rtol=1e-13)
    np.testing.assert_allclose(norm.running_var, [0.75 + 0.25 * variance(x) for x in X.T.tolist()], rtol=1e-13)


def test_afterwards_the_running_statistics_hold():
    norm = BatchNorm(2, eps=0.0)
    norm.running_mean, norm.running_var = [1.0, -2.0], [4.0, 0.25]
    norm.gamma[1].data, norm.beta[1].data = 3.0, 10.0
    norm.eval()
    assert [v.data for v in norm([5.0, -1.0])] == [2.0, 16.0]
    assert [[v.data for v in y] for y in norm.batch([[5.0, -1.0]])] == [[2.0, 16.0]]
    assert (norm.running_mean, norm.statistics) == ([1.0, -2.0], None)


def test_the_gradient_of_a_batch_adds_up_to_nothing():
    """Moving all samples alike changes no output, nor does stretching them (eps 0), so Σ dL/dx = 0 = Σ x dL/dx."""
    xs = [Value(x) for x in LECTURE]
    out = BatchNorm(1, eps=0.0).batch([[x] for x in xs])
    mg.sum(c * y for c, y in zip([1.0, -2.0, 0.5, 3.0], out)).backward()
    assert max(abs(x.grad) for x in xs) > 0.1
    assert sum(x.grad for x in xs) == pytest.approx(0.0, abs=1e-15)
    assert sum(x.data * x.grad for x in xs) == pytest.approx(0.0, abs=1e-14)


def test_running_statistics_move_by_absorbing():
    norm = BatchNorm(2, momentum=0.5)
    norm.absorb([2.0, 4.0], [Value(3.0), np.float64(5.0)])
    assert (norm.running_mean, norm.running_var) == ([1.0, 2.0], [2.0, 3.0])
    before = norm.state_dict()
    for means, variances, error, message in [
        ([1.0], [1.0, 1.0], ValueError, r"BatchNorm\(2\) has 2 inputs, and was given 1 means"),
        ([1.0, 1.0], [1.0], ValueError, "was given 1 variances"),
        ([1.0, "a"], [1.0, 1.0], TypeError, "means are real numbers, got str"),
        ([1.0, 1.0], [1.0, float("nan")], ValueError, "nan is not finite"),
    ]:
        with pytest.raises(error, match=message):
            norm.absorb(means, variances)
        assert norm.state_dict() == before


def test_a_constant_batch_is_finite():
    norm = BatchNorm(1)
    x = Value(3.0)
    out = norm.batch([[x], [3.0]])
    out[0].backward()
    assert ([y.data for y in out], x.grad) == ([0.0, 0.0], pytest.approx(0.5 / 1e-5**0.5))


def test_statistics_are_nodes_that_compile():
    """As a training loop replays them: outputs of a second program."""
    model = Sequential(Linear(2, 3), norm := BatchNorm(3), "relu")
    xs = [[Value(x) for x in row] for row in np.random.default_rng(1).normal(size=(4, 2))]
    model.batch(xs)
    means, variances = norm.statistics
    program = mg.compile([*means, *variances], [x for row in xs for x in row])
    X = np.random.default_rng(2).normal(size=(4, 2))
    found = program(X.reshape(1, -1))[0]
    w = np.array([[v.data for v in row] for row in model[0].w])
    hidden = X @ w.T + [v.data for v in model[0].b]
    np.testing.assert_allclose(found, [*hidden.mean(axis=0), *hidden.var(axis=0, ddof=1)], rtol=1e-12)


def test_without_recording_it_learns_its_statistics_too():
    norm = BatchNorm(1)
    with no_grad():
        out = norm.batch(LECTURE)
    assert out[0].parents == ()
    assert norm.running_mean == pytest.approx([0.4])


def test_copies_do_not_take_the_last_batch_along():
    norm = BatchNorm(2)
    norm.batch([[1.0, 2.0], [3.0, 5.0]])
    for twin in (deepcopy(norm), pickle.loads(pickle.dumps(norm))):
        assert twin.statistics is None
        assert twin.state_dict() == norm.state_dict()
    assert norm.statistics is not None


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: BatchNorm(2)([1.0, 2.0]), ValueError, r"BatchNorm\(2\) is in training.*: call model\.batch\(X\), or"),
        (lambda: Sequential(Linear(1, 2), BatchNorm(2))(1.0), ValueError, r"call model\.batch\(X\)"),
        (lambda: BatchNorm(2).batch([[1.0, 2.0]]), ValueError, "a batch of 1 sample has no variance: it takes 2"),
        (lambda: BatchNorm(2).batch([[1.0, 2.0], [1.0]]), ValueError, r"BatchNorm\(2\) expects 2 inputs, got 1"),
        (lambda: BatchNorm(2).batch([]), ValueError, "an empty batch has no samples"),
        (lambda: BatchNorm(0), ValueError, "the number of inputs of BatchNorm is at least 1, got 0"),
        (lambda: BatchNorm(1, eps=-1.0), ValueError, r"eps is 0 or more, got -1\.0"),
        (lambda: BatchNorm(1, momentum=1.5), ValueError, r"momentum, .* lies from 0 to 1, got 1\.5"),
        (lambda: BatchNorm(1, momentum=None), TypeError, "momentum is a real number, got NoneType"),
    ],
)
def test_impossible_normalisation_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_a_refused_batch_leaves_the_running_statistics():
    norm = BatchNorm(2)
    with pytest.raises(ValueError, match="expects 2 inputs"):
        norm.batch([[1.0, 2.0], [1.0]])
    assert (norm.running_mean, norm.running_var, norm.statistics) == ([0.0, 0.0], [1.0, 1.0], None)
