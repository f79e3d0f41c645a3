"""Cells and figures as they stand in a page: the code, what it shows, a link and a line to cite."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from .cells import Cell, Part
from .maths import set_formulas
from .words import WORDS

__all__ = ["Page"]

Output = dict[str, str]
FORMAT = HtmlFormatter(nowrap=True)
ALONE = re.compile(r"^!\[((?:[^\]\[]|\[[^\]]*\])*)\]\(([^)\s]+)\)$", re.MULTILINE)
"""A picture that is a paragraph of its own."""


@dataclass
class Page:
    """A page that is being written: counts its cells and figures."""

    lang: str
    title: str
    pictures: str
    """The way from the page to the folder of pictures."""
    cells: int = 0
    figures: int = 0
    words: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.words = WORDS[self.lang]

    def markdown(self, parts: Sequence[Part], outputs: Iterable[list[Output]]) -> str:
        """The whole page; what cells show stands below them."""
        shown = iter(outputs)
        texts = [
            self.text(part) if isinstance(part, str) else self.cell(part, part.made or next(shown))
            for part in parts
        ]
        return "\n\n".join(text.strip("\n") for text in texts) + "\n"

    def text(self, text: str) -> str:
        """Markdown, in which pictures that stand alone become figures."""
        fences = re.split(r"(^```.*?^```[ \t]*$)", text, flags=re.MULTILINE | re.DOTALL)
        prose = [self._figures(piece) if n % 2 == 0 else piece for n, piece in enumerate(fences)]
        return "".join(prose)

    def _figures(self, text: str) -> str:
        return set_formulas(ALONE.sub(lambda found: self.figure(found[2], html.escape(found[1])), text))

    def cell(self, cell: Cell, outputs: Sequence[Output]) -> str:
        """Code and what it shows, as HTML; `data-tags` and the code's text serve whatever runs it."""
        self.cells += 1
        name, said = f"cell-{self.cells}", self.words["cell"].format(n=self.cells)
        tags = "".join(
            f'<span class="mg-tag">{self.words.get(tag, tag)}</span>'
            for tag in cell.tags
            if tag in self.words
        )
        code = highlight(cell.source, PythonLexer(), FORMAT).rstrip("\n")
        below = "".join(map(self._output, outputs))
        return (
            f'<div class="mg-cell" id="{name}" data-tags="{" ".join(cell.tags)}" data-what="{said}">\n'
            f'<div class="mg-bar" data-search-exclude>'
            f'<a class="mg-link" href="#{name}" title="{said}">[{self.cells}]</a>'
            f"{tags}</div>\n"
            f'<div class="highlight"><pre><code class="language-python">{code}</code></pre></div>\n'
            f'<div class="mg-output">{below}</div>\n</div>'
        )

    def _output(self, output: Output) -> str:
        if output["kind"] == "image":
            return self.figure(f"{self.pictures}/{output['file']}", output["alt"])
        if output["kind"] == "page":
            return self.figure(f"{self.pictures}/{output['file']}", html.escape(output["alt"]), page=True)
        if output["kind"] == "none":
            return ""
        kind = "mg-text mg-error" if output["kind"] == "error" else "mg-text"
        return f'<pre class="{kind}">{html.escape(output["text"].rstrip())}</pre>'

    def figure(self, source: str, alt: str, page: bool = False) -> str:
        """A picture, or a page, with its number; `alt` is HTML."""
        self.figures += 1
        name, said = f"figure-{self.figures}", self.words["figure"].format(n=self.figures)
        shown = f'<img loading="lazy" src="{source}" alt="{alt}">'
        file = f'<a href="{source}" download>{self.words["as_file"]}</a>'
        if page:
            shown = f'<iframe class="mg-page" loading="lazy" src="{source}" title="{alt}"></iframe>'
            file = f'<a href="{source}" target="_blank">{self.words["alone"]}</a>'
        return (
            f'<figure class="mg-figure" id="{name}" data-what="{said}">{shown}'
            f'<figcaption><a class="mg-link" href="#{name}">{said}</a> {file}</figcaption></figure>'
        )
