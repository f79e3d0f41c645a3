"""Lecture C: activations, batch normalisation, optimisers, and what keeps weights small."""

from __future__ import annotations

import random
from typing import Any

import viz
from microgrid import Value, datasets, maxout, nn, parameter
from microgrid.monitor import Monitor
from viz import plots

from .form import Code, Deck, Math, Slide, figure


def winner(lang: str, **how: Any) -> Any:
    """A maxout unit of two pieces."""
    w1, b1, w2, b2 = (parameter(v, n) for v, n in ((0.5, "w1"), (1, "b1"), (-1, "w2"), (0.5, "b2")))
    x = Value(2, "x")
    h = maxout([w1 * x + b1, w2 * x + b2])
    h.backward()
    return viz.draw(h, lang=lang, **how)


def thirty_layers(lang: str) -> Any:
    """Gradients through thirty ReLU layers, as the lesson has them."""
    X, y = datasets.moons(64, noise=0.1, labels=(-1, 1), seed=1)
    watched = {}
    for name, scheme in (("Xavier", nn.init.xavier_normal), ("He", nn.init.he_normal)):
        random.seed(1)
        net, rng = nn.MLP(2, [16] * 30 + [1]), random.Random(1)
        for layer in net.layers[:-1]:
            scheme(layer, seed=rng)
        watched[name] = Monitor(net, loss="hinge")
        watched[name].observe(X, y)
    return plots.gradient_flow(watched, lang=lang)


QUESTIONS = Slide(
    ("Four questions", "Cuatro preguntas"),
    [
        ("What does an **activation** do to a gradient?", "¿Qué le hace una **activación** a un gradiente?"),
        (
            "How does one keep signals at a good size, in each step?",
            "¿Cómo se mantiene el tamaño de las señales, en cada paso?",
        ),
        ("Which step is a good step?", "¿Qué paso es un buen paso?"),
        (
            "What keeps the weights small, and the network from learning by heart?",
            "¿Qué mantiene pequeños los pesos y evita que la red memorice?",
        ),
    ],
)

ACTIVATIONS = [
    Slide(
        ("Five activations, with their derivatives", "Cinco activaciones, con sus derivadas"),
        notes=(
            "Grey: where the unit is saturated, or dead.  Sigmoid: σ′ ≤ 1/4, and all outputs positive.  "
            "tanh: centred, still saturates.  ReLU: 0 to the left.  Leaky ReLU: 0.01 there.  Maxout: pieces.",
            "En gris: donde la unidad está saturada, o muerta.  Sigmoide: σ′ ≤ 1/4, y salidas positivas.  "
            "tanh: centrada, pero se satura.  ReLU: 0 a la izquierda.  Leaky ReLU: 0.01.  Maxout: piezas.",
        ),
        beside=figure(38, legend=False),
    ),
    Slide(
        ("What is wrong with each", "Qué falla en cada una"),
        [
            (
                "**Sigmoid**: at ±10 only 0.0045 % of the gradient passes; not centred at zero.",
                "**Sigmoide**: en ±10 solo pasa el 0.0045 % del gradiente; no está centrada en cero.",
            ),
            (
                "**tanh** = 2σ(2z) − 1: centred, but it saturates.",
                "**tanh** = 2σ(2z) − 1: centrada, pero se satura.",
            ),
            (
                "**ReLU**: cheap, never saturates to the right; to the left it **dies**.",
                "**ReLU**: barata, no se satura por la derecha; a la izquierda **muere**.",
            ),
            (
                "**Leaky ReLU**: a hundredth of the gradient is left, nothing dies.",
                "**Leaky ReLU**: queda una centésima del gradiente, no muere nada.",
            ),
            ("**Maxout**: twice the parameters.", "**Maxout**: el doble de parámetros."),
            Math(r"\frac{\partial L}{\partial w_i} = \delta \, h_i"),
            (
                "All *hᵢ* > 0: all weights of a unit go up together, or down: zig-zag.",
                "Si todas las *hᵢ* > 0, los pesos de una unidad suben o bajan a la vez: zigzag.",
            ),
        ],
    ),
    Slide(
        ("Maxout: the gradient goes to the winner", "Maxout: el gradiente va a la pieza ganadora"),
        [
            (
                "max(w₁x + b₁, w₂x + b₂): here 2 against −1.5, so w₂ and b₂ get nothing.",
                "max(w₁x + b₁, w₂x + b₂): aquí 2 contra −1.5, así que w₂ y b₂ no reciben nada.",
            )
        ],
        page=winner,
    ),
    Slide(
        ("Dead ReLUs, counted while training", "ReLU muertas, contadas al entrenar"),
        [
            (
                "Dead: 0 for **all** samples, so no gradient.",
                "Muerta: 0 con **todas** las muestras, luego sin gradiente.",
            ),
            ("A step that is too long kills.", "Un paso demasiado largo mata."),
            (
                "Of 16 in layer 2, at the end: 3 with η = 0.1, 4 with η = 2, **all** with η = 4.",
                "De 16 en la capa 2, al final: 3 con η = 0.1, 4 con η = 2, **todas** con η = 4.",
            ),
            (
                "Then the loss is log 2 = 0.6931 for ever.",
                "Entonces la pérdida es log 2 = 0.6931 para siempre.",
            ),
        ],
        beside=figure(39),
    ),
]

