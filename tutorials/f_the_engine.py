# %% [markdown]
# # F. The engine: build your own in a hundred lines
#
# After this lesson you have written an automatic differentiation engine that trains a network, tested it
# three ways, and you know what microgrid's own does beside that, and why.
#
# It takes about 75 minutes, the exercises included. You need lesson A. The blocks under "This prints" show
# what to expect.

# %%
import math
import random
import textwrap

import sympy

import microgrid as mg
import viz
from microgrid import exercises, parse
from viz.lessons import show

# %% [markdown]
# ## A number that remembers
#
# What must a node of a computational graph know? Its value, what it was made from (its **parents**), and
# how it reacts to each of them (its **partials**, the local derivatives). The partials are plain numbers:
# they are known as soon as the values are.


# %%
class Number:
    """A value, what it was made from, and how it reacts to each of these."""

    def __init__(self, data, parents=(), partials=()):
        self.data = float(data)
        self.parents = parents
        self.partials = partials
        self.grad = 0.0

    def __repr__(self):
        return f"Number({self.data:g}, grad={self.grad:g})"


w, x = Number(2), Number(3)
z = Number(w.data * x.data, parents=(w, x), partials=(x.data, w.data))  # by hand: z = w·x
print(z, z.parents, z.partials)

# %% [markdown]
# This prints:
#
# ```
# Number(6, grad=0) (Number(2, grad=0), Number(3, grad=0)) (3.0, 2.0)
# ```
#
# Nobody wants to write that for each product. An operation is a function that makes the node, with its
# value and its partials:


# %%
def number(a):
    return a if isinstance(a, Number) else Number(a)


def add(a, b):
    a, b = number(a), number(b)
    return Number(a.data + b.data, (a, b), (1.0, 1.0))


def multiply(a, b):
    a, b = number(a), number(b)
    return Number(a.data * b.data, (a, b), (b.data, a.data))


Number.__add__ = Number.__radd__ = add
Number.__mul__ = Number.__rmul__ = multiply

w, b, x = Number(2), Number(1), Number(3)
yhat = w * x + b
print(yhat, [parent.data for parent in yhat.parents], yhat.partials)

# %% [markdown]
# This prints:
#
# ```
# Number(7, grad=0) [6.0, 1.0] (1.0, 1.0)
# ```
#
# `Number.__add__ = add` is what makes `+` call our function; `__radd__` is for `1 + x`, where the left side
# is no `Number`.
#
# ## Backward, the first try: follow every path
#
# A gradient is the sum over all paths of the product of the partials along each. The shortest program for
# this sentence walks the paths: what arrives at a node is added to its gradient, and passed on to each
# parent, times the partial.

# %%
visits = 0


def follow(node, arriving=1.0):
    """Add what arrives to the gradient, and pass it on along every arrow."""
    global visits
    visits += 1
    node.grad += arriving
    for parent, partial in zip(node.parents, node.partials):
        follow(parent, arriving * partial)


w, b, x, y = Number(2), Number(1), Number(3), Number(9)
e = w * x + b + (-1) * y
L = e * e
follow(L)
print(f"L = {L.data:g}, ∂L/∂w = {w.grad:g}, ∂L/∂b = {b.grad:g}")

# %% [markdown]
# This prints:
#
# ```
# L = 4, ∂L/∂w = -12, ∂L/∂b = -4
# ```
#
# The numbers of lecture A, and right for every graph. But it walks paths, and there may be very many: h ← h
# + h doubles them each time.

# %%
for depth in (5, 10, 15):
    visits = 0
    x = h = Number(1)
    for _ in range(depth):
        h = h + h
    follow(h)
    print(f"{depth:2} additions: ∂h/∂x = {x.grad:g}, {visits} visits for {depth + 1} nodes")

# %% [markdown]
# This prints:
#
# ```
#  5 additions: ∂h/∂x = 32, 63 visits for 6 nodes
# 10 additions: ∂h/∂x = 1024, 2047 visits for 11 nodes
# 15 additions: ∂h/∂x = 32768, 65535 visits for 16 nodes
# ```
#
# ## Backward, as it should be: each node once
#
# When may a node pass on what it has? When nothing more will arrive: after all nodes that use it. Such an
# order is called **topological**. A node is always made after its parents, so a depth-first walk that lists
# a node once its parents are listed gives one; we go through it from the end.


