"""What tests of the page that steps through a graph share: where its browser is, and what can be read off the page."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import viz
from helpers import ROOT
from microgrid.base.phrases import LANGUAGES
from viz.page.words import words

NODE = shutil.which("node")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE = Path(os.environ.get("AXE_CORE", ROOT / "node_modules" / "axe-core")) / "axe.min.js"
WORDS = {lang: words(lang) for lang in LANGUAGES}

Open = Callable[..., Any]


def in_json(data: Any) -> Any:
    """Data as page.mjs reads it: numbers that JSON has no word for as texts."""
    if isinstance(data, float) and not math.isfinite(data):
        return "float:NaN" if data != data else f"float:{'-' * (data < 0)}Infinity"
    if isinstance(data, dict):
        return {key: in_json(value) for key, value in data.items()}
    return [in_json(item) for item in data] if isinstance(data, list | tuple) else data


def run_node(name: str, folder: Path, least: int, **data: Any) -> None:
    """Run a file of tests of the page's code without a browser, at least so many, with what they are told in a folder:
    pages (walks or HTML) by the names of their files, and data for the others."""
    if NODE is None:
        pytest.skip("node is not installed")
    for file, content in data.items():
        if isinstance(content, viz.Steps):
            (folder / f"{file}.html").write_text(content.html(verify=False), encoding="utf-8")
        else:
            (folder / f"{file}.json").write_text(json.dumps(in_json(content), allow_nan=False), encoding="utf-8")
    command = [NODE, "--test", "--test-reporter=tap", str(ROOT / "tests" / "page" / f"{name}.test.mjs")]
    environment = os.environ | {"MICROGRID_PAGE_CASES": str(folder)}
    run = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
    failed = re.findall(r"^ *not ok .*?^ *\.\.\.$", run.stdout, re.MULTILINE | re.DOTALL)
    assert run.returncode == 0, "\n".join(failed) or run.stdout + run.stderr
    assert int(re.findall(r"^# pass (\d+)$", run.stdout, re.MULTILINE)[0]) >= least


def texts(page: Any, selector: str) -> list[str]:
    return [text.strip() for text in page.locator(selector).all_text_contents()]


def caption(page: Any) -> str:
    return str(page.locator("#caption").inner_text())


def shown(page: Any, label: str) -> list[str]:
    """The lines of a node's box."""
    box = page.locator(f"g.node[aria-label^='{label},'], g.node[aria-label^='{label} =']")
    return [str(text) for text in box.locator("text").all_text_contents()]


EVERY_FRAME = """() => {
    const {page} = stepper;
    return page.frames.map((frame, k) => ({...stepper.known(page.graph, page.frames, k),
        phase: frame.phase, node: frame.node, caption: frame.caption, active: frame.active, edges: frame.lit}));
}"""


def frames_in(page: Any) -> list[dict[str, Any]]:
    """The frames that the page works out.  Large numbers come as Python's whole numbers."""
    frames: list[dict[str, Any]] = page.evaluate(EVERY_FRAME)
    for frame in frames:
        for which in ("data", "grads"):
            frame[which] = [None if x is None else float(x) for x in frame[which]]
    return frames


def frames_of(steps: viz.Steps) -> list[dict[str, Any]]:
    return [
        {
            "phase": frame.phase, "node": frame.node, "caption": frame.caption, "active": list(frame.active),
            "edges": [f"{node}:{k}" for node, k in frame.edges],
            "data": list(frame.data), "grads": list(frame.grads),
        }
        for frame in steps
    ]  # fmt: skip
