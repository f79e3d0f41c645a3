"""What a benchmark hands back, and how it is written down: Markdown to read, JSON to keep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from .goals import GOALS, verdict
from .timing import Contest

__all__ = ["Result", "Table", "number", "standings", "statuses", "summary", "to_markdown"]


@dataclass
class Table:
    """Cells as they are printed."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass
class Result:
    """`measures` go by the keys of `goals.GOALS`; `raw` holds the numbers that the tables round."""

    tables: list[Table] = field(default_factory=list)
    measures: dict[str, float] = field(default_factory=dict)
    raw: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def measure(self, key: str, value: float | None) -> None:
        """Record what was measured; None where it could not be."""
        if value is not None:
            self.measures[key] = value

    def add(self, name: str, title: str, contest: Contest, ours: str, unit: str = "µs") -> None:
        """The standings of a contest as a table, and its turns as raw numbers."""
        self.tables.append(standings(title, contest, ours, unit))
        self.raw[name] = {entry.name: asdict(entry) for entry in contest.entries.values()}

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def standings(title: str, contest: Contest, ours: str, unit: str = "µs") -> Table:
    """One row per contestant; those who were not timed say why."""
    scale = {"ms": 1e3, "µs": 1e6}[unit]
    rows = []
    for entry in contest.entries.values():
        ratio = contest.ratio(entry.name, ours)
        if entry.timed:
            times = number(entry.seconds() * scale), entry.clock, "" if ratio is None else number(ratio)
            rows.append((entry.name, *times, entry.compared))
        else:
            rows.append((entry.name, "", "", "", entry.status))
    return Table(
        title, ("", f"{unit} per step", "clock", "ratio to ours", "compared with the eager engine"), rows
    )


def number(x: float) -> str:
    """Three digits, without an exponent."""
    if x == 0 or abs(x) >= 100:
        return f"{x:,.0f}"
    digits = next((d for d in range(8) if abs(x) >= 10.0 ** (1 - d)), 8)
    return f"{x:.{digits + 1}f}"


def summary(measures: dict[str, float], quick: bool = False) -> Table:
    """Every goal with what was measured, met or missed; a quick run's sizes are not those of the goals."""
    rows = []
    for goal in GOALS:
        result = measures.get(goal.key)
        shown = "" if result is None else f"{number(result)} {goal.unit}"
        rows.append((goal.measure, str(goal), shown, "" if quick and shown else verdict(goal, result)))
    return Table(
        "Summary" + quick * " of a quick run, not to be judged", ("measure", "goal", "result", ""), rows
    )


def statuses(results: Mapping[str, Result], kind: str) -> list[str]:
    """The contestants that were not timed for this reason ("missing", "failed", "wrong"), each with it."""
    found: dict[str, None] = {}
    for result in results.values():
        entries = [entry for raw in result.raw.values() if isinstance(raw, dict) for entry in raw.items()]
        for name, entry in entries:
            if isinstance(entry, dict) and str(entry.get("status", "")).startswith(kind):
                found[f"{name} ({entry['status'].removeprefix(f'{kind}: ')})"] = None
    return list(found)


def to_markdown(tables: Iterable[Table], notes: Iterable[str] = ()) -> str:
    lines: list[str] = []
    for table in tables:
        alignment = ["---"] + ["--:" if column else "---" for column in table.columns[1:]]
        lines += [f"### {table.title}", ""]
        lines += [_line(table.columns), _line(alignment), *map(_line, table.rows), ""]
    lines += [f"- {note}" for note in notes]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
