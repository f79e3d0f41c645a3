"""Draws the pictures of lectures.md: `PYTHONPATH=. python docs/lectures.py [numbers of figures]`.

The page is read, not written but for its column of pictures: a row's calls are run as they stand there, and
what they make is a file each.  Graphs are SVG, plots PNG of few colours, reports text.  With `--show FOLDER`
they are written there, in English and in Spanish, at their full size.
"""

from __future__ import annotations

import ast
import inspect
import io
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
PAGE = HERE / "lectures.md"
FOLDER = "lectures"
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (`.+`) \| (.*?) ?\|$", re.MULTILINE)
PRELUDE = re.compile(r"^```python\n(.+?)^```", re.MULTILINE | re.DOTALL)
WIDTH, COLORS, SHARPNESS = 330, 64, 80
"""Pixels of a picture on the page, colours of a plot, and its dots per inch."""


class Row(NamedTuple):
    """A figure of a lecture: its number, the slide, and the lines that make it."""

    number: int
    slide: str
    code: str
    pictures: str


def rows() -> list[Row]:
    found = ROW.findall(PAGE.read_text(encoding="utf-8"))
    return [
        Row(int(n), slide, "\n".join(re.findall("`([^`]+)`", code)), shown) for n, slide, code, shown in found
    ]


def prelude() -> str:
    match = PRELUDE.search(PAGE.read_text(encoding="utf-8"))
    assert match
    return match[1]


class _Spoken(ast.NodeTransformer):
    """Calls of what takes a language are calls in that language; what they are given says where they end."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        end = _end(node)
        self.generic_visit(node)
        spoken = ast.Call(ast.Name("_spoken", ast.Load()), [node.func, end], [])
        return ast.Call(spoken, node.args, node.keywords)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """What is written alone is a result, as in a notebook."""
        end = _end(node.value)
        return ast.Expr(ast.Call(ast.Name("_keep", ast.Load()), [self.visit(node.value), end], []))


def _end(node: ast.expr) -> ast.Constant:
    """The line, and the bytes of it, after which a part of a row's lines ends."""
    return ast.Constant((node.end_lineno, node.end_col_offset))


def made(row: Row, lang: str = "en", **how: Any) -> list[Any]:
    """What the lines of a row make: the figures, plots, walks and reports that stand alone on a line.

    `how` are options for all of its calls that take them, whatever the row says: a title, a slide.
    """
    return _run(row, lang, how)[0]


def spoken(row: Row, lang: str) -> tuple[list[Any], str]:
    """What the lines of a row make in a language, and these lines as they are to be written for that."""
    figures, added = _run(row, lang, {})
    lines = [line.encode() for line in row.code.splitlines()]
    for (line, column), text in sorted(added.items(), reverse=True):
        whole = lines[line - 1]
        lines[line - 1] = whole[:column] + text.encode() + whole[column:]
    return figures, b"\n".join(lines).decode()


def _run(row: Row, lang: str, how: dict[str, Any]) -> tuple[list[Any], dict[tuple[int, int], str]]:
    """The figures of a row, and what its lines lack to make them in the language: by line and byte."""
    kept: list[Any] = []
    added: dict[tuple[int, int], str] = {}

    def spoken(function: Any, end: tuple[int, int]) -> Any:
        try:
            signature = inspect.signature(function)
        except (TypeError, ValueError):
            return function
        chosen = {name: value for name, value in how.items() if name in signature.parameters}
        if "lang" not in signature.parameters and not chosen:
            return function

        def call(*args: Any, **more: Any) -> Any:
            if "lang" in signature.parameters and "lang" not in signature.bind(*args, **more).arguments:
                added[end[0], end[1] - 1] = f', lang="{lang}"'
                more["lang"] = lang
            return function(*args, **{**more, **chosen})

        return call

    def keep(value: Any, end: tuple[int, int]) -> None:
        kept.append(value)
        if _is_report(value):
            added.update({(end[0], 0): "print(", end: f'.text("{lang}"))'})

    names: dict[str, Any] = {"_spoken": spoken, "_keep": keep, "print": str}
    exec(compile(prelude(), "prelude", "exec"), names)
    tree = ast.fix_missing_locations(_Spoken().visit(ast.parse(row.code)))
    with redirect_stdout(io.StringIO()) as printed:
        exec(compile(tree, f"figure {row.number}", "exec"), names)
    return [*_figures(kept, lang), *filter(None, [printed.getvalue().strip()])], added


