"""What the box of a folded scope says: its output or the range of its outputs, and its gradient's norm."""

from __future__ import annotations

from collections.abc import Sequence

from microgrid.base.phrases import ENGLISH, Phrase, Say

from ..graph.folding import Known, Unit, gradient_norm, gradient_sources, known_data, known_gradients
from ..graph.trace import Trace
from .numbers import Numbers
from .units import activation_name, layer_caption

__all__ = ["NORM", "layer_of", "norm_of", "norm_text", "range_text", "scope_lines"]

NORM = "‖grad‖ = {x} ({what})"


def scope_lines(
    trace: Trace,
    unit: Unit,
    used: Sequence[int],
    numbers: Numbers,
    say: Say = ENGLISH,
    data: Known | None = None,
    grads: Known | None = None,
) -> tuple[str, str | None]:
    """The two lines of a folded scope: its output, or the range of its outputs, and its gradient, None if
    there is none yet.  `data` and `grads` are what is known so far, where that is not all of the trace."""
    gradient = norm_text(trace, unit, used, numbers, say, grads)
    known = known_data(trace, used, data)
    if not known:
        return "", gradient
    if len(used) > 1:
        return range_text(known, len(used), numbers, say), gradient
    node = trace.nodes[used[0]]
    x = numbers(node.data)
    return f"{node.label} = {x}" if node.label else say("value {x}", x=x), gradient


def range_text(known: Sequence[float], count: int, numbers: Numbers, say: Say = ENGLISH) -> str:
    """The least and the largest of so many values, as far as they are known."""
    low, high = numbers(min(known)), numbers(max(known))
    if len(known) < count:
        return say("{n:,} of {of:,} values, {low} to {high}", n=len(known), of=count, low=low, high=high)
    return say("{n:,} values, {low} to {high}", n=count, low=low, high=high)


def norm_text(
    trace: Trace,
    unit: Unit,
    used: Sequence[int],
    numbers: Numbers,
    say: Say = ENGLISH,
    grads: Known | None = None,
) -> str | None:
    """What is said of the gradient of a scope; None if there is none yet."""
    norm = gradient_norm(trace, unit, used, grads)
    return None if norm is None else NORM.format(x=numbers(norm), what=norm_of(trace, unit, used, say, grads))


def norm_of(trace: Trace, unit: Unit, used: Sequence[int], say: Say, grads: Known | None = None) -> str:
    """Whose gradients the norm is of: ``3 parameters``, or ``1 of 2 outputs`` while the other has none."""
    sources = gradient_sources(trace, unit, used)
    of, n = len(sources), len(known_gradients(trace, unit, used, grads))
    if any(node.role == "parameter" for node in sources):
        one, many, part = "1 parameter", "{n:,} parameters", "{n:,} of {of:,} parameters"
    else:
        one, many, part = "1 output", "{n:,} outputs", "{n:,} of {of:,} outputs"
    if 0 < n < of:
        return say(part, n=n, of=of)
    return say(one if of == 1 else many, n=of)


def layer_of(trace: Trace, unit: Unit, used: Sequence[int]) -> Phrase | None:
    """What a folded layer of neurons is, "Linear 2→8, ReLU"; None for any other scope.

    It is one where every unit has a weight of its own for each input, and all have the same activation.
    """
    inside, depth = set(unit.nodes), len(unit.scope or ())
    nodes = [trace.nodes[i] for i in unit.nodes]
    if not any(len(node.scope) > depth for node in nodes):
        return None
    inputs: dict[int, set[int]] = {}
    for node in nodes:
        for parent in node.parents:
            if parent not in inside:
                weights = [v for v in trace.operands(node) if v.index in inside and v.role == "parameter"]
                if node.op != "mul" or len(weights) != 1:
                    return None
                inputs.setdefault(parent, set()).add(weights[0].index)
    places = [w for several in inputs.values() for w in several]
    if not inputs or len(set(places)) < len(places) or len(places) != len(inputs) * len(used):
        return None
    activations = [node.op for node in nodes if node.op and node.op not in ("add", "mul")]
    if activations and (len(set(activations)) > 1 or len(activations) != len(used)):
        return None
    return layer_caption("Linear", len(inputs), len(used), *map(activation_name, set(activations)))
