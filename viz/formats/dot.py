"""Pictures as Graphviz source, for those who use Graphviz themselves, and for micrograd's notebooks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from microgrid import Value
from microgrid.base.checks import one_of
from microgrid.base.phrases import said
from microgrid.ops import TABLE

from ..graph.trace import read
from ..options import CHOICES, Options
from ..picture import looks
from ..picture.boxes import PENDING, Box, Picture
from ..picture.looks import Look
from ..style.text import clean, shorten
from ..style.theme import FONTS, THEMES, Theme
from ..words.numbers import ASCII_MINUS, Numbers

if TYPE_CHECKING:
    from graphviz import Digraph

__all__ = ["draw_dot", "escape", "source"]

LONGEST = 1_000
"""Characters of a line; escaped, each takes at most 5 bytes."""
_SHAPES = {
    "input": ("box", "rounded,filled"),
    "parameter": ("hexagon", "filled"),
    "op": ("box", "filled"),
    "constant": ("box", "filled,dashed"),
    "symbol": ("ellipse", "filled"),
    "folded": ("box3d", "filled"),
    "elided": ("plaintext", ""),
}


def escape(lines: Iterable[str]) -> str:
    """Lines of a user's text as a label that Graphviz shows as it stands.

    Of a line of more than 1,000 characters the beginning: Graphviz reads at most 16,384 bytes of a text.
    Unescaped, it would read ``\\N`` as the node's name, ``&lt;`` as a character and ``<b>`` as HTML.
    """
    import graphviz

    escaped = [graphviz.escape(shorten(clean(line), LONGEST).replace("&", "&amp;")) for line in lines]
    label: str = graphviz.nohtml(r"\n".join(escaped))
    return label


def source(picture: Picture, options: Options) -> str:
    """The picture in Graphviz's language, with the theme's colours and labels that Graphviz measures."""
    import graphviz

    theme = THEMES[options.theme]
    graph = graphviz.Digraph(
        graph_attr={
            "rankdir": _direction(options.rankdir),
            "bgcolor": theme.background,
            "fontname": "sans-serif",
        },
        node_attr={"fontname": "sans-serif", "fontsize": str(FONTS["value"].size), "fontcolor": theme.text},
        edge_attr={
            "fontname": "sans-serif",
            "fontsize": str(FONTS["local"].size),
            "fontcolor": theme.local,
            "color": theme.edge,
        },
    )
    if options.title:
        graph.attr(
            label=escape([options.title]),
            labelloc="t",
            fontcolor=theme.text,
            fontsize=str(FONTS["title"].size),
        )
    _boxes(graph, picture, theme, options.lang)
    for arrow in picture.arrows:
        label = escape(line.text for line in arrow.label.lines) if arrow.label else None
        graph.edge(arrow.tail.name, arrow.head.name, label=label)
    text: str = graph.source
    return text


def _boxes(graph: Digraph, picture: Picture, theme: Theme, lang: str) -> None:
    """The boxes, those of a scope in a cluster, and clusters within clusters."""
    import graphviz

    scopes: tuple[str, ...] = ()
    clusters = [graph]  # the graph, then a cluster for each scope that is open

    for count, box in enumerate(sorted(picture.boxes, key=lambda box: box.scope)):
        while scopes != box.scope[: len(scopes)]:
            _close(clusters)
            scopes = scopes[:-1]
        scopes = box.scope
        for depth in range(len(clusters) - 1, len(scopes)):
            name = said(picture.scopes.get(scopes[: depth + 1], scopes[depth]), lang)
            look = {"style": "filled", "fillcolor": theme.scope.fill, "color": theme.scope.stroke}
            look |= {"label": escape([name]), "fontcolor": theme.dim}
            clusters.append(graphviz.Digraph(name=f"cluster_{count}_{depth}", graph_attr=look))
        _box(clusters[-1], box, theme, looks.of(picture, box, theme))
    while len(clusters) > 1:
        _close(clusters)


def _close(clusters: list[Digraph]) -> None:
    """The innermost cluster becomes a part of the one around it."""
    innermost = clusters.pop()
    clusters[-1].subgraph(innermost)


def _box(graph: Digraph, box: Box, theme: Theme, look: Look) -> None:
    shape, style = _SHAPES[box.kind]
    graph.node(
        box.name,
        escape("  ".join(line.text for line in row) for row in box.rows),
        shape=shape,
        style=style,
        fillcolor=look.paint.fill,
        color=look.paint.stroke,
        penwidth=f"{look.paint.width:g}",
        fontcolor=look.text or (theme.symbol if box.kind == "symbol" else None),
    )


def _direction(rankdir: str) -> str:
    """What Graphviz knows, which has no rows."""
    return "LR" if rankdir == "rows" else rankdir


def draw_dot(root: Value, format: str = "svg", rankdir: str = "LR") -> Digraph:
    """Draw a graph as micrograd's notebooks do: a `graphviz.Digraph` with a box for each value, a circle for
    each operation.

    `root` is the last value, `rankdir` "LR" or "TB", `format` that of rendering, which needs the dot
    program; `viz.draw` has more to offer.

    >>> from microgrid import Value
    >>> x = Value(3.0, label="x")
    >>> draw_dot(x * x).source.count("->")  # x to the operation twice, and on to the result
    3
    """
    import graphviz

    one_of(rankdir, "rankdir", CHOICES["rankdir"])
    rankdir = _direction(rankdir)
    numbers = Numbers(minus=ASCII_MINUS)
    graph = graphviz.Digraph(format=format, graph_attr={"rankdir": rankdir})
    trace = read(root)
    inside = {i: piece for piece in trace.pieces for i in piece.nodes}
    for node in trace.nodes:
        piece = inside.get(node.index)
        circle = f"o{piece.nodes[-1] if piece else node.index}"
        if piece is None or node.index in piece.outputs:
            grad = PENDING if node.grad is None else f"grad {numbers(node.grad)}"
            cells = [node.label, f"data {numbers(node.data)}", grad]
            graph.node(f"n{node.index}", escape([" | ".join(cell for cell in cells if cell)]), shape="box")
            if node.op:
                graph.edge(circle, f"n{node.index}")
        if piece is None and node.op:
            graph.node(circle, escape([TABLE[node.op].spelling(node.constant)]))
            for parent in node.parents:
                graph.edge(f"n{parent}", circle)
        elif piece and node.index == piece.nodes[-1]:
            graph.node(circle, escape([piece.name.replace("_", " ")]))
            for parent in piece.operands:
                graph.edge(f"n{parent}", circle)
    return graph
