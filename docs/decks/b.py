"""Lecture B: forward and backward by hand, memory, exploding products, first weights, and when to stop."""

from __future__ import annotations

import random
from typing import Any

import microgrid as mg
import viz
from microgrid import Value, nn, parameter

from .form import Code, Deck, Draws, Math, Slide, figure


def objective(lang: str, **how: Any) -> Any:
    """Figure 29 with the lecture's letters."""
    random.seed(1)
    net = nn.MLP(2, [2, 1], activation="tanh")
    o = net([1, 2])
    L = nn.losses.half_mse(o, 1)
    s = nn.losses.l2_penalty([w for layer in net.layers for neuron in layer.neurons for w in neuron.w], 0.1)
    J = L + s
    o.label, L.label, s.label, J.label = "o", "L", "s", "J"
    J.backward()
    return viz.draw(J, lang=lang, **how)


class TwoTwoTwo(nn.Module):
    """The network of figures 30 and 31 with the names of the example: i, h, o and one b for a layer."""

    nin = 2

    def __init__(self) -> None:
        numbers = enumerate((0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55), 1)
        self.w = [parameter(number, f"w{k}") for k, number in numbers]
        self.b = [parameter(0.35, "b1"), parameter(0.60, "b2")]

    def __call__(self, i: Any) -> list[Any]:
        (w1, w2, w3, w4, w5, w6, w7, w8), (b1, b2) = self.w, self.b
        z1, z2 = w1 * i[0] + w2 * i[1] + b1, w3 * i[0] + w4 * i[1] + b1
        h1, h2 = mg.sigmoid(z1), mg.sigmoid(z2)
        z3, z4 = w5 * h1 + w6 * h2 + b2, w7 * h1 + w8 * h2 + b2
        o1, o2 = mg.sigmoid(z3), mg.sigmoid(z4)
        named = zip("i1 i2 z1 z2 h1 h2 z3 z4 o1 o2".split(), (*i, z1, z2, h1, h2, z3, z4, o1, o2))
        for name, node in named:
            node.label = name
        return [o1, o2]


def example() -> Any:
    """The loss of the worked example."""
    L = nn.losses.half_mse(TwoTwoTwo()([Value(0.05), Value(0.10)]), [0.01, 0.99], reduction="sum")
    L.label = "L"
    return L


def path_of_w1(lang: str, **how: Any) -> Any:
    """Figure 31 with the names of the example."""
    L = example()
    L.backward()
    return viz.draw(L, path="w1", lang=lang, **how)


def clipping(part: int) -> Draws:
    """A plot of figure 37 with its legend where no arrow is: above, it would take the width from the plot."""

    def draw(lang: str) -> Any:
        (plot,) = figure(37, part)(lang=lang)
        (ax,) = plot.axes
        above = ax.get_legend()
        handles, words = above.legend_handles, [text.get_text() for text in above.get_texts()]
        above.remove()
        ax.legend(
            handles,
            words,
            loc="lower center",
            frameon=False,
            handlelength=0.8,
            handletextpad=0.4,
            borderpad=0,
        )
        return plot

    return draw


QUESTIONS = Slide(
    ("Three questions", "Tres preguntas"),
    [
        (
            "What does one step of training do, **number by number**?",
            "¿Qué hace un paso de entrenamiento, **número por número**?",
        ),
        (
            "What must it keep in memory, and where do its numbers leave their range?",
            "¿Qué tiene que guardar en memoria, y dónde se salen de rango sus números?",
        ),
        (
            "How does one keep a network from learning its data by heart?",
            "¿Cómo se evita que una red se aprenda los datos de memoria?",
        ),
    ],
)

SYMBOLS = [
    Slide(
        ("The symbols: z, h, o, L, s, J", "Los símbolos: z, h, o, L, s, J"),
        [
            Math(r"z = W_1 x + b_1 \qquad h = \varphi(z) \qquad o = W_2 h + b_2"),
            Math(r"L = \ell(o, y) \qquad s = \frac{\lambda}{2}\left(\|W_1\|_F^2 + \|W_2\|_F^2\right)"),
            Math(r"J = L + s"),
            (
                "*L* looks at the output, *s* at the weights: training follows the gradient of **both**.",
                "*L* mira la salida, *s* mira los pesos: el entrenamiento sigue el gradiente de **ambas**.",
            ),
            (
                "The Frobenius norm: the root of the sum of all squared entries.",
                "La norma de Frobenius: la raíz de la suma de todos los elementos al cuadrado.",
            ),
        ],
    ),
    Slide(
        ("The objective as a graph: two branches", "La función objetivo como grafo: dos ramas"),
        [
            (
                "From a weight two branches lead to J: ∂J/∂w = ∂L/∂w + λw.  Biases are not penalised.",
                "De un peso salen dos ramas hacia J: ∂J/∂w = ∂L/∂w + λw.  Los sesgos no se penalizan.",
            )
        ],
        page=objective,
    ),
]

