from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from grader.errors import ConfigurationError
from grader.lab import open_lab, server
from grader.lab.roles import Role
from grader.lab.server import HOST, require_free
from grader.settings import Settings
from tests.lab.programs import ANSWERS

DIES = "import http.server, sys, threading; threading.Timer(2, lambda: os._exit(7)).start()\n"


@pytest.fixture
def course(tiny_course: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The tiny course, in a lab whose servers are programs that only answer."""
    monkeypatch.setattr("grader.datasets.verify", lambda _: None)
    runs(monkeypatch, ANSWERS)
    return tiny_course


def runs(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    def command(role: Role, port: int, browser: bool) -> list[str]:
        return [sys.executable, "-c", program, str(port)]

    monkeypatch.setattr(server, "_command", command)


@pytest.fixture
def port() -> int:
    """A free port, whose next one is most probably free as well."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Terminal:
    """Shows what the lab says, and sends a signal once it runs."""

    def __init__(self, ending: signal.Signals | None) -> None:
        self.text, self._ending = "", ending

    def __call__(self, line: str) -> None:
        """Called with each line."""
        self.text += line + "\n"
        if self._ending and "Ctrl-C ends this" in line:
            os.kill(os.getpid(), self._ending)


@pytest.mark.lengthy
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_lab_says_where_and_ends_when_it_is_told_to(
    course: Settings, tmp_path: Path, port: int, ending: signal.Signals
) -> None:
    before, terminal = signal.getsignal(ending), Terminal(ending)
    open_lab(course, tmp_path / "lab", terminal, port=port, browser=False)
    assert f"instructor: http://127.0.0.1:{port}/lab?token=" in terminal.text
    assert f"student ada: http://127.0.0.1:{port + 1}/lab?token=" in terminal.text
    assert terminal.text.endswith("Ended.\n")
    assert signal.getsignal(ending) is before
    for number in (port, port + 1):
        require_free(number)


@pytest.mark.parametrize(("only", "other"), [("instructor", "student"), ("student", "instructor")])
def test_one_of_the_two_alone(
    course: Settings, tmp_path: Path, port: int, only: str, other: str
) -> None:
    terminal = Terminal(signal.SIGINT)
    open_lab(course, tmp_path / "lab", terminal, only=only, port=port, browser=False)
    assert f"{only}" in terminal.text
    assert f"{other}" not in terminal.text


@pytest.mark.process
def test_a_server_that_dies_ends_the_lab_with_its_name(
    course: Settings, tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs(monkeypatch, "import os\n" + DIES + ANSWERS)
    terminal = Terminal(None)
    with pytest.raises(ConfigurationError, match=r"JupyterLab ended with exit code 7.*server\.log"):
        open_lab(course, tmp_path / "lab", terminal, port=port, browser=False)
    for number in (port, port + 1):
        require_free(number)


def test_nothing_is_made_where_a_port_is_taken(course: Settings, tmp_path: Path, port: int) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, port + 1))
        taken.listen()
        with pytest.raises(ConfigurationError, match=f"port {port + 1} cannot be used"):
            open_lab(course, tmp_path / "lab", print, port=port)
    assert not (tmp_path / "lab").exists()
