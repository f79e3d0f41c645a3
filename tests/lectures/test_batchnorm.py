"""The lectures' claim about batch normalisation: a net that has it learns at rates where one without it does not."""

from __future__ import annotations

import random

import pytest

import microgrid as mg
from microgrid import datasets, nn, optim
from microgrid.nn import init, losses

pytestmark = pytest.mark.skipif(not mg.compiled, reason="optional: without the kernel 20,000 steps take minutes")
RATES = [2.0**k for k in range(-2, 6)]
LEARNT = 0.05
"""A mean cross-entropy below this; a coin toss has log 2 = 0.69."""


def net(activation, normalized, seed):
    """2-8-8-8-1, with the same weights for the same seed."""
    random.seed(seed)  # the biases start from Python's own numbers
    rng, parts = random.Random(seed), []
    for nin in (2, 8, 8):
        parts += [init.he_normal(nn.Linear(nin, 8), seed=rng), *[nn.BatchNorm(8)] * normalized, activation]
    return nn.Sequential(*parts, init.xavier_normal(nn.Linear(8, 1), seed=rng))


def rates_that_learn(activation, normalized, seed, steps=300):
    """The rates at which full-batch descent on thirty points of the moons ends below LEARNT."""
    X, y = datasets.moons(30, noise=0.1, seed=1)
    model = net(activation, normalized, seed)
    program = mg.compile(losses.bce_with_logits(model.batch(X), y), parameters=model.parameters())
    start, found = program.parameters.copy(), []
    for rate in RATES:
        program.parameters = start
        optimizer = optim.SGD(program, lr=rate)
        for _ in range(steps):
            optimizer.step(program.value_and_grad()[1])
        if program.value_and_grad()[0] < LEARNT:
            found.append(rate)
    return found


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])  # tanh, which is centred, gains in some seeds only
def test_batch_normalisation_raises_the_rate_that_still_converges(activation):
    highest = []
    for seed in (1, 2, 3):
        plain, normalized = (rates_that_learn(activation, way, seed) for way in (False, True))
        print(f"{activation}, seed {seed}: learns at {plain} without, at {normalized} with batch normalisation")
        assert len(normalized) > len(plain)
        highest.append((max(plain, default=0.0), max(normalized)))
    without, with_it = zip(*highest, strict=True)
    assert sum(with_it) > sum(without)
