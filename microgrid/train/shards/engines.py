"""Where shards lie: on the workers of Dask or Ray, by one interface, so that training knows neither."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any, Protocol, TypeAlias

from ...arguments import Floats
from .shard import Part, Shard, Work

__all__ = ["Engine", "Executor", "Sums", "engine_of"]

Executor: TypeAlias = "Client | ModuleType"
"""What users hand over: a client, or the module ray."""

PATIENCE = 60
"""How many seconds a worker may take to begin."""

Sums = tuple[float, Floats] | None
"""Of a shard's part of a batch: the loss and the gradient, or None where one is not finite."""


class Client(Protocol):
    """A `distributed.Client` of Dask."""

    def submit(self, func: Callable[..., Any], *args: Any, **options: Any) -> Any: ...

    def scatter(self, data: Any, **options: Any) -> Any: ...


class Engine(Protocol):
    """What keeps shards alive between steps, and calls them."""

    workers: int

    def place(self, work: Work, rows: Floats, k: int) -> Any:
        """Shard k, on a worker: it stays there until `release`."""

    def call(self, shard: Any, parameters: Floats, part: Part) -> Any:
        """Begin to compute there."""

    def result(self, call: Any, seconds: float | None) -> Sums:
        """Wait for it; TimeoutError after `seconds`, another error if its worker is lost."""

    def done(self, call: Any) -> bool: ...

    def release(self, shard: Any) -> None: ...


def engine_of(executor: Any) -> Engine:
    """What `executor` is; TypeError if nobody knows."""
    if getattr(executor, "__name__", "") == "ray":
        return OnRay(executor)
    if type(executor).__module__.partition(".")[0] == "distributed" and hasattr(executor, "scatter"):
        return OnDask(executor)
    raise TypeError(
        "fit(executor=...) is a distributed.Client of Dask or the module ray, which keep samples on their "
        f"workers between steps: got {type(executor).__name__} {executor!r:.80}; in this process all "
        "processors compute without one"
    )


class OnDask:
    """Actors of Dask's, one for each shard."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.workers = len(client.scheduler_info(n_workers=-1)["workers"])
        if not self.workers:
            raise ValueError("this Dask client has no workers: start some before fit")

    def place(self, work: Work, rows: Floats, k: int) -> Any:
        workers = self.client.scheduler_info(n_workers=-1)["workers"]
        if not workers:
            self.client.wait_for_workers(1, timeout=PATIENCE)
            workers = self.client.scheduler_info(n_workers=-1)["workers"]
        address = sorted(workers)[k % len(workers)]
        threads = workers[address]["nthreads"]
        where = {"workers": [address], "allow_other_workers": True}
        sent = self.client.scatter(
            rows, workers=[address], hash=False
        )  # a task is no place for a million rows
        placed = self.client.submit(Shard, work, sent, threads, actor=True, pure=False, **where)
        try:
            return placed.result(timeout=PATIENCE), placed
        except TimeoutError:
            raise RuntimeError(
                f"the Dask worker {address} has not taken its samples within {PATIENCE} s: it is busy with "
                "other tasks, or gone; look at client.scheduler_info()"
            ) from None

    def call(self, shard: Any, parameters: Floats, part: Part) -> Any:
        return shard[0].value_and_grad(parameters, part)

    def result(self, call: Any, seconds: float | None) -> Sums:
        found: Sums = call.result(timeout=seconds)
        return found

    def done(self, call: Any) -> bool:
        return bool(call.done())

    def release(self, shard: Any) -> None:
        self.client.cancel([shard[1]])


class OnRay:
    """Actors of Ray's, one for each shard, spread over its machines.

    Ray is not told to restart one that is lost: `Workers` replaces it, and says so, as it does elsewhere.
    An actor needs a free processor only until it has begun, so that any number of shards finds a place.
    """

    def __init__(self, ray: Any) -> None:
        self.ray = ray
        self.workers = max(1, int(ray.cluster_resources().get("CPU", 1)))

    def place(self, work: Work, rows: Floats, k: int) -> Any:
        kept = self.ray.remote(Shard).options(scheduling_strategy="SPREAD", max_restarts=0)
        return kept.remote(work, rows, 1)

    def call(self, shard: Any, parameters: Floats, part: Part) -> Any:
        return shard.value_and_grad.remote(parameters, part)

    def result(self, call: Any, seconds: float | None) -> Sums:
        if seconds is not None and not self.ray.wait([call], timeout=seconds)[0]:
            raise TimeoutError
        found: Sums = self.ray.get(call)
        return found

    def done(self, call: Any) -> bool:
        return bool(self.ray.wait([call], timeout=0)[0])

    def release(self, shard: Any) -> None:
        self.ray.kill(shard)
