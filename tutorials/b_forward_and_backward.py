# %% [markdown]
# # B. Forward and backward, numerical stability, initialisation, generalisation
#
# After this lesson you can take a small network through one whole step of training with pen and paper: every
# value forward, every gradient back, the update, and the loss after it.  You know what a step keeps in
# memory, why a product of a hundred matrices explodes and which first weights prevent that, and three ways to
# keep a training from going too far: early stopping, dropout, and clipping.
#
# It takes about 90 minutes with the exercises.  You need the chain rule and lesson A.  The blocks under "This
# prints" show what to expect.

# %%
import math
import random
from statistics import NormalDist

import microgrid as mg
import viz
from microgrid import datasets, exercises, nn, optim, parameter, parse, train
from microgrid.graph import counts
from microgrid.monitor import Monitor
from microgrid.nn import init
from viz import plots
from viz.lessons import show


def sigma(z):
    return 1 / (1 + math.exp(-z))


# %% [markdown]
# ## The symbols of the lecture: z, h, o, L, s, J
#
# A network with one hidden layer computes, from an input x and a target y,
#
# - z = W₁x + b₁, the **pre-activations** of the hidden layer,
# - h = φ(z), its **activations**,
# - o = W₂h + b₂, the **output**,
# - L = ℓ(o, y), the **loss**, here half the squared error,
# - s = λ/2 (‖W₁‖² + ‖W₂‖²), the **penalty**: half of λ times the sum of all squared weights (the Frobenius
#   norm of a matrix is the root of the sum of its squared entries),
# - J = L + s, the **objective**, whose gradient training follows.
#
# First in plain Python, for two inputs, two hidden units with tanh and one output:

# %%
random.seed(1)
net = nn.MLP(2, [2, 1], activation="tanh")
w11, w12, b1, w21, w22, b2, v1, v2, b = (p.data for p in net.parameters())
x1, x2, y, lam = 1, 2, 1, 0.1

z = [w11 * x1 + w12 * x2 + b1, w21 * x1 + w22 * x2 + b2]
h = [math.tanh(z[0]), math.tanh(z[1])]
o = v1 * h[0] + v2 * h[1] + b
L = (o - y) ** 2 / 2
s = lam / 2 * (w11**2 + w12**2 + w21**2 + w22**2 + v1**2 + v2**2)
print(f"z = ({z[0]:.4f}, {z[1]:.4f})   h = ({h[0]:.4f}, {h[1]:.4f})   o = {o:.4f}")
print(f"L = {L:.4f}   s = {s:.4f}   J = L + s = {L + s:.4f}")

# %% [markdown]
# This prints:
#
# ```
# z = (0.6585, -0.4522)   h = (0.5773, -0.4237)   o = 0.0375
# L = 0.4632   s = 0.0773   J = L + s = 0.5405
# ```
#
# Then as a graph.  Two branches lead from a weight to J, through L and through s, and its gradient is the sum
# of what comes back along both: ∂J/∂w = ∂L/∂w + λw.  Biases are not penalised.

# %%
o = net([1, 2])
L = nn.losses.half_mse(o, 1)
matrices = [w for layer in net.layers for neuron in layer.neurons for w in neuron.w]
s = nn.losses.l2_penalty(matrices, 0.1)
J = L + s
o.label, L.label, s.label, J.label = "o", "L", "s", "J"
J.backward()
w = matrices[0]
through_j = w.grad
net.zero_grad()
L.backward()
print(f"J = {J.data:.4f}")
print(f"∂J/∂w = {through_j:.4f} = ∂L/∂w + λ·w = {w.grad:.4f} + {lam * w.data:.4f}")

# %% [markdown]
# This prints:
#
# ```
# J = 0.5405
# ∂J/∂w = -0.0673 = ∂L/∂w + λ·w = 0.0059 + -0.0731
# ```

# %%
net.zero_grad()
J.backward()
show(viz.draw(J, slide="16:9"), "objective.svg")

# %% [markdown]
# ## Two inputs, two hidden units, two outputs: forward by hand
#
# The lecture's example has sigmoids in both layers, w₁ to w₄ in the first and w₅ to w₈ in the second, **one
# bias for each layer**, b₁ and b₂, and L = ½ Σ (target − output)².  The inputs are 0.05 and 0.10, the targets
# 0.01 and 0.99.  Forward, left to right:

# %%
i1, i2, t1, t2 = 0.05, 0.10, 0.01, 0.99
w1, w2, w3, w4, b1 = 0.15, 0.20, 0.25, 0.30, 0.35
w5, w6, w7, w8, b2 = 0.40, 0.45, 0.50, 0.55, 0.60

