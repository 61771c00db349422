from __future__ import annotations

import dataclasses

import pytest

from grader.reports.class_report import similarity
from grader.reports.class_report.similarity import normalised
from tests.reports.classes import run

LONG = """
def convolve(image, kernel, weight=1.0):
    '''Slide the kernel over the image.'''
    result = image.copy()
    for row in range(1, image.shape[0] - 1):
        for column in range(1, image.shape[1] - 1):
            patch = image[row - 1 : row + 2, column - 1 : column + 2]
            result[row, column] = min(max((patch * kernel).sum() * weight, 0), 255)
    return result
"""
RENAMED = LONG.replace("row", "i").replace("column", "j").replace("patch", "part # of it\n", 0)
OTHER = """
def convolve(picture, matrix, factor=1.0):
    padded = np.pad(picture, 1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3))
    whole = np.einsum("abij,ij->ab", windows, np.asarray(matrix))
    answer = np.clip(factor * whole, 0, 255)
    answer[0], answer[-1], answer[:, 0], answer[:, -1] = 0, 0, 0, 0
    return np.where(answer > 0, answer, picture)
"""


def test_names_comments_and_layout_do_not_count() -> None:
    assert normalised("# why\nx = 1   # one\nprint( x )") == normalised("y = 1\n\nprint(y)")
    assert normalised("def f():\n    'It is f.'\n    return 1") == normalised(
        "def g():\n    return 1"
    )


def test_what_the_code_does_counts() -> None:
    assert normalised("x = 1\ny = 2\nf(x)") != normalised("x = 1\ny = 2\nf(y)")
    assert normalised("a.b(1)") != normalised("a.c(1)")


@pytest.mark.parametrize("code", ["if x\n  (", "%run it  # shown", "", "x = '\\d'", "(" * 500])
def test_any_text_can_be_normalised(code: str) -> None:
    assert isinstance(normalised(code), str)


@pytest.mark.lengthy
def test_long_code_is_compared_in_parts() -> None:
    numbers = [f"x{n} = [{', '.join(map(str, range(n, n + 400_000)))}]" for n in (0, 7)]
    texts = {"ada": [numbers[0]], "ben": [numbers[0]], "cleo": [numbers[1]], "dan": [LONG] * 3}
    same, *near = similarity.of_code(texts)
    assert same.students == ("ada", "ben")
    assert all("dan" not in group.students for group in near)


@pytest.mark.lengthy
@pytest.mark.parametrize("end", ["a", "b"])
def test_long_code_that_differs_behind_what_is_compared_is_nearly_the_same(end: str) -> None:
    long = "\n".join(f"f({n})" for n in range(similarity.LONG // 5))
    found = similarity.of_code({"ada": [f"{long}\ng(a)"], "ben": [f"{long}\ng({end})"]})
    assert [alike.similarity == 1.0 for alike in found] == [end == "a"]


def test_the_same_code_is_one_lead_for_all_who_have_it() -> None:
    (alike,) = similarity.of_code({"ada": [LONG], "ben": [RENAMED], "cleo": [OTHER], "dan": [LONG]})
    assert alike.students == ("ada", "ben", "dan")
    assert alike.similarity == 1.0


def test_nearly_the_same_code_is_a_lead_after_the_same() -> None:
    nearly = LONG.replace("255)", "254)")
    texts = {"eve": [LONG], "ada": [LONG], "ben": [nearly], "cleo": [OTHER]}
    same, near = similarity.of_code(texts)
    assert (same.students, near.students) == (("eve", "ada"), ("ada", "ben", "eve"))
    assert similarity.ALIKE <= near.similarity < 1


def test_different_and_short_code_is_no_lead() -> None:
    assert similarity.of_code({"ada": [LONG], "ben": [OTHER]}) == ()
    assert similarity.of_code({"ada": ["x = 1"], "ben": ["x = 1"]}) == ()
    assert similarity.of_code({}) == ()


def test_the_same_training_is_a_lead_and_the_rarest_comes_first() -> None:
    common, rare = run(1000, 4), run(2000, 5)
    runs = {"ada": [common, rare], "ben": [common], "cleo": [common], "dan": [rare], "eve": []}
    first, second = similarity.of_trainings(runs)
    assert (first.students, second.students) == (("ada", "dan"), ("ada", "ben", "cleo"))
    assert first.what == "the same training"


def test_trainings_that_part_later_began_alike() -> None:
    (alike,) = similarity.of_trainings({"ada": [run(1000, 4)], "ben": [run(1000, 6)]})
    assert alike.what == "trainings that began alike and went on otherwise"


def test_other_trainings_and_ones_own_are_no_lead() -> None:
    assert similarity.of_trainings({"ada": [run(1000, 4)] * 2, "ben": [run(2000, 4)]}) == ()
    empty = dataclasses.replace(run(1, 1), logs=())
    assert similarity.of_trainings({"ada": [empty], "ben": [empty]}) == ()


def test_two_who_are_alike_do_not_make_a_third_alike() -> None:
    steps = [LONG + "".join(f"\nprint('a step {n}')" for n in range(m)) for m in (0, 1, 2, 3, 4)]
    groups = similarity.of_code({f"student{n}": [text] for n, text in enumerate(steps)})
    assert len(groups) > 1
    assert all(similarity.ALIKE <= group.similarity < 1 for group in groups)
