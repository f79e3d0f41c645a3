"""Runs Graphviz: the `dot` on the PATH, or the one that pygraphviz brings along; neither may take for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Sequence

from ..errors import EngineNotFound, LayoutError

__all__ = ["estimate", "lengths", "limits", "run", "work"]

SAFE = 20_000
"""Characters of source that no engine needs a second for, so that pygraphviz may work in this process."""

PYGRAPHVIZ = """
import sys, warnings, pygraphviz
warnings.simplefilter("ignore")
source = sys.stdin.buffer.read().decode()
sys.stdout.buffer.write(pygraphviz.AGraph(string=source).draw(format="plain", prog="dot"))
"""


LARGE = 1500
"""Work from which on Graphviz is told to stop improving early: arrows become some 5 % longer, and the layout of 1,000
nodes takes half the time."""
FEWEST = 400
"""Rounds of improvement that every picture may have: with less, few boxes and long arrows end in knots."""


def lengths(arrows: Sequence[tuple[int, int]]) -> list[int]:
    """How many ranks each arrow leads on, where every box stands as near to its nearest user as it may: one of the
    arrows of each box leads on by 1.  What lies on a cycle, as scopes may, or before one counts as short."""
    before_end = {box: rank for box, (rank, _) in _ordered([(head, tail) for tail, head in arrows]).items()}
    return [before_end[tail] - before_end[head] if tail in before_end else 1 for tail, head in arrows]


def work(boxes: int, arrows: Sequence[tuple[int, int]]) -> int:
    """How much there is to place: the boxes, the arrows, and a point wherever an arrow passes a rank.

    Graphviz makes arrows short.  Here what has no more operands than users stands before them, and what has more stands
    after its operands, which comes near; a leaf goes where it is used.
    """
    users: dict[int, list[int]] = {}
    for tail, head in arrows:
        users.setdefault(tail, []).append(head)
    ordered = _ordered(arrows)
    rank = {box: rank for box, (rank, _) in ordered.items()}
    for box in reversed(ordered):
        operands = [tail for tail in ordered[box][1] if ordered[tail][1] or len(users[tail]) > 1]
        if box in users and len(operands) <= len(users[box]):
            rank[box] = min((rank[user] for user in users[box] if user in rank), default=1) - 1
    return boxes + sum(max(rank[head] - rank[tail], 1) if head in rank else 1 for tail, head in arrows)


def _ordered(arrows: Sequence[tuple[int, int]]) -> dict[int, tuple[int, list[int]]]:
    """Each box after those with arrows to it, its rank (the most arrows on a way to it) and where they come from;
    without what lies on a cycle or behind one."""
    tails: dict[int, list[int]] = {}
    heads: dict[int, list[int]] = {}
    for tail, head in arrows:
        tails.setdefault(head, []).append(tail)
        heads.setdefault(tail, []).append(head)
    waiting = {head: len(several) for head, several in tails.items()}
    found: dict[int, tuple[int, list[int]]] = {tail: (0, []) for tail in heads if tail not in tails}
    ready = list(found)
    for tail in ready:  # which grows as it goes
        for head in heads.get(tail, ()):
            waiting[head] -= 1
            if not waiting[head]:
                found[head] = 1 + max(found[before][0] for before in tails[head]), tails[head]
                ready.append(head)
    return found


def estimate(boxes: int, work: int) -> float:
    """About how many seconds a layout takes: fitted to chains, networks and random graphs of 600 to 5,000 boxes with
    dot 2.43 on one core of a server, which took 0.6 to 1.5 times as long."""
    return 1.6e-7 * boxes**2 + 8e-9 * work**2


def limits(boxes: int, work: int) -> str:
    """What Graphviz is told of a large picture: how many rounds, for each box, to go on improving."""
    rounds = min(max(0.1, FEWEST / boxes), 1.0)
    return f" nslimit={rounds:.2f} nslimit1=1" if work > LARGE else ""


def run(source: str, engine: str, seconds: float) -> str:
    """The layout of a graph, in Graphviz's `plain` format."""
    engines: dict[str, Callable[[str, float], str]] = {"dot": _dot, "pygraphviz": _pygraphviz}
    failures: list[LayoutError] = []
    for name in engines if engine == "auto" else (engine,):
        try:
            return engines[name](source, seconds)
        except TimeoutError:
            raise LayoutError(
                f'Graphviz was ended after timeout={seconds:g} seconds: draw less (collapse="neuron" or "layer", '
                'edges="plain", in draw around= and radius=) or pass a larger timeout='
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
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ) as process:
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
