"""A worker of one's own, which is there as long as it is needed, whatever happens."""

from __future__ import annotations

import dataclasses
import errno
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import zmq

from grader.errors import RefereeError
from grader.model import Budget
from grader.referee.service import local
from grader.referee.service.client import connect
from tests.patience import PATIENCE, eventually
from tests.referee import world
from tests.referee.fakes import done, recipe, release

pytestmark = pytest.mark.process


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder where sockets are put, short enough for them; empty when the test is over."""
    folder = Path(tempfile.mkdtemp(prefix="grader-test-", dir="/tmp"))
    monkeypatch.setattr(local, "PLACE", folder)
    yield folder
    left = list(folder.iterdir())
    shutil.rmtree(folder)
    assert left == []


def process_of(runs: Path, word: str) -> int:
    """The id of the worker or of its trainer."""
    (pid,) = [
        number
        for number in world.processes(runs)
        if word.encode() in Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
    ]
    return pid


def test_it_answers_and_nothing_is_left(runs: Path, place: Path) -> None:
    with local.started_with(world.setup(runs)) as address, connect(address) as client:
        assert client.step(recipe("x"), "ada").fresh
        (folder,) = place.iterdir()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert len(world.processes(runs)) == 2
    assert world.processes(runs) == []
    assert list(place.iterdir()) == []


def test_what_it_says_goes_into_a_file_and_not_to_the_terminal(
    runs: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with local.started_with(world.setup(runs)) as address, connect(address) as client:
        client.step(recipe("x"), "ada")
    assert capfd.readouterr() == ("", "")
    assert "ada: network" in (runs / "referee.log").read_text()


def test_a_backend_that_is_not_installed_is_named_before_anything_starts(
    runs: Path, place: Path
) -> None:
    setup = dataclasses.replace(world.setup(runs), backend="mxnet")
    with (
        pytest.raises(RefereeError, match=r"package mxnet is not installed.* -m pip install mxnet"),
        local.started_with(setup),
    ):
        raise AssertionError("it started")
    assert list(place.iterdir()) == []


def test_an_exception_ends_it_too(runs: Path, place: Path) -> None:
    def fail() -> None:
        with local.started_with(world.setup(runs)) as address, connect(address) as client:
            client.step(recipe("x"), "ada")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert world.processes(runs) == []
    assert list(place.iterdir()) == []


def test_it_is_ended_in_the_middle_of_a_training(runs: Path, place: Path) -> None:
    with (
        local.started_with(world.setup(runs)) as address,
        world.Raw(address) as raw,
    ):
        raw.ask(1, recipe("sleep 600"))
        assert eventually(lambda: done(runs))
    assert world.processes(runs) == []
    assert list(place.iterdir()) == []


def test_a_worker_that_is_killed_is_started_again_and_the_answer_comes(runs: Path) -> None:
    with (
        local.started_with(world.setup(runs)) as address,
        connect(address) as client,
        ThreadPoolExecutor() as threads,
    ):
        answer = threads.submit(client.step, recipe("wait", 2), "ada")
        assert eventually(lambda: done(runs))
        os.kill(process_of(runs, "grader.referee.service.worker"), signal.SIGKILL)
        release(runs)
        assert answer.result(PATIENCE).weights[0][0, 0] == 2.0


def test_a_worker_for_which_no_process_is_left_is_started_later(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "_AGAIN_SECONDS", 0.1)
    tried, popen = [], local.subprocess.Popen

    def refusing(*given: Any, **named: Any) -> Any:
        tried.append(given)
        if len(tried) == 2:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        return popen(*given, **named)

    monkeypatch.setattr(local.subprocess, "Popen", refusing)
    with local.started_with(world.setup(runs)) as address, connect(address) as client:
        os.kill(process_of(runs, "grader.referee.service.worker"), signal.SIGKILL)
        assert client.step(recipe("x"), "ada").fresh
    assert len(tried) >= 3


def test_a_worker_that_keeps_dying_is_given_up_at_once(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "MAX_RESTARTS", 2)
    broken = tmp_path / "broken"
    (broken / "grader").mkdir(parents=True)
    (broken / "grader" / "__init__.py").write_text("raise SystemExit('broken')")
    monkeypatch.setenv("PYTHONPATH", str(broken))
    with local.started_with(world.setup(runs)) as address, connect(address) as client:
        with pytest.raises(RefereeError, match=r"has ended; see .*runs/referee\.log"):
            client.step(recipe("x"), "ada")
        assert (runs / "referee.log").read_text() == "broken\n" * 3


def test_it_dies_with_who_started_it(runs: Path, place: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from grader.referee.service import local; from tests.referee import world\n"
        "local.PLACE = Path(sys.argv[2])\n"
        "with local.started_with(world.setup(Path(sys.argv[1]))):\n"
        "    print('up', flush=True); time.sleep(600)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(runs), str(place)], stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"up\n"
    assert eventually(lambda: "came up" in (runs / "referee.log").read_text())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert eventually(lambda: not world.processes(runs))
    assert eventually(lambda: not list(place.iterdir()))


def test_a_folder_of_runs_that_cannot_be_made_is_said(tmp_path: Path, place: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(RefereeError, match="cannot be started"),
        local.started(tmp_path, tmp_path / "file" / "runs", "tensorflow", Budget()),
    ):
        pass
    assert list(place.iterdir()) == []


def test_other_machines_reach_one_with_its_key(runs: Path) -> None:
    with local.started_on("127.0.0.1", world.setup(runs)) as referee:
        assert referee.address.startswith("tcp://127.0.0.1:")
        with connect(referee.address, referee.key) as client:
            assert client.step(recipe("x"), "ada").fresh
        assert referee.folder.is_dir()
        _, other = zmq.curve_keypair()
        with (
            connect(referee.address, zmq.curve_public(other).decode(), 2.0) as client,
            pytest.raises(RefereeError, match=r"is lost \(no connection"),
        ):
            client.hello()
    assert world.processes(runs) == []
