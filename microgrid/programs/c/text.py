"""The whole C file of a program: what it is, the few helpers it needs, its loops, and how it is called."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from ...errors import GraphError
from ...naming.places import parameter_names
from ...naming.scopes import LAYER
from ...ops import ROWS
from ..instructions import Code, Instruction, instructions, rows_of
from ..listing import Names
from . import lanes, uniform
from .helpers import CALLS, INCLUDES, VALUE_AND_GRAD, helped
from .passing import Backward
from .rows import functions
from .spelling import SPELLED, Spelling, comment, guarded, number, said

__all__ = ["seconds", "to_c"]

PART = 40
"""How many instructions a C function holds."""

LANE_PART = 8
"""The same of instructions for each sample, which are longer, and stand there for each size of a block."""
SIZES = (40, 32, 8)
"""How many samples a block has."""
PREFIX = "microgrid_"
"""What is seen outside the file has names of its own: `end` is the linker's."""

Lines = Callable[[Instruction, Spelling], Iterator[str]]


def to_c(code: Code, names: Names, operations: int) -> str:
    """The program as a C file, which needs GCC or clang and the mathematics library."""
    for name in (row.name for k in rows_of(code) if (row := ROWS[k]) and not row.value):
        raise GraphError(
            f"{name} is a custom operation, a Python function of numbers, and has no formula to write in C: "
            "compose it of microgrid's operations"
        )
    scopes = names.scopes or [""] * code.parameters
    names = names._replace(parameters=parameter_names(names.parameters, scopes))
    once, each = ([_tidy(ins) for ins in instructions(code, lane)] for lane in (False, True))
    spelled, of_samples = Spelling(code, names, False), Spelling(code, names, True)
    differentiable = len(code.output_slots) == 1
    parts = [
        *_operations(code),
        _function(BEGIN, once, uniform.forward, spelled),
        _function(FORWARD, each, lanes.forward, of_samples),
    ]
    if differentiable:
        back = [ins for ins in reversed(each) if ins.needs]
        lane, slot = code.output_slots[0]
        write = Backward(slot) if lane else Backward(-1)
        parts.append(_function(BACKWARD, back, write, of_samples))
        back = [ins for ins in reversed(once) if ins.needs]
        parts.append(_function(END, back, uniform.backward, spelled, FORGET))
    parts += [_block(code, differentiable), _calls(code, differentiable)]
    head = _head(code, operations, len(once) + len(each), differentiable)
    return "\n\n".join([head, INCLUDES, _sizes(code), _map(code, names), helped("\n\n".join(parts))]) + "\n"


def seconds(code: Code) -> float:
    """About how long a compiler takes: measured with gcc 12 on one core with AVX-512."""
    once = sum(0.017 if _loops(ins) else 0.003 for ins in instructions(code, False))
    return once + sum(0.05 + 0.14 * lanes.unrolled(_tidy(ins)) for ins in instructions(code, True))


def _loops(ins: Instruction) -> bool:
    return ins.repeat > 1 or any(run.length > SPELLED for run in ins.runs)


def _tidy(ins: Instruction) -> Instruction:
    """Without steps that are never made."""
    runs = ins.runs
    if ins.repeat == 1:
        runs = tuple(r._replace(factors=tuple(f._replace(rep=0) for f in r.factors)) for r in runs)
    runs = tuple(
        r._replace(factors=tuple(f._replace(step=0) for f in r.factors)) if r.length == 1 else r for r in runs
    )
    operands = ins.operands if ins.repeat > 1 else tuple(x._replace(rep=0) for x in ins.operands)
    return ins._replace(runs=runs, operands=operands)


def _function(head: str, body: Sequence[Instruction], write: Lines, s: Spelling, end: str = "") -> str:
    """A pass over instructions.  One that would be long calls its parts, which a compiler is faster with."""
    lines = [_lines(ins, write, s) for ins in body]
    parts: list[str] = []
    size = LANE_PART if s.lanes else PART
    if len(lines) > size:
        comment, _, named = head.partition("\n")
        start, name, taken = re.split(r"(\w+)(?=\()", named, maxsplit=1)
        given = ", ".join(_taken(named))
        calls = []
        for k in range(0, len(lines), size):
            part = f"{name.removeprefix(PREFIX)}_{k // size + 1}"
            if s.lanes:
                parts.append(_closed(f"{start}{part}{taken}", lines[k : k + size]))
                parts.append("\n".join(_of_size(part, taken, given, length) for length in SIZES))
                calls.append(f"    SIZED({part}, {given.removeprefix('L, ')});")
            else:
                parts.append(_closed(f"CALLED void {part}{taken}", lines[k : k + size]))
                calls.append(f"    {part}({given});")
        head, lines = named, [calls]
        parts[0] = f"{comment}\n{parts[0]}"
    return "\n\n".join([*parts, _closed(head, lines, end)])


