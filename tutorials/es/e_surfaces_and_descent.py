# %% [markdown]
# # E. Superficies de pérdida, descenso por gradiente, descenso estocástico
#
# Después de esta lección puedes ver un entrenamiento como un camino por una superficie: sabes dónde acaba el
# de una regresión lineal y a qué velocidad, por qué una pérdida no convexa tiene caminos que acaban en otros
# sitios, qué es un punto de silla y cómo se reconoce, y qué les hacen al camino los lotes y las épocas. Ves
# también las dos ideas que hacen barata la retropropagación: guardar lo que calculó el paso hacia delante y
# reutilizar las derivadas de más adelante para los pesos anteriores.
#
# Se tarda unos 75 minutos con los ejercicios. Hace falta la lección A. Las figuras siguen a Prince,
# *Understanding Deep Learning* (2023), 6.1 y 6.5. Los bloques bajo «Esto imprime» muestran lo que ha de
# salir.

# %%
import math
import random
import textwrap

import microgrid as mg
import viz
from microgrid import datasets, exercises, optim, parameter, parse, train
from viz import plots
from viz.lessons import show

# %% [markdown]
# ## Regresión lineal, a mano
#
# El modelo es una recta β₀ + β₁x, y la pérdida la suma de los errores al cuadrado, L = Σ(β₀ + β₁xᵢ − yᵢ)².
# Tres puntos, (1, 2), (2, 3) y (3, 5), desde β₀ = β₁ = 0:

# %%
points = [(1, 2), (2, 3), (3, 5)]
b0 = b1 = 0.0
for _ in range(3):
    errors = [b0 + b1 * x - y for x, y in points]
    L = sum(e * e for e in errors)
    slope0 = 2 * sum(errors)
    slope1 = 2 * sum(e * x for e, (x, _) in zip(errors, points))
    print(f"β = ({b0:.4f}, {b1:.4f})  L = {L:.4f}  ∂L/∂β₀ = {slope0:.4f}  ∂L/∂β₁ = {slope1:.4f}")
    b0, b1 = b0 - 0.02 * slope0, b1 - 0.02 * slope1

# %% [markdown]
# Esto imprime:
#
# ```
# β = (0.0000, 0.0000)  L = 38.0000  ∂L/∂β₀ = -20.0000  ∂L/∂β₁ = -46.0000
# β = (0.4000, 0.9200)  L = 4.4256  ∂L/∂β₀ = -6.5600  ∂L/∂β₁ = -15.4400
# β = (0.5312, 1.2288)  L = 0.6699  ∂L/∂β₀ = -2.0672  ∂L/∂β₁ = -5.2192
# ```
#
# Lo mismo como grafo: de cada parámetro sale una flecha a cada uno de los tres errores, y su gradiente es la
# suma de lo que vuelve de todos.

# %%
nodes = parse(
    "e1 = b0 + b1*x1 - y1; e2 = b0 + b1*x2 - y2; e3 = b0 + b1*x3 - y3; L = e1**2 + e2**2 + e3**2",
    b0=parameter(0.0, "b0"), b1=parameter(0.0, "b1"), x1=1, y1=2, x2=2, y2=3, x3=3, y3=5,
)  # fmt: skip
nodes["L"].backward()
print(f"L = {nodes['L'].data:g}, ∂L/∂b0 = {nodes['b0'].grad:g}, ∂L/∂b1 = {nodes['b1'].grad:g}")
show(viz.draw(nodes["L"], lang="es"), "regression.svg")

# %% [markdown]
# Esto imprime:
#
# ```
# L = 38, ∂L/∂b0 = -20, ∂L/∂b1 = -46
# ```
#
# Dos fórmulas de ∂L/∂β₁, como se ven en diapositivas. La segunda ha perdido las xᵢ, y es
# así la otra derivada, ∂L/∂β₀:

# %%
for claim in ("∂L/∂b1 = 2*e1*x1 + 2*e2*x2 + 2*e3*x3", "∂L/∂b1 = 2*e1 + 2*e2 + 2*e3"):
    report = mg.check(nodes, claim)
    print(report.text("es").splitlines()[0])

# %% [markdown]
# Esto imprime:
#
# ```
# ✓ ∂L/∂b1 = 2*e1*x1 + 2*e2*x2 + 2*e3*x3: verdadero, demostrado
# ✗ ∂L/∂b1 = 2*e1 + 2*e2 + 2*e3: falso: hay una variable equivocada
# ```
#
# ¿Dónde acaba? Donde las dos derivadas son 0: dos ecuaciones lineales, las **ecuaciones normales**, con las
# sumas de 1, x, x², y, xy.


