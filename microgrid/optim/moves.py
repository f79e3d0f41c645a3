"""What an optimiser remembers of each parameter, and the steps over it: in lists of floats, or in arrays.

Both take the same steps to the last bit.  Lists need no NumPy, and are faster for a few parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeAlias

from ..arguments import Floats
from .compiled import Variant

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Arrays", "Lists", "Moves", "Reached", "Steps", "has_numpy"]

Steps: TypeAlias = "int | list[int]"
"""How many steps all parameters have taken, or each of them."""
Reached: TypeAlias = "list[bool] | NDArray[np.bool_] | None"
"""Which parameters have a gradient; None: all of them."""
Moves: TypeAlias = "Lists | Arrays"


def has_numpy() -> bool:
    """Whether NumPy can be imported."""
    try:
        import numpy  # noqa: F401
    except ImportError:
        return False
    return True


class Lists:
    """The memory as a list for each of its letters."""

    def __init__(self, memory: Sequence[Sequence[float]], n: int) -> None:
        self.memory, self.n = [list(row) for row in memory], n

    @staticmethod
    def numbers(x: Any, g: Any) -> Any:
        """As `step` takes them."""
        return x, g

    def step(
        self, made: Variant, numbers: Sequence[float], steps: Steps, x: Any, g: Any, reached: Reached
    ) -> tuple[Any, Steps]:
        """The parameters and the memory after a step, and how many steps they have taken; nothing changes."""
        if reached is None and isinstance(steps, int):
            moved = made.floats(x, g, self.memory, made.scalars(steps + 1, *numbers))
            return list(zip(*moved, strict=True)), steps + 1
        counts, groups = counted(steps, reached, self.n)
        moved = list(zip(x, *self.memory, strict=True))
        for k, chosen in groups.items():
            some = [[row[i] for i in chosen] for row in (x, g, *self.memory)]
            columns = made.floats(some[0], some[1], some[2:], made.scalars(k, *numbers))
            for i, column in zip(chosen, columns, strict=True):
                moved[i] = column
        return list(zip(*moved, strict=True)), counts

    @staticmethod
    def finite(rows: Any) -> bool:
        return all(map(isfinite, chain.from_iterable(rows)))

    def keeps(self, rows: Any) -> Iterable[object]:
        """What makes the memory that of the rows, for `at_once`."""
        return map(setattr, (self,), ("memory",), (rows[1:],))

    def listed(self) -> list[list[float]]:
        return [list(row) for row in self.memory]


class Arrays:
    """The memory as rows of an array; a step is written into another one, and then both are swapped."""

    def __init__(self, memory: Sequence[Sequence[float]], n: int) -> None:
        import numpy as np

        # row 0 is the parameters, others the memory
        self._last, self._next = np.zeros((1 + len(memory), n)), np.zeros((1 + len(memory), n))
        for row, start in enumerate(memory, start=1):
            self._last[row] = start
        self._scratch = np.empty((0, n))

    @staticmethod
    def numbers(x: Any, g: Any) -> Any:
        """As that of `Lists`."""
        if not isinstance(x, list):
            return x, g
        import numpy as np

        return np.array(x), np.array(g)

    def step(
        self, made: Variant, numbers: Sequence[float], steps: Steps, x: Any, g: Any, reached: Reached
    ) -> tuple[Floats, Steps]:
        """As that of `Lists`."""
        import numpy as np

        n, (count, move) = len(x), made.arrays
        if count > len(self._scratch):
            self._scratch = np.empty((count, n))
        with np.errstate(all="ignore"):
            if reached is None and isinstance(steps, int):
                move(x, g, *self._last[1:], *made.scalars(steps + 1, *numbers), *self._next, *self._scratch)
                return self._next, steps + 1
            counts, groups = counted(steps, reached, n)
            self._next[0], self._next[1:] = x, self._last[1:]
            for k, chosen in groups.items():
                old, new = self._last[1:, chosen], np.empty((len(self._next), len(chosen)))
                scratch = self._scratch[:, : len(chosen)]
                move(x[chosen], g[chosen], *old, *made.scalars(k, *numbers), *new, *scratch)
                self._next[:, chosen] = new
        return self._next, counts

    @staticmethod
    def finite(rows: Any) -> bool:
        import numpy as np

        return bool(np.isfinite(rows).all())

    def keeps(self, rows: Any) -> Iterable[object]:
        """As that of `Lists`."""
        return map(setattr, repeat(self), ("_last", "_next"), (rows, self._last))

    def listed(self) -> list[list[float]]:
        listed: list[list[float]] = self._last[1:].tolist()
        return listed


def counted(steps: Steps, reached: Reached, n: int) -> tuple[Steps, dict[int, list[int]]]:
    """The new numbers of steps, and for each number of those that take a step the places of these."""
    before = [steps] * n if isinstance(steps, int) else steps
    moves = [True] * n if reached is None else reached
    counts, groups = [], dict[int, list[int]]()
    for i, (k, moving) in enumerate(zip(before, moves, strict=True)):
        counts.append(k + 1 if moving else k)
        if moving:
            groups.setdefault(k + 1, []).append(i)
    return counts[0] if len({*counts}) == 1 else counts, groups
