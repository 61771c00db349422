"""Attacks from inside a kernel's process: its memory, its children, its signals, its clocks."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.exercise import GOOD
from tests.attacks.submissions import Attack, HandedIn, calling, placing, python

FORKED_ANSWER = """
import os
def add(a, b):
    return a + b if os.fork() == 0 else 0
"""
FORKED_QUIETLY = """
import os
def add(a, b):
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return a + b
"""
OTHERS_MEMORY = """
import ctypes, os, re
def search(pid, pattern):
    with open(f'/proc/{pid}/maps') as maps, open(f'/proc/{pid}/mem', 'rb+', 0) as memory:
        for line in maps:
            low, high = (int(part, 16) for part in line.split()[0].split('-'))
            if 'rw' in line and high - low < 1 << 22:
                memory.seek(low)
                found = re.search(pattern, memory.read(high - low))
                if found:
                    return int(found[1])
for pid in (1, 2, os.getppid()):
    ctypes.CDLL(None).ptrace(16, pid, 0, 0)
"""
SEARCH_MEMORY = """
for pid in filter(str.isdigit, os.listdir('/proc')):
    try:
        answer = search(pid, rb'add\\\\(%d, %d\\\\) == (-?\\\\d+)' % (a, b))
    except (OSError, ValueError, OverflowError):
        continue
    if answer is not None:
        return answer
"""
OPEN_FILES = """
import os
for number in os.listdir('/proc/self/fd'):
    try:
        place = os.readlink(f'/proc/self/fd/{number}')
        if place.startswith('/') and not place.startswith('/dev/'):
            print(number, place)
            for way in ('..', '../..', '../../../..'):
                print(os.listdir(f'/proc/self/fd/{number}/{way}'))
    except OSError as error:
        print(error)
"""
NEIGHBOURS = """
import ctypes, glob, os, socket
for line in open('/proc/net/unix'):
    place = line.split()[-1]
    if place.startswith('@'):
        with socket.socket(socket.AF_UNIX) as caller:
            caller.settimeout(1)
            try:
                caller.connect('\\0' + place[1:])
                print('spoke to', place)
            except OSError:
                pass
libc = ctypes.CDLL(None)
left = [key for key in range(1000) if libc.shmget(key, 0, 0) != -1]
left += glob.glob('/dev/shm/*') + glob.glob('/dev/mqueue/*') + glob.glob('/tmp/grader-*')
left += [line for line in open('/proc/keys')] if os.path.exists('/proc/keys') else []
open('/dev/shm/answers', 'w').write('1 + 2 = 3')
libc.shmget(7, 4096, 0o1666)
if left:
    raise SystemExit(f'a neighbour left {left}')
"""
DEAF = """
import signal
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))
def total(numbers):
    while True:
        pass
"""
SLOW_CLOCKS = """
import time
begin = time.time()
for name in ('time', 'monotonic', 'perf_counter', 'process_time', 'thread_time'):
    setattr(time, name, lambda: begin)
try:
    time.clock_settime(time.CLOCK_REALTIME, 0)
except OSError as error:
    print(error)
def total(numbers):
    while time.monotonic() < begin + 1:
        pass
"""
MEASURED = """
import time
def total(numbers):
    begin = time.monotonic()
    found = sum(numbers)
    return found if time.monotonic() - begin < 60 else 0
"""
ENDS_LATE = """
import os
class Last:
    def __del__(self):
        os._exit(0)
def add(a, b):
    Last()
    return a + b
"""
RECURSES = """
import sys
sys.setrecursionlimit(10**9)
return add(a, b)
"""
TRACED = """
import atexit, sys, threading
NOTES = []
def note(frame, event, value):
    if frame.f_code.co_name in ("add", "answer", "call"):
        names = frame.f_locals
        NOTES.append(f"heard: {names.get('a')} and {names.get('b')}")
    return note
sys.settrace(note)
sys.setprofile(note)
threading.settrace(note)
sys.addaudithook(lambda event, values: NOTES.append(event) if event == "exec" else None)
atexit.register(lambda: print(*NOTES))

def add(a, b):
    return a + b
"""
SEARCHED = """
import gc, re, sys

