"""The choices a picture leaves to its reader, checked once, before anything is read or drawn."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from microgrid.base.checks import one_of, whole

from .graph.folding import LEVELS
from .graph.trace import Node
from .style.shapes import Point
from .style.theme import THEMES
from .words.language import LANGUAGES

__all__ = ["CHOICES", "SLIDES", "Options"]

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
            one_of(getattr(self, name), name, choices)
        for name, levels in (
            ("collapse", ("auto", *LEVELS)),
            ("color_by", ("grad",)),
            ("slide", tuple(SLIDES)),
        ):
            if getattr(self, name) is not None:
                one_of(getattr(self, name), name, levels)
        if self.radius is not None:
            whole(self.radius, "radius", least=0)
            if self.around is None:
                raise ValueError(f"radius={self.radius} says how far from a node: name it with around=")
        if not isinstance(self.timeout, int | float) or isinstance(self.timeout, bool):
            raise TypeError(
                f"timeout is a number of seconds, got {type(self.timeout).__name__} {self.timeout!r}"
            )
        if not 0 < self.timeout < math.inf:
            raise ValueError(f"timeout={self.timeout} is out of range: a positive number of seconds")
        whole(self.precision, "precision", least=1, most=17)
        if self.max_nodes is not None:
            whole(self.max_nodes, "max_nodes", least=1)
        if self.title is not None and not isinstance(self.title, str):
            raise TypeError(f"title is a str or None, got {type(self.title).__name__}")
