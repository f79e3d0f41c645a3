# %% [markdown]
# # Lesson 1: your first computational graph
#
# This lesson takes one small formula forward and backward: by hand, by the engine, in a picture, and through
# a proof.
#
# A neural network learns by asking one question over and over: *if I change this weight a little, how does
# the loss change?*  The answer is a derivative, and **backpropagation** is the bookkeeping that finds the
# derivatives for all weights at once.  We do it here on the smallest model worth drawing: a straight line and
# a single data point.
#
# You need to know what a derivative is, and the chain rule.  The blocks under "This prints" show what to
# expect.

# %%
import os
import tempfile
from pathlib import Path

import microgrid
import viz
from microgrid import Value, parameter, recompute

folder = Path(os.environ.get("MICROGRID_PICTURES") or tempfile.mkdtemp(prefix="microgrid-"))


def show(figure, name):
    """Save a picture and hand it back: in a notebook, the last value of a cell is displayed."""
    path = folder / name
    figure.save(path)
    print(f"picture: {path}")
    return figure


# %% [markdown]
# ## Forward, by hand
#
# The line is ŷ = wx + b.  Its weight is w = 2, its bias b = 1.  The data point is x = 3, y = 9.  How wrong
# the line is there is measured by the squared error L = (ŷ − y)².
#
# Split the formula until each step does one thing.  Every step gets a name:

# %%
w, b = 2, 1
x, y = 3, 9

z = w * x
yhat = z + b
e = yhat - y
L = e**2

print(f"z = w·x = {w}·{x} = {z}")
print(f"ŷ = z + b = {z} + {b} = {yhat}")
print(f"e = ŷ − y = {yhat} − {y} = {e}")
print(f"L = e² = ({e})² = {L}")

# %% [markdown]
# This prints:
#
# ```
# z = w·x = 2·3 = 6
# ŷ = z + b = 6 + 1 = 7
# e = ŷ − y = 7 − 9 = -2
# L = e² = (-2)² = 4
# ```
#
# ## Backward, by hand
#
# Each step has a **local derivative**: how its result reacts to what went into it.  They need no more than
# school calculus, because a step does one thing: dL/de = 2e, de/dŷ = 1, dŷ/dz = 1, dŷ/db = 1, dz/dw = x.
#
# The chain rule multiplies local derivatives along the way from L down to a weight.  We start at the loss and
# reuse each product for whatever lies below it: ∂L/∂ŷ is computed once and serves both w and b.

# %%
dl_de = 2 * e
dl_dyhat = dl_de * 1
dl_db = dl_dyhat * 1
dl_dz = dl_dyhat * 1
dl_dw = dl_dz * x

print(f"∂L/∂e = 2e = 2·({e}) = {dl_de}")
print(f"∂L/∂ŷ = ∂L/∂e · 1 = {dl_dyhat}")
print(f"∂L/∂b = ∂L/∂ŷ · 1 = {dl_db}")
print(f"∂L/∂w = ∂L/∂ŷ · 1 · x = {dl_dyhat}·1·{x} = {dl_dw}")

# %% [markdown]
# This prints:
#
# ```
# ∂L/∂e = 2e = 2·(-2) = -4
# ∂L/∂ŷ = ∂L/∂e · 1 = -4
# ∂L/∂b = ∂L/∂ŷ · 1 = -4
# ∂L/∂w = ∂L/∂ŷ · 1 · x = -4·1·3 = -12
# ```
#
# ## What does −12 mean?
#
# It is a prediction.  Raise w by a thousandth, and L should move by −12 thousandths.  Let us try:

# %%
nudge = 0.001
nudged = ((w + nudge) * x + b - y) ** 2
print(f"L moves from {L} to {nudged:.6f}: by {(nudged - L) / nudge:.3f} per unit of w")

