# %% [markdown]
# # D. Learning as optimisation
#
# After this lesson you can say what a network minimises and why the choice hardly changes the gradient,
# compute steps of gradient descent, Adagrad and Adam by hand, derive the rule of the logistic perceptron, and
# carry out backpropagation layer by layer with the formulas of the lecture, for a network of any size.  At
# the end all parts train a network on two half moons.
#
# It takes about 90 minutes with the exercises.  You need lesson A; lesson B helps.  The blocks under "This
# prints" show what to expect.

# %%
import math
import random

import microgrid as mg
import viz
from microgrid import Value, datasets, exercises, nn, optim, parameter, parse, train
from viz import plots
from viz.lessons import show


def sigma(z):
    return 1 / (1 + math.exp(-z))


# %% [markdown]
# ## What is minimised: three risks
#
# To learn is to make a number small: the **risk** R, the mean loss over the data.  Let the truth be the
# probabilities p, and the network's answer q:
#
# - **KL divergence** Σ p log(p/q): what is lost by taking q for p; it is 0 only for q = p,
# - **cross-entropy** −Σ p log q, which is the divergence plus the entropy of p,
# - **half the mean squared error**, ½ (p − q)² on average, which knows nothing of probabilities.
#
# For p = (0.3, 0.7), and q from the logits 1 and 2 by softmax:

# %%
p, logits = [0.3, 0.7], [1, 2]
total = sum(math.exp(z) for z in logits)
q = [math.exp(z) / total for z in logits]
kl = sum(a * math.log(a / b) for a, b in zip(p, q))
cross = -sum(a * math.log(b) for a, b in zip(p, q))
entropy = -sum(a * math.log(a) for a in p)
half = sum((a - b) ** 2 for a, b in zip(p, q)) / 2 / len(p)
print(f"q = ({q[0]:.6f}, {q[1]:.6f})")
print(f"KL = {kl:.6f}   cross-entropy = {cross:.6f}   ½ MSE = {half:.6f}")
print(f"cross-entropy − KL = {cross - kl:.6f}, the entropy of p = {entropy:.6f}")

# %% [markdown]
# This prints:
#
# ```
# q = (0.268941, 0.731059)
# KL = 0.002397   cross-entropy = 0.613262   ½ MSE = 0.000482
# cross-entropy − KL = 0.610864, the entropy of p = 0.610864
# ```
#
# The entropy of p is no business of the network, so KL and cross-entropy have the **same gradient**, and by
# the logits it is as simple as can be: q − p.

# %%
for risk in (nn.losses.kl_divergence, nn.losses.cross_entropy):
    z = [parameter(1, "z1"), parameter(2, "z2")]
    given = ([0.3, 0.7], mg.softmax(z)) if risk is nn.losses.kl_divergence else (mg.softmax(z), [0.3, 0.7])
    R = risk(*given)
    R.backward()
    print(f"{risk.__name__}: {R.data:.6f}, gradient ({z[0].grad:.6f}, {z[1].grad:.6f})")
print(f"q − p = ({q[0] - p[0]:.6f}, {q[1] - p[1]:.6f})")

# %% [markdown]
# This prints:
#
# ```
# kl_divergence: 0.002397, gradient (-0.031059, 0.031059)
# cross_entropy: 0.613262, gradient (-0.031059, 0.031059)
# q − p = (-0.031059, 0.031059)
# ```
#
# All three are least where the answer is the truth, here 0.7; cross-entropy does not get to 0 there, and only
# the first two punish a certain and wrong answer without limit:

# %% tags=["needs-numpy"]
show(plots.losses("kl_divergence", "cross_entropy", "half_mse", target=0.7)[0], "risks.svg")

# %%
p = mg.softmax([parameter(1, "z1"), parameter(2, "z2")])
L = nn.losses.kl_divergence([0.3, 0.7], p)
L.backward()
show(viz.draw(L), "divergence.svg")

# %% [markdown]
# ## Gradient descent: the step decides
#
# x ← x − η f′(x).  On f = x², f′ = 2x, so a step is x ← (1 − 2η) x.  With η = 1 the factor is −1: from 1 to
# −1 to 1, **for ever**.  With η = ½ it is 0: there **at once**.


# %%
def f(x):
    return x**2


def descent(rate):
    return train.descend(f, 1.0, lambda ps: optim.SGD(ps, lr=rate), 6)


