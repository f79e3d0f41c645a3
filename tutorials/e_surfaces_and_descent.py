# %% [markdown]
# # E. Loss surfaces, gradient descent, stochastic gradient descent
#
# After this lesson you can look at a training as a path on a surface: you know where the path of a linear
# regression ends and how fast, why a loss that is not convex has paths that end elsewhere, what a saddle
# point is and how to recognise one, and what batches and epochs do to the path. You also see the two ideas
# that make backpropagation cheap: keep what the forward pass computed, and reuse the later derivatives for
# the earlier weights.
#
# It takes about 75 minutes with the exercises. You need lesson A. The figures follow Prince, *Understanding
# Deep Learning* (2023), 6.1 and 6.5. The blocks under "This prints" show what to expect.

# %%
import math
import random
import textwrap

import microgrid as mg
import viz
from microgrid import datasets, exercises, optim, parameter, parse, train
from viz import plots
from viz.lessons import show

# %% [markdown]
# ## Linear regression, by hand
#
# The model is a line β₀ + β₁x, and the loss the sum of the squared errors, L = Σ(β₀ + β₁xᵢ − yᵢ)². Three
# points, (1, 2), (2, 3) and (3, 5), from β₀ = β₁ = 0:

# %%
points = [(1, 2), (2, 3), (3, 5)]
b0 = b1 = 0.0
for _ in range(3):
    errors = [b0 + b1 * x - y for x, y in points]
    L = sum(e * e for e in errors)
    slope0 = 2 * sum(errors)
    slope1 = 2 * sum(e * x for e, (x, _) in zip(errors, points))
    print(f"β = ({b0:.4f}, {b1:.4f})  L = {L:.4f}  ∂L/∂β₀ = {slope0:.4f}  ∂L/∂β₁ = {slope1:.4f}")
    b0, b1 = b0 - 0.02 * slope0, b1 - 0.02 * slope1

# %% [markdown]
# This prints:
#
# ```
# β = (0.0000, 0.0000)  L = 38.0000  ∂L/∂β₀ = -20.0000  ∂L/∂β₁ = -46.0000
# β = (0.4000, 0.9200)  L = 4.4256  ∂L/∂β₀ = -6.5600  ∂L/∂β₁ = -15.4400
# β = (0.5312, 1.2288)  L = 0.6699  ∂L/∂β₀ = -2.0672  ∂L/∂β₁ = -5.2192
# ```
#
# The same as a graph: each parameter has an arrow to each of the three errors, and its gradient is the sum of
# what comes back from all of them.

# %%
nodes = parse(
    "e1 = b0 + b1*x1 - y1; e2 = b0 + b1*x2 - y2; e3 = b0 + b1*x3 - y3; L = e1**2 + e2**2 + e3**2",
    b0=parameter(0.0, "b0"), b1=parameter(0.0, "b1"), x1=1, y1=2, x2=2, y2=3, x3=3, y3=5,
)  # fmt: skip
nodes["L"].backward()
print(f"L = {nodes['L'].data:g}, ∂L/∂b0 = {nodes['b0'].grad:g}, ∂L/∂b1 = {nodes['b1'].grad:g}")
show(viz.draw(nodes["L"]), "regression.svg")

# %% [markdown]
# This prints:
#
# ```
# L = 38, ∂L/∂b0 = -20, ∂L/∂b1 = -46
# ```
#
# Two formulas for ∂L/∂β₁, as they stand on slides. The second has lost the xᵢ, and so is the
# other derivative, ∂L/∂β₀:

# %%
for claim in ("∂L/∂b1 = 2*e1*x1 + 2*e2*x2 + 2*e3*x3", "∂L/∂b1 = 2*e1 + 2*e2 + 2*e3"):
    report = mg.check(nodes, claim)
    print(report.text("en").splitlines()[0])

# %% [markdown]
# This prints:
#
# ```
# ✓ ∂L/∂b1 = 2*e1*x1 + 2*e2*x2 + 2*e3*x3: true, proved
# ✗ ∂L/∂b1 = 2*e1 + 2*e2 + 2*e3: false: a variable is the wrong one
# ```
#
# Where does it end? Where both derivatives are 0: two linear equations, the **normal equations**, with the
# sums of 1, x, x², y and xy.


