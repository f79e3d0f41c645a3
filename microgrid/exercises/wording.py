"""How numbers and names are written in exercises: −2.5, ŷ, w₁ · x."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache

from .. import pictures

__all__ = ["decimal", "exact", "formula", "plain", "sentence", "typeset"]

DECIMALS = 3


def plain(x: Fraction | float) -> str:
    """A number as a computer reads it: all decimals of a short fraction, three of others.

    >>> plain(Fraction(-5, 2)), plain(0.12345), plain(Fraction(12)), plain(-0.0001), plain(0.1)
    ('-2.5', '0.123', '12', '0.000', '0.1')
    """
    exact = x if isinstance(x, Fraction) else Fraction(x).limit_denominator(100)
    short = isinstance(x, Fraction) or abs(exact - Fraction(x)) < Fraction(1, 10**9)
    digits = next((k for k in range(6) if short and (exact * 10**k).denominator == 1), DECIMALS)
    text = f"{float(x):.{digits}f}"
    return text.removeprefix("-") if not re.search("[1-9]", text) else text


def exact(text: str) -> Fraction:
    """The number that somebody typed, -2.5, −2.5, 1/3 or 1e-3; ValueError where that is none, or a huge one.

    >>> exact("−2.5")
    Fraction(-5, 2)
    """
    text = text.replace("−", "-").replace(" ", "")
    power = re.search(r"e([+-]?\d+)$", text, re.IGNORECASE)
    if len(text) > 40 or (power and abs(int(power[1])) > 9):
        raise ValueError(f"a number has fewer digits than {text[:24]}")
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"a number is written as in -2.5, got {text!r}") from None


def decimal(x: Fraction | float) -> str:
    """A number as it is printed, with a minus sign."""
    return plain(x).replace("-", "−")


@lru_cache(maxsize=4096)
def typeset(name: str) -> str:
    """A name as mathematics writes it, w₁ or ŷ."""
    return pictures.typeset(name)


def formula(text: str) -> str:
    """A formula of the grammar as mathematics writes it.

    >>> formula("2*e1*x - sigmoid(z)**2")
    '2·e₁·x − σ(z)²'
    """
    text = re.sub(r"[^\W\d]\w*", lambda match: typeset(match[0]), text.replace("sigmoid(", "σ("))
    text = re.sub(r"\*\*(\d)(?!\d)", lambda match: "⁰¹²³⁴⁵⁶⁷⁸⁹"[int(match[1])], text)
    return text.replace("*", "·").replace("-", "−").replace("'", "′")


def sentence(texts: Iterable[str]) -> str:
    return ", ".join(texts)
