# %% [markdown]
# # H. Speed: from the tape to a program to C
#
# After this lesson you know where the time of a training goes and what can be done about it without changing
# a single number: what a node of a graph costs, how a graph becomes a list of instructions that is recorded
# once and replayed, why whole batches are computed side by side, and when none of this is allowed because
# Python decides by the data.  You have written such a program yourself, in thirty lines, and can read
# microgrid's.
#
# It takes about 60 minutes with the exercises.  You need lesson F, or to know how a backward pass walks
# through a graph.  Times differ from machine to machine, and so the lesson measures on yours: lines that
# begin with "measured" are not shown under "This prints".

# %%
import random
import textwrap
import time
import warnings

import microgrid as mg
import viz
from microgrid import Value, exercises, graph, nn, optim, parameter, train
from viz import plots
from viz.lessons import show


# %%
def seconds(work, least=0.05):
    """How long a call takes, the shortest of several."""
    taken = []
    while len(taken) < 3 or sum(taken) < least:
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def times(slow, fast):
    """A ratio in words."""
    steps = {1.5: "about as long", 5: "a few times as long", 30: "some ten times as long"}
    steps |= {300: "some hundred times as long", 3000: "some thousand times as long"}
    return next((words for most, words in steps.items() if slow / fast < most), "ten thousand times as long")


# %% [markdown]
# ## What a node costs
#
# Every operation on a Value makes a Python object that knows its number, its gradient, what it was computed
# from and by which rule.  A network with two hidden layers of 16 makes, for **one** sample:

# %%
random.seed(1)
net = nn.MLP(2, [16, 16, 1])
x, y = [Value(0.5, "x1"), Value(-1.0, "x2")], Value(1.0, "y")


def squared(prediction, target):
    difference = prediction - target
    return difference * difference


L = squared(net(x), y)
count = graph.counts(L)
results = count.nodes - count.leaves
print(f"{count.nodes} nodes: {count.leaves} leaves and {results} results; {count.edges} arrows")
print(f"measured: a node takes {count.bytes / count.nodes:.0f} bytes, the graph {count.bytes / 1024:.0f} KiB")

# %% [markdown]
# This prints:
#
# ```
# 982 nodes: 340 leaves and 642 results; 1252 arrows
# ```
#
# 337 parameters and three data are the leaves.  A unit with n inputs makes n products, n sums and a relu; so
# the layers have 16·(2 + 2 + 1), 16·(16 + 16 + 1) and 16 + 16 results, and the loss has two.  The arithmetic
# is the smallest part of the work.  What takes the time is making the objects, and forgetting them again, for
# each sample of each step:


# %%
def eager():
    """One sample: build, go back, forget."""
    net.zero_grad()
    squared(net(x), y).backward()


one = seconds(eager)
print(f"measured: {1e6 * one:.0f} µs for a sample, {1e9 * one / count.nodes:.0f} ns for a node")

# %% [markdown]
# ## A tape of your own
#
# The graph is the same for every sample; only the numbers differ.  So write down **once** which operation
# comes after which, and where its operands lie in one list of numbers.  That is a *tape*: the instructions of
# a very small computer.

# %%
RULES = {
    "add": (lambda a, b: a + b, lambda a, b: (1.0, 1.0)),
    "sub": (lambda a, b: a - b, lambda a, b: (1.0, -1.0)),
    "mul": (lambda a, b: a * b, lambda a, b: (b, a)),
    "relu": (lambda a: a * (a > 0), lambda a: (1.0 * (a > 0),)),
}


def record(root):
    """The tape of a graph, its numbers, and at which place each Value stands."""
    order = graph.order(root)
    place = {v: k for k, v in enumerate(order)}
    tape = [(k, v.op, [place[p] for p in v.parents]) for k, v in enumerate(order) if v.op]
    return tape, [v.data for v in order], place


# %%
def forward(tape, numbers):
    for k, op, places in tape:
        numbers[k] = RULES[op][0](*[numbers[p] for p in places])


def backward(tape, numbers):
    gradient = [0.0] * len(numbers)
    gradient[-1] = 1.0
    for k, op, places in reversed(tape):
        for p, slope in zip(places, RULES[op][1](*[numbers[p] for p in places])):
            gradient[p] = gradient[p] + gradient[k] * slope
    return gradient


