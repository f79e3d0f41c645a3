# %% [markdown]
# # C. Activaciones, normalización por lotes, optimizadores, regularización
#
# Después de esta lección sabes qué le hace cada activación a un gradiente, puedes contar las unidades que han
# muerto y enseñar por qué una red que empieza en ceros se queda en una sola unidad, y puedes dar a mano un
# paso de cada optimizador usual. Sabes qué calcula la normalización por lotes, qué hace L1 que L2 no hace,
# qué hace el dropout cuando acaba el entrenamiento, y sabes leer un registro de entrenamiento.
#
# Se tarda unos 100 minutos con los ejercicios. Hacen falta las lecciones A y B. Los bloques bajo «Esto
# imprime» muestran lo que ha de salir.

# %%
import math
import random
import textwrap

import microgrid as mg
import viz
from microgrid import Value, datasets, exercises, nn, optim, parameter, parse, train
from microgrid.monitor import Monitor
from viz import plots
from viz.lessons import show

# %% [markdown]
# ## Cinco activaciones y sus defectos
#
# Una activación f hace no lineal a una unidad y, en el paso hacia atrás, multiplica el gradiente por f′(z).
# Así que hay que mirar las dos. El motor deriva, en cuatro sitios:

# %%
for name in ("sigmoid", "tanh", "relu", "leaky_relu"):
    values, slopes = [], []
    for place in (-10, -2, 0.5, 10):
        z = parameter(place)
        h = getattr(mg, name)(z)
        h.backward()
        values.append(f"{h.data:7.4f}")
        slopes.append(f"{z.grad:.1e}")
    print(f"{name:>10}: f {' '.join(values)}   f′ {' '.join(slopes)}")

# %% [markdown]
# Esto imprime:
#
# ```
#    sigmoid: f  0.0000  0.1192  0.6225  1.0000   f′ 4.5e-05 1.0e-01 2.4e-01 4.5e-05
#       tanh: f -1.0000 -0.9640  0.4621  1.0000   f′ 8.2e-09 7.1e-02 7.9e-01 8.2e-09
#       relu: f  0.0000  0.0000  0.5000 10.0000   f′ 0.0e+00 0.0e+00 1.0e+00 1.0e+00
# leaky_relu: f -0.1000 -0.0200  0.5000 10.0000   f′ 1.0e-02 1.0e-02 1.0e+00 1.0e+00
# ```
#
# - La **sigmoide** se satura: en ±10 solo pasa el 0.0045 % de un gradiente, y nunca pasa más de ¼. Tampoco
#   está centrada en cero: lo que sale de ella es positivo.
# - **tanh** está centrada en cero y en 0 deja pasar el gradiente entero, pero también se satura. Es una
#   sigmoide estirada: tanh z = 2σ(2z) − 1.
# - **ReLU** no se satura por la derecha y casi no cuesta nada. A la izquierda su derivada es exactamente 0:
#   una unidad que está ahí con todas las muestras está **muerta**.
# - **Leaky ReLU** conserva una pendiente de 0.01 a la izquierda: no muere nada.
# - **Maxout**, max(w₁·x + b₁, w₂·x + b₂), es la mayor de varias piezas lineales: ni se satura ni muere, y
#   tiene el doble de parámetros, o más.


# %% tags=["needs-numpy"]
def maxout(x):
    return mg.maxout([-x - 2, 0.3 * x, x - 2])


show(plots.activation("sigmoid", "tanh", "relu", "leaky_relu", maxout, lang="es"), "activations.svg")

# %% [markdown]
# La derivada de la sigmoide se escribe con su *resultado*, h(1 − h). Escribirla con z es el desliz habitual,
# y con números cercanos a ½ las dos se parecen:

# %%
nodes = parse("h = sigmoid(z)", z=parameter(0.5, "z"))
for claim in ("dh/dz = h*(1 - h)", "dh/dz = z*(1 - z)"):
    print(mg.check(nodes, claim).text("es"))

# %% [markdown]
# Esto imprime:
#
# ```
# ✓ dh/dz = h*(1 - h): verdadero, demostrado
# ✗ dh/dz = z*(1 - z): falso: hay una variable equivocada
#     z está donde corresponde h
#     en z = 0.5 la afirmación da 0.25, y lo correcto es 0.235004
#     lo correcto es dh/dz = h*(1 - h)
# ```
#
# ## Por qué importa estar centrada en cero
#
# Para los pesos de una unidad, ∂L/∂wᵢ = δ·hᵢ con el mismo δ = ∂L/∂z. Si todas las entradas hᵢ son positivas,
# como detrás de una sigmoide, todas esas derivadas tienen el signo de δ: todos los pesos de la unidad suben a
# la vez, o bajan todos. Donde uno debería crecer y otro menguar, el camino va en zigzag. Con tres entradas,
# mil veces:

# %%
rng = random.Random(1)
for name, activation in (("sigmoid", mg.sigmoid), ("tanh", mg.tanh)):
    together = 0
    for _ in range(1000):
        inputs = [activation(rng.gauss(0, 1)) for _ in range(3)]
        weights = [parameter(0.1) for _ in inputs]
        loss = (mg.dot(weights, inputs) - 2) ** 2
        loss.backward()
        together += len({w.grad > 0 for w in weights}) == 1
    print(f"entradas de {name}: todas del mismo signo, {together} de 1000")

# %% [markdown]
# Esto imprime:
#
# ```
# entradas de sigmoid: todas del mismo signo, 1000 de 1000
# entradas de tanh: todas del mismo signo, 226 de 1000
# ```
#
# Con entradas de los dos signos es puro azar, 2·(½)³ = ¼.
#
# ## Maxout
#
# El gradiente va a la pieza que ganó, y solo ahí. ReLU es el maxout de 0 y z.

# %%
w1, b1, w2, b2 = (parameter(v, n) for v, n in ((0.5, "w1"), (1, "b1"), (-1, "w2"), (0.5, "b2")))
x = Value(2, "x")
h = mg.maxout([w1 * x + b1, w2 * x + b2])
h.backward()
print(f"h = max({w1.data * 2 + b1.data:g}, {w2.data * 2 + b2.data:g}) = {h.data:g}")
print(f"∂h/∂w1 = {w1.grad:g}, ∂h/∂b1 = {b1.grad:g}, ∂h/∂w2 = {w2.grad:g}, ∂h/∂b2 = {b2.grad:g}")
show(viz.draw(h, lang="es"), "maxout.svg")

