# %% [markdown]
# # H. Velocidad: de la cinta a un programa, y a C
#
# Después de esta lección sabes en qué se va el tiempo de un entrenamiento y qué se puede hacer sin cambiar
# un solo número: qué cuesta un nodo de un grafo, cómo un grafo se convierte en una lista de instrucciones
# que se graba una vez y se repite, por qué se calculan lotes enteros a la par, y cuándo no está permitido
# nada de esto porque Python decide según los datos.  Has escrito un programa así, en treinta líneas, y sabes
# leer los de microgrid.
#
# Se tarda unos 60 minutos con los ejercicios.  Hace falta la lección F, o saber cómo recorre un grafo el
# paso hacia atrás.  Los tiempos cambian de una máquina a otra, así que la lección mide en la tuya: las
# líneas que empiezan por «medido» no aparecen bajo «Esto imprime».

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
    """Cuánto tarda una llamada, la más corta de varias."""
    taken = []
    while len(taken) < 3 or sum(taken) < least:
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def times(slow, fast):
    """Una razón en palabras."""
    steps = {1.5: "más o menos lo mismo", 5: "unas cuantas veces más", 30: "unas decenas de veces más"}
    steps |= {300: "unos centenares de veces más", 3000: "unos millares de veces más"}
    return next((words for most, words in steps.items() if slow / fast < most), "unas diez mil veces más")


# %% [markdown]
# ## Qué cuesta un nodo
#
# Cada operación sobre un Value crea un objeto de Python que conoce su número, su gradiente, de qué se
# calculó y con qué regla.  Una red con dos capas ocultas de 16 crea, para **una** muestra:

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
print(f"{count.nodes} nodos: {count.leaves} hojas y {results} resultados; {count.edges} flechas")
print(f"medido: un nodo ocupa {count.bytes / count.nodes:.0f} bytes, el grafo {count.bytes / 1024:.0f} KiB")

# %% [markdown]
# Esto imprime:
#
# ```
# 982 nodos: 340 hojas y 642 resultados; 1252 flechas
# ```
#
# 337 parámetros y tres datos son las hojas.  Una unidad con n entradas hace n productos, n sumas y una relu;
# así que las capas tienen 16·(2 + 2 + 1), 16·(16 + 16 + 1) y 16 + 16 resultados, y la pérdida, dos.  La
# aritmética es la menor parte del trabajo.  Lo que lleva tiempo es crear los objetos, y olvidarlos después,
# para cada muestra de cada paso:


# %%
def eager():
    """Una muestra: construir, volver atrás, olvidar."""
    net.zero_grad()
    squared(net(x), y).backward()


one = seconds(eager)
print(f"medido: {1e6 * one:.0f} µs por muestra, {1e9 * one / count.nodes:.0f} ns por nodo")

# %% [markdown]
# ## Una cinta propia
#
# El grafo es el mismo para todas las muestras; solo cambian los números.  Así que anota **una vez** qué
# operación viene después de cuál, y dónde están sus operandos en una única lista de números.  Eso es una
# *cinta*: las instrucciones de una máquina muy pequeña.

# %%
RULES = {
    "add": (lambda a, b: a + b, lambda a, b: (1.0, 1.0)),
    "sub": (lambda a, b: a - b, lambda a, b: (1.0, -1.0)),
    "mul": (lambda a, b: a * b, lambda a, b: (b, a)),
    "relu": (lambda a: a * (a > 0), lambda a: (1.0 * (a > 0),)),
}


def record(root):
    """La cinta de un grafo, sus números, y en qué sitio está cada Value."""
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
# Primero con un grafo pequeño, (relu(wx + b) − y)², para leerla:

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
print(f"cinta: ∂L/∂w = {gradient[place[w]]:g}, ∂L/∂b = {gradient[place[b]]:g}", end="; ")
print(f"motor: {w.grad:g}, {b.grad:g}")
small.label = "L"
show(viz.draw(small, slide="16:9", lang="es"), "small.svg")

