"""Texts in each language: English templates stand where they are used; other languages have one table each.

A table is a module beside this one, such as `spanish`, and LANGUAGES names it.  Pictures, captions, reports,
the command line and the page of a walk speak through this; the page is given the texts it needs as JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module

from .checks import one_of

__all__ = ["ENGLISH", "LANGUAGES", "Phrase", "Say", "count", "join", "said", "say", "speaker"]

LANGUAGES = {"en": "English", "es": "Spanish"}
"""By its code, what a language is called in English, and in small letters the module that has its table."""


class Phrase(str):
    """An English text that knows its template and its fields, to be said in other languages too."""

    template: str = ""
    fields: dict[str, object] = {}  # noqa: RUF012 (never changed: `say` gives each phrase its own)


def say(template: str, /, *, sense: str = "", **fields: object) -> Phrase:
    """A text with its fields filled in; without fields it stands as it is.

    `sense` tells apart what only English says in the same words: a table has it after the template.

    >>> text = say("{what} of {node}", what=say("the gradient"), node="'w' (2.0)")
    >>> text, said(text, "es")
    ("the gradient of 'w' (2.0)", "el gradiente de 'w' (2.0)")
    >>> said(say("Forward pass"), "es"), said(say("Forward pass", sense="button"), "es")
    ('Propagación hacia delante', 'Hacia delante')
    """
    phrase = Phrase(template.format(**fields) if fields else template)
    phrase.template, phrase.fields = f"{template} [{sense}]" if sense else template, fields
    return phrase


def count(number: int, one: str, several: str) -> Phrase:
    """So many of a thing: the template for one, or that for several."""
    return say(one if number == 1 else several, n=number)


def join(separator: str, texts: Iterable[str]) -> Phrase:
    fields = {f"text{k}": text for k, text in enumerate(texts)}
    return say(separator.join(f"{{{name}}}" for name in fields), **fields)


def said(text: str, lang: str) -> str:
    """A text in a language: phrases with what is in them; what is no phrase, such as a label, as it is."""
    one_of(lang, "lang", LANGUAGES)
    if lang == "en" or not isinstance(text, Phrase):
        return str(text)
    table: dict[str, str] = import_module(f".{LANGUAGES[lang].lower()}", __package__).TABLE
    template = table.get(text.template, text.template)
    fields = {
        name: said(field, lang) if isinstance(field, str) else field for name, field in text.fields.items()
    }
    return template.format(**fields) if fields else template


Say = Callable[..., str]
"""Fills fields into a template, in one language."""


def speaker(lang: str) -> Say:
    """What says things at once in this language.

    >>> speaker("es")("value {x}", x=3)
    'valor 3'
    """
    one_of(lang, "lang", LANGUAGES)
    return lambda template, /, **fields: said(say(template, **fields), lang)


ENGLISH = speaker("en")