# %% [markdown]
# Esto imprime:
#
# ```
# h = max(2, -1.5) = 2
# ∂h/∂w1 = 2, ∂h/∂b1 = 1, ∂h/∂w2 = 0, ∂h/∂b2 = 0
# ```
#
# ## ReLU muertas
#
# Una unidad de una entrada, h = f(x − b). Con b = 1 pasan algunas de las muestras; con b = 10 no pasa
# ninguna, y ningún peso de la unidad volverá a moverse. Con leaky ReLU queda una centésima del gradiente:

# %%
samples = (-2, -1, 0, 1, 2, 3)
for activation in (mg.relu, mg.leaky_relu):
    for b in (1, 10):
        w = parameter(1, "w")
        mg.sum([activation(w * x - b) for x in samples]).backward()
        print(f"{activation.__name__:>10}, b = {b:2}: ∂L/∂w = {w.grad:g}")

# %% [markdown]
# Esto imprime:
#
# ```
#       relu, b =  1: ∂L/∂w = 5
#       relu, b = 10: ∂L/∂w = 0
# leaky_relu, b =  1: ∂L/∂w = 4.98
# leaky_relu, b = 10: ∂L/∂w = 0.03
# ```
#
# ¿Cómo llega una unidad ahí? Con un paso demasiado largo. Una red de dos capas de dieciséis ReLU con las dos
# medias lunas, con una tasa de aprendizaje moderada y con una grande; `Monitor` va mirando y cuenta las
# unidades que son 0 con *todas* las muestras:

# %% tags=["needs-numpy"]
X, y = datasets.moons(100, noise=0.1, seed=1)
monitors = {}
for rate in (0.1, 2.0, 4.0):
    random.seed(1)
    net = nn.MLP(2, [16, 16, 1], output="sigmoid")
    monitors[rate] = Monitor(net)
    how = {"optimizer": optim.SGD(net.parameters(), lr=rate), "epochs": 200, "monitor": monitors[rate]}
    history = train.fit(net, X, y, loss="bce", **how)
    records = monitors[rate].records
    first, last = records[0].layers["layer1"], records[-1].layers["layer1"]
    dead = f"{16 * first.dead:.0f} → {16 * last.dead:.0f}"
    print(f"η = {rate}: {dead} de 16 en la capa 2, pérdida {history['loss'][-1]:.4f}")

# %% [markdown]
# Esto imprime:
#
# ```
# η = 0.1: 2 → 3 de 16 en la capa 2, pérdida 0.1146
# η = 2.0: 2 → 4 de 16 en la capa 2, pérdida 0.0010
# η = 4.0: 2 → 16 de 16 en la capa 2, pérdida 0.6931
# ```
#
# Dos de la segunda capa están muertas desde el primer paso, por la mala suerte de sus pesos iniciales. Una
# tasa grande mata a otras, y con la mayor muere entera la segunda capa: la respuesta es ½ en todos los
# puntos, y la pérdida, log 2 = 0.6931 para siempre. Ninguna de las muertas ha vuelto. El dibujo es el de η =
# 2:

# %% tags=["needs-numpy"]
show(plots.dead_units(monitors[2.0], lang="es"), "dead_units.svg")

# %% [markdown]
# ## Inicializar en cero deja iguales a todas las unidades
#
# Si todas las unidades de una capa empiezan iguales, calculan lo mismo, reciben el mismo gradiente y siguen
# iguales: tres unidades son una. Los números aleatorios están para romper esa **simetría**. El OR lógico,
# empezando en ceros:

# %% tags=["needs-numpy"]
net = nn.MLP(2, [3, 1], activation="sigmoid", output="sigmoid")
for layer in net.layers:
    nn.init.zeros(layer)
how = {"loss": "bce", "optimizer": lambda ps: optim.SGD(ps, lr=1.0), "epochs": 50}
train.fit(net, [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1], **how)
for neuron in net.layers[0].neurons:
    print(f"w = ({neuron.w[0].data:.6f}, {neuron.w[1].data:.6f}), b = {neuron.b.data:.6f}")
show(viz.network(net, [0, 1], lang="es"), "symmetry.svg")

# %% [markdown]
# Esto imprime:
#
# ```
# w = (0.559253, 0.559253), b = -0.093220
# w = (0.559253, 0.559253), b = -0.093220
# w = (0.559253, 0.559253), b = -0.093220
# ```
#
# Treinta capas de dieciséis ReLU enseñan el resto. Con ceros no pasa nada, ni hacia delante ni hacia atrás.
# Con los pesos de Xavier cada capa pierde la mitad del cuadrado medio, en los dos sentidos, porque ReLU deja
# pasar la mitad de lo que recibe. Los de He son √2 veces mayores y lo compensan en promedio; pero en capas tan
# estrechas, de dieciséis unidades, el azar se lleva su parte, porque son más las capas que pierden que las que
# ganan:

# %% tags=["needs-numpy"]
points, labels = datasets.moons(64, noise=0.1, labels=(-1, 1), seed=1)
ways = {
    "ceros": lambda layer, rng: nn.init.zeros(layer),
    "Xavier": lambda layer, rng: nn.init.xavier_normal(layer, seed=rng),
    "He": lambda layer, rng: nn.init.he_normal(layer, seed=rng),
}
watched = {}
for name, scheme in ways.items():
    random.seed(1)
    net, rng = nn.MLP(2, [16] * 30 + [1]), random.Random(1)
    for layer in net.layers[:-1]:
        scheme(layer, rng)
    watched[name] = Monitor(net, loss="hinge")
    watched[name].observe(points, labels)
    layers = list(watched[name].records[0].layers.values())
    there, back = (float((a**2).mean() ** 0.5) for a in (layers[29].activations, layers[0].gradients))
    print(f"{name}: activaciones de la capa 30 {there:.1e}, gradientes de la capa 1 {back:.1e}")

# %% [markdown]
# Esto imprime:
#
# ```
# ceros: activaciones de la capa 30 0.0e+00, gradientes de la capa 1 0.0e+00
# Xavier: activaciones de la capa 30 1.1e-07, gradientes de la capa 1 3.8e-07
# He: activaciones de la capa 30 7.6e-03, gradientes de la capa 1 8.7e-03
# ```

# %% tags=["needs-numpy"]
alive = {name: watched[name] for name in ("Xavier", "He")}
show(plots.gradient_flow(alive, lang="es"), "thirty_layers.svg")

# %% [markdown]
# ## Normalización por lotes
#
# En vez de confiar en que los pesos iniciales conserven el tamaño de las señales, se puede *fijar*, de nuevo
# en cada paso. Para cada unidad, sobre las muestras del lote,
#
# - x̂ = (x − E[x]) / √Var[x], que tiene media 0 y varianza 1,
# - y = γx̂ + β, donde γ y β se entrenan: así la capa puede seguir teniendo la media y la dispersión que
#   quiera.
#
# Va entre la parte lineal y la activación. Cuatro muestras a mano, y con la capa, que suma a la varianza un ε
# = 10⁻⁵ diminuto para no dividir nunca por 0:

# %%
batch = [1, 2, 4, 7]
mean = sum(batch) / 4
variance = sum((x - mean) ** 2 for x in batch) / 4
print(f"E[x] = {mean}, Var[x] = {variance}")
print("a mano: ", *(f"{(x - mean) / math.sqrt(variance):.4f}" for x in batch))
norm = nn.BatchNorm(1)
print("BatchNorm:", *(f"{y.data:.4f}" for y in norm.batch([[x] for x in batch])))
norm.gamma[0].data, norm.beta[0].data = 2, 1
print("γ = 2, β = 1:", *(f"{y.data:.4f}" for y in norm.batch([[x] for x in batch])))

# %% [markdown]
# Esto imprime:
#
# ```
# E[x] = 3.5, Var[x] = 5.25
# a mano:  -1.0911 -0.6547 0.2182 1.5275
# BatchNorm: -1.0911 -0.6547 0.2182 1.5275
# γ = 2, β = 1: -1.1822 -0.3093 1.4364 4.0550
# ```
#
# Todas las muestras de un lote están en la media y en la varianza, así que el grafo tiene flechas entre
# ellas. Sumar a todas el mismo número, o multiplicarlas todas por uno, no cambia nada: por eso Σ ∂L/∂xₖ = 0 y
# Σ xₖ·∂L/∂xₖ = 0, sea cual sea L.

# %%
xs = [parameter(x, f"x{k}") for k, x in enumerate(batch, 1)]
outputs = nn.BatchNorm(1, eps=0).batch([[x] for x in xs])
loss = outputs[3] ** 2 + 3 * outputs[0]
loss.backward()
print("∂L/∂x:", *(f"{x.grad:.4f}" for x in xs))
print(f"Σ ∂L/∂x = 0: {abs(sum(x.grad for x in xs)) < 1e-12}")
print(f"Σ x·∂L/∂x = 0: {abs(sum(x.data * x.grad for x in xs)) < 1e-12}")

# %% [markdown]
# Esto imprime:
#
# ```
# ∂L/∂x: 0.8145 -0.5611 -0.6938 0.4404
# Σ ∂L/∂x = 0: True
# Σ x·∂L/∂x = 0: True
# ```
#
# Con L = Σy², que vale 4γ² sean cuales sean las x, los gradientes de todas las x son 0, salvo lo que deja ε,
# y γ recibe 8:

# %% tags=["needs-numpy"]
y = nn.BatchNorm(1).batch([[1], [2], [4], [7]])
L = mg.sum([v * v for v in y])
L.backward()
show(viz.draw(L, slide="16:9", lang="es"), "batch_norm.svg")

# %% [markdown]
# Cuando la red se usa puede que no haya lote, y una respuesta no debe depender de qué más se pregunta. Por
# eso cada lote del entrenamiento mueve una **media móvil** y una varianza móvil una décima hacia las suyas
# (divididas por n − 1), y después de `eval` la capa usa esas:

# %%
norm = nn.BatchNorm(1)
for _ in range(3):
    norm.batch([[1], [2], [4], [7]])
    print(f"{norm.running_mean[0]:.4f} {norm.running_var[0]:.4f}")
norm.eval()
print(f"4 → {norm([4]).data:.4f}")

# %% [markdown]
# Esto imprime:
#
# ```
# 0.3500 1.6000
# 0.6650 2.1400
# 0.9485 2.6260
# 4 → 1.8831
# ```
#
# Para qué sirve: seis capas tanh con pesos iniciales demasiado pequeños, con ella y sin ella. Sin ella la
# señal mengua de capa en capa; con ella cada capa la recibe entera:


# %%
def spreads(normalised):
    """La raíz del cuadrado medio de lo que sale de cada una de seis capas."""
    rng = random.Random(1)
    rows = [[rng.gauss(0, 1) for _ in range(20)] for _ in range(20)]
    found = []
    for _ in range(6):
        layer = nn.init.uniform(nn.Linear(20, 20, bias=False), -0.2, 0.2, seed=rng)
        with mg.no_grad():
            rows = layer.batch(rows)
            rows = nn.BatchNorm(20).batch(rows) if normalised else rows
        rows = [[math.tanh(v.data) for v in row] for row in rows]
        found.append(math.sqrt(sum(v * v for row in rows for v in row) / 400))
    return " ".join(f"{size:.3f}" for size in found)


print("sin:", spreads(False))
print("con:", spreads(True))

# %% [markdown]
# Esto imprime:
#
# ```
# sin: 0.410 0.213 0.110 0.059 0.029 0.017
# con: 0.634 0.632 0.649 0.644 0.652 0.651
# ```
#
# ## Los problemas del descenso por gradiente a secas
#
# Primero, el **zigzag**. En un valle largo, f = a² + 15b², un paso que va bien para a es demasiado largo para
# b: con η = 0.06 multiplica a por 1 − 2η = 0.88 y b por 1 − 30η = −0.8, así que b cambia de signo en cada
# paso. Con η mayor que 2/30 hasta crecería.


# %%
def down(f, start, lr, steps=25):
    return train.descend(f, start, lambda ps: optim.SGD(ps, lr=lr), steps)


def valley(a, b):
    return a**2 + 15 * b**2


path = down(valley, (-4, 1), 0.06)
for k in (0, 1, 2, 3, 25):
    print(f"paso {k:2}: a = {path[k][0]:.4f}, b = {path[k][1]:.4f}")

# %% [markdown]
# Esto imprime:
#
# ```
# paso  0: a = -4.0000, b = 1.0000
# paso  1: a = -3.5200, b = -0.8000
# paso  2: a = -3.0976, b = 0.6400
# paso  3: a = -2.7259, b = -0.5120
# paso 25: a = -0.1637, b = -0.0038
# ```

# %% tags=["needs-numpy"]
show(plots.surface(valley, path, lang="es"), "zigzag.svg")

# %% [markdown]
# Segundo, los **mínimos locales**: f = a⁴ − 2a² + a/2 + b² tiene dos, y desde 1.6 el descenso acaba en el más
# alto. Tercero, los **puntos de silla**: f = a² − b² + b⁴/4 tiene gradiente 0 en (0, 0), que es un mínimo a
# lo largo de a y un máximo a lo largo de b. Desde b = 0 el descenso se quedaría ahí para siempre; desde b =
# 0.001 pierde mucho tiempo, porque cada paso multiplica una b tan pequeña por más o menos 1 + 2η = 1.2.


