"""What is read back from disk: each file is what was written there, or is named as damaged."""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from grader.errors import GraderError
from grader.model import Graded, Outcome, Verdict
from grader.model.graded import Timing, WorkPart
from grader.notebook import grading_now
from grader.notebook.submission import evidence_file, verdict_file
from grader.referee.store import atomic_files, epoch_record
from tests.fuzzing import changes, texts, writings
from tests.fuzzing.changes import Change, changed
from tests.fuzzing.running import ends_well, tried, within
from tests.fuzzing.writings import Damage
from tests.referee.fakes import recipe

GRADED = Graded(
    *("ada", "sums"),
    (Verdict("adds", Outcome.PASSED, 2.0), Verdict("totals", Outcome.FAILED, 3.0, "no")),
    *(("a note",), 1.0, "bubblewrap", (Timing(WorkPart.EXAMINING, 1.0, 0.5),), "1", "2"),
    grounds={"files": "3"},
    seed="4",
)
_RECORD = epoch_record.dump(
    epoch_record.Record(
        *("k", None, recipe("x"), {"loss": float("nan")}, 1.0, "paper", {"keras": "3"}),
        datetime(2030, 1, 31, tzinfo=UTC),
    )
)
_values = texts.anything | st.sampled_from(
    ["passed", "grader fault", 2, 3, 1e400, -1, "2030-01-31"]
)


def damaged(content: Any, changes: list[Change], damage: list[Damage]) -> bytes:
    text = texts.as_json(changed(content, changes))
    for each in damage:
        text = each.done(text)
    return text


def read(content: bytes, reader: Callable[[Path], Any]) -> Any:
    """What a reader makes of a file; None where it says what is wrong with it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "file.json")
        file.write_bytes(content)
        with ends_well(GraderError):
            return reader(file)
        return None


_damage = st.lists(writings.damages, max_size=2)


@example(changes=[], damage=[Damage(2513, 0, b"\\ud800")])
@tried(120)
@given(changes=changes.of(_values), damage=_damage)
def test_verdicts_are_read_or_named_as_damaged(changes: list[Change], damage: list[Damage]) -> None:
    content = json.loads(verdict_file.dump(GRADED))
    found = read(damaged(content, changes, damage), verdict_file.read)
    if found is not None:
        assert verdict_file.dump(found)
        assert found.score <= found.max_score or found.score is not None


@tried(60)
@given(changes=changes.of(_values), damage=_damage)
def test_evidence_is_read_or_named_as_damaged(changes: list[Change], damage: list[Damage]) -> None:
    content = {"version": evidence_file.VERSION, "seed": "4", "claims": []}
    text = damaged(content, changes, damage)
    for packed in (gzip.compress(text), text, gzip.compress(text)[:-9]):
        read(packed, lambda file: evidence_file.read(file, GRADED))


@tried(60)
@given(changes=changes.of(_values), damage=_damage)
def test_an_epochs_record_is_read_or_absent(changes: list[Change], damage: list[Damage]) -> None:
    text = damaged({"content": 1, "sha256": "2"}, changes, damage)
    read(text, atomic_files.read_json)
    record = changed(_RECORD, changes)
    with ends_well(ValueError):
        epoch_record.parse(record)


@example(text=b"null")
@tried(60)
@given(text=texts.anything.map(texts.as_json) | st.binary(max_size=20))
def test_who_is_graded_now_is_read_or_nobody(text: bytes) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(text)
        file.flush()
        with within():
            assert isinstance(grading_now._read(file.fileno()), dict)
