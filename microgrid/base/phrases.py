"""Texts in each language: English templates stand where they are used; other languages have one table each.

A table is a module or a package beside this one, such as `spanish`; LANGUAGES names it.  Pictures, captions,
reports, the command line and the page of a walk speak through this; the page is given its texts as JSON.
What can be done about an error is a part of its text that the command, for one, words in its own manner.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from importlib import import_module

from .checks import one_of

__all__ = [
    "ENGLISH",
    "LANG",
    "LANGUAGES",
    "Option",
    "Phrase",
    "Say",
    "Setting",
    "Way",
    "count",
    "join",
    "known_language",
    "message",
    "on_page",
    "said",
    "say",
    "speaker",
    "text_of",
    "worded",
]

LANGUAGES = {"en": "English", "es": "Spanish"}
"""By its code, what a language is called in English, and in small letters the module that has its table."""


LANG = os.environ.get("MICROGRID_LANG") or "en"
"""The language of what is not given one: the environment's, as it was when microgrid was imported."""


def known_language(lang: object) -> None:
    """ValueError for a language that there is not; it names the environment's variable if that says it."""
    one_of(lang, "MICROGRID_LANG" if lang == LANG and LANG not in LANGUAGES else "lang", LANGUAGES)


class Phrase(str):
    """An English text that knows its template and its fields, to be said in other languages too."""

    template: str = ""
    fields: dict[str, object] = {}  # noqa: RUF012 (never changed: `say` gives each phrase its own)

    def __add__(self, more: str) -> Phrase:
        return message(self, more)


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


def message(*parts: str) -> Phrase:
    """Texts, options and ways out, one after the other.

    >>> message("pass ", Setting("max_nodes", None), " to draw them all")
    'pass max_nodes=None to draw them all'
    """
    return join("", parts)


def said(text: str, lang: str) -> str:
    """A text in a language: phrases with what is in them; labels, and what users type, as they are."""
    known_language(lang)
    if lang == "en" or not isinstance(text, Phrase) or not text.template:
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
    known_language(lang)
    return lambda template, /, **fields: said(say(template, **fields), lang)


ENGLISH = speaker("en")


# ---------------------------------------------------------------- ways out


class Option(Phrase):
    """An option, named in a message; it reads as Python writes it."""

    name: str

    def __new__(cls, name: str) -> Option:
        option = super().__new__(cls, name)
        option.name = name
        return option

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.name,)


class Setting(Option):
    """An option with a value or, with ``...``, with one that the reader is to choose.

    >>> print(Setting("edges", "plain"), Setting("timeout", 2.5), Setting("around"))
    edges="plain" timeout=2.5 around=
    """

    value: object

    def __new__(cls, name: str, value: object = ...) -> Setting:
        setting = str.__new__(cls, f"{name}={_written(value)}")
        setting.name, setting.value = name, value
        return setting

    @property
    def value_text(self) -> str:
        return _written(self.value)

    def __reduce__(self) -> tuple[object, ...]:
        return Setting, (self.name, self.value)


def _written(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, str):
        return f'"{value}"'
    return "" if value is ... else str(value)


class Way(Phrase):
    """A way out that is no option: what it is, by which others know it, and how Python's users are told."""

    name: str

    def __new__(cls, name: str, python: str) -> Way:
        way = super().__new__(cls, python)
        way.name = name
        return way

    def __reduce__(self) -> tuple[object, ...]:
        return Way, (self.name, str(self))

    def after(self, text: str) -> Phrase:
        """What happened, and this way out of it."""
        return message(text, "; ", self)


def on_page(text: str, section: str) -> str:
    """A text, and where it is said what differs from micrograd on purpose, if a section is about it."""
    return text + f" (docs/from-micrograd.md#{section})" if section else text


def worded(text: str, word: Callable[[Option | Way], str]) -> str:
    """A text with its options and ways out as `word` has them.

    >>> worded(message("pass ", Setting("max_nodes", None)), lambda option: f"the field {option.name}")
    'pass the field max_nodes'
    """
    if isinstance(text, Option | Way):
        return word(text)
    if not isinstance(text, Phrase) or not text.fields:
        return str(text)
    fields = {
        name: worded(part, word) if isinstance(part, str) else part for name, part in text.fields.items()
    }
    return text.template.format(**fields)


def text_of(error: BaseException) -> str:
    """The message of an error or a warning, with what it was made of."""
    return error.args[0] if error.args and isinstance(error.args[0], Phrase) else str(error)
