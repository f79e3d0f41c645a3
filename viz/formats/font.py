"""The font of PDF and PNG files, which matplotlib brings along: its characters, widths and outlines."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from typing import Any

__all__ = [
    "POINTS",
    "draws_letter_by_letter",
    "drawable",
    "missing",
    "outline",
    "properties",
    "slants",
    "width",
]

SIZE = 100
"""In points, at which letters are taken from the font."""
POINTS = 72
"""To the inch, which is what matplotlib measures pages in."""


@cache
def properties(bold: bool, italic: bool = False) -> Any:
    """How matplotlib names the font.  Its italics have the same widths, and a few rare characters less."""
    from matplotlib import get_data_path
    from matplotlib.font_manager import FontProperties

    face = "Bold" * bold + "Oblique" * italic
    return FontProperties(fname=f"{get_data_path()}/fonts/ttf/DejaVuSans{'-' + face if face else ''}.ttf")


def _opened(bold: bool, italic: bool = False) -> Any:
    """The font at `SIZE`: matplotlib has one of each for all who draw, at any size."""
    from matplotlib.font_manager import get_font

    font = get_font(properties(bold, italic).get_file())
    font.set_size(SIZE, POINTS)
    return font


# ---------------------------------------------------------------- what it has


@lru_cache(2**12)
def drawable(text: str, bold: bool) -> str:
    """The text with a replacement character for what the font lacks; an SVG has the reader's fonts for it."""
    lacking = missing(text, bold)
    composed = unicodedata.normalize("NFC", text)
    return "".join("\N{REPLACEMENT CHARACTER}" if char in lacking else char for char in composed)


def missing(text: str, bold: bool) -> list[str]:
    """The characters of a text that the font lacks."""
    known = _characters(bold)
    return [char for char in unicodedata.normalize("NFC", text) if ord(char) not in known]


def slants(text: str, bold: bool) -> bool:
    """Whether all of a text can be in italics."""
    known = _characters(bold, True)
    return all(ord(char) in known for char in text)


@cache
def _characters(bold: bool, italic: bool = False) -> frozenset[int]:
    return frozenset(_opened(bold, italic).get_charmap())


# ---------------------------------------------------------------- what it looks like


@lru_cache(2**12)
def width(text: str, bold: bool) -> float:
    """How wide a text is for each point of its size; many frames show the same."""
    if draws_letter_by_letter(text):
        return _pens(text, bold, False)[-1]
    font = _opened(bold)
    font.set_text(text, 0.0)
    return float(font.get_width_height()[0]) / 64 / SIZE  # FreeType counts in 1/64 of a pixel


def outline(text: str, bold: bool, italic: bool) -> tuple[Any, Any]:
    """The letters of a text that is drawn letter by letter, as one path of matplotlib: vertices and codes,
    for each point of its size, from the start of the baseline, y upwards.

    Some 20 times faster than to let FreeType draw each letter anew at its size and place.
    """
    import numpy as np

    pens = _pens(text, bold, italic)
    shapes = [_letter(char, bold, italic) for char in text]
    vertices = np.concatenate([np.empty((0, 2)), *(shape[0] for shape in shapes)])
    vertices[:, 0] += np.repeat(pens[:-1], [len(shape[0]) for shape in shapes])
    return vertices, np.concatenate([np.empty(0, np.uint8), *(shape[1] for shape in shapes)])


@lru_cache(2**12)
def draws_letter_by_letter(text: str) -> bool:
    """Whether letters stand side by side as they are: no marks upon them, no Arabic or Hebrew."""
    return not any(
        unicodedata.combining(char)
        or unicodedata.bidirectional(char) in ("R", "AL", "AN")
        or unicodedata.category(char) in ("Mn", "Mc", "Me", "Cf")
        for char in text
    )


def _pens(text: str, bold: bool, italic: bool) -> list[float]:
    """Where each letter begins, for each point of the size, and where the last one ends."""
    at, pens = 0.0, [0.0]
    for k, char in enumerate(text):
        if k:
            at += _kerning(text[k - 1], char, bold, italic)
            pens[-1] = at
        at += _letter(char, bold, italic)[2]
        pens.append(at)
    return pens


@lru_cache(2**12)
def _letter(char: str, bold: bool, italic: bool) -> tuple[Any, Any, float]:
    """A character as vertices and codes, and how far it moves the pen, for each point of its size."""
    font = _opened(bold, italic)
    advance = font.load_char(ord(char), flags=_unhinted()).linearHoriAdvance
    vertices, codes = font.get_path()
    return vertices / SIZE, codes, advance / 65536 / SIZE


@lru_cache(2**14)
def _kerning(left: str, right: str, bold: bool, italic: bool) -> float:
    """How much nearer two letters stand than they are wide (negative), for each point of their size."""
    font = _opened(bold, italic)
    indices = font.get_char_index(ord(left)), font.get_char_index(ord(right))
    return float(font.get_kerning(*indices, _unfitted())) / 64 / SIZE


def _unhinted() -> Any:
    from matplotlib import ft2font

    module: Any = ft2font
    # without the first before matplotlib 3.10, and some day without the second
    return module.LoadFlags.NO_HINTING if hasattr(module, "LoadFlags") else module.LOAD_NO_HINTING


def _unfitted() -> Any:
    from matplotlib import ft2font

    module: Any = ft2font
    return module.Kerning.UNFITTED if hasattr(module, "Kerning") else module.KERNING_UNFITTED
