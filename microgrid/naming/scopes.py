"""The scopes that the modules of `microgrid.nn` open for their units."""

from __future__ import annotations

import re

__all__ = ["UNIT", "is_neuron", "without_neuron"]

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
