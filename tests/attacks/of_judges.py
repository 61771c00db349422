"""What other judges of programs test their sandboxes with, carried over to notebooks.

docs/judges.md says which test of which judge each of them comes from.
"""

from __future__ import annotations

from tests.attacks.submissions import Attack, HandedIn, calling, python
from tests.attacks.used_up import IN_SANDBOX

PAUSES = "import signal\nsignal.pause()"
SELECTS = "import select\nselect.select([], [], [], 3600)"
FALLOCATES = f"""{IN_SANDBOX}
import os
for place in ('.', '/tmp', '/dev/shm', os.path.expanduser('~')):
    file = os.open(f'{{place}}/big', os.O_CREAT | os.O_RDWR)
    os.posix_fallocate(file, 0, 20 << 30)
"""
WRITES_BIG = f"""{IN_SANDBOX}
import os
for place in ('.', '/tmp', '/dev/shm', os.path.expanduser('~')):
    with open(f'{{place}}/big', 'wb') as file:
        for _ in range(20 << 10):
            file.write(bytes(1 << 20))
"""
FILLS_HEAP = f"""{IN_SANDBOX}
pages = []
for _ in range(24 << 10):
    pages.append(bytearray(b'x') * (1 << 20))
"""
# The answer is right, and what is left would tell the next student's code so.
LEAVES = """
import os, socket, ctypes
for place in ('/tmp', '/var/tmp', '/dev/shm', '/run', '/home', os.path.expanduser('~'), '.'):
    try:
        open(f'{place}/left_behind', 'w').close()
    except OSError:
        pass
libc = ctypes.CDLL(None, use_errno=True)
libc.shmget(0x5ea1, 4096, 0o1666)
libc.mq_open(b'/left_behind', os.O_CREAT, 0o666, None)
"""
LOOKS = """
import os, socket, ctypes
places = ('/tmp', '/var/tmp', '/dev/shm', '/run', '/home', '/dev/mqueue', '.')
found = [place for place in places if os.path.exists(f'{place}/left_behind')]
if ctypes.CDLL(None).shmget(0x5ea1, 4096, 0) != -1:
    found.append('shared memory')
assert not found, found
"""
RING = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
print('io_uring', libc.syscall(425, 8, ctypes.create_string_buffer(120)), ctypes.get_errno())
assert ctypes.get_errno() in (1, 38), 'io_uring is there'
"""
# Machine code for the system call 20 of 32-bit programs, getpid, which a filter of 64-bit numbers
# would take for another one.
OLD_CALL = """
import ctypes, mmap
code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
code.write(bytes.fromhex('b814000000cd80c3'))
address = ctypes.addressof(ctypes.c_char.from_buffer(code))
return a + b if ctypes.CFUNCTYPE(ctypes.c_int)(address)() > 0 else 0
"""
NO_TEXT = """
import os, sys
os.write(1, bytes(range(256)) * 100)
os.write(2, b'\\xff\\xfe\\xed\\xa0\\x80')
sys.stdout.buffer.write(b'\\xc3\\x28\\xa0\\xa1') if hasattr(sys.stdout, 'buffer') else None
"""
RUNS_OUTPUT = """
import os, stat, subprocess
with open('run.sh', 'w') as file:
    file.write('#!/bin/sh\\necho run > @OUTSIDE@/run; sleep 60.@MARK@ &\\n')
os.chmod('run.sh', 0o6755)
subprocess.run(['./run.sh'], check=False)
"""
KILLS_ALL = "import os, signal\nos.kill(-1, signal.SIGKILL)\nos.kill(os.getppid(), signal.SIGKILL)"
STOPS_ALL = "import os, signal\nos.kill(-1, signal.SIGSTOP)\nos.kill(os.getpid(), signal.SIGSTOP)"
WHO = """
import os
groups = set(os.getgroups()) | {os.getgid(), os.getegid(), os.getuid(), os.geteuid()}
for path in ('/etc/shadow', '/dev/mem', '/dev/kmsg', '/dev/uinput', '/sys/kernel/uevent_helper'):
    try:
        open(path, 'r+b').close()
        groups.add(path)
    except OSError:
        pass
assert 0 not in groups and not any(isinstance(each, str) for each in groups), groups
"""
SETS_CLOCK = """
import time
try:
    time.clock_settime(time.CLOCK_REALTIME, 0)
except OSError as error:
    print(error)
else:
    raise RuntimeError('the clock is set')
