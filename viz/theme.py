"""The looks of a picture: what each role is drawn with, and the sizes of all texts."""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = ["FONTS", "PALETTE", "THEMES", "Font", "Paint", "Theme"]


@dataclass(frozen=True)
class Font:
    size: float
    bold: bool = False
    italic: bool = False

    @property
    def leading(self) -> float:
        """From one baseline to the next."""
        return round(self.size * 1.36, 2)


FONTS = {
    "name": Font(15, bold=True),
    "value": Font(15),
    "gradient": Font(13),
    "pending": Font(13),
    "literal": Font(13),
    "symbol": Font(16, bold=True),
    "local": Font(12.5),
    "scope": Font(12, bold=True),
    "legend": Font(12.5),
    "title": Font(20, bold=True),
    "progress": Font(13),
    "caption": Font(17),
}
"""The kinds of text."""


@dataclass(frozen=True)
class Paint:
    """A shape's inside and border; `dash` is the SVG dash pattern."""

    fill: str
    stroke: str
    width: float = 1.6
    dash: tuple[float, ...] = ()


@dataclass(frozen=True)
class Theme:
    """Colours by kind of box ("input", "parameter", "op", "constant", "symbol") and of text.

    Roles also differ in shape and border, so that colours may be lost.
    """

    background: str
    text: str
    gradient: str
    dim: str
    local: str
    edge: str
    active: Paint
    """The border, and the fill unless it is "none", of what a step is about."""
    scope: Paint
    boxes: dict[str, Paint]
    symbol: str
    """The colour of the operator in a circle of its own."""
    root_width: float = 3.4

    def ink(self, kind: str) -> str:
        """The colour of a kind of text."""
        special = {"gradient": self.gradient, "local": self.local, "symbol": self.symbol}
        return special.get(kind, self.dim if kind in ("pending", "scope", "progress") else self.text)


# The hues are those of Okabe and Ito (https://jfly.uni-koeln.de/color/), lightened where text stands on them: data is
# dark, gradients vermilion, local derivatives blue, which stay apart for every kind of colour vision.
LECTURE = Theme(
    background="#ffffff",
    text="#16191d",
    gradient="#a83400",
    dim="#545a62",
    local="#0a57a4",
    edge="#59616c",
    active=Paint("none", "#00795a", 4.2),
    scope=Paint("#f3f5f8", "#c3c9d2", 1.2),
    boxes={
        "input": Paint("#ffeb99", "#a67d00"),
        "parameter": Paint("#e3d3f7", "#7440ad"),
        "op": Paint("#d3ebfb", "#2a7ab8"),
        "constant": Paint("#f6f6f6", "#80868f", 1.3, (5, 3.5)),
        "symbol": Paint("#2a6fa8", "#2a6fa8"),
    },
    symbol="#ffffff",
)

LIGHT = replace(
    LECTURE,
    background="#fbfbfa",
    scope=Paint("#f1f2f2", "#cfd2d6", 1.2),
    boxes={
        "input": Paint("#ffffff", "#a67d00", 2.0),
        "parameter": Paint("#ffffff", "#7440ad", 2.0),
        "op": Paint("#ffffff", "#7b8794", 1.4),
        "constant": Paint("#fbfbfa", "#9aa1ab", 1.2, (5, 3.5)),
        "symbol": Paint("#eef1f4", "#7b8794", 1.4),
    },
    symbol="#16191d",
)

DARK = Theme(
    background="#14181f",
    text="#f2f4f7",
    gradient="#ffb27d",
    dim="#a7b0bd",
    local="#8cc8ff",
    edge="#98a3b2",
    active=Paint("none", "#2fd6a8", 4.2),
    scope=Paint("#1b212a", "#3c4757", 1.2),
    boxes={
        "input": Paint("#4a3d0c", "#f0c419"),
        "parameter": Paint("#3b2a57", "#bf97ee"),
        "op": Paint("#17364f", "#56b4e9"),
        "constant": Paint("#1d232c", "#8a94a3", 1.3, (5, 3.5)),
        "symbol": Paint("#56b4e9", "#56b4e9"),
    },
    symbol="#10141a",
)

PRINT = Theme(
    background="#ffffff",
    text="#000000",
    gradient="#000000",
    dim="#595959",
    local="#000000",
    edge="#000000",
    active=Paint("#d9d9d9", "#000000", 4.2),
    scope=Paint("#ffffff", "#595959", 0.9, (1.5, 3)),
    boxes={
        "input": Paint("#ffffff", "#000000", 1.2, (7, 3)),
        "parameter": Paint("#ffffff", "#000000", 2.2),
        "op": Paint("#ffffff", "#000000", 1.1),
        "constant": Paint("#ffffff", "#000000", 0.9, (2, 2.5)),
        "symbol": Paint("#ffffff", "#000000", 1.1),
    },
    symbol="#000000",
)

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#e69f00", "#cc79a7", "#56b4e9", "#000000")
"""The colours of lines in plots, those of Okabe and Ito but yellow, which white paper swallows; blue comes first."""

THEMES = {"lecture": LECTURE, "light": LIGHT, "dark": DARK, "print": PRINT}
