"""A function at many points: by its graph, recorded once, where that is the same everywhere, or in Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import microgrid
from microgrid import Value, errstate
from microgrid.arguments import Floats
from microgrid.base.messages import warn

from .axes import few

__all__ = ["FINENESS", "Sampled", "known_values", "margins", "plane", "value_and_slope"]

FINENESS = 121
"""Points along each side of a plane."""
PROBES = 64
"""At how many points the recorded graph has to give what Python does, and..."""
NODES = 300_000
"""...how many nodes may be made for that, but two points are always compared."""
MOST = 2_000_000
"""How many nodes a drawing may take where Python computes every point: some seconds."""
SAME = 1e-9
"""How far a replayed number may be from Python's, relative to the largest."""


class Sampled:
    """`f`, a function of a list of Values that returns one or several, for the rows (points, inputs).

    It is recorded at the middle one of `points`, and probed at others, and at some of `also`.  Where a probe
    is otherwise, as Python decided by data (``if x.data > 0``), or drew random numbers, a warning says that
    every point is computed in Python.  TypeError if f, which messages call `what`, does not return Values, or
    several and not `one`.
    """

    def __init__(
        self, f: Callable[[list[Value]], Any], points: Floats, also: Floats, what: str, one: bool = True
    ) -> None:
        import numpy as np

        inputs = [Value(x, f"x{k}") for k, x in enumerate(points[len(points) // 2].tolist())]
        self._f = f
        with errstate(domain="ieee"):
            outputs = f(inputs)
            self.single = isinstance(outputs, Value)
            if not self.single and (one or not _is_list(outputs)):
                wanted = "a Value" if one else "a Value, or a list of them,"
                raise TypeError(
                    f"{what} has to return {wanted} computed from the Values it is given, got {outputs!r}"
                )
            self._program = microgrid.compile(outputs, inputs=inputs, parameters=[])
        self._program.quiet = True  # where f is not finite the picture is blank
        probes = np.concatenate([part[few(len(part), PROBES)] for part in (points, also)])
        # as not all of them may be affordable, they come from everywhere from the beginning
        self.replays = self._agree(np.random.default_rng(0).permutation(probes))
        if not self.replays:
            warn(
                f"{what} computes some points otherwise than others, so Python decides by data: its graph "
                "cannot be replayed, and every point is computed in Python",
                RuntimeWarning,
            )

    def __call__(self, points: Floats) -> Floats:
        """The values (points,), or (points, outputs) of several outputs; nan where f itself raises."""
        return self._replayed(points) if self.replays else self._in_python(points)

    def check(self, path: Any, name: str) -> None:
        """ValueError if a path that knows its values, as that of `train.descend`, is of another function.

        All values are compared, and gradients at some points, where they are not those of batches: x² and x⁴
        have the same values at 1, -1, 1, ...
        """
        import numpy as np

        values = known_values(path)
        if values is None:
            return
        points = np.asarray(path.points, dtype=float).reshape(len(values), -1)
        found = self(points)
        for k in np.flatnonzero(~_near(found, values)).tolist():
            (value,) = self._in_python(points[k : k + 1])  # which decides: only some points were probed
            if not _near(value, values[k]):
                where = "it starts at" if k == 0 else f"at {_place(points[k])}, its step {k}, it is at"
                raise ValueError(
                    f"{name} is of another function: {where} {values[k]:g}, where this one is {value:g}"
                )
        gradients = () if getattr(path, "stochastic", False) else getattr(path, "gradients", ())
        for k in few(len(gradients), PROBES):
            known = np.atleast_1d(gradients[k])
            slope = self.slope(points[k])
            if not np.allclose(slope, known, rtol=1e-6, atol=1e-6 * max(1.0, np.abs(known).max())):
                raise ValueError(
                    f"{name} is of another function: at {_place(points[k])}, its step {k}, the gradient is "
                    f"{_place(known)}, and that of this one {_place(slope)}"
                )

    def slope(self, point: Floats) -> Floats:
        """The gradient of a function of one output at a point, by `backward`."""
        import numpy as np

        inputs = [Value(x, f"x{k}") for k, x in enumerate(point.tolist())]
        with errstate(domain="ieee", gradient="ignore"):
            self._f(inputs).backward()
        return np.array([v.grad for v in inputs])

    def affordable(self, side: int, least: int = 21) -> int:
        """How many points along each side of a plane can be computed, `side` at most."""
        return side if self.replays else max(least, min(side, int((MOST / self.nodes) ** 0.5)))

    def _agree(self, probes: Floats) -> bool:
        """Whether the program gives what Python does at these points; keeps the most nodes that one took."""
        rows, sizes = [], [1]
        with errstate(domain="ieee"):
            for point in probes.tolist():
                outputs = self._at(point)
                rows.append([v.data for v in outputs])
                sizes.append(len(microgrid.graph.order(*outputs)))
                if sum(sizes) > NODES and len(rows) > 1:
                    break
        self.nodes = max(sizes)
        return _same(self._replayed(probes[: len(rows)]), self._array(rows))

    def _replayed(self, points: Floats) -> Floats:
        with errstate(domain="ieee"):
            values: Floats = self._program(points)
        return values

    def _in_python(self, points: Floats) -> Floats:
        with errstate(domain="ieee"), microgrid.no_grad():
            return self._array([[v.data for v in self._at(point)] for point in points.tolist()])

    def _at(self, point: list[float]) -> list[Value]:
        """The outputs at a point, none where f itself raises."""
        try:
            outputs = self._f([Value(x, f"x{k}") for k, x in enumerate(point)])
        except (ArithmeticError, ValueError):
            return []
        return [outputs] if self.single else list(outputs)

    def _array(self, rows: list[list[float]]) -> Floats:
        import numpy as np

        outputs = max([1, *map(len, rows)])
        array = np.array([row or [np.nan] * outputs for row in rows])
        return array[:, 0] if self.single else array


def known_values(path: Any) -> Floats | None:
    """The values of the function that a path knows at its points; None if it knows none."""
    import numpy as np

    points, values = getattr(path, "points", None), getattr(path, "values", None)
    if points is None or values is None or callable(values):
        return None
    if getattr(path, "value", "") == "loss":  # of batches, as fit records them
        return None
    return np.asarray(values, dtype=float) if 0 < len(values) == len(points) else None


def _near(found: Any, known: Any) -> Any:
    """Whether numbers are the same but for rounding; nan is near none."""
    import numpy as np

    return np.abs(found - known) <= SAME * np.maximum(1.0, np.abs(known))


def _place(numbers: Floats) -> str:
    listed = ", ".join(f"{x:g}" for x in numbers)
    return listed if len(numbers) == 1 else f"({listed})"


def _is_list(outputs: Any) -> bool:
    sequence = hasattr(outputs, "__iter__") and hasattr(outputs, "__len__") and len(outputs) > 0
    return sequence and all(isinstance(v, Value) for v in outputs)


def _same(replayed: Floats, computed: Floats) -> bool:
    import numpy as np

    if replayed.shape != computed.shape:
        return False
    known = np.abs(computed[np.isfinite(computed)])
    return bool(
        np.allclose(replayed, computed, rtol=SAME, atol=SAME * known.max(initial=0.0), equal_nan=True)
    )


def value_and_slope(f: Callable[[Value], Value], points: Floats) -> tuple[Floats, Floats]:
    """A function of one Value and its derivative, by `backward`, at the points; nan where f raises."""
    import numpy as np

    pairs = np.full((len(points), 2), np.nan)
    with errstate(domain="ieee", gradient="ignore"):
        for k, x in enumerate(points.tolist()):
            v = Value(x, "x")
            try:
                y = f(v)
            except (ArithmeticError, ValueError):
                continue
            if not isinstance(y, Value):
                raise TypeError(
                    f"the function has to return a Value computed from the one it is given, got {y!r}"
                )
            y.backward()
            pairs[k] = y.data, v.grad
    return pairs[:, 0], pairs[:, 1]


# ---------------------------------------------------------------- numbers


def plane(sides: Sequence[tuple[float, float]], fineness: int = FINENESS) -> Floats:
    """The points (fineness², 2) of a plane, evenly from one end of each side to the other."""
    import numpy as np

    return np.stack(np.meshgrid(*(np.linspace(*side, fineness) for side in sides)), axis=-1).reshape(-1, 2)


def margins(numbers: Floats, share: float) -> tuple[float, float]:
    """The range of the numbers and some more on both sides."""
    low, high = float(numbers.min()), float(numbers.max())
    more = share * (high - low) or 1.0
    return low - more, high + more
