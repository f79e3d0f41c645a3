"""The benchmarks run, compare before they time, and say plainly what is missing, wrong or missed.  No times here."""

import json
import math
import random
import re
import subprocess
import sys

import micrograd.nn
import numpy as np
import pytest

from helpers import ONLY_THE_PACKAGE, ROOT

if not (ROOT / "benchmarks").is_dir():
    pytest.skip(ONLY_THE_PACKAGE, allow_module_level=True)

import microgrid.nn
from benchmarks import __main__ as command
from benchmarks import (
    drawing,
    elements,
    goals,
    gpt,
    gpt_step,
    growth,
    matrices,
    moons,
    peers,
    ports,
    replay,
    report,
    timing,
    training,
)  # fmt: skip
from benchmarks.timing import Answer, Contestant, contest
from microgrid import Value, dot

TRUTH = Answer(2.0, [1.0, -3.0])


def saying(*answer):
    return lambda: Contestant(lambda: Answer(*answer), lambda found: found)


# ---------------------------------------------------------------- contests


@pytest.mark.parametrize(
    "answer",
    [(2.0, [1.0, -3.0001]), (2.001, [1.0, -3.0]), (2.0, [1.0]), (2.0, [1.0, math.nan]), (math.nan, [1.0, -3.0])],
)
def test_a_wrong_answer_is_reported_and_not_timed(answer):
    entry = contest(TRUTH, {"liar": saying(*answer)}, turns=2, seconds=0).entries["liar"]
    assert entry.status.startswith("wrong: ")
    assert not entry.timed


@pytest.mark.slow
def test_those_who_agree_take_turns():
    order = []

    def building(name):
        return lambda: Contestant(lambda: order.append(name), lambda _: TRUTH)

    standings = contest(TRUTH, {"a": building("a"), "b": building("b")}, turns=3, seconds=0)
    turns = [name for i, name in enumerate(order) if order[i - 1] != name]
    assert turns == ["a", "b"] * 4  # everyone's answer and trial, then three rounds
    assert [len(entry.turns) for entry in standings.entries.values()] == [3, 3]


def test_what_is_missing_or_fails_is_named():
    def missing():
        raise ModuleNotFoundError("No module named 'fastlib'", name="fastlib")

    def failing():
        raise ValueError("no such matrix")

    found = contest(TRUTH, {"x": missing, "y": failing, "z": saying(*TRUTH)}, turns=1, seconds=0)
    statuses = [entry.status for entry in found.entries.values()]
    assert statuses == ["missing: fastlib is not installed", "failed: ValueError: no such matrix", "timed"]
    assert found.ratio("x", "z") is None
    text = report.to_markdown([report.standings("Title", found, "z")])
    assert "| x |  |  |  | missing: fastlib is not installed |" in text


def test_ratios_are_paired_and_both_by_the_clock_that_one_of_them_needs():
    alone = timing.Entry("alone", turns=[(1.0, 1.0, 1.5), (2.0, 2.0, 3.0), (4.0, 4.0, 6.0)])
    helped = timing.Entry("helped", turns=[(2.0, 9.0, 6.0), (4.0, 18.0, 12.0), (8.0, 36.0, 24.0)])
    both = timing.Contest({"alone": alone, "helped": helped})
    assert (alone.clock, alone.seconds(), helped.clock, helped.seconds()) == ("CPU", 2.0, "wall", 12.0)
    assert both.ratio("helped", "alone") == 4.0


# ---------------------------------------------------------------- the workloads


def test_the_moons_are_two_half_circles():
    data = moons.moons(200, noise=0.0)
    assert sorted(data.labels) == [-1] * 100 + [1] * 100
    for (x, y), label in zip(data.points, data.labels, strict=True):
        centre = (0.0, 0.0) if label == -1 else (1.0, 0.5)
        assert math.dist((x, y), centre) == pytest.approx(1)
    assert moons.moons() == moons.moons()


