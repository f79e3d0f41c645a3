"""How long the playground of a built site takes to its first picture and proof, in Chromium.

`python docs/building/timing.py docs/site` takes each three times: cold, with nothing kept; warm, the same
address again; and the first proof, after a picture.  Wall times, with the load of the machine beside them.
"""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import sys
import threading
import time
from pathlib import Path
from typing import Any

TIMES = 3
DRAWN = "#results[data-state=done] img"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder without a line for each request."""

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {
        ".mjs": "text/javascript", ".js": "text/javascript", ".wasm": "application/wasm",
    }  # fmt: skip

    def log_message(self, *_: object) -> None:
        pass


def main() -> int:
    from playwright.sync_api import sync_playwright

    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    handler = functools.partial(Quiet, directory=sys.argv[1])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/browser/playground.html#lang=en"
    print("first picture cold, warm, and first proof after it, in seconds; load")
    with sync_playwright() as play:
        for _ in range(TIMES):
            browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            context = browser.new_context()
            context.set_default_timeout(300_000)
            cold = _picture(context.new_page(), address)
            context.pages[0].evaluate("navigator.serviceWorker.ready.then(() => true)")
            context.pages[0].close()
            page = context.new_page()
            warm = _picture(page, address)
            proof = _proof(page)
            print(f"{cold:5.1f} {warm:5.1f} {proof:5.1f}   {os.getloadavg()[0]:.1f}", flush=True)
            browser.close()
    return 0


def _picture(page: Any, address: str) -> float:
    began = time.perf_counter()
    page.goto(address)
    page.wait_for_selector(DRAWN)
    return time.perf_counter() - began


def _proof(page: Any) -> float:
    began = time.perf_counter()
    page.click("[data-do=proof]")
    page.wait_for_selector("#results[data-state=done] pre")
    return time.perf_counter() - began


if __name__ == "__main__":
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "browser" / "playground.html").is_file():
        sys.exit("python docs/building/timing.py SITE, a folder that docs/build.py has written")
    sys.exit(main())
