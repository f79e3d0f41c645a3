# %% [markdown]
# # G. A tiny GPT, of single numbers
#
# After this lesson you can say what each part of a GPT computes, because you have computed it: tokens,
# embeddings, normalisation, attention, the perceptron behind it, softmax and cross-entropy, Adam, and
# sampling.  The model has the parts and the arrangement of Karpathy's microgpt (2026), which is GPT-2 but for
# three simplifications: RMSNorm without gains for LayerNorm, ReLU for GELU, and no biases.  Every number in
# it is a `Value`, and the chain rule trains it.  It learns the chemical elements, and invents more.
#
# It takes about 60 minutes with the exercises.  You need lesson B, and softmax from lesson A.

# %%
import math
import os
import random
import textwrap
from collections import Counter

import microgrid as mg
import viz
from microgrid import Value, dot, exercises, graph, no_grad, optim, parameter, parse, softmax
from microgrid.nn import Module, losses
from viz.lessons import show

# %% [markdown]
# ## Tokens
#
# A GPT reads a text piece by piece and says after each piece how likely every other is to come next.  The
# pieces are its **tokens**; ours are letters.  A dot stands before and after each name: what comes after the
# first dot is how names begin, and the second dot is how the model says that it has finished.

# %%
ELEMENTS = """hydrogen helium lithium beryllium boron carbon nitrogen oxygen fluorine neon sodium magnesium
aluminium silicon phosphorus sulfur chlorine argon potassium calcium scandium titanium vanadium chromium
manganese iron cobalt nickel copper zinc gallium germanium arsenic selenium bromine krypton rubidium strontium
yttrium zirconium niobium molybdenum technetium ruthenium rhodium palladium silver cadmium indium tin antimony
tellurium iodine xenon caesium barium lanthanum cerium praseodymium neodymium promethium samarium europium
gadolinium terbium dysprosium holmium erbium thulium ytterbium lutetium hafnium tantalum tungsten rhenium
osmium iridium platinum gold mercury thallium lead bismuth polonium astatine radon francium radium actinium
thorium protactinium uranium neptunium plutonium americium curium berkelium californium einsteinium fermium
mendelevium nobelium lawrencium rutherfordium dubnium seaborgium bohrium hassium meitnerium darmstadtium
roentgenium copernicium nihonium flerovium moscovium livermorium tennessine oganesson"""
NAMES = ELEMENTS.split()
LETTERS = "." + "".join(sorted(set("".join(NAMES))))
TOTAL = sum(len(name) + 1 for name in NAMES)  # to be predicted: the letters, and the dot at the end

print(f"{len(NAMES)} names, {len(LETTERS)} tokens: {LETTERS}")
print("tin:", [LETTERS.index(letter) for letter in ".tin."])
print("to predict:", ", ".join(f"{'.tin'[: k + 1]} → {'.tin.'[k + 1]}" for k in range(4)))

# %% [markdown]
# This prints:
#
# ```
# 118 names, 25 tokens: .abcdefghiklmnoprstuvwxyz
# tin: [0, 18, 9, 13, 0]
# to predict: . → t, .t → i, .ti → n, .tin → .
# ```
#
# ## Softmax, cross-entropy, and what to compare with
#
# A model hands out numbers, the **logits**, one for each token.  Softmax makes them probabilities, and the
# **loss** of a token is −log of the probability that it was given: the surprise to see it.  The gradient of
# the loss with respect to the logits is what was said minus what was right, p − y:

# %%
logits = [Value(2.0, "z1"), Value(1.0, "z2"), Value(0.0, "z3")]
print("p =", [f"{p.data:.4f}" for p in softmax(logits)])
loss = losses.cross_entropy_with_logits([logits], [[0, 1, 0]])
loss.backward()
print(f"−log p2 = {loss.data:.4f}   ∂L/∂z = {[f'{z.grad:.4f}' for z in logits]}")

