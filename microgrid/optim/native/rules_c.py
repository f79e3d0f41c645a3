"""The rows of `rules.py` as C: a loop for the lines that each choice of settings leaves.

`setup.py` writes `header()` to a file that is compiled and never kept.  A loop is known by its lines, as
text: whoever changes a row, or writes one, has it run by NumPy until it is compiled, and never by other lines
than its own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from itertools import product

from ...base.numeric.in_c import C
from ..compiled import Variant, variant
from ..rows import WORDS, Row, words

__all__ = ["header"]

PRELUDE = "/* Made from microgrid/optim/rules.py by microgrid/optim/native/rules_c.py when it is built. */"


def header(rows: Iterable[Row]) -> str:
    """The loops of these rows, and under MICROGRID_RULES_BY_NUMBER the lines that they are known by."""
    loops = dict(_loops(rows))
    known = ",\n".join(f'    "{lines}"' for lines in loops)
    listed = " ".join(f"R({number})" for number in range(len(loops)))
    return "\n".join(
        [
            PRELUDE,
            "#ifdef MICROGRID_RULES_BY_NUMBER",
            f"static const char *const RULES[] = {{\n{known}}};",
            f"#define MICROGRID_RULES(R) {listed}",
            "#else",
            *(
                f"/* {lines} */\nstatic int RULE({number})(const Step *step)\n{body}"
                for number, (lines, body) in enumerate(loops.items())
            ),
            "#endif",
            "",
        ]
    )


def _loops(rows: Iterable[Row]) -> Iterator[tuple[str, str]]:
    for row in rows:
        for holds in product((False, True), repeat=len(row.conditions)):
            made = variant(row, holds)
            read = set[str]().union(*(words(formula) for _, formula in made.body))
            if not read & {"pow", "exp", "log"}:  # which NumPy may round otherwise
                yield made.known_by, _loop(made)


def _loop(made: Variant) -> str:
    script, state = _Script(), ["x", *made.memory]
    more = [name for name in dict.fromkeys(name for name, _ in made.body) if name not in {*state, "g"}]
    scalars = [f"const double {name}_ = step->scalars[{k}];" for k, name in enumerate(made.scalar_names)]
    read = ["x", "g", *made.memory]
    places = ["step->x", "step->g", *(f"step->last + {k} * n" for k in range(1, len(state)))]
    rows = [f"const double *from_{a} = {place};" for a, place in zip(read, places, strict=True)]
    into = ["step->x", *(f"step->next + {k} * n" for k in range(1, len(state)))]
    rows += [f"double *to_{a} = {place};" for a, place in zip(state, into, strict=True)]
    rows.append("double *kept = step->next;")
    declared = [*(f"{name}_ = from_{name}[i]" for name in read), *(f"{name}_" for name in more)]
    after = [f"to_{name}[i] = {name}_;" for name in state]
    endless = " | ".join(f"ENDLESS({name}_)" for name in state)
    inside = [
        f"double {', '.join(declared)};",
        "kept[i] = x_;",
        *(f"{name}_ = {script.visit(formula)};" for name, formula in made.body),
        *(f"(void){name}_;" for name in more),  # some settings leave none that reads it
        *after,
        f"endless |= {endless};",
    ]
    return "\n".join(
        [
            "{",
            "    const ptrdiff_t n = step->n;",
            *(f"    {line}" for line in (*rows, *scalars)),
            "    long long endless = 0;",
            "    INDEPENDENT",
            "    for (ptrdiff_t i = 0; i < n; i++) {",
            *(f"        {line}" for line in inside),
            "    }",
            "    return !endless;",
            "}",
        ]
    )


class _Script(C, ast.NodeVisitor):
    """Spells what rows of optimisers have besides; a name ends in _, so that none means something to C."""

    CALLED = {word: word for word in WORDS} | {"abs": "fabs", "max": "most", "min": "least"}

    def __init__(self) -> None:
        super().__init__(asking=False)

    def visit_Name(self, node: ast.Name) -> str:
        return f"{node.id}_"

    def visit_Call(self, node: ast.Call) -> str:
        return f"{self.CALLED[ast.unparse(node.func)]}({', '.join(map(self.visit, node.args))})"

    def visit_UnaryOp(self, node: ast.UnaryOp) -> str:
        return f"({'!' if isinstance(node.op, ast.Not) else '-'}{self.visit(node.operand)})"
