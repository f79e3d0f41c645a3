"""The captions of the gallery in Spanish, by the English ones of docs/lectures.md and docs/gallery.md."""

from __future__ import annotations

import re

__all__ = ["SLIDES", "SUBJECTS", "TEXTS", "house", "slide", "translated"]

SUBJECTS = {
    "A": "grafos computacionales, regla de la cadena, redes como grafos",
    "B": "hacia delante y hacia atrás, estabilidad numérica, inicialización, generalización",
    "C": "activaciones, normalización por lotes, optimizadores, regularización",
    "D": "aprender es optimizar",
    "E": "descenso por gradiente y SGD, según Prince 2023, capítulo 6",
}
"""Of the lectures, by their letters."""

SLIDES: dict[str, tuple[str, str]] = {
    "perceptron": ("Perceptrón", "entradas, pesos, suma y σ, como círculos y flechas"),
    "the perceptron's plane": (
        "El plano del perceptrón",
        "la probabilidad en cada punto, la recta de ½, los pesos como su normal; "
        "0.94 en (0, 6), 0.01 en (6, 8)",
    ),
    "fully connected networks": ("Redes densas", "k capas ocultas, de izquierda a derecha"),
    "XOR network 2-2-1": ("La red XOR 2-2-1", "círculos, los pesos de la clase y ŷ en un punto"),
    "XOR, forward pass and loss": (
        "XOR: paso hacia delante y pérdida", "el grafo con sus números y la entropía cruzada binaria",
    ),
    "XOR, trained": ("XOR, entrenada", "la pérdida en cada época y lo que decide la red en cada punto"),
    "gradient descent on x²": ("Descenso por gradiente en x²", "la curva y los pasos que bajan por ella"),
    "x⁴ − 2x² + x − 1 from 0.3 and from 0": (
        "x⁴ − 2x² + x − 1 desde 0.3 y desde 0",
        "según dónde se empiece, se acaba en el mínimo local o en el global",
    ),
    "learning rate too small, too large": (
        "Tasa de aprendizaje pequeña o grande de más", "avanzar despacio, llegar, escaparse",
    ),
    "a loss of two weights": ("Una pérdida de dos pesos", "su superficie, con el camino sobre ella"),
    "chain rule": (
        "Regla de la cadena", "y = (6x² + 2)⁴: cada factor en su flecha, y el cubo que olvida la diapositiva",
    ),
    "x → w₁ → h₁ → w₂ → ŷ → L": (
        "x → w₁ → h₁ → w₂ → ŷ → L", "el producto de derivadas locales hasta w₁",
    ),
    "ŷ = wx + b, L = (ŷ − y)²": (
        "ŷ = wx + b, L = (ŷ − y)²",
        "entradas en amarillo, parámetros en violeta, resultados en azul claro; 2e, 1, 1 y x en las flechas",
    ),
    "the same, one operation at a time": (
        "Lo mismo, operación por operación", "hacia delante y luego hacia atrás, con los números sustituidos",
    ),
    "the same as PyTorch draws it": ("Lo mismo, como lo dibuja PyTorch", "el grafo de autograd"),
    "a block of one's own": ("Un bloque nuevo", "una operación con su derivada, dentro de un grafo"),
    "DAG network: reuse and skip": ("Red DAG: reuso de pesos y salto", "z₁, z₂, ŷ, con w₁ usado dos veces"),
    "all paths of ∂ŷ/∂w₁": (
        "Todos los caminos de ∂ŷ/∂w₁", "cada camino de w₁ a ŷ, y el término que falta en la diapositiva",
    ),
    "the same with σ and MSE": ("Lo mismo con σ y MSE", "el grafo con su pérdida"),
    "vanishing gradient": (
        "Desvanecimiento del gradiente", "ŷ = σ(w₃σ(w₂σ(w₁x))): los gradientes encogen hacia la izquierda",
    ),
    "σ and σ′ ≤ ¼": ("σ y σ′ ≤ ¼", "la curva, su derivada, la saturación"),
    "gradients, layer by layer": (
        "Los gradientes, capa a capa", "según Glorot y Bengio 2010: los histogramas de todas las capas",
    ),
    "exploding gradient": ("Explosión del gradiente", "la longitud del gradiente a lo largo de las capas"),
    "ReLU and leaky ReLU, other activations": (
        "ReLU, leaky ReLU y otras activaciones", "curvas y derivadas",
    ),
    "residual networks": ("Redes residuales", "el gradiente por la conexión residual; cientos de capas"),
    "monitoring": (
        "Monitoreo",
        "los pasos frente a los pesos, y las activaciones de una capa en el tiempo, como en TensorBoard",
    ),
    "softmax": ("Softmax", "los logits (5, 6, 11, 7) y sus probabilidades en barras; su grafo"),
    "batch, mini-batch, stochastic": (
        "Lote, minilote, estocástico",
        "tres caminos desde el mismo punto sobre la misma superficie; actualizaciones por época",
    ),
    "z, h, o, L, s and J = L + s": (
        "z, h, o, L, s y J = L + s", "el grafo de una red, su pérdida y su penalización",
    ),
    "two inputs, two hidden, two outputs": (
        "Dos entradas, dos ocultas, dos salidas",
        "w₁..w₈, b₁ y b₂ en los círculos; los gradientes tras una pasada",
    ),
    "∂L/∂w₁ from both outputs": ("∂L/∂w₁ desde las dos salidas", "lo que vuelve por dos caminos"),
    "memory of training": (
        "La memoria que pide entrenar", "nodos y bytes según las capas y el tamaño del lote",
    ),
    "product of 100 Gaussian matrices": (
        "Producto de 100 matrices gaussianas", "elementos de 1e24 y más: lo que encuentra un gradiente",
    ),
    "initialisers": (
        "Inicializadores", "las activaciones de cada capa con Xavier, y con una uniforme demasiado pequeña",
    ),
    "early stopping": ("Parada temprana", "la pérdida de entrenamiento y de validación, y la mejor época"),
    "dropout": ("Dropout", "las unidades descartadas, tachadas"),
    "gradient clipping": ("Recorte del gradiente", "por norma y por valor: la flecha antes y después"),
    "sigmoid, tanh, ReLU, leaky ReLU, maxout": (
        "Sigmoide, tanh, ReLU, leaky ReLU, maxout", "las curvas, lado a lado; zonas saturadas y muertas",
    ),
    "dead ReLUs": ("ReLU muertas", "qué parte de las unidades lo está durante el entrenamiento"),
    "zero initialisation: symmetry": (
        "Inicializar con ceros: simetría", "todas las neuronas de una capa siguen iguales",
    ),
    "batch normalisation": (
        "Normalización por lotes", "x̂ y γx̂ + β, entre la parte lineal y la activación",
    ),
    "zig-zag, local minimum, saddle point": (
        "Zigzag, mínimo local, punto de silla", "SGD sobre tres superficies",
    ),
    "momentum, NAG, Adagrad, Adadelta, RMSprop, Adam": (
        "Momento, NAG, Adagrad, Adadelta, RMSprop, Adam", "siete caminos desde el mismo punto",
    ),
    "learning-rate decay": ("Decaimiento de la tasa de aprendizaje", "la tasa en cada época"),
    "L2 and L1": ("L2 y L1", "el histograma de los pesos; con L1, ceros"),
    "training log": ("Registro del entrenamiento", "época, pérdida y exactitud, también las de validación"),
    "KL divergence, cross-entropy, ½ MSE": (
        "Divergencia KL, entropía cruzada, ½ MSE", "el grafo de una; el riesgo según la predicción",
    ),
    "x² from 1 with steps 1 and ½": (
        "x² desde 1 con pasos 1 y ½", "1, −1, 1 para siempre, y llegar de una vez; la tabla",
    ),
    "logistic perceptron ∂R/∂wᵢ = (φ(x) − y)xᵢ": (
        "Perceptrón logístico, ∂R/∂wᵢ = (φ(x) − y)xᵢ", "la propagación hacia atrás, factor por factor",
    ),
    "backprop by layers": (
        "Retropropagación por capas", "a, h, h′, d, ∂R/∂W, con h = Ux y f = σ(Wh) como ejemplo",
    ),
    "weight decay": ("Decaimiento de pesos", "los pesos en cada paso, con él y sin él"),
    "linear regression": (
        "Regresión lineal (figura 6.1)", "el camino sobre la pérdida, al lado de las rectas ajustadas",
    ),
    "Gabor model": (
        "Modelo de Gabor (figuras 6.4 y 6.5)",
        "el descenso por gradiente, atascado, y SGD, que sale de allí, desde varios puntos",
    ),
    "batches and epochs": (
        "Lotes y épocas", "muestreo sin reemplazo; la pérdida a lo largo de las actualizaciones",
    ),
}  # fmt: skip
"""By the slide of a lecture, without its Spanish name: the title and what is to be seen."""