# %%
def least_squares(points):
    """The line with the least sum of squared errors."""
    n, sx, sy = len(points), sum(x for x, _ in points), sum(y for _, y in points)
    sxx, sxy = sum(x * x for x, _ in points), sum(x * y for x, y in points)
    slope = (n * sxy - sx * sy) / (n * sxx - sx * sx)
    return (sy - slope * sx) / n, slope


def regression(b0, b1):
    return mg.sum([(b0 + b1 * x - y) ** 2 for x, y in points])


path = train.descend(regression, (0, 0), lambda ps: optim.SGD(ps, lr=0.02), 2000)
print(f"exactly: β = ({least_squares(points)[0]:.4f}, {least_squares(points)[1]:.4f})")
print(f"2000 steps: β = ({path[-1][0]:.4f}, {path[-1][1]:.4f}), L = {path.values[-1]:.4f}")

# %% [markdown]
# This prints:
#
# ```
# exactly: β = (0.3333, 1.5000)
# 2000 steps: β = (0.3333, 1.5000), L = 0.1667
# ```
#
# ## The path on the surface, beside the lines
#
# Twelve points. Each point of the path is a line, and each step moves the line:

# %% tags=["needs-numpy"]
X, y = datasets.linear(12, noise=0.4, seed=3)


def f(b0, b1):
    return sum((b0 + b1 * x - t) ** 2 for (x,), t in zip(X.tolist(), y.tolist()))


path = train.descend(f, (0, -1), lambda ps: optim.SGD(ps, lr=0.02), 40)
for k in (0, 1, 5, 40):
    print(f"step {k:2}: β = ({path[k][0]:.4f}, {path[k][1]:.4f}), L = {path.values[k]:.4f}")
exact = least_squares(list(zip(X[:, 0].tolist(), y.tolist())))
print(f"exactly: β = ({exact[0]:.4f}, {exact[1]:.4f}), L = {f(*exact):.4f}")
show(plots.linear_fit(X, y, path), "linear_fit.svg")

# %% [markdown]
# This prints:
#
# ```
# step  0: β = (0.0000, -1.0000), L = 22.8443
# step  1: β = (0.1542, -0.7336), L = 18.4045
# step  5: β = (0.4744, 0.1303), L = 8.1811
# step 40: β = (0.9413, 1.7219), L = 0.8011
# exactly: β = (0.9521, 1.7589), L = 0.7973
# ```
#
# The surface is a bowl, the same at every place: its second derivatives are 2n, 2Σx and 2Σx². The two
# **eigenvalues** λ of their matrix say how steep it is along its two axes, and each step multiplies the
# distance from the minimum along an axis by 1 − ηλ. So the flat axis decides how long it takes, and the steep
# one which η is too large: above 2/λ the path leaves.

# %% tags=["needs-numpy"]
n, sx, sxx = len(X), float(X.sum()), float((X**2).sum())
middle, radius = n + sxx, math.hypot(n - sxx, 2 * sx)
flat, steep = middle - radius, middle + radius
print(f"λ = {flat:.4f} and {steep:.4f}")
print(f"η = 0.02: factors {1 - 0.02 * flat:.4f} and {1 - 0.02 * steep:.4f}, limit η = {2 / steep:.4f}")
for rate in (0.077, 0.079):
    far = train.descend(f, (0, -1), lambda ps: optim.SGD(ps, lr=rate), 200)  # noqa: B023
    print(f"η = {rate}: L = {far.values[-1]:.3g} after 200 steps")

# %% [markdown]
# This prints:
#
# ```
# λ = 5.1268 and 25.5954
# η = 0.02: factors 0.8975 and 0.4881, limit η = 0.0781
# η = 0.077: L = 0.797 after 200 steps
# η = 0.079: L = 1.63e+03 after 200 steps
# ```
#
# ## A loss with many minima: the Gabor model
#
# One more step in the model, and the bowl is gone. Prince's **Gabor model** is a wave that fades out, f(x) =
# sin(u)·exp(−u²/32) with u = φ₀ + 0.06·φ₁x: φ₀ shifts it, φ₁ squeezes it. By hand for one sample:

# %%
phi = {"φ0": parameter(-1.0, "φ0"), "φ1": parameter(10.0, "φ1")}
gabor = parse("u = φ0 + 0.06*φ1*x; s = sin(u); g = exp(-u**2/32); f = s*g; L = (f - y)**2", x=5, y=0.2, **phi)
gabor["L"].backward()
for name in ("u", "s", "g", "f", "L"):
    print(f"{name} = {gabor[name].data:.6f}")
