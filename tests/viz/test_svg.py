"""SVG and HTML: well-formed, with every user's text as text and nothing that runs or loads."""

import re
from html.parser import HTMLParser
from itertools import chain
from xml.etree import ElementTree

import pytest

import microgrid as mg
import viz
from helpers.graphs import HOSTILE, lecture, named, neurons, square
from microgrid import Value, parameter
from viz.style.text import clean, shorten

SVG = "{http://www.w3.org/2000/svg}"


def parsed(figure: viz.Figure) -> ElementTree.Element:
    return ElementTree.fromstring(figure.svg())


def texts(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def test_the_lecture_picture_says_what_the_slide_says() -> None:
    shown = texts(parsed(viz.draw(lecture())))
    assert {"w", "2", "∂L/∂w = −12", "b", "1", "∂L/∂b = −4"} <= set(shown)
    assert {"x", "3", "∂L/∂x = −8", "y", "9", "∂L/∂y = 4"} <= set(shown)
    assert {"z = w · x", "ŷ = z + b", "e = ŷ − y", "L = e²", "∂L/∂L = 1", "−2"} <= set(shown)
    assert {"x = 3", "w = 2", "2e = −4", "−1"} <= set(shown)
    assert shown.count("∂L/∂z = −4") == 1


def test_a_gradient_not_yet_computed_is_not_zero() -> None:
    x, k = Value(2.0, "x"), Value(0.0, "k")
    y = x * k
    assert "grad –" not in texts(parsed(viz.draw(y)))  # where no box has a gradient none says so
    k.backward()
    before = texts(parsed(viz.draw(y)))
    assert before.count("grad –") == 2
    named(y, "y").backward()
    after = texts(parsed(viz.draw(y)))
    assert "grad –" not in after
    assert "∂y/∂x = 0" in after


def test_constants_are_numbers_without_a_gradient() -> None:
    y = 3.0 * Value(2.0, "x")
    y.backward()
    root = parsed(viz.draw(y))
    (constant,) = [group for group in root.iter(f"{SVG}g") if group.get("class") == "node constant"]
    assert [text.text for text in constant.iter(f"{SVG}text")] == ["3"]


def test_roles_differ_in_shape_and_border() -> None:
    root = parsed(viz.draw(named(parameter(1.0, "w") * Value(2.0, "x") + 1.0, "y"), theme="print"))
    paths = {group.get("class"): group.find(f"{SVG}path") for group in root.iter(f"{SVG}g") if group.get("data-node")}
    looks = {
        role: (re.sub(r"[^A-Z]", "", path.get("d")), path.get("stroke-width"), path.get("stroke-dasharray"))
        for role, path in paths.items()
        if role.startswith("node")
    }
    assert set(looks) == {"node parameter", "node input", "node constant", "node op", "node op root"}
    assert len(set(looks.values())) == 5


def test_groups_are_named_for_those_who_cannot_see() -> None:
    root = parsed(viz.draw(lecture(), title="Least squares"))
    assert root.get("role") == "graphics-document"
    labels = {element.get("id"): element.text for element in root if element.get("id")}
    assert labels[root.get("aria-labelledby")] == "Least squares"
    assert "gradient -12" in labels[root.get("aria-describedby")]
    nodes = [group for group in root.iter(f"{SVG}g") if (group.get("class") or "").startswith("node")]
    assert [group.get("data-node") for group in nodes] == [str(i) for i in range(8)]
    assert nodes[0].find(f"{SVG}title").text == "w, parameter\nvalue 2\ngradient -12"
    assert "z = w · x, operation" in nodes[2].get("aria-label")


def test_the_description_is_a_sentence() -> None:
    x = Value(3.0, "x")
    y = named(2.0 * x, "y")
    description = parsed(viz.draw(y, ops="separate")).find(f"{SVG}desc").text
    assert description == (
        "A computational graph of 3 nodes: constant has value 2; input x has value 3 and no gradient yet; "
        "operation y = 2 · x has value 6 and no gradient yet."
    )
    assert "<title>local derivative of y with respect to x: 2</title>" in viz.draw(y).svg()
    assert ">Computational graph of y = 2 · x</title>" in viz.draw(y).svg()


def test_no_internal_name_of_an_operation_is_shown() -> None:
    pictures = [viz.draw(lecture(), ops=ops).svg() for ops in ("merged", "separate")]
    assert not any(re.search(r"powc|\bmul\b|\bsub\b", picture) for picture in pictures)


def test_a_long_title_is_wrapped_to_the_width_of_the_picture() -> None:
    title = "A title with many words that says more than the picture below it has the width to hold, " * 2
    plain, titled = parsed(viz.draw(lecture())), parsed(viz.draw(lecture(), title=title))
    assert titled.get("width") == plain.get("width")
    (group,) = [group for group in titled.iter(f"{SVG}g") if group.get("class") == "title"]
    lines = [text.text for text in group.iter(f"{SVG}text")]
    assert len(lines) > 1
    assert " ".join(lines) == title.strip()
    short = "Thirty letters are on one line"
    assert short in texts(parsed(viz.draw(Value(1.0), title=short)))


def test_the_legend_lists_what_is_there() -> None:
    kinds = ["input", "parameter", "operation", "constant"]

    def listed(v: Value) -> list[str]:
        return [text for text in texts(parsed(viz.draw(v, legend=True))) if text in kinds]

    assert listed(named(Value(1.0, "x") * 2.0, "y")) == ["input", "operation", "constant"]
    assert listed(parameter(1.0, "w")) == ["parameter"]


def test_full_precision_is_in_the_tooltip() -> None:
    assert "value 0.30000000000000004" in viz.draw(Value(0.1, "a") + Value(0.2, "b")).svg()


@pytest.mark.parametrize("label", HOSTILE)
@pytest.mark.parametrize("ops", ["merged", "separate"])
def test_a_label_is_shown_as_it_is(label: str, ops: str) -> None:
    with mg.scope(label.replace("/", "")):
        v = Value(2.0, label) * parameter(3.0)
    figure = viz.draw(v, title=label, ops=ops, legend=True)
    root = parsed(figure)
    assert shorten(clean(label), 40) in texts(root)
    (shown,) = [group for group in root.iter(f"{SVG}g") if group.get("class") == "title"]
    lines = "".join(text.text for text in shown.iter(f"{SVG}text"))
    assert lines.replace(" ", "") == clean(label).replace(" ", "")  # the title is not cut, but broken into lines
    tooltips = [title.text for title in root.iter(f"{SVG}title")]
    # of a label of more than 80 characters the first are shown
    assert any(tip.startswith(clean(label)[:79]) and ", input\n" in tip for tip in tooltips)
    scopes = [group for group in root.iter(f"{SVG}g") if group.get("class") == "scope"]
    assert [group.get("aria-label") for group in scopes] == [f"scope {group.get('data-scope')}" for group in scopes]
    assert len(scopes) == 1
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "g", "path", "text", "title", "desc", "rect"}
    assert not any(re.search(r"href|^on", name) for element in root.iter() for name in element.attrib)


