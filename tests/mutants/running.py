"""A copy of the checkout, a bug in it, and the tests of one file after another until one fails.

Each file is run by a fork of this process, which has loaded the large packages already but nothing of microgrid.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from mutants.mutant import Mutant, read
from mutants.rooms import ROOMS

__all__ = ["Copy", "Outcome", "Suite", "judge", "load"]

HEAVY = (
    "pytest", "numpy", "mpmath", "sympy", "matplotlib.pyplot", "matplotlib.figure", "graphviz",
    "pygraphviz", "tqdm", "xml.etree.ElementTree",
)  # fmt: skip
LEFT_OUT = ("project/*", "mutants/*", "search/*", "helpers/*")
"""Tests of the form of files and of drawn pictures, which would notice any change, and what are no tests."""
NEVER = "not latex"


def load() -> None:
    os.environ["MPLBACKEND"] = "agg"
    for name in HEAVY:
        importlib.import_module(name)


@dataclass
class Outcome:
    mutant: Mutant
    by: str = ""
    """The test that failed, "" if none did."""
    seconds: float = 0.0
    asked: int = 0
    """How many files of tests were run."""
    everything: bool = False
    """Whether all were."""


@dataclass
class Suite:
    """The files of tests, and how long each took when it was last run."""

    root: Path
    times: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        found = (path.relative_to(self.root / "tests").as_posix() for path in (self.root / "tests").rglob("test_*.py"))
        self.files = sorted(name for name in found if not any(fnmatch(name, out) for out in LEFT_OUT))
        self.texts = {name: (self.root / "tests" / name).read_text(encoding="utf-8") for name in self.files}

    def first(self, mutant: Mutant) -> list[str]:
        """The room's own, those that speak of the file before the others, the fastest first of each."""
        own = [name for name in self.files if any(fnmatch(name, wanted) for wanted in ROOMS[mutant.room].tests)]
        return self.ordered(mutant, own)

    def rest(self, mutant: Mutant) -> list[str]:
        first = set(self.first(mutant))
        return self.ordered(mutant, [name for name in self.files if name not in first])

    def ordered(self, mutant: Mutant, names: list[str]) -> list[str]:
        stem = Path(mutant.path).stem
        word = re.compile(rf"\b{stem}\b|[_/]{stem}s?[._]")
        return sorted(names, key=lambda name: (not word.search(f"/{name}\n{self.texts[name]}"), self.time(name)))

    def time(self, name: str) -> float:
        return self.times.get(name, len(self.texts[name]) / 2000)


BUILD = """
import sys, setuptools
from distutils.core import run_setup
made = run_setup("setup.py", ["-q", "build_ext", "--inplace", "--force"], stop_after="commandline")
made.ext_modules = [one for one in made.ext_modules if sys.argv[1] in ("", one.name.rpartition(".")[2])]
for one in made.ext_modules:
    one.extra_compile_args = ["-O1" if flag == "-O3" else flag for flag in one.extra_compile_args]
made.run_commands()
"""


def extension_of(path: str) -> str:
    """The name of the extension that a file in C or Cython is compiled into."""
    return "kernel" if "/native/" in path else Path(path).stem


