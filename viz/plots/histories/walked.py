"""Paths, of descents and of trainings, as columns over their steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import hypot
from typing import Any

from microgrid.base.messages import short
from microgrid.base.phrases import Say

__all__ = ["PARAMETERS", "columns", "is_path", "title"]

PARAMETERS = "parameters"
"""The column that is all variables."""


def is_path(run: Any) -> bool:
    """Whether it is a `train.Path`, or like one."""
    return hasattr(run, "points") and hasattr(run, "rates")


def columns(path: Any, metric: str, name: str) -> list[Mapping[str, Sequence[float]]]:
    """A column of a path as a history has it, over its steps; of all parameters one for each."""
    points = [point if isinstance(point, list) else [point] for point in path.points]
    if not points:
        raise ValueError(f"the path {short(name)} is empty: it has no point")
    variables = dict(zip(path.names, zip(*points, strict=True), strict=True))
    if metric == PARAMETERS:
        return [{"epoch": path.steps, metric: column} for column in variables.values()]
    known: dict[str, Sequence[float]] = {"loss": path.values}
    if path.rates:
        known["lr"] = path.rates
    if path.gradients:
        known["gradient"] = [hypot(*g) if isinstance(g, list) else abs(g) for g in path.gradients]
    known |= {key: column for key, column in variables.items() if key not in known}
    if metric not in known:
        listed = [*list(known)[:8], *(["..."] if len(known) > 8 else []), PARAMETERS]
        raise ValueError(f"the path {short(name)} has no {short(metric)}: it has {', '.join(listed)}")
    column = known[metric]
    return [{"epoch": path.steps[: len(column)], metric: column}]


def title(metric: str, say: Say) -> str | None:
    """What a column of a path is called on an axis; None if it is as that of a history."""
    known = {PARAMETERS: say("parameters"), "gradient": say("length of the gradient")}
    return known.get(metric)
