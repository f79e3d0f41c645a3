"""Texts in two languages: English templates stand where they are used, and `spanish` has them all in Spanish."""

from __future__ import annotations

from collections.abc import Iterable

from .checks import one_of

__all__ = ["LANGUAGES", "Phrase", "check_language", "count", "join", "said", "say"]

LANGUAGES = ("en", "es")


class Phrase(str):
    """An English text that knows the template and the fields it was made of, so that it can be said in Spanish too."""

    template: str = ""
    fields: dict[str, object] = {}  # noqa: RUF012 (never changed: `say` gives each phrase its own)


def say(template: str, /, **fields: object) -> Phrase:
    """A text with its fields filled in; without fields it stands as it is.

    >>> text = say("the {what} of {node}", what=say("gradient"), node="'w' (2.0)")
    >>> text, said(text, "es")
    ("the gradient of 'w' (2.0)", "el gradiente de 'w' (2.0)")
    """
    phrase = Phrase(template.format(**fields) if fields else template)
    phrase.template, phrase.fields = template, fields
    return phrase


def count(number: int, one: str, several: str) -> Phrase:
    """So many of a thing: the template for one, or that for several."""
    return say(one if number == 1 else several, n=number)


def join(separator: str, texts: Iterable[str]) -> Phrase:
    fields = {f"text{k}": text for k, text in enumerate(texts)}
    return say(separator.join(f"{{{name}}}" for name in fields), **fields)


def check_language(lang: object) -> None:
    one_of(lang, "lang", LANGUAGES)


def said(text: str, lang: str) -> str:
    """A text in a language: phrases with what is in them; what is no phrase, such as a label, as it is."""
    check_language(lang)
    if lang == "en" or not isinstance(text, Phrase):
        return str(text)
    from .spanish import SPANISH

    template = SPANISH.get(text.template, text.template)
    fields = {
        name: said(field, lang) if isinstance(field, str) else field for name, field in text.fields.items()
    }
    return template.format(**fields) if fields else template
