# %% [markdown]
# # F. El motor: construye el tuyo en cien líneas
#
# Al terminar esta lección habrás escrito un motor de diferenciación automática que entrena una red, lo
# habrás probado de tres maneras, y sabrás qué hace además el de microgrid, y por qué.
#
# Dura unos 75 minutos, ejercicios incluidos. Hace falta la lección A. Los bloques bajo «Esto imprime»
# muestran lo que debe salir.

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
# ## Un número que recuerda
#
# ¿Qué debe saber un nodo de un grafo computacional? Su valor, de qué se hizo (sus **padres**) y cómo
# reacciona a cada uno (sus **parciales**, las derivadas locales). Las parciales son números sin más: se
# conocen en cuanto se conocen los valores.


# %%
class Number:
    """Un valor, de qué se hizo, y cómo reacciona a cada uno."""

    def __init__(self, data, parents=(), partials=()):
        self.data = float(data)
        self.parents = parents
        self.partials = partials
        self.grad = 0.0

    def __repr__(self):
        return f"Number({self.data:g}, grad={self.grad:g})"


w, x = Number(2), Number(3)
z = Number(w.data * x.data, parents=(w, x), partials=(x.data, w.data))  # a mano: z = w·x
print(z, z.parents, z.partials)

# %% [markdown]
# Esto imprime:
#
# ```
# Number(6, grad=0) (Number(2, grad=0), Number(3, grad=0)) (3.0, 2.0)
# ```
#
# Nadie quiere escribir eso en cada producto. Una operación es una función que hace el nodo, con su valor y
# sus parciales:


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
# Esto imprime:
#
# ```
# Number(7, grad=0) [6.0, 1.0] (1.0, 1.0)
# ```
#
# `Number.__add__ = add` hace que `+` llame a nuestra función; `__radd__` es para `1 + x`, donde lo de la
# izquierda no es un `Number`.
#
# ## Hacia atrás, primer intento: seguir cada camino
#
# Un gradiente es la suma sobre todos los caminos del producto de las parciales a lo largo de cada uno. El
# programa más corto para esta frase recorre los caminos: lo que llega a un nodo se suma a su gradiente, y
# se pasa a cada padre, multiplicado por la parcial.

# %%
visits = 0


def follow(node, arriving=1.0):
    """Suma lo que llega al gradiente, y lo pasa por cada flecha."""
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
# Esto imprime:
#
# ```
# L = 4, ∂L/∂w = -12, ∂L/∂b = -4
# ```
#
# Los números de la lección A, y correctos en cualquier grafo. Pero recorre caminos, y puede haber
# muchísimos: h ← h + h los duplica cada vez.

# %%
for depth in (5, 10, 15):
    visits = 0
    x = h = Number(1)
    for _ in range(depth):
        h = h + h
    follow(h)
    print(f"{depth:2} sumas: ∂h/∂x = {x.grad:g}, {visits} visitas para {depth + 1} nodos")

# %% [markdown]
# Esto imprime:
#
# ```
#  5 sumas: ∂h/∂x = 32, 63 visitas para 6 nodos
# 10 sumas: ∂h/∂x = 1024, 2047 visitas para 11 nodos
# 15 sumas: ∂h/∂x = 32768, 65535 visitas para 16 nodos
# ```
#
# ## Hacia atrás, como debe ser: cada nodo una vez
#
# ¿Cuándo puede un nodo pasar lo que tiene? Cuando ya no llegará nada más: después de todos los nodos que lo
# usan. Un orden así se llama **topológico**. Un recorrido en profundidad que apunta un nodo cuando ya están
# apuntados sus padres da uno; lo recorremos desde el final.


# %%
def in_order(root):
    """Todos los nodos bajo la raíz, los padres primero."""
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
    print(f"{depth:3} sumas: ∂h/∂x = {x.grad:g}, {nodes} visitas")

# %% [markdown]
# Esto imprime:
#
# ```
#   5 sumas: ∂h/∂x = 32, 6 visitas
#  15 sumas: ∂h/∂x = 32768, 16 visitas
# 500 sumas: ∂h/∂x = 3.27339e+150, 501 visitas
# ```
#
# 2⁵⁰⁰ caminos en 501 visitas. En esto consiste toda la retropropagación: una pasada por los nodos, una
# multiplicación y una suma por flecha.
#
# Ahora, una cadena larga:

# %%
x = h = Number(1)
for _ in range(5000):
    h = h + 1
try:
    backward(h)
except RecursionError as error:
    print(type(error).__name__)

# %% [markdown]
# Esto imprime:
#
# ```
# RecursionError
# ```
#
# `visit` se llama a sí misma una vez por cada nodo del camino, y Python permite unas mil llamadas una
# dentro de otra. Una lista de lo que queda por hacer sustituye a la recursión; cada nodo aparece dos veces,
# una para poner delante a sus padres y otra cuando ya están.


