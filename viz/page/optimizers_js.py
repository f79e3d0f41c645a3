"""The rows of optimisers as JavaScript, for pages that train, without what the settings exclude."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from microgrid.optim import Optimizer
from microgrid.optim.compiled import Variant, variant
from microgrid.optim.rows import Line, Row

from .rows_js import JavaScript

__all__ = ["optimizers"]


def optimizers(kinds: Iterable[type[Optimizer]], plain: bool = False) -> str:
    """An object with what each optimiser is, by its name.

    `settings` are the defaults, by the names that formulas have (`beta1` and `beta2` of `betas`);
    `allowed(settings)` says whether a row's own conditions hold.  ``variant(settings)`` gives the formulas
    that these settings leave: `memory` has the letters of what is remembered, ``starts(settings)`` what each
    begins with, and ``step(k, settings, x, g, memory, newX, newMemory)`` writes the k-th step, from 1, of all
    parameters of the arrays x.  A `plain` one has the formulas of the defaults alone.  Functions are Math's,
    and `pow` that of stepper/numbers.js.

    >>> from microgrid import optim
    >>> text = optimizers([optim.SGD])
    >>> "x = (x - (lr * g));" in text
    True
    """
    return (
        "const OPTIMIZERS = {\n"
        + "".join(_optimizer(kind.__name__, kind.row, plain) for kind in kinds)
        + "};\n"
    )


RESERVED = set(
    "arguments await break case catch const continue debugger default delete do enum eval export extends "
    "function implements instanceof interface let Math new null package pow private protected public static "
    "super switch this throw true typeof undefined var void NaN Infinity".split()
)
"""What means something to JavaScript, or to these functions, and may be a name in a user's row."""


def _optimizer(name: str, row: Row, plain: bool) -> str:
    script = Script()
    conditions = [script.text(condition) for condition in row.conditions]
    required = [script.text(condition) for condition, _ in row.requires]
    defaults = row.numbers({name: setting.default for name, setting in row.settings.items()})
    settings = ", ".join(
        f"{value}: {script.visit(ast.Constant(x))}" for value, x in zip(row.values, defaults, strict=True)
    )
    given = _unpacked(row.values)
    parts = [
        f"settings: {{{settings}}}",
        f"allowed: ({given}) => {' && '.join(required) or 'true'}",
        "variant(settings) { return this.variants[this.holds(settings)]; }",
        f"holds: ({given}) => [{', '.join(conditions)}].map(Number).join('')",
        "variants: {" + ",".join(_variants(row, plain)) + "\n  }",
    ]
    return f"{name}: {{\n  " + ",\n  ".join(parts) + ",\n},\n"


def _variants(row: Row, plain: bool) -> Iterator[str]:
    """Each variant once, or only that of the defaults; another
    whose conditions make no difference is a second name of it.
    """
    known: dict[str, str] = {}
    every = product((False, True), repeat=len(row.conditions))
    defaults = row.choice(*row.numbers({name: setting.default for name, setting in row.settings.items()}))
    for holds in [defaults] if plain else every:
        key, text = "".join(str(int(hold)) for hold in holds), _variant(row, variant(row, holds))
        same = known.setdefault(text, key)
        yield f'\n    "{key}": {text}' if same == key else f'\n    get "{key}"() {{ return this["{same}"]; }}'


def _variant(row: Row, made: Variant) -> str:
    script, given = Script(), _unpacked(row.values)
    starts = ", ".join(script.text(row.memory[letter].start) for letter in made.memory)
    state = ["x", *made.memory]
    before = {"x": "_x", "g": "_g"} | {letter: f"_memory[{i}]" for i, letter in enumerate(made.memory)}
    after = ["_newX", *(f"_newMemory[{i}]" for i in range(len(made.memory)))]
    body = [
        *_lines(made.scalar_lines, (), script),
        "for (let _i = 0; _i < _x.length; _i++) {",
        f"  let {', '.join(f'{_spelled(name)} = {array}[_i]' for name, array in before.items())};",
        *(f"  {line}" for line in _lines(made.body, before, script)),
        "  " + " ".join(f"{a}[_i] = {_spelled(name)};" for name, a in zip(state, after, strict=True)),
        "}",
    ]
    text = "\n      ".join(body)
    return (
        f"{{\n    memory: {list(made.memory)}, starts: ({given}) => [{starts}],\n"
        f"    step(k, {given}, _x, _g, _memory, _newX, _newMemory) {{\n      {text}\n    }} }}"
    )


def _lines(rule: Sequence[Line], known: Iterable[str], script: Script) -> Iterator[str]:
    """Statements, of which the first for a name declares it."""
    declared = {*known}
    for name, formula in rule:
        yield f"{'' if name in declared else 'let '}{_spelled(name)} = {script.visit(formula)};"
        declared.add(name)


def _spelled(name: str) -> str:
    return f"{name}$" if name in RESERVED else name


def _unpacked(names: Iterable[str]) -> str:
    """Settings as a function takes them apart."""
    return "{" + ", ".join(f"{name}: {name}$" if name in RESERVED else name for name in names) + "}"


class Script(JavaScript, ast.NodeVisitor):
    """Spells what rows of optimisers have besides: `not`, flags, and any names."""

    def __init__(self) -> None:
        super().__init__(asking=False)

    def visit_Name(self, node: ast.Name) -> str:
        return _spelled(node.id)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> str:
        return (
            f"!({self.visit(node.operand)})" if isinstance(node.op, ast.Not) else super().visit_UnaryOp(node)
        )
