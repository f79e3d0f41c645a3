# %% [markdown]
# # A. Grafos computacionales, regla de la cadena, redes como grafos
#
# Al terminar esta lección sabrás dibujar cualquier fórmula como un grafo, llevar valores hacia delante y
# gradientes hacia atrás a mano, encontrar una derivada que una fórmula olvidó, y decir por qué los
# gradientes se desvanecen en las redes profundas y qué los mantiene vivos.
#
# Dura unas tres horas, dos clases, ejercicios incluidos. Basta con saber qué es una derivada y leer un poco
# de Python: funciones, listas, bucles. Los bloques bajo «Esto imprime» muestran lo que debe salir; cambia los
# números y vuelve a ejecutar. `show` enseña una figura bajo su celda; si ejecutas la lección como programa,
# la guarda y dice en qué archivo.

# %%
import math
import random

import microgrid as mg
import viz
from microgrid import Value, nn, parameter, parse
from viz.lessons import show

# %% [markdown]
# ## El perceptrón
#
# Un perceptrón multiplica cada entrada por un peso, lo suma todo con un sesgo, y comprime la suma z en una
# probabilidad con la sigmoide σ(z) = 1/(1 + e⁻ᶻ):
#
# ŷ = σ(w₀ + w₁x₁ + w₂x₂)
#
# Con w₀ = 4.1, w₁ = −1.15 y w₂ = −0.21, ¿qué dice de los puntos (0, 6) y (6, 8)? Primero, en Python sin
# más:


# %%
def perceptron(x1, x2):
    z = 4.1 - 1.15 * x1 - 0.21 * x2
    return z, 1 / (1 + math.exp(-z))


for point in ((0, 6), (6, 8)):
    z, probability = perceptron(*point)
    print(f"{point}: z = {z:.2f}, ŷ = {probability:.2f}")

# %% [markdown]
# Esto imprime:
#
# ```
# (0, 6): z = 2.84, ŷ = 0.94
# (6, 8): z = -4.48, ŷ = 0.01
# ```
#
# El primer punto es muy probablemente de la clase 1; el segundo, casi seguro que no. Ahora lo mismo como
# red de la biblioteca, cuyos parámetros son los pesos y luego el sesgo, dibujada como en clase: círculos para
# las unidades, flechas para los pesos, más gruesas cuanto mayor es el peso.

# %%
net = nn.MLP(2, [1], output="sigmoid")
for p, number in zip(net.parameters(), (-1.15, -0.21, 4.1), strict=True):
    p.data = number

show(viz.network(net, [0, 6], lang="es"), "perceptron.svg")

# %% [markdown]
# ¿Dónde duda? En la recta w₀ + w₁x₁ + w₂x₂ = 0, a la que los pesos son perpendiculares. El gráfico necesita
# NumPy y matplotlib.

# %% tags=["needs-numpy"]
from viz import plots

show(plots.probability(net, [(0, 0), (8, 10)], at=[(0, 6), (6, 8)], lang="es"), "plane.svg")

# %% [markdown]
# ## Redes densas
#
# Un perceptrón traza una recta. Una **red densa** pone muchos juntos, por capas: cada unidad es un
# perceptrón de todas las unidades de la capa anterior, hᵢ = g(bᵢ + Σⱼ xⱼwⱼᵢ), con alguna función g en lugar
# de σ. Los valores fluyen de izquierda a derecha por las k capas ocultas; es el **paso hacia delante**.

# %%
show(viz.network([3, 4, 4, 2], lang="es"), "dense.svg")


# %%
def layer(x, weights, biases, g):
    """Las unidades de una capa: weights[i] son los pesos de la unidad i."""
    return [g(b + sum(xj * wj for xj, wj in zip(x, w))) for w, b in zip(weights, biases)]


random.seed(1)
sizes = [3, 4, 4, 2]
h = [1.0, -2.0, 0.5]
for before, after in zip(sizes, sizes[1:]):
    weights = [[random.gauss(0, 1) for _ in range(before)] for _ in range(after)]
    h = layer(h, weights, [0.0] * after, math.tanh)
    print(f"{after} unidades:", [round(unit, 3) for unit in h])
numbers = sum((before + 1) * after for before, after in zip(sizes, sizes[1:]))
print(f"pesos y sesgos: {numbers}")

# %% [markdown]
# Esto imprime:
#
# ```
# 4 unidades: [-0.918, 0.893, 0.96, -0.889]
# 4 unidades: [-0.963, 0.974, 0.239, 0.853]
# 2 unidades: [0.971, 0.766]
# pesos y sesgos: 46
# ```
#
# ## XOR
#
# Ninguna recta separa (0, 1) y (1, 0) de (0, 0) y (1, 1). Dos unidades ocultas sí pueden. Estos son los
# pesos de la clase: sigmoides en las dos capas, sin sesgos, h = σ(xᵀW₁) con W₁ = [[0.96, 0.89], [0.28,
# 0.73]], y ŷ = σ(hᵀw₂) con w₂ = [0.60, 0.22]. Todavía no se ha entrenado nada.

# %%
xor = nn.Sequential(nn.Linear(2, 2, bias=False), "sigmoid", nn.Linear(2, 1, bias=False), "sigmoid")
for p, number in zip(xor.parameters(), (0.96, 0.28, 0.89, 0.73, 0.60, 0.22), strict=True):
    p.data = number

POINTS = [((0, 0), 0), ((0, 1), 1), ((1, 0), 1), ((1, 1), 0)]
for point, target in POINTS:
    yhat = xor(point)
    loss = nn.losses.bce(yhat, target)
    print(f"{point}: y = {target}, ŷ = {yhat.data:.2f}, pérdida = {loss.data:.2f}")

# %% [markdown]
# Esto imprime:
#
# ```
# (0, 0): y = 0, ŷ = 0.60, pérdida = 0.92
# (0, 1): y = 1, ŷ = 0.62, pérdida = 0.48
# (1, 0): y = 1, ŷ = 0.64, pérdida = 0.44
# (1, 1): y = 0, ŷ = 0.66, pérdida = 1.07
# ```
#
# La pérdida es la **entropía cruzada binaria** −(y log ŷ + (1 − y) log(1 − ŷ)): pequeña si la red dio una
# probabilidad alta a la clase correcta. Esta red dice unos 0.6 a todo. El dibujo muestra lo que calcula
# cada unidad en (0, 1):

# %%
show(viz.network(xor, [0, 1], lang="es"), "xor.svg")

# %% [markdown]
# Lo mismo como **grafo computacional**: cada caja es una operación, y la pérdida es un nodo más.

# %%
L = nn.losses.bce(xor([0, 1]), 1)
L.backward()
show(viz.draw(L, slide="16:9", lang="es"), "xor_graph.svg")

