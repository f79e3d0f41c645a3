"""Small data sets made by formulas: the points and targets (X, y) on which networks are taught.

X has the shape (n, inputs) and y (n,), both float64.  `noise` is the standard deviation of the normal noise
added to the coordinates, or to y where y is no class; `seed` goes to `numpy.random.default_rng`: the same
seed, the same bits.  Classes are numbered from 0, unless `labels` gives each another number: ``labels=(-1,
1)`` for the hinge loss.  They have n/classes samples each, the later ones one more where that does not
divide, and come shuffled, so that a slice is a fair sample.  ValueError for n below 1 and for noise below 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, log, pi, sin, sqrt
from random import Random
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, overload

from . import arguments
from .arguments import ArrayLike, Floats
from .base.checks import generator, seed_number, whole
from .base.messages import number

if TYPE_CHECKING:
    import numpy as np

Data: TypeAlias = tuple[Floats, Floats]
Lists: TypeAlias = tuple[list[list[float]], list[float]]
Seed: TypeAlias = "int | Sequence[int] | np.random.SeedSequence | np.random.Generator | None"
"""What `numpy.random.default_rng` takes."""

__all__ = ["blobs", "circles", "gabor", "linear", "moons", "spirals", "xor"]

# ---------------------------------------------------------------- classes


def xor(n: int = 4, *, noise: float = 0.0, labels: Sequence[float] = (0, 1), seed: Seed = None) -> Data:
    """The corners of the unit square, in turn and not shuffled; class 1 where exactly one coordinate is 1.

    >>> X, y = xor()
    >>> X.tolist(), y.tolist()
    ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0])
    """
    import numpy as np

    n, noise, rng = _checked("xor", n, noise, seed)
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    which = np.arange(n) % 4
    y = _labels("xor", labels, 2)[np.array([0, 1, 1, 0])[which]]
    return corners[which] + noise * rng.standard_normal((n, 2)), y


@overload
def moons(
    n: int = 100,
    *,
    noise: float = 0.1,
    labels: Sequence[float] = (0, 1),
    seed: Seed = None,
    as_lists: Literal[False] = False,
) -> Data: ...
@overload
def moons(
    n: int = 100,
    *,
    noise: float = 0.1,
    labels: Sequence[float] = (0, 1),
    seed: int | None = None,
    as_lists: Literal[True],
) -> Lists: ...
def moons(
    n: int = 100,
    *,
    noise: float = 0.1,
    labels: Sequence[float] = (0, 1),
    seed: Any = None,
    as_lists: bool = False,
) -> Data | Lists:
    """Two interleaved half circles, with the geometry of scikit-learn's make_moons.

    Class 0 lies on the upper half of the unit circle, class 1 on the lower half of that around (1, ½).  With
    noise=0.1 and labels=(-1, 1) they are the data of micrograd's demo, drawn by another generator.

    `as_lists` gives lists, and needs no NumPy.  Their `seed`, an int, is that of Python's `random.Random`, of
    which only `random()` is used, the same in every version: they are other points than the arrays.

    >>> X, y = moons(4, noise=0, seed=1, as_lists=True)
    >>> sorted(zip(y, X))[0]
    (0.0, [-1.0, 1.2246467991473532e-16])
    """
    n, noise = _sizes("moons", n, noise)
    halves = n // 2, n - n // 2
    if as_lists:
        upper, lower = ([k * pi / max(m - 1, 1) for k in range(m)] for m in halves)
        rows = [[[cos(t), sin(t)] for t in upper], [[1 - cos(t), 0.5 - sin(t)] for t in lower]]
        return _shuffled_lists("moons", rows, noise, labels, seed)
    try:
        import numpy as np
    except ImportError:
        raise ImportError("arrays need NumPy, which is not installed: pass as_lists=True for lists") from None

    rng = generator(seed)
    first, second = (np.linspace(0, pi, m) for m in halves)
    arrays = [_circle(first), (1.0, 0.5) - _circle(second)]
    return _shuffled(arrays, noise, _labels("moons", labels, 2), rng)


def circles(
    n: int = 100,
    *,
    noise: float = 0.05,
    factor: float = 0.5,
    labels: Sequence[float] = (0, 1),
    seed: Seed = None,
) -> Data:
    """Two circles around the origin: class 0 has the radius 1, class 1 the radius `factor`, from 0 to below 1
    (else a ValueError).  X is (n, 2), y (n,).

    scikit-learn's make_circles is the same with factor=0.8, its default.
    """
    import numpy as np

    n, noise, rng = _checked("circles", n, noise, seed)
    factor = number(factor, where="circles: factor is a real number")
    if not 0 <= factor < 1:
        raise ValueError(
            f"circles: factor, the radius of the inner circle, is from 0 to below 1, got {factor}"
        )
    outer, inner = (np.linspace(0, 2 * pi, m, endpoint=False) for m in (n // 2, n - n // 2))
    return _shuffled([_circle(outer), factor * _circle(inner)], noise, _labels("circles", labels, 2), rng)


def spirals(
    n: int = 100,
    *,
    noise: float = 0.02,
    classes: int = 2,
    turns: float = 1.0,
    labels: Sequence[float] | None = None,
    seed: Seed = None,
) -> Data:
    """One arm for each class: radius t, angle 2π (turns·t + class/classes), t evenly spaced up to 1."""
    import numpy as np

    n, noise, rng = _checked("spirals", n, noise, seed)
    classes = whole(classes, "spirals: classes")
    turns = number(turns, where="spirals: turns is a real number")
    rows = []
    for k, m in enumerate(_shares(n, classes)):
        t = np.arange(1, m + 1) / max(m, 1)
        rows.append(t[:, None] * _circle(2 * pi * (turns * t + k / classes)))
    return _shuffled(rows, noise, _labels("spirals", labels, classes), rng)


def blobs(
    n: int = 100,
    *,
    noise: float = 1.0,
    centers: int | ArrayLike = 3,
    labels: Sequence[float] | None = None,
    seed: Seed = None,
) -> Data:
    """A cloud around each center, normal with standard deviation `noise`.

    `centers` is an array (classes, inputs), or how many there are: they then stand evenly on the circle of
    radius 5.  Returned are X (n, inputs) and y (n,); ValueError for centers of another shape.
    """
    import numpy as np

    n, noise, rng = _checked("blobs", n, noise, seed)
    if isinstance(centers, int | np.integer):
        count = whole(centers, "blobs: centers")
        middles = 5 * _circle(2 * pi * np.arange(count) / count)
    else:
        middles = arguments.numbers(
            centers, "blobs: centers is an int or an array of shape (classes, inputs)"
        )
        if middles.ndim != 2 or 0 in middles.shape or not np.isfinite(middles).all():
            raise ValueError(f"blobs: centers is a finite array (classes, inputs), got shape {middles.shape}")
    rows = [np.tile(middle, (m, 1)) for middle, m in zip(middles, _shares(n, len(middles)))]
    return _shuffled(rows, noise, _labels("blobs", labels, len(middles)), rng)


# ---------------------------------------------------------------- curves


def linear(
    n: int = 100, *, noise: float = 0.1, w: float | Sequence[float] = 2.0, b: float = 1.0, seed: Seed = None
) -> Data:
    """y = w·x + b + noise, with x uniform in [-1, 1); an input for each number of `w`.

    X is (n, inputs), y (n,).  ValueError for a `w` that is no finite number, and no list of them."""
    import numpy as np

    n, noise, rng = _checked("linear", n, noise, seed)
    slopes = np.atleast_1d(arguments.numbers(w, "linear: w is a number or a list of numbers"))
    if slopes.ndim != 1 or not len(slopes) or not np.isfinite(slopes).all():
        raise ValueError(f"linear: w is a finite number or a list of them, got shape {slopes.shape}")
    X = rng.uniform(-1.0, 1.0, (n, len(slopes)))
    return X, X @ slopes + number(b, where="linear: b is a real number") + noise * rng.standard_normal(n)


def gabor(
    n: int = 30,
    *,
    noise: float = 0.1,
    phi: Sequence[float] = (0.0, 16.6),
    span: float = 15.0,
    seed: Seed = None,
) -> Data:
    """y = sin(u) exp(-u²/32) + noise with u = φ0 + 0.06 φ1 x, and x uniform in [-span, span).

    The Gabor model of Prince 2023, "Understanding Deep Learning", section 6.1, whose loss has many minima and
    saddle points in the plane of φ0 and φ1.  X is (n, 1), y (n,); ValueError for a span of 0 or less, and for
    a `phi` that is not two finite numbers.
    """
    import numpy as np

    n, noise, rng = _checked("gabor", n, noise, seed)
    phis = arguments.numbers(phi, "gabor: phi is (φ0, φ1)")
    if phis.shape != (2,) or not np.isfinite(phis).all():
        raise ValueError(f"gabor: phi is (φ0, φ1), two finite numbers, got {phi!r}")
    span = number(span, where="gabor: span is a real number")
    if span <= 0:
        raise ValueError(f"gabor: span is above 0, got {span}")
    X = rng.uniform(-span, span, (n, 1))
    u = phis[0] + 0.06 * phis[1] * X[:, 0]
    return X, np.sin(u) * np.exp(-u * u / 32) + noise * rng.standard_normal(n)


# ---------------------------------------------------------------- what they share


def _checked(name: str, n: int, noise: float, seed: Seed) -> tuple[int, float, np.random.Generator]:
    return *_sizes(name, n, noise), generator(seed)


def _sizes(name: str, n: int, noise: float) -> tuple[int, float]:

    noise = number(noise, where=f"{name}: noise is a real number")
    if noise < 0:
        raise ValueError(f"{name}: noise, a standard deviation, is 0 or more, got {noise}")
    return whole(n, f"{name}: n"), noise


def _labels(name: str, labels: Sequence[float] | None, classes: int) -> Floats:
    """The number of each class, in an array."""
    import numpy as np

    if labels is None:
        return np.arange(float(classes))
    numbers = arguments.numbers(labels, f"{name}: labels are numbers")
    if numbers.shape != (classes,) or not np.isfinite(numbers).all():
        raise ValueError(f"{name}: labels has a finite number for each of {classes} classes, got {labels!r}")
    return numbers


def _shares(n: int, classes: int) -> list[int]:
    """How many of n samples each class has."""
    return [(n + k) // classes for k in range(classes)]


def _circle(angles: Floats) -> Floats:
    import numpy as np

    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _shuffled(rows: list[Floats], noise: float, labels: Floats, rng: np.random.Generator) -> Data:
    """The classes' rows as one data set in random order, with noise."""
    import numpy as np

    X, y = np.concatenate(rows), np.repeat(labels, [len(row) for row in rows])
    order = rng.permutation(len(X))
    return X[order] + noise * rng.standard_normal(X.shape), y[order]


