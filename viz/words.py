"""What a picture says of each box and arrow to those who point at it or cannot see it, unabridged."""

from __future__ import annotations

from collections.abc import Sequence

from . import notation
from .digits import Numbers
from .folding import Unit, gradient_norm, outputs
from .snapshot import Node, Trace

__all__ = ["derivative", "exact", "facts", "heading", "scope", "sentence", "title", "tooltip", "unit"]

MOST_TOLD, MOST_VALUES = 300, 8
"""Of longer lists nobody hears the end."""

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
    parts = [title, f"value {exact(node.data)}" if known else "value not computed"]
    if node.role != "constant":
        parts.append("gradient not computed" if node.grad is None else f"gradient {exact(node.grad)}")
    if node.scope:
        parts.append("in " + "/".join(node.scope))
    return "\n".join(parts)


def sentence(trace: Trace, numbers: Numbers, units: Sequence[Unit]) -> str:
    """What a picture of these units shows, read aloud."""
    count = len(trace.nodes)
    shown = sum(len(unit.nodes) for unit in units)
    part = f", {shown:,} of them shown" if shown < count else ""
    used = outputs(trace, units)
    facts = "; ".join(
        _clause(trace, trace.nodes[unit.last], numbers)
        if unit.scope is None
        else scope(trace, unit, used[unit.last]).replace("\n", ", ")
        for unit in units[:MOST_TOLD]
    )
    rest = f"; and {len(units) - MOST_TOLD:,} more" if len(units) > MOST_TOLD else ""
    return f"A computational graph of {count:,} {'node' if count == 1 else 'nodes'}{part}: {facts}{rest}."


def unit(trace: Trace, unit: Unit, numbers: Numbers) -> str:
    """What a box is called."""
    return heading(trace, trace.nodes[unit.last], numbers) if unit.scope is None else "/".join(unit.scope)


def scope(trace: Trace, unit: Unit, used: Sequence[int]) -> str:
    """A line for each fact about a folded scope: name and size, values, gradient."""
    count, shown = len(unit.nodes), [exact(trace.nodes[i].data) for i in used[:MOST_VALUES]]
    parts = [f"scope {'/'.join(unit.scope or ())}, collapsed: {count:,} node{'s' if count > 1 else ''}"]
    more = f" and {len(used) - MOST_VALUES:,} more" if len(used) > MOST_VALUES else ""
    parts.append(f"value{'s' if len(used) > 1 else ''} {', '.join(shown)}{more}")
    norm, what = gradient_norm(trace, unit, used)
    parts.append("gradient not computed" if norm is None else f"norm of the gradient of {what}: {exact(norm)}")
    return "\n".join(parts)


def _clause(trace: Trace, node: Node, numbers: Numbers) -> str:
    name = notation.equation(trace, node, numbers)
    place = f" in {'/'.join(node.scope)}" if node.scope else ""
    subject = f"{ROLES[node.role]} {name}".rstrip() + place
    if node.role == "constant":
        return f"{subject} has value {exact(node.data)}"
    gradient = "no gradient yet" if node.grad is None else f"gradient {exact(node.grad)}"
    return f"{subject} has value {exact(node.data)} and {gradient}"


def derivative(trace: Trace, node: Node, k: int, numbers: Numbers) -> str:
    """Of a node with respect to its k-th operand."""
    operand = trace.operands(node)[k]
    result = node.label or heading(trace, node, numbers)
    by = operand.label or heading(trace, operand, numbers)
    return f"local derivative of {result} with respect to {by}: {exact(node.partials[k])}"


def exact(x: float) -> str:
    """A number with all its digits."""
    return Numbers(precision=17, minus="-")(x) if x.is_integer() else repr(x)
