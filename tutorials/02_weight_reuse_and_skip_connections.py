# %% [markdown]
# # Lesson 2: weight reuse and skip connections
#
# This lesson shows a gradient as a sum over the paths of a graph, and finds the path that a formula forgot.
#
# In lesson 1 a single way led from each weight to the loss.  Real networks are not like that: a convolution
# uses one weight at every pixel, a recurrent network at every time step, a residual network lets its input
# skip layers.  Their graphs branch and meet again.  One sentence then holds the whole theory:
#
# > The derivative is the **sum over all paths** of the **product of the local derivatives** along each path.
#
# We see it at work on a network of three lines.

# %%
import os
import tempfile
from pathlib import Path

import sympy

import microgrid
import viz
from microgrid import Value, parameter
from microgrid.graph import counts, path_count, paths

folder = Path(os.environ.get("MICROGRID_PICTURES") or tempfile.mkdtemp(prefix="microgrid-"))


def show(figure, name):
    """Save a picture and hand it back: in a notebook, the last value of a cell is displayed."""
    path = folder / name
    figure.save(path)
    print(f"picture: {path}")
    return figure


# %% [markdown]
# ## The network
#
# z1 = w1·x, then z2 = w2·(z1 + x), then ŷ = w1·(z1 + z2).
#
# The weight w1 is used twice, in the first line and in the last.  The input x goes into z1 and also skips it;
# z1 goes into z2 and skips that.  We name the two sums s and t, so that every node has a name.

# %%
x = Value(2, "x")
w1, w2 = parameter(3, "w1"), parameter(0.5, "w2")

z1 = w1 * x
s = z1 + x
z2 = w2 * s
t = z1 + z2
yhat = w1 * t
for value, name in ((z1, "z1"), (s, "s"), (z2, "z2"), (t, "t"), (yhat, "yhat")):
    value.label = name

yhat.backward()
for value in (z1, s, z2, t, yhat):
    print(f"{value.label} = {value.data}")
print(f"∂ŷ/∂w1 = {w1.grad}")

# %% [markdown]
# This prints:
#
# ```
# z1 = 6.0
# s = 8.0
# z2 = 4.0
# t = 10.0
# yhat = 30.0
# ∂ŷ/∂w1 = 19.0
# ```
#
# In the picture, put a finger on w1 and count the ways to ŷ along the arrows.

# %%
show(viz.draw(yhat), "weight_reuse.svg")

# %% [markdown]
# ## The gradient, path by path
#
# `paths` walks every way from a node to the result.  For each we print the product of its local derivatives.

# %%
total = 0.0
for path in paths(yhat, w1):
    way = " → ".join(value.label for value in path.nodes)
    factors = " · ".join(f"{partial:g}" for partial in path.partials)
    print(f"{way}:  {factors} = {path.product:g}")
    total += path.product
print(f"sum over the paths: {total:g}, by backward: {w1.grad:g}")

# %% [markdown]
# This prints:
#
# ```
# w1 → yhat:  10 = 10
# w1 → z1 → t → yhat:  2 · 1 · 3 = 6
# w1 → z1 → s → z2 → t → yhat:  2 · 1 · 0.5 · 1 · 3 = 3
# sum over the paths: 19, by backward: 19
# ```
#
# Three paths: one straight through the multiplication at the end, one through z1, one through z1 and z2.
#
# ## The formula that forgot a path
#
# It is tempting to follow the layers and write
#
# ∂ŷ/∂w1 = ∂ŷ/∂z1 · ∂z1/∂w1 + ∂ŷ/∂z2 · ∂z2/∂z1 · ∂z1/∂w1
#
# and slides do.  These are the last two paths.  But w1 also stands in ŷ = w1·(z1 + z2) itself, and the
# derivative of that with z1 and z2 held still is z1 + z2.  Computer algebra, which knows nothing about paths,
# decides:

# %%
X, W1, W2 = sympy.symbols("x w1 w2")
Z1 = W1 * X
Z2 = W2 * (Z1 + X)
true_derivative = sympy.diff(W1 * (Z1 + Z2), W1)
through_layers = W1 * X + W1 * W2 * X
missing = true_derivative - through_layers

numbers = {X: 2, W1: 3, W2: 0.5}
print(f"true derivative: {float(true_derivative.subs(numbers)):g}")
print(f"formula through the layers: {float(through_layers.subs(numbers)):g}")
print(f"what it misses: {float(missing.subs(numbers)):g}")
print("what it misses is z1 + z2:", sympy.simplify(missing - (Z1 + Z2)) == 0)

# %% [markdown]
# This prints:
#
# ```
# true derivative: 19
# formula through the layers: 9
# what it misses: 10
# what it misses is z1 + z2: True
# ```
#
# More than half of the gradient was missing.  Nothing would crash with such a formula: training would go on,
# a little in the wrong direction, at every step.  That is why derivatives are worth checking by a machine.

# %%
report = microgrid.verify(yhat)
print(report)
print("everything verified:", report.ok)

# %% [markdown]
# After the report, this prints:
#
# ```
# everything verified: True
# ```
#
# ## So many paths, and one walk
#
# Let us stack blocks h ← h + σ(w·h).  Each offers two ways, through the layer or past it, so twenty blocks
# have 2²⁰ paths.  `backward` does not walk them one by one: it handles each node once, after everything above
# it is finished, and so adds up a million paths in as many steps as the graph has arrows.


# %%
def stack(depth, skip):
    """A tower of sigmoid layers on one input, with or without connections that skip each layer."""
    start = h = Value(0.5, "x")
    for _ in range(depth):
        layer = (parameter(0.9, "w") * h).sigmoid()
        h = h + layer if skip else layer
    return start, h


start, top = stack(20, skip=True)
print(f"{path_count(top, start)} paths, {counts(top).nodes} nodes, {counts(top).edges} arrows")

# %% [markdown]
# This prints:
#
# ```
# 1048576 paths, 81 nodes, 100 arrows
# ```
#
# ## Why skipping helps
#
# Without the skip there is one path, and each layer multiplies it by w·σ′, which is at most 0.9/4.  The
# product vanishes with depth, and with it all learning in the first layers.  With the skip, one of the paths
# multiplies only ones: it brings the gradient down unharmed, however deep the network is.

# %%
for depth in (1, 5, 20, 100):
    slopes = []
    for skip in (False, True):
        start, top = stack(depth, skip)
        top.backward()
        slopes.append(start.grad)
    print(f"{depth:3} layers: ∂h/∂x = {slopes[0]:.1e} without, {slopes[1]:.2f} with skip connections")

# %% [markdown]
# This prints:
#
# ```
#   1 layers: ∂h/∂x = 2.1e-01 without, 1.21 with skip connections
#   5 layers: ∂h/∂x = 4.0e-04 without, 1.77 with skip connections
#  20 layers: ∂h/∂x = 2.2e-14 without, 1.81 with skip connections
# 100 layers: ∂h/∂x = 4.8e-69 without, 1.81 with skip connections
# ```
#
# ## Try it yourself
#
# 1. Print the paths of x instead of w1.  How many do you expect?  Check the sum against `x.grad`.
# 2. Write down the formula of ∂ŷ/∂w2 from its paths alone, then compare.
# 3. Make the network use w1 a third time, z2 = w1·(z1 + x).  Which paths appear?
