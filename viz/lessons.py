"""What the lessons of the course show: a picture in a notebook, its file where a lesson runs as a program."""

from __future__ import annotations

import os
import sys
import tempfile
import warnings
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from microgrid.base.phrases import LANG, said, say

__all__ = ["show"]

Shown = TypeVar("Shown")


def show(figure: Shown, name: str) -> Shown:
    """Save a picture, a walk or a plot under this name, and hand it back for the notebook to show.

    A notebook shows the last value of a cell.  A program, which shows nothing, prints where the file is: in
    the folder that MICROGRID_PICTURES names, or in a new temporary one.

    >>> import viz, microgrid
    >>> y = microgrid.parameter(2.0, "w") * 3.0
    >>> show(viz.draw(y), "product.svg").svg()[:4]  # doctest: +ELLIPSIS
    picture: ...product.svg
    '<svg'
    """
    file = Path(os.environ.get("MICROGRID_PICTURES") or _temporary()) / name
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "drawn ")  # what a slide leaves out is seen in the picture
        _saving(figure)(file)
    if not _in_notebook():
        print(said(say("picture: {file}", file=file), LANG))
    return figure


@cache
def _temporary() -> str:
    return tempfile.mkdtemp(prefix="microgrid-")


def _saving(figure: Any) -> Any:
    """What writes it: our own pictures by `save`, plots by the figure of matplotlib's that they stand on."""
    if hasattr(figure, "save"):
        return figure.save
    first = next(iter(getattr(figure, "flat", [figure])))  # of several plots beside each other
    return first.savefig if hasattr(first, "savefig") else first.figure.savefig


def _in_notebook() -> bool:
    if sys.platform == "emscripten":  # a page, whose cells show what they end with as well
        return True
    shells = sys.modules.get("IPython.core.interactiveshell")
    return shells is not None and bool(shells.InteractiveShell.initialized())
