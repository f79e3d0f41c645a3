"""One name for each node of a graph, the same in pictures, captions, reports and messages."""

from __future__ import annotations

import re
from collections.abc import Container, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from ..base.messages import ATOM, SUM, formula
from ..base.nodes import CONSTANT, OP
from ..engine import Value
from ..graph import order
from ..ops import ROWS
from .callers import registered
from .labels import ELLIPSIS, shortened, shown
from .layers import layer_names
from .leaves import is_start, letter_leaves, past_start
from .results import piece_names
from .shorts import short_names

__all__ = [
    "BRIEF",
    "ELLIPSIS",
    "LEFT_OUT",
    "LONGEST",
    "WHOLE",
    "Naming",
    "brief",
    "is_closed",
    "name_nodes",
    "names",
    "own_names",
    "quotient",
]

LONGEST = 24
"""Characters of a formula that stands for a name; longer ones are abridged."""
LONGEST_LAST = 10
"""Of the last operand, to be kept in a brief form: ``... + w3*x3``."""

_RAISED = re.compile(r"(.*)\^\((\d+(?:,\d+)*)\)", re.DOTALL)
_LOOSE = re.compile(r"[-+*/]")
_CALL = re.compile(r"\w+\([^()]*\)(_\(\d+\))?")
_TOLD_APART = re.compile(r"\((.*)\)_\(\d+\)", re.DOTALL)
_WORD = re.compile(r"[^\W\d][\w'.,\[\]]*(\^\([\d,]+\)|_\(\d+\))?")


WHOLE, BRIEF, LEFT_OUT = range(3)
"""How an operand stands in a formula: as it is called, in its `brief` form, or as an ellipsis."""


@dataclass
class Naming:
    """What the nodes of a graph are called; `texts` as it would be typed, ``w21^(1)`` or ``w*x + b``."""

    texts: dict[Value, str] = field(default_factory=dict)
    labels: dict[Value, str] = field(default_factory=dict)
    """Those that have a name of their own: a label, the caller's variable, or a place in a layer."""
    abridged: dict[Value, tuple[int, ...]] = field(default_factory=dict)
    """Of formulas that are not whole: how each operand stands there, WHOLE, BRIEF or LEFT_OUT."""
    inside: dict[Value, str] = field(default_factory=dict)
    """What they are called within the formulas of others, where nodes that are the same operation on the same
    operands, and so have the same value, are all called by the formula of the first."""
    numbers: dict[Value, int] = field(default_factory=dict)
    """What stands low after a formula that an earlier node has too: 2, 3, ..."""
    shorts: dict[Value, str] = field(default_factory=dict)
    """Of `labels`, those that stand for a formula that would be long."""
    marks: dict[Value, int] = field(default_factory=dict)
    """The same within the formulas of others."""


def names(*roots: Value, digits: int = 4) -> dict[Value, str]:
    """A name for each node under the roots, in `graph.order`, no two alike but those of constants.

    A label that a user set is the name.  What the layers of `microgrid.nn` make is named by what it joins,
    with layers, units and inputs numbered from 1:

    ============  ========================================  =================================
    name          what                                      in the model; in PyTorch
    ============  ========================================  =================================
    `w21^(1)`     w₂₁⁽¹⁾, weight to unit 2 from unit 1      `layers[0].neurons[1].w[0]`;
                  in layer 1                                `weight[1][0]`
    `w12,3^(1)`   to unit 12 from unit 3: above nine a      `layers[0].neurons[11].w[2]`;
                  comma                                     `weight[11][2]`
    `b2^(1)`      bias of unit 2                            `layers[0].neurons[1].b`; `bias[1]`
    `z2^(1)`      its weighted sum
    `h2^(1)`      its result, after the activation
    `x1`          the first input, if it is given as a
                  number
    `w21^(1,3)`   of the third piece of a maxout layer      `layers[0].pieces[2].w[1][0]`
    `w231^(1)`    of a convolution: to channel 2, from      `layers[0].w[1][2][0]`;
                  channel 3, place 1                        `weight[1][2][0]`
    `gamma2^(1)`  scale of unit 2 in a batch normalisation  `layers[1].gamma[1]`; `weight[1]`
    `xhat2^(1)`   what it scales, of `mu2^(1)`, `var2^(1)`
                  and `sd2^(1)`; its result is `y2^(1)`
    ============  ========================================  =================================

    Results of `microgrid.pieces` have the letter of their formula: `p3` of a softmax, `m` of a mean, `L` of
    a loss.  A neuron that is in no layer has `w1`, `w2`, `b`, `z` and `h`.  Of the other leaves, those
    without a label are `x1`, `x2`, ..., and parameters `w1`, `w2`, ..., as they were made; `b` or `b1`, `b2`,
    ... are parameters that are added to products.  Any other result is called by its
    formula, abridged where it is long.  Nodes that would be called the same are told apart by a number: names
    by a raised one, `h^(2)`, which follows that of a layer after a comma, `h1^(1,2)`, and formulas by one
    that stands low, as it would be read for a power.  Within the formulas of others it is left out where the
    operands are the same, and so the values.

    >>> from microgrid import Value
    >>> w, x = Value(2.0, "w"), Value(3.0, "x")
    >>> list(names((w * x + w * x).tanh()).values())
    ['w', 'x', 'w*x', '(w*x)_(2)', 'w*x + w*x', 'tanh(w*x + w*x)']
    """
    return name_nodes(order(*roots), digits=digits).texts


