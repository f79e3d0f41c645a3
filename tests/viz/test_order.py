"""Inputs and units stand in the order of their numbers, in pictures and in what is read aloud."""

import re
import warnings
import xml.etree.ElementTree as ET

import pytest

import viz
from helpers.lecture_graphs import LECTURE_GRAPHS, batch_norm, softmax_cross_entropy, two_two_two, xor_by_hand
from microgrid import Value, nn

LOOKS = [{}, {"rankdir": "TB"}, {"slide": "16:9"}]
LOW = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
NAME = re.compile(r"([^\W\d₀-₉]\u0302?)([₀-₉]+)(?: = .*)?", re.DOTALL)
"""One letter and its number alone, with what it equals: x₁, h₂ = σ(z₂)."""


def stand(svg: str) -> list[tuple[str, str, int, float, float]]:
    """Kind, letter, number and place of each box that has a name with a number."""
    found = []
    for group in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}g"):
        kind = group.get("class", "")
        texts = group.findall("{http://www.w3.org/2000/svg}text")
        if kind.startswith("node") and texts and (name := NAME.fullmatch("".join(texts[0].itertext()))):
            at = float(texts[0].get("x", "nan")), float(texts[0].get("y", "nan"))
            found.append((kind, name[1], int(name[2].translate(LOW)), *at))
    return found


def disorder(svg: str) -> list[tuple[str, list[int]]]:
    """Rows and columns whose numbers do not rise."""
    wrong, boxes = [], stand(svg)
    for along, across in ((3, 4), (4, 3)):
        lines: dict[tuple[str, str, float], list[tuple[float, int]]] = {}
        for box in boxes:
            lines.setdefault((box[0], box[1], round(box[along])), []).append((box[across], box[2]))
        for (_, letter, _), line in lines.items():
            numbers = [number for _, number in sorted(line)]
            if numbers != sorted(numbers):
                wrong.append((letter, numbers))
    return wrong


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("name", LECTURE_GRAPHS)
def test_what_has_numbers_stands_in_their_order(name: str, look: dict[str, str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        svg = viz.draw(LECTURE_GRAPHS[name][0](), **look).svg()
    # h₁, h₂ of results that nobody has named say what follows from what, not where they stand
    named_here = "without labels" in name
    assert [one for one in disorder(svg) if not (named_here and one[0] == "h")] == []


@pytest.mark.parametrize(
    ("graph", "letter", "count"),
    [(softmax_cross_entropy, "z", 4), (two_two_two, "h", 2), (xor_by_hand, "x", 2), (batch_norm, "x", 4)],
)
def test_the_check_sees_the_boxes_that_it_is_about(graph, letter: str, count: int) -> None:
    numbers = [box[2] for box in stand(viz.draw(graph()).svg()) if box[1] == letter]
    assert sorted(numbers) == list(range(1, count + 1))


def test_it_is_read_aloud_and_listed_in_that_order() -> None:
    y = softmax_cross_entropy()
    described = re.search(r"<desc[^>]*>(.*?)</desc>", viz.draw(y).svg(), re.DOTALL)
    assert described
    assert re.findall(r"input z(.)", described[1]) == list("₁₂₃₄")
    last = viz.explain(y).rstrip().rpartition("\n\n")[2]
    assert re.findall(r"^.*?∂L/∂z([₁-₄])", last, re.MULTILINE)[-4:] == list("₁₂₃₄")


def test_units_of_a_layer_are_in_order_whichever_the_loss_reads_first() -> None:
    L = nn.losses.cross_entropy_with_logits(nn.Linear(3, 4)([1.0, -1.0, 0.5]), 2)
    svg = viz.draw(L, collapse="neuron").svg()
    places = [(float(y), int(k)) for y, k in re.findall(r'<text x="[^"]*" y="([^"]*)"[^>]*>neuron (\d)', svg)]
    assert [k for _, k in sorted(places)] == [1, 2, 3, 4]


def test_ten_comes_after_nine() -> None:
    xs = [Value(float(k), f"x{k}") for k in range(1, 12)]
    svg = viz.draw(sum(reversed(xs), start=Value(0.5, "b")), rankdir="LR", sums="merged").svg()
    assert disorder(svg) == []
