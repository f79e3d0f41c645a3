"""Firefox and WebKit, driven by commands of the W3C's WebDriver: one by its own protocol, the other by its driver."""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
WEBKIT = shutil.which("WebKitWebDriver")
XVFB = shutil.which("Xvfb")
PATIENCE = 90.0
"""Seconds that a browser may take to start, or a page to do what it is waited for."""

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The W3C's name for a reference to an element."""
RIGHT, LEFT, ENTER, ESCAPE, END, UP = "\ue014", "\ue012", "\ue007", "\ue00c", "\ue010", "\ue013"
PREFERENCES = {
    "marionette.port": 0,  # any that is free: it writes which into MarionetteActivePort
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "app.update.enabled": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "ui.prefersReducedMotion": 1,
}


class Browser:
    """A window: `send(command, data)` is one command of the W3C, by its path in the session or its name."""

    def send(self, name: str, path: str, data: dict[str, Any] | None = None, method: str = "POST") -> Any:
        raise NotImplementedError

    def go(self, url: str) -> None:
        self.send("Navigate", "url", {"url": url})

    def js(self, script: str, *args: Any) -> Any:
        return self.send("ExecuteScript", "execute/sync", {"script": f"return ({script})", "args": list(args)})

    def wait(self, condition: str) -> None:
        end = time.monotonic() + PATIENCE
        while not self.js(condition):
            if time.monotonic() > end:
                raise TimeoutError(condition)
            time.sleep(0.05)

    def keys(self, *keys: str) -> None:
        """Pressed and released one after the other, wherever the focus is."""
        strokes = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self._actions({"type": "key", "id": "keyboard", "actions": strokes})

    def mouse(self, *places: tuple[float, float]) -> None:
        """Pressed at the first place, moved through the others, and released."""
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0} for x, y in places]
        down, up = ({"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp"))
        actions = [moves[0], down, *moves[1:], up]
        self._actions({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions})

    def click(self, selector: str) -> None:
        self.mouse(self.middle(selector))

    def middle(self, selector: str) -> tuple[float, float]:
        x, y = self.js(
            """((selector) => {
            const element = document.querySelector(selector);
            element.scrollIntoView({block: "nearest", behavior: "instant"});
            const {left, width, top, height} = element.getBoundingClientRect();
            return [left + width / 2, top + height / 2];
        })(arguments[0])""",
            selector,
        )
        return x, y

    def screenshot(self, file: Path) -> None:
        shot = self.send("TakeScreenshot", "screenshot", method="GET")
        file.write_bytes(base64.b64decode(shot["value"] if isinstance(shot, dict) else shot))

    def _actions(self, source: dict[str, Any]) -> None:
        self.send("PerformActions", "actions", {"actions": [source]})
        self.send("ReleaseActions", "actions", method="DELETE")


class Firefox(Browser):
    """By Marionette: commands and answers as JSON after their length, over a socket."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._socket.settimeout(PATIENCE)
        self._read()
        self._count = 0
        self.send("NewSession", "", {"acceptInsecureCerts": False})

    def send(self, name: str, path: str, data: dict[str, Any] | None = None, method: str = "POST") -> Any:
        self._count += 1
        text = json.dumps([0, self._count, f"WebDriver:{name}", data or {}]).encode()
        self._socket.sendall(str(len(text)).encode() + b":" + text)
        _, _, error, answer = self._read()
        if error:
            raise RuntimeError(f"{name}: {error['message']}")
        return answer["value"] if isinstance(answer, dict) and list(answer) == ["value"] else answer

    def _read(self) -> Any:
        head = b""
        while not head.endswith(b":"):
            head += self._some(1)
        body, size = b"", int(head[:-1])
        while len(body) < size:
            body += self._some(size - len(body))
        return json.loads(body)

    def _some(self, size: int) -> bytes:
        got = self._socket.recv(size)
        if not got:
            raise ConnectionError("Firefox has closed the connection")
        return got

    def close(self) -> None:
        self._socket.close()


class WebKit(Browser):
    """By WebKitWebDriver, over HTTP."""

    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}/session"
        wanted = {"webkitgtk:browserOptions": {"args": ["--automation"]}}
        self._base += "/" + self.send("", "", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def send(self, name: str, path: str, data: dict[str, Any] | None = None, method: str = "POST") -> Any:
        body = json.dumps(data or {}).encode() if method == "POST" else None
        url = f"{self._base}/{path}" if path else self._base
        request = Request(url, body, {"Content-Type": "application/json"}, method=method)
        try:
            with urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except HTTPError as error:
            raise RuntimeError(f"{name}: {error.read().decode()[:500]}") from None

    def close(self) -> None:
        self.send("", "", method="DELETE")


@contextmanager
def firefox(folder: Path) -> Iterator[Firefox]:
    profile = folder / "profile"
    profile.mkdir()
    lines = [f'user_pref("{name}", {json.dumps(value)});\n' for name, value in PREFERENCES.items()]
    (profile / "user.js").write_text("".join(lines), encoding="utf-8")
    command = [str(FIREFOX), "--headless", "--no-remote", "--marionette", "--profile", str(profile)]
    command += ["--width", "1280", "--height", "820"]
    with _started(command, folder, HOME=str(folder)):
        file = profile / "MarionetteActivePort"
        _until(lambda: file.exists() and file.read_text().strip(), "Firefox does not answer")
        browser = Firefox(int(file.read_text()))
        yield browser
        browser.close()


@contextmanager
def webkit(folder: Path) -> Iterator[WebKit]:
    """In a display of its own: it has no mode without one."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    read, write = os.pipe()
    display = [str(XVFB), "-displayfd", str(write), "-screen", "0", "1400x900x24", "-nolisten", "tcp"]
    with _started(display, folder, pass_fds=(write,)):
        os.close(write)
        with os.fdopen(read) as told:
            number = told.readline().strip()
        environment = {"DISPLAY": f":{number}", "HOME": str(folder), "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
                       "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1", "GIO_USE_VFS": "local"}  # fmt: skip
        with _started([str(WEBKIT), f"--port={port}"], folder, **environment):

            def answers() -> bool:
                try:
                    with urlopen(f"http://127.0.0.1:{port}/status", timeout=5):
                        return True
                except (URLError, OSError):
                    return False

            _until(answers, "WebKitWebDriver does not answer")
            browser = WebKit(port)
            yield browser
            browser.close()


@contextmanager
def _started(command: list[str], folder: Path, pass_fds: tuple[int, ...] = (), **environment: str) -> Iterator[None]:
    log = (folder / f"{Path(command[0]).name}.log").open("wb")
    process = subprocess.Popen(command, env=os.environ | environment, stdout=log, stderr=log, pass_fds=pass_fds)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def _until(condition: Any, complaint: str) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(complaint)
        time.sleep(0.1)