START = [
    Slide(
        ("Start with zeros, and all units stay equal", "Empezar en ceros deja iguales las unidades"),
        [
            (
                "The same sums, the same gradients, for ever: three units are one.  Random weights break it.",
                "Las mismas sumas y gradientes, siempre: tres unidades son una.  El azar lo rompe.",
            )
        ],
        page=figure(40),
    ),
    Slide(
        ("Thirty ReLU layers: He's weights, Xavier's", "Treinta capas ReLU: pesos de He y de Xavier"),
        [
            (
                "ReLU passes on half of the mean square.",
                "ReLU deja pasar la mitad del cuadrado medio.",
            ),
            ("He's √2 makes up for it.", "La √2 de He lo compensa."),
            (
                "Activations in layer 30: 7.6·10⁻³ (He), 1.1·10⁻⁷ (Xavier), 0 (zeros).",
                "Activaciones en la capa 30: 7.6·10⁻³ (He), 1.1·10⁻⁷ (Xavier), 0 (ceros).",
            ),
        ],
        beside=thirty_layers,
    ),
]

BATCH_NORM = [
    Slide(
        ("Batch normalisation", "Normalización por lotes"),
        [
            Math(r"\hat{x} = \frac{x - E[x]}{\sqrt{\mathrm{Var}[x]}} \qquad y = \gamma \, \hat{x} + \beta"),
            (
                "Between the linear part and the activation; γ and β are trained.",
                "Entre la parte lineal y la activación; γ y β se entrenan.",
            ),
            Code(
                "x    1        2        4        7         E[x] = 3.5, Var[x] = 5.25\n"
                "x^  -1.0911  -0.6547   0.2182   1.5275\n"
                "y   -1.1822  -0.3093   1.4364   4.0550    γ = 2, β = 1"
            ),
            (
                "In use: the **running** mean and variance of the training, no batch.",
                "Al usar la red: media y varianza **móviles** del entrenamiento, sin lote.",
            ),
            (
                "Six tanh layers, weights too small: signal 0.11 at the end; with it, 0.65.",
                "Seis capas tanh, pesos pequeños: señal 0.11 al final; con ella, 0.65.",
            ),
        ],
    ),
    Slide(
        ("All samples meet in one graph", "Todas las muestras se juntan en un grafo"),
        [
            (
                "*L* = Σy² is 4γ² whatever the *x*: their gradients are 0 but for ε, and γ gets 8.",
                "*L* = Σy² vale 4γ² sean cuales sean las *x*: su gradiente es 0 salvo por ε, y γ recibe 8.",
            )
        ],
        page=figure(41),
    ),
]

