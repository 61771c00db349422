"""However a student's code ends or silences its kernel, the submission ends in its time.

Each case stands in the cell ``add``: in the function, which claims call, or at the cell's top. The
other cells are right, and their claims keep their points.
"""

from __future__ import annotations

import dataclasses
import shutil
import textwrap
import time
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from grader import settings as course_settings
from grader.model import Limits, Outcome
from grader.notebook.assignment import load_assignment
from grader.notebook.judging import warm_kernels
from grader.notebook.judging.examination import Examination
from grader.notebook.judging.judge import judge
from grader.notebook.judging.stopwatch import Stopwatch
from grader.notebook.submission.rebuild import rebuild
from grader.reports.terminal.class_table import MARKS
from tests.attacks import exercise
from tests.conftest import ROOT

pytestmark = pytest.mark.kernel

LIMITS = Limits(submission_seconds=40, cell_seconds=2)
# Beside its limit a submission takes the starts of its kernels, and 5 s for each that does not
# react to an interrupt. The rest is for a machine that does much else.
CONSTANT = 44.0

# Silences a channel for good: drops what the kernel sends there.
_MUTE = """
import types
kernel = get_ipython().kernel
send = type(kernel.session).send
def muted(session, stream, message, *others, **named):
    kind = message if isinstance(message, str) else message["msg_type"]
    if {test}:
        return None
    return send(session, stream, message, *others, **named)
kernel.session.send = types.MethodType(muted, kernel.session)
"""

DEATHS = {
    "killed": "import os\nos.kill(os.getpid(), 9)",
    "exited": "import os\nos._exit(0)",
    "crashed": "import os\nos.abort()",
    "segmentation fault": "import ctypes\nctypes.string_at(0)",
    "memory": (
        "x = [bytearray(1 << 28) for _ in range(64)]\nfor y in x: y[::4096] = b'1' * (1 << 16)"
    ),
    "sockets closed": "import os\nos.closerange(3, 4096)",
}
SILENCES = {
    "loop": "while True: pass",
    "sleeps": "import time\ntime.sleep(3600)",
    "catches the interrupt": (
        "import time\nwhile True:\n    try:\n        time.sleep(60)\n    except BaseException: 0"
    ),
    "ignores the interrupt": (
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    ),
    "never leaves C": "sum(range(10 ** 12))",
    "stopped": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\nwhile True: pass",
    "stopped again and again": (
        "import os, signal, time\nif os.fork() == 0:\n    while True:\n"
        "        os.kill(os.getppid(), signal.SIGSTOP)\n        time.sleep(0.01)\ntime.sleep(3600)"
    ),
    "waits for a lock": "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()",
    "says nothing of itself": (
        "kernel = get_ipython().kernel\ntype(kernel).kernel_info = {}\nwhile True: pass"
    ),
    "reads stdin": "import sys\nsys.__stdin__.read()\nimport time\ntime.sleep(3600)",
}
MUTED = {
    "shell": _MUTE.format(test="kind in ('execute_reply', 'kernel_info_reply')"),
    "iopub": _MUTE.format(test="stream is kernel.iopub_socket"),
    "stdin": _MUTE.format(test="kind == 'input_request'"),
    "control": _MUTE.format(test="kind.endswith('_reply') and kind != 'execute_reply'"),
    "all": _MUTE.format(test="True"),
}
FLOODS = {
    "prints": "while True: print('x' * 100_000)",
    "sends": (
        "kernel = get_ipython().kernel\nwhile True:\n"
        "    content = {'name': 'stdout', 'text': 'x' * 9}\n"
        "    kernel.session.send(kernel.iopub_socket, 'stream', content)"
    ),
    "asks": (
        "kernel = get_ipython().kernel\nasker = kernel._parent_ident['shell']\nwhile True:\n"
        "    content = {'prompt': 'x' * 99}\n"
        "    kernel.session.send(kernel.stdin_socket, 'input_request', content, ident=asker)"
    ),
}


