"""The page that steps through a graph, in a real browser: how one goes through it, and that all can, safely."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import microgrid as mg
import viz
from helpers.graphs import HOSTILE, lecture, named
from helpers.pages import AXE, WORDS, Open, caption, shown, texts
from microgrid import Value
from viz.style.text import clean
from viz.words.numbers import Numbers


def test_buttons_keys_slider_and_address(visit: Open) -> None:
    steps = viz.steps(lecture())
    page = visit(steps, "#step=7")
    count = page.locator("#count")
    assert count.inner_text() == f"7 of {len(steps) - 1}"
    assert caption(page) == steps[7].caption == "∂L/∂ŷ = ∂L/∂e · ∂e/∂ŷ = −4 · 1 = −4"
    assert shown(page, "ŷ") == ["ŷ = z + b", "7", "∂L/∂ŷ = −4"]
    assert shown(page, "w") == ["w", "2", ""]
    for key, step in (("ArrowRight", 8), ("ArrowLeft", 7), ("Home", 0), ("End", 13), ("f", 1), ("b", 5), ("B", 5)):
        page.keyboard.press(key)
        assert count.inner_text() == f"{step} of 13"
        assert page.evaluate("location.href").endswith(f"#step={step}")
    for button, step in (("next", 6), ("back", 5), ("first", 0), ("last", 13), ("forward", 1), ("backward", 5)):
        page.locator(f"#{button}").click()
        assert count.inner_text() == f"{step} of 13"
    page.locator("#slider").fill("9")
    assert caption(page) == steps[9].caption
    page.evaluate("location.hash = '#step=2'")
    page.wait_for_function("stepper.page.step === 2")


def network() -> viz.Steps:
    """A walk whose picture is larger than its frame."""
    x = [Value(0.5, "x1"), Value(-1.0, "x2")]
    return viz.steps((mg.nn.MLP(2, [4, 4, 1])(x) - 1) ** 2, by="operation")


def comes_into_sight(page: Any, selector: str) -> None:
    """Waits until something is in sight and stays there: the picture scrolls smoothly, in as much time as it takes."""
    seen = """selector => {
      const box = document.querySelector(selector).getBoundingClientRect();
      const picture = document.getElementById("picture"), frame = picture.getBoundingClientRect();
      const place = `${picture.scrollLeft} ${picture.scrollTop}`, rests = picture.dataset.place === place;
      picture.dataset.place = place;
      return rests && box.left >= frame.left && box.right <= frame.right
        && box.top >= frame.top && box.bottom <= frame.bottom;
    }"""
    page.wait_for_function(seen, arg=selector, polling=200)


@pytest.mark.parametrize("step", [77, 86, 95, 150])
def test_a_link_to_a_step_shows_the_place_where_it_happens(visit: Open, step: int) -> None:
    page = visit(network(), f"#step={step}")
    comes_into_sight(page, ".node.active")


def test_where_it_happens_is_in_sight_in_a_window_of_another_size_too(visit: Open) -> None:
    page = visit(network(), "#step=95", viewport={"width": 3000, "height": 1500})
    comes_into_sight(page, ".node.active")
    page.set_viewport_size({"width": 1100, "height": 500})
    comes_into_sight(page, ".node.active")


def test_where_it_happens_is_in_sight_in_a_lower_window_that_keeps_the_scale(visit: Open) -> None:
    page = visit(network(), viewport={"width": 1100, "height": 1000}, reduced_motion="reduce")
    width = "document.querySelector('#picture svg').style.width"
    lowest = """() => {
      const heights = stepper.page.frames.map((_, k) => {
        stepper.page.go(k);
        return document.querySelector(".node.active")?.getBoundingClientRect().bottom ?? 0;
      });
      stepper.page.go(heights.indexOf(Math.max(...heights)));
      return Math.max(...heights);
    }"""
    bottom, scale = page.evaluate(lowest), page.evaluate(width)
    page.set_viewport_size({"width": 1100, "height": 560})
    assert bottom > 560
    comes_into_sight(page, ".node.active")
    assert page.evaluate(width) == scale


def test_both_ends_of_an_arrow_are_in_sight_where_there_is_room(visit: Open) -> None:
    page = visit(network(), "#step=67", reduced_motion="reduce")  # so that it scrolls at once
    seen = """() => {
      const {page} = stepper, wrong = [];
      let count = 0;
      for (let step = 68; step < page.frames.length - 1; step++) {
        page.go(step);
        const frame = document.getElementById("picture").getBoundingClientRect(); // captions take room from it
        const [node, k] = page.frames[step].lit[0].split(":").map(Number);
        const ends = [node, page.graph.nodes[node].parents[k]].map((i) =>
          document.querySelector(`g.node[data-node="${i}"]`).getBoundingClientRect());
        const [a, b] = ends, fits = Math.max(a.right, b.right) - Math.min(a.left, b.left) <= frame.width
          && Math.max(a.bottom, b.bottom) - Math.min(a.top, b.top) <= frame.height;
        const inside = (box) => box.left >= frame.left - 1 && box.right <= frame.right + 1
          && box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1;
        count += fits;
        if (fits && !ends.every(inside)) wrong.push(step);
      }
      return [count, wrong];
    }"""
    count, wrong = page.evaluate(seen)
    assert count > 50
    assert wrong == []


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
    assert shown(page, "ŷ") == ["ŷ = z + b", "7", ""]
    assert shown(page, "e") == ["e = ŷ − y", "", ""]
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


def test_the_code_of_the_page_says_every_word_that_there_is_and_no_other() -> None:
    folder = Path(viz.__file__).parent / "page" / "stepper"
    code = "\n".join(path.read_text(encoding="utf-8") for path in folder.iterdir() if path.suffix in (".js", ".html"))
    literal = set(re.findall(r"""\bword\("([^"]+)"|\bdata-(?:word|label|hint)="([^"]+)\"""", code))
    called = {name for pair in literal for name in pair if name}
    called |= {f"caption {name}" for name in re.findall(r"""\bsay\("([^"]+)\"""", code)}
    assert called - WORDS["en"].keys() == set()
    quoted = set(re.findall(r"""["']([\w ]+)["']""", code))
    composed = [f"^{re.sub(r'[$][{].*?[}]', '.+', name)}$" for name in re.findall(r"\bword\(`([^`]+)`", code)]
    composed = [name for name in composed if name not in ("^caption .+$", "^.+_.+$")]
    kinds = re.compile("(one|several|part)_(node|operation|parameter|output|value)")
    roles = {"input", "parameter", "constant", "op", "no_script"}
    unsaid = WORDS["en"].keys() - called - quoted - roles
    unsaid = {name for name in unsaid if not kinds.fullmatch(name) and name.removeprefix("caption ") not in quoted}
    assert {name for name in unsaid if not any(re.search(pattern, name) for pattern in composed)} == set()


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


