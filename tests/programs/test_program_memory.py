"""Rows and parameters in memory that others own: at odd addresses, read-only, in another byte order, with gaps."""

import copy
import pickle
import warnings
from array import array as plain

import numpy as np
import pytest

import microgrid
from helpers.programs import as_built, on_numpy
from microgrid import DomainError, NonFiniteGradient, Value, errstate, parameter
from microgrid.programs.replay import Replay

ROWS = np.random.default_rng(0).normal(size=(40, 2))


def odd(rows):
    """The same numbers one byte further on, as a buffer of bytes has them after a header."""
    array = np.frombuffer(b"-" + rows.tobytes(), np.uint8)[1:].view(np.float64).reshape(rows.shape)
    assert not array.flags.aligned
    return array


def read_only(rows):
    frozen = rows.copy()
    frozen.flags.writeable = False
    return frozen


FORMS = {
    "odd": odd,
    "read-only": read_only,
    "other byte order": lambda rows: rows.astype(rows.dtype.newbyteorder()),
    "every second row": lambda rows: np.repeat(rows, 2, axis=0)[::2],
    "columns first": np.asfortranarray,
    "backwards": lambda rows: rows[::-1].copy()[::-1],
    "odd and every second column": lambda rows: odd(np.repeat(rows, 2, axis=1))[:, ::2],
}


@pytest.fixture
def program():
    x, y, w, b = Value(1.0, "x"), Value(2.0, "y"), parameter(0.5, "w"), parameter(-0.25, "b")
    return microgrid.compile((w * x - b * y).tanh() ** 2, inputs=[x, y])


@pytest.fixture
def never_numpy(program, monkeypatch):
    if not program.runs_on.startswith("the native kernel"):
        pytest.skip("optional: the native kernel is not built")

    def replayed(*_):
        raise AssertionError("this ran on NumPy")

    monkeypatch.setattr(Replay, "forward", replayed)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_rows_in_any_memory_give_the_same_numbers(program, form):
    rows = form(ROWS)
    assert np.array_equal(rows, ROWS)
    assert np.array_equal(program(rows), program(ROWS))
    for reduce in ("mean", "sum", None):
        found, plain = program.value_and_grad(rows, reduce), program.value_and_grad(ROWS, reduce)
        assert all(map(np.array_equal, found, plain))


@pytest.mark.usefixtures("never_numpy")
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_rows_in_any_memory_run_in_the_kernel(program, form):
    program(form(ROWS))
    program.value_and_grad(form(ROWS))


# ---------------------------------------------------------------- what falls back


def logarithm():
    x, w = Value(1.0, "x"), parameter(2.0, "w")
    return microgrid.compile((w * x).log(), inputs=[x])


def test_a_call_that_falls_back_to_numpy_says_so_once_and_what_to_do():
    program = logarithm()
    rows = np.array([[1.0], [0.0]])
    for call in (program, lambda rows: program.value_and_grad(rows, None)):
        with errstate(domain="ieee", gradient="ignore"), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            call(rows)
        if program.runs_on.startswith("the native kernel"):
            (warning,) = caught
            assert warning.category is RuntimeWarning
            assert "NumPy" in str(warning.message)
            assert "not finite" in str(warning.message)
            assert "leave" in str(warning.message)
            assert warning.filename == __file__
        else:
            assert caught == []
            assert "NumPy" in program.runs_on


def test_a_gradient_that_is_not_finite_is_one_warning_and_not_two():
    x, w = Value(1.0, "x"), parameter(0.0, "w")
    program = microgrid.compile((w * x).sqrt(), inputs=[x])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        program.value_and_grad([[1.0]])
    (warning,) = caught
    assert "gradient" in str(warning.message)


@pytest.mark.usefixtures("never_numpy")
def test_outputs_whose_sum_overflows_need_no_numpy_where_no_sum_is_asked_for():
    x, w = Value(1.0, "x"), parameter(1.0, "w")
    program, rows = microgrid.compile(w * x, inputs=[x]), np.full((64, 1), 1e308)
    assert np.array_equal(program(rows), rows[:, 0])
    value, gradient = program.value_and_grad(rows, None)
    assert np.array_equal(value, rows[:, 0])
    assert np.array_equal(gradient, rows)


