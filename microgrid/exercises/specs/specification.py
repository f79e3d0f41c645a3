"""What exercises are to be made of: an expression, and the numbers that its names may have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ...base.checks import did_you_mean
from ...base.phrases import Phrase
from ...errors import ExpressionError
from ...expressions.grammar import MAX_LENGTH
from ...expressions.parse import free_names
from ...expressions.tokens import NUMBER, normal_name
from ..wording import exact
from .shapes import expression_of_shape, is_shape
from .templates import TEMPLATES

__all__ = ["MOST_VALUES", "RATES", "Range", "Specification", "specification"]

MOST_VALUES = 10_000
"""Numbers of one range."""
RATES = ("eta", "η", "lr")
"""What the learning rate of an update may be called."""
DEFAULT_RATES = (Fraction(1, 10), Fraction(1, 5), Fraction(1, 2))

_SIGNED = rf"[+-]?\s*{NUMBER.pattern}"
_SPAN = re.compile(
    rf"(?P<low>{_SIGNED})\s*\.\.\s*(?P<high>{_SIGNED})(?:\s+step\s+(?P<step>{NUMBER.pattern}))?"
)


@dataclass(frozen=True)
class Range:
    """The numbers that a name may have; 0, and 1 as a factor, are wanted only where a list names them."""

    name: str
    values: tuple[Fraction, ...]
    listed: bool = False


@dataclass(frozen=True)
class Specification:
    """`text` is what `parse` reads; `parameters` are what an update changes; `title` is what it is about.

    >>> found = specification("L = (w*x)**2; w in -1..1; x in 0, 0.5")
    >>> found.text, found.parameters
    ('L = (w*x)**2', ('w',))
    >>> [[str(value) for value in each.values] for each in found.ranges]
    [['-1', '1'], ['0', '1/2']]
    """

    text: str
    ranges: tuple[Range, ...]
    parameters: tuple[str, ...]
    rate: Range
    title: Phrase | str = ""
    kinds: tuple[str, ...] = ()
    """Those that it is meant for; none where that is to be found out."""
    network: bool = False
    """Whether it was given by a network's shape."""


def specification(text: str, params: Iterable[str] = ()) -> Specification:
    """Read the name of a template, the shape of a network such as 2-2-1, or statements with ranges."""
    if not isinstance(text, str):
        raise TypeError(f"a specification is a str, got {type(text).__name__}")
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"an expression has at most {MAX_LENGTH:,} characters, this one {len(text):,}")
    params = [normal_name(name) for name in params]
    written = text.strip()
    template = TEMPLATES.get(written)
    if template:
        found = _read(template.text, params or template.parameters)
        return replace(found, title=template.title, kinds=template.kinds)
    if is_shape(written):
        shape, statements, own = expression_of_shape(written)
        return replace(_read(statements, params or own), title=shape, network=True)
    if re.fullmatch(r"[\w-]+", written) and written not in free_names_or_none(written):
        raise ExpressionError(_known(written), text)
    return _read(text, params)


def free_names_or_none(text: str) -> list[str]:
    """The names of an expression; none of what is no expression."""
    try:
        return free_names(text)
    except ExpressionError:
        return []


def _known(name: str) -> str:
    meant = did_you_mean(name, TEMPLATES)
    return f"there is no template {name!r}{meant}: the templates are {', '.join(TEMPLATES)}"


def _read(text: str, params: Sequence[str]) -> Specification:
    statements, ranges = [], dict[str, Range]()
    for statement in re.split(r"[;\n]", text.replace("−", "-")):
        names, is_range, numbers = " ".join(statement.split()).partition(" in ")
        if not is_range or "=" in names:
            statements.append(statement.strip())
            continue
        for name in filter(None, re.split(r"[, ]+", names)):
            name = normal_name(name)
            if not name.isidentifier():
                raise ExpressionError(f"{name!r} is no name: a range is written w in -3..3", text)
            if name in ranges:
                raise ExpressionError(f"{name!r} has two ranges: leave one of them out", text)
            ranges[name] = _numbers(name, numbers, text)
    expression = "; ".join(filter(None, statements))
    if not ranges:
        raise ExpressionError(
            f"{_ranged(text)}: say which numbers its names may have, as in w in -3..3; or {_known(text)}",
            text,
        )
    needed = free_names(expression)
    if missing := [name for name in needed if name not in ranges]:
        raise ExpressionError(
            f"there are no numbers for {', '.join(missing)}: write {missing[0]} in -3..3, or in 1, 2, 5",
            text,
        )
    rate = Range("eta", DEFAULT_RATES)
    for name in [name for name in ranges if name not in needed]:
        if name not in RATES:
            raise ExpressionError(f"there is a range for {name!r}, which no statement uses", text)
        rate = ranges.pop(name)
    if wrong := [name for name in params if name not in ranges]:
        raise ExpressionError(
            f"the parameter {wrong[0]!r} has no range: the names are {', '.join(ranges)}", text
        )
    parameters = params or [name for name in needed if re.match(r"(w|b|theta|beta|θ|β)", name)] or needed
    return Specification(expression, tuple(ranges[name] for name in needed), tuple(parameters), rate)


def _ranged(text: str) -> str:
    return "an expression alone makes one exercise" if text.strip() else "the specification is empty"


def _numbers(name: str, written: str, text: str) -> Range:
    """The numbers of ``-3..3 step 0.5`` without 0, or of the list ``0, 1, 2.5``."""
    span = _SPAN.fullmatch(written)
    if span:
        low, high = (_exact(span[end]) for end in ("low", "high"))
        step = _exact(span["step"] or "1")
        if step <= 0 or high < low:
            raise ExpressionError(
                f"the range of {name!r} is empty: write it as in {name} in -3..3 step 0.5", text
            )
        if (high - low) / step > MOST_VALUES:
            raise ExpressionError(
                f"the range of {name!r} has more than {MOST_VALUES:,} numbers: take a larger step", text
            )
        count = int((high - low) / step) + 1
        values = tuple(value for k in range(count) if (value := low + k * step))
    else:
        parts = [part.strip() for part in written.strip("{}[]()").split(",")]
        if not all(re.fullmatch(_SIGNED, part) for part in parts):
            raise ExpressionError(
                f"the numbers of {name!r} are a range, -3..3 step 0.5, or a list, 1, 2, 5; got {written!r}",
                text,
            )
        values = tuple(dict.fromkeys(map(_exact, parts)))
    if not values or max(map(abs, values)) > 10**6:
        raise ExpressionError(f"the numbers of {name!r} are more than 0 and at most a million in size", text)
    return Range(name, values, listed=span is None)


def _exact(text: str) -> Fraction:
    try:
        return exact(text)
    except ValueError as error:
        raise ExpressionError(f"in a range, {error}", text[:80]) from None
