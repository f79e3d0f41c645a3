"""What is said of each step: templates with named fields, and what goes into them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cached_property, reduce
from operator import mul

from microgrid.base.phrases import said, speaker

from ..graph.chain_rule import Update
from ..graph.folding import Unit
from ..graph.natural import leaves_in_order
from ..graph.paths import Paths
from ..graph.routes import Routes
from ..graph.trace import Node, Trace
from ..style.text import shorten
from ..words.names import in_brackets, names_of
from ..words.notation import is_current
from ..words.numbers import Numbers
from ..words.route_texts import path_count_text, product, sum_of
from ..words.scope_texts import norm_text, range_text
from .box_captions import LONGEST_MADE, Boxes
from .moments import History, Moment

__all__ = ["MESSAGES", "MOST_LEAVES", "MOST_PATHS", "Captions", "equal"]

MESSAGES = {
    "start": "The leaves have their values; nothing has been computed yet.",
    "stale": "{equation}, computed before an operand got another value",
    "seed": "{root} = 1: here the backward pass starts.",
    "backward": "{target} = {outer} · {local} = {product} = {term}",
    "again": "{target} = {before} + {outer} · {local} = {before} + {added} = {before} + {addend} = {after}",
    "several": "{target} = {product} = {term}",
    "several again": "{target} = {before} + {added} = {before} + {addend} = {after}",
    "more": "{text} so far",
    "more operands": "and {count} operands more",
    "one more operand": "and 1 operand more",
    "nothing": "{outer} = 0: nothing is passed on, {target} stays {after}.",
    "ordinal": "{text}   ({numbered}: with respect to operand {k} alone)",
    "end": "All gradients are known.",
    "paths": "{target} = {value}, a sum over {count} paths",
    "more leaves": "and {count} leaves more",
    "one more leaf": "and 1 leaf more",
    "group forward": "{scope}: {count} operations give {equation}",
    "group outputs": "{scope}: {count} operations give {values}",
    "group backward": "{scope}: the gradient goes back through {count} local derivatives.",
    "group gradient": "{scope}: the gradient goes back through {count} local derivatives; {gradient}",
    "in scope": "{scope}: {text}",
    "phase start": "Start",
    "phase forward": "Forward pass",
    "phase seed": "Backward pass",
    "phase backward": "Backward pass",
    "phase end": "End",
}
"""English templates by name, since the page of `Steps.html` fills in the same ones."""

MOST_PATHS = 8
"""Up to here a gradient is written out as a sum over paths."""
MOST_LEAVES = 24
"""Up to here the gradient of each leaf has a line at the end."""
LONGEST_PRODUCT = 4
"""Beyond it the products at the end leave out the factors that are exactly 1, of which sums make many."""
LONGEST_SUM = 160


def equal(*texts: str) -> str:
    """A chain of equations, in which nothing is said twice in a row.

    >>> equal("z", "w · x", "2 · 3", "6", "6")
    'z = w · x = 2 · 3 = 6'
    """
    parts = [text for text in texts if text]
    return " = ".join(text for before, text in zip(["", *parts], parts) if text != before)


class Captions:
    """Writes the captions for one trace; `units` are its boxes where steps go from box to box."""

    def __init__(self, trace: Trace, numbers: Numbers, lang: str = "en", units: Sequence[Unit] = ()) -> None:
        self._boxwise = units
        self.names = names_of(trace, numbers)
        self.paths = Paths(trace)
        self._trace = trace
        self._numbers = numbers
        self._lang, self._say = lang, speaker(lang)
        self.boxes = Boxes(trace, self.names, numbers, self._message, self.paths, lang)

    def _message(self, name: str, /, **fields: object) -> str:
        return self._say(MESSAGES[name], **fields)

    def moment(self, moment: Moment, k: int, history: History, most: int | None = None) -> str:
        """What moment k does, which is not the last, on the way back to the first `most` operands."""

        def gradient(i: int) -> float | None:
            return history.grad(i, k)

        def more(i: int) -> bool:
            return not history.is_complete(i, k)

        nodes = self._trace.nodes
        match moment.phase:
            case "start":
                return self.start()
            case "seed":
                return self.seed()
            case "forward" if moment.unit:
                return self.box_forward(moment.unit)
            case "forward":
                return self.group_forward(self._named(moment.scope), [nodes[i] for i in moment.computed])
        if moment.unit:
            return self.box_backward(moment.unit, moment.updates, gradient, more, most)
        if len(moment.updates) > 1:
            return self.group_backward(moment.scope, moment.updates, gradient)
        (update,) = moment.updates
        return self.backward(nodes[update.edge.node], update.edge.operand, update, more(update.target))

    def start(self) -> str:
        return self._message("start")

    def forward(self, node: Node) -> str:
        """``z = w · x = 2 · 3 = 6``; without the numbers if those that went in are not there any more."""
        made, value = shorten(self.names.made(node), LONGEST_MADE), self._numbers(node.data)
        if not is_current(self._trace, node):
            return self._placed(node, self._message("stale", equation=equal(node.label, made, value)))
        numbers = self.names.substituted(node)
        written = "" if len(numbers) > LONGEST_MADE else numbers
        name = node.label or (self.names[node] if self.names[node] != made else "")
        text = equal(name, made, written, value)
        return self._placed(node, f"{text}   ({said(node.warning, self._lang)})" if node.warning else text)

    def seed(self) -> str:
        return self._message("seed", root=self._target(self._trace.root))

    def backward(self, node: Node, k: int, update: Update, more: bool) -> str:
        """``∂L/∂w = ∂L/∂z · ∂z/∂w = −4 · 3 = −12``, or how that adds up with what came before; whether `more`
        is to come."""
        target, passed = self._target(self._trace.operands(node)[k]), self._target(node)
        outer, slope = update.outer, node.partials[k]
        if outer == 0 and not math.isfinite(slope):
            after = self._numbers(update.after)
            return self._placed(node, self._message("nothing", outer=passed, target=target, after=after))
        fields = {"target": target, "outer": passed, "local": self.names.local(node, k)}
        products = [product(self._numbers, outer, slope)]
        sums = sum_of(self._numbers, products, outer * slope, update.before, update.after)
        text = self._message("backward" if update.before is None else "again", **fields, **sums)
        text = self._message("more", text=text) if more else text
        if self.names.is_shared(node, k):
            text = self._message("ordinal", text=text, numbered=self.names.numbered(node, k), k=k + 1)
        return self._placed(node, text)

    def box_forward(self, unit: Unit) -> str:
        """What a box computes: a node, a scope, a sum or a piece."""
        nodes = [self._trace.nodes[i] for i in unit.nodes if self._trace.nodes[i].op]
        if unit.kind == "node":
            return self.forward(nodes[0])
        if unit.kind == "scope":
            return self.group_forward(self._trace.scope_name(unit.scope or (), self._lang), nodes)
        return self._placed(self._trace.nodes[unit.last], self.boxes.forward(unit))

    def box_backward(
        self,
        unit: Unit,
        updates: Sequence[Update],
        gradient: Callable[[int], float | None],
        more: Callable[[int], bool],
        most: int | None = None,
    ) -> str:
        """What a box passes on, a line for each operand, or a summary for a scope."""
        if unit.kind == "scope":
            return self.group_backward("/".join(unit.scope or ()), updates, gradient)
        if unit.kind != "node":
            text = self.boxes.backward(unit, updates, gradient, more, most)
            return self._placed(self._trace.nodes[unit.last], text)
        node, last = self._trace.nodes[unit.last], {update.target: update for update in updates}
        lines = [
            self.backward(
                node, update.edge.operand, update, more(update.target) or update is not last[update.target]
            )
            for update in updates
        ]
        return "\n".join(lines)

    def end(self, gradients: list[float | None], most: int = MOST_LEAVES) -> str:
        """A line for each leaf that has a gradient, up to so many."""
        leaves = [
            (leaf, gradient)
            for leaf in leaves_in_order(self._trace)
            if (gradient := gradients[leaf.index]) is not None and leaf is not self._trace.root
        ]
        shown = leaves[:most]
        products = [self._products(leaf) for leaf, _ in shown]
        long = any(len(slopes) > LONGEST_PRODUCT for paths in products for slopes in paths)
        lines = [
            self._placed(leaf, self._sum_over_paths(leaf, gradient, paths, ones=not long))
            for (leaf, gradient), paths in zip(shown, products, strict=True)
        ]
        if shown and (more := len(leaves) - len(shown)):
            name = "one more leaf" if more == 1 else "more leaves"
            lines.append(self._message(name, count=f"{more:,}"))
        return "\n".join([self._message("end"), *lines])

    def _products(self, node: Node) -> list[list[float]]:
        """The factors along each path to the root, from the root down; none if the paths are many."""
        if self._boxwise:
            routes = Routes(self._trace, self._boxwise, node.index, self._trace.root.index).few
            return [[leg.slope for leg in reversed(route.legs)] for route in routes]
        if self.paths.count(node.index) > MOST_PATHS:
            return []
        return [self.paths.slopes(path) for path in self.paths.walk(node.index)]

    def _sum_over_paths(self, node: Node, gradient: float, products: list[list[float]], ones: bool) -> str:
        """``∂ŷ/∂x = 2 · 3 + 1 · 4 = 10``: a product along each path, with or without the factors of 1."""
        target, value = self._target(node), self._numbers(gradient)
        count = len(products) or 1 if self._boxwise else self.paths.count(node.index)
        if products:
            terms = [reduce(mul, slopes, 1.0) for slopes in products]
            size = sum(map(abs, terms))
            if math.isfinite(size) and math.isclose(math.fsum(terms), gradient, abs_tol=1e-9 * size):
                factors = self._sum([self._product(slopes, ones) for slopes in products])
                terms_text = self._sum(list(map(self._numbers, terms)))
                text = equal(target, factors, terms_text if count > 1 else "", value)
                if len(text) <= LONGEST_SUM:
                    return text
                text = equal(target, terms_text, value)
                if len(text) <= LONGEST_SUM:
                    return text
        if count == 1:
            return equal(target, value)
        many = path_count_text(self.paths, node.index, self._numbers)
        return self._message("paths", target=target, value=value, count=many)

    def _product(self, slopes: list[float], ones: bool) -> str:
        if not ones:
            slopes = [slope for slope in slopes if slope != 1] or [1.0]
        first, *others = map(self._numbers, slopes)
        return " · ".join([first, *map(in_brackets, others)])

    def _sum(self, terms: list[str]) -> str:
        first, *others = terms
        return " + ".join(
            [first, *(f"({term})" if term.startswith(self._numbers.minus) else term for term in others)]
        )

    def group_forward(self, scope: str, nodes: list[Node]) -> str:
        """The operations of a scope at once, and what of it others use."""
        if len(nodes) == 1:
            return self.forward(nodes[0])
        outputs = [self._trace.nodes[i] for i in self.paths.outputs([node.index for node in nodes])]
        if len(outputs) == 1:
            equation = equal(self.names[outputs[0]], self._numbers(outputs[0].data))
            return self._message("group forward", scope=scope, count=f"{len(nodes):,}", equation=equation)
        values = range_text([node.data for node in outputs], len(outputs), self._numbers, self._say)
        return self._message("group outputs", scope=scope, count=f"{len(nodes):,}", values=values)

    def group_backward(
        self, scope: str, updates: Sequence[Update], gradient: Callable[[int], float | None]
    ) -> str:
        """What a scope passes on at once, and what its box says of the gradients that are known by then."""
        unit, count, scope = self._units[scope], f"{len(updates):,}", self._named(scope)
        grads = {i: gradient(i) for i in unit.nodes}
        norm = norm_text(self._trace, unit, self.paths.outputs(unit.nodes), self._numbers, self._say, grads)
        if norm is None:
            return self._message("group backward", scope=scope, count=count)
        return self._message("group gradient", scope=scope, count=count, gradient=norm)

    @cached_property
    def _units(self) -> dict[str, Unit]:
        """By its path each scope with all that is in it."""
        inside: dict[tuple[str, ...], list[int]] = {}
        for node in self._trace.nodes:
            for depth in range(1, len(node.scope) + 1):
                inside.setdefault(node.scope[:depth], []).append(node.index)
        return {"/".join(path): Unit(tuple(nodes), path) for path, nodes in inside.items()}

    def _named(self, scope: str) -> str:
        """What a scope of the graph is called."""
        return self._trace.scope_name(tuple(scope.split("/")), self._lang)

    def phase(self, phase: str) -> str:
        return self._message(f"phase {phase}")

    def step(self, k: int, count: int) -> str:
        return self._say("step {k} of {count}", k=k, count=count)

    def progress(self, phase: str, k: int, count: int) -> str:
        """``Backward pass, step 9 of 13``."""
        return f"{self.phase(phase)}, {self.step(k, count)}"

    def _target(self, node: Node) -> str:
        """``∂L/∂w``."""
        return self.names.derivative(self._trace.root, node)

    def _placed(self, node: Node, text: str) -> str:
        """Which scope is meant, since its neighbours give the same labels."""
        return (
            self._message("in scope", scope=self._trace.scope_name(node.scope, self._lang), text=text)
            if node.scope
            else text
        )