# %% [markdown]
# This prints:
#
# ```
# p = ['0.6652', '0.2447', '0.0900']
# −log p2 = 1.4076   ∂L/∂z = ['0.6652', '-0.7553', '0.0900']
# ```
#
# Three yardsticks for what a letter may cost.  Who knows nothing finds all 25 tokens equally likely.  Who has
# counted which letter follows which, a **bigram** model, does better.  And who knows the 118 names by heart,
# each as likely as the other, pays log 118 for a name and nothing more: no model of the list can do better.

# %%
pairs = Counter(pair for name in NAMES for pair in zip("." + name, name + "."))
firsts = Counter(letter for name in NAMES for letter in "." + name)
bigram = -sum(n * math.log(n / firsts[pair[0]]) for pair, n in pairs.items()) / TOTAL
best = len(NAMES) * math.log(len(NAMES)) / TOTAL
print(f"{TOTAL} letters to predict")
print(f"knowing nothing {math.log(len(LETTERS)):.4f}, bigrams {bigram:.4f}, by heart {best:.4f}")

# %% [markdown]
# This prints:
#
# ```
# 1041 letters to predict
# knowing nothing 3.2189, bigrams 1.8369, by heart 0.5408
# ```
#
# ## Vectors, matrices, embeddings
#
# A list of Values is a vector, a list of rows is a matrix, and a matrix times a vector is a list of dot
# products.  A token is a list with 1 at its place and 0 elsewhere.  A matrix times that list is one of its
# columns, the **embedding** of the token: numbers that training may move until they say something about it.


# %%
def times(rows, x):
    return [dot(row, x) for row in rows]


def added(x, y):
    return [a + b for a, b in zip(x, y)]


def encoded(text):
    return [[float(letter == known) for known in LETTERS] for letter in text]


table = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
print("the second column:", [a.data for a in times(table, [Value(0.0), Value(1.0), Value(0.0)])])

# %% [markdown]
# This prints:
#
# ```
# the second column: [2.0, 5.0]
# ```
#
# ## RMSNorm
#
# Sums of sums grow, and so each part of the model first brings its vector to one size: x / √(mean of x² + ε),
# its root mean square becomes 1.  Multiplying x by anything changes nothing afterwards, and so the gradient
# has no part along x, Σ xᵢ·∂L/∂xᵢ = 0: the length of x cannot be learned here, only its direction.


# %%
def normalized(x):
    scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
    return [a * scale for a in x]


x = [Value(number, f"x{i}") for i, number in enumerate((3.0, -1.0, 2.0, 1.0), 1)]
print([f"{a.data:.4f}" for a in normalized(x)], "from 3, −1, 2, 1")
print([f"{a.data:.4f}" for a in normalized([10 * a for a in x])], "from 30, −10, 20, 10")
normalized(x)[0].backward()
print("gradient of the first:", [f"{a.grad:.4f}" for a in x])
print(f"along x: {sum(a.data * a.grad for a in x):.4f}")

# %% [markdown]
# This prints:
#
# ```
# ['1.5492', '-0.5164', '1.0328', '0.5164'] from 3, −1, 2, 1
# ['1.5492', '-0.5164', '1.0328', '0.5164'] from 30, −10, 20, 10
# gradient of the first: ['0.2066', '0.1033', '-0.2066', '-0.1033']
# along x: 0.0000
# ```
#
# ## Attention, by hand
#
# So far a letter knows only itself.  With **attention** (arXiv:1706.03762) it looks back.  Each letter offers
# a **key**, what it is, and a **value**, what it has to say; the newest asks with a **query**.  The products
# of the query with the keys are scores, softmax makes weights of them that sum to 1, and the answer is the
# sum of the values with these weights.  Scores are divided by √d, d the length of a key, because a sum of d
# products spreads by √d.  Three letters, two numbers each:

# %%
q = 2.0, 1.0
k = (1.0, 0.0), (0.0, 1.0), (-1.0, 0.5)
v = (1.0, 0.0), (0.0, 1.0), (2.0, 2.0)

