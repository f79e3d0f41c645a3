"""Each search for a second or two, and that it finds what is there to be found."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

import microgrid as mg
from microgrid import optim
from microgrid.expressions import grammar
from search.fuzzing import Finding, Guided
from search.graphs import try_graph
from search.machine import Machine
from search.targets import TARGETS, by_python

SHORT = settings(max_examples=10, stateful_step_count=30, deadline=None, derandomize=True, database=None)


def test_a_short_search_through_orders_of_events() -> None:
    run_state_machine_as_test(Machine, settings=SHORT)


def test_a_few_random_graphs_in_many_digits() -> None:
    assert sum(map(try_graph, range(4))) > 100


@pytest.mark.parametrize("name", TARGETS)
def test_a_short_search_for_inputs(name: str, tmp_path: Path) -> None:
    target = TARGETS[name](tmp_path)
    fuzzer = Guided(target, target.seeds, target.modules, target.words)
    before = len(fuzzer.kept)
    assert fuzzer.run(150) == 150 + len(target.seeds)
    assert len(fuzzer.kept) > before


# ---------------------------------------------------------------- that they find something


def test_the_machine_finds_an_optimiser_whose_steps_are_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = optim.Optimizer.step

    def step(self: optim.Optimizer) -> None:
        self.lr *= 1.001
        whole(self)
        self.lr /= 1.001

    monkeypatch.setattr(optim.Optimizer, "step", step)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Machine, settings=settings(SHORT, max_examples=100, phases=[Phase.generate]))


def test_graphs_find_a_derivative_that_is_off_by_a_ten_millionth(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = mg.grad
    monkeypatch.setattr(mg, "grad", lambda y, xs: [slope * (1 + 1e-7) for slope in whole(y, xs)])
    with pytest.raises(AssertionError, match="grad of the random graph 0 is wrong: number"):
        try_graph(0)


def test_the_parser_is_known_to_be_wrong_by_what_python_makes_of_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    assert by_python("z = x*y - 1; -w**2") == -0.25
    monkeypatch.setitem(grammar.BINDING, "*", 1)
    target = TARGETS["parser"](Path())
    with pytest.raises(Finding, match=r"-4\.5 and not -5\.5"):
        Guided(target, target.seeds, target.modules, target.words)


def test_a_file_that_is_loaded_though_it_is_damaged_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("microgrid.base.files._sha256", lambda data: sha256(b"whatever"))
    target = TARGETS["stored"](tmp_path)
    with pytest.raises(Finding, match="damaged, and loaded"):
        Guided(target, target.seeds, target.modules, target.words).run(20_000)
