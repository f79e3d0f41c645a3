"""Pictures on slides: they fit, keep their proportions, and say what cannot be read."""

import re
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


def test_a_network_that_cannot_be_read_is_told_what_to_collapse_and_that_helps() -> None:
    with pytest.warns(
        UserWarning, match=r'smallest text would be \d\.\d pt on a 16:9 slide.*collapse="neuron"'
    ) as told:
        viz.draw(neurons(), slide="16:9").svg()
    promised = float(re.search(r"gives (\d+\.\d) pt", str(told[0].message))[1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tree = ET.fromstring(viz.draw(neurons(), slide="16:9", collapse="neuron").svg())
    sizes = [float(text.get("font-size")) for text in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert min(sizes) == pytest.approx(promised, abs=0.06)
    assert promised >= 8


def test_what_no_single_change_mends_is_told_the_best() -> None:
    with pytest.warns(UserWarning, match=r'collapse="layer" gives \d+\.\d pt'):
        viz.draw(network(8), slide="16:9").svg()


def test_a_slide_of_unknown_shape_is_told_its_choices() -> None:
    with pytest.raises(ValueError, match=r"slide=.*16:9.*4:3"):
        viz.draw(lecture(), slide="A4")
