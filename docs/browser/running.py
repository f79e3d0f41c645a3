"""Runs what a page's cells say, in a browser, and says what they print and show; the worker calls it."""

import re
import sys
import traceback
from html import unescape

from pyodide.code import eval_code_async

names = {"__name__": "__main__"}
"""What the cells of the page share."""


class Stream:
    """What is printed, handed on line by line."""

    encoding = "utf-8"

    def __init__(self, kind, tell):
        self.kind, self.tell, self.waiting = kind, tell, ""

    def write(self, text):
        self.waiting += text
        if "\n" in self.waiting:
            lines, _, self.waiting = self.waiting.rpartition("\n")
            self.tell(self.kind, lines + "\n", "")
        return len(text)

    def flush(self):
        if self.waiting:
            self.tell(self.kind, self.waiting, "")
            self.waiting = ""

    def isatty(self):
        return False


def start():
    """An empty page: no name is known."""
    names.clear()
    names["__name__"] = "__main__"


async def run(source, tell):
    """Run a cell; True if nothing was raised.  `tell` is given kinds of output, their text and more."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = Stream("text", tell), Stream("warning", tell)
    try:
        result = await eval_code_async(source, globals=names, filename="<cell>")
        show(result, tell)
        return True
    except BaseException as error:
        sys.stdout.flush()
        own = error.__traceback__
        while own and own.tb_frame.f_code.co_filename != "<cell>":
            own = own.tb_next
        lines = traceback.format_exception(type(error), error, own or error.__traceback__)
        tell("error", f"{type(error).__name__}: {error}".rstrip(": "), "".join(lines))
        return False
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        sys.stdout, sys.stderr = before


def show(value, tell):
    """What a notebook would show: a picture, a page or text."""
    if value is None:
        return
    sys.stdout.flush()
    if callable(getattr(value, "svg", None)) and not hasattr(value, "__len__"):
        described = re.search('alt="([^"]*)"', value._repr_html_())
        tell("svg", value.svg(), described[1] if described else repr(value))
    elif callable(getattr(value, "html", None)):
        page = value.html()
        titled = re.search("<title>(.*?)</title>", page, re.DOTALL)
        tell("html", page, unescape(titled[1]).strip() if titled else repr(value).strip("<>"))
    elif hasattr(value, "source") and hasattr(value, "pipe"):  # Graphviz's own: its text in the language DOT
        tell("dot", value.source, "Graphviz")
    elif figure := figure_of(value):
        tell("png", png(figure), "matplotlib")
    else:
        tell("text", repr(value) + "\n", "")


def figure_of(value):
    """The figure of matplotlib that a value is, or that its axes, or the first of several, belong to."""
    if isinstance(value, list | tuple) and value:
        return figure_of(value[0])
    return (
        value if hasattr(value, "savefig") else value.get_figure() if hasattr(value, "get_figure") else None
    )


def png(figure):
    """Its picture in base64."""
    import base64
    import io

    written = io.BytesIO()
    figure.savefig(written, dpi=144, bbox_inches="tight", format="png")
    return base64.b64encode(written.getvalue()).decode()
