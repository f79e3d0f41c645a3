"""What a study has found: a table with a line for each fit, and the best model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

from ...base.checks import pandas
from ...base.messages import short
from ...errors import GraphError
from ...nn.module import Model
from ..history import History
from .fits import Make, Settings, restored

__all__ = ["Fitted", "Study"]


@dataclass(frozen=True)
class Fitted:
    """One fit of a study: its settings, and what became of it."""

    settings: Settings
    history: History | None = None
    epoch: int = 0
    """That of the parameters: the last, or the best one where early stopping brought it back."""
    state: dict[str, float] = field(default_factory=dict, repr=False)
    seconds: float = 0.0
    error: str = ""
    """Why there is no history: what the fit raised, or what happened to its worker; "" for all others."""
    warnings: tuple[str, ...] = ()

    @property
    def trouble(self) -> str:
        """ "diverged" where the loss grew, "stopped" where a loss or a gradient was not finite, or ""."""
        for word in ("diverged", "stopped"):
            if any(warned.startswith(f"fit {word}") for warned in self.warnings):
                return word
        return ""

    def score(self, column: str) -> float:
        """The column's number at that epoch; GraphError if the fit has failed."""
        if self.history is None:
            raise GraphError(f"the fit with {shown(self.settings)} has no {column}: {self.error}")
        return self.history[column][self.epoch - 1]


class Study(Sequence[Fitted]):
    """The fits of `sweep`, in the order of their settings.

    `by` is the column they are compared by; `str` is the table, the best first, with a word for a fit that
    diverged or was stopped; `best` the best fit and `model()` its model, `failed` what raised.  `stopped`
    says why not all were computed, or "".
    """

    def __init__(
        self, fits: Sequence[Fitted], make: Make, by: str, lowest: bool, seed: int, stopped: str
    ) -> None:
        self._fits, self._make, self._seed = list(fits), make, seed
        self.by, self.lowest, self.stopped = by, lowest, stopped

    @overload
    def __getitem__(self, k: int) -> Fitted: ...
    @overload
    def __getitem__(self, k: slice) -> list[Fitted]: ...
    def __getitem__(self, k: int | slice) -> Fitted | list[Fitted]:
        return self._fits[k]

    def __len__(self) -> int:
        return len(self._fits)

    def __iter__(self) -> Iterator[Fitted]:
        return iter(self._fits)

    @property
    def ranked(self) -> list[Fitted]:
        """The fits that ended, the best first."""
        ended = [fitted for fitted in self if fitted.history is not None]
        return sorted(ended, key=lambda fitted: fitted.score(self.by), reverse=not self.lowest)

    @property
    def failed(self) -> list[Fitted]:
        return [fitted for fitted in self if fitted.error]

    @property
    def best(self) -> Fitted:
        """The fit with the best number in `by`; GraphError if each has failed, or none has ended."""
        ranked = self.ranked
        if not ranked:
            why = self.failed[0].error if self.failed else self.stopped
            what = "each fit of this study failed" if self.failed else "no fit of this study has ended"
            raise GraphError(f"{what}, so none is the best: {why}")
        return ranked[0]

    def model(self, fitted: Fitted | None = None) -> Model:
        """The trained model of the fit `fitted`, or of the best one, made anew and given what it had learned.

        GraphError for a fit that failed.
        """
        chosen = self.best if fitted is None else fitted
        if chosen.history is None:
            raise GraphError(f"the fit with {shown(chosen.settings)} has no model: {chosen.error}")
        return restored(self._make, chosen.settings, self._seed, chosen.state)

    def dataframe(self) -> Any:
        """A pandas DataFrame, a row for each fit: settings, what its history ends with, the error."""
        rows = []
        for fitted in self:
            found: dict[str, Any] = {} if fitted.history is None else dict.fromkeys(fitted.history, 0.0)
            found = {column: fitted.score(column) for column in found} | {"seconds": fitted.seconds}
            rows.append({**fitted.settings, **found, **fitted.settings, "error": fitted.error})
        return pandas("str(study)").DataFrame(rows)

    def __str__(self) -> str:
        names = list(dict.fromkeys(name for fitted in self for name in fitted.settings))
        lines = [[*names, self.by, "epoch", "seconds"]]
        for fitted in self.ranked:
            chosen = [_cell(fitted.settings.get(name, "")) for name in names]
            numbers = [f"{fitted.score(self.by):.4g}", str(fitted.epoch), f"{fitted.seconds:.2f}"]
            lines.append(chosen + numbers)
        widths = [max(map(len, column)) for column in zip(*lines)]
        table = ["  ".join(cell.rjust(width) for cell, width in zip(line, widths)) for line in lines]
        for k, fitted in enumerate(self.ranked, start=1):
            table[k] += f"  {fitted.trouble}" if fitted.trouble else ""
        table += [f"failed: {shown(fitted.settings)}: {fitted.error}" for fitted in self.failed]
        return "\n".join([*table, self.stopped] if self.stopped else table)

    def __repr__(self) -> str:
        if not self.ranked:
            what = "each of which failed" if self.failed else "none of which has ended"
            return f"Study of {len(self)} fits, {what}"
        best, failed = self.best, f", {len(self.failed)} failed" if self.failed else ""
        found = f"{self.by} {best.score(self.by):.4g} with {shown(best.settings)}"
        return f"Study of {len(self)} fits{failed}: the best has {found}"


def shown(settings: Settings) -> str:
    return ", ".join(f"{name}={_cell(x)}" for name, x in settings.items())


def _cell(x: Any) -> str:
    return getattr(x, "__name__", None) or (x if isinstance(x, str) else short(x))
