"""The slides of the lectures, as Beamer and reveal.js show them: how many, how large, in both languages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest

from helpers import ROOT, needs_checkout
from helpers.slides import deck, inner_pictures, letters, script, texts, written

pytestmark = needs_checkout

REVEAL = Path(os.environ.get("REVEAL_JS", ROOT / "node_modules" / "reveal.js"))
LETTERS = letters() or ["A"]
EVERY_DECK = pytest.mark.parametrize("letter", LETTERS)
BOTH = pytest.mark.parametrize("lang", ["en", "es"])
LEAST = 8.0
WORD = re.compile(r"[a-záéíóúñü]{4,}")


@EVERY_DECK
def test_a_lecture_has_twelve_to_twenty_five_slides(letter: str) -> None:
    assert 12 <= 1 + len(deck(letter).slides) <= 25
    titles = [texts(slide, "en")[0] for slide in deck(letter).slides]
    assert len(set(titles)) == len(titles)


@EVERY_DECK
def test_every_line_of_words_is_there_in_both_languages(letter: str) -> None:
    for slide in deck(letter).slides:
        for english, spanish in zip(texts(slide, "en"), texts(slide, "es"), strict=True):
            assert bool(english.strip()) == bool(spanish.strip())
            is_text = not re.search(r"[\\\n=]|`", english)
            if english == spanish and is_text:
                assert not WORD.search(english), english


@EVERY_DECK
@BOTH
@pytest.mark.slow
def test_both_formats_have_each_slide_once_and_say_its_title(letter: str, lang: str) -> None:
    files, slides = written(letter, lang), deck(letter).slides
    assert len(re.findall("<section", files[".html"])) == 1 + len(slides)
    assert files[".tex"].count(r"\begin{frame}") == 1 + len(slides)
    assert f'<html lang="{lang}">' in files[".html"]
    told = [int(number) for number in re.findall(r'<div class="page-number">(\d+)</div>\n</section>', files[".html"])]
    assert told == list(range(2, 2 + len(slides)))


@EVERY_DECK
@BOTH
@pytest.mark.slow
def test_no_text_has_less_than_eight_points(letter: str, lang: str) -> None:
    files = written(letter, lang)
    tex = re.sub(r"\\resizebox\{[\d.]+bp\}\{!\}\{.*?\\end\{tikzpicture\}\}", "", files[".tex"], flags=re.DOTALL)
    scales = [10 * float(scale) for scale in re.findall(r"\\node\[.*scale=([\d.]+)\]", tex)]
    sizes = [float(size) for size in re.findall(r"\\(?:fontsize|formula|program)\{([\d.]+)\}", tex)]
    assert min([*scales, *sizes]) >= LEAST - 0.005
    own = files[".html"][files[".html"].rindex("<style>", 0, files[".html"].index("</head>")) :]  # not reveal.js's
    own = own[: own.rindex("</div></div>")]
    pixels = [float(size) for size in re.findall(r"font-size:\s*([\d.]+)px", own)]
    assert len(pixels) >= len(deck(letter).slides) / 3
    assert min(pixels) / (960 / (160 / 25.4 * 72)) >= LEAST
    pictures = inner_pictures(own)
    assert all("<svg" in picture for picture in pictures)


def test_a_picture_whose_text_would_be_too_small_is_refused() -> None:
    form, pictures = script().beamer.drawn.__globals__["Slide"], script().beamer.drawn
    import viz

    slide = form("Large", ["beside a line"], beside=lambda lang: viz.network([6, 6, 6, 2], lang=lang))
    with pytest.raises(ValueError, match=r"'Large' the smallest text of a picture has [\d.]+ points"):
        pictures(slide, "en")


def test_plots_are_drawn_with_text_of_eight_points_and_with_no_numbers_on_each_other() -> None:
    from decks.pictures import drawn

    for slide in deck("A").slides:
        for picture in drawn(slide, "es"):
            assert picture.smallest >= LEAST
            if not picture.is_plot:
                continue
            picture.figure.draw_without_rendering()
            for ax in picture.figure.axes:
                boxes = [label.get_window_extent() for label in ax.get_xticklabels() if label.get_text()]
                lefts = sorted((box.x0, box.x1) for box in boxes)
                assert all(first[1] <= second[0] for first, second in pairwise(lefts))
                extent = ax.yaxis.label.get_window_extent()
                assert extent.y0 >= -1
                assert extent.y1 <= picture.figure.bbox.height + 1


NAMES = {
    "sigmoid",
    "softmax",
    "leaky_relu",
    "relu",
    "tanh",
    "maxout",
    "Xavier",
    "Adagrad",
    "Adadelta",
    "RMSprop",
    "Adam",
}
NAMES |= {"residual", "logit"}
"""What programs and people call things, and words of both languages."""


@EVERY_DECK
@pytest.mark.slow
def test_plots_are_large_and_in_spanish_have_no_english_words(letter: str) -> None:
    """No word of four letters stands in the plots of both languages, but names."""
    from decks.pictures import drawn

    import lectures

    said: list[set[str]] = []
    for lang in ("en", "es"):
        plots = [picture for slide in deck(letter).slides for picture in drawn(slide, lang) if picture.is_plot]
        for plot in plots:  # a long legend leaves it room
            boxes = [ax.get_window_extent() for ax in plot.figure.axes]
            page = plot.figure.bbox
            assert sum(box.width * box.height for box in boxes) > 0.2 * page.width * page.height
        told = [text for plot in plots for text in lectures.texts(plot.figure)]
        assert len(told) >= 10
        said.append({word for text in told for word in re.findall(r"[^\W\d]{4,}", text)})
    assert (said[0] & said[1]) - NAMES == set()


@EVERY_DECK
@BOTH
@pytest.mark.slow
@pytest.mark.latex
def test_lualatex_sets_it_and_nothing_is_too_full(letter: str, lang: str) -> None:
    if shutil.which("lualatex") is None:
        pytest.skip("needs lualatex")
    from decks.beamer import compile_pdf  # which raises for an overfull box

    files = written(letter, lang)
    made = compile_pdf(Path(files["folder"]) / f"{letter.lower()}-{lang}.tex")
    assert made.stat().st_size > 30_000
    if shutil.which("pdftotext") is not None:
        numbers = in_the_corner(made)
        assert numbers[0] == ""
        assert [int(text) for text, _ in groupby(numbers[1:])] == list(range(2, 2 + len(deck(letter).slides)))


def in_the_corner(document: Path) -> list[str]:
    """What stands at the upper right of each page, 25 by 18 points large: a title that is too long, too."""
    corner = ["-x", str(round(160 / 25.4 * 72) - 25), "-y", "0", "-W", "25", "-H", "18"]
    done = subprocess.run(["pdftotext", *corner, document, "-"], capture_output=True, text=True, check=True)
    return [page.strip() for page in done.stdout.split("\f")[:-1]]


def test_a_walk_has_one_number_and_lines_that_wait_are_shown_one_by_one(tmp_path: Path) -> None:
    if shutil.which("lualatex") is None or shutil.which("pdftotext") is None:
        pytest.skip("needs lualatex and pdftotext")
    from decks import beamer, reveal
    from decks.form import Code, Deck, Math, Slide

    import viz
    from microgrid import parameter

    def walk(lang: str, **how: object) -> Any:
        return viz.steps(parameter(2.0, "w") * 3.0, lang=lang, **how)

    waiting = Slide("Waiting", [Math("a = b"), Math("= 77"), Code("5 + 5"), "the *last* line"], first=1)
    slides = Deck("Z", "Numbers", "", [Slide("One", ["line"]), Slide("Walk", page=walk), waiting, Slide("End", ["."])])
    made = beamer.compile_pdf(beamer.write(slides, "en", tmp_path)[0])
    assert made is not None
    numbers = in_the_corner(made)
    frames = len(viz.steps(parameter(2.0, "w") * 3.0))
    assert frames > 2
    assert numbers == ["", "2", *["3"] * frames, *["4"] * 4, "5"]
    done = subprocess.run(["pdftotext", "-layout", made, "-"], capture_output=True, text=True, check=True)
    pages = done.stdout.split("\f")[2 + frames :][:4]
    assert [[k for k, part in enumerate(("77", "5 + 5", "last")) if part in page] for page in pages] == [
        [], [0], [0, 1], [0, 1, 2]
    ]  # fmt: skip
    html = reveal.write(slides, "en", tmp_path).read_text(encoding="utf-8")
    section = html[html.index("<h2>Waiting") : html.index("<h2>End")]
    assert re.findall(r'<(\w+) class="(.*?fragment.*?)"', section) == [
        ("p", "formula fragment"), ("pre", "fragment"), ("li", "fragment")
    ]  # fmt: skip


def test_a_slide_that_is_too_full_is_refused(tmp_path: Path) -> None:
    if shutil.which("lualatex") is None:
        pytest.skip("needs lualatex")
    from decks import beamer
    from decks.form import Deck, Slide

    full = Deck("Z", "Full", "", [Slide("Too much", [f"line {k} of a slide" for k in range(30)])])
    document, *_ = beamer.write(full, "en", tmp_path)
    with pytest.raises(RuntimeError, match=r"a slide of z-en.tex is too full:\nOverfull"):
        beamer.compile_pdf(document)
    assert not (tmp_path / "z-en.pdf").exists()


ROOM = """() => {
  const frame = document.querySelector('.slides').getBoundingClientRect();
  const out = [];
  const section = Reveal.getCurrentSlide();
  for (const e of section.querySelectorAll('h1, h2, li, pre, img, .below')) {
    const box = e.getBoundingClientRect();
    if (box.right > frame.right + 1 || box.bottom > frame.bottom + 1 || box.left < frame.left - 1)
      out.push(e.tagName + ' ' + (e.textContent || e.alt).slice(0, 40));
  }
  const lines = section.querySelector('.lines');
  const [title] = section.querySelectorAll('h2');
  if (lines && title && title.getBoundingClientRect().bottom > lines.getBoundingClientRect().top + 2)
    out.push('title ' + title.textContent);
  for (const e of section.querySelectorAll('.lines pre, .lines img'))
    if (e.scrollWidth > e.clientWidth + 1 ||
        e.getBoundingClientRect().right > lines.getBoundingClientRect().right + 1)
      out.push('wide ' + (e.textContent || e.alt).slice(0, 40));
  const corner = section.querySelector('.page-number')?.getBoundingClientRect();
  const words = document.createRange();
  for (const e of corner ? section.querySelectorAll('h2, li, svg text') : []) {
    words.selectNodeContents(e);
    const box = (e.tagName === 'text' ? e : words).getBoundingClientRect();
    if (box.right > corner.left && box.left < corner.right && box.bottom > corner.top && box.top < corner.bottom)
      out.push('number on ' + e.textContent.slice(0, 40));
  }
  if (section.querySelector('h2, .lines, svg') && !corner) out.push('no number');
  return out;
}"""


@EVERY_DECK
@BOTH
@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.skipif(not (REVEAL / "dist").exists(), reason="needs reveal.js")
def test_everything_on_a_slide_of_reveal_is_inside_it(
    windows: Callable[..., Any], letter: str, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVEAL_JS", str(REVEAL))
    folder = Path(written(letter, lang)["folder"])
    page = windows(viewport={"width": 960, "height": 540}).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((folder / f"{letter.lower()}-{lang}.html").as_uri())
    page.wait_for_function("() => window.Reveal && Reveal.isReady()")
    assert [url for url in asked if not url.startswith("data:")] == asked[:1]
    for k in range(1 + len(deck(letter).slides)):
        page.evaluate(f"() => Reveal.slide({k})")
        assert page.evaluate(ROOM) == [], k + 1
    page.close()


@EVERY_DECK
def test_every_formula_is_read_by_matplotlib_too(letter: str) -> None:
    from decks.form import Math, said
    from decks.reveal import formula

    with mpl.rc_context():
        for slide in deck(letter).slides:
            for line in slide.lines:
                if isinstance(line, Math):
                    assert "<svg" in formula(said(line.latex, "en"))