scores = [(q[0] * key[0] + q[1] * key[1]) / math.sqrt(2) for key in k]
powers = [math.exp(s) for s in scores]
a = [power / sum(powers) for power in powers]
o = [sum(weight * value[j] for weight, value in zip(a, v)) for j in (0, 1)]
print("scores ", [f"{s:.4f}" for s in scores])
print("weights", [f"{weight:.4f}" for weight in a], f"sum {sum(a):.0f}")
print("answer ", [f"{number:.4f}" for number in o])

# %% [markdown]
# This prints:
#
# ```
# scores  ['1.4142', '0.7071', '-1.0607']
# weights ['0.6340', '0.3126', '0.0534'] sum 1
# answer  ['0.7408', '0.4193']
# ```
#
# The first letter fits the query best and gets nearly two thirds of the attention.  The same as a graph,
# where the weights are called p and the loss is half the squared distance of the answer's first number
# from 1.  Marked are the ways from the first score to the loss: it acts through *all three* weights, since
# they sum to 1, and ∂L/∂s₁ is the sum over the three ways.

# %%
query = [parameter(number, f"q{i}") for i, number in enumerate(q, 1)]
keys = [[Value(number, f"k{t}{i}") for i, number in enumerate(key, 1)] for t, key in enumerate(k, 1)]
s = [dot(query, key) / math.sqrt(2) for key in keys]
for t, score in enumerate(s, 1):
    score.label = f"s{t}"
weights = softmax(s)
answer = dot(weights, [Value(value[0], f"v{t}") for t, value in enumerate(v, 1)])
answer.label = "o"
L = (answer - 1) ** 2 / 2
L.label = "L"
L.backward()
print(f"o = {answer.data:.4f}   L = {L.data:.6f}   ∂L/∂q = {[f'{p.grad:.5f}' for p in query]}")
show(viz.draw(L, slide="16:9", path=s[0]), "attention.svg")

# %% [markdown]
# This prints:
#
# ```
# o = 0.7408   L = 0.033604   ∂L/∂q = ['-0.01781', '0.03629']
# ```
#
# What does a score do to the answer?  ∂o/∂s₁ = a₁(v₁ − o): it pulls the answer towards its value, the more
# the more attention it has already.  Who forgets that the sum below the fraction grows too gets a₁v₁.

# %%
nodes = parse(
    """s1 = q*k1; s2 = q*k2; a1 = exp(s1)/(exp(s1) + exp(s2)); a2 = exp(s2)/(exp(s1) + exp(s2))
       o = a1*v1 + a2*v2""",
    q=1.0, k1=1.0, k2=-0.5, v1=2.0, v2=1.0,
)  # fmt: skip
print(mg.check(nodes, "∂o/∂s1 = a1·(v1 − o)").text("en"))
print(*mg.check(nodes, "∂o/∂s1 = a1·v1").text("en").splitlines()[:2], sep="\n")

# %% [markdown]
# This prints:
#
# ```
# ✓ ∂o/∂s1 = a1·(v1 − o): true, proved
# ✗ ∂o/∂s1 = a1·v1: false: a path is missing
#     2 paths are missing: s1 → a1 → o, s1 → a2 → o
# ```
#
# ## The model
#
# Several **heads** look at the same time, each with its own slice of query, keys and values.  Letters come
# one by one, and their keys and values are kept in two lists: so nobody can look ahead.  `seen`, if it is
# given, takes down the weights of each head.


# %%
def attention(query, keys, values, heads, seen=None):
    answer, size = [], len(query) // heads
    for start in range(0, len(query), size):
        head = slice(start, start + size)
        weights = softmax([dot(query[head], key[head]) / size**0.5 for key in keys])
        answer += [dot(weights, column) for column in zip(*[value[head] for value in values])]
        if seen is not None:
            seen.append([weight.data for weight in weights])
    return answer


# %% [markdown]
# x is what a letter is and where it stands.  To that is *added* what attention finds, and then what a
# perceptron with four times as many hidden units makes of it; these are the skip connections of lesson A.


