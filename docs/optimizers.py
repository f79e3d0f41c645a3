"""Writes docs/optimizers.md from the rows of the optimisers: python docs/optimizers.py"""

from __future__ import annotations

from pathlib import Path

from microgrid import optim

PAGE = Path(__file__).with_suffix(".md")
KINDS = [
    optim.SGD, optim.Adagrad, optim.Adadelta, optim.RMSprop, optim.Adam, optim.AdamW, optim.Adamax,
    optim.NAdam, optim.RAdam, optim.Rprop,
]  # fmt: skip


def page() -> str:
    """The whole page."""
    parts = [
        "# Optimisers",
        "Written by `docs/optimizers.py` from the rows in `microgrid/optim/rules.py`, by which they compute.",
        "x is a parameter, g its gradient, k the number of the step, from 1.  `print(optim.Adam.latex())` "
        "gives formulas for a slide, `help(optim.Optimizer)` has a row of your own.  Paths: PyTorch's.",
    ]
    return "\n\n".join([*parts, *map(section, KINDS)]) + "\n"


def section(kind: type[optim.Optimizer]) -> str:
    row = kind.row
    kept = [f"{letter} (`{m.name}`) from {m.start}" for letter, m in row.memory.items()]
    settings = ", ".join(f"{name}={setting.default!r}" for name, setting in row.settings.items())
    rule = "\n".join(line.replace(" = ", " ← ") for line in row.rule.splitlines() if line)
    return "\n\n".join([
        f"## {kind.__name__}",
        f"{row.about}  {row.source}.",
        f"`optim.{kind.__name__}(parameters, {settings})`",
        f"```text\n{rule}\n```",
        f"$$\n{kind.latex()}\n$$",
        f"Remembered: {', '.join(kept)}.",
        " ".join(row.differences.split()),
    ])  # fmt: skip


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
