"""The verdict of a verification, for people (text, Markdown, LaTeX, HTML) and for machines (a dict)."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from .derivatives import Derivative, latex_name

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
    """What was verified and how; `ok` is False as soon as one finding failed."""

    subject: str
    findings: list[Finding] = field(default_factory=list)
    derivatives: list[Derivative] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return all(finding.status != "failed" for finding in self.findings)

    @property
    def verdict(self) -> str:
        """"verified" only if rules, composition and numbers all were: what was not attempted is not verified."""
        if not self.ok:
            return "NOT verified"
        open_levels = [f.level for f in self.findings if f.status == "not attempted" and f.level != "symbolic"]
        return f"nothing wrong found, but not all attempted: {', '.join(open_levels)}" if open_levels else "verified"

    def to_dict(self) -> dict[str, Any]:
        """The report in plain types, ready for json."""
        return {
            "ok": self.ok,
            "verdict": self.verdict,
            "subject": self.subject,
            "findings": [asdict(finding) | {"details": list(finding.details)} for finding in self.findings],
            "derivatives": [_finite(asdict(derivative)) for derivative in self.derivatives],
        }

    def __str__(self) -> str:
        lines = [f"{self.subject}: {self.verdict}"]
        for finding in self.findings:
            lines.append(f"  {MARKS[finding.status]} {finding.level:<12} {finding.status}: {finding.text}")
            lines += [f"      {detail}" for detail in finding.details]
        lines += [f"      {formula}" for formula in self._formulas()]
        return "\n".join(lines)

    def _formulas(self) -> Iterator[str]:
        for d in self.derivatives:
            number = repr(d.value).removesuffix(".0")
            shown = f"{number} by convention" if d.convention else number
            yield f"∂{d.of}/∂{d.by} = {d.text}" + (f" = {shown}" if d.text != shown else "")

    def markdown(self) -> str:
        """A heading, a table of the findings and the derivatives as a list."""
        lines = [f"**{_plain(self.subject)}: {self.verdict}**", "", "| | level | status | what |", "|---|---|---|---|"]
        for finding in self.findings:
            what = "<br>".join([finding.text, *finding.details])
            lines.append(f"| {MARKS[finding.status]} | {finding.level} | {finding.status} | {_plain(what)} |")
        if self.derivatives:
            lines += ["", *(f"- {_plain(formula)}" for formula in self._formulas())]
        return "\n".join(lines)

    def latex(self) -> str:
        """The derivatives as an align* environment; empty if there are none."""
        rows = [
            rf"\frac{{\partial {latex_name(d.of)}}}{{\partial {latex_name(d.by)}}} &= {d.latex}"
            for d in self.derivatives
        ]
        return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}" if rows else ""

    def html(self) -> str:
        """A fragment: a paragraph with the verdict, a table, a list."""
        rows = "".join(
            f"<tr><td>{MARKS[f.status]}</td><td>{f.level}</td><td>{f.status}</td>"
            f"<td>{'<br>'.join(map(html.escape, (f.text, *f.details)))}</td></tr>"
            for f in self.findings
        )
        formulas = "".join(f"<li><code>{html.escape(formula)}</code></li>" for formula in self._formulas())
        heading = f"<p><strong>{html.escape(self.subject)}: {self.verdict}</strong></p>"
        return f"{heading}<table>{rows}</table>" + (f"<ul>{formulas}</ul>" if formulas else "")

    def _repr_html_(self) -> str:
        return self.html()


def _plain(text: str) -> str:
    """Text in a Markdown table: nothing in it is markup, except the line breaks put there."""
    escaped = "<br>".join(html.escape(line, quote=False) for line in text.split("<br>"))
    return "".join("\\" + c if c in "\\|`*_[]" else c for c in escaped)


def _finite(derivative: dict[str, Any]) -> dict[str, Any]:
    """JSON has no nan."""
    value = derivative["value"]
    return derivative | {"value": value if value - value == 0 else None}