# %% [markdown]
# Entrenar es hacer pequeña la pérdida: se calcula, se pregunta a cada peso cómo reacciona la pérdida a él,
# y se mueve el peso un poco en sentido contrario. El resto de la lección trata de cómo se responde a esa
# pregunta; aquí está el bucle, con cuatro unidades tanh y sesgos. Los pesos los mueve un **optimizador**:
# `zero_grad` borra las respuestas de la vuelta anterior, `backward` calcula las nuevas, y `step` da el paso.
# Adam elige la longitud del paso de cada peso; cómo lo hace es cosa de la lección C, y la regla más sencilla
# viene en la sección siguiente.

# %%
from microgrid import optim

random.seed(1)
net = nn.MLP(2, [4, 1], activation="tanh", output="sigmoid")
optimizer = optim.Adam(net.parameters(), lr=0.05)
for epoch in range(201):
    loss = sum(nn.losses.bce(net(point), target) for point, target in POINTS) / 4
    if epoch % 50 == 0:
        print(f"época {epoch:3}: pérdida {loss.data:.4f}")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
for point, target in POINTS:
    print(f"{point}: y = {target}, ŷ = {net(point).data:.2f}")

# %% [markdown]
# Esto imprime:
#
# ```
# época   0: pérdida 0.6976
# época  50: pérdida 0.0512
# época 100: pérdida 0.0166
# época 150: pérdida 0.0095
# época 200: pérdida 0.0064
# (0, 0): y = 0, ŷ = 0.00
# (0, 1): y = 1, ŷ = 0.99
# (1, 0): y = 1, ŷ = 0.99
# (1, 1): y = 0, ŷ = 0.01
# ```
#
# Con puntos ruidosos alrededor de las cuatro esquinas y el bucle de la propia biblioteca: la pérdida a lo
# largo de las épocas, y lo que la red decide después en cada lugar:

# %% tags=["needs-numpy"]
from microgrid import datasets, train

X, y = datasets.xor(80, noise=0.15, seed=1)
random.seed(1)
net = nn.MLP(2, [4, 1], activation="tanh", output="sigmoid")
history = train.fit(net, X, y, loss="bce", optimizer=lambda ps: optim.Adam(ps, lr=0.05), epochs=150)
show(plots.curves(history, lang="es"), "xor_loss.svg")

# %% tags=["needs-numpy"]
show(plots.decision_boundary(net, X, y, lang="es"), "xor_trained.svg")

# %% [markdown]
# ## Descenso por gradiente
#
# Para bajar una cuesta no hace falta un mapa, basta la pendiente bajo los pies: x ← x − η ∂f/∂x, donde η es
# la **tasa de aprendizaje**. En f = x² la pendiente es 2x, así que un paso con η = 0.2 multiplica x por 1 −
# 2η = 0.6.


# %%
def descend(f, start, rate, steps):
    """Los lugares por los que pasa el descenso por gradiente."""
    x = parameter(start, "x")
    places = [x.data]
    for _ in range(steps):
        x.grad = 0.0
        f(x).backward()
        x.data -= rate * x.grad
        places.append(x.data)
    return places


def square(x):
    return x**2


for k, x in enumerate(descend(square, 1.0, 0.2, 5)):
    print(f"{k}: x = {x:.5f}, f = {x * x:.5f}")

# %% [markdown]
# Esto imprime:
#
# ```
# 0: x = 1.00000, f = 1.00000
# 1: x = 0.60000, f = 0.36000
# 2: x = 0.36000, f = 0.12960
# 3: x = 0.21600, f = 0.04666
# 4: x = 0.12960, f = 0.01680
# 5: x = 0.07776, f = 0.00605
# ```


# %% tags=["needs-numpy"]
def sgd(rate):
    return lambda parameters: optim.SGD(parameters, lr=rate)


show(plots.descent(square, train.descend(square, 1.0, sgd(0.2), 10), lang="es"), "descent.svg")

# %% [markdown]
# Una curva con dos valles es f = x⁴ − 2x² + x − 1. Su derivada 4x³ − 4x + 1 se anula en −1.107, en 0.270
# (una cima) y en 0.838. A qué valle llegas depende del lado de la cima en que empiezas:


# %%
def quartic(x):
    return x**4 - 2 * x**2 + x - 1


for start in (0.3, 0.0):
    end = descend(quartic, start, 0.05, 200)[-1]
    slope = 4 * end**3 - 4 * end + 1
    print(f"desde {start}: x = {end:.3f}, f = {quartic(end):.2f}, |f′| = {abs(slope):.6f}")

# %% [markdown]
# Esto imprime:
#
# ```
# desde 0.3: x = 0.838, f = -1.07, |f′| = 0.000000
# desde 0.0: x = -1.107, f = -3.06, |f′| = 0.000000
# ```

# %% tags=["needs-numpy"]
ax = plots.descent(quartic, train.descend(quartic, 0.3, sgd(0.05), 40), xlim=(-1.6, 1.4), lang="es")
path = train.descend(quartic, 0.0, sgd(0.05), 40)
show(plots.descent(quartic, path, xlim=(-1.6, 1.4), ax=ax, lang="es"), "two_valleys.svg")

# %% [markdown]
# Desde 0.3 se acaba en el mínimo **local** −1.07; desde 0, en el **global**, −3.06. El descenso por
# gradiente nunca sabe en cuál está.
#
# ¿Cómo de grande debe ser η? En x² el factor de cada paso es 1 − 2η: muy cerca de 1 se arrastra, por debajo
# de −1 se escapa.

# %%
for rate in (0.02, 0.3, 1.05):
    end = descend(square, 1.0, rate, 8)[-1]
    print(f"η = {rate}: factor {1 - 2 * rate:5.2f}, x = {end:.4f} tras 8 pasos")

# %% [markdown]
# Esto imprime:
#
# ```
# η = 0.02: factor  0.96, x = 0.7214 tras 8 pasos
# η = 0.3: factor  0.40, x = 0.0007 tras 8 pasos
# η = 1.05: factor -1.10, x = 2.1436 tras 8 pasos
# ```

# %% tags=["needs-numpy"]
runs = {f"η = {rate}": train.descend(square, 1.0, sgd(rate), 8) for rate in (0.02, 0.3, 1.05)}
show(plots.descent(square, runs["η = 0.02"], lang="es"), "rate_small.svg")

# %% tags=["needs-numpy"]
show(plots.descent(square, runs["η = 0.3"], lang="es"), "rate_good.svg")

# %% tags=["needs-numpy"]
show(plots.descent(square, runs["η = 1.05"], lang="es"), "rate_large.svg")

# %% tags=["needs-numpy"]
show(plots.compare(runs, "x", lang="es"), "rates.svg")

# %% [markdown]
# Con dos pesos la pérdida es una superficie, y el gradiente tiene dos números. Es perpendicular a las
# líneas de igual pérdida:

# %%
w1, w2 = parameter(-3, "w1"), parameter(2, "w2")
for step in range(4):
    f = w1**2 + 3 * w2**2 + w1 * w2
    w1.grad = w2.grad = 0.0
    f.backward()
    print(
        f"{step}: w = ({w1.data:.3f}, {w2.data:.3f}), f = {f.data:.3f}, ∇f = ({w1.grad:.3f}, {w2.grad:.3f})"
    )
    w1.data -= 0.1 * w1.grad
    w2.data -= 0.1 * w2.grad

