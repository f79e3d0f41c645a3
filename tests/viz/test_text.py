"""Texts are made printable, and their widths are known without a font."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viz.style.text import clean, shorten
from viz.style.text_width import text_width


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("\x07", "�"),
        ("a\nb\tc", "a b c"),
        ("\u202etxet", "�txet"),
        ("\ud800", "�"),
        ("\ufffe", "�"),
        ("a\u00a0b", "a b"),
        ("ŷ", "ŷ"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_what_cannot_be_shown_is_replaced(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text())
def test_cleaning_keeps_the_length_and_is_done_once(text: str) -> None:
    assert len(clean(text)) == len(text)
    assert clean(clean(text)) == clean(text)


def test_a_short_text_stays_whole() -> None:
    assert shorten("a" * 40, 40) == "a" * 40
    assert shorten("a" * 41, 40) == "a" * 39 + "…"


@pytest.mark.parametrize("bold", [False, True])
def test_widths_are_those_of_the_font(bold: bool) -> None:
    from matplotlib import get_data_path
    from matplotlib.font_manager import get_font
    from matplotlib.ft2font import LoadFlags

    font = get_font(f"{get_data_path()}/fonts/ttf/DejaVuSans{'-Bold' if bold else ''}.ttf")
    font.set_size(100, 72)
    for char in [chr(code) for code in range(32, 127)] + list("αβγ∂σŷé·−×√²₁½…–"):
        advance = font.load_char(ord(char), flags=LoadFlags.NO_HINTING).linearHoriAdvance / 65536
        assert text_width(char, 100, bold) == pytest.approx(advance, abs=0.11), char


def test_accents_take_no_room_and_ideographs_a_whole_em() -> None:
    assert text_width(unicodedata.normalize("NFD", "ŷ"), 10) == text_width("y", 10)
    assert text_width("重み", 10) == 20
    assert text_width("Ж", 10) >= 9