one, half = descent(1), descent(0.5)
print(one)
print("with ½:", *(f"{float(x):g}" for x in half.points))
for rate in (0.1, 0.5, 0.9, 1.0, 1.1):
    print(f"η = {rate}: each step multiplies x by {1 - 2 * rate:+.1f}")

# %% [markdown]
# This prints:
#
# ```
# k   x  f(x)  f′(x)  lr  Δx
# 0   1     1      2   1  -2
# 1  -1     1     -2   1   2
# 2   1     1      2   1  -2
# 3  -1     1     -2   1   2
# 4   1     1      2   1  -2
# 5  -1     1     -2   1   2
# 6   1     1      2
# with ½: 1 0 0 0 0 0 0
# η = 0.1: each step multiplies x by +0.8
# η = 0.5: each step multiplies x by +0.0
# η = 0.9: each step multiplies x by -0.8
# η = 1.0: each step multiplies x by -1.0
# η = 1.1: each step multiplies x by -1.2
# ```
#
# Below 1 it arrives, above ½ by jumping from side to side; above 1 it leaves.

# %% tags=["needs-numpy"]
show(plots.descent(f, one), "step_one.svg")

# %% tags=["needs-numpy"]
show(plots.descent(f, half), "step_half.svg")

# %% [markdown]
# ## The logistic perceptron
#
# φ(x) = σ(wx + b) is the probability that the answer is 1, and the risk of one point is the binary
# cross-entropy, R = −(y log φ + (1 − y) log(1 − φ)).  `derive` writes its derivative out as a lecture would:

# %%
w, b = parameter(0.5, "w"), parameter(-1, "b")
statements = "z = w*x + b; phi = sigmoid(z); R = -(y*log(phi) + (1 - y)*log(1 - phi))"
nodes = parse(statements, w=w, b=b, x=3, y=1)
print(mg.derive(nodes, "w").text("en"))

# %% [markdown]
# This prints:
#
# ```
# the local derivatives
#   ∂R/∂phi = -(y/phi - (1 - y)/(1 - phi))
#   ∂phi/∂z = phi·(1 - phi)
#   ∂z/∂w = x
# the chain rule
#   ∂R/∂w = ∂R/∂phi · ∂phi/∂z · ∂z/∂w
#         = (-(y/phi - (1 - y)/(1 - phi))) · phi·(1 - phi) · x
#         = (-1.607) · 0.235 · 3 = -1.133
# ```
#
# The first two factors cancel to something short: (φ − y)/(φ(1 − φ)) · φ(1 − φ) = φ − y.  So **∂R/∂w = (φ −
# y) x**: the error times the input.

# %%
phi = sigma(0.5 * 3 - 1)
nodes["R"].backward()
print(f"φ = {phi:.6f}   R = {-math.log(phi):.6f}")
print(f"(φ − y)·x = ({phi:.6f} − 1)·3 = {(phi - 1) * 3:.6f}, by backward {w.grad:.6f}")
print(f"φ − y = {phi - 1:.6f}, by backward {b.grad:.6f}")

# %% [markdown]
# This prints:
#
# ```
# φ = 0.622459   R = 0.474077
# (φ − y)·x = (0.622459 − 1)·3 = -1.132622, by backward -1.132622
# φ − y = -0.377541, by backward -0.377541
# ```
#
# Step by step, forward and back:

# %%
w, b = parameter(0.5, "w"), parameter(-1, "b")
phi = parse("phi = sigmoid(w*x + b)", w=w, b=b, x=3)["phi"]
R = nn.losses.bce(phi, 1)
R.label = "R"
show(viz.steps(R), "logistic_perceptron.html")

# %% [markdown]
# With several inputs there is one such formula for each weight, and `check` reads them all at once.  On the
# slide the error is written the other way round, (y − φ(x)) xᵢ.  That is the direction in which the weight
# should *go*, not the gradient:

# %%
two = "z = w1*x1 + w2*x2; phi = sigmoid(z); R = -(y*log(phi) + (1 - y)*log(1 - phi))"
nodes = parse(two, w1=parameter(0.5, "w1"), w2=parameter(-0.3, "w2"), x1=1, x2=2, y=1)
print(mg.check(nodes, "∂R/∂wᵢ = (φ(x) − y)·xᵢ").text("en"))
print(mg.check(nodes, "∂R/∂wᵢ = (y − φ(x))·xᵢ").text("en"))
print(mg.check(nodes, "w1 <- w1 + eta*(y - phi)*x1").text("en"))