# %% [markdown]
# Esto imprime:
#
# ```
# 0: w = (-3.000, 2.000), f = 15.000, ∇f = (-4.000, 9.000)
# 1: w = (-2.600, 1.100), f = 7.530, ∇f = (-4.100, 4.000)
# 2: w = (-2.190, 0.700), f = 4.733, ∇f = (-3.680, 2.010)
# 3: w = (-1.822, 0.499), f = 3.158, ∇f = (-3.145, 1.172)
# ```


# %% tags=["needs-numpy"]
def bowl(a, b):
    return a**2 + 3 * b**2 + a * b


path = train.descend(bowl, (-3, 2), sgd(0.1), 30)
show(plots.surface(bowl, path, kind="3d", lang="es"), "landscape.svg")

# %% tags=["needs-numpy"]
show(plots.surface(bowl, path, lang="es"), "surface.svg")

# %% [markdown]
# ## La regla de la cadena, y un desliz frecuente
#
# y = (6x² + 2)⁴ es una cadena: u = 6x² + 2, y luego y = u⁴. La regla de la cadena multiplica las derivadas
# de los eslabones, y′ = 4u³ · 12x = 4(6x² + 2)³ · 12x. En diapositivas se encuentra 4(6x² + 2) · 12x, sin
# el cubo. `check` juzga una fórmula, y dice qué le falla:

# %%
chain = parse("u = 6*x**2 + 2; y = u**4", x=1)
print(mg.check(chain, "dy/dx = 4*(6*x**2 + 2)*12*x").text(lang="es"))
print(mg.check(chain, "dy/dx = 4*(6*x**2 + 2)**3*12*x").text(lang="es"))

# %% [markdown]
# Esto imprime:
#
# ```
# ✗ dy/dx = 4*(6*x**2 + 2)*12*x: falso: hay un exponente equivocado
#     6*x^2 + 2 tiene el exponente 1, y el correcto es 3
#     en x = 1 la afirmación da 384, y lo correcto es 24576
#     lo correcto es dy/dx = 4*(6*x^2 + 2)^3*12*x
# ✓ dy/dx = 4*(6*x**2 + 2)**3*12*x: verdadero, demostrado
# ```

# %%
y = chain["y"]
y.backward()
show(viz.draw(y, lang="es"), "chain.svg")

# %% [markdown]
# En una cadena de capas la regla es la misma. Del peso w₁ a la pérdida, x → h₁ → ŷ → L:
#
# ∂L/∂w₁ = ∂L/∂ŷ · ∂ŷ/∂h₁ · ∂h₁/∂w₁
#
# `derive` la escribe entera, con las derivadas locales y los números:

# %%
weights = {"w1": parameter(0.5, "w1"), "w2": parameter(-0.7, "w2")}
L = parse("h1 = sigmoid(w1*x); yhat = w2*h1; L = (yhat - y)**2", x=2, y=1, **weights)["L"]
print(mg.derive(L, "w1").text(lang="es"))

# %% [markdown]
# Esto imprime:
#
# ```
# las derivadas locales
#   ∂L/∂yhat = 2·(yhat - y)
#   ∂yhat/∂h1 = w2
#   ∂h1/∂w1 = h1·(1 - h1)·x
# la regla de la cadena
#   ∂L/∂w1 = ∂L/∂yhat · ∂yhat/∂h1 · ∂h1/∂w1
#          = 2·(yhat - y) · w2 · h1·(1 - h1)·x
#          = (-3.023) · (-0.7) · 0.3932 = 0.8322
# ```

# %%
L.backward()
show(viz.draw(L, path="w1", lang="es"), "path.svg")

# %% [markdown]
# ## Una recta y su error cuadrático, a mano
#
# Ahora un modelo pequeño, entero. La recta es ŷ = wx + b con w = 2 y b = 1; el dato es x = 3, y = 9. Cuánto
# se equivoca la recta lo mide L = (ŷ − y)². Parte la fórmula hasta que cada paso haga una sola cosa:

# %%
w, b = 2, 1
x, y = 3, 9

z = w * x
yhat = z + b
e = yhat - y
L = e**2

print(f"z = w·x = {w}·{x} = {z}")
print(f"ŷ = z + b = {z} + {b} = {yhat}")
print(f"e = ŷ − y = {yhat} − {y} = {e}")
print(f"L = e² = ({e})² = {L}")

# %% [markdown]
# Esto imprime:
#
# ```
# z = w·x = 2·3 = 6
# ŷ = z + b = 6 + 1 = 7
# e = ŷ − y = 7 − 9 = -2
# L = e² = (-2)² = 4
# ```
#
# Cada paso tiene una **derivada local**: cómo reacciona su resultado a lo que entró. Basta el cálculo de
# bachillerato: dL/de = 2e, de/dŷ = 1, dŷ/dz = 1, dŷ/db = 1, dz/dw = x. Empezamos en la pérdida,
# multiplicamos al bajar, y reutilizamos cada producto para todo lo que queda debajo: ∂L/∂ŷ se calcula **una
# vez** y sirve a w y a b.

# %%
dl_de = 2 * e
dl_dyhat = dl_de * 1
dl_db = dl_dyhat * 1
dl_dz = dl_dyhat * 1
dl_dw = dl_dz * x

print(f"∂L/∂e = 2e = 2·({e}) = {dl_de}")
print(f"∂L/∂ŷ = ∂L/∂e · 1 = {dl_dyhat}")
print(f"∂L/∂b = ∂L/∂ŷ · 1 = {dl_db}")
print(f"∂L/∂w = ∂L/∂ŷ · 1 · x = {dl_dyhat}·1·{x} = {dl_dw}")

# %% [markdown]
# Esto imprime:
#
# ```
# ∂L/∂e = 2e = 2·(-2) = -4
# ∂L/∂ŷ = ∂L/∂e · 1 = -4
# ∂L/∂b = ∂L/∂ŷ · 1 = -4
# ∂L/∂w = ∂L/∂ŷ · 1 · x = -4·1·3 = -12
# ```
#
# ¿Qué significa −12? Es una predicción: sube w una milésima, y L se mueve unas −12 milésimas.

# %%
nudge = 0.001
nudged = ((w + nudge) * x + b - y) ** 2
print(f"L: {L} → {nudged:.6f}, {(nudged - L) / nudge:.3f} por unidad de w")

# %% [markdown]
# Esto imprime:
#
# ```
# L: 4 → 3.988009, -11.991 por unidad de w
# ```
#
# Una red con un millón de pesos necesitaría un millón de experimentos así. Ir hacia atrás necesita un solo
# recorrido.
#
# ## Con el motor
#
# Un `Value` es un número que recuerda qué operación lo hizo, y a partir de qué; `parameter` hace uno que el
# entrenamiento puede cambiar. Los nombres son para mensajes y dibujos.