def name_nodes(
    nodes: Sequence[Value],
    variables: Mapping[Value, str] | None = None,
    *,
    digits: int = 4,
    short: bool = False,
) -> Naming:
    """The names of nodes in `graph.order`; `variables` are names for those that have no label.

    `digits`: of the numbers in formulas.  `short`: with short names for results whose formulas would make
    those of others long, as where there is a picture that says what each is.
    """
    naming = Naming()
    naming.labels = _labels(nodes, variables or {})
    if short:
        naming.shorts = short_names(nodes, naming.labels)
        naming.labels |= naming.shorts
    taken = dict.fromkeys(naming.labels.values(), 1)
    texts: dict[Value, tuple[str, int]] = {}  # as within formulas
    known: dict[Hashable, Value] = {}
    same: dict[Value, Value] = {}
    for v in nodes:
        same[v] = v
        if v in naming.labels:
            label = naming.labels[v]
            naming.texts[v] = label
            brief_label = shortened(label)
            texts[v] = brief_label, ATOM if _WORD.fullmatch(brief_label) else SUM
        elif v._role == CONSTANT:
            written = _number(v._data, digits)
            naming.texts[v] = written
            texts[v] = written, SUM if written[0] == "-" else ATOM
            same[v] = known.setdefault(_data(v), v)
        else:
            written, level = _formula(v, texts, naming, digits)
            naming.texts[v] = text = _distinct(v, written, level, taken, naming)
            operands = (same[parent] for parent in v.parents)
            first = same[v] = known.setdefault((v.op, v.constant, _data(v), *operands), v)
            texts[v] = (text, level if text == written else ATOM) if first is v else texts[first]
            if is_start(v):
                texts[v] = texts[v.parents[1]]
            if (number := naming.numbers.get(first)) and not is_start(v):
                naming.marks[v] = number
        naming.inside[v] = texts[v][0]
    return naming


def _distinct(v: Value, text: str, level: int, taken: dict[str, int], naming: Naming) -> str:
    """The formula of a node, with a number if an earlier node is called the same."""
    number = taken[text] = taken.get(text, 0) + 1
    if number == 1:
        return text
    closed = text if level == ATOM else f"({text})"
    while (distinct := f"{closed}_({number})") in taken:
        number += 1
    taken[text] = naming.numbers[v] = number
    return distinct


def _data(v: Value) -> str:
    """Leaves may have been assigned other data between two operations on them; nan is told from nan too."""
    return repr(v._data)


def quotient(of: str, by: str) -> str:
    """``∂L/∂w``, with brackets around a formula.

    >>> quotient("w*x + b", "w21^(1)"), quotient("tanh(z)", "z")
    ('∂(w*x + b)/∂w21^(1)', '∂tanh(z)/∂z')
    """
    return "/".join(f"∂{name}" if is_closed(name) else f"∂({name})" for name in (of, by))


def is_closed(name: str) -> bool:
    """Whether a name needs no brackets after ∂."""
    if not _LOOSE.search(name) or _CALL.fullmatch(name):
        return True
    told_apart = _TOLD_APART.fullmatch(name)
    return told_apart is not None and _is_balanced(told_apart[1])


def _is_balanced(text: str) -> bool:
    """Whether brackets around it would belong together."""
    depths = list(accumulate((char == "(") - (char == ")") for char in text))
    return not depths or (min(depths) >= 0 and depths[-1] == 0)


def own_names(nodes: Sequence[Value], variables: Mapping[Value, str] | None = None) -> dict[Value, str]:
    """The names of those nodes that have one of their own, as in `Naming.labels`: no formula is written.

    Of a node whose operands are not among `nodes` nothing is asked.
    """
    return _labels(nodes, variables or {})