# %% [markdown]
# This prints:
#
# ```
# ✓ ∂R/∂wᵢ = (φ(x) − y)·xᵢ: true, proved
# ✗ ∂R/∂wᵢ = (y − φ(x))·xᵢ: false: the sign is turned
#     for i = 1: the sign of the whole is turned
#     at y = 1, w1 = 0.5, x1 = 1, w2 = -0.3, x2 = 2 the claim gives 0.524979, and right is -0.524979
#     correct is ∂R/∂w1 = -(y - φ)*x1
# ✓ w1 <- w1 + eta*(y - phi)*x1: true, proved
# ```
#
# The last line is the famous rule of the perceptron: **add** the rate times the error times the input.  With
# the sign of the slide *and* the minus of gradient descent the perceptron would run away from the solution:

# %%
for sign in (1, -1):
    a, c = 0.5, -1.0
    for _ in range(20):
        error = sigma(a * 3 + c) - 1
        a, c = a - sign * 0.5 * error * 3, c - sign * 0.5 * error
    print(f"20 steps with the sign {sign:+}: φ = {sigma(a * 3 + c):.4f}")

# %% [markdown]
# This prints:
#
# ```
# 20 steps with the sign +1: φ = 0.9910
# 20 steps with the sign -1: φ = 0.0000
# ```
#
# ## Adagrad by hand
#
# Every parameter has its own rate: Adagrad adds up the squares of its gradients, G ← G + g², and steps x ← x
# − η g/(√G + ε).  What has been steep slows down.  On x² from 1, with η = 0.1, beside the numbers of
# `microgrid.optim`:

# %%
x, G, eta = 1.0, 0.0, 0.1
v = parameter(1.0, "x")
adagrad = optim.Adagrad([v], lr=eta)
for k in range(1, 5):
    g = 2 * x
    G = G + g**2
    x = x - eta * g / (math.sqrt(G) + 1e-10)
    v.grad = 0.0
    (v**2).backward()
    adagrad.step()
    print(f"{k}: g = {g:.6f}   G = {G:.6f}   x = {x:.6f}   by optim {v.data:.6f}")

# %% [markdown]
# This prints:
#
# ```
# 1: g = 2.000000   G = 4.000000   x = 0.900000   by optim 0.900000
# 2: g = 1.800000   G = 7.240000   x = 0.833104   by optim 0.833104
# 3: g = 1.666207   G = 10.016246   x = 0.780456   by optim 0.780456
# 4: g = 1.560912   G = 12.452693   x = 0.736223   by optim 0.736223
# ```
#
# ## Adam by hand
#
# Adam keeps two running means: m of the gradient, v of its square.  Both start at 0 and are too small at
# first, which dividing by 1 − βᵏ mends:
#
# - m ← β₁ m + (1 − β₁) g and v ← β₂ v + (1 − β₂) g²,
# - m̂ = m/(1 − β₁ᵏ) and v̂ = v/(1 − β₂ᵏ),
# - x ← x − η m̂/(√v̂ + ε), with β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸.

# %%
x, m, s = 1.0, 0.0, 0.0
v = parameter(1.0, "x")
adam = optim.Adam([v], lr=0.1)
for k in range(1, 5):
    g = 2 * x
    m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
    m_hat, s_hat = m / (1 - 0.9**k), s / (1 - 0.999**k)
    x = x - 0.1 * m_hat / (math.sqrt(s_hat) + 1e-8)
    v.grad = 0.0
    (v**2).backward()
    adam.step()
    print(f"{k}: m̂ = {m_hat:.6f}   v̂ = {s_hat:.6f}   x = {x:.6f}   by optim {v.data:.6f}")

# %% [markdown]
# This prints:
#
# ```
# 1: m̂ = 2.000000   v̂ = 4.000000   x = 0.900000   by optim 0.900000
# 2: m̂ = 1.894737   v̂ = 3.619810   x = 0.800412   by optim 0.800412
# 3: m̂ = 1.786282   v̂ = 3.267067   x = 0.701586   by optim 0.701586
# 4: m̂ = 1.674881   v̂ = 2.942036   x = 0.603939   by optim 0.603939
# ```
#
# The first step is 0.1 in both, whatever the gradient is: g/√g² is its sign.  The rate of these two is a
# **length**, that of gradient descent a factor:

