"""Writes a drawing as TikZ, in the fonts of the paper or slides around it, and several as a Beamer frame."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from microgrid.base.messages import warn
from microgrid.base.phrases import Setting, message

from ..drawing.scene import Group, Path, Scene, Text
from ..drawing.slide import shrink
from ..style.shapes import Command, Point
from ..style.theme import Paint
from .latex import latex, missing

__all__ = ["beamer", "document", "tikz"]

FONT_SIZE = 10
FONT = rf"\sffamily\fontsize{{{FONT_SIZE}}}{{{FONT_SIZE * 1.2:g}}}\selectfont"
"""Points: a size that every font has, of which the sizes in the picture are multiples, whatever the
document's own is."""
NEEDS = (
    r"% \input this into a Beamer document with \usepackage{tikz} and, for accents, \usepackage[T1]{fontenc}"
)
ON_PAPER = "|handout:0|trans:0|article:0"
"""What Beamer leaves out of handouts, transparencies and articles, in which other overlays lie on top of each
other."""
LONGEST = 14_400.0
"""Points that a page may be long, by the PDF standard's limits (200 inches); TeX itself counts to 16,383."""
MOST = 2_000_000
"""Characters of a Beamer frame beyond which pdflatex, whose memory has a fixed size, may not do."""


def tikz(scene: Scene) -> str:
    """The drawing as one tikzpicture; the document needs tikz and, for accents, fontenc with T1."""
    scene = shrink(scene, LONGEST)
    return _picture([scene], [_group(group) for group in scene.groups], _colors([scene]))


def document(scene: Scene) -> str:
    """The drawing as a document of its own, a page as large as the picture."""
    scene = shrink(scene, LONGEST)
    width, height = map(_number, scene.size)
    return "\n".join(
        [
            r"\documentclass{article}",
            rf"\usepackage[paperwidth={width}bp, paperheight={height}bp, margin=0pt]{{geometry}}",
            r"\usepackage[T1]{fontenc}",
            r"\usepackage{tikz}",
            r"\begin{document}",
            r"\hoffset=-1in\voffset=-1in",  # TeX ships a box out an inch from the corner
            r"\shipout\vbox{\offinterlineskip\hbox{%",
            tikz(scene).rstrip() + "}}",
            r"\end{document}",
            "",
        ]
    )


def beamer(scenes: Sequence[Scene], key: str, ratio: str | None = None) -> str:
    """Drawings of one page as the overlays of a Beamer frame: what does not change is written once.

    What is drawn stands before the frame, which Beamer reads as a whole for every overlay, under names that
    begin with `key`: the frames of several walks may stand in one document.  With a `ratio`, "169" or "43",
    it is a document; otherwise what such a document takes with \\input.
    """
    scenes = [shrink(scene, LONGEST) for scene in scenes]
    rows = [scene.groups for scene in scenes]
    if len({len(row) for row in rows}) == 1:
        parts = [part for column in zip(*rows, strict=True) for part in _overlays(column)]
    else:
        parts = [("\n".join(map(_group, row)), k, k) for k, row in enumerate(rows, 1)]
    texts = list(dict.fromkeys(text for text, _, _ in parts))
    if sum(map(len, texts)) > MOST:
        large = "so much is drawn that pdflatex may run out of memory: compile the file with lualatex, "
        steps = message("take larger steps (", Setting("by", "neuron"), ' or "layer")')
        warn(message(large, steps, " or fewer boxes (", Setting("collapse"), ")"))
    names = {text: f"{key} {k}" for k, text in enumerate(texts, 1)}
    shown = [_shown(names[text], first, last, len(scenes)) for text, first, last in parts]
    frame = [
        *_colors(scenes),
        *(rf"\expandafter\def\csname {name}\endcsname{{%" f"\n{text}}}" for text, name in names.items()),
        r"\begin{frame}[plain,c]",
        # from edge to edge of the page: a theme's margins differ, and a sidebar is part of one
        r"\makebox[\textwidth][l]{\hskip-\csname Gm@lmargin\endcsname\resizebox{\paperwidth}{!}{%",
        _picture(scenes, shown).rstrip() + "}}",
        r"\end{frame}",
        "",
    ]
    if ratio is None:
        return "\n".join([NEEDS, *frame])
    return "\n".join(
        [
            rf"\documentclass[aspectratio={ratio}]{{beamer}}",
            r"\usepackage[T1]{fontenc}",
            r"\usepackage{tikz}",
            r"\setbeamertemplate{navigation symbols}{}",
            r"\begin{document}",
            *frame[:-1],
            r"\end{document}",
            "",
        ]
    )