# %%
def in_order(root):
    """All nodes below the root, parents first."""
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for parent in node.parents:
                visit(parent)
            order.append(node)

    visit(root)
    return order


def backward(root):
    order = in_order(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for parent, partial in zip(node.parents, node.partials):
            parent.grad += node.grad * partial
    return len(order)


# %%
for depth in (5, 15, 500):
    x = h = Number(1)
    for _ in range(depth):
        h = h + h
    nodes = backward(h)
    print(f"{depth:3} additions: ∂h/∂x = {x.grad:g}, {nodes} visits")

# %% [markdown]
# This prints:
#
# ```
#   5 additions: ∂h/∂x = 32, 6 visits
#  15 additions: ∂h/∂x = 32768, 16 visits
# 500 additions: ∂h/∂x = 3.27339e+150, 501 visits
# ```
#
# 2⁵⁰⁰ paths in 501 visits. This is all there is to backpropagation: one pass over the nodes, one
# multiplication and one addition for each arrow.
#
# Now a long chain:

# %%
x = h = Number(1)
for _ in range(5000):
    h = h + 1
try:
    backward(h)
except RecursionError as error:
    print(type(error).__name__)

# %% [markdown]
# This prints:
#
# ```
# RecursionError
# ```
#
# `visit` calls itself once for each node on the way down, and Python allows about a thousand calls within
# each other. A list of what waits to be done replaces the recursion; a node is met twice, once to put its
# parents before it, and once when they are done.


# %%
def in_order(root):
    """All nodes below the root, parents first, without recursion."""
    order, seen, waiting = [], set(), [(root, False)]
    while waiting:
        node, parents_done = waiting.pop()
        if parents_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            waiting.append((node, True))
            waiting.extend((parent, False) for parent in node.parents)
    return order


print(backward(h), "nodes, ∂h/∂x =", x.grad)
for node in in_order(h):
    node.parents = ()  # freed one by one: a chain that lets go link by link fills a browser's stack

# %% [markdown]
# This prints:
#
# ```
# 10001 nodes, ∂h/∂x = 1.0
# ```
#
# ## More operations
#
# An operation is a value and its partials, so new ones cost a line or two. Minus and division are made of
# what is there already; functions of one operand come from one maker.


# %%
def power(a, n):
    return Number(a.data**n, (a,), (n * a.data ** (n - 1),))


def unary(value, partial):
    """An operation of one operand x, whose partial may use the result z."""

    def operation(a):
        a = number(a)
        z = value(a.data)
        return Number(z, (a,), (partial(a.data, z),))

    return operation


Number.__pow__ = power
Number.__neg__ = lambda a: a * -1
Number.__sub__ = lambda a, b: a + -number(b)
Number.__rsub__ = lambda a, b: number(b) + -a
Number.__truediv__ = lambda a, b: a * number(b) ** -1
Number.__rtruediv__ = lambda a, b: number(b) * a**-1

# %%
exp = unary(math.exp, lambda x, z: z)
log = unary(math.log, lambda x, z: 1 / x)
tanh = unary(math.tanh, lambda x, z: 1 - z * z)
relu = unary(lambda x: max(0.0, x), lambda x, z: float(x > 0))
sigmoid = unary(lambda x: 1 / (1 + math.exp(-x)), lambda x, z: z * (1 - z))

x = Number(0.5)
y = sigmoid(x) / (1 + exp(-x)) + tanh(x) ** 2 - log(x)
backward(y)
print(f"y = {y.data:.6f}, dy/dx = {x.grad:.6f}")

# %% [markdown]
# This prints:
#
# ```
# y = 1.294155, dy/dx = -0.980578
# ```
#
# That is the whole engine: about seventy lines.
#
# ## Three tests
#
# **Finite differences**: nudge the input, look at the result. It needs no theory, and is never exact.


# %%
def formula(x):
    return sigmoid(x) / (1 + exp(-x)) + tanh(x) ** 2 - log(x)


for nudge in (1e-2, 1e-5, 1e-13):
    slope = (formula(Number(0.5 + nudge)).data - formula(Number(0.5 - nudge)).data) / (2 * nudge)
    print(f"nudge {nudge:.0e}: error {abs(slope - x.grad):.0e}")

# %% [markdown]
# This prints:
#
# ```
# nudge 1e-02: error 3e-04
# nudge 1e-05: error 3e-10
# nudge 1e-13: error 3e-04
# ```
#
# Too large a nudge meets the curve, too small a one the sixteen digits of a float. **Computer algebra** has
# no nudge:

# %%
X = sympy.Symbol("x")
logistic = 1 / (1 + sympy.exp(-X))
exact = sympy.diff(logistic / (1 + sympy.exp(-X)) + sympy.tanh(X) ** 2 - sympy.log(X), X)
print(f"{float(exact.subs(X, 0.5)):.6f}", abs(float(exact.subs(X, 0.5)) - x.grad) < 1e-12)

# %% [markdown]
# This prints:
#
# ```
# -0.980578 True
# ```
#
# And **another engine**, on many random graphs. The same program runs on both, since both have the same
# operators:


# %%
def random_graph(make, functions, seed):
    """Twenty random operations on three numbers, each on nodes that are there already."""
    rng = random.Random(seed)
    leaves = [make(rng.uniform(-1, 1)) for _ in range(3)]
    nodes = list(leaves)
    for _ in range(20):
        a, b = rng.choice(nodes), rng.choice(nodes)
        kind = rng.randrange(5)
        new = (a + b, a * b, a - b, functions[0](a), functions[1](b))[kind]
        nodes.append(new * 0.5)
    return leaves, nodes[-1] + nodes[-2]


worst = 0.0
for seed in range(200):
    ours, our_result = random_graph(Number, (tanh, sigmoid), seed)
    theirs, their_result = random_graph(mg.Value, (mg.tanh, mg.sigmoid), seed)
    backward(our_result)
    their_result.backward()
    worst = max(worst, *(abs(a.grad - b.grad) for a, b in zip(ours, theirs)))
print("200 graphs, largest difference below 1e-15:", worst < 1e-15)

# %% [markdown]
# This prints:
#
# ```
# 200 graphs, largest difference below 1e-15: True
# ```
#
# ## It learns
#
# With this engine, a network is a few sums. Here is XOR with three tanh units, trained by gradient descent:

# %%
rng = random.Random(2)
hidden = [[Number(rng.gauss(0, 1)) for _ in range(3)] for _ in range(3)]
output = [Number(rng.gauss(0, 1)) for _ in range(4)]
parameters = [p for row in [*hidden, output] for p in row]


def net(x1, x2):
    h = [tanh(w[0] + w[1] * x1 + w[2] * x2) for w in hidden]
    return sigmoid(output[0] + sum(w * unit for w, unit in zip(output[1:], h)))


POINTS = [((0, 0), 0), ((0, 1), 1), ((1, 0), 1), ((1, 1), 0)]
for epoch in range(501):
    loss = sum((net(*point) - target) ** 2 for point, target in POINTS)
    backward(loss)
    for p in parameters:
        p.data -= 0.5 * p.grad
    if epoch % 250 == 0:
        print(f"epoch {epoch:3}: loss {loss.data:.4f}")
print([round(net(*point).data, 2) for point, _ in POINTS])

# %% [markdown]
# This prints:
#
# ```
# epoch   0: loss 1.0424
# epoch 250: loss 0.0099
# epoch 500: loss 0.0037
# [0.01, 0.97, 0.97, 0.04]
# ```
#
# ## What microgrid's engine does beside this
#
# It is the same idea: a node with its value, two parents, two partials, and one walk from the newest node
# to the oldest. What is more, it does for those who use it.
#
# **It names and draws.** A graph of yours is a list of numbers; microgrid's knows labels, and shows itself.

# %%
y = parse("y = sigmoid(x)/(1 + exp(-x)) + tanh(x)**2 - log(x)", x=mg.parameter(0.5, "x"))["y"]
y.backward()
show(viz.draw(y, rankdir="TB"), "engine.svg")

# %% [markdown]
# **No sorting, no recursion.** Nodes get serial numbers when they are made, so "newest first" is a
# topological order for free. A chain of a hundred thousand is no trouble.

# %%
x = h = mg.Value(1)
for _ in range(100_000):
    h = h + 1
h.backward()
print(h.data, x.grad)

# %% [markdown]
# This prints:
#
# ```
# 100001.0 1.0
# ```
#
# **Leaves add up.** Our `backward` resets every gradient. In microgrid, as in PyTorch, those of leaves add
# up over several calls, since a batch may be several losses; a second pass over the same graph, which is
# mostly a mistake, warns.

# %%
w = mg.parameter(2, "w")
for x, y in ((3, 9), (1, 4)):
    ((w * x - y) ** 2).backward()
print(w.grad, 2 * (2 * 3 - 9) * 3 + 2 * (2 * 1 - 4) * 1)

# %% [markdown]
# This prints:
#
# ```
# -22.0 -22
# ```
#
# **All or nothing.** If a gradient would not be finite, `backward` can refuse, and then no gradient has
# changed. Ours has written half of them by then.

# %%
w, v = mg.parameter(0, "w"), mg.parameter(3, "v")
y = w**0.5 + v * w
w.grad, v.grad = 7.0, 8.0
try:
    with mg.errstate(gradient="raise"):
        y.backward()
except mg.NonFiniteGradient as error:
    print(type(error).__name__, w.grad, v.grad)

# %% [markdown]
# This prints:
#
# ```
# NonFiniteGradient 7.0 8.0
# ```
#
# **Errors that say what to do**, where `log(Number(0))` says what `math` says, and no more: `math domain
# error`, or from Python 3.14 on `expected a positive input, got 0.0`. Which number?

# %%
try:
    mg.log(mg.Value(0, "p"))
except mg.DomainError as error:
    print(str(error).partition(";")[0])

# %% [markdown]
# This prints:
#
# ```
# log('p' (0.0)) is not a real number: log needs x > 0
# ```
#
# **Gradients that are graphs.** Our gradients are numbers and end there. `mg.grad` gives nodes, which can
# be differentiated again:

# %%
x = mg.parameter(2, "x")
first = mg.grad(x**4, x)
second = mg.grad(first, x)
print(first.data, second.data)

# %% [markdown]
# This prints:
#
# ```
# 32.0 48.0
# ```
#
# **Proofs.** A partial with a slip in it, 1 + z² for tanh, passes every test that does not call it.
# microgrid's table of derivatives is proved by computer algebra, row by row; so is a block of your own.

# %%
slip = mg.custom_op("slip", value=lambda x: mg.tanh(x), partials=[lambda x: 1 + mg.tanh(x) ** 2])
print(mg.check(slip).ok, mg.verify(first).ok)

# %% [markdown]
# This prints:
#
# ```
# False True
# ```
#
# And it is compiled, so that a pass takes a fraction of the time; lesson H goes on from there.
#
# ## Exercises
#
# Answer with pen and paper, then let the exercise judge you, as in `first.answer("q1", q=0.8)`.


# %%
def ask(sheet):
    """Print an exercise, its long lines wrapped, without the answers."""
    for line in sheet.text(answers=False).splitlines():
        print(textwrap.fill(line, 100, subsequent_indent="    "))


first = exercises.make("q = a/b; y = q + a*b; a, b in 2..8", seed=5, only=1, kinds=["local"], params=["a"])
ask(first)

# %% [markdown]
# This prints:
#
# ```
# Exercises: q = a/b; y = q + a·b
#
# q = a/b; y = q + a*b
# Made again by: microgrid exercises "q = a/b; y = q + a*b; a, b in 2..8" -n 1 --seed 5 --kinds local
#     --params a
#
# 1. Local derivatives
#   a = 7, b = 5
#   The forward pass gives q = 1.4, y = 36.4.
#   Compute the local derivative on every arrow.
#     ∂q/∂a = ______
#     ∂y/∂a = ______
#     ∂y/∂q = ______
# ```

# %%
twice = "h = w*x; s = h + x; y = h*s; w, x in 2..6"
second = exercises.make(twice, seed=5, only=2, kinds=["backward"], params=["w"])
ask(second)

# %% [markdown]
# This prints:
#
# ```
# Exercises: h = w·x; s = h + x; y = h·s
#
# h = w*x; s = h + x; y = h*s
# Made again by: microgrid exercises "h = w*x; s = h + x; y = h*s; w, x in 2..6" --only 2 --seed 5
#     --kinds backward --params w
#
# 2. Backward pass
#   w = 2, x = 6
#   The forward pass gives h = 12, s = 18, y = 216.
#   Compute the gradients, from the result back.
#     ∂y/∂s = ______
#     ∂y/∂h = ______
#     ∂y/∂w = ______
# ```

# %%
third = exercises.make(twice, seed=5, only=3, kinds=["wrong-number"], params=["w"])
ask(third)

# %% [markdown]
# This prints:
#
# ```
# Exercises: h = w·x; s = h + x; y = h·s
#
# h = w*x; s = h + x; y = h*s
# Made again by: microgrid exercises "h = w*x; s = h + x; y = h*s; w, x in 2..6" --only 3 --seed 5
#     --kinds wrong-number --params w
#
# 3. The wrong number
#   w = 4, x = 3
#   One number in this graph is wrong; all others are right.
#     w              4         3
#     x              3
#     h             12        27
#     s             15        12
#     y            180         1
#     Which number is wrong?
#       a) h = 12
#       b) s = 15
#       c) y = 180
#       d) ∂y/∂s = 12
#       e) ∂y/∂h = 27
#       f) ∂y/∂w = 3
#     the right number = ______
# ```

# %%
fourth = exercises.make(twice, seed=5, only=4, kinds=["missing-path"], params=["w"])
ask(fourth)

# %% [markdown]
# This prints:
#
# ```
# Exercises: h = w·x; s = h + x; y = h·s
#
# h = w*x; s = h + x; y = h*s
# Made again by: microgrid exercises "h = w*x; s = h + x; y = h*s; w, x in 2..6" --only 4 --seed 5
#     --kinds missing-path --params w
#
# 4. The missing path
#   w = 4, x = 5
#   The forward pass gives h = 20, s = 25, y = 500.
#   A gradient was written as a sum over paths, and one is missing: ∂y/∂w = ∂y/∂h · ∂h/∂w.
#     Which path from w to y is missing?
#       a) w → h → s → y
#       b) w → h → y
#     ∂y/∂w = ______
# ```

# %%
fifth = exercises.make(twice, seed=5, only=5, kinds=["true-false"], params=["w"])
ask(fifth)

# %% [markdown]
# This prints:
#
# ```
# Exercises: h = w·x; s = h + x; y = h·s
#
# h = w*x; s = h + x; y = h*s
# Made again by: microgrid exercises "h = w*x; s = h + x; y = h*s; w, x in 2..6" --only 5 --seed 5
#     --kinds true-false --params w
#
# 5. True or false?
#   w = 4, x = 2
#   The forward pass gives h = 8, s = 10, y = 80.
#     Is ∂y/∂w = h·x + x true, for all numbers?
#       a) true
#       b) false
# ```
#
# Two open questions.
#
# 6. Write `sin` and `absolute` with `unary`. What should the partial of |x| at 0 be? Test both against
#    microgrid.
#
# 7. Our `backward` keeps every node alive until the end. Which numbers of the graph does it need, and which
#    could be thrown away after the forward pass?
#
# Exercise 2 is also a page that marks itself, offline, and names the usual mistakes:

# %%
second

# %% [markdown]
# ## Solutions

# %%
for sheet in (first, second, third, fourth, fifth):
    (exercise,) = sheet
    for blank in exercise.blanks:
        if hasattr(blank, "expected"):
            print(exercise.id, blank.key, f"{float(blank.expected):g}")
        else:
            print(exercise.id, "abcdefgh"[blank.right])

# %% [markdown]
# This prints:
#
# ```
# q1 dq_da 0.2
# q1 dy_da 5
# q1 dy_dq 1
# q2 s 12
# q2 h 30
# q2 w 180
# q3 f
# q3 right 81
# q4 a
# q4 w 225
# q5 b
# ```
#
# 6. |x| has a kink at 0: any number from −1 to 1 is the slope of a line that touches it there, and 0 is the
#    usual convention.

# %%
sin = unary(math.sin, lambda x, z: math.cos(x))
absolute = unary(abs, lambda x, z: float((x > 0) - (x < 0)))
for ours, theirs, at in ((sin, mg.sin, 0.7), (absolute, abs, -2.0), (absolute, abs, 0.0)):
    a, b = Number(at), mg.Value(at)
    backward(ours(a))
    theirs(b).backward()
    print(a.grad == b.grad, a.grad)

# %% [markdown]
# This prints:
#
# ```
# True 0.7648421872844885
# True -1.0
# True 0.0
# ```
#
# 7. It needs the partials and who is whose parent, and no values at all: they went into the partials. Where
#    partials are not stored but computed in the backward pass, as large frameworks do, the values they are
#    computed from have to be kept instead; this is the memory that training takes and prediction does not.
