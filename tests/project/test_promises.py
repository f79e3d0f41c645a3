"""The page of promises: every test that it names exists, and every commit is in the history."""

from __future__ import annotations

import re
import subprocess

import pytest

from helpers import ROOT, needs_checkout

PAGE = ROOT / "docs" / "promises.md"


@needs_checkout
def test_every_test_that_is_named_exists():
    named = re.findall(r"`(tests/[\w/]+(?:\.py)?)(?:::(\w+))?`", PAGE.read_text(encoding="utf-8"))
    assert len(named) > 30
    for path, test in named:
        assert (ROOT / path).exists(), path
        assert not test or f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path}::{test}"


@needs_checkout
def test_every_commit_that_is_named_is_in_the_history():
    git = ["git", "-C", str(ROOT)]
    shallow = subprocess.run(
        [*git, "rev-parse", "--is-shallow-repository"], capture_output=True, text=True, check=False
    )
    if shallow.stdout.strip() != "false":
        pytest.skip("optional: the history is not here")
    found = re.findall(r"\b(?=\w*\d)[0-9a-f]{7}\b", PAGE.read_text(encoding="utf-8"))
    assert len(found) > 10
    for commit in found:
        assert not subprocess.run([*git, "merge-base", "--is-ancestor", commit, "HEAD"], check=False).returncode, commit
