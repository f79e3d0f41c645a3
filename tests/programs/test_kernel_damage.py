"""A damaged program is an error message, never a stray memory access: what the kernel refuses, and fuzzed code."""

from __future__ import annotations

import random
from array import array

import numpy as np
import pytest

from helpers.kernel_fuzz import A_LANE, B_LANE, GRAD_A, GRAD_B, PRODUCT, damage, random_code, run_everything
from microgrid import ops
from microgrid.programs.instructions import Code

kernel = pytest.importorskip(
    "microgrid.programs.kernel", reason="optional: the native kernel is not built", exc_type=ImportError
)

TANH, MAXIMUM, LEAKY = (ops.TABLE[name].code for name in ("tanh", "maximum", "leaky_relu"))
FAR = 2**31 - 1


def sound():
    """w0 and w1 are parameters, 0.1 a constant; u = w0*w1, v_r = tanh(w_r * x_0), y = maximum(v0, u)."""
    code = Code(2, 1, 2, uniform_slots=4, lane_slots=7, initial=array("d", [0.0, 0.0, 0.1, 0.0]))
    code.uniform = array("i", [0, 20, 1, 1, 3, 1, 0, 0, 1, -1, 0, 1, PRODUCT | GRAD_A | GRAD_B, 1, 0, 0, 0, 1, 0, 0])
    code.uniform_offsets = array("i", [0])
    code.lanes = array("i", [0, 20, 2, 1, 5, 1, TANH, 2, 1, -1, 0, 1, PRODUCT | B_LANE | GRAD_A, 1, 0, 0, 1, 0, 0, 0])
    code.lanes.extend([MAXIMUM, 11, 1, 1, 4, 1, PRODUCT | A_LANE | GRAD_A | GRAD_B, 2, 0, 3, 0])
    code.lane_offsets = array("i", [0, 20])
    code.outputs = array("i", [1, 4])
    return code


def test_the_sound_program_runs():
    value, gradient = kernel.Machine(sound()).value_and_grad(np.array([2.0, 0.25]), np.array([[0.5, 9.0]]), "sum")
    v = np.tanh(1.0)
    assert value == pytest.approx(v)
    assert gradient == pytest.approx([0.5 * (1 - v * v), 0.0])


SIZE, REPEAT, FLAGS, DST, DST_STEP, POST, POST_DST, POST_DST_STEP, RUNS = 1, 2, 3, 4, 5, 6, 7, 8, 11
BITS, LENGTH, A, A_STEP, A_REP, B, B_STEP = range(12, 19)
ROW = 20


@pytest.mark.parametrize(
    ("place", "new", "message"),
    [
        (SIZE, 19, "record"), (SIZE, 0, "record"), (SIZE, FAR, "record"), (RUNS, 0, "record"), (RUNS, FAR, "record"),
        (RUNS, 2**29 + 1, "record"), (ROW + SIZE, 12, "record"), (ROW + SIZE, -11, "record"),
        (0, -1, "record"), (ROW, 0, "record"), (ROW, 10**6, "no such operation"), (ROW, -(2**31), "no such operation"),
        (POST, MAXIMUM, "no such operation"), (POST, 10**6, "no such operation"), (POST, -1, "no such operation"),
        (REPEAT, 0, "repeat"), (REPEAT, -1, "repeat"), (REPEAT, FAR, "outside"), (FLAGS, 2, "flags"), (FLAGS, 7, "flags"),
        (DST, -1, "outside"), (DST, 6, "outside"), (DST, 1, "written twice"), (DST, 2, "written twice"), (DST, FAR, "outside"),
        (DST_STEP, 2, "outside"), (DST_STEP, 0, "outside"), (POST_DST, 7, "outside"), (POST_DST_STEP, -1, "outside"),
        (LENGTH, 0, "run of terms"), (LENGTH, -1, "run of terms"), (LENGTH, FAR, "over and over"),
        (A, -1, "operand"), (A, 4, "operand"), (A, 1, "operand"), (A_REP, -1, "operand"), (A_REP, FAR, "operand"),
        (A, 2, "operand"),  # a constant takes no gradient
        (B, 2, "operand"), (B, 5, "operand"),  # not computed yet
        (BITS, PRODUCT | B_LANE | GRAD_A | GRAD_B, "operand"),  # an input takes no gradient
        (BITS, PRODUCT | A_LANE | B_LANE | GRAD_A, "operand"), (BITS, B_LANE | GRAD_A, "run of terms"),
        (FLAGS, 0, "run of terms"), (ROW + FLAGS, 0, "do not fit"),
        (ROW + 6, A_LANE | GRAD_A, "do not fit"), (ROW + 7, 4, "operand"), (ROW + 9, 4, "operand"), (ROW + 9, -1, "operand"),
        (ROW + 7, 5, "operand"),  # the sum before the activation takes no gradient
        (ROW, TANH, "do not fit"), (ROW, LEAKY, "do not fit"),
    ],
)  # fmt: skip
def test_damaged_lane_code(place, new, message):
    code = sound()
    code.lanes[place] = new
    with pytest.raises(
        ValueError, match=rf"damaged \(instruction [01] of its lanes code: .*{message}.*compile it again"
    ):
        kernel.Machine(code)


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("uniform", array("i", [])), ("uniform", array("i", [1])), ("uniform_offsets", array("i", [])),
        ("uniform_offsets", array("i", [-4])), ("uniform_offsets", array("i", [0, 20])),
        ("lane_offsets", array("i", [0])), ("lane_offsets", array("i", [0, 12])), ("lane_offsets", array("i", [0, 20, 31])),
        ("outputs", array("i", [1, 7])), ("outputs", array("i", [2, 0])), ("outputs", array("i", [-1, 0])),
        ("outputs", array("i", [0, -1])), ("outputs", array("i", [0, 4])),
        ("parameters", -1), ("parameters", 5), ("parameters", 4), ("inputs", -1), ("inputs", 8), ("inputs", 3),
        ("uniform_slots", 5), ("uniform_slots", 3), ("uniform_slots", -1), ("lane_slots", 6), ("lane_slots", -7),
        ("initial", array("d", [])), ("initial", array("d", [0.0] * 5)),
    ],
)  # fmt: skip
def test_damage_elsewhere(name, new):
    code = sound()
    setattr(code, name, new)
    with pytest.raises(ValueError, match="damaged"):
        kernel.Machine(code)


@pytest.mark.parametrize("name", ["uniform", "lanes", "parameters", "inputs", "lane_slots"])
def test_numbers_no_int_can_hold(name):
    code = sound()
    setattr(code, name, [2**40] if name in ("uniform", "lanes") else 2**40)
    with pytest.raises((OverflowError, ValueError)):
        kernel.Machine(code)


def test_lane_bits_in_uniform_code():
    code = sound()
    code.uniform[BITS] |= A_LANE
    with pytest.raises(ValueError, match="uniform code: an operand"):
        kernel.Machine(code)


def test_fuzzed_code_is_refused_or_runs():
    refused = 0
    for seed in range(100):
        rng = random.Random(seed)
        whole = random_code(rng)
        for _ in range(10):
            code = damage(rng, whole)
            try:
                machine = kernel.Machine(code)
            except (ValueError, OverflowError):
                refused += 1
                continue
            try:
                run_everything(machine, code, rng)
            except MemoryError:  # a size that is damaged may ask for more than there is
                continue
    assert 500 < refused < 1000
