"""Neural networks of Values: modules that hold parameters and compute, with micrograd's names and behaviour."""

from .modules import MLP as MLP
from .modules import Layer as Layer
from .modules import Module as Module
from .modules import Neuron as Neuron
