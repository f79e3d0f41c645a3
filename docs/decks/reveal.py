"""Writes a deck as one page for reveal.js, which it takes in where it is at hand."""

from __future__ import annotations

import base64
import html
import io
import os
import re
from pathlib import Path
from typing import Any

import matplotlib as mpl
from building.packages import MODULES
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import math_to_image

from viz.style.theme import THEMES

from .beamer import SIZES, sizes_of
from .form import Code, Deck, Math, Slide, said
from .marks import marked, plain, tied
from .pictures import EDGE, GAP, PAGE, TOP, Placed, body, drawn, page, share

__all__ = ["SCALE", "formula", "is_there", "write"]

WIDTH, HEIGHT = 960, 540
SCALE = WIDTH / PAGE[0]
"""Pixels to a point of the same slide in Beamer."""
NOTES = "dist/plugin/notes.js", "plugin/notes/notes.js"
"""Where reveal.js keeps its speaker view: version 6, and those before."""
BESIDE = "node_modules/reveal.js"
STYLE = """
body { background: #fff; }
.reveal { font-family: "DejaVu Sans", Verdana, "Segoe UI", Helvetica, Arial, sans-serif; color: %(ink)s; }
.reveal .slides { text-align: left; }
.reveal .slides > section { box-sizing: border-box; width: %(width)dpx; height: %(height)dpx; padding: 0; }
.told { padding: 0 %(edge).1fpx; }
.reveal h1, .reveal h2 { margin: 0; font-weight: bold; line-height: 1.2; }
.reveal h2 { position: absolute; top: %(above).1fpx; left: %(edge).1fpx; font-size: %(title).1fpx; }
.reveal h1 { font-size: %(cover).1fpx; padding-top: 170px; }
.reveal .below { font-size: %(subtitle).1fpx; color: %(accent)s; margin-top: 20px; }
.lines { position: absolute; top: %(top).1fpx; left: %(edge).1fpx; line-height: 1.3; }
.lines ul { margin: 0; padding-left: 1.1em; } .lines li::marker { color: %(accent)s; }
.lines li { margin-bottom: 8px; } .lines li i { font-style: italic; }
.lines pre { margin: 10px 0; font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace; line-height: 1.3;
  width: auto; box-shadow: none; }
.lines code { font: 0.86em "DejaVu Sans Mono", Menlo, Consolas, monospace; }
.lines .formula { text-align: center; margin: 12px 0; } .lines .formula img { margin: 0; max-width: none; }
.page-number { position: absolute; top: %(edge).1fpx; right: %(edge).1fpx;
  font-size: %(number).1fpx; line-height: 1; z-index: 1; }
.reveal .controls { opacity: 0.4; transform: scale(0.5); transform-origin: bottom right; }
.shown { position: absolute; display: flex; justify-content: space-between; align-items: center; }
.shown > * { margin: 0 !important; max-width: none !important; max-height: none !important; }
"""
HEAD = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<title>{title}</title>
{reveal_css}
<style>{style}</style>
</head>
<body>
<div class="reveal"><div class="slides">
<section><div class="told"><h1>{title}</h1><p class="below">{below}</p></div></section>
"""
END = """</div></div>
{scripts}
<script>Reveal.initialize({{ width: {width}, height: {height}, margin: 0, center: false, hash: true,
  transition: "none", plugins: [RevealNotes] }})</script>
