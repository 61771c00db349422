"""Of a hidden test, a verdict quotes what anybody's code might say, and nothing made up."""

from __future__ import annotations

import pytest

from grader.checks import blocked, callback_notes
from grader.errors import ClaimFailed
from grader.examiner.cells.finding import Finding, FindingKind
from grader.examiner.examiner import examine
from grader.examiner.hidden_claims import unquoted
from tests.in_process import InProcess

SOURCE = """
class TooSmall(Exception):
    pass

def add(a, b):
    raise TooSmall('that is too small')
"""


def raised(error: str, text: str, note: str = "") -> Finding:
    """What the student's code raised."""
    found = Finding(FindingKind.RAISED, error, text, note, quoted=text)
    return unquoted(found, [SOURCE, "from scipy import signal\nsignal.convolve2d"])


def test_what_keras_says_of_a_model_without_input_is_quoted() -> None:
    said = "The layer sequential_4 has never been called and thus has no defined input."
    assert raised("AttributeError", said).message == said
    assert said not in raised("AttributeError", said.replace("never", "7 8 9")).message


def error_of(code: str) -> Exception:
    """What Python itself says of it."""
    try:
        exec(code, {"np": __import__("numpy")})
    except Exception as error:
        return error
    raise AssertionError(f"{code} raised nothing")


@pytest.mark.parametrize(
    "code",
    [
        "[].shape",
        "np.flat",
        "np.float",
        "[1][3]",
        "np.zeros(3)[7]",
        "np.zeros((3, 3))[0, 3]",
        "np.zeros(3) + np.zeros(4)",
        "np.zeros((2, 2))[:] = np.zeros((3, 3))",
        "np.zeros(5).reshape(2, 2)",
        "x = np.zeros(3, int)\nx += 0.5",
        "np.uint8(3) + 300",
        "if np.zeros(3): pass",
        "np.zeros(0).max()",
        "1 / 0",
        "1 // 0",
        "None + 1",
        "[] < 1",
        "-'a'",
        "x = 3\nx()",
        "{np.zeros(3): 1}",
        "for x in 3: pass",
        "a, b = [1]",
        "def add(a, b): pass\nadd(1)",
        "def add(a, b): pass\nadd(1, 2, 3)",
        "def add(a, b): pass\nadd(1, c=2)",
        "range(1.5)",
        "int(float('nan'))",
        "x = [1]\nx['a']",
        "def down(): return down()\ndown()",
    ],
)
def test_what_python_and_numpy_say_is_quoted(code: str) -> None:
    error = error_of(code)
    found = unquoted(
        Finding(FindingKind.RAISED, type(error).__name__, str(error), quoted=str(error)), [code]
    )
    assert found.message == str(error)


def test_a_text_that_stands_in_the_code_is_quoted() -> None:
    note = "It was raised in line 5, `raise TooSmall('that is too small')`."
    found = raised("TooSmall", "that is too small", note)
    assert (found.error, found.message, found.note) == ("TooSmall", "that is too small", note)
    for own in callback_notes.every():
        assert raised("TooSmall", "that is too small", f"{note} {own}").note == f"{note} {own}"
    heard = next(own for own in callback_notes.every() if "'acc'" in own).replace("'acc'", "'1, 2'")
    assert raised("TooSmall", "that is too small", f"{note} {heard}").note == note
    more = raised("TooSmall", "that is too small", f"{note} In the dry run it heard 1, 2.")
    assert more.note == note
    elsewhere = raised("TooSmall", "that is too small", note.replace("line 5", "line 12"))
    assert elsewhere.note == ""


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ("ValueError", "[[1, 2], [3, 4]]"),
        ("ValueError", "called with -1, -2"),
        ("AttributeError", "'list' object has no attribute 'minus_one_and_minus_two'"),
        ("KeyError", "heard"),
        ("AttributeError", "module 'numpy' has no attribute 'float'. heard: 1 and 2"),
        ("IndexError", "index 1234567890123 is out of bounds for axis 0 with size 3"),
        ("called_with_1_and_2", "that is too small"),
    ],
)
def test_what_may_be_made_up_is_not_quoted(error: str, text: str) -> None:
    found = raised(error, text, f"It was raised in line 3, `{text}`.")
    told = f"{found.error} {found.message} {found.note}"
    assert (error if error.startswith("called") else text) not in told


@pytest.mark.parametrize("kind", ["generator", "coroutine", "Image", "ArrayImpl"])
def test_a_kind_of_answer_that_libraries_give_is_named(kind: str) -> None:
    said = f"convolve's result is of type {kind}. Expected: numbers."
    found = Finding(FindingKind.REFUTED, "ClaimFailed", said, made_up=frozenset({kind}))
    assert unquoted(found, [SOURCE]).message == said
    own = Finding(FindingKind.REFUTED, "ClaimFailed", said, made_up=frozenset({kind, "numbers"}))
    assert unquoted(own, [SOURCE]).message == ""


def test_a_refutation_by_the_student_has_no_words() -> None:
    found = Finding(FindingKind.REFUTED, "ClaimFailed", "heard 1, 2", quoted="heard 1, 2")
    assert unquoted(found, [SOURCE]).message == ""
    asserted = Finding(FindingKind.REFUTED, "AssertionError", "heard", "In line 1.", quoted="heard")
    assert unquoted(asserted, [SOURCE]).note == ""
    told = Finding(FindingKind.REFUTED, "ClaimFailed", "It stopped: heard.", quoted="heard")
    assert unquoted(told, [SOURCE]).message == ""


