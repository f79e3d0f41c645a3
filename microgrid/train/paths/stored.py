"""Numbers and paths as JSON keeps them, and taken from a file again, each looked through."""

from __future__ import annotations

from collections.abc import Sequence
from math import copysign, isfinite, isnan
from typing import Any

from ...base.messages import short
from ...errors import CheckpointError
from .path import Path, Point

__all__ = ["column", "kept", "kept_path", "path_of"]

UNWRITTEN = ("nan", "-nan", "inf", "-inf")
"""How JSON, which has no such numbers, keeps them: as texts that `float` takes."""

NUMBERS, TEXTS = ("values", "rates", "steps"), ("label", "stopped", "value")


def kept(numbers: Sequence[float]) -> list[float | str]:
    """A column for JSON: ints and floats as they are, exactly, and what is not finite as a text.

    >>> kept([1, 0.1, float("inf")])
    [1, 0.1, 'inf']
    """
    return [_kept(x) for x in numbers]


def _kept(x: Any) -> float | str:
    plain: float = x.item() if hasattr(x, "item") else x  # one of NumPy's
    if isinstance(plain, int) or isfinite(plain):
        return plain
    sign = "-" if copysign(1.0, plain) < 0 else ""
    return f"{sign}nan" if isnan(plain) else f"{sign}inf"


def column(numbers: Any, what: str) -> list[float]:
    """The numbers of a column that was `kept`; CheckpointError for anything else."""
    if not isinstance(numbers, list):
        raise CheckpointError(f"{what} is a list of numbers, got {type(numbers).__name__}")
    return [_number(x, what) for x in numbers]


def _number(x: Any, what: str) -> float:
    if isinstance(x, str) and x in UNWRITTEN:
        return float(x)
    if isinstance(x, bool) or not isinstance(x, int | float):
        raise CheckpointError(f"{what} holds numbers, got {type(x).__name__} {short(x)}")
    return x


def kept_path(path: Path) -> dict[str, Any]:
    """All that a path has, for JSON."""
    points: list[Any] = [[_point(p) for p in points] for points in (path.points, path.gradients)]
    return {
        "points": points[0],
        "gradients": points[1],
        **{name: kept(getattr(path, name)) for name in NUMBERS},
        "names": list(path.names),
        **{name: getattr(path, name) for name in TEXTS},
    }


def _point(point: Point) -> Any:
    return kept(point) if isinstance(point, list) else _kept(point)


def path_of(contents: Any) -> Path:
    """The path that was kept; CheckpointError says what is none."""
    wanted = {"points", "gradients", "names", *NUMBERS, *TEXTS}
    if not isinstance(contents, dict) or contents.keys() != wanted:
        raise CheckpointError(f"a path has {', '.join(sorted(wanted))}, got {short(contents)}")
    names = contents["names"]
    if not isinstance(names, list) or not all(isinstance(text, str) for text in names):
        raise CheckpointError(f"the names of a path are texts, got {short(names)}")
    for name in TEXTS:
        if not isinstance(contents[name], str):
            raise CheckpointError(f"the {name} of a path is a text, got {short(contents[name])}")
    points, gradients = (_points(contents[name], f"{name} of a path") for name in ("points", "gradients"))
    values, rates, steps = (column(contents[name], f"{name} of a path") for name in NUMBERS)
    n = len(points)
    if [len(values), len(steps), len(rates), len(gradients) or n] != [n, n, max(n - 1, 0), n]:
        raise CheckpointError(
            f"a path of {n} points has as many values and steps, and a rate between two, got "
            f"{len(values)}, {len(steps)} and {len(rates)}"
        )
    texts = {name: contents[name] for name in TEXTS}
    return Path(points, values, gradients, rates, names, steps=[int(k) for k in steps], **texts)


def _points(points: Any, what: str) -> list[Point]:
    if not isinstance(points, list):
        raise CheckpointError(f"{what} is a list, got {type(points).__name__}")
    return [column(point, what) if isinstance(point, list) else _number(point, what) for point in points]