z1 = w1 * i1 + w2 * i2 + b1
h1 = sigma(z1)
z2 = w3 * i1 + w4 * i2 + b1
h2 = sigma(z2)
z3 = w5 * h1 + w6 * h2 + b2
o1 = sigma(z3)
z4 = w7 * h1 + w8 * h2 + b2
o2 = sigma(z4)
L1, L2 = (t1 - o1) ** 2 / 2, (t2 - o2) ** 2 / 2
print(f"z1 = {z1:.6f}   h1 = {h1:.9f}        z2 = {z2:.6f}   h2 = {h2:.9f}")
print(f"z3 = {z3:.6f}   o1 = {o1:.9f}        z4 = {z4:.6f}   o2 = {o2:.9f}")
print(f"L = {L1:.9f} + {L2:.9f} = {L1 + L2:.9f}")

# %% [markdown]
# This prints:
#
# ```
# z1 = 0.377500   h1 = 0.593269992        z2 = 0.392500   h2 = 0.596884378
# z3 = 1.105906   o1 = 0.751365070        z4 = 1.224921   o2 = 0.772928465
# L = 0.274811083 + 0.023560026 = 0.298371109
# ```
#
# ## The same by the engine
#
# `parse` reads the statements as they stand on the slide.  What is given as a parameter may be trained, what
# is given as a number is data.

# %%
start = {"w1": 0.15, "w2": 0.20, "w3": 0.25, "w4": 0.30, "b1": 0.35}
start |= {"w5": 0.40, "w6": 0.45, "w7": 0.50, "w8": 0.55, "b2": 0.60}
weights = {name: parameter(value, name) for name, value in start.items()}
nodes = parse(
    """z1 = w1*i1 + w2*i2 + b1; h1 = sigmoid(z1); z2 = w3*i1 + w4*i2 + b1; h2 = sigmoid(z2)
       z3 = w5*h1 + w6*h2 + b2; o1 = sigmoid(z3); z4 = w7*h1 + w8*h2 + b2; o2 = sigmoid(z4)
       L = ((t1 - o1)**2 + (t2 - o2)**2)/2""",
    i1=0.05, i2=0.10, t1=0.01, t2=0.99, **weights,
)  # fmt: skip
L = nodes["L"]
L.backward()
print(f"o1 = {nodes['o1'].data:.9f}   o2 = {nodes['o2'].data:.9f}   L = {L.data:.9f}")

# %% [markdown]
# This prints:
#
# ```
# o1 = 0.751365070   o2 = 0.772928465   L = 0.298371109
# ```
#
# A network of layers gives the same numbers.  It has a bias for each unit, so it is given 0.35 and 0.60
# twice.  As circles and arrows, with the gradient of each weight at its line:

# %%
net = nn.MLP(2, [2, 2], activation="sigmoid", output="sigmoid")
w = 0.15, 0.20, 0.35, 0.25, 0.30, 0.35, 0.40, 0.45, 0.60, 0.50, 0.55, 0.60
for p, v in zip(net.parameters(), w):
    p.data = v
by_layers = nn.losses.half_mse(net([0.05, 0.10]), [0.01, 0.99], reduction="sum")
by_layers.backward()
print(f"L = {by_layers.data:.9f}")
show(viz.network(net, [0.05, 0.10], show="gradients"), "two_two_two.svg")

# %% [markdown]
# This prints:
#
# ```
# L = 0.298371109
# ```
#
# ## Backward by hand: ∂L/∂w₅
#
# Only o₁ depends on w₅.  Three local derivatives lead there: ∂L/∂o₁ = −(t₁ − o₁), then σ′ = o₁(1 − o₁), then
# ∂z₃/∂w₅ = h₁.

# %%
dl_do1 = -(t1 - o1)
do1_dz3 = o1 * (1 - o1)
d3 = dl_do1 * do1_dz3
print(f"∂L/∂o1 = −(t1 − o1) = {dl_do1:.9f}")
print(f"∂o1/∂z3 = o1(1 − o1) = {do1_dz3:.9f}")
print(f"∂L/∂z3 = {d3:.9f}")
print(f"∂L/∂w5 = −(t1 − o1)·o1(1 − o1)·h1 = {d3 * h1:.9f}")

# %% [markdown]
# This prints:
#
# ```
# ∂L/∂o1 = −(t1 − o1) = 0.741365070
# ∂o1/∂z3 = o1(1 − o1) = 0.186815602
# ∂L/∂z3 = 0.138498562
# ∂L/∂w5 = −(t1 − o1)·o1(1 − o1)·h1 = 0.082167041
# ```
#
# ## Backward by hand: ∂L/∂w₁, from both outputs
#
# h₁ goes into both outputs, so what comes back to it is a **sum**: ∂L/∂z₃ times the weight on that way, w₅,
# and ∂L/∂z₄ times w₇.  From there one way leads on to w₁.

# %%
d4 = -(t2 - o2) * o2 * (1 - o2)
from_o1, from_o2 = d3 * w5, d4 * w7
dl_dh1 = from_o1 + from_o2
dl_dw1 = dl_dh1 * h1 * (1 - h1) * i1
print(f"from o1: ∂L/∂z3 · w5 = {from_o1:.9f}")
print(f"from o2: ∂L/∂z4 · w7 = {from_o2:.9f}")
print(f"∂L/∂h1 = {dl_dh1:.9f}")
print(f"∂L/∂w1 = ∂L/∂h1 · h1(1 − h1) · i1 = {dl_dw1:.9f}")

