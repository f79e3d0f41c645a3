# %% [markdown]
# # G. Un GPT diminuto, hecho de números sueltos
#
# Después de esta lección puedes decir qué calcula cada parte de un GPT, porque lo has calculado: tokens,
# embeddings, normalización, atención, el perceptrón que va detrás, softmax y entropía cruzada, Adam y el
# muestreo.  El modelo tiene las partes y la disposición del microgpt de Karpathy (2026), que es GPT-2 con
# tres simplificaciones: RMSNorm sin ganancias en lugar de LayerNorm, ReLU en lugar de GELU, y ningún sesgo.
# Cada número que hay en él es un `Value`, y lo entrena la regla de la cadena.  Aprende los elementos
# químicos (sus nombres en inglés) e inventa otros.
#
# Se tarda unos 60 minutos con los ejercicios.  Hacen falta la lección B y el softmax de la lección A.

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
# Un GPT lee un texto trozo a trozo, y después de cada uno dice lo probable que es que siga cada uno de los
# demás.  Los trozos son sus **tokens**; los nuestros son letras.  Delante y detrás de cada nombre va un
# punto:  lo que sigue al primer punto es cómo empiezan los nombres, y con el segundo el modelo dice que ha
# terminado.

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
TOTAL = sum(len(name) + 1 for name in NAMES)  # por predecir: las letras, y el punto final

print(f"{len(NAMES)} nombres, {len(LETTERS)} tokens: {LETTERS}")
print("tin:", [LETTERS.index(letter) for letter in ".tin."])
print("por predecir:", ", ".join(f"{'.tin'[: k + 1]} → {'.tin.'[k + 1]}" for k in range(4)))

# %% [markdown]
# Esto imprime:
#
# ```
# 118 nombres, 25 tokens: .abcdefghiklmnoprstuvwxyz
# tin: [0, 18, 9, 13, 0]
# por predecir: . → t, .t → i, .ti → n, .tin → .
# ```
#
# ## Softmax, entropía cruzada, y con qué comparar
#
# Un modelo reparte números, los **logits**, uno por token.  Softmax los convierte en probabilidades, y la
# **pérdida** de un token es −log de la probabilidad que se le dio: la sorpresa de verlo.  El gradiente de la
# pérdida respecto de los logits es lo que se dijo menos lo que era correcto, p − y:

# %%
logits = [Value(2.0, "z1"), Value(1.0, "z2"), Value(0.0, "z3")]
print("p =", [f"{p.data:.4f}" for p in softmax(logits)])
loss = losses.cross_entropy_with_logits([logits], [[0, 1, 0]])
loss.backward()
print(f"−log p2 = {loss.data:.4f}   ∂L/∂z = {[f'{z.grad:.4f}' for z in logits]}")

# %% [markdown]
# Esto imprime:
#
# ```
# p = ['0.6652', '0.2447', '0.0900']
# −log p2 = 1.4076   ∂L/∂z = ['0.6652', '-0.7553', '0.0900']
# ```
#
# Tres varas de medir para lo que puede costar una letra.  Quien no sabe nada considera igual de probables
# los 25 tokens.  Quien ha contado qué letra sigue a cuál, un modelo de **bigramas**, lo hace mejor.  Y quien
# se sabe los 118 nombres de memoria, todos igual de probables, paga log 118 por nombre y nada más: ningún
# modelo de la lista puede hacerlo mejor.

# %%
pairs = Counter(pair for name in NAMES for pair in zip("." + name, name + "."))
firsts = Counter(letter for name in NAMES for letter in "." + name)
bigram = -sum(n * math.log(n / firsts[pair[0]]) for pair, n in pairs.items()) / TOTAL
best = len(NAMES) * math.log(len(NAMES)) / TOTAL
print(f"{TOTAL} letras por predecir")
print(f"sin saber nada {math.log(len(LETTERS)):.4f}, bigramas {bigram:.4f}, de memoria {best:.4f}")

# %% [markdown]
# Esto imprime:
#
# ```
# 1041 letras por predecir
# sin saber nada 3.2189, bigramas 1.8369, de memoria 0.5408
# ```
#
# ## Vectores, matrices, embeddings
#
# Una lista de Values es un vector, una lista de filas es una matriz, y una matriz por un vector es una lista
# de productos escalares.  Un token es una lista con un 1 en su sitio y 0 en los demás.  Una matriz por esa
# lista es una de sus columnas, el **embedding** del token: números que el entrenamiento puede mover hasta
# que digan algo sobre él.