# %% [markdown]
# First on a small graph, (relu(wx + b) − y)², to read it:

# %%
w, b = parameter(2.0, "w"), parameter(-1.0, "b")
u, t = Value(3.0, "x"), Value(4.0, "y")
small = squared((w * u + b).relu(), t)
tape, numbers, place = record(small)
names = {place[v]: v.label for v in place if v.label}
for k, op, places in tape:
    print(f"%{k} = {op}({', '.join(names.get(p, f'%{p}') for p in places)})   {numbers[k]:g}")
gradient = backward(tape, numbers)
small.backward()
print(f"tape: ∂L/∂w = {gradient[place[w]]:g}, ∂L/∂b = {gradient[place[b]]:g}", end="; ")
print(f"engine: {w.grad:g}, {b.grad:g}")
small.label = "L"
show(viz.draw(small, slide="16:9"), "small.svg")

# %% [markdown]
# This prints:
#
# ```
# %2 = mul(w, x)   6
# %4 = add(%2, b)   5
# %5 = relu(%4)   5
# %7 = sub(%5, y)   1
# %8 = mul(%7, %7)   1
# tape: ∂L/∂w = 6, ∂L/∂b = 2; engine: 6, 2
# ```
#
# Another sample needs no other graph.  Put its numbers where x and y stand, and go through the tape again:

# %%
for sample in ((1.0, 4.0), (0.25, 1.0), (-2.0, 0.0)):
    numbers[place[u]], numbers[place[t]] = sample
    forward(tape, numbers)
    gradient = backward(tape, numbers)
    print(f"x, y = {sample}: L = {numbers[-1]:g}, ∂L/∂w = {gradient[place[w]]:g}")

# %% [markdown]
# This prints:
#
# ```
# x, y = (1.0, 4.0): L = 9, ∂L/∂w = -6
# x, y = (0.25, 1.0): L = 1, ∂L/∂w = 0
# x, y = (-2.0, 0.0): L = 0, ∂L/∂w = 0
# ```
#
# Where relu's argument is negative, in the last two, its slope is 0: relu decides *inside* the instruction,
# and every sample takes its own side.  Now the network.  The gradient of all 337 parameters, by the tape and
# by the engine:

# %%
tape, numbers, place = record(L)
eager()
forward(tape, numbers)
gradient = backward(tape, numbers)
largest = max(abs(gradient[place[p]] - p.grad) for p in net.parameters())
print(f"{len(tape)} instructions; same gradient: {largest < 1e-12}")
by_tape = seconds(lambda: (forward(tape, numbers), backward(tape, numbers)))
print(f"measured: the engine takes {1e6 * one:.0f} µs for a sample, our tape {1e6 * by_tape:.0f} µs")

# %% [markdown]
# This prints:
#
# ```
# 642 instructions; same gradient: True
# ```
#
# Look at the two times.  Our tape makes no objects, but it is interpreted by Python, and where microgrid is
# compiled its engine is C.  Two things are missing: a faster interpreter, and fewer, larger instructions for
# it.
#
# ## The same by `compile`
#
# `mg.compile` records a graph, puts sums of products into single instructions, and hands the list to an
# interpreter in C, the *kernel*.  `print(program)` lists it (its first line says what it runs on):

# %% tags=["needs-numpy"]
program = mg.compile(small, [u, t])
print(*str(program).splitlines()[1:], sep="\n")

# %% [markdown]
# This prints:
#
# ```
# inputs:     %0 'x', %1 'y'
# parameters: %2 'w', %3 'b'
# outputs:    %6 'L'
# for each sample:
#   %4 = sum(%2*%0, %3); relu
#   %5 = sum(%4, -%1)
#   %6 'L' = sum(%5*%5)
# ```
#
# Read line by line: the inputs are the columns of a batch, %0 and %1; the parameters are %2 and %3.  The
# first instruction multiplies %2 by %0, adds %3 and applies relu, in one go.  The second is the difference,
# the third its square.  What depends on no input is computed once per call, and not for each sample:

# %% tags=["needs-numpy"]
squares = mg.compile((w * w + 1) * u, [u])
print(*str(squares).splitlines()[1:], sep="\n")

