# %% [markdown]
# # A. Computational graphs, the chain rule, networks as graphs
#
# After this lesson you can draw any formula as a graph, send values forward and gradients backward through
# it by hand, find a derivative that a formula forgot, and say why gradients vanish in deep networks and
# what keeps them alive.
#
# It takes about three hours, two lectures, the exercises included. You need to know what a derivative is, and
# to read a little Python: functions, lists, loops. The blocks under "This prints" show what to expect; change
# the numbers and run again. `show` shows a picture under its cell; where you run the lesson as a program, it
# saves the picture and says where.

# %%
import math
import random

import microgrid as mg
import viz
from microgrid import Value, nn, parameter, parse
from viz.lessons import show

# %% [markdown]
# ## A perceptron
#
# A perceptron multiplies each input by a weight, adds everything and a bias, and squeezes the sum z into a
# probability with the sigmoid σ(z) = 1/(1 + e⁻ᶻ):
#
# ŷ = σ(w₀ + w₁x₁ + w₂x₂)
#
# With w₀ = 4.1, w₁ = −1.15 and w₂ = −0.21, what does it say of the points (0, 6) and (6, 8)? First in plain
# Python:


# %%
def perceptron(x1, x2):
    z = 4.1 - 1.15 * x1 - 0.21 * x2
    return z, 1 / (1 + math.exp(-z))


for point in ((0, 6), (6, 8)):
    z, probability = perceptron(*point)
    print(f"{point}: z = {z:.2f}, ŷ = {probability:.2f}")

# %% [markdown]
# This prints:
#
# ```
# (0, 6): z = 2.84, ŷ = 0.94
# (6, 8): z = -4.48, ŷ = 0.01
# ```
#
# The first point is very probably of class 1, the second almost surely not. Now the same as a network of
# the library, whose parameters are the weights and then the bias, drawn as the lectures draw it: circles for
# units, arrows for weights, thicker where the weight is larger.

# %%
net = nn.MLP(2, [1], output="sigmoid")
for p, number in zip(net.parameters(), (-1.15, -0.21, 4.1), strict=True):
    p.data = number

show(viz.network(net, [0, 6]), "perceptron.svg")

# %% [markdown]
# Where is it unsure? On the line w₀ + w₁x₁ + w₂x₂ = 0, to which the weights stand at right angles. The plot
# needs NumPy and matplotlib.

# %% tags=["needs-numpy"]
from viz import plots

show(plots.probability(net, [(0, 0), (8, 10)], at=[(0, 6), (6, 8)]), "plane.svg")

# %% [markdown]
# ## Fully connected networks
#
# One perceptron draws one line. A **fully connected network** puts many side by side, in layers: each unit
# is a perceptron of all units of the layer before it, hᵢ = g(bᵢ + Σⱼ xⱼwⱼᵢ), with some function g in place
# of σ. Values flow from left to right through the k hidden layers; this is the **forward pass**.

# %%
show(viz.network([3, 4, 4, 2]), "dense.svg")


# %%
def layer(x, weights, biases, g):
    """The units of a layer: weights[i] are those of unit i."""
    return [g(b + sum(xj * wj for xj, wj in zip(x, w))) for w, b in zip(weights, biases)]


random.seed(1)
sizes = [3, 4, 4, 2]
h = [1.0, -2.0, 0.5]
for before, after in zip(sizes, sizes[1:]):
    weights = [[random.gauss(0, 1) for _ in range(before)] for _ in range(after)]
    h = layer(h, weights, [0.0] * after, math.tanh)
    print(f"{after} units:", [round(unit, 3) for unit in h])
numbers = sum((before + 1) * after for before, after in zip(sizes, sizes[1:]))
print(f"weights and biases: {numbers}")

# %% [markdown]
# This prints:
#
# ```
# 4 units: [-0.918, 0.893, 0.96, -0.889]
# 4 units: [-0.963, 0.974, 0.239, 0.853]
# 2 units: [0.971, 0.766]
# weights and biases: 46
# ```
#
# ## XOR
#
# No single line separates (0, 1) and (1, 0) from (0, 0) and (1, 1). Two hidden units can. These are the
# weights of the lecture: sigmoids in both layers, no biases, h = σ(xᵀW₁) with W₁ = [[0.96, 0.89], [0.28,
# 0.73]], and ŷ = σ(hᵀw₂) with w₂ = [0.60, 0.22]. Nothing has been trained yet.

# %%
xor = nn.Sequential(nn.Linear(2, 2, bias=False), "sigmoid", nn.Linear(2, 1, bias=False), "sigmoid")
for p, number in zip(xor.parameters(), (0.96, 0.28, 0.89, 0.73, 0.60, 0.22), strict=True):
    p.data = number

POINTS = [((0, 0), 0), ((0, 1), 1), ((1, 0), 1), ((1, 1), 0)]
for point, target in POINTS:
    yhat = xor(point)
    loss = nn.losses.bce(yhat, target)
    print(f"{point}: y = {target}, ŷ = {yhat.data:.2f}, loss = {loss.data:.2f}")

# %% [markdown]
# This prints:
#
# ```
# (0, 0): y = 0, ŷ = 0.60, loss = 0.92
# (0, 1): y = 1, ŷ = 0.62, loss = 0.48
# (1, 0): y = 1, ŷ = 0.64, loss = 0.44
# (1, 1): y = 0, ŷ = 0.66, loss = 1.07
# ```
#
# The loss is the **binary cross-entropy** −(y log ŷ + (1 − y) log(1 − ŷ)): small if the network gave the
# right class a high probability. This network says about 0.6 to everything. The picture shows what each
# unit computes at (0, 1):

# %%
show(viz.network(xor, [0, 1]), "xor.svg")

# %% [markdown]
# The same as a **computational graph**: each box is one operation, and the loss is a node like any other.

# %%
L = nn.losses.bce(xor([0, 1]), 1)
L.backward()
show(viz.draw(L, slide="16:9"), "xor_graph.svg")

