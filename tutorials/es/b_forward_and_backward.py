# %% [markdown]
# # B. Hacia delante y hacia atrás, estabilidad numérica, inicialización, generalización
#
# Después de esta lección puedes llevar una red pequeña por un paso entero de entrenamiento con lápiz y papel:
# todos los valores hacia delante, todos los gradientes hacia atrás, la actualización y la pérdida que queda.
# Sabes qué guarda un paso en memoria, por qué explota un producto de cien matrices y qué pesos iniciales lo
# evitan, y tres maneras de que un entrenamiento no vaya demasiado lejos: la parada temprana, el dropout y el
# recorte de gradientes.
#
# Se tarda unos 90 minutos con los ejercicios.  Hacen falta la regla de la cadena y la lección A.  Los bloques
# bajo «Esto imprime» muestran lo que ha de salir.

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
# ## Los símbolos de la clase: z, h, o, L, s, J
#
# Una red con una capa oculta calcula, a partir de una entrada x y un objetivo y,
#
# - z = W₁x + b₁, las **preactivaciones** de la capa oculta,
# - h = φ(z), sus **activaciones**,
# - o = W₂h + b₂, la **salida**,
# - L = ℓ(o, y), la **pérdida**, aquí la mitad del error cuadrático,
# - s = λ/2 (‖W₁‖² + ‖W₂‖²), la **penalización**: la mitad de λ por la suma de todos los pesos al cuadrado (la
#   norma de Frobenius de una matriz es la raíz de la suma de los cuadrados de sus elementos),
# - J = L + s, la **función objetivo**, cuyo gradiente sigue el entrenamiento.
#
# Primero en Python a secas, con dos entradas, dos unidades ocultas con tanh y una salida:

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
# Esto imprime:
#
# ```
# z = (0.6585, -0.4522)   h = (0.5773, -0.4237)   o = 0.0375
# L = 0.4632   s = 0.0773   J = L + s = 0.5405
# ```
#
# Ahora como grafo.  De un peso salen dos ramas hacia J, una por L y otra por s, y su gradiente es la suma de
# lo que vuelve por las dos: ∂J/∂w = ∂L/∂w + λw.  Los sesgos no se penalizan.

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
# Esto imprime:
#
# ```
# J = 0.5405
# ∂J/∂w = -0.0673 = ∂L/∂w + λ·w = 0.0059 + -0.0731
# ```

# %%
net.zero_grad()
J.backward()
show(viz.draw(J, slide="16:9", lang="es"), "objective.svg")

# %% [markdown]
# ## Dos entradas, dos unidades ocultas, dos salidas: hacia delante a mano
#
# El ejemplo de la clase tiene sigmoides en las dos capas, de w₁ a w₄ en la primera y de w₅ a w₈ en la
# segunda, **un sesgo para cada capa**, b₁ y b₂, y L = ½ Σ (objetivo − salida)².  Las entradas son 0.05 y
# 0.10; los objetivos, 0.01 y 0.99.  Hacia delante, de izquierda a derecha:

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
# Esto imprime:
#
# ```
# z1 = 0.377500   h1 = 0.593269992        z2 = 0.392500   h2 = 0.596884378
# z3 = 1.105906   o1 = 0.751365070        z4 = 1.224921   o2 = 0.772928465
# L = 0.274811083 + 0.023560026 = 0.298371109
# ```
#
# ## Lo mismo con el motor
#
# `parse` lee las igualdades tal como están en la diapositiva.  Lo que se da como parámetro se puede entrenar;
# lo que se da como número es un dato.

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
# Esto imprime:
#
# ```
# o1 = 0.751365070   o2 = 0.772928465   L = 0.298371109
# ```
#
# Una red hecha de capas da los mismos números.  Tiene un sesgo por unidad, así que recibe dos veces 0.35 y
# dos veces 0.60.  Con círculos y flechas, y el gradiente de cada peso en su línea:

# %%
net = nn.MLP(2, [2, 2], activation="sigmoid", output="sigmoid")
w = 0.15, 0.20, 0.35, 0.25, 0.30, 0.35, 0.40, 0.45, 0.60, 0.50, 0.55, 0.60
for p, v in zip(net.parameters(), w):
    p.data = v
by_layers = nn.losses.half_mse(net([0.05, 0.10]), [0.01, 0.99], reduction="sum")
by_layers.backward()
print(f"L = {by_layers.data:.9f}")
show(viz.network(net, [0.05, 0.10], show="gradients", lang="es"), "two_two_two.svg")