"""
REWRITES = """
import os, glob
source = '@COURSE@/source/numbers/given/table.csv'
for path in [*glob.glob('given/*'), *glob.glob('*.ipynb'), source]:
    try:
        os.remove(path)
        open(path, 'w').write('rewritten')
    except OSError:
        pass
"""


def totals(text: str) -> HandedIn:
    """``text`` inside of ``total``, which answers wrongly then."""
    body = "\n".join(f"    {line}" for line in text.strip().splitlines())
    return HandedIn({"total": f"def total(numbers):\n{body}\n    return 0"})


SUMS = HandedIn(
    {"total": "def total(numbers):\n    import time\n    time.sleep(0.2)\n    return sum(numbers)"}
)
OWN_FILE = calling("with open('own.txt', 'wb') as file:\n    file.write(bytes(1 << 20))", "a + b")

ATTACKS = (
    Attack(72, "pauses", "waits for a signal that never comes", totals(PAUSES), SUMS, "++L+"),
    Attack(72, "selects", "waits for no file at all", totals(SELECTS), SUMS, "++L+"),
    Attack(
        72,
        "exits_with_code",
        "os._exit with another code than 0",
        calling("import os\nos._exit(42)", "a + b"),
        calling("import os\nos.getpid()", "a + b"),
        "CC++",
    ),
    Attack(
        72,
        "no_python",
        "a cell that is no Python",
        HandedIn({"add": "def add(a, b):\n    return a + + + * b"}),
        HandedIn({"add": "def add(a, b):\n    return a + + + b"}),
        "xx++",
    ),
    Attack(
        72,
        "fallocates",
        "reserves 20 GB in every folder",
        calling(FALLOCATES, "a + b"),
        OWN_FILE,
        "xx++",
        dangerous=True,
    ),
    Attack(
        72,
        "writes_big_files",
        "writes 20 GB into every folder",
        calling(WRITES_BIG, "a + b"),
        OWN_FILE,
        "xx++",
        dangerous=True,
    ),
    Attack(
        72,
        "fills_heap",
        "fills 24 GB of its own memory",
        calling(FILLS_HEAP, "a + b"),
        calling("page = bytearray(b'x') * (100 << 20)", "a + b"),
        "xx++",
        dangerous=True,
    ),
    Attack(
        72,
        "leaves_files",
        "leaves files and shared memory where the next student's code would find them",
        python(LEAVES, wrong=False),
        python(LOOKS, wrong=False),
        dangerous=True,
    ),
    Attack(
        72,
        "asks_for_io_uring",
        "io_uring, which makes sockets past a filter of system calls",
        python(RING, wrong=False),
        python("import select\nselect.epoll().close()", wrong=False),
    ),
    Attack(
        72,
        "old_system_calls",
        "a system call by its number in 32-bit programs",
        calling(OLD_CALL),
        calling("import ctypes\nctypes.CDLL(None).getpid()", "a + b"),
        "CC++",
    ),
    Attack(
        72,
        "no_text",
        "bytes that are no text, on the terminal of the kernel",
        python(NO_TEXT, wrong=False),
        python("import os\nos.write(1, 'Zo\u00eb'.encode())", wrong=False),
    ),
    Attack(
        72,
        "runs_its_output",
        "runs a program that it has written, with setuid",
        python(RUNS_OUTPUT, wrong=False),
        calling("import subprocess\nsubprocess.run(['true'], check=True)", "a + b"),
        dangerous=True,
    ),
    Attack(
        72,
        "kills_all",
        "kills every process that it can reach",
        calling(KILLS_ALL),
        calling("import os\nos.kill(os.getpid(), 0)", "a + b"),
        "CC++",
        dangerous=True,
    ),
    Attack(
        72,
        "stops_all",
        "stops every process that it can reach",
        totals(STOPS_ALL),
        SUMS,
        "++L+",
        dangerous=True,
    ),
    Attack(
        72,
        "asks_who_it_is",
        "opens what only root may, with the groups that it has",
        python(WHO, wrong=False),
        python("import os\nos.getgroups()", wrong=False),
        dangerous=True,
    ),
    Attack(
        72,
        "sets_the_clock",
        "sets the clock by which it is timed",
        python(SETS_CLOCK, wrong=False),
        python("import time\ntime.time()", wrong=False),
        dangerous=True,
    ),
    Attack(
        72,
        "rewrites_input",
        "removes and rewrites the files that the course has handed out",
        python(REWRITES),
        python("open('given/table.csv').read()", wrong=False),
        "FF++",
        dangerous=True,
    ),
)
