"""Steps as pictures: one layout, from which each frame leaves out what is not known yet and lights what is new."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from . import layout
from .captions import Captions
from .choices import Choices
from .digits import Numbers
from .lettering import BASELINE
from .metrics import text_width
from .options import Options
from .paint import MARGIN, paint
from .picture import Arrow, Line, Picture, compose, gradient_line
from .scene import Group, Path, Scene, Text
from .shapes import Point
from .snapshot import Node, Trace
from .svg import Written, digest, svg
from .text import wrap
from .theme import FONTS, THEMES, Paint
from .walk import Moment, Stage
from .words import Words

__all__ = ["Film"]

NARROWEST = 620.0
"""Of a picture with captions, so that most of them are one line."""
MOST_LINES = 4
BETWEEN = " " * 6
"""Two statements on one line."""
GAP = 18.0
"""Between the picture and its caption."""
WIDE = 1400.0
"""From this width of a picture on, captions grow with it."""
ACTIVE_EDGE = 3.0

Key = int | tuple[int, int | None]
"""A node, or an edge; (node, None) is the circle of an operation and what leads from it to the result."""


class Film:
    """Makes the scenes of a sequence of frames.  A group that is the same in several frames is the same object.

    `texts` are the captions of all frames: the longest says how much room every frame has.  `changes` holds for each
    frame the groups in which it differs from the one before, by their places in the scene.
    """

    def __init__(
        self, trace: Trace, options: Options, choices: Choices, captions: Captions, moments: Sequence[Moment],
        texts: Sequence[str],
    ) -> None:  # fmt: skip
        self._trace = trace
        self._theme = THEMES[options.theme]
        self._numbers = Numbers(options.precision)
        self._captions = captions
        self._words = Words(trace, self._numbers, options.lang)
        self._titles = [self._words.title(node) for node in trace.nodes]
        picture = _with_room(compose(trace, options, self._numbers, choices), self._widest(moments))
        self._whole = paint(
            picture, layout.place(picture, options.rankdir, options.engine, options.timeout), options, NARROWEST
        )
        places = [k for k, group in enumerate(self._whole.groups) if group.kind.split()[0] in ("node", "symbol")]
        self._kinds = {k: tuple(line.kind for line in box.lines) for k, box in zip(places, picture.boxes, strict=True)}
        self._texts = texts
        self._groups: dict[Any, Group] = {}
        self._written: Written = {}
        self._phases = [moment.phase for moment in moments]
        self.changes = self._play(moments)

    def svg(self, k: int) -> str:
        """Frame k as SVG; what it shares with other frames is written once."""
        return svg(self.scene(k), f"{self.key}-{k}", self._written)

    @cached_property
    def key(self) -> str:
        """What ids begin with in all that is made of these frames."""
        return digest(svg(self._whole), *self._texts)

    def scene(self, k: int) -> Scene:
        """The picture of frame k, with the caption below."""
        changed: dict[int, Group] = {}
        for change in self.changes[: k + 1]:
            changed.update(change)
        groups = [changed.get(place, group) for place, group in enumerate(self._whole.groups)]
        return Scene(
            size=self._size,
            background=self._whole.background,
            title=f"{self._whole.title}: {self._progress(k)}",
            description=self._texts[k],
            groups=(*groups, self.caption(k)),
            lang=self._whole.lang,
        )

    def caption(self, k: int) -> Group:
        """What frame k says below the picture."""
        lines = [Line(self._progress(k), "progress"), *(Line(text, "caption") for text in self._wrapped[k])]
        top = self._whole.size[1] - MARGIN + self._scale * GAP
        texts = []
        for line in lines:
            font = replace(line.font, size=round(line.font.size * self._scale, 2))
            at = (MARGIN, round(top + font.leading / 2 + BASELINE * font.size, 2))
            width = self._scale * _width(line.text, line.kind)
            texts.append(Text(at, line.text, font, self._theme.ink(line.kind), width, anchor="start"))
            top += font.leading
        return Group("caption", tuple(texts))

    def _progress(self, k: int) -> str:
        return self._captions.progress(self._phases[k], k, len(self._texts) - 1)

    @cached_property
    def _size(self) -> Point:
        """That of the picture with room for the longest caption."""
        width, height = self._whole.size
        text = FONTS["progress"].leading + max(map(len, self._wrapped)) * FONTS["caption"].leading
        return width, round(height + self._scale * (GAP + text), 2)

    # ------------------------------------------------------------ the whole picture

    @cached_property
    def _scale(self) -> float:
        """How much larger captions are than in a small picture, so that they can be read where a large one is shown."""
        return max(1.0, self._whole.size[0] / WIDE)

    def _widest(self, moments: Sequence[Moment]) -> dict[int, float]:
        """For each node the width of the longest gradient that it has on the way."""
        widths: dict[int, float] = {}
        for update in (update for moment in moments for update in moment.updates):
            line = self._gradient(self._trace.nodes[update.target], update.after)
            widths[update.target] = max(_width(line.text, line.kind), widths.get(update.target, 0.0))
        return widths

    def _gradient(self, node: Node, gradient: float | None) -> Line:
        return gradient_line(replace(node, grad=gradient), self._trace.root, self._numbers)

    @cached_property
    def _wrapped(self) -> list[list[str]]:
        """The captions in lines."""
        width = self._whole.size[0] - 2 * MARGIN

        def fits(line: str) -> bool:
            return self._scale * _width(line, "caption") <= width

        def broken(text: str) -> list[str]:
            parts = text.split("\n")
            if len(parts) == 1 and not fits(text):  # rather between two statements than within one
                parts = re.split(r"(?<=:)  |   ", text)
            return _rows([line for part in parts for line in wrap(part, fits)], fits)

        captions = list(map(broken, self._texts))
        return [lines if len(lines) <= MOST_LINES else [*lines[: MOST_LINES - 1], "…"] for lines in captions]

    # ------------------------------------------------------------ what frames make of it

    def _play(self, moments: Sequence[Moment]) -> list[dict[int, Group]]:
        """The groups that each moment changes: those that it lights and those that the one before has lit."""
        places = self._places()
        stage, before, forward = Stage(self._trace), set[Key](), True
        changes = []
        for moment in moments:
            stage.advance(moment)
            lit: set[Key] = {*moment.active, *moment.edges, *((node, None) for node, _ in moment.edges)}
            touched = before | lit
            if moment.phase in ("start", "seed"):  # from the seed on, every box says that its gradient is to come
                touched, forward = set(places), moment.phase == "start"
            changed = sorted(place for key in touched for place in places.get(key, ()))
            changes.append({place: self._group(place, stage, lit, forward) for place in changed})
            before = lit
        return changes

    def _places(self) -> dict[Key, list[int]]:
        """Where in the scene the box of each node is, and what belongs to each edge."""
        places: dict[Key, list[int]] = {}
        for place, group in enumerate(self._whole.groups):
            if group.node is not None:
                places.setdefault(_key(group, group.node), []).append(place)
        return places

    def _group(self, place: int, stage: Stage, lit: set[Key], forward: bool) -> Group:
        """A group as it is at this stage; what looks the same is the same."""
        group = self._whole.groups[place]
        node = group.node or 0
        key = _key(group, node)
        known, passed = stage.data[node] is not None, key in stage.passed
        state: tuple[Any, ...]
        draw: Callable[..., Group]
        if group.kind == "edge":
            state, draw = (passed, key in lit), self._edge
        elif group.kind == "local":
            state, draw = (passed,), self._local
        elif group.kind == "symbol":
            state, draw = (known, key in lit), self._symbol
        else:
            state, draw = (self._kinds[place], known, stage.grads[node], forward, key in lit), self._box
        if (place, state) not in self._groups:
            self._groups[place, state] = draw(group, *state)
        return self._groups[place, state]

    def _box(
        self, group: Group, kinds: tuple[str, ...], known: bool, gradient: float | None, forward: bool, lit: bool
    ) -> Group:
        """A node's box; before its value is known it is empty."""
        items: list[Path | Text] = [self._outline(path, known, lit) for path in group.paths]
        node = self._trace.nodes[group.node or 0]
        for kind, text in zip(kinds, group.texts, strict=True):
            if kind == "gradient":
                line = self._gradient(node, gradient)
                if gradient is not None or not forward:
                    width, color = _width(line.text, line.kind), self._theme.ink(line.kind)
                    items.append(replace(text, text=line.text, width=width, color=color))
            elif kind == "name" and not known:
                items.append(replace(text, color=self._theme.dim))
            elif kind != "value" or known:
                items.append(text)
        description = self._words.facts(replace(node, grad=gradient), self._titles[node.index], known)
        return replace(group, items=tuple(items), description=description)

    def _symbol(self, group: Group, known: bool, lit: bool) -> Group:
        """An operation's circle."""
        outlines = [self._outline(path, known, lit) for path in group.paths]
        signs = group.texts if known else [replace(text, color=self._theme.dim) for text in group.texts]
        return replace(group, items=(*outlines, *signs))

    def _outline(self, outline: Path, known: bool, lit: bool) -> Path:
        look, active = outline.paint, self._theme.active
        if not known:
            look = replace(look, fill=self._theme.background)
        if lit:
            look = Paint(look.fill if active.fill == "none" else active.fill, active.stroke, active.width, look.dash)
        return replace(outline, paint=look)

    def _edge(self, group: Group, passed: bool, lit: bool) -> Group:
        """An arrow; where its local derivative is not shown yet, a line closes the gap."""
        *lines, head = group.paths
        if len(lines) == 2 and not passed:
            after, before = lines
            gap = Path((("M", before.commands[-1][1][-1:]), ("L", after.commands[0][1])), after.paint)
            lines.append(gap)
        if lit:
            color = self._theme.active.stroke
            lines = [replace(line, paint=replace(line.paint, stroke=color, width=ACTIVE_EDGE)) for line in lines]
            head = replace(head, paint=replace(head.paint, fill=color))
        return replace(group, items=(*lines, head))

    def _local(self, group: Group, passed: bool) -> Group:
        return group if passed else replace(group, items=(), description="")


