"""Plots of trainings, networks, functions and data, by matplotlib.

Each draws on `ax`, or on axes of its own, and returns the Axes.

Of trainings, by a `microgrid.train.History`:
    trainings           one page of the loss, each metric and the learning rate, and of what a monitor saw
    curves              a column of it, with that of validation
    animate             a training that moves, as a GIF or a page with play and slider
    compare             the same column of several trainings, of several seeds with their spread, or of
                        paths over their steps
    learning_rates      the loss while the learning rate grows, by microgrid.train.lr_range
Over the steps, by a `microgrid.monitor.Monitor`:
    gradient_norms      the length of the gradient in each layer
    update_ratios       the length of each step over that of the weights
    dead_units          the share of ReLUs that are 0 for a whole batch
Across the depth of a network:
    gradient_flow       the length of the gradient, layer by layer
    histograms          how activations and gradients are spread in each layer
    weights             the weights themselves, as a map or as histograms
    memory              what the graph of a batch takes, over the size of the batch
Of functions:
    activation          functions of one number, with their derivatives
    softmax             what it makes of logits, also at other temperatures
    losses              losses over the prediction, with their derivatives
    surface             a function of two parameters as a map or a landscape, with paths down it
    linear_fit          that of a linear regression, beside the lines on the path
    fitted_lines        those lines alone
    descent             a function of one parameter, and the steps down it
    clipping            gradients before and after they are clipped
Of data and classifiers:
    data                the samples
    decision_boundary   what a classifier of two inputs decides everywhere
    probability         how sure it is
    confusion           which classes were taken for which

Each takes ``lang="es"`` for Spanish.
In a notebook the Axes show themselves; ``ax.figure.savefig(path)`` writes a file.  Colours are those of
Okabe and Ito, and viridis where they stand for an order, which stay apart for every kind of colour vision.

>>> from viz import plots
>>> ax = plots.curves({"epoch": [1, 2, 3], "loss": [1.0, 0.5, 0.25]}, log=True)
>>> ax.get_yscale()
'log'
"""

from .classifiers.decisions import decision_boundary as decision_boundary
from .classifiers.decisions import probability as probability
from .classifiers.samples import confusion as confusion
from .classifiers.samples import data as data
from .functions.activations import activation as activation
from .functions.activations import softmax as softmax
from .functions.clipped import clipping as clipping
from .functions.lines import descent as descent
from .functions.lines import fitted_lines as fitted_lines
from .functions.lines import linear_fit as linear_fit
from .functions.risks import losses as losses
from .functions.surfaces import surface as surface
from .histories.animation import animate as animate
from .histories.compare import compare as compare
from .histories.curves import curves as curves
from .histories.curves import trainings as trainings
from .histories.rates import learning_rates as learning_rates
from .networks.layers import gradient_flow as gradient_flow
from .networks.layers import histograms as histograms
from .networks.memory import memory as memory
from .networks.watched import dead_units as dead_units
from .networks.watched import gradient_norms as gradient_norms
from .networks.watched import update_ratios as update_ratios
from .networks.weights import weights as weights

__all__ = [
    "trainings", "learning_rates", "curves", "animate", "compare",
    "gradient_norms", "update_ratios", "dead_units",
    "gradient_flow", "histograms", "weights", "memory",
    "activation", "softmax", "losses", "surface", "linear_fit", "fitted_lines", "descent", "clipping",
    "data", "decision_boundary", "probability", "confusion",
]  # fmt: skip
