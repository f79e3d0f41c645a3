# %% [markdown]
# # C. Activations, batch normalisation, optimisers, regularisation
#
# After this lesson you know what each activation does to a gradient, you can count the units that have died
# and show why a network that starts with zeros stays one single unit, and you can carry out a step of every
# usual optimiser by hand. You know what batch normalisation computes, what L1 does that L2 does not, what
# dropout does once training is over, and you can read a training log.
#
# It takes about 100 minutes with the exercises. You need lessons A and B. The blocks under "This prints" show
# what to expect.

# %%
import math
import random
import textwrap

import microgrid as mg
import viz
from microgrid import Value, datasets, exercises, nn, optim, parameter, parse, train
from microgrid.monitor import Monitor
from viz import plots
from viz.lessons import show

# %% [markdown]
# ## Five activations and their faults
#
# An activation f makes a unit nonlinear, and in the backward pass multiplies the gradient by f′(z). So look
# at both. The engine differentiates, at four places:

# %%
for name in ("sigmoid", "tanh", "relu", "leaky_relu"):
    values, slopes = [], []
    for place in (-10, -2, 0.5, 10):
        z = parameter(place)
        h = getattr(mg, name)(z)
        h.backward()
        values.append(f"{h.data:7.4f}")
        slopes.append(f"{z.grad:.1e}")
    print(f"{name:>10}: f {' '.join(values)}   f′ {' '.join(slopes)}")

# %% [markdown]
# This prints:
#
# ```
#    sigmoid: f  0.0000  0.1192  0.6225  1.0000   f′ 4.5e-05 1.0e-01 2.4e-01 4.5e-05
#       tanh: f -1.0000 -0.9640  0.4621  1.0000   f′ 8.2e-09 7.1e-02 7.9e-01 8.2e-09
#       relu: f  0.0000  0.0000  0.5000 10.0000   f′ 0.0e+00 0.0e+00 1.0e+00 1.0e+00
# leaky_relu: f -0.1000 -0.0200  0.5000 10.0000   f′ 1.0e-02 1.0e-02 1.0e+00 1.0e+00
# ```
#
# - The **sigmoid** saturates: at ±10 only 0.0045 % of a gradient gets through, and never more than ¼. It is
#   not centred at zero either: what leaves it is positive.
# - **tanh** is centred at zero and lets the whole gradient through at 0, but it saturates too. It is a
#   stretched sigmoid: tanh z = 2σ(2z) − 1.
# - **ReLU** does not saturate to the right and costs next to nothing. To the left its derivative is exactly
#   0: a unit that is there for all samples is **dead**.
# - **Leaky ReLU** keeps a slope of 0.01 to the left: nothing dies.
# - **Maxout**, max(w₁·x + b₁, w₂·x + b₂), is the largest of several linear pieces: it neither saturates nor
#   dies, and has twice the parameters, or more.


# %% tags=["needs-numpy"]
def maxout(x):
    return mg.maxout([-x - 2, 0.3 * x, x - 2])


show(plots.activation("sigmoid", "tanh", "relu", "leaky_relu", maxout), "activations.svg")

# %% [markdown]
# The derivative of the sigmoid is written by its *result*, h(1 − h). To write it by z is the usual slip, and
# for numbers near ½ the two look alike:

# %%
nodes = parse("h = sigmoid(z)", z=parameter(0.5, "z"))
for claim in ("dh/dz = h*(1 - h)", "dh/dz = z*(1 - z)"):
    print(mg.check(nodes, claim).text("en"))

# %% [markdown]
# This prints:
#
# ```
# ✓ dh/dz = h*(1 - h): true, proved
# ✗ dh/dz = z*(1 - z): false: a variable is the wrong one
#     z stands where h belongs
#     at z = 0.5 the claim gives 0.25, and right is 0.235004
#     correct is dh/dz = h*(1 - h)
# ```
#
# ## Why zero-centred matters
#
# For the weights of one unit, ∂L/∂wᵢ = δ·hᵢ with the same δ = ∂L/∂z. If all inputs hᵢ are positive, as behind
# a sigmoid, all these derivatives have the sign of δ: all weights of the unit go up together, or all down.
# Where one ought to grow and another to shrink, the path zig-zags. Three inputs, a thousand times:

# %%
rng = random.Random(1)
for name, activation in (("sigmoid", mg.sigmoid), ("tanh", mg.tanh)):
    together = 0
    for _ in range(1000):
        inputs = [activation(rng.gauss(0, 1)) for _ in range(3)]
        weights = [parameter(0.1) for _ in inputs]
        loss = (mg.dot(weights, inputs) - 2) ** 2
        loss.backward()
        together += len({w.grad > 0 for w in weights}) == 1
    print(f"inputs from {name}: all of one sign, {together} of 1000")

# %% [markdown]
# This prints:
#
# ```
# inputs from sigmoid: all of one sign, 1000 of 1000
# inputs from tanh: all of one sign, 226 of 1000
# ```
#
# With inputs of both signs that is mere chance, 2·(½)³ = ¼.
#
# ## Maxout
#
# The gradient goes to the piece that won, and only there. ReLU is the maxout of 0 and z.

# %%
w1, b1, w2, b2 = (parameter(v, n) for v, n in ((0.5, "w1"), (1, "b1"), (-1, "w2"), (0.5, "b2")))
x = Value(2, "x")
h = mg.maxout([w1 * x + b1, w2 * x + b2])
h.backward()
print(f"h = max({w1.data * 2 + b1.data:g}, {w2.data * 2 + b2.data:g}) = {h.data:g}")
print(f"∂h/∂w1 = {w1.grad:g}, ∂h/∂b1 = {b1.grad:g}, ∂h/∂w2 = {w2.grad:g}, ∂h/∂b2 = {b2.grad:g}")
show(viz.draw(h), "maxout.svg")