# %%
def two_valleys(a, b):
    return a**4 - 2 * a**2 + 0.5 * a + b**2


def saddle(a, b):
    return a**2 - b**2 + b**4 / 4


local = down(two_valleys, (1.6, 0.8), 0.05, 200)
other = down(two_valleys, (-1.6, 0.8), 0.05, 200)
print(f"desde  1.6: a = {local[-1][0]:.4f}, f = {local.values[-1]:.4f}")
print(f"desde -1.6: a = {other[-1][0]:.4f}, f = {other.values[-1]:.4f}")
path = down(saddle, (-1.5, 0.001), 0.1, 60)
for k in (0, 10, 25, 40, 60):
    print(f"paso {k:2}: b = {path[k][1]:.4f}, f = {path.values[k]:.4f}")

# %% [markdown]
# Esto imprime:
#
# ```
# desde  1.6: a = 0.9304, f = -0.5167
# desde -1.6: a = -1.0575, f = -1.5148
# paso  0: b = 0.0010, f = 2.2500
# paso 10: b = 0.0062, f = 0.0259
# paso 25: b = 0.0952, f = -0.0090
# paso 40: b = 1.0701, f = -0.8173
# paso 60: b = 1.4142, f = -1.0000
# ```

# %% tags=["needs-numpy"]
show(
    plots.surface(
        two_valleys, down(two_valleys, (1.6, 0.8), 0.05), xlim=(-1.7, 1.8), ylim=(-1, 1), lang="es"
    ),
    "local_minimum.svg",
)

# %% tags=["needs-numpy"]
show(
    plots.surface(saddle, down(saddle, (-1.5, 0.001), 0.1), xlim=(-2, 2), ylim=(-2, 2), lang="es"),
    "saddle.svg",
)

# %% [markdown]
# ## Los optimizadores, a mano
#
# Todos reciben el gradiente g y guardan de un paso a otro algunos números para cada parámetro. Aquí están,
# cada uno como una función del parámetro x, el gradiente g, el número k del paso y lo que recuerda:
#
# - **Momento** acumula gradientes, y los pasados se van desvaneciendo: a lo largo del valle se suman, de lado
#   a lado se cancelan.
# - **NAG** (Nesterov) hace lo mismo, y mira un paso por delante.
# - **Adagrad** divide por la raíz de la suma de todos los gradientes al cuadrado: cada parámetro tiene su
#   propia tasa, que solo mengua.
# - **RMSProp** toma en su lugar una media de los cuadrados que se desvanece, **Adadelta** también una de sus
#   propios pasos al cuadrado, cuya raíz hace de tasa: η se queda en 1, y ε decide los primeros pasos.
# - **Adam** tiene las dos, una media m de los gradientes y una media v de sus cuadrados, corregidas porque
#   empiezan en 0.


# %%
def momentum(x, g, k, s, lr=0.1):
    s["v"] = 0.9 * s.get("v", 0) + g
    return x - lr * s["v"]


def nag(x, g, k, s, lr=0.1):
    s["v"] = 0.9 * s.get("v", 0) + g
    return x - lr * (g + 0.9 * s["v"])


def adagrad(x, g, k, s, lr=0.1):
    s["G"] = s.get("G", 0) + g * g
    return x - lr * g / (math.sqrt(s["G"]) + 1e-10)


# %%
def rmsprop(x, g, k, s, lr=0.1):
    s["v"] = 0.99 * s.get("v", 0) + 0.01 * g * g
    return x - lr * g / (math.sqrt(s["v"]) + 1e-8)


def adadelta(x, g, k, s, lr=1):
    s["a"] = 0.9 * s.get("a", 0) + 0.1 * g * g
    d = math.sqrt(s.get("D", 0) + 1e-6) / math.sqrt(s["a"] + 1e-6) * g
    s["D"] = 0.9 * s.get("D", 0) + 0.1 * d * d
    return x - lr * d


def adam(x, g, k, s, lr=0.1):
    s["m"] = 0.9 * s.get("m", 0) + 0.1 * g
    s["v"] = 0.999 * s.get("v", 0) + 0.001 * g * g
    mean, square = s["m"] / (1 - 0.9**k), s["v"] / (1 - 0.999**k)
    return x - lr * mean / (math.sqrt(square) + 1e-8)


# %% [markdown]
# Tres pasos por x² desde 2, donde g = 2x, a mano y con la biblioteca:

# %%
rules = {
    momentum: lambda ps: optim.SGD(ps, lr=0.1, momentum=0.9),
    nag: lambda ps: optim.SGD(ps, lr=0.1, momentum=0.9, nesterov=True),
    adagrad: lambda ps: optim.Adagrad(ps, lr=0.1),
    rmsprop: lambda ps: optim.RMSprop(ps, lr=0.1),
    adadelta: lambda ps: optim.Adadelta(ps, lr=1),
    adam: lambda ps: optim.Adam(ps, lr=0.1),
}
for rule, make in rules.items():
    x, memory, xs = 2.0, {}, [2.0]
    for k in (1, 2, 3):
        x = rule(x, 2 * x, k, memory)
        xs.append(x)
    library = train.descend(lambda x: x**2, 2.0, make, 3)
    same = all(abs(x - p) < 1e-12 for x, p in zip(xs, library))
    print(f"{rule.__name__:>8}: {' → '.join(f'{x:.6f}' for x in xs)}   igual: {same}")

# %% [markdown]
# Esto imprime:
#
# ```
# momentum: 2.000000 → 1.600000 → 0.920000 → 0.124000   igual: True
#      nag: 2.000000 → 1.240000 → 0.444800 → -0.216704   igual: True
#  adagrad: 2.000000 → 1.900000 → 1.831125 → 1.775822   igual: True
#  rmsprop: 2.000000 → 1.000000 → 0.550987 → 0.309687   igual: True
# adadelta: 2.000000 → 1.996838 → 1.993596 → 1.990301   igual: True
#     adam: 2.000000 → 1.900000 → 1.800166 → 1.700623   igual: True
# ```
#
# El primer paso de Adam mide η sea cual sea el gradiente: m/(1 − 0.9) = g y v/(1 − 0.999) = g², luego es
# η·g/|g|. El primero de RMSProp es diez veces más largo, porque divide por √(0.01·g²) sin corrección.
#
# Ahora en un valle, desde un mismo sitio, cada uno con la tasa, de entre varias, con la que f es menor en
# promedio por el camino:


# %%
def f(x, y):
    return x**2 + 10 * y**2


paths = train.compare_optimizers(f, (-3, 1), 30, lang="es")
for name, path in paths.items():
    print(f"{name}: f en promedio {sum(path.values) / 31:.2f}, al final {path.values[-1]:.1e}")