# %%
def times(rows, x):
    return [dot(row, x) for row in rows]


def added(x, y):
    return [a + b for a, b in zip(x, y)]


def encoded(text):
    return [[float(letter == known) for known in LETTERS] for letter in text]


table = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
print("la segunda columna:", [a.data for a in times(table, [Value(0.0), Value(1.0), Value(0.0)])])

# %% [markdown]
# Esto imprime:
#
# ```
# la segunda columna: [2.0, 5.0]
# ```
#
# ## RMSNorm
#
# Las sumas de sumas crecen, y por eso cada parte del modelo lleva primero su vector a un mismo tamaño: x /
# √(media de x² + ε); su media cuadrática pasa a ser 1.  Multiplicar x por un número no cambia nada después,
# así que el gradiente no tiene componente a lo largo de x, Σ xᵢ·∂L/∂xᵢ = 0: aquí no se puede aprender la
# longitud de x, solo su dirección.


# %%
def normalized(x):
    scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
    return [a * scale for a in x]


x = [Value(number, f"x{i}") for i, number in enumerate((3.0, -1.0, 2.0, 1.0), 1)]
print([f"{a.data:.4f}" for a in normalized(x)], "de 3, −1, 2, 1")
print([f"{a.data:.4f}" for a in normalized([10 * a for a in x])], "de 30, −10, 20, 10")
normalized(x)[0].backward()
print("gradiente del primero:", [f"{a.grad:.4f}" for a in x])
print(f"a lo largo de x: {sum(a.data * a.grad for a in x):.4f}")

# %% [markdown]
# Esto imprime:
#
# ```
# ['1.5492', '-0.5164', '1.0328', '0.5164'] de 3, −1, 2, 1
# ['1.5492', '-0.5164', '1.0328', '0.5164'] de 30, −10, 20, 10
# gradiente del primero: ['0.2066', '0.1033', '-0.2066', '-0.1033']
# a lo largo de x: 0.0000
# ```
#
# ## La atención, a mano
#
# Hasta aquí una letra solo se conoce a sí misma.  Con la **atención** (arXiv:1706.03762) mira hacia atrás.
# Cada letra ofrece una **clave**, lo que es, y un **valor**, lo que tiene que decir; la última pregunta con
# una **consulta**.  Los productos de la consulta por las claves son puntuaciones, softmax hace de ellas
# pesos que suman 1, y la respuesta es la suma de los valores con esos pesos.  Las puntuaciones se dividen
# por √d, con d la longitud de una clave, porque una suma de d productos se dispersa como √d.  Tres letras,
# con dos números cada una:

# %%
q = 2.0, 1.0
k = (1.0, 0.0), (0.0, 1.0), (-1.0, 0.5)
v = (1.0, 0.0), (0.0, 1.0), (2.0, 2.0)

scores = [(q[0] * key[0] + q[1] * key[1]) / math.sqrt(2) for key in k]
powers = [math.exp(s) for s in scores]
a = [power / sum(powers) for power in powers]
o = [sum(weight * value[j] for weight, value in zip(a, v)) for j in (0, 1)]
print("puntuaciones", [f"{s:.4f}" for s in scores])
print("pesos", [f"{weight:.4f}" for weight in a], f"suma {sum(a):.0f}")
print("respuesta", [f"{number:.4f}" for number in o])

# %% [markdown]
# Esto imprime:
#
# ```
# puntuaciones ['1.4142', '0.7071', '-1.0607']
# pesos ['0.6340', '0.3126', '0.0534'] suma 1
# respuesta ['0.7408', '0.4193']
# ```
#
# La primera letra es la que mejor casa con la consulta y se lleva casi dos tercios de la atención.  Lo mismo
# como grafo, donde los pesos se llaman p y la pérdida es la mitad del cuadrado de la distancia del primer
# número de la respuesta a 1.  Están marcados los caminos de la primera puntuación a la pérdida: actúa a
# través de los *tres* pesos, porque suman 1, y ∂L/∂s₁ es la suma sobre los tres caminos.

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
show(viz.draw(L, slide="16:9", path=s[0], lang="es"), "attention.svg")

