"""The legend of a graph has a sample of what the picture shows, and of nothing else."""

from __future__ import annotations

import pytest

import viz
from microgrid import Value, parameter


@pytest.mark.parametrize(
    ("lang", "words"), [("en", ("gradient", "local derivative")), ("es", ("gradiente", "derivada local"))]
)
@pytest.mark.parametrize("path", ["w", None])
@pytest.mark.parametrize("show", ["values", "structure", "all"])
def test_gradients_and_local_derivatives_are_named_where_they_are_shown(
    show: str, path: str | None, lang: str, words: tuple[str, str]
) -> None:
    w, x = parameter(3.0, "w"), Value(2.0, "x")
    y = w * x + 1
    y.label = "y"
    y.backward()
    scene = viz.draw(y, path=path, show=show, legend=True, lang=lang)._scene
    (legend,) = (group for group in scene.groups if group.kind == "legend")
    said = [text.text for text in legend.texts]
    assert [word in said for word in words] == [show == "all"] * 2
    assert "" not in said
