"""What looks like a test and cannot fail is found; what can fail is not."""

from __future__ import annotations

import nbformat
import pytest

from grader import settings as course_settings
from grader.authoring.cannot_fail import cannot_fail, warnings
from grader.notebook.assignment import load_assignment
from tests.any_exercise.table import every_claim
from tests.conftest import ROOT

# Test cells, each with its line that cannot fail and a part of what is said of it.
CANNOT = {
    'assert (add(1, 2) == 3, "no")': (1, "tests a tuple"),
    'x = 1\nassert "add(1, 2) == 3"': (2, "always holds"),
    "assert (add(n, 1) == n + 1 for n in range(3))": (1, "always holds"),
    "assert [add(n, 1) == n + 1 for n in range(3)]": (1, "always holds"),
    "import pytest\nassert pytest.approx(add(0.1, 0.2), 0.3)": (2, "is compared to nothing"),
    "import pytest\npytest.approx(add(0.1, 0.2))": (2, "is compared to nothing"),
    "add(1, 2) == 3": (1, "write `assert` first"),
    "for n in range(3):\n    np.allclose(add(n, 1), n + 1)": (2, "`np.allclose(add(n, 1), n + 1)`"),
    "try:\n    assert add(1, 2) == 3\nexcept:\n    pass": (2, "hides that it fails"),
    "try:\n    assert add(1, 2) == 3\nexcept (TypeError, Exception):\n    print(1)": (2, "hides"),
    "try:\n    assert add(1, 2) == 3\nexcept Exception:\n    traceback.print_exc()": (2, "hides"),
    "with contextlib.suppress(AssertionError):\n    assert add(1, 2) == 3": (2, "hides"),
    "def test_add():\n    assert add(1, 2) == 3": (1, "nothing calls test_add"),
    "class T(unittest.TestCase):\n    def test_it(self):\n        assert add(1, 2)": (
        1,
        "nothing runs the tests of T",
    ),
    "async def check():\n    assert await get() == 3\ncheck()": (3, "write `await` first"),
    "unittest.main(argv=['x'], exit=False)": (1, "assert `.result.wasSuccessful()` of it"),
    "program = unittest.main(exit=False)": (1, "assert `.result.wasSuccessful()` of it"),
    "unittest.TextTestRunner().run(suite)": (1, "assert `.wasSuccessful()` of it"),
    "doctest.testmod()": (1, "assert `.failed == 0` of it"),
    "assert mock.called_once_with(3)": (1, "write `assert_called_once_with`, without"),
    "mock.not_called()": (1, "write `assert_not_called`"),
    "mock.assert_called_once": (1, "write parentheses behind it"),
    "pytest.raises(TypeError)": (1, "write `with` first"),
    "class T(unittest.TestCase):\n    def test_it(self):\n        self.assertTrue(add(1, 2), 3)\n"
    "unittest.main()": (3, "write `self.assertEqual`"),
}

# Their neighbours, which can.
CAN = (
    'assert add(1, 2) == 3, ("a", "tuple")',
    "assert [n for n in range(3) if add(n, 1)]",
    "assert add(0.1, 0.2) == pytest.approx(0.3)",
    "with pytest.raises(TypeError):\n    add(1, 2) < 3",
    "try:\n    add(1, 2) < 3\nexcept TypeError:\n    pass",
    "add(1, 2) == 3 or pytest.fail('no')",
    "try:\n    assert add(1, 2) == 3\nexcept TypeError:\n    pass",
    "try:\n    assert add(1, 2) == 3\nexcept Exception as error:\n    raise AssertionError('no')",
    "failures = []\ntry:\n    assert add(1, 2) == 3\nexcept AssertionError:\n    failures.append(1)"
    "\nassert not failures",
    "with contextlib.suppress(TypeError):\n    assert add(1, 2) == 3",
    "def test_add():\n    assert add(1, 2) == 3\ntest_add()",
    "@timed\ndef add_one(n):\n    assert n",
    "def test_add():\n    assert add(1, 2) == 3\n"
    "for name in list(globals()):\n    name.startswith('test') and globals()[name]()",
    "class T(unittest.TestCase):\n    def test_it(self):\n        assert add(1, 2)\n"
    "unittest.main()",
    "class Handler:\n    def on_event(self, event):\n        assert event\nlisten(Handler())",
    "async def check():\n    assert await get() == 3\nawait check()",
    "program = unittest.main(exit=False)\nassert program.result.wasSuccessful()",
    "assert doctest.testmod().failed == 0",
    "mock.assert_called_once()",
    "assert mock.called and mock.called_with == [3]",
    "try:\n    assert add(1, 2) == 3\nexcept Exception:\n    pytest.fail('no')",
    "pytest.raises(TypeError, add, 1)",
    "class T(unittest.TestCase):\n    def test_it(self):\n        self.assertTrue(add(1, 2), 'no')"
    "\nunittest.main()",
)


@pytest.mark.parametrize("source", CANNOT)
def test_what_cannot_fail_is_found_with_its_line(source: str) -> None:
    line, part = CANNOT[source]
    ((found, said),) = cannot_fail(source)
    assert found == line
    assert part in said


@pytest.mark.parametrize("source", CAN)
def test_what_can_fail_is_not(source: str) -> None:
    assert cannot_fail(source) == []


def test_a_kind_is_told_once_in_a_cell() -> None:
    found = cannot_fail("add(1, 2) == 3\nassert (add(1, 2) == 3, 'no')\nadd(2, 2) == 4")
    assert [line for line, _ in found] == [1, 2]


def test_all_claims_of_the_table_and_of_the_course_can_fail() -> None:
    found = {claim.name: cannot_fail(claim.test) for claim in every_claim()}
    assert {name: said for name, said in found.items() if said} == {}
    course = course_settings.load(ROOT)
    for name in course.assignments:
        assert list(warnings(load_assignment(course, name))) == []


def test_a_warning_names_its_cell() -> None:
    assignment = load_assignment(course_settings.load(ROOT), "convolution_from_scratch")
    claim = next(cell for cell in assignment.source.cells if cell.source.startswith("# Claim"))
    claim.source = "# Claim: It adds.\n# Hint: Look.\n1 == 2"
    (said,) = warnings(assignment)
    assert said.startswith(f"cell {claim.metadata.nbgrader.grade_id}, line 3: nothing looks at")
    assert nbformat.validator.isvalid(assignment.source)
