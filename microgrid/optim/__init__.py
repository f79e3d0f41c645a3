"""Optimisers, schedules and clipping, for Values or a program's array, with PyTorch's formulas and names.

Optimisers, made of model.parameters(), a program, or its array of parameters:
    SGD                 gradient descent, with momentum if wanted
    Adagrad, Adadelta, RMSprop
                        steps by the size of past gradients
    Adam, AdamW         with momentum too; AdamW decays the weights themselves
    Adamax, NAdam, RAdam
                        Adam by the largest gradient, with Nesterov momentum, with a warm-up of its own
    Rprop               by the signs of the gradient alone, for full batches
    Optimizer           the base: step(), zero_grad(), lr, state_dict(), load_state_dict(state), save(path),
                        load(path); formulas() and latex() write the step
    Row, Memory, Setting
                        what an optimiser of one's own is made of: help(Optimizer) has one
Schedules, which write the optimiser's lr after each epoch:
    StepLR, MultiStepLR, ExponentialLR
                        times gamma every so many epochs, at given epochs, at each epoch
    CosineAnnealingLR, LinearLR, PolynomialLR
                        along a curve; LinearLR is the warm-up
    CosineAnnealingWarmRestarts, WarmupCosineLR, OneCycleLR
                        down a cosine again and again; up and then down one; far up and far down, once
    ReduceLROnPlateau   times a factor where a metric does not improve
    Schedule            the base of those with a formula
Clipping, between backward() and step():
    clip_grad_norm_     shortens the gradient, all parameters together
    clip_grad_value_    limits every number of it

>>> from microgrid import parameter
>>> x = parameter(1.0, "x")
>>> optimizer = SGD([x], lr=0.5)
>>> (x**2).backward(); optimizer.step(); optimizer.zero_grad()
>>> x.data
0.0
"""

from types import ModuleType

from ..base.build import moved
from .clipping import clip_grad_norm_ as clip_grad_norm_
from .clipping import clip_grad_value_ as clip_grad_value_
from .optimizer import Optimizer as Optimizer
from .rows import Memory as Memory
from .rows import Row as Row
from .rows import Setting as Setting
from .rules import SGD as SGD
from .rules import Adadelta as Adadelta
from .rules import Adagrad as Adagrad
from .rules import Adam as Adam
from .rules import Adamax as Adamax
from .rules import AdamW as AdamW
from .rules import NAdam as NAdam
from .rules import RAdam as RAdam
from .rules import RMSprop as RMSprop
from .rules import Rprop as Rprop
from .schedules import CosineAnnealingLR as CosineAnnealingLR
from .schedules import CosineAnnealingWarmRestarts as CosineAnnealingWarmRestarts
from .schedules import ExponentialLR as ExponentialLR
from .schedules import LinearLR as LinearLR
from .schedules import MultiStepLR as MultiStepLR
from .schedules import OneCycleLR as OneCycleLR
from .schedules import PolynomialLR as PolynomialLR
from .schedules import ReduceLROnPlateau as ReduceLROnPlateau
from .schedules import Schedule as Schedule
from .schedules import StepLR as StepLR
from .schedules import WarmupCosineLR as WarmupCosineLR

__all__ = [
    "SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "NAdam", "RAdam", "RMSprop", "Rprop",
    "Memory", "Optimizer", "Row", "Setting",
    "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "ExponentialLR", "LinearLR", "MultiStepLR",
    "OneCycleLR", "PolynomialLR", "ReduceLROnPlateau", "Schedule", "StepLR", "WarmupCosineLR",
    "clip_grad_norm_", "clip_grad_value_",
]  # fmt: skip


def __getattr__(name: str) -> ModuleType:
    return moved(f"{__name__}.{name}")
