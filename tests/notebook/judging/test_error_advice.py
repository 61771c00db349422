"""What students are told to do about an error."""

from __future__ import annotations

import pytest

from grader.notebook.judging import error_advice
from grader.notebook.judging.cell_runs import CellRun, CellStatus
from grader.notebook.judging.error_advice import explained

LINE = "line 2, `x = y[3]`"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("IndexError", "Print the index"),
        ("SyntaxError", "Correct that line"),
        ("TabError", "Begin all lines of that block with blanks"),
        ("Odd", "Call your"),
    ],
)
def test_the_next_step_goes_by_what_was_raised(error: str, said: str) -> None:
    assert error_advice.after(error, "", LINE).startswith(said)


def test_without_a_line_none_is_pointed_at() -> None:
    assert "that line" not in error_advice.after("IndexError", "", "")


def test_a_call_with_other_arguments_names_the_function() -> None:
    message = "convolve() missing 1 required positional argument: 'weight'"
    assert "`def convolve(...)`" in error_advice.after("TypeError", message, "")
    assert "def" not in error_advice.after("TypeError", "'int' object is not callable", LINE)


def test_a_class_without_its_first_method_is_told_how_to_write_it() -> None:
    said = error_advice.after("TypeError", "Emu() takes no arguments", "")
    assert "`def __init__(self, ...)`" in said


def test_an_answer_that_is_none_is_told_of_return() -> None:
    assert "return" in error_advice.of_answer("object of type 'NoneType' has no len()")
    assert error_advice.of_answer("'int' object is not iterable") == ""


def test_a_fence_of_markdown_in_code_is_named() -> None:
    run = CellRun(CellStatus.RAISED, error="SyntaxError", message="invalid syntax")
    assert "```" in explained(run, "```python\nx = 1\n```").advice
    assert explained(run, "x = = 1").advice == ""


@pytest.mark.parametrize(
    ("error", "message", "source", "said"),
    [
        ("IndexError", "list index out of range", "list_physical_devices('GPU')[0]", True),
        ("RuntimeError", "Could not find a GPU device", "f()", True),
        ("IndexError", "list index out of range", "x[0]", False),
        ("AssertionError", "", "assert tf.test.gpu_device_name() == '/device:GPU:0'", True),
        ("AssertionError", "", "gpus = list_physical_devices('GPU')\nassert x == 1", False),
        ("NameError", "x", "with tf.device('/GPU:0'): x", False),
    ],
)
def test_a_missing_device_is_named(error: str, message: str, source: str, said: bool) -> None:
    run = explained(CellRun(CellStatus.RAISED, error=error, message=message), source)
    assert ("no GPU" in run.advice) is said
    limit = CellRun(CellStatus.LIMIT, message="GPU")
    assert explained(limit, source) is limit


@pytest.mark.parametrize(
    ("error", "message", "said"),
    [
        ("ModuleNotFoundError", "No module named 'google.colab'", "in Colab alone"),
        (
            "AttributeError",
            "module 'numpy' has no attribute 'float'. `np.float` was",
            "without `np.`",
        ),
        (
            "AttributeError",
            "The layer sequential has never been called and thus has no defined input.",
            "model.inputs[0]",
        ),
        ("ValueError", "You must call `compile()` before using the model.", "Call compile"),
        ("AttributeError", "'NoneType' object has no attribute 'fit'", "let it end with return"),
        ("AttributeError", "'function' object has no attribute 'fit'", "with parentheses"),
        ("TypeError", "unhashable type: 'numpy.ndarray'", "below @cache or @lru_cache"),
        ("AttributeError", "'list' object has no attribute 'shape'", "np.array(...)"),
        ("TypeError", "'float' object cannot be interpreted as an integer", "divide with //"),
        ("ValueError", "cannot reshape array of size 12 into shape (5,)", "give -1"),
        (
            "ValueError",
            "dtype='string' is not a valid dtype for Keras type promotion",
            'metrics=["accuracy"]',
        ),
        ("ModuleNotFoundError", "No module named 'sklearn'", "validation_split=0.2"),
        ("ModuleNotFoundError", "No module named 'pandas'", "Use numpy"),
        ("ModuleNotFoundError", "No module named 'tf_keras'", "older tf_keras is not"),
        ("ImportError", "Keras cannot be imported. Check that it is installed.", "LEGACY_KERAS"),
        ("StdinNotImplementedError", "raw_input was called", "Nobody answers input()"),
        ("FileNotFoundError", "[Errno 2] No such file or directory: 'x.npy'", "handed in"),
        ("ValueError", "Argument(s) not recognized: {'lr': 0.001}", "learning_rate=..."),
        ("AttributeError", "'Sequential' object has no attribute 'fit_generator'", "give fit"),
        ("AttributeError", "'Sequential' object has no attribute 'predict_classes'", "argmax"),
        ("ImportError", "`keras.optimizers.legacy` is not supported in Keras 3. When", "leave leg"),
        ("TypeError", "got an unexpected keyword argument 'workers'", "leave it out"),
        ("URLError", "<urlopen error [Errno -3] Temporary failure in name", "no network"),
        ("Exception", "URL fetch failure on https://x: [Errno -3] name resolution", "no network"),
        ("Exception", "File `'helper.ipynb'` not found", "hand that notebook in"),
        ("ModuleNotFoundError", "No module named 'import_ipynb'", "%run helper.ipynb"),
        ("ModuleNotFoundError", "No module named 'ipynb.fs'", "%run helper.ipynb"),
        ("ValueError", "File not found: filepath=m.keras. Please", "handed in"),
        (
            "ValueError",
            "Arguments `target` and `output` must have the same rank (ndim). Received: ...",
            "sparse_categorical_crossentropy",
        ),
        (
            "ValueError",
            "Argument `output` must have rank (ndim) `target.ndim - 1`. Received: ...",
            "Flatten()",
        ),
        (
            "ValueError",
            "Input 0 with name 'None' of layer 'conv2d_2' is incompatible with the layer: expected "
            "min_ndim=4, found ndim=2. Full shape received: (None, 784)",
            "before Flatten()",
        ),
        (
            "ValueError",
            "Input 0 with name 'None' of layer 'conv2d_2' is incompatible with the layer: expected "
            "axis -1 of input shape to have value 1, but received input with shape (1, 1, 28, 28)",
            "of shape (28, 28, 1)",
        ),
        (
            "TypeError",
            "Callback.set_model() missing 1 required positional argument: 'model'",
            "callbacks=[StopAtTarget()]",
        ),
        (
            "UFuncTypeError",
            "Cannot cast ufunc 'divide' output from dtype('float64') to dtype('uint8') with ...",
            "with dtype=float",
        ),
        ("SyntaxError", "invalid character '\N{LEFT DOUBLE QUOTATION MARK}' (U+201C)", "straight"),
        ("SyntaxError", "invalid non-printable character U+00A0", "plain blank"),
        ("SyntaxError", "invalid syntax", ""),
        ("ValueError", "invalid literal for int() with base 10: 'x'", ""),
        ("TypeError", "f() missing 1 required positional argument: 'model'", ""),
    ],
)
def test_errors_that_many_meet_come_with_advice(error: str, message: str, said: str) -> None:
    run = explained(CellRun(CellStatus.RAISED, error=error, message=message), "f()")
    assert said in run.advice
    assert bool(said) is bool(run.advice)
