# %% [markdown]
# # D. Aprender es optimizar
#
# Después de esta lección puedes decir qué minimiza una red y por qué la elección apenas cambia el gradiente,
# calcular a mano pasos de descenso por gradiente, de Adagrad y de Adam, deducir la regla del perceptrón
# logístico, y hacer la retropropagación capa por capa con las fórmulas de la clase, para una red de cualquier
# tamaño.  Al final, todas las piezas juntas entrenan una red con dos medias lunas.
#
# Se tarda unos 90 minutos con los ejercicios.  Hace falta la lección A; la B ayuda.  Los bloques bajo «Esto
# imprime» muestran lo que ha de salir.

# %%
import math
import random

import microgrid as mg
import viz
from microgrid import Value, datasets, exercises, nn, optim, parameter, parse, train
from viz import plots
from viz.lessons import show


def sigma(z):
    return 1 / (1 + math.exp(-z))


# %% [markdown]
# ## Qué se minimiza: tres riesgos
#
# Aprender es hacer pequeño un número: el **riesgo** R, la pérdida media sobre los datos.  Sea la verdad las
# probabilidades p, y la respuesta de la red, q:
#
# - **Divergencia KL**, Σ p log(p/q): lo que se pierde al tomar q por p; es 0 solo si q = p,
# - **entropía cruzada**, −Σ p log q, que es la divergencia más la entropía de p,
# - **la mitad del error cuadrático medio**, ½ (p − q)² en promedio, que no sabe nada de probabilidades.
#
# Para p = (0.3, 0.7), y q sacada de los logits 1 y 2 con softmax:

# %%
p, logits = [0.3, 0.7], [1, 2]
total = sum(math.exp(z) for z in logits)
q = [math.exp(z) / total for z in logits]
kl = sum(a * math.log(a / b) for a, b in zip(p, q))
cross = -sum(a * math.log(b) for a, b in zip(p, q))
entropy = -sum(a * math.log(a) for a in p)
half = sum((a - b) ** 2 for a, b in zip(p, q)) / 2 / len(p)
print(f"q = ({q[0]:.6f}, {q[1]:.6f})")
print(f"KL = {kl:.6f}   entropía cruzada = {cross:.6f}   ½ ECM = {half:.6f}")
print(f"entropía cruzada − KL = {cross - kl:.6f}, la entropía de p = {entropy:.6f}")

# %% [markdown]
# Esto imprime:
#
# ```
# q = (0.268941, 0.731059)
# KL = 0.002397   entropía cruzada = 0.613262   ½ ECM = 0.000482
# entropía cruzada − KL = 0.610864, la entropía de p = 0.610864
# ```
#
# La entropía de p no es asunto de la red, así que KL y la entropía cruzada tienen el **mismo gradiente**, y
# respecto de los logits no puede ser más sencillo: q − p.

# %%
for risk in (nn.losses.kl_divergence, nn.losses.cross_entropy):
    z = [parameter(1, "z1"), parameter(2, "z2")]
    given = ([0.3, 0.7], mg.softmax(z)) if risk is nn.losses.kl_divergence else (mg.softmax(z), [0.3, 0.7])
    R = risk(*given)
    R.backward()
    print(f"{risk.__name__}: {R.data:.6f}, gradiente ({z[0].grad:.6f}, {z[1].grad:.6f})")
print(f"q − p = ({q[0] - p[0]:.6f}, {q[1] - p[1]:.6f})")

# %% [markdown]
# Esto imprime:
#
# ```
# kl_divergence: 0.002397, gradiente (-0.031059, 0.031059)
# cross_entropy: 0.613262, gradiente (-0.031059, 0.031059)
# q − p = (-0.031059, 0.031059)
# ```
#
# Los tres son mínimos donde la respuesta es la verdad, aquí 0.7; la entropía cruzada no llega ahí a 0, y solo
# los dos primeros castigan sin límite una respuesta segura y equivocada:

# %% tags=["needs-numpy"]
show(plots.losses("kl_divergence", "cross_entropy", "half_mse", target=0.7, lang="es")[0], "risks.svg")

# %%
p = mg.softmax([parameter(1, "z1"), parameter(2, "z2")])
L = nn.losses.kl_divergence([0.3, 0.7], p)
L.backward()
show(viz.draw(L, lang="es"), "divergence.svg")

# %% [markdown]
# ## Descenso por gradiente: el paso decide
#
# x ← x − η f′(x).  Para f = x², f′ = 2x, así que un paso es x ← (1 − 2η) x.  Con η = 1 el factor es −1: de 1
# a −1 y a 1, **para siempre**.  Con η = ½ es 0: llega **de golpe**.


