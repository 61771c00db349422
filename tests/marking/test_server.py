"""What the marking page's server answers, and whom it does not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tornado import httpserver
from tornado.httpclient import AsyncHTTPClient, HTTPResponse
from tornado.netutil import bind_sockets

from grader.errors import ConfigurationError, CourseError
from grader.marking import server
from grader.marking.server import HOST, Marking
from grader.notebook.assignment import load_assignment
from grader.notebook.marking import answers
from grader.notebook.marking.questions import questions
from grader.settings import Settings
from tests.notebook.exports import school
from tests.notebook.marking import written
from tests.notebook.marking.written import QUESTION
from tests.pages import Reader

TOKEN = "a token of the one person"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A class that nobody changes."""
    return written.make(tmp_path_factory.mktemp("class"))


def ask(
    course: Settings,
    path: str,
    headers: Mapping[str, str] | None = None,
    *,
    body: object = None,
    cookie: bool = True,
) -> HTTPResponse:
    """One request to a server of its own; ``PORT`` in a header is its port."""

    async def asked() -> HTTPResponse:
        sockets = bind_sockets(0, HOST)
        port = sockets[0].getsockname()[1]
        known = questions(load_assignment(course, "sums"))
        http = httpserver.HTTPServer(
            server.application(
                Marking(course, "sums", "Sums & more", known, TOKEN.replace(" ", "_"), port)
            )
        )
        http.add_sockets(sockets)
        sent = {"Cookie": f"grader_mark_{port}={TOKEN.replace(' ', '_')}"} if cookie else {}
        sent |= {n: v.replace("PORT", str(port)) for n, v in (headers or {}).items()}
        reply = await AsyncHTTPClient().fetch(
            f"http://{HOST}:{port}{path}",
            headers=sent,
            method="GET" if body is None else "POST",
            body=None if body is None else body if isinstance(body, str) else json.dumps(body),
            raise_error=False,
            follow_redirects=False,
        )
        http.stop()
        await http.close_all_connections()
        return reply

    return asyncio.run(asked())


def post(course: Settings, student: str = "ada", **changes: Any) -> HTTPResponse:
    seen = answers.read_one(course, "sums", QUESTION, student)
    body = {"points": 4, "comment": "Good.", "versions": {student: seen.version}} | changes
    headers = {"Content-Type": "application/json", "Origin": "http://127.0.0.1:PORT"}
    return ask(course, f"/mark/{QUESTION}", headers, body=body)


def test_the_token_becomes_a_cookie_that_no_other_site_can_use(whole: Settings) -> None:
    reply = ask(whole, f"/?token={TOKEN.replace(' ', '_')}", cookie=False)
    assert (reply.code, reply.headers["Location"]) == (302, "/")
    assert "HttpOnly" in reply.headers["Set-Cookie"]
    assert "SameSite=Strict" in reply.headers["Set-Cookie"]


def test_the_page_has_every_answer_and_lets_only_its_own_script_run(whole: Settings) -> None:
    reply = ask(whole, "/")
    page = reply.body.decode()
    assert reply.code == 200
    assert "script-src 'sha256-" in page
    assert "connect-src 'self'" in page
    reader = Reader.of(page, links=("/",), script=page.split("<script>")[1].split("</script>")[0])
    assert reader.dangers == []
    assert "Sums & more" in reader.text
    assert [tag for tag, _ in reader.tags].count("article") == len(written.CLASS)
    assert "4 of 5 left to mark" in reader.text
    assert "document.title = 'stolen'" in reader.text, "as text"
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", f"/answer/{QUESTION}/ada", "/?token=wrong"])
def test_without_the_token_nothing_is_told(whole: Settings, path: str) -> None:
    reply = ask(whole, path, cookie=False)
    assert reply.code == 403
    assert b"learned" not in reply.body
    assert b"Open the address that grader mark has printed" in reply.body


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example.org"}, {"Host": "evil.example.org:PORT"},
     {"Origin": "http://evil.example.org"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"}],
    ids=str,
)  # fmt: skip
def test_another_host_or_origin_is_refused(whole: Settings, headers: Mapping[str, str]) -> None:
    assert ask(whole, "/", headers).code == 403


def test_a_mark_is_saved_and_told(whole: Settings, tmp_path: Path) -> None:
    course = school.copy(whole, tmp_path / "course")
    reply = post(course)
    assert reply.code == 200, reply.body
    told = json.loads(reply.body)["saved"]["ada"]
    assert (told["score"], told["to_mark"], told["comment"]) == (4, False, "Good.")
    assert "problem" not in told
    assert answers.read_one(course, "sums", QUESTION, "ada").version == told["version"]


def test_a_mark_on_another_version_is_refused_and_shown_as_it_is(whole: Settings) -> None:
    reply = post(whole, versions={"ada": "earlier", "zoe": ""})
    saved = json.loads(reply.body)["saved"]
    told = saved["ada"]
    assert saved["zoe"].keys() == {"problem"}
    assert "nothing was saved" in told["problem"]
    assert (told["score"], "learned" in told["html"]) == (None, True)


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"points": 6}, 400), ({"points": "4"}, 400), ({"points": True}, 400), ({"points": None}, 400),
     ({"versions": None}, 400), ({"versions": ["ada"]}, 400), ({"comment": "no" * 3000}, 400)],
)  # fmt: skip
def test_what_cannot_be_saved_is_refused(
    whole: Settings, changes: dict[str, object], code: int
) -> None:
    reply = post(whole, **changes)
    assert reply.code == code
    assert json.loads(reply.body)["problem"]
    assert answers.read_one(whole, "sums", QUESTION, "ada").to_mark


def test_only_json_of_this_page_is_taken(whole: Settings) -> None:
    path = f"/mark/{QUESTION}"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert ask(whole, path, form, body="points=5").code == 415
    assert ask(whole, path, {"Content-Type": "application/json"}, body="[").code == 400
    assert ask(whole, "/essay").code == 404
    assert ask(whole, f"/answer/{QUESTION}/zoe").code == 404


def test_a_taken_port_and_an_empty_class_are_one_line(whole: Settings, tmp_path: Path) -> None:
    (taken,) = bind_sockets(0, HOST)
    with taken, pytest.raises(ConfigurationError, match=r"\(Address already in use\): expected"):
        server.serve(whole, "sums", taken.getsockname()[1], lambda _address: None)
    course = written.make(tmp_path / "empty", {})
    with pytest.raises(CourseError, match="no answer of sums is graded yet"):
        server.serve(course, "sums", 0, lambda _address: None)
