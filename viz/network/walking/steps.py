"""`steps(y, view="network")`: the walk through a network, layer by layer, over its diagram of neurons."""

from __future__ import annotations

import copy
import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, overload

from microgrid import Value
from microgrid.base.messages import warn
from microgrid.base.phrases import LANGUAGES, message
from microgrid.graph import order

from ...errors import TooLarge
from ...figure import bundle
from ...formats.pdf_png import png_for_paper, scale
from ...formats.svg import picture
from ...page.film_page import Told, film_page, told_walk
from ...walk.moments import frame_index
from ...walk.writing.files import BEAMER, Files
from ..net import Net
from ..options import NetworkOptions
from ..read import read
from .film import NetworkFilm, Step
from .formulas import Formulas

__all__ = ["LayerFrame", "NetworkSteps", "network_steps"]


@dataclass(frozen=True)
class LayerFrame:
    """One step of a walk by layers: `phase` is "start", "forward", "seed", "backward" or "end", `column` the
    column of circles that the arrows of the step lead to."""

    index: int
    phase: str
    column: int | None
    caption: str


def network_steps(y: Value, options: dict[str, Any]) -> NetworkSteps:
    """Walk through the network that computed y, on a copy of its graph; `options` are those of `network`.

    >>> import random
    >>> from microgrid import nn
    >>> random.seed(1)
    >>> y = nn.MLP(2, [3, 1], activation="tanh")([0.5, -1.0])
    >>> [frame.phase for frame in network_steps(y, {})]
    ['start', 'forward', 'forward', 'seed', 'backward', 'backward', 'end']
    """
    if not isinstance(y, Value):
        raise TypeError(f"expected a Value, the result of a computation, got {type(y).__name__} {y!r:.40}")
    if "show" in options:
        raise TypeError("a walk shows values, then gradients: leave out show=")
    chosen = NetworkOptions.of("steps", options)
    copied = copy.deepcopy(y)
    for node in order(copied):
        node.grad = 0.0
    copied.backward()
    return NetworkSteps(read(copied), chosen)


def _course(net: Net) -> list[Step]:
    """The columns in turn, then back; one has its gradients when all that it goes to have passed them on."""
    last = len(net.columns) - 1
    first_use: dict[int, int] = {}
    for link in net.links:
        first_use[link.tail[0]] = min(link.head[0], first_use.get(link.tail[0], last))
    steps = [Step("start"), *(Step("forward", k, (k,)) for k in range(1, last + 1))]
    steps.append(Step("seed", None, (last,)))
    for k in range(last, 0, -1):
        steps.append(Step("backward", k, tuple(j for j in range(k) if first_use.get(j) == k)))
    return [*steps, Step("end")]


class NetworkSteps(Sequence[LayerFrame]):
    """The frames of a network as it was when `steps` was called."""

    def __init__(self, net: Net, options: NetworkOptions) -> None:
        self._net, self._options = net, options
        self._steps = _course(net)
        formulas = Formulas(net, options.precision, options.lang)
        self._texts = [self._text(step, formulas) for step in self._steps]

    @staticmethod
    def _text(step: Step, formulas: Formulas) -> str:
        if step.phase == "forward" and step.column is not None:
            return formulas.forward(step.column)
        if step.phase == "backward" and step.column is not None:
            return formulas.backward(step.column, step.completes)
        return {"start": formulas.start, "seed": formulas.seed, "end": formulas.end}[step.phase]()

    def __len__(self) -> int:
        return len(self._steps)

    @overload
    def __getitem__(self, k: int) -> LayerFrame: ...
    @overload
    def __getitem__(self, k: slice) -> list[LayerFrame]: ...
    def __getitem__(self, k: int | slice) -> LayerFrame | list[LayerFrame]:
        if isinstance(k, slice):
            return [self[i] for i in range(*k.indices(len(self)))]
        index = frame_index(k, len(self))
        step = self._steps[index]
        return LayerFrame(index, step.phase, step.column, self._texts[index])

    @cached_property
    def _film(self) -> NetworkFilm:
        film = NetworkFilm(self._net, self._options, self._steps, self._texts)
        if (self._options.slide or "").startswith("beamer"):
            whole = NetworkFilm(self._net, self._options.changed(slide=None), self._steps, self._texts)
            with suppress(TooLarge):
                if less := film.lacks(whole):
                    rule = f", so that a {self._options.slide} slide can be read: "
                    warn(message("drawn ", less, rule, "the other formats, such as .html, show them"))
        return film

    def svg(self, k: int) -> str:
        """Frame k as SVG."""
        return self._film.svg(frame_index(k, len(self)))

    def tikz(self) -> str:
        """A Beamer frame, in which each step is an overlay, for a document of yours."""
        return self._for_beamer._files.tikz(standalone=False)

    def reveal(self) -> str:
        """The walk as a `<section>` of a reveal.js presentation, a fragment for each step, notes included."""
        return self._files.section()

    def html(self) -> str:
        """The walk as a web page in each language, one file that needs no network: step, play, jump.

        >>> import random
        >>> from microgrid import nn
        >>> random.seed(1)
        >>> page = network_steps(nn.MLP(2, [3, 1])([0.5, -1.0]), {}).html()
        >>> "<script src" in page
        False
        """
        if self._options.slide is not None:  # a page is no slide
            return NetworkSteps(self._net, self._options.changed(slide=None)).html()
        walks = {lang: self._told(lang) for lang in LANGUAGES}
        return film_page(walks, self._options.lang, self._options.theme)

    def _told(self, lang: str) -> Told:
        """The walk in a language."""
        own = lang == self._options.lang
        walk = self if own else NetworkSteps(self._net, self._options.changed(lang=lang))
        phases = [step.phase for step in walk._steps]
        return told_walk(walk._film, walk._film.picture, phases, walk._texts, lang)

    def save(self, path: str | os.PathLike[str], *, standalone: bool = True) -> list[Path]:
        """Write files, as `Steps.save` does."""
        numbered = "{" in os.fspath(path)
        walk = self._for_beamer if Path(path).suffix.lower() == ".tex" and not numbered else self
        return walk._files.save(path, standalone)

    @cached_property
    def _for_beamer(self) -> NetworkSteps:
        page = BEAMER.get(self._options.slide, self._options.slide)
        if page == self._options.slide:
            return self
        return NetworkSteps(self._net, self._options.changed(slide=page))

    @property
    def _files(self) -> Files:
        return Files(len(self), lambda: self._film, self.html, self._options.slide)

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, Any]:
        """What a notebook shows: the moving picture, and on paper its last frame, which has all numbers."""
        film, last = self._film, len(self) - 1
        return bundle(
            self,
            lambda: picture(film.scene(0), scale(film.scene(0).size), self._files.moving()),
            lambda: png_for_paper(film.scene(last)),
            include,
            exclude,
        )

    def __repr__(self) -> str:
        return f"<Steps of {self._net.title}: {len(self)} frames>"
