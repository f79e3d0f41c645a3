"""Writes a walk into files: one of all frames or, with a place for a number in its name, one for each."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from microgrid.base import files
from microgrid.base.messages import warn
from microgrid.base.phrases import Setting, message

from ...drawing.scene import Scene
from ...formats import pdf_png, pptx, tikz
from ..film import Reel
from . import animation, reveal

__all__ = ["BEAMER", "Files"]

BEAMER = {None: "beamer", "16:9": "beamer", "4:3": "beamer-4:3"}
"""The page of LaTeX's Beamer for a slide; those that are Beamer's stay."""
RATIOS = {"beamer": "169", "beamer-4:3": "43"}
"""What Beamer calls the proportions of its pages."""


@dataclass(frozen=True)
class Files:
    """The files of a walk of `count` frames; nothing is laid out before a format needs it."""

    count: int
    film: Callable[[], Reel]
    page: Callable[[], str]
    slide: str | None

    def save(self, path: str | os.PathLike[str], standalone: bool = True) -> list[Path]:
        """Make what is to be written, and only then write it."""
        target = Path(path)
        numbered = "{" in str(target)
        writers = self._of_each if numbered else self._of_all if standalone else self._of_parts
        if target.suffix.lower() not in writers:
            *first, last = writers
            whole = "a file of all frames ends" if standalone else "a part of a presentation ends"
            rule = "a file for each frame ends" if numbered else whole
            other = "" if numbered or not standalone else ', and "step-{:03d}.png" is a file for each'
            rule += f" in {', '.join(first)} or {last}{other}"
            raise ValueError(f"cannot tell the format of {str(target)!r}: {rule}")
        targets = _numbered(target, self.count) if numbered else [target]
        contents = writers[target.suffix.lower()]()
        if numbered:
            for folder in {file.parent for file in targets}:
                _make(folder, path)
        for file, content in zip(targets, contents, strict=True):
            files.replace(file if numbered else path, content)
        return targets

    def tikz(self, standalone: bool) -> str:
        """The overlays of a Beamer frame, as a document or for one."""
        ratio = RATIOS[self.slide or "beamer"] if standalone else None
        return tikz.beamer(self._scenes, self.film().key, ratio)

    @property
    def _of_all(self) -> dict[str, Callable[[], list[bytes]]]:
        """What makes one file of all frames."""
        return {
            ".svg": lambda: [self.moving().encode()],
            ".pdf": lambda: [pdf_png.pdf(*self._scenes)],
            ".gif": lambda: [animation.gif(self._scenes)],
            ".html": lambda: [self._page().encode()],
            ".tex": lambda: [self.tikz(standalone=True).encode()],
            ".pptx": lambda: [pptx.pptx(*self._scenes)],
        }

    def moving(self) -> str:
        """One picture that moves by itself."""
        return animation.svg(self.film(), self.count)

    @property
    def _of_parts(self) -> dict[str, Callable[[], list[bytes]]]:
        """What makes a part of somebody's presentation."""
        return {
            ".tex": lambda: [self.tikz(standalone=False).encode()],
            ".html": lambda: [self.section().encode()],
        }

    def section(self) -> str:
        """The section of a reveal.js presentation."""
        return reveal.section(self.film(), [scene.description for scene in self._scenes])

    @property
    def _of_each(self) -> dict[str, Callable[[], list[bytes]]]:
        """What makes a file of each frame."""
        return {
            ".svg": lambda: [self.film().svg(k).encode() for k in range(self.count)],
            ".pdf": lambda: list(map(pdf_png.pdf, self._scenes)),
            ".png": lambda: pdf_png.pngs(self._scenes),
        }

    @property
    def _scenes(self) -> list[Scene]:
        return list(map(self.film().scene, range(self.count)))

    def _page(self) -> str:
        if self.slide is not None:
            rule = " is left out of a page: save slides as .pdf, .pptx, .tex, .svg, .gif or .png"
            warn(message(Setting("slide", self.slide), rule))
        return self.page()


def _make(folder: Path, path: str | os.PathLike[str]) -> None:
    """The folder of numbered files, where there is none; an OSError names what the user wrote."""
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        reason = f"cannot make the folder of the files: {error.strerror}"
        raise type(error)(error.errno, reason, os.fspath(path)) from error


def _numbered(pattern: Path, count: int) -> list[Path]:
    """The names of `count` files."""
    try:
        names = [str(pattern).format(k) for k in range(count)]
    except (AttributeError, IndexError, KeyError, ValueError) as error:
        raise ValueError(
            f"{str(pattern)!r} cannot be numbered ({error}): write it as in 'step-{{:03d}}.svg'"
        ) from None
    if len(set(names)) < count:
        raise ValueError(
            f"{str(pattern)!r} gives every frame the same name: write it as in 'step-{{:03d}}.svg'"
        )
    return list(map(Path, names))
