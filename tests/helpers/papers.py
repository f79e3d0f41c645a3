"""The steps of the optimisers for one number, as their papers write them, in mpmath."""

from __future__ import annotations

import mpmath


def sgd(x, g, k, past, lr=0.01, momentum=0, dampening=0, weight_decay=0, nesterov=False):
    g = g + weight_decay * x
    if not momentum:
        return x - lr * g
    past["v"] = momentum * past["v"] + (1 - dampening) * g if past else g
    return x - lr * (g + momentum * past["v"] if nesterov else past["v"])


def adagrad(x, g, k, past, lr=0.01, lr_decay=0, weight_decay=0, initial_accumulator_value=0, eps=1e-10):
    g = g + weight_decay * x
    past["G"] = past.get("G", initial_accumulator_value) + g**2
    return x - lr / (1 + (k - 1) * mpmath.mpf(lr_decay)) * g / (mpmath.sqrt(past["G"]) + eps)


def adadelta(x, g, k, past, lr=1, rho=0.9, eps=1e-6, weight_decay=0):
    g = g + weight_decay * x
    past["a"] = rho * past.get("a", 0) + (1 - mpmath.mpf(rho)) * g**2
    step = mpmath.sqrt(past.get("d", 0) + eps) / mpmath.sqrt(past["a"] + eps) * g
    past["d"] = rho * past.get("d", 0) + (1 - mpmath.mpf(rho)) * step**2
    return x - lr * step


def rmsprop(x, g, k, past, lr=0.01, alpha=0.99, eps=1e-8, weight_decay=0, momentum=0, centered=False):
    g, alpha = g + weight_decay * x, mpmath.mpf(alpha)
    past["v"] = alpha * past.get("v", 0) + (1 - alpha) * g**2
    past["a"] = alpha * past.get("a", 0) + (1 - alpha) * g
    step = g / (mpmath.sqrt(past["v"] - past["a"] ** 2 if centered else past["v"]) + eps)
    past["b"] = momentum * past.get("b", 0) + step
    return x - lr * past["b"]


def adam(x, g, k, past, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, amsgrad=False):
    g, (beta1, beta2) = g + weight_decay * x, map(mpmath.mpf, betas)
    past["m"] = beta1 * past.get("m", 0) + (1 - beta1) * g
    past["v"] = beta2 * past.get("v", 0) + (1 - beta2) * g**2
    past["top"] = max(past.get("top", 0), past["v"]) if amsgrad else past["v"]
    return x - lr * past["m"] / (1 - beta1**k) / (mpmath.sqrt(past["top"] / (1 - beta2**k)) + eps)


def adamw(x, g, k, past, lr=0.001, weight_decay=0.01, **options):
    return adam(x * (1 - mpmath.mpf(lr) * weight_decay), g, k, past, lr, **options)


def adamax(x, g, k, past, lr=0.002, betas=(0.9, 0.999), eps=1e-8, weight_decay=0):
    g, (beta1, beta2) = g + weight_decay * x, map(mpmath.mpf, betas)
    past["m"] = beta1 * past.get("m", 0) + (1 - beta1) * g
    past["u"] = max(beta2 * past.get("u", 0), abs(g) + eps)
    return x - lr / (1 - beta1**k) * past["m"] / past["u"]


def decayed(x, g, lr, weight_decay, decoupled):
    return (x - lr * mpmath.mpf(weight_decay) * x, g) if decoupled else (x, g + weight_decay * x)


def nadam(
    x, g, k, past, lr=0.002, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, momentum_decay=0.004,
    decoupled_weight_decay=False,
):  # fmt: skip
    """The algorithm as PyTorch's page of NAdam states it."""
    x, g = decayed(x, g, lr, weight_decay, decoupled_weight_decay)
    beta1, beta2 = map(mpmath.mpf, betas)
    mus = [beta1 * (1 - mpmath.mpf(0.96) ** (i * mpmath.mpf(momentum_decay)) / 2) for i in range(1, k + 2)]
    past["m"] = beta1 * past.get("m", 0) + (1 - beta1) * g
    past["v"] = beta2 * past.get("v", 0) + (1 - beta2) * g**2
    mhat = mus[-1] * past["m"] / (1 - mpmath.fprod(mus)) + (1 - mus[-2]) * g / (1 - mpmath.fprod(mus[:-1]))
    return x - lr * mhat / (mpmath.sqrt(past["v"] / (1 - beta2**k)) + eps)


def radam(
    x, g, k, past, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, decoupled_weight_decay=False
):  # fmt: skip
    """The algorithm as PyTorch's page of RAdam states it."""
    x, g = decayed(x, g, lr, weight_decay, decoupled_weight_decay)
    beta1, beta2 = map(mpmath.mpf, betas)
    past["m"] = beta1 * past.get("m", 0) + (1 - beta1) * g
    past["v"] = beta2 * past.get("v", 0) + (1 - beta2) * g**2
    mhat, most = past["m"] / (1 - beta1**k), 2 / (1 - beta2) - 1
    rho = most - 2 * k * beta2**k / (1 - beta2**k)
    if rho <= 5:
        return x - lr * mhat
    length = mpmath.sqrt(1 - beta2**k) / (mpmath.sqrt(past["v"]) + eps)
    r = mpmath.sqrt((rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho))
    return x - lr * mhat * r * length


def rprop(x, g, k, past, lr=0.01, etas=(0.5, 1.2), step_sizes=(1e-6, 50)):
    turned = mpmath.sign(g * past.get("g", 0))
    factor = {1: etas[1], -1: etas[0], 0: 1}[int(turned)]
    past["d"] = min(max(past.get("d", lr) * factor, step_sizes[0]), step_sizes[1])
    past["g"] = 0 if turned < 0 else g
    return x - past["d"] * mpmath.sign(past["g"])


FORMULAS = {
    "SGD": sgd, "Adagrad": adagrad, "Adadelta": adadelta, "RMSprop": rmsprop, "Adam": adam, "AdamW": adamw,
    "Adamax": adamax, "NAdam": nadam, "RAdam": radam, "Rprop": rprop,
}  # fmt: skip
