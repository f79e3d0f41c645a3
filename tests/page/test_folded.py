"""The page of a graph whose scopes are folded: each box says what the engine says of all in it, at every step."""

from __future__ import annotations

import html
import json
import math
import re
from typing import Any

import pytest

import microgrid as mg
import viz
from helpers.graphs import named
from helpers.pages import AXE, WORDS, Open, texts
from helpers.walks import layers
from microgrid import Value, parameter
from viz.picture.boxes import PENDING
from viz.words.numbers import Numbers

write = Numbers()


def two_scopes() -> tuple[Value, Value, Value]:
    """y = (w·x + b)² with the first part in a scope that gives one value, and the square in another."""
    w, x = parameter(2.0, "w"), Value(3.0, "x")
    with mg.scope("line"):
        b = parameter(1.0, "b")
        z = named(w * x * b + b, "z")
    with mg.scope("square"):
        y = named(z * z, "y")
    return w, x, y


def box(page: Any, name: str) -> list[str]:
    """The lines of the folded box of a scope."""
    return [str(t) for t in page.locator(f"g.node.folded[aria-label*='{name},']").locator("text").all_text_contents()]


def slope_labels(page: Any) -> list[str]:
    return texts(page, "g.local text")


@pytest.mark.parametrize("by", ["auto", "neuron"])
@pytest.mark.parametrize("lang", ["en", "es"])
def test_boxes_say_at_every_step_what_the_frames_say(visit: Open, by: str, lang: str) -> None:
    steps = viz.steps(layers(2, 3, 2, 1), collapse="layer", lang=lang, by=by)
    page = visit(steps)
    for k in range(len(steps)):
        page.evaluate("k => stepper.page.go(k)", k)
        groups = re.findall(r'<g class="node folded[ "].*?</g>', steps.svg(k), re.DOTALL)
        assert len(groups) == 3
        for group in groups:
            name, *lines = re.findall(r"<text[^>]*>([^<]*)</text>", group)
            here = [line for line in box(page, name)[1:] if line]
            assert here == [html.unescape(line) for line in lines if line != PENDING], (k, name)


def test_boxes_fill_as_the_walk_goes(visit: Open) -> None:
    _, _, y = two_scopes()
    page = visit(viz.steps(y, collapse="layer"))
    assert box(page, "line") == ["line", "", ""]
    page.keyboard.press("ArrowRight")
    assert box(page, "line") == ["line", "z = 7", ""]
    assert box(page, "square") == ["square", "", ""]
    assert page.locator("g.node.active").get_attribute("aria-label").startswith("line, z = 7")
    assert page.locator("g.edge.lit").count() == 2  # from w and from x
    page.keyboard.press("ArrowRight")
    assert box(page, "square") == ["square", "y = 49", ""]
    page.keyboard.press("End")
    # ∂y/∂w = 2z·b·x = 42, ∂y/∂x = 2z·w·b = 28, ∂y/∂b = 2z·(w·x + 1) = 98
    assert box(page, "line") == ["line", "z = 7", "‖grad‖ = 98 (1 parameter)"]
    assert box(page, "square") == ["square", "y = 49", "‖grad‖ = 1 (1 output)"]
    assert sorted(slope_labels(page)) == ["14", "2", "3"]  # through the scopes: ∂y/∂z, ∂z/∂x, ∂z/∂w
    page.locator("#language").select_option("es")
    assert box(page, "line")[2] == "‖grad‖ = 98 (1 parámetro)"


def test_ranges_and_norms_are_the_engines(visit: Open) -> None:
    y = layers(3, 5, 4, 1)
    page = visit(viz.steps(y, collapse="layer"), "#step=999")
    y.backward()
    for k, size in ((0, 5), (1, 4)):
        inside = [v for v in mg.graph.order(y) if v.scope.startswith(f"layer{k}")]
        values = [v.data for v in inside if v.op == "tanh"]
        parameters = [v.grad for v in inside if v.role == "parameter"]
        assert box(page, f"layer {k + 1}")[1:] == [
            f"{size} values, {write(min(values))} to {write(max(values))}",
            f"‖grad‖ = {write(math.hypot(*parameters))} ({len(parameters)} parameters)",
        ]


