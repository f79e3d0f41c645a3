"""What `fit` notes for a snapshot: parameters and a batch, whose numbers are computed when they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from ..arguments import Floats
from ..engine import Value
from .recorded import Graph
from .statistics import LayerStats, Watch

__all__ = ["Example", "Noted", "Source"]


class Example(Protocol):
    """What `fit` has recorded of a sample, and found to stand for all."""

    loss: Value
    outputs: list[Value]
    columns: list[Value]
    inputs: int
    """How many of the columns are the sample's numbers; its target follows."""
    classes: int


class Source:
    """A training whose graph stands for all its samples, draws nothing and keeps no statistics."""

    def __init__(self, example: Example, parameters: Sequence[Value]) -> None:
        columns, total = example.columns, example.loss
        self.graph = Graph(total, [columns[: example.inputs]], columns, example.classes)
        self.parameters = parameters
        around = f"{total.scope}/"
        scopes = {v.scope for v in example.outputs}
        self.certain = any(scope and not around.startswith(f"{scope}/") for scope in scopes)
        """Whether there is a layer: what leaves a scope is a unit of one."""

    @cached_property
    def watch(self) -> Watch:
        return Watch(self.graph, self.parameters)


@dataclass
class Noted:
    """One snapshot."""

    source: Source
    parameters: Floats
    X: Floats
    y: Floats
    after: Floats | None = None
    """The parameters after the step that followed, once it is taken."""

    def look(self) -> tuple[dict[str, LayerStats], bool]:
        """The layers by scope, and whether every number is finite."""
        watch = self.source.watch
        layers, finite = watch.look(self.parameters, self.X, self.y)
        if self.after is not None:
            layers = watch.moved(layers, self.parameters, self.after)
        return layers, finite
