"""The choices a picture leaves to its reader, checked once, before anything is read or drawn."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .graph.folding import LEVELS
from .graph.trace import Node
from .style.shapes import Point
from .style.theme import THEMES
from .words.language import LANGUAGES

__all__ = ["CHOICES", "SLIDES", "Options", "check_choice"]

SLIDES: dict[str, Point] = {"16:9": (720.0, 405.0), "4:3": (720.0, 540.0)}
"""Points, on a page ten inches wide as presentation programs have it."""

CHOICES = {
    "rankdir": ("LR", "TB", "RL", "BT"),
    "theme": tuple(THEMES),
    "ops": ("merged", "separate"),
    "edges": ("local", "plain"),
    "engine": ("auto", "dot", "pygraphviz"),
    "labels": ("math", "plain"),
    "lang": LANGUAGES,
}


@dataclass(frozen=True, kw_only=True)
class Options:
    """The keyword arguments of `viz.draw`.

    >>> Options(rankdir="up")
    Traceback (most recent call last):
        ...
    ValueError: rankdir='up' is unknown: choose "LR", "TB", "RL" or "BT"
    """

    rankdir: str = "LR"
    theme: str = "lecture"
    ops: str = "merged"
    edges: str = "local"
    labels: str = "math"
    precision: int = 4
    max_nodes: int | None = 5000
    engine: str = "auto"
    title: str | None = None
    legend: bool = False
    highlight: Any = ()
    path: Any = None
    collapse: str | None = "auto"
    around: Any = None
    radius: int | None = None
    color_by: str | None = None
    node_style: Callable[[Node], Mapping[str, Any] | None] | None = None
    timeout: float = 60.0
    slide: str | None = None
    lang: str = "en"

    def __post_init__(self) -> None:
        for name, choices in CHOICES.items():
            check_choice(name, getattr(self, name), choices)
        for name, levels in (
            ("collapse", ("auto", *LEVELS)),
            ("color_by", ("grad",)),
            ("slide", tuple(SLIDES)),
        ):
            if getattr(self, name) is not None:
                check_choice(name, getattr(self, name), levels)
        if self.radius is not None:
            _check_whole("radius", self.radius, 0, None)
            if self.around is None:
                raise ValueError(f"radius={self.radius} says how far from a node: name it with around=")
        if not isinstance(self.timeout, int | float) or isinstance(self.timeout, bool):
            raise TypeError(
                f"timeout is a number of seconds, got {type(self.timeout).__name__} {self.timeout!r}"
            )
        if not 0 < self.timeout < math.inf:
            raise ValueError(f"timeout={self.timeout} is out of range: a positive number of seconds")
        _check_whole("precision", self.precision, 1, 17)
        if self.max_nodes is not None:
            _check_whole("max_nodes", self.max_nodes, 1, None)
        if self.title is not None and not isinstance(self.title, str):
            raise TypeError(f"title is a str or None, got {type(self.title).__name__}")


def check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    """ValueError for what is none of the choices, which it names."""
    if value not in choices:
        *first, last = (f'"{choice}"' for choice in choices)
        raise ValueError(
            f"{name}={value!r} is unknown: choose {' or '.join(filter(None, [', '.join(first), last]))}"
        )


def _check_whole(name: str, value: object, least: int, most: int | None) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name} is a whole number, got {type(value).__name__} {value!r}")
    if value < least or (most is not None and value > most):
        raise ValueError(
            f"{name}={value} is out of range: " + (f"{least} to {most}" if most else f"at least {least}")
        )