# %%
def in_order(root):
    """Todos los nodos bajo la raíz, los padres primero, sin recursión."""
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


print(backward(h), "nodos, ∂h/∂x =", x.grad)
for node in in_order(h):
    node.parents = ()  # se liberan uno a uno: una cadena que se suelta sola llena la pila de un navegador

# %% [markdown]
# Esto imprime:
#
# ```
# 10001 nodos, ∂h/∂x = 1.0
# ```
#
# ## Más operaciones
#
# Una operación es un valor y sus parciales, así que cada nueva cuesta una línea o dos. La resta y la
# división se hacen con lo que ya hay; las funciones de un operando salen de un solo molde.


# %%
def power(a, n):
    return Number(a.data**n, (a,), (n * a.data ** (n - 1),))


def unary(value, partial):
    """Una operación de un operando x, cuya parcial puede usar el resultado z."""

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
# Esto imprime:
#
# ```
# y = 1.294155, dy/dx = -0.980578
# ```
#
# Ese es todo el motor: unas setenta líneas.
#
# ## Tres pruebas
#
# **Diferencias finitas**: mueve un poco la entrada y mira el resultado. No necesita teoría, y nunca es
# exacto.


# %%
def formula(x):
    return sigmoid(x) / (1 + exp(-x)) + tanh(x) ** 2 - log(x)


for nudge in (1e-2, 1e-5, 1e-13):
    slope = (formula(Number(0.5 + nudge)).data - formula(Number(0.5 - nudge)).data) / (2 * nudge)
    print(f"paso {nudge:.0e}: error {abs(slope - x.grad):.0e}")

# %% [markdown]
# Esto imprime:
#
# ```
# paso 1e-02: error 3e-04
# paso 1e-05: error 3e-10
# paso 1e-13: error 3e-04
# ```
#
# Un paso demasiado grande tropieza con la curva; uno demasiado pequeño, con las dieciséis cifras de un
# float. El **álgebra computacional** no tiene paso:

# %%
X = sympy.Symbol("x")
logistic = 1 / (1 + sympy.exp(-X))
exact = sympy.diff(logistic / (1 + sympy.exp(-X)) + sympy.tanh(X) ** 2 - sympy.log(X), X)
print(f"{float(exact.subs(X, 0.5)):.6f}", abs(float(exact.subs(X, 0.5)) - x.grad) < 1e-12)

# %% [markdown]
# Esto imprime:
#
# ```
# -0.980578 True
# ```
#
# Y **otro motor**, con muchos grafos al azar. El mismo programa corre en los dos, porque los dos tienen los
# mismos operadores:


# %%
def random_graph(make, functions, seed):
    """Veinte operaciones al azar sobre tres números, cada una sobre nodos que ya están."""
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
print("200 grafos, mayor diferencia menor que 1e-15:", worst < 1e-15)

# %% [markdown]
# Esto imprime:
#
# ```
# 200 grafos, mayor diferencia menor que 1e-15: True
# ```
#
# ## Aprende
#
# Con este motor, una red son unas cuantas sumas. Aquí está XOR con tres unidades tanh, entrenada por
# descenso por gradiente:

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
        print(f"época {epoch:3}: pérdida {loss.data:.4f}")
print([round(net(*point).data, 2) for point, _ in POINTS])

# %% [markdown]
# Esto imprime:
#
# ```
# época   0: pérdida 1.0424
# época 250: pérdida 0.0099
# época 500: pérdida 0.0037
# [0.01, 0.97, 0.97, 0.04]
# ```
#
# ## Qué hace además el motor de microgrid
#
# La idea es la misma: un nodo con su valor, dos padres, dos parciales, y un recorrido del nodo más nuevo al
# más viejo. Lo demás lo hace por quien lo usa.
#
# **Nombra y dibuja.** Un grafo tuyo es una lista de números; el de microgrid conoce etiquetas, y se
# muestra.

# %%
y = parse("y = sigmoid(x)/(1 + exp(-x)) + tanh(x)**2 - log(x)", x=mg.parameter(0.5, "x"))["y"]
y.backward()
show(viz.draw(y, rankdir="TB", lang="es"), "engine.svg")

# %% [markdown]
# **Ni ordenar ni recursión.** Los nodos reciben números de serie al hacerse, así que «primero el más nuevo»
# ya es un orden topológico. Una cadena de cien mil no es problema.

# %%
x = h = mg.Value(1)
for _ in range(100_000):
    h = h + 1
h.backward()
print(h.data, x.grad)

