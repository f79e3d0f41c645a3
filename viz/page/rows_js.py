"""The rows of `microgrid.ops` as JavaScript, for pages that compute anew when a reader changes a number."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache

from microgrid.base.numeric.in_c import C
from microgrid.ops import Op

__all__ = ["is_arithmetic", "rows", "text"]

NUMBERS = {"inf": "Infinity", "nan": "NaN", "pi": "Math.PI"}
OWN = {"erf", "erfc", "pow"}
"""Functions of stepper/numbers.js: those JavaScript lacks, and pow, which it takes for nan at 1**nan."""


def rows(used: Iterable[Op]) -> str:
    """An object with the functions of each row, by its name.

    `value` and `partials` are what the engine computes, in IEEE arithmetic; `domain` and `pole` say where an
    operation is not possible, `kink` where its derivative is a convention, `branch` which of its formulas
    holds.  Custom operations are Python functions and left out.

    >>> from microgrid.ops import TABLE
    >>> "value: (x, y) => { return (x + y); }" in rows([TABLE["add"]])
    True
    """
    written = [row for row in used if row.value]
    return "const ROWS = {\n" + "".join(map(_row, written)) + "};\n"


def text(formula: str) -> str:
    """A formula in x, y, z as a JavaScript expression.

    >>> text("pow(x, y) if 0 < y <= 1 else nan")
    '((0.0 < y && y <= 1.0) ? pow(x, y) : NaN)'
    """
    return JavaScript(asking=False).text(formula)


@cache
def is_arithmetic(row: Op) -> bool:
    """Whether a row takes only +, −, · and /, which IEEE 754 fixes to the last bit in every language.

    >>> from microgrid.ops import TABLE
    >>> [name for name in ("mul", "tanh", "powc") if is_arithmetic(TABLE[name])]
    ['mul']
    """
    formulas = [row.value, *row.partials, *(formula for _, formula in row.let)]
    parts = (part for formula in formulas if row.value for part in ast.walk(ast.parse(formula, mode="eval")))
    return bool(row.value) and not any(isinstance(part, ast.Call | ast.Pow | ast.Mod) for part in parts)


def _row(row: Op) -> str:
    shared = "".join(f"const {name} = {text(formula)}; " for name, formula in row.let)
    slopes = ", ".join(map(text, row.partials))
    functions = {
        "value": ("x, y", f"{shared}return {text(row.value)};"),
        "partials": ("x, y, z", f"{shared}return [{slopes}];"),
        **{what: ("x, y", f"return {text(getattr(row, what))};") for what in ("domain", "pole", "kink")},
        "branch": ("x, y, z", f"{shared}return [{', '.join(_conditions(row))}].join();"),
    }
    body = "".join(
        f"    {name}: ({arguments}) => {{ {code} }},\n" for name, (arguments, code) in functions.items()
    )
    return f"  {row.name}: {{\n{body}  }},\n"


def _conditions(row: Op) -> list[str]:
    """What the textbook's derivatives depend on, so that a page knows whether its formula still holds."""
    trees = (ast.parse(formula) for formula in row.textbook or row.partials)
    tests = [node.test for tree in trees for node in ast.walk(tree) if isinstance(node, ast.IfExp)]
    return [JavaScript(asking=False).visit(test) for test in tests]


class JavaScript(C, ast.NodeVisitor):
    """Spells a formula in JavaScript, which differs from C in the names of functions and numbers."""

    def visit_Constant(self, node: ast.Constant) -> str:
        return str(node.value).lower() if isinstance(node.value, bool) else super().visit_Constant(node)

    def visit_Name(self, node: ast.Name) -> str:
        return NUMBERS.get(node.id, node.id)

    def visit_BinOp(self, node: ast.BinOp) -> str:
        if isinstance(node.op, ast.Mod):  # another sign than Python's, but formulas only ask whether it is 0
            return f"({self.visit(node.left)} % {self.visit(node.right)})"
        return super().visit_BinOp(node)

    def visit_Call(self, node: ast.Call) -> str:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        return f"{name if name in OWN else f'Math.{name}'}({', '.join(map(self.visit, node.args))})"