# %%
class GPT(Module):
    def __init__(self, letters, context, width=16, heads=4, seed=0):
        rng = random.Random(seed)

        def matrix(rows, columns):
            return [[parameter(rng.gauss(0, 0.08)) for _ in range(columns)] for _ in range(rows)]

        self.heads, self.embedding, self.positions = heads, matrix(width, letters), matrix(context, width)
        self.query, self.key, self.value, self.mix = (matrix(width, width) for _ in range(4))
        self.expand, self.shrink = matrix(4 * width, width), matrix(width, 4 * width)
        self.head = matrix(letters, width)

    def __call__(self, letter, keys, values, seen=None):
        """The logits of what follows a letter, a list with 1 at its place in the alphabet, 0 elsewhere."""
        x = normalized(added(times(self.embedding, letter), self.positions[len(keys)]))
        h = normalized(x)
        keys.append(times(self.key, h))
        values.append(times(self.value, h))
        x = added(x, times(self.mix, attention(times(self.query, h), keys, values, self.heads, seen)))
        x = added(x, times(self.shrink, [a.relu() for a in times(self.expand, normalized(x))]))
        return times(self.head, x)


# %%
def surprise(model, text):
    """−log of the probability of all letters of a text but the first, by cross-entropy."""
    keys, values = [], []
    logits = [model(letter, keys, values) for letter in text[:-1]]
    return losses.cross_entropy_with_logits(logits, text[1:], reduction="sum")


model = GPT(len(LETTERS), 1 + max(map(len, NAMES)))
sizes = {name: len(m) * len(m[0]) for name, m in vars(model).items() if isinstance(m, list)}
print(", ".join(f"{name} {size}" for name, size in sizes.items()))
print(f"{len(model.parameters())} parameters")

# %% [markdown]
# This prints:
#
# ```
# embedding 400, positions 224, query 256, key 256, value 256, mix 256, expand 1024, shrink 1024, head 400
# 4096 parameters
# ```
#
# ## One name, forward and backward
#
# Before training the logits are nearly equal, and each letter costs about log 25.  The gradient of one
# parameter of each matrix, beside the slope that two more forward passes find:

# %%
tin = encoded(".tin.")
L = surprise(model, tin)
L.backward()
products = sum(v.op == "mul" for v in graph.order(L))
print(f"{L.data:.4f} for 4 letters, {L.data / 4:.4f} for one; {products} multiplications")


def slope(p, h=1e-5):
    """By moving a parameter a little to either side."""
    found, there = [], p.data
    for p.data in (there + h, there - h):
        with no_grad():
            found.append(surprise(model, tin).data)
    p.data = there
    return (found[0] - found[1]) / (2 * h)


for name in ("query", "key", "value", "mix", "expand", "shrink", "head"):
    p = getattr(model, name)[0][0]
    print(f"{name:>6}: backward {p.grad:9.6f}, by differences {slope(p):9.6f}")

# %% [markdown]
# This prints:
#
# ```
# 13.0721 for 4 letters, 3.2680 for one; 16192 multiplications
#  query: backward  0.000669, by differences  0.000669
#    key: backward  0.000095, by differences  0.000095
#  value: backward -0.061631, by differences -0.061631
#    mix: backward  0.010123, by differences  0.010123
# expand: backward -0.007651, by differences -0.007651
# shrink: backward -0.036110, by differences -0.036110
#   head: backward -0.042005, by differences -0.042005
# ```
#
# ## Adam
#
# Adam keeps for every parameter a mean m of its gradients and a mean v of their squares, and moves it by
# m/√v: about the learning rate, whatever the size of the gradient.  By hand for three gradients, and as the
# optimiser does it:

# %%
w, m, v2 = 1.0, 0.0, 0.0
p = parameter(1.0, "w")
adam = optim.Adam([p], lr=0.1)
for k, g in enumerate((0.5, 0.4, -0.1), 1):
    m, v2 = 0.9 * m + 0.1 * g, 0.999 * v2 + 0.001 * g * g
    w -= 0.1 * (m / (1 - 0.9**k)) / (math.sqrt(v2 / (1 - 0.999**k)) + 1e-8)
    p.grad = g
    adam.step()
    print(f"step {k}: g = {g:4.1f}, w = {w:.6f} by hand, {p.data:.6f} by Adam")