# %% [markdown]
# Esto imprime:
#
# ```
# 100001.0 1.0
# ```
#
# **Las hojas acumulan.** Nuestro `backward` pone a cero todos los gradientes. En microgrid, como en
# PyTorch, los de las hojas se suman entre llamadas, porque un lote pueden ser varias pérdidas; una segunda
# pasada por el mismo grafo, que casi siempre es un error, avisa.

# %%
w = mg.parameter(2, "w")
for x, y in ((3, 9), (1, 4)):
    ((w * x - y) ** 2).backward()
print(w.grad, 2 * (2 * 3 - 9) * 3 + 2 * (2 * 1 - 4) * 1)

# %% [markdown]
# Esto imprime:
#
# ```
# -22.0 -22
# ```
#
# **Todo o nada.** Si un gradiente no fuera finito, `backward` puede negarse, y entonces ningún gradiente ha
# cambiado. El nuestro ya ha escrito la mitad.

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
# Esto imprime:
#
# ```
# NonFiniteGradient 7.0 8.0
# ```
#
# **Errores que dicen qué hacer**, donde `log(Number(0))` dice lo que dice `math` y nada más: `math domain
# error`, o desde Python 3.14 `expected a positive input, got 0.0`. ¿Qué número es?

# %%
try:
    mg.log(mg.Value(0, "p"))
except mg.DomainError as error:
    print(str(error).partition(";")[0])

# %% [markdown]
# Esto imprime:
#
# ```
# log('p' (0.0)) is not a real number: log needs x > 0
# ```
#
# **Gradientes que son grafos.** Nuestros gradientes son números, y ahí acaban. `mg.grad` da nodos, que se
# pueden derivar otra vez:

# %%
x = mg.parameter(2, "x")
first = mg.grad(x**4, x)
second = mg.grad(first, x)
print(first.data, second.data)

# %% [markdown]
# Esto imprime:
#
# ```
# 32.0 48.0
# ```
#
# **Demostraciones.** Una parcial con un desliz, 1 + z² para tanh, pasa cualquier prueba que no la use. La
# tabla de derivadas de microgrid está demostrada con álgebra computacional, fila a fila; un bloque tuyo
# también.

# %%
slip = mg.custom_op("slip", value=lambda x: mg.tanh(x), partials=[lambda x: 1 + mg.tanh(x) ** 2])
print(mg.check(slip).ok, mg.verify(first).ok)

# %% [markdown]
# Esto imprime:
#
# ```
# False True
# ```
#
# Y está compilado, de modo que una pasada tarda una fracción del tiempo; la lección H sigue desde ahí.
#
# ## Ejercicios
#
# Responde con papel y lápiz, y deja que el ejercicio te corrija, como en `first.answer("q1", q=0.8)`.


# %%
def ask(sheet):
    """Imprime un ejercicio sin respuestas, con las líneas largas partidas."""
    for line in sheet.text(answers=False).splitlines():
        print(textwrap.fill(line, 100, subsequent_indent="    "))


first = exercises.make(
    "q = a/b; y = q + a*b; a, b in 2..8", seed=5, only=1, kinds=["local"], params=["a"], lang="es"
)
ask(first)

# %% [markdown]
# Esto imprime:
#
# ```
# Ejercicios: q = a/b; y = q + a·b
#
# q = a/b; y = q + a*b
# Para volver a hacerlos: microgrid exercises "q = a/b; y = q + a*b; a, b in 2..8" -n 1 --seed 5
#     --kinds local --params a --lang es
#
# 1. Derivadas locales
#   a = 7, b = 5
#   La propagación hacia delante da q = 1.4, y = 36.4.
#   Calcula la derivada local de cada flecha.
#     ∂q/∂a = ______
#     ∂y/∂a = ______
#     ∂y/∂q = ______
# ```

# %%
twice = "h = w*x; s = h + x; y = h*s; w, x in 2..6"
second = exercises.make(twice, seed=5, only=2, kinds=["backward"], params=["w"], lang="es")
ask(second)

# %% [markdown]
# Esto imprime:
#
# ```
# Ejercicios: h = w·x; s = h + x; y = h·s
#
# h = w*x; s = h + x; y = h*s
# Para volver a hacerlos: microgrid exercises "h = w*x; s = h + x; y = h*s; w, x in 2..6" --only 2
#     --seed 5 --kinds backward --params w --lang es
#
# 2. Propagación hacia atrás
#   w = 2, x = 6
#   La propagación hacia delante da h = 12, s = 18, y = 216.
#   Calcula los gradientes, empezando por el resultado.
#     ∂y/∂s = ______
#     ∂y/∂h = ______
#     ∂y/∂w = ______
# ```

