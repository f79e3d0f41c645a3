"""Plots of training, by matplotlib: each draws on `ax`, or on axes of its own, and returns the Axes.

In a notebook ``ax.figure`` shows; ``ax.figure.savefig(path)`` writes a file.  Colours are those of Okabe and Ito, and
viridis where they stand for an order, which stay apart for every kind of colour vision.

>>> from viz import plots
>>> ax = plots.curves({"epoch": [1, 2, 3], "loss": [1.0, 0.5, 0.25]}, log=True)
>>> ax.get_yscale()
'log'
"""

from .plot_layers import gradient_flow as gradient_flow
from .plot_layers import histograms as histograms
from .plot_surfaces import decision_boundary as decision_boundary
from .plot_surfaces import descent as descent
from .plot_surfaces import fitted_lines as fitted_lines
from .plot_surfaces import linear_fit as linear_fit
from .plot_surfaces import loss_surface as loss_surface
from .plot_training import curves as curves
from .plot_training import dead_units as dead_units
from .plot_training import overview as overview
from .plot_training import update_ratios as update_ratios

__all__ = [
    "curves", "dead_units", "decision_boundary", "descent", "fitted_lines", "gradient_flow", "histograms", "linear_fit",
    "loss_surface", "overview", "update_ratios",
]  # fmt: skip
