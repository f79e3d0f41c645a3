"""Formulas as C: what the compiled engine, the kernel and the optimisers' loops are spelled by."""

from __future__ import annotations

import ast

__all__ = ["C"]

# What C's mathematics library computes to the same bit as Python's `math`.  Python's hypot is its own.
SAME = "acos asin atan atan2 cos cosh erf erfc exp expm1 log log1p pow sin sinh sqrt tan tanh".split()
FUNCTIONS = {"abs": "fabs"} | {name: name for name in SAME}
CONSTANTS = {"inf": "INFINITY", "nan": "NAN", "pi": "3.141592653589793"}
OPERATORS: dict[type[ast.AST], str] = {
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
        raise TypeError(f"nobody knows how to write {ast.unparse(node)!r} in C or JavaScript")