# %% [markdown]
# Esto imprime:
#
# ```
# %2 = mul(w, x)   6
# %4 = add(%2, b)   5
# %5 = relu(%4)   5
# %7 = sub(%5, y)   1
# %8 = mul(%7, %7)   1
# cinta: ∂L/∂w = 6, ∂L/∂b = 2; motor: 6, 2
# ```
#
# Otra muestra no necesita otro grafo.  Pon sus números donde están x e y, y recorre la cinta otra vez:

# %%
for sample in ((1.0, 4.0), (0.25, 1.0), (-2.0, 0.0)):
    numbers[place[u]], numbers[place[t]] = sample
    forward(tape, numbers)
    gradient = backward(tape, numbers)
    print(f"x, y = {sample}: L = {numbers[-1]:g}, ∂L/∂w = {gradient[place[w]]:g}")

# %% [markdown]
# Esto imprime:
#
# ```
# x, y = (1.0, 4.0): L = 9, ∂L/∂w = -6
# x, y = (0.25, 1.0): L = 1, ∂L/∂w = 0
# x, y = (-2.0, 0.0): L = 0, ∂L/∂w = 0
# ```
#
# Donde el argumento de relu es negativo, en las dos últimas, su pendiente es 0: relu decide *dentro* de la
# instrucción, y cada muestra toma su propio lado.  Ahora la red.  El gradiente de los 337 parámetros, con la
# cinta y con el motor:

# %%
tape, numbers, place = record(L)
eager()
forward(tape, numbers)
gradient = backward(tape, numbers)
largest = max(abs(gradient[place[p]] - p.grad) for p in net.parameters())
print(f"{len(tape)} instrucciones; mismo gradiente: {largest < 1e-12}")
by_tape = seconds(lambda: (forward(tape, numbers), backward(tape, numbers)))
print(f"medido: el motor tarda {1e6 * one:.0f} µs por muestra, nuestra cinta {1e6 * by_tape:.0f} µs")

# %% [markdown]
# Esto imprime:
#
# ```
# 642 instrucciones; mismo gradiente: True
# ```
#
# Mira los dos tiempos.  Nuestra cinta no crea objetos, pero la interpreta Python, y donde microgrid está
# compilado su motor es C.  Faltan dos cosas: un intérprete más rápido, y menos instrucciones, más grandes.
#
# ## Lo mismo con `compile`
#
# `mg.compile` graba un grafo, junta las sumas de productos en una sola instrucción, y entrega la lista a un
# intérprete en C, el *kernel*.  `print(program)` la escribe, en inglés (la primera línea dice en
# qué se ejecuta):

# %% tags=["needs-numpy"]
program = mg.compile(small, [u, t])
print(*str(program).splitlines()[1:], sep="\n")

# %% [markdown]
# Esto imprime:
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
# Leído línea a línea: las entradas son las columnas de un lote, %0 y %1; los parámetros son %2 y %3.  La
# primera instrucción multiplica %2 por %0, suma %3 y aplica relu, todo de una vez.  La segunda es la
# diferencia, la tercera su cuadrado.  Lo que no depende de ninguna entrada se calcula una vez por llamada, y
# no para cada muestra:

# %% tags=["needs-numpy"]
squares = mg.compile((w * w + 1) * u, [u])
print(*str(squares).splitlines()[1:], sep="\n")

# %% [markdown]
# Esto imprime:
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
# Y la red: 642 operaciones se convierten en cuatro instrucciones.

# %% tags=["needs-numpy"]
program = mg.compile(L, [*x, y], net.parameters())
print(*str(program).splitlines()[1:], sep="\n")
size = program.stats()
print(
    f"{size.operations} operaciones, {size.lane_instructions} instrucciones, {size.code_bytes} bytes de código"
)

