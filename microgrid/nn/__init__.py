"""Neural networks of Values, made of the engine and its functions: modules that hold parameters and compute.

As micrograd has them, with the same first weights:
    MLP          a multi-layer perceptron, MLP(2, [16, 16, 1])
    Layer        neurons that see the same inputs
    Neuron       an activation of b + w0*x0 + w1*x1 + ...
To be put together:
    Sequential   modules one after the other; a str stands for an activation
    Residual     the same with a skip connection around them
    Linear       weighted sums, as PyTorch's
    Conv         the same weights at every place of a signal
    Maxout       the largest of several linear functions
    Activation   an operation on each input by itself
Of use in training:
    BatchNorm    normalises by the statistics of a batch
    Dropout      leaves inputs out at random
The base of all, and of modules of your own:
    Module       parameters(), zero_grad(), train(), eval(), batch(X), save(path), load(path), summary(), ...
Modules beside these:
    losses       mse, cross_entropy_with_logits, hinge, ...: help(microgrid.nn.losses)
    init         he_normal, xavier_uniform, orthogonal, ...: help(microgrid.nn.init); constant sets the
                 weights of a book, init.constant(model.layers[0], [[0.96, 0.28], [0.89, 0.73]])

>>> model = Sequential(Linear(2, 8), BatchNorm(8), "tanh", Linear(8, 1))
>>> len(model.parameters()), len(model.eval()([1.0, 2.0]).parents)
(49, 2)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..base.build import moved
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

if TYPE_CHECKING:
    from . import init as init
    from . import losses as losses

__all__ = [
    "MLP", "Layer", "Neuron",
    "Sequential", "Residual", "Linear", "Conv", "Maxout", "Activation",
    "BatchNorm", "Dropout",
    "Module",
    "losses", "init",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in ("init", "losses"):  # which a first `import microgrid` does not wait for
        return moved(f"{__name__}.{name}")
    return import_module(f"{__name__}.{name}")