# %% [markdown]
# Esto imprime:
#
# ```
# descenso por gradiente, η = 0.03: f en promedio 2.82, al final 2.2e-01
# momento, η = 0.03: f en promedio 3.38, al final 5.4e-01
# NAG, η = 0.03: f en promedio 1.52, al final 1.7e-02
# Adagrad, η = 1: f en promedio 0.90, al final 4.8e-07
# Adadelta, η = 300: f en promedio 1.31, al final 3.7e+00
# RMSprop, η = 0.1: f en promedio 0.89, al final 1.2e-07
# Adam, η = 1: f en promedio 2.21, al final 2.7e-01
# ```
#
# Adadelta «no necesita tasa», es decir, tiene η = 1. Pero como D empieza en 0, su primer paso es √(10ε) = 0.003,
# sea cual sea el gradiente, y los siguientes crecen despacio: arriba, tres de ellos van de 2 a 1.990, y aquí
# treinta llevarían f de 19 a 16. Con η = 300 es rápido al principio, y por el camino f baja de 10⁻⁴. Después ese
# factor es demasiado grande: al menguar los gradientes mengua también aquello por lo que divide, la y salta de
# un lado a otro del valle, cada vez más lejos, y Adadelta acaba el peor de todos.

# %% tags=["needs-numpy"]
show(plots.surface(f, paths, lang="es"), "optimizers.svg")

# %% [markdown]
# ¿Y en el punto de silla? Cuántos pasos desde (−1.5, 0.001) hasta |b| > 1, con η = 0.01 para todos:

# %%
contest = {
    "descenso por gradiente": lambda ps: optim.SGD(ps, lr=0.01),
    "momento": lambda ps: optim.SGD(ps, lr=0.01, momentum=0.9),
    "NAG": lambda ps: optim.SGD(ps, lr=0.01, momentum=0.9, nesterov=True),
    "Adagrad": lambda ps: optim.Adagrad(ps, lr=0.01),
    "RMSProp": lambda ps: optim.RMSprop(ps, lr=0.01),
    "Adam": lambda ps: optim.Adam(ps, lr=0.01),
}
for name, make in contest.items():
    path = train.descend(saddle, (-1.5, 0.001), make, 20_000 if name == "Adagrad" else 500)
    away = [k for k, (a, b) in enumerate(path) if abs(b) > 1]
    print(f"{name}: {away[0]} pasos")

# %% [markdown]
# Esto imprime:
#
# ```
# descenso por gradiente: 366 pasos
# momento: 73 pasos
# NAG: 69 pasos
# Adagrad: 1505 pasos
# RMSProp: 19 pasos
# Adam: 80 pasos
# ```
#
# RMSProp se va enseguida: divide por el tamaño de los *últimos* gradientes, así que un gradiente pequeño no
# da un paso pequeño. El momento va sumando los pequeños. Adagrad no olvida nunca: aquello por lo que divide
# solo crece, y aquí es el más lento.
#
# ## Decaimiento de la tasa de aprendizaje
#
# Lejos convienen pasos largos, cerca del mínimo cortos. Con muestras se ve mejor por qué. Para la media de
# ½(w − xₖ)², a una muestra por paso, w ← w − η(w − xₖ): con tasa constante w va siempre detrás de las últimas
# muestras; con η = 1/k es exactamente la media de las vistas hasta ahora.

# %%
rng = random.Random(1)
stream = [rng.gauss(3, 1) for _ in range(1000)]
for name, rate in (("η = 0.5", lambda k: 0.5), ("η = 1/k", lambda k: 1 / k)):
    w, errors = parameter(0, "w"), []
    for k, x in enumerate(stream, 1):
        w.grad = 0.0
        (0.5 * (w - x) ** 2).backward()
        w.data -= rate(k) * w.grad
        errors.append((w.data - 3) ** 2)
    distance = math.sqrt(sum(errors[500:]) / 500)
    print(f"{name}: w = {w.data:.4f}, en los últimos 500 pasos a una distancia de {distance:.4f}")
print(f"la media de las muestras: {sum(stream) / 1000:.4f}")

# %% [markdown]
# Esto imprime:
#
# ```
# η = 0.5: w = 3.6668, en los últimos 500 pasos a una distancia de 0.5882
# η = 1/k: w = 2.9868, en los últimos 500 pasos a una distancia de 0.0196
# la media de las muestras: 2.9868
# ```
#
# En un entrenamiento lo hace un **programa** de la tasa, aquí la mitad cada diez épocas, η = 0.001 ·
# ½^⌊época/10⌋. Hay otros: exponencial, coseno, al estancarse.

# %% tags=["needs-numpy"]
random.seed(1)
net, decay = nn.MLP(1, [1]), lambda optimizer: optim.StepLR(optimizer, 10, gamma=0.5)
history = train.fit(net, [[1], [2]], [1, 2], loss="mse", optimizer=optim.Adam, epochs=50, schedule=decay)
print(*(f"{history['lr'][epoch]:g}" for epoch in (0, 10, 20, 30, 40)))
show(plots.curves(history, "lr", lang="es"), "decay.svg")

# %% [markdown]
# Esto imprime:
#
# ```
# 0.001 0.0005 0.00025 0.000125 6.25e-05
# ```
#
# ## L2 y L1
#
# A la pérdida se le suma una penalización por el tamaño de los pesos; con la media de n muestras,
#
# - **L2**: λ/2n Σw², de gradiente λ/n · w: tira más cuanto mayor es el peso,
# - **L1**: λ/n Σ|w|, de gradiente λ/n · signo(w): tira cerca de 0 igual que en cualquier sitio, y así deja
#   pesos *exactamente* en 0: la red se vuelve **dispersa**.

# %%
numbers = (3, -0.5, 0.1)
for name, penalty in (("L2", nn.losses.l2_penalty), ("L1", nn.losses.l1_penalty)):
    ws = [parameter(v) for v in numbers]
    s = penalty(ws, 0.1, samples=10)
    s.backward()
    print(f"{name}: s = {s.data:.5f}, gradientes", *(f"{w.grad:g}" for w in ws))

# %% [markdown]
# Esto imprime:
#
# ```
# L2: s = 0.04630, gradientes 0.03 -0.005 0.001
# L1: s = 0.03600, gradientes 0.01 -0.01 0.01
# ```
#
# ¿Dónde se queda un solo peso que quiere valer a, con ½(w − a)² más la penalización con λ = ½? Iguala la
# derivada a 0. Con L2, w = a/(1 + λ): todos menguan en el mismo factor. Con L1, w = a − λ·signo(a), y 0 donde
# |a| ≤ λ. Por descenso:

# %%
for a in (2, 0.8, 0.3, -0.2):
    ends = []
    for penalty in (nn.losses.l2_penalty, nn.losses.l1_penalty):
        w = parameter(a, "w")
        for k in range(1, 4001):
            w.grad = 0.0
            (0.5 * (w - a) ** 2 + penalty([w], 0.5)).backward()
            w.data -= w.grad / (10 + k)
        ends.append(w.data)
    soft = math.copysign(max(abs(a) - 0.5, 0), a)
    print(f"a = {a}: L2 {ends[0]:.3f} ({a / 1.5:.3f}), L1 {round(ends[1], 3) + 0.0:.3f} ({soft + 0.0:.3f})")

# %% [markdown]
# Esto imprime:
#
# ```
# a = 2: L2 1.333 (1.333), L1 1.501 (1.500)
# a = 0.8: L2 0.533 (0.533), L1 0.301 (0.300)
# a = 0.3: L2 0.200 (0.200), L1 0.000 (0.000)
# a = -0.2: L2 -0.133 (-0.133), L1 0.000 (0.000)
# ```
#
# Lo mismo en una red de 16 unidades con las medias lunas, entrenada con cada una desde el mismo comienzo. `fit`
# le da a la penalización todos los parámetros, así que aquí también se penalizan los sesgos; en la lección B,
# no.

# %% tags=["needs-numpy"]
X, y = datasets.moons(100, noise=0.1, seed=1, labels=(-1, 1))
how = {"loss": "hinge", "optimizer": lambda ps: optim.Adam(ps, lr=0.02), "epochs": 200}
random.seed(1)
net, l1, l2 = nn.MLP(2, [16, 1]), nn.losses.l1_penalty, nn.losses.l2_penalty


def small():
    weights = [w.data for layer in net.layers for neuron in layer.neurons for w in neuron.w]
    return f"{sum(abs(w) < 0.01 for w in weights)} de {len(weights)} pesos dentro de ±0.01"


train.fit(net, X, y, penalty=lambda ps: l2(ps, 0.01), **how)
print(f"L2: {small()}")
show(plots.weights(net, "histogram", lang="es"), "l2.svg")

# %% [markdown]
# Esto imprime:
#
# ```
# L2: 7 de 48 pesos dentro de ±0.01
# ```

# %% tags=["needs-numpy"]
random.seed(1)
net = nn.MLP(2, [16, 1])
train.fit(net, X, y, penalty=lambda ps: l1(ps, 0.01), **how)
print(f"L1: {small()}")
show(plots.weights(net, "histogram", lang="es"), "l1.svg")

# %% [markdown]
# Esto imprime:
#
# ```
# L1: 37 de 48 pesos dentro de ±0.01
# ```
#
# No exactamente 0: un descenso con paso η salta a un lado y otro del punto anguloso en 0, más o menos η cada
# vez.
#
# ## El dropout es para entrenar
#
# Al entrenar se omite la mitad de las unidades, cada vez otras, y las demás se doblan. Después de `eval`
# participan todas y nada es aleatorio. Con una salida lineal la respuesta es entonces la media de todas las
# del entrenamiento, cuya dispersión es √(p/(1 − p) · Σ(wᵢhᵢ)²):

# %% tags=["needs-numpy"]
h = [0.5, -1.0, 2.0, 0.8]
drop = nn.Dropout(0.5, seed=4)
layer = nn.Linear(4, 1)
for w, v in zip(layer.parameters(), (0.4, 0.3, 0.2, 0.5, 0.1)):
    w.data = v
answers = [layer(drop(h)).data for _ in range(4000)]
mean = sum(answers) / 4000
spread = math.sqrt(sum((a - mean) ** 2 for a in answers) / 4000)
print(f"entrenando: de {min(answers):.2f} a {max(answers):.2f}, media {mean:.2f}, dispersión {spread:.2f}")
drop.eval()
print("en uso:", *{f"{layer(drop(h)).data:.2f}" for _ in range(100)})

# %% [markdown]
# Esto imprime:
#
# ```
# entrenando: de -0.50 a 2.10, media 0.80, dispersión 0.66
# en uso: 0.80
# ```
#
# `net.eval()` lo hace en todas las capas de una red, y `net.train()` lo deshace; `fit` hace las dos cosas por
# su cuenta. Las mismas dos palabras conmutan la normalización por lotes.
#
# ## La parada temprana se queda con la mejor
#
# La red que hay que guardar no es la última, sino la que fue mejor con los datos de validación. `fit` con
# `early_stopping=20` espera veinte épocas sin mejora y entonces recupera los mejores parámetros:

# %% tags=["needs-numpy"]
random.seed(1)
X, y = datasets.moons(60, noise=0.3, seed=1)
held = datasets.moons(60, noise=0.3, seed=2)
net = nn.MLP(2, [16, 16, 1], activation="tanh", output="sigmoid")
how = {"loss": "bce", "optimizer": lambda ps: optim.Adam(ps, lr=0.02), "epochs": 300}
history = train.fit(net, X, y, validation=held, early_stopping=20, **how)
losses = history["validation_loss"]
now = nn.losses.bce([net(x) for x in held[0]], held[1]).data
print(f"{len(losses)} épocas, la mejor es la {1 + losses.index(min(losses))}")
print(f"pérdida de validación: la mejor {min(losses):.4f}, la última {losses[-1]:.4f}")
print(f"de la red tal como está ahora: {now:.4f}")

# %% [markdown]
# Esto imprime:
#
# ```
# 78 épocas, la mejor es la 58
# pérdida de validación: la mejor 0.3769, la última 0.4117
# de la red tal como está ahora: 0.3769
# ```
#
# ## El registro de entrenamiento
#
# Lo que imprime un entrenamiento, una época por línea: la pérdida y la exactitud en los datos de los que
# aprende, y las dos en los datos apartados. Léelo por parejas. Bajan las dos pérdidas: sigue. Baja la primera
# y sube la segunda: aprende de memoria. No baja ninguna: fallan la tasa, los pesos iniciales o las
# activaciones.

# %% tags=["needs-numpy"]
random.seed(1)
X, y = datasets.moons(120, noise=0.2, seed=1)
net = nn.MLP(2, [16, 16, 1], activation="tanh", output="sigmoid")
how = {"epochs": 100, "metrics": "accuracy", "validation": 0.25, "seed": 1, "verbose": 20}
history = train.fit(net, X, y, loss="bce", optimizer=lambda ps: optim.Adam(ps, lr=0.02), **how, lang="es")
show(plots.trainings(history, lang="es"), "training_log.svg")

