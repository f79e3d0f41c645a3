"""`steps`: a graph's computation as frames, forward, then backward."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, cast, overload

from microgrid import Value
from microgrid.proof.report import Report

from ..drawing import slide_choice
from ..drawing.slide_choice import Attempt, Draft
from ..figure import bundle
from ..formats.pdf_png import png_for_paper
from ..graph.trace import Trace
from ..network.walking.steps import network_steps
from ..options import Options, takes
from ..page.page import in_notebook, step_page, verdict
from ..page.parts import Live
from ..picture.scale import scale_of
from ..picture.selection import Choices, check_count, choose, subject
from ..picture.styles import styles
from ..style.collector import resting
from ..walk.captions import MOST_LEAVES, Captions
from ..walk.film import Arrangement, Film, arrange, drafted
from ..walk.moments import Frame, frame_index, remember, walk
from ..walk.options import StepsOptions, boxed
from ..walk.subtitles import Texts
from ..walk.writing.files import BEAMER, Files
from ..words.labels import named
from ..words.numbers import Numbers

__all__ = ["Frame", "Steps", "steps"]


@takes(StepsOptions)
def steps(y: Value, **options: Any) -> Steps:
    """Walk through the graph of y: the leaves, each operation, ∂y/∂y = 1, then each use of the chain rule.

    >>> from microgrid import Value, parameter
    >>> w, x = parameter(2.0, "w"), Value(3.0, "x")
    >>> z = w * x
    >>> z.label = "z"
    >>> [frame.caption for frame in steps(z)][1:-1]
    ['z = w · x = 2 · 3 = 6', '∂z/∂z = 1: here the backward pass starts.', \
'∂z/∂w = ∂z/∂z · ∂z/∂w = 1 · 3 = 3', '∂z/∂x = ∂z/∂z · ∂z/∂x = 1 · 2 = 2']

    `by`: what a frame stands for, an "operation", all operations of a "neuron" or "layer" (scopes that
    `microgrid.nn` makes, or `microgrid.scope`), or "auto", the first of these that does with 60 frames
    forward.  Where the picture has sums of products in boxes (`sums`), "auto" is one step forward and one
    back for each box.
    `view="network"` walks over the diagram of neurons that `viz.network(y)` draws, a step for each layer,
    with that function's options.
    `lang`: the language of captions, picture and page, "en" or "es".

    `options` are those of `draw` but `around` and `radius`.  Where a graph has more than `max_nodes` nodes,
    what a frame stands for is one box, as with `collapse`; a box of a scope says what is known of it so far.
    `slide` fits each frame to a slide, caption included, so boxes may be folded further than with `draw`: the
    `choice` of the steps, passed to `draw` as options, folds as they do; the page is no slide.
    With `color_by`, a box takes the colour of its gradient when it gets one; with `path`, a route shows its
    product once the gradient has come all the way.

    The gradients are computed from ∂y/∂y = 1, whatever `backward` has left, and no node is changed.
    """
    if options.get("view") == "network":
        own = {name: value for name, value in options.items() if name != "view"}
        return cast(Steps, network_steps(y, own))  # which has the same methods
    for name in OF_A_PART:
        if name in options:
            raise TypeError(
                f"steps has no option {name!r}: {name}= would hide the operations that computed the numbers "
                f"shown; collapse scopes, or {LESS}"
            )
    chosen = StepsOptions.of("steps", options)
    y, chosen = subject(y, chosen)
    # Colours and styles depend on gradients, which `Steps` computes; those that the trace has may be older.
    sums = "separate" if chosen.by == "operation" and chosen.sums == "auto" else chosen.sums
    check_count(y, chosen.changed(sums=sums), LESS)
    trace = named(y, chosen.labels, chosen.precision)
    chosen = boxed(trace, chosen)
    choices = choose(y, trace, replace(chosen, color_by=None, node_style=None, sums=sums), LESS)
    return Steps(trace, chosen, choices, y) if chosen.slide is None else _on_slide(trace, chosen, choices, y)


def _on_slide(trace: Trace, options: Options, choices: Choices, y: Value | None) -> Steps:
    """The walk whose pictures a slide can hold."""

    def draft(changed: Options, others: Choices) -> Draft:
        tried = Steps(trace, changed, others, y)
        return drafted(tried._trace, changed, tried._choices, tried._moments, tried._told)

    whole = Steps(trace, options, choices, y)
    attempt = slide_choice.chosen(trace, options, choices, draft, LESS, is_walk=True)
    walked = Steps(trace, attempt.options, attempt.choices, y, attempt, whole)
    slide_choice.say_it(attempt, LESS, (len(walked) - 1, len(whole) - 1))
    return walked


OF_A_PART, LESS = ("around", "radius"), "walk through the graph of a node nearer to the leaves"


class Steps(Sequence[Frame]):
    """The frames of a graph as it was when `steps` was called."""

    def __init__(
        self,
        trace: Trace,
        options: Options,
        choices: Choices,
        y: Value | None = None,
        slide: Attempt | None = None,
        off_slide: Steps | None = None,
    ) -> None:
        self._recorded, self._options, self._choices, self._y = trace, options, choices, y
        self._slide, self._off_slide = slide, off_slide
        self._moments = walk(trace, options.by, choices.units)
        numbers = Numbers(options.precision)
        self._history = remember(trace, self._moments)
        final = _differentiated(trace, self._history.grads(len(self) - 1))
        self._trace = final
        if options.color_by:
            self._choices = replace(
                self._choices, scale=scale_of(final, choices.units, options.color_by == "grad-sign")
            )
        if options.node_style is not None:
            self._choices = replace(self._choices, styles=styles(final, options.node_style))
        boxwise = choices.units if any(moment.unit for moment in self._moments) else ()
        self._captions = Captions(self._trace, numbers, options.lang, boxwise)
        self._pages: dict[tuple[bool, str, Live | None], str] = {}

    def __len__(self) -> int:
        return len(self._moments)

    @overload
    def __getitem__(self, k: int) -> Frame: ...
    @overload
    def __getitem__(self, k: slice) -> list[Frame]: ...
    def __getitem__(self, k: int | slice) -> Frame | list[Frame]:
        if isinstance(k, slice):
            return [self[i] for i in range(*k.indices(len(self)))]
        index = frame_index(k, len(self))
        moment = self._moments[index]
        backward = moment.phase == "backward"
        return Frame(
            index=index,
            phase=moment.phase,
            node=moment.edges[-1][0] if backward else moment.active[-1] if moment.active else None,
            operand=moment.edges[0].operand if backward and len(moment.edges) == 1 else None,
            caption=self._caption(index),
            history=self._history,
            active=moment.active,
            edges=moment.edges,
        )

    def svg(self, k: int) -> str:
        """Frame k as SVG: the picture as far as it is known, what is new lit, and the caption."""
        return self._film.svg(frame_index(k, len(self)))

    def tikz(self) -> str:
        """A Beamer frame, in which each step is an overlay and nothing jumps, for a document of yours.

        The document needs `\\usepackage{tikz}` and, for accents, `\\usepackage[T1]{fontenc}`.  The picture
        fills Beamer's page, as with `slide="beamer"`, of 16 by 9 unless the walk has been made for 4 by 3.
        """
        return self._for_beamer._files.tikz(standalone=False)

    def reveal(self) -> str:
        """The walk as a `<section>` of a reveal.js presentation, a fragment for each step, notes included."""
        return self._files.section()

    def save(self, path: str | os.PathLike[str], *, standalone: bool = True) -> list[Path]:
        """Write files; the suffix says which format.  Returns the files that were written.

        With the place of a number in its name, "frames/step-{:03d}.svg", a file for each frame, as .svg, .pdf
        or .png; the last folder is made if it is not there.  Without one, all frames in one file: .html is
        the page to step through, .pdf has a page for each, .pptx a slide with its caption as notes, .tex a
        Beamer frame with an overlay for each, .svg and .gif move.  What is written replaces what was there,
        once everything has been drawn.

        `standalone=False` writes what a presentation of yours takes in: .tex a Beamer frame for \\input, as
        `tikz` gives it, .html the section for reveal.js that `reveal` gives.
        """
        numbered = "{" in os.fspath(path)
        walk = self._for_beamer if Path(path).suffix.lower() == ".tex" and not numbered else self
        return walk._files.save(path, standalone)

    @cached_property
    def _for_beamer(self) -> Steps:
        """The walk whose pictures a page of Beamer can hold."""
        page = BEAMER.get(self._options.slide, self._options.slide)
        if page == self._options.slide:
            return self
        base = self._off_slide or self
        return _on_slide(base._recorded, base._options.changed(slide=page), base._choices, self._y)

    @property
    def _files(self) -> Files:
        return Files(len(self), lambda: self._film, self.html, self._options.slide)

    def html(self, *, verify: bool = True, ask: str | Sequence[str] | None = None) -> str:
        """The walk as a web page, one file that needs no network: step, predict numbers, change them, train.

        `verify` puts in what `microgrid.verify` says of the graph, unless the graph has changed since
        `steps`.  `ask` says which numbers "predict first" asks for: "values", "gradients", those of
        "parameters" alone, "updates", what a training step makes of them, or those of some nodes by their
        labels, as in ["z", "w"].  It warns of a page so large that browsers take long to open it.

        >>> from microgrid import Value
        >>> "<script src" in steps(Value(2.0, "x") ** 2).html(verify=False)
        False
        """
        return self.connected(None, verify, ask)

    @property
    def drawn(self) -> Value:
        """The graph whose numbers these are: the one given to `steps`, or the same in a textbook's steps."""
        return cast(Value, self._y)  # which `explain` alone leaves out

    def connected(
        self, live: Live | None, verify: bool = True, ask: str | Sequence[str] | None = None
    ) -> str:
        """The page as `html` gives it, with what connects it to a kernel or a server."""
        if self._off_slide is not None:  # a page is no slide
            return self._off_slide.connected(live, verify, ask)
        key = verify, repr(ask), live
        if key not in self._pages:
            with resting():
                report = self._report if verify else None
                known = self._trace, self._moments, self._options, self._choices, self._arrangement, report
                self._pages[key] = step_page(*known, ask, live)
        return self._pages[key]

    @cached_property
    def _report(self) -> Report | None:
        return verdict(self._y, self._recorded) if self._y is not None else None

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, Any]:
        """What a notebook shows: the page in a frame of its own; where that cannot be, the first picture.

        On paper it is the last, which has all numbers.
        """
        return bundle(
            self,
            lambda: in_notebook(self.html(), self.svg(0)),
            lambda: png_for_paper(self._film.scene(len(self) - 1)),
            include,
            exclude,
        )

    @property
    def choice(self) -> dict[str, Any]:
        """What was chosen so that a slide can be read, as options that say the same."""
        return dict(self._slide.changes) if self._slide else {}

    @cached_property
    def _film(self) -> Film:
        """Painted once, when a picture is first needed."""
        arranged, captions = self._arrangement, self._captions
        return Film(self._trace, self._options, arranged, captions, self._moments, self._told)

    @cached_property
    def _arrangement(self) -> Arrangement:
        """Laid out once, when a picture or the page is first needed."""
        sheet = self._slide.sheet if self._slide else None
        with resting():
            return arrange(self._trace, self._options, self._choices, self._moments, sheet)

    def _texts(self) -> list[str]:
        """The captions, without the frames."""
        return [self._caption(k) for k in range(len(self))]

    @cached_property
    def _told(self) -> Texts:
        """The captions, and shorter ones where there is no room."""
        return Texts(self._texts(), cache(self._caption))

    def __repr__(self) -> str:
        root = self._trace.root
        return f"<Steps of {root.label or root.op or 'a Value'}: {len(self)} frames>"

    def _caption(self, index: int, most: int | None = None) -> str:
        """What frame `index` says, or its first `most` statements and how many there are more."""
        moment, nodes = self._moments[index], self._trace.nodes
        if moment.phase == "end":
            leaves = MOST_LEAVES if most is None else most - 1
            return self._captions.end([node.grad for node in nodes], leaves)
        return self._captions.moment(moment, index, self._history, most)


def _differentiated(trace: Trace, gradients: Sequence[float | None]) -> Trace:
    """The trace with the gradients that the walk ends with, derivatives of the root by construction."""
    nodes = (
        replace(node, grad=grad, is_derivative=True)
        for node, grad in zip(trace.nodes, gradients, strict=True)
    )
    return replace(trace, nodes=tuple(nodes))
