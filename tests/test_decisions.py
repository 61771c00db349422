"""The records of docs/decisions/ are short and have the same sections."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ROOT

RECORDS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
SECTIONS = ["Context", "Decision", "What else was tried or considered", "Consequences"]


def test_records_are_numbered_without_a_gap() -> None:
    assert len(RECORDS) >= 10
    assert [int(record.name[:4]) for record in RECORDS] == list(range(1, len(RECORDS) + 1))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_a_record_has_its_number_and_four_sections_and_is_short(record: Path) -> None:
    lines = record.read_text().splitlines()
    assert lines[0].startswith(f"# {int(record.name[:4])}. ")
    assert [line[3:] for line in lines if line.startswith("## ")] == SECTIONS
    assert 25 <= len(lines) <= 50
