"""From a graph in Python to an SVG in hand, beside micrograd's `draw_dot` and torchviz, and to a PNG.

Both of them end in Graphviz, and so do our pictures of graphs without layers.  micrograd's drawing is written
here from its description (a record with label, data and gradient for each value, a circle for each
operation); torchviz draws the backward functions, without any number.  Wall time counts, since Graphviz is a
process of its own.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from microgrid import Value, graph, nn, parameter

from .report import Result, Table, number

__all__ = ["run"]

OURS = "microgrid: viz.draw(y).svg()"
MICROGRAD = "draw_dot, as in micrograd's notebook"
SVG_GOAL, LARGE = 100, 1000
"""The sizes of graphs that the goals are about, roughly."""
PNG_WIDTH = 12
"""Units in the layers of the network of 591 nodes that is drawn as PNG."""


def run(quick: bool) -> Result:
    """Graphs of about 10, 100 and 1,000 nodes, the contestants taking turns."""
    result = Result()
    for size, (count, y) in _graphs().items():
        if quick and size != "10":
            continue
        turns = 2 if quick else 7 if count > 500 else 15
        rows, raw = _contest(y, turns, result.notes)
        result.raw[f"svg.{size}"] = raw
        columns = ("", "ms", "ratio to ours", "kB", "shows")
        result.tables.append(Table(f"Drawing a graph of {count:,} nodes", columns, rows))
        frames = _frames(y, turns)
        rows.append(
            ("microgrid: 200 frames of viz.steps(y), after layout", number(frames), "", "", "one step each")
        )
        if size == str(SVG_GOAL):
            result.measure("drawing.svg", median(raw[OURS]) * 1e3)
            result.measure("drawing.frames", frames)
            ratios = (ours / theirs for ours, theirs in zip(raw[OURS], raw[MICROGRAD], strict=True))
            result.measure("drawing.draw_dot", median(ratios))
        if size == str(LARGE):
            result.measure("drawing.svg.large", median(raw[OURS]) * 1e3)
    if not quick:
        result.measure("drawing.png", _png())
    return result


def _graphs() -> dict[str, tuple[int, Value]]:
    """The lecture's line with its loss, and micrograd's networks without tanh, of one point."""
    w, b, x, y = parameter(2.0, "w"), parameter(1.0, "b"), Value(3.0, "x"), Value(9.0, "y")
    found = {"10": (w * x + b - y) ** 2}
    found |= {"100": _network(4), "1000": _network(16)}
    for root in found.values():
        root.backward()
    return {size: (len(graph.order(root)), root) for size, root in found.items()}


def _network(width: int) -> Value:
    random.seed(1)
    y: Value = nn.MLP(2, [width, width, 1])([0.5, -1.0])
    return y


def _png() -> float:
    """CPU seconds from a graph to a PNG file, the least of three; what is imported is imported."""
    import viz

    y = _network(PNG_WIDTH)
    y.backward()
    found = []
    with TemporaryDirectory() as folder:
        for _ in range(4):
            began = process_time()
            viz.draw(y).save(Path(folder) / "graph.png")
            found.append(process_time() - began)
    return min(found[1:])


def _contest(y: Value, turns: int, notes: list[str]) -> tuple[list[tuple[str, ...]], dict[str, list[float]]]:
    import viz

    contestants: dict[str, tuple[Callable[[], str], str]] = {
        OURS: (lambda: viz.draw(y).svg(), "values, gradients, local derivatives"),
        "microgrid: .html()": (lambda: viz.draw(y).html(), "the same as a page"),
        MICROGRAD: (lambda: _draw_dot(y), "values, gradients"),
    }
    try:
        make_dot, root, leaves = import_module("torchviz").make_dot, *_in_torch(y)
        contestants["torchviz"] = (
            lambda: str(make_dot(root, params=leaves).pipe("svg", encoding="utf-8")),
            "operations",
        )
    except ImportError as error:
        if not any("torchviz" in note for note in notes):
            notes.append(f"torchviz missing: {error}")
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    sizes = {name: len(draw()) for name, (draw, _) in contestants.items()}  # and what is imported is imported
    for _ in range(turns):
        for name, (draw, _) in contestants.items():
            began = perf_counter()
            draw()
            seconds[name].append(perf_counter() - began)
    rows: list[tuple[str, ...]] = []
    for name, (_, shows) in contestants.items():
        ratio = median(theirs / ours for theirs, ours in zip(seconds[name], seconds[OURS], strict=True))
        rows.append(
            (name, number(median(seconds[name]) * 1e3), number(ratio), number(sizes[name] / 1e3), shows)
        )
    return rows, seconds


def _frames(y: Value, turns: int) -> float:
    """Milliseconds for 200 frames as SVG, or as many as there are; each turn begins with a new walk."""
    import viz

    found = []
    for _ in range(turns):
        walk = viz.steps(y, by="operation", max_nodes=None)
        walk.svg(0)  # which lays it out
        count = min(200, len(walk))
        began = perf_counter()
        for k in range(count):
            walk.svg(k)
        found.append((perf_counter() - began) * 1e3 * 200 / count)
    return median(found)


def _draw_dot(root: Value) -> str:
    """What micrograd's notebook draws, iteratively."""
    from graphviz import Digraph

    dot = Digraph(format="svg", graph_attr={"rankdir": "LR"})
    for v in graph.order(root):
        name = str(id(v))
        dot.node(name, f"{{ {v.label} | data {v.data:.4f} | grad {v.grad:.4f} }}", shape="record")
        if v.op:
            dot.node(name + v.op, v.op)
            dot.edge(name + v.op, name)
        for parent in set(v.parents):
            dot.edge(str(id(parent)), name + v.op)
    return str(dot.pipe(encoding="utf-8"))


def _in_torch(root: Value) -> tuple[Any, dict[str, Any]]:
    """The same computation on PyTorch's scalars, and its leaves by name."""
    import torch

    ops: dict[str, Callable[..., Any]] = {
        "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b,
        "relu": lambda a: a.relu(),
    }  # fmt: skip
    made: dict[Value, Any] = {}
    leaves = {}
    for i, v in enumerate(graph.order(root)):
        if not v.parents:
            made[v] = torch.tensor(v.data, dtype=torch.float64, requires_grad=True)
            leaves[f"{v.label or 'leaf'} {i}"] = made[v]
        elif v.constant is not None:
            made[v] = made[v.parents[0]] ** v.constant
        else:
            made[v] = ops[v.op](*(made[parent] for parent in v.parents))
    if abs(made[root].item() - root.data) > 1e-9 * abs(root.data):
        raise ArithmeticError(f"PyTorch computes {made[root].item()}, microgrid {root.data}")
    return made[root], leaves
