"""What each part of a picture looks like at a moment of the walk: what is known by then, and lit if new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..drawing.lettering import sign_of_box
from ..drawing.scene import Group, Path, Scene, Text
from ..graph.folding import Unit
from ..graph.paths import Paths
from ..graph.trace import Edge, Node, Trace
from ..picture import looks
from ..picture.boxes import PENDING, Arrow, Box, Line, Picture, gradient_line
from ..picture.looks import Look
from ..style.theme import Paint, Theme
from ..words.descriptions import Words
from ..words.numbers import Numbers
from .direction import head_at_line, lit_arrow
from .moments import Moment, Stage
from .summaries import ScopeSummary

__all__ = ["Key", "Now", "States"]

Key = int | tuple[int, int | None]
"""A node, or an edge; (node, None) is the circle of an operation and what leads from it to the result."""


Told = tuple[tuple[float | None, bool], ...]
"""For each parameter that a box tells its gradient, and whether that flows to it."""
Lines = dict[str | int, Line | None]
"""What is said at a moment, by kind of line; by node what is said of the gradients of parameters."""


@dataclass(frozen=True)
class Part:
    """A group of the scene: `keys` are what lights it, `edges` where the gradient has to have passed.

    A local derivative is known as soon as the `result` of its operation is.
    """

    group: Group
    keys: frozenset[Key]
    box: Box | None = None
    edges: frozenset[Edge] = frozenset()
    result: int | None = None


@dataclass
class Now:
    """What is known at a moment, what is lit in it, and whether gradients are still out of sight."""

    stage: Stage
    summaries: dict[int, ScopeSummary] = field(default_factory=dict)
    lit: frozenset[Key] = frozenset()
    forward: bool = True
    backward: bool = False
    """Whether gradients flow back in it."""

    def advance(self, moment: Moment, summaries: dict[int, ScopeSummary]) -> None:
        self.stage.advance(moment)
        self.summaries |= summaries
        self.lit = frozenset([*moment.active, *moment.edges, *((node, None) for node, _ in moment.edges)])
        self.forward = self.forward and moment.phase != "seed"
        self.backward = moment.phase == "backward"

    def told(self, box: Box) -> Told:
        """What it knows of the parameters that a box tells."""
        return tuple((self.stage.grads[i], self.backward and i in self.lit) for i in box.told)


class States:
    """Makes the groups of a scene as they are at a moment; what looks the same is the same object."""

    def __init__(
        self,
        trace: Trace,
        picture: Picture,
        scene: Scene,
        theme: Theme,
        numbers: Numbers,
        lang: str,
        units: Sequence[Unit],
    ) -> None:
        self._trace, self._picture, self._theme, self._numbers = trace, picture, theme, numbers
        self._plain = replace(picture, emphasis=None)
        self._units, self._paths = {unit.last: unit for unit in units}, Paths(trace)
        self._parts = dict(self._find_parts(scene))
        self._words = Words(trace, numbers, lang)
        self._titles: dict[int, str] = {}
        self._made: dict[Any, Group] = {}
        self._places: dict[Key, list[int]] = {}
        for place, part in self._parts.items():
            for key in part.keys:
                self._places.setdefault(key, []).append(place)

    def touched(self, keys: Iterable[Key]) -> set[int]:
        """Where something belongs to one of these nodes and edges."""
        return {place for key in keys for place in self._places.get(key, ())}

    def __iter__(self) -> Iterator[int]:
        """The places that ever change."""
        return iter(self._parts)

    def _find_parts(self, scene: Scene) -> Iterator[tuple[int, Part]]:
        """Arrows and boxes are painted in the order in which the picture has them."""
        picture = self._picture
        arrows, labelled = iter(picture.arrows), (arrow for arrow in picture.arrows if arrow.label)
        boxes = iter(picture.boxes)
        for place, group in enumerate(scene.groups):
            match group.kind.split()[0]:
                case "edge":
                    yield place, self._along(group, next(arrows))
                case "local":
                    yield place, self._along(group, next(labelled))
                case "symbol":
                    box = next(boxes)
                    yield place, Part(group, frozenset([(box.members[-1], None)]), box)
                case "node":
                    box = next(boxes)
                    if box.node is not None:
                        yield place, Part(group, frozenset(box.members), box)
                case "routes":
                    edges = self._passable(picture.emphasis.edges if picture.emphasis else ())
                    yield place, Part(group, frozenset(edges), edges=edges)

    def _along(self, group: Group, arrow: Arrow) -> Part:
        if not arrow.edges:
            return Part(group, frozenset([(arrow.head.members[-1], None)] if arrow.is_bond else ()))
        edges = self._passable(arrow.edges) or frozenset(arrow.edges)
        result = (
            self._paths.outputs(arrow.head.members)[0] if len(arrow.head.members) > 1 else arrow.edges[0].node
        )
        return Part(group, frozenset(arrow.edges), edges=edges, result=result)

    def _passable(self, edges: Iterable[Edge]) -> frozenset[Edge]:
        """Those along which a gradient ever goes: none goes to a constant."""
        nodes = self._trace.nodes
        return frozenset(
            edge for edge in edges if nodes[nodes[edge.node].parents[edge.operand]].role != "constant"
        )

    def group(self, place: int, now: Now) -> Group:
        """What stands in a place of the scene."""
        part = self._parts[place]
        lit = not part.keys.isdisjoint(now.lit)
        known = part.result is not None and now.stage.data[part.result] is not None
        state: tuple[Any, ...]
        draw: Callable[..., Group]
        if part.group.kind == "edge":
            state, draw = (known, lit, lit and now.backward), self._edge
        elif part.group.kind == "local":
            state, draw = (known, lit), self._local
        elif part.group.kind == "routes":
            state, draw = (self._routes_passed(part, now),), self._routes
        elif part.box is None or part.box.node is None:
            return part.group
        elif part.group.kind == "symbol":
            state, draw = (now.stage.data[part.box.node] is not None, lit), self._symbol
        elif part.box.node in now.summaries:
            state, draw = (now.summaries[part.box.node], now.forward, lit, now.told(part.box)), self._folded
        else:
            i, told = part.box.node, now.told(part.box)
            known = now.stage.data[i] is not None
            state, draw = (known, now.stage.grads[i], now.forward, lit, told), self._node
        if (place, state) not in self._made:
            self._made[place, state] = draw(part, *state)
        return self._made[place, state]

    # ------------------------------------------------------------ boxes

    def _node(
        self, part: Part, known: bool, gradient: float | None, forward: bool, lit: bool, told: Told
    ) -> Group:
        """A node's box; before its value is known it is empty."""
        node = self._trace.nodes[part.group.node or 0]
        lines: Lines = {"gradient": self._gradient(node.index, gradient, forward)}
        group = self._box(part, known, lines | self._told(part, told, forward), lit, gradient, told)
        now = replace(node, grad=gradient)
        return replace(group, description=self._words.facts(now, self._title(node), known))

    def _gradient(self, node: int, gradient: float | None, forward: bool) -> Line | None:
        """What is said of a node's gradient; nothing before any is on its way."""
        if gradient is None and forward:
            return None
        return gradient_line(replace(self._trace.nodes[node], grad=gradient), self._trace.root, self._numbers)

    def _told(self, part: Part, told: Told, forward: bool) -> Lines:
        """The same of the parameters that a box tells."""
        nodes = part.box.told if part.box else ()
        return {i: self._gradient(i, x, forward) for i, (x, _) in zip(nodes, told, strict=True)}

    def _title(self, node: Node) -> str:
        if node.index not in self._titles:
            self._titles[node.index] = self._words.title(self._units[node.index])
        return self._titles[node.index]

    def _folded(self, part: Part, summary: ScopeSummary, forward: bool, lit: bool, told: Told) -> Group:
        """The box of a scope, with a summary of what is known of it."""
        gradient = None if forward else Line(PENDING, "pending")
        if summary.gradient is not None:
            gradient = Line(summary.gradient, "gradient")
        values = Line(summary.values, "value") if summary.values else None
        lines: Lines = {"value": values, "gradient": gradient, "pending": gradient}
        lines |= self._told(part, told, forward)
        group = self._box(part, summary.complete, lines, lit, summary.size, told)
        return replace(group, description=summary.description)

    def _box(
        self, part: Part, known: bool, now: Lines, lit: bool, gradient: float | None, told: Told
    ) -> Group:
        """A box with lines that stand for those of some kinds or about some parameters, and the colour of a
        gradient."""
        box = part.box
        if box is None:
            return part.group
        receiving = {i for i, (_, is_lit) in zip(box.told, told, strict=True) if is_lit}
        # Without the emphasis on other nodes, so that what a step is about does not step back.
        picture = self._plain if lit else self._picture
        look = self._look(picture, box, gradient)
        theme = self._theme.faded if picture.is_faded(box) else self._theme
        # The fill of what is lit is the theme's, and so are the colours of its text.
        own = look.text if theme.active.fill == "none" or not lit else None
        outline = part.group.paths[0]
        items: list[Path | Text] = [self._outline(outline, look.paint, known, lit)]
        items += sign_of_box(look.sign, box.shape, outline, theme)
        for final, text in zip(box.lines, part.group.texts, strict=True):
            if final.node is None:
                line = now.get(final.kind, final if known or final.kind != "value" else None)
            else:
                line = final if final.kind == "parameter" else now[final.node]
            if line is None:
                continue
            color = own or theme.ink(line.kind)
            if line.kind == "name" and not known:
                color = theme.dim
                line = replace(line, text=line.early or line.text)
            width = replace(line, size=text.font.size).width
            items.append(replace(text, text=line.text, width=width, color=color))
            if final.joins and final.node in receiving:
                items.append(head_at_line(text, self._theme))
        return replace(part.group, items=tuple(items))

    def _look(self, picture: Picture, box: Box, gradient: float | None) -> Look:
        """Where gradients have colours, a box takes its own when it gets one."""
        if picture.scale and box.node is not None:
            picture = replace(picture, scale=picture.scale.only(box.node, gradient))
        return looks.of(picture, box, self._theme)

    def _symbol(self, part: Part, known: bool, lit: bool) -> Group:
        """An operation's circle."""
        outlines = [self._outline(path, path.paint, known, lit) for path in part.group.paths]
        texts = part.group.texts
        signs = texts if known else [replace(text, color=self._theme.dim) for text in texts]
        return replace(part.group, items=(*outlines, *signs))

    def _outline(self, outline: Path, look: Paint, known: bool, lit: bool) -> Path:
        active = self._theme.active
        if not known:
            look = replace(look, fill=self._theme.background)
        if lit:
            fill = look.fill if active.fill == "none" else active.fill
            look = Paint(fill, active.stroke, active.width, look.dash)
        return replace(outline, paint=look)

    # ------------------------------------------------------------ arrows, and what stands below

    def _edge(self, part: Part, known: bool, lit: bool, backward: bool) -> Group:
        """An arrow, with a line for each route; where its local derivative is not known yet, without a
        gap."""
        lines = [path for path in part.group.paths if path.paint.fill == "none"]
        heads = [path for path in part.group.paths if path.paint.fill != "none"]
        if len(lines) == 2 * len(heads) and not known:
            lines = [_joined(before, after) for after, before in zip(lines[::2], lines[1::2], strict=True)]
        if not lit:
            return replace(part.group, items=(*lines, *heads))
        return lit_arrow(part.group, lines, self._theme, backward)

    def _local(self, part: Part, known: bool, lit: bool) -> Group:
        """The derivative on an arrow, a factor of what a step passes on."""
        if not known:
            return replace(part.group, items=(), description="")
        if not lit:
            return part.group
        texts = [replace(text, color=self._theme.active.stroke) for text in part.group.texts]
        return replace(part.group, items=tuple(texts))

    def _routes_passed(self, part: Part, now: Now) -> tuple[bool, ...]:
        """For each sentence about the routes, the last being the sum, whether all it speaks of has passed."""
        emphasis = self._picture.emphasis
        if emphasis and emphasis.is_told_at_once:
            return (True,) * len(emphasis.sentences)
        routes = emphasis.routes if emphasis else ()
        each = [self._passable(route) <= now.stage.passed for route in routes] if len(routes) > 1 else []
        return (*each, part.edges <= now.stage.passed)

    def _routes(self, part: Part, passed: tuple[bool, ...]) -> Group:
        """The sentences; the lines that say which route is which are there from the start."""
        shown = set[Text]()
        texts = iter(part.group.texts)
        sentences = self._picture.emphasis.sentences if self._picture.emphasis else ()
        for sentence, is_passed in zip(sentences, passed, strict=True):
            length = len("".join(sentence.split()))
            while length > 0:  # a long sentence stands in several rows
                text = next(texts)
                length -= len("".join(text.text.split()))
                shown |= {text} if is_passed else set()
        return replace(
            part.group,
            items=tuple(item for item in part.group.items if isinstance(item, Path) or item in shown),
        )


def _joined(before: Path, after: Path) -> Path:
    """Two parts of a line as one, so that no renderer sets them apart by a fraction of a pixel."""
    (_, start), *rest = after.commands
    return Path((*before.commands, ("L", start), *rest), before.paint)
