"""The page that steps through a graph, in a real browser: its numbers are the engine's, and it can be used by all."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pages import AXE, WORDS, Open, caption, frames_in, frames_of, shown, texts
from programs import draw as draw_graph
from test_viz_graphs import GRAPHS, HOSTILE, lecture, named

import microgrid as mg
import viz
from microgrid import Value, parameter
from microgrid.ops import TABLE
from viz.digits import Numbers
from viz.rows_js import rows
from viz.text import clean

# ---------------------------------------------------------------- numbers

ROWS = {name: row for name, row in TABLE.items() if row.value}
"""Without the operations that other tests define."""


def every_operation() -> Value:
    """A graph with each operation of the table in it."""
    x, y = Value(0.6, "x"), Value(0.7, "y")
    infix = {"add": x + y, "sub": x - y, "mul": x * y, "div": x / y, "pow": x**y, "powc": x**2, "neg": -x}
    nodes = [
        infix[name] if name in infix else getattr(mg, name)(*[x, y][: row.arity]) for name, row in ROWS.items()
    ]  # fmt: skip
    return mg.sum(nodes)


NEAR_AND_FAR = (0.0, 1e-8, -1e-8, 0.5, -0.5, 1.0, -1.0, 2.5, -2.5, 5.5, -5.5, 20.5, -20.5, 300.0, -300.0)


def points() -> list[tuple[str, float, float]]:
    """For each operation its sample points, those of both sides of its domain, and large and small ones."""
    found = []
    for name, row in ROWS.items():
        for x, *rest in row.samples:
            found.append((name, x, *(rest or [row.constant or 0.0])))
        for x in NEAR_AND_FAR:
            found += [(name, x, y) for y in ((row.constant,) if row.constant is not None else (0.7, -1.3, x))]
    return found


def test_every_operation_of_the_table_is_computed_as_the_engine_does(visit: Open) -> None:
    page = visit(viz.steps(every_operation(), max_nodes=None))
    code = """points => points.map(([op, x, y]) => {
        const row = stepper.ROWS[op], z = row.value(x, y);
        return [row.domain(x, y), row.pole(x, y), row.kink(x, y), z, ...row.partials(x, y, z)];
    })"""
    compared = set()
    for (name, x, y), (domain, pole, kink, *numbers) in zip(
        points(), page.evaluate(code, [list(point) for point in points()]), strict=True
    ):
        row = ROWS[name]
        said = [bool(row.bind(what)(x, y)) for what in ("domain", "pole", "kink")]
        assert said == [domain, pole, kink], (name, x, y)
        if domain:
            expected = row.forward_ieee(x, y)[: 1 + row.arity]
            assert numbers == pytest.approx(expected, rel=1e-12, abs=1e-305, nan_ok=True), (name, x, y)
            compared.add(name)
    assert compared == set(ROWS)


def test_a_row_that_cannot_be_spelled_is_an_error() -> None:
    from dataclasses import replace

    with pytest.raises(TypeError, match="does not know how to write"):
        rows([replace(TABLE["add"], value="[x, y]")])


def random_graph(seed: int) -> tuple[list[Value], Value]:
    """Labelled leaves and what was computed from them."""
    drawn = draw_graph(seed, steps=5)
    dice = random.Random(seed)
    xs = [Value(dice.uniform(-2, 2), f"x{i}") for i in range(drawn.inputs)]
    ps = [parameter(data, f"w{i}") for i, data in enumerate(drawn.at)]
    outputs = drawn.build(xs, ps)
    return xs + ps, mg.sum(outputs) if len(outputs) > 1 else outputs[0]


def test_stepping_to_the_end_gives_the_engines_gradients(visit: Open) -> None:
    largest = 0
    for seed in range(20):
        _, y = random_graph(seed)
        page = visit(viz.steps(y, max_nodes=None, engine="dot"))
        for leaf in mg.graph.leaves(y):
            leaf.grad = 0.0
        y.backward()
        page.keyboard.press("End")
        last = page.evaluate("stepper.known(stepper.page.graph, stepper.page.frames, stepper.page.step)")
        nodes = mg.graph.order(y)
        assert last["data"] == [v.data for v in nodes]
        grads = [None if v.role == "constant" else v.grad for v in nodes]
        assert last["grads"] == grads, seed
        largest = max(largest, len(nodes))
    assert largest > 80


def deep_tower() -> Value:
    """What takes long formulas, many paths, large and small numbers, powers, and brackets in all places."""
    x, y = Value(-1.5, "x"), parameter(2e-7, "y")
    z = x
    for _ in range(4):
        z = z * z - x / 3 + y**-2
    return named((2 - x) ** x.sigmoid() * abs(z).sqrt() + mg.maximum(x, y) / (y - x) - x**3, "t")


@pytest.mark.parametrize("name", [*GRAPHS, "deep_tower"])
def test_frames_and_captions_are_those_of_python(visit: Open, name: str) -> None:
    y = GRAPHS[name]() if name in GRAPHS else deep_tower()
    for by, lang in (("operation", "en"), ("layer", "es")):
        steps = viz.steps(y, by=by, lang=lang)
        assert frames_in(visit(steps)) == frames_of(steps)


def test_a_changed_leaf_gives_the_frames_of_a_graph_made_that_way(visit: Open) -> None:
    for seed in (3, 8, 11):
        leaves, y = random_graph(seed)
        changes = {v.label: 0.25 * k - 0.6 for k, v in enumerate(leaves)}
        page = visit(viz.steps(y, max_nodes=None, by="operation", engine="dot"))
        places = {v.label: i for i, v in enumerate(mg.graph.order(y)) if v.label in changes}
        page.evaluate("changes => changes.forEach(([i, x]) => stepper.page.change(i, x))", [
            [i, changes[label]] for label, i in places.items()
        ])  # fmt: skip
        for v in leaves:
            v.data = changes[v.label]
        mg.recompute(y)
        expected = frames_of(viz.steps(y, max_nodes=None, by="operation"))
        for here, there in zip(frames_in(page), expected, strict=True):
            assert (here["phase"], here["active"], here["edges"]) == (there["phase"], there["active"], there["edges"])
            for which in ("data", "grads"):
                for a, b in zip(here[which], there[which], strict=True):
                    assert a == b if b is None else a == pytest.approx(b, rel=1e-9, abs=1e-13)


def test_numbers_are_written_as_in_pictures(visit: Open) -> None:
    dice = random.Random(7)
    cases = [
        (x, 4) for x in (0.0, -0.0, 2 / 3, 1.0005, 4.0625, 1000.5, 999999.5, 1e6, 5987414.1, 1e-5, 6.99996, 0.1 + 0.2)
    ]
    cases += [(dice.uniform(-1, 1) * 10.0 ** dice.randint(-12, 12), dice.randint(1, 17)) for _ in range(2000)]
    cases += [(dice.randint(-(10**6), 10**6) / 2.0 ** dice.randint(0, 12), dice.randint(1, 12)) for _ in range(2000)]
    cases += [(x, 4) for x in (math.nan, math.inf, -math.inf)]
    page = visit(viz.steps(lecture()))
    written = page.evaluate("cases => cases.map(([x, digits]) => stepper.write(x, digits))", [list(c) for c in cases])
    assert written == [Numbers(digits)(x) for x, digits in cases]


def test_pointing_at_a_node_shows_every_digit(visit: Open) -> None:
    page = visit(viz.steps(named(Value(0.1, "a") + Value(0.2, "b"), "c")), "#step=4")
    assert page.locator("g.node[data-node='2'] title").text_content().split("\n") == [
        "c = a + b", "operation", "value 0.30000000000000004", "gradient 1",
    ]  # fmt: skip


# ---------------------------------------------------------------- walking


def test_buttons_keys_slider_and_address(visit: Open) -> None:
    steps = viz.steps(lecture())
    page = visit(steps, "#step=7")
    count = page.locator("#count")
    assert count.inner_text() == f"7 of {len(steps) - 1}"
    assert caption(page) == steps[7].caption == "∂L/∂ŷ += ∂L/∂e · ∂e/∂ŷ = −4 · 1 = −4"
    assert shown(page, "ŷ") == ["ŷ = z + b", "7", "∂L/∂ŷ = −4"]
    assert shown(page, "w") == ["w", "2", "–"]
    for key, step in (("ArrowRight", 8), ("ArrowLeft", 7), ("Home", 0), ("End", 13), ("f", 1), ("b", 5), ("B", 5)):
        page.keyboard.press(key)
        assert count.inner_text() == f"{step} of 13"
        assert page.url.endswith(f"#step={step}")
    for button, step in (("next", 6), ("back", 5), ("first", 0), ("last", 13), ("forward", 1), ("backward", 5)):
        page.locator(f"#{button}").click()
        assert count.inner_text() == f"{step} of 13"
    page.locator("#slider").fill("9")
    assert caption(page) == steps[9].caption
    page.evaluate("location.hash = '#step=2'")
    page.wait_for_function("stepper.page.step === 2")


@pytest.mark.parametrize("step", [77, 86, 95, 150])
def test_a_link_to_a_step_shows_the_place_where_it_happens(visit: Open, step: int) -> None:
    x = [Value(0.5, "x1"), Value(-1.0, "x2")]
    page = visit(viz.steps((mg.nn.MLP(2, [4, 4, 1])(x) - 1) ** 2, by="operation"), f"#step={step}")
    inside = """() => {
      const box = document.querySelector(".node.active").getBoundingClientRect();
      const frame = document.getElementById("picture").getBoundingClientRect();
      return box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom;
    }"""
    page.wait_for_timeout(800)  # until the frame has its size and the scrolling has ended
    assert page.evaluate(inside)


def test_colours_and_routes_tell_of_no_gradient_before_it_is_known(visit: Open) -> None:
    fill = "label => getComputedStyle(document.querySelector(`g.node[aria-label^='${label},'] > path`)).fill"
    page = visit(viz.steps(lecture(), color_by="grad", path="w"), "#step=7")
    route = page.locator("g.routes")
    assert page.evaluate(fill, "w") == "rgb(255, 255, 255)"
    assert not route.is_visible()
    page.keyboard.press("End")
    assert page.evaluate(fill, "w") != "rgb(255, 255, 255)"
    assert "∂L/∂w = 3 · 1 · 1 · (−4) = −12" in "".join(route.all_text_contents())
    assert route.is_visible()
    page.evaluate("stepper.page.change(0, 5)")  # both are about the numbers as recorded
    assert page.evaluate(fill, "w") == "rgb(255, 255, 255)"
    assert not route.is_visible()


def test_playing_goes_to_the_end_and_stops(visit: Open) -> None:
    page = visit(viz.steps(named(-Value(2.0, "x"), "y")))
    page.clock.install()
    page.keyboard.press("Space")
    assert page.locator("#play").inner_text() == "Pause"
    for _ in range(8):
        page.clock.run_for(2000)
    assert page.locator("#count").inner_text() == "4 of 4"
    assert page.locator("#play").inner_text() == "Play"


def test_what_is_not_known_yet_is_not_shown(visit: Open) -> None:
    page = visit(viz.steps(lecture()), "#step=2")
    assert shown(page, "ŷ") == ["ŷ = z + b", "7", "–"]
    assert shown(page, "e") == ["e = ŷ − y", "–", "–"]
    assert "not computed yet" in page.locator("g.node[data-node='6']").get_attribute("aria-label")
    assert page.locator("g.edge.lit").count() == 2
    assert page.locator("g.node.active").get_attribute("data-node") == "4"


def test_both_languages(visit: Open) -> None:
    page = visit(viz.steps(lecture(), lang="es"), "#step=5")
    assert page.locator("html").get_attribute("lang") == "es"
    assert caption(page) == viz.steps(lecture(), lang="es")[5].caption
    assert page.locator("#predict").inner_text() == WORDS["es"]["predict"]
    page.locator("#language").select_option("en")
    assert caption(page) == viz.steps(lecture())[5].caption
    assert page.locator("html").get_attribute("lang") == "en"


def test_every_word_is_in_both_languages() -> None:
    assert set(WORDS["en"]) == set(WORDS["es"])
    for name, text in WORDS["en"].items():
        if isinstance(text, str):
            assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", WORDS["es"][name])), name


# ---------------------------------------------------------------- a node, and what if


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
        == "u = log(x), ✗, –: operation, not possible, gradient not computed yet"
    )
    assert shown(page, "y")[1:] == ["–", "–"]
    page.locator("#language").select_option("es")
    assert "log necesita x > 0" in caption(page)
    page.locator("#reset").click()
    assert page.locator("g.broken").count() == 0


def test_overflow_and_poles_have_their_own_words(visit: Open) -> None:
    x = Value(2.0, "x")
    page = visit(viz.steps(named(x.exp(), "y")), "#step=1")
    page.evaluate("stepper.page.change(0, 1000)")
    assert caption(page) == "exp(1000) is beyond the largest number a computer's double holds, 1.8e308."
    page = visit(viz.steps(named(1 / x, "y")), "#step=1")
    page.evaluate("stepper.page.change(stepper.page.graph.nodes.findIndex(v => v.label === 'x'), 0)")
    assert caption(page) == "1 / 0 divides by zero."


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


# ---------------------------------------------------------------- for everyone, and safely


def test_the_table_has_the_same_numbers(visit: Open) -> None:
    page = visit(viz.steps(lecture()), "#step=99")
    page.locator("#as-table").click()
    assert not page.locator("#picture").is_visible()
    rows_shown = [row.split("\t") for row in page.locator("#numbers tbody tr").all_inner_texts()]
    write = Numbers()
    steps = viz.steps(lecture())
    assert [row[1:3] for row in rows_shown] == [
        [write(a), write(b or 0.0)] for a, b in zip(steps[-1].data, steps[-1].grads)
    ]
    page.locator("#numbers button").first.press("Enter")
    assert page.locator("#node h2").inner_text() == "w"


def test_everything_can_be_reached_with_the_keyboard(visit: Open) -> None:
    page = visit(viz.steps(lecture()), "#step=3")
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.dataset.node"))
    controls = set(page.evaluate("[...document.querySelectorAll('button, select, input')].filter("
                                 "e => e.checkVisibility() && !e.disabled).map(e => e.id)"))  # fmt: skip
    assert controls <= reached
    assert "7" in reached  # the result's box
    page.locator("g.node[data-node='7']").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.dataset.node") == "5"
    page.keyboard.press("Enter")
    assert page.locator("#node h2").inner_text() == "y"
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#keys").is_visible()


@pytest.mark.skipif(not AXE.exists(), reason="optional: axe-core is not installed (npm install axe-core)")
def test_axe_finds_no_fault(visit: Open) -> None:
    faults: list[Any] = []
    states = {
        "light": ("stepper.page.choose(3); document.querySelector('details').open = true",
                  "stepper.page.predict(); stepper.page.next()", "stepper.page.table(); stepper.page.speak('es')",
                  "document.getElementById('keys').showModal()"),
        "dark": ("stepper.page.choose(3)",),
    }  # fmt: skip
    for scheme, prepared in states.items():
        page = visit(viz.steps(lecture()).html(), "#step=9", color_scheme=scheme)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        for state in prepared:
            page.evaluate(state)
            for fault in page.evaluate("axe.run()")["violations"]:
                faults.append((scheme, state, fault["id"], [node["html"][:200] for node in fault["nodes"]]))
    assert faults == []


def test_hostile_labels_stay_text(visit: Open) -> None:
    tags = (
        "</script><script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "<!--<script>",
        "${alert(1)}",
        "\u2028",
    )
    labels = [*HOSTILE, *tags]
    y = mg.sum([named(Value(2.0, label) ** 2, label + "!") for label in labels])
    steps = viz.steps(named(y, labels[-1] + "?"))
    page = visit(steps.html(), "#step=99")
    page.evaluate("stepper.page.table()")
    headings = [
        page.evaluate("i => { stepper.page.choose(i); return document.querySelector('#node h2').textContent; }", i)
        for i, v in enumerate(mg.graph.order(y))
        if not v.op
    ]
    assert headings == [clean(label) for label in labels]
    assert page.evaluate("document.scripts.length") == 2
    assert page.locator("img, iframe, a, object, embed").count() == 0


def test_the_policy_forbids_the_network_and_foreign_code(
    visit: Open, windows: Callable[..., Any], tmp_path: Path
) -> None:
    html = viz.steps(lecture()).html(verify=False)
    assert "unsafe" not in re.findall(r'Content-Security-Policy" content="([^"]*)"', html)[0]
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", html)
    assert re.findall(r"https?://[^\"'\s]*", html) == ["http://www.w3.org/2000/svg"]
    file = tmp_path / "attacked.html"
    file.write_text(html.replace("</body>", "<script>window.attacked = 1</script></body>"), encoding="utf-8")
    page = windows().new_page()
    page.goto(file.as_uri())
    assert page.evaluate("window.attacked === undefined && stepper.page.frames.length === 14")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    assert page.evaluate("fetch('http://localhost:9/').then(() => 'came', () => 'refused')") == "refused"
    assert asked == []
    page.close()


def test_without_javascript_the_final_picture_is_there(visit: Open) -> None:
    page = visit(viz.steps(lecture()), java_script_enabled=False)
    assert "∂L/∂w = −12" in texts(page, "#picture text")
    assert "switched off" in page.locator("noscript").inner_text()


def test_paper_and_those_who_want_no_motion(visit: Open) -> None:
    page = visit(viz.steps(lecture()), "#step=7")
    page.emulate_media(media="print")
    assert not page.locator("#controls").is_visible()
    assert page.locator("#picture svg").is_visible()
    assert page.locator("#caption").is_visible()
    page.emulate_media(media="screen", reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.querySelector('g.node')).transitionProperty") == "none"


def test_dark_pages_are_dark(visit: Open) -> None:
    light = "getComputedStyle(document.body).backgroundColor"
    assert visit(viz.steps(lecture())).evaluate(light) == "rgb(255, 255, 255)"
    assert visit(viz.steps(lecture()), color_scheme="dark").evaluate(light) == "rgb(20, 24, 31)"
    assert visit(viz.steps(lecture(), theme="print"), color_scheme="dark").evaluate(light) == "rgb(255, 255, 255)"


def test_a_phone_needs_no_sideways_scrolling(visit: Open) -> None:
    page = visit(viz.steps(lecture()), "#step=4", viewport={"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for element in ("next", "slider", "caption"):
        box = page.locator(f"#{element}").bounding_box()
        assert box["y"] + box["height"] <= 844


def test_a_hundred_nodes_take_less_than_400_kb_beside_the_picture() -> None:
    rng = random.Random(1)
    xs = [Value(rng.uniform(-1, 1), f"x{i}") for i in range(4)]
    y = mg.nn.MLP(4, [4, 4, 1])(xs)
    html = viz.steps(y).html()
    picture = html[html.index("<svg ") : html.index("</svg>")]
    assert len(mg.graph.order(y)) > 100
    assert len(html.encode()) - len(picture.encode()) < 400_000
    assert viz.steps(y).html() == html


def test_a_verdict_is_about_the_graph_that_is_shown() -> None:
    x = Value(2.0, "x")
    y = x * x
    before = viz.steps(y)
    x.data = 5.0
    mg.recompute(y)
    assert '"verdict":null' in before.html()
    assert '"verdict":"verified"' in viz.steps(y).html()
