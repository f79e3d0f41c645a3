"""The built-in templates: graphs of lectures, with ranges whose numbers can be done by hand."""

from __future__ import annotations

from typing import NamedTuple

from ...base.phrases import Phrase, say

__all__ = ["TEMPLATES", "Template"]


class Template(NamedTuple):
    title: Phrase
    text: str
    parameters: tuple[str, ...]
    kinds: tuple[str, ...] = ()


TENTHS = "-0.9..0.9 step 0.1"

TEMPLATES = {
    "line": Template(
        say("a line and its squared error"),
        "z = w*x; yhat = z + b; e = yhat - y; L = e**2;"
        "w in -3..3 step 0.5; b in -4..4; x in 1..9; y in -9..9; eta in 0.01, 0.05, 0.1, 0.5",
        ("w", "b"),
    ),
    "perceptron": Template(
        say("a perceptron"),
        "a1 = w1*x1; a2 = w2*x2; z = w0 + a1 + a2; yhat = sigmoid(z);"
        "w0 in -4..4 step 0.1; w1, w2 in -2..2 step 0.05; x1, x2 in -8..8; eta in 0.1, 0.5, 1, 2",
        ("w0", "w1", "w2"),
    ),
    "xor": Template(
        say("the forward pass of the XOR network"),
        "z1 = w11*x1 + w12*x2; h1 = sigmoid(z1); z2 = w21*x1 + w22*x2; h2 = sigmoid(z2);"
        "z = v1*h1 + v2*h2; yhat = sigmoid(z);"
        f"w11, w12, w21, w22, v1, v2 in {TENTHS}; x1, x2 in 0, 1",
        ("w11", "w12", "w21", "w22", "v1", "v2"),
        ("forward", "wrong-number"),
    ),
    "two-two-two": Template(
        say("two inputs, two hidden units, two outputs"),
        "z1 = w1*i1 + w2*i2 + b1; h1 = sigmoid(z1); z2 = w3*i1 + w4*i2 + b1; h2 = sigmoid(z2);"
        "z3 = w5*h1 + w6*h2 + b2; o1 = sigmoid(z3); z4 = w7*h1 + w8*h2 + b2; o2 = sigmoid(z4);"
        "L = ((t1 - o1)**2 + (t2 - o2)**2)/2;"
        "w1, w2, w3, w4, w5, w6, w7, w8 in -3..3 step 0.5; b1, b2 in -1..1 step 0.1;"
        "i1, i2 in -1..1 step 0.1; t1, t2 in 0, 1; eta in 0.5, 1, 2",
        ("w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8", "b1", "b2"),
    ),
    "reuse": Template(
        say("a network that uses a weight twice"),
        "z1 = w1*x; s = z1 + x; z2 = w2*s; t = z1 + z2; yhat = w1*t;"
        "w1, w2 in -5..5 step 0.5; x in -9..9; eta in 0.01, 0.1, 0.5",
        ("w1", "w2"),
    ),
    "three-sigmoids": Template(
        say("three sigmoids one after the other"),
        "z1 = w1*x; h1 = sigmoid(z1); z2 = w2*h1; h2 = sigmoid(z2); z3 = w3*h2; yhat = sigmoid(z3);"
        "w1 in -2..2 step 0.1; w2, w3 in -2.5..2.5 step 0.1; x in -4..4 step 0.5; eta in 0.5, 1, 2",
        ("w1", "w2", "w3"),
    ),
    "softmax": Template(
        say("softmax and cross-entropy"),
        "e1 = exp(z1); e2 = exp(z2); e3 = exp(z3); s = e1 + e2 + e3; p = e2/s; L = -log(p);"
        "z1, z2, z3 in -2..2 step 0.1; eta in 0.1, 0.5, 1",
        ("z1", "z2", "z3"),
    ),
    "quartic": Template(
        say("gradient descent on a quartic"),
        "a = x**2; c = a**2; d = p*a; f = c - d + q*x - 1;"
        "x in -4..4; p in 1..12; q in -20..20; eta in 0.01, 0.02, 0.05, 0.1",
        ("x",),
    ),
}
"""By the name that is typed."""