# %%
w, b = parameter(2, "w"), parameter(1, "b")
line = parse("z = w*x; yhat = z + b; e = yhat - y; L = e**2", w=w, b=b, x=3, y=9)
L = line["L"]
L.backward()
for name in ("L", "e", "yhat", "z", "b", "w"):
    value = {**line, "w": w, "b": b}[name]
    print(f"{name:>4} = {value.data:4}    ∂L/∂{name} = {value.grad}")

# %% [markdown]
# Esto imprime:
#
# ```
#    L =  4.0    ∂L/∂L = 1.0
#    e = -2.0    ∂L/∂e = -4.0
# yhat =  7.0    ∂L/∂yhat = -4.0
#    z =  6.0    ∂L/∂z = -4.0
#    b =  1.0    ∂L/∂b = -4.0
#    w =  2.0    ∂L/∂w = -12.0
# ```
#
# Los mismos números. `backward` no esconde ningún truco: las derivadas locales se guardaron al hacer cada
# nodo, y él las multiplicó como nosotros.

# %%
for name in ("L", "e", "yhat", "z"):
    value = line[name]
    for parent, partial in zip(value.parents, value.partials, strict=True):
        print(f"∂{name}/∂{parent.label} = {partial}")

# %% [markdown]
# Esto imprime:
#
# ```
# ∂L/∂e = -4.0
# ∂e/∂yhat = 1.0
# ∂e/∂y = -1.0
# ∂yhat/∂z = 1.0
# ∂yhat/∂b = 1.0
# ∂z/∂w = 3.0
# ∂z/∂x = 2.0
# ```
#
# Dibujado: los datos son amarillos, los parámetros violetas, las operaciones cajas azul claro, y cada
# flecha lleva su derivada local. Busca los dos caminos que comparten ∂L/∂ŷ.

# %%
show(viz.draw(L, lang="es"), "line.svg")

# %% [markdown]
# Y de operación en operación. En un cuaderno, usa las flechas del teclado; guardado, es una página que no
# necesita nada más.

# %%
walk = viz.steps(L, lang="es")
for frame in walk[5:10]:
    print(frame.caption)
show(walk, "walk.html")

# %% [markdown]
# Esto imprime:
#
# ```
# ∂L/∂L = 1: aquí empieza la propagación hacia atrás.
# ∂L/∂e = ∂L/∂L · ∂L/∂e = 1 · (−4) = −4
# ∂L/∂ŷ = ∂L/∂e · ∂e/∂ŷ = −4 · 1 = −4
# ∂L/∂y = ∂L/∂e · ∂e/∂y = −4 · (−1) = 4
# ∂L/∂z = ∂L/∂ŷ · ∂ŷ/∂z = −4 · 1 = −4
# ```
#
# ¿Por qué creerlo? `verify` demuestra la regla de cada operación con álgebra computacional, comprueba que
# las reglas se juntaron como dice la regla de la cadena, y vuelve a calcularlo todo con cincuenta cifras.

# %%
print(mg.verify(L).ok, mg.check(line, "dL/dw = 2*e*x", "dL/db = 2*e").ok)

# %% [markdown]
# Esto imprime:
#
# ```
# True True
# ```
#
# Y ahora aprende: w ← w − η ∂L/∂w, y lo mismo con b. `recompute` recorre el mismo grafo hacia delante con
# los números nuevos.

# %%
rate = 0.04
for step in range(4):
    print(f"{step}: w = {w.data:.4f}  b = {b.data:.4f}  ŷ = {line['yhat'].data:.4f}  L = {L.data:.4f}")
    for p in (w, b):
        p.data -= rate * p.grad
        p.grad = 0.0  # los gradientes de las hojas se suman hasta ponerlos a cero
    mg.recompute(L).backward()

# %% [markdown]
# Esto imprime:
#
# ```
# 0: w = 2.0000  b = 1.0000  ŷ = 7.0000  L = 4.0000
# 1: w = 2.4800  b = 1.1600  ŷ = 8.6000  L = 0.1600
# 2: w = 2.5760  b = 1.1920  ŷ = 8.9200  L = 0.0064
# 3: w = 2.5952  b = 1.1984  ŷ = 8.9840  L = 0.0003
# ```
#
# ## Lo mismo en PyTorch
#
# PyTorch guarda el mismo grafo con otros nombres:
#
# | aquí | en PyTorch |
# |---|---|
# | `w = parameter(2)` | `w = torch.tensor(2., requires_grad=True)` |
# | `z = w*x` | `z = w*x`, cuyo `grad_fn` es `<MulBackward0>` |
# | `e**2` | `l = e**2`, cuyo `grad_fn` es `<PowBackward0>` |
# | `L.backward()` | `l.backward()` |
# | `w.grad` es `-12.0` | `w.grad` es `tensor(-12.)` |
# | `value.parents` | `l.grad_fn.next_functions` |
#
# Sus dibujos tienen una caja para cada valor y otra para cada operación, como este con las operaciones
# aparte. (`viz.draw_dot(L)` lo dibuja como los cuadernos de micrograd.)

# %%
w, b = parameter(2, "w"), parameter(1, "b")
L = parse("z = w*x; yhat = z + b; e = yhat - y; L = e**2", w=w, b=b, x=3, y=9)["L"]
L.backward()
show(viz.draw(L, ops="separate", slide="16:9", lang="es"), "as_pytorch.svg")

# %% [markdown]
# ## Un bloque propio
#
# Las bibliotecas se pueden ampliar: da el valor y la derivada de un bloque nuevo, y participa en todo,
# también en dibujos y demostraciones. Una derivada falsa no llega lejos:

# %%
cube = mg.custom_op("cube", value=lambda x: x**3, partials=[lambda x: 3 * x**2])
wrong = mg.custom_op("wrong", value=lambda x: x**3, partials=[lambda x: 3 * x])
print(mg.check(cube).ok, mg.check(wrong).ok)
y = 2 * cube(parameter(1.5, "w")) + 1
y.backward()
show(viz.draw(y, lang="es"), "custom.svg")

# %% [markdown]
# Esto imprime:
#
# ```
# True False
# ```
#
# ## Un peso con dos usos: la suma sobre los caminos
#
# Hasta ahora un solo camino llevaba de cada peso a la pérdida. Las redes de verdad se ramifican y se
# vuelven a juntar: una convolución usa un peso en cada píxel, una red residual deja que la entrada se salte
# capas. Una frase contiene entonces toda la teoría:
#
# > La derivada es la **suma sobre todos los caminos** del **producto de las derivadas locales** a lo largo
# > de cada uno.
#
# Toma z₁ = w₁x, z₂ = w₂(z₁ + x), ŷ = w₁(z₁ + z₂). El peso w₁ se usa dos veces, y x además se salta z₁.

# %%
from microgrid.graph import counts, path_count, paths

