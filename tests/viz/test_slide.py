"""Pictures on slides: they fit, keep their proportions, and say what cannot be read."""

import re
import warnings
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise
from pathlib import Path
from types import SimpleNamespace as Some

import pytest

import viz
from helpers.graphs import lecture, named, neurons
from helpers.lecture_graphs import LECTURE_GRAPHS
from helpers.pictures import network, says
from microgrid import Value
from viz.drawing import slide, slide_choice
from viz.drawing.scene import Group, Scene, Text
from viz.drawing.scene import Path as Outline
from viz.options import SLIDES, Options
from viz.style.theme import Font, Paint


def sheet(width: float, height: float) -> Scene:
    """A rectangle along the edge of the drawing, and a text of ten points in its middle."""
    corners = (("M", ((0.0, 0.0),)), ("L", ((width, 0.0),)), ("L", ((width, height),)), ("Z", ()))
    text = Text((width / 2, height / 2), "a", Font(10.0), "#000000", 6.0)
    return Scene(
        (width, height), "#ffffff", "", "", (Group("x", (Outline(corners, Paint("none", "#000000", 2.0)), text)),)
    )


@pytest.mark.parametrize(
    ("size", "shape", "scale"),
    [
        ((1440.0, 100.0), "16:9", 0.5),  # too wide
        ((100.0, 810.0), "16:9", 0.5),  # too high
        ((100.0, 1080.0), "4:3", 0.5),
        ((100.0, 100.0), "16:9", 1.5),  # small: blown up, but not to the size of the slide
    ],
)
def test_a_drawing_is_scaled_as_a_whole_into_the_middle(size: tuple[float, float], shape: str, scale: float) -> None:
    fitted = slide.fit(sheet(*size), shape)
    width, height = fitted.size
    outline, text = fitted.groups[0].items
    assert (width, height) == {"16:9": (720, 405), "4:3": (720, 540)}[shape]
    assert text.at == pytest.approx((width / 2, height / 2))
    assert (text.font.size, text.width, outline.paint.width) == (10 * scale, 6 * scale, 2 * scale)
    (left, top), (right, _), (_, bottom) = (points[0] for _, points in outline.commands[:3])
    assert (right - left, bottom - top) == pytest.approx((size[0] * scale, size[1] * scale))
    assert left == pytest.approx(width - right)
    assert top == pytest.approx(height - bottom)


def test_the_lectures_graph_fits_a_slide_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tree = ET.fromstring(viz.draw(lecture(), slide="16:9").svg())
    assert (tree.get("width"), tree.get("height")) == ("720", "405")


