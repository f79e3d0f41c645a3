"""What the page computes, without a browser: its own code, run by Node, beside Python, mpmath and closed forms."""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mpmath import mp, mpf

import microgrid as mg
import viz
from helpers.graphs import GRAPHS, lecture, named, neurons, random_sums, reuse, several_results
from helpers.lecture_graphs import LECTURE_GRAPHS, xor_by_hand
from helpers.mathematics import reference, spread
from helpers.pages import frames_of, run_node
from helpers.programs import draw as draw_graph
from helpers.walks import every_operation, layers, tower
from microgrid import Value, parameter
from microgrid.ops import TABLE
from viz.page.rows_js import rows
from viz.words.numbers import Numbers

ROWS = {name: row for name, row in TABLE.items() if row.value}
"""Without the operations that other tests define."""


def test_how_numbers_are_written_and_read(tmp_path: Path) -> None:
    dice = random.Random(7)
    written: list[tuple[float, int]] = [
        (x, 4) for x in (0.0, 2 / 3, 1.0005, 4.0625, 1000.5, 999999.5, 1e6, 5987414.1, 1e-5, 6.99996, 0.1 + 0.2)
    ]
    written += [(x, 4) for x in (-0.0, math.nan, math.inf, -math.inf, 5e-324, 1.7976931348623157e308)]
    written += [(dice.uniform(-1, 1) * 10.0 ** dice.randint(-12, 12), dice.randint(1, 17)) for _ in range(2000)]
    written += [(dice.randint(-(10**6), 10**6) / 2.0 ** dice.randint(0, 12), dice.randint(1, 12)) for _ in range(2000)]
    read = [
        ("1.5", "en", 1.5), ("−3e−4", "en", -3e-4), ("0,125", "en", 0.125), ("1,25", "en", 1.25),
        ("1,200", "es", 1.2), ("1,200", "en", math.nan), ("+1,200", "en", math.nan), ("1,200,000", "en", math.nan),
        (" .5 ", "en", 0.5), ("5.", "en", 5.0), ("+2E3", "en", 2000.0), ("∞", "en", math.inf),
        ("−∞", "es", -math.inf), ("inf", "en", math.inf), ("-Infinity", "en", -math.inf), ("", "en", math.nan),
        ("four", "en", math.nan), ("1.2.3", "en", math.nan), ("0x10", "en", math.nan), ("1 000", "en", math.nan),
        ("e5", "en", math.nan), (".", "en", math.nan),
    ]  # fmt: skip
    points = [k / 16 for k in range(-112, 113)] + [1e-300, -1e-9, 26.5, 27.2]
    with mp.workdps(40):
        erf = [(x, float(mp.erf(mpf(x))), float(mp.erfc(mpf(x)))) for x in points]
    corners = [math.inf, -math.inf, math.nan, 0.0, 3.0]
    powers = [*itertools.product([1.0, -1.0, 2.0, 0.5, math.inf, math.nan], corners), (-8.0, 3.0), (4.0, 0.5)]
    run_node(
        "numbers", tmp_path, 8,
        lecture=viz.steps(lecture()),
        numbers={
            "written": [(x, digits, Numbers(digits)(x)) for x, digits in written],
            "read": read,
            "counts": [(n, f"{n:,}") for n in (0, 7, 999, 1000, 4160, 999_999, 1_000_000, 123_456_789)],
            "erf": erf,
            "powers": [(x, y, math.pow(x, y)) for x, y in powers],
        },
    )  # fmt: skip


NEAR_AND_FAR = (0.0, 1e-8, -1e-8, 0.5, -0.5, 1.0, -1.0, 2.5, -2.5, 5.5, -5.5, 20.5, -20.5, 300.0, -300.0)


def points(name: str) -> list[tuple[float, float]]:
    """An operation's sample points, those of both sides of its domain, and large and small ones."""
    row = ROWS[name]
    found = [(x, *(rest or [row.constant or 0.0])) for x, *rest in row.samples]
    for x in NEAR_AND_FAR:
        found += [(x, y) for y in ((row.constant,) if row.constant is not None else (0.7, -1.3, x))]
    return found


def case(name: str, x: float, y: float) -> dict[str, Any]:
    """What the engine and mathematics say of an operation at a point; of the latter also how far operands that are
    rounded move it, and nothing where the derivative is a convention."""
    row = ROWS[name]
    found: dict[str, Any] = {what: bool(row.bind(what)(x, y)) for what in ("domain", "pole", "kink")}
    if found["domain"]:
        exact = []
        for letters in ("", "x", "y")[: 1 + row.arity]:
            want = reference(name, letters, x, y)
            large = want is None or abs(want) > 1e300
            exact.append(None if large else (float(want), float(8 * spread(name, letters, (x, y))) + 1e-305))
        found |= {"engine": row.forward_ieee(x, y)[: 1 + row.arity], "exact": exact}
    return {"x": x, "y": y, "engine": [], "exact": []} | found


