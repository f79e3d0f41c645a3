"""Variables as names for pictures, where somebody asks: `name(locals())`, and labels="names" of viz."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from ..base.messages import user_frame
from ..engine import Value

__all__ = ["name", "registered", "variables_of_caller"]

DEEPEST = 4
"""How many lists within lists are looked through."""

registered: WeakKeyDictionary[Value, str] = WeakKeyDictionary()
"""What `name` has named; a node is forgotten with its name."""


def name(variables: Mapping[str, Any]) -> dict[str, Value]:
    """Call Values by the variables that hold them, in pictures and reports: ``microgrid.name(locals())``.

    Those that have a label keep it, of several names the first one holds, and `label` is not changed.  Values
    in lists and tuples are ``w0``, ``w1``, ... for a variable of one letter, ``ws[0]``, ... for others; names
    that begin with an underscore are passed over.  Returned are the Values that are named now, by name.  The
    names live as long as the nodes, and are not part of copies and pickles.

    >>> from microgrid import Value
    >>> from microgrid.naming.names import names
    >>> w, x = [Value(2.0), Value(0.5)], Value(3.0)
    >>> y = w[0] * x + w[1]
    >>> sorted(name({"w": w, "x": x, "y": y}))
    ['w0', 'w1', 'x', 'y']
    >>> names(y)[w[0]], names(y)[y], y.label
    ('w0', 'y', '')
    """
    if not isinstance(variables, Mapping):
        raise TypeError(
            f"name takes variables by name, as in microgrid.name(locals()), got {type(variables).__name__}"
        )
    named: dict[str, Value] = {}
    for text, v in _values(variables):
        if not v._label and v not in registered:
            registered[v] = text
            named[text] = v
    return named


def variables_of_caller() -> dict[Value, str]:
    """The names that `name` would give by the variables outside microgrid and viz from where it is called,
    those of the function first, then those of its module; nothing is noted."""
    frame = user_frame()
    found: dict[Value, str] = {}
    for variables in (frame.f_locals, frame.f_globals):
        for text, v in _values(variables):
            if not v._label:
                found.setdefault(v, text)
    return found


def _values(variables: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    seen: dict[int, int] = {}
    for variable, value in list(variables.items()):
        if isinstance(variable, str) and variable.isidentifier() and not variable.startswith("_"):
            yield from _inside(variable, value, seen)


def _inside(variable: str, value: Any, seen: dict[int, int]) -> Iterator[tuple[str, Value]]:
    """The Values in a variable, with what each is called; no list is looked through again, unless more of
    what it holds can be reached: `seen` has how deep each was."""
    waiting: list[tuple[tuple[int, ...], Any]] = [((), value)]
    while waiting:
        places, thing = waiting.pop()
        if isinstance(thing, Value):
            yield _indexed(variable, places), thing
        elif isinstance(thing, list | tuple) and len(places) < seen.get(id(thing), DEEPEST):
            seen[id(thing)] = len(places)
            waiting += [((*places, i), thing[i]) for i in reversed(range(len(thing)))]


def _indexed(variable: str, places: tuple[int, ...]) -> str:
    if len(variable) > 1 or not variable.isalpha():
        return variable + "".join(f"[{i}]" for i in places)
    return variable + ("," if any(i > 9 for i in places) else "").join(map(str, places))