def test_a_scope_opens_and_its_leaves_can_be_changed(visit: Open) -> None:
    _, _, y = two_scopes()
    page = visit(viz.steps(y, collapse="layer"), "#step=999")
    page.locator("g.node.folded[aria-label^='line']").focus()
    page.keyboard.press("Enter")
    assert page.locator("#node h2").inner_text() == "line"
    assert "4 nodes, 3 operations, 1 parameter" in page.locator("#node").inner_text()
    page.locator("#node summary").click()
    listed = page.locator("#node details li button")
    assert {"b", "w · x", "z = w · x · b + b"} <= set(listed.all_inner_texts())
    listed.filter(has_text="b").first.click()
    assert page.locator("#node h2").inner_text() == "b"
    page.locator("#what-if").fill("0,5")
    # z = 6·0.5 + 0.5 = 3.5, y = 12.25; ∂z/∂w = 0.5·3, ∂z/∂x = 0.5·2, ∂y/∂b = 2·3.5·(6 + 1) = 49
    assert box(page, "line") == ["line", "z = 3.5", "‖grad‖ = 49 (1 parameter)"]
    assert box(page, "square")[1] == "y = 12.25"
    assert sorted(slope_labels(page)) == ["1", "1.5", "7"]
    page.locator("#out").click()
    assert page.locator("#node h2").inner_text() == "line"


def test_what_is_impossible_inside_shows_at_the_box(visit: Open) -> None:
    x = Value(2.0, "x")
    with mg.scope("inner"):
        z = named((x * 3).log() * 2, "z")
    page = visit(viz.steps(named(z + 1, "y"), collapse="layer"), "#step=999")
    page.evaluate("stepper.page.change(stepper.page.graph.nodes.findIndex(v => v.label === 'x'), -2)")
    assert box(page, "inner") == ["inner", "✗", ""]
    assert "broken" in page.locator("g.node.folded").get_attribute("class").split()
    page.locator("g.node.folded").click()
    assert "log(−6) is not a real number: log needs x > 0." in page.locator("#node").inner_text()
    assert slope_labels(page)[0] == ""
    page.evaluate("stepper.page.table()")
    assert WORDS["en"]["impossible"] in page.locator("#numbers").inner_text()


def test_eighteen_thousand_nodes(visit: Open) -> None:
    y = layers(2, 92, 63, 1)
    nodes = mg.graph.order(y)
    assert len(nodes) > 18_000
    steps = viz.steps(y, collapse="layer")
    written = steps.html(verify=False)
    data = written.split('id="graph">')[1].split("</script>")[0]
    assert len(data) < 40 * len(nodes)
    graph = json.loads(data)
    assert len(graph["nodes"]) < 10  # the others are in columns
    page = visit(written, "#step=999")
    last = page.evaluate("stepper.known(stepper.page.graph, stepper.page.frames, stepper.page.step)")
    y.backward()
    assert [float(x) for x in last["data"]] == [v.data for v in nodes]
    assert [x if x is None else float(x) for x in last["grads"]] == [
        None if v.role == "constant" else v.grad for v in nodes
    ]
    page.locator("g.node.folded").nth(1).click()
    assert page.locator("#node li").count() < 100
    page.locator("#more-inside").evaluate("button => button.click()")
    assert 100 < page.locator("#node li").count() < 200
    page.keyboard.press("t")
    assert page.locator("#numbers tbody tr").count() == 5
    page.locator("#numbers button[aria-expanded]").nth(1).click()
    assert page.locator("#numbers tbody tr").count() == 200
    page.locator("#rows_after").click()
    inside = sum(v.scope.startswith("layer1") for v in nodes)
    assert f"rows 201 to 400 of {5 + inside:,}" in page.locator("#numbers .line").inner_text()


def test_a_whole_scope_is_predicted_by_its_output_or_passed_over_with_a_word(visit: Open) -> None:
    _, _, y = two_scopes()
    page = visit(viz.steps(y, collapse="layer"))
    page.keyboard.press("p")
    page.keyboard.press("ArrowRight")
    assert page.locator("#asked").inner_text() == "Your prediction: line: z ="
    page.locator("#answer").fill("8")
    page.locator("#answer").press("Enter")
    assert WORDS["en"]["hint_scope"] in page.locator("#judgement").inner_text()
    page.locator("#answer").fill("7,0")
    page.locator("#check").click()
    assert page.locator("#count").inner_text().startswith("1 of")
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    assert page.locator("#judgement").inner_text() == WORDS["en"]["not_asked"]
    assert not page.locator("#answer").is_visible()


