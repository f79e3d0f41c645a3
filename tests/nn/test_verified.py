"""Every module's graph is proved, and its replayed outputs and gradients are the eager ones within verify's bound."""

import numpy as np
import pytest

import microgrid as mg
from helpers.programs import TINY, UNIT
from microgrid import Value, graph
from microgrid.nn import MLP, Activation, BatchNorm, Conv, Dropout, Layer, Linear, Maxout, Neuron, Residual, Sequential
from microgrid.nn.losses import half_mse
from microgrid.proof.rounding import rounding_bounds


def running() -> BatchNorm:
    norm = BatchNorm(3)
    norm.running_mean, norm.running_var = [0.3, -0.2, 1.1], [0.5, 2.0, 1.3]
    return norm.eval()


# Biases stand behind a normalisation: before it their gradient is 0, and rounding all that is left of it.
MODULES = {
    "Neuron": lambda: Neuron(3),
    "Neuron, gelu": lambda: Neuron(3, activation="gelu"),
    "Layer": lambda: Layer(3, 2, activation="softplus"),
    "MLP": lambda: MLP(3, [4, 2], activation="tanh", output="sigmoid"),
    "Linear": lambda: Linear(3, 2, seed=1),
    "Linear without bias": lambda: Linear(3, 2, bias=False, seed=1),
    "Conv": lambda: Conv(1, 2, 2, padding=1, seed=1),
    "Maxout": lambda: Maxout(3, 2, seed=1),
    "Activation": lambda: Activation("elu", 0.3),
    "Residual": lambda: Residual(Linear(3, 3, seed=1), "relu"),
    "Dropout": lambda: Sequential(Linear(3, 6, seed=1), Dropout(0.5, seed=1), Linear(6, 1, seed=2)),
    "BatchNorm": lambda: Sequential(Linear(3, 2, bias=False, seed=1), BatchNorm(2), "tanh", Linear(2, 1, seed=2)),
    "BatchNorm afterwards": lambda: Sequential(running(), Linear(3, 1, seed=3)),
    "shared": lambda: Sequential(shared := Linear(3, 3, seed=1), "tanh", shared),
}
SAMPLES = 3
X = np.random.default_rng(5).normal(size=(SAMPLES, 3))


def recorded(name, data=X):
    """The loss of the batch, its inputs and the model; always the same model."""
    import random

    random.seed(11)
    model = MODULES[name]()
    xs = [[Value(x, f"x{i}{j}") for j, x in enumerate(row)] for i, row in enumerate(data)]
    rows = [y if isinstance(y, list) else [y] for y in model.batch(xs)]
    return half_mse(rows, [[0.5] * len(row) for row in rows]), [x for row in xs for x in row], model


@pytest.mark.parametrize("name", MODULES)
def test_the_graph_is_proved(name):
    report = mg.verify(recorded(name)[0])
    assert report.verdict == "verified", str(report)


@pytest.mark.parametrize("name", MODULES)
def test_a_replayed_step_is_the_eager_step(name):
    """Recorded at other numbers than it is run at; masks are frozen, and the same in both."""
    loss, inputs, model = recorded(name, X[::-1] * 0.7)
    parameters = model.parameters()
    program = mg.compile(loss, inputs, parameters)
    value, gradient = program.value_and_grad(X.reshape(1, -1))
    loss, _, model = recorded(name)
    values, gradients = rounding_bounds(graph.order(loss))
    loss.backward()
    assert abs(value - loss.data) <= 2 * values[loss] + TINY
    for p, found in zip(model.parameters(), gradient, strict=True):
        assert abs(found - p.grad) <= 2 * gradients.get(p, 0.0) + 4 * UNIT * abs(p.grad) + TINY
    assert not parameters or np.abs(gradient).max() > 1e-3
