"""Lecture E: surfaces, minima and saddle points, single samples that lead out, what backprop stores."""

from __future__ import annotations

from typing import Any

import viz
from microgrid import Value, parameter, parse

from .form import Code, Deck, Math, Slide, figure

TOY = {"β0": 1.0, "β1": 0.5, "β2": 0.2, "β3": 0.7, "ω0": 0.1, "ω1": -1.0, "ω2": 2.0, "ω3": 1.5}


def two_points() -> Value:
    """The loss of a line through (1, 2) and (2, 3), at 0."""
    loss = parse(
        "e1 = b0 + b1*x1 - y1; e2 = b0 + b1*x2 - y2; L = e1**2 + e2**2",
        b0=parameter(0.0, "b0"),
        b1=parameter(0.0, "b1"),
        x1=1,
        y1=2,
        x2=2,
        y2=3,
    )["L"]
    loss.backward()
    return loss


def regression(lang: str, **how: Any) -> Any:
    return viz.draw(two_points(), lang=lang, **how)


def toy() -> Value:
    """Prince's model of eight parameters, one behind the other."""
    loss = parse(
        "f0 = β0 + ω0*x; h1 = sin(f0); f1 = β1 + ω1*h1; h2 = exp(f1);"
        "f2 = β2 + ω2*h2; h3 = cos(f2); f3 = β3 + ω3*h3; L = (f3 - y)**2",
        x=2.0,
        y=0.5,
        **{name: parameter(value, name) for name, value in TOY.items()},
    )["L"]
    loss.backward()
    return loss


def one_path(lang: str, **how: Any) -> Any:
    return viz.draw(toy(), path="ω0", lang=lang, **how)


def layers(lang: str, **how: Any) -> Any:
    return viz.draw(toy(), lang=lang, **how)


def fitted(lang: str) -> Any:
    """Figure 52 without its legends, which hide lines in so small a place."""
    (plot,) = figure(52)(lang=lang)
    for legend in filter(None, (ax.get_legend() for ax in plot.get_axes())):
        legend.remove()
    return plot


QUESTIONS = Slide(
    ("Three questions", "Tres preguntas"),
    [
        (
            "Training is a **path on a surface**: where does it end?",
            "Entrenar es un **camino por una superficie**: ¿dónde acaba?",
        ),
        ("Why does noise help?", "¿Por qué ayuda el ruido?"),
        (
            "What makes the gradient of a million weights cheap?",
            "¿Qué abarata el gradiente de un millón de pesos?",
        ),
    ],
)

LINE = [
    Slide(
        ("Linear regression: the loss of a line", "Regresión lineal: la pérdida de una recta"),
        [
            Math(r"L = \sum_i (\beta_0 + \beta_1 x_i - y_i)^2"),
            Math(
                r"\frac{\partial L}{\partial \beta_0} = 2 \sum_i e_i \qquad "
                r"\frac{\partial L}{\partial \beta_1} = 2 \sum_i e_i x_i"
            ),
            (
                "Points (1, 2), (2, 3), (3, 5), from β = (0, 0), η = 0.02:",
                "Puntos (1, 2), (2, 3), (3, 5), desde β = (0, 0), η = 0.02:",
            ),
            Code(
                "β = (0, 0)            L = 38       ∇ = (-20, -46)\n"
                "β = (0.40, 0.92)      L = 4.4256   ∇ = (-6.56, -15.44)\n"
                "β = (0.5312, 1.2288)  L = 0.6699"
            ),
            ("It ends at β = (1/3, 3/2), with *L* = 1/6.", "Acaba en β = (1/3, 3/2), con *L* = 1/6."),
        ],
    ),
    Slide(
        ("Each parameter hears from each sample", "A cada parámetro le llega algo de cada muestra"),
        [
            (
                "The first two of the points: ∂L/∂β₁ = −4·1 − 6·2 = −16, a summand for each.",
                "Los dos primeros puntos: ∂L/∂β₁ = −4·1 − 6·2 = −16, un sumando por cada uno.",
            )
        ],
        page=regression,
    ),
    Slide(
        ("A slip that is easy to make", "Un desliz frecuente"),
        [
            Code(
                'mg.check(nodes, "dL/db1 = 2*e1*x1 + 2*e2*x2").ok   # True\n'
                'mg.check(nodes, "dL/db1 = 2*e1 + 2*e2").ok         # False'
            ),
            (
                "Without the *xᵢ* it says −10 where −16 is right; with all three points, −20 where −46 is.",
                "Sin las *xᵢ* dice −10 donde es −16; con los tres puntos, −20 donde es −46.",
            ),
            (
                "It even has the right sign here: the training would work, badly.",
                "Aquí hasta acierta el signo: el entrenamiento funcionaría, mal.",
            ),
        ],
    ),
    Slide(
        ("The path on the surface, beside the lines", "El camino por la superficie, y las rectas"),
        notes=(
            "Lines from violet to green, points of the path likewise.  Twelve points, η = 0.02, 40 steps: "
            "L from 22.8443 to 0.8011; the least possible is 0.7973.",
            "Rectas de violeta a verde, como los puntos del camino.  Doce puntos, η = 0.02, 40 pasos: "
            "L de 22.8443 a 0.8011; lo mínimo posible es 0.7973.",
        ),
        beside=fitted,
    ),
    Slide(
        ("How fast, and how far one may step", "A qué velocidad, y hasta dónde se puede pisar"),
        [
            Math(r"d \leftarrow (1 - \eta \lambda) \, d"),
            (
                "*d*: distance from the minimum on an axis of the bowl; λ: its curvature, 5.127 or 25.595.",
                "*d*: distancia al mínimo en un eje del cuenco; λ: su curvatura, 5.127 o 25.595.",
            ),
            (
                "η = 0.02: what is left after a step is 0.897 along one, 0.488 along the other.",
                "η = 0.02: tras un paso queda 0.897 en uno y 0.488 en el otro.",
            ),
            (
                "The flat axis decides how long it takes, the steep one the largest η: 2/25.595 = 0.0781.",
                "El eje plano decide cuánto se tarda; el empinado, la mayor η: 2/25.595 = 0.0781.",
            ),
            Code("η = 0.077, 200:  L = 0.797\nη = 0.079, 200:  L = 1.63e+03"),
        ],
    ),
]

