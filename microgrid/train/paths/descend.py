"""A function is descended, and where it was at each step is remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from inspect import Parameter, signature
from itertools import repeat
from typing import Any, TypeAlias

from ... import arguments
from ...base.checks import whole
from ...base.context import at_once, no_grad
from ...base.messages import IEEE, number, short, warn
from ...engine import Value, parameter
from ...errors import DomainError, NonFiniteGradient
from ...optim import Optimizer, ReduceLROnPlateau
from ...optim.schedules import AnySchedule
from ..held import Held
from .path import Path, Point

__all__ = ["Descent", "Start", "descend", "made_of", "place", "walked"]

Start: TypeAlias = "float | Value | Sequence[float] | Sequence[Value]"
Descent: TypeAlias = "Callable[[list[Value]], Optimizer]"
"""What makes an optimiser of the Values it is to move: a class, a partial, a lambda."""


def descend(
    f: Callable[..., Value],
    start: Start,
    make_optimizer: Descent,
    steps: int,
    *,
    schedule: Callable[[Optimizer], AnySchedule] | None = None,
    label: str = "",
) -> Path:
    """Go down f from `start`, and return the path: points, values, gradients and learning rates.

    `f` is a function of a Value, where the start is a number; of several, where it is a sequence of numbers,
    one for each; or of one list of them.  The start may also be Values, such as model.parameters(), of which
    f is a function, a list, or what it uses without being given it: they are at their start again afterwards.
    `make_optimizer` makes an optimiser of a list of Values: `optim.Adam`, or a lambda.  `schedule` makes one
    of the optimiser, and is stepped after each step; `label` is the name of the path in plots.

    Where f or its gradient is not finite the path ends before, and a warning says so; at the start that is an
    error.  `viz.plots.descent` and `surface` take the path.

    >>> from microgrid import optim
    >>> print(descend(lambda x: x**2, 1.0, lambda ps: optim.SGD(ps, lr=0.25), 2))
    k     x    f(x)  f′(x)    lr     Δx
    0     1       1      2  0.25   -0.5
    1   0.5    0.25      1  0.25  -0.25
    2  0.25  0.0625    0.5
    """
    values, names, objective = place(f, start)
    optimizer = made_of(make_optimizer, values)
    ruled = None if schedule is None else schedule(optimizer)
    objectives = repeat(objective, whole(steps, "steps") + 1)
    single = isinstance(start, Value) or not hasattr(start, "__iter__")
    return walked(values, names, objectives, optimizer, ruled, single, label)


def walked(
    values: list[Value],
    names: list[str],
    objectives: Iterable[Callable[[], Any]],
    optimizer: Optimizer,
    schedule: AnySchedule | None,
    single: bool = False,
    label: str = "",
    quiet: bool = False,
    height: Callable[[], Value] | None = None,
) -> Path:
    """A step down each of the objectives but the last one; the Values are then where they were.

    `height` computes the path's values, where these are not those of the objectives.
    """
    before = [v.data for v in values], [v.grad if v.has_grad else -0.0 for v in values]
    rows: list[tuple[list[float], float, list[float]]] = []
    rates: list[float] = []
    stopped = ""
    with Held() as held:
        try:
            with held.let():
                stopped = _walk(rows, rates, values, objectives, optimizer, schedule, height)
        finally:
            at_once(arguments.changes(values, before[0]), arguments.changes(values, before[1], "grad"))
    if stopped and not quiet:
        warn(f"descend {stopped}", RuntimeWarning)
    one: Callable[[list[float]], Point] = (lambda xs: xs[0]) if single else list
    points, heights, gradients = zip(*rows, strict=True)
    slopes, of_batches = list(map(one, gradients)), height is not None
    return Path(list(map(one, points)), heights, slopes, rates, names, label, stopped, stochastic=of_batches)


def _walk(
    rows: list[tuple[list[float], float, list[float]]],
    rates: list[float],
    values: list[Value],
    objectives: Iterable[Callable[[], Any]],
    optimizer: Optimizer,
    schedule: AnySchedule | None,
    height: Callable[[], Value] | None,
) -> str:
    """Fill the rows and the rates; why it ended early, or ""."""
    for k, objective in enumerate(objectives):
        try:
            if k:
                rate = optimizer.lr
                optimizer.step()
                rates.append(rate)
                _next_rate(schedule, rows[-1][1])
            rows.append(_looked(values, objective, optimizer, height))
        except (DomainError, NonFiniteGradient, OverflowError, ZeroDivisionError) as error:
            if not rows:
                raise
            del rates[len(rows) - 1 :]
            return _why(error, len(rates))
    return ""


def _looked(
    values: list[Value],
    objective: Callable[[], Any],
    optimizer: Optimizer,
    height: Callable[[], Value] | None,
) -> tuple[list[float], float, list[float]]:
    """The point, the value there, and the gradient, which the Values then have."""
    optimizer.zero_grad()
    y = _computed(objective)
    y.backward()
    slopes = [v.grad for v in values]
    if not all(x - x == 0 for x in (y.data, *slopes)):
        raise NonFiniteGradient(f"f is {y.data} there, and its gradient {slopes!r:.80}")
    if height is not None:
        with no_grad():
            y = height()
    return [v.data for v in values], y.data, slopes


def _next_rate(schedule: AnySchedule | None, value: float) -> None:
    if isinstance(schedule, ReduceLROnPlateau):
        schedule.step(value)
    elif schedule is not None:
        schedule.step()


def _why(error: Exception, steps: int) -> str:
    why = str(error).replace(f"; {IEEE}", "").removesuffix("; no gradient was changed")
    advice = "" if "lr" in why else "; choose a smaller lr"
    return f"stopped after {steps} of the steps: {why}{advice}"


def _computed(objective: Callable[[], Any]) -> Value:
    y = objective()
    if not isinstance(y, Value):
        raise TypeError(
            f"f returns a Value computed from those that it is given, got {type(y).__name__} {short(y)}: "
            "write it with + - * / ** and microgrid's functions"
        )
    return y


# ---------------------------------------------------------------- what is handed in


def made_of(make_optimizer: Any, values: list[Value]) -> Optimizer:
    """The optimiser of these Values."""
    wanted = "make_optimizer makes one of microgrid.optim, lambda ps: optim.SGD(ps, lr=0.05) or optim.Adam"
    if isinstance(make_optimizer, Optimizer):
        raise TypeError(f"{wanted}: got an optimizer, which moves other Values")
    if not callable(make_optimizer):
        raise TypeError(f"{wanted}: got {type(make_optimizer).__name__} {short(make_optimizer)}")
    arguments.called(make_optimizer, "what makes the optimizer", "parameters")
    made = make_optimizer(values)
    if not isinstance(made, Optimizer):
        raise TypeError(f"{wanted}: it returned {type(made).__name__}")
    if not isinstance(made.parameters, list) or made.parameters != values:
        raise ValueError(f"{wanted}: the optimizer it made moves other parameters than those it was given")
    return made


def place(f: Callable[..., Any], start: Any) -> tuple[list[Value], list[str], Callable[[], Any]]:
    """The Values at the start, their names, and f of them as a function of nothing."""
    if not callable(f):
        raise TypeError(f"f is a function of Values, lambda x: x**2 for example, got {type(f).__name__}")
    single = isinstance(start, Value) or not hasattr(start, "__iter__")
    given = [start] if single else list(start)
    if not given:
        raise ValueError("start is empty: it is a number, or one for each variable of f")
    ours = not any(isinstance(x, Value) for x in given)
    values = [parameter(_number(x)) for x in given] if ours else arguments.leaves(given, "start")
    listed = not single and (not ours or len(given) > 1)
    if _takes(f, len(values)) and (ours or single or len(values) > 1):
        names = _unused(_names(f) if ours else [v.label for v in values], len(values))
        objective: Callable[[], Any] = lambda: f(*values)  # noqa: E731
    elif listed and _takes(f, 1):
        names, objective = _unused([v.label for v in values], len(values)), _of_list(f, values)
    elif not ours and _takes(f, 0):
        names, objective = _unused([v.label for v in values], len(values)), f
    else:
        raise TypeError(
            f"start has {len(values)} number{'s' * (len(values) > 1)}, and f takes "
            f"{', '.join(_names(f)) or 'nothing'}: start has a number for each of its variables, in a "
            "list where they are several"
        )
    for v, name in zip(values, names, strict=True):
        v.label = name if ours else v.label
    return values, names, objective


def _of_list(f: Callable[..., Any], values: list[Value]) -> Callable[[], Any]:
    def objective() -> Any:
        try:
            return f(values)
        except TypeError as error:
            raise TypeError(
                f"start has {len(values)} numbers, which f, of one argument, gets as a list, and it fails: "
                f"{error}; write f with {len(values)} arguments, or start from one number"
            ) from error

    return objective


def _number(x: Any) -> float:
    return number(x, where="start is a real number, or a list of one for each variable")


def _takes(f: Callable[..., Any], count: int) -> bool:
    try:
        signature(f).bind(*range(count))
    except TypeError:
        return False
    except ValueError:  # one written in C does not say
        return True
    return True


def _names(f: Callable[..., Any]) -> list[str]:
    try:
        parameters = signature(f).parameters.values()
    except ValueError:
        return []
    kinds = Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD
    return [p.name for p in parameters if p.kind in kinds]


def _unused(names: Sequence[str], count: int) -> list[str]:
    """Every variable has a name, and no two the same."""
    made: list[str] = []
    for k in range(count):
        known = k < len(names) and names[k] and names[k] not in made
        made.append(names[k] if known else f"x{k + 1}")
    return made
