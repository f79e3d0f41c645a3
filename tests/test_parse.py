"""Text to graph: what is accepted, against Python's own arithmetic; what is refused, and where; hostile text."""

from __future__ import annotations

import builtins
import math
import os
import re
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import microgrid
from microgrid import DomainError, ExpressionError, Value, custom_op, parameter
from microgrid.grammar import MAX_LENGTH, MAX_NESTING, MAX_OPERATIONS
from microgrid.ops import TABLE
from microgrid.parse import free_names, parse
from microgrid.tokens import MAX_NAME

X, Y, W = 3.0, 2.0, -0.5

ACCEPTED = {
    "1": 1.0,
    "2.5": 2.5,
    ".5": 0.5,
    "5.": 5.0,
    "1e-3": 0.001,
    "1E+3": 1000.0,
    "2.5e2": 250.0,
    "007": 7.0,
    "2+3": 5.0,
    "2*3 + 4": 10.0,
    "2 + 3*4": 14.0,
    "10 - 4 - 3": 3.0,
    "100 / 10 / 5": 2.0,
    "8 / 4 * 2": 4.0,
    "2**3**2": 512.0,
    "(2**3)**2": 64.0,
    "-2**2": -4.0,
    "(-2)**2": 4.0,
    "2**-1": 0.5,
    "2**-1*3": 1.5,
    "2**-2**2": 0.0625,
    "-x**2": -9.0,
    "-x*y": -6.0,
    "x*-y": -6.0,
    "x - -y": 5.0,
    "--x": 3.0,
    "+-+x": -3.0,
    "x**2**0": 3.0,
    "x**y": 9.0,
    "x/y**2": 0.75,
    "(x + y)*(x - y)": 5.0,
    "((x))": 3.0,
    "x\t*\u00a0y": 6.0,
    "x·y": 6.0,
    "x × y": 6.0,
    "x⋅y": 6.0,
    "x − y": 1.0,
    "x ÷ y": 1.5,
    "exp(0)": 1.0,
    "log(exp(x))": 3.0,
    "sqrt(x*x + 16)": 5.0,
    "hypot(x, 4)": 5.0,
    "atan2(0, x)": 0.0,
    "pow(x, 2)": 9.0,
    "pow(2, x)": 8.0,
    "abs(w)": 0.5,
    "relu(w)": 0.0,
    "leaky_relu(w)": -0.005,
    "leaky_relu(w, 0.2)": -0.1,
    "leaky_relu(w, -0.2)": 0.1,
    "elu(x, 1.0)": 3.0,
    "maximum(x, y)": 3.0,
    "max(x, y)": 3.0,
    "max(w, x, y)": 3.0,
    "min(x, w, y)": -0.5,
    "min(7, 5)": 5.0,
    "maxout(1, 2)": 2.0,
    "sum(x)": 3.0,
    "sum(x, y, 1)": 6.0,
    "mean(1, 2, x)": 2.0,
    "mean(x, y)": 2.5,
    "logsumexp(0, 0)": math.log(2),
    "sum(x, mean(x, y), 2*(y - 1))": 7.5,
    "(x\n + y)": 5.0,
    "x # of nothing; 3": 3.0,
    "# the line\nx + y # and more": 5.0,
    "a = x*y\n\nb = a + 1\r\nb*b": 49.0,
    ";; a = 4 ; a*a ;": 16.0,
}


@pytest.mark.parametrize(("text", "expected"), ACCEPTED.items(), ids=map(ascii, ACCEPTED))
def test_value(text: str, expected: float) -> None:
    result = parse(text, x=X, y=Y, w=W)["result"]
    assert isinstance(result, Value)
    assert result.data == pytest.approx(expected, rel=1e-15, abs=0)


SIGNS_AND_POWERS = [
    f"{before}{a}{op}{sign}{b}{other}{c}"
    for before in ("", "-")
    for a, b, c in [("2", "3", "2")]
    for op in ("+", "-", "*", "/", "**")
    for sign in ("", "-", "+")
    for other in ("+", "-", "*", "/", "**")
]


