"""The checks, the warning and the file writing that both packages share."""

from __future__ import annotations

import os
import re
import warnings

import numpy as np
import pytest

import viz
from microgrid import Value, errstate
from microgrid.base.checks import one_of, whole
from microgrid.base.files import replace


@pytest.mark.parametrize("n", [3, np.int64(3), np.uint8(3), np.array(3)])
def test_what_is_a_whole_number_comes_as_an_int(n):
    assert type(whole(n, "n")) is int
    assert whole(n, "n", least=3, most=3) == 3


@pytest.mark.parametrize("n", [True, np.True_, 3.0, "3", None, np.ones((2, 2), dtype=int)])
def test_what_is_none_is_a_type_error(n):
    with pytest.raises(TypeError, match=rf"^n is a whole number, got {type(n).__name__} "):
        whole(n, "n")


def test_the_range_is_named():
    with pytest.raises(ValueError, match=r"^n is at least 0, got -1$"):
        whole(-1, "n", least=0)
    for n in (0, 18):
        with pytest.raises(ValueError, match=rf"^n is from 1 to 17, got {n}$"):
            whole(n, "n", most=17)


@pytest.mark.parametrize("wrong", ["c", "", None, 0, ["a"], {}])
def test_one_of_refuses_what_is_none_of_them(wrong):
    one_of("a", "way", ("a", "b"))
    with pytest.raises(ValueError, match=re.escape(f'way={wrong!r} is unknown: choose "a" or "b"')):
        one_of(wrong, "way", ("a", "b"))
    with pytest.raises(ValueError, match=r'choose "a"$'):
        one_of(wrong, "way", ["a"])


def test_a_warning_names_the_line_that_called_either_package():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with errstate(domain="ieee"):
            y = Value(0.0).sqrt()
        y.backward()
        viz.draw(Value(1.0) * 2, color_by="grad").svg()
    assert [(w.category, w.filename) for w in caught] == [(RuntimeWarning, __file__), (UserWarning, __file__)]


@pytest.mark.parametrize("made", ["missing/x", "."])
def test_an_error_of_writing_names_the_path_as_it_was_given(made, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OSError, match="cannot write the file") as error:
        replace(made, "x")
    assert error.value.filename == made
    assert error.value.errno
    assert list(tmp_path.iterdir()) == []


def test_bytes_and_text_are_written_as_they_are(tmp_path):
    replace(tmp_path / "text", "ŷ\n")
    replace(os.fspath(tmp_path / "bytes"), b"\x00\r\n")
    assert (tmp_path / "text").read_bytes() == b"\xc5\xb7\n"
    assert (tmp_path / "bytes").read_bytes() == b"\x00\r\n"
