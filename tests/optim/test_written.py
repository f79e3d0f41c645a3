"""Formulas of optimisers as text, LaTeX and help: what is written is what is computed."""

from __future__ import annotations

import re
import runpy

import pytest

from helpers import ROOT, needs_checkout
from helpers.trajectories import IDS, OPTIMIZERS, SURFACES, made, walk
from microgrid import Value, optim
from microgrid.optim.rows import Row

each = pytest.mark.parametrize(("name", "options"), OPTIMIZERS, ids=IDS)


@each
def test_the_lines_that_are_shown_take_the_step(name, options):
    """The text is read again as the rule of an optimiser, which goes the same way."""
    kind = getattr(optim, name)
    shown = kind.formulas(**options).replace("←", "=")
    other = type("Shown", (optim.Optimizer,), {"row": Row(shown, kind.row.settings, kind.row.memory)})
    for surface in SURFACES:
        assert walk(surface, lambda p: other(p, **options)).tolist() == walk(surface, made(name, options)).tolist()


@each
def test_the_textbook_takes_the_same_steps(name, options):
    kind = getattr(optim, name)
    rule = kind.row.textbook or kind.row.rule
    other = type("Textbook", (optim.Optimizer,), {"row": Row(rule, kind.row.settings, kind.row.memory)})
    for surface in SURFACES:
        expected = walk(surface, made(name, options))
        assert walk(surface, lambda p: other(p, **options)) == pytest.approx(expected, rel=1e-12, abs=1e-13)


@each
def test_latex_is_balanced(name, options):
    written = getattr(optim, name).latex(**options)
    assert written.count("{") == written.count("}")
    assert written.count(r"\left") - written.count(r"\leftarrow") == written.count(r"\right")
    assert len(re.findall(r"\\begin", written)) == len(re.findall(r"\\end", written))
    assert r"x &\leftarrow x" in written or "weight_decay" in options


def test_latex_is_that_of_the_paper():
    assert (
        optim.Adam.latex()
        == r"""\begin{aligned}
m &\leftarrow \beta_{1}\, m + \left(1 - \beta_{1}\right)\, g \\
v &\leftarrow \beta_{2}\, v + \left(1 - \beta_{2}\right)\, g^{2} \\
\hat{m} &\leftarrow \frac{m}{1 - \beta_{1}^{k}} \\
\hat{v} &\leftarrow \frac{v}{1 - \beta_{2}^{k}} \\
x &\leftarrow x - \frac{\eta\, \hat{m}}{\sqrt{\hat{v}} + \epsilon}
\end{aligned}"""
    )
    assert r"g &\leftarrow g + \lambda\, x" in optim.Adam.latex(weight_decay=0.1)
    assert r"\max" in optim.Adam.latex(amsgrad=True)
    with pytest.raises(TypeError, match="no setting 'beta'"):
        optim.Adam.latex(beta=1)


@each
def test_an_instance_is_written_under_its_own_settings(name, options):
    kind = getattr(optim, name)
    optimizer = kind([Value(1.0)], **options)
    assert optimizer.formulas() == kind.formulas(**options)
    assert optimizer.latex(lang="es") == kind.latex(lang="es", **options)


def test_settings_that_are_changed_or_given_are_those_that_an_instance_is_written_under():
    sgd = optim.SGD([Value(1.0)], momentum=0.9, nesterov=True)
    nesterov = "v ← momentum*v + g\nx ← x - lr*(g + momentum*v)"
    assert sgd.formulas() == nesterov
    assert sgd.formulas(nesterov=False) == "v ← momentum*v + g\nx ← x - lr*v"
    assert r"x &\leftarrow x - \eta\, \left(g + \mu\, v\right)" in sgd.latex()
    assert sgd.formulas() == nesterov  # what was given once is not kept
    sgd.nesterov = False
    sgd.momentum = 0.0
    assert sgd.formulas() == optim.SGD.formulas()
    centered = optim.RMSprop([Value(1.0)], centered=True, momentum=0.9).latex()
    assert centered == optim.RMSprop.latex(centered=True, momentum=0.9) != optim.RMSprop.latex()
    with pytest.raises(TypeError, match="SGD has no setting 'beta'"):
        sgd.latex(beta=1)


def test_momentum_has_dampening_and_its_first_step_only_where_there_is_dampening():
    assert "\\tau" not in optim.SGD.latex(momentum=0.9)
    assert r"v &\leftarrow \mu\, v + g \\" in optim.SGD.latex(momentum=0.9)
    assert r"\left(1 - \tau\right)\, g & \text{if } k > 1" in optim.SGD.latex(momentum=0.9, dampening=0.5)


def test_a_rule_of_ones_own_is_written_as_in_a_book_without_what_its_settings_rule_out():
    def made(rule):
        return type("Own", (optim.Optimizer,), {"row": Row(rule, {"lr": optim.SGD.row.settings["lr"]}, {})})

    assert r"x - \eta \cdot 2\, g" in made("x = x - lr*(2*g)").latex()
    assert r"x - \eta\, g" in made("x = x - lr*g").latex()
    clipped = made("x = x - lr*g if lr < 0.5 else x - g")
    assert clipped.formulas(lr=0.1) == "x ← x - lr*g"
    assert clipped.formulas(lr=0.7) == "x ← x - g"


def test_help_has_the_formulas_and_where_they_come_from():
    for name in {name for name, _ in OPTIMIZERS}:
        kind = getattr(optim, name)
        assert "x ← x - " in kind.__doc__
        assert kind.row.source[:20] in " ".join(kind.__doc__.split())
        assert max(map(len, kind.__doc__.splitlines())) <= 110
        for memory in kind.row.memory.values():
            assert memory.name in kind.__doc__


def test_a_row_is_all_that_another_language_needs():
    """Straight lines: scalars once a step, then lines for each parameter, over + - * / and the words of a row."""
    from microgrid.optim.compiled import variant

    row = optim.Adam.row
    settings = row.checked({"lr": 0.1}, "Adam")
    adam = variant(row, row.choice(*row.numbers(settings)))
    assert adam.memory == ("m", "v")
    assert [name for name, _ in adam.body] == ["m", "v", "x"]
    x = Value(2.0)
    optimizer = optim.Adam([x], lr=0.1)
    x.grad = 3.0
    optimizer.step()
    scalars = adam.scalars(1, *row.numbers(settings))
    assert adam.floats([2.0], [3.0], [[0.0], [0.0]], scalars)[0][0] == x.data


@needs_checkout
def test_the_page_of_optimisers_is_that_of_the_rows():
    page = ROOT / "docs" / "optimizers.py"
    written = runpy.run_path(str(page))
    assert written["PAGE"].read_text(encoding="utf-8") == written["page"](), "run python docs/optimizers.py"
    assert {kind.__name__ for kind in written["KINDS"]} == {name for name, _ in OPTIMIZERS}


def test_conditions_are_said_in_spanish_too():
    assert r"\text{si } q > 0" in optim.Rprop.latex(lang="es")
    assert r"\text{en otro caso}" in optim.Rprop.latex(lang="es")
    assert r"\text{otherwise}" in optim.Rprop.latex()
    with pytest.raises(ValueError, match="lang='fr' is unknown"):
        optim.Rprop.latex(lang="fr")
