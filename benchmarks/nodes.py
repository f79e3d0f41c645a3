"""What a node costs: its bytes, its share of the time of a long chain, and the time of one whose operands are
of a subclass."""

from __future__ import annotations

import gc
import sys
import weakref
from pathlib import Path
from statistics import median

from .report import Result, Table, number
from .timing import Answer, Contest, Contestant, contest, laps

__all__ = ["run"]

VALUES, SUBCLASS = "on Values", "on leaves of a subclass"
OPERATIONS = 1000


def run(quick: bool) -> Result:
    """Memory first, while the process is fresh."""
    import microgrid

    result = Result()
    size = bytes_per_node(20_000 if quick else 1_000_000)
    stages = chain(20_000 if quick else 5_000_000, repeats=1 if quick else 3)
    if microgrid.compiled:
        result.measure("memory.node", size)
        for stage, seconds in stages.items():
            result.measure(f"chain.{stage}", seconds * 1e6)
    rows = [("bytes the process grows by, with label and scope", number(size))]
    rows.append(("bytes of it in the object itself", number(sys.getsizeof(microgrid.Value(0.0)))))
    rows += [(f"{stage}, µs", number(seconds * 1e6)) for stage, seconds in stages.items()]
    title = f"A node, microgrid {'' if microgrid.compiled else 'not '}compiled"
    result.tables.append(Table(title, ("", "per node"), rows))
    result.raw = {"bytes": size, "seconds": stages}
    standings = operations(turns=2 if quick else 15)
    result.add("subclass", f"{OPERATIONS:,} products", standings, VALUES)
    if microgrid.compiled:
        result.measure("subclass", standings.ratio(SUBCLASS, VALUES))
    return result


def operations(turns: int) -> Contest:
    """Products of a leaf with itself: of a Value, and of one of a subclass."""
    from microgrid import Value

    class Tracked(Value):
        pass

    def of(x: Value) -> Contestant:
        def step() -> Value:
            for _ in range(OPERATIONS):
                y = x * x
            return y

        return Contestant(step, lambda y: Answer(y.data))

    return contest(Answer(4.0), {VALUES: lambda: of(Value(2.0)), SUBCLASS: lambda: of(Tracked(2.0))}, turns)


def bytes_per_node(nodes: int) -> float:
    """How much this process grows while `nodes` nodes are made, all kept, each with a label, in a scope."""
    from microgrid import Value, scope

    gc.collect()
    with scope("layer0/neuron3"):
        x = last = Value(0.5, "x")
        before = resident()
        for _ in range(nodes):
            last = last * x
            last.label = "h"
        return (resident() - before) / nodes


def resident() -> int:
    """The bytes of memory this process has now; elsewhere than on Linux, the most it ever had."""
    if sys.platform.startswith("linux"):
        import resource

        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    if sys.platform == "win32":
        raise NotImplementedError(
            "the memory of a process is read from /proc or from getrusage; Windows has neither"
        )
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def chain(nodes: int, repeats: int) -> dict[str, float]:
    """CPU seconds per node of each stage, the median of the repeats.  d(x*w*...*w)/dw, known, is checked."""
    runs = [_one_chain(nodes) for _ in range(repeats)]
    stages = zip(("build", "backward", "free"), zip(*runs), strict=True)
    return {stage: median(seconds) / nodes for stage, seconds in stages}


def _one_chain(nodes: int) -> list[float]:
    from microgrid import Value, parameter

    x, w = Value(1.0, "x"), parameter(-1.0, "w")
    held: list[Value] = []
    watched: list[weakref.ref[Value]] = []

    def build() -> None:
        y = x
        for _ in range(nodes):
            y = y * w
        held.append(y)
        watched.append(weakref.ref(y))

    took = laps(build, lambda: held[0].backward(), held.clear)
    expected = (-1.0) ** nodes, nodes * (-1.0) ** (nodes - 1)
    if (x.grad, w.grad) != expected:
        raise ArithmeticError(
            f"the chain's gradients are {x.grad} and {w.grad}, not {expected[0]} and {expected[1]}"
        )
    if watched[0]() is not None:
        raise RuntimeError("the chain was not freed when nobody held it any more")
    return took