def shuffle(items: list[Any], rng: Random) -> None:
    """Put items into random order, after Fisher and Yates, by `random()` alone.

    Other languages can draw the same: `viz.trainer`'s page does so in JavaScript.

    >>> places = [0, 1, 2, 3]
    >>> shuffle(places, Random(1)); places
    [3, 1, 2, 0]
    """
    for k in range(len(items) - 1, 0, -1):
        other = int(rng.random() * (k + 1))
        items[k], items[other] = items[other], items[k]


def _shuffled_lists(
    name: str, rows: list[list[list[float]]], noise: float, labels: Sequence[float], seed: int | None
) -> Lists:
    """As `_shuffled`, by `random()` alone: shuffled after Fisher and Yates, noise after Box and Muller."""
    rng = Random(None if seed is None else seed_number(seed, "an int, or None, where as_lists=True"))
    numbers = [number(label, where=f"{name}: labels are numbers") for label in labels]
    if len(numbers) != len(rows):
        raise ValueError(
            f"{name}: labels has a finite number for each of {len(rows)} classes, got {labels!r}"
        )
    drawn = [(point, label) for part, label in zip(rows, numbers, strict=True) for point in part]
    shuffle(drawn, rng)

    def normal() -> float:
        return sqrt(-2 * log(1 - rng.random())) * cos(2 * pi * rng.random())

    X = [[x + noise * normal() for x in point] for point, _ in drawn] if noise else [p for p, _ in drawn]
    return X, [label for _, label in drawn]
