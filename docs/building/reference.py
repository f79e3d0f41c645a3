"""The reference: every public name with its signature, docstring and source, read from the objects.

Most functions are made of rows of `microgrid.ops` when the package is imported, and the options of pictures
come from a decorator: who reads the source text alone sees neither.
"""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from .cells import Part
from .docstrings import markdown
from .signatures import Described, describe, members
from .words import LANGUAGES, WORDS

__all__ = ["MODULES", "names", "pages"]

ROOT = Path(__file__).parents[2]

MODULES = {
    "microgrid": "microgrid",
    "nn": "microgrid.nn",
    "losses": "microgrid.nn.losses",
    "init": "microgrid.nn.init",
    "optim": "microgrid.optim",
    "train": "microgrid.train",
    "monitor": "microgrid.monitor",
    "datasets": "microgrid.datasets",
    "exercises": "microgrid.exercises",
    "claims": "microgrid.claims",
    "graph": "microgrid.graph",
    "viz": "viz",
    "plots": "viz.plots",
}
"""The pages and what is on them."""

ANSWERS = {
    "claims": [("microgrid.claims.check", "check"), ("microgrid.claims.check", "assert_claim"),
               ("microgrid.claims.derive", "derive"), ("microgrid.claims.report", "ClaimReport"),
               ("microgrid.claims.report", "Answer"), ("microgrid.claims.report", "Counterexample")],
}  # fmt: skip
"""Pages of modules without a list of public names."""
BESIDES = {"microgrid": [("microgrid.programs.program", "compile"), ("microgrid.proof.report", "Report"),
                         ("microgrid.proof.report", "Finding"), ("microgrid.functions", "abs"),
                         ("microgrid.functions", "sum")]}  # fmt: skip
"""Public names that a star import leaves out, and classes of what public functions return."""
COMMANDS = ("", "draw", "step", "verify", "check", "derive", "exercises", "network", "train", "info", "demo")


def names(page: str) -> list[tuple[str, Any]]:
    """The public names of a page, with what they name; modules among them have pages of their own."""
    module = import_module(MODULES[page])
    found = [(name, getattr(module, name)) for name in _listed(module) if page not in ANSWERS]
    found += [(name, getattr(import_module(where), name)) for where, name in
              (*ANSWERS.get(page, ()), *BESIDES.get(page, ()))]  # fmt: skip
    return [(name, thing) for name, thing in found if not isinstance(thing, ModuleType)]


def _listed(module: ModuleType) -> list[str]:
    """`__all__`, or, without it, what the module itself defines."""
    own = [name for name, thing in vars(module).items() if inspect.isfunction(thing) and name[0] != "_"
           and thing.__module__ == module.__name__]  # fmt: skip
    return list(getattr(module, "__all__", own))


@cache
def _places() -> dict[str, str]:
    """Where each name is explained, by the ways in which docstrings call it."""
    found: dict[str, str] = {}
    for page, module in MODULES.items():
        short = module.rpartition(".")[2]
        for name, _ in names(page):
            place = f"{page}.md#{module}.{name}"
            for called in (f"{module}.{name}", f"{short}.{name}"):
                found[called] = place
            if name[0].isupper() or name in (
                "verify",
                "check",
                "parse",
                "recompute",
                "jvp",
                "derive",
                "custom_op",
            ):
                found.setdefault(name, place)
    return found


def pages(lang: str) -> Iterator[tuple[str, list[Part]]]:
    """Places and parts of the pages of the reference."""
    for page, module in MODULES.items():
        yield f"reference/{page}.md", [_page(page, module, lang)]
    yield (
        "reference/operations.md",
        [_operations()] if lang == LANGUAGES[0] else [_elsewhere("operations", lang)],
    )
    yield "reference/command.md", [_command()] if lang == LANGUAGES[0] else [_elsewhere("command", lang)]


def _elsewhere(page: str, lang: str, title: str = "") -> str:
    link = f"../../{LANGUAGES[0]}/reference/{page}.html"
    said = WORDS[lang]["untranslated"].partition("[")
    text = said[2].partition("]")[0]
    return f'# {title or page}\n\n{said[0]}<a href="{link}" hreflang="en">{text}</a>.\n'


def _page(page: str, module: str, lang: str) -> str:
    if lang != LANGUAGES[0]:
        return _elsewhere(page, lang, f"`{module}`")
    link = _places().get
    introduction = inspect.getdoc(import_module(module)) or ""
    blocks = [f"# `{module}`\n\n{markdown(introduction, link)}"]
    blocks += [_entry(f"{module}.{name}", describe(name, thing, module), 2) for name, thing in names(page)]
    return "\n\n".join(blocks)


def _entry(full: str, what: Described, level: int) -> str:
    """A name, how it is called, what it says, and where it stands."""
    blocks = [f"{'#' * level} `{what.title}` {{ #{full} data-toc-label='{what.name}' }}"]
    if what.signature:
        blocks.append(f"```python\n{what.signature}\n```")
    blocks.append(markdown(what.docstring, _places().get))
    if what.source:
        code = "\n".join(f"    {line}" for line in what.source.splitlines())
        blocks.append(f'??? quote "{what.place}"\n\n    ```python linenums="{what.line}"\n{code}\n    ```')
    if level == 2:
        blocks += [_entry(f"{full}.{member.name}", member, 3) for member in members(what.thing)]
    return "\n\n".join(blocks)


def _operations() -> str:
    """The table of operations, a row for each."""
    from microgrid import ops

    head = "| name | value | derivatives | defined for | at kinks |\n|---|---|---|---|---|"
    lines = []
    for row in ops.TABLE.values():
        derivatives = "; ".join(row.textbook or row.partials)
        cells = (
            row.name,
            row.definition or row.value,
            derivatives,
            row.needs or _domain(row),
            row.convention,
        )
        lines.append("| " + " | ".join(f"`{cell}`".replace("|", "&#124;") if n < 3 else str(cell)
                                       for n, cell in enumerate(cells)) + " |")  # fmt: skip
    return (
        "# Operations\n\nEach operation is a row of the table in `microgrid/ops.py`: its value and its local "
        "derivatives, in terms of the operands `x` and `y` and of the result `z`.  Every row is proved "
        "against sympy and 50 digits by `microgrid.verify_rules()`; `custom_op` adds one of your own.\n\n"
        + "\n".join([head, *lines])
    )


def _domain(row: Any) -> str:
    return "" if row.domain == "True" else f"`{row.domain}`"


def _command() -> str:
    """What the command says of itself."""
    blocks = ["# The command `microgrid`"]
    for name in COMMANDS:
        command = [sys.executable, "-m", "microgrid", *([name] if name else []), "--help"]
        said = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT, check=True)
        blocks.append(
            (f"## `microgrid {name}`\n\n" if name else "") + f"```text\n{said.stdout.rstrip()}\n```"
        )
    return "\n\n".join(blocks)
