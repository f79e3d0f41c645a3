"""From a graph in Python to an SVG in hand, beside what else draws computations, to a page, and to a PNG.

The layout is included; wall time counts, since Graphviz is a process of its own.
"""

from __future__ import annotations

import random
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from warnings import catch_warnings, simplefilter

from microgrid import Value, graph, nn, parameter

from .drawn import DRAWN, MICROGRAD, Draw
from .report import Result, Table, number

__all__ = ["run"]

OURS, PAGE = "microgrid: viz.draw(y).svg()", "microgrid: viz.steps(y).html()"
SVG_GOAL, LARGE = 100, 1000
"""The sizes of graphs that the goals are about, roughly."""
DENSE = 38
"""Units in the layers of the network of 4,829 nodes."""
PNG_WIDTH = 12
"""Units in the layers of the network of 591 nodes that is drawn as PNG."""


def run(quick: bool) -> Result:
    """Graphs of about 10, 100 and 1,000 nodes, the contestants taking turns; ours alone of 5,000."""
    result = Result()
    for size, (count, y) in _graphs().items():
        turns = 1 if quick else 7 if count > 500 else 15
        rows, raw, absent = _contest(y, turns, page=size == str(LARGE))
        result.raw |= {f"svg.{size}": raw, "absent": absent}
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
            result.measure("drawing.page", median(raw[PAGE]))
    dense, took = _dense(1 if quick else 3)
    rows = [("microgrid: viz.draw(y).svg()", number(took * 1e3), "values, and gradients of parameters")]
    result.tables.append(Table(f"Drawing a graph of {dense:,} nodes", ("", "ms", "shows"), rows))
    result.measure("drawing.svg.dense", took)
    result.measure("drawing.png", _png(1 if quick else 3))
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


def _dense(turns: int) -> tuple[int, float]:
    """The nodes of a wide network, and the seconds that its picture takes, the least of some."""
    import viz

    y = _network(DENSE)
    y.backward()
    found = []
    with catch_warnings():
        simplefilter("ignore")  # of so many arrows not all get their local derivatives, which is said
        for _ in range(turns):
            began = perf_counter()
            viz.draw(y).svg()
            found.append(perf_counter() - began)
    return len(graph.order(y)), min(found)


def _png(turns: int) -> float:
    """CPU seconds from a graph to a PNG file, the least of some; what is imported is imported."""
    import viz

    y = _network(PNG_WIDTH)
    y.backward()
    found = []
    with TemporaryDirectory() as folder:
        for _ in range(turns + 1):
            began = process_time()
            viz.draw(y).save(Path(folder) / "graph.png")
            found.append(process_time() - began)
    return min(found[1:])


def _contest(
    y: Value, turns: int, page: bool
) -> tuple[list[tuple[str, ...]], dict[str, list[float]], dict[str, dict[str, str]]]:
    """The rows of the table, the seconds of each turn, and who is not there."""
    import viz

    contestants: dict[str, tuple[Draw, str]] = {
        OURS: (lambda: viz.draw(y).svg(), "values, gradients, local derivatives"),
        "microgrid: .html()": (lambda: viz.draw(y).html(), "the same as a page"),
    }
    if page:
        walk: Draw = lambda: viz.steps(y, max_nodes=None).html()  # noqa: E731
        contestants[PAGE] = (walk, "the same, step by step")
    absent: dict[str, dict[str, str]] = {}
    for name, (prepare, shows) in DRAWN.items():
        try:
            contestants[name] = (prepare(y), shows)
        except ImportError as error:
            absent[name] = {"status": f"missing: {error.name or error} is not installed"}
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
    rows += [(name, "", "", "", entry["status"]) for name, entry in absent.items()]
    return rows, seconds, absent


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
