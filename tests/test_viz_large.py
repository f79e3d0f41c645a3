"""Large graphs: what is left out, what is collapsed, and that no layout outlives its time."""

import os
import sys
import time
import warnings
from pathlib import Path

import pytest
from test_viz_graphs import deep, lecture
from test_viz_options import groups, network, texts

import microgrid as mg
import viz
from microgrid import Value
from viz import engines
from viz.choices import MOST_LABELLED

SLEEP = "sleep 60 & echo $! > {pids}; echo $$ >> {pids}; wait\n"


def test_a_hundred_thousand_nodes_are_drawn_as_their_scopes() -> None:
    y = network(182)
    count = len(mg.graph.order(y))
    assert count > 100_000
    began = time.process_time()
    with pytest.warns(UserWarning, match=rf'{count:,} nodes are drawn as 5 boxes, as with collapse="layer"'):
        figure = viz.draw(y)
    found = [texts(g) for g in groups(figure, "node")]
    assert time.process_time() - began < 30  # not a measurement: it would take hours
    assert [lines[0] for lines in found] == ["x₀", "x₁", "layer0", "layer1", "layer2"]
    assert found[2][1].startswith("182 values, 0 to ")
    assert len(figure.svg()) < 20_000


def test_what_has_no_scopes_is_refused_with_the_way_out() -> None:
    with pytest.raises(viz.TooLarge, match=r"20,001 nodes and max_nodes is 5,000.*around=v.*microgrid.scope"):
        viz.draw(deep(10_000))
    with pytest.raises(viz.TooLarge, match=r"20,001 nodes"):
        viz.draw(deep(10_000), collapse="layer")
    assert len(groups(viz.draw(deep(10_000), around="x", radius=2), "node")) == 6


def test_max_nodes_counts_the_boxes_that_are_drawn() -> None:
    y = network(4)
    assert viz.draw(y, collapse="neuron", max_nodes=11).svg()
    with pytest.raises(viz.TooLarge, match="nodes in 11 boxes and max_nodes is 10"):
        viz.draw(y, collapse="neuron", max_nodes=10)
    with pytest.warns(UserWarning, match='11 boxes, as with collapse="neuron"'):
        assert len(groups(viz.draw(y, max_nodes=20), "node")) == 11


def test_very_many_arrows_are_plain() -> None:
    with pytest.warns(UserWarning, match=r"1,600 arrows are drawn without their local derivatives"):
        figure = viz.draw(deep(800))
    assert MOST_LABELLED < 1600
    assert not groups(figure, "local")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        viz.draw(deep(800), edges="plain")  # nothing is left out


@pytest.mark.parametrize(
    ("arrows", "work"),
    [
        ([], 4),
        ([(0, 1), (1, 2), (2, 3)], 4 + 3),
        ([(0, 1), (1, 2), (2, 3), (0, 3)], 4 + 3 + 3),  # the long one passes two ranks on its way
        ([(0, 2), (2, 3), (1, 3)], 4 + 3),  # a leaf stands next to where it is used
        ([(0, 1), (1, 0)], 4 + 2),
    ],
)
def test_the_work_of_a_layout_counts_the_ranks_that_arrows_pass(arrows: list[tuple[int, int]], work: int) -> None:
    assert engines.work(4, arrows) == work


def test_many_long_arrows_between_few_boxes_are_laid_out_in_time() -> None:
    """A sum of 100 values of one box is a staircase of arrows, which takes Graphviz minutes if it may improve it."""
    xs, terms = [Value(float(i)) for i in range(3)], []
    for i in range(100):
        with mg.scope("layer"), mg.scope(f"neuron{i}"):
            terms.append(mg.sum(xs))
    assert len(groups(viz.draw(mg.sum(terms), collapse="layer", timeout=30.0), "node")) > 100


# ---------------------------------------------------------------- layouts that do not end


def running(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="optional: reads /proc")
def test_a_layout_that_takes_too_long_is_ended_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pids = tmp_path / "pids"
    slow = tmp_path / "dot"
    slow.write_text("#!/bin/sh\n" + SLEEP.format(pids=pids))
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(viz.LayoutError, match=r"ended after timeout=0.5 seconds.*collapse=.*around=v"):
        viz.draw(lecture(), engine="dot", timeout=0.5).svg()
    started = [int(pid) for pid in pids.read_text().split()]
    for _ in range(100):
        if not any(map(running, started)):
            break
        time.sleep(0.05)
    assert len(started) == 2
    assert not any(map(running, started))


def test_pygraphviz_lays_out_a_large_picture_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    popen = engines.subprocess.Popen
    monkeypatch.setattr(engines.subprocess, "Popen", lambda *args, **more: started.append(args) or popen(*args, **more))
    small, large = viz.draw(lecture(), engine="pygraphviz"), viz.draw(deep(300), engine="pygraphviz")
    assert small.svg()
    assert started == []
    assert len(groups(large, "node")) == 601
    assert started[0][0][0] == sys.executable
    with pytest.raises(viz.LayoutError, match=r"ended after timeout=0\.01 seconds"):
        viz.draw(deep(300), engine="pygraphviz", timeout=0.01).svg()


@pytest.mark.parametrize(("timeout", "error"), [(0, ValueError), (float("inf"), ValueError), ("1 s", TypeError)])
def test_a_wrong_timeout_is_told(timeout: object, error: type[Exception]) -> None:
    with pytest.raises(error, match="timeout"):
        viz.draw(lecture(), timeout=timeout)


def test_a_wide_layer_is_not_drawn_with_all_its_arrows() -> None:
    """200 neurons that see 200 others are 40,000 arrows: too many to lay out, so the layers are drawn."""
    neurons = [Value(float(i), f"x{i}") for i in range(200)]
    for layer in range(2):
        before, neurons = neurons, []
        for i in range(200):
            with mg.scope(f"layer{layer}"), mg.scope(f"neuron{i}"):
                neurons.append(mg.sum(before))
    with mg.scope("total"):
        y = mg.sum(neurons)
    with pytest.warns(UserWarning, match='as with collapse="layer"'):
        assert len(groups(viz.draw(y), "node")) == 200 + 3
