"""Pictures on slides: they fit, keep their proportions, and say what cannot be read."""

import warnings
import xml.etree.ElementTree as ET

import pytest

import viz
from helpers.graphs import lecture, neurons
from helpers.pictures import network
from viz.drawing import slide
from viz.drawing.scene import Group, Path, Scene, Text
from viz.style.theme import Font, Paint


def sheet(width: float, height: float) -> Scene:
    """A rectangle along the edge of the drawing, and a text of ten points in its middle."""
    corners = (("M", ((0.0, 0.0),)), ("L", ((width, 0.0),)), ("L", ((width, height),)), ("Z", ()))
    text = Text((width / 2, height / 2), "a", Font(10.0), "#000000", 6.0)
    return Scene(
        (width, height), "#ffffff", "", "", (Group("x", (Path(corners, Paint("none", "#000000", 2.0)), text)),)
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
    with pytest.warns(UserWarning, match=r"so that a 16:9 slide can be read, as with .*parameters=\"inside\"") as told:
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
