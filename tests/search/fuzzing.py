"""A fuzzer that is led by coverage: what reaches a way through the code that nothing reached before is changed further.

Where `atheris` (libFuzzer for Python) is installed, the command uses that, which is faster; here is all that it needs.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

__all__ = ["Finding", "Guided", "Target", "with_atheris"]

Target = Callable[[bytes], object]
"""Tries one input; AssertionError, or any error that it lets pass, is a finding."""


class Finding(Exception):
    """An input that breaks a promise; the error says which."""

    def __init__(self, data: bytes, error: BaseException) -> None:
        super().__init__(f"{data!r} is not dealt with: {type(error).__name__}: {error}")
        self.data = data


class Guided:
    """Inputs made of those that led to something new.

    >>> def reaches_deep(data):
    ...     if data[:1] == b"a":
    ...         if data[1:2] == b"b":
    ...             assert data[2:3] != b"c"
    >>> fuzzer = Guided(reaches_deep, [b"xyz"], [__name__], words=[b"a", b"b", b"c"])
    >>> try:
    ...     fuzzer.run(20_000)
    ... except Finding as found:
    ...     print(found.data[:3])
    b'abc'
    """

    def __init__(
        self, target: Target, seeds: Sequence[bytes], modules: Sequence[str], words: Sequence[bytes] = (), seed: int = 0
    ) -> None:
        self.target, self.words, self.modules = target, list(words), tuple(modules)
        self.dice, self.seen, self.kept = random.Random(seed), set[tuple[str, int, int]](), list[bytes]()
        self.tried = 0
        for data in seeds:
            self.offer(data)

    def run(self, times: int = 10**12, until: float = float("inf")) -> int:
        """How many inputs were tried; `Finding` at the first that breaks a promise."""
        for _ in range(times):
            if time.monotonic() > until:
                break
            self.offer(self.changed(self.dice.choice(self.kept)))
        return self.tried

    def offer(self, data: bytes) -> None:
        ways = self.traced(data)
        self.tried += 1
        if not ways <= self.seen or not self.kept:
            self.seen |= ways
            self.kept.append(data)

    def traced(self, data: bytes) -> set[tuple[str, int, int]]:
        """The pairs of lines, one after the other, through which the input leads."""
        ways: set[tuple[str, int, int]] = set()

        def called(frame: FrameType, event: str, arg: object) -> Any:
            if not str(frame.f_globals.get("__name__")).startswith(self.modules):
                return None
            file, last = frame.f_code.co_filename, 0

            def line(frame: FrameType, event: str, arg: object) -> Any:
                nonlocal last
                ways.add((file, last, frame.f_lineno))
                last = frame.f_lineno
                return line

            return line

        before = sys.gettrace()
        sys.settrace(called)
        try:
            self.target(data)
        except Exception as error:
            sys.settrace(before)
            raise Finding(data, error) from error
        finally:
            sys.settrace(before)
        return ways

    def changed(self, data: bytes) -> bytes:
        """One to four changes: a bit, a byte, a word put in, a piece taken out, doubled, or of another input."""
        dice, new = self.dice, bytearray(data)
        for _ in range(dice.randint(1, 4)):
            at, size = dice.randint(0, len(new)), dice.choice((1, 1, 2, 4, 16))
            kind = dice.randrange(6)
            if kind == 0 and at < len(new):
                new[at] ^= 1 << dice.randrange(8)
            elif kind == 1:
                new[at : at + 1] = bytes([dice.randrange(256)])
            elif kind == 2:
                new[at:at] = dice.choice(self.words or [b" "])
            elif kind == 3:
                del new[at : at + size]
            elif kind == 4:
                new[at:at] = new[at : at + size]
            else:
                other = dice.choice(self.kept)
                start = dice.randint(0, len(other))
                new[at : at + size] = other[start : start + dice.randint(0, 16)]
        return bytes(new[:4000])


def with_atheris(name: str, seconds: float, seed: int, folder: Path) -> tuple[bool, str]:
    """Whether libFuzzer found nothing in that time, and what it said last."""
    command = [sys.executable, "-m", "search.atheris_process", name, str(folder), f"-max_total_time={seconds:.0f}",
               f"-artifact_prefix={folder}/", f"-seed={seed % 2**31 + 1}", "-max_len=2000", "-timeout=20"]  # fmt: skip
    environment = {**os.environ, "MICROGRID_PURE": "1"}  # compiled code cannot be watched
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, errors="replace")
    said = ran.stderr.splitlines()
    if ran.returncode == 0:
        return True, next((line for line in reversed(said) if line.startswith("Done ")), "")
    return False, "\n".join(said[-20:])
