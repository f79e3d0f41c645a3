"""Checks of what users hand in, worded once: a whole number in a range, one of several choices, a seed."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from operator import index
from typing import TYPE_CHECKING, Any, SupportsIndex

if TYPE_CHECKING:
    from numpy.random import Generator

__all__ = ["did_you_mean", "generator", "is_array", "one_of", "pandas", "seed_number", "whole"]


def whole(n: SupportsIndex, what: str, least: int = 1, most: int | None = None) -> int:
    """A whole number from `least` to `most` as an int; NumPy's are welcome, True and False are not.

    >>> whole(0, "epochs")
    Traceback (most recent call last):
    ValueError: epochs is at least 1, got 0
    """
    try:
        number = index(n)
    except TypeError:  # asked, not looked up: every array has an __index__, for those of one number
        number = None
    if number is None or isinstance(n, bool):
        raise TypeError(f"{what} is a whole number, got {type(n).__name__} {n!r}")
    if number < least or (most is not None and number > most):
        limits = f"at least {least}" if most is None else f"from {least} to {most}"
        raise ValueError(what + f" is {limits}, got {number}")  # an option stays one
    return number


def seed_number(seed: object, kinds: str) -> int:
    """A seed that is no generator, as an int; the TypeError for another says which kinds there are."""
    if not isinstance(seed, SupportsIndex):
        raise TypeError(f"seed is {kinds}, got {type(seed).__name__} {seed!r}")
    return index(seed)


def generator(seed: Any) -> Generator:
    """A random source of NumPy's; the error for what is no seed names the argument."""
    import numpy as np

    try:
        return np.random.default_rng(seed)
    except (TypeError, ValueError) as error:
        kinds = "an int from 0 on, several of them, a NumPy Generator or None"
        raise type(error)(f"seed is {kinds}, got {type(seed).__name__} {seed!r:.40}") from error


def one_of(choice: object, what: str, choices: Iterable[str | None]) -> None:
    """ValueError for what is none of the choices, which it names.

    >>> one_of("up", "rankdir", ("LR", "TB"))
    Traceback (most recent call last):
    ValueError: rankdir='up' is unknown: choose "LR" or "TB"
    """
    names = list(choices)
    if not isinstance(choice, str | None) or choice not in names:  # an array is compared number by number
        *first, last = ("None" if name is None else f'"{name}"' for name in names)
        known = f"{', '.join(first)} or {last}" if first else last
        meant = did_you_mean(choice, filter(None, names)) if isinstance(choice, str) else ""
        raise ValueError(f"{what}={choice!r} is unknown{meant}: choose {known}")


def did_you_mean(name: str, known: Iterable[str], most: int = 100) -> str:
    """A hint at what is spelled alike, in brackets; nothing where that would be a guess.

    >>> did_you_mean("Adm", ["SGD", "Adam"]), did_you_mean("l", ["w", "L"]), did_you_mean("up", ["LR"])
    (" (did you mean 'Adam'?)", " (did you mean 'L'?)", '')
    """
    from difflib import get_close_matches

    spelled = {text.lower(): text for text in reversed(list(islice(known, most))) if text != name}
    similar = get_close_matches(name.lower(), spelled, n=1, cutoff=0.7)
    return f" (did you mean {spelled[similar[0]]!r}?)" if similar else ""


def is_array(x: Any) -> bool:
    """Whether x is an array of numbers or of Values, or a list with arrays in it."""
    kind = getattr(getattr(x, "dtype", None), "kind", "")
    if kind:
        return kind == "O" or (kind in "biuf" and x.shape != () and not hasattr(x, "mask"))
    return isinstance(x, list | tuple) and any(map(is_array, x))


def pandas(without: str) -> Any:
    """pandas, which only a DataFrame needs; without it an ImportError names what serves `without` it."""
    try:
        import pandas
    except ImportError:
        raise ImportError(f"a DataFrame needs pandas: pip install pandas, or use {without}") from None
    return pandas