# %% [markdown]
# Esto imprime:
#
# ```
# L = 0.298371109
# ```
#
# ## Hacia atrás a mano: ∂L/∂w₅
#
# De w₅ solo depende o₁.  Hasta ahí llevan tres derivadas locales: ∂L/∂o₁ = −(t₁ − o₁), después σ′ = o₁(1 −
# o₁), después ∂z₃/∂w₅ = h₁.

# %%
dl_do1 = -(t1 - o1)
do1_dz3 = o1 * (1 - o1)
d3 = dl_do1 * do1_dz3
print(f"∂L/∂o1 = −(t1 − o1) = {dl_do1:.9f}")
print(f"∂o1/∂z3 = o1(1 − o1) = {do1_dz3:.9f}")
print(f"∂L/∂z3 = {d3:.9f}")
print(f"∂L/∂w5 = −(t1 − o1)·o1(1 − o1)·h1 = {d3 * h1:.9f}")

# %% [markdown]
# Esto imprime:
#
# ```
# ∂L/∂o1 = −(t1 − o1) = 0.741365070
# ∂o1/∂z3 = o1(1 − o1) = 0.186815602
# ∂L/∂z3 = 0.138498562
# ∂L/∂w5 = −(t1 − o1)·o1(1 − o1)·h1 = 0.082167041
# ```
#
# ## Hacia atrás a mano: ∂L/∂w₁, desde las dos salidas
#
# h₁ entra en las dos salidas, así que lo que le vuelve es una **suma**: ∂L/∂z₃ por el peso de ese camino, w₅,
# más ∂L/∂z₄ por w₇.  Desde ahí un solo camino sigue hasta w₁.

# %%
d4 = -(t2 - o2) * o2 * (1 - o2)
from_o1, from_o2 = d3 * w5, d4 * w7
dl_dh1 = from_o1 + from_o2
dl_dw1 = dl_dh1 * h1 * (1 - h1) * i1
print(f"desde o1: ∂L/∂z3 · w5 = {from_o1:.9f}")
print(f"desde o2: ∂L/∂z4 · w7 = {from_o2:.9f}")
print(f"∂L/∂h1 = {dl_dh1:.9f}")
print(f"∂L/∂w1 = ∂L/∂h1 · h1(1 − h1) · i1 = {dl_dw1:.9f}")

# %% [markdown]
# Esto imprime:
#
# ```
# desde o1: ∂L/∂z3 · w5 = 0.055399425
# desde o2: ∂L/∂z4 · w7 = -0.019049118
# ∂L/∂h1 = 0.036350306
# ∂L/∂w1 = ∂L/∂h1 · h1(1 − h1) · i1 = 0.000438568
# ```
#
# Las dos salidas no están de acuerdo: o₁ es demasiado grande y pide un h₁ menor; o₂ es demasiado pequeña y
# pide uno mayor.  El motor ha calculado las diez derivadas en un solo recorrido.  A los sesgos compartidos
# también les llega una suma: a b₁ desde las dos unidades ocultas, a b₂ desde las dos salidas.

# %%
for name, value in weights.items():
    print(f"∂L/∂{name} = {value.grad:12.9f}")

# %% [markdown]
# Esto imprime:
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
# ## Los dos caminos, dibujados
#
# Con `path=` el dibujo muestra todos los caminos de un peso a la pérdida, con el producto de sus derivadas
# locales.

# %%
show(viz.draw(by_layers, path=net.parameters()[0], slide="16:9", lang="es"), "both_ways.svg")

# %% [markdown]
# Y `steps` recorre los dos pasos, con un rótulo para cada uso de la regla de la cadena.  En un cuaderno es un
# pequeño reproductor; `save` escribe una página que se abre en cualquier navegador.

# %%
walk = viz.steps(by_layers, lang="es")
captions = [line for frame in walk for line in frame.caption.splitlines()]
print(*[line for line in captions if line.startswith("∂L/∂h₁⁽¹⁾")], sep="\n")
show(walk, "two_two_two_steps.html")

# %% [markdown]
# Esto imprime:
#
# ```
# ∂L/∂h₁⁽¹⁾ = ∂L/∂z₂⁽²⁾ · w₂₁⁽²⁾ = −0.03810 · 0.5 = −0.01905 hasta aquí
# ∂L/∂h₁⁽¹⁾ = −0.01905 + ∂L/∂z₁⁽²⁾ · w₁₁⁽²⁾ = −0.01905 + 0.1385 · 0.4 = −0.01905 + 0.05540 = 0.03635
# ```
#
# ## Afirmaciones, comprobadas
#
# Una fórmula en una diapositiva es una afirmación.  `check` dice si es una identidad, para todos los números,
# y donde no lo es, qué ha fallado.  Primero dos que son correctas:

