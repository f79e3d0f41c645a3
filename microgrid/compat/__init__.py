"""Forms that programs written for micrograd use, and what they are told where microgrid differs on purpose.

Whoever writes for microgrid needs none of this.  The differences are in docs/from-micrograd.md, which the
messages name.
"""

import sys

from .. import engine
from .kept import attributes
from .names import step
from .operands import construct, given, row_of
from .slips import changed, doubtful, followed

__all__ = ["attributes", "changed", "construct", "doubtful", "followed", "given", "row_of", "step"]

engine.compat = sys.modules[__name__]  # where a Value finds what it does for such programs
