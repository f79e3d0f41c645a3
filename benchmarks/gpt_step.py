"""A training step of the scalar GPT: eager with Adam in plain Python, and replayed with ours."""

from __future__ import annotations

import random
from functools import partial
from itertools import cycle
from math import inf, sqrt
from statistics import median
from typing import Any

import microgrid
from microgrid import Value, dot, graph, optim, parameter

from .gpt import GPT
from .machine import levels
from .report import Result, number
from .timing import Answer, Contestant, contest, laps

__all__ = ["EagerTraining", "ReplayTraining", "largest_difference", "run", "sequences"]

RATE, BETA1, BETA2, EPSILON = 1e-3, 0.9, 0.99, 1e-8
POSITIONS = 7
EAGER, REPLAY, KERNEL = "eager: build, backward, Adam in Python", "replay, optim.Adam", "of it the program"
SAME_LOSSES = 1e-9
"""How far the losses of the two may drift apart in twenty steps: Adam's square roots magnify rounding."""


def run(quick: bool) -> Result:
    """Both train on sequences of all lengths, with equal losses; then sequences of seven are timed."""
    difference = largest_difference(2 if quick else 20)
    if not difference <= SAME_LOSSES:
        raise ArithmeticError(f"the losses of the eager and the replayed training differ by {difference:.0e}")
    data = sequences(8, [POSITIONS])
    eager = EagerTraining()
    reference = Answer(eager.step(data[0]), eager.gradient())
    operations = sum(v.op != "" for v in graph.order(eager.graph(data[0])))
    builders = {
        EAGER: partial(contestant, EagerTraining, data),
        REPLAY: partial(contestant, ReplayTraining, data),
        KERNEL: partial(program_alone, data),
    }
    standings = contest(reference, builders, turns=2 if quick else 31)
    result = Result()
    title = f"Scalar GPT: {len(eager.weights):,} parameters, {POSITIONS} tokens, {operations:,} operations"
    result.add("gpt", title, standings, REPLAY)
    result.notes.append(
        f"losses of {2 if quick else 20} steps, eager and replay: the largest difference is {difference:.0e}"
    )
    compiling = time_to_compile(1 if quick else 5)
    result.notes.append(f"record + compile: {number(compiling)} µs per recorded operation")
    entries = standings.entries
    if microgrid.compiled and entries[EAGER].timed:
        result.measure("gpt.eager", entries[EAGER].seconds() * 1e3)
    if levels():
        result.measure("gpt.compile", compiling)
        result.measure("gpt.replay", entries[REPLAY].seconds() * 1e6 if entries[REPLAY].timed else None)
    return result


def time_to_compile(repeats: int) -> float:
    """Microseconds per recorded operation."""
    loss, parameters = ReplayTraining().recorded(POSITIONS)
    operations = sum(v.op != "" for v in graph.order(loss))
    again = partial(microgrid.compile, loss, parameters=parameters)
    return median(laps(*[again] * repeats)) / operations * 1e6


def sequences(count: int, lengths: list[int], vocabulary: int = 27) -> list[list[int]]:
    """Seeded random tokens: n + 1 for n positions, as each but the last predicts the next."""
    rng = random.Random(1)
    return [[rng.randrange(vocabulary) for _ in range(rng.choice(lengths) + 1)] for _ in range(count)]


def largest_difference(steps: int) -> float:
    """Between the losses of the two trainings, over a number of steps."""
    eager, replay = EagerTraining(), ReplayTraining()
    differences = [abs(eager.step(s) - replay.step(s)) for s in sequences(steps, [1, 2, 3, 5, POSITIONS])]
    return max(differences, key=lambda x: x if x == x else inf)


def contestant(training: Any, data: list[list[int]]) -> Contestant:
    """Train on the sequences in turn, for as long as the contest goes on."""
    trained, turn = training(), cycle(data)
    return Contestant(lambda: trained.step(next(turn)), lambda loss: Answer(loss, trained.gradient()))


def program_alone(data: list[list[int]]) -> Contestant:
    """One call of the program, without Adam and without handing it a sequence."""
    fresh = ReplayTraining()
    program = fresh.program(POSITIONS)
    places = fresh.load(data[0])
    return Contestant(program.value_and_grad, lambda found: Answer(found[0], fresh.collect(found[1], places)))


# ---------------------------------------------------------------- eager