GABOR = [
    Slide(
        ("A model that is not linear: Gabor", "Un modelo no lineal: Gabor"),
        [
            Math(r"f(x) = \sin(u)\, e^{-u^2/32}, \qquad u = \varphi_0 + 0.06\, \varphi_1 x"),
            (
                "A wave that fades out: *φ₀* shifts it, *φ₁* squeezes it.",
                "Una onda que se apaga: *φ₀* la desplaza, *φ₁* la comprime.",
            ),
            Math(
                r"\frac{\partial f}{\partial u} = \cos(u)\, e^{-u^2/32} - "
                r"\frac{u}{16} \sin(u)\, e^{-u^2/32}"
            ),
            (
                "Two ways lead from *u* to *f*; `check` says so when the second is forgotten.",
                "De *u* a *f* van dos caminos; `check` lo dice si se olvida el segundo.",
            ),
            (
                "The loss over (*φ₀*, *φ₁*) is no bowl: it has many minima.",
                "La pérdida sobre (*φ₀*, *φ₁*) no es un cuenco: tiene muchos mínimos.",
            ),
        ],
    ),
    Slide(
        ("Where descent ends depends on the start", "Dónde acaba depende de dónde empieza"),
        [
            (
                "30 samples, η = 2, 300 steps of **gradient descent**:",
                "30 muestras, η = 2, 300 pasos de **descenso por gradiente**:",
            ),
            Code(
                "(-6, 12)  →  (-5.94, 12.36)   L = 0.1572\n"
                "( 4, 10)  →  ( 6.36, 16.83)   L = 0.0928\n"
                "(-3, 20)  →  ( 0.04, 16.30)   L = 0.0091"
            ),
            (
                "Nothing in the first two paths tells that there is a better place.",
                "Nada en los dos primeros caminos dice que haya un sitio mejor.",
            ),
            (
                "**SGD**, one sample a step, 20 epochs, the same starts:",
                "**SGD**, una muestra por paso, 20 épocas, los mismos comienzos:",
            ),
            Code("(0.09, 16.12)   L = 0.0097     3 / 3"),
        ],
    ),
    Slide(
        ("Gradient descent is caught, SGD escapes", "El descenso se queda; SGD se escapa"),
        notes=(
            "White: starts.  Each sample has its own surface; where the mean is flat, single samples pull.",
            "En blanco: los comienzos.  Cada muestra tiene su superficie: donde la media es plana, tiran.",
        ),
        beside=figure(53),
    ),
    Slide(
        ("Minimum or saddle? The curvatures tell", "¿Mínimo o silla? Lo dicen las curvaturas"),
        [
            Math(
                r"\nabla L = 0, \qquad "
                r"H = \left(\frac{\partial^2 L}{\partial \varphi_i \, \partial \varphi_j}\right)"
            ),
            (
                "Both eigenvalues positive: a minimum.  One of each sign: a **saddle point**.",
                "Los dos autovalores positivos: mínimo.  Uno de cada signo: **punto de silla**.",
            ),
            Code(
                "(-5.94, 12.36)   L = 0.1572   λ =  0.008, 0.107\n"
                "(-5.92, 12.96)   L = 0.1579   λ = -0.016, 0.044"
            ),
            (
                "The trap of the first start: a hollow 0.0007 deep, with a saddle as its rim.",
                "La trampa del primer comienzo: un hoyo de 0.0007 de hondo, con una silla por borde.",
            ),
            (
                "With many weights saddles are common, and such minima are rare.",
                "Con muchos pesos las sillas abundan, y los mínimos así son raros.",
            ),
        ],
    ),
]

