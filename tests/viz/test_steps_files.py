"""The files of a walk: their formats, names and folders, and what a failure leaves."""

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import viz
from helpers.graphs import lecture, named, reuse
from helpers.pictures import SVG, texts
from microgrid import Value
from viz.drawing import layout
from viz.formats import pdf_png
from viz.style.theme import THEMES


@pytest.mark.parametrize(("suffix", "magic"), [("svg", b"<svg "), ("pdf", b"%PDF-"), ("png", b"\x89PNG")])
def test_a_file_for_each_frame(suffix: str, magic: bytes, tmp_path: Path) -> None:
    steps = viz.steps(Value(2.0, "a"))
    files = steps.save(tmp_path / "frames" / f"step-{{:03d}}.{suffix}")
    assert [file.name for file in files] == [f"step-{k:03d}.{suffix}" for k in range(3)]
    assert sorted(tmp_path.rglob("*.*")) == files
    assert all(file.read_bytes().startswith(magic) for file in files)
    if suffix == "svg":
        assert [file.read_text("utf-8") for file in files] == [steps.svg(k) for k in range(3)]


def test_a_pdf_has_a_page_of_one_size_for_each_frame(tmp_path: Path) -> None:
    steps = viz.steps(Value(2.0, "a"))
    (file,) = steps.save(str(tmp_path / "steps.pdf"))
    data = file.read_bytes()
    assert len(re.findall(rb"/Type /Page\b", data)) == 3
    boxes = {tuple(map(float, box.split()[2:])) for box in re.findall(rb"/MediaBox \[([^\]]*)\]", data)}
    root = ElementTree.fromstring(steps.svg(0))
    assert len(boxes) == 1
    assert boxes.pop() == pytest.approx((float(root.get("width")), float(root.get("height"))), abs=0.1)


def test_a_gif_has_the_frames_in_their_colours(tmp_path: Path) -> None:
    from PIL import Image

    steps = viz.steps(named(-Value(2.0, "a"), "y"), theme="lecture")
    (file,) = steps.save(tmp_path / "steps.gif")
    theme = THEMES["lecture"]
    with Image.open(file) as moving:
        assert moving.n_frames == 5
        assert moving.info["loop"] == 0
        times, pictures = [], []
        for k in range(5):
            moving.seek(k)
            times.append(moving.info["duration"])
            pictures.append(np.asarray(moving.convert("RGB")))
    assert times[-1] > times[0] == times[1] >= 1000
    for k, picture in enumerate(pictures):
        assert "#{:02x}{:02x}{:02x}".format(*picture[2, 2]) == theme.background
        expected = np.asarray(_pixels(steps, k, picture.shape[1]))
        assert np.abs(expected[: len(picture)].astype(int) - picture).mean() < 1.5
    lit = [int(theme.active.stroke[i : i + 2], 16) for i in (1, 3, 5)]
    assert [(picture == lit).all(axis=2).sum() > 100 for picture in pictures] == [False, True, True, True, False]


def _pixels(steps: viz.Steps, k: int, width: int) -> np.ndarray:
    from PIL import Image

    scene = steps._film.scene(k)
    return np.asarray(Image.open(io.BytesIO(pdf_png.png(scene, width / scene.size[0]))).convert("RGB"))


def test_a_moving_svg_shows_each_frame_in_its_time(tmp_path: Path) -> None:
    """The style sheet is read here as a browser would: what is visible at each moment are the frame's own groups."""
    steps = viz.steps(reuse())
    (file,) = steps.save(tmp_path / "steps.svg")
    root = ElementTree.fromstring(file.read_text("utf-8"))
    style = root.find(f"{SVG}style").text
    whole = float(re.search(r"([\d.]+)s step-end infinite", style)[1])
    keyframes = {
        name: [(float(at) / 100 * whole, state) for at, state in re.findall(r"([\d.]+)% \{ visibility: (\w+) \}", body)]
        for name, body in re.findall(r"@keyframes (\S+) \{ (.*) \}", style)
    }

    def visible(time: float) -> list[str]:
        shown = []
        for group in root.findall(f"{SVG}g"):
            name = group.get("class")
            if name in keyframes:
                if [state for at, state in keyframes[name] if at <= time + 1e-3][-1] == "visible":
                    shown.append(ElementTree.tostring(group[0], "unicode").strip())
            else:
                shown.append(ElementTree.tostring(group, "unicode").strip())
        return shown

    for k in range(len(steps)):
        frame = ElementTree.fromstring(steps.svg(k)).findall(f"{SVG}g")
        assert visible(2.0 * k + 1) == [ElementTree.tostring(group, "unicode").strip() for group in frame]
    assert "prefers-reduced-motion: no-preference" in style
    still = [g for g in root.findall(f"{SVG}g") if g.get("visibility") != "hidden"]
    assert [text for g in still for text in texts(g)] == texts(ElementTree.fromstring(steps.svg(-1)))
    assert len(file.read_text("utf-8")) < 0.4 * sum(len(steps.svg(k)) for k in range(len(steps)))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("steps.png", r"a file of all frames ends in \.svg, .*\"step-\{:03d\}\.png\" is a file for each"),
        ("steps", "cannot tell the format"),
        ("step-{}.gif", r"a file for each frame ends in \.svg, \.pdf or \.png"),
        ("step-{name}.svg", r"cannot be numbered .*step-\{:03d\}\.svg"),
        ("step-{:q}.svg", "cannot be numbered"),
        ("step-{.svg", "cannot be numbered"),
        ("step-{{}}.svg", "the same name"),
    ],
)
def test_a_name_that_says_too_little_is_refused(name: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message):
        viz.steps(lecture()).save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_files_that_were_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "step-0.svg").write_text("old")
    monkeypatch.setattr(layout.engines, "run", lambda *_: "graph 1 0 0\nstop\n")
    with pytest.raises(viz.LayoutError):
        viz.steps(lecture()).save(tmp_path / "step-{}.svg")
    assert [file.read_text() for file in tmp_path.iterdir()] == ["old"]
    monkeypatch.undo()
    for name in ("step-{}.svg", "{}/step.svg"):
        with pytest.raises(FileNotFoundError, match="No such file"):
            viz.steps(Value(1.0)).save(tmp_path / "no" / "such" / name)
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("pattern", "files"),
    [
        ("frames/step-{}.svg", ["frames/step-0.svg", "frames/step-1.svg", "frames/step-2.svg"]),
        ("run{:02d}/step.svg", ["run00/step.svg", "run01/step.svg", "run02/step.svg"]),
        ("f{{a}}/step-{:03d}.svg", ["f{a}/step-000.svg", "f{a}/step-001.svg", "f{a}/step-002.svg"]),
    ],
)
def test_the_folders_of_numbered_files_are_made(pattern: str, files: list[str], tmp_path: Path) -> None:
    written = viz.steps(Value(1.0)).save(tmp_path / pattern)
    assert written == [tmp_path / file for file in files]
    found = [path.relative_to(tmp_path).as_posix() for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    assert found == files
    assert {path.name for path in tmp_path.iterdir()} == {file.partition("/")[0] for file in files}


def test_the_same_graph_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.svg", "a.pdf", "a.gif"):
        first, second = (
            [file.read_bytes() for file in viz.steps(Value(2.0, "a")).save(tmp_path / name)] for _ in range(2)
        )
        assert first == second


def test_a_character_that_the_font_lacks_is_warned_of_once(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match=r"\.pdf files lacks 한") as warned:
        viz.steps(Value(1.0, "한")).save(tmp_path / "steps.pdf")
    assert len(warned) == 1
    assert warned[0].filename == __file__