@pytest.mark.usefixtures("never_numpy")
def test_a_sum_that_overflows_only_when_the_threads_shares_are_added_is_not_finite():
    x, w = Value(1.0, "x"), parameter(1.0, "w")
    program, rows = microgrid.compile(w * x * 0.25, inputs=[x]), np.full((64, 1), 1.6e307)
    for threads in (1, 2):  # the gradient's sum, 0.25 * 64 * 1.6e307, overflows as well; half of it does not
        assert program._machine.value_and_grad(program.parameters, rows, "sum", threads) is None
    small = microgrid.compile(w * x * 0.25 + 4e306, inputs=[x])
    for threads in (1, 2):
        assert small._machine.value_and_grad(small.parameters, 0 * rows, "sum", threads) is None
        assert small._machine.value_and_grad(small.parameters, 0 * rows[:32], "sum", threads) is not None


# ---------------------------------------------------------------- programs that were sent elsewhere


def sent(program, place):
    """The program after a journey whose buffers arrive as `place` puts them, as Ray and Dask send arrays."""
    buffers = []
    data = pickle.dumps(program, protocol=5, buffer_callback=buffers.append)
    assert buffers
    return pickle.loads(data, buffers=[place(bytes(buffer.raw())) for buffer in buffers])


@pytest.mark.parametrize(
    "place", [bytes, bytearray, lambda data: memoryview(b"-" + data)[1:]], ids=["read-only", "writable", "odd"]
)
def test_a_program_from_buffers_of_others_runs_and_can_be_written(program, place):
    arrived = sent(program, place)
    value, gradient = program.value_and_grad(ROWS)
    assert arrived(ROWS).tolist() == program(ROWS).tolist()
    found, slopes = arrived.value_and_grad(ROWS)
    assert (found, slopes.tolist()) == (value, gradient.tolist())
    arrived.parameters -= 0.5 * gradient
    program.parameters -= 0.5 * gradient
    arrived.parameters[:1] = program.parameters[:1] = 0.75
    arrived.parameters = program.parameters = [0.75, 0.5]
    assert arrived.value_and_grad(ROWS)[0] == program.value_and_grad(ROWS)[0] != value
    assert not np.shares_memory(arrived.parameters, program.parameters)


@pytest.mark.usefixtures("never_numpy")
@pytest.mark.parametrize("place", [bytes, lambda data: memoryview(b"-" + data)[1:]], ids=["read-only", "odd"])
def test_a_program_from_buffers_of_others_runs_in_the_kernel(program, place):
    sent(program, place).value_and_grad(ROWS)


# ---------------------------------------------------------------- one array for several


def test_programs_read_the_array_that_an_optimizer_moves():
    w, b = parameter(2.0, "w"), parameter(-1.0, "b")
    line, square = microgrid.compile(w * 3 + b, [], [w, b]), microgrid.compile(w * w, [], [w])
    numbers = np.array([5.0, 7.0])
    line.share(numbers)
    square.share(numbers[:1])
    assert line.parameters is numbers
    assert (line(), square()) == (22.0, 25.0)
    microgrid.optim.SGD(numbers, lr=1.0).step([1.0, 2.0])
    assert (line(), square()) == (17.0, 16.0)
    line.parameters = [1.0, 1.0]
    assert numbers.tolist() == [1.0, 1.0]
    line.write_back()
    assert (w.data, b.data) == (1.0, 1.0)


def test_a_copy_and_what_is_pickled_have_an_array_of_their_own():
    w = parameter(2.0, "w")
    program, numbers = microgrid.compile(w * w, [], [w]), np.array([3.0])
    program.share(numbers)
    for other in (copy.copy(program), pickle.loads(pickle.dumps(program))):
        other.parameters += 1.0
        assert (other(), program()) == (16.0, 9.0)


