"""Where what a command makes goes: into a file, to standard output, and to the browser if it is asked for."""

from __future__ import annotations

import argparse
import errno
import os
import re
import sys
import tempfile
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

__all__ = ["add_output_arguments", "check_terminal", "in_color", "is_stdout", "show", "target", "to_stdout"]

TEXTS = (".dot", ".html", ".json", ".latex", ".moodle", ".notebook", ".svg", ".tex", ".text")
"""What a terminal can show: suffixes, and formats of exercises as if they were such."""
SHOWN = (".gif", ".html", ".pdf", ".png", ".svg")
"""What a browser can show."""


def add_output_arguments(command: argparse.ArgumentParser, default: str, more: str = "") -> None:
    """-o and --open, as all commands have them that write a file."""
    suffix = Path(default).suffix
    about = f"{more}- is standard output, -{suffix} in that format (default: {default})"
    command.add_argument("-o", "--output", metavar="FILE", default=default, help=about)
    command.add_argument("--open", action="store_true", help="show what was written in the browser")


@contextmanager
def target(output: str, default: str, is_shown: bool) -> Iterator[Path]:
    """The file to write, which is handed on afterwards; meanwhile standard output is left for it alone.

    `output` is what -o was given, `default` the suffix of what goes to standard output.
    """
    if not is_stdout(output):
        _check_directory(output)
        if is_shown:
            _check_shown(output)
        yield Path(output)
        if is_shown:
            show(Path(output).resolve().as_uri())
        return
    suffix = output[1:] or default
    if is_shown:
        raise ValueError("--open shows a file, and -o - writes none: give it a name")
    check_terminal(suffix)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"-{suffix}"
        with redirect_stdout(sys.stderr):
            yield file
        to_stdout(file.read_bytes())


def check_terminal(suffix: str) -> None:
    """ValueError for a format that is no text, where standard output is a terminal."""
    if suffix not in TEXTS and sys.stdout.isatty():
        raise ValueError(
            f"{suffix} is no text that a terminal could show: give -o a file, or pass it on with "
            f"> file{suffix}"
        )


def to_stdout(content: bytes) -> None:
    """Bytes as they are, after what was printed; a pipe that nobody reads is `main`'s affair."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def _check_shown(file: str) -> None:
    """ValueError for a file that --open cannot show."""
    if "{" in file or Path(file).suffix.lower() not in SHOWN:
        raise ValueError(f"--open shows one file, {', '.join(SHOWN)}, and not {file}")


def show(url: str) -> None:
    """Have the browser open an address; without one, say so."""
    try:
        is_open = webbrowser.open(url)
    except (OSError, webbrowser.Error):
        is_open = False
    if not is_open:
        print(f"microgrid: warning: there is no browser to open {url}", file=sys.stderr)


def is_stdout(output: str) -> bool:
    """Whether -o was given standard output: -, or - and a suffix."""
    return re.fullmatch(r"-(\.\w+)?", output) is not None


def _check_directory(file: str) -> None:
    directory = Path(file).parent
    if "{" in file:  # the folder of numbered files is made
        directory = directory.parent
    if not directory.is_dir():
        raise FileNotFoundError(errno.ENOENT, "no such directory; make it first", str(directory))


COLORS = {"✓": "32", "✗": "31"}
"""Of verdicts, as terminals number them: green and red."""


def in_color(text: str) -> str:
    """A report with its marks in colour, on a terminal; NO_COLOR and FORCE_COLOR decide first.

    >>> in_color("✓ proved")
    '✓ proved'
    """
    is_plain = os.environ.get("TERM") == "dumb" or not sys.stdout.isatty()
    if os.environ.get("NO_COLOR") or (is_plain and not os.environ.get("FORCE_COLOR")):
        return text
    return re.sub(f"[{''.join(COLORS)}]", lambda mark: f"\033[{COLORS[mark[0]]}m{mark[0]}\033[0m", text)
