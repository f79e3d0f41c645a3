"""Pythons of another kind: a subinterpreter, which loads no compiled module again, and one without its lock."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

TWO = """
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
import microgrid
code = '''
import microgrid
x = microgrid.Value(3.0)
(x * x).backward()
assert x.grad == 6.0, x.grad
assert not microgrid.compiled
'''
interpreter = interpreters.create()
error = interpreters.run_string(interpreter, code)
assert error is None, error
x = microgrid.Value(2.0)
(x * x).backward()
assert x.grad == 4.0
print("compiled" if microgrid.compiled else "source")
"""
WITHOUT_LOCK = """
import sys
sys._is_gil_enabled = lambda: False
import microgrid
"""


def run(code, **settings):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)} | settings
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120, env=environment
    )


@pytest.mark.parametrize("pure", ["", "1"])
def test_a_subinterpreter_falls_back_to_the_source(pure):
    ended = run(TWO, MICROGRID_PURE=pure)
    assert ended.returncode == 0, ended.stderr
    assert not ended.stderr


def test_a_python_without_its_lock_is_refused_in_a_sentence():
    ended = run(WITHOUT_LOCK)
    assert ended.returncode == 1
    assert "ImportError: microgrid needs Python's global lock" in ended.stderr
    assert "PYTHON_GIL=1" in ended.stderr
