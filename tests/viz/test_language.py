"""Pictures in Spanish: no English is left in them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

import microgrid as mg
import viz
from microgrid import Value, parameter
from microgrid.base.phrases import speaker
from microgrid.base.spanish import TABLE
from microgrid.cli.commands import main
from microgrid.nn import MLP

SVG = "{http://www.w3.org/2000/svg}"


def lecture() -> Value:
    w, b, x, y = parameter(2.0, "w"), parameter(1.0, "b"), Value(3.0, "x"), Value(9.0, "y")
    z = w * x
    z.label = "z"
    loss = (z + b - y) ** 2
    loss.label = "L"
    return loss


def network() -> Value:
    random.seed(1)
    return (MLP(2, [3, 1])([Value(1.0, "a"), Value(2.0, "b")]) - 1.0) ** 2


def doubling() -> Value:
    z = Value(1.0, "x")
    for _ in range(5):
        z = z + z
    z.label = "z"
    return z


# ---------------------------------------------------------------- no English is left

PICTURES: dict[str, tuple[Callable[[], Value], dict[str, object]]] = {
    "legend": (lecture, {"legend": True}),
    "apart": (lecture, {"ops": "separate", "legend": True, "edges": "plain"}),
    "neurons": (network, {"collapse": "neuron", "legend": True}),
    "layers": (network, {"collapse": "layer"}),
    "scopes": (network, {}),
    "a part": (network, {"around": "a", "radius": 1}),
    "colours": (network, {"color_by": "grad"}),
    "many paths": (doubling, {"path": "x"}),
    "a leaf": (lambda: Value(1.0), {}),
}
INDEPENDENT = {"grad", "layer", "neuron", "Linear", "relu", "ReLU", "local", "no"}
"""Names that the user or the library gave, the signs of operations, and words of both languages."""

WORD = re.compile(r"[a-zA-Záéíóúñ]{2,}")
ENGLISH_WORDS = {word for template in TABLE for word in WORD.findall(template)}
SPANISH_WORDS = {word for text in TABLE.values() for word in WORD.findall(text)} - ENGLISH_WORDS


def words(svg: str) -> set[str]:
    """Every word of two letters or more that is shown, or said by a title, a description or an accessible name."""
    root = ElementTree.fromstring(svg)
    texts = [text for element in root.iter() for text in (element.text or "", element.get("aria-label", ""))]
    return {word for text in texts for word in WORD.findall(text)}


@pytest.mark.parametrize("backward", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.filterwarnings("ignore:color_by")
def test_a_spanish_picture_says_nothing_in_english(name: str, backward: bool) -> None:
    make, options = PICTURES[name]
    y = make()
    if backward:
        y.backward()
    svg = viz.draw(y, lang="es", **options).svg()  # type: ignore[arg-type]
    assert words(svg) - SPANISH_WORDS - INDEPENDENT == set()
    assert ElementTree.fromstring(svg).get("lang") == "es"


@pytest.mark.parametrize("make", [lecture, network])
def test_the_frames_of_a_spanish_walk_say_nothing_in_english(make: Callable[[], Value]) -> None:
    walk = viz.steps(make(), lang="es")
    captions = {word for frame in walk for word in WORD.findall(frame.caption)}
    phases = {"Inicio", "Propagación", "Paso", "paso", "hacia", "delante", "atrás", "Fin", "de"}
    for k in range(0, len(walk), 5):
        assert words(walk.svg(k)) - SPANISH_WORDS - INDEPENDENT - captions - phases == set()


def test_numbers_are_the_same_in_both_languages() -> None:
    y = network()
    y.backward()
    both = [viz.draw(y, collapse="neuron", lang=lang).svg() for lang in ("en", "es")]
    texts = [[element.text or "" for element in ElementTree.fromstring(svg).iter()] for svg in both]
    english, spanish = ([re.findall(r"[\d.]+", text) for text in picture] for picture in texts)
    assert english == spanish


def test_what_is_said_of_a_box() -> None:
    y = lecture()
    titles = [e.text for e in ElementTree.fromstring(viz.draw(y, lang="es").svg()).iter(f"{SVG}title")]
    assert titles[0] == "Grafo computacional de L = (z + b − y)²"
    assert "w, parámetro\nvalor 2\ngradiente aún sin calcular" in titles
    assert "derivada local de z respecto de w: 3" in titles


def test_a_page_with_a_picture_says_its_language() -> None:
    assert '<html lang="es">' in viz.draw(Value(1.0), lang="es").html()
    assert '<html lang="en">' in viz.draw(Value(1.0)).html()


def test_the_command_line_draws_in_spanish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["draw", "w*x", "w=2", "x=3", "--params", "w", "--legend", "--lang", "es"]) == 0
    out = capsys.readouterr().out
    assert out.split("\n")[0] == "w*x = 6"
    assert [line.split()[-1] for line in out.splitlines()[1:3]] == ["parámetro", "entrada"]
    assert out.splitlines()[-1] == "escrito: graph.svg"
    assert {"entrada", "parámetro"} <= words((tmp_path / "graph.svg").read_text(encoding="utf-8"))


def test_a_language_there_is_not() -> None:
    with pytest.raises(ValueError, match=r'lang=.la. is unknown: choose "en" or "es"'):
        viz.draw(mg.Value(1.0), lang="la")
    with pytest.raises(ValueError, match=r'lang=.la. is unknown: choose "en" or "es"'):
        speaker("la")


@pytest.mark.parametrize(
    ("lang", "title"), [("en", "binary cross-entropy L = "), ("es", "entropía cruzada binaria L = ")]
)
def test_a_piece_is_called_by_its_title_in_each_language(lang: str, title: str) -> None:
    y = mg.nn.losses.bce(Value(0.3, "p1"), 1)
    assert title in viz.draw(y, lang=lang).svg()
    assert "bce" not in viz.draw(y, lang=lang).svg()
