"""The options of `viz.network`: a field for each, with its type, default, choices and help."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ParamSpec, Protocol, TypeVar

from microgrid.base.checks import whole
from microgrid.base.phrases import LANG, LANGUAGES, Option

from ..options import MOST_UNITS, SLIDES, Chosen, about, set_signature
from ..style.theme import THEMES

__all__ = ["NetworkOptions", "takes_model"]

picture = partial(about, "picture")


@dataclass(frozen=True, kw_only=True)
class NetworkOptions(Chosen):
    """The keyword arguments of `viz.network`.

    >>> NetworkOptions(weights="all")
    Traceback (most recent call last):
        ...
    ValueError: weights='all' is unknown: choose "auto", "numbers", "names", "width" or "none"
    """

    show: str = field(
        default="auto",
        metadata=picture(
            "what circles and arrows tell: their names and weights, the values of a sample, or gradients; "
            "auto (default): values where there are some",
            ("auto", "weights", "values", "gradients"),
        ),
    )
    weights: str = field(
        default="auto",
        metadata=picture(
            "on the arrows numbers, names, or nothing, with their size as the width or (none) all alike; "
            "auto (default): numbers where there is room",
            ("auto", "numbers", "names", "width", "none"),
        ),
    )
    theme: str = field(default="lecture", metadata=picture("colours (default: %(default)s)", THEMES))
    precision: int = field(
        default=3, metadata=picture("significant digits at most (default: %(default)s)", metavar="N")
    )
    title: str | None = field(default=None, metadata=picture("to stand above the picture", metavar="TEXT"))
    legend: bool = field(default=True, metadata=picture("leave out what says which mark is what"))
    slide: str | None = field(default=None, metadata=about("slides", "fill a slide", SLIDES))
    max_units: int | None = field(
        default=MOST_UNITS,
        metadata=about(
            "large networks",
            "draw the first units of larger columns and the last (default: %(default)s), or none to draw all",
            metavar="N",
        ),
    )
    lang: str = field(default=LANG, metadata=about("language", "", LANGUAGES))

    def __post_init__(self) -> None:
        self.check()
        if self.max_units is not None:
            whole(self.max_units, Option("max_units"), least=3)


P = ParamSpec("P")
Result = TypeVar("Result", covariant=True)


class _Takes(Protocol[P, Result]):
    """What is called with a model, perhaps a sample, and options."""

    def __call__(self, model: Any, x: Any = None, *args: P.args, **options: P.kwargs) -> Result: ...


def takes_model(
    options: Callable[P, NetworkOptions],
) -> Callable[[Callable[..., Result]], _Takes[P, Result]]:
    """`options.takes` for a function of a model and a sample."""

    def sign(function: Callable[..., Result]) -> _Takes[P, Result]:
        set_signature(function, options)
        return function

    return sign