def _is_report(value: Any) -> bool:
    return hasattr(value, "text") and not (hasattr(value, "svg") or hasattr(value, "get_figure"))


def _figures(values: Any, lang: str) -> Iterator[Any]:
    """Those of the values that are seen."""
    for value in values:
        if isinstance(value, tuple):
            yield from _figures(value, lang)
        elif hasattr(value, "dtype"):  # several Axes
            yield value.flat[0].figure
        elif hasattr(value, "get_figure"):
            yield value.figure
        elif _is_report(value):
            yield value.text(lang)
        elif isinstance(value, str) or hasattr(value, "svg") or hasattr(value, "pipe"):
            yield value


def kind(figure: Any) -> str:
    """The suffix of its file."""
    return "txt" if isinstance(figure, str) else "png" if hasattr(figure, "savefig") else "svg"


def written(figure: Any) -> str:
    """A graph, a walk's last frame but one, or a report, as text."""
    if isinstance(figure, str):
        return figure + "\n"
    if hasattr(figure, "pipe"):  # Graphviz's own
        return str(figure.pipe(format="svg", encoding="utf-8"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a slide chose, which its picture shows
        return str(figure.svg(len(figure) - 2) if hasattr(figure, "__len__") else figure.svg())


def texts(figure: Any) -> list[str]:
    """What stands on a plot, in order: labels, titles, legends, notes, and names beside ticks."""
    shown: list[Any] = []
    for ax in figure.axes:
        sides = [getattr(ax, name) for name in ("xaxis", "yaxis", "zaxis") if hasattr(ax, name)]
        titles = [ax.title, ax._left_title, ax._right_title]
        shown += [*titles, *ax.texts, *(side.label for side in sides)]
        shown += ax.get_legend().get_texts() if ax.get_legend() else []
        shown += [name for side in sides for name in side.get_ticklabels() if not name.get_parse_math()]
    return sorted(text.get_text() for text in shown if text.get_text())


def masked(text: str) -> str:
    """Without numbers, which another processor may round otherwise."""
    return re.sub(r"[\d.,−e+-]*\d", "#", text)


def said(figure: Any) -> str:
    """What a plot says."""
    lines = map(masked, texts(figure))
    return "\n".join(dict.fromkeys(line for line in lines if re.search(r"[^\W\d_]", line)))


def save(figure: Any, file: Path, *, scale: float = 1.0) -> None:
    if kind(figure) != "png":
        file.write_text(written(figure), encoding="utf-8")
        return
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=scale * SHARPNESS)
    notes = PngInfo()
    notes.add_itxt("Description", said(figure))
    image = Image.open(drawn).convert("RGB")
    image = image.quantize(COLORS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    image.save(file, optimize=True, pnginfo=notes)


def names(row: Row, figures: list[Any]) -> list[str]:
    """Of the files of a row, 06.png, or 06a.png and 06b.png."""
    letters = "abcdef" if len(figures) > 1 else [""]
    return [f"{row.number:02}{letter}.{kind(figure)}" for letter, figure in zip(letters, figures)]


def cell(row: Row, files: list[str]) -> str:
    """The column of pictures."""
    title = re.sub(r"\*\*", "", row.slide.split(":")[0])
    shown = [
        f"[as text]({FOLDER}/{name})" if name.endswith("txt")
        else f'<img src="{FOLDER}/{name}" width="{WIDTH}" alt="{title}">'
        for name in files
    ]  # fmt: skip
    return "<br>".join(shown)


if __name__ == "__main__":
    asked = sys.argv[1:]
    show = Path(asked[1]) if asked[:1] == ["--show"] else None
    numbers = set(map(int, asked[2:] if show else asked))
    page = PAGE.read_text(encoding="utf-8")
    (show or HERE / FOLDER).mkdir(exist_ok=True)
    for row in rows():
        if numbers and row.number not in numbers:
            continue
        for lang in ("en", "es") if show else ("en",):
            figures = made(row, lang)
            for name, figure in zip(names(row, figures), figures):
                if show:
                    save(figure, show / f"{lang}_{name}", scale=1.5)
                else:
                    save(figure, HERE / FOLDER / name)
        if not show:
            old = next(match for match in ROW.finditer(page) if match[1] == str(row.number))
            new = old[0][: old.start(4) - old.start()] + cell(row, names(row, figures)) + " |"
            page = page.replace(old[0], new)
    if not show:
        PAGE.write_text(page, encoding="utf-8")
        for file in (HERE / FOLDER).iterdir():
            if f"{FOLDER}/{file.name}" not in page:
                file.unlink()
