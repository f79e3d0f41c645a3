"""A training that moves: its frames, a GIF, and a page in both languages that needs no network."""

from __future__ import annotations

import base64
import io
import random
import re
from itertools import pairwise

import numpy as np
import pytest

from microgrid import nn, optim, train
from viz import VizError, plots


def square(x):
    return x * x


def frames_of(content: bytes):
    image = pytest.importorskip("PIL.Image").open(io.BytesIO(content))
    for k in range(image.n_frames):
        image.seek(k)
        yield image.info["duration"], np.asarray(image.convert("RGB"))


def path(steps: int = 4):
    return train.descend(square, 1.0, lambda ps: optim.SGD(ps, lr=0.25), steps)


def test_a_gif_has_a_frame_for_each_step_and_the_last_stays() -> None:
    animation = plots.animate(path(), square)
    assert len(animation) == 5
    found = list(frames_of(animation._gif()))
    assert [duration for duration, _ in found] == [250] * 4 + [3000]
    assert all((a != b).any() for (_, a), (_, b) in pairwise(found))
    assert len(plots.animate(path(100), square, frames=7)) == 7


def test_paths_on_a_surface_grow_from_frame_to_frame() -> None:
    def bowl(a, b):
        return a * a + 3 * b * b

    ways = {name: train.descend(bowl, [2.0, 1.0], make, 6) for name, make in (
        ("SGD", lambda ps: optim.SGD(ps, lr=0.1)), ("Adam", lambda ps: optim.Adam(ps, lr=0.3)))}  # fmt: skip
    drawn = plots.animate(ways, bowl)._drawn
    seen = []
    for figure in drawn.draw("en"):
        lines = figure.axes[0].get_lines()
        seen.append([(len(lines[i].get_xdata()), lines[i + 2].get_xydata()[0].tolist()) for i in (0, 3)])
    assert [[count for count, _ in frame] for frame in seen] == [[k + 1, k + 1] for k in range(7)]
    assert [frame[1][1] for frame in seen] == [list(point) for point in ways["Adam"].points]


def trained():
    random.seed(0)
    model = nn.MLP(2, [4, 1])
    X = np.random.default_rng(0).normal(size=(16, 2))
    y = (X[:, 0] > 0).astype(float)
    history = train.fit(
        model, X, y, loss="bce_with_logits", optimizer=lambda ps: optim.SGD(ps, lr=0.5), epochs=4,
        record="parameters", progress=False,
    )  # fmt: skip
    return model, X, y, history


def test_a_network_decides_with_the_parameters_of_each_step() -> None:
    model, X, y, history = trained()
    before = model.state_dict()
    animation = plots.animate(history, model, X, y)
    drawn = animation._drawn
    losses = []
    for k, figure in zip(drawn.steps, drawn.draw("en")):
        assert [p.data for p in drawn.parameters.values()] == history.path[k]
        losses.append(figure.axes[1].get_lines()[0].get_ydata()[-1])
    assert losses == history.path.values
    assert model.state_dict() == before


def test_the_page_has_each_frame_in_both_languages_and_asks_for_nothing(tmp_path) -> None:
    animation = plots.animate(path(2), square, lang="es")
    page = animation.html()
    assert len(re.findall(r'<g data-from="\d+"', page)) == 6
    assert "Descenso, paso a paso" in page
    assert "Descent, step by step" in page
    assert '<html lang="es">' in page
    assert not re.search(r'(src|href)="(?!data:)', page)
    images = re.findall(r'href="data:image/png;base64,([^"]+)"', page)
    assert all(base64.b64decode(image)[:4] == b"\x89PNG" for image in images)
    animation.save(tmp_path / "a.html")
    assert (tmp_path / "a.html").read_text(encoding="utf-8") == page


@pytest.mark.browser
def test_the_page_plays_in_a_browser(visit) -> None:
    page = visit(plots.animate(path(3), square).html())
    shown = (
        "() => [...document.querySelectorAll('div[lang=\"en\"] g[data-from]')].map(g => g.getAttribute('visibility'))"
    )
    assert page.evaluate(shown) == ["visible", "hidden", "hidden", "hidden"]
    assert page.inner_text("#caption") == "step 0, f = 1"
    page.click("#next")
    assert page.evaluate(shown) == ["hidden", "visible", "hidden", "hidden"]
    assert page.inner_text("#caption") == "step 1, f = 0.25"
    assert [page.is_visible(f"#{name}") for name in ("forward", "backward", "play")] == [False, False, True]
    page.select_option("#language", "es")
    assert page.inner_text("#caption") == "paso 1, f = 0.25"


@pytest.mark.parametrize(
    ("make", "kind", "text"),
    [
        (lambda: plots.animate(path(), square, frames=1), ValueError, "frames"),
        (lambda: plots.animate(path(), square).save("x.mp4"), VizError, "saved as .gif or .html, got 'x.mp4'"),
        (lambda: plots.animate(path(), square, lang="la"), ValueError, "lang='la'"),
        (lambda: plots.animate({"a": path(), "b": path()}, square), ValueError, "of two variables"),
        (lambda: plots.animate({}, square), TypeError, "what train.descend returned"),
        (lambda: plots.animate({"a": path()}, 3.0), TypeError, "and the function"),
        (lambda: plots.animate(train.History(["epoch"]), nn.MLP(2, [1])), ValueError, 'record="parameters"'),
        (lambda: plots.animate(trained()[3], nn.MLP(2, [4, 1])), ValueError, "pass X and y"),
        (lambda: plots.animate(trained()[3], nn.MLP(2, [3, 3, 1]), [[0, 1]], [1]), ValueError, "all parameters"),
    ],
)  # fmt: skip
def test_a_mistake_is_told(make, kind, text: str) -> None:
    with pytest.raises(kind, match=text):
        make()
