"""Serves the service's health over HTTP: /health for people and probes, /metrics for Prometheus."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from grader.errors import ConfigurationError
from grader.watch.health import Health, as_json, as_prometheus

_REFEREE_SECONDS = 15.0  # for which an answer about the referee holds
_SILENT_SECONDS = 120.0  # without an answer; it imports Keras first
_REQUEST_SECONDS = 5.0


class Board:
    """The present health, which the service writes and requests read.

    Args:
        referee: asks whether the referee answers; None where none is needed. It may take long: a
            thread asks, and requests get the last answer.
    """

    def __init__(self, referee: Callable[[], bool | None] = lambda: None) -> None:
        self._ask = referee
        self._answer: bool | None = None
        self._asked: float | None = None  # when the last question was put
        self._asking = False
        self._lock = threading.Lock()  # guards all above
        self.health: Health | None = None

    def read(self) -> Health | None:
        """The health as it was written last, and the referee's; None before the first step."""
        with self._lock:
            since = time.monotonic() - self._asked if self._asked is not None else None
            if not self._asking and (since is None or since > _REFEREE_SECONDS):
                self._asking, self._asked = True, time.monotonic()
                threading.Thread(target=self._refresh, name="asks the referee", daemon=True).start()
            silent = self._asking and since is not None and since > _SILENT_SECONDS
            answer = False if silent else self._answer
        return self.health and dataclasses.replace(self.health, referee=answer)

    def _refresh(self) -> None:
        answer = self._ask()
        with self._lock:
            self._answer, self._asking = answer, False


@contextlib.contextmanager
def served(address: str, board: Board) -> Iterator[int]:
    """Answer at ``host:port`` while the context lasts; yields the port.

    Raises:
        ConfigurationError: the address cannot be used.
    """
    host, _, port = address.rpartition(":")
    try:
        server = ThreadingHTTPServer((host, int(port)), _handler(board))
    except OSError as error:
        raise ConfigurationError(
            f"c.Course.watch['health'] is {address!r}, which cannot be used ({error.strerror}): "
            "expected an address of this machine and a free port"
        ) from error
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(board: Board) -> type[BaseHTTPRequestHandler]:
    writers = {
        "/health": (as_json, "application/json"),
        "/metrics": (as_prometheus, "text/plain; version=0.0.4; charset=utf-8"),
    }

    class Handler(BaseHTTPRequestHandler):
        """Answers one request."""

        timeout = _REQUEST_SECONDS

        def do_GET(self) -> None:
            """Called by the server."""
            health, now = board.read(), time.time()
            if self.path not in writers:
                self._send(HTTPStatus.NOT_FOUND, "expected /health or /metrics\n", "text/plain")
            elif health is None:
                self._send(HTTPStatus.SERVICE_UNAVAILABLE, "not started yet\n", "text/plain")
            else:
                write, kind = writers[self.path]
                well = health.alive(now) or self.path == "/metrics"
                status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
                self._send(status, write(health, now), kind)

        def log_message(self, *_: object) -> None:
            """Requests are not logged."""

        def _send(self, status: HTTPStatus, text: str, kind: str) -> None:
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Handler
