from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.process


def loaded_after(imports: str) -> set[str]:
    code = f"import sys; {imports}; print(*sys.modules)"
    return set(subprocess.check_output([sys.executable, "-c", code], text=True).split())


def test_nbgrader_comes_without_the_extensions_of_a_server() -> None:
    modules = loaded_after("import grader.notebook, nbgrader.api")
    assert "nbgrader.api" in modules
    assert not [name for name in modules if name.startswith("nbgrader.server_extensions")]
    assert "jupyter_server" not in modules


def test_the_extensions_can_be_imported_later() -> None:
    modules = loaded_after("import grader.notebook, nbgrader.server_extensions.formgrader")
    assert "nbgrader.server_extensions.formgrader.formgrader" in modules


def test_an_extension_that_nbgrader_loads_is_the_real_one() -> None:
    code = (
        "import grader.notebook, nbgrader\n"
        "try:\n    nbgrader.load_validate(None)\n"
        "except AttributeError as error:\n    print(error)"
    )
    said = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert "'NoneType' object has no attribute" in said


def test_an_nbgrader_that_is_there_is_left_as_it_is() -> None:
    modules = loaded_after("import nbgrader; import grader.notebook")
    assert "nbgrader.server_extensions.formgrader.formgrader" in modules


def test_grading_loads_what_judges_only_when_something_must_be_judged() -> None:
    modules = loaded_after("import grader.classroom.grade_class")
    heavy = {"jupyter_server", "numpy", "nbgrader.converters", "grader.sandbox.client"}
    heavy |= {"grader.notebook.judging.judge", "grader.notebook.recording"}
    assert not modules & heavy
