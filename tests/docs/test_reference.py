"""The reference names every public name, says what it is, and reads docstrings as they are meant."""

from __future__ import annotations

import importlib
import re
import sys

import pytest

from helpers import ROOT, needs_checkout

pytestmark = needs_checkout
sys.path.insert(0, str(ROOT / "docs"))

PUBLIC = [
    "microgrid", "microgrid.nn", "microgrid.nn.losses", "microgrid.nn.init", "microgrid.optim", "microgrid.train",
    "microgrid.monitor", "microgrid.datasets", "microgrid.exercises", "viz", "viz.plots",
]  # fmt: skip


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    reference = importlib.import_module("building.reference")
    made = {place: parts for place, parts in reference.pages("en") if "command" not in place}
    return {place: "\n\n".join(part for part in parts if isinstance(part, str)) for place, parts in made.items()}


def test_spanish_has_the_same_names_in_its_own_words() -> None:
    reference = importlib.import_module("building.reference")
    english, spanish = (dict(reference.pages(lang)) for lang in ("en", "es"))
    assert set(english) == set(spanish)
    for place in english:
        first, second = ("\n".join(map(str, pages[place])) for pages in (english, spanish))
        assert re.findall(r"\{ #([\w.]+)", first) == re.findall(r"\{ #([\w.]+)", second)
        assert first.partition("\n\n")[2][:40] != second.partition("\n\n")[2][:40], place
    assert "½ para cada uno si son iguales" in str(spanish["reference/operations.md"][0])


def test_the_examples_of_a_page_are_cells_after_what_they_import() -> None:
    parts = dict(importlib.import_module("building.reference").pages("en"))["reference/graph.md"]
    cells = [part for part in parts if not isinstance(part, str)]
    assert "from microgrid.graph import *" in cells[0].source
    assert "[path.product for path in paths(x * x + x, x)]" in "\n".join(cell.source for cell in cells)


@pytest.mark.parametrize("module", PUBLIC)
def test_every_public_name_has_its_place(module: str, pages: dict[str, str]) -> None:
    public = importlib.import_module(module)
    places = set(re.findall(r"\{ #([\w.]+)", "\n".join(pages.values())))
    modules = {name for name in public.__all__ if type(getattr(public, name)).__name__ == "module"}
    wanted = {f"{module}.{name}" for name in public.__all__ if name not in modules}
    assert wanted - places == set()
    assert wanted


@pytest.mark.parametrize("name", ["check", "assert_claim", "derive", "ClaimReport", "Answer"])
def test_claims_have_a_page(name: str, pages: dict[str, str]) -> None:
    assert f"#microgrid.claims.{name} " in pages["reference/claims.md"]


@pytest.mark.parametrize("module", PUBLIC)
def test_every_public_name_says_what_it_is(module: str, pages: dict[str, str]) -> None:
    text = pages[f"reference/{module.rpartition('.')[2]}.md"]
    for entry in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        heading, _, rest = entry.partition("\n")
        prose = re.sub(r"```.*?```", "", rest.partition("\n### ")[0], flags=re.DOTALL)
        assert len(prose.split()) >= 3, heading


def test_a_function_made_of_a_row_and_a_class_that_is_compiled_have_signatures(pages: dict[str, str]) -> None:
    assert "leaky_relu(x: Any, c: Any = 0.01)" in pages["reference/microgrid.md"]
    assert "Value(data: SupportsFloat" in pages["reference/microgrid.md"]
    assert "rankdir: str = 'LR'" in pages["reference/viz.md"]


@pytest.mark.parametrize(
    ("docstring", "markdown"),
    [
        ("Twice x*y_z.", r"Twice x\*y\_z."),
        ("`a*b` stays.", "`a*b` stays."),
        ("As in:\n>>> 1\n1\n\nMore.", "As in:\n\n```pycon\n>>> 1\n1\n```\n\nMore."),
        ("rules    one\nnumbers  two three", "rules    one\nnumbers  two three"),
        ("rules      one\nnumbers    two", "```text\nrules      one\nnumbers    two\n```"),
        ("`a`: one.  `b`\ntoo.\n`c`: three.", "- `a`: one.  `b` too.\n- `c`: three."),
        ("    x ← x - g", "```text\nx ← x - g\n```"),
        ("a < b", "a &lt; b"),
    ],
)
def test_docstrings_as_markdown(docstring: str, markdown: str) -> None:
    assert importlib.import_module("building.docstrings").markdown(docstring) == markdown
