"""Losses: how far predictions are from targets, as one Value to call `backward` on or to compile.

Predictions are Values, targets numbers or Values.  A target that is a number may shape the graph (a class
picks a term); one that is a Value stays a node, whatever its data, so that a compiled loss can take it as an
input.  The definitions are PyTorch's, except where a docstring says otherwise.

`reduction` is "mean" (over the samples; where a prediction is a list, over all its numbers, as in PyTorch),
"sum", or "none" for the losses themselves, nested as the predictions are.  An empty batch is a ValueError,
and so are numbers of predictions and targets that differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from math import exp, inf
from typing import Any, TypeAlias

from .. import arguments, functions
from ..arguments import Numbers
from ..base.checks import one_of, whole
from ..base.messages import number
from ..engine import Value, made_so_far
from ..pieces.marking import mark_piece
from .pairing import by_class, by_number, check_range

__all__ = [
    "bce", "bce_with_logits", "cross_entropy", "cross_entropy_with_logits", "half_mse", "hinge", "huber",
    "kl_divergence", "l1_penalty", "l2_penalty", "mae", "mse", "nll",
]  # fmt: skip

Loss: TypeAlias = Callable[[list[Any], list[Any]], Value]
"""What is minimised: a function of a batch's predictions and targets, such as those below."""

# Logarithms of probabilities stop at -100, as in PyTorch's binary_cross_entropy: a certain miss costs 100.
LOWEST = exp(-100.0)

# By how much rounding may lift a logarithm of a probability above 0.
ROUNDING = 1e-9

# ---------------------------------------------------------------- distances


def mse(predictions: Numbers, targets: Numbers, *, reduction: str = "mean") -> Any:
    """The mean squared error, the mean of (ŷ - y)².

    >>> w, b = Value(2.0, "w"), Value(1.0, "b")
    >>> loss = mse(w * 3 + b, 9)
    >>> loss.backward()
    >>> loss.data, w.grad, b.grad
    (4.0, -12.0, -4.0)
    """
    return by_number("mse", lambda p, t: (p - t) ** 2, predictions, targets, reduction)


def half_mse(predictions: Numbers, targets: Numbers, *, reduction: str = "mean") -> Any:
    """Half the squared error, of derivative ŷ - y; with reduction="sum" the ½ Σ (y - ŷ)² of textbooks."""
    if reduction == "none":
        return by_number("half_mse", lambda p, t: (p - t) ** 2 / 2, predictions, targets, reduction)
    return by_number(
        "half_mse", lambda p, t: (p - t) ** 2, predictions, targets, reduction, last=lambda total: total / 2
    )


def mae(predictions: Numbers, targets: Numbers, *, reduction: str = "mean") -> Any:
    """The mean absolute error, the mean of |ŷ - y|; its derivative at ŷ = y is 0."""
    return by_number("mae", lambda p, t: functions.abs(p - t), predictions, targets, reduction)


def huber(predictions: Numbers, targets: Numbers, *, delta: float = 1.0, reduction: str = "mean") -> Any:
    """½ e² for errors |e| up to `delta`, delta (|e| - ½ delta) beyond.

    After Huber 1964, doi:10.1214/aoms/1177703732.  ValueError unless delta > 0.  PyTorch's SmoothL1Loss with
    beta = delta is this divided by delta.
    """
    delta = number(delta, where="huber: delta is a real number")
    if delta <= 0:
        raise ValueError(f"huber: delta, where the parabola ends, has to be above 0, got {delta}")

    def loss(p: Any, t: Any) -> Any:
        error = functions.abs(p - t)
        bounded = functions.minimum(error, delta)
        return bounded * (error - 0.5 * bounded)  # both branches in one formula, smooth where they meet

    return by_number("huber", loss, predictions, targets, reduction)


def hinge(predictions: Numbers, targets: Numbers, *, reduction: str = "mean") -> Any:
    """max(0, 1 - y·ŷ) for labels y of -1 and 1; its derivative at y·ŷ = 1 is 0.

    Targets that are other numbers are a ValueError.
    """

    def check(name: str, p: Any, t: Any) -> None:
        if not isinstance(t, Value) and t not in (-1, 1):
            raise ValueError(
                f"{name}: labels are -1 and 1, got {t}: 2*y - 1 makes them of labels y of 0 and 1"
            )

    return by_number("hinge", lambda p, t: functions.relu(1 - t * p), predictions, targets, reduction, check)


# ---------------------------------------------------------------- yes or no


