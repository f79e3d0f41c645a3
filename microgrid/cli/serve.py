"""`microgrid serve`: the page of steps at an address of this machine, made anew when the lesson changes."""

from __future__ import annotations

import argparse
import errno
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .. import pictures
from ..base.phrases import Phrase, said, say
from .output import show

__all__ = ["add_serve_arguments", "serve"]

HOST = "127.0.0.1"
LOOK, ALIVE = 0.2, 15.0
"""Seconds between two looks at the lesson's files, and between two signs of life to a page."""
MAKER = "microgrid.cli.served"
"""The module that makes one page, in a process of its own: a lesson that does not end can be ended."""


def add_serve_arguments(command: argparse.ArgumentParser) -> None:
    """What the command takes besides the graph and its picture."""
    command.add_argument(
        "--port",
        metavar="N",
        type=int,
        default=8000,
        help="of the address; 0 is any that is free (default: %(default)s)",
    )
    command.add_argument("--no-open", action="store_true", help="leave the browser as it is")


def serve(options: argparse.Namespace, arguments: list[str]) -> int:
    """Serve until Ctrl-C; what is wrong with the lesson is said in the page and on the terminal."""
    name = options.expression.strip()
    script = name.rpartition(":")[0] if ".py:" in name else ""
    lang: str = options.lang
    site, before = _Site(), signal.getsignal(signal.SIGINT)
    try:
        server = _server(options.port, site)
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise ValueError(
            f"port {options.port} is taken: choose another, as in --port {options.port + 1}, or --port 0 for "
            "any that is free"
        ) from None
    except OverflowError:
        raise ValueError(f"--port is from 0 to 65535, got {options.port}") from None
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    url = f"http://{HOST}:{server.server_address[1]}/"
    try:
        _tell(say("{name} is at {url}", name=name, url=url), lang)
        if script:
            _tell(say("It follows {file} whenever that is saved.  Ctrl-C ends it.", file=script), lang)
        else:
            _tell(say("Ctrl-C ends it."), lang)
        if not options.no_open:
            show(url)
        _follow(site, arguments, name, script, lang)
    except KeyboardInterrupt:  # this is how it is ended, and a second one changes nothing
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        print(flush=True)
    finally:
        site.close()
        server.shutdown()
        server.server_close()
        signal.signal(signal.SIGINT, before)
    return 0


def _tell(text: Phrase, lang: str) -> None:
    print(said(text, lang), flush=True)


def _follow(site: _Site, arguments: list[str], name: str, script: str, lang: str) -> None:
    """Make the page, and again after each change of the script or of what it imports from its folder."""
    watched = [script] if script else []
    while True:
        seen = _states(watched)
        answer = _made(arguments, watched, seen)
        if answer is None:
            continue  # it has changed meanwhile
        watched = list(dict.fromkeys([*watched, *answer.get("files", ())]))
        seen |= {file: state for file, state in _states(watched).items() if file not in seen}
        if sentence := answer.get("error"):
            print(f"microgrid: error: {sentence}", file=sys.stderr, flush=True)
            advice = say("Save {file} again, and this page follows.", file=script or name)
            site.publish(pictures.served_error(sentence, lang, name, said(advice, lang)))
        else:
            site.publish(answer["page"])
        while _states(watched) == seen:
            time.sleep(LOOK)


def _states(files: Iterable[str]) -> dict[str, tuple[int, int] | None]:
    """When files were written, and how long they are."""
    states: dict[str, tuple[int, int] | None] = {}
    for file in files:
        try:
            found = os.stat(file)
            states[file] = found.st_mtime_ns, found.st_size
        except OSError:
            states[file] = None
    return states


def _made(arguments: list[str], watched: list[str], seen: dict[str, Any]) -> dict[str, Any] | None:
    """What a process of its own answers; None where a file changed before it did."""
    paths = [path or os.getcwd() for path in sys.path]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    with tempfile.TemporaryFile() as answer:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", MAKER, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=answer,
            env=environment,
            start_new_session=True,  # Ctrl-C is for the server
        )
        try:
            while process.poll() is None:
                time.sleep(LOOK / 4)
                if _states(watched) != seen:
                    return None
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        answer.seek(0)
        try:
            made: dict[str, Any] = json.load(answer)
        except ValueError:
            made = {"error": f"the lesson has ended Python, with exit code {process.returncode}"}
        return made


# ---------------------------------------------------------------- what is served


class _Site:
    """The page of the moment; a request waits for the first, and open pages hear of the next."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._page, self.version, self._is_closed = "", "", False

    def publish(self, page: str) -> None:
        with self._changed:
            self.version = f"{time.time_ns()}"
            named = f'<head>\n<meta name="version" content="{self.version}">'
            self._page = page.replace("<head>", named, 1)
            self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def page(self) -> str:
        with self._changed:
            self._changed.wait_for(lambda: bool(self._page) or self._is_closed)
            return self._page

    def after(self, version: str) -> str | None:
        """The next version, the same after a while, or None once the server ends."""
        with self._changed:
            self._changed.wait_for(lambda: self.version != version or self._is_closed, ALIVE)
            return None if self._is_closed else self.version


def _server(port: int, site: _Site) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = self.headers.get("Host", "")
            if host.partition(":")[0] not in (
                HOST,
                "localhost",
            ):  # some other page's name
                self.send_error(403)
            elif self.path == "/":
                self._answer("text/html; charset=utf-8", site.page().encode())
            elif self.path == "/events":
                self._events()
            else:
                self.send_error(404)

        def _answer(self, kind: str, content: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(content)

        def _events(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            told, version = "", site.after("")
            while version is not None:
                text = f"data: {version}\n\n" if version != told else ": still here\n\n"
                self.wfile.write(text.encode())
                told, version = version, site.after(version)

        def log_message(self, *about: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        allow_reuse_address = os.name == "posix"  # elsewhere that would let two servers have one port

        def handle_error(self, *about: Any) -> None:
            pass  # a page that was closed

    return Server((HOST, port), Handler)
