"""Optimisers, learning-rate schedules and gradient clipping, with PyTorch's formulas, names and defaults.

>>> from microgrid import parameter
>>> x = parameter(1.0, "x")
>>> optimizer = SGD([x], lr=0.5)
>>> (x**2).backward(); optimizer.step(); optimizer.zero_grad()
>>> x.data
0.0
"""

from .clipping import clip_grad_norm_ as clip_grad_norm_
from .clipping import clip_grad_value_ as clip_grad_value_
from .optimizer import Optimizer as Optimizer
from .rules import SGD as SGD
from .rules import Adadelta as Adadelta
from .rules import Adagrad as Adagrad
from .rules import Adam as Adam
from .rules import AdamW as AdamW
from .rules import RMSprop as RMSprop
from .schedules import CosineAnnealingLR as CosineAnnealingLR
from .schedules import ExponentialLR as ExponentialLR
from .schedules import LinearLR as LinearLR
from .schedules import MultiStepLR as MultiStepLR
from .schedules import PolynomialLR as PolynomialLR
from .schedules import ReduceLROnPlateau as ReduceLROnPlateau
from .schedules import Schedule as Schedule
from .schedules import StepLR as StepLR

__all__ = [
    "SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop",
    "CosineAnnealingLR", "ExponentialLR", "LinearLR", "MultiStepLR", "PolynomialLR", "ReduceLROnPlateau", "Schedule",
    "StepLR",
    "clip_grad_norm_", "clip_grad_value_",
]  # fmt: skip