DESCENT = [
    Slide(
        ("Trouble 1: zig-zag", "Problema 1: el zigzag"),
        [
            Math(r"f = a^2 + 15\,b^2, \quad \eta = 0.06"),
            (
                "Each step: *a* times 0.88, *b* times −0.8.",
                "Cada paso: *a* por 0.88, *b* por −0.8.",
            ),
            (
                "The steep axis limits η to 2/30, the flat one waits.",
                "El eje empinado limita η a 2/30; el plano espera.",
            ),
        ],
        beside=figure(42, 0),
    ),
    Slide(
        ("Trouble 2: local minima", "Problema 2: mínimos locales"),
        [
            Math(r"f = a^4 - 2a^2 + \frac{a}{2} + b^2"),
            (
                "From 1.6 it ends at 0.930, with *f* = −0.517.",
                "Desde 1.6 acaba en 0.930, con *f* = −0.517.",
            ),
            (
                "From −1.6 at −1.057, with *f* = −1.515.",
                "Desde −1.6, en −1.057, con *f* = −1.515.",
            ),
        ],
        beside=figure(42, 1),
    ),
    Slide(
        ("Trouble 3: saddle points", "Problema 3: puntos de silla"),
        [
            Math(r"f = a^2 - b^2 + \frac{b^4}{4}"),
            (
                "The gradient at (0, 0) is 0: a minimum along *a*, a maximum along *b*.",
                "En (0, 0) el gradiente es 0: mínimo a lo largo de *a*, máximo a lo largo de *b*.",
            ),
            (
                "From *b* = 0.001: after 25 steps 0.095, after 40 1.070.",
                "Desde *b* = 0.001: tras 25 pasos 0.095, tras 40, 1.070.",
            ),
        ],
        beside=figure(42, 2),
    ),
    Slide(
        ("Momentum: past gradients add up", "Momento: los gradientes pasados se suman"),
        [
            Math(
                (
                    r"\mathrm{Momentum:} \quad v \leftarrow 0.9\,v + g, \qquad x \leftarrow x - \eta v",
                    r"\mathrm{Momento:} \quad v \leftarrow 0.9\,v + g, \qquad x \leftarrow x - \eta v",
                )
            ),
            Math(r"\mathrm{NAG:} \quad v \leftarrow 0.9\,v + g, \qquad x \leftarrow x - \eta\,(g + 0.9\,v)"),
            (
                "Along the valley they add up, across it they cancel.",
                "A lo largo del valle se suman, de lado a lado se cancelan.",
            ),
            Code(
                (
                    "x²   momentum   2 → 1.60 → 0.92 → 0.124\n"
                    "     NAG        2 → 1.24 → 0.4448 → -0.216704      η = 0.1",
                    "x²   momento    2 → 1.60 → 0.92 → 0.124\n"
                    "     NAG        2 → 1.24 → 0.4448 → -0.216704      η = 0.1",
                )
            ),
            (
                "Steps until a saddle is left, η = 0.01: 366 plain, 73 with momentum, 69 with NAG.",
                "Pasos hasta dejar la silla, η = 0.01: 366 a secas, 73 con momento, 69 con NAG.",
            ),
        ],
    ),
    Slide(
        ("A rate for each parameter", "Una tasa para cada parámetro"),
        [
            Math(r"\mathrm{Adagrad:} \quad G \leftarrow G + g^2, \qquad x \leftarrow x - \eta\,g/\sqrt{G}"),
            Math(
                r"\mathrm{RMSProp:} \quad v \leftarrow 0.99\,v + 0.01\,g^2, \qquad "
                r"x \leftarrow x - \eta\,g/\sqrt{v}"
            ),
            Math(
                r"\mathrm{Adadelta:} \quad d = g\,\sqrt{(D + \epsilon)/(a + \epsilon)}, \quad "
                r"D \leftarrow 0.9\,D + 0.1\,d^2, \quad x \leftarrow x - \eta\,d"
            ),
            (
                "Adagrad never forgets, its rate only shrinks: the saddle takes it 1505 steps, RMSProp 19.",
                "Adagrad no olvida y su tasa solo mengua: la silla le cuesta 1505 pasos; a RMSProp, 19.",
            ),
            (
                "Adadelta: *a* is the mean of *g*², *D* of *d*²; η = 1, and ε sets the first step, 0.003.",
                "Adadelta: *a* es la media de *g*², *D* de *d*²; η = 1, y ε decide el primer paso, 0.003.",
            ),
        ],
    ),
    Slide(
        ("Adam: both, corrected", "Adam: las dos cosas, corregidas"),
        [
            Math(r"m \leftarrow 0.9\,m + 0.1\,g \qquad v \leftarrow 0.999\,v + 0.001\,g^2"),
            Math(r"x \leftarrow x - \eta\, \frac{m/(1 - 0.9^k)}{\sqrt{v/(1 - 0.999^k)} + \epsilon}"),
            (
                "Both means start at 0 and are too small at first: hence the corrections.",
                "Las dos medias empiezan en 0 y al principio son pequeñas: de ahí las correcciones.",
            ),
            (
                "The first step has length η, whatever the gradient.",
                "El primer paso mide η, sea cual sea el gradiente.",
            ),
            Code("x²   Adam       2 → 1.9 → 1.800166 → 1.700623      η = 0.1"),
        ],
    ),
    Slide(
        ("Seven paths from one start", "Siete caminos desde un mismo sitio"),
        notes=(
            "f = x² + 10y², 30 steps, each with the rate with which f is least on average along the way.  "
            "RMSProp ends at 1.2e-07, Adagrad at 4.8e-07; momentum and Adam overshoot and come back.  "
            "Adadelta begins with steps of 0.003 η, hence its η of 300.",
            "f = x² + 10y², 30 pasos, cada uno con la tasa con la que f es menor en promedio.  RMSProp acaba "
            "en 1.2e-07, Adagrad en 4.8e-07; el momento y Adam se pasan y vuelven.  "
            "Adadelta empieza con pasos de 0.003 η: de ahí su η de 300.",
        ),
        beside=figure(43),
    ),
    Slide(
        ("Learning-rate decay", "Decaimiento de la tasa"),
        [
            (
                "Far away long steps, near the minimum short ones.",
                "Lejos pasos largos, cerca del mínimo cortos.",
            ),
            ("Here: half every ten epochs.", "Aquí: la mitad cada diez épocas."),
            (
                "With one sample a step, η = 1/*k* gives exactly the mean of the samples; a constant η never "
                "settles.",
                "Con una muestra por paso, η = 1/*k* da exactamente la media de las muestras; con η "
                "constante no se asienta nunca.",
            ),
        ],
        beside=figure(44, legend=False),
    ),
]