# %%
def f(x):
    return x**2


def descent(rate):
    return train.descend(f, 1.0, lambda ps: optim.SGD(ps, lr=rate), 6)


one, half = descent(1), descent(0.5)
print(one)
print("con ½:", *(f"{float(x):g}" for x in half.points))
for rate in (0.1, 0.5, 0.9, 1.0, 1.1):
    print(f"η = {rate}: cada paso multiplica x por {1 - 2 * rate:+.1f}")

# %% [markdown]
# Esto imprime:
#
# ```
# k   x  f(x)  f′(x)  lr  Δx
# 0   1     1      2   1  -2
# 1  -1     1     -2   1   2
# 2   1     1      2   1  -2
# 3  -1     1     -2   1   2
# 4   1     1      2   1  -2
# 5  -1     1     -2   1   2
# 6   1     1      2
# con ½: 1 0 0 0 0 0 0
# η = 0.1: cada paso multiplica x por +0.8
# η = 0.5: cada paso multiplica x por +0.0
# η = 0.9: cada paso multiplica x por -0.8
# η = 1.0: cada paso multiplica x por -1.0
# η = 1.1: cada paso multiplica x por -1.2
# ```
#
# Por debajo de 1 llega, con más de ½ saltando de un lado a otro; por encima de 1 se escapa.

# %% tags=["needs-numpy"]
show(plots.descent(f, one, lang="es"), "step_one.svg")

# %% tags=["needs-numpy"]
show(plots.descent(f, half, lang="es"), "step_half.svg")

# %% [markdown]
# ## El perceptrón logístico
#
# φ(x) = σ(wx + b) es la probabilidad de que la respuesta sea 1, y el riesgo de un punto es la entropía
# cruzada binaria, R = −(y log φ + (1 − y) log(1 − φ)).  `derive` escribe su derivada como se haría en clase:

# %%
w, b = parameter(0.5, "w"), parameter(-1, "b")
statements = "z = w*x + b; phi = sigmoid(z); R = -(y*log(phi) + (1 - y)*log(1 - phi))"
nodes = parse(statements, w=w, b=b, x=3, y=1)
print(mg.derive(nodes, "w").text("es"))

# %% [markdown]
# Esto imprime:
#
# ```
# las derivadas locales
#   ∂R/∂phi = -(y/phi - (1 - y)/(1 - phi))
#   ∂phi/∂z = phi·(1 - phi)
#   ∂z/∂w = x
# la regla de la cadena
#   ∂R/∂w = ∂R/∂phi · ∂phi/∂z · ∂z/∂w
#         = (-(y/phi - (1 - y)/(1 - phi))) · phi·(1 - phi) · x
#         = (-1.607) · 0.235 · 3 = -1.133
# ```
#
# Los dos primeros factores se simplifican: (φ − y)/(φ(1 − φ)) · φ(1 − φ) = φ − y.  Así que **∂R/∂w = (φ − y)
# x**: el error por la entrada.

# %%
phi = sigma(0.5 * 3 - 1)
nodes["R"].backward()
print(f"φ = {phi:.6f}   R = {-math.log(phi):.6f}")
print(f"(φ − y)·x = ({phi:.6f} − 1)·3 = {(phi - 1) * 3:.6f}, con backward {w.grad:.6f}")
print(f"φ − y = {phi - 1:.6f}, con backward {b.grad:.6f}")

# %% [markdown]
# Esto imprime:
#
# ```
# φ = 0.622459   R = 0.474077
# (φ − y)·x = (0.622459 − 1)·3 = -1.132622, con backward -1.132622
# φ − y = -0.377541, con backward -0.377541
# ```
#
# Paso a paso, hacia delante y hacia atrás:

# %%
w, b = parameter(0.5, "w"), parameter(-1, "b")
phi = parse("phi = sigmoid(w*x + b)", w=w, b=b, x=3)["phi"]
R = nn.losses.bce(phi, 1)
R.label = "R"
show(viz.steps(R, lang="es"), "logistic_perceptron.html")

# %% [markdown]
# Con varias entradas hay una fórmula de estas para cada peso, y `check` las lee todas a la vez.  En la
# diapositiva el error está escrito al revés, (y − φ(x)) xᵢ.  Eso es hacia donde el peso debe *ir*, no el
# gradiente:

# %%
two = "z = w1*x1 + w2*x2; phi = sigmoid(z); R = -(y*log(phi) + (1 - y)*log(1 - phi))"
nodes = parse(two, w1=parameter(0.5, "w1"), w2=parameter(-0.3, "w2"), x1=1, x2=2, y=1)
print(mg.check(nodes, "∂R/∂wᵢ = (φ(x) − y)·xᵢ").text("es"))
print(mg.check(nodes, "∂R/∂wᵢ = (y − φ(x))·xᵢ").text("es"))
print(mg.check(nodes, "w1 <- w1 + eta*(y - phi)*x1").text("es"))

