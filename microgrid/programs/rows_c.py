"""The rows of `ops.py`, and the form of a program's code, as C for the compiled engine and the kernel.

`setup.py` writes `header()` to a file that is compiled and never kept: a formula has no second home.  Each
row appears twice.  ROW_FORWARD is what the engine runs: it does what Python's floats do, to the last bit, or
returns 1 where they would raise and Python has to be asked.  ROW_VALUE and ROW_PARTIALS are what the kernel
runs over whole batches: without checks and without branches, in IEEE arithmetic, where 1/0 is inf.  The file
that includes the header says what the three are called, so that it can be included once for each instruction
set.  Whoever defines MICROGRID_CODE gets the names of `instructions.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..base.formula import is_number, names
from ..base.numeric.in_c import C
from ..ops import ROWS, Op
from . import instructions

__all__ = ["C", "header", "locals_of"]

PRELUDE = """\
/* Made from microgrid/ops.py by microgrid/programs/rows_c.py when the package is built. */
#ifdef ROW_FORWARD
/* What Python raises instead of returning: a quotient by zero, and a function's inf or nan. */
static inline double ROW_FORWARD(quotient)(double a, double b, int *ask) { *ask |= b == 0.0; return a / b; }
static inline double ROW_FORWARD(finite)(double z, int *ask) { *ask |= z - z != 0.0; return z; }
#endif
"""


def header(rows: Sequence[Op | None] = ROWS) -> str:
    """The C text for every row that is made of formulas; custom operations are made of Python functions."""
    written = [row for row in rows if row is not None and row.value]
    listed = " ".join(
        f"R({row.code}, {row.name}, {row.arity}, {int(row.constant is not None)}, {int(_straight(row))})"
        for row in written
    )
    lines = [PRELUDE, _code(), *map(_functions, written), f"#define MICROGRID_ROWS(R) {listed}", ""]
    return "\n".join(lines)


def _code() -> str:
    """The places in an instruction and the bits that stand there: the capitals of `instructions.py`."""
    numbers = [
        f"{name} = {n}" for name, n in vars(instructions).items() if name.isupper() and isinstance(n, int)
    ]
    return f"#ifdef MICROGRID_CODE\nenum {{ {', '.join(numbers)} }};\n#endif"


def _straight(row: Op) -> bool:
    """Whether its pieces are straight: its partials are numbers, as 0 and 1 of relu, and never infinite."""
    return all(map(is_number, row.partials))


def _functions(row: Op) -> str:
    forward = [*row.let, ("z", row.value)]
    slopes = [*row.partials, "0"][:2]
    checked, plain = C(asking=True), C(asking=False)
    if "hypot" in set().union(*map(names, (row.value, *row.partials, *(text for _, text in row.let)))):
        body = ["  return 1;"]
    else:
        body = ["  int ask = 0;", *locals_of(forward, slopes, checked)]
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
            *locals_of(row.let, [row.value], plain),
            f"  return {plain.text(row.value)};",
            "}",
            f"static inline void ROW_PARTIALS({row.name})"
            "(double x, double y, double z, double *p, double *q) {",
            *locals_of(row.let, slopes, plain),
            *(f"  *{to} = {plain.text(slope)};" for to, slope in zip("pq", slopes, strict=True)),
            "}",
            "#endif",
        ]
    )


def locals_of(let: Iterable[tuple[str, str]], results: Iterable[str], spelling: C) -> list[str]:
    """The subexpressions that the results use, as C variables."""
    used = set().union(*map(names, results)) | {"z"}
    lines: list[str] = []
    for local, text in reversed(list(let)):
        if local in used:
            used |= names(text)
            lines.insert(0, f"  double {local} = {spelling.text(text)};")
    return lines
