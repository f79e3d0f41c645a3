"""Where everything is in a picture, read back from its SVG with the widths that a browser reports."""

import itertools
import os
import random
import subprocess
import sys
import warnings
from collections.abc import Callable

import pytest

import microgrid as mg
import viz
from helpers import geometry
from helpers.geometry import Arrow, Box, Drawing, Text
from helpers.lecture_graphs import LECTURE_GRAPHS
from microgrid import Value, nn


def square(key: str, x: float, y: float, side: float = 20.0) -> Box:
    half = side / 2
    outline = ((x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half))
    return Box(key, "node", outline, ())


def line(key: str, *points: tuple[float, float]) -> Arrow:
    return Arrow(key, (points,), 1.5, points[-1:])


def text(x: float, y: float, width: float = 10.0) -> Text:
    return Text("text", (x, y), 10.0, (x - width / 2, y - 7.6, x + width / 2, y + 2.4))


def test_what_is_wrong_is_found() -> None:
    """Each check finds the one thing that is wrong."""
    page = (200.0, 200.0)
    a, b = square("a", 20, 20), square("b", 120, 20)
    assert geometry.faults(Drawing(page, (a, b), (line("b:0", (30, 20), (110, 20)),))) == []
    assert geometry.overlaps(Drawing(page, (a, square("b", 35, 20))))
    assert geometry.overlaps(Drawing(page, (a,), numbers=(("a:0", text(32, 20)),)))
    assert geometry.texts_outside(Drawing(page, (Box("a", "node", a.outline, (text(20, 20, 22.0),)),)))
    assert geometry.texts_outside(Drawing((100.0, 100.0), (b,)))
    struck = Drawing(page, (a, b), (line("b:0", (30, 20), (110, 20)),), (("b:0", text(70, 20)), ("b:1", text(90, 22))))
    assert geometry.numbers_struck(struck) == ["arrow b:0 strikes 'text' through"]
    through = Drawing(page, (a, b, square("c", 70, 20)), (line("b:0", (30, 20), (110, 20)),))
    assert geometry.arrows_through_boxes(through) == ["arrow b:0 goes through box c"]
    together = line("b:0", (30, 20), (110, 20)), line("b:1", (30, 20.5), (110, 20.5))
    assert geometry.arrows_too_near(Drawing(page, (a, b), together)) == ["arrows b:0 and b:1 are one for 59 pt"]
    at_head = line("b:0", (30, 20), (110, 20)), line("b:1", (30, 60), (110, 21))
    assert geometry.arrows_too_near(Drawing(page, (a, b), at_head)) == []
    crossing = line("b:0", (30, 20), (180, 20)), line("b:1", (30, 15), (180, 25))
    assert geometry.arrows_too_near(Drawing(page, (), crossing)) == []
    assert geometry.out_of_line(Drawing(page, (a, square("b", 22, 80))))
    assert geometry.out_of_line(Drawing(page, (a, square("b", 20.5, 80), square("c", 50, 80)))) == []
    assert geometry.out_of_order([square("b", 20, 80), a])
    assert geometry.bent([a, square("b", 120, 22)])


@pytest.mark.parametrize("graph", ["line", "perceptron", "reuse with mse", "three sigmoids"])
def test_nothing_is_wrong_with_small_graphs(graph: str) -> None:
    svg = viz.draw(LECTURE_GRAPHS[graph][0]()).svg()
    assert geometry.faults(geometry.read(svg, geometry.in_browser([svg]))) == []


# ---------------------------------------------------------------- networks


WAYS = [("LR", {}), ("TB", {"edges": "plain"}), ("LR", {"collapse": "neuron"}), ("TB", {"collapse": "neuron"}),
        ("RL", {"collapse": "layer"}), ("LR", {"edges": "plain"})]  # fmt: skip


def several(out: Value | list[Value]) -> list[Value]:
    return [out] if isinstance(out, Value) else out