# %% [markdown]
# Esto imprime:
#
# ```
# ✓ ∂R/∂wᵢ = (φ(x) − y)·xᵢ: verdadero, demostrado
# ✗ ∂R/∂wᵢ = (y − φ(x))·xᵢ: falso: el signo está cambiado
#     para i = 1: el signo de todo el lado derecho está cambiado
#     en y = 1, w1 = 0.5, x1 = 1, w2 = -0.3, x2 = 2 la afirmación da 0.524979, y lo correcto es -0.524979
#     lo correcto es ∂R/∂w1 = -(y - φ)*x1
# ✓ w1 <- w1 + eta*(y - phi)*x1: verdadero, demostrado
# ```
#
# La última línea es la famosa regla del perceptrón: **sumar** la tasa por el error por la entrada.  Con el
# signo de la diapositiva *y* el menos del descenso por gradiente, el perceptrón huiría de la solución:

# %%
for sign in (1, -1):
    a, c = 0.5, -1.0
    for _ in range(20):
        error = sigma(a * 3 + c) - 1
        a, c = a - sign * 0.5 * error * 3, c - sign * 0.5 * error
    print(f"20 pasos con el signo {sign:+}: φ = {sigma(a * 3 + c):.4f}")

# %% [markdown]
# Esto imprime:
#
# ```
# 20 pasos con el signo +1: φ = 0.9910
# 20 pasos con el signo -1: φ = 0.0000
# ```
#
# ## Adagrad a mano
#
# Cada parámetro tiene su propia tasa: Adagrad suma los cuadrados de sus gradientes, G ← G + g², y da el paso
# x ← x − η g/(√G + ε).  Lo que ha sido empinado se frena.  En x² desde 1, con η = 0.1, al lado de los números
# de `microgrid.optim`:

# %%
x, G, eta = 1.0, 0.0, 0.1
v = parameter(1.0, "x")
adagrad = optim.Adagrad([v], lr=eta)
for k in range(1, 5):
    g = 2 * x
    G = G + g**2
    x = x - eta * g / (math.sqrt(G) + 1e-10)
    v.grad = 0.0
    (v**2).backward()
    adagrad.step()
    print(f"{k}: g = {g:.6f}   G = {G:.6f}   x = {x:.6f}   con optim {v.data:.6f}")

# %% [markdown]
# Esto imprime:
#
# ```
# 1: g = 2.000000   G = 4.000000   x = 0.900000   con optim 0.900000
# 2: g = 1.800000   G = 7.240000   x = 0.833104   con optim 0.833104
# 3: g = 1.666207   G = 10.016246   x = 0.780456   con optim 0.780456
# 4: g = 1.560912   G = 12.452693   x = 0.736223   con optim 0.736223
# ```
#
# ## Adam a mano
#
# Adam lleva dos medias móviles: m del gradiente, v de su cuadrado.  Las dos empiezan en 0 y al principio son
# demasiado pequeñas, cosa que se arregla dividiendo por 1 − βᵏ:
#
# - m ← β₁ m + (1 − β₁) g y v ← β₂ v + (1 − β₂) g²,
# - m̂ = m/(1 − β₁ᵏ) y v̂ = v/(1 − β₂ᵏ),
# - x ← x − η m̂/(√v̂ + ε), con β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸.

# %%
x, m, s = 1.0, 0.0, 0.0
v = parameter(1.0, "x")
adam = optim.Adam([v], lr=0.1)
for k in range(1, 5):
    g = 2 * x
    m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
    m_hat, s_hat = m / (1 - 0.9**k), s / (1 - 0.999**k)
    x = x - 0.1 * m_hat / (math.sqrt(s_hat) + 1e-8)
    v.grad = 0.0
    (v**2).backward()
    adam.step()
    print(f"{k}: m̂ = {m_hat:.6f}   v̂ = {s_hat:.6f}   x = {x:.6f}   con optim {v.data:.6f}")

# %% [markdown]
# Esto imprime:
#
# ```
# 1: m̂ = 2.000000   v̂ = 4.000000   x = 0.900000   con optim 0.900000
# 2: m̂ = 1.894737   v̂ = 3.619810   x = 0.800412   con optim 0.800412
# 3: m̂ = 1.786282   v̂ = 3.267067   x = 0.701586   con optim 0.701586
# 4: m̂ = 1.674881   v̂ = 2.942036   x = 0.603939   con optim 0.603939
# ```
#
# El primer paso mide 0.1 con los dos, sea cual sea el gradiente: g/√g² es su signo.  La tasa de estos dos es
# una **longitud**; la del descenso por gradiente, un factor:

# %%
for slope in (0.01, 1, 100):
    moved = []
    for kind in (optim.SGD, optim.Adagrad, optim.Adam):
        v = parameter(1.0, "x")
        (slope * v).backward()
        kind([v], lr=0.1).step()
        moved.append(f"{kind.__name__} {1 - v.data:.4f}")
    print(f"gradiente {slope}: el primer paso es", ", ".join(moved))

# %% [markdown]
# Esto imprime:
#
# ```
# gradiente 0.01: el primer paso es SGD 0.0010, Adagrad 0.1000, Adam 0.1000
# gradiente 1: el primer paso es SGD 0.1000, Adagrad 0.1000, Adam 0.1000
# gradiente 100: el primer paso es SGD 10.0000, Adagrad 0.1000, Adam 0.1000
# ```
#
# ## Retropropagación capa por capa
#
# En una capa con entradas h, la unidad j tiene a_j = Σ_i W_ij h_i y la salida h(a_j).  Sea d(j) = ∂R/∂a_j.
# Entonces, de la última capa a la primera,
#
# - en la salida, d_out(j) = h′(a_j) ∂R/∂h_j; para σ con entropía cruzada eso es φ − y,
# - antes, **d_k(j) = h′(a_j) Σ_q W_jq d_{k+1}(q)**: lo que devuelve la capa de encima, cada parte por el peso
#   por el que pasó, y por la pendiente,
# - y **∂R/∂W_ij = d_k(j) h_i**: lo que llega al final del peso por lo que hay en su comienzo.
#
# El ejemplo de la clase es h = Ux, f = σ(Wh), con dos entradas, dos unidades lineales y una salida:

# %%
random.seed(1)
net = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 1, bias=False), "sigmoid")
U = [[w.data for w in row] for row in net.layers[0].w]
(W,) = ([w.data for w in row] for row in net.layers[1].w)
x, y = [1, 2], 1

h = [sum(u * xi for u, xi in zip(row, x)) for row in U]
f = sigma(sum(w * hj for w, hj in zip(W, h)))
d2 = f - y
d1 = [1 * W[j] * d2 for j in range(2)]
print(f"h = ({h[0]:.6f}, {h[1]:.6f})   f = {f:.6f}   R = {-math.log(f):.6f}")
print(f"d₂ = f − y = {d2:.6f}   ∂R/∂W = d₂ h = ({d2 * h[0]:.6f}, {d2 * h[1]:.6f})")
print(f"d₁ = (1·W₁·d₂, 1·W₂·d₂) = ({d1[0]:.8f}, {d1[1]:.7f})")
print(f"∂R/∂U = d₁ xᵀ = (({d1[0] * 1:.8f}, {d1[0] * 2:.8f}), ({d1[1] * 1:.7f}, {d1[1] * 2:.7f}))")

# %% [markdown]
# Esto imprime:
#
# ```
# h = (0.465604, -0.319736)   f = 0.504958   R = 0.683280
# d₂ = f − y = -0.495042   ∂R/∂W = d₂ h = (-0.230493, 0.158283)
# d₁ = (1·W₁·d₂, 1·W₂·d₂) = (0.00319587, 0.0353611)
# ∂R/∂U = d₁ xᵀ = ((0.00319587, 0.00639175), (0.0353611, 0.0707221))
# ```
#
# `backprop` escribe lo mismo como tabla, una fila por unidad; su `latex()` va directo a una diapositiva:

# %%
print(net.backprop([1, 2], 1, loss="bce").text("es"))

# %% [markdown]
# Esto imprime:
#
# ```
# capa 1
# unidad          a          h  h′         d = ∂R/∂a       ∂R/∂w       ∂R/∂w
#           Σ w · x          a   1  h′ · Σ w · d^(2)      d · x1      d · x2
#      1   0.465604   0.465604   1        0.00319587  0.00319587  0.00639175
#      2  -0.319736  -0.319736   1         0.0353611   0.0353611   0.0707221
#
# capa 2
# unidad            a           h           h′   d = ∂R/∂a       ∂R/∂w       ∂R/∂w
#         Σ w · h^(1)  sigmoid(a)  sigmoid′(a)  h′ · ∂R/∂h  d · h1^(1)  d · h2^(1)
#      1     0.019833    0.504958     0.249975   -0.495042   -0.230493    0.158283
#
# R = 0.68328
# ```
#
# Un desliz clásico olvida el peso en el camino de vuelta, d₁ = d₂; otro toma la entrada equivocada:

# %%
deep = "h1 = u11*x1 + u12*x2; h2 = u21*x1 + u22*x2; a = w1*h1 + w2*h2; f = sigmoid(a);"
deep += "R = -(y*log(f) + (1 - y)*log(1 - f))"
weights = {"u11": U[0][0], "u12": U[0][1], "u21": U[1][0], "u22": U[1][1], "w1": W[0], "w2": W[1]}
nodes = parse(deep, x1=1, x2=2, y=1, **{k: parameter(value, k) for k, value in weights.items()})
print(mg.check(nodes, "∂R/∂u12 = (f − y)·w1·x2").ok)
print(mg.check(nodes, "∂R/∂u12 = (f − y)·x2").text("es"))
print(mg.check(nodes, "∂R/∂u12 = (f − y)·w1·x1").text("es"))

# %% [markdown]
# Esto imprime, junto con los números en que fallan:
#
# ```
# True
# ✗ ∂R/∂u12 = (f − y)·x2: falso: falta un factor
#     falta el factor w1 (que es ∂a/∂h1)
#     lo correcto es ∂R/∂u12 = (f - y)*x2*w1
# ✗ ∂R/∂u12 = (f − y)·w1·x1: falso: hay una variable equivocada
#     x1 está donde corresponde x2
#     lo correcto es ∂R/∂u12 = (f - y)*w1*x2
# ```
#
# Las tres fórmulas son toda la retropropagación.  Aquí están como programa para redes de cualquier tamaño, y
# al lado lo que encuentra el motor:


# %%
def layer_by_layer(net, x, y):
    """∂R/∂W de cada capa de sigmoides, con las fórmulas de la clase, de la última capa a la primera."""
    matrices = [[[w.data for w in unit.w] for unit in layer.neurons] for layer in net.layers]
    hs = [x]
    for matrix in matrices:
        hs.append([sigma(sum(w * h for w, h in zip(row, hs[-1]))) for row in matrix])
    d = [(o - t) * o * (1 - o) for o, t in zip(hs[-1], y)]
    slopes = []
    for k in reversed(range(len(matrices))):
        slopes.insert(0, [[dj * h for h in hs[k]] for dj in d])
        back = [sum(matrices[k][q][j] * d[q] for q in range(len(d))) for j in range(len(hs[k]))]
        d = [h * (1 - h) * sent for h, sent in zip(hs[k], back)]
    return slopes


random.seed(1)
net = nn.MLP(3, [5, 4, 2], activation="sigmoid", output="sigmoid")
x, y = [0.5, -1, 2], [0, 1]
nn.losses.half_mse(net(x), y, reduction="sum").backward()
found = [g for matrix in layer_by_layer(net, x, y) for row in matrix for g in row]
engine = [w.grad for layer in net.layers for unit in layer.neurons for w in unit.w]
print(f"{len(found)} derivadas, la mayor diferencia es menor que 1e-12:", end=" ")
print(max(abs(a - b) for a, b in zip(found, engine)) < 1e-12)

# %% [markdown]
# Esto imprime:
#
# ```
# 43 derivadas, la mayor diferencia es menor que 1e-12: True
# ```
#
# ## Decaimiento de pesos
#
# Suma γ Σθ² al riesgo, y el gradiente de cada parámetro tendrá 2γθ más: **θ ← θ − η ∂R/∂θ − η·2γθ**.  Cada
# paso lo encoge por el factor 1 − 2ηγ antes de que hablen los datos.  Los optimizadores toman λ = 2γ como
# `weight_decay`:

# %%
theta, eta, gamma = 2.0, 0.1, 0.05
v = parameter(theta, "theta")
sgd = optim.SGD([v], lr=eta, weight_decay=2 * gamma)
for k in range(1, 4):
    slope = (theta * 3 - 4) * 3
    theta = theta - eta * slope - eta * 2 * gamma * theta
    v.grad = 0.0
    ((v * 3 - 4) ** 2 / 2).backward()
    sgd.step()
    print(f"{k}: ∂R/∂θ = {slope:.6f}   θ = {theta:.6f}   con optim {v.data:.6f}")
nodes = parse("R = (theta*x - y)**2/2 + gamma*theta**2", theta=v, x=3, y=4, gamma=0.05)
print(mg.check(nodes, "∂R/∂θ = (θ·x − y)·x + 2·γ·θ").text("es"))
print(mg.check(nodes, "∂R/∂θ = (θ·x − y)·x + γ·θ").text("es"))