# %% [markdown]
# Esto imprime:
#
# ```
# Época 20/100 - pérdida: 0.1225 - exactitud: 0.9667 - val_pérdida: 0.1636 - val_exactitud: 0.9000
# Época 40/100 - pérdida: 0.0483 - exactitud: 0.9889 - val_pérdida: 0.1573 - val_exactitud: 0.9000
# Época 60/100 - pérdida: 0.0283 - exactitud: 0.9889 - val_pérdida: 0.2174 - val_exactitud: 0.9000
# Época 80/100 - pérdida: 0.0180 - exactitud: 1.0000 - val_pérdida: 0.2595 - val_exactitud: 0.9000
# Época 100/100 - pérdida: 0.0113 - exactitud: 1.0000 - val_pérdida: 0.3068 - val_exactitud: 0.9000
# ```
#
# ## Ejercicios
#
# Siete con números y dos preguntas abiertas. Otra semilla (`seed`) da otros números; `sheet.save(carpeta)`
# escribe la hoja para papel, para Moodle y como página que se corrige sola.


# %%
def questions(sheet, answers=False):
    """Los ejercicios sin el encabezado, que dice cómo hacerlos de nuevo."""
    lines = sheet.text(answers=answers).split("\n\n", 2)[2].splitlines()
    return "\n".join(textwrap.fill(line, 100, subsequent_indent="      ") for line in lines)


units = exercises.make(
    "z = w*x + b; h = tanh(z); L = (h - y)**2/2;w, b in -1..1 step 0.1; x in -2..2; y in 0, 1; eta in 0.5, 1",
    3,
    seed=2,
    kinds=["backward", "update", "true-false"],
    params=["w", "b"],
    lang="es",
)
print(questions(units))

# %% [markdown]
# Esto imprime:
#
# ```
# 1. Propagación hacia atrás
#   w = −0.8, x = 2, b = −0.8, y = 1
#   La propagación hacia delante da z = −2.4, h = −0.984, L = 1.967.
#   Calcula los gradientes, empezando por el resultado.
#   Trabaja con tres decimales en cada paso; según el hueco, se admite un error de ±0.002 a ±0.007,
#       por el redondeo acumulado.
#     ∂L/∂h = ______
#     ∂L/∂z = ______
#     ∂L/∂b = ______
#     ∂L/∂w = ______
#
# 2. Un paso de descenso por gradiente
#   w = 0.6, x = −2, b = −0.7, y = 1, η = 1
#   La propagación hacia delante da z = −1.9, h = −0.956, L = 1.913.
#   Da un paso de descenso por gradiente: ¿cuánto vale después cada parámetro?
#   Trabaja con tres decimales en cada paso; según el hueco, se admite un error de ±0.005 a ±0.008,
#       por el redondeo acumulado.
#     w nuevo = ______
#     b nuevo = ______
#
# 3. ¿Verdadero o falso?
#   w = 0.8, x = −2, b = −0.3, y = 0
#   La propagación hacia delante da z = −1.9, h = −0.956, L = 0.457.
#     ¿Se cumple ∂L/∂b = (h − y)·(1 − h²) para todos los números?
#       a) verdadero
#       b) falso
# ```
#
# Un paso con momento, en f = x², con la v del paso anterior; la normalización de un lote de tres:

# %%
steps = exercises.make(
    "g = 2*x0; v = 0.9*v0 + g; x = x0 - η*v; x0 in -3..3 step 0.5; v0 in -5..5; η in 0.1, 0.2",
    1,
    seed=1,
    first=4,
    kinds=["forward"],
    lang="es",
)
normal = exercises.make(
    "m = (x1 + x2 + x3)/3; v = ((x1 - m)**2 + (x2 - m)**2 + (x3 - m)**2)/3; s = sqrt(v);"
    "n1 = (x1 - m)/s; y1 = γ*n1 + β; x1, x2, x3 in -9..9; γ in 0.5..3 step 0.5; β in -3..3",
    1,
    seed=1,
    first=5,
    kinds=["forward"],
    lang="es",
)
print(questions(steps) + "\n" + questions(normal))

# %% [markdown]
# Esto imprime:
#
# ```
# 4. Propagación hacia delante
#   x₀ = −3, v₀ = 2, η = 0.2
#   Calcula el valor de cada nodo.
#     g = ______
#     v = ______
#     x = ______
# 5. Propagación hacia delante
#   x₁ = 8, x₂ = 2, x₃ = −6, γ = 2.5, β = 3
#   Calcula el valor de cada nodo.
#   Trabaja con tres decimales en cada paso; según el hueco, se admite un error de ±0.001 a ±0.006,
#       por el redondeo acumulado.
#     m = ______
#     v = ______
#     s = ______
#     n₁ = ______
#     y₁ = ______
# ```
#
# L2 en un paso, y tres sigmoides una detrás de otra:

# %%
decay = exercises.make(
    "L = (w - a)**2/2; s = λ*w**2/2; J = L + s;"
    "w in -3..3 step 0.5; a in -5..5; λ in 0.1, 0.2, 0.5; eta in 0.1, 0.5",
    1,
    seed=1,
    first=6,
    kinds=["update"],
    params=["w"],
    lang="es",
)
chain = exercises.make("three-sigmoids", 1, seed=1, first=7, kinds=["vanishing"], lang="es")
print(questions(decay) + "\n" + questions(chain))

# %% [markdown]
# Esto imprime:
#
# ```
# 6. Un paso de descenso por gradiente
#   w = −2, a = 3, λ = 0.5, η = 0.5
#   La propagación hacia delante da L = 12.5, s = 1, J = 13.5.
#   Da un paso de descenso por gradiente: ¿cuánto vale después cada parámetro?
#     w nuevo = ______
# 7. ¿Se desvanece o no?
#   w₁ = 0.2, x = 2.5, w₂ = 0.7, w₃ = 1.5
#   La propagación hacia delante da z₁ = 0.5, h₁ = 0.622, z₂ = 0.436, h₂ = 0.607, z₃ = 0.911, ŷ =
#       0.713.
#   Multiplica las derivadas locales desde ŷ hacia atrás hasta h₁.
#   Trabaja con tres decimales en cada paso; se aceptan respuestas a ±0.002.
#     ∂ŷ/∂h₁ = ______
#     ¿Qué le pasa al gradiente en su camino hacia atrás desde ŷ hasta h₁?
#       a) Se desvanece: queda menos de una décima parte.
#       b) Explota: se ha multiplicado por más de diez.
#       c) Ni lo uno ni lo otro.
# ```
#
# Dos preguntas abiertas:
#
# - **Abierta 1.** Alguien inicia una capa con todos los pesos a 0.5 en vez de a 0. ¿Se rompe así la simetría?
#   ¿Y si solo los *sesgos* son aleatorios?
# - **Abierta 2.** En `f = x² + 10y²`, gira los ejes 45°. ¿Qué optimizadores recorren el mismo camino de
#   antes, girado, y cuáles no? ¿Qué dice eso de dividir cada derivada por su propio tamaño?
#
# Esta hoja es también una página que se corrige sola, sin red, y que reconoce los errores habituales:

