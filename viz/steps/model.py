"""The widget itself: numbers and a step that Python and the page of steps share.  It needs anywidget."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping
from typing import Any

import anywidget
import traitlets

from microgrid import Value, recompute
from microgrid.base.checks import did_you_mean, whole
from microgrid.graph import leaves, order
from microgrid.naming.names import names
from microgrid.ops import TABLE

from ..formats.pdf_png import png_for_paper
from ..page.page import still
from ..page.parts import EMBEDDED, text_of
from ..words.labels import unicode_name
from .walked import Steps

__all__ = ["StepsWidget"]


class StepsWidget(anywidget.AnyWidget):  # type: ignore[misc]  # anywidget is optional, and so unknown to mypy
    """The page of a walk: `step`, `values`, `error`; see `viz.widget`."""

    _esm = text_of("live/widget.js")
    _page = traitlets.Unicode().tag(sync=True)
    _places = traitlets.Dict().tag(sync=True)
    height = traitlets.Int().tag(sync=True)
    step = traitlets.Int(0, help="the step that is shown, from 0 on").tag(sync=True)
    values = traitlets.Dict(help="the number of each leaf, by its name").tag(sync=True)
    error = traitlets.Unicode(help="why the numbers in the page are not possible").tag(sync=True)

    def __init__(self, y: Value, walked: Callable[[], Steps], height: int) -> None:
        """`walked` makes the walk, with the numbers of the moment."""
        self._y, self._walked = y, walked
        walk = self._walk = walked()
        self._from_page = False
        called, fixed = names(y), _fixed(y)
        self._leaves = {
            called[leaf]: leaf
            for leaf in leaves(y)
            if leaf.role != "constant" and leaf not in fixed and math.isfinite(leaf.data)
        }
        self._spelled = {unicode_name(name): name for name in self._leaves} | {n: n for n in self._leaves}
        drawn = {leaf: place for place, leaf in enumerate(order(walk.drawn))}
        super().__init__(
            _page=walk.connected(EMBEDDED),
            _places={name: drawn[leaf] for name, leaf in self._leaves.items() if leaf in drawn},
            height=whole(height, "height", 100, 10_000),
            values=self._now(),
        )
        self._drawn = self._now()

    def _now(self) -> dict[str, float]:
        return {name: leaf.data for name, leaf in self._leaves.items()}

    def reread(self) -> None:
        """Compute the graph with the numbers that the leaves have by now, and show them."""
        self.values = self._now()
        self._compute()

    # ---------------------------------------------------------------- what is set, here or in the page

    @traitlets.validate("step")
    def _step_is_there(self, proposal: Any) -> int:
        last = len(self._walk) - 1
        if not self._from_page and not 0 <= proposal.value <= last:  # the page has a third pass, the update
            raise traitlets.TraitError(f"step is from 0 to {last}, got {proposal.value}")
        return int(proposal.value)

    @traitlets.validate("values")
    def _values_are_possible(self, proposal: Any) -> dict[str, float]:
        """The leaves get the numbers before anyone hears of them; what is not possible changes nothing."""
        given = self._named(proposal.value)
        before = self._now()
        if given != before:
            self._set(before | given)
            try:
                self._compute()
            except Exception as error:  # of an operation, or a custom one
                self._set(before)
                raise traitlets.TraitError(str(error)) from error
        return before | given

    def _named(self, given: Mapping[Any, Any]) -> dict[str, float]:
        numbers: dict[str, float] = {}
        for name, x in given.items():
            own = self._spelled.get(name)
            if own is None:
                meant = did_you_mean(str(name), self._leaves)
                known = ", ".join(self._leaves) or "none"
                raise traitlets.TraitError(
                    f"values: no leaf that can be set is called {name!r}{meant}; they are {known}"
                )
            try:
                numbers[own] = float(x)
            except (TypeError, ValueError):
                raise traitlets.TraitError(f"values: {name!r} is a number, got {x!r:.40}") from None
            if not math.isfinite(numbers[own]):
                raise traitlets.TraitError(f"values: {name!r} is a finite number, got {x!r}")
        return numbers

    def _set(self, numbers: Mapping[str, float]) -> None:
        for name, x in numbers.items():
            self._leaves[name].data = x

    def _compute(self) -> None:
        """Values anew, and gradients of y alone."""
        recompute(self._y)
        for leaf in leaves(self._y):
            leaf.grad = 0.0
        self._y.backward()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """What the page has sent: numbers that are not possible are said, and not raised where nobody is."""
        self._from_page = True
        try:
            super().set_state(sync_data)
            self.error = ""
        except traitlets.TraitError as error:
            super().set_state({name: x for name, x in sync_data.items() if name != "values"})
            self.error = str(error)
        finally:
            self._from_page = False

    # ---------------------------------------------------------------- where there is no JavaScript

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        shown, more = super()._repr_mimebundle_(**kwargs) or ({}, {})
        walk = self._walk if self._now() == self._drawn else self._walked()
        last = len(walk) - 1
        png = base64.b64encode(png_for_paper(walk._film.scene(last))).decode()
        return shown | {"text/html": still(walk.svg(last)), "image/png": png}, more

    def __repr__(self) -> str:
        return f"<StepsWidget of {names(self._y)[self._y]}: {len(self._walk)} steps>"


def _fixed(y: Value) -> set[Value]:
    """What is computed with operations that Python alone can compute, and their operands: the page leaves
    these as they are."""
    above: set[Value] = set()
    for node in reversed(order(y)):
        row = TABLE.get(node.op)
        if node.parents and (node in above or row is None or not row.value):
            above.update(node.parents)
    return above
