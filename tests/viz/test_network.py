"""What a network diagram says: weights and values as they are, signs, states, shows, and what is refused."""

from __future__ import annotations

import inspect
import random
import re
from pathlib import Path

import pytest

import viz
from helpers.networks import MODELS, conv, dropout, mlp, of_kind, residual, weights
from helpers.pictures import SVG, texts
from microgrid import Value, nn
from microgrid.cli.arguments import parsed
from microgrid.ops import TABLE
from viz.network.painting.shapes import icon, is_flat
from viz.style.theme import THEMES


def random_module(seed: int) -> tuple[nn.Module, list[float]]:
    """Layers of all kinds in any order, of at most 12 units, so that every weight is drawn."""
    rng = random.Random(seed)
    nin = width = rng.randint(1, 6)
    layers: list[nn.Module | str] = []
    for _ in range(rng.randint(1, 4)):
        kind, nout = rng.choice(["linear", "layer", "mlp", "maxout", "residual", "conv"]), rng.randint(1, 6)
        if kind == "conv":
            kernel = rng.randint(1, width)
            layers.append(nn.Conv(1, 1, kernel, seed=rng.randrange(99)))
            nout = width - kernel + 1
        elif kind == "residual":
            layers.append(nn.Residual(nn.Linear(width, width, seed=rng.randrange(99)), "tanh"))
            nout = width
        elif kind == "maxout":
            layers.append(nn.Maxout(width, nout, 2, seed=rng.randrange(99)))
        elif kind == "layer":
            layers.append(nn.Layer(width, nout, activation="tanh"))
        elif kind == "mlp":
            layers.append(nn.MLP(width, [rng.randint(1, 5), nout], activation="sigmoid"))
        else:
            layers.append(nn.Linear(width, nout, bias=rng.random() < 0.7, seed=rng.randrange(99)))
        if rng.random() < 0.5:
            layers.append(rng.choice(["relu", "tanh", "softplus"]))
        width = nout
    model = nn.Sequential(*layers)
    for p in model.parameters():
        p.data = rng.gauss(0, 1)
    return model, [rng.gauss(0, 1) for _ in range(nin)]


@pytest.mark.parametrize("seed", range(50))
def test_the_weights_that_are_drawn_are_those_of_the_model(seed: int) -> None:
    model, x = random_module(seed)
    found = weights(viz.network(model, x))
    assert found == {place: p.data for place, p in model.named_parameters()}


def number(text: str) -> float:
    return float(text.replace("−", "-"))


@pytest.mark.parametrize("name", ["2-2-1", "3-4-1", "2-2-2", "norm"])
def test_numbers_on_arrows_and_in_circles_are_those_of_the_model(name: str) -> None:
    make, x = MODELS[name]
    figure = viz.network(make(), x, slide="16:9", precision=4)
    values = {(g.get("data-tail"), g.get("data-head")): float(g.get("data-value")) for g in of_kind(figure, "link")}
    written = of_kind(figure, "number")
    assert len(written) == len(values)
    for group in written:
        value = values[group.get("data-tail"), group.get("data-head")]
        assert number(texts(group)[0]) == pytest.approx(value, rel=0.05)


def test_values_in_circles_are_what_the_model_computes() -> None:
    model = mlp(2, 3, 1, activation="tanh")
    figure = viz.network(model, [0.5, -1.0], slide="16:9")
    hidden = [v.data for v in model.layers[0]([0.5, -1.0])]
    circles = {g.get("data-node"): texts(g)[0] for g in of_kind(figure, "node")}
    shown = [number(circles[f"h1.{k}"]) for k in (1, 2, 3)]
    assert shown == pytest.approx(hidden, rel=0.01)
    assert number(circles["y1"]) == pytest.approx(model([0.5, -1.0]).data, rel=0.01)


def test_gradients_are_shown_by_colour_and_number() -> None:
    model = mlp(2, 2, 1, activation="tanh")
    y = (model([0.5, -1.0]) - 3.0) ** 2
    y.backward()
    figure = viz.network(model, [0.5, -1.0], show="gradients", slide="16:9")
    grads = {place: p.grad for place, p in model.named_parameters()}
    plus, minus = THEMES["lecture"].routes[0].stroke, THEMES["lecture"].routes[1].stroke
    for group in of_kind(figure, "link"):
        grad = grads[group.get("data-weight")]
        assert float(group.get("data-grad")) == grad
        assert group.find(f"{SVG}path").get("stroke") == (plus if grad > 0 else minus)