# %% [markdown]
# Esto imprime:
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
# 642 operaciones, 4 instrucciones, 3168 bytes de código
# ```
#
# `x16` dice que una instrucción se repite dieciséis veces, una por cada unidad de una capa; r cuenta las
# repeticiones y k los términos de una suma.  `%[51+k+17r]*%[340+k] for k<16` es la suma de una unidad: el
# peso k de la unidad r, que está 17 sitios más allá que el de la unidad r − 1 (dieciséis pesos y un sesgo),
# por la salida de la unidad k anterior.  La tercera instrucción es la última unidad y la resta, la cuarta el
# cuadrado.
#
# ## Los parámetros son un solo array
#
# Un programa guarda sus parámetros en un array, en el orden de la lista, y también da el gradiente como un
# array.  Así el paso de un optimizador es una línea de NumPy; `write_back` devuelve los números a los Values
# cuando se ha terminado.

# %% tags=["needs-numpy"]
import numpy as np

rng = np.random.default_rng(1)
X = rng.uniform(-1, 1, (1000, 2))
batch = np.column_stack([X, X[:, 0] * X[:, 1]])  # x1, x2 y el objetivo, su producto
value, slopes = program.value_and_grad(batch)
print(f"parámetros {program.parameters.shape}, gradiente {slopes.shape}, pérdida {value:.6f}")
for _ in range(500):
    program.parameters -= 0.1 * program.value_and_grad(batch)[1]
program.write_back()
print(f"después de 500 pasos {program.value_and_grad(batch)[0]:.6f}")
print(f"la red dice {net([0.5, -0.5]).data:.4f} para 0.5 · (−0.5)")

# %% [markdown]
# Esto imprime:
#
# ```
# parámetros (337,), gradiente (337,), pérdida 0.401467
# después de 500 pasos 0.001076
# la red dice -0.2803 para 0.5 · (−0.5)
# ```
#
# `value_and_grad` toma la media sobre las muestras; con `reduce=None` da lo de cada una.  Es lo mismo que da
# el motor, salvo el redondeo: un programa puede redondear una vez una suma de productos, donde el motor
# redondea cada término.

# %% tags=["needs-numpy"]
values, slopes = program.value_and_grad(batch[:5], reduce=None)
largest = 0.0
for row, loss, slope in zip(batch[:5], values, slopes):
    net.zero_grad()
    L = squared(net(row[:2]), row[2])
    L.backward()
    found = [p.grad for p in net.parameters()]
    largest = max(largest, abs(L.data - loss), abs(slope - found).max())
print(f"{values.shape} valores, {slopes.shape} gradientes; como los del motor: {largest < 1e-12}")

# %% [markdown]
# Esto imprime:
#
# ```
# (5,) valores, (5, 337) gradientes; como los del motor: True
# ```
#
# ## Muestras a la par
#
# Leer una instrucción, encontrar sus operandos y saltar al código que la hace cuesta más que la
# multiplicación.  Por eso se hace para muchas muestras a la vez: en lugar de un número hay una **fila** de
# números, uno por muestra, y una instrucción trabaja con filas enteras.  Nuestra cinta ya puede hacerlo tal
# como está, porque los arrays de NumPy saben `+` y `*`:

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
print(f"32 muestras a la vez; misma pérdida: {abs(rows[-1].mean() - value) < 1e-12}", end=", ")
print(f"mismo gradiente: {abs(found - slopes).max() < 1e-12}")

# %% [markdown]
# Esto imprime:
#
# ```
# 32 muestras a la vez; misma pérdida: True, mismo gradiente: True
# ```
#
# El kernel lo hace con los **carriles** de los registros vectoriales.  Un registro de un procesador de hoy
# contiene 2, 4 u 8 números de coma flotante (SSE2 o NEON, AVX2, AVX-512), y una instrucción del procesador
# los multiplica y los suma todos.  Un bloque son 32 muestras, varios registros de ancho, para que un peso ya
# cargado sirva para todas y sus resultados queden cerca.  Un bloque de esta red necesita una fila por cada
# una de las tres entradas, dos por cada una de las 32 unidades, su suma y su relu, y dos para lo último; y
# otros tantos adjuntos:

# %% tags=["needs-numpy"]
print(f"{size.lane_slots} filas × 32 muestras × 8 bytes × 2 = {size.block_bytes} bytes")
print("medido: aquí el programa se ejecuta en", program.runs_on)

