"""Replay of the moons step: the loss of 100 samples and its 337 gradients, by a program and its peers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from . import moons
from .machine import levels
from .peers import PEERS
from .report import Result
from .timing import Answer, Contestant, contest

__all__ = ["at_level", "program_contestant", "run"]

OURS, AS_C = "microgrid program", "microgrid program, built as C"
NUMPY, TUNED, JAX, TORCH, CASADI, DDX = list(PEERS)[:6]


def run(quick: bool) -> Result:
    """Everyone's answer is compared with the eager engine's, our own included."""
    import microgrid
    import microgrid.nn

    data = moons.moons(20 if quick else 100)
    model = moons.network(microgrid.nn)
    eager = Answer(moons.step(model, data, microgrid.Value), [p.grad for p in model.parameters()])
    parameters, rows = moons.as_arrays(model, data)
    loss, inputs = moons.one_sample(model, microgrid.Value)
    program = microgrid.compile(loss, inputs=inputs, parameters=model.parameters())

    builders: dict[str, Callable[[], Contestant]] = {OURS: partial(program_contestant, program, rows)}
    for level in levels():
        builders[_named(level)] = partial(at_level, program, rows, level)
    if levels():
        again = partial(microgrid.compile, loss, inputs=inputs, parameters=model.parameters(), backend="c")
        builders[AS_C] = lambda: program_contestant(again(), rows)
    for name, build in PEERS.items():
        builders[name] = partial(build, parameters, rows, moons.LAYERS)
    standings = contest(eager, builders, turns=3 if quick else 41)

    result = Result()
    result.add(
        "replay", f"Replay: loss and {len(parameters)} gradients of {len(rows)} samples", standings, OURS
    )
    if levels():
        if levels()[-1] in ("avx2", "avx512"):
            result.measure("replay.numpy", standings.ratio(NUMPY, OURS))
        for level in {"sse2", "avx2"}.intersection(levels()):
            result.measure(f"replay.numpy.{level}", standings.ratio(NUMPY, _named(level)))
        result.measure("replay.numpy.c", standings.ratio(NUMPY, AS_C))
        result.measure("replay.jax", standings.ratio(JAX, OURS))
        result.measure("replay.torch", standings.ratio(TORCH, OURS))
        result.measure("replay.ddx", standings.ratio(DDX, OURS))
    result.notes.append(f"the program, in numbers: {program.stats()}")
    return result


def program_contestant(program: Any, rows: Any) -> Contestant:
    """`value_and_grad` as users call it."""
    return Contestant(lambda: program.value_and_grad(rows), lambda found: Answer(float(found[0]), found[1]))


def at_level(program: Any, rows: Any, level: str) -> Contestant:
    """The same kernel held to one instruction set, on one thread."""
    # private on purpose: which instructions run is not for users to choose
    call = partial(program._machine.value_and_grad, program.parameters, rows, "mean", 1, level)
    return Contestant(call, lambda found: Answer(float(found[0]), found[1]))


def _named(level: str) -> str:
    return f"{OURS}, {level} only"
