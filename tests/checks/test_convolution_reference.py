"""The course's own convolution, against sums worked by hand."""

import numpy as np

from grader.checks.convolution_reference import reference, weighted_sums, worst_inside

CROSS = [[0, 1, 0], [1, 1, 1], [0, 1, 0]]
STAIRS = np.array([[0, 0, 0, 0], [0, 10, 20, 0], [0, 40, 50, 0], [0, 0, 0, 0]])


def test_reference_is_the_definition_worked_by_hand():
    expected = [[0, 0, 0, 0], [0, 40, 0, 0], [0, 110, 20, 0], [0, 0, 0, 0]]
    np.testing.assert_array_equal(reference(STAIRS, [[0, 1, 0], [0, 0, 2], [0, 0, 0]]), expected)
    np.testing.assert_array_equal(
        reference(STAIRS, [[0, 0, 0], [0, 9, 0], [0, 0, 0]], 0.5)[1:3, 1:3],
        [[45, 90], [180, 225]],
    )


def test_reference_clips_and_does_not_overflow():
    flat = np.full((3, 3), 200, np.uint8)
    assert reference(flat, CROSS)[1, 1] == 255
    assert reference(flat, -np.array(CROSS))[1, 1] == 0


def test_weighted_sums_are_not_clipped():
    flat = np.full((3, 3), 200, np.uint8)
    assert weighted_sums(flat, CROSS, 0.5) == 500
    assert weighted_sums(flat, -np.array(CROSS)) == -1000


def test_worst_inside_looks_at_no_margin():
    expected = np.zeros((4, 4))
    answer = np.pad([[0.0, 3], [9, 0]], 1, constant_values=99)
    assert worst_inside(answer, expected) == (2, 1)
    assert worst_inside(np.pad(np.ones((2, 2)), 1, constant_values=99), expected) is None