# %% [markdown]
# Training makes the loss small: compute it, ask each weight how the loss reacts to it, and move the weight
# a little the other way. The rest of the lesson is about how that question is answered; here is the loop,
# with four tanh units and biases. An **optimiser** moves the weights: `zero_grad` wipes out the answers of
# the round before, `backward` computes the new ones, and `step` takes the step. Adam chooses how long the
# step of each weight is; how it does so belongs to lesson C, and the simplest rule comes in the next section.

# %%
from microgrid import optim

random.seed(1)
net = nn.MLP(2, [4, 1], activation="tanh", output="sigmoid")
optimizer = optim.Adam(net.parameters(), lr=0.05)
for epoch in range(201):
    loss = sum(nn.losses.bce(net(point), target) for point, target in POINTS) / 4
    if epoch % 50 == 0:
        print(f"epoch {epoch:3}: loss {loss.data:.4f}")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
for point, target in POINTS:
    print(f"{point}: y = {target}, ŷ = {net(point).data:.2f}")

# %% [markdown]
# This prints:
#
# ```
# epoch   0: loss 0.6976
# epoch  50: loss 0.0512
# epoch 100: loss 0.0166
# epoch 150: loss 0.0095
# epoch 200: loss 0.0064
# (0, 0): y = 0, ŷ = 0.00
# (0, 1): y = 1, ŷ = 0.99
# (1, 0): y = 1, ŷ = 0.99
# (1, 1): y = 0, ŷ = 0.01
# ```
#
# With noisy points around the four corners and the library's own loop, the loss over the epochs, and what
# the network then decides where:

# %% tags=["needs-numpy"]
from microgrid import datasets, train

X, y = datasets.xor(80, noise=0.15, seed=1)
random.seed(1)
net = nn.MLP(2, [4, 1], activation="tanh", output="sigmoid")
history = train.fit(net, X, y, loss="bce", optimizer=lambda ps: optim.Adam(ps, lr=0.05), epochs=150)
show(plots.curves(history), "xor_loss.svg")

# %% tags=["needs-numpy"]
show(plots.decision_boundary(net, X, y), "xor_trained.svg")

# %% [markdown]
# ## Gradient descent
#
# To walk downhill you need no map, only the slope under your feet: x ← x − η ∂f/∂x, where η is the
# **learning rate**. On f = x² the slope is 2x, so a step with η = 0.2 multiplies x by 1 − 2η = 0.6.


# %%
def descend(f, start, rate, steps):
    """The places that gradient descent comes by."""
    x = parameter(start, "x")
    places = [x.data]
    for _ in range(steps):
        x.grad = 0.0
        f(x).backward()
        x.data -= rate * x.grad
        places.append(x.data)
    return places


def square(x):
    return x**2


for k, x in enumerate(descend(square, 1.0, 0.2, 5)):
    print(f"{k}: x = {x:.5f}, f = {x * x:.5f}")

# %% [markdown]
# This prints:
#
# ```
# 0: x = 1.00000, f = 1.00000
# 1: x = 0.60000, f = 0.36000
# 2: x = 0.36000, f = 0.12960
# 3: x = 0.21600, f = 0.04666
# 4: x = 0.12960, f = 0.01680
# 5: x = 0.07776, f = 0.00605
# ```


# %% tags=["needs-numpy"]
def sgd(rate):
    return lambda parameters: optim.SGD(parameters, lr=rate)


show(plots.descent(square, train.descend(square, 1.0, sgd(0.2), 10)), "descent.svg")

# %% [markdown]
# A curve with two valleys is f = x⁴ − 2x² + x − 1. Its derivative 4x³ − 4x + 1 is zero at −1.107, at 0.270
# (a top) and at 0.838. Which valley you reach depends on which side of the top you start:


# %%
def quartic(x):
    return x**4 - 2 * x**2 + x - 1


for start in (0.3, 0.0):
    end = descend(quartic, start, 0.05, 200)[-1]
    slope = 4 * end**3 - 4 * end + 1
    print(f"from {start}: x = {end:.3f}, f = {quartic(end):.2f}, |f′| = {abs(slope):.6f}")

# %% [markdown]
# This prints:
#
# ```
# from 0.3: x = 0.838, f = -1.07, |f′| = 0.000000
# from 0.0: x = -1.107, f = -3.06, |f′| = 0.000000
# ```

# %% tags=["needs-numpy"]
ax = plots.descent(quartic, train.descend(quartic, 0.3, sgd(0.05), 40), xlim=(-1.6, 1.4))
path = train.descend(quartic, 0.0, sgd(0.05), 40)
show(plots.descent(quartic, path, xlim=(-1.6, 1.4), ax=ax), "two_valleys.svg")

# %% [markdown]
# The start at 0.3 ends in the **local** minimum −1.07, the start at 0 in the **global** one, −3.06.
# Gradient descent never knows which it is in.
#
# How large should η be? On x², the factor of a step is 1 − 2η: too near to 1 it crawls, below −1 it leaves.

# %%
for rate in (0.02, 0.3, 1.05):
    end = descend(square, 1.0, rate, 8)[-1]
    print(f"η = {rate}: factor {1 - 2 * rate:5.2f}, x = {end:.4f} after 8 steps")

# %% [markdown]
# This prints:
#
# ```
# η = 0.02: factor  0.96, x = 0.7214 after 8 steps
# η = 0.3: factor  0.40, x = 0.0007 after 8 steps
# η = 1.05: factor -1.10, x = 2.1436 after 8 steps
# ```

# %% tags=["needs-numpy"]
runs = {f"η = {rate}": train.descend(square, 1.0, sgd(rate), 8) for rate in (0.02, 0.3, 1.05)}
show(plots.descent(square, runs["η = 0.02"]), "rate_small.svg")

# %% tags=["needs-numpy"]
show(plots.descent(square, runs["η = 0.3"]), "rate_good.svg")

# %% tags=["needs-numpy"]
show(plots.descent(square, runs["η = 1.05"]), "rate_large.svg")

# %% tags=["needs-numpy"]
show(plots.compare(runs, "x"), "rates.svg")

