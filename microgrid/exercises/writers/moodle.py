"""Exercises as Moodle XML: a cloze question each, with tolerances, and feedback for every mistake.

The form is that of docs.moodle.org, "Moodle XML format" and "Embedded Answers (Cloze) question type", where
it is what Moodle's own reader (question/type/multianswer/questiontype.php) does.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from html import escape

from ...base.phrases import Say, said, speaker
from ..exercise import Blank, Choice, Exercise, Number
from ..sheet import Sheet
from ..wording import decimal, typeset
from .graphs import Blanked, blanked, shown_numbers
from .text import shown

__all__ = ["cloze", "moodle"]

SPECIAL = str.maketrans({char: f"&#{ord(char)};" for char in "{}~#\\"})
r"""Moodle takes the stroke away from ``\}`` and ``\#`` alone: of ``\~`` and ``\/`` it is shown."""
PENALTY = 0.3333333
"""Of each further try where a quiz allows them: Moodle's own default."""


def moodle(sheet: Sheet) -> str:
    """The whole file, a category and its questions."""
    picture = blanked(sheet)
    title = said(sheet.title, sheet.lang)
    questions = "".join(_question(sheet, exercise, picture) for exercise in sheet)
    category = escape(title.replace("/", "//"))  # a single stroke would begin a category within
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'
        '<question type="category"><category><text>$course$/top/microgrid/'
        f"{category}</text></category></question>\n"
        f"{questions}</quiz>\n"
    )


def _question(sheet: Sheet, exercise: Exercise, picture: Blanked) -> str:
    numbers = shown_numbers(sheet, exercise)
    file = base64.b64encode(picture.filled(*numbers).encode()).decode()
    alt = _plain(picture.description(*numbers))
    image = f'<p><img src="@@PLUGINFILE@@/graph.svg" alt="{alt}" class="img-fluid"/></p>'
    name = f"{said(sheet.spec.title or sheet.spec.text[:60], sheet.lang)}: {said(exercise.title, sheet.lang)}"
    body = "\n".join([image, *_text(exercise, sheet.lang)])
    solutions = "".join(
        f"<li>{escape(shown(each, sheet.lang))} = {escape(_solved(each))}</li>"
        for each in exercise.blanks
        if isinstance(each, Blank)
    )
    solutions = f"<ul>{solutions}</ul>" if solutions else ""
    return (
        '<question type="cloze">\n'
        f"<name><text>{escape(name)}</text></name>\n"
        f'<questiontext format="html"><text>{_cdata(body)}</text>\n'
        f'<file name="graph.svg" path="/" encoding="base64">{file}</file></questiontext>\n'
        f'<generalfeedback format="html"><text>{_cdata(solutions)}</text></generalfeedback>\n'
        f"<penalty>{PENALTY}</penalty><hidden>0</hidden><idnumber>{_id(sheet, exercise)}</idnumber>\n"
        f"<tags><tag><text>microgrid</text></tag><tag><text>{exercise.kind}</text></tag></tags>\n"
        "</question>\n"
    )


def _id(sheet: Sheet, exercise: Exercise) -> str:
    """By which the question is found again: the same specification, seed and number."""
    from zlib import crc32

    mark = crc32(f"{sheet.source} {sheet.kinds} {sheet.params} {sheet.lang}".encode())
    return f"microgrid-{mark:08x}-{sheet.seed}-{exercise.number}"


def _solved(blank: Blank) -> str:
    number = decimal(blank.expected)
    return f"{blank.solution} = {number}" if blank.solution else number


def _cdata(html: str) -> str:
    return f"<![CDATA[{html.replace(']]>', ']]&gt;')}]]>"


def _text(exercise: Exercise, lang: str) -> Iterator[str]:
    """The question as HTML."""
    say = speaker(lang)
    yield f"<p>{_plain(exercise.given_text())}</p>"
    if exercise.known:
        yield f"<p>{_plain(said(exercise.known_text(), lang))}</p>"
    for task in exercise.tasks:
        yield f"<p>{_plain(said(task, lang))}</p>"
    if exercise.table:
        yield "<table>" + _cells("th", ("", say("value"), say("gradient")))
        for row in exercise.table:
            yield _cells("td", (typeset(row.name), _number(row.value), _number(row.gradient)))
        yield "</table>"
    for each in exercise.blanks:
        yield f"<p>{_asked(each, lang)} {cloze(each, lang)}</p>"


def _cells(tag: str, texts: tuple[str, ...]) -> str:
    return "<tr>" + "".join(f"<{tag}>{_plain(text)}</{tag}>" for text in texts) + "</tr>"


def _number(x: Number | None) -> str:
    return "" if x is None else decimal(x)


def _plain(text: str) -> str:
    """Text in which nothing is taken for a question."""
    return escape(text).replace("{", "&lbrace;").replace("}", "&rbrace;")


def _asked(blank: Blank | Choice, lang: str) -> str:
    if isinstance(blank, Choice):
        return f"{_plain(said(blank.question, lang))}<br/>"
    return f"{_plain(shown(blank, lang))} ="


def cloze(blank: Blank | Choice, lang: str) -> str:
    """A blank in Moodle's syntax: ``{1:NUMERICAL:=-12:0.001#Right.~%0%12:0.001#...~*#...}``."""
    say: Say = speaker(lang)
    if isinstance(blank, Choice):
        options = (
            ("=" if option.right else "")
            + f"{_special(said(option.text, lang))}#{_special(said(option.feedback, lang))}"
            for option in blank.options
        )
        return f"{{1:MULTICHOICE_V:{'~'.join(options)}}}"
    answers = [
        f"={_exact(blank.expected)}:{blank.tolerance}#{_special(said(blank.judged(blank.expected)[1], lang))}"
    ]
    for mistake in blank.mistakes:
        answers.append(f"%0%{_exact(mistake.value)}:{blank.tolerance}#{_special(said(mistake.text, lang))}")
    answers.append(f"*#{_special(say('Not yet. {hint}', hint=said(blank.hint, lang)))}")
    return f"{{1:NUMERICAL:{'~'.join(answers)}}}"


def _exact(x: Number) -> str:
    """A number with enough digits for its tolerance, as Moodle reads it."""
    return f"{float(x):.6f}".rstrip("0").rstrip(".")


def _special(text: str) -> str:
    """Text as HTML within an answer, where Moodle undoes one layer of entities before it is shown as HTML."""
    return escape(escape(text, quote=False), quote=False).translate(SPECIAL)
