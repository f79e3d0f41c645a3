"""What is said in English is said in each language: every template has its translation, with the same fields."""

from __future__ import annotations

import ast
import math
import re
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import microgrid as mg
import viz
from helpers.spoken import SENSES, fields, has_words, templates
from microgrid import Value, custom_op, parameter, verify
from microgrid.base.phrases import LANGUAGES, Phrase, Setting, count, join, message, said, say
from microgrid.cli.commands import main
from microgrid.exercises.mistakes import MISTAKES
from microgrid.ops import TABLE
from microgrid.proof.report import MARKS
from viz.drawing.legends import LEGEND
from viz.page.words import WORDS, words
from viz.training.words import WORDS as TRAINER
from viz.walk.captions import MESSAGES
from viz.words.scope_texts import NORM

SOURCES = [path for package in (mg, viz) for path in Path(package.__file__).parent.rglob("*.py")]
SAID = {
    text
    for path in SOURCES if "phrases import" in path.read_text(encoding="utf-8")
    for text in templates(path)
}  # fmt: skip
LEVELS = {"rules", "composition", "numbers", "symbolic", "kinks", "claims"}
ROLES = {"input", "parameter", "constant"}
CONVENTIONS = {text for row in TABLE.values() for text in (row.convention, row.needs) if text}
NAMED = [text for texts in (WORDS, TRAINER, MESSAGES, LEGEND, MISTAKES) for text in texts.values()]
BY_NAME = {text for text in NAMED if not isinstance(text, Phrase)}
NEEDED = {text for text in SAID | BY_NAME if has_words(text)} - {NORM} | {*LEVELS, *MARKS, *ROLES, *CONVENTIONS}
CODES = [lang for lang in LANGUAGES if lang != "en"]
TABLES = {lang: import_module(f"microgrid.base.{LANGUAGES[lang].lower()}").TABLE for lang in CODES}
ENTRIES = [(lang, template) for lang, table in TABLES.items() for template in table]


@pytest.mark.parametrize("lang", TABLES)
def test_every_template_is_in_the_table_and_nothing_else(lang: str) -> None:
    assert NEEDED - TABLES[lang].keys() == set()
    assert TABLES[lang].keys() - NEEDED - SAID == set()


@pytest.mark.parametrize(("lang", "template"), ENTRIES)
def test_all_languages_fill_in_the_same_fields(lang: str, template: str) -> None:
    assert fields(TABLES[lang][template]) == fields(template)


@pytest.mark.parametrize(("lang", "template"), ENTRIES)
def test_a_sense_is_no_part_of_what_is_said(lang: str, template: str) -> None:
    """Where English says several things in the same words, the bare template or another sense is there too."""
    bare = SENSES.sub("", template)
    assert not SENSES.search(TABLES[lang][template])
    assert bare == template or sum(SENSES.sub("", other) == bare for other in TABLES[lang]) > 1


def test_english_says_what_stands_in_the_source() -> None:
    assert words("en") == WORDS
    assert words("en")["forward"] == "Forward pass"


def test_no_english_word_is_written_twice() -> None:
    """A table speaks once: no literal of the sources is a translation."""
    literals = {
        node.value
        for path in SOURCES if path.parent.name not in map(str.lower, LANGUAGES.values())
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }  # fmt: skip
    for table in TABLES.values():
        assert {text for template, text in table.items() if text != template and " " in text} & literals == set()


# ---------------------------------------------------------------- phrases


def test_what_is_in_a_phrase_is_translated_and_labels_are_not() -> None:
    three = join("; ", [say("the value"), "the value", say("{x}", x=1)])
    text = say("{name}: {failures}", name="gradient", failures=three)
    assert text == "gradient: the value; the value; 1"
    assert said(text, "es") == "gradient: el valor; the value; 1"
    assert said("the value", "es") == "the value"


def test_what_python_users_type_is_the_same_in_each_language() -> None:
    text = say("{checked}; {way}", checked=say("proved"), way=message("pass ", Setting("max_nodes", None), " again"))
    assert said(text, "es") == "demostrado; pass max_nodes=None again"