# %% [markdown]
# With two weights the loss is a surface, and the gradient has two numbers. It stands at right angles to the
# lines of equal loss:

# %%
w1, w2 = parameter(-3, "w1"), parameter(2, "w2")
for step in range(4):
    f = w1**2 + 3 * w2**2 + w1 * w2
    w1.grad = w2.grad = 0.0
    f.backward()
    print(
        f"{step}: w = ({w1.data:.3f}, {w2.data:.3f}), f = {f.data:.3f}, ∇f = ({w1.grad:.3f}, {w2.grad:.3f})"
    )
    w1.data -= 0.1 * w1.grad
    w2.data -= 0.1 * w2.grad

# %% [markdown]
# This prints:
#
# ```
# 0: w = (-3.000, 2.000), f = 15.000, ∇f = (-4.000, 9.000)
# 1: w = (-2.600, 1.100), f = 7.530, ∇f = (-4.100, 4.000)
# 2: w = (-2.190, 0.700), f = 4.733, ∇f = (-3.680, 2.010)
# 3: w = (-1.822, 0.499), f = 3.158, ∇f = (-3.145, 1.172)
# ```


# %% tags=["needs-numpy"]
def bowl(a, b):
    return a**2 + 3 * b**2 + a * b


path = train.descend(bowl, (-3, 2), sgd(0.1), 30)
show(plots.surface(bowl, path, kind="3d"), "landscape.svg")

# %% tags=["needs-numpy"]
show(plots.surface(bowl, path), "surface.svg")

# %% [markdown]
# ## The chain rule, and a slip that is easy to make
#
# y = (6x² + 2)⁴ is a chain: u = 6x² + 2, then y = u⁴. The chain rule multiplies the derivatives of the
# links, y′ = 4u³ · 12x = 4(6x² + 2)³ · 12x. On slides one finds 4(6x² + 2) · 12x, without the cube. `check`
# judges a formula, and says what is wrong with it:

# %%
chain = parse("u = 6*x**2 + 2; y = u**4", x=1)
print(mg.check(chain, "dy/dx = 4*(6*x**2 + 2)*12*x").text())
print(mg.check(chain, "dy/dx = 4*(6*x**2 + 2)**3*12*x").text())

# %% [markdown]
# This prints:
#
# ```
# ✗ dy/dx = 4*(6*x**2 + 2)*12*x: false: an exponent is wrong
#     6*x^2 + 2 has the exponent 1, and 3 is right
#     at x = 1 the claim gives 384, and right is 24576
#     correct is dy/dx = 4*(6*x^2 + 2)^3*12*x
# ✓ dy/dx = 4*(6*x**2 + 2)**3*12*x: true, proved
# ```

# %%
y = chain["y"]
y.backward()
show(viz.draw(y), "chain.svg")

# %% [markdown]
# For a chain of layers the rule is the same. From the weight w₁ to the loss, x → h₁ → ŷ → L:
#
# ∂L/∂w₁ = ∂L/∂ŷ · ∂ŷ/∂h₁ · ∂h₁/∂w₁
#
# `derive` writes it out, with the local derivatives and the numbers:

# %%
weights = {"w1": parameter(0.5, "w1"), "w2": parameter(-0.7, "w2")}
L = parse("h1 = sigmoid(w1*x); yhat = w2*h1; L = (yhat - y)**2", x=2, y=1, **weights)["L"]
print(mg.derive(L, "w1").text())

# %% [markdown]
# This prints:
#
# ```
# the local derivatives
#   ∂L/∂yhat = 2·(yhat - y)
#   ∂yhat/∂h1 = w2
#   ∂h1/∂w1 = h1·(1 - h1)·x
# the chain rule
#   ∂L/∂w1 = ∂L/∂yhat · ∂yhat/∂h1 · ∂h1/∂w1
#          = 2·(yhat - y) · w2 · h1·(1 - h1)·x
#          = (-3.023) · (-0.7) · 0.3932 = 0.8322
# ```

# %%
L.backward()
show(viz.draw(L, path="w1"), "path.svg")

# %% [markdown]
# ## A line and its squared error, by hand
#
# Now one small model, whole. The line is ŷ = wx + b with w = 2 and b = 1; the data point is x = 3, y = 9.
# How wrong the line is there is measured by L = (ŷ − y)². Split the formula until each step does one thing:

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
# Each step has a **local derivative**: how its result reacts to what went into it. They need no more than
# school calculus: dL/de = 2e, de/dŷ = 1, dŷ/dz = 1, dŷ/db = 1, dz/dw = x. We start at the loss, multiply on
# the way down, and reuse each product for whatever lies below it: ∂L/∂ŷ is computed **once** and serves
# both w and b.

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
# What does −12 mean? It is a prediction: raise w by a thousandth, and L moves by about −12 thousandths.

# %%
nudge = 0.001
nudged = ((w + nudge) * x + b - y) ** 2
print(f"L: {L} → {nudged:.6f}, {(nudged - L) / nudge:.3f} per unit of w")

# %% [markdown]
# This prints:
#
# ```
# L: 4 → 3.988009, -11.991 per unit of w
# ```
#
# A network with a million weights would need a million such experiments. Going backward needs one walk.
#
# ## By the engine
#
# A `Value` is a number that remembers which operation made it, from what; `parameter` makes one that
# training may change. The names are for messages and drawings.

# %%
w, b = parameter(2, "w"), parameter(1, "b")
line = parse("z = w*x; yhat = z + b; e = yhat - y; L = e**2", w=w, b=b, x=3, y=9)
L = line["L"]
L.backward()
for name in ("L", "e", "yhat", "z", "b", "w"):
    value = {**line, "w": w, "b": b}[name]
    print(f"{name:>4} = {value.data:4}    ∂L/∂{name} = {value.grad}")

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
# The same numbers. There is no trick behind `backward`: the local derivatives were stored when each node
# was made, and it multiplied them, as we did.

