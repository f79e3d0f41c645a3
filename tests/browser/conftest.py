"""A small site with the browser's Python, served to a Chromium that reaches nothing else."""

from __future__ import annotations

import functools
import http.server
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helpers import ROOT
from helpers.pages import CHROMIUM


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small site, built once for all tests and processes."""
    sys.path.insert(0, str(ROOT / "docs"))
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "microgrid-browser-site"
    done = folder / "done"
    try:
        folder.mkdir()
    except FileExistsError:
        for _ in range(3000):
            if done.exists():
                return folder
            time.sleep(0.2)
        raise
    from building.browser import build_browser

    build_browser(folder)
    done.touch()
    return folder


@pytest.fixture(scope="session")
def base(site: Path) -> Iterator[str]:
    """The address that serves the site."""
    from building.timing import Quiet

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def browser(base: str, playwright: Any) -> Iterator[Any]:
    """A Chromium that reaches this server only; what else was asked for is in `browser.elsewhere`."""
    started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    context = started.new_context(viewport={"width": 1100, "height": 900})
    context.elsewhere, context.errors = [], []

    def go(route: Any) -> None:
        if route.request.url.startswith((base, "blob:", "data:", "about:")):
            route.continue_()
        else:
            context.elsewhere.append(route.request.url)
            route.abort()

    context.route("**/*", go)
    context.on("weberror", lambda error: context.errors.append(str(error.error)))
    context.set_default_timeout(60_000)
    yield context
    assert context.elsewhere == []
    assert context.errors == []
    started.close()
