"""What draws computations besides us: micrograd's notebook, and what draws those of PyTorch.

All but torchvista end in Graphviz.  micrograd's drawing is written here from its description (a record with
label, data and gradient for each value, a circle for each operation); torchviz draws the functions of the
backward pass, torchview and torchvista run a module and look on: none of the three shows a number.
torchvista's page is laid out by the browser that opens it, which is not timed here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from microgrid import Value, graph

__all__ = ["DRAWN", "MICROGRAD", "Draw"]

Draw = Callable[[], str]
MICROGRAD = "draw_dot, as in micrograd's notebook"


def draw_dot(root: Value) -> Draw:
    """What micrograd's notebook draws, iteratively."""
    from graphviz import Digraph

    def draw() -> str:
        dot = Digraph(format="svg", graph_attr={"rankdir": "LR"})
        for v in graph.order(root):
            name = str(id(v))
            dot.node(name, f"{{ {v.label} | data {v.data:.4f} | grad {v.grad:.4f} }}", shape="record")
            if v.op:
                dot.node(name + v.op, v.op)
                dot.edge(name + v.op, name)
            for parent in set(v.parents):
                dot.edge(str(id(parent)), name + v.op)
        return str(dot.pipe(encoding="utf-8"))

    return draw


def torchviz(root: Value) -> Draw:
    make_dot = import_module("torchviz").make_dot
    leaves = _leaves(root)
    named = {f"{v.label or 'leaf'} {i}": leaf for i, (v, leaf) in enumerate(leaves.items())}
    result = _in_torch(root, list(leaves.values()))
    return lambda: str(make_dot(result, params=named).pipe("svg", encoding="utf-8"))


def torchview(root: Value) -> Draw:
    drawn = import_module("torchview").draw_graph
    module, leaves = _module(root), list(_leaves(root).values())
    options = {"device": "cpu", "depth": 10, "expand_nested": True}
    return lambda: str(drawn(module, input_data=leaves, **options).visual_graph.pipe("svg", encoding="utf-8"))


def torchvista(root: Value) -> Draw:
    """It writes its page into a file, and says so."""
    trace = import_module("torchvista").trace_model
    module, leaves = _module(root), tuple(_leaves(root).values())

    def draw() -> str:
        with TemporaryDirectory() as folder, redirect_stdout(StringIO()):
            page = Path(folder, "page.html")
            trace(module, leaves, export_format="html", export_path=str(page))
            return page.read_text(encoding="utf-8")

    return draw


def _leaves(root: Value) -> dict[Value, Any]:
    import torch

    return {
        v: torch.tensor(v.data, dtype=torch.float64, requires_grad=True)
        for v in graph.order(root)
        if not v.parents
    }


def _in_torch(root: Value, leaves: Sequence[Any]) -> Any:
    """The same computation on PyTorch's scalars."""
    ops: dict[str, Callable[..., Any]] = {
        "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b,
        "relu": lambda a: a.relu(),
    }  # fmt: skip
    made: dict[Value, Any] = {}
    given = iter(leaves)
    for v in graph.order(root):
        if not v.parents:
            made[v] = next(given)
        elif v.constant is not None:
            made[v] = made[v.parents[0]] ** v.constant
        else:
            made[v] = ops[v.op](*(made[parent] for parent in v.parents))
    if abs(made[root].item() - root.data) > 1e-9 * abs(root.data):
        raise ArithmeticError(f"PyTorch computes {made[root].item()}, microgrid {root.data}")
    return made[root]


def _module(root: Value) -> Any:
    """The computation as a module, which runs when it is called."""
    import torch

    class Scalars(torch.nn.Module):  # type: ignore[misc]
        def forward(self, *leaves: Any) -> Any:
            return _in_torch(root, leaves)

    return Scalars().eval()


DRAWN: dict[str, tuple[Callable[[Value], Draw], str]] = {
    MICROGRAD: (draw_dot, "values, gradients"),
    "torchviz": (torchviz, "operations"),
    "torchview": (torchview, "operations"),
    "torchvista, laid out when it is opened": (torchvista, "operations"),
}
"""By name: what prepares a drawing of a graph, and what can be seen on it."""
