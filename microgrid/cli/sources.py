"""Where the command line's graphs and models come from: an expression with values, or a user's script."""

from __future__ import annotations

import errno
import re
import runpy
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from math import isinf
from pathlib import Path
from traceback import extract_tb
from typing import Any

from ..base.checks import did_you_mean
from ..base.context import errstate
from ..base.messages import warn
from ..engine import Value, parameter
from ..errors import MicrogridError
from ..expressions.parse import free_names, parse
from ..expressions.tokens import NUMBER, normal_name
from ..graph import leaves, order
from ..naming import callers
from ..nn import Module
from ..transforms import recompute

__all__ = ["ScriptError", "claimed", "graph", "model", "sample"]


def graph(expression: str, pairs: Sequence[str], params: str = "", variables: bool = False) -> Value:
    """The Value that EXPR or FILE.py:NAME describes, with the values that were given; `variables` calls
    what has no label by the script's variables."""
    expression = _typed(expression)
    values = _pairs(pairs)
    script, _, name = expression.rpartition(":")
    if script.endswith(".py"):
        if params:
            raise ValueError(
                "--params goes with an expression; in a script write microgrid.parameter(2.0, 'w')"
            )
        return _set_leaves(_from_script(script, name.strip(), variables), values)
    if expression.endswith(".py"):
        raise ValueError(f"say which Value of the script is meant, as in {expression}:loss")
    return _from_text(expression, values, params)


def _typed(expression: str) -> str:
    """EXPR as it was typed; - is what standard input holds."""
    return sys.stdin.read().strip() if expression.strip() == "-" else expression.strip()


def _pairs(pairs: Sequence[str]) -> dict[str, float]:
    values: dict[str, float] = {}
    for pair in pairs:
        name, equals, text = (part.strip() for part in pair.partition("="))
        name, text = normal_name(name), text.replace("−", "-")
        if not name.isidentifier() or not equals:
            raise ValueError(
                f"expected name=value such as x=3, got {pair.strip()!r}; an expression with spaces in it "
                "has to stand in quotes"
            )
        if not re.fullmatch(f"[+-]?{NUMBER.pattern}", text) or isinf(float(text)):
            raise ValueError(
                f"the value of {name!r} has to be a finite number such as 2 or -1.5e-3, got {text!r}"
            )
        if name in values:
            raise ValueError(f"{name!r} is given twice")
        values[name] = float(text)
    return values


def _from_text(text: str, values: dict[str, float], params: str) -> Value:
    nodes = _parsed(text, values, params)
    result = nodes["result"]
    used = set(order(result))
    if aside := [name for name, node in nodes.items() if node not in used]:
        message = f"the last statement does not depend on {', '.join(aside)}, which the graph leaves out"
        warn(message, RuntimeWarning)
    return result


def _parsed(text: str, values: dict[str, float], params: str) -> dict[str, Value]:
    parameters = [normal_name(name) for name in re.split(r"[,\s]+", params) if name]
    for name in parameters:
        if name not in values:
            known = ", ".join(values) or "none"
            raise ValueError(
                f"--params names {name!r}, which is not among the values given as name=NUMBER ({known})"
            )
    named = {name: parameter(x, name) if name in parameters else x for name, x in values.items()}
    nodes = parse(text, **named)
    wanted = set(free_names(text))
    if unused := [name for name in values if name not in wanted]:
        meant = did_you_mean(unused[0], wanted)
        raise ValueError(f"value given for {unused[0]!r}, which the expression does not use{meant}")
    return nodes


def claimed(expression: str, pairs: Sequence[str], params: str) -> tuple[dict[str, Value], bool]:
    """The named nodes that claims are about, and whether their values were given: all may be left out."""
    expression = _typed(expression)
    if expression.rpartition(":")[0].endswith(".py") or expression.endswith(".py"):
        return {"result": graph(expression, pairs, params, variables=True)}, True
    values = _pairs(pairs)
    missing = [name for name in free_names(expression) if name not in values]
    if missing:
        with errstate(domain="ieee"):  # of 1 nothing is said
            return _parsed(expression, values | dict.fromkeys(missing, 1.0), params), False
    return _parsed(expression, values, params), True


