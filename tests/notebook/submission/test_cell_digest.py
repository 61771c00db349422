from __future__ import annotations

import pytest

from grader.notebook.submission.cell_digest import code_digest, digest_of, text_digest

CODE = "def add(a, b):\n    '''Add\n    two.'''\n    # both\n    return f(a, 'b')"


@pytest.mark.parametrize(
    "same",
    [
        CODE.replace("\n", "\r\n"),
        CODE.replace("a, 'b'", '\n        a,\n        "b",\n    '),
        CODE.replace("Add\n    two.", "Add two."),
        "# In[3]:\n" + CODE,
        CODE + "  \n\n",
    ],
)
def test_another_layout_has_the_same_digest(same: str) -> None:
    assert code_digest(same) == code_digest(CODE)


@pytest.mark.parametrize(
    "other",
    [
        CODE.replace("both", "one"),
        CODE.replace("'b'", "'c'"),
        CODE.replace("    return", "return"),
        CODE.replace("two", "three"),
        "%%time\n" + CODE.replace("f(", "g("),
        f"{CODE}\nNone",
        "",
    ],
)
def test_another_text_has_another_digest(other: str) -> None:
    assert code_digest(other) != code_digest(CODE)


def test_what_is_no_python_counts_by_its_lines() -> None:
    assert code_digest("x = = 1\n") == code_digest("x = = 1\r\n\r\n")
    assert code_digest("if x:\n  y = = 1") != code_digest("if x:\ny = = 1")
    deep = "-" * 50_000 + "1"
    assert code_digest(deep) == code_digest(deep + "\n")


def test_a_text_counts_by_its_words() -> None:
    assert text_digest("Add\N{NO-BREAK SPACE}two\nnumbers.") == text_digest("Add two numbers.\n")
    assert text_digest("Add two numbers.") != text_digest("Add three numbers.")
    assert digest_of("code", "add") == code_digest("add") != digest_of("markdown", "add")
    assert digest_of("markdown", "add") == text_digest("add")


def test_a_digest_is_the_same_in_every_version_of_python() -> None:
    plain = "def f(a=1, *, b: int = None):\n    return f'{a!r:>{b}}' 'c', [*a], ...\n%pwd"
    assert code_digest(plain) == "577e409f1f6fc7b723ec641d"
    assert text_digest("Add two numbers.") == "d32682af380739e797638a41"
