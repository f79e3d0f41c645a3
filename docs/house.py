"""Draws docs/house.svg and writes the table of ways in docs/architecture.md, as they are observed.

`MICROGRID_PURE=1 PYTHONPATH=. python docs/house.py` does both.  The rooms and their order are
those of that page's tables; which rooms a way leads through is seen while Python goes it, so nothing here can
claim what the code does not do.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any
from xml.sax.saxutils import escape

HERE = Path(__file__).parent
ROOT = HERE.parent
PACKAGES = ("microgrid", "viz")

WAYS: dict[str, tuple[str, str]] = {
    "build": ("#0072b2", "L = (w*x + b - y)**2"),
    "backward": ("#d55e00", "L.backward()"),
    "verify": ("#009e73", "verify(L)"),
    "compile": ("#cc79a7", "compile(L, ...).value_and_grad(X)"),
    "fit": ("#56b4e9", "train.fit(model, X, y)"),
    "draw": ("#e69f00", "viz.draw(L).svg()"),
    "steps": ("#000000", "viz.steps(L).html()"),
}
"""By name: a colour of Okabe and Ito's, and what the user writes."""

MARK = "<!-- ways -->"
"""Stands before and behind the table of ways in docs/architecture.md."""

ROOM, HEIGHT, GAP, MARGIN = 148, 44, 12, 16
LINE, FONT, SMALL = 18, 13, 10


def table(package: str) -> list[list[str]]:
    """The rooms of a package, a list for each height, the highest first."""
    text = (HERE / "architecture.md").read_text(encoding="utf-8")
    rows = re.search(rf"```rooms {package}\n(.*?)```", text, re.S)[1]
    return [line.split() for line in rows.splitlines()]


def files(package: str, room: str) -> int:
    """How many Python files, Cython's included, a room has."""
    folder = ROOT / package / room
    return sum(path.suffix in (".py", ".pyx") for path in folder.iterdir()) if folder.is_dir() else 1


# ---------------------------------------------------------------- the ways


def observed(walk: Callable[[], Any]) -> list[str]:
    """The rooms in which something is called meanwhile, such as "viz/words", as they are reached."""
    rooms: dict[str, None] = {}

    def note(frame: FrameType, event: str, argument: Any) -> None:
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.is_relative_to(ROOT):
            package, *inside = path.relative_to(ROOT).with_suffix("").parts
            if package in PACKAGES:
                rooms[f"{package}/{inside[0]}"] = None

    sys.setprofile(note)
    try:
        walk()
    finally:
        sys.setprofile(None)
    return [room for room in rooms if not room.endswith("/__init__")]


def ways() -> dict[str, list[str]]:
    """By name, the rooms each way leads through; without MICROGRID_PURE=1 compiled rooms are not seen."""
    import random

    import microgrid as mg
    import viz
    from microgrid import Value, nn, optim, parameter, train

    w, b, x, y = parameter(2.0, "w"), parameter(1.0, "b"), Value(3.0, "x"), Value(9.0, "y")

    def line() -> Value:
        return (w * x + b - y) ** 2

    loss = line()
    random.seed(1)
    model = nn.MLP(2, [2, 1])
    points, labels = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [-1.0, 1.0, 1.0, -1.0]
    adam = optim.Adam(model.parameters(), lr=0.05)
    walks: dict[str, Callable[[], Any]] = {
        "build": line,
        "backward": lambda: line().backward(),
        "verify": lambda: mg.verify(loss),
        "compile": lambda: mg.compile(loss, inputs=[x, y]).value_and_grad([[3.0, 9.0]]),
        "fit": lambda: train.fit(model, points, labels, loss="mse", optimizer=adam, epochs=2),
        "draw": lambda: viz.draw(loss).svg(),
        "steps": lambda: viz.steps(loss).html(),
    }
    # once without being watched: what is only imported on the way is no part of it
    for walk in walks.values():
        walk()
    return {name: observed(walk) for name, walk in walks.items()}


def listing(crossed: dict[str, list[str]]) -> str:
    """The ways as a table in Markdown."""
    rows = [
        f"| `{WAYS[name][1]}` | {len(rooms)} | {' '.join(f'`{room}`' for room in rooms)} |"
        for name, rooms in crossed.items()
    ]
    return "\n".join(
        ["| you write | rooms | in the order in which they are reached |", "|---|--:|---|", *rows]
    )


