"""Cells and the playground in Chromium, where no network can be reached, say what CPython says."""

from __future__ import annotations

import html
import io
import os
import re
import time
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from helpers import needs_checkout
from helpers.cell_pages import put
from helpers.pages import AXE
from helpers.pyodide import needs_pyodide

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_checkout, needs_pyodide]

CELLS = {
    "values": "import microgrid as mg, viz\nw, x = mg.parameter(2.0, 'w'), mg.Value(3.0, 'x')\nprint(w * x)\nw + x",
    "picture": "L = (w*x - 1)**2\nL.backward()\nviz.draw(L, engine='columns')",
    "gradient": "print(w.grad)\n'ŷ', w.grad",
    "proof": "print(mg.verify(L))",
    "claim": "L.label = 'L'\nprint(mg.check(L, 'dL/dw = 2*(w*x - 1)'))",
    "train": "from microgrid import nn, optim\nimport random\nrandom.seed(1)\nnet = nn.MLP(2, [3, 1])\n"
    "opt = optim.Adam(net.parameters(), lr=0.05)\nfor k in range(5):\n    opt.zero_grad()\n"
    "    loss = nn.losses.mse(net([1.0, -1.0]), 0.5)\n    loss.backward()\n    opt.step()\n"
    "    print(round(loss.data, 9))",
    "error": "mg.log(mg.Value(-1.0))",
    "exercises": "from microgrid import exercises\nprint(exercises.make('line', 2, seed=3).text())",
}
"""Cells of one page; each is run in CPython too."""


def expected():
    """What CPython prints, and the value that each cell ends with."""
    import ast

    names, found = {"__name__": "__main__"}, {}
    for name, code in CELLS.items():
        tree = ast.parse(code)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        with redirect_stdout(io.StringIO()) as printed:
            try:
                exec(compile(tree, name, "exec"), names)
                value = eval(compile(ast.Expression(last.value), name, "eval"), names) if last else None
            except Exception as error:
                value = error
        found[name] = printed.getvalue(), value
    return found


NUMPY = '<div class="mg-cell" id="numpy" data-tags="needs-numpy"><pre><code>import numpy</code></pre></div>'
ENDLESS = '<div class="mg-cell" id="endless"><pre><code>while True: pass</code></pre></div>'


@pytest.fixture
def pages(site):
    """Where the pages with these cells are."""
    cells = "".join(
        f'<div class="mg-cell" id="{name}" data-tags=""><div class="mg-bar"></div>'
        f'<div class="highlight"><pre><code>{html.escape(code)}</code></pre></div><div class="mg-output"></div></div>'
        for name, code in CELLS.items()
    )
    for lang in ("en", "es"):
        put(site, f"{lang}/cells.html", lang, cells + NUMPY + ENDLESS)


COLOURS = """() => {
    const {color, backgroundColor} = getComputedStyle(document.querySelector('[data-do=draw]'));
    return [color, backgroundColor];
}"""


def run(opened, name):
    opened.click(f"#{name} >> text=/^(Run|Ejecutar)$/")
    opened.wait_for_function(
        "name => !['running', undefined].includes(document.getElementById(name).dataset.state)", arg=name
    )
    return opened.get_attribute(f"#{name}", "data-state")


def test_cells_show_what_cpython_shows(base, pages, browser):
    opened = browser.new_page()
    opened.goto(f"{base}/en/cells.html")
    for name, (printed, value) in expected().items():
        assert run(opened, name) == ("failed" if name == "error" else "done"), name
        shown = opened.evaluate(
            "name => [...document.querySelectorAll(`#${name} .mg-output > pre`)].map(e => e.textContent).join('')", name
        )
        if name == "error":
            said = opened.inner_text(f"#{name} .mg-error p")
            assert said == f"{type(value).__name__}: {value}"
            opened.click(f"#{name} summary")
            assert 'File "<cell>", line 1' in opened.inner_text(f"#{name} details pre")
        elif name == "picture":
            source = opened.get_attribute(f"#{name} img", "src")
            svg = opened.evaluate("source => fetch(source).then(answer => answer.text())", source)
            assert svg == value.svg()
            assert opened.get_attribute(f"#{name} img", "alt") in html.unescape(value._repr_html_())
        else:
            assert shown == printed + ("" if value is None else f"{value!r}\n"), name


