"""A network of which only the sizes of its layers are known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from microgrid.base.checks import whole
from microgrid.base.phrases import say

from ..words.labels import layered_name, typeset
from ..words.units import layer_caption, output_name
from .limits import check_size
from .net import Column, Link, Net, Parameter, Unit

__all__ = ["net_of_sizes"]

MOST_COUNTED = 10
"""Sizes that an error repeats."""


def net_of_sizes(sizes: Iterable[int]) -> Net:
    """The fully connected network with so many inputs, then so many units in each layer.

    >>> [column.caption for column in net_of_sizes([2, 8, 1]).columns]
    ['input', 'Linear 2→8', 'Linear 8→1']
    """
    counts = [whole(n, f"size {k} of a network", least=0) for k, n in enumerate(sizes)]
    if len(counts) < 2:
        raise ValueError(
            f"a network needs two sizes or more, inputs first, such as [2, 8, 1], got {counts or 'none'}"
        )
    _check(counts)
    columns = [
        Column(
            tuple(Unit(f"x{i}", typeset(f"x{i}"), "input") for i in _to(counts[0])), say("input"), "", "input"
        )
    ]
    links = []
    for k, (nin, nout) in enumerate(pairwise(counts), 1):
        last = k == len(counts) - 1
        columns.append(
            Column(
                tuple(_unit(i, k, nout if last else None) for i in _to(nout)),
                layer_caption("Linear", nin, nout),
            )
        )
        links += [
            Link((k - 1, i - 1), (k, j - 1), Parameter("", layered_name("w", j, i, layer=k)))
            for j in _to(nout)
            for i in _to(nin)
        ]
    written = "-".join(map(str, counts))
    return Net(tuple(columns), tuple(links), written)


def _check(counts: Sequence[int]) -> None:
    """That every layer has units, and that they and their links are not too many."""
    written = "-".join(map(str, counts))
    for k, units in enumerate(counts):
        if not units:
            which = f"layer {k}" if k else "the input"
            raise ValueError(
                f"{which} of the network {written} has 0 units: give every layer one unit or more, such as "
                "[2, 8, 1]"
            )
    links = sum(nin * nout for nin, nout in pairwise(counts))
    called = (
        f"the network {written}" if len(counts) <= MOST_COUNTED else f"a network of {len(counts):,} layers"
    )
    check_size(called, "give smaller sizes, such as [20, 20, 1]", units=sum(counts), links=links)


def _unit(i: int, layer: int, outputs: int | None) -> Unit:
    biases = (Parameter("", layered_name("b", i, layer=layer)),)
    if outputs is None:
        return Unit(f"h{layer}.{i}", layered_name("h", i, layer=layer), "hidden", biases=biases)
    return Unit(f"y{i}", output_name(i, outputs), "output", biases=biases)


def _to(n: int) -> range:
    return range(1, n + 1)
