"""Plots of training, by matplotlib: each draws on `ax`, or on axes of its own, and returns the Axes.

Over time, of a `microgrid.train.History` or a `microgrid.monitor.Monitor`:
    overview            the loss and every metric beside each other
    curves              one of them, with that of validation
    dead_units          the share of ReLUs that are 0 for a whole batch
    update_ratios       the length of each step over that of the weights
Across the depth of a network:
    gradient_flow       the length of the gradient, layer by layer
    histograms          how activations and gradients are spread in each layer
Of functions:
    decision_boundary   what a classifier of two inputs decides everywhere
    loss_surface        a function of two parameters as a map, with paths down it
    linear_fit          that of a linear regression, beside the lines on the path
    fitted_lines        those lines alone
    descent             a function of one parameter, and the steps down it

In a notebook the Axes show themselves; ``ax.figure.savefig(path)`` writes a file.  Colours are those of
Okabe and Ito, and viridis where they stand for an order, which stay apart for every kind of colour vision.

>>> from viz import plots
>>> ax = plots.curves({"epoch": [1, 2, 3], "loss": [1.0, 0.5, 0.25]}, log=True)
>>> ax.get_yscale()
'log'
"""

from .decisions import decision_boundary as decision_boundary
from .layers import gradient_flow as gradient_flow
from .layers import histograms as histograms
from .surfaces import descent as descent
from .surfaces import fitted_lines as fitted_lines
from .surfaces import linear_fit as linear_fit
from .surfaces import loss_surface as loss_surface
from .training import curves as curves
from .training import dead_units as dead_units
from .training import overview as overview
from .training import update_ratios as update_ratios

__all__ = [
    "overview", "curves", "dead_units", "update_ratios",
    "gradient_flow", "histograms",
    "decision_boundary", "loss_surface", "linear_fit", "fitted_lines", "descent",
]  # fmt: skip
