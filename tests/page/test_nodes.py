"""What the page of steps says of a node, and what it does when a number is changed."""

from __future__ import annotations

import microgrid as mg
import viz
from helpers.graphs import lecture, named
from helpers.pages import WORDS, Open, caption, frames_in, frames_of, shown, texts
from microgrid import Value, parameter


def test_a_node_is_explained(visit: Open) -> None:
    x, v, w = Value(1.5, "x"), parameter(-0.5, "v"), parameter(0.8, "w")
    p = named(w * x, "p")
    y = named(w * (p + named(v * (p + x), "q")), "y")
    page = visit(viz.steps(y), "#step=99")
    page.locator("g.node[aria-label^='p =']").click()
    panel = page.locator("#panel").inner_text()
    assert "p = w · x = 0.8 · 1.5 = 1.2" in panel
    assert "∂p/∂w = x = 1.5" in panel
    symbols = "∂y/∂p = ∂y/∂(p + x) · ∂(p + x)/∂p + ∂y/∂(p + q) · ∂₁(p + q)"
    assert f"{symbols} = −0.4 · 1 + 0.8 · 1 = −0.4 + 0.8 = 0.4" in panel
    assert "y ← p + q ← p: 0.8 · 1 = 0.8" in panel
    page.locator("g.node[aria-label^='w,']").click()
    assert len(texts(page, "#derivatives li")) == len(list(mg.graph.paths(y, w))) == 3


def test_no_gradient_is_told_before_it_is_complete(visit: Open) -> None:
    x = Value(3.0, "x")
    y = named(x * x + x, "y")  # x gets 1, then 1 + 3 = 4, then 4 + 3 = 7
    page = visit(viz.steps(y), "#step=0")
    page.locator("g.node[aria-label^='x,']").click()
    told = []
    for _ in range(8):
        panel = page.locator("#derivatives").inner_text()
        told.append(("= 3 + 3 + 1 = 7" in panel, "gradient not computed yet" in panel, ": 1 · 3 = 3" in panel))
        assert "∂y/∂x = ∂y/∂(x · x) · ∂₁(x · x) + ∂y/∂(x · x) · ∂₂(x · x) + ∂y/∂y · ∂₂y" in panel
        page.keyboard.press("ArrowRight")
    assert told == [(False, True, False)] * 7 + [(True, False, True)]


def test_the_verdict_calls_the_result_what_the_page_calls_it(visit: Open) -> None:
    page = visit(viz.steps(Value(3.0, "x") ** 2 * parameter(2.0, "w")).html())
    assert page.locator("h1").inner_text().startswith("x² · w")
    page.locator("#verdict summary").click()
    assert "∂(x² · w)/∂w = x**2" in texts(page, "#verdict li")


def test_many_paths_are_counted_not_listed(visit: Open) -> None:
    z = Value(1.0, "x")
    for _ in range(12):
        z = z + z
    page = visit(viz.steps(z))
    page.locator("g.node[data-node='0']").click()
    assert "4096 paths" in page.locator("#derivatives").inner_text()


def test_a_new_value_changes_everything(visit: Open) -> None:
    page = visit(viz.steps(lecture()).html(), "#step=13")
    assert texts(page, "#verdict summary") == ["✓ Verified"]
    page.locator("g.node[data-node='0']").click()
    page.locator("#what-if").fill("5")
    assert shown(page, "w") == ["w", "5", "∂L/∂w = 42"]
    assert shown(page, "L") == ["L = e²", "49", "∂L/∂L = 1"]
    assert texts(page, "g.local text") == ["x = 3", "w = 5", "1", "1", "1", "−1", "2e = 14"]
    assert WORDS["en"]["changed_text"] in page.locator("#verdict").inner_text()
    page.locator("#what-if").fill("five")
    assert page.locator("#what-if").get_attribute("aria-invalid") == "true"
    assert shown(page, "w")[1] == "5"
    page.locator("#what-if-slider").fill("1")
    assert shown(page, "L") == ["L = e²", "25", "∂L/∂L = 1"]
    page.locator("#reset").click()
    assert shown(page, "w") == ["w", "2", "∂L/∂w = −12"]
    assert WORDS["en"]["changed_text"] not in page.locator("#verdict").inner_text()