# %% [markdown]
# This prints:
#
# ```
# step 1: g =  0.5, w = 0.900000 by hand, 0.900000 by Adam
# step 2: g =  0.4, w = 0.801187 by hand, 0.801187 by Adam
# step 3: g = -0.1, w = 0.735586 by hand, 0.735586 by Adam
# ```
#
# With it, twenty steps as microgpt takes them: one name at a time, a graph built, walked back and dropped.

# %%
small = GPT(len(LETTERS), len(model.positions))
adam = optim.Adam(small.parameters(), lr=0.01)
rng, costs = random.Random(1), []
for name in rng.sample(NAMES, 20):
    L = surprise(small, encoded(f".{name}.")) / (len(name) + 1)
    adam.zero_grad()
    L.backward()
    adam.step()
    costs.append(L.data)
first, last = sum(costs[:5]) / 5, sum(costs[-5:]) / 5
print(f"a letter costs {first:.2f} in the first five names, {last:.2f} in the last five")

# %% [markdown]
# This prints:
#
# ```
# a letter costs 3.16 in the first five names, 2.36 in the last five
# ```
#
# ## Sampling
#
# To invent a name, start with a dot, draw the next letter with the probabilities that the model gives, hand
# it back, and go on until a dot is drawn.  A **temperature** divides the logits first: below 1 the likely
# becomes likelier, above 1 everything becomes more equal.


# %%
def invent(seed, temperature=1.0):
    """A name, letter by letter, each drawn with the probability that the model gives it."""
    rng, name, keys, values = random.Random(seed), ".", [], []
    while len(name) <= len(model.positions) and not name.endswith(".", 1):
        with no_grad():
            logits = model(encoded(name[-1])[0], keys, values)
            chances = softmax([z / temperature for z in logits])
        name += rng.choices(LETTERS, [p.data for p in chances])[0]
    return name.strip(".")


print("before training:", ", ".join(map(invent, range(5))))

# %% [markdown]
# This prints:
#
# ```
# before training: wtiemiufloymgs, cvuemksua, yyaavtshopocli, fngopa, fbicahyusfnfdb
# ```
#
# ## Training on all names
#
# The graph depends on nothing but the length of a name.  So it is recorded once for each length and compiled,
# with the letters as inputs, and all names of a length run at once: many times as fast as one by one
# (lesson H measures it).  Where microgrid is not compiled, as in the browser, five steps and five names have
# to do; the numbers below are those of three hundred steps.

# %% tags=["needs-numpy"]
import numpy as np

batches, programs = {}, {}
for name in NAMES:
    batches.setdefault(len(name) + 2, []).append(np.ravel(encoded(f".{name}.")))
for length in batches:
    text = [[Value(0.0) for _ in LETTERS] for _ in range(length)]
    inputs = [x for row in text for x in row]
    programs[length] = mg.compile(surprise(model, text), inputs, model.parameters())
weights = np.array([p.data for p in model.parameters()])
optimizer = optim.Adam(weights, lr=0.01)
print("lengths:", {length - 2: len(batch) for length, batch in sorted(batches.items())})

# %% [markdown]
# This prints how many names there are of each length:
#
# ```
# lengths: {3: 1, 4: 5, 5: 4, 6: 17, 7: 26, 8: 24, 9: 21, 10: 10, 11: 6, 12: 3, 13: 1}
# ```