# %% [markdown]
# This prints:
#
# ```
# from o1: ∂L/∂z3 · w5 = 0.055399425
# from o2: ∂L/∂z4 · w7 = -0.019049118
# ∂L/∂h1 = 0.036350306
# ∂L/∂w1 = ∂L/∂h1 · h1(1 − h1) · i1 = 0.000438568
# ```
#
# The two outputs disagree: o₁ is too large and wants a smaller h₁, o₂ too small and wants a larger one.  The
# engine did all ten derivatives in its one walk.  The shared biases get a sum too: b₁ from both hidden units,
# b₂ from both outputs.

# %%
for name, value in weights.items():
    print(f"∂L/∂{name} = {value.grad:12.9f}")

# %% [markdown]
# This prints:
#
# ```
# ∂L/∂w1 =  0.000438568
# ∂L/∂w2 =  0.000877135
# ∂L/∂w3 =  0.000497713
# ∂L/∂w4 =  0.000995425
# ∂L/∂b1 =  0.018725609
# ∂L/∂w5 =  0.082167041
# ∂L/∂w6 =  0.082667628
# ∂L/∂w7 = -0.022602540
# ∂L/∂w8 = -0.022740242
# ∂L/∂b2 =  0.100400325
# ```
#
# ## Both ways, drawn
#
# With `path=` the picture shows every way from a weight to the loss, with the product of its local
# derivatives.

# %%
show(viz.draw(by_layers, path=net.parameters()[0], slide="16:9"), "both_ways.svg")

# %% [markdown]
# And `steps` walks through the passes, a caption for each use of the chain rule.  In a notebook it is a small
# player; `save` writes a page that opens in any browser.

# %%
walk = viz.steps(by_layers)
captions = [line for frame in walk for line in frame.caption.splitlines()]
print(*[line for line in captions if line.startswith("∂L/∂h₁⁽¹⁾")], sep="\n")
show(walk, "two_two_two_steps.html")

# %% [markdown]
# This prints:
#
# ```
# ∂L/∂h₁⁽¹⁾ = ∂L/∂z₂⁽²⁾ · w₂₁⁽²⁾ = −0.03810 · 0.5 = −0.01905 so far
# ∂L/∂h₁⁽¹⁾ = −0.01905 + ∂L/∂z₁⁽²⁾ · w₁₁⁽²⁾ = −0.01905 + 0.1385 · 0.4 = −0.01905 + 0.05540 = 0.03635
# ```
#
# ## Claims, checked
#
# A formula on a slide is a claim.  `check` tells whether it is an identity, for all numbers, and where it is
# not, what went wrong.  First two that are right:

# %%
print(mg.check(nodes, "∂L/∂w5 = −(t1 − o1)·o1·(1 − o1)·h1").text("en"))
print(mg.check(nodes, "∂L/∂w1 = (∂L/∂o1·∂o1/∂h1 + ∂L/∂o2·∂o2/∂h1)·∂h1/∂w1").text("en"))

# %% [markdown]
# This prints:
#
# ```
# ✓ ∂L/∂w5 = −(t1 − o1)·o1·(1 − o1)·h1: true, proved
# ✓ ∂L/∂w1 = (∂L/∂o1·∂o1/∂h1 + ∂L/∂o2·∂o2/∂h1)·∂h1/∂w1: true, proved
# ```
#
# Then the lecture's own slip.  On the slide, the last factor of ∂L/∂w₁ reads ∂z₁/∂w₁ = w₁.  And the classic
# of every exam: only one of the two outputs is followed back.

# %%
print(mg.check(nodes, "∂z1/∂w1 = w1").text("en"))
print(mg.check(nodes, "∂L/∂w1 = ∂L/∂o1·∂o1/∂h1·∂h1/∂w1").text("en"))

# %% [markdown]
# This prints, with the numbers at which they fail:
#
# ```
# ✗ ∂z1/∂w1 = w1: false: a variable is the wrong one
#     w1 stands where i1 belongs
#     at w1 = 0.15, i1 = 0.05 the claim gives 0.15, and right is 0.05
#     correct is ∂z1/∂w1 = i1
# ✗ ∂L/∂w1 = ∂L/∂o1·∂o1/∂h1·∂h1/∂w1: false: a path is missing
#     the path w1 → z1 → h1 → z4 → o2 → L is missing
# ```
#
# The slip makes the gradient three times too large here, 0.15 for 0.05, and nothing would crash.
#
# ## One step of training
#
# With learning rate η = 0.5, w ← w − η ∂L/∂w.  In the example worked out in the lecture the biases stay as
# they are; if they move too, the same step goes 1.7 times as far down.


# %%
def step(names, rate=0.5):
    """One step of gradient descent for the parameters of these names; the loss after it."""
    for name in names:
        weights[name].data -= rate * weights[name].grad
    for value in weights.values():
        value.grad = 0.0
    mg.recompute(L).backward()
    return L.data