# %% [markdown]
# Esto imprime, junto con los números en que falla la última:
#
# ```
# 1: ∂R/∂θ = 6.000000   θ = 1.380000   con optim 1.380000
# 2: ∂R/∂θ = 0.420000   θ = 1.324200   con optim 1.324200
# 3: ∂R/∂θ = -0.082200   θ = 1.319178   con optim 1.319178
# ✓ ∂R/∂θ = (θ·x − y)·x + 2·γ·θ: verdadero, demostrado
# ✗ ∂R/∂θ = (θ·x − y)·x + γ·θ: falso: falta un factor
#     lo correcto es ∂R/∂θ = (θ*x - y)*x + 2*γ*θ
# ```
#
# Los pesos de un clasificador lineal durante 150 épocas, libres y con γ = 0.05:

# %% tags=["needs-numpy"]
X, y = datasets.moons(60, noise=0.1, seed=1, labels=(-1, 1))


def path(decay):
    def sgd(parameters):
        return optim.SGD(parameters, lr=0.1, weight_decay=decay)

    model = nn.Linear(2, 1, seed=1)
    return train.fit(model, X, y, loss="hinge", optimizer=sgd, epochs=150, record="parameters").path


free, decayed = path(0), path(0.1)
for name, ended in (("γ = 0", free.points[-1]), ("γ = 0.05", decayed.points[-1])):
    print(f"{name}: w = ({ended[0]:.3f}, {ended[1]:.3f}), b = {ended[2]:.3f}")
show(plots.compare({"γ = 0": free, "γ = 0.05": decayed}, "parameters", lang="es"), "weight_decay.svg")

# %% [markdown]
# Esto imprime:
#
# ```
# γ = 0: w = (0.759, -1.776), b = -0.104
# γ = 0.05: w = (0.666, -1.185), b = -0.028
# ```
#
# ## Todo junto: dos medias lunas
#
# **Datos**, un **modelo** con parámetros, un **riesgo** que dice cuánto se equivoca, y un **optimizador**.
# La pérdida de bisagra de un punto es max(0, 1 − luna·puntuación): nada si la puntuación está en el lado
# correcto por 1 o más.  Primero tres pasos a mano:

# %% tags=["needs-numpy"]
X, y = datasets.moons(100, noise=0.2, labels=(-1, 1), seed=1)
random.seed(1)
model = nn.MLP(2, [16, 16, 1])
print(f"{len(model.parameters())} parámetros")
for step in range(3):
    loss = nn.losses.hinge([model(point) for point in X], y)
    model.zero_grad()
    loss.backward()
    for p in model.parameters():
        p.data -= 0.1 * p.grad
    print(f"paso {step}: riesgo {loss.data:.4f}")

# %% [markdown]
# Esto imprime:
#
# ```
# 337 parámetros
# paso 0: riesgo 0.6236
# paso 1: riesgo 0.4711
# paso 2: riesgo 0.4333
# ```
#
# Cada paso construía otra vez el mismo grafo, cien veces.  Basta grabarlo para un punto, con el punto y su
# luna como entradas, y compilarlo con `compile`: el programa lo repite para todos los puntos a la vez, más
# de cien veces más deprisa.

# %% tags=["needs-numpy"]
x1, x2, moon = Value(0.0, "x1"), Value(0.0, "x2"), Value(1.0, "moon")
recorded = nn.losses.hinge(model([x1, x2]), moon)
program = mg.compile(recorded, inputs=[x1, x2, moon], parameters=model.parameters())
samples = [[*point, side] for point, side in zip(X.tolist(), y.tolist())]
loss = nn.losses.hinge([model(point) for point in X], y)
model.zero_grad()
loss.backward()
risk, gradient = program.value_and_grad(samples)
largest = max(abs(g - p.grad) for g, p in zip(gradient, model.parameters()))
print(f"riesgo con el grafo {loss.data:.4f}, con el programa {risk:.4f}")
print("el mismo gradiente:", bool(largest < 1e-12))

# %% [markdown]
# Esto imprime:
#
# ```
# riesgo con el grafo 0.4117, con el programa 0.4117
# el mismo gradiente: True
# ```
#
# Ahora muchos pasos, con dos optimizadores desde el mismo comienzo:

# %% tags=["needs-numpy"]
start = program.parameters.copy()
for kind, rate in ((optim.SGD, 0.1), (optim.Adam, 0.01)):
    program.parameters = start
    optimizer = kind(program, lr=rate)
    for _ in range(200):
        optimizer.step(program.value_and_grad(samples)[1])
    print(f"tras 200 pasos de {kind.__name__}: riesgo {program.value_and_grad(samples)[0]:.4f}")