# %% tags=["needs-numpy"]
steps, curve = int(os.environ.get("MICROGRID_STEPS", "300" if mg.compiled else "5")), []
tries = 50 if mg.compiled else 5
for step in range(steps + 1):
    total, gradient = 0.0, np.zeros_like(weights)
    for length, program in programs.items():
        program.parameters = weights
        value, slopes = program.value_and_grad(batches[length], reduce="sum")
        total, gradient = total + value, gradient + slopes
    curve.append(total / TOTAL)
    if step % 100 == 0:
        program.write_back()  # to the Values of the model
        new = [name for name in map(invent, range(tries)) if name not in NAMES]
        print(f"step {step}: loss {total / TOTAL:.4f}; {len(new)} of {tries} are new: {', '.join(new[:4])}")
    optimizer.step(gradient / TOTAL)

# %% [markdown]
# This prints:
#
# ```
# step 0: loss 3.2989; 50 of 50 are new: wtiemiufloymgs, cvuemksua, yyaavtshopocli, fngopa
# step 100: loss 0.7578; 40 of 50 are new: vohnium, chnomicorerm, suld, ferborium
# step 200: loss 0.5565; 5 of 50 are new: strofium, curiume, coerin, xelur
# step 300: loss 0.5468; 3 of 50 are new: strodirmium, curiume, hyssttevium
# ```
#
# The bigrams are passed soon, and after three hundred steps little is missing to what the best can do.
# Halfway there it has learnt that elements end in -ium, and invents; then it repeats what it knows.

# %% tags=["needs-numpy"]
from matplotlib.figure import Figure

figure = Figure(figsize=(6, 3.2), layout="constrained")
axes = figure.subplots()
axes.plot(curve)
marks = {"knowing nothing": (math.log(len(LETTERS)), 3), "bigrams": (bigram, 3), "by heart": (best, -11)}
for words, (height, up) in marks.items():
    axes.axhline(height, color="gray", linestyle="--", linewidth=1)
    axes.annotate(words, (1, height), (-4, up), ("axes fraction", "data"), "offset points", ha="right")
axes.set(xlabel="step", ylabel="loss for a letter", ylim=(0, 3.6))
show(figure, "loss.svg")

# %% [markdown]
# ## What attention looks at
#
# The trained model reads a name, and each head says where it looks: a row for each letter that asks, a column
# for each letter that it may look at, dark where the attention is.  Above the diagonal there is nothing: that
# is the future.


# %% tags=["needs-numpy"]
def looks(text):
    """The weights of each head, for each letter of a text, 0 where it cannot look."""
    keys, values, rows = [], [], []
    for letter in encoded(text):
        seen = []
        with no_grad():
            model(letter, keys, values, seen)
        rows.append([weights + [0.0] * (len(text) - len(weights)) for weights in seen])
    return np.array(rows).swapaxes(0, 1)


text = ".titanium"
found = looks(text)
for head, rows in enumerate(found, 1):
    print(f"head {head}: the last letter looks", " ".join(f"{x}:{w:.2f}" for x, w in zip(text, rows[-1])))

# %% [markdown]
# This prints, after three hundred steps:
#
# ```
# head 1: the last letter looks .:0.03 t:0.08 i:0.01 t:0.11 a:0.04 n:0.32 i:0.03 u:0.03 m:0.34
# head 2: the last letter looks .:0.00 t:0.00 i:0.00 t:0.01 a:0.00 n:0.61 i:0.00 u:0.38 m:0.00
# head 3: the last letter looks .:0.00 t:0.00 i:0.00 t:0.00 a:0.00 n:0.26 i:0.02 u:0.72 m:0.00
# head 4: the last letter looks .:0.54 t:0.00 i:0.01 t:0.00 a:0.00 n:0.02 i:0.00 u:0.43 m:0.00
# ```

# %% tags=["needs-numpy"]
figure = Figure(figsize=(10, 3), layout="constrained")
for head, (axes, rows) in enumerate(zip(figure.subplots(1, len(found)), found), 1):
    axes.imshow(rows, cmap="Blues", vmin=0, vmax=1)
    axes.set(title=f"head {head}", xticks=range(len(text)), yticks=range(len(text)))
    axes.set_xticklabels(text)
    axes.set_yticklabels(text)
show(figure, "heads.svg")