# %%
for name in ("L", "e", "yhat", "z"):
    value = line[name]
    for parent, partial in zip(value.parents, value.partials, strict=True):
        print(f"∂{name}/∂{parent.label} = {partial}")

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
# Drawn: data is yellow, parameters are violet, computations are light-blue boxes, and each arrow carries
# its local derivative. Find the two ways that share ∂L/∂ŷ.

# %%
show(viz.draw(L), "line.svg")

# %% [markdown]
# And one operation at a time. In a notebook, press the arrow keys; saved, it is a page that needs nothing
# else.

# %%
walk = viz.steps(L)
for frame in walk[5:10]:
    print(frame.caption)
show(walk, "walk.html")

# %% [markdown]
# This prints:
#
# ```
# ∂L/∂L = 1: here the backward pass starts.
# ∂L/∂e = ∂L/∂L · ∂L/∂e = 1 · (−4) = −4
# ∂L/∂ŷ = ∂L/∂e · ∂e/∂ŷ = −4 · 1 = −4
# ∂L/∂y = ∂L/∂e · ∂e/∂y = −4 · (−1) = 4
# ∂L/∂z = ∂L/∂ŷ · ∂ŷ/∂z = −4 · 1 = −4
# ```
#
# Why believe it? `verify` proves the rule of each operation with computer algebra, checks that the rules
# were put together as the chain rule says, and computes everything again with fifty digits.

# %%
print(mg.verify(L).ok, mg.check(line, "dL/dw = 2*e*x", "dL/db = 2*e").ok)

# %% [markdown]
# This prints:
#
# ```
# True True
# ```
#
# And now it learns: w ← w − η ∂L/∂w, and likewise for b. `recompute` runs the same graph forward again with
# the new numbers.

# %%
rate = 0.04
for step in range(4):
    print(f"{step}: w = {w.data:.4f}  b = {b.data:.4f}  ŷ = {line['yhat'].data:.4f}  L = {L.data:.4f}")
    for p in (w, b):
        p.data -= rate * p.grad
        p.grad = 0.0  # the gradients of leaves add up until they are reset
    mg.recompute(L).backward()

# %% [markdown]
# This prints:
#
# ```
# 0: w = 2.0000  b = 1.0000  ŷ = 7.0000  L = 4.0000
# 1: w = 2.4800  b = 1.1600  ŷ = 8.6000  L = 0.1600
# 2: w = 2.5760  b = 1.1920  ŷ = 8.9200  L = 0.0064
# 3: w = 2.5952  b = 1.1984  ŷ = 8.9840  L = 0.0003
# ```
#
# ## The same in PyTorch
#
# PyTorch records the same graph under other names:
#
# | here | in PyTorch |
# |---|---|
# | `w = parameter(2)` | `w = torch.tensor(2., requires_grad=True)` |
# | `z = w*x` | `z = w*x`, whose `grad_fn` is `<MulBackward0>` |
# | `e**2` | `l = e**2`, whose `grad_fn` is `<PowBackward0>` |
# | `L.backward()` | `l.backward()` |
# | `w.grad` is `-12.0` | `w.grad` is `tensor(-12.)` |
# | `value.parents` | `l.grad_fn.next_functions` |
#
# Its pictures have a box for each value and one for each operation, as this one with the operations apart.
# (`viz.draw_dot(L)` draws it as the notebooks of micrograd do.)

# %%
w, b = parameter(2, "w"), parameter(1, "b")
L = parse("z = w*x; yhat = z + b; e = yhat - y; L = e**2", w=w, b=b, x=3, y=9)["L"]
L.backward()
show(viz.draw(L, ops="separate", slide="16:9"), "as_pytorch.svg")

# %% [markdown]
# ## A block of your own
#
# Frameworks can be extended: state the value and the derivative of a new block, and it takes part in
# everything, drawings and proofs included. A wrong derivative does not get far:

# %%
cube = mg.custom_op("cube", value=lambda x: x**3, partials=[lambda x: 3 * x**2])
wrong = mg.custom_op("wrong", value=lambda x: x**3, partials=[lambda x: 3 * x])
print(mg.check(cube).ok, mg.check(wrong).ok)
y = 2 * cube(parameter(1.5, "w")) + 1
y.backward()
show(viz.draw(y), "custom.svg")

# %% [markdown]
# This prints:
#
# ```
# True False
# ```
#
# ## A weight used twice: sum over the paths
#
# So far a single way led from each weight to the loss. Real networks branch and meet again: a convolution
# uses one weight at every pixel, a residual network lets its input skip layers. One sentence then holds the
# whole theory:
#
# > The derivative is the **sum over all paths** of the **product of the local derivatives** along each
# > path.
#
# Take z₁ = w₁x, z₂ = w₂(z₁ + x), ŷ = w₁(z₁ + z₂). The weight w₁ is used twice, and x also skips z₁.

# %%
from microgrid.graph import counts, path_count, paths

weights = {"w1": parameter(0.8, "w1"), "w2": parameter(-0.5, "w2")}
dag = parse("z1 = w1*x; s = z1 + x; z2 = w2*s; t = z1 + z2; yhat = w1*t", x=1.5, **weights)
yhat = dag["yhat"]
yhat.backward()
for path in paths(yhat, weights["w1"]):
    way = " → ".join(value.label for value in path.nodes)
    factors = " · ".join(f"{partial:g}" for partial in path.partials)
    print(f"{way}:  {factors} = {path.product:g}")
total = sum(path.product for path in paths(yhat, weights["w1"]))
print(f"sum = {total:.2f}, backward: {weights['w1'].grad:.2f}")

# %% [markdown]
# This prints:
#
# ```
# w1 → yhat:  -0.15 = -0.15
# w1 → z1 → t → yhat:  1.5 · 1 · 0.8 = 1.2
# w1 → z1 → s → z2 → t → yhat:  1.5 · 1 · -0.5 · 1 · 0.8 = -0.6
# sum = 0.45, backward: 0.45
# ```

# %%
show(viz.draw(yhat, path="w1"), "paths.svg")

