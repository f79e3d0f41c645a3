"""Draws the pictures of gallery.md, README.md and viz/README.md: `PYTHONPATH=.:tests python docs/gallery.py`.

Photographs of what other programs show, LaTeX and a browser, are made where pdflatex with pdftoppm and
chromium are installed; elsewhere those that are there stay.  With names of pictures, only these are drawn.
The page gallery.md, which shows all, is written from the tables below.  `--peers FOLDER` writes there what
other tools draw of the networks, as far as they are installed.
"""

from __future__ import annotations

import io
import math
import random
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from building import captions
from helpers.lecture_graphs import LECTURE_GRAPHS
from networks import NETWORKS

import microgrid as mg
import viz
from microgrid import Value, nn, parameter

HERE = Path(__file__).parent


def line() -> Value:
    """ŷ = wx + b and its squared error, at w = 2, b = 1 and the point (3, 9)."""
    formula = "z = w*x; yhat = z + b; e = yhat - y; L = e**2"
    nodes = mg.parse(formula, w=parameter(2.0, "w"), b=parameter(1.0, "b"), x=3.0, y=9.0)
    nodes["L"].backward()
    return nodes["L"]


def reuse() -> Value:
    """A skip connection and a weight that is used twice."""
    formula = "z1 = w1*x; z2 = w2*(z1 + x); yhat = w1*(z1 + z2)"
    nodes = mg.parse(formula, w1=parameter(0.8, "w1"), w2=parameter(-0.5, "w2"), x=1.5)
    nodes["yhat"].backward()
    return nodes["yhat"]


def chain() -> Value:
    """Four sigmoids, through which the gradient vanishes."""
    h = Value(1.0, "x")
    for k in range(1, 5):
        h = mg.sigmoid(parameter(0.5, f"w{k}") * h)
        h.label = f"h{k}"
    h.backward()
    return h


def network() -> Value:
    """Two inputs, three neurons, one."""
    random.seed(4)
    y = nn.MLP(2, [3, 1])([0.5, -1.0])
    y.label = "yhat"
    y.backward()
    return y


def negative(node: object) -> dict[str, str] | None:
    """A style of one's own: what is negative is red."""
    return {"fill": "#f8d0cc", "stroke": "#b3261e"} if getattr(node, "data", math.nan) < 0 else None


GALLERY: dict[str, tuple[Callable[[], Value], dict[str, Any]]] = {
    "first": (line, {}),
    "plain": (line, {"legend": True}),
    "separate": (line, {"ops": "separate", "theme": "dark"}),
    "highlight": (line, {"highlight": ["e", "L"]}),
    "path": (reuse, {"path": "w1"}),
    "color_by": (chain, {"color_by": "grad", "edges": "plain"}),
    "neuron": (network, {"collapse": "neuron"}),
    "layer": (network, {"collapse": "layer"}),
    "around": (network, {"around": "yhat", "radius": 2}),
    "node_style": (line, {"node_style": negative}),
    "slide": (line, {"slide": "16:9", "title": "One step of linear regression", "theme": "print"}),
}
"""By file name: the graph, and the options of its picture."""


WALKS: dict[str, tuple[Callable[[], Value], dict[str, Any], int | None]] = {
    "steps": (line, {}, None),
    "folded_steps": (network, {"collapse": "neuron"}, 8),
}
"""By file name: the graph, the options of its walk, and which frame is shown, if not all of them in turn."""

PHOTOGRAPHS = {
    "tikz": (".tex", lambda path: picture("path").save(path)),
    "beamer": (".tex", lambda path: viz.steps(line(), rankdir="rows").save(path)),
    "page": (".html", lambda path: viz.steps(line()).save(path)),
    "trainer": (".html", lambda path: trained()[0].save(path)),
}
"""By file name: the suffix of the file that another program shows, and what writes it."""

BEAMER_PAGE, PAGE_SIZE, COLORS, FEW_COLORS = 10, (1280, 720), 160, 32
STEPS = {"page": 9, "trainer": 150}
"""At which step the walk is shown, and after how many the training."""


def trained() -> tuple[viz.Trainer, float]:
    """2-8-3-1 on two moons, to be trained in the page, and the loss that it comes to."""
    random.seed(4)
    X, y = mg.datasets.moons(60, noise=0.12, seed=1)
    model = nn.MLP(2, [8, 3, 1], activation="tanh")
    given: dict[str, Any] = {"loss": "bce_with_logits", "optimizer": partial(mg.optim.Adam, lr=0.05)}
    page = viz.trainer(model, X, y, **given)
    page.html()  # as the model is now
    mg.train.fit(model, X, y, epochs=STEPS["trainer"], progress=False, **given)
    return page, nn.losses.bce_with_logits([model(x) for x in X], list(y)).data


def picture(name: str, lang: str = "en") -> viz.Figure:
    graph, options = GALLERY[name]
    return viz.draw(graph(), **_spoken(options, lang))


def _spoken(options: dict[str, Any], lang: str) -> dict[str, Any]:
    """The options of a picture in a language, its title too."""
    title = options.get("title")
    said = {"title": captions.TEXTS[title]} if title and lang != "en" else {}
    return {**options, "lang": lang, **said}


SLIDES: dict[str, tuple[Callable[[], Value], dict[str, Any]]] = {
    "slide_" + name.replace(" ", "_").replace("-", "_"): (LECTURE_GRAPHS[name][0], {"slide": "16:9"})
    for name in (
        "line", "perceptron", "xor", "two-two-two", "reuse with mse", "three sigmoids", "residual chain",
        "softmax with cross-entropy", "mlp 2-8-8-1", "mlp 2-16-16-1", "batch norm", "attention",
    )
}  # fmt: skip
"""By file name: the graphs of the lectures on slides, with no option but that."""