# %%
units

# %% [markdown]
# ## Soluciones

# %%
for sheet in units, steps, normal, decay, chain:
    print(questions(sheet, answers=True))

# %% [markdown]
# Esto imprime:
#
# ```
# 1. Propagación hacia atrás
#   w = −0.8, x = 2, b = −0.8, y = 1
#   La propagación hacia delante da z = −2.4, h = −0.984, L = 1.967.
#   Calcula los gradientes, empezando por el resultado.
#   Trabaja con tres decimales en cada paso; según el hueco, se admite un error de ±0.002 a ±0.007,
#       por el redondeo acumulado.
#     ∂L/∂h = −1.984    ∂L/∂L · ∂L/∂h = 1 · (−1.984)
#     ∂L/∂z = −0.064    ∂L/∂h · ∂h/∂z = −1.984 · 0.032
#     ∂L/∂b = −0.064    ∂L/∂z · ∂z/∂b = −0.064 · 1
#     ∂L/∂w = −0.128    ∂L/∂z · ∂z/∂w = −0.064 · 2
#
# 2. Un paso de descenso por gradiente
#   w = 0.6, x = −2, b = −0.7, y = 1, η = 1
#   La propagación hacia delante da z = −1.9, h = −0.956, L = 1.913.
#   Da un paso de descenso por gradiente: ¿cuánto vale después cada parámetro?
#   Trabaja con tres decimales en cada paso; según el hueco, se admite un error de ±0.005 a ±0.008,
#       por el redondeo acumulado.
#     w nuevo = 0.265    w − η · ∂L/∂w = 0.6 − 1 · 0.335
#     b nuevo = −0.533    b − η · ∂L/∂b = −0.7 − 1 · (−0.167)
#
# 3. ¿Verdadero o falso?
#   w = 0.8, x = −2, b = −0.3, y = 0
#   La propagación hacia delante da z = −1.9, h = −0.956, L = 0.457.
#     ¿Se cumple ∂L/∂b = (h − y)·(1 − h²) para todos los números?
#     * a) verdadero
#       b) falso
# 4. Propagación hacia delante
#   x₀ = −3, v₀ = 2, η = 0.2
#   Calcula el valor de cada nodo.
#     g = −6    2·x₀ = 2·(−3)
#     v = −4.2    0.9·v₀ + g = 0.9·2 + (−6)
#     x = −2.16    x₀ − η·v = −3 − 0.2·(−4.2)
# 5. Propagación hacia delante
#   x₁ = 8, x₂ = 2, x₃ = −6, γ = 2.5, β = 3
#   Calcula el valor de cada nodo.
#   Trabaja con tres decimales en cada paso; según el hueco, se admite un error de ±0.001 a ±0.006,
#       por el redondeo acumulado.
#     m = 1.333    (x₁ + x₂ + x₃)/3 = (8 + 2 + (−6))/3
#     v = 32.889    ((x₁ − m)² + (x₂ − m)² + (x₃ − m)²)/3 = ((8 − 1.333)² + (2 − 1.333)² + (−6 −
#       1.333)²)/3
#     s = 5.735    sqrt(v) = sqrt(32.889)
#     n₁ = 1.162    (x₁ − m)/s = (8 − 1.333)/5.735
#     y₁ = 5.906    γ·n₁ + β = 2.5·1.162 + 3
# 6. Un paso de descenso por gradiente
#   w = −2, a = 3, λ = 0.5, η = 0.5
#   La propagación hacia delante da L = 12.5, s = 1, J = 13.5.
#   Da un paso de descenso por gradiente: ¿cuánto vale después cada parámetro?
#     w nuevo = 1    w − η · ∂J/∂w = −2 − 0.5 · (−6)
# 7. ¿Se desvanece o no?
#   w₁ = 0.2, x = 2.5, w₂ = 0.7, w₃ = 1.5
#   La propagación hacia delante da z₁ = 0.5, h₁ = 0.622, z₂ = 0.436, h₂ = 0.607, z₃ = 0.911, ŷ =
#       0.713.
#   Multiplica las derivadas locales desde ŷ hacia atrás hasta h₁.
#   Trabaja con tres decimales en cada paso; se aceptan respuestas a ±0.002.
#     ∂ŷ/∂h₁ = 0.051    ∂ŷ/∂z₂ · ∂z₂/∂h₁ = 0.073 · 0.7
#     ¿Qué le pasa al gradiente en su camino hacia atrás desde ŷ hasta h₁?
#     * a) Se desvanece: queda menos de una décima parte.
#       b) Explota: se ha multiplicado por más de diez.
#       c) Ni lo uno ni lo otro.
# ```
#
# - **Abierta 1.** No: todas las unidades siguen calculando lo mismo y recibiendo el mismo gradiente;
#   cualquier constante hace eso. Los sesgos aleatorios sí la rompen, porque entonces las unidades se
#   distinguen en dónde se saturan o se cortan; si son pequeños, las diferencias crecen despacio a partir de
#   ahí.
# - **Abierta 2.** El descenso por gradiente, el momento y NAG solo suman gradientes, multiplicados por
#   números iguales en todas las direcciones, y un giro gira las sumas de flechas como gira las flechas: el
#   mismo camino, girado. Adagrad, RMSProp, Adadelta y Adam dividen cada derivada por su propio tamaño, a lo
#   largo de los ejes: tras el giro las dos derivadas son más o menos del mismo tamaño, dividir ayuda poco y
#   el camino es otro. La celda de abajo lo mide.

# %%
r = math.sqrt(0.5)


def rotated(u, v):
    return f(r * (u - v), r * (u + v))


for name, make in contest.items():
    straight = train.descend(f, (-3, 1), make, 20)
    turned = train.descend(rotated, (r * (-3 + 1), r * (3 + 1)), make, 20)
    pairs = zip(turned, straight)
    apart = max(math.hypot(r * (u - v) - x, r * (u + v) - y) for (u, v), (x, y) in pairs)
    verdict = "el mismo camino" if apart < 1e-9 else "otro camino"
    print(f"{name}: {verdict}")

# %% [markdown]
# Esto imprime:
#
# ```
# descenso por gradiente: el mismo camino
# momento: el mismo camino
# NAG: el mismo camino
# Adagrad: otro camino
# RMSProp: otro camino
# Adam: otro camino
# ```
