"""The command line as a user starts it: a process of its own in a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

Capture = pytest.CaptureFixture[str]


def run(*arguments: str, cwd: Path, encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "microgrid", *arguments], cwd=cwd, capture_output=True, text=True, encoding=encoding,
        env=os.environ | {"PYTHONIOENCODING": encoding}, timeout=60, check=False,
    )  # fmt: skip
