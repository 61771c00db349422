"""Opens the lab: a JupyterLab for each role, until Ctrl-C ends it."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

from grader import datasets
from grader.lab.folder import prepared
from grader.lab.roles import roles
from grader.lab.server import Server, require_free
from grader.settings import Settings

_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_WHERE = {
    "instructor": "Nbgrader > Formgrader: generate, release, collect, grade, feedback",
    "student": "Nbgrader > Assignment List: fetch, validate, submit, read feedback",
}


def open_lab(
    course: Settings,
    folder: Path,
    say: Callable[[str], None],
    *,
    only: str | None = None,
    port: int = 8888,
    browser: bool = True,
    fresh: bool = False,
) -> None:
    """Make the lab if need be, start its JupyterLabs, and return when Ctrl-C ends them.

    Args:
        course: the course to try; nothing in its folder is changed.
        folder: the lab's folder.
        say: prints a line.
        only: ``instructor`` or ``student``; None for both.
        port: the port of the instructor's JupyterLab; the student's uses the next one.
        browser: whether to open a browser.
        fresh: start over, and delete an earlier lab in ``folder``.

    Raises:
        GraderError: something does not work; the message says what to do.
    """
    datasets.verify(course.data)
    ports = {"instructor": port, "student": port + 1}
    for name, number in ports.items():
        if only in (None, name):
            require_free(number)
    say(f"Preparing the lab in {folder}/ ...")
    with prepared(course, folder, fresh) as lab, contextlib.ExitStack() as stack:
        stack.enter_context(_ended_by_signals())
        servers: list[Server] = []
        for role in roles(lab):
            if only in (None, role.name):
                role.write(course)
                servers.append(stack.enter_context(Server(role, ports[role.name], browser)))
        for server in servers:
            server.wait_until_it_answers()
            say(f"\n{server.role.title}: {server.address}\n    {_WHERE[server.role.name]}")
        say("\nCtrl-C ends this. What is done here stays for the next time.")
        _until_one_dies(servers)
    say("Ended.")


class _Ended(BaseException):
    """A signal asks the lab to end; this is not an error."""


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let Ctrl-C, a closed terminal and ``kill`` end the block, servers first.

    Ctrl-C is set too: Python ignores it if a shell started the program in the background.
    """

    def end(*_: object) -> None:
        raise _Ended

    before = {number: signal.signal(number, end) for number in _ENDINGS}
    try:
        yield
    except _Ended:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _until_one_dies(servers: list[Server]) -> NoReturn:
    while True:
        for server in servers:
            server.require_alive()
        time.sleep(0.5)
