"""Neural networks of Values: modules that hold parameters and compute, with micrograd's names and behaviour."""

from .layers import Activation as Activation
from .layers import Conv as Conv
from .layers import Linear as Linear
from .layers import Maxout as Maxout
from .layers import Residual as Residual
from .layers import Sequential as Sequential
from .module import Module as Module
from .modules import MLP as MLP
from .modules import Layer as Layer
from .modules import Neuron as Neuron
from .regularizers import BatchNorm as BatchNorm
from .regularizers import Dropout as Dropout
