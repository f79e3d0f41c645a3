"""A walk over the diagram of neurons: layer by layer values appear, and the gradients of the weights flow back."""

from __future__ import annotations

import itertools
import math
import random
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

import microgrid as mg
import viz
from helpers.pictures import SVG, texts
from microgrid import Value, nn
from viz.style.theme import THEMES, contrast

X = [0.5, -1.0]


def loss() -> tuple[nn.MLP, Value]:
    random.seed(1)
    model = nn.MLP(2, [3, 2, 1], activation="tanh")
    for p in model.parameters():
        if p.data == 0:
            p.data = random.uniform(-0.5, 0.5)
    y = (model(X) - 1.0) ** 2
    y.label = "L"
    return model, y


def numbers(text: str) -> list[float]:
    found = text.rpartition(" = ")[2].strip("()").split(", ")
    return [float(x.replace("−", "-")) for x in found]


def groups(walk: viz.Steps, k: int) -> list[ET.Element]:
    return list(ET.fromstring(walk.svg(k)).iter(f"{SVG}g"))


def circles(walk: viz.Steps, k: int) -> dict[str, ET.Element]:
    return {g.get("data-node"): g for g in groups(walk, k) if g.get("class").split()[0] == "node"}


def test_captions_are_the_mathematics_of_the_layers() -> None:
    """Each vector in them against NumPy's products of matrices."""
    model, y = loss()
    walk = viz.steps(y, view="network", precision=12)
    rows = [(np.array([[w.data for w in unit.w] for unit in layer.neurons]), [u.b.data for u in layer.neurons])
            for layer in model.layers]  # fmt: skip
    h, hs = np.array(X), [np.array(X)]
    captions = [frame.caption for frame in walk]
    for k, (w, b) in enumerate(rows):
        z = w @ h + b
        h = np.tanh(z) if k < 2 else z
        hs.append(h)
        assert numbers(captions[k + 1]) == pytest.approx(h, rel=1e-9)
        name = f"W⁽{'¹²³'[k]}⁾"
        assert name in captions[k + 1]
    outer = 2 * (hs[3] - 1)
    for k in (2, 1, 0):
        (frame,) = [frame for frame in walk if frame.phase == "backward" and frame.column == k + 1]
        first, second, third = frame.caption.split("\n")
        delta = outer * (1 - hs[k + 1] ** 2) if k < 2 else outer
        assert numbers(first) == pytest.approx(delta, rel=1e-9)
        assert second.startswith(f"∂L/∂W⁽{'¹²³'[k]}⁾ = δ⁽{'¹²³'[k]}⁾")
        outer = rows[k][0].T @ delta
        assert numbers(third) == pytest.approx(outer, rel=1e-9)


def test_values_appear_layer_by_layer_and_gradients_of_weights_flow_back() -> None:
    _, y = loss()
    walk = viz.steps(y, view="network", weights="numbers")
    assert [frame.phase for frame in walk] == ["start", *["forward"] * 5, "seed", *["backward"] * 5, "end"]
    y.backward()
    final = viz.network(y, show="gradients", weights="numbers")
    wanted = {
        g.get("data-node"): texts(g) for g in ET.fromstring(final.svg()).iter(f"{SVG}g") if "data-node" in g.attrib
    }
    assert {name: texts(g) for name, g in circles(walk, len(walk) - 1).items()} == wanted
    known = [
        sum(any(re.fullmatch(r"−?[\d.]+(e.*)?", t) for t in texts(g)) for g in circles(walk, k).values())
        for k in range(7)
    ]
    assert known == [2, 5, 7, 8, 9, 10, 10]


