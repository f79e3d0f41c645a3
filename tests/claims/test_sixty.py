"""At least sixty claims, half of them false: every verdict is right, and each single slip is named."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from microgrid import check, parse
from microgrid.expressions.parse import free_names

NUMBERS = (0.7, -1.3, 2.1, 0.4, -0.6, 1.7, 0.9, -2.2, 1.1, 0.3, -0.8, 1.9, 0.55, -1.6, 2.4)


def _rows():
    graph, fixed = "", {}
    for line in Path(__file__).with_name("sixty.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("graph "):
            parts = line.removeprefix("graph ").split(" ; ")
            graph, fixed = parts[0], {name.strip(): float(x) for name, x in (p.split("=") for p in parts[1:])}
        elif line and not line.startswith("#"):
            verdict, _, claim = line.partition("|")
            yield graph, fixed, verdict.strip(), claim.partition(" #")[0].strip()


ROWS = list(_rows())


def test_there_are_enough_of_each_kind():
    kinds = Counter(verdict for _, _, verdict, _ in ROWS)
    assert len(ROWS) >= 60
    assert len(ROWS) * 0.4 <= kinds["true"] <= len(ROWS) * 0.6
    assert set(kinds) == {"true", "none", "path-missing", "path-extra", "factor-missing", "factor-extra", "sign",
                          "exponent", "outer-derivative", "wrong-variable", "transposed"}  # fmt: skip


@pytest.mark.parametrize(("graph", "fixed", "verdict", "claim"), ROWS, ids=[row[3] for row in ROWS])
def test_the_verdict_and_the_slip_are_right(graph, fixed, verdict, claim):
    values = dict(zip(free_names(graph), NUMBERS, strict=False)) | fixed
    start = time.thread_time()
    answer = check(parse(graph, **values), claim)[0]
    assert time.thread_time() - start < 4  # the first loads sympy
    assert answer.true is (verdict == "true")
    assert answer.slip == ("none" if verdict == "true" else verdict)
    if answer.true is False:
        assert answer.counterexample.claimed != answer.counterexample.actual
        assert (answer.corrected is None) == (verdict == "none")
        assert answer.correction == "" or check(parse(graph, **values), answer.correction).ok