# %%
print(mg.check(nodes, "∂L/∂w5 = −(t1 − o1)·o1·(1 − o1)·h1").text("es"))
print(mg.check(nodes, "∂L/∂w1 = (∂L/∂o1·∂o1/∂h1 + ∂L/∂o2·∂o2/∂h1)·∂h1/∂w1").text("es"))

# %% [markdown]
# Esto imprime:
#
# ```
# ✓ ∂L/∂w5 = −(t1 − o1)·o1·(1 − o1)·h1: verdadero, demostrado
# ✓ ∂L/∂w1 = (∂L/∂o1·∂o1/∂h1 + ∂L/∂o2·∂o2/∂h1)·∂h1/∂w1: verdadero, demostrado
# ```
#
# Ahora el desliz de la propia clase.  En la diapositiva, el último factor de ∂L/∂w₁ es ∂z₁/∂w₁ = w₁.  Y el
# clásico de todos los exámenes: solo se vuelve por una de las dos salidas.

# %%
print(mg.check(nodes, "∂z1/∂w1 = w1").text("es"))
print(mg.check(nodes, "∂L/∂w1 = ∂L/∂o1·∂o1/∂h1·∂h1/∂w1").text("es"))

# %% [markdown]
# Esto imprime, junto con los números en que fallan:
#
# ```
# ✗ ∂z1/∂w1 = w1: falso: hay una variable equivocada
#     w1 está donde corresponde i1
#     en w1 = 0.15, i1 = 0.05 la afirmación da 0.15, y lo correcto es 0.05
#     lo correcto es ∂z1/∂w1 = i1
# ✗ ∂L/∂w1 = ∂L/∂o1·∂o1/∂h1·∂h1/∂w1: falso: falta un camino
#     falta el camino w1 → z1 → h1 → z4 → o2 → L
# ```
#
# Con el desliz el gradiente sale aquí el triple de grande, 0.15 en lugar de 0.05, y ningún programa se
# quejaría.
#
# ## Un paso de entrenamiento
#
# Con tasa de aprendizaje η = 0.5, w ← w − η ∂L/∂w.  En el ejemplo resuelto en la clase los sesgos se quedan
# como están; si se mueven también, el mismo paso reduce la pérdida 1.7 veces lo que sin ellos.


# %%
def step(names, rate=0.5):
    """Un paso de descenso por gradiente para los parámetros con estos nombres; la pérdida que queda."""
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
# Esto imprime:
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
print(f"L tras un paso con los sesgos: {step(weights):.9f}")
for _ in range(999):
    step(weights)
print(f"L tras mil: {L.data:.6f}")
print(f"o = ({nodes['o1'].data:.3f}, {nodes['o2'].data:.3f}), se quería ({t1}, {t2})")

# %% [markdown]
# Esto imprime:
#
# ```
# L tras un paso con los sesgos: 0.285750887
# L tras mil: 0.000346
# o = (0.029, 0.972), se quería (0.01, 0.99)
# ```
#
# ## Verificado
#
# `verify` demuestra la regla de cada operación con álgebra computacional, comprueba que la regla de la cadena
# las ha juntado bien y lo calcula todo otra vez con cincuenta cifras.

# %%
report = mg.verify(L)
print("todo verificado:", report.ok)

# %% [markdown]
# Esto imprime:
#
# ```
# todo verificado: True
# ```
#
# ## Lo que un paso guarda en memoria
#
# La propagación hacia atrás multiplica derivadas locales, y estas necesitan los valores de la propagación
# hacia delante: o₁(1 − o₁), h₁, i₁.  Por eso el entrenamiento guarda **todos los valores intermedios** hasta
# tener los gradientes, cosa que una simple predicción no necesita.  Contados, para redes con más y más capas
# ocultas de 16 unidades, y lotes de 1 y de 8:


# %%
def recorded(layers, batch):
    """Lo que ocupa el grafo de un paso de entrenamiento."""
    net = nn.MLP(2, [16] * layers + [1])
    return counts(nn.losses.half_mse([net([0.1, 0.2]) for _ in range(batch)], [0] * batch))


for layers in (1, 2, 4, 8):
    one, eight = recorded(layers, 1), recorded(layers, 8)
    print(f"capas ocultas: {layers}, nodos para una muestra: {one.nodes:4}, para ocho: {eight.nodes:5}")