# %% [markdown]
# This prints:
#
# ```
# h = max(2, -1.5) = 2
# ∂h/∂w1 = 2, ∂h/∂b1 = 1, ∂h/∂w2 = 0, ∂h/∂b2 = 0
# ```
#
# ## Dead ReLUs
#
# A unit of one input, h = f(x − b). With b = 1 some of the samples get through; with b = 10 none does, and no
# weight of the unit will ever move again. With leaky ReLU a hundredth of the gradient is left:

# %%
samples = (-2, -1, 0, 1, 2, 3)
for activation in (mg.relu, mg.leaky_relu):
    for b in (1, 10):
        w = parameter(1, "w")
        mg.sum([activation(w * x - b) for x in samples]).backward()
        print(f"{activation.__name__:>10}, b = {b:2}: ∂L/∂w = {w.grad:g}")

# %% [markdown]
# This prints:
#
# ```
#       relu, b =  1: ∂L/∂w = 5
#       relu, b = 10: ∂L/∂w = 0
# leaky_relu, b =  1: ∂L/∂w = 4.98
# leaky_relu, b = 10: ∂L/∂w = 0.03
# ```
#
# How does a unit get there? By a step that is too long. A network of two layers of sixteen ReLUs on the two
# half moons, with a moderate and with a large learning rate; `Monitor` looks on and counts the units that are
# 0 for *all* samples:

# %% tags=["needs-numpy"]
X, y = datasets.moons(100, noise=0.1, seed=1)
monitors = {}
for rate in (0.1, 2.0, 4.0):
    random.seed(1)
    net = nn.MLP(2, [16, 16, 1], output="sigmoid")
    monitors[rate] = Monitor(net)
    how = {"optimizer": optim.SGD(net.parameters(), lr=rate), "epochs": 200, "monitor": monitors[rate]}
    history = train.fit(net, X, y, loss="bce", **how)
    records = monitors[rate].records
    first, last = records[0].layers["layer1"], records[-1].layers["layer1"]
    dead = f"{16 * first.dead:.0f} → {16 * last.dead:.0f}"
    print(f"η = {rate}: {dead} of 16 in layer 2, loss {history['loss'][-1]:.4f}")

# %% [markdown]
# This prints:
#
# ```
# η = 0.1: 2 → 3 of 16 in layer 2, loss 0.1146
# η = 2.0: 2 → 4 of 16 in layer 2, loss 0.0010
# η = 4.0: 2 → 16 of 16 in layer 2, loss 0.6931
# ```
#
# Two of the second layer are dead from the first step on, by bad luck of their first weights. A large rate
# kills others, and with the largest the whole second layer is dead: the answer is ½ for every point, the loss
# log 2 = 0.6931 for ever. None of the dead has come back. The picture is that of η = 2:

# %% tags=["needs-numpy"]
show(plots.dead_units(monitors[2.0]), "dead_units.svg")

# %% [markdown]
# ## Zero initialisation keeps all units equal
#
# If all units of a layer start equal, they compute the same, get the same gradient, and stay equal: three
# units are one. Random numbers are there to break this **symmetry**. Logical OR, with zeros to start from:

# %% tags=["needs-numpy"]
net = nn.MLP(2, [3, 1], activation="sigmoid", output="sigmoid")
for layer in net.layers:
    nn.init.zeros(layer)
how = {"loss": "bce", "optimizer": lambda ps: optim.SGD(ps, lr=1.0), "epochs": 50}
train.fit(net, [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1], **how)
for neuron in net.layers[0].neurons:
    print(f"w = ({neuron.w[0].data:.6f}, {neuron.w[1].data:.6f}), b = {neuron.b.data:.6f}")
show(viz.network(net, [0, 1]), "symmetry.svg")

# %% [markdown]
# This prints:
#
# ```
# w = (0.559253, 0.559253), b = -0.093220
# w = (0.559253, 0.559253), b = -0.093220
# w = (0.559253, 0.559253), b = -0.093220
# ```
#
# Thirty layers of sixteen ReLUs show the rest of it. With zeros nothing gets through, forward or back. With
# Xavier's weights each layer loses half of the mean square, in both directions, as ReLU passes on half of
# what it gets. He's are √2 times larger and make up for it on average; but in layers as narrow as sixteen
# units chance takes its share, for more layers lose than gain:

# %% tags=["needs-numpy"]
points, labels = datasets.moons(64, noise=0.1, labels=(-1, 1), seed=1)
ways = {
    "zeros": lambda layer, rng: nn.init.zeros(layer),
    "Xavier": lambda layer, rng: nn.init.xavier_normal(layer, seed=rng),
    "He": lambda layer, rng: nn.init.he_normal(layer, seed=rng),
}
watched = {}
for name, scheme in ways.items():
    random.seed(1)
    net, rng = nn.MLP(2, [16] * 30 + [1]), random.Random(1)
    for layer in net.layers[:-1]:
        scheme(layer, rng)
    watched[name] = Monitor(net, loss="hinge")
    watched[name].observe(points, labels)
    layers = list(watched[name].records[0].layers.values())
    there, back = (float((a**2).mean() ** 0.5) for a in (layers[29].activations, layers[0].gradients))
    print(f"{name}: activations in layer 30 {there:.1e}, gradients in layer 1 {back:.1e}")

# %% [markdown]
# This prints:
#
# ```
# zeros: activations in layer 30 0.0e+00, gradients in layer 1 0.0e+00
# Xavier: activations in layer 30 1.1e-07, gradients in layer 1 3.8e-07
# He: activations in layer 30 7.6e-03, gradients in layer 1 8.7e-03
# ```

# %% tags=["needs-numpy"]
alive = {name: watched[name] for name in ("Xavier", "He")}
show(plots.gradient_flow(alive), "thirty_layers.svg")

# %% [markdown]
# ## Batch normalisation
#
# Instead of hoping that the first weights keep the size of the signals, one can *set* it, in each step anew.
# For each unit, over the samples of the batch,
#
# - x̂ = (x − E[x]) / √Var[x], which has mean 0 and variance 1,
# - y = γx̂ + β, where γ and β are trained: so the layer can still have any mean and spread.
#
# It stands between the linear part and the activation. Four samples by hand, and by the layer, which adds a
# tiny ε = 10⁻⁵ to the variance so that nothing is divided by 0:

