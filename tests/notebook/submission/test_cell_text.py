from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest

from grader.notebook.submission import cell_text, prose

_LONG = 19_000  # characters, fewer than are parsed
_CODE = "".join(
    f"def step_{number}(image, kernel):\n    return [image[row] * kernel for row in range(3)]\n"
    for number in range(45)
)


def shuffled(text: str) -> str:
    """The same letters in another order."""
    return "".join(random.Random(1).sample(text, len(text)))


@pytest.mark.parametrize(
    "text",
    ["\n" * _LONG, " " * _LONG, (" " * 99 + "\n") * (_LONG // 100), "a " * (_LONG // 2)],
    ids=["lines", "blanks", "lines of blanks", "words"],
)
@pytest.mark.parametrize("look", [cell_text.parsed, cell_text.bound_names, prose.is_prose])
def test_no_text_is_looked_at_for_long(look: Callable[[str], object], text: str) -> None:
    begin = time.process_time()
    look(text + "?$")
    assert time.process_time() - begin < 2


def test_the_same_letters_in_another_order_are_compared_in_no_time() -> None:
    begin = time.process_time()
    assert not cell_text.alike(shuffled(_CODE), _CODE)
    assert time.process_time() - begin < 1


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_are_no_change(end: str) -> None:
    source = "# Count.\nn = 1  # one\n# Done."
    assert cell_text.same_code_and_comments(source, source.replace("\n", end))


@pytest.mark.parametrize(("old", "new"), [("3", "4"), ("image", "picture"), ("return", "yield")])
def test_an_edited_copy_is_like_what_it_was_made_from(old: str, new: str) -> None:
    assert cell_text.alike(_CODE.replace(old, new), _CODE)


@pytest.mark.parametrize(
    "line", ["files = !ls", "took = %timeit -o f()", "  x, y = %who_ls", "%matplotlib inline"]
)
def test_cells_that_differ_in_a_magic_alone_are_not_the_same(line: str) -> None:
    source = f"{line.strip()}\nx = 1"
    assert cell_text.same_code(source, f"%%time\n{line.strip()}\nx  =  1")
    assert not cell_text.same_code(source, source.replace("x = 1", "!ls\nx = 1"))
    assert not cell_text.same_code(source, source.replace(line.strip(), f"{line.strip()} -x"))


@pytest.mark.parametrize(
    "line", ["files = !ls", "took = %timeit -o f()", "  x, y = %who_ls", "%matplotlib inline"]
)
def test_names_of_a_cell_with_magics_are_known(line: str) -> None:
    source = f"if True:\n  pass\n{line.strip()}\ndef add(a, b):\n    return a + b\n"
    bound = set(line.partition("=")[0].replace(",", " ").split()) if "=" in line else set()
    assert cell_text.bound_names(source) == {"add"} | bound


@pytest.mark.parametrize(
    ("text", "stub"),
    [
        ("def half(x): raise NotImplementedError", True),
        ("def half(number):\n    # how?\n    raise NotImplementedError('later')", True),
        ("def helper(x):\n    return x\n\ndef half(x):\n    raise NotImplementedError", True),
        ("EDGES = 1\nraise NotImplementedError", True),
        ("half = 1\nraise NotImplementedError", False),
        ("def half(x):\n    x = 1\n    raise NotImplementedError", False),
        ("def half(x):\n    return x\n\ndef third(x):\n    raise NotImplementedError", False),
        ("def half(x):\n    raise NotImplementedError\n    return x / 2", False),
        ("def half(x:", False),
    ],
)
def test_a_stub_only_raises(text: str, stub: bool) -> None:
    assert cell_text.is_stub(text, frozenset({"half"})) is stub


def test_what_a_stub_defined_when_it_was_handed_out_is_no_answer() -> None:
    text = "EDGES = 2\nraise NotImplementedError"
    assert not cell_text.is_stub(text, frozenset({"EDGES"}))
    assert cell_text.is_stub(text, frozenset({"EDGES"}), frozenset({"EDGES"}))


def test_definitions_are_taken_without_what_a_cell_computes() -> None:
    text = "%matplotlib inline\nimport numpy as np\nx = f(1)\n\ndef f(y):\n    return y\n\nprint(x)"
    assert cell_text.definitions(text) == "import numpy as np\ndef f(y):\n    return y"
    assert cell_text.definitions("def f(:") == ""


@pytest.mark.parametrize(
    "text",
    [
        "For each filter the weights are shared",
        "for each filter the weights are shared",
        "if it overfits, more data helps",
        "import of more data matters most",
        "return of the filter is a sum",
    ],
)
def test_a_sentence_may_begin_as_code_does(text: str) -> None:
    assert prose.is_prose(text)


@pytest.mark.parametrize(
    "code",
    [
        "for i in range(3)\n    work(i) or 2",
        "from numpy import array as",
        "import numpy as np pd",
        "import math\nthis is no code",
        "while n > 3:\nn is too large",
        "if x == 1:\n work on it (",
        "print('a b c d'",
        "def area(x) x times y",
        "class Net(Model) with a layer",
        "return (a + b or c",
    ],
)
def test_code_with_a_mistake_is_no_sentence(code: str) -> None:
    assert not prose.is_prose(code)
