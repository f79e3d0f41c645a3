"""What pictures say, in English, where templates are written out, and in Spanish, by the table below.

What the walk says is in `captions.MESSAGES`, what only its page says in `stepper/words.json`, and what `verify` says
in `microgrid.spanish`, which names the roles of nodes too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from microgrid.base import spanish
from microgrid.base.phrases import LANGUAGES, check_language

__all__ = ["ENGLISH", "LANGUAGES", "SPANISH", "Say", "speaker", "translated"]

SPANISH = {
    # nodes
    "operation": "operación",
    "value {x}": "valor {x}", "value not computed": "valor aún sin calcular",
    "gradient {x}": "gradiente {x}", "gradient not computed": "gradiente aún sin calcular",
    "no gradient yet": "aún no tiene gradiente",
    "in {scope}": "en {scope}",
    "{subject} in {scope}": "{subject} en {scope}",
    "{subject} has value {x}": "{subject} tiene valor {x}",
    "{subject} has value {x} and {gradient}": "{subject} tiene valor {x} y {gradient}",

    # scopes
    "scope {scope}": "ámbito {scope}",
    "scope {scope}, collapsed: 1 node": "ámbito {scope}, plegado: 1 nodo",
    "scope {scope}, collapsed: {n:,} nodes": "ámbito {scope}, plegado: {n:,} nodos",
    "scope, collapsed": "ámbito plegado",
    "values {xs}": "valores {xs}", "values {xs} and {n:,} more": "valores {xs} y {n:,} más",
    "{n:,} values, {low} to {high}": "{n:,} valores, de {low} a {high}",
    "{n:,} of {of:,} values, {low} to {high}": "{n:,} de {of:,} valores, de {low} a {high}",
    "values not computed": "valores aún sin calcular",
    "1 parameter": "1 parámetro", "{n:,} parameters": "{n:,} parámetros",
    "{n:,} of {of:,} parameters": "{n:,} de {of:,} parámetros", "{n:,} of {of:,} outputs": "{n:,} de {of:,} salidas",
    "1 output": "1 salida", "{n:,} outputs": "{n:,} salidas",
    "norm of the gradient of {what}: {x}": "norma del gradiente de {what}: {x}",
    "1 more node": "1 nodo más", "{n:,} more nodes": "{n:,} nodos más",

    # derivatives
    "local derivative of {result} with respect to {operand}: {x}":
        "derivada local de {result} respecto de {operand}: {x}",
    "derivative of {result} with respect to {operand}: {x}": "derivada de {result} respecto de {operand}: {x}",
    "{derivative} = {x}, a sum over {n} paths": "{derivative} = {x}, una suma sobre {n} caminos",
    "size of the gradient": "tamaño del gradiente",

    # the whole picture
    "Computational graph of {name}": "Grafo computacional de {name}",
    "A computational graph of 1 node: {facts}.": "Grafo computacional de 1 nodo: {facts}.",
    "A computational graph of {n:,} nodes: {facts}.": "Grafo computacional de {n:,} nodos: {facts}.",
    "A computational graph of {n:,} nodes, {shown:,} of them shown: {facts}.":
        "Grafo computacional de {n:,} nodos, de los que se muestran {shown:,}: {facts}.",
    "{facts}; and {n:,} more": "{facts}; y {n:,} más",
}  # fmt: skip


def translated(template: str, lang: str) -> str:
    """A template of a picture, or of a report, in this language.

    >>> translated("value {x}", "es"), translated("proved", "es")
    ('valor {x}', 'demostrado')
    """
    return _table(lang).get(template, template)


@cache
def _table(lang: str) -> dict[str, str]:
    check_language(lang)
    return spanish.SPANISH | SPANISH if lang == "es" else {}


Say = Callable[..., str]
"""Fills fields into a template, in one language."""


@cache
def speaker(lang: str) -> Say:
    """What says things in this language.

    >>> speaker("es")("value {x}", x=3)
    'valor 3'
    """
    table = _table(lang)

    def say(template: str, /, **fields: object) -> str:
        return table.get(template, template).format(**fields)

    return say


ENGLISH = speaker("en")
