"""Runs Graphviz: the `dot` on the PATH, or the one that pygraphviz brings along; neither may take for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Sequence

from .errors import EngineNotFound, LayoutError

__all__ = ["LARGE", "estimate", "run", "work"]

SAFE = 20_000
"""Characters of source that no engine needs a second for, so that pygraphviz may work in this process."""

PYGRAPHVIZ = """
import sys, warnings, pygraphviz
warnings.simplefilter("ignore")
source = sys.stdin.buffer.read().decode()
sys.stdout.buffer.write(pygraphviz.AGraph(string=source).draw(format="plain", prog="dot"))
"""


LARGE = 1500
"""Work from which on Graphviz is told to stop improving early: beyond it, minutes buy nothing that can be seen."""


def work(boxes: int, arrows: Sequence[tuple[int, int]]) -> int:
    """How much there is to place: the boxes, the arrows, and a point wherever an arrow passes a rank.  What lies on a
    cycle, as scopes may, or behind one has no rank."""
    heads: dict[int, list[int]] = {}
    waiting: dict[int, int] = {}
    for tail, head in arrows:
        heads.setdefault(tail, []).append(head)
        waiting[head] = waiting.get(head, 0) + 1
    rank = {tail: 0 for tail in heads if tail not in waiting}
    ready = list(rank)
    for tail in ready:  # which grows as it goes
        for head in heads.get(tail, ()):
            rank[head] = max(rank.get(head, 0), rank[tail] + 1)
            waiting[head] -= 1
            if not waiting[head]:
                ready.append(head)
    placed = set(ready)
    for tail in placed - waiting.keys():  # a leaf stands next to where it is used
        rank[tail] = min((rank[head] for head in heads[tail] if head in placed), default=1) - 1
    return boxes + sum(max(rank[head] - rank[tail], 1) if {tail, head} <= placed else 1 for tail, head in arrows)


def estimate(work: int) -> float:
    """About how many seconds a layout takes: it grows with the square of the work (measured with dot 2.43 on one core
    of a server, 0.20 s for 4,283 and 7.1 s for 20,628)."""
    return 1.6e-8 * work**2


def run(source: str, engine: str, seconds: float) -> str:
    """The layout of a graph, in Graphviz's `plain` format."""
    engines: dict[str, Callable[[str, float], str]] = {"dot": _dot, "pygraphviz": _pygraphviz}
    failures: list[LayoutError] = []
    for name in engines if engine == "auto" else (engine,):
        try:
            return engines[name](source, seconds)
        except TimeoutError:
            raise LayoutError(
                f"Graphviz was ended after timeout={seconds:g} seconds: draw less (collapse="
                '"neuron" or "layer", around=v with a radius=, edges="plain") or pass a larger timeout='
            ) from None
        except LayoutError as error:
            failures.append(error)
    for failure in failures:
        if not isinstance(failure, EngineNotFound):  # an engine that is there but broken has more to say
            raise failure
    raise EngineNotFound(
        f"nothing can lay the picture out ({'; '.join(map(str, failures))}): install Graphviz (apt install graphviz, "
        "brew install graphviz, or https://graphviz.org/download), or python -m pip install pygraphviz and leave "
        'engine="auto", or call draw(...).dot(), which needs no engine'
    )


def _dot(source: str, seconds: float) -> str:
    from shutil import which

    dot = which("dot")
    if dot is None:
        raise EngineNotFound("there is no dot on the PATH")
    try:
        return _answer([dot, "-Tplain"], source, seconds)
    except subprocess.CalledProcessError as error:
        raise LayoutError(f"dot failed with exit status {error.returncode}", error.stderr) from error
    except OSError as error:
        if isinstance(error, TimeoutError):
            raise
        raise LayoutError(f"dot could not be run: {error}") from error


def _pygraphviz(source: str, seconds: float) -> str:
    try:
        import pygraphviz
    except ImportError as error:
        raise EngineNotFound(f"pygraphviz cannot be imported: {error}") from None
    try:
        if len(source) > SAFE and sys.executable:
            return _answer([sys.executable, "-c", PYGRAPHVIZ], source, seconds)
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)  # how it passes on what Graphviz says
            output = pygraphviz.AGraph(string=source).draw(format="plain", prog="dot")
    except subprocess.CalledProcessError as error:
        raise LayoutError("the Graphviz of pygraphviz failed", error.stderr) from error
    except (OSError, RuntimeError, RuntimeWarning, ValueError) as error:
        if isinstance(error, TimeoutError):
            raise
        raise LayoutError("the Graphviz of pygraphviz failed", str(error)) from error
    return bytes(output).decode()


def _answer(command: Sequence[str], source: str, seconds: float) -> str:
    """What a program says to a source.  Whatever happens, it and what it started have ended afterwards."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
        start_new_session=True, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ) as process:  # fmt: skip
        try:
            output, said = process.communicate(source.encode(), seconds)
        except BaseException as error:  # Ctrl-C too
            _end(process)
            if isinstance(error, subprocess.TimeoutExpired):
                raise TimeoutError from None
            raise
    if process.returncode:
        stderr = said.decode(errors="replace").strip()
        raise subprocess.CalledProcessError(process.returncode, list(command), stderr=stderr)
    return output.decode()


def _end(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)  # it leads a session of its own
    else:
        process.kill()