# %%
for slope in (0.01, 1, 100):
    moved = []
    for kind in (optim.SGD, optim.Adagrad, optim.Adam):
        v = parameter(1.0, "x")
        (slope * v).backward()
        kind([v], lr=0.1).step()
        moved.append(f"{kind.__name__} {1 - v.data:.4f}")
    print(f"gradient {slope}: the first step is", ", ".join(moved))

# %% [markdown]
# This prints:
#
# ```
# gradient 0.01: the first step is SGD 0.0010, Adagrad 0.1000, Adam 0.1000
# gradient 1: the first step is SGD 0.1000, Adagrad 0.1000, Adam 0.1000
# gradient 100: the first step is SGD 10.0000, Adagrad 0.1000, Adam 0.1000
# ```
#
# ## Backpropagation layer by layer
#
# In a layer with inputs h, unit j has a_j = Σ_i W_ij h_i and the output h(a_j).  Let d(j) = ∂R/∂a_j.  Then,
# from the last layer to the first,
#
# - at the output d_out(j) = h′(a_j) ∂R/∂h_j; for σ with cross-entropy that is φ − y,
# - before it **d_k(j) = h′(a_j) Σ_q W_jq d_{k+1}(q)**: what the layer above sends back, each part times the
#   weight it came through, and the slope,
# - and **∂R/∂W_ij = d_k(j) h_i**: what arrives at the end of the weight times what stands at its beginning.
#
# The lecture's example is h = Ux, f = σ(Wh), with two inputs, two linear units and one output:

# %%
random.seed(1)
net = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 1, bias=False), "sigmoid")
U = [[w.data for w in row] for row in net.layers[0].w]
(W,) = ([w.data for w in row] for row in net.layers[1].w)
x, y = [1, 2], 1

h = [sum(u * xi for u, xi in zip(row, x)) for row in U]
f = sigma(sum(w * hj for w, hj in zip(W, h)))
d2 = f - y
d1 = [1 * W[j] * d2 for j in range(2)]
print(f"h = ({h[0]:.6f}, {h[1]:.6f})   f = {f:.6f}   R = {-math.log(f):.6f}")
print(f"d₂ = f − y = {d2:.6f}   ∂R/∂W = d₂ h = ({d2 * h[0]:.6f}, {d2 * h[1]:.6f})")
print(f"d₁ = (1·W₁·d₂, 1·W₂·d₂) = ({d1[0]:.8f}, {d1[1]:.7f})")
print(f"∂R/∂U = d₁ xᵀ = (({d1[0] * 1:.8f}, {d1[0] * 2:.8f}), ({d1[1] * 1:.7f}, {d1[1] * 2:.7f}))")

# %% [markdown]
# This prints:
#
# ```
# h = (0.465604, -0.319736)   f = 0.504958   R = 0.683280
# d₂ = f − y = -0.495042   ∂R/∂W = d₂ h = (-0.230493, 0.158283)
# d₁ = (1·W₁·d₂, 1·W₂·d₂) = (0.00319587, 0.0353611)
# ∂R/∂U = d₁ xᵀ = ((0.00319587, 0.00639175), (0.0353611, 0.0707221))
# ```
#
# `backprop` writes the same as a table, a row for each unit; its `latex()` goes onto a slide:

# %%
print(net.backprop([1, 2], 1, loss="bce").text("en"))

# %% [markdown]
# This prints:
#
# ```
# layer 1
# unit          a          h  h′         d = ∂R/∂a       ∂R/∂w       ∂R/∂w
#         Σ w · x          a   1  h′ · Σ w · d^(2)      d · x1      d · x2
#    1   0.465604   0.465604   1        0.00319587  0.00319587  0.00639175
#    2  -0.319736  -0.319736   1         0.0353611   0.0353611   0.0707221
#
# layer 2
# unit            a           h           h′   d = ∂R/∂a       ∂R/∂w       ∂R/∂w
#       Σ w · h^(1)  sigmoid(a)  sigmoid′(a)  h′ · ∂R/∂h  d · h1^(1)  d · h2^(1)
#    1     0.019833    0.504958     0.249975   -0.495042   -0.230493    0.158283
#
# R = 0.68328
# ```
#
# A classic slip forgets the weight on the way back, d₁ = d₂; another takes the wrong input:

# %%
deep = "h1 = u11*x1 + u12*x2; h2 = u21*x1 + u22*x2; a = w1*h1 + w2*h2; f = sigmoid(a);"
deep += "R = -(y*log(f) + (1 - y)*log(1 - f))"
weights = {"u11": U[0][0], "u12": U[0][1], "u21": U[1][0], "u22": U[1][1], "w1": W[0], "w2": W[1]}
nodes = parse(deep, x1=1, x2=2, y=1, **{k: parameter(value, k) for k, value in weights.items()})
print(mg.check(nodes, "∂R/∂u12 = (f − y)·w1·x2").ok)
print(mg.check(nodes, "∂R/∂u12 = (f − y)·x2").text("en"))
print(mg.check(nodes, "∂R/∂u12 = (f − y)·w1·x1").text("en"))

# %% [markdown]
# This prints, with the numbers at which they fail:
#
# ```
# True
# ✗ ∂R/∂u12 = (f − y)·x2: false: a factor is missing
#     the factor w1, which is ∂a/∂h1, is missing
#     correct is ∂R/∂u12 = (f - y)*x2*w1
# ✗ ∂R/∂u12 = (f − y)·w1·x1: false: a variable is the wrong one
#     x1 stands where x2 belongs
#     correct is ∂R/∂u12 = (f - y)*w1*x2
# ```
#
# The three formulas are all of backpropagation.  Here they are as a program for networks of any size, and
# beside it what the engine finds:


# %%
def layer_by_layer(net, x, y):
    """∂R/∂W of each layer of sigmoids, by the formulas of the lecture, from the last layer to the first."""
    matrices = [[[w.data for w in unit.w] for unit in layer.neurons] for layer in net.layers]
    hs = [x]
    for matrix in matrices:
        hs.append([sigma(sum(w * h for w, h in zip(row, hs[-1]))) for row in matrix])
    d = [(o - t) * o * (1 - o) for o, t in zip(hs[-1], y)]
    slopes = []
    for k in reversed(range(len(matrices))):
        slopes.insert(0, [[dj * h for h in hs[k]] for dj in d])
        back = [sum(matrices[k][q][j] * d[q] for q in range(len(d))) for j in range(len(hs[k]))]
        d = [h * (1 - h) * sent for h, sent in zip(hs[k], back)]
    return slopes


random.seed(1)
net = nn.MLP(3, [5, 4, 2], activation="sigmoid", output="sigmoid")
x, y = [0.5, -1, 2], [0, 1]
nn.losses.half_mse(net(x), y, reduction="sum").backward()
found = [g for matrix in layer_by_layer(net, x, y) for row in matrix for g in row]
engine = [w.grad for layer in net.layers for unit in layer.neurons for w in unit.w]
print(f"{len(found)} derivatives, the largest difference is below 1e-12:", end=" ")
print(max(abs(a - b) for a, b in zip(found, engine)) < 1e-12)

# %% [markdown]
# This prints:
#
# ```
# 43 derivatives, the largest difference is below 1e-12: True
# ```
#
# ## Weight decay
#
# Add γ Σθ² to the risk, and the gradient of each parameter gets 2γθ more: **θ ← θ − η ∂R/∂θ − η·2γθ**.  Each
# step shrinks it by the factor 1 − 2ηγ before the data have their say.  Optimisers take λ = 2γ as
# `weight_decay`:

# %%
theta, eta, gamma = 2.0, 0.1, 0.05
v = parameter(theta, "theta")
sgd = optim.SGD([v], lr=eta, weight_decay=2 * gamma)
for k in range(1, 4):
    slope = (theta * 3 - 4) * 3
    theta = theta - eta * slope - eta * 2 * gamma * theta
    v.grad = 0.0
    ((v * 3 - 4) ** 2 / 2).backward()
    sgd.step()
    print(f"{k}: ∂R/∂θ = {slope:.6f}   θ = {theta:.6f}   by optim {v.data:.6f}")
nodes = parse("R = (theta*x - y)**2/2 + gamma*theta**2", theta=v, x=3, y=4, gamma=0.05)
print(mg.check(nodes, "∂R/∂θ = (θ·x − y)·x + 2·γ·θ").text("en"))
print(mg.check(nodes, "∂R/∂θ = (θ·x − y)·x + γ·θ").text("en"))