# %% [markdown]
# ### The formula that forgot a path
#
# It is tempting to follow the layers and write ∂ŷ/∂w₁ = ∂ŷ/∂z₁ · ∂z₁/∂w₁ + ∂ŷ/∂z₂ · ∂z₂/∂z₁ · ∂z₁/∂w₁, and
# slides do. These are the last two paths. But w₁ also stands in ŷ = w₁(z₁ + z₂) itself:

# %%
again = {"w1": parameter(0.8, "w1"), "w2": parameter(-0.5, "w2")}
two = "dyhat/dz1*dz1/dw1 + dyhat/dz2*dz2/dz1*dz1/dw1"
shared = parse("z1 = w1*x; z2 = w2*(z1 + x); yhat = w1*(z1 + z2)", x=1.5, **again)
report = mg.check(shared, f"dyhat/dw1 = {two}", f"dyhat/dw1 = (z1 + z2) + {two}")
print(report.text())

# %% [markdown]
# This prints:
#
# ```
# ✗ dyhat/dw1 = dyhat/dz1*dz1/dw1 + dyhat/dz2*dz2/dz1*dz1/dw1: false: a path is missing
#     read as forward: the path w1 → yhat is missing
#     missing: w1 → yhat: z1 + z2
#     at w1 = 0.8, x = 1.5, w2 = -0.5 the claim gives 0.6, and right is 0.45
#     correct is dyhat/dw1 = dyhat/dz1*dz1/dw1 + dyhat/dz2*dz2/dz1*dz1/dw1 + z1 + z2
# ✓ dyhat/dw1 = (z1 + z2) + dyhat/dz1*dz1/dw1 + dyhat/dz2*dz2/dz1*dz1/dw1: true, proved
#     it holds in the reading local, forward, and not in adjoint, total
# ```
#
# The slide's formula gives 0.6 where 0.45 is right, and it has another slip on the same page, ∂z₁/∂w₁ = w₁.
# Nothing would crash with them: training would go on, a little in the wrong direction, at every step.

# %%
print(mg.check(shared, "dz1/dw1 = w1").text())

# %% [markdown]
# This prints:
#
# ```
# ✗ dz1/dw1 = w1: false: a variable is the wrong one
#     w1 stands where x belongs
#     at w1 = 0.8, x = 1.5 the claim gives 0.8, and right is 1.5
#     correct is dz1/dw1 = x
# ```

# %%
shared["yhat"].backward()
show(viz.draw(shared["yhat"]), "reuse.svg")

# %% [markdown]
# With a sigmoid before the end and a mean squared error as the loss, the graph is longer, and the rule the
# same:

# %%
v = parse("z1 = w1*x; z2 = w2*(z1 + x); yhat = sigmoid(w1*(z1 + z2))", x=1.5, **weights)
weights["w1"].grad = weights["w2"].grad = 0.0
L = nn.losses.mse(v["yhat"], Value(1, "y"))
L.backward()
print(f"ŷ = {v['yhat'].data:.4f}, L = {L.data:.4f}, ∂L/∂w1 = {weights['w1'].grad:.4f}")
show(viz.draw(L, slide="16:9"), "reuse_mse.svg")

# %% [markdown]
# This prints:
#
# ```
# ŷ = 0.4700, L = 0.2809, ∂L/∂w1 = -0.1188
# ```
#
# Are there not far too many paths? Blocks h ← h + σ(w·h) offer two ways each, through the layer or past it,
# so twenty of them have 2²⁰ paths. `backward` does not walk them one by one: it handles each node once,
# after everything above it is finished.


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
# ## Gradients that vanish
#
# ŷ = σ(w₃ σ(w₂ σ(w₁x))). The derivative with respect to w₁ is a long product: σ′ three times, and the
# weights between. Since σ′ = σ(1 − σ) is never above ¼ and the weights here are below 1, each layer shrinks
# it at least by four.

# %%
weights = {f"w{k}": parameter(v, f"w{k}") for k, v in ((1, 0.5), (2, 0.6), (3, 0.7))}
deep = parse("yhat = sigmoid(w3*sigmoid(w2*sigmoid(w1*x)))", x=1, **weights)["yhat"]
deep.backward()
for name, weight in weights.items():
    print(f"∂ŷ/∂{name} = {weight.grad:.5f}")
show(viz.draw(deep, color_by="grad"), "vanishing.svg")

# %% [markdown]
# This prints:
#
# ```
# ∂ŷ/∂w1 = 0.00571
# ∂ŷ/∂w2 = 0.02521
# ∂ŷ/∂w3 = 0.14189
# ```

# %% tags=["needs-numpy"]
show(plots.activation("sigmoid"), "sigmoid.svg")

# %% [markdown]
# Glorot and Bengio (2010) measured it: with small uniform weights, the histograms of the gradients of a
# deep tanh network get narrower from the last layer to the first.

# %% tags=["needs-numpy"]
from microgrid.monitor import Monitor

X, y = datasets.blobs(100, centers=[[-1, 0], [1, 0], [0, 1.5]], seed=1)
random.seed(1)
net = nn.MLP(2, [30, 30, 30, 30, 3], activation="tanh")
for layer in net.layers:
    nn.init.uniform(layer, -0.18, 0.18)
monitor = Monitor(net, loss="cross_entropy_with_logits")
monitor.observe(X, y)
show(plots.histograms(monitor, "gradients", form="overlaid", bins=40), "glorot.svg")

# %% [markdown]
# The opposite exists, too. If the weights are of size 1, a layer of four units makes the gradient of its
# input larger, not smaller, and it **explodes** with depth:

# %%
random.seed(1)
for depth in (1, 5, 10, 20):
    net = nn.Sequential(*[nn.Linear(4, 4, bias=False) for _ in range(depth)])
    for layer in net.layers:
        nn.init.normal(layer, std=1.0)
    x = [Value(number) for number in (1, 0, 0, 0)]
    net(x)[0].backward()
    length = math.hypot(*(value.grad for value in x))
    print(f"layers: {depth:2}, length of the gradient {length:.1e}")

