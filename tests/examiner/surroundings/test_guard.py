"""A test cell does not run what a student's code wrote to a file."""

from __future__ import annotations

import marshal
import pickle
import subprocess
import sys
from collections.abc import Callable
from importlib.util import MAGIC_NUMBER
from pathlib import Path

import numpy as np
import pytest

from grader.errors import CourseError
from grader.examiner.examiner import Finding
from grader.examiner.surroundings import guard
from grader.examiner.surroundings.course import Course
from tests.examiner.surroundings.conftest import Make

ATTACK = b"cos\nsystem\n(S'touch stolen'\ntR."  # a pickle that runs a command


def write() -> None:
    Path("attack.pkl").write_bytes(ATTACK)
    Path("script.py").write_text("open('stolen', 'w').close()")
    Path("data.pkl").write_bytes(pickle.dumps({"a": [1, {2}, np.arange(3)]}))


@pytest.mark.parametrize(
    "use",
    [
        "import pickle\nwith open('attack.pkl', 'rb') as file: pickle.load(file)",
        "import pickle\nwith open('attack.pkl', 'rb') as file: pickle._Unpickler(file).load()",
        "import numpy as np; np.load('attack.pkl', allow_pickle=True)",
        "exec(open('script.py').read())",
        "exec(compile(open('script.py').read(), 'script.py', 'exec'))",
        "import runpy; runpy.run_path('script.py')",
        "import subprocess, sys; subprocess.run([sys.executable, 'script.py'])",
        "import os; os.system('sh script.py')",
    ],
)
def test_what_would_run_it_is_refused(both: Make, use: str) -> None:
    student = both(write=write)
    with pytest.raises(CourseError, match="let their code run it"):
        student.tested(f"write()\n{use}")
    assert student.tested("import os\nwrite()\nassert not os.path.exists('stolen')") == Finding()


@pytest.mark.parametrize(
    "use",
    [
        "import pickle; assert pickle.load(open('data.pkl', 'rb'))['a'][1] == {2}",
        "import ast; assert len(ast.parse(open('script.py').read()).body) == 1",
        "exec('assert 1 == 1')",
        "import textwrap, json; assert open('script.py').read().startswith('open')",
    ],
)
def test_what_only_reads_it_is_not(both: Make, use: str) -> None:
    assert both(write=write).tested(f"write()\n{use}") == Finding()


def test_bytes_that_a_student_returned_are_not_unpickled(both: Make) -> None:
    test = "import pickle\npickle.loads(dumped())"
    with pytest.raises(CourseError, match="wrote or returned"):
        both(dumped=lambda: ATTACK).tested(test)
    assert both(dumped=lambda: pickle.dumps([1, {2}])).tested(test) == Finding()


def test_a_pickle_of_the_courses_own_is_read_beside_a_students_file(
    both: Make, folder: Path
) -> None:
    (folder / "expected.pkl").write_bytes(pickle.dumps(Path("any") / "object"))
    test = """
import marshal
import pickle
write()
with open("expected.pkl", "rb") as file:
    assert str(pickle.load(file)) == "any/object"
"""
    assert both(Course(folder, ("expected.pkl",)), write=write).tested(test) == Finding()


@pytest.mark.parametrize("text", ["", "# nothing", '"""Only a text."""', "3"])
def test_an_empty_file_is_not_taken_for_an_empty_module(both: Make, text: str) -> None:
    test = f"write()\nexec({text!r})"
    assert both(write=lambda: Path("own.txt").write_text(text)).tested(test) == Finding()


def test_a_test_may_run_programs_where_nothing_is_a_students(both: Make, folder: Path) -> None:
    (folder / "script.py").write_text("pass")
    test = "import subprocess, sys\nsubprocess.run([sys.executable, 'script.py'], check=True)"
    assert both(Course(folder, ("script.py",))).tested(test) == Finding()


def test_nothing_is_refused_outside_of_test_cells(both: Make) -> None:
    assert both(write=write).tested("write()") == Finding()
    subprocess.run(["true"], check=True)


@pytest.mark.parametrize(
    ("use", "returned"),
    [
        ("exec(answer())", "open('stolen', 'w').close()"),
        ("exec(answer())", b"open('stolen', 'w').close()"),
        ("eval(answer())", " open('stolen', 'w').close()"),
        ("eval(answer())()", "lambda: open('stolen', 'w').close()"),
        ("exec(answer())", "class A:\n    __a = open('stolen', 'w').close()"),
        ("exec(answer())", "\uff4fpen('stolen', 'w').close()"),  # Python reads it as open
        ("for line in answer().splitlines(): exec(line)", "x = 1\nopen('stolen', 'w').close()"),
        (
            "import doctest; doctest.run_docstring_examples(double, globals())",
            "Twice.\n\n>>> double(2)\n4\n>>> if True:\n...     open('stolen', 'w').close()",
        ),
        ("import os; os.system(answer())", "touch stolen"),
        ("import subprocess; subprocess.run(answer()[0], shell=True)", ["touch stolen"] * 99),
    ],
)
def test_a_text_that_a_student_returned_is_not_run(both: Make, use: str, returned: object) -> None:
    double = eval(compile("lambda x: 2 * x", "<cell>", "eval"))
    double.__doc__ = str(returned)
    student = both(answer=lambda: returned, double=double)
    with pytest.raises(CourseError, match=r"wrote or returned|doctest would run"):
        student.tested(use)
    assert student.tested("import os\nanswer()\nassert not os.path.exists('stolen')") == Finding()


