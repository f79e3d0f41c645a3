"""Numbers in pictures are short, and never say 0 of what is not 0."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viz.words.numbers import ASCII_MINUS, Numbers


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (-12.0, "−12"),
        (0.0, "0"),
        (-0.0, "0"),
        (999_999.0, "999999"),
        (1e6, "1e6"),
        (1_234_567.0, "1.235e6"),
        (0.5, "0.5"),
        (2 / 3, "0.6667"),
        (0.1 + 0.2, "0.3"),
        (2.8399999999999994, "2.84"),
        (6.99996, "7.000"),
        (1e-300, "1e−300"),
        (1.2e-09, "1.2e−9"),
        (-0.00012, "−0.00012"),
        (123456.7, "123457"),
        (-59874.14, "−59874"),
        (99999.5, "100000"),
        (999_999.7, "1.000e6"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "nan"),
    ],
)
def test_a_number_is_written(x: float, text: str) -> None:
    assert Numbers()(x) == text


def test_ascii_has_no_other_sign_than_ascii() -> None:
    write = Numbers(minus=ASCII_MINUS)
    assert [write(-1.5), write(1e-9), write(-math.inf)] == ["-1.5", "1e-9", "-inf"]


def test_precision_is_the_number_of_significant_digits() -> None:
    assert [Numbers(precision)(math.pi) for precision in (1, 2, 6)] == ["3", "3.1", "3.14159"]
    assert [Numbers(precision)(59874.14) for precision in (4, 6)] == ["59874", "59874.1"]


@given(st.floats(-1e307, 1e307), st.integers(1, 17))
def test_what_is_written_is_the_number_rounded(x: float, precision: int) -> None:
    read = float(Numbers(precision, ASCII_MINUS)(x))
    assert math.isclose(read, x, rel_tol=0.51 * 10 ** (1 - precision))
    assert (read == 0) == (x == 0)