@pytest.mark.parametrize(
    ("array", "error", "message"),
    [
        ([1.0, 2.0], TypeError, "without gaps that can be written, got list"),
        (np.zeros(2, np.float32), TypeError, "got an array of float32"),
        (np.zeros(2, ">f8"), TypeError, "got an array of >f8"),
        (np.zeros(4)[::2], TypeError, "got an array of float64"),
        (odd(np.zeros(2)), TypeError, "got an array of float64"),
        (read_only(np.zeros(2)), TypeError, "got an array of float64, read-only"),
        (np.zeros(3), ValueError, r"parameters is an array of shape \(2,\), got shape \(3,\)"),
        (np.zeros((1, 2)), ValueError, r"parameters is an array of shape \(2,\), got shape \(1, 2\)"),
    ],
)
def test_what_cannot_be_shared(array, error, message):
    w, b = parameter(2.0, "w"), parameter(-1.0, "b")
    program = microgrid.compile(w + b, [], [w, b])
    with pytest.raises(error, match=message):
        program.share(array)
    assert program.parameters.tolist() == [2.0, -1.0]


# ---------------------------------------------------------------- a gradient in an array of the caller's

REDUCTIONS = [("mean", (2,)), ("sum", (2,)), (None, (40, 2))]
on = pytest.mark.parametrize("on", [on_numpy, as_built])


@on
@pytest.mark.parametrize(("reduce", "shape"), REDUCTIONS)
def test_a_gradient_is_written_into_the_array_it_is_given(program, on, reduce, shape):
    program, out = on(program), np.full(shape, np.nan)
    w, b = 0.5, -0.25
    x, y = ROWS.T
    slopes = (2 * np.tanh(w * x - b * y) * (1 - np.tanh(w * x - b * y) ** 2))[:, None] * np.stack([x, -y], 1)
    expected = {"mean": slopes.mean(axis=0), "sum": slopes.sum(axis=0), None: slopes}[reduce]
    value, gradient = program.value_and_grad(ROWS, reduce, out)
    assert gradient is out
    np.testing.assert_allclose(out, expected, rtol=1e-13)
    alone = program.value_and_grad(ROWS, reduce)
    assert np.array_equal(value, alone[0])
    assert out.tobytes() == alone[1].tobytes()
    program.value_and_grad(2 * ROWS, reduce, out)
    assert not np.array_equal(out, alone[1])


@on
def test_an_array_for_the_gradient_of_a_program_without_inputs_or_of_no_samples(program, on):
    w = parameter(3.0, "w")
    out = np.empty(1)
    assert on(microgrid.compile(w * w)).value_and_grad(out=out) == (9.0, out)
    assert out.tolist() == [6.0]
    out, none = np.empty(2), np.empty((0, 2))
    program = on(program)
    assert program.value_and_grad(none, "sum", out)[0] == 0.0
    assert out.tolist() == [0.0, 0.0]
    assert program.value_and_grad(none, None, none.copy())[1].shape == (0, 2)


def test_a_gradient_is_written_by_the_kernel(program, never_numpy):
    rows, out = ROWS.tolist(), np.empty(2)
    assert program.value_and_grad(rows, out=out)[1] is out
    assert out.tobytes() == program.value_and_grad(ROWS)[1].tobytes()


