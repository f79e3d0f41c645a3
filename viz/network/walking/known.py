"""What of a network is known while a walk is on its way: the network without the rest."""

from __future__ import annotations

from dataclasses import replace

from ..net import Net

__all__ = ["stripped", "unreached"]


def unreached(net: Net) -> Net:
    """The network without gradients of weights and biases: its arrows have no sign."""
    columns = tuple(
        replace(
            column,
            units=tuple(
                replace(unit, biases=tuple(replace(bias, grad=None) for bias in unit.biases))
                for unit in column.units
            ),
        )
        for column in net.columns
    )
    links = tuple(
        replace(link, weight=replace(link.weight, grad=None)) if link.weight else link for link in net.links
    )
    return replace(net, columns=columns, links=links)


def stripped(net: Net, values: bool) -> Net:
    """The network without gradients, and without values of units."""
    columns = tuple(
        replace(
            column,
            units=tuple(
                replace(
                    unit,
                    grad=None,
                    value=unit.value if values or (k == 0 and unit.role == "input") else None,
                    state=unit.state if values else "on",
                )
                for unit in column.units
            ),
        )
        for k, column in enumerate(net.columns)
    )
    return replace(net, columns=columns)
