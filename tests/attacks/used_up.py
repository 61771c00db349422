"""Attacks on the machine: processes that end, hang, multiply, or use up memory and output."""

from __future__ import annotations

from tests.attacks.submissions import Attack, HandedIn, calling, python

IN_SANDBOX = """
import os
if os.environ.get('HOME') != '/home/student':
    raise RuntimeError('this is no sandbox')
"""
FORKS = f"""{IN_SANDBOX}
import time
for _ in range(5000):
    if os.fork() == 0:
        time.sleep(60)
        os._exit(0)
"""
MEMORY_FILE = f"""{IN_SANDBOX}
file = os.memfd_create('hog')
for _ in range(24 << 10):
    os.write(file, bytes(1 << 20))
"""
SHARED_MEMORY = f"""{IN_SANDBOX}
import mmap
pages = []
for _ in range(24 << 10):
    pages.append(mmap.mmap(-1, 1 << 20))
    pages[-1].write(bytes([1]) * (1 << 20))
"""
PRINT_FOR_EVER = f"""{IN_SANDBOX}
while True:
    print('x' * 10_000)
"""
DAEMON = """
import os
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp('sleep', ['sleep', '60.@MARK@'])
    os._exit(0)
"""
AT_EXIT = """
import atexit
def leave():
    with open('@OUTSIDE@/at_exit', 'w') as file:
        file.write('still here')
atexit.register(leave)
"""
THREAD = """
import threading, time
def stay():
    while True:
        time.sleep(0.01)
threading.Thread(target=stay).start()
"""
JOINED_THREAD = """
import threading
thread = threading.Thread(target=print)
thread.start()
thread.join()
"""

ATTACKS = (
    Attack(
        15,
        "exits",
        "os._exit in the function",
        calling("import os\nos._exit(0)"),
        calling("import os\nos.getpid()", "a + b"),
        "CC++",
    ),
    Attack(
        15,
        "exits_politely",
        "sys.exit in the function",
        calling("import sys\nsys.exit(0)"),
        calling("import sys\ntry:\n    sys.exit(0)\nexcept SystemExit:\n    pass", "a + b"),
        "CC++",
    ),
    Attack(
        15,
        "segfaults",
        "reads address 0",
        calling("import ctypes\nctypes.string_at(0)"),
        calling("import ctypes\nctypes.c_int(a)", "a + b"),
        "CC++",
    ),
    Attack(
        16,
        "spins",
        "a busy loop",
        HandedIn({"total": "def total(numbers):\n    while True:\n        pass"}),
        HandedIn({"total": "def total(numbers):\n    sum(range(10**6))\n    return sum(numbers)"}),
        "++L+",
    ),
    Attack(
        16,
        "sleeps",
        "sleeps for an hour",
        HandedIn({"total": "import time\ndef total(numbers):\n    time.sleep(3600)"}),
        HandedIn(
            {
                "total": "import time\ndef total(numbers):\n"
                "    time.sleep(0.5)\n    return sum(numbers)"
            }
        ),
        "++L+",
    ),
    Attack(
        16,
        "stops",
        "stops its own process",
        HandedIn(
            {
                "total": "import os, signal\ndef total(numbers):\n"
                "    os.kill(os.getpid(), signal.SIGSTOP)\n    return 6"
            }
        ),
        HandedIn(
            {
                "total": "import os, signal\ndef total(numbers):\n"
                "    os.kill(os.getpid(), 0)\n    return sum(numbers)"
            }
        ),
        "++L+",
    ),
    Attack(
        17,
        "forks",
        "a fork bomb",
        calling(FORKS, "a + b"),
        calling("import subprocess\nsubprocess.run(['true'], check=True)", "a + b"),
        "xx??",  # its children fill the kernel's limit until they end, and may cost it other claims
        dangerous=True,
    ),
    Attack(
        18,
        "hogs_memory_files",
        "fills a memfd with 24 GB",
        calling(MEMORY_FILE, "a + b"),
        calling("page = bytes(200 << 20)", "a + b"),
        "xx++",
        dangerous=True,
    ),
    Attack(
        18,
        "hogs_shared_memory",
        "fills 24 GB of shared memory",
        calling(SHARED_MEMORY, "a + b"),
        calling("import mmap\nmmap.mmap(-1, 1 << 20).close()", "a + b"),
        "xx++",
        dangerous=True,
    ),
    Attack(
        19,
        "prints_for_ever",
        "an endless print",
        calling(PRINT_FOR_EVER, "a + b"),
        calling("print('x' * 100)", "a + b"),
        "xx++",
        dangerous=True,
    ),
    Attack(
        19,
        "one_long_message",
        "prints 40 MB at once",
        calling("print('x' * 40_000_000)", "a + b"),
        calling("print('x' * 40_000)", "a + b"),
        "xx++",
    ),
    Attack(
        20,
        "daemon",
        "leaves a daemon behind",
        python(DAEMON, wrong=False),
        calling("import subprocess\nsubprocess.run(['sleep', '0.01'])", "a + b"),
    ),
    Attack(
        20,
        "at_exit",
        "writes a file of the machine when Python ends",
        python(AT_EXIT, wrong=False),
        python("import atexit\natexit.register(print)", wrong=False),
    ),
    Attack(
        20,
        "threads",
        "a thread that never ends",
        python(THREAD, wrong=False),
        python(JOINED_THREAD, wrong=False),
    ),
)
