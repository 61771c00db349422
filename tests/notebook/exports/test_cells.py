from __future__ import annotations

import csv
from pathlib import Path

import pytest

from grader.errors import ConfigurationError, CourseError
from grader.notebook.exports import cells

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1"]  # noqa: RUF001


@pytest.mark.parametrize("value", FORMULAS)
def test_what_a_spreadsheet_would_calculate_gets_an_apostrophe(value: str) -> None:
    assert cells.text(value) == f"'{value}"


@pytest.mark.parametrize("value", ["Ada", "O'Neil", "Müller-Lüdenscheidt", "", "-", "3 = 3"])
def test_other_words_stay_as_they_are(value: str) -> None:
    assert cells.text(value) == value
    assert cells.identifier(value, "the id") == value


def test_what_is_not_known_is_empty() -> None:
    assert cells.text(None) == cells.identifier(None, "the id") == ""


@pytest.mark.parametrize("value", FORMULAS)
def test_an_identifier_that_would_be_calculated_is_refused_with_the_remedy(value: str) -> None:
    with pytest.raises(
        CourseError, match=r"the id of ada is .*formula.*nbgrader db student import"
    ):
        cells.identifier(value, "the id of ada")


def test_numbers_have_two_decimals() -> None:
    assert [cells.number(value) for value in (18.0, 0.1 + 0.2, 0)] == ["18.00", "0.30", "0.00"]


def test_a_file_reads_back_as_it_was_written(tmp_path: Path) -> None:
    rows = [["a", 'Lovelace, "Ada"'], ["two\nlines", "Łukasz"]]
    cells.write(tmp_path / "new" / "grades.csv", rows)
    with (tmp_path / "new" / "grades.csv").open(encoding="utf-8", newline="") as stream:
        assert list(csv.reader(stream)) == rows


def test_a_carriage_return_in_a_cell_begins_no_row(tmp_path: Path) -> None:
    file = tmp_path / "grades.csv"
    cells.write(file, [["Ada\r=1+1", "1.00"], ["a\r\nb", "2.00"]])
    with file.open(newline="", encoding="utf-8") as stream:
        assert list(csv.reader(stream)) == [["Ada\n=1+1", "1.00"], ["a\nb", "2.00"]]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "grades.csv").mkdir()
    with pytest.raises(ConfigurationError, match=r"grades\.csv cannot be written .*--output"):
        cells.write(tmp_path / "grades.csv", [])
