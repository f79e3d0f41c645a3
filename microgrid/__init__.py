"""microgrid: the scalar autograd engine for learning and teaching backpropagation.

Values        Value, parameter; + - * / ** and most functions below are its methods, too
Functions     abs, sqrt, exp, expm1, log, log1p, hypot, logaddexp, maximum, minimum,
              sin, cos, tan, asin, acos, atan, atan2, sinh, cosh, tanh, erf, erfc
Activations   relu, leaky_relu, elu, selu, silu, mish, gelu, gelu_tanh, sigmoid, logsigmoid,
              softplus, softsign, hardtanh
Of several    sum, dot, mean, maxout, softmax, log_softmax, logsumexp
Your own      custom_op: an operation with its derivatives, which draws, proves and replays
Gradients     Value.backward; grad (which can be differentiated again), jvp, recompute
Settings      errstate (domain and gradient errors), no_grad, scope (groups for drawings),
              name: Values are drawn by the names of the variables that hold them
Text          parse: "z = w*x; L = z**2" into Values, without running it
Teaching      microgrid.exercises: variants of a graph as exercises, with answers
Programs      compile: a recorded graph as a Program, replayed over batches at native speed
Proof         verify, verify_rules: the derivatives against sympy; to_sympy, from_sympy;
              unfold: softmax and losses in the textbook's steps
Claims        check: is a formula of your own right, and if not, what did it forget; assert_claim;
              derive: the derivation that a lecture writes
Errors        MicrogridError: DomainError, ExpressionError, GraphError, NonFiniteGradient,
              CheckpointError
Networks      microgrid.nn: MLP, layers, losses, initialisation
              microgrid.optim: SGD, Adam, ..., schedules; microgrid.train: fit, metrics
              microgrid.monitor: what goes on in each layer; microgrid.datasets: toy data
Inside        microgrid.ops: the table of derivatives; microgrid.engine, microgrid.backward;
              microgrid.graph: order, leaves, paths of a recorded graph
              compiled: whether the engine that runs is machine code

Pictures are the package viz: viz.draw(L), viz.steps(L).  `microgrid --help` is the command line.

>>> from microgrid import Value
>>> w = Value(2.0, "w")
>>> L = (3 * w + 1) ** 2
>>> L.backward()
>>> w.grad
42.0
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .base import build

compiled: bool = build.choose()
"""Whether the engine that runs is machine code; MICROGRID_PURE=1 chooses the source."""

build.keep_old_paths()

from . import compat as compat
from . import copying as copying
from . import engine as engine
from . import nn as nn
from .base.context import errstate as errstate
from .base.context import no_grad as no_grad
from .base.context import scope as scope
from .custom import custom_op as custom_op
from .engine import Value as Value
from .engine import parameter as parameter
from .errors import CheckpointError as CheckpointError
from .errors import DomainError as DomainError
from .errors import ExpressionError as ExpressionError
from .errors import GraphError as GraphError
from .errors import MicrogridError as MicrogridError
from .errors import NonFiniteGradient as NonFiniteGradient
from .functions import *
from .naming.callers import name as name
from .transforms import grad as grad
from .transforms import jvp as jvp
from .transforms import recompute as recompute

__all__ = [  # without abs, compile and sum: a star import must not replace Python's own
    "CheckpointError", "DomainError", "ExpressionError", "GraphError", "MicrogridError", "NonFiniteGradient",
    "Program", "Value",
    "acos", "asin", "assert_claim", "atan", "atan2", "check", "compiled", "cos", "cosh", "custom_op",
    "derive", "dot", "elu", "erf", "erfc",
    "errstate", "exp", "expm1", "from_sympy", "gelu", "gelu_tanh", "grad", "hardtanh", "hypot", "jvp",
    "leaky_relu", "log", "log1p", "log_softmax", "logaddexp", "logsigmoid", "logsumexp", "maximum", "maxout",
    "mean", "minimum", "mish", "name", "nn", "no_grad", "parameter", "parse", "recompute", "relu", "scope",
    "selu", "sigmoid", "silu", "sin", "sinh", "softmax", "softplus", "softsign", "sqrt", "tan", "tanh",
    "to_sympy", "unfold", "verify", "verify_rules",
]  # fmt: skip

__version__ = "0.1.0"

if TYPE_CHECKING:
    from . import datasets as datasets
    from . import exercises as exercises
    from . import monitor as monitor
    from . import optim as optim
    from . import train as train
    from .claims.check import assert_claim as assert_claim
    from .claims.check import check as check
    from .claims.derive import derive as derive
    from .expressions.parse import parse as parse
    from .programs.program import Program as Program
    from .programs.program import compile as compile
    from .proof.unfolding import unfold as unfold
    from .proof.verify import from_sympy as from_sympy
    from .proof.verify import to_sympy as to_sympy
    from .proof.verify import verify as verify
    from .proof.verify import verify_rules as verify_rules

_LATER = {
    "assert_claim": "claims.check", "check": "claims.check", "derive": "claims.derive",
    "parse": "expressions.parse",
    "Program": "programs.program", "compile": "programs.program",
    "from_sympy": "proof.verify", "to_sympy": "proof.verify", "verify": "proof.verify",
    "verify_rules": "proof.verify", "unfold": "proof.unfolding",
    "datasets": "", "exercises": "", "monitor": "", "optim": "", "train": "",
}  # fmt: skip
"""Names, with their modules, and modules that are imported when first asked for, to be quick at first."""


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        return build.moved(f"{__name__}.{name}")
    module = import_module(f"{__name__}.{_LATER[name] or name}")
    value = globals()[name] = getattr(module, name) if _LATER[name] else module
    return value


def _scoring() -> Any:
    from . import train

    return train


nn.scored.scored_by(_scoring)  # modules lie below what replays them, and know it only from here


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})
