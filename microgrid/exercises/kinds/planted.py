"""A worked graph with a wrong number in it, and formulas of which some have a slip."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from random import Random

from ...base.phrases import Phrase, say
from ...expressions.parse import free_names, parse
from ..calculation import Calculation
from ..exercise import Asked, Blank, Choice, Mistake, Number, Option, Row
from ..formulas import NoFormula, Product, Text, joined, slope
from ..numbers import is_short
from ..wording import decimal, formula
from . import numeric
from .parts import Parts
from .paths import paths, some
from .worked import Unsuitable, Worked

__all__ = ["has_formulas", "true_or_false", "wrong_number"]

MOST_OPTIONS = 8
MOST_TERMS = 4
"""Of a formula that is to be judged."""
POINTS, ANYWHERE = 4, 24
"""At which a formula is compared with the gradient, nearby, and where there are kinks anywhere."""


# ---------------------------------------------------------------- the wrong number


def wrong_number(worked: Worked) -> Parts:
    """All values and gradients, one of them as a known mistake has it: which, and what is right?"""
    values, gradients = numeric.forward(worked), numeric.backward(worked)
    chances = [
        (blank, mistake)
        for blank in (*values, *gradients)
        for mistake in blank.mistakes
        if _is_seen(blank, mistake)
    ]
    if not chances:
        raise Unsuitable
    kinds = sorted({mistake.kind for _, mistake in chances})
    kind = worked.random.choice(kinds)  # or signs, of which there are most, would be all there is
    blank, mistake = worked.random.choice([each for each in chances if each[1].kind == kind])
    standing = {each.asked: each.expected for each in (*values, *gradients)} | {blank.asked: mistake.value}
    others = [each for each in (*values, *gradients) if each is not blank]
    shown = {id(each) for each in worked.random.sample(others, min(len(others), MOST_OPTIONS - 1))} | {
        id(blank)
    }
    options = tuple(
        Option(
            f"{each.asked.text} = {decimal(standing[each.asked])}", each is blank, _why(each, each is blank)
        )
        for each in (*values, *gradients)
        if id(each) in shown
    )
    table = tuple(_rows(worked, standing))
    right = replace(
        blank,
        key="right",
        asked=Asked(blank.asked.of, blank.asked.by, words=say("the right number")),
        mistakes=(
            Mistake("planted", mistake.value),
            *(each for each in blank.mistakes if each is not mistake),
        ),
        hint=say("Find the number that does not follow from those it is computed from."),
    )
    question = say("Which number is wrong?")
    task = say("One number in this graph is wrong; all others are right.")
    return Parts((task,), (Choice("wrong", question, options), right), table)


def _is_seen(blank: Blank, mistake: Mistake) -> bool:
    """Whether a wrong number looks like one that was computed by hand, and not like the right one."""
    if isinstance(blank.expected, Fraction) and not is_short(Fraction(mistake.value)):
        return False
    return abs(float(mistake.value)) < 1000 and decimal(mistake.value) != decimal(blank.expected)


def _why(blank: Blank, wrong: bool) -> Phrase:
    made = f"{blank.solution} = {decimal(blank.expected)}"
    return say("It has to be {made}.", made=made) if wrong else say("This one follows: {made}.", made=made)


def _rows(worked: Worked, standing: dict[Asked, Number]) -> Iterator[Row]:
    calculation, found = worked.calculation, worked.found
    for k in calculation.named:
        value = standing.get(Asked(worked.name(k)), found.values[k])
        gradient = standing.get(worked.gradient_of(k))
        yield Row(worked.name(k), value, Fraction(1) if k == calculation.root else gradient)


# ---------------------------------------------------------------- true or false


def has_formulas(calculation: Calculation) -> bool:
    """Whether the gradient of some parameter is a formula short enough to be judged."""
    return bool(_judged(calculation))


def _judged(calculation: Calculation) -> list[int]:
    found = []
    for k in (calculation.index[name] for name in calculation.spec.parameters):
        try:
            if 1 <= len(_terms(calculation, k)) <= MOST_TERMS:
                found.append(k)
        except NoFormula:
            continue
    return found


def _terms(calculation: Calculation, start: int) -> list[Product]:
    """The gradient as a sum of products, for each path or, where a step has several, for each of these."""
    terms = list[Product]()
    if len(some(calculation, start)) > MOST_TERMS:
        return []
    for path in paths(calculation, start):
        products = [Product(Fraction(1), ())]
        for j, k in reversed(list(pairwise(path))):
            products = [left.times(right) for left in products for right in slope(calculation, k, j)]
        terms += products
    return terms


def true_or_false(worked: Worked) -> Parts:
    """A formula for a gradient, right or with one slip: is it true?"""
    calculation, random = worked.calculation, worked.random
    start = random.choice(_judged(calculation))
    terms = _terms(calculation, start)
    slips = list(_slips(worked, terms))
    written, slip = random.choice(slips) if slips and random.random() < 0.5 else (terms, None)
    if slip is None:
        suits = all(_agrees(worked, joined(written), start, point) for point in _points(worked))
    elif _switches(worked):  # where a unit is off, many a slip makes no difference, and where it is on, relu′
        suits = not all(_agrees(worked, joined(written), start, point) for point in _points(worked))
    else:
        suits = not any(_agrees(worked, joined(written), start, point) for point in _points(worked))
    if not suits:
        raise Unsuitable  # with these numbers the slip makes no difference
    asked = worked.gradient_of(start)
    claim = f"{asked.text} = {formula(joined(written))}"
    right = f"{asked.text} = {formula(joined(terms))}"
    why = (
        say("It is the sum over all paths.")
        if slip is None
        else say("{slip} Right is {right}.", slip=slip, right=right)
    )
    options = (Option(say("true"), slip is None, why), Option(say("false"), slip is not None, why))
    question = say("Is {claim} true, for all numbers?", claim=claim)
    ascii_claim = f"d{asked.of}/d{asked.by} = {joined(written)}"
    return Parts((), (Choice("claim", question, options),), claim=ascii_claim)


def _switches(worked: Worked) -> bool:
    return any(step.row is not None and step.row.name == "relu" for step in worked.calculation.steps)


def _points(worked: Worked) -> Iterator[dict[str, float]]:
    """Where a formula is compared: at the exercise's own numbers, nearby, and beyond kinks anywhere."""
    for point in range(POINTS):
        random = Random(point)
        yield {name: float(x) * (1 + point * random.uniform(0.05, 0.3)) for name, x in worked.given.items()}
    for point in range(POINTS, POINTS + ANYWHERE) if _switches(worked) else ():
        random = Random(point)
        yield {name: random.uniform(-2, 2) for name in worked.given}


