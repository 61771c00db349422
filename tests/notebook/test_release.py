"""What students get: compiled from the source as it is now, without any answer in it."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from grader import settings as course_settings
from grader.errors import CourseError
from grader.notebook import release
from grader.notebook.assignment import load_assignment, source_path
from grader.settings import Settings
from tests import tiny
from tests.conftest import ROOT

pytestmark = pytest.mark.kernel

ASSIGNMENTS = course_settings.load(ROOT).assignments


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every assignment of the course, released anew."""
    root = tmp_path_factory.mktemp("course")
    for name in ("course_config.py", "nbgrader_config.py", "source"):
        (root / name).symlink_to(ROOT / name)
    course = course_settings.load(root)
    for name in ASSIGNMENTS:
        release.release(course, name)
    return root / "release"


def files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_committed_release_is_what_the_source_compiles_to(compiled: Path, name: str) -> None:
    now, committed = files(compiled / name), files(ROOT / "release" / name)
    assert now.keys() == committed.keys()
    assert [path for path in now if now[path] != committed[path]] == [], "run `make release`"


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_no_line_of_a_solution_or_hidden_test_is_in_the_release(name: str) -> None:
    source = nbformat.read(ROOT / "source" / name / f"{name}.ipynb", as_version=4)
    texts = [cell.source for cell in source.cells]
    secret = {line for text in texts for line in secrets(text)}
    shown = {line.strip() for text in texts for line in public(text).splitlines()}
    released = "".join(
        content.decode(errors="replace") for content in files(ROOT / "release" / name).values()
    )
    leaked = [line for line in secret - shown if as_json(line) in released]
    assert secret
    assert leaked == []


SECRET = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS)\n(?P<secret>.*?)### END \1", re.DOTALL)


def secrets(text: str) -> list[str]:
    """The lines of a cell that students must not see, but those that say nothing (brackets)."""
    lines = [
        line.strip() for found in SECRET.finditer(text) for line in found["secret"].split("\n")
    ]
    return [line for line in lines if re.search(r"\w{2}", line)]


def public(text: str) -> str:
    return SECRET.sub("", text)


def as_json(line: str) -> str:
    """The line as it stands inside a JSON string."""
    return line.replace("\\", "\\\\").replace('"', '\\"')


def test_the_search_for_leaks_finds_one() -> None:
    cell = 'x = 1\n### BEGIN SOLUTION\nprint("hello")\n)\n### END SOLUTION'
    assert secrets(cell) == ['print("hello")']
    assert public(cell) == "x = 1\n"
    assert as_json(secrets(cell)[0]) == r"print(\"hello\")"


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_sources_are_kept_without_outputs(name: str) -> None:
    source = nbformat.read(ROOT / "source" / name / f"{name}.ipynb", as_version=4)
    code = [cell for cell in source.cells if cell.cell_type == "code"]
    assert [cell.id for cell in code if cell.outputs or cell.execution_count] == []


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_every_claim_knows_the_cells_that_it_rests_on(name: str) -> None:
    claims = load_assignment(course_settings.load(ROOT), name).claims
    assert [claim.name for claim in claims if not claim.needs] == []
    assert sum(claim.points for claim in claims) == 20


def test_an_unknown_assignment_is_refused(tiny_course: Settings) -> None:
    with pytest.raises(CourseError, match=r"no assignment 'products'"):
        release.release(tiny_course, "products")


def test_registering_leaves_the_release_folder_alone(tmp_path: Path) -> None:
    course = tiny.make_course(tmp_path, cell_seconds=20)
    release.register(course, load_assignment(course, "sums"))
    assert (tmp_path / "gradebook.db").exists()
    assert not (tmp_path / "release").exists()


def test_a_source_that_nbgrader_refuses_is_one_line(tiny_course: Settings) -> None:
    path = source_path(tiny_course, "sums")
    path.write_text(path.read_text().replace("### END SOLUTION", "### THE END"))
    with pytest.raises(CourseError, match=r"END SOLUTION|end solution|solution") as error:
        release.release(tiny_course, "sums")
    assert "\n" not in str(error.value)
