"""Programs as functions of JAX and PyTorch: the same values, and gradients that those libraries compute themselves."""

from __future__ import annotations

import importlib.util
import os
import random
import re
import subprocess
import sys

import numpy as np
import pytest

import microgrid as mg
from helpers import ROOT, needs_checkout
from helpers.programs import BINARY, EXPONENTS, UNARY, Drawn, apply, compiled, draw
from microgrid import GraphError, Value, nn, parameter
from microgrid.ops import TABLE


def optional(name: str):
    missing = importlib.util.find_spec(name) is None
    return pytest.mark.skipif(missing, reason=f"optional: {name} is not installed")


class Jax:
    """A program through JAX, in doubles."""

    def __init__(self) -> None:
        import jax

        jax.config.update("jax_enable_x64", True)
        self.jax = jax

    def outputs(self, program, X):
        return np.asarray(self.jax.jit(program.to_jax())(program.parameters, X))

    def jacobian(self, program, X):
        f = program.to_jax()
        total = f if X is None else lambda p: f(p, X).sum(axis=0)
        return np.asarray(self.jax.jit(self.jax.jacrev(total))(program.parameters))

    def hessian(self, program, X):
        f = program.to_jax()
        return np.asarray(self.jax.hessian(lambda p: f(p, X).sum())(program.parameters))


class Torch:
    """A program through PyTorch."""

    def __init__(self) -> None:
        import torch

        self.torch = torch

    def tensors(self, program, X):
        return self.torch.tensor(program.parameters), None if X is None else self.torch.tensor(X)

    def outputs(self, program, X):
        return program.to_torch()(*self.tensors(program, X)).numpy()

    def jacobian(self, program, X):
        parameters, X = self.tensors(program, X)
        f = program.to_torch()
        total = f if X is None else lambda p: f(p, X).sum(axis=0)
        return self.torch.autograd.functional.jacobian(total, parameters).numpy()

    def hessian(self, program, X):
        parameters, X = self.tensors(program, X)
        f = program.to_torch()
        return self.torch.autograd.functional.hessian(lambda p: f(p, X).sum(), parameters).numpy()


@pytest.fixture(params=[pytest.param(Jax, marks=optional("jax")), pytest.param(Torch, marks=optional("torch"))])
def library(request):
    return request.param()


def check(library, drawn: Drawn, batch: int = 4) -> None:
    """The values of all outputs and the gradient of each, summed over the samples."""
    X = np.random.default_rng(0).uniform(-2, 2, (batch, drawn.inputs)) if drawn.inputs else None
    program, last = compiled(drawn), compiled(drawn, last=True)
    want = program() if X is None else program(X)
    got, jacobian = library.outputs(program, X), library.jacobian(program, X)
    assert got.shape == want.shape
    assert np.allclose(got, want, rtol=1e-9, atol=1e-9)
    assert jacobian.shape == (want.shape[-1], drawn.parameters)
    _, gradient = last.value_and_grad() if X is None else last.value_and_grad(X, reduce="sum")
    assert np.allclose(jacobian[-1], gradient, rtol=1e-7, atol=1e-8)


CASES = [(name, None) for name in UNARY + BINARY if TABLE[name].constant is None]
CASES += [("powc", exponent) for exponent in EXPONENTS] + [("leaky_relu", 0.1), ("elu", 1.3)]


def test_every_operation(library):
    def build(xs, ps):
        x, y = ps[0] * xs[0] + 0.1 * xs[1], xs[1] - ps[1]
        return [apply(name, x, y, constant=constant) * ps[2] for name, constant in CASES]

    X = np.random.default_rng(0).uniform(-2, 2, (4, 2))
    program = compiled(Drawn(2, 3, build, [0.7, -0.3, 1.1]))
    assert np.allclose(library.outputs(program, X), program(X), rtol=1e-12, atol=1e-14)
    for k, row in enumerate(library.jacobian(program, X)):
        one = compiled(Drawn(2, 3, lambda xs, ps, k=k: [build(xs, ps)[k]], [0.7, -0.3, 1.1]))
        assert np.allclose(row, one.value_and_grad(X, reduce="sum")[1], rtol=1e-12, atol=1e-13), CASES[k]