# %%
def least_squares(points):
    """La recta con la menor suma de errores al cuadrado."""
    n, sx, sy = len(points), sum(x for x, _ in points), sum(y for _, y in points)
    sxx, sxy = sum(x * x for x, _ in points), sum(x * y for x, y in points)
    slope = (n * sxy - sx * sy) / (n * sxx - sx * sx)
    return (sy - slope * sx) / n, slope


def regression(b0, b1):
    return mg.sum([(b0 + b1 * x - y) ** 2 for x, y in points])


path = train.descend(regression, (0, 0), lambda ps: optim.SGD(ps, lr=0.02), 2000)
print(f"exacto: β = ({least_squares(points)[0]:.4f}, {least_squares(points)[1]:.4f})")
print(f"2000 pasos: β = ({path[-1][0]:.4f}, {path[-1][1]:.4f}), L = {path.values[-1]:.4f}")

# %% [markdown]
# Esto imprime:
#
# ```
# exacto: β = (0.3333, 1.5000)
# 2000 pasos: β = (0.3333, 1.5000), L = 0.1667
# ```
#
# ## El camino por la superficie, junto a las rectas
#
# Doce puntos. Cada punto del camino es una recta, y cada paso mueve la recta:

# %% tags=["needs-numpy"]
X, y = datasets.linear(12, noise=0.4, seed=3)


def f(b0, b1):
    return sum((b0 + b1 * x - t) ** 2 for (x,), t in zip(X.tolist(), y.tolist()))


path = train.descend(f, (0, -1), lambda ps: optim.SGD(ps, lr=0.02), 40)
for k in (0, 1, 5, 40):
    print(f"paso {k:2}: β = ({path[k][0]:.4f}, {path[k][1]:.4f}), L = {path.values[k]:.4f}")
exact = least_squares(list(zip(X[:, 0].tolist(), y.tolist())))
print(f"exacto: β = ({exact[0]:.4f}, {exact[1]:.4f}), L = {f(*exact):.4f}")
show(plots.linear_fit(X, y, path, lang="es"), "linear_fit.svg")

# %% [markdown]
# Esto imprime:
#
# ```
# paso  0: β = (0.0000, -1.0000), L = 22.8443
# paso  1: β = (0.1542, -0.7336), L = 18.4045
# paso  5: β = (0.4744, 0.1303), L = 8.1811
# paso 40: β = (0.9413, 1.7219), L = 0.8011
# exacto: β = (0.9521, 1.7589), L = 0.7973
# ```
#
# La superficie es un cuenco, igual en todos los sitios: sus segundas derivadas son 2n, 2Σx y 2Σx². Los dos
# **autovalores** λ de su matriz dicen cuánta pendiente toma a lo largo de sus dos ejes, y cada paso
# multiplica la distancia al mínimo a lo largo de un eje por 1 − ηλ. Así, el eje plano decide cuánto se tarda,
# y el empinado qué η es demasiado grande: por encima de 2/λ el camino se escapa.

# %% tags=["needs-numpy"]
n, sx, sxx = len(X), float(X.sum()), float((X**2).sum())
middle, radius = n + sxx, math.hypot(n - sxx, 2 * sx)
flat, steep = middle - radius, middle + radius
print(f"λ = {flat:.4f} y {steep:.4f}")
print(f"η = 0.02: factores {1 - 0.02 * flat:.4f} y {1 - 0.02 * steep:.4f}, límite η = {2 / steep:.4f}")
for rate in (0.077, 0.079):
    far = train.descend(f, (0, -1), lambda ps: optim.SGD(ps, lr=rate), 200)  # noqa: B023
    print(f"η = {rate}: L = {far.values[-1]:.3g} tras 200 pasos")

# %% [markdown]
# Esto imprime:
#
# ```
# λ = 5.1268 y 25.5954
# η = 0.02: factores 0.8975 y 0.4881, límite η = 0.0781
# η = 0.077: L = 0.797 tras 200 pasos
# η = 0.079: L = 1.63e+03 tras 200 pasos
# ```
#
# ## Una pérdida con muchos mínimos: el modelo de Gabor
#
# Un paso más en el modelo y el cuenco desaparece. El **modelo de Gabor** de Prince es una onda que se apaga,
# f(x) = sin(u)·exp(−u²/32) con u = φ₀ + 0.06·φ₁x: φ₀ la desplaza, φ₁ la comprime. A mano con una muestra:

# %%
phi = {"φ0": parameter(-1.0, "φ0"), "φ1": parameter(10.0, "φ1")}
gabor = parse("u = φ0 + 0.06*φ1*x; s = sin(u); g = exp(-u**2/32); f = s*g; L = (f - y)**2", x=5, y=0.2, **phi)
gabor["L"].backward()
for name in ("u", "s", "g", "f", "L"):
    print(f"{name} = {gabor[name].data:.6f}")
