"""The file that says what may change in an exercise."""

from __future__ import annotations

import pytest

from grader.authoring.variation import choices
from grader.errors import CourseError
from grader.settings import Settings

WRONG = {
    "no TOML": "[sum", "unknown": '[sum]\nabout = "x"\ntexts = [["1"], ["2"]]\nfile = "x"',
    "no about": '[sum]\ntexts = [["1"], ["2"]]',
    "one version": '[sum]\nabout = "x"\ntexts = [["1"]]',
    "lengths": '[sum]\nabout = "x"\ntexts = [["1", "3"], ["2"]]',
    "twice": '[sum]\nabout = "x"\ntexts = [["1", "1"], ["2", "3"]]',
    "empty": '[sum]\nabout = "x"\ntexts = [["1"], [""]]',
    "no mirrored": '[sum]\nabout = "x"\nimage = "a.png"\ntexts = [["1"], ["2"]]',
    "mirrored alone": '[sum]\nabout = "x"\nmirrored = [true, false]\ntexts = [["1"], ["2"]]',
}  # fmt: skip


def write(course: Settings, text: str) -> None:
    file = course.root / "variations" / "sums.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)


def test_choices_are_read_in_order(tiny_course: Settings) -> None:
    write(
        tiny_course,
        '[b]\nabout = "last"\ntexts = [["1"], ["2"]]\n[a]\nabout = "first"\ncells = ["adds"]\n'
        'texts = [["3"], ["4"]]\nalso = "Change the configuration."',
    )
    found = choices.read(tiny_course, "sums")
    assert list(found) == ["b", "a"]
    assert found["a"] == choices.Choice(
        "first", (("3",), ("4",)), ("adds",), also="Change the configuration."
    )


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_named(tiny_course: Settings, name: str) -> None:
    write(tiny_course, WRONG[name])
    with pytest.raises(CourseError, match=r"variations/sums\.toml.*expected"):
        choices.read(tiny_course, "sums")


def test_a_missing_file_is_named(tiny_course: Settings) -> None:
    with pytest.raises(CourseError, match=r"sums\.toml cannot be read \(No such file"):
        choices.read(tiny_course, "sums")
