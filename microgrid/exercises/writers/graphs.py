"""The picture of a sheet's graph: names and formulas, with room in each box for a value and a gradient."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape, unescape
from typing import Any

from ... import pictures
from ...base.phrases import speaker
from ..exercise import Asked, Blank, Exercise
from ..sheet import Sheet
from ..wording import decimal, plain

__all__ = ["Blanked", "blanked", "figure", "found_numbers", "shown_numbers"]

_BOX = re.compile(r'<g class="node (?P<role>\w+)[^>]*? data-node="(?P<node>\d+)".*?</g>', re.DOTALL)
_TITLE = re.compile(r"<title>([^<\n]*)[^<]*</title>")
_NAMED = re.compile(r"<title id=[^>]*>([^<]*)</title>")
_TEXT = re.compile(r"(<text [^>]*)>([^<]*)</text>")


@dataclass(frozen=True)
class Blanked:
    """A picture whose numbers are left out: each has a slot, by the place of its node in the graph."""

    svg: str
    boxes: tuple[tuple[int, str, str], ...]
    """Of each box its node, and what it is called: ``operation z = w · x``, and as a title."""
    lang: str

    @property
    def title(self) -> str:
        found = _NAMED.search(self.svg)
        return unescape(found[1]) if found else ""

    def description(self, values: Mapping[int, str], gradients: Mapping[int, str]) -> str:
        """What the picture shows with some of the numbers, read aloud; of others nothing is said."""
        said_here = speaker(self.lang)
        clauses = []
        for node, subject, _ in self.boxes:
            value, gradient = values.get(node), gradients.get(node)
            if value and gradient:
                both = "{subject} has value {x} and {gradient}"
                clauses.append(said_here(both, subject=subject, x=value, gradient=gradient))
            elif value:
                clauses.append(said_here("{subject} has value {x}", subject=subject, x=value))
            else:
                clauses.append(f"{subject}, {gradient}" if gradient else subject)
        whole = "A computational graph of {n:,} nodes: {facts}."
        return said_here(whole, n=len(clauses), facts="; ".join(clauses))

    def filled(self, values: Mapping[int, str], gradients: Mapping[int, str]) -> str:
        """The picture with some of the numbers."""

        def text(slot: re.Match[str]) -> str:
            numbers = values if slot[2] == "value" else gradients
            return f"{slot[1]}>{escape(numbers.get(int(slot[3]), ''))}</text>"

        svg = re.sub(r'(<text [^>]*data-slot="(value|gradient) (\d+)"[^>]*)></text>', text, self.svg)
        return _told(svg, self.description(values, gradients))


def _told(svg: str, description: str) -> str:
    """A picture with another description."""
    return re.sub(
        "(<desc[^>]*>).*?(</desc>)",
        lambda match: match[1] + escape(description, quote=False) + match[2],
        svg,
        count=1,
        flags=re.DOTALL,
    )


def figure(sheet: Sheet, **options: Any) -> Any:
    """The figure with the numbers of the exercise that needs most room, a box for each named node."""
    place = max(range(len(sheet)), key=lambda k: sum(len(plain(x)) for x in sheet[k].given.values()))
    root = sheet.graph(place)
    root.backward()
    chosen = {"edges": "plain", "sums": "results", "collapse": None, "pieces": "textbook", "lang": sheet.lang}
    return pictures.viz().draw(root, **(chosen | options))


def blanked(sheet: Sheet, **options: Any) -> Blanked:
    """The picture with a slot in place of each number of a named node."""
    named, boxes = set(sheet.calculation.named), list[tuple[int, str, str]]()

    def box(match: re.Match[str]) -> str:
        node, whole = int(match["node"]), match[0]
        if node not in named:
            return whole
        texts = _TEXT.findall(whole)
        slots = {len(texts) - 2: "value", len(texts) - 1: "gradient"}
        count = -1

        def text(found: re.Match[str]) -> str:
            nonlocal count
            count += 1
            if count not in slots:
                return found[0]
            return f'{found[1]} data-slot="{slots[count]} {node}"></text>'

        blank = _TEXT.sub(text, whole)
        title = unescape(_TITLE.search(blank)[1])  # type: ignore[index]
        name, _, kind = title.rpartition(", ")
        boxes.append((node, f"{kind} {name}", title))
        blank = _TITLE.sub(lambda _: f"<title>{escape(title, quote=False)}</title>", blank)
        return re.sub(r'aria-label="[^"]*"', lambda _: f'aria-label="{escape(title)}"', blank, count=1)

    svg = _BOX.sub(box, figure(sheet, **options).svg())
    picture = Blanked(svg, tuple(boxes), sheet.lang)
    return replace(picture, svg=_told(svg, picture.description({}, {})))


def shown_numbers(sheet: Sheet, exercise: Exercise) -> tuple[dict[int, str], dict[int, str]]:
    """The values and gradients that stand in the boxes: those of the leaves, and of a worked graph all."""
    place = sheet.calculation.index
    values = {place[name]: decimal(x) for name, x in exercise.given.items()}
    values |= {place[name]: decimal(x) for name, x in exercise.known.items()}
    values |= {place[row.name]: decimal(row.value) for row in exercise.table if row.value is not None}
    root = sheet.calculation.steps[sheet.calculation.root].name
    gradients = {
        place[row.name]: f"{Asked(root, row.name).text} = {decimal(row.gradient)}"
        for row in exercise.table
        if row.gradient is not None
    }
    return values, gradients


def found_numbers(sheet: Sheet, exercise: Exercise) -> tuple[dict[int, str], dict[int, str]]:
    """The same with what is asked for."""
    (values, gradients), place = shown_numbers(sheet, exercise), sheet.calculation.index
    for blank in exercise.blanks:
        if isinstance(blank, Blank) and exercise.kind == "forward":
            values[place[blank.asked.of]] = decimal(blank.expected)
        if isinstance(blank, Blank) and exercise.kind == "backward":
            gradients[place[blank.asked.by]] = f"{blank.asked.text} = {decimal(blank.expected)}"
    return values, gradients
