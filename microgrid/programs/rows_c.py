"""The rows of `ops.py`, and the form of a program's code, as C for the compiled engine and the kernel.

`setup.py` writes `header()` to a file that is compiled and never kept: a formula has no second home.  Each
row appears twice.  ROW_FORWARD is what the engine runs: it does what Python's floats do, to the last bit, or
returns 1 where they would raise and Python has to be asked.  ROW_VALUE and ROW_PARTIALS are what the kernel
runs over whole batches: without checks and without branches, in IEEE arithmetic, where 1/0 is inf.  The file
that includes the header says what the three are called, so that it can be included once for each instruction
set.  Whoever defines MICROGRID_CODE gets the names of `instructions.py`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from ..base.formula import names
from ..ops import ROWS, Op
from . import instructions

__all__ = ["header"]

PRELUDE = """\
/* Made from microgrid/ops.py by microgrid/programs/rows_c.py when the package is built. */
#ifdef ROW_FORWARD
/* What Python raises instead of returning: a quotient by zero, and a function's inf or nan. */
static inline double ROW_FORWARD(quotient)(double a, double b, int *ask) { *ask |= b == 0.0; return a / b; }
static inline double ROW_FORWARD(finite)(double z, int *ask) { *ask |= z - z != 0.0; return z; }
#endif
"""

# What C's mathematics library computes to the same bit as Python's `math`.  Python's hypot is its own.
SAME = "acos asin atan atan2 cos cosh erf erfc exp expm1 log log1p pow sin sinh sqrt tan tanh".split()
FUNCTIONS = {"abs": "fabs"} | {name: name for name in SAME}
CONSTANTS = {"inf": "INFINITY", "nan": "NAN", "pi": "3.141592653589793"}
OPERATORS = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.And: "&&",
    ast.Or: "||",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


def header(rows: Sequence[Op | None] = ROWS) -> str:
    """The C text for every row that is made of formulas; custom operations are made of Python functions."""
    written = [row for row in rows if row is not None and row.value]
    listed = " ".join(
        f"R({row.code}, {row.name}, {row.arity}, {int(row.constant is not None)})" for row in written
    )
    lines = [PRELUDE, _code(), *map(_functions, written), f"#define MICROGRID_ROWS(R) {listed}", ""]
    return "\n".join(lines)


def _code() -> str:
    """The places in an instruction and the bits that stand there: the capitals of `instructions.py`."""
    numbers = [
        f"{name} = {n}" for name, n in vars(instructions).items() if name.isupper() and isinstance(n, int)
    ]
    return f"#ifdef MICROGRID_CODE\nenum {{ {', '.join(numbers)} }};\n#endif"


def _functions(row: Op) -> str:
    forward = [*row.let, ("z", row.value)]
    slopes = [*row.partials, "0"][:2]
    checked, plain = C(asking=True), C(asking=False)
    if "hypot" in set().union(*map(names, (row.value, *row.partials, *(text for _, text in row.let)))):
        body = ["  return 1;"]
    else:
        body = ["  int ask = 0;", *_locals(forward, slopes, checked)]
        body += [f"  *{to} = {checked.text(slope)};" for to, slope in zip("pq", slopes, strict=True)]
        body += ["  *result = z;", "  return ask | (z - z != 0.0);"]
    return "\n".join(
        [
            f"/* {row.name}: {row.value}; {', '.join(row.partials)} */",
            "#ifdef ROW_FORWARD",
            f"static inline int ROW_FORWARD({row.name})"
            "(double x, double y, double *result, double *p, double *q) {",
            *body,
            "}",
            "#endif",
            "#ifdef ROW_VALUE",
            f"static inline double ROW_VALUE({row.name})(double x, double y) {{",
            *_locals(row.let, [row.value], plain),
            f"  return {plain.text(row.value)};",
            "}",
            f"static inline void ROW_PARTIALS({row.name})"
            "(double x, double y, double z, double *p, double *q) {",
            *_locals(row.let, slopes, plain),
            *(f"  *{to} = {plain.text(slope)};" for to, slope in zip("pq", slopes, strict=True)),
            "}",
            "#endif",
        ]
    )


def _locals(let: Iterable[tuple[str, str]], results: Iterable[str], spelling: C) -> list[str]:
    """The subexpressions that the results use, as C variables."""
    used = set().union(*map(names, results)) | {"z"}
    lines: list[str] = []
    for local, text in reversed(list(let)):
        if local in used:
            used |= names(text)
            lines.insert(0, f"  double {local} = {spelling.text(text)};")
    return lines


class C(ast.NodeVisitor):
    """Spells a formula in C.  `asking` marks the places where Python's arithmetic may raise."""

    def __init__(self, asking: bool) -> None:
        self.asking = asking

    def text(self, formula: str) -> str:
        spelled: str = self.visit(ast.parse(formula, mode="eval").body)
        return spelled

    def call(self, check: str, *arguments: str) -> str:
        return f"ROW_FORWARD({check})({', '.join(arguments)}, &ask)"

    def visit_Constant(self, node: ast.Constant) -> str:
        return repr(float(str(node.value)))

    def visit_Name(self, node: ast.Name) -> str:
        return CONSTANTS.get(node.id, node.id)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> str:
        return f"(-{self.visit(node.operand)})"

    def visit_BinOp(self, node: ast.BinOp) -> str:
        a, b = self.visit(node.left), self.visit(node.right)
        if isinstance(node.op, ast.Div):
            may_be_zero = self.asking and not isinstance(node.right, ast.Constant)
            return self.call("quotient", a, b) if may_be_zero else f"({a} / {b})"
        return f"({a} {OPERATORS[type(node.op)]} {b})"

    def visit_Call(self, node: ast.Call) -> str:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        call = f"{FUNCTIONS.get(name, name)}({', '.join(map(self.visit, node.args))})"
        return self.call("finite", call) if self.asking and name != "abs" else call

    def visit_IfExp(self, node: ast.IfExp) -> str:
        return f"({self.visit(node.test)} ? {self.visit(node.body)} : {self.visit(node.orelse)})"

    def visit_Compare(self, node: ast.Compare) -> str:
        terms = [self.visit(term) for term in (node.left, *node.comparators)]
        links = [
            f"{a} {OPERATORS[type(op)]} {b}" for a, op, b in zip(terms, node.ops, terms[1:], strict=False)
        ]
        return f"({' && '.join(links)})"

    def visit_BoolOp(self, node: ast.BoolOp) -> str:
        return f"({f' {OPERATORS[type(node.op)]} '.join(map(self.visit, node.values))})"

    def generic_visit(self, node: ast.AST) -> str:
        raise TypeError(f"rows_c.py does not know how to write {ast.unparse(node)!r} in C")
