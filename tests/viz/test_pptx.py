"""Pictures and walks as PowerPoint files: read back by python-pptx, and drawn by LibreOffice."""

import io
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pptx import Presentation
from pptx.enum.dml import MSO_FILL
from pptx.util import Pt

import viz
from helpers.geometry import read
from helpers.graphs import GRAPHS, HOSTILE, lecture, named
from helpers.lecture_graphs import LECTURE_GRAPHS, perceptron
from microgrid import nn, parameter

NAMED = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def slides(path: Path) -> Any:
    return Presentation(str(path)).slides


def boxes(slide: Any) -> dict[str, Any]:
    """By data-node, whatever groups they are in."""

    def within(shapes: Any) -> Any:
        for shape in shapes:
            yield shape
            if hasattr(shape, "shapes"):
                yield from within(shape.shapes)

    found = {}
    for shape in within(slide.shapes):
        if shape.name.startswith("node ") and not hasattr(shape, "shapes"):
            found.setdefault(shape.name.removeprefix("node "), shape)
    return found


def ends(slide: Any) -> list[tuple[int, int]]:
    """The numbers of the shapes that each connector begins and ends at."""
    glued = []
    for connector in slide.shapes._spTree.iter("{*}cxnSp"):
        start, end = connector.find(f".//{NAMED}stCxn"), connector.find(f".//{NAMED}endCxn")
        assert start is not None
        assert end is not None
        glued.append((int(start.get("id")), int(end.get("id"))))
    return glued


@pytest.mark.filterwarnings("ignore:.*slide can be read")
@pytest.mark.parametrize("name", sorted(LECTURE_GRAPHS)[:12])
def test_each_box_is_a_shape_with_its_text_in_its_place(name: str, tmp_path: Path) -> None:
    record, _ = LECTURE_GRAPHS[name]
    figure = viz.draw(record(), slide="16:9")
    (slide,) = slides(figure.save(tmp_path / "graph.pptx"))
    found = boxes(slide)
    drawn = [box for box in read(figure.svg()).boxes if box.key]
    assert len(found) == len(drawn) > 4
    for box in drawn:
        shape, (left, top, right, bottom) = found[box.key], box.extent
        place = (shape.left, shape.top, shape.left + shape.width, shape.top + shape.height)
        assert [x / Pt(1) for x in place] == pytest.approx([left, top, right, bottom], abs=0.05)
        assert re.split(r"\n|\u00a0+", shape.text_frame.text) == [text.text for text in box.texts if text.text]
        assert "\t" not in shape.text_frame.text  # programs count tab stops from different places


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*slide can be read")
def test_libreoffice_keeps_what_stands_side_by_side_in_its_box(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("needs LibreOffice")
    figure = viz.draw(perceptron(), slide="16:9")
    figure.save(tmp_path / "graph.pptx")
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = [office, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "graph.pptx")], check=True, capture_output=True, timeout=120)
    places = ["pdftotext", "-bbox", str(tmp_path / "graph.pdf"), "-"]
    said = subprocess.run(places, check=True, capture_output=True, text=True, timeout=60).stdout
    page = float(re.search(r'page width="([\d.]+)"', said)[1])
    words = [
        [720 / page * float(x) for x in word]
        for word in re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)"', said)
    ]
    wide = [box for box in read(figure.svg()).boxes if box.key and _side_by_side(box)]
    assert wide
    for box in wide:
        left, top, right, bottom = box.extent
        inside = [w for w in words if w[0] < right and w[2] > left and top < (w[1] + w[3]) / 2 < bottom]
        assert len(inside) > 3
        assert all(left < word[0] < word[2] < right for word in inside), (box.extent, inside)


def _side_by_side(box: Any) -> bool:
    rows = [text.at[1] for text in box.texts if text.text]
    return len(set(rows)) < len(rows)


@pytest.mark.filterwarnings("ignore:.*slide can be read")
def test_every_connector_is_as_long_as_the_way_between_its_boxes(tmp_path: Path) -> None:
    record, _ = LECTURE_GRAPHS["two-two-two"]
    (slide,) = slides(viz.draw(record(), slide="16:9", rankdir="rows").save(tmp_path / "graph.pptx"))
    found = {shape.shape_id: shape for shape in boxes(slide).values()}
    for connector, (tail, head) in zip(slide.shapes._spTree.iter("{*}cxnSp"), ends(slide), strict=True):
        size = connector.find(f".//{NAMED}ext")
        apart = found[head].left - (found[tail].left + found[tail].width)
        assert tail != head
        assert int(size.get("cx")) >= apart - Pt(2) > 0


