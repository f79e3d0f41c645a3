"""Samples and targets as the columns of one array, looked through, split, and dealt out in batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .. import arguments
from ..arguments import ArrayLike, Floats

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Examples", "batches", "split", "targets"]

COLUMNS = 8
"""Of how many inputs the samples with the extremes are looked at."""


class Examples:
    """Samples X and targets y; `rows` has a row for each: the numbers of the sample, then of the target.

    X has the shape (n, inputs), or (n, ...) for models that take nested lists, or (n,) for a model of one
    number; y has the shape (n,), or (n, ...) where a sample has several targets.  ValueError unless there are
    as many of both, at least one, and all finite.  Samples that are only predicted have no targets, None.
    """

    def __init__(self, X: ArrayLike, y: ArrayLike | None, what: str = "fit") -> None:
        import numpy as np

        self.what, self.X = what, _finite(X, f"{what}: X", "samples")
        if y is None and not len(self.X):
            raise ValueError(f"{what}: X has 0 samples: pass one or more")
        self.y = np.zeros(len(self.X)) if y is None else _finite(y, f"{what}: y", "targets")
        if len(self.X) != len(self.y):
            raise ValueError(
                f"{what}: X has {len(self.X)} samples and y {len(self.y)} targets: one for each sample"
            )
        if not len(self.X):
            raise ValueError(f"{what}: X has 0 samples and y 0 targets, and there is nothing to learn from")
        self.whole = bool((self.y % 1 == 0).all())
        self.inputs = self.X[0].size
        self.rows = np.hstack([self.X.reshape(len(self.X), -1), self.y.reshape(len(self.y), -1)])

    def __len__(self) -> int:
        return len(self.X)

    def flatten(self) -> None:
        """Take targets of shape (n, 1) for those of shape (n,), as which they mean the same."""
        self.y = self.y.reshape(len(self.y))

    def take(self, places: NDArray[np.int64]) -> Examples:
        """Those at the places."""
        return Examples(self.X[places], self.y[places])

    def like(self, other: Examples, what: str) -> None:
        """ValueError unless samples and targets have the shapes of the other's."""
        for name, ours, theirs in (("X", self.X, other.X), ("y", self.y, other.y)):
            if ours.shape[1:] != theirs.shape[1:]:
                raise ValueError(
                    f"{what}: {name} has the shape {ours.shape}, and that of training {theirs.shape}: all "
                    "but the first extent have to be equal"
                )

    def spread(self, count: int, offset: int = 0) -> list[int]:
        """About `count` places that show what the data may be.

        They are evenly spread, with one of each class if these are few, or of the extreme targets; and with
        the extremes of the first inputs, where Python that decides by data may decide otherwise.
        """
        import numpy as np

        n = len(self)
        _, places = np.unique(self.y.reshape(n, -1)[:, 0], return_index=True)
        if len(places) > count:
            places = places[[0, -1]]
        evenly = (np.linspace(0, n - 1, min(n, count)).astype(int) + offset) % n
        columns = self.X.reshape(n, -1)[:, :COLUMNS]
        extremes = (*columns.argmin(axis=0).tolist(), *columns.argmax(axis=0).tolist())
        return sorted({0, n - 1, *places.tolist(), *evenly.tolist(), *extremes})


def _finite(data: ArrayLike, what: str, of: str) -> Floats:
    import numpy as np

    try:
        array = arguments.numbers(data, f"{what} is an array with a row or a number for each of the {of}")
    except TypeError:
        if not any(isinstance(x, str) for x in np.asarray(data, dtype=object).flat):
            raise
        raise TypeError(
            f"{what} holds text, and {of} are numbers: numpy.unique(text, return_inverse=True)[1] numbers "
            "the classes"
        ) from None
    if not array.ndim:
        raise ValueError(
            f"{what} is an array with a row or a number for each of the {of}, got the number {array}"
        )
    finite = np.isfinite(array)
    if not finite.all():
        place = np.argwhere(~finite)[0].tolist()
        raise ValueError(
            f"{what}{place} is {array[tuple(place)]}, and {of} have to be finite: leave this one out"
        )
    return np.ascontiguousarray(array)


def split(examples: Examples, part: float, rng: np.random.Generator) -> tuple[Examples, Examples]:
    """What is trained on, and the part, drawn without replacement, that is held back for validation."""
    n = len(examples)
    if not 0 < part < 1:  # nan among others
        raise ValueError(f"validation={part} is no fraction between 0 and 1: choose one, or pass (X, y)")
    held_out = round(part * n)
    if not 0 < held_out < n:
        raise ValueError(
            f"validation={part} of {n} samples leaves {n - held_out} to train on and {held_out} to "
            "validate with: choose a fraction between 0 and 1 that leaves some of both, or pass (X, y)"
        )
    places = rng.permutation(n)
    return examples.take(places[held_out:]), examples.take(places[:held_out])


def batches(count: int, size: int) -> Iterator[slice]:
    """Consecutive batches, the last one smaller where the size does not divide the count."""
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))


def targets(row: list[float], shape: tuple[int, ...], whole: bool) -> Any:
    """A target as a loss takes it: ints where all of them are, so that a class may be an index."""
    return arguments.nested([int(t) for t in row] if whole else row, shape)