@pytest.mark.parametrize("text", SIGNS_AND_POWERS)
def test_precedence_is_pythons(text: str) -> None:
    assert parse(text)["result"].data == eval(text)


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.samples and len(row.samples[0]) == 1])
def test_every_unary_operation_can_be_called(name: str) -> None:
    at = TABLE[name].samples[-1][0]
    result = parse(f"{name}(v)", v=at)["result"]
    assert result.op == name
    assert result.data == TABLE[name].bind("value")(at)


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.samples and len(row.samples[0]) == 2])
def test_every_binary_operation_can_be_called(name: str) -> None:
    a, b = TABLE[name].samples[-1]
    result = parse(f"{name}(v, {b})", v=a)["result"]
    assert result.data == pytest.approx(TABLE[name].bind("value")(a, b), rel=1e-15)


# ---------------------------------------------------------------- names, labels, roles


def test_the_lecture() -> None:
    nodes = parse("z = w*x; yhat = z + b; e = yhat - y; L = e**2", w=parameter(2, "w"), b=parameter(1, "b"), x=3, y=9)
    nodes["L"].backward()
    assert list(nodes) == ["w", "b", "x", "y", "z", "yhat", "e", "L", "result"]
    assert nodes["result"] is nodes["L"]
    assert [nodes[name].data for name in ("z", "yhat", "e", "L")] == [6, 7, -2, 4]
    assert (nodes["w"].grad, nodes["b"].grad) == (-12, -4)
    assert [nodes[name].role for name in ("w", "x", "z")] == ["parameter", "input", "op"]
    assert [nodes[name].label for name in nodes] == ["w", "b", "x", "y", "z", "yhat", "e", "L", "L"]


def test_numbers_are_constants_as_python_makes_them() -> None:
    typed = parse("3*x + 1", x=2.0)["result"]
    x = Value(2.0, "x")
    written = 3 * x + 1
    for a, b in zip(microgrid.graph.order(typed), microgrid.graph.order(written), strict=True):
        assert (a.op, a.role, a.data, a.label) == (b.op, b.role, b.data, b.label)


@pytest.mark.parametrize("text", ["x**2", "x**-2", "x**0.5", "x**+2", "pow(x, 2)"])
def test_a_literal_exponent_has_one_operand(text: str) -> None:
    result = parse(text, x=4.0)["result"]
    assert (result.op, len(result.parents)) == ("powc", 1)


@pytest.mark.parametrize("text", ["x**n", "x**(1 + 1)", "2**x"])
def test_a_computed_exponent_has_two(text: str) -> None:
    assert parse(text, x=4.0, n=2)["result"].op == "pow"


def test_numbers_alone_make_a_graph() -> None:
    result = parse("2+3")["result"]
    assert (result.op, [p.role for p in result.parents]) == ("add", ["constant", "constant"])
    assert parse("3")["result"].role == "constant"


def test_a_sign_before_a_number_belongs_to_it() -> None:
    assert [p.data for p in parse("x * -3", x=1)["result"].parents] == [1, -3]


def test_a_second_name_is_an_alias() -> None:
    nodes = parse("a = x; z = x*x; b = z; c = sum(z)", x=2)
    assert nodes["a"] is nodes["x"]
    assert nodes["b"] is nodes["c"] is nodes["z"]
    assert (nodes["x"].label, nodes["z"].label) == ("x", "z")


def test_a_number_can_be_named() -> None:
    c = parse("c = 3; c*c")["c"]
    assert (c.label, c.role, c.data) == ("c", "constant", 3)


def test_a_given_value_is_used_as_it_is() -> None:
    plain, computed = Value(2.0), Value(1.0, "p") + 1
    nodes = parse("a = v; u*a", v=plain, u=computed)
    assert nodes["v"] is nodes["a"] is plain
    assert nodes["u"] is computed
    assert (plain.label, computed.label) == ("", "")
    assert nodes["result"].parents == (computed, plain)


def test_values_that_are_not_used_are_returned() -> None:
    assert parse("x", x=1, q=2)["q"].data == 2


def test_names_in_any_alphabet() -> None:
    nodes = parse("ŷ = β·x_1 + Δw", β=2, x_1=3, Δw=1)
    assert nodes["ŷ"].data == 7


