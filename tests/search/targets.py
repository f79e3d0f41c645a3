"""What is fuzzed, and what has to hold of every input: texts for the parser, files and states for loading.

Pickles are not: Python's own unpickler makes room for whatever size a damaged one names, before it calls anybody.
"""

from __future__ import annotations

import ast
import json
import math
import operator
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from helpers.damage import damaged
from microgrid import DomainError, ExpressionError, Value, nn, optim, parameter
from microgrid.errors import CheckpointError
from microgrid.expressions.parse import free_names, parse

__all__ = ["TARGETS", "Parser", "States", "Stored", "by_python"]

GIVEN = {"x": 3.0, "y": 2.0, "w": -0.5}


class Parser:
    """A text is refused with ExpressionError, fails as arithmetic does, or is what Python's own parser makes of it."""

    modules = ("microgrid.expressions",)
    words = (b"x", b"y", b"w", b"=", b";", b"**", b"-", b"(", b")", b"tanh(", b"log(", b"max(", b",", b"1e5", b".5",
             b"#", b"\n", b"result", b"sum(", b"/", "²".encode(), "ｘ".encode())  # fmt: skip
    seeds = (
        b"z = w*x - y; z**2",
        b"tanh(x)+exp(-y)/2",
        b"max(x, y, 1)",
        b"-x**2**.5 # so",
        b"a=1\nb=a*a;(b)",
        b"x -- -y",
        b"1 - x*y + w",
    )

    def __init__(self, folder: Path | None = None) -> None:
        pass

    def __call__(self, data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        try:
            names = free_names(text)
        except ExpressionError:
            names = None
        try:
            nodes = parse(text, **GIVEN)
        except (ExpressionError, DomainError, ArithmeticError):
            return
        assert names is not None, "parse reads what free_names cannot"
        assert set(names) <= set(GIVEN), f"parse computes with {names}"
        assert all(type(node) is Value and math.isfinite(node.data) for node in nodes.values())
        want = by_python(text)
        if want is not None:
            got = nodes["result"].data
            assert math.isclose(got, want, rel_tol=1e-9, abs_tol=1e-300), f"{got} and not {want}"


OPERATORS: dict[type, Callable[..., float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: math.pow, ast.USub: operator.neg, ast.UAdd: operator.pos,
}  # fmt: skip
FUNCTIONS: dict[str, Callable[..., float]] = {
    "tanh": math.tanh, "exp": math.exp, "log": math.log, "sqrt": math.sqrt, "sin": math.sin, "cos": math.cos,
    "abs": abs, "max": lambda *xs: max(xs), "min": lambda *xs: min(xs), "sum": lambda *xs: math.fsum(xs),
}  # fmt: skip


def by_python(text: str) -> float | None:
    """The last statement by Python's parser and floats; None where Python has another grammar, or no answer.

    >>> by_python("a = x*y; -a**2")
    -36.0
    """
    known: dict[str, float] = dict(GIVEN)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            statements = ast.parse(text).body
        result = None
        for statement in statements:
            match statement:
                case ast.Expr(value):
                    result = _float(value, known)
                case ast.Assign([ast.Name(name)], value):
                    result = known[name] = _float(value, known)
                case _:
                    return None
    except (SyntaxError, ValueError, ArithmeticError, LookupError, RecursionError, MemoryError, TypeError):
        return None
    return result


def _float(node: ast.expr, known: dict[str, float]) -> float:
    match node:
        case ast.Constant(int() | float() as x):
            return float(x)
        case ast.Name(name):
            return known[name]
        case ast.BinOp(left, operation, right):
            return OPERATORS[type(operation)](_float(left, known), _float(right, known))
        case ast.UnaryOp(operation, operand):
            return OPERATORS[type(operation)](_float(operand, known))
        case ast.Call(ast.Name(name), operands, []):
            return FUNCTIONS[name](*(_float(operand, known) for operand in operands))
    raise LookupError(type(node).__name__)


class Stored:
    """A file is refused with CheckpointError, and nothing changes, or the model has the numbers that were saved."""

    modules = ("microgrid.base.files", "microgrid.nn.checkpoints", "json")
    words = (b'"format"', b'"state"', b'"model"', b'"checksum"', b"{", b"}", b",", b":", b"1", b"null", b"1e999",
             b"NaN",              b"microgrid module 1", b"microgrid module 2", b"[]", b'""')  # fmt: skip

    def __init__(self, folder: Path) -> None:
        self.path = folder / "fuzzed.json"
        self.model = nn.MLP(2, [2, 1])
        self.model.save(self.path)
        whole = self.path.read_bytes()
        contents = json.loads(whole)
        self.saved = contents["state"]
        kind, _, version = contents["format"].rpartition(" ")
        old = {"format": f"{kind} {int(version) - 1}", "model": contents["model"], "state": self.saved}
        self.old = old["format"]
        self.seeds = [whole, json.dumps(old, indent=1).encode(), *damaged(whole, 10, 1)]

    def __call__(self, data: bytes) -> None:
        self.path.write_bytes(data)
        for v in self.model.parameters():
            v.data = 0.25
        try:
            self.model.load(self.path)
        except CheckpointError:
            assert {v.data for v in self.model.parameters()} == {0.25}, "refused, and half loaded"
            return
        now = self.model.state_dict()
        if now != self.saved:  # without a checksum numbers may be others, but those of the file
            contents = json.loads(data)
            assert contents["format"] == self.old, "damaged, and loaded"
            assert contents.keys() == {"format", "model", "state"}
            assert contents["state"] == now


class States:
    """The state of an optimiser from JSON is refused with CheckpointError, or is one that it gives out again."""

    modules = ("microgrid.optim", "microgrid.arguments")
    words = (b"null", b"1", b"-1", b"[]", b"{}", b"1e999", b'"Adam"', b'"steps"', b"true", b"0.5")

    def __init__(self, folder: Path | None = None) -> None:
        self.values = [parameter(1.0, "a"), parameter(2.0, "b")]
        self.optimizer = optim.Adam(self.values)
        (self.values[0] * self.values[1]).backward()
        self.optimizer.step()
        self.sound = self.optimizer.state_dict()
        self.seeds = [json.dumps(self.sound).encode()]

    def __call__(self, data: bytes) -> None:
        try:
            state = json.loads(data.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            return
        self.optimizer.load_state_dict(self.sound)
        try:
            self.optimizer.load_state_dict(state)
        except CheckpointError:
            assert self.optimizer.state_dict() == self.sound, "refused, and half loaded"
            return
        again = self.optimizer.state_dict()
        assert again.keys() == state.keys()
        assert again["memory"] == state["memory"], "loaded other numbers than there are"


TARGETS: dict[str, Callable[[Path], Any]] = {"parser": Parser, "stored": Stored, "states": States}