# %% [markdown]
# This prints:
#
# ```
# layers:  1, length of the gradient 1.6e+00
# layers:  5, length of the gradient 2.2e+01
# layers: 10, length of the gradient 3.3e+01
# layers: 20, length of the gradient 1.9e+03
# ```

# %% tags=["needs-numpy"]
monitor = Monitor(net, loss="mse")
monitor.observe([[1, 0, 0, 0]], [[0, 0, 0, 0]])
show(plots.gradient_flow(monitor), "exploding.svg")

# %% [markdown]
# ## ReLU and dead units
#
# ReLU(x) = max(0, x) has slope 1 or 0: it lets a gradient through whole, or stops it. A unit whose sum is
# negative for all data is **dead**: its weights have no gradient, so they never change, so it stays dead.
# Leaky ReLU keeps a slope of 0.01 there.

# %%
data = [0.5, 1.0, 2.0]
for activation in (mg.relu, mg.leaky_relu):
    w, b = parameter(-1.0, "w"), parameter(-0.5, "b")
    L = sum((activation(w * x + b) - 1) ** 2 for x in data)
    L.backward()
    print(f"{activation.__name__}: ∂L/∂w = {w.grad:.3f}, ∂L/∂b = {b.grad:.3f}")

# %% [markdown]
# This prints:
#
# ```
# relu: ∂L/∂w = 0.000, ∂L/∂b = 0.000
# leaky_relu: ∂L/∂w = -0.071, ∂L/∂b = -0.061
# ```

# %% tags=["needs-numpy"]
show(plots.activation("relu", "leaky_relu", "elu", "gelu", "softplus", "tanh"), "activations.svg")

# %% [markdown]
# ## Residual networks
#
# With a skip connection, h ← h + F(h), one of the paths multiplies only ones: it brings the gradient down
# unharmed, however deep the network is. The tower from above, without and with it:

# %%
for depth in (1, 5, 20, 100):
    slopes = []
    for skip in (False, True):
        start, top = stack(depth, skip)
        top.backward()
        slopes.append(start.grad)
    print(f"layers: {depth:3}, ∂h/∂x = {slopes[0]:.1e} without, {slopes[1]:.2f} with skip connections")

# %% [markdown]
# This prints:
#
# ```
# layers:   1, ∂h/∂x = 2.1e-01 without, 1.21 with skip connections
# layers:   5, ∂h/∂x = 4.0e-04 without, 1.77 with skip connections
# layers:  20, ∂h/∂x = 2.2e-14 without, 1.81 with skip connections
# layers: 100, ∂h/∂x = 4.8e-69 without, 1.81 with skip connections
# ```

# %%
random.seed(1)
block = nn.Residual(nn.Linear(3, 3), "tanh", nn.Linear(3, 3))
again = nn.Residual(nn.Linear(3, 3), "tanh", nn.Linear(3, 3))
show(viz.network(nn.Sequential(block, again), [0.5, -1, 2]), "residual.svg")

# %% [markdown]
# Hundreds of layers stay trainable. Below are two hundred plain layers, and a hundred residual blocks of
# two:

# %% tags=["needs-numpy"]
random.seed(1)
blocks = [nn.Residual(nn.Linear(3, 3), "tanh", nn.Linear(3, 3)) for _ in range(100)]
nets = {"plain": nn.MLP(3, [3] * 200, "tanh"), "residual": nn.Sequential(*blocks)}
for net in nets.values():
    nn.losses.mse(net([0.5, -1, 2]), [1, 1, 1]).backward()
show(plots.gradient_flow(nets), "flow.svg")

# %% [markdown]
# ## Watching it learn
#
# Before you trust a training, look at what moves: the activations of a layer over time, as TensorBoard shows
# them, and the length of a step compared with that of the weights (about a thousandth is healthy).

# %% tags=["needs-numpy"]
X, y = datasets.moons(100, noise=0.1, seed=1)
random.seed(1)
net = nn.MLP(2, [16, 16, 1], activation="tanh", output="sigmoid")
monitor = Monitor(net)
train.fit(net, X, y, loss="bce", optimizer=optim.Adam, epochs=300, monitor=monitor)
show(plots.histograms(monitor, form="time", layer="layer0"), "activations_over_time.svg")

# %% tags=["needs-numpy"]
show(plots.update_ratios(monitor), "updates.svg")

# %% [markdown]
# ## Softmax
#
# With more than two classes a network ends in several numbers, the **logits**. Softmax makes probabilities
# of them: pₖ = exp(zₖ) / Σⱼ exp(zⱼ). The lecture's logits are (5, 6, 11, 7):

# %%
logits = [Value(z, f"z{k}") for k, z in enumerate((5, 6, 11, 7), 1)]
p = mg.softmax(logits)
print([round(pk.data, 4) for pk in p], "sum", round(sum(pk.data for pk in p), 12))
shifted = mg.softmax([Value(z + 100) for z in (5, 6, 11, 7)])
print("plus 100:", [round(pk.data, 4) for pk in shifted])

# %% [markdown]
# This prints:
#
# ```
# [0.0024, 0.0066, 0.9732, 0.0178] sum 1.0
# plus 100: [0.0024, 0.0066, 0.9732, 0.0178]
# ```
#
# The lecture rounds the last one to .01, which is .0178; only differences of logits count, so adding 100 to
# all changes nothing. Each probability depends on all logits:

# %%
p[2].backward()
for k, z in enumerate(logits, 1):
    print(f"∂p3/∂z{k} = {z.grad:+.4f}")
show(viz.draw(p[2]), "softmax.svg")

# %% [markdown]
# This prints:
#
# ```
# ∂p3/∂z1 = -0.0023
# ∂p3/∂z2 = -0.0064
# ∂p3/∂z3 = +0.0261
# ∂p3/∂z4 = -0.0173
# ```

# %% tags=["needs-numpy"]
show(plots.softmax([5, 6, 11, 7]), "softmax_bars.svg")