before = L.data
after = step([name for name in weights if name.startswith("w")])
for name in ("w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8"):
    print(f"{name}: {start[name]:.2f} → {weights[name].data:.8f}")
print(f"L: {before:.9f} → {after:.9f}")

# %% [markdown]
# This prints:
#
# ```
# w1: 0.15 → 0.14978072
# w2: 0.20 → 0.19956143
# w3: 0.25 → 0.24975114
# w4: 0.30 → 0.29950229
# w5: 0.40 → 0.35891648
# w6: 0.45 → 0.40866619
# w7: 0.50 → 0.51130127
# w8: 0.55 → 0.56137012
# L: 0.298371109 → 0.291027774
# ```

# %%
for name, value in start.items():
    weights[name].data, weights[name].grad = value, 0.0
mg.recompute(L).backward()
print(f"L after one step with the biases: {step(weights):.9f}")
for _ in range(999):
    step(weights)
print(f"L after a thousand: {L.data:.6f}")
print(f"o = ({nodes['o1'].data:.3f}, {nodes['o2'].data:.3f}), wanted ({t1}, {t2})")

# %% [markdown]
# This prints:
#
# ```
# L after one step with the biases: 0.285750887
# L after a thousand: 0.000346
# o = (0.029, 0.972), wanted (0.01, 0.99)
# ```
#
# ## Verified
#
# `verify` proves the rule of each operation by computer algebra, checks that the chain rule put them
# together, and computes everything again with fifty digits.

# %%
report = mg.verify(L)
print("everything verified:", report.ok)

# %% [markdown]
# This prints:
#
# ```
# everything verified: True
# ```
#
# ## What a step keeps in memory
#
# The backward pass multiplies local derivatives, and these need the values of the forward pass: o₁(1 − o₁),
# h₁, i₁.  So training keeps **every intermediate value** until the gradients are there, which mere prediction
# need not.  Counted, for networks of more and more hidden layers of 16 units, and batches of 1 and 8:


# %%
def recorded(layers, batch):
    """What the graph of one step of training takes."""
    net = nn.MLP(2, [16] * layers + [1])
    return counts(nn.losses.half_mse([net([0.1, 0.2]) for _ in range(batch)], [0] * batch))


for layers in (1, 2, 4, 8):
    one, eight = recorded(layers, 1), recorded(layers, 8)
    print(f"hidden layers: {layers}, nodes for one sample: {one.nodes:4}, for eight: {eight.nodes:5}")

# %% [markdown]
# This prints:
#
# ```
# hidden layers: 1, nodes for one sample:  184, for eight:  1012
# hidden layers: 2, nodes for one sample:  984, for eight:  5508
# hidden layers: 4, nodes for one sample: 2584, for eight: 14500
# hidden layers: 8, nodes for one sample: 5784, for eight: 32484
# ```
#
# Each further layer adds 800 nodes for one sample, 16·17 = 272 parameters and 528 results, and 272 + 8·528 =
# 4496 for eight: apart from the parameters, memory grows in proportion to the depth **and** to the batch.  A
# node takes 96 bytes where microgrid is compiled, and about twice as many where it is not.

# %% tags=["needs-numpy"]
print(f"the last graph holds {eight.bytes / 2**20:.1f} MiB, {eight.bytes / eight.nodes:.0f} bytes a node")
memory = plots.memory({f"2-{'16-' * k}1": nn.MLP(2, [16] * k + [1]) for k in (1, 2, 4, 8)})
show(memory, "memory.svg")

# %% [markdown]
# ## The product of a hundred matrices
#
# Backward through a hundred layers is a product of a hundred matrices, as is forward through linear ones.
# Take matrices of 4×4 whose entries are drawn from the normal distribution with variance 1:


# %%
def product_of(count, std, seed=24):
    """The product of random 4×4 matrices, and the size of its largest and smallest entry."""
    rng = random.Random(seed)
    total = [[float(i == j) for j in range(4)] for i in range(4)]
    for _ in range(count):
        matrix = [[rng.gauss(0, std) for _ in range(4)] for _ in range(4)]
        total = [[sum(map(float.__mul__, row, column)) for column in zip(*matrix)] for row in total]
    sizes = [abs(entry) for row in total for entry in row]
    return min(sizes), max(sizes)


for count in (1, 10, 100):
    smallest, largest = product_of(count, 1.0)
    print(f"product of {count:3}: entries from {smallest:.1e} to {largest:.1e}")

# %% [markdown]
# This prints:
#
# ```
# product of   1: entries from 3.8e-02 to 3.3e+00
# product of  10: entries from 1.2e+02 to 2.7e+03
# product of 100: entries from 1.0e+24 to 5.3e+25
# ```
#
# A vector of length 1 becomes, by one such matrix, a vector whose squared length is on average 4; its
# logarithm grows by (log 2 + 1 − γ)/2 ≈ 0.558 on average (γ ≈ 0.5772), and so its length after a hundred by
# 10^24.2.  With the variance 1/n = 1/4 in place of 1 each factor is halved, 2^100 ≈ 10^30 in all:

# %%
growth = (math.log(2) + 1 - 0.5772156649) / 2
print(f"in theory a hundred matrices stretch by 10^{100 * growth / math.log(10):.1f}")
smallest, largest = product_of(100, 0.5)
print(f"with half the standard deviation: entries from {smallest:.1e} to {largest:.1e}")
print(f"2^100 = {2**100:.2e}")

# %% [markdown]
# This prints:
#
# ```
# in theory a hundred matrices stretch by 10^24.2
# with half the standard deviation: entries from 8.3e-07 to 4.2e-05
# 2^100 = 1.27e+30
# ```
#
# The gradients meet the same product.  A hundred linear layers with these matrices, and the length of the
# gradient in each: the last layer is at the right.

# %% tags=["needs-numpy"]
random.seed(1)
net = nn.Sequential(*[nn.Linear(4, 4, bias=False) for _ in range(100)])
for layer in net.layers:
    nn.init.normal(layer, std=1.0)
monitor = Monitor(net, loss=lambda outputs, targets: outputs[0][0])
monitor.observe([[1, 0, 0, 0]], [[0, 0, 0, 0]])
layers = list(monitor.records[0].layers.values())
print(f"gradient {layers[-1].gradient_norm:.1e} in layer 100, {layers[0].gradient_norm:.1e} in layer 1")
show(plots.gradient_flow(monitor), "gaussian_matrices.svg")

# %% [markdown]
# This prints:
#
# ```
# gradient 1.0e+00 in layer 100, 1.7e+24 in layer 1
# ```
#
# ## Initialisers
#
# So the first weights decide whether signals and gradients keep their size.  **Xavier/Glorot** takes the
# variance 2/(n_in + n_out), a compromise between forward (1/n_in) and backward (1/n_out); **He** takes
# 2/n_in, because a ReLU passes on half of what it gets.  Uniform on [−a, a] has the variance a²/3, so the
# bounds are √(6/(n_in + n_out)) and √(6/n_in).  Measured on 100 units of 50 inputs, against the formulas:


# %%
def variance(layer):
    numbers = [w.data for row in layer.w for w in row]
    mean = sum(numbers) / len(numbers)
    return sum((w - mean) ** 2 for w in numbers) / len(numbers)


n_in, n_out, rng = 50, 100, random.Random(1)
cut = 1 - 4 * NormalDist().pdf(2) / (2 * NormalDist().cdf(2) - 1)
schemes = {
    "xavier_normal": (init.xavier_normal, "2/(n_in + n_out)", 2 / (n_in + n_out)),
    "xavier_uniform": (init.xavier_uniform, "2/(n_in + n_out)", 2 / (n_in + n_out)),
    "he_normal": (init.he_normal, "2/n_in", 2 / n_in),
    "he_uniform": (init.he_uniform, "2/n_in", 2 / n_in),
    "uniform": (init.uniform, "1/12", 1 / 12),
    "normal": (init.normal, "1", 1.0),
    "truncated_normal": (init.truncated_normal, "1 − 4φ(2)/(2Φ(2) − 1)", cut),
}
for name, (scheme, formula, expected) in schemes.items():
    layer = scheme(nn.Linear(n_in, n_out), seed=rng)
    print(f"{name:>16}: variance {variance(layer):.4f}, {formula} = {expected:.4f}")

# %% [markdown]
# This prints:
#
# ```
#    xavier_normal: variance 0.0136, 2/(n_in + n_out) = 0.0133
#   xavier_uniform: variance 0.0134, 2/(n_in + n_out) = 0.0133
#        he_normal: variance 0.0414, 2/n_in = 0.0400
#       he_uniform: variance 0.0403, 2/n_in = 0.0400
#          uniform: variance 0.0838, 1/12 = 0.0833
#           normal: variance 0.9669, 1 = 1.0000
# truncated_normal: variance 0.7870, 1 − 4φ(2)/(2Φ(2) − 1) = 0.7737
# ```
#
# The others say what they do.  An **orthogonal** matrix stretches nothing: its rows have length 1 and are at
# right angles.  A **sparse** one has a share of zeros in each column, a **Dirac** convolution hands its input
# on, as `eye` does for a matrix.  A **gain** is the factor that an activation asks for.

# %% tags=["needs-numpy"]
rows = [[w.data for w in row] for row in init.orthogonal(nn.Linear(50, 20), seed=1).w]
products = [[sum(map(float.__mul__, p, q)) for q in rows] for p in rows]
off = max(abs(products[i][j] - (i == j)) for i in range(20) for j in range(20))
print(f"orthogonal: W·Wᵀ is the identity: {off < 1e-12}")

# %% [markdown]
# This prints:
#
# ```
# orthogonal: W·Wᵀ is the identity: True
# ```

