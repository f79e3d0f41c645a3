"""One fit of a study, as it is computed wherever it is sent: numbers come back, and no objects."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeAlias

from ...nn.module import Model, Module
from ..fit import fit
from .seeding import ALONE, seeded

__all__ = ["Fits", "Make", "Settings", "made", "restored"]

Settings: TypeAlias = Mapping[str, Any]
Make: TypeAlias = Callable[..., "Model | tuple[Model, Mapping[str, Any]]"]
"""A function of the settings, by name: a model, or one with what `fit` is to be told besides."""


@dataclass(frozen=True)
class Fits:
    """What all fits of a study have in common; called with settings, it makes a model and trains it.

    Of several threads one fits at a time, `make` and training together: see `seeded`.
    """

    make: Make
    X: Any
    y: Any
    options: Mapping[str, Any]
    seed: int

    def __call__(self, settings: Settings) -> dict[str, Any]:
        """What became of it, as JSON can have it: "error", or the state, the history and its epoch."""
        began = perf_counter()
        with ALONE, warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                found = self._fit(settings)
            except Exception as error:
                found = {"error": f"{type(error).__name__}: {error}"}
        warned = [str(w.message) for w in caught if issubclass(w.category, RuntimeWarning)]
        return found | {"seconds": perf_counter() - began, "warnings": warned}

    def _fit(self, settings: Settings) -> dict[str, Any]:
        seed = settings.get("seed", self.seed)
        with seeded(seed):
            model, own = made(self.make, settings)
            options = {"seed": seed, "progress": False, **self.options, **own}
            history = fit(model, self.X, self.y, **options)
        if "interrupted" in history.stopped:
            raise KeyboardInterrupt
        if not history["epoch"]:
            return {"error": f"no epoch ended: it {history.stopped}"}
        best = "the parameters are those of epoch" in history.stopped
        epoch = history.best_epoch if best else len(history["epoch"])
        return {"state": history.state, "history": history.contents(), "epoch": epoch}


def made(make: Make, settings: Settings) -> tuple[Model, Mapping[str, Any]]:
    """The model for these settings, and what `fit` is to be told besides."""
    found = make(**settings)
    model, options = found if isinstance(found, tuple) and len(found) == 2 else (found, {})
    if not callable(model) or not hasattr(model, "parameters") or not isinstance(options, Mapping):
        raise TypeError(
            f"make returns a model, or a model and a dict of options of fit: got {type(found).__name__} "
            f"{found!r:.80}"
        )
    return model, options


def restored(make: Make, settings: Settings, seed: int, state: Mapping[str, float]) -> Model:
    """The model of a fit with what it had learned."""
    with seeded(settings.get("seed", seed)):
        model, _ = made(make, settings)
    if isinstance(model, Module):
        model.load_state_dict(dict(state))
    else:
        for p, x in zip(model.parameters(), state.values(), strict=True):
            p.data = x
    return model