def test_the_arrows_of_a_network_are_glued_to_its_circles(tmp_path: Path) -> None:
    figure = viz.network(nn.MLP(2, [3, 1]), [1.0, -1.0], slide="16:9")
    (slide,) = slides(figure.save(tmp_path / "net.pptx"))
    units = {shape.shape_id: shape for shape in boxes(slide).values()}
    joined = ends(slide)
    assert len(set(joined)) == 2 * 3 + 3 * 1
    assert all(units[tail].left < units[head].left for tail, head in joined)


@pytest.mark.filterwarnings("ignore:.*slide can be read")
def test_no_ground_of_a_number_covers_the_head_of_an_arrow(tmp_path: Path) -> None:
    """With a point around it; and a number that gives way keeps its middle."""
    walk = viz.steps(perceptron(), slide="16:9")
    walk.save(tmp_path / "walk.pptx")
    narrower = 0
    for k, slide in enumerate(slides(tmp_path / "walk.pptx")):
        groups = walk._film.scene(k).groups
        arrows = [group for group in groups if group.kind.startswith("edge")]
        heads = [path for group in arrows for path in group.paths if path.paint.fill != "none"]
        places = [[at for _, points in head.commands for at in points] for head in heads]
        texts = [text for group in groups if group.kind == "local" for text in group.texts]
        numbers = [shape for shape in slide.shapes if shape.name.startswith("local")]
        assert len(numbers) == len(texts)
        for shape, text in zip(numbers, texts, strict=True):
            left, top = shape.left / Pt(1), shape.top / Pt(1)
            right, bottom = left + shape.width / Pt(1), top + shape.height / Pt(1)
            assert (left + right) / 2 == pytest.approx(text.at[0], abs=0.1)
            narrower += right - left < text.width - 0.1 or bottom - top < 1.2 * text.font.size - 0.1
            if shape.fill.type is None or shape.fill.type == MSO_FILL.BACKGROUND:
                continue
            for points in places:
                xs, ys = zip(*points, strict=True)
                is_aside = right + 1 < min(xs) or max(xs) < left - 1
                assert is_aside or bottom + 1 < min(ys) or max(ys) < top - 1, (k, text.text)
    assert narrower


def test_a_group_takes_up_what_its_shapes_do(tmp_path: Path) -> None:
    figure = viz.network(nn.MLP(2, [3, 1]), [1.0, -1.0], slide="16:9")
    (slide,) = slides(figure.save(tmp_path / "net.pptx"))
    groups = [shape for shape in slide.shapes if hasattr(shape, "shapes")]
    assert {group.name.split()[0] for group in groups} >= {"node", "number", "caption", "legend"}
    for group in groups:
        parts = list(group.shapes)
        sides = [(part.left, part.top, part.left + part.width, part.top + part.height) for part in parts]
        around = [side(places) for side, places in zip((min, min, max, max), zip(*sides, strict=True), strict=True)]
        own = group.left, group.top, group.left + group.width, group.top + group.height
        assert own == pytest.approx(around, abs=Pt(1)), group.name
    baselines = {text.text: text.at[1] for text in read(figure.svg(), boxes=("node",)).others}
    written = {part.text_frame.text: part for group in groups for part in group.shapes if part.has_text_frame}
    both = written.keys() & baselines.keys()
    assert len(both) > 10
    for text in both:
        middle = written[text].top + written[text].height / 2
        assert middle < Pt(baselines[text]) < middle + written[text].height / 2, text


def test_a_walk_is_a_slide_for_each_frame_with_its_caption_as_notes(tmp_path: Path) -> None:
    walk = viz.steps(lecture(), slide="16:9")
    (path,) = walk.save(tmp_path / "walk.pptx")
    frames = list(slides(path))
    assert len(frames) == len(walk)
    for frame, step in zip(frames, walk, strict=True):
        assert frame.notes_slide.notes_text_frame.text == step.caption
    assert len({len(boxes(frame)) for frame in frames}) == 1