REGULARISATION = [
    Slide(
        ("L2 shrinks, L1 cuts off", "L2 encoge, L1 corta"),
        [
            Math(
                r"\mathrm{L2:} \quad \frac{\lambda}{2n} \sum w^2 \qquad "
                r"\mathrm{L1:} \quad \frac{\lambda}{n} \sum |w|"
            ),
            (
                "One weight that wants to be *a*, with λ = 1/2:",
                "Un peso que quiere valer *a*, con λ = 1/2:",
            ),
            Code(
                "a            2       0.8     0.3    -0.2\n"
                "L2  a/(1+λ)  1.333   0.533   0.200  -0.133\n"
                "L1           1.5     0.3     0       0"
            ),
            (
                "L1 pulls near 0 as hard as anywhere: weights become exactly 0, the network **sparse**.",
                "L1 tira igual cerca de 0 que lejos: hay pesos que llegan a 0, y la red queda **dispersa**.",
            ),
        ],
    ),
    Slide(
        ("The weights under L2 (left) and L1 (right)", "Los pesos con L2 (izquierda) y L1 (derecha)"),
        notes=(
            "16 ReLU units on the half moons, λ = 0.01, 200 epochs.  Within ±0.01: 7 of 48 weights under L2, "
            "37 of 48 under L1.",
            "16 unidades ReLU con las medias lunas, λ = 0.01, 200 épocas.  Dentro de ±0.01: 7 de 48 pesos "
            "con L2, 37 de 48 con L1.",
        ),
        beside=figure(45),
    ),
    Slide(
        ("Dropout off, and the best epoch back", "Dropout apagado, y vuelta a la mejor época"),
        [
            (
                "In training: each unit is left out with probability *p*, the others times 1/(1 − *p*).",
                "Al entrenar: cada unidad se descarta con probabilidad *p*; las demás, por 1/(1 − *p*).",
            ),
            (
                "**In use nothing is left out**: `net.eval()`.  It switches batch normalisation, too.",
                "**Al usar la red no se descarta nada**: `net.eval()`, que cambia también la normalización.",
            ),
            Math(r"\mathrm{std} = \sqrt{\frac{p}{1 - p} \sum (w_i h_i)^2}"),
            (
                "The answer is the mean of those in training: 0.80, which scatter by 0.67.",
                "La respuesta, 0.80, es la media de las del entrenamiento, cuya dispersión es 0.67.",
            ),
            (
                "**Early stopping** keeps the best, not the last: epoch 58 of 78, 0.3769 and not 0.4117.",
                "La **parada temprana** guarda la mejor, no la última: época 58 de 78, 0.3769 y no 0.4117.",
            ),
        ],
    ),
    Slide(
        ("Reading the training log", "Leer el registro de entrenamiento"),
        [
            Code(
                (
                    "Epoch 20/100 - loss: 0.1225 - accuracy: 0.9667\n"
                    "             - val_loss: 0.1636 - val_accuracy: 0.9000\n"
                    "Epoch 100/100 - loss: 0.0113 - accuracy: 1.0000\n"
                    "              - val_loss: 0.3068 - val_accuracy: 0.9000",
                    "Época 20/100 - pérdida: 0.1225 - exactitud: 0.9667\n"
                    "             - val_pérdida: 0.1636 - val_exactitud: 0.9000\n"
                    "Época 100/100 - pérdida: 0.0113 - exactitud: 1.0000\n"
                    "              - val_pérdida: 0.3068 - val_exactitud: 0.9000",
                )
            ),
            (
                "Both losses fall: go on.  One falls, the other rises: it learns by heart.",
                "Bajan las dos pérdidas: sigue.  Una baja y la otra sube: aprende de memoria.",
            ),
            (
                "Neither falls: the rate, the first weights or the activations are wrong.",
                "No baja ninguna: fallan la tasa, los pesos iniciales o las activaciones.",
            ),
        ],
    ),
    Slide(
        ("The same training, drawn", "El mismo entrenamiento, dibujado"),
        notes=(
            "Epoch 26 is the best: from there on the validation loss rises while that of training falls.",
            "La época 26 es la mejor: desde ahí sube la pérdida de validación mientras baja la de entrenar.",
        ),
        beside=figure(46, 0),
    ),
    Slide(
        ("What to take home", "Para llevarse a casa"),
        [
            (
                "ReLU by default; look for **dead** units when nothing moves.",
                "ReLU por defecto; si nada se mueve, busca unidades **muertas**.",
            ),
            (
                "Random first weights of the right size, or batch normalisation, or both.",
                "Pesos iniciales aleatorios del tamaño adecuado, normalización por lotes, o las dos cosas.",
            ),
            (
                "Adam to begin with; SGD with momentum and a decaying rate to finish.",
                "Adam para empezar; SGD con momento y una tasa que decae para terminar.",
            ),
            (
                "L2 for small weights, L1 for few, dropout and early stopping against learning by heart.",
                "L2 para pesos pequeños, L1 para pocos; dropout y parada temprana para no memorizar.",
            ),
            (
                "Next: `tutorials/c_activations_and_optimizers.py`, and its exercises.",
                "Ahora: `tutorials/es/c_activations_and_optimizers.py` y sus ejercicios.",
            ),
        ],
    ),
]

DECK = Deck(
    "C",
    ("Activations and optimisers", "Activaciones y optimizadores"),
    (
        "Batch normalisation, the trouble with descent, regularisation",
        "Normalización por lotes, los problemas del descenso, regularización",
    ),
    [QUESTIONS, *ACTIVATIONS, *START, *BATCH_NORM, *DESCENT, *REGULARISATION],
)
