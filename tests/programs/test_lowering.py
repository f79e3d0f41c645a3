"""What a graph becomes: how much one instruction takes in, what is uniform, what is repeated, and in which order."""

from __future__ import annotations

import copy
import pickle
import random

import numpy as np
import pytest

import microgrid as mg
from microgrid import Value, nn, parameter
from microgrid.programs.instructions import instructions
from microgrid.programs.lowering import lower
from microgrid.programs.recording import record


def code_of(outputs, inputs=(), parameters=None):
    return lower(record(outputs if isinstance(outputs, list) else [outputs], list(inputs), parameters), len(inputs))


def shapes(outputs, inputs=(), parameters=None):
    """For each instruction: lane or uniform, repeats, lengths of its runs, row."""
    code = code_of(outputs, inputs, parameters)
    return [
        ("lane" if i.lane else "uniform", i.repeat, [run.length for run in i.runs], i.row.name if i.row else "")
        for lane in (False, True) for i in instructions(code, lane)
    ]  # fmt: skip


def leaves(count, make=Value):
    return [make(0.1 * k + 0.5, f"v{k}") for k in range(count)]


# ---------------------------------------------------------------- sums


def test_a_neuron_is_one_instruction():
    xs, ws, b = leaves(4), leaves(4, parameter), parameter(0.1)
    y = mg.relu(mg.dot(ws, xs) + b)
    assert shapes(y, xs) == [("lane", 1, [4, 1], "relu")]


def test_differences_and_negatives_are_terms_too():
    (a, b, c), w = leaves(3), parameter(0.5)
    assert shapes(-(a - w * b) - -c - -(w * a), [a, b, c]) == [("lane", 1, [1, 1, 1, 1], "")]


@pytest.mark.parametrize("use", [lambda s: s * s, lambda s: mg.tanh(s) + s, lambda s: (s + 1) * (s + 2)])
def test_a_sum_that_is_used_twice_is_computed_once(use):
    a, b = leaves(2)
    shape = shapes(use(a + b), [a, b])
    assert shape[0] == ("lane", 1, [2], "")
    assert len(shape) >= 2


def test_an_output_is_computed_although_a_sum_follows():
    a, b = leaves(2)
    s = a + b
    code = code_of([s, s + a * b], [a, b])
    assert [len(i.runs) for i in instructions(code, True)] == [1, 2]
    assert list(code.outputs) == [1, 2, 1, 3]


def test_two_long_sums_stay_two_because_of_their_order():
    xs = leaves(6)
    left, right = mg.sum(xs[:3]), mg.sum(xs[3:])
    assert shapes(left + right, xs) == [("lane", 1, [3], ""), ("lane", 1, [3, 1], "")]


def test_a_square_is_a_product():
    x, w = Value(0.3), parameter(0.2)
    assert shapes((x - w) ** 2, [x]) == [("lane", 1, [1, 1], ""), ("lane", 1, [1], "")]
    assert shapes((x - w) ** 3, [x]) == [("lane", 1, [1, 1], "powc")]


def test_a_sum_of_half_a_million_terms():
    w = parameter(0.5)
    total = w
    for _ in range(500_000):
        total = total + w
    code = code_of(total)
    assert len(code.uniform_offsets) == 1
    assert len(code.uniform) == 20
    assert code.uniform[13] == 500_001


# ---------------------------------------------------------------- uniform and lane


def test_what_does_not_depend_on_an_input_is_computed_once():
    x, ws = Value(0.3), leaves(20, parameter)
    y = ws[0] * x + 0.1 * mg.sum(w * w for w in ws)
    assert shapes(y, [x]) == [("uniform", 1, [20], ""), ("uniform", 1, [1], ""), ("lane", 1, [1, 1], "")]


def test_a_program_without_inputs_is_uniform():
    xs, ws = leaves(3), leaves(3, parameter)
    assert shapes(mg.tanh(mg.dot(xs, ws)), parameters=ws) == [("uniform", 1, [3], "tanh")]


def test_leaves_that_nobody_listed_are_constants():
    x, w = Value(0.3), parameter(0.25)
    code = code_of(x * w + 7.0, [x], [])
    assert (code.parameters, code.constants, list(code.initial)) == (0, 2, [0.25, 7.0])
    assert [i.needs for i in instructions(code, True)] == [False]


def test_constants_of_rows_are_held_once():
    xs = leaves(4)
    code = code_of([x**3 + x.leaky_relu(0.1) + x.elu() for x in xs], xs)
    assert sorted(code.initial) == [0.1, 1.0, 3.0]


def test_an_input_and_a_parameter_which_nothing_depends_on():
    x, unused, w, idle = Value(0.3), Value(0.1), parameter(0.5), parameter(0.9)
    code = code_of(x * w, [unused, x], [idle, w])
    (i,) = instructions(code, True)
    assert [(f.lane, f.slot) for f in i.runs[0].factors] == [(False, 1), (True, 1)]


