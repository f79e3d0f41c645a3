"""The widget: the page of steps and Python hear of each other's numbers, and what stands there without JavaScript."""

from __future__ import annotations

import base64
import json
import math
import re
import sys
from typing import Any

import pytest

import microgrid as mg
import viz
from helpers.graphs import lecture, named
from helpers.pages import WORDS, Open
from microgrid import Value
from viz.page.parts import text_of

traitlets = pytest.importorskip("traitlets", reason="anywidget is not installed")
pytest.importorskip("anywidget", reason="anywidget is not installed")

SENT = 250
"""Milliseconds in which whatever is to be told has been told."""
MODEL = """
class Model { // what anywidget gives to `render`
  constructor(state) { Object.assign(this, {state, heard: new Map(), sent: []}); }
  get(name) { return this.state[name]; }
  set(name, x) {
    const isNew = JSON.stringify(this.state[name]) !== JSON.stringify(x);
    this.state[name] = x;
    this.unsaved = {...this.unsaved, [name]: x};
    if (isNew) for (const hear of this.heard.get(`change:${name}`) ?? []) hear();
  }
  save_changes() { this.sent.push(this.unsaved); this.unsaved = {}; }
  on(name, hear) { this.heard.set(name, [...this.heard.get(name) ?? [], hear]); }
  off(name, hear) { this.heard.set(name, (this.heard.get(name) ?? []).filter((other) => other !== hear)); }
}
"""


class Notebook:
    """A widget in a browser, and the messages between the two, carried by hand."""

    def __init__(self, visit: Open, widget: Any, **properties: Any) -> None:
        self.widget = widget
        state = {name: getattr(widget, name) for name in ("_page", "_places", "height", "step", "values")}
        data = json.dumps(state).replace("<", "\\u003c")
        module = f"{text_of('live/widget.js')}\n{MODEL}\nglobalThis.model = new Model({data});"
        show = 'globalThis.end = render({model, el: document.getElementById("cell")});'
        html = '<!DOCTYPE html><meta charset="utf-8"><title>n</title><div id="cell"></div>'
        self.page = visit(f'{html}<script type="module">{module}\n{show}</script>', **properties)
        self.inner = self.page.frame_locator("iframe")
        self.inner.locator("#caption").wait_for()
        self.frame = self.page.frames[-1]

    def to_python(self) -> list[dict[str, Any]]:
        """What the page has sent, after it has had the time to."""
        self.page.wait_for_timeout(SENT)
        sent = self.page.evaluate("model.sent.splice(0)")
        for state in sent:
            self.widget.set_state(state)
        return list(sent)

    def to_page(self) -> None:
        state = {"values": self.widget.values, "step": self.widget.step}
        self.page.evaluate("(state) => Object.entries(state).forEach(([name, x]) => model.set(name, x))", state)
        self.page.wait_for_timeout(SENT)

    def numbers(self) -> dict[str, float]:
        shown = "stepper.page.graph.nodes.map(({label}, i) => [label, stepper.page.numbers.data[i]])"
        return dict(self.frame.evaluate(shown))


def graph() -> tuple[Value, dict[str, Value]]:
    root = lecture()
    return root, {v.label: v for v in mg.graph.order(root)}


def loss(w: float, b: float, x: float, y: float) -> float:
    return (w * x + b - y) ** 2


# ---------------------------------------------------------------- both ways


def test_what_is_dragged_in_the_page_is_the_values_number_in_python(visit: Open) -> None:
    root, nodes = graph()
    widget = viz.widget(root)
    book = Notebook(visit, widget)
    heard: list[Any] = []
    widget.observe(lambda change: heard.append((change.name, change.new)), ["values", "step"])
    box = book.inner.locator("g.node[aria-label^='w']").bounding_box()
    book.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    book.page.mouse.down()
    book.page.mouse.move(box["x"] + box["width"] / 2 + 25, box["y"] + box["height"] / 2, steps=4)
    book.page.mouse.up()
    book.to_python()
    w = book.numbers()["w"]
    assert w > 2.1
    assert nodes["w"].data == widget.values["w"] == w
    assert root.data == pytest.approx(loss(w, 1, 3, 9), rel=1e-12)
    assert nodes["w"].grad == pytest.approx(2 * (w * 3 + 1 - 9) * 3, rel=1e-12)
    assert ("values", {"w": w, "x": 3.0, "b": 1.0, "y": 9.0}) in heard
    book.inner.locator("#last").click()
    book.to_python()
    assert widget.step == len(viz.steps(root)) - 1 == heard[-1][1]


