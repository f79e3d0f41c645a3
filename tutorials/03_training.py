# %% [markdown]
# # Lesson 3: training a network
#
# This lesson trains a small network to tell two half moons apart: first step by step, then fast.  That takes
# **data**, a **model** with parameters, a **loss** that says how wrong it is, and an **optimiser** that moves
# the parameters against the gradient of the loss.

# %%
import random

import numpy as np

import microgrid
from microgrid import Value, datasets, no_grad, optim
from microgrid.nn import MLP, losses

X, y = datasets.moons(100, noise=0.2, labels=(-1, 1), seed=1)
random.seed(1)
model = MLP(2, [16, 16, 1])
parameters = model.parameters()
print(
    f"{len(parameters)} parameters; the first point scores {model(X[0]).data:.3f} "
    f"and belongs to moon {y[0]:.0f}"
)

# %% [markdown]
# ## The loss, and steps by hand
#
# Two numbers go in, a score comes out: above 0 it says moon 1, below 0 moon −1.  The hinge loss of a point is
# max(0, 1 − moon·score): nothing if the score is on the right side by at least 1.  The loss of the data is
# the mean.  `backward` finds all derivatives, and each parameter goes a little way downhill.

# %%
for step in range(3):
    loss = losses.hinge([model(point) for point in X], y)
    model.zero_grad()
    loss.backward()
    for p in parameters:
        p.data -= 0.1 * p.grad
    print(f"step {step}: loss {loss.data:.4f}")

# %% [markdown]
# This prints:
#
# ```
# 337 parameters; the first point scores -0.039 and belongs to moon -1
# step 0: loss 0.6236
# step 1: loss 0.4711
# step 2: loss 0.4333
# ```
#
# ## The same, recorded
#
# Every step built the same graph again, a hundred times over.  It is enough to record it for one point, with
# the point and its moon as inputs, and to `compile` that: the program runs it for all points at once, here
# 800 times as fast.

# %%
x1, x2, moon = Value(0.0, "x1"), Value(0.0, "x2"), Value(1.0, "moon")
program = microgrid.compile(losses.hinge(model([x1, x2]), moon), inputs=[x1, x2, moon], parameters=parameters)
samples = np.column_stack([X, y])
value, gradient = program.value_and_grad(samples)
loss = losses.hinge([model(point) for point in X], y)
model.zero_grad()
loss.backward()
same = np.allclose(gradient, [p.grad for p in parameters], rtol=1e-9, atol=1e-12)
print(f"loss by the graph {loss.data:.4f}, by the program {value:.4f}; same gradient: {same}")

# %% [markdown]
# ## Many steps
#
# Plain descent (SGD) is one rule among several.  Adam gives each parameter steps of its own size.

# %%
start = program.parameters.copy()
for kind, rate in ((optim.SGD, 0.1), (optim.Adam, 0.01)):
    program.parameters = start
    optimizer = kind(program, lr=rate)
    for _ in range(200):
        optimizer.step(program.value_and_grad(samples)[1])
    print(f"after 200 steps of {kind.__name__}: loss {program.value_and_grad(samples)[0]:.4f}")
program.write_back()

# %% [markdown]
# This prints:
#
# ```
# loss by the graph 0.4117, by the program 0.4117; same gradient: True
# after 200 steps of SGD: loss 0.0802
# after 200 steps of Adam: loss 0.0277
# ```
#
# ## What it has learnt
#
# Points that it has never seen say more than those it was trained on.  And we can look at all of the plane:

# %%
with no_grad():
    for points, moons in ((X, y), datasets.moons(1000, noise=0.2, labels=(-1, 1), seed=2)):
        right = np.mean([model(point).data * moon > 0 for point, moon in zip(points, moons, strict=True)])
        print(f"right about {right:.1%} of {len(points)} points")
    for height in np.linspace(1.4, -0.8, 7):
        print("".join("+" if model([x, height]).data > 0 else "·" for x in np.linspace(-1.5, 2.5, 56)))

# %% [markdown]
# This prints:
#
# ```
# right about 99.0% of 100 points
# right about 95.6% of 1000 points
# ························································
# ···················································+++++
# ··············································++++++++++
# ···············++++++++++···············++++++++++++++++
# ··················++++++++++++········++++++++++++++++++
# ·····················+++++++++++++++++++++++++++++++++++
# ·······················+++++++++++++++++++++++++++++++++
# ```
#
# ## Try it yourself
#
# 1. Give SGD the rate 1, then 10, and print the loss at every step.  When does it stop falling steadily?
# 2. Train with ten points only.  How many of the thousand are right then?
