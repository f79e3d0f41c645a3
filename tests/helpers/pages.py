"""What tests of the page that steps through a graph share: where its browser is, and what can be read off the page."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import viz
from helpers import ROOT

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE = Path(os.environ.get("AXE_CORE", ROOT / "node_modules" / "axe-core")) / "axe.min.js"
WORDS = json.loads((Path(viz.__file__).parent / "page" / "stepper" / "words.json").read_text(encoding="utf-8"))

Open = Callable[..., Any]


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
