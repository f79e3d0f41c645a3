"""Equations and local derivatives are written as a lecture writes them."""

import ast
from functools import cache

import pytest

import microgrid as mg
import viz
from helpers.graphs import named
from helpers.pictures import says
from microgrid import Value, custom_op, parameter
from microgrid.naming.names import names
from microgrid.ops import TABLE
from viz.graph.trace import read
from viz.words.labels import mathematical
from viz.words.notation import equation, gradient_name, local_derivative, symbol
from viz.words.numbers import Numbers
from viz.words.printer import Printer, simplified

NUMBERS = Numbers()


def written(v: Value) -> str:
    trace = read(v)
    return equation(trace, trace.root, NUMBERS)


def slopes(v: Value) -> list[str]:
    trace = read(v)
    return [local_derivative(trace, trace.root, k, NUMBERS) for k in range(len(v.parents))]


@cache
def a() -> Value:
    return Value(3.0, "a")


@cache
def b() -> Value:
    return Value(-2.0, "b")


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda: named(a() * b(), "z"), "z = a · b"),
        (lambda: a() + b(), "a + b"),
        (lambda: a() - 1, "a − 1"),
        (lambda: a() + (-1), "a + (−1)"),
        (lambda: 2.5 * a(), "2.5 · a"),
        (lambda: 1 / a(), "1 / a"),
        (lambda: -a(), "−a"),
        (lambda: a() ** 2, "a²"),
        (lambda: a() ** -1, "a⁻¹"),
        (lambda: a() ** 0.5, "a^0.5"),
        (lambda: a() ** b(), "a^b"),
        (lambda: abs(b()), "|b|"),
        (lambda: a().sqrt(), "√a"),
        (lambda: a().sigmoid(), "σ(a)"),
        (lambda: a().relu(), "ReLU(a)"),
        (lambda: mg.maximum(a(), b()), "max(a, b)"),
        (lambda: a().leaky_relu(), "leaky_relu(a)"),
        (lambda: a().leaky_relu(0.2), "leaky_relu(a, 0.2)"),
        (lambda: Value(1.0, "x1*w1") * b(), "(x1*w1) · b"),
        (lambda: Value(1.0, "x1*w1") + b(), "x1*w1 + b"),
        (lambda: named(a() * (a() + b()), "y"), "y = a · (a + b)"),
        (lambda: named(a() * (a() + b() + 1), "y"), "y = a · (a + b + 1)"),
        (lambda: named(a() * Value(1.0).exp(), "y"), "y = a · exp(x1)"),
        (lambda: named((Value(1.0) + 1) ** 2, "y"), "y = (x1 + 1)²"),
        (lambda: a() * (Value(1.0) + 1), "a · (x1 + 1)"),
        (lambda: (Value(1.0) + 1) ** 2 + a(), "(x1 + 1)² + a"),
        (lambda: a() * b() + a(), "a · b + a"),
        (lambda: named(-a().log(), "L"), "L = −log(a)"),
        (lambda: named(a() + a() * b() + a() * 2, "z"), "z = a + a · b + 2 · a"),
        (lambda: 6 * a() ** 2 + 2, "6 · a² + 2"),
        (lambda: named((a() + b()) ** 2, "y"), "y = (a + b)²"),
        (lambda: named(-(a() + b()), "y"), "y = −(a + b)"),
        (lambda: named(a() / (b() * a()), "y"), "y = a / (b · a)"),
        (lambda: named(a() - (b() + a()), "y"), "y = a − (b + a)"),
        (
            lambda: named(sum((Value(1.0, f"x{i}") * Value(1.0, f"w{i}") for i in range(9)), 0), "z"),
            "z = x0·w0 + … + x8·w8",
        ),
        (lambda: sum(Value(1.0, f"x{i}") for i in range(1, 9)), "x1 + … + x8"),
        (lambda: named(a() * b(), "a*b + 0"), "a*b + 0"),
        (lambda: named(a() * b(), "the loss"), "the loss"),
        (lambda: named(a() ** 1, "y"), "y = a"),
        (lambda: named(a() ** 0, "y"), "y = a⁰"),
        (lambda: Value(1.0) * parameter(2.0), "x1 · w1"),
        (lambda: Value(3.0) ** 2, "x1²"),
        (lambda: a(), "a"),
        (lambda: Value(1.0), "x1"),
    ],
)
def test_how_a_node_was_made(made, text: str) -> None:
    assert written(made()) == text