# %% [markdown]
# Esto imprime:
#
# ```
# capas ocultas: 1, nodos para una muestra:  184, para ocho:  1012
# capas ocultas: 2, nodos para una muestra:  984, para ocho:  5508
# capas ocultas: 4, nodos para una muestra: 2584, para ocho: 14500
# capas ocultas: 8, nodos para una muestra: 5784, para ocho: 32484
# ```
#
# Cada capa más añade 800 nodos para una muestra, 16·17 = 272 parámetros y 528 resultados, y 272 + 8·528 =
# 4496 para ocho: aparte de los parámetros, la memoria crece en proporción a la profundidad **y** al lote.  Un
# nodo ocupa 96 bytes si microgrid está compilado, y más o menos el doble si no lo está.

# %% tags=["needs-numpy"]
print(f"el último grafo ocupa {eight.bytes / 2**20:.1f} MiB, {eight.bytes / eight.nodes:.0f} bytes por nodo")
memory = plots.memory({f"2-{'16-' * k}1": nn.MLP(2, [16] * k + [1]) for k in (1, 2, 4, 8)}, lang="es")
show(memory, "memory.svg")

# %% [markdown]
# ## El producto de cien matrices
#
# Volver por cien capas es un producto de cien matrices, igual que ir hacia delante por capas lineales.  Toma
# matrices de 4×4 con elementos sacados de la distribución normal de varianza 1:


# %%
def product_of(count, std, seed=24):
    """El producto de matrices 4×4 al azar, y el tamaño de su elemento menor y del mayor."""
    rng = random.Random(seed)
    total = [[float(i == j) for j in range(4)] for i in range(4)]
    for _ in range(count):
        matrix = [[rng.gauss(0, std) for _ in range(4)] for _ in range(4)]
        total = [[sum(map(float.__mul__, row, column)) for column in zip(*matrix)] for row in total]
    sizes = [abs(entry) for row in total for entry in row]
    return min(sizes), max(sizes)


for count in (1, 10, 100):
    smallest, largest = product_of(count, 1.0)
    print(f"producto de {count:3}: elementos de {smallest:.1e} a {largest:.1e}")

# %% [markdown]
# Esto imprime:
#
# ```
# producto de   1: elementos de 3.8e-02 a 3.3e+00
# producto de  10: elementos de 1.2e+02 a 2.7e+03
# producto de 100: elementos de 1.0e+24 a 5.3e+25
# ```
#
# Un vector de longitud 1 se convierte, con una de esas matrices, en otro cuya longitud al cuadrado es 4 en
# promedio; su logaritmo crece (log 2 + 1 − γ)/2 ≈ 0.558 en promedio (γ ≈ 0.5772), y así su longitud, después
# de cien, 10^24.2.  Con varianza 1/n = 1/4 en vez de 1 cada factor es la mitad, 2^100 ≈ 10^30 en total:

# %%
growth = (math.log(2) + 1 - 0.5772156649) / 2
print(f"en teoría, cien matrices estiran por 10^{100 * growth / math.log(10):.1f}")
smallest, largest = product_of(100, 0.5)
print(f"con la mitad de desviación típica: elementos de {smallest:.1e} a {largest:.1e}")
print(f"2^100 = {2**100:.2e}")

# %% [markdown]
# Esto imprime:
#
# ```
# en teoría, cien matrices estiran por 10^24.2
# con la mitad de desviación típica: elementos de 8.3e-07 a 4.2e-05
# 2^100 = 1.27e+30
# ```
#
# Los gradientes se encuentran con el mismo producto.  Cien capas lineales con estas matrices, y la longitud
# del gradiente en cada una: la última capa está a la derecha.

# %% tags=["needs-numpy"]
random.seed(1)
net = nn.Sequential(*[nn.Linear(4, 4, bias=False) for _ in range(100)])
for layer in net.layers:
    nn.init.normal(layer, std=1.0)
monitor = Monitor(net, loss=lambda outputs, targets: outputs[0][0])
monitor.observe([[1, 0, 0, 0]], [[0, 0, 0, 0]])
layers = list(monitor.records[0].layers.values())
print(f"gradiente {layers[-1].gradient_norm:.1e} en la capa 100, {layers[0].gradient_norm:.1e} en la capa 1")
show(plots.gradient_flow(monitor, lang="es"), "gaussian_matrices.svg")

# %% [markdown]
# Esto imprime:
#
# ```
# gradiente 1.0e+00 en la capa 100, 1.7e+24 en la capa 1
# ```
#
# ## Inicializadores
#
# Así que los pesos iniciales deciden si las señales y los gradientes conservan su tamaño.  **Xavier/Glorot**
# toma la varianza 2/(n_in + n_out), un compromiso entre lo que conviene hacia delante (1/n_in) y hacia atrás
# (1/n_out); **He** toma 2/n_in, porque una ReLU deja pasar la mitad de lo que le llega.  La uniforme en [−a,
# a] tiene varianza a²/3, de modo que los límites son √(6/(n_in + n_out)) y √(6/n_in).  Medidas en 100
# unidades de 50 entradas, junto a las fórmulas:


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
    print(f"{name:>16}: varianza {variance(layer):.4f}, {formula} = {expected:.4f}")

