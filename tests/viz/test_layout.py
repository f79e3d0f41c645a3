"""The geometry of pictures: nothing overlaps, text is inside its box, arrows end where boxes begin."""

import itertools
import math
import random
import shutil

import pytest

import viz
from helpers.graphs import GRAPHS, lecture, square
from microgrid import Value
from viz.drawing import layout
from viz.drawing.painter import paint
from viz.drawing.scene import Group, Path, Scene, Text
from viz.graph.trace import read
from viz.options import CHOICES, Options
from viz.picture.boxes import Picture
from viz.picture.compose import compose
from viz.placement.curves import beyond, trim
from viz.style import shapes
from viz.style.text_width import text_width
from viz.style.theme import THEMES
from viz.words.numbers import Numbers

ENGINES = [
    pytest.param("dot", marks=pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz's dot")),
    "pygraphviz",
]
LOOKS = [
    {},
    {"ops": "separate"},
    {"edges": "plain"},
    {"rankdir": "TB"},
    {"rankdir": "RL", "ops": "separate"},
    {"rankdir": "BT", "legend": True, "title": "A title"},
]


def drawn(graph: str, engine: str, look: dict[str, object]) -> tuple[Picture, Scene]:
    options = Options(**look)
    picture = compose(read(GRAPHS[graph]()), options, Numbers())
    return picture, paint(picture, layout.place(picture, options.rankdir, engine), options)


def extent(path: Path) -> tuple[float, float, float, float]:
    points = [point for _, points in path.commands for point in points]
    return min(x for x, _ in points), min(y for _, y in points), max(x for x, _ in points), max(y for _, y in points)


def text_extent(text: Text) -> tuple[float, float, float, float]:
    width = text_width(text.text, text.font.size, text.font.bold)
    left = text.at[0] - (width / 2 if text.anchor == "middle" else 0.0)
    return left, text.at[1] - 0.76 * text.font.size, left + width, text.at[1] + 0.24 * text.font.size


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def groups(scene: Scene, *kinds: str) -> list[Group]:
    return [group for group in scene.groups if group.kind.split()[0] in kinds]


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("graph", GRAPHS)
@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_overlaps_and_everything_fits(graph: str, engine: str, look: dict[str, object]) -> None:
    picture, scene = drawn(graph, engine, look)
    solid = [extent(group.items[0]) for group in groups(scene, "node", "symbol")]
    solid += [text_extent(text) for group in groups(scene, "local") for text in group.items]
    assert len(solid) == len(picture.all_boxes)
    for a, b in itertools.combinations(solid, 2):
        assert not overlap(a, b)
    for item in scene.items():
        left, top, right, bottom = extent(item) if isinstance(item, Path) else text_extent(item)
        assert left >= 0
        assert top >= 0
        assert right <= scene.size[0]
        assert bottom <= scene.size[1]


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13, 21, 34, 55, 80, 100])
def test_nothing_overlaps_in_random_graphs(count: int) -> None:
    """Long labels, reused values, wide numbers: by turns with every look."""
    draw = random.Random(count)
    data = [2.0, -3.25e-7, 123456.789]
    values = [Value(draw.choice(data), "w" * draw.randrange(1, 30)) for _ in range(1 + count // 3)]
    while len(values) < count:
        made = draw.choice(values[-9:]) - draw.choice(values) if draw.random() < 0.8 else draw.choice(values).tanh()
        values.append(made)
    y = sum(values[-9:-1], values[-1])
    for look in LOOKS if count < 30 else LOOKS[count % 3 :: 3]:
        picture = compose(read(y), Options(**look), Numbers())
        scene = paint(picture, layout.place(picture, look.get("rankdir", "LR")), Options(**look))
        solid = [extent(group.items[0]) for group in groups(scene, "node", "symbol")]
        solid += [text_extent(text) for group in groups(scene, "local") for text in group.items]
        assert len(solid) == len(picture.all_boxes)
        assert not any(overlap(a, b) for a, b in itertools.combinations(solid, 2))


@pytest.mark.parametrize("ops", CHOICES["ops"])
@pytest.mark.parametrize("graph", GRAPHS)
def test_text_is_inside_its_shape(graph: str, ops: str) -> None:
    picture, scene = drawn(graph, "auto", {"ops": ops})
    for box, group in zip(picture.boxes, groups(scene, "node", "symbol"), strict=True):
        left, top, right, bottom = extent(group.items[0])
        center, size = ((left + right) / 2, (top + bottom) / 2), (right - left, bottom - top)
        for text in group.items[1:]:
            x0, y0, x1, y1 = text_extent(text)
            for corner in itertools.product((x0, x1), (y0, y1)):
                assert box.shape.contains(center, size, corner), (text, corner)


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("graph", GRAPHS)
@pytest.mark.parametrize("engine", ENGINES)
def test_arrows_begin_and_end_at_borders(graph: str, engine: str, look: dict[str, object]) -> None:
    picture, scene = drawn(graph, engine, look)
    outlines = {
        box.name: (box.shape, extent(group.items[0]))
        for box, group in zip(picture.boxes, groups(scene, "node", "symbol"), strict=True)
    }

    def assert_at_border(point: tuple[float, float], name: str) -> None:
        shape, (left, top, right, bottom) = outlines[name]
        center, (w, h) = ((left + right) / 2, (top + bottom) / 2), (right - left, bottom - top)
        assert shape.contains(center, (w + 5, h + 5), point)  # no further out than the border is thick
        assert not shape.contains(center, (w - 1, h - 1), point)

    edges = groups(scene, "edge")
    assert len(edges) == len(picture.arrows)
    for arrow, group in zip(picture.arrows, edges, strict=True):
        lines = [item for item in group.items if item.paint.fill == "none"]
        heads = [item for item in group.items if item.paint.fill != "none"]
        assert len(lines) == (2 if arrow.label else 1)
        start = lines[-1].commands[0][1][0]  # the line that was drawn first lies on top
        assert_at_border(start, arrow.tail.name)
        assert len(heads) == 1
        assert_at_border(heads[0].commands[0][1][0], arrow.head.name)


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("graph", GRAPHS)
@pytest.mark.parametrize("engine", ENGINES)
def test_arrows_cross_no_box(graph: str, engine: str, look: dict[str, object]) -> None:
    picture, scene = drawn(graph, engine, look)
    kinds = [box.shape for box in picture.boxes] + [shapes.SHAPES["local"]] * len(picture.all_boxes)
    solid = [extent(group.items[0]) for group in groups(scene, "node", "symbol")]
    solid += [text_extent(text) for group in groups(scene, "local") for text in group.items]
    for group in groups(scene, "edge"):
        for point in along(group):
            for shape, (left, top, right, bottom) in zip(kinds, solid, strict=False):
                middle = ((left + right) / 2, (top + bottom) / 2)
                assert not shape.contains(middle, (right - left - 1, bottom - top - 1), point)


def along(edge: Group) -> list[tuple[float, float]]:
    """Points on the lines of an arrow."""
    points = []
    for line in (item for item in edge.items if item.paint.fill == "none"):
        (_, (a,)), *cubics = line.commands
        for _, (b, c, d) in cubics:
            for t in (k / 20 for k in range(21)):
                s = 1 - t
                weights = (s**3, 3 * s * s * t, 3 * s * t * t, t**3)
                points.append(tuple(sum(w * p[i] for w, p in zip(weights, (a, b, c, d), strict=True)) for i in (0, 1)))
            a = d
    return points


@pytest.mark.parametrize("engine", ENGINES)
def test_an_operand_used_twice_has_two_arrows(engine: str) -> None:
    for edges, count in (("local", 4), ("plain", 2)):
        options = Options(edges=edges)
        picture = compose(read(square()), options, Numbers())
        places = layout.place(picture, "LR", engine)
        curves = [curve for route in places.curves for curve in route]
        assert len(set(curves)) == len(curves) == count
    assert viz.draw(square(), engine=engine).svg().count(">x = 3<") == 2


@pytest.mark.parametrize("rankdir", [way for way in CHOICES["rankdir"] if way != "rows"])
def test_arrows_follow_the_direction(rankdir: str) -> None:
    picture = compose(read(lecture()), Options(rankdir=rankdir), Numbers())
    centers = layout.place(picture, rankdir).centers
    axis, sign = (0 if rankdir in ("LR", "RL") else 1), (1 if rankdir in ("LR", "TB") else -1)
    for arrow in picture.arrows:
        assert sign * centers[arrow.head.name][axis] > sign * centers[arrow.tail.name][axis]


@pytest.mark.parametrize("engine", ENGINES)
def test_scopes_hold_their_nodes_and_no_others(engine: str) -> None:
    picture, scene = drawn("neurons", engine, {})
    rectangles = {group.description.removeprefix("scope "): extent(group.items[0]) for group in groups(scene, "scope")}
    assert set(rectangles) == {
        "layer0", "layer0/neuron0", "layer0/neuron1", "layer1", "layer1/neuron0",
    }  # fmt: skip
    for box, group in zip(picture.boxes, groups(scene, "node"), strict=True):
        for path, rectangle in rectangles.items():
            member = "/".join(box.scope).startswith(path)
            left, top, right, bottom = extent(group.items[0])
            inside = rectangle[0] < left and rectangle[1] < top and right < rectangle[2] and bottom < rectangle[3]
            assert inside if member else not overlap((left, top, right, bottom), rectangle)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_scopes_name_lies_on_a_ground_above_the_arrows(engine: str) -> None:
    _, scene = drawn("neurons", engine, {})
    names = groups(scene, "scope-name")
    assert [group.items[1].text for group in names] == ["layer0", "neuron0", "neuron1", "layer1", "neuron0"]
    for group in names:
        (left, top, right, bottom), text = extent(group.items[0]), text_extent(group.items[1])
        assert left <= text[0] < text[2] <= right
        assert top <= text[1] < text[3] <= bottom
        assert group.items[0].paint.fill == THEMES["lecture"].scope.fill
    assert scene.groups.index(names[0]) > max(map(scene.groups.index, groups(scene, "edge")))


@pytest.mark.parametrize("graph", ["lecture", "reuse", "neurons", "softmax", "unlabelled"])
@pytest.mark.parametrize("engine", ENGINES)
def test_an_operation_stands_next_to_its_result(graph: str, engine: str) -> None:
    picture = compose(read(GRAPHS[graph]()), Options(ops="separate"), Numbers())
    centers = layout.place(picture, "LR", engine).centers
    ranks = sorted({x for x, _ in centers.values()})
    bonds = [arrow for arrow in picture.arrows if arrow.tail.kind == "symbol"]
    assert bonds
    for bond in bonds:
        (x0, y0), (x1, y1) = centers[bond.tail.name], centers[bond.head.name]
        assert ranks.index(x1) == ranks.index(x0) + 1
        assert abs(y1 - y0) < 2


def test_graphviz_never_sees_a_users_text(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(layout.engines, "run", lambda source, *_: seen.append(source) or "")
    with pytest.raises(viz.LayoutError, match="left out"):
        viz.draw(GRAPHS["long_labels"]()).svg()
    assert "temperature" not in seen[0]
    assert seen[0].isascii()


@pytest.mark.parametrize("shape", shapes.SHAPES.values(), ids=shapes.SHAPES)
def test_a_shape_contains_its_middle_and_not_its_corner(shape: shapes.Shape) -> None:
    size = shape.size(60, 40)
    assert size[0] >= 60
    assert size[1] >= 40
    assert shape.contains((5, 5), size, (5, 5))
    corner = (5 + size[0] / 2 - 0.3, 5 + size[1] / 2 - 0.3)
    assert shape.contains((5, 5), size, corner) == (shape.radius == 0 and not shape.hexagon)


def test_a_curve_is_cut_where_it_leaves() -> None:
    bend = ((0.0, 0.0), (0.0, 20.0), (40.0, 20.0), (40.0, 0.0), (40.0, -20.0), (80.0, -20.0), (80.0, 0.0))
    rest = trim(bend, beyond((0.0, 0.0), 10.0))
    assert math.dist(rest[0], (0.0, 0.0)) == pytest.approx(10.0, abs=0.001)
    assert rest[3:] == bend[3:]
    assert trim(bend, beyond((500.0, 0.0), 1.0)) == bend
