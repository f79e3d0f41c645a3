"""Where the gradient of a function of two numbers vanishes: its minima and saddle points on a map."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import microgrid
from microgrid import Value, errstate
from microgrid.arguments import Floats
from microgrid.errors import GraphError

__all__ = ["critical_points"]

STEPS = 30
"""Of Newton's method, which near a critical point doubles the digits with each."""
MOST = 20
"""Critical points of a kind; of a function with more, ripples most likely, none is told."""


def critical_points(f: Callable[[list[Value]], Value], points: Floats, side: int) -> tuple[Floats, Floats]:
    """The minima and the saddle points, arrays (found, 2), between the points (side², 2) of a plane.

    Newton's method starts where both partials change their sign between neighbouring points.  The Hessian,
    by `grad` of `grad`, tells the kinds apart; where it is singular, along a valley, there is no point.
    """
    import numpy as np

    nothing = np.empty((0, 2))
    program = _derivatives(f, points[len(points) // 2])
    if program is None:
        return nothing, nothing
    with errstate(domain="ieee"), np.errstate(all="ignore"):
        slopes = program(points)[:, :2].reshape(side, side, 2)
        corners = np.stack([slopes[:-1, :-1], slopes[1:, :-1], slopes[:-1, 1:], slopes[1:, 1:]])
        turning = ((corners.min(axis=0) <= 0) & (corners.max(axis=0) >= 0)).all(axis=-1)
        grid = points.reshape(side, side, 2)
        cell = grid[1, 1] - grid[0, 0]
        starts = grid[:-1, :-1][turning] + 0.5 * cell
        if not len(starts) or len(starts) > 50 * MOST:
            return nothing, nothing
        at = starts.copy()
        for _ in range(STEPS):
            ga, gb, aa, ab, bb = program(at).T
            step = np.stack([bb * ga - ab * gb, aa * gb - ab * ga], axis=1) / (aa * bb - ab * ab)[:, None]
            at = at - np.clip(step, -2 * cell, 2 * cell)
            at[~np.isfinite(at).all(axis=1)] = starts[~np.isfinite(at).all(axis=1)]
        ga, gb, aa, ab, bb = program(at).T
        determinant = aa * bb - ab * ab
        arrived = (np.abs(step) < 1e-6 * cell).all(axis=1) & (np.abs(at - starts) <= 3 * cell).all(axis=1)
        arrived &= np.abs(determinant) > 1e-9 * (aa * aa + bb * bb + ab * ab)
        arrived &= ((at >= points.min(axis=0)) & (at <= points.max(axis=0))).all(axis=1)
        minima = _distinct(at[arrived & (determinant > 0) & (aa > 0)], cell)
        saddles = _distinct(at[arrived & (determinant < 0)], cell)
    return tuple(found if len(found) <= MOST else nothing for found in (minima, saddles))  # type: ignore[return-value]


def _derivatives(f: Callable[[list[Value]], Value], point: Floats) -> Any:
    """A program of both partials and the three second ones; None where an operation has no second one."""
    inputs = [Value(x) for x in point.tolist()]
    try:
        with errstate(domain="ieee", gradient="ignore"):
            first = microgrid.grad(f(inputs), inputs)
            aa, ab = microgrid.grad(first[0], inputs)
            bb = microgrid.grad(first[1], inputs[1])
            program = microgrid.compile([*first, aa, ab, bb], inputs=inputs, parameters=[])
    except (GraphError, ArithmeticError, ValueError, TypeError):
        return None
    program.quiet = True
    return program


def _distinct(points: Floats, cell: Floats) -> Floats:
    """One of those points that lie within a cell of each other."""
    import numpy as np

    kept: list[Floats] = []
    for point in points:
        if not any((np.abs(point - other) < cell).all() for other in kept):
            kept.append(point)
    return np.array(kept).reshape(-1, 2)
