"""What a browser's Python cannot do: start threads, find files of a package that lies in a zip, free deep chains."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

import microgrid as mg
from helpers import ROOT, needs_checkout
from microgrid.base.deadline import within


@pytest.fixture
def no_threads(monkeypatch):
    def start(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)


def counting(n):
    return n if n < 2 else counting(n - 1) + counting(n - 2)


def test_without_threads_a_result_comes_back(no_threads):
    assert within(30, counting, 10) == 55
    with pytest.raises(ZeroDivisionError):
        within(30, lambda: 1 / 0)


def test_without_threads_work_is_ended_in_time(no_threads):
    begin = time.monotonic()
    with pytest.raises(TimeoutError, match=r"not finished within 0\.3 seconds"):
        within(0.3, counting, 60)
    assert time.monotonic() - begin < 20
    assert sys.getprofile() is None


def test_a_limit_within_a_limit(no_threads):
    with pytest.raises(TimeoutError, match=r"0\.2"):
        within(30, within, 0.2, counting, 60)


def test_without_threads_the_proof_is_the_same(no_threads, monkeypatch):
    x, w = mg.Value(0.5, "x"), mg.parameter(2.0, "w")
    there = str(mg.verify((w * x).tanh()))
    monkeypatch.undo()
    assert there == str(mg.verify((w * x).tanh()))


@needs_checkout
def test_the_package_runs_from_a_zip(tmp_path):
    """Where nothing compiled is, nothing stands in the way of whoever else finds modules."""
    archive = tmp_path / "microgrid.zip"
    with zipfile.ZipFile(archive, "w") as written:
        for name in ("microgrid", "viz"):
            for path in sorted((ROOT / name).rglob("*")):
                if path.is_file() and path.suffix not in (".so", ".pyc", ".pyd"):
                    written.write(path, path.relative_to(ROOT))
    code = (
        f"import sys; sys.path.insert(0, {str(archive)!r}); import microgrid as mg, viz\n"
        "L = mg.parse('L = (w*x - y)**2', w=2.0, x=3.0, y=5.0)['L']; L.backward()\n"
        "print(mg.__file__, bool(mg.verify(L)), viz.draw(L).svg()[:4])"
    )
    ran = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    where, proved, begin = ran.stdout.split()
    assert (Path(where).parents[1], proved, begin) == (archive, "True", "<svg")


def test_a_long_chain_is_freed_without_going_deep():
    """As a browser's nodes are, whose stack is small: measured where a node of the middle goes."""
    code = """
import sys
sys.platform = "emscripten"
from microgrid.base import nodes
from microgrid import Value
depths = []
class Marked(Value):
    def __del__(self):
        frame, depth = sys._getframe(), 0
        while frame: frame, depth = frame.f_back, depth + 1
        depths.append(depth)
        nodes.freed(self)
before = len(nodes.waiting)
v = Value(1.0)
for k in range(3000):
    v = Marked(0.0) + v if k % 100 == 0 else v + 1
v.backward()
kept = v._first
del v
assert kept.parents and not nodes.waiting
del kept
print(len(depths), max(depths), len(nodes.waiting))
"""
    settings = {**os.environ, "MICROGRID_PURE": "1"}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=settings)
    assert ran.stderr == ""
    count, depth, left = map(int, ran.stdout.split())
    assert (count, left) == (30, 0)
    assert depth <= 4
