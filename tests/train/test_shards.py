"""Data-parallel training: the numbers of one process, on any number of workers, also where one of them dies."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from microgrid import Value, nn, optim, train
from microgrid.errors import GraphError
from microgrid.train.shards.dealing import bounds, deal
from microgrid.train.shards.engines import OnRay
from microgrid.train.shards.shard import Shard

distributed = pytest.importorskip("distributed")

rng = np.random.default_rng(1)
X = rng.normal(size=(61, 2))
Y = (X[:, 0] * X[:, 1] > 0).astype(float)


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    options = {"dashboard_address": ":0", "worker_dashboard_address": ":0", "threads_per_worker": 1}
    with (
        distributed.LocalCluster(n_workers=2, **options) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def model() -> nn.Module:
    random.seed(4)
    return nn.MLP(2, [6, 1], activation="tanh")


def fitted(net: nn.Module | None = None, **options: Any) -> tuple[list[float], list[float]]:
    net = net or model()
    given = {"loss": "bce_with_logits", "optimizer": optim.Adam, "epochs": 12, "seed": 5} | options
    history = train.fit(net, X, Y, progress=False, **given)
    return history["loss"], [p.data for p in net.parameters()]


def close(one: Any, other: Any) -> None:
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


def test_shards_deal_every_sample_once_an_equal_part_in_each_batch():
    edges = bounds(61, 4)
    assert np.diff(edges).tolist() == [16, 15, 15, 15]
    order, parts = deal(np.random.default_rng(2), 61, 20, 4)
    assert sorted(order.tolist()) == list(range(61))
    assert [part.start for part in parts] == [0, *(part.stop for part in parts[:-1])]
    for part in parts:
        of = np.histogram(order[part], edges)[0]
        assert of.max() - of.min() <= 1
        assert 13 <= of.sum() <= 16  # 61 in four batches
    again, _ = deal(np.random.default_rng(3), 61, 20, 4)
    assert not np.array_equal(again, order)


def test_one_shard_is_the_training_as_ever():
    order, parts = deal(np.random.default_rng(2), 61, 20, 1)
    assert order.tolist() == np.random.default_rng(2).permutation(61).tolist()
    assert parts == [slice(0, 20), slice(20, 40), slice(40, 60), slice(60, 61)]
    assert fitted(batch_size=16) == fitted(batch_size=16, shards=1)


def test_mini_batches_of_shards_are_these_steps_of_adam():
    """Written by hand with NumPy's gradient of logistic regression, over the batches that `deal` gives."""
    w = np.zeros(2)
    source = np.random.default_rng(5)
    for _ in range(3):
        order, parts = deal(source, len(X), 20, 3)
        for part in parts:
            A, y = X[order[part]], Y[order[part]]
            w -= 0.5 * A.T @ (1 / (1 + np.exp(-A @ w)) - y) / len(y)
    net = nn.Linear(2, 1, bias=False)
    for p in net.parameters():
        p.data = 0.0
    _, parameters = fitted(
        net, optimizer=lambda ps: optim.SGD(ps, lr=0.5), epochs=3, batch_size=20, shards=3
    )  # fmt: skip
    np.testing.assert_allclose(parameters, w, rtol=1e-10)


@pytest.mark.slow
@pytest.mark.parametrize("shards", [None, 1, 3, 5])
def test_full_batches_on_dask_are_those_of_one_process(client, shards):
    close(fitted(executor=client, shards=shards), fitted())


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        {"batch_size": 8},
        {"batch_size": 25, "penalty": lambda ps: nn.losses.l2_penalty(ps, 0.01), "clip": ("norm", 0.1)},
        {"batch_size": 16, "metrics": "accuracy", "validation": 0.2, "early_stopping": 3},
    ],
    ids=["plain", "penalty and clipping", "metrics and validation"],
)
def test_mini_batches_on_dask_are_those_of_one_process_with_as_many_shards(client, options):
    close(fitted(executor=client, shards=3, **options), fitted(shards=3, **options))


