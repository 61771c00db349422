"""How sandboxes end: limits, crashes, and that nothing is left of them."""

import asyncio
import os
import pickle
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from grader.sandbox import memory
from grader.sandbox.client import run_kernel
from grader.sandbox.policy import Policy
from grader.sandbox.sandbox_dir import PLACE
from grader.sandbox.sandbox_exit import EndReason, SandboxExit
from tests.patience import PATIENCE, eventually

from .conftest import MB, SMALL, Kernel

pytestmark = pytest.mark.kernel


def left_behind(maker=None):
    """Directories and groups of sandboxes that a process has made: this one, if left out."""
    ours = f"grader-sandbox-{maker or os.getpid()}-*"  # other tests run beside this one
    found = [str(path) for path in PLACE.glob(ours)]
    bound = memory.memory_bound()
    if bound.parent:
        found += [str(path) for path in Path(bound.parent).glob(ours)]
    return set(found)


def processes(word, where="cmdline"):
    """Processes of this host whose command line, or environment, holds a word."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / where).read_bytes()
        except OSError:
            continue
        if word.encode() in line:
            found.append(int(folder.name))
    return found


def odd_seconds():
    """How long a process is to sleep, so that its command line is unlike any other test's."""
    return 10**9 + time.monotonic_ns() % 10**9


def test_statuses_are_read_as_bubblewrap_writes_them():
    assert SandboxExit.from_status(3) == SandboxExit(EndReason.EXITED, 3)
    assert SandboxExit.from_status(139) == SandboxExit(EndReason.SIGNALLED, signal.SIGSEGV)
    assert SandboxExit.from_status(255) == SandboxExit(EndReason.EXITED, 255)


def test_ends_travel():
    end = SandboxExit(EndReason.SIGNALLED, 11, "words")
    assert pickle.loads(pickle.dumps(end)) == end


@pytest.mark.parametrize(
    ("code", "end"),
    [
        ("import os; os._exit(7)", SandboxExit(EndReason.EXITED, 7)),
        ("import os; os.kill(os.getpid(), 11)", SandboxExit(EndReason.SIGNALLED, 11)),
    ],
)
def test_a_kernel_that_ends_itself_is_noticed(fresh, code, end):
    kernel = fresh()
    seen = kernel.dies(code)
    assert (seen.reason, seen.code) == (end.reason, end.code)
    assert not kernel.loop.run(kernel.manager.is_alive())


@pytest.mark.parametrize(
    "hog",
    [
        "held = []\nwhile True: held.append(b'x' * (4 << 20)); time.sleep(0.01)",
        # A child is killed first, and the kernel itself would live on.
        "subprocess.run([sys.executable, '-c', 'import time\\nx = []\\nwhile True:"
        ' x.append(b"x" * (4 << 20)); time.sleep(0.01)\']); time.sleep(60)',
    ],
    ids=["pages", "child"],
)
def test_a_memory_hog_is_stopped(fresh, hog):
    kernel = fresh(Policy(replace(SMALL, memory_bytes=300 * MB)))
    assert kernel.dies(f"import subprocess, sys, time\n{hog}").reason is EndReason.MEMORY_LIMIT


def test_memory_of_no_process_is_stopped(fresh):
    """A file that lives in memory only; where nothing bounds it, it cannot be had."""
    kernel = fresh(Policy(replace(SMALL, memory_bytes=300 * MB, file_bytes=1 << 40)))
    if memory.memory_bound().robust:
        hog = "import os\nf = os.memfd_create('hog')\nwhile True: os.write(f, bytes(16 << 20))"
        assert kernel.dies(hog).reason is EndReason.MEMORY_LIMIT
    else:
        assert "Operation not permitted" in kernel.run("import os; os.memfd_create('hog')")


def test_files_in_memory_count(fresh):
    kernel = fresh(Policy(replace(SMALL, memory_bytes=200 * MB, scratch_bytes=1 << 30)))
    hog = "for i in range(40): open(f'/dev/shm/{i}', 'wb').write(bytes(15 << 20))"
    assert kernel.dies(hog + "\nimport time; time.sleep(60)").reason is EndReason.MEMORY_LIMIT


def test_watched_memory_is_bounded_too(monkeypatch, fresh):
    """The weak way, as where no control group is to be had."""
    monkeypatch.setattr(memory, "memory_bound", lambda: memory.WATCHED)
    kernel = fresh(Policy(replace(SMALL, memory_bytes=300 * MB)))
    assert "Operation not permitted" in kernel.run("import os; os.memfd_create('x')")
    assert "Operation not permitted" in kernel.run("import mmap; mmap.mmap(-1, 4096)")
    said = kernel.dies(
        "import time; x = []\nwhile True: x.append(b'x' * (4 << 20)); time.sleep(.02)"
    )
    assert said.reason is EndReason.MEMORY_LIMIT


