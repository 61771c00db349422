"""The pages of docs/ that show commands say what is true."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.settings import Settings
from tests.conftest import ROOT
from tests.following import Step, follow, missing, steps
from tests.notebook.exports import school

PAGE = """\
# A page

```console
$ echo one; echo in 3 s
one
in 17 s
$ cat <<END
> a
>
> END
...
```

```
$ never run
```
"""


def test_a_page_is_read_as_its_commands_and_what_they_show() -> None:
    assert steps(PAGE) == [
        Step("echo one; echo in 3 s", ("one", "in 17 s")),
        Step("cat <<END\na\n\nEND", ("...",)),
    ]


def test_a_page_that_is_true_is_followed(tmp_path: Path) -> None:
    for step in steps(PAGE):
        follow(step, tmp_path)


@pytest.mark.parametrize(
    ("shown", "output", "found"),
    [
        (("a", "b"), "a\nb\n", ""),
        (("a", "b"), "a\nc\n", "b"),
        (("a",), "a\nb\n", "b"),
        (("b",), "a\nb\n", "b"),
        (("...", "b"), "a\nb\n", ""),
        (("a", "..."), "a\nb\n", ""),
        (("a", "...", "c"), "a\nb\nd\n", "c"),
        (("...", "b", "a"), "a\nb\n", "a"),
        ((), "anything", ""),
    ],
)
def test_a_line_that_is_not_shown_is_found(shown: tuple[str, ...], output: str, found: str) -> None:
    assert missing(Step("", shown), output) == found


def test_a_command_that_fails_is_no_success(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="ended with 3"):
        follow(Step("exit 3", ("...",)), tmp_path)


def page(name: str) -> list[Step]:
    found = steps((ROOT / "docs" / name).read_text())
    assert found
    return found


def test_an_instructor_who_follows_authoring_gets_what_it_shows(tmp_path: Path) -> None:
    for name in ("course_config.py", "nbgrader_config.py"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "data").symlink_to(ROOT / "data")
    for step in page("authoring.md"):
        follow(step, tmp_path)


def test_an_instructor_who_follows_exports_gets_what_it_shows(graded: Settings) -> None:
    for step in page("exports.md"):
        follow(step, graded.root)


@pytest.fixture
def graded(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The class of docs/exports.md."""
    return school.of_three(school.make(tmp_path_factory.mktemp("course")))
