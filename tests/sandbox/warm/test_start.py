"""Ways in which a warm start can go wrong, and what student kernels are then: cold, never lost."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace

import psutil
import pytest

from grader.errors import SandboxError
from grader.sandbox import launcher
from grader.sandbox.client import run_kernel
from grader.sandbox.memory import BoundKind, MemoryBound
from grader.sandbox.policy import COURSE, Policy
from grader.sandbox.warm import host
from grader.sandbox.warm.host import WarmParent
from tests.patience import PATIENCE, eventually, have_ended

from ..conftest import SMALL, Kernel
from ..test_sandbox_exit import left_behind

pytestmark = pytest.mark.kernel

KERNEL = ["ipykernel_launcher", "ipykernel.ipkernel"]


@contextlib.contextmanager
def speaking(tmp_path, speak):
    """The socket of a warm parent that says what ``speak`` says to each caller, and hangs up."""
    address = tmp_path / "kernels"
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(str(address))
        listener.listen()
        listener.settimeout(0.1)
        over = threading.Event()

        def serve():
            while not over.is_set():
                with contextlib.suppress(TimeoutError, ConnectionError):
                    caller, _ = listener.accept()
                    with caller:
                        speak(caller)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield address
        finally:
            over.set()
            thread.join()


def say(caller, descriptors=(), **facts):
    socket.send_fds(caller, [json.dumps(facts).encode()], descriptors)


def of_ended_process(caller):
    """A helper that has ended already, whose number may be anybody's."""
    with subprocess.Popen(["true"]) as process:
        ended = os.pidfd_open(process.pid)
    say(caller, [ended], helper=True)
    os.close(ended)
    caller.recv(1)


def of_our_own_namespaces(caller):
    """A helper in whose user namespace no sandbox can be made."""
    with subprocess.Popen(["sleep", "60"]) as process:
        helper = os.pidfd_open(process.pid)
        say(caller, [helper], helper=True)
        caller.recv(1)
        os.close(helper)
        process.kill()


@pytest.mark.parametrize(
    ("speak", "reason"),
    [
        (lambda caller: None, "hung up"),
        (lambda caller: say(caller, error="no memory"), "no memory"),
        (of_ended_process, "has ended"),
        (of_our_own_namespaces, "setns"),
    ],
    ids=["hangs up", "refuses", "helper has ended", "cannot enter"],
)
def test_where_the_parent_gives_no_kernel_it_starts_cold_and_says_why(tmp_path, speak, reason):
    before = left_behind()

    async def start(address):
        async with run_kernel(Policy(SMALL, warm=address)) as (manager, _):
            return manager.provisioner.warm, manager.provisioner.cold_reason

    with speaking(tmp_path, speak) as address:
        warm, why = asyncio.run(start(address))
    assert not warm
    assert reason in why
    assert left_behind() == before


def test_a_start_can_be_broken_off_while_the_parent_is_silent(tmp_path):
    before = left_behind()

    async def start(address):
        async with run_kernel(Policy(SMALL, warm=address)):
            pytest.fail("nobody gave a kernel")

    over = threading.Event()
    with speaking(tmp_path, lambda caller: over.wait(4 * PATIENCE)) as address:
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            asyncio.run(asyncio.wait_for(start(address), 1))
        assert time.monotonic() - began < PATIENCE
        over.set()
    assert left_behind() == before


def test_a_parent_outlives_the_thread_that_started_it():
    made = []

    def start():
        made.append(WarmParent(Policy(), KERNEL))
        made[0].expect_ready()

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    (parent,) = made
    try:
        time.sleep(0.3)  # a signal at the thread's end would have come by then
        Kernel(Policy(SMALL, warm=parent.address)).close()
    finally:
        parent.close()


def test_a_parent_ends_though_a_fork_of_the_grader_lives():
    program = (
        "import os, sys, time\n"
        "from grader.sandbox.policy import Policy\n"
        "from grader.sandbox.warm.host import WarmParent\n"
        "parent = WarmParent(Policy(), [])\n"
        "parent.expect_ready()\n"
        "fork = os.fork()\n"
        "if fork: print(parent._process.pid, fork, flush=True)\n"
        "time.sleep(600)\n"
    )
    grader = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert grader.stdout is not None
    bubblewrap, fork = map(psutil.Process, map(int, grader.stdout.readline().split()))
    family = [bubblewrap, *bubblewrap.children(recursive=True)]
    grader.kill()
    grader.wait()
    grader.stdout.close()
    try:
        assert have_ended(family)
        assert fork.is_running()
    finally:
        fork.kill()
        WarmParent(Policy(), []).close()  # removes the folder


def test_a_parent_whose_bubblewrap_is_killed_ends():
    parent = WarmParent(Policy(), [])
    try:
        parent.expect_ready()
        family = psutil.Process(parent._process.pid).children(recursive=True)
        assert family
        os.kill(parent._process.pid, signal.SIGKILL)
        assert have_ended(family)
    finally:
        parent.close()


def importing(tmp_path, text):
    """A parent that imports a module with this text."""
    module = tmp_path / "odd.py"
    module.write_text(text)
    module.chmod(0o644)
    policy = Policy(readable={f"{COURSE}/odd.py": module})
    return contextlib.closing(WarmParent(policy, [*KERNEL, "odd"]))


