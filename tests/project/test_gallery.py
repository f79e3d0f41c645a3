"""The pictures in both READMEs are those that their texts speak of, as they are drawn today."""

import importlib
import importlib.util
import re
import sys
import types
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from helpers import ROOT, needs_checkout

DOCS = ROOT / "docs"

pytestmark = needs_checkout


@pytest.fixture(autouse=True)
def beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies beside the script is found, as where it is run."""
    monkeypatch.syspath_prepend(DOCS)


def gallery() -> object:
    spec = importlib.util.spec_from_file_location("gallery", DOCS / "gallery.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_the_pages_show_every_picture_and_no_other() -> None:
    pages = [(ROOT / place).read_text(encoding="utf-8") for place in ("README.md", "viz/README.md")]
    drawn = gallery()
    networks = {*drawn.NETWORKS, *drawn.SLIDES}
    for suffix, names in (("svg", {*drawn.GALLERY, *drawn.WALKS}), ("png", {*drawn.PHOTOGRAPHS})):
        shown = {name for text in pages for name in re.findall(rf"docs/gallery_(\w+)\.{suffix}\)", text)}
        assert names <= shown <= names | networks
        kept = {path.stem.removeprefix("gallery_") for path in DOCS.glob(f"gallery_*.{suffix}")}
        assert kept == names | (networks if suffix == "svg" else set())


def test_the_gallery_shows_the_rows_of_all_tables_in_their_order() -> None:
    drawn, page = gallery(), (DOCS / "gallery.md").read_text(encoding="utf-8")
    rows = [name for _, table in drawn.SECTIONS.values() for name in table]
    assert re.findall(r"!\[.+\]\(gallery_(\w+)\.svg\)", page) == rows
    assert re.findall(r"\(gallery_(\w+)\.png\)", page) == [*drawn.PHOTOGRAPHS]
    assert page == drawn.page()


def test_what_other_tools_draw_is_left_out_where_they_are_not_installed(tmp_path: Path, capsys, monkeypatch) -> None:
    peers = importlib.import_module("peers")
    monkeypatch.setattr(peers.networks, "NETWORKS", {"network_xor": peers.networks.NETWORKS["network_xor"]})
    monkeypatch.setattr(peers, "TOOLS", {"torchviz": ("no_such_package",)})
    page = peers.compare(tmp_path / "peers").read_text(encoding="utf-8")
    assert "torchviz is left out: no_such_package not installed" in capsys.readouterr().out
    assert '| network_xor | <img src="network_xor.svg" width="320"> |' in page
    assert (tmp_path / "peers" / "network_xor.svg").stat().st_size > 5_000
    others = {path.name for path in DOCS.glob("*.*g") if not path.name.startswith("gallery_")}
    assert others == {"house.svg"}  # which docs/house.py draws


def test_what_other_tools_draw_stands_beside_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the packages themselves where they are installed, else with what has their interface."""
    peers = importlib.import_module("peers")
    monkeypatch.setattr(peers.networks, "NETWORKS", {"network_xor": peers.networks.NETWORKS["network_xor"]})
    if not all(importlib.util.find_spec(name) for name in ("torch", "torchviz", "torchview")):
        for name, module in torch_alike().items():
            monkeypatch.setitem(sys.modules, name, module)
        monkeypatch.setattr(peers, "version", lambda name: "0.0")
    page = peers.compare(tmp_path).read_text(encoding="utf-8")
    head, _, row = page.splitlines()
    assert [cell.split()[0] for cell in head.split("|")[2:-1]] == ["viz.network", "draw_dot", "torchviz", "torchview"]
    shown = re.findall(r'<img src="([^"]+)"', row)
    assert [name.removeprefix("network_xor").strip("_").removesuffix(".svg") for name in shown] == [
        "", "draw_dot", "torchviz", "torchview",
    ]  # fmt: skip
    for name in shown:
        assert texts((tmp_path / name).read_text(encoding="utf-8"))
    assert {path.name for path in tmp_path.iterdir()} == {*shown, "peers.md"}


