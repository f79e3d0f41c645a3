"""The scalar GPT of lesson G: its graph, its programs and its training, beside formulas and PyTorch."""

from __future__ import annotations

from importlib.util import find_spec, module_from_spec, spec_from_file_location
from itertools import pairwise
from math import log

import numpy as np
import pytest

import microgrid as mg
from helpers import ROOT, needs_checkout
from microgrid import graph, optim
from microgrid.proof.rounding import rounding_bounds

LESSON = ROOT / "tutorials" / "g_a_tiny_gpt.py"

pytestmark = needs_checkout


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """Everything that the lesson defines, with the model as it starts."""
    spec = spec_from_file_location("a_tiny_gpt", LESSON)
    module = module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MICROGRID_STEPS", "0")
        patch.setenv("MICROGRID_PICTURES", str(tmp_path_factory.mktemp("pictures")))
        spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_the_names_are_those_of_the_periodic_table(lesson):
    """118 different ones; at the ends of the periods and elsewhere, each at its atomic number."""
    assert len(lesson.NAMES) == len(set(lesson.NAMES)) == 118
    at = {1: "hydrogen", 2: "helium", 10: "neon", 18: "argon", 26: "iron", 36: "krypton", 47: "silver", 54: "xenon",
          61: "promethium", 79: "gold", 86: "radon", 92: "uranium", 101: "mendelevium", 109: "meitnerium",
          118: "oganesson"}  # fmt: skip
    assert {number: lesson.NAMES[number - 1] for number in at} == at
    assert set("abcdefghijklmnopqrstuvwxyz") - set(lesson.LETTERS) == {"j", "q"}


def test_the_size_is_what_the_architecture_says(lesson):
    """25 letters and 14 positions embedded in 16 numbers, four 16 x 16 matrices, 64 hidden units, 25 logits."""
    assert len(lesson.model.parameters()) == 16 * 25 + 14 * 16 + 4 * 16 * 16 + 2 * 64 * 16 + 25 * 16 == 4096


# ---------------------------------------------------------------- one name


def test_replay_agrees_with_the_engine_within_the_bound_of_rounding(lesson):
    text = lesson.encoded(".tin.")
    lesson.model.zero_grad()
    loss = lesson.surprise(lesson.model, text)
    loss.backward()
    program = lesson.programs[5]
    program.parameters = [p.data for p in lesson.model.parameters()]
    value, gradient = program.value_and_grad([np.ravel(text)])
    values, gradients = rounding_bounds(graph.order(loss))
    assert abs(value - loss.data) <= 2 * values[loss]
    assert value == pytest.approx(loss.data, rel=1e-13)
    expected = np.array([p.grad for p in lesson.model.parameters()])
    bounds = np.array([gradients.get(p, 0.0) for p in lesson.model.parameters()])
    assert np.all(np.abs(gradient - expected) <= 2 * bounds)
    assert np.allclose(gradient, expected, rtol=1e-9, atol=1e-12)


def test_letters_do_not_see_those_after_them(lesson):
    """Names that begin alike have the same logits up to there."""
    found = []
    for name in (".radi", ".rado"):
        keys, values = [], []
        found.append([[z.data for z in lesson.model(x, keys, values)] for x in lesson.encoded(name)])
    assert found[0][:4] == found[1][:4]
    assert found[0][4] != found[1][4]


def test_a_small_one_is_verified(lesson):
    model = lesson.GPT(3, 3, width=4, heads=2)
    report = mg.verify(lesson.surprise(model, [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]))
    assert report.ok, str(report)


@pytest.mark.skipif(find_spec("torch") is None, reason="optional: torch is not installed")
def test_pytorch_gives_the_same_loss_and_gradient(lesson):
    import torch
    from torch.nn import functional

    model = lesson.model
    names = ["embedding", "positions", "query", "key", "value", "mix", "expand", "shrink", "head"]
    tensors = {
        name: torch.tensor([[w.data for w in row] for row in getattr(model, name)], dtype=torch.float64)
        for name in names
    }
    for tensor in tensors.values():
        tensor.requires_grad_()
    text = torch.tensor(lesson.encoded(".hydrogen."), dtype=torch.float64)
    n, width, heads = len(text) - 1, 16, 4

    def norm(x):
        return x / (x.square().mean(dim=1, keepdim=True) + 1e-5).sqrt()

    def split(matrix, x):
        return (x @ tensors[matrix].T).reshape(n, heads, width // heads).transpose(0, 1)

    x = norm(text[:-1] @ tensors["embedding"].T + tensors["positions"][:n])
    h = norm(x)
    answer = functional.scaled_dot_product_attention(*[split(name, h) for name in names[2:5]], is_causal=True)
    x = x + answer.transpose(0, 1).reshape(n, width) @ tensors["mix"].T
    x = x + (norm(x) @ tensors["expand"].T).relu() @ tensors["shrink"].T
    theirs = functional.cross_entropy(x @ tensors["head"].T, text[1:].argmax(dim=1), reduction="sum")
    theirs.backward()

    for p in model.parameters():
        p.grad = 0.0
    ours = lesson.surprise(model, lesson.encoded(".hydrogen."))
    ours.backward()
    assert ours.data == pytest.approx(theirs.item(), rel=1e-12)
    for name, tensor in tensors.items():
        gradient = [[w.grad for w in row] for row in getattr(model, name)]
        assert np.allclose(gradient, tensor.grad.numpy(), rtol=1e-10, atol=1e-12), name


# ---------------------------------------------------------------- training


def test_thirty_steps_on_six_names(lesson):
    """Nearly every step lowers the loss; to know six names by heart, and no others, would cost log 6 for a name."""
    weights = np.array([p.data for p in lesson.GPT(len(lesson.LETTERS), 14).parameters()])
    optimizer = optim.Adam(weights, lr=0.01)
    totals = []
    for _ in range(30):
        total, gradient = 0.0, np.zeros_like(weights)
        for length in (5, 6):  # tin; neon, iron, zinc, gold, lead
            program = lesson.programs[length]
            program.parameters = weights
            value, slope = program.value_and_grad(lesson.batches[length], reduce="sum")
            total, gradient = total + value, gradient + slope
        totals.append(total / 6)
        optimizer.step(gradient / 29)
    print(f"a name costs {totals[0]:.2f} at first, {totals[-1]:.2f} after 30 steps, log 6 = {log(6):.2f} at best")
    assert len(lesson.batches[5] + lesson.batches[6]) == 6
    assert sum(later < earlier for earlier, later in pairwise(totals)) >= 27
    assert log(6) < totals[-1] < 0.3 * totals[0]


def test_inventions_are_made_of_letters_and_come_again_with_their_seed(lesson):
    names = [lesson.invent(seed) for seed in range(10)]
    assert names == [lesson.invent(seed) for seed in range(10)]
    assert len(set(names)) == 10
    assert set("".join(names)) <= set(lesson.LETTERS) - {"."}
    assert all(len(name) <= 14 for name in names)


@pytest.mark.slow
def test_letters_are_drawn_as_often_as_the_model_says(lesson):
    """With a head of zeros all 25 are equally likely, so a name ends at once with the probability 1/25."""
    head = [w for row in lesson.model.head for w in row]
    kept = [w.data for w in head]
    for w in head:
        w.data = 0.0
    try:
        ended = sum(lesson.invent(seed) == "" for seed in range(150))
    finally:
        for w, data in zip(head, kept, strict=True):
            w.data = data
    deviation = (150 * 1 / 25 * 24 / 25) ** 0.5
    assert abs(ended - 150 / 25) < 4 * deviation
