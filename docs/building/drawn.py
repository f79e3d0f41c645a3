"""The galleries' pictures in a language: English ones lie in docs/, others are drawn for the site."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import types
from functools import cache
from pathlib import Path
from typing import NamedTuple

import lectures

from . import captions
from .running import CACHE, LIMIT, CellFailed, packages, path

__all__ = ["Drawn", "drawn"]

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SOURCES = (
    *(DOCS / name for name in ("house.svg", "gallery.py", "networks.py", "lectures.py", "lectures.md")),
    *(DOCS / "building" / name for name in ("captions.py", "drawn.py")),
    *(ROOT / "tests" / "helpers" / name for name in ("graphs.py", "lecture_graphs.py")),
)
"""What the pictures are made by, beside the packages."""


class Drawn(NamedTuple):
    """A folder with house.svg, gallery_*.svg and lectures/*, and the code of lectures' figures by number."""

    folder: Path
    code: dict[int, str]


@cache
def drawn(lang: str) -> Drawn:
    """The pictures in a language; CellFailed where they cannot be drawn."""
    if lang == "en":
        return Drawn(DOCS, {row.number: row.code for row in lectures.rows()})
    sources = b"".join(source.read_bytes() for source in SOURCES)
    kept = CACHE / hashlib.sha256(f"{lang} {packages()}".encode() + sources).hexdigest()[:24]
    if not (kept / "code.json").exists():
        _draw(lang, kept)
    code = json.loads((kept / "code.json").read_text(encoding="utf-8"))
    return Drawn(kept, {int(number): lines for number, lines in code.items()})


def _draw(lang: str, folder: Path) -> None:
    """Have another Python draw, with the packages that cells use; the folder is there once it is whole."""
    new = folder.with_name(f"{folder.name}.{os.getpid()}")
    new.mkdir(parents=True)
    environment = os.environ | {"PYTHONPATH": path(), "PYTHONUTF8": "1", "MPLBACKEND": "agg"}
    command = [sys.executable, "-W", "ignore", "-m", "building.drawn", lang, str(new)]
    done = subprocess.run(
        command, env=environment, cwd=new, capture_output=True, encoding="utf-8", timeout=LIMIT
    )
    if done.returncode:
        shutil.rmtree(new)
        raise CellFailed(f"the pictures of the gallery ({lang}): {done.stderr.strip()}")
    if folder.exists():  # another build was faster
        shutil.rmtree(new)
    else:
        new.rename(folder)


def main() -> None:
    lang, folder = sys.argv[1], Path(sys.argv[2])
    helpers = types.ModuleType("helpers")  # in place of its own file, which imports pytest
    helpers.__path__ = [str(ROOT / "tests" / "helpers")]
    sys.modules["helpers"] = helpers
    import gallery
    from matplotlib import pyplot

    for name in [*gallery.NETWORKS, *gallery.SLIDES, *gallery.GALLERY, *gallery.WALKS]:
        gallery.draw(name, folder, lang)
    house = captions.house((DOCS / "house.svg").read_text(encoding="utf-8"))
    (folder / "house.svg").write_text(house, encoding="utf-8")
    (folder / lectures.FOLDER).mkdir()
    code = {}
    for row in lectures.rows():
        figures, code[row.number] = lectures.spoken(row, lang)
        for name, figure in zip(lectures.names(row, figures), figures, strict=True):
            lectures.save(figure, folder / lectures.FOLDER / name)
        pyplot.close("all")
    (folder / "code.json").write_text(json.dumps(code, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
