"""Programs as a user has them: compiled, trained, printed, pickled, copied, run by several threads."""

from __future__ import annotations

import copy
import os
import pickle
import random
import threading
import warnings

import numpy as np
import pytest

import microgrid as mg
from helpers.programs import as_built, on_numpy
from microgrid import GraphError, Value, nn, parameter

executors = pytest.mark.parametrize("on", [on_numpy, as_built])


def line():
    x, w, b = Value(1.0, "x"), parameter(2.0, "w"), parameter(0.5, "b")
    return x, w, b, w * x + b


def test_one_output_and_several():
    x, w, b, y = line()
    assert mg.compile(y, [x])([[1.0], [2.0]]).tolist() == [2.5, 4.5]
    assert mg.compile([y], [x])([[1.0], [2.0]]).tolist() == [[2.5], [4.5]]
    assert mg.compile((y, x, w, Value(7.0)), [x])([[1.0], [3.0]]).tolist() == [
        [2.5, 1.0, 2.0, 7.0],
        [6.5, 3.0, 2.0, 7.0],
    ]


def test_without_inputs():
    x, w, b, y = line()
    assert mg.compile(y)() == 2.5
    assert mg.compile([y, y])().tolist() == [2.5, 2.5]
    value, gradient = mg.compile(y).value_and_grad()
    assert (value, gradient.tolist()) == (2.5, [1.0, 1.0])


@executors
def test_an_output_that_is_a_leaf(on):
    x, w, b, y = line()
    value, gradient = on(mg.compile(w, [x])).value_and_grad([[1.0], [2.0]], reduce="sum")
    assert (value, gradient.tolist()) == (4.0, [2.0])
    value, gradient = on(mg.compile(x, [x], [w])).value_and_grad([[1.0], [2.0]])
    assert (value, gradient.tolist()) == (1.5, [0.0])


@executors
def test_what_the_output_does_not_depend_on_has_gradient_0(on):
    x, w, b, y = line()
    other, idle = Value(3.0), parameter(9.0)
    program = on(mg.compile(y, [other, x], [b, idle, w]))
    assert program.parameters.tolist() == [0.5, 9.0, 2.0]
    value, gradient = program.value_and_grad([[100.0, 1.0], [200.0, 3.0]])
    assert (value, gradient.tolist()) == (4.5, [1.0, 0.0, 2.0])


@executors
def test_a_penalty_counts_once_in_the_mean(on):
    x, w, b, y = line()
    program = on(mg.compile(y + 10 * w * w, [x]))
    value, gradient = program.value_and_grad([[1.0], [3.0]])
    assert (value, gradient.tolist()) == (44.5, [42.0, 1.0])


@pytest.mark.parametrize(
    "X",
    [[[1], [2]], ((1.0,), (2.0,)), np.array([[1], [2]]), np.float32([[1], [2]]), np.array([[True], [2]]),
     np.arange(8.0).reshape(2, 4)[:, 1:2] * [[1], [0.4]], np.asfortranarray([[1.0], [2.0]]), np.array([[1], [2]], dtype=">f8")],
    ids=["list", "tuple", "int", "float32", "mixed", "strided", "fortran", "big-endian"],
)  # fmt: skip
def test_any_real_numbers_will_do(X):
    x, w, b, y = line()
    program = mg.compile(y, [x])
    assert program(X).tolist() == [2.5, 4.5]
    assert program.value_and_grad(X)[0] == 3.5


def test_results_belong_to_the_caller():
    x, w, b, y = line()
    program = mg.compile(y, [x])
    X = np.ones((3, 1))
    first, gradient = program(X), program.value_and_grad(X)[1]
    program.parameters[:] = 0.0
    program(X), program.value_and_grad(2 * X)
    assert first.tolist() == [2.5] * 3
    assert gradient.tolist() == [1.0, 1.0]


# ---------------------------------------------------------------- parameters


def test_training_changes_an_array_and_then_the_model():
    random.seed(1)
    model = nn.MLP(2, [8, 1])
    xs, target = [Value(0.0), Value(0.0)], Value(0.0)
    program = mg.compile((model(xs) - target) ** 2, [*xs, target])
    X = np.random.default_rng(0).uniform(-1, 1, (64, 2))
    data = np.column_stack([X, X[:, 0] * X[:, 1]])
    before, _ = program.value_and_grad(data)
    for _ in range(200):
        program.parameters -= 0.1 * program.value_and_grad(data)[1]
    after, _ = program.value_and_grad(data)
    assert after < before / 3
    program.write_back()
    assert [p.data for p in model.parameters()] == program.parameters.tolist()
    losses = [(model(row[:2].tolist()).data - row[2]) ** 2 for row in data]
    assert np.mean(losses) == pytest.approx(after, rel=1e-12)


