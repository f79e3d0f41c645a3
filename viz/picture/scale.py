"""Where the gradient of each box lies between the smallest and the largest of a picture, for `color_by`."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

from ..graph.folding import Known, Unit, gradient_norm, gradient_sources, known_gradients, outputs
from ..graph.trace import Trace

__all__ = ["LEAST", "Scale", "gradient_of", "scale_of"]

SMALLEST = 1e-12
"""What is smaller than the largest gradient by more than this factor is drawn like zero."""
DECADE = 10.0
"""From this ratio of the largest to the smallest on, places go by powers of ten."""
LEAST = 0.12
"""The place on the scale of the smallest gradient that is not drawn like zero."""
ROUNDING = 1e-8
"""Sizes that differ by no more, relatively, have one colour."""


@dataclass(frozen=True)
class Scale:
    """From a gradient to a place between 0 and 1; magnitudes go from `low` to `high`, as in the picture.

    Where a scale has signs, negative gradients have places from 0 to -1.  Infinity is beside the largest, and
    nan has no place.
    """

    low: float
    high: float
    sizes: Mapping[int, float]
    """The gradient, or the norm of several, for each box, by the node that it is named after."""
    is_signed: bool = False
    has_infinity: bool = False

    @property
    def is_logarithmic(self) -> bool:
        return self.high >= DECADE * self.low > 0

    @property
    def is_single(self) -> bool:
        """Whether all that are finite and not zero have one magnitude, but for rounding."""
        return math.isclose(self.low, self.high, rel_tol=ROUNDING)

    @property
    def unseen(self) -> float | None:
        """The largest magnitude that is drawn like zero; None if there is none."""
        return max((abs(size) for size in self.sizes.values() if self.place(size) == 0), default=None)

    def place(self, gradient: float) -> float:
        size = abs(gradient)
        if gradient == 0 or math.isnan(gradient):
            return gradient
        if size < self.low * (1 - ROUNDING):
            return 0.0
        share = 1.0
        if size < self.high and not self.is_single:
            share = max((size - self.low) / (self.high - self.low), 0.0)
            if self.is_logarithmic:
                share = max(math.log(size / self.low) / math.log(self.high / self.low), 0.0)
        elif self.has_infinity and self.is_single and size != math.inf:
            share = 0.0  # the only finite size, beside infinity
        return math.copysign(LEAST + (1 - LEAST) * share, gradient if self.is_signed else 1.0)

    def among(self, nodes: Container[int | None]) -> Scale | None:
        """The scale of those that are drawn."""
        sizes = {node: size for node, size in self.sizes.items() if node in nodes}
        return self if len(sizes) == len(self.sizes) else _through(sizes, self.is_signed) if sizes else None

    def only(self, node: int, gradient: float | None) -> Scale:
        """The same scale for one box, of which this is known."""
        return replace(self, sizes={} if gradient is None else {node: gradient})


def scale_of(trace: Trace, units: Sequence[Unit], is_signed: bool = False) -> Scale | None:
    """The scale on which the gradients of these units lie; None where there are none."""
    used = outputs(trace, units)
    sizes = {
        unit.last: gradient
        for unit in units
        if trace.nodes[unit.last].role != "constant"
        if (gradient := gradient_of(trace, unit, used[unit.last], is_signed)) is not None
    }
    return _through(sizes, is_signed) if sizes else None


def _through(sizes: Mapping[int, float], is_signed: bool) -> Scale:
    known = [abs(size) for size in sizes.values() if size and math.isfinite(size)]
    high = max(known, default=0.0)
    low = min((size for size in known if size >= SMALLEST * high), default=0.0)
    return Scale(low, high, sizes, is_signed, math.inf in map(abs, sizes.values()))


def gradient_of(
    trace: Trace, unit: Unit, used: Sequence[int], is_signed: bool, grads: Known | None = None
) -> float | None:
    """What a box has a colour for: the norm of its gradients, or with signs its only one."""
    if not is_signed:
        return gradient_norm(trace, unit, used, grads)
    known = known_gradients(trace, unit, used, grads)
    return known[0] if len(gradient_sources(trace, unit, used)) == len(known) == 1 else None