print(f"∂L/∂φ0 = {phi['φ0'].grad:.6f}, ∂L/∂φ1 = {phi['φ1'].grad:.6f}")
for claim in ("∂f/∂u = cos(u)*g - u/16*s*g", "∂f/∂u = cos(u)*g"):
    print(mg.check(gabor, claim).text("en").splitlines()[0])
show(viz.draw(gabor["L"], path="φ1", slide="16:9"), "gabor_graph.svg")

# %% [markdown]
# This prints:
#
# ```
# u = 2.000000
# s = 0.909297
# g = 0.882497
# f = 0.802452
# L = 0.362949
# ∂L/∂φ0 = -0.563359, ∂L/∂φ1 = -0.169008
# ✓ ∂f/∂u = cos(u)*g - u/16*s*g: true, proved
# ✗ ∂f/∂u = cos(u)*g: false: a path is missing
# ```
#
# Thirty samples, three starts, and gradient descent on the mean of all losses. Each path goes down, and each
# ends somewhere else:


# %% tags=["needs-numpy"]
def loss(φ0, φ1, x, y):
    u = φ0 + 0.06 * φ1 * x
    return (mg.sin(u) * mg.exp(-u * u / 32) - y) ** 2


X, y, starts = *datasets.gabor(30, seed=2), [(-6, 12), (4, 10), (-3, 20)]
how = {"make_optimizer": lambda ps: optim.SGD(ps, lr=2.0), "epochs": 300, "sizes": {"GD": 30}}
for start in starts:
    (path,) = train.compare_batches(loss, start, X, y, seed=3, **how).values()
    (a, b), L = path[-1], path.values[-1]
    print(f"from {start}: φ = ({a:.2f}, {b:.2f}), L = {L:.4f}")

# %% [markdown]
# This prints:
#
# ```
# from (-6, 12): φ = (-5.94, 12.36), L = 0.1572
# from (4, 10): φ = (6.36, 16.83), L = 0.0928
# from (-3, 20): φ = (0.04, 16.30), L = 0.0091
# ```
#
# Only the last one found the good minimum, near the φ = (0, 16.6) from which the samples were made. Nothing
# in the first two paths tells that there is a better place.
#
# ## SGD escapes
#
# **Stochastic** gradient descent takes one sample for a step. Each sample has its own surface, and where the
# mean is flat, single samples still pull. With the same rate, from the same starts, for twenty epochs:

# %% tags=["needs-numpy"]
how = {"make_optimizer": lambda ps: optim.SGD(ps, lr=2.0), "epochs": 20, "sizes": {"GD": 30, "SGD": 1}}
runs = [train.compare_batches(loss, start, X, y, seed=3, **how) for start in starts]
for start, run in zip(starts, runs):
    for name, path in zip(how["sizes"], run.values()):
        (a, b), L = path[-1], path.values[-1]
        print(f"{name} from {start}: {len(path) - 1} steps, φ = ({a:.2f}, {b:.2f}), L = {L:.4f}")
show(plots.surface(runs[0].f, {name: [run[name] for run in runs] for name in runs[0]}), "gabor.svg")

# %% [markdown]
# This prints:
#
# ```
# GD from (-6, 12): 20 steps, φ = (-5.89, 12.14), L = 0.1574
# SGD from (-6, 12): 600 steps, φ = (0.09, 16.12), L = 0.0097
# GD from (4, 10): 20 steps, φ = (5.03, 11.51), L = 0.2359
# SGD from (4, 10): 600 steps, φ = (0.09, 16.12), L = 0.0097
# GD from (-3, 20): 20 steps, φ = (-0.01, 20.24), L = 0.0707
# SGD from (-3, 20): 600 steps, φ = (0.09, 16.12), L = 0.0097
# ```
#
# All three end near the good minimum, and keep dancing around it, as single samples never agree: here in
# step, as the seed gives all three the same samples. It is not always so: SGD may leave a good valley as
# well. What helps is that narrow, shallow ones are left more easily.
#
# ## Saddle points
#
# Where the gradient is 0 there need not be a minimum. What decides are the second derivatives: the
# eigenvalues of the **Hessian**, the matrix of them, are positive at a minimum, negative at a maximum, and of
# both signs at a **saddle point**. Here by differences of the exact gradients, at two places of the surface
# above, less than a unit apart:


