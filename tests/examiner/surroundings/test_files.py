"""The folder of a test cell, and the files that it shares with a student's code."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from grader.examiner.examiner import Finding
from grader.examiner.surroundings.course import Course
from grader.examiner.surroundings.files import ClaimFiles
from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.data.decoder import Decoder
from grader.sandbox.guest.data.encoder import Encoder
from grader.sandbox.guest.protocol import MAX_FILES_BYTES
from tests.examiner.surroundings.conftest import Make


def read(path: str) -> str:
    return Path(path).read_text()


def write(path: str, text: str) -> None:
    Path(path).write_text(text)


def test_a_test_reads_the_courses_files_in_its_own_folder(both: Make, folder: Path) -> None:
    (folder / "deep").mkdir()
    (folder / "deep" / "expected.txt").write_text("4")
    (folder / "of_the_student.txt").write_text("5")
    student = both(Course(folder, ("deep/expected.txt",), {"hidden/answer.txt": b"42"}))
    test = """
import os
assert open("deep/expected.txt").read() == "4"
assert open("hidden/answer.txt").read() == "42"
assert sorted(os.listdir(".")) == ["deep", "hidden"]
"""
    before = Path.cwd(), tempfile.gettempdir()
    assert student.tested(test) == Finding()
    assert (Path.cwd(), tempfile.gettempdir()) == before
    assert not any("files" in question for question in student.questions)


def test_what_a_test_writes_the_student_reads_and_the_other_way(both: Make, kernel: Path) -> None:
    test = """
import os, pathlib
pathlib.Path("deep").mkdir()
pathlib.Path("deep/in.txt").write_text("in")
assert read("deep/in.txt") == "in"
write("out.txt", "out")
assert open("out.txt").read() == "out"
write("out.txt", "another")
assert open("out.txt").read() == "another"
os.remove("deep/in.txt")
write("last.txt", "")
assert sorted(os.listdir(".")) == ["deep", "last.txt", "out.txt"]
"""
    assert both(read=read, write=write).tested(test) == Finding()
    assert sorted(path.name for path in kernel.rglob("*")) == ["deep", "last.txt", "out.txt"]


def test_temporary_files_have_one_path_on_both_sides(both: Make) -> None:
    def make() -> str:
        descriptor, path = tempfile.mkstemp()
        os.write(descriptor, b"made")
        os.close(descriptor)
        return path

    test = """
import tempfile, os
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "other.csv")
    with open(path, "w") as file:
        file.write("month,amount")
    assert read(path) == "month,amount"
    write(os.path.join(folder, "out.txt"), "out")
    assert open(os.path.join(folder, "out.txt")).read() == "out"
assert not os.path.exists(path)
assert open(make()).read() == "made"
"""
    assert both(read=read, write=write, make=make).tested(test) == Finding()


def test_an_absolute_path_leads_to_the_same_file_on_both_sides(both: Make, kernel: Path) -> None:
    def saved(name: str) -> str:
        os.chdir(kernel)  # as a kernel is; this process is where the test is
        write(name, "saved")
        return str(Path(name).absolute())

    def listed() -> list[Path]:
        return sorted(kernel.iterdir())

    def missing() -> None:
        read(str(kernel / "missing.txt"))

    test = """
import os
from pathlib import Path
here = Path.cwd()
path = saved("out.txt")
os.chdir(here)
assert path == os.path.abspath("out.txt") and open(path).read() == "saved"
assert read(path) == "saved"
assert listed() == [here / "out.txt"]
try:
    missing()
except FileNotFoundError as error:
    assert error.filename == str(here / "missing.txt")
