"""Steps and clipping in C: the bits of Python's floats and of NumPy, on every instruction set, all or nothing."""

from __future__ import annotations

from itertools import count

import mpmath
import numpy as np
import pytest

from helpers.papers import FORMULAS
from helpers.trajectories import IDS, OPTIMIZERS, made
from microgrid import NonFiniteGradient, optim, parameter
from microgrid.optim import moves
from microgrid.optim.native import rules_c

kernel = pytest.importorskip("microgrid.optim.native.kernel", reason="the package is not compiled")

each = pytest.mark.parametrize(("name", "options"), OPTIMIZERS, ids=IDS)
N = 37
"""Whole vectors of every instruction set, and some over."""


def levels():
    found = [kernel.choose_level(k) for k in range(3)]
    kernel.choose_level(-1)
    return [k for k, name in enumerate(found) if name]


@pytest.fixture(params=levels())
def level(request):
    yield kernel.choose_level(request.param)
    kernel.choose_level(-1)


@pytest.fixture
def never(monkeypatch):
    """A step by NumPy fails the test."""
    monkeypatch.setattr(moves.Arrays, "step", None)


def by_numpy(optimizer):
    optimizer._in_c = lambda *given: False
    return optimizer


def gradients(seed=0, n=N, zeros=True):
    """Of many sizes, with zeros of both signs among them."""
    rng = np.random.default_rng(seed)
    while True:
        g = rng.normal(size=n) * 10.0 ** rng.integers(-6, 4, n)
        if zeros:
            g[rng.integers(n)], g[rng.integers(n)] = 0.0, -0.0
        yield g


def start(n=N):
    return np.random.default_rng(9).normal(size=n)


@each
def test_two_hundred_steps_have_the_bits_of_pythons_floats_and_of_numpy(name, options, level, monkeypatch):
    """The learning rate changes on the way, and another optimiser goes on from the saved state."""
    points, arrays, values = start(), start(), [parameter(x) for x in start()]
    make = made(name, options)
    ours, numpys, floats = make(points), by_numpy(make(arrays)), make(values)
    assert isinstance(floats._memory, moves.Lists)
    for k, g in zip(range(200), gradients(zeros=False)):  # a Value whose gradient is set to 0 has none
        if k == 60:
            for optimizer in (ours, numpys, floats):
                optimizer.lr = optimizer.lr * 0.7
        if k == 120:
            state = ours.state_dict()
            assert state == numpys.state_dict() == floats.state_dict()
            ours = make(points)
            ours.load_state_dict(state)
        with monkeypatch.context() as patched:
            patched.setattr(moves.Arrays, "step", None)
            ours.step(g)
        numpys.step(g)
        for v, slope in zip(values, g.tolist()):
            v.grad = slope
        floats.step()
        assert points.tobytes() == arrays.tobytes()
        assert points.tolist() == [v.data for v in values]
    assert ours.state_dict() == numpys.state_dict() == floats.state_dict()
    assert not np.array_equal(points, start())