print(f"∂L/∂φ0 = {phi['φ0'].grad:.6f}, ∂L/∂φ1 = {phi['φ1'].grad:.6f}")
for claim in ("∂f/∂u = cos(u)*g - u/16*s*g", "∂f/∂u = cos(u)*g"):
    print(mg.check(gabor, claim).text("es").splitlines()[0])
show(viz.draw(gabor["L"], path="φ1", slide="16:9", lang="es"), "gabor_graph.svg")

# %% [markdown]
# Esto imprime:
#
# ```
# u = 2.000000
# s = 0.909297
# g = 0.882497
# f = 0.802452
# L = 0.362949
# ∂L/∂φ0 = -0.563359, ∂L/∂φ1 = -0.169008
# ✓ ∂f/∂u = cos(u)*g - u/16*s*g: verdadero, demostrado
# ✗ ∂f/∂u = cos(u)*g: falso: falta un camino
# ```
#
# Treinta muestras, tres comienzos y descenso por gradiente en la media de todas las pérdidas. Todos los
# caminos bajan, y cada uno acaba en otro sitio:


# %% tags=["needs-numpy"]
def loss(φ0, φ1, x, y):
    u = φ0 + 0.06 * φ1 * x
    return (mg.sin(u) * mg.exp(-u * u / 32) - y) ** 2


X, y, starts = *datasets.gabor(30, seed=2), [(-6, 12), (4, 10), (-3, 20)]
how = {"make_optimizer": lambda ps: optim.SGD(ps, lr=2.0), "epochs": 300, "sizes": {"GD": 30}}
for start in starts:
    (path,) = train.compare_batches(loss, start, X, y, seed=3, **how).values()
    (a, b), L = path[-1], path.values[-1]
    print(f"desde {start}: φ = ({a:.2f}, {b:.2f}), L = {L:.4f}")

# %% [markdown]
# Esto imprime:
#
# ```
# desde (-6, 12): φ = (-5.94, 12.36), L = 0.1572
# desde (4, 10): φ = (6.36, 16.83), L = 0.0928
# desde (-3, 20): φ = (0.04, 16.30), L = 0.0091
# ```
#
# Solo el último encontró el mínimo bueno, cerca del φ = (0, 16.6) con el que se hicieron las muestras. Nada
# en los dos primeros caminos dice que haya un sitio mejor.
#
# ## SGD se escapa
#
# El descenso **estocástico** usa una muestra por paso. Cada muestra tiene su propia superficie, y donde la
# media es plana las muestras sueltas siguen tirando. Con la misma tasa, desde los mismos sitios, durante
# veinte épocas:

# %% tags=["needs-numpy"]
how = {"make_optimizer": lambda ps: optim.SGD(ps, lr=2.0), "epochs": 20, "sizes": {"GD": 30, "SGD": 1}}
runs = [train.compare_batches(loss, start, X, y, seed=3, lang="es", **how) for start in starts]
for start, run in zip(starts, runs):
    for name, path in zip(how["sizes"], run.values()):
        (a, b), L = path[-1], path.values[-1]
        print(f"{name} desde {start}: {len(path) - 1} pasos, φ = ({a:.2f}, {b:.2f}), L = {L:.4f}")
show(
    plots.surface(runs[0].f, {name: [run[name] for run in runs] for name in runs[0]}, lang="es"), "gabor.svg"
)

# %% [markdown]
# Esto imprime:
#
# ```
# GD desde (-6, 12): 20 pasos, φ = (-5.89, 12.14), L = 0.1574
# SGD desde (-6, 12): 600 pasos, φ = (0.09, 16.12), L = 0.0097
# GD desde (4, 10): 20 pasos, φ = (5.03, 11.51), L = 0.2359
# SGD desde (4, 10): 600 pasos, φ = (0.09, 16.12), L = 0.0097
# GD desde (-3, 20): 20 pasos, φ = (-0.01, 20.24), L = 0.0707
# SGD desde (-3, 20): 600 pasos, φ = (0.09, 16.12), L = 0.0097
# ```
#
# Los tres acaban cerca del mínimo bueno, y siguen bailando a su alrededor, porque las muestras sueltas nunca
# se ponen de acuerdo: aquí al mismo compás, porque la semilla da a los tres las mismas muestras. No siempre
# es así: SGD puede irse también de un valle bueno. Lo que ayuda es que de los estrechos y poco hondos se sale
# con más facilidad.
#
# ## Puntos de silla
#
# Donde el gradiente es 0 no tiene por qué haber un mínimo. Deciden las segundas derivadas: los autovalores de
# la **hessiana**, la matriz que forman, son positivos en un mínimo, negativos en un máximo, y de los dos
# signos en un **punto de silla**. Aquí con diferencias de los gradientes exactos, en dos sitios de la
# superficie de antes, a menos de una unidad:


# %% tags=["needs-numpy"]
def gradient(a, b):
    φ0, φ1 = parameter(a, "φ0"), parameter(b, "φ1")
    runs[0].f(φ0, φ1).backward()
    return φ0.grad, φ1.grad


def curvatures(a, b, h=1e-4):
    """Los autovalores de la hessiana."""
    (aa, ab), (ba, bb) = (
        [(p - q) / (2 * h) for p, q in zip(gradient(a + h * i, b + h * j), gradient(a - h * i, b - h * j))]
        for i, j in ((1, 0), (0, 1))
    )
    middle, radius = (aa + bb) / 2, math.hypot((aa - bb) / 2, (ab + ba) / 2)
    return middle - radius, middle + radius


# %% tags=["needs-numpy"]
for name, place in (("mínimo", (-5.9373, 12.3611)), ("silla", (-5.9231, 12.9600))):
    slopes, (low, high) = gradient(*place), curvatures(*place)
    print(
        f"{name}: gradiente menor que 1e-4: {max(map(abs, slopes)) < 1e-4}, curvaturas {low:.3f}, {high:.3f}"
    )
    print(f"   L = {runs[0].f(*map(parameter, place)).data:.4f}")

# %% [markdown]
# Esto imprime:
#
# ```
# mínimo: gradiente menor que 1e-4: True, curvaturas 0.008, 0.107
#    L = 0.1572
# silla: gradiente menor que 1e-4: True, curvaturas -0.016, 0.044
#    L = 0.1579
# ```
#
# Ahí quedó atrapado el descenso desde (−6, 12): en un hoyo de 0.0007 de hondo, con una silla por borde. El
# empujón que da una muestra es mucho mayor. En muchas dimensiones los mínimos así son raros, porque *todas*
# las curvaturas tendrían que ser positivas; los puntos de silla son frecuentes, y en ellos el descenso es
# lento.
#
# ## Lotes y épocas
#
# Una **época** recorre todas las muestras una vez. Con lotes de B de las n muestras tiene n/B pasos: uno con
# todas, n de una en una. Cuarenta muestras de una recta, tres épocas:

# %% tags=["needs-numpy"]
X, y = datasets.linear(40, noise=0.5, seed=1)


def squared(b, w, x, y):
    return (b + w * x - y) ** 2


paths = train.compare_batches(squared, (-1, -1), X, y, lambda ps: optim.SGD(ps, lr=0.1), 3, seed=1, lang="es")
for path in paths.values():
    print(f"{len(path) - 1} pasos: L {path.values[0]:.4f} → {path.values[-1]:.4f}")
show(plots.compare(paths, lang="es"), "batches.svg")

# %% [markdown]
# Esto imprime:
#
# ```
# 3 pasos: L 6.5056 → 2.8509
# 12 pasos: L 6.5056 → 0.6622
# 120 pasos: L 6.5056 → 0.1355
# ```
#
# Las muestras de una época se sacan **sin reemplazo**: cada una sale exactamente una vez. Con reemplazo
# algunas saldrían varias veces, y una muestra quedaría fuera con probabilidad (1 − 1/n)ⁿ ≈ 1/e. Además, la
# media de los gradientes de los lotes es entonces exactamente el gradiente completo, y el de un lote de B se
# aparta menos: su varianza es σ²/B · (n − B)/(n − 1), que es 0 si B = n. Medido:

# %%
rng = random.Random(1)
n = 40
seen = sum(len({rng.randrange(n) for _ in range(n)}) for _ in range(2000)) / 2000 / n
print(f"con reemplazo una época ve el {seen:.1%}, esperado {1 - (1 - 1 / n) ** n:.1%}")
gradients = [rng.gauss(1, 2) for _ in range(n)]
full = sum(gradients) / n
order = rng.sample(gradients, n)
batches = [sum(order[k : k + 10]) / 10 for k in range(0, n, 10)]
print(f"media de cuatro lotes = gradiente completo, salvo redondeo: {abs(sum(batches) / 4 - full) < 1e-14}")
variance = sum((g - full) ** 2 for g in gradients) / n
for size in (1, 10, 20, 40):
    draws = [sum(rng.sample(gradients, size)) / size - full for _ in range(20_000)]
    found = sum(d * d for d in draws) / 20_000
    print(f"B = {size:2}: varianza {found:.2f}, fórmula {variance / size * (n - size) / (n - 1):.2f}")

