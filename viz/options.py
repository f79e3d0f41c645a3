"""The options of `draw` and `steps`: a field for each, with its type, default, choices and help.

Both functions take their signatures from here, and the command its arguments.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from microgrid import Value
from microgrid.base.checks import one_of, whole
from microgrid.base.phrases import LANG, LANGUAGES, Option, Setting, known_language, message
from microgrid.claims.report import Answer, ClaimReport

from .graph.folding import LEVELS
from .graph.trace import Node
from .style.shapes import Point
from .style.theme import THEMES

__all__ = [
    "CHOICES",
    "SLIDES",
    "Chosen",
    "DrawOptions",
    "MOST_UNITS",
    "Options",
    "about",
    "set_signature",
    "takes",
]

MM = 72 / 25.4
"""Points."""
SLIDES: dict[str, Point] = {
    "16:9": (720.0, 405.0),
    "4:3": (720.0, 540.0),
    "beamer": (160 * MM, 90 * MM),
    "beamer-4:3": (128 * MM, 96 * MM),
}
"""Points, on a page ten inches wide as presentation programs have it, or of the size that LaTeX's Beamer
has."""
MOST_UNITS = 12
"""Units of a layer, one below the other, above which some are left out."""

NodeStyle = Callable[[Node], Mapping[str, str | float | tuple[float, ...]] | None]


def about(group: str, help: str, choices: Iterable[str] = (), metavar: str | None = None) -> dict[str, Any]:
    """What is known of an option beside its type and default: its choices, and what the command line says."""
    return {"group": group, "help": help, "choices": tuple(choices), "metavar": metavar}


picture = partial(about, "picture")
emphasis = partial(about, "what stands out")
size = partial(about, "large graphs")


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What the options of every picture have in common: how they are given, and the checks of them."""

    pinned: frozenset[str] = field(default=frozenset(), init=False, compare=False, repr=False)
    """The options that were asked for by name, which a slide leaves as they are."""

    @classmethod
    def of(cls, function: str, given: Mapping[str, Any]) -> Self:
        """The options that a function was given by name; TypeError for one that it does not have."""
        names = [known.name for known in fields(cls) if known.init]
        if unknown := [name for name in given if name not in names]:
            raise TypeError(f"{function} has no option {unknown[0]!r}: there are {', '.join(names)}")
        return cls(**given)._pinning(frozenset(given))

    def changed(self, **changes: Any) -> Self:
        """With other values for these options, and as much pinned.

        >>> Options.of("draw", {"edges": "plain"}).changed(rankdir="TB").may_vary("edges")
        False
        """
        return replace(self, **changes)._pinning(self.pinned)

    def may_vary(self, name: str) -> bool:
        """Whether an option has been left to whoever draws."""
        default = next(known.default for known in fields(self) if known.name == name)
        same: bool = getattr(self, name) == default
        return same and (name not in self.pinned or default == "auto")

    def _pinning(self, names: frozenset[str]) -> Self:
        object.__setattr__(self, "pinned", names)
        return self

    def check(self) -> None:
        """Raise for a choice that there is not, and for a precision or a title that can be none."""
        for known in fields(self):
            value, choices = getattr(self, known.name), known.metadata.get("choices")
            optional = str(known.type).endswith("| None")  # a text, as `from __future__` leaves it
            if known.name == "lang":
                known_language(value)
            elif choices and not (value is None and optional):
                one_of(value, known.name, choices)
        given = {known.name: getattr(self, known.name) for known in fields(self)}
        if "precision" in given:  # of 17 digits a double can be read back
            whole(given["precision"], Option("precision"), least=1, most=17)
        title = given.get("title")
        if title is not None and not isinstance(title, str):
            raise TypeError(f"title is a str or None, got {type(title).__name__}")


