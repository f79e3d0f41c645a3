"""What is said of claims, in Spanish."""

from __future__ import annotations

__all__ = ["CLAIMS"]

CLAIMS = {
    "true, {how}": "verdadero, {how}", "at 30 points in 50 digits": "en 30 puntos con 50 dígitos",
    "false": "falso", "false: {slip}": "falso: {slip}", "undecided": "sin decidir",
    "missing: {what}": "falta: {what}", "correct is {line}": "lo correcto es {line}",
    "at {at} the claim gives {claimed}, and the derivative is {actual}":
        "en {at} la afirmación da {claimed}, y la derivada es {actual}",
    "for {index}: {why}": "para {index}: {why}",
    "it holds in the reading {holds}, and not in {others}":
        "se cumple en la lectura {holds}, y no en {others}",
    "on the common domain of both sides no points were found to compare them at":
        "en el dominio común de ambos lados no se encontraron puntos en los que compararlos",

    # the slips
    "a path is missing": "falta un camino", "a path is too many": "sobra un camino",
    "a factor is missing": "falta un factor", "a factor is too many": "sobra un factor",
    "the sign is turned": "el signo está cambiado", "an exponent is wrong": "hay un exponente equivocado",
    "the outer function stands at the wrong place": "la función exterior está en un lugar equivocado",
    "a variable is the wrong one": "hay una variable equivocada",
    "two indices are exchanged": "hay dos índices intercambiados",
}  # fmt: skip
