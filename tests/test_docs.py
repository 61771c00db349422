"""The pages of docs/ that show commands say what is true."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from sybil.example import SybilFailure

from grader.settings import Settings
from tests.conftest import ROOT
from tests.following import follow, matches, steps
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


BLOCK = PAGE.split("```")[1].removeprefix("console\n")


def test_a_block_is_read_as_its_commands_and_what_they_show() -> None:
    assert steps(BLOCK) == [
        ("echo one; echo in 3 s", "one\nin 17 s\n"),
        ("cat <<END\na\n\nEND", "...\n"),
    ]


def test_a_page_that_is_true_is_followed(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(PAGE)
    assert follow(tmp_path / "page.md", tmp_path) == 1


@pytest.mark.parametrize(
    ("shown", "output", "same"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\nb\n", "a\nb  \n\n", True),
        ("a\nb\n", "a\nc\n", False),
        ("a\n", "a\nb\n", False),
        ("b\n", "a\nb\n", False),
        ("...\nb\n", "a\nb\n", True),
        ("...\nb\n", "b\n", True),
        ("...\nb\n", "ab\n", False),
        ("a\n...\n", "a\nb\n", True),
        ("a\n...\nc\n", "a\nb\nd\n", False),
        ("...\nb\na\n", "a\nb\n", False),
        ("...\n", "", True),
        ("", "anything\n", True),
    ],
)
def test_output_is_compared_line_by_line(shown: str, output: str, same: bool) -> None:
    assert matches(shown, output) is same


@pytest.mark.parametrize(
    ("block", "fact"), [("$ exit 3\n...\n", "exit code 3"), ("$ echo a\nb\n", "received:\na")]
)
def test_a_page_that_is_not_true_fails_with_its_line(tmp_path: Path, block: str, fact: str) -> None:
    (tmp_path / "page.md").write_text(f"# A page\n\n```console\n{block}```\n")
    with pytest.raises(SybilFailure, match=f"line 3(.|\n)*{fact}"):
        follow(tmp_path / "page.md", tmp_path)


def test_every_file_that_a_page_names_exists() -> None:
    pages = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    named = {
        (page.name, path)
        for page in pages
        for path in re.findall(r"`((?:grader|tests|benchmarks|setup)/[\w./]+)`", page.read_text())
    }
    assert len(named) > 20
    assert [each for each in sorted(named) if not (ROOT / each[1]).exists()] == []


@pytest.mark.kernel
def test_an_instructor_who_follows_authoring_gets_what_it_shows(tmp_path: Path) -> None:
    for name in ("course_config.py", "nbgrader_config.py"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "data").symlink_to(ROOT / "data")
    assert follow(ROOT / "docs" / "authoring.md", tmp_path) > 0


@pytest.mark.process
def test_an_instructor_who_follows_exports_gets_what_it_shows(graded: Settings) -> None:
    assert follow(ROOT / "docs" / "exports.md", graded.root) > 0


@pytest.fixture
def graded(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The class of docs/exports.md."""
    return school.of_three(school.make(tmp_path_factory.mktemp("course")))
