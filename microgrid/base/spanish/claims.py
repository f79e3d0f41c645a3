"""What is said of claims, in Spanish."""

from __future__ import annotations

__all__ = ["CLAIMS"]

CLAIMS = {
    "claims": "afirmaciones", "{mark} {claim}: {verdict}": "{mark} {claim}: {verdict}",
    "{true} of {all} claims are true, {proved} proved":
        "{true} de {all} afirmaciones son verdaderas, {proved} demostradas",
    "true, {how}": "verdadero, {how}", "at 30 points in 50 digits": "en 30 puntos con 50 cifras",
    "false": "falso", "false: {slip}": "falso: {slip}", "undecided": "sin decidir",
    "missing: {what}": "falta: {what}", "correct is {line}": "lo correcto es {line}",
    "at {at} the claim gives {claimed}, and right is {actual}":
        "en {at} la afirmación da {claimed}, y lo correcto es {actual}",
    "read as {reading}: {why}": "en la lectura {reading}: {why}",
    "no slip that explains it was found in {seconds:g} seconds":
        "en {seconds:g} segundos no se encontró ningún error que lo explique",
    "no slip is looked for where a power is higher than {highest}":
        "no se busca ningún error donde una potencia es mayor que {highest}",
    "no single slip explains it": "ningún error único lo explica",
    "{nothing}; what is right over the claim is {ratio}, and the claim less what is right {difference}":
        "{nothing}; lo correcto entre lo afirmado es {ratio}, y lo afirmado menos lo correcto, {difference}",

    # what is wrong, and where
    "wrong here: {what}": "aquí está el error: {what}",
    "it holds with eta = {eta}": "se cumple con eta = {eta}",
    "e is the node of that name here; with exp(...) for the power of e the claim is true":
        "e es aquí el nodo de ese nombre; con exp(...) en lugar de la potencia de e la afirmación se cumple",
    "e is the node of that name here; a power of Euler's number is written exp(...)":
        "e es aquí el nodo de ese nombre; una potencia del número de Euler se escribe exp(...)",
    "{typed} is read as {meant}": "{typed} se lee como {meant}",
    "direct": "directo",
    "the path {way} is missing": "falta el camino {way}",
    "{n} paths are missing: {ways}": "faltan {n} caminos: {ways}",
    "the path {way} is counted twice": "el camino {way} se cuenta dos veces",
    "this is {which}": "esto es {which}",
    "where {total} = 1 the claim is true": "donde {total} = 1 la afirmación es cierta",
    "the term {term} belongs to no path": "el término {term} no pertenece a ningún camino",
    "the term {term} is missing": "falta el término {term}",
    "that is {node} itself": "eso es {node} sin derivar",
    "that is the first derivative": "esa es la primera derivada",
    "that is the second derivative": "esa es la segunda derivada",
    "a term is missing": "falta un término", "a number is wrong": "un número no es el que corresponde",
    "{factor} has the exponent {wrong}, and {right} is right":
        "{factor} tiene el exponente {wrong}, y el correcto es {right}",
    "the factor {factor} is missing": "falta el factor {factor}",
    "the factor {factor} is too many": "sobra el factor {factor}",
    "{factor}, which is {which},": "{factor} (que es {which})",
    "{why} in the term {term}": "{why} en el término {term}",
    "the sign of {term} is turned": "el signo de {term} está cambiado",
    "the sign of the whole is turned": "el signo de todo el lado derecho está cambiado",
    "{wrong} stands where {right} belongs": "{wrong} está donde corresponde {right}",
    "the indices are exchanged": "los índices están intercambiados",
    "at the given values nothing is seen of it; a claim is about all values":
        "con los valores dados no se nota; una afirmación trata de todos los valores",
    "for {index}: {why}": "para {index}: {why}",
    "it holds in the reading {holds}, and not in {others}":
        "se cumple en la lectura {holds}, y no en {others}",
    "on the common domain of both sides no points were found to compare them at":
        "en el dominio común de ambos lados no se encontraron puntos en los que compararlos",

    # readings
    "local": "local", "adjoint": "adjunta", "forward": "hacia delante", "total": "total",

    # derivations
    "the local derivatives": "las derivadas locales", "the chain rule": "la regla de la cadena",

    "{formula} has no derivative here; by convention it is {convention}":
        "{formula} no tiene derivada aquí; por convenio es {convention}",

    # the slips
    "a path is missing": "falta un camino", "a path is too many": "sobra un camino",
    "a factor is missing": "falta un factor", "a factor is too many": "sobra un factor",
    "the sign is turned": "el signo está cambiado", "an exponent is wrong": "hay un exponente equivocado",
    "the outer function stands at the wrong place": "la función exterior está en un lugar equivocado",
    "a variable is the wrong one": "hay una variable equivocada",
    "two indices are exchanged": "hay dos índices intercambiados",
}  # fmt: skip
