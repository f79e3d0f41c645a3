"""A real browser for tests of pages, and marks for what tests need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import viz
from helpers.pages import CHROMIUM

MARKS = {"windows": "browser", "set_in_latex": "latex"}  # by the fixtures that tests ask for


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for fixture in MARKS.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(MARKS[fixture])


@pytest.fixture(scope="session")
def playwright() -> Iterator[Any]:
    """What starts browsers; a thread can have one of them only."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no chromium on the PATH")
    with sync_api.sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def windows(playwright: Any) -> Iterator[Callable[..., Any]]:
    """Browser windows by their properties; opening one takes longer than loading a page."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    opened: dict[str, Any] = {}

    def window(**properties: Any) -> Any:
        properties = {"viewport": {"width": 1280, "height": 720}} | properties
        if repr(properties) not in opened:
            opened[repr(properties)] = browser.new_context(**properties)
        return opened[repr(properties)]

    yield window
    browser.close()


@pytest.fixture
def visit(windows: Callable[..., Any], tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Opens pages from disk; afterwards, none may have complained or have asked for anything but itself."""
    complaints: list[str] = []
    files: list[Path] = []
    pages: dict[str, Any] = {}

    def request(url: str) -> None:
        if url.partition("#")[0] != files[-1].as_uri() and not url.startswith("blob:null/"):  # its own Worker
            complaints.append(url)

    def go(html: str | viz.Steps, fragment: str = "", **properties: Any) -> Any:
        files.append(tmp_path / f"{len(files)}.html")
        files[-1].write_text(html if isinstance(html, str) else html.html(verify=False), encoding="utf-8")
        key = repr(properties)
        if key not in pages:
            pages[key] = page = windows(**properties).new_page()
            page.on("console", lambda message: complaints.append(message.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("dialog", lambda dialog: complaints.append(dialog.message))
            page.on("request", lambda asked: request(asked.url))
        pages[key].goto(files[-1].as_uri() + fragment)
        return pages[key]

    yield go
    for page in pages.values():
        page.close()
    assert complaints == []
