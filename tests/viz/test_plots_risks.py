"""Losses over the prediction beside closed forms, and the memory of a step beside the graph's own counts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from helpers.plotted import drawn, words
from microgrid import graph, nn
from microgrid.nn import losses
from microgrid.nn.module import outputs
from viz import plots


def curves(ax):
    """The loss and its slope."""
    return [line.get_xydata()[np.isfinite(line.get_ydata())].T for line in ax.get_lines()[:2]]


@pytest.mark.parametrize(
    ("name", "target", "f", "slope"),
    [
        ("half_mse", 0.7, lambda p: (p - 0.7) ** 2 / 2, lambda p: p - 0.7),
        ("mse", 2.0, lambda p: (p - 2) ** 2, lambda p: 2 * (p - 2)),
        ("hinge", -1.0, lambda p: np.maximum(0, 1 + p), lambda p: 1.0 * (p > -1)),
        ("bce", 0.0, lambda p: -np.log(1 - p), lambda p: 1 / (1 - p)),
        ("bce_with_logits", 1.0, lambda z: np.log1p(np.exp(-z)), lambda z: -1 / (1 + np.exp(z))),
        ("cross_entropy_with_logits", 1.0, lambda z: np.log1p(np.exp(-z)), lambda z: -1 / (1 + np.exp(z))),
        ("nll", 1.0, lambda p: -np.log(p), lambda p: -1 / p),
        (
            "cross_entropy", 0.7,
            lambda p: -0.7 * np.log(p) - 0.3 * np.log(1 - p), lambda p: -0.7 / p + 0.3 / (1 - p),
        ),
        (
            "kl_divergence", 0.7,
            lambda p: 0.7 * np.log(0.7 / p) + 0.3 * np.log(0.3 / (1 - p)), lambda p: -0.7 / p + 0.3 / (1 - p),
        ),
    ],
)  # fmt: skip
def test_a_loss_and_its_slope_are_those_of_the_books(name, target, f, slope) -> None:
    (p, loss), (q, slopes) = curves(plots.losses(name, target=target))
    np.testing.assert_allclose(loss, f(p), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(slopes, slope(q), rtol=1e-12, atol=1e-14)


def test_cross_entropy_is_the_divergence_and_the_targets_entropy_above_it() -> None:
    ax = plots.losses("kl_divergence", "cross_entropy", target=0.7, together=True)
    solid = [line.get_ydata() for line in ax.get_lines() if line.get_linestyle() == "-" and len(line.get_xdata()) > 2]
    kl, ce = solid
    entropy = -0.7 * math.log(0.7) - 0.3 * math.log(0.3)
    np.testing.assert_allclose(ce - kl, entropy, rtol=1e-12)
    assert words(ax) == ["KL divergence", "cross-entropy", "y = 0.7"]


def test_losses_of_ones_own_have_panels_kinks_and_no_target_where_they_take_logits() -> None:
    def pinball(predictions, targets):
        e = targets[0] - predictions[0]
        return (0.9 * e).relu() + (-0.1 * e).relu()

    both = plots.losses(pinball, "bce_with_logits", target=1.0)
    assert [ax.get_title() for ax in both] == ["pinball", "binary cross-entropy of logits"]
    assert words(both[0]) == ["L", "∂L/∂ŷ", "y = 1"]
    (ring,) = (line for line in both[0].get_lines() if line.get_marker() == "o")
    np.testing.assert_allclose(ring.get_xydata(), [[1.0, 0.0]], atol=1e-12)
    alone = plots.losses("bce_with_logits")
    assert (alone.get_xlabel(), words(alone)) == ("logit z", ["L", "∂L/∂ŷ"])
    drawn(alone)


def test_where_a_loss_shoots_up_its_usual_part_is_shown() -> None:
    low, high = plots.losses("cross_entropy", target=1.0).get_ylim()
    assert -high <= low < 0
    assert high < -math.log(0.01)


@pytest.mark.parametrize(
    ("wrong", "kind", "said"),
    [
        (lambda: plots.losses(), ValueError, "at least one loss"),
        (lambda: plots.losses("mean"), ValueError, "half_mse"),
        (lambda: plots.losses("mse", target="yes"), TypeError, "target is a number"),
        (lambda: plots.losses("mse", xlim=(1, 0)), ValueError, "xlim"),
        (lambda: plots.memory({}), ValueError, "at least one model"),
        (lambda: plots.memory(nn.MLP(2, [1]), sizes=[0]), ValueError, "a size of a batch"),
        (lambda: plots.memory({"one": 42}), TypeError, "'one' has to be a model, .* got int"),
        (lambda: plots.losses("mse", target=float("nan")), ValueError, "target is a number"),
        (lambda: plots.losses(3), TypeError, "loss is a function"),
        (lambda: plots.memory({"tanh": nn.Activation("tanh")}), ValueError, "'tanh', a Activation, does not say"),
    ],
)
def test_what_cannot_be_drawn_is_said(wrong, kind, said: str) -> None:
    with pytest.raises(kind, match=said):
        wrong()


def test_the_memory_of_a_step_is_that_of_its_graph() -> None:
    models = {"shallow": nn.MLP(2, [4, 1]), "deep": nn.MLP(2, [4, 4, 4, 3])}
    ax = plots.memory(models, sizes=[1, 2, 12])
    for line, model in zip(ax.get_lines(), models.values()):
        for size, taken in line.get_xydata():
            made = outputs(model, [[1.0, 1.0]] * int(size))
            targets = [[0.0] * 3 if isinstance(row, list) else 0.0 for row in made]
            counted = graph.counts(losses.mse(made, targets))
            assert taken == counted.bytes
        assert f"{counted.nodes}nodes" in {"".join(text.get_text().split()) for text in ax.texts}
    assert words(ax) == ["deep", "shallow"]


def test_memory_is_counted_on_a_copy_and_of_normalised_batches_too() -> None:
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm(3), "tanh", nn.Dropout(0.5), nn.Linear(3, 1))
    before = model.state_dict()
    (line,) = plots.memory(model, sizes=[2, 8], lang="es").get_lines()
    made = outputs(model, [[1.0, 1.0]] * 8)
    assert line.get_ydata()[-1] == graph.counts(losses.mse(made, [0.0] * 8)).bytes
    assert plots.memory(nn.Activation("tanh"), sizes=[2], example=[1.0], lang="es").get_xlabel() == "muestras del lote"
    assert before.keys() == model.state_dict().keys()
