"""What the page knows when it opens: the model's tapes and circles, its data, its optimiser, for JSON."""

from __future__ import annotations

from itertools import product
from typing import Any

import microgrid
from microgrid import Value
from microgrid.base.phrases import LANGUAGES, said, say
from microgrid.nn.losses import l1_penalty, l2_penalty
from microgrid.ops import TABLE
from microgrid.optim import rules
from microgrid.optim.compiled import variant
from microgrid.optim.rows import Row, below_one
from microgrid.optim.settings import fraction, nonnegative, positive
from microgrid.optim.written import written
from microgrid.programs.program import Program
from microgrid.train.scores.metrics import Accuracy

from ..errors import VizError
from ..network.net import Net
from ..network.painting.looks import THINNEST, WIDEST
from ..page.columns import json_number
from ..words.units import activation_name
from .data_sets import data_sets
from .recorded import MOST_PARAMETERS, MOST_POINTS, Trained
from .tape import operations, tape

MOST_CLASSES = 8
"""Whole numbers up to which targets are taken for classes."""
LOGITS = 3.0
"""The logit whose colour is full: a probability of 0.95."""

ACTIVATIONS = ("relu", "tanh", "sigmoid", "leaky_relu", "elu", "gelu", "silu", "softplus", "sin")
"""Those to choose from in the page."""

__all__ = ["facts", "kinds", "operations_of"]


def kinds(trained: Trained) -> dict[str, Any]:
    """The optimisers to choose from: the table's, and the one that was handed in."""
    own = type(trained.optimizer)
    return {name: getattr(rules, name) for name in rules.__all__} | {own.__name__: own}


def operations_of(trained: Trained) -> list[str]:
    """The rows of operations that the page runs, or may run once the reader has chosen others."""
    codes = [trained.model.code, trained.loss.code, *(program.code for program in _penalties().values())]
    more = ACTIVATIONS if trained.sizes else ()
    return list(dict.fromkeys([*operations(codes), *more]))


def facts(trained: Trained, batch: int, seed: int) -> dict[str, Any]:
    """All of what is trained; page/training.js and page/diagram.js read it."""
    made, targets = kinds(trained).items(), _targets(trained)
    inputs, columns = trained.examples.inputs, len(trained.rows[0]) - trained.examples.inputs
    return {
        "dataSets": data_sets(inputs, trained.predictions, targets["classes"], columns),
        "targets": columns,
        "maxSamples": MOST_POINTS,
        "maxParameters": MOST_PARAMETERS,
        "formulas": {name: _formulas(kind.row) for name, kind in made},
        "ranges": {name: _ranges(kind.row) for name, kind in made},
        "looks": {"thin": THINNEST, "wide": WIDEST},
        "penalties": {name: tape(program) for name, program in _penalties().items()},
        "mlp": _mlp(trained),
        "activations": _activations(trained),
        **targets,
        "model": tape(trained.model, len(trained.normal.x)),
        "normal": [
            {"mean": n.mean.data, "variance": n.variance.data, "momentum": n.momentum}
            for n in trained.normal.normals
        ],
        "loss": tape(trained.loss),
        "reduce": trained.reduce,
        "inputs": inputs,
        "predictions": trained.predictions,
        "dropped": trained.dropped,
        "parameters": [json_number(v.data) for v in trained.parameters],
        "rows": trained.rows,
        "batch": batch,
        "seed": seed,
        "optimizer": _optimizer(trained),
        "net": _net(trained.net, trained),
    }


def _penalties() -> dict[str, Program]:
    """The penalties of one parameter, of strength 1, by the names that readers know them by."""
    found = {}
    for name, penalty in (("L1", l1_penalty), ("L2", l2_penalty)):
        w = Value(1.0, "w")
        found[name] = microgrid.compile(penalty([w], 1.0), [w], [])
    return found


def _mlp(trained: Trained) -> dict[str, Any] | None:
    """Sizes and activation of an MLP, which the page can build anew."""
    if not trained.sizes:
        return None
    return {"sizes": trained.sizes, "activation": trained.activation}


def _activations(trained: Trained) -> dict[str, Any]:
    """What activations are called, and the constant that some of them take."""
    chosen = dict.fromkeys([*ACTIVATIONS, *([trained.activation] if trained.sizes else [])])
    named: dict[str, Any] = {
        op: {
            "label": {lang: said(activation_name(op), lang) for lang in LANGUAGES},
            "constant": TABLE[op].constant,
        }
        for op in chosen
    }
    return named | {"input": {lang: said(say("input"), lang) for lang in LANGUAGES}}


def _targets(trained: Trained) -> dict[str, Any]:
    """What targets are: classes and where a single output parts them, or numbers and how far they range."""
    y = trained.examples.y
    answers = sorted(set(y.ravel().tolist()))
    classes = answers if len(answers) <= MOST_CLASSES and all(a.is_integer() for a in answers) else []
    middle, scale = (answers[0] + answers[-1]) / 2, (answers[-1] - answers[0]) / 2 or 1.0
    if not classes or trained.predictions > 1:
        return {"classes": classes, "threshold": middle, "scale": scale}
    threshold = Accuracy(y, None, trained.loss_function).threshold
    if threshold is None or not answers[0] < threshold < answers[-1]:  # logits, which have no targets' scale
        return {"classes": classes, "threshold": threshold or 0.0, "scale": LOGITS}
    return {"classes": classes, "threshold": threshold, "scale": scale}


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
    }


def _formulas(row: Row) -> dict[str, str]:
    """The lines of a step, by which of the row's conditions hold, as page/settings.js asks for them."""
    return {
        "".join(str(int(hold)) for hold in holds): written(variant(row, holds).lines)
        for holds in product((False, True), repeat=len(row.conditions))
    }


RANGES: dict[Any, list[Any]] = {
    nonnegative: [0, None, False, False],
    positive: [0, None, True, False],
    fraction: [0, 1, False, False],
    below_one: [0, 1, False, True],
}
"""What a check of settings lets pass: from, to, and whether the ends themselves are left out."""


def _ranges(row: Row) -> dict[str, list[Any]]:
    return {
        name: RANGES.get(setting.check, [None, None, False, False])
        for key, setting in row.settings.items()
        for name in setting.names(key)
    }


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