# %% [markdown]
# Esto imprime:
#
# ```
# 69 filas × 32 muestras × 8 bytes × 2 = 35328 bytes
# ```
#
# que caben en la caché junto al procesador; las mil muestras a la vez no cabrían.  Además, los lotes grandes
# se reparten entre los núcleos del procesador.
#
# ## Medido a la par
#
# El gradiente de una muestra de cinco maneras, todas con los mismos números.  Las tres primeras son el motor
# o las interpreta Python, las dos últimas las hace el kernel, si lo hay:

# %% tags=["needs-numpy"]
thirty = batch[:32].copy()
ways = {
    "motor": one,
    "nuestra cinta": by_tape,
    "nuestra cinta, 32 a la par": seconds(lambda: (forward(tape, rows), backward(tape, rows))) / 32,
    "programa, una a una": seconds(lambda: program.value_and_grad(thirty[:1])),
    "programa, 1000 a la vez": seconds(lambda: program.value_and_grad(batch)) / len(batch),
}
for way, taken in ways.items():
    words = times(taken, ways["programa, 1000 a la vez"])
    print(f"medido: {way:<26} {1e6 * taken:9.3f} µs por muestra, {words} que la última")

# %% tags=["needs-numpy"]
from matplotlib.figure import Figure

figure = Figure(figsize=(7, 2.6), layout="constrained")
axes = figure.subplots()
axes.plot([1e6 * taken for taken in ways.values()], list(ways), "o", markersize=9)
axes.set(xscale="log", xlabel="µs por el gradiente de una muestra")
axes.grid(alpha=0.3)
axes.invert_yaxis()
show(figure, "ways.svg")

# %% [markdown]
# ## Cuando Python decide según los datos
#
# Una cinta sabe qué se hizo, y no por qué.  Un `if` que miró un número no deja rastro: el programa repite,
# para todas las muestras, el lado que se tomó al grabarlo.

# %%
k, z = parameter(1.0, "k"), Value(2.0, "z")


def leaky(k, z):
    return k * z if z > 0 else 0.1 * k * z


recorded, numbers, place = record(leaky(k, z))
numbers[place[z]] = -2.0
forward(recorded, numbers)
print(f"cinta de z = 2, repetida con z = −2: {numbers[-1]:g}; lo correcto es {leaky(k, Value(-2.0)).data:g}")

# %% [markdown]
# Esto imprime:
#
# ```
# cinta de z = 2, repetida con z = −2: -2; lo correcto es -0.2
# ```
#
# No ha fallado nada, y el número es incorrecto.  Por eso `train.fit` no graba una muestra, sino unas 32
# repartidas por los datos, compara sus grafos y **se niega a repetir** donde difieren.  Lo dice, y calcula
# en Python lo que haga falta.


# %% tags=["needs-numpy"]
class Deciding(nn.Module):
    """Una recta cuya pendiente es 0.1·k donde x es negativa, con un if."""

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
print(f"calculado por {history.runs_on}; k = {model.k.data:.4f}")

# %% [markdown]
# Esto imprime (el aviso está en inglés):
#
# ```
# fit cannot replay this model, and computes every sample in Python, many times slower: examples have
# different graphs, of 8 and 6 nodes, so Python decides by the data
# calculado por Python; k = 2.0000
# ```
#
# La salida es dejar que decida una operación, como hace relu: `mg.leaky_relu(z, 0.1)` tiene el `if` dentro,
# donde cada muestra toma su propio lado, y con él su derivada local.


# %% tags=["needs-numpy"]
class Operation(Deciding):
    def __call__(self, x):
        return self.k * mg.leaky_relu(x[0], 0.1)


with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    model = Operation()
    history = train.fit(model, samples, targets, **options)
print(f"avisos: {len(said)}; repetido: {history.runs_on != 'Python'}; k = {model.k.data:.4f}")

