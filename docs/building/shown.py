"""Runs cells, given as JSON, in one namespace, as a notebook does: `running` starts it."""

from __future__ import annotations

import ast
import html
import io
import json
import re
import sys
import traceback
import types
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

Output = dict[str, str]
PICTURE = re.compile(r"^picture: .*\n?", re.MULTILINE)
"""What the lessons' `show` says of the file it writes."""


def main() -> int:
    asked, folder = json.load(sys.stdin), Path(sys.argv[1])
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    shown = []
    for number, (source, raises) in enumerate(asked["cells"], 1):
        stem = f"{asked['name'].replace('/', '-')}-{number}"
        result, text, error = run(source, module.__dict__, f"cell {number}")
        found = [{"kind": "text", "text": text}] if (text := PICTURE.sub("", text)).strip() else []
        if error is not None:
            said = traceback.format_exception_only(error)[-1].strip()
            if not raises:
                print(f"cell {number}:\n{source}\n{said}", file=sys.stderr)
                return 1
            found.append({"kind": "error", "text": f"{type(error).__name__}: {error}"})
        elif raises:
            print(f"cell {number} should raise {raises}:\n{source}", file=sys.stderr)
            return 1
        shown.append(found + [out for out in display(result, folder / stem, asked["lang"]) if out])
    (folder / "outputs.json").write_text(json.dumps(shown, ensure_ascii=False), encoding="utf-8")
    return 0


def run(source: str, names: dict[str, Any], where: str) -> tuple[Any, str, Exception | None]:
    """The value of a last expression, what was printed, and what was raised."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    result, error = None, None
    with redirect_stdout(io.StringIO()) as printed, redirect_stderr(io.StringIO()):
        try:
            exec(compile(tree, where, "exec"), names)
            if isinstance(last, ast.Expr) and not source.rstrip().endswith(";"):
                result = eval(compile(ast.Expression(last.value), where, "eval"), names)
        except Exception as raised:  # of whatever kind: the page says whether it is wanted
            error = raised
    return result, printed.getvalue(), error


def display(value: Any, path: Path, lang: str) -> list[Output]:
    """What a notebook would show of a value; pictures and pages are files, described in the language."""
    if value is None:
        return []
    if hasattr(value, "svg") and not hasattr(value, "__len__"):
        target = path.with_name(path.name + ".svg")
        target.write_text(value.svg(), encoding="utf-8")
        return [{"kind": "image", "file": target.name, "alt": _alt(value)}]
    if hasattr(value, "html") and callable(value.html):
        target, page = path.with_name(path.name + ".html"), value.html()
        target.write_text(page, encoding="utf-8")
        return [{"kind": "page", "file": target.name, "alt": _title(page, value)}]
    if hasattr(value, "pipe"):  # Graphviz's own
        target = path.with_name(path.name + ".svg")
        target.write_text(value.pipe(format="svg", encoding="utf-8"), encoding="utf-8")
        return [{"kind": "image", "file": target.name, "alt": "Graphviz"}]
    if figures := _plots(value):
        files = [path.with_name(f"{path.name}-{n}.png") for n in range(len(figures))]
        return [_plot(figure, file, lang) for figure, file in zip(figures, files, strict=True)]
    return [{"kind": "text", "text": repr(value)}]


def _alt(value: Any) -> str:
    found = re.search('alt="([^"]*)"', value._repr_html_())
    return found[1] if found else repr(value)


def _title(page: str, value: Any) -> str:
    """What a page calls itself, in its own language."""
    found = re.search("<title>(.*?)</title>", page, re.DOTALL)
    return html.unescape(found[1]).strip() if found else repr(value).strip("<>")


def _plots(value: Any) -> list[Any]:
    """The figures of matplotlib that a value belongs to, each once."""
    if hasattr(value, "savefig"):
        return [value]
    if hasattr(value, "get_figure"):
        return [value.get_figure()]
    items = value if isinstance(value, list | tuple) else getattr(value, "flat", [])
    parts = [figure for item in items if not isinstance(item, float | int | str) for figure in _plots(item)]
    return list(dict.fromkeys(parts))


def _plot(figure: Any, target: Path, lang: str) -> Output:
    from viz.plots.shown import words

    figure.savefig(target, dpi=144, bbox_inches="tight")
    return {"kind": "image", "file": target.name, "alt": html.escape(words(figure, lang))}


if __name__ == "__main__":
    sys.exit(main())