def sizes(svg: str) -> list[float]:
    return [float(text.get("font-size")) for text in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def _drawn(figure: viz.Figure) -> viz.Figure:
    figure.svg()
    return figure


def test_what_was_chosen_is_said_once_and_pinned_is_drawn_the_same() -> None:
    with pytest.warns(UserWarning, match=r"so that a 16:9 slide can be read, as with .*parameters=\"listed\"") as told:
        figure = _drawn(viz.draw(neurons(), slide="16:9"))
    assert (len(told), told[0].filename) == (1, __file__)
    assert min(sizes(figure.svg())) >= 8
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pinned = viz.draw(neurons(), slide="16:9", **figure.choice)
        assert pinned.svg() == figure.svg()
    assert pinned.choice == {}


def test_text_that_is_too_small_all_the_same_is_told_in_one_sentence() -> None:
    with pytest.warns(UserWarning, match=r"smallest text would be \d\.\d pt on a 16:9 slide.*: draw a part") as told:
        viz.draw(network(8), slide="16:9", collapse=None).svg()
    assert len(told) == 1


def test_a_slide_of_unknown_shape_is_told_its_choices() -> None:
    with pytest.raises(ValueError, match=r"slide=.*16:9.*4:3"):
        viz.draw(lecture(), slide="A4")


# ---------------------------------------------------------------- the lectures' graphs

SVG = "{http://www.w3.org/2000/svg}"
Sides = tuple[float, float, float, float]


def boxes(svg: str) -> list[Sides]:
    """Left, top, right and bottom of each box."""
    outlines = [
        group.find(f"{SVG}path").get("d")
        for group in ET.fromstring(svg).iter(f"{SVG}g")
        if (group.get("class") or "").startswith("node ")
    ]
    return [_sides(outline) for outline in outlines]


def _sides(outline: str) -> Sides:
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", outline)]
    xs, ys = numbers[::2], numbers[1::2]
    return min(xs), min(ys), max(xs), max(ys)


def shares(svg: str) -> tuple[float, float]:
    """Of the slide's width and height, what the boxes span."""
    lefts, tops, rights, bottoms = zip(*boxes(svg), strict=True)
    root = ET.fromstring(svg)
    return (
        (max(rights) - min(lefts)) / float(root.get("width")),
        (max(bottoms) - min(tops)) / float(root.get("height")),
    )


@pytest.mark.filterwarnings("ignore:drawn")
@pytest.mark.parametrize("shape", ["16:9", "4:3"])
@pytest.mark.parametrize("name", LECTURE_GRAPHS)
def test_every_graph_of_the_lectures_can_be_read_and_fills_the_slide(name: str, shape: str) -> None:
    record, least = LECTURE_GRAPHS[name]
    drawn = viz.draw(record(), slide=shape).svg()
    assert min(sizes(drawn)) >= 8
    assert len(boxes(drawn)) >= least
    wide, narrow = sorted(shares(drawn), reverse=True)
    assert max(sizes(drawn)) >= 17.9 or (wide >= 0.85 and narrow >= 0.55)
    width, height = {"16:9": (720, 405), "4:3": (720, 540)}[shape]
    for left, top, right, bottom in boxes(drawn):
        assert 0 < left < right < width
        assert 0 < top < bottom < height
    for a, b in combinations(boxes(drawn), 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


@pytest.mark.filterwarnings("ignore:drawn")
@pytest.mark.parametrize(("name", "units"), [("mlp 2-8-8-1", 8), ("mlp 2-16-16-1", 16)])
def test_neurons_and_layers_of_networks_can_be_read(name: str, units: int) -> None:
    y = LECTURE_GRAPHS[name][0]()
    for level in ("neuron", "layer"):
        drawn = viz.draw(y, slide="16:9", collapse=level).svg()
        assert min(sizes(drawn)) >= 8
    texts = [text.text for text in ET.fromstring(viz.draw(y, slide="16:9", collapse="neuron").svg()).iter(f"{SVG}text")]
    if units <= 12:
        assert "⋮" not in texts
        assert len(boxes(viz.draw(y, slide="16:9", collapse="neuron").svg())) == 2 + 2 * units + 1
    else:
        assert texts.count("⋮") == 2  # with the true number of units below
        assert texts.count(f"{units} units") == 2


@pytest.mark.filterwarnings("ignore:drawn")
@pytest.mark.filterwarnings("ignore:the smallest text")
@pytest.mark.parametrize(
    "pinned",
    [
        {"rankdir": "LR"}, {"rankdir": "TB", "edges": "plain"}, {"edges": "local"}, {"precision": 4},
        {"sums": "separate"}, {"parameters": "boxes"}, {"collapse": None},
    ],
)  # fmt: skip
def test_what_is_asked_for_is_not_varied(pinned: dict[str, object]) -> None:
    figure = viz.draw(LECTURE_GRAPHS["two-two-two"][0](), slide="16:9", **pinned)
    figure.svg()
    assert not set(pinned) & set(figure.choice)
    assert figure.choice  # all else is


def test_what_a_slide_shows_as_it_is_says_nothing() -> None:
    figure = viz.draw(lecture(), slide="16:9")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.svg()
    assert figure.choice == {}
    assert viz.draw(lecture()).choice == {}


@pytest.mark.filterwarnings("ignore:drawn")
def test_a_title_stands_at_the_top_and_a_legend_at_the_bottom() -> None:
    drawn = viz.draw(lecture(), slide="16:9", title="A line", legend=True).svg()
    root = ET.fromstring(drawn)
    title = next(text for text in root.iter(f"{SVG}text") if text.text == "A line")
    assert float(title.get("x")) < 20
    assert float(title.get("y")) < 40
    legend = next(group for group in root.iter(f"{SVG}g") if group.get("class") == "legend")
    rows = [float(text.get("y")) for text in legend.iter(f"{SVG}text")]
    assert max(rows) > 380
    assert max(bottom for _, _, _, bottom in boxes(drawn)) < min(rows)
    assert min(top for _, top, _, _ in boxes(drawn)) > float(title.get("y"))


# ---------------------------------------------------------------- what is too much, or hardly anything


def chain(count: int) -> Value:
    y = Value(0.5, "x")
    for _ in range(count):
        y = y.sin()
    return named(y, "y")


@pytest.mark.parametrize("count", [0, 1])
def test_a_small_graph_is_as_large_as_18_points(count: int) -> None:
    drawn = viz.draw(chain(count), slide="16:9").svg()
    assert set(sizes(drawn)) == {18.0}


@pytest.mark.filterwarnings("ignore:drawn")
def test_a_chain_stands_in_rows_whose_arrows_return() -> None:
    figure = viz.draw(chain(20), slide="16:9")
    assert min(sizes(figure.svg())) >= 8
    assert figure.choice["rankdir"] == "rows"
    lefts = [left for left, _, _, _ in boxes(figure.svg())]
    rows = 1 + sum(b < a for a, b in pairwise(lefts))
    assert rows >= 2
    assert len(boxes(figure.svg())) == 21


@pytest.mark.filterwarnings("ignore")
def test_a_very_long_chain_is_told_by_its_result() -> None:
    drawn = viz.draw(chain(300), slide="16:9").svg()
    assert len(boxes(drawn)) == 2
    assert viz.draw(chain(4900), slide="16:9").choice["sums"] == "results"


def test_what_no_slide_can_hold_is_refused_in_one_sentence(tmp_path: Path) -> None:
    xs = [Value(float(k), f"x{k}") for k in range(400)]
    y = xs[0]
    for x in xs[1:]:
        y = named((y * x).sin(), f"h{x.label}")
    with pytest.raises(viz.TooLarge, match=r"\d+ boxes, and a 16:9 slide holds some 40 .*: draw a part with around="):
        viz.draw(y, slide="16:9").save(tmp_path / "large.svg")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.filterwarnings("ignore:drawn")
def test_very_long_labels_stay_in_their_boxes_and_on_the_slide() -> None:
    a, b = Value(1.0, "a label that goes on and on " * 6), Value(2.0, "another long label indeed")
    drawn = viz.draw(named((a * b).tanh(), "the result of it all, at length"), slide="16:9").svg()
    assert min(sizes(drawn)) >= 8
    assert all(0 < left < right < 720 for left, _, right, _ in boxes(drawn))


@pytest.mark.filterwarnings("ignore:drawn")
@pytest.mark.parametrize("name", ["two-two-two", "residual chain"])
def test_steps_choose_too_and_nothing_moves(name: str) -> None:
    steps = viz.steps(LECTURE_GRAPHS[name][0](), slide="16:9")
    frames = [steps.svg(k) for k in (0, len(steps) // 2, -1)]
    assert all(min(sizes(frame)) >= 8 for frame in frames)
    assert boxes(frames[0]) == boxes(frames[1]) == boxes(frames[2])


@pytest.mark.filterwarnings("ignore")
def test_signs_of_gradients_stay_where_a_slide_folds_more() -> None:
    figure = viz.draw(network(16), color_by="grad-sign", slide="16:9")
    assert figure.choice.keys() & {"sums", "collapse"}
    assert any("−" in text for text in says(figure, "scale"))


@pytest.mark.parametrize("size", [(100.0, 8.0), (8.0, 100.0)], ids=["wide", "high"])
@pytest.mark.parametrize("rankdir", ["LR", "RL", "TB"])
def test_a_way_is_too_long_for_a_slide_by_what_lies_in_its_direction(monkeypatch, rankdir, size) -> None:

    boxes = [Some(name=f"b{k}", size=size) for k in range(16)]
    arrows = [Some(tail=a, head=b, label=None) for a, b in pairwise(boxes)]
    picture = Some(all_boxes=boxes, boxes=boxes, arrows=arrows)
    monkeypatch.setattr(slide_choice, "text_size", lambda picture, options: slide_choice.READABLE)
    width, height = SLIDES["16:9"]
    along, room = (size[1], height) if rankdir == "TB" else (size[0], width)
    assert max(width, height) < 16 * 100
    assert slide_choice._could_fit(picture, Options(rankdir=rankdir, slide="16:9")) is (16 * along < room)


def test_gaps_that_let_arrows_climb_too_far_are_widened_by_as_much_as_fits(monkeypatch) -> None:
    """Arrows that climb take up room in the other direction too: here the picture is as long as it has become high."""

    def stretched(wide: float, high: float, picture: object) -> Some:
        return Some(ways=(wide, high), stretched=stretched)

    most, side, free = 3.0, 60.0, 130.0
    monkeypatch.setattr(slide, "_spans", lambda picture, places: ((), ()))
    monkeypatch.setattr(slide, "_widened", lambda spans, free, full: most)
    monkeypatch.setattr(slide, "extent", lambda picture, p: (0.0, 0.0, *[side * p.ways[0] * p.ways[1]] * 2))
    sheet = slide.Sheet("16:9", 1.0, stretched(1.0, 1.0, None), (free, free), (free, free))
    found = slide._spread(Some(), sheet).places.ways
    shares = [1 + (most - 1) * k / slide.TRIES for k in range(slide.TRIES + 1)]
    largest = max(share for share in shares if side * share <= free)
    assert 1.0 < largest < most
    assert max(found) == pytest.approx(largest)
    assert side * found[0] * found[1] <= free
