"""The reference names every public name, says what it is, and reads docstrings as they are meant."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
import textwrap
from typing import Any

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


def described() -> list[tuple[str, Any, str]]:
    """Every public function, class, method and property: its place, what is said of it, and what around it."""
    reference, signatures = (importlib.import_module(f"building.{name}") for name in ("reference", "signatures"))
    found: dict[tuple[str, str], tuple[str, Any, str]] = {}
    for page, module in reference.MODULES.items():
        for name, thing in reference.names(page):
            for what in (signatures.describe(name, thing, module), *signatures.members(thing)):
                of = (getattr(what.thing, "__module__", module), getattr(what.thing, "__qualname__", what.name))
                around = f"{inspect.getdoc(thing)} {inspect.getdoc(importlib.import_module(module))}"
                found.setdefault(of, (".".join(of), what, around))
    return list(found.values())


def test_every_public_name_has_a_docstring() -> None:
    without = [place for place, what, _ in described() if len(what.docstring.split()) < 3]
    assert without == []


def test_what_a_public_function_raises_itself_is_in_its_docstring() -> None:
    """All but a TypeError, which an argument of a wrong kind is everywhere."""
    silent = []
    for place, what, _ in described():
        body = ast.parse(textwrap.dedent(what.source))
        raised = {getattr(node.exc, "func", node.exc) for node in ast.walk(body) if isinstance(node, ast.Raise)}
        names = {getattr(error, "id", getattr(error, "attr", "")) for error in raised if error is not None}
        errors = {name for name in names if name[:1].isupper()} - {"TypeError"}
        silent += [f"{place}: {name}" for name in sorted(errors) if name not in what.docstring]
    assert silent == []


MADE_FOR = ("Program", "Study", "Figure", "Trainer", "Steps", "Steps.connected", "Monitor.share", "Monitor.note")
"""What nobody but the package calls: classes whose instances functions return, and what `fit` asks of a monitor."""
PLAIN = {
    "X",
    "ax",
    "lang",
    "model",
    "n",
    "optimizer",
    "parameters",
    "path",
    "seed",
    "us",
    "vs",
    "values",
    "x",
    "xs",
    "y",
}
"""Parameters that say themselves what they are, and those that are the same everywhere."""
MICROGRADS = {"children", "local_grads"}
"""Of Value, for programs written for micrograd: docs/from-micrograd.md has them."""


def test_parameters_are_named_where_the_function_is_explained() -> None:
    """In its docstring, in that of its class or module, or of the function whose options it says it has."""
    drawing = inspect.getdoc(importlib.import_module("viz").draw)
    lost = []
    for place, what, around in described():
        record = hasattr(what.thing, "__dataclass_fields__") or hasattr(what.thing, "_fields")
        if record or not what.signature or place.endswith(MADE_FOR) or ".errors." in place:
            continue
        of_others = drawing if re.search("those of `(draw|steps)`", what.docstring) else ""
        said = f"{what.docstring} {around} {of_others}".lower()
        try:
            parameters = set(inspect.signature(what.thing).parameters)
        except ValueError:  # compiled
            continue
        for name in parameters - PLAIN - MICROGRADS - {"self", "cls"}:
            if name.lower() not in said and name.lower().removesuffix("s") + "1" not in said and name[0] != "_":
                lost.append(f"{place}: {name}")
    assert sorted(lost) == []


def test_a_function_made_of_a_row_and_a_class_that_is_compiled_have_signatures(pages: dict[str, str]) -> None:
    assert "leaky_relu(x: Any, c: Any = 0.01)" in pages["reference/microgrid.md"]
    assert re.search(
        r"Value\(\s*data: SupportsFloat", pages["reference/microgrid.md"]
    )  # on a line of its own in Python
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