# %% [markdown]
# In the ending -nium the third head looks at the letter just before: from i to n, from u to i, from m to u.
# Nobody told it to; it pays.
#
# ## Temperature
#
# The same model, colder and warmer: how many of twenty names are elements, and the first that are not.

# %% tags=["needs-numpy"]
for temperature in (0.5, 1.0, 2.0):
    names = [invent(seed, temperature) for seed in range(min(20, tries))]
    new = [name for name in names if name not in NAMES]
    shown = ", ".join(new[:4]) or "none"
    print(f"temperature {temperature}: {len(names) - len(new)} known, {len(new)} new: {shown}")

# %% [markdown]
# This prints:
#
# ```
# temperature 0.5: 20 known, 0 new: none
# temperature 1.0: 18 known, 2 new: strodirmium, curiume
# temperature 2.0: 11 known, 9 new: ytsptovium, einsium, oxypesium, strodirmium
# ```
#
# ## Exercises
#
# Seven with numbers and two open questions.  The first five are attention over two letters, where softmax is
# a sigmoid of the difference of the scores: a goes to the first letter, 1 − a to the second.  The last two
# are the cross-entropy of two logits.


# %%
def questions(sheet, answers=False):
    """The exercises without the heading, which says how to make them again."""
    lines = sheet.text(answers=answers).split("\n\n", 2)[2].splitlines()
    return "\n".join(textwrap.fill(line, 100, subsequent_indent="    ") for line in lines)


sheet = exercises.make(
    "a = sigmoid(q*(k1 - k2)); o = a*v1 + (1 - a)*v2; L = (o - t)**2/2; "
    "q, k1, k2 in -2..2 step 0.5; v1, v2 in -2..3; t in 0, 1; eta in 0.5, 1",
    5,
    seed=4,
    kinds=["forward", "backward", "update", "local", "true-false"],
    params=["q", "k1", "v1"],
)
print(questions(sheet))

# %% [markdown]
# This prints:
#
# ```
# 1. Forward pass
#   q = −1.5, k₁ = 0.5, k₂ = −1.5, v₁ = 3, v₂ = 2, t = 1
#   Compute the value of every node.
#   Carry three decimals at every step; answers within ±0.001 to ±0.004 count, as far as rounding can
#     carry.
#     a = ______
#     o = ______
#     L = ______
#
# 2. Backward pass
#   q = −0.5, k₁ = 1, k₂ = −2, v₁ = 2, v₂ = −2, t = 0
#   The forward pass gives a = 0.182, o = −1.270, L = 0.807.
#   Compute the gradients, from the result back.
#   Carry three decimals at every step; answers within ±0.002 to ±0.018 count, as far as rounding can
#     carry.
#     ∂L/∂o = ______
#     ∂L/∂v₁ = ______
#     ∂L/∂a = ______
#     ∂L/∂k₁ = ______
#     ∂L/∂q = ______
#
# 3. One step of gradient descent
#   q = −0.5, k₁ = −1.5, k₂ = 1.5, v₁ = −2, v₂ = 2, t = 1, η = 0.5
#   The forward pass gives a = 0.818, o = −1.270, L = 2.577.
#   Take one step of gradient descent: what is every parameter afterwards?
#   Carry three decimals at every step; answers within ±0.002 to ±0.015 count, as far as rounding can
#     carry.
#     new q = ______
#     new k₁ = ______
#     new v₁ = ______
#
# 4. Local derivatives
#   q = 1.5, k₁ = −1, k₂ = 1.5, v₁ = 3, v₂ = −2, t = 0
#   The forward pass gives a = 0.023, o = −1.885, L = 1.777.
#   Compute the local derivative on every arrow.
#   Carry three decimals at every step; answers within ±0.001 to ±0.003 count, as far as rounding can
#     carry.
#     ∂a/∂q = ______
#     ∂a/∂k₁ = ______
#     ∂o/∂a = ______
#     ∂o/∂v₁ = ______
#     ∂L/∂o = ______
#
# 5. True or false?
#   q = −1.5, k₁ = 2, k₂ = −1, v₁ = 2, v₂ = −2, t = 0
#   The forward pass gives a = 0.011, o = −1.956, L = 1.913.
#     Is ∂L/∂q = (o − t)·v₁·a·(1 − a)·((k₁ − k₂)) − (o − t)·v₂·a·(1 − a)·((k₁ − k₂)) true, for all
#     numbers?
#       a) true
#       b) false
# ```

