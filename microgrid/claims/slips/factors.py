"""Factors to another power, factors that are missing, and those that are too many."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import log
from typing import Any

from ...base.phrases import Phrase, say
from ..formulas import tree_of
from ..language.printing import text
from ..language.trees import Number, Power, Product, Rate, Sum, Tree, negative, product, put
from .places import Place
from .routes import same
from .search import Candidate, Finding, Search, Table, flat, power, ratio

__all__ = ["exponents", "factors", "numbers", "parts_of_factors"]

POWERS = (*(Fraction(k) for k in (1, -1, 2, -2, 3, -3)), Fraction(1, 2), Fraction(-1, 2))


def exponents(search: Search) -> Iterator[Finding]:
    """A factor that is still there to another power."""
    for place in search.places:
        if place.is_factor or (wanted := ratio(place)) is None:
            continue
        for base, exponent, values in _bases(search, place):
            change = _change(values, wanted)
            if change is None or exponent + change == 0:
                continue
            right = put(search.right, place.way, _with_power(place.tree, base, exponent + change))
            why = say(
                "{factor} has the exponent {wrong}, and {right} is right",
                factor=text(base),
                wrong=str(exponent),
                right=str(exponent + change),
            )
            yield Finding("exponent", right, why, factor=search.meaning(base))


def _change(values: tuple[Any, ...], wanted: tuple[Any, ...]) -> Fraction | None:
    """The power of some values that is wanted of them, if it is a simple one."""
    size, target = abs(float(values[0])), abs(float(wanted[0]))
    if not (0 < size < 1e300 and 0 < target < 1e300) or abs(log(size)) < 1e-12:
        return None
    near = log(target) / log(size)
    change = min(POWERS, key=lambda k: abs(k - near))
    return change if abs(change - near) < 1e-6 and same(power(values, change), wanted) else None


def _bases(search: Search, place: Place) -> Iterator[tuple[Tree, Fraction, tuple[Any, ...]]]:
    """The factors of a place that are no plain numbers, each with its exponent there."""
    found: dict[Tree, Fraction] = {}
    for exponent, factor in flat(place.tree):
        found[factor] = found.get(factor, Fraction(0)) + exponent
    for factor, exponent in found.items():
        values = None if isinstance(factor, Number) else search.values(factor)
        if values is not None and 0 not in values and not same(values[:1] * len(values), values):
            yield factor, exponent, values


def _with_power(tree: Tree, base: Tree, exponent: Fraction) -> Tree:
    """The product with another exponent of one of its factors."""
    size: Tree = base if abs(exponent) == 1 else Power(base, Number(abs(exponent)))
    kept: list[tuple[int, Tree]] = []
    is_put = False
    for sign, factor in tree.factors if isinstance(tree, Product) else ((1, tree),):
        if flat(factor)[0][1] != base:
            kept.append((sign, factor))
        elif not is_put:
            kept.append((1 if exponent > 0 else -1, size))
            is_put = True
    return product(kept)


def factors(search: Search) -> Iterator[Finding]:
    """A factor that the whole or a term lacks, or has too many of."""
    yield from _kinked(search)
    for place in search.places:
        if place.is_factor or (wanted := ratio(place)) is None:
            continue
        constant = _constant(wanted)
        if constant in (1, -1):
            continue
        yield from _too_many(search, place, wanted)
        if constant is not None and constant > 0:
            yield from _number(search, place, constant)
        yield from _lacking(search, place, wanted, search.factors)


def _kinked(search: Search) -> Iterator[Finding]:
    """The derivative of relu and its like, of which nothing is seen where units are active."""
    for term, link in search.kinked:
        tree = link if link is not None and search.has_rates else tree_of(term, search.graph.names) or link
        if tree is None or (isinstance(tree, Rate) and _is_left(search, tree)):
            continue
        slopes = search.known(term)
        for place in search.places:
            if slopes is None or place.is_factor or len(place.way) > 1:
                continue
            if _is_turned_off(place, slopes):
                right = put(search.right, place.way, _linked(place.tree, tree))
                why = _where(place, say("the factor {factor} is missing", factor=text(tree)))
                yield Finding("factor-missing", right, why, (text(tree),), factor=term)


def _is_turned_off(place: Place, slopes: tuple[Any, ...]) -> bool:
    """Whether a place needs what it has times some slopes, which are 0 where a unit is off."""
    return all(
        abs(n - h * slope) <= abs(h) * 1e-25
        for n, h, slope in zip(place.needs, place.has, slopes, strict=True)
    )


def parts_of_factors(search: Search) -> Iterator[Finding]:
    """What is only a part of a derivative."""
    for place in search.places:
        if not place.is_factor and (wanted := ratio(place)) is not None:
            yield from _lacking(search, place, wanted, search.parts)


def _constant(values: tuple[Any, ...]) -> Fraction | None:
    """The plain fraction that a value is at every point, if it is one."""
    if not same(values[:1] * len(values), values):
        return None
    number = Fraction(str(values[0])).limit_denominator(1000)
    exact = values[0] * 0 + number.numerator
    return number if number and same((exact / number.denominator,), values[:1]) else None


def _too_many(search: Search, place: Place, wanted: tuple[Any, ...]) -> Iterator[Finding]:
    """A factor that is there, without which the place would be what it needs."""
    own = flat(place.tree)
    for k, (exponent, factor) in enumerate(own):
        values = search.values(factor)
        if len(own) < 2 or values is None or 0 in values or not same(power(values, -exponent), wanted):
            continue
        kept: list[tuple[int, Tree]] = [
            (1 if e > 0 else -1, f if abs(e) == 1 else Power(f, Number(abs(e))))
            for at, (e, f) in enumerate(own)
            if at != k
        ]
        called = text(factor) if exponent > 0 else text(Product(((-1, factor),)))
        why = _where(place, say("the factor {factor} is too many", factor=called))
        right = put(search.right, place.way, product(kept))
        yield Finding("factor-extra", right, why, factor=search.meaning(factor))


def _number(search: Search, place: Place, constant: Fraction) -> Iterator[Finding]:
    number = search.graph.terms.term(constant)
    if constant.numerator == 1:
        tree = product([(1, place.tree), (-1, Number(1 / constant))])
        right = put(search.right, place.way, tree)
        if number in search.stretches:  # such as the 1/3 of a mean
            why = _where(place, say("the factor {factor} is missing", factor=str(constant)))
            yield Finding("factor-missing", right, why, (str(constant),), factor=number)
            return
        why = _where(place, say("the factor {factor} is too many", factor=str(constant.denominator)))
        yield Finding("factor-extra", right, why, factor=search.graph.terms.term(1 / constant))
    elif constant.denominator == 1:
        factor = str(constant)
        why = _where(place, say("the factor {factor} is missing", factor=factor))
        tree = product([(1, Number(constant)), (1, place.tree)])
        yield Finding("factor-missing", put(search.right, place.way, tree), why, (factor,), factor=number)


def numbers(search: Search) -> Iterator[Finding]:
    """A number that is there, and is another one: 2*x^2 for 3*x^2."""
    for place in search.places:
        if place.is_factor or (wanted := ratio(place)) is None:
            continue
        constant = _constant(wanted)
        if constant is None or constant in (1, -1):
            continue
        own = list(place.tree.factors) if isinstance(place.tree, Product) else [(1, place.tree)]
        for k, (way, factor) in enumerate(own):
            if isinstance(factor, Number) and way > 0:
                right = Number(factor.value * constant)
                tree = product([*own[:k], (1, right), *own[k + 1 :]])
                why = say("{wrong} stands where {right} belongs", wrong=text(factor), right=text(right))
                yield Finding(
                    "factor-missing" if abs(constant) > 1 else "factor-extra",
                    put(search.right, place.way, tree),
                    _where(place, why) if tree is not right else why,
                    factor=search.graph.terms.term(right.value),
                    named=say("a number is wrong"),
                )
        if constant > 0 and not place.way:
            tree = product([(1, Number(constant)), (1, place.tree)])
            called = text(Number(constant))
            why = say("the factor {factor} is missing", factor=called)
            yield Finding("factor-missing", put(search.right, place.way, tree), why, (called,))


def _lacking(
    search: Search, place: Place, wanted: tuple[Any, ...], table: Table[Candidate]
) -> Iterator[Finding]:
    for slip, values in (("factor-missing", wanted), ("factor-extra", power(wanted, Fraction(-1)))):
        for term, link in table.find(values):
            tree = tree_of(term, search.graph.names)
            if link is not None and (search.has_rates or tree is None):
                tree = link
            if tree is None:
                continue
            called = text(tree)
            if link is not None and tree is not link:
                called = say("{factor}, which is {which},", factor=called, which=text(link))
            if slip == "factor-missing":
                why = _where(place, say("the factor {factor} is missing", factor=called))
                right = put(search.right, place.way, _linked(place.tree, tree))
                yield Finding(slip, right, why, (text(tree),), factor=term)
            else:
                why = _where(place, say("the factor {factor} is too many", factor=called))
                right = put(search.right, place.way, product([(1, place.tree), (-1, tree)]))
                yield Finding(slip, right, why, factor=term)


def _is_left(search: Search, rate: Rate) -> bool:
    """Whether a derivative is the one that the claim is about."""
    return rate.of.node is search.left.of.node and rate.by[0].node is search.left.by[0].node


def _linked(tree: Tree, more: Tree) -> Tree:
    """A product with one more factor; in a chain where it belongs, between what it joins."""
    if isinstance(tree, Sum) and len(tree.addends) == 1 and tree.addends[0][0] < 0:
        return negative(_linked(tree.addends[0][1], more))
    own = list(tree.factors) if isinstance(tree, Product) else [(1, tree)]
    if tree == Number(Fraction(1)):
        return more
    at = len(own)
    for k, (_, factor) in enumerate(own) if isinstance(more, Rate) else ():
        if isinstance(factor, Rate) and factor.of.node is more.by[0].node:  # type: ignore[union-attr]
            at = k
            break
        if isinstance(factor, Rate) and factor.by[0].node is more.of.node:  # type: ignore[union-attr]
            at = k + 1
    if isinstance(more, Number):
        at = 0
    return product([*own[:at], (1, more), *own[at:]])


def _where(place: Place, why: Phrase) -> Phrase:
    return say("{why} in the term {term}", why=why, term=text(place.tree)) if place.way else why