@pytest.mark.parametrize(
    ("made", "texts"),
    [
        (lambda: b() ** 2, ["2b = −4"]),
        (lambda: b() ** 3, ["3b² = 12"]),
        (lambda: a() ** 1, ["1"]),
        (lambda: a() * b(), ["b = −2", "a = 3"]),
        (lambda: a() + b(), ["1", "1"]),
        (lambda: a() - b(), ["1", "−1"]),
        (lambda: a() / b(), ["1/b = −0.5", "−a/b² = −0.75"]),
        (lambda: named(a().sigmoid(), "s"), ["s·(1 − s) = 0.04518"]),
        (lambda: named(a().tanh(), "h"), ["1 − h² = 0.009866"]),
        (lambda: named(a().exp(), "y"), ["y = 20.09"]),
        (lambda: a().exp(), ["20.09"]),
        (lambda: named(a().sqrt(), "r"), ["1/(2r) = 0.2887"]),
        (lambda: a().log(), ["1/a = 0.3333"]),
        (lambda: a().sin(), ["cos(a) = −0.9900"]),
        (lambda: a().relu(), ["1"]),
        (lambda: b().relu(), ["0"]),
        (lambda: mg.maximum(a(), b()), ["1", "0"]),
        (lambda: a().silu(), ["1.088"]),
        (lambda: Value(2.0, "e3") ** 2, ["2·e3 = 4"]),
        (lambda: Value(2.0, "p*q") ** 2, ["2·(p*q) = 4"]),
        (lambda: a() * Value(5.0), ["x1 = 5", "a = 3"]),
        (lambda: a() * Value(5.0, "a label that is rather long"), ["5", "a = 3"]),
    ],
)
def test_a_local_derivative_is_a_formula_with_its_number(made, texts: list[str]) -> None:
    assert slopes(made()) == texts


def test_the_formula_is_left_out_where_the_data_have_changed_since() -> None:
    w, x = Value(3.0, "a"), b()
    y = w * x
    w.data = 100.0
    assert slopes(y) == ["b = −2", "3"]


def test_custom_operations_are_written_as_calls() -> None:
    lean = custom_op("lambda", value=lambda x, y: x * y, partials=[lambda x, y: y, lambda x, y: x])
    try:
        assert written(lean(a(), b())) == "lambda(a, b)"
        assert slopes(lean(a(), b())) == ["−2", "3"]
    finally:
        del TABLE["lambda"]


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.samples])
def test_every_operation_can_be_written(name: str) -> None:
    row = TABLE[name]
    point = row.samples[-1]
    function = {"neg": lambda x: -x, "powc": lambda x: x**2.0}.get(name)
    operators = {"add": "__add__", "sub": "__sub__", "mul": "__mul__", "div": "__truediv__", "pow": "__pow__"}
    operands = [Value(x, label) for x, label in zip(point, "ab"[: row.arity], strict=False)]
    if function is None:
        method = operators.get(name)
        function = getattr(Value, method) if method else getattr(mg, name)
    v = function(*operands)
    assert v.op == name
    assert all(operand.label in written(v) for operand in operands)
    assert len(slopes(v)) == row.arity
    assert symbol(read(v).root, NUMBERS)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a - (b - c)", "a − (b − c)"),
        ("a - b - c", "a − b − c"),
        ("a/(b*c)", "a/(b·c)"),
        ("a*b/c", "a·b/c"),
        ("(a + b)**2", "(a + b)²"),
        ("(a**2)**3", "(a²)³"),
        ("-(a + b)", "−(a + b)"),
        ("a + -b", "a + (−b)"),
        ("2*exp(a)", "2·exp(a)"),
        ("sqrt(a + b)", "√(a + b)"),
        ("a**(b - 1)", "a^(b − 1)"),
        ("x/pi", "x/π"),
    ],
)
def test_brackets_stand_where_the_meaning_needs_them(source: str, text: str) -> None:
    assert Printer(NUMBERS)(ast.parse(source, mode="eval").body) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("x*1 + 0", "x"),
        ("0*x + 2*3", "6.0"),
        ("x*c", "2.0 * x"),
        ("x**(c - 1)", "x"),
        ("x/1 - 0", "x"),
        ("-1*x", "-x"),
        ("1/0", "1 / 0"),
    ],
)
def test_what_changes_nothing_is_dropped(source: str, text: str) -> None:
    tree = simplified(ast.parse(source, mode="eval").body, {"c": 2.0}, lambda condition: True)
    assert ast.unparse(tree) == text