def test_every_operation_is_computed_as_the_engine_and_mathematics_do(tmp_path: Path, precise: Any) -> None:
    cases = {name: [case(name, x, y) for x, y in points(name)] for name in ROWS}
    assert all(any(any(found["exact"]) for found in cases[name]) for name in ROWS)
    page = viz.steps(every_operation(), max_nodes=None, engine="dot")
    run_node("operations", tmp_path, len(ROWS), cases=cases, operations=page)


def random_graph(seed: int) -> tuple[list[Value], Value]:
    """Labelled leaves and what was computed from them."""
    drawn = draw_graph(seed, steps=5)
    dice = random.Random(seed)
    xs = [Value(dice.uniform(-2, 2), f"x{i}") for i in range(drawn.inputs)]
    ps = [parameter(data, f"w{i}") for i, data in enumerate(drawn.at)]
    outputs = drawn.build(xs, ps)
    return xs + ps, mg.sum(outputs) if len(outputs) > 1 else outputs[0]


def scopes_in_scopes() -> Value:
    """With parameters that come from elsewhere."""
    w, x = parameter(2.0, "w"), Value(3.0, "x")
    with mg.scope("outer"):
        b = parameter(1.0, "b")
        with mg.scope("inner"):
            z = named(w * x * b + parameter(0.5, "c"), "z")
            u = named(z * w, "u")
        v = named(z * b + u, "v")
    with mg.scope("last"):
        return named(v * b - w * z, "y")


def not_arithmetic() -> tuple[Value, Value]:
    """A value that was assigned after recording, an infinity, and a custom operation inside of scopes."""
    cube = mg.custom_op("cube", value=lambda x: x**3, partials=[lambda x: 3 * x**2])
    x = Value(2.0, "x")
    with mg.scope("mixed"):
        p = named(x * 4, "p")
        q = named(cube(p) + p.exp(), "q")
    with mg.errstate(domain="ieee"), mg.scope("far"):
        r = named((q * 0 - 1e308) * 10 + 0 * q, "r")
    y = named(r + x, "y")
    x.data = 2.5
    return y, r


class Walks:
    """Walks with the frames that the page has to have."""

    def __init__(self) -> None:
        self.pages: dict[str, viz.Steps] = {}
        self.cases: list[dict[str, Any]] = []

    def add(self, name: str, steps: viz.Steps, changes: Any = None, changed: viz.Steps | None = None) -> None:
        file = f"walk{len(self.pages)}"
        self.pages[file] = steps
        frames = frames_of(changed or steps)
        self.cases.append({"name": name, "file": f"{file}.html", "changes": changes, "frames": frames})


