"""What an optimiser is: a row of formulas as text, its memory, its settings and where they come from.

The formulas are lines of ``name = formula``, taken one after the other.  Read are `x` the parameter, `g` its
gradient, `k` the number of the step, from 1, the settings, what is remembered, and what lines before gave.
Each number depends on numbers of its own parameter alone, so steps of some parameters are steps of all.

A formula has + - * / and pow, sqrt, exp, log, abs, sign, max, min of numbers and names, and ``a if condition
else b`` with <, <=, >, >=, ==, and, or, not.  What a condition on settings alone excludes is left out before
anything is computed, and so is memory that nothing reads then: SGD without momentum remembers nothing.
`compiled.py` has how a row becomes a function over floats or arrays, `written.py` how it is written.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from inspect import cleandoc
from typing import Any

from ..base.formula import FLOAT, Vocabulary, function
from ..base.messages import number
from .settings import fraction, nonnegative

__all__ = ["WORDS", "Line", "Memory", "Row", "Setting"]

Line = tuple[str, ast.expr]
"""A name, and the formula of its number."""

WORDS = {"pow": 2, "sqrt": 1, "exp": 1, "log": 1, "abs": 1, "sign": 1, "max": 2, "min": 2}
"""The functions of a formula, and how many numbers each takes."""

FUNCTIONS: dict[str, Callable[..., float]] = {
    "pow": math.pow, "sqrt": math.sqrt, "exp": math.exp, "log": math.log, "abs": abs,
    "sign": lambda x: 1.0 if x > 0 else -1.0 if x < 0 else x, "max": max, "min": min,
}  # fmt: skip
"""The same in Python's floats."""

GIVEN = ("x", "g", "k")


def real(x: float, name: str, usual: float) -> float:
    """A finite number."""
    return number(x, where=f"{name} is a real number, {usual} for example")


def below_one(x: float, name: str, usual: float) -> float:
    """A number from 0 to 1, without 1 itself."""
    return fraction(x, name, usual, one=False)


@dataclass(frozen=True)
class Setting:
    """A hyper-parameter: its default, and what checks it, given the number, its name and a usual one.

    A flag has the default False or True.  A tuple of numbers such as ``betas`` is ``beta1`` and ``beta2`` in
    formulas; each of them is checked.
    """

    default: Any
    check: Callable[[Any, str, float], float] = real
    usual: float | None = None

    def checked(self, x: Any, name: str) -> Any:
        """x as a float, a bool or a tuple of floats; TypeError or ValueError says what it has to be."""
        if isinstance(self.default, bool):
            return bool(x)
        if not isinstance(self.default, tuple):
            return self.check(x, name, self.default if self.usual is None else self.usual)
        given = [] if isinstance(x, str) or not hasattr(x, "__iter__") else list(x)
        if len(given) != len(self.default):
            count = {2: "two", 3: "three"}.get(len(self.default), str(len(self.default)))
            raise ValueError(f"{name} are {count} numbers, got {x!r}: {self.default} is usual")
        each = enumerate(zip(given, self.default, strict=True))
        return tuple(self.check(a, f"{name}[{i}]", usual) for i, (a, usual) in each)

    def names(self, name: str) -> list[str]:
        """What the setting is called in formulas."""
        if not isinstance(self.default, tuple):
            return [name]
        return [f"{name.removesuffix('s')}{i}" for i in range(1, len(self.default) + 1)]


@dataclass(frozen=True)
class Memory:
    """What is remembered of each parameter: its name in a saved state, and the formula of its start."""

    name: str
    start: str = "0"


