"""Measures the page that trains, for pages.md: `PYTHONPATH=. python docs/pages.py [TRAIN.html ...]`.

Pictures and steps a second on a phone's window, with the main thread slowed down fourfold, and the time that
the main thread itself takes for a picture, which other programs on the machine change less.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import viz
from microgrid import datasets, nn, optim

THROTTLE, SECONDS, ROUNDS = 4, 4.0, 3
PHONE = {"width": 390, "height": 844}


def page(folder: Path) -> Path:
    """100 points of two moons through 2-8-3-1."""
    random.seed(2)
    X, y = datasets.moons(100, noise=0.1, seed=4)
    model = nn.MLP(2, [8, 3, 1], activation="tanh")
    optimizer = partial(optim.Adam, lr=0.05)
    return viz.trainer(model, X, y, loss="bce_with_logits", optimizer=optimizer).save(folder / "train.html")


def seen(browser: Any, file: Path, throttle: int) -> tuple[float, float, float]:
    """Pictures and steps a second, and milliseconds of the main thread a picture."""
    window = browser.new_context(viewport=PHONE)
    shown = window.new_page()
    shown.goto(file.resolve().as_uri())
    shown.wait_for_function("() => trainer.page.pictures > 0")
    session = window.new_cdp_session(shown)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    session.send("Emulation.setCPUThrottlingRate", {"rate": throttle})
    shown.locator("#run").click()
    shown.wait_for_timeout(800)

    def state() -> list[float]:
        busy = next(
            m["value"]
            for m in session.send("Performance.getMetrics")["metrics"]
            if m["name"] == "TaskDuration"
        )
        return [*shown.evaluate("[trainer.page.pictures, trainer.page.last.steps, performance.now()]"), busy]

    before = state()
    shown.wait_for_timeout(1000 * SECONDS)
    pictures, steps, passed, busy = (b - a for a, b in zip(before, state(), strict=True))
    window.close()
    return 1000 * pictures / passed, 1000 * steps / passed, 1000 * busy / max(1, pictures)


def measure(files: list[Path]) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for _ in range(ROUNDS):
            for file in files:  # in turn, since the machine is not always as busy
                pictures, steps, _ = seen(browser, file, THROTTLE)
                *_, busy = seen(browser, file, 1)
                print(
                    f"{file.name}: {pictures:.0f} pictures and {steps:.0f} steps a second at {THROTTLE}x; "
                    f"{busy:.1f} ms of the main thread a picture, {THROTTLE * busy:.1f} at {THROTTLE}x"
                )
        browser.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        measure([Path(name) for name in sys.argv[1:]] or [page(Path(place))])