# %% [markdown]
# Esto imprime:
#
# ```
#    xavier_normal: varianza 0.0136, 2/(n_in + n_out) = 0.0133
#   xavier_uniform: varianza 0.0134, 2/(n_in + n_out) = 0.0133
#        he_normal: varianza 0.0414, 2/n_in = 0.0400
#       he_uniform: varianza 0.0403, 2/n_in = 0.0400
#          uniform: varianza 0.0838, 1/12 = 0.0833
#           normal: varianza 0.9669, 1 = 1.0000
# truncated_normal: varianza 0.7870, 1 − 4φ(2)/(2Φ(2) − 1) = 0.7737
# ```
#
# Los demás hacen lo que dice su nombre.  Una matriz **ortogonal** no estira nada: sus filas tienen longitud 1
# y son perpendiculares entre sí.  Una **dispersa** (sparse) tiene una parte de ceros en cada columna; una
# convolución de **Dirac** deja pasar su entrada tal cual, como `eye` con una matriz.  Una **ganancia** (gain)
# es el factor que pide una activación.

# %% tags=["needs-numpy"]
rows = [[w.data for w in row] for row in init.orthogonal(nn.Linear(50, 20), seed=1).w]
products = [[sum(map(float.__mul__, p, q)) for q in rows] for p in rows]
off = max(abs(products[i][j] - (i == j)) for i in range(20) for j in range(20))
print(f"ortogonal: W·Wᵀ es la identidad: {off < 1e-12}")

# %% [markdown]
# Esto imprime:
#
# ```
# ortogonal: W·Wᵀ es la identidad: True
# ```

# %%
zeros = sum(w.data == 0 for row in init.sparse(nn.Linear(50, 100), 0.3, seed=1).w for w in row)
print(f"sparse: {zeros} de 5000 pesos son 0")
handed_on = init.dirac(nn.Conv(1, 1, 3, bias=False))
print("dirac:", [float(f"{v.data:g}") for v in handed_on([1, 2, 5, 4])], "a partir de [1, 2, 5, 4]")
print("eye:", [[w.data for w in row] for row in init.eye(nn.Linear(2, 2)).w])
same = init.constant(nn.Linear(2, 2), 0.5), init.ones(nn.Linear(2, 2)), init.zeros(nn.Linear(2, 2))
print("constant, ones, zeros:", *([w.data for w in layer.w[0]] for layer in same))
print("ganancias:", {name: round(init.gain(name), 4) for name in ("sigmoid", "tanh", "relu", "leaky_relu")})

# %% [markdown]
# Esto imprime:
#
# ```
# sparse: 1500 de 5000 pesos son 0
# dirac: [2.0, 5.0] a partir de [1, 2, 5, 4]
# eye: [[1.0, 0.0], [0.0, 1.0]]
# constant, ones, zeros: [0.5, 0.5] [1.0, 1.0] [0.0, 0.0]
# ganancias: {'sigmoid': 1.0, 'tanh': 1.6667, 'relu': 1.4142, 'leaky_relu': 1.4141}
# ```
#
# Lo que le hace a una red: cinco capas de veinte unidades tanh.  Con los pesos de Xavier las activaciones
# menguan despacio, porque tanh aplana lo que es grande; con pesos demasiado pequeños cada capa las reduce a
# la mitad:

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
    print("amplitud de las activaciones, capa a capa:", *(f"{spread:.3f}" for spread in spreads))
    return monitor


show(plots.histograms(watched(nn.init.xavier_normal), lang="es"), "xavier.svg")

# %% [markdown]
# Esto imprime:
#
# ```
# amplitud de las activaciones, capa a capa: 0.602 0.465 0.410 0.358 0.305
# ```

# %% tags=["needs-numpy"]
small = watched(lambda layer: nn.init.uniform(layer, -0.2, 0.2))
show(plots.histograms(small, lang="es"), "too_small.svg")

# %% [markdown]
# Esto imprime:
#
# ```
# amplitud de las activaciones, capa a capa: 0.425 0.224 0.114 0.063 0.034
# ```
#
# ## Parada temprana
#
# A partir de cierta época, una red que es grande para sus datos se aprende el ruido: la pérdida en ellos
# sigue bajando, y la de los puntos apartados, la **pérdida de validación**, sube.  La parada temprana espera
# tantas épocas como su **paciencia** sin que haya mejora, termina, y recupera los mejores parámetros.

