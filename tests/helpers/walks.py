"""What the frames of a walk say and show, and a graph that is walked in no simple order."""

from __future__ import annotations

import random
from collections.abc import Callable
from xml.etree import ElementTree

import microgrid as mg
import viz
from helpers.graphs import named
from helpers.pictures import SVG, texts
from microgrid import Value, parameter
from microgrid.ops import TABLE
from viz.style.theme import THEMES

LIT = THEMES["lecture"].active.stroke


def captions(y: Value, phase: str = "", **options: object) -> list[str]:
    steps = viz.steps(y, **{"labels": "plain"} | options)
    return [frame.caption for frame in steps if phase in ("", frame.phase)]


def tangle(seed: int) -> Value:
    """A random graph in which most nodes are used several times, and not in the order of a depth-first walk."""
    rng = random.Random(seed)
    nodes = [parameter(rng.uniform(-2, 2), f"p{i}") for i in range(3)] + [Value(rng.uniform(-2, 2), "x")]
    steps: list[Callable[[Value, Value], Value]] = [
        lambda a, b: a * b, lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a.tanh(), lambda a, b: (a * 0.3).sin(),
        lambda a, b: a / (b * b + 1.7), lambda a, b: mg.maximum(a, b), lambda a, b: a.relu(),
    ]  # fmt: skip
    for _ in range(25):
        nodes.append(rng.choice(steps)(rng.choice(nodes), rng.choice(nodes)))
    return mg.sum([rng.choice(nodes) * rng.uniform(-1, 1) for _ in range(12)])


def groups(steps: viz.Steps, k: int) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(steps.svg(k)).iter(f"{SVG}g"))


def box(steps: viz.Steps, k: int, name: str) -> ElementTree.Element:
    """The box that shows this name in the last frame, as it is in frame k."""
    place = [i for i, g in enumerate(groups(steps, -1)) if "node" in g.get("class") and name in texts(g)]
    return groups(steps, k)[place[0]]


def edges(steps: viz.Steps, k: int, color: str) -> list[str]:
    """The edges whose line has a colour."""
    return [
        g.get("data-edge") or "bond"
        for g in groups(steps, k)
        if g.get("class").split()[0] == "edge" and g.find(f"{SVG}path").get("stroke") == color
    ]


def every_operation() -> Value:
    """A graph with each operation of the table in it."""
    x, y = Value(0.6, "x"), Value(0.7, "y")
    infix = {"add": x + y, "sub": x - y, "mul": x * y, "div": x / y, "pow": x**y, "powc": x**2, "neg": -x}
    rows = {name: row for name, row in TABLE.items() if row.value}
    return mg.sum(
        [infix[name] if name in infix else getattr(mg, name)(*[x, y][: row.arity]) for name, row in rows.items()]
    )


def tower() -> Value:
    """What takes long formulas, many paths, large and small numbers, powers, and brackets in all places."""
    x, y = Value(-1.5, "x"), parameter(2e-7, "y")
    z = x
    for _ in range(4):
        z = z * z - x / 3 + y**-2
    return named((2 - x) ** x.sigmoid() * abs(z).sqrt() + mg.maximum(x, y) / (y - x) - x**3, "t")


def layers(*sizes: int) -> Value:
    """What a network of tanh units gives, with the scopes of its layers and units."""
    dice = random.Random(5)
    random.seed(5)
    xs = [Value(dice.uniform(-1, 1), f"x{i}") for i in range(sizes[0])]
    return named(mg.nn.MLP(sizes[0], list(sizes[1:]), activation="tanh")(xs), "y")