# %% [markdown]
# Esto imprime:
#
# ```
# o = 0.7408   L = 0.033604   ∂L/∂q = ['-0.01781', '0.03629']
# ```
#
# ¿Qué le hace una puntuación a la respuesta?  ∂o/∂s₁ = a₁(v₁ − o): tira de la respuesta hacia su valor,
# tanto más cuanta más atención recibe ya.  Quien olvida que la suma del denominador también crece obtiene
# a₁v₁.

# %%
nodes = parse(
    """s1 = q*k1; s2 = q*k2; a1 = exp(s1)/(exp(s1) + exp(s2)); a2 = exp(s2)/(exp(s1) + exp(s2))
       o = a1*v1 + a2*v2""",
    q=1.0, k1=1.0, k2=-0.5, v1=2.0, v2=1.0,
)  # fmt: skip
print(mg.check(nodes, "∂o/∂s1 = a1·(v1 − o)").text("es"))
print(*mg.check(nodes, "∂o/∂s1 = a1·v1").text("es").splitlines()[:2], sep="\n")

# %% [markdown]
# Esto imprime:
#
# ```
# ✓ ∂o/∂s1 = a1·(v1 − o): verdadero, demostrado
# ✗ ∂o/∂s1 = a1·v1: falso: falta un camino
#     faltan 2 caminos: s1 → a1 → o, s1 → a2 → o
# ```
#
# ## El modelo
#
# Varias **cabezas** miran a la vez, cada una con su parte de la consulta, de las claves y de los valores.
# Las letras llegan una a una, y sus claves y valores se guardan en dos listas: así nadie puede mirar hacia
# delante.  `seen`, si se da, apunta los pesos de cada cabeza.


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
# x es lo que es una letra y dónde está.  A eso se *suma* lo que encuentra la atención, y después lo que hace
# de ello un perceptrón con cuatro veces más unidades ocultas; son las conexiones residuales de la lección A.


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
        """Los logits de lo que sigue a una letra, dada como lista con 1 en su sitio del alfabeto."""
        x = normalized(added(times(self.embedding, letter), self.positions[len(keys)]))
        h = normalized(x)
        keys.append(times(self.key, h))
        values.append(times(self.value, h))
        x = added(x, times(self.mix, attention(times(self.query, h), keys, values, self.heads, seen)))
        x = added(x, times(self.shrink, [a.relu() for a in times(self.expand, normalized(x))]))
        return times(self.head, x)


# %%
def surprise(model, text):
    """−log de la probabilidad de las letras de un texto menos la primera, por entropía cruzada."""
    keys, values = [], []
    logits = [model(letter, keys, values) for letter in text[:-1]]
    return losses.cross_entropy_with_logits(logits, text[1:], reduction="sum")


model = GPT(len(LETTERS), 1 + max(map(len, NAMES)))
sizes = {name: len(m) * len(m[0]) for name, m in vars(model).items() if isinstance(m, list)}
print(", ".join(f"{name} {size}" for name, size in sizes.items()))
print(f"{len(model.parameters())} parámetros")

# %% [markdown]
# Esto imprime:
#
# ```
# embedding 400, positions 224, query 256, key 256, value 256, mix 256, expand 1024, shrink 1024, head 400
# 4096 parámetros
# ```
#
# ## Un nombre, hacia delante y hacia atrás
#
# Antes de entrenar, los logits son casi iguales, y cada letra cuesta más o menos log 25.  El gradiente de un
# parámetro de cada matriz, junto a la pendiente que encuentran otros dos pasos hacia delante:

# %%
tin = encoded(".tin.")
L = surprise(model, tin)
L.backward()
products = sum(v.op == "mul" for v in graph.order(L))
print(f"{L.data:.4f} por 4 letras, {L.data / 4:.4f} por una; {products} multiplicaciones")


def slope(p, h=1e-5):
    """Moviendo un parámetro un poco a cada lado."""
    found, there = [], p.data
    for p.data in (there + h, there - h):
        with no_grad():
            found.append(surprise(model, tin).data)
    p.data = there
    return (found[0] - found[1]) / (2 * h)


for name in ("query", "key", "value", "mix", "expand", "shrink", "head"):
    p = getattr(model, name)[0][0]
    print(f"{name:>6}: hacia atrás {p.grad:9.6f}, por diferencias {slope(p):9.6f}")