def test_random_graphs(library):
    for seed in range(15):
        check(library, draw(seed), batch=(0, 1, 5)[seed % 3])


def test_the_cases_are_the_whole_table():
    assert {name for name, _ in CASES} == {name for name, row in TABLE.items() if row.value}


@pytest.mark.parametrize("batch", [0, 1, 7])
def test_outputs_that_are_leaves_and_outputs_that_are_uniform(library, batch):
    x, w = Value(1.0), parameter(2.0)
    program = mg.compile([x, w, Value(7.0), mg.exp(w), w * x + 1], [x])
    X = np.arange(batch, dtype=float)[:, None]
    columns = [X[:, 0], np.full(batch, 2.0), np.full(batch, 7.0), np.full(batch, np.exp(2.0)), 2 * X[:, 0] + 1]
    assert np.allclose(library.outputs(program, X), np.stack(columns, axis=1), rtol=1e-15)
    slopes = [0.0, batch, 0.0, batch * np.exp(2.0), X.sum()]
    assert np.allclose(library.jacobian(program, X)[:, 0], slopes, rtol=1e-15)


def test_a_program_without_parameters(library):
    x = Value(1.0)
    program = mg.compile(mg.tanh(x) * 2, [x])
    assert np.allclose(library.outputs(program, np.array([[0.5], [1.0]])), 2 * np.tanh([0.5, 1.0]), rtol=1e-15)


@pytest.mark.parametrize("shape", [(1,), (3,), (3, 1), (3, 3), (1, 2, 1)])
def test_samples_of_another_shape(library, shape):
    x, y, w = Value(1.0), Value(1.0), parameter(2.0)
    with pytest.raises(ValueError, match=r"X is an array of shape \(batch, 2\), one column for each input, got \("):
        library.outputs(mg.compile(w * x + y, [x, y]), np.ones(shape))


def test_what_is_missing_or_too_much(library):
    x, w = Value(1.0), parameter(2.0)
    with pytest.raises(
        ValueError, match=r"X is an array of shape \(batch, 1\), one column for each input, got NoneType"
    ):
        library.outputs(mg.compile(w * x, [x]), None)
    with pytest.raises(TypeError, match="this program has no inputs: call it without X"):
        library.outputs(mg.compile(w * 2), np.ones((3, 1)))
    program = mg.compile(w * x, [x])
    program._parameters = np.ones(2)
    with pytest.raises(ValueError, match=r"parameters is an array of shape \(1,\), got \(2,\)"):
        library.outputs(program, np.ones((3, 1)))


def test_conventions_at_kinks_are_the_rows(library):
    ws = [parameter(0.0) for _ in range(4)]
    program = mg.compile(mg.relu(ws[0]) + mg.maximum(ws[1], ws[2]) + abs(ws[3]))
    assert library.jacobian(program, None).tolist() == [0.0, 0.5, 0.5, 0.0]
    assert program.value_and_grad()[1].tolist() == [0.0, 0.5, 0.5, 0.0]


def test_derivatives_of_derivatives(library):
    a, b = parameter(0.7), parameter(-0.4)
    y = mg.gelu(a * b) + mg.log(a + 1) * b**3
    hessian = [[mg.grad(first, [v])[0].data for v in (a, b)] for first in mg.grad(y, [a, b])]
    assert np.allclose(library.hessian(mg.compile(y, None, [a, b]), None), hessian, rtol=1e-12)


def test_a_network_and_a_batch(library):
    random.seed(1)
    model, xs = nn.MLP(2, [8, 8, 1]), [Value(0.0), Value(0.0)]
    program = mg.compile((model(xs) - xs[0] * xs[1]) ** 2, xs)
    X = np.random.default_rng(0).uniform(-1, 1, (64, 2))
    assert np.allclose(library.outputs(program, X), program(X), rtol=1e-12, atol=1e-14)
    assert np.allclose(library.jacobian(program, X), program.value_and_grad(X, "sum")[1], rtol=1e-10, atol=1e-12)


