"""How the cost of a program grows: networks 2-H-H-1 of 600 to 500,000 operations, 100 samples, no penalty."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import median

from . import moons
from .machine import levels
from .matrices import plain
from .replay import at_level, program_contestant
from .report import Result, Table, number
from .timing import Contest, Contestant, contest, laps

__all__ = ["run"]

SIZES = (16, 48, 160, 500)
OURS, NUMPY = "microgrid program", "NumPy, matrices by hand"


def run(quick: bool) -> Result:
    """The peer is NumPy, whose own answer `replay.py` compares with the eager engine's."""
    result, rows = Result(), []
    samples = 20 if quick else 100
    per_operation, per_recorded = [], []
    for size in SIZES[:2] if quick else SIZES:
        operations, compiling, standings = measured(size, samples, quick)
        ours, peer = standings.entries[OURS], standings.entries[NUMPY]
        per_recorded.append(compiling / operations * 1e6)
        times = ["", "", ""]
        if ours.timed:
            per_operation.append(ours.seconds() / operations / samples * 1e9)
            times = [number(x) for x in (ours.seconds() * 1e6, per_operation[-1], peer.seconds() * 1e6)]
        said = ours.compared if ours.timed else ours.status
        rows.append((str(size), f"{operations:,}", *times, number(per_recorded[-1]), said))
        turns = {entry.name: entry.turns for entry in (ours, peer)}
        result.raw[str(size)] = {"operations": operations, "seconds to compile": compiling, "turns": turns}
    columns = (
        "H",
        "operations per sample",
        "µs",
        "ns per operation and sample",
        "NumPy by hand, µs",
        "record + compile, µs per operation",
        "compared with NumPy",
    )
    title = f"Growth: {samples} samples, one thread{'' if levels() else ', no kernel'}"
    result.tables.append(Table(title, columns, rows))
    if levels():
        result.measure("growth.compile", max(per_recorded))
        if len(per_operation) == len(rows):
            result.measure("growth.spread", max(per_operation) / min(per_operation))
    return result


def measured(size: int, samples: int, quick: bool) -> tuple[int, float, Contest]:
    """Operations per sample, seconds to record and compile them, and the standings."""
    import microgrid
    import microgrid.nn
    from microgrid import graph

    layers = [size, size, 1]
    model = moons.network(microgrid.nn, layers)
    parameters, rows = moons.as_arrays(model, moons.moons(samples))
    loss, inputs = moons.one_sample(model, microgrid.Value, penalty=False)
    again = partial(microgrid.compile, loss, inputs=inputs, parameters=model.parameters())
    compiling = median(laps(*[again] * (1 if quick else 5)))
    program = again()
    operations = sum(v.op != "" for v in graph.order(loss))
    reference = plain(parameters, rows, layers, penalty=0.0)
    ours = (
        partial(at_level, program, rows, levels()[-1])
        if levels()
        else partial(program_contestant, program, rows)
    )
    builders: dict[str, Callable[[], Contestant]] = {OURS: ours, NUMPY: lambda: reference}
    turns = 2 if quick else 31 if size < 100 else 11
    return operations, compiling, contest(reference.read(reference.step()), builders, turns)