# %% [markdown]
# This prints, with the numbers at which the last one fails:
#
# ```
# 1: ∂R/∂θ = 6.000000   θ = 1.380000   by optim 1.380000
# 2: ∂R/∂θ = 0.420000   θ = 1.324200   by optim 1.324200
# 3: ∂R/∂θ = -0.082200   θ = 1.319178   by optim 1.319178
# ✓ ∂R/∂θ = (θ·x − y)·x + 2·γ·θ: true, proved
# ✗ ∂R/∂θ = (θ·x − y)·x + γ·θ: false: a factor is missing
#     the factor 2 is missing in the term γ*θ
#     at theta = 1.31918, x = 3, y = 4, gamma = 0.05 the claim gives -0.0614391, and right is 0.0045198
#     correct is ∂R/∂θ = (θ*x - y)*x + 2*γ*θ
# ```
#
# The weights of a linear classifier over 150 epochs, free and with γ = 0.05:

# %% tags=["needs-numpy"]
X, y = datasets.moons(60, noise=0.1, seed=1, labels=(-1, 1))


def path(decay):
    def sgd(parameters):
        return optim.SGD(parameters, lr=0.1, weight_decay=decay)

    model = nn.Linear(2, 1, seed=1)
    return train.fit(model, X, y, loss="hinge", optimizer=sgd, epochs=150, record="parameters").path


free, decayed = path(0), path(0.1)
for name, ended in (("γ = 0", free.points[-1]), ("γ = 0.05", decayed.points[-1])):
    print(f"{name}: w = ({ended[0]:.3f}, {ended[1]:.3f}), b = {ended[2]:.3f}")
show(plots.compare({"γ = 0": free, "γ = 0.05": decayed}, "parameters"), "weight_decay.svg")

# %% [markdown]
# This prints:
#
# ```
# γ = 0: w = (0.759, -1.776), b = -0.104
# γ = 0.05: w = (0.666, -1.185), b = -0.028
# ```
#
# ## All of it together: two half moons
#
# **Data**, a **model** with parameters, a **risk** that says how wrong it is, and an **optimiser**.  The
# hinge loss of a point is max(0, 1 − moon·score): nothing if the score is on the right side by at least 1.
# First three steps by hand:

# %% tags=["needs-numpy"]
X, y = datasets.moons(100, noise=0.2, labels=(-1, 1), seed=1)
random.seed(1)
model = nn.MLP(2, [16, 16, 1])
print(f"{len(model.parameters())} parameters")
for step in range(3):
    loss = nn.losses.hinge([model(point) for point in X], y)
    model.zero_grad()
    loss.backward()
    for p in model.parameters():
        p.data -= 0.1 * p.grad
    print(f"step {step}: risk {loss.data:.4f}")

# %% [markdown]
# This prints:
#
# ```
# 337 parameters
# step 0: risk 0.6236
# step 1: risk 0.4711
# step 2: risk 0.4333
# ```
#
# Every step built the same graph again, a hundred times over.  It is enough to record it for one point, with
# the point and its moon as inputs, and to `compile` that: the program runs it for all points at once, more
# than a hundred times as fast.

# %% tags=["needs-numpy"]
x1, x2, moon = Value(0.0, "x1"), Value(0.0, "x2"), Value(1.0, "moon")
recorded = nn.losses.hinge(model([x1, x2]), moon)
program = mg.compile(recorded, inputs=[x1, x2, moon], parameters=model.parameters())
samples = [[*point, side] for point, side in zip(X.tolist(), y.tolist())]
loss = nn.losses.hinge([model(point) for point in X], y)
model.zero_grad()
loss.backward()
risk, gradient = program.value_and_grad(samples)
largest = max(abs(g - p.grad) for g, p in zip(gradient, model.parameters()))
print(f"risk by the graph {loss.data:.4f}, by the program {risk:.4f}")
print("same gradient:", bool(largest < 1e-12))

# %% [markdown]
# This prints:
#
# ```
# risk by the graph 0.4117, by the program 0.4117
# same gradient: True
# ```
#
# Now many steps, with two optimisers from the same start:

# %% tags=["needs-numpy"]
start = program.parameters.copy()
for kind, rate in ((optim.SGD, 0.1), (optim.Adam, 0.01)):
    program.parameters = start
    optimizer = kind(program, lr=rate)
    for _ in range(200):
        optimizer.step(program.value_and_grad(samples)[1])
    print(f"after 200 steps of {kind.__name__}: risk {program.value_and_grad(samples)[0]:.4f}")
program.write_back()
for points, moons in ((X, y), datasets.moons(1000, noise=0.2, labels=(-1, 1), seed=2)):
    right = (model.predict(points).ravel() * moons > 0).mean()
    print(f"right about {right:.1%} of {len(points)} points")

# %% [markdown]
# This prints:
#
# ```
# after 200 steps of SGD: risk 0.0802
# after 200 steps of Adam: risk 0.0277
# right about 99.0% of 100 points
# right about 95.6% of 1000 points
# ```
#
# Points that it has never seen say more than those it was trained on.  And what it decides where:

# %% tags=["needs-numpy"]
show(plots.decision_boundary(model, X, y), "moons.svg")

# %% [markdown]
# ## Exercises
#
# Seven with numbers, and two open questions: the logistic perceptron, two layers, and weight decay.  Another
# `seed` gives other numbers; `sheet.save(folder)` writes a sheet for paper, for Moodle and as a page that
# marks itself.


# %%
def questions(sheet, answers=False):
    """The exercises without the heading, which says how to make them again."""
    return sheet.text(answers=answers).split("\n\n", 2)[2]


logistic = exercises.make(
    "z = w*x + b; phi = sigmoid(z); R = -log(phi); "
    "w in -2..2 step 0.5; x in -3..3; b in -1..1 step 0.5; eta in 0.1, 0.5, 1",
    3,
    seed=1,
    kinds=["backward", "update", "true-false"],
    params=["w", "b"],
)
print(questions(logistic))

# %% [markdown]
# This prints:
#
# ```
# 1. Backward pass
#   w = 0.5, x = −2, b = −0.5
#   The forward pass gives z = −1.5, φ = 0.182, R = 1.701.
#   Compute the gradients, from the result back.
#   Carry three decimals at every step; answers within ±0.008 to ±0.016 count, as far as rounding can carry.
#     ∂R/∂φ = ______
#     ∂R/∂z = ______
#     ∂R/∂b = ______
#     ∂R/∂w = ______
#
# 2. One step of gradient descent
#   w = −1.5, x = 2, b = −0.5, η = 0.1
#   The forward pass gives z = −3.5, φ = 0.029, R = 3.530.
#   Take one step of gradient descent: what is every parameter afterwards?
#   Carry three decimals at every step; answers within ±0.006 to ±0.011 count, as far as rounding can carry.
#     new w = ______
#     new b = ______
#
# 3. True or false?
#   w = −2, x = 2, b = 0.5
#   The forward pass gives z = −3.5, φ = 0.029, R = 3.530.
#     Is ∂R/∂b = −(1/φ)·φ true, for all numbers?
#       a) true
#       b) false
#
# ```

# %%
layered = exercises.make(
    "h1 = u1*x; h2 = u2*x; a = w1*h1 + w2*h2; f = sigmoid(a); R = -log(f); "
    "u1, u2, w1, w2 in -1.5..1.5 step 0.5; x in -2..2; eta in 0.1, 0.5",
    3,
    seed=1,
    first=4,
    kinds=["forward", "backward", "wrong-number"],
)
print(questions(layered))