# %%
batch = [1, 2, 4, 7]
mean = sum(batch) / 4
variance = sum((x - mean) ** 2 for x in batch) / 4
print(f"E[x] = {mean}, Var[x] = {variance}")
print("by hand: ", *(f"{(x - mean) / math.sqrt(variance):.4f}" for x in batch))
norm = nn.BatchNorm(1)
print("BatchNorm:", *(f"{y.data:.4f}" for y in norm.batch([[x] for x in batch])))
norm.gamma[0].data, norm.beta[0].data = 2, 1
print("γ = 2, β = 1:", *(f"{y.data:.4f}" for y in norm.batch([[x] for x in batch])))

# %% [markdown]
# This prints:
#
# ```
# E[x] = 3.5, Var[x] = 5.25
# by hand:  -1.0911 -0.6547 0.2182 1.5275
# BatchNorm: -1.0911 -0.6547 0.2182 1.5275
# γ = 2, β = 1: -1.1822 -0.3093 1.4364 4.0550
# ```
#
# All samples of a batch are in the mean and the variance, so the graph has arrows between them. To add the
# same number to all, or to multiply all by one, changes nothing: therefore Σ ∂L/∂xₖ = 0 and Σ xₖ·∂L/∂xₖ = 0,
# whatever L is.

# %%
xs = [parameter(x, f"x{k}") for k, x in enumerate(batch, 1)]
outputs = nn.BatchNorm(1, eps=0).batch([[x] for x in xs])
loss = outputs[3] ** 2 + 3 * outputs[0]
loss.backward()
print("∂L/∂x:", *(f"{x.grad:.4f}" for x in xs))
print(f"Σ ∂L/∂x = 0: {abs(sum(x.grad for x in xs)) < 1e-12}")
print(f"Σ x·∂L/∂x = 0: {abs(sum(x.data * x.grad for x in xs)) < 1e-12}")

# %% [markdown]
# This prints:
#
# ```
# ∂L/∂x: 0.8145 -0.5611 -0.6938 0.4404
# Σ ∂L/∂x = 0: True
# Σ x·∂L/∂x = 0: True
# ```
#
# With L = Σy², which is 4γ² whatever the x, the gradients of all x are 0, but for what ε leaves, and γ gets
# 8:

# %% tags=["needs-numpy"]
y = nn.BatchNorm(1).batch([[1], [2], [4], [7]])
L = mg.sum([v * v for v in y])
L.backward()
show(viz.draw(L, slide="16:9"), "batch_norm.svg")

# %% [markdown]
# When the network is used there may be no batch, and an answer must not depend on what else is asked. So each
# batch of the training moves a **running mean** and a running variance by a tenth towards its own (divided by
# n − 1), and after `eval` the layer uses those:

# %%
norm = nn.BatchNorm(1)
for _ in range(3):
    norm.batch([[1], [2], [4], [7]])
    print(f"{norm.running_mean[0]:.4f} {norm.running_var[0]:.4f}")
norm.eval()
print(f"4 → {norm([4]).data:.4f}")

# %% [markdown]
# This prints:
#
# ```
# 0.3500 1.6000
# 0.6650 2.1400
# 0.9485 2.6260
# 4 → 1.8831
# ```
#
# What it is good for: six tanh layers whose first weights are too small, with and without it. Without, the
# signal dwindles from layer to layer; with it, each layer gets it at full size:


# %%
def spreads(normalised):
    """The root of the mean square of what leaves each of six layers."""
    rng = random.Random(1)
    rows = [[rng.gauss(0, 1) for _ in range(20)] for _ in range(20)]
    found = []
    for _ in range(6):
        layer = nn.init.uniform(nn.Linear(20, 20, bias=False), -0.2, 0.2, seed=rng)
        with mg.no_grad():
            rows = layer.batch(rows)
            rows = nn.BatchNorm(20).batch(rows) if normalised else rows
        rows = [[math.tanh(v.data) for v in row] for row in rows]
        found.append(math.sqrt(sum(v * v for row in rows for v in row) / 400))
    return " ".join(f"{size:.3f}" for size in found)


print("without:", spreads(False))
print("with:   ", spreads(True))

# %% [markdown]
# This prints:
#
# ```
# without: 0.410 0.213 0.110 0.059 0.029 0.017
# with:    0.634 0.632 0.649 0.644 0.652 0.651
# ```
#
# ## The trouble with plain gradient descent
#
# First, **zig-zag**. In a long valley, f = a² + 15b², a step that is right for a is too long for b: with η =
# 0.06 it multiplies a by 1 − 2η = 0.88 and b by 1 − 30η = −0.8, so b changes sign in every step. With η above
# 2/30 it would even grow.


# %%
def down(f, start, lr, steps=25):
    return train.descend(f, start, lambda ps: optim.SGD(ps, lr=lr), steps)


def valley(a, b):
    return a**2 + 15 * b**2


path = down(valley, (-4, 1), 0.06)
for k in (0, 1, 2, 3, 25):
    print(f"step {k:2}: a = {path[k][0]:.4f}, b = {path[k][1]:.4f}")

# %% [markdown]
# This prints:
#
# ```
# step  0: a = -4.0000, b = 1.0000
# step  1: a = -3.5200, b = -0.8000
# step  2: a = -3.0976, b = 0.6400
# step  3: a = -2.7259, b = -0.5120
# step 25: a = -0.1637, b = -0.0038
# ```

# %% tags=["needs-numpy"]
show(plots.surface(valley, path), "zigzag.svg")

# %% [markdown]
# Second, **local minima**: f = a⁴ − 2a² + a/2 + b² has two, and from 1.6 the descent ends in the higher one.
# Third, **saddle points**: f = a² − b² + b⁴/4 has gradient 0 at (0, 0), which is a minimum along a and a
# maximum along b. From b = 0 descent would stay for ever; from b = 0.001 it loses much time, as each step
# multiplies so small a b by about 1 + 2η = 1.2.


