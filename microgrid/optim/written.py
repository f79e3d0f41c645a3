"""A row as text, as LaTeX, and as the help of its optimiser."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from inspect import cleandoc
from textwrap import fill
from typing import Any

from ..base.phrases import speaker
from .compiled import Variant
from .rows import Line, Row, lines

__all__ = ["described", "latex", "symbol", "text", "written"]


def text(row: Row, settings: Mapping[str, Any]) -> str:
    """The lines under these settings, an arrow where something gets a new number."""
    return written(_under(row, settings, row.rule))


def written(rule: Iterable[Line]) -> str:
    """Lines as rows are written, an arrow where something gets a new number."""
    return "\n".join(f"{name} ← {_plain(e)}" for name, e in rule)


def latex(row: Row, settings: Mapping[str, Any], lang: str) -> str:
    """The textbook's lines under these settings, in LaTeX's aligned (amsmath)."""
    say = speaker(lang)
    words = {
        "if ": say("if"), "otherwise": say("otherwise"), " and ": say("and"), " or ": say("or"),
        "not ": say("not"),
    }  # fmt: skip
    rule = _under(row, settings, row.textbook or row.rule)
    written = [f"{symbol(name)} &\\leftarrow {_tex(e)}" for name, e in rule]
    tex = "\n".join([r"\begin{aligned}", " \\\\\n".join(written), r"\end{aligned}"])
    for english, word in words.items():
        said = english.replace(english.strip(), word)
        tex = tex.replace(rf"\text{{{english}}}", rf"\text{{{said}}}")
    return tex


def described(row: Row, more: str | None) -> str:
    """What help says: the formulas, the memory, the settings, the source, and what differs elsewhere."""
    kept = ", ".join(f"{letter} ({m.name}) from {_start(m.start)}" for letter, m in row.memory.items())
    parts = [
        row.about,
        cleandoc(more or ""),
        "Each step, of a parameter x with the gradient g, the k-th from 1:",
        "\n".join(f"    {name} ← {_plain(e)}" for name, e in lines(row.rule)),
        f"Remembered are {kept}." if kept else "",
        f"{row.source}." if row.source else "",
        cleandoc(row.differences),
    ]
    filled = [part if part.startswith("    ") else fill(" ".join(part.split()), 108) for part in parts]
    return "\n\n".join(filter(None, filled)) + "\n"


def _under(row: Row, settings: Mapping[str, Any], rule: str) -> list[Line]:
    return Variant(row, row.choice(*row.numbers(settings)), rule).lines


def _start(formula: str) -> str:
    return _plain(ast.parse(formula, mode="eval").body)


# ---------------------------------------------------------------- text


class _Integers(ast.NodeTransformer):
    """1 for 1.0, and x**k for pow(x, k), as rows are written."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        x = node.value
        return ast.Constant(int(x)) if isinstance(x, float) and x == int(x) and abs(x) < 1e6 else node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        return ast.BinOp(node.args[0], ast.Pow(), node.args[1]) if _word(node) == "pow" else node


