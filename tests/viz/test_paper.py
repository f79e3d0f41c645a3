"""PDF and PNG: the same picture as the SVG, with no font and no setting of this machine."""

import io
import re
import zlib

import matplotlib
import numpy as np
import pytest
from PIL import Image

import viz
from helpers.graphs import HOSTILE, lecture, reuse
from microgrid import Value
from viz.drawing.scene import Group, Scene, Text
from viz.formats import font, pdf_png
from viz.formats.png_file import STRIPE, png_file
from viz.style.text_width import text_width
from viz.style.theme import THEMES, Font


def pixels(figure: viz.Figure, tmp_path) -> np.ndarray:
    from matplotlib.image import imread

    return np.asarray(imread(figure.save(tmp_path / "graph.png")))[:, :, :3]


def rgb(color: str) -> np.ndarray:
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def svg_size(figure: viz.Figure) -> tuple[float, float]:
    width, height = re.search(r'width="([\d.]+)" height="([\d.]+)"', figure.svg()).groups()
    return float(width), float(height)


@pytest.mark.parametrize("theme", THEMES)
def test_a_png_has_the_size_and_the_colours_of_the_picture(theme: str, tmp_path) -> None:
    figure = viz.draw(lecture(), theme=theme)
    image = pixels(figure, tmp_path)
    width, height = svg_size(figure)
    assert image.shape[1] == pytest.approx(width * pdf_png.SHARPNESS, abs=2)
    assert image.shape[0] == pytest.approx(height * pdf_png.SHARPNESS, abs=2)
    look = THEMES[theme]
    for color in (look.background, *(look.boxes[role].fill for role in ("input", "parameter", "op"))):
        assert (np.abs(image - rgb(color)).max(axis=2) < 0.01).mean() > 0.005, color
    assert np.allclose(image[2, 2], rgb(look.background), atol=0.01)


def test_the_root_of_the_lecture_is_right_of_its_parameters(tmp_path) -> None:
    image = pixels(viz.draw(lecture()), tmp_path)
    columns = {
        role: np.nonzero(np.abs(image - rgb(THEMES["lecture"].boxes[role].fill)).max(axis=2) < 0.01)[1].mean()
        for role in ("parameter", "op")
    }
    assert columns["parameter"] < columns["op"]


def test_a_pdf_is_one_page_of_the_pictures_size_with_text_that_can_be_searched(tmp_path) -> None:
    figure = viz.draw(lecture(), title="Least squares")
    data = figure.save(tmp_path / "graph.pdf").read_bytes()
    box = [float(x) for x in re.search(rb"/MediaBox \[([^\]]*)\]", data)[1].split()]
    assert box[2:] == pytest.approx(svg_size(figure), abs=0.1)
    assert len(re.findall(rb"/Type /Page\b", data)) == 1
    assert b"/Title (Least squares)" in data
    assert b"DejaVuSans" in data
    assert b"ToUnicode" in data
    assert b"CreationDate" not in data
    streams = b"".join(_inflate(part) for part in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.S))
    assert b"BT" in streams


def _inflate(data: bytes) -> bytes:
    try:
        return zlib.decompress(data)
    except zlib.error:
        return b""


@pytest.mark.parametrize("suffix", ["pdf", "png"])
def test_any_label_can_be_printed(suffix: str, tmp_path) -> None:
    v = Value(1.0, "y\u0302")
    for label in [*HOSTILE, "\x07", "𝔘🦄", "한국어", "$x$", "\\"]:
        v = v + Value(2.0, label)
    figure = viz.draw(v, title="$\\alpha$ {")
    with pytest.warns(UserWarning, match=rf"\.{suffix} files lacks.* 한 국 어.*save as \.svg or \.html") as warned:
        path = figure.save(tmp_path / f"graph.{suffix}")
    assert len(warned) == 1
    assert warned[0].filename == __file__
    assert path.stat().st_size > 1000


def test_the_users_plot_settings_have_no_say(tmp_path) -> None:
    figure = viz.draw(lecture())
    plain = figure.save(tmp_path / "a.png").read_bytes()
    settings = {"savefig.bbox": "tight", "text.usetex": True, "figure.dpi": 30, "font.size": 40}
    with matplotlib.rc_context(settings):
        assert figure.save(tmp_path / "b.png").read_bytes() == plain
        assert matplotlib.rcParams["savefig.bbox"] == "tight"


