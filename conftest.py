"""What every test and doctest shares: the table of operations as shipped, and the rule that CI skips nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from microgrid import ops

NO_SKIP = "MICROGRID_NO_SKIP"
skipped: list[str] = []


@pytest.fixture(autouse=True)
def table_as_shipped() -> Iterator[None]:
    """Forget the custom operations a test defined."""
    before = dict(ops.TABLE)
    yield
    ops.TABLE.clear()
    ops.TABLE.update(before)


@pytest.fixture
def precise() -> Iterator[Any]:
    """700 digits: log(1 + exp(-1000)) needs 435, hypot(1e150, 1e-160) needs 620."""
    from mpmath import mp

    with mp.workdps(700):
        yield mp


def pytest_report_header() -> str:
    import microgrid

    return f"microgrid {microgrid.__version__}"


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped:
        skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if skipped and os.environ.get(NO_SKIP):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if skipped and os.environ.get(NO_SKIP):
        terminalreporter.write_line(f"{NO_SKIP} is set, and {len(skipped)} tests were skipped: that is a failure")