def _of_size(part: str, taken: str, given: str, length: int) -> str:
    """A part as a function of its own for blocks of one size."""
    taken = taken.removeprefix("(const int L, ").replace("[L]", f"[{length}]")
    taken = re.sub(r"\s+", " ", taken)
    return f"CALLED void {part}_{length}({taken}\n{{\n    {part}({given.replace('L,', f'{length},', 1)});\n}}"


def _lines(ins: Instruction, write: Lines, s: Spelling) -> list[str]:
    return [f"    {line}" for line in (comment(ins, s), *write(ins, s))]


def _closed(head: str, parts: Sequence[Sequence[str]], end: str = "") -> str:
    lines = [line for part in parts for line in part]
    return "\n".join([head, "{", *lines, *_unused(head, [*lines, end]), *([end] if end else []), "}"])


def _taken(head: str) -> list[str]:
    """The names of what a C function takes."""
    return re.findall(r"(\w+)\)?(?:\[L\])?[,)]", head.partition("(")[2])


def _unused(head: str, lines: Sequence[str]) -> Iterator[str]:
    """A line that keeps the compiler from warning of what a program has no use for."""
    words = set(re.findall(r"\w+", "\n".join(line for line in lines if not line.lstrip().startswith("/*"))))
    idle = [name for name in _taken(head) if name not in words and not (name == "L" and "LANES" in words)]
    if idle:
        yield f"    {', '.join(f'(void){name}' for name in idle)};"


def _operations(code: Code) -> Iterator[str]:
    used = [row for k in rows_of(code) if (row := ROWS[k])]
    if used:
        yield "/* ---- The operations: value, and partial derivatives, of operands x, y and the result z. */"
        yield "\n\n".join(map(functions, used))


# ---------------------------------------------------------------- what stands around the loops


def _head(code: Code, operations: int, count: int, differentiable: bool) -> str:
    outputs = len(code.output_slots)
    given = "const double *parameters, const double *X, ptrdiff_t n"
    calls = [
        f"void outputs({given}, double *out)",
        f"    writes out[n][{outputs}], the outputs of each sample.",
    ]
    if differentiable:
        calls += [f"double value_and_grad({given}, double *gradient)"]
        calls += ["    returns the sum of the output over the samples, and writes its derivative with"]
        calls += [f"    respect to each parameter, gradient[{code.parameters}]."]
    text = textwrap.indent("\n".join(calls), "       ")
    loops = "one loop forward" if count == 1 else f"{count:,} loops forward"
    return f"""\
/* What microgrid recorded of a graph, {operations:,} operations, as {loops}, and as many back.
   program.to_c() wrote it; a framework that compiles arrays generates the like.

{text}

   parameters[{code.parameters}] and the n samples X[n][{code.inputs}] are in the order given to `compile`.
   GCC and clang build it:

       cc -O3 -march=native -fno-math-errno -fno-trapping-math -shared -fPIC program.c -o program.so -lm

   Each loop does the work of many nodes, whose labels stand above it: r counts its repeats, k the terms of
   a sum, l the samples. */"""


def _sizes(code: Code) -> str:
    width = {"PARAMETERS": code.parameters, "INPUTS": code.inputs, "OUTPUTS": len(code.output_slots)}
    slots = {"U_SLOTS": code.uniform_slots, "V_SLOTS": code.lane_slots}
    listed = ", ".join(f"{name} = {n}" for name, n in (width | slots).items())
    lines = [f"enum {{ {listed} }};"]
    if code.constants:
        first = code.parameters
        numbers = ", ".join(map(number, code.initial[first : first + code.constants]))
        table = textwrap.fill(numbers, 100, initial_indent="    ", subsequent_indent="    ")
        lines += ["static const double CONSTANTS[] = {", table, "};"]
    return "\n".join(lines)


