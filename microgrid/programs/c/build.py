"""Builds a program's C file with the user's compiler, and keeps what came of it in the user's cache."""

from __future__ import annotations

import ctypes
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from ...base import files
from ...errors import MicrogridError

__all__ = ["Built", "built", "cache_folder"]

FLAGS = ("-std=gnu11", "-O3", "-fno-math-errno", "-fno-trapping-math", "-shared", "-fPIC")
"""None that changes a number: errno and traps are what nobody looks at."""
NATIVE = ("-march=native", "-mcpu=native", "")
"""What makes a compiler use all of this processor; the first that it takes."""
UNUSABLE = (OSError, AttributeError, ValueError)
"""What ctypes says of a file that is no library for this process, or not of a program."""
WAY_OUT = 'install one (gcc or clang), name it in CC, or leave out backend="c": the kernel needs none'


class Built(NamedTuple):
    """A program's C file, loaded."""

    library: ctypes.CDLL
    compiler: str
    begin: int
    samples: int
    end: int
    doubles: int
    """How many numbers `samples` needs for itself."""


def built(text: str) -> Built:
    """The C file as functions: from the cache if it was built before, by this compiler on such a processor.

    MicrogridError where there is no compiler, or where it does not build the file.
    """
    command, macros = compiler(os.environ.get("CC", ""), os.environ.get("PATH", ""))
    key = sha256("\0".join([text, *command, macros]).encode()).hexdigest()[:32]
    folder = cache_folder()
    for path in _kept(folder, key) if folder else ():
        if found := _tried(path, command[0]):
            return found
    made = _compiled(text, command)
    name = f"{key}-{sha256(made).hexdigest()[:32]}.so"
    with suppress(OSError):  # a folder nobody may write to, or from which nothing may be run
        if folder:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            files.replace(folder / name, made)
            if found := _tried(folder / name, command[0]):
                return found
    with tempfile.TemporaryDirectory(prefix="microgrid-") as temporary:
        path = Path(temporary, name)
        path.write_bytes(made)
        try:
            return _loaded(path, command[0])
        except UNUSABLE as error:
            said = str(error).removeprefix(f"{path}: ")
            raise MicrogridError(
                f"what {command[0]} built cannot be loaded ({said:.200}): give it in CC the options that "
                'build for this processor and this Python, or leave out backend="c"'
            ) from error


def cache_folder() -> Path | None:
    """Where the system keeps what can be made again; None for a user without a home."""
    if chosen := os.environ.get("XDG_CACHE_HOME"):
        return Path(chosen, "microgrid")
    try:
        home = Path.home()
    except RuntimeError:
        return None
    return home / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "microgrid"


def _kept(folder: Path, key: str) -> Iterator[Path]:
    """The files of a key that are whole: their names say what they hold.  What is damaged is removed."""
    with suppress(OSError):
        for path in sorted(folder.glob(f"{key}-*.so")):
            if path.stem.partition("-")[2] == sha256(path.read_bytes()).hexdigest()[:32]:
                yield path
            else:
                path.unlink()


def _tried(path: Path, command: str) -> Built | None:
    """A file of the cache, loaded; removed if it cannot be."""
    try:
        return _loaded(path, command)
    except UNUSABLE:
        with suppress(OSError):
            path.unlink()
        return None


def _loaded(path: Path, command: str) -> Built:
    library = ctypes.CDLL(os.fspath(path))
    functions = (getattr(library, f"microgrid_{name}", None) for name in ("begin", "samples", "end"))
    begin, samples, end = (ctypes.cast(f, ctypes.c_void_p).value or 0 if f else 0 for f in functions)
    doubles = ctypes.c_size_t.in_dll(library, "microgrid_memory").value
    return Built(library, Path(command).name, begin, samples, end, doubles)


def _compiled(text: str, command: Sequence[str]) -> bytes:
    """The shared library of a C file, made in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="microgrid-") as folder:
        source, library = Path(folder, "program.c"), Path(folder, "program.so")
        source.write_text(text, encoding="utf-8")
        run = _run([*command, os.fspath(source), "-o", os.fspath(library), "-lm"])
        if run.returncode or not library.exists():
            said = run.stderr.strip().splitlines()
            first = next((line for line in said if "error" in line), said[0] if said else "it said nothing")
            raise MicrogridError(f"{command[0]} does not build the program ({first:.200}): {WAY_OUT}")
        return library.read_bytes()


@cache
def compiler(chosen: str, path: str) -> tuple[list[str], str]:
    """The command that compiles, and all that it says about itself and this processor."""
    try:
        names = shlex.split(chosen)
    except ValueError as error:
        raise MicrogridError(f"CC is {chosen!r}, which is no command ({error}): {WAY_OUT}") from error
    if chosen and not (names and shutil.which(names[0], path=path)):
        raise MicrogridError(f"there is no C compiler {chosen!r}, which the variable CC names: {WAY_OUT}")
    if not names:
        names = [name for name in ("cc", "gcc", "clang") if shutil.which(name, path=path)][:1]
    if not names:
        raise MicrogridError(f"there is no C compiler here (cc, gcc or clang): {WAY_OUT}")
    for native in NATIVE:
        command = [*names, *FLAGS, *([native] if native else [])]
        run = _run([*command, "-E", "-dM", "-x", "c", os.devnull])
        if not run.returncode and "__GNUC__" in run.stdout:
            wide = ["-mprefer-vector-width=512"] if "__AVX512F__" in run.stdout else []
            return [*command, *wide], run.stdout
    raise MicrogridError(f"{names[0]} is neither gcc nor clang, for which the program is written: {WAY_OUT}")


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        return subprocess.run(
            command,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env=environment,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise MicrogridError(f"{command[0]} cannot be run ({error.strerror}): {WAY_OUT}") from error
