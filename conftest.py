"""What tests and doctests share: the table of operations as shipped, and the rule that CI skips nothing."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import microgrid
from microgrid import ops
from microgrid.base import build

pytest.register_assert_rewrite("helpers")

# Whatever the environment says: else each process that a test starts would compile both packages for itself.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

NO_SKIP = "MICROGRID_NO_SKIP"
skipped: list[str] = []

# The doctests of a compiled module cannot be read from its source while the compiled one is loaded.
collect_ignore = (
    [f"microgrid/{name.replace('.', '/')}.py" for name in build.COMPILED] if microgrid.compiled else []
)


@pytest.fixture(autouse=True)
def table_as_shipped() -> Iterator[None]:
    """Forget the custom operations a test defined."""
    before = dict(ops.TABLE)
    yield
    ops.TABLE.clear()
    ops.TABLE.update(before)


@pytest.fixture(autouse=True)
def nothing_said_yet() -> None:
    """Let each test meet the warnings that are given once in a process."""
    for name in ("microgrid", "microgrid_plain"):  # the second is the uncompiled engine of helpers.engines
        if slips := sys.modules.get(f"{name}.compat.slips"):
            slips._told.clear()
            slips._looks = 0


@pytest.fixture
def precise() -> Iterator[Any]:
    """700 digits: log(1 + exp(-1000)) needs 435, hypot(1e150, 1e-160) needs 620."""
    from mpmath import mp

    with mp.workdps(700):
        yield mp


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """One process for single files, since workers take longer to start; for folders, one for each core."""
    if all(Path(arg.partition("::")[0]).is_file() for arg in config.args):
        config.option.dist = "no"
        return 0
    return None


@pytest.hookimpl(hookwrapper=True)
def pytest_collection() -> Iterator[None]:
    """Let the garbage collector pass over the eleven thousand tests, while they are collected and ever after.

    Else it takes a third of the time of their collection, and 0.25 s whenever it goes through everything.
    """
    gc.disable()
    yield
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_report_header() -> str:
    return f"microgrid {microgrid.__version__}, {'compiled' if microgrid.compiled else 'uncompiled'}"


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    # "optional" is what no test needs but its own, such as PyTorch
    if report.skipped and "optional: " not in str(report.longrepr):
        skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if skipped and os.environ.get(NO_SKIP):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if skipped and os.environ.get(NO_SKIP):
        terminalreporter.write_line(
            f"{NO_SKIP} is set, and {len(skipped)} tests were skipped: that is a failure"
        )