weights = {"w1": parameter(0.8, "w1"), "w2": parameter(-0.5, "w2")}
dag = parse("z1 = w1*x; s = z1 + x; z2 = w2*s; t = z1 + z2; yhat = w1*t", x=1.5, **weights)
yhat = dag["yhat"]
yhat.backward()
for path in paths(yhat, weights["w1"]):
    way = " → ".join(value.label for value in path.nodes)
    factors = " · ".join(f"{partial:g}" for partial in path.partials)
    print(f"{way}:  {factors} = {path.product:g}")
total = sum(path.product for path in paths(yhat, weights["w1"]))
print(f"suma = {total:.2f}, backward: {weights['w1'].grad:.2f}")

# %% [markdown]
# Esto imprime:
#
# ```
# w1 → yhat:  -0.15 = -0.15
# w1 → z1 → t → yhat:  1.5 · 1 · 0.8 = 1.2
# w1 → z1 → s → z2 → t → yhat:  1.5 · 1 · -0.5 · 1 · 0.8 = -0.6
# suma = 0.45, backward: 0.45
# ```

# %%
show(viz.draw(yhat, path="w1", lang="es"), "paths.svg")

# %% [markdown]
# ### La fórmula que olvidó un camino
#
# Es tentador seguir las capas y escribir ∂ŷ/∂w₁ = ∂ŷ/∂z₁ · ∂z₁/∂w₁ + ∂ŷ/∂z₂ · ∂z₂/∂z₁ · ∂z₁/∂w₁, y hay
# diapositivas que lo hacen. Son los dos últimos caminos. Pero w₁ está también en la propia ŷ = w₁(z₁ + z₂):

# %%
again = {"w1": parameter(0.8, "w1"), "w2": parameter(-0.5, "w2")}
two = "dyhat/dz1*dz1/dw1 + dyhat/dz2*dz2/dz1*dz1/dw1"
shared = parse("z1 = w1*x; z2 = w2*(z1 + x); yhat = w1*(z1 + z2)", x=1.5, **again)
report = mg.check(shared, f"dyhat/dw1 = {two}", f"dyhat/dw1 = (z1 + z2) + {two}")
print(report.text(lang="es"))

# %% [markdown]
# Esto imprime:
#
# ```
# ✗ dyhat/dw1 = dyhat/dz1*dz1/dw1 + dyhat/dz2*dz2/dz1*dz1/dw1: falso: falta un camino
#     en la lectura hacia delante: falta el camino w1 → yhat
#     falta: w1 → yhat: z1 + z2
#     en w1 = 0.8, x = 1.5, w2 = -0.5 la afirmación da 0.6, y lo correcto es 0.45
#     lo correcto es dyhat/dw1 = dyhat/dz1*dz1/dw1 + dyhat/dz2*dz2/dz1*dz1/dw1 + z1 + z2
# ✓ dyhat/dw1 = (z1 + z2) + dyhat/dz1*dz1/dw1 + dyhat/dz2*dz2/dz1*dz1/dw1: verdadero, demostrado
#     se cumple en la lectura local, hacia delante, y no en adjunta, total
# ```
#
# La fórmula de la diapositiva da 0.6 donde lo correcto es 0.45, y en la misma página hay otro desliz,
# ∂z₁/∂w₁ = w₁. Con ellos no fallaría nada: el entrenamiento seguiría, un poco desviado, en cada paso.

# %%
print(mg.check(shared, "dz1/dw1 = w1").text(lang="es"))

# %% [markdown]
# Esto imprime:
#
# ```
# ✗ dz1/dw1 = w1: falso: hay una variable equivocada
#     w1 está donde corresponde x
#     en w1 = 0.8, x = 1.5 la afirmación da 0.8, y lo correcto es 1.5
#     lo correcto es dz1/dw1 = x
# ```

# %%
shared["yhat"].backward()
show(viz.draw(shared["yhat"], lang="es"), "reuse.svg")

# %% [markdown]
# Con una sigmoide antes del final y el error cuadrático medio como pérdida, el grafo es más largo y la
# regla es la misma:

# %%
v = parse("z1 = w1*x; z2 = w2*(z1 + x); yhat = sigmoid(w1*(z1 + z2))", x=1.5, **weights)
weights["w1"].grad = weights["w2"].grad = 0.0
L = nn.losses.mse(v["yhat"], Value(1, "y"))
L.backward()
print(f"ŷ = {v['yhat'].data:.4f}, L = {L.data:.4f}, ∂L/∂w1 = {weights['w1'].grad:.4f}")
show(viz.draw(L, slide="16:9", lang="es"), "reuse_mse.svg")

# %% [markdown]
# Esto imprime:
#
# ```
# ŷ = 0.4700, L = 0.2809, ∂L/∂w1 = -0.1188
# ```
#
# ¿No hay demasiados caminos? Los bloques h ← h + σ(w·h) ofrecen dos caminos cada uno, por la capa o a su
# lado, así que veinte tienen 2²⁰. `backward` no los recorre uno a uno: atiende a cada nodo una vez, cuando
# todo lo que está por encima ha terminado.


# %%
def stack(depth, skip):
    """Una torre de capas sigmoides sobre una entrada, con o sin conexiones que se saltan cada capa."""
    start = h = Value(0.5, "x")
    for _ in range(depth):
        layer = (parameter(0.9, "w") * h).sigmoid()
        h = h + layer if skip else layer
    return start, h


start, top = stack(20, skip=True)
print(f"{path_count(top, start)} caminos, {counts(top).nodes} nodos, {counts(top).edges} flechas")

# %% [markdown]
# Esto imprime:
#
# ```
# 1048576 caminos, 81 nodos, 100 flechas
# ```
#
# ## Gradientes que se desvanecen
#
# ŷ = σ(w₃ σ(w₂ σ(w₁x))). La derivada respecto a w₁ es un producto largo: σ′ tres veces, y los pesos entre
# medias. Como σ′ = σ(1 − σ) nunca pasa de ¼ y aquí los pesos son menores que 1, cada capa la divide al
# menos por cuatro.

# %%
weights = {f"w{k}": parameter(v, f"w{k}") for k, v in ((1, 0.5), (2, 0.6), (3, 0.7))}
deep = parse("yhat = sigmoid(w3*sigmoid(w2*sigmoid(w1*x)))", x=1, **weights)["yhat"]
deep.backward()
for name, weight in weights.items():
    print(f"∂ŷ/∂{name} = {weight.grad:.5f}")
show(viz.draw(deep, color_by="grad", lang="es"), "vanishing.svg")

# %% [markdown]
# Esto imprime:
#
# ```
# ∂ŷ/∂w1 = 0.00571
# ∂ŷ/∂w2 = 0.02521
# ∂ŷ/∂w3 = 0.14189
# ```

# %% tags=["needs-numpy"]
show(plots.activation("sigmoid", lang="es"), "sigmoid.svg")

# %% [markdown]
# Glorot y Bengio (2010) lo midieron: con pesos uniformes pequeños, los histogramas de los gradientes de una
# red tanh profunda se estrechan de la última capa a la primera.

# %% tags=["needs-numpy"]
from microgrid.monitor import Monitor