def most_are_long(cases: Collection[str], ordinary: str) -> list[object]:
    """Cases as parameters: each takes ten seconds and more, so all but one are `long`."""
    return [
        pytest.param(case, marks=[] if case == ordinary else [pytest.mark.long]) for case in cases
    ]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Judges a submission with this text in ``add``; returns its outcomes, a letter each.

    It fails where the submission takes longer than its limit and a small constant.
    """
    root = tmp_path_factory.mktemp("course")
    for name in ("course_config.py", "nbgrader_config.py"):
        shutil.copy(ROOT / name, root)
    with (root / "course_config.py").open("a") as config:
        config.write(f"\nc.Course.assignments = ['{exercise.NAME}']\n")
    exercise.write_source(root)
    course = dataclasses.replace(course_settings.load(root), limits_of={exercise.NAME: LIMITS})
    assignment = load_assignment(course, exercise.NAME)
    warm = warm_kernels.address(course, assignment)

    def grade(add: str) -> str:
        rebuilt = rebuild(assignment, exercise.submission({"add": add}))
        examination = Examination(assignment, rebuilt, Path(root / "source"), course, warm=warm)
        begin = time.monotonic()
        verdicts = list(judge(examination, Stopwatch()))
        seconds = time.monotonic() - begin
        print(f"{seconds:.1f} s", *verdicts, sep="\n")
        assert seconds < LIMITS.submission_seconds + CONSTANT
        assert Outcome.GRADER_FAULT not in {verdict.outcome for verdict in verdicts}
        return "".join(MARKS[verdict.outcome][0] for verdict in verdicts)

    return grade


def called(text: str) -> str:
    return f"def add(a, b):\n{textwrap.indent(text.strip(), '    ')}\n    return a + b"


def at_top(text: str) -> str:
    return f"def add(a, b):\n    return a + b\n\n{text.strip()}"


@pytest.mark.parametrize("case", most_are_long(DEATHS, "killed"))
def test_a_function_that_ends_its_kernel_costs_its_own_claims(
    graded: Callable[[str], str], case: str
) -> None:
    outcomes = graded(called(DEATHS[case]))
    assert outcomes[2:] == "++"
    assert set(outcomes[:2]) <= set("CL")


@pytest.mark.parametrize("case", most_are_long(SILENCES, "loop"))
def test_a_function_that_is_silent_costs_its_own_claims(
    graded: Callable[[str], str], case: str
) -> None:
    assert graded(called(SILENCES[case])) == "LL++"


@pytest.mark.parametrize("case", most_are_long([*DEATHS, *SILENCES], "exited"))
def test_a_cell_that_ends_or_silences_its_kernel_costs_its_own_claims(
    graded: Callable[[str], str], case: str
) -> None:
    assert graded(at_top((DEATHS | SILENCES)[case]))[2:] == "++"


@pytest.mark.parametrize("channel", most_are_long(MUTED, "stdin"))
def test_a_function_that_mutes_a_channel_costs_its_own_claims(
    graded: Callable[[str], str], channel: str
) -> None:
    outcomes = graded(called(MUTED[channel]))
    # It answers, but the next cell is never seen to end: that one is taken for the culprit.
    assert outcomes[2:] == ("L+" if channel == "iopub" else "++")


@pytest.mark.long
@pytest.mark.parametrize("channel", MUTED)
def test_a_cell_that_mutes_a_channel_costs_its_own_claims(
    graded: Callable[[str], str], channel: str
) -> None:
    outcomes = graded(at_top(MUTED[channel]))
    assert outcomes[2:] == "++"
    assert outcomes[:2] in ("++", "LL")  # never a NameError: that the cell is left out is told


@pytest.mark.long
@pytest.mark.parametrize("place", [called, at_top])
@pytest.mark.parametrize("case", FLOODS)
def test_a_flood_ends_in_time(
    graded: Callable[[str], str], place: Callable[[str], str], case: str
) -> None:
    assert graded(place(FLOODS[case]))[2:] == "++"


@pytest.mark.long
@pytest.mark.parametrize("case", ["sends", "asks"])
def test_a_flood_from_a_thread_ends_in_time(graded: Callable[[str], str], case: str) -> None:
    """No interrupt reaches it, so it goes on while other cells run and kernels are asked."""
    loop = textwrap.indent(FLOODS[case], "    ")
    graded(
        at_top(f"import threading\ndef flood():\n{loop}\nthreading.Thread(target=flood).start()")
    )


@pytest.mark.long
def test_answers_that_are_slow_for_ever_end_in_time(graded: Callable[[str], str]) -> None:
    outcomes = graded(called(f"import time\ntime.sleep({0.8 * LIMITS.cell_seconds})"))
    assert outcomes[2:] == "++"


@pytest.mark.long
def test_a_thread_that_ends_each_kernel_ends_in_time(graded: Callable[[str], str]) -> None:
    """What runs at that moment is blamed: all that is certain is that the submission ends."""
    killer = "import os, threading\nthreading.Timer(0.4, os.kill, (os.getpid(), 9)).start()"
    graded(at_top(killer))