# %% [markdown]
# This prints:
#
# ```
# inputs:     %0 'x'
# parameters: %1 'w'
# constants:  1.0
# outputs:    %4
# once per call:
#   %3 = sum(%1*%1, 1.0)
# for each sample:
#   %4 = sum(%3*%0)
# ```
#
# And the network: 642 operations become four instructions.

# %% tags=["needs-numpy"]
program = mg.compile(L, [*x, y], net.parameters())
print(*str(program).splitlines()[1:], sep="\n")
size = program.stats()
print(f"{size.operations} operations, {size.lane_instructions} instructions, {size.code_bytes} bytes of code")

# %% [markdown]
# This prints:
#
# ```
# inputs:     %0 'x1', %1 'x2', %2 'y'
# parameters: %3 'w0', %4 'w1', %5 'b', %6 'w0', ... 332 more ..., %339 'b'
# outputs:    %373
# for each sample:
#   %340..%355 = sum(%[5+3r], %[3+3r]*%0, %[4+3r]*%1); relu  x16
#   %356..%371 = sum(%[67+17r], %[51+k+17r]*%[340+k] for k<16); relu  x16
#   %372 = sum(%339, %[323+k]*%[356+k] for k<16, -%2)
#   %373 = sum(%372*%372)
# 642 operations, 4 instructions, 3168 bytes of code
# ```
#
# `x16` says that an instruction is repeated sixteen times, once for each unit of a layer, r counts the
# repeats and k the terms of a sum.  `%[51+k+17r]*%[340+k] for k<16` is one unit's sum: weight k of unit r,
# which lies 17 places after that of unit r − 1 (sixteen weights and a bias), times the output of unit k
# before it.  The third instruction is the last unit and the subtraction, the fourth the square.
#
# ## Parameters are one array
#
# A program keeps its parameters in one array, in the order of the list, and gives the gradient as one array
# too.  So an optimiser's step is a line of NumPy; `write_back` gives the numbers to the Values when it is
# over.

# %% tags=["needs-numpy"]
import numpy as np

rng = np.random.default_rng(1)
X = rng.uniform(-1, 1, (1000, 2))
batch = np.column_stack([X, X[:, 0] * X[:, 1]])  # x1, x2 and the target, their product
value, slopes = program.value_and_grad(batch)
print(f"parameters {program.parameters.shape}, gradient {slopes.shape}, loss {value:.6f}")
for _ in range(500):
    program.parameters -= 0.1 * program.value_and_grad(batch)[1]
program.write_back()
print(f"after 500 steps {program.value_and_grad(batch)[0]:.6f}")
print(f"the network says {net([0.5, -0.5]).data:.4f} for 0.5 · (−0.5)")

# %% [markdown]
# This prints:
#
# ```
# parameters (337,), gradient (337,), loss 0.401467
# after 500 steps 0.001076
# the network says -0.2803 for 0.5 · (−0.5)
# ```
#
# `value_and_grad` takes the mean over the samples; with `reduce=None` it gives each sample's own.  They are
# the engine's, but for rounding: a program may round a sum of products once, where the engine rounds each
# term.

# %% tags=["needs-numpy"]
values, slopes = program.value_and_grad(batch[:5], reduce=None)
largest = 0.0
for row, loss, slope in zip(batch[:5], values, slopes):
    net.zero_grad()
    L = squared(net(row[:2]), row[2])
    L.backward()
    found = [p.grad for p in net.parameters()]
    largest = max(largest, abs(L.data - loss), abs(slope - found).max())
print(f"{values.shape} values, {slopes.shape} gradients; as the engine's: {largest < 1e-12}")

# %% [markdown]
# This prints:
#
# ```
# (5,) values, (5, 337) gradients; as the engine's: True
# ```
#
# ## Samples side by side
#
# To read an instruction, to find its operands and to jump to the code that does it costs more than the
# multiplication.  So it is done for many samples at once: in place of a number there stands a **row** of
# numbers, one for each sample, and an instruction works on whole rows.  Our tape can do that as it is, since
# NumPy's arrays know `+` and `*`:

# %% tags=["needs-numpy"]
rows = list(numbers)
for leaf, column in zip([*x, y], batch[:32].T):
    rows[place[leaf]] = column.copy()
