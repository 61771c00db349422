"""The table itself: each claim stands on its own work, and can fail."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from grader.examiner import names
from grader.model import Outcome
from grader.notebook.assignment import load_assignment
from tests.any_exercise import notebooks
from tests.any_exercise.table import (
    ALL,
    FOLDER,
    Difference,
    Notebook,
    TableClaim,
    Way,
    Work,
    every_claim,
)

_IMPORTS = (ast.Import, ast.ImportFrom)

# The claims of which the framework began, by the names that they had then.
FIRST = """
reads_csv reads_other_csv class_state class_method_unbound class_isinstance generator plots
takes_function takes_math_function returns_function changes_argument raises raises_pytest prints
kind_counter kind_namedtuple kind_namedtuple_field kind_dataclass kind_date kind_fraction
kind_complex kind_path kind_big kind_structured kind_texts kind_dates kind_none kind_mapped
kind_keys kind_tuple_keys kind_masked kind_sparse kind_nan docstring signature variables takes_rng
global_seed pandas frame_in frame_out sk_predict sk_coef
"""


def test_there_are_enough_claims_right_and_wrong() -> None:
    claims = list(every_claim())
    assert len(claims) >= 150
    assert sum(claim.wrong is not Outcome.PASSED for claim in claims) >= 150
    assert {claim.name for claim in claims} >= set(FIRST.split())


def test_every_file_of_claims_stands_in_one_notebook() -> None:
    files = sorted(path.stem for path in FOLDER.glob("*.toml"))
    assert sorted(kind for notebook in ALL for kind in notebook.kinds) == files


def test_names_are_given_once() -> None:
    given = Counter(claim.name for claim in every_claim())
    given.update(exercise.name for notebook in ALL for exercise in notebook.exercises)
    assert [name for name, times in given.items() if times > 1] == []


@pytest.mark.parametrize("notebook", ALL, ids=lambda notebook: notebook.name)
def test_a_claim_rests_on_its_own_exercise_alone(notebook: Notebook, tmp_path: Path) -> None:
    course = notebooks.make_course(tmp_path, (notebook,))
    needs = {claim.name: claim.needs for claim in load_assignment(course, notebook.name).claims}
    for exercise in notebook.exercises:
        for claim in exercise.claims:
            assert needs[claim.name] == (exercise.name,), claim.name
            known = names.bound(exercise.right) | names.bound(exercise.given)
            assert names.free(claim.test) <= known, claim.name


@pytest.mark.parametrize("notebook", ALL, ids=lambda notebook: notebook.name)
def test_in_one_kernel_no_test_gives_another_exercise_a_name(notebook: Notebook) -> None:
    bound = {
        claim.name: names.bound(claim.test) - _modules(claim.test) for claim in notebook.claims
    }
    for place, exercise in enumerate(notebook.exercises):
        own = {name for claim in exercise.claims for name in names.free(claim.test)}
        used = own | names.free(exercise.right) | names.free(exercise.wrong)
        below = [claim for each in notebook.exercises[place:] for claim in each.claims]
        for claim in below:
            taken = bound[claim.name] & (used - names.bound(exercise.given))
            assert not taken, f"{exercise.name}: the test {claim.name} binds {taken}"


def _modules(source: str) -> set[str]:
    """What a test imports: the same everywhere."""
    imports = (node for node in ast.walk(ast.parse(source)) if isinstance(node, _IMPORTS))
    return {
        alias.asname or alias.name.partition(".")[0] for node in imports for alias in node.names
    }


def test_a_known_difference_changes_what_is_expected_of_its_way_alone() -> None:
    known = {Way.GRADING: Difference(None, Outcome.PASSED, "why")}
    claim = TableClaim("a", "b", "c", Outcome.FAILED, known)
    assert claim.expected(Work.WRONG, Way.GRADING) is Outcome.PASSED
    assert claim.expected(Work.RIGHT, Way.GRADING) is Outcome.PASSED
    assert claim.expected(Work.WRONG, Way.CHECK) is Outcome.FAILED


def test_every_known_difference_is_one_and_says_why() -> None:
    for claim in every_claim():
        for difference in claim.differs.values():
            assert len(difference.why) > 20, claim.name
            assert difference.right is not Outcome.PASSED, claim.name
            assert difference.wrong is not claim.wrong, claim.name
            assert difference.right or difference.wrong, claim.name


@pytest.mark.parametrize("notebook", ALL, ids=lambda notebook: notebook.name)
def test_in_one_notebook_two_exercises_define_no_name_alike(notebook: Notebook) -> None:
    """``%check`` asks of the names that are there when the whole notebook has run."""
    defined: Counter[str] = Counter()
    for exercise in notebook.exercises:
        defined.update(_defined(exercise.right) | _defined(exercise.wrong))
    assert [name for name, times in defined.items() if times > 1] == []


def _defined(source: str) -> set[str]:
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name for node in ast.parse(source).body if isinstance(node, definitions)}