# %% tags=["needs-numpy"]
def gradient(a, b):
    φ0, φ1 = parameter(a, "φ0"), parameter(b, "φ1")
    runs[0].f(φ0, φ1).backward()
    return φ0.grad, φ1.grad


def curvatures(a, b, h=1e-4):
    """The eigenvalues of the Hessian."""
    (aa, ab), (ba, bb) = (
        [(p - q) / (2 * h) for p, q in zip(gradient(a + h * i, b + h * j), gradient(a - h * i, b - h * j))]
        for i, j in ((1, 0), (0, 1))
    )
    middle, radius = (aa + bb) / 2, math.hypot((aa - bb) / 2, (ab + ba) / 2)
    return middle - radius, middle + radius


# %% tags=["needs-numpy"]
for name, place in (("minimum", (-5.9373, 12.3611)), ("saddle", (-5.9231, 12.9600))):
    slopes, (low, high) = gradient(*place), curvatures(*place)
    print(f"{name}: gradient below 1e-4: {max(map(abs, slopes)) < 1e-4}, curvatures {low:.3f}, {high:.3f}")
    print(f"   L = {runs[0].f(*map(parameter, place)).data:.4f}")

# %% [markdown]
# This prints:
#
# ```
# minimum: gradient below 1e-4: True, curvatures 0.008, 0.107
#    L = 0.1572
# saddle: gradient below 1e-4: True, curvatures -0.016, 0.044
#    L = 0.1579
# ```
#
# That is where descent from (−6, 12) was caught: in a hollow 0.0007 deep, with a saddle as its rim. A push
# that a sample gives is much larger. In many dimensions minima of this kind are rare, as *all* curvatures
# would have to be positive; saddle points are common, and descent is slow there.
#
# ## Batches and epochs
#
# An **epoch** goes through all samples once. With batches of B of the n samples it has n/B steps: one with
# all samples, n with single ones. Forty samples of a line, three epochs:

# %% tags=["needs-numpy"]
X, y = datasets.linear(40, noise=0.5, seed=1)


def squared(b, w, x, y):
    return (b + w * x - y) ** 2


paths = train.compare_batches(squared, (-1, -1), X, y, lambda ps: optim.SGD(ps, lr=0.1), 3, seed=1)
for path in paths.values():
    print(f"{len(path) - 1} steps: L {path.values[0]:.4f} → {path.values[-1]:.4f}")
show(plots.compare(paths), "batches.svg")

# %% [markdown]
# This prints:
#
# ```
# 3 steps: L 6.5056 → 2.8509
# 12 steps: L 6.5056 → 0.6622
# 120 steps: L 6.5056 → 0.1355
# ```
#
# The samples of an epoch are drawn **without replacement**: each comes exactly once. Drawn with replacement,
# some would come several times and a sample would be left out with probability (1 − 1/n)ⁿ ≈ 1/e. Also, the
# mean of the batches' gradients is then exactly the full gradient, and that of a batch of B is off by less:
# its variance is σ²/B · (n − B)/(n − 1), which is 0 for B = n. Measured:

# %%
rng = random.Random(1)
n = 40
seen = sum(len({rng.randrange(n) for _ in range(n)}) for _ in range(2000)) / 2000 / n
print(f"with replacement an epoch sees {seen:.1%}, expected {1 - (1 - 1 / n) ** n:.1%}")
gradients = [rng.gauss(1, 2) for _ in range(n)]
full = sum(gradients) / n
order = rng.sample(gradients, n)
batches = [sum(order[k : k + 10]) / 10 for k in range(0, n, 10)]
print(f"mean of four batches = full gradient, but for rounding: {abs(sum(batches) / 4 - full) < 1e-14}")
variance = sum((g - full) ** 2 for g in gradients) / n
for size in (1, 10, 20, 40):
    draws = [sum(rng.sample(gradients, size)) / size - full for _ in range(20_000)]
    found = sum(d * d for d in draws) / 20_000
    print(f"B = {size:2}: variance {found:.2f}, formula {variance / size * (n - size) / (n - 1):.2f}")