def _agrees(worked: Worked, text: str, start: int, point: Mapping[str, float]) -> bool:
    """Whether a formula has the gradient's value at a point."""
    found = worked.at(point)
    numbers = {worked.name(k): float(found.values[k]) for k in worked.calculation.named}
    text = re.sub(r"relu'\((\w+)\)", r"(relu(\1)/\1)", text)
    result = parse(text, **{name: numbers[name] for name in free_names(text)})["result"].data
    expected = float(found.gradients[start])
    return abs(result - expected) <= 1e-9 * max(1.0, abs(expected))


def _slips(worked: Worked, terms: Sequence[Product]) -> Iterator[tuple[list[Product], Phrase]]:
    """The formula with one slip in each of the ways that it can have, and what the slip is."""

    def changed(place: int, *terms_there: Product) -> list[Product]:
        return [*terms[:place], *terms_there, *terms[place + 1 :]]

    for place, term in enumerate(terms):
        if len(terms) > 1:
            yield changed(place), say("The path with {term} is missing.", term=formula(joined([term])))
        turned = Product(-term.number, term.factors)
        yield changed(place, turned), say("The sign of {term} is turned.", term=formula(joined([turned])))
        if abs(term.number) not in (0, 1):
            plain = Product(term.number / abs(term.number), term.factors)
            yield (
                changed(place, plain),
                say("The factor {factor} is missing.", factor=decimal(abs(term.number))),
            )
        for k, factor in enumerate(term.factors):
            rest = term.factors[:k] + term.factors[k + 1 :]
            gone = say("The factor {factor} is missing.", factor=formula(factor.text))
            yield changed(place, Product(term.number, rest)), gone
            if other := _function_of(factor):
                outer = Product(term.number, (*term.factors[:k], other, *term.factors[k + 1 :]))
                names = {"wrong": formula(other.text), "right": formula(factor.text)}
                yield (
                    changed(place, outer),
                    say("{wrong} stands where its derivative {right} is meant.", **names),
                )


def _function_of(factor: Text) -> Text | None:
    """The function whose derivative a factor is, h of h(1 − h) or of 1 − h², relu(z) of relu′(z)."""
    if factor.text.startswith("relu'("):
        return Text(factor.text.replace("'", "", 1), 5)
    name = factor.text.partition("*(1 - ")[0]
    if name.isidentifier() and factor.text == f"{name}*(1 - {name})":
        return Text(name, 5)
    name = factor.text.removeprefix("1 - ").removesuffix("**2")
    return Text(name, 5) if name.isidentifier() and factor.text == f"1 - {name}**2" else None
