"""Makes a talk of twelve slides on computational graphs, in Spanish, for Beamer, PowerPoint and reveal.js.

`PYTHONPATH=.:tests python docs/deck.py FOLDER` writes talk.tex, talk.pptx and talk.html.  The last needs
reveal.js beside it: `npm install --prefix FOLDER reveal.js`.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from helpers.graphs import lecture
from helpers.lecture_graphs import perceptron, three_sigmoids, xor_by_hand

import microgrid as mg
import viz
from microgrid import Value, nn, parameter
from viz.drawing.scene import Scene
from viz.formats import tikz
from viz.formats.pptx import pptx
from viz.formats.svg import digest, svg

TITLE = "Grafos computacionales"
Shown = viz.Figure | viz.Steps

BEAMER = r"""\documentclass[aspectratio=169]{beamer}
\usepackage[T1]{fontenc}
\usepackage{tikz}
\setbeamertemplate{navigation symbols}{}
\title{%s}
\begin{document}
"""
REVEAL = """<!doctype html>
<html lang="es">
<head>
<meta charset="utf-8">
<title>%s</title>
<link rel="stylesheet" href="node_modules/reveal.js/dist/reveal.css">
</head>
<body>
<div class="reveal"><div class="slides">
"""
REVEAL_END = """</div></div>
<script src="node_modules/reveal.js/dist/reveal.js"></script>
<script src="node_modules/reveal.js/plugin/notes/notes.js"></script>
<script>Reveal.initialize({ width: 960, height: 540, margin: 0, plugins: [RevealNotes] })</script>
</body>
</html>
"""


def used_twice() -> Value:
    """h = wx, ŷ = wh and its squared error at w = 2 and the point (1, 3): w is used twice."""
    w, x, y = parameter(2, "w"), Value(1, "x"), Value(3, "y")
    h = w * x
    h.label = "h"
    prediction = w * h
    prediction.label = "ŷ"
    error = prediction - y
    error.label = "e"
    loss = error**2
    loss.label = "L"
    loss.backward()
    return loss


def residual_blocks() -> Value:
    """Four blocks h + tanh(w·h), one after the other."""
    h = Value(1.0, "x")
    for k in range(1, 5):
        h = h + mg.tanh(parameter(0.1 * k, f"w{k}") * h)
        h.label = f"h{k}"
    h.backward()
    return h


def xor_network() -> nn.MLP:
    """The lecture's network for XOR, whose biases are zero."""
    model = nn.MLP(2, [2, 1], activation="sigmoid", output="sigmoid")
    neurons = [neuron for layer in model.layers for neuron in layer.neurons]
    for neuron, weights in zip(neurons, ([0.96, 0.28], [0.89, 0.73], [0.60, 0.22]), strict=True):
        for w, value in zip(neuron.w, weights, strict=True):
            w.data = value
        neuron.b.data = 0.0
    return model


def slides(slide: str) -> list[Shown]:
    """The talk, made for a slide of this kind."""

    def drawn(graph: Callable[[], Value], title: str, **options: Any) -> viz.Figure:
        return viz.draw(graph(), title=title, slide=slide, lang="es", **options)

    def network(model: Any, x: Any, title: str, **options: Any) -> viz.Figure:
        return viz.network(model, x, title=title, slide=slide, lang="es", **options)

    boxes = {"parameters": "boxes"}  # the weights, whatever the slide has room for
    return [
        network([2, 1], None, "El perceptrón", weights="names", legend=False),
        drawn(perceptron, "ŷ = σ(w₀ + w₁x₁ + w₂x₂) en el punto (0, 6)"),
        drawn(lecture, "ŷ = wx + b y su error cuadrático: el grafo", show="structure"),
        drawn(lecture, "Hacia adelante: cada nodo calcula su valor", show="values"),
        drawn(lecture, "Hacia atrás: cada nodo recibe su gradiente", legend=True, **boxes),
        viz.steps(lecture(), title="La regla de la cadena, paso a paso", slide=slide, lang="es"),
        drawn(
            used_twice, "Un peso con dos usos tiene dos caminos", path="w", parameters="boxes", edges="plain"
        ),
        drawn(used_twice, "El gradiente del peso suma sus caminos", path="w", edges="number", **boxes),
        network(xor_network(), [0.0, 1.0], "La red XOR 2-2-1 en el punto (0, 1)"),
        drawn(xor_by_hand, "La misma red como grafo, con su entropía cruzada"),
        drawn(three_sigmoids, "Tres sigmoides: el gradiente se desvanece", color_by="grad"),
        drawn(residual_blocks, "Cuatro bloques residuales: gradiente por atajos", color_by="grad"),
    ]


def filling(picture: str) -> str:
    """An SVG as large as the presentation."""
    return picture.replace(
        'style="max-width:100%;height:auto"', 'style="display:block;width:100%;height:auto"', 1
    )


def scenes(shown: Shown) -> list[Scene]:
    """What a slide shows, one after the other."""
    return [shown._scene] if isinstance(shown, viz.Figure) else shown._files._scenes


def beamer() -> str:
    """The talk as a Beamer document."""
    frames = [
        shown.tikz()
        if isinstance(shown, viz.Steps)
        else tikz.beamer(scenes(shown), digest(svg(shown._scene)))
        for shown in slides("beamer")
    ]
    return BEAMER % TITLE + "".join(frames) + "\\end{document}\n"


def powerpoint() -> bytes:
    """The talk as a PowerPoint file: a walk has a slide for each of its frames."""
    return pptx(*(scene for shown in slides("16:9") for scene in scenes(shown)))


def reveal() -> str:
    """The talk as a page for reveal.js."""
    sections = [
        shown.reveal() if isinstance(shown, viz.Steps) else f"<section>\n{filling(shown.svg())}</section>\n"
        for shown in slides("16:9")
    ]
    return REVEAL % TITLE + "".join(sections) + REVEAL_END


def main(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a second backward pass, say, which would double the gradients
        warnings.filterwarnings("ignore", ".*slide can be read")  # what a slide has chosen, which one sees
        (folder / "talk.tex").write_text(beamer(), encoding="utf-8")
        (folder / "talk.pptx").write_bytes(powerpoint())
        (folder / "talk.html").write_text(reveal(), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
