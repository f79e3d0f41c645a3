"""A training that moves: a path down a function, or what a network decides from step to step."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from copy import deepcopy
from pathlib import Path as File
from typing import Any

from microgrid.arguments import ArrayLike
from microgrid.base import files
from microgrid.base.checks import whole
from microgrid.base.phrases import LANG, LANGUAGES, Say, speaker

from ...errors import VizError
from ...figure import bundle
from ...page.film_page import Told, film_page
from ...page.page import in_notebook
from ...style.theme import PALETTE
from ..axes import few, grid, panels
from ..classifiers.decisions import checked, decision_boundary
from ..functions.lines import descent
from ..functions.surfaces import surface
from ..given import finite, function, route
from ..sampling import Sampled

__all__ = ["Animation", "animate"]

SECONDS, LAST_SECONDS = 0.25, 3.0
"""How long a frame of a GIF is shown, and the last one."""
SHARPNESS = 110
"""Pixels to the inch."""


def animate(
    training: Any,
    of: Any,
    X: ArrayLike | None = None,
    y: ArrayLike | None = None,
    *,
    frames: int = 30,
    lang: str = LANG,
) -> Animation:
    """The frames of a training, for slides (`save("x.gif")`) and as a page with play and slider (`"x.html"`).

    `training` is what `train.descend` returned, or several of them by their names, and `of` the function: of
    one variable it is drawn as by `descent`, of two as by `surface`.  Or `training` is the History of a
    ``fit(..., record="parameters")`` and `of` the model: beside the loss stands what it decides of samples X,
    two numbers each, with classes y.  So many `frames` at most are shown, evenly spread.
    ValueError for a History without recorded parameters, and for one without samples.

    >>> from microgrid import optim, train
    >>> path = train.descend(lambda x: x * x, 1.0, lambda ps: optim.SGD(ps, lr=0.25), 4)
    >>> len(animate(path, lambda x: x * x))
    5
    """
    frames = whole(frames, "frames", least=2)
    if isinstance(training, Mapping) and not hasattr(training, "path"):
        return Animation(_Descents(dict(training), of, frames), lang)
    if hasattr(training, "path"):
        if training.path is None or not hasattr(of, "named_parameters"):
            raise ValueError(
                'a training is animated by its recorded parameters: fit(..., record="parameters"), and then '
                "animate(history, model, X, y)"
            )
        if X is None or y is None:
            raise ValueError("what a network decides is drawn around samples: pass X and y")
        return Animation(_Decisions(training.path, of, X, y, frames), lang)
    return Animation(_Descents({"": training}, of, frames), lang)


class _Descents:
    """Paths down a function, all at the same step."""

    def __init__(self, paths: dict[str, Any], f: Callable[..., Any], frames: int) -> None:

        if not paths or not callable(f):
            raise TypeError("animate(path, f) takes what train.descend returned, and the function")
        self.paths = paths
        told = {name: f"the path {name!r}" if name else "the path" for name in paths}
        self.points = {name: finite(told[name], getattr(p, "points", p)) for name, p in paths.items()}
        self.flat = all(points.ndim == 1 or points.shape[1] == 1 for points in self.points.values())
        self.f = f = function(f, *("x", "y")[: 1 if self.flat else 2])
        for name, points in self.points.items():
            if not len(points):
                raise ValueError(f"{told[name]} is empty: it has a point at least")
            if not self.flat:
                route(points, told[name])
            along = points.reshape(len(points), -1)
            Sampled(lambda inputs: f(*inputs), along, along, "the function").check(paths[name], told[name])
        if self.flat and len(paths) > 1:
            raise ValueError("several paths are animated on a function of two variables: this one has one")
        self.steps = few(max(map(len, self.points.values())), frames)

    def title(self, say: Say) -> str:
        return say("Descent, step by step")

    def caption(self, k: int, say: Say) -> str:
        said = []
        for name, path in self.paths.items():
            values = getattr(path, "values", None)
            if values is not None and not callable(values):
                place = min(k, len(values) - 1)
                said.append(f"{name}: f = {values[place]:.4g}" if name else f"f = {values[place]:.4g}")
        return ", ".join([say("step {k}", k=k), *said])

    def draw(self, lang: str) -> Iterator[Any]:
        return self._curves(lang) if self.flat else self._surfaces(lang)

    def _curves(self, lang: str) -> Iterator[Any]:
        (points,) = self.points.values()
        whole_way = descent(self.f, *self.paths.values(), lang=lang)
        for k in self.steps:
            ax = descent(self.f, points[: k + 1], xlim=whole_way.get_xlim(), lang=lang)
            ax.set_ylim(whole_way.get_ylim())
            yield ax.figure

    def _surfaces(self, lang: str) -> Iterator[Any]:
        ax = surface(self.f, self.paths if set(self.paths) != {""} else self.paths[""], lang=lang)
        lines = ax.get_lines()
        for k in self.steps:
            for i, points in enumerate(self.points.values()):
                way, _, end = lines[3 * i : 3 * i + 3]
                way.set_data(*points[: k + 1].T)
                end.set_data(*points[min(k, len(points) - 1)][:, None])
            yield ax.figure


class _Decisions:
    """What a network decides with the parameters of each recorded step, beside the losses so far."""

    def __init__(self, path: Any, model: Any, X: ArrayLike, y: ArrayLike, frames: int) -> None:
        self.path, self.X, self.y = path, *checked(X, y)[:2]
        self.model = deepcopy(model)
        self.parameters = dict(self.model.named_parameters())
        if set(path.names) != set(self.parameters):
            raise ValueError(
                'the training did not record all parameters of this model: fit(..., record="parameters") does'
            )
        self.steps = few(len(path), frames)

    def title(self, say: Say) -> str:
        return say("Training, step by step")

    def caption(self, k: int, say: Say) -> str:
        return f"{say('step {k}', k=self.path.steps[k])}, {say('loss')} = {self.path.values[k]:.4g}"

    def draw(self, lang: str) -> Iterator[Any]:
        say, losses = speaker(lang), list(self.path.values)
        for k in self.steps:
            for name, number in zip(self.path.names, self.path[k], strict=True):
                self.parameters[name].data = number
            left, right = both = panels(2, (9.6, 4.2), lang=lang)
            decision_boundary(self.model, self.X, self.y, ax=left, lang=lang)
            right.plot(self.path.steps[: k + 1], losses[: k + 1], color=PALETTE[0])
            right.plot(self.path.steps[k], losses[k], color=PALETTE[0], marker="o")
            grid(right, say("step"), say("loss"))
            low, high = min(losses), max(losses)
            more = 0.05 * (high - low) or 0.5
            right.set(xlim=(self.path.steps[0], self.path.steps[-1]), ylim=(low - more, high + more))
            yield both[0].figure


class Animation:
    """Frames of a training; in a notebook they play, and `save` writes a GIF or a page."""

    def __init__(self, drawn: _Descents | _Decisions, lang: str) -> None:
        speaker(lang)  # which knows the languages
        self._drawn, self._lang = drawn, lang
        self._images: dict[str, list[bytes]] = {}

    def __len__(self) -> int:
        return len(self._drawn.steps)

    def png(self, k: int = -1) -> bytes:
        """One frame as a PNG file's content."""
        return self._frames(self._lang)[k]

    def html(self) -> str:
        """A page in both languages, one file that needs no network: play, step, slide."""
        return film_page({lang: self._told(lang) for lang in LANGUAGES}, self._lang, "lecture")

    def save(self, path: str | os.PathLike[str]) -> File:
        """Write a GIF or a page, as the path ends in .gif or .html; a file there is replaced as a whole."""
        kind = File(path).suffix.lower()
        if kind not in (".gif", ".html"):
            raise VizError(f"an animation is saved as .gif or .html, got {os.fspath(path)!r}")
        files.replace(path, self.html() if kind == ".html" else self._gif())
        return File(path)

    def _frames(self, lang: str) -> list[bytes]:
        if lang not in self._images:
            self._images[lang] = list(map(_png, self._drawn.draw(lang)))
        return self._images[lang]

    def _told(self, lang: str) -> Told:
        say, images = speaker(lang), self._frames(lang)
        width, height = _size(images[0])
        groups = []
        for k, image in enumerate(images):
            hidden = ' visibility="hidden"' if k + 1 < len(images) else ""
            source = f"data:image/png;base64,{base64.b64encode(image).decode()}"
            frame = f'<image width="{width}" height="{height}" href="{source}"/>'
            groups.append(f'<g data-from="{k}" data-to="{k + 1}"{hidden}>{frame}</g>')
        captions = [self._drawn.caption(k, say) for k in self._drawn.steps]
        title = self._drawn.title(say)
        picture = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            f'aria-label="{title}">\n' + "\n".join(groups) + "\n</svg>"
        )
        return Told(title, picture, [""] * len(images), [""] * len(images), captions)

    def _gif(self) -> bytes:
        from PIL import Image

        images = [Image.open(io.BytesIO(image)).convert("RGB") for image in self._frames(self._lang)]
        durations = [int(1000 * SECONDS)] * (len(images) - 1) + [int(1000 * LAST_SECONDS)]
        file = io.BytesIO()
        images[0].save(
            file, format="GIF", save_all=True, append_images=images[1:], duration=durations, loop=0
        )
        return file.getvalue()

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, Any]:
        still = self._told(self._lang).picture
        return bundle(self, lambda: in_notebook(self.html(), still), self.png, include, exclude)

    def __repr__(self) -> str:
        return f"<Animation of {len(self)} frames>"


def _png(figure: Any) -> bytes:
    """The figure in 256 colours, a third of the bytes: a page holds some sixty."""
    from PIL import Image

    drawn, file = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=SHARPNESS)
    Image.open(drawn).convert("RGB").quantize(256).save(file, format="png")
    return file.getvalue()


def _size(png: bytes) -> tuple[int, int]:
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