# %% [markdown]
# Esto imprime:
#
# ```
# con reemplazo una época ve el 63.4%, esperado 63.7%
# media de cuatro lotes = gradiente completo, salvo redondeo: True
# B =  1: varianza 3.27, fórmula 3.26
# B = 10: varianza 0.25, fórmula 0.25
# B = 20: varianza 0.08, fórmula 0.08
# B = 40: varianza 0.00, fórmula 0.00
# ```
#
# ## La retropropagación guarda y reutiliza
#
# El modelo de juguete de Prince, f = β₃ + ω₃·cos(β₂ + ω₂·exp(β₁ + ω₁·sin(β₀ + ω₀x))), tiene ocho parámetros,
# uno detrás de otro. El paso hacia delante calcula siete resultados y los **guarda**:

# %%
values = {"β0": 1.0, "β1": 0.5, "β2": 0.2, "β3": 0.7, "ω0": 0.1, "ω1": -1.0, "ω2": 2.0, "ω3": 1.5}
ps = {name: parameter(value, name) for name, value in values.items()}
toy = parse(
    "f0 = β0 + ω0*x; h1 = sin(f0); f1 = β1 + ω1*h1; h2 = exp(f1);"
    "f2 = β2 + ω2*h2; h3 = cos(f2); f3 = β3 + ω3*h3; L = (f3 - y)**2",
    x=2.0, y=0.5, **ps,
)  # fmt: skip
toy["L"].backward()
for name in ("f0", "h1", "f1", "h2", "f2", "h3", "f3", "L"):
    print(f"{name} = {toy[name].data:9.6f}   ∂L/∂{name} = {toy[name].grad:9.6f}")

# %% [markdown]
# Esto imprime:
#
# ```
# f0 =  1.200000   ∂L/∂f0 =  0.434349
# h1 =  0.932039   ∂L/∂h1 =  1.198674
# f1 = -0.432039   ∂L/∂f1 = -1.198674
# h2 =  0.649184   ∂L/∂h2 = -1.846431
# f2 =  1.498368   ∂L/∂f2 = -0.923216
# h3 =  0.072365   ∂L/∂h3 =  0.925643
# f3 =  0.808548   ∂L/∂f3 =  0.617095
# L =  0.095202   ∂L/∂L =  1.000000
# ```
#
# Lee la columna de la derecha desde abajo. Cada entrada es la de debajo por una derivada local, hecha con un
# número *guardado*: ∂h₃/∂f₂ = −sin f₂, ∂h₂/∂f₁ = h₂, ∂h₁/∂f₀ = cos f₀. Y cada parámetro toma de la entrada de
# su lado un producto más:

# %%
value = {name: node.data for name, node in toy.items()}
df3 = 2 * (value["f3"] - 0.5)
dh3 = df3 * 1.5
df2 = dh3 * -math.sin(value["f2"])
dh2 = df2 * 2.0
df1 = dh2 * value["h2"]
dh1 = df1 * -1.0
df0 = dh1 * math.cos(value["f0"])
by_hand = {"ω3": df3 * value["h3"], "ω2": df2 * value["h2"], "ω1": df1 * value["h1"], "ω0": df0 * 2.0}
by_hand |= {"β3": df3, "β2": df2, "β1": df1, "β0": df0}
for name, p in ps.items():
    print(f"∂L/∂{name} = {p.grad:9.6f}   a mano lo mismo: {abs(p.grad - by_hand[name]) < 1e-12}")

# %% [markdown]
# Esto imprime:
#
# ```
# ∂L/∂β0 =  0.434349   a mano lo mismo: True
# ∂L/∂β1 = -1.198674   a mano lo mismo: True
# ∂L/∂β2 = -0.923216   a mano lo mismo: True
# ∂L/∂β3 =  0.617095   a mano lo mismo: True
# ∂L/∂ω0 =  0.868697   a mano lo mismo: True
# ∂L/∂ω1 = -1.117211   a mano lo mismo: True
# ∂L/∂ω2 = -0.599337   a mano lo mismo: True
# ∂L/∂ω3 =  0.044656   a mano lo mismo: True
# ```

# %%
show(viz.draw(toy["L"], path="ω0", slide="16:9", lang="es"), "toy.svg")

# %% [markdown]
# Lo que ahorra reutilizar: si cada peso multiplicara su propia cadena de derivadas locales desde la pérdida,
# un modelo de k capas necesitaría 2 + 4 + … + 2k = k(k + 1) multiplicaciones para sus ω; reutilizando, 2 por
# capa y una por cada peso. Las diferencias finitas necesitarían un paso hacia delante por cada parámetro.

# %%
for k in (4, 10, 100):
    print(f"{k:3} capas: cada uno por su cuenta {k * (k + 1)}, reutilizando {3 * k}")

