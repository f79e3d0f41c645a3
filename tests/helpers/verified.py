"""Graphs to verify, and what a report says on one level."""

from __future__ import annotations

import random

import microgrid as mg
from microgrid import Value, parameter


def lecture() -> tuple[Value, ...]:
    w, b, x, y = parameter(2.0, "w"), parameter(1.0, "b"), Value(3.0, "x"), Value(9.0, "y")
    root = (w * x + b - y) ** 2
    root.label = "L"
    return root, w, b, x, y


def finding(report, level):
    return next(f for f in report.findings if f.level == level)


def network(nodes: int, seed: int = 0) -> Value:
    """A random graph with reuse, smooth and kinked operations, of about `nodes` nodes."""
    rng = random.Random(seed)
    made = [parameter(rng.uniform(-1, 1), f"w{k}") for k in range(12)]
    while len(made) < nodes:
        a, b = rng.choice(made[-40:]), rng.choice(made[-40:])
        made.append(rng.choice([a * b, a + b, a - b, a.tanh(), a.sigmoid(), a.relu(), (a * b).sin()]))
    return mg.sum(made[-20:])
