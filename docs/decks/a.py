"""Lecture A: computational graphs, the chain rule, networks as graphs, gradients that vanish, softmax."""

from __future__ import annotations

from typing import Any

from viz import plots

from .form import Code, Deck, Math, Slide, figure


def _rates(lang: str) -> Any:
    """Figure 9, with room for its legend above the lines."""
    (plot,) = figure(9, 3)(lang=lang)
    plot.axes[0].set_ylim(-2.3, 4.0)
    return plot


def _flow(lang: str) -> Any:
    """Figure 25's gradients, whose legend names the networks in the language of the slide."""
    (plot,) = figure(25, 1)(lang=lang)
    names = {"plain": "simple"} if lang == "es" else {}
    for text in plot.axes[0].get_legend().get_texts():
        text.set_text(names.get(text.get_text(), text.get_text()))
    return plot


QUESTIONS = Slide(
    ("Three questions", "Tres preguntas"),
    [
        ("What does a network compute?", "¿Qué calcula una red?"),
        (
            "How does the loss change when **one** weight changes?",
            "¿Cómo cambia la pérdida cuando cambia **un** peso?",
        ),
        (
            "Why does that number sometimes die on its way back, and what keeps it alive?",
            "¿Por qué a veces ese número muere en el camino de vuelta, y qué lo mantiene vivo?",
        ),
        Math(r"w \leftarrow w - \eta \, \frac{\partial L}{\partial w}"),
        (
            "The answer to all three is a drawing: the **computational graph**.",
            "La respuesta a las tres es un dibujo: el **grafo computacional**.",
        ),
    ],
)

PERCEPTRON = [
    Slide(
        ("A perceptron: a weighted sum, then σ", "El perceptrón: una suma ponderada y luego σ"),
        [
            (
                "Inputs enter from the left; the bias is the weight of an input that is always 1.",
                "Las entradas llegan por la izquierda; el sesgo es el peso de una entrada fija en 1.",
            )
        ],
        page=figure(1),
    ),
    Slide(
        ("It splits the plane in two", "Divide el plano en dos"),
        [
            Math(r"\hat{y} = \sigma(4.1 - 1.15\,x_1 - 0.21\,x_2)"),
            ("At (0, 6): *z* = 2.84, so *ŷ* = 0.94.", "En (0, 6): *z* = 2.84, así que *ŷ* = 0.94."),
            ("At (6, 8): *z* = −4.48, so *ŷ* = 0.01.", "En (6, 8): *z* = −4.48, así que *ŷ* = 0.01."),
            (
                "The line is where *z* = 0; the weights stand at right angles to it.",
                "La recta es donde *z* = 0; los pesos son perpendiculares a ella.",
            ),
        ],
        beside=figure(2),
    ),
    Slide(
        ("Many of them: a fully connected network", "Muchos juntos: una red densa"),
        [
            (
                "Each unit is a perceptron of all units before it.",
                "Cada unidad es un perceptrón de todas las unidades anteriores.",
            )
        ],
        page=figure(3, weights="none"),
    ),
]

XOR = [
    Slide(
        ("XOR: two hidden units, at the point (0, 1)", "XOR: dos unidades ocultas, en el punto (0, 1)"),
        [
            (
                "Six weights, no biases, a sigmoid in both layers.",
                "Seis pesos, sin sesgos, una sigmoide en las dos capas.",
            )
        ],
        page=figure(4),
    ),
    Slide(
        ("Before training it knows nothing; then it learns", "Antes de entrenar no sabe nada; luego aprende"),
        [
            Code(
                (
                    "x1 x2  y  output  loss\n"
                    " 0  0  0   0.60   0.92\n 0  1  1   0.62   0.48\n"
                    " 1  0  1   0.64   0.44\n 1  1  0   0.66   1.07",
                    "x1 x2  y  salida  pérdida\n"
                    " 0  0  0   0.60   0.92\n 0  1  1   0.62   0.48\n"
                    " 1  0  1   0.64   0.44\n 1  1  0   0.66   1.07",
                )
            ),
            (
                "It says “about 0.6” to everything: the loss is mostly that of the two zeros.",
                "A todo responde «unos 0.6»: la pérdida viene sobre todo de los dos ceros.",
            ),
            (
                "Four tanh units and 150 epochs later, the corners are apart.",
                "Con cuatro unidades tanh y 150 épocas, las esquinas quedan separadas.",
            ),
        ],
        beside=figure(6, 1),
    ),
]