# %% [markdown]
# Esto imprime:
#
# ```
#   4 capas: cada uno por su cuenta 20, reutilizando 12
#  10 capas: cada uno por su cuenta 110, reutilizando 30
# 100 capas: cada uno por su cuenta 10100, reutilizando 300
# ```
#
# ## Ejercicios
#
# Siete con números y dos preguntas abiertas. Los cuatro primeros tratan de una recta por dos puntos. Otra
# semilla (`seed`) da otros números; `sheet.save(carpeta)` escribe la hoja para papel, para Moodle y como
# página que se corrige sola.


# %%
def questions(sheet, answers=False):
    """Los ejercicios sin el encabezado, que dice cómo hacerlos de nuevo."""
    lines = sheet.text(answers=answers).split("\n\n", 2)[2].splitlines()
    return "\n".join(textwrap.fill(line, 100, subsequent_indent="      ") for line in lines)


lines = exercises.make(
    "e1 = b0 + b1*x1 - y1; e2 = b0 + b1*x2 - y2; L = e1**2 + e2**2;"
    "b0, b1 in -3..3 step 0.5; x1, x2 in -4..4; y1, y2 in -6..6; eta in 0.01, 0.05, 0.1",
    4,
    seed=1,
    kinds=["backward", "update", "missing-path", "true-false"],
    params=["b0", "b1"],
    lang="es",
)
print(questions(lines))

# %% [markdown]
# Esto imprime:
#
# ```
# 1. Propagación hacia atrás
#   b₀ = 2.5, b₁ = −2, x₁ = 3, y₁ = −2, x₂ = 4, y₂ = −1
#   La propagación hacia delante da e₁ = −1.5, e₂ = −4.5, L = 22.5.
#   Calcula los gradientes, empezando por el resultado.
#     ∂L/∂e₂ = ______
#     ∂L/∂e₁ = ______
#     ∂L/∂b₁ = ______
#     ∂L/∂b₀ = ______
#
# 2. Un paso de descenso por gradiente
#   b₀ = −1.5, b₁ = 1.5, x₁ = 4, y₁ = 2, x₂ = 3, y₂ = −5, η = 0.01
#   La propagación hacia delante da e₁ = 2.5, e₂ = 8, L = 70.25.
#   Da un paso de descenso por gradiente: ¿cuánto vale después cada parámetro?
#     b₀ nuevo = ______
#     b₁ nuevo = ______
#
# 3. El camino que falta
#   b₀ = 2.5, b₁ = −3, x₁ = −4, y₁ = 4, x₂ = 4, y₂ = −3
#   La propagación hacia delante da e₁ = 10.5, e₂ = −6.5, L = 152.5.
#   Un gradiente se ha escrito como suma sobre caminos, y falta uno: ∂L/∂b₁ = ∂L/∂e₂ · ∂e₂/∂b₁.
#     ¿Qué camino de b₁ a L falta?
#       a) b₁ → e₁ → L
#       b) b₁ → e₂ → L
#     ∂L/∂b₁ = ______
#
# 4. ¿Verdadero o falso?
#   b₀ = 2, b₁ = −2.5, x₁ = 4, y₁ = −1, x₂ = 3, y₂ = −4
#   La propagación hacia delante da e₁ = −7, e₂ = −1.5, L = 51.25.
#     ¿Se cumple ∂L/∂b₁ = 2·e₁·x₁ para todos los números?
#       a) verdadero
#       b) falso
# ```
#
# Dos capas del modelo de juguete, y un paso por una función de cuarto grado con dos mínimos:

# %%
layers = exercises.make(
    "z = b0 + w0*x; h = sin(z); f = b1 + w1*h; L = (f - y)**2;"
    "b0 in -1..1 step 0.5; w0 in -1..1 step 0.5; b1, w1 in -3..3; x in -2..2; y in -3..3",
    2,
    seed=1,
    first=5,
    kinds=["backward", "wrong-number"],
    params=["b0", "w0", "b1", "w1"],
    lang="es",
)
quartic = exercises.make("quartic", 1, seed=1, first=7, kinds=["update"], lang="es")
print(questions(layers) + "\n" + questions(quartic))

