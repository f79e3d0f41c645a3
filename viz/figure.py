"""`draw`: a graph as a picture, and `Figure`, which shows it, saves it and hands it out in each format."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Collection
from functools import cached_property
from pathlib import Path
from typing import Any

from microgrid import Value

from . import dot, layout, page, paint, paper, svg
from .digits import ASCII_MINUS, Numbers
from .options import Options
from .picture import compose
from .scene import Scene
from .snapshot import Trace, read

__all__ = ["Figure", "draw"]


def draw(
    y: Value,
    *,
    rankdir: str = "LR",
    theme: str = "lecture",
    ops: str = "merged",
    edges: str = "local",
    precision: int = 4,
    max_nodes: int | None = 300,
    engine: str = "auto",
    title: str | None = None,
    legend: bool = False,
) -> Figure:
    """Draw the graph that computed y, as it is now: values, the gradients that `y.backward()` left, local derivatives.

    >>> from microgrid import Value, parameter
    >>> w, x = parameter(2.0, "w"), Value(3.0, "x")
    >>> L = (w * x) ** 2
    >>> L.label = "L"
    >>> L.backward()
    >>> figure = draw(L)
    >>> "∂L/∂w = 36" in figure.svg()
    True

    `rankdir`: the direction of the arrows, "LR", "TB", "RL" or "BT".
    `theme`: "lecture" (inputs yellow, parameters violet, operations light blue), "light", "dark" or "print".
    `ops`: "merged", one box for an operation and its result, or "separate", a circle and a box.
    `edges`: "local" writes the local derivative on each arrow, "plain" does not.
    `precision`: significant digits.  `max_nodes`: refuse to draw a larger graph (None: no limit).
    `engine`: what lays out, "dot", "pygraphviz" or "auto", the first that is installed.
    `title` stands above the picture, and `legend` adds a row below it that says which box is what.

    Nothing is written until `Figure.save`, and the graph is not changed.  Raises VizError (TooLarge) beyond
    `max_nodes`; the figure's methods raise LayoutError where Graphviz fails, EngineNotFound where there is none.
    """
    options = Options(
        rankdir=rankdir, theme=theme, ops=ops, edges=edges, precision=precision, max_nodes=max_nodes, engine=engine,
        title=title, legend=legend,
    )  # fmt: skip
    return Figure(read(y, max_nodes), options)


class Figure:
    """A picture of a graph as it was when it was drawn.  In a notebook it shows itself.

    >>> from microgrid import Value
    >>> figure = draw(Value(2.0, "a") * 3.0)
    >>> figure.svg().startswith("<svg ")
    True
    """

    def __init__(self, trace: Trace, options: Options) -> None:
        self._trace = trace
        self._options = options

    @cached_property
    def _scene(self) -> Scene:
        """Laid out once, when a format first needs it; `dot()` never does."""
        picture = compose(self._trace, self._options, Numbers(self._options.precision))
        places = layout.place(picture, self._options.rankdir, self._options.engine)
        return paint.paint(picture, places, self._options)

    def svg(self) -> str:
        """The picture as SVG, for slides, web pages and notebooks."""
        return svg.svg(self._scene)

    def html(self) -> str:
        """A web page with the picture, in one file that needs no network."""
        return page.page(self._scene)

    def dot(self) -> str:
        """The graph in Graphviz's language; this needs no layout engine.

        >>> from microgrid import Value
        >>> print(draw(-Value(2.0, "a")).dot().count("->"))
        1
        """
        numbers = Numbers(self._options.precision, ASCII_MINUS)
        return dot.source(compose(self._trace, self._options, numbers), self._options)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write a file; its suffix says which format: .svg, .html, .pdf, .png, .dot or .gv.

        A file that is there already is replaced as a whole or, if anything fails, left as it is.
        """
        target = Path(path)
        writers: dict[str, Callable[[], str | bytes]] = {
            ".svg": self.svg,
            ".html": self.html,
            ".pdf": lambda: paper.pdf(self._scene),
            ".png": lambda: paper.png(self._scene),
            ".dot": self.dot,
            ".gv": self.dot,
        }
        if target.suffix.lower() not in writers:
            *first, last = writers
            raise ValueError(f"cannot tell the format of {str(target)!r}: end it in {', '.join(first)} or {last}")
        content = writers[target.suffix.lower()]()
        replace_file(target, content.encode() if isinstance(content, str) else content)
        return target

    def __repr__(self) -> str:
        root = self._trace.root
        return f"<Figure of {root.label or root.op or 'a Value'}: {len(self._trace.nodes)} nodes>"

    def _repr_svg_(self) -> str | None:
        return self._repr_mimebundle_().get("image/svg+xml")

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, Any]:
        """What a notebook shows: the picture, or in words why there is none."""
        return bundle(self, lambda: {"image/svg+xml": self.svg()}, include, exclude)


def bundle(
    shown: object,
    formats: Callable[[], dict[str, Any]],
    include: Collection[str] | None,
    exclude: Collection[str] | None,
) -> dict[str, Any]:
    """For a notebook: the formats that it asks for, or in words why there are none."""
    try:
        made = {**formats(), "text/plain": repr(shown)}
    except Exception as error:  # in a notebook a traceback would stand where the picture should
        made = {"text/plain": f"{shown!r}\n{type(error).__name__}: {error}"}
    return {
        kind: content
        for kind, content in made.items()
        if (not include or kind in include) and not (exclude and kind in exclude)
    }


UMASK = os.umask(0o077)  # it can only be read by setting it, which is safest before there are threads
os.umask(UMASK)


def replace_file(target: Path, content: bytes) -> None:
    """Write next to the target and rename, so that nobody ever sees half a file; OSError names the target."""
    temporary = None
    try:
        target = target.resolve()  # the file that a link means
        handle, temporary = tempfile.mkstemp(prefix=".picture-", suffix=".tmp", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, _mode(target))
        os.replace(temporary, target)
    except BaseException as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise type(error)(error.errno, f"cannot write the picture: {error.strerror}", str(target)) from error
        raise


def _mode(target: Path) -> int:
    """The permissions a plain `open` would leave: those of the old file, or what the umask allows."""
    return target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~UMASK
