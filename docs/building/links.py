"""Whether every link of the finished site leads somewhere, and nothing is fetched from elsewhere."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

__all__ = ["broken"]

LOADS = {"src", "srcset", "data", "poster"}
"""Attributes whose target a browser fetches by itself."""
CSS_URL = re.compile(r"(?:url\(|@import\s+)[\"']?(https?:)?//")


class _Links(HTMLParser):
    """The targets and the names of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[tuple[str, str, str]] = []
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value is None:
                continue
            if name in ("id", "name"):
                self.names.add(value)
            elif name in ("href", *LOADS):
                self.targets.append((tag, name, value))


@cache
def _read(page: Path) -> _Links:
    found = _Links()
    found.feed(page.read_text(encoding="utf-8"))
    return found


def broken(site: Path, only: str = "**/*.html") -> list[str]:
    """What is wrong: `page: target (why)`."""
    _read.cache_clear()
    wrong = []
    for page in sorted(site.glob(only)):
        for tag, name, target in _read(page).targets:
            if why := _fault(site, page, tag, name, target):
                wrong.append(f"{page.relative_to(site).as_posix()}: {target} ({why})")
    for sheet in site.rglob("*.css"):
        if CSS_URL.search(sheet.read_text(encoding="utf-8")):
            wrong.append(f"{sheet.relative_to(site).as_posix()}: fetches from elsewhere")
    return wrong


def _fault(site: Path, page: Path, tag: str, name: str, target: str) -> str:
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        fetched = parts.scheme != "data" and (name in LOADS or tag == "link")
        return "fetched from elsewhere" if fetched else ""
    path = unquote(parts.path)
    if path.startswith("/"):
        return "not relative"
    file = (page.parent / path).resolve() if path else page
    file = file / "index.html" if file.is_dir() else file
    if not file.is_relative_to(site.resolve()):
        return "leads out of the site"
    if not file.is_file():
        return "no such file"
    anchor = unquote(parts.fragment)
    if anchor and file.suffix == ".html" and anchor not in _read(file.resolve()).names and "=" not in anchor:
        return "no such place"
    return ""
