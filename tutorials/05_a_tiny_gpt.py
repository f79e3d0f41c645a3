# %% [markdown]
# # Lesson 5: a tiny GPT
#
# This lesson builds a language model of single numbers, teaches it the chemical elements, and lets it invent
# more.  A **GPT** reads a text letter by letter and says after each how likely every letter is to come next.
# Ours is small, but has the parts of the large ones.  Its numbers are Values, and the chain rule trains it.

# %%
import os
import random

import numpy as np

import microgrid
from microgrid import Value, dot, no_grad, optim, parameter, softmax
from microgrid.nn import Module, losses

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
LETTERS = "." + "".join(sorted(set("".join(NAMES))))  # a dot stands before and after each name

# %% [markdown]
# A list of Values is a vector, a list of rows a matrix.  `normalized` keeps vectors at one size (RMSNorm).
# With **attention** a letter looks back: all so far offer keys and values, the newest asks with a query, its
# products with the keys become weights for a sum of the values.  Each head has its slice (arXiv:1706.03762).


# %%
def times(matrix, x):
    return [dot(row, x) for row in matrix]


def added(x, y):
    return [a + b for a, b in zip(x, y)]


def normalized(x):
    scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
    return [a * scale for a in x]


def attention(query, keys, values, heads):
    answer, size = [], len(query) // heads
    for start in range(0, len(query), size):
        head = slice(start, start + size)
        weights = softmax([dot(query[head], key[head]) / size**0.5 for key in keys])
        answer += [dot(weights, column) for column in zip(*[value[head] for value in values])]
    return answer


# %% [markdown]
# The model: x is what a letter is and where; attention adds what it finds, a perceptron what it makes of
# that.  Letters come one by one, and their keys and values are kept in lists: nobody can look ahead.


# %%
class GPT(Module):
    def __init__(self, letters, context, width=16, heads=4, seed=0):
        rng = random.Random(seed)

        def matrix(rows, columns):
            return [[parameter(rng.gauss(0, columns**-0.5)) for _ in range(columns)] for _ in range(rows)]

        self.heads, self.embedding, self.positions = heads, matrix(width, letters), matrix(context, width)
        self.query, self.key, self.value, self.mix = (matrix(width, width) for _ in range(4))
        self.expand, self.shrink = matrix(4 * width, width), matrix(width, 4 * width)
        self.head = matrix(letters, width)

    def __call__(self, letter, keys, values):
        """The logits of what follows a letter, a list with 1 at its place in the alphabet, 0 elsewhere."""
        x = added(times(self.embedding, letter), self.positions[len(keys)])
        h = normalized(x)
        keys.append(times(self.key, h))
        values.append(times(self.value, h))
        x = added(x, times(self.mix, attention(times(self.query, h), keys, values, self.heads)))
        x = added(x, times(self.shrink, [a.relu() for a in times(self.expand, normalized(x))]))
        return times(self.head, normalized(x))


# %%
def surprise(model, text):
    """-log of the probability of all letters of a text but the first, by cross-entropy."""
    keys, values = [], []
    logits = [model(letter, keys, values) for letter in text[:-1]]
    return losses.cross_entropy_with_logits(logits, text[1:], reduction="sum")


def encoded(text):
    return [[float(letter == known) for known in LETTERS] for letter in text]


def invent(seed):
    """A name, letter by letter, each drawn with the probability that the model gives it."""
    rng, name, keys, values = random.Random(seed), ".", [], []
    while len(name) <= len(model.positions) and not name.endswith(".", 1):
        with no_grad():
            chances = softmax(model(encoded(name[-1])[0], keys, values))
        name += rng.choices(LETTERS, [p.data for p in chances])[0]
    return name.strip(".")


model = GPT(len(LETTERS), 1 + max(map(len, NAMES)))
print(f"{len(NAMES)} names in {len(LETTERS)} letters, {len(model.parameters())} parameters")

# %% [markdown]
# The graph depends on nothing but the length of a name.  So we record it once for each length and compile it,
# with the letters as inputs.  All names of a length run at once, some 170 times as fast as one by one.

# %%
batches, programs = {}, {}
for name in NAMES:
    batches.setdefault(len(name) + 2, []).append(np.ravel(encoded(f".{name}.")))
for length in batches:
    text = [[Value(0.0) for _ in LETTERS] for _ in range(length)]
    inputs = [x for row in text for x in row]
    programs[length] = microgrid.compile(surprise(model, text), inputs, model.parameters())
letters, weights = sum(len(name) + 1 for name in NAMES), np.array([p.data for p in model.parameters()])
optimizer = optim.Adam(weights, lr=0.01)
for step in range(int(os.environ.get("MICROGRID_STEPS", "300")) + 1):
    total, gradient = 0.0, np.zeros_like(weights)
    for length, program in programs.items():
        program.parameters = weights
        value, slope = program.value_and_grad(batches[length], reduce="sum")
        total, gradient = total + value, gradient + slope
    if step % 100 == 0:
        program.write_back()  # to the Values of the model
        new = [name for name in map(invent, range(100)) if name not in NAMES]
        print(f"step {step}: loss {total / letters:.4f}; {len(new)} of 100 are new: {', '.join(new[:5])}")
    optimizer.step(gradient / letters)

# %% [markdown]
# This prints, in 4 s:
# ```
# 118 names in 25 letters, 4096 parameters
# step 0: loss 3.6428; 100 of 100 are new: wvieripfgkyifp, ewvemmopa, yy, ekirra, ebicagvtpemddb
# step 100: loss 0.7765; 73 of 100 are new: copernium, dumium, damcener, stroaium, cubon
# step 200: loss 0.5866; 34 of 100 are new: viabonsonin, einssteot, protaoniu, stroetium, hakmsium
# step 300: loss 0.5544; 9 of 100 are new: strolium, xensgenne, rubumium, tennosum, gelrium
# ```
# To know 118 names by heart and hold them equally likely costs log 118 for a name, or 0.5408 for a letter:
# there is no better.  Halfway there it has learnt that elements end in -ium; then it repeats what it knows.
