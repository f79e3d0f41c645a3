"""`draw`: a graph as a picture, and `Figure`, which shows it, saves it and hands it out in each format."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Collection
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from microgrid import Value
from microgrid.base import files
from microgrid.base.phrases import Setting, message

from .drawing import layout, painter
from .drawing.rows import placed
from .drawing.scene import Scene
from .drawing.slide import on_sheet, on_slide
from .drawing.slide_choice import Attempt, Draft, chosen, say_it
from .formats import dot, pdf_png, pptx, svg, tikz
from .graph.trace import Trace
from .options import DrawOptions, Options, takes
from .picture.boxes import Picture
from .picture.compose import compose
from .picture.condensed import finished
from .picture.selection import Choices, check_count, choose, subject
from .style.collector import resting
from .style.density import AIRY
from .words.labels import named
from .words.numbers import ASCII_MINUS, Numbers

__all__ = ["Figure", "Source", "draw"]

LESS = message("draw a part with ", Setting("around"), " and ", Setting("radius"))


@takes(DrawOptions)
def draw(y: Value, **options: Any) -> Figure:
    """Draw the graph of y as it is now: values, the gradients that `y.backward()` left, local derivatives.

    >>> from microgrid import Value, parameter
    >>> w, x = parameter(2.0, "w"), Value(3.0, "x")
    >>> L = (w * x) ** 2
    >>> L.label = "L"
    >>> L.backward()
    >>> figure = draw(L)
    >>> "∂L/∂w = 36" in figure.svg()
    True

    `rankdir`: the direction of the arrows, "LR", "TB", "RL" or "BT", or "rows", as a text is read.
    `theme`: "lecture" (inputs yellow, parameters violet, operations light blue), "light", "dark" or "print".
    `ops`: "merged", one box for an operation and its result, or "separate", a circle and a box.
    `sums`: "merged" draws a sum of products, w₁x₁ + w₂x₂ + b, as one box, "separate" each of its operations,
    "results" all steps to a result that has a label or several uses, and "auto" sums above some 20 boxes.
    `pieces`: "named" draws softmax, mean, losses and their like as one box with the textbook's formula,
    "textbook" in the textbook's steps.
    `edges`: "local" writes the local derivative on each arrow, "number" without its formula, "plain" nothing.
    `numbers`: "all" writes those of every arrow, "none" of none, and "auto" where no more than six lead to a
    box; of the others the width says how large they are.
    `parameters`: "boxes" draws each in a box, "listed" writes it and its gradient on a line of the only box
    that uses it, "inside" leaves it to the formula of that box, "named" to those of all that do.
    `formulas`: "all" writes in each box how it is computed, "unnamed" only where it has no name.
    `show`: "structure" leaves out all numbers, "values" those of the backward pass, "all" none: the places
    are the same.
    `labels`: "math" writes w1 as w₁ and yhat as ŷ, "plain" as they are, and "names" calls what has no label
    by the variables of the caller, which nothing else does.  `precision`: significant digits.
    `title` stands above the picture, and `legend` says below it what each kind of box, border and colour
    means.  `lang`: the language of the legend and of what is read aloud or shown when pointed at, "en" or
    "es".

    What stands out (nodes are named by their Values or labels):
    `highlight`: these nodes; the rest steps back.  `path`: every route of the chain rule from a node to
    another, or to y, each with its product, and their sum.  `color_by`: "grad" colours boxes by the size of
    their gradients, from the smallest of the picture to the largest, and "grad-sign" negative ones otherwise
    than positive ones.
    `claim`: what `microgrid.check` says of a claim: what it covers and, in another colour, what it forgot.
    `node_style`: a function of a node (label, role, op, data, grad, scope, ...) that returns None or a dict
    with any of fill, stroke, text (colours as #rrggbb), width and dash (points).

    `slide`: "16:9" or "4:3" fits the picture to a slide and fills it.  Of the options that are not given it
    chooses direction, columns, sums, parameters, edges, digits, formulas and what is collapsed, the least
    folding whose text has 8 points; a warning says what it chose, and so does `Figure.choice`.

    How much is drawn:
    `collapse`: "neuron" draws each innermost scope as one box with its values and the norm of its gradients,
    "layer" each scope of those, "outermost" each scope that is in no other, None every node, and "auto" every
    node up to `max_nodes` boxes (None: no limit), and beyond that scopes, with a warning.  Of more than
    1,500 arrows none has its local derivative.
    `around` and `radius`: only what is within so many arrows of a node, by default 2.
    `engine`: what lays out, "dot", "pygraphviz", "viz.js" (in browsers), "columns", which needs none of
    them, or "auto": columns where there are layers, otherwise the first that is installed, and columns in a
    browser without viz.js; `timeout`: the seconds after which that is ended.

    Nothing is written until `Figure.save`, and the graph is not changed.  Raises TooLarge if there are more
    than `max_nodes` boxes, VizError for a node that is not in the graph; the figure's methods raise
    LayoutError where Graphviz fails or takes too long, EngineNotFound where there is none.
    """
    chosen = DrawOptions.of("draw", options)
    y, chosen = subject(y, chosen)
    check_count(y, chosen, LESS)
    trace = named(y, chosen.labels, chosen.precision)
    return Figure(_Graph(trace, chosen, choose(y, trace, chosen, LESS)))


class Source(Protocol):
    """What a figure shows, before any format: a graph, or a network."""

    @property
    def subject(self) -> str:
        """What it is a figure of."""
        ...

    def scene(self) -> Scene:
        """Everything in its place; asked for once, when a format first needs it."""
        ...

    def dot(self) -> str:
        """The same in Graphviz's language, without a place."""
        ...

    @property
    def choice(self) -> dict[str, Any]:
        """The options that were chosen for a slide."""
        ...


class _Graph:
    """A graph, as it was when it was drawn."""

    def __init__(self, trace: Trace, options: Options, choices: Choices) -> None:
        self._trace = trace
        self._options = options
        self._choices = choices

    @property
    def subject(self) -> str:
        root = self._trace.root
        return f"{root.label or root.op or 'a Value'}: {len(self._trace.nodes)} nodes"

    def dot(self) -> str:
        numbers = Numbers(self._options.precision, ASCII_MINUS)
        picture = compose(self._trace, self._options, numbers, self._choices)
        picture = finished(picture, self._options, AIRY)
        return dot.source(picture, self._options)

    def scene(self) -> Scene:
        if self._options.slide is None:
            picture, places = self._drafted(self._options, self._choices).place(self._options)
            return painter.paint(picture, places, self._options)
        attempt = self._attempt
        say_it(attempt, LESS)
        return on_slide(on_sheet(attempt.picture, attempt.sheet, attempt.options), attempt.sheet)

    @property
    def choice(self) -> dict[str, Any]:
        return {} if self._options.slide is None else dict(self._attempt.changes)

    @cached_property
    def _attempt(self) -> Attempt:
        return chosen(self._trace, self._options, self._choices, self._drafted, LESS)

    def _drafted(self, options: Options, choices: Choices) -> Draft:
        picture = compose(self._trace, options, Numbers(options.precision), choices)
        picture = finished(picture, options, choices.density)

        def place(way: Options) -> tuple[Picture, layout.Layout]:
            return placed(picture, way, choices.density.gaps)

        return Draft(picture, place)


class Figure:
    """A picture as things were when it was drawn.  In a notebook it shows itself.

    >>> from microgrid import Value
    >>> figure = draw(Value(2.0, "a") * 3.0)
    >>> figure.svg().startswith("<svg ")
    True
    """

    def __init__(self, source: Source) -> None:
        self._source = source

    @cached_property
    def _scene(self) -> Scene:
        """Laid out once, when a format first needs it; `dot()` never does."""
        with resting():
            return self._source.scene()

    @property
    def choice(self) -> dict[str, Any]:
        """What was chosen so that a slide can be read, as options of `draw` that say the same.

        >>> from microgrid import Value
        >>> draw(Value(2.0, "a") * 3.0, slide="16:9").choice
        {}
        """
        return self._source.choice

    def svg(self) -> str:
        """The picture as SVG, for slides, web pages and notebooks."""
        return svg.svg(self._scene)

    def html(self) -> str:
        """A web page with the picture, in one file that needs no network."""
        return svg.page(self._scene)

    def png(self) -> bytes:
        """The picture as the content of a PNG file, as `save` writes it.

        >>> from microgrid import Value
        >>> draw(Value(2.0, "a") * 3.0).png()[1:4]
        b'PNG'
        """
        return pdf_png.png(self._scene)

    def tikz(self) -> str:
        """The picture as a `tikzpicture` for a LaTeX document that uses the packages tikz and [T1]{fontenc}.

        Names and formulas are set in mathematics, and the text in the document's sans-serif font.
        """
        return tikz.tikz(self._scene)

    def dot(self) -> str:
        """The graph in Graphviz's language; this needs no layout engine.

        >>> from microgrid import Value
        >>> print(draw(-Value(2.0, "a")).dot().count("->"))
        1
        """
        return self._source.dot()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write a file; its suffix says which format: .svg, .html, .pdf, .png, .tex, .pptx, .dot or .gv.

        A .tex file is a LaTeX document of the picture alone, on a page of its size; a .pptx file a slide of
        native shapes (it needs python-pptx, ModuleNotFoundError without).  A .png file has 2.5
        pixels to the point and at most 4,000 on its longer side, unless text could not be read then.
        A file that is there already is replaced as a whole or, if anything fails, left as it is.
        Another suffix is a ValueError.
        """
        target = Path(path)
        writers: dict[str, Callable[[], str | bytes]] = {
            ".svg": self.svg,
            ".html": self.html,
            ".pdf": lambda: pdf_png.pdf(self._scene),
            ".png": self.png,
            ".tex": lambda: tikz.document(self._scene),
            ".pptx": lambda: pptx.pptx(self._scene),
            ".dot": self.dot,
            ".gv": self.dot,
        }
        if target.suffix.lower() not in writers:
            *first, last = writers
            raise ValueError(
                f"cannot tell the format of {str(target)!r}: end it in {', '.join(first)} or {last}"
            )
        content = writers[target.suffix.lower()]()
        files.replace(path, content)
        return target

    def __repr__(self) -> str:
        return f"<Figure of {self._source.subject}>"

    def _repr_html_(self) -> str | None:
        return self._repr_mimebundle_(include=["text/html"]).get("text/html")

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, Any]:
        """What a notebook shows: the picture, or in words why there is none."""

        def html() -> str:
            return svg.picture(self._scene, pdf_png.scale(self._scene.size))

        return bundle(self, html, lambda: pdf_png.png_for_paper(self._scene), include, exclude)


def bundle(
    shown: object,
    html: Callable[[], str],
    png: Callable[[], bytes],
    include: Collection[str] | None,
    exclude: Collection[str] | None,
) -> dict[str, Any]:
    """For a notebook: the formats that it asks for, or in words why there are none.

    On the screen it is HTML, since nothing else has a text for those who cannot see it, and is kept within
    its cell where a notebook is exported; the PNG is for paper: from SVG, LaTeX would need Inkscape, and is
    left out where matplotlib is missing, as in a browser, and there is HTML.
    """
    formats: dict[str, Callable[[], str]] = {
        "text/html": html,
        "image/png": lambda: base64.b64encode(png()).decode(),
        "text/plain": lambda: repr(shown),
    }
    asked = [
        kind for kind in formats if (not include or kind in include) and not (exclude and kind in exclude)
    ]
    made: dict[str, Any] = {}
    try:
        for kind in asked:
            try:
                made[kind] = formats[kind]()
            except ImportError:
                if kind != "image/png" or "text/html" not in made:
                    raise
        return made
    except Exception as error:  # in a notebook a traceback would stand where the picture should
        said = {"text/plain": f"{shown!r}\n{type(error).__name__}: {error}"}
        return {kind: said[kind] for kind in asked if kind in said}
