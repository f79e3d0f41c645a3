"""How large a network may be to be drawn, asked before anything of it is built."""

from __future__ import annotations

from ..errors import TooLarge

__all__ = ["check_size"]

MOST_UNITS, MOST_LINKS = 2_000, 200_000
MOST_PARAMETERS = MOST_UNITS + MOST_LINKS
"""Each link has a weight of its own at most, and each unit a bias."""


def check_size(name: str, way: str, *, units: int = 0, links: int = 0, parameters: int = 0) -> None:
    """TooLarge for what has too many units, links or parameters; `way` says what to do instead.

    >>> check_size("MLP", "draw a part", units=3_000)
    Traceback (most recent call last):
        ...
    viz.errors.TooLarge: MLP has 3,000 units, and a diagram at most 2,000: draw a part
    """
    for count, what, most in (
        (units, "units", MOST_UNITS),
        (links, "links", MOST_LINKS),
        (parameters, "parameters", MOST_PARAMETERS),
    ):
        if count > most:
            raise TooLarge(f"{name} has {count:,} {what}, and a diagram at most {most:,}: {way}")