# %% [markdown]
# Esto imprime:
#
# ```
# 5. Propagación hacia atrás
#   b₀ = −0.5, w₀ = 0.5, x = −2, b₁ = 3, w₁ = 2, y = −3
#   La propagación hacia delante da z = −1.5, h = −0.997, f = 1.005, L = 16.040.
#   Calcula los gradientes, empezando por el resultado.
#   Trabaja con tres decimales en cada paso; según el hueco, se admite un error de ±0.002 a ±0.018,
#       por el redondeo acumulado.
#     ∂L/∂f = ______
#     ∂L/∂h = ______
#     ∂L/∂z = ______
#     ∂L/∂w₀ = ______
#     ∂L/∂b₀ = ______
#     ∂L/∂w₁ = ______
#     ∂L/∂b₁ = ______
#
# 6. El número erróneo
#   b₀ = −0.5, w₀ = −0.5, x = −2, b₁ = −1, w₁ = −2, y = −3
#   Un número de este grafo es erróneo; todos los demás son correctos.
#   Trabaja con tres decimales en cada paso; se aceptan respuestas a ±0.014.
#     b₁            −1     2.082
#     w₁            −2     0.998
#     b₀          −0.5    −3.655
#     w₀          −0.5        −2
#     x             −2
#     z            0.5    −3.655
#     h          0.479    −4.165
#     f         −1.959     2.082
#     y             −3
#     L          1.084         1
#     ¿Qué número es erróneo?
#       a) h = 0.479
#       b) ∂L/∂f = 2.082
#       c) ∂L/∂h = −4.165
#       d) ∂L/∂z = −3.655
#       e) ∂L/∂w₀ = −2
#       f) ∂L/∂b₀ = −3.655
#       g) ∂L/∂w₁ = 0.998
#       h) ∂L/∂b₁ = 2.082
#     el número correcto = ______
# 7. Un paso de descenso por gradiente
#   x = −4, p = 5, q = −14, η = 0.02
#   La propagación hacia delante da a = 16, c = 256, d = 80, f = 231.
#   Da un paso de descenso por gradiente: ¿cuánto vale después cada parámetro?
#     x nuevo = ______
# ```
#
# Dos preguntas abiertas:
#
# - **Abierta 1.** La pérdida de una regresión lineal se divide por n: una media en vez de una suma. ¿Qué pasa
#   con los autovalores, con la mayor η, y con el camino si η se ajusta?
# - **Abierta 2.** Entrenas con lotes de una muestra y luego con lotes de diez. ¿Cuánto puede crecer η, si los
#   pasos de una época han de avanzar lo mismo que antes? ¿Qué hace el ruido del camino?
#
# Esta hoja es también una página que se corrige sola, sin red, y que reconoce los errores habituales:

# %%
lines

# %% [markdown]
# ## Soluciones

# %%
for sheet in lines, layers, quartic:
    print(questions(sheet, answers=True))