# %% [markdown]
# Esto imprime:
#
# ```
# 13.0721 por 4 letras, 3.2680 por una; 16192 multiplicaciones
#  query: hacia atrás  0.000669, por diferencias  0.000669
#    key: hacia atrás  0.000095, por diferencias  0.000095
#  value: hacia atrás -0.061631, por diferencias -0.061631
#    mix: hacia atrás  0.010123, por diferencias  0.010123
# expand: hacia atrás -0.007651, por diferencias -0.007651
# shrink: hacia atrás -0.036110, por diferencias -0.036110
#   head: hacia atrás -0.042005, por diferencias -0.042005
# ```
#
# ## Adam
#
# Adam lleva, para cada parámetro, una media m de sus gradientes y una media v de sus cuadrados, y lo mueve
# m/√v: más o menos la tasa de aprendizaje, sea cual sea el tamaño del gradiente.  A mano para tres
# gradientes, y como lo hace el optimizador:

# %%
w, m, v2 = 1.0, 0.0, 0.0
p = parameter(1.0, "w")
adam = optim.Adam([p], lr=0.1)
for k, g in enumerate((0.5, 0.4, -0.1), 1):
    m, v2 = 0.9 * m + 0.1 * g, 0.999 * v2 + 0.001 * g * g
    w -= 0.1 * (m / (1 - 0.9**k)) / (math.sqrt(v2 / (1 - 0.999**k)) + 1e-8)
    p.grad = g
    adam.step()
    print(f"paso {k}: g = {g:4.1f}, w = {w:.6f} a mano, {p.data:.6f} con Adam")

# %% [markdown]
# Esto imprime:
#
# ```
# paso 1: g =  0.5, w = 0.900000 a mano, 0.900000 con Adam
# paso 2: g =  0.4, w = 0.801187 a mano, 0.801187 con Adam
# paso 3: g = -0.1, w = 0.735586 a mano, 0.735586 con Adam
# ```
#
# Con él, veinte pasos como los da microgpt: un nombre cada vez, un grafo que se construye, se recorre hacia
# atrás y se tira.

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
print(f"una letra cuesta {first:.2f} en los cinco primeros nombres, {last:.2f} en los cinco últimos")

# %% [markdown]
# Esto imprime:
#
# ```
# una letra cuesta 3.16 en los cinco primeros nombres, 2.36 en los cinco últimos
# ```
#
# ## Muestrear
#
# Para inventar un nombre, empieza con un punto, sortea la letra siguiente con las probabilidades que da el
# modelo, devuélvesela, y sigue hasta que salga un punto.  Una **temperatura** divide antes los logits: por
# debajo de 1 lo probable se hace más probable, por encima de 1 todo se iguala.


# %%
def invent(seed, temperature=1.0):
    """Un nombre, letra a letra, sorteada cada una con la probabilidad que le da el modelo."""
    rng, name, keys, values = random.Random(seed), ".", [], []
    while len(name) <= len(model.positions) and not name.endswith(".", 1):
        with no_grad():
            logits = model(encoded(name[-1])[0], keys, values)
            chances = softmax([z / temperature for z in logits])
        name += rng.choices(LETTERS, [p.data for p in chances])[0]
    return name.strip(".")


print("antes de entrenar:", ", ".join(map(invent, range(5))))

# %% [markdown]
# Esto imprime:
#
# ```
# antes de entrenar: wtiemiufloymgs, cvuemksua, yyaavtshopocli, fngopa, fbicahyusfnfdb
# ```
#
# ## Entrenar con todos los nombres
#
# El grafo no depende más que de la longitud del nombre.  Por eso se graba una vez para cada longitud y se
# compila, con las letras como entradas, y todos los nombres de una longitud se calculan a la vez: muchas
# veces más deprisa que uno a uno (la lección H lo mide).  Donde microgrid no está compilado, como en el
# navegador, tienen que bastar cinco pasos y cinco nombres; los números de abajo son los de trescientos pasos.

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
print("longitudes:", {length - 2: len(batch) for length, batch in sorted(batches.items())})