SECTIONS: dict[str, tuple[str, dict[str, tuple[Any, ...]]]] = {
    "Networks": ("viz.network", NETWORKS),
    "Slides": ("viz.draw", SLIDES),
    "Graphs": ("viz.draw", GALLERY),
    "Walks": ("viz.steps", WALKS),
}
"""The page of all pictures: a heading, what draws them, and their table, in which a row is a picture."""


def page() -> str:
    """gallery.md: every picture with what it shows and the options it was drawn with."""
    lines = ["# Gallery", "", "Written by `docs/gallery.py`, as are its pictures.", ""]
    for heading, (function, table) in SECTIONS.items():
        lines += [f"## {heading}", ""]
        for name, (shown, options, *_) in table.items():
            of = {"viz.network": "model, x", "viz.draw": "y", "viz.steps": "y"}[function]
            given = "".join(f", {key}={_written(value)}" for key, value in options.items())
            sentence = str(shown.__doc__).split("\n\n")[0].replace("\n", " ")
            lines += [f"{sentence}  `{function}({of}{given})`", "", f"![{sentence}](gallery_{name}.svg)", ""]
    lines += ["## In other programs", ""]
    for name in PHOTOGRAPHS:
        lines += [f"![The picture in {name}](gallery_{name}.png)", ""]
    return "\n".join(lines)


def _written(value: object) -> str:
    return value.__name__ if callable(value) else repr(value).replace("'", '"')


def draw(name: str, folder: Path, lang: str = "en") -> Path:
    """Write a picture of which the tool makes an SVG itself."""
    file = folder / f"gallery_{name}.svg"
    if name in NETWORKS:
        make, options = NETWORKS[name]
        model, x = make()
        return viz.network(model, x, **_spoken(options, lang)).save(file)
    if name in SLIDES:
        graph, options = SLIDES[name]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says what the slide chose, which the picture shows
            return viz.draw(graph(), **_spoken(options, lang)).save(file)
    if name in GALLERY:
        return picture(name, lang).save(file)
    graph, options, frame = WALKS[name]
    steps = viz.steps(graph(), **_spoken(options, lang))
    if frame is None:
        steps.save(file)
    else:
        file.write_text(steps.svg(frame), encoding="utf-8")
    return file


def description(name: str) -> str:
    """What a photograph must show: a line for each step, or for each text of the picture."""
    if name == "tikz":
        return "\n".join(sorted(item.text for group in picture("path")._scene.groups for item in group.texts))
    if name == "trainer":
        return f"MLP 2-8-3-1 after {STEPS[name]} steps: loss {trained()[1]:.4g}"
    return viz.explain(line())


def photograph(name: str, folder: Path) -> Path | None:
    """Write what LaTeX or a browser shows, with few colours, and what it says as its description."""
    needed = ["chromium"] if name in STEPS else ["pdflatex", "pdftoppm"]
    if missing := [program for program in needed if shutil.which(program) is None]:
        print(f"gallery_{name}.png stays as it is: {' and '.join(missing)} not found")
        return None
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    suffix, write = PHOTOGRAPHS[name]
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / f"picture{suffix}"
        write(source)
        shown = (
            browse(source, name) if name in STEPS else typeset(source, BEAMER_PAGE if name == "beamer" else 1)
        )
        image = (
            Image.open(io.BytesIO(shown))
            .convert("RGB")
            .quantize(COLORS if name != "trainer" else FEW_COLORS, dither=Image.Dither.NONE)
        )
    notes = PngInfo()
    notes.add_itxt("Description", description(name))
    file = folder / f"gallery_{name}.png"
    image.save(file, optimize=True, pnginfo=notes)
    return file


def browse(source: Path, name: str) -> bytes:
    """What chromium shows of a page at a step."""
    from playwright.sync_api import sync_playwright

    what = "step" if name == "page" else "steps"
    told = (
        "document.readyState === 'complete'"
        if name == "page"
        else f"trainer.page.last?.steps === {STEPS[name]}"
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(
            viewport={"width": PAGE_SIZE[0], "height": PAGE_SIZE[1]}, reduced_motion="reduce"
        )
        page.goto(f"{source.as_uri()}#{what}={STEPS[name]}")
        page.wait_for_function(f"() => {told}")
        page.wait_for_timeout(500)
        shown = page.screenshot()
        browser.close()
    return shown


def typeset(source: Path, page: int) -> bytes:
    """A page as pdflatex sets it."""
    run(["pdflatex", "-no-shell-escape", "-interaction=batchmode", source.name], source.parent)
    bounds = ["-f", str(page), "-l", str(page), "-singlefile", "-scale-to-x", "900", "-scale-to-y", "-1"]
    run(["pdftoppm", "-png", *bounds, source.with_suffix(".pdf").name, "shown"], source.parent)
    return (source.parent / "shown.png").read_bytes()


def run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)


if __name__ == "__main__":
    asked = sys.argv[1:]
    if asked[:1] == ["--peers"]:
        import peers

        print(peers.compare(Path(*asked[1:2] or ["peers"])))
        sys.exit()
    (HERE / "gallery.md").write_text(page(), encoding="utf-8")
    for name in [*NETWORKS, *SLIDES, *GALLERY, *WALKS]:
        if not asked or name in asked:
            draw(name, HERE)
    for name in PHOTOGRAPHS:
        if not asked or name in asked:
            photograph(name, HERE)
