"""What a program sets on Values that have no place for it, kept beside the nodes."""

from __future__ import annotations

import weakref
from typing import Any

from ..base.nodes import attribute, attributes_by
from ..base.phrases import on_page
from ..engine import Value

__all__ = ["attributes", "keep"]

_kept: dict[int, tuple[weakref.ref[Value], dict[str, Any]]] = {}
"""The attributes of each node that has some, by its id: the others need no byte for them."""


def attributes(v: Value) -> dict[str, Any]:
    """What a program has kept on a node."""
    own: dict[str, Any] = getattr(v, "__dict__", {})  # of a subclass
    return own | _kept[id(v)][1] if id(v) in _kept else own


class _Kept:
    """Reads and writes an attribute of that name, once a program has set it on some node."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, v: Value | None, kind: type) -> Any:
        held = {} if v is None else attributes(v)
        if self.name not in held:
            what = f"type object {kind.__name__!r}" if v is None else f"{kind.__name__!r} object"
            raise AttributeError(f"{what} has no attribute {self.name!r}", name=self.name, obj=v)
        return held[self.name]

    def __set__(self, v: Value, x: Any) -> None:
        keep(v, self.name, x)

    def __delete__(self, v: Value) -> None:
        self.__get__(v, type(v))
        own: dict[str, Any] = getattr(v, "__dict__", {})
        del (own if self.name in own else _kept[id(v)][1])[self.name]


def keep(v: Value, name: str, x: Any) -> None:
    """Keep an attribute that Values have no place for, such as an optimiser's ``p.m = 0.0``.

    It stays as long as the node does, and is copied and pickled with it.
    """
    if name.startswith("__"):
        raise AttributeError(f"{type(v).__name__!r} object has no attribute {name!r}", name=name, obj=v)
    if meant := next((real for real in ("data", "grad", "label") if _one_edit(name, real)), None):
        raise AttributeError(
            on_page(
                f"a Value has no attribute {name!r}: did you mean {meant!r}?  Names that are further from "
                "its own are kept",
                "attributes",
            ),
            name=name,
            obj=v,
        )
    if any(isinstance(item, Value) for item in (x, *(x if type(x) in (list, tuple, set, frozenset) else ()))):
        raise TypeError(
            on_page(
                f"the attribute {name!r} of a Value cannot hold a Value: a node that reaches itself would "
                f"never be freed, so keep it beside the nodes, in a dict such as {name} = {{v: x}}",
                "attributes",
            )
        )
    own: dict[str, Any] | None = getattr(v, "__dict__", None)
    if own is None:
        if name not in vars(Value):
            attribute(Value, name, _Kept(name))
        if id(v) not in _kept:
            # bound: when Python ends it sets the names of a module to None before the last nodes go
            place, forget = id(v), _kept.pop
            _kept[place] = weakref.ref(v, lambda _: forget(place, None)), {}
        own = _kept[id(v)][1]
    own[name] = x


def _one_edit(name: str, real: str) -> bool:
    """Whether a letter more, less or other, or two exchanged, make one of the other (Damerau 1964)."""
    if name == real or abs(len(name) - len(real)) > 1:
        return False
    k = next((k for k, (a, b) in enumerate(zip(name, real)) if a != b), min(len(name), len(real)))
    rest, wanted = name[k:], real[k:]
    exchanged = rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:]
    return exchanged or rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:]


attributes_by(Value, keep)
