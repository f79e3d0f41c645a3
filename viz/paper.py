"""Writes a drawing as PDF or PNG through matplotlib, with the font it brings along: no machine's fonts matter."""

from __future__ import annotations

import io
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from .scene import Path, Scene, Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["pdf", "png"]

POINTS = 72
SHARPNESS = 2.5
"""Pixels to the point in a PNG, unless that makes it larger than:"""
MOST_PIXELS = 40_000_000


def pdf(*scenes: Scene) -> bytes:
    """Each drawing as a page of its own size; text stays text."""
    from matplotlib.backends.backend_pdf import PdfPages

    _warn_of_missing(scenes, "pdf")
    file = io.BytesIO()
    metadata = {"Creator": "microgrid", "Title": scenes[0].title, "CreationDate": None}
    with _settings(), PdfPages(file, metadata=metadata) as pages:
        for scene in scenes:
            pages.savefig(_figure(scene), facecolor=scene.background)
    return file.getvalue()


def png(scene: Scene, sharpness: float = SHARPNESS) -> bytes:
    """The drawing as pixels, `sharpness` to the point unless that makes it too large."""
    width, height = scene.size
    scale = min(sharpness, (MOST_PIXELS / (width * height)) ** 0.5, 30_000 / max(width, height))
    _warn_of_missing([scene], "png")
    file = io.BytesIO()
    metadata = {"Software": None, "Title": scene.title}
    with _settings():
        _figure(scene).savefig(file, format="png", dpi=POINTS * scale, metadata=metadata, facecolor=scene.background)
    return file.getvalue()


@contextmanager
def _settings() -> Iterator[None]:
    """A notebook's settings, such as cutting figures to their contents, are meant for plots."""
    import matplotlib

    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore", matplotlib.MatplotlibDeprecationWarning)  # of settings that only exist
        matplotlib.rcParams.update({k: v for k, v in matplotlib.rcParamsDefault.items() if "backend" not in k})
        matplotlib.rcParams["pdf.fonttype"] = 42  # fonts that can be searched, and that publishers accept
        yield


def _figure(scene: Scene) -> Figure:
    from matplotlib.figure import Figure

    width, height = scene.size
    figure = Figure(figsize=(width / POINTS, height / POINTS))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    for order, item in enumerate(scene.items()):
        axes.add_artist(_patch(item) if isinstance(item, Path) else _words(item)).set_zorder(order)
    return figure


def _patch(path: Path) -> Any:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Outline

    codes = {"M": [Outline.MOVETO], "L": [Outline.LINETO], "C": [Outline.CURVE4] * 3, "Z": [Outline.CLOSEPOLY]}
    vertices = [point for _, points in path.commands for point in points or ((0.0, 0.0),)]
    outline = Outline(vertices, [code for letter, _ in path.commands for code in codes[letter]])
    width = path.paint.width
    dash = (0, [part / width for part in path.paint.dash]) if path.paint.dash else "-"
    return PathPatch(
        outline, facecolor=path.paint.fill, edgecolor=path.paint.stroke, linewidth=width, linestyle=dash,
        joinstyle="miter", capstyle="butt",
    )  # fmt: skip


def _words(text: Text) -> Any:
    from matplotlib.text import Text as Words

    font = _font(text.font.bold)
    return Words(
        *text.at, _drawable(text.text, text.font.bold), fontproperties=font, fontsize=text.font.size, color=text.color,
        horizontalalignment="center" if text.anchor == "middle" else "left", verticalalignment="baseline",
        parse_math=False, usetex=False,
    )  # fmt: skip


@cache
def _font(bold: bool) -> Any:
    from matplotlib import get_data_path
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=f"{get_data_path()}/fonts/ttf/DejaVuSans{'-Bold' if bold else ''}.ttf")


def _drawable(text: str, bold: bool) -> str:
    """The text with a replacement character for what the font lacks; an SVG has the reader's fonts for it."""
    missing = _missing(text, bold)
    composed = unicodedata.normalize("NFC", text)
    return "".join("\N{REPLACEMENT CHARACTER}" if char in missing else char for char in composed)


def _missing(text: str, bold: bool) -> list[str]:
    known = _characters(bold)
    return [char for char in unicodedata.normalize("NFC", text) if ord(char) not in known]


def _warn_of_missing(scenes: Sequence[Scene], kind: str) -> None:
    texts = dict.fromkeys(item for scene in scenes for item in scene.items() if isinstance(item, Text))
    missing = dict.fromkeys(char for text in texts for char in _missing(text.text, text.font.bold))
    if missing:
        warnings.warn(
            f"the font for .{kind} files lacks {' '.join(missing)}, shown as \N{REPLACEMENT CHARACTER}: "
            "save as .svg or .html, which use the reader's fonts",
            UserWarning,
            stacklevel=5,  # where `save` was called
        )


@cache
def _characters(bold: bool) -> frozenset[int]:
    from matplotlib.font_manager import get_font

    return frozenset(get_font(_font(bold).get_file()).get_charmap())
