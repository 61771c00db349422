"""What a test cell may run is what its author wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import CourseError
from grader.examiner.examiner import Finding
from grader.examiner.surroundings.course import Course
from tests.examiner.surroundings.conftest import Make

OPENS = "open('stolen', 'w').close()"


@pytest.mark.parametrize(
    ("use", "returned"),
    [
        ("eval(answer().replace('^', '**'))", OPENS + "^1"),
        ("eval('0 or ' + answer())", OPENS),
        ("eval(f'lambda: {answer()}')()", OPENS),
        ("eval(answer().lower())", OPENS.upper()),
        ("eval(''.join(answer()))", ["o", "pen", "('stolen', 'w')", ".close()"]),
        ("eval(''.join(map(chr, answer())))", list(map(ord, OPENS))),
        ("eval(answer()[::-1])", OPENS[::-1]),
        ("import base64; eval(base64.b64decode(answer()))", "b3Blbignc3RvbGVuJywgJ3cnKQ=="),
        ("import timeit; timeit.timeit(answer(), number=1)", OPENS),
        ("import numpy as np; eval(answer().strip('^'))", "np.savetxt('stolen', [1])^"),
        ("import typing; typing.get_type_hints(eval('hinted'))", f"*[{OPENS}]"),
        (
            "import typing; typing.ForwardRef(answer())._evaluate({}, {}, frozenset())",
            f"*[{OPENS}]",
        ),
        ("eval(answer().strip('^'))", "[c for c in ().__class__.__mro__[1].__subclasses__()]^"),
        ("eval(answer().strip('^'))", "(1 for _ in ()).gi_frame.f_back^"),
        ("import marshal; exec(marshal.loads(answer()))", None),
    ],
)
def test_code_that_is_put_together_of_an_answer_is_not_run(
    both: Make, use: str, returned: object
) -> None:
    if returned is None:
        import marshal

        returned = marshal.dumps(compile(OPENS, "", "exec"))

    def hinted() -> None: ...

    hinted.__annotations__ = {"x": returned}
    student = both(answer=lambda: returned, hinted=hinted)
    with pytest.raises(CourseError, match="wrote or returned"):
        student.tested(use)
    assert student.tested("import os\nanswer()\nassert not os.path.exists('stolen')") == Finding()


@pytest.mark.parametrize(
    ("use", "returned"),
    [
        ("x = 3\nassert eval(answer().replace('^', '**')) == 10", "x^2 + 1"),
        ("assert eval(f'lambda x: {answer()}')(2) == 3", "x + 1"),
        ("assert eval(answer().strip()) == 6", " abs(-6) "),
        ("answer()\nassert eval(f'double({1 + double(1)})') == 6", "double(n)"),
        ("answer()\nfor n in '12':\n    exec(f'value_{n} = {n}')\nassert value_2 == 2", "value_1"),
        ("answer()\nassert eval(\"open('own', 'w').close()\") is None", OPENS),
        ("answer()\nimport timeit\nassert timeit.timeit('sum((1, 2))', number=1) < 9", "sum"),
        (
            "answer()\nimport dataclasses\n@dataclasses.dataclass(order=True)\nclass Point:\n"
            "    x: int\nassert Point(1) < Point(2)\n",
            "self.x.__class__, x = open, eval",
        ),
        (
            "answer()\nimport dataclasses\n@dataclasses.dataclass\nclass Case:\n"
            "    input: int\n    open: int = 2\nassert Case(1).input == 1\n",
            "keras.Input, open",
        ),
        ("answer()\nimport typing\ndef f(x: 'int'): ...\nassert typing.get_type_hints(f)", "int"),
    ],
)
def test_a_test_runs_what_its_author_wrote(both: Make, use: str, returned: str) -> None:
    double = eval(compile("lambda x: 2 * x", "<cell>", "eval"))
    assert both(answer=lambda: returned, double=double).tested(use) == Finding()


def test_a_file_of_the_courses_is_run_beside_an_answer(both: Make, folder: Path) -> None:
    (folder / "given.txt").write_text("import math\nvalue = math.floor(2.5)")
    use = "answer()\nexec(open('given.txt').read())\nassert value == 2"
    course = Course(folder, ("given.txt",))
    assert both(course, answer=lambda: "any text").tested(use) == Finding()
    with pytest.raises(CourseError, match="wrote or returned"):
        both(course, answer=lambda: "math.Floor").tested(use)