def test_the_focus_stays_where_it_was_in_the_table(visit: Open) -> None:
    page = visit(viz.steps(layers(2, 3, 1), collapse="neuron"), "#step=999")
    page.keyboard.press("t")
    names = "[...document.querySelectorAll('#numbers [data-scope]')].map((row) => row.textContent)"
    assert page.evaluate(names) == [*(f"layer 1, neuron {k}" for k in (1, 2, 3)), "layer 2, neuron 1"]
    for name in ("layer 1, neuron 3", "layer 2, neuron 1"):
        page.locator("#numbers [data-scope]", has_text=name).focus()
        page.keyboard.press("Enter")
        assert page.locator("#node h2").inner_text() == name
        assert page.evaluate("document.activeElement.textContent") == name


def test_a_node_of_a_list_leaves_the_focus_beside_the_picture(visit: Open) -> None:
    _, _, y = two_scopes()
    page = visit(viz.steps(y, collapse="layer"), "#step=999")
    page.locator("g.node.folded[aria-label^='line']").click()
    page.locator("#node li button").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#node h2").inner_text() == "z = w · x · b + b"
    assert page.evaluate("document.activeElement.id") == "out"


def test_operations_of_four_operands_inside_a_scope(visit: Open) -> None:
    """Each operand comes in through another one too, so that its derivative is told by its number."""
    products = [lambda *x, k=k: math.prod(x[:k] + x[k + 1 :]) for k in range(4)]
    volume = mg.custom_op("volume4", value=lambda a, b, c, d: a * b * c * d, partials=products)
    x = Value(2.0, "x")
    with mg.scope("solid"):
        v = named(volume(x, x, x, x), "v")
    page = visit(viz.steps(named(v + 1, "y"), collapse="layer"), "#step=999")
    page.evaluate("stepper.page.choose(stepper.page.graph.nodes.findIndex((node) => node.label === 'v'))")
    assert texts(page, "#derivatives li")[:4] == ["∂₁v = 8", "∂₂v = 8", "∂₃v = 8", "∂₄v = 8"]


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (npm install axe-core)")
def test_formulas_inside_a_scope_that_stand_twice_are_told_apart(visit: Open) -> None:
    x, w = Value(3.0, "x"), parameter(2.0, "w")
    with mg.scope("twice"):
        y = named((w * x).tanh() + (w * x) ** 2 + (w * x).tanh(), "y")
    steps = viz.steps(y, collapse="outermost")
    called = visit(steps).evaluate("stepper.page.graph.nodes.map(({name, made, target}) => [name, made, target])")
    assert {"w · x", "(w · x)₍₂₎", "(w · x)₍₃₎", "tanh(w · x)", "tanh(w · x)₍₂₎", "(w · x)²"} <= {n for n, *_ in called}
    assert ["(w · x)₍₂₎", "w · x", "∂y/∂(w · x)₍₂₎"] in called
    assert ["tanh(w · x)₍₂₎", "tanh(w · x)", "∂y/∂tanh(w · x)₍₂₎"] in called


def test_axe_finds_no_fault_in_what_folded_scopes_add(visit: Open) -> None:
    page = visit(viz.steps(layers(2, 3, 60, 1), collapse="layer"), "#step=4")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    inner = "document.querySelector('#node details').open = true"
    table = "stepper.page.table(); document.querySelectorAll('#numbers [aria-expanded]')[1].click()"
    faults = []
    for state in (f"stepper.page.chooseBox([...stepper.page.graph.units.keys()][1]); {inner}", table):
        page.evaluate(state)
        for fault in page.evaluate("axe.run()")["violations"]:
            faults.append((state, fault["id"], [node["html"][:200] for node in fault["nodes"]]))
    assert faults == []


def test_an_arrow_through_a_scope_has_the_sum_over_all_ways_inside(visit: Open) -> None:
    """q = h² + 3h with h = xw: of two ways inside, ∂q/∂x = w(2h + 3) and ∂q/∂w = x(2h + 3)."""
    x, w = Value(0.5, "x"), parameter(-1.5, "w")
    with mg.scope("fork"):
        h = named(x * w, "h")
        q = named(h * h + 3 * h, "q")
    page = visit(viz.steps(named(q + 1, "y"), collapse="layer"), "#step=0")
    page.keyboard.press("End")
    written = {text.rpartition(" ")[2] for text in texts(page, "g.local text")}
    assert {"−2.25", "0.75"} <= written
