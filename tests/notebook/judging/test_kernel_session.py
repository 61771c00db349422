"""Cells in a real kernel: how they end, and what a kernel may say about it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from grader.notebook.judging.cell_runs import CellRun, CellStatus, Ended
from grader.notebook.judging.kernel_stdin import KernelStdin
from tests import students
from tests.patience import PATIENCE
from tests.students import Student

pytestmark = pytest.mark.kernel

# Messages that say something else than messages say: nbclient trusts what it reads.
FORGED = {
    "status_without_state": "'status', {}",
    "stream_without_text": "'stream', {}",
    "display_without_data": "'display_data', {}",
    "error_without_name": "'error', {}",
    "error_of_another_kind": "'error', {'ename': [], 'evalue': {}, 'traceback': 3}",
    "result_that_is_no_dict": "'execute_result', {'data': 3, 'metadata': 4}",
    "update_of_nothing": "'update_display_data', {'transient': 3}",
    "widget_of_nothing": "'comm_open', {'comm_id': []}",
    "clear_of_nothing": "'clear_output', {}",
    "display_without_end": "'display_data', {'data': {'text/plain': [1]}, 'metadata': []}",
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Student]:
    with students.started(tmp_path_factory.mktemp("k")) as student:
        yield student


@pytest.fixture
def student(shared: Student) -> Student:
    """The module's kernel, which lives on."""
    return shared


@pytest.fixture
def loser(shared: Student) -> Iterator[Student]:
    """The same for a test that loses it: a fresh one is started after it."""
    yield shared
    shared.kernel.start()


def test_a_test_that_awaits_asks_its_questions_meanwhile(student: Student) -> None:
    student.write("def double(x):\n    return 2 * x")
    awaits = "import asyncio\nawait asyncio.sleep(0)\nassert double(2) == 4\n" * 2
    assert student.tested(awaits).passed
    assert student.tested("assert double(2) == 4").passed
    refuted = student.tested("import asyncio\nawait asyncio.sleep(0)\nassert double(2) == 5, 'no'")
    assert (refuted.error, refuted.message) == ("AssertionError", "no")


@pytest.mark.parametrize(
    ("source", "end", "description"),
    [
        ("x = 1", CellStatus.DONE, "ran to its end"),
        ("1 / 0", CellStatus.RAISED, "ended with ZeroDivisionError: division by zero"),
        ("def f(", CellStatus.RAISED, "ended with SyntaxError: incomplete input, in line 1"),
        ("raise KeyboardInterrupt", CellStatus.RAISED, "ended with KeyboardInterrupt"),
        ("raise ValueError('\\ud800')", CellStatus.RAISED, "ended with "),
        ("import sys; print('!', file=sys.stderr)", CellStatus.DONE, "ran to its end"),
    ],
)
def test_a_cell_ends(student: Student, source: str, end: CellStatus, description: str) -> None:
    run = student.write(source)
    assert (run.status, run.alive) == (end, True)
    assert run.description.startswith(description)
    assert run.description.encode()


def test_a_cell_that_overruns_is_stopped_and_the_kernel_goes_on(student: Student) -> None:
    run = student.write("import time\ntime.sleep(60)", seconds=1)
    assert (run.status, run.alive) == (CellStatus.LIMIT, True)
    assert run.description == "was stopped: time limit, 1 s"
    assert student.write("x = 1").status is CellStatus.DONE


def test_a_kernel_that_is_gone_is_not_asked(loser: Student) -> None:
    """A message to it would wait for ever: nobody takes it."""
    assert not loser.write("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)").alive
    begin = time.monotonic()
    with pytest.raises(Ended) as ended:
        loser.kernel.ask({"do": "clock"}, [], 4 * PATIENCE)
    assert not ended.value.run.alive
    assert time.monotonic() - begin < PATIENCE


def test_a_cell_that_cannot_be_stopped_costs_the_kernel(loser: Student) -> None:
    deaf = "import time\nwhile True:\n    try:\n        time.sleep(60)\n    except BaseException: 0"
    begin = time.monotonic()
    run = loser.write(deaf, seconds=1)
    assert (run.status, run.alive) == (CellStatus.LIMIT, False)
    assert time.monotonic() - begin < PATIENCE


@pytest.mark.parametrize("ending", ["os._exit(0)", "os.kill(os.getpid(), 9)", "os.abort()"])
def test_a_cell_that_ends_python_says_so(loser: Student, ending: str) -> None:
    run = loser.write(f"import os\n{ending}")
    assert (run.status, run.alive) == (CellStatus.DIED, False)
    assert run.description == "crashed the kernel (a crash or an exit)"


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_message_ends_a_cell_at_most(loser: Student, forged: str) -> None:
    run = loser.write(
        "kernel = get_ipython().kernel\nparent = kernel.get_parent('shell')\n"
        f"kernel.session.send(kernel.iopub_socket, {FORGED[forged]}, parent)\nx = 3",
        seconds=3,
    )
    assert isinstance(run, CellRun)
    assert run.status in (CellStatus.DONE, CellStatus.DIED, CellStatus.RAISED, CellStatus.LIMIT)


def test_an_answer_that_is_no_message_ends_the_kernel(loser: Student) -> None:
    loser.write(
        "def it():\n    kernel = get_ipython().kernel\n"
        "    ident = kernel._get_shell_context_var(kernel._shell_parent_ident)\n"
        "    ident = ident if isinstance(ident, list) else [ident]\n"
        "    kernel.stdin_socket.send_multipart([*ident, b'<IDS|MSG>', b'', b'{'])\n"
    )
    it = loser.look("it")
    with pytest.raises(Ended) as ended:
        it()
    assert (ended.value.run.status, ended.value.run.alive) == (CellStatus.DIED, False)


def test_a_late_reply_is_not_taken_for_a_question(student: Student) -> None:
    student.write("def it():\n    return 3")
    kc = student.kernel._client.kc
    kc.input("{}")
    assert student.look("it")() == 3


def test_a_cell_does_not_wait_for_the_end_of_a_flood_on_stdin(
    loser: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def drop_requests(_: KernelStdin) -> None:
        while True:
            await asyncio.sleep(0)

    with monkeypatch.context() as flooded:
        flooded.setattr(KernelStdin, "drop_requests", drop_requests)
        assert loser.write("1", seconds=1).status is CellStatus.LIMIT
    assert loser.write("1").status is CellStatus.DONE
