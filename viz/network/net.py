"""What a network diagram shows, before anything has a place: units in columns, and the links between them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["EXTREMES", "Column", "End", "Link", "Net", "Parameter", "Unit"]

EXTREMES = ("maximum", "minimum")
"""Operations whose operands are pieces: the sum that is the largest, or the smallest, is what passes."""

End = tuple[int, int]
"""Where a link begins or ends: the column and the unit in it, both counted from 0."""


@dataclass(frozen=True)
class Parameter:
    """A learned number: a weight on a link, a bias of a unit.

    `place` is its key in `named_parameters`, "layers.0.neurons.1.w.0"; "" in a network of sizes alone.
    `name` is what it is called, w₂₁⁽¹⁾: the weight to unit 2 from unit 1 in layer 1.  `value` is None where
    there are no numbers, `grad` also where no backward pass has been.
    """

    place: str
    name: str
    value: float | None = None
    grad: float | None = None


@dataclass(frozen=True)
class Unit:
    """A circle: an input, a neuron, or another operation on what links bring to it.

    `id` stays the same for other samples, other weights and from one training step to the next: "x1", "h1.2"
    (unit 2 of column 1), "y1"; a unit that is a parameter itself has its place.  `role` is "input", "hidden",
    "output" or "parameter".  `value` is what the unit computes, of several samples the mean; dropout comes
    after it, and is a factor of the links that leave.  `grad` is known only where a recorded output was
    handed in.  `biases` has more than one where several sums with a bias each meet, as the pieces of a
    maxout.

    `activation` is the name of the operation that the circle shows: a row of `microgrid.ops.TABLE` or a named
    piece ("softmax"); "norm" for a batch normalisation; None for a sum that nothing follows.

    `state` is "on"; "off", a ReLU (or another with a flat piece) whose slope is 0 for the only sample;
    "dead", one whose slope is 0 for every one of several samples; "dropped", left out by dropout in this
    forward pass.  `note` is one more line about it, "" for none.
    """

    id: str
    name: str
    role: str
    value: float | None = None
    grad: float | None = None
    biases: tuple[Parameter, ...] = ()
    activation: str | None = None
    state: str = "on"
    note: str = ""

    @property
    def bias(self) -> Parameter | None:
        """The only bias, or the first of several."""
        return self.biases[0] if self.biases else None


@dataclass(frozen=True)
class Link:
    """An arrow: what the head adds, compares or otherwise uses of the tail.

    `kind` is "weight" (times a parameter), "skip" (without one: beside a weight, or past a column) or "fixed"
    (without one: an activation by itself, a product, a mean).  A link may pass columns, one with a weight
    too; two may join the same units, as a skip beside a weight does and the pieces of a maxout do.

    `factor` is what the value is multiplied by besides the weight: −1 where it is subtracted, 1/(1 − p) or 0
    after a dropout, 1/2 in a mean.  `shared` numbers the parameters that several links have, from 0; all
    links with one number have the same parameter.  `piece` is the number of the linear piece of a maxout,
    from 0, None elsewhere.  `active` is False where dropout lets nothing pass, and in the pieces of a maxout
    that are not the largest for the only sample.
    """

    tail: End
    head: End
    weight: Parameter | None = None
    kind: str = "weight"
    factor: float = 1.0
    shared: int | None = None
    piece: int | None = None
    active: bool = True


@dataclass(frozen=True)
class Column:
    """Units above each other, from the top.

    `caption` says what they are: "input", "Linear 2→8, ReLU"; `note` what is known of them besides: "h⁽¹⁾:
    8 units, 3 off", "mean of 4 samples".  Both may be phrases of `microgrid.base.phrases`, to be said in
    other languages.  `kind` is "input", "linear", "conv", "maxout", "norm" or "operation" (no weights).
    """

    units: tuple[Unit, ...]
    caption: str
    note: str = ""
    kind: str = "linear"


@dataclass(frozen=True)
class Net:
    """A network to be drawn.  `title` names it, "MLP 2-8-8-1"; `sentence` describes it to who cannot see it.

    `numbers` is whether values of units are known, `gradients` whether any gradient is.

    >>> from viz.network.sizes import net_of_sizes
    >>> net = net_of_sizes([2, 1])
    >>> [unit.name for column in net.columns for unit in column.units], net.links[1].weight.name
    (['x₁', 'x₂', 'ŷ'], 'w₁₂⁽¹⁾')
    """

    columns: tuple[Column, ...]
    links: tuple[Link, ...]
    title: str
    sentence: str = ""

    def unit(self, end: End) -> Unit:
        """The unit at an end of a link."""
        return self.columns[end[0]].units[end[1]]

    @property
    def numbers(self) -> bool:
        return any(unit.value is not None for column in self.columns for unit in column.units)

    @property
    def gradients(self) -> bool:
        weights = [link.weight for link in self.links if link.weight]
        biases = [bias for column in self.columns for unit in column.units for bias in unit.biases]
        return any(parameter.grad is not None for parameter in (*weights, *biases))