def _labels(nodes: Sequence[Value], variables: Mapping[Value, str]) -> dict[Value, str]:
    composed = piece_names(nodes) | layer_names(nodes)
    named: dict[Value, str] = {}
    own: set[Value] = set()
    bare: list[Value] = []
    for v in nodes:
        label = shown(v._label) if v._label else ""
        if label and (v._code or v not in composed):
            named[v] = label
            own.add(v)
        elif not label and (variable := variables.get(v) or registered.get(v)):
            named[v] = variable
        elif v in composed:
            named[v] = composed[v]
        elif v._role not in (OP, CONSTANT):
            bare.append(v)
            named[v] = ""
    if bare:
        letter_leaves(bare, named, nodes)
    return _told_apart(named, own)


def _told_apart(named: dict[Value, str], own: Container[Value]) -> dict[Value, str]:
    """With a number where several nodes have one name; a label of a user's own goes before others."""
    alike: dict[str, list[Value]] = {}
    for v, name in named.items():
        alike.setdefault(name, []).append(v)
    if len(alike) == len(named):
        return named
    layered = {match[1] for name in alike if (match := _RAISED.fullmatch(name))}
    taken = set(alike)
    for name, nodes in alike.items():
        if len(nodes) == 1:
            continue
        match, number = _RAISED.fullmatch(name), 0
        start = f"{match[1]}^({match[2]}," if match else f"{name}^("
        if not match and _LOOSE.search(name):
            start = f"({name})_("
        elif name in layered:  # raised, it would be read as the number of a layer
            start = f"{name}_("
        labelled = [v for v in nodes if v in own]
        if len(labelled) == 1:
            nodes.remove(labelled[0])
            number = 1
        for v in nodes:
            number += 1
            while (distinct := f"{start}{number})") in taken:
                number += 1
            taken.add(distinct)
            named[v] = distinct
    return named


def _formula(
    v: Value, texts: Mapping[Value, tuple[str, int]], naming: Naming, digits: int
) -> tuple[str, int]:
    parents = [past_start(parent, naming.labels) for parent in v.parents]
    terms = [texts[parent] for parent in parents]
    written = _applied(v, terms, digits)
    if len(written[0]) <= LONGEST:
        return written
    modes = [WHOLE] * len(terms)
    unnamed = [k for k, parent in enumerate(parents) if _is_unnamed(parent, naming)]
    for mode in (BRIEF, LEFT_OUT):
        for k in sorted(unnamed, key=lambda k: -len(terms[k][0])):
            shorter = (ELLIPSIS, ATOM) if mode == LEFT_OUT else _brief(parents[k], texts, naming, digits)
            if len(written[0]) > LONGEST and len(shorter[0]) < len(terms[k][0]):
                terms[k], modes[k] = shorter, mode
                written = _applied(v, terms, digits)
    if any(modes):
        naming.abridged[v] = tuple(modes)
    return written


def brief(lengths: Sequence[int | None]) -> tuple[int, ...]:
    """How operands stand in the brief form of their operation, by the lengths of their names, None of those
    that have a name of their own; empty if nothing could be recognised."""
    modes = [WHOLE if n is None else LEFT_OUT for n in lengths]
    last = lengths[-1]
    if last is not None and last <= LONGEST_LAST and len(modes) > 1:
        modes[-1] = WHOLE
    return () if len(modes) > 1 and all(modes) else tuple(modes)


def _brief(v: Value, texts: Mapping[Value, tuple[str, int]], naming: Naming, digits: int) -> tuple[str, int]:
    parents = [past_start(parent, naming.labels) for parent in v.parents]
    modes = brief([len(texts[parent][0]) if _is_unnamed(parent, naming) else None for parent in parents])
    if not modes:
        return ELLIPSIS, ATOM
    return _applied(v, [(ELLIPSIS, ATOM) if m else texts[p] for m, p in zip(modes, parents)], digits)


def _is_unnamed(v: Value, naming: Naming) -> bool:
    return v._role == OP and v not in naming.labels


def _applied(v: Value, terms: Sequence[tuple[str, int]], digits: int) -> tuple[str, int]:
    row = ROWS[v._code]
    if v.op == "mul" and _is_number(v.parents[1]) and not _is_number(v.parents[0]):
        terms = terms[::-1]  # a number stands before what it multiplies
    return ("", ATOM) if row is None else formula(row, terms, v.constant, digits)


def _is_number(v: Value) -> bool:
    return v._role == CONSTANT and not v._label


def _number(x: float, digits: int) -> str:
    return f"{x:.{digits}g}" if x % 1 or abs(x) >= 1e6 else str(int(x))
