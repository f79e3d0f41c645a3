"""Writes a deck for Beamer, with the plots as PDF files beside it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import viz
from viz.formats import tikz
from viz.formats.latex import latex, missing
from viz.formats.svg import digest, svg
from viz.style.theme import THEMES

from .form import Code, Deck, Math, Slide, said
from .marks import NO_BREAK, marked, tied
from .pictures import EDGE, GAP, Placed, body, drawn, page, share

__all__ = ["SIZES", "compile_pdf", "sizes_of", "write"]

SIZES = {"cover": 24.88, "subtitle": 14.4, "title": 14.4, "number": 10.0} | {
    "text": 10.95, "formula": 12.0, "code": 9.0
}  # fmt: skip
"""Points, sizes that every font of LaTeX has; of the last three, beside a picture."""
ALONE = SIZES | {"text": 12.0, "formula": 14.4, "code": 10.0}
"""Where there is none."""
INK, ACCENT = THEMES["lecture"].text, THEMES["lecture"].boxes["op"].stroke
HEAD = r"""%% Compile with lualatex or pdflatex.
\documentclass[aspectratio=169]{beamer}
\usepackage[T1]{fontenc}
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}
  {\renewcommand{\sfdefault}{cmss}\renewcommand{\ttdefault}{cmtt}\renewcommand{\rmdefault}{cmr}}
\usepackage{tikz}
\setbeamertemplate{navigation symbols}{}
%% The number of the slide in its corner, over pictures that fill it, too; a walk's pages have one number.
\newcommand{\slidenumber}{\fontsize{%(number)g}{%(number)g}\normalfont\sffamily\textcolor{ink}{\insertframenumber}}
\AddToHook{shipout/foreground}{\ifnum\value{framenumber}>1
  \put(\dimexpr\paperwidth-%(edge)gbp\relax,-%(edge)gbp){\makebox(0,0)[rt]{\slidenumber}}\fi}
