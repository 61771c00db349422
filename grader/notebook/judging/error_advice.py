"""The next step after an error of a student's code, by what was raised."""

from __future__ import annotations

import re

_LOOK = "Call your code on a small example, in a cell of your own: the error shows its line."

_BY_NAME = {
    "AttributeError": "Print type(...) of what stands left of the point, and look up which names "
    "it has in this version.",
    "ImportError": "Work with the packages that the notebook imports.",
    "IndentationError": "Set the lines of one block equally far in.",
    "IndexError": "Print the index and the shape or the length ahead of that line, and compare "
    "them.",
    "KeyError": "Print the keys that are there, and compare them.",
    "ModuleNotFoundError": "Work with the packages that the notebook imports.",
    "NameError": "Define this name in a cell above, or correct its spelling.",
    "NotImplementedError": "Remove that line once your own code stands there.",
    "RecursionError": "Let the function come to an end without calling itself, or use a loop.",
    "SyntaxError": "Correct that line or the one above it: look for brackets, colons and quotation "
    "marks.",
    "TypeError": "Print type(...) of the values in that line, and convert what does not fit.",
    "UnboundLocalError": "Give the variable a value inside of the function before it is used.",
    "ValueError": "Print the values and the shapes that go into that line.",
    "ZeroDivisionError": "Print what is divided by, and see when it becomes 0.",
}
_CALLED = re.compile(r"(?:\w+\.)*(\w+)\(\) (?:missing|takes|got an unexpected|got multiple)")


def after(error: str, message: str, line: str) -> str:
    """What to do about an error, in a sentence.

    Args:
        error: the exception's class name.
        message: its text.
        line: what is said of the line of the student's code that raised it; empty if nothing is.
    """
    if error == "TypeError" and (called := _CALLED.match(message)):
        return (
            f"Compare the call with the line `def {called[1]}(...)`: where it was handed out, keep "
            "its parameters and their defaults."
        )
    if error == "FitRefused":  # says how to write it
        return ""
    return _BY_NAME.get(error, _LOOK) if line.strip() else _LOOK