BY_HAND = [
    Slide(
        ("Two inputs, two hidden units, two outputs", "Dos entradas, dos unidades ocultas, dos salidas"),
        [
            (
                "Nothing is computed yet.  Let the room say what each circle adds, and which names it needs.",
                "Aún no se ha calculado nada.  Que digan qué suma cada círculo y qué nombres necesita.",
            )
        ],
        page=lambda lang, **how: viz.network(TwoTwoTwo(), weights="names", lang=lang, **how),
    ),
    Slide(
        ("Forward, by hand", "Hacia delante, a mano"),
        [
            Code(
                "i1 = 0.05   w1 = 0.15   w2 = 0.20   w3 = 0.25   w4 = 0.30   b1 = 0.35\n"
                "i2 = 0.10   w5 = 0.40   w6 = 0.45   w7 = 0.50   w8 = 0.55   b2 = 0.60"
            ),
            (
                "Names: *i* is the input *x*, *o* the output *ŷ*, *t* = (0.01, 0.99) the target *y*; "
                "*w₁* to *w₄* are *W₁* row by row, *w₅* to *w₈* are *W₂*.",
                "Nombres: *i* es la entrada *x*, *o* la salida *ŷ*, *t* = (0.01, 0.99) el objetivo *y*; "
                "de *w₁* a *w₄* son *W₁* por filas, de *w₅* a *w₈* son *W₂*.",
            ),
            Code("z1 = 0.15·0.05 + 0.20·0.10 + 0.35 = 0.3775      h1 = σ(z1) = 0.593270"),
            Code("z2 = 0.25·0.05 + 0.30·0.10 + 0.35 = 0.3925      h2 = σ(z2) = 0.596884"),
            Code("z3 = 0.40·h1 + 0.45·h2 + 0.60     = 1.105906    o1 = σ(z3) = 0.751365"),
            Code("z4 = 0.50·h1 + 0.55·h2 + 0.60     = 1.224921    o2 = σ(z4) = 0.772928"),
            Math(
                r"L = \frac{1}{2}(0.01 - o_1)^2 + \frac{1}{2}(0.99 - o_2)^2 = "
                r"0.274811 + 0.023560 = 0.298371"
            ),
        ],
        first=2,
    ),
    Slide(
        ("Backward, by hand: a weight of the last layer", "Hacia atrás, a mano: un peso de la última capa"),
        [
            Math(
                r"\frac{\partial L}{\partial w_5} = \frac{\partial L}{\partial o_1}\,"
                r"\frac{\partial o_1}{\partial z_3}\,\frac{\partial z_3}{\partial w_5}"
            ),
            Math(r"= -(t_1 - o_1)\; o_1(1 - o_1)\; h_1"),
            Math(r"= 0.741365 \cdot 0.186816 \cdot 0.593270 = 0.082167"),
            (
                "Three local derivatives, and each is a number that the forward pass has left there.",
                "Tres derivadas locales, y cada una es un número que dejó ahí la pasada hacia delante.",
            ),
            (
                "*o₁* is too large, so the gradient is positive and *w₅* will go down.",
                "*o₁* es demasiado grande: el gradiente es positivo y *w₅* bajará.",
            ),
        ],
        first=1,
    ),
    Slide(
        ("∂L/∂w₁ comes back from both outputs", "∂L/∂w₁ vuelve desde las dos salidas"),
        [
            (
                "0.000668 by way of o₁, −0.000230 by way of o₂: together 0.000439.",
                "0.000668 pasando por o₁, −0.000230 pasando por o₂: juntos, 0.000439.",
            )
        ],
        page=path_of_w1,
    ),
    Slide(
        ("The whole walk, step by step", "El recorrido entero, paso a paso"),
        page=lambda lang, **how: viz.steps(example(), view="network", lang=lang, **how),
    ),
    Slide(
        ("A slip that is easy to make", "Un desliz frecuente"),
        [
            Math(
                r"\frac{\partial L}{\partial w_1} = \left(\frac{\partial L}{\partial o_1}"
                r"\frac{\partial o_1}{\partial h_1} + \frac{\partial L}{\partial o_2}"
                r"\frac{\partial o_2}{\partial h_1}\right) h_1(1 - h_1)\,"
                r"\frac{\partial z_1}{\partial w_1}"
            ),
            Code(
                (
                    'mg.check(nodes, "dz1/dw1 = w1").ok    # False: 0.15 where 0.05 belongs\n'
                    'mg.check(nodes, "dz1/dw1 = i1").ok    # True',
                    'mg.check(nodes, "dz1/dw1 = w1").ok    # False: 0.15 donde va 0.05\n'
                    'mg.check(nodes, "dz1/dw1 = i1").ok    # True',
                )
            ),
            (
                "The derivative of a product is the **other** factor: here the gradient came out three "
                "times too large, and nothing crashed.",
                "La derivada de un producto es el **otro** factor: aquí el gradiente sale el triple de "
                "grande, y no falla nada.",
            ),
        ],
    ),
    Slide(
        ("One step with η = 0.5", "Un paso con η = 0.5"),
        [
            Code(
                "w1  0.15 → 0.149781    w5  0.40 → 0.358916\n"
                "w2  0.20 → 0.199561    w6  0.45 → 0.408666\n"
                "w3  0.25 → 0.249751    w7  0.50 → 0.511301\n"
                "w4  0.30 → 0.299502    w8  0.55 → 0.561370"
            ),
            (
                "*L* falls from 0.298371 to 0.291028; with the biases too, to 0.285751.",
                "*L* baja de 0.298371 a 0.291028; si se mueven también los sesgos, a 0.285751.",
            ),
            (
                "The first layer hardly moves: σ′ ≤ 1/4 has multiplied its gradient twice.",
                "La primera capa apenas se mueve: σ′ ≤ 1/4 ha multiplicado dos veces su gradiente.",
            ),
            (
                "After a thousand steps: *o₁* = 0.029, *o₂* = 0.972.",
                "Después de mil pasos: *o₁* = 0.029, *o₂* = 0.972.",
            ),
        ],
    ),
]

