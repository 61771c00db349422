from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from grader.referee.spec.contract import Measures
from grader.referee.store import atomic_files, epoch_record
from grader.referee.store.epoch_record import Record
from grader.referee.store.epoch_store import Store
from tests.referee import stored

WHEN = datetime(2026, 1, 15, 10, 12, 1, 250, tzinfo=UTC)
LOGS = {"loss": math.nan, "accuracy": 0.5, "val_loss": math.inf, "least": -math.inf}
RECORD = Record(
    key=stored.KEY,
    parent=stored.KEY_OF_THE_EPOCH_BEFORE,
    recipe=stored.RECIPE,
    logs=LOGS,
    seconds=27.9,
    device="CPU, 2 cores",
    environment=stored.ENVIRONMENT,
    when=WHEN,
)
RECORD_JSON: dict[str, Any] = {
    "format": 2,
    "key": stored.KEY,
    "parent": stored.KEY_OF_THE_EPOCH_BEFORE,
    "epoch": 4,
    "logs": {"loss": "nan", "accuracy": 0.5, "val_loss": "inf", "least": "-inf"},
    "seconds": 27.9,
    "device": "CPU, 2 cores",
    "environment": {"keras": "3.15", "backend": "jax", "device": "CPU é"},
    "when": "2026-01-15T10:12:01.000250+00:00",
    "recipe": stored.RECIPE_JSON,
}
MEASURES_FILE = (
    '{"content": {"train_accuracy": 0.9987, "test_accuracy": 1.0, "whole": true, '
    '"parameters": 2793354}, "sha256": '
    '"6b8add7ac73d4d9095df25c36b193999dce54a3997eb053a0901f10cde2e4d62"}\n'
)
USER_FILE = (
    '{"content": {"who": "ad\\u00e4", "when": "2026-01-15T00:00:00+00:00"}, "sha256": '
    '"7290386d6bc71aee813fee9c08706b0d71a39e5b7b1f14646781e65f3b82e6e0"}\n'
)


def test_a_record_is_written_as_ever() -> None:
    assert json.dumps(epoch_record.dump(RECORD)) == json.dumps(RECORD_JSON)


def test_a_record_is_read_as_ever() -> None:
    read = epoch_record.parse(RECORD_JSON)
    assert (read.key, read.parent, read.recipe) == (RECORD.key, RECORD.parent, RECORD.recipe)
    assert (read.seconds, read.device, read.when) == (27.9, "CPU, 2 cores", WHEN)
    assert read.environment == stored.ENVIRONMENT
    assert {name: repr(value) for name, value in read.logs.items()} == {
        name: repr(value) for name, value in LOGS.items()
    }


OF_FORMAT_1 = RECORD_JSON | {"format": 1, "recipe": stored.RECIPE_OF_FORMAT_1}


def test_a_record_of_the_first_format_is_read_without_what_was_observed() -> None:
    read = epoch_record.parse(OF_FORMAT_1)
    assert read.recipe == stored.RECIPE
    assert read.logs["val_loss"] == math.inf, "logs stay as they were"


@pytest.mark.parametrize("recipe", [None, [], {}, {"fits": 3}, {"fits": [{"compiled": 3}]}])
def test_what_is_no_record_of_the_first_format_counts_as_absent(recipe: Any) -> None:
    with pytest.raises(ValueError, match=r"no record|Expected|Object|JSON"):
        epoch_record.parse(OF_FORMAT_1 | {"recipe": recipe})


def test_a_folder_that_was_written_earlier_is_read(tmp_path: Path) -> None:
    store = Store(tmp_path)
    place = store.place(stored.KEY)
    (place / "users").mkdir(parents=True)
    (place / "record.json").write_bytes(atomic_files.json_bytes(RECORD_JSON))
    (place / "measures.json").write_text(MEASURES_FILE)
    (place / "users" / "x.json").write_text(USER_FILE)
    record = store.record(stored.KEY)
    assert record is not None
    assert record.recipe == stored.RECIPE
    assert store.measures(stored.KEY) == Measures(0.9987, 1.0, True, 2793354)
    assert store.users(stored.KEY) == {"adä": datetime(2026, 1, 15, tzinfo=UTC)}


def test_measures_are_written_as_ever(tmp_path: Path) -> None:
    store = Store(tmp_path)
    place = store.place(stored.KEY)
    place.mkdir(parents=True)
    store.put_measures(stored.KEY, Measures(0.9987, 1.0, True, 2793354))
    assert (place / "measures.json").read_text() == MEASURES_FILE


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 3},
        {"format": "1"},
        {"key": None},
        {"parent": 3},
        {"logs": []},
        {"device": 7},
        {"environment": {"keras": 3}},
        {"note": "of a later version"},
        {"logs": {"loss": "much"}},
        {"seconds": None},
        {"when": "yesterday"},
        {"when": 3},
        {"recipe": {}},
    ],
    ids=str,
)
def test_a_record_of_another_format_is_absent(tmp_path: Path, changes: dict[str, Any]) -> None:
    store = Store(tmp_path)
    place = store.place(stored.KEY)
    place.mkdir(parents=True)
    file = place / "record.json"
    file.write_bytes(atomic_files.json_bytes(RECORD_JSON))
    assert store.record(stored.KEY) is not None
    file.write_bytes(atomic_files.json_bytes(RECORD_JSON | changes))
    assert store.record(stored.KEY) is None
