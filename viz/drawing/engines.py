"""Runs Graphviz, the `dot` on the PATH or the one that pygraphviz brings along, for a limited time.

In a browser it is viz.js, Graphviz compiled to WebAssembly, which the page has loaded: its instance, from
``Viz.instance()``, is the global variable `microgridGraphviz` of JavaScript.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from microgrid.base.phrases import Setting, message

from ..errors import DOT, EngineNotFound, LayoutError

__all__ = ["run", "there_is", "too_slow"]

SAFE = 20_000
"""Characters of source that no engine needs a second for, so that pygraphviz may work in this process."""

PYGRAPHVIZ = """
import sys, warnings, pygraphviz
warnings.simplefilter("ignore")
source = sys.stdin.buffer.read().decode()
sys.stdout.buffer.write(pygraphviz.AGraph(string=source).draw(format="plain", prog="dot"))
"""


def run(source: str, engine: str, seconds: float) -> str:
    """The layout of a graph, in Graphviz's `plain` format."""
    engines: dict[str, Callable[[str, float], str]] = {
        "dot": _dot,
        "pygraphviz": _pygraphviz,
        "viz.js": _viz_js,
    }
    failures: list[LayoutError] = []
    for name in engines if engine == "auto" else (engine,):
        try:
            return engines[name](source, seconds)
        except TimeoutError:
            raise too_slow("Graphviz", seconds) from None
        except LayoutError as error:
            failures.append(error)
    for failure in failures:
        if not isinstance(failure, EngineNotFound):  # an engine that is there but broken has more to say
            raise failure
    if sys.platform == "emscripten":
        rule = f"nothing in this page lays the picture out ({failures[-1]}): load viz.js, or pass "
        raise EngineNotFound(
            message(rule, Setting("engine", "columns"), ", or ", DOT, ", which needs no engine")
        )
    install = (
        f"nothing can lay the picture out ({'; '.join(map(str, failures))}): install Graphviz (apt install "
        "graphviz, brew install graphviz, or https://graphviz.org/download), or python -m pip install "
        "pygraphviz and leave "
    )
    raise EngineNotFound(message(install, Setting("engine", "auto"), ", or ", DOT, ", which needs no engine"))


def there_is(engine: str) -> bool:
    """Whether what is asked for can be had; "auto" cannot in a browser whose page has no viz.js, as in
    JupyterLite, where nothing can be installed."""
    return engine != "auto" or sys.platform != "emscripten" or _instance() is not None


def too_slow(who: str, seconds: float) -> LayoutError:
    """What is said where a layout was ended."""
    ended = message(who, " was ended after ", Setting("timeout", seconds), " seconds: draw less (")
    less = message(Setting("collapse", "neuron"), ' or "layer", ', Setting("edges", "plain"), ", in draw ")
    part = message(Setting("around"), " and ", Setting("radius"), ") or pass a larger ")
    return LayoutError(message(ended, less, part, Setting("timeout")))


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


def _viz_js(source: str, _: float) -> str:
    """Layouts here have no limit, since nothing can end them but the end of all that runs in the page."""
    if sys.platform != "emscripten":
        raise EngineNotFound("viz.js lays out in browsers only")
    graphviz = _instance()
    if graphviz is None:
        raise EngineNotFound("this page has no viz.js, whose instance would be globalThis.microgridGraphviz")
    js: Any = import_module("js")
    answer = graphviz.render(source, js.JSON.parse('{"engine": "dot", "format": "plain"}'))
    if answer.status != "success":
        raise LayoutError("viz.js failed", "\n".join(str(error.message) for error in answer.errors))
    return str(answer.output)


def _instance() -> Any:
    """The viz.js of the page that this runs in, or None."""
    return getattr(import_module("js"), "microgridGraphviz", None)


def _answer(command: Sequence[str], source: str, seconds: float) -> str:
    """What a program says to a source.  Whatever happens, it and what it started have ended afterwards."""
    # pygraphviz may have been found on a path that only this process knows
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
            output, errors = process.communicate(source.encode(), seconds)
        except BaseException as error:  # Ctrl-C too
            _end(process)
            if isinstance(error, subprocess.TimeoutExpired):
                raise TimeoutError from None
            raise
    if process.returncode:
        stderr = errors.decode(errors="replace").strip()
        raise subprocess.CalledProcessError(process.returncode, list(command), stderr=stderr)
    return output.decode()


def _end(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)  # it leads a session of its own
    else:
        process.kill()