@on
@pytest.mark.parametrize(
    ("out", "error", "message"),
    [
        ([0.0, 0.0], TypeError, r"a float64 array of shape \(2,\) without gaps, got list: pass one that np.empty"),
        (np.ma.zeros(2), TypeError, "got MaskedArray"),
        (np.zeros(2, np.float32), TypeError, "got an array of float32"),
        (np.zeros(2, ">f8"), TypeError, "got an array of >f8"),
        (np.zeros(3), ValueError, r"got shape \(3,\): pass one that np.empty\(\(2,\)\) made"),
        (np.zeros((40, 2)), ValueError, r"of shape \(2,\) without gaps, got shape \(40, 2\)"),
        (memoryview(np.zeros(2)), TypeError, "got memoryview"),
        (plain("d", [0.0, 0.0]), TypeError, "got array"),
        (np.zeros(4)[::2], ValueError, "got one whose numbers do not lie one after the other"),
        (np.zeros(2)[::-1], ValueError, "got one whose numbers do not lie one after the other"),
        (np.zeros(17, np.uint8)[1:].view(float), ValueError, "got one at an odd address"),
        (read_only(np.zeros(2)), ValueError, "got one that is read-only"),
    ],
)
def test_what_a_gradient_cannot_be_written_into(program, on, out, error, message):
    before = np.array(out, dtype=float).tolist()
    with pytest.raises(error, match=message):
        on(program).value_and_grad(ROWS, out=out)
    assert np.array(out, dtype=float).tolist() == before


@on
def test_a_gradient_is_not_written_over_what_is_read(program, on):
    program, rows, numbers = on(program), ROWS.copy(), np.zeros(3)
    program.share(numbers[:2])
    with pytest.raises(ValueError, match="out shares memory with the parameters, which would be overwritten"):
        program.value_and_grad(rows, out=numbers[1:])
    for out, reduce in ((rows[0], "mean"), (rows, None)):
        with pytest.raises(ValueError, match="out shares memory with X"):
            program.value_and_grad(rows, reduce, out)
    assert np.array_equal(rows, ROWS)
    assert numbers.tolist() == [0.0] * 3
    value, _ = program.value_and_grad(rows, out=np.empty(2))
    assert value == 0.0


@on
def test_a_gradient_is_not_written_over_rows_that_are_read_from_afar(program, on):
    program, table = on(program), np.arange(16.0).reshape(4, 4) / 8
    before = table.copy()
    for rows, out in (
        (table[:, :2], table[0, :2]),
        (table[:, ::2], table.ravel()[1:3]),
        (table.T[1:3].T, table[3, 2:]),
    ):
        with pytest.raises(ValueError, match="out shares memory with X"):
            program.value_and_grad(rows, out=out)
    assert np.array_equal(table, before)
    program.value_and_grad(table[:, :2], out=table[1, 2:])  # between the rows, where nothing is read
    assert not np.array_equal(table[1, 2:], before[1, 2:])
    assert np.array_equal(np.delete(table, 1, 0), np.delete(before, 1, 0))


@on
@pytest.mark.parametrize("reduce", ["mean", "sum", None])
@pytest.mark.parametrize("bad", [800.0, -800.0])
def test_a_call_that_fails_leaves_the_array_as_it_is(on, reduce, bad):
    x, a, w = Value(1.0, "x"), parameter(0.5, "a"), parameter(1.0, "w")
    program = on(microgrid.compile(a * (w * x).exp() + (x + 790.0).sqrt(), [x]))
    out = np.full((3, 2) if reduce is None else 2, 7.0)
    with pytest.raises(DomainError):
        program.value_and_grad([[1.0], [2.0], [bad]], reduce, out)
    assert np.all(out == 7.0)
    assert program.value_and_grad([[1.0], [2.0], [3.0]], reduce, out)[1] is out
    assert np.all(out != 7.0)


@on
def test_a_gradient_that_is_refused_leaves_the_array_as_it_is(on):
    x, w = Value(1.0, "x"), parameter(0.0, "w")
    program, out = on(microgrid.compile((x * w).sqrt(), [x])), np.full(1, 7.0)
    with errstate(gradient="raise"), pytest.raises(NonFiniteGradient):
        program.value_and_grad([[4.0]], out=out)
    assert out.tolist() == [7.0]


@on
def test_an_infinite_gradient_is_written_where_it_is_asked_for(on):
    x, w = Value(1.0, "x"), parameter(1.0, "w")
    program, out = on(microgrid.compile((x * w).sqrt(), [x])), np.empty(1)
    program.quiet = True
    with errstate(gradient="ignore"):
        w.data = 0.0
        program.read()
        assert program.value_and_grad([[4.0]], out=out)[1] is out
    assert out.tolist() == [np.inf]
