"""A student who speaks on the channel of fit themselves; no Keras in the kernel."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.examiner.training.trainings import Trainings
from grader.model import Budget, Limits
from grader.notebook.judging.cell_runs import CellStatus
from grader.notebook.judging.class_referee import Digests
from tests import students
from tests.notebook.judging.fits import done
from tests.referee.fake import FakeReferee
from tests.students import Student

pytestmark = [
    pytest.mark.xdist_group("fitting"),
    pytest.mark.kernel,
    pytest.mark.keras,
    pytest.mark.training,
]


# The messages that the stand-in sends, for a student who sends their own.
RAW = """
from grader.sandbox.guest.agent import AGENT
def say(**message): return AGENT.exchange(message, [])[0]
IMAGES = dict(dataset="mnist", part="train", first=0, count=100, divisor=255.0, offset=0.0,
    shape=[28, 28], one_hot=False)
BEGIN = dict(fit="begin", continues=None, fresh_optimizer=True, network=%r, compiled=%r, why="",
    images=IMAGES, validation=None, validation_split=0.0, batch_size=32, epochs=3, shuffle=True,
    callbacks=[])
"""


@pytest.fixture(scope="module")
def raw() -> str:
    import keras

    model = keras.Sequential(
        [keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10)]
    )
    model.compile("sgd", "mse")

    return RAW % (model.to_json(), json.dumps(model.get_compile_config()))


@pytest.fixture
def forger(
    request: pytest.FixtureRequest, referee: FakeReferee, data: Path, tmp_path: Path, raw: str
) -> Iterator[Student]:
    """A kernel of one's own, with three trainings of two epochs, and 60 s for the submission."""
    referee.__init__()  # type: ignore[misc]
    trainings = Trainings(referee, "eve", Budget(epochs=2, trainings=3), Digests(data))
    limits = Limits(submission_seconds=getattr(request, "param", 60))
    with students.sandboxed(tmp_path, data, trainings, limits) as student:
        done(student, raw)
        yield student


@pytest.mark.parametrize("forger", [8], indirect=True)
def test_the_sandboxs_own_clock_stands_still_too(forger: Student, referee: FakeReferee) -> None:
    referee.seconds = 4.5
    done(forger, "n = say(**BEGIN)['training']\nfor _ in 1, 2: say(fit='epoch', training=n)")
    done(forger, "print('alive')")
    run = forger.write("import time\ntime.sleep(30)")
    assert (run.status, run.message) == (CellStatus.LIMIT, "time limit of the submission")


def test_more_than_the_budget_is_refused_however_often_it_is_asked(
    forger: Student, referee: FakeReferee
) -> None:
    printed = done(
        forger,
        "answers = [say(**BEGIN) for _ in range(300)]\n"
        "print(sum('training' in one for one in answers), 'refused' in answers[-1])\n"
        "n = answers[0]['training']\n"
        "epochs = [say(fit='epoch', training=n) for _ in range(300)]\n"
        "print(sum('logs' in one for one in epochs), epochs[-1]['refused'])\n"
        "say(fit='end', training=n, stopped='yes')\n"
        "print(say(fit='epoch', training=n, learning_rate=1)['refused'])",
    )
    assert printed.splitlines() == [
        *("3 True", "2 This training has ended: no more epochs are run."),
        "This training has ended: no more epochs are run.",
    ]
    assert len(referee.steps) == 2


def test_a_kernel_that_is_killed_while_the_referee_trains_hangs_nothing(
    forger: Student, referee: FakeReferee
) -> None:
    referee.seconds = 6
    before = threading.active_count()
    run = forger.write(
        "import os, threading\nn = say(**BEGIN)['training']\n"
        "threading.Timer(1, lambda: os.kill(os.getpid(), 9)).start()\nsay(fit='epoch', training=n)"
    )
    assert (run.status, run.alive) == (CellStatus.DIED, False)
    assert threading.active_count() > before, "the referee goes on with the epoch"
    forger.trainings.forget()
    forger.kernel.start()
    referee.seconds = 0
    done(forger, "print('on')")
    assert forger.trainings.runs == ()


GARBAGE = """
kernel = get_ipython().kernel
def send(prompt):
    parent = kernel.get_parent("shell")
    ident = kernel._get_shell_context_var(kernel._shell_parent_ident)
    content = {"prompt": prompt}
    kernel.session.send(kernel.stdin_socket, "input_request", content, parent, ident=ident)
for prompt in ["", "{", "[]", "3", '{"fit": []}', '{"fit": "begin"}', '{"fit": ' * 900, {}, None, 3,
    '{"fit": "epoch", "training": {}}', '{"fit": "end", "training": 1e999}',
    '{"fit": "refused", "why": {}}', "x" * 9_000_000]:
    send(prompt)
import time
time.sleep(0.5)
"""


def test_garbage_on_the_channel_ends_nothing(forger: Student) -> None:
    done(forger, GARBAGE)
    printed = done(
        forger, "n = say(**BEGIN)['training']\nprint(say(fit='epoch', training=n)['logs'])"
    )
    assert "loss" in printed
    done(forger, "def it():\n    return 3")
    assert forger.look("it")() == 3
    assert len(forger.trainings.runs[0].logs) == 1


def test_a_request_without_end_ends_the_kernel_at_most(forger: Student) -> None:
    run = forger.write(
        GARBAGE.partition("for prompt")[0]
        + "ident = kernel._get_shell_context_var(kernel._shell_parent_ident)\n"
        "ident = ident if isinstance(ident, list) else [ident]\n"
        "kernel.stdin_socket.send_multipart([*ident, b'<IDS|MSG>', b'', b'{'])\n"
        "import time\ntime.sleep(3)"
    )
    assert (run.status, run.alive) == (CellStatus.DIED, False)


def test_where_nothing_is_trained_fit_is_refused(data: Path, tmp_path: Path, raw: str) -> None:
    trainings = Trainings(None, "", Budget(), Digests(data))
    with students.sandboxed(tmp_path, data, trainings) as student:
        printed = done(student, raw + "print(say(**BEGIN))")
    assert "This assignment trains no network" in printed