# %%
def two_valleys(a, b):
    return a**4 - 2 * a**2 + 0.5 * a + b**2


def saddle(a, b):
    return a**2 - b**2 + b**4 / 4


local = down(two_valleys, (1.6, 0.8), 0.05, 200)
other = down(two_valleys, (-1.6, 0.8), 0.05, 200)
print(f"from  1.6: a = {local[-1][0]:.4f}, f = {local.values[-1]:.4f}")
print(f"from -1.6: a = {other[-1][0]:.4f}, f = {other.values[-1]:.4f}")
path = down(saddle, (-1.5, 0.001), 0.1, 60)
for k in (0, 10, 25, 40, 60):
    print(f"step {k:2}: b = {path[k][1]:.4f}, f = {path.values[k]:.4f}")

# %% [markdown]
# This prints:
#
# ```
# from  1.6: a = 0.9304, f = -0.5167
# from -1.6: a = -1.0575, f = -1.5148
# step  0: b = 0.0010, f = 2.2500
# step 10: b = 0.0062, f = 0.0259
# step 25: b = 0.0952, f = -0.0090
# step 40: b = 1.0701, f = -0.8173
# step 60: b = 1.4142, f = -1.0000
# ```

# %% tags=["needs-numpy"]
show(
    plots.surface(two_valleys, down(two_valleys, (1.6, 0.8), 0.05), xlim=(-1.7, 1.8), ylim=(-1, 1)),
    "local_minimum.svg",
)

# %% tags=["needs-numpy"]
show(plots.surface(saddle, down(saddle, (-1.5, 0.001), 0.1), xlim=(-2, 2), ylim=(-2, 2)), "saddle.svg")

# %% [markdown]
# ## Optimisers, by hand
#
# All of them get the gradient g and keep some numbers for each parameter from step to step. Here they are,
# each as one function of the parameter x, the gradient g, the number k of the step and what it remembers:
#
# - **Momentum** adds up gradients, with those of the past fading: along the valley they add up, across it
#   they cancel.
# - **NAG** (Nesterov) also does so, and looks a step ahead.
# - **Adagrad** divides by the root of the sum of all squared gradients: each parameter gets a rate of its
#   own, which only shrinks.
# - **RMSProp** takes a fading mean of the squares instead, **Adadelta** also one of its own squared steps,
#   whose root takes the place of the rate: η stays at 1, and ε decides the first steps.
# - **Adam** has both, a mean m of the gradients and a mean v of their squares, corrected as both start at 0.


# %%
def momentum(x, g, k, s, lr=0.1):
    s["v"] = 0.9 * s.get("v", 0) + g
    return x - lr * s["v"]


def nag(x, g, k, s, lr=0.1):
    s["v"] = 0.9 * s.get("v", 0) + g
    return x - lr * (g + 0.9 * s["v"])


def adagrad(x, g, k, s, lr=0.1):
    s["G"] = s.get("G", 0) + g * g
    return x - lr * g / (math.sqrt(s["G"]) + 1e-10)


# %%
def rmsprop(x, g, k, s, lr=0.1):
    s["v"] = 0.99 * s.get("v", 0) + 0.01 * g * g
    return x - lr * g / (math.sqrt(s["v"]) + 1e-8)


def adadelta(x, g, k, s, lr=1):
    s["a"] = 0.9 * s.get("a", 0) + 0.1 * g * g
    d = math.sqrt(s.get("D", 0) + 1e-6) / math.sqrt(s["a"] + 1e-6) * g
    s["D"] = 0.9 * s.get("D", 0) + 0.1 * d * d
    return x - lr * d


def adam(x, g, k, s, lr=0.1):
    s["m"] = 0.9 * s.get("m", 0) + 0.1 * g
    s["v"] = 0.999 * s.get("v", 0) + 0.001 * g * g
    mean, square = s["m"] / (1 - 0.9**k), s["v"] / (1 - 0.999**k)
    return x - lr * mean / (math.sqrt(square) + 1e-8)


# %% [markdown]
# Three steps down x² from 2, where g = 2x, by hand and by the library:

# %%
rules = {
    momentum: lambda ps: optim.SGD(ps, lr=0.1, momentum=0.9),
    nag: lambda ps: optim.SGD(ps, lr=0.1, momentum=0.9, nesterov=True),
    adagrad: lambda ps: optim.Adagrad(ps, lr=0.1),
    rmsprop: lambda ps: optim.RMSprop(ps, lr=0.1),
    adadelta: lambda ps: optim.Adadelta(ps, lr=1),
    adam: lambda ps: optim.Adam(ps, lr=0.1),
}
for rule, make in rules.items():
    x, memory, xs = 2.0, {}, [2.0]
    for k in (1, 2, 3):
        x = rule(x, 2 * x, k, memory)
        xs.append(x)
    library = train.descend(lambda x: x**2, 2.0, make, 3)
    same = all(abs(x - p) < 1e-12 for x, p in zip(xs, library))
    print(f"{rule.__name__:>8}: {' → '.join(f'{x:.6f}' for x in xs)}   the same: {same}")

# %% [markdown]
# This prints:
#
# ```
# momentum: 2.000000 → 1.600000 → 0.920000 → 0.124000   the same: True
#      nag: 2.000000 → 1.240000 → 0.444800 → -0.216704   the same: True
#  adagrad: 2.000000 → 1.900000 → 1.831125 → 1.775822   the same: True
#  rmsprop: 2.000000 → 1.000000 → 0.550987 → 0.309687   the same: True
# adadelta: 2.000000 → 1.996838 → 1.993596 → 1.990301   the same: True
#     adam: 2.000000 → 1.900000 → 1.800166 → 1.700623   the same: True
# ```
#
# Adam's first step has length η whatever the gradient is: m/(1 − 0.9) = g and v/(1 − 0.999) = g², so it is
# η·g/|g|. RMSProp's first is ten times as long, as it divides by √(0.01·g²) without a correction.
#
# Now on a valley, from one start, each with that of several rates with which f is least on average along the
# way:


