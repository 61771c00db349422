"""Attacks on what a machine has little of: files in memory, descriptors, threads, buffers."""

from __future__ import annotations

from tests.attacks.submissions import Attack, HandedIn, calling, python
from tests.attacks.used_up import IN_SANDBOX

MANY_FILES = f"""{IN_SANDBOX}
os.mkdir('many')
for number in range(3_000_000):
    os.close(os.open(f'many/{{number}}', os.O_CREAT))
"""
FILLED_DISKS = f"""{IN_SANDBOX}
for place in ('.', '/dev/shm', '/tmp', '/var/tmp', '/run', '/run/kernel', '/dev', '/data', '/'):
    try:
        for number in range(20):
            with open(f'{{place}}/fill{{number}}', 'wb') as file:
                for _ in range(400):
                    file.write(bytes(1 << 20))
    except OSError as error:
        print(place, error)
"""
ALL_DESCRIPTORS = f"""{IN_SANDBOX}
HELD = []
try:
    while True:
        HELD.append(os.open('/dev/null', os.O_RDONLY))
except OSError as error:
    print(len(HELD), error)
"""
ALL_THREADS = f"""{IN_SANDBOX}
import threading, time
try:
    while True:
        threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
except RuntimeError as error:
    print(threading.active_count(), error)
"""
FULL_PIPES = f"""{IN_SANDBOX}
import fcntl
HELD = []
try:
    while True:
        HELD += os.pipe()
        fcntl.fcntl(HELD[-1], fcntl.F_SETPIPE_SZ, 1 << 20)
        os.write(HELD[-1], bytes(1 << 20))
except OSError as error:
    print(len(HELD), error)
"""
FULL_SOCKETS = f"""{IN_SANDBOX}
import socket
HELD = []
try:
    while True:
        HELD.append(socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM))
        for end in HELD[-1]:
            end.setblocking(False)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 30)
            try:
                while True:
                    end.send(bytes(1 << 16))
            except BlockingIOError:
                pass
except OSError as error:
    print(len(HELD), error)
"""
LOCKED_PAGES = f"""{IN_SANDBOX}
import mmap
pages = []
while True:
    pages.append(mmap.mmap(-1, 64 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE))
"""
SMALL_MESSAGES = f"""{IN_SANDBOX}
while True:
    print('.', flush=True)
"""


def within(text: str, answer: str = "a + b") -> HandedIn:
    """``text`` once, at the top of the cell ``add``, whose answer is right."""
    return HandedIn({"add": f"{text.strip()}\n\ndef add(a, b):\n    return {answer}"})


ATTACKS = (
    Attack(
        43,
        "many_files",
        "three million empty files in its folder",
        within(MANY_FILES),
        within("for number in range(100):\n    open(f'{number}.txt', 'w').close()"),
        "xx++",
        dangerous=True,
    ),
    Attack(
        43,
        "filled_disks",
        "fills every place that it may write to",
        within(FILLED_DISKS),
        within("open('large', 'wb').write(bytes(10 << 20))"),
        dangerous=True,
    ),
    Attack(
        43,
        "all_descriptors",
        "opens files until it may open no more, and keeps them",
        within(ALL_DESCRIPTORS),
        within("files = [open('/dev/null') for _ in range(50)]"),
        dangerous=True,
    ),
    Attack(
        43,
        "all_threads",
        "starts threads until it may start no more",
        within(ALL_THREADS),
        python("import threading\nthreading.Thread(target=print, daemon=True).start()", False),
        # it ends where no more may be had, and then answers rightly
        "++++",
        dangerous=True,
    ),
    Attack(
        43,
        "full_pipes",
        "fills pipes, whose memory is the system's",
        within(FULL_PIPES),
        within("import os\nreading, writing = os.pipe()\nos.write(writing, b'x')"),
        # it ends where no more may be had, and then answers rightly
        "++++",
        dangerous=True,
    ),
    Attack(
        43,
        "full_sockets",
        "fills sockets, whose memory is the system's",
        within(FULL_SOCKETS),
        within("import socket\none, other = socket.socketpair()\none.send(b'x')"),
        # How much sockets hold is the system's setting (net.core.wmem_max): they are full first,
        # and the answer is right; or the memory limit is reached.
        "??++",
        dangerous=True,
    ),
    Attack(
        43,
        "populated_pages",
        "maps pages that are filled at once",
        calling(LOCKED_PAGES, "a + b"),
        calling("import mmap\nmmap.mmap(-1, 1 << 20).close()", "a + b"),
        "xx++",
        dangerous=True,
    ),
    Attack(
        43,
        "small_messages",
        "prints in as many messages as it can",
        within(SMALL_MESSAGES),
        within("for _ in range(20):\n    print('.', flush=True)"),
        "xx++",
        dangerous=True,
    ),
)