def test_read_takes_what_the_values_hold():
    x, w, b, y = line()
    program = mg.compile(y, [x])
    w.data = -1.0
    assert program([[1.0]]).tolist() == [2.5]
    program.read()
    assert program([[1.0]]).tolist() == [-0.5]


def test_new_parameters_are_copied():
    x, w, b, y = line()
    program = mg.compile(y, [x])
    new = np.array([1.0, 0.0])
    program.parameters = new
    new[0] = 100.0
    assert program([[3.0]]).tolist() == [3.0]
    with pytest.raises(ValueError, match=r"shape \(2,\), got shape \(3,\)"):
        program.parameters = [1.0, 2.0, 3.0]


def test_only_listed_parameters_are_trained():
    x, w, b, y = line()
    program = mg.compile(y, [x], [b])
    assert program.parameters.tolist() == [0.5]
    assert program.frozen == [("w", 2.0)]
    assert program.value_and_grad([[3.0]])[1].tolist() == [1.0]


def test_data_is_taken_from_the_leaves_as_they_are_now():
    x, w, b, y = line()
    w.data = 4.0  # y.data stands, but the program is of the graph
    assert mg.compile(y, [x], [b])([[1.0]]).tolist() == [4.5]


# ---------------------------------------------------------------- looking at it


def test_the_listing_can_be_followed():
    x, w, b, y = line()
    h = mg.relu(y)
    h.label = "h"
    text = mg.compile([h, h * 3.0], [x]).listing()
    head, *rest = text.splitlines()
    assert head.startswith("This program runs on ")
    assert rest == [
        "inputs:     %0 'x'",
        "parameters: %1 'w', %2 'b'",
        "constants:  3.0",
        "outputs:    %4 'h', %5",
        "for each sample:",
        "  %4 'h' = sum(%1*%0, %2); relu",
        "  %5 = sum(3.0*%4)",
    ]


def test_repeats_are_one_line():
    random.seed(1)
    model, xs = nn.MLP(2, [16, 16, 1]), [Value(0.1), Value(0.2)]
    assert mg.compile(model(xs), xs).listing().splitlines()[-3:] == [
        "  %339..%354 = sum(%[4+3r], %[2+3r]*%0, %[3+3r]*%1); relu  x16",
        "  %355..%370 = sum(%[66+17r], %[50+k+17r]*%[339+k] for k<16); relu  x16",
        "  %371 = sum(%338, %[322+k]*%[355+k] for k<16)",
    ]


def test_a_long_listing_is_cut_by_repr_only():
    x = Value(0.3)
    h = x
    for k in range(100):
        h = mg.tanh(h) if k % 2 else mg.sin(h)
    program = mg.compile(h, [x])
    assert "... 60 more (see program.listing()) ..." in repr(program)
    assert len(program.listing().splitlines()) == 104
    assert str(program) == repr(program)


def test_data_that_python_looked_at_shows_as_constants():
    w = parameter(2.0, "w")
    program = mg.compile(mg.sum(w * x for x in (0.25, 0.5, 0.5)))
    assert program.constants == [0.25, 0.5, 0.5]
    assert "constants:  0.25, 0.5 (2 times)" in repr(program)


def test_stats_of_a_layer():
    xs, ws = [Value(0.1) for _ in range(3)], [parameter(0.2) for _ in range(12)]
    layer = [mg.relu(mg.dot(xs, ws[k : k + 3])) for k in range(0, 12, 3)]
    stats = mg.compile(layer, xs).stats()
    assert stats.operations == 4 * 6
    assert (stats.uniform_instructions, stats.lane_instructions) == (0, 1)
    assert (stats.uniform_slots, stats.lane_slots) == (12, 3 + 4 + 4)
    assert stats.forward_flops == 4 * (3 + 2 + 1)
    assert stats.backward_flops == 4 * (3 * 2 + 2)
    assert stats.code_bytes == 4 * 20 + 4 + 8 * 12 + 8 * 4


# ---------------------------------------------------------------- elsewhere


@executors
def test_a_pickled_program_runs(on):
    random.seed(1)
    model, xs = nn.MLP(2, [4, 1]), [Value(0.1, "a"), Value(0.2, "b")]
    program = on(mg.compile(mg.tanh(model(xs)), xs))
    X = np.random.default_rng(0).normal(size=(40, 2))
    program.parameters *= 0.9
    again = on(pickle.loads(pickle.dumps(program)))
    assert np.array_equal(again(X), program(X))
    assert np.array_equal(again.value_and_grad(X)[1], program.value_and_grad(X)[1])
    assert again.listing() == program.listing()
    for touch in (again.write_back, again.read):
        with pytest.raises(GraphError, match="unpickled"):
            touch()