DESCENT = [
    Slide(
        ("Gradient descent: step against the slope", "Descenso por gradiente: contra la pendiente"),
        [
            Math(r"x \leftarrow x - \eta \, \frac{\partial f}{\partial x}"),
            ("*f* = *x*², so the slope is 2*x*.", "*f* = *x*², así que la pendiente es 2*x*."),
            (
                "With η = 0.2, each step multiplies *x* by 1 − 2η = 0.6.",
                "Con η = 0.2, cada paso multiplica *x* por 1 − 2η = 0.6.",
            ),
        ],
        beside=figure(7, legend=False),
    ),
    Slide(
        ("Where it ends depends on where it starts", "Dónde acaba depende de dónde empieza"),
        [
            Math(r"f = x^4 - 2x^2 + x - 1"),
            (
                "From 0.3 it ends in the **local** minimum, *f*(0.838) = −1.07.",
                "Desde 0.3 acaba en el mínimo **local**, *f*(0.838) = −1.07.",
            ),
            (
                "From 0 it ends in the **global** one, *f*(−1.107) = −3.06.",
                "Desde 0 acaba en el **global**, *f*(−1.107) = −3.06.",
            ),
            ("Between them is the top, at 0.270.", "Entre los dos está la cima, en 0.270."),
        ],
        beside=figure(8, legend=False),
    ),
    Slide(
        ("The learning rate: crawl, arrive, leave", "La tasa de aprendizaje: arrastrarse, llegar, escapar"),
        [
            (
                "η = 0.02: each step keeps 96 % of *x*.",
                "η = 0.02: cada paso conserva el 96 % de *x*.",
            ),
            ("η = 0.3: 40 %; it arrives.", "η = 0.3: el 40 %; llega."),
            (
                "η = 1.05: −110 %; it overshoots by more each time.",
                "η = 1.05: −110 %; se pasa cada vez más.",
            ),
            (
                "On *x*², all is well while |1 − 2η| < 1.",
                "En *x*² todo va bien mientras |1 − 2η| < 1.",
            ),
        ],
        beside=_rates,
    ),
]

CHAIN = [
    Slide(
        ("The chain rule, and a slip that is easy to make", "La regla de la cadena, y un desliz frecuente"),
        [
            Math(r"y = (6x^2 + 2)^4 \qquad y' = 4\,(6x^2 + 2)^3 \cdot 12x"),
            (
                "The outer derivative keeps the power, one lower: without the **cube** it is wrong "
                "wherever the bracket is not 1.",
                "La derivada de fuera conserva la potencia, una menos: sin el **cubo** es falsa donde "
                "el paréntesis no vale 1.",
            ),
            Code('mg.check(nodes, "dy/dx = 4*(6*x**2 + 2)*12*x").ok      # False'),
            Code('mg.check(nodes, "dy/dx = 4*(6*x**2 + 2)**3*12*x").ok   # True'),
            (
                "At *x* = 1 the first says 384; the derivative is 24 576.",
                "En *x* = 1 la primera dice 384; la derivada es 24 576.",
            ),
        ],
    ),
    Slide(
        ("A line and its squared error, as a graph", "Una recta y su error cuadrático, como grafo"),
        [
            (
                "Yellow: data.  Violet: parameters.  Blue: computations.  On the arrows: local derivatives.",
                "Amarillo: datos.  Violeta: parámetros.  Azul: operaciones.  Flechas: derivadas locales.",
            ),
            (
                "∂L/∂ŷ = −4 is computed once and serves both *w* and *b*.",
                "∂L/∂ŷ = −4 se calcula una vez y sirve a *w* y a *b*.",
            ),
        ],
        page=figure(13),
    ),
    Slide(
        ("Forward, then backward, step by step", "Hacia delante y hacia atrás, paso a paso"), page=figure(14)
    ),
    Slide(
        ("The same in PyTorch", "Lo mismo en PyTorch"),
        [
            Code(
                "w = torch.tensor(2., requires_grad=True)\n"
                "b = torch.tensor(1., requires_grad=True)\n"
                "z = w*x; y_hat = z + b; e = y_hat - y; l = e**2\n"
                "l.backward()                   # w.grad = -12., b.grad = -4."
            ),
            (
                "Its graph, from the loss back, has the same nodes under other names:",
                "Su grafo, desde la pérdida hacia atrás, tiene los mismos nodos con otros nombres:",
            ),
            Code(
                "l.grad_fn                      <PowBackward0>     L = e²\n"
                " .next_functions[0][0]         <SubBackward0>     e = ŷ − y\n"
                "  .next_functions[0][0]        <AddBackward0>     ŷ = z + b\n"
                "   .next_functions[0][0]       <MulBackward0>     z = w · x\n"
                "    .next_functions[0][0]      <AccumulateGrad>   w"
            ),
            (
                "Each `...Backward0` knows its local derivatives; `AccumulateGrad` adds up what arrives.",
                "Cada `...Backward0` conoce sus derivadas locales; `AccumulateGrad` suma lo que llega.",
            ),
        ],
    ),
    Slide(
        ("A block of one's own: state its derivative", "Un bloque propio: basta con dar su derivada"),
        [
            (
                "A framework grows by blocks that know their value and their local derivatives.",
                "Una biblioteca crece con bloques que conocen su valor y sus derivadas locales.",
            )
        ],
        page=figure(16),
    ),
]

