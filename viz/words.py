"""What a picture says of each box and arrow to those who point at it or cannot see it, unabridged."""

from __future__ import annotations

from . import notation
from .digits import Numbers
from .snapshot import Node, Trace

__all__ = ["derivative", "facts", "heading", "sentence", "title", "tooltip"]

ROLES = {"input": "input", "parameter": "parameter", "constant": "constant", "op": "operation"}


def heading(trace: Trace, node: Node, numbers: Numbers) -> str:
    """What a node is called: ``z = w · x``, or its role where it has no name."""
    return notation.equation(trace, node, numbers) or ROLES[node.role]


def tooltip(trace: Trace, node: Node, numbers: Numbers) -> str:
    """A line for each fact: name and role, value, gradient, scope."""
    return facts(node, title(trace, node, numbers))


def title(trace: Trace, node: Node, numbers: Numbers) -> str:
    """What a node is called and its role: ``z = w · x, operation``."""
    return ", ".join(dict.fromkeys((heading(trace, node, numbers), ROLES[node.role])))


def facts(node: Node, title: str, known: bool = True) -> str:
    """A line for each fact; a value that is not `known` yet is not given away."""
    parts = [title, f"value {_exact(node.data)}" if known else "value not computed"]
    if node.role != "constant":
        parts.append("gradient not computed" if node.grad is None else f"gradient {_exact(node.grad)}")
    if node.scope:
        parts.append("in " + "/".join(node.scope))
    return "\n".join(parts)


def sentence(trace: Trace, numbers: Numbers) -> str:
    """The whole graph, read aloud."""
    count = len(trace.nodes)
    facts = "; ".join(_clause(trace, node, numbers) for node in trace.nodes)
    return f"A computational graph of {count} {'node' if count == 1 else 'nodes'}: {facts}."


def _clause(trace: Trace, node: Node, numbers: Numbers) -> str:
    name = notation.equation(trace, node, numbers)
    place = f" in {'/'.join(node.scope)}" if node.scope else ""
    subject = f"{ROLES[node.role]} {name}".rstrip() + place
    if node.role == "constant":
        return f"{subject} has value {_exact(node.data)}"
    gradient = "no gradient yet" if node.grad is None else f"gradient {_exact(node.grad)}"
    return f"{subject} has value {_exact(node.data)} and {gradient}"


def derivative(trace: Trace, node: Node, k: int, numbers: Numbers) -> str:
    """Of a node with respect to its k-th operand."""
    operand = trace.operands(node)[k]
    result = node.label or heading(trace, node, numbers)
    by = operand.label or heading(trace, operand, numbers)
    return f"local derivative of {result} with respect to {by}: {_exact(node.partials[k])}"


def _exact(x: float) -> str:
    return Numbers(precision=17, minus="-")(x) if x.is_integer() else repr(x)