def test_one_name_however_it_is_typed() -> None:
    one, two = {"\u0177": 2}, {"y\u0302": 2}
    assert parse("y\u0302 + 1", **one)["result"].data == 3
    assert parse("\u0177 + 1", **two)["result"].data == 3


def test_one_name_typed_in_two_ways_has_one_value() -> None:
    both = {"\u0177": 2, "y\u0302": 3}
    with pytest.raises(ExpressionError, match="the same name"):
        parse("1", **both)


def test_a_value_may_be_called_text() -> None:
    assert parse("2*text", text=3)["result"].data == 6


def test_result_may_name_the_last_statement() -> None:
    assert parse("result = x + 1", x=1)["result"].label == "result"


def test_free_names() -> None:
    assert free_names("z = w*x; w + z + tanh(b)") == ["w", "x", "b"]
    assert free_names("z + 1; z = 2") == ["z"]


def test_custom_operations_can_be_called() -> None:
    custom_op("volume", value=lambda a, b, c: a * b * c, partials=lambda a, b, c: (b * c, a * c, a * b))
    try:
        x = parse("volume(x, 2, 5)", x=3)
        x["result"].backward()
        assert (x["result"].data, x["x"].grad) == (30, 10)
        with pytest.raises(ExpressionError, match="volume takes 3 operands, got 1"):
            parse("volume(1)")
    finally:
        del TABLE["volume"]


# ---------------------------------------------------------------- what is refused, and where

REFUSED = [  # text, column of the caret, part of the message
    ("", 0, "empty"),
    (" \n;; # nothing", 0, "empty"),
    ("x^2", 1, "written **"),
    ("x²", 1, "written **2"),
    ("|x|", 0, "abs(x)"),
    ("√x", 0, "sqrt(x)"),
    ("x = 2", 0, "'x' is a given value"),
    ("a = 1; a = 2", 7, "'a' is already assigned"),
    ("sin = 2", 0, "'sin' is an operation and cannot be assigned"),
    ("max = 2", 0, "cannot be assigned"),
    ("1 + sin", 4, "write sin(...)"),
    ("result = 1; x", 0, "last statement"),
    ("x + q", 4, "unknown name 'q'; known: x, y"),
    ("q*x + r*s", 0, "unknown names 'q', 'r', 's'; known: x, y"),
    ("lenght = x; length + 1", 12, "did you mean 'lenght'?"),
    ("z = z + 1", 4, "'z' is used before the statement that assigns it"),
    ("a = b; b = 1", 4, "'b' is used before"),
    ("sinn(x)", 0, "unknown operation 'sinn' (did you mean 'sin'?)"),
    ("softmax(x, y)", 0, "several values"),
    ("dot(x, y)", 0, "write the products out"),
    ("ln(x)", 0, "log(x)"),
    ("2 + x(3)", 4, "unknown operation 'x'"),
    ("log(x, y)", 0, "log takes 1 operand, got 2"),
    ("1 + log()", 4, "log takes 1 operand, got 0"),
    ("hypot(x)", 0, "hypot takes 2 operands, got 1"),
    ("sum()", 0, "at least one operand"),
    ("leaky_relu(x, y)", 0, "plain number"),
    ("leaky_relu(x, 1, 2)", 0, "got 3"),
    ("x y", 2, "missing operator before 'y'"),
    ("2x", 0, "written 2*x"),
    ("2 (x)", 2, "missing operator before '('"),
    ("(x + y", 0, "never closed"),
    ("sin(x; y)", 3, "never closed"),
    ("x + y)", 5, "without a '('"),
    ("(x y)", 3, "expected an operator or ')'"),
    ("x, y", 1, "','"),
    ("x +", 3, "found the end"),
    ("x + ; y", 4, "found the end"),
    ("* x", 0, "found '*'"),
    ("x */ y", 3, "found '/'"),
    ("x // y", 3, "found '/'"),
    ("()", 1, "found ')'"),
    ("sin(x,)", 6, "found ')'"),
    ("a == 1", 3, "found '='"),
    ("3 = x", 2, "'=' may only follow the name"),
    ("a = b = 3", 6, "'=' may only follow the name"),
    ("1_000", 0, "a number is written like"),
    ("0x10", 0, "neither a number nor a name"),
    ("1and", 0, "neither a number nor a name"),
    ("1.2.3", 0, "a number is written like"),
    ("x.real", 1, "inside a number"),
    ("x + 1e999", 4, "exceeds the range of doubles"),
    ("x\n+ $", 4, "'$' is not part of an expression"),
    ("x" * (MAX_NAME + 1), 0, f"at most {MAX_NAME} characters"),
]