program.write_back()
for points, moons in ((X, y), datasets.moons(1000, noise=0.2, labels=(-1, 1), seed=2)):
    right = (model.predict(points).ravel() * moons > 0).mean()
    print(f"acierta {right:.1%} de {len(points)} puntos")

# %% [markdown]
# Esto imprime:
#
# ```
# tras 200 pasos de SGD: riesgo 0.0802
# tras 200 pasos de Adam: riesgo 0.0277
# acierta 99.0% de 100 puntos
# acierta 95.6% de 1000 puntos
# ```
#
# Los puntos que no ha visto nunca dicen más que aquellos con los que se entrenó.  Y lo que decide en cada
# sitio:

# %% tags=["needs-numpy"]
show(plots.decision_boundary(model, X, y, lang="es"), "moons.svg")

# %% [markdown]
# ## Ejercicios
#
# Siete con números y dos preguntas abiertas: el perceptrón logístico, dos capas y el decaimiento de pesos.
# Otra `seed` da otros números; `sheet.save(carpeta)` escribe una hoja en papel, para Moodle y como página que
# se corrige sola.


# %%
def questions(sheet, answers=False):
    """Los ejercicios sin el encabezado, que dice cómo volver a hacerlos."""
    return sheet.text(answers=answers).split("\n\n", 2)[2]


logistic = exercises.make(
    "z = w*x + b; phi = sigmoid(z); R = -log(phi); "
    "w in -2..2 step 0.5; x in -3..3; b in -1..1 step 0.5; eta in 0.1, 0.5, 1",
    3,
    seed=1,
    kinds=["backward", "update", "true-false"],
    params=["w", "b"],
    lang="es",
)
print(questions(logistic))

# %% [markdown]
# Esto imprime:
#
# ```
# 1. Propagación hacia atrás
#   w = 0.5, x = −2, b = −0.5
#   La propagación hacia delante da z = −1.5, φ = 0.182, R = 1.701.
#   Calcula los gradientes, empezando por el resultado.
#   Trabaja con tres decimales en cada paso; según el hueco, se admite un error de ±0.008 a ±0.016, por el redondeo acumulado.
#     ∂R/∂φ = ______
#     ∂R/∂z = ______
#     ∂R/∂b = ______
#     ∂R/∂w = ______
#
# 2. Un paso de descenso por gradiente
#   w = −1.5, x = 2, b = −0.5, η = 0.1
#   La propagación hacia delante da z = −3.5, φ = 0.029, R = 3.530.
#   Da un paso de descenso por gradiente: ¿cuánto vale después cada parámetro?
#   Trabaja con tres decimales en cada paso; según el hueco, se admite un error de ±0.006 a ±0.011, por el redondeo acumulado.
#     w nuevo = ______
#     b nuevo = ______
#
# 3. ¿Verdadero o falso?
#   w = −2, x = 2, b = 0.5
#   La propagación hacia delante da z = −3.5, φ = 0.029, R = 3.530.
#     ¿Se cumple ∂R/∂b = −(1/φ)·φ para todos los números?
#       a) verdadero
#       b) falso
#
# ```

# %%
layered = exercises.make(
    "h1 = u1*x; h2 = u2*x; a = w1*h1 + w2*h2; f = sigmoid(a); R = -log(f); "
    "u1, u2, w1, w2 in -1.5..1.5 step 0.5; x in -2..2; eta in 0.1, 0.5",
    3,
    seed=1,
    first=4,
    kinds=["forward", "backward", "wrong-number"],
    lang="es",
)
print(questions(layered))

# %% [markdown]
# Esto imprime:
#
# ```
# 4. Propagación hacia delante
#   u₁ = 1.5, x = 2, u₂ = −1.5, w₁ = −0.5, w₂ = 0.5
#   Calcula el valor de cada nodo.
#   Trabaja con tres decimales en cada paso; según el hueco, se admite un error de ±0.001 a ±0.012, por el redondeo acumulado.
#     h₁ = ______
#     h₂ = ______
#     a = ______
#     f = ______
#     R = ______
#
# 5. Propagación hacia atrás
#   u₁ = 1.5, x = −2, u₂ = 1.5, w₁ = 0.5, w₂ = −1.5
#   La propagación hacia delante da h₁ = −3, h₂ = −3, a = 3, f = 0.953, R = 0.049.
#   Calcula los gradientes, empezando por el resultado.
#   Trabaja con tres decimales en cada paso; según el hueco, se admite un error de ±0.002 a ±0.005, por el redondeo acumulado.
#     ∂R/∂f = ______
#     ∂R/∂a = ______
#     ∂R/∂h₂ = ______
#     ∂R/∂w₂ = ______
#     ∂R/∂h₁ = ______
#     ∂R/∂w₁ = ______
#
# 6. El número erróneo
#   u₁ = 1.5, x = 2, u₂ = −1.5, w₁ = 1.5, w₂ = 0.5
#   Un número de este grafo es erróneo; todos los demás son correctos.
#   Trabaja con tres decimales en cada paso; se aceptan respuestas a ±0.001.
#     w₁           1.5    −0.142
#     u₁           1.5
#     x              2
#     h₁             3    −0.071
#     w₂           0.5     0.142
#     u₂          −1.5
#     h₂            −3    −0.024
#     a              3    −0.047
#     f          0.045    −1.050
#     R          0.049         1
#     ¿Qué número es erróneo?
#       a) h₂ = −3
#       b) a = 3
#       c) f = 0.045
#       d) R = 0.049
#       e) ∂R/∂f = −1.050
#       f) ∂R/∂a = −0.047
#       g) ∂R/∂w₂ = 0.142
#       h) ∂R/∂h₁ = −0.071
#     el número correcto = ______
#
# ```