@optional("jax")
def test_jax_maps_over_models():
    import jax

    x, w = Value(0.5), parameter(2.0)
    f = mg.compile(mg.tanh(w * x), [x]).to_jax()
    found = jax.vmap(f, in_axes=(0, None))(np.array([[1.0], [2.0], [3.0]]), np.array([[0.5], [1.0]]))
    assert np.allclose(found, np.tanh([[0.5, 1.0], [1.0, 2.0], [1.5, 3.0]]), rtol=1e-6)


@optional("jax")
@pytest.mark.slow
@needs_checkout
def test_two_devices_of_jax_take_the_steps_of_numpy():
    """The example trains moons on two devices; its losses are those of NumPy's own backpropagation."""
    more = {
        "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": "--xla_force_host_platform_device_count=2",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, str(ROOT / "docs" / "jax_devices.py"), "--steps", "11", "--samples", "101"]
    found = subprocess.run(command, env=os.environ | more, capture_output=True, text=True, check=True).stdout
    losses = [float(text) for text in re.findall(r"step \d+: loss (\S+)", found)]

    random.seed(1)
    model = nn.MLP(2, [16, 16, 1], activation="tanh")
    X, y = mg.datasets.moons(100, noise=0.1, seed=1)
    W = [np.array([[p.data for p in n.w] for n in layer.neurons]) for layer in model.layers]
    b = [np.array([n.b.data for n in layer.neurons]) for layer in model.layers]
    expected = []
    for _ in range(12):
        h1 = np.tanh(X @ W[0].T + b[0])
        h2 = np.tanh(h1 @ W[1].T + b[1])
        z = (h2 @ W[2].T + b[2])[:, 0]
        expected.append(np.mean(np.logaddexp(0, z) - y * z))
        d3 = ((1 / (1 + np.exp(-z)) - y) / len(y))[:, None]
        d2 = d3 @ W[2] * (1 - h2**2)
        d1 = d2 @ W[1] * (1 - h1**2)
        for k, (d, h) in enumerate([(d1, X), (d2, h1), (d3, h2)]):
            W[k] = W[k] - 0.5 * d.T @ h
            b[k] = b[k] - 0.5 * d.sum(0)
    assert losses == pytest.approx([expected[0], expected[10]], rel=1e-9)
    assert f"loss {expected[11]:.9g}" in _short(found)
    assert "on 2 devices" in found


def _short(text: str) -> str:
    """With nine digits of each number."""
    return re.sub(r"\d\.\d+", lambda number: f"{float(number[0]):.9g}", text)


@optional("torch")
def test_torch_keeps_the_type_of_the_parameters():
    import torch

    x, w = Value(0.5), parameter(2.0)
    f = mg.compile(mg.gelu(w * x + 0.1), [x]).to_torch()
    assert f(torch.tensor([2.0]), torch.tensor([[0.5]])).dtype == torch.float32


@pytest.mark.parametrize(
    "way", [pytest.param("to_jax", marks=optional("jax")), pytest.param("to_torch", marks=optional("torch"))]
)
def test_a_custom_operation_has_no_formula_for_others(way):
    cube = mg.custom_op("cube", value=lambda x: x**3, partials=[lambda x: 3 * x**2])
    with pytest.raises(GraphError, match="cube is a custom operation, a Python function"):
        getattr(mg.compile(cube(parameter(2.0))), way)()


@pytest.mark.parametrize("way", ["jax", "torch"])
def test_a_library_that_is_missing(way, monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(f"No module named {name!r}")

    monkeypatch.setattr("microgrid.programs.export.importlib.import_module", missing)
    with pytest.raises(ModuleNotFoundError, match=f"to_{way} needs {way}: pip install {way}"):
        getattr(mg.compile(parameter(2.0) * 3), f"to_{way}")()
