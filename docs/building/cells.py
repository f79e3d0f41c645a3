"""Pages and lessons as a list of texts and cells of code."""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

__all__ = ["Cell", "Part", "needs", "of_lesson", "of_page", "title"]

FENCE = re.compile(r"^```python\n(.*?)^```[ \t]*$\n?", re.MULTILINE | re.DOTALL)
MARK = re.compile(r"^# %%(.*)$", re.MULTILINE)
PRINTS = re.compile(
    r"\A\s*(?:[^\n]*,\s*)?(?:this prints|esto imprime|imprime)[^\n]*:\s*\n+```\n(.*?)^```[ \t]*$\n?",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
NUMPY = re.compile(r"\b(?:plots|datasets|train|np|program|history)\.|\bimport numpy|\.compile\(|\bDropout\(")
"""What needs NumPy, in cells that carry no tags of their own."""
DIRECTIVE = re.compile(r"  # doctest: .*")
TAGS = re.compile(r"tags=\[([^\]]*)\]")


class Cell(NamedTuple):
    """Lines that are run together, their tags, and the error that they are there to show.

    `made` is what they show, as `shown` says it, where that is made elsewhere.
    """

    source: str
    tags: tuple[str, ...] = ()
    raises: str = ""
    made: tuple[dict[str, str], ...] = ()


Part = str | Cell


def of_page(text: str) -> list[Part]:
    """The parts of a page in Markdown: blocks that are doctests become cells, all else stays as it is.

    A cell that uses what one that needs NumPy has made needs it, too.
    """
    parts: list[Part] = []
    end = 0
    for block in FENCE.finditer(text):
        if ">>>" in block[1] and "+SKIP" not in block[1]:
            parts += [text[end : block.start()], *_of_doctest(block[1])]
            end = block.end()
    return list(_followed(part for part in [*parts, text[end:]] if isinstance(part, Cell) or part.strip()))


def _followed(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts, where a cell has the tags of those above it whose names it uses."""
    tagged: dict[str, tuple[str, ...]] = {}
    """The names that such cells made, and what those need."""
    for part in parts:
        if isinstance(part, Cell):
            made, used = _names(part.source)
            tags = dict.fromkeys([*part.tags, *(tag for name in used for tag in tagged.get(name, ()))])
            part = part._replace(tags=tuple(tags))
            tagged |= dict.fromkeys(made, part.tags)
        yield part


def _names(source: str) -> tuple[set[str], set[str]]:
    """The names that a cell makes, imports among them, and those that it uses and has not made before."""
    made, used = set[str](), set[str]()
    try:
        statements = ast.parse(source).body
    except SyntaxError:  # which a page may be there to show
        return made, used
    for statement in statements:
        nodes = list(ast.walk(statement))
        names = [node for node in nodes if isinstance(node, ast.Name)]
        used |= {node.id for node in names if isinstance(node.ctx, ast.Load)} - made
        made |= {node.id for node in names if isinstance(node.ctx, ast.Store)}
        made |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        made |= {(node.asname or node.name).split(".")[0] for node in nodes if isinstance(node, ast.alias)}
    return made, used


def _of_doctest(block: str) -> Iterator[Cell]:
    """One cell for the lines up to each output."""
    lines: list[str] = []
    for example in doctest.DocTestParser().get_examples(block):
        lines.append(DIRECTIVE.sub("", example.source.rstrip("\n")))
        if example.want:
            yield _tagged("\n".join(lines), raises=(example.exc_msg or "").strip())
            lines = []
    if lines:
        yield _tagged("\n".join(lines), raises="")


def _tagged(source: str, raises: str) -> Cell:
    return Cell(source, needs(source), raises)


def needs(source: str) -> tuple[str, ...]:
    """The tags of a cell by what it calls."""
    return ("needs-numpy",) if NUMPY.search(source) else ()


def of_lesson(script: str) -> list[Part]:
    """The parts of a jupytext percent script.

    What a text promises under "This prints" is left out, since the outputs of the cell stand there.

    >>> of_lesson('# %% [markdown]\\n# # A\\n\\n# %% tags=["slow"]\\nprint(1)\\n')
    ['# A', Cell(source='print(1)', tags=('slow',), raises='', made=())]
    """
    parts: list[Part] = []
    marks = list(MARK.finditer(script))
    for mark, end in zip(marks, [*(m.start() for m in marks[1:]), len(script)], strict=True):
        body = script[mark.end() : end].strip("\n")
        if "[markdown]" in mark[1]:
            text = "\n".join(re.sub("^# ?", "", line) for line in body.splitlines())
            parts.append(PRINTS.sub("", text) if parts and isinstance(parts[-1], Cell) else text)
        elif body.strip():
            tags = TAGS.search(mark[1])
            parts.append(Cell(body, tuple(re.findall(r"[\w-]+", tags[1])) if tags else ()))
    return [part for part in parts if isinstance(part, Cell) or part.strip()]


def title(parts: list[Part]) -> str:
    """The first heading."""
    text = "\n".join(part for part in parts if isinstance(part, str))
    found = re.search(r"^# (.+)$", text, re.MULTILINE)
    return found[1].strip() if found else ""