@pytest.mark.parametrize("theme", ["lecture", "print"])
@pytest.mark.parametrize("slide", [None, "16:9"])
def test_arrows_point_at_what_receives_and_nothing_jumps(theme: str, slide: str | None) -> None:
    _, y = loss()
    walk = viz.steps(y, view="network", theme=theme, slide=slide)
    still, seen = {}, 0
    for frame in walk:
        middles = {}
        for name, g in circles(walk, frame.index).items():
            d = [float(x) for x in re.findall(r"-?[\d.]+", g.find(f"{SVG}path").get("d"))]
            xs, ys = d[::2], d[1::2]
            middles[name] = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
        still = still or middles
        for name, middle in middles.items():
            assert middle == pytest.approx(still[name], abs=0.02)
        for g in groups(walk, frame.index):
            if not g.get("class").startswith("link"):
                continue
            (head,) = [path for path in g.iter(f"{SVG}path") if path.get("fill") != "none"]
            tip = tuple(map(float, re.findall(r"-?[\d.]+", head.get("d"))[:2]))
            ends = middles[g.get("data-tail")], middles[g.get("data-head")]
            back = math.dist(tip, ends[0]) < math.dist(tip, ends[1])
            assert back == g.get("class").endswith("active backward")
            assert ("active" in g.get("class")) == (
                frame.column is not None and g.get("data-head") in column(walk, frame.column)
            )
            seen += back
    assert seen == 6 + 6 + 2 + 1 + 1


def column(walk: viz.Steps, k: int) -> set[str]:
    return {unit.id for unit in walk._net.columns[k].units}


def test_what_is_active_has_the_themes_colour() -> None:
    _, y = loss()
    walk, active = viz.steps(y, view="network"), THEMES["lecture"].active
    lit = [
        {name for name, g in circles(walk, k).items() if g.find(f"{SVG}path").get("stroke") == active.stroke}
        for k in range(len(walk))
    ]
    assert [len(names) for names in lit] == [0, 3, 2, 1, 1, 1, 1, 1, 1, 2, 3, 2, 0]


@pytest.mark.parametrize("units", [3, 16])
def test_the_outline_of_what_is_active_is_as_wide_as_its_circle_is_large(units: int) -> None:
    walk, active = viz.steps(nn.MLP(2, [units, 1])(X), view="network", slide="16:9"), THEMES["lecture"].active
    seen = 0
    for k in range(len(walk)):
        for g in circles(walk, k).values():
            path = g.find(f"{SVG}path")
            xs = [float(x) for x in re.findall(r"-?[\d.]+", path.get("d"))[::2]]
            if path.get("stroke") == active.stroke:
                scale = min(1.0, (max(xs) - min(xs)) / 2 / 20)
                assert float(path.get("stroke-width")) == pytest.approx(active.width * scale, abs=0.01)
                seen += 1
    assert seen > units


def test_the_graph_stays_as_it_was_and_old_gradients_do_not_count() -> None:
    _, y = loss()
    y.backward()
    before = [(v.data, v.grad) for v in mg.graph.order(y)]
    captions = [frame.caption for frame in viz.steps(y, view="network")]
    assert [(v.data, v.grad) for v in mg.graph.order(y)] == before
    assert captions == [frame.caption for frame in viz.steps(loss()[1], view="network")]


@pytest.mark.filterwarnings("ignore:.*slide can be read")
def test_it_is_saved_in_each_format(tmp_path: Path) -> None:
    _, y = loss()
    walk = viz.steps(y, view="network", lang="es")
    assert walk[0].caption.startswith("Las entradas y los pesos")
    for suffix in ("svg", "gif", "pdf", "tex", "html"):
        assert walk.save(tmp_path / f"walk.{suffix}")[0].stat().st_size > 1000
    assert len(walk.save(tmp_path / "step-{:02d}.svg")) == len(walk)
    with pytest.raises(TypeError, match="rankdir"):
        viz.steps(y, view="network", rankdir="TB")
    with pytest.raises(TypeError, match="show"):
        viz.steps(y, view="network", show="weights")


def test_columns_that_are_no_layers_say_their_values() -> None:
    random.seed(3)
    y = mg.softmax(nn.Linear(2, 3)(X))[0]
    captions = [frame.caption for frame in viz.steps(y, view="network")]
    assert all(captions)
    for before, after in itertools.pairwise(captions):
        assert before != after