def test_the_demo_is_the_same_on_both_engines_and_on_floats():
    data = moons.moons(6)
    ours, theirs = (moons.network(module) for module in (microgrid.nn, micrograd.nn))
    losses = moons.step(ours, data, Value), moons.step(theirs, data, micrograd.nn.Value)
    floats = moons.forward(moons.network(moons.floats), data, float, moons.floats.relu)
    assert losses[0] == pytest.approx(losses[1], rel=1e-14) == pytest.approx(floats, rel=1e-14)
    assert [p.grad for p in ours.parameters()] == pytest.approx([p.grad for p in theirs.parameters()], rel=1e-12)


@pytest.mark.parametrize("write", [matrices.plain, matrices.tuned])
@pytest.mark.parametrize("layers", [[16, 16, 1], [3, 1], [4, 5, 2, 1]])
def test_the_matrices_written_by_hand_are_right(write, layers):
    data, model = moons.moons(9), moons.network(microgrid.nn, layers)
    eager = Answer(moons.step(model, data, Value), [p.grad for p in model.parameters()])
    contestant = write(*moons.as_arrays(model, data), layers)
    for _ in range(2):
        assert not timing.disagreement(contestant.read(contestant.step()), eager)[1]


def test_the_gpt_is_a_gpt():
    model, tokens = gpt.GPT(), [0, 5, 5, 26]
    data = {name: np.array([[p.data for p in row] for row in m]) for name, m in vars(model).items() if name != "heads"
            and isinstance(m, list)}  # fmt: skip

    def norm(x):
        return x / np.sqrt((x**2).mean(axis=1, keepdims=True) + 1e-5)

    x = norm_free = data["tokens"][tokens] + data["positions"][: len(tokens)]
    x = norm(norm_free)
    q, k, v = (norm(x) @ data[name].T for name in ("query", "key", "value"))
    heads = []
    for part in (slice(i, i + 4) for i in range(0, 16, 4)):
        scores = np.where(np.tri(len(tokens)), np.exp(q[:, part] @ k[:, part].T / 2), 0)
        heads.append(scores / scores.sum(axis=1, keepdims=True) @ v[:, part])
    x = x + np.hstack(heads) @ data["mix"].T
    x = x + np.maximum(norm(x) @ data["expand"].T, 0) @ data["shrink"].T
    logits = x @ data["head"].T
    found = model.logits(model.embedded(tokens))
    assert np.array([[v.data for v in row] for row in found]) == pytest.approx(logits, rel=1e-12)

    targets = [3, 1, 4, 1]
    expected = np.mean(np.log(np.exp(logits).sum(axis=1)) - logits[range(4), targets])
    loss = model.loss(model.embedded(tokens), lambda i, row: row[targets[i]])
    assert loss.data == pytest.approx(expected, rel=1e-12)
    onehot = [[float(j == t) for j in range(27)] for t in targets]
    assert model.loss(model.embedded(tokens), lambda i, row: dot(onehot[i], row)).data == pytest.approx(loss.data)


@pytest.mark.slow
def test_the_replayed_training_has_the_eager_one_s_losses_and_gradients():
    assert gpt_step.largest_difference(20) <= gpt_step.SAME_LOSSES
    eager, replayed, (tokens, *_) = gpt_step.EagerTraining(), gpt_step.ReplayTraining(), gpt_step.sequences(1, [5])
    answers = [Answer(training.step(tokens), training.gradient()) for training in (eager, replayed)]
    assert not timing.disagreement(*answers)[1]


@pytest.mark.slow
def test_training_is_compared_epoch_by_epoch():
    data = moons.moons(8)
    theirs = training.losses_by_hand(micrograd.nn, micrograd.nn.Value, data, 6)
    assert training.compared(training.trained(data, 6), theirs).startswith("6 losses within ")
    assert training.compared([*theirs[:5], theirs[5] * (1 + 2e-9)], theirs) == "wrong: 6 losses within 2e-09"
    assert training.compared(theirs[:5], theirs) == "wrong: 5 losses, not 6"
    (table,) = training.run(quick=True).tables
    assert [row[0] for row in table.rows] == ["microgrid, fit", "microgrid, a loop over Values", "micrograd, a loop"]
    assert "2 losses within" in table.rows[2][-1]


