"""The verdict of a verification, for people (text, Markdown, LaTeX, HTML) and for machines (a dict)."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from math import isfinite
from typing import Any

from ..base.phrases import LANG, join, said, say
from ..naming.latex_names import latex_quotient
from ..naming.names import quotient
from .derivatives import Derivative

__all__ = ["Finding", "Report"]

MARKS = {"proved": "✓", "checked": "✓", "failed": "✗", "not attempted": "–", "noted": "·"}


@dataclass(frozen=True)
class Finding:
    """One line of a report.

    `status` is "proved" (exact arithmetic or algebra), "checked" (numbers within a stated bound), "failed",
    "not attempted" (`text` says why) or "noted".
    """

    level: str
    status: str
    text: str
    details: tuple[str, ...] = ()


@dataclass
class Report:
    """What was verified and how; `ok` is False as soon as one finding failed.

    `lang` is the language of a rendering, "en" or "es"; as a dict, a report is English.
    """

    subject: str
    findings: list[Finding] = field(default_factory=list)
    derivatives: list[Derivative] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return all(finding.status != "failed" for finding in self.findings)

    @property
    def verdict(self) -> str:
        """Only "verified" if rules, composition and numbers were: what was not attempted is not verified."""
        if not self.ok:
            return say("NOT verified")
        needed = [finding for finding in self.findings if finding.level != "symbolic"]
        skipped = [say(finding.level) for finding in needed if finding.status == "not attempted"]
        if not skipped:
            return say("verified")
        return say("nothing wrong found, but not all attempted: {levels}", levels=join(", ", skipped))

    def to_dict(self) -> dict[str, Any]:
        """The report in plain types, ready for json."""
        return {
            "ok": self.ok,
            "verdict": str(self.verdict),
            "subject": str(self.subject),
            "findings": [
                asdict(finding) | {"text": str(finding.text), "details": list(map(str, finding.details))}
                for finding in self.findings
            ],
            "derivatives": [_finite(asdict(derivative)) for derivative in self.derivatives],
        }

    def __str__(self) -> str:
        return self.text()

    def text(self, lang: str = LANG) -> str:
        """A line for the verdict, one for each finding, and below them details and derivatives."""
        lines = [self._heading(lang)]
        for mark, level, status, text, details in self._rows(lang):
            lines.append(f"  {mark} {level:<12} {status}: {text}")
            lines += [f"      {detail}" for detail in details]
        lines += [f"      {formula}" for formula in self._formulas(lang)]
        return "\n".join(lines)

    def _heading(self, lang: str) -> str:
        return f"{said(self.subject, lang)}: {said(self.verdict, lang)}"

    def _rows(self, lang: str) -> Iterator[tuple[str, str, str, str, list[str]]]:
        """Mark, level, status, text and details of each finding."""
        for finding in self.findings:
            level, status = said(say(finding.level), lang), said(say(finding.status), lang)
            details = [said(detail, lang) for detail in finding.details]
            yield MARKS[finding.status], level, status, said(finding.text, lang), details

    def _formulas(self, lang: str) -> Iterator[str]:
        for d in self.derivatives:
            number = repr(d.value).removesuffix(".0")
            shown = said(say("{number} by convention", number=number), lang) if d.convention else number
            yield f"{quotient(d.of, d.by)} = {d.text}" + (f" = {shown}" if d.text != shown else "")

    def markdown(self, lang: str = LANG) -> str:
        """A heading, a table of the findings and the derivatives as a list."""
        columns = " | ".join(said(column, lang) for column in (say("level"), say("status"), say("what")))
        lines = [f"**{_plain(self._heading(lang))}**", "", f"| | {columns} |", "|---|---|---|---|"]
        for mark, level, status, text, details in self._rows(lang):
            lines.append(f"| {mark} | {level} | {status} | {_plain('<br>'.join([text, *details]))} |")
        if self.derivatives:
            lines += ["", *(f"- {_plain(formula)}" for formula in self._formulas(lang))]
        return "\n".join(lines)

    def latex(self) -> str:
        """The derivatives as an align* environment; empty if there are none."""
        rows = [f"{latex_quotient(d.of, d.by)} &= {d.latex}" for d in self.derivatives]
        return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}" if rows else ""

    def html(self, lang: str = LANG) -> str:
        """A fragment: a paragraph with the verdict, a table, a list."""
        rows = "".join(
            f"<tr><td>{mark}</td><td>{level}</td><td>{status}</td>"
            f"<td>{'<br>'.join(map(html.escape, (text, *details)))}</td></tr>"
            for mark, level, status, text, details in self._rows(lang)
        )
        formulas = "".join(
            f"<li><code>{html.escape(formula)}</code></li>" for formula in self._formulas(lang)
        )
        heading = f"<p><strong>{html.escape(self._heading(lang))}</strong></p>"
        return f"{heading}<table>{rows}</table>" + (f"<ul>{formulas}</ul>" if formulas else "")

    def _repr_html_(self) -> str:
        return self.html()


def _plain(text: str) -> str:
    """Text in a Markdown table: nothing in it is markup, except the line breaks put there."""
    escaped = "<br>".join(html.escape(line, quote=False) for line in text.split("<br>"))
    return "".join("\\" + c if c in "\\|`*_[]" else c for c in escaped)


def _finite(derivative: dict[str, Any]) -> dict[str, Any]:
    """With None in place of nan and infinity, which JSON does not have."""
    value = derivative["value"]
    return derivative | {"value": value if isfinite(value) else None}
