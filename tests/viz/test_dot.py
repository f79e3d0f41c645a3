"""DOT: any label survives Graphviz as it is, and micrograd's notebooks find what they know."""

import shutil
from xml.etree import ElementTree

import graphviz
import pytest

import viz
from helpers.graphs import HOSTILE, deep, lecture, neurons, reuse, square
from microgrid import Value
from viz.style.text import clean, shorten

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz's dot")
SVG = "{http://www.w3.org/2000/svg}"


def rendered(source: str) -> list[str]:
    """The texts in the picture that Graphviz makes of a source."""
    root = ElementTree.fromstring(graphviz.pipe("dot", "svg", source.encode()))
    return [(text.text or "").replace("\u00a0", " ").strip() for text in root.iter(f"{SVG}text")]


@needs_dot
@pytest.mark.parametrize("label", HOSTILE)
def test_graphviz_shows_a_label_as_it_is(label: str) -> None:
    with_title = viz.draw(Value(2.0, label), title=label).dot()
    texts = rendered(with_title)
    assert " ".join(shorten(label, 40).split()) in [" ".join(text.split()) for text in texts]
    assert "2" in texts


@needs_dot
@pytest.mark.parametrize("label", HOSTILE)
def test_graphviz_shows_a_label_of_draw_dot_as_it_is(label: str) -> None:
    texts = rendered(viz.draw_dot(Value(2.0, label)).source)
    assert " ".join(f"{shorten(label, 80)} | data 2 | grad –".split()) in [" ".join(text.split()) for text in texts]


@needs_dot
@pytest.mark.parametrize("ops", ["merged", "separate"])
@pytest.mark.parametrize("theme", ["lecture", "dark", "print"])
def test_graphviz_draws_every_look(ops: str, theme: str) -> None:
    texts = rendered(viz.draw(neurons(), ops=ops, theme=theme, title="Neurons", rankdir="TB").dot())
    assert {"Neurons", "layer0", "neuron1", "w₁₁⁽¹⁾"} <= set(texts)


def test_numbers_in_dot_are_ascii() -> None:
    source = viz.draw(lecture()).dot()
    assert "∂L/∂w = -12" in source
    assert "2e = -4" in source
    assert "−" not in source


def test_an_operand_used_twice_has_two_edges() -> None:
    assert viz.draw(square()).dot().count("n0 -> n1") == 2
    assert viz.draw_dot(square()).source.count("n0 -> o1") == 2


# ---------------------------------------------------------------- draw_dot


def micrograd_trace(root: Value) -> tuple[set[Value], set[tuple[Value, Value]]]:
    """As in micrograd's notebook, https://github.com/karpathy/micrograd/blob/master/trace_graph.ipynb."""
    nodes: set[Value] = set()
    edges: set[tuple[Value, Value]] = set()

    def build(v: Value) -> None:
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    build(root)
    return nodes, edges


@needs_dot
@pytest.mark.parametrize("graph", [lecture, reuse, neurons])
def test_draw_dot_has_the_nodes_and_edges_of_micrograds(graph) -> None:
    root = graph()
    nodes, edges = micrograd_trace(root)
    operations = sum(bool(v._op) for v in nodes)
    plain = viz.draw_dot(root).pipe(format="plain", encoding="utf-8").splitlines()
    assert sum(line.startswith("node") for line in plain) == len(nodes) + operations
    assert sum(line.startswith("edge") for line in plain) == len(edges) + operations


def test_draw_dot_returns_what_notebooks_expect() -> None:
    dot = viz.draw_dot(lecture())
    assert isinstance(dot, graphviz.Digraph)
    assert dot.format == "svg"
    assert dot.graph_attr["rankdir"] == "LR"
    assert "L | data 4 | grad 1" in dot.source
    assert 'label="**2"' in dot.source
    assert viz.draw_dot(lecture(), format="png", rankdir="TB").format == "png"


def test_draw_dot_refuses_an_unknown_direction_and_thing() -> None:
    with pytest.raises(ValueError, match=r"LR.*TB"):
        viz.draw_dot(lecture(), rankdir="left")
    with pytest.raises(TypeError, match="Value"):
        viz.draw_dot(3.0)


def test_draw_dot_tells_an_absent_gradient_from_zero_and_small_from_zero() -> None:
    x = Value(1e-9, "x")
    assert "x | data 1e-9 | grad –" in viz.draw_dot(x).source


def test_draw_dot_walks_a_deep_graph_without_recursion_and_says_no_id() -> None:
    source = viz.draw_dot(deep(3000)).source
    assert source.count("->") == 9000
    assert source == viz.draw_dot(deep(3000)).source


def test_a_control_character_does_not_reach_graphviz() -> None:
    assert "\x07" not in viz.draw_dot(Value(1.0, "\x07")).source
    assert clean("\x07") in viz.draw(Value(1.0, "\x07")).dot()
