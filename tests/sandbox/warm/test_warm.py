"""What holds for kernels that are forked from one parent, beyond what holds for every sandbox."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from grader.errors import SandboxError
from grader.sandbox.policy import CONVOLVING_PACKAGES, Policy
from grader.sandbox.processes import PR_SET_CHILD_SUBREAPER
from grader.sandbox.sandbox_dir import PLACE
from grader.sandbox.warm import parent
from grader.sandbox.warm.call import WarmCall
from grader.sandbox.warm.host import WarmParent
from tests.patience import PATIENCE, eventually, have_ended
from tests.processes import command_line

from ..conftest import SMALL, Kernel

pytestmark = pytest.mark.kernel


@pytest.fixture
def twins(warm_parent):
    made = [Kernel(Policy(SMALL, warm=warm_parent.address)) for _ in range(2)]
    yield made
    for kernel in made:
        kernel.close()


def _helpers(parent):
    """Processes that the warm parent has forked and that are still there."""
    (program,) = (
        process
        for process in psutil.Process(parent._process.pid).children(recursive=True)
        if "grader.sandbox.warm.parent" in command_line(process)
        and process.parent().pid == parent._process.pid
    )
    return program.children(recursive=True)


def test_a_warm_kernel_has_imported_what_the_parent_has(twins):
    code = "import sys; print('numpy' in sys.modules, 'grader.sandbox.warm' in sys.modules)"
    assert twins[0].run(code) == "True False"
    assert twins[0].manager.provisioner.warm


def test_a_warm_kernel_collects_garbage_though_its_parent_did_not(twins):
    code = "import gc; print(gc.isenabled(), gc.get_freeze_count() > 0)"
    assert twins[0].run(code) == "True True"


def test_siblings_draw_different_random_numbers(twins):
    code = "import random, numpy; print(random.random(), numpy.random.rand())"
    first, second = (kernel.run(code).split() for kernel in twins)
    assert not set(first) & set(second)


def test_siblings_share_no_memory_that_can_be_written(twins):
    code = (
        "print([l for l in open('/proc/self/maps').read().splitlines()"
        " if l.split()[1].startswith('rw-s') and '/dev/shm' not in l and 'memfd' not in l])"
    )
    assert twins[0].run(code) == "[]"


def test_siblings_see_neither_each_other_nor_the_parent(twins):
    processes = "import os; print(sorted(int(n) for n in os.listdir('/proc') if n.isdecimal()))"
    assert twins[0].run(processes) == "[1, 2, 3]"
    twins[0].run("open('/home/student/note', 'w').write('x'); open('/dev/shm/note', 'w')")
    notes = "('/home/student/note', '/dev/shm/note')"
    assert twins[1].run(f"import os; print([p for p in {notes} if os.path.exists(p)])") == "[]"
    assert "Error" in twins[0].run("os.kill(os.getppid() or 10**6, 9)")


def test_a_sibling_that_dies_takes_nobody_along(twins):
    end = twins[0].dies("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert (end.reason, end.code) == ("killed by a signal", signal.SIGKILL)
    assert twins[1].run("print(6 * 7)") == "42"


def test_nothing_of_a_kernel_is_left_beside_the_parent(warm_parent):
    before = set(_helpers(warm_parent))  # other tests' kernels
    kernel = Kernel(Policy(SMALL, warm=warm_parent.address))
    helpers = set(_helpers(warm_parent)) - before
    assert helpers
    kernel.close()
    assert have_ended(helpers)


@contextlib.contextmanager
def adopting():
    """This process gets every orphan below it, and reaps none, as a container's first may."""
    prctl = ctypes.CDLL(None).prctl
    before = set(psutil.Process().children())
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield lambda: set(psutil.Process().children()) - before
    finally:
        prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("warm", "code"),
    [
        (True, "os.kill(-1, 9)"),
        (True, "os.fork() or os.kill(os.getpid(), 19)"),
        (False, "os._exit(0)"),
    ],
    ids=["kills", "stops", "cold"],
)
def test_nobody_else_has_to_reap_what_a_kernel_leaves(warm_parent, warm, code):
    with adopting() as orphans:
        kernel = Kernel(Policy(SMALL, warm=warm_parent.address if warm else None), parent=warm)
        kernel.client.execute(f"import os; {code}")
        ends = "fork" in code or kernel.ends() is not None
        kernel.close()
        assert ends
        assert eventually(lambda: not orphans()), orphans()


