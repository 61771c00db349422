"""Python that several threads of a process parse at once."""

from __future__ import annotations

import ast
import gc
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from grader.parsing import parse
from tests.conftest import ROOT

TEXT = f"x = [{', '.join(f'f({n}, a{n}=[{n}])' for n in range(200))}]"


@pytest.fixture
def threads_that_take_turns() -> Iterator[None]:
    """Garbage collections that let another thread go on, and many of them."""
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()

    def give_way(*_: object) -> None:
        time.sleep(0)

    gc.callbacks.append(give_way)
    gc.set_threshold(20)
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)
    gc.set_threshold(*thresholds)
    gc.callbacks.remove(give_way)


def parsed_below(frames: int, errors: list[str], parser=parse) -> None:
    """Parse with so many frames above, by which CPython tells threads' depths apart."""
    if frames:
        parsed_below(frames - 1, errors, parser)
        return
    for _ in range(10):  # ast.parse fails in each run of so many
        try:
            parser(TEXT)
        except SystemError as error:
            errors.append(str(error))


@pytest.mark.lengthy
@pytest.mark.usefixtures("threads_that_take_turns")
def test_threads_may_parse_at_once() -> None:
    errors: list[str] = []
    threads = [threading.Thread(target=parsed_below, args=(9 * n, errors)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors


def test_what_is_no_python_is_told_as_python_tells_it() -> None:
    assert ast.dump(parse("x = 1")) == ast.dump(ast.parse("x = 1"))
    with pytest.raises(SyntaxError):
        parse("x = ")


FORK = """
import os, threading
from grader import parsing

def fork_and_parse():
    if not (child := os.fork()):
        parsing.parse("x = 1")
        os._exit(0)
    print(os.waitpid(child, 0)[1])

with parsing._lock:
    thread = threading.Thread(target=fork_and_parse)
    thread.start()
    thread.join()
"""


def test_a_forked_process_parses_though_a_thread_was_parsing() -> None:
    """The thread that held the lock is not there in the new process.

    In a program of its own: JAX warns of each fork in a process that has imported it.
    """
    command = [sys.executable, "-W", "ignore", "-c", FORK]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.stderr) == ("0\n", "")
