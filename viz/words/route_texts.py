"""The routes of the chain rule in words: each with the product of its derivatives, then their sum."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from microgrid.base.phrases import speaker

from ..graph.paths import MOST, Paths
from ..graph.routes import CUT, Route, Routes
from ..style.text import shorten
from .names import in_brackets, names_of
from .numbers import Numbers

__all__ = ["path_count_text", "product", "route_sentences", "sum_of"]

LONGEST_ROUTE = 12
"""Stops, and factors, that are written out; of more, those in the middle are left out."""
MOST_TERMS = 4
"""Products that are written out where a gradient comes from several outputs."""
LONGEST_STOP, LONGEST_SCOPE = 12, 24
"""Characters."""


def path_count_text(paths: Paths, start: int, numbers: Numbers) -> str:
    """How many paths lead from a node to the end: ``1.845e19``, or ``> 1e308`` where counting stopped."""
    count = paths.count(start)
    return numbers(count) if count < MOST else f"> {numbers(MOST)}"


def route_sentences(routes: Routes, numbers: Numbers, lang: str = "en") -> list[str]:
    """A line for each route with its product, then the sum; one line where there is one route."""
    author, say = _Author(routes, numbers, lang), speaker(lang)
    of = author.stop(routes.end) if routes.trace.nodes[routes.end].label else ""
    name = f"∂{of}/∂{author.stop(routes.start)}"
    if not routes.few:
        count = path_count_text(routes.paths, routes.start, numbers)
        x = numbers(routes.paths.derivative(routes.start))
        return [say("{derivative} = {x}, a sum over {n} paths", derivative=name, x=x, n=count)]
    products = [author.product(route) for route in routes.few]
    if len(products) == 1:
        return [f"{name} = {products[0]}"]
    lines = [f"{author.stops(route)}:  {text}" for route, text in zip(routes.few, products, strict=True)]
    terms = [numbers(route.product) for route in routes.few]
    for k, term in enumerate(terms[1:], 1):
        size = term.removeprefix(numbers.minus)
        terms[k] = f" + {term}" if size == term else f" {numbers.minus} {size}"
    total = numbers(math.fsum(route.product for route in routes.few))
    return [*lines, f"{name} = {''.join(terms)} = {total}"]


class _Author:
    """Writes the stops and the factors of routes."""

    def __init__(self, routes: Routes, numbers: Numbers, lang: str) -> None:
        self.routes, self.numbers, self.names = routes, numbers, names_of(routes.trace, numbers)
        self.lang = lang
        self.namesakes = Counter(routes.trace.last_name(unit.scope) for unit in routes.boxes if unit.scope)

    def stops(self, route: Route) -> str:
        """What the route passes: ``x → layer 1 → + → y``."""
        units = [(leg.head, self.routes.box_of.get(leg.head)) for leg in route.legs]
        stops = [self.scope(head) if unit and unit.scope else self.stop(head) for head, unit in units]
        return " → ".join(_without_middle([self.stop(self.routes.start), *stops]))

    def stop(self, i: int) -> str:
        """What a node is called on the way: its label, its number, or the sign of its operation."""
        node = self.routes.trace.nodes[i]
        return shorten(node.label, LONGEST_STOP) if node.label else self.names[node]

    def scope(self, i: int) -> str:
        """What the box around a node says, or its scope's whole name where several boxes say the same; with a
        number where it has several outputs."""
        unit = self.routes.box_of[i]
        scope, outputs = unit.scope or CUT, self.routes.outputs[unit.last]
        trace = self.routes.trace
        said = trace.scope_name if self.namesakes[trace.last_name(scope)] > 1 else trace.last_name
        name = shorten(said(scope, self.lang), LONGEST_SCOPE)
        return f"{name}[{outputs.index(i)}]" if scope != CUT and len(outputs) > 1 and i in outputs else name

    def product(self, route: Route) -> str:
        """``1.5 · (−0.5) = −0.75``; the number alone where there is one factor."""
        if not route.legs:
            return "1"
        product = self.numbers(route.product)
        factors = " · ".join(_without_middle([self.factor(leg.slope) for leg in route.legs]))
        return f"{factors} = {product}" if len(route.legs) > 1 else product

    def factor(self, x: float) -> str:
        return f"({self.numbers(x)})" if x < 0 else self.numbers(x)


def _without_middle(texts: list[str]) -> list[str]:
    half = LONGEST_ROUTE // 2
    return texts if len(texts) <= LONGEST_ROUTE else [*texts[:half], "…", *texts[-half:]]


def product(numbers: Numbers, outer: float, slope: float) -> str:
    """``−4 · 3``, ``2 · (−1)``"""
    return f"{numbers(outer)} · {in_brackets(numbers(slope))}"


def sum_of(
    numbers: Numbers, products: Sequence[str], term: float, before: float | None, after: float
) -> dict[str, str]:
    """Products that are added up, and added to what came `before`, as fields of templates."""
    shown = products if len(products) <= MOST_TERMS else [*products[: MOST_TERMS - 1], "…"]
    # a sign stands in brackets where another sign is before it
    others = [f"({text})" if text.startswith(numbers.minus) else text for text in shown]
    fields = {"product": " + ".join([shown[0], *others[1:]]), "term": numbers(term)}
    if before is None:
        return fields
    first, times, rest = shown[0].partition(" · ")
    others[0] = f"{in_brackets(first)}{times}{rest}"
    sums = {"added": " + ".join(others), "addend": in_brackets(fields["term"])}
    return fields | sums | {"before": numbers(before), "after": numbers(after)}