# %% [markdown]
# ## Batch, mini-batch, stochastic
#
# The loss of a data set is a mean over samples, and so is its gradient. **Batch** gradient descent takes
# all samples for a step, **stochastic** gradient descent one, and a **mini-batch** something between. An
# **epoch** is over when every sample has been used once.

# %%
random.seed(1)
samples = [(x, 1 + 2 * x + random.gauss(0, 0.5)) for x in (random.uniform(-1, 1) for _ in range(40))]
for size in (40, 10, 1):
    b, w = parameter(-1.0, "b"), parameter(-1.0, "w")
    updates = 0
    for _ in range(6):
        random.shuffle(samples)
        for k in range(0, 40, size):
            batch = samples[k : k + size]
            b.grad = w.grad = 0.0
            (sum((b + w * x - y) ** 2 for x, y in batch) / size).backward()
            b.data -= 0.1 * b.grad
            w.data -= 0.1 * w.grad
            updates += 1
    loss = sum((b.data + w.data * x - y) ** 2 for x, y in samples) / 40
    print(f"batches of {size:2}: {updates:3} updates, L = {loss:.3f}")

# %% [markdown]
# This prints:
#
# ```
# batches of 40:   6 updates, L = 2.039
# batches of 10:  24 updates, L = 0.428
# batches of  1: 240 updates, L = 0.413
# ```
#
# As paths on the loss surface: the batch goes straight and is slow, single samples are there first and
# never come to rest.


# %% tags=["needs-numpy"]
def squared_error(b, w, x, y):
    return (b + w * x - y) ** 2


X, y = datasets.linear(40, noise=0.5, seed=1)
runs = train.compare_batches(squared_error, (-1, -1), X, y, sgd(0.1), 6, seed=1)
show(plots.surface(runs.f, runs), "batches.svg")

# %% [markdown]
# ## Exercises
#
# Answer with pen and paper, then let the exercise judge you: a number as in `first.answer("q1", z=2.8)`, a
# choice by its letter, as in `fourth.answer("q4", path="b")`. It recognises the usual mistakes and says which
# one it was.

# %%
import textwrap

from microgrid import exercises


def wrapped(text):
    """Print a text, its long lines wrapped."""
    for line in text.splitlines():
        print(textwrap.fill(line, 100, subsequent_indent="    "))


def ask(sheet):
    """Print an exercise, without the answers."""
    wrapped(sheet.text(answers=False))


first = exercises.make("perceptron", seed=11, only=1, kinds=["forward"])
ask(first)

# %% [markdown]
# This prints:
#
# ```
# Exercises: a perceptron
#
# a1 = w1*x1; a2 = w2*x2; z = w0 + a1 + a2; yhat = sigmoid(z)
# Made again by: microgrid exercises perceptron -n 1 --seed 11 --kinds forward
#
# 1. Forward pass
#   w₁ = −0.05, x₁ = −4, w₂ = −0.35, x₂ = 7, w₀ = 1.7
#   Compute the value of every node.
#   Carry three decimals at every step; answers within ±0.001 count.
#     a₁ = ______
#     a₂ = ______
#     z = ______
#     ŷ = ______
# ```

# %%
second = exercises.make("line", seed=11, only=2, kinds=["backward"])
ask(second)

# %% [markdown]
# This prints:
#
# ```
# Exercises: a line and its squared error
#
# z = w*x; yhat = z + b; e = yhat - y; L = e**2
# Made again by: microgrid exercises line --only 2 --seed 11 --kinds backward
#
# 2. Backward pass
#   w = 1.5, x = 3, b = −1, y = 1
#   The forward pass gives z = 4.5, ŷ = 3.5, e = 2.5, L = 6.25.
#   Compute the gradients, from the result back.
#     ∂L/∂e = ______
#     ∂L/∂ŷ = ______
#     ∂L/∂b = ______
#     ∂L/∂z = ______
#     ∂L/∂w = ______
# ```

# %%
third = exercises.make("line", seed=11, only=3, kinds=["update"])
ask(third)

# %% [markdown]
# This prints:
#
# ```
# Exercises: a line and its squared error
#
# z = w*x; yhat = z + b; e = yhat - y; L = e**2
# Made again by: microgrid exercises line --only 3 --seed 11 --kinds update
#
# 3. One step of gradient descent
#   w = −1.5, x = 5, b = 3, y = −9, η = 0.01
#   The forward pass gives z = −7.5, ŷ = −4.5, e = 4.5, L = 20.25.
#   Take one step of gradient descent: what is every parameter afterwards?
#     new w = ______
#     new b = ______
# ```

# %%
shared_weight = "h = w*x; yhat = w*(h + v); w, x in 2..6; v in -5..5"
fourth = exercises.make(shared_weight, seed=11, only=4, kinds=["missing-path"], params=["w"])
ask(fourth)

# %% [markdown]
# This prints:
#
# ```
# Exercises: h = w·x; ŷ = w·(h + v)
#
# h = w*x; yhat = w*(h + v)
# Made again by: microgrid exercises "h = w*x; yhat = w*(h + v); w, x in 2..6; v in -5..5" --only 4
#     --seed 11 --kinds missing-path --params w
#
# 4. The missing path
#   w = 3, x = 6, v = −3
#   The forward pass gives h = 18, ŷ = 45.
#   A gradient was written as a sum over paths, and one is missing: ∂ŷ/∂w = ∂ŷ/∂h · ∂h/∂w.
#     Which path from w to ŷ is missing?
#       a) w → h → ŷ
#       b) w → ŷ
#     ∂ŷ/∂w = ______
# ```

# %%
fifth = exercises.make("quartic", seed=11, only=5, kinds=["backward"])
ask(fifth)

# %% [markdown]
# This prints:
#
# ```
# Exercises: gradient descent on a quartic
#
# a = x**2; c = a**2; d = p*a; f = c - d + q*x - 1
# Made again by: microgrid exercises quartic --only 5 --seed 11 --kinds backward
#
# 5. Backward pass
#   x = −4, p = 7, q = 10
#   The forward pass gives a = 16, c = 256, d = 112, f = 103.
#   Compute the gradients, from the result back.
#     ∂f/∂d = ______
#     ∂f/∂c = ______
#     ∂f/∂a = ______
#     ∂f/∂x = ______
# ```

