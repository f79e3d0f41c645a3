"""The reference: every public name with its signature, docstring and source, read from the objects.

Most functions are made of rows of `microgrid.ops` when the package is imported, and the options of pictures
come from a decorator: who reads the source text alone sees neither.
"""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from .cells import Cell, Part, of_page
from .docstrings import markdown
from .signatures import Described, describe, members
from .words import REFERENCE

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
NUMERIC = ("train", "monitor", "datasets", "plots")
"""Pages all of whose examples need NumPy."""
NUMPY = re.compile(r"ropout|\b(?:predict|evaluate|trainer|png)\(")
"""What needs it, or matplotlib, in the examples of the others."""
COMMANDS = (
    "",
    "draw",
    "step",
    "serve",
    "verify",
    "check",
    "derive",
    "exercises",
    "network",
    "train",
    "info",
    "demo",
)


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
        yield f"reference/{page}.md", _page(page, module, lang)
    yield "reference/operations.md", [_operations(lang)]
    yield "reference/command.md", [_command(lang)]


def _page(page: str, module: str, lang: str) -> list[Part]:
    """A text for each name, with its examples as cells, after one that imports what they use."""
    words, link = REFERENCE[lang], _places().get
    introduction = inspect.getdoc(import_module(module)) or ""
    blocks = [markdown(introduction, link)]
    there = names(page)
    blocks += [
        _entry(f"{module}.{name}", describe(name, thing, module), dict(there), lang) for name, thing in there
    ]
    tags = ("needs-numpy",) if page in NUMERIC else ()
    said = words[page] + ("\n\n" + words["in English"] if "in English" in words else "")
    head: list[Part] = [f"# `{module}`\n\n{said}\n\n{words['first']}", Cell(_imports(page, module), tags)]
    return head + [
        part._replace(tags=tags or _tags(part)) if isinstance(part, Cell) else part
        for part in of_page("\n\n".join(blocks).replace("```pycon\n", "```python\n"))
    ]


def _tags(cell: Cell) -> tuple[str, ...]:
    return ("needs-numpy",) if NUMPY.search(cell.source) else cell.tags


def _imports(page: str, module: str) -> str:
    """What the examples of a page take for granted, as their docstrings stand in the modules themselves."""
    lines = ["import microgrid, viz", "from microgrid import Value, nn, optim, parameter, parse"]
    if page in NUMERIC:
        lines.append("from microgrid import datasets, train\nfrom viz import plots")
    if page in ANSWERS:
        lines += [f"from {where} import {name}" for where, name in ANSWERS[page]]
    else:
        lines.append(f"from {module} import *")
    return "\n".join(lines)


def _entry(full: str, what: Described, beside: dict[str, Any], lang: str) -> str:
    """A name with its members; those that a base on the same page explains are named there alone."""
    base = next((cls for cls in getattr(what.thing, "__mro__", ())[1:] if cls in beside.values()), None)
    known = {member.name for member in members(base)} if base else set()
    inherited = {name for name in known if getattr(what.thing, name, None) is getattr(base, name, None)}
    blocks = [_one(full, what, 2)]
    blocks += [_one(f"{full}.{m.name}", m, 3) for m in members(what.thing) if m.name not in inherited]
    if base and inherited:
        place = f"[`{base.__name__}`](#{full.rpartition('.')[0]}.{base.__name__})"
        blocks.insert(1, REFERENCE[lang]["inherited"].format(base=place))
    return "\n\n".join(blocks)


def _one(full: str, what: Described, level: int) -> str:
    """A name, how it is called, what it says, and where it stands."""
    blocks = [f"{'#' * level} `{what.title}` {{ #{full} data-toc-label='{what.name}' }}"]
    if what.signature:
        blocks.append(f"```python\n{what.signature}\n```")
    blocks.append(markdown(what.docstring, _places().get))
    if what.source:
        code = "\n".join(f"    {line}" for line in what.source.splitlines())
        blocks.append(f'??? quote "{what.place}"\n\n    ```python linenums="{what.line}"\n{code}\n    ```')
    return "\n\n".join(blocks)


def _operations(lang: str) -> str:
    """The table of operations, a row for each."""
    from microgrid import ops
    from microgrid.base.phrases import speaker

    words, say = REFERENCE[lang], speaker(lang)
    lines = [words["columns"], "|---|---|---|---|---|"]
    for row in ops.TABLE.values():
        derivatives = "; ".join(row.textbook or row.partials)
        needs = say(row.needs) if row.needs else _domain(row)
        convention = say(row.convention) if row.convention else ""
        cells = (row.name, row.definition or row.value, derivatives, needs, convention)
        lines.append("| " + " | ".join(f"`{cell}`".replace("|", "&#124;") if n < 3 else str(cell)
                                       for n, cell in enumerate(cells)) + " |")  # fmt: skip
    return words["operations"] + "\n\n" + "\n".join(lines)


def _domain(row: Any) -> str:
    return "" if row.domain == "True" else f"`{row.domain}`"


def _command(lang: str) -> str:
    """What the command says of itself."""
    blocks = [REFERENCE[lang]["command"]]
    for name in COMMANDS:
        blocks.append((f"## `microgrid {name}`\n\n" if name else "") + f"```text\n{_help(name)}\n```")
    return "\n\n".join(blocks)


@cache
def _help(name: str) -> str:
    command = [sys.executable, "-m", "microgrid", *([name] if name else []), "--help"]
    said = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT, check=True)
    return said.stdout.rstrip()