# %% [markdown]
# This prints:
#
# ```
# with replacement an epoch sees 63.4%, expected 63.7%
# mean of four batches = full gradient, but for rounding: True
# B =  1: variance 3.27, formula 3.26
# B = 10: variance 0.25, formula 0.25
# B = 20: variance 0.08, formula 0.08
# B = 40: variance 0.00, formula 0.00
# ```
#
# ## Backprop stores, and reuses
#
# Prince's toy model, f = β₃ + ω₃·cos(β₂ + ω₂·exp(β₁ + ω₁·sin(β₀ + ω₀x))), has eight parameters, one behind
# the other. The forward pass computes seven results and **stores** them:

# %%
values = {"β0": 1.0, "β1": 0.5, "β2": 0.2, "β3": 0.7, "ω0": 0.1, "ω1": -1.0, "ω2": 2.0, "ω3": 1.5}
ps = {name: parameter(value, name) for name, value in values.items()}
toy = parse(
    "f0 = β0 + ω0*x; h1 = sin(f0); f1 = β1 + ω1*h1; h2 = exp(f1);"
    "f2 = β2 + ω2*h2; h3 = cos(f2); f3 = β3 + ω3*h3; L = (f3 - y)**2",
    x=2.0, y=0.5, **ps,
)  # fmt: skip
toy["L"].backward()
for name in ("f0", "h1", "f1", "h2", "f2", "h3", "f3", "L"):
    print(f"{name} = {toy[name].data:9.6f}   ∂L/∂{name} = {toy[name].grad:9.6f}")

# %% [markdown]
# This prints:
#
# ```
# f0 =  1.200000   ∂L/∂f0 =  0.434349
# h1 =  0.932039   ∂L/∂h1 =  1.198674
# f1 = -0.432039   ∂L/∂f1 = -1.198674
# h2 =  0.649184   ∂L/∂h2 = -1.846431
# f2 =  1.498368   ∂L/∂f2 = -0.923216
# h3 =  0.072365   ∂L/∂h3 =  0.925643
# f3 =  0.808548   ∂L/∂f3 =  0.617095
# L =  0.095202   ∂L/∂L =  1.000000
# ```
#
# Read the right column from below. Each entry is the one below it times one local derivative, made of a
# *stored* number: ∂h₃/∂f₂ = −sin f₂, ∂h₂/∂f₁ = h₂, ∂h₁/∂f₀ = cos f₀. And each parameter takes one product
# more from the entry beside it:

# %%
value = {name: node.data for name, node in toy.items()}
df3 = 2 * (value["f3"] - 0.5)
dh3 = df3 * 1.5
df2 = dh3 * -math.sin(value["f2"])
dh2 = df2 * 2.0
df1 = dh2 * value["h2"]
dh1 = df1 * -1.0
df0 = dh1 * math.cos(value["f0"])
by_hand = {"ω3": df3 * value["h3"], "ω2": df2 * value["h2"], "ω1": df1 * value["h1"], "ω0": df0 * 2.0}
by_hand |= {"β3": df3, "β2": df2, "β1": df1, "β0": df0}
for name, p in ps.items():
    print(f"∂L/∂{name} = {p.grad:9.6f}   by hand the same: {abs(p.grad - by_hand[name]) < 1e-12}")

# %% [markdown]
# This prints:
#
# ```
# ∂L/∂β0 =  0.434349   by hand the same: True
# ∂L/∂β1 = -1.198674   by hand the same: True
# ∂L/∂β2 = -0.923216   by hand the same: True
# ∂L/∂β3 =  0.617095   by hand the same: True
# ∂L/∂ω0 =  0.868697   by hand the same: True
# ∂L/∂ω1 = -1.117211   by hand the same: True
# ∂L/∂ω2 = -0.599337   by hand the same: True
# ∂L/∂ω3 =  0.044656   by hand the same: True
# ```

# %%
show(viz.draw(toy["L"], path="ω0", slide="16:9"), "toy.svg")

# %% [markdown]
# What the reuse saves: if each weight multiplied its own chain of local derivatives from the loss back, a
# model of k layers would take 2 + 4 + … + 2k = k(k + 1) multiplications for its ω; with reuse it takes 2 a
# layer and one for each weight. Differences would take a forward pass for each parameter.

# %%
for k in (4, 10, 100):
    print(f"{k:3} layers: each for itself {k * (k + 1)}, with reuse {3 * k}")