STABILITY = [
    Slide(
        ("Training keeps every intermediate value", "Entrenar guarda todos los valores intermedios"),
        [
            (
                "*o₁*(1 − *o₁*), *h₁*, *x*: the way back needs the values of the way there.",
                "*o₁*(1 − *o₁*), *h₁*, *x*: la vuelta necesita los valores de la ida.",
            ),
            (
                "Memory grows with the **layers** and with the **batch**.",
                "La memoria crece con las **capas** y con el **lote**.",
            ),
            (
                "Lines, from the top: 8, 4, 2, 1 hidden layers of 16.  One more: 272 parameters, and 528 "
                "nodes for each sample.",
                "Líneas, desde arriba: 8, 4, 2, 1 capas ocultas de 16.  Una más: 272 parámetros, y 528 "
                "nodos por cada muestra.",
            ),
        ],
        beside=figure(32, legend=False),
    ),
    Slide(
        ("A product of a hundred matrices explodes", "Un producto de cien matrices explota"),
        [
            Math(r"M_1 M_2 \cdots M_{100}, \quad M_{ij} \sim N(0, 1)"),
            (
                "4×4 matrices: entries of 10²⁴ to 10²⁵.",
                "Matrices 4×4: elementos de 10²⁴ a 10²⁵.",
            ),
            (
                "Gradients meet the same product on their way back.",
                "Los gradientes se encuentran con el mismo producto al volver.",
            ),
            (
                "With half the deviation each factor is half: 2¹⁰⁰ ≈ 10³⁰ times smaller.",
                "Con la mitad de desviación cada factor es la mitad: 2¹⁰⁰ ≈ 10³⁰ veces menor.",
            ),
        ],
        beside=figure(33, legend=False),
    ),
    Slide(
        ("First weights that keep the size", "Pesos iniciales que conservan el tamaño"),
        [
            Math(
                r"\mathrm{Xavier:} \quad \sigma^2 = \frac{2}{n_{in} + n_{out}} \qquad "
                r"\pm\sqrt{\frac{6}{n_{in} + n_{out}}}"
            ),
            Math(r"\mathrm{He:} \quad \sigma^2 = \frac{2}{n_{in}} \qquad \pm\sqrt{\frac{6}{n_{in}}}"),
            (
                "Xavier: a compromise between forward, 1/*n* in, and backward, 1/*n* out.",
                "Xavier: un compromiso entre la ida, 1/*n* de entrada, y la vuelta, 1/*n* de salida.",
            ),
            (
                "He: twice as much for ReLU, which passes on half of what it gets.",
                "He: el doble para ReLU, que deja pasar la mitad de lo que recibe.",
            ),
            (
                "Also: orthogonal, sparse, Dirac, truncated normal; constants keep all units equal.",
                "Además: ortogonal, dispersa, de Dirac, normal truncada; con constantes todas las "
                "unidades son iguales.",
            ),
        ],
    ),
    Slide(
        (
            "With Xavier's weights, and with weights too small",
            "Con los pesos de Xavier, y con pesos pequeños",
        ),
        notes=(
            "Five layers of twenty tanh units.  Xavier: the activations' size goes from 0.60 to 0.31.  "
            "Uniform within ±0.2: from 0.43 to 0.03, each layer halves it.",
            "Cinco capas de veinte unidades tanh.  Xavier: el tamaño de las activaciones va de 0.60 a 0.31.  "
            "Uniformes en ±0.2: de 0.43 a 0.03, cada capa lo reduce a la mitad.",
        ),
        beside=figure(34),
    ),
]

