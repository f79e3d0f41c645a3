"""Drawings of microgrid graphs, with values and gradients, for slides, papers and notebooks.

Pictures, which show themselves in a notebook:
    draw            the graph that computed a Value, as a Figure
    Figure          svg(), html(), tikz() and dot() are texts; save("graph.pdf") writes what the suffix says
    network         a model as circles and arrows: units in columns, and their weights
    draw_dot        a graphviz.Digraph, as micrograd's notebooks draw
A page in which a model learns:
    trainer         a Trainer of a model, data, a loss and an optimiser
    Trainer         html() is the page, one file for any browser; save("train.html") writes it
Walks through a computation, forward, then backward, one step at a time:
    steps           the walk through a graph, as Steps
    Steps           a sequence of Frames; html() is a page to step through, save("walk.gif") writes a file
    Frame           one step: its caption, and all that is known by then
    explain         the walk as text
    widget          the page in JupyterLab or marimo: Python and the page hear of each other's numbers
Plots of training, by matplotlib:
    plots           curves, decision boundaries, loss surfaces and more, see help(viz.plots)
What can go wrong:
    VizError        a picture cannot be made; the base of the others
    TooLarge        the graph has more nodes than max_nodes
    LayoutError     Graphviz could not place the boxes
    EngineNotFound  there is no Graphviz

>>> import viz
>>> from microgrid import Value, parameter
>>> y = parameter(2.0, "w") * Value(3.0, "x")
>>> y.backward()
>>> figure = viz.draw(y, theme="dark", title="A product")
>>> viz.steps(y)[1].caption
'w · x = 2 · 3 = 6'
"""

from . import plots as plots
from .errors import EngineNotFound as EngineNotFound
from .errors import LayoutError as LayoutError
from .errors import TooLarge as TooLarge
from .errors import VizError as VizError
from .figure import Figure as Figure
from .figure import draw as draw
from .formats.dot import draw_dot as draw_dot
from .network.diagram import network as network
from .steps.explain import explain as explain
from .steps.walked import Frame as Frame
from .steps.walked import Steps as Steps
from .steps.walked import steps as steps
from .steps.widget import widget as widget
from .training.trainer import Trainer as Trainer
from .training.trainer import trainer as trainer

__all__ = [
    "draw", "network", "Figure", "draw_dot", "trainer", "Trainer",
    "steps", "Steps", "Frame", "explain", "widget",
    "plots",
    "VizError", "TooLarge", "LayoutError", "EngineNotFound",
]  # fmt: skip