# %%
def f(x, y):
    return x**2 + 10 * y**2


paths = train.compare_optimizers(f, (-3, 1), 30)
for name, path in paths.items():
    print(f"{name}: f on average {sum(path.values) / 31:.2f}, at the end {path.values[-1]:.1e}")

# %% [markdown]
# This prints:
#
# ```
# gradient descent, η = 0.03: f on average 2.82, at the end 2.2e-01
# momentum, η = 0.03: f on average 3.38, at the end 5.4e-01
# NAG, η = 0.03: f on average 1.52, at the end 1.7e-02
# Adagrad, η = 1: f on average 0.90, at the end 4.8e-07
# Adadelta, η = 300: f on average 1.31, at the end 3.7e+00
# RMSprop, η = 0.1: f on average 0.89, at the end 1.2e-07
# Adam, η = 1: f on average 2.21, at the end 2.7e-01
# ```
#
# Adadelta "needs no rate", that is, it has η = 1. But as D begins at 0, its first step is √(10ε) = 0.003,
# whatever the gradient is, and the next ones grow slowly: above, three of them go from 2 to 1.990, and here
# thirty would bring f from 19 to 16. With η = 300 it is fast at first, and f is below 10⁻⁴ on the way. Then
# that factor is too large: as the gradients dwindle, so does what it divides by, y jumps to and fro over the
# valley, further each time, and it ends worst of all.

# %% tags=["needs-numpy"]
show(plots.surface(f, paths), "optimizers.svg")

# %% [markdown]
# And at the saddle point? How many steps from (−1.5, 0.001) until |b| > 1, with η = 0.01 for all:

# %%
contest = {
    "gradient descent": lambda ps: optim.SGD(ps, lr=0.01),
    "momentum": lambda ps: optim.SGD(ps, lr=0.01, momentum=0.9),
    "NAG": lambda ps: optim.SGD(ps, lr=0.01, momentum=0.9, nesterov=True),
    "Adagrad": lambda ps: optim.Adagrad(ps, lr=0.01),
    "RMSProp": lambda ps: optim.RMSprop(ps, lr=0.01),
    "Adam": lambda ps: optim.Adam(ps, lr=0.01),
}
for name, make in contest.items():
    path = train.descend(saddle, (-1.5, 0.001), make, 20_000 if name == "Adagrad" else 500)
    away = [k for k, (a, b) in enumerate(path) if abs(b) > 1]
    print(f"{name}: {away[0]} steps")

# %% [markdown]
# This prints:
#
# ```
# gradient descent: 366 steps
# momentum: 73 steps
# NAG: 69 steps
# Adagrad: 1505 steps
# RMSProp: 19 steps
# Adam: 80 steps
# ```
#
# RMSProp is off at once: it divides by the size of the *latest* gradients, so that a small gradient makes no
# small step. Momentum adds small ones up. Adagrad never forgets: what it divides by only grows, and here it
# is the slowest.
#
# ## Learning-rate decay
#
# Far away one wants long steps, near the minimum short ones. With samples the reason is clearest. For the
# mean of ½(w − xₖ)², one sample a step, w ← w − η(w − xₖ): with a constant rate w follows the latest samples
# for ever; with η = 1/k it is exactly the mean of those seen so far.

# %%
rng = random.Random(1)
stream = [rng.gauss(3, 1) for _ in range(1000)]
for name, rate in (("η = 0.5", lambda k: 0.5), ("η = 1/k", lambda k: 1 / k)):
    w, errors = parameter(0, "w"), []
    for k, x in enumerate(stream, 1):
        w.grad = 0.0
        (0.5 * (w - x) ** 2).backward()
        w.data -= rate(k) * w.grad
        errors.append((w.data - 3) ** 2)
    distance = math.sqrt(sum(errors[500:]) / 500)
    print(f"{name}: w = {w.data:.4f}, in the last 500 steps at a distance of {distance:.4f}")
print(f"the mean of the samples: {sum(stream) / 1000:.4f}")

# %% [markdown]
# This prints:
#
# ```
# η = 0.5: w = 3.6668, in the last 500 steps at a distance of 0.5882
# η = 1/k: w = 2.9868, in the last 500 steps at a distance of 0.0196
# the mean of the samples: 2.9868
# ```
#
# In a training a **schedule** does it, here half the rate every ten epochs, η = 0.001 · ½^⌊epoch/10⌋. There
# are others: exponential, cosine, at a plateau.

# %% tags=["needs-numpy"]
random.seed(1)
net, decay = nn.MLP(1, [1]), lambda optimizer: optim.StepLR(optimizer, 10, gamma=0.5)
history = train.fit(net, [[1], [2]], [1, 2], loss="mse", optimizer=optim.Adam, epochs=50, schedule=decay)
print(*(f"{history['lr'][epoch]:g}" for epoch in (0, 10, 20, 30, 40)))
show(plots.curves(history, "lr"), "decay.svg")

# %% [markdown]
# This prints:
#
# ```
# 0.001 0.0005 0.00025 0.000125 6.25e-05
# ```
#
# ## L2 and L1
#
# A penalty on the size of the weights is added to the loss, with the mean over n samples as
#
# - **L2**: λ/2n Σw², of gradient λ/n · w: it pulls the harder, the larger the weight is,
# - **L1**: λ/n Σ|w|, of gradient λ/n · sign(w): it pulls as hard near 0 as anywhere, and so makes weights
#   *exactly* 0: the network becomes **sparse**.

# %%
numbers = (3, -0.5, 0.1)
for name, penalty in (("L2", nn.losses.l2_penalty), ("L1", nn.losses.l1_penalty)):
    ws = [parameter(v) for v in numbers]
    s = penalty(ws, 0.1, samples=10)
    s.backward()
    print(f"{name}: s = {s.data:.5f}, gradients", *(f"{w.grad:g}" for w in ws))

