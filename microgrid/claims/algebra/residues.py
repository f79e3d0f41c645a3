"""Terms computed modulo a large random prime: the same residues mean the same formula, almost surely.

What is rational in the leaves is exact there.  A function such as exp becomes an unknown of its own, with
what
is known of it: exp of a sum is a product, sin² + cos² = 1, sinh, cosh and tanh are made of exp.  So equal
residues prove an identity in the leaves and these unknowns, which is more than was asked; other residues
prove nothing where there are such unknowns.

A term that is not 0 is a fraction whose numerator has a degree and coefficients.  It vanishes at a random
point
with a chance of at most its degree over the prime, and modulo a random prime with at most its bits over the
number of such primes.  `size` bounds both, and with less than 2^180 the chance is below 1e-20.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache

from .terms import Term, reachable

__all__ = ["Undecided", "evaluate", "prime", "size"]

LARGEST = 2**180
DEEPEST = 50
"""Sums in one another that exp is taken apart of."""


class Undecided(Exception):
    """A condition whose side was not chosen: `key` names it."""

    def __init__(self, key: int) -> None:
        self.key = key
        super().__init__(key)


@cache
def prime() -> int:
    """A prime between 2^255 and 2^256 that nobody could have known before."""
    secret = random.SystemRandom()
    while True:
        candidate = secret.randrange(2**255 + 1, 2**256, 2)
        if all(candidate % small for small in (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)) and _is_prime(
            candidate, secret
        ):
            return candidate


def _is_prime(n: int, rng: random.Random) -> bool:
    """Miller and Rabin's test; 64 random bases leave a chance of 4^-64."""
    odd = n - 1
    twos = (odd & -odd).bit_length() - 1
    odd >>= twos
    for _ in range(64):
        x = pow(rng.randrange(2, n - 1), odd, n)
        if x in (1, n - 1):
            continue
        for _ in range(twos - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


class _Point:
    """One random point, with the unknowns of functions there."""

    def __init__(self, salt: str, sides: Mapping[int, bool]) -> None:
        self.p, self.salt, self.sides = prime(), salt, sides
        self.values: dict[Term, int | bool | None] = {}

    def random(self, *what: object) -> int:
        digest = hashlib.blake2b(repr((self.salt, self.p, what)).encode(), digest_size=64).digest()
        return int.from_bytes(digest, "big") % self.p

    def value(self, term: Term) -> int | bool | None:
        kind, data, p = term.kind, term.data, self.p
        if kind == "number":
            return self.fraction(data) % p
        if kind == "symbol":
            return self.random("symbol", term.number)
        if kind == "where":
            chosen = self.values[term.args[0]]
            return None if chosen is None else self.values[term.args[1] if chosen else term.args[2]]
        operands = [self.values[part] for part in term.args]
        if None in operands:
            return None
        if kind in ("name", "call"):
            return operands[0]
        xs = [int(x) for x in operands if x is not None]
        if kind == "sum":
            total = self.fraction(data[0])
            for x, factor in zip(xs, data[1], strict=True):
                total += x if factor == 1 else x * self.fraction(factor)
            return total % p
        if kind == "product":
            total = self.fraction(data[0])
            for x, exponent in zip(xs, data[1], strict=True):
                if exponent.denominator != 1:
                    total = total * self.random("power", x, exponent % 1) % p
                total = total * pow(x, int(exponent // 1), p) % p
            return total
        if kind == "power":
            return self.random("power", *xs)
        if kind == "above":
            return self.side(xs[0])
        if kind == "both":
            return operands[0] and operands[1]
        if kind == "either":
            return operands[0] or operands[1]
        return self.function(data, xs, term)

    def fraction(self, number: Fraction) -> int:
        n, d = number.as_integer_ratio()
        return int(n) if d == 1 else int(n * pow(d, -1, self.p) % self.p)

    def side(self, x: int) -> bool:
        """x > 0 and -x < 0 are one condition."""
        key, turned = (x, False) if x < self.p - x else (self.p - x, True)
        if key not in self.sides:
            raise Undecided(key)
        return self.sides[key] is not turned

    def function(self, word: str, xs: list[int], term: Term) -> int:
        p = self.p
        if word == "exp":
            return self.exp(term.args[0])
        if word in ("sinh", "cosh", "tanh"):
            up = self.exp(term.args[0])
            down = pow(up, -1, p)
            sinh, cosh = (up - down) * pow(2, -1, p) % p, (up + down) * pow(2, -1, p) % p
            return {"sinh": sinh, "cosh": cosh}.get(word, sinh * pow(cosh, -1, p) % p)
        if word in ("sin", "cos", "tan"):
            low = min(xs[0], p - xs[0])
            t = self.random("half angle", low)
            t = t if low == xs[0] else p - t
            sin, cos = 2 * t % p, (1 - t * t) % p
            if word == "tan":
                return sin * pow(cos, -1, p) % p
            return (sin if word == "sin" else cos) * pow(1 + t * t, -1, p) % p
        return self.random(word, *xs)

    def exp(self, term: Term, times: Fraction = Fraction(1), depth: int = 0) -> int:
        """exp of a term, with exp(a + b) = exp(a) exp(b) and exp(n a) = exp(a)^n."""
        while term.kind == "name":
            term = term.args[0]
        p = self.p
        if term.kind == "sum" and depth < DEEPEST:
            total = self._exp(self.fraction(term.data[0] * times) % p)
            for part, factor in zip(term.args, term.data[1], strict=True):
                total = total * self.exp(part, times * factor, depth + 1) % p
            return total
        if term.kind == "product" and len(term.args) == 1 and term.data[1] == (1,) and depth < DEEPEST:
            return self.exp(term.args[0], times * term.data[0], depth + 1)
        x = int(self.values[term] or 0)
        if term.kind == "product":
            times *= term.data[0]
            x = x * pow(self.fraction(term.data[0]), -1, p) % p
        root = self._exp(x * pow(times.denominator, -1, p) % p)
        return pow(root, times.numerator, p)

    def _exp(self, x: int) -> int:
        low = min(x, self.p - x)
        up = self.random("exp", low) if x else 1
        return up if low == x else pow(up, -1, self.p)


def evaluate(roots: Sequence[Term], salt: str, sides: Mapping[int, bool]) -> list[int | bool | None]:
    """The residues of terms at the random point that `salt` stands for; None where a term is divided by 0.

    `sides` says which conditions hold; `Undecided` where one is asked for that it does not tell.
    """
    point = _Point(salt, sides)
    for term in reachable(roots):
        try:
            point.values[term] = point.value(term)
        except ValueError:  # no inverse modulo p
            point.values[term] = None
    return [point.values[root] for root in roots]


def size(roots: Sequence[Term]) -> int:
    """A bound for degree and bits of numerator and denominator of each root, at most `LARGEST`."""
    sizes: dict[Term, int] = {}
    for term in reachable(roots):
        own = [sizes[part] for part in term.args]
        bits = 1
        if term.kind == "number":
            bits = _bits(term.data)
        elif term.kind == "sum":
            bits = _bits(term.data[0]) + sum(own) + sum(map(_bits, term.data[1]))
        elif term.kind == "product":
            bits = _bits(term.data[0])
            for x, exponent in zip(own, term.data[1], strict=True):
                bits += x * (abs(int(exponent)) + 1)
        elif own:
            bits = 4 * (sum(own) + 1)
        sizes[term] = min(bits, LARGEST)
    return max(sizes[root] for root in roots)


def _bits(number: Fraction) -> int:
    n, d = number.as_integer_ratio()
    return abs(n).bit_length() + d.bit_length() + 1