@each
def test_the_path_is_that_of_the_formulas_in_50_digits(name, options, never):
    n, points, past = 9, start(9), [{} for _ in range(9)]
    optimizer = made(name, options)(points)
    with mpmath.workdps(50):
        exact = [mpmath.mpf(x) for x in start(9)]
        for k, g in zip(range(1, 201), gradients(n=n)):
            g = np.sign(g) * np.abs(g) ** 0.2  # so that no number of the path is a small difference of large ones
            optimizer.step(g)
            exact = [
                FORMULAS[name](x, mpmath.mpf(slope), k, of, **options)
                for x, slope, of in zip(exact, g.tolist(), past, strict=True)
            ]
    assert np.allclose(points, [float(x) for x in exact], rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop"])
@pytest.mark.parametrize("clip", ["norm", "value", None])
def test_with_a_schedule_and_clipping_as_by_numpy(name, clip, monkeypatch):
    ends = []
    for native in (True, False):
        points = start()
        optimizer = getattr(optim, name)(points, lr=0.05)
        schedule = optim.CosineAnnealingLR(optimizer, T_max=50)
        with monkeypatch.context() as patched:
            if not native:
                by_numpy(optimizer)
                patched.setattr(optim.clipping, "_kernel", lambda given: None)
            for _, g in zip(range(100), gradients(3)):
                if clip == "norm":
                    optim.clip_grad_norm_(g, 0.5)
                elif clip == "value":
                    optim.clip_grad_value_(g, 0.5)
                optimizer.step(g)
                schedule.step()
        ends.append(points.tobytes())
    assert ends[0] == ends[1]


@pytest.mark.parametrize("n", [0, 1, 2, 7, 8, 9, 15, 127, 128, 129, 136, 255, 257, 337, 1000, 4192])
def test_the_norm_and_what_it_leaves_have_the_bits_of_numpy(n, level, monkeypatch):
    for g in [next(gradients(n, max(n, 1)))[:n], np.zeros(n), np.full(n, 1e300), np.full(n, 5e-324)]:
        for clip in (optim.clip_grad_norm_, optim.clip_grad_value_):
            ours, numpys = g.copy(), g.copy()
            found = clip(ours, 0.25)
            with monkeypatch.context() as patched:
                patched.setattr(optim.clipping, "_kernel", lambda given: None)
                expected = clip(numpys, 0.25)
            assert found == expected
            assert ours.tobytes() == numpys.tobytes()


@each
def test_what_is_not_finite_moves_nobody(name, options, level):
    points = start()
    optimizer = made(name, options)(points)
    for _, g in zip(range(3), gradients()):
        optimizer.step(g)
    before, state = points.tobytes(), optimizer.state_dict()
    for place in (0, 8, N - 1):
        for bad in (np.nan, np.inf, -np.inf):
            wrong = g.copy()
            wrong[place] = bad
            with pytest.raises(NonFiniteGradient, match=rf"the gradient of parameters\[{place}\]"):
                optimizer.step(wrong)
            assert points.tobytes() == before
    assert optimizer.state_dict() == state


def test_a_memory_that_leaves_the_doubles_moves_nobody():
    points = np.ones(N)
    optimizer = optim.Adam(points)
    g = np.ones(N)
    g[20] = 1e200  # whose square is infinite
    with pytest.raises(NonFiniteGradient, match=r"would make exp_avg_sq of parameters\[20\] \(1.0\) inf"):
        optimizer.step(g)
    assert points.tolist() == [1.0] * N
    assert optimizer.state_dict() == optim.Adam(points).state_dict()


def test_clipping_what_is_not_finite_changes_nothing():
    g = np.arange(20.0)
    g[11] = np.nan
    before = g.tobytes()
    for clip in (optim.clip_grad_norm_, optim.clip_grad_value_):
        with pytest.raises(NonFiniteGradient, match=r"parameters\[11\] is nan"):
            clip(g, 1.0)
        assert g.tobytes() == before


@pytest.mark.parametrize(
    "form",
    [
        lambda g: g.tolist(),
        lambda g: g.astype(np.float32),
        lambda g: g.astype(">f8"),
        lambda g: np.repeat(g, 2)[::2],
        lambda g: np.frombuffer(b"\0" + g.tobytes(), dtype=np.uint8)[1:].view(np.float64),
        lambda g: np.ma.MaskedArray(g),
    ],
    ids=["list", "float32", "big-endian", "strided", "unaligned", "masked"],
)
def test_gradients_in_other_forms_take_the_same_step(form):
    g = np.round(next(gradients()), 3).astype(np.float32).astype(np.float64)
    points, others = start(), start()
    optim.Adam(points, lr=0.1).step(g)
    optim.Adam(others, lr=0.1).step(form(g))
    assert points.tolist() == others.tolist()


@each
def test_gradients_of_zero_as_by_numpy(name, options, level):
    points, others = start(), start()
    ours, numpys = made(name, options)(points), by_numpy(made(name, options)(others))
    for _, g in zip(range(50), gradients(5)):
        ours.step(g)
        numpys.step(g)
    assert points.tobytes() == others.tobytes()


@pytest.mark.parametrize("place", [0, 1, N])
def test_a_gradient_that_lies_in_the_parameters_is_read_before_they_move(place):
    whole = np.arange(2.0 * N)
    optim.SGD(whole[:N], lr=0.5).step(whole[place : place + N])
    expected = np.arange(N) - 0.5 * np.arange(place, place + N)
    assert whole.tolist() == [*expected, *range(N, 2 * N)]


def test_a_part_of_an_array_moves_by_itself():
    whole = np.zeros(3 * N)
    optim.SGD(whole[N : 2 * N], lr=1.0).step(-np.ones(N))
    assert whole.tolist() == [0.0] * N + [1.0] * N + [0.0] * N


def test_an_array_made_read_only_meanwhile_is_not_written():
    points = np.zeros(N)
    optimizer = optim.SGD(points)
    points.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        optimizer.step(np.ones(N))
    assert points.tolist() == [0.0] * N


def test_every_choice_of_settings_has_its_loop():
    """But for rows of one's own, which NumPy runs, and whose lines nothing was compiled from."""
    for name, options in OPTIMIZERS:
        optimizer = made(name, options)(np.ones(3))
        assert optim.compiled.variant(optimizer.row, optimizer._holds).native is not None

    class Other(optim.Optimizer):
        row = optim.Row("x = x - 2*lr*g", {"lr": 0.1})

    class Same(optim.Optimizer):
        row = optim.Row("x = x - lr*g", {"lr": 0.1})

    points = np.ones(3)
    Other(points).step(np.ones(3))
    assert points.tolist() == [0.8] * 3
    assert optim.compiled.variant(Other.row, ()).native is None
    assert optim.compiled.variant(Same.row, ()).native is not None


def test_what_numpy_may_round_otherwise_is_not_compiled():
    row = optim.Row("x = x - lr*exp(g)", {"lr": 0.1})
    assert "exp" not in rules_c.header([row])
    assert "R(0)" not in rules_c.header([row])


def test_names_that_mean_something_to_c():
    row = optim.Row("double = lr*g; int = double*2; x = x - int", {"lr": 0.1})
    text = rules_c.header([row])
    assert "int_ = (double_ * 2.0);" in text


def test_the_number_of_the_step_counts_on():
    points, steps = np.ones(3), count(1)
    optimizer = optim.Adam(points)
    for k in range(5):
        optimizer.step(np.ones(3))
        assert optimizer.state_dict()["steps"] == next(steps) == k + 1