def torch_alike() -> dict[str, types.ModuleType]:
    """What `docs/peers.py` uses of torch, torchviz and torchview: a graph with a node for each layer."""
    graphviz = pytest.importorskip("graphviz")

    class Layer:
        def __init__(self, *sizes: int) -> None:
            self.name = " ".join([type(self).__name__, *map(str, sizes)])

    class Sequential:
        def __init__(self, *layers: Layer) -> None:
            self.layers = layers

        def __call__(self, sample: list[list[float]]) -> list[str]:
            assert len(sample) == 1
            return [layer.name for layer in self.layers]

        def named_parameters(self) -> list[tuple[str, float]]:
            return []

    def graph(names: list[str]) -> object:
        drawn = graphviz.Digraph()
        for name in names:
            drawn.node(name)
        return drawn

    kinds = {name: type(name, (Layer,), {}) for name in ("Linear", "ReLU", "Tanh", "Sigmoid")}
    torch, torchviz, torchview = map(types.ModuleType, ("torch", "torchviz", "torchview"))
    torch.nn = types.SimpleNamespace(Sequential=Sequential, **kinds)
    torch.tensor = list
    torchviz.make_dot = lambda y, params: graph(y)
    torchview.draw_graph = lambda network, input_data, device: types.SimpleNamespace(
        visual_graph=graph(network(input_data))
    )
    for module in (torch, torchviz, torchview):
        module.__spec__ = importlib.util.spec_from_loader(module.__name__, None)
    return {"torch": torch, "torchviz": torchviz, "torchview": torchview}


def test_the_files_say_what_is_drawn_today(tmp_path: Path) -> None:
    """Their texts; where these stand depends on the version of Graphviz."""
    drawn = gallery()
    for name in [*drawn.NETWORKS, *drawn.SLIDES, *drawn.GALLERY, *drawn.WALKS]:
        kept = (DOCS / f"gallery_{name}.svg").read_text(encoding="utf-8")
        assert len(kept.encode()) < (120_000 if name == "network_trained" else 70_000)  # it has 155 arrows
        assert sorted(texts(kept)) == sorted(texts(drawn.draw(name, tmp_path).read_text(encoding="utf-8"))), name


def test_a_picture_is_drawn_in_spanish_with_its_title(tmp_path: Path) -> None:
    drawn = gallery()
    said = {name: texts(drawn.draw(name, tmp_path, "es").read_text(encoding="utf-8")) for name in ("plain", "slide")}
    assert {"entrada", "derivada local"} <= {*said["plain"]}
    assert "Un paso de regresión lineal" in said["slide"]
    walk = texts(drawn.draw("steps", tmp_path, "es").read_text(encoding="utf-8"))
    assert "Se conocen todos los gradientes." in walk


def test_the_photographs_were_made_of_what_is_said_today() -> None:
    from PIL import Image

    drawn = gallery()
    for name in drawn.PHOTOGRAPHS:
        file = DOCS / f"gallery_{name}.png"
        assert file.stat().st_size < (65_000 if name == "trainer" else 50_000)  # which has 13 maps in colours
        with Image.open(file) as image:
            assert image.width >= 800
            assert image.text["Description"] == drawn.description(name), name


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("tikz", marks=pytest.mark.latex), pytest.param("beamer", marks=pytest.mark.latex),
        pytest.param("page", marks=pytest.mark.browser), pytest.param("trainer", marks=pytest.mark.browser),
    ],
)  # fmt: skip
def test_a_photograph_can_be_taken_again(name: str, tmp_path: Path) -> None:
    """It has about as much on it as the one that is kept."""
    import numpy as np
    from PIL import Image

    with ThreadPoolExecutor(1) as thread:  # this one may hold the browser of other tests, and can hold no second
        file = thread.submit(gallery().photograph, name, tmp_path).result()
    if file is None:
        pytest.skip("needs pdflatex and pdftoppm, or chromium")

    def ink(path: Path) -> float:
        with Image.open(path) as image:
            return float((np.asarray(image.convert("L").resize((300, 150))) < 200).mean())

    assert ink(file) == pytest.approx(ink(DOCS / file.name), rel=0.3)
