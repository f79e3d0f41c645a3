"""What holds while operations are computed: whether they are recorded, what errors do, the scope."""

from __future__ import annotations

import threading
from contextlib import ContextDecorator
from contextvars import ContextVar, Token
from copy import copy
from functools import cache
from typing import Any, NamedTuple

from .checks import one_of
from .nodes import Blocks

__all__ = [
    "BLOCKS",
    "MARKS",
    "MOST_NESTED",
    "SCOPES",
    "Mark",
    "Settings",
    "current",
    "errstate",
    "no_grad",
    "piece_place",
    "scope",
    "scope_at",
    "scope_inside",
    "scope_place",
    "scopes_inside",
]


class Settings(NamedTuple):
    recording: bool = True
    domain: str = "raise"
    gradient: str = "warn"
    scope: int = 0  # its place in SCOPES


DEFAULT = Settings()
_settings: ContextVar[Settings] = ContextVar("microgrid", default=DEFAULT)

BLOCKS = Blocks()
BLOCKS.open = 0

SCOPES = [""]
"""The full name of every scope there has been: a node holds the place of its own."""


class Mark(NamedTuple):
    """What the place of a node says besides its scope: that it is part of a piece, such as a softmax."""

    name: str
    number: int
    """Tells a piece from those of the same name that it reads: there are no more than `MOST_NESTED`."""
    result: bool = False
    """Whether the piece gives this node out."""
    sample: int | None = None
    """Of a node that is one sample's loss: the target's class, or -1 if that is no class."""


MOST_NESTED = 16
"""Beyond so many pieces of one name, each of which reads all the others, a further one is not marked: the
number of places does not grow with the number of calls."""

MARKS: list[Mark | None] = [None]
"""Beside SCOPES, the mark of each place, if it has one.  Places that differ in their marks show one scope."""

_places: dict[tuple[str, Mark | None], int] = {("", None): 0}
_lock = threading.Lock()  # for the counter and the three tables

current = _settings.get
"""The settings in force in this thread (or task)."""


class _Block(ContextDecorator):
    """A ``with`` block, or a decorator, that replaces some of the settings in this thread only."""

    def __init__(self, **changes: Any) -> None:
        self._changes = changes
        self._tokens: list[Token[Settings]] = []  # more than one where the same block is entered again

    def _recreate_cm(self) -> _Block:  # each call of a decorated function has a block of its own
        block = copy(self)
        block._tokens = []
        return block

    def __enter__(self) -> None:
        with _lock:
            BLOCKS.open += 1
        before = _settings.get()
        self._tokens.append(_settings.set(before._replace(**self._replacements(before))))

    def __exit__(self, *exception: object) -> None:
        with _lock:
            BLOCKS.open -= 1
        _settings.reset(self._tokens.pop())

    def _replacements(self, before: Settings) -> dict[str, Any]:
        return self._changes


class no_grad(_Block):
    """Compute without recording: results are leaves without parents.

    >>> from microgrid import Value, no_grad
    >>> w = Value(2.0)
    >>> with no_grad():
    ...     (3 * w).parents
    ()
    """

    def __init__(self) -> None:
        super().__init__(recording=False)


class scope(_Block):
    """Name what is made inside the block; nested names are joined by "/".

    Drawings and monitors group nodes by it.

    >>> from microgrid import Value, scope
    >>> with scope("layer1"), scope("neuron2"):
    ...     h = Value(2.0) * 3
    >>> h.scope
    'layer1/neuron2'
    """

    def __init__(self, name: str) -> None:
        if not isinstance(name, str) or not name:
            raise TypeError(f"a scope needs a name, a str that is not empty, got {name!r}")
        super().__init__()
        self._name = str.__str__(name)  # kept for ever in SCOPES, so without what a str subclass may hold

    def _replacements(self, before: Settings) -> dict[str, Any]:
        return {"scope": scope_inside(before.scope, self._name)}


def scope_place(name: str, mark: Mark | None = None) -> int:
    """The place in SCOPES of a full name, and of a mark, which is new or known."""
    key = name, mark
    if key not in _places:
        with _lock:
            if key not in _places:
                MARKS.append(mark)
                SCOPES.append(name)
                _places[key] = len(SCOPES) - 1
    return _places[key]


@cache
def piece_place(scope: str, name: str, number: int, result: bool, sample: int | None = None) -> int:
    """The place of a `Mark` in the scope."""
    return scope_place(scope, Mark(name, number, result, sample))


def scope_inside(outer: int, name: str) -> int:
    """The place of the scope that ``with scope(name)`` opens in the one at `outer`."""
    return scope_place(f"{SCOPES[outer]}/{name}" if outer else name)


@cache
def scopes_inside(outer: int, name: str, count: int) -> list[int]:
    """The places of the scopes name0, name1, ... in the one at `outer`."""
    return [scope_inside(outer, f"{name}{i}") for i in range(count)]


class scope_at(_Block):
    """A block whose operations stand in the scope at that place of SCOPES, whatever is around it."""

    def __init__(self, place: int) -> None:
        super().__init__(scope=place)


class errstate(_Block):
    """Choose what happens where a number leaves the finite reals.

    `domain`: "raise" (the default) refuses log(-1), 1/0 and exp(1000) at the operation; "ieee" goes on with
    nan and inf as NumPy does.  `gradient`: a non-finite gradient in `backward` makes it "warn" (the default),
    "raise" `NonFiniteGradient` (no gradient changes) or is passed over ("ignore").

    >>> from microgrid import Value, errstate
    >>> with errstate(domain="ieee"):
    ...     Value(0.0).log().data
    -inf
    """

    def __init__(self, *, domain: str | None = None, gradient: str | None = None) -> None:
        changes = {}
        if domain is not None:
            one_of(domain, "errstate: domain", ("raise", "ieee"))
            changes["domain"] = domain
        if gradient is not None:
            one_of(gradient, "errstate: gradient", ("warn", "raise", "ignore"))
            changes["gradient"] = gradient
        super().__init__(**changes)
