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
from grader.sandbox.ends import End, EndReason
from grader.sandbox.policy import Policy
from grader.sandbox.rooms import PLACE

from .conftest import MB, SMALL, Kernel


def left_behind(maker=None):
    """Rooms and groups on this host that a process has made: this one, if left out."""
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


def test_statuses_are_read_as_bubblewrap_writes_them():
    assert End.of_status(3) == End(EndReason.EXITED, 3)
    assert End.of_status(139) == End(EndReason.SIGNALLED, signal.SIGSEGV)
    assert End.of_status(255) == End(EndReason.EXITED, 255)


def test_who_is_to_blame():
    assert End(EndReason.LOST).innocent
    assert not End(EndReason.MEMORY_LIMIT).innocent


def test_ends_travel():
    end = End(EndReason.SIGNALLED, 11, "words")
    assert pickle.loads(pickle.dumps(end)) == end


@pytest.mark.parametrize(
    ("code", "end"),
    [
        ("import os; os._exit(7)", End(EndReason.EXITED, 7)),
        ("import os; os.kill(os.getpid(), 11)", End(EndReason.SIGNALLED, 11)),
    ],
)
def test_a_kernel_that_ends_itself_is_noticed(fresh, code, end):
    kernel = fresh()
    found = kernel.dies(code)
    assert (found.reason, found.code) == (end.reason, end.code)
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
    kernel = fresh(Policy(replace(SMALL, submission_seconds=1.5)))
    kernel.manager.provisioner.pause_clock()
    time.sleep(1.8)
    assert kernel.run("print('here')") == "here"
    kernel.manager.provisioner.resume_clock()
    assert kernel.dies("while True: pass").reason is EndReason.TIME_LIMIT


@pytest.mark.parametrize(
    "code",
    [
        "while True: pass",
        "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)\nwhile True: pass",
    ],
    ids=["busy", "stopped"],
)
def test_a_cell_can_be_interrupted(kernel, code):
    async def interrupt():
        message = kernel.client.execute(code)
        await asyncio.sleep(0.7)
        await kernel.manager.interrupt_kernel()
        return await kernel.client._async_recv_reply(message, timeout=20)

    reply = kernel.loop.run(interrupt())
    assert reply["content"]["ename"] == "KeyboardInterrupt"


def test_nothing_is_left(fresh):
    before = left_behind()
    kernel = Kernel(Policy(SMALL))
    assert left_behind() > before
    daemon = "import os, subprocess; subprocess.Popen(['sleep', '98765'], start_new_session=True)"
    kernel.run(
        f"{daemon}\nif os.fork() == 0:\n    os.setsid()\n    os.execlp('sleep', 'sleep', '98765')"
    )
    until = time.monotonic() + 10
    while len(processes("98765")) < 2 and time.monotonic() < until:
        time.sleep(0.02)
    assert len(processes("98765")) == 2
    kernel.close()
    assert processes("98765") == []
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
    assert time.monotonic() - began < 3
    assert kernel.manager.end().reason is EndReason.STOPPED


CHILD = """
import asyncio, sys
from grader.sandbox.client import run_kernel
async def main():
    async with run_kernel() as (manager, client):
        client.execute("import subprocess; subprocess.run(['sleep', str(80000 + 7654)])")
        print(manager.provisioner.process.pid, flush=True)
        await asyncio.to_thread(sys.stdin.read)
asyncio.run(main())
"""


@pytest.mark.parametrize("victim", ["grader", "keeper"])
def test_nothing_is_left_when_we_are_killed(victim):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", CHILD], **pipes) as grader:
        keeper = int(grader.stdout.readline())
        assert left_behind(grader.pid)
        until = time.monotonic() + 10
        while not processes("87654") and time.monotonic() < until:
            time.sleep(0.05)
        assert processes("87654")
        os.kill(grader.pid if victim == "grader" else keeper, signal.SIGKILL)
        until = time.monotonic() + 10
        while processes("87654") and time.monotonic() < until:
            time.sleep(0.05)
        assert processes("87654") == []
        grader.stdin.close()  # where the keeper died, its room is the grader's to remove
    until = time.monotonic() + 10
    while left_behind(grader.pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert left_behind(grader.pid) == set()