# %%
zeros = sum(w.data == 0 for row in init.sparse(nn.Linear(50, 100), 0.3, seed=1).w for w in row)
print(f"sparse: {zeros} of 5000 weights are 0")
handed_on = init.dirac(nn.Conv(1, 1, 3, bias=False))
print("dirac:", [float(f"{v.data:g}") for v in handed_on([1, 2, 5, 4])], "from [1, 2, 5, 4]")
print("eye:", [[w.data for w in row] for row in init.eye(nn.Linear(2, 2)).w])
same = init.constant(nn.Linear(2, 2), 0.5), init.ones(nn.Linear(2, 2)), init.zeros(nn.Linear(2, 2))
print("constant, ones, zeros:", *([w.data for w in layer.w[0]] for layer in same))
print("gains:", {name: round(init.gain(name), 4) for name in ("sigmoid", "tanh", "relu", "leaky_relu")})

# %% [markdown]
# This prints:
#
# ```
# sparse: 1500 of 5000 weights are 0
# dirac: [2.0, 5.0] from [1, 2, 5, 4]
# eye: [[1.0, 0.0], [0.0, 1.0]]
# constant, ones, zeros: [0.5, 0.5] [1.0, 1.0] [0.0, 0.0]
# gains: {'sigmoid': 1.0, 'tanh': 1.6667, 'relu': 1.4142, 'leaky_relu': 1.4141}
# ```
#
# What it does to a network: five layers of twenty tanh units.  With Xavier's weights the activations shrink
# slowly, because tanh flattens what is large; with weights that are too small each layer halves them:

# %% tags=["needs-numpy"]
random.seed(1)
net = nn.MLP(20, [20] * 5, activation="tanh", output="tanh")
X = [[random.gauss(0, 1) for _ in range(20)] for _ in range(100)]


def watched(start):
    for layer in net.layers:
        start(layer)
    monitor = Monitor(net, loss="mse")
    monitor.observe(X, X)
    layers = list(monitor.records[0].layers.values())
    spreads = [float((layer.activations**2).mean() ** 0.5) for layer in layers]
    print("spread of the activations, layer by layer:", *(f"{spread:.3f}" for spread in spreads))
    return monitor


show(plots.histograms(watched(nn.init.xavier_normal)), "xavier.svg")

# %% [markdown]
# This prints:
#
# ```
# spread of the activations, layer by layer: 0.602 0.465 0.410 0.358 0.305
# ```

# %% tags=["needs-numpy"]
small = watched(lambda layer: nn.init.uniform(layer, -0.2, 0.2))
show(plots.histograms(small), "too_small.svg")

# %% [markdown]
# This prints:
#
# ```
# spread of the activations, layer by layer: 0.425 0.224 0.114 0.063 0.034
# ```
#
# ## Early stopping
#
# From some epoch on a network that is large for its data learns their noise: the loss on them goes on
# falling, that on the points kept aside, the **validation loss**, rises.  Early stopping waits for as many
# epochs as its **patience** without an improvement, ends, and takes back the best parameters.

# %% tags=["needs-numpy"]
random.seed(1)
X, y = datasets.moons(80, noise=0.35, seed=2)
net = nn.MLP(2, [16, 16, 1], activation="tanh", output="sigmoid")
how = {"validation": 0.4, "early_stopping": 60, "epochs": 400, "seed": 1}
history = train.fit(net, X, y, loss="bce", optimizer=lambda ps: optim.Adam(ps, lr=0.02), **how)
best = min(history["validation_loss"])
print(f"best epoch {1 + history['validation_loss'].index(best)}, of {len(history['validation_loss'])}")
print(f"validation loss {best:.3f} there, {history['validation_loss'][-1]:.3f} at the end")
show(plots.curves(history), "early_stopping.svg")

# %% [markdown]
# This prints:
#
# ```
# best epoch 6, of 66
# validation loss 0.337 there, 0.705 at the end
# ```
#
# ## Dropout
#
# In training each unit is left out with probability p, so that no unit can rely on another.  Those that stay
# are multiplied by **1/(1 − p)**: the mean of what the next layer gets stays what it is without dropout, and
# so nothing at all is done when the network is used.

# %%
rng = random.Random(4)
for p in (0.2, 0.5, 0.8):
    factors = [0.0 if rng.random() < p else 1 / (1 - p) for _ in range(100_000)]
    mean = sum(factors) / len(factors)
    print(f"p = {p}: a unit is multiplied by 0 or {1 / (1 - p):g}, on average by {mean:.2f}")

# %% [markdown]
# This prints:
#
# ```
# p = 0.2: a unit is multiplied by 0 or 1.25, on average by 1.00
# p = 0.5: a unit is multiplied by 0 or 2, on average by 1.00
# p = 0.8: a unit is multiplied by 0 or 5, on average by 0.99
# ```
#
# `nn.Dropout` draws such factors at every call, and after `eval` none.  Units left out are crossed:

# %% tags=["needs-numpy"]
random.seed(1)
drop = nn.Dropout(0.5, seed=4)
print("in training:", [v.data for v in drop([1, 1, 1, 1, 1, 1, 1, 1])])
print("afterwards:", [v.data for v in drop.eval()([1, 1, 1, 1, 1, 1, 1, 1])])
net = nn.Sequential(nn.Linear(2, 8), "relu", nn.Dropout(0.5, seed=4), nn.Linear(8, 1))
show(viz.network(net, [0.5, -1]), "dropout.svg")