TEXTS: dict[str, str] = {
    # docs/gallery.md: headings, and what each picture shows
    "Networks": "Redes",
    "Slides": "Diapositivas",
    "Graphs": "Grafos",
    "Walks": "Recorridos",
    "In other programs": "En otros programas",
    "The network 2-2-1 without numbers: which weight leads where.":
        "La red 2-2-1 sin números: qué peso lleva a dónde.",
    "A network 2-2-1 with sigmoids, and what it computes of the point (0, 1).":
        "Una red 2-2-1 con sigmoides, y lo que calcula del punto (0, 1).",
    "A network 3-4-1: numbers stand where there is room for them.":
        "Una red 3-4-1: hay números donde caben.",
    "The gradients of a network 2-2-2 with two outputs, after one backward pass of its loss.":
        "Los gradientes de una red 2-2-2 con dos salidas, tras propagar hacia atrás su pérdida.",
    "A network 2-16-16-1, trained on two moons, with the means of all samples in its circles.":
        "Una red 2-16-16-1, entrenada con dos lunas; en los círculos, las medias de todas las muestras.",
    "Dropout in training: units that are left out are crossed, and their arrows grey.":
        "Dropout al entrenar: las unidades descartadas van tachadas, y sus flechas, en gris.",
    "A residual block: what it is given runs over it, and is added to what it computes.":
        "Un bloque residual: lo que recibe pasa por encima y se suma a lo que calcula.",
    "A convolution: its three weights are used at every place of the signal.":
        "Una convolución: sus tres pesos se usan en todos los sitios de la señal.",
    "ŷ = wx + b and L = (ŷ − y)² at w = 2, b = 1 and the point (3, 9).":
        "ŷ = wx + b y L = (ŷ − y)² con w = 2, b = 1 y el punto (3, 9).",
    "ŷ = σ(w0 + w1·x1 + w2·x2) at the point (0, 6), with the lecture's weights.":
        "ŷ = σ(w0 + w1·x1 + w2·x2) en el punto (0, 6), con los pesos de la clase.",
    "The XOR network 2-2-1 without biases at (0, 1), with its binary cross-entropy.":
        "La red XOR 2-2-1 sin sesgos en (0, 1), con su entropía cruzada binaria.",
    "The example 2-2-2 with sigmoids: w1..w8, a bias for each layer, L = ½ Σ (t − o)².":
        "El ejemplo 2-2-2 con sigmoides: w1..w8, un sesgo por capa, L = ½ Σ (t − o)².",
    "z1 = w1·x, z2 = w2·(z1 + x), ŷ = σ(w1·(z1 + z2)), L = (ŷ − y)²: w1 is used twice.":
        "z1 = w1·x, z2 = w2·(z1 + x), ŷ = σ(w1·(z1 + z2)), L = (ŷ − y)²: w1 se usa dos veces.",
    "ŷ = σ(w3·σ(w2·σ(w1·x))): the gradient vanishes.":
        "ŷ = σ(w3·σ(w2·σ(w1·x))): el gradiente se desvanece.",
    "Ten blocks h + tanh(w·h) one after the other.": "Diez bloques h + tanh(w·h), uno tras otro.",
    "Softmax of the lecture's logits (5, 6, 11, 7), and the cross-entropy of the third class.":
        "Softmax de los logits de la clase, (5, 6, 11, 7), y la entropía cruzada de la tercera categoría.",
    "A network 2-8-8-1 of ReLUs at (0.5, -1).": "Una red 2-8-8-1 de ReLU en (0.5, -1).",
    "A network 2-16-16-1 of ReLUs at (0.5, -1).": "Una red 2-16-16-1 de ReLU en (0.5, -1).",
    "x̂ = (x − E[x]) / √Var[x] of four samples, then γx̂ + β, and the sum of squares of the results.":
        "x̂ = (x − E[x]) / √Var[x] de cuatro muestras, luego γx̂ + β y la suma de los cuadrados.",
    "One head over three tokens of two numbers: what the third token makes of all three, and its square.":
        "Una cabeza sobre tres tokens de dos números: lo que el tercero hace de los tres, y su cuadrado.",
    "ŷ = wx + b and its squared error, at w = 2, b = 1 and the point (3, 9).":
        "ŷ = wx + b y su error al cuadrado, con w = 2, b = 1 y el punto (3, 9).",
    "A skip connection and a weight that is used twice.":
        "Una conexión residual y un peso que se usa dos veces.",
    "Four sigmoids, through which the gradient vanishes.":
        "Cuatro sigmoides, por las que el gradiente se desvanece.",
    "Two inputs, three neurons, one.": "Dos entradas, tres neuronas, una.",
    "Two moons, learned": "Dos lunas, aprendidas",
    "One step of linear regression": "Un paso de regresión lineal",
    "The picture in tikz": "La figura en LaTeX, con TikZ",
    "The picture in beamer": "Un paso del recorrido en Beamer",
    "The picture in page": "El recorrido como página",
    "The picture in trainer": "La página del entrenamiento",
}  # fmt: skip
"""Headings and sentences of docs/gallery.md."""


