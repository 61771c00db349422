"""``grader referee`` as an operator runs it, with a made-up trainer."""

from __future__ import annotations

import dataclasses
import io
import logging
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from grader.errors import RefereeError
from grader.referee.service import serve
from grader.referee.service.client import connect
from tests.patience import PATIENCE
from tests.referee import world
from tests.referee.fakes import recipe

pytestmark = pytest.mark.process

CODE = """
import sys
from pathlib import Path
from rich.console import Console
from grader import datasets
from grader.errors import GraderError
from grader.referee.service import serve
from tests.referee import world
if sys.argv[3] == "data":
    datasets.verify = lambda _: None
try:
    serve.run(world.setup(Path(sys.argv[1])), sys.argv[2], None, Console(width=300))
except GraderError as error:
    sys.exit(str(error))
"""


PROCESSES: list[subprocess.Popen[str]] = []


@pytest.fixture(autouse=True)
def none_outlives_its_test(runs: Path) -> Iterator[None]:
    """Kill what a failing test leaves, before ``runs`` waits for its end."""
    yield
    while PROCESSES:
        with PROCESSES.pop() as process:
            process.kill()


def start(runs: Path, address: str, data: str = "data") -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", CODE, str(runs), address, data],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    PROCESSES.append(process)
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_its_key_and_what_it_trains_with_and_serves_who_has_the_key(
    runs: Path, number: signal.Signals
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
    process = start(runs, address)
    assert process.stdout is not None
    said = process.stdout.readline() + process.stdout.readline()
    found = re.search(r'c\.Course\.referee_key = "(.{40})"', said)
    assert found is not None
    assert address in said
    with connect(address, found[1]) as client:
        assert client.step(recipe("x"), "ada").fresh
    process.send_signal(number)
    rest, complaints = process.communicate(timeout=PATIENCE)
    assert (process.returncode, complaints) == (0, "")
    assert "made-up 1.0, Keras 0, on paper" in rest
    assert "ada: network" in rest


def test_a_key_is_printed_as_it_is(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Z85 has brackets and colons, which Rich would read as markup."""
    key = "[b]:x:[/b]" * 4
    monkeypatch.setattr("grader.datasets.verify", lambda _: None)
    monkeypatch.setattr(serve.addresses, "key_pair", lambda _: (key, "secret"))
    monkeypatch.setattr(serve.worker, "serve", lambda *_: None)
    out = io.StringIO()
    serve.run(world.setup(runs), "tcp://127.0.0.1:7345", None, Console(file=out))
    assert f'c.Course.referee_key = "{key}"' in out.getvalue()


def test_without_data_it_does_not_start(runs: Path, address: str) -> None:
    _, complaints = start(runs, address, "").communicate(timeout=PATIENCE)
    assert "grader data" in complaints


def test_on_its_own_machine_it_needs_no_key(runs: Path, address: str) -> None:
    process = start(runs, address)
    with connect(address) as client:
        assert client.step(recipe("x"), "ada").fresh
    process.send_signal(signal.SIGTERM)
    said, complaints = process.communicate(timeout=PATIENCE)
    assert (process.returncode, complaints) == (0, "")
    assert "referee_key" not in said


@pytest.mark.parametrize("terminal", [True, False])
def test_a_line_of_the_log_is_as_long_as_what_it_says(
    runs: Path, monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    monkeypatch.setattr("grader.datasets.verify", lambda _: None)
    log = logging.getLogger("grader.referee")
    monkeypatch.setattr(serve.worker, "serve", lambda *_: log.info("ada: network 1f, epoch 1"))
    out = io.StringIO()
    width = 100 if terminal else 1_000_000  # as the command has it in a pipe
    console = Console(file=out, width=width, force_terminal=terminal, color_system=None)
    serve.run(world.setup(runs), f"ipc://{runs}/socket", None, console)
    assert "ada: network 1f, epoch 1" in out.getvalue()
    assert len(out.getvalue()) < 2_000


def test_a_backend_that_is_not_installed_is_named(runs: Path, address: str) -> None:
    setup = dataclasses.replace(world.setup(runs), backend="mxnet")
    with pytest.raises(RefereeError, match="package mxnet is not installed"):
        serve.run(setup, address, None, Console(file=io.StringIO()))
