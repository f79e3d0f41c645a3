"""What holds while operations are computed: whether they are recorded, what errors do, the scope, Ctrl-C."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ContextDecorator
from contextvars import ContextVar, Token
from copy import copy
from functools import cache, partial
from io import IOBase
from itertools import chain, repeat
from operator import add, attrgetter, itemgetter
from typing import Any, NamedTuple

from .checks import one_of
from .nodes import Blocks

__all__ = [
    "BLOCKS",
    "GIVEN",
    "MARKS",
    "MOST_NESTED",
    "SCOPES",
    "UNMARKED",
    "Mark",
    "Settings",
    "at_once",
    "current",
    "errstate",
    "given_scope",
    "marked_place",
    "no_grad",
    "piece_places",
    "sample_place",
    "scope",
    "scope_at",
    "scope_inside",
    "scope_moved",
    "scope_place",
    "scopes_inside",
    "undisturbed",
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


def _counting(more: int) -> Iterator[None]:
    """Each `next` adds to the number of open blocks, undivided as it is in C."""
    where = repeat(BLOCKS), repeat("open")
    return map(setattr, *where, map(add, map(getattr, *where), repeat(more)))


_opened, _closed = _counting(1), _counting(-1)
_SECOND = itemgetter(1)

SCOPES = [""]
"""The full name of every scope there has been: a node holds the place of its own."""


class Mark(NamedTuple):
    """What the place of a node says besides its scope: that it is part of a piece, such as a softmax."""

    name: str
    number: int
    """Tells a piece from those of the same name that it reads."""
    result: bool = False
    """Whether the piece gives this node out."""
    sample: int | None = None
    """Of a node that is the loss of one of several samples, or of a class: the target's class, or -1."""


MOST_NESTED = 4
"""Where so many pieces of one name each read all the others, a further one that does is not marked: there is
no number for each call, or places would grow with a training loop."""

MARKS: list[Mark | None] = [None]
"""Beside SCOPES, the mark of each place, if it has one.  Places that differ in their marks show one scope."""
UNMARKED = [0]
"""Beside them, the place of the same scope without a mark."""

GIVEN = [0]
"""Beside them, which parts of the scope's name the library gave: bit 0 is that of the outermost.  A scope
that a user has called "layer0" has another place than that of an `MLP`, and shows the same name."""

_places = {("", 0): 0}
_lock = threading.Lock()  # for the tables
_pieces: dict[tuple[int, str, int], int] = {}
_samples: dict[tuple[int, int], int] = {}

current = _settings.get
"""The settings in force in this thread (or task)."""


# Python looks for Ctrl-C where it calls what is written in Python, and so between the last line of a block
# and the first of an `__exit__` written here, which would never be run.  So both methods are functions in C,
# made while they are looked up: an interrupt finds the settings as they were, or the block entered.


class _Step(property):
    """A method that its getter makes."""

    def __call__(self, block: Any, *given: Any) -> Any:  # contextlib.ExitStack asks the class
        return self.__get__(block)(*given)


class _Leaving(IOBase):
    """For its `__exit__`, which is in C, takes what a block ends with, and calls `close`."""

    closed = True

    def __init__(self, close: Callable[[], None]) -> None:
        self.close = close  # type: ignore[method-assign]


class _Block(ContextDecorator):
    """A ``with`` block, or a decorator, that replaces some of the settings in this thread only."""

    def __init__(self, **changes: Any) -> None:
        self._changes = changes
        self._renew()

    def _renew(self) -> None:
        tokens: list[Token[Settings]] = []  # more than one where the same block is entered again
        self._keep = tokens.append
        leave = map(_settings.reset, map(_SECOND, zip(_closed, iter(tokens.pop, None))))
        self._leave = _Leaving(partial(next, leave)).__exit__

    def _recreate_cm(self) -> _Block:  # each call of a decorated function has a block of its own
        block = copy(self)
        block._renew()
        return block

    @_Step
    def __enter__(self) -> Callable[[], None]:
        before = _settings.get()
        after = before._replace(**self._replacements(before))
        return partial(next, map(_SECOND, zip(_opened, map(self._keep, map(_settings.set, (after,))))))

    __exit__ = _Step(attrgetter("_leave"))

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