@pytest.mark.parametrize(("text", "position", "message"), REFUSED, ids=[ascii(row[0])[:30] for row in REFUSED])
def test_the_error_says_what_and_where(text: str, position: int, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text, x=X, y=Y)
    assert message in caught.value.message
    assert (caught.value.text, caught.value.position) == (text, position)


def test_the_caret_stands_under_the_place() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse("z = w*x\nL = (z - y)^2", w=1, x=2, y=3)
    _, line, caret = str(caught.value).splitlines()
    assert line.strip() == "L = (z - y)^2"
    assert line[caret.index("^")] == "^"


@pytest.mark.parametrize("name", ["a b", "1x", "", "x-y", "__import__('os')"])
def test_a_value_needs_a_name(name: str) -> None:
    with pytest.raises(ExpressionError, match="cannot name a value"):
        parse("1", **{name: 2.0})


@pytest.mark.parametrize("name", ["sin", "max", "result"])
def test_a_value_cannot_take_a_name_that_means_something(name: str) -> None:
    with pytest.raises(ExpressionError, match="choose another name"):
        parse("1", **{name: 2.0})


@pytest.mark.parametrize("value", ["3", None, [1], 1j])
def test_a_value_is_a_number(value: Any) -> None:
    with pytest.raises(TypeError, match="the value of 'x' has to be a real number"):
        parse("x", x=value)


def test_a_value_is_finite() -> None:
    with pytest.raises(ValueError, match="the value of 'x'"):
        parse("x", x=math.nan)


def test_only_text_is_read() -> None:
    number: Any = 3
    with pytest.raises(TypeError, match="an expression is a str, got int"):
        parse(number)


def test_what_fails_while_computing_raises_as_in_python() -> None:
    with pytest.raises(DomainError, match=r"log\('x' \(-1\.0\)\)"):
        parse("log(x)", x=-1)
    with pytest.raises(ZeroDivisionError):
        parse("1/(x - x)", x=1)
    with pytest.raises(OverflowError):
        parse("9**9**9")


# ---------------------------------------------------------------- limits


def test_limits_are_reached_and_not_passed() -> None:
    assert parse("x" + "+x" * MAX_OPERATIONS, x=1)["result"].data == MAX_OPERATIONS + 1
    assert parse("(" * MAX_NESTING + "x" + ")" * MAX_NESTING, x=1)["result"].data == 1
    assert parse("x" + " " * (MAX_LENGTH - 1), x=1)["result"].data == 1
    assert parse("x" * MAX_NAME, **{"x" * MAX_NAME: 1})["result"].data == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x" + "+x" * (MAX_OPERATIONS + 1), "1,000 operations"),
        ("sum(" + "x," * (MAX_OPERATIONS + 2) + "x)", "1,000 operations"),
        ("(" * (MAX_NESTING + 1) + "x" + ")" * (MAX_NESTING + 1), "50 parentheses"),
        ("-" * 5000 + "x", "50 parentheses"),
        ("x" + "**x" * 60, "50 parentheses"),
        ("sin(" * 60 + "x" + ")" * 60, "50 parentheses"),
        ("x" + " " * MAX_LENGTH, "10,000 characters, this one 10,001"),
        ("$" * 1_000_000, "10,000 characters, this one 1,000,000"),
        ("9" * 9_000, "exceeds the range of doubles"),
    ],
    ids=["operations", "operands", "parentheses", "signs", "powers", "calls", "length", "garbage", "digits"],
)
def test_limits_are_named(text: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=message):
        parse(text, x=1.0)


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


@settings(max_examples=1000, deadline=None)
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


@settings(max_examples=500, deadline=None)
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