BATCHES = [
    Slide(
        ("Batches and epochs", "Lotes y épocas"),
        [
            (
                "An **epoch**: each of *n* samples once.  Batches of *B*: *n*/*B* steps.",
                "Una **época**: cada una de las *n* muestras, una vez.  Lotes de *B*: *n*/*B* pasos.",
            ),
            (
                "40 samples, 3 epochs: 3 steps, 12 or 120; *L* from 6.51 to 2.85, 0.66, 0.14.",
                "40 muestras, 3 épocas: 3 pasos, 12 o 120; *L* de 6.51 a 2.85, 0.66, 0.14.",
            ),
        ],
        beside=figure(54),
    ),
    Slide(
        ("Without replacement", "Sin reemplazo"),
        [
            (
                "Each sample comes once an epoch.  With replacement a share of (1 − 1/*n*)ⁿ ≈ 1/e is missed.",
                "Cada muestra sale una vez por época.  Con reemplazo falta una parte (1 − 1/*n*)ⁿ ≈ 1/e.",
            ),
            (
                "The batches' gradients have exactly the full gradient as their mean.",
                "La media de los gradientes de los lotes es exactamente el gradiente completo.",
            ),
            Math(r"\mathrm{Var} = \frac{\sigma^2}{B} \cdot \frac{n - B}{n - 1}"),
            Code("B     1      10     20     40\nVar   3.26   0.25   0.08   0.00"),
            (
                "Of many samples, a batch ten times as large: a tenth of the noise, a tenth of the steps.",
                "Con muchas muestras, un lote diez veces mayor: la décima parte del ruido y de los pasos.",
            ),
        ],
    ),
]

BACKPROP = [
    Slide(
        ("Forward stores", "La ida guarda"),
        [
            (
                "f = β₃ + ω₃ cos(β₂ + ω₂ exp(β₁ + ω₁ sin(β₀ + ω₀x))): each box keeps its value.",
                "f = β₃ + ω₃ cos(β₂ + ω₂ exp(β₁ + ω₁ sin(β₀ + ω₀x))): cada caja guarda su valor.",
            )
        ],
        page=layers,
    ),
    Slide(
        ("Backward reuses", "La vuelta reutiliza"),
        [
            Math(
                r"\frac{\partial L}{\partial f_2} = \frac{\partial L}{\partial h_3} \cdot (-\sin f_2) \qquad "
                r"\frac{\partial L}{\partial f_1} = \frac{\partial L}{\partial f_2} \cdot \omega_2 \cdot h_2"
            ),
            Code(
                "∂L/∂f3 =  0.617095\n"
                "∂L/∂h3 =  0.925643      ∂L/∂ω3 =  0.044656\n"
                "∂L/∂f2 = -0.923216      ∂L/∂ω2 = -0.599337\n"
                "∂L/∂f1 = -1.198674      ∂L/∂ω1 = -1.117211\n"
                "∂L/∂f0 =  0.434349      ∂L/∂ω0 =  0.868697"
            ),
            (
                "Each line is the one above it times local derivatives made of **stored** numbers.",
                "Cada línea es la de arriba por derivadas locales hechas con números **guardados**.",
            ),
            (
                "A weight takes one more product: *k* layers, 3*k* instead of *k*(*k* + 1).",
                "Cada peso cuesta un producto más: con *k* capas, 3*k* en vez de *k*(*k* + 1).",
            ),
        ],
    ),
    Slide(
        ("The first weight's factors, one by one", "Los factores del primer peso, uno a uno"),
        [
            (
                "All factors but the first two are those of the later weights already.",
                "Todos los factores menos los dos primeros son ya los de los pesos posteriores.",
            )
        ],
        page=one_path,
    ),
    Slide(
        ("What to take home", "Para llevarse a casa"),
        [
            (
                "A linear model has **one** minimum; its curvatures say how fast, and which η.",
                "Un modelo lineal tiene **un** mínimo; sus curvaturas dicen a qué velocidad, y qué η.",
            ),
            (
                "Others have many, and saddle points: the start decides, and noise helps out.",
                "Los demás tienen muchos, y puntos de silla: decide el comienzo, y el ruido ayuda a salir.",
            ),
            (
                "An epoch sees each sample once; smaller batches, more steps, more noise.",
                "Una época ve cada muestra una vez; lotes menores, más pasos, más ruido.",
            ),
            (
                "Backprop: **store** forward, **reuse** backward.",
                "Retropropagación: **guardar** a la ida, **reutilizar** a la vuelta.",
            ),
            (
                "Next: `tutorials/e_surfaces_and_descent.py`, and its exercises.",
                "Ahora: `tutorials/es/e_surfaces_and_descent.py` y sus ejercicios.",
            ),
        ],
    ),
]

DECK = Deck(
    "E",
    ("Surfaces and descent", "Superficies y descenso"),
    (
        "Linear regression, the Gabor model, SGD, saddle points, backprop",
        "Regresión lineal, el modelo de Gabor, SGD, puntos de silla, retropropagación",
    ),
    [QUESTIONS, *LINE, *GABOR, *BATCHES, *BACKPROP],
)
