"""Seeds that a test sets, at the student's next question."""

from __future__ import annotations

import random

import numpy as np
import pytest

from grader.examiner.examiner import Finding
from tests.examiner.surroundings.conftest import Make


def shuffled(n: int) -> list[int]:
    return np.random.permutation(n).tolist()  # type: ignore[no-any-return]


def thrown() -> float:
    return random.random()


@pytest.mark.parametrize(
    "test",
    [
        """
import numpy as np
np.random.seed(0)
got = shuffled(5)
np.random.seed(0)
assert got == np.random.permutation(5).tolist()
""",
        """
import numpy as np
np.random.seed(0)
first, second = shuffled(9), shuffled(9)
np.random.seed(0)
assert [first, second] == [np.random.permutation(9).tolist() for _ in range(2)]
np.random.seed(0)
assert shuffled(9) == first
""",
        """
import random
random.seed(7)
random.random()
got = thrown()
random.seed(7)
random.random()
assert got == random.random()
""",
        """
from random import seed, random
seed(7)
got = thrown()
seed(7)
assert got == random()
""",
    ],
)
def test_a_seed_holds_for_the_students_code(both: Make, test: str) -> None:
    assert both(shuffled=shuffled, thrown=thrown).tested(test) == Finding()


def test_no_state_is_sent_that_the_test_did_not_seed(both: Make) -> None:
    student = both(shuffled=shuffled)
    test = """
import random, numpy as np
np.random.permutation(3), random.random(), np.random.default_rng(3)
shuffled(3)
"""
    assert student.tested(test) == Finding()
    assert not any("random" in question for question in student.questions)
    assert student.tested("import numpy as np\nnp.random.seed(3)\nshuffled(3)\nshuffled(3)").passed
    told = [question["random"]["dict"] for question in student.questions if "random" in question]
    assert [[key for key, _ in one] for one in told] == [["numpy"]]  # once, and python's never
    assert student.tested("shuffled(3)") == Finding()
    assert "random" not in student.questions[-1]


def test_functions_that_seed_are_as_before_afterwards(both: Make) -> None:
    before = random.seed, np.random.seed
    assert both().tested("import random\nrandom.seed(3)\n1 / 0").error == "ZeroDivisionError"
    assert (random.seed, np.random.seed) == before


@pytest.mark.keras
def test_kerass_seed_holds_for_all_generators(both: Make) -> None:
    import tensorflow as tf

    student = both(thrown=thrown, uniform=lambda: tf.random.uniform([2]).numpy().tolist())
    test = """
import keras, tensorflow as tf
drawn = []
for _ in range(2):
    keras.utils.set_random_seed(3)
    drawn.append((thrown(), uniform()))
    tf.random.set_seed(5)
    drawn.append((0, uniform()))
assert drawn[:2] == drawn[2:], drawn
"""
    assert student.tested(test) == Finding()
