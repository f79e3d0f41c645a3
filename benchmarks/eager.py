"""micrograd's moons step on micrograd, on microgrid, and its forward loop on plain floats."""

from __future__ import annotations

from typing import Any

from . import moons
from .report import Result
from .timing import Answer, Contestant, contest

OURS, FLOOR = "microgrid", "forward only, plain floats"


def run(quick: bool) -> Result:
    """In the process that asks for the uncompiled engine, the same under other keys."""
    import microgrid
    import microgrid.nn

    data = moons.moons(10 if quick else 100)

    def on_microgrid() -> Contestant:
        return _training(microgrid.nn, microgrid.Value, data)

    def on_micrograd() -> Contestant:
        import micrograd.engine
        import micrograd.nn

        return _training(micrograd.nn, micrograd.engine.Value, data)

    def on_floats() -> Contestant:
        model = moons.network(moons.floats)
        return Contestant(lambda: moons.forward(model, data, float, moons.floats.relu), Answer)

    ours = on_microgrid()
    reference = ours.read(ours.step())
    builders = {OURS: on_microgrid, "micrograd": on_micrograd, FLOOR: on_floats}
    standings = contest(reference, builders, turns=2 if quick else 11)
    result, name = Result(), "eager" if microgrid.compiled else "uncompiled"
    how = "compiled" if microgrid.compiled else "not compiled"
    title = f"Eager: the moons step, {len(data.points)} samples, microgrid {how}"
    result.add(name, title, standings, OURS, "ms")
    result.measure(f"{name}.micrograd", standings.ratio("micrograd", OURS))
    result.measure(f"{name}.floats", standings.ratio(OURS, FLOOR))
    if microgrid.compiled and standings.entries[OURS].timed:
        root = moons.forward(moons.network(microgrid.nn), data, microgrid.Value, lambda v: v.relu())
        nodes = len(microgrid.graph.order(root))
        result.notes.append(f"microgrid's graph has {nodes:,} nodes")
        result.measure("eager.node", standings.entries[OURS].seconds() / nodes * 1e9)
    return result


def _training(module: Any, value: Any, data: moons.Moons) -> Contestant:
    model = moons.network(module)
    parameters = model.parameters()
    return Contestant(
        lambda: moons.step(model, data, value), lambda loss: Answer(loss, [p.grad for p in parameters])
    )
