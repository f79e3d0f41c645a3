"""The numbers of the page that steps through a graph, changed ones too, are the engine's, in a real browser."""

from __future__ import annotations

import math
import random

import pytest

import microgrid as mg
import viz
from helpers.graphs import GRAPHS, lecture, named
from helpers.pages import Open, frames_in, frames_of
from helpers.programs import draw as draw_graph
from microgrid import Value, parameter
from microgrid.ops import TABLE
from viz.page.rows_js import rows
from viz.words.numbers import Numbers

ROWS = {name: row for name, row in TABLE.items() if row.value}
"""Without the operations that other tests define."""


def every_operation() -> Value:
    """A graph with each operation of the table in it."""
    x, y = Value(0.6, "x"), Value(0.7, "y")
    infix = {"add": x + y, "sub": x - y, "mul": x * y, "div": x / y, "pow": x**y, "powc": x**2, "neg": -x}
    nodes = [
        infix[name] if name in infix else getattr(mg, name)(*[x, y][: row.arity]) for name, row in ROWS.items()
    ]  # fmt: skip
    return mg.sum(nodes)


NEAR_AND_FAR = (0.0, 1e-8, -1e-8, 0.5, -0.5, 1.0, -1.0, 2.5, -2.5, 5.5, -5.5, 20.5, -20.5, 300.0, -300.0)


def points() -> list[tuple[str, float, float]]:
    """For each operation its sample points, those of both sides of its domain, and large and small ones."""
    found = []
    for name, row in ROWS.items():
        for x, *rest in row.samples:
            found.append((name, x, *(rest or [row.constant or 0.0])))
        for x in NEAR_AND_FAR:
            found += [(name, x, y) for y in ((row.constant,) if row.constant is not None else (0.7, -1.3, x))]
    return found


def test_every_operation_of_the_table_is_computed_as_the_engine_does(visit: Open) -> None:
    page = visit(viz.steps(every_operation(), max_nodes=None))
    code = """points => points.map(([op, x, y]) => {
        const row = stepper.ROWS[op], z = row.value(x, y);
        return [row.domain(x, y), row.pole(x, y), row.kink(x, y), z, ...row.partials(x, y, z)];
    })"""
    compared = set()
    for (name, x, y), (domain, pole, kink, *numbers) in zip(
        points(), page.evaluate(code, [list(point) for point in points()]), strict=True
    ):
        row = ROWS[name]
        said = [bool(row.bind(what)(x, y)) for what in ("domain", "pole", "kink")]
        assert said == [domain, pole, kink], (name, x, y)
        if domain:
            expected = row.forward_ieee(x, y)[: 1 + row.arity]
            assert numbers == pytest.approx(expected, rel=1e-12, abs=1e-305, nan_ok=True), (name, x, y)
            compared.add(name)
    assert compared == set(ROWS)


def test_a_row_that_cannot_be_spelled_is_an_error() -> None:
    from dataclasses import replace

    with pytest.raises(TypeError, match="does not know how to write"):
        rows([replace(TABLE["add"], value="[x, y]")])


def random_graph(seed: int) -> tuple[list[Value], Value]:
    """Labelled leaves and what was computed from them."""
    drawn = draw_graph(seed, steps=5)
    dice = random.Random(seed)
    xs = [Value(dice.uniform(-2, 2), f"x{i}") for i in range(drawn.inputs)]
    ps = [parameter(data, f"w{i}") for i, data in enumerate(drawn.at)]
    outputs = drawn.build(xs, ps)
    return xs + ps, mg.sum(outputs) if len(outputs) > 1 else outputs[0]


