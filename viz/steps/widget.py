"""`widget`: the page of steps in a notebook, where Python and the page hear of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from microgrid import Value

from ..options import takes
from ..walk.options import StepsOptions
from .walked import steps

if TYPE_CHECKING:
    from .model import StepsWidget

__all__ = ["widget"]


@takes(StepsOptions)
def widget(y: Value, *, height: int = 720, **options: Any) -> StepsWidget:
    """The page of `steps` as a widget for JupyterLab, Jupyter Notebook and marimo, which talks both ways.

    `values` are the numbers of the leaves by their names, `step` is the step that is shown.  Whoever drags an
    input in the page, or trains there, changes them: the leaf's Value has the new number, all that is
    computed from it is computed anew, and gradients are those of `y`.  Setting them redraws the page::

        w = viz.widget(L)
        w                                   # the last line of a cell shows it; in marimo mo.ui.anywidget(w)
        w.values = {"w": 3.0}               # the others stay
        w.step = 5
        w.observe(lambda change: print(L.data, change.new), "values")

    Numbers that are not possible change nothing: Python raises a TraitError, and `error` says what is wrong
    with those of the page.  `reread()` takes over what your own code has given the leaves.  Constants, and
    what a custom operation is computed from, stay as they are.

    It needs anywidget, `python -m pip install "microgrid[widget]"` (ModuleNotFoundError without).
    Where there is no JavaScript, and on paper, the picture with all numbers stands in its
    place.  (`nbconvert --execute` stores the widget's
    state, and a page made of that needs the network; with
    `--ExecutePreprocessor.store_widget_state=False` it has the picture instead.)  It was tried in JupyterLab
    and marimo; VS Code and Colab show such widgets too, but have not been tried.

    `height` is that of the page, in CSS pixels; `options` are those of `steps`, but `view`.
    """
    if options.get("view", "graph") != "graph":
        raise TypeError(
            'a widget walks over the graph: leave out view=, or show viz.steps(y, view="network")'
        )
    try:
        from .model import StepsWidget
    except ModuleNotFoundError as error:
        if error.name not in ("anywidget", "ipywidgets", "traitlets"):
            raise
        raise ModuleNotFoundError(
            'viz.widget needs anywidget: python -m pip install "microgrid[widget]"; viz.steps(y) shows the '
            "page without it",
            name=error.name,
        ) from error
    return StepsWidget(y, lambda: steps(y, **options), height)
