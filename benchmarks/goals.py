"""What the measurements are judged by: each goal with its bound, and what has to run for it to be judged."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from typing import NamedTuple

__all__ = ["GOALS", "Goal", "unexplained", "verdict"]


class Goal(NamedTuple):
    """`key` names the measure that a benchmark hands in; the bound is met from above if `at_least`.

    `needs` is what there is nothing to measure without: a package, or a variable in capitals.
    """

    key: str
    measure: str
    bound: float
    at_least: bool = False
    unit: str = "x"
    needs: str = ""

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.bound:g} {self.unit}" if self.bound else "none"


COMPILED, UNCOMPILED = "moons step, build + backward", "moons step, uncompiled"
REPLAY, GPT = "replay of the moons step", "scalar GPT step"
CHECKOUT = "RUST_MICROGPT"

GOALS = (
    Goal("eager.micrograd", f"{COMPILED}: micrograd / ours", 230, at_least=True),
    Goal("eager.node", f"{COMPILED} + free, per node", 40, unit="ns"),
    Goal("eager.floats", f"{COMPILED}: ours / the same forward loop on plain floats", 2.3),
    Goal("uncompiled.micrograd", f"{UNCOMPILED}: micrograd / ours", 12, at_least=True),
    Goal("memory.node", "memory of a node, with label and scope", 96, unit="bytes"),
    Goal("subclass", "operations on leaves of a subclass / on Values", 2),
    Goal("chain.build", "5,000,000-node chain: build", 0.25, unit="µs per node"),
    Goal("chain.backward", "5,000,000-node chain: backward", 0.25, unit="µs per node"),
    Goal("chain.free", "5,000,000-node chain: free", 0.25, unit="µs per node"),
    Goal("replay.numpy", f"{REPLAY}: hand-written NumPy / ours, best instruction set", 8.5, at_least=True),
    Goal("replay.numpy.avx2", f"{REPLAY}: hand-written NumPy / ours, AVX2", 6.5, at_least=True),
    Goal("replay.numpy.sse2", f"{REPLAY}: hand-written NumPy / ours, SSE2", 3.5, at_least=True),
    Goal("replay.numpy.c", f"{REPLAY}: hand-written NumPy / ours, built as C", 11, at_least=True),
    Goal("replay.jax", f"{REPLAY}: JAX jit on matrices / ours", 6, at_least=True, needs="jax"),
    Goal("replay.torch", f"{REPLAY}: PyTorch matrices / ours", 25, at_least=True, needs="torch"),
    Goal("replay.ddx", f"{REPLAY}: ddx-ad's LLVM code / ours", 10, at_least=True, needs="ddx"),
    Goal("growth.spread", "ns per operation and sample, 600 to 500,000 operations: largest / smallest", 2),
    Goal(
        "growth.compile", "record + compile, per recorded operation: networks, the slowest size", 1, unit="µs"
    ),
    Goal("gpt.compile", "record + compile, per recorded operation: scalar GPT", 1, unit="µs"),
    Goal("gpt.eager", f"{GPT}: build + backward + Adam", 10, unit="ms"),
    Goal("gpt.replay", f"{GPT}: replay with Adam", 48, unit="µs"),
    Goal(
        "ports.rust", "1,000 steps of the scalar GPT: rust-microgpt / ours", 1, at_least=True, needs=CHECKOUT
    ),
    Goal("training.micrograd", "100 epochs on the moons by fit: micrograd / ours", 5000, at_least=True),
    Goal("import.time", "import microgrid, without the start of Python", 45, unit="ms"),
    Goal("drawing.svg", "SVG of a graph of 103 nodes, layout included", 60, unit="ms"),
    Goal("drawing.draw_dot", "SVG of a graph of 103 nodes: ours / micrograd's draw_dot", 1.2),
    Goal("drawing.svg.large", "SVG of a graph of 979 nodes, layout included", 600, unit="ms"),
    Goal("drawing.svg.dense", "SVG of a graph of 4,829 nodes, layout included", 3, unit="s"),
    Goal("drawing.page", "page of steps of a graph of 979 nodes, layout included", 0.8, unit="s"),
    Goal("drawing.png", "PNG of a graph of 591 nodes, layout included, CPU time", 2, unit="s"),
    Goal("drawing.frames", "200 frames of a walk through it, after layout", 150, unit="ms"),
    Goal("import.heavy", "sympy, numpy, graphviz loaded by it", 0, unit="packages"),
)
"""In the order of the summary.  All are of the compiled package but "uncompiled", "import" and "drawing"."""


def verdict(goal: Goal, result: float | None) -> str:
    """Whether the goal is met, missed, or was not measured."""
    if result is None:
        return "not measured"
    return "met" if (result >= goal.bound if goal.at_least else result <= goal.bound) else "missed"


def unexplained(measures: Mapping[str, float]) -> list[str]:
    """The goals that were not measured although all that they need is here."""
    missing = [goal for goal in GOALS if goal.key not in measures]
    return [goal.measure for goal in missing if not goal.needs or here(goal.needs)]


def here(need: str) -> bool:
    return bool(os.environ.get(need)) if need.isupper() else find_spec(need) is not None
