from __future__ import annotations

import pytest

from grader.notebook import samples
from tests.conftest import ROOT
from tests.sample_class import ASSIGNMENT, CLASS


@pytest.mark.parametrize("case", CLASS.values())
def test_whoever_is_in_the_class_hands_in_a_sample_that_slices_suffice_for(case: str) -> None:
    sample = samples.load(ROOT / "tests" / "submissions" / ASSIGNMENT / case)
    assert not sample.whole
