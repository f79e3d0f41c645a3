"""Each kind of wrong number is caught and named, and right numbers in hard places are not."""

import dataclasses
import math
import random
import sys
import threading

import pytest
import sympy as sp

import microgrid as mg
from helpers.verified import finding, lecture, network
from microgrid import Value, custom_op, ops, verify, verify_rules
from microgrid.base.deadline import within
from microgrid.engine import binary, unary
from microgrid.graph import order
from microgrid.proof import composition, rounding
from microgrid.proof.rules import prove

# ---------------------------------------------------------------- what is caught


WRONG = {
    "a sign": ("SIN", {"partials": ("-cos(x)",)}),
    "half a thousandth": ("SIGMOID", {"partials": ("1.0005*e/(1 + e)**2",)}),
    "a lost square": ("TANH", {"partials": ("1 - z",)}),
    "swapped operands": ("MUL", {"partials": ("x", "y")}),
    "an unsquared denominator": ("DIV", {"partials": ("1/y", "-x/y")}),
    "a wrong value": ("SOFTPLUS", {"value": "(x if x > 0 else 0) + log(1 + e)/2"}),
    "one branch only": ("ELU", {"partials": ("y*expm1(x) if x <= 0 else 1",)}),
    "a wrong slide": ("TANH", {"textbook": ("1 + z**2",)}),
    "a branch far from the samples": ("TANH", {"partials": ("4*e/(1 + e)**2 if x < 5 else 0.5",)}),
    "a wrong value far from the samples": ("SIGMOID", {"value": "1/(1 + e) if 0 < x < 5 else e/(1 + e)"}),
    "one point between two pieces": ("SIGMOID", {"partials": ("e/(1 + e)**2 if x < 0 or x > 0 else 9",)}),
}


def changed(constant, change):
    """A row of the table with other formulas, by which nodes can be made."""
    return ops.register(dataclasses.replace(getattr(ops, constant), **change))


@pytest.mark.parametrize(("constant", "change"), WRONG.values(), ids=WRONG)
def test_a_wrong_rule_is_caught_by_name(constant, change):
    x, y = Value(0.7, "x"), Value(1.9, "y")
    row = changed(constant, change)
    v = binary(row, x, y) if row.arity == 2 else unary(row, x, row.constant or 0.0)
    report = verify(v)
    assert not report.ok
    assert finding(report, "rules").details[0].startswith(f"{row.name}: ")
    assert "NOT verified" in str(report)


WRONG_HERE = {
    "beyond a branch": ("TANH", {"partials": ("4*e/(1 + e)**2 if x < 5 else 0.5",)}, 6.0),
    "between the pieces": ("SIGMOID", {"partials": ("e/(1 + e)**2 if x < 0 or x > 0 else 9",)}, 0.0),
    "in the tail": ("SIGMOID", {"partials": ("z*(1 - z)",)}, 40.0),
    "a value": ("SOFTPLUS", {"value": "x if x > 3 else log1p(exp(x))"}, 3.5),
}


@pytest.mark.parametrize("symbolic", [True, False])
@pytest.mark.parametrize(("constant", "change", "x"), WRONG_HERE.values(), ids=WRONG_HERE)
def test_a_wrong_number_is_caught_by_the_numbers_alone(constant, change, x, symbolic):
    report = verify(unary(changed(constant, change), Value(x, "x")), symbolic=symbolic)
    assert finding(report, "numbers").status == "failed"
    if symbolic and constant != "SOFTPLUS":
        assert finding(report, "symbolic").status == "failed"


TAILS = {
    "sigmoid": (40.0, -745.0), "tanh": (20.0, -300.0), "gelu": (-10.0, -30.0, 8.0), "gelu_tanh": (-5.0, 7.0),
    "softplus": (25.0, -700.0), "logsigmoid": (-40.0, 50.0), "mish": (-1000.0, 1e308, 30.0, -745.0),
    "silu": (-60.0, 800.0, -745.0),
    "log1p": (1e-300, -1e-20), "expm1": (1e-250,), "erfc": (20.0, -9.0), "softsign": (1e150,), "atan": (1e155,),
}  # fmt: skip