@pytest.mark.parametrize(
    "use",
    [
        "assert eval('int(1)') == 1",
        "from collections import namedtuple\nassert namedtuple('P', answer())(1, 2) == (1, 2)",
        "import ast; assert ast.parse(answer())",
        "import ast; assert ast.literal_eval(repr(answer()))",
    ],
)
def test_a_text_that_is_only_looked_at_is_not_refused(both: Make, use: str) -> None:
    assert both(answer=lambda: "x, y").tested(f"answer()\n{use}") == Finding()


@pytest.mark.parametrize(
    "returned",
    ["Käse, x und y; " * 20_000, b"\xff\0\n" * 99_999],
    ids=["a book", "an image"],
)
def test_libraries_run_their_own_code_beside_what_is_long(both: Make, returned: object) -> None:
    def write() -> None:
        Path("weights.h5").write_bytes(b"\x89HDF\r\n\0" * 99_999)

    sys.modules.pop("colorsys", None)
    use = "import colorsys\nfrom collections import namedtuple\nnamedtuple('P', 'a, b')"
    student = both(answer=lambda: returned, write=write)
    assert student.tested(f"answer()\nwrite()\n{use}") == Finding()


def test_a_library_is_imported_beside_code_of_a_student(both: Make) -> None:
    sys.modules.pop("sched", None)
    code = "class Layer:\n    def __init__(self): self.open = __name__, self.__class__.__doc__"
    use = "assert '__init__' in answer()\nimport sched\nassert sched.scheduler().empty()"
    assert both(answer=lambda: code).tested(use) == Finding()


def test_a_module_of_a_student_is_not_run_whatever_place_it_names(both: Make, kernel: Path) -> None:
    def write() -> None:
        (kernel / "stolen.txt").unlink(missing_ok=True)
        text = f"open({str(kernel / 'stolen.txt')!r}, 'w').close()"
        code = compile(text, "/elsewhere/library.py", "exec")
        Path("hidden.pyc").write_bytes(MAGIC_NUMBER + bytes(12) + marshal.dumps(code))

    use = "write()\nimport os, sys\nsys.path.insert(0, os.getcwd())\nimport hidden"
    with pytest.raises(CourseError, match="wrote or returned"):
        both(write=write).tested(use)
    assert not (kernel / "stolen.txt").exists()


def test_what_a_text_returned_to_one_test_does_not_count_in_the_next(both: Make) -> None:
    student = both(answer=lambda: "int(3)")
    assert student.tested("assert answer()") == Finding()
    assert student.tested("assert eval('int(3)') == 3") == Finding()


def test_a_path_that_leads_out_is_not_opened(both: Make, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("hello")
    test = "assert open(save()).read() == 'hello'"

    def saving(path: str) -> Callable[[], str]:
        def save() -> str:
            Path("own.txt").write_text("hello")
            return path

        return save

    for path in (str(secret), "../" * 30 + str(secret)[1:]):
        finding = both(save=saving(path)).tested(test)
        assert "your code has written nothing" in finding.message
    assert both(save=saving("./own.txt")).tested(test) == Finding()
    own = f"save()\nassert open({str(secret)!r}).read() == 'hello'"
    assert both(save=saving("own.txt")).tested(own) == Finding()


def test_what_stands_in_front_of_a_library_is_known() -> None:
    """What a replaced function does would else count as the grader's own."""
    root = Path(guard.__file__).parents[2]
    replacing = {
        ".".join(("grader", *path.relative_to(root).with_suffix("").parts))
        for path in root.rglob("*.py")
        if "import replaced" in path.read_text()
    }
    assert replacing
    assert replacing <= guard.STAND_IN_FRONT


def test_type_hints_of_a_class_of_the_tests_own_do_not_run_an_answer(both: Make) -> None:
    test = """
import typing
class Own: ...
Own.__annotations__ = {"x": answer()}
assert typing.get_type_hints(Own)["x"]
"""
    with pytest.raises(CourseError, match="wrote or returned"):
        both(answer=lambda: "*[int, open('stolen', 'w').close()]").tested(test)
    assert both(answer=lambda: "int").tested(test) == Finding()
