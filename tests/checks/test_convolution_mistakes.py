"""Each common mistake is recognised by its result, and others get the general advice."""

import numpy as np
import pytest

from grader.checks.convolution_mistakes import diagnosis, dtype_advice
from grader.checks.convolution_reference import reference

IMAGE = np.random.default_rng(7).integers(0, 256, (12, 12))
KERNEL = np.array([[0.5, 0.25, 0], [0.125, 0, 0], [0, 0, 0.125]])


def first_rows_only():
    answer = IMAGE.astype(float)
    answer[1:6] = reference(IMAGE, KERNEL)[1:6]
    return answer


@pytest.mark.parametrize(
    ("answer", "fact"),
    [
        (reference(IMAGE, KERNEL[::-1, ::-1]), "180 degrees"),
        (reference(IMAGE, KERNEL.T), "swapped"),
        (first_rows_only(), "reach every row"),
        (reference(IMAGE, KERNEL) + 9, "nine products"),
    ],
)
def test_a_mistake_is_named(answer, fact):
    assert fact in diagnosis(answer, IMAGE, KERNEL)


def test_advice_depends_on_the_kind_of_image():
    assert "uint8 holds 0 to 255" in dtype_advice(IMAGE.astype(np.uint8))
    assert "uint8" not in dtype_advice(IMAGE.tolist())
