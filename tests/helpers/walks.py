"""What the frames of a walk say and show, and a graph that is walked in no simple order."""

from __future__ import annotations

import random
from collections.abc import Callable
from xml.etree import ElementTree

import microgrid as mg
import viz
from helpers.pictures import SVG, texts
from microgrid import Value, parameter
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
        if g.get("class") == "edge" and g.find(f"{SVG}path").get("stroke") == color
    ]
