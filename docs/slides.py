"""Writes the slides of a lecture: `python docs/slides.py A --lang es -o out/`.

out/ gets a-es.tex for Beamer, with its plots as PDF beside it, a-es.pdf where lualatex is, and a-es.html for
reveal.js.  The page has reveal.js in it, which npm fetches once; REVEAL_JS may name the folder of another
one.  The slides stand in docs/decks.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from building.packages import Missing, fetched
from decks import beamer, reveal
from decks.form import Deck

FORMATS = "tex", "pdf", "html"


def deck(letter: str) -> Deck:
    """The slides of a lecture by its letter."""
    module = importlib.import_module(f"decks.{letter.lower()}")
    found: Deck = module.DECK
    return found


def letters() -> list[str]:
    """The lectures that have slides."""
    return sorted(path.stem.upper() for path in (Path(__file__).parent / "decks").glob("?.py"))


def write(letter: str, lang: str, folder: Path, formats: tuple[str, ...] = FORMATS) -> list[Path]:
    """Write the slides in these formats; the files that were written."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a second backward pass, say, which would double the gradients
        warnings.filterwarnings("ignore", ".*slide can be read")  # what a slide has chosen, which one sees
        return _written(deck(letter), lang, folder, formats)


def _written(slides: Deck, lang: str, folder: Path, formats: tuple[str, ...]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    if "tex" in formats or "pdf" in formats:
        files += beamer.write(slides, lang, folder)
    if "pdf" in formats:
        made = beamer.compile_pdf(files[0])
        if made is None:
            print("no lualatex is on the PATH: no PDF was made", file=sys.stderr)
        else:
            files.append(made)
    if "html" in formats:
        files.append(reveal.write(slides, lang, folder))
        if not reveal.is_there(folder):
            wanted = f"npm install --prefix {folder} reveal.js"
            print(f"{files[-1]} shows its slides once reveal.js is there: {wanted}", file=sys.stderr)
    return files


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="slides.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("letter", type=str.upper, choices=letters(), help="the lecture")
    parser.add_argument("--lang", choices=("en", "es"), default="en", help="the language (default: en)")
    parser.add_argument("-o", "--out", type=Path, default=Path("out"), help="the folder (default: out)")
    parser.add_argument("--format", action="append", choices=FORMATS, help="only this one (repeat for more)")
    given = parser.parse_args(arguments)
    if "html" in (given.format or FORMATS) and not reveal.is_there(given.out):
        try:
            fetched("reveal.js")
        except Missing as missing:
            print(missing, file=sys.stderr)
    for file in write(given.letter, given.lang, given.out, tuple(given.format or FORMATS)):
        print(file)


if __name__ == "__main__":
    main()