# ---------------------------------------------------------------- the picture


def picture(crossed: dict[str, list[str]]) -> str:
    """Both packages as SVG, each a tower of rooms, with a dot in a room for each way through it."""
    shapes, size = [], (0.0, 0.0)
    left = float(MARGIN)
    for package in PACKAGES:
        items, (width, height) = tower(package, left, crossed)
        shapes += items
        left += width + 3 * GAP
        size = left - 3 * GAP + MARGIN, max(size[1], height)
    shapes += legend(size[1])
    height = size[1] + LINE * len(WAYS) + 2 * GAP
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]:g}" height="{height:g}" '
            f'viewBox="0 0 {size[0]:g} {height:g}" font-family="Helvetica, Arial, sans-serif" role="img">',
            "<title>The rooms of microgrid and viz, and the ways of a Value through them</title>",
            f'<rect width="{size[0]:g}" height="{height:g}" fill="#ffffff"/>',
            *shapes,
            "</svg>\n",
        ]
    )


def tower(package: str, left: float, crossed: dict[str, list[str]]) -> tuple[list[str], tuple[float, float]]:
    """The rooms of a package from `left` on, and how much room they take."""
    rows = table(package)
    widest = max(map(len, rows))
    width = widest * (ROOM + GAP) - GAP
    shapes = [text(left, MARGIN + FONT, package, FONT + 5, bold=True)]
    top = MARGIN + FONT + 5 + GAP
    for row in rows:
        start = left + (width - len(row) * (ROOM + GAP) + GAP) / 2
        for k, room in enumerate(row):
            shapes += box(package, room, start + k * (ROOM + GAP), top, crossed)
        top += HEIGHT + GAP
    return shapes, (width, top)


def box(package: str, room: str, x: float, y: float, crossed: dict[str, list[str]]) -> Iterator[str]:
    """A room: its name, how many files it has, and the dots."""
    folder = (ROOT / package / room).is_dir()
    fill, count = ("#e8f1fa", files(package, room)) if folder else ("#ffffff", 0)
    size = f'width="{ROOM}" height="{HEIGHT}" rx="5"'
    yield f'<rect x="{x:g}" y="{y:g}" {size} fill="{fill}" stroke="#4a5b6c"/>'
    yield text(x + 8, y + 17, f"{room}/" if folder else room, FONT)
    if count:
        yield text(x + ROOM - 8, y + 17, f"{count} files", SMALL, anchor="end")
    through = [name for name, rooms in crossed.items() if f"{package}/{room}" in rooms]
    for k, name in enumerate(through):
        yield dot(x + 14 + 17 * k, y + 32, name)


def legend(top: float) -> Iterator[str]:
    for k, (name, (_, code)) in enumerate(WAYS.items()):
        y = top + GAP + LINE * k
        yield dot(MARGIN + 6, y - 4, name)
        yield text(MARGIN + 20, y, name, FONT)
        yield text(MARGIN + 110, y, code, FONT, mono=True)


def dot(x: float, y: float, name: str) -> str:
    """The mark of a way."""
    return f'<circle cx="{x:g}" cy="{y:g}" r="5" fill="{WAYS[name][0]}"><title>{name}</title></circle>'


def text(
    x: float, y: float, words: str, size: int, bold: bool = False, mono: bool = False, anchor: str = "start"
) -> str:
    style = f'font-size="{size}" text-anchor="{anchor}"'
    if bold:
        style += ' font-weight="bold"'
    if mono:
        style += ' font-family="DejaVu Sans Mono, monospace"'
    return f'<text x="{x:g}" y="{y:g}" {style}>{escape(words)}</text>'


if __name__ == "__main__":
    found = ways()
    (HERE / "house.svg").write_text(picture(found), encoding="utf-8")
    page = HERE / "architecture.md"
    parts = page.read_text(encoding="utf-8").split(MARK)
    page.write_text(MARK.join([parts[0], f"\n{listing(found)}\n", parts[2]]), encoding="utf-8")