def test_cells_are_edited_stopped_and_run_again_after_those_above(base, pages, browser):
    opened = browser.new_page()
    opened.goto(f"{base}/es/cells.html")
    opened.click("#values >> text=Editar")
    opened.fill("#values textarea", CELLS["values"].replace("2.0", "4.0"))
    assert run(opened, "gradient") == "done"  # with the two above it
    assert "66.0" in opened.inner_text("#gradient .mg-output")
    assert opened.get_attribute("#picture", "data-state") == "done"
    opened.click("#values >> text=Deshacer cambios")
    assert opened.is_visible("#values .highlight")
    assert run(opened, "numpy") in ("failed", "done")
    assert "NumPy" in opened.inner_text("#numpy .mg-output") or opened.get_attribute("#numpy", "data-state") == "done"
    opened.evaluate(
        "microgridCells.ask('while True: pass', [], data => { if (data.done) window.ended = data.stopped })"
    )
    time.sleep(0.5)
    opened.evaluate("microgridCells.stop()")
    opened.wait_for_function("window.ended")
    assert "Parado" in opened.evaluate("window.ended")
    assert run(opened, "values") == "done"


def test_the_playground_draws_steps_proves_checks_and_trains_without_a_network(base, browser):
    opened = browser.new_page()
    began = time.monotonic()
    opened.goto(f"{base}/browser/playground.html#lang=en")
    opened.wait_for_selector("#results[data-state=done] img")
    print(f"first picture after {time.monotonic() - began:.1f} s")

    def act(what):
        opened.click(f"[data-do={what}]")
        opened.wait_for_function("document.querySelector('#results').dataset.state !== 'running'")
        assert opened.get_attribute("#results", "data-state") == "done", opened.inner_text("#results")
        return opened.inner_text("#results")

    began = time.monotonic()
    assert "verified" in act("proof") or "proved" in act("proof")
    print(f"first proof after {time.monotonic() - began:.1f} s more")
    assert "true, proved" in act("check")
    opened.fill("#claim", "dL/dw = e*x")
    assert "false" in act("check").lower()
    assert act("train").count("\n") > 12
    act("steps")
    frame = opened.frame_locator("#results iframe")
    frame.locator("svg").first.wait_for()
    assert opened.get_attribute("#results iframe", "sandbox") == "allow-scripts allow-forms allow-downloads"
    opened.fill("#code", "a = x*y; f = sin(a) + a")
    opened.fill("#values", "x=0.5, y=2")
    opened.fill("#params", "")
    act("draw")
    assert "code=a+%3D+x*y" in opened.url
    opened.fill("#values", "x=0.5")
    opened.click("[data-do=proof]")
    opened.wait_for_selector("#results[data-state=failed]")
    assert "y" in opened.inner_text("#results .mg-error p")
    opened.wait_for_function("navigator.serviceWorker.ready.then(worker => worker.active?.state === 'activated')")
    shared = opened.url
    browser.set_offline(True)
    again = browser.new_page()
    again.goto(shared.replace("lang=en", "lang=es").replace("x%3D0.5", "x%3D0.5%2C+y%3D3"))
    again.wait_for_selector("#results[data-state=done] img")
    assert again.inner_text("[data-do=proof]") == "Demostrar"
    assert again.input_value("#values") == "x=0.5, y=3"
    again.fill("#values", "x=dos")
    again.click("[data-do=draw]")
    again.wait_for_selector("#results[data-state=failed]")
    assert again.inner_text("#results .mg-error p") == (
        "ValueError: un valor es un nombre y un número, w=2, y no 'x=dos'"
    )
    on_it, below = again.evaluate(COLOURS)  # it has the pointer
    assert on_it != below
    browser.set_offline(False)


def test_a_program_of_somebody_elses_runs_only_when_it_is_asked_for(base, browser):
    opened = browser.new_page()
    opened.goto(
        f"{base}/browser/playground.html#lang=en&kind=python&code=from+microgrid+import+Value%0AL+%3D+Value%282.0%29*3"
    )
    opened.wait_for_function("/ready/.test(document.querySelector('#status').textContent)")
    assert opened.locator("#results > *").count() == 0
    opened.click("[data-do=draw]")
    opened.wait_for_selector("#results[data-state=done] img")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(base, browser, scheme):
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: set AXE_CORE")
    opened = browser.new_page()
    opened.emulate_media(color_scheme=scheme)
    opened.set_viewport_size({"width": 390, "height": 844})
    opened.goto(f"{base}/browser/playground.html#lang=es")
    opened.wait_for_selector("#results[data-state=done] img")
    opened.click("[data-do=train]")
    opened.wait_for_selector("#results[data-state=done] pre")
    opened.add_script_tag(path=str(AXE))
    found = opened.evaluate("axe.run().then(result => result.violations.map(v => [v.impact, v.id, v.nodes[0].html]))")
    assert [fault for fault in found if fault[0] in ("serious", "critical")] == []
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_fetched_is_small(site):
    from building.browser import sizes

    first, proof = map(float, re.findall(r"([\d.]+) MB", sizes(site / "browser")))
    assert first <= 16
    assert proof <= 26
    names = os.listdir(site / "browser")
    assert not any(Path(name).suffix in (".py.js", ".ts") for name in names)
