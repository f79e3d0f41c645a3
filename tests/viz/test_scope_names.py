"""What scopes are called: the library's counted from 1, as weights are; a user's as the user called them."""

from __future__ import annotations

import pickle
from copy import deepcopy

import pytest

import microgrid as mg
import viz
from helpers.pictures import SVG, groups, texts
from microgrid import Value, nn


def names(y: Value, **options: str) -> list[str]:
    figure = viz.draw(y, **options)
    return [texts(group)[0] for group in groups(figure, "node") if "folded" in group.get("class", "")]


def weighted() -> nn.Sequential:
    return nn.Sequential(nn.Linear(2, 2), "tanh", nn.Residual("relu", nn.Linear(2, 2)), nn.Linear(2, 1))


def test_the_number_of_a_layer_is_that_of_its_weights() -> None:
    model = weighted()
    y = model([0.5, -1.0])
    trace = viz.graph.trace.read(y)
    numbers = {}
    for node in trace.nodes:
        if node.role == "parameter":
            layer = trace.scope_name(node.scope[:-1]).split("layer ")[1]
            numbers.setdefault(layer, set()).add(node.name.partition("^")[2])
    assert numbers == {"1": {"(1)"}, "2": {"(2)"}, "3": {"(3)"}}
    assert names(y, collapse="outermost") == ["layer 1: Linear 2→2, tanh", "residual block 1", "layer 3: Linear 2→1"]
    assert names(y, collapse="outermost", lang="es")[1] == "bloque residual 1"


@pytest.mark.parametrize("lang", ["en", "es"])
def test_a_scope_of_a_users_own_keeps_its_name_beside_one_of_the_library_that_is_called_so_too(lang: str) -> None:
    xs = [Value(1.0, "x1"), Value(2.0, "x2")]
    with mg.scope("layer0"), mg.scope("neuron1"):
        own = [3.0 * x + 1.0 for x in xs]
    with mg.scope("layer7"):
        y = nn.MLP(2, [2, 1])(own)
    (layer, neuron) = ("layer", "neuron") if lang == "en" else ("capa", "neurona")
    first = viz.draw(y, lang=lang)
    frames = [texts(group)[-1] for group in groups(first, "scope-name")]
    assert sorted(frames) == sorted(
        ["layer0", "neuron1", "layer7", f"{layer} 1", f"{layer} 2", f"{neuron} 1", f"{neuron} 2", f"{neuron} 1"]
    )
    keys = {group.get("data-scope") for group in groups(first, "scope")}
    assert keys >= {"layer0/neuron1", "layer7/layer0/neuron1"}  # as the graph has them
    whole = [group.find(f"{SVG}title").text for group in groups(first, "scope")]
    assert any(text.endswith(f" layer7/{layer} 1, {neuron} 2") for text in whole)
    for copied in (deepcopy(y), pickle.loads(pickle.dumps(y))):
        assert viz.draw(copied, lang=lang).svg() == first.svg()


def test_routes_and_alternative_texts_say_what_the_boxes_say() -> None:
    y = nn.MLP(2, [2, 1], activation="tanh")([Value(1.0, "x"), Value(2.0, "t")])
    y.backward()
    figure = viz.draw(y, collapse="layer", path=("x", "z1^(2)"), lang="es")
    said = figure.svg()
    assert "capa 1[0] → capa 2" in said
    assert "ámbito capa 1, plegado" in said
    assert "layer0" not in said.replace('data-scope="layer0"', "")


def test_what_a_layer_is_made_of_and_what_is_no_layer_is_counted_by_kind() -> None:
    model = nn.Sequential(nn.Conv(1, 2, 2), "relu", nn.Maxout(4, 2), "relu")
    trace = viz.graph.trace.read(mg.sum(model([1.0, 2.0, 3.0])))
    shown = {trace.scope_name(node.scope) for node in trace.nodes if node.scope}
    assert {"layer 1 (conv), channel 2", "ReLU 2, neuron 1", "layer 2 (maxout), piece 1, neuron 2"} <= shown


class Own(nn.Module):
    """A module as one writes it in PyTorch: layers as attributes, activations as functions, no scopes."""

    def __init__(self) -> None:
        self.fc1, self.fc2 = nn.Linear(2, 3, seed=1), nn.Linear(3, 2, seed=2)

    def __call__(self, x: list[float]) -> Value:
        hidden = [z.tanh() for z in self.fc1(x)]
        return mg.sum(self.fc2(hidden))


@pytest.mark.parametrize("lang", ["en", "es"])
def test_units_of_layers_without_scopes_are_told_apart_by_their_weights(lang: str) -> None:
    y = Own()([0.5, -1.0])
    boxes = names(y, collapse="neuron", lang=lang)
    layer, neuron = ("layer", "neuron") if lang == "en" else ("capa", "neurona")
    assert boxes == [f"{neuron} {k}" for k in (1, 2, 3, 1, 2)]
    assert names(y, collapse="layer", lang=lang) == [f"{layer} 1: Linear 2→3", f"{layer} 2: Linear 3→2"]
    with mg.scope("encoder"):
        y = Own()([0.5, -1.0])
    assert {node.scope for node in viz.graph.trace.read(y).nodes if len(node.scope) > 1} == {
        *(("encoder", "layer0", f"neuron{k}") for k in range(3)),
        *(("encoder", "layer1", f"neuron{k}") for k in range(2)),
    }


def test_one_layer_without_a_scope_stays_without() -> None:
    y = mg.sum(nn.Linear(2, 2)([0.5, -1.0]))
    assert {node.scope for node in viz.graph.trace.read(y).nodes} == {(), ("neuron0",), ("neuron1",)}
