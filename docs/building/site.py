"""The whole site: sources of each language are run and written to a folder, which MkDocs turns into pages."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from . import cells, course, gallery, included, reference, tree
from .links import broken
from .markup import Page
from .running import CellFailed, outputs
from .words import LANGUAGES, TITLES, WORDS

__all__ = ["Broken", "build"]

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


PLACE = re.compile('<p id="mg-playground">.*?</p>', re.DOTALL)
PLAYGROUND = (
    '<p><a class="md-button md-button--primary" href="../browser/playground.html#lang={lang}">{text}</a></p>'
)


SEPARATOR = r"""[\s\-_,:;=()\[\]{}"'`/«»“”¿?¡!]+|\.(?!\d)|&[lg]t;"""
"""What stands between words in the search: names of the reference are found by each of their parts."""


class Broken(Exception):
    """The site has a fault, which the message names."""


class Source(NamedTuple):
    """A page as it is written: its place in the tree, its language, and its parts."""

    place: str
    lang: str
    parts: list[cells.Part]


def build(
    site: Path, browser: Callable[[Path], None] | None = None, say: Callable[[str], None] = print
) -> None:
    """Write the site, to a folder that is replaced as a whole once all is well."""
    with _beside(site) as new:
        with tempfile.TemporaryDirectory() as scratch:
            for lang in LANGUAGES:
                say(f"{lang}: running the cells of {_prepare(lang, Path(scratch) / lang)} pages")
            with ThreadPoolExecutor(len(LANGUAGES)) as pool:
                list(pool.map(lambda lang: _mkdocs(Path(scratch), lang, new / lang), LANGUAGES))
        shutil.copy(DOCS / "theme" / "index.html", new / "index.html")
        if browser:
            say("the cells' Python for the browser")
            browser(new)
            _open_playground(new)
        if faults := broken(new):
            raise Broken(f"{len(faults)} links lead nowhere:\n" + "\n".join(faults))


def _open_playground(site: Path) -> None:
    """Lead from the pages of the playground to it, if it was built."""
    for lang in LANGUAGES:
        page = site / lang / "playground.html"
        if page.is_file() and (site / "browser" / "playground.html").is_file():
            link = PLAYGROUND.format(lang=lang, text=WORDS[lang]["playground"])
            page.write_text(PLACE.sub(link, page.read_text(encoding="utf-8")), encoding="utf-8")


@contextmanager
def _beside(site: Path) -> Iterator[Path]:
    new = site.with_name(site.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    try:
        yield new
        shutil.rmtree(site, ignore_errors=True)
        new.rename(site)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _prepare(lang: str, folder: Path) -> int:
    """Write the pages of a language in Markdown, with what their cells show."""
    sources = list(_sources(lang, folder / "pages"))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda source: _write(source, folder / "pages"), sources))
    return len(sources)


def _sources(lang: str, folder: Path) -> Iterator[Source]:
    """All pages: those that are written, the lessons, the gallery and the reference."""
    pages = DOCS / "pages" / lang
    for path in sorted(pages.rglob("*")):
        place = path.relative_to(pages).as_posix()
        if path.suffix == ".md":
            text = included.include(course.fill(path.read_text(encoding="utf-8"), lang), place, folder, lang)
            yield Source(place, lang, cells.of_page(text))
        elif path.is_file():
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / place)
    for letter, path in course.lessons(lang).items():
        yield Source(f"course/lesson-{letter}.md", lang, cells.of_lesson(path.read_text(encoding="utf-8")))
    for place, parts in [*gallery.pages(lang, folder), *reference.pages(lang)]:
        yield Source(place, lang, parts)
    if lang != LANGUAGES[0]:
        yield from _untranslated(lang, folder)