class Copy:
    """A copy of what git has, or would have, of the checkout."""

    def __init__(self, root: Path, folder: Path, *, compiled: bool) -> None:
        self.root, self.compiled, self.writes = folder, compiled, 0
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(listed, cwd=root, capture_output=True, check=True, text=True).stdout.split("\0")
        for name in filter(None, names):
            if (root / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(root / name, folder / name)

    def put(self, path: str, text: str) -> None:
        """With a time of its own: Python takes a file of the same size and second for the one it knows."""
        self.writes += 1
        (self.root / path).write_text(text, encoding="utf-8")
        then = time.time() - 10**6 + 3 * self.writes
        os.utime(self.root / path, (then, then))

    def build(self, only: str = "") -> bool:
        """Compile all, or one extension alone; whether that went well."""
        environment = {**os.environ, "MICROGRID_REQUIRE_EXT": "1"}
        environment.pop("MICROGRID_PURE", None)
        command = [sys.executable, "-c", BUILD, only]
        built = subprocess.run(command, cwd=self.root, env=environment, capture_output=True, check=False)
        return built.returncode == 0

    def take(self, built: Copy, made_of: str = "") -> None:
        """The extensions of another copy, instead of compiling them; those of one file's alone."""
        for path in built.root.glob("microgrid/**/*.so"):
            if extension_of(made_of) in ("", path.name.partition(".")[0]):
                shutil.copy2(path, self.root / path.relative_to(built.root))

    def run(self, name: str, limit: float, only: str = "", words: Sequence[str] = ()) -> tuple[str, float]:
        """The first test of a file that fails, "" if none does, and the seconds it took; or that one test alone.

        Tests that have one of the words in them come first.
        """
        started, report = time.monotonic(), self.root.parent / f"{self.root.name}.report"
        report.unlink(missing_ok=True)
        child = os.fork()
        if child == 0:
            self._child(only or (f"tests/{name}" if (self.root / "tests" / name).exists() else name), report, words)
        while time.monotonic() - started < limit:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                failed = json.loads(report.read_text(encoding="utf-8")) if report.exists() else []
                if not failed and os.waitstatus_to_exitcode(status) not in (0, 5):  # 5: nothing to run
                    failed = [f"{name}, which did not come to its end"]
                return (failed[0] if failed else ""), time.monotonic() - started
            time.sleep(0.02)
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return f"{name}, which took longer than {limit:.0f} s", limit

    def _child(self, what: str, report: Path, words: Sequence[str]) -> None:
        try:
            os.setsid()
            os.chdir(self.root)
            quiet = os.open(os.devnull, os.O_RDWR)
            for stream in range(3):
                os.dup2(quiet, stream)
            here = [str(self.root), str(self.root / "tests")]
            sys.path[:] = here + [path for path in sys.path if path and path not in OWN_PATHS]
            for module in [name for name in sys.modules if name.partition(".")[0] in OWN]:
                del sys.modules[module]
            os.environ["PYTHONPATH"] = os.pathsep.join(here)
            os.environ.pop("MICROGRID_PURE", None)
            if not self.compiled:
                os.environ["MICROGRID_PURE"] = "1"
            import pytest

            watch = _Watch(report, words)
            options = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "-m", NEVER, "--no-header", "--tb=no"]
            code = pytest.main([*options, what], plugins=[watch])
            os._exit(int(code))
        except BaseException:
            traceback.print_exc()
            os._exit(70)


OWN = ("microgrid", "viz", "mutants", "helpers", "benchmarks")
OWN_PATHS = {path for path in sys.path if (Path(path) / "mutants").is_dir() or (Path(path) / "microgrid").is_dir()}


class _Watch:
    """Runs the tests that have the words in them before others, and each with its first parameters before any with
    its second; writes down what failed as soon as it does."""

    def __init__(self, report: Path, words: Sequence[str]) -> None:
        self.report, self.words, self.failed = report, words, list[str]()

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        before: Counter[str] = Counter()
        ranks = {}
        for item in items:
            function = item.nodeid.partition("[")[0]
            before[function] += 1
            text = item.nodeid + (inspect.getsource(item.function) if hasattr(item, "function") else "")
            ranks[item] = not any(word in text for word in self.words), before[function]
        items.sort(key=ranks.__getitem__)

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.failed.append(report.nodeid)
            self.report.write_text(json.dumps(self.failed), encoding="utf-8")

    def pytest_collectreport(self, report: Any) -> None:
        self.pytest_runtest_logreport(report)


def judge(
    copy: Copy,
    clean: Copy,
    suite: Suite,
    mutant: Mutant,
    limit: float,
    each: float,
    rest: bool,
    until: float,
    sound: dict[str, bool],
) -> Outcome:
    """Whether any test notices the bug; `sound` remembers which pass in the clean copy, where there is none."""
    started, text, outcome = time.monotonic(), read(copy.root, mutant.path), Outcome(mutant)
    names = suite.first(mutant) + (suite.rest(mutant) if rest else [])
    if mutant.path.endswith(".py") and ">>> " in text:
        names.insert(0, mutant.path)  # its own examples

    def without(name: str, test: str) -> bool:
        if test not in sound:
            failed, _ = clean.run(name, limit, test if "::" in test else "")
            if failed.endswith("did not come to its end"):
                raise RuntimeError(f"without any bug: {failed}")
            sound[test] = not failed
        return sound[test]

    words = [part.strip("_") for part in mutant.function.split(".") if len(part.strip("_")) > 2]
    copy.put(mutant.path, mutant.apply(text))
    if copy.compiled:
        if not copy.build(extension_of(mutant.path)):
            outcome.by = "the compiler"
        copy.put(mutant.path, text)  # the engine runs only what has been made of what stands there
        started = time.monotonic()
    for name in names if not outcome.by else ():
        if time.monotonic() > until:
            break
        if time.monotonic() - started > each:
            break
        failed, seconds = copy.run(name, limit, words=words)
        outcome.asked += 1
        if failed and without(name, failed):
            outcome.by = failed
            break
        suite.times[name] = seconds
    outcome.everything = outcome.asked == len(names)
    outcome.seconds = time.monotonic() - started
    copy.put(mutant.path, text)
    if copy.compiled:
        copy.take(clean, mutant.path)
    return outcome
