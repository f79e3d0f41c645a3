"""All shards of a training: placed once, asked at every step, replaced where a worker is lost."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ...arguments import Floats
from ...base.messages import warn
from .dealing import bounds
from .engines import Engine, Sums
from .shard import Part, Work

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Workers"]

PATIENCE = 10.0
"""After so many seconds one waits aloud for a worker that the others have left behind."""
TRIES = 3
"""How many workers may be lost at one step."""


class Workers:
    """The samples `rows` in several shards, on an engine's workers."""

    def __init__(self, engine: Engine, rows: Floats, shards: int) -> None:
        self.engine, self.rows = engine, rows
        self.edges = bounds(len(rows), shards)
        self.work: Work | None = None
        self.placed: list[Any] = []
        self.told = False

    def sums(
        self, work: Work, parameters: Floats, places: NDArray[np.int64], masks: Floats | None
    ) -> tuple[float, Floats] | None:
        """The loss and its gradient, summed over the samples at the places; None if one is not finite."""
        import numpy as np

        if self.work is not work:
            self.close()
            self.work, self.placed = work, [self._placed(work, k) for k in range(len(self.edges) - 1)]
        calls = []
        for k, part in enumerate(parts := self._parts(places, masks)):
            calls.append(self._call(k, parameters, part))
        total, gradient = 0.0, np.zeros_like(parameters)
        for k, part in enumerate(parts):
            found = self._result(work, k, calls, parameters, part)
            if found is None:
                return None
            total += found[0]
            gradient += found[1]
        return total, gradient

    def _parts(self, places: NDArray[np.int64], masks: Floats | None) -> list[Part]:
        """What each shard has of a batch."""
        whole = len(places) == len(self.rows)  # in their order, as `deal` has it
        parts = []
        for first, end in pairwise(self.edges):
            chosen = slice(first, end) if whole else (first <= places) & (places < end)
            own = None if masks is None else masks[chosen]
            parts.append(Part(None if whole else places[chosen] - first, own))
        return parts

    def _placed(self, work: Work, k: int) -> Any:
        return self.engine.place(work, self.rows[self.edges[k] : self.edges[k + 1]], k)

    def _call(self, k: int, parameters: Floats, part: Part) -> Any:
        """Begin on shard k; the error, where its worker is lost already."""
        try:
            return self.engine.call(self.placed[k], parameters, part)
        except Exception as error:
            return error

    def _result(self, work: Work, k: int, calls: Sequence[Any], parameters: Floats, part: Part) -> Sums:
        """What shard k gives; if its worker was lost, another is given its samples, and computes it again."""
        call = calls[k]
        for _ in range(TRIES):
            try:
                if isinstance(call, Exception):
                    raise call
                return self._waited(k, call, calls)
            except Exception as error:
                lost = error
            warn(
                f"fit lost the worker of samples {self.edges[k]} to {self.edges[k + 1] - 1} "
                f"({type(lost).__name__}): another one takes them, and the step is repeated",
                RuntimeWarning,
            )
            try:
                self.placed[k] = self._placed(work, k)
            except Exception as error:  # no worker is left, or the next one is lost, too
                call = lost = error
            else:
                call = self._call(k, parameters, part)
        raise RuntimeError(
            f"fit lost {TRIES} workers in a row at one step, the last by {type(lost).__name__}: {lost}; "
            "look at their logs (memory, versions), or train without executor="
        ) from lost

    def _waited(self, k: int, call: Any, calls: Sequence[Any]) -> Sums:
        while True:
            try:
                return self.engine.result(call, None if self.told else PATIENCE)
            except TimeoutError:
                others = [c for j, c in enumerate(calls) if j != k and not isinstance(c, Exception)]
                if others and all(map(self.engine.done, others)):
                    self.told = True
                    warn(
                        f"fit waits for the worker of samples {self.edges[k]} to {self.edges[k + 1] - 1}, "
                        f"{PATIENCE:g} s and more after all others: a step takes as long as the slowest",
                        RuntimeWarning,
                    )

    def close(self) -> None:
        """Let go of the shards."""
        for shard in self.placed:
            try:
                self.engine.release(shard)
            except Exception:  # a worker that is gone
                continue
        self.placed, self.work = [], None
