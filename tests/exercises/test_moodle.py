"""Moodle's XML: read by a strict reader, and by one from the registry where that is installed."""

from __future__ import annotations

import pytest

from helpers.moodle import gaps, read
from microgrid import exercises
from microgrid.base.phrases import said, say
from microgrid.exercises.exercise import Blank, Choice, Option
from microgrid.exercises.kinds.table import KINDS
from microgrid.exercises.writers.moodle import cloze, moodle

SPECS = ["line", "reuse", "three-sigmoids", "2-2-1"]


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("spec", SPECS)
def test_every_answer_and_every_mistake_comes_back(spec: str, lang: str) -> None:
    sheet = exercises.make(spec, 12, seed=3, lang=lang)
    categories, questions = read(moodle(sheet))
    assert len(categories) == 1
    assert len(questions) == 12
    assert len({question.idnumber for question in questions}) == 12
    for exercise, question in zip(sheet, questions, strict=True):
        assert question.files["graph.svg"].startswith(b"<svg")
        assert len(question.gaps) == len(exercise.blanks)
        for blank, gap in zip(exercise.blanks, question.gaps, strict=True):
            if isinstance(blank, Choice):
                assert [answer.percent == 100 for answer in gap.answers] == [option.right for option in blank.options]
                assert [a.text for a in gap.answers] == [said(option.text, lang) for option in blank.options]
                assert [a.feedback for a in gap.answers] == [said(option.feedback, lang) for option in blank.options]
                continue
            assert isinstance(blank, Blank)
            assert gap.judged(float(blank.expected)).percent == 100
            assert gap.judged(float(blank.expected) + 0.9 * blank.tolerance).percent == 100
            for mistake in blank.mistakes:
                judged = gap.judged(float(mistake.value))
                assert judged.percent == 0
                assert judged.feedback == said(mistake.text, lang)
            assert gap.judged(12345.6).text == "*"


def test_what_names_and_texts_may_hold() -> None:
    """Names with signs of Moodle's own, which our grammar lets in nowhere, and formulas with < and &."""
    sheet = exercises.make("L = max(w*x, b)**2; w, x, b in 2..9", 4, seed=1)
    _, questions = read(moodle(sheet))
    assert len(questions) == 4
    hostile = "a~b}c#d\\e{f<g>&h;\"i'/j%5%=k &lt; {1:NUMERICAL:=3:0}"
    choice = Choice("k", say("?"), (Option(hostile, True, say(hostile)),
        Option("b" + hostile, False, say("No."))))  # fmt: skip
    gap = gaps(cloze(choice, "en"))
    assert [answer.text for answer in gap[0].answers] == [hostile, "b" + hostile]
    assert gap[0].answers[0].feedback == hostile
    with pytest.raises(AssertionError):
        gaps("{1:NUMERICAL:=3:0.1#a stroke that is shown, \\/}")
    with pytest.raises(AssertionError):
        gaps("{1:NUMERICAL:=3}")
    with pytest.raises(AssertionError):
        gaps("{1:NUMERICAL:%0%3:0.1#no right answer}")
    with pytest.raises(AssertionError):
        gaps("a } outside")


def test_a_parser_from_the_registry_reads_it() -> None:
    parser = pytest.importorskip("moodle_xml_parser.parser", reason="moodle-xml-parser is not installed")
    sheet = exercises.make("reuse", 2 * len(KINDS), seed=3)
    found = parser.parse_string(moodle(sheet))["cloze"]
    assert len(found) == len(sheet)
    for exercise, question in zip(sheet, found, strict=True):
        assert [len(gap.options) for gap in question.gaps] == [
            len(blank.options) if isinstance(blank, Choice) else len(blank.mistakes) + 2 for blank in exercise.blanks
        ]
        for blank, gap in zip(exercise.blanks, question.gaps, strict=True):
            if isinstance(blank, Blank):
                number, _, tolerance = gap.options[0].answer.partition(":")
                assert float(number) == pytest.approx(float(blank.expected), abs=1e-6)
                assert float(tolerance) == blank.tolerance
                assert gap.options[0].score == 100
