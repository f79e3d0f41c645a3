"""Draws the pictures of viz/README.md: `python docs/gallery.py` writes them beside itself."""

from __future__ import annotations

import math
import random
from pathlib import Path

import microgrid as mg
import viz
from microgrid import Value, nn, parameter


def line() -> Value:
    """ŷ = wx + b and its squared error, at w = 2, b = 1 and the point (3, 9)."""
    formula = "z = w*x; yhat = z + b; e = yhat - y; L = e**2"
    nodes = mg.parse(formula, w=parameter(2.0, "w"), b=parameter(1.0, "b"), x=3.0, y=9.0)
    nodes["L"].backward()
    return nodes["L"]


def reuse() -> Value:
    """A skip connection and a weight that is used twice."""
    formula = "z1 = w1*x; z2 = w2*(z1 + x); yhat = w1*(z1 + z2)"
    nodes = mg.parse(formula, w1=parameter(0.8, "w1"), w2=parameter(-0.5, "w2"), x=1.5)
    nodes["yhat"].backward()
    return nodes["yhat"]


def chain() -> Value:
    """Four sigmoids, through which the gradient vanishes."""
    h = Value(1.0, "x")
    for k in range(1, 5):
        h = mg.sigmoid(parameter(0.5, f"w{k}") * h)
        h.label = f"h{k}"
    h.backward()
    return h


def network() -> Value:
    """Two inputs, three neurons, one."""
    random.seed(4)
    y = nn.MLP(2, [3, 1])([0.5, -1.0])
    y.label = "yhat"
    y.backward()
    return y


def negative(node: object) -> dict[str, str] | None:
    """A style of one's own: what is negative is red."""
    return {"fill": "#f8d0cc", "stroke": "#b3261e"} if getattr(node, "data", math.nan) < 0 else None


GALLERY = {
    "plain": (line, {"legend": True}),
    "separate": (line, {"ops": "separate", "theme": "dark"}),
    "highlight": (line, {"highlight": ["e", "L"]}),
    "path": (reuse, {"path": "w1"}),
    "color_by": (chain, {"color_by": "grad", "edges": "plain"}),
    "neuron": (network, {"collapse": "neuron"}),
    "layer": (network, {"collapse": "layer"}),
    "around": (network, {"around": "yhat", "radius": 2}),
    "node_style": (line, {"node_style": negative}),
    "slide": (line, {"slide": "16:9", "title": "One step of linear regression", "theme": "print"}),
}
"""By file name: the graph, and the options of its picture."""


def picture(name: str) -> viz.Figure:
    graph, options = GALLERY[name]
    return viz.draw(graph(), **options)


if __name__ == "__main__":
    for name in GALLERY:
        picture(name).save(Path(__file__).with_name(f"gallery_{name}.svg"))
