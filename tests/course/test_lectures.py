"""What the five lectures show, slide by slide, stands in the lecturer's pages, with tests of the numbers."""

from __future__ import annotations

import re

import pytest

from helpers import needs_checkout
from helpers.lessons import PAGES, lesson, rows
from helpers.slides import deck, texts

pytestmark = needs_checkout

LECTURES = {
    "a": [
        ("perceptron ŷ = σ", "2.84 0.94 0.01"),
        ("fully connected networks", "46"),
        ("XOR 2-2-1", "0.60 0.62 0.64 0.66 0.92 0.48 0.44 1.07"),
        ("XOR, trained", ""),
        ("gradient descent on x²; local and global minimum; learning rate", "0.838 −1.107"),
        ("a loss of two weights", ""),
        ("(6x² + 2)⁴", "384"),
        ("x → w₁ → h₁ → w₂ → ŷ → L", "0.8322"),
        ("ŷ = wx + b, L = (ŷ − y)²", "6 7 −2 4 2e −12 −4"),
        ("PyTorch", "−12 −4"),
        ("a block of one's own", ""),
        ("DAG: reuse and skip, all paths", "0.45"),
        ("σ and MSE", "0.2809"),
        ("vanishing gradient, σ′ ≤ ¼, histograms by layer", "0.00571"),
        ("exploding gradient", ""),
        ("ReLU, dead units, leaky ReLU, others", "−0.071"),
        ("residual networks", "1.81"),
        ("monitoring", ""),
        ("softmax", "5 6 11 7 .00 .01 .97"),
        ("batch, mini-batch, stochastic", "6 24 240"),
    ],
    "b": [
        ("z = W₁x + b₁, h = φ(z), o = W₂h + b₂, L, s", "0.5405"),
        ("two inputs, two hidden, two outputs", "0.298371109"),
        ("∂L/∂w₅ = −(t₁ − o₁)·o₁(1 − o₁)·h₁", "0.082167041"),
        ("∂L/∂w₁ from both outputs", "0.000438568"),
        ("∂z₁/∂w₁ = w₁", "0.15 0.05"),
        ("stores the intermediate values", "800"),
        ("product of 100 Gaussian 4×4 matrices", "1.0e24 5.3e25"),
        ("Xavier/Glorot and He, normal and uniform; uniform, normal, truncated normal", ""),
        ("orthogonal, sparse, Dirac, eye, constant, ones, zeros, gain", ""),
        ("early stopping with patience", "66"),
        ("dropout, scale 1/(1 − p)", "1.25"),
        ("clipping by value and by norm", "0.9487 0.3162"),
    ],
    "c": [
        ("sigmoid, tanh, ReLU, leaky ReLU, maxout", "4.5e-05"),
        ("not zero-centred", "226"),
        ("maxout max(w₁·x + b₁, w₂·x + b₂)", "−1.5"),
        ("dead ReLUs, counted while training", "16"),
        ("zero initialisation: symmetry", "0.559253"),
        ("batch normalisation x̂, γx̂ + β", "5.25"),
        ("zig-zag", "0.88"),
        ("local minima", "0.9304"),
        ("saddle points", "0.0952"),
        ("momentum, NAG, Adagrad, Adadelta, RMSProp, Adam: the rules", ""),
        ("learning-rate decay", "2.9868"),
        ("L2 λ/2n Σw², L1 λ/n ‖w‖₁", "0.04630 0.03600"),
        ("L1 makes weights sparse", ""),
        ("dropout, off at test time", "0.80"),
        ("early stopping keeps the best model", "58"),
        ("training log", ""),
    ],
    "d": [
        ("KL divergence, cross-entropy, ½ mean squared error", "0.002397 0.613262 0.000482"),
        ("x² from 1, steps 1 and ½", "1 −1"),
        ("logistic perceptron, ∂R/∂wᵢ = (φ(x) − y)xᵢ", "−1.132622"),
        ("(y − φ)xᵢ", "0.524979"),
        ("Adagrad", ""),
        ("Adam", ""),
        ("d_out(j), d_k(j) = h′(a_j) Σ W_jq d_{k+1}(q), ∂R/∂W_ij = d_k(j) h_i", "43"),
        ("h = Ux, f = σ(Wh)", "−0.495042"),
        ("weight decay θ ← θ − η∂R/∂θ − 2ηγθ", "1.319178"),
    ],
    "e": [
        ("L = Σ(β₀ + β₁xᵢ − yᵢ)²", "38"),
        ("beside the fitted lines", "22.8443 0.8011"),
        ("Gabor", ""),
        ("different minima", "0.1572 0.0928 0.0091"),
        ("SGD escapes", "0.0097"),
        ("saddle points", "−0.016"),
        ("batches and epochs", "2.8509"),
        ("without replacement", "63.7"),
        ("stores activations", ""),
        ("reuses later derivatives", ""),
    ],
}
"""Ideas, formulas and figures of each lecture in their order, as the English page calls them, and their numbers."""

EVERY_LECTURE = pytest.mark.parametrize("letter", LECTURES)
BOTH = pytest.mark.parametrize("lang", ["en", "es"])


def table(letter: str, lang: str) -> list[list[str]]:
    return rows(PAGES / lang / "course" / f"{letter}.md")


@EVERY_LECTURE
def test_every_slide_of_the_lecture_has_a_row_in_its_order_with_its_numbers(letter: str) -> None:
    left = iter(table(letter, "en"))
    for slide, numbers in LECTURES[letter]:
        row = next((row for row in left if slide in row[0]), None)  # reads on: the order counts
        assert row, f"no row, or not in its order: {slide}"
        missing = [number for number in numbers.split() if not re.search(rf"(?<![\d.]){re.escape(number)}", row[4])]
        assert not missing, row


@EVERY_LECTURE
def test_every_row_says_what_is_asserted_and_by_which_test_alike_in_both_languages(letter: str) -> None:
    for english, spanish in zip(table(letter, "en"), table(letter, "es"), strict=True):
        for row in (english, spanish):
            assert row[4], row
            assert re.search("`test_", row[5]), row
        assert english[2:4] == spanish[2:4]
        assert english[5] == spanish[5]
        assert re.findall(r"[-−]?\d[\d.]*", english[4]) == re.findall(r"[-−]?\d[\d.]*", spanish[4])


@EVERY_LECTURE
@BOTH
def test_the_numbers_of_a_row_are_those_of_the_lesson_or_of_its_slides(letter: str, lang: str) -> None:
    said = lesson(letter, lang).read_text(encoding="utf-8") + "\n".join(
        text for slide in deck(letter.upper()).slides for text in texts(slide, lang)
    )
    said = re.sub(r"e\+(\d\d)", r"e\1", said.replace("−", "-"))
    for row in table(letter, lang):
        numbers = re.findall(r"-?\d*\.\d+(?:e-?\d+)?", row[4].replace("−", "-"))
        assert [number for number in numbers if number.lstrip("-") not in said] == [], row
