from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.errors import ConfigurationError
from grader.lab import server
from grader.lab.roles import Role
from grader.lab.server import HOST, Server, require_free
from tests.lab.programs import ANSWERS


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Server]:
    """A server that runs a given program in JupyterLab's place."""
    role = Role("student", "student ada", tmp_path, tmp_path, hidden=(), opened="", files=True)
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]

    def start(program: str) -> Server:
        command = [sys.executable, "-c", program, str(port)]
        monkeypatch.setattr(server, "_command", lambda *_: command)
        return Server(role, port, browser=False)

    return start


def test_a_server_is_waited_for_and_ended(start: Callable[[str], Server]) -> None:
    with start(ANSWERS) as one:
        one.wait_until_it_answers()
        one.require_alive()
        with pytest.raises(ConfigurationError, match=r"port \d+ cannot be used .*--port"):
            require_free(one.port)
    require_free(one.port)


def test_a_server_that_ends_by_itself_is_told_with_its_log(
    start: Callable[[str], Server], tmp_path: Path
) -> None:
    with (
        start("import sys; sys.exit('no module')") as one,
        pytest.raises(ConfigurationError, match=r"student ada's JupyterLab ended with exit code 1"),
    ):
        one.wait_until_it_answers()
    assert (tmp_path / "server.log").read_text() == "no module\n"


@pytest.mark.lengthy
def test_a_server_that_never_answers_is_told(
    start: Callable[[str], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_STARTS", 0.5)
    with (
        start("import time; time.sleep(60)") as one,
        pytest.raises(ConfigurationError, match=r"has not answered in 0 s; what it said stands in"),
    ):
        one.wait_until_it_answers()


@pytest.mark.lengthy
def test_a_server_that_does_not_listen_to_signals_is_ended_too(
    start: Callable[[str], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_ENDS", 0.5)
    deaf = f"import signal; signal.signal({signal.SIGTERM:d}, signal.SIG_IGN)\n"
    with start(deaf + ANSWERS) as one:
        one.wait_until_it_answers()
    require_free(one.port)


def test_the_token_is_not_in_the_list_of_processes(start: Callable[[str], Server]) -> None:
    with start(ANSWERS) as one:
        token = one.address.partition("token=")[2]
        listed = subprocess.run(
            ["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True
        )
        assert len(token) > 20
        assert token not in listed.stdout
