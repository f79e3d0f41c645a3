"""Plots of training, by matplotlib: each draws on `ax`, or on axes of its own, and returns the Axes.

In a notebook ``ax.figure`` shows; ``ax.figure.savefig(path)`` writes a file.  Colours are those of Okabe and Ito, and
viridis where they stand for an order, which stay apart for every kind of colour vision.

>>> from viz import plots
>>> ax = plots.curves({"epoch": [1, 2, 3], "loss": [1.0, 0.5, 0.25]}, log=True)
>>> ax.get_yscale()
'log'
"""

from .layers import gradient_flow as gradient_flow
from .layers import histograms as histograms
from .surfaces import decision_boundary as decision_boundary
from .surfaces import descent as descent
from .surfaces import fitted_lines as fitted_lines
from .surfaces import linear_fit as linear_fit
from .surfaces import loss_surface as loss_surface
from .training import curves as curves
from .training import dead_units as dead_units
from .training import overview as overview
from .training import update_ratios as update_ratios

__all__ = [
    "curves", "dead_units", "decision_boundary", "descent", "fitted_lines", "gradient_flow", "histograms", "linear_fit",
    "loss_surface", "overview", "update_ratios",
]  # fmt: skip
