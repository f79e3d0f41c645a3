"""A program on NumPy: where there is no kernel, and where numbers that are not finite have to be explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..base import context
from ..base.messages import IEEE
from ..errors import DomainError
from .diagnosis import check_values, gradient_fault
from .instructions import Code
from .listing import Listing
from .replay import Memory, Replay

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["OnNumPy"]


class OnNumPy:
    """Runs a program's code block by block.  What is not finite is a DomainError that says where it arose, unless
    errstate(domain="ieee") holds.
    """

    def __init__(self, code: Code, listing: Listing) -> None:
        self.code, self.listing = code, listing
        self._replay: Replay | None = None  # made when needed, which mostly it is not

    @property
    def replay(self) -> Replay:
        if self._replay is None:
            self._replay = Replay(self.code)
        return self._replay

    def forward(self, parameters: Floats, X: Floats, single: bool) -> Any:
        """The outputs: (batch, m), or (batch,) if `single`; of a program without inputs (m,) or a float."""
        import numpy as np

        blocks = self.replay.blocks(len(X))
        table = np.concatenate([self._forward(parameters, X, block)[1] for block in blocks])
        outputs = table[:, 0] if single else table
        if self.code.inputs:
            return outputs
        return float(outputs[0]) if single else outputs[0]

    def value_and_grad(self, parameters: Floats, X: Floats, reduce: str | None) -> tuple[Any, Any, str]:
        """Value and gradient as `Program.value_and_grad` has them, and where the gradient left the finite numbers."""
        import numpy as np

        n, by_sample = self.code.parameters, reduce is None and self.code.inputs > 0
        outputs, gradients, fault = [], [], ""
        for block in self.replay.blocks(len(X)):
            memory, output = self._forward(parameters, X, block)
            adjoints = self.replay.backward(memory, by_sample)
            outputs.append(output[:, 0])
            gradients.append(adjoints.U[:n])
            if not fault and not np.isfinite(gradients[-1]).all():
                fault = gradient_fault(self.replay, memory, adjoints, self.listing, block.start)
        values, gradient = np.concatenate(outputs), np.concatenate(gradients, axis=1).T
        if by_sample:
            return values, gradient, fault
        with np.errstate(all="ignore"):
            scale = len(X) if reduce == "mean" else 1
            value, gradient = float(values.sum()) / scale, gradient.sum(axis=0) / scale
        if value - value != 0.0 and np.isfinite(values).all() and context.current().domain == "raise":
            raise DomainError(
                IEEE.after("the sum of the outputs for all samples exceeds the range of doubles")
            )
        if not fault and not np.isfinite(gradient).all():
            fault = "the sum of the gradients for all samples exceeds the range of doubles"
        return value, gradient, fault

    def _forward(self, parameters: Floats, X: Floats, block: slice) -> tuple[Memory, Floats]:
        import numpy as np

        memory = self.replay.forward(parameters, X[block])
        outputs = self.replay.outputs(memory)
        if not np.isfinite(outputs).all() and context.current().domain == "raise":
            check_values(self.replay, memory, self.listing, block.start)
        return memory, outputs
