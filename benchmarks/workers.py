"""Full-batch steps of `fit` on many samples: in this process, on workers of Dask and Ray, by JAX on devices.

All on this machine, whose processors `fit` uses by itself: so what workers show here is what an engine costs,
not what other machines would gain.  Wall time counts, since others compute; a step is an epoch of `fit`, and
the first, in which samples are sent, is left out.
"""

from __future__ import annotations

import contextlib
import io
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from statistics import median
from time import perf_counter
from typing import Any

from . import moons
from .report import Result, Table, number

__all__ = ["run"]

SIZES = (1_000, 10_000, 100_000, 1_000_000)
WORKERS = (1, 2)
HERE = "microgrid, one process"
RATE, TOLERANCE = 0.1, 1e-9

Trained = Callable[[Any, int], tuple[list[float], list[float]]]
"""Given rows and a number of steps: the losses, and the seconds of each step but the first."""


def run(quick: bool) -> Result:
    """Each engine is started once and trains on all sizes, with losses compared with those of one process."""
    sizes, steps = SIZES[:1] if quick else SIZES, 3 if quick else 9
    result, data = Result(), {size: samples(size) for size in sizes}
    expected = {size: on(None, None, data[size], steps) for size in sizes}
    own = {size: median(seconds) for size, (_, seconds) in expected.items()}
    rows = [_row(HERE, own, f"{sizes[-1] / own[sizes[-1]] / 1e6:.3g} million samples/s")]
    result.raw["workers"] = {HERE: {"status": "timed", "seconds": own}}
    for name, start in ENGINES.items():
        for count in WORKERS:
            title = f"{name}, {count} {'device' if name == JAX else 'worker'}{'s' if count > 1 else ''}"
            entry: dict[str, Any] = {"status": "timed"}
            try:
                with start(count) as train:
                    found = {size: train(data[size], 3 if size > 1e5 else steps) for size in sizes}
            except ImportError as error:
                entry["status"] = f"missing: {error.name or error} is not installed"
            except Exception as error:
                entry["status"] = f"failed: {type(error).__name__}: {error}".splitlines()[0]
            else:
                off = max(difference(found[size][0], expected[size][0]) for size in sizes)
                said = f"losses within {off:.0e}"
                entry["status"] = "timed" if off <= TOLERANCE else f"wrong: {said}"
                entry["seconds"] = {size: median(seconds) for size, (_, seconds) in found.items()}
                rows.append(_row(title, entry["seconds"], said))
                result.notes += _paying(title, count, entry["seconds"], own)
            if "seconds" not in entry:
                rows.append((title, *[""] * len(sizes), entry["status"]))
            result.raw["workers"][title] = entry
    columns = ("ms per step", *[f"{size:,} samples" for size in sizes], "")
    result.tables.append(Table("Past one process: full-batch steps, 337 parameters", columns, rows))
    return result


def _row(name: str, seconds: dict[int, float], said: str) -> tuple[str, ...]:
    return (name, *[number(took * 1e3) for took in seconds.values()], said)


def _paying(name: str, count: int, seconds: dict[int, float], own: dict[int, float]) -> list[str]:
    """What the engine adds to a step, and from where on two such machines would gain what they lose by it."""
    if count == 1 or name.startswith(JAX):
        return []
    least, most = min(own), max(own)
    cost, slope = seconds[least] - own[least], own[most] / most
    if cost <= 0:  # a busy machine
        return []
    text = f"{name}: {number(cost * 1e3)} ms a step more than one process, at {least:,} samples"
    if most > least:
        text += f"; two machines like this one would pay from some {2 * cost / slope:,.0f} on (extrapolated)"
    return [text]


def difference(losses: list[float], expected: list[float]) -> float:
    return max(abs(a - b) / abs(b) for a, b in zip(losses, expected))


def samples(count: int) -> Any:
    """Points of the moons and their labels, -1 or 1, a row each."""
    import numpy as np

    from microgrid import datasets

    points, labels = datasets.moons(count, noise=0.1, seed=1, labels=(-1, 1))
    return np.column_stack([points, labels])


# ---------------------------------------------------------------- engines


def on(executor: Any, shards: int | None, rows: Any, steps: int) -> tuple[list[float], list[float]]:
    """By `fit`, here or on the workers of an engine."""
    import microgrid.nn
    from microgrid import optim, train

    model = moons.network(microgrid.nn)
    history = train.fit(
        model, rows[:, :2], rows[:, 2], loss="hinge", optimizer=partial(optim.SGD, lr=RATE), epochs=steps,
        executor=executor, shards=shards, progress=False,
    )  # fmt: skip
    ends = history["seconds"]
    return history["loss"], [end - begin for begin, end in pairwise(ends)]


@contextmanager
def dask(count: int) -> Iterator[Trained]:
    """One processor for each worker, which is a process."""
    import distributed

    options = {"threads_per_worker": 1, "dashboard_address": None, "worker_dashboard_address": None}
    with (
        distributed.LocalCluster(n_workers=count, **options) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield partial(on, client, count)


@contextmanager
def ray(count: int) -> Iterator[Trained]:
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        import ray

        ray.init(num_cpus=count, include_dashboard=False, log_to_driver=False)
    try:
        yield partial(on, ray, count)
    finally:
        ray.shutdown()


@contextmanager
def jax_devices(count: int) -> Iterator[Trained]:
    """`program.to_jax()`, rows split over devices: here parts of this processor, elsewhere accelerators."""
    os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={max(WORKERS)}"
    import jax
    import numpy as np
    from jax.sharding import Mesh, NamedSharding, PartitionSpec

    import microgrid.nn

    jax.config.update("jax_enable_x64", True)

    def trained(rows: Any, steps: int) -> tuple[list[float], list[float]]:
        model = moons.network(microgrid.nn)
        loss, inputs = moons.one_sample(model, microgrid.Value, penalty=False)
        program = microgrid.compile(loss, inputs=inputs, parameters=model.parameters())
        mesh = Mesh(jax.devices()[:count], ("samples",))
        placed = jax.device_put(rows, NamedSharding(mesh, PartitionSpec("samples")))
        p = jax.device_put(np.array(program.parameters), NamedSharding(mesh, PartitionSpec()))
        f = program.to_jax()
        step = jax.jit(jax.value_and_grad(lambda p, rows: f(p, rows).mean()))
        losses, seconds = [], []
        for _ in range(steps):
            began = perf_counter()
            value, gradient = jax.block_until_ready(step(p, placed))
            p -= RATE * gradient
            losses.append(float(value))
            seconds.append(perf_counter() - began)
        return losses, seconds[1:]

    yield trained


JAX = "JAX, to_jax"
ENGINES: dict[str, Callable[[int], contextlib.AbstractContextManager[Trained]]] = {
    "Dask": dask,
    "Ray": ray,
    JAX: jax_devices,
}