@pytest.mark.slow
def test_dropout_on_dask_draws_the_masks_of_one_process(client):
    def net() -> nn.Module:
        random.seed(8)
        return nn.Sequential(nn.Linear(2, 8), "relu", nn.Dropout(0.3, seed=1), nn.Linear(8, 1))

    close(
        fitted(net(), executor=client, shards=2, batch_size=16), fitted(net(), shards=2, batch_size=16)
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="optional: there is no C compiler")
def test_workers_run_c_code_which_is_built_once(client, tmp_path, monkeypatch):
    """They find in the cache what this process has built."""
    pytest.importorskip(
        "microgrid.programs.kernel", reason="optional: the native kernel is not built", exc_type=ImportError
    )
    expected = fitted(executor=client)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    client.run(os.environ.__setitem__, "XDG_CACHE_HOME", str(tmp_path))
    close(fitted(executor=client, backend="c"), expected)
    assert len(list(tmp_path.glob("microgrid/*.so"))) == 1


@pytest.mark.slow
def test_a_worker_that_dies_is_replaced_and_the_step_repeated(client):
    pids = list(client.run(os.getpid).values())
    killed = threading.Event()

    def kill(epoch: int, logs: Any) -> None:
        if epoch == 4 and not killed.is_set():
            killed.set()
            os.kill(pids[0], signal.SIGKILL)
            time.sleep(0.5)

    with pytest.warns(RuntimeWarning, match=r"fit lost the worker of samples \d+ to \d+"):
        found = fitted(executor=client, shards=2, callbacks=kill)
    assert killed.is_set()
    close(found, fitted())


@pytest.mark.slow
def test_samples_of_many_megabytes_are_sent_without_a_word(client):
    """Dask warns of what it takes for a large task, and warnings are errors here."""
    many = np.tile(X, (20_000, 1)), np.tile(Y, 20_000)
    options = {"loss": "bce_with_logits", "optimizer": optim.Adam, "epochs": 2, "progress": False}
    history = train.fit(nn.Linear(2, 1, bias=False), *many, executor=client, **options)
    assert len(history["loss"]) == 2


class Slow(OnRay):
    """Two workers in this process, the first of which takes longer than anyone waits in silence."""

    def __init__(self) -> None:
        self.workers, self.waits = 2, []

    def place(self, work: Any, rows: Any, k: int) -> Any:
        return k, Shard(work, rows, 1)

    def call(self, shard: Any, *given: Any) -> Any:
        return shard[0], shard[1].value_and_grad(*given)

    def result(self, call: Any, seconds: float | None) -> Any:
        if call[0] == 0:
            self.waits.append(seconds)
            if seconds is not None:
                raise TimeoutError
        return call[1]

    def done(self, call: Any) -> bool:
        return bool(call[0] == 1)

    def release(self, shard: Any) -> None:
        pass


def test_a_slow_worker_is_waited_for_which_is_said_once(monkeypatch):
    engine = Slow()
    monkeypatch.setattr(import_module("microgrid.train.fit"), "engine_of", lambda executor: engine)
    with pytest.warns(RuntimeWarning) as caught:
        found = fitted(executor="anything", epochs=3)
    (said,) = [str(one.message) for one in caught]
    assert said.startswith("fit waits for the worker of samples 0 to 30, 10 s and more after all others")
    assert engine.waits == [10.0, None, None, None]
    close(found, fitted(epochs=3))


class Nowhere(OnRay):
    """Once its only worker is lost, there is no other."""

    def __init__(self) -> None:
        self.workers = 1
        self.begun = False

    def place(self, *given: Any) -> Any:
        if self.begun:
            raise TimeoutError("nobody came")
        self.begun = True

    def call(self, *given: Any) -> Any:
        raise ConnectionError("the worker is gone")

    def release(self, shard: Any) -> None:
        pass


def test_where_no_worker_is_left_the_training_ends_and_says_why(monkeypatch):
    monkeypatch.setattr(import_module("microgrid.train.fit"), "engine_of", lambda executor: Nowhere())
    net = model()
    before = [p.data for p in net.parameters()]
    with (
        pytest.warns(RuntimeWarning, match="fit lost the worker of samples 0 to 60"),
        pytest.raises(RuntimeError, match=r"lost 3 workers in a row.*TimeoutError: nobody came"),
    ):
        fitted(net, executor="anything")
    assert [p.data for p in net.parameters()] == before


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    ray = pytest.importorskip("ray", reason="optional: ray")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield ray
    ray.shutdown()


