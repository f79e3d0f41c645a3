"""Text to graph: what a user types is read by a small grammar of our own, so that no text is ever executed.

`tokens.py` cuts the text, `grammar.py` reads it into statements in postfix order, and only when every name in
them is known are they computed here: a mistake in the text is found before any node is made.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any, SupportsFloat

from ..base.checks import did_you_mean
from ..base.messages import number, short
from ..engine import Value
from ..errors import ExpressionError
from .grammar import Apply, Name, Reader, Statement, Steps, node, operation
from .tokens import normal_name

__all__ = ["free_names", "parse"]


def parse(text: str, /, **values: Value | SupportsFloat) -> dict[str, Value]:
    """Compute the statements of `text`; return every given value and every named node by name.

    The node of the last statement is also under "result".  A value is a real number, which becomes an input
    of that name, or a Value, which is used as it is.  Numbers in the text become constants, as beside
    Python's operators.  Any operation of `microgrid.ops.TABLE` can be called, such as abs, exp, tanh, relu
    (``help(microgrid)`` lists them), custom ones too, and sum, mean, logsumexp, maxout, max and min of
    several values.  ExpressionError, which shows the place, if the text cannot be read; what fails while
    computing raises as it does in Python.

    >>> from microgrid import parameter
    >>> nodes = parse("e = w*x - y; L = e**2", w=parameter(2.0, "w"), x=3, y=9)
    >>> nodes["L"].backward()
    >>> nodes["result"].data, nodes["e"].data, nodes["w"].grad
    (9.0, -3.0, -18.0)
    """
    statements = Reader(text).statements()
    nodes = {normal_name(name): _given(name, value) for name, value in values.items()}
    if len(nodes) < len(values):
        raise ExpressionError("two of the given values have the same name, typed in two ways")
    _check_names(text, statements, nodes)
    named = set(nodes.values())
    for name, _, steps in statements:
        node = _compute(steps, nodes)
        if name and node not in named:  # a second name for a node does not rename it
            node.label = name
        if name:
            nodes[name] = node
            named.add(node)
    return nodes | {"result": node}


def free_names(text: str, /) -> list[str]:
    """The names that `parse` needs values for, in the order of their first use.

    >>> free_names("z = w*x; z + b")
    ['w', 'x', 'b']
    """
    return list(_undefined(Reader(text).statements(), known=()))


# ---------------------------------------------------------------- names


def _given(name: str, value: Value | SupportsFloat) -> Value:
    if not normal_name(name).isidentifier():
        raise ExpressionError(f"{short(name)} cannot name a value: a name is letters, digits and _, as in w1")
    if operation(normal_name(name)) or name == "result":
        what = "an operation" if name != "result" else "the last statement's node"
        raise ExpressionError(f"{short(name)} is {what} and cannot name a value: choose another name")
    if isinstance(value, Value):
        return value
    return Value(
        number(value, where=f"the value of {short(name)} has to be a real number or a Value"),
        normal_name(name),
    )


def _check_names(text: str, statements: list[Statement], given: Iterable[str]) -> None:
    """ExpressionError for a name that is defined twice, and one for all the names that nothing defines."""
    assigned: dict[str, str] = dict.fromkeys(given, "a given value")
    for name, position, _ in statements:
        if name == "result" and position != statements[-1].position:
            assigned[name] = "the last statement's node"
        if name in assigned:
            raise ExpressionError(f"{short(name)} is {assigned[name]}: choose another name", text, position)
        if name:
            assigned[name] = "already assigned"
    if missing := _undefined(statements, given):
        first = next(iter(missing.values()))
        before = [s.name for s, following in pairwise(statements) if s.name and following.position <= first]
        message = _unknown(list(missing), [*given, *before])
        if next(iter(missing)) in assigned:
            message = f"{short(next(iter(missing)))} is used before the statement that assigns it"
        raise ExpressionError(message, text, first)


def _undefined(statements: list[Statement], known: Iterable[str]) -> dict[str, int]:
    """The names that are used before anything defines them, and where."""
    defined, missing = set(known), dict[str, int]()
    for statement in statements:
        for step in statement.steps:
            if isinstance(step, Name) and step.name not in defined:
                missing.setdefault(step.name, step.position)
        defined.add(statement.name)
    return missing


def _unknown(missing: list[str], known: list[str]) -> str:
    names = ", ".join(map(short, missing[:10]))
    if len(missing) > 10:
        names += f" and {len(missing) - 10} more"
    known_names = f"; known: {', '.join(known[:20])}" if known else ""
    plural = "s" if len(missing) > 1 else ""
    hint = did_you_mean(missing[0], known)
    return f"unknown name{plural} {names}{hint}{known_names}; give a value, as in {missing[0]}=2"


# ---------------------------------------------------------------- statements to nodes


def _compute(steps: Steps, nodes: dict[str, Value]) -> Value:
    """Numbers stay plain until an operation takes them, so that each becomes a constant just as in Python."""
    stack: list[Any] = []
    for step in steps:
        if isinstance(step, Apply):
            stack[-step.operands :] = [step.function(*stack[-step.operands :])]
        else:
            stack.append(nodes[step.name] if isinstance(step, Name) else step)
    return node(stack[0])
