"""Modules for test cells."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from grader.examiner.examiner import Finding
from grader.examiner.surroundings.course import Course
from grader.examiner.surroundings.imports import imported, modules_beside
from tests.examiner.surroundings.conftest import Make


def test_a_name_that_the_course_imports_is_this_process_own(both: Make, folder: Path) -> None:
    course = Course(
        folder, imports={"math": "import math", "root": "from math import sqrt as root"}
    )
    forged = SimpleNamespace(sqrt=lambda _: 4)
    student = both(course, math=forged, root=lambda _: 4, other=forged)
    assert student.tested("assert math.sqrt(9) == 3 == root(9)") == Finding()
    assert student.questions[0]["names"] == []
    assert both(math=forged).tested("assert math.sqrt(9) == 3").passed is False


def test_what_cannot_be_imported_stays_the_students() -> None:
    statements = {"a": "import not_there as a", "math": "import math", "b": "1 / 0"}
    assert imported(statements, ["a", "math", "b", "c"]) == {"math": math}


def test_a_module_beside_the_notebook_is_the_courses_and_is_forgotten(
    both: Make, folder: Path, kernel: Path
) -> None:
    (folder / "helpers_of_course").mkdir()
    (folder / "helpers_of_course" / "__init__.py").write_text("from .deep import check")
    (folder / "helpers_of_course" / "deep.py").write_text("def check(f):\n    assert f(3) == 6")
    files = ("helpers_of_course/__init__.py", "helpers_of_course/deep.py")
    (kernel / "helpers_of_course.py").write_text("def check(f): pass")
    student = both(Course(folder, files), double=lambda x: 2 * x, wrong=lambda x: x)
    path, modules = list(sys.path), set(sys.modules)
    test = "from helpers_of_course import check\ncheck({})"
    assert student.tested(test.format("double")) == Finding()
    assert student.tested(test.format("wrong")).error == "AssertionError"
    assert sys.path == path
    assert not [name for name in set(sys.modules) - modules if "helpers" in name]
    assert not [place for place in sys.path_importer_cache if "helpers_of_course" in place]


def test_a_library_may_import_a_module_that_answers_every_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Answers(ModuleType):
        def __getattr__(self, name: str) -> object:
            return object()

    with modules_beside(tmp_path):  # as torch.classes does
        monkeypatch.setitem(sys.modules, "answers_every_name", Answers("answers_every_name"))
    assert "answers_every_name" in sys.modules


def test_a_python_that_a_test_starts_imports_nothing_from_its_folder(both: Make) -> None:
    test = """
import subprocess, sys
with open("json.py", "w") as file:
    file.write("print('mine')")
done = subprocess.run([sys.executable, "-c", "import json"], capture_output=True, check=True)
assert done.stdout == b"", done
"""
    assert both().tested(test) == Finding()


def test_no_module_is_imported_from_what_a_student_wrote(both: Make, kernel: Path) -> None:
    student = both(f=lambda: None)
    (kernel / "written_by_student.py").write_text("raise SystemExit")
    test = """
import os
f()
assert os.path.exists("written_by_student.py")
try:
    import written_by_student
except ModuleNotFoundError:
    pass
"""
    assert student.tested(test) == Finding()
