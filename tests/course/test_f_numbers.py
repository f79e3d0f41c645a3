"""Lesson F: the engine that it builds gives the derivatives that mpmath does, and its text says what is true."""

from __future__ import annotations

import ast
import random
import re
from typing import Any

import mpmath
import pytest

from helpers.lessons import TUTORIALS, cells, lesson, promised

if not (TUTORIALS / "es").is_dir():
    pytest.skip("optional: only the package is here", allow_module_level=True)

BOTH = pytest.mark.parametrize("lang", ["en", "es"])


def engine_source() -> str:
    """The cells up to the functions exp, log, ...: the engine, with what it prints meanwhile."""
    taken = []
    for cell in cells(lesson("f")):
        if cell.cell_type == "code":
            taken.append(cell.source)
            if "sigmoid = unary(" in cell.source:
                return "\n\n".join(taken)
    raise AssertionError


@pytest.fixture(scope="module")
def engine() -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(engine_source(), names)
    return names


@pytest.mark.parametrize("seed", range(30))
def test_the_engine_of_the_lesson_agrees_with_mpmath(engine: dict[str, Any], seed: int) -> None:
    generator = random.Random(seed)
    at = [generator.uniform(0.2, 1.5) for _ in range(3)]

    def formula(x: Any, y: Any, z: Any, use: dict[str, Any]) -> Any:
        h = use["tanh"](x * y - z) + use["sigmoid"](2 * x) / (y + 1.5)
        for _ in range(3):
            h = h * use["exp"](-z) + (1 - x) * h**2 - use["log"](y + 3) / 4 + 1 / (x + 2)
        return h + use["relu"](x - 0.7)

    more = {"sigmoid": lambda v: 1 / (1 + mpmath.exp(-v)), "relu": lambda v: max(mpmath.mpf(0), v)}
    theirs = {"exp": mpmath.exp, "log": mpmath.log, "tanh": mpmath.tanh} | more
    ours = [engine["Number"](value) for value in at]
    result = formula(*ours, engine)
    engine["backward"](result)
    with mpmath.workdps(40):
        assert result.data == pytest.approx(float(formula(*map(mpmath.mpf, at), theirs)), rel=1e-12)
        for k in range(3):
            order = tuple(int(k == j) for j in range(3))
            slope = mpmath.diff(lambda x, y, z: formula(x, y, z, theirs), tuple(at), order)
            assert ours[k].grad == pytest.approx(float(slope), rel=1e-10, abs=1e-12)


def test_a_node_that_is_used_twice_is_visited_once(engine: dict[str, Any]) -> None:
    x = h = engine["Number"](1)
    for _ in range(60):
        h = h + h
    assert engine["backward"](h) == 61
    assert x.grad == 2.0**60


def test_the_engine_has_fewer_than_a_hundred_lines() -> None:
    """Its definitions, each as it is in the end, and what hangs them onto the operators."""
    kept: dict[str, str] = {}
    for node in ast.parse(engine_source()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name not in ("show", "follow"):
            kept[node.name] = ast.unparse(node)
        elif isinstance(node, ast.Assign) and re.search(r"^Number\.|= unary\(", ast.unparse(node)):
            kept[ast.unparse(node)] = ast.unparse(node)
    lines = [line for text in kept.values() for line in re.sub(r'""".*?"""', "", text).splitlines() if line.strip()]
    assert 50 <= len(lines) <= 80


@BOTH
def test_the_numbers_of_the_text(lang: str) -> None:
    told = promised(lesson("f", lang))
    text = "\n".join(told)
    assert "L = 4, ∂L/∂w = -12, ∂L/∂b = -4" in told
    for depth in (5, 10, 15):  # a visit for every path from h to each node: 1 + 2 + ... + 2ⁿ
        assert re.search(rf"^ *{depth} .*∂h/∂x = {2**depth}, {2 ** (depth + 1) - 1} .*{depth + 1} ", text, re.M)
    for depth in (5, 15, 500):
        assert re.search(rf"^ *{depth} .*∂h/∂x = {re.escape(f'{2.0**depth:g}')}, {depth + 1} ", text, re.M)
    assert "RecursionError" in told
    with mpmath.workdps(30):
        slope = mpmath.diff(
            lambda x: (1 / (1 + mpmath.exp(-x))) ** 2 + mpmath.tanh(x) ** 2 - mpmath.log(x), mpmath.mpf("0.5")
        )
    assert f"dy/dx = {float(slope):.6f}" in text
    assert f"{float(slope):.6f} True" in told
    assert f"{2 * (6 - 9) * 3 + 2 * (2 - 4):.1f} {2 * (6 - 9) * 3 + 2 * (2 - 4)}" in told
    assert "NonFiniteGradient 7.0 8.0" in told
    assert f"{4 * 2.0**3} {12 * 2.0**2}" in told
    errors = [float(match) for match in re.findall(r"error (\de-\d\d)$", text, re.M)]
    assert errors[1] < errors[0]
    assert errors[1] < errors[2]


@BOTH
def test_its_network_learns_xor(lang: str) -> None:
    told = promised(lesson("f", lang))
    losses = [float(line.rpartition(" ")[2]) for line in told if re.match(r"(epoch|época) ", line)]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.02
    (outputs,) = (line for line in told if re.fullmatch(r"\[0\.\d+, [01]\.\d+, [01]\.\d+, 0\.\d+\]", line))
    assert [round(float(number)) for number in outputs.strip("[]").split(", ")] == [0, 1, 1, 0]
