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


def box(figure: viz.Figure, last: int = -1) -> list[str]:
    """What a box says, the last unless told."""
    return texts(groups(figure, "node")[last])


def network(width: int = 16, backward: bool = True) -> Value:
    """micrograd's network of two hidden layers, of a point."""
    random.seed(7)
    y = nn.MLP(2, [width, width, 1])([0.5, -1.0])
    if backward:
        y.backward()
    return y


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
