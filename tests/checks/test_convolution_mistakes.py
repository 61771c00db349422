"""Each common mistake is recognised by its result, and others get the general advice."""

import numpy as np
import pytest

from grader.checks.convolution_mistakes import clipping_advice, diagnosis, dtype_advice
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


def test_the_type_is_not_blamed_where_floats_go_wrong_too():
    advice = dtype_advice(IMAGE.astype(np.uint8), right_as_floats=False)
    assert "look at the calculation" in advice
    assert "uint8" not in advice


@pytest.mark.parametrize(
    ("given", "total", "pixel", "facts"),
    [
        (300, 300, 20, ["both sides"]),
        (44, 300, 20, ["started again at 0"]),
        (200, -200, 200, ["without its minus sign"]),
        (255, -300, 20, ["without its minus sign"]),
        (200, 400, 200, ["also the image's value", "begin with that one"]),
        (100, 400, 20, ["all nine products", "begin with that one"]),
    ],
)
def test_a_sum_that_is_not_limited_gets_its_next_step(given, total, pixel, facts):
    advice = clipping_advice(given, total, pixel)
    assert all(fact in advice for fact in facts)
