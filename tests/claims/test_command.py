"""microgrid check and derive at the edges: huge numbers, files of claims, the result by itself, kinks."""

from __future__ import annotations

import json

import pytest

from microgrid import check, derive, parse
from microgrid.cli.commands import main

LINE = "z = w*x; yhat = z + b; e = yhat - y; L = e**2"
GIVEN = ["w=2", "b=1", "x=3", "y=9"]


def _no_constant(text):
    raise ValueError(text)


@pytest.mark.parametrize(("right", "claimed"), [
    ("10^400*x", "3.0e+400"), ("1e300*x*1e300", "3.0e+600"), ("10^300*10^300*x", "3.0e+600"),
    ("10^-400*x", "3.0e-400"),
])  # fmt: skip
def test_numbers_beyond_doubles_are_text(right, claimed, capsys):
    assert main(["check", LINE, *GIVEN, "--claim", f"dL/dw = {right}"]) == 1
    told = capsys.readouterr().out
    assert f"at w = 2, x = 3, b = 1, y = 9 the claim gives {claimed}, and right is -12" in told
    assert "at the given values nothing is seen" not in told
    assert main(["check", LINE, *GIVEN, "--json", "--claim", f"dL/dw = {right}"]) == 1
    found = json.loads(capsys.readouterr().out, parse_constant=_no_constant)["claims"][0]
    assert found["counterexample"]["claimed"] == claimed
    assert found["counterexample"]["actual"] == -12


def test_a_file_of_claims_may_have_comments_and_an_error_says_its_line(tmp_path, capsys):
    file = tmp_path / "slide.txt"
    file.write_text("# the slide\n\ndL/dw = 2*e*x   # page 3\n∂L/∂b = 2·e\n", encoding="utf-8")
    assert main(["check", LINE, *GIVEN, "--claims", str(file)]) == 0
    assert capsys.readouterr().out.count("true, proved") == 2
    file.write_text("# the slide\ndL/dw = 2*e*x\n  dL/dw = 2*(e*x  # page 4\n", encoding="utf-8")
    assert main(["check", LINE, *GIVEN, "--claims", str(file)]) == 2
    told = capsys.readouterr().err
    assert f"{file}, line 3: this '(' is never closed" in told
    assert told.splitlines()[-1].rstrip().endswith("^")


def test_the_derivative_of_the_result_by_itself_is_1():
    nodes = parse("z = w*x; L = z**2", w=1, x=2)
    assert derive(nodes, "L").text() == "the chain rule\n  ∂L/∂L = 1"
    rows = derive(nodes, "L").latex().splitlines()
    assert rows == ["\\begin{align*}", r"\frac{\partial L}{\partial L} &= 1", "\\end{align*}"]
    assert derive(parse("y = x*w", x=1, w=2), "y", given=False).text().endswith("∂y/∂y = 1")


def test_a_derivation_says_which_numbers_are_conventions():
    nodes = parse("z = w*x; h = relu(z); L = (h - y)**2 + abs(w)", w=0, x=2, y=1)
    told = derive(nodes, "w").text().splitlines()
    assert told[-2:] == [f"{f} has no derivative here; by convention it is 0 at 0" for f in ("relu(z)", "abs(w)")]
    assert "convention" not in derive(nodes, "y").text()
    assert "convention" not in derive(nodes, "w", given=False).text()
    assert "por convenio es 0 en 0" in derive(nodes, "w").text("es")
    assert check(nodes, "dL/dy = -2*(h - y)").ok


def test_the_first_derivative_for_the_second_is_called_so():
    answer = check(parse("f = x**3", x=2), "d^2f/dx^2 = 3*x^2")[0]
    assert (answer.true, answer.why, answer.correction) == (
        False,
        "that is the first derivative",
        "d^2f/dx^2 = 6*x",
    )