assert near().endswith("/kernels/x")
"""
    names = {"saved": saved, "listed": listed, "missing": missing, "near": lambda: f"{kernel}s/x"}
    student = both(read=read, **names)
    assert student.tested(test) == Finding()


def test_what_the_students_cells_wrote_is_there_for_each_test(both: Make, kernel: Path) -> None:
    (kernel / "sales.csv").write_text("given")
    student = both(read=read)
    (kernel / "plot.txt").write_text("drawn")
    for _ in range(2):
        assert student.tested("import os\nassert os.listdir('.') == ['plot.txt']") == Finding()


def test_each_test_begins_with_a_fresh_folder(both: Make, folder: Path) -> None:
    (folder / "sales.csv").write_text("given")
    student = both(Course(folder, ("sales.csv",)))
    assert student.tested("open('sales.csv', 'w').write('mine')\nopen('a', 'w').close()").passed
    assert student.tested("import os\nassert os.listdir('.') == ['sales.csv']").passed
    assert student.tested("assert open('sales.csv').read() == 'given'").passed


def test_no_file_of_the_courses_is_replaced_or_removed(both: Make, folder: Path) -> None:
    (folder / "deep").mkdir()
    (folder / "deep" / "expected.txt").write_text("4")
    course = Course(folder, ("deep/expected.txt",), {"answer.txt": b"42"})

    def forge() -> None:
        Path("deep").mkdir()
        write("deep/expected.txt", "5")
        write("deep/mine.txt", "5")
        write("answer.txt", "5")

    test = """
forge()
assert open("deep/expected.txt").read() == "4"
assert open("answer.txt").read() == "42"
assert open("deep/mine.txt").read() == "5"
"""
    assert both(course, forge=forge).tested(test) == Finding()


def test_no_hidden_file_is_sent(both: Make, folder: Path, kernel: Path) -> None:
    student = both(Course(folder, hidden={"hidden/answer.txt": b"42"}), read=read)
    test = """
open("hidden/answer.txt", "a").write("3")
try:
    read("hidden/answer.txt")
except FileNotFoundError:
    pass
else:
    raise AssertionError
"""
    assert student.tested(test) == Finding()
    assert not list(kernel.rglob("answer.txt"))


def test_without_a_sandbox_a_test_is_where_the_files_are(both: Make, folder: Path) -> None:
    (folder / "sales.csv").write_text("given")
    student = both(Course(folder, one_system=True))
    assert student.tested("assert open('sales.csv').read() == 'given'") == Finding()
    assert "folder" not in student.questions[0]


def test_the_judge_goes_on_where_it_was_in_the_midst_of_a_test(folder: Path) -> None:
    files = ClaimFiles(Course(folder))
    before = Path.cwd(), tempfile.tempdir
    with files.suspended():
        assert (Path.cwd(), tempfile.tempdir) == before
    with files.held():
        inside = Path.cwd(), tempfile.tempdir
        assert inside[0] == files.work != before[0]
        with files.suspended():
            assert (Path.cwd(), tempfile.tempdir) == before
        assert (Path.cwd(), tempfile.tempdir) == inside
    assert (Path.cwd(), tempfile.tempdir) == before
    files.close()
    assert not inside[0].exists()


def test_files_that_come_again_and_again_fill_no_disk(folder: Path) -> None:
    files, part = ClaimFiles(Course(folder)), bytes(MAX_FILES_BYTES)
    with files.held():
        for turn in (1, 1, 2, 3, 4):
            answered(files, {f"work/{turn}": part})
        answered(files, {"work/1": None})
        answered(files, {"work/5": part})
        with pytest.raises(Malformed, match="64 MB"):
            answered(files, {"work/6": part})
        assert not Path("6").exists()
    files.close()


def answered(files: ClaimFiles, changes: Any) -> None:
    """Take in what a kernel says that it changed."""
    encoder = Encoder(lambda *_: {})
    encoded = encoder.encode(changes)
    files.answered({"files": encoded}, Decoder(encoder.buffers, lambda *_: None))


@pytest.mark.parametrize(
    "changes",
    [
        [],
        {3: b""},
        {"work/../a": b""},
        {"/etc/passwd": b""},
        {"work/a": "text"},
        {"work/a": False},
        {"work/a": bytes(MAX_FILES_BYTES + 1)},
        {f"work/{number}": None for number in range(2001)},
    ],
)
def test_what_are_no_changes_of_files_is_refused(folder: Path, changes: Any) -> None:
    files = ClaimFiles(Course(folder))
    with files.held(), pytest.raises(Malformed):
        answered(files, changes)
    files.close()
