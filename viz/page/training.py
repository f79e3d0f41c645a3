"""What the page of steps knows of training: gradient descent, as JavaScript and as a formula with holes."""

from __future__ import annotations

import ast
from typing import Any

from microgrid.optim import SGD
from microgrid.optim.compiled import variant

from .optimizers_js import optimizers

__all__ = ["rule", "training"]

SIGNS = {ast.Add: " + ", ast.Sub: " − ", ast.Mult: " · ", ast.Div: " / "}
SUM, PRODUCT, ATOM = range(3)
"""How tightly a formula holds together."""


def rule() -> str:
    """The optimiser that the page trains with, in JavaScript."""
    return optimizers([SGD], plain=True)


def training() -> dict[str, Any]:
    """Its usual learning rate, and what a parameter becomes: formula pieces, and between them what is meant.

    >>> training()["parts"], training()["operands"], training()["tight"]
    (['', ' − ', ' · ', ''], ['x', 'lr', 'g'], [False, True, True])
    """
    row = SGD.row
    settings = row.checked({}, SGD.__name__)
    chosen = variant(row, row.choice(*row.numbers(settings)))
    ((_, formula),) = chosen.lines  # plain gradient descent is one line
    writing = _Holes()
    writing.write(formula)
    return {
        "rate": settings["lr"],
        "parts": writing.parts,
        "operands": writing.operands,
        "tight": writing.tight,
    }


class _Holes:
    """A formula of + − · / as the texts around its names; `tight`: which negative numbers need brackets."""

    def __init__(self) -> None:
        self.parts, self.operands, self.tight = [""], list[str](), list[bool]()

    def write(self, e: ast.expr, least: int = SUM, tight: bool = False) -> None:
        if isinstance(e, ast.BinOp):
            holds = SUM if isinstance(e.op, ast.Add | ast.Sub) else PRODUCT
            inner = least > holds
            self.parts[-1] += "(" * inner
            self.write(e.left, holds, tight and not inner)
            self.parts[-1] += SIGNS[type(e.op)]
            self.write(e.right, holds if isinstance(e.op, ast.Add | ast.Mult) else holds + 1, True)
            self.parts[-1] += ")" * inner
        elif isinstance(e, ast.Name):
            self.operands.append(e.id)
            self.tight.append(tight)
            self.parts.append("")
        else:
            self.parts[-1] += ast.unparse(e)
