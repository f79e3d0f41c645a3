"""What docs/lectures.py makes of the rows of its page, once for each language, and what is read off it."""

from __future__ import annotations

import importlib.util
import xml.etree.ElementTree as ET
from functools import cache
from types import ModuleType
from typing import Any

from . import ROOT

SVG = "{http://www.w3.org/2000/svg}"


@cache
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_lectures", ROOT / "docs" / "lectures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def rows() -> dict[int, Any]:
    return {row.number: row for row in script().rows()} if (ROOT / "docs").is_dir() else {}


@cache
def figures(number: int, lang: str = "en") -> list[Any]:
    return script().made(rows()[number], lang) if lang == "en" else spoken(number, lang)[0]


@cache
def spoken(number: int, lang: str) -> tuple[list[Any], str]:
    """The figures of a row in a language, and the lines that make them there."""
    return script().spoken(rows()[number], lang)


def texts(figure: Any) -> list[str]:
    """All that stands on a figure, of any kind."""
    if isinstance(figure, str):
        return figure.splitlines()
    if hasattr(figure, "savefig"):
        return script().texts(figure)
    return svg_texts(script().written(figure))


def svg_texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]


def axes(number: int, figure: int = 0) -> list[Any]:
    """The Axes of a plot that are no bar of colours."""
    return [ax for ax in figures(number)[figure].axes if ax.get_label() != "<colorbar>"]


def curves(ax: Any, least: int = 3) -> list[Any]:
    """The points (2, n) of each line of so many points."""
    return [line.get_xydata().T for line in ax.get_lines() if len(line.get_xdata()) >= least]


def shown(number: int, figure: int = 0) -> set[str]:
    return set(texts(figures(number)[figure]))