@pytest.mark.parametrize("theme", THEMES)
def test_width_is_size_and_the_sign_is_told_without_colour_in_print(theme: str) -> None:
    figure = viz.network(mlp(2, 4, 1), theme=theme)
    lines = [(float(g.get("data-value")), g.find(f"{SVG}path")) for g in of_kind(figure, "link")][:8]
    by_size = sorted(lines, key=lambda line: abs(line[0]))
    widths = [float(path.get("stroke-width")) for _, path in by_size]
    assert widths == sorted(widths)
    assert widths[-1] > 2 * widths[0]
    looks = {(value > 0, path.get("stroke"), bool(path.get("stroke-dasharray"))) for value, path in lines}
    assert len(looks) == 2
    if theme == "print":
        assert {dashed for _, _, dashed in looks} == {True, False}


def paints(figure: viz.Figure) -> dict[str, dict[str, str]]:
    return {g.get("data-node"): g.find(f"{SVG}path").attrib for g in of_kind(figure, "node")}


def legend(figure: viz.Figure) -> list[str]:
    return [text for g in of_kind(figure, "legend") for text in texts(g)]


@pytest.mark.parametrize("theme", THEMES)
def test_off_dead_and_dropped_look_different_and_the_legend_says_so(theme: str) -> None:
    model = mlp(1, 3, 1)
    for neuron, (w, b) in zip(model.layers[0].neurons, ((1.0, 0.0), (-1.0, 0.0), (0.0, -1.0)), strict=True):
        neuron.w[0].data, neuron.b.data = w, b
    sample = viz.network(model, [2.0], theme=theme)
    hidden = {k: paint for k, paint in paints(sample).items() if k[0] == "h"}
    dashed = [k for k, paint in hidden.items() if "stroke-dasharray" in paint]
    if theme == "print":  # where a dashed arrow is a negative weight, what is off has no outline
        assert dashed == []
        assert [k for k, paint in hidden.items() if paint["stroke"] == paint["fill"]] == ["h1.2", "h1.3"]
    else:
        assert dashed == ["h1.2", "h1.3"]
    assert "off for this sample" in legend(sample)
    batch = viz.network(model, [[2.0], [-1.0], [3.0]], theme=theme)
    fills = {key: paint["fill"] for key, paint in paints(batch).items()}
    assert len({fills["h1.1"], fills["h1.3"]}) == 2
    assert "dead: off for all samples" in legend(batch)
    dropped = viz.network(dropout(), [0.5, -1.0], theme=theme)
    crossed = [g for g in of_kind(dropped, "node") if "dropped" in g.get("class")]
    assert crossed
    assert all(len(g.findall(f"{SVG}path")) == 2 and not texts(g) for g in crossed)
    assert {"dropped out", "passes nothing on"} <= {*legend(dropped)}
    assert "dropped out" not in legend(sample)


def test_arrows_of_one_weight_have_one_colour_and_skips_run_over_the_columns() -> None:
    picture = viz.network(conv(), [1.0] * 8)
    colours: dict[str, set[str]] = {}
    for g in of_kind(picture, "link")[:18]:
        colours.setdefault(g.get("data-weight"), set()).add(g.find(f"{SVG}path").get("stroke"))
    grey = {g.find(f"{SVG}path").get("stroke") for g in of_kind(picture, "link")[18:]}
    assert [len(found - grey) <= 1 for found in colours.values()] == [True] * 3
    assert "drawn alike: one weight in several places" in legend(picture)
    skips = [g for g in of_kind(viz.network(residual(), [1.0, 2.0]), "link") if g.get("class") == "link skip"]
    assert len(skips) == 4
    assert all("C" in g.find(f"{SVG}path").get("d") for g in skips)