# %% [markdown]
# Esto imprime cuántos nombres hay de cada longitud:
#
# ```
# longitudes: {3: 1, 4: 5, 5: 4, 6: 17, 7: 26, 8: 24, 9: 21, 10: 10, 11: 6, 12: 3, 13: 1}
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
        program.write_back()  # a los Values del modelo
        new = [name for name in map(invent, range(tries)) if name not in NAMES]
        print(
            f"paso {step}: pérdida {total / TOTAL:.4f}; {len(new)} de {tries} son nuevos: {', '.join(new[:4])}"
        )
    optimizer.step(gradient / TOTAL)

# %% [markdown]
# Esto imprime:
#
# ```
# paso 0: pérdida 3.2989; 50 de 50 son nuevos: wtiemiufloymgs, cvuemksua, yyaavtshopocli, fngopa
# paso 100: pérdida 0.7578; 40 de 50 son nuevos: vohnium, chnomicorerm, suld, ferborium
# paso 200: pérdida 0.5565; 5 de 50 son nuevos: strofium, curiume, coerin, xelur
# paso 300: pérdida 0.5468; 3 de 50 son nuevos: strodirmium, curiume, hyssttevium
# ```
#
# Los bigramas se superan pronto, y después de trescientos pasos falta poco para lo mejor que se puede hacer.
# A mitad de camino ha aprendido que los elementos terminan en -ium, e inventa; luego repite lo que se sabe.

# %% tags=["needs-numpy"]
from matplotlib.figure import Figure

figure = Figure(figsize=(6, 3.2), layout="constrained")
axes = figure.subplots()
axes.plot(curve)
marks = {"sin saber nada": (math.log(len(LETTERS)), 3), "bigramas": (bigram, 3), "de memoria": (best, -11)}
for words, (height, up) in marks.items():
    axes.axhline(height, color="gray", linestyle="--", linewidth=1)
    axes.annotate(words, (1, height), (-4, up), ("axes fraction", "data"), "offset points", ha="right")
axes.set(xlabel="paso", ylabel="pérdida por letra", ylim=(0, 3.6))
show(figure, "loss.svg")

# %% [markdown]
# ## A qué mira la atención
#
# El modelo entrenado lee un nombre, y cada cabeza dice adónde mira: una fila por cada letra que pregunta,
# una columna por cada letra a la que puede mirar, oscuro donde está la atención.  Por encima de la diagonal
# no hay nada: es el futuro.


# %% tags=["needs-numpy"]
def looks(text):
    """Los pesos de cada cabeza, para cada letra de un texto, 0 adonde no puede mirar."""
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
    print(f"cabeza {head}: la última letra mira", " ".join(f"{x}:{w:.2f}" for x, w in zip(text, rows[-1])))

# %% [markdown]
# Esto imprime, después de trescientos pasos:
#
# ```
# cabeza 1: la última letra mira .:0.03 t:0.08 i:0.01 t:0.11 a:0.04 n:0.32 i:0.03 u:0.03 m:0.34
# cabeza 2: la última letra mira .:0.00 t:0.00 i:0.00 t:0.01 a:0.00 n:0.61 i:0.00 u:0.38 m:0.00
# cabeza 3: la última letra mira .:0.00 t:0.00 i:0.00 t:0.00 a:0.00 n:0.26 i:0.02 u:0.72 m:0.00
# cabeza 4: la última letra mira .:0.54 t:0.00 i:0.01 t:0.00 a:0.00 n:0.02 i:0.00 u:0.43 m:0.00
# ```

# %% tags=["needs-numpy"]
figure = Figure(figsize=(10, 3), layout="constrained")
for head, (axes, rows) in enumerate(zip(figure.subplots(1, len(found)), found), 1):
    axes.imshow(rows, cmap="Blues", vmin=0, vmax=1)
    axes.set(title=f"cabeza {head}", xticks=range(len(text)), yticks=range(len(text)))
    axes.set_xticklabels(text)
    axes.set_yticklabels(text)
show(figure, "heads.svg")

# %% [markdown]
# En la terminación -nium la tercera cabeza mira a la letra justo anterior: de i a n, de u a i, de m a u.
# Nadie se lo ha dicho; le compensa.
#
# ## Temperatura
#
# El mismo modelo, más frío y más caliente: cuántos de veinte nombres son elementos, y los primeros que no.

