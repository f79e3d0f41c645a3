"""draw and Figure: options, limits and files."""

import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

import microgrid as mg
import viz
from helpers import ROOT
from helpers.graphs import deep, lecture, neurons, square
from microgrid import Value
from viz.drawing import engines
from viz.formats import pdf_png

SIGNATURES = {
    ".svg": b"<svg ",
    ".html": b"<!DOCTYPE html>",
    ".pdf": b"%PDF-",
    ".png": b"\x89PNG",
    ".tex": b"\\documentclass",
    ".dot": b"digraph",
    ".gv": b"digraph",
}


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "pygraphviz", None)


@pytest.fixture
def no_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> str:
        raise AssertionError("the layout was asked for")

    monkeypatch.setattr(engines, "run", fail)


# ---------------------------------------------------------------- what it is given


@pytest.mark.parametrize("thing", [3.0, None, "y", [Value(1.0)]])
def test_only_a_value_is_drawn(thing: object) -> None:
    with pytest.raises(TypeError, match="expected a Value, the result of a computation, got"):
        viz.draw(thing)


@pytest.mark.parametrize(
    ("option", "choices"),
    [
        ({"rankdir": "lr"}, "LR.*TB.*RL.*BT"),
        ({"theme": "projector"}, "lecture.*light.*dark.*print"),
        ({"ops": "hidden"}, "merged.*separate"),
        ({"edges": None}, "local.*plain"),
        ({"engine": "neato"}, "auto.*dot.*pygraphviz"),
        ({"precision": 0}, "1 to 17"),
        ({"max_nodes": 0}, "at least 1"),
    ],
)
def test_a_wrong_option_is_told_its_choices(option: dict[str, object], choices: str) -> None:
    with pytest.raises(ValueError, match=choices):
        viz.draw(Value(1.0), **option)


@pytest.mark.parametrize("option", [{"precision": 2.5}, {"max_nodes": "many"}, {"max_nodes": True}, {"title": 3}])
def test_an_option_of_a_wrong_type_is_refused(option: dict[str, object]) -> None:
    with pytest.raises(TypeError, match=next(iter(option))):
        viz.draw(Value(1.0), **option)


@pytest.mark.usefixtures("no_layout")
def test_a_large_graph_is_refused_before_any_layout() -> None:
    with pytest.raises(viz.VizError, match=r"20,001 nodes.*max_nodes is 5,000.*max_nodes=None") as refused:
        viz.draw(deep(10_000), sums="separate")
    assert isinstance(refused.value, ValueError)
    assert isinstance(refused.value, mg.MicrogridError)
    assert len(str(refused.value)) < 180


def test_the_limit_is_the_largest_graph_that_is_drawn() -> None:
    assert viz.draw(lecture(), max_nodes=8).svg()
    with pytest.raises(viz.TooLarge, match="8 nodes"):
        viz.draw(lecture(), max_nodes=7)


@pytest.mark.usefixtures("no_layout")
def test_no_part_of_a_picture_recurses() -> None:
    v = deep(400)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 200)  # half of the nodes
    try:
        source = viz.draw(v, max_nodes=None, sums="separate").dot()
    finally:
        sys.setrecursionlimit(limit)
    assert source.count("->") == 800


def test_drawing_changes_nothing() -> None:
    loss = lecture(backward=False)
    viz.draw(loss).svg()
    assert not any(v.has_grad for v in mg.graph.order(loss))
    assert [v.data for v in mg.graph.order(loss)] == [2, 3, 6, 1, 7, 9, -2, 4]


def test_a_figure_shows_the_moment_it_was_drawn() -> None:
    x = Value(2.0, "x")
    figure = viz.draw(x * x)
    x.data, x.label = 7.0, "later"
    assert "later" not in figure.svg() + figure.dot()


# ---------------------------------------------------------------- engines


@pytest.mark.usefixtures("no_engine")
def test_without_an_engine_the_message_helps_and_dot_still_works() -> None:
    figure = viz.draw(lecture())
    with pytest.raises(viz.EngineNotFound, match=r"apt install graphviz.*pip install pygraphviz.*\.dot\(\)") as missing:
        figure.svg()
    assert isinstance(missing.value, RuntimeError)
    assert ".  " not in str(missing.value)  # one sentence
    assert isinstance(missing.value, viz.LayoutError)
    assert figure.dot().startswith("digraph")