def _word(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _plain(e: ast.expr) -> str:
    """A formula as rows are written: no spaces around products."""
    spelled = ast.unparse(_Integers().visit(ast.parse(ast.unparse(e), mode="eval")))
    return spelled.replace(" * ", "*").replace(" / ", "/").replace(" ** ", "**")


# ---------------------------------------------------------------- LaTeX

_SYMBOLS = {
    "lr": r"\eta", "weight_decay": r"\lambda", "momentum": r"\mu", "dampening": r"\tau", "eps": r"\epsilon",
    "lr_decay": r"\gamma", "momentum_decay": r"\psi", "most": r"\rho_\infty", "step_size1": r"d_{\min}",
    "step_size2": r"d_{\max}", "eta1": r"\eta^-", "eta2": r"\eta^+",
}  # fmt: skip
_GREEK = {"alpha", "beta", "gamma", "delta", "eta", "mu", "rho", "sigma", "tau", "theta", "lambda", "psi"}
_FUNCTIONS = {"exp": r"\exp", "log": r"\log", "max": r"\max", "min": r"\min", "sign": r"\operatorname{sign}"}
_RELATIONS = {ast.Lt: "<", ast.LtE: r"\le", ast.Gt: ">", ast.GtE: r"\ge", ast.Eq: "="}
SUM, PRODUCT, SIGN, POWER, ATOM = range(5)
"""How tightly what is outermost in a formula holds together."""


def symbol(name: str) -> str:
    """beta1 is β₁, mhat is m̂, and a word stays one."""
    if name in _SYMBOLS:
        return _SYMBOLS[name]
    if name.endswith("hat") and len(name) > 3:
        return rf"\hat{{{symbol(name[:-3])}}}"
    stem = name.rstrip("0123456789")
    index = f"_{{{name[len(stem) :]}}}" if stem != name and stem else ""
    letter = rf"\{stem}" if stem in _GREEK else stem if len(stem) == 1 else None
    return letter + index if letter else rf"\mathrm{{{stem.replace('_', chr(92) + '_')}}}" + index


def _tex(e: ast.expr, least: int = SUM) -> str:
    """The formula, in parentheses if it holds together less than is needed."""
    written, holds = _written(e)
    return written if holds >= least else rf"\left({written}\right)"


def _written(e: ast.expr) -> tuple[str, int]:
    if isinstance(e, ast.Name):
        return symbol(e.id), ATOM
    if isinstance(e, ast.Constant):
        return ast.unparse(_Integers().visit(e)), ATOM
    if isinstance(e, ast.UnaryOp):
        return f"-{_tex(e.operand, SIGN)}", SUM
    if isinstance(e, ast.BinOp):
        return _operation(e)
    if isinstance(e, ast.IfExp):
        return _cases(e), ATOM
    if not isinstance(e, ast.Call):
        return _condition(e), SUM
    word, args = _word(e), e.args
    if word == "pow":
        return f"{_tex(args[0], ATOM)}^{{{_tex(args[1])}}}", POWER
    if word == "sqrt":
        return rf"\sqrt{{{_tex(args[0])}}}", ATOM
    if word == "abs":
        return rf"\left|{_tex(args[0])}\right|", ATOM
    return rf"{_FUNCTIONS[word]}\left({', '.join(map(_tex, args))}\right)", ATOM


def _operation(e: ast.BinOp) -> tuple[str, int]:
    a, b = e.left, e.right
    if isinstance(e.op, ast.Add):
        return f"{_tex(a)} + {_tex(b)}", SUM
    if isinstance(e.op, ast.Sub):
        return f"{_tex(a)} - {_tex(b, PRODUCT)}", SUM
    if isinstance(e.op, ast.Div):
        return rf"\frac{{{_tex(a)}}}{{{_tex(b)}}}", ATOM
    if ast.dump(a) == ast.dump(b):
        return f"{_tex(a, ATOM)}^{{2}}", POWER
    dot = r"\cdot" if isinstance(b, ast.Constant) or _begins_with_digit(b) else r"\,"
    return f"{_tex(a, PRODUCT)}{dot if dot == chr(92) + ',' else ' ' + dot} {_tex(b, PRODUCT)}", PRODUCT


def _begins_with_digit(e: ast.expr) -> bool:
    return _tex(e, PRODUCT)[:1].isdigit()


def _cases(e: ast.IfExp) -> str:
    rows, rest = [], e
    while True:
        rows.append(rf"{_tex(rest.body)} & \text{{if }} {_condition(rest.test)}")
        if not isinstance(rest.orelse, ast.IfExp):
            break
        rest = rest.orelse
    rows.append(rf"{_tex(rest.orelse)} & \text{{otherwise}}")
    return r"\begin{cases}" + r" \\ ".join(rows) + r"\end{cases}"


def _condition(e: ast.expr) -> str:
    if isinstance(e, ast.Compare):
        signs = [_RELATIONS[type(op)] for op in e.ops]
        return _tex(e.left) + "".join(f" {s} {_tex(c)}" for s, c in zip(signs, e.comparators, strict=True))
    if isinstance(e, ast.BoolOp):
        word = r" \text{ and } " if isinstance(e.op, ast.And) else r" \text{ or } "
        return word.join(map(_condition, e.values))
    if isinstance(e, ast.UnaryOp) and isinstance(e.op, ast.Not):
        return rf"\text{{not }} {_condition(e.operand)}"
    return _tex(e)