# %% [markdown]
# This prints:
#
# ```
# in training: [2.0, 2.0, 2.0, 0.0, 2.0, 0.0, 2.0, 0.0]
# afterwards: [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
# ```
#
# ## Clipping
#
# Where gradients explode all the same, they are cut before the step: **by value**, each number for itself to
# [−c, c], which changes the direction; or **by norm**, all together to the length c, which keeps it.


# %%
def gradient_of(*numbers):
    """Parameters that have these gradients."""
    made = [parameter(0.0, f"w{k}") for k in range(1, len(numbers) + 1)]
    for p, number in zip(made, numbers):
        p.grad = number
    return made


for gradient in ((3, 1), (-1, 2.5), (0.5, -0.4)):
    by_value, by_norm = gradient_of(*gradient), gradient_of(*gradient)
    optim.clip_grad_value_(by_value, 1)
    length = optim.clip_grad_norm_(by_norm, 1)
    print(f"{gradient} of length {length:.4f}:", end=" ")
    print(f"by value {[p.grad for p in by_value]}, by norm {[round(p.grad, 4) for p in by_norm]}")

# %% [markdown]
# This prints:
#
# ```
# (3, 1) of length 3.1623: by value [1.0, 1.0], by norm [0.9487, 0.3162]
# (-1, 2.5) of length 2.6926: by value [-1.0, 1.0], by norm [-0.3714, 0.9285]
# (0.5, -0.4) of length 0.6403: by value [0.5, -0.4], by norm [0.5, -0.4]
# ```

# %% tags=["needs-numpy"]
gradients = [(3, 1), (-1, 2.5), (0.5, -0.4)]
show(plots.clipping(gradients, max_norm=1), "clipping_by_norm.svg")

# %% tags=["needs-numpy"]
show(plots.clipping(gradients, limit=1), "clipping_by_value.svg")

# %% [markdown]
# ## Exercises
#
# Seven with numbers, and two open questions.  The first five are about one hidden unit that feeds two
# outputs, the last two about the objective J = L + s.  Another `seed` gives other numbers;
# `sheet.save(folder)` writes the sheet for paper, for Moodle and as a page that marks itself.


# %%
def questions(sheet, answers=False):
    """The exercises without the heading, which says how to make them again."""
    return sheet.text(answers=answers).split("\n\n", 2)[2]


sheet = exercises.make(
    "z = w1*x; h = sigmoid(z); o1 = w2*h; o2 = w3*h; L = ((t1 - o1)**2 + (t2 - o2)**2)/2; "
    "w1 in -1..1 step 0.1; w2, w3 in -2..2 step 0.5; x in -2..2; t1, t2 in 0, 1; eta in 0.5, 1",
    5,
    seed=10,
    kinds=["forward", "backward", "update", "missing-path", "true-false"],
)
print(questions(sheet))

# %% [markdown]
# This prints:
#
# ```
# 1. Forward pass
#   w₁ = −0.3, x = 2, w₂ = 0.5, w₃ = 1.5, t₁ = 0, t₂ = 1
#   Compute the value of every node.
#   Carry three decimals at every step; answers within ±0.001 to ±0.002 count, as far as rounding can carry.
#     z = ______
#     h = ______
#     o₁ = ______
#     o₂ = ______
#     L = ______
#
# 2. Backward pass
#   w₁ = 0.2, x = 2, w₂ = 2, w₃ = −1.5, t₁ = 0, t₂ = 1
#   The forward pass gives z = 0.4, h = 0.599, o₁ = 1.197, o₂ = −0.898, L = 2.518.
#   Compute the gradients, from the result back.
#   Carry three decimals at every step; answers within ±0.002 to ±0.011 count, as far as rounding can carry.
#     ∂L/∂o₂ = ______
#     ∂L/∂w₃ = ______
#     ∂L/∂o₁ = ______
#     ∂L/∂h = ______
#     ∂L/∂z = ______
#     ∂L/∂w₁ = ______
#     ∂L/∂w₂ = ______
#
# 3. One step of gradient descent
#   w₁ = −0.4, x = 2, w₂ = −2, w₃ = 0.5, t₁ = 0, t₂ = 1, η = 1
#   The forward pass gives z = −0.8, h = 0.310, o₁ = −0.620, o₂ = 0.155, L = 0.549.
#   Take one step of gradient descent: what is every parameter afterwards?
#   Carry three decimals at every step; answers within ±0.002 to ±0.006 count, as far as rounding can carry.
#     new w₁ = ______
#     new w₂ = ______
#     new w₃ = ______
#
# 4. The missing path
#   w₁ = −0.9, x = −2, w₂ = −1.5, w₃ = 0.5, t₁ = 1, t₂ = 0
#   The forward pass gives z = 1.8, h = 0.858, o₁ = −1.287, o₂ = 0.429, L = 2.708.
#   A gradient was written as a sum over paths, and one is missing: ∂L/∂z = ∂L/∂o₁ · ∂o₁/∂h · ∂h/∂z.
#   Carry three decimals at every step; answers within ±0.007 count.
#     Which path from z to L is missing?
#       a) z → h → o₁ → L
#       b) z → h → o₂ → L
#     ∂L/∂z = ______
#
# 5. True or false?
#   w₁ = −0.7, x = −2, w₂ = −2, w₃ = 2, t₁ = 0, t₂ = 1
#   The forward pass gives z = 1.4, h = 0.802, o₁ = −1.604, o₂ = 1.604, L = 1.470.
#     Is ∂L/∂w₁ = −(t₁ − o₁)·w₂·h·(1 − h)·x − (t₂ − o₂)·w₃·x true, for all numbers?
#       a) true
#       b) false
#
# ```

