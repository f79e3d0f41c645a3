"""What the units of a network are for very many samples: computed by the graph of one, as programs are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import microgrid
from microgrid import Value
from microgrid.base.context import errstate
from microgrid.ops import TABLE

__all__ = ["Replayed", "replayed"]


class Replayed(NamedTuple):
    """By their nodes in the graph of the first sample: the means of units, and which of those that may be
    flat are flat for all samples."""

    means: dict[Value, float]
    flat: dict[Value, bool]


def replayed(
    units: Iterable[Value],
    doubtful: Sequence[Value],
    inputs: Sequence[Value],
    rows: Sequence[Sequence[float]],
) -> Replayed:
    """Run the graph over all samples, each with the values of the inputs.

    >>> x = Value(1.0, "x")
    >>> h = (2 * x).relu()
    >>> means, flat = replayed([x, h], [h], [x], [[-1.0], [3.0]])
    >>> means[x], means[h], flat[h]
    (1.0, 3.0, False)
    """
    import numpy as np

    X = np.array(rows, dtype=float)
    operands = [p for v in doubtful for p in v.parents]
    computed = [v for v in dict.fromkeys((*units, *operands)) if v.role == "op"]
    columns: dict[Value, Any] = {v: X[:, k] for k, v in enumerate(inputs)}
    if computed:
        program = microgrid.compile(computed, inputs, [])
        program.quiet = True
        with errstate(domain="ieee"):
            values = program(X)
        columns |= {v: values[:, k] for k, v in enumerate(computed)}
    means = {v: float(column.mean()) for v, column in columns.items()}
    return Replayed(means, {v: _is_flat(v, columns) for v in doubtful})


def _is_flat(v: Value, columns: dict[Value, Any]) -> bool:
    """Whether no sample lets anything of the gradient pass."""
    row = TABLE[v.op or ""]
    open_ = [k for k, p in enumerate(v.parents) if p.role != "constant"]
    xs = [columns[p].tolist() if p in columns else None for p in v.parents]
    for k in range(len(next(column for column in columns.values()))):
        operands = [p.data if x is None else x[k] for p, x in zip(v.parents, xs, strict=True)]
        if len(operands) == 1:
            operands.append(row.constant if v.constant is None else v.constant)
        z, *slopes = row.attempt(*operands)
        if z - z != 0.0 or any(slopes[i] != 0 for i in open_):
            return False
    return True