def test_which_library_was_used_is_told() -> None:
    with pytest.raises(ClaimFailed) as refused:
        blocked._refuse("scipy.signal.convolve2d")
    text = str(refused.value)
    found = Finding(FindingKind.REFUTED, "ClaimFailed", text, quoted=text)
    assert unquoted(found, ["from scipy import signal\nsignal.convolve2d"]).message == text
    assert unquoted(found, ["import scipy"]).message == ""


def test_what_printed_too_much_is_told_without_its_text() -> None:
    found = Finding(FindingKind.OUTPUT_LIMIT, "OutputLimit", "heard 1", quoted="heard 1")
    assert "heard" not in unquoted(found, [SOURCE]).message


def test_what_a_check_itself_found_is_told() -> None:
    found = Finding(FindingKind.REFUTED, "ClaimFailed", "At row 3 it is 4, expected 5.")
    assert unquoted(found, [SOURCE]) is found


def test_an_answer_that_a_test_could_not_go_on_with_is_not_quoted() -> None:
    class Kernel:
        def look(self, _: list[str]) -> dict[str, str]:
            return {"got": "f was called with 2, 3"}

    found = unquoted(examine("int(got)", Kernel()), [SOURCE])
    assert (found.kind, found.error) == (FindingKind.STUMBLED, "ValueError")
    assert "2, 3" not in found.message
    found = unquoted(examine("got[100]", Kernel()), [SOURCE])
    assert found.message == "string index out of range"


LISTENS = """
def asked(*sizes, **space):
    return type("asked_" + "_".join(map(str, sizes)), (), space)()
def add(a, b): return asked(a, b, __lt__=lambda self, other: True)
class Sum:
    def __lt__(self, other): return True
def fixed(a, b): return Sum()
"""


@pytest.mark.parametrize(
    "test",
    [
        "assert {}(42, 17) < 3",
        "{}(42, 17)()",
        "from grader.checks.answers import integer\ninteger({}(42, 17), what='add(42, 17)')",
        "import unittest\nunittest.TestCase().assertIsNone({}(42, 17))",
    ],
    ids=["compares", "calls", "checks", "unittest"],
)
def test_the_name_of_a_class_does_not_tell_how_a_function_was_called(test: str) -> None:
    kernel = InProcess(LISTENS)
    finding = kernel.tested(test.format("add"))
    assert "asked_42_17" in finding.message
    assert "asked_42_17" not in str(unquoted(finding, [LISTENS]).message)
    finding = kernel.tested(test.format("fixed"))
    assert "Sum" in finding.message
    assert unquoted(finding, [LISTENS]) == finding


def test_no_part_of_a_name_tells_how_a_function_was_called() -> None:
    kernel = InProcess("def long(n): return type(f'asked_{n}_' + 'x' * 100, (), {})()")
    check = "from grader.checks.answers import integer as check\n"
    said = kernel.tested(f"{check}check(long(42), what='it')")
    assert "asked_42_xxx" in said.message
    assert "42" not in unquoted(said, [LISTENS]).message
    names = frozenset({"asked 42"})
    spaced = Finding(FindingKind.REFUTED, message="The layer is asked 42.", made_up=names)
    assert unquoted(spaced, [LISTENS]).message == ""
    assert unquoted(spaced, ["asked 42"]) == spaced


MODELS = """
import keras
def layered(kind, base, *given, **named):
    layer = type(kind, (base,), {})(*given, **named)
    return keras.Sequential([keras.Input((4,)), layer])
def by_class(size): return layered(f"Asked{size}", keras.layers.Dense, 3)
def by_name(size): return layered("Own", keras.layers.Dense, 3, name=f"asked_{size}")
def by_activation(size):
    def activation(x): return x
    activation.__name__ = f"asked_{size}"
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation=activation)])
def plain(size): return layered("Own", keras.layers.Dense, 3)
def keras_own(size): return keras.Sequential([keras.Input((4,)), keras.layers.Lambda(abs)])
def sliced(size):
    image = keras.Input((4,))
    return keras.Model(image, image[:, 1:])
"""


@pytest.mark.keras
@pytest.mark.parametrize("function", ["by_class", "by_name", "by_activation"])
def test_no_name_in_a_model_tells_how_a_function_was_called(function: str) -> None:
    kernel = InProcess(MODELS)
    check = "from grader.checks.architecture import nothing_else_convolves as check\n"
    said = kernel.tested(f"{check}check({function}(42))")
    assert said.kind is FindingKind.REFUTED
    assert "42" not in unquoted(said, [MODELS]).message
    for honest in ("plain", "keras_own", "sliced"):
        said = kernel.tested(f"{check}check({honest}(42))")
        assert said.message
        assert unquoted(said, [MODELS]) == said


def test_no_name_of_a_field_is_told() -> None:
    kernel = InProcess(
        "import numpy as np\ndef answer(n): return np.zeros(2, [(f'asked_{n}', int)])"
    )
    said = kernel.tested("from grader.checks.answers import text\ntext(answer(42), what='it')")
    assert "a numpy array of shape (2,)" in said.message
    assert "42" not in said.message


@pytest.mark.parametrize(
    ("function", "asked"),
    [
        ("operator.getitem", "{'a': 1}, 'hidden 42'"),
        ("int", "'hidden 42'"),
    ],
)
@pytest.mark.parametrize("called", ["work", "works['it']"])
def test_a_function_of_a_library_does_not_tell_what_it_was_given(
    function: str, asked: str, called: str
) -> None:
    source = f"import operator\nwork = {function}\nworks = {{'it': work}}"
    found = InProcess(source).tested(f"assert {called}({asked}) == 1")
    told = unquoted(found, [source])
    assert found.kind is FindingKind.RAISED
    assert "42" not in f"{told.error} {told.message} {told.note}"