# %%
third = exercises.make(twice, seed=5, only=3, kinds=["wrong-number"], params=["w"], lang="es")
ask(third)

# %% [markdown]
# Esto imprime:
#
# ```
# Ejercicios: h = w·x; s = h + x; y = h·s
#
# h = w*x; s = h + x; y = h*s
# Para volver a hacerlos: microgrid exercises "h = w*x; s = h + x; y = h*s; w, x in 2..6" --only 3
#     --seed 5 --kinds wrong-number --params w --lang es
#
# 3. El número erróneo
#   w = 4, x = 3
#   Un número de este grafo es erróneo; todos los demás son correctos.
#     w              4         3
#     x              3
#     h             12        27
#     s             15        12
#     y            180         1
#     ¿Qué número es erróneo?
#       a) h = 12
#       b) s = 15
#       c) y = 180
#       d) ∂y/∂s = 12
#       e) ∂y/∂h = 27
#       f) ∂y/∂w = 3
#     el número correcto = ______
# ```

# %%
fourth = exercises.make(twice, seed=5, only=4, kinds=["missing-path"], params=["w"], lang="es")
ask(fourth)

# %% [markdown]
# Esto imprime:
#
# ```
# Ejercicios: h = w·x; s = h + x; y = h·s
#
# h = w*x; s = h + x; y = h*s
# Para volver a hacerlos: microgrid exercises "h = w*x; s = h + x; y = h*s; w, x in 2..6" --only 4
#     --seed 5 --kinds missing-path --params w --lang es
#
# 4. El camino que falta
#   w = 4, x = 5
#   La propagación hacia delante da h = 20, s = 25, y = 500.
#   Un gradiente se ha escrito como suma sobre caminos, y falta uno: ∂y/∂w = ∂y/∂h · ∂h/∂w.
#     ¿Qué camino de w a y falta?
#       a) w → h → s → y
#       b) w → h → y
#     ∂y/∂w = ______
# ```

# %%
fifth = exercises.make(twice, seed=5, only=5, kinds=["true-false"], params=["w"], lang="es")
ask(fifth)

# %% [markdown]
# Esto imprime:
#
# ```
# Ejercicios: h = w·x; s = h + x; y = h·s
#
# h = w*x; s = h + x; y = h*s
# Para volver a hacerlos: microgrid exercises "h = w*x; s = h + x; y = h*s; w, x in 2..6" --only 5
#     --seed 5 --kinds true-false --params w --lang es
#
# 5. ¿Verdadero o falso?
#   w = 4, x = 2
#   La propagación hacia delante da h = 8, s = 10, y = 80.
#     ¿Se cumple ∂y/∂w = h·x + x para todos los números?
#       a) verdadero
#       b) falso
# ```
#
# Dos preguntas abiertas.
#
# 6. Escribe `sin` y `absolute` con `unary`. ¿Cuál debe ser la parcial de |x| en 0? Compara las dos con
#    microgrid.
#
# 7. Nuestro `backward` mantiene vivos todos los nodos hasta el final. ¿Qué números del grafo necesita, y
#    cuáles se podrían tirar tras el paso hacia delante?
#
# El ejercicio 2 es también una página que se corrige sola, sin red, y que reconoce los errores habituales:

# %%
second

# %% [markdown]
# ## Soluciones

# %%
for sheet in (first, second, third, fourth, fifth):
    (exercise,) = sheet
    for blank in exercise.blanks:
        if hasattr(blank, "expected"):
            print(exercise.id, blank.key, f"{float(blank.expected):g}")
        else:
            print(exercise.id, "abcdefgh"[blank.right])

# %% [markdown]
# Esto imprime:
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
# 6. |x| tiene un punto anguloso en 0: cualquier número de −1 a 1 es la pendiente de una recta que la toca
#    ahí, y 0 es el convenio habitual.

# %%
sin = unary(math.sin, lambda x, z: math.cos(x))
absolute = unary(abs, lambda x, z: float((x > 0) - (x < 0)))
for ours, theirs, at in ((sin, mg.sin, 0.7), (absolute, abs, -2.0), (absolute, abs, 0.0)):
    a, b = Number(at), mg.Value(at)
    backward(ours(a))
    theirs(b).backward()
    print(a.grad == b.grad, a.grad)

# %% [markdown]
# Esto imprime:
#
# ```
# True 0.7648421872844885
# True -1.0
# True 0.0
# ```
#
# 7. Necesita las parciales y quién es padre de quién, y ningún valor: los valores ya entraron en las
#    parciales. Donde las parciales no se guardan sino que se calculan hacia atrás, como en las bibliotecas
#    grandes, hay que guardar los valores con los que se calculan; esa es la memoria que cuesta entrenar y
#    no predecir.
