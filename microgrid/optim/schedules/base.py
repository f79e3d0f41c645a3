"""What schedules share: they count epochs, write the optimiser's lr, and are saved and loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Protocol

from ...base.checks import whole
from ...errors import CheckpointError
from ..settings import Stored, contents, jsonable, nonnegative, settings

__all__ = ["HasRate", "Resumable", "Schedule"]


class HasRate(Protocol):
    """What a schedule rules: an optimiser, or anything with a learning rate."""

    lr: float


class _Rate:
    """Stands for the optimiser while a schedule is made of a saved state that may prove wrong."""

    lr = 0.0


class Resumable(Stored):
    """Something that counts epochs for an optimiser, and can be saved."""

    form = "schedule"
    progress: ClassVar[dict[str, Callable[[Any], Any]]] = {}
    """What changes from epoch to epoch, and what checks it when it is loaded."""

    def __init__(self, optimizer: HasRate) -> None:
        if not hasattr(optimizer, "lr"):
            raise TypeError(
                f"a schedule writes the lr of an optimizer, and {type(optimizer).__name__} has none"
            )
        self.optimizer = optimizer
        self.last_epoch = 0

    def state_dict(self) -> dict[str, Any]:
        """The settings and how far the schedule has come, as numbers that JSON keeps exactly."""
        progress = {name: getattr(self, name) for name in self.progress}
        return {"kind": type(self).__name__, **jsonable(settings(self)), **progress}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from `state`, settings included; CheckpointError, and no change, if it is not of its kind."""
        saved = contents(state, self, self.progress)
        try:
            progress = {name: check(saved.pop(name)) for name, check in self.progress.items()}
            made = type(self)(_Rate(), **saved)
        except (TypeError, ValueError) as error:
            raise CheckpointError(f"the state of {type(self).__name__} cannot be: {error}") from error
        self.__dict__ |= made.__dict__ | progress | {"optimizer": self.optimizer}

    def __repr__(self) -> str:
        listed = ", ".join(f"{name}={x!r}" for name, x in settings(self).items())
        return f"{type(self).__name__}({listed}) at epoch {self.last_epoch}"


class Schedule(Resumable):
    """The base of the schedules with a formula, `lr_at`; making one sets the optimiser's lr to `lr_at(0)`."""

    progress: ClassVar = {
        "base_lr": lambda x: nonnegative(x, "base_lr", 0.01),
        "last_epoch": lambda x: whole(x, "last_epoch", least=0),
    }

    def __init__(self, optimizer: HasRate) -> None:
        super().__init__(optimizer)
        self.base_lr = float(optimizer.lr)
        optimizer.lr = self.lr_at(0)

    def lr_at(self, epoch: int) -> float:
        """The learning rate of an epoch, counted from 0; NotImplementedError in the base, which has none."""
        raise NotImplementedError(
            f"{type(self).__name__} has no lr_at: a schedule computes the rate of an epoch there"
        )

    def step(self) -> None:
        """Go on to the next epoch."""
        self.optimizer.lr = self.lr_at(self.last_epoch + 1)
        self.last_epoch += 1

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """As the base's; the optimiser's lr becomes that of the epoch."""
        super().load_state_dict(state)
        self.optimizer.lr = self.lr_at(self.last_epoch)