# %% tags=["needs-numpy"]
for temperature in (0.5, 1.0, 2.0):
    names = [invent(seed, temperature) for seed in range(min(20, tries))]
    new = [name for name in names if name not in NAMES]
    shown = ", ".join(new[:4]) or "ninguno"
    print(f"temperatura {temperature}: {len(names) - len(new)} conocidos, {len(new)} nuevos: {shown}")

# %% [markdown]
# Esto imprime:
#
# ```
# temperatura 0.5: 20 conocidos, 0 nuevos: ninguno
# temperatura 1.0: 18 conocidos, 2 nuevos: strodirmium, curiume
# temperatura 2.0: 11 conocidos, 9 nuevos: ytsptovium, einsium, oxypesium, strodirmium
# ```
#
# ## Ejercicios
#
# Siete con números y dos preguntas abiertas.  Los cinco primeros son la atención sobre dos letras, donde
# softmax es una sigmoide de la diferencia de las puntuaciones: a le toca a la primera letra y 1 − a a la
# segunda.  Los dos últimos son la entropía cruzada de dos logits.


# %%
def questions(sheet, answers=False):
    """Los ejercicios sin el encabezado, que dice cómo volver a hacerlos."""
    lines = sheet.text(answers=answers).split("\n\n", 2)[2].splitlines()
    return "\n".join(textwrap.fill(line, 100, subsequent_indent="    ") for line in lines)


sheet = exercises.make(
    "a = sigmoid(q*(k1 - k2)); o = a*v1 + (1 - a)*v2; L = (o - t)**2/2; "
    "q, k1, k2 in -2..2 step 0.5; v1, v2 in -2..3; t in 0, 1; eta in 0.5, 1",
    5,
    seed=4,
    kinds=["forward", "backward", "update", "local", "true-false"],
    params=["q", "k1", "v1"],
    lang="es",
)
print(questions(sheet))

# %% [markdown]
# Esto imprime:
#
# ```
# 1. Propagación hacia delante
#   q = −1.5, k₁ = 0.5, k₂ = −1.5, v₁ = 3, v₂ = 2, t = 1
#   Calcula el valor de cada nodo.
#   Trabaja con tres decimales en cada paso; según el hueco, se admite un error de ±0.001 a ±0.004,
#     por el redondeo acumulado.
#     a = ______
#     o = ______
#     L = ______
#
# 2. Propagación hacia atrás
#   q = −0.5, k₁ = 1, k₂ = −2, v₁ = 2, v₂ = −2, t = 0
#   La propagación hacia delante da a = 0.182, o = −1.270, L = 0.807.
#   Calcula los gradientes, empezando por el resultado.
#   Trabaja con tres decimales en cada paso; según el hueco, se admite un error de ±0.002 a ±0.018,
#     por el redondeo acumulado.
#     ∂L/∂o = ______
#     ∂L/∂v₁ = ______
#     ∂L/∂a = ______
#     ∂L/∂k₁ = ______
#     ∂L/∂q = ______
#
# 3. Un paso de descenso por gradiente
#   q = −0.5, k₁ = −1.5, k₂ = 1.5, v₁ = −2, v₂ = 2, t = 1, η = 0.5
#   La propagación hacia delante da a = 0.818, o = −1.270, L = 2.577.
#   Da un paso de descenso por gradiente: ¿cuánto vale después cada parámetro?
#   Trabaja con tres decimales en cada paso; según el hueco, se admite un error de ±0.002 a ±0.015,
#     por el redondeo acumulado.
#     q nuevo = ______
#     k₁ nuevo = ______
#     v₁ nuevo = ______
#
# 4. Derivadas locales
#   q = 1.5, k₁ = −1, k₂ = 1.5, v₁ = 3, v₂ = −2, t = 0
#   La propagación hacia delante da a = 0.023, o = −1.885, L = 1.777.
#   Calcula la derivada local de cada flecha.
#   Trabaja con tres decimales en cada paso; según el hueco, se admite un error de ±0.001 a ±0.003,
#     por el redondeo acumulado.
#     ∂a/∂q = ______
#     ∂a/∂k₁ = ______
#     ∂o/∂a = ______
#     ∂o/∂v₁ = ______
#     ∂L/∂o = ______
#
# 5. ¿Verdadero o falso?
#   q = −1.5, k₁ = 2, k₂ = −1, v₁ = 2, v₂ = −2, t = 0
#   La propagación hacia delante da a = 0.011, o = −1.956, L = 1.913.
#     ¿Se cumple ∂L/∂q = (o − t)·v₁·a·(1 − a)·((k₁ − k₂)) − (o − t)·v₂·a·(1 − a)·((k₁ − k₂)) para
#     todos los números?
#       a) verdadero
#       b) falso
# ```

