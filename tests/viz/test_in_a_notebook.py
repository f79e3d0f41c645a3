"""What a notebook gets of pictures and plots: an image with words for it, and a PNG for paper."""

from __future__ import annotations

import base64
import pickle
import re
import struct
from typing import Any
from xml.etree import ElementTree

import pytest

import viz
from helpers.graphs import HOSTILE, lecture, named, square
from microgrid import Value, nn
from viz import plots

HISTORY = {"epoch": [1, 2, 3], "loss": [3.0, 2.0, 1.0], "validation_loss": [4.0, 2.5, 2.75], "accuracy": [0.5, 0.75, 1]}


def bundle(shown: Any) -> dict[str, str]:
    """What IPython asks a thing for."""
    found: dict[str, str] = shown._repr_mimebundle_()
    assert set(found) == {"text/html", "image/png", "text/plain"}
    return found


def image(shown: Any) -> tuple[ElementTree.Element, str, bytes]:
    """The element, and the kind and content of what it shows."""
    element = ElementTree.fromstring(re.sub(">$", "/>", bundle(shown)["text/html"]))
    assert shown._repr_html_() == bundle(shown)["text/html"]
    kind, content = element.get("src", "").split(",")
    assert element.tag == "img"
    assert element.get("style") == "max-width:100%;height:auto"
    return element, kind, base64.b64decode(content)


def pixels(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def alternative(shown: Any) -> str:
    return image(shown)[0].get("alt", "")


# ---------------------------------------------------------------- pictures


def test_a_picture_is_an_image_of_its_svg_that_is_copied_as_sharp_as_its_png() -> None:
    figure = viz.draw(lecture())
    element, kind, content = image(figure)
    assert kind == "data:image/svg+xml;base64"
    shown, own = ElementTree.fromstring(content), ElementTree.fromstring(figure.svg())
    assert element.get("width") == str(round(float(own.get("width", ""))))
    assert [x.attrib for x in shown.iter() if x is not shown] == [x.attrib for x in own.iter() if x is not own]
    assert shown.get("viewBox") == own.get("viewBox")
    copied = float(shown.get("width", "")), float(shown.get("height", ""))
    assert copied == pytest.approx(pixels(figure.png()), abs=1)
    assert copied[0] > 2 * float(own.get("width", ""))


def test_for_paper_there_is_a_png_and_no_svg_for_which_latex_would_need_inkscape() -> None:
    """Had it `_repr_svg_`, IPython would add that to the bundle."""
    for shown in (viz.draw(lecture()), viz.steps(lecture())):
        assert not hasattr(shown, "_repr_svg_")
        assert max(pixels(base64.b64decode(bundle(shown)["image/png"]))) == pytest.approx(1600, abs=1)
    small = viz.draw(square())
    assert pixels(base64.b64decode(bundle(small)["image/png"])) == pixels(small.png())


def test_an_image_says_what_the_picture_shows() -> None:
    said = alternative(viz.draw(lecture()))
    assert said.startswith("Computational graph of L = e². A computational graph of 8 nodes: ")
    assert "input x has value 3 and gradient -8; " in said
    assert said.endswith("operation L = e² has value 4 and gradient 1.")


def test_of_many_boxes_it_says_the_first() -> None:
    many = Value(1.0)
    for k in range(40):
        many = many * Value(k, f"x{k}")
    said = alternative(viz.draw(many))
    assert 400 < len(said) <= 602
    assert re.search(r"A computational graph of 8\d nodes: .* has value [^;]*…$", said)


def test_it_says_so_in_its_language() -> None:
    element, _, _ = image(viz.draw(lecture(), lang="es"))
    assert element.get("lang") == "es"
    assert "entrada x" in element.get("alt", "")
    assert image(viz.draw(lecture()))[0].get("lang") is None


@pytest.mark.parametrize("label", HOSTILE)
def test_any_label_is_only_ever_text(label: str) -> None:
    figure = viz.draw(named(Value(1.0, "x") * 2, label))
    title = ElementTree.fromstring(figure.svg()).findtext("{http://www.w3.org/2000/svg}title")
    assert alternative(figure).startswith(f"{title}. ")


def test_letters_that_only_the_png_lacks_are_no_reason_to_warn(recwarn: pytest.WarningsRecorder) -> None:
    figure = viz.draw(named(Value(1.0, "x") * 2, "\N{CJK UNIFIED IDEOGRAPH-6F22}"))
    bundle(figure)
    assert not recwarn.list
    with pytest.warns(UserWarning, match="font for .png files lacks"):
        figure.png()


def test_a_notebook_gets_only_what_it_asks_for() -> None:
    figure = viz.draw(square())
    assert figure._repr_mimebundle_()["text/plain"] == "<Figure of y: 2 nodes>"
    assert set(figure._repr_mimebundle_(include=["text/plain"])) == {"text/plain"}
    assert set(figure._repr_mimebundle_(exclude=["text/plain"])) == {"text/html", "image/png"}


# ---------------------------------------------------------------- plots


def test_axes_their_figure_and_a_row_of_them_are_images_of_the_whole_figure() -> None:
    ax = plots.curves(HISTORY)
    for shown in (ax, ax.figure):
        element, kind, content = image(shown)
        assert kind == "data:image/png;base64"
        assert base64.b64encode(content).decode() == bundle(shown)["image/png"]
        assert (element.get("width"), pixels(content)) == ("640", (1280, 800))
    row = plots.trainings(HISTORY)
    assert image(row)[0].get("width") == "960"
    assert [image(ax)[2] for ax in row] == 2 * [image(row)[2]]


def test_what_a_plot_shows_is_said() -> None:
    assert alternative(plots.curves(HISTORY)) == "Plot of loss over epoch (training, validation)"
    both = "Plot of loss over epoch (training, validation); accuracy (share of samples) over epoch"
    assert alternative(plots.trainings(HISTORY)) == both
    model = nn.MLP(2, [3, 1])
    model([1.0, 2.0]).backward()
    flow = "Plot of length of ∂L/∂parameters over layer, from input to output (layer 1 to layer 2)"
    assert alternative(plots.gradient_flow(model)) == flow


def test_what_a_plot_shows_is_said_in_its_language() -> None:
    said = "Gráfica de pérdida frente a época (entrenamiento, validación)"
    assert alternative(plots.curves(HISTORY, lang="es")) == said
    model = nn.MLP(2, [3, 1])
    model([1.0, 2.0]).backward()
    assert "capa, de la entrada a la salida (de capa 1 a capa 2)" in alternative(plots.gradient_flow(model, lang="es"))
    row = plots.trainings(HISTORY, lang="es")
    assert alternative(row).startswith(f"{said}; exactitud")


def test_a_plot_on_axes_of_the_users_leaves_these_as_they_are() -> None:
    from matplotlib.figure import Figure

    own = Figure().subplots()
    assert plots.curves(HISTORY, ax=own) is own
    assert not hasattr(own, "_repr_mimebundle_")


def test_a_plot_that_cannot_be_drawn_is_told_in_words() -> None:
    ax = plots.curves(HISTORY)
    ax.set_title("$\\nosuch$")
    found = ax._repr_mimebundle_()
    assert set(found) == {"text/plain"}
    assert "ValueError" in found["text/plain"]


def test_a_plot_can_be_pickled() -> None:
    ax = plots.curves(HISTORY)
    assert bundle(pickle.loads(pickle.dumps(ax))) == bundle(ax)
