"""What became of claims, for people (text, LaTeX, HTML) and for machines (a dict)."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..base.phrases import LANG, join, said, say
from ..engine import Value
from .language.printing import latex, latex_left, text_left
from .language.trees import Claim, Tree

__all__ = ["Answer", "ClaimReport", "Counterexample", "lines", "verdict"]

MOST_VALUES = 12
"""Leaves of a counterexample that are written out; `to_dict` has all."""
MARKS = {True: "✓", False: "✗", None: "?"}


@dataclass(frozen=True)
class Counterexample:
    """Values of the leaves, what the claim says there, and what is so; a number is text where no double is
    near.
    """

    values: Mapping[str, float]
    claimed: float | str
    actual: float | str

    def phrase(self) -> str:
        shown = [f"{name} = {number(x)}" for name, x in self.values.items()]
        at = ", ".join(shown[:MOST_VALUES]) + (", ..." if len(shown) > MOST_VALUES else "")
        text = "at {at} the claim gives {claimed}, and right is {actual}"
        return say(text, at=at, claimed=number(self.claimed), actual=number(self.actual))


@dataclass(frozen=True)
class Answer:
    """What became of one claim; `true` is None where that is undecided.

    `slip` is path-missing, path-extra, factor-missing, factor-extra, sign, exponent, outer-derivative,
    wrong-variable, transposed or none; it is never said without proof.  `corrected` is the right side that
    the
    claim would have without the slip, `missing` what it forgot, in words, and `forgotten` the same as paths.
    """

    claim: str
    status: str
    reading: tuple[str, ...] = ()
    slip: str = "none"
    why: str = ""
    missing: tuple[str, ...] = ()
    counterexample: Counterexample | None = None
    read: Claim | None = None
    corrected: Tree | None = None
    forgotten: tuple[tuple[Value, ...], ...] = ()
    covered: tuple[tuple[Value, ...], ...] = ()
    place: tuple[tuple[Value, ...], ...] = ()
    """The steps of the graph whose local derivative a slip concerns: the arrow whose factor was forgotten."""
    named: str = ""
    """What the slip is called, where the words for others of its kind say it badly."""
    hint: str = ""
    """What else may be meant by a name in a false claim."""
    agrees: bool = False
    """Whether a false claim has the right value at the given values of the leaves, or none there."""

    @property
    def true(self) -> bool | None:
        return None if self.status == "undecided" else self.status != "refuted"

    @property
    def correction(self) -> str:
        """The corrected line as it would be typed; empty where none is known."""
        if self.read is None or self.corrected is None:
            return ""
        return text_left(self.read, self.corrected)

    def to_dict(self) -> dict[str, Any]:
        found = self.counterexample
        return {
            "claim": self.claim,
            "true": self.true,
            "status": self.status,
            "reading": list(self.reading),
            "slip": self.slip,
            "why": str(self.why),
            "missing": list(map(str, self.missing)),
            "counterexample": None
            if found is None
            else {"values": dict(found.values), "claimed": found.claimed, "actual": found.actual},
            "corrected": self.correction or None,
            "hint": str(self.hint),
        }


@dataclass
class ClaimReport:
    """The answers to several claims; `ok` only if each is true.

    `lang` is the language of a rendering, "en" or "es"; as a dict, a report is English.
    """

    answers: list[Answer] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return all(answer.true for answer in self.answers)

    def __getitem__(self, k: int) -> Answer:
        return self.answers[k]

    def __len__(self) -> int:
        return len(self.answers)

    def to_dict(self) -> dict[str, Any]:
        """The report in plain types, ready for json."""
        return {"claims": [answer.to_dict() for answer in self.answers]}

    def __str__(self) -> str:
        return self.text()

    def text(self, lang: str = LANG) -> str:
        """A line for each claim with its verdict, and below it why, where it fails, and the corrected
        line.
        """
        return "\n".join(
            f"{'    ' * (k > 0)}{said(line, lang)}"
            for answer in self.answers
            for k, line in enumerate(lines(answer))
        )

    def latex(self) -> str:
        """Each claim with a mark, and below a false one the corrected line, as an align* environment."""
        rows = []
        for answer in self.answers:
            if answer.read is None:
                continue
            mark = {True: r"\checkmark", False: r"\times", None: "?"}[answer.true]
            left = latex_left(answer.read)
            rows.append(f"{left} {latex(answer.read.right)} && {mark}")
            if answer.corrected is not None and not answer.true:
                rows.append(f"{left} {latex(answer.corrected)} && \\checkmark")
        return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}" if rows else ""

    def html(self, lang: str = LANG) -> str:
        """A fragment: a list of the claims, each with what is said of it."""
        items = []
        for answer in self.answers:
            told = [html.escape(said(line, lang)) for line in lines(answer)]
            items.append(f"<li>{'<br>'.join(told)}</li>")
        return f"<ul>{''.join(items)}</ul>"

    def _repr_html_(self) -> str:
        return self.html()


def lines(answer: Answer) -> Iterator[str]:
    """The claim with its verdict, then why, where it fails, and the corrected line."""
    claim = " ".join(answer.claim.split())
    yield say("{mark} {claim}: {verdict}", mark=MARKS[answer.true], claim=claim, verdict=verdict(answer))
    if answer.why:
        yield answer.why
    if answer.slip == "path-missing" and answer.forgotten:
        yield say("missing: {what}", what=join("; ", answer.missing))
    if answer.hint:
        yield answer.hint
    if answer.agrees:
        yield say("at the given values nothing is seen of it; a claim is about all values")
    if answer.counterexample:
        yield answer.counterexample.phrase()
    if answer.correction:
        yield say("correct is {line}", line=answer.correction)


def verdict(answer: Answer) -> str:
    """True and how it is known, or false and by what slip."""
    if answer.true is None:
        return say("undecided")
    if answer.true:
        how = {"proved": say("proved"), "checked": say("at 30 points in 50 digits")}[answer.status]
        return say("true, {how}", how=how)
    return (
        say("false: {slip}", slip=answer.named or SLIPS[answer.slip])
        if answer.slip != "none"
        else say("false")
    )


SLIPS = {
    "path-missing": say("a path is missing"), "path-extra": say("a path is too many"),
    "factor-missing": say("a factor is missing"), "factor-extra": say("a factor is too many"),
    "sign": say("the sign is turned"), "exponent": say("an exponent is wrong"),
    "outer-derivative": say("the outer function stands at the wrong place"),
    "wrong-variable": say("a variable is the wrong one"), "transposed": say("two indices are exchanged"),
}  # fmt: skip


def number(x: float | str) -> str:
    """A number as it is read: without a point where it is whole."""
    if isinstance(x, str):
        return x
    return str(int(x)) if x == int(x) and abs(x) < 1e15 else f"{x:.6g}"
