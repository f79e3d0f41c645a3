"""What cannot be read as a network is refused in one sentence, with the way out."""

import random
import threading
import time

import numpy as np
import pytest

import microgrid as mg
import viz
from microgrid import Value, nn, parameter
from viz import TooLarge, VizError
from viz.network.read import read

W = parameter(2.0, "w")
HOLDS_ITSELF: list = [1.0]
HOLDS_ITSELF.append(HOLDS_ITSELF)


class Scaled(nn.Module):
    def __init__(self):
        self.w = parameter(1.0, "w")

    def __call__(self, x):
        return self.w * x[0]


def by_sign(x):
    return W * x[0] if x[0] > 0 else mg.tanh(W * x[0])


class BySign(nn.Module):
    nin = 1

    def __call__(self, x):
        return by_sign(x)


class Locked(nn.Linear):
    def __init__(self):
        super().__init__(2, 1)
        self.lock = threading.Lock()


def unrecorded(x):
    with mg.no_grad():
        return W * x[0]


@pytest.mark.parametrize(
    ("model", "x", "kind", "message"),
    [
        (lambda x: 1.0, [1.0], VizError, "the model returns float 1.0 instead of Values, .*: let it compute"),
        (lambda x: None, [1.0], VizError, "the model returns nothing instead of Values"),
        (lambda x: [x[0] * W, 2.0], [1.0], VizError, "the model returns float 2.0 instead of Values"),
        (lambda x: x, [1.0], VizError, "the model records no operation .*: let it compute"),
        (unrecorded, [1.0], VizError, "unrecorded records no operation .*, outside no_grad()"),
        (lambda x: W * 3.0, [1.0], VizError, "what the model computes does not depend on its inputs"),
        (by_sign, [[1.0], [-1.0]], VizError, "by_sign records another graph for sample 1 .*: give one sample"),
        (BySign(), None, VizError, "BySign computes in another way for other numbers: give the sample"),
        (Scaled(), None, VizError, r"Scaled does not say how many numbers it takes: .* network\(model, x="),
        (nn.Conv(1, 1, 2), None, VizError, "Conv does not say how many numbers it takes"),
        (nn.MLP(2, [1]), [1.0, 2.0, 3.0], ValueError, "x has 3 numbers, and MLP takes 2"),
        (nn.MLP(2, [1]), [[1.0, 2.0], [1.0]], ValueError, "sample 1 of x has 1 numbers, and MLP takes 2"),
        (nn.MLP(2, [1]), [], ValueError, "x is a sample, a list of numbers, or a batch"),
        (nn.MLP(2, [1]), [[]], ValueError, "x is a sample, a list of numbers, or a batch"),
        (nn.MLP(2, [1]), [3.0, [1.0, 2.0]], ValueError, r"x is a sample, .* got \[3.0, \[1.0, 2.0\]\]$"),
        (nn.MLP(2, [1]), [[1.0, 2.0], 3.0], ValueError, r"x is a sample, .* got \[\[1.0, 2.0\], 3.0\]$"),
        (nn.MLP(2, [1]), HOLDS_ITSELF, ValueError, "x is a sample, .* got a list in itself$"),
        (nn.MLP(2, [1]), "ab", TypeError, "network: x has real numbers, got str"),
        (nn.MLP(2, [1]), [1.0, float("nan")], ValueError, "network: x has real numbers, and nan is not finite"),
        (nn.MLP(2, [2001]), None, VizError, "MLP has 2,003 units, and a diagram at most 2,000: draw a part"),
        (nn.BatchNorm(2), [1.0, 2.0], ValueError, r"BatchNorm\(2\) is in training"),
        (Locked(), None, VizError, r"Locked cannot be copied \(TypeError: .*\), .*: draw what it computes"),
        (nn.MLP, [1.0], TypeError, r"MLP is a class: make one, MLP\(\.\.\.\)"),
        (3, None, TypeError, "network draws a model .* got int 3"),
        ("2-2-1", None, TypeError, "network draws a model .* got str '2-2-1'"),
        ([2], None, ValueError, r"a network needs two sizes or more, .* got \[2\]"),
        ([], None, ValueError, "a network needs two sizes or more, .* got none"),
        ([2, 0, 1], None, ValueError, "layer 1 of the network 2-0-1 has 0 units: give every layer one unit or more"),
        ([0, 1], None, ValueError, "the input of the network 0-1 has 0 units"),
        ([5000, 5000], None, TooLarge, "the network 5000-5000 has 10,000 units, and a diagram at most 2,000: give"),
        ([900, 900], None, TooLarge, "900-900 has 810,000 links, and a diagram at most 200,000: give smaller sizes"),
        ([9] * 300, None, TooLarge, "a network of 300 layers has 2,700 units, and a diagram at most 2,000: give"),
        ([100_000], None, ValueError, r"a network needs two sizes or more, .* got \[100000\]"),
        ([2, 2.5], None, TypeError, "size 1 of a network is a whole number"),
        ([2, 1], [1.0, 2.0], ValueError, "a network of sizes has no numbers to compute x with: give a model"),
        (Value(1.0), None, VizError, "no operation computed this Value: draw the output of a model"),
        (W * 3.0, [1.0], ValueError, r"what is computed already has its inputs: give x to the model"),
        ([W * 3.0, 1], None, TypeError, "outputs to be drawn are Values, and among them is int 1"),
    ],
)
def test_it_is_refused_in_one_sentence(model, x, kind, message):
    with pytest.raises(kind, match=message) as refused:
        read(model, x)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: [5000, 5000], "10,000 units"),
        (lambda: nn.MLP(450, [450, 1]), "MLP has 203,401 parameters"),
    ],
)
def test_what_is_too_large_is_refused_before_anything_is_built(make, message):
    model = make()
    start = time.process_time()
    with pytest.raises(TooLarge, match=message):
        read(model, None)
    assert time.process_time() - start < 2


@pytest.mark.parametrize(("sizes", "message"), [([2, *[3] * 40, 1], "42 columns"), ([2] * 300, "300 columns")])
def test_of_a_slide_the_reason_is_named(sizes, message):
    with pytest.raises(TooLarge, match=f"^{message} cannot be read on a slide: draw a part"):
        viz.network(sizes, slide="16:9").svg()


def test_a_model_that_looks_at_its_data_is_drawn_for_a_sample():
    assert read(by_sign, [1.0]).columns[1].caption == "Linear 1→1"
    assert read(by_sign, [-1.0]).columns[1].caption == "Linear 1→1, tanh"
    assert read(by_sign, [[1.0], [2.0]]).columns[0].units[0].value == 1.5


def test_settings_of_the_caller_do_not_reach_the_model():
    random.seed(1)
    model = nn.MLP(2, [3, 1])
    expected = read(model, [1.0, 2.0])
    with mg.no_grad(), mg.scope("elsewhere"):
        assert read(model, [1.0, 2.0]) == expected


def test_a_logarithm_does_not_keep_a_structure_from_being_read():
    random.seed(1)
    model = nn.Sequential(nn.Linear(1, 2), "log", nn.Linear(2, 1))
    assert [column.caption for column in read(model).columns] == ["input", "Linear 1→2, log", "Linear 2→1"]


def test_an_array_of_sizes_is_taken_as_a_list_of_them_is():
    assert read(np.array([2, 8, 1])) == read([2, 8, 1])
    with pytest.raises(TypeError, match="network draws a model"):
        read(np.array(3))
