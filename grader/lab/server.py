"""Starts a JupyterLab server, waits for it, and ends it."""

from __future__ import annotations

import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
from types import TracebackType

from grader.errors import ConfigurationError
from grader.lab.roles import Role

HOST = "127.0.0.1"
_STARTS = 90.0  # seconds for the first answer; a loaded machine takes half a minute
_ENDS = 20.0  # seconds to end its kernels


class Server:
    """A JupyterLab in a separate session, so that Ctrl-C reaches the lab and not its servers."""

    def __init__(self, role: Role, port: int, browser: bool) -> None:
        self.role, self.port = role, port
        self._token = secrets.token_urlsafe(24)
        self._log = role.state / "server.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                _command(role, port, browser),
                cwd=role.folder,
                env=os.environ | role.environment | {"JUPYTER_TOKEN": self._token},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def address(self) -> str:
        """The address to open in a browser; it gives full access to this JupyterLab."""
        return f"http://{HOST}:{self.port}/lab?token={self._token}"

    def wait_until_it_answers(self) -> None:
        """Return when the server answers; raises ``ConfigurationError`` if it never does."""
        deadline = time.monotonic() + _STARTS
        while not self._answers():
            self.require_alive()
            if time.monotonic() > deadline:
                raise ConfigurationError(
                    f"the {self.role.title}'s JupyterLab has not answered in {_STARTS:.0f} s; "
                    f"what it said stands in {self._log}"
                )
            time.sleep(0.1)

    def require_alive(self) -> None:
        """Raise ``ConfigurationError`` if the server has ended by itself."""
        if (code := self._process.poll()) is not None:
            raise ConfigurationError(
                f"the {self.role.title}'s JupyterLab ended with exit code {code}; "
                f"what it said stands in {self._log}"
            )

    def close(self) -> None:
        """End the server, which ends its kernels."""
        self._process.terminate()
        try:
            self._process.wait(_ENDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("GET", "/api")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def require_free(port: int) -> None:
    """Raise ``ConfigurationError`` if something else listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise ConfigurationError(
                f"port {port} cannot be used ({error.strerror}): choose another with --port"
            ) from error


def _command(role: Role, port: int, browser: bool) -> list[str]:
    # JupyterLab refuses to run as root unless it is told to.
    root = ["--allow-root"] if os.geteuid() == 0 else []
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.ip={HOST}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={role.folder}",
        *([] if browser else ["--no-browser"]),
        *root,
    ]
