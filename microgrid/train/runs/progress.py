"""How far a training is, shown while it runs: a bar on terminals and in notebooks, a line for each epoch."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ...base.checks import whole
from ...base.phrases import Say, speaker

__all__ = ["Progress", "bar"]

Columns = Mapping[str, Sequence[float]]
Advance = Callable[[int, Columns], None]
"""Called after each epoch with its number and the history so far."""

VERBOSE = "verbose (0 for no lines, 1 for one after each epoch)"


class Progress:
    """What `fit` was asked to show: a bar where there is a place for one, a line every `verbose` epochs."""

    def __init__(self, shown: bool, verbose: int, lang: str) -> None:
        self.bar, self.say = shown, speaker(lang)
        self.every = int(verbose) if isinstance(verbose, bool) else whole(verbose, VERBOSE, 0)

    @contextmanager
    def over(self, epochs: int, done: int) -> Iterator[Advance]:
        """Show the epochs after those that are `done`; what to call after each.

        The last epoch has a line in any case, wherever the training ends.
        """
        shown = bar(epochs, done, self.say("epoch")) if self.bar else None
        if shown is None and not self.every:
            yield lambda epoch, columns: None
            return
        told = last = done
        rows: Columns = {}

        def advance(epoch: int, columns: Columns) -> None:
            nonlocal told, last, rows
            last, rows = epoch, columns
            if shown is not None:
                shown.set_postfix_str(f"{self.say('loss')} {columns['loss'][-1]:.4g}", refresh=False)
                shown.update()
            if self.every and (epoch % self.every == 0 or epoch == epochs):
                told = epoch
                _print(line(self.say, epoch, epochs, columns), shown)

        try:
            yield advance
        finally:
            if self.every and last > told:
                _print(line(self.say, last, epochs, rows), shown)
            if shown is not None:
                shown.close()


def line(say: Say, epoch: int, epochs: int, columns: Columns) -> str:
    """What Keras says of an epoch, which calls the columns of the validation "val_loss" and the like.

    >>> from microgrid.base.phrases import ENGLISH
    >>> line(ENGLISH, 3, 20, {"epoch": [3], "loss": [0.31244], "validation_loss": [2e-5], "lr": [0.1]})
    'Epoch 3/20 - loss: 0.3124 - val_loss: 2.0000e-05'
    """
    known = {"loss": say("loss"), "accuracy": say("accuracy")}
    parts = [say("Epoch {k}/{n}", k=epoch, n=epochs)]
    for column, numbers in columns.items():
        if column in ("epoch", "lr", "seconds"):
            continue
        name = column.removeprefix("validation_")
        prefix = "val_" if name != column else ""
        parts.append(f"{prefix}{known.get(name, name)}: {_number(numbers[-1])}")
    return " - ".join(parts)


def _number(x: float) -> str:
    return f"{x:.4f}" if x == 0 or 1e-3 < abs(x) < 1e6 else f"{x:.4e}"


def _print(text: str, shown: Any) -> None:
    """A line on stdout at once, above a bar that stands there."""
    out = sys.stdout
    if out is None:  # there is none where a program has no console
        return
    encoding = getattr(out, "encoding", None) or "utf-8"
    text = text.encode(encoding, "replace").decode(encoding)
    if shown is None:
        out.write(text + "\n")
    else:
        shown.write(text, file=out)
    out.flush()


def bar(epochs: int, done: int, unit: str) -> Any:
    """A bar of tqdm's on a terminal, or in a notebook that shows such; None elsewhere, as in pipes."""
    notebook = _in_notebook()
    if not notebook and (sys.stderr is None or not sys.stderr.isatty()):
        return None
    try:
        with warnings.catch_warnings():  # that this notebook shows no widgets
            warnings.simplefilter("ignore")
            from tqdm.auto import tqdm
            from tqdm.notebook import IProgress
    except ImportError:
        return None
    if notebook and IProgress is None:
        return None
    return tqdm(total=epochs, initial=done, unit=unit, file=None if notebook else sys.stderr)


def _in_notebook() -> bool:
    """Whether this is a kernel that a notebook speaks to, as tqdm finds it out."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return "IPKernelApp" in getattr(shell, "config", ())