# %% [markdown]
# Esto imprime:
#
# ```
# avisos: 0; repetido: True; k = 2.0000
# ```
#
# ## `fit`: el mismo entrenamiento, repetido
#
# `train.fit` hace todo esto solo: graba una muestra, repite lotes, guarda los parámetros en un array y los
# devuelve al final.  Donde un lote es más que sus muestras, como en la normalización por lotes, graba un
# lote entero.  Con `replay=False` calcula los mismos pasos en Python:


# %% tags=["needs-numpy"]
def trained(**how):
    """El historial de ocho épocas, y cuánto han tardado."""
    random.seed(1)
    model = nn.MLP(2, [16, 16, 1])
    start = time.perf_counter()
    options = {"loss": "mse", "optimizer": lambda ps: optim.Adam(ps, lr=0.01), "epochs": 8, "seed": 1}
    history = train.fit(model, X[:120], batch[:120, 2], batch_size=12, **options, **how)
    return history, time.perf_counter() - start


replayed, fast = trained()
in_python, slow = trained(replay=False)
apart = max(abs(a - b) for a, b in zip(replayed["loss"], in_python["loss"]))
print(f"pérdida {replayed['loss'][0]:.4f} → {replayed['loss'][-1]:.4f}; mismo historial: {apart < 1e-9}")
print(f"medido: en Python {times(slow, fast)} que grabado y repetido, {slow:.2f} s y {fast:.2f} s")
show(plots.curves(replayed, lang="es"), "replayed.svg")

# %% [markdown]
# Esto imprime:
#
# ```
# pérdida 0.0941 → 0.0032; mismo historial: True
# ```
#
# ## Más de un proceso
#
# Se pueden repartir dos cosas.  **Muchos entrenamientos** que no tienen nada que ver entre sí: `train.sweep`
# ajusta un modelo para cada elección de opciones y los ordena.


# %% tags=["needs-numpy"]
def make(width, lr):
    return nn.MLP(1, [width, 1], activation="tanh"), {"optimizer": lambda ps: optim.Adam(ps, lr=lr)}


line = [[k / 10] for k in range(-20, 21)]
parabola = [x[0] ** 2 for x in line]
study = train.sweep(
    make, {"width": [4, 16], "lr": [0.1, 0.001]}, line, parabola, loss="mse", epochs=200, progress=False
)
for fit in study.ranked:
    print(fit.settings, f"pérdida {fit.history['loss'][-1]:.4f}")

# %% [markdown]
# Esto imprime:
#
# ```
# {'width': 16, 'lr': 0.1} pérdida 0.0010
# {'width': 4, 'lr': 0.1} pérdida 0.0025
# {'width': 16, 'lr': 0.001} pérdida 1.7445
# {'width': 4, 'lr': 0.001} pérdida 2.1766
# ```
#
# Con `executor=` los ajustes se calculan en otra parte, con los mismos números: en los procesos de esta
# máquina, en un cliente de Dask, en Ray o en joblib.  En un archivo tuyo, donde `make` sea una función que
# otros procesos puedan importar:
#
#     from concurrent.futures import ProcessPoolExecutor
#
#     if __name__ == "__main__":
#         with ProcessPoolExecutor() as pool:
#             study = train.sweep(make, settings, X, y, loss="mse", epochs=200, executor=pool)
#
# Y **un entrenamiento con muchísimas muestras**: `fit(..., executor=client, shards=8)` deja las muestras una
# sola vez en los procesos de Dask o Ray, en ocho partes; un paso envía los parámetros y suma los gradientes
# que vuelven.  El gradiente de una media es la media de los gradientes, y por eso con lotes completos los
# pasos son los de un solo proceso, salvo el redondeo.  `shards` a solas reparte las muestras en un proceso,
# de la misma manera:

# %% tags=["needs-numpy"]
histories = []
for shards in (None, 1, 4):
    random.seed(1)
    model = nn.MLP(2, [16, 16, 1])
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    how = {"loss": "mse", "optimizer": optimizer, "epochs": 20, "shards": shards}
    histories.append(train.fit(model, X, batch[:, 2], **how)["loss"])