# %% [markdown]
# This prints:
#
# ```
# L2: s = 0.04630, gradients 0.03 -0.005 0.001
# L1: s = 0.03600, gradients 0.01 -0.01 0.01
# ```
#
# Where does a single weight come to rest that wants to be a, under ½(w − a)² plus the penalty with λ = ½? Set
# the derivative to 0. With L2, w = a/(1 + λ): all shrink by the same factor. With L1, w = a − λ·sign(a), and
# 0 where |a| ≤ λ. By descent:

# %%
for a in (2, 0.8, 0.3, -0.2):
    ends = []
    for penalty in (nn.losses.l2_penalty, nn.losses.l1_penalty):
        w = parameter(a, "w")
        for k in range(1, 4001):
            w.grad = 0.0
            (0.5 * (w - a) ** 2 + penalty([w], 0.5)).backward()
            w.data -= w.grad / (10 + k)
        ends.append(w.data)
    soft = math.copysign(max(abs(a) - 0.5, 0), a)
    print(f"a = {a}: L2 {ends[0]:.3f} ({a / 1.5:.3f}), L1 {round(ends[1], 3) + 0.0:.3f} ({soft + 0.0:.3f})")

# %% [markdown]
# This prints:
#
# ```
# a = 2: L2 1.333 (1.333), L1 1.501 (1.500)
# a = 0.8: L2 0.533 (0.533), L1 0.301 (0.300)
# a = 0.3: L2 0.200 (0.200), L1 0.000 (0.000)
# a = -0.2: L2 -0.133 (-0.133), L1 0.000 (0.000)
# ```
#
# The same in a network of 16 units on the half moons, trained with each from the same start. `fit` gives the
# penalty all parameters, so here the biases are penalised, too; in lesson B they were not.

# %% tags=["needs-numpy"]
X, y = datasets.moons(100, noise=0.1, seed=1, labels=(-1, 1))
how = {"loss": "hinge", "optimizer": lambda ps: optim.Adam(ps, lr=0.02), "epochs": 200}
random.seed(1)
net, l1, l2 = nn.MLP(2, [16, 1]), nn.losses.l1_penalty, nn.losses.l2_penalty


def small():
    weights = [w.data for layer in net.layers for neuron in layer.neurons for w in neuron.w]
    return f"{sum(abs(w) < 0.01 for w in weights)} of {len(weights)} weights within ±0.01"


train.fit(net, X, y, penalty=lambda ps: l2(ps, 0.01), **how)
print(f"L2: {small()}")
show(plots.weights(net, "histogram"), "l2.svg")

# %% [markdown]
# This prints:
#
# ```
# L2: 7 of 48 weights within ±0.01
# ```

# %% tags=["needs-numpy"]
random.seed(1)
net = nn.MLP(2, [16, 1])
train.fit(net, X, y, penalty=lambda ps: l1(ps, 0.01), **how)
print(f"L1: {small()}")
show(plots.weights(net, "histogram"), "l1.svg")

# %% [markdown]
# This prints:
#
# ```
# L1: 37 of 48 weights within ±0.01
# ```
#
# Not exactly 0: descent with a step η jumps to and fro over the kink at 0, by about η at a time.
#
# ## Dropout is for training
#
# In training half of the units are left out, others each time, and the rest doubled. After `eval` all take
# part and nothing is random. For a linear output the answer is then the mean of all the answers in training,
# whose spread is √(p/(1 − p) · Σ(wᵢhᵢ)²):

# %% tags=["needs-numpy"]
h = [0.5, -1.0, 2.0, 0.8]
drop = nn.Dropout(0.5, seed=4)
layer = nn.Linear(4, 1)
for w, v in zip(layer.parameters(), (0.4, 0.3, 0.2, 0.5, 0.1)):
    w.data = v
answers = [layer(drop(h)).data for _ in range(4000)]
mean = sum(answers) / 4000
spread = math.sqrt(sum((a - mean) ** 2 for a in answers) / 4000)
print(f"training: from {min(answers):.2f} to {max(answers):.2f}, mean {mean:.2f}, spread {spread:.2f}")
drop.eval()
print("in use:", *{f"{layer(drop(h)).data:.2f}" for _ in range(100)})

# %% [markdown]
# This prints:
#
# ```
# training: from -0.50 to 2.10, mean 0.80, spread 0.66
# in use: 0.80
# ```
#
# `net.eval()` does so for all layers of a network, and `net.train()` takes it back; `fit` does both by
# itself. The same two words switch batch normalisation.
#
# ## Early stopping keeps the best
#
# The network to keep is not the last one but the one that was best on the validation data. `fit` with
# `early_stopping=20` waits for twenty epochs without an improvement and then takes back the best parameters:

# %% tags=["needs-numpy"]
random.seed(1)
X, y = datasets.moons(60, noise=0.3, seed=1)
held = datasets.moons(60, noise=0.3, seed=2)
net = nn.MLP(2, [16, 16, 1], activation="tanh", output="sigmoid")
how = {"loss": "bce", "optimizer": lambda ps: optim.Adam(ps, lr=0.02), "epochs": 300}
history = train.fit(net, X, y, validation=held, early_stopping=20, **how)
losses = history["validation_loss"]
now = nn.losses.bce([net(x) for x in held[0]], held[1]).data
print(f"{len(losses)} epochs, the best is number {1 + losses.index(min(losses))}")
print(f"validation loss: best {min(losses):.4f}, last {losses[-1]:.4f}")
print(f"of the network as it is now: {now:.4f}")

# %% [markdown]
# This prints:
#
# ```
# 78 epochs, the best is number 58
# validation loss: best 0.3769, last 0.4117
# of the network as it is now: 0.3769
# ```
#
# ## The training log
#
# What a training prints, an epoch a line: the loss and the accuracy on the data it learns from, and both on
# the data held back. Read it in pairs. Both losses fall: go on. The first falls and the second rises: it
# learns by heart. Neither falls: the rate, the first weights or the activations are wrong.