def cross_entropy_of(target: int) -> tuple[list[Value], Value]:
    random.seed(1)
    o = nn.MLP(2, [3, 3])(X)
    return o, -mg.softmax(o)[target].log()


@pytest.mark.parametrize("target", [0, 1, 2])
def test_vectors_are_in_the_order_of_their_indices_whatever_the_loss_uses_first(target: int) -> None:
    o, y = cross_entropy_of(target)
    z = np.array([v.data for v in o])
    slope = np.exp(z) / np.exp(z).sum() - np.eye(3)[target]
    walk = viz.steps(y, view="network", precision=12)
    captions = [frame.caption for frame in walk]
    assert captions[2].startswith("z⁽²⁾ = W⁽²⁾ h⁽¹⁾ + b⁽²⁾ = ")
    assert numbers(captions[2]) == pytest.approx(z, rel=1e-9)
    of_z = [line for caption in captions for line in caption.split("\n") if "/∂z⁽²⁾ = (" in line]
    assert len(of_z) == 2  # as what the softmax passes on, and as δ⁽²⁾
    for line in of_z:
        assert numbers(line) == pytest.approx(slope, rel=1e-9)
    shown = circles(walk, len(walk) - 1)
    tops = [float(re.findall(r"-?[\d.]+", shown[f"h2.{k}"].find(f"{SVG}path").get("d"))[1]) for k in (1, 2, 3)]
    named = [g for g in groups(walk, len(walk) - 1) if g.get("class") == "name"]
    names = {g.get("data-of"): texts(g) for g in named}
    assert [names[f"h2.{k}"] for k in (1, 2, 3)] == [["z₁⁽²⁾"], ["z₂⁽²⁾"], ["z₃⁽²⁾"]]
    assert tops == sorted(tops)


@pytest.mark.parametrize("label", ["", "L"])
def test_an_unlabelled_loss_is_called_so_and_what_the_network_puts_out_is_the_prediction(
    label: str,
) -> None:
    random.seed(1)
    model = nn.MLP(2, [3, 1], activation="tanh")
    out = model(X)
    y = (out - 1) ** 2
    y.label = label
    captions = [frame.caption for frame in viz.steps(y, view="network", precision=6)]
    assert captions[2].startswith("ŷ = W⁽²⁾ h⁽¹⁾ + b⁽²⁾ = ")
    assert numbers(captions[2]) == pytest.approx([out.data], rel=1e-4)
    assert captions[4].startswith("power: L = ")
    assert captions[5].startswith("∂L/∂L = 1")
    assert any("δ⁽²⁾ = ∂L/∂ŷ" in caption for caption in captions)
    assert not any("∂ŷ" in caption and "∂L/∂ŷ" not in caption for caption in captions)


def unit_of(y: Value | list[Value], column: int) -> list[str]:
    return [unit.name for unit in viz.steps(y, view="network")._net.columns[column].units]


def test_what_is_a_loss_and_what_an_output() -> None:
    random.seed(1)
    model, two = nn.MLP(2, [3, 1]), nn.MLP(2, [3, 2])
    o = two(X)
    squares = ((o[1] - 1) ** 2 + (o[0] - 2) ** 2) / 2
    assert (unit_of(squares, -1), unit_of(squares, 2)) == (["L"], ["ŷ₁", "ŷ₂"])
    error = model(X) - 1
    assert unit_of(error * error, -1) == ["L"]
    hinge = (1 - model(X)).relu()
    assert (unit_of(hinge, -1), unit_of(hinge, 2)) == (["L"], ["ŷ"])
    _, entropy = cross_entropy_of(2)
    assert (unit_of(entropy, -1), unit_of(entropy, 2)) == (["L"], ["z₁⁽²⁾", "z₂⁽²⁾", "z₃⁽²⁾"])
    # no losses: the network's own output, also where something is done to it
    for y in (model(X), model(X).tanh(), 2 * model(X).tanh() + 1, mg.softmax(o)[1]):
        assert unit_of(y, -1) == ["ŷ"]