PATHS = [
    Slide(
        ("A weight used twice: add up all its paths", "Un peso con dos usos: se suman todos sus caminos"),
        [
            (
                "z₁ = w₁x, z₂ = w₂(z₁ + x), ŷ = w₁(z₁ + z₂).  Three ways lead from w₁ to ŷ.",
                "z₁ = w₁x, z₂ = w₂(z₁ + x), ŷ = w₁(z₁ + z₂).  Tres caminos llevan de w₁ a ŷ.",
            )
        ],
        page=figure(18),
    ),
    Slide(
        ("The path that a formula forgot", "El camino que una fórmula olvidó"),
        [
            (
                "Following the layers one writes two terms:",
                "Siguiendo las capas se escriben dos términos:",
            ),
            Math(
                r"\frac{\partial \hat{y}}{\partial z_1}\,\frac{\partial z_1}{\partial w_1} + "
                r"\frac{\partial \hat{y}}{\partial z_2}\,\frac{\partial z_2}{\partial z_1}\,"
                r"\frac{\partial z_1}{\partial w_1} = 1.2 - 0.6 = 0.6"
            ),
            (
                "But *w₁* also multiplies at the end; that path adds *z₁* + *z₂* = −0.15:",
                "Pero *w₁* también multiplica al final; ese camino suma *z₁* + *z₂* = −0.15:",
            ),
            Math(r"\frac{\partial \hat{y}}{\partial w_1} = (z_1 + z_2) + w_1 x + w_1 w_2 x = 0.45"),
            (
                "Nothing crashes with the wrong one.  Training merely goes a little astray, at every step.",
                "Con la falsa no falla nada.  El entrenamiento solo se desvía un poco, en cada paso.",
            ),
        ],
    ),
]

