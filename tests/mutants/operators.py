"""Mechanical bugs: signs, operands, constants, comparisons, accumulation and bounds, found in the syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Site", "sites"]


class Site(NamedTuple):
    """A place for a bug: `text[start:start + len(old)]` becomes `new`."""

    start: int
    old: str
    new: str
    operator: str
    function: str
    """In whose body it is; "" for none."""


SIGNS = {ast.Add: "-", ast.Sub: "+"}
OPERATORS = {ast.Mult: "/", ast.Div: "*", ast.FloorDiv: "/", ast.Mod: "//", ast.Pow: "*"}
COMPARISONS = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.Is: "is not", ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in",
}  # fmt: skip
SPELLED = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is",
    ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
OTHER = {"min": "max", "max": "min", "any": "all", "all": "any", "sin": "cos", "floor": "ceil", "ceil": "floor"}
QUIET = {"warn", "say", "error", "refuse", "TypeVar", "cast", "namedtuple"}
"""Calls that make messages, in which a wrong number is no bug to speak of."""
TWO_NUMBERS = {"pow", "atan2", "copysign", "divmod", "ldexp", "fmod"}
"""Functions of two numbers which are not to change places."""


class _Finder:
    def __init__(self, text: str, chosen: bool = True) -> None:
        self.text = text
        self.chosen = chosen
        lines = text.splitlines(keepends=True)
        self.starts = [0]
        for line in lines:
            self.starts.append(self.starts[-1] + len(line))
        self.lines = lines
        self.found: list[Site] = []
        self.function = ""

    def at(self, line: int, column: int) -> int:
        """The place of the tree's (line, column), which counts bytes."""
        return self.starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def span(self, node: ast.AST) -> tuple[int, int]:
        assert isinstance(node, ast.expr | ast.stmt)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.at(node.lineno, node.col_offset), self.at(node.end_lineno, node.end_col_offset)

    def add(self, start: int, old: str, new: str, operator: str) -> None:
        assert self.text[start : start + len(old)] == old
        self.found.append(Site(start, old, new, operator, self.function))

    def between(self, left: ast.AST, right: ast.AST, old: str, new: str, operator: str) -> None:
        """A bug in the sign that stands between two expressions, if nothing else of that kind does."""
        start, end = self.span(left)[1], self.span(right)[0]
        gap = self.text[start:end]
        if gap.count(old) == 1 and "#" not in gap:
            self.add(start + gap.index(old), old, new, operator)

    def visit(self, node: ast.AST) -> None:
        outer = self.function
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            self.function = f"{outer}.{node.name}".strip(".")
        self.here(node)
        symmetric = isinstance(node, ast.Call) and _name(node.func) in ("abs", "fabs") and len(node.args) == 1
        for child in self.children(node):
            if not (symmetric and isinstance(child, ast.BinOp) and isinstance(child.op, ast.Sub)):
                self.visit(child)
            else:  # |a - b| is |b - a|
                for side in (child.left, child.right):
                    self.visit(side)
        self.function = outer

    def children(self, node: ast.AST) -> Iterator[ast.AST]:
        """Without what is not computed with: annotations, messages of errors, decorators, the guard of a script."""
        if isinstance(node, ast.Raise | ast.Assert | ast.JoinedStr | ast.Import | ast.ImportFrom):
            return
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            return
        if isinstance(node, ast.Call) and _name(node.func) in QUIET:
            return
        skipped: list[object] = []
        for field, value in ast.iter_fields(node):
            if field in ("annotation", "returns", "decorator_list", "type_params", "type_comment"):
                skipped.append(value)
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield child

    def here(self, node: ast.AST) -> None:
        match node:
            case ast.BinOp(left, operation, right):
                self.operation(node, left, operation, right)
            case ast.AugAssign(target, operation, value):
                self.accumulation(target, operation, value)
            case ast.UnaryOp(ast.USub(), operand) if not isinstance(operand, ast.Constant):
                start = self.span(node)[0]
                self.add(start, "-", "", "sign")
            case ast.UnaryOp(ast.Not(), operand):
                self.add(self.span(node)[0], "not ", "", "comparison")
            case ast.Compare(left, [operation], [right]) if "__name__" not in ast.unparse(left):
                self.between(left, right, SPELLED[type(operation)], COMPARISONS[type(operation)], "comparison")
            case ast.BoolOp(operation, values):
                word = "and" if isinstance(operation, ast.And) else "or"
                other = "or" if word == "and" else "and"
                self.between(values[0], values[1], word, other, "comparison")
            case ast.Constant(value) if isinstance(value, bool | int | float):
                self.constant(node, value)
            case ast.Call(ast.Name(name) | ast.Attribute(attr=name), arguments):
                self.call(node, name, arguments)
            case ast.Assign([target], ast.BinOp(left, ast.Add(), right)) if self.same_place(target, left):
                start, end = self.span(left)[0], self.span(right)[0]
                self.add(start, self.text[start:end], "", "accumulation")

    def same_place(self, target: ast.AST, left: ast.AST) -> bool:
        """Whether ``d[k] = d[k] + t`` or ``d[k] = d.get(k, 0) + t``."""
        if ast.unparse(target) == ast.unparse(left):
            return True
        match target, left:
            case ast.Subscript(d, k), ast.Call(ast.Attribute(e, "get"), [j, *_]):
                return ast.unparse(d) == ast.unparse(e) and ast.unparse(k) == ast.unparse(j)
        return False

    def operation(self, node: ast.expr, left: ast.expr, operation: ast.operator, right: ast.expr) -> None:
        text = [side for side in (left, right) if isinstance(side, ast.Constant | ast.JoinedStr | ast.List | ast.Tuple)]
        if any(isinstance(side, ast.List | ast.Tuple | ast.JoinedStr) for side in text):
            return  # texts and lists are joined
        if any(isinstance(side, ast.Constant) and isinstance(side.value, str) for side in text):
            return
        kind = type(operation)
        one = any(isinstance(side, ast.Constant) and side.value == 1 for side in (left, right))
        if kind in SIGNS:
            self.between(left, right, SPELLED[kind], SIGNS[kind], "off by one" if one else "sign")
        elif kind in OPERATORS:
            self.between(left, right, SPELLED[kind], OPERATORS[kind], "operand")
        if kind in (ast.Sub, ast.Div, ast.Mult):
            start, end = self.span(node)
            (a, b), (c, d) = self.span(left), self.span(right)
            if kind is ast.Mult:  # a*b becomes a
                self.add(b, self.text[b:d], "", "operand")
            elif self.text[start:a] + self.text[d:end] == "":
                swapped = self.text[c:d] + self.text[b:c] + self.text[a:b]
                if swapped != self.text[start:end] and not self.joined(left) and not self.joined(right):
                    self.add(start, self.text[start:end], swapped, "operand")

    def joined(self, side: ast.expr) -> bool:
        """Whether what stands there would bind otherwise in the other's place."""
        start = self.span(side)[0]
        return isinstance(side, ast.BinOp) and self.text[start - 1 : start] != "("

    def accumulation(self, target: ast.expr, operation: ast.operator, value: ast.expr) -> None:
        kind = type(operation)
        if kind not in SPELLED or isinstance(value, ast.List | ast.Tuple | ast.JoinedStr):
            return
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return
        written = f"{SPELLED[kind]}="
        self.between(target, value, written, "=", "accumulation")
        if kind in SIGNS:
            self.between(target, value, written, f"{SIGNS[kind]}=", "sign")

    def constant(self, node: ast.expr, value: float) -> None:
        if not self.function and not self.chosen:
            return
        start, end = self.span(node)
        if isinstance(value, bool):
            new, operator = str(not value), "constant"
        elif isinstance(value, int):
            new, operator = str(value + 1), "off by one"
        else:
            new, operator = (repr(value * 2) if value else "1.0"), "constant"
        self.add(start, self.text[start:end], new, operator)

    def call(self, node: ast.Call, name: str, arguments: list[ast.expr]) -> None:
        end = self.span(node.func)[1]
        if name in OTHER and not node.keywords:
            self.add(end - len(name), name, OTHER[name], "operand")
        if name == "range" and len(arguments) == 1:
            at = self.span(arguments[0])[0]
            self.add(at, self.text[at], f"-1 + {self.text[at]}", "off by one")
        if len(arguments) == 2 and name in TWO_NUMBERS:
            (a, b), (c, d) = map(self.span, arguments)
            if self.text[a:b] != self.text[c:d]:
                swapped = self.text[c:d] + self.text[b:c] + self.text[a:b]
                self.add(a, self.text[a:d], swapped, "operand")


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _formulas(text: str, finder: _Finder, tree: ast.Module) -> None:
    """The operations' formulas, texts which are expressions themselves."""
    for call in ast.walk(tree):
        if not (isinstance(call, ast.Call) and _name(call.func) == "row"):
            continue
        name = call.args[0].value if isinstance(call.args[0], ast.Constant) else ""
        for node in [node for part in call.args[1:] for node in ast.walk(part)]:
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
                continue
            start, end = finder.span(node)
            if text[start:end] != f'"{node.value}"':
                continue  # written in several pieces
            try:
                inner = ast.parse(node.value, mode="eval")
            except SyntaxError:
                continue
            within = _Finder(node.value)
            within.visit(inner.body)
            for site in within.found:
                finder.found.append(site._replace(start=start + 1 + site.start, function=str(name)))


def sites(text: str, chosen: bool = True) -> list[Site]:
    """Every place for a bug, in the order of the text.

    Without `chosen`, numbers outside of functions are left as they are: sizes and distances that somebody chose.

    >>> [(site.old, site.new, site.operator) for site in sites("total += a*b")]
    [('+=', '-=', 'sign'), ('+=', '=', 'accumulation'), ('*', '/', 'operand'), ('*b', '', 'operand')]
    """
    tree, finder = ast.parse(text), _Finder(text, chosen)
    finder.visit(tree)
    _formulas(text, finder, tree)
    return sorted(set(finder.found))
