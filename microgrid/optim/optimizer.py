"""What all optimisers share: a step is computed aside, and taken if every number in it is finite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import repeat
from typing import TYPE_CHECKING, Any

from .. import arguments
from ..arguments import ArrayLike, Floats
from ..base.checks import whole
from ..base.context import at_once
from ..errors import CheckpointError, NonFiniteGradient
from .parameters import Parameters, standing, target
from .settings import Stored, contents, jsonable, nonnegative, settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Optimizer"]


class Optimizer(Stored):
    """The base of the optimisers; each adds its `_rule`.

    `parameters` are Values (leaves, each once, in an order), a Program, or a float64 array (n,) that several
    programs may share.  Of Values, ``step()`` reads `grad` and writes `data`; a program's parameters, or the
    array, are changed in place by ``step(gradient)`` with the gradient that `value_and_grad` returned.  Both
    ways give the same bits.

    A Value that no backward pass has reached since its gradient was set to 0 is left alone, and so is what
    the optimiser remembers of it, as PyTorch does where a gradient is None.
    """

    form = "optimizer"

    def __init__(
        self, parameters: Parameters | None, lr: float, weight_decay: float, memory: Mapping[str, float]
    ) -> None:
        """`memory` names what is remembered of each parameter between steps, and what it starts from."""
        import numpy as np

        if parameters is None:
            kind = type(self).__name__
            raise TypeError(
                f"{kind} is made of what it moves, {kind}(model.parameters(), lr={lr!r}); fit also takes "
                f"what makes it, functools.partial({kind}, lr={lr!r})"
            )
        self._target = target(parameters)
        self.lr = lr
        self.weight_decay = nonnegative(weight_decay, "weight_decay", 0)
        self._memory = list(memory)
        # an array once parameters have taken different numbers of steps
        self._steps: int | NDArray[np.int64] = 0
        # Row 0 is the parameters, others the memory.  A step is written into _next; then both are swapped.
        n = len(self._target)
        self._last, self._next = np.zeros((1 + len(memory), n)), np.zeros((1 + len(memory), n))
        self._last[1:] = np.array(list(memory.values())).reshape(-1, 1)
        self._scratch = np.empty((2, n))

    @property
    def lr(self) -> float:
        """The learning rate: a finite number from 0 on; schedules write it."""
        return self._lr

    @lr.setter
    def lr(self, lr: float) -> None:
        self._lr = nonnegative(lr, "lr", 0.01)

    def step(self, gradient: ArrayLike | None = None) -> None:
        """Move every parameter that has a gradient by one step.

        All or nothing: NonFiniteGradient names the parameter whose gradient is nan or infinite, or which the
        step would make so.  `gradient` (n,) belongs to programs and arrays; Values have their own.
        """
        import numpy as np

        x, g, reached = self._target.read(gradient)
        with np.errstate(all="ignore"):
            if reached is None and isinstance(self._steps, int):
                self._advance(self._steps + 1, g, [x, *self._last[1:]], self._next, self._scratch)
                steps: int | NDArray[np.int64] = self._steps + 1
            else:
                steps = self._advance_some(x, g, np.full(len(x), True) if reached is None else reached)
        if not np.isfinite(self._next).all():
            raise NonFiniteGradient(self._fault(g))
        remembered = map(setattr, repeat(self), ("_last", "_next", "_steps"), (self._next, self._last, steps))
        try:
            at_once(self._target.changes(self._next[0]), remembered)
        except BaseException:  # raised by a setter of a subclass of Value
            at_once(self._target.changes(x))
            raise

    def _advance(self, k: int, g: Floats, old: Sequence[Floats], new: Floats, scratch: Floats) -> None:
        self._rule(k, self._regularized(old[0], g, scratch[0]), old, new, scratch[1])

    def _advance_some(self, x: Floats, g: Floats, reached: NDArray[np.bool_]) -> int | NDArray[np.int64]:
        """Those with a gradient take a step, grouped by how many they took before; new numbers of steps."""
        import numpy as np

        self._next[0], self._next[1:] = x, self._last[1:]
        steps = self._steps + reached.astype(np.int64)
        for k in np.unique(steps[reached]):
            chosen = np.flatnonzero(reached & (steps == k))
            old, new = [x[chosen], *self._last[1:, chosen]], np.empty((len(self._next), len(chosen)))
            self._advance(int(k), g[chosen], old, new, self._scratch[:, : len(chosen)])
            self._next[:, chosen] = new
        return int(steps[0]) if (steps == steps[0]).all() else steps

    def _regularized(self, x: Floats, g: Floats, out: Floats) -> Floats:
        """g + weight_decay x, the gradient of the loss plus weight_decay/2 times the sum of x²."""
        import numpy as np

        if not self.weight_decay:
            return g
        np.multiply(x, self.weight_decay, out=out)
        out += g
        return out

    def _rule(self, k: int, g: Floats, old: Sequence[Floats], new: Floats, t: Floats) -> None:
        """Write step number k, from 1, into the rows of `new`: the parameters, then the memory; t is scratch.

        Every number depends on the numbers of its own column alone, so that steps of some parameters are
        steps of all.
        """
        raise NotImplementedError(f"{type(self).__name__} has no _rule: an optimizer computes its step there")

    def _fault(self, g: Floats) -> str:
        """Why the step was not taken."""
        import numpy as np

        unchanged = "no parameter was changed"
        wrong = np.flatnonzero(~np.isfinite(g))
        if len(wrong):
            name = self._target.name(wrong[0])
            return (
                f"the gradient of {name} is {g[wrong[0]]}: {unchanged}; "
                'with microgrid.errstate(gradient="raise") backward says where it arose'
            )
        row, i = np.argwhere(~np.isfinite(self._next))[0]
        what = f"{self._memory[row - 1]} of " if row else ""
        return (
            f"the step would make {what}{self._target.name(i)} {self._next[row, i]}: its gradient is "
            f"{g[i]}, lr {self.lr}; {unchanged}; choose a smaller lr, or clip the gradient with "
            "optim.clip_grad_norm_"
        )

    @property
    def parameters(self) -> Any:
        """What it moves: a list of Values, or the program or array it was given."""
        return self._target.given

    @contextmanager
    def on(self, array: Floats, reached: NDArray[np.bool_] | None = None) -> Iterator[None]:
        """Inside the block ``step(gradient)`` moves `array` in place of the Values, with their memory.

        The steps are those that the Values would take, bit by bit; they themselves keep their data.
        `reached` (n,), read at every step, says which of them have a gradient (None: all).  TypeError or
        ValueError unless the array is float64 and has a number for each Value.
        """
        before, self._target = self._target, standing(self._target, array, reached)
        try:
            yield
        finally:
            self._target = before

    def zero_grad(self) -> None:
        """Set the gradients of the Values to 0, as before each `backward`; a program has none to set."""
        self._target.forget()

    # ---------------------------------------------------------------- saving

    def state_dict(self) -> dict[str, Any]:
        """The settings and all that is remembered, not the parameters, as numbers that JSON keeps exactly."""
        steps = self._steps if isinstance(self._steps, int) else self._steps.tolist()
        memory = dict(zip(self._memory, self._last[1:].tolist(), strict=True))
        return {"kind": type(self).__name__, **jsonable(settings(self)), "steps": steps, "memory": memory}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from `state`, settings included: the next steps are those that were to follow, bit by bit.

        All or nothing: CheckpointError, and nothing changes, if it is not this optimiser's, or of other
        parameters.
        """
        saved = contents(state, self, ["steps", "memory"])
        steps, memory = saved.pop("steps"), saved.pop("memory")
        try:
            made = type(self)(self._target.given, **saved)
            made._remember(steps, memory)
        except CheckpointError:
            raise
        except (TypeError, ValueError) as error:
            raise CheckpointError(f"the state of {type(self).__name__} cannot be: {error}") from error
        self.__dict__ |= made.__dict__

    def _remember(self, steps: Any, memory: Any) -> None:
        import numpy as np

        n = len(self._target)
        if not isinstance(memory, dict) or memory.keys() != set(self._memory):
            saved = sorted(memory) if isinstance(memory, dict) else type(memory).__name__
            raise CheckpointError(f"these settings need memory of {self._memory}, and the state has {saved}")
        for row, name in enumerate(self._memory, start=1):
            numbers = arguments.numbers(memory[name], f"{name} is {n} numbers")
            if numbers.shape != (n,) or not np.isfinite(numbers).all():
                raise CheckpointError(
                    f"{name} is {n} finite numbers, one for each parameter, and the state has shape "
                    f"{numbers.shape}"
                )
            self._last[row] = numbers
        if not isinstance(steps, list):
            self._steps = whole(steps, "steps", least=0)
        elif len(steps) == n:
            self._steps = np.array([whole(k, "steps", least=0) for k in steps])
        else:
            raise CheckpointError(f"steps are counted for {n} parameters, and the state has {len(steps)}")

    def __repr__(self) -> str:
        listed = ", ".join(f"{name}={x!r}" for name, x in settings(self).items())
        return f"{type(self).__name__}({len(self._target)} parameters, {listed})"