def test_a_pickled_program_finds_its_custom_operations_by_name():
    cube = mg.custom_op("cube", value=lambda x: x**3, partials=[lambda x: 3 * x**2])
    x, w = Value(1.0), parameter(2.0)
    pickled = pickle.dumps(mg.compile(cube(w * x) + mg.exp(x * 0.0), [x]))
    mg.custom_op("cube", value=lambda x: x**3, partials=[lambda x: 3 * x**2])  # another number
    assert pickle.loads(pickled)([[2.0]]).tolist() == [65.0]
    del mg.ops.TABLE["cube"]
    with pytest.raises(GraphError, match=r"'cube', which is not defined here"):
        pickle.loads(pickled)


@pytest.mark.parametrize("copied", [copy.deepcopy, copy.copy])
def test_a_copy_has_parameters_of_its_own(copied):
    x, w, b, y = line()
    program = mg.compile(y, [x])
    other = copied(program)
    other.parameters[:] = 0.0
    assert program([[1.0]]).tolist() == [2.5]
    assert other([[1.0]]).tolist() == [0.0]


def test_deepcopy_of_a_model_and_its_program_keeps_them_together():
    x, w, b, y = line()
    program, (w2, _) = copy.deepcopy((mg.compile(y, [x]), (w, b)))
    program.parameters[:] = 7.0
    program.write_back()
    assert (w.data, w2.data) == (2.0, 7.0)


def test_a_cap_of_threads_makes_none_where_they_do_not_pay():
    """Shares of a batch are added in another order, by which they are told."""
    pytest.importorskip("microgrid.programs.kernel", reason="optional: the kernel", exc_type=ImportError)
    x, w = Value(0.5, "x"), parameter(0.7, "w")
    program = mg.compile(mg.tanh(w * x), [x], [w])
    X = np.random.default_rng(4).normal(size=(400, 1))
    value_and_grad = program._machine.value_and_grad
    alone, shared = (value_and_grad(program.parameters, X, "sum", threads)[0] for threads in (1, 3))
    assert alone != shared
    program.threads = 3
    assert program.value_and_grad(X, "sum")[0] == alone


def test_a_cap_of_one_thread_is_kept_where_two_would_pay():
    pytest.importorskip("microgrid.programs.kernel", reason="optional: the kernel", exc_type=ImportError)
    if len(os.sched_getaffinity(0)) < 2 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) < 2:
        pytest.skip("optional: a second processor")
    x, w = Value(0.5, "x"), [parameter(0.1 * k) for k in range(8)]
    program = mg.compile(sum(mg.tanh((p + k) * x) for k, p in enumerate(w)), [x], w)
    X = np.random.default_rng(4).normal(size=(100_001, 1)) ** 3
    alone = program._machine.value_and_grad(program.parameters, X, "sum", 1)[1].tobytes()
    assert program.value_and_grad(X, "sum")[1].tobytes() != alone
    program.threads = 1
    assert program.value_and_grad(X, "sum")[1].tobytes() == alone


@executors
def test_threads_share_a_program(on):
    random.seed(1)
    model, xs = nn.MLP(2, [8, 1]), [Value(0.1), Value(0.2)]
    program = on(mg.compile(mg.tanh(model(xs)), xs))
    batches = [np.random.default_rng(k).normal(size=(10 + k, 2)) for k in range(6)]
    want = [program.value_and_grad(X) for X in batches]
    wrong = []

    def work(X, value, gradient):
        for _ in range(20):
            found = program.value_and_grad(X)
            if found[0] != value or not np.array_equal(found[1], gradient):
                wrong.append(X)

    threads = [threading.Thread(target=work, args=(X, *w)) for X, w in zip(batches, want)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_program_keeps_no_graph_alive():
    import weakref

    x, w, b, y = line()
    h = y * 2.0
    program, watch = mg.compile(h, [x]), weakref.ref(y)
    del h, y
    assert watch() is None
    program.write_back()


def test_nothing_is_said_about_frozen_leaves_but_in_the_listing():
    x, w, b, y = line()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        text = repr(mg.compile(y, [], [b]))
    assert "frozen:     %1 'w' = 2.0, %2 'x' = 1.0" in text or "frozen:     %1 'x' = 1.0, %2 'w' = 2.0" in text
