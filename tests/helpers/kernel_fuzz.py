"""Random programs for the kernel, what they come to by the definition of the format, and random damage.

Run alone it is what valgrind and AddressSanitizer watch:  python tests/helpers/kernel_fuzz.py [how many] [first seed]
"""

from __future__ import annotations

import contextlib
import random
import sys
from array import array
from typing import Any

from microgrid import ops
from microgrid.programs.instructions import Code

A_LANE, B_LANE, PRODUCT, GRAD_A, GRAD_B, MINUS = 1, 2, 4, 8, 16, 32
BOUNDED = ["tanh", "sin", "cos", "erf", "sigmoid", "softsign", "atan", "hardtanh"]


class Builder:
    """Writes random instructions; `needs[lane]` says for each slot whether it depends on a parameter."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        parameters, inputs, constants = rng.randint(1, 30), rng.randint(0, 5), rng.randint(1, 8)
        self.code = Code(parameters, constants, inputs)
        self.code.initial.extend([0.0] * self.code.parameters + [rng.uniform(-1, 1) for _ in range(constants)])
        self.needs = [[True] * self.code.parameters + [False] * constants, [False] * self.code.inputs]
        self.starts = [0, 0]
        for own in (0, 1):
            for _ in range(rng.randint(0, 6) if own == 0 or self.code.inputs else 0):
                self.instruction(own)
        self.code.uniform_slots, self.code.lane_slots = map(len, self.needs)
        self.code.initial.extend([0.0] * (self.code.uniform_slots - len(self.code.initial)))
        last = 1 if self.needs[1] else 0
        self.code.outputs.extend([last, len(self.needs[last]) - 1])

    def operand(self, own: int, length: int, repeat: int) -> tuple[int, list[int], bool]:
        """Lane or not; slot, step and repeat step, forwards or backwards; whether an adjoint can be taken."""
        rng = self.rng
        lane = own and rng.randint(0, 1)
        size = len(self.needs[lane])
        step = rng.choice([0, 1, 1, 1, 2, 3, -1]) if length > 1 else 0
        rep = rng.choice([0, 0, 1, 1, 2, length * step, -1]) if repeat > 1 else 0
        ends = [k * step + r * rep for k in (0, length - 1) for r in (0, repeat - 1)]
        if max(ends) - min(ends) >= size:
            step = rep = 0
            ends = [0]
        at = rng.randint(-min(ends), size - 1 - max(ends))
        slots = {at + k * step + r * rep for k in range(length) for r in range(repeat)}
        return lane, [at, step, rep], all(self.needs[lane][slot] for slot in slots)

    def instruction(self, own: int) -> None:
        rng, needs, stream = self.rng, self.needs, [self.code.uniform, self.code.lanes][own]
        offsets = [self.code.uniform_offsets, self.code.lane_offsets][own]
        repeat = rng.choice([1, 1, 2, 3, 4, 5, 8, 9, 16, 19, 33])
        offsets.append(len(stream))
        if rng.random() < 0.3:
            return self.row(own, repeat)
        runs, gradient = [], False
        for _ in range(rng.randint(1, 4)):
            length = rng.choice([1, 1, 1, 2, 4, 7, 16, 33])
            bits = MINUS if rng.random() < 0.3 else 0
            lane, a, differentiable = self.operand(own, length, repeat)
            bits |= (A_LANE if lane else 0) | (GRAD_A if differentiable else 0)
            b = [-1, 0, 0]
            if rng.random() < 0.7:
                lane, b, differentiable = self.operand(own, length, repeat)
                bits |= PRODUCT | (B_LANE if lane else 0) | (GRAD_B if differentiable else 0)
            gradient = gradient or bool(bits & (GRAD_A | GRAD_B))
            runs += [bits, length, *a, *b]
        post = ops.TABLE[rng.choice([*BOUNDED, "relu", "leaky_relu"])] if rng.random() < 0.8 else None
        constant = self.constant() if post and post.constant is not None else -1
        dst = len(needs[own])
        head = [0, 12 + len(runs), repeat, int(gradient), dst, 1, 0, 0, 1, -1, 0, len(runs) // 8]
        needs[own] += [gradient and not post] * repeat
        if post:
            head[6:10] = [post.code, len(needs[own]), 1, constant]
            needs[own] += [gradient] * repeat
        stream.extend(head + runs)
        return None

    def constant(self) -> int:
        return self.rng.randrange(self.code.parameters, len(self.code.initial))

    def row(self, own: int, repeat: int) -> None:
        names = [*BOUNDED, "relu", "leaky_relu", "maximum", "minimum", "hypot", "logaddexp", "atan2"]
        row = ops.TABLE[self.rng.choice(names)]
        lane, x, first = self.operand(own, 1, repeat)
        y, lane_y, second = [-1, 0, 0], 0, False
        if row.arity == 2:
            lane_y, y, second = self.operand(own, 1, repeat)
        elif row.constant is not None:
            y = [self.constant(), 0, 0]
        bits = (A_LANE if lane else 0) | (B_LANE if lane_y else 0) | (PRODUCT if y[0] >= 0 else 0)
        bits |= (GRAD_A if first else 0) | (GRAD_B if second else 0)
        dst = len(self.needs[own])
        stream = [self.code.uniform, self.code.lanes][own]
        stream.extend([row.code, 11, repeat, int(first or second), dst, 1, bits, x[0], x[2], y[0], y[2]])
        self.needs[own] += [first or second] * repeat


def random_code(rng: random.Random) -> Code:
    return Builder(rng).code


def reference(code: Code, parameters: Any, x: Any) -> tuple[float, list[float], float]:
    """The output of one sample, the gradient, and the largest number met, term by term as the format is defined."""
    memory = [list(code.initial), [0.0] * code.lane_slots]
    memory[0][: code.parameters] = parameters
    memory[1][: code.inputs] = x
    tape = []  # result, and what it passes on: (lane, slot, partial)
    for own, stream in enumerate((code.uniform, code.lanes)):
        at = 0
        while at < len(stream):
            record = stream[at : at + stream[at + 1]]
            for r in range(record[2]):
                tape += step(memory, own, record, r)
            at += record[1]
    adjoint = [[0.0] * len(memory[0]), [0.0] * len(memory[1])]
    lane, slot = code.outputs
    adjoint[lane][slot] = 1.0
    for own, result, passes in reversed(tape):
        g = adjoint[own][result]
        for lane, operand, partial in passes:
            if g != 0.0:
                adjoint[lane][operand] += g * partial
    largest = max(abs(number) for numbers in memory + adjoint for number in numbers)
    return memory[code.outputs[0]][slot], adjoint[0][: code.parameters], largest


def step(memory: list[list[float]], own: int, c: Any, r: int) -> list[Any]:
    """Repeat r of one instruction: computes it, and returns its lines of the tape."""
    dst = c[4] + r * c[5]
    if c[0]:
        bits, x = c[6], c[7] + r * c[8]
        y = c[9] + r * c[10] if bits & PRODUCT else 0
        b_lane = (bits & B_LANE) // B_LANE
        value, p, q = ops.ROWS[c[0]].forward_ieee(memory[bits & A_LANE][x], memory[b_lane][y])
        memory[own][dst] = value
        passes = [(bits & A_LANE, x, p)] if bits & GRAD_A else []
        return [(own, dst, passes + ([(b_lane, y, q)] if bits & GRAD_B else []))]
    total, passes = -0.0, []
    for k in range(12, len(c), 8):
        bits, length, a, a_step, a_rep, b, b_step, b_rep = c[k : k + 8]
        sign, a_lane, b_lane = -1.0 if bits & MINUS else 1.0, bits & A_LANE, (bits & B_LANE) // B_LANE
        for t in range(length):
            i, j = a + t * a_step + r * a_rep, b + t * b_step + r * b_rep
            u, v = memory[a_lane][i], memory[b_lane][j] if bits & PRODUCT else 1.0
            total += sign * u * v
            passes += [(a_lane, i, sign * v)] if bits & GRAD_A else []
            passes += [(b_lane, j, sign * u)] if bits & GRAD_B else []
    memory[own][dst] = total
    if not c[6]:
        return [(own, dst, passes)]
    after = c[7] + r * c[8]
    constant = memory[0][c[9] + r * c[10]] if c[9] >= 0 else 0.0
    memory[own][after], p, _ = ops.ROWS[c[6]].forward_ieee(total, constant)
    return [(own, dst, passes), (own, after, [(own, dst, p)])]


def damage(rng: random.Random, code: Code) -> Code:
    """A copy with a few numbers changed, or a stream cut."""
    fields = {name: array(v.typecode, v) if isinstance(v, array) else v for name, v in vars(code).items()}
    for _ in range(rng.choice([1, 1, 2, 5])):
        name = rng.choice([n for n in fields if n not in ("initial", "constants")])
        new = rng.choice([rng.randint(-3, 70), rng.randint(-3, 3), 1 << rng.randint(6, 12), -(2**31), 2**31 - 1])
        if isinstance(fields[name], int):
            fields[name] = rng.choice([new, fields[name] + rng.randint(-2, 2)])
        elif fields[name] and rng.random() < 0.9:
            k = rng.randrange(len(fields[name]))
            fields[name][k] = rng.choice([new, max(-(2**31), min(2**31 - 1, fields[name][k] + rng.randint(-2, 2)))])
        else:
            fields[name] = fields[name][: rng.randint(0, len(fields[name]))]
    return Code(**fields)


def run_everything(machine: Any, code: Code, rng: random.Random) -> None:
    import numpy as np

    from microgrid.programs import kernel

    for batch in (1, 5, 40) if code.inputs else (1,):
        X = np.linspace(-1, 1, batch * code.inputs).reshape(batch, code.inputs) if code.inputs else None
        for level in kernel.levels():
            for reduce in ("mean", "sum", None):
                machine.value_and_grad(np.ones(code.parameters), X, reduce, rng.choice([1, 2]), level)
            machine.forward(np.ones(code.parameters), X, False, 1, level)


def main(count: int, first: int) -> None:
    from microgrid.programs import kernel

    refused = ran = 0
    for seed in range(first, first + count):
        rng = random.Random(seed)
        whole = random_code(rng)
        for code in (whole, *(damage(rng, whole) for _ in range(20))):
            try:
                machine = kernel.Machine(code)
            except (ValueError, OverflowError, MemoryError):
                refused += 1
                continue
            ran += 1
            with contextlib.suppress(MemoryError):  # damage may ask for more than there is
                run_everything(machine, code, rng)
    print(f"{ran} programs ran, {refused} were refused")


if __name__ == "__main__":
    main(*(int(number) for number in (sys.argv[1:] + ["100", "0"][len(sys.argv) - 1 :])))
