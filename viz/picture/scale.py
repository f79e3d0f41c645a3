"""Where the gradient of each box lies between the smallest and the largest of a picture, for `color_by`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..graph.folding import Unit, gradient_norm, outputs
from ..graph.trace import Trace

__all__ = ["LEAST", "Scale", "scale_of"]

DECADES = 12
"""What is smaller than the largest gradient by more than so many powers of ten is drawn like zero."""
LEAST = 0.12
"""The place on the scale of the smallest gradient that is not drawn like zero."""
ROUNDING = 1e-8
"""Sizes that differ by no more, relatively, have one colour."""


@dataclass(frozen=True)
class Scale:
    """From the size of a gradient to a place between 0 and 1, by powers of ten from `low` to `high`; infinity
    is beside the largest, and nan has no place."""

    low: float
    high: float
    sizes: Mapping[int, float]
    """The magnitude for each box, by the node that it is named after."""
    only: float | None
    """The magnitude of all that are not zero, 0 if all are; None where they differ by more than rounding."""

    @property
    def unseen(self) -> float | None:
        """The largest magnitude that is drawn like zero; None if there is none."""
        return max((size for size in self.sizes.values() if self.place(size) == 0), default=None)

    def place(self, size: float) -> float:
        if size == 0 or math.isnan(size):
            return size
        if self.only is not None or size == math.inf:
            return 1.0
        power = math.log10(size)
        if power < self.low - 1e-9:
            return 0.0
        return LEAST + (1 - LEAST) * min(max((power - self.low) / max(self.high - self.low, 1), 0.0), 1.0)


def scale_of(trace: Trace, units: Sequence[Unit]) -> Scale | None:
    """The scale on which the gradients of these units lie; None where there are none."""
    used = outputs(trace, units)
    sizes: dict[int, float] = {}
    for unit in units:
        node = trace.nodes[unit.last]
        size = gradient_norm(trace, unit, used[unit.last]) if unit.scope is not None else node.grad
        if size is not None and node.role != "constant":
            sizes[unit.last] = abs(size)
    powers = [math.log10(size) for size in sizes.values() if 0 < size < math.inf]
    if not sizes:
        return None
    high = math.ceil(max(powers, default=0.0) - 1e-9)
    low = max(math.floor(min(powers, default=0.0) + 1e-9), high - DECADES)
    nonzero = [size for size in sizes.values() if size and not math.isnan(size)] or [0.0]
    alike = math.isclose(min(nonzero), max(nonzero), rel_tol=ROUNDING)
    return Scale(low, high, sizes, only=max(nonzero) if alike else None)
