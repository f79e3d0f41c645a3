"""What a model costs: its parameters, and the nodes and bytes that each example records, part by part."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextvars import Context
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Protocol

from ...arguments import Numbers
from ...base.context import errstate
from ...engine import Value
from ...graph import order
from ...naming.names import own_names
from ...naming.scopes import scope_name, scope_names, scope_path, without_neuron

__all__ = ["Part", "Recordable", "Summary", "summarize", "values_in"]


class Recordable(Protocol):
    """What computes a batch by parameters: all that this file has to know of a Module, which imports it."""

    def parameters(self) -> list[Value]: ...

    def batch(self, X: Iterable[Numbers]) -> list[Any]: ...


@dataclass(frozen=True)
class Part:
    """What stands in one scope, its neurons together; outside of all the "inputs", or what the model does.

    `name` is what pictures call the scope: "layer 1", "residual block 1, layer 2".
    """

    name: str
    parameters: int
    nodes: int
    bytes: int


@dataclass(frozen=True)
class Summary:
    """The table of `Module.summary`; `parameters`, `nodes`, `bytes` are totals, of shared parameters once.

    Nodes and bytes are what one more example adds to a recorded batch: backward needs all of it, so a batch
    of n takes n times as much.  Bytes are those of the node objects; uncompiled, the floats that they refer
    to come on top.
    """

    parts: tuple[Part, ...]
    parameters: int

    @property
    def nodes(self) -> int:
        return sum(part.nodes for part in self.parts)

    @property
    def bytes(self) -> int:
        return sum(part.bytes for part in self.parts)

    def __str__(self) -> str:
        head = ("module", "parameters", "nodes per example", "bytes per example")
        rows = [
            (part.name, *map("{:,}".format, (part.parameters, part.nodes, part.bytes))) for part in self.parts
        ]
        rows.append(("total", *map("{:,}".format, (self.parameters, self.nodes, self.bytes))))
        widths = [max(map(len, column)) for column in zip(head, *rows)]
        lines = [
            "  ".join(
                [row[0].ljust(widths[0]), *(text.rjust(width) for text, width in zip(row[1:], widths[1:]))]
            )
            for row in (head, *rows)
        ]
        if sum(part.parameters for part in self.parts) > self.parameters:
            lines.append("Parameters that several parts use count once in the total.")
        return "\n".join(lines)


def summarize(module: Recordable, example: Numbers | None) -> Summary:
    """Record the example in batches of two and of three, and compare."""
    if example is None:
        if not isinstance(nin := getattr(module, "nin", None), int):
            raise ValueError(
                f"{type(module).__name__} does not say how many inputs it takes: give an example, "
                "model.summary([1.0, 2.0])"
            )
        example = [1.0] * nin
    # What three examples record beyond two is what one more costs: the statistics of a batch, shared by all,
    # cancel out; and one example alone is no batch for a normalisation.
    # In a context of its own, where the caller's no_grad() and scopes do not hold; on a copy, whose random
    # streams and running statistics may move.
    two, three = (Context().run(_record, deepcopy(module), example, n) for n in (2, 3))
    before, after = (Counter(without_neuron(v.scope) for v in nodes) for nodes in (two, three))
    used: dict[str, set[Value]] = {}
    for v in two:
        used.setdefault(without_neuron(v.scope), set()).update(p for p in v.parents if p.role == "parameter")
    # each part's come after those it is computed from
    operations = [without_neuron(v.scope) for v in two if v.role == "op"]
    called = scope_names(two, own_names(two))
    each = sys.getsizeof(two[0])
    inputs_alone = all(v.role == "input" for v in three if not without_neuron(v.scope))
    outside = "inputs" if inputs_alone and not used.get("") else type(module).__name__
    parts = []
    first = [""] if "" in after else []
    for name in dict.fromkeys([*first, *operations, *after]):
        nodes = after[name] - before[name]
        if nodes or used[name]:
            said = scope_name(called, scope_path(name)) if name else outside
            parts.append(Part(said, len(used[name]), nodes, nodes * each))
    return Summary(tuple(parts), len(module.parameters()))


def _record(module: Recordable, example: Numbers, n: int) -> list[Value]:
    with errstate(domain="ieee"):  # equal examples have no variance
        return order(*values_in(module.batch([example] * n)))


def values_in(outputs: Any) -> Iterator[Value]:
    """The Values of outputs, however nested."""
    if isinstance(outputs, Value):
        yield outputs
    else:
        for part in outputs:
            yield from values_in(part)