def test_what_python_sets_is_shown_at_once_and_not_sent_back(visit: Open) -> None:
    root, nodes = graph()
    widget = viz.widget(root, lang="es")
    book = Notebook(visit, widget)
    widget.values = {"w": 2.5, "y": 8.0}
    widget.step = 4
    book.to_page()
    assert book.inner.locator("#phase").inner_text() == "→ Propagación hacia delante"
    assert book.numbers() == {"w": 2.5, "x": 3, "z": 7.5, "b": 1, "ŷ": 8.5, "y": 8, "e": 0.5, "L": 0.25}
    assert root.data == 0.25
    assert book.inner.locator("#caption").inner_text() == "L = e² = 0.5² = 0.25"
    assert book.page.evaluate("model.sent") == []
    book.inner.locator("#undo").click()
    book.to_python()
    assert (nodes["w"].data, nodes["y"].data, root.data) == (2.0, 9.0, 4.0)


def test_a_picture_in_sight_as_a_whole_stays_so_when_python_sets_numbers_and_step(visit: Open) -> None:
    widget = viz.widget(lecture(), height=520)
    book = Notebook(visit, widget, viewport={"width": 760, "height": 700})
    book.inner.locator("#one-step").click()
    book.to_python()
    sight = """() => {
        const {left, right} = document.querySelector("#picture").getBoundingClientRect();
        const boxes = [...document.querySelectorAll("#picture g.node")].map((box) => box.getBoundingClientRect());
        return [boxes[0].width, boxes.filter((box) => box.left < left || box.right > right).length];
    }"""
    before = book.frame.evaluate(sight)
    assert before[1] == 0
    widget.values = {"w": 3.0}
    widget.step = 5
    book.to_page()
    assert book.frame.evaluate("stepper.page.step") == 5
    assert book.frame.evaluate(sight) == before


def test_training_in_the_page_trains_the_parameters(visit: Open) -> None:
    root, nodes = graph()
    widget = viz.widget(root)
    book = Notebook(visit, widget)
    book.inner.get_by_label("Learning rate").fill("0.04")
    for _ in range(3):
        book.inner.locator("#one-step").click()
    book.to_python()
    assert nodes["w"].data == pytest.approx(2.5952, rel=1e-12)
    assert root.data == pytest.approx(loss(nodes["w"].data, nodes["b"].data, 3, 9), rel=1e-9)


def test_numbers_that_are_not_possible_change_nothing_in_python(visit: Open) -> None:
    x = Value(2.0, "x")
    y = named(x.log(), "y")
    widget = viz.widget(y)
    book = Notebook(visit, widget)
    book.frame.evaluate("stepper.page.change(0, -1)")
    book.to_python()
    assert (x.data, y.data, widget.values) == (2.0, math.log(2), {"x": 2.0})
    assert widget.error.startswith("log('x' (-1.0)) is not a real number: log needs x > 0")
    book.frame.evaluate("stepper.page.change(0, 4); stepper.page.go(1)")
    book.to_python()
    assert (x.data, y.data, widget.error, widget.step) == (4.0, math.log(4), "", 1)


def test_a_step_beyond_the_walk_is_answered_with_what_is_shown(visit: Open) -> None:
    widget = viz.widget(graph()[0])
    book = Notebook(visit, widget)
    book.page.evaluate("model.set('step', 99)")
    assert book.to_python()[-1]["step"] == book.frame.evaluate("stepper.page.step") == widget.step


def test_a_page_listens_to_the_window_around_it_alone(visit: Open) -> None:
    book = Notebook(visit, viz.widget(graph()[0]))
    book.frame.evaluate("postMessage({microgrid: {step: 5, values: {0: 7}}}, '*')")
    book.page.evaluate("postMessage({microgrid: {step: 5, values: {0: 7}}}, '*')")
    book.page.evaluate("document.querySelector('iframe').contentWindow.postMessage({other: 1}, '*')")
    book.page.wait_for_timeout(SENT)
    assert (book.frame.evaluate("stepper.page.step"), book.numbers()["w"]) == (0, 2)
    assert book.page.evaluate("[model.state.step, model.state.values.w]") == [0, 2]