class EagerTraining:
    """The graph of every step is built, differentiated and dropped."""

    def __init__(self) -> None:
        self.model = GPT()
        self.weights = self.model.parameters()
        self.m, self.v = [0.0] * len(self.weights), [0.0] * len(self.weights)
        self.steps = 0

    def graph(self, sequence: list[int]) -> Value:
        """The loss of one sequence."""
        return self.model.loss(self.model.embedded(sequence[:-1]), lambda i, logits: logits[sequence[i + 1]])

    def step(self, sequence: list[int]) -> float:
        for p in self.weights:
            p.grad = 0.0
        loss = self.graph(sequence)
        loss.backward()
        self.adam()
        return loss.data

    def adam(self) -> None:
        """Kingma and Ba 2015, arXiv:1412.6980."""
        self.steps += 1
        m, v = self.m, self.v
        rate, scale = RATE / (1 - BETA1**self.steps), 1 / (1 - BETA2**self.steps)
        for i, p in enumerate(self.weights):
            g = p.grad
            m[i] = mi = BETA1 * m[i] + (1 - BETA1) * g
            v[i] = vi = BETA2 * v[i] + (1 - BETA2) * g * g
            p.data -= rate * mi / (sqrt(vi * scale) + EPSILON)

    def gradient(self) -> list[float]:
        return [p.grad for p in self.weights]


# ---------------------------------------------------------------- replay


class ReplayTraining:
    """One program for each length of a sequence, compiled when the first one of that length comes.

    What differs between sequences of one length are the rows of the token embedding that are looked up and
    the logits that are the targets.  To the program both are parameters: the rows, copied from the weights
    before a step, their gradients added back after it; and one-hot vectors, whose gradients nobody looks at.
    All programs read one array, whose first numbers are the weights, which Adam moves there.
    """

    def __init__(self) -> None:
        import numpy as np

        self.np = np
        self.model = GPT()
        self.width, self.vocabulary = len(self.model.tokens[0]), len(self.model.tokens)
        weights, context = [p.data for p in self.model.parameters()], len(self.model.positions)
        self.numbers = np.zeros(len(weights) + context * (self.width + self.vocabulary))
        self.weights = self.numbers[: len(weights)]
        self.weights[:] = weights
        self.places = np.arange(self.vocabulary * self.width).reshape(self.vocabulary, self.width)
        self.adam = optim.Adam(self.weights, lr=RATE, betas=(BETA1, BETA2), eps=EPSILON)
        self.latest = self.weights
        self.programs: dict[int, Any] = {}

    def recorded(self, positions: int) -> tuple[Value, list[Value]]:
        """The loss of a sequence of this length as a graph, and its parameters."""
        rows = [[parameter(0.1, f"row{i}[{j}]") for j in range(self.width)] for i in range(positions)]
        targets = [
            [parameter(0.0, f"target{i}[{j}]") for j in range(self.vocabulary)] for i in range(positions)
        ]
        loss = self.model.loss(rows, lambda i, logits: dot(targets[i], logits))
        return loss, [*self.model.parameters(), *[leaf for vector in [*rows, *targets] for leaf in vector]]

    def program(self, positions: int) -> Any:
        """That of sequences of this length."""
        if positions not in self.programs:
            loss, parameters = self.recorded(positions)
            self.programs[positions] = microgrid.compile(loss, parameters=parameters)
            self.programs[positions].share(self.numbers[: len(parameters)])
        return self.programs[positions]

    def load(self, sequence: list[int]) -> Any:
        """Put a sequence behind the weights, where the programs read it; the places its rows come from."""
        places = self.places.take(sequence[:-1], axis=0).ravel()
        size, end = len(self.weights), len(self.weights) + len(places)
        self.numbers.take(places, out=self.numbers[size:end], mode="clip")  # which needs no copy for errors
        targets = self.numbers[end:]
        targets[:] = 0.0
        for i, token in enumerate(sequence[1:]):
            targets[i * self.vocabulary + token] = 1.0
        return places

    def collect(self, gradient: Any, places: Any) -> Any:
        """The gradient of the weights: what the copied rows got goes where they came from."""
        size = len(self.weights)
        self.np.add.at(gradient, places, gradient[size : size + len(places)])
        return gradient[:size]

    def step(self, sequence: list[int]) -> float:
        program = self.program(len(sequence) - 1)
        places = self.load(sequence)
        value, gradient = program.value_and_grad()
        self.latest = self.collect(gradient, places)
        self.adam.step(self.latest)
        return float(value)

    def gradient(self) -> Any:
        return self.latest