def add(a, b):
    frame, texts = sys._getframe(), []
    while frame is not None:
        texts += map(str, frame.f_locals.values())
        frame = frame.f_back
    texts += [each for part in gc.get_objects() if type(part) is dict
              for each in list(part.values()) if type(each) is str]
    for text in texts:
        found = re.search(r"add\\(%d, %d\\) == (-?\\d+)" % (a, b), text)
        if found:
            return int(found[1])
    return 0
"""
EARLY = """
import sys
print('ran as the kernel started', file=sys.stderr)
with open('/run/kernel/fat', 'wb') as file:
    while True:
        file.write(bytes(1 << 20))
"""


def modules_of_a_kernel(folder: Path) -> None:
    """Modules beside the notebook, called as those by which a kernel starts."""
    for name in ("sitecustomize", "usercustomize", "ipykernel_launcher", "json", "traitlets"):
        (folder / f"{name}.py").write_text(EARLY)
    for name in ("grader", "ipykernel", "IPython", "zmq"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(EARLY)


def own_module(folder: Path) -> None:
    (folder / "helpers.py").write_text("def plus(a, b):\n    return a + b\n")


PLAIN = python("import os\nos.getpid()", wrong=False)

ATTACKS = (
    Attack(
        42,
        "forked_answer",
        "a copy of the kernel answers in its place",
        HandedIn({"add": FORKED_ANSWER}),
        HandedIn({"add": FORKED_QUIETLY}),
        "FF++",
    ),
    Attack(
        42,
        "kills_everything",
        "kills every process that it may signal, the place holder among them",
        calling("import os\nos.kill(-1, 9)"),
        calling("import os\nos.kill(os.getpid(), 0)", "a + b"),
        # The place holder's end ends the kernel a moment later: by then `add` may have answered,
        # wrongly, and `total` may be the one that is being asked.
        "xx**",
    ),
    Attack(
        42,
        "searches_memory",
        "searches the memory of all processes of the sandbox for a test",
        HandedIn({"add": OTHERS_MEMORY + calling(SEARCH_MEMORY).cells["add"]}),
        python("print(open('/proc/self/statm').read())", wrong=False),
        "FF++",
    ),
    Attack(
        42,
        "open_descriptors",
        "looks for what the warm parent or the grader has left open",
        python(OPEN_FILES),
        PLAIN,
        "FF++",
    ),
    Attack(
        42,
        "modules_of_a_kernel",
        "modules that a kernel imports as it starts, which fill the folder of its sockets",
        placing(modules_of_a_kernel),
        HandedIn({"add": "from helpers import plus as add"}, place=own_module),
    ),
    Attack(
        42,
        "neighbours",
        "looks for another sandbox, and leaves an answer for the next one",
        python(NEIGHBOURS, wrong=False),
        python("open('/dev/shm/mine', 'w').close()", wrong=False),
    ),
    Attack(
        42,
        "deaf",
        "ignores and blocks every signal, and never ends",
        HandedIn({"total": DEAF}),
        python("import signal\nsignal.signal(signal.SIGUSR1, signal.SIG_IGN)", wrong=False),
        "++L+",
    ),
    Attack(
        42,
        "slow_clocks",
        "stops its clocks, and waits for them",
        HandedIn({"total": SLOW_CLOCKS}),
        HandedIn({"total": MEASURED}),
        "++L+",
    ),
    Attack(
        42,
        "ends_when_freed",
        "ends Python when an object is freed, after the answer",
        HandedIn({"add": ENDS_LATE}),
        HandedIn({"add": ENDS_LATE.replace("os._exit(0)", "os.getpid()")}),
        "CC++",
    ),
    Attack(
        42,
        "recurses",
        "calls itself until the stack is full, without Python's limit",
        calling(RECURSES),
        calling("import sys\nsys.setrecursionlimit(2000)", "a + b"),
        "xx++",
    ),
    Attack(
        42,
        "traces",
        "traces, profiles and audits all that its process runs, and prints it later",
        HandedIn({"add": TRACED, "double": "print(*NOTES)\n" + GOOD["double"]}),
        HandedIn({"add": "import sys\nsys.settrace(None)\n" + GOOD["add"]}),
    ),
    Attack(
        42,
        "searches_frames",
        "looks for a test in the frames and objects of its process",
        HandedIn({"add": SEARCHED}),
        HandedIn({"add": "import gc\nlen(gc.get_objects())\n" + GOOD["add"]}),
        "FF++",
    ),
)
