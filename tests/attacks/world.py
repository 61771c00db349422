"""What an attacker might reach on this machine, and the traces of one who did."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import re
import secrets
import signal
import socket
import stat
import threading
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from PIL import Image

from tests.attacks import exercise

SCRIPT = "alert(20300131)"  # what every script of an attacker contains
PLAIN = {"text/plain", "image/png", "image/jpeg"}  # outputs that run nowhere
RECORD = 8 << 20  # bytes of the largest file that is kept beside a graded notebook
_COMMANDS = re.compile(r"\\u001b|\\u0007|[\x07\x1b\x80-\x9f\u202a-\u202e\u2066-\u2069]")
_SPECIAL = stat.S_ISUID | stat.S_ISGID
VARIABLE = "COURSE_ATTACK_SECRET"  # stands in the environment of whoever grades


class World:
    """A listening server, a listening socket and a writable folder, on the attacked machine.

    Attributes:
        course: the course's folder.
        outside: a folder that is none of the student's.
        mark: digits that a process of the attacker's shows on its command line.
        connections: what came from somewhere, one line each.
    """

    def __init__(self, course: Path, outside: Path) -> None:
        self.course, self.outside = course, outside
        self.mark = str(secrets.randbelow(10**9) + 10**9)
        self.connections: list[str] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(outside / "socket"))
        self._listener.listen()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._known = set(outside.iterdir())
        self._source = {path: path.read_bytes() for path in (course / "source").rglob("*.ipynb")}

    def fill(self, text: str) -> str:
        """The text of an attack with the places of this world in it."""
        places = {
            "@COURSE@": str(self.course),
            "@OUTSIDE@": str(self.outside),
            "@PORT@": str(self._server.server_address[1]),
            "@MARK@": self.mark,
            "@VARIABLE@": VARIABLE,
        }
        for name, value in places.items():
            text = text.replace(name, value)
        return text

    def traces(self, student: str) -> list[str]:
        """What an attack has left outside of its student's sandbox; forgotten afterwards."""
        found = [f"a connection: {what}" for what in self.connections]
        found += [f"a file outside: {path.name}" for path in self._written()]
        found += ["a process that still runs" for _ in self._end_processes()]
        found += list(_in_folder(self.course / "autograded" / student / exercise.NAME))
        found += [f"a changed {path.name}" for path in self._changed()]
        self.connections.clear()
        for path in self._changed():
            path.write_bytes(self._source[path])
        for path in self._written():
            path.unlink()
        return found

    def _written(self) -> set[Path]:
        return set(self.outside.iterdir()) - self._known

    def _changed(self) -> list[Path]:
        return [path for path, text in self._source.items() if path.read_bytes() != text]

    def _end_processes(self) -> Iterator[int]:
        """Processes with our mark, each killed by its own id."""
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if self.mark.encode() in (folder / "cmdline").read_bytes():
                    os.kill(int(folder.name), signal.SIGKILL)
                    yield int(folder.name)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        connections = self.connections

        class Handler(BaseHTTPRequestHandler):
            """Knows every answer: /1/2 is 3."""

            def do_GET(self) -> None:
                connections.append(f"HTTP {self.path}")
                numbers = [int(part) for part in self.path.split("/") if part.lstrip("-").isdigit()]
                self.send_response(200)
                self.end_headers()
                self.wfile.write(str(sum(numbers)).encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.close()
                self.connections.append("socket")

    def __enter__(self) -> World:
        os.environ[VARIABLE] = f"environment {exercise.SECRET}"
        for serve in (self._server.serve_forever, self._accept):
            threading.Thread(target=serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        del os.environ[VARIABLE]
        self._server.shutdown()
        self._server.server_close()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def _in_folder(folder: Path) -> Iterator[str]:
    """What must not be in a graded folder: links, what could run, secrets, all that is large."""
    for path in folder.rglob("*"):
        if path.is_symlink():
            yield f"a link: {path.name}"
        elif path.lstat().st_mode & _SPECIAL and path.is_file():
            yield f"a file with the rights of its owner: {path.name}"
        elif path.suffix != ".ipynb" and path.is_file() and path.lstat().st_size > RECORD:
            yield f"a record of {path.lstat().st_size >> 20} MB: {path.name}"
    for path in folder.rglob("*.txt"):
        if exercise.SECRET in path.read_text():
            yield "the source's tests in a file"
    path = folder / f"{exercise.NAME}.ipynb"
    if path.exists():
        for cell in nbformat.read(path, as_version=4).cells:
            yield from _in_cell(cell)


def _in_cell(cell: NotebookNode) -> Iterator[str]:
    """What must not be in a graded cell: outputs that could run, secrets, hidden tests."""
    for bundle in cell.get("attachments", {}).values():
        yield from (f"an attachment: {kind}" for kind in set(bundle) - {"image/png"})
    for output in cell.get("outputs", []):
        text = json.dumps(output, ensure_ascii=False)
        yield from (f"an output: {kind}" for kind in set(output.get("data", {})) - PLAIN)
        if _COMMANDS.search(text):
            yield "a command of a terminal in the output"
        if exercise.SECRET in text:
            yield "a secret in the output"
        told = max(widths([output]), default=0) > exercise.QUIET_WIDTH
        if told or exercise.HEARD in text:
            yield "a hidden test in the output"


def widths(outputs: Iterable[NotebookNode]) -> list[int]:
    """How wide the pictures among outputs are."""
    data = (output.get("data", {}).get("image/png") for output in outputs)
    return [Image.open(io.BytesIO(base64.b64decode(png))).width for png in data if png]


class LiveScripts(HTMLParser):
    """Finds an attacker's script where a browser would run it, and not where it is only text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Attributes that run a script, or lead to one."""
        self._in_script = tag == "script"
        for name, value in attrs:
            if SCRIPT in (value or "") and (name.startswith("on") or "script" in (value or "")):
                self.found.append(f"{tag} {name}")

    def handle_data(self, data: str) -> None:
        """Text, which runs in a script alone."""
        if self._in_script and SCRIPT in data:
            self.found.append("script")

    def handle_endtag(self, tag: str) -> None:
        """Scripts hold no other elements."""
        self._in_script = False


def live_scripts(html: str) -> list[str]:
    """Where in a page an attacker's script would run."""
    parser: Any = LiveScripts()
    parser.feed(html)
    parser.close()
    return list(parser.found)