# %% [markdown]
# This prints:
#
# ```
# 4. Forward pass
#   u₁ = 1.5, x = 2, u₂ = −1.5, w₁ = −0.5, w₂ = 0.5
#   Compute the value of every node.
#   Carry three decimals at every step; answers within ±0.001 to ±0.012 count, as far as rounding can carry.
#     h₁ = ______
#     h₂ = ______
#     a = ______
#     f = ______
#     R = ______
#
# 5. Backward pass
#   u₁ = 1.5, x = −2, u₂ = 1.5, w₁ = 0.5, w₂ = −1.5
#   The forward pass gives h₁ = −3, h₂ = −3, a = 3, f = 0.953, R = 0.049.
#   Compute the gradients, from the result back.
#   Carry three decimals at every step; answers within ±0.002 to ±0.005 count, as far as rounding can carry.
#     ∂R/∂f = ______
#     ∂R/∂a = ______
#     ∂R/∂h₂ = ______
#     ∂R/∂w₂ = ______
#     ∂R/∂h₁ = ______
#     ∂R/∂w₁ = ______
#
# 6. The wrong number
#   u₁ = 1.5, x = 2, u₂ = −1.5, w₁ = 1.5, w₂ = 0.5
#   One number in this graph is wrong; all others are right.
#   Carry three decimals at every step; answers within ±0.001 count.
#     w₁           1.5    −0.142
#     u₁           1.5
#     x              2
#     h₁             3    −0.071
#     w₂           0.5     0.142
#     u₂          −1.5
#     h₂            −3    −0.024
#     a              3    −0.047
#     f          0.045    −1.050
#     R          0.049         1
#     Which number is wrong?
#       a) h₂ = −3
#       b) a = 3
#       c) f = 0.045
#       d) R = 0.049
#       e) ∂R/∂f = −1.050
#       f) ∂R/∂a = −0.047
#       g) ∂R/∂w₂ = 0.142
#       h) ∂R/∂h₁ = −0.071
#     the right number = ______
#
# ```

# %%
decay = exercises.make(
    "e = θ*x - y; R = e**2/2; J = R + γ*θ**2; "
    "θ in -3..3 step 0.5; x in 1..4; y in -6..6; γ in 0.05, 0.1, 0.2; eta in 0.1, 0.2",
    1,
    seed=2,
    first=7,
    kinds=["update"],
    params=["θ"],
)
print(questions(decay))

# %% [markdown]
# This prints:
#
# ```
# 7. One step of gradient descent
#   θ = 2, x = 3, y = 1, γ = 0.05, η = 0.2
#   The forward pass gives e = 5, R = 12.5, J = 12.7.
#   Take one step of gradient descent: what is every parameter afterwards?
#     new θ = ______
#
# ```
#
# Your answers are checked by the names of their blanks.  The second one has gone uphill:

# %%
print(logistic.answer("q1", w=1.635))
print(logistic.answer("q2", w=-1.694))

# %% [markdown]
# This prints:
#
# ```
# ✓ ∂R/∂w: Right: 1.635.
# Still to be answered: phi, z, b.
# ✗ new w: That goes uphill: the step is subtracted.
# Still to be answered: b.
# ```
#
# Two open questions:
#
# - **Open 1.** On f = ½ a x² with a > 0, between which learning rates does gradient descent arrive, and with
#   which at once?  What does that mean for a function of two weights whose slope grows 100 times as fast
#   along one as along the other?
# - **Open 2.** The perceptron of this lesson has R = −log φ for a point with y = 1.  Suppose somebody takes
#   half the squared error, ½ (φ − y)², instead.  What is ∂R/∂w then, and why does that learn slowly exactly
#   where the answer is certain and wrong?

# %% [markdown]
# This sheet is also a page that marks itself, offline, and names the usual mistakes:

# %%
layered

# %% [markdown]
# ## Solutions

# %%
print(questions(logistic, answers=True))
print(questions(layered, answers=True))
print(questions(decay, answers=True))

# %% [markdown]
# - **Open 1.** A step multiplies x by 1 − ηa: it arrives for 0 < η < 2/a, and at once with η = 1/a.  With two
#   weights η has to be below 2/a of the direction with the **larger** a, and along the other a step then
#   multiplies by no less than 1 − 2/100: some hundreds of steps.  This is what momentum, Adagrad and Adam are
#   for.
# - **Open 2.** ∂R/∂w = (φ − y) φ(1 − φ) x.  The factor φ(1 − φ) is almost 0 where φ is almost 0 or 1, on the
#   wrong side too; cross-entropy cancels it.  The cell compares them at z = −8 with y = 1.

# %%
for name, risk in (("cross-entropy", "-log(phi)"), ("½ squared error", "(phi - 1)**2/2")):
    w = parameter(-8, "w")
    parse(f"phi = sigmoid(w*x); R = {risk}", w=w, x=1)["R"].backward()
    print(f"{name}: ∂R/∂w = {w.grad:.6f}")

# %% [markdown]
# This prints:
#
# ```
# cross-entropy: ∂R/∂w = -0.999665
# ½ squared error: ∂R/∂w = -0.000335
# ```