GENERALISATION = [
    Slide(
        ("Early stopping: take the best epoch back", "Parada temprana: volver a la mejor época"),
        [
            (
                "The loss on the data falls on and on; on points kept aside it rises again.",
                "La pérdida en los datos baja sin parar; en los puntos apartados vuelve a subir.",
            ),
            (
                "**Patience**: wait 60 epochs for an improvement, then stop.",
                "**Paciencia**: espera una mejora durante 60 épocas y luego para.",
            ),
            (
                "Here: epoch 6 is the best, and 66 is the last.",
                "Aquí: la mejor época es la 6, y la última, la 66.",
            ),
        ],
        beside=figure(35),
    ),
    Slide(
        (
            "Dropout: each unit is left out with probability p",
            "Dropout: cada unidad se descarta con probabilidad p",
        ),
        [
            (
                "The others times 1/(1 − p), so the mean stays; in use nothing is left out.",
                "Las demás, por 1/(1 − p): la media se conserva; al usar la red no se descarta nada.",
            )
        ],
        page=figure(36),
    ),
    Slide(
        ("Clipping by norm keeps the direction", "Recortar por norma conserva la dirección"),
        [
            Math(r"g \leftarrow g \cdot \min\left(1, \frac{c}{\|g\|}\right)"),
            (
                "(3, 1) of length 3.16 becomes (0.95, 0.32).",
                "(3, 1), de longitud 3.16, pasa a (0.95, 0.32).",
            ),
            (
                "All gradients together, one factor.",
                "Todos los gradientes a la vez, un solo factor.",
            ),
            ("What is short stays as it is.", "Lo que es corto se queda como está."),
        ],
        beside=clipping(0),
    ),
    Slide(
        ("Clipping by value changes it", "Recortar por valor la cambia"),
        [
            Math(r"g_i \leftarrow \min(\max(g_i, -c), c)"),
            ("(3, 1) becomes (1, 1): turned by 27°.", "(3, 1) pasa a (1, 1): un giro de 27°."),
            ("(−1, 2.5) becomes (−1, 1).", "(−1, 2.5) pasa a (−1, 1)."),
            (
                "Each number for itself: simple, and often enough.",
                "Cada número por su cuenta: sencillo, y a menudo suficiente.",
            ),
        ],
        beside=clipping(1),
    ),
    Slide(
        ("What to take home", "Para llevarse a casa"),
        [
            (
                "Backward is forward's **mirror**: it multiplies numbers that are there already, and adds "
                "where ways meet.",
                "La vuelta es el **espejo** de la ida: multiplica números que ya están ahí, y suma donde "
                "los caminos se juntan.",
            ),
            (
                "Memory: every intermediate value, for every sample of the batch.",
                "Memoria: todos los valores intermedios, de todas las muestras del lote.",
            ),
            (
                "Long products need factors of size **1**: choose the first weights so.",
                "Los productos largos necesitan factores de tamaño **1**: elige así los pesos iniciales.",
            ),
            (
                "Stop early, drop units, clip gradients: three cheap precautions.",
                "Parar a tiempo, descartar unidades, recortar gradientes: tres precauciones baratas.",
            ),
            (
                "Next: `tutorials/b_forward_and_backward.py`, and its exercises.",
                "Ahora: `tutorials/es/b_forward_and_backward.py` y sus ejercicios.",
            ),
        ],
    ),
]

DECK = Deck(
    "B",
    ("Forward and backward", "Hacia delante y hacia atrás"),
    (
        "By hand, numerical stability, initialisation, generalisation",
        "A mano, estabilidad numérica, inicialización, generalización",
    ),
    [QUESTIONS, *SYMBOLS, *BY_HAND, *STABILITY, *GENERALISATION],
)
