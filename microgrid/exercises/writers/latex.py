"""Exercises as LaTeX: a sheet with graphs to be filled in, and the key to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from ... import pictures
from ...base.phrases import said, say
from ..exercise import Blank, Choice, Exercise
from ..sheet import Sheet
from ..wording import decimal
from .graphs import blanked, figure, found_numbers, shown_numbers
from .text import shown

__all__ = ["chosen", "key", "sheet_of_exercises"]

SCALE, SMALLEST = 0.62, 0.616
"""Of a picture: its letters have 13 points and more, and are to have 8 on paper."""


class Paper(NamedTuple):
    """A page, and the largest picture that leaves room for the answers, in points."""

    geometry: str
    width: float
    height: float
    text: float
    """How high the text is."""
    columns: int
    """Of answers beside each other."""

    def scale(self, drawing: str) -> float:
        width, height = _size(drawing)
        return min(SCALE, self.width / width, self.height / height)


UPRIGHT = Paper("margin=21mm", 475.5, 450.0, 700.0, 3)
ACROSS = Paper("landscape, hmargin=7mm, top=12mm, bottom=15mm", 802.0, 370.0, 500.0, 4)
WAYS: tuple[dict[str, str], ...] = ({}, {"rankdir": "rows"}, {"rankdir": "TB"})
NAMED = {"parameters": "named"}
"""Parameters in the formulas alone: their numbers stand below the picture, and so do the blanks for them."""
TRIED = [(paper, way | more) for paper in (UPRIGHT, ACROSS) for more in ({}, NAMED) for way in WAYS]
"""How a picture may come onto a page, the best first: the first that can be read is taken."""
PREAMBLE = r"""\documentclass[11pt]{article}
\usepackage[a4paper, %s]{geometry}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{amssymb, tikz}
\renewcommand{\familydefault}{\sfdefault}
\setlength{\parindent}{0pt}\setlength{\parskip}{3pt}
\newcommand{\set}[2]{\expandafter\def\csname slot #1\endcsname{#2}}
\newcommand{\slot}[1]{\csname slot #1\endcsname}
\newcommand{\blank}[1]{\makebox[%.3f\linewidth][l]{\rule{0pt}{4ex}#1 = \rule[-2pt]{20mm}{.4pt}}%%
\penalty0\relax}
"""
ROW, LINE, ABOUT = 26.0, 17.0, 110.0
"""How high a row of blanks is, a line, and what else an exercise has, in points."""


def sheet_of_exercises(sheet: Sheet) -> str:
    """The exercises, with lines to write on."""
    return _document(sheet, sheet.title, _question)


def key(sheet: Sheet) -> str:
    """The answers, and how each is found."""
    return _document(sheet, say("Key to the exercises: {subject}", subject=sheet.subject), _answers)


Written = Callable[[Sheet, Exercise, Callable[[str], str]], Iterator[str]]


def _document(sheet: Sheet, title: str, written: Written) -> str:
    latex = pictures.latex()
    paper, height, graph = _graph(sheet)
    parts = [PREAMBLE % (paper.geometry, 0.99 / paper.columns), graph, r"\begin{document}"]
    parts.append(rf"{{\Large\bfseries {latex(said(title, sheet.lang))}}}\par")
    before, after = said(sheet.origin, sheet.lang).split(sheet.command)
    origin = f"{latex(before)}{_typed(sheet.command, latex)}{latex(after)}"
    parts.append(rf"{{\footnotesize\raggedright {origin}\par}}\medskip")
    for exercise in sheet:
        lines = len(exercise.blanks) * (ROW / paper.columns if written is _question else LINE)
        head, *rest = written(sheet, exercise, latex)
        start, end = r"\begin{minipage}{\linewidth}\setlength{\parskip}{3pt}", r"\end{minipage}\par"
        parts += [start, rf"\textbf{{{latex(said(exercise.title, sheet.lang))}}}\par", head]
        if ABOUT + height + lines > paper.text:
            # More than a page: only the picture and its title stay together.
            parts += [end, r"\nopagebreak", *rest, r"\par\bigskip"]
        else:
            parts += [*rest, end + r"\bigskip"]
    return "\n".join([*parts, r"\end{document}", ""])


def _typed(command: str, latex: Callable[[str], str]) -> str:
    """A command as it is typed, which may break after its commas too."""
    signs = {
        "-": "-{}",
        ",": r",\allowbreak{}",
        ";": r";\allowbreak{}",
        " ": r"\ \allowbreak{}",
        '"': r"\char34{}",
    }
    signs |= {sign: rf"\{sign}" for sign in "{}_%&#$"} | {"^": r"\^{}", "~": r"\~{}", "\\": r"\char92{}"}
    texts = (signs.get(sign) or (sign if sign.isascii() else latex(sign)) for sign in command)
    return rf"\texttt{{{''.join(texts)}}}"


def _graph(sheet: Sheet) -> tuple[Paper, float, str]:
    r"""The page, the picture's height, and the picture as ``\graph``, with a slot for each number."""
    paper, options, drawing = chosen(sheet)
    texts = re.findall(r"<text [^>]*>", blanked(sheet, **options).svg)
    slots = [re.search(r'data-slot="([^"]*)"', text) for text in texts]
    count = -1

    def node(found: re.Match[str]) -> str:
        nonlocal count
        count += 1
        slot = slots[count]
        return f"{found[1]}{{\\slot{{{slot[1]}}}}};" if slot else found[0]

    drawing = re.sub(r"^(\\node\[.*\) )\{.*\};$", node, drawing, flags=re.MULTILINE)
    drawing = re.sub(r"fill=mg\w+(?=\] \(0,0\) rectangle)", "fill=none", drawing, count=1)
    scale = paper.scale(drawing)
    scaled = rf"\scalebox{{{scale:.3f}}}{{{drawing.strip()}}}"
    graph = rf"\newcommand{{\graph}}{{\begin{{center}}{scaled}\end{{center}}}}"
    return paper, scale * _size(drawing)[1], graph


def chosen(sheet: Sheet) -> tuple[Paper, dict[str, str], str]:
    """The first page and drawing whose letters can be read; else those with the largest letters."""
    best: tuple[float, Paper, dict[str, str], str] | None = None
    for paper, way in TRIED:
        drawing = figure(sheet, **way).tikz()
        scale = paper.scale(drawing)
        if best is None or scale > best[0]:
            best = scale, paper, way, drawing
        if scale >= SMALLEST:
            break
    if best is None:
        raise ValueError("there is no page")
    return best[1:]


def _size(drawing: str) -> tuple[float, float]:
    """The width and height of a picture, in points."""
    found = re.search(r"\(0,0\) rectangle \(([\d.]+),([\d.]+)\)", drawing)
    return (float(found[1]), float(found[2])) if found else (1.0, 1.0)


def _filled(numbers: tuple[Mapping[int, str], Mapping[int, str]], latex: Callable[[str], str]) -> str:
    """The picture with numbers in it."""
    sets = [
        rf"\set{{{kind} {node}}}{{{latex(text)}}}"
        for kind, texts in zip(("value", "gradient"), numbers, strict=True)
        for node, text in texts.items()
    ]
    return f"{{{''.join(sets)}\\graph}}"


def _head(sheet: Sheet, exercise: Exercise, latex: Callable[[str], str]) -> Iterator[str]:
    yield latex(exercise.given_text()) + r"\par"
    if exercise.known:
        before, values, after = said(exercise.known_text(), sheet.lang).partition(exercise.known_values())
        yield f"{latex(before)}{latex(values)}{latex(after)}\\par"  # apart, or words would make names words


def _question(sheet: Sheet, exercise: Exercise, latex: Callable[[str], str]) -> Iterator[str]:
    yield _filled(shown_numbers(sheet, exercise), latex)
    yield from _head(sheet, exercise, latex)
    for task in exercise.tasks:
        yield latex(said(task, sheet.lang)) + r"\par"
    for each in exercise.blanks:
        if isinstance(each, Choice):
            yield r"\par " + latex(said(each.question, sheet.lang)) + r"\par"
            for option in each.options:
                yield rf"\quad$\square$ {latex(said(option.text, sheet.lang))}\par"
        else:
            yield rf"\blank{{{latex(shown(each, sheet.lang))}}}"


def _answers(sheet: Sheet, exercise: Exercise, latex: Callable[[str], str]) -> Iterator[str]:
    yield _filled(found_numbers(sheet, exercise), latex) if exercise.kind in ("forward", "backward") else ""
    yield from _head(sheet, exercise, latex)
    for each in exercise.blanks:
        if isinstance(each, Choice):
            option = each.options[each.right]
            texts = [said(text, sheet.lang) for text in (each.question, option.text, option.feedback)]
            yield rf"{latex(texts[0])} \textbf{{{latex(texts[1])}}} {latex(texts[2])}\par"
        else:
            yield _answer(each, latex, shown(each, sheet.lang))


def _answer(blank: Blank, latex: Callable[[str], str], name: str) -> str:
    middle = f" = {latex(blank.solution)}" if blank.solution else ""
    return rf"{latex(name)}{middle} = \textbf{{\boldmath {latex(decimal(blank.expected))}}}\par"