DEPTH = [
    Slide(
        (
            "Three sigmoids: the gradient shrinks to the left",
            "Tres sigmoides: el gradiente mengua hacia atrás",
        ),
        [
            (
                "Each sigmoid multiplies by at most 1/4, each weight here by less than 1.",
                "Cada sigmoide multiplica por 1/4 como mucho, cada peso de aquí por menos de 1.",
            )
        ],
        page=figure(20),
    ),
    Slide(
        ("Why: σ′ is never above 1/4", "Por qué: σ′ nunca pasa de 1/4"),
        [
            Math(r"\sigma' = \sigma(1 - \sigma) \leq \frac{1}{4}"),
            (
                "Ten layers with weights below 1: at most 4⁻¹⁰, about a millionth.",
                "Diez capas con pesos menores que 1: 4⁻¹⁰ como mucho, una millonésima.",
            ),
            (
                "Far from 0 the sigmoid **saturates** and its derivative is almost none.",
                "Lejos de 0 la sigmoide se **satura** y apenas tiene derivada.",
            ),
        ],
        beside=figure(21),
    ),
    Slide(
        ("ReLU lets the gradient through, or stops it", "ReLU deja pasar el gradiente, o lo para"),
        notes=(
            "Its slope is 1 or 0.  A unit whose sum is negative for all data is **dead**: it has no gradient "
            "and never comes back.  Leaky ReLU keeps a slope of 0.01.",
            "Su pendiente es 1 o 0.  Una unidad con suma negativa en todos los datos está **muerta**: no "
            "tiene gradiente y no vuelve.  Leaky ReLU conserva una pendiente de 0.01.",
        ),
        beside=lambda lang: plots.activation("relu", "leaky_relu", lang=lang),
    ),
    Slide(
        (
            "A residual network has a way that multiplies by 1",
            "Red residual: un camino que multiplica por 1",
        ),
        [
            Math(r"h_{k+1} = h_k + F(h_k)"),
            (
                "Two hundred plain layers: the gradient is gone before the first.",
                "Doscientas capas simples: el gradiente se pierde antes de la primera.",
            ),
            (
                "A hundred residual blocks, as many layers: it arrives.",
                "Cien bloques residuales, otras tantas capas: llega.",
            ),
        ],
        beside=_flow,
    ),
    Slide(
        ("Look at what moves while it learns", "Mirar qué se mueve mientras aprende"),
        [
            (
                "How long is a step, compared with the weights?  About a thousandth is healthy.",
                "¿Cuánto mide un paso, comparado con los pesos?  Una milésima es sano.",
            ),
            (
                "A layer whose line lies far below the others learns nothing.",
                "Una capa cuya línea queda muy por debajo de las otras no aprende.",
            ),
        ],
        beside=figure(26, 0),
    ),
]

END = [
    Slide(
        ("Softmax: logits become probabilities", "Softmax: de logits a probabilidades"),
        [
            Math(r"p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}"),
            (
                "(5, 6, 11, 7) → (0.00, 0.01, 0.97, 0.02): they add up to 1.",
                "(5, 6, 11, 7) → (0.00, 0.01, 0.97, 0.02): suman 1.",
            ),
            (
                "Only differences count: adding 100 to all changes nothing.",
                "Solo cuentan las diferencias: sumar 100 a todos no cambia nada.",
            ),
        ],
        beside=figure(27, 0),
    ),
    Slide(
        (
            "One epoch: 1, 4 or 40 updates",
            "Una época: 1, 4 o 40 pasos",
        ),
        notes=(
            "Few samples: a rough direction, often.  All samples: the exact one, seldom.",
            "Pocas muestras: una dirección aproximada, a menudo.  Todas: la exacta, pocas veces.",
        ),
        beside=figure(28),
    ),
    Slide(
        ("What to take home", "Para llevarse a casa"),
        [
            (
                "A graph has a **local derivative** on every arrow.",
                "Un grafo tiene una **derivada local** en cada flecha.",
            ),
            (
                "A gradient is the **sum over all paths** of the **product** along each; the walk back "
                "does it with each arrow once.",
                "Un gradiente es la **suma sobre todos los caminos** del **producto** a lo largo de cada "
                "uno; el paso hacia atrás lo hace pasando una vez por cada flecha.",
            ),
            (
                "Long products vanish or explode; a skip connection adds a path without factors.",
                "Los productos largos se desvanecen o explotan; con un salto hay un camino sin factores.",
            ),
            (
                "Do not believe a formula: `check` it.",
                "No te creas una fórmula: compruébala con `check`.",
            ),
            (
                "Next: `tutorials/a_computational_graphs.py`, and its exercises.",
                "Ahora: `tutorials/es/a_computational_graphs.py` y sus ejercicios.",
            ),
        ],
    ),
]

DECK = Deck(
    "A",
    ("Computational graphs", "Grafos computacionales"),
    (
        "Chain rule, weight reuse, vanishing gradients, softmax",
        "Regla de la cadena, reuso de pesos, gradientes que se desvanecen, softmax",
    ),
    [QUESTIONS, *PERCEPTRON, *XOR, *DESCENT, *CHAIN, *PATHS, *DEPTH, *END],
)