@pytest.mark.parametrize("mode", ["PROT_READ | PROT_WRITE", "PROT_READ"])
def test_a_module_with_shared_memory_keeps_kernels_cold(tmp_path, mode):
    """Also where the pages are not writable yet: any kernel could make them so."""
    text = (
        "import os\nfrom mmap import *\nf = os.memfd_create('x')\nos.ftruncate(f, 4096)\n"
        f"m = mmap(f, 4096, MAP_SHARED, {mode})\n"
    )
    with importing(tmp_path, text) as parent:
        with pytest.raises(SandboxError, match="all kernels of a class could write"):
            parent.expect_ready()
        assert parent.alive


@pytest.mark.parametrize("fork", [1, 2], ids=["helper", "kernel"])
def test_a_module_that_starts_threads_in_forks_keeps_kernels_cold(tmp_path, fork):
    """Such a thread would keep rights that the kernel's own thread gives up."""
    text = (
        "import os, threading, time\nforks = 0\n"
        "def hook():\n"
        "    global forks\n"
        "    forks += 1\n"
        f"    if forks == {fork}:\n"
        "        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
        "os.register_at_fork(after_in_child=hook)\n"
    )

    async def start(address):
        async with run_kernel(Policy(SMALL, warm=address)) as (manager, _):
            return manager.provisioner.warm, manager.provisioner.cold_reason

    with importing(tmp_path, text) as parent:
        parent.expect_ready()
        warm, why = asyncio.run(start(parent.address))
    assert not warm
    assert ("Invalid argument" if fork == 1 else "starts a thread in each fork") in why


def test_a_module_that_fails_is_left_to_the_notebooks_own_cell(tmp_path):
    with importing(tmp_path, "raise RuntimeError('not here')") as parent:
        parent.expect_ready()
        Kernel(Policy(SMALL, warm=parent.address)).close()


def test_a_parent_that_never_is_ready_counts_as_gone(tmp_path, monkeypatch):
    monkeypatch.setattr(host, "_END_SECONDS", 0.2)
    with importing(tmp_path, "import time\ntime.sleep(600)") as parent:
        assert parent.alive
        monkeypatch.setattr(parent, "_ready_by", time.monotonic())
        assert not parent.alive


def test_the_parent_starts_within_the_groups_that_this_account_was_given(monkeypatch, tmp_path):
    """Else it might not move a helper into a sandbox's group; see ``launcher``."""
    seen = {}
    monkeypatch.setattr(launcher, "_run", lambda *_, **how: seen.update(how))
    bound = MemoryBound(BoundKind.SYSTEMD, prefix=("systemd-run", "--user", "--scope"))
    launcher.start_warm_parent(Policy(), [], tmp_path, listener=0, ends=(1,), bound=bound)
    assert seen["prefix"] == bound.prefix


def test_many_calls_leave_nothing_in_the_parent():
    with contextlib.closing(WarmParent(Policy(), [])) as parent:
        parent.expect_ready()
        (program,) = psutil.Process(parent._process.pid).children()
        before = program.num_fds()
        for _ in range(100):
            parent.expect_ready()
        assert have_ended(program.children())
        # It may still close what the last call left, and might have had to close that of the first
        # one when it was looked at.
        assert eventually(lambda: program.num_fds() <= before)


def test_a_kernel_cannot_reach_what_its_parent_was_called_with(warm_parent):
    """Frames below the kernel's own hold no socket, no descriptor, no caller."""
    kernel = Kernel(Policy(SMALL, warm=warm_parent.address))
    code = (
        "import sys, gc, socket\n"
        "frame, names, held = sys._getframe(), [], []\n"
        "while frame:\n"
        "    names.append(frame.f_code.co_name)\n"
        "    if frame.f_globals.get('__name__') == '__main__' and 'order' in frame.f_locals:\n"
        "        held += [k for k, v in frame.f_locals.items() if isinstance(v, socket.socket)]\n"
        "    frame = frame.f_back\n"
        "print('_serve' in names, held)\n"
    )
    try:
        assert kernel.run(code) == "False []"
    finally:
        kernel.close()


SOURCES = """
import random, ssl, tempfile, uuid, numpy
print(random.random(), random.Random().random(), numpy.random.rand(),
      numpy.random.default_rng().random(), numpy.random.RandomState().rand(),
      uuid.uuid4(), uuid.uuid1(), tempfile.mktemp(), ssl.RAND_bytes(8).hex())
"""
KERAS_SOURCES = """
import tensorflow as tf, keras
layer = keras.layers.Dense(1, use_bias=False)
layer.build((None, 1))
drawn = [tf.random.uniform([]), tf.random.normal([]), keras.random.uniform(()),
         tf.raw_ops.RandomUniform(shape=[1], dtype=tf.float32)[0], layer.kernel[0][0],
         tf.random.get_global_generator().uniform([])]
print(*(float(number) for number in drawn))
"""


@pytest.mark.keras
@pytest.mark.parametrize(
    ("module", "code"), [("numpy", SOURCES), ("tensorflow", KERAS_SOURCES)], ids=["numpy", "keras"]
)
def test_siblings_draw_different_numbers_from_every_source(module, code):
    drawn = []
    with contextlib.closing(WarmParent(Policy(), [*KERNEL, module])) as parent:
        for _ in range(2):
            kernel = Kernel(Policy(replace(SMALL, memory_bytes=3 << 30), warm=parent.address))
            drawn.append(kernel.run(code, timeout=120).split())
            kernel.close()
    first, second = drawn
    assert len(first) == len(second) >= 6
    assert not set(first) & set(second)
