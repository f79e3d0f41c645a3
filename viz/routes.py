"""The routes of the chain rule through a trace: each contributes the product of its local derivatives."""

from __future__ import annotations

import math
from dataclasses import dataclass

from . import notation
from .digits import Numbers
from .language import ENGLISH, Say
from .snapshot import Node, Trace
from .text import shorten

__all__ = ["MOST_ROUTES", "Edge", "Route", "count", "reached", "routes", "sentences"]

MOST_ROUTES = 8
"""So many can be told apart, by colour and by eye; of more, only the edges and the sum are shown."""
LONGEST_ROUTE, LONGEST_STOP = 12, 12

Edge = tuple[int, int]
"""The position of an operation, and which of its operands the edge comes from."""


@dataclass(frozen=True)
class Route:
    """One way from a node to another: its edges in the direction of the computation."""

    edges: tuple[Edge, ...]
    partials: tuple[float, ...]

    @property
    def product(self) -> float:
        """As in `backward`, which comes from the end, nothing is passed on of a gradient of 0."""
        product = 1.0
        for partial in reversed(self.partials):
            product = product * partial if product else 0.0
        return product


def reached(trace: Trace, start: int, end: int) -> list[int]:
    """The nodes on the routes from start to end, ends included; none where there is no route."""
    from_start = {start}
    for node in trace.nodes[start + 1 : end + 1]:
        if not from_start.isdisjoint(node.parents):
            from_start.add(node.index)
    to_end = {end}
    for node in reversed(trace.nodes[start : end + 1]):
        if node.index in to_end:
            to_end.update(node.parents)
    return sorted(from_start & to_end)


def count(trace: Trace, start: int, end: int) -> int:
    """How many routes there are, without walking them."""
    ways = {start: 1}
    for i in reached(trace, start, end)[1:]:
        ways[i] = sum(ways.get(parent, 0) for parent in trace.nodes[i].parents)
    return ways.get(end, 0)


def routes(trace: Trace, start: int, end: int) -> list[Route]:
    """Every route; ask `count` first, since there may be more than there are atoms.

    >>> from microgrid import Value
    >>> from viz.snapshot import read
    >>> x = Value(3.0, "x")
    >>> [route.product for route in routes(read(x * x + x), 0, 2)]
    [3.0, 3.0, 1.0]
    """
    found: dict[int, list[Route]] = {start: [Route((), ())]}
    for i in reached(trace, start, end)[1:]:
        node = trace.nodes[i]
        found[i] = [
            Route((*route.edges, (i, k)), (*route.partials, node.partials[k]))
            for k, parent in enumerate(node.parents)
            for route in found.get(parent, [])
        ]
    return found.get(end, [])


def sentences(trace: Trace, start: int, end: int, numbers: Numbers, say: Say = ENGLISH) -> list[str]:
    """A line for each route with its product, then the sum; one line where there is one route."""
    total = count(trace, start, end)
    name = f"∂{_stop(trace.nodes[end], numbers)}/∂{_stop(trace.nodes[start], numbers)}"
    if total > MOST_ROUTES:
        x = numbers(_derivative(trace, start, end))
        return [say("{derivative} = {x}, a sum over {n:.6g} paths", derivative=name, x=x, n=total)]
    found = routes(trace, start, end)
    products = [_product(route, numbers) for route in found]
    if len(found) == 1:
        return [f"{name} = {products[0]}"]
    lines = [f"{_stops(trace, start, route, numbers)}:  {text}" for route, text in zip(found, products, strict=True)]
    terms = [numbers(route.product) for route in found]
    for k, term in enumerate(terms[1:], 1):
        terms[k] = f" {numbers.minus} {term[len(numbers.minus) :]}" if found[k].product < 0 else f" + {term}"
    return [*lines, f"{name} = {''.join(terms)} = {numbers(math.fsum(route.product for route in found))}"]


def _derivative(trace: Trace, start: int, end: int) -> float:
    """The sum of the products, by the chain rule."""
    inside = set(reached(trace, start, end))
    adjoint = dict.fromkeys(inside, 0.0) | {end: 1.0}
    for i in sorted(inside, reverse=True):
        for parent, partial in zip(trace.nodes[i].parents, trace.nodes[i].partials, strict=True):
            if parent in inside and adjoint[i]:  # as in `backward`, 0 times infinity is 0
                adjoint[parent] += adjoint[i] * partial
    return adjoint[start]


def _stops(trace: Trace, start: int, route: Route, numbers: Numbers) -> str:
    return " → ".join(_few([_stop(trace.nodes[i], numbers) for i in (start, *(head for head, _ in route.edges))]))


def _stop(node: Node, numbers: Numbers) -> str:
    """What a node is called on the way: its label, its number, or the sign of its operation."""
    if node.label:
        return shorten(node.label, LONGEST_STOP)
    return notation.symbol(node, numbers) if node.op else numbers(node.data)


def _product(route: Route, numbers: Numbers) -> str:
    if not route.partials:
        return "1"
    product = numbers(route.product)
    factors = " · ".join(_few([_factor(partial, numbers) for partial in route.partials]))
    return f"{factors} = {product}" if len(route.partials) > 1 else product


def _factor(x: float, numbers: Numbers) -> str:
    return f"({numbers(x)})" if x < 0 else numbers(x)


def _few(texts: list[str]) -> list[str]:
    """The texts, without the middle of a long list."""
    half = LONGEST_ROUTE // 2
    return texts if len(texts) <= LONGEST_ROUTE else [*texts[:half], "…", *texts[-half:]]