def test_a_view_that_is_closed_hears_nothing_any_more(visit: Open) -> None:
    book = Notebook(visit, viz.widget(graph()[0]))
    book.page.evaluate("end(); model.set('step', 3)")
    assert book.page.evaluate("[...model.heard.values()].flat().length") == 0


# ---------------------------------------------------------------- Python alone


def test_values_are_leaves_by_name_and_those_not_named_stay() -> None:
    root, nodes = graph()
    widget = viz.widget(root)
    assert widget.values == {"w": 2.0, "x": 3.0, "b": 1.0, "y": 9.0}
    widget.values = {"w": 3}
    assert (widget.values, root.data, nodes["w"].grad, nodes["b"].grad) == (
        {"w": 3.0, "x": 3.0, "b": 1.0, "y": 9.0}, 1.0, 6.0, 2.0,
    )  # fmt: skip
    nodes["w"].data = 2.0
    widget.reread()
    assert (widget.values["w"], root.data) == (2.0, 4.0)


def test_names_may_be_written_as_the_page_writes_them() -> None:
    w1, x = mg.parameter(2.0, "w1"), Value(3.0, "x")
    widget = viz.widget(named(w1 * x, "y"))
    widget.values = {"w₁": 5}
    assert w1.data == widget.values["w1"] == 5.0


@pytest.mark.parametrize(("values", "said"), [
    ({"weight": 1}, "values: no leaf that can be set is called 'weight'; they are w, x, b, y"),
    ({"W": 1}, "no leaf that can be set is called 'W' (did you mean 'w'?); they are w, x, b, y"),
    ({"w": "two"}, "values: 'w' is a number, got 'two'"),
    ({"w": math.inf}, "values: 'w' is a finite number, got inf"),
    ({"w": 1e308}, "'w' (1e+308) * 'x' (3.0) exceeds the range of doubles"),
])  # fmt: skip
def test_what_cannot_be_set_is_one_sentence_and_changes_nothing(values: dict[str, Any], said: str) -> None:
    root, nodes = graph()
    widget = viz.widget(root)
    with pytest.raises(traitlets.TraitError) as raised:
        widget.values = {"b": 5, **values}
    assert said in str(raised.value)
    assert (widget.values["b"], nodes["b"].data, root.data, nodes["w"].data) == (1.0, 1.0, 4.0, 2.0)


def test_a_step_that_is_not_there() -> None:
    widget = viz.widget(graph()[0])
    for step in (-1, 14):
        with pytest.raises(traitlets.TraitError, match=f"step is from 0 to 13, got {step}"):
            widget.step = step
    assert widget.step == 0


def test_what_only_python_computes_stays() -> None:
    twice = mg.custom_op("widgettwice", value=lambda x: 2 * x, partials=[lambda x: 2.0])
    x, w = Value(3.0, "x"), Value(2.0, "w")
    widget = viz.widget(named(w * twice(x), "y"))
    assert widget.values == {"w": 2.0}


def test_a_walk_over_neurons_is_refused() -> None:
    with pytest.raises(TypeError, match="leave out view="):
        viz.widget(graph()[0], view="network")


def test_without_anywidget_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "viz.steps.model", None)
    monkeypatch.delitem(sys.modules, "viz.steps.model")
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(ModuleNotFoundError, match=re.escape('python -m pip install "microgrid[widget]"')):
        viz.widget(graph()[0])


@pytest.mark.parametrize("lang", WORDS)
def test_without_javascript_the_picture_with_all_numbers_stands_there(lang: str) -> None:
    shown, _ = viz.widget(graph()[0], lang=lang)._repr_mimebundle_()
    assert {"application/vnd.jupyter.widget-view+json", "text/html", "image/png", "text/plain"} <= set(shown)
    assert shown["text/html"].startswith("<img alt=")
    assert shown["text/plain"] == "<StepsWidget of L: 14 steps>"


def test_the_picture_has_the_numbers_of_the_moment() -> None:
    widget = viz.widget(graph()[0])
    widget.values = {"w": 2.75}
    shown, _ = widget._repr_mimebundle_()
    svg = base64.b64decode(re.search(r"base64,([^\"]*)", shown["text/html"])[1]).decode()
    assert ">0.0625<" in svg


def test_the_page_that_is_saved_has_no_part_in_it() -> None:
    saved, shown = viz.steps(graph()[0]).html(), viz.widget(graph()[0])._page
    assert "postMessage" not in saved
    assert "connect-src" not in saved + shown
    assert shown.count("postMessage") == 2
