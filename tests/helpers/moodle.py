"""A strict reader of Moodle's XML and cloze syntax: what it takes, Moodle takes, and it shows what Moodle shows.

Written from docs.moodle.org, and where that is vague from what Moodle's own reader does: within an answer it undoes
``\\}`` and ``\\#``, no other stroke, and one layer of entities; what is left is HTML.
"""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser

TYPES = {"NUMERICAL", "NM", "MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH", "SHORTANSWER", "SA"}
NUMBER = re.compile(r"-?(\d+[.,]?\d*|[.,]\d+)([eE][-+]?\d+)?")
FRACTIONS = {0, 5, 10, 20, 25, 33.33333, 50, 66.66667, 75, 80, 90, 100}


@dataclass
class Answer:
    percent: float
    text: str
    tolerance: float
    feedback: str


@dataclass
class Gap:
    weight: int
    type: str
    answers: list[Answer]

    def judged(self, response: float) -> Answer:
        """The first answer that fits, as Moodle goes through them."""
        for answer in self.answers:
            if answer.text == "*" or abs(float(answer.text) - response) <= answer.tolerance + 1e-12:
                return answer
        raise LookupError(response)


@dataclass
class Question:
    name: str
    html: str
    gaps: list[Gap]
    files: dict[str, bytes]
    idnumber: str


def read(text: str) -> tuple[list[str], list[Question]]:
    """The categories and the questions of a file; AssertionError for what Moodle would not take."""
    root = ET.fromstring(text)
    assert root.tag == "quiz"
    categories, questions = [], []
    for node in root:
        assert node.tag == "question"
        if node.get("type") == "category":
            categories.append(node.findtext("category/text") or "")
            continue
        assert node.get("type") == "cloze"
        questions.append(question(node))
    assert all(category.startswith("$course$/top/") for category in categories)
    return categories, questions


def question(node: ET.Element) -> Question:
    allowed = {"name", "questiontext", "generalfeedback", "penalty", "hidden", "idnumber", "tags"}
    assert {child.tag for child in node} <= allowed
    name, body = node.findtext("name/text"), node.find("questiontext")
    assert name
    assert body is not None
    assert body.get("format") == "html"
    html = body.findtext("text") or ""
    files = {}
    for file in body.findall("file"):
        assert file.get("encoding") == "base64"
        assert file.get("path") == "/"
        files[file.get("name") or ""] = base64.b64decode(file.text or "", validate=True)
    assert set(re.findall(r"@@PLUGINFILE@@/([^\"]+)", html)) == set(files)
    assert 0 <= float(node.findtext("penalty") or "x") <= 1
    well_formed(html)
    return Question(name, html, gaps(html), files, node.findtext("idnumber") or "")


def gaps(html: str) -> list[Gap]:
    """Every ``{1:TYPE:...}``; a brace elsewhere is a mistake."""
    found, at = [], 0
    while at < len(html):
        if html[at] == "{":
            gap, at = one_gap(html, at)
            found.append(gap)
            continue
        assert html[at] != "}", html[max(0, at - 60) : at + 1]
        at += 1
    return found


def one_gap(html: str, start: int) -> tuple[Gap, int]:
    match = re.compile(r"\{(\d*):([A-Z_]+):").match(html, start)
    assert match, html[start : start + 60]
    assert match[2] in TYPES
    parts, at, field = [["", None]], match.end(), 0
    while True:
        char = html[at]
        assert char not in "\n\r"
        if char == "\\":
            assert html[at + 1] in "}#", html[at : at + 2]
            char, at = html[at + 1], at + 1
        elif char == "}":
            break
        elif char == "~":
            parts.append(["", None])
            at, field = at + 1, 0
            continue
        elif char == "#" and field == 0 and not html[:at].endswith("&"):
            parts[-1][1], field, at = "", 1, at + 1
            continue
        parts[-1][field] += char  # type: ignore[operator]
        at += 1
    answers = [answer(unescape(text or ""), unescape(feedback or ""), match[2]) for text, feedback in parts]
    assert any(each.percent == 100 for each in answers)
    return Gap(int(match[1] or 1), match[2], answers), at + 1


def answer(text: str, feedback: str, kind: str) -> Answer:
    percent, tolerance = 0.0, 0.0
    if text.startswith("="):
        percent, text = 100.0, text[1:]
    elif match := re.match(r"%(-?\d+(?:\.\d*)?)%", text):
        percent, text = float(match[1]), text[match.end() :]
    assert abs(percent) in FRACTIONS
    assert text
    if kind in ("NUMERICAL", "NM") and text != "*":
        number, _, margin = text.partition(":")
        assert NUMBER.fullmatch(number), text
        assert NUMBER.fullmatch(margin), text
        tolerance, text = float(margin), number
    for shown in (text, feedback):
        well_formed(shown)
        assert "<" not in shown
        assert re.sub(r"&(lt|gt|amp);", "", shown).count("&") == 0
    return Answer(percent, unescape(text), tolerance, unescape(feedback))


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            assert dict(attrs).get("alt")
        elif tag not in ("br", "img"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag != "img" or dict(attrs).get("alt")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def well_formed(html: str) -> None:
    tags = _Tags()
    tags.feed(html)
    tags.close()
    assert tags.open == []
