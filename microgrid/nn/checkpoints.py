"""The state of a module, its learned numbers by name: taken from it, given back, written to JSON and read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat, starmap
from math import isfinite
from os import PathLike, fsdecode
from typing import Any, Protocol

from ..base import files
from ..base.context import at_once
from ..base.messages import short
from ..engine import Value
from ..errors import CheckpointError

__all__ = ["Stateful", "load", "restore", "save", "state"]

FORM, VERSION = "module", 2
"""What a file says it is.  Files of version 1 had no checksum."""


class Stateful(Protocol):
    """What has a state that can be saved: all that this file needs to know of a Module, which imports it."""

    saved: Mapping[str, float]

    def named_parameters(self) -> Sequence[tuple[str, Value]]: ...

    def named_modules(self) -> Sequence[tuple[str, Stateful]]: ...


def state(module: Stateful) -> dict[str, float]:
    """Every learned number by its name."""
    pairs = [(name, p.data) for name, p in module.named_parameters()]
    for name, part, attribute, _ in _statistics(module):
        pairs += [(f"{name}.{i}", x) for i, x in enumerate(getattr(part, attribute))]
    numbers = dict(pairs)
    if len(numbers) < len(pairs):  # the keys of a dict may have dots
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(
            f"two parameters of the {type(module).__name__} are called {short(twice)}: "
            "rename one, to tell them apart"
        )
    return numbers


def restore(module: Stateful, numbers: Mapping[str, float]) -> None:
    """Give every number to its place, or none."""
    _check(module, numbers, state(module))
    parameters = module.named_parameters()
    values, held = [p for _, p in parameters], list(_statistics(module))
    data = [float(numbers[name]) for name, _ in parameters], [p._data for p in values]
    before = [(part, attribute, getattr(part, attribute)) for _, part, attribute, _ in held]
    after = [
        (part, attribute, [float(numbers[f"{name}.{i}"]) for i in range(len(old))])
        for (name, *_), (part, attribute, old) in zip(held, before)
    ]
    try:
        at_once(starmap(setattr, after), map(setattr, values, repeat("_data"), data[0]))
    except BaseException:  # of a class whose own `__setattr__` raises
        at_once(starmap(object.__setattr__, before), map(setattr, values, repeat("_data"), data[1]))
        raise


def _statistics(module: Stateful) -> Iterator[tuple[str, Stateful, str, float]]:
    """Each list of numbers that no gradient trains: its name, holder, attribute and least number."""
    for prefix, part in module.named_modules():
        for attribute, least in part.saved.items():
            yield f"{prefix}.{attribute}" if prefix else attribute, part, attribute, least


def _check(module: Stateful, numbers: Any, wanted: dict[str, float]) -> None:
    """CheckpointError unless these are the numbers that are wanted, and possible."""
    if not isinstance(numbers, dict):
        raise CheckpointError(f"a state is a dict of numbers by name, got {type(numbers).__name__}")
    missing = [name for name in wanted if name not in numbers]
    unknown = [name for name in numbers if name not in wanted]
    if missing or unknown:
        wrong = [f"it has no {short(missing[0])} ({len(missing)} missing)"] if missing else []
        wrong += [f"the model has no {short(unknown[0])} ({len(unknown)} unknown)"] if unknown else []
        raise CheckpointError(
            f"a state of {len(numbers)} numbers is not that of this {type(module).__name__}, which has "
            f"{len(wanted)}: {'; '.join(wrong)}"
        )
    for name, x in numbers.items():
        if isinstance(x, bool) or not isinstance(x, int | float):
            raise CheckpointError(
                f"{short(name)} has to be a number, and the state has {type(x).__name__} {x!r:.40}"
            )
        if not _finite(x):
            raise CheckpointError(f"{short(name)} has to be finite in doubles, and the state has {x!s:.40}")
    for name, part, attribute, least in _statistics(module):
        for i in range(len(getattr(part, attribute))):
            if (x := numbers[f"{name}.{i}"]) < least:
                raise CheckpointError(
                    f"{short(f'{name}.{i}')} is never below {least:g}, and the state has {x}"
                )


def _finite(x: float) -> bool:
    try:
        return isfinite(x)
    except OverflowError:  # an int beyond the doubles
        return False


# ---------------------------------------------------------------- files


def save(module: Stateful, path: str | PathLike[str]) -> None:
    """Write the state as JSON, in which Python's floats are exact, in place of what `path` was."""
    numbers = state(module)
    _check(module, numbers, numbers)
    files.store(path, FORM, VERSION, {"model": repr(module), "state": numbers})


def load(module: Stateful, path: str | PathLike[str]) -> None:
    """Give the module the state that a file holds; CheckpointError says what is wrong with the file."""
    contents = files.read(path, FORM, VERSION, ["model", "state"], older=1)
    try:
        restore(module, contents["state"])
    except CheckpointError as error:
        raise CheckpointError(
            f"cannot load {fsdecode(path)}, saved from {contents['model']!s:.200}: {error}"
        ) from None
