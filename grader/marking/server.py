"""Serves the marking page to one person on this machine.

It listens on 127.0.0.1 only. A browser needs the token that the command prints; it becomes
a cookie that no other site can use. A request for another host, or from another origin, is refused.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import os
import secrets
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tornado import httpserver, web

from grader.errors import ConfigurationError, GraderError
from grader.notebook import titles
from grader.notebook.assignment import load_assignment
from grader.notebook.marking import answers, marks
from grader.notebook.marking.marks import Saved
from grader.notebook.marking.questions import find, questions
from grader.reports import marking_page
from grader.reports.marking_page import Answer, Question
from grader.settings import Settings

HOST = "127.0.0.1"
_COOKIE = "grader_mark"
_LARGEST = 1_000_000  # bytes of a request: the students and versions of 5,000 answers


@dataclass(frozen=True)
class Marking:
    """What is marked.

    Attributes:
        settings: the course.
        assignment: its name.
        title: what people read in its place.
        questions: all that a person marks in it.
        token: which the one person has.
        port: on which the server listens.
    """

    settings: Settings
    assignment: str
    title: str
    questions: tuple[Question, ...]
    token: str
    port: int

    @property
    def address(self) -> str:
        """The address to open in a browser."""
        return f"http://{HOST}:{self.port}/?token={self.token}"


def serve(settings: Settings, assignment: str, port: int, opened: Callable[[str], None]) -> None:
    """Serve the page until the process is interrupted.

    Args:
        settings: the course.
        assignment: whose answers are marked.
        port: to listen on; 0 for any that is free.
        opened: told the address once it answers.

    Raises:
        CourseError: there is nothing to mark.
        ConfigurationError: the port is taken.
    """
    loaded = load_assignment(settings, assignment)
    known = questions(loaded)
    answers.read(settings, assignment, known[0].name)
    listening = _listen(port)
    number = listening.getsockname()[1]
    marking = Marking(
        *(settings, assignment, titles.title(settings, loaded)),
        questions=known,
        token=secrets.token_urlsafe(24),
        port=number,
    )
    asyncio.run(_serve(marking, listening, opened))


async def _serve(marking: Marking, listening: socket.socket, opened: Callable[[str], None]) -> None:
    server = httpserver.HTTPServer(application(marking), max_body_size=_LARGEST)
    server.add_socket(listening)
    opened(marking.address)
    interrupted = asyncio.Event()
    # Also where a shell has this process ignore Ctrl-C, as it does in the background.
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, interrupted.set)
    await interrupted.wait()


def application(marking: Marking) -> web.Application:
    """The addresses that the page uses."""
    return web.Application(
        [
            (r"/answer/([^/]+)/([^/]+)", _AnswerHandler, {"marking": marking}),
            (r"/mark/([^/]+)", _MarkHandler, {"marking": marking}),
            (r"/([^/]*)", _PageHandler, {"marking": marking}),
        ],
        log_function=lambda _handler: None,
    )


class _Handler(web.RequestHandler):
    """Lets in the one person who has the token, from this server's own pages."""

    def initialize(self, marking: Marking) -> None:
        self.marking = marking

    def set_default_headers(self) -> None:
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("X-Frame-Options", "DENY")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")
        self.clear_header("Server")

    def prepare(self) -> None:
        """Called by tornado ahead of each method."""
        hosts = {f"{name}:{self.marking.port}" for name in (HOST, "localhost")}
        if self.request.host not in hosts:
            raise web.HTTPError(403)
        origin = self.request.headers.get("Origin")
        if origin is not None and origin not in {f"http://{host}" for host in hosts}:
            raise web.HTTPError(403)
        given = self.get_cookie(self.cookie) or ""
        if not self._is_token(given) and not self._is_token(self.get_query_argument("token", "")):
            raise web.HTTPError(403)

    @property
    def cookie(self) -> str:
        """Cookies belong to a host and not to a port: two servers must not share one."""
        return f"{_COOKIE}_{self.marking.port}"

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.marking.token.encode())

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Called by tornado for a request that failed: answers with a line and no traceback."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        said = str(error) if isinstance(error, GraderError) else f"{status_code}: {self._reason}"
        if status_code == 403:
            said += ". Open the address that grader mark has printed."
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"problem": said}))

    def question(self, name: str) -> Question:
        """The question that an address names."""
        try:
            return find(self.marking.questions, name)
        except GraderError as error:
            raise web.HTTPError(404) from error


class _PageHandler(_Handler):
    def get(self, name: str) -> None:
        """The page of a question; the token goes from the address into a cookie."""
        if self.get_query_argument("token", ""):
            self.set_cookie(self.cookie, self.marking.token, httponly=True, samesite="Strict")
            self.redirect("/")
            return
        marking, question = self.marking, self.question(name)
        found = answers.read(marking.settings, marking.assignment, question.name)
        self.finish(marking_page.render(marking.title, marking.questions, question, found))


class _AnswerHandler(_Handler):
    def get(self, name: str, student: str) -> None:
        """One answer, with its pictures."""
        marking, question = self.marking, self.question(name)
        try:
            answer = answers.read_one(marking.settings, marking.assignment, question.name, student)
        except GraderError as error:
            self.set_status(404)
            self.finish({"problem": str(error)})
            return
        self.finish(_as_json(answer))


class _MarkHandler(_Handler):
    def post(self, name: str) -> None:
        """Save a mark and a comment of some answers; tells what each answer has then."""
        marking, question = self.marking, self.question(name)
        try:
            saved = marks.save(marking.settings, marking.assignment, question, **self._given())
        except GraderError as error:
            self.set_status(503 if isinstance(error, ConfigurationError) else 400)
            self.finish({"problem": str(error)})
            return
        self.finish({"saved": {student: _told(each) for student, each in saved.items()}})

    def _given(self) -> dict[str, Any]:
        """What the page sent: points, comment, and the version of each student's answer."""
        if self.request.headers.get("Content-Type") != "application/json":
            raise web.HTTPError(415)
        try:
            given = json.loads(self.request.body)
            points, comment = given["points"], given["comment"]
            versions = {str(key): str(value) for key, value in given["versions"].items()}
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise web.HTTPError(400) from error
        if isinstance(points, bool) or not isinstance(points, int | float):
            raise web.HTTPError(400)
        return {"points": float(points), "comment": str(comment), "versions": versions}


def _listen(port: int) -> socket.socket:
    try:
        listening = socket.create_server((HOST, port))
    except OSError as error:
        why = os.strerror(error.errno or 0)  # its own text repeats the address
        raise ConfigurationError(
            f"port {port} of {HOST} cannot be used ({why}): expected a free one; choose another "
            "with --port, or leave it out"
        ) from error
    listening.setblocking(False)
    return listening


def _told(saved: Saved) -> dict[str, Any]:
    """What the page is told of one mark: the answer as it is now, and why it was not saved."""
    answer = _as_json(saved.answer) if saved.answer is not None else {}
    return answer | ({"problem": saved.problem} if saved.problem else {})


def _as_json(answer: Answer) -> dict[str, Any]:
    return {
        "html": marking_page.render_answer(answer),
        "score": answer.score,
        "to_mark": answer.to_mark,
        "comment": answer.comment,
        "version": answer.version,
    }