@pytest.mark.parametrize(("name", "x"), [(name, x) for name, xs in TAILS.items() for x in xs])
def test_right_numbers_in_the_tails_pass(name, x):
    report = verify(getattr(Value(x, "x"), name)())
    assert report.verdict == "verified", str(report)


def test_a_patched_row_computes_with_the_patch():
    Value(1.0).sinh()
    wrong = dataclasses.replace(ops.SINH, partials=("2*cosh(x)",))
    assert wrong.attempt(1.0)[1] == pytest.approx(2 * math.cosh(1.0))
    assert ops.SINH.attempt(1.0)[1] == pytest.approx(math.cosh(1.0))


@pytest.mark.parametrize("x", [0.0, -0.5, 1.0])
def test_powers_of_zero_and_negative_bases_pass(x):
    v = Value(x, "x")
    assert verify(v**2 + v**0 + v**1 + v**3).verdict == "verified"


def test_a_gradient_that_overflows_is_said_and_does_not_crash():
    report = verify((Value(1e-300, "x") * 1e200) * 1e200)
    assert finding(report, "composition").text == "the gradient of 'x' (1e-300) is not finite"


@pytest.mark.parametrize("seed", range(3))
def test_powers_of_all_sizes_pass(seed):
    rng = random.Random(seed)
    for _ in range(40):
        base, exponent = 10 ** rng.uniform(-6, 12), rng.uniform(-10, 10)
        assert verify(Value(base) ** exponent, symbolic=False).ok, (base, exponent)


def test_several_threads_may_verify():
    wrong = []

    def work():
        for _ in range(5):
            report = verify((Value(0.3, "x").tanh() + 1.5).exp(), symbolic=False)
            wrong.extend([] if report.ok else [str(report)])

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert wrong == []


@pytest.mark.parametrize("name", ["RELU", "ABS", "LEAKY_RELU"])
def test_a_convention_outside_the_slopes_on_both_sides_is_refuted(name):
    right = getattr(ops, name)
    wrong = dataclasses.replace(right, partials=(f"({right.partials[0]}) if x < 0 or x > 0 else 7",))
    assert [failure for failure in prove(wrong).failures if "x = 0" in failure]


def test_too_few_digits_are_refused():
    with pytest.raises(ValueError, match="30 or more"):
        verify(Value(1.0), digits=5)


def test_a_power_without_a_derivative_is_not_called_wrong():
    report = verify(Value(-2.0) ** Value(3.0))
    assert report.ok
    assert report.verdict.startswith("nothing wrong found")


ILL_CONDITIONED = {
    "hardtanh": lambda x: (x - 8).hardtanh(),
    "a pole": lambda x: 1 / (x - 8.25),
    "a branch": lambda x: (x - 8).relu() * (x - 8).tanh(),
}


@pytest.mark.parametrize("function", ILL_CONDITIONED.values(), ids=ILL_CONDITIONED)
def test_numbers_that_rounding_has_destroyed_are_no_mistake_of_the_engine(function):
    noise = (Value(1e17) + 8.5) - 1e17
    assert verify(function(noise)).ok


def test_a_table_row_that_is_wrong_is_caught_by_verify_rules(monkeypatch):
    monkeypatch.setitem(ops.TABLE, "log1p", dataclasses.replace(ops.LOG1P, partials=("1/x",)))
    report = verify_rules()
    assert not report.ok
    assert [d for d in finding(report, "rules").details if d.startswith("log1p: ")]


def test_a_row_is_proved_once_and_again_when_it_changes():
    assert prove(ops.TANH) is prove(ops.TANH)
    assert prove(dataclasses.replace(ops.TANH, partials=("1 + z*z",))).status == "failed"


def test_a_leaf_changed_after_the_forward_pass_is_caught():
    root, w, *_ = lecture()
    w.data = 5.0
    report = verify(root)
    assert not report.ok
    assert "recompute" in finding(report, "numbers").details[0]
    assert verify(mg.recompute(root)).ok


