"""What a figure's SVG shows: its groups, boxes, texts and colours."""

from __future__ import annotations

import random
import xml.etree.ElementTree as ET

import viz
from microgrid import Value, nn

SVG = "{http://www.w3.org/2000/svg}"


def groups(figure: viz.Figure, kind: str) -> list[ET.Element]:
    """The groups of a kind in a figure's SVG: node, edge, local, routes, ..."""
    return [g for g in ET.fromstring(figure.svg()).iter(f"{SVG}g") if g.get("class", "").split()[0] == kind]


def texts(group: ET.Element) -> list[str]:
    return [text.text or "" for text in group.iter(f"{SVG}text")]


def boxes(figure: viz.Figure) -> dict[str, ET.Element]:
    """By the first line of its text: every box's outline."""
    return {texts(g)[0]: g.find(f"{SVG}path") for g in groups(figure, "node")}


def fills(figure: viz.Figure) -> dict[str, str]:
    return {name: path.get("fill") for name, path in boxes(figure).items()}


def says(figure: viz.Figure, kind: str) -> list[str]:
    return [text for g in groups(figure, kind) for text in texts(g)]


def network(width: int = 16, backward: bool = True) -> Value:
    """micrograd's network of two hidden layers, of a point."""
    random.seed(7)
    y = nn.MLP(2, [width, width, 1])([0.5, -1.0])
    if backward:
        y.backward()
    return y
