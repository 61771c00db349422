"""The next step after an error of a student's code, by what was raised or by what it says."""

from __future__ import annotations

import re
from dataclasses import replace

from grader.language import N_, gettext
from grader.notebook.judging.cell_runs import CellRun, CellStatus

_LOOK = N_("Call your code on a small example, in a cell of your own: the error shows its line.")

_BY_NAME = {
    "AttributeError": N_(
        "Print type(...) of what stands left of the dot, and look up which names "
        "it has in this version."
    ),
    "ImportError": N_("Work with the packages that the notebook imports."),
    "IndentationError": N_("Begin all lines of one block with the same number of blanks."),
    "IndexError": N_(
        "Print the index and the shape or the length ahead of that line, and compare them."
    ),
    "KeyError": N_("Print the keys that are there, and compare them."),
    "ModuleNotFoundError": N_("Work with the packages that the notebook imports."),
    "NameError": N_("Define this name in a cell above, or correct its spelling."),
    "NotImplementedError": N_("Remove that line once your own code stands there."),
    "RecursionError": N_("Let the function come to an end without calling itself, or use a loop."),
    "SyntaxError": N_(
        "Correct that line or the one above it: look for brackets, colons and quotation marks."
    ),
    "TypeError": N_("Print type(...) of the values in that line, and convert what does not fit."),
    "TabError": N_(
        "Begin all lines of that block with blanks alone, four for each level, and no tabs."
    ),
    "UnboundLocalError": N_("Give the variable a value inside of the function before it is used."),
    "ValueError": N_("Print the values and the shapes that go into that line."),
    "ZeroDivisionError": N_("Print what is divided by, and see when it becomes 0."),
}
_CALLED = re.compile(r"(?:\w+\.)*(\w+)\(\) (?:missing|takes|got an unexpected|got multiple)")
_NO_GPU = N_(
    "There is no GPU and no TPU while work is graded, and tf.config.list_physical_devices('GPU') "
    "gives an empty list: ask for its length first, or leave these lines out."
)
_FENCED = N_("Leave out the lines of ```: they mark code in a text, and this cell is code.")
_ASKS_FOR_GPU = {
    "IndexError": re.compile("gpu|tpu|cuda", re.IGNORECASE),
    "AssertionError": re.compile(
        r"^[ \t]*assert\b.*(?:gpu|tpu|cuda)", re.IGNORECASE | re.MULTILINE
    ),
}
# What an error says that many students meet, and what to do about it.
_ADVICE = tuple(
    (re.compile(pattern), advice)
    for pattern, advice in (
        (
            r"ModuleNotFoundError: No module named 'google(\.colab)?'",
            N_(
                "google.colab is there in Colab alone: leave these lines out of your solution, or "
                "move them into a cell of their own, which then costs nothing."
            ),
        ),
        (
            r"ModuleNotFoundError: No module named '(sklearn|scikit)",
            N_(
                "scikit-learn is not installed where your work is graded. To hold images back, "
                "give fit validation_split=0.2, or draw rows with "
                "np.random.permutation(len(images))."
            ),
        ),
        (
            "ModuleNotFoundError: No module named '(import_ipynb|ipynb|nbimporter|importnb)",
            N_(
                "This package is not installed where your work is graded. Write %run helper.ipynb, "
                "with the name of your notebook: it runs that notebook if you handed it in beside "
                "this one, and its names are there afterwards."
            ),
        ),
        (
            "ImportError: Keras cannot be imported|No module named 'tf_keras",
            N_(
                "Keras 3 is installed where your work is graded, and the older tf_keras is not: "
                "leave out the line that sets TF_USE_LEGACY_KERAS or imports tf_keras."
            ),
        ),
        (
            "ModuleNotFoundError: ",
            N_(
                "This package is not installed where your work is graded, and there is no network "
                "to install it from. Use numpy, matplotlib, TensorFlow and Keras; hand in a file "
                "of your own beside the notebook."
            ),
        ),
        (
            "StdinNotImplementedError: |EOFError: ",
            N_("Nobody answers input() while your work is graded: write the value into the cell."),
        ),
        (
            r"\.ipynb\W+ not found",
            N_(
                "Only notebooks that you handed in beside this one are there while your work is "
                "graded: hand that notebook in, too, or put what you need of it into this one."
            ),
        ),
        (
            "dtype='string' is not a valid dtype for Keras",
            N_(
                "Texts came where numbers belong. In compile, give the metrics by name, as "
                'metrics=["accuracy"]: the third place is that of loss_weights.'
            ),
        ),
        (
            r"module 'numpy' has no attribute '(float|int|bool|object|str|complex)'",
            N_("Newer versions of numpy have no such name: write it without `np.`."),
        ),
        (
            "has never been called and thus has no defined input",
            N_("A Sequential model has no model.input here: write model.inputs[0] in its place."),
        ),
        (
            r"You must call `compile\(\)` before using the model",
            N_("Call compile on the model before fit: in the function that builds and returns it."),
        ),
        (
            "'NoneType' object has no attribute",
            N_(
                "What stands left of the dot is None. A function that ends without return gives "
                "None: let it end with return and its result."
            ),
        ),
        (
            "'(function|builtin_function_or_method|method)' object has no attribute",
            N_(
                "What stands left of the dot is a function: call it, with parentheses behind its "
                "name, to get its result."
            ),
        ),
        (
            r"TypeError: unhashable type: '(numpy\.ndarray|list|dict|set)'",
            N_(
                "A key of a dict and an item of a set cannot be an array, a list, a dict or a set, "
                "nor can an argument of a function below @cache or @lru_cache: take a tuple, or "
                "leave that line out."
            ),
        ),
        (
            "'(list|tuple)' object has no attribute '(shape|reshape|astype|ndim|size|max|mean)'",
            N_("Lists have no such name: make an array of it first, with np.array(...)."),
        ),
        (
            "'float' object cannot be interpreted as an integer",
            N_(
                "A whole number is needed here, and / gives a float: divide with //, or convert "
                "with int(...)."
            ),
        ),
        (
            "cannot reshape array of size",
            N_(
                "Both shapes must hold the same number of values. For an array of any length, "
                "give -1 for one length: numpy calculates it."
            ),
        ),
        (
            r"Argument\(s\) not recognized: \{'lr'",
            N_("Keras 3 calls this learning_rate: write learning_rate=... in place of lr=..."),
        ),
        (
            "no attribute '(fit|evaluate|predict)_generator'",
            N_("Keras 3 has no such method: give fit, evaluate or predict what you gave to it."),
        ),
        (
            "no attribute 'predict_classes'",
            N_("Keras 3 has no such method: write model.predict(images).argmax(axis=1)."),
        ),
        (
            r"optimizers\.legacy` is not supported",
            N_(
                "Keras 3 has no legacy optimizers: leave legacy out, as in keras.optimizers.Adam()."
            ),
        ),
        (
            "unexpected keyword argument '(workers|use_multiprocessing|max_queue_size)'",
            N_("Keras 3 has no such argument: leave it out."),
        ),
        (
            "SyntaxError: invalid (?:non-printable )?character",
            N_(
                "This character came with text that was pasted: type a plain blank, a straight "
                "quotation mark or a minus in its place."
            ),
        ),
        (
            "URLError: |gaierror: |ConnectionError: |Max retries exceeded|name resolution",
            N_(
                "There is no network while your work is graded: use the data that the notebook has "
                "loaded, hand other files in beside it, or leave out what downloads."
            ),
        ),
        (
            "FileNotFoundError: |: File not found: |No such file or directory",
            N_(
                "Only files that you handed in beside the notebook, and those that its cells "
                "write, are there while your work is graded. Make the file in this notebook, or "
                "hand it in."
            ),
        ),
        (
            "Arguments `target` and `output` must have the same (rank|shape)",
            N_(
                'Use loss="sparse_categorical_crossentropy" for labels that are whole numbers, and '
                '"categorical_crossentropy" for rows from to_categorical.'
            ),
        ),
        (
            r"Argument `output` must have rank \(ndim\) `target\.ndim - 1`",
            N_(
                "For each image the network must answer with one row of ten numbers: put Flatten() "
                "before the Dense layers. Labels are whole numbers for this loss."
            ),
        ),
        (
            r"of layer '\w*conv2d\w*' is incompatible with the layer: expected "
            r"(min_ndim=4, found|axis -1 of input shape to have value)",
            N_(
                "A convolution takes images with height, width and channels: put it before "
                "Flatten(), and give it images of shape (28, 28, 1)."
            ),
        ),
        (
            r"TypeError: \w+\.set_(params|model)\(\) missing 1 required positional argument",
            N_(
                "callbacks takes objects, not classes: write callbacks=[StopAtTarget()], with "
                "parentheses behind the name."
            ),
        ),
        (
            r"UFuncTypeError: Cannot cast ufunc '\w+' output from dtype\('float\d+'\) to .*int",
            N_(
                "An array of whole numbers stays one when +=, -=, *= or /= changes it, and cannot "
                "take fractions. Make it an array of floats before that line, with dtype=float or "
                ".astype(float), or write a new array: a = a + b."
            ),
        ),
    )
)