def _from_script(script: str, name: str, variables: bool) -> Value:
    """A Value of the user's own program."""
    value = _defined(script, name, Value, "Values", variables)
    if not isinstance(value, Value):
        raise ValueError(f"{name!r} in {script} is not a Value but {type(value).__name__}")
    if not value.label:
        value.label = name
    return value


def model(text: str) -> Any:
    """What MODEL describes: sizes, or a Module in a script or what it has computed."""
    text = text.strip()
    if re.fullmatch(r"\d+(-\d+)+", text):
        return [int(size) for size in text.split("-")]
    script, _, name = text.rpartition(":")
    if not script.endswith(".py"):
        example = f"{text}:model" if text.endswith(".py") else "lesson.py:model"
        raise ValueError(f"a model is FILE.py:NAME or sizes, such as {example} or 2-8-8-1, got {text!r}")
    return _defined(script, name.strip(), Module, "models")


def points(text: str) -> tuple[Any, Any]:
    """Samples and targets that a script calls by these names, FILE.py:X,y."""
    script, _, called = text.strip().rpartition(":")
    names = [name.strip() for name in called.split(",")]
    if not script.endswith(".py") or len(names) != 2 or not all(name.isidentifier() for name in names):
        raise ValueError(f"samples and targets of a script are FILE.py:X,y, got {text!r}")
    defined = _run(script)
    for name in names:
        if name not in defined:
            raise ValueError(f"{script} has no {name!r}: samples and targets are FILE.py:X,y")
    return defined[names[0]], defined[names[1]]


def sample(text: str | None) -> Any:
    """The numbers of --x: a sample or, between semicolons, several."""
    if text is None:
        return None
    rows = [row.split(",") for row in text.replace("−", "-").split(";") if row.strip()]
    for part in (part for row in rows for part in row):
        if not re.fullmatch(f"\\s*[+-]?{NUMBER.pattern}\\s*", part) or isinf(float(part)):
            raise ValueError(f"--x takes finite numbers, such as 0.5,-1, got {text.strip()!r}")
    numbers = [[float(part) for part in row] for row in rows]
    return numbers[0] if ";" not in text else numbers


def _defined(script: str, name: str, kind: type, called: str, variables: bool = False) -> Any:
    """What the user's own program calls by this name."""
    defined = _run(script)
    if name not in defined:
        names = [key for key, value in defined.items() if isinstance(value, kind)]
        meant = did_you_mean(name, names)
        raise ValueError(f"{script} has no {name!r}{meant}; its {called} are: {', '.join(names) or 'none'}")
    if variables:
        callers.name(defined)
    return defined[name]


def _run(script: str) -> dict[str, Any]:
    """Run the user's own program, as `python FILE.py` would, and take all that it defines."""
    if not Path(script).is_file():
        raise FileNotFoundError(errno.ENOENT, "no such file", script)
    path, argv = list(sys.path), list(sys.argv)
    sys.path.insert(0, str(Path(script).resolve().parent))  # so that the script can import its neighbours
    sys.argv = [script]
    try:
        with redirect_stdout(sys.stderr):  # stdout is for our result, which may be JSON
            return runpy.run_path(script, run_name="microgrid_script")
    except (Exception, SystemExit) as error:
        raise ScriptError(_where(error, script)) from error
    finally:
        sys.path[:], sys.argv = path, argv


class ScriptError(MicrogridError):
    """The user's script failed."""


def _where(error: BaseException, script: str) -> str:
    """Say on one line what happened in the script, and in which of its lines."""
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == script]
    line = error.lineno if isinstance(error, SyntaxError) and not lines else lines[-1] if lines else None
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{script}{f', line {line}' if line else ''}: {type(error).__name__}{f': {text}' if text else ''}"


def _set_leaves(result: Value, values: dict[str, float]) -> Value:
    """Give the labelled leaves of a graph new values, and compute it again."""
    for name, x in values.items():
        labelled = [leaf for leaf in leaves(result) if leaf.label == name]
        if not labelled:
            computed = any(v.label == name for v in order(result))
            why = "is computed" if computed else "is not in the graph"
            known = ", ".join(sorted({leaf.label for leaf in leaves(result) if leaf.label}))
            raise ValueError(f"{name!r} {why}; the leaves that can be set are: {known or 'none has a label'}")
        for leaf in labelled:
            leaf.data = x
    return recompute(result) if values else result