def bce(predictions: Numbers, targets: Numbers, *, reduction: str = "mean") -> Any:
    """Binary cross-entropy of probabilities, -(y log ŷ + (1 - y) log(1 - ŷ)).

    Predictions, and targets that are numbers, outside [0, 1] are a ValueError.  The logarithms stop at -100
    as in PyTorch (Keras: at -16.1), where hardly a slope is left: train with `bce_with_logits`.

    >>> [round(loss.data, 2) for loss in bce([Value(0.60), Value(0.62)], [0, 1], reduction="none")]
    [0.92, 0.48]
    """

    def check(name: str, p: Any, t: Any) -> None:
        check_range(name, p, 0.0, 1.0, "is no probability, from 0 to 1: bce_with_logits takes any number")
        _check_answer(name, p, t)

    def loss(p: Any, t: Any) -> Any:
        # -log(1 - p) by way of log1p, which keeps the digits that 1 - p drops where p is small
        return _either(t, lambda: -_log(p), lambda: functions.log1p(p / functions.maximum(1 - p, LOWEST)))

    return by_number("bce", loss, predictions, targets, reduction, check)


def bce_with_logits(predictions: Numbers, targets: Numbers, *, reduction: str = "mean") -> Any:
    """Binary cross-entropy of sigmoid(z), y softplus(-z) + (1 - y) softplus(z), accurate for every logit z.

    Targets that are numbers outside [0, 1] are a ValueError.

    >>> z = Value(-800.0)
    >>> loss = bce_with_logits(z, 1)
    >>> loss.backward()
    >>> loss.data, z.grad
    (800.0, -1.0)
    """

    def loss(z: Any, t: Any) -> Any:
        return _either(t, lambda: functions.softplus(-z), lambda: functions.softplus(z))

    return by_number("bce_with_logits", loss, predictions, targets, reduction, _check_answer)


def _check_answer(name: str, p: Any, t: Any) -> None:
    rule = "is no target: 1 is yes, 0 is no, between them lies the probability of yes"
    if not isinstance(t, Value):
        check_range(name, t, 0.0, 1.0, rule)


def _either(t: Any, yes: Callable[[], Any], no: Callable[[], Any]) -> Any:
    """t yes + (1 - t) no; only the half that counts where t is the number 0 or 1."""
    if not isinstance(t, Value) and t in (0, 1):
        return yes() if t else no()
    return t * yes() + (1 - t) * no()


# ---------------------------------------------------------------- one of many


def cross_entropy(predictions: Numbers, targets: Numbers, *, reduction: str = "mean") -> Any:
    """Cross-entropy -Σ y log ŷ, where a prediction is a list of probabilities, one for each class.

    Takes one sample with its target, or a list of samples with a list of targets.  A target is the number of
    the class, from 0, or a distribution over the classes: a list of numbers that add up to 1, or of Values
    (which can be inputs of a compiled loss).  Probabilities outside [0, 1] are a ValueError; their logarithms
    stop at -100.  PyTorch's function of this name takes logits: here, `cross_entropy_with_logits`.
    """

    def loss(ps: list[Any], t: Any) -> Any:
        return -_average(t, lambda k: _log(ps[k]))

    return by_class("cross_entropy", loss, predictions, targets, reduction, _check_probabilities)


def cross_entropy_with_logits(predictions: Numbers, targets: Numbers, *, reduction: str = "mean") -> Any:
    """Cross-entropy of softmax(z): a prediction is a list of logits, one for each class; targets as above.

    For class t that is logsumexp(z) - z_t, computed as softplus(logsumexp(the others) - z_t): a nearly
    certain hit keeps its small loss and gradient, which the difference rounds to 0.

    >>> zs = [Value(5.0), Value(6.0), Value(11.0), Value(7.0)]
    >>> loss = cross_entropy_with_logits(zs, 2)
    >>> loss.backward()
    >>> round(loss.data, 4), [round(z.grad, 2) for z in zs]
    (0.0272, [0.0, 0.01, -0.03, 0.02])
    """

    def loss(zs: list[Any], t: Any) -> Any:
        if isinstance(t, int):
            return functions.softplus(functions.logsumexp(zs[:t] + zs[t + 1 :]) - zs[t])
        total = functions.logsumexp(zs)
        return _average(t, lambda k: total - zs[k])

    return by_class("cross_entropy_with_logits", loss, predictions, targets, reduction)


def nll(predictions: Numbers, targets: Numbers, *, reduction: str = "mean") -> Any:
    """The negative log-likelihood -Σ y log ŷ: a prediction is a list of log-probabilities; targets as above.

    Of `microgrid.log_softmax` it is the cross-entropy.  Log-probabilities above 0 are a ValueError; PyTorch
    lets logits pass, and trains towards minus infinity.
    """
    rule = "is no logarithm of a probability, from -inf to 0: cross_entropy_with_logits takes any numbers"

    def check(name: str, ps: list[Any], t: Any) -> None:
        for p in ps:
            check_range(name, p, -inf, ROUNDING, rule)

    def loss(ps: list[Any], t: Any) -> Any:
        return -_average(t, lambda k: ps[k])

    return by_class("nll", loss, predictions, targets, reduction, check)