@pytest.mark.parametrize(("theme", "most"), [("lecture", 18), ("print", 12)])
def test_as_many_shared_weights_as_can_be_told_apart_have_lines_of_their_own(theme: str, most: int) -> None:
    for groups in (most // 2, most // 2 + 1):
        model = nn.Conv(2, groups, 1, bias=False, seed=3)
        figure = viz.network(model, [1.0, 2.0, 3.0, 4.0], theme=theme, max_units=None)
        looks = {}
        for g in of_kind(figure, "link"):
            line = g.find(f"{SVG}path")
            looks.setdefault(g.get("data-weight"), set()).add((line.get("stroke"), line.get("stroke-dasharray")))
        assert all(len(look) == 1 for look in looks.values())
        told = "drawn alike: one weight in several places" in legend(figure)
        assert told == (groups == most // 2)
        if told:
            assert len(set.union(*looks.values())) == 2 * groups


@pytest.mark.parametrize("name", ["relu", "tanh", "sigmoid", "softplus", "gelu", "hardtanh"])
def test_the_icon_is_the_curve_of_the_row(name: str) -> None:
    points = [point for _, points in icon(name, (0.0, 0.0), (6.0, 1.0)) for point in points]
    values = [TABLE[name].attempt(x, TABLE[name].constant)[0] for x, _ in points]
    low, high = min(values), max(values)
    expected = [-((value - low) / (high - low) - 0.5) for value in values]
    assert [y for _, y in points] == pytest.approx(expected, abs=1e-9)
    assert is_flat(name) == (name in ("relu", "hardtanh"))


def test_without_numbers_arrows_have_names() -> None:
    figure = viz.network([2, 2, 1])
    assert [texts(g)[0] for g in of_kind(figure, "number")][:4] == ["w₁₁⁽¹⁾", "w₁₂⁽¹⁾", "w₂₁⁽¹⁾", "w₂₂⁽¹⁾"]
    assert [texts(g)[0] for g in of_kind(figure, "node")] == ["x₁", "x₂", "h₁⁽¹⁾", "h₂⁽¹⁾", "ŷ"]
    model = mlp(2, 2, 1)
    assert "w₁₁⁽¹⁾" in viz.network(model, weights="names").svg()
    assert of_kind(viz.network(model, weights="width"), "number") == []
    alike = {g.find(f"{SVG}path").get("stroke-width") for g in of_kind(viz.network(model, weights="none"), "link")}
    assert len(alike) == 1


def test_it_is_a_figure_in_every_format(tmp_path: Path) -> None:
    figure = viz.network(mlp(2, 3, 1), [1.0, 2.0], title="Ours", lang="es")
    for suffix in ("svg", "html", "tex", "png", "pdf", "dot"):
        assert figure.save(tmp_path / f"net.{suffix}").stat().st_size > 500
    assert "\\begin{tikzpicture}" in figure.tikz()
    assert figure.dot().count("->") == 9
    svg = figure.svg()
    assert 'lang="es"' in svg
    assert "peso &gt; 0" in svg
    assert re.search(r"<title [^>]*>Ours</title>", svg)
    assert re.search(r"<desc [^>]*>Red .*Linear 2→3", svg)
    assert set(figure._repr_mimebundle_()) == {"text/html", "image/png", "text/plain"}


def test_what_cannot_be_drawn_is_told_in_one_sentence(tmp_path: Path) -> None:
    model = mlp(2, 3, 1)
    with pytest.raises(TypeError, match=r"network has no option 'colour': there are show, weights, .*lang"):
        viz.network(model, colour="red")
    for options in ({"show": "all"}, {"weights": "some"}, {"theme": "pink"}, {"slide": "A4"}):
        with pytest.raises(ValueError, match="is unknown: choose"):
            viz.network(model, **options)
    with pytest.raises(viz.VizError, match="finds no gradients; call backward"):
        viz.network(model, show="gradients")
    with pytest.raises(viz.VizError, match='show="values" needs a sample: pass one as x='):
        viz.network(model, show="values")
    with pytest.raises(ValueError, match="x has 3 numbers"):
        viz.network(model, [1.0, 2.0, 3.0])
    with pytest.raises(viz.TooLarge, match="30 circles cannot be read on a slide: show fewer with max_units=12"):
        viz.network(mlp(2, 30, 1), slide="16:9", max_units=None).save(tmp_path / "net.svg")
    with pytest.raises(viz.TooLarge, match="62 columns cannot be read on a slide"):
        viz.network(mlp(2, *[2] * 60, 1), slide="16:9").save(tmp_path / "net.svg")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(viz.VizError):
        viz.network(Value(2.0))


def test_options_stand_in_the_signature_the_documentation_and_the_command() -> None:
    named = {
        key: parameter.default
        for key, parameter in inspect.signature(viz.network).parameters.items()
        if parameter.kind == parameter.KEYWORD_ONLY
    }
    assert named == {
        "show": "auto", "weights": "auto", "theme": "lecture", "precision": 3, "title": None, "legend": True,
        "slide": None, "max_units": 12, "lang": "en",
    }  # fmt: skip
    documentation = inspect.getdoc(viz.network) or ""
    assert [key for key in named if f"`{key}`" not in documentation] == []
    typed = vars(parsed(["network", "2-2-1"]))
    assert {key: typed[key] for key in named if key in typed} == {"lang": "en"}  # what is not typed is not there
    assert vars(parsed(["network", "2-2-1", "--no-legend"]))["legend"] is False
