"""Lecture D: risks, steps that flip, the logistic perceptron, Adagrad and Adam, backprop, weight decay."""

from __future__ import annotations

from typing import Any

import viz
from microgrid import nn, parameter, parse
from viz import plots

from .form import Code, Deck, Math, Slide, figure


def risks(lang: str) -> Any:
    """The plots of figure 47, which are small: a short title on the last, and one legend."""
    axes = plots.losses("kl_divergence", "cross_entropy", "half_mse", target=0.7, lang=lang)
    axes[2].set_title("½ ECM" if lang == "es" else "½ MSE", size=axes[0].title.get_size())
    for ax in axes[1:]:
        ax.get_legend().remove()
    axes[0].get_legend().set_frame_on(True)
    axes[0].get_legend().get_frame().set(facecolor="white", edgecolor="none", alpha=1)
    return axes


def perceptron(lang: str, **how: Any) -> Any:
    """The steps of figure 49."""
    w, b = parameter(0.5, "w"), parameter(-1, "b")
    R = nn.losses.bce(parse("phi = sigmoid(w*x + b)", w=w, b=b, x=3)["phi"], 1)
    R.label = "R"
    return viz.steps(R, lang=lang, **how)


QUESTIONS = Slide(
    ("Three questions", "Tres preguntas"),
    [
        ("What does a network make **small**?", "¿Qué es lo que **minimiza** una red?"),
        (
            "How long should a step be, and who decides that?",
            "¿Qué longitud debe tener un paso, y quién la decide?",
        ),
        (
            "How does the error get back to a weight ten layers below?",
            "¿Cómo vuelve el error hasta un peso diez capas más abajo?",
        ),
        Math(r"\theta \leftarrow \theta - \eta \, \frac{\partial R}{\partial \theta}"),
    ],
)

RISKS = [
    Slide(
        ("Three risks", "Tres riesgos"),
        [
            Math(r"KL(p, q) = \sum p \log\frac{p}{q} = 0.002397"),
            Math(r"H(p, q) = -\sum p \log q = KL(p, q) + H(p) = 0.613262"),
            Math(r"\frac{1}{2n}\sum (p - q)^2 = 0.000482"),
            (
                "KL divergence, cross-entropy, half the mean squared error; *p* = (0.3, 0.7) is the truth, "
                "*q* = (0.269, 0.731) the softmax of 1 and 2.",
                "Divergencia KL, entropía cruzada, mitad del error cuadrático medio; *p* = (0.3, 0.7) es la "
                "verdad, *q* = (0.269, 0.731) el softmax de 1 y 2.",
            ),
            (
                "No network changes the entropy of *p*, 0.610864: the first two have the **same gradient**, "
                "*q* − *p* by the logits.",
                "Ninguna red cambia la entropía de *p*, 0.610864: las dos primeras tienen el **mismo "
                "gradiente**, *q* − *p* respecto de los logits.",
            ),
        ],
    ),
    Slide(
        ("All are least at the truth", "Los tres tienen su mínimo en la verdad"),
        notes=(
            "The target is 0.7.  Cross-entropy does not get to 0 there.  The first two grow without limit "
            "where the answer is certain and wrong; squared error does not.",
            "El objetivo es 0.7.  La entropía cruzada no llega ahí a 0.  Los dos primeros crecen sin límite "
            "donde la respuesta es segura y equivocada; el error cuadrático no.",
        ),
        beside=risks,
    ),
    Slide(
        ("The divergence as a graph", "La divergencia como grafo"),
        [
            (
                "What comes back to the logits is q − p: −0.031 and 0.031.",
                "Lo que vuelve a los logits es q − p: −0.031 y 0.031.",
            )
        ],
        page=figure(47, 1),
    ),
]

DESCENT = [
    Slide(
        ("Step 1: it flips for ever", "Paso 1: salta para siempre"),
        [
            Math(r"x \leftarrow x - \eta \cdot 2x = (1 - 2\eta)\,x"),
            (
                "*f* = *x*² from 1, with η = 1: the factor is −1.",
                "*f* = *x*² desde 1, con η = 1: el factor es −1.",
            ),
            Code("1, -1, 1, -1, 1, -1, 1"),
            ("It neither arrives nor leaves.", "Ni llega ni se escapa."),
        ],
        beside=figure(48, 0, legend=False),
    ),
    Slide(
        ("Step ½: it is there at once", "Paso ½: llega de golpe"),
        [
            ("With η = ½ the factor is 0.", "Con η = ½ el factor es 0."),
            Code("1, 0, 0, 0, 0, 0, 0"),
            (
                "For ½*ax*² the best rate is 1/*a*, and above 2/*a* it leaves.",
                "Para ½*ax*² la mejor tasa es 1/*a*, y por encima de 2/*a* se escapa.",
            ),
            (
                "What counts is the **curvature**, and it differs from weight to weight.",
                "Lo que cuenta es la **curvatura**, y es distinta en cada peso.",
            ),
        ],
        beside=figure(48, 1, legend=False),
    ),
]

