"""People of a Hub, as their browsers would talk to it: a password, a server, requests to it."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import requests
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

SECONDS = 90  # for anything that a person waits for


class RefusedError(Exception):
    """The Hub, or somebody's server, said no."""

    def __init__(self, answer: requests.Response) -> None:
        super().__init__(f"{answer.request.method} {answer.url}: {answer.status_code}")
        self.status = answer.status_code


class Person:
    """Somebody who has logged in.

    Args:
        hub: the Hub's address, without a slash at its end.
        name: of the account.
        password: of the account.
    """

    def __init__(self, hub: str, name: str, password: str) -> None:
        self._hub, self.name = hub, name
        who = {"username": name, "password": password}
        self._session = requests.Session()
        self._session.trust_env = False
        # An open socket would be collected as garbage in another test, which would then fail.
        self._session.headers["Connection"] = "close"
        token = self._ask("POST", f"/hub/api/users/{name}/tokens", {"auth": who})["token"]
        self._session.headers["Authorization"] = f"token {token}"

    def start_server(self) -> None:
        """Start one's own server, and wait until it answers."""
        self._ask("POST", f"/hub/api/users/{self.name}/server")
        deadline = time.monotonic() + SECONDS
        while not self._ask("GET", f"/hub/api/users/{self.name}")["server"]:
            assert time.monotonic() < deadline, f"{self.name}'s server does not start"
            time.sleep(0.2)

    def get(self, path: str, whose: str = "") -> Any:
        """Ask one's own server, or try somebody else's."""
        return self._ask("GET", f"/user/{whose or self.name}/{path}")

    def post(self, path: str, **said: str) -> Any:
        """Have one's own server do something."""
        return self._ask("POST", f"/user/{self.name}/{path}", said)

    def read(self, path: str) -> Any:
        """A notebook in one's own home."""
        return self.get(f"api/contents/{path}")["content"]

    def write(self, path: str, notebook: object) -> None:
        """Write a notebook into one's own home."""
        said = {"type": "notebook", "format": "json", "content": notebook}
        self._ask("PUT", f"/user/{self.name}/api/contents/{path}", said)

    def run(self, code: str) -> str:
        """Run code in a new kernel of the course; what it printed."""
        kernel = self._ask("POST", f"/user/{self.name}/api/kernels", {"name": "course"})["id"]
        url = f"{self._hub}/user/{self.name}/api/kernels/{kernel}/channels"
        request = HTTPRequest(url.replace("http", "ws", 1), headers=dict(self._session.headers))
        return asyncio.run(asyncio.wait_for(_run(request, code), timeout=SECONDS))

    def _ask(self, method: str, path: str, said: object = None) -> Any:
        answer = self._session.request(
            method, self._hub + path, json=said, timeout=SECONDS, allow_redirects=False
        )
        if answer.status_code not in (200, 201, 202, 204):
            raise RefusedError(answer)
        return answer.json() if answer.content else None


async def _run(kernel: HTTPRequest, code: str) -> str:
    """Run code in a kernel over Jupyter's websocket; what it printed."""
    request = {
        "header": {"msg_id": "1", "msg_type": "execute_request", "session": "1", "version": "5.3"},
        "parent_header": {},
        "metadata": {},
        "content": {"code": code, "silent": False, "stop_on_error": True},
        "channel": "shell",
    }
    connection = await websocket_connect(kernel)
    await connection.write_message(json.dumps(request))
    printed = ""
    while True:
        message = json.loads(await connection.read_message() or "{}")
        kind, content = message["msg_type"], message["content"]
        if message["parent_header"].get("msg_id") != "1":
            continue
        if kind == "stream":
            printed += content["text"]
        elif kind == "error":
            raise AssertionError(f"{content['ename']}: {content['evalue']}")
        elif kind == "status" and content["execution_state"] == "idle":
            connection.close()
            return printed