# %% [markdown]
# This prints:
#
# ```
#   4 layers: each for itself 20, with reuse 12
#  10 layers: each for itself 110, with reuse 30
# 100 layers: each for itself 10100, with reuse 300
# ```
#
# ## Exercises
#
# Seven with numbers, and two open questions. The first four are about a line through two points. Another
# `seed` gives other numbers; `sheet.save(folder)` writes the sheet for paper, for Moodle and as a page that
# marks itself.


# %%
def questions(sheet, answers=False):
    """The exercises without the heading, which says how to make them again."""
    lines = sheet.text(answers=answers).split("\n\n", 2)[2].splitlines()
    return "\n".join(textwrap.fill(line, 100, subsequent_indent="      ") for line in lines)


lines = exercises.make(
    "e1 = b0 + b1*x1 - y1; e2 = b0 + b1*x2 - y2; L = e1**2 + e2**2;"
    "b0, b1 in -3..3 step 0.5; x1, x2 in -4..4; y1, y2 in -6..6; eta in 0.01, 0.05, 0.1",
    4,
    seed=1,
    kinds=["backward", "update", "missing-path", "true-false"],
    params=["b0", "b1"],
)
print(questions(lines))

# %% [markdown]
# This prints:
#
# ```
# 1. Backward pass
#   b₀ = 2.5, b₁ = −2, x₁ = 3, y₁ = −2, x₂ = 4, y₂ = −1
#   The forward pass gives e₁ = −1.5, e₂ = −4.5, L = 22.5.
#   Compute the gradients, from the result back.
#     ∂L/∂e₂ = ______
#     ∂L/∂e₁ = ______
#     ∂L/∂b₁ = ______
#     ∂L/∂b₀ = ______
#
# 2. One step of gradient descent
#   b₀ = −1.5, b₁ = 1.5, x₁ = 4, y₁ = 2, x₂ = 3, y₂ = −5, η = 0.01
#   The forward pass gives e₁ = 2.5, e₂ = 8, L = 70.25.
#   Take one step of gradient descent: what is every parameter afterwards?
#     new b₀ = ______
#     new b₁ = ______
#
# 3. The missing path
#   b₀ = 2.5, b₁ = −3, x₁ = −4, y₁ = 4, x₂ = 4, y₂ = −3
#   The forward pass gives e₁ = 10.5, e₂ = −6.5, L = 152.5.
#   A gradient was written as a sum over paths, and one is missing: ∂L/∂b₁ = ∂L/∂e₂ · ∂e₂/∂b₁.
#     Which path from b₁ to L is missing?
#       a) b₁ → e₁ → L
#       b) b₁ → e₂ → L
#     ∂L/∂b₁ = ______
#
# 4. True or false?
#   b₀ = 2, b₁ = −2.5, x₁ = 4, y₁ = −1, x₂ = 3, y₂ = −4
#   The forward pass gives e₁ = −7, e₂ = −1.5, L = 51.25.
#     Is ∂L/∂b₁ = 2·e₁·x₁ true, for all numbers?
#       a) true
#       b) false
# ```
#
# Two layers of the toy model, and a step down a quartic with two minima:

# %%
layers = exercises.make(
    "z = b0 + w0*x; h = sin(z); f = b1 + w1*h; L = (f - y)**2;"
    "b0 in -1..1 step 0.5; w0 in -1..1 step 0.5; b1, w1 in -3..3; x in -2..2; y in -3..3",
    2,
    seed=1,
    first=5,
    kinds=["backward", "wrong-number"],
    params=["b0", "w0", "b1", "w1"],
)
quartic = exercises.make("quartic", 1, seed=1, first=7, kinds=["update"])
print(questions(layers) + "\n" + questions(quartic))

