# %% [markdown]
# # Lesson 4: what goes on inside
#
# A deep network may not learn at all, and its loss does not say why.  This lesson looks inside: how large are
# the **activations** of each layer, and how large are the **gradients** that come back to it?

# %%
import os
import random
import tempfile
from pathlib import Path

import numpy as np

from microgrid import datasets, nn, optim
from microgrid.monitor import Monitor
from microgrid.nn import init
from microgrid.train import fit
from viz import plots

folder = Path(os.environ.get("MICROGRID_PICTURES") or tempfile.mkdtemp(prefix="microgrid-"))
X, y = datasets.moons(64, noise=0.1, labels=(-1, 1), seed=1)


def show(axes, name):
    """Save a picture and hand it back: in a notebook, the last value of a cell is displayed."""
    axes.figure.savefig(folder / name, bbox_inches="tight")
    print("picture:", folder / name)
    return axes


# %% [markdown]
# ## Thirty layers
#
# The same network of thirty ReLU layers starts in three ways: all weights 0, weights of the size that Glorot
# and Bengio worked out for tanh (Xavier), and the √2 times larger ones of He, made for ReLU, which passes on
# half of what it gets.


# %%
def deep(scheme, depth=30, seed=1):
    """Layers of sixteen ReLU units without biases, thirty unless told otherwise, and one linear unit."""
    random.seed(seed)
    layers = [nn.Linear(2 if k == 0 else 16, 16, bias=False) for k in range(depth)]
    rng = random.Random(seed)
    for layer in layers:
        scheme(layer, rng)
    return nn.Sequential(*(part for layer in layers for part in (layer, "relu")), nn.Linear(16, 1))


def look(model):
    """One step of training with the monitor on; what it saw before that step."""
    monitor = Monitor(model, every=1)
    fit(
        model, X, y, loss="hinge", optimizer=optim.SGD(model.parameters(), lr=1e-4), epochs=1, monitor=monitor
    )
    return monitor


# %% [markdown]
# ## What the monitor sees
#
# For every layer it keeps the activations of all samples, and the derivative of the loss with respect to each
# of them.


# %%
def size(numbers):
    """The root of the mean square."""
    return float(np.sqrt((numbers**2).mean()))


ways = {
    "zero": lambda layer, rng: init.zeros(layer),
    "Xavier": lambda layer, rng: init.xavier_normal(layer, seed=rng),
    "He": lambda layer, rng: init.he_normal(layer, seed=rng),
}
monitors = {name: look(deep(scheme)) for name, scheme in ways.items()}
for name, monitor in monitors.items():
    layers = [stats for scope, stats in monitor.records[0].layers.items() if scope.startswith("relu")]
    first, last = layers[0], layers[-1]
    print(
        f"{name}: activations {size(first.activations):.1e} in layer 1, "
        f"{size(last.activations):.1e} in layer 30"
    )
    print(f"{name}: gradients {size(last.gradients):.1e} in layer 30, {size(first.gradients):.1e} in layer 1")

# %% [markdown]
# This prints:
#
# ```
# zero: activations 0.0e+00 in layer 1, 0.0e+00 in layer 30
# zero: gradients 1.6e-01 in layer 30, 0.0e+00 in layer 1
# Xavier: activations 2.5e-01 in layer 1, 1.1e-07 in layer 30
# Xavier: gradients 1.6e-01 in layer 30, 9.4e-08 in layer 1
# He: activations 7.6e-01 in layer 1, 7.6e-03 in layer 30
# He: gradients 1.6e-01 in layer 30, 2.2e-03 in layer 1
# ```
#
# With zeros nothing gets through, so the layers never learn.  With Xavier's weights each ReLU layer loses
# half of the mean square, on the way forward and on the way back: after thirty layers little is left.  With
# He's the sizes stay within what chance does to a network this narrow.

# %% [markdown]
# ## The pictures
#
# Histograms of the activations by layer, as Glorot and Bengio drew them.  Five layers are enough to see those
# of Xavier's network shrink, towards the output at the top, and those of He's keep their width:

# %%
show(plots.histograms(look(deep(ways["Xavier"], depth=5))), "xavier_activations.svg")

# %%
show(plots.histograms(look(deep(ways["He"], depth=5))), "he_activations.svg")

# %% [markdown]
# And the gradients by depth, through all thirty layers.  With He's weights about a hundredth of what comes in
# at the output arrives at the first layer, with Xavier's less than a millionth:

# %%
show(plots.gradient_flow(monitors["He"]), "he.svg")

# %%
show(plots.gradient_flow(monitors["Xavier"]), "xavier.svg")
