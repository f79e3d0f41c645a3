"""The small characters below and above the line, and the plain ones that they stand for."""

from __future__ import annotations

__all__ = ["LOWERED", "RAISED", "SMALL", "level", "lowered", "raised"]

LOWERED = dict(zip("0123456789()+-aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₍₎₊₋ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
RAISED = dict(zip("0123456789()+-in", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾⁺⁻ⁱⁿ", strict=True))

SMALL = frozenset([*LOWERED.values(), *RAISED.values()])

_LOWER = str.maketrans(LOWERED)
_RAISE = str.maketrans(RAISED | {"−": "⁻"})
_LEVEL = str.maketrans({small: char for table in (LOWERED, RAISED) for char, small in table.items()})


def lowered(text: object) -> str:
    """An index as it stands below the line; what has no such character stays as it is.

    >>> lowered(12), lowered("12,3"), lowered("(2)")
    ('₁₂', '₁₂,₃', '₍₂₎')
    """
    return str(text).translate(_LOWER)


def raised(text: object) -> str:
    """An exponent, or the number of a layer in its brackets.

    >>> raised(-2), raised("(1,3)")
    ('⁻²', '⁽¹,³⁾')
    """
    return str(text).translate(_RAISE)


def level(text: str) -> str:
    """What was lowered or raised, on the line.

    >>> level("w₁₂⁽³⁾")
    'w12(3)'
    """
    return text.translate(_LEVEL)