def kl_divergence(p: Numbers, q: Numbers, *, reduction: str = "mean") -> Any:
    """The Kullback-Leibler divergence Σ p log(p/q) of the distribution q, predicted, from p, the target.

    Mind the order: PyTorch's kl_div takes log q first, and its "mean" divides by the number of classes too,
    where this is the mean over the samples.  0 log 0 is 0, and logarithms stop at -100, so where q is 0 a
    class costs about 100 p and not infinity.  Probabilities q outside [0, 1] are a ValueError; for p see
    `cross_entropy`.
    """

    def loss(qs: list[Any], t: Any) -> Any:
        if isinstance(t, int):  # where p is 1, and log p is 0
            return -_log(qs[t])
        return _average(t, lambda k: _log(t[k]) - _log(qs[k]))

    return by_class("kl_divergence", loss, q, p, reduction, _check_probabilities)


def _check_probabilities(name: str, ps: list[Any], t: Any) -> None:
    way_out = "softmax makes them of logits, which cross_entropy_with_logits takes as they are"
    for p in ps:
        check_range(name, p, 0.0, 1.0, f"is no probability, from 0 to 1: {way_out}")


def _average(weights: Any, of_class: Callable[[int], Any]) -> Any:
    """The weighted sum over the classes, or what the one has; a weight that is a number 0 makes no node."""
    if isinstance(weights, int):
        return of_class(weights)
    counting = [k for k, weight in enumerate(weights) if isinstance(weight, Value) or weight > 0]
    return functions.dot([weights[k] for k in counting], map(of_class, counting))


def _log(p: Any) -> Any:
    return functions.log(functions.maximum(p, LOWEST))


# ---------------------------------------------------------------- penalties


def l1_penalty(parameters: Iterable[Value], strength: float, *, samples: int | None = None) -> Value:
    """λ Σ|w| for `strength` λ; with `samples` n the λ/n Σ|w| that goes with a mean over n samples.

    Its derivative at w = 0 is 0.  Parameters are a list of Values: `model.parameters()`, or the weights
    alone.
    """
    weights, scale = _penalised("l1_penalty", parameters, strength, samples)
    since = made_so_far()
    penalty: Value = scale * functions.sum(map(abs, weights))
    mark_piece("l1_penalty", since, [penalty])
    return penalty


def l2_penalty(parameters: Iterable[Value], strength: float, *, samples: int | None = None) -> Value:
    """λ/2 Σw² for `strength` λ, of gradient λw; with `samples` n the λ/2n Σw² that goes with a mean over n.

    The same as an optimiser's weight decay of λ (or λ/n) in PyTorch; Keras' regularizers.L2(λ) is λ Σw²,
    twice this.

    >>> w = Value(3.0)
    >>> l2_penalty([w], 0.5).data, l2_penalty([w], 0.5, samples=10).data
    (2.25, 0.225)
    """
    weights, scale = _penalised("l2_penalty", parameters, strength, samples)
    since = made_so_far()
    penalty: Value = scale / 2 * functions.dot(weights, weights)
    mark_piece("l2_penalty", since, [penalty])
    return penalty


def _penalised(name: str, parameters: Any, strength: Any, samples: Any) -> tuple[list[Value], float]:
    """The weights, and the strength per sample."""
    weights = arguments.values(parameters, f"{name}: parameters")
    if not weights:
        raise ValueError(f"{name}: there are 0 parameters to penalise")
    strength = number(strength, where=f"{name}: strength is a real number")
    if strength < 0:
        raise ValueError(
            f"{name}: strength is 0 or more, got {strength}: below 0 large weights would be rewarded"
        )
    return weights, strength if samples is None else strength / whole(samples, f"{name}: samples")


# ---------------------------------------------------------------- a loss to be followed


def loss_function(loss: str | Loss) -> Loss:
    """A loss of (predictions, targets), given as a function or by its name here."""
    names = [name for name in __all__ if not name.endswith("penalty")]
    if isinstance(loss, str):
        one_of(loss, "loss", names)
        loss = globals()[loss]
    if not callable(loss):
        raise TypeError(f"loss is a function of (predictions, targets) or the name of one, got {loss!r}")
    arguments.called(loss, "loss", "predictions", "targets")
    plain = loss.func if isinstance(loss, partial) else loss
    if plain is kl_divergence:  # which takes the targets first, as it is written
        return partial(_swapped, loss)
    return loss


def _swapped(loss: Loss, predictions: list[Any], targets: list[Any]) -> Value:
    return loss(targets, predictions)
