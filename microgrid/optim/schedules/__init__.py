"""Learning rates that change from epoch to epoch: a schedule writes `optimizer.lr`, after each epoch's steps.

The rates are PyTorch's.  PyTorch computes most of them from the rate before, so that theirs drift from these
by rounding; here each is computed from the first, so one schedule rules an optimiser at a time.
"""

from typing import TypeAlias

from .base import Schedule as Schedule
from .curves import CosineAnnealingLR as CosineAnnealingLR
from .curves import CosineAnnealingWarmRestarts as CosineAnnealingWarmRestarts
from .curves import ExponentialLR as ExponentialLR
from .curves import LinearLR as LinearLR
from .curves import MultiStepLR as MultiStepLR
from .curves import OneCycleLR as OneCycleLR
from .curves import PolynomialLR as PolynomialLR
from .curves import StepLR as StepLR
from .curves import WarmupCosineLR as WarmupCosineLR
from .plateau import ReduceLROnPlateau as ReduceLROnPlateau

__all__ = [
    "AnySchedule", "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "ExponentialLR", "LinearLR",
    "MultiStepLR", "OneCycleLR", "PolynomialLR", "ReduceLROnPlateau", "Schedule", "StepLR", "WarmupCosineLR",
]  # fmt: skip

AnySchedule: TypeAlias = Schedule | ReduceLROnPlateau
