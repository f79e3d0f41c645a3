"""The process in which `microgrid serve` makes one page: the answer is JSON on what was its output."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any

from .. import pictures
from ..base.context import errstate
from ..errors import MicrogridError
from .arguments import parsed
from .commands import show_warning, to_draw
from .messages import error_text

__all__ = ["main"]

MOST = 200
"""Files of the script's folder that are watched after an error."""


def main(arguments: list[str]) -> None:
    """Run the lesson and answer with its page, or with what is wrong, and the files it is made of."""
    answer_to = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the lesson prints is for the terminal
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    before = set(sys.modules)
    answer: dict[str, Any]
    try:
        answer = {"page": _page(arguments)}
    except (MicrogridError, ValueError, TypeError, ArithmeticError, OSError, ImportError) as error:
        answer = {"error": error_text(error)}
    script = arguments[1].strip().rpartition(":")[0] if len(arguments) > 1 else ""
    if script.endswith(".py"):
        answer["files"] = _beside(Path(script), set(sys.modules) - before)
        if "error" in answer:  # which may be in a module that is not there now
            answer["files"] += map(str, sorted(Path(script).resolve().parent.glob("*.py"))[:MOST])
    with answer_to:
        json.dump(answer, answer_to)


def _page(arguments: list[str]) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("always", RuntimeWarning)
        warnings.showwarning = show_warning
        options = parsed(arguments)
        with errstate(domain="ieee" if options.ieee else None):
            viz, result, chosen = to_draw(options)
            return pictures.served(viz.steps(result, **chosen))


def _beside(script: Path, imported: set[str]) -> list[str]:
    """What the script imported from its own folder: files to watch too."""
    folder = script.resolve().parent
    files = [getattr(sys.modules.get(name), "__file__", None) for name in sorted(imported)]
    return [file for file in files if file and folder in Path(file).resolve().parents]


def _end_with(parent: int) -> None:
    """Do not outlive the server, whatever the lesson does."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