@dataclass(frozen=True, eq=False)
class Row:
    """One optimiser: see the head of this page.  Mistakes in a row are ValueErrors where it is made.

    `settings` are lr and others, plain numbers, flags or tuples where any finite number will do.  `memory`
    says by letter what is remembered; a plain number is what it starts from, under the letter's name.
    """

    rule: str
    settings: Mapping[str, Any]
    memory: Mapping[str, Any] = field(default_factory=dict)
    textbook: str = ""
    """The rule as the paper writes it, where that is not how it is computed."""
    requires: tuple[tuple[str, str], ...] = ()
    """Conditions on the settings, and the message where one does not hold, with settings in braces."""
    about: str = ""
    source: str = ""
    differences: str = ""
    """From PyTorch and Keras."""
    variants: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)
    """What `compiled.variant` has made of the row."""

    def __post_init__(self) -> None:
        put = object.__setattr__
        made = {n: s if isinstance(s, Setting) else Setting(s) for n, s in self.settings.items()}
        if "lr" not in made:
            raise ValueError("an optimizer has the setting lr, its learning rate: settings={'lr': 0.01}")
        if not isinstance(self.settings["lr"], Setting):
            made["lr"] = Setting(made["lr"].default, nonnegative)
        put(self, "settings", made)
        kept = {a: m if isinstance(m, Memory) else Memory(a, repr(m)) for a, m in self.memory.items()}
        put(self, "memory", kept)
        taken = [*GIVEN, *self.values, *kept]
        for name in taken:
            if taken.count(name) > 1 or name in WORDS or not name.isidentifier() or name.startswith("_"):
                raise ValueError(f"{name!r} cannot be a setting or a memory here: it has a meaning already")
        for text in (self.rule, self.textbook or self.rule):
            self._check(list(lines(text)), {*taken})
        for memory in kept.values():
            _check(_parsed(memory.start), {*self.values}, memory.start)
        for condition, _ in self.requires:
            _check(_parsed(condition), {*self.values}, condition, condition=True)

    def _check(self, rule: list[Line], known: set[str]) -> None:
        changed = {"x", "g", *self.memory}
        for name, formula in rule:
            if name in known - changed or name in WORDS or name.startswith("_"):
                raise ValueError(
                    f"a rule gives {name!r} two meanings: only x, g and what is remembered may change"
                )
            _check(formula, known, f"{name} = {ast.unparse(formula)}")
            known.add(name)
        if "x" not in [name for name, _ in rule]:
            raise ValueError(
                "a rule says what x becomes, such as 'x = x - lr*g', and this one has no such line"
            )

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The settings as formulas name them, in their order."""
        return tuple(a for name, setting in self.settings.items() for a in setting.names(name))

    def numbers(self, settings: Mapping[str, Any]) -> tuple[float, ...]:
        """The settings as formulas take them, in the order of `values`."""
        flat: list[float] = []
        for name in self.settings:
            x = settings[name]
            flat.extend(x) if isinstance(x, tuple) else flat.append(x)
        return tuple(flat)

    def checked(self, given: Mapping[str, Any], kind: str) -> dict[str, Any]:
        """All settings: those given, checked, and the defaults of others; `kind` is the optimiser's name.

        ValueError where a setting, or two together, are not possible, as the row says.
        """
        if unknown := given.keys() - self.settings.keys():
            raise TypeError(
                f"{kind} has no setting {min(unknown)!r}: its settings are {', '.join(self.settings)}"
            )
        made = {n: s.checked(given.get(n, s.default), n) for n, s in self.settings.items()}
        for condition, message in self.requires:
            if not built(self.values, [condition])(*self.numbers(made))[0]:
                raise ValueError(message.format(**made))
        return made

    @cached_property
    def conditions(self) -> tuple[str, ...]:
        """The conditions of the rule, in its order, that depend on settings alone."""
        tests = [
            node.test for _, e in lines(self.rule) for node in ast.walk(e) if isinstance(node, ast.IfExp)
        ]
        found = dict.fromkeys(map(ast.unparse, tests))
        return tuple(text for text in found if words(_parsed(text)) <= {*self.values})

    @cached_property
    def choice(self) -> Callable[..., tuple[bool, ...]]:
        """Of the settings' numbers: which of the conditions hold."""
        return built(self.values, self.conditions)


# ---------------------------------------------------------------- reading


def lines(text: str) -> Iterator[Line]:
    """The lines of a rule as names and formulas; ``x**2`` is pow(x, 2) and every number a float."""
    try:
        body = ast.parse(cleandoc(text)).body
    except SyntaxError as error:
        raise ValueError(f"a rule is lines of 'name = formula', and {error.text!r} is none") from None
    for line in body:
        if not isinstance(line, ast.Assign) or not isinstance(line.targets[0], ast.Name) or line.targets[1:]:
            raise ValueError(f"a rule is lines of 'name = formula', and {ast.unparse(line)!r} is none")
        yield line.targets[0].id, _Reading().visit(line.value)


def _parsed(text: str) -> ast.expr:
    formula: ast.expr = _Reading().visit(ast.parse(text, mode="eval").body)
    return formula


class _Reading(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        return call("pow", node.left, node.right) if isinstance(node.op, ast.Pow) else node

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        x = node.value
        return ast.Constant(float(x)) if isinstance(x, int | float) and not isinstance(x, bool) else node


def call(word: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(word), list(arguments), [])


def words(formula: ast.AST) -> set[str]:
    """The names in a formula, functions included."""
    return {node.id for node in ast.walk(formula) if isinstance(node, ast.Name)}


def built(
    given: Sequence[str],
    results: Sequence[str],
    vocabulary: Vocabulary = FLOAT,
    rule: Sequence[tuple[str, str]] = (),
) -> Callable[..., tuple[Any, ...]]:
    """A function that goes through the lines of a rule and returns the results as a tuple."""
    return function("rule", given, results, vocabulary, rule) if results else lambda *_: ()


def _check(e: ast.expr, known: set[str], text: str, condition: bool = False) -> None:
    """ValueError unless the formula consists of what the head of this page lists, and of known names."""
    parts: Sequence[ast.expr] = [part for part in ast.iter_child_nodes(e) if isinstance(part, ast.expr)]
    if isinstance(e, ast.Call):
        word, parts = ast.unparse(e.func), e.args
        if WORDS.get(word) != len(parts) or e.keywords:
            taken = ", ".join(f"{w} of {n}" for w, n in WORDS.items())
            raise ValueError(f"{text!r}: a rule calls functions of numbers, {taken}")
    elif isinstance(e, ast.Constant):
        if type(e.value) is not float:
            raise ValueError(f"{text!r}: a rule holds numbers, not {e.value!r}")
    elif isinstance(e, ast.Name):
        if e.id not in known:
            raise ValueError(
                f"{text!r}: {e.id!r} is no setting, nothing remembered and no line before; known are "
                f"{', '.join(sorted(known))}"
            )
    elif isinstance(e, ast.IfExp):
        _check(e.test, known, text, condition=True)
        parts = [e.body, e.orelse]
    else:
        signs = [getattr(e, "op", None)] if hasattr(e, "op") else [*getattr(e, "ops", [None])]
        if not all(isinstance(sign, _CONDITION if condition else _NUMBER) for sign in signs):
            raise ValueError(
                f"{text!r}: a rule has + - * / ** and {', '.join(WORDS)} of numbers, and a if b < c else d"
            )
    for part in parts:
        _check(part, known, text, condition and isinstance(e, ast.BoolOp | ast.UnaryOp))


_NUMBER = ast.Add, ast.Sub, ast.Mult, ast.Div, ast.USub
_CONDITION = *_NUMBER, ast.Not, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.And, ast.Or