def test_a_fork_bomb_stops_at_the_limit_and_neighbours_go_on(fresh, kernel):
    bomb = fresh(Policy(replace(SMALL, processes=60)))
    code = """
import os, time
born = 0
try:
    for _ in range(500):
        if os.fork() == 0:
            time.sleep(600)
        born += 1
except BlockingIOError:
    print('stopped', born < 60)
"""
    assert bomb.run(code) == "stopped True"
    # Same account on the host, and yet room for 100 more.
    many = "import threading, time; ts = [threading.Thread(target=time.sleep, args=(1,)) for _ in"
    assert kernel.run(many + " range(100)]; [t.start() for t in ts]; print(len(ts))") == "100"


def test_time_runs_out_unless_it_is_paused(fresh):
    kernel = fresh(Policy(replace(SMALL, submission_seconds=6)))
    kernel.manager.provisioner.pause_clock()
    time.sleep(6.5)
    assert kernel.run("print('here')") == "here"
    kernel.manager.provisioner.resume_clock()
    assert kernel.dies("while True: pass").reason is EndReason.TIME_LIMIT


async def busy(client, request):
    """Wait until the kernel has begun with a cell."""
    while True:
        message = await client.get_iopub_msg(timeout=PATIENCE)
        state = message["content"].get("execution_state")
        if (message["parent_header"].get("msg_id"), state) == (request, "busy"):
            return


@pytest.mark.parametrize(
    "code",
    [
        "while True: pass",
        # By then it has told that it is busy: that comes from threads which are stopped as well.
        "import os, signal, time; time.sleep(2); os.kill(os.getpid(), signal.SIGSTOP)\n"
        "while True: pass",
    ],
    ids=["busy", "stopped"],
)
def test_a_cell_can_be_interrupted(kernel, code):
    async def interrupt():
        request = kernel.client.execute(code)
        await busy(kernel.client, request)
        await asyncio.sleep(2.7)
        await kernel.manager.interrupt_kernel()
        return await kernel.client._async_recv_reply(request, timeout=PATIENCE)

    reply = kernel.loop.run(interrupt())
    # The cell never ends by itself. Where the interrupt comes between two steps of the kernel's own
    # loop, the reply names no exception.
    assert reply["content"]["status"] != "ok", reply
    assert reply["content"].get("ename", "KeyboardInterrupt") == "KeyboardInterrupt"


def test_nothing_is_left(fresh):
    before, number = left_behind(), str(odd_seconds())
    kernel = Kernel(Policy(SMALL))
    assert left_behind() > before
    kernel.run(
        f"import os, subprocess\nsubprocess.Popen(['sleep', '{number}'], start_new_session=True)\n"
        f"if os.fork() == 0:\n    os.setsid()\n    os.execlp('sleep', 'sleep', '{number}')"
    )
    assert eventually(lambda: len(processes(number)) == 2)
    kernel.close()
    assert processes(number) == []
    assert left_behind() == before
    assert kernel.manager.end().reason is EndReason.STOPPED


def test_nothing_is_left_of_a_start_that_was_broken_off():
    """At each point of it: some of these come before there is a namespace, some after."""
    before, whose = left_behind(), f"test-{os.getpid()}-{time.time_ns()}"

    async def start():
        async with run_kernel(Policy(SMALL, environment={"WHOSE": whose})):
            pytest.fail("too late to break it off")

    async def break_off():
        for seconds in (0.03, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(start(), seconds)

    asyncio.run(break_off())
    assert processes(whose, "environ") == []
    assert left_behind() == before


def test_a_kernel_that_will_not_go_is_killed(fresh):
    kernel = fresh()
    kernel.client.execute(
        "import signal\nfor s in (2, 15): signal.signal(s, signal.SIG_IGN)\nwhile True: pass"
    )
    time.sleep(0.5)
    began = time.monotonic()
    kernel.loop.run(kernel.manager.shutdown_kernel(now=True))
    assert time.monotonic() - began < PATIENCE  # it would go on for ever
    assert kernel.manager.end().reason is EndReason.STOPPED


CHILD = """
import asyncio, sys
from grader.sandbox.client import run_kernel
async def main():
    async with run_kernel() as (manager, client):
        seconds = int(sys.argv[1]) + 1
        client.execute(f"import subprocess; subprocess.run(['sleep', '{seconds}'])")
        print(manager.provisioner.process.pid, flush=True)
        await asyncio.to_thread(sys.stdin.read)
asyncio.run(main())
"""


@pytest.mark.parametrize("victim", ["grader", "supervisor"])
def test_nothing_is_left_when_we_are_killed(victim):
    pipes, seconds = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}, odd_seconds()
    # Told the number before it: its own command line is not to be found.
    command = [sys.executable, "-c", CHILD, str(seconds - 1)]
    with subprocess.Popen(command, **pipes) as grader:
        supervisor = int(grader.stdout.readline())
        assert left_behind(grader.pid)
        assert eventually(lambda: processes(str(seconds)))
        os.kill(grader.pid if victim == "grader" else supervisor, signal.SIGKILL)
        assert eventually(lambda: not processes(str(seconds)))
        grader.stdin.close()  # where the supervisor died, its directory is the grader's to remove
    assert eventually(lambda: not left_behind(grader.pid))