# %% [markdown]
# This prints:
#
# ```
# 5. Backward pass
#   b₀ = −0.5, w₀ = 0.5, x = −2, b₁ = 3, w₁ = 2, y = −3
#   The forward pass gives z = −1.5, h = −0.997, f = 1.005, L = 16.040.
#   Compute the gradients, from the result back.
#   Carry three decimals at every step; answers within ±0.002 to ±0.018 count, as far as rounding can
#       carry.
#     ∂L/∂f = ______
#     ∂L/∂h = ______
#     ∂L/∂z = ______
#     ∂L/∂w₀ = ______
#     ∂L/∂b₀ = ______
#     ∂L/∂w₁ = ______
#     ∂L/∂b₁ = ______
#
# 6. The wrong number
#   b₀ = −0.5, w₀ = −0.5, x = −2, b₁ = −1, w₁ = −2, y = −3
#   One number in this graph is wrong; all others are right.
#   Carry three decimals at every step; answers within ±0.014 count.
#     b₁            −1     2.082
#     w₁            −2     0.998
#     b₀          −0.5    −3.655
#     w₀          −0.5        −2
#     x             −2
#     z            0.5    −3.655
#     h          0.479    −4.165
#     f         −1.959     2.082
#     y             −3
#     L          1.084         1
#     Which number is wrong?
#       a) h = 0.479
#       b) ∂L/∂f = 2.082
#       c) ∂L/∂h = −4.165
#       d) ∂L/∂z = −3.655
#       e) ∂L/∂w₀ = −2
#       f) ∂L/∂b₀ = −3.655
#       g) ∂L/∂w₁ = 0.998
#       h) ∂L/∂b₁ = 2.082
#     the right number = ______
# 7. One step of gradient descent
#   x = −4, p = 5, q = −14, η = 0.02
#   The forward pass gives a = 16, c = 256, d = 80, f = 231.
#   Take one step of gradient descent: what is every parameter afterwards?
#     new x = ______
# ```
#
# Two open questions:
#
# - **Open 1.** The loss of a linear regression is divided by n, a mean instead of a sum. What happens to the
#   eigenvalues, to the largest η, and to the path with the η that suits it?
# - **Open 2.** You train with batches of one, and then with batches of ten. By how much may η grow, if the
#   steps of an epoch should move as far as before? What does the noise of the path do?
#
# This sheet is also a page that marks itself, offline, and names the usual mistakes:

# %%
lines

# %% [markdown]
# ## Solutions

# %%
for sheet in lines, layers, quartic:
    print(questions(sheet, answers=True))