# %% tags=["needs-numpy"]
random.seed(1)
X, y = datasets.moons(80, noise=0.35, seed=2)
net = nn.MLP(2, [16, 16, 1], activation="tanh", output="sigmoid")
how = {"validation": 0.4, "early_stopping": 60, "epochs": 400, "seed": 1}
history = train.fit(net, X, y, loss="bce", optimizer=lambda ps: optim.Adam(ps, lr=0.02), **how)
best = min(history["validation_loss"])
print(f"mejor época {1 + history['validation_loss'].index(best)}, de {len(history['validation_loss'])}")
print(f"pérdida de validación {best:.3f} ahí, {history['validation_loss'][-1]:.3f} al final")
show(plots.curves(history, lang="es"), "early_stopping.svg")

# %% [markdown]
# Esto imprime:
#
# ```
# mejor época 6, de 66
# pérdida de validación 0.337 ahí, 0.705 al final
# ```
#
# ## Dropout
#
# Al entrenar, cada unidad se descarta con probabilidad p, para que ninguna pueda confiar en otra.  Las que se
# quedan se multiplican por **1/(1 − p)**: la media de lo que recibe la capa siguiente es la misma que sin
# dropout, y por eso no hay que hacer nada cuando la red se usa.

# %%
rng = random.Random(4)
for p in (0.2, 0.5, 0.8):
    factors = [0.0 if rng.random() < p else 1 / (1 - p) for _ in range(100_000)]
    mean = sum(factors) / len(factors)
    print(f"p = {p}: una unidad se multiplica por 0 o {1 / (1 - p):g}, en promedio por {mean:.2f}")

# %% [markdown]
# Esto imprime:
#
# ```
# p = 0.2: una unidad se multiplica por 0 o 1.25, en promedio por 1.00
# p = 0.5: una unidad se multiplica por 0 o 2, en promedio por 1.00
# p = 0.8: una unidad se multiplica por 0 o 5, en promedio por 0.99
# ```
#
# `nn.Dropout` saca esos factores en cada llamada, y después de `eval` ninguno.  Las unidades descartadas
# aparecen tachadas:

# %% tags=["needs-numpy"]
random.seed(1)
drop = nn.Dropout(0.5, seed=4)
print("al entrenar:", [v.data for v in drop([1, 1, 1, 1, 1, 1, 1, 1])])
print("después:", [v.data for v in drop.eval()([1, 1, 1, 1, 1, 1, 1, 1])])
net = nn.Sequential(nn.Linear(2, 8), "relu", nn.Dropout(0.5, seed=4), nn.Linear(8, 1))
show(viz.network(net, [0.5, -1], lang="es"), "dropout.svg")

# %% [markdown]
# Esto imprime:
#
# ```
# al entrenar: [2.0, 2.0, 2.0, 0.0, 2.0, 0.0, 2.0, 0.0]
# después: [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
# ```
#
# ## Recorte del gradiente
#
# Si los gradientes explotan a pesar de todo, se recortan antes del paso: **por valor**, cada número por su
# cuenta a [−c, c], lo que cambia la dirección; o **por norma**, todos juntos a la longitud c, lo que la
# conserva.


# %%
def gradient_of(*numbers):
    """Parámetros que tienen estos gradientes."""
    made = [parameter(0.0, f"w{k}") for k in range(1, len(numbers) + 1)]
    for p, number in zip(made, numbers):
        p.grad = number
    return made


for gradient in ((3, 1), (-1, 2.5), (0.5, -0.4)):
    by_value, by_norm = gradient_of(*gradient), gradient_of(*gradient)
    optim.clip_grad_value_(by_value, 1)
    length = optim.clip_grad_norm_(by_norm, 1)
    print(f"{gradient} de longitud {length:.4f}:", end=" ")
    print(f"por valor {[p.grad for p in by_value]}, por norma {[round(p.grad, 4) for p in by_norm]}")

# %% [markdown]
# Esto imprime:
#
# ```
# (3, 1) de longitud 3.1623: por valor [1.0, 1.0], por norma [0.9487, 0.3162]
# (-1, 2.5) de longitud 2.6926: por valor [-1.0, 1.0], por norma [-0.3714, 0.9285]
# (0.5, -0.4) de longitud 0.6403: por valor [0.5, -0.4], por norma [0.5, -0.4]
# ```