# ---------------------------------------------------------------- repeats


def test_a_layer_is_one_instruction():
    random.seed(1)
    model, xs = nn.MLP(3, [5, 4, 1]), leaves(3)
    assert shapes(model(xs), xs, model.parameters()) == [
        ("lane", 5, [1, 3], "relu"), ("lane", 4, [1, 5], "relu"), ("lane", 1, [1, 4], ""),
    ]  # fmt: skip


def test_steps_that_need_each_other_are_not_repeats():
    x, w = Value(0.3), parameter(0.5)
    h = x
    for _ in range(5):
        h = mg.tanh(w * h)
    assert shapes(h, [x]) == [("lane", 1, [1], "tanh")] * 5
    assert shapes([mg.tanh(w * x) for _ in range(5)], [x]) == [("lane", 5, [1], "tanh")]


def test_rows_are_repeated_with_their_constants():
    xs = leaves(6)
    assert shapes([x.exp() for x in xs], xs) == [("lane", 6, [], "exp")]
    assert shapes([x / y for x, y in zip(xs[:3], xs[3:])], xs) == [("lane", 3, [], "div")]
    assert shapes([x**3 for x in xs[:2]] + [x**-1 for x in xs[2:]], xs) == [
        ("lane", 2, [], "powc"),
        ("lane", 4, [], "powc"),
    ]


def test_what_is_recorded_grows_with_the_layers_and_not_with_their_widths():
    sizes = set()
    for width in (4, 40):
        random.seed(1)
        model, xs = nn.MLP(2, [width, width, 1]), leaves(2)
        code = code_of(mg.relu(1 - model(xs)) + sum(p * p for p in model.parameters()), xs, model.parameters())
        sizes.add((len(code.uniform), len(code.lanes)))
    assert len(sizes) == 1


# ---------------------------------------------------------------- the order of creation


def test_parameters_are_in_the_order_of_creation():
    ws = leaves(5, parameter)
    shuffled = [ws[k] for k in (3, 0, 4, 2, 1)]
    assert record([mg.sum(shuffled)], [], None).parameters == ws


def test_numbers_of_creation_may_run_over():
    # what was made before the count started again at 0 is older than what was made after
    x, w = Value(0.3), parameter(0.5)
    y = mg.tanh(x * w) + w
    newest = Value(0.0)._serial
    for k, v in enumerate([x, w, *(v for v in mg.graph.order(y) if v.op)]):
        v._serial = (newest + 10 + k) % 2**32
    recording = record([y], [x], None)
    assert [mg.ops.ROWS[code].name for code in recording.code[2:]] == ["mul", "tanh", "add"]


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))])
def test_a_copied_graph_gives_the_same_program(copied):
    random.seed(2)
    model, xs = nn.MLP(2, [3, 1]), leaves(2)
    y = copied(mg.tanh(model(xs)))
    (program,) = [mg.compile(y)]
    assert program() == pytest.approx(y.data, abs=1e-15)


def test_an_operand_that_seems_younger_than_its_result():
    x, w = Value(0.3), parameter(0.5)
    a = x * w
    y = mg.tanh(a)
    a._serial, y._serial = y._serial, a._serial
    assert shapes(y, [x]) == [("lane", 1, [1], "tanh")]


def test_recording_leaves_no_trace_in_the_graph():
    x, w = Value(0.3), parameter(0.5)
    y = mg.tanh(x * w)
    code_of(y, [x])
    assert [v._index for v in (x, w, y)] == [0, 0, 0]
    y.backward()
    assert w.grad == pytest.approx(0.3 / np.cosh(0.15) ** 2)


# ---------------------------------------------------------------- custom operations


def test_an_operation_of_many_operands_is_one_instruction():
    many = mg.custom_op(
        "many", value=lambda a, b, c, d: a + b * c * d, partials=lambda a, b, c, d: (1, c * d, b * d, b * c)
    )
    x, ws = Value(0.3), leaves(3, parameter)
    code = code_of(many(x, *ws), [x])
    (i,) = instructions(code, True)
    assert [(o.lane, o.slot, o.needs) for o in i.operands] == [(True, 0, False), *((False, k, True) for k in range(3))]


def test_what_does_not_depend_on_each_other_stands_in_the_order_in_which_it_was_made():
    a, b = mg.parameter(0.3, "a"), mg.parameter(0.4, "b")
    first, second = a.tanh(), b.sin()
    listing = mg.compile(first * second).listing()
    assert 0 < listing.index("tanh(") < listing.index("sin(")
    assert mg.compile(second * first).listing().index("tanh(") < mg.compile(second * first).listing().index("sin(")