for leaf, number in zip(net.parameters(), program.parameters):
    rows[place[leaf]] = number
forward(tape, rows)
gradient = backward(tape, rows)
found = np.array([np.mean(gradient[place[p]]) for p in net.parameters()])
value, slopes = program.value_and_grad(batch[:32])
print(f"32 samples at once; same loss: {abs(rows[-1].mean() - value) < 1e-12}", end=", ")
print(f"same gradient: {abs(found - slopes).max() < 1e-12}")

# %% [markdown]
# This prints:
#
# ```
# 32 samples at once; same loss: True, same gradient: True
# ```
#
# The kernel does this with **vector lanes**.  A register of today's processors holds 2, 4 or 8 doubles (SSE2
# or NEON, AVX2, AVX-512), and one instruction of the processor multiplies and adds them all.  A block is 32
# samples, several registers wide, so that a weight that has been loaded is used for all of them, and its
# results stay close by.  A block of this network needs a row for each of the three inputs, two for each of
# the 32 units, its sum and its relu, and two for what comes last; and as many adjoints:

# %% tags=["needs-numpy"]
print(f"{size.lane_slots} rows × 32 samples × 8 bytes × 2 = {size.block_bytes} bytes")
print("measured: here the program runs on", program.runs_on)

# %% [markdown]
# This prints:
#
# ```
# 69 rows × 32 samples × 8 bytes × 2 = 35328 bytes
# ```
#
# which fits into the cache next to the processor; all thousand samples at once would not.  Large batches are
# shared among the cores, too.
#
# ## Measured side by side
#
# A sample's gradient in five ways, each giving the same numbers.  The first three are eager or interpreted
# by Python, the last two by the kernel, if it is there:

# %% tags=["needs-numpy"]
thirty = batch[:32].copy()
ways = {
    "engine": one,
    "our tape": by_tape,
    "our tape, 32 side by side": seconds(lambda: (forward(tape, rows), backward(tape, rows))) / 32,
    "program, one by one": seconds(lambda: program.value_and_grad(thirty[:1])),
    "program, 1000 at once": seconds(lambda: program.value_and_grad(batch)) / len(batch),
}
for way, taken in ways.items():
    words = times(taken, ways["program, 1000 at once"])
    print(f"measured: {way:<26} {1e6 * taken:9.3f} µs a sample, {words} as the last")

# %% tags=["needs-numpy"]
from matplotlib.figure import Figure

figure = Figure(figsize=(7, 2.6), layout="constrained")
axes = figure.subplots()
axes.plot([1e6 * taken for taken in ways.values()], list(ways), "o", markersize=9)
axes.set(xscale="log", xlabel="µs for the gradient of one sample")
axes.grid(alpha=0.3)
axes.invert_yaxis()
show(figure, "ways.svg")

# %% [markdown]
# ## When Python decides by the data
#
# A tape knows what was done, and not why.  An `if` that looked at a number leaves no trace: the program
# repeats the side that was taken when it was recorded, for all samples.

# %%
k, z = parameter(1.0, "k"), Value(2.0, "z")


def leaky(k, z):
    return k * z if z > 0 else 0.1 * k * z


recorded, numbers, place = record(leaky(k, z))
numbers[place[z]] = -2.0
forward(recorded, numbers)
print(f"tape of z = 2, replayed with z = −2: {numbers[-1]:g}; right is {leaky(k, Value(-2.0)).data:g}")

# %% [markdown]
# This prints:
#
# ```
# tape of z = 2, replayed with z = −2: -2; right is -0.2
# ```
#
# Nothing crashed, and the number is wrong.  This is why `train.fit` records not one sample but some 32 spread
# over the data, compares their graphs, and **refuses to replay** where they differ.  It says so, and computes
# in Python what it must.


# %% tags=["needs-numpy"]
class Deciding(nn.Module):
    """A line whose slope is 0.1·k where x is negative, by an if."""

    def __init__(self):
        self.k = parameter(0.5, "k")

    def __call__(self, x):
        return self.k * x[0] if x[0] > 0 else 0.1 * self.k * x[0]