# %% [markdown]
# This prints:
#
# ```
# L moves from 4 to 3.988009: by -11.991 per unit of w
# ```
#
# Close to −12, and closer for a smaller nudge: a derivative is exact only in the limit.  A network with a
# million weights would need a million such experiments; backpropagation needs one walk.
#
# ## By the engine
#
# A `Value` is a number that remembers which operation made it, from what.  Write the formula as before, with
# Values; `parameter` makes a Value that training may change.  The names are for messages and drawings.

# %%
w, b = parameter(2, "w"), parameter(1, "b")
x, y = Value(3, "x"), Value(9, "y")

z = w * x
yhat = z + b
e = yhat - y
L = e**2
for value, name in ((z, "z"), (yhat, "yhat"), (e, "e"), (L, "L")):
    value.label = name

L.backward()
for value in (L, e, yhat, z, b, w):
    print(f"{value.label:>4} = {value.data:4}    ∂L/∂{value.label} = {value.grad}")

# %% [markdown]
# This prints:
#
# ```
#    L =  4.0    ∂L/∂L = 1.0
#    e = -2.0    ∂L/∂e = -4.0
# yhat =  7.0    ∂L/∂yhat = -4.0
#    z =  6.0    ∂L/∂z = -4.0
#    b =  1.0    ∂L/∂b = -4.0
#    w =  2.0    ∂L/∂w = -12.0
# ```
#
# The same numbers.  There is no trick behind `backward`: the local derivatives were stored when each node was
# made, and it multiplied them, as we did.  You can look at them:

# %%
for value in (L, e, yhat, z):
    for parent, partial in zip(value.parents, value.partials, strict=True):
        print(f"∂{value.label}/∂{parent.label} = {partial}")

# %% [markdown]
# This prints:
#
# ```
# ∂L/∂e = -4.0
# ∂e/∂yhat = 1.0
# ∂e/∂y = -1.0
# ∂yhat/∂z = 1.0
# ∂yhat/∂b = 1.0
# ∂z/∂w = 3.0
# ∂z/∂x = 2.0
# ```
#
# ## Drawn
#
# Data is yellow, parameters are violet, computations are light-blue boxes.  Values flow along the arrows,
# gradients against them, and each arrow carries its local derivative.  Find the two ways that share ∂L/∂ŷ.

# %%
show(viz.draw(L), "first_graph.svg")

# %% [markdown]
# ## Verified
#
# Why believe it?  `verify` proves the rule of each operation with computer algebra, checks that the rules
# were put together as the chain rule says, and computes everything again with fifty digits.

# %%
report = microgrid.verify(L)
print(report)
print("everything verified:", report.ok)

# %% [markdown]
# After the report, this prints:
#
# ```
# everything verified: True
# ```
#
# ## And now it learns
#
# The gradient points to where L grows, so step the other way: w ← w − η ∂L/∂w, and likewise for b.
# `recompute` runs the same graph forward again with the new numbers.

# %%
rate = 0.04
for step in range(4):
    print(f"step {step}: w = {w.data:.4f}  b = {b.data:.4f}  ŷ = {yhat.data:.4f}  L = {L.data:.4f}")
    for p in (w, b):
        p.data -= rate * p.grad
        p.grad = 0.0  # the gradients of leaves add up until they are reset
    recompute(L).backward()

# %% [markdown]
# This prints:
#
# ```
# step 0: w = 2.0000  b = 1.0000  ŷ = 7.0000  L = 4.0000
# step 1: w = 2.4800  b = 1.1600  ŷ = 8.6000  L = 0.1600
# step 2: w = 2.5760  b = 1.1920  ŷ = 8.9200  L = 0.0064
# step 3: w = 2.5952  b = 1.1984  ŷ = 8.9840  L = 0.0003
# ```
#
# ## Try it yourself
#
# 1. With `rate = 0.05` a single step makes L vanish, with 0.1 it never changes, with 0.2 it explodes.  Why?
#    (Hint: a step multiplies e by 1 − 20·rate.)
# 2. Replace `e**2` by `e.abs()`, which is |e|.  Which local derivatives change?
# 3. Compute ∂L/∂x by hand, then read `x.grad`.  Who would want to know it?