def test_a_leaf_can_be_dragged(visit: Open) -> None:
    page = visit(viz.steps(lecture()), "#step=13")
    box = page.locator("g.node[data-node='0']").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 70, box["y"] + 25, steps=4)
    page.mouse.up()
    page.mouse.move(box["x"] + 300, box["y"] + 25)
    assert shown(page, "w") == ["w", "3", "∂L/∂w = 6"]  # 50 pixels, each 4/200
    assert page.locator("#what-if").input_value() == "3"


def test_an_impossible_operation_is_shown_where_it_is(visit: Open) -> None:
    x = Value(2.0, "x")
    y = named(named(x.log(), "u") * 3 + 1 / (x + 1), "y")
    page = visit(viz.steps(y), "#step=99")
    page.locator("g.node[aria-label^='x,']").click()
    for typed, message in (
        ("-2", "log(−2) is not a real number: log needs x > 0."),
        ("0", "log(0) is not a real number"),
    ):
        page.locator("#what-if").fill(typed)
        assert message in caption(page)
    assert (
        page.locator("g.broken").get_attribute("aria-label")
        == "u = log(x), ✗: operation, not possible, gradient not computed yet"
    )
    assert "waiting" not in page.locator("g.broken").get_attribute("class").split()  # which would make it pale
    assert shown(page, "y")[1:] == ["", ""]
    page.locator("#as-table").click()
    rows = [row.split("\t")[:2] for row in page.locator("#numbers tbody tr").all_inner_texts()]
    assert ["u = log(x)", "not possible"] in rows
    page.locator("#as-table").click()
    page.locator("#language").select_option("es")
    assert "log necesita x > 0" in caption(page)
    page.locator("#reset").click()
    assert page.locator("g.broken").count() == 0


def test_a_formula_that_does_not_hold_any_more_is_not_shown(visit: Open) -> None:
    x = Value(2.0, "x")
    page = visit(viz.steps(named(mg.elu(x), "y")), "#step=99")
    page.evaluate("stepper.page.change(0, -1)")
    (label,) = texts(page, "g.local text")
    assert label == "0.3679"


def test_custom_operations_are_walked_but_not_recomputed(visit: Open) -> None:
    cube = mg.custom_op("cube", value=lambda x: x**3, partials=[lambda x: 3 * x**2])
    x, b = Value(2.0, "x"), Value(1.0, "b")
    y = named(cube(x) + b, "y")
    steps = viz.steps(y)
    page = visit(steps, "#step=99")
    assert frames_in(page) == frames_of(steps)
    page.locator("g.node[aria-label^='x,']").click()
    assert WORDS["en"]["fixed"].format(name="x", op="cube") in page.locator("#panel").inner_text()
    assert page.locator("#what-if").count() == 0
    page.locator("g.node[aria-label^='b,']").click()
    page.locator("#what-if").fill("3")
    assert shown(page, "y")[1] == "11"


def python_only() -> Value:
    cube = mg.custom_op("cube_alone", value=lambda x: x**3, partials=[lambda x: 3 * x**2])
    return named(cube(Value(2.0, "x")), "y")


def test_only_where_a_leaf_can_be_changed_a_change_is_offered(visit: Open) -> None:
    page = visit(viz.steps(lecture()))
    assert texts(page, "#node") == [f"{WORDS['en']['choose']} {WORDS['en']['choose_change']}"]
    page = visit(viz.steps(python_only()))
    assert texts(page, "#node") == [WORDS["en"]["choose"]]
    box = page.locator("g.node[data-node='0']").bounding_box()
    page.mouse.move(box["x"] - 5, box["y"] - 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 400, box["y"] + 60, steps=4)
    page.mouse.up()
    assert page.evaluate("String(getSelection())") == ""


def test_what_was_not_attempted_is_not_said_to_be_checked(visit: Open) -> None:
    page = visit(viz.steps(python_only()).html())
    verdict = page.locator("#verdict").text_content()
    for said in ("– Not fully verified", "not attempted", WORDS["en"]["findings_text"]):
        assert said in verdict
    assert "checked every derivative" not in verdict
