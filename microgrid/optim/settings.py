"""The settings of optimisers and schedules: checked when given, listed, read back from a saved state."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from math import inf
from os import PathLike, fsdecode
from typing import Any, ClassVar, Self

from ..base import files
from ..base.messages import number
from ..errors import CheckpointError

__all__ = ["Stored", "contents", "fraction", "jsonable", "nonnegative", "positive", "settings"]


def nonnegative(x: float, name: str, usual: float) -> float:
    """A finite number from 0 on."""
    value = number(x, finite=False, where=f"{name} is a real number")
    if not 0 <= value < inf:
        raise ValueError(f"{name} is a finite number from 0 on, got {value}: {usual} is usual")
    return value


def positive(x: float, name: str, usual: float) -> float:
    """A finite number above 0."""
    value = number(x, finite=False, where=f"{name} is a real number")
    if not 0 < value < inf:
        raise ValueError(f"{name} is a finite number above 0, got {value}: {usual} is usual")
    return value


def fraction(x: float, name: str, usual: float, one: bool = True) -> float:
    """A number from 0 to 1; without 1 itself where `one` is False."""
    value = number(x, finite=False, where=f"{name} is a real number")
    if not 0 <= value <= 1 or (value == 1 and not one):
        raise ValueError(
            f"{name} lies from 0 to 1{'' if one else ', 1 excluded'}, got {value}: {usual} is usual"
        )
    return value


# ---------------------------------------------------------------- saved states


def settings(made: object) -> dict[str, Any]:
    """What the constructor was given behind its first argument: each is kept in the attribute of its name."""
    from inspect import signature

    return {name: getattr(made, name) for name in list(signature(type(made)).parameters)[1:]}


def jsonable(values: dict[str, Any]) -> dict[str, Any]:
    """Tuples as lists, which is what comes back from JSON."""
    return {name: list(x) if isinstance(x, tuple) else x for name, x in values.items()}


def contents(state: dict[str, Any], made: object, more: Iterable[str]) -> dict[str, Any]:
    """A saved state without its kind; CheckpointError unless it has `made`'s kind and settings and `more`."""
    kind = type(made).__name__
    saved = state.get("kind") if isinstance(state, dict) else type(state).__name__
    if saved != kind:
        raise CheckpointError(
            f"this is the state of {saved}, and {kind} needs what its own state_dict() gave"
        )
    expected, present = {*settings(made), *more}, state.keys() - {"kind"}
    if present != expected:
        wrong = [f"without {name}" for name in sorted(expected - present)]
        wrong += [f"with the unknown {name}" for name in sorted(map(str, present - expected))]
        raise CheckpointError(
            f"this state of {kind} comes {', '.join(wrong)}: load what its state_dict() gave"
        )
    return {name: state[name] for name in present}


class Stored(ABC):
    """What has a state_dict, and writes it into a file that knows when it is damaged."""

    form: ClassVar[str]
    """What its files say they are."""

    @abstractmethod
    def state_dict(self) -> dict[str, Any]:
        """What `load_state_dict` goes on from."""

    @abstractmethod
    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave; CheckpointError, and nothing changes, if it is anything else."""

    def save(self, path: str | PathLike[str]) -> None:
        """Write the state as JSON, exactly; a file that stands there is replaced only by a complete one."""
        files.store(path, self.form, 1, {"state": self.state_dict()})

    def load(self, path: str | PathLike[str]) -> Self:
        """Go on from a file that `save` wrote, as `load_state_dict` does; the object itself comes back.

        CheckpointError, and nothing changes, if the file is damaged or is something else.
        """
        state = files.read(path, self.form, 1, ["state"])["state"]
        try:
            self.load_state_dict(state)
        except CheckpointError as error:
            raise CheckpointError(f"cannot load {fsdecode(path)}: {error}") from None
        return self