@pytest.mark.slow
def test_everyone_has_the_same_gradient_of_the_lesson_s_gpt():
    """PyTorch's, where it is installed, comes from batched matrices and its own attention and cross-entropy."""
    found = elements.run(quick=True).raw["elements"]
    assert list(found) == [elements.EAGER, elements.REPLAY, elements.TORCH]
    for entry in found.values():
        assert entry["status"] == "timed" or "torch is not installed" in entry["status"]
        assert "4096 gradients within" in entry["compared"] or entry["status"] != "timed"


# ---------------------------------------------------------------- the command


def missing(*_):
    raise ModuleNotFoundError(name="jax")


def test_programs_are_compared_with_the_eager_engine(monkeypatch):
    own = {name: build for name, build in peers.PEERS.items() if name.startswith("NumPy")}
    monkeypatch.setattr(replay, "PEERS", dict.fromkeys(peers.PEERS, missing) | own)
    result = replay.run(quick=True)
    entries = result.raw["replay"]
    assert [name for name, entry in entries.items() if entry["status"] != "timed"] == list(peers.PEERS)[2:]
    assert all("337 gradients within" in entry["compared"] for entry in entries.values() if entry["turns"])
    assert "missing: jax is not installed" in report.to_markdown(result.tables)


def test_growth_compares_with_matrices():
    (table,) = growth.run(quick=True).tables
    assert all("gradients within" in row[-1] for row in table.rows)


