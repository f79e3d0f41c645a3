"""Which scopes of a graph are layers, and which of their nodes units."""

from __future__ import annotations

from helpers.monitored import mlp
from microgrid import Value, graph, scope
from microgrid.nn.tables.units import layers


def scopes_of(make) -> dict[str, int]:
    x = Value(0.5)
    loss = make(x) ** 2
    return {layer.scope: len(layer.units[0]) for layer in layers(graph.order(loss), [[x]], [])}


def test_neurons_are_part_of_their_layer_and_a_whole_network_in_a_scope_is_no_layer() -> None:
    def wrapped(x):
        with scope("net"):
            return mlp(1, (3, 2, 1))([x])

    assert scopes_of(wrapped) == {"net/layer0": 3, "net/layer1": 2, "net/layer2": 1}


def test_a_block_that_adds_to_what_is_inside_it_is_a_layer_too() -> None:
    def block(x):
        with scope("block"):
            with scope("inner"):
                h = (x * 3).tanh()
            return x + h

    assert scopes_of(block) == {"block/inner": 1, "block": 1}


def test_what_stays_in_its_scope_and_what_no_input_reaches_is_no_unit() -> None:
    def f(x):
        with scope("layer"):
            return (x * x + Value(2.0) * Value(3.0)).tanh()

    assert scopes_of(f) == {"layer": 1}
    assert scopes_of(lambda x: x * 2) == {}


def test_scopes_whose_names_begin_alike_are_apart() -> None:
    def f(x):
        with scope("layer1"):
            h = x * 2
        with scope("layer10"):
            return h.tanh()

    assert scopes_of(f) == {"layer1": 1, "layer10": 1}
