"""The points that a descent went through, as a table: what a student writes by hand, and what plots take."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from itertools import pairwise
from math import hypot
from typing import Any, TypeAlias, overload

from ...base import files
from ...base.checks import pandas, whole
from ...optim.written import symbol

__all__ = ["Path", "Point"]

Point: TypeAlias = "float | list[float]"
"""Where a descent is: the number of one variable, or those of several."""

WIDEST = 4
"""Of how many variables a printed table has columns; of more it has lengths."""
MOST = 24
"""How many rows are printed unless more are asked for."""


class Path(Sequence[Point]):
    """A sequence of points, from the start on, with what was there; plots take it, as an array of them.

    `points` are numbers, or lists of the numbers of several variables, which `names` has; `values` and
    `gradients` are those of the function there, `rates` the learning rates of the steps between the points,
    one fewer.  `label` says what went this way, `stopped` why it ended early, if it did.  `steps` are how
    many steps were taken before each point, `value` is what the values are called in the table.  A path of
    what a function of the model said has no gradients; those of a `stochastic` one are of batches.

    >>> path = Path([1.0, 0.0], [1.0, 0.0], [2.0, 0.0], [0.5], ["x"])
    >>> print(path)
    k  x  f(x)  f′(x)   lr  Δx
    0  1     1      2  0.5  -1
    1  0     0      0
    >>> path[-1], len(path)
    (0.0, 2)
    """

    def __init__(
        self,
        points: Sequence[Point],
        values: Sequence[float],
        gradients: Sequence[Point],
        rates: Sequence[float],
        names: Sequence[str],
        label: str = "",
        stopped: str = "",
        steps: Sequence[int] = (),
        value: str = "",
        stochastic: bool = False,
    ) -> None:
        self.points, self.values, self.gradients = list(points), list(values), list(gradients)
        self.rates, self.names, self.label, self.stopped = list(rates), list(names), label, stopped
        self.steps, self.stochastic = list(steps or range(len(self.points))), stochastic
        f = f"f({', '.join(self.names)})" if len(self.names) <= WIDEST else "f"
        self.value = value or f

    @overload
    def __getitem__(self, place: int) -> Point: ...
    @overload
    def __getitem__(self, place: slice) -> list[Point]: ...
    def __getitem__(self, place: int | slice) -> Point | list[Point]:
        return self.points[place]

    def __len__(self) -> int:
        return len(self.points)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        import numpy as np

        return np.array(self.points, dtype=dtype)

    @property
    def single(self) -> bool:
        """Whether the points are numbers, those of one variable."""
        return not self.points or not isinstance(self.points[0], list)

    # ---------------------------------------------------------------- as a table

    def columns(self) -> dict[str, list[float | None]]:
        """The whole table by columns; the last point has no step after it, which is None."""
        points = list(zip(*map(_listed, self.points), strict=True))
        gradients = list(zip(*map(_listed, self.gradients), strict=True))
        slopes = [f"f′({self.names[0]})"] if self.single else [f"∂f/∂{name}" for name in self.names]
        table: dict[str, list[float | None]] = {"k": list(self.steps)}
        table |= {name: list(column) for name, column in zip(self.names, points)}
        table[self.value] = list(self.values)
        table |= {name: list(column) for name, column in zip(slopes, gradients)}
        table["lr"] = [*self.rates, None]
        moves = [[b - a for a, b in pairwise(column)] for column in points]
        return table | {f"Δ{name}": [*steps, None] for name, steps in zip(self.names, moves)}

    def _printed(self) -> dict[str, list[float | None]]:
        """The table, with lengths in place of numbers where these are many."""
        table = self.columns()
        if len(self.names) <= WIDEST:
            return table
        points = [_listed(point) for point in self.points]
        steps = [hypot(*(b - a for a, b in zip(p, q, strict=True))) for p, q in pairwise(points)]
        lengths: list[float | None] = [hypot(*_listed(slopes)) for slopes in self.gradients]
        shown = {"k": table["k"], self.value: table[self.value]} | ({"‖∇f‖": lengths} if lengths else {})
        return {**shown, "lr": table["lr"], "‖Δ‖": [*steps, None]}

    def _chosen(self, rows: int | None) -> list[int]:
        """Which rows are shown; -1 stands for those left out."""
        chosen = list(range(len(self)))
        if rows is None or len(self) <= whole(rows, "rows", least=2):
            return chosen
        return [*chosen[: rows - rows // 2], -1, *chosen[len(self) - rows // 2 :]]

    def table(self, rows: int | None = None, digits: int = 6) -> str:
        """The table as text: all rows, or so many from the start and the end; numbers have `digits`."""
        table, digits = self._printed(), whole(digits, "digits")
        texts = [list(table)]
        for k in self._chosen(rows):
            left_out = ["…"] + [""] * (len(table) - 1)
            texts.append(left_out if k < 0 else [_short(c[k], digits) for c in table.values()])
        widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
        lines = ["  ".join(t.rjust(w) for t, w in zip(row, widths, strict=True)).rstrip() for row in texts]
        return "\n".join(filter(None, [self.label, *lines, self.stopped]))

    def latex(self, rows: int | None = None, digits: int = 4) -> str:
        r"""The table as LaTeX's tabular; `rows` and `digits` as in `table`."""
        table, digits = self._printed(), whole(digits, "digits")
        lines = [rf"\begin{{tabular}}{{{'r' * len(table)}}}", r"\hline"]
        lines += [" & ".join(f"${_tex(name, self.names)}$" for name in table) + r" \\", r"\hline"]
        for k in self._chosen(rows):
            cells = [r"$\vdots$" if k < 0 else _math(column[k], digits) for column in table.values()]
            lines.append(" & ".join(cells) + r" \\")
        return "\n".join([*lines, r"\hline", r"\end{tabular}"])

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write the whole table, floats with all digits; the file is replaced as a whole."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        table = self.columns()
        writer.writerow(table)
        writer.writerows(zip(*table.values(), strict=True))
        files.replace(path, text.getvalue())

    def dataframe(self) -> Any:
        """The whole table as a pandas DataFrame; the step after the last point is nan."""
        frame = pandas("table() or to_csv(path)").DataFrame
        return frame(self.columns(), dtype=None if self.points else float)

    def __str__(self) -> str:
        return self.table(MOST)

    __repr__ = __str__


def _listed(point: Point) -> list[float]:
    return point if isinstance(point, list) else [point]


def _short(x: float | None, digits: int) -> str:
    return "" if x is None else f"{x:.{digits}g}"


def _math(x: float | None, digits: int) -> str:
    text = _short(x, digits)
    mantissa, e, exponent = text.partition("e")
    return f"${mantissa} \\cdot 10^{{{int(exponent)}}}$" if e else f"${text}$" if text else ""


def _tex(header: str, names: Sequence[str]) -> str:
    """The head of a column: variables as the symbols that they are."""
    written = {"k": "k", "f": "f", "lr": r"\eta", "‖∇f‖": r"\|\nabla f\|", "‖Δ‖": r"\|\Delta\|"}
    listed = ", ".join(map(symbol, names))
    written |= {f"f({', '.join(names)})": f"f({listed})", f"f′({names[0]})": f"f'({listed})"}
    for name in names:
        written |= {name: symbol(name), f"Δ{name}": rf"\Delta {symbol(name)}"}
        written[f"∂f/∂{name}"] = rf"\partial f / \partial {symbol(name)}"
    return written.get(header, rf"\mathrm{{{header}}}")
