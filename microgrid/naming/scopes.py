"""The scopes that the modules of `microgrid.nn` open for their units, and what texts call them.

In the graph they are counted as Python counts, "layer0/neuron2", and texts count from 1, as the names of
their weights do: "layer 1, neuron 3".  A scope that a user has opened is called what the user called it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from ..base.context import GIVEN
from ..base.nodes import PARAMETER
from ..base.phrases import Phrase, message, say
from ..engine import Value
from ..ops import TABLE
from .labels import clean, is_given

__all__ = ["LAYER", "UNIT", "Path", "is_neuron", "scope_name", "scope_names", "scope_path", "without_neuron"]

Path = tuple[str, ...]

UNIT = re.compile(r"(?:(?P<outer>.*)/)?(?P<kind>neuron|channel)(?P<number>\d+)")
"""The scope of one unit: a neuron, or a channel of a convolution."""


def is_neuron(scope: str) -> bool:
    """Whether it is the scope of one neuron, and not of what is around or in it.

    >>> is_neuron("layer0/neuron3"), is_neuron("layer0"), is_neuron("conv0/channel1")
    (True, False, False)
    """
    match = UNIT.fullmatch(scope)
    return match is not None and match["kind"] == "neuron"


def without_neuron(scope: str) -> str:
    """What is around a neuron; any other scope itself.

    >>> without_neuron("layer0/neuron3"), without_neuron("layer0"), without_neuron("neuron1")
    ('layer0', 'layer0', '')
    """
    return scope.rpartition("/")[0] if is_neuron(scope) else scope


_NUMBERED = re.compile(r"(.*?)(\d+)", re.DOTALL)
LAYER = re.compile(r".*\^\((\d+)(?:,\d+)*\)", re.DOTALL)
"""A name with the number of its layer."""
_LAYERS = {"layer": "", "linear": "", "conv": "conv", "maxout": "maxout"}
"""Kinds of modules whose weights have the number of their layer, with what is said of the kind."""
_KINDS = {"batchnorm": "BatchNorm", "mlp": "MLP"}


@lru_cache(maxsize=4096)
def scope_path(scope: str) -> Path:
    """The parts of a scope's name as they can be shown."""
    return tuple(clean(part) for part in scope.split("/") if part)


def scope_names(nodes: Sequence[Value], names: Mapping[Value, str]) -> dict[Path, Phrase]:
    """What those scopes of the nodes and those around them are called, each within the one around it, that
    the library has named; `names` are those of nodes with a name of their own.

    >>> from microgrid import nn
    >>> from microgrid.graph import order
    >>> from microgrid.naming.names import own_names
    >>> nodes = order(nn.Sequential(nn.Linear(2, 2), "tanh", nn.Linear(2, 1))([1.0, 2.0]))
    >>> found = scope_names(nodes, own_names(nodes))
    >>> found["linear2",], found["tanh1",], found["linear0", "neuron1"]
    ('layer 2', 'tanh 1', 'neuron 2')
    """
    given: dict[Path, bool] = {}
    places: dict[int, list[Path]] = {}
    numbers: dict[Path, int] = {}
    for v in nodes:
        if v._scope not in places:
            places[v._scope] = _paths(v.scope, GIVEN[v._scope], given)
        if v._role == PARAMETER and is_given(v) and (match := LAYER.fullmatch(names.get(v, ""))):
            for path in places[v._scope]:
                if _kind(path) in _LAYERS:
                    numbers.setdefault(path, int(match[1]))
    ours = [path for path in given if given[path] and _NUMBERED.fullmatch(path[-1])]
    layers = [path for path in ours if _kind(path) in _LAYERS]
    free = (n for n in range(1, len(layers) + len(numbers) + 1) if n not in set(numbers.values()))
    for path in layers:
        if path not in numbers:
            numbers[path] = next(free)
    counts: dict[tuple[Path, str], int] = {}
    found: dict[Path, Phrase] = {}
    for path in sorted(ours, key=lambda path: (path[:-1], _kind(path), _index(path))):
        kind = _kind(path)
        alike = path[:-1], kind
        counts[alike] = counts.get(alike, 0) + 1
        found[path] = _called(kind, numbers.get(path, counts[alike]), _index(path) + 1)
    return found


def scope_name(names: Mapping[Path, Phrase], path: Path) -> str:
    """The whole of a scope's name: ``layer 1, neuron 2``, ``encoder/layer 1``.

    >>> scope_name({("net", "layer0"): say("layer {n}", n=1)}, ("net", "layer0"))
    'net/layer 1'
    """
    text: str = ""
    for depth in range(1, len(path) + 1):
        part: str = names.get(path[:depth], path[depth - 1])
        if depth == 1:
            text = part
        elif path[:depth] in names and path[: depth - 1] in names:
            text = message(text, ", ", part)
        else:
            text = message(text, "/", part)
    return text


def _paths(scope: str, bits: int, given: dict[Path, bool]) -> list[Path]:
    """A scope's path after those around it; in `given`, whether it is always the library that named it."""
    path: Path = ()
    paths = []
    for depth, part in enumerate(scope.split("/")):
        if part:
            path = (*path, clean(part))
            paths.append(path)
            given[path] = given.get(path, True) and bool(bits >> depth & 1)
    return paths


def _kind(path: Path) -> str:
    match = _NUMBERED.fullmatch(path[-1])
    return match[1] if match else ""


def _index(path: Path) -> int:
    match = _NUMBERED.fullmatch(path[-1])
    return int(match[2]) if match else 0


def _called(kind: str, number: int, place: int) -> Phrase:
    """`number` is that of the layer, or counts those of one kind; `place`, all in the scope around it."""
    if kind in _LAYERS:
        more = _LAYERS[kind]
        return say("layer {n} ({kind})", n=number, kind=more) if more else say("layer {n}", n=number)
    if kind == "neuron":
        return say("neuron {n}", n=place)
    if kind == "channel":
        return say("channel {n}", n=place)
    if kind == "piece":
        return say("piece {n}", n=place)
    if kind == "residual":
        return say("residual block {n}", n=number)
    named = _KINDS.get(kind) or (TABLE[kind].label if kind in TABLE else "") or kind.replace("_", " ")
    return say("{kind} {n}", kind=named, n=number)
