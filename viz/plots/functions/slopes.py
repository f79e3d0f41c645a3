"""A function of one number and its derivative along a line, as curves that know their kinks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from microgrid import Value

from ..sampling import value_and_slope

__all__ = ["Curve", "heights_of"]

LINE = 601
"""Points along a curve."""
FLAT = 0.05
"""Below this share of the steepest slope, or of 1 where it is steeper, a function counts as saturated."""


class Curve:
    """A function and its derivative along a line, cut where the derivative jumps."""

    def __init__(self, name: str, f: Callable[[Value], Value], side: tuple[float, float]) -> None:
        import numpy as np

        self.name = name
        xs = np.linspace(*side, LINE)
        values, slopes = value_and_slope(f, xs)
        slopes[np.isnan(values)] = np.nan
        if not np.isfinite(values).any():
            raise ValueError(f"{name} is finite nowhere from {side[0]:g} to {side[1]:g}: choose another xlim")
        known = slopes[np.isfinite(slopes)]
        jumps = np.flatnonzero(np.abs(np.diff(slopes)) > 0.1 * np.ptp(known))
        ends = [_jump(f, xs[k], xs[k + 1], slopes[k], slopes[k + 1]) for k in jumps.tolist()]
        self.kinks = sorted({at for at in ends if at is not None})
        cuts = np.searchsorted(xs, self.kinks)
        self.heights = value_and_slope(f, np.array(self.kinks))[0]
        # a grid point on a kink has the convention for its slope, which is none of the curve's
        slopes[[k for k, at in zip(cuts, self.kinks) if xs[k] == at]] = np.nan
        self.x = np.insert(xs, cuts, self.kinks)
        self.value = np.insert(values, cuts, self.heights)
        self.slope = np.insert(slopes, cuts, np.nan)

    @property
    def steepest(self) -> int | None:
        """Where the slope is largest, unless that is at an end or on a plateau."""
        import numpy as np

        if np.isnan(self.slope).all():
            return None
        k = int(np.nanargmax(self.slope))
        near = np.isclose(self.slope, self.slope[k], rtol=1e-6, atol=1e-9).sum()
        return k if 0 < k < len(self.x) - 1 and near < 6 else None

    def saturated(self) -> list[tuple[float, float]]:
        """The ends of the axis along which the slope stays small."""
        import numpy as np

        sizes = np.abs(self.slope)
        steep = np.flatnonzero(~(np.isnan(sizes) | (sizes < FLAT * min(1.0, np.nanmax(sizes)))))
        if not len(steep) or np.isnan(self.value).any():
            return []
        flat = []
        for end, part in ((0, slice(0, steep[0])), (-1, slice(steep[-1] + 1, None))):
            # a slope that stays as it is, such as leaky ReLU's, is small but does not die out
            if len(sizes[part]) > 0.02 * LINE and sizes[end] <= 0.5 * np.nanmax(sizes[part]):
                flat.append((float(self.x[part][0]), float(self.x[part][-1])))
        return flat


def _jump(f: Callable[[Value], Value], a: float, b: float, low: float, high: float) -> float | None:
    """Where between two points the slope jumps, by halving; None if it only rises steeply."""
    import numpy as np

    first = abs(high - low)
    while True:
        middle = 0.5 * (a + b)
        if not a < middle < b:
            return float(b if abs(a) > abs(b) else a)
        slope = value_and_slope(f, np.array([middle]))[1][0]
        if abs(slope - low) > abs(high - slope):
            b, high = middle, slope
        else:
            a, low = middle, slope
        if not abs(high - low) > 0.5 * first:
            return None


def heights_of(curves: Sequence[Curve]) -> tuple[float, float]:
    """Which heights are shown: all, but of a function that shoots up no more than its usual part."""
    import numpy as np

    heights = np.concatenate(
        [part[np.isfinite(part)] for curve in curves for part in (curve.value, curve.slope)]
    )
    low, high = np.quantile(heights, [0.02, 0.98])
    if np.ptp(heights) <= 2 * (high - low):
        low, high = heights.min(), heights.max()
    more = 0.08 * (high - low) or 0.5
    return float(low - more), float(high + more)
