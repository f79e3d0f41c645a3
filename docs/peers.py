"""What other tools draw of the gallery's networks, beside our own: `docs/gallery.py --peers FOLDER`."""

from __future__ import annotations

from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import networks

import viz
from microgrid import nn

TOOLS = {
    "draw_dot": ("graphviz",),
    "torchviz": ("torch", "torchviz"),
    "torchview": ("torch", "torchview"),
}
"""By its name: the packages that a tool needs, its own last."""
WIDTH = 320


def compare(folder: Path) -> Path:
    """Draw every network that is a perceptron with each tool that is installed, and a page of all."""
    folder.mkdir(parents=True, exist_ok=True)
    tools = [tool for tool, needed in TOOLS.items() if _installed(tool, needed)]
    rows = []
    for name, (make, options) in networks.NETWORKS.items():
        model, x = make()
        if not isinstance(model, nn.MLP):
            continue
        point = x[0] if isinstance(x[0], list) else x
        ours = viz.network(model, x, **options).save(folder / f"{name}.svg")
        shown = [ours, *(_drawn(tool, model, point, folder / f"{name}_{tool}") for tool in tools)]
        rows.append(f"| {name} | {' | '.join(map(_image, shown))} |")
    head = f"| | {' | '.join(['viz.network', *map(_titled, tools)])} |"
    page = folder / "peers.md"
    page.write_text("\n".join([head, "|---" * (len(tools) + 2) + "|", *rows, ""]), encoding="utf-8")
    return page


def _installed(tool: str, needed: tuple[str, ...]) -> bool:
    missing = [package for package in needed if find_spec(package) is None]
    if missing:
        print(f"{tool} is left out: {' and '.join(missing)} not installed")
    return not missing


def _titled(tool: str) -> str:
    """A tool with the version of it that drew: "torchview 0.2.7"."""
    own = TOOLS[tool][-1]
    return f"{tool} {version(own)}" if own == tool else f"{tool} (viz)"


def _image(file: Path) -> str:
    """Each picture as large as the others of its row, however large the tool has made it."""
    return f'<img src="{file.name}" width="{WIDTH}">'


def _drawn(tool: str, model: nn.MLP, point: list[float], file: Path) -> Path:
    """The tool's own picture of what the model computes of a point."""
    if tool == "draw_dot":
        y = model(point)
        graph = viz.draw_dot(y if not isinstance(y, list) else y[0])
    else:
        graph = _with_torch(tool, model, point)
    graph.format = "svg"
    return Path(graph.render(file, cleanup=True))


def _with_torch(tool: str, model: nn.MLP, point: list[float]) -> Any:
    """The same network in PyTorch, whose weights do not matter to these tools."""
    import torch

    layers: list[Any] = []
    for layer in model.layers:
        layers.append(torch.nn.Linear(layer.nin, layer.nout))
        neuron = layer.neurons[0]
        if neuron.nonlin:
            kinds = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh, "sigmoid": torch.nn.Sigmoid}
            layers.append(kinds[neuron.activation]())
    network = torch.nn.Sequential(*layers)
    sample = torch.tensor([point])
    if tool == "torchviz":
        from torchviz import make_dot

        return make_dot(network(sample), params=dict(network.named_parameters()))
    from torchview import draw_graph

    return draw_graph(network, input_data=sample, device="cpu").visual_graph