def _map(code: Code, names: Names) -> str:
    """What stands where."""
    inputs, results = code.inputs, code.lane_slots - _sums(code, True)
    constants = code.parameters + code.constants
    once = code.uniform_slots - _sums(code, False)
    lines = [
        "/* U holds what is the same for all samples, V what each sample has of its own: a row of L samples",
        "   for each number.  GU and GV hold the adjoints of both, that is the derivative of the output with",
        "   respect to what stands there. */",
    ]
    for lane, first, end, what in (
        *_layers(names.parameters),
        (False, code.parameters, constants, "constants"),
        (False, constants, once, "computed of them once"),
        (False, once, code.uniform_slots, "sums inside operations, as x + y is in relu(x + y)"),
        (True, 0, inputs, "inputs"),
        (True, inputs, results, "results"),
        (True, results, code.lane_slots, "sums inside operations, as x + y is in relu(x + y)"),
    ):
        if end > first:
            place = f"{'V' if lane else 'U'}[{first}" + (f"..{end - 1}]" if end - first > 1 else "]")
            labels = [said(names.of(lane, slot)) for slot in range(first, end)]
            shown = [label or f"{place[0]}[{first + k}]" for k, label in enumerate(labels)]
            listed = ", ".join([*shown[:5], "...", shown[-1]] if len(shown) > 8 else shown)
            known = f": {listed}" if any(labels) else ""
            lines.append(f"/* {place:<10} {guarded(what + known)} */")
    return "\n".join(lines)


def _layers(parameters: Sequence[str]) -> Iterator[tuple[bool, int, int, str]]:
    """Where those of each layer stand, by their names."""
    first = 0
    layers = (found[1] if (found := LAYER.fullmatch(name)) else "" for name in parameters)
    for layer, group in groupby(layers):
        end = first + len(list(group))
        yield False, first, end, f"parameters of layer {layer}" if layer else "parameters"
        first = end


def _sums(code: Code, lane: bool) -> int:
    """How many sums an operation is applied to."""
    return sum(ins.repeat for ins in instructions(code, lane) if ins.runs and ins.row is not None)


BEGIN = """\
/* ---- Once per call: what does not depend on a sample. */
void microgrid_begin(double *restrict U)"""
FORWARD = """\
/* ---- For each block of samples: the results, from the first to the last. */
INLINE void forward(const int L, const double *restrict U, double (*restrict V)[L])"""
BACKWARD = """\
/* ---- The same backwards: each result passes its adjoint on to its operands. */
INLINE void backward(const int L, const double *restrict U, const double (*restrict V)[L],
                     double *restrict GU, double (*restrict GV)[L])"""
END = """\
/* ---- Once per call, at the end: from what the samples left in GU to the parameters' adjoints. */
void microgrid_end(const double *restrict U, double *restrict GU)"""
FORGET = """\
    memset(GU + PARAMETERS, 0, sizeof(double) * (U_SLOTS - PARAMETERS)); /* ready for the next call */"""


def _block(code: Code, differentiable: bool) -> str:
    lane, slot = code.output_slots[0]
    value = f"V[{slot}][l]" if lane else f"U[{slot}]"
    written = "\n".join(
        f"        out[l * OUTPUTS + {o}] = {f'V[{slot}][l]' if lane else f'U[{slot}]'};"
        for o, (lane, slot) in enumerate(code.output_slots)
    )
    reading = """\
    for (int l = 0; l < L; l++) /* behind the last sample stand copies of it, whose adjoints are 0 */
        for (int i = 0; i < INPUTS; i++)
            V[i][l] = X[(l < n ? l : n - 1) * INPUTS + i];
"""
    if differentiable and lane:
        seeded = f"""\
    if (GU) {{
        for (int l = 0; l < L; l++)
            GV[{slot}][l] = l < n;
        backward(L, U, (const double (*)[L])V, GU, GV);
    }}
"""
    elif differentiable:
        seeded = f"    if (GU)\n        GU[{slot}] += n;\n"
    else:
        seeded = ""
    unread = [] if code.inputs else ["X"]
    unread += [] if differentiable and lane else ["GV"]
    unread += [] if differentiable else ["GU"]
    idle = f"    {', '.join(f'(void){name}' for name in unread)};\n" if unread else ""
    return f"""\
/* ---- n samples of X, at most L: their outputs, their sum, and what they add to the adjoints in GU. */
INLINE double block(const int L, const double *U, double *GU, double *memory, const double *X, int n,
                    double *out)
{{
    double (*V)[L] = (double (*)[L])memory, (*GV)[L] = V + V_SLOTS, value = 0;
{reading if code.inputs else ""}    forward(L, U, V);
    for (int l = 0; l < n; l++)
        value += {value};
    for (int l = 0; out && l < n; l++) {{
{written}
    }}
{seeded}{idle}    return value;
}}"""


def _calls(code: Code, differentiable: bool) -> str:
    copied = "    memcpy(U + PARAMETERS, CONSTANTS, sizeof CONSTANTS);"
    calls = CALLS.replace("CONSTANTS\n", copied + "\n" if code.constants else "")
    return calls + (VALUE_AND_GRAD if differentiable else "")