def test_text_that_no_slide_shows_large_enough_is_told_in_one_line(tmp_path: Path) -> None:
    y = parameter(0.5, "x")
    for _ in range(9):
        y = y * 1.01 + 1
    walk = viz.steps(y, rankdir="LR")
    with pytest.warns(UserWarning, match=r'smallest text would be [0-7]\.\d pt on a slide.*slide="16:9"') as said:
        (path,) = walk.save(tmp_path / "walk.pptx")
    assert len(said) == 1
    sizes = [run.font.size.pt for slide in slides(path) for shape in boxes(slide).values()
             for line in shape.text_frame.paragraphs for run in line.runs if run.font.size]  # fmt: skip
    assert min(sizes) < 8


def test_a_backward_frame_has_one_double_arrow_whose_head_is_at_the_operand(tmp_path: Path) -> None:
    walk = viz.steps(lecture(), slide="16:9")
    (path,) = walk.save(tmp_path / "walk.pptx")
    for slide, frame in zip(slides(path), walk, strict=True):
        doubles = [c for c in slide.shapes._spTree.iter("{*}cxnSp") if c.find(f".//{NAMED}ln").get("cmpd") == "dbl"]
        assert len(doubles) == (frame.phase == "backward")
        for connector in doubles:
            assert connector.find(f".//{NAMED}headEnd") is not None
            assert connector.find(f".//{NAMED}tailEnd") is None
            numbers = {shape.shape_id: shape.name for shape in boxes(slide).values()}
            assert numbers[int(connector.find(f".//{NAMED}stCxn").get("id"))] == f"node {frame.active[-1]}"


def test_a_slide_has_its_title_as_a_title_and_its_size(tmp_path: Path) -> None:
    path = viz.draw(lecture(), title="La regla de la cadena", slide="4:3").save(tmp_path / "graph.pptx")
    presentation = Presentation(str(path))
    assert presentation.slides[0].shapes.title.text_frame.text == "La regla de la cadena"
    assert (presentation.slide_width, presentation.slide_height) == (Pt(720), Pt(540))
    assert presentation.core_properties.title


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels_stay_text(label: str, tmp_path: Path) -> None:
    figure = viz.draw(named(parameter(2.0, label) * 3.0, label), title=label)
    (slide,) = slides(figure.save(tmp_path / "graph.pptx"))
    drawn = [text.text for box in read(figure.svg()).boxes if box.key for text in box.texts if text.text]
    said = [line for shape in boxes(slide).values() for line in shape.text_frame.text.split("\n")]
    assert sorted(said) == sorted(drawn)


def test_the_same_drawing_gives_the_same_bytes(tmp_path: Path) -> None:
    first, again = (viz.draw(lecture()).save(tmp_path / f"{k}.pptx").read_bytes() for k in range(2))
    assert first == again


def test_without_python_pptx_a_sentence_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pptx", None)
    with pytest.raises(ModuleNotFoundError, match=r"^a \.pptx file needs python-pptx: pip install"):
        viz.draw(lecture()).save(tmp_path / "graph.pptx")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*slide can be read")
@pytest.mark.parametrize("name", sorted(GRAPHS)[:3])
def test_libreoffice_draws_boxes_where_the_svg_has_them(name: str, tmp_path: Path) -> None:
    from PIL import Image

    office = shutil.which("soffice")
    if office is None:
        pytest.skip("needs LibreOffice")
    figure = viz.draw(GRAPHS[name](), slide="16:9")
    figure.save(tmp_path / "graph.pptx")
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = [office, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "graph.pptx")], check=True, capture_output=True, timeout=120)
    raster = ["pdftoppm", "-png", "-singlefile", "-scale-to-x", "1280", "-scale-to-y", "720"]
    done = subprocess.run([*raster, str(tmp_path / "graph.pdf")], check=True, capture_output=True, timeout=60)
    pixels = np.asarray(Image.open(io.BytesIO(done.stdout)).convert("RGB")).astype(int)
    for box in read(figure.svg()).boxes:
        if not box.key:
            continue
        left, top, right, bottom = (1280 / 720 * side for side in box.extent)
        row, column = pixels[round((top + bottom) / 2)], pixels[:, round((left + right) / 2)]
        assert _edges(row, left, right) < 3, box
        assert _edges(column, top, bottom) < 3, box


def _edges(line: Any, first: float, last: float) -> float:
    """How far the ink nearest to the two places on a line of pixels is from them, on white ground."""
    ink = np.flatnonzero(np.abs(line - 255).sum(axis=1) > 60)
    return max(np.abs(ink - first).min(), np.abs(ink - last).min())