PERCEPTRON = [
    Slide(
        ("The logistic perceptron", "El perceptrón logístico"),
        [
            Math(
                r"\varphi(x) = \sigma(w \cdot x + b) \qquad "
                r"R = -\left(y \log\varphi + (1 - y)\log(1 - \varphi)\right)"
            ),
            Math(
                r"\frac{\partial R}{\partial w_i} = \frac{\varphi - y}{\varphi(1 - \varphi)} \cdot "
                r"\varphi(1 - \varphi) \cdot x_i = (\varphi(x) - y)\,x_i"
            ),
            (
                "The slope of σ cancels: the **error** times the **input** is left.",
                "La pendiente de σ se simplifica: queda el **error** por la **entrada**.",
            ),
            (
                "*w* = 0.5, *b* = −1, *x* = 3, *y* = 1: φ = 0.622, ∂R/∂w = −0.378 · 3 = −1.133.",
                "*w* = 0.5, *b* = −1, *x* = 3, *y* = 1: φ = 0.622, ∂R/∂w = −0.378 · 3 = −1.133.",
            ),
        ],
    ),
    Slide(("Factor by factor", "Los factores, uno tras otro"), page=perceptron),
    Slide(
        ("A slip in the sign", "Un desliz en el signo"),
        [
            Code(
                'mg.check(nodes, "dR/dw_i = (phi(x) - y)*x_i").ok      # True\n'
                'mg.check(nodes, "dR/dw_i = (y - phi(x))*x_i").ok      # False'
            ),
            (
                "(y − φ)xᵢ is where the weight should **go**; the gradient points the other way.",
                "(y − φ)xᵢ es hacia donde debe **ir** el peso; el gradiente apunta al revés.",
            ),
            Math(r"w_i \leftarrow w_i - \eta\,(\varphi - y)\,x_i = w_i + \eta\,(y - \varphi)\,x_i"),
            (
                "With one minus too many, twenty steps lead from φ = 0.622 to 0.0000 where 0.9910 is right.",
                "Con un menos de más, veinte pasos llevan de φ = 0.622 a 0.0000 en lugar de a 0.9910.",
            ),
        ],
    ),
]

OPTIMISERS = [
    Slide(
        ("Adagrad: what was steep slows down", "Adagrad: lo empinado se frena"),
        [
            Math(r"G \leftarrow G + g^2 \qquad x \leftarrow x - \eta\,\frac{g}{\sqrt{G} + \epsilon}"),
            ("*f* = *x*² from 1, with η = 0.1:", "*f* = *x*² desde 1, con η = 0.1:"),
            Code(
                "      g          G          x\n"
                "1   2.000000   4.000000   0.900000\n"
                "2   1.800000   7.240000   0.833104\n"
                "3   1.666207  10.016246   0.780456\n"
                "4   1.560912  12.452693   0.736223"
            ),
            (
                "*G* only grows, so the rate η/√*G* only shrinks; here each step is shorter than the last.",
                "*G* solo crece, y la tasa η/√*G* solo mengua; aquí, cada paso es menor que el anterior.",
            ),
        ],
    ),
    Slide(
        ("Adam: two running means", "Adam: dos medias móviles"),
        [
            Math(
                r"m \leftarrow \beta_1 m + (1 - \beta_1) g \qquad v \leftarrow \beta_2 v + (1 - \beta_2) g^2"
            ),
            Math(
                r"\hat{m} = \frac{m}{1 - \beta_1^k} \qquad \hat{v} = \frac{v}{1 - \beta_2^k} \qquad "
                r"x \leftarrow x - \eta\,\frac{\hat{m}}{\sqrt{\hat{v}} + \epsilon}"
            ),
            Code(
                "m^ = 2.000000    v^ = 4.000000    x = 0.900000\n"
                "m^ = 1.894737    v^ = 3.619810    x = 0.800412\n"
                "m^ = 1.786282    v^ = 3.267067    x = 0.701586"
            ),
            (
                "The first step is η, whatever the gradient is: *g*/√*g*² is a sign.",
                "El primer paso es η, sea cual sea el gradiente: *g*/√*g*² es un signo.",
            ),
        ],
    ),
]