def run(*arguments):
    command = [sys.executable, "-m", "benchmarks", "--quick", "--uncompiled", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_one_command_prints_markdown_and_writes_json(tmp_path):
    names = ["eager", "uncompiled", "nodes", "import"]
    ended = run("--json", str(tmp_path / "all.json"), *[word for name in names for word in ("--only", name)])
    assert (ended.returncode, ended.stderr) == (0, "")
    kept = json.loads((tmp_path / "all.json").read_text())
    assert [path.name for path in tmp_path.iterdir()] == ["all.json"]
    assert list(kept["results"]) == names
    assert kept["machine"]["microgrid"].startswith(microgrid.__version__)
    uncompiled = kept["results"]["uncompiled"]["raw"]["uncompiled"]
    assert all("loss within" in entry["compared"] for entry in uncompiled.values())
    assert "337 gradients within" in uncompiled["micrograd"]["compared"]
    assert [row["key"] for row in kept["summary"]] == [goal.key for goal in goals.GOALS]
    for goal in goals.GOALS:
        assert f"| {goal.measure} | {goal} |" in ended.stdout


def test_a_benchmark_that_fails_is_named_and_the_others_go_on(monkeypatch, capsys):
    monkeypatch.setitem(command.BENCHMARKS, "nodes", ("nodes", {"PYTHONHOME": "nowhere"}))  # no Python starts there
    assert command.main(["--quick", "--uncompiled", "--only", "nodes", "--only", "import"]) == 1
    printed = capsys.readouterr().out
    assert "- nodes failed: " in printed
    assert "### Import" in printed


def test_every_module_that_measures_is_run_and_continuous_integration_runs_them_all():
    measuring = {
        path.stem
        for path in (ROOT / "benchmarks").glob("*.py")
        if re.search(r"^def run\(quick: bool\) -> Result:", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert measuring == {module for module, _ in command.BENCHMARKS.values()}
    assert "\npython -m benchmarks --quick " in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def judged(monkeypatch, capsys, *, status="timed", left_out=()):
    """What a quick run of all benchmarks says and returns, if they measured all goals but some."""
    measures = {goal.key: 1.0 for goal in goals.GOALS if goal.key not in left_out}

    def ran(name, quick):
        assert quick
        return report.Result(measures=measures, raw={name: {f"someone of {name}": {"status": status}}})

    monkeypatch.setattr(command, "in_a_process", ran)
    monkeypatch.setattr(command, "levels", lambda: ("sse2", "avx2"))
    code = command.main(["--quick"])
    return code, capsys.readouterr().out


def test_a_quick_run_fails_where_a_table_has_lost_its_measure(monkeypatch, capsys):
    monkeypatch.setattr(goals, "here", lambda need: need != "torch")
    code, printed = judged(monkeypatch, capsys)
    assert (code, "not measured:" in printed) == (0, False)
    code, printed = judged(monkeypatch, capsys, left_out=["drawing.png", "replay.torch"])
    assert code == 1
    assert "- not measured: PNG of a graph of 591 nodes, layout included, CPU time\n" in printed
    assert judged(monkeypatch, capsys, left_out=["replay.torch"])[0] == 0


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        ("missing: jax is not installed", 0, "- not run: someone of eager (jax is not installed), someone of"),
        ("failed: ValueError: no such matrix", 1, "- failed: someone of eager (ValueError: no such matrix), "),
        ("wrong: loss within 1e-03", 1, "- wrong: someone of eager (loss within 1e-03), someone of"),
    ],
)
def test_who_was_not_timed_is_named_at_the_end(monkeypatch, capsys, status, code, says):
    monkeypatch.setattr(goals, "here", lambda need: True)
    found, printed = judged(monkeypatch, capsys, status=status)
    assert found == code
    assert says in printed


@pytest.mark.slow
def test_what_is_drawn_is_drawn_in_a_quick_run_too(monkeypatch):
    monkeypatch.setattr(drawing, "DENSE", 8)
    monkeypatch.setattr(drawing, "_graphs", lambda: dict.fromkeys(["10", "100", "1000"], (3, Value(1) * 2)))
    result = drawing.run(quick=True)
    assert set(result.measures) == {goal.key for goal in goals.GOALS if goal.key.startswith("drawing.")}
    assert [table.title for table in result.tables[:3]] == ["Drawing a graph of 3 nodes"] * 3
    assert [row[0] for row in result.tables[0].rows[2:-1]] == list(drawing.DRAWN)


def test_the_port_trains_names_of_the_length_that_is_asked(monkeypatch, tmp_path):
    """A script in its place, which counts the letters."""
    program = tmp_path / "target" / "release" / "rust-microgpt"
    program.parent.mkdir(parents=True)
    program.write_text(
        f"#!{sys.executable}\n"
        "names = open('input.txt').read().split()\n"
        "assert {len(name) for name in names} == {6} and len(set(''.join(names))) == 26\n"
        "print(*[f'step {k:4} | loss {3 - k / 1e3:.4f}' for k in range(1, 1 + len(names))], sep='\\r')\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("RUST_MICROGPT", str(tmp_path))
    result = ports.run(quick=True)
    assert result.raw["ports"][ports.RUST]["compared"] == "its own weights; loss 2.9990 to 2.0000"
    assert result.measures["ports.rust"] > 0
    monkeypatch.delenv("RUST_MICROGPT")
    assert ports.run(quick=True).raw["ports"][ports.RUST]["status"].startswith("missing: RUST_MICROGPT")


def test_a_goal_is_met_missed_or_not_measured():
    least, most = goals.Goal("a", "a", 3, at_least=True), goals.Goal("b", "b", 3)
    assert [goals.verdict(least, x) for x in (3, 2.9, None)] == ["met", "missed", "not measured"]
    assert [goals.verdict(most, x) for x in (3, 3.1, None)] == ["met", "missed", "not measured"]
    assert len({goal.key for goal in goals.GOALS}) == len(goals.GOALS)


@pytest.mark.parametrize(("x", "text"), [(0, "0"), (0.0123456, "0.0123"), (1.2345, "1.23"), (12.345, "12.3"),
                                         (123.45, "123"), (12345.6, "12,346")])  # fmt: skip
def test_numbers_have_three_digits(x, text):
    assert report.number(x) == text


def test_the_global_random_numbers_do_not_matter():
    random.seed(7)
    first = moons.moons(), gpt_step.sequences(2, [3])
    random.seed(8)
    assert (moons.moons(), gpt_step.sequences(2, [3])) == first