</body>
</html>
"""


def write(deck: Deck, lang: str, folder: Path) -> Path:
    """The page of a deck: one file, or one that looks for reveal.js in the folder node_modules beside it."""
    sizes = {name: size * SCALE for name, size in SIZES.items()} | {"width": WIDTH, "height": HEIGHT}
    colors = {"ink": THEMES["lecture"].text, "accent": THEMES["lecture"].boxes["op"].stroke}
    places = {"edge": EDGE * SCALE, "top": TOP * SCALE, "above": 10.5 * SCALE}
    css, *scripts = _reveal(folder)
    head = HEAD.format(
        lang=lang,
        title=html.escape(said(deck.title, lang)),
        below=html.escape(said(deck.subtitle, lang)),
        style=STYLE % (sizes | colors | places),
        reveal_css=css,
    )
    sections = [_numbered(_section(slide, lang), k) for k, slide in enumerate(deck.slides, 2)]
    end = END.format(scripts="\n".join(scripts), width=WIDTH, height=HEIGHT)
    file = folder / f"{deck.letter.lower()}-{lang}.html"
    file.write_text(head + "".join(sections) + end, encoding="utf-8")
    return file


def is_there(folder: Path) -> bool:
    """Whether the page of a deck in this folder has reveal.js in it."""
    return _files(folder) is not None


def _files(folder: Path) -> list[Path] | None:
    """The style and the scripts of reveal.js, where they are at hand."""
    for home in (os.environ.get("REVEAL_JS", ""), folder / BESIDE, MODULES / "reveal.js"):
        for notes in NOTES:
            files = [Path(home) / place for place in _places(notes)]
            if home and all(file.is_file() for file in files):
                return files
    return None


def _reveal(folder: Path) -> list[str]:
    """Its style and its scripts: in the page, or where the page looks for them."""
    if files := _files(folder):
        style, *scripts = (file.read_text(encoding="utf-8") for file in files)
        safe = [script.replace("</script", "<\\/script") for script in scripts]
        return [f"<style>{style}</style>", *(f"<script>{script}</script>" for script in safe)]
    style, *scripts = (f"{BESIDE}/{place}" for place in _places(NOTES[0]))
    links = [f'<script src="{script}"></script>' for script in scripts]
    return [f'<link rel="stylesheet" href="{style}">', *links]


def _places(notes: str) -> list[str]:
    return ["dist/reveal.css", "dist/reveal.js", notes]


def _numbered(section: str, number: int) -> str:
    """With the slide's number, which stays over all fragments of a walk."""
    end = section.rindex("</section>")
    return f'{section[:end]}<div class="page-number">{number}</div>\n{section[end:]}'


def _section(slide: Slide, lang: str) -> str:
    if slide.page is not None:
        return _page(slide, lang)
    title = html.escape(said(slide.title, lang))
    text = f"<h2>{title}</h2>\n" + _lines(slide, lang) + _shown(slide, lang)
    return f"<section>\n{text}{_notes(slide, lang)}</section>\n"


def _page(slide: Slide, lang: str) -> str:
    made = page(slide, lang, "16:9")
    if hasattr(made, "reveal"):  # a walk, over boxes or over neurons
        return str(made.reveal())
    full = 'style="display:block;width:100%;height:auto"'
    picture = made.svg().replace('style="max-width:100%;height:auto"', full, 1)
    return f"<section>\n{picture}{_notes(slide, lang)}</section>\n"


def _notes(slide: Slide, lang: str) -> str:
    lines = [said(slide.notes, lang)] if slide.notes else []
    if slide.page is not None:
        lines += [said(line, lang) for line in slide.lines if not isinstance(line, Math | Code)]
    told = "".join(f"<p>{html.escape(plain(line))}</p>" for line in lines)
    return f'<aside class="notes">{told}</aside>\n' if told else ""


def _lines(slide: Slide, lang: str) -> str:
    if not slide.lines:
        return ""
    width = body(slide).width * SCALE
    size = f"width:{width:.1f}px;font-size:{sizes_of(slide)['text'] * SCALE:.1f}px"
    return f'<div class="lines" style="{size}">\n{_text(slide, lang)}</div>\n'


