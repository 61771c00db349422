"""Each check on max_pool passes what is right in its own respect, and names what is wrong."""

import re

import numpy as np
import pytest

from grader.checks import pooling
from grader.errors import ClaimFailed

TABLE = np.array([[10, 200, 30, 40], [50, 60, 70, 80], [0, 5, 255, 1], [9, 7, 2, 3]])


def image(rows, columns):
    return np.random.default_rng(7).integers(0, 256, (rows, columns))


def pool(image, size=2, keep=np.max):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    blocks = image[: rows * size, : columns * size].reshape(rows, size, columns, size)
    return keep(blocks, axis=(1, 3))


def averages(image, size=2):
    return pool(image, size, np.mean)


def pads(image, size=2):
    return pool(np.pad(image, [(0, -side % size) for side in image.shape]), size)


def square(image, size=2):
    return pool(image[:, : len(image)], size)


def shifted(image, size=2):
    """Drop incomplete blocks at the top and on the left."""
    return pool(image[image.shape[0] % size :, image.shape[1] % size :], size)


def refused(words):
    return pytest.raises(ClaimFailed, match=re.escape(words))


@pytest.mark.parametrize("max_pool", [pool, lambda *question: pool(*question).tolist()])
def test_right_answers_pass_everything(max_pool):
    pooling.values(max_pool, TABLE)
    pooling.values(max_pool, image(12, 12), size=4)
    pooling.shape(max_pool, image(512, 512))
    pooling.shape(max_pool, image(12, 20))
    pooling.drops_incomplete(max_pool, image(7, 7))


def test_the_question_is_handed_out_as_a_copy():
    def spoiling(image):
        result = pool(image)
        image[:] = 0
        return result

    question = TABLE.copy()
    pooling.values(spoiling, question)
    np.testing.assert_array_equal(question, TABLE)


def test_values_name_the_block():
    with refused(
        "With size 2 the block [[255, 1], [2, 3]] became 65.25 at row 1, column 1, expected its "
        "largest value, 255."
    ):
        pooling.values(averages, TABLE)


def test_values_ask_for_the_size():
    with refused("pixels (int64) and size 4 has the shape (6, 6). Expected: (3, 3)."):
        pooling.values(lambda image, size=2: pool(image), image(12, 12), size=4)


def test_shape_is_blind_to_values():
    pooling.shape(averages, image(12, 20))


def test_shape_names_both():
    with refused("has the shape (6, 6). Expected: (6, 10)."):
        pooling.shape(square, image(12, 20))


def test_shape_refuses_none():
    with refused("is None (is a return missing?)"):
        pooling.shape(lambda image: None, TABLE)


def test_incomplete_blocks_may_not_be_kept():
    with refused("has the shape (4, 4). Expected: (3, 3)."):
        pooling.drops_incomplete(pads, image(7, 7))


def test_incomplete_blocks_are_the_last():
    with refused("once the incomplete last row and column of blocks are cut off"):
        pooling.drops_incomplete(shifted, image(7, 7))


def test_dropping_is_blind_to_what_is_kept_of_whole_blocks():
    pooling.drops_incomplete(averages, image(7, 7))