def of_answer(message: str) -> str:
    """What to do where a test could not go on with an answer; empty if the error does not say it.

    Args:
        message: the error's text.
    """
    if "'NoneType'" not in message:
        return ""
    return gettext(
        "A function that ends without return gives None, also if it prints: let it end with return "
        "and its result."
    )


def after(error: str, message: str, line: str) -> str:
    """What to do about an error, in a sentence.

    Args:
        error: the exception's class name.
        message: its text.
        line: what is said of the line of the student's code that raised it; empty if nothing is.
    """
    if error == "TypeError" and message.endswith("() takes no arguments"):
        return gettext(
            "The class has no method `__init__` that takes them: write `def __init__(self, ...)`, "
            "with two underscores on each side."
        )
    if error == "TypeError" and (called := _CALLED.match(message)):
        return gettext(
            "Compare the call with the line `def {name}(...)`: where it was handed out, keep its "
            "parameters and their defaults.",
            name=called[1],
        )
    if error == "FitRefused":  # says how to write it
        return ""
    return gettext(_BY_NAME.get(error, _LOOK) if line.strip() else _LOOK)


def explained(run: CellRun, source: str) -> CellRun:
    """How a cell went, with advice on errors that many students meet.

    Args:
        run: how it went.
        source: its code.
    """
    if run.status is not CellStatus.RAISED or run.advice:
        return run
    asks = _ASKS_FOR_GPU.get(run.error)
    blamed = re.search(r"\b(gpu|tpu|cuda)", run.message, re.IGNORECASE)
    if blamed or (asks and asks.search(source)):
        return replace(run, advice=gettext(_NO_GPU))
    if run.error == "SyntaxError" and re.match(r"\s*```", source):
        return replace(run, advice=gettext(_FENCED))
    said = f"{run.error}: {run.message}"
    advice = next((advice for pattern, advice in _ADVICE if pattern.search(said)), "")
    return replace(run, advice=gettext(advice))
