"""The moons loss and its gradients on other libraries: matrices where a library has them, all in doubles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .matrices import joined, layout, plain, split, tuned
from .moons import ALPHA
from .timing import Answer, Contestant

__all__ = ["PEERS"]


def _loss(xp: Any, pairs: Sequence[tuple[Any, Any]], points: Any, labels: Any) -> Any:
    """The loss in a library that differentiates NumPy's functions."""
    hidden = points
    for i, (w, b) in enumerate(pairs):
        hidden = hidden @ w.T + b
        if i < len(pairs) - 1:
            hidden = xp.maximum(hidden, 0.0)
    squares = sum(xp.sum(w * w) + xp.sum(b * b) for w, b in pairs)
    return xp.mean(xp.maximum(1.0 - labels * hidden[:, 0], 0.0)) + ALPHA * squares


def jax_matrices(parameters: Any, rows: Any, layers: Sequence[int]) -> Contestant:
    """`jit` of `value_and_grad`; XLA has threads of its own."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    pairs = [(jnp.array(w), jnp.array(b)) for w, b in split(parameters, layers)]
    points, labels = jnp.array(rows[:, :2]), jnp.array(rows[:, 2])
    compiled = jax.jit(jax.value_and_grad(lambda pairs, points, labels: _loss(jnp, pairs, points, labels)))
    return Contestant(
        lambda: jax.block_until_ready(compiled(pairs, points, labels)),
        lambda found: Answer(float(found[0]), joined(found[1])),
    )


def torch_matrices(parameters: Any, rows: Any, layers: Sequence[int]) -> Contestant:
    """Eager, on one thread."""
    import torch

    torch.set_num_threads(1)
    pairs = [(torch.tensor(w), torch.tensor(b)) for w, b in split(parameters, layers)]
    points, labels = torch.tensor(rows[:, :2]), torch.tensor(rows[:, 2])
    leaves = [leaf.requires_grad_() for pair in pairs for leaf in pair]

    def step() -> Any:
        for leaf in leaves:
            leaf.grad = None
        hidden = points
        for i, (w, b) in enumerate(pairs):
            hidden = torch.nn.functional.linear(hidden, w, b)
            if i < len(pairs) - 1:
                hidden = torch.relu(hidden)
        squares = sum((leaf * leaf).sum() for leaf in leaves)
        loss = torch.relu(1.0 - labels * hidden[:, 0]).mean() + ALPHA * squares
        loss.backward()
        return loss

    return Contestant(step, lambda loss: Answer(loss.item(), joined([(w.grad, b.grad) for w, b in pairs])))


def autograd_matrices(parameters: Any, rows: Any, layers: Sequence[int]) -> Contestant:
    """HIPS autograd."""
    import autograd
    import autograd.numpy as anp

    pairs = split(parameters.copy(), layers)
    points, labels = rows[:, :2].copy(), rows[:, 2].copy()
    both = autograd.value_and_grad(lambda pairs: _loss(anp, pairs, points, labels))
    return Contestant(lambda: both(pairs), lambda found: Answer(float(found[0]), joined(found[1])))


def casadi_scalars(parameters: Any, rows: Any, layers: Sequence[int]) -> Contestant:
    """A scalar graph (SX) of one sample, mapped over the batch; the penalty is added to the sums once."""
    import casadi
    import numpy as np

    p, row, count = casadi.SX.sym("p", len(parameters)), casadi.SX.sym("row", 3), len(rows)
    hidden = row[:2]
    for i, (start, nout, columns) in enumerate(layout(layers)):
        block = casadi.reshape(p[start : start + nout * columns], columns, nout).T
        hidden = block[:, :-1] @ hidden + block[:, -1]
        if i < len(layers) - 1:
            hidden = casadi.fmax(hidden, 0)
    hinge = casadi.fmax(1 - row[2] * hidden, 0)
    sample = casadi.Function("sample", [p, row], [hinge, casadi.gradient(hinge, p)])
    batch = sample.map("batch", "serial", count, [0], [0, 1])
    all_p, all_rows = casadi.MX.sym("p", len(parameters)), casadi.MX.sym("rows", 3, count)
    loss, gradient = batch(all_p, all_rows)
    loss = loss / count + ALPHA * casadi.dot(all_p, all_p)
    whole = casadi.Function("whole", [all_p, all_rows], [loss, gradient / count + 2 * ALPHA * all_p])
    buffers, evaluate = whole.buffer()
    arrays = [parameters.copy(), np.ascontiguousarray(rows), np.zeros(1), np.zeros(len(parameters))]
    for place, array in zip((0, 1), arrays[:2]):
        buffers.set_arg(place, memoryview(array))
    for place, array in zip((0, 1), arrays[2:]):
        buffers.set_res(place, memoryview(array))

    def step() -> Any:
        evaluate()  # through bare pointers: what they point to lives as long as this function
        return whole, buffers, arrays

    return Contestant(step, lambda found: Answer(float(found[2][2][0]), found[2][3]))


def ddx_scalars(parameters: Any, rows: Any, layers: Sequence[int]) -> Contestant:
    """ddx-ad: a scalar graph of one sample, compiled by LLVM for the batch; the penalty is added once.

    Its gradients are those of each sample, whose mean NumPy takes.
    """
    import ddx
    import numpy as np

    count, size = len(rows), len(parameters)

    def hinge() -> Any:
        p = [ddx.var(f"p{i}") for i in range(size)]
        hidden = [ddx.param("x0"), ddx.param("x1")]
        for i, (start, nout, columns) in enumerate(layout(layers)):
            neurons = [p[start + k * columns : start + (k + 1) * columns] for k in range(nout)]
            hidden = [sum((w * h for w, h in zip(neuron, hidden)), neuron[-1]) for neuron in neurons]
            if i < len(layers) - 1:
                hidden = [ddx.max(h, 0.0) for h in hidden]
        return ddx.max(1.0 - ddx.param("label") * hidden[0], 0.0)

    model = ddx.equation(hinge).compile(points=count)
    if not model.uses_kernel:
        raise RuntimeError("ddx-ad has compiled nothing here, and would interpret")
    point = np.vstack([np.repeat(parameters[:, None], count, axis=1), rows.T])
    call = model.buffer(np.ascontiguousarray(point))

    def step() -> tuple[float, Any]:
        call()
        loss = call.value.mean() + ALPHA * np.dot(parameters, parameters)
        return loss, call.jacobian.mean(axis=1) + 2 * ALPHA * parameters

    return Contestant(step, lambda found: Answer(float(found[0]), found[1]))


PEERS = {
    "NumPy, matrices by hand": plain,
    "NumPy, the same without allocations": tuned,
    "JAX, jit on matrices": jax_matrices,
    "PyTorch, matrices": torch_matrices,
    "CasADi, SX graph mapped over the batch": casadi_scalars,
    "ddx-ad, scalar graph compiled by LLVM for the batch": ddx_scalars,
    "autograd, matrices": autograd_matrices,
}
"""In the order of the table."""
