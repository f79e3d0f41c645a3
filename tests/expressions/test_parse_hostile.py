"""Hostile and random text: only ExpressionError or a result, and nothing is executed."""

from __future__ import annotations

import builtins
import importlib
import math
import os
import re
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microgrid import DomainError, ExpressionError, Value
from microgrid.expressions.parse import parse

X, Y, W = 3.0, 2.0, -0.5

# ---------------------------------------------------------------- hostile text

HOSTILE = """
__import__("os").system("true")  §  __import__('os')  §  __import__(os)  §  x.__class__  §  ().__class__.__bases__[0]
x.__class__.__mro__[1].__subclasses__()  §  getattr(x, "data")  §  globals()  §  locals()  §  vars(x)  §  dir()
eval("1")  §  eval(x)  §  exec("1")  §  exec(x)  §  compile(x, x, x)  §  open(x)  §  open("/etc/passwd")  §  print(1)
input()  §  breakpoint()  §  exit()  §  quit()  §  help()  §  lambda: x  §  lambda x: x  §  x if x else y  §  x < y
x == y  §  x != y  §  x and y  §  not x  §  x or y  §  x in y  §  x is y  §  [x for x in y]  §  {x: y}  §  {x}  §  [x]
x[0]  §  x[::]  §  (x, y)  §  x,  §  *x  §  **x  §  x := 3  §  (x := 3)  §  x += 1  §  x -> y  §  @x  §  x @ y
x % y  §  x // y  §  x << y  §  x >> y  §  x & y  §  x | y  §  ~x  §  !x  §  x!  §  x?  §  `x`  §  $x  §  x\\y
"x"  §  'x'  §  f"{x}"  §  b"x"  §  '''x'''  §  ...  §  x...y  §  None  §  True  §  Ellipsis  §  import os
from os import system  §  del x  §  pass  §  return x  §  yield x  §  await x  §  raise x  §  assert x
while 1: pass  §  for x in y: x  §  def f(): x  §  class x: y  §  try: x  §  with x: y  §  global x  §  9**9**9
9**9**9**9  §  factorial(10**9)  §  1_000  §  0x10  §  0b1  §  0o7  §  1j  §  1e  §  1e+  §  1.e  §  1..2  §  .  §  e5
S  §  N(x)  §  E  §  pi  §  oo  §  zoo  §  I  §  nan  §  inf  §  -inf  §  1e400  §  Symbol('x')  §  data
grad  §  self  §  value(x)  §  powc(x, y)  §  custom_op(x)  §  Value(x)  §  parameter(x)  §  number(1)  §  sin()
sin(sin)  §  sin(x  §  sin x  §  (((((  §  )))))  §  ;;=;  §  =  §  = 3  §  x =  §  3 = 3  §  \x00  §  x\x00y
\x1b[2J  §  \u202ex  §  \ufeffx  §  \ud800  §  \U0001f600  §  ٣  §  x٣  §  ０  §  ｘ  §  x；y  §  x＝1  §  x＋y
﹢x  §  x\u200by
#  §  #x  §  {{7*7}}  §  ${x}  §  %s  §  {0.__class__}  §  <script>  §  &amp;  §  '; DROP TABLE x; --  §  $(true)
`true`
"""
ATTACKS = [attack for line in HOSTILE.strip("\n").split("\n") for attack in line.split("  §  ")]


class Executed(BaseException):
    pass


@pytest.fixture
def alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Anything that would run the text raises what no code catches."""
    importlib.import_module("numpy")  # which, when a parse is the first to load it, evaluates texts of its own

    def ring(*arguments: object, **more: object) -> None:
        raise Executed(arguments)

    real = builtins.compile  # which the library needs for modules that are not loaded yet

    def compile(text: Any, *arguments: Any, **more: Any) -> Any:
        return ring(text) if text in ATTACKS else real(text, *arguments, **more)

    monkeypatch.setattr(os, "system", ring)
    for name in ("eval", "input", "breakpoint", "open"):
        monkeypatch.setattr(builtins, name, ring)
    monkeypatch.setattr(builtins, "compile", compile)


@pytest.mark.usefixtures("alarm")
def test_hostile_text_is_refused_or_computed_but_never_run() -> None:
    assert len(ATTACKS) >= 116
    limit = sys.getrecursionlimit()
    for attack in ATTACKS:
        try:
            nodes = parse(attack, x=X, y=Y)
        except (ExpressionError, ArithmeticError):
            continue
        assert all(type(node) is Value for node in nodes.values()), attack
    assert sys.getrecursionlimit() == limit


def test_which_attacks_are_plain_arithmetic() -> None:
    def accepted(attack: str) -> bool:
        try:
            return bool(parse(attack, x=X, y=Y))
        except (ExpressionError, ArithmeticError):
            return False

    assert [attack for attack in ATTACKS if accepted(attack)] == ["ｘ"]  # a fullwidth x is the name x


WORDS = ["**", "sin(", "max(", "leaky_relu(", "1e", "a = "]
ALPHABET = st.sampled_from([*"0123456789.eExyzw_+-*/()=,;#^ \n·−²ŷ\u0302", *WORDS])


@pytest.mark.slow
@settings(max_examples=500, deadline=None)
@given(st.one_of(st.lists(ALPHABET, max_size=60).map("".join), st.text(max_size=60)))
def test_any_text_is_read_or_refused(text: str) -> None:
    refusal = None
    try:
        parse(text, x=X, y=Y)
    except ExpressionError as error:
        refusal = error
    except (ArithmeticError, DomainError):
        pass
    if refusal:
        assert 0 <= refusal.position <= len(text)
        assert len(str(refusal)) < 1000


# ---------------------------------------------------------------- against Python's own reading of the same text

NUMBERS = st.sampled_from(["1", "2", "0.5", ".25", "3.", "1e-1", "7"])
SPACE = st.sampled_from(["", " "])


def combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["+", "-", "*", "/", "**"])
    return st.one_of(
        st.tuples(inner, SPACE, operators, SPACE, inner).map("".join),
        inner.map("({})".format),
        inner.map("-{}".format),
        inner.map("+{}".format),
        inner.map("abs({})".format),
        st.tuples(inner, inner).map(lambda pair: "max({}, {})".format(*pair)),
    )


EXPRESSIONS = st.recursive(st.one_of(NUMBERS, st.sampled_from("xyw")), combined, max_leaves=12)


@settings(max_examples=250, deadline=None)
@given(EXPRESSIONS)
def test_python_reads_the_same(text: str) -> None:
    words = {"x": X, "y": Y, "w": W, "abs": _real_abs, "max": max, "__builtins__": {}}
    # in floats, as every number of an expression is one
    floats = "".join(f"float({part})" if part[0] in ".0123456789" else part for part in _numbers_apart(text))
    try:
        expected = eval(floats, words | {"float": float})
    except (ArithmeticError, ValueError, TypeError):  # TypeError: Python orders no complex numbers
        with pytest.raises((ArithmeticError, DomainError)):
            parse(text, x=X, y=Y, w=W)
        return
    if isinstance(expected, complex) or not math.isfinite(expected):
        with pytest.raises((ArithmeticError, DomainError)):
            parse(text, x=X, y=Y, w=W)
        return
    assert parse(text, x=X, y=Y, w=W)["result"].data == expected


def _numbers_apart(text: str) -> list[str]:
    return [part for part in re.split(r"((?:\d+\.?\d*|\.\d+)(?:e-\d+)?)", text) if part]


def _real_abs(x: float | complex) -> float:
    if isinstance(x, complex):  # such as (-0.5)**0.5
        raise ValueError(x)
    return abs(x)