# %%
decay = exercises.make(
    "e = θ*x - y; R = e**2/2; J = R + γ*θ**2; "
    "θ in -3..3 step 0.5; x in 1..4; y in -6..6; γ in 0.05, 0.1, 0.2; eta in 0.1, 0.2",
    1,
    seed=2,
    first=7,
    kinds=["update"],
    params=["θ"],
    lang="es",
)
print(questions(decay))

# %% [markdown]
# Esto imprime:
#
# ```
# 7. Un paso de descenso por gradiente
#   θ = 2, x = 3, y = 1, γ = 0.05, η = 0.2
#   La propagación hacia delante da e = 5, R = 12.5, J = 12.7.
#   Da un paso de descenso por gradiente: ¿cuánto vale después cada parámetro?
#     θ nuevo = ______
#
# ```
#
# Tus respuestas se comprueban por el nombre de sus huecos.  La segunda ha ido cuesta arriba:

# %%
print(logistic.answer("q1", w=1.635))
print(logistic.answer("q2", w=-1.694))

# %% [markdown]
# Esto imprime:
#
# ```
# ✓ ∂R/∂w: Correcto: 1.635.
# Falta responder: phi, z, b.
# ✗ w nuevo: Así se sube: el paso se resta.
# Falta responder: b.
# ```
#
# Dos preguntas abiertas:
#
# - **Abierta 1.** En f = ½ a x² con a > 0, ¿entre qué tasas de aprendizaje llega el descenso por gradiente, y
#   con cuál de golpe?  ¿Qué significa eso para una función de dos pesos cuya pendiente crece 100 veces más
#   deprisa a lo largo de uno que del otro?
# - **Abierta 2.** El perceptrón de esta lección tiene R = −log φ para un punto con y = 1.  Supón que alguien
#   toma en su lugar la mitad del error cuadrático, ½ (φ − y)².  ¿Cuánto vale entonces ∂R/∂w, y por qué
#   aprende despacio justo donde la respuesta es segura y equivocada?

# %% [markdown]
# Esta hoja es también una página que se corrige sola, sin red, y que reconoce los errores habituales:

# %%
layered

# %% [markdown]
# ## Soluciones

# %%
print(questions(logistic, answers=True))
print(questions(layered, answers=True))
print(questions(decay, answers=True))

# %% [markdown]
# - **Abierta 1.** Un paso multiplica x por 1 − ηa: llega si 0 < η < 2/a, y de golpe con η = 1/a.  Con dos
#   pesos, η tiene que ser menor que 2/a en la dirección de **mayor** a, y a lo largo de la otra un paso
#   multiplica entonces por 1 − 2/100 como poco: varios cientos de pasos.  Para esto están el momento, Adagrad
#   y Adam.
# - **Abierta 2.** ∂R/∂w = (φ − y) φ(1 − φ) x.  El factor φ(1 − φ) es casi 0 donde φ es casi 0 o 1, también en
#   el lado equivocado; la entropía cruzada lo simplifica.  La celda los compara en z = −8 con y = 1.

# %%
for name, risk in (("entropía cruzada", "-log(phi)"), ("½ error cuadrático", "(phi - 1)**2/2")):
    w = parameter(-8, "w")
    parse(f"phi = sigmoid(w*x); R = {risk}", w=w, x=1)["R"].backward()
    print(f"{name}: ∂R/∂w = {w.grad:.6f}")

# %% [markdown]
# Esto imprime:
#
# ```
# entropía cruzada: ∂R/∂w = -0.999665
# ½ error cuadrático: ∂R/∂w = -0.000335
# ```
