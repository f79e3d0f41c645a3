"""A network in Graphviz's language: a node for each unit, an edge for each link with its weight."""

from __future__ import annotations

from microgrid.base.phrases import said

from ..formats.dot import escape
from ..style.theme import FONTS, THEMES
from ..words.numbers import ASCII_MINUS, Numbers
from .net import Net, Unit
from .options import NetworkOptions
from .painting.looks import Looks

__all__ = ["source"]


def source(net: Net, options: NetworkOptions, show: str) -> str:
    """All units, those of a column on one rank, and all links, in their order."""
    import graphviz

    theme, numbers = THEMES[options.theme], Numbers(options.precision, ASCII_MINUS)
    looks = Looks(net, show, options.weights, theme, 1.0)
    graph = graphviz.Digraph(
        graph_attr={"rankdir": "LR", "bgcolor": theme.background, "splines": "line", "ranksep": "1.2"},
        node_attr={"shape": "circle", "style": "filled", "fontname": "sans-serif", "fontcolor": theme.text},
        edge_attr={"fontname": "sans-serif", "fontsize": str(FONTS["local"].size), "arrowsize": "0.6"},
    )
    if options.title:
        graph.attr(label=escape([options.title]), labelloc="t", fontcolor=theme.text)
    for k, column in enumerate(net.columns):
        rank = graphviz.Digraph(name=f"column{k}", graph_attr={"rank": "same"})
        for row, unit in enumerate(column.units):
            look = looks.unit(unit)
            rank.node(
                f"c{k}_{row}",
                escape(_lines(unit, numbers)),
                tooltip=escape([said(column.caption, options.lang)]),
                fillcolor=look.paint.fill,
                color=look.paint.stroke,
                fontcolor=look.ink,
            )
        graph.subgraph(rank)
    for link in net.links:
        paint, number = looks.arrow(link), looks.number(link.weight)
        name = link.weight.name if link.weight else ""
        graph.edge(
            "c{}_{}".format(*link.tail),
            "c{}_{}".format(*link.head),
            label=escape([name if number is None else f"{name} = {numbers(number)}"]) if name else None,
            color=paint.stroke,
            penwidth=f"{paint.width:g}",
            style="dashed" if paint.dash else None,
        )
    text: str = graph.source
    return text


def _lines(unit: Unit, numbers: Numbers) -> list[str]:
    """The name, the value and the biases of a unit."""
    lines = [unit.name]
    if unit.value is not None:
        lines.append(numbers(unit.value))
    lines += [f"{bias.name} = {numbers(bias.value)}" for bias in unit.biases if bias.value is not None]
    return lines