def _untranslated(lang: str, folder: Path) -> Iterator[Source]:
    """For each page that there is in English alone, one that says so."""
    first, own = DOCS / "pages" / LANGUAGES[0], DOCS / "pages" / lang
    there = {path.relative_to(own).as_posix() for path in own.rglob("*.md")}
    texts = {path.relative_to(first).as_posix(): path for path in first.rglob("*.md")}
    texts = {
        place: included.include(path.read_text(encoding="utf-8"), place, folder)
        for place, path in texts.items()
        if place not in there
    }
    missing = set(course.lessons(LANGUAGES[0])) - set(course.lessons(lang))
    for letter in sorted(missing):
        script = course.lessons(LANGUAGES[0])[letter].read_text(encoding="utf-8")
        texts[f"course/lesson-{letter}.md"] = cells.title(cells.of_lesson(script))
    for place, text in texts.items():
        heading = re.search(r"^#? ?(.+)$", text, re.MULTILINE)
        title = TITLES.get(place) or (heading[1] if heading else place)
        up = "../" * (place.count("/") + 1)
        link = f"{up}{LANGUAGES[0]}/{PurePosixPath(place).with_suffix('.html')}"
        said = WORDS[lang]["untranslated"].format(link=link)
        said = re.sub(r"\[(.+?)\]\((.+?)\)", r'<a href="\2" hreflang="en">\1</a>', said)
        yield Source(place, lang, [f"# {title}\n\n{said}\n"])


def _write(source: Source, folder: Path) -> None:
    asked = [part for part in source.parts if isinstance(part, cells.Cell) and not part.made]
    name = source.place.removesuffix(".md")
    try:
        shown = outputs(name, source.lang, asked, folder / "pictures")
    except CellFailed as failed:
        raise Broken(f"docs/pages/{source.lang}/{failed}") from failed
    page = Page(source.lang, cells.title(source.parts), "../" * name.count("/") + "pictures")
    target = folder / source.place
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page.markdown(source.parts, shown), encoding="utf-8")


def _mkdocs(scratch: Path, lang: str, target: Path) -> None:
    """MkDocs by a configuration made for the language; what it warns of is an error."""
    words, pages = WORDS[lang], scratch / lang / "pages"
    toggles = [("auto", "automatic", None), ("light", "light", "default"), ("dark", "dark", "slate")]
    palette = []
    for n, (icon, _, scheme) in enumerate(toggles):
        following = words[toggles[(n + 1) % 3][1]]
        symbol = {"auto": "theme-light-dark", "light": "weather-sunny", "dark": "weather-night"}[icon]
        entry: dict[str, object] = {
            "toggle": {"icon": f"material/{symbol}", "name": following},
            "primary": "indigo",
        }
        media = f"(prefers-color-scheme: {icon})" if scheme else "(prefers-color-scheme)"
        palette.append(entry | {"media": media} | ({"scheme": scheme} if scheme else {}))
    config = {
        "INHERIT": str(DOCS / "mkdocs.yml"),
        "site_description": words["description"],
        "copyright": words["licence"],
        "markdown_extensions": {"toc": {"permalink_title": words["permalink"]}},
        "docs_dir": str(pages),
        "site_dir": str(target),
        "nav": [{words[name]: list(listed)} for name, listed in tree.navigation(pages)],
        "theme": {"language": lang, "custom_dir": str(DOCS / "theme"), "palette": palette},
        "plugins": {"search": {"lang": lang, "separator": SEPARATOR}, "offline": {}},
        "extra": {
            "alternate": [
                {"name": WORDS[code]["language"], "link": f"../{code}/index.html", "lang": code}
                for code in LANGUAGES
            ],
            "cite": words["cite"].format(**_citation(), page="{page}", what="{what}"),
            "polyfills": ["assets/iframe-worker.js"],
        },
    }
    file = scratch / f"{lang}.yml"
    file.write_text(json.dumps(config, ensure_ascii=False), encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(file)]
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if not line.startswith("INFO")]
        raise Broken(f"mkdocs ({lang}):\n" + "\n".join(said))
    _fold(target)
    (target / "404.html").unlink()  # its links would be absolute, and only servers show it


def _fold(target: Path) -> None:
    """Let Spanish search take words with and without accents for the same."""
    spanish = target / "assets" / "javascripts" / "lunr" / "min" / "lunr.es.min.js"
    more = (DOCS / "theme" / "assets" / "folding.js").read_text(encoding="utf-8")
    spanish.write_text(spanish.read_text(encoding="utf-8") + "\n" + more, encoding="utf-8")


def _citation() -> dict[str, str]:
    """Who is to be cited, and which version: of CITATION.cff."""
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    found = {name: re.search(rf"^ *-? *{name}: (.+)$", text, re.MULTILINE) for name in ("name", "version")}
    return {"authors": found["name"][1], "version": found["version"][1]}  # type: ignore[index]
