"""Named pieces of a recorded graph: a softmax, a mean, a loss, each as a textbook writes it.

`microgrid.softmax`, `log_softmax`, `logsumexp`, `mean`, `maxout` and the losses of `nn.losses` mark the nodes
that they make: in what the place of a node's scope means, so that a node has no field more, and a copy or a
pickle keeps it.  `found` reads the pieces back.
"""

from .found import Instance as Instance
from .found import found as found
from .table import TABLE as TABLE
from .table import Piece as Piece

__all__ = ["TABLE", "Instance", "Piece", "found"]
