"""`microgrid serve`: the page follows the lesson, says what is wrong with it, and ends when it is asked to."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from microgrid.cli.commands import main

LESSON = """
from microgrid import Value, parameter
import {module}
w, x = parameter({w}, "w"), Value(3.0, "x")
L = {module}.square(w * x)
L.label = "L"
print("said by the lesson")
"""
MODULE = "def square(v):\n    return v ** 2\n"
PATIENCE = 60.0

pytestmark = pytest.mark.slow


class Served:
    """The command in a process of its own, and what it has said so far."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.folder = folder
        self.out, self.err = folder / "out.txt", folder / "err.txt"
        with self.out.open("w") as out, self.err.open("w") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "microgrid", "serve", *arguments], cwd=folder, stdout=out, stderr=err,
                env=os.environ | {"PYTHONIOENCODING": "utf-8"} | environment, start_new_session=True,
            )  # fmt: skip
        until(lambda: "http" in self.out.read_text() or self.process.poll() is not None)
        self.url = re.search(r"http://\S+", self.out.read_text())[0]

    def read(self) -> str:
        with urlopen(self.url, timeout=PATIENCE) as answer:
            return str(answer.read().decode())

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)


def until(ready: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if answer := ready():
            return answer
        time.sleep(0.1)
    raise AssertionError("it has not come")


def asked(page: Any, expression: str) -> Any:
    """What a page says, unless it is just being loaded again."""
    try:
        return page.evaluate(expression)
    except Exception as error:
        if "context was destroyed" not in str(error) and "stepper is not defined" not in str(error):
            raise
        return None


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    started: list[Served] = []
    (tmp_path / "servedsquare.py").write_text(MODULE)
    (tmp_path / "lesson.py").write_text(LESSON.format(w=2.0, module="servedsquare"))

    def start(*arguments: str, **environment: str) -> Served:
        started.append(Served(tmp_path, *arguments, "--port", "0", **environment))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()


def test_the_page_follows_the_lesson_and_what_it_imports_at_its_step(
    serve: Callable[..., Served], windows: Callable[..., Any]
) -> None:
    served = serve("lesson.py:L", "--no-open")
    complaints: list[str] = []
    page = windows().new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text))
    page.set_default_timeout(PATIENCE * 1000)
    page.goto(served.url)
    value = "stepper.page.numbers.data[stepper.page.graph.root]"
    assert page.evaluate(value) == 36
    page.evaluate("stepper.page.change(0, 5); stepper.page.go(2)")
    served.write("lesson.py", LESSON.format(w=1.0, module="servedsquare"))
    until(lambda: asked(page, f"{value} === 9"))  # the lesson's number, not the one that was tried
    assert page.evaluate("stepper.page.step") == 2
    served.write("servedsquare.py", "def square(v):\n    return v ** 3\n")
    until(lambda: asked(page, f"{value} === 27"))

    served.write("lesson.py", LESSON.format(w="nothing", module="servedsquare"))
    page.locator("#sentence").wait_for()
    assert page.locator("#sentence").inner_text() == "lesson.py, line 4: NameError: name 'nothing' is not defined"
    assert "line 4: NameError" in served.err.read_text()
    served.write("servedsquare.py", "def square(v):\n    return v ** \n")
    until(lambda: asked(page, "document.body.textContent.includes('SyntaxError')"))
    served.write("servedsquare.py", MODULE)
    served.write("lesson.py", LESSON.format(w=2.0, module="servedsquare"))
    until(lambda: asked(page, "globalThis.stepper && stepper.page.step === 2"))
    assert page.evaluate(value) == 36
    assert complaints == []
    page.close()
    assert served.end() == 0
    assert "Traceback" not in served.err.read_text()
    assert "said by the lesson" in served.err.read_text()


def test_a_lesson_that_does_not_end_is_ended_when_it_changes(serve: Callable[..., Served]) -> None:
    served = serve("lesson.py:L", "--no-open", "--lang", "es")
    assert 'lang="es"' in served.read()
    assert "Ctrl-C lo termina." in served.out.read_text()
    served.write("lesson.py", "while True: pass\n")
    time.sleep(3)
    served.write("lesson.py", "import os\nos._exit(7)\n")
    until(lambda: "exit code 7" in served.read())
    assert "Vuelve a guardar lesson.py y esta página se rehará." in served.read()
    (served.folder / "lesson.py").unlink()
    until(lambda: "no such file" in served.read())
    served.write("lesson.py", LESSON.format(w=2.0, module="servedsquare"))
    until(lambda: "stepper" in served.read())
    served.write("lesson.py", "while True: pass\n")
    time.sleep(1)
    assert served.end() == 0


def test_it_answers_this_machine_alone_and_keeps_the_policy(serve: Callable[..., Served]) -> None:
    served = serve("w*x", "w=2", "x=3", "--no-open")
    page = served.read()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert re.sub(r"'sha256-[^']+'", "#", policy) == (
        "default-src 'none'; style-src #; script-src #; connect-src 'self'; base-uri 'none'; form-action 'none'"
    )
    for path, host, code in [("", "evil.example", 403), ("lesson.py", "127.0.0.1", 404)]:
        with pytest.raises(HTTPError) as raised:
            urlopen(Request(served.url + path, headers={"Host": host}), timeout=PATIENCE)
        assert raised.value.code == code
        raised.value.close()


def test_the_browser_is_opened(serve: Callable[..., Served], tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened.txt\n')
    browser.chmod(0o755)
    served = serve("x*x", "x=3", BROWSER=str(browser))
    assert (
        until(lambda: (tmp_path / "opened.txt").exists() and (tmp_path / "opened.txt").read_text().strip())
        == served.url
    )


def test_a_port_that_is_taken_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "x*x", "x=3", "--no-open", "--port", str(port)]) == 2
    assert capsys.readouterr().err == (
        f"microgrid: error: port {port} is taken: choose another, as in --port {port + 1}, or --port 0 for any that is "
        "free\n"
    )
    assert main(["serve", "x*x", "x=3", "--port", "70000"]) == 2
    assert capsys.readouterr().err == "microgrid: error: --port is from 0 to 65535, got 70000\n"