HOUSE = {
    "The rooms of microgrid and viz, and the ways of a Value through them":
        "Las habitaciones de microgrid y viz, y los caminos de un Value por ellas",
}  # fmt: skip
"""The title of docs/house.svg."""


def slide(name: str) -> tuple[str, str]:
    """The title and the caption of a figure of a lecture; KeyError for one that has none yet."""
    return SLIDES[name]


def house(svg: str) -> str:
    """What docs/house.svg says, in Spanish.

    >>> house("<text>12 files</text>")
    '<text>12 archivos</text>'
    """
    for english, spanish in HOUSE.items():
        svg = svg.replace(f"<title>{english}<", f"<title>{spanish}<")
    return re.sub(r">(\d+) files<", r">\1 archivos<", svg)


def translated(gallery: str) -> str:
    """docs/gallery.md in Spanish, without its heading and the line on who writes it; so are its calls.

    >>> translated("# Gallery\\n\\nWritten.\\n\\n## Walks\\n\\nTwo inputs, three neurons, one.  `f(y)`")
    '## Recorridos\\n\\nDos entradas, tres neuronas, una.  `f(y, lang="es")`'
    """
    _, _, text = gallery.partition("\n## ")
    text = "## " + text
    text = re.sub(r"^## (.+)$", lambda found: f"## {TEXTS[found[1]]}", text, flags=re.MULTILINE)
    text = re.sub(
        r"^(.+?)  (`(?:viz\.|f).*)\)`$",
        lambda found: f'{TEXTS[found[1]]}  {found[2]}, lang="es")`',
        text,
        flags=re.MULTILINE,
    )
    text = re.sub(r'(?<=title=")[^"]+', lambda found: TEXTS[found[0]], text)
    return re.sub(
        r"^!\[((?:[^\]\[]|\[[^\]]*\])*)\]\(", lambda found: f"![{TEXTS[found[1]]}](", text, flags=re.MULTILINE
    )