LAYERS = [
    Slide(
        ("Backprop, layer by layer", "Retropropagación, capa por capa"),
        [
            Math(r"d_{out}(j) = h'(a_j)\,\frac{\partial R}{\partial h_j}"),
            Math(r"d_k(j) = h'(a_j) \sum_q W_{jq}\, d_{k+1}(q)"),
            Math(r"\frac{\partial R}{\partial W_{ij}} = d_k(j)\, h_i"),
            (
                "What the layer above sends back, each part by the weight it came through, and the slope.",
                "Lo que devuelve la capa de encima, cada parte por el peso por el que pasó, y la pendiente.",
            ),
        ],
    ),
    Slide(
        ("Worked out: h = Ux, f = σ(Wh)", "Resuelto: h = Ux, f = σ(Wh)"),
        [
            Math(
                r"d_2 = f - y \qquad \frac{\partial R}{\partial W} = d_2\,h^T \qquad "
                r"d_1 = W^T d_2 \qquad \frac{\partial R}{\partial U} = d_1\,x^T"
            ),
            Code(
                "x = (1, 2)   h = (0.465604, -0.319736)   f = 0.504958   y = 1\n"
                "d2 = -0.495042               dR/dW = (-0.230493, 0.158283)\n"
                "d1 = (0.003196, 0.035361)    dR/dU = ((0.003196, 0.006392),\n"
                "                                      (0.035361, 0.070722))"
            ),
            (
                "The hidden units are linear, so their *h′* is 1.",
                "Las unidades ocultas son lineales, así que su *h′* es 1.",
            ),
            (
                '`net.backprop([1, 2], 1, loss="bce")` writes this table for any network.',
                '`net.backprop([1, 2], 1, loss="bce")` escribe esta tabla para cualquier red.',
            ),
        ],
    ),
    Slide(
        ("Two classic slips", "Dos deslices clásicos"),
        [
            Code(
                'mg.check(nodes, "dR/du12 = (f - y)*w1*x2").ok     # True\n'
                'mg.check(nodes, "dR/du12 = (f - y)*x2").ok        # False\n'
                'mg.check(nodes, "dR/du12 = (f - y)*w1*x1").ok     # False'
            ),
            (
                "The second forgets the **weight on the way back**: “the factor *w₁* is missing”.",
                "La segunda olvida el **peso del camino de vuelta**: «falta el factor *w₁*».",
            ),
            (
                "The third takes the **wrong input**: *u₁₂* leads from *x₂* to *h₁*.",
                "La tercera toma la **entrada equivocada**: *u₁₂* lleva de *x₂* a *h₁*.",
            ),
        ],
    ),
]

END = [
    Slide(
        ("Weight decay: each step shrinks", "Decaimiento de pesos: cada paso encoge"),
        [
            Math(
                r"\theta \leftarrow \theta - \eta\frac{\partial R}{\partial\theta} - \eta \cdot 2\gamma\theta"
            ),
            (
                "It is the gradient of *R* + γ Σθ²: first times 1 − 2ηγ, then the data.",
                "Es el gradiente de *R* + γ Σθ²: primero por 1 − 2ηγ, luego los datos.",
            ),
            (
                "A classifier, 150 epochs: *w₂* = −1.776 free, −1.185 with γ = 0.05.",
                "Un clasificador, 150 épocas: *w₂* = −1.776 libre, −1.185 con γ = 0.05.",
            ),
            (
                "In optimisers: `weight_decay=2*γ`.",
                "En los optimizadores: `weight_decay=2*γ`.",
            ),
        ],
        beside=figure(51),
    ),
    Slide(
        ("What to take home", "Para llevarse a casa"),
        [
            (
                "KL and cross-entropy have one gradient; with σ or softmax it is **answer − truth**.",
                "KL y entropía cruzada: un solo gradiente; con σ o softmax es **respuesta − verdad**.",
            ),
            (
                "A rate is right or wrong for a **curvature**; Adagrad and Adam make it a length.",
                "Una tasa es buena o mala para una **curvatura**; Adagrad y Adam la vuelven una longitud.",
            ),
            (
                "Backprop is three formulas, applied from the last layer to the first.",
                "La retropropagación son tres fórmulas, aplicadas de la última capa a la primera.",
            ),
            (
                "Signs are where slides go wrong: `check` them.",
                "Donde fallan las diapositivas es en los signos: compruébalos con `check`.",
            ),
            (
                "Next: `tutorials/d_learning_as_optimization.py`, and its exercises.",
                "Ahora: `tutorials/es/d_learning_as_optimization.py` y sus ejercicios.",
            ),
        ],
    ),
]

DECK = Deck(
    "D",
    ("Learning as optimisation", "Aprender es optimizar"),
    (
        "Risks, gradient descent, the logistic perceptron, backprop by layers",
        "Riesgos, descenso por gradiente, el perceptrón logístico, retropropagación por capas",
    ),
    [QUESTIONS, *RISKS, *DESCENT, *PERCEPTRON, *OPTIMISERS, *LAYERS, *END],
)