class given_scope(scope):
    """A scope that the library names: texts count such from 1, as in "layer 1" for the "layer0" of an MLP."""

    def _replacements(self, before: Settings) -> dict[str, Any]:
        return {"scope": scope_inside(before.scope, self._name, given=True)}


def scope_place(name: str, given: int = 0) -> int:
    """The place in SCOPES of a full name, which is new or known; `given` is what GIVEN says of it."""
    key = name, given
    if key not in _places:
        with _lock:
            if key not in _places:
                _places[key] = _add(name, None, len(SCOPES), given)
    return _places[key]


def piece_places(scope: int, name: str, number: int) -> int:
    """The place of a piece of that name and number in the scope at that place; its results have the next.

    Both are made when they are first asked for: a training loop may open a scope for each step.
    """
    with _lock:
        if (scope, name, number) not in _pieces:
            place = _add(SCOPES[scope], Mark(name, number), scope, GIVEN[scope])
            _add(SCOPES[scope], Mark(name, number, True), scope, GIVEN[scope])
            _pieces[scope, name, number] = place
    return _pieces[scope, name, number]


def sample_place(place: int, sample: int) -> int:
    """A place of a piece for a node that is one sample's loss, with its class."""
    mark = MARKS[place]
    with _lock:
        if mark is not None and (place, sample) not in _samples:
            _samples[place, sample] = _add(
                SCOPES[place], mark._replace(sample=sample), UNMARKED[place], GIVEN[place]
            )
    return _samples.get((place, sample), place)


def marked_place(scope: str, name: str, number: int, result: bool, sample: int | None, given: int = 0) -> int:
    """The place of the `Mark` in the scope."""
    place = piece_places(scope_place(scope, given), name, min(number, MOST_NESTED - 1)) + result
    return place if sample is None else sample_place(place, sample)


def _add(name: str, mark: Mark | None, unmarked: int, given: int) -> int:
    MARKS.append(mark)
    UNMARKED.append(unmarked)
    GIVEN.append(given)
    SCOPES.append(name)
    return len(SCOPES) - 1


def scope_inside(outer: int, name: str, given: bool = False) -> int:
    """The place of the scope that ``with scope(name)`` opens in the one at `outer`, or one that the library
    has `given` this name."""
    depth = SCOPES[outer].count("/") + 1 if outer else 0
    return scope_place(f"{SCOPES[outer]}/{name}" if outer else name, GIVEN[outer] | given << depth)


def scope_moved(place: int, outer: int, name: str) -> int:
    """The place of a scope within another, or at none, after the library has put one of this name between."""
    inner, within = SCOPES[place], f"{SCOPES[outer]}/"
    bits, between = GIVEN[place], scope_inside(outer, name, given=True)
    if outer and f"{inner}/".startswith(within):
        inner, bits = inner[len(within) :], bits >> within.count("/")
    depth = SCOPES[between].count("/") + 1
    return scope_place(f"{SCOPES[between]}/{inner}", GIVEN[between] | bits << depth) if inner else between


@cache
def scopes_inside(outer: int, name: str, count: int) -> list[int]:
    """The places of the library's scopes name0, name1, ... in the one at `outer`."""
    return [scope_inside(outer, f"{name}{i}", given=True) for i in range(count)]


class scope_at(_Block):
    """A block whose operations stand in the scope at that place of SCOPES, whatever is around it."""

    def __init__(self, place: int) -> None:
        super().__init__(scope=place)


class undisturbed(_Block):
    """A block that records whatever is around it, outside of all scopes, and keeps what is not finite."""

    def __init__(self) -> None:
        super().__init__(recording=True, domain="ieee", gradient="ignore", scope=0)


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


def at_once(*changes: Iterable[object]) -> None:
    """Go through iterators of C over functions of C, such as ``map(setattr, nodes, names, numbers)``.

    No Ctrl-C and no other thread divides them: Python looks for both between the lines of Python code, never
    inside what is written in C.  What can fail is to be checked before.
    """
    deque(chain.from_iterable(changes), maxlen=0)