def test_stepping_to_the_end_gives_the_engines_gradients(visit: Open) -> None:
    largest = 0
    for seed in range(20):
        _, y = random_graph(seed)
        page = visit(viz.steps(y, max_nodes=None, engine="dot"))
        for leaf in mg.graph.leaves(y):
            leaf.grad = 0.0
        y.backward()
        page.keyboard.press("End")
        last = page.evaluate("stepper.known(stepper.page.graph, stepper.page.frames, stepper.page.step)")
        nodes = mg.graph.order(y)
        assert last["data"] == [v.data for v in nodes]
        grads = [None if v.role == "constant" else v.grad for v in nodes]
        assert last["grads"] == grads, seed
        largest = max(largest, len(nodes))
    assert largest > 80


def deep_tower() -> Value:
    """What takes long formulas, many paths, large and small numbers, powers, and brackets in all places."""
    x, y = Value(-1.5, "x"), parameter(2e-7, "y")
    z = x
    for _ in range(4):
        z = z * z - x / 3 + y**-2
    return named((2 - x) ** x.sigmoid() * abs(z).sqrt() + mg.maximum(x, y) / (y - x) - x**3, "t")


@pytest.mark.parametrize("name", [*GRAPHS, "deep_tower"])
def test_frames_and_captions_are_those_of_python(visit: Open, name: str) -> None:
    y = GRAPHS[name]() if name in GRAPHS else deep_tower()
    for by, lang in (("operation", "en"), ("layer", "es")):
        steps = viz.steps(y, by=by, lang=lang)
        assert frames_in(visit(steps)) == frames_of(steps)


def test_a_changed_leaf_gives_the_frames_of_a_graph_made_that_way(visit: Open) -> None:
    for seed in (3, 8, 11):
        leaves, y = random_graph(seed)
        changes = {v.label: 0.25 * k - 0.6 for k, v in enumerate(leaves)}
        page = visit(viz.steps(y, max_nodes=None, by="operation", engine="dot"))
        places = {v.label: i for i, v in enumerate(mg.graph.order(y)) if v.label in changes}
        page.evaluate("changes => changes.forEach(([i, x]) => stepper.page.change(i, x))", [
            [i, changes[label]] for label, i in places.items()
        ])  # fmt: skip
        for v in leaves:
            v.data = changes[v.label]
        mg.recompute(y)
        expected = frames_of(viz.steps(y, max_nodes=None, by="operation"))
        for here, there in zip(frames_in(page), expected, strict=True):
            assert (here["phase"], here["active"], here["edges"]) == (there["phase"], there["active"], there["edges"])
            for which in ("data", "grads"):
                for a, b in zip(here[which], there[which], strict=True):
                    assert a == b if b is None else a == pytest.approx(b, rel=1e-9, abs=1e-13)


def test_numbers_are_written_as_in_pictures(visit: Open) -> None:
    dice = random.Random(7)
    cases = [
        (x, 4) for x in (0.0, -0.0, 2 / 3, 1.0005, 4.0625, 1000.5, 999999.5, 1e6, 5987414.1, 1e-5, 6.99996, 0.1 + 0.2)
    ]
    cases += [(dice.uniform(-1, 1) * 10.0 ** dice.randint(-12, 12), dice.randint(1, 17)) for _ in range(2000)]
    cases += [(dice.randint(-(10**6), 10**6) / 2.0 ** dice.randint(0, 12), dice.randint(1, 12)) for _ in range(2000)]
    cases += [(x, 4) for x in (math.nan, math.inf, -math.inf)]
    page = visit(viz.steps(lecture()))
    written = page.evaluate("cases => cases.map(([x, digits]) => stepper.write(x, digits))", [list(c) for c in cases])
    assert written == [Numbers(digits)(x) for x, digits in cases]


def test_pointing_at_a_node_shows_every_digit(visit: Open) -> None:
    page = visit(viz.steps(named(Value(0.1, "a") + Value(0.2, "b"), "c")), "#step=4")
    assert page.locator("g.node[data-node='2'] title").text_content().split("\n") == [
        "c = a + b", "operation", "value 0.30000000000000004", "gradient 1",
    ]  # fmt: skip