@dataclass(frozen=True, kw_only=True)
class Options(Chosen):
    """What `draw` and `steps` both take.  Those that are not initialised here are of one of them alone.

    >>> Options(rankdir="up")
    Traceback (most recent call last):
        ...
    ValueError: rankdir='up' is unknown: choose "LR", "TB", "RL", "BT" or "rows"
    """

    by: str = field(default="auto", init=False)

    rankdir: str = field(
        default="LR",
        metadata=picture(
            "where the arrows point: LR from left to right (default), TB from top to bottom, ..., or from "
            "left to right in several rows",
            ("LR", "TB", "RL", "BT", "rows"),
        ),
    )
    theme: str = field(default="lecture", metadata=picture("colours (default: %(default)s)", THEMES))
    ops: str = field(
        default="merged",
        metadata=picture(
            "an operation in the box of its result (default), or in one of its own", ("merged", "separate")
        ),
    )
    edges: str = field(
        default="local",
        metadata=picture(
            "on each arrow its local derivative, that of the operation with respect to this operand: formula "
            "and number (default), or the number, or nothing",
            ("local", "number", "plain"),
        ),
    )
    sums: str = field(
        default="auto",
        metadata=picture(
            "a sum of products, w1*x1 + w2*x2 + b, in one box or a box for each operation, or all steps to a "
            "result with a name or several uses in one box; auto (default) merges sums where there are many "
            "boxes",
            ("auto", "merged", "separate", "results"),
        ),
    )
    pieces: str = field(
        default="named",
        metadata=picture(
            "softmax, mean, losses and their like as one box with the textbook's formula (default), or in "
            "the textbook's steps",
            ("named", "textbook"),
        ),
    )
    numbers: str = field(
        default="auto",
        metadata=picture(
            "local derivatives as numbers on all arrows, on none, or (auto, the default) where no more than "
            "six lead to a box; where there are none, the width of an arrow says how large it is",
            ("auto", "all", "none"),
        ),
    )
    parameters: str = field(
        default="boxes",
        metadata=picture(
            "a parameter in a box of its own (default), or with its gradient on a line of the only box that "
            "uses it (listed), or in that box's formula alone (inside), or in those of all that do (named)",
            ("boxes", "listed", "inside", "named"),
        ),
    )
    formulas: str = field(
        default="all",
        metadata=picture(
            "in each box how it is computed (default), or only where it has no name", ("all", "unnamed")
        ),
    )
    labels: str = field(
        default="math",
        metadata=picture(
            "w1 as w₁ (default), or as it is, or by the variables of the program what has no label",
            ("math", "plain", "names"),
        ),
    )
    precision: int = field(
        default=4, metadata=picture("significant digits (default: %(default)s)", metavar="N")
    )
    title: str | None = field(default=None, metadata=picture("to stand above the picture", metavar="TEXT"))
    legend: bool = field(default=False, metadata=picture("say below the picture which box is what"))

    highlight: Value | str | Iterable[Value | str] = field(
        default=(), metadata=emphasis("these nodes; the others step back", metavar="w,z")
    )
    path: Value | str | Iterable[Value | str] | None = field(
        default=None,
        metadata=emphasis(
            "the routes from a node to another, or to the result, with their products",
            metavar="FROM[,TO]",
        ),
    )
    color_by: str | None = field(
        default=None,
        metadata=emphasis(
            "colour the boxes by the size of their gradients, or by size and sign", ("grad", "grad-sign")
        ),
    )
    node_style: NodeStyle | None = None
    claim: Answer | ClaimReport | None = None

    slide: str | None = field(default=None, metadata=about("slides", "fit the picture to a slide", SLIDES))

    show: str = field(default="all", init=False)
    around: Value | str | None = field(default=None, init=False)
    radius: int | None = field(default=None, init=False)
    collapse: str | None = field(
        default="auto",
        metadata=size(
            "draw each scope as one box; auto (default) where there are too many nodes", ("auto", *LEVELS)
        ),
    )
    max_nodes: int | None = field(
        default=5000,
        metadata=size("collapse or refuse larger graphs (default: %(default)s), or none", metavar="N"),
    )
    timeout: float = field(
        default=60.0, metadata=size("seconds of layout (default: %(default)g)", metavar="S")
    )
    engine: str = field(
        default="auto",
        metadata=size(
            "what lays it out: Graphviz, or columns that need none; auto (default) is columns for layers and "
            "long chains, and else the Graphviz that is installed",
            ("auto", "dot", "pygraphviz", "viz.js", "columns"),
        ),
    )

    lang: str = field(default=LANG, metadata=about("language", "", LANGUAGES))

    def __post_init__(self) -> None:
        self.check()
        if self.radius is not None:
            whole(self.radius, Option("radius"), least=0)
            if self.around is None:
                near = message(Setting("radius", self.radius), " says how far from a node: name it with ")
                raise ValueError(message(near, Setting("around")))
        if not isinstance(self.timeout, int | float) or isinstance(self.timeout, bool):
            raise TypeError(
                f"timeout is a number of seconds, got {type(self.timeout).__name__} {self.timeout!r}"
            )
        if not 0 < self.timeout < math.inf:
            raise ValueError(message(Option("timeout"), f" is more than 0 seconds, got {self.timeout}"))
        if self.max_nodes is not None:
            whole(self.max_nodes, Option("max_nodes"), least=1)


@dataclass(frozen=True, kw_only=True)
class DrawOptions(Options):
    """The keyword arguments of `viz.draw`."""

    show: str = field(
        default="all",
        metadata=picture(
            "names and formulas alone (structure), with the values of the forward pass (values), or with "
            "gradients and local derivatives too (all, the default), at the same places",
            ("structure", "values", "all"),
        ),
    )

    around: Value | str | None = field(
        default=None, metadata=size("draw only what is near a node", metavar="NODE")
    )
    radius: int | None = field(default=None, metadata=size("how near, in arrows (default: 2)", metavar="N"))


CHOICES: dict[str, tuple[str, ...]] = {
    known.name: known.metadata["choices"] for known in fields(Options) if known.metadata.get("choices")
}

P = ParamSpec("P")
Result = TypeVar("Result")


def takes(
    options: Callable[P, Options],
) -> Callable[[Callable[..., Result]], Callable[Concatenate[Value, P], Result]]:
    """Gives a function of `y` and `**options` the signature that the fields make, for `help`, notebooks,
    editors and mypy.

    The function itself is left as it is: a wrapper would hide its examples from doctest.
    """

    def sign(function: Callable[..., Result]) -> Callable[Concatenate[Value, P], Result]:
        set_signature(function, options)
        return function

    return sign


def set_signature(function: Callable[..., Any], options: Callable[..., Chosen]) -> None:
    """The function's own parameters, and after them the fields, in place of its `**options`."""
    written = inspect.signature(function)
    own = [each for each in written.parameters.values() if each.kind is not each.VAR_KEYWORD]
    complete = written.replace(parameters=[*own, *inspect.signature(options).parameters.values()])
    function.__signature__ = complete  # type: ignore[attr-defined]  # read by inspect, unknown to mypy