apart = max(abs(a - b) for other in histories[1:] for a, b in zip(histories[0], other))
print(f"pérdida después de 20 pasos {histories[0][-1]:.4f}; la misma con 1 y 4 partes: {apart < 1e-9}")

# %% [markdown]
# Esto imprime:
#
# ```
# pérdida después de 20 pasos 0.0090; la misma con 1 y 4 partes: True
# ```
#
# Compensa a partir de unas cien mil muestras por lote: por debajo, enviar tarda más que calcular.
#
# ## Otras máquinas: `to_jax` y `to_torch`
#
# Un programa es una función de un array de parámetros y un lote, y `program.to_jax()` y `program.to_torch()`
# lo dan como tal: JAX lo compila para una tarjeta gráfica, lo vuelve a derivar o lo reparte entre
# dispositivos; PyTorch lo entrena con sus propios optimizadores.  Las derivadas siguen las mismas reglas,
# también en los puntos angulosos.  Para lo que sirve un motor escalar, que es entender, no hace falta
# ninguno de los dos; son el puente para quien se queda sin sitio.
#
#     import jax
#
#     jax.config.update("jax_enable_x64", True)
#     f = program.to_jax()
#     gradient = jax.jit(jax.grad(lambda p: f(p, batch).mean()))(program.parameters)

# %% [markdown]
# ## Lo que genera un entorno: `to_c`
#
# Un entorno que compila arrays también escribe un programa, en C o para un procesador, y se lo da a un
# compilador.  `program.to_c()` enseña cuál: un bucle sobre las muestras por cada instrucción, bajo las
# etiquetas de sus nodos, hacia delante y hacia atrás.

# %% tags=["needs-numpy"]
weight, bias = parameter(2.0, "w"), parameter(1.0, "b")
point, target = Value(3.0, "x"), Value(9.0, "y")
written = mg.compile((weight * point + bias - target) ** 2, [point, target]).to_c()
print(written[written.index("INLINE void forward") : written.index("/* ---- The same backwards")].strip())

# %% [markdown]
# Esto imprime:
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
# U guarda los parámetros; V, una fila de muestras por cada entrada y cada resultado.
# `mg.compile(..., backend="c")` hace que gcc o clang compile el archivo entero, una sola vez, y lo ejecuta: una
# quinta parte menos de tiempo con las lunas, un tercio menos con un programa de muchas instrucciones cortas,
# pues ya no queda nada que interpretar.

# %% [markdown]
# ## Ejercicios
#
# Siete con números y dos preguntas abiertas.  Los cinco primeros repiten una muestra de una unidad con relu;
# los dos últimos toman la media sobre dos muestras, como `value_and_grad`.


# %%
def questions(sheet, answers=False):
    """Los ejercicios sin el encabezado, que dice cómo volver a hacerlos."""
    lines = sheet.text(answers=answers).split("\n\n", 2)[2].splitlines()
    return "\n".join(textwrap.fill(line, 100, subsequent_indent="    ") for line in lines)


sheet = exercises.make(
    "z = w*x + b; a = relu(z); d = a - y; L = d*d; w, b in -3..3; x in -3..3; y in -2..4; eta in 0.1, 0.5",
    5,
    seed=6,
    kinds=["forward", "backward", "update", "local", "true-false"],
    lang="es",
)
print(questions(sheet))