samples, targets = [[-2.0], [-1.0], [1.0], [2.0]], [-0.4, -0.2, 2.0, 4.0]
options = {"loss": "mse", "optimizer": lambda ps: optim.SGD(ps, lr=0.1), "epochs": 50}
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    model = Deciding()
    history = train.fit(model, samples, targets, **options)
print(textwrap.fill(str(said[0].message), 100))
print(f"computed by {history.runs_on}; k = {model.k.data:.4f}")

# %% [markdown]
# This prints:
#
# ```
# fit cannot replay this model, and computes every sample in Python, many times slower: examples have
# different graphs, of 8 and 6 nodes, so Python decides by the data
# computed by Python; k = 2.0000
# ```
#
# The way out is to let an operation decide, as relu does: `mg.leaky_relu(z, 0.1)` has the `if` inside, where
# each sample takes its own side, and its partial with it.


# %% tags=["needs-numpy"]
class Operation(Deciding):
    def __call__(self, x):
        return self.k * mg.leaky_relu(x[0], 0.1)


with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    model = Operation()
    history = train.fit(model, samples, targets, **options)
print(f"warnings: {len(said)}; replayed: {history.runs_on != 'Python'}; k = {model.k.data:.4f}")

# %% [markdown]
# This prints:
#
# ```
# warnings: 0; replayed: True; k = 2.0000
# ```
#
# ## `fit`: the same training, replayed
#
# `train.fit` does all this by itself: it records a sample, replays batches, keeps the parameters in one array
# and writes them back at the end.  Where a batch is more than its samples, as in batch normalisation, it
# records a whole batch.  With `replay=False` it computes the same steps in Python:


# %% tags=["needs-numpy"]
def trained(**how):
    """The history of eight epochs, and how long they took."""
    random.seed(1)
    model = nn.MLP(2, [16, 16, 1])
    start = time.perf_counter()
    options = {"loss": "mse", "optimizer": lambda ps: optim.Adam(ps, lr=0.01), "epochs": 8, "seed": 1}
    history = train.fit(model, X[:120], batch[:120, 2], batch_size=12, **options, **how)
    return history, time.perf_counter() - start


replayed, fast = trained()
in_python, slow = trained(replay=False)
apart = max(abs(a - b) for a, b in zip(replayed["loss"], in_python["loss"]))
print(f"loss {replayed['loss'][0]:.4f} → {replayed['loss'][-1]:.4f}; same history: {apart < 1e-9}")
print(f"measured: in Python {times(slow, fast)} as replayed and recorded, {slow:.2f} s and {fast:.2f} s")
show(plots.curves(replayed), "replayed.svg")

# %% [markdown]
# This prints:
#
# ```
# loss 0.0941 → 0.0032; same history: True
# ```
#
# ## More than one process
#
# Two things can be shared out.  **Many trainings**, which have nothing to do with one another: `train.sweep`
# fits a model for each choice of settings and ranks them.


# %% tags=["needs-numpy"]
def make(width, lr):
    return nn.MLP(1, [width, 1], activation="tanh"), {"optimizer": lambda ps: optim.Adam(ps, lr=lr)}


line = [[k / 10] for k in range(-20, 21)]
parabola = [x[0] ** 2 for x in line]
study = train.sweep(
    make, {"width": [4, 16], "lr": [0.1, 0.001]}, line, parabola, loss="mse", epochs=200, progress=False
)
for fit in study.ranked:
    print(fit.settings, f"loss {fit.history['loss'][-1]:.4f}")

# %% [markdown]
# This prints:
#
# ```
# {'width': 16, 'lr': 0.1} loss 0.0010
# {'width': 4, 'lr': 0.1} loss 0.0025
# {'width': 16, 'lr': 0.001} loss 1.7445
# {'width': 4, 'lr': 0.001} loss 2.1766
# ```
#
# With `executor=` the fits are computed elsewhere, with the same numbers: by the processes of this machine, a
# Dask client, Ray, or joblib.  In a file of your own, where `make` is a function that other processes can
# import:
#
#     from concurrent.futures import ProcessPoolExecutor
#
#     if __name__ == "__main__":
#         with ProcessPoolExecutor() as pool:
#             study = train.sweep(make, settings, X, y, loss="mse", epochs=200, executor=pool)
#
# And **one training of very many samples**: `fit(..., executor=client, shards=8)` lays the samples on the
# workers of Dask or Ray once, in eight parts; a step sends the parameters, and adds up the gradients that
# come back.  The gradient of a mean is the mean of gradients, and so with full batches the steps are those of
# one process, but for rounding.  `shards` alone deals the samples out in one process, in the same way:

# %% tags=["needs-numpy"]
histories = []
for shards in (None, 1, 4):
    random.seed(1)
    model = nn.MLP(2, [16, 16, 1])
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    how = {"loss": "mse", "optimizer": optimizer, "epochs": 20, "shards": shards}
    histories.append(train.fit(model, X, batch[:, 2], **how)["loss"])
apart = max(abs(a - b) for other in histories[1:] for a, b in zip(histories[0], other))
print(f"loss after 20 steps {histories[0][-1]:.4f}; the same for 1 and 4 shards: {apart < 1e-9}")

# %% [markdown]
# This prints:
#
# ```
# loss after 20 steps 0.0090; the same for 1 and 4 shards: True
# ```
#
# It pays from some hundred thousand samples in a batch on: below, sending takes longer than computing.
#
# ## Other machines: `to_jax` and `to_torch`
#
# A program is a function of an array of parameters and a batch, and `program.to_jax()` and
# `program.to_torch()` give it as one: JAX compiles it for a graphics processor, differentiates it further, or
# spreads it over devices; PyTorch trains it by its own optimisers.  The derivatives follow the same rules,
# kinks included.  For what a scalar engine is for, understanding, neither is needed; they are the bridge for
# those who outgrow it.
#
#     import jax
#
#     jax.config.update("jax_enable_x64", True)
#     f = program.to_jax()
#     gradient = jax.jit(jax.grad(lambda p: f(p, batch).mean()))(program.parameters)

# %% [markdown]
# ## What a framework generates: `to_c`
#
# A framework that compiles arrays writes a program too, in C or for a processor, and hands it to a compiler.
# `program.to_c()` shows what: one loop over the samples for each instruction, under the labels of its nodes,
# forward and back.

# %% tags=["needs-numpy"]
weight, bias = parameter(2.0, "w"), parameter(1.0, "b")
point, target = Value(3.0, "x"), Value(9.0, "y")
written = mg.compile((weight * point + bias - target) ** 2, [point, target]).to_c()
print(written[written.index("INLINE void forward") : written.index("/* ---- The same backwards")].strip())

# %% [markdown]
# This prints:
#
# ```
# INLINE void forward(const int L, const double *restrict U, double (*restrict V)[L])
# {
#     /* w*x + b - y */
#     LANES(l) V[2][l] = U[0]*V[0][l] + U[1] - V[1][l];
#     /* V[2]*V[2] */
#     LANES(l) V[3][l] = V[2][l]*V[2][l];
# }
# ```
#
# U holds the parameters, V a row of samples for each input and each result.
# `mg.compile(..., backend="c")` has gcc or clang build the whole file, once, and runs it: about a fifth less
# time for the moons, a third less for a program of many short instructions, since nothing is left to
# interpret.

# %% [markdown]
# ## Exercises
#
# Seven with numbers and two open questions.  The first five replay one sample of a unit with relu; the last
# two take the mean over two samples, as `value_and_grad` does.


# %%
def questions(sheet, answers=False):
    """The exercises without the heading, which says how to make them again."""
    lines = sheet.text(answers=answers).split("\n\n", 2)[2].splitlines()
    return "\n".join(textwrap.fill(line, 100, subsequent_indent="    ") for line in lines)


sheet = exercises.make(
    "z = w*x + b; a = relu(z); d = a - y; L = d*d; w, b in -3..3; x in -3..3; y in -2..4; eta in 0.1, 0.5",
    5,
    seed=6,
    kinds=["forward", "backward", "update", "local", "true-false"],
)
print(questions(sheet))