def _text(slide: Slide, lang: str) -> str:
    sizes, written, open_ = sizes_of(slide), [], False
    for k, line in enumerate(slide.lines):
        waits = " fragment" if slide.first is not None and k >= slide.first else ""
        is_item = not isinstance(line, Math | Code)
        if is_item != open_:
            written.append("<ul>" if is_item else "</ul>")
            open_ = is_item
        if isinstance(line, Math):
            source = said(line.latex, lang)
            picture = _image(
                _fitted(source, sizes["formula"], body(slide).width), f'alt="{html.escape(source)}"'
            )
            written.append(f'<p class="formula{waits}">{picture}</p>')
        elif isinstance(line, Code):
            size, program = sizes["code"] * SCALE, said(line.text, lang).strip("\n")
            kind = f'class="{waits.strip()}" ' if waits else ""
            written.append(f'<pre {kind}style="font-size:{size:.1f}px">{html.escape(program)}</pre>')
        else:
            kind = f' class="{waits.strip()}"' if waits else ""
            written.append(f"<li{kind}>{_line(said(line, lang))}</li>")
    return "\n".join([*written, *(["</ul>"] if open_ else [])]) + "\n"


def _line(line: str) -> str:
    def code(text: str) -> str:
        return f"<code>{html.escape(text)}</code>"

    def math(text: str) -> str:
        return re.sub(r"[^\W\d_]+", r"<i>\g<0></i>", html.escape(text))

    def words(text: str) -> str:
        return html.escape(tied(text))

    return marked(line, words, code, math, ("<b>", "</b>"))


def _fitted(latex: str, points: float, room: float) -> str:
    """A formula that is smaller where it is longer than its place."""
    width = float(re.search(r'width="([\d.]+)pt"', formula(latex, points))[1])  # type: ignore[index]
    return formula(latex, points * min(1.0, room * SCALE / width))


def formula(latex: str, points: float = SIZES["formula"]) -> str:
    """A formula as SVG, for the page."""
    file = io.BytesIO()
    full = re.sub(r"\\frac\b", r"\\dfrac", latex)
    size = FontProperties(size=points * SCALE)
    with mpl.rc_context(
        {"svg.hashsalt": "microgrid", "mathtext.fontset": "dejavusans", "text.parse_math": True}
    ):
        math_to_image(f"${full}$", file, prop=size, dpi=72, format="svg", color=THEMES["lecture"].text)
    return file.getvalue().decode("utf-8")


def _image(svg: str, attributes: str) -> str:
    """An SVG that shares no names with the page; its points are the page's pixels."""
    data = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    width, height = (float(re.search(rf'{side}="([\d.]+)pt"', svg)[1]) for side in ("width", "height"))  # type: ignore[index]
    size = f'width="{width:.1f}" height="{height:.1f}"'
    return f'<img src="data:image/svg+xml;base64,{data}" {size} {attributes}>'


def _shown(slide: Slide, lang: str) -> str:
    pictures = drawn(slide, lang)
    if not pictures:
        return ""
    place, text = share(slide), body(slide)
    beside = bool(slide.lines) and not slide.below
    left = EDGE + (text.width + GAP if beside else 0)
    top = TOP + (text.height + GAP if slide.lines and slide.below else 0)
    corner = f"left:{left * SCALE:.1f}px;top:{top * SCALE:.1f}px"
    size = f"width:{place.width * SCALE:.1f}px;height:{place.height * SCALE:.1f}px"
    title = html.escape(said(slide.title, lang))
    shown = "".join(_picture(picture, title) for picture in pictures)
    centered = ";justify-content:center" if len(pictures) == 1 else ""
    return f'<div class="shown" style="{corner};{size}{centered}">{shown}</div>\n'


def _picture(picture: Placed, title: str) -> str:
    size = f"width:{picture.width * SCALE:.1f}px;height:{picture.height * SCALE:.1f}px"
    if picture.is_plot or picture.is_graphviz:
        return _image(picture.svg(), f'style="{size}" alt="{title}"')
    fitted: Any = picture.svg().replace('style="max-width:100%;height:auto"', f'style="{size}"', 1)
    return str(fitted)
