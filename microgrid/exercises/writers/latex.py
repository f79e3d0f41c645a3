"""Exercises as LaTeX: a sheet with graphs to be filled in, and the key to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from ... import pictures
from ...base.phrases import said, say
from ..exercise import Blank, Choice, Exercise
from ..sheet import Sheet
from ..wording import decimal
from .graphs import blanked, figure, found_numbers, shown_numbers
from .text import shown

__all__ = ["key", "sheet_of_exercises"]

WIDTH, HEIGHT, LARGEST, SMALLEST = 478.0, 225.0, 0.62, 0.42
"""Of a picture, in points, and its scale: letters of 9 points in the largest."""
PREAMBLE = r"""\documentclass[11pt]{article}
\usepackage[a4paper, margin=21mm]{geometry}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{amssymb, tikz}
\renewcommand{\familydefault}{\sfdefault}
\setlength{\parindent}{0pt}\setlength{\parskip}{3pt}
\newcommand{\set}[2]{\expandafter\def\csname slot #1\endcsname{#2}}
\newcommand{\slot}[1]{\csname slot #1\endcsname}
\newcommand{\blank}[1]{\makebox[.33\linewidth][l]{\rule{0pt}{4ex}#1 = \rule[-2pt]{20mm}{.4pt}}\penalty0\relax}
"""


def sheet_of_exercises(sheet: Sheet) -> str:
    """The exercises, with lines to write on."""
    return _document(sheet, sheet.title, _question)


def key(sheet: Sheet) -> str:
    """The answers, and how each is found."""
    return _document(sheet, say("Key to the exercises: {subject}", subject=sheet.subject), _answers)


Written = Callable[[Sheet, Exercise, Callable[[str], str]], Iterator[str]]


def _document(sheet: Sheet, title: str, written: Written) -> str:
    latex = pictures.latex()
    parts = [PREAMBLE, _graph(sheet), r"\begin{document}"]
    parts.append(rf"{{\Large\bfseries {latex(said(title, sheet.lang))}}}\par")
    parts.append(rf"{{\footnotesize {latex(said(sheet.origin, sheet.lang))}}}\par\medskip")
    for exercise in sheet:
        parts.append(r"\begin{minipage}{\linewidth}\setlength{\parskip}{3pt}")
        parts.append(rf"\textbf{{{latex(said(exercise.title, sheet.lang))}}}\par")
        parts += written(sheet, exercise, latex)
        parts.append(r"\end{minipage}\par\bigskip")
    return "\n".join([*parts, r"\end{document}", ""])


def _graph(sheet: Sheet) -> str:
    r"""The picture as a command, ``\graph``, with a slot for each number: its texts are those of the SVG."""
    drawing, options = figure(sheet).tikz(), {}
    if WIDTH / _size(drawing)[0] < SMALLEST:  # too wide to be read: in several rows
        options = {"rankdir": "rows"}
        drawing = figure(sheet, **options).tikz()
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
    width, height = _size(drawing)
    scale = min(LARGEST, WIDTH / width, HEIGHT / height if width < 2.5 * height else 1)
    scaled = rf"\scalebox{{{scale:.3f}}}{{{drawing.strip()}}}"
    return rf"\newcommand{{\graph}}{{\begin{{center}}{scaled}\end{{center}}}}"


def _size(drawing: str) -> tuple[float, float]:
    """The width and height of a picture, in points."""
    found = re.search(r"\(0,0\) rectangle \(([\d.]+),([\d.]+)\)", drawing)
    return (float(found[1]), float(found[2])) if found else (WIDTH, HEIGHT)


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
    if exercise.kind in ("forward", "backward"):
        yield _filled(found_numbers(sheet, exercise), latex)
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
