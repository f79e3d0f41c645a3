"""The table of what a model costs, against graphs counted by hand."""

import random
import sys

import pytest

from microgrid import Value, compiled, no_grad, scope
from microgrid.graph import order
from microgrid.nn import MLP, BatchNorm, Conv, Dropout, Linear, Module, Residual, Sequential

SIZE = Value.__basicsize__ if compiled else sys.getsizeof(Value(0.0))


def rows(summary):
    return {part.name: (part.parameters, part.nodes) for part in summary.parts}


def test_the_moons_network():
    """Each neuron multiplies and adds for each of its inputs; all but the last layer end in a ReLU."""
    summary = MLP(2, [16, 16, 1]).summary()
    assert rows(summary) == {
        "inputs": (0, 2),
        "layer 1": (16 * 3, 16 * (2 * 2 + 1)),
        "layer 2": (16 * 17, 16 * (2 * 16 + 1)),
        "layer 3": (17, 2 * 16),
    }
    assert (summary.parameters, summary.nodes) == (337, 642)
    assert summary.bytes == 642 * SIZE
    assert [part.bytes for part in summary.parts] == [part.nodes * SIZE for part in summary.parts]


def test_the_nodes_are_those_that_an_example_records():
    model = Sequential(Linear(3, 4), "tanh", Residual(Linear(4, 4), "relu"), Linear(4, 2))
    recorded = [v for v in order(*model([1.0, 2.0, 3.0])) if v.role != "parameter"]
    assert model.summary().nodes == len(recorded)


def test_as_a_table():
    assert str(MLP(2, [2, 1]).summary()).splitlines()[:4] == [
        "module   parameters  nodes per example  bytes per example",
        f"inputs            0                  2  {2 * SIZE:17,}",
        f"layer 1           6                 10  {10 * SIZE:17,}",
        f"layer 2           3                  4  {4 * SIZE:17,}",
    ]
    assert str(MLP(2, [2, 1]).summary()).splitlines()[4].split() == ["total", "9", "16", f"{16 * SIZE:,}"]


def test_in_training_there_are_masks_and_statistics():
    model = Sequential(Linear(1, 2), BatchNorm(2), Dropout(0.5))
    training = rows(model.summary())
    # mean: +; centred, its square, the sum of those; / σ, * γ, + β: 7, and 2 constants of ** none
    assert training["BatchNorm 1"] == (4, 2 * 7)
    assert training["dropout 1"] == (0, 4)
    # x - mean and / deviation each with a constant, * γ, + β
    assert rows(model.eval().summary()) == {"inputs": (0, 1), "layer 1": (4, 4), "BatchNorm 1": (4, 2 * 6)}


def test_shared_parameters_count_once_in_the_total():
    model = Sequential(shared := Linear(2, 2), "tanh", shared)
    summary = model.summary()
    assert [(part.name, part.parameters, part.nodes) for part in summary.parts] == [
        ("inputs", 0, 2), ("layer 1", 6, 8), ("tanh 1", 0, 2), ("layer 2", 6, 8),
    ]  # fmt: skip
    assert summary.parameters == 6
    assert str(summary).endswith("Parameters that several parts use count once in the total.")
    assert "several" not in str(MLP(1, [1]).summary())


def test_the_model_stays_as_it_is():
    model = Sequential(Linear(2, 3), norm := BatchNorm(3), dropout := Dropout(0.5, seed=1))
    before = model.state_dict()
    model.summary()
    assert model.state_dict() == before
    assert (norm.statistics, dropout.masks) == (None, [])
    norm.eval()
    model([1.0, 2.0])
    twin = Sequential(Linear(2, 3), BatchNorm(3).eval(), other := Dropout(0.5, seed=1))
    twin([1.0, 2.0])
    assert [m.data for m in dropout.masks] == [m.data for m in other.masks]


def test_what_holds_around_it_changes_nothing():
    random.seed(1)
    model = MLP(2, [3, 1])
    expected = model.summary()
    with no_grad():
        assert model.summary() == expected
    with scope("outer"):
        assert model.summary() == expected


def test_an_example_says_what_the_model_takes():
    conv = Conv(1, 2, 3, padding=1)
    with pytest.raises(ValueError, match=r"Conv does not say how many inputs it takes: give an example"):
        conv.summary()
    assert rows(conv.summary([1.0, 2.0, 3.0])) == {"inputs": (0, 3), "channel 1": (4, 14), "channel 2": (4, 14)}
    assert conv.summary([1.0] * 30).parameters == 8

    class Square(Module):
        def __call__(self, x):
            return x[0] * x[0] * 2 if x[0] > 1 else x[0]

    assert rows(Square().summary([Value(3.0)])) == {
        "Square": (0, 3)
    }  # two products and the 2; the input is one for all