# %%
sixth = exercises.make("three-sigmoids", seed=11, only=6, kinds=["vanishing"])
ask(sixth)

# %% [markdown]
# This prints:
#
# ```
# Exercises: three sigmoids one after the other
#
# z1 = w1*x; h1 = sigmoid(z1); z2 = w2*h1; h2 = sigmoid(z2); z3 = w3*h2; yhat = sigmoid(z3)
# Made again by: microgrid exercises three-sigmoids --only 6 --seed 11 --kinds vanishing
#
# 6. Vanishing or not?
#   w₁ = 0.4, x = 3.5, w₂ = 1.5, w₃ = 1.5
#   The forward pass gives z₁ = 1.4, h₁ = 0.802, z₂ = 1.203, h₂ = 0.769, z₃ = 1.154, ŷ = 0.760.
#   Multiply the local derivatives from ŷ back to h₁.
#   Carry three decimals at every step; answers within ±0.003 count.
#     ∂ŷ/∂h₁ = ______
#     What becomes of the gradient on its way from ŷ back to h₁?
#       a) It vanishes: less than a tenth is left.
#       b) It explodes: it has grown more than tenfold.
#       c) Neither.
# ```
#
# A wrong choice is told why:

# %%
wrapped(str(sixth.answer("q6", gradient="b")))

# %% [markdown]
# This prints:
#
# ```
# ✗ What becomes of the gradient on its way from ŷ back to h₁? Not this one. The product is 0.182 ·
#     1.5 · 0.178 · 1.5 = 0.073.
# Still to be answered: h1.
# ```
#
# Two open questions.
#
# 7. In the training loop of "By the engine", a single step with `rate = 0.05` makes L vanish, with
#    0.1 it never changes, with 0.2 it explodes. Why? (Hint: how does e change in a step?)
#
# 8. Let the network use w₁ a third time, z₂ = w₁(z₁ + x). How many paths lead from w₁ to ŷ, and what is
#    ∂ŷ/∂w₁ at x = 1.5, w₁ = 0.8? Check your formula with `check`.
#
# Exercise 2 is also a page that marks itself, offline, and names the usual mistakes:

# %%
second

# %% [markdown]
# ## Solutions

# %%
for sheet in (first, second, third, fourth, fifth, sixth):
    (exercise,) = sheet
    for line in sheet.text().splitlines():
        if line.startswith("    "):  # a blank, or an option; a star marks the right one
            print(exercise.id, line.strip())

# %% [markdown]
# This prints:
#
# ```
# q1 a₁ = 0.2    w₁·x₁ = (−0.05)·(−4)
# q1 a₂ = −2.45    w₂·x₂ = (−0.35)·7
# q1 z = −0.55    w₀ + a₁ + a₂ = 1.7 + 0.2 + (−2.45)
# q1 ŷ = 0.366    σ(z) = σ(−0.55)
# q2 ∂L/∂e = 5    ∂L/∂L · ∂L/∂e = 1 · 5
# q2 ∂L/∂ŷ = 5    ∂L/∂e · ∂e/∂ŷ = 5 · 1
# q2 ∂L/∂b = 5    ∂L/∂ŷ · ∂ŷ/∂b = 5 · 1
# q2 ∂L/∂z = 5    ∂L/∂ŷ · ∂ŷ/∂z = 5 · 1
# q2 ∂L/∂w = 15    ∂L/∂z · ∂z/∂w = 5 · 3
# q3 new w = −1.95    w − η · ∂L/∂w = −1.5 − 0.01 · 45
# q3 new b = 2.91    b − η · ∂L/∂b = 3 − 0.01 · 9
# q4 Which path from w to ŷ is missing?
# q4 a) w → h → ŷ
# q4 * b) w → ŷ
# q4 ∂ŷ/∂w = 33    (h + v) + ∂ŷ/∂h · ∂h/∂w = 1 · 15 + 3 · 6
# q5 ∂f/∂d = −1    ∂f/∂f · ∂f/∂d = 1 · (−1)
# q5 ∂f/∂c = 1    ∂f/∂f · ∂f/∂c = 1 · 1
# q5 ∂f/∂a = 25    ∂f/∂d · ∂d/∂a + ∂f/∂c · ∂c/∂a = −1 · 7 + 1 · 32
# q5 ∂f/∂x = −190    q + ∂f/∂a · ∂a/∂x = 1 · 10 + 25 · (−8)
# q6 ∂ŷ/∂h₁ = 0.073    ∂ŷ/∂z₂ · ∂z₂/∂h₁ = 0.049 · 1.5
# q6 What becomes of the gradient on its way from ŷ back to h₁?
# q6 * a) It vanishes: less than a tenth is left.
# q6 b) It explodes: it has grown more than tenfold.
# q6 c) Neither.
# ```
#
# 7. A step changes ŷ by −η(∂L/∂w · x + ∂L/∂b) = −η · 2e(x² + 1) = −20ηe, so it multiplies e by 1 − 20η: by
#    0 with η = 0.05, by −1 with 0.1, which squares to the same loss, and by −3 with 0.2.
#
# 8. Four: w₁ → ŷ, w₁ → z₁ → ŷ, w₁ → z₂ → ŷ, and w₁ → z₁ → z₂ → ŷ. In formulas, ŷ = w₁(w₁x + w₁(w₁x + x)) =
#    2w₁²x + w₁³x:

# %%
w1 = parameter(0.8, "w1")
thrice = parse("z1 = w1*x; z2 = w1*(z1 + x); yhat = w1*(z1 + z2)", x=1.5, w1=w1)
thrice["yhat"].backward()
print(path_count(thrice["yhat"], w1), f"{w1.grad:.2f}", mg.check(thrice, "dyhat/dw1 = 4*w1*x + 3*w1**2*x").ok)

# %% [markdown]
# This prints:
#
# ```
# 4 7.68 True
# ```