# %% tags=["needs-numpy"]
gradients = [(3, 1), (-1, 2.5), (0.5, -0.4)]
show(plots.clipping(gradients, max_norm=1, lang="es"), "clipping_by_norm.svg")

# %% tags=["needs-numpy"]
show(plots.clipping(gradients, limit=1, lang="es"), "clipping_by_value.svg")

# %% [markdown]
# ## Ejercicios
#
# Siete con números y dos preguntas abiertas.  Los cinco primeros tratan de una unidad oculta que alimenta dos
# salidas; los dos últimos, de la función objetivo J = L + s.  Otra `seed` da otros números;
# `sheet.save(carpeta)` escribe la hoja en papel, para Moodle y como página que se corrige sola.


# %%
def questions(sheet, answers=False):
    """Los ejercicios sin el encabezado, que dice cómo volver a hacerlos."""
    return sheet.text(answers=answers).split("\n\n", 2)[2]


sheet = exercises.make(
    "z = w1*x; h = sigmoid(z); o1 = w2*h; o2 = w3*h; L = ((t1 - o1)**2 + (t2 - o2)**2)/2; "
    "w1 in -1..1 step 0.1; w2, w3 in -2..2 step 0.5; x in -2..2; t1, t2 in 0, 1; eta in 0.5, 1",
    5,
    seed=10,
    kinds=["forward", "backward", "update", "missing-path", "true-false"],
    lang="es",
)
print(questions(sheet))

# %% [markdown]
# Esto imprime:
#
# ```
# 1. Propagación hacia delante
#   w₁ = −0.3, x = 2, w₂ = 0.5, w₃ = 1.5, t₁ = 0, t₂ = 1
#   Calcula el valor de cada nodo.
#   Trabaja con tres decimales en cada paso; según el hueco, se admite un error de ±0.001 a ±0.002, por el redondeo acumulado.
#     z = ______
#     h = ______
#     o₁ = ______
#     o₂ = ______
#     L = ______
#
# 2. Propagación hacia atrás
#   w₁ = 0.2, x = 2, w₂ = 2, w₃ = −1.5, t₁ = 0, t₂ = 1
#   La propagación hacia delante da z = 0.4, h = 0.599, o₁ = 1.197, o₂ = −0.898, L = 2.518.
#   Calcula los gradientes, empezando por el resultado.
#   Trabaja con tres decimales en cada paso; según el hueco, se admite un error de ±0.002 a ±0.011, por el redondeo acumulado.
#     ∂L/∂o₂ = ______
#     ∂L/∂w₃ = ______
#     ∂L/∂o₁ = ______
#     ∂L/∂h = ______
#     ∂L/∂z = ______
#     ∂L/∂w₁ = ______
#     ∂L/∂w₂ = ______
#
# 3. Un paso de descenso por gradiente
#   w₁ = −0.4, x = 2, w₂ = −2, w₃ = 0.5, t₁ = 0, t₂ = 1, η = 1
#   La propagación hacia delante da z = −0.8, h = 0.310, o₁ = −0.620, o₂ = 0.155, L = 0.549.
#   Da un paso de descenso por gradiente: ¿cuánto vale después cada parámetro?
#   Trabaja con tres decimales en cada paso; según el hueco, se admite un error de ±0.002 a ±0.006, por el redondeo acumulado.
#     w₁ nuevo = ______
#     w₂ nuevo = ______
#     w₃ nuevo = ______
#
# 4. El camino que falta
#   w₁ = −0.9, x = −2, w₂ = −1.5, w₃ = 0.5, t₁ = 1, t₂ = 0
#   La propagación hacia delante da z = 1.8, h = 0.858, o₁ = −1.287, o₂ = 0.429, L = 2.708.
#   Un gradiente se ha escrito como suma sobre caminos, y falta uno: ∂L/∂z = ∂L/∂o₁ · ∂o₁/∂h · ∂h/∂z.
#   Trabaja con tres decimales en cada paso; se aceptan respuestas a ±0.007.
#     ¿Qué camino de z a L falta?
#       a) z → h → o₁ → L
#       b) z → h → o₂ → L
#     ∂L/∂z = ______
#
# 5. ¿Verdadero o falso?
#   w₁ = −0.7, x = −2, w₂ = −2, w₃ = 2, t₁ = 0, t₂ = 1
#   La propagación hacia delante da z = 1.4, h = 0.802, o₁ = −1.604, o₂ = 1.604, L = 1.470.
#     ¿Se cumple ∂L/∂w₁ = −(t₁ − o₁)·w₂·h·(1 − h)·x − (t₂ − o₂)·w₃·x para todos los números?
#       a) verdadero
#       b) falso
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
    lang="es",
)
print(questions(penalised))