# %%
two = exercises.make(
    "p = sigmoid(z1 - z2); L = -log(p); z1, z2 in -2..2 step 0.5; eta in 0.5, 1",
    2,
    seed=2,
    first=6,
    kinds=["backward", "update"],
    params=["z1", "z2"],
)
print(questions(two))

# %% [markdown]
# This prints:
#
# ```
# 6. Backward pass
#   z₁ = −1.5, z₂ = −1
#   The forward pass gives p = 0.378, L = 0.974.
#   Compute the gradients, from the result back.
#   Carry three decimals at every step; answers within ±0.004 to ±0.005 count, as far as rounding can
#     carry.
#     ∂L/∂p = ______
#     ∂L/∂z₂ = ______
#     ∂L/∂z₁ = ______
#
# 7. One step of gradient descent
#   z₁ = −2, z₂ = −0.5, η = 1
#   The forward pass gives p = 0.182, L = 1.701.
#   Take one step of gradient descent: what is every parameter afterwards?
#   Carry three decimals at every step; answers within ±0.008 count.
#     new z₁ = ______
#     new z₂ = ______
# ```
#
# Two open questions:
#
# - **Open 1.** Take the positions away: x is the embedding of the letter alone.  What can the model no longer
#   tell apart at the last letter of a text, and why does it not become a bigram model all the same?
# - **Open 2.** How many products of a query and a key does a name of n tokens need?  Double the length, and
#   what happens to them, and to the other parts of the model?  What do the two lists save when a name is
#   sampled letter by letter?

# %% [markdown]
# This sheet is also a page that marks itself, offline, and names the usual mistakes:

# %%
sheet

# %% [markdown]
# ## Solutions

# %%
print(questions(sheet, answers=True), questions(two, answers=True), sep="\n\n")

# %% [markdown]
# - **Open 1.** Attention is a sum over the letters so far, and a sum does not know an order: after `.tin`
#   and `.itn` the model would say the same.  But it still knows *which* letters have been there and how
#   often, and which is the last, as that asks; bigrams know the last alone.  The cell below shows it, on a
#   model whose positions are all zero.
# - **Open 2.** n(n + 1)/2 for each head, since each token asks itself and those before it: four times as many
#   for twice the length, while everything else, embeddings, matrices, perceptron, only doubles.  Without the
#   lists each new letter would have to compute all keys and values before it again, n(n + 1)/2 of them for a
#   name, in place of n.

# %%
orderless = GPT(len(LETTERS), 6, seed=1)
for row in orderless.positions:
    for p in row:
        p.data = 0.0


def final(model, text):
    keys, values = [], []
    with no_grad():
        return [[z.data for z in model(letter, keys, values)] for letter in encoded(text)][-1]


def apart(model, one, other):
    return max(abs(x - y) for x, y in zip(final(model, one), final(model, other)))


print("without positions, .tin and .itn differ:", apart(orderless, ".tin", ".itn") > 1e-12)
print("without positions, .tin and .ten differ:", apart(orderless, ".tin", ".ten") > 1e-12)
print("with positions, .tin and .itn differ:", apart(GPT(len(LETTERS), 6, seed=1), ".tin", ".itn") > 1e-12)
heads = [n * (n + 1) // 2 for n in (4, 8, 16)]
print("products of a query and a key, for 4, 8 and 16 tokens:", heads)

# %% [markdown]
# This prints:
#
# ```
# without positions, .tin and .itn differ: False
# without positions, .tin and .ten differ: True
# with positions, .tin and .itn differ: True
# products of a query and a key, for 4, 8 and 16 tokens: [10, 36, 136]
# ```