def test_a_walk_that_forgets_a_path_is_caught(monkeypatch):
    def forgetful(root, seed):
        nodes, adjoints = honest(root, seed)
        x = next(i for i, v in enumerate(nodes) if v.label == "x")
        adjoints[x] = adjoints[x] * 0.5
        return nodes, adjoints

    honest = composition.propagate
    x = Value(3.0, "x")
    monkeypatch.setattr(composition, "propagate", forgetful)
    report = verify(x * x + x)
    assert finding(report, "composition").status == "failed"
    assert "'x' (3.0)" in finding(report, "composition").details[0]


@pytest.mark.parametrize("off", [1e-3, 1e-12])
def test_a_gradient_that_differs_from_the_exact_one_is_caught_by_the_numbers(monkeypatch, off):
    honest = rounding.engine_adjoints
    monkeypatch.setattr(
        rounding, "engine_adjoints",
        lambda root: {v: g * (1 + off * (v.label == "x")) for v, g in honest(root).items()},
    )  # fmt: skip
    x = Value(0.3, "x")
    report = verify((x * x).tanh() + x, symbolic=False)
    assert finding(report, "numbers").status == "failed"
    assert finding(report, "numbers").details[0].startswith("the gradient of 'x' (0.3) is ")


def test_a_value_off_by_a_few_units_in_the_last_place_is_caught():
    root = lecture()[0]
    product = order(root)[2]
    product._data = math.nextafter(math.nextafter(6.0, 7), 7)
    assert finding(verify(root), "numbers").status == "failed"


# ---------------------------------------------------------------- custom operations


def test_a_custom_operation_is_proved_from_its_sympy_form():
    cube = custom_op("cube", value=lambda x: x**3, partials=[lambda x: 3 * x**2], sympy=lambda x: x**3)
    assert finding(verify(cube(Value(2.0, "x"))), "rules").status == "proved"


def test_a_custom_operation_with_a_wrong_partial_is_caught_by_name():
    wrong = custom_op("wrong_cube", value=lambda x: x**3, partials=[lambda x: 2 * x**2], sympy=lambda x: x**3)
    report = verify(wrong(Value(2.0)))
    assert not report.ok
    assert finding(report, "rules").details == ("wrong_cube: the partial with respect to x1 is wrong",)


def test_a_custom_operation_without_a_sympy_form_is_not_called_proved():
    square = custom_op("my_square", value=lambda x: x * x, partials=[lambda x: 2 * x])
    report = verify(square(Value(2.0)))
    assert report.ok
    assert finding(report, "rules").status == "not attempted"
    assert "sympy=" in finding(report, "rules").details[0]


def test_a_redefined_operation_is_proved_for_each_of_its_nodes():
    first = custom_op("redefined", value=lambda x: x**3, partials=[lambda x: 2 * x**2], sympy=lambda x: x**3)
    a = first(Value(2.0))
    second = custom_op("redefined", value=lambda x: x**3, partials=[lambda x: 3 * x**2], sympy=lambda x: x**3)
    report = verify(a + second(Value(2.0)), symbolic=False)
    assert finding(report, "rules").status == "failed"


SINE = {
    "any number": (lambda x: mg.sin(x), lambda x: 5 * x),
    "doubles": (lambda x: math.sin(x), lambda x: 5.0),
}


@pytest.mark.parametrize(("value", "partial"), SINE.values(), ids=SINE)
def test_a_wrong_partial_is_caught_without_a_sympy_form(value, partial):
    wrong = custom_op("wrong_sine", value=value, partials=[partial])
    report = verify(wrong(Value(1.0, "x")) * 2)
    assert finding(report, "numbers").status == "failed"
    assert "wrong_sine" in finding(report, "numbers").details[0]


def test_a_custom_operation_in_doubles_only_is_named():
    table = custom_op("looked_up", value=lambda x: float(round(x)), partials=[lambda x: 0.0])
    report = verify(table(Value(2.2, "x")) * 3)
    assert report.ok
    assert "looked_up" in finding(report, "numbers").details[0]


