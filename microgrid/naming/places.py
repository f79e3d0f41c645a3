"""Where the parameters of layers belong, by their scopes, and what they are called by these alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence

from .scopes import UNIT

__all__ = ["PARAMETER_LABEL", "WEIGHT_LABEL", "parameter_names", "place_name", "scope_of"]

PARAMETER_LABEL = re.compile(r"b|w(?:\d+,)?\d+")
WEIGHT_LABEL = re.compile(r"w(?:(\d+),)?(\d+)")
_PLACED = re.compile(f"{PARAMETER_LABEL.pattern}|gamma|beta")
_PIECE = re.compile(r"(?:(?P<outer>.*)/)?piece(?P<number>\d+)")


def scope_of(parameter: str) -> tuple[str, int, tuple[int, ...], bool]:
    """Of a parameter's scope that around the layer, the piece of a maxout layer, the unit; whether that is a
    channel.
    """
    outer, piece, is_conv = parameter, 0, False
    place: tuple[int, ...] = ()
    if match := UNIT.fullmatch(outer):
        outer, place, is_conv = match["outer"] or "", (int(match["number"]) + 1,), match["kind"] == "channel"
    if match := _PIECE.fullmatch(outer):
        outer, piece = match["outer"] or "", int(match["number"]) + 1
    return outer, piece, place, is_conv


def place_name(letter: str, indices: Iterable[int], layer: int, piece: int) -> str:
    """``w21^(1)``; ``w21^(1,3)`` in a piece of a maxout layer; ``w2`` of a unit that is in no layer.

    >>> place_name("w", (12, 3), 1, 0), place_name("b", (2,), 1, 3), place_name("w", (2,), 0, 0)
    ('w12,3^(1)', 'b2^(1,3)', 'w2')
    """
    indices = list(indices)
    joined = ("," if any(i > 9 for i in indices) else "").join(map(str, indices))
    raised = f"^({layer}{f',{piece}' if piece else ''})" if layer else ""
    return f"{letter}{joined}{raised}"


def parameter_names(labels: Sequence[str], scopes: Sequence[str]) -> list[str]:
    """A name for each parameter that has a label, no two alike.

    Labels that are all different stay.  Otherwise what the layers of `microgrid.nn` made is called as in
    pictures, `w21^(1)`, where layers are numbered as their parameters come.  What is alike then has a number.

    >>> labels, scopes = ["w0", "b", "w0", "b"], [f"layer0/neuron{k}" for k in (0, 0, 1, 1)]
    >>> parameter_names(labels, scopes), parameter_names(["w0", "b"], scopes[:2])
    (['w11^(1)', 'b1^(1)', 'w21^(1)', 'b2^(1)'], ['w0', 'b'])
    """
    if _differ(labels):
        return list(labels)
    named = list(_by_place(labels, scopes))
    return named if _differ(named) else _numbered(named)


def _differ(names: Sequence[str]) -> bool:
    given = [name for name in names if name]
    return len(set(given)) == len(given)


def _by_place(labels: Sequence[str], scopes: Sequence[str]) -> Iterator[str]:
    """A second layer in the same scope, of another network, begins where a place is taken."""
    count = 0
    layers: dict[str, tuple[int, set[Hashable]]] = {}
    for label, scope in zip(labels, scopes, strict=True):
        outer, piece, unit, _ = scope_of(scope)
        if not (unit and _PLACED.fullmatch(label)):
            yield label
            continue
        letter = label.rstrip("0123456789,")
        number, taken = layers.get(outer, (0, set()))
        place = piece, unit, label
        if not number or place in taken:
            count += letter in ("w", "b")  # a normalisation has the number of the layer before it
            number, taken = layers[outer] = max(count, 1), set()
        taken.add(place)
        match = WEIGHT_LABEL.fullmatch(label)
        within = [int(part) + 1 for part in match.groups() if part is not None] if match else []
        yield place_name(letter, (*unit, *within), number, piece)


def _numbered(names: Sequence[str]) -> list[str]:
    """With a number where several are called the same."""
    alike, taken, found = Counter(names), set(names), []
    numbers: dict[str, int] = {}
    for name in names:
        distinct = name
        while name and alike[name] > 1 and distinct in taken:
            numbers[name] = numbers.get(name, 0) + 1
            distinct = f"{name}_({numbers[name]})"
        taken.add(distinct)
        found.append(distinct)
    return found