X, y = datasets.blobs(100, centers=[[-1, 0], [1, 0], [0, 1.5]], seed=1)
random.seed(1)
net = nn.MLP(2, [30, 30, 30, 30, 3], activation="tanh")
for layer in net.layers:
    nn.init.uniform(layer, -0.18, 0.18)
monitor = Monitor(net, loss="cross_entropy_with_logits")
monitor.observe(X, y)
show(plots.histograms(monitor, "gradients", form="overlaid", bins=40, lang="es"), "glorot.svg")

# %% [markdown]
# También existe lo contrario. Si los pesos son de tamaño 1, una capa de cuatro unidades hace mayor el
# gradiente de su entrada, no menor, y con la profundidad **explota**:

# %%
random.seed(1)
for depth in (1, 5, 10, 20):
    net = nn.Sequential(*[nn.Linear(4, 4, bias=False) for _ in range(depth)])
    for layer in net.layers:
        nn.init.normal(layer, std=1.0)
    x = [Value(number) for number in (1, 0, 0, 0)]
    net(x)[0].backward()
    length = math.hypot(*(value.grad for value in x))
    print(f"capas: {depth:2}, longitud del gradiente {length:.1e}")

# %% [markdown]
# Esto imprime:
#
# ```
# capas:  1, longitud del gradiente 1.6e+00
# capas:  5, longitud del gradiente 2.2e+01
# capas: 10, longitud del gradiente 3.3e+01
# capas: 20, longitud del gradiente 1.9e+03
# ```

# %% tags=["needs-numpy"]
monitor = Monitor(net, loss="mse")
monitor.observe([[1, 0, 0, 0]], [[0, 0, 0, 0]])
show(plots.gradient_flow(monitor, lang="es"), "exploding.svg")

# %% [markdown]
# ## ReLU y unidades muertas
#
# ReLU(x) = max(0, x) tiene pendiente 1 o 0: deja pasar entero un gradiente, o lo para. Una unidad con suma
# negativa en todos los datos está **muerta**: sus pesos no tienen gradiente, así que no cambian, así que
# sigue muerta. Leaky ReLU conserva ahí una pendiente de 0.01.

# %%
data = [0.5, 1.0, 2.0]
for activation in (mg.relu, mg.leaky_relu):
    w, b = parameter(-1.0, "w"), parameter(-0.5, "b")
    L = sum((activation(w * x + b) - 1) ** 2 for x in data)
    L.backward()
    print(f"{activation.__name__}: ∂L/∂w = {w.grad:.3f}, ∂L/∂b = {b.grad:.3f}")

# %% [markdown]
# Esto imprime:
#
# ```
# relu: ∂L/∂w = 0.000, ∂L/∂b = 0.000
# leaky_relu: ∂L/∂w = -0.071, ∂L/∂b = -0.061
# ```

# %% tags=["needs-numpy"]
show(plots.activation("relu", "leaky_relu", "elu", "gelu", "softplus", "tanh", lang="es"), "activations.svg")

# %% [markdown]
# ## Redes residuales
#
# Con una conexión residual, h ← h + F(h), uno de los caminos multiplica solo por unos: lleva el gradiente
# abajo intacto, por profunda que sea la red. La torre de antes, sin él y con él:

# %%
for depth in (1, 5, 20, 100):
    slopes = []
    for skip in (False, True):
        start, top = stack(depth, skip)
        top.backward()
        slopes.append(start.grad)
    print(f"capas: {depth:3}, ∂h/∂x = {slopes[0]:.1e} sin, {slopes[1]:.2f} con conexión residual")

# %% [markdown]
# Esto imprime:
#
# ```
# capas:   1, ∂h/∂x = 2.1e-01 sin, 1.21 con conexión residual
# capas:   5, ∂h/∂x = 4.0e-04 sin, 1.77 con conexión residual
# capas:  20, ∂h/∂x = 2.2e-14 sin, 1.81 con conexión residual
# capas: 100, ∂h/∂x = 4.8e-69 sin, 1.81 con conexión residual
# ```

# %%
random.seed(1)
block = nn.Residual(nn.Linear(3, 3), "tanh", nn.Linear(3, 3))
again = nn.Residual(nn.Linear(3, 3), "tanh", nn.Linear(3, 3))
show(viz.network(nn.Sequential(block, again), [0.5, -1, 2], lang="es"), "residual.svg")

# %% [markdown]
# Cientos de capas siguen siendo entrenables. Abajo, doscientas capas simples, y cien bloques residuales de
# dos:

# %% tags=["needs-numpy"]
random.seed(1)
blocks = [nn.Residual(nn.Linear(3, 3), "tanh", nn.Linear(3, 3)) for _ in range(100)]
nets = {"simple": nn.MLP(3, [3] * 200, "tanh"), "residual": nn.Sequential(*blocks)}
for net in nets.values():
    nn.losses.mse(net([0.5, -1, 2]), [1, 1, 1]).backward()
show(plots.gradient_flow(nets, lang="es"), "flow.svg")

# %% [markdown]
# ## Mirar cómo aprende
#
# Antes de fiarte de un entrenamiento, mira qué se mueve: las activaciones de una capa a lo largo del tiempo,
# como las muestra TensorBoard, y la longitud de cada paso comparada con la de los pesos (una milésima es
# sano).

# %% tags=["needs-numpy"]
X, y = datasets.moons(100, noise=0.1, seed=1)
random.seed(1)
net = nn.MLP(2, [16, 16, 1], activation="tanh", output="sigmoid")
monitor = Monitor(net)
train.fit(net, X, y, loss="bce", optimizer=optim.Adam, epochs=300, monitor=monitor)
show(plots.histograms(monitor, form="time", layer="layer0", lang="es"), "activations_over_time.svg")

# %% tags=["needs-numpy"]
show(plots.update_ratios(monitor, lang="es"), "updates.svg")

# %% [markdown]
# ## Softmax
#
# Con más de dos clases una red acaba en varios números, los **logits**. Softmax los convierte en
# probabilidades: pₖ = exp(zₖ) / Σⱼ exp(zⱼ). Los logits de la clase son (5, 6, 11, 7):

# %%
logits = [Value(z, f"z{k}") for k, z in enumerate((5, 6, 11, 7), 1)]
p = mg.softmax(logits)
print([round(pk.data, 4) for pk in p], "suma", round(sum(pk.data for pk in p), 12))
shifted = mg.softmax([Value(z + 100) for z in (5, 6, 11, 7)])
print("más 100:", [round(pk.data, 4) for pk in shifted])

# %% [markdown]
# Esto imprime:
#
# ```
# [0.0024, 0.0066, 0.9732, 0.0178] suma 1.0
# más 100: [0.0024, 0.0066, 0.9732, 0.0178]
# ```
#
# La clase redondea el último a .01, y es .0178; solo cuentan las diferencias entre logits, así que sumar
# 100 a todos no cambia nada. Cada probabilidad depende de todos los logits:

# %%
p[2].backward()
for k, z in enumerate(logits, 1):
    print(f"∂p3/∂z{k} = {z.grad:+.4f}")
