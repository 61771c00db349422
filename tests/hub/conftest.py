"""The Hub of docs/jupyterhub.md, set up as that page says, on a machine of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest
import requests

from tests.conftest import ROOT
from tests.hub import machine
from tests.hub.machine import Machine
from tests.hub.people import SECONDS, Person

EXAMPLE = ROOT / "examples" / "jupyterhub"
CLASS = tomllib.loads((EXAMPLE / "class.toml").read_text())
INSTRUCTOR, STUDENTS = CLASS["instructor"], CLASS["students"]
STRANGER = "zoe"  # has an account, and is not in the class

_COURSE = f"""
from pathlib import Path
from tests import tiny
course = Path.home() / {CLASS["course"]!r}
course.mkdir()
tiny.make_course(course, cell_seconds=20)
with (course / "course_config.py").open("a") as config:
    config.write("c.Course.data = {str((ROOT / "data").resolve())!r}\\n")
"""


class Classroom:
    """The Hub and the people who are logged in."""

    def __init__(self, machine: Machine, address: str) -> None:
        self.machine, self.address = machine, address
        self.instructor = self.person(INSTRUCTOR)
        self.students = [self.person(name) for name in STUDENTS]

    def person(self, name: str) -> Person:
        """Log in."""
        return Person(self.address, name, password(name))


@pytest.fixture(scope="session")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    """Everybody of class.toml, logged in, with a server of their own."""
    if os.geteuid() != 0:
        pytest.skip("not root: that accounts are kept apart is not tried; sudo make test tries it")
    log = tmp_path_factory.mktemp("hub") / "log"
    with machine.made() as made:
        prepare(made)
        made.run(["install", "-d", "-m", "0700", "/var/lib/jupyterhub"])
        start = partial(made.popen, cwd="/var/lib/jupyterhub")
        with hub(start, Path("/srv/hub"), log) as address:
            room = Classroom(made, address)
            with ThreadPoolExecutor() as at_once:
                list(at_once.map(Person.start_server, (room.instructor, *room.students)))
            yield room


def prepare(made: Machine) -> None:
    """What the page has root and the instructor do."""
    made.run(["cp", "-r", EXAMPLE, "/srv/hub"])
    made.run(["python", "/srv/hub/prepare.py"])
    made.run(["useradd", "--create-home", STRANGER])
    people = (INSTRUCTOR, *STUDENTS, STRANGER)
    made.run(["chpasswd"], given="".join(f"{name}:{password(name)}\n" for name in people))
    made.run(["python", "-c", _COURSE], INSTRUCTOR)


@contextmanager
def hub(
    start: Callable[..., subprocess.Popen[str]], config: Path, log: Path, *more: str
) -> Iterator[str]:
    """Run the Hub; its address. Its ports are not those of the page: another may have them."""
    for program in ("jupyterhub", "jupyterhub-singleuser", "configurable-http-proxy"):
        if not (Path(sys.executable).parent / program).exists():
            pytest.fail(f"{program} is not beside {sys.executable}: make test installs it")
    front, back, proxy = _free_ports(3)
    address = f"http://127.0.0.1:{front}"
    command = [
        str(Path(sys.executable).parent / "jupyterhub"),
        f"--config={config / 'jupyterhub_config.py'}",
        f"--JupyterHub.bind_url={address}",
        f"--JupyterHub.hub_port={back}",
        f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{proxy}",
        *more,
    ]
    with log.open("w") as file, start(command, stdout=file, stderr=file) as process:
        try:
            _wait_for(f"{address}/hub/api", process, log)
            yield address
        finally:
            process.terminate()


def password(name: str) -> str:
    """Somebody's password."""
    return f"{name}'s secret"


def _wait_for(address: str, process: subprocess.Popen[str], log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(requests.ConnectionError):
            if requests.get(address, timeout=5).ok:
                return
        time.sleep(0.2)
    pytest.fail(f"the Hub does not start:\n{log.read_text()}")


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
