"""The data sets to choose from in the page: those of `microgrid.datasets` that suit the model."""

from __future__ import annotations

from typing import Any

from microgrid import datasets

__all__ = ["data_sets"]

COUNT = 100
PLACES = 4
"""After the point, which a picture does not show, and a file would have three times as long."""


def data_sets(inputs: int, outputs: int, classes: list[float], encoded: int) -> dict[str, list[list[float]]]:
    """Rows of inputs and targets by name; `encoded` is how many columns a target has.

    Of classes two by their labels, or as many as there are outputs, with 1 at the class.

    >>> sorted(data_sets(1, 1, [], 1)), data_sets(3, 1, [], 1)
    (['gabor', 'linear'], {})
    """
    found: dict[str, tuple[Any, Any]] = {}
    if inputs == 1 and outputs == 1 and not classes:
        found = {"gabor": datasets.gabor(60, seed=0), "linear": datasets.linear(60, seed=0)}
    elif inputs == 2 and encoded == 1 and len(classes) == 2:
        found = {name: getattr(datasets, name)(COUNT, seed=0) for name in ("moons", "circles", "spirals")}
        found["xor"] = datasets.xor(COUNT, noise=0.12, seed=0)
        found["blobs"] = datasets.blobs(COUNT, centers=2, seed=0)
        found = {name: (X, [classes[int(k)] for k in y]) for name, (X, y) in found.items()}
    elif inputs == 2 and encoded == outputs > 1 and len(classes) == outputs:
        found["blobs"] = datasets.blobs(COUNT, centers=outputs, seed=0)
        found["spirals"] = datasets.spirals(COUNT, classes=outputs, seed=0)
    return {
        name: [
            [round(float(x), PLACES) for x in point] + _encoded(float(t), encoded)
            for point, t in zip(X, y, strict=True)
        ]
        for name, (X, y) in found.items()
    }


def _encoded(target: float, columns: int) -> list[float]:
    return [round(target, PLACES)] if columns == 1 else [float(k == target) for k in range(columns)]