def network(seed: int) -> Value:
    """A network of one to four layers, by turns an MLP, layers in sequence, residual blocks, and layers that also read
    the inputs or have weights of an earlier one; of 40 networks layers have five to twelve units, of others up to four.
    """
    draw = random.Random(seed)
    random.seed(seed)
    kind = ("mlp", "sequence", "residual", "skips", "shared")[seed % 5]
    least, most = (5, 12) if seed // 20 % 5 == 0 else (1, 4)  # of each kind, drawn in each of the ways
    units = least if kind in ("residual", "shared") else 1
    inputs = [Value(draw.uniform(-1, 1), f"x{k}") for k in range(1, draw.randrange(units, units + 4) + 1)]
    sizes = [draw.randrange(least, most + 1) for _ in range(draw.randrange(1, 5))]
    values = inputs
    if kind == "mlp":
        values = several(nn.MLP(len(inputs), sizes)(inputs))
    elif kind == "sequence":
        parts: list[object] = []
        for a, b in itertools.pairwise([len(inputs), *sizes]):
            parts += [nn.Linear(a, b), draw.choice(["tanh", "sigmoid", "relu"])]
        values = several(nn.Sequential(*parts)(inputs))
    elif kind == "residual":
        size = len(inputs)
        blocks = [nn.Residual(nn.Sequential(nn.Linear(size, size), "tanh")) for _ in sizes]
        values = several(nn.Sequential(*blocks)(inputs))
    elif kind == "skips":
        for size in sizes:
            values = several(nn.Linear(len(values), size)(values)) + (inputs[:1] if draw.random() < 0.5 else [])
    else:
        layer = nn.Linear(len(inputs), len(inputs))
        for _ in sizes:
            values = several(layer([v.tanh() for v in values]))
    y = mg.sum([v * v for v in values])
    y.backward()
    return y


@pytest.fixture(scope="module")
def drawings() -> dict[int, tuple[viz.Figure, Drawing]]:
    """200 networks, each drawn in one of the ways; those of too many boxes by neuron."""
    figures = {}
    for seed in range(200):
        rankdir, look = WAYS[seed % len(WAYS)]
        y = network(seed)
        if "collapse" not in look and len(mg.graph.order(y)) > 60:
            look = {"collapse": "neuron", **look}
        figures[seed] = viz.draw(y, rankdir=rankdir, **look)
    svgs = {seed: figure.svg() for seed, figure in figures.items()}
    widths = geometry.in_browser(svgs.values())
    return {seed: (figures[seed], geometry.read(svg, widths)) for seed, svg in svgs.items()}


@pytest.mark.parametrize("check", [geometry.texts_outside, geometry.overlaps, geometry.arrows_through_boxes,
                                   geometry.arrows_too_near])  # fmt: skip
def test_nothing_is_wrong_with_200_networks(
    drawings: dict[int, tuple[viz.Figure, Drawing]], check: Callable[[Drawing], list[str]]
) -> None:
    wrong = {seed: found for seed, (_, drawing) in drawings.items() if (found := check(drawing))}
    assert not wrong


def test_networks_stand_in_columns(drawings: dict[int, tuple[viz.Figure, Drawing]]) -> None:
    wrong = {}
    for seed, (_, drawing) in drawings.items():
        axis = 0 if WAYS[seed % len(WAYS)][0] in ("LR", "RL") else 1
        if found := geometry.out_of_line(drawing, axis):
            wrong[seed] = found
    assert not wrong


@pytest.mark.parametrize("rankdir", ["LR", "RL", "TB", "BT"])
@pytest.mark.parametrize("sizes", [[4, 4, 1], [8, 1], [3, 3, 2, 1], [12, 1]], ids=str)
def test_units_and_inputs_keep_their_order(sizes: list[int], rankdir: str) -> None:
    random.seed(1)
    y = nn.MLP(3, sizes)([0.5, -1.0, 2.0])
    y.backward()
    drawing = geometry.read(viz.draw(y, collapse="neuron", rankdir=rankdir).svg())
    along = 0 if rankdir in ("LR", "RL") else 1
    columns: dict[float, list[Box]] = {}
    for box in sorted(drawing.boxes, key=lambda box: int(box.key)):  # as they were computed
        columns.setdefault(round(box.center[along]), []).append(box)
    assert sorted(map(len, columns.values())) == sorted([3, *sizes])
    for column in columns.values():
        assert geometry.out_of_order(column, 1 - along) == []
        steps = [b.center[1 - along] - a.center[1 - along] for a, b in itertools.pairwise(column)]
        assert along == 1 or max(steps, default=0) - min(steps, default=0) < 1


