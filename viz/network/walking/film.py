"""The frames of a walk over the diagram of neurons: four pictures of it, of each what is known by then."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

from microgrid.base.phrases import Phrase, Setting, message, speaker

from ...drawing.painter import ARROW_LENGTH
from ...drawing.scene import Group, Path, Scene, Text
from ...drawing.slide import READABLE
from ...errors import TooLarge
from ...formats.svg import Written, digest, svg
from ...options import MOST_UNITS, SLIDES
from ...style.shapes import Point
from ...style.theme import FONTS, THEMES
from ...walk.captions import MESSAGES
from ...walk.direction import lit_arrow, sign
from ...walk.subtitles import Subtitles, Texts
from ..net import Net
from ..options import NetworkOptions
from ..painting.paint import FEWEST, paint, tries
from ..painting.places import MARGIN
from .known import stripped, unreached
from .parts import Key, keyed, lacking

__all__ = ["NetworkFilm", "Step"]

GAP, GAP_ON_SLIDE = 10.0, 2.0
"""Between the picture and the caption."""
LETTERS = 0.8
"""Of captions, beside those of small graphs: three lines leave room for the circles."""
BESIDE_HEAD = 3.0
"""Between the head of an arrow and its number."""
GLOW, THIN, MOST_GLOWING = 6.0, 3.0, 16
"""How much wider than an arrow what glows around it is, of many too, and up to how many it is more."""
WIDE = SLIDES["16:9"][0]
FEWEST_WITH_CAPTION = 3
"""Circles in a column for which a slide has to have room above the captions."""
BLANK, VALUES, GRADIENTS, WAITING = range(4)
"""What is shown of a circle or an arrow: its name, its value, its gradient, or only that it waits for one."""
SHOWN = VALUES, GRADIENTS
UNMARKED = {"auto": "width", "numbers": "width"}
"""What arrows tell by the option `weights` while they wait for a gradient: no number."""


@dataclass(frozen=True)
class Step:
    """A step: in "forward" and "backward" of a `column`, with the columns whose values or gradients it
    `completes`."""

    phase: str
    column: int | None = None
    completes: tuple[int, ...] = ()


class NetworkFilm:
    """Makes the scenes of a sequence of steps with their captions."""

    def __init__(
        self, net: Net, options: NetworkOptions, steps: Sequence[Step], texts: Sequence[str]
    ) -> None:
        self._net, self._options, self._steps, self._texts = net, options, steps, texts
        self._theme, self._say = THEMES[options.theme], speaker(options.lang)
        self._columns = {unit.id: k for k, column in enumerate(net.columns) for unit in column.units}
        self._written: Written = {}

    @cached_property
    def _scenes(self) -> tuple[Scene, ...]:
        """The network with names alone, with values, with gradients, and with arrows that wait for these, all
        at the same places."""
        for chosen, fewest in tries(self._options, FEWEST, FEWEST_WITH_CAPTION):
            with suppress(TooLarge):
                return self._paint(chosen, fewest)
        raise TooLarge(self._no_room())

    def _no_room(self) -> Phrase:
        """What has no room, and the way out."""
        columns = self._net.columns
        size = f"{len(columns)} columns of up to {max(len(column.units) for column in columns)} circles"
        page = "a Beamer page" if (self._options.slide or "").startswith("beamer") else "a slide"
        why = f"{size} with the captions of a walk have no room on {page}: "
        if self._options.max_units is None:
            return message(why, "leave out units with ", Setting("max_units", MOST_UNITS))
        return message(why, "draw a part of the model, or save a page (.html), which is no slide")

    def _paint(self, options: NetworkOptions, fewest: int) -> tuple[Scene, ...]:
        below = self._subtitles(SLIDES[options.slide][0]).height if options.slide else 0.0
        known = stripped(self._net, values=True)
        blank = stripped(self._net, values=False)
        unmarked = options.changed(weights=UNMARKED.get(options.weights, options.weights))
        return (
            paint(blank, options, "weights", below, fewest),
            paint(known, options, "values", below, fewest),
            paint(self._net, options, "gradients", below, fewest),
            paint(unreached(known), unmarked, "gradients", below, fewest),
        )

    @property
    def picture(self) -> Scene:
        """The network with its gradients, without a caption."""
        return self._scenes[GRADIENTS]

    def lacks(self, other: NetworkFilm) -> str:
        """What the pictures leave out that those of another film show, "" for nothing."""
        return lacking([self._scenes[k] for k in SHOWN], [other._scenes[k] for k in SHOWN])

    def _subtitles(self, width: float) -> Subtitles:
        gap, letters = GAP_ON_SLIDE if self._options.slide else GAP, LETTERS
        if self._options.slide:  # LaTeX's pages are smaller, and their letters are not
            letters = max(LETTERS * width / WIDE, READABLE / FONTS["progress"].size)
        told = Texts(self._texts, lambda k, _: self._texts[k])
        return Subtitles(told, width, self._theme, letters, MARGIN, gap)

    @cached_property
    def _under(self) -> Subtitles:
        return self._subtitles(self._scenes[0].size[0])

    @property
    def _size(self) -> Point:
        width, height = self._scenes[0].size
        return width, round(height + self._under.height, 2)

    @cached_property
    def key(self) -> str:
        return digest(*(svg(scene) for scene in self._scenes), *self._texts)

    def caption(self, k: int) -> Group:
        """What frame k says below the picture."""
        phase = self._steps[k].phase
        name = self._say(MESSAGES[f"phase {phase}"])
        step = self._say("step {k} of {count}", k=k, count=len(self._steps) - 1)
        bottom = self._scenes[0].size[1]
        return self._under.group(k, sign(phase, "LR"), name, step, bottom)

    def svg(self, k: int) -> str:
        return svg(self.scene(k), f"{self.key}-{k}", self._written)

    def scene(self, k: int) -> Scene:
        groups = [max(look for look in looks if look[0] <= k)[1] for looks in self.looks]
        step = self._say("step {k} of {count}", k=k, count=len(self._steps) - 1)
        phase = self._say(MESSAGES[f"phase {self._steps[k].phase}"])
        return replace(
            self._scenes[1],
            size=self._size,
            title=f"{self._scenes[1].title}: {phase}, {step}",
            description=self._texts[k],
            groups=(*(group for group in groups if group.items), self.caption(k)),
        )

    @cached_property
    def looks(self) -> list[list[tuple[int, Group]]]:
        """For each place in the picture its groups in turn, with the frames in which they begin."""
        found = [dict(keyed(scene)) for scene in self._scenes]
        found[GRADIENTS] = {key: self._clear(group, key) for key, group in found[GRADIENTS].items()}
        kinds = dict.fromkeys(key[0] for scene in found for key in scene)
        keys = dict.fromkeys(key for scene in found for key in scene)
        looks = []
        for kind in kinds:
            for key in (key for key in keys if key[0] == kind):
                own: list[tuple[int, Group]] = []
                for k in range(len(self._steps)):
                    group = found[self._stage(key, k)].get(key, Group(kind, ()))
                    group = self._lit(group, key, k)
                    if not own or group != own[-1][1]:
                        own.append((k, group))
                looks += [_halves(own, 0), _halves(own, 1)] if kind == "link" else [own]
        # what glows around arrows stands behind all of them
        return sorted(looks, key=lambda look: look[0][1].kind != "glow")

    def _stage(self, key: Key, k: int) -> int:
        """Which of the four pictures a part of frame k is from."""
        kind, ids = key[0], key[1]
        done = self._steps[: k + 1]
        backward = any(step.phase in ("seed", "backward", "end") for step in done)
        if not ids:
            return GRADIENTS if backward else VALUES
        column = self._columns[ids[-1]]
        if kind in ("link", "number", "bias"):
            passed = any(step.phase == "backward" and step.column == column for step in done)
            return GRADIENTS if passed else WAITING if backward else VALUES
        if any(step.phase in ("seed", "backward") and column in step.completes for step in done):
            return GRADIENTS
        known = column == 0 or any(step.phase == "forward" and step.column == column for step in done)
        return VALUES if known or self._net.columns[column].units[0].role == "parameter" else BLANK

    @cached_property
    def _centers(self) -> dict[str, Point]:
        """The middles of circles by the units they are of."""
        nodes = [(dict(group.data), group) for group in self._scenes[0].groups if "node" in dict(group.data)]
        return {data["node"]: _middle(group.paths[0])[0] for data, group in nodes}

    def _clear(self, group: Group, key: Key) -> Group:
        """A number where the turned head of its arrow is not under it, if the arrow is long enough."""
        kind, ids, _ = key
        if kind != "number" or not {*ids} <= {*self._centers}:
            return group
        (x, y), (w, h) = _middle(group.paths[0])
        (x0, y0), (x1, y1) = (self._centers[name] for name in ids)
        length = math.dist((x0, y0), (x1, y1))
        dx, dy = (x1 - x0) / length, (y1 - y0) / length
        reach = min(w / abs(dx) if dx else math.inf, h / abs(dy) if dy else math.inf) + 20 * self._scale
        near, far = math.dist((x, y), (x0, y0)) - reach, math.dist((x, y), (x1, y1)) - reach
        by = ARROW_LENGTH * self._scale + BESIDE_HEAD - near
        return _moved(group, by * dx, by * dy) if 0 < by < far else group

    @cached_property
    def _scale(self) -> float:
        """How large circles are, beside those of radius 20."""
        circle = next(group for group in self._scenes[0].groups if group.kind.startswith("node"))
        xs = [x for _, points in circle.paths[0].commands for x, _ in points]
        return (max(xs) - min(xs)) / 40

    @cached_property
    def _glows(self) -> list[float]:
        """How much wider than the arrows to each column what glows around them is: of many, less."""
        heads = [link.head[0] for link in self._net.links]
        return [GLOW if heads.count(k) <= MOST_GLOWING else THIN for k in range(len(self._net.columns))]

    def _lit(self, group: Group, key: Key, k: int) -> Group:
        """A part of frame k as the step lights it."""
        step, (kind, ids, _) = self._steps[k], key
        if not ids or not group.items:
            return group
        column = self._columns[ids[-1]]
        if kind == "link" and column == step.column:
            lines = [path for path in group.paths if path.paint.fill == "none"]
            route = replace(group, data=(*group.data, ("route", "true")))
            glow = self._glows[column]
            lit = lit_arrow(route, lines, self._theme, step.phase == "backward", self._scale, glow)
            way = "backward" if step.phase == "backward" else "forward"
            return replace(lit, kind=f"{group.kind} active {way}", data=group.data)
        if kind == "node" and column in step.completes:
            outline = group.paths[0]
            width = self._theme.active.width * min(1.0, self._scale)
            active = replace(outline.paint, stroke=self._theme.active.stroke, width=width)
            items = [Path(outline.commands, active) if item is outline else item for item in group.items]
            return replace(group, items=tuple(items))
        return group


def _middle(path: Path) -> tuple[Point, Point]:
    """The middle of a shape, and half of its width and height."""
    xs, ys = zip(*(point for _, points in path.commands for point in points))
    left, right, top, bottom = min(xs), max(xs), min(ys), max(ys)
    return ((left + right) / 2, (top + bottom) / 2), ((right - left) / 2, (bottom - top) / 2)


def _moved(group: Group, x: float, y: float) -> Group:
    items = list[Path | Text]()
    for item in group.items:
        if isinstance(item, Text):
            items.append(replace(item, at=(item.at[0] + x, item.at[1] + y)))
            continue
        commands = [(letter, tuple((a + x, b + y) for a, b in points)) for letter, points in item.commands]
        items.append(replace(item, commands=tuple(commands)))
    return replace(group, items=tuple(items))


def _halves(looks: list[tuple[int, Group]], which: int) -> list[tuple[int, Group]]:
    """Of an arrow what glows around it (0), or the arrow itself."""
    halves = list[tuple[int, Group]]()
    for k, group in looks:
        under = len(group.items) - 2 if len(group.items) > 2 else 0
        items = group.items[under:] if which else group.items[:under]
        half = replace(group, items=items) if which else Group("glow", items)
        if not halves or halves[-1][1] != half:
            halves.append((k, half))
    return halves