@pytest.mark.filterwarnings("ignore:.*slide can be read")
@pytest.mark.parametrize("sizes", [(2, 6, 6, 1), (4, 8, 1), (2, 16, 1), (2, 16, 16, 1)])
def test_networks_of_larger_layers_go_onto_the_page_of_beamer(sizes: tuple[int, ...], tmp_path: Path) -> None:
    random.seed(1)
    y = nn.MLP(sizes[0], list(sizes[1:]))([0.3] * sizes[0])
    walk = viz.steps(y, view="network")
    (path,) = walk.save(tmp_path / "x.tex")
    assert path.stat().st_size > 1000
    for slide, height in (("beamer", 90 * 72 / 25.4), ("16:9", 405.0)):
        on_page = viz.steps(y, view="network", slide=slide)
        for k in (0, len(on_page) - 1):
            root = ET.fromstring(on_page.svg(k))
            assert float(root.get("viewBox").split()[3]) == pytest.approx(height, abs=0.01)
            assert min(float(t.get("font-size")) for t in root.iter(f"{SVG}text")) >= 8


def test_what_has_no_room_on_a_page_says_why_and_the_way_out(tmp_path: Path) -> None:
    wide = viz.steps(nn.MLP(2, [16, 16, 1])(X), view="network", max_units=None)
    with pytest.raises(viz.TooLarge, match=r"captions of a walk have no room on a Beamer page: .*max_units=12"):
        wide.save(tmp_path / "x.tex")
    long = viz.steps(nn.MLP(2, [4] * 40 + [1])(X), view="network")
    with pytest.raises(viz.TooLarge, match=r"42 columns of up to 4 circles .*: draw a part of the model"):
        long.save(tmp_path / "x.tex")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("theme", ["lecture", "light", "dark"])
def test_arrows_that_no_gradient_has_come_to_have_no_colour_of_a_sign_and_no_number(theme: str) -> None:
    """Half-way back weights looked like gradients: the legend speaks of these alone by then."""
    _, y = loss()
    walk = viz.steps(y, view="network", theme=theme, weights="numbers")
    look, waiting = THEMES[theme], 0
    signs = {look.routes[0].stroke, look.routes[1].stroke}
    column_of = {unit.id: k for k, column in enumerate(walk._net.columns) for unit in column.units}
    for frame in walk:
        if frame.phase not in ("seed", "backward"):
            continue
        reached = frame.column or len(walk._net.columns)
        for g in groups(walk, frame.index):
            kind = g.get("class", "").split()[0:1]
            head = g.get("data-head") or g.get("data-of") or ""
            if kind not in (["link"], ["number"], ["bias"]) or column_of[head] >= reached:
                continue
            colors = {path.get(name) for path in g.iter(f"{SVG}path") for name in ("stroke", "fill")}
            assert not colors & signs
            assert not texts(g)
            waiting += 1
    assert waiting > 50


@pytest.mark.parametrize("theme", ["lecture", "light", "dark"])
def test_gradients_of_units_have_another_colour_than_signs_of_arrows(theme: str) -> None:
    _, y = loss()
    walk, look = viz.steps(y, view="network", theme=theme), THEMES[theme]
    inks = {t.get("fill") for g in circles(walk, len(walk) - 1).values() for t in g.iter(f"{SVG}text")}
    (ink,) = inks
    for sign in (look.routes[0].stroke, look.routes[1].stroke):
        rgb = [[int(color[i : i + 2], 16) for i in (1, 3, 5)] for color in (ink, sign)]
        assert math.dist(*rgb) > 80
    for kind in ("input", "op", "parameter"):
        assert contrast(ink, look.boxes[kind].fill) >= 4.5


@pytest.mark.filterwarnings("ignore:.*slide can be read")
def test_names_in_small_circles_are_as_large_as_these_let_them_be() -> None:
    _, y = loss()
    start = circles(viz.steps(y, view="network", slide="beamer"), 0)
    sizes = {texts(g)[0]: float(g.find(f"{SVG}text").get("font-size")) for g in start.values()}
    assert sizes["L"] == sizes["ŷ"] == 10
    assert min(sizes.values()) >= 8
