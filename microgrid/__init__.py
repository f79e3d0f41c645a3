"""microgrid: the scalar autograd engine for learning and teaching backpropagation."""

from . import engine as engine
from . import nn as nn
from .context import errstate as errstate
from .context import no_grad as no_grad
from .context import scope as scope
from .custom import custom_op as custom_op
from .engine import Value as Value
from .engine import parameter as parameter
from .errors import CheckpointError as CheckpointError
from .errors import DomainError as DomainError
from .errors import ExpressionError as ExpressionError
from .errors import GraphError as GraphError
from .errors import MicrogridError as MicrogridError
from .errors import NonFiniteGradient as NonFiniteGradient
from .functions import *  # noqa: F403
from .parse import parse as parse
from .symbolic import from_sympy as from_sympy
from .symbolic import to_sympy as to_sympy
from .symbolic import verify as verify
from .symbolic import verify_rules as verify_rules
from .transforms import grad as grad
from .transforms import jvp as jvp
from .transforms import recompute as recompute

__version__ = "0.1.0"

compiled = not engine.__file__.endswith(".py")
"""Whether the engine that runs is machine code."""