@pytest.mark.parametrize(
    ("size", "pixels"),
    [
        ((900, 400), (2250, 1000)),  # 2.5 to the point
        ((1600, 400), (4000, 1000)),
        ((3000, 1500), (4000, 2000)),  # no longer than 4,000
        ((8000, 1000), (5600, 700)),  # but for what could not be read
        ((20_000, 20_000), (6325, 6325)),  # up to 40 million in all
        ((90_000, 10), (30_000, 3)),
    ],
)
def test_a_large_picture_is_less_sharp_instead_of_too_large(size: tuple[int, int], pixels: tuple[int, int]) -> None:
    (image,) = pdf_png.rasters([Scene(size, "#ffffff", "", "", ())], pdf_png.SHARPNESS)
    assert image.size == pixels


@pytest.mark.parametrize("theme", ["lecture", "dark"])
def test_frames_in_turn_are_what_each_is_alone(theme: str) -> None:
    """What changes is drawn into the frame before; at the edges of the patches rounding shows, to no eye."""
    steps = viz.steps(reuse(), theme=theme)
    scenes = [steps._film.scene(k) for k in (0, 1, 4, 9, 10, 3, 0)]
    for scene, image in zip(scenes, pdf_png.rasters(scenes, 1.3), strict=True):
        alone = np.asarray(next(pdf_png.rasters([scene], 1.3)), int)
        assert np.abs(alone - np.asarray(image, int)).max() <= 4
    assert not np.array_equal(alone, np.asarray(next(pdf_png.rasters(scenes[1:], 1.3)), int))


def test_drawings_of_different_size_follow_each_other() -> None:
    scenes = [viz.draw(lecture())._scene, viz.draw(reuse())._scene, viz.draw(reuse(), theme="dark")._scene]
    for scene, data in zip(scenes, pdf_png.pngs(scenes), strict=True):
        assert data == pdf_png.png(scene)


@pytest.mark.parametrize("size", [2.5, 4.0, 6.0, 9.0])
def test_text_stays_in_the_middle_of_its_box_however_small_it_is(size: float) -> None:
    words = "∂L/∂b₁ = 0.01873"
    text = Text((100.0, 20.0), words, Font(size), "#000000", 0.0)
    (image,) = pdf_png.rasters([Scene((200.0, 40.0), "#ffffff", "", "", (Group("x", (text,)),))], 2.5)
    inked = np.nonzero((np.asarray(image)[:, :, 0] < 200).any(axis=0))[0]
    assert (inked[0] + inked[-1] + 1) / 2 == pytest.approx(250, abs=1.2)
    assert inked[-1] + 1 - inked[0] == pytest.approx(2.5 * text_width(words, size), rel=0.03, abs=2)


def written(words: str, size: float, bold: bool = False) -> np.ndarray:
    """How dark each pixel is, from 0 to 255."""
    text = Text((150.0, 30.0), words, Font(size, bold), "#000000", 0.0)
    (image,) = pdf_png.rasters([Scene((300.0, 50.0), "#ffffff", "", "", (Group("x", (text,)),))], 2.5)
    return 255 - np.asarray(image, int)[:, :, 0]


@pytest.mark.parametrize("size", [7.0, 13.0, 22.0])
@pytest.mark.parametrize("words", ["∂L/∂b₁ = −0.01873", "AVA, To Wy. (x₁ · w₁)"])
def test_letters_look_as_freetype_draws_them(words: str, size: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same ink in the same place, to a pixel and to 5 % of the letters' ink, at which no eye sees a difference."""
    for bold in (False, True):
        ours = written(words, size, bold)
        with monkeypatch.context() as patch:
            patch.setattr(font, "draws_letter_by_letter", lambda _: False)
            theirs = written(words, size, bold)
        assert ours.sum() == pytest.approx(theirs.sum(), rel=0.05)
        for axis in (0, 1):
            ink = [np.nonzero(image.max(axis) > 60)[0] for image in (ours, theirs)]
            assert np.abs(ink[0][[0, -1]] - ink[1][[0, -1]]).max() <= 2


@pytest.mark.parametrize("words", ["x̂", "אב", "اب"])
def test_what_letters_alone_do_not_make_is_shaped(words: str) -> None:
    """A hat stands on its letter, and Arabic letters join."""
    assert not font.draws_letter_by_letter(words)
    assert written(words, 20.0).any()


@pytest.mark.parametrize("height", [1, STRIPE, STRIPE + 1])
def test_a_png_file_has_its_pixels_and_its_title(height: int) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (height, 7, 4), np.uint8)
    image = Image.open(io.BytesIO(png_file(pixels, "∂L/∂w")))
    assert image.mode == "RGB"
    assert np.array_equal(np.asarray(image), pixels[:, :, :3])
    assert image.text == {"Title": "∂L/∂w"}
