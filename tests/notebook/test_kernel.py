"""Cells in a real kernel: how they end, and what a kernel may say about it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from grader.notebook.runs import CellRun, End, Ended
from tests import students
from tests.students import Student

pytestmark = pytest.mark.xdist_group("kernel")

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


@pytest.mark.parametrize(
    ("source", "end", "description"),
    [
        ("x = 1", End.DONE, "ran to its end"),
        ("1 / 0", End.RAISED, "ended with ZeroDivisionError: division by zero"),
        ("def f(", End.RAISED, "ended with SyntaxError"),
        ("raise KeyboardInterrupt", End.RAISED, "ended with KeyboardInterrupt"),
        ("raise ValueError('\\ud800')", End.RAISED, "ended with "),
        ("import sys; print('!', file=sys.stderr)", End.DONE, "ran to its end"),
    ],
)
def test_a_cell_ends(student: Student, source: str, end: End, description: str) -> None:
    run = student.write(source)
    assert (run.end, run.alive) == (end, True)
    assert run.description.startswith(description)
    assert run.description.encode()


def test_a_cell_that_overruns_is_stopped_and_the_kernel_goes_on(student: Student) -> None:
    run = student.write("import time\ntime.sleep(60)", seconds=1)
    assert (run.end, run.alive) == (End.LIMIT, True)
    assert run.description == "was stopped: time limit, 1 s"
    assert student.write("x = 1").end is End.DONE


def test_a_cell_that_cannot_be_stopped_costs_the_kernel(loser: Student) -> None:
    deaf = "import time\nwhile True:\n    try:\n        time.sleep(60)\n    except BaseException: 0"
    begin = time.monotonic()
    run = loser.write(deaf, seconds=1)
    assert (run.end, run.alive) == (End.LIMIT, False)
    assert time.monotonic() - begin < 15


@pytest.mark.parametrize("ending", ["os._exit(0)", "os.kill(os.getpid(), 9)", "os.abort()"])
def test_a_cell_that_ends_python_says_so(loser: Student, ending: str) -> None:
    run = loser.write(f"import os\n{ending}")
    assert (run.end, run.alive) == (End.DIED, False)
    assert run.description == "ended Python itself (a crash or an exit)"


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_message_ends_a_cell_at_most(loser: Student, forged: str) -> None:
    run = loser.write(
        "kernel = get_ipython().kernel\nparent = kernel.get_parent('shell')\n"
        f"kernel.session.send(kernel.iopub_socket, {FORGED[forged]}, parent)\nx = 3",
        seconds=3,
    )
    assert isinstance(run, CellRun)
    assert run.end in (End.DONE, End.DIED, End.RAISED, End.LIMIT)


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
    assert (ended.value.run.end, ended.value.run.alive) == (End.DIED, False)


def test_a_late_reply_is_not_taken_for_a_question(student: Student) -> None:
    student.write("def it():\n    return 3")
    kc = student.kernel._client.kc
    kc.input("{}")
    assert student.look("it")() == 3
