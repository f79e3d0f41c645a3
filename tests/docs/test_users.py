"""The tables for users of other libraries: both sides of each row, run where the library is installed, agree."""

from __future__ import annotations

import os
import re
from typing import Any

import numpy as np
import pytest

from helpers import ROOT, needs_checkout

pytestmark = needs_checkout

PAGES = ROOT / "docs" / "pages" / "en" / "users"
LIBRARIES = {"pytorch": "torch", "jax": "jax", "keras": "keras"}


def rows(page: str) -> list[tuple[str, str]]:
    """The pairs of expressions in the first table of a page."""
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8").split("\n## ")[0]
    return re.findall(r"^\| `(.+)` \| `(.+)` \|$", text, re.MULTILINE)


def prepared(page: str, kind: str) -> str:
    """What is run before a row: the block of the other library, or ours without its prompts."""
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    block = re.search(rf"```{kind}\n(.+?)```", text, re.DOTALL)[1]
    if kind == "python":
        return "\n".join(line[4:] for line in block.splitlines() if line.startswith(">>> "))
    return block


def numbers(code: str, setup: str) -> np.ndarray:
    """What the last of several statements gives."""
    names: dict[str, Any] = {}
    exec(setup, names)
    *before, last = code.split("; ")
    exec("\n".join(before), names)
    return np.array(list(_floats(eval(last, names))))


def _floats(value: Any):
    if isinstance(value, list | tuple):
        for part in value:
            yield from _floats(part)
    elif hasattr(value, "partials"):
        yield value.data
    elif hasattr(value, "detach"):
        yield from np.ravel(value.detach().numpy())
    else:
        yield from np.ravel(np.asarray(value, dtype=float))


CASES = [(page, theirs, ours) for page in LIBRARIES for theirs, ours in rows(page)]


@pytest.mark.slow
@pytest.mark.parametrize(("page", "theirs", "ours"), CASES, ids=[f"{page}-{ours}" for page, _, ours in CASES])
@pytest.mark.filterwarnings("ignore")
def test_both_sides_of_a_row_agree(page, theirs, ours):
    os.environ.setdefault("KERAS_BACKEND", "jax")
    pytest.importorskip(LIBRARIES[page], reason=f"optional: {page} is not installed")
    expected = numbers(theirs, prepared(page, "py"))
    assert expected.size
    assert numbers(ours, prepared(page, "python")) == pytest.approx(expected, rel=2e-6, abs=1e-7)


@pytest.mark.parametrize(("page", "theirs", "ours"), CASES, ids=[f"{page}-{ours}" for page, _, ours in CASES])
def test_our_side_of_a_row_runs(page, theirs, ours):
    assert np.isfinite(numbers(ours, prepared(page, "python"))).all()


@pytest.mark.parametrize(("page", "least"), [("pytorch", 25), ("jax", 14), ("keras", 12)])
def test_each_table_has_its_rows(page, least):
    assert len(rows(page)) >= least