def test_a_third_language_is_a_module_and_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    table = ModuleType("microgrid.base.latin")
    table.TABLE = {"proved": "demonstratum", "English": "Latina"}  # type: ignore[attr-defined]
    monkeypatch.setitem(LANGUAGES, "la", "Latin")
    monkeypatch.setitem(sys.modules, "microgrid.base.latin", table)
    report = verify(Value(2.0, "x") * 3.0)
    assert "demonstratum: 1 of 1" in report.text("la")
    page = viz.steps(Value(2.0, "x") * 3.0).html()
    assert '<option value="la" lang="la">Latina</option>' in page
    assert '"status_proved":"demonstratum"' in page


def test_one_and_several() -> None:
    assert [said(count(n, "{n} node", "{n} nodes"), "es") for n in (0, 1, 2)] == ["0 nodos", "1 nodo", "2 nodos"]


@pytest.mark.parametrize("label", ["{0}", "{w}", "{", "%s", "{w.__class__}"])
def test_a_label_is_never_a_template(label: str) -> None:
    report = verify(Value(0.0, label).abs())
    assert label in report.text("es")
    assert said(say("{op} at {node}: {convention}", op="x", node=label, convention=say(label)), "es") == (
        f"x en {label}: {label}"
    )


# ---------------------------------------------------------------- reports


def wrong() -> Value:
    cube = custom_op("wrongcube", value=lambda x: x**3, partials=[lambda x: 2 * x**2], sympy=lambda x: x**3)
    return cube(Value(2.0, "x"))


def unknown() -> Value:
    sine = custom_op("doublesine", value=lambda x: math.sin(float(x)), partials=[lambda x: math.cos(float(x))])
    return sine(Value(2.0, "x"))


def stale() -> Value:
    x = Value(3.0, "x")
    y = x * x
    x.data = 4.0
    return y


def deep() -> Value:
    y = Value(1.0, "x")
    for _ in range(60):
        y = y * 0.5 + y * 0.25
    return y


GRAPHS = {
    "lecture": lambda: (parameter(2.0, "w") * Value(3.0, "x") - 9.0) ** 2, "kink": lambda: Value(0.0, "h").relu(),
    "pole": lambda: Value(0.0, "x").sqrt() * 2.0, "wrong": wrong, "unknown": unknown, "stale": stale, "deep": deep,
    "cancelled": lambda: (Value(1e-9, "x") + 1e8 - 1e8) * 1e5,
}  # fmt: skip
ENGLISH = re.compile(
    r"\b(the|of|and|at|by|is|are|with|not|to|in|its|than|other|value|wrong|proved|checked|failed|noted|attempted|"
    r"verified|node|edge|gradient|digits?|exact|convention|where|number)s?\b"
)


@pytest.mark.parametrize("make", GRAPHS.values(), ids=GRAPHS)
def test_a_spanish_report_has_no_english(make) -> None:  # type: ignore[no-untyped-def]
    report = verify(make())
    assert ENGLISH.search(str(report))
    for text in (report.text("es"), report.markdown("es"), re.sub("<.*?>", " ", report.html("es"))):
        assert not ENGLISH.search(text), text


def test_a_spanish_report_says_the_same() -> None:
    report = verify(GRAPHS["kink"]())
    numbers = re.compile(r"\d[\d.]*")
    assert numbers.findall(report.text("es")) == numbers.findall(str(report))
    first, *_, kinks, where, _ = report.text("es").splitlines()
    assert first == "relu(h) = 0.0 (2 nodos, 1 arista): verificado"
    assert kinks == (
        "  · no derivable anotado: no existe la derivada en 1 operación; los gradientes son los que da un convenio"
    )
    assert where == "      relu en relu(h) (0.0): 0 en 0"


def test_the_verdict_in_spanish() -> None:
    verdicts = [verify(GRAPHS[name]()).text("es").splitlines()[0].partition(": ")[2] for name in ("wrong", "pole")]
    assert verdicts == ["NO verificado", "ningún error encontrado, pero no se intentó todo: composición, números"]


def test_the_command_line_verifies_in_spanish(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "relu(w*x)", "w=2", "x=0", "--lang", "es"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "relu(w*x) = 0.0 (4 nodos, 3 aristas): verificado"


@pytest.mark.parametrize("lang", ["fr", "ES", "", None])
@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_a_report_in_a_language_there_is_not(form: str, lang: object) -> None:
    meant = " (did you mean 'es'?)" if lang == "ES" else ""
    with pytest.raises(ValueError, match=re.escape(f'lang={lang!r} is unknown{meant}: choose "en" or "es"')):
        getattr(verify(Value(2.0, "x") * 3.0), form)(lang)
