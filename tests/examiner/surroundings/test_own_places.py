"""A test cell changes its own files alone, whatever a library reads in an answer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.errors import CourseError
from grader.examiner.examiner import Finding
from grader.examiner.surroundings.own_places import changed_elsewhere
from tests.examiner.surroundings.conftest import Make

FOLDER = Path("/somewhere/claim")
QUERY = "import pandas\nnothing = print\npandas.DataFrame({'a': [1]}).query(answer())"
TEMPLATE = "import jinja2\njinja2.Template(answer()).render()"


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("open", ("/somewhere/other", "w", os.O_WRONLY | os.O_CREAT)),
        ("open", (b"/somewhere/other", None, os.O_RDWR)),
        ("os.mkdir", ("/somewhere/other", 0o777, -1)),
        ("os.rename", (f"{FOLDER}/a", "/somewhere/other", -1, -1)),
        ("os.rename", ("/somewhere/other", f"{FOLDER}/a", -1, -1)),
        ("os.symlink", ("a", "/somewhere/other", -1)),
        ("shutil.rmtree", (Path("/somewhere/other"), None)),
        ("sqlite3.connect", ("/somewhere/other",)),
    ],
)
def test_a_change_elsewhere_is_named(event: str, arguments: tuple[object, ...]) -> None:
    assert changed_elsewhere(event, arguments, FOLDER) == "/somewhere/other"
    inside = [
        f"{FOLDER}/b" if str(each) in ("/somewhere/other", "b'/somewhere/other'") else each
        for each in arguments
    ]
    assert changed_elsewhere(event, inside, FOLDER) == ""


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("open", ("/somewhere/other", "r", os.O_RDONLY)),
        ("open", (3, "w", os.O_WRONLY)),
        ("open", (os.devnull, "w", os.O_WRONLY)),
        ("os.symlink", ("/somewhere/other", f"{FOLDER}/a", -1)),
        ("os.listdir", ("/somewhere/other",)),
        ("sqlite3.connect", (":memory:",)),
    ],
)
def test_nothing_is_changed(event: str, arguments: tuple[object, ...]) -> None:
    assert changed_elsewhere(event, arguments, FOLDER) == ""


@pytest.mark.parametrize(
    ("use", "returned"),
    [
        (QUERY, '@pandas.Series([1]).to_csv("@OUT@" + "side") == 1'),
        (f"try:\n    {QUERY.replace(chr(10), '; ')}\nexcept Exception: pass",
         '@pandas.Series([1]).to_csv("@OUT@" + "side") == 1'),
        (TEMPLATE, '{{ cycler.__init__.__globals__.os.mkdir("@OUT@" ~ "side") }}'),
    ],
)  # fmt: skip
def test_what_a_library_reads_in_an_answer_changes_nothing_outside(
    both: Make, tmp_path: Path, use: str, returned: str
) -> None:
    answer = returned.replace("@OUT@", f"{tmp_path}/out")
    with pytest.raises(CourseError, match="writes into its working directory"):
        both(answer=lambda: answer).tested(use)
    assert not (tmp_path / "outside").exists()


def test_a_test_writes_into_its_own_folder_and_among_temporary_files(both: Make) -> None:
    use = """
answer()
import os, shutil, sqlite3, tempfile
open("a", "w").close()
os.makedirs("b/c")
os.rename("a", "b/c/a")
shutil.rmtree("b")
sqlite3.connect("numbers.db").close()
with tempfile.TemporaryDirectory() as folder:
    open(folder + "/a", "w").close()
open(os.devnull, "w").close()
"""
    assert both(answer=lambda: 3).tested(use) == Finding()


def test_a_test_may_look_for_the_temporary_folder_once_more(both: Make) -> None:
    use = """
answer()
import os, tempfile
tempfile.tempdir = None
with tempfile.TemporaryDirectory() as folder:
    open(folder + "/a", "w").close()
"""
    assert both(answer=lambda: 3).tested(use) == Finding()


def test_matplotlib_keeps_its_settings_where_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/somewhere/config")
    for name, found in (("matplotlib", ""), ("other", "/somewhere/config/other")):
        made = f"/somewhere/config/{name}"
        assert changed_elsewhere("os.mkdir", (made, 0o777, -1), FOLDER) == found