def test_where_packages_are_blocked_the_kernel_starts_cold(warm_parent):
    policy = Policy(SMALL, warm=warm_parent.address)
    kernel = Kernel(replace(policy, blocked=(*policy.blocked, *CONVOLVING_PACKAGES)))
    try:
        assert not kernel.manager.provisioner.warm
        assert "ModuleNotFoundError" in kernel.run("import scipy")
    finally:
        kernel.close()


def test_without_a_parent_the_kernel_starts_cold(tmp_path):
    kernel = Kernel(Policy(SMALL, warm=tmp_path / "nobody"), parent=False)
    try:
        assert not kernel.manager.provisioner.warm
        assert kernel.run("print(6 * 7)") == "42"
    finally:
        kernel.close()


def test_a_parent_that_is_killed_leaves_its_kernels_alone():
    parent = WarmParent(Policy(), ["ipykernel_launcher"])
    try:
        parent.expect_ready()
        kernel = Kernel(Policy(SMALL, warm=parent.address))
        helpers = set(_helpers(parent))
        parent._process.kill()
        parent._process.wait()
        assert helpers
        assert not parent.alive
        kernel.close()
    finally:
        parent.close()


PROGRAM = """
import pathlib, sys, time
from grader.sandbox.policy import Policy
from grader.sandbox.warm import host
host.PLACE = pathlib.Path(sys.argv[1])
parent = host.WarmParent(Policy(), [])
parent.expect_ready()
print(parent._process.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def place(monkeypatch):
    """A folder for parents that no other process clears up, short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="grader-test-", dir=PLACE) as folder:
        Path(folder).chmod(0o711)
        monkeypatch.setattr("grader.sandbox.warm.host.PLACE", Path(folder))
        yield Path(folder)


def test_a_parent_ends_with_the_grader_that_started_it(place):
    command = [sys.executable, "-c", PROGRAM, place]
    grader = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert grader.stdout is not None
    parent = psutil.Process(int(grader.stdout.readline()))
    family = [parent, *parent.children(recursive=True)]
    grader.kill()
    grader.wait()
    grader.stdout.close()
    assert have_ended(family)
    assert list(place.iterdir())  # nobody was left to remove it
    WarmParent(Policy(), []).close()
    assert not list(place.iterdir())


def test_without_bubblewrap_nothing_is_left(monkeypatch, place):
    monkeypatch.setattr("grader.sandbox.launcher.shutil.which", lambda _: None)
    with pytest.raises(SandboxError, match="bubblewrap"):
        WarmParent(Policy(), [])
    assert not list(place.iterdir())


def test_closing_leaves_no_folder(warm_parent):
    other = WarmParent(Policy(), [])
    folder = other.address.parent
    other.close()
    assert not folder.exists()
    assert Path(warm_parent.address).exists()
    assert folder.name.startswith(f"grader-warm-{os.getpid()}-")


def test_a_parent_for_which_no_process_is_left_refuses_one_kernel_and_serves_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> int:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refused)
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # of this process' children
    end, over = os.pipe()
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener,
        ThreadPoolExecutor() as threads,
    ):
        listener.bind(str(tmp_path / "kernels"))
        listener.listen()
        served = threads.submit(parent._serve_all, listener, [end], "")
        for _ in range(2):
            call = WarmCall(str(tmp_path / "kernels"))
            call._socket.setblocking(True)
            while not call.over:
                call.listen()
            assert "Resource temporarily unavailable" in call.error
            call.close()
        os.close(over)
        assert served.result(PATIENCE) is None
    os.close(end)
