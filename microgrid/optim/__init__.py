"""Optimisers with PyTorch's formulas, names and defaults.

>>> from microgrid import parameter
>>> x = parameter(1.0, "x")
>>> optimizer = SGD([x], lr=0.5)
>>> (x**2).backward(); optimizer.step(); optimizer.zero_grad()
>>> x.data
0.0
"""

from .optimizer import Optimizer as Optimizer
from .rules import SGD as SGD
from .rules import Adadelta as Adadelta
from .rules import Adagrad as Adagrad
from .rules import Adam as Adam
from .rules import AdamW as AdamW
from .rules import RMSprop as RMSprop

__all__ = [
    "SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop",
]  # fmt: skip
