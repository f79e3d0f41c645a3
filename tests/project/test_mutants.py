"""The list of small bugs fits the source: what is written by hand, what is argued away, and how bugs are drawn."""

from __future__ import annotations

import ast
from pathlib import Path

from helpers import ROOT, needs_checkout
from mutants.drawn import draw
from mutants.equivalent import EQUIVALENT
from mutants.mutant import Mutant, read
from mutants.operators import sites
from mutants.rooms import ROOMS
from mutants.running import Suite
from mutants.written import WRITTEN, written


@needs_checkout
def test_each_bug_written_by_hand_has_its_place_in_the_source_once() -> None:
    bugs = written(ROOT)
    assert len({(bug.path, bug.start, bug.new) for bug in bugs}) == len(WRITTEN) >= 50
    for bug in bugs:
        text = read(ROOT, bug.path)
        assert bug.apply(text) != text
        if bug.path.endswith(".py"):
            ast.parse(bug.apply(text))


@needs_checkout
def test_what_is_argued_of_a_line_is_argued_of_one_that_is_there() -> None:
    for path, line, bug in EQUIVALENT:
        assert line in read(ROOT, path)
        assert bug != line


@needs_checkout
def test_each_room_has_its_files_and_its_tests() -> None:
    suite = Suite(ROOT)
    for room in ROOMS.values():
        assert all((ROOT / source).exists() for source in room.sources)
        assert suite.first(Mutant(room.name, room.sources[0], 0, "", "", ""))


EXAMPLE = '''
def f(x: int = -1) -> "a + b":
    """1 + 1"""
    total, d = 0.5, {}
    for i in range(x - 1):
        total += x * i
        d[i] = d.get(i, 0.0) + total
    if not x or -x < 3 and abs(x - i) in d:
        raise ValueError(f"{x + 1} is wrong", x - 1)
    return "a" + "b" if total is None else row("op", "x*y", "y")
'''
KINDS = {
    "sign": {"+=": "-=", "+": "-", "-": ""},
    "operand": {"*": "/", "* i": "", "*y": "", "x - 1": "1 - x"},
    "off by one": {"1": "2", "-": "+", "3": "4", "x": "-1 + x"},
    "constant": {"0.5": "1.0", "0.0": "1.0"},
    "accumulation": {"+=": "=", "d.get(i, 0.0) + ": ""},
    "comparison": {"<": "<=", "in": "not in", "is": "is not", "or": "and", "and": "or", "not ": ""},
}


def test_bugs_are_where_something_is_computed() -> None:
    found: dict[str, dict[str, str]] = {}
    for site in sites(EXAMPLE):
        assert EXAMPLE[site.start :].startswith(site.old)
        ast.parse(EXAMPLE[: site.start] + site.new + EXAMPLE[site.start + len(site.old) :])
        found.setdefault(site.operator, {})[site.old.replace(" * i", "* i")] = site.new
    assert found == KINDS


def test_the_draw_is_that_of_the_seed_and_an_edit_elsewhere_leaves_it(tmp_path: Path) -> None:
    for room in ROOMS.values():
        for source in room.sources:
            path = tmp_path / source
            (path / "a.py" if not source.endswith(".py") else path).parent.mkdir(parents=True, exist_ok=True)
            (path / "a.py" if not source.endswith(".py") else path).write_text(EXAMPLE, encoding="utf-8")
    first = draw(tmp_path)
    assert first == draw(tmp_path) != draw(tmp_path, seed="another")
    changed = tmp_path / "microgrid/nn/a.py"
    changed.write_text("\n\n# a remark\n" + EXAMPLE, encoding="utf-8")
    moved = [bug for bug in draw(tmp_path) if bug.room == "nn"]
    assert [(bug.old, bug.new, bug.start - len("\n\n# a remark\n")) for bug in moved] == [
        (bug.old, bug.new, bug.start) for bug in first if bug.room == "nn"
    ]
