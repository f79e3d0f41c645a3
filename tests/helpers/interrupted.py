"""A graph on which backward has run before, its state, and an interrupt while gradients are stored."""

from __future__ import annotations

from microgrid import Value, errstate
from microgrid.graph import order


def used_graph(x0: float = 0.0) -> tuple[Value, list[Value]]:
    """A graph with an infinite partial at 0, on which backward has run before."""
    x, w = Value(x0, "x"), Value(3.0, "w")
    y = w * w + (w * x + x.sqrt()) * 2
    with errstate(gradient="ignore"):
        (w * 5 + w * x).backward()
    return y, order(y)


def state(nodes: list[Value]) -> list[tuple]:
    return [(v.data, v.grad, v.has_grad, v.partials) for v in nodes]


class Interrupted(list):
    """A list of adjoints whose reading is interrupted at one place, as by Ctrl-C."""

    def __init__(self, numbers, stop):
        super().__init__(numbers)
        self.stop = stop

    def __getitem__(self, place):
        self.stop -= 1
        if self.stop < 0:
            raise KeyboardInterrupt
        return super().__getitem__(place)
