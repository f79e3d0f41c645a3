"""What the page knows when it opens: the model's tapes and circles, its data, its optimiser, for JSON."""

from __future__ import annotations

from typing import Any

from microgrid.base.phrases import LANGUAGES, said
from microgrid.optim import rules
from microgrid.optim.written import text

from ...errors import VizError
from ...page.columns import json_number
from ..net import Net
from .recorded import Trained
from .tape import operations, tape

__all__ = ["facts", "kinds", "operations_of"]


def kinds(trained: Trained) -> dict[str, Any]:
    """The optimisers to choose from: the table's, and the one that was handed in."""
    own = type(trained.optimizer)
    return {name: getattr(rules, name) for name in rules.__all__} | {own.__name__: own}


def operations_of(trained: Trained) -> list[str]:
    """The rows of operations that the page runs."""
    return operations([trained.model.code, trained.loss.code])


def facts(trained: Trained, batch: int, seed: int) -> dict[str, Any]:
    """All of what is trained; page/training.js and page/diagram.js read it."""
    return {
        "model": tape(trained.model),
        "loss": tape(trained.loss),
        "reduce": trained.reduce,
        "inputs": trained.examples.inputs,
        "predictions": trained.predictions,
        "dropped": trained.dropped,
        "parameters": [json_number(v.data) for v in trained.parameters],
        "rows": trained.rows,
        "batch": batch,
        "seed": seed,
        "optimizer": _optimizer(trained),
        "net": _net(trained.net, trained),
    }


def _optimizer(trained: Trained) -> dict[str, Any]:
    """Its settings by the names of formulas, and what it remembers of the parameters so far."""
    made = trained.optimizer
    state, row = made.state_dict(), made.row
    if not isinstance(state["steps"], int):
        raise VizError(
            "this optimizer has taken more steps of some parameters than of others, which a page cannot go "
            f"on from: hand in a new one, {type(made).__name__}(model.parameters())"
        )
    places = {v: i for i, v in enumerate(made.parameters)}
    chosen = [places[v] for v in trained.parameters]
    letters = {memory.name: letter for letter, memory in row.memory.items()}
    settings = {name: getattr(made, name) for name in row.settings}
    return {
        "kind": type(made).__name__,
        "settings": dict(zip(row.values, row.numbers(settings), strict=True)),
        "steps": state["steps"],
        "memory": {letters[name]: [xs[i] for i in chosen] for name, xs in state["memory"].items()},
        "formulas": {name: text(kind.row, _defaults(kind)) for name, kind in kinds(trained).items()},
    }


def _defaults(kind: Any) -> dict[str, Any]:
    return {name: setting.default for name, setting in kind.row.settings.items()}


def _net(net: Net, trained: Trained) -> dict[str, Any]:
    """The circles by columns, and the arrows between them with the places of their weights."""
    place = {name: i for i, name in enumerate(trained.places)}
    columns = [
        {
            "caption": {lang: said(column.caption, lang) for lang in LANGUAGES},
            "units": [
                {
                    "id": unit.id,
                    "name": unit.name,
                    "role": unit.role,
                    "activation": unit.activation or "",
                    "output": output,
                    "biases": [place[bias.place] for bias in unit.biases if bias.place in place],
                }
                for unit, output in zip(column.units, outputs, strict=True)
            ],
        }
        for column, outputs in zip(net.columns, trained.units, strict=True)
    ]
    links = []
    for link in net.links:
        known = place.get(link.weight.place, -1) if link.weight else -1
        links.append([*link.tail, *link.head, known, link.factor])
    return {"title": said(net.title, "en"), "columns": columns, "links": links, "names": _names(net, trained)}


def _names(net: Net, trained: Trained) -> list[str]:
    """What parameters are called in the diagram, w₂₁⁽¹⁾; one that is not in it keeps its place as a name."""
    named = {link.weight.place: link.weight.name for link in net.links if link.weight}
    named |= {
        bias.place: bias.name for column in net.columns for unit in column.units for bias in unit.biases
    }
    return [named.get(place) or place for place in trained.places]