# %%
two = exercises.make(
    "p = sigmoid(z1 - z2); L = -log(p); z1, z2 in -2..2 step 0.5; eta in 0.5, 1",
    2,
    seed=2,
    first=6,
    kinds=["backward", "update"],
    params=["z1", "z2"],
    lang="es",
)
print(questions(two))

# %% [markdown]
# Esto imprime:
#
# ```
# 6. Propagación hacia atrás
#   z₁ = −1.5, z₂ = −1
#   La propagación hacia delante da p = 0.378, L = 0.974.
#   Calcula los gradientes, empezando por el resultado.
#   Trabaja con tres decimales en cada paso; según el hueco, se admite un error de ±0.004 a ±0.005,
#     por el redondeo acumulado.
#     ∂L/∂p = ______
#     ∂L/∂z₂ = ______
#     ∂L/∂z₁ = ______
#
# 7. Un paso de descenso por gradiente
#   z₁ = −2, z₂ = −0.5, η = 1
#   La propagación hacia delante da p = 0.182, L = 1.701.
#   Da un paso de descenso por gradiente: ¿cuánto vale después cada parámetro?
#   Trabaja con tres decimales en cada paso; se aceptan respuestas a ±0.008.
#     z₁ nuevo = ______
#     z₂ nuevo = ______
# ```
#
# Dos preguntas abiertas:
#
# - **Abierta 1.** Quita las posiciones: x es solo el embedding de la letra.  ¿Qué deja de distinguir el
#   modelo en la última letra de un texto, y por qué no se queda, pese a todo, en un modelo de bigramas?
# - **Abierta 2.** ¿Cuántos productos de una consulta por una clave hacen falta para un nombre de n tokens?
#   Si se duplica la longitud, ¿qué les pasa, y qué les pasa a las demás partes del modelo?  ¿Qué ahorran las
#   dos listas cuando se muestrea un nombre letra a letra?

# %% [markdown]
# Esta hoja es también una página que se corrige sola, sin red, y que reconoce los errores habituales:

# %%
sheet

# %% [markdown]
# ## Soluciones

# %%
print(questions(sheet, answers=True), questions(two, answers=True), sep="\n\n")

# %% [markdown]
# - **Abierta 1.** La atención es una suma sobre las letras que ha habido, y una suma no sabe de orden:
#   después de `.tin` y de `.itn` el modelo diría lo mismo.  Pero sigue sabiendo *qué* letras ha habido y
#   cuántas veces, y cuál es la última, porque es la que pregunta; los bigramas solo conocen la última.  La
#   celda de abajo lo muestra, con un modelo cuyas posiciones son todas cero.
# - **Abierta 2.** n(n + 1)/2 por cabeza, porque cada token se pregunta a sí mismo y a los anteriores: cuatro
#   veces más con el doble de longitud, mientras que todo lo demás (embeddings, matrices, perceptrón) solo se
#   duplica.  Sin las listas, cada letra nueva tendría que volver a calcular todas las claves y valores
#   anteriores, n(n + 1)/2 en todo el nombre en lugar de n.

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


print("sin posiciones, .tin y .itn difieren:", apart(orderless, ".tin", ".itn") > 1e-12)
print("sin posiciones, .tin y .ten difieren:", apart(orderless, ".tin", ".ten") > 1e-12)
print("con posiciones, .tin y .itn difieren:", apart(GPT(len(LETTERS), 6, seed=1), ".tin", ".itn") > 1e-12)
heads = [n * (n + 1) // 2 for n in (4, 8, 16)]
print("productos de una consulta por una clave, con 4, 8 y 16 tokens:", heads)

# %% [markdown]
# Esto imprime:
#
# ```
# sin posiciones, .tin y .itn difieren: False
# sin posiciones, .tin y .ten difieren: True
# con posiciones, .tin y .itn difieren: True
# productos de una consulta por una clave, con 4, 8 y 16 tokens: [10, 36, 136]
# ```
