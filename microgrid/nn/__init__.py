"""Neural networks of Values: modules that hold parameters and compute, with micrograd's names and behaviour.

>>> model = Sequential(Linear(2, 8), BatchNorm(8), "tanh", Linear(8, 1))
>>> len(model.parameters()), len(model.eval()([1.0, 2.0]).parents)
(49, 2)
"""

from importlib import import_module
from typing import Any

from .layers import Activation as Activation
from .layers import Conv as Conv
from .layers import Linear as Linear
from .layers import Maxout as Maxout
from .mlp import MLP as MLP
from .mlp import Layer as Layer
from .mlp import Neuron as Neuron
from .module import Module as Module
from .regularizers import BatchNorm as BatchNorm
from .regularizers import Dropout as Dropout
from .sequential import Residual as Residual
from .sequential import Sequential as Sequential


def __getattr__(name: str) -> Any:
    if name not in ("init", "losses"):  # which a first `import microgrid` does not wait for
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")