@pytest.mark.slow
@pytest.mark.parametrize("shards", [2, 5], ids=["one for each processor", "more than processors"])
def test_ray_has_the_numbers_of_one_process(ray, shards):
    close(fitted(executor=ray, shards=shards, batch_size=16), fitted(shards=shards, batch_size=16))


class Mortal(OnRay):
    """Ray, whose actors can be asked to die."""

    def __init__(self, ray: Any) -> None:
        super().__init__(ray)
        self.placed: list[Any] = []

    def place(self, *given: Any) -> Any:
        self.placed.append(super().place(*given))
        return self.placed[-1]


@pytest.mark.slow
def test_a_worker_of_ray_that_dies_is_replaced_aloud(ray, monkeypatch):
    engine = Mortal(ray)
    monkeypatch.setattr(import_module("microgrid.train.fit"), "engine_of", lambda executor: engine)

    def kill(epoch: int, logs: Any) -> None:
        if epoch == 4:
            ray.kill(engine.placed[1])

    with pytest.warns(RuntimeWarning, match=r"fit lost the worker of samples 31 to 60 \(ActorDiedError\)"):
        found = fitted(executor=ray, shards=2, callbacks=kill)
    assert len(engine.placed) == 3
    close(found, fitted())


@pytest.mark.slow
def test_what_is_not_finite_is_told_as_in_one_process(client):
    def diverging(**options: Any) -> str:
        with pytest.warns(RuntimeWarning, match="fit stopped") as caught:
            fitted(
                loss="mse", optimizer=lambda ps: optim.SGD(ps, lr=1e150), shards=2, epochs=30, **options
            )  # fmt: skip
        # the workers add up in another order, which numbers of 17 digits show
        return re.sub(r"\d+\.\d{6,}", lambda found: found.group()[:8], str(caught[0].message))

    assert diverging(executor=client) == diverging()


def test_a_fit_in_another_process_gives_back_what_was_learned(client):
    net = model()
    options = {"loss": "bce_with_logits", "optimizer": optim.Adam, "epochs": 5, "progress": False}
    history = client.submit(train.fit, net, X, Y, **options).result()
    net.load_state_dict(history.state)
    here = model()
    train.fit(here, X, Y, **options)
    assert [p.data for p in net.parameters()] == [p.data for p in here.parameters()]


class Loose(nn.Module):
    """A model that decides in Python."""

    def __init__(self) -> None:
        self.inner = nn.Linear(2, 1)

    def __call__(self, x: Any) -> Value:
        y: Value = self.inner(x)
        return y if x[0] > 0 else -y

    def parameters(self) -> list[Value]:
        return self.inner.parameters()


@pytest.mark.parametrize(("shards", "size"), [(4, 2), (4, 1), (4, 3), (50, 49)])
def test_a_batch_that_is_smaller_than_the_number_of_shards_is_refused(shards, size):
    net = model()
    before = [p.data for p in net.parameters()]
    says = (
        rf"shards={shards} with batch_size={size}: a batch takes an equal part of every shard.*"
        rf"choose shards={size} or fewer, or batch_size={shards} or more"
    )
    with pytest.raises(ValueError, match=says):
        fitted(net, batch_size=size, shards=shards)
    assert [p.data for p in net.parameters()] == before


@pytest.mark.parametrize("count", [50, 61])
def test_no_batch_is_empty_where_there_are_no_more_shards_than_samples_in_it(count):
    rng = np.random.default_rng(4)
    for size in range(1, count + 1):
        for shards in range(1, size + 1):
            order, parts = deal(rng, count, size, shards)
            assert sorted(order.tolist()) == list(range(count))
            assert min(part.stop - part.start for part in parts) > 0, (size, shards)


def test_what_cannot_be_sent_is_refused_before_anything_is_trained(client):
    norm = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm(3), nn.Linear(3, 1))
    before = [p.data for p in norm.parameters()]
    with pytest.raises(GraphError, match=r"mixes the samples of a batch, as BatchNorm.*without executor="):
        fitted(norm, executor=client)
    assert [p.data for p in norm.parameters()] == before
    with pytest.raises(TypeError, match=r"fit\(executor=\.\.\.\) is a distributed.Client of Dask or the module ray"):
        fitted(executor=4)
    with pytest.raises(ValueError, match="shards is from 1 to 61, got 62"):
        fitted(shards=62)