# %% [markdown]
# Esto imprime:
#
# ```
# 6. Un paso de descenso por gradiente
#   w = −2, x = 2, y = 6, λ = 0.1, η = 0.1
#   La propagación hacia delante da o = −4, L = 50, s = 0.2, J = 50.2.
#   Da un paso de descenso por gradiente: ¿cuánto vale después cada parámetro?
#     w nuevo = ______
#
# 7. El camino que falta
#   w = 2, x = 3, y = −1, λ = 0.1
#   La propagación hacia delante da o = 6, L = 24.5, s = 0.2, J = 24.7.
#   Un gradiente se ha escrito como suma sobre caminos, y falta uno: ∂J/∂w = ∂J/∂L · ∂L/∂o · ∂o/∂w.
#     ¿Qué camino de w a J falta?
#       a) w → o → L → J
#       b) w → s → J
#     ∂J/∂w = ______
#
# ```
#
# Tus respuestas se comprueban por el nombre de sus huecos, y un error conocido se dice por su nombre.
# Alguien ha vuelto solo por una de las dos salidas:

# %%
print(sheet.answer("q2", o2=-1.898, h=2.394))
print(penalised.answer("q6", w=0.02))

# %% [markdown]
# Esto imprime:
#
# ```
# ✓ ∂L/∂o₂: Correcto: −1.898.
# ✗ ∂L/∂h: Eso es solo lo último que llega, por o₁. Se suma a lo que ya hay: ∂L/∂h es una suma.
# Falta responder: w3, o1, z, w1, w2.
# ✓ w nuevo: Correcto: 0.02.
# ```
#
# Dos preguntas abiertas:
#
# - **Abierta 1.** Cien matrices con desviación típica ½ no explotan, pero tampoco conservan el tamaño 1: su
#   producto queda en unos 10⁻⁵.  La varianza ¼ = 1/n conserva la media de la longitud *al cuadrado*.  ¿Qué es
#   lo que mengua, entonces, y qué desviación típica lo conservaría?
# - **Abierta 2.** Un paso de entrenamiento con un lote de 64 y 8 capas ocultas: ¿cuántos nodos tiene su
#   grafo?  ¿Cuáles de ellos necesitaría a la vez una simple predicción?  ¿Cómo se podría entrenar con menos,
#   a cambio de tiempo?

# %% [markdown]
# Esta hoja es también una página que se corrige sola, sin red, y que reconoce los errores habituales:

# %%
sheet

# %% [markdown]
# ## Soluciones

# %%
print(questions(sheet, answers=True))
print(questions(penalised, answers=True))

# %% [markdown]
# - **Abierta 1.** La longitud de un vector se multiplica cien veces por un factor al azar, y un producto de
#   factores al azar es tan grande como diga la media de sus *logaritmos*.  Según la fórmula de arriba esa
#   media es (log 2 + 1 − γ)/2 ≈ 0.558 con desviación típica 1, así que log ½ + 0.558 ≈ −0.135 con ½: cien
#   veces eso es 10⁻⁵·⁹.  La media de la longitud al cuadrado se queda en 1 solo gracias a unos pocos vectores
#   muy largos.  Para conservar la longitud típica con matrices de solo 4×4 toma e^−0.558 ≈ 0.572; en capas
#   anchas la diferencia desaparece.
# - **Abierta 2.** Cada capa de 16 después de la primera tiene 272 parámetros y, por cada muestra, 16·(16 + 16
#   + 1) = 528 nodos: 16 productos, 16 sumas y una ReLU en cada unidad.  La celda de abajo los cuenta a partir
#   de los grafos de dos y de tres muestras.  Una predicción solo necesita la capa que se está calculando y la
#   anterior.  El **checkpointing** guarda solo las activaciones de algunas capas, y vuelve a calcular las
#   otras a partir de ellas cuando la propagación hacia atrás llega ahí.

# %%
factor = math.exp(-growth)
print(f"desviación típica {factor:.3f}: elementos de {product_of(100, factor)[0]:.1e}", end="")
print(f" a {product_of(100, factor)[1]:.1e}")
two, three = recorded(8, 2).nodes, recorded(8, 3).nodes
print(f"8 capas ocultas: {three} nodos para tres muestras, {three - two} más por cada una más")
print(f"para 64 muestras: {three + 61 * (three - two)}")

# %% [markdown]
# Esto imprime:
#
# ```
# desviación típica 0.572: elementos de 6.1e-01 a 3.1e+01
# 8 capas ocultas: 13414 nodos para tres muestras, 3814 más por cada una más
# para 64 muestras: 246068
# ```