@pytest.mark.filterwarnings("ignore:.* a second time adds")
def test_a_gradient_is_named_only_after_what_it_is() -> None:
    w = Value(2.0, "w")
    loss = named(w * w, "L")
    loss.backward()
    assert gradient_name(read(loss).nodes[0], read(loss).root) == "∂L/∂w"
    loss.backward()  # leaves add up: 8 is not dL/dw
    assert gradient_name(read(loss).nodes[0], read(loss).root) == "grad"


def test_zero_times_an_infinite_partial_is_zero_as_in_backward() -> None:
    x = Value(0.0, "x")
    loss = named(x.sqrt() * 0.0, "L")
    loss.backward()
    assert x.grad == 0
    assert gradient_name(read(loss).nodes[0], read(loss).root) == "∂L/∂x"


def test_a_tiny_derivative_has_no_formula_that_gives_another():
    e, w, x = Value(1e-12, "e"), Value(1e-12, "w"), Value(1e-12, "x")
    square, total = e**2, w * x + Value(1.0, "b")
    e.data, x.data = 3e-12, 3e-12  # since the partials were recorded
    assert says(viz.draw(square), "local") == ["2e-12".replace("-", "−")]
    assert not any(text.startswith("x =") for text in says(viz.draw(total, sums="merged"), "local"))
    zs = [Value(-30.0, "z1"), Value(0.0, "z2")]
    p = mg.softmax(zs)[0]
    (first, second) = says(viz.draw(p), "local")
    assert first != second
    assert {text.partition(" = ")[0] for text in (first, second)} == {"p₁(1 − p₁)", "−p₁p₂"}


def test_a_box_writes_a_formula_out_rather_than_to_leave_out_what_has_room() -> None:
    def short(of: Value) -> str:
        trace = mathematical(read(of))
        return equation(trace, trace.root, Numbers())

    x, m = [Value(float(k), f"x{k}") for k in range(1, 5)], Value(2.0, "mu")
    assert short(named(x[0] ** 2 + x[1] ** 2 + x[2] ** 2 + x[3] ** 2, "L")) == "L = x₁² + x₂² + x₃² + x₄²"
    assert short(named(sum((v - m) ** 2 for v in x) / 4, "var")) == "var = Σ (xᵢ − μ)²/4"
    h = [(v * 0.5 + v * m * x[0] - x[1]).sigmoid() for v in x[:2]]
    both = short((h[0] - 0.01) ** 2 + (h[1] - 0.99) ** 2)
    assert both == "(h₁ − 0.01)² + (h₂ − 0.99)²"
    assert len(both) <= 40


def test_a_long_formula_is_broken_into_two_lines_and_loses_nothing() -> None:
    """Where a box has one line of 24 characters it would lose terms; its height makes room."""
    a, b, c, d = (Value(1.0, name) for name in "abcd")
    y = ((a * b + c).tanh() * (b * d + a).exp() + c).sin()
    figure = viz.draw(y)
    texts = says(figure, "node")
    assert not any("…" in text for text in texts)
    first = texts.index("sin(tanh(ab + c)·exp(bd + a)")
    assert texts[first + 1] == "+ c)"


def test_a_number_stands_before_what_it_multiplies() -> None:
    w = Value(3.0, "w")
    assert written(w * 2.0) == written(2.0 * w) == "2 · w"
    assert list(names(w * 2.0).values())[-1] == "2*w"
    assert written(w * Value(2.0, "x")) == "w · x"