@pytest.mark.parametrize("rankdir", ["LR", "TB"])
def test_a_chain_of_residual_blocks_has_a_straight_spine(rankdir: str) -> None:
    """Every operation is on one line, but for weights and the paths that pass blocks, which curve around them."""
    svg = viz.draw(LECTURE_GRAPHS["residual chain"][0](), rankdir=rankdir).svg()
    drawing = geometry.read(svg, geometry.in_browser([svg]))
    spine = [box for box in drawing.boxes if " op" in box.kind]
    assert len(spine) >= 20
    assert geometry.bent(spine, 1 if rankdir == "LR" else 0) == []
    assert geometry.faults(drawing) == []


LOOKS = [{}, {"rankdir": "TB"}, {"slide": "16:9"}, {"collapse": "neuron"}, {"collapse": "layer"}, {"edges": "plain"}]


@pytest.mark.parametrize("graph", LECTURE_GRAPHS)
def test_nothing_is_wrong_with_the_lectures_graphs(graph: str) -> None:
    y = LECTURE_GRAPHS[graph][0]()
    has_scopes = any(v.scope for v in mg.graph.order(y))
    looks = [look for look in LOOKS if has_scopes or "collapse" not in look]
    if graph.startswith("mlp"):  # drawn whole, they are for no slide
        looks = [look for look in looks if "collapse" in look] + [{"collapse": "neuron", "slide": "16:9"}]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        svgs = {str(look): viz.draw(y, **look).svg() for look in looks}
    widths = geometry.in_browser(svgs.values())
    assert {look: found for look, svg in svgs.items() if (found := geometry.faults(geometry.read(svg, widths)))} == {}


SLIDES = [[8, 8, 1], [16, 16, 1], [14, 1], [4, 4, 1]]


@pytest.mark.parametrize("sizes", SLIDES, ids=str)
def test_no_number_on_a_slide_is_struck_through(sizes: list[int]) -> None:
    """Networks by neuron, with a name for the result: numbers are left out where there is no room for all of a bundle,
    and widths, which the legend explains, tell sizes instead."""
    svgs, legends = {}, {}
    for seed in (1, 3, 5, 8):
        random.seed(seed)
        y = nn.MLP(2, sizes, activation="tanh")([0.5, -1.0])
        y.label = "yhat"
        y.backward()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            svgs[seed] = viz.draw(y, slide="16:9").svg()
            legends[seed] = viz.draw(y, slide="16:9", legend=True).svg()
    widths = geometry.in_browser([*svgs.values(), *legends.values()])
    for seed in svgs:
        for svg in (svgs[seed], legends[seed]):
            drawing = geometry.read(svg, widths)
            assert geometry.numbers_struck(drawing) + geometry.faults(drawing) == [], seed
            assert sizes[0] == 4 or geometry.names_struck(drawing) == [], seed
        if len(drawing.numbers) < 2 * sizes[0] and len({arrow.width for arrow in drawing.arrows}) > 1:
            assert "wider: a larger local derivative" in legends[seed]


def test_the_same_network_has_the_same_bytes() -> None:
    script = "import random, viz; from microgrid import nn; random.seed(2); y = nn.MLP(2, [5, 4, 1])([1.0, 2.0])\n"
    script += "print(viz.draw(y, collapse='neuron').svg())"
    runs = [
        subprocess.run([sys.executable, "-c", script], env=os.environ | {"PYTHONHASHSEED": seed, "PATH": ""},
                       capture_output=True, check=True).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert runs[0] == runs[1]  # and without Graphviz