# %% [markdown]
# Esto imprime:
#
# ```
# 1. Propagación hacia atrás
#   b₀ = 2.5, b₁ = −2, x₁ = 3, y₁ = −2, x₂ = 4, y₂ = −1
#   La propagación hacia delante da e₁ = −1.5, e₂ = −4.5, L = 22.5.
#   Calcula los gradientes, empezando por el resultado.
#     ∂L/∂e₂ = −9    ∂L/∂L · ∂L/∂e₂ = 1 · (−9)
#     ∂L/∂e₁ = −3    ∂L/∂L · ∂L/∂e₁ = 1 · (−3)
#     ∂L/∂b₁ = −45    ∂L/∂e₂ · ∂e₂/∂b₁ + ∂L/∂e₁ · ∂e₁/∂b₁ = −9 · 4 + (−3) · 3
#     ∂L/∂b₀ = −12    ∂L/∂e₂ · ∂e₂/∂b₀ + ∂L/∂e₁ · ∂e₁/∂b₀ = −9 · 1 + (−3) · 1
#
# 2. Un paso de descenso por gradiente
#   b₀ = −1.5, b₁ = 1.5, x₁ = 4, y₁ = 2, x₂ = 3, y₂ = −5, η = 0.01
#   La propagación hacia delante da e₁ = 2.5, e₂ = 8, L = 70.25.
#   Da un paso de descenso por gradiente: ¿cuánto vale después cada parámetro?
#     b₀ nuevo = −1.71    b₀ − η · ∂L/∂b₀ = −1.5 − 0.01 · 21
#     b₁ nuevo = 0.82    b₁ − η · ∂L/∂b₁ = 1.5 − 0.01 · 68
#
# 3. El camino que falta
#   b₀ = 2.5, b₁ = −3, x₁ = −4, y₁ = 4, x₂ = 4, y₂ = −3
#   La propagación hacia delante da e₁ = 10.5, e₂ = −6.5, L = 152.5.
#   Un gradiente se ha escrito como suma sobre caminos, y falta uno: ∂L/∂b₁ = ∂L/∂e₂ · ∂e₂/∂b₁.
#     ¿Qué camino de b₁ a L falta?
#     * a) b₁ → e₁ → L
#       b) b₁ → e₂ → L
#     ∂L/∂b₁ = −136    ∂L/∂e₂ · ∂e₂/∂b₁ + ∂L/∂e₁ · ∂e₁/∂b₁ = −13 · 4 + 21 · (−4)
#
# 4. ¿Verdadero o falso?
#   b₀ = 2, b₁ = −2.5, x₁ = 4, y₁ = −1, x₂ = 3, y₂ = −4
#   La propagación hacia delante da e₁ = −7, e₂ = −1.5, L = 51.25.
#     ¿Se cumple ∂L/∂b₁ = 2·e₁·x₁ para todos los números?
#       a) verdadero
#     * b) falso
# 5. Propagación hacia atrás
#   b₀ = −0.5, w₀ = 0.5, x = −2, b₁ = 3, w₁ = 2, y = −3
#   La propagación hacia delante da z = −1.5, h = −0.997, f = 1.005, L = 16.040.
#   Calcula los gradientes, empezando por el resultado.
#   Trabaja con tres decimales en cada paso; según el hueco, se admite un error de ±0.002 a ±0.018,
#       por el redondeo acumulado.
#     ∂L/∂f = 8.010    ∂L/∂L · ∂L/∂f = 1 · 8.010
#     ∂L/∂h = 16.020    ∂L/∂f · ∂f/∂h = 8.010 · 2
#     ∂L/∂z = 1.133    ∂L/∂h · ∂h/∂z = 16.020 · 0.071
#     ∂L/∂w₀ = −2.266    ∂L/∂z · ∂z/∂w₀ = 1.133 · (−2)
#     ∂L/∂b₀ = 1.133    ∂L/∂z · ∂z/∂b₀ = 1.133 · 1
#     ∂L/∂w₁ = −7.990    ∂L/∂f · ∂f/∂w₁ = 8.010 · (−0.997)
#     ∂L/∂b₁ = 8.010    ∂L/∂f · ∂f/∂b₁ = 8.010 · 1
#
# 6. El número erróneo
#   b₀ = −0.5, w₀ = −0.5, x = −2, b₁ = −1, w₁ = −2, y = −3
#   Un número de este grafo es erróneo; todos los demás son correctos.
#   Trabaja con tres decimales en cada paso; se aceptan respuestas a ±0.014.
#     b₁            −1     2.082
#     w₁            −2     0.998
#     b₀          −0.5    −3.655
#     w₀          −0.5        −2
#     x             −2
#     z            0.5    −3.655
#     h          0.479    −4.165
#     f         −1.959     2.082
#     y             −3
#     L          1.084         1
#     ¿Qué número es erróneo?
#       a) h = 0.479
#       b) ∂L/∂f = 2.082
#       c) ∂L/∂h = −4.165
#       d) ∂L/∂z = −3.655
#     * e) ∂L/∂w₀ = −2
#       f) ∂L/∂b₀ = −3.655
#       g) ∂L/∂w₁ = 0.998
#       h) ∂L/∂b₁ = 2.082
#     el número correcto = 7.310    ∂L/∂z · ∂z/∂w₀ = −3.655 · (−2)
# 7. Un paso de descenso por gradiente
#   x = −4, p = 5, q = −14, η = 0.02
#   La propagación hacia delante da a = 16, c = 256, d = 80, f = 231.
#   Da un paso de descenso por gradiente: ¿cuánto vale después cada parámetro?
#     x nuevo = 0.6    x − η · ∂f/∂x = −4 − 0.02 · (−230)
# ```
#
# - **Abierta 1.** Todas las segundas derivadas se dividen por n, luego también los autovalores, y la mayor η
#   es n veces más grande. Con n·η cada paso es el mismo: el camino no cambia nada. Por eso la η de una media
#   no depende de cuántas muestras hay.
# - **Abierta 2.** Una época tiene la décima parte de los pasos, así que η puede ser diez veces mayor
#   (mientras siga por debajo de 2/λ). La varianza del gradiente de un lote es más o menos la décima parte, y
#   un paso la multiplica por η² = 100: el ruido de un paso tiene diez veces más varianza, y el de una época,
#   con la décima parte de los pasos, la misma. La celda de abajo lo mide con un peso cuya media está en 0.

# %%
rng = random.Random(2)
for size, rate in ((1, 0.01), (10, 0.01), (10, 0.1)):
    w, squares = 0.0, []
    for _ in range(40_000):
        w -= rate * (w - sum(rng.gauss(0, 1) for _ in range(size)) / size)
        squares.append(w * w)
    exact = rate / (2 - rate) / size
    found = sum(squares[2000:]) / 38_000
    print(f"B = {size:2}, η = {rate}: varianza de w {found:.5f}, η/(2 − η)/B = {exact:.5f}")

# %% [markdown]
# Esto imprime:
#
# ```
# B =  1, η = 0.01: varianza de w 0.00480, η/(2 − η)/B = 0.00503
# B = 10, η = 0.01: varianza de w 0.00044, η/(2 − η)/B = 0.00050
# B = 10, η = 0.1: varianza de w 0.00508, η/(2 − η)/B = 0.00526
# ```
