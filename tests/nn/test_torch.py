"""Layers beside PyTorch's own: outputs, gradients, running statistics, in both modes."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from microgrid import Value
from microgrid.nn import Activation, BatchNorm, Conv, Dropout, Linear, Residual, Sequential
from microgrid.nn.losses import mse

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="optional: torch is not installed")
torch: Any = None
CLOSE = {"rtol": 1e-12, "atol": 1e-14}


@pytest.fixture(scope="module", autouse=True)
def imported():
    """Not while the tests are collected: that takes a second, and everybody would have PyTorch loaded."""
    global torch
    import torch


def theirs_from(ours, theirs) -> None:
    """Give PyTorch's parameters, in their order, the numbers of ours."""
    numbers = iter([p.data for p in ours.parameters()])
    with torch.no_grad():
        for p in theirs.parameters():
            p.copy_(tensor([next(numbers) for _ in range(p.numel())]).reshape(p.shape))
    assert next(numbers, None) is None


def tensor(x):
    return torch.tensor(np.asarray(x), dtype=torch.float64)


def compare(ours, theirs, X, shape=None):
    """Outputs of a batch, and the gradients of its mean squared error to 0.3, with respect to parameters and inputs."""
    ours.zero_grad()
    theirs.zero_grad()
    xs = [[Value(x) for x in row] for row in X]
    out = ours.batch(xs)
    rows = [y if isinstance(y, list) else [y] for y in out]
    mse(rows, [[0.3] * len(row) for row in rows]).backward()
    t = tensor(X).requires_grad_()
    expected = theirs(t if shape is None else t.reshape(shape))
    expected = expected.reshape(len(X), -1)
    torch.nn.functional.mse_loss(expected, torch.full_like(expected, 0.3)).backward()
    np.testing.assert_allclose([[v.data for v in row] for row in rows], expected.detach().numpy(), **CLOSE)
    np.testing.assert_allclose([[v.grad for v in row] for row in xs], t.grad.numpy(), **CLOSE)
    found = [p.grad for p in ours.parameters()]
    np.testing.assert_allclose(found, np.concatenate([p.grad.numpy().ravel() for p in theirs.parameters()]), **CLOSE)


def batch(n, columns, seed=0):
    return np.random.default_rng(seed).normal(size=(n, columns))


@pytest.mark.parametrize("bias", [True, False])
def test_linear(bias):
    ours, theirs = Linear(4, 3, bias, seed=1), torch.nn.Linear(4, 3, bias, dtype=torch.float64)
    theirs_from(ours, theirs)
    compare(ours, theirs, batch(5, 4))


@pytest.mark.parametrize(
    ("nin", "nout", "kernel", "stride", "padding"),
    [(1, 1, 3, 1, 0), (2, 3, 3, 1, 1), (3, 2, 4, 2, 3), (2, 2, 1, 3, 0), (1, 2, 5, 4, 2)],
)
def test_conv(nin, nout, kernel, stride, padding):
    ours = Conv(nin, nout, kernel, stride, padding, seed=1)
    theirs = torch.nn.Conv1d(nin, nout, kernel, stride, padding, dtype=torch.float64)
    theirs_from(ours, theirs)
    compare(ours, theirs, batch(3, nin * 7), (3, nin, 7))


def test_starting_weights_have_the_same_distribution():
    """The deviation of a uniform one, ±1/√n, weights and biases: our own draws are compared with PyTorch's."""
    torch.manual_seed(0)
    pairs = [
        (Linear(16, 200, seed=2), torch.nn.Linear(16, 200)),
        (Conv(4, 200, 4, seed=2), torch.nn.Conv1d(4, 200, 4)),
    ]
    for ours, theirs in pairs:
        drawn = np.array([p.data for p in ours.parameters()])
        for part, p in ((drawn[:-200], theirs.weight), (drawn[-200:], theirs.bias)):
            numbers = p.detach().numpy()
            assert np.abs(part).max() == pytest.approx(np.abs(numbers).max(), rel=0.05)
            assert part.std() == pytest.approx(numbers.std(), rel=0.15)


@pytest.mark.parametrize(("eps", "momentum"), [(1e-5, 0.1), (0.1, 0.7)])
def test_batchnorm_over_several_batches_and_afterwards(eps, momentum):
    ours = BatchNorm(3, eps, momentum)
    theirs = torch.nn.BatchNorm1d(3, eps, momentum, dtype=torch.float64)
    for p, x in zip(ours.parameters(), [0.5, -2.0, 1.5, 0.1, 0.2, 0.3], strict=True):
        p.data = x
    theirs_from(ours, theirs)
    for seed in range(4):
        compare(ours, theirs, batch(6 - seed, 3, seed))
        np.testing.assert_allclose(ours.running_mean, theirs.running_mean.numpy(), **CLOSE)
        np.testing.assert_allclose(ours.running_var, theirs.running_var.numpy(), **CLOSE)
    ours.eval()
    theirs.eval()
    compare(ours, theirs, batch(2, 3, 9))


def test_the_lectures_numbers():
    theirs = torch.nn.BatchNorm1d(1, dtype=torch.float64)
    out = theirs(tensor([[1.0], [2.0], [4.0], [9.0]]))
    assert round(out[0, 0].item(), 6) == -0.973328
    assert round(theirs.running_var.item(), 7) == 2.1666667


def test_a_network_of_them():
    class Skip(torch.nn.Sequential):
        def forward(self, x):
            return x + super().forward(x)

    nn = torch.nn
    ours = Sequential(
        Linear(3, 5, seed=1), BatchNorm(5), "tanh", Residual(Linear(5, 5, seed=2), "relu"), Activation("elu", 0.7),
        Linear(5, 2, seed=3),
    )  # fmt: skip
    theirs = nn.Sequential(
        nn.Linear(3, 5), nn.BatchNorm1d(5), nn.Tanh(), Skip(nn.Linear(5, 5), nn.ReLU()), nn.ELU(0.7), nn.Linear(5, 2)
    ).double()
    theirs_from(ours, theirs)
    compare(ours, theirs, batch(7, 3))
    ours.eval()
    theirs.eval()
    compare(ours, theirs, batch(7, 3, 1))


def test_dropout_scales_by_the_same_factor():
    ours, theirs = Dropout(0.2, seed=1), torch.nn.Dropout(0.2)
    found = {v.data for v in ours([1.0] * 200)}
    assert found == {*theirs(torch.ones(200, dtype=torch.float64)).tolist()} == {0.0, 1.25}
    assert theirs.eval()(torch.ones(1)).item() == ours.eval()(1.0).data
