"""What a notebook shows of a walk: the page in a frame, and a picture where frames are taken out."""

from __future__ import annotations

import re
from typing import Any

import pytest

import viz
from helpers.graphs import lecture, named
from helpers.pages import Open
from microgrid import Value
from viz.drawing import engines

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")


def notebook(steps: viz.Steps, but: str = "$^") -> str:
    """A page with what a notebook shows, except for some elements."""
    html = steps._repr_mimebundle_()["text/html"]
    html = re.sub(rf"<({but})\b.*?</\1>", "", html, flags=re.DOTALL)
    return f'<!DOCTYPE html><meta charset="utf-8"><title>n</title>{html}<p>After it.</p>'


def test_in_a_notebook_the_page_has_a_frame_of_its_own(visit: Open) -> None:
    steps = viz.steps(lecture())
    assert set(steps._repr_mimebundle_()) == {"text/html", "image/png", "text/plain"}
    page = visit(notebook(steps))
    assert page.locator("iframe").get_attribute("sandbox") == "allow-scripts allow-forms"
    inner = page.frame_locator("iframe")
    inner.locator("#next").click()
    inner.locator("#next").click()
    assert inner.locator("#caption").inner_text() == "ŷ = z + b = 6 + 1 = 7"
    page.keyboard.press("b")
    inner.locator("#predict").click()
    inner.locator("#next").click()
    inner.locator("#answer").fill("-4,0")
    inner.locator("#answer").press("Enter")  # a form would not be sent from there
    sync_api.expect(inner.locator("#judgement")).to_have_text("Right: −4. (1 of 1 right at once)")
    inner.locator("#help").click()
    inner.locator("#close").click()
    sync_api.expect(inner.locator("#keys")).to_be_hidden()
    frame, after = page.locator("iframe").bounding_box(), page.locator("p").bounding_box()
    assert frame["height"] == 640
    assert after["y"] >= frame["y"] + 640


def test_a_notebook_lays_a_walk_out_once_however_often_it_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def run(source: str, *arguments: Any) -> str:
        asked.append(source)
        return real(source, *arguments)

    real = engines.run
    monkeypatch.setattr(engines, "run", run)
    steps = viz.steps(lecture())
    first, second = (steps._repr_mimebundle_() for _ in range(2))
    assert first == second
    steps.svg(5)
    assert steps.html(verify=False) != steps.html()
    assert len(asked) == 1


def test_a_notebook_without_frames_and_svg_keeps_the_first_picture(visit: Open) -> None:
    """As Jupyter shows what it does not trust."""
    page = visit(notebook(viz.steps(lecture()), but="iframe|svg|script"))
    picture = page.locator("img")
    assert picture.get_attribute("alt") == "Computational graph of L = e²: Start, step 0 of 13"
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 500
    assert page.locator("p").bounding_box()["y"] < 500


def test_nbconvert_keeps_the_page_and_the_picture(visit: Open) -> None:
    nbconvert = pytest.importorskip("nbconvert", reason="optional: nbconvert is not installed")
    nbformat = pytest.importorskip("nbformat.v4", reason="nbformat is not installed")
    output = nbformat.new_output("execute_result", data=viz.steps(lecture())._repr_mimebundle_())
    notebook = nbformat.new_notebook(cells=[nbformat.new_code_cell("viz.steps(L)", outputs=[output])])
    html, _ = nbconvert.HTMLExporter(template_name="basic").from_notebook_node(notebook)
    page = visit(f'<!DOCTYPE html><meta charset="utf-8"><title>n</title>{html}')
    page.frame_locator("iframe").locator("#last").click()
    sync_api.expect(page.frame_locator("iframe").locator("#count")).to_have_text("13 of 13")
    assert page.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 500
    markdown, files = nbconvert.MarkdownExporter().from_notebook_node(notebook)
    assert "srcdoc" in markdown or any(name.endswith(".svg") for name in files["outputs"])


def test_a_notebook_keeps_any_label_as_text_and_no_second_copy_of_a_large_picture(
    visit: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    label = """'"><script>alert(1)</script>&amp;"""
    steps = viz.steps(named(Value(1.0, "x") * 2, label))
    page = visit(notebook(steps))
    assert page.frame_locator("iframe").locator("h1").inner_text().startswith(label)
    assert page.locator("img").get_attribute("alt").startswith(f"Computational graph of {label}")
    monkeypatch.setattr("viz.page.page.LARGEST_STILL", 100)
    page = visit(notebook(steps, but="iframe"))
    assert page.locator("img").count() == 0
    assert page.locator("p").first.inner_text().startswith("Computational graph of")