@pytest.mark.parametrize("label", ["\x07", "\x00", "a\u202eb", "\ud800", "\ufffe", "\x1b[31m"])
def test_what_is_no_text_is_replaced(label: str) -> None:
    assert any("�" in text for text in texts(parsed(viz.draw(Value(1.0, label)))))


def test_pictures_on_one_page_do_not_share_ids() -> None:
    ids = [re.findall(r' id="([^"]*)"', viz.draw(graph()).svg()) for graph in (lecture, square, neurons)]
    assert len(set(chain.from_iterable(ids))) == 6


def test_coordinates_are_short_numbers() -> None:
    root = parsed(viz.draw(neurons()))
    numbers = [element.get(name) for element in root.iter() for name in ("x", "y", "width", "height")]
    numbers += [number for path in root.iter(f"{SVG}path") for number in re.split(r"[MLCZ, ]+", path.get("d"))]
    numbers = [number for number in numbers if number]
    assert len(numbers) > 500
    assert all(re.fullmatch(r"\d+(\.\d\d?)?", number) for number in numbers)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, str | None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= dict(attrs)


def test_the_page_stands_alone() -> None:
    page = _Tags()
    page.feed(viz.draw(Value(1.0, "</title><script>alert(1)</script>"), title="</title><img src=x>").html())
    assert page.tags.count("svg") == 1
    assert not {"script", "img", "link", "iframe"} & set(page.tags)
    assert not {"src", "href"} & set(page.attributes)
    assert "svg { width: 100%; max-height: 92vh; }" in viz.draw(Value(1.0)).html()
    assert page.attributes["content"] == "width=device-width, initial-scale=1"