# %% tags=["needs-numpy"]
random.seed(1)
X, y = datasets.moons(120, noise=0.2, seed=1)
net = nn.MLP(2, [16, 16, 1], activation="tanh", output="sigmoid")
how = {"epochs": 100, "metrics": "accuracy", "validation": 0.25, "seed": 1, "verbose": 20}
history = train.fit(net, X, y, loss="bce", optimizer=lambda ps: optim.Adam(ps, lr=0.02), **how)
show(plots.trainings(history), "training_log.svg")

# %% [markdown]
# This prints:
#
# ```
# Epoch 20/100 - loss: 0.1225 - accuracy: 0.9667 - val_loss: 0.1636 - val_accuracy: 0.9000
# Epoch 40/100 - loss: 0.0483 - accuracy: 0.9889 - val_loss: 0.1573 - val_accuracy: 0.9000
# Epoch 60/100 - loss: 0.0283 - accuracy: 0.9889 - val_loss: 0.2174 - val_accuracy: 0.9000
# Epoch 80/100 - loss: 0.0180 - accuracy: 1.0000 - val_loss: 0.2595 - val_accuracy: 0.9000
# Epoch 100/100 - loss: 0.0113 - accuracy: 1.0000 - val_loss: 0.3068 - val_accuracy: 0.9000
# ```
#
# ## Exercises
#
# Seven with numbers, and two open questions. Another `seed` gives other numbers; `sheet.save(folder)` writes
# the sheet for paper, for Moodle and as a page that marks itself.


# %%
def questions(sheet, answers=False):
    """The exercises without the heading, which says how to make them again."""
    lines = sheet.text(answers=answers).split("\n\n", 2)[2].splitlines()
    return "\n".join(textwrap.fill(line, 100, subsequent_indent="      ") for line in lines)


units = exercises.make(
    "z = w*x + b; h = tanh(z); L = (h - y)**2/2;w, b in -1..1 step 0.1; x in -2..2; y in 0, 1; eta in 0.5, 1",
    3,
    seed=2,
    kinds=["backward", "update", "true-false"],
    params=["w", "b"],
)
print(questions(units))

# %% [markdown]
# This prints:
#
# ```
# 1. Backward pass
#   w = −0.8, x = 2, b = −0.8, y = 1
#   The forward pass gives z = −2.4, h = −0.984, L = 1.967.
#   Compute the gradients, from the result back.
#   Carry three decimals at every step; answers within ±0.002 to ±0.007 count, as far as rounding can
#       carry.
#     ∂L/∂h = ______
#     ∂L/∂z = ______
#     ∂L/∂b = ______
#     ∂L/∂w = ______
#
# 2. One step of gradient descent
#   w = 0.6, x = −2, b = −0.7, y = 1, η = 1
#   The forward pass gives z = −1.9, h = −0.956, L = 1.913.
#   Take one step of gradient descent: what is every parameter afterwards?
#   Carry three decimals at every step; answers within ±0.005 to ±0.008 count, as far as rounding can
#       carry.
#     new w = ______
#     new b = ______
#
# 3. True or false?
#   w = 0.8, x = −2, b = −0.3, y = 0
#   The forward pass gives z = −1.9, h = −0.956, L = 0.457.
#     Is ∂L/∂b = (h − y)·(1 − h²) true, for all numbers?
#       a) true
#       b) false
# ```
#
# A step with momentum, on f = x², with the v of the step before; the normalisation of a batch of three:

# %%
steps = exercises.make(
    "g = 2*x0; v = 0.9*v0 + g; x = x0 - η*v; x0 in -3..3 step 0.5; v0 in -5..5; η in 0.1, 0.2",
    1,
    seed=1,
    first=4,
    kinds=["forward"],
)
normal = exercises.make(
    "m = (x1 + x2 + x3)/3; v = ((x1 - m)**2 + (x2 - m)**2 + (x3 - m)**2)/3; s = sqrt(v);"
    "n1 = (x1 - m)/s; y1 = γ*n1 + β; x1, x2, x3 in -9..9; γ in 0.5..3 step 0.5; β in -3..3",
    1,
    seed=1,
    first=5,
    kinds=["forward"],
)
print(questions(steps) + "\n" + questions(normal))

# %% [markdown]
# This prints:
#
# ```
# 4. Forward pass
#   x₀ = −3, v₀ = 2, η = 0.2
#   Compute the value of every node.
#     g = ______
#     v = ______
#     x = ______
# 5. Forward pass
#   x₁ = 8, x₂ = 2, x₃ = −6, γ = 2.5, β = 3
#   Compute the value of every node.
#   Carry three decimals at every step; answers within ±0.001 to ±0.006 count, as far as rounding can
#       carry.
#     m = ______
#     v = ______
#     s = ______
#     n₁ = ______
#     y₁ = ______
# ```
#
# L2 in a step, and three sigmoids one after the other:

# %%
decay = exercises.make(
    "L = (w - a)**2/2; s = λ*w**2/2; J = L + s;"
    "w in -3..3 step 0.5; a in -5..5; λ in 0.1, 0.2, 0.5; eta in 0.1, 0.5",
    1,
    seed=1,
    first=6,
    kinds=["update"],
    params=["w"],
)
chain = exercises.make("three-sigmoids", 1, seed=1, first=7, kinds=["vanishing"])
print(questions(decay) + "\n" + questions(chain))

# %% [markdown]
# This prints:
#
# ```
# 6. One step of gradient descent
#   w = −2, a = 3, λ = 0.5, η = 0.5
#   The forward pass gives L = 12.5, s = 1, J = 13.5.
#   Take one step of gradient descent: what is every parameter afterwards?
#     new w = ______
# 7. Vanishing or not?
#   w₁ = 0.2, x = 2.5, w₂ = 0.7, w₃ = 1.5
#   The forward pass gives z₁ = 0.5, h₁ = 0.622, z₂ = 0.436, h₂ = 0.607, z₃ = 0.911, ŷ = 0.713.
#   Multiply the local derivatives from ŷ back to h₁.
#   Carry three decimals at every step; answers within ±0.002 count.
#     ∂ŷ/∂h₁ = ______
#     What becomes of the gradient on its way from ŷ back to h₁?
#       a) It vanishes: less than a tenth is left.
#       b) It explodes: it has grown more than tenfold.
#       c) Neither.
# ```
#
# Two open questions:
#
# - **Open 1.** A colleague starts a layer with all weights 0.5 instead of 0. Does that break the symmetry?
#   And if only the *biases* are random?
# - **Open 2.** In `f = x² + 10y²`, rotate the axes by 45°. Which of the optimisers walk the same path as
#   before, rotated, and which do not? What does that say about dividing each derivative by its own size?
#
# This sheet is also a page that marks itself, offline, and names the usual mistakes:

# %%
units

# %% [markdown]
# ## Solutions

# %%
for sheet in units, steps, normal, decay, chain:
    print(questions(sheet, answers=True))

# %% [markdown]
# This prints:
#
# ```
# 1. Backward pass
#   w = −0.8, x = 2, b = −0.8, y = 1
#   The forward pass gives z = −2.4, h = −0.984, L = 1.967.
#   Compute the gradients, from the result back.
#   Carry three decimals at every step; answers within ±0.002 to ±0.007 count, as far as rounding can
#       carry.
#     ∂L/∂h = −1.984    ∂L/∂L · ∂L/∂h = 1 · (−1.984)
#     ∂L/∂z = −0.064    ∂L/∂h · ∂h/∂z = −1.984 · 0.032
#     ∂L/∂b = −0.064    ∂L/∂z · ∂z/∂b = −0.064 · 1
#     ∂L/∂w = −0.128    ∂L/∂z · ∂z/∂w = −0.064 · 2
#
# 2. One step of gradient descent
#   w = 0.6, x = −2, b = −0.7, y = 1, η = 1
#   The forward pass gives z = −1.9, h = −0.956, L = 1.913.
#   Take one step of gradient descent: what is every parameter afterwards?
#   Carry three decimals at every step; answers within ±0.005 to ±0.008 count, as far as rounding can
#       carry.
#     new w = 0.265    w − η · ∂L/∂w = 0.6 − 1 · 0.335
#     new b = −0.533    b − η · ∂L/∂b = −0.7 − 1 · (−0.167)
#
# 3. True or false?
#   w = 0.8, x = −2, b = −0.3, y = 0
#   The forward pass gives z = −1.9, h = −0.956, L = 0.457.
#     Is ∂L/∂b = (h − y)·(1 − h²) true, for all numbers?
#     * a) true
#       b) false
# 4. Forward pass
#   x₀ = −3, v₀ = 2, η = 0.2
#   Compute the value of every node.
#     g = −6    2·x₀ = 2·(−3)
#     v = −4.2    0.9·v₀ + g = 0.9·2 + (−6)
#     x = −2.16    x₀ − η·v = −3 − 0.2·(−4.2)
# 5. Forward pass
#   x₁ = 8, x₂ = 2, x₃ = −6, γ = 2.5, β = 3
#   Compute the value of every node.
#   Carry three decimals at every step; answers within ±0.001 to ±0.006 count, as far as rounding can
#       carry.
#     m = 1.333    (x₁ + x₂ + x₃)/3 = (8 + 2 + (−6))/3
#     v = 32.889    ((x₁ − m)² + (x₂ − m)² + (x₃ − m)²)/3 = ((8 − 1.333)² + (2 − 1.333)² + (−6 −
#       1.333)²)/3
#     s = 5.735    sqrt(v) = sqrt(32.889)
#     n₁ = 1.162    (x₁ − m)/s = (8 − 1.333)/5.735
#     y₁ = 5.906    γ·n₁ + β = 2.5·1.162 + 3
# 6. One step of gradient descent
#   w = −2, a = 3, λ = 0.5, η = 0.5
#   The forward pass gives L = 12.5, s = 1, J = 13.5.
#   Take one step of gradient descent: what is every parameter afterwards?
#     new w = 1    w − η · ∂J/∂w = −2 − 0.5 · (−6)
# 7. Vanishing or not?
#   w₁ = 0.2, x = 2.5, w₂ = 0.7, w₃ = 1.5
#   The forward pass gives z₁ = 0.5, h₁ = 0.622, z₂ = 0.436, h₂ = 0.607, z₃ = 0.911, ŷ = 0.713.
#   Multiply the local derivatives from ŷ back to h₁.
#   Carry three decimals at every step; answers within ±0.002 count.
#     ∂ŷ/∂h₁ = 0.051    ∂ŷ/∂z₂ · ∂z₂/∂h₁ = 0.073 · 0.7
#     What becomes of the gradient on its way from ŷ back to h₁?
#     * a) It vanishes: less than a tenth is left.
#       b) It explodes: it has grown more than tenfold.
#       c) Neither.
# ```
#
# - **Open 1.** No: all units still compute the same and get the same gradient; any constant will do that.
#   Random biases do break it, as the units then differ in where they are saturated or cut off; with small
#   ones the differences grow slowly from there.
# - **Open 2.** Gradient descent, momentum and NAG only add up gradients, multiplied by numbers that are the
#   same in all directions, and a rotation turns sums of arrows as it turns arrows: the same path, rotated.
#   Adagrad, RMSProp, Adadelta and Adam divide each derivative by its own size, along the axes: after the
#   rotation both derivatives are of much the same size, dividing helps little, and the path is another one.
#   The cell below measures it.

# %%
r = math.sqrt(0.5)


def rotated(u, v):
    return f(r * (u - v), r * (u + v))


for name, make in contest.items():
    straight = train.descend(f, (-3, 1), make, 20)
    turned = train.descend(rotated, (r * (-3 + 1), r * (3 + 1)), make, 20)
    pairs = zip(turned, straight)
    apart = max(math.hypot(r * (u - v) - x, r * (u + v) - y) for (u, v), (x, y) in pairs)
    verdict = "the same path" if apart < 1e-9 else "another path"
    print(f"{name}: {verdict}")

# %% [markdown]
# This prints:
#
# ```
# gradient descent: the same path
# momentum: the same path
# NAG: the same path
# Adagrad: another path
# RMSProp: another path
# Adam: another path
# ```
