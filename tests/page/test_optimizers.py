"""The optimisers of pages that train: JavaScript made of the rows, run by Node, beside Python's own steps."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from helpers.pages import run_node
from microgrid.optim import Optimizer, rules
from microgrid.optim.rows import Row
from viz.page.optimizers_js import optimizers
from viz.page.parts import text_of

KINDS = {name: getattr(rules, name) for name in rules.__all__}
OTHER: dict[str, Any] = {"momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1, "lr": 0.05}
"""Another number than the default, for settings that a condition of a row asks for."""


class Awkward(Optimizer):
    """Names that mean something else in JavaScript, and a setting that is 0 and not."""

    row = Row(
        "new = new + g*g if delete > 0 else new; x = x - lr*(g/(sqrt(new) + pi) if not delete > 1 else g)",
        {"lr": 0.1, "delete": 0.5, "pi": 2.0},
        {"new": 0.25},
    )


def settings_of(kind: type[Optimizer]) -> list[dict[str, Any]]:
    """The defaults, and each setting that is 0 or False there at another number, in every combination."""
    choices = {
        name: [setting.default, OTHER.get(name, True)]
        for name, setting in kind.row.settings.items()
        if setting.default is False or (name in OTHER and name != "lr")
    }
    return [dict(zip(choices, chosen, strict=True)) for chosen in product(*choices.values())]


def trained(kind: type[Optimizer], settings: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Parameters, gradients and memory before each step, as the engine moves them down a crooked bowl."""
    dice = np.random.default_rng(5)
    x = dice.normal(size=6)
    moved = kind(x, **settings)
    letters = {memory.name: letter for letter, memory in kind.row.memory.items()}
    steps = []
    for k in range(count + 1):
        g = np.array([1.0, 2.0, 0.1, 5.0, 0.5, 1.0]) * (x - 0.3) + 0.3 * dice.normal(size=6)
        g[5] = 0.0 if k % 3 else g[5]
        kept = {letters[name]: list(row) for name, row in moved.state_dict()["memory"].items()}
        steps.append({"x": x.tolist(), "g": g.tolist(), "memory": kept})
        moved.step(g)
    return steps


def cases() -> list[dict[str, Any]]:
    found = []
    for name, kind in {**KINDS, "Awkward": Awkward}.items():
        for settings in settings_of(kind):
            flat = dict(kind.row.checked({}, name) | settings)
            numbers = dict(zip(kind.row.values, kind.row.numbers(flat), strict=True))
            case = {"name": f"{name} {settings}", "kind": name, "settings": numbers, "allowed": True, "steps": []}
            try:
                case["steps"] = trained(kind, settings, 200)
            except ValueError:  # nesterov without momentum
                case["allowed"] = False
            found.append(case)
    return found


def test_steps_are_those_of_python(tmp_path: Path) -> None:
    every = cases()
    assert {case["kind"] for case in every} == {*KINDS, "Awkward"}
    assert sum(case["allowed"] for case in every) >= 35
    assert sum(not case["allowed"] for case in every) >= 2
    code = text_of("stepper/numbers.js") + optimizers([*KINDS.values(), Awkward])
    run_node("optimizers", tmp_path, len(every), code=code, optimizers=every)