\definecolor{ink}{HTML}{%(ink)s}
\definecolor{accent}{HTML}{%(accent)s}
\setbeamercolor{normal text}{fg=ink}
\setbeamercolor{frametitle}{fg=ink}
\setbeamersize{text margin left=%(edge)gbp, text margin right=%(edge)gbp}
\setbeamerfont{frametitle}{size=\fontsize{%(title)g}{%(title)g}, series=\bfseries}
\setbeamertemplate{frametitle}{\vskip5bp{\usebeamerfont{frametitle}\insertframetitle\par}}
\setbeamertemplate{itemize item}{\textcolor{accent}{\textbullet}}
\setlength{\leftmargini}{11bp}
\newcommand{\formula}[2]{\par\medskip{\centering\fontsize{#1}{#1}\selectfont\(\displaystyle #2\)\par}\medskip}
\newcommand{\program}[2]{\par\smallskip
  {\fontsize{#1}{#1}\linespread{1.25}\selectfont\ttfamily #2\par}\smallskip}
\title{%(name)s}
\begin{document}
"""
COVER = r"""\begin{frame}[plain]
\vfill
{\raggedright\fontsize{%(cover)g}{29}\selectfont\bfseries %(name)s\par}
\bigskip
{\raggedright\fontsize{%(subtitle)g}{18}\selectfont\textcolor{accent}{%(below)s}\par}
\vfill\vfill
\end{frame}
"""
QUOTES = {"“": "``", "”": "''", "’": "'", NO_BREAK: "~"}
IN_CODE = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
    "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", " ": "~", '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}", "`": r"\textasciigrave{}", "-": "{-}", "<": "{<}", ">": "{>}",
}  # fmt: skip


def write(deck: Deck, lang: str, folder: Path) -> list[Path]:
    """The files of a deck: the document, and the plots that it includes."""
    name = f"{deck.letter.lower()}-{lang}"
    title = _words(said(deck.title, lang))
    known = SIZES | {"ink": INK[1:], "accent": ACCENT[1:], "edge": EDGE, "name": title}
    known["below"] = latex(said(deck.subtitle, lang))
    frames, files = [HEAD % known, COVER % known], []
    for number, slide in enumerate(deck.slides, 2):
        if slide.page is not None:
            frames.append(_page(slide, lang))
        else:
            included = []
            for k, picture in enumerate(drawn(slide, lang)):
                file = folder / f"{name}-{number:02}{'abcd'[k]}.pdf"
                included.append(_picture(picture, file))
                if file.exists():
                    files.append(file)
            frames.append(_frame(slide, lang, included))
        frames.append(_notes(slide, lang))
    document = folder / f"{name}.tex"
    document.write_text("".join([*frames, "\\end{document}\n"]), encoding="utf-8")
    return [document, *files]


def compile_pdf(document: Path) -> Path | None:
    """The document as PDF, where lualatex is; RuntimeError with what it said if it could not."""
    if shutil.which("lualatex") is None:
        return None
    with tempfile.TemporaryDirectory() as scratch:
        where = ["-output-directory", scratch, "-interaction=nonstopmode", "-halt-on-error"]
        command = ["lualatex", "-no-shell-escape", *where, document.name]
        done = subprocess.run(
            command, cwd=document.parent, capture_output=True, encoding="utf-8", errors="replace"
        )
        if done.returncode:
            raise RuntimeError(f"lualatex could not set {document}:\n{done.stdout[-2000:]}")
        if "Overfull" in done.stdout:
            said = done.stdout[done.stdout.index("Overfull") :][:400]
            raise RuntimeError(f"a slide of {document.name} is too full:\n{said}")
        shutil.copy(Path(scratch) / document.with_suffix(".pdf").name, document.with_suffix(".pdf"))
    return document.with_suffix(".pdf")


def _page(slide: Slide, lang: str) -> str:
    made = page(slide, lang, "beamer")
    if isinstance(made, viz.Figure):
        return tikz.beamer([made._scene], digest(svg(made._scene)))
    return str(made.tikz())


def _notes(slide: Slide, lang: str) -> str:
    lines = [said(slide.notes, lang)] if slide.notes else []
    if slide.page is not None:
        lines += [said(line, lang) for line in slide.lines if not isinstance(line, Math | Code)]
    return "".join(f"\\note{{{_line(line)}}}\n" for line in lines)


def _frame(slide: Slide, lang: str, pictures: list[str]) -> str:
    sizes = sizes_of(slide)
    text = _text(slide, lang, sizes)
    shown = r"\hfill".join(pictures)
    left, right = (f"{{{place.width:.4g}bp}}\\vspace{{0pt}}" for place in (body(slide), share(slide)))
    if pictures and not slide.lines:
        content = rf"{{\centering {shown}\par}}"
    elif pictures and slide.below:
        content = f"{text}\\par\\vfill{{\\centering {shown}\\par}}\\vfill"
    elif pictures:
        content = (
            f"\\begin{{minipage}}[t]{left}\n{text}\\end{{minipage}}\\hspace{{{GAP:g}bp}}"
            f"\\begin{{minipage}}[t]{right}\\centering {shown}\\end{{minipage}}"
        )
    else:
        content = text
    title = _words(said(slide.title, lang))
    size = f"\\fontsize{{{sizes['text']:.4g}}}{{{1.27 * sizes['text']:.4g}}}\\selectfont"
    return f"\\begin{{frame}}[t]{{{title}}}\n{size}\\raggedright\n{content}\n\\end{{frame}}\n"


def sizes_of(slide: Slide) -> dict[str, float]:
    """Points of the kinds of text on a slide."""
    return SIZES if slide.beside else ALONE


def _text(slide: Slide, lang: str, sizes: dict[str, float]) -> str:
    """The lines, those of text as items."""
    written, open_ = list[str](), False
    for k, line in enumerate(slide.lines):
        if slide.first is not None and k >= slide.first:
            written.append(r"\pause")
        is_item = not isinstance(line, Math | Code)
        if is_item != open_:
            written.append(
                r"\begin{itemize}\raggedright\setlength{\itemsep}{4bp}" if is_item else r"\end{itemize}"
            )
            open_ = is_item
        if isinstance(line, Math):
            written.append(rf"\formula{{{sizes['formula']:.4g}}}{{{said(line.latex, lang)}}}")
        elif isinstance(line, Code):
            rows = [_code(row) or r"\strut" for row in said(line.text, lang).strip("\n").splitlines()]
            written.append(rf"\program{{{sizes['code']:.4g}}}{{" + r"\\".join(rows) + "}")
        else:
            written.append(rf"\item {_line(said(line, lang))}")
    return "\n".join([*written, *([r"\end{itemize}"] if open_ else [])]) + "\n"


def _line(line: str) -> str:
    return marked(line, _words, lambda code: rf"\texttt{{{_code(code)}}}", latex, (r"\textbf{", "}"))


def _words(text: str) -> str:
    """Text, with quotation marks and with what stays on one line, which wait as letters that LaTeX leaves."""
    text = tied(text)
    waiting = {f"QY{letter}QY": char for letter, char in zip("abcd", QUOTES, strict=True)}
    for letters, char in waiting.items():
        text = text.replace(char, letters)
    if unknown := missing(text):
        raise ValueError(f"LaTeX has no {unknown[0]} here: {text}")
    written = latex(text)
    for letters, char in waiting.items():
        written = written.replace(letters, QUOTES[char])
    return written


def _code(text: str) -> str:
    return "".join(IN_CODE.get(char) or (char if char.isascii() else latex(char)) for char in text)


def _picture(picture: Placed, file: Path) -> str:
    if picture.is_plot or picture.is_graphviz:
        file.write_bytes(picture.pdf())
        return rf"\includegraphics[width={picture.width:.5g}bp]{{{file.name}}}"
    return rf"\resizebox{{{picture.width:.5g}bp}}{{!}}{{{picture.tikz().rstrip()}}}"