# ---------------------------------------------------------------- rounding


@pytest.mark.parametrize("seed", range(4))
def test_bounds_hold_and_are_not_idle(seed):
    nodes = order(network(60, seed))
    result = rounding.check_numbers(nodes)
    assert not result.failures
    assert result.error <= result.bound < 1e-6


def test_cancellation_widens_the_bound_instead_of_failing():
    x = Value(0.1, "x")
    y = ((x + 1e12) - 1e12).tanh()  # the value is off by 1e-4, relatively
    result = rounding.check_numbers(order(y))
    assert not result.failures
    assert 1e-5 < result.error <= result.bound


FRAGILE = {
    "a sympy form that does not take symbols": (lambda x: x * x, lambda x: 2 * x, math.exp),
    "a sympy form that mpmath cannot compute": (lambda x: x * x, lambda x: 2 * x, sp.Function("unheard_of")),
    "a value that fails in 50 digits": (lambda x: 1 / (x - 1 if isinstance(x, float) else x - x), lambda x: 0.0, None),
}


@pytest.mark.parametrize(("value", "partial", "form"), FRAGILE.values(), ids=FRAGILE)
def test_a_custom_operation_that_fails_under_examination_does_not_crash_it(value, partial, form):
    fragile = custom_op("fragile", value=value, partials=[partial], sympy=form)
    assert verify(fragile(Value(3.0, "x"))).verdict != "verified"


def test_a_custom_operation_at_the_edge_of_its_domain_is_not_called_wrong():
    root = custom_op("my_root", value=math.sqrt, partials=[lambda x: 0.5 / math.sqrt(x) if x else math.inf])
    assert verify(root(Value(0.0, "x"))).ok
    assert verify(root(Value(1e-9, "x"))).ok


def test_what_is_wrong_inside_a_piece_is_reported_with_the_piece() -> None:
    z = [Value(x, f"z{k}") for k, x in enumerate((1.0, 0.5, 0.0), 1)]
    y = mg.maxout(z) * 2.0
    z[0].data = 3.0
    text = verify(y).text()
    node = "maximum(z1, z2) (1.0) in maxout (h = max zⱼ)"
    assert f"the value of maximum at {node} is 1.0, and its operands give 3.0" in text


@pytest.mark.parametrize(("ulps", "ok"), [(0, True), (8, False), (-300, False)])
def test_a_gradient_may_be_off_by_rounding_and_not_by_more(monkeypatch, ulps, ok):
    """A sum of two products may be off by about two units in the last place."""
    x, y = Value(1.7, "x"), Value(0.9, "y")
    root = x * y + x * 1.3
    whole = composition.engine_adjoints

    def off(v):
        found = whole(v)
        found[x] += ulps * math.ulp(found[x])
        return found

    monkeypatch.setattr(composition, "engine_adjoints", off)
    result = composition.check_composition(order(root))
    assert (result.failures == []) is ok
    assert (result.worst > 1) is not ok


@pytest.mark.parametrize(("off", "ok"), [(0.0, True), (1e-9, False)])
def test_differences_in_many_digits_judge_a_partial_without_a_sympy_form(off, ok):
    bent = custom_op(
        f"bent_by_{off:g}".replace("-", "_"),
        value=lambda x: x * x * x if x > 0 else -x,
        partials=[lambda x: 3 * x * x * (1 + off) if x > 0 else -1],
    )
    assert verify(bent(Value(1.7, "x"))).ok is ok


def test_what_goes_wrong_within_a_time_is_raised_and_what_takes_longer_is_ended():
    with pytest.raises(KeyError, match="its own"):
        within(10, {}.__getitem__, "its own")
    with pytest.raises(TimeoutError, match=r"not finished within 0\.05 seconds"):
        within(0.05, lambda: [None for _ in iter(int, 1)])
    assert within(10, divmod, 7, 2) == (3, 1)
