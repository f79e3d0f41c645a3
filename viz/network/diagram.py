"""`network`: a model as the circles and arrows that lectures draw, with its weights, values and gradients."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import Any

from microgrid.base.messages import warn
from microgrid.base.phrases import Setting, message

from ..drawing.scene import Scene
from ..errors import TRAINED, TooLarge, VizError
from ..figure import Figure
from .net import Net
from .options import NetworkOptions, takes_model
from .painting.paint import FEWEST, FEWEST_ON_PAPER, paint, tries
from .read import read
from .source import source

__all__ = ["network"]


@takes_model(NetworkOptions)
def network(model: Any, x: Any = None, **options: Any) -> Figure:
    """Draw a model as circles in columns, one for each layer, with an arrow for each weight.

    `model` is a Module, such as `nn.MLP` or one of your own, the Value or the list of Values that one has
    computed, or the sizes of layers, [2, 8, 1].  `x`, a sample or a batch of samples, puts values into the
    circles, of a batch the means.

    >>> from microgrid import nn
    >>> model = nn.MLP(2, [3, 1])
    >>> figure = network(model, [0.5, -1.0], title="Before training")
    >>> figure.svg().count('class="link weight"')
    9

    An arrow is the wider the larger its weight is beside the others of its layer, and has the colour of its
    sign; the dot on a circle is its bias, and the curve in it its activation.  Arrows that pass columns, as
    skip connections do, run over them.  Weights that several arrows share have one colour.  A unit that is
    off for the only sample, dead for all samples of a batch, whose circles show means, or dropped out has an
    outline of its own; the legend says which is which.

    `show`: "values" of a sample and weights, "weights" alone, "gradients" of the last backward pass, or
    "auto", values where there is an `x`.  Everything stands in the same places whatever is shown.
    `weights`: "numbers" on the arrows, "names" (w₂₁⁽¹⁾ leads to unit 2 from unit 1 in layer 1), "width"
    alone, "none" for arrows that are all alike, or "auto", numbers where there is room.
    `max_units`: columns of more units show the first ones and the last, and their size; None shows them all.
    `slide`: "16:9" or "4:3" fills a slide.  `theme`, `title`, `legend`, `precision` and `lang` as in `draw`.

    Nothing is written until `Figure.save`.  Raises VizError for a model that records nothing, or that has no
    values or gradients where they are asked for, ValueError for an x that the model does not take.
    """
    chosen = NetworkOptions.of("network", options)
    net = read(model, x)
    return Figure(_Network(net, chosen, _shown(net, chosen.show)))


def _shown(net: Net, show: str) -> str:
    """What the picture shows; VizError where that is not known."""
    if show == "auto":
        return "values" if net.numbers else "weights"
    if show == "values" and not net.numbers:
        missing = message(Setting("show", "values"), " needs a sample: pass one as ")
        raise VizError(message(missing, Setting("x")))
    if show == "gradients" and not net.gradients:
        raise VizError(TRAINED.after(message(Setting("show", "gradients"), " finds no gradients")))
    return show


class _Network:
    """A model as it was when it was drawn."""

    def __init__(self, net: Net, options: NetworkOptions, show: str) -> None:
        self._net, self._options, self._show = net, options, show

    @property
    def subject(self) -> str:
        units = sum(len(column.units) for column in self._net.columns)
        return f"{self._net.title}: {units} units, {len(self._net.links)} links"

    @property
    def choice(self) -> dict[str, Any]:
        options, _ = self._painted
        return {"legend": False} if self._options.legend and not options.legend else {}

    def scene(self) -> Scene:
        options, scene = self._painted
        if options is not self._options:
            rule = f"drawn without its legend, so that a {options.slide} slide can be read, as with "
            warn(message(rule, Setting("legend", False)))
        return scene

    @cached_property
    def _painted(self) -> tuple[NetworkOptions, Scene]:
        """The picture, and the options with which it has room."""
        is_small = (self._options.slide or "").startswith("beamer")
        *others, last = tries(self._options, *(FEWEST_ON_PAPER if is_small else (FEWEST,)))
        for options, fewest in others:
            with suppress(TooLarge):
                return options, paint(self._net, options, self._show, fewest=fewest, is_last=False)
        return last[0], paint(self._net, last[0], self._show, fewest=last[1])

    def dot(self) -> str:
        return source(self._net, self._options, self._show)
