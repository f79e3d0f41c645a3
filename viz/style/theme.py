"""The looks of a picture: what each role is drawn with, and the sizes of all texts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

__all__ = [
    "ACTIVE_EDGE",
    "ACTIVE_HEAD",
    "BACK_CORE",
    "BACK_EDGE",
    "FONTS",
    "NO_BORDER",
    "PALETTE",
    "THEMES",
    "Font",
    "Paint",
    "Theme",
    "contrast",
    "mix",
]


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
    "parameter": Font(13),
    "gradient": Font(13),
    "pending": Font(13),
    "literal": Font(13),
    "symbol": Font(16, bold=True),
    "local": Font(12.5),
    "scope": Font(12, bold=True),
    "legend": Font(12.5),
    "title": Font(20, bold=True),
    "phase": Font(15, bold=True),
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


NO_BORDER = Paint("none", "none", 0.0)

ACTIVE_EDGE, ACTIVE_HEAD = 3.2, 1.5
"""Of an arrow that a step goes forward along: its width, and its head as a multiple of any arrow's."""
BACK_EDGE, BACK_CORE = 6.4, 2.6
"""Of one along which a gradient flows back, a double line: its width, and that of the ground within."""


@dataclass(frozen=True, eq=False)
class Theme:
    """Colours by kind of box ("input", "parameter", "op", "constant", "symbol", "folded") and of text.

    Roles also differ in shape and border, so that colours may be lost.  A dashed border is a constant's, in
    every theme.
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
    routes: tuple[Paint, ...]
    """The lines of routes through the graph."""
    scale: tuple[str, ...]
    """Colours from little to much."""
    diverging: tuple[str, ...]
    """Colours from very negative over zero, in the middle, to very positive."""
    marks_signs: bool = False
    """Whether those two ends look alike, so that a mark has to say which is which."""
    slanted: frozenset[str] = frozenset()
    """The kinds of text that letters tell apart where colours do not."""
    root_width: float = 3.4

    @property
    def inks(self) -> tuple[str, ...]:
        """What text in boxes is written in."""
        return self.text, self.gradient, self.dim

    def ink(self, kind: str) -> str:
        """The colour of a kind of text."""
        special = {"gradient": self.gradient, "local": self.local, "symbol": self.symbol}
        special["phase"] = self.active.stroke
        return special.get(kind, self.dim if kind in ("pending", "scope", "progress") else self.text)

    def font(self, kind: str) -> Font:
        """The letters of a kind of text."""
        return replace(FONTS[kind], italic=True) if kind in self.slanted else FONTS[kind]

    @property
    def faded(self) -> Theme:
        """The same theme for what stands in the background."""
        return _faded(self)


FADED = 0.24
"""How much of a colour is left in the background."""


def mix(color: str, ground: str, share: float) -> str:
    """The colour between two, both as #rrggbb or "none".

    >>> mix("#ff0000", "#ffffff", 0.5)
    '#ff8080'
    """
    if "none" in (color, ground):
        return color
    pairs = [(int(color[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def contrast(a: str, b: str) -> float:
    """The contrast ratio of two colours, from 1 to 21.

    The formula is that of WCAG 2.2: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio.
    """
    light, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    parts = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@cache
def _faded(theme: Theme) -> Theme:
    def fade(color: str) -> str:
        return mix(color, theme.background, FADED)

    def fade_paint(paint: Paint) -> Paint:
        return replace(paint, fill=fade(paint.fill), stroke=fade(paint.stroke))

    return replace(
        theme,
        text=fade(theme.text),
        gradient=fade(theme.gradient),
        dim=fade(theme.dim),
        local=fade(theme.local),
        edge=fade(theme.edge),
        symbol=fade(theme.symbol),
        root_width=theme.root_width / 2,
        boxes={kind: fade_paint(paint) for kind, paint in theme.boxes.items()},
    )


def _routes(colors: str) -> tuple[Paint, ...]:
    return tuple(Paint("none", color, 2.6) for color in colors.split())


# The hues are those of Okabe and Ito (https://jfly.uni-koeln.de/color/), lightened where text stands on them:
# data is dark, gradients vermilion, local derivatives blue, which stay apart for every kind of colour vision.
#
# In every theme text has a contrast of 4.5 or more to what it stands on, and arrows and borders one of 3
# (WCAG 2.2, success criteria 1.4.3 and 1.4.11); tests/viz/test_theme.py computes both.
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
        "folded": Paint("#dfe6ee", "#55657a", 2.2),
    },
    symbol="#ffffff",
    routes=_routes("#0a57a4 #b84400 #007a58 #a8327a #7a5c00 #005f73 #5b3aa8 #16191d"),
    scale=("#fff4e3", "#fdb462", "#d95f0e", "#6b2300"),
    diverging=("#08306b", "#3787c0", "#a6cde4", "#f7f6f4", "#fdc38d", "#e0680f", "#6b2300"),
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
        "folded": Paint("#eef1f4", "#55657a", 2.2),
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
        "folded": Paint("#2a3442", "#b9c4d3", 2.2),
    },
    symbol="#10141a",
    routes=_routes("#56b4e9 #ff9a57 #3fd0a4 #e79ac9 #f0d442 #7fd6e0 #bf9df5 #f2f4f7"),
    scale=("#201a16", "#6b2f0a", "#d95f0e", "#ffd9a8"),
    diverging=("#b5dcff", "#2f86cc", "#123e66", "#1d1d1f", "#6b2f0a", "#d95f0e", "#ffd9a8"),
)

PRINT = Theme(
    background="#ffffff",
    text="#000000",
    gradient="#000000",
    dim="#595959",
    local="#000000",
    edge="#000000",
    active=Paint("#d9d9d9", "#000000", 4.2),
    scope=Paint("#ffffff", "#8c8c8c", 0.9),
    boxes={
        "input": Paint("#ffffff", "#000000", 1.6),
        "parameter": Paint("#ffffff", "#000000", 2.2),
        "op": Paint("#ffffff", "#000000", 1.1),
        "constant": Paint("#ffffff", "#000000", 0.9, (2, 2.5)),
        "symbol": Paint("#ffffff", "#000000", 1.1),
        "folded": Paint("#f0f0f0", "#000000", 2.2),
    },
    symbol="#000000",
    routes=tuple(
        Paint("none", "#000000", 2.2, dash)
        for dash in ((), (9, 3), (2, 2.5), (9, 3, 2, 3), (5, 2), (14, 4), (2, 5), (14, 3, 2, 3, 2, 3))
    ),
    scale=("#ffffff", "#9a9a9a", "#2b2b2b"),
    diverging=("#2b2b2b", "#9a9a9a", "#ffffff", "#9a9a9a", "#2b2b2b"),
    marks_signs=True,
    slanted=frozenset({"gradient", "pending"}),
)

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#e69f00", "#cc79a7", "#56b4e9", "#000000")
"""The colours of lines in plots: Okabe and Ito's, blue first, without yellow, which white paper swallows."""

THEMES = {"lecture": LECTURE, "light": LIGHT, "dark": DARK, "print": PRINT}