# %% [markdown]
# This prints:
#
# ```
# 1. Backward pass
#   b₀ = 2.5, b₁ = −2, x₁ = 3, y₁ = −2, x₂ = 4, y₂ = −1
#   The forward pass gives e₁ = −1.5, e₂ = −4.5, L = 22.5.
#   Compute the gradients, from the result back.
#     ∂L/∂e₂ = −9    ∂L/∂L · ∂L/∂e₂ = 1 · (−9)
#     ∂L/∂e₁ = −3    ∂L/∂L · ∂L/∂e₁ = 1 · (−3)
#     ∂L/∂b₁ = −45    ∂L/∂e₂ · ∂e₂/∂b₁ + ∂L/∂e₁ · ∂e₁/∂b₁ = −9 · 4 + (−3) · 3
#     ∂L/∂b₀ = −12    ∂L/∂e₂ · ∂e₂/∂b₀ + ∂L/∂e₁ · ∂e₁/∂b₀ = −9 · 1 + (−3) · 1
#
# 2. One step of gradient descent
#   b₀ = −1.5, b₁ = 1.5, x₁ = 4, y₁ = 2, x₂ = 3, y₂ = −5, η = 0.01
#   The forward pass gives e₁ = 2.5, e₂ = 8, L = 70.25.
#   Take one step of gradient descent: what is every parameter afterwards?
#     new b₀ = −1.71    b₀ − η · ∂L/∂b₀ = −1.5 − 0.01 · 21
#     new b₁ = 0.82    b₁ − η · ∂L/∂b₁ = 1.5 − 0.01 · 68
#
# 3. The missing path
#   b₀ = 2.5, b₁ = −3, x₁ = −4, y₁ = 4, x₂ = 4, y₂ = −3
#   The forward pass gives e₁ = 10.5, e₂ = −6.5, L = 152.5.
#   A gradient was written as a sum over paths, and one is missing: ∂L/∂b₁ = ∂L/∂e₂ · ∂e₂/∂b₁.
#     Which path from b₁ to L is missing?
#     * a) b₁ → e₁ → L
#       b) b₁ → e₂ → L
#     ∂L/∂b₁ = −136    ∂L/∂e₂ · ∂e₂/∂b₁ + ∂L/∂e₁ · ∂e₁/∂b₁ = −13 · 4 + 21 · (−4)
#
# 4. True or false?
#   b₀ = 2, b₁ = −2.5, x₁ = 4, y₁ = −1, x₂ = 3, y₂ = −4
#   The forward pass gives e₁ = −7, e₂ = −1.5, L = 51.25.
#     Is ∂L/∂b₁ = 2·e₁·x₁ true, for all numbers?
#       a) true
#     * b) false
# 5. Backward pass
#   b₀ = −0.5, w₀ = 0.5, x = −2, b₁ = 3, w₁ = 2, y = −3
#   The forward pass gives z = −1.5, h = −0.997, f = 1.005, L = 16.040.
#   Compute the gradients, from the result back.
#   Carry three decimals at every step; answers within ±0.002 to ±0.018 count, as far as rounding can
#       carry.
#     ∂L/∂f = 8.010    ∂L/∂L · ∂L/∂f = 1 · 8.010
#     ∂L/∂h = 16.020    ∂L/∂f · ∂f/∂h = 8.010 · 2
#     ∂L/∂z = 1.133    ∂L/∂h · ∂h/∂z = 16.020 · 0.071
#     ∂L/∂w₀ = −2.266    ∂L/∂z · ∂z/∂w₀ = 1.133 · (−2)
#     ∂L/∂b₀ = 1.133    ∂L/∂z · ∂z/∂b₀ = 1.133 · 1
#     ∂L/∂w₁ = −7.990    ∂L/∂f · ∂f/∂w₁ = 8.010 · (−0.997)
#     ∂L/∂b₁ = 8.010    ∂L/∂f · ∂f/∂b₁ = 8.010 · 1
#
# 6. The wrong number
#   b₀ = −0.5, w₀ = −0.5, x = −2, b₁ = −1, w₁ = −2, y = −3
#   One number in this graph is wrong; all others are right.
#   Carry three decimals at every step; answers within ±0.014 count.
#     b₁            −1     2.082
#     w₁            −2     0.998
#     b₀          −0.5    −3.655
#     w₀          −0.5        −2
#     x             −2
#     z            0.5    −3.655
#     h          0.479    −4.165
#     f         −1.959     2.082
#     y             −3
#     L          1.084         1
#     Which number is wrong?
#       a) h = 0.479
#       b) ∂L/∂f = 2.082
#       c) ∂L/∂h = −4.165
#       d) ∂L/∂z = −3.655
#     * e) ∂L/∂w₀ = −2
#       f) ∂L/∂b₀ = −3.655
#       g) ∂L/∂w₁ = 0.998
#       h) ∂L/∂b₁ = 2.082
#     the right number = 7.310    ∂L/∂z · ∂z/∂w₀ = −3.655 · (−2)
# 7. One step of gradient descent
#   x = −4, p = 5, q = −14, η = 0.02
#   The forward pass gives a = 16, c = 256, d = 80, f = 231.
#   Take one step of gradient descent: what is every parameter afterwards?
#     new x = 0.6    x − η · ∂f/∂x = −4 − 0.02 · (−230)
# ```
#
# - **Open 1.** All second derivatives are divided by n, so the eigenvalues are, and the largest η is n times
#   as large. With n·η each step is the same: the path does not change at all. That is why η for a mean does
#   not depend on how many samples there are.
# - **Open 2.** An epoch has a tenth of the steps, so η may be ten times as large (as long as it stays below
#   2/λ). The variance of a batch's gradient is about a tenth, and a step multiplies it by η² = 100: the noise
#   of one step has ten times the variance, that of an epoch, with a tenth of the steps, the same. The cell
#   below measures it on one weight with its mean at 0.

# %%
rng = random.Random(2)
for size, rate in ((1, 0.01), (10, 0.01), (10, 0.1)):
    w, squares = 0.0, []
    for _ in range(40_000):
        w -= rate * (w - sum(rng.gauss(0, 1) for _ in range(size)) / size)
        squares.append(w * w)
    exact = rate / (2 - rate) / size
    found = sum(squares[2000:]) / 38_000
    print(f"B = {size:2}, η = {rate}: variance of w {found:.5f}, η/(2 − η)/B = {exact:.5f}")

# %% [markdown]
# This prints:
#
# ```
# B =  1, η = 0.01: variance of w 0.00480, η/(2 − η)/B = 0.00503
# B = 10, η = 0.01: variance of w 0.00044, η/(2 − η)/B = 0.00050
# B = 10, η = 0.1: variance of w 0.00508, η/(2 − η)/B = 0.00526
# ```