# %% [markdown]
# Esto imprime:
#
# ```
# 1. Propagación hacia delante
#   w = −3, x = −2, b = −3, y = −1
#   Calcula el valor de cada nodo.
#     z = ______
#     a = ______
#     d = ______
#     L = ______
#
# 2. Propagación hacia atrás
#   w = −2, x = −3, b = −2, y = 2
#   La propagación hacia delante da z = 4, a = 4, d = 2, L = 4.
#   Calcula los gradientes, empezando por el resultado.
#     ∂L/∂d = ______
#     ∂L/∂a = ______
#     ∂L/∂z = ______
#     ∂L/∂b = ______
#     ∂L/∂w = ______
#
# 3. Un paso de descenso por gradiente
#   w = 2, x = 3, b = −3, y = −2, η = 0.1
#   La propagación hacia delante da z = 3, a = 3, d = 5, L = 25.
#   Da un paso de descenso por gradiente: ¿cuánto vale después cada parámetro?
#     w nuevo = ______
#     b nuevo = ______
#
# 4. Derivadas locales
#   w = −3, x = −2, b = −1, y = −1
#   La propagación hacia delante da z = 5, a = 5, d = 6, L = 36.
#   Calcula la derivada local de cada flecha.
#     ∂z/∂w = ______
#     ∂z/∂b = ______
#     ∂a/∂z = ______
#     ∂d/∂a = ______
#     ∂L/∂d = ______
#
# 5. ¿Verdadero o falso?
#   w = 2, x = 3, b = 2, y = 3
#   La propagación hacia delante da z = 8, a = 8, d = 5, L = 25.
#     ¿Se cumple ∂L/∂w = d·relu′(z)·x + d·relu′(z)·x para todos los números?
#       a) verdadero
#       b) falso
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
    lang="es",
)
print(questions(two))

# %% [markdown]
# Esto imprime:
#
# ```
# 6. El camino que falta
#   w = −2, x₁ = 3, y₁ = 3, x₂ = 3, y₂ = −1
#   La propagación hacia delante da L₁ = 81, L₂ = 25, L = 53.
#   Un gradiente se ha escrito como suma sobre caminos, y falta uno: ∂L/∂w = ∂L/∂L₂ · ∂L₂/∂w.
#     ¿Qué camino de w a L falta?
#       a) w → L₁ → L
#       b) w → L₂ → L
#     ∂L/∂w = ______
#
# 7. Un paso de descenso por gradiente
#   w = −2, x₁ = 3, y₁ = 2, x₂ = −3, y₂ = −4, η = 0.5
#   La propagación hacia delante da L₁ = 64, L₂ = 100, L = 82.
#   Da un paso de descenso por gradiente: ¿cuánto vale después cada parámetro?
#     w nuevo = ______
# ```
#
# Dos preguntas abiertas:
#
# - **Abierta 1.** El kernel toma 32 muestras cada vez.  ¿Por qué no todas las de un lote de diez mil, con lo
#   que las instrucciones se leerían una sola vez?  Cuenta los bytes, con la red de esta lección.
# - **Abierta 2.** Un bucle de entrenamiento se salta las muestras cuyo error es pequeño (`if error < 0.01:
#   continue`).  ¿Se puede repetir?  ¿Y una red con dropout, cuyos factores se sortean de nuevo para cada
#   muestra?

# %% [markdown]
# Esta hoja es también una página que se corrige sola, sin red, y que reconoce los errores habituales:

# %%
sheet

# %% [markdown]
# ## Soluciones

# %%
print(questions(sheet, answers=True), questions(two, answers=True), sep="\n\n")

# %% [markdown]
# - **Abierta 1.** Los valores y los adjuntos de todas las filas tienen que estar a mano hasta que el paso
#   hacia atrás los haya usado: filas × muestras × 8 bytes × 2.  La celda de abajo dice cuánto es: un bloque
#   cabe en la primera o la segunda caché de un núcleo, diez mil muestras solo en la memoria principal, que
#   es muchas veces más lenta.  Con 32 muestras, una instrucción leída se reparte entre tantas
#   multiplicaciones que leerla ya no importa.
# - **Abierta 2.** El primero, tal como está, no: qué muestras participan depende de sus números.  Se puede
#   si Python elige las filas del lote antes de cada repetición: entonces el programa es el mismo para todo
#   lo que recibe.  El dropout sí: el grafo es el mismo, y los factores son hojas para las que se sortean
#   números nuevos, como si fueran entradas.  `fit` lo hace.

# %% tags=["needs-numpy"]
for samples in (32, 10_000):
    held = size.lane_slots * samples * 8 * 2
    print(f"{samples:>6} muestras: {held / 1024:,.1f} KiB")

# %% [markdown]
# Esto imprime:
#
# ```
#     32 muestras: 34.5 KiB
#  10000 muestras: 10,781.2 KiB
# ```
