"""Where everything is in a picture, read back from its SVG with the widths that a browser reports."""

import pytest

import viz
from helpers import geometry
from helpers.geometry import Arrow, Box, Drawing, Text
from helpers.lecture_graphs import LECTURE_GRAPHS


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