show(viz.draw(p[2], lang="es"), "softmax.svg")

# %% [markdown]
# Esto imprime:
#
# ```
# ∂p3/∂z1 = -0.0023
# ∂p3/∂z2 = -0.0064
# ∂p3/∂z3 = +0.0261
# ∂p3/∂z4 = -0.0173
# ```

# %% tags=["needs-numpy"]
show(plots.softmax([5, 6, 11, 7], lang="es"), "softmax_bars.svg")

# %% [markdown]
# ## Lote, minilote, estocástico
#
# La pérdida de un conjunto de datos es una media sobre las muestras, y su gradiente también. El descenso
# por **lotes** usa todas las muestras en cada paso, el **estocástico** una, y un **minilote** algo
# intermedio. Una **época** termina cuando cada muestra se ha usado una vez.

# %%
random.seed(1)
samples = [(x, 1 + 2 * x + random.gauss(0, 0.5)) for x in (random.uniform(-1, 1) for _ in range(40))]
for size in (40, 10, 1):
    b, w = parameter(-1.0, "b"), parameter(-1.0, "w")
    updates = 0
    for _ in range(6):
        random.shuffle(samples)
        for k in range(0, 40, size):
            batch = samples[k : k + size]
            b.grad = w.grad = 0.0
            (sum((b + w * x - y) ** 2 for x, y in batch) / size).backward()
            b.data -= 0.1 * b.grad
            w.data -= 0.1 * w.grad
            updates += 1
    loss = sum((b.data + w.data * x - y) ** 2 for x, y in samples) / 40
    print(f"lotes de {size:2}: {updates:3} actualizaciones, L = {loss:.3f}")

# %% [markdown]
# Esto imprime:
#
# ```
# lotes de 40:   6 actualizaciones, L = 2.039
# lotes de 10:  24 actualizaciones, L = 0.428
# lotes de  1: 240 actualizaciones, L = 0.413
# ```
#
# Como caminos sobre la superficie de la pérdida: el lote va derecho y lento; las muestras sueltas llegan
# antes y nunca se quedan quietas.


# %% tags=["needs-numpy"]
def squared_error(b, w, x, y):
    return (b + w * x - y) ** 2


X, y = datasets.linear(40, noise=0.5, seed=1)
runs = train.compare_batches(squared_error, (-1, -1), X, y, sgd(0.1), 6, seed=1, lang="es")
show(plots.surface(runs.f, runs, lang="es"), "batches.svg")

# %% [markdown]
# ## Ejercicios
#
# Responde con papel y lápiz, y deja que el ejercicio te corrija: un número, con `first.answer("q1", z=2.8)`;
# una opción, con su letra, `fourth.answer("q4", path="b")`. Reconoce los errores más comunes y te dice cuál
# has cometido.

# %%
import textwrap

from microgrid import exercises


def wrapped(text):
    """Imprime un texto, con las líneas largas partidas."""
    for line in text.splitlines():
        print(textwrap.fill(line, 100, subsequent_indent="    "))


def ask(sheet):
    """Imprime un ejercicio, sin respuestas."""
    wrapped(sheet.text(answers=False))


first = exercises.make("perceptron", seed=11, only=1, kinds=["forward"], lang="es")
ask(first)

# %% [markdown]
# Esto imprime:
#
# ```
# Ejercicios: un perceptrón
#
# a1 = w1*x1; a2 = w2*x2; z = w0 + a1 + a2; yhat = sigmoid(z)
# Para volver a hacerlos: microgrid exercises perceptron -n 1 --seed 11 --kinds forward --lang es
#
# 1. Propagación hacia delante
#   w₁ = −0.05, x₁ = −4, w₂ = −0.35, x₂ = 7, w₀ = 1.7
#   Calcula el valor de cada nodo.
#   Trabaja con tres decimales en cada paso; se aceptan respuestas a ±0.001.
#     a₁ = ______
#     a₂ = ______
#     z = ______
#     ŷ = ______
# ```

# %%
second = exercises.make("line", seed=11, only=2, kinds=["backward"], lang="es")
ask(second)

# %% [markdown]
# Esto imprime:
#
# ```
# Ejercicios: una recta y su error cuadrático
#
# z = w*x; yhat = z + b; e = yhat - y; L = e**2
# Para volver a hacerlos: microgrid exercises line --only 2 --seed 11 --kinds backward --lang es
#
# 2. Propagación hacia atrás
#   w = 1.5, x = 3, b = −1, y = 1
#   La propagación hacia delante da z = 4.5, ŷ = 3.5, e = 2.5, L = 6.25.
#   Calcula los gradientes, empezando por el resultado.
#     ∂L/∂e = ______
#     ∂L/∂ŷ = ______
#     ∂L/∂b = ______
#     ∂L/∂z = ______
#     ∂L/∂w = ______
# ```

# %%
third = exercises.make("line", seed=11, only=3, kinds=["update"], lang="es")
ask(third)

# %% [markdown]
# Esto imprime:
#
# ```
# Ejercicios: una recta y su error cuadrático
#
# z = w*x; yhat = z + b; e = yhat - y; L = e**2
# Para volver a hacerlos: microgrid exercises line --only 3 --seed 11 --kinds update --lang es
#
# 3. Un paso de descenso por gradiente
#   w = −1.5, x = 5, b = 3, y = −9, η = 0.01
#   La propagación hacia delante da z = −7.5, ŷ = −4.5, e = 4.5, L = 20.25.
#   Da un paso de descenso por gradiente: ¿cuánto vale después cada parámetro?
#     w nuevo = ______
#     b nuevo = ______
# ```

# %%
shared_weight = "h = w*x; yhat = w*(h + v); w, x in 2..6; v in -5..5"
fourth = exercises.make(shared_weight, seed=11, only=4, kinds=["missing-path"], params=["w"], lang="es")
ask(fourth)

# %% [markdown]
# Esto imprime:
#
# ```
# Ejercicios: h = w·x; ŷ = w·(h + v)
#
# h = w*x; yhat = w*(h + v)
# Para volver a hacerlos: microgrid exercises "h = w*x; yhat = w*(h + v); w, x in 2..6; v in -5..5"
#     --only 4 --seed 11 --kinds missing-path --params w --lang es
#
# 4. El camino que falta
#   w = 3, x = 6, v = −3
#   La propagación hacia delante da h = 18, ŷ = 45.
#   Un gradiente se ha escrito como suma sobre caminos, y falta uno: ∂ŷ/∂w = ∂ŷ/∂h · ∂h/∂w.
#     ¿Qué camino de w a ŷ falta?
#       a) w → h → ŷ
#       b) w → ŷ
#     ∂ŷ/∂w = ______
# ```

# %%
fifth = exercises.make("quartic", seed=11, only=5, kinds=["backward"], lang="es")
ask(fifth)