def test_frames_and_captions_are_those_of_python(tmp_path: Path) -> None:
    walks = Walks()
    for name, make in {**GRAPHS, "tower": tower}.items():
        y = make()
        for by, lang in (("operation", "en"), ("layer", "es")):
            walks.add(f"{name} by {by} in {lang}", viz.steps(y, by=by, lang=lang))
    for by, level, lang in itertools.product(("auto", "operation"), ("neuron", "layer"), ("en", "es")):
        steps = viz.steps(layers(2, 3, 2, 1), collapse=level, lang=lang, by=by)
        walks.add(f"{level}s folded, by {by} in {lang}", steps)
    for by in ("neuron", "layer"):
        steps = viz.steps(scopes_in_scopes(), by=by, lang="es")
        assert sum("‖grad‖" in frame.caption for frame in steps) >= 2
        walks.add(f"scopes in scopes by {by}", steps)
    for name in ("perceptron", "xor by hand", "two-two-two", "attention", "softmax with cross-entropy", "xor"):
        for lang in ("en", "es"):
            steps = viz.steps(LECTURE_GRAPHS[name][0](), sums="merged", lang=lang)
            assert any("\n" in frame.caption for frame in steps if frame.phase == "backward")
            walks.add(f"{name}, from box to box in {lang}", steps)
    for lang in ("en", "es"):
        walks.add(f"a piece of several results in {lang}", viz.steps(several_results(), lang=lang))
    huge = mg.softmax([Value(1000.0, "z1"), Value(999.0, "z2")])[0]
    assert "(e^1000 overflows" in viz.steps(huge)[1].caption
    walks.add("a piece whose formula overflows", viz.steps(huge))
    walks.add("a scope among sums", viz.steps(layers(2, 3, 2, 1) + xor_by_hand(), sums="merged", collapse="layer"))
    for seed in (1, 4, 9):  # sums in pieces that were recorded in turn: the same bits in another order of boxes
        _, y = random_sums(seed)
        walks.add(f"sums in turn {seed}", viz.steps(y, sums="merged", max_nodes=None))
    y, r = not_arithmetic()
    steps = viz.steps(y, collapse="layer")
    assert steps[-1].data[mg.graph.order(y).index(r)] == -math.inf
    walks.add("columns that arithmetic does not give again", steps)
    largest = 0
    for seed in range(20):  # to the last bit: the gradients at the end are the engine's
        _, y = random_graph(seed)
        for leaf in mg.graph.leaves(y):
            leaf.grad = 0.0
        y.backward()
        steps, nodes = viz.steps(y, max_nodes=None, engine="dot"), mg.graph.order(y)
        assert steps[-1].grads == tuple(None if v.role == "constant" else v.grad for v in nodes)
        walks.add(f"random graph {seed}", steps)
        largest = max(largest, len(nodes))
    assert largest > 80
    for seed in (3, 8, 11):
        leaves, y = random_graph(seed)
        data = {v.label: 0.25 * k - 0.6 for k, v in enumerate(leaves)}
        steps = viz.steps(y, max_nodes=None, by="operation", engine="dot")
        changes = [(i, data[v.label]) for i, v in enumerate(mg.graph.order(y)) if v.label in data]
        for v in leaves:
            v.data = data[v.label]
        mg.recompute(y)
        walks.add(f"random graph {seed} changed", steps, changes, viz.steps(y, max_nodes=None, by="operation"))
    run_node("walk", tmp_path, len(walks.cases), walks=walks.cases, **walks.pages)


def test_what_forks_inside_a_box_and_terms_that_do_not_add_up_are_told_as_in_python(tmp_path: Path) -> None:
    walks = Walks()
    x, w = Value(0.5, "x"), parameter(-1.5, "w")
    with mg.scope("fork"):
        h = named(x * w, "h")
        q = named(h * h + 3 * h, "q")
    for level in ("operation", "layer"):
        walks.add(f"fork by {level}", viz.steps(named(q * x, "y"), collapse="layer", by=level))
    edge = Value(1.0, "x") * 1e-300
    steps = viz.steps(named(edge * 3.6e-24 + edge * 3.7e-24, "y"))
    assert not any("4.941e-324 + 4.941e-324" in frame.caption for frame in steps)  # which would be twice the gradient
    walks.add("terms that are rounded to twice their sum", steps)
    run_node("walk", tmp_path, len(walks.cases), walks=walks.cases, **walks.pages)


def through(y: Value, start: Value) -> list[str]:
    """Each path from a node to the root, by the places of the nodes on it after the first."""
    place = {v: i for i, v in enumerate(mg.graph.order(y))}
    return sorted(",".join(str(place[node]) for node in path.nodes[1:]) for path in mg.graph.paths(y, start))


def test_what_the_page_finds_out_about_a_graph(tmp_path: Path) -> None:
    paths, pages = [], {}
    for make in (lecture, reuse, neurons):
        y, name = make(), make.__name__
        found = [through(y, v) if v is not y else [""] for v in mg.graph.order(y)]
        paths.append({"name": name, "file": f"{name}.html", "counts": list(map(len, found)), "paths": found})
        pages[name] = viz.steps(y)
    three, x, b = Value(3.0, "x"), Value(2.0, "x"), Value(1.0, "b")
    cube = mg.custom_op("cube", value=lambda x: x**3, partials=[lambda x: 3 * x**2])
    with mg.errstate(domain="ieee"):
        infinite = named(Value(1000.0, "x").exp(), "y")
    pages |= {
        "reused": viz.steps(named(three * three + three, "y")),
        "domains": viz.steps(named(named(x.log(), "u") * 3 + 1 / (x + 1), "y")),
        "exp": viz.steps(named(x.exp(), "y")),
        "inverse": viz.steps(named(1 / x, "y")),
        "infinite": viz.steps(infinite),
        "custom": viz.steps(named(cube(x) + b, "y")),
    }
    run_node("graph", tmp_path, 10, paths=paths, **pages)


def test_what_an_answer_shows_about_its_author(tmp_path: Path) -> None:
    run_node("predict", tmp_path, 4, lecture=viz.steps(lecture()))


def test_a_row_that_cannot_be_spelled_is_an_error() -> None:
    with pytest.raises(TypeError, match=r"nobody knows how to write '\[x, y\]' in "):
        rows([replace(TABLE["add"], value="[x, y]")])
