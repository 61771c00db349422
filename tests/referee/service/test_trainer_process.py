from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import msgspec
import pytest

from grader.model import Budget
from grader.referee.service import trainer_process
from grader.referee.service.trainer_process import Setup

BUDGET = {
    "epochs": 3,
    "trainings": 20,
    "weights": 1000,
    "operations": 2000,
    "epoch_seconds": 1.5,
    "memory_bytes": 12 << 30,
    "stored_bytes": 2 << 30,
}
SETUP = Setup(Path("/data é"), Path("runs"), "jax", Budget(3, 20, 1000, 2000, 1.5))
SETUP_JSON = {
    "data": "/data é",
    "runs": "runs",
    "backend": "jax",
    "budget": BUDGET,
    "trainers": 1,
    "threads": 0,
    "factory": "grader.referee.service.trainer_process:real",
}


def test_a_setup_survives_a_command_line() -> None:
    assert json.loads(SETUP.dump()) == SETUP_JSON
    assert Setup.load(SETUP.dump()) == SETUP
    assert Setup.load(json.dumps(SETUP_JSON)) == SETUP


@pytest.mark.parametrize(
    "changes", [{"runs": 3}, {"backend": None}, {"budget": {"epochs": "3"}}], ids=str
)
def test_a_setup_of_other_types_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        Setup.load(json.dumps(SETUP_JSON | changes))


def test_a_message_of_several_parts_comes_back_whole() -> None:
    here, there = multiprocessing.Pipe()
    trainer_process.send(here, [b"header", memoryview(b"weights"), b""])
    assert trainer_process.receive(there) == [b"header", b"weights", b""]
    here.close()
    with pytest.raises(EOFError):
        trainer_process.receive(there)
