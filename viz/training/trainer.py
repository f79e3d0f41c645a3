"""`trainer`: a page in which one watches a model learn, step by step or running."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from microgrid import Value
from microgrid.arguments import ArrayLike
from microgrid.base import files
from microgrid.base.checks import one_of, whole
from microgrid.base.phrases import LANG, LANGUAGES, known_language
from microgrid.nn.losses import Loss
from microgrid.optim import Optimizer

from ..formats.svg import svg
from ..network.options import NetworkOptions
from ..network.painting.paint import paint
from ..page.page import in_notebook
from ..style.theme import THEMES
from .facts import facts
from .page_file import page
from .recorded import batch_size as checked_size
from .recorded import recorded
from .walk import walk
from .words import words

__all__ = ["Trainer", "trainer"]


def trainer(
    model: Any,
    X: ArrayLike,
    y: ArrayLike,
    *,
    loss: str | Loss,
    optimizer: Optimizer | Callable[[Sequence[Value]], Optimizer],
    batch_size: int | None = None,
    seed: int = 0,
    title: str | None = None,
    theme: str = "lecture",
    lang: str = LANG,
) -> Trainer:
    """A web page, one file that needs no network, in which one watches the model learn.

    It computes what Python computes, from the same formulas: the model's own graph, its loss and its
    optimiser, recorded now.  Steps are taken one at a time or run; the network is shown with its weights,
    what each circle computes, the data with the boundary or the curve, the loss, and what the optimiser
    remembers.  Learning rate, optimiser, batch size and seed are changed while it runs.

    `model`, `loss`, `optimizer` and `batch_size` as `microgrid.train.fit` takes them; nothing of them
    changes.  `seed`, of Python's `random.Random`, draws the batches.  VizError for a model that cannot be
    replayed, TooLarge for more than 2,000 samples or 5,000 parameters.

    >>> from microgrid import nn, optim
    >>> page = trainer(nn.MLP(1, [3, 1]), [[0.0], [1.0]], [0.0, 1.0], loss="mse", optimizer=optim.SGD)
    >>> "<script src" in page.html()
    False
    """
    one_of(theme, "theme", THEMES)
    known_language(lang)
    if title is not None and not isinstance(title, str):
        raise TypeError(f"title is a str or None, got {type(title).__name__}")
    seed = whole(seed, "seed", least=0)
    made = recorded(model, X, y, loss, optimizer)
    known = facts(made, checked_size(batch_size, len(made.examples)), seed)
    name = loss if isinstance(loss, str) else getattr(loss, "__name__", type(loss).__name__)
    known |= {
        "lang": lang,
        "title": title,
        "lossName": name,
        "words": {code: words(code) for code in LANGUAGES},
        "classColors": [route.stroke for route in THEMES[theme].routes],
    }
    heading = title or words(lang)["title"].format(model=made.net.title)

    def write() -> str:
        found, walked = walk(made.total, made.columns, made.parameters, lang, theme)
        return page(made, known | {"walk": found}, heading, theme, walked)

    return Trainer(
        write, heading, lambda: svg(paint(made.net, NetworkOptions(theme=theme, lang=lang), "values"))
    )


class Trainer:
    """The page of `trainer`: `html()` is its text, `save("train.html")` writes it."""

    def __init__(self, write: Callable[[], str], heading: str, picture: Callable[[], str]) -> None:
        self._write, self._heading, self._picture = write, heading, picture

    @cached_property
    def _page(self) -> str:
        return self._write()

    def html(self) -> str:
        """The page, one file that needs no network."""
        return self._page

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page as .html, else a ValueError; it replaces what was there once it is complete."""
        file = Path(path)
        if file.suffix.lower() not in (".html", ".htm"):
            raise ValueError(f"the page that trains is written as .html, got {os.fspath(path)!r}")
        files.replace(file, self.html())
        return file

    def _repr_html_(self) -> str:
        """What a notebook shows: the page in a frame of its own; where that cannot be, the network."""
        return in_notebook(self.html(), self._picture())

    def __repr__(self) -> str:
        return f"<Trainer {self._heading}>"
