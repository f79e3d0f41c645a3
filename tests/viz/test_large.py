"""Large graphs: what is left out, what is collapsed, and that no layout outlives its time."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest

import microgrid as mg
import viz
from helpers.graphs import deep, lecture
from helpers.lecture_graphs import LECTURE_GRAPHS
from helpers.pictures import groups, network, texts
from microgrid import Value, nn
from viz.drawing import engines, layout
from viz.options import DrawOptions
from viz.page import page
from viz.picture.fewest import fewest
from viz.picture.selection import MOST_LABELLED, folded
from viz.words.labels import named

SLEEP = "sleep 60 & echo $! > {pids}; echo $$ >> {pids}; wait\n"


@pytest.mark.slow
def test_a_hundred_thousand_nodes_are_drawn_as_their_scopes() -> None:
    y = network(182)
    count = len(mg.graph.order(y))
    assert count > 100_000
    began = time.process_time()
    with pytest.warns(UserWarning, match=rf'{count:,} nodes are drawn as 5 boxes, as with collapse="layer"'):
        figure = viz.draw(y)
    found = [texts(g) for g in groups(figure, "node")]
    assert time.process_time() - began < 30  # not a measurement: it would take hours
    assert [lines[0] for lines in found] == [
        "x₁", "x₂", "layer 1: Linear 2→182, ReLU", "layer 2: Linear 182→182, ReLU", "layer 3: Linear 182→1",
    ]  # fmt: skip
    assert found[2][1].startswith("182 values, 0 to ")
    assert len(figure.svg()) < 20_000


@pytest.mark.slow
def test_what_has_no_scopes_is_refused_with_the_way_out() -> None:
    with pytest.raises(viz.TooLarge, match=r"20,001 nodes and max_nodes is 5,000.*around=.*microgrid.scope"):
        viz.draw(deep(10_000), sums="separate")
    with pytest.raises(viz.TooLarge, match=r"20,001 nodes"):
        viz.draw(deep(10_000), sums="separate", collapse="layer")
    with pytest.raises(viz.TooLarge, match=r"100,001 nodes.*one sample.*around=.*microgrid.scope.*max_nodes=None"):
        viz.draw(deep(50_000), sums="separate")
    assert len(groups(viz.draw(deep(10_000), sums="separate", around="x", radius=2), "node")) == 6


@pytest.mark.parametrize("function", [viz.draw, viz.steps])
def test_what_is_too_large_is_refused_without_being_read(function) -> None:
    y = deep(60_000)
    began = time.process_time()
    with pytest.raises(viz.TooLarge, match=r"120,001 nodes and max_nodes is 5,000"):
        function(y, sums="separate")
    with pytest.raises(viz.TooLarge, match=r"\S+ nodes in \d+,\d+ boxes and max_nodes is 5,000"):
        function(waves(30_000))
    assert time.process_time() - began < 4  # both; each node that is named takes 100 µs or more


def test_a_network_that_is_too_large_is_refused_without_being_read() -> None:
    y = waves(30_000)
    began = time.process_time()
    with pytest.raises(viz.TooLarge, match=r"30,000 units, and a diagram at most 2,000: draw a part"):
        viz.network(y)
    assert time.process_time() - began < 2


def waves(count: int) -> Value:
    y = Value(1.0, "x")
    for _ in range(count):
        y = (y * 0.999 + 0.1).tanh()
    return y


@pytest.mark.parametrize("sums", ["auto", "separate", "merged", "results"])
@pytest.mark.parametrize("level", [None, "neuron", "layer", "outermost"])
def test_no_graph_is_refused_that_has_fewer_boxes(sums: str, level: str | None) -> None:
    """The count before reading is at most that of the boxes, and theirs where every node is a box."""
    for name, (make, *_) in LECTURE_GRAPHS.items():
        y = make()
        options = DrawOptions(sums=sums, collapse=level)
        boxes, counted = len(folded(named(y, "math", 4), level, options)), fewest(mg.graph.order(y), options)
        assert counted <= boxes, name
        assert counted > boxes / 4 or level, name
    plain = mg.graph.order(deep(100))
    assert fewest(plain, DrawOptions(sums="separate")) == len(plain)


def test_a_page_of_very_many_boxes_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert page.MOST_BOXES == 2000
    monkeypatch.setattr(page, "MOST_BOXES", 200)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        walk = viz.steps(deep(100), sums="separate")  # 100 additions, 100 constants, x
        walk.svg(0)
        assert not any("page" in str(warning.message) for warning in said)
        walk.html(verify=False)
    assert str(said[-1].message) == (
        "the page has 201 boxes, which browsers take long to open: where parts of the graph are recorded in "
        'microgrid.scope, collapse="layer" draws each as one box'
    )


def test_a_page_of_very_many_steps_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert page.MOST_STEPS == 5000
    monkeypatch.setattr(page, "MOST_STEPS", 1000)
    with mg.scope("sum"):
        y = deep(500)
    walk = viz.steps(y, by="operation", collapse="outermost")
    assert len(walk) == 1 + 500 + 1 + 500 + 1
    with pytest.warns(UserWarning, match=r'page has 1,003 steps, which .*, by="layer" computes each in one step$'):
        walk.html(verify=False)
    viz.steps(y, collapse="outermost").html(verify=False)  # which is a step for the scope: no warning


def test_max_nodes_counts_the_boxes_that_are_drawn() -> None:
    y = network(4)
    assert viz.draw(y, collapse="neuron", max_nodes=11).svg()
    with pytest.raises(viz.TooLarge, match="nodes in 11 boxes and max_nodes is 10"):
        viz.draw(y, collapse="neuron", max_nodes=10)
    with pytest.warns(UserWarning, match='11 boxes, as with collapse="neuron"'):
        assert len(groups(viz.draw(y, max_nodes=20), "node")) == 11


def test_very_many_arrows_are_plain() -> None:
    with pytest.warns(UserWarning, match=r"1,600 arrows are drawn without their local derivatives"):
        figure = viz.draw(deep(800), sums="separate")
    assert MOST_LABELLED < 1600
    assert not groups(figure, "local")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        viz.draw(deep(800), sums="separate", edges="plain")  # nothing is left out


def dense(count: int) -> Value:
    """Each operation reads the one before, and one from anywhere."""
    draw, found = random.Random(1), [Value(float(i), f"x{i}") for i in range(5)]
    while len(found) < count:
        found.append(found[-1] - draw.choice(found))
    found[-1].backward()
    return found[-1]


def test_a_long_chain_is_a_straight_line() -> None:
    """With equal pulls from its two operands, each sum would stand half a box beside the one before."""
    with pytest.warns(UserWarning, match="without their local derivatives"):
        figure = viz.draw(deep(800), sums="separate")
    width, height = figure._scene.size
    assert height < 400 < 50_000 < width


def test_scopes_are_not_collapsed_for_the_sake_of_time() -> None:
    with mg.scope("layer"):
        y = dense(80)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = viz.draw(y, sums="separate")
    assert len(groups(figure, "node")) == len(mg.graph.order(y))
    assert groups(figure, "local")


@pytest.mark.parametrize(("boxes", "rounds"), [(250, ""), (251, "1.99"), (2500, "0.20"), (9000, "0.10")])
def test_large_pictures_are_not_improved_for_long(boxes: int, rounds: str) -> None:
    assert layout._limits(boxes) == (f" nslimit={rounds} nslimit1=1" if rounds else "")


def test_many_long_arrows_between_few_boxes_are_laid_out_in_time() -> None:
    """A sum of 100 values of one box is a staircase of arrows, which takes Graphviz minutes if it may improve it."""
    xs, terms = [Value(float(i)) for i in range(3)], []
    for i in range(100):
        with mg.scope("layer"), mg.scope(f"neuron{i}"):
            terms.append(mg.sum(xs))
    assert len(groups(viz.draw(mg.sum(terms), collapse="layer", sums="separate", timeout=30.0), "node")) > 100


# ---------------------------------------------------------------- layouts that do not end


def running(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def slow_dot(folder: Path) -> tuple[str, Path]:
    """A PATH on which dot starts a process and sleeps, and the file to which both write their numbers."""
    pids, dot = folder / "pids", folder / "dot"
    dot.write_text("#!/bin/sh\n" + SLEEP.format(pids=pids))
    dot.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}", pids


def have_ended(pids: Path) -> bool:
    """Whether both processes were there and are gone, or will be within five seconds."""
    started = [int(pid) for pid in pids.read_text().split()]
    for _ in range(100):
        if not any(map(running, started)):
            return len(started) == 2
        time.sleep(0.05)
    return False


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="optional: reads /proc")
def test_a_layout_that_takes_too_long_is_ended_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, pids = slow_dot(tmp_path)
    monkeypatch.setenv("PATH", path)
    with pytest.raises(viz.LayoutError, match=r"ended after timeout=0.5 seconds.*collapse=.*around="):
        viz.draw(lecture(), engine="dot", timeout=0.5).svg()
    assert have_ended(pids)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="optional: reads /proc")
def test_ctrl_c_ends_a_layout_with_all_that_it_started(tmp_path: Path) -> None:
    path, pids = slow_dot(tmp_path)
    script = "import viz, microgrid; viz.draw(microgrid.Value(2.0) ** 2, engine='dot').svg()"
    environment = os.environ | {"PATH": path, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", script], env=environment, stderr=subprocess.PIPE) as process:
        for _ in range(600):
            if pids.exists() and len(pids.read_text().split()) == 2:
                break
            time.sleep(0.05)
        said = b""
        for _ in range(3):  # Python loses an interrupt that comes while it calls a destructor
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                said = process.communicate(timeout=10)[1]
                break
    assert b"KeyboardInterrupt" in said
    assert have_ended(pids)


def test_pygraphviz_lays_out_a_large_picture_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    popen = engines.subprocess.Popen
    monkeypatch.setattr(engines.subprocess, "Popen", lambda *args, **more: started.append(args) or popen(*args, **more))
    small, large = viz.draw(lecture(), engine="pygraphviz"), viz.draw(deep(300), sums="separate", engine="pygraphviz")
    assert small.svg()
    assert started == []
    assert len(groups(large, "node")) == 601
    assert started[0][0][0] == sys.executable
    with pytest.raises(viz.LayoutError, match=r"ended after timeout=0\.01 seconds"):
        viz.draw(deep(300), sums="separate", engine="pygraphviz", timeout=0.01).svg()


def test_columns_end_in_time_too() -> None:
    random.seed(1)
    y = nn.MLP(4, [6, 6, 1])([1.0, 2.0, 3.0, 4.0])
    with pytest.raises(viz.LayoutError, match=r"^the layout was ended after timeout=0\.0001 seconds.*around="):
        viz.draw(y, engine="dot", timeout=0.0001).svg()
    assert viz.draw(y, engine="dot", timeout=30.0).svg()  # and the next is not


def test_many_boxes_stand_in_columns_within_seconds() -> None:
    random.seed(1)
    y = nn.MLP(8, [10, 10, 1])([0.1 * k for k in range(8)])
    began = time.process_time()
    drawn = groups(viz.draw(y, edges="plain", sums="separate"), "node")
    assert len(drawn) > 600
    assert time.process_time() - began < 5


@pytest.mark.parametrize(("timeout", "error"), [(0, ValueError), (float("inf"), ValueError), ("1 s", TypeError)])
def test_a_wrong_timeout_is_told(timeout: object, error: type[Exception]) -> None:
    with pytest.raises(error, match="timeout"):
        viz.draw(lecture(), timeout=timeout)


def test_a_wide_layer_is_not_drawn_with_all_its_arrows() -> None:
    """Two layers of 110 neurons that see 110 others are 24,200 arrows: too many to lay out, so the layers are drawn."""
    neurons = [Value(float(i), f"x{i}") for i in range(110)]
    for layer in range(2):
        before, neurons = neurons, []
        for i in range(110):
            with mg.scope(f"layer{layer}"), mg.scope(f"neuron{i}"):
                neurons.append(mg.sum(before))
    with mg.scope("total"):
        y = mg.sum(neurons)
    with pytest.warns(UserWarning, match='as with collapse="layer"'):
        assert len(groups(viz.draw(y), "node")) == 110 + 3
