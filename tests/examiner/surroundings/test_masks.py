"""A masked array is not equal to what it hides."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest

from grader.errors import ClaimFailed
from grader.examiner.cells.finding import FindingKind
from grader.examiner.surroundings.masks import hiding_nothing
from tests.examiner.surroundings.conftest import Make
from tests.in_process import InProcess

EXPECTED = "import numpy as np\nexpected = np.array([2.0, 4.0])\n"
TESTS = [
    "np.testing.assert_array_equal(answer(), expected)",
    "np.testing.assert_allclose(expected, answer())",
    "assert np.allclose(answer(), expected)",
    "assert np.isclose(expected, answer()).all()",
    "assert (answer() == expected).all()",
    "assert not (expected != answer()).any()",
    "assert np.max(np.abs(answer() - expected)) < 1e-6",
    "assert np.max(np.abs(expected - answer())) < 1e-6",
    "assert (answer() <= expected).all() and (answer() >= expected).all()",
]
HIDDEN = "import numpy as np\ndef answer(): return np.ma.masked_array([7.0, 4.0], [True, False])"
SHOWN = "import numpy as np\ndef answer(): return np.ma.masked_array([2.0, 4.0], [False, False])"


@pytest.mark.parametrize("test", TESTS)
def test_what_is_masked_does_not_count_as_right(test: str) -> None:
    with hiding_nothing(test):
        finding = InProcess(HIDDEN).tested(EXPECTED + test)
        assert finding.kind is FindingKind.REFUTED
        assert "hides 1 of its 2 values behind a mask" in finding.message
        assert InProcess(SHOWN).tested(EXPECTED + test).passed


@pytest.mark.parametrize(
    "test",
    [
        "assert (answer() == np.ma.masked_array([0.0, 4.0], [True, False])).all()",
        "assert answer().mask.tolist() == [True, False] and (answer() == [0.0, 4.0]).all()",
        "assert answer().compressed().tolist() == [4.0] and (answer() - [0.0, 4.0]).sum() == 0",
    ],
)
def test_a_test_that_looks_at_masks_compares_as_numpy_does(test: str) -> None:
    with hiding_nothing(test):
        assert InProcess(HIDDEN).tested("import numpy as np\n" + test).passed


def test_masked_arrays_compute_beside_a_test_and_after_it() -> None:
    hidden: Any = np.ma.masked_array([7.0, 4.0], [True, False])
    with hiding_nothing("assert answer().sum() == 4"):
        assert hidden.sum() == 4
        assert (hidden + hidden).sum() == 8
        assert (hidden == hidden.copy()).all()
        with pytest.raises(ClaimFailed):
            hidden == np.ones(2)  # noqa: B015 - the comparison itself is tested
    assert (hidden == [0.0, 4.0]).all()


EXPECTED_SERIES = "import pandas as pd\nexpected = pd.Series([2, 4])\n"


def missing() -> Any:
    return pd.Series([pd.NA, 4], dtype="Int64")


def shown() -> Any:
    return pd.Series([2, 4], dtype="Int64")


@pytest.mark.parametrize(
    "test",
    [
        "assert (answer() == expected).all()",
        "assert all([(expected == answer()).all()])",
        "assert not (answer() != expected).any()",
        "import numpy as np\nassert np.all(answer() == expected)",
        "assert (answer().to_frame() == expected.to_frame()).all().all()",
        "assert (answer().to_frame() == expected.to_frame()).all(axis=None)",
        "assert (answer().array == [2, 4]).all()",
    ],
)
def test_what_is_missing_does_not_count_as_right(both: Make, test: str) -> None:
    finding = both(answer=missing).tested(EXPECTED_SERIES + test)
    assert finding.kind is FindingKind.REFUTED
    assert "values are missing in it" in finding.message
    assert both(answer=shown).tested(EXPECTED_SERIES + test).passed


@pytest.mark.parametrize(
    "test",
    [
        "assert (answer() == expected).sum() == 1",
        "assert (answer() == expected).any()",
        "assert not (answer() == expected + 1).all()",
        "assert (answer() == expected).fillna(True).all()",
    ],
)
def test_what_does_not_rest_on_missing_values_is_decided(both: Make, test: str) -> None:
    assert both(answer=missing).tested(EXPECTED_SERIES + test).passed


def test_pandas_that_an_answer_imports_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as without:
        without.delitem(sys.modules, "pandas")
        nothing = hiding_nothing("assert (answer() == [2, 4]).all()")
        look = nothing.__enter__()
    assert (missing() == [2, 4]).all()
    look()
    with pytest.raises(ClaimFailed):
        (missing() == [2, 4]).all()
    nothing.__exit__(None, None, None)
    assert (missing() == [2, 4]).all()
