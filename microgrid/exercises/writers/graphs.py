"""The picture of a sheet's graph: names and formulas, with room in each box for the numbers."""

from __future__ import annotations

import re
from typing import Any

from ... import pictures
from ..sheet import Sheet

__all__ = ["blank", "described"]


def blank(sheet: Sheet, **options: Any) -> Any:
    """The figure without numbers, a box for each named node."""
    chosen = {"show": "structure", "edges": "plain", "sums": "results", "collapse": None, "lang": sheet.lang}
    return pictures.viz().draw(sheet.graph(), **(chosen | options))


def described(svg: str) -> str:
    """The description of a picture, which stands in it."""
    match = re.search("<desc[^>]*>(.*?)</desc>", svg, re.DOTALL)
    return match[1] if match else ""
