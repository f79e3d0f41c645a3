"""`sweep`: the same training for many settings, their results side by side."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

from ...arguments import ArrayLike
from ...base.messages import short, warn
from ..examples import Examples
from ..runs.identity import data, named
from ..runs.progress import bar
from .engines import engine_of
from .fits import Fits, Make, Settings
from .stored import Store, fitted_of, folder_of, plain
from .study import Fitted, Study

__all__ = ["sweep"]


def sweep(
    make: Make,
    settings: Mapping[str, Iterable[Any]] | Iterable[Settings],
    X: ArrayLike,
    y: ArrayLike,
    *,
    executor: Any = None,
    by: str | None = None,
    lowest: bool | None = None,
    seed: int = 0,
    resume: str | os.PathLike[str] | None = None,
    progress: bool = True,
    **options: Any,
) -> Study:
    """Fit a model for each choice of settings, and compare them: a `Study`.

    - `make`: a function that is handed the settings by their names and returns the model, or the model and a
      dict of options of `fit` (an optimiser that depends on `lr`, say).
    - `settings`: a mapping from each name to its values, of which every combination is fitted, or the choices
      themselves, a dict each (drawn at random, say).
    - `executor`: who computes: None this process, one fit after another; processes of `concurrent.futures`, a
      `distributed.Client` of Dask, the module `ray`, or a `joblib.Parallel`.  The numbers are the same: of
      the threads of one process one fits at a time, as `make` and `fit` draw from Python's `random`, which
      other threads of the process do not disturb meanwhile.
    - `by`: the column of the histories to compare by: "validation_loss", or "loss" where nothing validates.
      The lowest is the best where its name ends in "loss", else the highest, unless `lowest` says so.
    - `seed`: of the first weights, of shuffling and of the validation's samples; a setting called "seed" goes
      before it.  It is the same for all, so that they differ in their settings alone.
    - `resume`: a folder with a file for each fit that has ended.  After Ctrl-C or a kill the same call
      computes the others.  CheckpointError if a file is damaged, or of another study.
    - `progress`: a bar on stderr where that is a terminal, or in a notebook.
    - All other options are those of `fit`, the same for every fit.

    A fit that raises is reported with its settings, in `failed`, and the others go on; so it is with one
    whose worker died.  A pool of processes breaks with it: what it had not given is computed one by one, of
    `concurrent.futures` in a pool of one worker like it, of joblib until that fit is found.
    Ctrl-C ends the study: what has ended so far is returned, and a warning says so.

    >>> from microgrid import nn, optim
    >>> def make(width, lr):
    ...     return nn.MLP(1, [width, 1]), {"optimizer": lambda ps: optim.Adam(ps, lr=lr)}
    >>> X, y = [[-1.0], [0.0], [1.0], [2.0]], [1.0, 0.0, 1.0, 4.0]
    >>> study = sweep(make, {"width": [2, 8], "lr": [0.1, 1e-6]}, X, y, loss="mse", epochs=50)
    >>> len(study), study.best.settings["lr"]
    (4, 0.1)
    """
    chosen = _choices(settings)
    given = engine_of(executor)
    folder = folder_of(resume)
    if not callable(make):
        raise TypeError(f"make is a function of the settings that returns a model, got {short(make)}")
    examples = Examples(X, y, "sweep")  # an error in the data is one of the call, not of every fit
    of_study = {"make": named(make), "options": plain(options), "seed": seed, **data(examples)}
    stores = [Store(folder, of_study, plain(one)) for one in chosen]
    found: list[Fitted | None] = [store.read(one) for store, one in zip(stores, chosen)]
    left = [k for k, fitted in enumerate(found) if fitted is None]
    fits = Fits(make, examples.X, examples.y, options, seed)
    shown = bar(len(chosen), len(chosen) - len(left), "fit") if progress else None
    stopped = ""
    try:
        for j, result in given(fits, [chosen[k] for k in left]):
            k = left[j]
            found[k] = fitted = _ended(chosen[k], result)
            if not fitted.error:
                stores[k].write(fitted)
            if shown is not None:
                shown.update()
    except KeyboardInterrupt:
        ended = sum(fitted is not None for fitted in found)
        stopped = f"interrupted after {ended} of {len(chosen)} fits"
        warn(f"the study was {stopped}{'' if resume is None else ': the same call goes on'}", RuntimeWarning)
    finally:
        if shown is not None:
            shown.close()
    ended_fits = [fitted for fitted in found if fitted is not None]
    column = by or _column(ended_fits)
    _check_column(column, ended_fits)
    least = column.endswith("loss") if lowest is None else lowest
    return Study(ended_fits, make, column, least, seed, stopped)


def _choices(settings: Mapping[str, Iterable[Any]] | Iterable[Settings]) -> list[Settings]:
    if isinstance(settings, Mapping):
        for name, values in settings.items():
            if isinstance(values, str) or not isinstance(values, Iterable):
                raise TypeError(
                    f"settings[{name!r}] is a list of the values to try, got {short(values)}: "
                    "put it into brackets"
                )
        chosen: list[Settings] = [dict(zip(settings, values)) for values in product(*settings.values())]
    else:
        chosen = list(settings)
    if not chosen:
        raise ValueError("there is nothing to fit: settings has no choice in it")
    for k, one in enumerate(chosen):
        if not isinstance(one, Mapping) or not all(isinstance(name, str) for name in one):
            raise TypeError(f"settings[{k}] is a dict from names to values, got {short(one)}")
    return chosen


def _ended(settings: Settings, result: Any) -> Fitted:
    """The fit, or what happened to its worker."""
    try:
        found = result()
    except Exception as error:
        text = str(error).strip().partition("\n")[0]
        return Fitted(settings, error=f"its worker: {type(error).__name__}: {text}")
    return fitted_of(settings, found)


def _column(fits: Sequence[Fitted]) -> str:
    validated = any(fitted.history is not None and "validation_loss" in fitted.history for fitted in fits)
    return "validation_loss" if validated else "loss"


def _check_column(by: str, fits: Sequence[Fitted]) -> None:
    for fitted in fits:
        if fitted.history is not None and by not in fitted.history:
            known = ", ".join(fitted.history)
            raise ValueError(f"by={by!r} is no column of the histories, which have {known}")
