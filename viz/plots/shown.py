"""Plots that show themselves in a notebook: matplotlib's figure, its Axes, and several beside each other."""

from __future__ import annotations

import io
import struct
from collections.abc import Collection
from functools import cache
from typing import Any, cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from mpl_toolkits.mplot3d import Axes3D  # type: ignore[import-untyped]

from microgrid.base.phrases import LANG, Say, speaker

from ..figure import bundle
from ..formats.svg import image

__all__ = ["Landscape", "Plot", "Row", "Sheet", "Shown"]

SHARPNESS = 2
"""Pixels of the file to one that is shown, for fine screens and for those who copy it to a slide."""


class Shown:
    """What a notebook shows as a figure of matplotlib's, which without pyplot it would not show."""

    def _sheet(self) -> Figure:
        raise NotImplementedError

    def _repr_html_(self) -> str | None:
        return self._repr_mimebundle_(include=["text/html"]).get("text/html")

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, Any]:
        @cache
        def png() -> bytes:
            figure, file = self._sheet(), io.BytesIO()
            figure.savefig(file, format="png", dpi=SHARPNESS * figure.dpi)
            return file.getvalue()

        def html() -> str:
            (width,) = struct.unpack(">I", png()[16:20])  # of the file: settings may cut or dilate the figure
            return image(png(), "image/png", words(self._sheet()), width / SHARPNESS)

        return bundle(self, html, png, include, exclude)


class Sheet(Shown, Figure):
    """A figure, and the language in which it describes itself."""

    lang = LANG

    def _sheet(self) -> Figure:
        return self


class Plot(Shown, Axes):
    """Axes."""

    def _sheet(self) -> Figure:
        return cast("Figure", self.figure)


class Landscape(Shown, Axes3D):  # type: ignore[misc]  # it has no types
    """Axes in three dimensions."""

    def _sheet(self) -> Figure:
        return cast("Figure", self.figure)


class Row(Shown, np.ndarray[Any, Any]):
    """Axes beside each other."""

    def _sheet(self) -> Figure:
        return cast("Figure", self.flat[0].figure)


def words(figure: Figure, lang: str = LANG) -> str:
    """What a figure shows, for those who cannot see it: what lies over what, and the names of a legend.

    `lang` is the language of a figure that has none of its own.
    """
    say = speaker(getattr(figure, "lang", lang))
    said = []
    for ax in figure.axes:
        x, y = _axis(ax.xaxis, say), _axis(ax.yaxis, say)
        what = say("{y} over {x}", y=y, x=x) if x and y else x or y
        titles = [title for title in (ax.get_title("left"), ax.get_title(), ax.get_title("right")) if title]
        what = ": ".join([*titles, what] if what else titles)
        if legend := ax.get_legend():
            names = ", ".join(text.get_text() for text in legend.get_texts())
            what = f"{what} ({names})"
        if what.strip():
            said.append(what)
    return say("Plot of {what}", what="; ".join(said)) if said else say("Plot")


def _axis(axis: Axis, say: Say) -> str:
    """The label of an axis and, where it has names for numbers, the first and the last."""
    label = axis.get_label_text()
    names = [text.get_text() for text in axis.get_ticklabels() if not text.get_parse_math()]
    if not names:
        return label
    return say("{label} ({first} to {last})", label=label, first=names[0], last=names[-1])
