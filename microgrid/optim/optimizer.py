"""What all optimisers share: a step is computed aside, and taken if every number in it is finite."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from inspect import Parameter, Signature
from math import isfinite
from types import MethodType
from typing import TYPE_CHECKING, Any, ClassVar

from ..arguments import ArrayLike, Floats
from ..base.checks import whole
from ..base.context import at_once
from ..base.phrases import LANG
from ..errors import CheckpointError, NonFiniteGradient
from .compiled import Variant, variant
from .moves import Arrays, Lists, Moves, Steps, has_numpy
from .parameters import Nodes, Parameters, standing, target
from .rows import Row
from .settings import Stored, contents, jsonable
from .written import described, latex, text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Optimizer"]

FEW = 40
"""Up to how many Values floats are faster than arrays."""


class Either:
    """A method of a class and of its instances: its first argument is what it is called on."""

    def __init__(self, function: Callable[..., str]) -> None:
        self.function = function
        self.__doc__, self.__module__ = function.__doc__, function.__module__

    def __get__(self, instance: Any, owner: type) -> Callable[..., str]:
        return MethodType(self.function, owner if instance is None else instance)


class Optimizer(Stored):
    """The base of the optimisers, each of which adds its `row`.

    `parameters` are Values (leaves, each once, in an order), a Program, or a float64 array (n,) that several
    programs may share.  Of Values, ``step()`` reads `grad` and writes `data`; a program's parameters, or the
    array, are changed in place by ``step(gradient)`` with the gradient that `value_and_grad` returned.  Both
    ways give the same bits, and Values need no NumPy.  `settings` are those of the row.

    A Value that no backward pass has reached since its gradient was set to 0 is left alone, and so is what
    the optimiser remembers of it, as PyTorch does where a gradient is None.

    An optimiser of one's own is a row of formulas of the parameter x, its gradient g and the step's number k:

    >>> class Lion(Optimizer):
    ...     row = Row(
    ...         "x = x - lr*sign(beta1*m + (1 - beta1)*g); m = beta2*m + (1 - beta2)*g",
    ...         {"lr": 1e-4, "betas": (0.9, 0.99)},
    ...         {"m": 0.0},
    ...     )
    >>> from microgrid import parameter
    >>> w = parameter(1.0)
    >>> lion = Lion([w], lr=0.5); (3*w).backward(); lion.step()
    >>> w.data, lion
    (0.5, Lion(1 parameters, lr=0.5, betas=(0.9, 0.99)))
    """

    form = "optimizer"
    row: ClassVar[Row]

    def __init_subclass__(cls, **more: Any) -> None:
        """Attributes, signature and help of the row's settings."""
        super().__init_subclass__(**more)
        if "row" not in cls.__dict__:
            return
        for name in cls.row.settings:
            if name not in Optimizer.__dict__:
                setattr(cls, name, property(_reads(name), _writes(name)))
        kinds = Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY
        given = [Parameter("parameters", kinds[0], default=None)]
        for name, setting in cls.row.settings.items():
            given.append(Parameter(name, kinds[name != "lr"], default=setting.default))
        cls.__signature__ = Signature(sorted(given, key=lambda p: p.kind))  # type: ignore[attr-defined]
        cls.__doc__ = described(cls.row, cls.__doc__)

    def __init__(
        self, parameters: Parameters | None = None, lr: float | None = None, **settings: Any
    ) -> None:
        """`settings` are those of the row, by default what the row says."""
        kind = type(self).__name__
        if not hasattr(self, "row"):
            raise TypeError(f"{kind} has no row, the formulas of its step: help(optim.Optimizer) shows one")
        if parameters is None:
            lr = self.row.settings["lr"].default if lr is None else lr
            raise TypeError(
                f"{kind} is made of what it moves, {kind}(model.parameters(), lr={lr!r}); fit also takes "
                f"what makes it, functools.partial({kind}, lr={lr!r})"
            )
        self._target = target(parameters)
        self._settings = self.row.checked(settings if lr is None else {"lr": lr} | settings, kind)
        self._numbers = self.row.numbers(self._settings)
        self._holds = self.row.choice(*self._numbers)
        self._steps: Steps = 0
        self._memory: Moves = self._kept({})

    def _kept(self, memory: Mapping[str, list[float]]) -> Moves:
        """What is remembered, by letter, with its start where there is nothing yet."""
        made, n = variant(self.row, self._holds), len(self._target)
        starts = zip(made.memory, made.starts(*self._numbers), strict=True)
        rows = [memory.get(letter, [start] * n) for letter, start in starts]
        few = isinstance(self._target, Nodes) and (n <= FEW or not has_numpy())
        return Lists(rows, n) if few else Arrays(rows, n)

    @property
    def lr(self) -> float:
        """The learning rate: a finite number from 0 on; schedules write it."""
        lr: float = self._settings["lr"]
        return lr

    @lr.setter
    def lr(self, lr: float) -> None:
        self._set("lr", lr)

    def _set(self, name: str, x: Any) -> None:
        """Change a setting; memory that only the new settings need begins here."""
        changed = dict(self.__dict__)
        other = object.__new__(type(self))
        other.__dict__ = changed
        other._settings = self.row.checked(self._settings | {name: x}, type(self).__name__)
        other._numbers = self.row.numbers(other._settings)
        other._holds = self.row.choice(*other._numbers)
        if other._holds != self._holds:
            other._memory = other._kept(self._remembered())
        self.__dict__ |= changed

    def _remembered(self) -> dict[str, list[float]]:
        return dict(zip(variant(self.row, self._holds).memory, self._memory.listed(), strict=True))

    def step(self, gradient: ArrayLike | None = None) -> None:
        """Move every parameter that has a gradient by one step.

        All or nothing: NonFiniteGradient names the parameter whose gradient is nan or infinite, or which the
        step would make so.  `gradient` (n,) belongs to programs and arrays; Values have their own.
        """
        made = self.row.variants.get(self._holds) or variant(self.row, self._holds)
        if gradient is not None and self._in_c(made, gradient):
            return
        memory, (x, g, reached) = self._memory, self._target.read(gradient)
        x, g = memory.numbers(x, g)
        rows, steps = memory.step(made, self._numbers, self._steps, x, g, reached)
        if not memory.finite(rows):
            raise NonFiniteGradient(self._fault(g, rows))
        counted = map(setattr, (self,), ("_steps",), (steps,))
        try:
            at_once(self._target.changes(rows[0]), memory.keeps(rows), counted)
        except BaseException:  # raised by a setter of a subclass of Value
            at_once(self._target.changes(x))
            raise

    def _in_c(self, made: Variant, gradient: ArrayLike) -> bool:
        """Take the step of an array in C, with the same bits; False, and nothing changes, if it cannot be."""
        x, steps = self._target.whole(), self._steps
        if x is None or made.native is None or not isinstance(steps, int):
            return False
        scalars = made.scalars(steps + 1, *self._numbers)
        step, rule = made.native
        return step(self, self._memory, rule, steps + 1, scalars, x, gradient)

    def _fault(self, g: Any, rows: Any) -> str:
        """Why the step was not taken."""
        unchanged = "no parameter was changed"
        for i, slope in enumerate(g):
            if not isfinite(slope):
                return (
                    f"the gradient of {self._target.name(i)} is {slope}: {unchanged}; "
                    'with microgrid.errstate(gradient="raise") backward says where it arose'
                )
        row, i = next((row, i) for row, xs in enumerate(rows) for i, x in enumerate(xs) if not isfinite(x))
        letters = variant(self.row, self._holds).memory
        what = f"{self.row.memory[letters[row - 1]].name} of " if row else ""
        return (
            f"the step would make {what}{self._target.name(i)} {rows[row][i]}: its gradient is "
            f"{g[i]}, lr {self.lr}; {unchanged}; choose a smaller lr, or clip the gradient with "
            "optim.clip_grad_norm_"
        )

    # ---------------------------------------------------------------- the row, written

    @Either
    def formulas(of: Optimizer | type[Optimizer], **settings: Any) -> str:  # noqa: N805
        """The lines of a step as text, under these settings (others: an instance's own, a class's defaults).

        >>> from microgrid import optim
        >>> print(optim.SGD.formulas(momentum=0.9))
        v ← momentum*v + g
        x ← x - lr*v
        """
        return text(of.row, _chosen(of, settings))

    @Either
    def latex(of: Optimizer | type[Optimizer], *, lang: str = LANG, **settings: Any) -> str:  # noqa: N805
        r"""The lines of a step as LaTeX's aligned, as the paper has them, under the settings of `formulas`.

        >>> from microgrid import optim
        >>> print(optim.SGD.latex())
        \begin{aligned}
        x &\leftarrow x - \eta\, g
        \end{aligned}
        """
        return latex(of.row, _chosen(of, settings), lang)

    # ---------------------------------------------------------------- what it moves

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
        stands = standing(self._target, array, reached)
        if isinstance(self._memory, Lists):
            self._memory = Arrays(self._memory.memory, len(self._target))
        before, self._target = self._target, stands
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
        steps = self._steps if isinstance(self._steps, int) else list(self._steps)
        memory = {self.row.memory[letter].name: numbers for letter, numbers in self._remembered().items()}
        return {"kind": type(self).__name__, **jsonable(self._settings), "steps": steps, "memory": memory}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from `state`, settings included: the next steps are those that were to follow, bit by bit.

        All or nothing: CheckpointError, and nothing changes, if it is not this optimiser's, or of other
        parameters.
        """
        saved = contents(state, self, ["steps", "memory"])
        steps, memory = saved.pop("steps"), saved.pop("memory")
        try:
            if None in saved.values():
                raise TypeError(f"{min(name for name, x in saved.items() if x is None)} is None")
            made = type(self)(self._target.given, **saved)
            made._target = self._target  # an array may stand for the Values
            made._remember(steps, memory)
        except CheckpointError:
            raise
        except (TypeError, ValueError) as error:
            raise CheckpointError(f"the state of {type(self).__name__} cannot be: {error}") from error
        self.__dict__ |= made.__dict__

    def _remember(self, steps: Any, memory: Any) -> None:
        n = len(self._target)
        letters = {self.row.memory[letter].name: letter for letter in variant(self.row, self._holds).memory}
        if not isinstance(memory, dict) or memory.keys() != letters.keys():
            saved = sorted(memory) if isinstance(memory, dict) else type(memory).__name__
            raise CheckpointError(f"these settings need memory of {[*letters]}, and the state has {saved}")
        rows = {}
        for name, letter in letters.items():
            rows[letter] = numbers = getattr(memory[name], "tolist", lambda x=memory[name]: x)()
            if not isinstance(numbers, list) or len(numbers) != n:
                found = len(numbers) if isinstance(numbers, list) else repr(numbers)
                raise CheckpointError(
                    f"{name} is {n} finite numbers, one for each parameter, and the state has {found}"
                )
            for x in numbers:
                if type(x) not in (int, float) or not isfinite(x):
                    raise CheckpointError(f"{name} is {n} finite numbers, and the state has {x!r} among them")
        if not isinstance(steps, list):
            self._steps = whole(steps, "steps", least=0)
        elif len(steps) == n:
            self._steps = [whole(k, "steps", least=0) for k in steps]
        else:
            raise CheckpointError(f"steps are counted for {n} parameters, and the state has {len(steps)}")
        self._memory = self._kept(rows)

    def __repr__(self) -> str:
        listed = ", ".join(f"{name}={x!r}" for name, x in self._settings.items())
        return f"{type(self).__name__}({len(self._target)} parameters, {listed})"


def _chosen(of: Optimizer | type[Optimizer], settings: Mapping[str, Any]) -> dict[str, Any]:
    """All settings: those given, and of an instance its own for the others."""
    if isinstance(of, Optimizer):
        return of.row.checked({**of._settings, **settings}, type(of).__name__)
    return of.row.checked(settings, of.__name__)


def _reads(name: str) -> Callable[[Optimizer], Any]:
    return lambda optimizer: optimizer._settings[name]


def _writes(name: str) -> Callable[[Optimizer, Any], None]:
    return lambda optimizer, x: optimizer._set(name, x)