def _rows(lines: list[str], fits: Callable[[str], bool]) -> list[str]:
    """The first line, and the others side by side where they fit."""
    rows = lines[:1]
    for line in lines[1:]:
        if len(rows) > 1 and fits(rows[-1] + BETWEEN + line):
            rows[-1] += BETWEEN + line
        else:
            rows.append(line)
    return rows


def _key(group: Group, node: int) -> Key:
    return (node, group.operand) if group.kind in ("edge", "local", "symbol") else node


def _with_room(picture: Picture, widths: dict[int, float]) -> Picture:
    """The picture with boxes whose text may be as wide as this, by node."""
    boxes = {
        box.name: box
        if box.kind == "symbol"
        else replace(box, least_width=widths.get(-1 if box.node is None else box.node, 0.0))
        for box in picture.boxes
    }

    def moved(arrow: Arrow) -> Arrow:
        return replace(arrow, tail=boxes[arrow.tail.name], head=boxes[arrow.head.name])

    arrows = tuple(map(moved, picture.arrows))
    return replace(
        picture, boxes=tuple(boxes.values()), arrows=arrows, root=boxes[picture.root.name] if picture.root else None
    )


def _width(text: str, kind: str) -> float:
    return text_width(text, FONTS[kind].size, FONTS[kind].bold)
