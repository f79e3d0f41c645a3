"""Random graphs, the true formula of a derivative as a sum over paths, and the same with one slip planted.

What is true is decided here without the package's terms: by the numbers of backward passes at random points.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import cos, exp, isclose, isfinite, prod, sin, tanh

from microgrid import Value, parse
from microgrid.expressions.parse import free_names
from microgrid.graph import path_count, paths

LEAVES = ("x1", "x2", "w11", "w12", "w21", "w22", "b")
ONE = ("sigmoid", "tanh", "sin", "relu", "square")
TWO = ("+", "-", "*")


@dataclass(frozen=True)
class Factor:
    """A factor as it is typed, and what it is worth where nodes have these values, in a reading."""

    text: str
    kind: str
    of: str = ""
    by: str = ""


@dataclass(frozen=True)
class Term:
    sign: int
    factors: tuple[Factor, ...]

    def __str__(self) -> str:
        return "*".join(factor.text for factor in self.factors) or "1"


@dataclass(frozen=True)
class Formula:
    graph: str
    of: str
    by: str
    terms: tuple[Term, ...]

    @property
    def claim(self) -> str:
        right = ""
        for term in self.terms:
            mark = "-" if term.sign < 0 else "+"
            right += f" {mark} {term}" if right else f"-{term}" if term.sign < 0 else f"{term}"
        return f"d{self.of}/d{self.by} = {right or '0'}"


def random_formula(rng: random.Random, most: int = 60) -> Formula:
    """A graph of up to `most` nodes with named nodes only, and the sum over all paths from a leaf to its end."""
    while True:
        statements, made = [], list(LEAVES)
        for k in range(rng.randint(5, most - len(LEAVES))):
            recent = made[-8:] if rng.random() < 0.8 else made
            name = f"n{k}"
            if rng.random() < 0.35:
                op, a = rng.choice(ONE), rng.choice(recent)
                statements.append(f"{name} = {a}**2" if op == "square" else f"{name} = {op}({a})")
            else:
                a, b = rng.sample(recent, 2)
                statements.append(f"{name} = {a} {rng.choice(TWO)} {b}")
            made.append(name)
        graph = "; ".join(statements)
        nodes = values_at(graph, random.Random(1))
        of = statements[-1].partition(" ")[0]
        counts = {leaf: path_count(nodes[of], nodes[leaf]) for leaf in LEAVES}
        fitting = [leaf for leaf, count in counts.items() if 1 <= count <= 200]
        if not fitting:
            continue
        by = rng.choice(fitting)
        as_chain = rng.random() < 0.5
        terms = tuple(_term(path.nodes, rng, as_chain) for path in paths(nodes[of], nodes[by]))
        return Formula(graph, of, by, terms)


def values_at(
    graph: str, rng: random.Random, reach: float = 1.5, given: dict[str, float] | None = None
) -> dict[str, Value]:
    used = free_names(graph)
    values = {name: rng.uniform(-reach, reach) for name in used}
    return parse(graph, **(values | dict.fromkeys(set(LEAVES) - set(used), 1.0) | (given or {})))


def _term(nodes: tuple[Value, ...], rng: random.Random, as_chain: bool) -> Term:
    sign, factors = 1, []
    for below, above in pairwise(nodes):
        if as_chain:
            text = f"d{above.label}/d{below.label}"
            factors.append(Factor(text, "rate", above.label, below.label))
            continue
        other = next((v for v in above.parents if v is not below), below)
        if above.op == "sub" and above.parents[1] is below:
            sign = -sign
        elif above.op == "mul":
            factors.append(Factor(other.label, "node", other.label))
        elif above.op == "powc":
            factors += [Factor("2", "number", "2"), Factor(below.label, "node", below.label)]
        elif above.op not in ("add", "sub"):
            factors.append(Factor(f"{above.op}'({below.label})", "slope", above.op, below.label))
    return Term(sign, tuple(factors))


# ---------------------------------------------------------------- slips


def _changed(formula: Formula, k: int, *terms: Term) -> Formula:
    every = formula.terms
    return Formula(formula.graph, formula.of, formula.by, (*every[:k], *terms, *every[k + 1 :]))


def _with_factor(
    formula: Formula, rng: random.Random, change: Callable[[Factor], list[Factor]], wanted: str
) -> Formula | None:
    places = [(k, j) for k, term in enumerate(formula.terms) for j, factor in enumerate(term.factors)
              if not wanted or factor.kind in wanted.split()]  # fmt: skip
    if not places:
        return None
    k, j = rng.choice(places)
    term = formula.terms[k]
    factors = (*term.factors[:j], *change(term.factors[j]), *term.factors[j + 1 :])
    return _changed(formula, k, Term(term.sign, factors))


def path_missing(formula: Formula, rng: random.Random) -> Formula | None:
    if len(formula.terms) < 2:
        return None
    formula = _changed(formula, rng.randrange(len(formula.terms)))
    if len(formula.terms) > 2 and rng.random() < 0.3:
        formula = _changed(formula, rng.randrange(len(formula.terms)))
    return formula


def path_extra(formula: Formula, rng: random.Random) -> Formula | None:
    k = rng.randrange(len(formula.terms))
    leaf = Factor(name := rng.choice(LEAVES), "node", name)
    extra = rng.choice([formula.terms[k], Term(1, (leaf, Factor("x1", "node", "x1")))])
    return _changed(formula, k, formula.terms[k], extra) if len(formula.terms) > 1 else None


def factor_missing(formula: Formula, rng: random.Random) -> Formula | None:
    return _with_factor(formula, rng, lambda factor: [], "")


def factor_extra(formula: Formula, rng: random.Random) -> Formula | None:
    name = rng.choice(LEAVES)
    more = rng.choice([Factor(name, "node", name), Factor("2", "number", "2"), Factor("3", "number", "3")])
    return _with_factor(formula, rng, lambda factor: [factor, more], "")


def sign(formula: Formula, rng: random.Random) -> Formula | None:
    if rng.random() < 0.3:
        terms = tuple(Term(-term.sign, term.factors) for term in formula.terms)
        return Formula(formula.graph, formula.of, formula.by, terms)
    k = rng.randrange(len(formula.terms))
    return _changed(formula, k, Term(-formula.terms[k].sign, formula.terms[k].factors))


def exponent(formula: Formula, rng: random.Random) -> Formula | None:
    return _with_factor(formula, rng, lambda factor: [factor, factor], "node slope rate")


def outer_derivative(formula: Formula, rng: random.Random) -> Formula | None:
    def turned(factor: Factor) -> list[Factor]:
        return [Factor(f"{factor.of}({factor.by})", "call", factor.of, factor.by)]

    return _with_factor(formula, rng, turned, "slope")


def wrong_variable(formula: Formula, rng: random.Random) -> Formula | None:
    def other(factor: Factor) -> list[Factor]:
        name = rng.choice([leaf for leaf in LEAVES if leaf != factor.of])
        return [Factor(name, "node", name)]

    return _with_factor(formula, rng, other, "node")


def transposed(formula: Formula, rng: random.Random) -> Formula | None:
    turned = {"w12": "w21", "w21": "w12"}
    places = [(k, j) for k, term in enumerate(formula.terms) for j, factor in enumerate(term.factors)
              if factor.kind == "node" and factor.of in turned]  # fmt: skip
    if not places:
        return None
    k, j = rng.choice(places)
    term = formula.terms[k]
    name = turned[term.factors[j].of]
    factors = (*term.factors[:j], Factor(name, "node", name), *term.factors[j + 1 :])
    return _changed(formula, k, Term(term.sign, factors))


SLIPS = {
    "path-missing": path_missing, "path-extra": path_extra, "factor-missing": factor_missing,
    "factor-extra": factor_extra, "sign": sign, "exponent": exponent, "outer-derivative": outer_derivative,
    "wrong-variable": wrong_variable, "transposed": transposed,
}  # fmt: skip


# ---------------------------------------------------------------- what is true, by numbers


class Numbers:
    """The graph of a formula with numbers, and derivatives by backward passes."""

    def __init__(
        self, formula: Formula, rng: random.Random, reach: float, given: dict[str, float] | None = None
    ) -> None:
        self.formula, self.nodes = formula, values_at(formula.graph, rng, reach, given)
        self.totals: dict[str, dict[str, float]] = {}

    def total(self, of: str, by: str) -> float:
        if of not in self.totals:
            for v in self.nodes.values():
                v.grad = 0.0
            self.nodes[of].backward()
            self.totals[of] = {name: v.grad for name, v in self.nodes.items()}
        return self.totals[of][by]

    def local(self, of: str, by: str) -> float:
        below = zip(self.nodes[of].parents, self.nodes[of].partials, strict=True)
        steps = [slope for parent, slope in below if parent is self.nodes[by]]
        return sum(steps) if steps else self.total(of, by)

    def worth(self, factor: Factor, reading: str) -> float:
        """The value of a factor, in a reading."""
        if factor.kind == "number":
            return float(factor.of)
        if factor.kind == "node":
            return self.nodes[factor.of].data
        if factor.kind == "rate":
            ends = {"adjoint": factor.of == self.formula.of, "forward": factor.by == self.formula.by}
            whole = reading == "total" or ends.get(reading, False)
            return (self.total if whole else self.local)(factor.of, factor.by)
        x = self.nodes[factor.by].data
        h = (1 + tanh(x / 2)) / 2
        values = {"sigmoid": h, "tanh": tanh(x), "sin": sin(x), "relu": max(x, 0.0)}
        flat, flatter = exp(-abs(x)), exp(-2 * abs(x))  # 1 - tanh(x)**2 would be 0 too soon
        slopes = {"sigmoid": flat / (1 + flat) ** 2, "tanh": 4 * flatter / (1 + flatter) ** 2}
        slopes |= {"sin": cos(x), "relu": float(x > 0)}
        return (values if factor.kind == "call" else slopes)[factor.of]

    def products(self, reading: str) -> list[float]:
        """What the terms of the formula are worth."""
        terms = self.formula.terms
        return [term.sign * prod(self.worth(factor, reading) for factor in term.factors) for term in terms]

    def agrees(self, reading: str) -> bool:
        products = self.products(reading)
        claimed, actual = sum(products), self.total(self.formula.of, self.formula.by)
        scale = abs(actual) + sum(map(abs, products))
        return isfinite(claimed) and isclose(claimed, actual, rel_tol=1e-9, abs_tol=1e-10 * scale)


def readings(formula: Formula, points: int = 24) -> set[str]:
    """The readings in which a formula agrees with backward passes at random points."""
    agree = {"local", "adjoint", "forward", "total"}
    rng = random.Random(99)
    for k in range(points):
        numbers = Numbers(formula, rng, (1.5, 0.5, 4.0)[k % 3])
        agree = {reading for reading in agree if numbers.agrees(reading)}
    return agree