def test_shortcuts_of_the_browser_are_left_to_it(visit: Open) -> None:
    """Ctrl+P prints, Alt+Left goes back and Ctrl+F finds: the page does nothing of its own then."""
    page = visit(viz.steps(lecture()), "#step=7")
    # what the page leaves alone is seen here after it, and kept from the browser, whose dialogs nobody would close
    page.evaluate("window.left = []; addEventListener('keydown', (event) => "
                  "{ if (!event.defaultPrevented) left.push(event.key); event.preventDefault(); })")  # fmt: skip
    pressed = [(held, key) for held in ("Control", "Alt", "Meta") for key in ("ArrowRight", "Home", "f", "p", "+")]
    for held, key in pressed:
        page.evaluate("([held, key]) => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, "
                      "cancelable: true, ctrlKey: held === 'Control', altKey: held === 'Alt', "
                      "metaKey: held === 'Meta'}))", [held, key])  # fmt: skip
    assert page.evaluate("left") == [key for _, key in pressed]
    assert page.locator("#count").inner_text() == "7 of 13"
    assert page.evaluate("stepper.page.predicting") is False


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


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (npm install axe-core)")
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
    # of more than 80 characters the first are shown, and a number where others begin alike
    assert [heading[:79] for heading in headings] == [clean(label)[:79] for label in labels]
    assert page.evaluate("document.scripts.length") == 3  # the graph, what was saved, the code
    assert page.locator("img, iframe, a, object, embed").count() == 0


def test_the_policy_forbids_the_network_and_foreign_code(
    visit: Open, windows: Callable[..., Any], tmp_path: Path
) -> None:
    html = viz.steps(lecture()).html(verify=False)
    assert "unsafe" not in re.findall(r'Content-Security-Policy" content="([^"]*)"', html)[0]
    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", html)
    assert not re.search(r"outerHTML\s*\+?=(?!=)", html)  # read alone, where the page is saved
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
    assert page.locator("#node").inner_text().startswith("Choose a node")
    page.emulate_media(media="print")
    assert page.locator("#node").inner_text() == ""
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