@pytest.mark.usefixtures("no_engine")
def test_a_notebook_then_shows_the_message() -> None:
    bundle = viz.draw(lecture())._repr_mimebundle_()
    assert set(bundle) == {"text/plain"}
    assert "EngineNotFound" in bundle["text/plain"]
    assert viz.draw(lecture())._repr_html_() is None


def test_pygraphviz_lays_out_where_there_is_no_dot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "L = e²" in viz.draw(lecture()).svg()
    with pytest.raises(viz.EngineNotFound, match="no dot on the PATH"):
        viz.draw(lecture(), engine="dot").svg()


@pytest.mark.skipif(os.name == "nt", reason="the fake dot is a shell script")
def test_a_broken_dot_is_reported_with_what_it_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "dot"
    broken.write_text("#!/bin/sh\necho 'no layout plugin' >&2\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(viz.LayoutError, match="exit status 3") as failed:
        viz.draw(square(), engine="dot").svg()
    assert failed.value.stderr == "no layout plugin"
    assert viz.draw(square()).svg()  # pygraphviz steps in
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    with pytest.raises(viz.LayoutError, match="no layout plugin"):
        viz.draw(square()).svg()


# ---------------------------------------------------------------- files


@pytest.mark.parametrize("suffix", SIGNATURES)
def test_the_suffix_says_the_format(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"$(touch x); graph 1{suffix.upper()}"
    assert viz.draw(square()).save(path) == path
    assert path.read_bytes().startswith(SIGNATURES[suffix])
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("name", ["graph.jpg", "graph", ".svg"])
def test_an_unknown_suffix_is_told_the_known_ones(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.svg, \.html, \.pdf, \.png, \.tex, \.pptx, \.dot or \.gv"):
        viz.draw(square()).save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_nothing_is_written_unless_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    figure = viz.draw(square())
    figure.svg(), figure.html(), figure.dot(), figure._repr_mimebundle_()
    viz.draw_dot(square())
    assert not list(tmp_path.iterdir())


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "graph.svg"
    with pytest.raises(FileNotFoundError, match="missing") as error:
        viz.draw(square()).save(path)
    assert error.value.filename == str(path)


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "graph.svg").mkdir()
    with pytest.raises(OSError, match=r"graph\.svg"):
        viz.draw(square()).save(tmp_path / "graph.svg")
    assert [file.name for file in tmp_path.iterdir()] == ["graph.svg"]


@pytest.mark.parametrize("where", ["while drawing", "while writing", "while renaming"])
def test_an_old_file_survives_a_failure(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "graph.png"
    path.write_text("old")
    module, name = {
        "while drawing": (pdf_png, "png"), "while writing": (os, "fsync"), "while renaming": (os, "replace"),
    }[where]  # fmt: skip

    def full(*_: object, **__: object) -> bytes:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(module, name, full)
        with pytest.raises(OSError, match="No space left"):
            viz.draw(square()).save(path)
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["graph.png"]


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_permissions_are_those_of_any_new_file_or_of_the_old_one(tmp_path: Path) -> None:
    plain, saved = tmp_path / "plain", tmp_path / "graph.dot"
    plain.write_text("")
    viz.draw(square()).save(saved)
    assert saved.stat().st_mode == plain.stat().st_mode
    saved.chmod(0o600)
    viz.draw(square()).save(saved)
    assert saved.stat().st_mode & 0o777 == 0o600


SCRIPT = """
import sys
from pathlib import Path
from helpers.graphs import neurons
import viz
for suffix in ("svg", "html", "dot", "pdf", "png"):
    viz.draw(neurons(), title="Neurons", legend=True).save(Path(sys.argv[1]) / f"graph.{suffix}")
Path(sys.argv[1], "lecture.dot").write_text(viz.draw_dot(neurons()).source, encoding="utf-8")
"""


@pytest.mark.slow
def test_the_same_graph_gives_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    written = []
    for seed in ("0", "12345"):
        directory = tmp_path / seed
        directory.mkdir()
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "tests")}
        subprocess.run([sys.executable, "-c", SCRIPT, str(directory)], env=environment, check=True)
        written.append({file.name: file.read_bytes() for file in directory.iterdir()})
    assert len(written[0]) == 6
    assert written[0] == written[1]


def test_importing_viz_imports_nothing_heavy() -> None:
    heavy = "'graphviz', 'pygraphviz', 'matplotlib', 'numpy', 'sympy'"
    code = f"import viz, sys; print([name for name in ({heavy}) if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_neurons_are_drawn_in_their_scopes() -> None:
    assert viz.draw(neurons()).svg().count('class="scope"') == 5