# %%
penalised = exercises.make(
    "o = w*x; L = (o - y)**2/2; s = λ*w**2/2; J = L + s; "
    "w in -3..3 step 0.5; x in 1..4; y in -6..6; λ in 0.1, 0.2, 0.5; eta in 0.1, 0.2, 0.5",
    2,
    seed=3,
    first=6,
    kinds=["update", "missing-path"],
    params=["w"],
)
print(questions(penalised))

# %% [markdown]
# This prints:
#
# ```
# 6. One step of gradient descent
#   w = −2, x = 2, y = 6, λ = 0.1, η = 0.1
#   The forward pass gives o = −4, L = 50, s = 0.2, J = 50.2.
#   Take one step of gradient descent: what is every parameter afterwards?
#     new w = ______
#
# 7. The missing path
#   w = 2, x = 3, y = −1, λ = 0.1
#   The forward pass gives o = 6, L = 24.5, s = 0.2, J = 24.7.
#   A gradient was written as a sum over paths, and one is missing: ∂J/∂w = ∂J/∂L · ∂L/∂o · ∂o/∂w.
#     Which path from w to J is missing?
#       a) w → o → L → J
#       b) w → s → J
#     ∂J/∂w = ______
#
# ```
#
# Your answers are checked by the names of their blanks, and a mistake that is known is named.  Somebody has
# followed only one of the two outputs back:

# %%
print(sheet.answer("q2", o2=-1.898, h=2.394))
print(penalised.answer("q6", w=0.02))

# %% [markdown]
# This prints:
#
# ```
# ✓ ∂L/∂o₂: Right: −1.898.
# ✗ ∂L/∂h: That is only what arrives last, through o₁. It is added to what is there: ∂L/∂h is a sum.
# Still to be answered: w3, o1, z, w1, w2.
# ✓ new w: Right: 0.02.
# ```
#
# Two open questions:
#
# - **Open 1.** A hundred matrices with standard deviation ½ neither explode nor stay of size 1: their product
#   came to about 10⁻⁵.  The variance ¼ = 1/n keeps the mean of the *squared* length.  What shrinks, then, and
#   which standard deviation would keep it?
# - **Open 2.** A step of training on a batch of 64 with 8 hidden layers: how many nodes does its graph have?
#   Which of them would a mere prediction need at the same time?  How could one train with fewer, at the price
#   of time?

# %% [markdown]
# This sheet is also a page that marks itself, offline, and names the usual mistakes:

# %%
sheet

# %% [markdown]
# ## Solutions

# %%
print(questions(sheet, answers=True))
print(questions(penalised, answers=True))

# %% [markdown]
# - **Open 1.** The length of a vector is multiplied a hundred times by a random factor, and a product of
#   random factors is as large as the mean of their *logarithms* says.  By the formula above that is (log 2 +
#   1 − γ)/2 ≈ 0.558 for standard deviation 1, so log ½ + 0.558 ≈ −0.135 with ½: a hundred times that is
#   10⁻⁵·⁹.  The mean of the squared length stays 1 only because of rare, very long vectors.  To keep the
#   typical length in matrices as small as 4×4, take e^−0.558 ≈ 0.572; for wide layers the difference
#   vanishes.
# - **Open 2.** Each layer of 16 after the first has 272 parameters, and for each sample 16·(16 + 16 + 1) =
#   528 nodes: 16 products, 16 sums and a ReLU in each unit.  The cell below counts all from the graphs of two
#   and three samples.  A prediction needs only the layer that is being computed and the one before.
#   **Checkpointing** keeps the activations of some layers only, and computes the others again from these when
#   the backward pass gets there.

# %%
factor = math.exp(-growth)
print(f"standard deviation {factor:.3f}: entries from {product_of(100, factor)[0]:.1e}", end="")
print(f" to {product_of(100, factor)[1]:.1e}")
two, three = recorded(8, 2).nodes, recorded(8, 3).nodes
print(f"8 hidden layers: {three} nodes for three samples, {three - two} more for each one more")
print(f"for 64 samples: {three + 61 * (three - two)}")

# %% [markdown]
# This prints:
#
# ```
# standard deviation 0.572: entries from 6.1e-01 to 3.1e+01
# 8 hidden layers: 13414 nodes for three samples, 3814 more for each one more
# for 64 samples: 246068
# ```
