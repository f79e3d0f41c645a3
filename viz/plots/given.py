"""What plots are given, looked through: what cannot be drawn is said in one sentence, with the way out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import Signature, signature
from typing import Any, cast

from microgrid import Value, arguments, errstate
from microgrid.arguments import ArrayLike, Floats
from microgrid.base.messages import short

__all__ = [
    "array", "classifier", "column", "columns_of", "finite", "function", "interval", "parameters_of", "route",
    "several_names",
]  # fmt: skip

SHAPES = {1: "a list of numbers", 2: "an array of rows of numbers"}


def array(what: str, numbers: ArrayLike, dimensions: int) -> Floats:
    """The numbers as an array; an error says what they are, unless they are finite and as deep as this.

    Where one number is wanted for each, rows of one are taken for them, as `fit` takes targets.
    """
    found = finite(what, numbers, (dimensions,) if dimensions > 1 else (1, 2), (dimensions,))
    if found.ndim > dimensions and found.shape[1] != 1:
        raise ValueError(f"{what} is {SHAPES[dimensions]}, got the shape {found.shape}")
    return found if dimensions > 1 else found.reshape(len(found))


def finite(
    what: str, numbers: ArrayLike, dimensions: Sequence[int] = (1, 2), called: Sequence[int] = ()
) -> Floats:
    """The same, of one of several depths; `called` are those that an error names."""
    import numpy as np

    wanted = f"{what} is {' or '.join(SHAPES[d] for d in called or dimensions)}"
    if numbers is None or isinstance(numbers, str | Mapping):
        hint = ": a training's path is history.path" if hasattr(numbers, "best_epoch") else ""
        raise TypeError(f"{wanted}, got {type(numbers).__name__} {short(numbers)}{hint}")
    try:
        converted = arguments.numbers(numbers, wanted)
    except TypeError:
        if not all(isinstance(x, str) for x in np.asarray(numbers, dtype=object).flat):
            raise
        way_out = ""
        if what in ("y", "predicted"):
            way_out = ": numpy.unique(text, return_inverse=True)[1] numbers it, and classes= names it"
        raise TypeError(f"{wanted}, got text{way_out}") from None
    if converted.ndim not in dimensions:
        got = f"the number {converted}" if not converted.ndim else f"the shape {converted.shape}"
        raise ValueError(f"{wanted}, got {got}")
    outside = np.argwhere(~np.isfinite(converted))
    if len(outside):
        place = outside[0].tolist()
        number = converted[tuple(place)]
        raise ValueError(f"{what}{place} is {number}, and only finite numbers are drawn: leave this one out")
    return converted


def interval(ends: Any, name: str) -> tuple[float, float]:
    """The ends; an error unless they are two numbers, the lower first."""
    import numpy as np

    wanted = f"{name} is two numbers, the lower first, got"
    try:
        low, high = (float(x) for x in ends)
    except TypeError:
        raise TypeError(f"{wanted} {type(ends).__name__} {short(ends)}") from None
    except ValueError:
        raise ValueError(f"{wanted} {short(ends)}") from None
    if not np.isfinite([low, high]).all() or not low < high:
        raise ValueError(f"{wanted} {ends}")
    return low, high


def route(points: Any, name: str) -> Floats:
    """The points (steps, 2) of a path: an array, or what `train.descend` returned."""
    steps = finite(name, getattr(points, "points", points))
    if not steps.size:
        raise ValueError(f"{name} is empty: it has a point at least")
    if steps.ndim == 1:
        raise ValueError(f"{name} has one number a step, and this takes two: plots.descent draws one")
    if steps.shape[1] != 2:
        raise ValueError(
            f"{name} has {steps.shape[1]} numbers a step, and this takes two: choose two columns"
        )
    return steps


def function(f: Any, *inputs: str, what: str = "f") -> Callable[..., Any]:
    """`f` as a function of Values of these names, of which it may also take a list, as in `train.descend`.

    TypeError unless it is one, which says what it takes, and what draws it.
    """
    if not callable(f) or isinstance(f, type):
        raise TypeError(f"{what} is a function of ({', '.join(inputs)}), got {_got(f)}")
    try:
        takes = signature(f)
    except (TypeError, ValueError):  # of one written in C: its own error will tell
        return cast("Callable[..., Any]", f)
    if _binds(takes, *inputs):
        return cast("Callable[..., Any]", f)
    called = getattr(f, "__name__", repr(f))
    if len(inputs) > 1 and _binds(takes, "list"):
        return _of_list(f, f"{what} is called with ({', '.join(inputs)}), and {called} takes {takes}", inputs)
    fitting = [name for count, name in DRAWN.items() if count != len(inputs) and _binds(takes, *"x" * count)]
    way_out = f"{fitting[0]} draws it" if fitting and what == "f" else "a lambda can fix the other ones"
    raise TypeError(f"{what} is called with ({', '.join(inputs)}), and {called} takes {takes}: {way_out}")


DRAWN = {1: "plots.descent", 2: "plots.surface"}
"""What draws functions of so many variables."""


def _binds(takes: Signature, *given: str) -> bool:
    try:
        takes.bind(*given)
    except TypeError:
        return False
    return True


def _of_list(f: Any, refused: str, inputs: Sequence[str]) -> Callable[..., Any]:
    """A function of a list as one of several; TypeError if it is one of a single Value."""

    def spread(*values: Value) -> Any:
        return f(list(values))

    way_out = f"which gets both as a list: {DRAWN[1]} draws a function of one"
    try:
        with errstate(domain="ieee"):
            found = spread(*(Value(0.5, name) for name in inputs))
    except (TypeError, AttributeError, IndexError) as error:
        raise TypeError(f"{refused}, {way_out} ({error})") from None
    except (ArithmeticError, ValueError):  # at this point: others may do
        return spread
    if not isinstance(found, Value):
        raise TypeError(f"{refused}, {way_out}, and it returned {type(found).__name__}")
    return spread


def classifier(model: Any) -> None:
    """TypeError unless it can be asked what it makes of a point."""
    if not callable(model) or isinstance(model, type):
        raise TypeError(f"model is a function of a list of Values, such as a Module, got {_got(model)}")


def parameters_of(model: Any) -> list[Any]:
    """The parameters of a model; TypeError for what has none to ask for."""
    if isinstance(model, type) or not hasattr(model, "parameters"):
        raise TypeError(f"model is something with parameters(), such as a Module, got {_got(model)}")
    return list(model.parameters())


def _got(given: Any) -> str:
    if isinstance(given, type):
        return f"the class {given.__name__}: make one"
    return f"{type(given).__name__} {short(given)}"


def several_names(names: Any, count: int, what: str = "names", more: str = "") -> list[str]:
    """So many names as a list."""
    wanted = f"{what} is a list of {count} names{more}, got"
    if not isinstance(names, Sequence) and not hasattr(names, "tolist"):
        raise TypeError(f"{wanted} {_got(names)}")
    if len(names) != count:
        raise ValueError(f"{wanted} {len(names)}: {short(names)}")
    return [str(name) for name in names]


# ---------------------------------------------------------------- histories


def columns_of(history: Any) -> Mapping[str, Sequence[float]]:
    """A history, or columns by their names."""
    if not isinstance(history, Mapping):
        raise TypeError(f"history is a History, or columns by their names, got {_got(history)}")
    return history


def column(history: Any, what: str, log: bool = False) -> tuple[list[float], list[float]]:
    """The epochs of a column, from 1 where the history does not count them, and its numbers."""
    import numpy as np

    if not isinstance(what, str):
        raise TypeError(f"a column is named by a text, got {type(what).__name__}: Axes are passed as ax=")
    if what not in columns_of(history):
        known = ", ".join(map(str, history)) or "none"
        raise ValueError(f"the history has no column {what!r}: it has {known}")
    numbers = list(history[what])
    epochs = list(history["epoch"] if "epoch" in history else range(1, 1 + len(numbers)))
    if not epochs:
        raise ValueError("the history is empty: no epoch has ended yet")
    if len(numbers) != len(epochs):
        raise ValueError(
            f"the history has {len(epochs)} epochs and {len(numbers)} numbers of {what!r}: give one for each"
        )
    seen = arguments.numbers(numbers, f"the column {what!r} is a list of numbers")
    if not np.isfinite(seen).any():
        raise ValueError(f"no number of the column {what!r} is finite: there is nothing to draw")
    if log and not (seen > 0).any():
        raise ValueError(f"log=True draws numbers above 0, and {what!r} has none: leave it out")
    return epochs, numbers