# %% [markdown]
# Esto imprime:
#
# ```
# Ejercicios: descenso por gradiente en una función de cuarto grado
#
# a = x**2; c = a**2; d = p*a; f = c - d + q*x - 1
# Para volver a hacerlos: microgrid exercises quartic --only 5 --seed 11 --kinds backward --lang es
#
# 5. Propagación hacia atrás
#   x = −4, p = 7, q = 10
#   La propagación hacia delante da a = 16, c = 256, d = 112, f = 103.
#   Calcula los gradientes, empezando por el resultado.
#     ∂f/∂d = ______
#     ∂f/∂c = ______
#     ∂f/∂a = ______
#     ∂f/∂x = ______
# ```

# %%
sixth = exercises.make("three-sigmoids", seed=11, only=6, kinds=["vanishing"], lang="es")
ask(sixth)

# %% [markdown]
# Esto imprime:
#
# ```
# Ejercicios: tres sigmoides, una tras otra
#
# z1 = w1*x; h1 = sigmoid(z1); z2 = w2*h1; h2 = sigmoid(z2); z3 = w3*h2; yhat = sigmoid(z3)
# Para volver a hacerlos: microgrid exercises three-sigmoids --only 6 --seed 11 --kinds vanishing
#     --lang es
#
# 6. ¿Se desvanece o no?
#   w₁ = 0.4, x = 3.5, w₂ = 1.5, w₃ = 1.5
#   La propagación hacia delante da z₁ = 1.4, h₁ = 0.802, z₂ = 1.203, h₂ = 0.769, z₃ = 1.154, ŷ =
#     0.760.
#   Multiplica las derivadas locales desde ŷ hacia atrás hasta h₁.
#   Trabaja con tres decimales en cada paso; se aceptan respuestas a ±0.003.
#     ∂ŷ/∂h₁ = ______
#     ¿Qué le pasa al gradiente en su camino hacia atrás desde ŷ hasta h₁?
#       a) Se desvanece: queda menos de una décima parte.
#       b) Explota: se ha multiplicado por más de diez.
#       c) Ni lo uno ni lo otro.
# ```
#
# Si la opción no es correcta, te dice por qué:

# %%
wrapped(str(sixth.answer("q6", gradient="b")))

# %% [markdown]
# Esto imprime:
#
# ```
# ✗ ¿Qué le pasa al gradiente en su camino hacia atrás desde ŷ hasta h₁? Esta no es. El producto es
#     0.182 · 1.5 · 0.178 · 1.5 = 0.073.
# Falta responder: h1.
# ```
#
# Dos preguntas abiertas.
#
# 7. En el bucle de entrenamiento de «Con el motor», un solo paso con `rate = 0.05` anula L, con 0.1 L
#    no cambia nunca, y con 0.2 explota. ¿Por qué? (Pista: ¿cómo cambia e en un paso?)
#
# 8. Haz que la red use w₁ por tercera vez, z₂ = w₁(z₁ + x). ¿Cuántos caminos llevan de w₁ a ŷ, y cuánto
#    vale ∂ŷ/∂w₁ en x = 1.5, w₁ = 0.8? Comprueba tu fórmula con `check`.
#
# El ejercicio 2 es también una página que se corrige sola, sin red, y que reconoce los errores habituales:

# %%
second

# %% [markdown]
# ## Soluciones

# %%
for sheet in (first, second, third, fourth, fifth, sixth):
    (exercise,) = sheet
    for line in sheet.text().splitlines():
        if line.startswith("    "):  # un hueco o una opción; un asterisco marca la correcta
            print(exercise.id, line.strip())

# %% [markdown]
# Esto imprime:
#
# ```
# q1 a₁ = 0.2    w₁·x₁ = (−0.05)·(−4)
# q1 a₂ = −2.45    w₂·x₂ = (−0.35)·7
# q1 z = −0.55    w₀ + a₁ + a₂ = 1.7 + 0.2 + (−2.45)
# q1 ŷ = 0.366    σ(z) = σ(−0.55)
# q2 ∂L/∂e = 5    ∂L/∂L · ∂L/∂e = 1 · 5
# q2 ∂L/∂ŷ = 5    ∂L/∂e · ∂e/∂ŷ = 5 · 1
# q2 ∂L/∂b = 5    ∂L/∂ŷ · ∂ŷ/∂b = 5 · 1
# q2 ∂L/∂z = 5    ∂L/∂ŷ · ∂ŷ/∂z = 5 · 1
# q2 ∂L/∂w = 15    ∂L/∂z · ∂z/∂w = 5 · 3
# q3 w nuevo = −1.95    w − η · ∂L/∂w = −1.5 − 0.01 · 45
# q3 b nuevo = 2.91    b − η · ∂L/∂b = 3 − 0.01 · 9
# q4 ¿Qué camino de w a ŷ falta?
# q4 a) w → h → ŷ
# q4 * b) w → ŷ
# q4 ∂ŷ/∂w = 33    (h + v) + ∂ŷ/∂h · ∂h/∂w = 1 · 15 + 3 · 6
# q5 ∂f/∂d = −1    ∂f/∂f · ∂f/∂d = 1 · (−1)
# q5 ∂f/∂c = 1    ∂f/∂f · ∂f/∂c = 1 · 1
# q5 ∂f/∂a = 25    ∂f/∂d · ∂d/∂a + ∂f/∂c · ∂c/∂a = −1 · 7 + 1 · 32
# q5 ∂f/∂x = −190    q + ∂f/∂a · ∂a/∂x = 1 · 10 + 25 · (−8)
# q6 ∂ŷ/∂h₁ = 0.073    ∂ŷ/∂z₂ · ∂z₂/∂h₁ = 0.049 · 1.5
# q6 ¿Qué le pasa al gradiente en su camino hacia atrás desde ŷ hasta h₁?
# q6 * a) Se desvanece: queda menos de una décima parte.
# q6 b) Explota: se ha multiplicado por más de diez.
# q6 c) Ni lo uno ni lo otro.
# ```
#
# 7. Un paso cambia ŷ en −η(∂L/∂w · x + ∂L/∂b) = −η · 2e(x² + 1) = −20ηe, así que multiplica e por 1 − 20η:
#    por 0 con η = 0.05, por −1 con 0.1, cuyo cuadrado da la misma pérdida, y por −3 con 0.2.
#
# 8. Cuatro: w₁ → ŷ, w₁ → z₁ → ŷ, w₁ → z₂ → ŷ, y w₁ → z₁ → z₂ → ŷ. En fórmulas, ŷ = w₁(w₁x + w₁(w₁x + x)) =
#    2w₁²x + w₁³x:

# %%
w1 = parameter(0.8, "w1")
thrice = parse("z1 = w1*x; z2 = w1*(z1 + x); yhat = w1*(z1 + z2)", x=1.5, w1=w1)
thrice["yhat"].backward()
print(path_count(thrice["yhat"], w1), f"{w1.grad:.2f}", mg.check(thrice, "dyhat/dw1 = 4*w1*x + 3*w1**2*x").ok)

# %% [markdown]
# Esto imprime:
#
# ```
# 4 7.68 True
# ```
