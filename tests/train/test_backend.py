"""`fit(backend="c")` takes the steps of the kernel and of the formulas, and says where it runs something else."""

from __future__ import annotations

import copy
import os
import random
import shutil
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from helpers.line import SGD, Line, X, Y, descent
from microgrid import CheckpointError, GraphError, MicrogridError, custom_op, nn, optim, train
from microgrid.nn import losses
from microgrid.programs.c import build, choice

pytest.importorskip(
    "microgrid.programs.kernel", reason="optional: the native kernel is not built", exc_type=ImportError
)
if not any(map(shutil.which, ("cc", "gcc", "clang"))):
    pytest.skip("optional: there is no C compiler", allow_module_level=True)

rng = np.random.default_rng(1)
A = rng.normal(size=(61, 2))
B = (A[:, 0] * A[:, 1] > 0).astype(float)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """A cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    build.compiler.cache_clear()
    yield tmp_path / "microgrid"
    build.compiler.cache_clear()


def network(*layers: nn.Module) -> nn.Module:
    random.seed(4)
    return nn.Sequential(nn.Linear(2, 5), *layers, "tanh", nn.Linear(5, 1))


def fitted(model: nn.Module | None = None, **options: Any) -> tuple[train.History, list[float]]:
    model = model or network()
    given = {"loss": "bce_with_logits", "optimizer": optim.Adam, "epochs": 6, "seed": 5} | options
    history = train.fit(model, A, B, progress=False, **given)
    return history, [p.data for p in model.parameters()]


def close(one: tuple[train.History, list[float]], other: tuple[train.History, list[float]]) -> None:
    for name in other[0]:
        if name != "seconds":
            assert one[0][name] == pytest.approx(other[0][name], rel=1e-12, abs=1e-14)
    assert one[1] == pytest.approx(other[1], rel=1e-12, abs=1e-14)


def drawn(seed: int, size: int, epochs: int) -> list[list[np.ndarray]]:
    """The batches that `fit` draws, by the generator that its seed is documented to make."""
    source = np.random.default_rng(seed)
    edges = [*range(0, len(X), size), len(X)]
    orders = [source.permutation(len(X)) for _ in range(epochs)]
    return [[order[a:b] for a, b in pairwise(edges)] for order in orders]


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize("size", [7, 3])
def test_a_line_descends_as_the_formulas_say(size):
    """In batches of 3, the last of 1, which is a sample by itself."""
    model = Line()
    history = train.fit(model, X, Y, loss="mse", optimizer=SGD, epochs=20, batch_size=size, seed=9, backend="c",
                        progress=False, penalty=lambda ps: losses.l2_penalty(ps, 0.3))  # fmt: skip
    expected, theta = descent(drawn(9, size, 20) if size < 7 else [[range(7)]] * 20, decay=0.3)
    assert history["loss"] == pytest.approx(expected, rel=1e-12)
    assert model.numbers() == pytest.approx(theta, rel=1e-12)
    assert history.runs_on.startswith("its own C code, built by ")


@pytest.mark.parametrize("options", [
    {"batch_size": 16}, {"batch_size": 16, "shards": 3},
    {"validation": 0.2, "metrics": "accuracy", "clip": ("norm", 0.1)},
], ids=["batches", "shards", "all that goes with it"])  # fmt: skip
def test_the_trajectory_is_that_of_the_kernel(options):
    ours = fitted(backend="c", **options)
    close(ours, fitted(**options))
    assert ours[0].runs_on.startswith("its own C code")


def test_the_masks_of_dropout_are_the_same():
    model = network(nn.Dropout(0.3, seed=2))
    other = copy.deepcopy(model)
    close(fitted(model, backend="c", batch_size=20), fitted(other, batch_size=20))


def make(width: int, backend: str) -> tuple[nn.Module, dict[str, Any]]:
    return nn.MLP(2, [width, 1]), {"backend": backend, "optimizer": optim.Adam}


def test_a_study_is_told_for_all_fits_or_for_each_and_builds_once_for_equal_models(cache):
    given = {"loss": "bce_with_logits", "epochs": 3, "progress": False}
    each = train.sweep(make, {"width": [3], "backend": ["kernel", "c"]}, A, B, **given)
    assert [fitted.history.runs_on[:11] for fitted in each] == [each[0].history.runs_on[:11], "its own C c"]
    assert each[1].history["loss"] == pytest.approx(each[0].history["loss"], rel=1e-12)

    def alone(seed: int) -> nn.Module:
        return nn.MLP(2, [3, 1])

    given |= {"backend": "c", "optimizer": optim.Adam}
    both = train.sweep(alone, {"seed": [1, 2]}, A, B, **given)
    assert all(fitted.history.runs_on.startswith("its own C code") for fitted in both)
    assert both[0].history["loss"] != both[1].history["loss"]
    assert len(list(cache.glob("*.so"))) == 1


# ---------------------------------------------------------------- what it is not


@pytest.mark.parametrize(("model", "options", "why"), [
    (network(), {"batch_size": 1}, "a batch is one sample$"),
    (network(nn.BatchNorm(5)), {"batch_size": 19}, "this model's program takes a whole batch as one$"),
], ids=["single samples", "batch normalisation"])  # fmt: skip
def test_what_c_code_would_not_run_is_not_built_which_is_said(monkeypatch, model, options, why):
    monkeypatch.setattr(build, "_compiled", lambda *_: pytest.fail("built"))
    other = copy.deepcopy(model)
    with pytest.warns(RuntimeWarning, match=r"^fit runs on the native kernel .*, in spite of backend=\"c\".*" + why):
        ours = fitted(model, backend="c", epochs=2, **options)
    expected = fitted(other, epochs=2, **options)
    assert (ours[0]["loss"], ours[1]) == (expected[0]["loss"], expected[1])


def test_what_takes_a_compiler_long_runs_on_the_kernel_which_is_said(monkeypatch):
    monkeypatch.setattr(choice, "MOST", 0.01)
    with pytest.warns(RuntimeWarning, match=r"runs on the native kernel .*, because it has \d+ instructions"):
        ours = fitted(backend="c")
    assert ours[1] == fitted()[1]


def test_without_a_compiler_nothing_is_trained(monkeypatch):
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", os.devnull)
    model = network()
    before = model.state_dict()
    with pytest.raises(MicrogridError, match=r'there is no C compiler here .* or leave out backend="c"'):
        fitted(model, backend="c")
    assert model.state_dict() == before
    study = train.sweep(make, {"width": [3], "backend": ["kernel", "c"]}, A, B, loss="mse", epochs=1, progress=False)
    assert ["no C compiler" in fitted.error for fitted in study] == [False, True]


def test_a_custom_operation_has_no_c_which_is_said_before_anything_is_trained():
    cube = custom_op("backend_cube", value=lambda x: x**3, partials=lambda x: 3 * x * x)

    class Cubed(Line):
        def __call__(self, x):
            return cube(super().__call__(x))

    model = Cubed()
    with pytest.raises(GraphError, match=r"backend_cube is a custom operation.* no formula to write in C"):
        train.fit(model, X, Y, loss="mse", optimizer=SGD, epochs=2, backend="c", progress=False)
    assert model.numbers() == Line().numbers()


@pytest.mark.parametrize(("options", "why"), [
    ({"backend": "gpu"}, "backend='gpu' is unknown: choose \"kernel\" or \"c\""),
    ({"backend": "c", "replay": False}, 'backend="c" builds what is replayed, and replay=False asks for Python'),
])  # fmt: skip
def test_mistakes_are_told_at_once(options, why):
    with pytest.raises(ValueError, match=why):
        fitted(**options)


def test_a_run_that_is_resumed_stays_on_its_backend(tmp_path):
    """As it would not end with the same bits otherwise."""
    path = tmp_path / "run.json"
    fitted(backend="c", epochs=2, resume=path)
    with pytest.raises(CheckpointError, match="holds another run: backend is 'c' there, and nothing here"):
        fitted(epochs=4, resume=path)
    resumed = fitted(backend="c", epochs=4, resume=path)
    assert resumed[1] == fitted(backend="c", epochs=4)[1]
