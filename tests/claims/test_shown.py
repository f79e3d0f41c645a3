"""What a claim covers and what it forgot: in pictures and pages, in LaTeX, in Spanish, and within verify."""

from __future__ import annotations

import re

import pytest

import viz
from microgrid import check, parse, verify
from microgrid.graph import paths

DAG = "z1 = w1*x; z2 = w2*(z1 + x); yhat = w1*(z1 + z2)"
SLIDE = "dyhat/dw1 = dyhat/dz1*dz1/dw1 + dyhat/dz2*dz2/dw1"


@pytest.fixture(scope="module")
def nodes():
    made = parse(DAG, w1=2, w2=-1, x=3)
    made["yhat"].backward()
    return made


def test_the_forgotten_path_is_told_apart_from_those_that_are_covered(nodes):
    answer = check(nodes, SLIDE)[0]
    every = {path.nodes for path in paths(nodes["yhat"], nodes["w1"])}
    assert answer.forgotten == ((nodes["w1"], nodes["yhat"]),)
    assert set(answer.covered) == every - set(answer.forgotten)
    assert answer.missing == ("w1 → yhat: z1 + z2",)


def test_it_is_drawn_in_two_colours(nodes):
    svg = viz.draw(nodes["yhat"], claim=check(nodes, SLIDE)).svg()
    assert "what the claim covers" in svg
    assert "forgotten: w₁ → ŷ: z₁ + z₂" in svg
    strokes = re.findall(r'data-route="true".*?stroke="(#\w+)"', svg, re.DOTALL)
    assert len(set(strokes)) == 2
    whole = viz.draw(nodes["yhat"], claim=check(nodes, "dyhat/dw2 = w1*(z1 + x)")).svg()
    assert "forgotten" not in whole


def test_the_page_says_it_too(nodes):
    page = viz.steps(nodes["yhat"], claim=check(nodes, SLIDE)).html()
    assert "forgotten: w₁ → ŷ: z₁ + z₂" in page


@pytest.mark.parametrize(("wrong", "error"), [
    (lambda nodes: "dyhat/dw1 = 1", TypeError),
    (lambda nodes: check(nodes, []), viz.VizError),
    (lambda nodes: check(nodes, "d^2yhat/dw2^2 = 0"), viz.VizError),
    (lambda nodes: check(parse(DAG, w1=1, w2=1, x=1), SLIDE), viz.VizError),
])  # fmt: skip
def test_what_cannot_be_drawn_is_refused(nodes, wrong, error):
    with pytest.raises(error, match="claim"):
        viz.draw(nodes["yhat"], claim=wrong(nodes)).svg()


def test_latex_has_the_claim_and_the_corrected_line(nodes):
    latex = check(nodes, SLIDE).latex()
    assert latex.count(r"\frac{\partial \hat{y}}{\partial w_{1}} &=") == 2
    assert latex.count(r"&& \times") == 1
    assert latex.endswith("z_{1} + z_{2} && \\checkmark\n\\end{align*}")


def test_spanish_says_what_english_says(nodes):
    told = check(nodes, SLIDE, "dyhat/dw2 = w1*(z1 + x)", "dyhat/dw2 = w1*z1").text("es")
    assert "falso: falta un camino" in told
    assert "verdadero, demostrado" in told
    assert not re.search(r"\b(the|is|and|missing|right)\b", told)


def test_verify_takes_claims(nodes):
    good = verify(nodes["yhat"], claims=["dyhat/dw2 = w1*(z1 + x)"])
    assert good.ok
    assert good.findings[-1].level == "claims"
    bad = verify(nodes["yhat"], claims=[SLIDE])
    assert not bad.ok
    assert "path is missing" in bad.text()


def test_spanish_names_the_readings(nodes):
    told = check(nodes, SLIDE, "dyhat/dw1 = z1 + z2 + dyhat/dz1*dz1/dw1 + dyhat/dz2*dz2/dw1").text("es")
    assert "en la lectura hacia delante: " in told
    assert "se cumple en la lectura " in told
    assert not re.search(r"\b(forward|adjoint)\b", told)


def test_the_page_has_claim_and_verdict_in_both_languages_and_no_strip_that_waits_for_the_end(nodes):
    page = viz.steps(nodes["yhat"], claim=check(nodes, SLIDE)).html()
    assert "olvidado: w₁ → ŷ: z₁ + z₂" in page
    assert "falso: falta un camino" in page
    assert "lo que cubre la afirmación" in page


def test_a_walk_has_the_sentences_of_a_claim_from_its_first_picture(nodes):
    walk = viz.steps(nodes["yhat"], claim=check(nodes, SLIDE))
    assert "what the claim covers" in walk.svg(0)


LINE = "z = w*x; yhat = z + b; e = yhat - y; L = e**2"


@pytest.mark.parametrize(("claim", "step", "told"), [
    ("dL/dw = x", "eL", "forgotten: e → L: 2·e"),
    ("dL/dw = e*x", "eL", "forgotten: e → L: 2"),
    ("dL/dw = 2*e", "wz", "forgotten: w → z: x"),
    ("∂L/∂w = ∂L/∂e·∂e/∂ŷ·∂ŷ/∂z", "wz", "forgotten: w → z: ∂z/∂w"),
    ("dL/dw = 2*e^2*x", "eL", "wrong here: e → L"),
    ("dL/dw = 2*e*w", "wz", "wrong here: w → z"),
    ("∂L/∂w = 2(y − ŷ)x", "eL", "wrong here: e → L"),
])  # fmt: skip
def test_the_arrow_of_a_forgotten_or_wrong_factor_is_marked(claim, step, told):
    line = parse(LINE, w=2, b=1, x=3, y=9)
    line["L"].backward()
    report = check(line, claim)
    (way,) = report[0].place
    assert [v.label for v in way] == list(step)
    svg = viz.draw(line["L"], claim=report).svg()
    assert told in svg
    strokes = re.findall(r'data-route="true".*?stroke="(#\w+)"', svg, re.DOTALL)
    assert len(set(strokes)) == 2
    assert (
        told.replace("forgotten", "olvidado").replace("wrong here", "aquí está el error")
        in viz.draw(line["L"], claim=report, lang="es").svg()
    )
    assert told in viz.steps(line["L"], claim=report).html()


def test_a_factor_of_no_step_is_marked_nowhere():
    line = parse(LINE, w=2, b=1, x=3, y=9)
    assert check(line, "dL/dw = 2*e*x*y*y")[0].place == ()
    assert "wrong here" not in viz.draw(line["L"], claim=check(line, "dL/dw = 2*e*x*y")).svg()
