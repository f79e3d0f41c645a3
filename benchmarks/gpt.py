"""A small GPT on scalars: the model that `gpt_step.py` trains.

One block, as GPT-2 has it with three simplifications: RMSNorm without gains for LayerNorm, ReLU for GeLU, no
biases.  Every number in it is a `Value`; a matrix is a list of rows, and a matrix times a vector is a list of
dot products.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from microgrid import Value, dot, parameter
from microgrid import sum as total

__all__ = ["GPT", "Matrix", "Vector"]

Vector = list[Value]
Matrix = list[Vector]


class GPT:
    """Tokens in, one vector of logits per position out.

    >>> model = GPT()
    >>> len(model.parameters()), len(model.logits(model.embedded([0, 5, 3]))[0])
    (4192, 27)
    """

    def __init__(
        self, vocabulary: int = 27, context: int = 16, width: int = 16, heads: int = 4, seed: int = 42
    ) -> None:
        rng = random.Random(seed)

        def matrix(name: str, rows: int, columns: int) -> Matrix:
            return [
                [parameter(rng.gauss(0, 0.08), f"{name}[{i},{j}]") for j in range(columns)]
                for i in range(rows)
            ]

        self.heads, self.size = heads, width // heads
        self.tokens = matrix("tokens", vocabulary, width)
        self.positions = matrix("positions", context, width)
        self.query = matrix("query", width, width)
        self.key = matrix("key", width, width)
        self.value = matrix("value", width, width)
        self.mix = matrix("mix", width, width)
        self.expand = matrix("expand", 4 * width, width)
        self.shrink = matrix("shrink", width, 4 * width)
        self.head = matrix("head", vocabulary, width)

    def parameters(self) -> Vector:
        """All weights, the token embedding first, each matrix row by row."""
        return [
            p for matrix in vars(self).values() if isinstance(matrix, list) for row in matrix for p in row
        ]

    def embedded(self, tokens: Sequence[int]) -> Matrix:
        """The row of the token embedding for each token: what the model reads."""
        return [self.tokens[token] for token in tokens]

    def loss(self, embedded: Matrix, target: Callable[[int, Vector], Value]) -> Value:
        """The mean cross-entropy; `target(i, logits)` picks the logit of the token after position i."""
        losses = []
        for i, logits in enumerate(self.logits(embedded)):
            losses.append(total(logit.exp() for logit in logits).log() - target(i, logits))
        mean: Value = total(losses) * (1 / len(losses))
        return mean

    def logits(self, embedded: Matrix) -> Matrix:
        keys: Matrix = []  # of the positions so far: causal attention sees no others
        values: Matrix = []
        found = []
        for token, position in zip(embedded, self.positions):
            x = norm(added(token, position))
            x = added(x, self.attention(norm(x), keys, values))
            x = added(x, self.perceptron(norm(x)))
            found.append(times(self.head, x))
        return found

    def attention(self, x: Vector, keys: Matrix, values: Matrix) -> Vector:
        """What each head gathers from the positions so far, mixed; x's own key and value join the lists."""
        query = times(self.query, x)
        keys.append(times(self.key, x))
        values.append(times(self.value, x))
        gathered = []
        for start in range(0, len(query), self.size):
            part = slice(start, start + self.size)
            weights = softmax([dot(query[part], key[part]) * self.size**-0.5 for key in keys])
            gathered += [dot(weights, column) for column in zip(*[value[part] for value in values])]
        return times(self.mix, gathered)

    def perceptron(self, x: Vector) -> Vector:
        return times(self.shrink, [h.relu() for h in times(self.expand, x)])


def times(matrix: Matrix, x: Vector) -> Vector:
    return [dot(row, x) for row in matrix]


def added(x: Vector, y: Vector) -> Vector:
    return [a + b for a, b in zip(x, y)]


def norm(x: Vector) -> Vector:
    """x scaled to a root mean square of 1 (Zhang and Sennrich 2019, arXiv:1910.07467)."""
    scale = (dot(x, x) * (1 / len(x)) + 1e-5) ** -0.5
    return [a * scale for a in x]


def softmax(x: Vector) -> Vector:
    """Not shifted by the largest: after `norm`, no score here is large enough to overflow."""
    powers = [a.exp() for a in x]
    whole = total(powers)
    return [power / whole for power in powers]
