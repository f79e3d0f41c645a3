"""Texts of the repository that are pages of the site, too: included with their links, never copied."""

from __future__ import annotations

import ast
import os
import re
import shutil
from pathlib import Path, PurePosixPath
from typing import Any

from . import captions
from .drawn import drawn

__all__ = ["include"]

ROOT = Path(__file__).parents[2]
INCLUDE = re.compile(r"^\{\{ include (\S+)(?: from \"([^\"]+)\")?(?: to \"([^\"]+)\")? \}\}$", re.MULTILINE)
PICTURE = re.compile(r"\{\{ picture (\S+) \}\}")
TRANSLATED = re.compile(r"^\{\{ translated (\S+) \}\}$", re.MULTILINE)
RAW = re.compile(r"^\{\{ raw (\S+) \}\}$", re.MULTILINE)
SOURCE = re.compile(r"^\{\{ source (\S+?)(?::(\S+))? \}\}$", re.MULTILINE)
LINK = re.compile(r"(!?)\[((?:[^\]\[]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
DRAWN = re.compile(r"docs/(?:house|gallery_\w+)\.svg$")
ROOMS = re.compile(r"^```rooms (\w+)$", re.MULTILINE)
"""How docs/architecture.md begins its tables of rooms, which tests read."""
IMG = re.compile(r'<img src="([^"]+)"')

PAGES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "viz/README.md": "guide/drawing.md",
    "docs/architecture.md": "inside/architecture.md",
    "docs/promises.md": "inside/promises.md",
    "docs/from-micrograd.md": "users/micrograd.md",
    "docs/gallery.md": "gallery/pictures.md",
    "docs/lectures.md": "gallery/index.md",
    "docs/optimizers.md": "reference/optimizers.md",
}
"""Where what lies in the repository is read in the site."""


def include(text: str, page: str, folder: Path, lang: str = "en") -> str:
    """The text of a page, with what it includes; pictures are copied to `folder`/pictures."""
    text = INCLUDE.sub(lambda found: _text(found, page, folder, lang), text)
    text = PICTURE.sub(lambda found: _picture(found[1], page, folder, lang), text)
    text = TRANSLATED.sub(lambda found: _translated(found[1], page, folder, lang), text)
    text = RAW.sub(lambda found: (ROOT / found[1]).read_text(encoding="utf-8").rstrip(), text)
    return SOURCE.sub(lambda found: _source(found[1], found[2]), text)


def _text(found: re.Match[str], page: str, folder: Path, lang: str) -> str:
    """A text from the repository, from the line that holds one mark to before that which holds another."""
    name, first, last = found[1], found[2], found[3]
    text = ROOMS.sub(r'```text title="\1"', (ROOT / name).read_text(encoding="utf-8"))
    begin = text.index(first) if first else 0
    end = text.index(last, begin) if last else len(text)
    return moved(text[begin:end].strip("\n"), name, page, folder, lang)


def _translated(name: str, page: str, folder: Path, lang: str) -> str:
    """The gallery with its Spanish texts, of which `captions` has the table."""
    return moved(captions.translated((ROOT / name).read_text(encoding="utf-8")), name, page, folder, lang)


def moved(text: str, name: str, page: str, folder: Path, lang: str = "en") -> str:
    """The text of the file `name` of the repository, with links that hold from the page."""

    def link(target: str) -> str | None:
        path, mark, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target) or not path:
            return target
        place = os.path.normpath(PurePosixPath(name).parent / path).replace(os.sep, "/")
        if place in PAGES:
            return _relative(PAGES[place], page) + mark + anchor
        if place.endswith((".svg", ".png", ".gif", ".txt")) and (ROOT / place).is_file():
            return _picture(place, page, folder, lang)
        return None

    def written(found: re.Match[str]) -> str:
        target = link(found[3])
        return f"{found[1]}[{found[2]}]({target})" if target else found[2]

    text = IMG.sub(lambda found: f'<img loading="lazy" src="{link(found[1])}"', text)
    return LINK.sub(written, text)


def _picture(place: str, page: str, folder: Path, lang: str) -> str:
    """The way from the page to a copy of a picture; those that `drawn` has are in its language."""
    spoken = drawn(lang).folder / place.removeprefix("docs/") if DRAWN.match(place) else ROOT / place
    copied = place.removeprefix("docs/").replace("/", "-")
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    shutil.copy(spoken if spoken.is_file() else ROOT / place, folder / "pictures" / copied)
    return _relative(f"pictures/{copied}", page)


def _relative(target: str, page: str) -> str:
    return os.path.relpath(target, PurePosixPath(page).parent).replace(os.sep, "/")


def _source(name: str, wanted: str | None) -> str:
    """A file, or a function or class of it, with the numbers that its lines have there."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    first, last = 1, len(lines)
    if wanted:
        node: Any = ast.parse("\n".join(lines))
        for part in wanted.split("."):
            node = next((child for child in ast.iter_child_nodes(node) if part in _defines(child)), None)
            if node is None:
                raise ValueError(f"{name} defines no {wanted}")
        first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", ()))])
        last = node.end_lineno
    code = "\n".join(lines[first - 1 : last])
    return f'```python linenums="{first}" title="{name}"\n{code}\n```'


def _defines(node: ast.AST) -> list[str]:
    """The names of a function, a class or an assignment."""
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return [getattr(node, "name", "")]
