"""The only way from microgrid up to `viz`: how the command line and `History.plot` come by what draws."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

__all__ = ["in_notebook", "latex", "options", "page", "plots", "served", "served_error", "typeset", "viz"]


def viz() -> ModuleType:
    """The package that draws; ImportError where another `viz` is found in its place."""
    _check_whose()
    import viz

    if not hasattr(viz, "VizError"):
        raise ImportError(
            f"{viz.__file__}: another package's viz was installed over microgrid's: uninstall it, and "
            "install microgrid again"
        )
    return viz


def plots() -> ModuleType:
    """`viz.plots`."""
    viz()
    from viz import plots

    return plots


def latex() -> Callable[[str], str]:
    """What writes the texts of pictures in LaTeX."""
    viz()
    from viz.formats.latex import latex

    return latex


def page(lang: str, theme: str) -> tuple[ModuleType, dict[str, str], dict[str, str]]:
    """What web pages are put together from, what the page of steps says in a language, and colours."""
    viz()
    from viz.page import parts
    from viz.page.words import words
    from viz.style.theme import THEMES

    return parts, words(lang), parts.colors(THEMES[theme])


def in_notebook(page: str, picture: str) -> str:
    """A page in a frame, as notebooks show the page of steps; without frames, the picture."""
    viz()
    from viz.page.page import in_notebook

    return in_notebook(page, picture)


def served(walk: Any) -> str:
    """The page of a walk for `microgrid serve`, which loads itself anew when there is another."""
    viz()
    from viz.page.parts import SERVED

    page: str = walk.connected(SERVED)
    return page


def served_error(sentence: str, lang: str, title: str, advice: str) -> str:
    """What `microgrid serve` shows where there is no page."""
    viz()
    from viz.page.parts import served_error

    return served_error(sentence, lang, title, advice)


def typeset(name: str) -> str:
    """A name, or each name in a formula, as pictures write it: w₁, ŷ."""
    viz()
    from viz.words.labels import unicode_name

    return unicode_name(name)


def options(command: str) -> type:
    """The dataclass of the options of `viz.draw`, of `viz.network` or, for step and serve, of `viz.steps`."""
    viz()
    from viz.network.options import NetworkOptions
    from viz.options import DrawOptions
    from viz.walk.options import StepsOptions

    return {"draw": DrawOptions, "step": StepsOptions, "serve": StepsOptions, "network": NetworkOptions}[
        command
    ]


def _check_whose() -> None:
    """Ours lies beside microgrid.  Another is not imported to find out, since that would run it."""
    try:
        spec = find_spec("viz")
    except ValueError:  # a module was put into sys.modules by hand, without saying where it is from
        raise ImportError(
            "a module in sys.modules stands in the way of microgrid's package viz: give it another name"
        ) from None
    if spec is None:
        raise ImportError("microgrid's package viz is missing: install microgrid again")
    package = Path(spec.origin).parent if spec.origin else None  # a folder without __init__.py has no origin
    ours = Path(__file__).parents[1] / "viz"
    if package is None or package.resolve() != ours.resolve():
        other = spec.origin or ", ".join(spec.submodule_search_locations or ())
        raise ImportError(
            f"{other} stands in the way of microgrid's package viz: rename it, or run from another directory"
        )