# %% [markdown]
# This prints:
#
# ```
# 1. Forward pass
#   w = −3, x = −2, b = −3, y = −1
#   Compute the value of every node.
#     z = ______
#     a = ______
#     d = ______
#     L = ______
#
# 2. Backward pass
#   w = −2, x = −3, b = −2, y = 2
#   The forward pass gives z = 4, a = 4, d = 2, L = 4.
#   Compute the gradients, from the result back.
#     ∂L/∂d = ______
#     ∂L/∂a = ______
#     ∂L/∂z = ______
#     ∂L/∂b = ______
#     ∂L/∂w = ______
#
# 3. One step of gradient descent
#   w = 2, x = 3, b = −3, y = −2, η = 0.1
#   The forward pass gives z = 3, a = 3, d = 5, L = 25.
#   Take one step of gradient descent: what is every parameter afterwards?
#     new w = ______
#     new b = ______
#
# 4. Local derivatives
#   w = −3, x = −2, b = −1, y = −1
#   The forward pass gives z = 5, a = 5, d = 6, L = 36.
#   Compute the local derivative on every arrow.
#     ∂z/∂w = ______
#     ∂z/∂b = ______
#     ∂a/∂z = ______
#     ∂d/∂a = ______
#     ∂L/∂d = ______
#
# 5. True or false?
#   w = 2, x = 3, b = 2, y = 3
#   The forward pass gives z = 8, a = 8, d = 5, L = 25.
#     Is ∂L/∂w = d·relu′(z)·x + d·relu′(z)·x true, for all numbers?
#       a) true
#       b) false
# ```

# %%
two = exercises.make(
    "L1 = (w*x1 - y1)**2; L2 = (w*x2 - y2)**2; L = (L1 + L2)/2; "
    "w in -2..2; x1, x2 in -3..3; y1, y2 in -4..4; eta in 0.1, 0.5",
    2,
    seed=3,
    first=6,
    kinds=["missing-path", "update"],
    params=["w"],
)
print(questions(two))

# %% [markdown]
# This prints:
#
# ```
# 6. The missing path
#   w = −2, x₁ = 3, y₁ = 3, x₂ = 3, y₂ = −1
#   The forward pass gives L₁ = 81, L₂ = 25, L = 53.
#   A gradient was written as a sum over paths, and one is missing: ∂L/∂w = ∂L/∂L₂ · ∂L₂/∂w.
#     Which path from w to L is missing?
#       a) w → L₁ → L
#       b) w → L₂ → L
#     ∂L/∂w = ______
#
# 7. One step of gradient descent
#   w = −2, x₁ = 3, y₁ = 2, x₂ = −3, y₂ = −4, η = 0.5
#   The forward pass gives L₁ = 64, L₂ = 100, L = 82.
#   Take one step of gradient descent: what is every parameter afterwards?
#     new w = ______
# ```
#
# Two open questions:
#
# - **Open 1.** The kernel takes 32 samples at a time.  Why not all of a batch of ten thousand, which would
#   have the instructions read only once?  Count the bytes, for the network of this lesson.
# - **Open 2.** A training loop leaves out the samples whose error is small (`if error < 0.01: continue`).
#   May it be replayed?  And a network with dropout, whose factors are drawn anew for each sample?

# %% [markdown]
# This sheet is also a page that marks itself, offline, and names the usual mistakes:

# %%
sheet

# %% [markdown]
# ## Solutions

# %%
print(questions(sheet, answers=True), questions(two, answers=True), sep="\n\n")

# %% [markdown]
# - **Open 1.** Values and adjoints of all rows have to be at hand until the way back has used them, rows ×
#   samples × 8 bytes × 2.  The cell below says how much that is: a block fits into the first or second cache
#   of a core, ten thousand samples only into main memory, which is many times as slow.  At 32 samples an
#   instruction that is read is shared by so many multiplications that reading it no longer matters.
# - **Open 2.** The first may not as it is: which samples take part depends on their numbers.  It may, if
#   Python chooses the rows of the batch before each replay: then the program is the same for all that it
#   gets.  Dropout may: the graph is the same, and the factors are leaves, for which new numbers are drawn,
#   like inputs.  `fit` does that.

# %% tags=["needs-numpy"]
for samples in (32, 10_000):
    held = size.lane_slots * samples * 8 * 2
    print(f"{samples:>6} samples: {held / 1024:,.1f} KiB")

# %% [markdown]
# This prints:
#
# ```
#     32 samples: 34.5 KiB
#  10000 samples: 10,781.2 KiB
# ```