def _overlays(column: Sequence[Group]) -> list[tuple[str, int, int]]:
    """One place of all drawings: what stands there, and from which overlay to which."""
    parts, start = [], 0
    for k in range(1, len(column) + 1):
        if k == len(column) or column[k] != column[start]:
            parts.append((_group(column[start]), start + 1, k))
            start = k
    return parts


def _shown(name: str, first: int, last: int, count: int) -> str:
    """What has this name, from one overlay to another; on paper, where overlays are one page, at the last."""
    drawn = rf"\csname {name}\endcsname"
    if (first, last) == (1, count):
        return drawn
    return rf"\only<{first}-{last}{ON_PAPER if last < count else ''}>{{{drawn}}}"


def _colors(scenes: Sequence[Scene]) -> list[str]:
    """The definitions of all colours that these drawings have."""
    colors = {scene.background for scene in scenes}
    for item in (item for scene in scenes for item in scene.items()):
        colors |= {item.color} if isinstance(item, Text) else {item.paint.fill, item.paint.stroke}
    return [
        rf"\definecolor{{{_color(color)}}}{{HTML}}{{{color[1:].upper()}}}"
        for color in sorted(colors - {"none"})
    ]


def _picture(scenes: Sequence[Scene], parts: Iterable[str], colors: Iterable[str] = ()) -> str:
    _warn_of_missing(scenes)
    corner = _point(scenes[0].size)
    return "\n".join(
        [
            r"\begin{tikzpicture}[x=1bp, y=-1bp, line join=miter, inner sep=0pt, outer sep=0pt,",
            rf"  every node/.style={{font={FONT}}}, strong/.style={{font={FONT}\bfseries\boldmath}},",
            rf"  slanted/.style={{font={FONT}\slshape}}]",
            *colors,
            rf"\path[use as bounding box, fill={_color(scenes[0].background)}] (0,0) rectangle {corner};",
            *parts,
            r"\end{tikzpicture}",
            "",
        ]
    )


def _group(group: Group) -> str:
    return "\n".join(_path(item) if isinstance(item, Path) else _text(item) for item in group.items)


def _path(path: Path) -> str:
    return f"\\path[{', '.join(_paint(path.paint))}] {''.join(map(_command, path.commands))};"


def _paint(paint: Paint) -> list[str]:
    options = [] if paint.fill == "none" else [f"fill={_color(paint.fill)}"]
    if paint.stroke != "none" and paint.width:
        options += [f"draw={_color(paint.stroke)}", f"line width={_number(paint.width)}bp"]
        if paint.dash:
            pairs = zip(paint.dash[::2], paint.dash[1::2] or paint.dash, strict=False)
            pattern = " ".join(f"on {_number(on)}bp off {_number(off)}bp" for on, off in pairs)
            options.append(f"dash pattern={pattern}")
    return options


def _command(command: Command) -> str:
    letter, points = command
    places = [_point(point) for point in points]
    match letter:
        case "M":
            return places[0]
        case "L":
            return f" -- {places[0]}"
        case "C":
            return f" .. controls {places[0]} and {places[1]} .. {places[2]}"
    return " -- cycle"


def _text(text: Text) -> str:
    anchor = "base" if text.anchor == "middle" else "base west"
    face = ", strong" if text.font.bold else ", slanted" if text.font.italic else ""
    written = latex(text.text).replace("  ", "~~")  # TeX makes one blank of several
    scale = _number(text.font.size / FONT_SIZE)
    options = f"anchor={anchor}{face}, text={_color(text.color)}, scale={scale}"
    return f"\\node[{options}] at {_point(text.at)} {{{written}}};"


def _color(color: str) -> str:
    return "none" if color == "none" else f"mg{color[1:]}"


def _point(point: Point) -> str:
    return f"({_number(point[0])},{_number(point[1])})"


def _number(x: float) -> str:
    text = f"{x:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _warn_of_missing(scenes: Sequence[Scene]) -> None:
    texts = (item.text for scene in scenes for item in scene.items() if isinstance(item, Text))
    lacking = dict.fromkeys(char for text in dict.fromkeys(texts) for char in missing(text))
    if lacking:
        warn(f"LaTeX's own fonts lack {' '.join(lacking)}, shown as a question mark: save as .svg or .html")
